/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a StatefulSet does next: small sets, enumerated, against the same rules as statements about
 * arrays, and the worked vectors as a set whose pods take R seconds to be ready and Z to stop.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/rule_statefulset.h"
#include "engine/reactor/base.h"

enum { OLD = 1, NEW = 2, NEVER = 1 << 30 };

/* ---- the same in statements ------------------------------------------------------------------ */

enum { SLOTS = 8, NOTHING = -1 };

struct twin {
    const struct cluster_stateful_view *v;
    int of[SLOTS]; /* the pod with that ordinal; NOTHING */
    struct cluster_stateful_step step[2 * SLOTS];
    uint32_t steps;
};

static const struct cluster_stateful_pod *twin_pod(const struct twin *t, uint32_t ordinal)
{
    return t->of[ordinal] == NOTHING ? NULL : &t->v->pod[t->of[ordinal]];
}

static bool twin_well(const struct twin *t, uint32_t ordinal)
{
    const struct cluster_stateful_pod *p = twin_pod(t, ordinal);

    return p != NULL && p->ready && p->available && !p->deleting;
}

static bool twin_wanted(const struct twin *t, uint32_t ordinal)
{
    return ordinal >= t->v->start && ordinal < t->v->start + t->v->replicas;
}

static void twin_do(struct twin *t, enum cluster_stateful_act act, uint32_t ordinal,
                    uint32_t revision)
{
    t->step[t->steps++] =
        (struct cluster_stateful_step){.act = act, .ordinal = ordinal, .revision = revision};
}

static uint32_t twin_revision(const struct twin *t, uint32_t ordinal)
{
    if (t->v->on_delete)
        return NEW;
    if (t->v->has_partition)
        return ordinal < t->v->start + t->v->partition ? OLD : NEW;
    return ordinal < t->v->start + t->v->current_replicas ? OLD : NEW;
}

static bool twin_range(struct twin *t)
{
    bool ordered = !t->v->parallel;

    for (uint32_t o = 0; o < SLOTS; o++) {
        const struct cluster_stateful_pod *p = twin_pod(t, o);

        if (!twin_wanted(t, o))
            continue;
        if (p == NULL)
            twin_do(t, CLUSTER_STATEFUL_CREATE, o, twin_revision(t, o));
        else if (p->over && !p->deleting)
            twin_do(t, CLUSTER_STATEFUL_DELETE, o, 0);
        if (ordered && (p == NULL || p->over || !twin_well(t, o)))
            return false;
        if (p != NULL && !p->over && p->wrong)
            twin_do(t, CLUSTER_STATEFUL_REPAIR, o, 0);
    }
    return true;
}

static bool twin_condemned(struct twin *t)
{
    bool ordered = !t->v->parallel;
    int first = NOTHING;

    for (int pass = 0; pass < 2; pass++)
        for (uint32_t o = 0; o < SLOTS && first == NOTHING; o++)
            if (twin_wanted(t, o) == (pass == 0) && !twin_well(t, o) &&
                (pass == 0 || twin_pod(t, o) != NULL))
                first = (int)o;
    for (uint32_t o = SLOTS; o-- > 0;) {
        const struct cluster_stateful_pod *p = twin_pod(t, o);

        if (twin_wanted(t, o) || p == NULL)
            continue;
        if (ordered && (p->deleting || (!twin_well(t, o) && first != (int)o)))
            return false;
        if (!p->deleting)
            twin_do(t, CLUSTER_STATEFUL_DELETE, o, 0);
        if (ordered)
            return false;
    }
    return true;
}

static void twin_plan(struct twin *t)
{
    uint32_t low = t->v->start + (t->v->has_partition ? t->v->partition : 0);

    if (t->v->deleting || !twin_range(t) || !twin_condemned(t) || t->v->on_delete)
        return;
    for (uint32_t o = SLOTS; o-- > low;) {
        const struct cluster_stateful_pod *p = twin_pod(t, o);

        if (!twin_wanted(t, o))
            continue;
        if (p != NULL && p->revision != NEW && !p->deleting) {
            twin_do(t, CLUSTER_STATEFUL_DELETE, o, 0);
            return;
        }
        if (!twin_well(t, o))
            return;
    }
}

