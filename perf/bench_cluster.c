/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_cluster.c - what the control plane costs: a rolling update, scheduling, a day of a cluster.
 *
 * Through podring.h, in virtual time, with the start: what is measured begins with an open engine
 * that reads the manifest, and ends when all is over. Each measurement is a process of its own, and
 * its peak memory is that of one engine; small ones are repeated there until they are worth
 * measuring. Each must have come to its end: all pods renewed, placed, running.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/podring.h"
#include "perf/report.h"

enum { HOUR_S = 3600 };

/* Deployments of `pods` pods each, with a readiness probe every five seconds. */
static const struct setup {
    const char *name, *what;
    unsigned deployments, pods, nodes, hours;
    unsigned smoke; /* this much smaller then */
    bool services, crashes;
} setups[] = {
    {"rollout 1k", "rolling update of a Deployment, 25 %/25 %", 1, 1000, 0, 0, 10, false, false},
    {"rollout 10k", "rolling update of a Deployment, 25 %/25 %", 1, 10000, 0, 0, 100, false, false},
    {"rollout 100k", "rolling update of a Deployment, 25 %/25 %", 1, 100000, 0, 0, 1000, false,
     false},
    {"schedule", "100,000 pods on every other one of 5,000 nodes: requests, one selector", 1,
     100000, 5000, 0, 100, false, false},
    {"day", "24 hours: 150,000 pods, 5,000 nodes, 10,000 Services; rollouts, crash loops", 10000,
     15, 5000, 24, 100, true, true},
};

enum { ROLLOUT_1K, ROLLOUT_10K, ROLLOUT_100K, SCHEDULE, DAY, SETUPS };
_Static_assert(sizeof(setups) / sizeof(setups[0]) == SETUPS, "a row each");

enum { CPU, COST, RATE, MEMORY };

static const struct report_column columns[] = {
    [CPU] = {"cpu", "s", 3, false},
    [COST] = {"cpu", "us/pod", 2, false},
    [RATE] = {"pods", "/cpu-s", 0, true},
    [MEMORY] = {"memory", "MiB", 0, false},
};

struct bench {
    unsigned rounds, pods_min;
    bool smoke;
    const char *only, *json;
};

struct job {
    const struct bench *b;
    struct setup s;
    unsigned which;
};

struct result {
    double cpu_s, mib;
};

static _Noreturn void fail(podring *ring, const char *what)
{
    fprintf(stderr, "bench_cluster: %s: %s\n", what, ring != NULL ? podring_why(ring) : "");
    _exit(1);
}

/* ---- manifests ------------------------------------------------------------------------------- */

static bool is_crashing(const struct setup *s, unsigned deployment)
{
    return s->crashes && deployment % 100 == 50;
}

static void put_nodes(FILE *f, const struct setup *s)
{
    for (unsigned i = 0; i < s->nodes; i++)
        fprintf(f,
                "---\napiVersion: v1\nkind: Node\n"
                "metadata: {name: n%u, labels: {pool: %s, topology.kubernetes.io/zone: z%u}}\n"
                "status: {allocatable: {cpu: 32, memory: 128Gi, pods: 110}}\n",
                i, i % 2 == 0 ? "a" : "b", i % 3);
}

static void put_deployment(FILE *f, const struct setup *s, unsigned i)
{
    fprintf(f,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d%u}\nspec:\n"
            "  replicas: %u\n"
            "  strategy: {rollingUpdate: {maxSurge: 25%%, maxUnavailable: 25%%}}\n"
            "  selector: {matchLabels: {app: d%u}}\n"
            "  template:\n    metadata: {labels: {app: d%u, crashes: '%s'}}\n    spec:\n",
            i, s->pods, i, i, is_crashing(s, i) ? "yes" : "no");
    if (s->nodes > 0 && !s->services)
        fprintf(f, "      nodeSelector: {pool: a}\n");
    fprintf(f,
            "      containers:\n      - name: c\n        image: web:1\n"
            "        ports: [{containerPort: 80}]\n"
            "        resources: {requests: {cpu: 100m, memory: 64Mi}}\n"
            "        readinessProbe: {httpGet: {path: /ready, port: 80}, periodSeconds: 5}\n");
    if (s->services)
        fprintf(f,
                "---\napiVersion: v1\nkind: Service\nmetadata: {name: d%u}\n"
                "spec: {selector: {app: d%u}, ports: [{port: 80}]}\n",
                i, i);
}

