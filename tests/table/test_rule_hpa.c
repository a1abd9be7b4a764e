/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many replicas an autoscaler wants: the worked vectors, the first of them as single proposals,
 * the others as a target whose load is split evenly; every pod in the groups; and random histories
 * against a plain retelling of the windows and rates.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/rule_hpa.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

enum { S = 1000, PODS = 64, PAST = 512 };

static const struct cluster_hpa_knobs knobs = {.up = 0.1,
                                               .down = 0.1,
                                               .cpu_init = 300 * S,
                                               .readiness_delay = 30 * S,
                                               .downscale_window = 300 * S};

/* ---- one proposal ---------------------------------------------------------------------------- */

#define M CLUSTER_HPA_MISSING
#define U CLUSTER_HPA_UNREADY
#define G CLUSTER_HPA_IGNORED

static const struct proposal {
    const char *name;
    int32_t current;
    int64_t percent;
    uint32_t count;
    struct cluster_hpa_sample s[16];
    int64_t replicas, shown;
} proposals[] = {
    {"HP-01", 3, 30, 3, {{0, 300, 1000}, {0, 500, 1000}, {0, 700, 1000}}, 5, 50},
    {"HP-02", 3, 30, 3, {{U, 0, 1000}, {0, 500, 1000}, {0, 700, 1000}}, 4, 60},
    {"HP-03",
     5,
     50,
     5,
     {{0, 100, 1000}, {0, 300, 1000}, {0, 500, 1000}, {U, 0, 1000}, {U, 0, 1000}},
     2,
     30},
    {"HP-04", 4, 100, 4, {{0, 400, 1000}, {0, 95, 1000}, {M, 0, 1000}, {M, 0, 1000}}, 3, 24},
    {"HP-05", 3, 100, 3, {{0, 1010, 900}, {0, 1030, 1000}, {0, 1020, 1100}}, 3, 102},
    {"HP-16 at its tolerance", 2, 50, 2, {{0, 550, 1000}, {0, 550, 1000}}, 2, 55},
    {"HP-16 above it", 2, 50, 2, {{0, 560, 1000}, {0, 560, 1000}}, 3, 56},
    {"below it", 10, 50, 1, {{0, 445, 1000}}, 1, 44},
    {"at its lower tolerance", 10, 50, 1, {{0, 450, 1000}}, 10, 45},
    {"deleted ones do not count", 2, 50, 2, {{0, 1000, 1000}, {G, 0, 1000}}, 2, 100},
    {"missing at a target above all", 2, 200, 2, {{0, 100, 1000}, {M, 0, 1000}}, 2, 10},
    {"missing ones turn the direction", 3, 50, 2, {{0, 400, 1000}, {M, 0, 3000}}, 3, 40},
    {"exactly at the target", 4, 50, 2, {{0, 500, 1000}, {M, 0, 1000}}, 4, 50},
};

Test(rule_hpa, proposals)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(proposals); i++) {
        const struct proposal *p = &proposals[i];
        struct cluster_hpa_proposal got;

        cr_assert(cluster_hpa_utilization(p->s, p->count, p->current, p->percent, &knobs, &got));
        cr_expect_eq(got.replicas, p->replicas, "%s: %lld replicas", p->name,
                     (long long)got.replicas);
        cr_expect_eq(got.shown, p->shown, "%s: %lld%%", p->name, (long long)got.shown);
    }
}

Test(rule_hpa, doubles_as_they_come)
{
    struct cluster_hpa_sample s[15];
    struct cluster_hpa_proposal got;

    for (size_t i = 0; i < RX_ARRAY_LEN(s); i++)
        s[i] = (struct cluster_hpa_sample){0, 620, 1000};
    cr_assert(cluster_hpa_utilization(s, 15, 15, 30, &knobs, &got));
    cr_expect_eq(got.replicas, 32, "%lld", (long long)got.replicas); /* 62 / 30 is above itself */
}

Test(rule_hpa, nothing_to_go_by)
{
    const struct cluster_hpa_sample none[] = {{M, 0, 1000}, {U, 0, 1000}, {G, 0, 1000}};
    const struct cluster_hpa_sample no_request = {0, 10, 0};
    struct cluster_hpa_proposal got;

    cr_expect_not(cluster_hpa_utilization(none, 3, 3, 50, &knobs, &got));
    cr_expect_not(cluster_hpa_average(none, 3, 3, 50, &knobs, &got));
    cr_expect_not(cluster_hpa_utilization(&no_request, 1, 1, 50, &knobs, &got));
}

