/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random traffic: pods that answer, hang, refuse and end in all ways, on nodes that fail, Services
 * and clients of all kinds, in small worlds that are drawn from a seed. Whatever happens, each
 * request is counted once, and sockets in memory tell what scripts tell, byte for byte.
 *
 * What may differ is left out: requests of one instant may reach a pod in another order, so that
 * what draws lots by that order is there only where nobody asks twice at once.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"
#include "engine/reactor/prng.h"

enum { WORLDS = 150, END_MS = 40000, CLIENTS_MAX = 3 };

struct draw {
    struct rx_prng prng;
    FILE *out;
    unsigned nodes, pods, clients;
    char node[4][64]; /* of the last ones that are named */
};

static unsigned below(struct draw *d, unsigned n)
{
    return (unsigned)rx_prng_below(&d->prng, n);
}

static int maybe(struct draw *d, unsigned percent)
{
    return below(d, 100) < percent;
}

__attribute__((format(printf, 2, 3))) static void say(struct draw *d, const char *form, ...)
{
    va_list args;

    va_start(args, form);
    vfprintf(d->out, form, args);
    va_end(args);
}

/* ---- a world --------------------------------------------------------------------------------- */

static void draw_serve(struct draw *d)
{
    static const char *const acts[] = {
        "do: hang", "do: reset", "do: refuse", "do: headersOnly", "do: garbage", "status: 503",
        "status: 404, bodyBytes: 5000", "status: 204", "redirect: /x", "latency: 30ms",
        "latency: 700ms", "headersAfter: 20ms, bodyAfter: 35ms", "path: /cart, do: refuse",
        "path: /cart, status: 500", "port: 80, do: reset",
    };
    unsigned at = 0;

    say(d, "serve: [");
    for (unsigned i = 0, n = below(d, 5); i < n; i++) {
        unsigned from = at + below(d, 8000), to = from + 500 + below(d, 6000);

        say(d, "%s{from: %ums, to: %ums, %s%s}", i > 0 ? ", " : "", from, to,
            maybe(d, 20) ? "clock: instance, " : "", acts[below(d, sizeof(acts) / sizeof(*acts))]);
        at = to;
    }
    say(d, "]");
}

static void draw_pod(struct draw *d, unsigned i)
{
    say(d, "---\napiVersion: v1\nkind: Pod\n");
    say(d, "metadata: {name: p%u, labels: {app: web, pod: p%u}}\n", i, i);
    say(d, "spec: {%sterminationGracePeriodSeconds: %u, containers: [{name: c, image: i:1",
        d->nodes > 0 ? d->node[below(d, d->nodes)] : "", 4 + below(d, 10));
    if (maybe(d, 75))
        say(d, ", ports: [{name: http, containerPort: 80}]");
    if (maybe(d, 40))
        say(d, ", readinessProbe: {httpGet: {path: /ready, port: 80}, periodSeconds: %u}",
            1 + below(d, 3));
    if (maybe(d, 30))
        say(d, ", lifecycle: {preStop: {sleep: {seconds: %u}}}", 1 + below(d, 3));
    say(d, "}]}\n---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b%u}\n", i);
    say(d, "spec: {selector: {matchLabels: {pod: p%u}}, ", i);
    if (maybe(d, 40))
        say(d, "keepAlive: {idle: %ums, maxRequests: %u}, ", 5 + below(d, 4000), below(d, 9));
    say(d, "instances: [{");
    if (maybe(d, 25))
        say(d, "start: {takes: %ums}, ", below(d, 3000));
    if (maybe(d, 20))
        say(d, "exit: {after: %ums, code: 1}, ", 3000 + below(d, 20000));
    if (maybe(d, 60)) {
        say(d, "onStop: {after: %ums", below(d, 2500));
        if (maybe(d, 50))
            say(d, ", drain: true");
        if (maybe(d, 50))
            say(d, ", closes: %ums", below(d, 2000));
        say(d, "}, ");
    }
    draw_serve(d);
    say(d, "}]}\n");
}

