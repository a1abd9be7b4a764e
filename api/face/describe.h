/* SPDX-License-Identifier: Apache-2.0 */
/*
 * describe.h - everything about one pod, in the sections and words of `kubectl describe pod`.
 *
 * Left out is what the engine does not model: container and image ids, resources, host ports, QoS
 * class, tolerations.
 */
#ifndef FACE_DESCRIBE_H
#define FACE_DESCRIBE_H

#include "api/face/format.h"
#include "api/podring.h"

/* Equal Events are one, with a count, as the API server keeps them. */
struct face_event {
    const char *type, *reason, *message; /* message may be NULL */
    const char *source; /* who records it: "kubelet" */
    int64_t first_ms, last_ms;
    uint32_t count;
};

struct face_describe {
    podring *ring;
    uint64_t pod;
    int64_t epoch_unix_ms;
    const struct face_event *event; /* in order of last_ms */
    size_t events;
};

void face_describe(struct rx_text *t, const struct face_describe *d);
/* With tabs between the columns: see face_columns. Nothing if the pod is gone. */

void face_describe_time(struct rx_text *t, int indent, const char *key, int64_t unix_ms);
/* A line with a time, as Go's RFC1123Z has it. */

void face_describe_events(struct rx_text *t, const struct face_describe *d);
/* The last section alone. */

#endif
