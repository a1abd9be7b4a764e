/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - in which fields one object differs from another. */
#ifndef SHOW_COMPARE_H
#define SHOW_COMPARE_H

#include "api/cli/show/show.h"

size_t show_compare(struct rx_text *t, const struct json *a, const struct json *b);
/* A line for each: "  spec.replicas: 2 -> 3", a field that only one of them has with "(none)". What
 * the API server writes (uid, resourceVersion, creationTimestamp, status) does not count, nor does
 * the order of a list whose members all have names. Returns how many. */

#endif
