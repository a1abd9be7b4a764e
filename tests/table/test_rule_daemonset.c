/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a DaemonSet does next: where its pods may be; the ladder of failed pods; one or two nodes,
 * enumerated, against the same rules as statements; and the worked vectors, on nodes whose pods
 * take R seconds to be ready and Z to stop.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/rule_daemonset.h"
#include "engine/reactor/base.h"

enum { S = 1000, NODES = 10, ROOM = 64 };

Test(rule_daemonset, places)
{
    for (unsigned i = 0; i < 16; i++) {
        struct cluster_daemon_place p = {i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1};

        cr_expect_eq(cluster_daemon_may_run(p), (i & 7) == 3, "%u", i);
        cr_expect_eq(cluster_daemon_may_stay(p), (i & 11) == 3, "%u", i);
    }
}

Test(rule_daemonset, ladder)
{
    static const int at[] = {0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1923, 2823};
    struct cluster_daemon_backoff b = {0};
    size_t n = 0;

    for (int now = 0; now < 3000; now++)
        if (cluster_daemon_try(&b, (rx_ms)now * S)) {
            cr_assert_lt(n, RX_ARRAY_LEN(at));
            cr_expect_eq(now, at[n], "%zu: at %d", n, now);
            n++;
        }
    cr_expect_eq(n, RX_ARRAY_LEN(at));
    cr_expect(cluster_daemon_try(&b, (2823 + 1801) * S));
    cr_expect_eq(b.delay, S, "half an hour without a failure begins anew");
}

/* ---- the same in statements ------------------------------------------------------------------ */

struct twin {
    const struct cluster_daemon_view *v;
    bool create[2], remove[4];
};

static bool twin_live(const struct cluster_daemon_pod *p)
{
    return !(p->deleting || p->failed || p->succeeded);
}

static bool twin_lasts(const struct cluster_daemon_pod *p)
{
    return !p->failed && !p->succeeded;
}

static void twin_manage(struct twin *t, uint32_t node)
{
    const struct cluster_daemon_node *n = &t->v->node[node];
    const struct cluster_daemon_pod *pod = t->v->pod;
    int64_t live = -1, old = -1, fresh = -1;
    bool any = false, failed = false;

    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        any = any || !(pod[i].deleting && (pod[i].failed || pod[i].succeeded));
        if (!n->stay && !(n->run && !any))
            t->remove[i] = !pod[i].deleting;
    }
    if (n->run && !any) {
        t->create[node] = true;
        return;
    }
    for (uint32_t i = n->first; n->stay && i < n->first + n->count; i++) {
        if (!pod[i].deleting && (pod[i].succeeded || (pod[i].failed && !failed)))
            t->remove[i] = true; /* after one that has failed its node is in back-off */
        failed = failed || (pod[i].failed && !pod[i].deleting);
        if (!twin_live(&pod[i]))
            continue;
        if (!t->v->surges && live >= 0)
            t->remove[i] = true;
        if (t->v->surges && (pod[i].updated ? fresh : old) >= 0)
            t->remove[i] = true;
        live = i;
        if (pod[i].updated && fresh < 0)
            fresh = i;
        if (!pod[i].updated && old < 0)
            old = i;
    }
    if (t->v->surges && n->stay && n->run && live < 0)
        t->create[node] = true;
    if (t->v->surges && old >= 0 && fresh >= 0 && (!pod[old].ready || pod[fresh].available))
        t->remove[old] = true;
}

/* What the update sees of a node: -1 nobody, else the last of them. */
static bool twin_pair(const struct twin *t, uint32_t node, int64_t *old, int64_t *fresh)
{
    const struct cluster_daemon_node *n = &t->v->node[node];
    uint32_t olds = 0, news = 0;

    *old = *fresh = -1;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        if (t->v->pod[i].deleting)
            continue;
        if (t->v->pod[i].updated)
            *fresh = (++news, (int64_t)i);
        else
            *old = (++olds, (int64_t)i);
    }
    return olds <= 1 && news <= 1;
}

