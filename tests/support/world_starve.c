/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_starve.c - a world whose n-th allocation fails (docs/decisions/0010): a call that answers
 * that there is no memory has changed nothing and may be repeated, a turn that does so ends the
 * engine after a true beginning of the story, and whatever else comes out is the story as it is
 * otherwise. At the end nothing is left.
 */
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"
#include "tests/support/failmem.h"
#include "tests/support/world_parts.h"

enum { TRIES = 3, STREAM = 1001 };

/* Has the call been refused, and does it say so? Then it is made again by its caller: only one
 * allocation fails. */
static bool refused(struct run *r, int rc, const char *call, struct verdict *v)
{
    if (rc == 0)
        return false;
    if (rc != -PODRING_ENOMEM)
        world_broken(v, "memory", 0, "%s without memory answers %d: %s", call, rc,
                     podring_why(r->ring));
    else if (podring_why(r->ring)[0] == '\0')
        world_broken(v, "memory", 0, "%s without memory says nothing", call);
    return true;
}

static bool is_open(struct run *r, const struct maker *m, uint64_t seed,
                    const struct world_how *how, struct verdict *v)
{
    if (!refused(r, world_open(r, m, seed, how, v), "opening", v))
        return true;
    world_finish(r);
    if (world_open(r, m, seed, how, v) != 0)
        world_broken(v, "memory", 0, "it is refused a second time: %s", podring_why(r->ring));
    return v->rule[0] == '\0';
}

/* What could not be applied is dropped: it is loaded again, too. */
static bool is_applied(struct run *r, const struct maker *m, struct verdict *v)
{
    for (unsigned i = 0;; i++) {
        if (!refused(r, podring_load_text(r->ring, "world", m->text, m->manifest), "loading", v) &&
            !refused(r, podring_apply(r->ring), "applying", v))
            return v->rule[0] == '\0';
        if (i > 0)
            world_broken(v, "memory", 0, "it is refused a second time: %s", podring_why(r->ring));
        if (v->rule[0] != '\0')
            return false;
    }
}

/* True: to the end. */
static bool runs(struct run *r, int64_t for_ms, struct verdict *v)
{
    uint64_t told = 0;
    int rc;

    while ((rc = podring_turn(r->ring, for_ms - podring_now(r->ring))) >= 0 ||
           rc == -PODRING_EFULL) {
        if (watch_told(r->watch) - told < r->events_max)
            watch_turn(r->watch);
        else
            watch_skip(r->watch);
        told = watch_told(r->watch);
        if (rc == 0 && podring_now(r->ring) >= for_ms)
            return true;
    }
    if (refused(r, rc, "a turn", v) && podring_turn(r->ring, 0) != -PODRING_ENOMEM)
        world_broken(v, "memory", podring_now(r->ring), "an engine without memory goes on");
    return false;
}

static void compare(const struct run *first, const struct run *r, bool whole, uint64_t n,
                    struct verdict *v)
{
    size_t x, y, i = 0, line = 0;
    const char *one = watch_lines(first->watch, &x), *two = watch_lines(r->watch, &y);

    for (; i < x && i < y && one[i] == two[i]; i++) {
        if (one[i] == '\n')
            line = i + 1;
    }
    if (i == y && (x == y || !whole))
        return;
    world_broken(v, "memory", -1, "when allocation %llu fails: first %.200s, then %.200s",
                 (unsigned long long)n, one + line, two + line);
}

/* How many it takes, and how many of them until the world is there; n = 0: none fails. */
static void starve_at(const struct hunt *h, const struct maker *m, uint64_t seed,
                      const struct run *first, uint64_t n, uint64_t calls[2], struct verdict *v)
{
    struct failmem f = {.fail_at = n};
    struct podring_allocator a = {.alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
    struct world_how how = {.net = first->net, .flags = h->flags, .allocator = &a};
    struct run r = {0};

    if (is_open(&r, m, seed, &how, v) && is_applied(&r, m, v)) {
        bool whole;

        calls[0] = f.calls;
        whole = runs(&r, h->for_ms, v);
            compare(first, &r, whole, n, v);
    }
    world_finish(&r);
    calls[1] = f.calls;
    if (f.blocks > 0)
        world_broken(v, "memory", -1, "when allocation %llu fails, %zu blocks are not given back",
                     (unsigned long long)n, f.blocks);
}

void world_starve(const struct hunt *h, const struct maker *m, uint64_t seed,
                  const struct run *first, struct verdict *v)
{
    struct rx_prng chance = rx_prng_stream(seed, STREAM, 0);
    uint64_t calls[2] = {0}, unused[2];

    if (v->rule[0] == '\0')
        starve_at(h, m, seed, first, 0, calls, v);
    for (unsigned i = 0; i < TRIES && v->rule[0] == '\0'; i++) {
        uint64_t n = 1 + rx_prng_below(&chance, calls[0]);

        /* Most are made while it is read: look at both halves. */
        if (i > 0 && calls[1] > calls[0])
            n = calls[0] + 1 + rx_prng_below(&chance, calls[1] - calls[0]);
        starve_at(h, m, seed, first, n, unused, v);
    }
}