/* Once, or each hour of the day for another hundredth of all. */
static void put_steps(FILE *f, const struct setup *s)
{
    fprintf(f, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
               "spec:\n  steps:\n");
    if (s->hours == 0)
        fprintf(f, "  - {at: 60s, setImage: deployment/d0, image: 'web:2'}\n");
    for (unsigned h = 0; h < s->hours; h++)
        for (unsigned i = h; i < s->deployments; i += 100)
            fprintf(f, "  - {at: %us, setImage: deployment/d%u, image: 'web:2'}\n",
                    h * HOUR_S + HOUR_S / 2, i);
}

/* The caller frees it. */
static char *manifest(const struct setup *s, size_t *length)
{
    char *text;
    FILE *f = open_memstream(&text, length);

    if (f == NULL)
        fail(NULL, "no memory");
    put_nodes(f, s);
    for (unsigned i = 0; i < s->deployments; i++)
        put_deployment(f, s, i);
    if (s->crashes)
        fprintf(f, "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
                   "  selector: {matchLabels: {crashes: 'yes'}}\n"
                   "  instances: [{exit: {after: 10s, code: 1}}]\n");
    if (s->nodes == 0 || s->hours > 0)
        put_steps(f, s);
    fclose(f);
    return text;
}

/* ---- one measurement ------------------------------------------------------------------------- */

static uint64_t pods_of(const struct setup *s)
{
    return (uint64_t)s->deployments * s->pods;
}

static uint64_t renewed(const struct setup *s)
{
    if (s->hours > 0)
        return (uint64_t)s->hours * ((s->deployments + 99) / 100) * s->pods;
    return s->nodes > 0 ? 0 : pods_of(s);
}

static void check(const struct setup *s, podring *ring)
{
    struct podring_stats is = PODRING_STATS_INIT;

    if (podring_stats(ring, &is) != 0)
        fail(ring, "stats");
    if (is.pods != pods_of(s) || is.pods_created != pods_of(s) + renewed(s))
        fail(ring, "not all pods have been renewed");
    if (!s->crashes && is.containers_running != pods_of(s))
        fail(ring, "not all containers run");
    if (s->crashes && is.restarts == 0)
        fail(ring, "no container has crashed");
}

static void run_once(const struct setup *s)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    int64_t end = s->hours > 0 ? (int64_t)s->hours * HOUR_S * 1000 : 600000;
    size_t length;
    char *text = manifest(s, &length);
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_EVENTS;
    if (podring_open(&o, &ring) != 0)
        fail(NULL, "open");
    if (podring_load_text(ring, "bench", text, length) != 0 || podring_apply(ring) != 0)
        fail(ring, "load");
    free(text);
    if (podring_run_until(ring, s->nodes > 0 && s->hours == 0 ? 0 : end) < 0)
        fail(ring, "run");
    check(s, ring);
    podring_close(ring);
}

