/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - what the readers behind podring_fact_at share. Internal to api/facts*.c.
 */
#ifndef API_FACTS_H
#define API_FACTS_H

#include "api/engine.h"

struct fact {
    podring *ring;
    struct pod *pod;
    const struct pod_container_spec *container; /* NULL: a fact of the pod */
    struct pod_container *state;                /* of that container */
    uint32_t index;
    const char *key, *value;
};

typedef bool fact_fn(struct fact *f); /* false: none of that index */

/* facts_text.c */
const char *api_fact_text(struct fact *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Into the scratch space of the last answer: one composed value at a time. */

bool api_fact_pair(struct fact *f, const struct pod_labels *l);

/* facts_volume.c */
fact_fn api_fact_volume, api_fact_volume_line, api_fact_mount;

/* facts_node.c */
fact_fn api_fact_host_port, api_fact_limit, api_fact_request, api_fact_id, api_fact_node_selector,
    api_fact_toleration;

const char *api_qos_class(const struct pod_spec *spec);
/* "Guaranteed", "Burstable", "BestEffort". */

#endif
