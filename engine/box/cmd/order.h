/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.h - the kinds of order that sort knows.
 */
#ifndef BOX_ORDER_H
#define BOX_ORDER_H

#include <stdbool.h>

struct sh_order {
    char kind;           /* as sort's option: 'n', 'g', 'h', 'M', 'V'; NUL: by bytes */
    bool folds;          /* small letters count as large ones */
    bool words_only;     /* only blanks, letters and digits count */
    bool printable_only; /* control characters and bytes beyond ASCII do not */
    bool ash;            /* busybox reads numbers and versions in another way than GNU's sort */
};

bool sh_order_kind(struct sh_order *o, char letter);
/* False: it names no kind (busybox has no 'h'), or another one is named already. */

bool sh_order_makes_sense(const struct sh_order *o);
/* False: -d or -i together with a kind, for which there are no such characters. */

int sh_order(const struct sh_order *o, const char *a, const char *b); /* as strcmp */

#endif
