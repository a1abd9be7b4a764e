/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.c - texts and names of the errors in err.h.
 */
#include "engine/reactor/err.h"

#include <limits.h>

/* INT_MIN has no positive twin; it is no error of ours, so any unlisted number stands for it. */
static int magnitude(int error)
{
    if (error == INT_MIN)
        return INT_MAX;
    return error < 0 ? -error : error;
}

const char *rx_err_text(int error)
{
    switch (magnitude(error)) {
    case 0:
        return "ok";
#define X(name, value, text)                                                                       \
    case value:                                                                                    \
        return text;
        RX_ERR_MAP(X)
#undef X
    default:
        return "unknown error";
    }
}

const char *rx_err_name(int error)
{
    switch (magnitude(error)) {
    case 0:
        return "OK";
#define X(name, value, text)                                                                       \
    case value:                                                                                    \
        return #name;
        RX_ERR_MAP(X)
#undef X
    default:
        return "EUNKNOWN";
    }
}
