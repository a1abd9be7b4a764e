/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.c - Node objects: they come, are cordoned and tainted.
 */
#include "engine/cluster/node.h"

#include <stdio.h>
#include <string.h>

#include "engine/reactor/err.h"

static const struct cluster_worker scheduler = {.rank = CLUSTER_RANK_SCHEDULER,
                                                .retry = CLUSTER_RETRY_NONE,
                                                .sync = cluster_schedule_sync},
                                   lifecycle = {.rank = CLUSTER_RANK_NODE,
                                                .retry = CLUSTER_RETRY_NONE,
                                                .sync = cluster_health_sync};

/* ---- begin and end --------------------------------------------------------------------------- */

int cluster_nodes_begin(struct cluster *c)
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
        cluster_work_init(c, &k->health, &lifecycle, 0) != 0) {
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
    rx_mem_free(mem, n->other, n->spec.allocatable.other_count * sizeof(*n->other));
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
    cluster_schedule_fini(c);
    cluster_standing_fini(c);
    while (k->count > 0)
        free_node(c, k->at[--k->count]);
    rx_mem_free(mem, k->at, k->room * sizeof(*k->at));
    rx_mem_free(mem, k->zone, k->zone_room * sizeof(*k->zone));
    rx_mem_free(mem, k->journal, CLUSTER_JOURNAL * sizeof(*k->journal));
    rx_mem_free(mem, k->eviction, k->eviction_room * sizeof(*k->eviction));
    rx_mem_free(mem, k, sizeof(*k));
    c->nodes = NULL;
    c->world->place = NULL;
    c->world->unplaced = NULL;
}

/* ---- coming ---------------------------------------------------------------------------------- */

