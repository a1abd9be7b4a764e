/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_ingress.h - which path of an Ingress controller's rules a request goes by, as common reverse
 * proxies have it.
 *
 * 1. The host decides first: a rule for exactly this host; else one for `*.` and what stands behind
 *    its first label; else rules without a host. Only the best kind that there is counts, whatever
 *    its paths. The case of a host does not matter.
 * 2. Of those paths that match the longest wins; of equal ones Exact goes before Prefix, then the
 *    first.
 * 3. Exact: equal. Prefix, and ImplementationSpecific, which is the same here: element by element,
 *    so /a matches /a, /a/ and /a/b, and not /ab. A slash at the end of a prefix does not matter.
 *    What stands behind a question mark in a request is not part of its path.
 */
#ifndef CLUSTER_RULE_INGRESS_H
#define CLUSTER_RULE_INGRESS_H

#include "engine/store/service_spec.h"

enum cluster_host_fit { CLUSTER_HOST_NONE, CLUSTER_HOST_ANY, CLUSTER_HOST_WILDCARD,
                    CLUSTER_HOST_EXACT };

enum cluster_host_fit cluster_ingress_host(const char *rule, const char *host);
/* How well a rule's host (NULL: any) fits; NONE: not at all. */

uint32_t cluster_ingress_path(const struct st_ingress_path *rule, const char *path);
/* 0: the path does not match; else the larger, the better. */

#endif
