/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random pods under random behaviours, drawn from a seed: the same seed tells the same story, the
 * story is the same whether probes ask a script or go through the wire code over in-memory sockets,
 * and its invariants hold. A failing seed is printed with its manifest.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/maker.h"
#include "tests/support/story.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All lines without sequence numbers, sorted: what happens in one instant may be told in another order,
 * since on a wire the news of a closed socket or of the next redirect takes a turn of the loop where a
 * script takes none. */
static char *sorted_lines(struct story *s)
{
    const char *json = story_json(s);
    char *copy = strdup(json), *out = malloc(strlen(json) + 1), *to = out, **line;
    size_t count = 0;

    line = malloc((strlen(json) / 32 + 1) * sizeof(*line));
    for (char *at = strtok(copy, "\n"); at != NULL; at = strtok(NULL, "\n")) {
        char *seq = strstr(at, "\"seq\":"), *rest = strchr(seq, ',') + 1;

        memmove(seq, rest, strlen(rest) + 1);
        line[count++] = at;
    }
    qsort(line, count, sizeof(*line), by_text);
    for (size_t i = 0; i < count; i++)
        to += sprintf(to, "%s\n", line[i]);
    *to = '\0';
    free(line);
    free(copy);
    return out;
}

static void show(const struct maker *m, uint64_t seed, const char *a, const char *b)
{
    size_t i = 0, line = 0;

    while (a[i] != '\0' && a[i] == b[i]) {
        if (a[i] == '\n')
            line = i + 1;
        i++;
    }
    fprintf(stderr, "seed %llu\n%s\n--- one:\n%.300s\n--- other:\n%.300s\n", (unsigned long long)seed,
            m->text, a + line, b + line);
}

static struct story *tell(const struct maker *m, enum podring_net net, uint64_t seed)
{
    struct story_options o = {.for_ms = 180000, .seed = seed, .net = net};

    return story_run(m->text, &o);
}

enum { SEEDS = 150 };

Test(worlds, same_seed_same_bytes)
{
    struct maker m = {0};

    for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
        struct story *a, *b;

        maker_make(&m, seed, NULL);
        a = tell(&m, PODRING_NET_SCRIPT, seed);
        b = tell(&m, PODRING_NET_SCRIPT, seed);
        cr_expect_str_eq(story_json(a), story_json(b), "seed %llu", (unsigned long long)seed);
        cr_expect_eq(story_digest(a), story_digest(b));
        story_free(a);
        story_free(b);
    }
    maker_free(&m);
}

/* What a script says is what the wire says: the same words at the same time. */
Test(worlds, the_wire_tells_the_scripts_story)
{
    struct maker m = {0};

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct story *a, *b;
        char *x, *y;

        maker_make(&m, seed, NULL);
        a = tell(&m, PODRING_NET_SCRIPT, seed);
        b = tell(&m, PODRING_NET_MEMORY, seed);
        x = sorted_lines(a);
        y = sorted_lines(b);
        if (strcmp(x, y) != 0) {
            show(&m, seed, x, y);
            cr_assert_fail("seed %llu differs", (unsigned long long)seed);
        }
        free(x);
        free(y);
        story_free(a);
        story_free(b);
    }
    maker_free(&m);
}

/* A kept connection changes what a probe costs, not what it says: not when its container restarts, its
 * address refuses, or its server resets, hangs and talks rubbish. */
Test(worlds, a_kept_connection_tells_the_same_story)
{
    uint64_t each = 0, kept = 0;
    struct maker m = {0};

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct story_options o = {.for_ms = 180000, .seed = seed, .net = PODRING_NET_MEMORY};
        struct podring_stats s = PODRING_STATS_INIT;
        struct story *a, *b;
        char *x, *y;

        maker_make(&m, seed, NULL);
        a = story_run(m.text, &o);
        o.flags = PODRING_KEEP_ALIVE;
        b = story_run(m.text, &o);
        x = sorted_lines(a);
        y = sorted_lines(b);
        if (strcmp(x, y) != 0) {
            show(&m, seed, x, y);
            cr_assert_fail("seed %llu differs", (unsigned long long)seed);
        }
        podring_stats(story_ring(a), &s);
        each += s.connections_served;
        podring_stats(story_ring(b), &s);
        kept += s.connections_served;
        cr_expect_eq(s.steady_allocations, 0);
        free(x);
        free(y);
        story_free(a);
        story_free(b);
    }
    /* A quarter of the probes are tcpSocket, and many are refused. */
    cr_expect_lt(2 * kept, each, "%llu connections instead of %llu", (unsigned long long)kept,
                 (unsigned long long)each);
    maker_free(&m);
}

/* Everything that can be counted is counted right; nothing is left over. */
Test(worlds, books_balance)
{
    struct maker m = {0};

    for (uint64_t seed = 1000; seed < 1000 + SEEDS; seed++) {
        struct podring_stats s = PODRING_STATS_INIT;
        struct story *a;

        maker_make(&m, seed, NULL);
        a = tell(&m, seed % 2 ? PODRING_NET_SCRIPT : PODRING_NET_MEMORY, seed);
        podring_stats(story_ring(a), &s);
        cr_expect_eq(s.success + s.warning + s.failure + s.error, s.probes_done);
        cr_expect_eq(s.pods_created - s.pods_deleted, s.pods);
        cr_expect_leq(s.in_flight, s.probes);
        cr_expect_eq(s.events_dropped, 0);
        cr_expect_eq(s.steady_allocations, 0, "seed %llu allocated while turning",
                     (unsigned long long)seed);
        story_free(a);
    }
    maker_free(&m);
}
