/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_clients.c - what clients count, in worked timelines: a manifest, how long it runs,
 * and the counters that were announced last.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"

#define POD(name, more)                                                                            \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: web, pod: " name     \
    "}}\nspec: {containers: [{name: c, image: i:1, ports: [{containerPort: 80}]" more "}]}\n"
#define DOES(name, what)                                                                           \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b-" name "}\nspec:\n"       \
    "  selector: {matchLabels: {pod: " name "}}\n" what
#define SERVICE                                                                                    \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"                                  \
    "spec: {selector: {app: web}, ports: [{port: 80}]}\n"
#define CLIENT(more)                                                                               \
    SERVICE "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"              \
            "spec: {url: 'http://web', " more "}\n"
#define DELETE(at, name)                                                                           \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"                       \
    "spec: {steps: [{at: " at ", delete: pod/" name "}]}\n"
#define PRE_STOP(s) ", lifecycle: {preStop: {sleep: {seconds: " s "}}}"
#define KEPT "connections: {keepAlive: true}"
#define LATE(name, s) DOES(name, "  instances: [{start: {takes: " s "}}]\n")

#define NODE(name)                                                                                 \
    "---\napiVersion: v1\nkind: Node\nmetadata: {name: " name "}\n"
#define ON(name, node)                                                                             \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: web, pod: " name     \
    "}}\nspec: {nodeName: " node ", containers: [{name: c, image: i:1, ports: [{containerPort: "   \
    "80}]}]}\n"
#define PROMPT_A DOES("a", "  instances: [{onStop: {after: 0s}}]\n")
#define ON_NODE(node)                                                                              \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: near}\n"                      \
    "spec: {url: 'http://web', node: " node ", rate: 40, from: 5s, to: 30s, byPod: true}\n"
#define INGRESS                                                                                    \
    SERVICE "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"          \
            "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n"                 \
            "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"              \
            "spec: {url: 'http://shop.example/', rate: 10, from: 5s, to: 30s}\n"
#define BARE                                                                                       \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"                                  \
    "spec: {clusterIP: None, selector: {app: web}}\n"                                              \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"                      \
    "spec: {url: 'http://web', rate: 10, to: 30s}\n"
#define FOUR NODE("n1") NODE("n2") ON("a", "n1") ON("b", "n2") ON("d", "n1") ON("e", "n2")
#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"                       \
    "spec: {steps: [" steps "]}\n"
#define THREE POD("a", "") POD("b", "") POD("d", "")
#define ENDS(name, after, closes)                                                                  \
    DOES(name, "  instances: [{onStop: {after: " after ", closes: " closes "}}]\n")
#define SLOWED "slice_ms=200 proxy_watch_ms=100 proxy_program_ms=400 proxy_min_sync_ms=1000"
#define STALE "slice_ms=200 proxy_watch_ms=100 proxy_program_ms=400"

struct vector {
    const char *id, *yaml, *is; /* "field number" or "pod/field number", one space between */
    int64_t for_ms;
    const char *knobs; /* "name=value", one space between */
};

