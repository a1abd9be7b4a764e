/* SPDX-License-Identifier: Apache-2.0 */
/* nodes.c - Node objects and PriorityClasses come, and go if an apply fails; steps about nodes. */
#include "engine/cluster/node.h"

#include <stdio.h>
#include <string.h>

#include "engine/reactor/err.h"

static const struct cluster_worker scheduler = {.rank = CLUSTER_RANK_SCHEDULER,
                                                .retry = CLUSTER_RETRY_NONE,
                                                .sync = cluster_schedule_sync},
                                   collector = {.rank = CLUSTER_RANK_NODE,
                                .retry = CLUSTER_RETRY_NONE,
                                .sync = cluster_gc_sync},
                   lifecycle = {.rank = CLUSTER_RANK_NODE,
                                                .retry = CLUSTER_RETRY_NONE,
                                                .sync = cluster_health_sync};

/* ---- begin and end --------------------------------------------------------------------------- */

/* At the first Node. -RX_ENOMEM. */
static int begin(struct cluster *c)
{
    const struct rx_mem *mem = c->world->mem;
    struct cluster_nodes *k;

    if (c->nodes != NULL)
        return 0;
    k = rx_mem_zalloc(mem, sizeof(*k));
    if (k == NULL)
        return -RX_ENOMEM;
    k->journal = rx_mem_zalloc(mem, CLUSTER_JOURNAL * sizeof(*k->journal));
    c->nodes = k;
    rx_map_init(&k->class_of, mem);
    rx_map_init(&k->pending_of, mem);
    if (k->journal == NULL || cluster_work_init(c, &k->schedule, &scheduler, 0) != 0 ||
        cluster_work_init(c, &k->health, &lifecycle, 0) != 0 ||
        cluster_work_init(c, &k->gc, &collector, 1) != 0) {
        cluster_nodes_fini(c);
        return -RX_ENOMEM;
    }
    c->world->place = cluster_ask_place;
    c->world->unplaced = cluster_why_unplaced;
    c->world->place_ctx = c;
    return 0;
}

static void free_node(struct cluster *c, struct cluster_node *n)
{
    const struct rx_mem *mem = c->world->mem;

    st_remove(c->store, &n->object);
    if (n->told_taints != NULL)
        rx_mem_free(mem, n->told_taints, strlen(n->told_taints) + 1);
    st_condition_fini(c->store, &n->ready);
    st_condition_fini(c->store, &n->memory);
    st_condition_fini(c->store, &n->disk);
    st_condition_fini(c->store, &n->pid);
    rx_mem_free(mem, n->taint, n->taint_room * sizeof(*n->taint));
    rx_mem_free(mem, n->stands, n->standing_room * sizeof(*n->stands));
    rx_mem_free(mem, n->other, n->others * sizeof(*n->other));
    rx_mem_free(mem, n, sizeof(*n));
}

void cluster_nodes_fini(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;
    const struct rx_mem *mem = c->world->mem;

    if (k == NULL)
        return;
    cluster_work_drop(c, &k->schedule);
    cluster_work_drop(c, &k->health);
    cluster_work_drop(c, &k->gc);
    cluster_ranking_fini(c);
    cluster_schedule_fini(c);
    cluster_standing_fini(c);
    while (k->count > 0)
        free_node(c, k->at[--k->count]);
    rx_mem_free(mem, k->at, k->room * sizeof(*k->at));
    rx_mem_free(mem, k->journal, CLUSTER_JOURNAL * sizeof(*k->journal));
    rx_mem_free(mem, k->eviction, k->eviction_room * sizeof(*k->eviction));
    rx_mem_free(mem, k, sizeof(*k));
    c->nodes = NULL;
    c->world->place = NULL;
    c->world->unplaced = NULL;
}

/* ---- coming ---------------------------------------------------------------------------------- */

/* What containers see of it. */
static void show_capacity(struct cluster_node *n)
{
    const struct st_node_spec *spec = &n->spec;

    if (spec->cpus > 0)
        n->pods_node->capacity.cpus = (uint32_t)spec->cpus;
    if (spec->memory > 0)
        n->pods_node->capacity.memory_kib = (uint32_t)RX_MIN(spec->memory >> 10, UINT32_MAX);
}

