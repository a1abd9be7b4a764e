/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_path.h - when two ways to write a request's target mean the same path.
 *
 * The one rule for all who ask: probes, hooks, curl and wget, other pods through a Service. The path is what
 * stands before `?` and `#`; escapes (%2d) are decoded once, slashes that follow each other are one, "." and ".."
 * are taken out, and no path at all is "/". Letters keep their case, and a slash at the end counts.
 */
#ifndef ST_RULE_PATH_H
#define ST_RULE_PATH_H

#include <stdbool.h>
#include <stdint.h>

enum { POD_PATH_MAX = 2048 };

uint32_t pod_path_normal(const char *target, uint32_t length, char out[POD_PATH_MAX]);
/* The normal form, without a NUL; its length. What does not fit is cut. */

bool pod_path_is(const char *path, const char *target, uint32_t length);
/* Does the target of a request (query and fragment included) mean that path? Two targets longer than
 * POD_PATH_MAX are compared as far as that. */

#endif