Test(rule_hpa, averages)
{
    const struct cluster_hpa_sample s[] = {{0, 300, 0}, {0, 301, 0}, {M, 0, 0}, {U, 0, 0}};
    struct cluster_hpa_proposal got;

    cr_assert(cluster_hpa_average(s, 2, 2, 100, &knobs, &got));
    cr_expect_eq(got.replicas, 6); /* the mean is 300: 300.5 is cut */
    cr_expect_eq(got.shown, 300);
    cr_assert(cluster_hpa_average(s, 3, 3, 100, &knobs, &got)); /* 0 for the missing one: 200 */
    cr_expect_eq(got.replicas, 6);
    cr_assert(cluster_hpa_average(s, 4, 4, 100, &knobs, &got)); /* and the unready one: 150 */
    cr_expect_eq(got.replicas, 6);
    cr_assert(cluster_hpa_average(s, 3, 3, 400, &knobs, &got)); /* the target for it: 333 */
    cr_expect_eq(got.replicas, 3);
    cr_assert(cluster_hpa_average(s, 2, 8, 400, &knobs, &got));
    cr_expect_eq(got.replicas, 2);
}

Test(rule_hpa, values)
{
    cr_expect_eq(cluster_hpa_value(20000, 15000, 3, 3, &knobs).replicas, 4);
    cr_expect_eq(cluster_hpa_value(20000, 15000, 5, 2, &knobs).replicas, 3); /* of the ready ones */
    cr_expect_eq(cluster_hpa_value(16500, 15000, 5, 2, &knobs).replicas, 5);
    cr_expect_eq(cluster_hpa_value(0, 15000, 5, 5, &knobs).replicas, 0);
    cr_expect_eq(cluster_hpa_shared(8600, 2144, 3, &knobs).replicas, 5);
    cr_expect_eq(cluster_hpa_shared(8600, 2144, 3, &knobs).shown, 2867);
    cr_expect_eq(cluster_hpa_shared(8600, 2144, 4, &knobs).replicas, 4);
    cr_expect_eq(cluster_hpa_shared(0, 2144, 0, &knobs).replicas, 0);
}

/* ---- pods in groups -------------------------------------------------------------------------- */

static enum cluster_hpa_group twin_group(const struct cluster_hpa_pod *p, bool cpu, rx_ms now)
{
    bool counts = true;

    if (p->deleting)
        return CLUSTER_HPA_IGNORED;
    if (p->failed)
        return CLUSTER_HPA_IGNORED;
    if (p->pending)
        return CLUSTER_HPA_UNREADY;
    if (!p->sampled)
        return CLUSTER_HPA_MISSING;
    if (!cpu)
        return CLUSTER_HPA_COUNTED;
    counts = p->has_ready && p->started;
    if (counts && now < p->started_at + 300 * S)
        counts = !p->not_ready && p->sample_at >= p->ready_at + p->window;
    else if (counts && p->not_ready)
        counts = p->ready_at >= p->started_at + 30 * S;
    return counts ? CLUSTER_HPA_COUNTED : CLUSTER_HPA_UNREADY;
}

Test(rule_hpa, every_pod_is_in_one_group)
{
    static const rx_ms times[] = {0, 29 * S, 30 * S, 100 * S, 299 * S, 300 * S, 301 * S};

    for (unsigned bits = 0; bits < 1 << 8; bits++)
        for (size_t now = 0; now < RX_ARRAY_LEN(times); now++)
            for (size_t ready = 0; ready <= now; ready++)
                for (unsigned window = 0; window < 2; window++) {
                    bool cpu = bits >> 7 & 1;
                    struct cluster_hpa_pod p = {.deleting = bits & 1,
                                                .failed = bits >> 1 & 1,
                                                .pending = bits >> 2 & 1,
                                                .sampled = bits >> 3 & 1,
                                                .started = bits >> 4 & 1,
                                                .has_ready = bits >> 5 & 1,
                                                .not_ready = bits >> 6 & 1,
                                                .ready_at = times[ready],
                                                .sample_at = times[now],
                                                .window = window * 30 * S};

                    cr_assert_eq(cluster_hpa_group(&p, cpu, times[now], &knobs),
                                 twin_group(&p, cpu, times[now]), "bits %u at %lld, ready %lld",
                                 bits, (long long)times[now], (long long)times[ready]);
                }
}

