/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_endpoint.h - what an EndpointSlice says of a pod (staging/src/k8s.io/endpointslice:
 * podToEndpoint, ShouldPodBeInEndpoints).
 */
#ifndef CLUSTER_RULE_ENDPOINT_H
#define CLUSTER_RULE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

/* The conditions of an endpoint. */
enum cluster_endpoint_bit {
    CLUSTER_ENDPOINT_LISTED = 1,
    CLUSTER_ENDPOINT_READY = 2, /* for new traffic */
    CLUSTER_ENDPOINT_SERVING = 4,
    CLUSTER_ENDPOINT_TERMINATING = 8,
};

/* Of a pod that the Service selects. */
struct cluster_endpoint_facts {
    bool has_ip;
    bool terminal; /* its phase is Succeeded or Failed */
    bool ready;    /* its condition Ready */
    bool deleting; /* deletionTimestamp is set */
    bool publish;  /* the Service's publishNotReadyAddresses */
};

uint8_t cluster_endpoint_bits(const struct cluster_endpoint_facts *f);
/* 0: it is not listed. */

static inline bool cluster_endpoint_ready(uint8_t bits)
{
    return (bits & CLUSTER_ENDPOINT_READY) != 0;
}

static inline bool cluster_endpoint_fallback(uint8_t bits)
{
    return (bits & (CLUSTER_ENDPOINT_READY | CLUSTER_ENDPOINT_SERVING |
                    CLUSTER_ENDPOINT_TERMINATING)) ==
           (CLUSTER_ENDPOINT_SERVING | CLUSTER_ENDPOINT_TERMINATING);
}
/* Not ready, but it serves while it terminates: what is used when nobody is ready. */

const char *cluster_endpoint_word(uint8_t bits);
/* ready, serving, terminating, notReady, gone */

#endif