static const struct vector vectors[] = {
    {"TR-01", THREE DOES("b", "  instances: [{onStop: {after: 50ms}}]\n")
     CLIENT("rate: 300, from: 1s, to: 103s, byPod: true") DELETE("100s", "b"),
     "requests 30600 ok 30535 refused 65 b/refused 65", 110000, STALE},
    {"TR-02", THREE DOES("b", "  instances: [{onStop: {after: 500ms}}]\n")
     CLIENT("rate: 300, from: 1s, to: 103s, byPod: true") DELETE("100s", "b"),
     "requests 30600 ok 30580 refused 20 b/refused 20", 110000, STALE},
    {"TR-03", POD("a", "") POD("b", PRE_STOP("1")) POD("d", "")
     DOES("b", "  instances: [{onStop: {after: 0s}}]\n")
     CLIENT("rate: 300, from: 1s, to: 103s, byPod: true") DELETE("100s", "b"),
     "requests 30600 ok 30600 failed 0", 110000, STALE},
    {"E-01", POD("a", "") LATE("a", "10s")
     CLIENT("rate: 10, to: 20s"), "ok 93 refused 107", 30000, STALE},
    {"E-02", THREE ENDS("b", "300ms", "50ms")
     CLIENT("rate: 300, from: 1s, to: 103s, byPod: true") DELETE("100s", "b"),
     "requests 30600 ok 30535 refused 65 b/refused 65", 110000, STALE},
    {"E-03", POD("a", "") POD("b", PRE_STOP("5")) POD("d", "") ENDS("b", "300ms", "50ms")
     CLIENT("rate: 300, from: 1s, to: 110s, byPod: true") DELETE("100s", "b"),
     "requests 32700 ok 32700 failed 0", 120000, STALE},
    /* The chain of d ends at 99.9: what is deleted at 100 is programmed at 101.3. */
    {"E-04", POD("a", "") POD("b", "") POD("d", "") ENDS("b", "300ms", "50ms")
     DOES("d", "  instances: [{start: {takes: 99200ms}}]\n")
     CLIENT("rate: 300, from: 100s, to: 103s, byPod: true") DELETE("100s", "b"),
     "requests 900 ok 775 refused 125 b/refused 125", 110000, SLOWED},
    {"E-05", POD("a", PRE_STOP("5")) ENDS("a", "1s", "0s") CLIENT("rate: 10, from: 10s, to: 30s")
     DELETE("20s", "a"), "requests 200 ok 150 refused 50", 40000, STALE},
    {"E-06", POD("a", "") DOES("a", "  serve: [{to: 8s, do: refuse}]\n")
     CLIENT("rate: 10, from: 1s, to: 20s"), "requests 190 ok 120 refused 70", 30000, STALE},
    {"E-07", POD("a", ", readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}")
     DOES("a", "  serve: [{to: 8s, do: refuse}]\n") CLIENT("rate: 10, to: 20s, byPod: true"),
     "requests 200 ok 93 refused 107 a/refused 0 a/ok 93", 30000, STALE},
    {"E-08", POD("a", ", readinessProbe: {httpGet: {port: 80}}") POD("b", "")
     DOES("a", "  serve: [{from: 33s, status: 503}]\n")
     CLIENT("rate: 10, from: 50s, to: 70s, byPod: true"),
     "requests 200 a/http5xx 54 b/ok 146", 80000, STALE},
    {"E-09", POD("a", ", readinessProbe: {exec: {command: ['false']}}")
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
     "spec: {selector: {app: web}, ports: [{port: 80}], publishNotReadyAddresses: true}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"
     "spec: {url: 'http://web', rate: 10, to: 10s}\n", "ok 93 refused 7", 20000, STALE},
    {"E-11", POD("a", "") POD("b", "") ENDS("a", "10s", "10s")
     CLIENT("rate: 10, from: 90s, to: 120s, byPod: true, " KEPT) DELETE("100s", "a"),
     "requests 300 ok 300 failed 0 a/ok 200 b/ok 100", 130000, STALE},
    {"TR-06", FOUR CLIENT("rate: 40, from: 50s, to: 130s, byPod: true")
     STEPS("{at: 60s, fail: node/n2, lose: power}"),
     "requests 3200 ok 2300 connectTimeout 900 b/connectTimeout 450 e/connectTimeout 450",
     140000, NULL},
    {"TR-06 without its network", FOUR CLIENT("rate: 40, from: 50s, to: 130s")
     STEPS("{at: 60s, fail: node/n2, lose: network}"),
     "requests 3200 ok 2300 connectTimeout 900", 140000, NULL},
    {"TR-07", FOUR CLIENT("rate: 40, from: 50s, to: 130s, "
                          "retries: {attempts: 2, on: [connectTimeout]}")
     STEPS("{at: 60s, fail: node/n2, lose: power}"),
     "requests 3200 ok 2824 connectTimeout 376 attempts 4224", 140000, NULL},
    {"TR-16", NODE("n1") NODE("n2") ON("a", "n1") ON("b", "n1")
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort, selector: "
     "{app: web}, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: one}\n"
     "spec: {url: 'http://n1:30080', rate: 10, to: 10s}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: two}\n"
     "spec: {url: 'http://n2:30080', rate: 7, to: 10s}\n", "ok 100 connectTimeout 70", 20000,
     NULL},
    {"requests that are under way when the node fails", FOUR DOES("b", "  serve: [{latency: 2s}]\n")
     DOES("e", "  serve: [{latency: 2s}]\n")
     CLIENT("rate: 4, to: 10s, timeout: {request: 5s}")
     STEPS("{at: 9100ms, fail: node/n2, lose: power}"),
     "requests 40 requestTimeout 4 connectTimeout 2 ok 34", 20000, NULL},
    {"... without its network", FOUR DOES("b", "  serve: [{latency: 2s}]\n")
     DOES("e", "  serve: [{latency: 2s}]\n")
     CLIENT("rate: 4, to: 10s, timeout: {request: 5s}")
     STEPS("{at: 9100ms, fail: node/n2, lose: network}"),
     "requests 40 requestTimeout 4 connectTimeout 2 ok 34", 20000, NULL},
    {"a connection to a node that fails, and is back", NODE("n1") NODE("n2") ON("b", "n2")
     CLIENT("rate: 1, to: 30s, timeout: {request: 2s, connect: 500ms}, " KEPT)
     STEPS("{at: 9500ms, fail: node/n2, lose: power}, {at: 20200ms, recover: node/n2}"),
     "requests 30 requestTimeout 1 connectTimeout 10 ok 19", 40000, NULL},
    {"... before it is used again", NODE("n1") NODE("n2") ON("b", "n2")
     CLIENT("rate: 1, to: 30s, " KEPT)
     STEPS("{at: 9500ms, fail: node/n2, lose: power}, {at: 9700ms, recover: node/n2}"),
     "requests 30 reset 1 ok 29", 40000, NULL},
    {"a client on the node that fails", FOUR
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, "
     "internalTrafficPolicy: Local, ports: [{port: 80}]}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: near}\n"
     "spec: {url: 'http://web', node: n2, rate: 10, to: 10s, byPod: true}\n"
     STEPS("{at: 5s, fail: node/n2, lose: network}"), "ok 100 b/ok 50 e/ok 50", 20000, NULL},
    {"... and without power", FOUR
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, "
     "internalTrafficPolicy: Local, ports: [{port: 80}]}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: near}\n"
     "spec: {url: 'http://web', node: n2, rate: 10, to: 10s}\n"
     STEPS("{at: 5s, fail: node/n2, lose: power}"), "ok 50 connectTimeout 50", 20000, NULL},
    {"SV-09", FOUR
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {pod: b}, "
     "internalTrafficPolicy: Local, ports: [{port: 80}]}\n"
     "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: far}\n"
     "spec: {url: 'http://web', node: n1, rate: 10, to: 10s}\n", "connectTimeout 100", 20000, NULL},
    {"proxy_ms, of the faster node", FOUR SERVICE PROMPT_A
     ON_NODE("n1") DELETE("10s", "a"),
     "requests 1000 refused 10 a/refused 10 ok 990", 40000,
     "proxy_ms=n1=1000,n2=2000"},
    {"... of the slower node", FOUR SERVICE PROMPT_A ON_NODE("n2") DELETE("10s", "a"),
     "requests 1000 refused 20 a/refused 20 ok 980", 40000,
     "proxy_ms=n1=1000,n2=2000"},
    {"... of a client outside", FOUR CLIENT("rate: 40, to: 30s")
     PROMPT_A DELETE("10s", "a"),
     "requests 1200 refused 0 ok 1200", 40000, "proxy_ms=n1=1000,n2=2000"},
    {"ingress_ms", POD("a", "") POD("q", "") LATE("q", "20s") INGRESS
     PROMPT_A DELETE("10s", "a"),
     "requests 250 http5xx 115 ok 135", 40000, "ingress_ms=1500"},
    {"... of 0", POD("a", "") POD("q", "") LATE("q", "20s") INGRESS
     PROMPT_A DELETE("10s", "a"),
     "requests 250 http5xx 100 ok 150", 40000, NULL},
    {"dns_ttl: an address that is nobody's any more", POD("a", "") POD("q", "")
     LATE("q", "12s") BARE PROMPT_A DELETE("11s", "a"),
     "requests 300 refused 40 ok 260", 40000, "dns_ttl=5s"},
    {"... that there is no address", POD("a", "") POD("q", "") LATE("q", "12s") BARE
     PROMPT_A DELETE("10s", "a"),
     "requests 300 dns 50 ok 250", 40000, "dns_ttl=5s"},
    {"... of 0", POD("a", "") POD("q", "") LATE("q", "12s") BARE
     PROMPT_A DELETE("10s", "a"),
     "requests 300 dns 20 ok 280", 40000, NULL},
    {"TR-04", POD("a", "") POD("q", "") LATE("q", "26s") CLIENT("rate: 10, to: 40s")
     DELETE("20s", "a"), "requests 400 refused 60 ok 340 failed 60", 50000, NULL},
    {"TR-05", POD("a", PRE_STOP("10")) POD("q", "") LATE("q", "26s")
     CLIENT("rate: 10, to: 40s, byPod: true") DELETE("20s", "a"),
     "requests 400 ok 400 failed 0 a/ok 260 q/ok 140", 50000, NULL},
    {"TR-08", POD("a", "") DOES("a", "  serve: [{to: 6s, do: refuse}]\n")
     CLIENT("rate: 20, to: 15s, byPod: true"), "refused 120 ok 180 a/refused 120", 20000, NULL},
    {"TR-09", POD("a", ", readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 2}")
     DOES("a", "  serve: [{to: 6s, do: refuse}]\n") CLIENT("rate: 20, to: 15s, byPod: true"),
     "refused 120 ok 180 a/refused 0 a/ok 180", 20000, NULL},
    {"TR-10", POD("a", "") POD("b", "") DOES("a", "  instances: [{onStop: {after: 5s}}]\n")
     CLIENT("rate: 10, to: 60s, byPod: true, " KEPT) DELETE("30s", "a"),
     "ok 600 failed 0 a/ok 350 b/ok 250", 70000, NULL},
    {"TR-10 with drain", POD("a", "") POD("b", "")
     DOES("a", "  instances: [{onStop: {after: 5s, drain: true}}]\n")
     CLIENT("rate: 10, to: 60s, byPod: true, " KEPT) DELETE("30s", "a"),
     "ok 600 failed 0 a/ok 300 b/ok 300", 70000, NULL},
    {"drain with a request in flight: its answer is the last", POD("a", "") POD("b", "")
     DOES("a", "  instances: [{onStop: {after: 5s, drain: true}, serve: [{latency: 400ms}]}]\n")
     CLIENT("rate: 2, to: 40s, byPod: true, " KEPT) DELETE("30200ms", "a"),
     "ok 80 failed 0 a/ok 61 b/ok 19", 50000, NULL},
    {"TR-11", POD("a", "") POD("b", "")
     DOES("a", "  instances: [{onStop: {after: 5s}, serve: [{latency: 200ms}]}]\n")
     CLIENT("rate: 5, to: 60s, " KEPT) DELETE("30s", "a"), "ok 300 failed 0", 70000, NULL},
    {"TR-11 with 201 ms", POD("a", "") POD("b", "")
     DOES("a", "  instances: [{onStop: {after: 5s}, serve: [{latency: 201ms}]}]\n")
     CLIENT("rate: 5, to: 60s, " KEPT) DELETE("30s", "a"), "ok 299 reset 1 failed 1", 70000, NULL},
    {"TR-12", POD("a", "") DOES("a", "  keepAlive: {idle: 5s}\n")
     CLIENT("rate: 0.19988, to: 10s, connections: {keepAlive: true, idleTimeout: 60s}"),
     "requests 2 ok 1 reset 1", 20000, "rtt=10ms"},
    {"TR-12 with reused", POD("a", "") DOES("a", "  keepAlive: {idle: 5s}\n")
     CLIENT("rate: 0.19988, to: 10s, connections: {keepAlive: true, idleTimeout: 60s}, "
            "retries: {reused: true}"), "requests 2 ok 2 attempts 3 failed 0", 20000, "rtt=10ms"},
    {"TR-13", POD("a", "") POD("b", "") DOES("a", "  serve: [{status: 503}]\n")
     CLIENT("rate: 20, to: 10s, retries: {attempts: 2, on: [http5xx]}"),
     "requests 200 ok 200 attempts 400 failed 0", 20000, NULL},
    {"TR-14", POD("a", "") POD("b", "") POD("d", "") DOES("b", "  serve: [{do: refuse}]\n")
     CLIENT("rate: 30, to: 10s, pick: share"), "requests 300 refused 100 ok 200", 20000, NULL},
    {"a pod that hangs, and ends", POD("a", "") DOES("a", "  serve: [{do: hang}]\n")
     CLIENT("rate: 1, to: 15s") DELETE("20s", "a"), "requestTimeout 10 reset 5", 40000, NULL},
    {"a name that nobody has", POD("a", "")
     CLIENT("rate: 10, to: 1s") "---\napiVersion: podring.dev/v1\nkind: Client\n"
     "metadata: {name: lost}\nspec: {url: 'http://nobody', rate: 10, to: 1s}\n",
     "ok 10 dns 10 failed 10", 5000, NULL},
};