static void compare(const struct cluster_stateful_view *v, unsigned which)
{
    struct cluster_stateful_step step[2 * SLOTS];
    uint32_t steps = cluster_stateful_plan(v, step);
    struct twin t = {.v = v};

    for (uint32_t o = 0; o < SLOTS; o++)
        t.of[o] = NOTHING;
    for (uint32_t i = 0; i < v->count; i++)
        t.of[v->pod[i].ordinal] = (int)i;
    twin_plan(&t);
    cr_assert_eq(steps, t.steps, "set %u: %u steps, not %u", which, steps, t.steps);
    for (uint32_t i = 0; i < steps; i++) {
        cr_assert_eq(step[i].act, t.step[i].act, "set %u, step %u", which, i);
        cr_assert_eq(step[i].ordinal, t.step[i].ordinal, "set %u, step %u", which, i);
        cr_assert_eq(step[i].revision, t.step[i].revision, "set %u, step %u", which, i);
        cr_assert(i == 0 || step[i].batch >= step[i - 1].batch, "set %u, step %u", which, i);
        cr_assert(v->parallel || i == 0 || step[i].batch > step[i - 1].batch);
    }
    cr_assert_leq(steps, v->replicas + v->count, "set %u: %u steps", which, steps);
}

/* What a pod can be like, of either revision; 0 is none at all. */
static const struct cluster_stateful_pod like[] = {
    {.ready = false},
    {.ready = true},
    {.ready = true, .available = true},
    {.ready = true, .available = true, .wrong = true},
    {.ready = true, .available = true, .deleting = true},
    {.over = true},
    {.over = true, .deleting = true},
};

enum { LIKE = 1 + 2 * RX_ARRAY_LEN(like) };

/* Every set of that many ordinals; options: a number that says all else. */
static void enumerate(struct cluster_stateful_view v, uint32_t ordinals)
{
    struct cluster_stateful_pod pod[SLOTS];
    unsigned sets = 1;

    for (uint32_t i = 0; i < ordinals; i++)
        sets *= LIKE;
    v.pod = pod;
    for (unsigned which = 0; which < sets; which++) {
        unsigned rest = which;

        v.count = 0;
        for (uint32_t o = 0; o < ordinals; o++, rest /= LIKE) {
            unsigned is = rest % LIKE;

            if (is == 0)
                continue;
            pod[v.count] = like[(is - 1) / 2];
            pod[v.count].revision = is % 2 ? OLD : NEW;
            pod[v.count++].ordinal = o;
        }
        compare(&v, which);
    }
}

Test(rule_statefulset, small_sets)
{
    for (uint32_t i = 0; i < 1 << 3; i++)
        for (uint32_t replicas = 0; replicas <= 3; replicas++)
            for (uint32_t start = 0; start <= 1; start++)
                for (uint32_t kept = 0; kept <= 2; kept++) {
                    struct cluster_stateful_view v = {.start = start,
                                                 .replicas = replicas,
                                                 .partition = kept,
                                                 .current_replicas = kept,
                                                 .parallel = i & 1,
                                                 .on_delete = i >> 1 & 1,
                                                 .has_partition = i >> 2 & 1,
                                                 .current = OLD,
                                                 .update = NEW};

                    enumerate(v, 3);
                }
}

Test(rule_statefulset, larger_sets)
{
    for (uint32_t parallel = 0; parallel <= 1; parallel++)
        for (uint32_t replicas = 1; replicas <= 3; replicas++) {
            struct cluster_stateful_view v = {.replicas = replicas,
                                         .parallel = parallel != 0,
                                         .has_partition = true,
                                         .current = OLD,
                                         .update = NEW};

            enumerate(v, 4);
        }
}