static int fill(struct cluster *c, struct cluster_node *n, const struct st_node_spec *spec)
{
    uint32_t others = spec->allocatable.other_count;
    char ip[32];
    int rc;

    n->spec = n->said = *spec;
    n->other = rx_mem_zalloc(c->world->mem, others * sizeof(*n->other));
    if (others > 0 && n->other == NULL)
        return -RX_ENOMEM;
    n->others = others;
    for (uint32_t i = 0; i < others; i++)
        n->other[i].name = spec->allocatable.other[i].name;
    for (uint32_t i = 0; i < spec->taint_count; i++)
        if (cluster_taint_put(c, n, &spec->taint[i]) != 0)
            return -RX_ENOMEM;
    n->cordoned = spec->unschedulable;
    if (n->cordoned && cluster_taint_put(c, n, &cluster_cordon_taint) != 0)
        return -RX_ENOMEM;
    if (cluster_node_zone(c, n) != 0)
        return -RX_ENOMEM;
    snprintf(ip, sizeof(ip), "127.0.%u.%u", (n->index + 2) >> 8 & 255, (n->index + 2) & 255);
    rc = pod_node_add(c->world, spec->name, spec->address != NULL ? spec->address : ip);
    if (rc != 0)
        return rc;
    n->pods_node = c->world->node[c->world->nodes - 1];
    show_capacity(n);
    return 0;
}