/* ---- a target under load --------------------------------------------------------------------- */

struct load {
    int from, to;
    int64_t total; /* of all pods */
};

static const struct st_hpa_policy by_default[] = {{false, 4, 15}, {true, 100, 15}};

#define SIDE(policies, seconds, how)                                                               \
    {                                                                                              \
        .window_s = (seconds), .select = (how), .tolerance = -1,                                   \
        .policy_count = RX_ARRAY_LEN(policies), .policy = (policies)                               \
    }

#define UP_DEFAULT SIDE(by_default, 0, ST_HPA_SELECT_MAX)
#define DOWN_DEFAULT                                                                               \
    {                                                                                              \
        -1, ST_HPA_SELECT_MAX, -1, 1, &by_default[1]                                               \
    }

static const struct st_hpa_policy pods_2_60[] = {{false, 2, 60}};
static const struct st_hpa_policy pods_1_60[] = {{false, 1, 60}};
static const struct st_hpa_policy least[] = {{false, 4, 60}, {true, 50, 60}};
static const struct st_hpa_policy double_15[] = {{true, 100, 15}};
static const struct st_hpa_policy tenth_60[] = {{true, 10, 60}};

static const struct vector {
    const char *name;
    struct st_hpa_spec spec;
    int32_t replicas;
    int until;
    struct load load[3];
    const char *sizes; /* "at:replicas" of every change */
} vectors[] = {
    {"HP-06", {.min = 1, .max = 10}, 1, 150, {{0, 100, 500}, {100, 999, 4000}}, "105:4 120:8"},
    {"HP-07",
     {.min = 1, .max = 10},
     2,
     600,
     {{0, 50, 800}, {50, 140, 3000}, {140, 999, 800}},
     "60:4 75:6 450:2"},
    {"HP-08",
     {.min = 1, .max = 10, .has_behavior = true, .up = UP_DEFAULT, .down = DOWN_DEFAULT},
     2,
     600,
     {{0, 50, 800}, {50, 140, 3000}, {140, 999, 800}},
     "60:6 435:2"},
    {"HP-09",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = SIDE(pods_2_60, 0, ST_HPA_SELECT_MAX),
      .down = DOWN_DEFAULT},
     2,
     450,
     {{0, 50, 1000}, {50, 999, 8000}},
     "60:4 120:6 180:8 240:10 300:12 360:14 420:16"},
    {"HP-10",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = UP_DEFAULT,
      .down = SIDE(pods_1_60, 0, ST_HPA_SELECT_MAX)},
     6,
     400,
     {{0, 50, 3000}, {50, 999, 400}},
     "60:5 120:4 180:3 240:2 300:1"},
    {"HP-11",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = SIDE(least, 0, ST_HPA_SELECT_MIN),
      .down = DOWN_DEFAULT},
     4,
     250,
     {{0, 50, 2000}, {50, 999, 9000}},
     "60:6 120:9 180:13 240:17"},
    {"HP-12",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = SIDE(double_15, 60, ST_HPA_SELECT_MAX),
      .down = DOWN_DEFAULT},
     2,
     200,
     {{0, 50, 800}, {50, 999, 3000}},
     "105:4 120:6"},
    {"HP-13",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = UP_DEFAULT,
      .down = SIDE(double_15, 0, ST_HPA_SELECT_DISABLED)},
     6,
     2000,
     {{0, 3000, 100}},
     ""},
    {"HP-14",
     {.min = 1,
      .max = 20,
      .has_behavior = true,
      .up = UP_DEFAULT,
      .down = SIDE(tenth_60, 0, ST_HPA_SELECT_MAX)},
     20,
     400,
     {{0, 999, 500}},
     "15:18 75:16 135:14 195:12 255:10 315:9 375:8"},
    {"HP-15", {.min = 1, .max = 50}, 1, 200, {{0, 999, 20000}}, "15:4 30:8 45:16 60:32 75:40"},
};