Test(rule_statefulset, one_that_is_deleted_does_nothing)
{
    const struct cluster_stateful_view v = {.replicas = 3, .deleting = true, .update = NEW};
    struct cluster_stateful_step step[3];

    cr_expect_eq(cluster_stateful_plan(&v, step), 0);
}

Test(rule_statefulset, batches_grow)
{
    static const uint32_t batch[] = {0, 1, 1, 2, 2, 2, 2, 3};
    const struct cluster_stateful_view v = {.replicas = 8, .parallel = true, .update = NEW};
    struct cluster_stateful_step step[8];

    cr_assert_eq(cluster_stateful_plan(&v, step), 8);
    for (size_t i = 0; i < 8; i++)
        cr_expect_eq(step[i].batch, batch[i], "step %zu: %u", i, step[i].batch);
}

Test(rule_statefulset, counts)
{
    struct cluster_stateful_pod pod[] = {{0, NEW, .ready = true, .available = true},
                                    {1, NEW, .ready = true},
                                    {2, OLD, .ready = true, .available = true, .deleting = true},
                                    {3, OLD, .ready = false}};
    struct cluster_stateful_view v = {.replicas = 4,
                                 .has_partition = true,
                                 .current = OLD,
                                 .update = NEW,
                                 .count = 4,
                                 .pod = pod};
    struct cluster_stateful_status s = cluster_stateful_count(&v);

    cr_expect(s.replicas == 4 && s.ready == 3 && s.available == 2);
    cr_expect(s.current == 1 && s.updated == 2 && !s.complete);
    v.count = v.replicas = 2;
    s = cluster_stateful_count(&v);
    cr_expect(s.complete && s.current == 2);
    v.replicas = 1;
    cr_expect_not(cluster_stateful_count(&v).complete); /* one too many is still there */
    v.replicas = 2;
    v.on_delete = true;
    cr_expect_not(cluster_stateful_count(&v).complete);
}

/* ---- the worked vectors ---------------------------------------------------------------------- */

enum { R_NEVER = 1000, SEEN = 512 };

struct event {
    int at;
    enum { NONE, UPDATE, SCALE, START, PARTITION, KILL, FAIL, READY, UNREADY } what;
    int to; /* a revision, a number, or the ordinal of a pod */
};

