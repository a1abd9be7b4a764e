/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply_behaviours.c - Behaviors are put and taken back, all of an apply together: pods read an
 * array of them.
 */
#include <string.h>

#include "api/apply.h"

static void no_behaviour(struct api_behaviour *b)
{
    b->document.has_pull = b->document.has_instances = b->document.has_exec = false;
    b->document.has_post_start = b->document.has_pre_stop = false;
}

int api_begin_behaviours(podring *r, struct undo *u)
{
    uint32_t count = r->set.behaviours.count;

    u->behaviours = rx_mem_zalloc(&r->mem, count * sizeof(*u->behaviours));
    if (u->behaviours == NULL)
        return -PODRING_ENOMEM;
    u->behaviour_count = count;
    if (r->behaviours != NULL)
        memcpy(u->behaviours, r->behaviours, r->applied.behaviours * sizeof(*u->behaviours));
    return 0;
}

/* One of those that were there when the apply began. */
static struct api_behaviour *find_behaviour(podring *r, const struct undo *u, const char *ns,
                                            const char *name)
{
    ST_EACH(l, &r->world.store, ST_BEHAVIOUR) {
        struct api_behaviour *b = rx_container_of(st_object_at(l), struct api_behaviour, object);

        if (b->object.meta.serial > u->behaviours_before)
            break;
        if (name[0] != '\0' && strcmp(b->document.name, name) == 0 && strcmp(b->object.ns, ns) == 0)
            return b;
    }
    return NULL;
}

/* The list only grows: one that is updated stands in it again, and its old place says nothing any
 * more. */
int api_put_behaviour(podring *r, struct undo *u, struct change *c)
{
    /* Copied to where it stays: the set's array moves when it grows. */
    struct api_behaviour *b = rx_arena_alloc(&r->set.arena, sizeof(*b)), *there;
    struct st_who *who = rx_arena_alloc(&r->set.arena, sizeof(*who));
    int rc = 0;

    if (b == NULL || who == NULL)
        return -PODRING_ENOMEM;
    b->document = r->set.behaviours.item[c->what->index];
    b->now = &b->document;
    *who = (struct st_who){.ns = c->what->ns, .name = b->document.name, .kind = ST_BEHAVIOUR};
    b->object = (struct st_object){.ns = c->what->ns, .kind = ST_BEHAVIOUR, .who = who};
    u->behaviours[c->what->index] = &b->document;
    there = find_behaviour(r, u, c->what->ns, b->document.name);
    if (there == NULL)
        return u->how == API_REPLACE ? api_missing(r, c->number)
                                     : st_add(&r->world.store, &b->object);
    c->there = true;
    c->object = &there->object;
    rc = api_may_update(r, u->how, c->number, c->object);
    c->unchanged = rc == 0 && api_is_same(r, c);
    if (c->unchanged)
        no_behaviour(b);
    return rc;
}

void api_take_behaviour(podring *r, struct change *c)
{
    if (!c->there)
        st_unadd(&r->world.store, c->object);
}

void api_keep_behaviour(podring *r, struct change *c)
{
    struct api_behaviour *b = rx_container_of(c->object, struct api_behaviour, object);
    struct pod_behaviour *now;

    if (!c->there || c->unchanged)
        return;
    now = (struct pod_behaviour *)(uintptr_t)r->behaviours[c->what->index];
    pod_world_behaviour_off(&r->world, b->now);
    b->now = now;
}

int api_end_behaviours(podring *r, struct undo *u)
{
    int rc = 0;

    if (u->behaviours != NULL)
        rc = pod_world_behaviours(&r->world, u->behaviours, u->behaviour_count, &u->behaviours_old);
    if (rc == -PODRING_ELIMIT && u->behaviours_old.reasons_full)
        api_fail(r, rc, "Behavior documents give more than %d different reasons", ST_REASONS_MAX);
    else if (rc == -PODRING_ELIMIT)
        api_fail(r, rc, "more than 64 Behavior documents speak for one pod");
    return rc;
}

void api_undo_behaviours(podring *r, struct undo *u)
{
    if (u->behaviours != NULL && r->world.behaviours == u->behaviours)
        pod_world_behaviours_undo(&r->world, &u->behaviours_old);
}
