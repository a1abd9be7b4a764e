/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_sim.c - how fast the whole engine simulates, how much memory a pod takes, how long a start.
 *
 * Pods of one Deployment, one container, a liveness and a readiness probe every ten seconds,
 * through podring.h. Virtual time with scripted probes shows the engine alone; the http rows put
 * the real wire code and in-memory sockets under it, in virtual time and on the real clock with
 * more probes due than can be done (the pods have fifty containers there, all asking the first one:
 * a probe's period is a second at least, and a million pods would show cache misses instead of wire
 * code). Every tick is fired, but in the last row: there steady probes are parked, as they are
 * unless one asks otherwise, and the figure is that of the whole day, start included.
 *
 * Times are CPU time, of a process that does nothing but compute: others on the machine do not
 * count, save for the caches they take away. Every measurement is a process of its own: its peak
 * memory is that of one engine. A day is simulated in pieces, each twice as long as the one before,
 * until it is over or its share of CPU is used up; what is missing is then made up by proportion,
 * and the column "simulated" says how much that is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/podring.h"
#include "perf/report.h"

enum { PERIOD_S = 10, PROBES = 2, DAY_S = 24 * 3600 };

/* The attempts in flight are what the answers of an overload wait in: few of them stay in cache. */
enum { IN_FLIGHT = 64 };

static const struct setup {
    const char *name, *what;
    unsigned pods, containers, period_s;
    uint32_t clock, net, timing;
    bool parks;
} setups[] = {
#define SIM(pods, timing) pods, 1, PERIOD_S, PODRING_VIRTUAL, PODRING_NET_SCRIPT, timing, false
#define STEP(pods)        "all probes of a period in one instant", \
    SIM(pods, PODRING_TIMING_REFERENCE)
#define SPREAD(pods)      "probes spread over the period", SIM(pods, PODRING_TIMING_SPREAD)
    {"step 1k", STEP(1000)},
    {"step 10k", STEP(10000)},
    {"step 100k", STEP(100000)},
    {"step 1M", STEP(1000000)},
    {"spread 1k", SPREAD(1000)},
    {"spread 10k", SPREAD(10000)},
    {"spread 100k", SPREAD(100000)},
    {"spread 1M", SPREAD(1000000)},
    {"day 100k", "24 hours in step", SIM(100000, PODRING_TIMING_REFERENCE)},
#undef SPREAD
#undef STEP
#undef SIM
    {"http 1k", "HTTP over in-memory sockets, virtual time, spread", 1000, 1, PERIOD_S,
     PODRING_VIRTUAL, PODRING_NET_MEMORY, PODRING_TIMING_SPREAD, false},
    {"http real", "HTTP over in-memory sockets, real clock, overloaded, 64 in flight", 10000, 50, 1,
     PODRING_REAL, PODRING_NET_MEMORY, PODRING_TIMING_SPREAD, false},
    {"parked 1M", "24 hours in step, steady probes parked; with the start", 1000000, 1, PERIOD_S,
     PODRING_VIRTUAL, PODRING_NET_SCRIPT, PODRING_TIMING_REFERENCE, true},
};

enum {
    STEP_1K,
    STEP_10K,
    STEP_100K,
    STEP_1M,
    SPREAD_1K,
    SPREAD_10K,
    SPREAD_100K,
    SPREAD_1M,
    DAY_100K,
    HTTP_1K,
    HTTP_REAL,
    PARKED_1M,
    SETUPS
};
_Static_assert(sizeof(setups) / sizeof(setups[0]) == SETUPS, "a row each");

enum { RATE, COST, START, BYTES, WHOLE_DAY, SIMULATED };

static const struct report_column columns[] = {
    [RATE] = {"probes", "/cpu-s", 0, true}, [COST] = {"cpu", "ns/probe", 1, false},
    [START] = {"start", "s", 3, false},     [BYTES] = {"memory", "B/pod", 0, false},
    [WHOLE_DAY] = {"a day", "s", 1, false}, [SIMULATED] = {"simulated", "%", 1, true},
};

