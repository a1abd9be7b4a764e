/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_wheel.c - the life of a million timers: in our wheel and in the heaps of libev,
 * libuv and libevent.
 *
 * One life: arm all with random deadlines over 300 s, ask for the next deadline, cancel a third of
 * them in random order, fire the rest. Rivals take turns within each round, so that a noisy moment
 * of the machine hits all; medians over the rounds are reported, in nanoseconds of CPU for each
 * timer (or each call). "life" is arm + cancel + fire divided by all timers. All rivals must fire
 * the same timers, else the exit code is 1. How far the rivals are favoured stands in
 * perf/rivals/timers_*.c.
 */
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"
#include "perf/report.h"
#include "perf/rivals/timers.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const struct timers_rival *rival;
    const char *what;
} rivals[] = {
    {&timers_wheel, "hierarchical wheel, instants in order"},
    {&timers_libev, "4-ary heap"},
    {&timers_libuv, "binary heap"},
#ifdef TIMERS_LIBEVENT
    {&timers_libevent, "binary heap"},
#endif
};

enum { RIVALS = RX_ARRAY_LEN(rivals), WHEEL = 0, NEXT_CALLS = 200000 };
enum { ARM, NEXT, CANCEL, FIRE, LIFE };

static const struct report_column columns[] = {
    [ARM] = {"arm", "ns", 1, false},       [NEXT] = {"next", "ns", 1, false},
    [CANCEL] = {"cancel", "ns", 1, false}, [FIRE] = {"fire", "ns", 1, false},
    [LIFE] = {"life", "ns", 1, false},
};

struct bench {
    unsigned timers, rounds;
    bool smoke;
    uint32_t cancels;
    const char *json;
    int32_t *due_ms;           /* per timer */
    uint32_t *victims;         /* timers to cancel, in a random order */
    struct timers_fired fired; /* what the first one fired */
};

static void prepare(struct bench *b)
{
    struct rx_prng r = rx_prng_stream(1, 0, 0);

    b->due_ms = malloc(b->timers * sizeof(*b->due_ms));
    b->victims = malloc(b->timers * sizeof(*b->victims));
    if (!b->due_ms || !b->victims)
        abort();
    for (uint32_t i = 0; i < b->timers; i++) {
        uint32_t k = (uint32_t)rx_prng_below(&r, i + 1u);

        b->due_ms[i] = 1 + (int32_t)rx_prng_below(&r, TIMERS_HORIZON_MS);
        b->victims[i] = b->victims[k];
        b->victims[k] = i;
    }
    b->cancels = b->timers / 3;
}

/* CPU time since *since, and starts anew: on a shared machine, others do not count. */
static double lap(double *since)
{
    double now = report_cpu_s(), ns = (now - *since) * 1e9;

    *since = now;
    return ns;
}

static bool same_fired(struct bench *b, struct timers_fired fired, const char *name)
{
    if (b->fired.count == 0)
        b->fired = fired;
    if (fired.count == b->timers - b->cancels && fired.sum == b->fired.sum)
        return true;
    fprintf(stderr, "bench_wheel: %s fired %llu timers, expected %u of a known sum\n", name,
            (unsigned long long)fired.count, b->timers - b->cancels);
    return false;
}

static bool one_life(struct bench *b, struct report *report, unsigned rival, unsigned round)
{
    const struct timers_rival *r = rivals[rival].rival;
    struct timers_fired fired = {0, 0};
    void *q = r->open(b->timers);
    double arm, next, cancel, fire, t;
    int64_t sink = 0;

    if (q == NULL)
        return true;
    t = report_cpu_s();
    for (uint32_t i = 0; i < b->timers; i++)
        r->arm(q, i, b->due_ms[i]);
    arm = lap(&t);
    for (uint32_t i = 0; r->next && i < NEXT_CALLS; i++)
        sink |= r->next(q);
    next = lap(&t);
    for (uint32_t i = 0; i < b->cancels; i++)
        r->cancel(q, b->victims[i]);
    cancel = lap(&t);
    if (r->settle)
        r->settle(q);
    t = report_cpu_s();
    r->fire(q, &fired);
    fire = lap(&t);
    r->close(q);

    report_put(report, round, rival, ARM, arm / b->timers);
    if (r->next && sink >= 0)
        report_put(report, round, rival, NEXT, next / NEXT_CALLS);
    report_put(report, round, rival, CANCEL, b->cancels ? cancel / b->cancels : 0);
    report_put(report, round, rival, FIRE, fire / (b->timers - b->cancels));
    report_put(report, round, rival, LIFE, (arm + cancel + fire) / b->timers);
    return same_fired(b, fired, r->name);
}

static void claim(struct report *r)
{
    static const char *const text[] = {NULL, "life: libev / podring", "life: libuv / podring",
                                       "life: libevent / podring"};

    report_claim(r, "arm, ns", WHEEL, ARM, REPORT_ALONE, '<', 10);
    report_claim(r, "cancel, ns", WHEEL, CANCEL, REPORT_ALONE, '<', 40);
    report_claim(r, "fire, ns", WHEEL, FIRE, REPORT_ALONE, '<', 200);
    report_claim(r, "next deadline, ns", WHEEL, NEXT, REPORT_ALONE, '<', 5);
    for (unsigned i = 1; i < RIVALS; i++)
        report_claim(r, text[i], i, LIFE, WHEEL, '>', 3);
}

int main(int argc, char **argv)
{
    struct bench b = {.rounds = 3, .timers = 1000000};
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b.rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--timers", REPORT_NUMBER, &b.timers, 1000, 1e8, "how many live at once"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    struct report *r = report_new("wheel", columns, RX_ARRAY_LEN(columns));
    bool ok = true;

    if (!report_flags("the life of many timers, in our wheel and in the heaps of its rivals", argc,
                      argv, flags, RX_ARRAY_LEN(flags)))
        return 64;
    if (b.smoke) {
        b.rounds = 1;
        b.timers = 10000;
    }
    prepare(&b);
    report_fact(r, "timers", "%u, random deadlines over %d s, a third cancelled", b.timers,
                TIMERS_HORIZON_MS / 1000);
    report_fact(r, "time", "CPU of the process, on one core");
    for (unsigned i = 0; i < RIVALS; i++) {
        report_row(r, i, rivals[i].rival->name, rivals[i].what);
        if (rivals[i].rival->version != NULL)
            report_fact(r, rivals[i].rival->name, "%s", rivals[i].rival->version());
    }
    for (unsigned round = 0; round < b.rounds; round++)
        for (unsigned i = 0; i < RIVALS; i++)
            ok &= one_life(&b, r, (i + round) % RIVALS, round);
    if (!b.smoke)
        claim(r);
    report_print(r);
    ok &= !b.json || report_write(r, b.json);
    report_free(r);
    free(b.due_ms);
    free(b.victims);
    return ok ? 0 : 1;
}
