/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crash-loop ladder on the pure function: the worked timelines, the properties that hold for
 * every history, and a long random history against a plain retelling of client-go's backoff.go.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/rule_backoff.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

enum { S = 1000, STEPS = 12 };

/* ---- worked timelines -------------------------------------------------------------------------
 */

struct ladder {
    struct pod_backoff_limits limits;
    struct pod_backoff state;
    bool has_dead;
    rx_ms finished;   /* of the newest dead instance */
    char starts[256]; /* seconds, as the vectors write them */
    char delays[256]; /* shown while waiting */
};

static void note(char *list, size_t room, rx_ms ms)
{
    size_t used = strlen(list);

    snprintf(list + used, room - used, "%s%lld", used > 0 ? " " : "", (long long)(ms / S));
}

/* When the next instance starts, whose predecessor is dead since `finished`. */
static rx_ms next_start(struct ladder *l, rx_ms now)
{
    struct pod_backoff_verdict v =
        pod_backoff_try(l->state, l->has_dead, l->finished, now, &l->limits);

    if (!v.start) {
        note(l->delays, sizeof(l->delays), v.state.delay_ms);
        now = v.retry_at;
        v = pod_backoff_try(v.state, true, l->finished, now, &l->limits);
        cr_assert(v.start, "refused at the time it had named itself");
    }
    l->state = v.state;
    note(l->starts, sizeof(l->starts), now);
    return now;
}

/* Instances that run so many seconds and end by themselves; the last value repeats. */
static void crash(struct ladder *l, const int *runs, size_t count, unsigned starts)
{
    rx_ms now = 0;

    for (unsigned i = 0; i < starts; i++) {
        now = next_start(l, now);
        l->has_dead = true;
        l->finished = now + (rx_ms)runs[i < count ? i : count - 1] * S;
        now = l->finished;
    }
}

struct vector {
    const char *name;
    bool reduced;
    int cap_s;
    int run[STEPS];
    size_t runs;
    unsigned instances;
    const char *starts, *delays;
};

static const struct vector vectors[] = {
    {"B-01",
     false,
     0,
     {0},
     1,
     10,
     "0 0 10 30 70 150 310 610 910 1210",
     "10 20 40 80 160 300 300 300"},
    {"B-02", false, 0, {5}, 1, 9, "0 5 20 45 90 175 340 645 950", "10 20 40 80 160 300 300"},
    {"B-03", false, 0, {3}, 1, 7, "0 3 16 39 82 165 328", "10 20 40 80 160"},
    {"B-04", false, 0, {720, 2}, 2, 5, "0 720 732 754 796", "10 20 40"},
    {"B-05",
     false,
     0,
     {0, 0, 0, 0, 0, 0, 0, 0, 601, 0},
     10,
     12,
     "0 0 10 30 70 150 310 610 910 1511 1521 1541",
     "10 20 40 80 160 300 300 10 20"},
    {"B-06",
     false,
     0,
     {0, 0, 0, 0, 0, 0, 0, 0, 600, 0},
     10,
     11,
     "0 0 10 30 70 150 310 610 910 1810 2110",
     "10 20 40 80 160 300 300 300 300"},
    {"B-07", false, 100, {1}, 1, 8, "0 1 12 33 74 155 256 357", "10 20 40 80 100 100"},
    {"B-08", false, 2, {1}, 1, 6, "0 1 4 7 10 13", "2 2 2 2"},
    {"B-09", true, 0, {0}, 1, 10, "0 0 1 3 7 15 31 63 123 183", "1 2 4 8 16 32 60 60"},
    {"B-20", false, 37, {4}, 1, 7, "0 4 18 42 83 124 165", "10 20 37 37 37"},
    {"B-24", false, 0, {2}, 1, 6, "0 2 14 36 78 160", "10 20 40 80"},
    {"both gates", true, 5, {0}, 1, 8, "0 0 1 3 7 12 17 22", "1 2 4 5 5 5"},
};

Test(rule_backoff, worked_timelines)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        const struct vector *v = &vectors[i];
        struct ladder l = {.limits = pod_backoff_limits_make(v->reduced, (rx_ms)v->cap_s * S)};

        crash(&l, v->run, v->runs, v->instances);
        cr_expect_str_eq(l.starts, v->starts, "%s: starts %s", v->name, l.starts);
        cr_expect_str_eq(l.delays, v->delays, "%s: delays %s", v->name, l.delays);
    }
}

/* B-13, B-14: a probe kills 30 s after the start. The replacement is tried at once, and judged by
 * the instance that was dead before the kill; if it must wait, then by the one just killed. */
