/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_path.h - when two ways to write a request's target mean the same path.
 *
 * The one rule for all who ask: probes, hooks, curl and wget, other pods through a Service. The
 * path is what stands before `?` and `#`; escapes (%2d) are decoded once, slashes that follow each
 * other are one, "." and ".." are taken out, and no path at all is "/". Letters keep their case,
 * and a slash at the end counts.
 */
#ifndef ST_RULE_PATH_H
#define ST_RULE_PATH_H

#include <stdbool.h>
#include <stdint.h>

enum { POD_PATH_MAX = 2048 };

uint32_t pod_path_normal(const char *target, uint32_t length, char out[POD_PATH_MAX]);
/* The normal form, without a NUL; its length. What does not fit is cut. */

/* Two that are plain mean the same path if they are the same bytes, and only then. */
enum pod_path_form { POD_PATH_UNKNOWN, POD_PATH_PLAIN, POD_PATH_ODD };

struct pod_path {
    const char *target; /* of a request, query and fragment included */
    uint32_t length;
    enum pod_path_form form;
};

enum pod_path_form pod_path_form_of(const char *target, uint32_t length);

bool pod_path_same(const struct pod_path *path, struct pod_path *asked);
/* Do they mean the same? Two targets longer than POD_PATH_MAX are compared as far as that. The form
 * of `asked` is worked out if it is unknown and matters; a path whose form is unknown is compared
 * the long way. */

#endif
