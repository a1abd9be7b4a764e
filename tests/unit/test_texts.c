/* SPDX-License-Identifier: Apache-2.0 */
/* test_texts.c - numbered texts against a list that is searched. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "api/cli/picture/texts.h"
#include "engine/reactor/prng.h"

enum { DRAWN = 20000, KINDS = 3000 };

Test(texts, the_same_bytes_have_the_same_number)
{
    static int number_of[KINDS];
    struct texts t = {0};
    struct rx_prng prng = rx_prng_stream(7, 1, 1);
    uint32_t seen = 0;

    memset(number_of, -1, sizeof(number_of));
    for (int i = 0; i < DRAWN; i++) {
        uint32_t kind = (uint32_t)rx_prng_below(&prng, KINDS);
        char text[32], last = kind % 3 == 0 ? '\0' : 'x';
        /* Some begin as others do, and some hold a NUL. */
        size_t n = (size_t)snprintf(text, sizeof(text), "%u%c", kind, last), size;
        bool is_new;
        uint32_t found = texts_find(&t, text, n), number = texts_number(&t, text, n, &is_new);

        cr_assert_eq(is_new, number_of[kind] < 0);
        cr_assert_eq(found, is_new ? TEXTS_NONE : number);
        if (is_new)
            number_of[kind] = (int)seen++;
        cr_assert_eq((int)number, number_of[kind]);
        cr_assert_eq(memcmp(texts_at(&t, number, &size), text, n), 0);
        cr_assert_eq(size, n);
    }
    cr_assert_eq(t.count, seen);
    texts_free(&t);
}

Test(texts, nothing_is_a_text_too)
{
    struct texts t = {0};
    bool is_new;

    cr_expect_eq(texts_find(&t, "", 0), TEXTS_NONE);
    cr_expect_eq(texts_number(&t, "", 0, &is_new), 0);
    cr_expect(is_new);
    cr_expect_eq(texts_number(&t, "a", 1, NULL), 1);
    cr_expect_eq(texts_number(&t, "", 0, &is_new), 0);
    cr_expect_not(is_new);
    cr_expect_str_eq(texts_at(&t, 1, NULL), "a");
    texts_free(&t);
}