struct count {
    char name[64];
    long long is;
};

/* What was announced last of a counter; of several clients the only one that has it. */
static long long look(const struct count *all, int n, const char *name)
{
    for (int i = n - 1; i >= 0; i--)
        if (strcmp(all[i].name, name) == 0)
            return all[i].is;
    return 0;
}

/* What sockets cannot be told: a round trip, a part of a request. */
static bool needs_script(const struct vector *v)
{
    return (v->knobs != NULL && strstr(v->knobs, "rtt=") != NULL) ||
           strstr(v->yaml, "pick: share") != NULL;
}

static void set_knobs(podring *ring, const char *knobs)
{
    char name[64], value[64];
    int used;

    for (; sscanf(knobs, " %63[^=]=%63s%n", name, value, &used) == 2; knobs += used)
        cr_assert_eq(podring_set(ring, name, value), 0, "%s", podring_why(ring));
}

static int run_over(const struct vector *v, int net, struct count *all, int room)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    podring *ring;
    int n = 0;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    cr_assert_eq(podring_open(&o, &ring), 0);
    set_knobs(ring, v->knobs != NULL ? v->knobs : "");
    cr_assert_eq(podring_load_text(ring, "v.yaml", v->yaml, strlen(v->yaml)), 0, "%s: %s", v->id,
                 podring_why(ring));
    cr_assert_eq(podring_apply(ring), 0, "%s: %s", v->id, podring_why(ring));
    cr_assert_geq(podring_run_until(ring, v->for_ms), 0);
    while (podring_next_event(ring, &e) == 0) {
        if (e.object == NULL || strncmp(e.object, "client/", 7) != 0 || e.numeric == 0)
            continue;
        cr_assert_lt(n, room);
        snprintf(all[n].name, sizeof(all[n].name), "%s%s%s", e.pod_name != NULL ? e.pod_name : "",
                 e.pod_name != NULL ? "/" : "", e.field);
        all[n++].is = strtoll(e.to, NULL, 10);
    }
    podring_close(ring);
    return n;
}

