/* SPDX-License-Identifier: Apache-2.0 */
/*
 * naming.c - objects that are no pods by their numbers, and what each is called. It needs nothing
 * of this folder, so that all of it may ask.
 */
#include <stdio.h>

#include "api/engine.h"

/* Objects stand in the order of their serials. Where the last search ended is remembered for as
 * long as nothing has come or gone. */
struct st_object *api_object_from(podring *r, enum st_kind kind, uint64_t serial)
{
    struct st_table *t = &r->world.store.table[kind];
    struct rx_list *l = t->objects.next;

    if (r->listed != NULL && r->listed_kind == kind && r->listed_changes == t->changes &&
        r->listed->meta.serial <= serial)
        l = &r->listed->meta.link;
    while (l != &t->objects && st_object_at(l)->meta.serial < serial)
        l = l->next;
    if (l == &t->objects)
        return NULL;
    r->listed = st_object_at(l);
    r->listed_kind = kind;
    r->listed_changes = t->changes;
    return r->listed;
}

struct st_object *api_object(podring *r, enum st_kind kind, uint64_t serial)
{
    struct st_object *o = api_object_from(r, kind, serial);

    return o != NULL && o->meta.serial == serial ? o : NULL;
}

const char *api_object_kind(const struct st_object *o)
{
    return st_kind_word((enum st_kind)o->kind, o->sub);
}

const char *api_object_name(const struct st_object *o)
{
    if (o->kind == ST_BEHAVIOUR)
        return rx_container_of(o, struct api_behaviour, object)->document.name;
    return o->name;
}

void api_step_text(const struct pod_step *step, char *out, size_t room)
{
    snprintf(out, room, "%s %s%s%s (%s:%u)", manifest_step_word(step->kind),
             step->object_kind != NULL ? step->object_kind
             : step->path != NULL      ? step->path
                                       : "node",
             step->object_name != NULL ? "/" : "",
             step->object_name != NULL ? step->object_name : "", step->file, step->line);
}
