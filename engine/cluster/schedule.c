/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.c - pods that wait for a node: by priority, then by arrival. Each is tried once; whom no
 * node takes waits until something has changed that may help it.
 */
#include "engine/cluster/budget.h"
#include "engine/cluster/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pod/config.h"
#include "engine/pod/volume.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

enum { WHY_MAX = 2048 };

/* ---- the queue ------------------------------------------------------------------------------- */

/* Whose node is given by name does not compete. */
static bool before(const struct cluster_pending *a, const struct cluster_pending *b)
{
    bool named = a->class->spec->node_name != NULL;

    if (named != (b->class->spec->node_name != NULL))
        return named;
    return a->class->priority != b->class->priority ? a->class->priority > b->class->priority
                                                    : a->number < b->number;
}

static void push(struct cluster_nodes *k, struct cluster_pending *e)
{
    uint32_t i = k->active++;

    for (; i > 0 && before(e, k->queue[(i - 1) / 2]); i = (i - 1) / 2)
        k->queue[i] = k->queue[(i - 1) / 2];
    k->queue[i] = e;
}

static struct cluster_pending *pop(struct cluster_nodes *k)
{
    struct cluster_pending *first = k->queue[0], *last = k->queue[--k->active];
    uint32_t i = 0, child;

    while ((child = 2 * i + 1) < k->active) {
        child += child + 1 < k->active && before(k->queue[child + 1], k->queue[child]);
        if (!before(k->queue[child], last))
            break;
        k->queue[i] = k->queue[child];
        i = child;
    }
    k->queue[i] = last;
    return first;
}

static int make_room(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;
    uint32_t room = k->pending_room > 0 ? 2 * k->pending_room : 64;
    size_t old = k->pending_room * sizeof(*k->queue), size = room * sizeof(*k->queue);
    struct cluster_pending **queue, **waiting;

    if (k->active + k->idle < k->pending_room)
        return 0;
    queue = rx_mem_alloc(c->world->mem, size);
    waiting = rx_mem_alloc(c->world->mem, size);
    if (queue == NULL || waiting == NULL) {
        rx_mem_free(c->world->mem, queue, queue != NULL ? size : 0);
        rx_mem_free(c->world->mem, waiting, waiting != NULL ? size : 0);
        return -RX_ENOMEM;
    }
    if (k->active > 0)
        memcpy(queue, k->queue, k->active * sizeof(*queue));
    if (k->idle > 0)
        memcpy(waiting, k->waiting, k->idle * sizeof(*waiting));
    rx_mem_free(c->world->mem, k->queue, old);
    rx_mem_free(c->world->mem, k->waiting, old);
    k->queue = queue;
    k->waiting = waiting;
    k->pending_room = room;
    return 0;
}

static struct cluster_pending *pending_of(const struct cluster *c, uint64_t id)
{
    struct cluster_pending *e;
    uint32_t cursor = 0;

    while ((e = rx_map_next(&c->nodes->pending_of, rx_hash_end(id), &cursor)) != NULL)
        if (e->id == id)
            return e;
    return NULL;
}

static void set_why(struct cluster *c, struct cluster_pending *e, const char *why)
{
    size_t size = why != NULL ? strlen(why) + 1 : 0;

    if (e->why != NULL)
        rx_mem_free(c->world->mem, e->why, strlen(e->why) + 1);
    e->why = size > 0 ? rx_mem_alloc(c->world->mem, size) : NULL;
    if (e->why != NULL)
        memcpy(e->why, why, size);
}

static void forget(struct cluster *c, struct cluster_pending *e)
{
    c->nodes->nominated -= e->nominated != 0;
    rx_map_remove(&c->nodes->pending_of, rx_hash_end(e->id), e);
    set_why(c, e, NULL);
    rx_mem_free(c->world->mem, e, sizeof(*e));
}

void cluster_schedule_fini(struct cluster *c)
{
    struct cluster_nodes *k = c->nodes;

    while (k->active > 0)
        forget(c, k->queue[--k->active]);
    while (k->idle > 0)
        forget(c, k->waiting[--k->idle]);
    rx_mem_free(c->world->mem, k->queue, k->pending_room * sizeof(*k->queue));
    rx_mem_free(c->world->mem, k->waiting, k->pending_room * sizeof(*k->waiting));
    rx_map_fini(&k->pending_of);
}