static int number_zone(struct cluster *c, struct cluster_node *n)
{
    struct cluster_nodes *k = c->nodes;
    const char *zone = st_label(&n->spec.labels, ST_LABEL_ZONE);

    n->zone = 0;
    if (zone == NULL)
        return 0;
    for (uint32_t i = 0; i < k->zones; i++)
        if (strcmp(k->zone[i], zone) == 0) {
            n->zone = i + 1;
            return 0;
        }
    if (k->zones == k->zone_room) {
        uint32_t room = k->zone_room > 0 ? 2 * k->zone_room : 8;
        const char **more = rx_mem_grow(c->world->mem, k->zone, k->zone_room * sizeof(*more),
                                        room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        k->zone = more;
        k->zone_room = room;
    }
    k->zone[k->zones++] = zone;
    n->zone = k->zones;
    return 0;
}

static int put_taint(struct cluster *c, struct cluster_node *n, const struct st_taint *t)
{
    for (uint32_t i = 0; i < n->taints; i++)
        if (n->taint[i].effect == t->effect && strcmp(n->taint[i].key, t->key) == 0) {
            n->taint[i] = *t;
            return 0;
        }
    if (n->taints == n->taint_room) {
        uint32_t room = n->taint_room > 0 ? 2 * n->taint_room : 4;
        struct st_taint *more = rx_mem_grow(c->world->mem, n->taint,
                                            n->taint_room * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return -RX_ENOMEM;
        n->taint = more;
        n->taint_room = room;
    }
    n->taint[n->taints++] = *t;
    return 0;
}

static const struct st_taint cordon = {ST_TAINT_UNSCHEDULABLE, "", ST_TAINT_NO_SCHEDULE};

static int fill(struct cluster *c, struct cluster_node *n, const struct st_node_spec *spec)
{
    uint32_t others = spec->allocatable.other_count;
    struct pod_node *at;
    char ip[32];
    int rc;

    n->spec = *spec;
    n->other = rx_mem_zalloc(c->world->mem, others * sizeof(*n->other));
    if (others > 0 && n->other == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < others; i++)
        n->other[i].name = spec->allocatable.other[i].name;
    for (uint32_t i = 0; i < spec->taint_count; i++)
        if (put_taint(c, n, &spec->taint[i]) != 0)
            return -RX_ENOMEM;
    n->cordoned = spec->unschedulable;
    if ((n->cordoned && put_taint(c, n, &cordon) != 0) || number_zone(c, n) != 0)
        return -RX_ENOMEM;
    snprintf(ip, sizeof(ip), "127.0.%u.%u", (n->index + 2) >> 8 & 255, (n->index + 2) & 255);
    rc = pod_node_add(c->world, spec->name, spec->address != NULL ? spec->address : ip);
    if (rc != 0)
        return rc;
    at = n->pods_node = c->world->node[c->world->nodes - 1];
    if (spec->cpus > 0)
        at->capacity.cpus = (uint32_t)spec->cpus;
    if (spec->memory > 0)
        at->capacity.memory_kib = (uint32_t)RX_MIN(spec->memory >> 10, UINT32_MAX);
    return 0;
}

int cluster_node_add(struct cluster *c, const struct st_node_spec *spec)
{
    struct cluster_nodes *k;
    struct cluster_node *n;
    int rc = cluster_nodes_begin(c);

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

void cluster_node_changed(struct cluster *c, struct cluster_node *n)
{
    struct cluster_nodes *k = c->nodes;

    k->epoch++;
    cluster_touch(k, n);
    cluster_schedule_again(c, 1u << CLUSTER_WAITS_FOR_NODE, NULL);
    cluster_schedule_again(c, UINT32_MAX, n);
}

/* ---- what is done to it ---------------------------------------------------------------------- */

int cluster_node_taint(struct cluster *c, struct cluster_node *n, const struct st_taint *t)
{
    if (put_taint(c, n, t) != 0)
        return -RX_ENOMEM;
    cluster_node_changed(c, n);
    cluster_taints_changed(c, n);
    cluster_node_show(c, n);
    return 0;
}

bool cluster_node_untaint(struct cluster *c, struct cluster_node *n, const char *key,
                          const char *effect)
{
    uint32_t kept = 0, was = n->taints;

    for (uint32_t i = 0; i < was; i++)
        if (strcmp(n->taint[i].key, key) != 0 ||
            (effect != NULL && strcmp(effect, st_taint_effect_name(n->taint[i].effect)) != 0))
            n->taint[kept++] = n->taint[i];
    n->taints = kept;
    if (kept == was)
        return false;
    cluster_node_changed(c, n);
    cluster_taints_changed(c, n);
    cluster_node_show(c, n);
    return true;
}

void cluster_node_cordon(struct cluster *c, struct cluster_node *n, bool cordoned)
{
    if (n->cordoned == cordoned)
        return;
    n->cordoned = cordoned;
    if (cordoned)
        cluster_node_taint(c, n, &cordon);
    else
        cluster_node_untaint(c, n, cordon.key, NULL);
    st_tell_event(c->store, &n->object,
                  (enum pod_event_kind)(cordoned ? ST_EVENT_NODE_CORDONED
                                                 : ST_EVENT_NODE_UNCORDONED),
                  "Node %s status is now: %s", n->spec.name,
                  cordoned ? "NodeNotSchedulable" : "NodeSchedulable");
    cluster_node_changed(c, n);
}

/* ---- pods ------------------------------------------------------------------------------------ */

void cluster_nodes_pod_changed(struct cluster *c, struct pod *p, uint32_t what)
{
    const uint32_t freed = 1u << CLUSTER_UNFIT_PORTS | 1u << CLUSTER_UNFIT_RESOURCES |
                           1u << CLUSTER_UNFIT_CLAIM | 1u << CLUSTER_UNFIT_SPREAD |
                           1u << CLUSTER_UNFIT_APART | 1u << CLUSTER_UNFIT_OTHERS;

    if (c->nodes == NULL)
        return;
    if (pod_is_gone(p) || pod_phase_terminal((enum pod_phase)p->phase)) {
        if (cluster_unstand(c, p))
            cluster_schedule_again(c, freed, NULL);
    } else if (what & POD_CHANGED_LEFT) {
        cluster_going(c, p);
    }
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
    default:
        return cluster_node_untaint(c, n, s->key, s->effect) ? NULL : "it has no such taint";
    }
}