struct run {
    struct cluster_hpa_past recommendation[PAST], change[PAST];
    struct cluster_hpa_history past;
};

/* As the driver does it: the first recommendation is what there is. */
static int32_t evaluate(struct run *r, const struct vector *v, int32_t current, int64_t total)
{
    struct cluster_hpa_sample s[PODS];
    struct cluster_hpa_proposal p;
    struct cluster_hpa_verdict verdict;
    struct cluster_hpa_past now = {r->past.now, current};

    r->past.recommendation = r->recommendation;
    r->past.change = r->change;
    if (r->past.recommendations == 0)
        r->recommendation[r->past.recommendations++] = now;
    for (int32_t i = 0; i < current; i++)
        s[i] = (struct cluster_hpa_sample){0, total / current, 1000};
    cr_assert(cluster_hpa_utilization(s, (uint32_t)current, current, 50, &knobs, &p));
    verdict = cluster_hpa_decide(&v->spec, current, (int32_t)p.replicas, &r->past, &knobs);
    now.replicas = (int32_t)p.replicas;
    r->recommendation[r->past.recommendations++] = now;
    now.replicas = verdict.replicas - current;
    if (now.replicas != 0)
        r->change[r->past.changes++] = now;
    return verdict.replicas;
}

static int64_t load_at(const struct vector *v, int at)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(v->load); i++)
        if (v->load[i].from <= at && at < v->load[i].to)
            return v->load[i].total;
    return 0;
}

Test(rule_hpa, targets_under_load)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(vectors); i++) {
        const struct vector *v = &vectors[i];
        int32_t replicas = v->replicas;
        struct run r = {0};
        char sizes[256] = "";
        size_t used = 0;

        for (int at = 15; at <= v->until; at += 15) {
            int32_t next;

            r.past.now = (rx_ms)at * S;
            next = evaluate(&r, v, replicas, load_at(v, at));
            if (next != replicas)
                used += (size_t)snprintf(sizes + used, sizeof(sizes) - used, "%s%d:%d",
                                         used > 0 ? " " : "", at, next);
            replicas = next;
        }
        cr_expect_str_eq(sizes, v->sizes, "%s: %s", v->name, sizes);
    }
}

Test(rule_hpa, percents_as_doubles_have_them)
{
    static const struct st_hpa_policy twelve[] = {{true, 12, 15}}, eighty[] = {{true, 80, 15}};
    const struct st_hpa_spec spec = {.min = 1,
                                     .max = 100,
                                     .has_behavior = true,
                                     .up = SIDE(twelve, 0, ST_HPA_SELECT_MAX),
                                     .down = SIDE(eighty, 0, ST_HPA_SELECT_MAX)};
    const struct cluster_hpa_history past = {.now = 15 * S};

    cr_expect_eq(cluster_hpa_decide(&spec, 25, 100, &past, &knobs).replicas, 29);
    cr_expect_eq(cluster_hpa_decide(&spec, 10, 0, &past, &knobs).replicas, 1);
}

/* ---- a plain retelling of windows and rates -------------------------------------------------- */

static int64_t twin_rate(const struct st_hpa_side *side, int sign, int32_t current,
                         const struct cluster_hpa_history *past)
{
    int64_t change[4] = {0}, best;

    if (side->select == ST_HPA_SELECT_DISABLED)
        return current;
    for (uint32_t i = 0; i < side->policy_count; i++) {
        int64_t base = current;
        double limit;

        for (uint32_t k = 0; k < past->changes; k++)
            if (past->change[k].at > past->now - side->policy[i].period_s * S)
                base -= past->change[k].replicas;
        limit = (double)base * (1 + sign * (double)side->policy[i].value / 100);
        if (!side->policy[i].percent)
            change[i] = base + sign * side->policy[i].value;
        else
            change[i] =
                sign > 0 && (double)(int64_t)limit < limit ? (int64_t)limit + 1 : (int64_t)limit;
    }
    best = change[0];
    for (uint32_t i = 1; i < side->policy_count; i++) {
        bool more = side->select == ST_HPA_SELECT_MAX;

        if (sign > 0 ? (more ? change[i] > best : change[i] < best)
                     : (more ? change[i] < best : change[i] > best))
            best = change[i];
    }
    return sign > 0 ? RX_MAX(best, current) : RX_MIN(best, current);
}