static void draw_client(struct draw *d, unsigned i)
{
    static const char *const hosts[] = {"web/cart", "web", "web:80/x?y=z", "bare", "bare:80/cart",
                                        "local", "p0.bare", "10.96.0.2/cart", "nobody", "web:81"};

    say(d, "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: c%u}\nspec: {", i);
    say(d, "url: 'http://%s', rate: %u.%u, from: %ums, to: %us, report: 1s, byPod: true",
        hosts[below(d, maybe(d, 80) ? 6 : sizeof(hosts) / sizeof(*hosts))], 1 + below(d, 30),
        below(d, 10), below(d, 1000), 20 + below(d, 10));
    if (d->nodes > 0 && maybe(d, 50))
        say(d, ", node: n%u", below(d, d->nodes));
    if (maybe(d, 30))
        say(d, ", arrivals: poisson");
    if (maybe(d, 30))
        say(d, ", pick: random");
    if (maybe(d, 30))
        say(d, ", count: %u", 2 + below(d, 3));
    if (maybe(d, 60))
        say(d, ", connections: {keepAlive: true, pool: %u, idleTimeout: %ums, maxRequests: %u}",
            1 + below(d, 4), 10 + below(d, 5000), below(d, 6));
    if (maybe(d, 60))
        say(d, ", timeout: {connect: %ums, request: %ums}", 100 + below(d, 2000),
            100 + below(d, 3000));
    if (maybe(d, 40))
        say(d, ", retries: {attempts: %u, delay: %ums, on: [%s], reused: %s}", 2 + below(d, 3),
            7 + below(d, 300), "refused, reset, connectTimeout, http5xx",
            maybe(d, 50) ? "true" : "false");
    say(d, "}\n");
}

static void draw_step(struct draw *d, unsigned at, int *failed)
{
    say(d, "  - {at: %ums, ", at);
    if (d->nodes > 1 && *failed < 0 && maybe(d, 40)) {
        *failed = (int)below(d, d->nodes);
        say(d, "fail: node/n%d, lose: %s}\n", *failed, maybe(d, 50) ? "power" : "network");
    } else if (*failed >= 0 && maybe(d, 50)) {
        say(d, "recover: node/n%d}\n", *failed);
        *failed = -1;
    } else if (maybe(d, 60)) {
        say(d, "delete: pod/p%u}\n", below(d, d->pods));
    } else {
        say(d, "kill: pod/p%u, container: c, signal: SIGKILL}\n", below(d, d->pods));
    }
}

static char *draw_world(uint64_t seed)
{
    struct draw d = {.prng = rx_prng_stream(seed, 1, 0)};
    char *text = NULL;
    size_t size = 0;
    int failed = -1;

    d.out = open_memstream(&text, &size);
    cr_assert_not_null(d.out);
    d.nodes = maybe(&d, 60) ? 2 + below(&d, 2) : 0;
    d.pods = 1 + below(&d, 4);
    d.clients = 1 + below(&d, CLIENTS_MAX);
    for (unsigned i = 0; i < d.nodes; i++) {
        say(&d, "---\napiVersion: v1\nkind: Node\nmetadata: {name: n%u}\n", i);
        snprintf(d.node[i], sizeof(d.node[i]), "nodeName: n%u, ", i);
    }
    say(&d, "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
            "spec: {selector: {app: web}, ports: [{port: 80}]%s}\n",
        maybe(&d, 20) ? ", sessionAffinity: ClientIP" : "");
    say(&d, "---\napiVersion: v1\nkind: Service\nmetadata: {name: bare}\n"
            "spec: {selector: {app: web}, clusterIP: None%s}\n",
        maybe(&d, 30) ? ", publishNotReadyAddresses: true" : "");
    say(&d, "---\napiVersion: v1\nkind: Service\nmetadata: {name: local}\n"
            "spec: {selector: {app: web}, ports: [{port: 80}], internalTrafficPolicy: Local}\n");
    for (unsigned i = 0; i < d.pods; i++)
        draw_pod(&d, i);
    for (unsigned i = 0; i < d.clients; i++)
        draw_client(&d, i);
    say(&d, "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n");
    say(&d, "spec:\n  steps:\n");
    for (unsigned at = 3000 + below(&d, 4000); at < 25000; at += 500 + below(&d, 6000))
        draw_step(&d, at, &failed);
    fclose(d.out);
    return text;
}

/* ---- what is told of it ---------------------------------------------------------------------- */

struct sums {
    long long requests, failed, attempts, outcomes, bad, by_pod, told;
};

