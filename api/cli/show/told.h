/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told.h - what the event stream has told so far, kept as an API server would keep it: for each
 * object that is no pod the newest value of each field, and Events, of which equal ones are one
 * with a count.
 */
#ifndef SHOW_TOLD_H
#define SHOW_TOLD_H

#include "api/podring.h"
#include "engine/reactor/list.h"
#include "engine/reactor/map.h"

/* A field of an object: a counter, a text, or a condition. */
struct told_field {
    struct rx_list link;
    const char *name, *to;
    const char *reason, *message; /* NULL: none */
    bool number;
    bool condition;
    int64_t first_ms, changed_ms; /* of `to` */
};

/* Lives on when the object is deleted, without its fields. */
struct told_object {
    struct rx_list link, fields; /* by the time they were told first */
    const char *ns, *object;     /* "deployment/web" */
    bool gone;
};

struct told_event {
    struct rx_list link;
    uint64_t pod;          /* 0: of another object */
    const char *ns, *name; /* of the pod; of another object "deployment/web" */
    const char *container, *type, *reason, *message; /* NULL: none */
    const char *uid;                                 /* of the pod; NULL */
    int64_t first_ms, last_ms;
    uint32_t count;
};

struct told {
    struct rx_mem mem;
    struct rx_arena arena;
    struct rx_map names;            /* of objects and Events, by their hashes */
    struct rx_list objects, events; /* by the time they were told first */
    size_t event_count;
    bool open, failed; /* failed: there was no memory, and something is missing */
};

int told_open(struct told *t);
/* 0, or -RX_ENOMEM. */
void told_close(struct told *t); /* also one that was never opened, but zero */

void told_hear(struct told *t, const struct podring_event *e);

const struct told_object *told_object(const struct told *t, const char *ns, const char *object);
/* NULL: nothing was told of it. */

const struct told_field *told_field(const struct told_object *o, const char *name);
/* NULL: it has none; o may be NULL. */

#endif
