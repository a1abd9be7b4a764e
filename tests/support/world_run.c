/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_run.c - one random world under observation, and the same world once more in other ways, which must tell
 * the same story and count the same.
 */
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "tests/support/caller.h"
#include "tests/support/world_parts.h"

enum {
    TURNS_MAX = 5000, /* in one instant: a clock that stands still */
    QUEUE = 4096,     /* events a turn may tell: that it stops early is tried, too */
    PODS_MAX = 2000,  /* a world that replaces its pods so often has been seen */
};

/* ---- one world
 * -------------------------------------------------------------------------------------------- */

struct run {
    podring *ring;
    struct watch *watch;
    struct caller *caller;
    uint32_t events_max;
};

static void broken(struct verdict *v, const char *rule, int64_t at_ms, const char *text)
{
    if (v->rule[0] != '\0')
        return;
    snprintf(v->rule, sizeof(v->rule), "%s", rule);
    snprintf(v->text, sizeof(v->text), "%s", text);
    v->at_ms = at_ms;
}

static enum podring_net net_of(const struct hunt *h)
{
    return h->shape.faults ? PODRING_NET_MEMORY : PODRING_NET_SCRIPT;
}

static struct podring_options options_of(const struct maker *m, uint64_t seed, enum podring_net net,
                                         uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.timing = m->timing;
    o.seed = seed;
    o.events_max = m->events_max > 0 ? m->events_max : QUEUE;
    o.attempts_max = m->attempts_max;
    o.connections_max = m->connections_max;
    o.flags = flags;
    if (m->shape.faults && net == PODRING_NET_MEMORY) {
        o.net_latency_max_us = m->latency_max_us;
        o.net_refuse_ppm = m->refuse_ppm;
        o.net_reset_ppm = m->reset_ppm;
        o.net_drop_ppm = m->drop_ppm;
    }
    return o;
}

static podring *opened(const struct maker *m, const struct podring_options *o, struct verdict *v)
{
    podring *ring = NULL;

    if (podring_open(o, &ring) != 0) {
        broken(v, "crash", 0, podring_why(NULL));
        return NULL;
    }
    for (unsigned i = 0; i < m->settings; i++)
        podring_set(ring, m->setting[i].knob, m->setting[i].value);
    return ring;
}

static bool begin(struct run *r, const struct maker *m, uint64_t seed, enum podring_net net,
                  uint32_t flags, struct verdict *v)
{
    struct podring_options o = options_of(m, seed, net, flags);
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;

    r->events_max = o.events_max;
    r->ring = opened(m, &o, v);
    if (r->ring == NULL)
        return false;
    r->watch = watch_new(r->ring, m, v);
    r->caller = caller_new(r->ring, m, r->watch);
    if (podring_load_text(r->ring, "world", m->text, m->manifest) == 0 && podring_apply(r->ring) == 0)
        return true;
    for (uint32_t i = 0; podring_diagnostic_at(r->ring, i, &d) == 0; i++) {
        if (d.severity == PODRING_ERROR)
            broken(v, "manifest", 0, d.text);
    }
    broken(v, "manifest", 0, podring_why(r->ring));
    return true;
}

static uint64_t memory_of(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    return s.memory;
}

static void turn_until(struct run *r, const struct hunt *h, struct verdict *v)
{
    uint64_t half = 0, limit = r->events_max;
    int64_t for_ms = h->for_ms;
    unsigned turns = 0;
    bool ahead = false;

    while (v->rule[0] == '\0') {
        uint64_t told = watch_told(r->watch);
        int64_t before = podring_now(r->ring);
        int rc = podring_turn(r->ring, ahead ? 0 : caller_next_ms(r->caller, for_ms) - before);

        if (rc < 0 && rc != -PODRING_EFULL) {
            broken(v, "crash", before, podring_why(r->ring));
            return;
        }
        ahead = caller_is_ahead(r->caller);
        /* A full queue ends a turn in the midst of an instant: what is told lags behind. */
        if (!ahead && watch_told(r->watch) - told < limit)
            watch_turn(r->watch);
        if (rc == 0 || !h->shape.wire) /* there an instant is over first */
            caller_between(r->caller);
        ahead |= caller_is_ahead(r->caller);
        turns = podring_now(r->ring) == before ? turns + 1 : 0;
        if (turns > TURNS_MAX)
            broken(v, "clock", before, "time stands still");
        if (half == 0 && podring_now(r->ring) >= for_ms / 2)
            half = memory_of(r);
        if ((rc == 0 && podring_now(r->ring) >= for_ms) || watch_pods(r->watch) > PODS_MAX)
            break;
    }
    if (h->growth_max > 0 && memory_of(r) > half + h->growth_max)
        broken(v, "memory", -1, "the second half has taken more than the first has left");
    if (v->rule[0] == '\0')
        watch_end(r->watch);
}

