/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_run.c - one random world under observation, and the same world once more in other ways,
 * which must tell the same story and count the same.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "tests/support/caller.h"
#include "tests/support/census.h"
#include "tests/support/world_parts.h"

enum {
    TURNS_MAX = 5000, /* in one instant: a clock that stands still */
    QUEUE = 4096,     /* events a turn may tell: that it stops early is tried, too */
    PODS_MAX = 2000,  /* a world that replaces its pods so often has been seen */
};

/* ---- one world
 * -------------------------------------------------------------------------------------------- */

void world_broken(struct verdict *v, const char *rule, int64_t at_ms, const char *format, ...)
{
    va_list args;

    if (v->rule[0] != '\0')
        return;
    snprintf(v->rule, sizeof(v->rule), "%s", rule);
    va_start(args, format);
    vsnprintf(v->text, sizeof(v->text), format, args);
    va_end(args);
    v->at_ms = at_ms;
}

static enum podring_net net_of(const struct hunt *h)
{
    return h->shape.faults ? PODRING_NET_MEMORY : PODRING_NET_SCRIPT;
}

static struct podring_options options_of(const struct maker *m, uint64_t seed,
                                         const struct world_how *how)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    o.net = how->net;
    o.timing = m->timing;
    o.seed = seed;
    o.events_max = m->events_max > 0 ? m->events_max : QUEUE;
    o.attempts_max = m->attempts_max;
    o.connections_max = m->connections_max;
    o.flags = how->flags;
    o.shard_index = how->shard_index;
    o.shard_count = how->shard_count;
    o.allocator = how->allocator;
    if (m->shape.faults && how->net == PODRING_NET_MEMORY) {
        o.net_latency_max_us = m->latency_max_us;
        o.net_refuse_ppm = m->refuse_ppm;
        o.net_reset_ppm = m->reset_ppm;
        o.net_drop_ppm = m->drop_ppm;
    }
    return o;
}

int world_open(struct run *r, const struct maker *m, uint64_t seed, const struct world_how *how,
               struct verdict *v)
{
    struct podring_options o = options_of(m, seed, how);
    int rc;

    *r = (struct run){.events_max = o.events_max, .net = how->net};
    rc = podring_open(&o, &r->ring);
    if (rc != 0) {
        r->ring = NULL;
        return rc;
    }
    for (unsigned i = 0; i < m->settings && rc == 0; i++)
        rc = podring_set(r->ring, m->setting[i].knob, m->setting[i].value);
    r->watch = watch_new(r->ring, m, v);
    r->caller = caller_new(r->ring, m, r->watch);
    if (m->shape.cluster)
        r->census = census_new(r->ring, m, v);
    return rc;
}

bool world_begin(struct run *r, const struct maker *m, uint64_t seed, const struct world_how *how,
                 struct verdict *v)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    int rc = world_open(r, m, seed, how, v);

    if (rc != 0)
        world_broken(v, "crash", 0, "%s", podring_why(r->ring));
    if (r->ring == NULL)
        return false;
    if (podring_load_text(r->ring, "world", m->text, m->manifest) == 0 && podring_apply(r->ring) ==
        0)
        return true;
    for (uint32_t i = 0; podring_diagnostic_at(r->ring, i, &d) == 0; i++) {
        if (d.severity == PODRING_ERROR)
            world_broken(v, "manifest", 0, "%s", d.text);
    }
    world_broken(v, "manifest", 0, "%s", podring_why(r->ring));
    return true;
}

static uint64_t memory_of(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    return s.memory;
}

static uint64_t guest_memory_of(const struct run *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(r->ring, &s);
    return s.guest_memory;
}

static void look(struct run *r)
{
    watch_turn(r->watch);
    if (r->census != NULL)
        census_turn(r->census);
}

static void end_look(struct run *r)
{
    size_t length;
    const char *lines = watch_lines(r->watch, &length);

    watch_end(r->watch);
    if (r->census != NULL)
        census_end(r->census, lines, length);
}

void world_turn(struct run *r, const struct hunt *h, struct verdict *v)
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
            world_broken(v, "crash", before, "%s", podring_why(r->ring));
            return;
        }
        ahead = caller_is_ahead(r->caller);
        /* A full queue ends a turn in the midst of an instant: what is told lags behind. */
        if (!ahead && watch_told(r->watch) - told < limit)
            look(r);
        else
            watch_skip(r->watch);
        if (rc == 0 || !h->shape.wire) /* there an instant is over first */
            caller_between(r->caller);
        ahead |= caller_is_ahead(r->caller);
        turns = podring_now(r->ring) == before ? turns + 1 : 0;
        if (turns > TURNS_MAX)
            world_broken(v, "clock", before, "time stands still");
        if (half == 0 && podring_now(r->ring) >= for_ms / 2)
            half = memory_of(r);
        if ((rc == 0 && podring_now(r->ring) >= for_ms) || watch_pods(r->watch) > PODS_MAX)
            break;
    }
    if (h->growth_max > 0 && memory_of(r) > half + h->growth_max)
        world_broken(v, "memory", -1, "the second half has taken more than the first has left");
    if (v->rule[0] == '\0')
        end_look(r);
}