static void add(struct sums *s, const struct podring_event *e)
{
    static const char *const good[] = {"ok", "http4xx"};
    long long more;
    int fine = 0;

    if (e->object == NULL || strncmp(e->object, "client/", 7) != 0 || e->numeric == 0)
        return;
    more = strtoll(e->to, NULL, 10) - strtoll(e->from != NULL ? e->from : "0", NULL, 10);
    s->told++;
    for (int i = 0; i < 2; i++)
        fine |= strcmp(e->field, good[i]) == 0;
    if (e->pod_name != NULL)
        s->by_pod += more;
    else if (strcmp(e->field, "requests") == 0)
        s->requests += more;
    else if (strcmp(e->field, "attempts") == 0)
        s->attempts += more;
    else if (strcmp(e->field, "failed") == 0)
        s->failed += more;
    else {
        s->outcomes += more;
        s->bad += fine ? 0 : more;
    }
}

static char *run(const char *yaml, enum podring_net net, uint64_t seed, struct sums *sums)
{
    static const char *const knobs[] = {"slice_ms", "proxy_program_ms", "proxy_watch_ms"};
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    struct podring_stats stats = PODRING_STATS_INIT;
    char *text = NULL, line[16384], value[16];
    size_t length = 0;
    podring *ring;
    FILE *f = open_memstream(&text, &length);

    *sums = (struct sums){0};
    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.seed = seed;
    o.end_ms = END_MS;
    cr_assert_eq(podring_open(&o, &ring), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(value, sizeof(value), "%u", (unsigned)(seed >> i & 1) * 150 * (unsigned)(i + 1));
        cr_assert_eq(podring_set(ring, knobs[i], value), 0);
    }
    cr_assert_eq(podring_set(ring, "dns_ttl", seed % 3 == 0 ? "2s" : "0s"), 0);
    cr_assert_eq(podring_load_text(ring, "traffic", yaml, strlen(yaml)), 0, "seed %llu: %s\n%s",
                 (unsigned long long)seed, podring_why(ring), yaml);
    cr_assert_eq(podring_apply(ring), 0, "seed %llu: %s", (unsigned long long)seed,
                 podring_why(ring));
    cr_assert_geq(podring_run_until(ring, END_MS), 0);
    while (podring_next_event(ring, &e) == 0) {
        podring_event_json(&e, line, sizeof(line));
        fprintf(f, "%s\n", line);
        add(sums, &e);
    }
    podring_stats(ring, &stats);
    cr_expect_eq((long long)stats.client_requests, sums->requests, "seed %llu",
                 (unsigned long long)seed);
    podring_close(ring);
    fclose(f);
    return text;
}

static void expect_same(const char *is, const char *should, uint64_t seed, const char *yaml)
{
    const char *from = is;
    size_t at = 0;

    while (is[at] != '\0' && is[at] == should[at]) {
        at++;
        if (is[at - 1] == '\n')
            from = is + at;
    }
    cr_expect(is[at] == should[at], "seed %llu, over sockets:\n%.*s\ninstead of\n%.*s\nin\n%s",
              (unsigned long long)seed, (int)strcspn(from, "\n"), from,
              (int)strcspn(should + (from - is), "\n"), should + (from - is), yaml);
}

Test(traffic, each_request_is_counted_once_in_every_world, .timeout = 120)
{
    const char *first = getenv("PODRING_SEED"), *count = getenv("PODRING_WORLDS");
    uint64_t seed = first != NULL ? strtoull(first, NULL, 10) : 1;
    uint64_t worlds = count != NULL ? strtoull(count, NULL, 10) : WORLDS;
    long long requests = 0;

    for (uint64_t end = seed + worlds; seed < end; seed++) {
        char *yaml = draw_world(seed), *script, *wire, *again;
        struct sums a, b;

        script = run(yaml, PODRING_NET_SCRIPT, seed, &a);
        again = run(yaml, PODRING_NET_SCRIPT, seed, &b);
        wire = run(yaml, PODRING_NET_MEMORY, seed, &b);
        cr_expect_str_eq(again, script, "seed %llu: twice", (unsigned long long)seed);
        cr_expect_eq(a.requests, a.outcomes, "seed %llu: %lld requests, %lld outcomes",
                     (unsigned long long)seed, a.requests, a.outcomes);
        cr_expect_eq(a.bad, a.failed, "seed %llu: failed", (unsigned long long)seed);
        cr_expect_leq(a.by_pod, a.outcomes, "seed %llu: by pod", (unsigned long long)seed);
        expect_same(wire, script, seed, yaml);
        requests += a.requests;
        free(yaml);
        free(script);
        free(again);
        free(wire);
    }
    cr_expect_gt(requests, 0);
}
