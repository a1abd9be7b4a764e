/* SPDX-License-Identifier: Apache-2.0 */
/* rule_daemonset.c - node by node what is missing or too much, then the rolling update. */
#include "engine/cluster/rule_daemonset.h"

#include <stddef.h>

#include "engine/reactor/base.h"

enum { BACKOFF_BASE_MS = 1000, BACKOFF_CAP_MS = 15 * 60 * 1000, NOBODY = -1 };

bool cluster_daemon_may_run(struct cluster_daemon_place p)
{
    return p.named && p.selected && !p.repels;
}

bool cluster_daemon_may_stay(struct cluster_daemon_place p)
{
    return p.named && p.selected && !p.expels;
}

bool cluster_daemon_try(struct cluster_daemon_backoff *b, rx_ms now)
{
    bool expired = now - b->at > 2 * (rx_ms)BACKOFF_CAP_MS;

    if (b->delay > 0 && !expired && now - b->at < b->delay)
        return false;
    b->delay = b->delay == 0 || expired ? BACKOFF_BASE_MS : RX_MIN(2 * b->delay, BACKOFF_CAP_MS);
    b->at = now;
    return true;
}

/* ---- what each node should have -------------------------------------------------------------- */

static bool is_gone(const struct cluster_daemon_pod *p)
{
    return p->deleting && (p->failed || p->succeeded);
}

static void add(struct cluster_daemon_plan *plan, enum cluster_daemon_act act, uint32_t at)
{
    plan->step[plan->steps++] = (struct cluster_daemon_step){act, at};
}

static bool has_pods(const struct cluster_daemon_view *v, const struct cluster_daemon_node *n)
{
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        if (!is_gone(&v->pod[i]))
            return true;
    }
    return false;
}

static bool lives(const struct cluster_daemon_pod *p)
{
    return !p->deleting && !p->failed && !p->succeeded;
}

/* Those that have ended make way. */
static void clear_ended(struct cluster_daemon_view *v, struct cluster_daemon_node *n,
                        struct cluster_daemon_plan *plan)
{
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        const struct cluster_daemon_pod *p = &v->pod[i];

        if (lives(p) || p->deleting)
            continue;
        if (!p->failed)
            add(plan, CLUSTER_DAEMON_DELETE_SUCCEEDED, i);
        else if (cluster_daemon_try(&n->backoff, v->now))
            add(plan, CLUSTER_DAEMON_DELETE_FAILED, i);
        else /* a whole delay later, not what is left of it */
            plan->look_at = RX_MIN(plan->look_at, v->now + n->backoff.delay);
    }
}

/* With surge there may be two: an old one that is ready beside a new one that is not available. Of
 * each kind the oldest stays. */
static void prune_pair(const struct cluster_daemon_view *v, const struct cluster_daemon_node *n,
                       struct cluster_daemon_plan *plan)
{
    int64_t old = NOBODY, new = NOBODY;

    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        int64_t *kind = v->pod[i].updated ? &new : &old;

        if (!lives(&v->pod[i]))
            continue;
        if (*kind != NOBODY)
            add(plan, CLUSTER_DAEMON_DELETE, i);
        else
            *kind = i;
    }
    if (old != NOBODY && new != NOBODY && (!v->pod[old].ready || v->pod[new].available))
        add(plan, CLUSTER_DAEMON_DELETE, (uint32_t)old);
}

static void keep_one(struct cluster_daemon_view *v, uint32_t node, struct cluster_daemon_plan *plan)
{
    struct cluster_daemon_node *n = &v->node[node];
    uint32_t living = 0;

    clear_ended(v, n, plan);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        living += lives(&v->pod[i]);
        if (!v->surges && living > 1 && lives(&v->pod[i]))
            add(plan, CLUSTER_DAEMON_DELETE, i);
    }
    if (v->surges && living == 0 && n->run)
        add(plan, CLUSTER_DAEMON_CREATE, node);
    else if (v->surges && living > 1)
        prune_pair(v, n, plan);
}

static void manage_node(struct cluster_daemon_view *v, uint32_t node,
                        struct cluster_daemon_plan *plan)
{
    const struct cluster_daemon_node *n = &v->node[node];

    if (n->run && !has_pods(v, n)) {
        add(plan, CLUSTER_DAEMON_CREATE, node);
    } else if (n->stay) {
        keep_one(v, node, plan);
    } else {
        for (uint32_t i = n->first; i < n->first + n->count; i++) {
            if (!v->pod[i].deleting)
                add(plan, CLUSTER_DAEMON_DELETE, i);
        }
    }
}