static void twin_update(struct twin *t)
{
    int64_t old[2], fresh[2], busy = 0, allowed;
    bool plain[2];

    allowed = t->v->surges ? t->v->surge.value : t->v->unavailable.value;
    for (uint32_t i = 0; i < t->v->nodes; i++) {
        const struct cluster_daemon_node *n = &t->v->node[i];
        bool counts = n->run;

        for (uint32_t k = n->first; k < n->first + n->count; k++) /* not those that are over */
            counts = counts || !t->v->pod[k].deleting || twin_lasts(&t->v->pod[k]);

        plain[i] = twin_pair(t, i, &old[i], &fresh[i]);
        if (!plain[i])
            busy++;
        else if (t->v->surges)
            busy += old[i] >= 0 && fresh[i] >= 0 && !t->v->pod[fresh[i]].available;
        else if (counts)
            busy +=
                (old[i] < 0) == (fresh[i] < 0) || (fresh[i] >= 0 && !t->v->pod[fresh[i]].available);
        if (t->v->surges && plain[i] && old[i] >= 0 && fresh[i] >= 0 &&
            t->v->pod[fresh[i]].available)
            t->remove[old[i]] = true;
    }
    for (uint32_t i = 0; i < t->v->nodes; i++) {
        bool goes = plain[i] && old[i] >= 0 && fresh[i] < 0 && (t->v->node[i].run || !t->v->surges);

        if (goes && t->v->pod[old[i]].available && busy++ >= allowed)
            goes = false;
        if (goes && t->v->surges)
            t->create[i] = true;
        else if (goes)
            t->remove[old[i]] = true;
    }
}

static void compare(struct cluster_daemon_view *v, unsigned which)
{
    struct cluster_daemon_step step[8];
    struct cluster_daemon_plan plan = {.step = step};
    struct twin t = {.v = v};
    bool create[2] = {0}, remove[4] = {0}, any = false;

    for (uint32_t i = 0; i < v->nodes; i++)
        twin_manage(&t, i);
    for (uint32_t i = 0; i < 4; i++)
        any = any || t.remove[i] || t.create[i % 2];
    if (!any && !v->on_delete)
        twin_update(&t);
    cluster_daemon_plan(v, &plan);
    for (uint32_t i = 0; i < plan.steps; i++) {
        bool *what = step[i].act == CLUSTER_DAEMON_CREATE ? create : remove;

        cr_assert_not(what[step[i].at], "%u: %u twice", which, step[i].at);
        what[step[i].at] = true;
    }
    for (uint32_t i = 0; i < v->nodes; i++)
        cr_assert_eq(create[i], t.create[i], "%u: creation on %u", which, i);
    for (uint32_t i = 0; i < 4; i++)
        cr_assert_eq(remove[i], t.remove[i], "%u: deletion of %u", which, i);
}

/* What a pod can be like, of either template; 0 is none at all. */
static const struct cluster_daemon_pod like[] = {
    {.bound = true},
    {.bound = true, .ready = true},
    {.bound = true, .ready = true, .available = true},
    {.bound = true, .ready = true, .available = true, .deleting = true},
    {.bound = true, .failed = true},
    {.bound = true, .succeeded = true},
    {.bound = true, .failed = true, .deleting = true},
};

enum { LIKE = 1 + 2 * RX_ARRAY_LEN(like) };

Test(rule_daemonset, two_nodes)
{
    for (unsigned options = 0; options < 1 << 6; options++)
        for (unsigned which = 0; which < LIKE * LIKE * LIKE * LIKE; which++) {
            struct cluster_daemon_pod pod[4];
            struct cluster_daemon_node node[2] = {
                {.run = options & 1, .stay = true},
                {.run = options >> 1 & 1, .stay = (options >> 1 & 1) || (options >> 2 & 1)}};
            bool surges = options >> 3 & 1;
            struct cluster_daemon_view v = {.now = 100 * S,
                                            .surges = surges,
                                            .surge = {.value = surges},
                                            .unavailable = {.value = !surges},
                                            .on_delete = options >> 4 & 1,
                                            .nodes = 2,
                                            .node = node,
                                            .pod = pod};
            unsigned rest = which;
            uint32_t count = 0;

            if (options >> 5 & 1)
                v.unavailable.value *= 2;
            for (uint32_t i = 0; i < 4; i++, rest /= LIKE) {
                if (i % 2 == 0)
                    node[i / 2].first = count;
                if (rest % LIKE == 0)
                    continue;
                pod[count] = like[(rest % LIKE - 1) / 2];
                pod[count++].updated = rest % LIKE % 2;
                node[i / 2].count++;
            }
            compare(&v, which);
        }
}

Test(rule_daemonset, counts)
{
    struct cluster_daemon_pod pod[] = {{.ready = true, .available = true, .updated = true},
                                       {.ready = true},
                                       {.ready = true, .available = true},
                                       {.updated = true}};
    struct cluster_daemon_node node[] = {{.run = true, .first = 0, .count = 2},
                                         {.run = true, .first = 2, .count = 1},
                                         {.run = true, .first = 3},
                                         {.first = 3, .count = 1}};
    struct cluster_daemon_view v = {.nodes = 4, .node = node, .pod = pod};
    struct cluster_daemon_status s = cluster_daemon_count(&v);

    cr_expect(s.desired == 3 && s.current == 2 && s.misscheduled == 1);
    cr_expect(s.ready == 2 && s.available == 2 && s.updated == 1);
}