static int run(const struct vector *v, struct count *all, int room)
{
    return run_over(v, PODRING_NET_SCRIPT, all, room);
}

static void count_all(int net)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        struct count all[256];
        int n, used;
        long long wanted;
        char name[64];

        if (net != PODRING_NET_SCRIPT && needs_script(&vectors[i]))
            continue;
        n = run_over(&vectors[i], net, all, 256);
        for (const char *p = vectors[i].is; sscanf(p, "%63s %lld%n", name, &wanted, &used) == 2;
             p += used)
            cr_expect_eq(look(all, n, name), wanted, "%s: %s is %lld, should be %lld",
                         vectors[i].id, name, look(all, n, name), wanted);
    }
}

Test(vectors_clients, what_is_counted)
{
    count_all(PODRING_NET_SCRIPT);
}

/* Each request is one of HTTP over a socket in memory. */
Test(vectors_clients, what_is_counted_over_sockets)
{
    count_all(PODRING_NET_MEMORY);
}

#define ROLLOUT(more, ready)                                                                       \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n" ready   \
    "  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}\n"                              \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec: {containers: [{name: c, image: i:1, ports: [{containerPort: 80}], "                 \
    "readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 5, periodSeconds: 5}" more       \
    "}]}\n"                                                                                        \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"                       \
    "spec: {selector: {matchLabels: {app: web}}, instances: [{onStop: {after: 0s}}]}\n"            \
    CLIENT("rate: 60, from: 30s, to: 70s, report: 1s")                                             \
    STEPS("{at: 40s, setImage: deployment/web, container: c, image: 'i:2'}")