static void finish(struct run *r)
{
    caller_free(r->caller);
    watch_free(r->watch);
    podring_close(r->ring);
}

/* ---- two runs
 * -----------------------------------------------------------------------------------------------
 */

static int64_t time_of(const char *line)
{
    long long at = -1;

    sscanf(line, "{\"at_ms\":%lld", &at);
    return at;
}

/* What a run has counted, but for the engine's own work: turns, timers, calls, memory. */
static const struct {
    const char *name;
    size_t at;
} counters[] = {
#define COUNTER(name) {#name, offsetof(struct podring_stats, name)}
    COUNTER(pods),       COUNTER(pods_peak),          COUNTER(pods_created), COUNTER(pods_deleted),
    COUNTER(probes),     COUNTER(probes_done),        COUNTER(success),      COUNTER(warning),
    COUNTER(failure),    COUNTER(error),              COUNTER(timeouts),     COUNTER(missed),
    COUNTER(in_flight),  COUNTER(containers_running), COUNTER(restarts),     COUNTER(backoffs),
    COUNTER(kills),      COUNTER(events),             COUNTER(events_dropped),
#undef COUNTER
};

static void compare_counters(const struct run *a, const struct run *b, const char *rule, struct verdict *v)
{
    struct podring_stats x = PODRING_STATS_INIT, y = PODRING_STATS_INIT;
    char text[sizeof(v->text)];

    podring_stats(a->ring, &x);
    podring_stats(b->ring, &y);
    for (size_t i = 0; i < RX_ARRAY_LEN(counters); i++) {
        uint64_t one, two;

        memcpy(&one, (const char *)&x + counters[i].at, sizeof(one));
        memcpy(&two, (const char *)&y + counters[i].at, sizeof(two));
        snprintf(text, sizeof(text), "%s are %llu, then %llu", counters[i].name, (unsigned long long)one,
                 (unsigned long long)two);
        if (one != two)
            broken(v, rule, -1, text);
    }
}

/* Word for word, sequence numbers included: what happens in one instant has one order, too. */
static void compare(const struct run *a, const struct run *b, const char *rule, struct verdict *v)
{
    size_t x, y, i = 0, line = 0;
    const char *one = watch_lines(a->watch, &x), *two = watch_lines(b->watch, &y);
    char text[sizeof(v->text)];

    if (x == y && memcmp(one, two, x) == 0) {
        if (podring_digest(a->ring) != podring_digest(b->ring))
            broken(v, rule, 0, "the same bytes have two digests");
        compare_counters(a, b, rule, v);
        return;
    }
    for (; i < x && i < y && one[i] == two[i]; i++) {
        if (one[i] == '\n')
            line = i + 1;
    }
    snprintf(text, sizeof(text), "first %.200s, then %.200s", one + line, two + line);
    broken(v, rule, time_of(one + line), text);
}

/* The story of `first` once more, in another world. */
static void tell_again(const struct hunt *h, const struct maker *m, uint64_t seed,
                       struct run *first, const char *rule, enum podring_net net, uint32_t flags,
                       struct verdict *v)
{
    struct run second;

    if (v->rule[0] != '\0' || !begin(&second, m, seed, net, flags, v))
        return;
    turn_until(&second, h, v);
    if (v->rule[0] == '\0')
        compare(first, &second, rule, v);
    finish(&second);
}

void world_check(const struct hunt *h, const struct maker *m, uint64_t seed, struct verdict *v)
{
    enum podring_net net = net_of(h);
    struct run first;

    *v = (struct verdict){0};
    if (!begin(&first, m, seed, net, 0, v))
        return;
    turn_until(&first, h, v);
    if (h->twice)
        tell_again(h, m, seed, &first, "twice", net, 0, v);
    if (h->parked)
        tell_again(h, m, seed, &first, "parked", net, PODRING_NO_PARK, v);
    if (h->wire)
        tell_again(h, m, seed, &first, "wire", PODRING_NET_MEMORY, 0, v);
    if (h->kept)
        tell_again(h, m, seed, &first, "kept", PODRING_NET_MEMORY, PODRING_KEEP_ALIVE, v);
    finish(&first);
}