/* ---- the worked vectors ---------------------------------------------------------------------- */

struct event {
    int at;
    enum { NONE, UPDATE, TAINT, CORDON, SELECT, UNSELECT, JOIN, KILL } what;
    uint32_t node;
};

static const struct vector {
    const char *name;
    struct cluster_daemon_view set;
    uint32_t joined, tainted, selected; /* nodes; the last two as bits */
    bool by_label, fails;
    int ready_in, stops_in, until;
    struct event event[3];
    const char *story; /* +node.template created, -node.template deleted */
} vectors[] = {
    {"DS-01", {.nodes = 3}, 3, 4, 0, false, false, 0, 0, 10, {{0}}, "0+1.1 0+2.1"},
    {"DS-03",
     {.nodes = 3},
     3,
     0,
     0,
     true,
     false,
     0,
     3,
     50,
     {{20, SELECT, 2}, {40, UNSELECT, 2}},
     "20+2.1 40-2.1"},
    {"DS-04", {.nodes = 2}, 2, 0, 0, false, false, 0, 3, 50, {{30, TAINT, 2}}, "0+1.1 0+2.1"},
    {"DS-05",
     {.nodes = 3},
     3,
     0,
     0,
     false,
     false,
     3,
     2,
     130,
     {{100, UPDATE, 0}},
     "0+1.1 0+2.1 0+3.1 100-1.1 102+1.2 105-2.1 107+2.2 110-3.1 112+3.2"},
    {"DS-06",
     {.nodes = 3, .surges = true, .surge = {.value = 1}},
     3,
     0,
     0,
     false,
     false,
     3,
     2,
     130,
     {{100, UPDATE, 0}},
     "0+1.1 0+2.1 0+3.1 100+1.2 103-1.1 103+2.2 106-2.1 106+3.2 109-3.1"},
    {"DS-07",
     {.nodes = 10, .unavailable = {25, true}},
     10,
     0,
     0,
     false,
     false,
     3,
     2,
     104,
     {{100, UPDATE, 0}},
     "0+1.1 0+2.1 0+3.1 0+4.1 0+5.1 0+6.1 0+7.1 0+8.1 0+9.1 0+10.1 100-1.1 100-2.1 100-3.1 "
     "102+1.2 102+2.2 102+3.2"},
    {"DS-08",
     {.nodes = 1},
     1,
     0,
     0,
     false,
     true,
     0,
     0,
     80,
     {{0}},
     "0+1.1 0-1.1 0+1.1 1-1.1 1+1.1 3-1.1 3+1.1 7-1.1 7+1.1 15-1.1 15+1.1 31-1.1 31+1.1 63-1.1 "
     "63+1.1"},
    {"DS-09",
     {.nodes = 1},
     1,
     0,
     0,
     false,
     true,
     0,
     0,
     30,
     {{10, UPDATE, 0}},
     "0+1.1 0-1.1 0+1.1 1-1.1 1+1.1 3-1.1 3+1.1 7-1.1 7+1.1 10-1.1 10+1.2 10-1.2 10+1.2 11-1.2 "
     "11+1.2 13-1.2 13+1.2 17-1.2 17+1.2 25-1.2 25+1.2"},
    {"DS-10", {.nodes = 2}, 1, 0, 0, false, false, 0, 0, 70, {{60, JOIN, 2}}, "0+1.1 60+2.1"},
    {"DS-11",
     {.nodes = 3, .on_delete = true},
     3,
     0,
     0,
     false,
     false,
     0,
     2,
     130,
     {{100, UPDATE, 0}, {120, KILL, 2}},
     "0+1.1 0+2.1 0+3.1 120-2.1 122+2.2"},
};

struct sim_pod {
    uint32_t node, template;
    int ready_at, gone_at;
    bool deleting, failed;
};

struct sim {
    const struct vector *v;
    struct sim_pod pod[ROOM];
    uint32_t pods, template, joined, tainted, selected, order[ROOM];
    struct cluster_daemon_backoff backoff[NODES];
    char story[1024];
    size_t used;
};

static void tell(struct sim *m, int at, char what, const struct sim_pod *p)
{
    m->used += (size_t)snprintf(m->story + m->used, sizeof(m->story) - m->used, "%s%d%c%u.%u",
                                m->used > 0 ? " " : "", at, what, p->node + 1, p->template);
}

static void delete_pod(struct sim *m, int at, struct sim_pod *p)
{
    p->deleting = true;
    p->gone_at = at + (p->failed ? 0 : m->v->stops_in);
    tell(m, at, '-', p);
}