struct result {
    double rate, cost_ns, start_s, bytes_per_pod, day_s, simulated;
};

struct bench {
    unsigned rounds, pods_max;
    double probes, day_cpu_s, real_s;
    bool whole, smoke;
    const char *only, *json;
};

struct job {
    const struct bench *b;
    unsigned which;
};

/* ---- one measurement, in a process of its own --------------------------------------------------
 */

static _Noreturn void fail(podring *ring, const char *what)
{
    fprintf(stderr, "bench_sim: %s: %s\n", what, podring_why(ring));
    _exit(1);
}

/* Most of the containers of a pod only keep the engine busy for longer than a quick look takes. */
static unsigned containers_of(const struct bench *b, const struct setup *s)
{
    return b->smoke ? 1 : s->containers;
}

/* The Deployment as JSON; the caller frees it. */
static char *manifest(const struct bench *b, const struct setup *s, size_t *length)
{
    char *text;
    FILE *f = open_memstream(&text, length);

    if (f == NULL)
        fail(NULL, "no memory");
    fprintf(f,
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
            "\"metadata\":{\"name\":\"bench\"},\"spec\":{\"replicas\":%u,"
            "\"selector\":{\"matchLabels\":{\"app\":\"bench\"}},\"template\":{"
            "\"metadata\":{\"labels\":{\"app\":\"bench\"}},\"spec\":{\"containers\":[",
            s->pods);
    for (unsigned i = 0; i < containers_of(b, s); i++)
        fprintf(f,
                "%s{\"name\":\"c%u\",\"image\":\"bench:1\",%s"
                "\"livenessProbe\":{\"httpGet\":{\"path\":\"/healthz\",\"port\":8080},"
                "\"periodSeconds\":%u,\"failureThreshold\":1000000},"
                "\"readinessProbe\":{\"httpGet\":{\"path\":\"/ready\",\"port\":8080},"
                "\"periodSeconds\":%u,\"failureThreshold\":1000000}}",
                i > 0 ? "," : "", i, i == 0 ? "\"ports\":[{\"containerPort\":8080}]," : "",
                s->period_s, s->period_s);
    fprintf(f, "]}}}}");
    fclose(f);
    return text;
}

static podring *start(const struct bench *b, const struct setup *s)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats stats = PODRING_STATS_INIT;
    size_t length;
    char *text = manifest(b, s, &length);
    podring *ring;

    o.clock = s->clock;
    o.net = s->net;
    o.timing = s->timing;
    o.flags = PODRING_NO_EVENTS | (s->parks ? 0 : PODRING_NO_PARK);
    o.attempts_max = s->net == PODRING_NET_MEMORY ? IN_FLIGHT : 0;
    if (podring_open(&o, &ring) != 0)
        fail(NULL, "open");
    if (podring_load_text(ring, "bench", text, length) != 0 || podring_apply(ring) != 0)
        fail(ring, "load");
    if (podring_run_until(ring, podring_now(ring)) < 0 || podring_stats(ring, &stats) != 0)
        fail(ring, "start");
    if (stats.containers_running != (uint64_t)s->pods * containers_of(b, s))
        fail(ring, "not all containers run");
    free(text);
    return ring;
}

static bool is_day(unsigned which)
{
    return which == DAY_100K || which == PARKED_1M;
}

/* Of the engine's clock, in milliseconds. */
static int64_t time_to_run(const struct bench *b, const struct setup *s)
{
    double share = s->net == PODRING_NET_MEMORY ? 0.05 : 1; /* they are that much slower */
    double seconds = b->probes * share * s->period_s / (PROBES * (double)s->pods);

    if (s->clock == PODRING_REAL)
        return (int64_t)(b->real_s * 1000);
    return (int64_t)ceil(fmax(seconds, s->period_s)) * 1000;
}

static void advance(podring *ring, int64_t ms)
{
    if (podring_run_until(ring, podring_now(ring) + ms) < 0)
        fail(ring, "run");
}