/* ---- the rolling update ---------------------------------------------------------------------- */

/* The live pods of a node. */
struct pair {
    int64_t old, new;
    bool crowded; /* there are more */
};

static struct pair pair_on(const struct cluster_daemon_view *v, const struct cluster_daemon_node *n)
{
    struct pair p = {NOBODY, NOBODY, false};

    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        int64_t *kind = v->pod[i].updated ? &p.new : &p.old;

        if (v->pod[i].deleting)
            continue;
        p.crowded = p.crowded || *kind != NOBODY;
        *kind = i;
    }
    return p;
}

static bool takes_part(const struct cluster_daemon_view *v, const struct cluster_daemon_node *n)
{
    return n->run || has_pods(v, n);
}

static uint32_t share_of(struct st_share s, uint32_t nodes)
{
    return s.percent ? (uint32_t)(((uint64_t)(uint32_t)s.value * nodes + 99) / 100)
                     : (uint32_t)s.value;
}

/* Does it count against maxUnavailable? An old one that is not available does not: it is replaced
 * whatever else is. */
static bool is_unavailable(const struct cluster_daemon_view *v, struct pair p)
{
    if (p.crowded || (p.old == NOBODY) == (p.new == NOBODY))
        return true;
    return p.new != NOBODY && !v->pod[p.new].available;
}

static void replace(struct cluster_daemon_view *v, uint32_t allowed,
                    struct cluster_daemon_plan *plan)
{
    uint32_t unavailable = 0;

    for (uint32_t i = 0; i < v->nodes; i++)
        unavailable += takes_part(v, &v->node[i]) && is_unavailable(v, pair_on(v, &v->node[i]));
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < v->nodes; i++) {
            struct pair p = pair_on(v, &v->node[i]);

            if (p.crowded || p.old == NOBODY || p.new != NOBODY ||
                v->pod[p.old].available != (pass == 1))
                continue;
            if (pass == 1 && unavailable >= allowed)
                return;
            unavailable += pass == 1;
            add(plan, CLUSTER_DAEMON_DELETE, (uint32_t)p.old);
        }
    }
}

static void put_beside(struct cluster_daemon_view *v, uint32_t allowed,
                       struct cluster_daemon_plan *plan)
{
    uint32_t surge = 0;

    for (uint32_t i = 0; i < v->nodes; i++) {
        struct pair p = pair_on(v, &v->node[i]);

        if (!takes_part(v, &v->node[i]))
            continue;
        if (p.crowded || (p.old != NOBODY && p.new != NOBODY && !v->pod[p.new].available))
            surge++;
        else if (p.old != NOBODY && p.new != NOBODY)
            add(plan, CLUSTER_DAEMON_DELETE, (uint32_t)p.old);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < v->nodes; i++) {
            struct pair p = pair_on(v, &v->node[i]);

            if (p.crowded || p.old == NOBODY || p.new != NOBODY || !v->node[i].run ||
                v->pod[p.old].available != (pass == 1))
                continue;
            if (pass == 1 && surge >= allowed)
                return;
            surge += pass == 1;
            add(plan, CLUSTER_DAEMON_CREATE, i);
        }
    }
}

void cluster_daemon_plan(struct cluster_daemon_view *v, struct cluster_daemon_plan *out)
{
    uint32_t desired = 0, surge, unavailable;

    out->steps = 0;
    out->look_at = RX_MS_NEVER;
    for (uint32_t i = 0; i < v->nodes; i++) {
        manage_node(v, i, out);
        desired += v->node[i].run;
    }
    if (out->steps > 0 || v->on_delete)
        return;
    surge = share_of(v->surge, desired);
    unavailable = share_of(v->unavailable, desired);
    if (surge > 0)
        put_beside(v, surge, out);
    else
        replace(v, RX_MAX(unavailable, 1), out);
}

struct cluster_daemon_status cluster_daemon_count(const struct cluster_daemon_view *v)
{
    struct cluster_daemon_status s = {0};

    for (uint32_t i = 0; i < v->nodes; i++) {
        const struct cluster_daemon_node *n = &v->node[i];
        const struct cluster_daemon_pod *oldest = n->count > 0 ? &v->pod[n->first] : NULL;

        if (!n->run) {
            s.misscheduled += oldest != NULL;
            continue;
        }
        s.desired++;
        if (oldest == NULL)
            continue;
        s.current++;
        s.ready += oldest->ready;
        s.available += oldest->ready && oldest->available;
        s.updated += oldest->updated;
    }
    return s;
}