static void happen(struct sim *m, const struct event *e)
{
    uint32_t node = e->node - 1;

    if (e->what == UPDATE) {
        m->template ++;
    } else if (e->what == TAINT) {
        m->tainted |= 1u << node;
    } else if (e->what == SELECT) {
        m->selected |= 1u << node;
    } else if (e->what == UNSELECT) {
        m->selected &= ~(1u << node);
    } else if (e->what == JOIN) {
        m->joined++;
    } else if (e->what == KILL) {
        for (uint32_t i = 0; i < m->pods; i++)
            if (m->pod[i].node == node)
                delete_pod(m, e->at, &m->pod[i]);
    }
}

/* The view of that second; order: which pod each of its entries is. */
static void see(struct sim *m, int at, struct cluster_daemon_node *node,
                struct cluster_daemon_pod *pod)
{
    uint32_t count = 0, kept = 0;

    for (uint32_t i = 0; i < m->pods; i++)
        if (m->pod[i].gone_at > at)
            m->pod[kept++] = m->pod[i];
    m->pods = kept;
    for (uint32_t n = 0; n < m->joined; n++) {
        struct cluster_daemon_place p = {.named = true,
                                         .selected = !m->v->by_label || m->selected >> n & 1,
                                         .repels = m->tainted >> n & 1};

        node[n] = (struct cluster_daemon_node){.run = cluster_daemon_may_run(p),
                                               .stay = cluster_daemon_may_stay(p),
                                               .backoff = m->backoff[n],
                                               .first = count};
        for (uint32_t i = 0; i < m->pods; i++) {
            struct sim_pod *p2 = &m->pod[i];
            bool ready = !p2->failed && p2->ready_at <= at;

            if (p2->node != n)
                continue;
            m->order[count] = i;
            pod[count++] = (struct cluster_daemon_pod){.bound = true,
                                                       .deleting = p2->deleting,
                                                       .failed = p2->failed,
                                                       .ready = ready,
                                                       .available = ready,
                                                       .updated = p2->template == m->template};
            node[n].count++;
        }
    }
}

/* Whether anything was done. A new generation is seen when a sync has come through. */
static bool sync_once(struct sim *m, int at, uint32_t *generation)
{
    struct cluster_daemon_node node[NODES];
    struct cluster_daemon_pod pod[ROOM];
    struct cluster_daemon_step step[ROOM];
    struct cluster_daemon_plan plan = {.step = step};
    struct cluster_daemon_view v = m->v->set;

    see(m, at, node, pod);
    v.now = (rx_ms)at * S;
    v.nodes = m->joined;
    v.node = node;
    v.pod = pod;
    cluster_daemon_plan(&v, &plan);
    for (uint32_t n = 0; n < m->joined; n++)
        m->backoff[n] = node[n].backoff;
    if (*generation != m->template)
        memset(m->backoff, 0, sizeof(m->backoff));
    *generation = m->template;
    for (uint32_t i = 0; i < plan.steps; i++) {
        if (step[i].act == CLUSTER_DAEMON_CREATE) {
            m->pod[m->pods] = (struct sim_pod){.node = step[i].at,
                                               .template = m->template,
                                               .ready_at = at + m->v->ready_in,
                                               .gone_at = INT32_MAX};
            tell(m, at, '+', &m->pod[m->pods++]);
        } else {
            delete_pod(m, at, &m->pod[m->order[step[i].at]]);
        }
    }
    return plan.steps > 0;
}

static void live(struct sim *m)
{
    uint32_t generation = 1;

    for (int at = 0; at <= m->v->until; at++) {
        bool again = true;

        for (size_t i = 0; i < RX_ARRAY_LEN(m->v->event); i++)
            if (m->v->event[i].at == at)
                happen(m, &m->v->event[i]);
        while (again) {
            again = sync_once(m, at, &generation);
            for (uint32_t i = 0; m->v->fails && i < m->pods; i++) {
                again = again || !m->pod[i].failed;
                m->pod[i].failed = true;
            }
        }
    }
}

Test(rule_daemonset, vectors)
{
    for (size_t n = 0; n < RX_ARRAY_LEN(vectors); n++) {
        struct vector v = vectors[n];
        struct sim m = {.v = &v,
                        .template = 1,
                        .joined = v.joined,
                        .tainted = v.tainted,
                        .selected = v.selected};

        if (!v.set.surges && v.set.unavailable.value == 0)
            v.set.unavailable.value = 1;
        live(&m);
        cr_expect_str_eq(m.story, v.story, "%s: %s", v.name, m.story);
    }
}