/* How many are refused after each of the three deletions; all else must be well. */
static void expect_refused(const char *yaml, int net, long long least, long long most)
{
    const struct vector v = {"TR-15", yaml, "", 80000, STALE};
    struct count all[512];
    int n = run_over(&v, net, all, 512), times = 0;
    long long before = 0;

    for (int i = 0; i < n; i++)
        if (strcmp(all[i].name, "refused") == 0) {
            cr_expect(all[i].is - before >= least && all[i].is - before <= most, "%lld refused",
                      all[i].is - before);
            before = all[i].is;
            times++;
        }
    cr_expect_eq(times, most > 0 ? 3 : 0, "%d times", times);
    cr_expect_eq(look(all, n, "requests"), 2400);
    cr_expect_eq(look(all, n, "ok"), 2400 - before);
}

/* TR-15: a deletion refuses for 0.7 s. In the instant in which the new pod is ready an old one is
 * deleted: the proxies know of both no sooner, and a third of the requests goes to the old one. If
 * the new one has been ready for a second before, they know it, and it is a quarter: 10.5. */
Test(vectors_clients, tr_15_a_rolling_update)
{
    for (int net = PODRING_NET_MEMORY; net <= PODRING_NET_SCRIPT; net++) {
        expect_refused(ROLLOUT("", ""), net, 14, 14);
        expect_refused(ROLLOUT("", "  minReadySeconds: 1\n"), net, 10, 11);
        expect_refused(ROLLOUT(PRE_STOP("1"), ""), net, 0, 0);
    }
}