/* The milliseconds of a day that were simulated. */
static int64_t run_day(const struct bench *b, podring *ring, bool whole)
{
    int64_t done = 0, piece = PERIOD_S * 1000;
    double cpu = report_cpu_s();

    while (done < DAY_S * 1000LL) {
        if (piece > DAY_S * 1000LL - done)
            piece = DAY_S * 1000LL - done;
        advance(ring, piece);
        done += piece;
        piece = done;
        if (!whole && report_cpu_s() - cpu > b->day_cpu_s / 2) /* the next takes as long again */
            break;
    }
    return done;
}

static void check(const struct setup *s, podring *ring, const struct podring_stats *before,
                  const struct podring_stats *after, int64_t ms)
{
    double done = (double)(after->probes_done - before->probes_done);
    double due = (double)PROBES * s->pods * (double)(ms / (s->period_s * 1000));

    if (after->success - before->success != after->probes_done - before->probes_done)
        fail(ring, "a probe has failed");
    if (done == 0 || (s->clock == PODRING_VIRTUAL && done < 0.99 * due))
        fail(ring, "too few probes");
}

static void run(void *what, void *to)
{
    const struct job *j = what;
    const struct bench *b = j->b;
    const struct setup *s = &setups[j->which];
    struct result *out = to;
    unsigned which = j->which;
    struct podring_stats before = PODRING_STATS_INIT, after = PODRING_STATS_INIT;
    int64_t ms = time_to_run(b, s);
    double cpu = report_cpu_s(), began = cpu, done;
    podring *ring = start(b, s);
    struct rusage usage;

    out->start_s = report_cpu_s() - cpu;
    advance(ring, (int64_t)s->period_s * (s->clock == PODRING_REAL ? 1000 : 2000)); /* warm */
    podring_stats(ring, &before);
    cpu = report_cpu_s();
    if (is_day(which))
        ms = run_day(b, ring, b->whole || s->parks);
    else
        advance(ring, ms);
    cpu = report_cpu_s() - cpu;
    podring_stats(ring, &after);
    check(s, ring, &before, &after, ms);
    getrusage(RUSAGE_SELF, &usage);
    done = (double)(after.probes_done - before.probes_done);
    out->rate = done / cpu;
    out->cost_ns = cpu * 1e9 / done;
    out->bytes_per_pod = (double)usage.ru_maxrss * 1024 / s->pods;
    out->day_s = is_day(which) ? cpu * DAY_S * 1000 / (double)ms : NAN;
    out->simulated = is_day(which) ? (double)ms / (DAY_S * 10.0) : NAN;
    if (s->parks) { /* no probe is run: what the rest of the day costs is the start */
        out->day_s = report_cpu_s() - began;
        out->rate = out->cost_ns = NAN;
    }
    podring_close(ring);
}

/* ---- rounds ------------------------------------------------------------------------------------
 */

static bool wanted(const struct bench *b, unsigned which, unsigned round)
{
    if (b->only != NULL && strcmp(b->only, setups[which].name) != 0)
        return false;
    return setups[which].pods <= b->pods_max && (which != DAY_100K || round == 0);
}

static bool measure(const struct bench *b, struct report *r, unsigned which, unsigned round)
{
    struct job j = {b, which};
    struct result v;

    if (!report_apart(run, &j, &v, sizeof(v)))
        return false;
    report_put(r, round, which, RATE, v.rate);
    report_put(r, round, which, COST, v.cost_ns);
    report_put(r, round, which, START, v.start_s);
    if (setups[which].pods >= 100000) /* below, one sees the engine's fixed part */
        report_put(r, round, which, BYTES, v.bytes_per_pod);
    report_put(r, round, which, WHOLE_DAY, v.day_s);
    report_put(r, round, which, SIMULATED, v.simulated);
    return true;
}

