/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random pods under random behaviours, drawn from a seed: the same seed tells the same story, the
 * story is the same whether probes ask a script or go through the wire code over in-memory sockets,
 * and its invariants hold. A failing seed is printed with its manifest.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reactor/prng.h"
#include "tests/support/story.h"

struct maker {
    struct rx_prng r;
    char text[65536];
    size_t used;
};

static void add(struct maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct maker *m, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    m->used += (size_t)vsnprintf(m->text + m->used, sizeof(m->text) - m->used, format, args);
    va_end(args);
    cr_assert(m->used < sizeof(m->text));
}

static unsigned below(struct maker *m, unsigned n)
{
    return (unsigned)rx_prng_below(&m->r, n);
}

static const char *pick(struct maker *m, const char *const *list, unsigned n)
{
    return list[below(m, n)];
}

static void add_probe(struct maker *m, const char *kind, bool counts_success)
{
    add(m, "    %s:\n      %s\n", kind,
        below(m, 4) == 0 ? "tcpSocket: {port: 8080}" : "httpGet: {path: /h, port: 8080}");
    add(m, "      periodSeconds: %u\n      timeoutSeconds: %u\n      failureThreshold: %u\n",
        1 + below(m, 7), 1 + below(m, 4), 1 + below(m, 3));
    if (below(m, 3) == 0)
        add(m, "      initialDelaySeconds: %u\n", below(m, 9));
    if (counts_success && below(m, 3) == 0)
        add(m, "      successThreshold: %u\n", 1 + below(m, 3));
}

static void add_serve(struct maker *m)
{
    /* Hanging is left to HTTP: a TCP handshake is completed by a kernel, not by a program. */
    static const char *const how[] = {
        "status: 500", "status: 204", "status: 302", "do: refuse", "do: reset",
        "do: garbage", "path: /h, status: 503", "status: 200, latency: 300ms",
        "path: /h, do: hang", "path: /h, do: headersOnly", "status: 418", "redirect: /other",
    };
    unsigned rules = below(m, 4);

    if (rules == 0)
        return;
    add(m, "    serve:\n");
    for (unsigned i = 0; i < rules; i++) {
        unsigned from = below(m, 60);

        add(m, "    - {from: %us, to: %us, %s%s}\n", from, from + 1 + below(m, 30),
            below(m, 2) == 0 ? "clock: instance, " : "", pick(m, how, sizeof(how) / sizeof(*how)));
    }
}

static void add_behavior(struct maker *m, const char *pod, const char *container)
{
    unsigned instances = 1 + below(m, 3);

    add(m, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: %s-%s}\nspec:\n", pod,
        container);
    add(m, "  selector: {matchLabels: {pod: %s}}\n  container: %s\n  instances:\n", pod, container);
    for (unsigned i = 0; i < instances; i++) {
        add(m, "  - start: {takes: %ums}\n", below(m, 3) == 0 ? below(m, 4000) : 0);
        if (below(m, 2) == 0)
            add(m, "    exit: {after: %ums, code: %u}\n", below(m, 40000), below(m, 3));
        if (below(m, 3) == 0)
            add(m, "    onStop: ignore\n");
        else if (below(m, 2) == 0)
            add(m, "    onStop: {after: %ums, code: %u}\n", below(m, 6000), below(m, 2) * 143);
        add_serve(m);
    }
}

static void add_pod(struct maker *m, unsigned number)
{
    static const char *const policy[] = {"Always", "Always", "OnFailure", "Never"};
    static const char *const names[] = {"b", "a", "c"};
    unsigned containers = 1 + below(m, 2);
    char pod[16];

    snprintf(pod, sizeof(pod), "p%u", number);
    add(m, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {pod: %s}}\nspec:\n", pod, pod);
    add(m, "  restartPolicy: %s\n  terminationGracePeriodSeconds: %u\n  containers:\n",
        pick(m, policy, 4), below(m, 12));
    for (unsigned i = 0; i < containers; i++) {
        add(m, "  - name: %s\n    image: i:1\n", names[i]);
        if (i > 0)
            continue; /* one port a pod: the second container has no probes */
        add(m, "    ports: [{containerPort: 8080}]\n");
        if (below(m, 2) == 0)
            add_probe(m, "livenessProbe", false);
        if (below(m, 2) == 0)
            add_probe(m, "readinessProbe", true);
        if (below(m, 3) == 0)
            add_probe(m, "startupProbe", false);
    }
    for (unsigned i = 0; i < containers; i++)
        add_behavior(m, pod, names[i]);
}

static void make(struct maker *m, uint64_t seed)
{
    unsigned pods;

    m->used = 0;
    m->r = rx_prng_stream(seed, 1000, 0);
    pods = 1 + below(m, 3);
    for (unsigned i = 0; i < pods; i++)
        add_pod(m, i);
    add(m, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n");
    add(m, "  - {at: %us, kill: pod/p0, signal: SIGKILL}\n", 5 + below(m, 50));
    add(m, "  - {at: %us, delete: pod/p%u%s}\n", 30 + below(m, 60), below(m, pods),
        below(m, 3) == 0 ? ", force: true" : "");
    if (below(m, 4) == 0)
        add(m, "  - {at: %us, reboot: node}\n", 10 + below(m, 80));
}

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
    struct maker *m = malloc(sizeof(*m));

    for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
        struct story *a, *b;

        make(m, seed);
        a = tell(m, PODRING_NET_SCRIPT, seed);
        b = tell(m, PODRING_NET_SCRIPT, seed);
        cr_expect_str_eq(story_json(a), story_json(b), "seed %llu", (unsigned long long)seed);
        cr_expect_eq(story_digest(a), story_digest(b));
        story_free(a);
        story_free(b);
    }
    free(m);
}

/* What a script says is what the wire says: the same words at the same time. */
Test(worlds, the_wire_tells_the_scripts_story)
{
    struct maker *m = malloc(sizeof(*m));

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct story *a, *b;
        char *x, *y;

        make(m, seed);
        a = tell(m, PODRING_NET_SCRIPT, seed);
        b = tell(m, PODRING_NET_MEMORY, seed);
        x = sorted_lines(a);
        y = sorted_lines(b);
        if (strcmp(x, y) != 0) {
            show(m, seed, x, y);
            cr_assert_fail("seed %llu differs", (unsigned long long)seed);
        }
        free(x);
        free(y);
        story_free(a);
        story_free(b);
    }
    free(m);
}

/* Everything that can be counted is counted right; nothing is left over. */
Test(worlds, books_balance)
{
    struct maker *m = malloc(sizeof(*m));

    for (uint64_t seed = 1000; seed < 1000 + SEEDS; seed++) {
        struct podring_stats s = PODRING_STATS_INIT;
        struct story *a;

        make(m, seed);
        a = tell(m, seed % 2 ? PODRING_NET_SCRIPT : PODRING_NET_MEMORY, seed);
        podring_stats(story_ring(a), &s);
        cr_expect_eq(s.success + s.warning + s.failure + s.error, s.probes_done);
        cr_expect_eq(s.pods_created - s.pods_deleted, s.pods);
        cr_expect_leq(s.in_flight, s.probes);
        cr_expect_eq(s.events_dropped, 0);
        cr_expect_eq(s.steady_allocations, 0, "seed %llu allocated while turning",
                     (unsigned long long)seed);
        story_free(a);
    }
    free(m);
}
