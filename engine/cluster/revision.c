/* SPDX-License-Identifier: Apache-2.0 */
/* revision.c - a short list of templates, newest last. */
#include "engine/cluster/revision.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/kinds.h"
#include "engine/reactor/err.h"

static bool make_room(struct cluster *c, struct cluster_history *h)
{
    uint32_t room = h->room > 0 ? 2 * h->room : 4;
    struct cluster_template **more;

    if (h->count < h->room)
        return true;
    more = rx_mem_grow(c->world->mem, h->at, h->room * sizeof(struct cluster_template *),
                       room * sizeof(struct cluster_template *));
    if (more == NULL)
        return false;
    h->at = more;
    h->room = room;
    return true;
}

static void drop(struct cluster *c, struct cluster_template *t)
{
    st_remove(c->store, &t->object);
    rx_mem_free(c->world->mem, t, sizeof(*t));
}

static struct cluster_template *add(struct cluster *c, struct cluster_history *h,
                                    struct cluster_workload *w)
{
    struct cluster_template *t = make_room(c, h) ? rx_mem_zalloc(c->world->mem, sizeof(*t)) : NULL;
    char hash[12];
    int rc;

    if (t == NULL)
        return NULL;
    /* the first owner was made with the workload */
    if (h->ids > 0 && cluster_set_owner(c, w) != 0) {
        rx_mem_free(c->world->mem, t, sizeof(*t));
        return NULL;
    }
    if (snprintf(t->name, sizeof(t->name), "%s-%s", w->spec.name,
                 cluster_hash_text(w->spec.template_->hash, hash)) >= (int)sizeof(t->name))
        t->name[sizeof(t->name) - 1] = '\0'; /* a name that long has no pods either */
    /* What is told of it is read when it has gone. */
    t->object = (struct st_object){.ns = w->spec.ns,
                                   .name = rx_arena_strdup(&c->world->arena, t->name),
                                   .kind = ST_REVISION};
    t->spec = w->spec.template_;
    t->tmpl = w->tmpl;
    t->owner = w->owner;
    t->id = ++h->ids;
    rc = t->object.name == NULL ? -RX_ENOMEM
        : st_add_made(c->store, &t->object, w->object.meta.serial, t->id);
    if (rc == -RX_ENOMEM) {
        rx_mem_free(c->world->mem, t, sizeof(*t));
        return NULL;
    }
    if (rc != 0) /* another workload's has its name: only its own workload knows of it */
        t->object.mute = t->told = true;
    h->at[h->count++] = t;
    return t;
}

struct cluster_template *cluster_history_note(struct cluster *c, struct cluster_history *h,
                                              struct cluster_workload *w)
{
    struct cluster_template *same = NULL;
    uint64_t highest = 0;

    for (uint32_t i = 0; i < h->count; i++) {
        highest = RX_MAX(highest, h->at[i]->number);
        if (h->at[i]->spec->hash == w->spec.template_->hash)
            same = h->at[i];
    }
    if (same == NULL)
        same = add(c, h, w);
    if (same == NULL)
        return NULL;
    if (same->number == 0 || same->number < highest)
        same->number = highest + 1;
    w->owner = same->owner;
    return same;
}

struct cluster_template *cluster_history_of(const struct cluster_history *h, const struct pod *p)
{
    for (uint32_t i = h->count; p->owner != NULL && i > 0; i--) {
        const struct pod_owner *o = h->at[i - 1]->owner;

        if (o == p->owner || (o->kind == p->owner->kind && strcmp(o->name, p->owner->name) == 0 &&
                              strcmp(o->revision, p->owner->revision) == 0))
            return h->at[i - 1];
    }
    return NULL;
}

void cluster_history_tell(struct cluster *c, struct cluster_history *h)
{
    for (uint32_t i = 0; i < h->count; i++) {
        struct cluster_template *t = h->at[i];

        if (!t->told)
            st_tell_object(c->store, &t->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
        t->told = true;
    }
}

void cluster_history_prune(struct cluster *c, struct cluster_history *h, uint32_t limit,
                           bool (*in_use)(const void *ctx, const struct cluster_template *t),
                           const void *ctx)
{
    for (;;) {
        uint32_t spare = 0, oldest = 0;

        for (uint32_t i = 0; i < h->count; i++) {
            if (in_use(ctx, h->at[i]))
                continue;
            if (spare++ == 0 || h->at[i]->number < h->at[oldest]->number)
                oldest = i;
        }
        if (spare <= limit)
            return;
        st_tell_object(c->store, &h->at[oldest]->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
        drop(c, h->at[oldest]);
        memmove(&h->at[oldest], &h->at[oldest + 1],
                (--h->count - oldest) * sizeof(struct cluster_template *));
    }
}

void cluster_history_gone(struct cluster *c, struct cluster_history *h)
{
    for (uint32_t i = 0; i < h->count; i++) {
        if (h->at[i]->told)
            st_tell_object(c->store, &h->at[i]->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
        drop(c, h->at[i]);
    }
    h->count = 0;
}

void cluster_history_end(struct cluster *c, struct cluster_history *h)
{
    for (uint32_t i = 0; i < h->count; i++)
        drop(c, h->at[i]);
    rx_mem_free(c->world->mem, h->at, h->room * sizeof(struct cluster_template *));
    *h = (struct cluster_history){0};
}
