/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantity.h - amounts of resources, as k8s.io/apimachinery/pkg/api/resource reads and writes them:
 * 500m, 1.5Gi, 2e3.
 */
#ifndef MF_QUANTITY_H
#define MF_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mf_quantity_form { MF_QUANTITY_DECIMAL, MF_QUANTITY_BINARY, MF_QUANTITY_EXPONENT };

struct mf_quantity {
    __int128 nano; /* in billionths; finer amounts are rounded away from zero */
    enum mf_quantity_form form;
};

enum { MF_QUANTITY_TEXT = 48 };

bool mf_quantity_parse(const char *text, size_t length, struct mf_quantity *out);
/* False: it is none. What is larger than 2^63-1 is taken for that. */

bool mf_quantity_milli(const struct mf_quantity *q, int64_t *out);
/* In thousandths, rounded up. False: too large. */

void mf_quantity_text(const struct mf_quantity *q, char out[MF_QUANTITY_TEXT]);
/* The canonical form: no fraction, the largest unit that leaves none. */

#endif
