/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_clients.c - how many requests of clients a second of CPU simulates.
 *
 * One client and the pods of one Deployment behind a Service, through podring.h, in virtual time.
 * The rows differ in what a request has to do with: pods that answer at once or after 10 ms,
 * connections that are new or kept, the number of pods behind the Service. Each request must have
 * been answered well, or the bench fails. Times are CPU time, without the start.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/podring.h"
#include "perf/report.h"

enum { PER_S = 500000, PER_S_KEPT = 50000 };

static const struct setup {
    const char *name, *what, *client, *behavior;
    unsigned pods, per_s;
    const char *host; /* NULL: the Service's */
} setups[] = {
    {"at once", "10 pods answer at once, new connections", "", "", 10, PER_S, NULL},
    {"1k pods", "the same with 1,000 pods", "", "", 1000, PER_S, NULL},
    {"random", "10 pods, drawn by chance", ", pick: random", "", 10, PER_S, NULL},
    {"by pod", "10 pods, counted by pod", ", byPod: true", "", 10, PER_S, NULL},
    {"10 ms", "10 pods answer after 10 ms", "", "latency: 10ms", 10, PER_S, NULL},
    {"ingress", "1,000 pods through an Ingress", "", "", 1000, PER_S, "shop.example"},
    {"headless", "1,000 pods by a name without an address", "", "", 1000, PER_S, "bare"},
    {"balancer", "1,000 pods on 1,000 nodes, by a load balancer", "", "", 1000, PER_S, "192.0.2.1"},
    {"kept", "10 pods answer after 10 ms, 1,000 connections are kept",
     ", connections: {keepAlive: true, pool: 1000}", "latency: 10ms", 10, PER_S_KEPT, NULL},
};

enum { AT_ONCE, MANY_PODS, RANDOM, BY_POD, LATER, INGRESS, HEADLESS, BALANCER, KEPT, SETUPS };
_Static_assert(sizeof(setups) / sizeof(setups[0]) == SETUPS, "a row each");

enum { RATE, COST };

static const struct report_column columns[] = {
    [RATE] = {"requests", "/cpu-s", 0, true},
    [COST] = {"cpu", "ns/request", 1, false},
};

struct bench {
    unsigned rounds;
    double requests;
    bool smoke;
    const char *only, *json;
};

static _Noreturn void fail(podring *ring, const char *what)
{
    fprintf(stderr, "bench_clients: %s: %s\n", what, ring != NULL ? podring_why(ring) : "");
    exit(1);
}

static podring *start(const struct setup *s, long long ms)
{
    static const char form[] =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 80}]}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: bare}\n"
        "spec: {selector: {app: web}, clusterIP: None}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: lb}\nspec: {type: LoadBalancer, "
        "externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
        "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: %u\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{name: c, image: i:1, ports: [{containerPort: 80}]}]}\n---\n"
        "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {serve: [{%s}]}\n---\n"
        "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"
        "spec: {url: 'http://%s', rate: %u, from: 1s, to: %lldms%s}\n";
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    if (f == NULL)
        fail(NULL, "out of memory");
    for (unsigned i = 0; s->host != NULL && isdigit(s->host[0]) && i < s->pods; i++)
        fprintf(f, "apiVersion: v1\nkind: Node\nmetadata: {name: n%u}\n---\n", i);
    fprintf(f, form, s->pods, s->behavior, s->host != NULL ? s->host : "web", s->per_s, 1000 + ms,
            s->client);
    fclose(f);

    o.clock = PODRING_VIRTUAL;
    o.flags = PODRING_NO_PROBE_EVENTS;
    if (podring_open(&o, &ring) != 0)
        fail(NULL, "open");
    if (podring_load_text(ring, "bench", text, n) != 0 || podring_apply(ring) != 0 ||
        podring_run_until(ring, 999) < 0)
        fail(ring, "start");
    free(text);
    return ring;
}

static long long answered(podring *ring)
{
    struct podring_event e = PODRING_EVENT_INIT;
    long long ok = 0;

    while (podring_next_event(ring, &e) == 0)
        if (e.object != NULL && e.pod_name == NULL && e.field != NULL &&
            strcmp(e.field, "ok") == 0)
            ok = strtoll(e.to, NULL, 10);
    return ok;
}

static void measure(const struct bench *b, struct report *r, unsigned which, unsigned round)
{
    const struct setup *s = &setups[which];
    long long ms = (long long)(b->requests * 1000 / s->per_s), wanted = ms * s->per_s / 1000;
    podring *ring = start(s, ms);
    double cpu;

    answered(ring);
    cpu = report_cpu_s();
    if (podring_run_until(ring, 1000 + ms + 1000) < 0)
        fail(ring, "run");
    cpu = report_cpu_s() - cpu;
    if (answered(ring) != wanted)
        fail(ring, "a request has not been answered");
    podring_close(ring);
    report_put(r, round, which, RATE, (double)wanted / cpu);
    report_put(r, round, which, COST, cpu * 1e9 / (double)wanted);
}

static void claim(struct report *r)
{
    report_claim(r, "requests of clients a second, new connections", AT_ONCE, RATE, REPORT_ALONE,
                 '>', 2e6);
    report_claim(r, "with answers that take 10 ms", LATER, RATE, REPORT_ALONE, '>', 2e6);
    report_claim(r, "through an Ingress to 1,000 pods", INGRESS, RATE, REPORT_ALONE, '>', 1e6);
    report_claim(r, "by a load balancer to 1,000 nodes", BALANCER, RATE, REPORT_ALONE, '>', 1e6);
    report_claim(r, "growth: CPU a request, 1,000 pods / 10", MANY_PODS, COST, AT_ONCE, '<', 1.5);
}

int main(int argc, char **argv)
{
    static const char about[] = "requests of clients in virtual time";
    struct bench b = {.rounds = 5, .requests = 4e6};
    const struct report_flag flags[] = {
        {"--rounds", REPORT_NUMBER, &b.rounds, 1, REPORT_ROUNDS_MAX, "how often all is measured"},
        {"--requests", REPORT_REAL, &b.requests, 1e5, 1e12, "how many one measurement is made of"},
        {"--only", REPORT_NAME, &b.only, 0, 0, "measures this row alone"},
        {"--smoke", REPORT_SWITCH, &b.smoke, 0, 0, "as little as possible: does it work?"},
        {"--json", REPORT_TEXT, &b.json, 0, 0, "writes the result"},
    };
    struct report *r = report_new("clients", columns, sizeof(columns) / sizeof(columns[0]));
    bool ok = true;

    if (!report_flags(about, argc, argv, flags, sizeof(flags) / sizeof(flags[0])))
        return 64;
    if (b.smoke) {
        b.rounds = 1;
        b.requests = 1e5;
    }
    report_fact(r, "library", "%s", podring_build_info());
    report_fact(r, "requests", "%.3g to a measurement", b.requests);
    for (unsigned i = 0; i < SETUPS; i++)
        report_row(r, i, setups[i].name, setups[i].what);
    for (unsigned round = 0; round < b.rounds; round++)
        for (unsigned i = 0; i < SETUPS; i++)
            if (b.only == NULL || strcmp(b.only, setups[(i + round) % SETUPS].name) == 0)
                measure(&b, r, (i + round) % SETUPS, round);
    if (!b.smoke)
        claim(r);
    report_print(r);
    ok = b.json == NULL || report_write(r, b.json);
    report_free(r);
    return ok ? 0 : 1;
}