int cluster_node_add(struct cluster *c, const struct st_node_spec *spec)
{
    struct cluster_nodes *k;
    struct cluster_node *n;
    int rc = begin(c);

    if (rc != 0)
        return rc;
    k = c->nodes;
    if (cluster_node_find(c, spec->name) != NULL)
        return -RX_EEXISTS;
    if (k->count == k->room) {
        uint32_t room = k->room > 0 ? 2 * k->room : 16;
        struct cluster_node **more =
            rx_mem_grow(c->world->mem, k->at, k->room * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        k->at = more;
        k->room = room;
    }
    n = rx_mem_zalloc(c->world->mem, sizeof(*n));
    if (n == NULL)
        return -RX_ENOMEM;
    n->object = (struct st_object){.ns = "", .name = spec->name, .kind = ST_NODE};
    n->index = k->count;
    n->since = rx_loop_now(c->world->loop);
    n->failed = -1;
    rc = fill(c, n, spec);
    if (rc == 0)
        rc = st_add(c->store, &n->object);
    if (rc != 0) {
        free_node(c, n);
        return rc;
    }
    k->at[k->count++] = n;
    k->alive++;
    cluster_node_changed(c, n);
    cluster_dirty(c, &k->health);
    return 0;
}

/* ---- said anew ------------------------------------------------------------------------------- */

/* Labels that are no longer there have no value. */
static int update_labels(struct cluster *c, struct cluster_node *n, const struct pod_labels *now)
{
    const struct pod_labels *said = &n->said.labels;
    struct pod_labels by = *now;
    struct rx_pair *pair =
        rx_arena_alloc(&c->world->arena, (said->count + now->count + 1) * sizeof(*pair));
    uint32_t i = 0, k = 0, count = 0;

    if (pair == NULL)
        return -RX_ENOMEM;
    while (i < said->count || k < now->count) {
        int order = i == said->count ? 1 : k == now->count ? -1
            : strcmp(said->pair[i].key, now->pair[k].key);

        if (order < 0)
            pair[count++] = (struct rx_pair){said->pair[i].key, NULL};
        else if (order > 0 || strcmp(said->pair[i].value, now->pair[k].value) != 0)
            pair[count++] = now->pair[k];
        i += order <= 0;
        k += order >= 0;
    }
    by = (struct pod_labels){count, pair};
    return count > 0 ? cluster_node_label(c, n, &by) : 0;
}

static bool has_taint(const struct st_node_spec *s, const struct st_taint *t)
{
    for (uint32_t i = 0; i < s->taint_count; i++) {
        if (strcmp(s->taint[i].key, t->key) == 0 && strcmp(s->taint[i].value, t->value) == 0 &&
            s->taint[i].effect == t->effect)
            return true;
    }
    return false;
}

static int update_taints(struct cluster *c, struct cluster_node *n, const struct st_node_spec *now)
{
    int rc = 0;

    for (uint32_t i = 0; i < n->said.taint_count; i++) {
        const struct st_taint *t = &n->said.taint[i];

        if (!has_taint(now, t))
            cluster_node_untaint(c, n, t->key, st_taint_effect_name(t->effect));
    }
    for (uint32_t i = 0; rc == 0 && i < now->taint_count; i++) {
        if (!has_taint(&n->said, &now->taint[i]))
            rc = cluster_node_taint(c, n, &now->taint[i]);
    }
    return rc;
}

int cluster_node_update(struct cluster *c, struct cluster_node *n, const struct st_node_spec *spec)
{
    struct pod_labels labels;
    int rc = update_labels(c, n, &spec->labels);

    if (rc == 0)
        rc = update_taints(c, n, spec);
    if (rc != 0)
        return rc;
    if (n->said.unschedulable != spec->unschedulable)
        cluster_node_cordon(c, n, spec->unschedulable);
    labels = n->spec.labels;
    n->spec = n->said = *spec;
    n->spec.labels = labels;
    show_capacity(n);
    rc = cluster_use_again(c, n);
    cluster_node_changed(c, n);
    cluster_node_show(c, n);
    return rc;
}

/* ---- undone ---------------------------------------------------------------------------------- */

void cluster_node_undo(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;

    st_unadd(c->store, &k->at[k->count - 1]->object);
    free_node(c, k->at[--k->count]);
    k->alive--;
    k->epoch++;
    pod_node_undo(c->world);
    if (k->count == 0)
        cluster_nodes_fini(c);
}

int cluster_add_priority(struct cluster *c, const struct st_priority_class *spec)
{
    struct cluster_priority *o;
    int rc;

    if (st_find(c->store, ST_PRIORITY_CLASS, 0, "", spec->name) != NULL)
        return -RX_EEXISTS;
    o = rx_mem_zalloc(c->world->mem, sizeof(*o));
    if (o == NULL)
        return -RX_ENOMEM;
    o->object = (struct st_object){.ns = "", .name = spec->name, .kind = ST_PRIORITY_CLASS};
    o->spec = *spec;
    rc = st_add(c->store, &o->object);
    if (rc != 0)
        rx_mem_free(c->world->mem, o, sizeof(*o));
    return rc;
}

void cluster_update_priority(struct cluster *c, const struct st_priority_class *spec)
{
    struct st_object *o = st_find(c->store, ST_PRIORITY_CLASS, 0, "", spec->name);

    rx_container_of(o, struct cluster_priority, object)->spec = *spec;
}

void cluster_undo_priority(struct cluster *c)
{
    struct st_object *o = st_newest(c->store, ST_PRIORITY_CLASS);

    st_unadd(c->store, o);
    rx_mem_free(c->world->mem, rx_container_of(o, struct cluster_priority, object),
                sizeof(struct cluster_priority));
}

/* ---- by a step ------------------------------------------------------------------------------- */

static enum st_taint_effect effect_named(const char *name)
{
    enum st_taint_effect e = ST_TAINT_NO_SCHEDULE;

    while (e < ST_TAINT_NO_EXECUTE && strcmp(st_taint_effect_name(e), name) != 0)
        e++;
    return e;
}

const char *cluster_node_step(struct cluster *c, const struct pod_step *s)
{
    struct cluster_node *n = cluster_node_find(c, s->object_name);
    struct st_taint t;

    if (n == NULL)
        return "no such node";
    switch (s->kind) {
    case POD_STEP_CORDON:
    case POD_STEP_UNCORDON:
        cluster_node_cordon(c, n, s->kind == POD_STEP_CORDON);
        return NULL;
    case POD_STEP_TAINT:
        t = (struct st_taint){s->key, s->value, effect_named(s->effect)};
        return cluster_node_taint(c, n, &t) == 0 ? NULL : rx_err_text(-RX_ENOMEM);
    case POD_STEP_LOSE:
        return cluster_node_fail(c, n, s->power);
    case POD_STEP_RECOVER:
        return cluster_node_recover(c, n);
    case POD_STEP_PRESSURE:
        return cluster_node_press(c, n, s);
    case POD_STEP_SET_LABEL:
        return cluster_node_label(c, n, &s->labels) == 0 ? NULL : rx_err_text(-RX_ENOMEM);
    default:
        return cluster_node_untaint(c, n, s->key, s->effect) ? NULL : "it has no such taint";
    }
}