static const struct vector {
    const char *name;
    struct cluster_stateful_view set;
    int min_ready, ready_in, stops_in, until;
    int ready_in_of[4]; /* of revisions 1 ..; 0: as above */
    struct event event[8];
    const char *story; /* +ordinal.revision created, -deleted, *ready is not told */
} vectors[] = {
    {"SS-01", {.replicas = 3}, 5, 4, 0, 40, {0}, {{0}}, "0+0.1 9+1.1 18+2.1"},
    {"SS-02", {.replicas = 3, .parallel = true}, 0, 4, 0, 20, {0}, {{0}}, "0+0.1 0+1.1 0+2.1"},
    {"SS-03",
     {.replicas = 3, .parallel = true},
     0,
     4,
     2,
     140,
     {0},
     {{100, UPDATE, 2}},
     "0+0.1 0+1.1 0+2.1 100-2 102+2.2 106-1 108+1.2 112-0 114+0.2 118=2"},
    {"SS-04",
     {.replicas = 3},
     0,
     4,
     2,
     320,
     {0, R_NEVER},
     {{100, UPDATE, 2}, {200, UPDATE, 1}, {300, KILL, 2}},
     "0+0.1 4+1.1 8+2.1 100-2 102+2.2 300-2 302+2.1"},
    {"SS-05",
     {.replicas = 3, .parallel = true},
     0,
     4,
     2,
     320,
     {0, R_NEVER},
     {{100, UPDATE, 2}, {200, UPDATE, 1}},
     "0+0.1 0+1.1 0+2.1 100-2 102+2.2 200-2 202+2.1"},
    {"SS-06, SS-07",
     {.replicas = 4, .partition = 2},
     0,
     6,
     3,
     170,
     {0},
     {{100, UPDATE, 2}, {150, KILL, 0}},
     "0+0.1 6+1.1 12+2.1 18+3.1 100-3 103+3.2 109-2 112+2.2 150-0 153+0.1"},
    {"SS-08",
     {.replicas = 4, .partition = 2},
     0,
     6,
     3,
     230,
     {0},
     {{100, UPDATE, 2}, {200, PARTITION, 0}},
     "0+0.1 6+1.1 12+2.1 18+3.1 100-3 103+3.2 109-2 112+2.2 200-1 203+1.2 209-0 212+0.2 218=2"},
    {"SS-09",
     {.replicas = 3},
     0,
     0,
     0,
     150,
     {0},
     {{90, UNREADY, 0}, {100, SCALE, 1}, {130, READY, 0}},
     "0+0.1 0+1.1 0+2.1 130-2 130-1"},
    {"SS-10",
     {.replicas = 3},
     0,
     0,
     5,
     150,
     {0},
     {{90, UNREADY, 1}, {90, UNREADY, 2}, {100, SCALE, 1}},
     "0+0.1 0+1.1 0+2.1"},
    {"SS-11",
     {.replicas = 3},
     0,
     0,
     5,
     150,
     {0},
     {{90, UNREADY, 1}, {100, SCALE, 1}},
     "0+0.1 0+1.1 0+2.1 100-2 105-1"},
    {"SS-12, SS-13",
     {.replicas = 2, .start = 5},
     0,
     3,
     2,
     80,
     {0},
     {{50, START, 6}},
     "0+5.1 3+6.1 50+7.1 53-5"},
    {"SS-14",
     {.replicas = 3, .on_delete = true},
     0,
     0,
     2,
     170,
     {0},
     {{100, UPDATE, 2}, {150, KILL, 1}},
     "0+0.1 0+1.1 0+2.1 150-1 152+1.2"},
    {"SS-17", {.replicas = 3}, 0, 0, 0, 100, {0}, {{80, FAIL, 1}}, "0+0.1 0+1.1 0+2.1 80-1 80+1.1"},
    {"SS-18",
     {.replicas = 2},
     0,
     3,
     0,
     150,
     {0},
     {{4, UNREADY, 1}, {100, UPDATE, 2}},
     "0+0.1 3+1.1"},
    {"SS-19",
     {.replicas = 2, .partition = 3},
     0,
     2,
     0,
     120,
     {0},
     {{90, UPDATE, 2}, {100, SCALE, 4}},
     "0+0.1 2+1.1 100+2.1 102+3.2"},
};

struct sim {
    const struct vector *v;
    struct cluster_stateful_view set;
    struct cluster_stateful_pod pod[SLOTS]; /* in order */
    int ready_at[SLOTS], gone_at[SLOTS];
    bool stuck[SLOTS]; /* it will not be ready, by an event */
    uint32_t complete;
    char story[512];
    size_t used;
};

static void tell(struct sim *m, int at, char what, uint32_t ordinal, uint32_t revision)
{
    char tail[16] = "";

    if (revision > 0)
        snprintf(tail, sizeof(tail), ".%u", revision);
    m->used += (size_t)snprintf(m->story + m->used, sizeof(m->story) - m->used, "%s%d%c%u%s",
                                m->used > 0 ? " " : "", at, what, ordinal, tail);
}

static uint32_t find(const struct sim *m, uint32_t ordinal)
{
    uint32_t i = 0;

    while (i < m->set.count && m->pod[i].ordinal < ordinal)
        i++;
    return i;
}