static void kill_by_probe(struct ladder *l, unsigned kills, rx_ms stop_ms, const char *name)
{
    rx_ms now = next_start(l, 0);

    for (unsigned i = 0; i < kills; i++) {
        rx_ms dead =
            (now / (10 * S) + 3) * 10 * S + stop_ms; /* third tick of 10 s after the start */
        struct pod_backoff_verdict v =
            pod_backoff_try(l->state, l->has_dead, l->finished, dead, &l->limits);

        cr_assert(i > 0 || (v.start && v.state.delay_ms == 0), "%s: the first leaves no entry",
                  name);
        l->has_dead = true;
        l->finished = dead;
        l->state = v.state;
        now = dead;
        if (v.start)
            note(l->starts, sizeof(l->starts), now);
        else
            now = next_start(l, dead);
    }
}

Test(rule_backoff, killed_by_a_probe)
{
    struct ladder b13 = {.limits = pod_backoff_limits_make(false, 0)}, b14 = b13;

    kill_by_probe(&b13, 10, 0, "B-13");
    cr_expect_str_eq(b13.starts, "0 30 60 90 120 190 300 490 820 850 1180", "%s", b13.starts);
    cr_expect_str_eq(b13.delays, "40 80 160 300 300", "%s", b13.delays);
    kill_by_probe(&b14, 8, 2 * S, "B-14");
    cr_expect_str_eq(b14.starts, "0 32 62 92 122 192 302 492 822", "%s", b14.starts);
}

/* ---- properties -------------------------------------------------------------------------------
 */

Test(rule_backoff, without_a_dead_instance_nothing_is_kept)
{
    struct pod_backoff_limits limits = pod_backoff_limits_make(false, 0);
    struct pod_backoff state = {.last = 5, .delay_ms = 40 * S};
    struct pod_backoff_verdict v = pod_backoff_try(state, false, 0, 7, &limits);

    cr_expect(v.start);
    cr_expect_eq(v.retry_at, 7);
    cr_expect_eq(v.state.delay_ms, 40 * S);
    cr_expect_eq(v.state.last, 5);
}

Test(rule_backoff, the_wait_is_half_open)
{
    struct pod_backoff_limits limits = pod_backoff_limits_make(false, 0);
    struct pod_backoff state = {.last = 1000, .delay_ms = 20 * S};

    for (rx_ms finished = 1000; finished < 700 * S; finished += 33333) {
        struct pod_backoff_verdict v = pod_backoff_try(state, true, finished, finished, &limits);

        if (finished - state.last > 600 * S) {
            cr_assert(v.start, "it had lived long enough");
            continue;
        }
        cr_assert(!v.start);
        cr_assert_eq(v.retry_at, finished + 20 * S);
        cr_assert_eq(v.state.delay_ms, 20 * S, "a refusal changes nothing");
        cr_assert_eq(v.state.last, 1000);
        cr_assert(!pod_backoff_try(state, true, finished, v.retry_at - 1, &limits).start);
        cr_assert(pod_backoff_try(state, true, finished, v.retry_at, &limits).start);
    }
}

Test(rule_backoff, reset_is_strictly_beyond_the_threshold)
{
    for (int reduced = 0; reduced < 2; reduced++) {
        for (int cap_s = 0; cap_s <= 300; cap_s += 50) {
            struct pod_backoff_limits l = pod_backoff_limits_make(reduced, (rx_ms)cap_s * S);
            struct pod_backoff state = {.last = 7 * S, .delay_ms = (int32_t)l.cap_ms};
            rx_ms at = 7 * S + 600 * S;
            struct pod_backoff_verdict v = pod_backoff_try(state, true, at, at, &l);

            cr_assert_eq(l.reset_ms, 600 * S, "in all variants");
            cr_assert(!v.start, "exactly 600 s do not reset");
            v = pod_backoff_try(state, true, at + 1, at + 1, &l);
            cr_assert(v.start);
            cr_assert_eq(v.state.delay_ms, l.base_ms);
            cr_assert_eq(v.state.last, at + 1);
        }
    }
}

/* The reset looks at how long the instance lived, not at how long ago it died. */
Test(rule_backoff, waiting_does_not_reset)
{
    struct pod_backoff_limits l = pod_backoff_limits_make(false, 0);
    struct pod_backoff state = {.last = 0, .delay_ms = 300 * S};
    struct pod_backoff_verdict v = pod_backoff_try(state, true, 10 * S, 5000 * S, &l);

    cr_expect(v.start);
    cr_expect_eq(v.state.delay_ms, 300 * S);
}

Test(rule_backoff, limits_of_a_node)
{
    for (int reduced = 0; reduced < 2; reduced++) {
        for (rx_ms period = 1 * S; period <= 300 * S; period += 1 * S) {
            struct pod_backoff_limits l = pod_backoff_limits_make(reduced, period);

            cr_assert_eq(l.cap_ms, period);
            cr_assert_leq(l.base_ms, l.cap_ms);
            cr_assert(l.base_ms == (reduced ? 1 : 10) * S || l.base_ms == period);
        }
    }
    cr_expect_eq(pod_backoff_limits_make(false, 0).cap_ms, 300 * S);
    cr_expect_eq(pod_backoff_limits_make(false, 0).base_ms, 10 * S);
    cr_expect_eq(pod_backoff_limits_make(true, 0).cap_ms, 60 * S);
    cr_expect_eq(pod_backoff_limits_make(true, 0).base_ms, 1 * S);
}

