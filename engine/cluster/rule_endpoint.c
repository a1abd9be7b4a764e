/* SPDX-License-Identifier: Apache-2.0 */
/* rule_endpoint.c - a pod as an endpoint. */
#include "engine/cluster/rule_endpoint.h"

uint8_t cluster_endpoint_bits(const struct cluster_endpoint_facts *f)
{
    uint8_t bits = CLUSTER_ENDPOINT_LISTED;

    if (!f->has_ip || f->terminal)
        return 0;
    if (f->ready)
        bits |= CLUSTER_ENDPOINT_SERVING;
    if (f->deleting)
        bits |= CLUSTER_ENDPOINT_TERMINATING;
    if (f->publish || (f->ready && !f->deleting))
        bits |= CLUSTER_ENDPOINT_READY;
    return bits;
}

const char *cluster_endpoint_word(uint8_t bits)
{
    if ((bits & CLUSTER_ENDPOINT_LISTED) == 0)
        return "gone";
    if (cluster_endpoint_ready(bits))
        return "ready";
    if (cluster_endpoint_fallback(bits))
        return "serving";
    return (bits & CLUSTER_ENDPOINT_TERMINATING) != 0 ? "terminating" : "notReady";
}