static void create(struct sim *m, int at, const struct cluster_stateful_step *s)
{
    uint32_t i = find(m, s->ordinal);
    int own = m->v->ready_in_of[s->revision - 1];

    for (uint32_t k = m->set.count++; k > i; k--) {
        m->pod[k] = m->pod[k - 1];
        m->ready_at[k] = m->ready_at[k - 1];
        m->gone_at[k] = m->gone_at[k - 1];
        m->stuck[k] = m->stuck[k - 1];
    }
    m->pod[i] = (struct cluster_stateful_pod){.ordinal = s->ordinal, .revision = s->revision};
    m->ready_at[i] = at + (own != 0 ? own : m->v->ready_in);
    m->gone_at[i] = NEVER;
    m->stuck[i] = false;
    tell(m, at, '+', s->ordinal, s->revision);
}

static void remove_pod(struct sim *m, uint32_t i)
{
    m->set.count--;
    for (; i < m->set.count; i++) {
        m->pod[i] = m->pod[i + 1];
        m->ready_at[i] = m->ready_at[i + 1];
        m->gone_at[i] = m->gone_at[i + 1];
        m->stuck[i] = m->stuck[i + 1];
    }
}

static void delete_pod(struct sim *m, int at, uint32_t ordinal)
{
    uint32_t i = find(m, ordinal);

    m->pod[i].deleting = true;
    m->gone_at[i] = at + (m->pod[i].over ? 0 : m->v->stops_in);
    tell(m, at, '-', ordinal, 0);
}

static void happen(struct sim *m, const struct event *e)
{
    uint32_t pod = find(m, (uint32_t)e->to);

    switch (e->what) {
    case NONE:
        break;
    case UPDATE:
        m->set.update = (uint32_t)e->to;
        break;
    case SCALE:
        m->set.replicas = (uint32_t)e->to;
        break;
    case START:
        m->set.start = (uint32_t)e->to;
        break;
    case PARTITION:
        m->set.partition = (uint32_t)e->to;
        break;
    case KILL:
        delete_pod(m, e->at, (uint32_t)e->to);
        break;
    case FAIL:
        m->pod[pod].over = true;
        break;
    case READY:
    case UNREADY:
        m->stuck[pod] = e->what == UNREADY;
        break;
    }
}

/* Pods at that second; and those that have gone. */
static void see(struct sim *m, int at)
{
    for (uint32_t i = m->set.count; i-- > 0;) {
        if (m->gone_at[i] <= at)
            remove_pod(m, i);
    }
    for (uint32_t i = 0; i < m->set.count; i++) {
        m->pod[i].ready = !m->pod[i].over && !m->stuck[i] && m->ready_at[i] <= at;
        m->pod[i].available = m->pod[i].ready && m->ready_at[i] + m->v->min_ready <= at;
    }
}

static bool sync_once(struct sim *m, int at)
{
    struct cluster_stateful_step step[2 * SLOTS];
    uint32_t steps = cluster_stateful_plan(&m->set, step);
    struct cluster_stateful_status s = cluster_stateful_count(&m->set);

    m->set.current_replicas = s.current;
    if (s.complete && m->set.current != m->set.update) {
        m->set.current = m->set.update;
        tell(m, at, '=', m->set.current, 0);
    }
    for (uint32_t i = 0; i < steps; i++) {
        if (step[i].act == CLUSTER_STATEFUL_CREATE)
            create(m, at, &step[i]);
        else if (step[i].act == CLUSTER_STATEFUL_DELETE)
            delete_pod(m, at, step[i].ordinal);
    }
    return steps > 0;
}

Test(rule_statefulset, vectors)
{
    for (size_t n = 0; n < RX_ARRAY_LEN(vectors); n++) {
        const struct vector *v = &vectors[n];
        struct sim m = {.v = v, .set = v->set};

        m.set.has_partition = !v->set.on_delete;
        m.set.current = m.set.update = 1;
        m.set.pod = m.pod;
        for (int at = 0; at <= v->until; at++) {
            for (size_t i = 0; i < RX_ARRAY_LEN(v->event); i++)
                if (v->event[i].at == at)
                    happen(&m, &v->event[i]);
            do
                see(&m, at);
            while (sync_once(&m, at));
        }
        cr_expect_str_eq(m.story, v->story, "%s: %s", v->name, m.story);
    }
}