/* Whatever the caps: quick crashes never wait less than the base or more than the cap, and never
 * less than before. */
Test(rule_backoff, climbs_to_the_cap_and_stays)
{
    for (int reduced = 0; reduced < 2; reduced++) {
        for (rx_ms period = 0; period <= 300 * S; period += 777) {
            struct pod_backoff_limits l = pod_backoff_limits_make(reduced, period);
            struct pod_backoff state = {0};
            rx_ms now = 0, before = 0;

            for (int i = 0; i < 14; i++) {
                struct pod_backoff_verdict v = pod_backoff_try(state, true, now, now, &l);

                cr_assert_eq(v.start, i == 0, "only the first crash is free");
                if (!v.start) {
                    rx_ms died = now;

                    now = v.retry_at;
                    v = pod_backoff_try(v.state, true, died, now, &l);
                    cr_assert(v.start);
                }
                state = v.state;
                cr_assert_geq(state.delay_ms, l.base_ms);
                cr_assert_geq(state.delay_ms, before);
                cr_assert_leq(state.delay_ms, l.cap_ms);
                before = state.delay_ms;
            }
            cr_assert_eq(state.delay_ms, l.cap_ms, "period %lld", (long long)period);
        }
    }
}

/* Housekeeping looks every 2 s; the first look that finds the entry older than the threshold drops
 * it. */
Test(rule_backoff, collected_by_the_first_pass_that_finds_it_old)
{
    struct pod_backoff_limits l = pod_backoff_limits_make(false, 0);

    cr_expect_eq(pod_backoff_collected_at((struct pod_backoff){0}, &l), RX_MS_NEVER);
    for (rx_ms last = 0; last < 9 * S; last += 13) {
        struct pod_backoff state = {.last = last, .delay_ms = 10 * S};
        rx_ms pass = 0;

        while (!(pass - last > 600 * S))
            pass += 2 * S;
        cr_assert_eq(pod_backoff_collected_at(state, &l), pass, "last %lld", (long long)last);
    }
    cr_expect_eq(pod_backoff_collected_at((struct pod_backoff){.last = 0, .delay_ms = 1}, &l),
                 602 * S);
}

/* ---- the twin -----------------------------------------------------------------------------------
 */

/* flowcontrol.Backoff, with its map reduced to one key. */
struct twin {
    bool ok;
    rx_ms backoff, last_update;
};

static bool twin_expired(const struct twin *t, rx_ms event)
{
    return event - t->last_update > 600 * S;
}

static bool twin_in_backoff(const struct twin *t, rx_ms event, rx_ms now)
{
    return t->ok && !twin_expired(t, event) && now - event < t->backoff;
}

static void twin_next(struct twin *t, rx_ms event, rx_ms now, rx_ms base, rx_ms cap)
{
    if (!t->ok || twin_expired(t, event))
        t->backoff = base;
    else if (2 * t->backoff > cap)
        t->backoff = cap;
    else
        t->backoff *= 2;
    t->ok = true;
    t->last_update = now;
}

Test(rule_backoff, does_what_client_go_does)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct rx_prng r = rx_prng_stream(seed, 1, 0);
        rx_ms period = rx_prng_below(&r, 2) ? (rx_ms)(1 + rx_prng_below(&r, 300)) * S : 0;
        struct pod_backoff_limits l = pod_backoff_limits_make(rx_prng_below(&r, 2), period);
        struct pod_backoff state = {0};
        struct twin twin = {0};
        rx_ms now = 0, finished = 0;

        for (int i = 0; i < 1000; i++) {
            static const uint32_t scale[] = {10, 5 * S, 100 * S, 700 * S};
            struct pod_backoff_verdict v = pod_backoff_try(state, true, finished, now, &l);

            cr_assert_eq(v.start, !twin_in_backoff(&twin, finished, now), "seed %llu step %d",
                         (unsigned long long)seed, i);
            state = v.state;
            if (v.start) {
                twin_next(&twin, finished, now, l.base_ms, l.cap_ms);
                finished = now + (rx_ms)rx_prng_below(&r, scale[rx_prng_below(&r, 4)]);
                now = finished;
            } else if (rx_prng_below(&r, 3) == 0) {
                now += (rx_ms)rx_prng_below(&r, 5 * S); /* somebody asks too early */
            } else {
                now = RX_MAX(now, v.retry_at);
            }
            cr_assert_eq(state.delay_ms, twin.backoff);
            cr_assert(!twin.ok || state.last == twin.last_update);
        }
    }
}
