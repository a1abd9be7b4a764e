/* SPDX-License-Identifier: Apache-2.0 */
/* test_guard.c - reading past a guarded end dies, and reading up to it does not. */
#include "tests/support/guard.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

Test(guard, all_of_it_is_usable)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 70000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int side = GUARD_AFTER; side <= GUARD_BEFORE; side++) {
            struct guard g = guard_open(sizes[i], (enum guard_side)side);

            memset(g.data, 0x5a, g.size);
            guard_close(&g);
        }
    }
}

/* Under AddressSanitizer a wild access is a report and exit, not a signal. */
#ifndef __SANITIZE_ADDRESS__
Test(guard, one_byte_behind_is_death, .signal = SIGSEGV)
{
    struct guard g = guard_copy("abc", 3);
    volatile char *p = g.data;

    cr_assert_eq(p[2], 'c');
    (void)p[3];
}

Test(guard, one_byte_before_is_death, .signal = SIGSEGV)
{
    struct guard g = guard_open(3, GUARD_BEFORE);
    volatile char *p = g.data;

    (void)p[-1];
}
#endif