static void claim(struct report *r)
{
    report_claim(r, "100,000 pods in step, probes a second", STEP_100K, RATE, REPORT_ALONE, '>',
                 10e6);
    report_claim(r, "100,000 pods spread, probes a second", SPREAD_100K, RATE, REPORT_ALONE, '>',
                 10e6);
    report_claim(r, "a day of 100,000 pods, seconds", DAY_100K, WHOLE_DAY, REPORT_ALONE, '<', 180);
    report_claim(r, "a day of 1,000,000 steady pods, parked, seconds", PARKED_1M, WHOLE_DAY,
                 REPORT_ALONE, '<', 10);
    report_claim(r, "in-memory HTTP on the real clock, probes a second", HTTP_REAL, RATE,
                 REPORT_ALONE, '>', 1e6);
    report_claim(r, "in-memory HTTP in virtual time, probes a second", HTTP_1K, RATE, REPORT_ALONE,
                 '>', 1e6);
    report_claim(r, "growth: CPU a probe, 1,000,000 pods / 1,000, in step", STEP_1M, COST, STEP_1K,
                 '<', 1.5);
    report_claim(r, "growth: CPU a probe, 1,000,000 pods / 1,000, spread", SPREAD_1M, COST,
                 SPREAD_1K, '<', 1.5);
    report_claim(r, "memory of 1,000,000 pods, bytes a pod", STEP_1M, BYTES, REPORT_ALONE, '<',
                 512);
    report_claim(r, "starting 1,000,000 pods, seconds", STEP_1M, START, REPORT_ALONE, '<', 2);
}

static const char about[] =
    "the whole engine in virtual time: probes a second, memory, start, a day";

static bool is_row(const char *name)
{
    for (unsigned i = 0; i < SETUPS; i++)
        if (strcmp(setups[i].name, name) == 0)
            return true;
    fprintf(stderr, "bench_sim: no row is called \"%s\"\n", name);
    return false;
}

static bool take_flags(struct bench *b, int argc, char **argv)
{
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b->rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--probes", REPORT_REAL, &b->probes, 1, 1e12, "how many one measurement is made of"},
        {"--pods-max", REPORT_NUMBER, &b->pods_max, 1000, 1e7, "leaves out rows with more pods"},
        {"--day-cpu", REPORT_REAL, &b->day_cpu_s, 0.001, 1e6, "seconds of CPU for a day row"},
        {"--only", REPORT_NAME, &b->only, 0, 0, "measures this row alone"},
        {"--long", REPORT_SWITCH, &b->whole, 0, 0, "whole days, 20e6 probes, five rounds"},
        {"--smoke", REPORT_SWITCH, &b->smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b->json, 0, 0, "writes the result"},
    };

    if (!report_flags(about, argc, argv, flags, sizeof(flags) / sizeof(flags[0])))
        return false;
    if (b->whole) {
        b->rounds = 5;
        b->probes = 20e6;
    }
    if (b->smoke) {
        b->rounds = 1;
        b->probes = 1e5;
        b->pods_max = 10000;
        b->real_s = 0.1;
    }
    return b->only == NULL || is_row(b->only);
}

int main(int argc, char **argv)
{
    struct bench b = {.rounds = 3, .probes = 4e6, .pods_max = 1000000, .day_cpu_s = 5, .real_s = 1};
    struct report *r = report_new("sim", columns, sizeof(columns) / sizeof(columns[0]));
    bool ok = true;

    if (!take_flags(&b, argc, argv))
        return 64;
    report_fact(r, "library", "%s", podring_build_info());
    report_fact(r, "probes", "%d a pod, every %d s; %.3g to a measurement", PROBES, PERIOD_S,
                b.probes);
    report_fact(r, "time", "CPU of one process: one core, whoever else is on the machine");
    for (unsigned i = 0; i < SETUPS; i++)
        report_row(r, i, setups[i].name, setups[i].what);
    for (unsigned round = 0; ok && round < b.rounds; round++)
        for (unsigned i = 0; ok && i < SETUPS; i++)
            ok = !wanted(&b, (i + round) % SETUPS, round) ||
                 measure(&b, r, (i + round) % SETUPS, round);
    if (ok) {
        if (!b.smoke)
            claim(r);
        report_print(r);
        ok = b.json == NULL || report_write(r, b.json);
    }
    report_free(r);
    return ok ? 0 : 1;
}