int cluster_ask_place(void *cluster, struct pod *p)
{
    struct cluster *c = cluster;
    struct cluster_nodes *k = c->nodes;
    struct cluster_pending *e;

    if (pod_spec_of(p)->scheduling_gated)
        return 0;
    if (make_room(c) != 0)
        return -RX_ENOMEM;
    e = rx_mem_zalloc(c->world->mem, sizeof(*e));
    if (e == NULL)
        return -RX_ENOMEM;
    e->id = p->id;
    e->number = k->arrivals++;
    e->class = cluster_class_of(c, p);
    if (e->class == NULL || rx_map_put(&k->pending_of, rx_hash_end(e->id), e) != 0) {
        rx_mem_free(c->world->mem, e, sizeof(*e));
        return -RX_ENOMEM;
    }
    push(k, e);
    cluster_dirty(c, &k->schedule);
    return 0;
}

void cluster_ask_again(struct cluster *c, struct pod *p)
{
    struct cluster_pending *e = pending_of(c, p->id);
    struct cluster_class *class = e != NULL ? cluster_class_of(c, p) : NULL;

    if (class != NULL)
        e->class = class;
}

int cluster_aim(struct cluster *c, const struct pod *p, struct cluster_node *n)
{
    struct cluster_pending *e = c->nodes != NULL ? pending_of(c, p->id) : NULL;

    if (e == NULL)
        return -RX_ENOTFOUND;
    e->only = n->index + 1;
    return 0;
}

/* Would what the node says of itself let the pod in now? */
static bool node_may(const struct cluster_pending *e, const struct cluster_node *n)
{
    struct cluster_fit_in in = {.pod = e->class->spec,
                                .node = &n->spec,
                                .taint = n->taint,
                                .taint_count = n->taints,
                                .cordoned = n->cordoned};
    struct cluster_fit_out out;

    return !n->gone && (e->only == 0 || e->only == n->index + 1) && cluster_fit_static(&in, &out);
}

void cluster_schedule_again(struct cluster *c, uint32_t reasons, const struct cluster_node *n)
{
    struct cluster_nodes *k = c->nodes;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < k->idle; i++) {
        struct cluster_pending *e = k->waiting[i];

        if ((e->failed & reasons) != 0 && (n == NULL || node_may(e, n)))
            push(k, e);
        else
            k->waiting[kept++] = e;
    }
    if (kept < k->idle)
        cluster_dirty(c, &k->schedule);
    k->idle = kept;
}

size_t cluster_why_unplaced(void *cluster, const struct pod *p, char *out, size_t room)
{
    const struct cluster_pending *e = pending_of(cluster, p->id);

    return (size_t)snprintf(out, room, "%s", e != NULL && e->why != NULL ? e->why : "");
}

/* ---- preemption ------------------------------------------------------------------------------ */

/* Nodes for which it would be of use, tried one by one. */
struct raid {
    struct cluster_survey *survey;
    struct cluster_pending *self;
    struct cluster_parts parts; /* why not */
    struct cluster_victim *victim, *best;
    uint32_t victims, best_victims;
    struct cluster_price price;
    struct cluster_node *node; /* the cheapest so far */
};