static int64_t twin_decide(const struct st_hpa_spec *s, int32_t current, int32_t proposed,
                           const struct cluster_hpa_history *past)
{
    int64_t low = proposed, high = proposed, wanted = current;
    int32_t down_s = s->down.window_s < 0 ? 300 : s->down.window_s;

    for (uint32_t i = 0; i < past->recommendations; i++) {
        const struct cluster_hpa_past *r = &past->recommendation[i];

        if (!s->has_behavior && past->now - r->at <= 300 * S)
            high = RX_MAX(high, r->replicas);
        if (s->has_behavior && past->now - r->at < down_s * S)
            high = RX_MAX(high, r->replicas);
        if (s->has_behavior && past->now - r->at < s->up.window_s * S)
            low = RX_MIN(low, r->replicas);
    }
    if (!s->has_behavior)
        return RX_MIN(RX_MAX(high, s->min),
                      high > s->min ? RX_MIN(s->max, RX_MAX(2 * current, 4)) : s->min);
    if (wanted < low)
        wanted = low;
    if (wanted > high)
        wanted = high;
    if (wanted > current)
        return RX_MIN(wanted, RX_MIN(s->max, twin_rate(&s->up, 1, current, past)));
    if (wanted < current)
        return RX_MAX(wanted, RX_MAX(s->min, twin_rate(&s->down, -1, current, past)));
    return wanted;
}

static int32_t draw(struct rx_prng *p, int32_t from, int32_t to)
{
    return from + (int32_t)rx_prng_below(p, (uint32_t)(to - from + 1));
}

static void draw_side(struct rx_prng *p, struct st_hpa_policy *policy, struct st_hpa_side *out)
{
    *out = (struct st_hpa_side){.window_s = 15 * draw(p, 0, 4),
                                .select = (enum st_hpa_select)draw(p, 0, 2),
                                .tolerance = -1,
                                .policy_count = (uint32_t)draw(p, 1, 3),
                                .policy = policy};
    for (int i = 0; i < 3; i++)
        policy[i] = (struct st_hpa_policy){draw(p, 0, 1) != 0, draw(p, 1, 90), 15 * draw(p, 1, 4)};
}

Test(rule_hpa, random_histories)
{
    struct rx_prng p = rx_prng_stream(4711, 0, 0);

    for (int round = 0; round < 20000; round++) {
        struct st_hpa_policy policy[6];
        struct cluster_hpa_past said[4], done[4];
        struct cluster_hpa_history past = {.now = 90 * S, .recommendation = said, .change = done};
        struct st_hpa_spec s = {.min = draw(&p, 1, 4), .has_behavior = draw(&p, 0, 3) > 0};
        int32_t current, proposed = draw(&p, 0, 60);
        struct cluster_hpa_verdict v;
        int64_t want;

        s.max = draw(&p, s.min, 40);
        current = draw(&p, s.min, s.max);
        draw_side(&p, policy, &s.up);
        draw_side(&p, policy + 3, &s.down);
        if (draw(&p, 0, 1) != 0)
            s.down.window_s = -1;
        past.recommendations = (uint32_t)draw(&p, 0, 4);
        past.changes = (uint32_t)draw(&p, 0, 4);
        for (int i = 0; i < 4; i++) {
            said[i] = (struct cluster_hpa_past){15 * S * (rx_ms)draw(&p, 0, 6), draw(&p, 1, 40)};
            done[i] = (struct cluster_hpa_past){15 * S * (rx_ms)draw(&p, 0, 6), draw(&p, -5, 5)};
        }
        v = cluster_hpa_decide(&s, current, proposed, &past, &knobs);
        want = twin_decide(&s, current, proposed, &past);
        cr_assert_eq(v.replicas, want, "round %d: %d from %d, proposed %d, wanted %lld", round,
                     v.replicas, current, proposed, (long long)want);
        cr_assert(v.replicas >= s.min && v.replicas <= s.max, "round %d: %d", round, v.replicas);
        cr_assert_eq(v.limited, v.limit != CLUSTER_HPA_WITHIN, "round %d", round);
    }
}
