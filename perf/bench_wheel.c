/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_wheel.c - the life of a million timers: in our wheel, in libev's heap, in libuv's heap.
 *
 *   bench_wheel [--rounds N] [--timers N] [--json FILE]
 *
 * One life: arm all with random deadlines over 300 s, ask for the next deadline, cancel a third of
 * them in random order, fire the rest. Rivals take turns within each round, so that a noisy moment
 * of the machine hits all; medians over the rounds are reported, in nanoseconds for each timer (or
 * each call). "life" is arm + cancel + fire divided by all timers. All rivals must fire the same
 * timers, else the exit code is 1. How far the rivals are favoured stands in
 * perf/rivals/timers_*.c.
 */
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"
#include "perf/rivals/timers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum phase { ARM, NEXT, CANCEL, FIRE, LIFE, PHASES };

static const char *const phase_name[PHASES] = {"arm", "next", "cancel", "fire", "life"};
static const struct timers_rival *const rivals[] = {&timers_wheel, &timers_libev, &timers_libuv};

enum { RIVALS = RX_ARRAY_LEN(rivals), ROUNDS_MAX = 101, NEXT_CALLS = 200000 };

struct bench {
    uint32_t timers, cancels;
    unsigned rounds;
    const char *json;
    int32_t *due_ms;   /* per timer */
    uint32_t *victims; /* timers to cancel, in a random order */
    double ns[RIVALS][PHASES][ROUNDS_MAX];
    struct timers_fired fired; /* what the first one fired */
    bool absent[RIVALS];
};

static struct bench bench;

static void parse(struct bench *b, int argc, char **argv);
static void prepare(struct bench *b);
static bool one_life(struct bench *b, size_t rival, unsigned round);
static double median(const struct bench *b, size_t rival, enum phase p);
static void print_table(const struct bench *b);
static bool write_json(const struct bench *b);

int main(int argc, char **argv)
{
    struct bench *b = &bench;
    bool ok = true;

    parse(b, argc, argv);
    prepare(b);
    for (unsigned round = 0; round < b->rounds; round++)
        for (size_t r = 0; r < RIVALS; r++)
            ok &= one_life(b, r, round);
    print_table(b);
    ok &= !b->json || write_json(b);
    free(b->due_ms);
    free(b->victims);
    return ok ? 0 : 1;
}

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: bench_wheel [--rounds 1..%d] [--timers N] [--json FILE]\n", ROUNDS_MAX);
    exit(64);
}

static unsigned long number(const char *text, unsigned long max)
{
    char *end;
    unsigned long n;

    errno = 0;
    n = strtoul(text, &end, 10);
    if (errno || *end || end == text || n < 1 || n > max)
        usage();
    return n;
}

static void parse(struct bench *b, int argc, char **argv)
{
    b->rounds = 3;
    b->timers = 1000000;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            usage();
        if (!strcmp(argv[i], "--rounds"))
            b->rounds = (unsigned)number(argv[i + 1], ROUNDS_MAX);
        else if (!strcmp(argv[i], "--timers"))
            b->timers = (uint32_t)number(argv[i + 1], 100000000);
        else if (!strcmp(argv[i], "--json"))
            b->json = argv[i + 1];
        else
            usage();
    }
}

static void prepare(struct bench *b)
{
    struct rx_prng r = rx_prng_stream(1, 0, 0);

    b->due_ms = malloc(b->timers * sizeof *b->due_ms);
    b->victims = malloc(b->timers * sizeof *b->victims);
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

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Measures since *since and starts anew. */
static double lap(double *since)
{
    double now = now_ns(), ns = now - *since;

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

static bool one_life(struct bench *b, size_t rival, unsigned round)
{
    const struct timers_rival *r = rivals[rival];
    struct timers_fired fired = {0, 0};
    void *q = r->open(b->timers);
    double t, arm, next, cancel, fire;
    int64_t sink = 0;

    b->absent[rival] = !q;
    if (!q)
        return true;
    t = now_ns();
    for (uint32_t i = 0; i < b->timers; i++)
        r->arm(q, i, b->due_ms[i]);
    arm = lap(&t);
    for (uint32_t i = 0; r->next && i < NEXT_CALLS; i++)
        sink |= r->next(q);
    next = lap(&t);
    for (uint32_t i = 0; i < b->cancels; i++)
        r->cancel(q, b->victims[i]);
    cancel = lap(&t);
    r->fire(q, &fired);
    fire = lap(&t);
    r->close(q);

    b->ns[rival][ARM][round] = arm / b->timers;
    b->ns[rival][NEXT][round] = r->next && sink >= 0 ? next / NEXT_CALLS : -1;
    b->ns[rival][CANCEL][round] = b->cancels ? cancel / b->cancels : 0;
    b->ns[rival][FIRE][round] = fire / (b->timers - b->cancels);
    b->ns[rival][LIFE][round] = (arm + cancel + fire) / b->timers;
    return same_fired(b, fired, r->name);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Negative: not measured. */
static double median(const struct bench *b, size_t rival, enum phase p)
{
    double sorted[ROUNDS_MAX];

    if (b->absent[rival])
        return -1;
    memcpy(sorted, b->ns[rival][p], b->rounds * sizeof sorted[0]);
    qsort(sorted, b->rounds, sizeof sorted[0], by_size);
    return (sorted[(b->rounds - 1) / 2] + sorted[b->rounds / 2]) / 2;
}

static void print_table(const struct bench *b)
{
    printf("%u timers over %d s, a third cancelled; median of %u rounds, ns each (x ours)\n",
           b->timers, TIMERS_HORIZON_MS / 1000, b->rounds);
    printf("%-14s", "");
    for (size_t p = 0; p < PHASES; p++)
        printf("%18s", phase_name[p]);
    printf("\n");
    for (size_t r = 0; r < RIVALS; r++) {
        printf("%-14s", rivals[r]->name);
        for (size_t p = 0; p < PHASES; p++) {
            double ns = median(b, r, (enum phase)p), ours = median(b, 0, (enum phase)p);

            if (ns < 0)
                printf("%18s", "-");
            else
                printf("%9.1f (%5.2fx)", ns, ours > 0 ? ns / ours : 0);
        }
        printf("\n");
    }
}

static bool write_json(const struct bench *b)
{
    FILE *out = fopen(b->json, "w");

    if (!out) {
        fprintf(stderr, "bench_wheel: %s: %s\n", b->json, strerror(errno));
        return false;
    }
    fprintf(out, "{\"bench\":\"wheel\",\"rows\":[");
    for (size_t r = 0; r < RIVALS; r++) {
        fprintf(out, "%s\n{\"rival\":\"%s\",\"timers\":%u,\"rounds\":%u", r ? "," : "",
                rivals[r]->name, b->timers, b->rounds);
        for (size_t p = 0; p < PHASES; p++) {
            double ns = median(b, r, (enum phase)p);

            if (ns < 0)
                fprintf(out, ",\"%s_ns\":null", phase_name[p]);
            else
                fprintf(out, ",\"%s_ns\":%.2f", phase_name[p], ns);
        }
        fprintf(out, "}");
    }
    fprintf(out, "\n]}\n");
    return fclose(out) == 0;
}
