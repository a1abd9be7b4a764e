/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_quantity.h - amounts of resources, as k8s.io/apimachinery/pkg/api/resource reads and writes
 * them: 500m, 1.5Gi, 2e3.
 */
#ifndef ST_RULE_QUANTITY_H
#define ST_RULE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum st_quantity_form { ST_QUANTITY_DECIMAL, ST_QUANTITY_BINARY, ST_QUANTITY_EXPONENT };

struct st_quantity {
    __int128 nano; /* in billionths; finer amounts are rounded away from zero */
    enum st_quantity_form form;
};

enum { ST_QUANTITY_TEXT = 48 };

bool st_quantity_parse(const char *text, size_t length, struct st_quantity *out);
/* False: it is none. What is larger than 2^63-1 is taken for that. */

bool st_quantity_milli(const struct st_quantity *q, int64_t *out);
/* In thousandths, rounded up. False: too large. */

void st_quantity_text(const struct st_quantity *q, char out[ST_QUANTITY_TEXT]);
/* The canonical form: no fraction, the largest unit that leaves none. */

void st_quantity_add(struct st_quantity *to, const struct st_quantity *more);
/* It keeps its form, unless it was nothing. Stays at the largest amount. */

#endif
