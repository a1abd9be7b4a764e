/* SPDX-License-Identifier: Apache-2.0 */
/* told.c - events folded into the state that they tell. */
#include "api/cli/show/told.h"

#include <string.h>

#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

int told_open(struct told *t)
{
    int rc;

    *t = (struct told){0};
    rc = rx_mem_open(&t->mem);
    if (rc != 0)
        return rc;
    rx_arena_init(&t->arena, &t->mem);
    rx_map_init(&t->names, &t->mem);
    rx_list_init(&t->objects);
    rx_list_init(&t->events);
    t->open = true;
    return 0;
}

void told_close(struct told *t)
{
    if (!t->open)
        return;
    rx_map_fini(&t->names);
    rx_arena_fini(&t->arena);
    rx_mem_close(&t->mem);
    t->open = false;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *keep(struct told *t, const char *s)
{
    const char *kept = s != NULL ? rx_arena_strdup(&t->arena, s) : NULL;

    t->failed |= s != NULL && kept == NULL;
    return kept;
}

static uint64_t hash_of(const char *const *part, size_t parts)
{
    uint64_t h = RX_HASH_START;

    for (size_t i = 0; i < parts; i++)
        if (part[i] != NULL)
            h = rx_hash_bytes(h, part[i], strlen(part[i]) + 1);
    return rx_hash_end(h);
}

/* ---- objects --------------------------------------------------------------------------------- */

static uint64_t hash_object(const char *ns, const char *object)
{
    return hash_of((const char *const[]){"object", ns, object}, 3);
}

const struct told_object *told_object(const struct told *t, const char *ns, const char *object)
{
    struct told_object *o;
    uint32_t cursor = 0;

    while ((o = rx_map_next(&t->names, hash_object(ns, object), &cursor)) != NULL)
        if (same(o->object, object) && same(o->ns, ns))
            return o;
    return NULL;
}

const struct told_field *told_field(const struct told_object *o, const char *name)
{
    if (o == NULL)
        return NULL;
    RX_LIST_EACH (l, &o->fields) {
        const struct told_field *f = rx_container_of(l, struct told_field, link);

        if (strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}

static struct told_object *object_of(struct told *t, const char *ns, const char *object)
{
    struct told_object *o = (struct told_object *)(uintptr_t)told_object(t, ns, object);

    if (o != NULL)
        return o;
    o = rx_arena_alloc(&t->arena, sizeof(*o));
    if (o == NULL || rx_map_put(&t->names, hash_object(ns, object), o) != 0) {
        t->failed = true;
        return NULL;
    }
    o->ns = keep(t, ns);
    o->object = keep(t, object);
    rx_list_init(&o->fields);
    rx_list_add_tail(&t->objects, &o->link);
    return o;
}

static void hear_object(struct told *t, struct told_object *o, const struct podring_event *e)
{
    o->gone = e->to != NULL && strcmp(e->to, "Deleted") == 0;
    if (o->gone)
        rx_list_init(&o->fields);
    (void)t;
}

static void hear_field(struct told *t, const struct podring_event *e)
{
    struct told_object *o = object_of(t, e->namespace_, e->object);
    struct told_field *f;

    if (o == NULL)
        return;
    if (strcmp(e->field, "object") == 0) {
        hear_object(t, o, e);
        return;
    }
    f = (struct told_field *)(uintptr_t)told_field(o, e->field);
    if (f == NULL) {
        f = rx_arena_alloc(&t->arena, sizeof(*f));
        t->failed |= f == NULL;
        if (f == NULL)
            return;
        f->name = keep(t, e->field);
        f->first_ms = e->at_ms;
        rx_list_add_tail(&o->fields, &f->link);
    }
    if (!same(f->to, e->to)) {
        f->to = keep(t, e->to);
        f->changed_ms = e->at_ms;
    }
    f->number = (e->numeric & 2) != 0;
    f->condition = e->reason != NULL;
    f->reason = same(f->reason, e->reason) ? f->reason : keep(t, e->reason);
    f->message = same(f->message, e->message) ? f->message : keep(t, e->message);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static bool is_same_event(const struct told_event *h, const struct podring_event *e)
{
    return h->pod == e->pod && same(h->reason, e->reason) && same(h->container, e->container) &&
           same(h->message, e->message) && same(h->ns, e->namespace_) &&
           same(h->name, e->pod != 0 ? e->pod_name : e->object);
}

static void hear_event(struct told *t, const struct podring_event *e)
{
    const char *name = e->pod != 0 ? e->pod_name : e->object;
    uint64_t hash = hash_of((const char *const[]){"event", e->namespace_, name, e->container,
                                                  e->reason, e->message},
                            6) ^
                    e->pod * 0x9e3779b97f4a7c15u;
    struct told_event *h;
    uint32_t cursor = 0;

    while ((h = rx_map_next(&t->names, hash, &cursor)) != NULL) {
        if (!is_same_event(h, e))
            continue;
        h->last_ms = e->at_ms;
        h->count++;
        return;
    }
    h = rx_arena_alloc(&t->arena, sizeof(*h));
    if (h == NULL || rx_map_put(&t->names, hash, h) != 0) {
        t->failed = true;
        return;
    }
    h->pod = e->pod;
    h->ns = keep(t, e->namespace_);
    h->name = keep(t, name);
    h->container = keep(t, e->container);
    h->type = keep(t, e->type);
    h->reason = keep(t, e->reason);
    h->message = keep(t, e->message);
    h->uid = keep(t, e->uid);
    h->first_ms = h->last_ms = e->at_ms;
    h->count = 1;
    rx_list_add_tail(&t->events, &h->link);
    t->event_count++;
}

void told_hear(struct told *t, const struct podring_event *e)
{
    if (e->kind == PODRING_EVENT)
        hear_event(t, e);
    else if (e->kind == PODRING_TRANSITION && e->object != NULL && e->field != NULL)
        hear_field(t, e);
}