static int by_importance(const void *a, const void *b)
{
    const struct cluster_victim *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    if (x->started != y->started)
        return x->started < y->started ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* The more important pods spend first what a budget allows. */
static void mark_budgets(struct raid *r)
{
    struct cluster *c = r->survey->cluster;

    if (c->guards.count == 0)
        return;
    qsort(r->victim, r->victims, sizeof(*r->victim), by_importance);
    cluster_budgets_spare(c);
    for (uint32_t i = 0; i < r->victims; i++)
        r->victim[i].budget = cluster_budget_breaks(c, r->victim[i].number);
}

static void try_node(struct raid *r, struct cluster_node *n)
{
    struct cluster_fit_in in;
    struct cluster_price price;
    struct cluster_fit_out unfit;
    struct cluster_victim *swap;
    enum cluster_preempt is;

    r->victims = 0;
    for (uint32_t i = 0; i < n->standing; i++)
        if (n->stands[i].class->priority < r->self->class->priority)
            cluster_survey_victim(r->survey, n, &n->stands[i], &r->victim[r->victims++]);
    mark_budgets(r);
    cluster_survey_in(r->survey, n, &in);
    is = cluster_preempt(&in, r->victim, r->victims, &price, &unfit);
    if (is == CLUSTER_PREEMPT_NOBODY)
        cluster_parts_add(&r->parts, CLUSTER_NO_VICTIMS, NULL, 1);
    else if (is == CLUSTER_PREEMPT_UNFIT)
        cluster_parts_fit(&r->parts, &unfit, &r->self->class->asks, 1);
    if (is != CLUSTER_PREEMPT_OK || (r->node != NULL && !cluster_price_lower(&price, &r->price)))
        return;
    r->node = n;
    r->price = price;
    swap = r->best;
    r->best = r->victim;
    r->best_victims = r->victims;
    r->victim = swap;
}

static void drive_away(struct cluster *c, const struct raid *r, struct pod *p)
{
    static const struct pod_delete_request request = {.given = false};
    char uid[POD_UID_MAX];

    pod_uid(p, uid);
    for (uint32_t i = 0; i < r->best_victims; i++) {
        struct pod *v = r->best[i].taken ? pod_get(c->world, r->best[i].number) : NULL;

        if (v == NULL || pod_is_deleting(v))
            continue;
        pod_disrupt(v, POD_COND_REASON_BY_SCHEDULER);
        pod_tell_by_control(v, (enum pod_event_kind)ST_EVENT_PREEMPTED,
                            "Preempted by pod %s on node %s", uid, r->node->spec.name);
        pod_delete(v, &request);
    }
}

/* A pod of lower priority is on its way out of the node on which it waits. */
static bool room_comes(struct cluster *c, const struct cluster_pending *e)
{
    const struct cluster_node *n = e->nominated != 0 ? c->nodes->at[e->nominated - 1] : NULL;

    for (uint32_t i = 0; n != NULL && i < n->standing; i++)
        if (n->stands[i].going && n->stands[i].class->priority < e->class->priority)
            return true;
    return false;
}

static void nominate(struct cluster *c, struct cluster_pending *e, const struct cluster_node *n)
{
    c->nodes->nominated += n != NULL;
    c->nodes->nominated -= e->nominated != 0;
    e->nominated = n != NULL ? n->index + 1 : 0;
}

/* True: victims go. Else `out` says why not. */
static bool preempt(struct cluster *c, struct cluster_pending *e, struct pod *p,
                    struct cluster_survey *s, char *out, size_t room)
{
    struct cluster_nodes *k = c->nodes;
    struct raid r = {.survey = s, .self = e};
    uint32_t most = 1;

    if (e->class->never) {
        snprintf(out, room, "not eligible due to preemptionPolicy=Never.");
        return false;
    }
    if (room_comes(c, e)) {
        snprintf(out, room, "not eligible due to a terminating pod on the nominated node.");
        return false;
    }
    for (uint32_t i = 0; i < k->count; i++)
        most = RX_MAX(most, k->at[i]->standing);
    r.victim = rx_arena_alloc(&s->scratch, most * sizeof(*r.victim));
    r.best = rx_arena_alloc(&s->scratch, most * sizeof(*r.best));
    for (uint32_t i = 0; r.victim != NULL && r.best != NULL && i < k->count; i++) {
        if (k->at[i]->gone)
            continue;
        if (s->fit[i].hopeless)
            cluster_parts_add(&r.parts, CLUSTER_NO_HELP, NULL, 1);
        else
            try_node(&r, k->at[i]);
    }
    nominate(c, e, r.node);
    if (r.node == NULL)
        cluster_sentence(k->alive, &r.parts, out, room);
    else
        drive_away(c, &r, p);
    return r.node != NULL;
}

/* ---- one pod --------------------------------------------------------------------------------- */

static void refuse(struct cluster *c, struct cluster_pending *e, struct pod *p, const char *why)
{
    struct cluster_nodes *k = c->nodes;

    set_why(c, e, why);
    pod_tell_unplaced(p, why, !e->told);
    e->told = true;
    k->waiting[k->idle++] = e;
}

/* No node takes it. */
static void fail(struct cluster *c, struct cluster_pending *e, struct pod *p,
                 struct cluster_survey *s)
{
    struct cluster_nodes *k = c->nodes;
    struct cluster_parts parts = {0};
    char why[WHY_MAX], more[WHY_MAX];
    size_t length;

    e->failed = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        if (k->at[i]->gone)
            continue;
        cluster_parts_fit(&parts, &s->fit[i], &e->class->asks, 1);
        e->failed |= 1u << s->fit[i].fit;
    }
    length = cluster_sentence(k->alive, &parts, why, sizeof(why));
    if (!preempt(c, e, p, s, more, sizeof(more)))
        snprintf(why + length, sizeof(why) - length, " " CLUSTER_NO_CLAIMS "%s", more);
    refuse(c, e, p, why);
}

