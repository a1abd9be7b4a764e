/* SPDX-License-Identifier: Apache-2.0 */
/* test_err.c - every error has a name and a number of its own. */
#include "engine/reactor/err.h"
#include "engine/reactor/base.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>

static const int all[] = {
#define X(name, value, text) RX_##name,
    RX_ERR_MAP(X)
#undef X
};

Test(err, text_and_name_know_both_signs)
{
    cr_assert_str_eq(rx_err_text(-RX_ENOMEM), "out of memory");
    cr_assert_str_eq(rx_err_text(RX_ENOMEM), "out of memory");
    cr_assert_str_eq(rx_err_name(-RX_ENOMEM), "ENOMEM");
    cr_assert_str_eq(rx_err_name(RX_EINVALID), "EINVALID");
    cr_assert_str_eq(rx_err_text(0), "ok");
    cr_assert_str_eq(rx_err_name(0), "OK");
}

Test(err, foreign_numbers_are_named_as_such)
{
    const int foreign[] = {-1000, 1000, INT_MIN, INT_MAX};

    for (size_t i = 0; i < RX_ARRAY_LEN(foreign); i++) {
        cr_assert_str_eq(rx_err_name(foreign[i]), "EUNKNOWN");
        cr_assert_not_null(rx_err_text(foreign[i]));
    }
}

/* The numbers are part of the interface of the library: dense from 1, each with words of its own.
 */
Test(err, list_is_dense_and_distinct)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(all); i++) {
        cr_assert_eq(all[i], (int)i + 1);
        cr_assert_str_neq(rx_err_name(all[i]), "EUNKNOWN");
        for (size_t k = 0; k < i; k++) {
            cr_assert_str_neq(rx_err_text(all[i]), rx_err_text(all[k]));
            cr_assert_str_neq(rx_err_name(all[i]), rx_err_name(all[k]));
        }
    }
    cr_assert_str_eq(rx_err_name((int)RX_ARRAY_LEN(all) + 1), "EUNKNOWN");
}

Test(err, broken_invariant_aborts, .signal = SIGABRT)
{
    RX_ASSERT(1 + 1 == 3);
}

Test(err, kept_invariant_goes_on)
{
    int evaluated = 0;

    RX_ASSERT(++evaluated == 1);
    cr_assert_eq(evaluated, 1);
}