static void run(void *job, void *out)
{
    const struct job *j = job;
    struct result *r = out;
    uint64_t times = (j->b->pods_min + pods_of(&j->s) - 1) / pods_of(&j->s);
    double cpu = report_cpu_s();
    struct rusage usage;

    for (uint64_t i = 0; i < times; i++)
        run_once(&j->s);
    r->cpu_s = (report_cpu_s() - cpu) / (double)times;
    getrusage(RUSAGE_SELF, &usage);
    r->mib = (double)usage.ru_maxrss / 1024;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static bool measure(const struct bench *b, struct report *r, unsigned which, unsigned round)
{
    struct job j = {.b = b, .s = setups[which], .which = which};
    struct result v;

    if (b->smoke && j.s.deployments > 1)
        j.s.deployments /= j.s.smoke;
    else if (b->smoke)
        j.s.pods /= j.s.smoke;
    if (b->smoke && j.s.nodes > 0)
        j.s.nodes /= 10;
    if (!report_apart(run, &j, &v, sizeof(v)))
        return false;
    report_put(r, round, which, CPU, v.cpu_s);
    report_put(r, round, which, COST, v.cpu_s * 1e6 / (double)pods_of(&j.s));
    if (which == SCHEDULE)
        report_put(r, round, which, RATE, (double)pods_of(&j.s) / v.cpu_s);
    report_put(r, round, which, MEMORY, v.mib);
    return true;
}

static void claim(struct report *r)
{
    report_claim(r, "rolling update of 10,000 pods with the start, seconds", ROLLOUT_10K, CPU,
                 REPORT_ALONE, '<', 0.15);
    report_claim(r, "growth: CPU a pod, rolling update of 100,000 / 1,000", ROLLOUT_100K, COST,
                 ROLLOUT_1K, '<', 1.3);
    report_claim(r, "pods placed a second, 100,000 on 5,000 nodes, with the start", SCHEDULE, RATE,
                 REPORT_ALONE, '>', 100e3);
    report_claim(r, "a day of 150,000 pods on 5,000 nodes, seconds", DAY, CPU, REPORT_ALONE, '<',
                 60);
    report_claim(r, "memory of it, MiB", DAY, MEMORY, REPORT_ALONE, '<', 400);
}

static bool is_row(const char *name)
{
    for (unsigned i = 0; i < SETUPS; i++)
        if (strcmp(setups[i].name, name) == 0)
            return true;
    fprintf(stderr, "bench_cluster: no row is called \"%s\"\n", name);
    return false;
}

static bool take_flags(struct bench *b, int argc, char **argv)
{
    static const char about[] = "rolling updates, scheduling, and a day of a cluster";
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b->rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--pods-min", REPORT_NUMBER, &b->pods_min, 1, 1e7,
         "smaller rows are repeated until they have as many"},
        {"--only", REPORT_NAME, &b->only, 0, 0, "measures this row alone"},
        {"--smoke", REPORT_SWITCH, &b->smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b->json, 0, 0, "writes the result"},
    };

    if (!report_flags(about, argc, argv, flags, sizeof(flags) / sizeof(flags[0])))
        return false;
    if (b->smoke) {
        b->rounds = 1;
        b->pods_min = 1;
    }
    return b->only == NULL || is_row(b->only);
}

int main(int argc, char **argv)
{
    struct bench b = {.rounds = 3, .pods_min = 50000};
    struct report *r = report_new("cluster", columns, sizeof(columns) / sizeof(columns[0]));
    bool ok = true;

    if (!take_flags(&b, argc, argv))
        return 64;
    report_fact(r, "library", "%s", podring_build_info());
    report_fact(r, "time", "CPU of one process, the reading of its manifest included");
    for (unsigned i = 0; i < SETUPS; i++)
        report_row(r, i, setups[i].name, setups[i].what);
    for (unsigned round = 0; ok && round < b.rounds; round++) {
        for (unsigned i = 0; ok && i < SETUPS; i++) {
            unsigned which = (i + round) % SETUPS;

            if (b.only == NULL || strcmp(b.only, setups[which].name) == 0)
                ok = measure(&b, r, which, round);
        }
    }
    if (ok) {
        if (!b.smoke)
            claim(r);
        report_print(r);
        ok = b.json == NULL || report_write(r, b.json);
    }
    report_free(r);
    return ok ? 0 : 1;
}