/* Without memory it stays where it is until the engine ends. */
static void bind(struct cluster *c, struct cluster_pending *e, struct pod *p,
                 struct cluster_node *n)
{
    if (cluster_stand(c, n, e->class, p) != 0 || pod_bind(p, n->pods_node->number) != 0) {
        c->nodes->waiting[c->nodes->idle++] = e;
        return;
    }
    cluster_pod_taints(c, n, p);
    forget(c, e);
    if (c->nodes->idle > 0) /* it may be whom another one wants to be near, or apart from */
        cluster_schedule_again(c, 1u << CLUSTER_UNFIT_NEAR | 1u << CLUSTER_UNFIT_SPREAD, NULL);
}

/* By name it goes there unasked, as soon as there is such a node. */
static void by_name(struct cluster *c, struct cluster_pending *e, struct pod *p, const char *name)
{
    struct cluster_node *n = cluster_node_find(c, name);

    e->failed = 1u << CLUSTER_WAITS_FOR_NODE;
    if (n != NULL)
        bind(c, e, p, n);
    else
        c->nodes->waiting[c->nodes->idle++] = e;
}

static int try_pod(struct cluster *c, struct cluster_pending *e, struct pod *p)
{
    struct cluster_nodes *k = c->nodes;
    struct cluster_node *best = NULL;
    struct cluster_survey s;
    char why[512];

    if (pod_spec_of(p)->node_name != NULL) {
        by_name(c, e, p, pod_spec_of(p)->node_name);
        return 0;
    }
    if (!c->world->knobs.ignore_missing && pod_claims_missing(p, why, sizeof(why))) {
        e->failed = 1u << CLUSTER_WAITS_FOR_CLAIM;
        if (why[0] != '\0')
            refuse(c, e, p, why);
        else
            k->waiting[k->idle++] = e;
        return 0;
    }
    if (k->alive == 0) {
        e->failed = 1u << CLUSTER_WAITS_FOR_NODE;
        refuse(c, e, p, "no nodes available to schedule pods");
        return 0;
    }
    if (e->only == 0 && cluster_ranking_best(c, e->class, &best) && best != NULL) {
        bind(c, e, p, best);
        return 0;
    }
    if (cluster_survey_open(&s, c, e->class, e) != 0) {
        k->waiting[k->idle++] = e;
        return -RX_ENOMEM;
    }
    best = cluster_survey_best(&s);
    if (best != NULL)
        bind(c, e, p, best);
    else
        fail(c, e, p, &s);
    cluster_survey_close(&s);
    return 0;
}

int cluster_schedule_sync(struct cluster *c, struct cluster_work *w)
{
    struct cluster_nodes *k = c->nodes;

    (void)w;
    while (k->active > 0) {
        struct cluster_pending *e = pop(k);
        struct pod *p = pod_get(c->world, e->id);

        if (p == NULL || pod_is_deleting(p) || pod_has(p, POD_PLACED))
            forget(c, e);
        else if (try_pod(c, e, p) != 0)
            return -RX_ENOMEM;
    }
    return 0;
}