/* A line a second, of what lies before it: the request of the very instant is not in it. */
Test(vectors_clients, reports)
{
    static const struct vector v = {
        "report", POD("a", "") CLIENT("rate: 10, to: 3500ms, report: 1s"), "", 10000, NULL};
    static const long long requests[] = {10, 20, 30, 35};
    struct count all[64];
    int n = run(&v, all, 64), seen = 0;

    for (int i = 0; i < n; i++)
        if (strcmp(all[i].name, "requests") == 0) {
            cr_assert_lt(seen, 4);
            cr_expect_eq(all[i].is, requests[seen++]);
        }
    cr_expect_eq(seen, 4);
}

/* Where they cannot be simulated they are refused, with their place, and nothing else is made: also
 * where pods are divided from the start. */
Test(vectors_clients, refused_where_they_cannot_be)
{
    static const char config[] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n";
    static const struct {
        const char *more, *why;
        int net, shards;
    } cases[] = {
        {"", "clients need one engine for all pods", PODRING_NET_SCRIPT, 2},
        {", pick: share", "`pick: share` needs scripted targets: no socket carries a part of a "
         "request", PODRING_NET_MEMORY, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct podring_options o = PODRING_OPTIONS_INIT;
        struct podring_stats stats = PODRING_STATS_INIT;
        char yaml[2048], why[256];
        podring *ring;

        snprintf(yaml, sizeof(yaml), POD("a", "") CLIENT("rate: 10%s"), cases[i].more);
        snprintf(why, sizeof(why), "client default/shop (v.yaml:12): %s", cases[i].why);
        o.clock = PODRING_VIRTUAL;
        o.net = cases[i].net;
        o.shard_count = cases[i].shards;
        cr_assert_eq(podring_open(&o, &ring), 0);
        if (cases[i].shards > 1) {
            cr_assert_eq(podring_load_text(ring, "first.yaml", config, strlen(config)), 0);
            cr_assert_eq(podring_apply(ring), 0);
        }
        cr_assert_eq(podring_load_text(ring, "v.yaml", yaml, strlen(yaml)), 0);
        cr_expect_eq(podring_apply(ring), -PODRING_EUNSUPPORTED);
        cr_expect_str_eq(podring_why(ring), why);
        podring_stats(ring, &stats);
        cr_expect_eq(stats.pods, 0);
        podring_close(ring);
    }
}

Test(vectors_clients, refused_on_a_node_that_is_not_there)
{
    static const char yaml[] = POD("a", "") CLIENT("rate: 10, node: n9");
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "v.yaml", yaml, strlen(yaml)), 0);
    cr_expect_eq(podring_apply(ring), -PODRING_EUNSUPPORTED);
    cr_expect_str_eq(podring_why(ring),
                     "client default/shop (v.yaml:12): spec.node: there is no such node");
    podring_close(ring);
}

Test(vectors_clients, sockets_have_a_round_trip_of_their_own)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_MEMORY;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_expect_eq(podring_set(ring, "rtt", "10ms"), -PODRING_EUNSUPPORTED);
    cr_expect_str_eq(podring_why(ring), "rtt: sockets have a round trip of their own");
    cr_expect_eq(podring_set(ring, "rtt", "0s"), 0);
    podring_close(ring);
}

/* The same seed, the same requests; chance spreads them, and none is lost. */
Test(vectors_clients, chance_is_seeded)
{
    static const struct vector v = {
        "poisson", POD("a", "") POD("b", "")
        CLIENT("rate: 1000, to: 10s, arrivals: poisson, pick: random, byPod: true"),
        "", 11000, NULL};
    struct count one[64], two[64];
    int n = run(&v, one, 64), m = run(&v, two, 64);
    long long requests = look(one, n, "requests");

    cr_expect_eq(requests, look(two, m, "requests"));
    cr_expect_eq(look(one, n, "a/ok"), look(two, m, "a/ok"));
    cr_expect_eq(look(one, n, "a/ok") + look(one, n, "b/ok"), requests);
    cr_expect(requests > 9500 && requests < 10500 && requests != 10000, "%lld", requests);
    cr_expect(look(one, n, "a/ok") > 4500 && look(one, n, "b/ok") > 4500);
}