void world_finish(struct run *r)
{
    if (r->ring == NULL)
        return;
    caller_free(r->caller);
    if (r->census != NULL)
        census_free(r->census);
    watch_free(r->watch);
    podring_close(r->ring);
}

/* ---- two runs -------------------------------------------------------------------------------- */

static int64_t time_of(const char *line)
{
    long long at = -1;

    sscanf(line, "{\"at_ms\":%lld", &at);
    return at;
}

static const struct {
    const char *name;
    size_t at;
    bool adds_up;
} counters[] = {
#define SUM(name) {#name, offsetof(struct podring_stats, name), true}
    SUM(pods),     SUM(pods_created), SUM(pods_deleted), SUM(containers_running), SUM(probes),
        SUM(probes_done),
    SUM(success),  SUM(warning),      SUM(failure),      SUM(error),              SUM(timeouts),
    SUM(missed), SUM(restarts), SUM(backoffs),     SUM(kills),        SUM(events),
    SUM(in_flight),
#undef SUM
    {"pods_peak", offsetof(struct podring_stats, pods_peak), false},
    {"events_dropped", offsetof(struct podring_stats, events_dropped), false},
};

uint64_t world_counter(const struct run *r, unsigned i, const char **name, bool *adds_up)
{
    struct podring_stats s = PODRING_STATS_INIT;
    uint64_t value;

    *name = i < RX_ARRAY_LEN(counters) ? counters[i].name : NULL;
    if (*name == NULL)
        return 0;
    *adds_up = counters[i].adds_up;
    podring_stats(r->ring, &s);
    memcpy(&value, (const char *)&s + counters[i].at, sizeof(value));
    return value;
}

static void compare_counters(const struct run *a, const struct run *b, const char *rule,
                             struct verdict *v)
{
    const char *name;
    bool adds_up;

    for (unsigned i = 0;; i++) {
        uint64_t one = world_counter(a, i, &name, &adds_up),
            two = world_counter(b, i, &name, &adds_up);

        if (name == NULL)
            break;
        if (one != two)
            world_broken(v, rule, -1, "%s are %llu, then %llu", name, (unsigned long long)one,
                         (unsigned long long)two);
    }
}

/* Word for word, sequence numbers included: what happens in one instant has one order, too. */
static void compare(const struct run *a, const struct run *b, const char *rule, struct verdict *v)
{
    size_t x, y, i = 0, line = 0;
    const char *one = watch_lines(a->watch, &x), *two = watch_lines(b->watch, &y);

    if (x == y && memcmp(one, two, x) == 0) {
        if (podring_digest(a->ring) != podring_digest(b->ring))
            world_broken(v, rule, 0, "the same bytes have two digests");
        compare_counters(a, b, rule, v);
        return;
    }
    for (; i < x && i < y && one[i] == two[i]; i++) {
        if (one[i] == '\n')
            line = i + 1;
    }
    world_broken(v, rule, time_of(one + line), "first %.200s, then %.200s", one + line, two + line);
}

/* The story of `first` once more, in another way. */
static void tell_again(const struct hunt *h, const struct maker *m, uint64_t seed,
                       const struct run *first, const char *rule, struct world_how how,
                       struct verdict *v)
{
    struct run second;

    if (v->rule[0] != '\0' || !world_begin(&second, m, seed, &how, v))
        return;
    world_turn(&second, h, v);
    if (v->rule[0] == '\0')
        compare(first, &second, rule, v);
    world_finish(&second);
}

void world_check(const struct hunt *h, const struct maker *m, uint64_t seed, struct verdict *v)
{
    /* What shares add up to is what the only share of one tells. */
    struct world_how how = {.net = net_of(h), .flags = h->flags, .shard_count = h->shares};
    struct world_how other = how;
    uint64_t guest;
    struct run first;

    *v = (struct verdict){0};
    if (!world_begin(&first, m, seed, &how, v))
        return;
    guest = guest_memory_of(&first);
    world_turn(&first, h, v);
    if (h->twice)
        tell_again(h, m, seed, &first, "twice", how, v);
    other.flags = how.flags | PODRING_NO_PARK;
    if (h->parked)
        tell_again(h, m, seed, &first, "parked", other, v);
    other = (struct world_how){.net = PODRING_NET_MEMORY, .flags = how.flags};
    if (h->wire)
        tell_again(h, m, seed, &first, "wire", other, v);
    other.flags = how.flags | PODRING_KEEP_ALIVE;
    if (h->kept)
        tell_again(h, m, seed, &first, "kept", other, v);
    for (uint32_t n = 2; h->shares && n <= 3; n++)
        world_shares(h, m, seed, &first, n, v);
    if (h->starved)
        world_starve(h, m, seed, &first, v);
    if (h->emptied)
        world_empty(h, m, &first, guest, v);
    world_finish(&first);
}
