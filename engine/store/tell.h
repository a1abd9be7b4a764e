/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h - what the event stream is told of objects that are no pods: that they come and go, their
 * counters, their conditions, and the Events of their controllers.
 *
 * 1. Each object has a story of its own in the digest (log.h). It begins with its kind, namespace
 *    and name, and with the instant of its creation.
 * 2. Of an object that is `mute` nothing is told.
 * 3. A counter is compared with what was told last, by whoever keeps it; the defaults 0 and "" are
 *    not told.
 * 4. A condition is told when its status or its reason changes, also the first time. A changed
 *    message alone is not told, but kept.
 */
#ifndef ST_TELL_H
#define ST_TELL_H

#include "engine/store/store.h"

enum st_status { ST_STATUS_NONE, ST_STATUS_FALSE, ST_STATUS_TRUE, ST_STATUS_UNKNOWN };

struct st_condition {
    enum st_status status; /* NONE: the object has no such condition */
    const char *reason;    /* a constant; NULL = none */
    char *message;         /* its own; NULL = none. Its memory stays for the next one */
    uint32_t room;
    rx_ms changed, updated; /* its status; its status, reason or message */
};

/* A pod, as far as its name goes. */
struct st_pod_ref {
    uint64_t id, serial;
    const struct pod_spec *spec;
    const struct pod_owner *owner;
    uint32_t ordinal;
};

void st_tell_object(struct st_store *s, struct st_object *o, enum pod_object_state from,
                    enum pod_object_state to);

void st_tell_number(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                    uint64_t to);

void st_tell_count(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                   uint64_t to, const struct st_pod_ref *pod);
/* The same; pod: whose part of it that is, NULL = all of it. */

void st_tell_number_on(struct st_store *s, struct st_object *o, enum st_field f, uint64_t from,
                       uint64_t to, const char *message);

void st_tell_text(struct st_store *s, struct st_object *o, enum st_field f, const char *from,
                  const char *to, const struct st_pod_ref *pod);
/* pod: whom it is about as well; NULL = nobody. */

void st_tell_event(struct st_store *s, struct st_object *o, enum pod_event_kind k,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

void st_tell_result(struct st_store *s, struct st_object *o, enum st_field f, const char *to,
                    const char *reason, const char *message);
/* A field of the form of a condition that nobody keeps: a step's. */

bool st_condition_set(struct st_store *s, struct st_object *o, enum st_field f,
                      struct st_condition *c, enum st_status status, const char *reason,
                      const char *message);
/* Tells and keeps it; message NULL = "", copied. NONE takes the condition away. Returns whether
 * it was told. */

void st_condition_fini(struct st_store *s, struct st_condition *c);

#endif
