/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One story in every world: the same manifest over scripts, over in-memory sockets, and over
 * connections that are kept, told byte for byte. Random worlds are in test_worlds.c; here are those
 * that once told two.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/podring.h"

#define POD(probes)                                                                                \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n  containers:\n"     \
    "  - name: c\n    image: i:1\n    ports: [{name: web, containerPort: 8080}]\n" probes
#define NO_PORTS                                                                                   \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n  containers:\n"     \
    "  - name: c\n    image: i:1\n"
#define PROBE(kind, handler) "    " kind ": {" handler ", periodSeconds: 1, failureThreshold: 3}\n"
#define SERVES(rules)                                                                              \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  selector: {matchLabels: {app: p}}\n  instances:\n  - serve: [" rules "]\n"
#define SERVES_TOO(rules)                                                                          \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: too}\nspec:\n"              \
    "  selector: {matchLabels: {app: p}}\n  instances:\n  - serve: [" rules "]\n"
#define ENDS "    exit: {after: 1500ms}\n"

#define P50 "pppppppppppppppppppppppppppppppppppppppppppppppppp"
#define P200 P50 P50 P50 P50

static const char *const manifest[] = {
    /* in the instant of a liveness kill */
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}") PROBE(
        "readinessProbe", "httpGet: {path: /h, port: 8080}")) SERVES("{status: 500}"),
    /* draws, and answers that come after several requests */
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}")
            PROBE("readinessProbe", "httpGet: {path: /x, port: 8080}"))
        SERVES("{from: 1s, to: 2s, path: /h, headersAfter: 100ms}, {redirect: /other, rate: 0.2}, "
               "{status: 500, rate: 0.1}, {do: reset, rate: 0.1}"),
    /* at the very end of a timeout */
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}, timeoutSeconds: 1"))
        SERVES("{headersAfter: 1s}"),
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}, timeoutSeconds: 1"))
        SERVES("{bodyAfter: 1s}"),
    /* a handshake is made by the kernel, whatever the process does */
    POD(PROBE("livenessProbe", "tcpSocket: {port: 8080}")
            PROBE("readinessProbe", "httpGet: {path: /h, port: 8080}")) SERVES("{do: hang}"),
    /* requests that cannot be written down, or are not what they seem */
    POD(PROBE("livenessProbe",
              "httpGet: {path: /, port: 8080, httpHeaders: [{name: X-A, value: \"a\\nb\"}]}")) "",
    POD(PROBE("livenessProbe", "httpGet: {path: \"/a b\", port: 8080}"))
        SERVES("{path: \"/a b\", status: 500}"),
    POD(PROBE("livenessProbe", "httpGet: {path: \"/" P200 P200 P200 P200 "\", port: 8080}"))
        SERVES("{path: \"/" P200 P200 P200 P200 "\", status: 500}"),
    /* answers that a client makes something else of */
    POD(PROBE("livenessProbe", "httpGet: {path: /, port: 8080}")) SERVES("{status: 100}"),
    POD(PROBE("livenessProbe", "httpGet: {path: /, port: 8080}"))
        SERVES("{status: 300, bodyBytes: 5000}"),
    POD(PROBE("livenessProbe", "httpGet: {path: /, port: 8080}"))
        SERVES("{path: /, redirect: \"https://127.1.0.1:8080/x\"}, {path: /x, status: 503}"),
    /* reset, or rubbish, after a while */
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}"))
        SERVES("{do: reset, headersAfter: 300ms}"),
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}"))
    SERVES("{do: garbage, headersAfter: 300ms}"),
    /* a redirect that comes in the instant in which its server ends has been followed by then */
    POD(PROBE("readinessProbe",
              "httpGet: {path: /h, port: 8080}, timeoutSeconds: 5, initialDelaySeconds: 1"))
        SERVES("{path: /h, redirect: /x, headersAfter: 500ms}, {path: /x, headersAfter: 1s}") ENDS,
    POD(PROBE("readinessProbe",
              "httpGet: {path: /h, port: 8080}, timeoutSeconds: 5, initialDelaySeconds: 1"))
        SERVES("{path: /h, redirect: /x, headersAfter: 500ms}, {path: /x, redirect: /y}, {path: "
               "/y, do: hang}") ENDS,
    POD(PROBE("readinessProbe",
              "httpGet: {path: /h, port: 8080}, timeoutSeconds: 5, initialDelaySeconds: 1"))
        SERVES("{path: /h, redirect: /x, headersAfter: 500ms}, {path: /x, do: headersOnly}") ENDS,
    POD(PROBE("readinessProbe",
              "httpGet: {path: /h, port: 8080}, timeoutSeconds: 5, initialDelaySeconds: 1"))
        SERVES("{path: /h, redirect: \"http://10.1.1.1/\", headersAfter: 500ms}") ENDS,
    POD(PROBE("readinessProbe",
              "httpGet: {path: /h, port: 8080}, timeoutSeconds: 5, initialDelaySeconds: 1"))
        SERVES("{path: /h, redirect: /x, headersAfter: 500ms}, {path: /x, status: 500}") ENDS,
    /* its own pod by another name, at a port that nothing else says it has */
    NO_PORTS PROBE("livenessProbe", "httpGet: {path: /h, port: 8080, host: localhost}"),
    NO_PORTS PROBE("livenessProbe", "tcpSocket: {port: 8080, host: 127.0.0.1}"),
};

/* Two pods whose runs end with their timeouts in one instant: of one the beginning of the answer
 * has come at the very end. */
#define PAIR(rules)                                                                                \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w}\nspec:\n  replicas: 2\n"          \
    "  podManagementPolicy: Parallel\n  selector: {matchLabels: {app: p}}\n  template:\n"          \
    "    metadata: {labels: {app: p}}\n    spec:\n      containers:\n      - name: c\n"            \
    "        image: i:1\n        ports: [{containerPort: 8080}]\n        readinessProbe: "         \
    "{httpGet: {path: /h, port: 8080}, periodSeconds: 1, timeoutSeconds: 2}\n"                     \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: a}\nspec:\n"                \
    "  selector: {matchLabels: {app: p}}\n  pods: [0]\n  instances: [{serve: [" rules "]}]\n"      \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  selector: {matchLabels: {app: p}}\n  pods: [1]\n  instances: [{serve: [{headersAfter: "     \
    "3s}]}]\n"

static const char *const pair[] = {
    PAIR("{headersAfter: 2s, bodyAfter: 1s}"),
    PAIR("{headersAfter: 2s, do: headersOnly}"),
    PAIR("{path: /h, headersAfter: 2s, redirect: /x}, {path: /x, headersAfter: 1s}"),
    PAIR("{path: /h, headersAfter: 2s, redirect: /x}, {path: /x, do: hang}"),
    PAIR("{path: /h, headersAfter: 2s, redirect: \"https://localhost/x\"}, {path: /x, "
         "headersAfter: 1s}"),
};

/* ... and of one container, whose other probe has begun later and has less time. */
#define BOTH(rules)                                                                                \
    POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}, timeoutSeconds: 4")               \
        PROBE("readinessProbe", "httpGet: {path: /h, port: 8080}, periodSeconds: 1"))              \
    SERVES(rules)

static const char *const both[] = {
    BOTH("{headersAfter: 4s, bodyAfter: 1s}"),
    BOTH("{headersAfter: 4s, do: headersOnly}"),
    BOTH("{path: /h, headersAfter: 4s, redirect: /x}, {path: /x, headersAfter: 1s}"),
};

/* What is applied while the process of such a pod serves: before it, and then. */
#define LIVES POD(PROBE("livenessProbe", "httpGet: {path: /h, port: 8080}"))
static const struct {
    const char *first, *late;
} late[] = {
    {LIVES, SERVES("{do: refuse}")},
    {LIVES, SERVES("{from: 15s, to: 17s, do: refuse}")},
    {LIVES, SERVES("{clock: instance, from: 5s, to: 12500ms, do: refuse}")},
    {LIVES SERVES("{do: refuse, to: 2s}"), SERVES_TOO("{from: 15s, do: refuse}")},
    {LIVES SERVES("{from: 9s, to: 30s, do: refuse}"), SERVES_TOO("{path: /x, status: 500}")},
    {LIVES SERVES("{from: 9s, to: 30s, do: refuse}"), SERVES_TOO("{from: 12s, do: refuse}")},
};

/* Requests of clients, counted each second and by pod. */
#define SERVER(name, more)                                                                         \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: web, pod: " name     \
    "}}\nspec: {hostname: " name ", subdomain: bare, containers: [{name: c, image: i:1" more       \
    "}]}\n"
#define SERVICE(name, more)                                                                        \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: " name "}\nspec: {selector: {app: "      \
    "web}, ports: [{port: 80, targetPort: 8080}]" more "}\n"
#define CLIENT(name, url, more)                                                                    \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: " name "}\n"                  \
    "spec: {url: 'http://" url "', to: 50s, report: 1s, byPod: true, timeout: {request: 3s}, "     \
    more "}\n"
#define PORTS ", ports: [{containerPort: 8080}]"
#define DOES(pod, what)                                                                            \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b-" pod "}\nspec:\n"        \
    "  selector: {matchLabels: {pod: " pod "}}\n" what
#define STEPS(steps)                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {steps: [" steps  \
    "]}\n"
#define KEPT "connections: {keepAlive: true, pool: 3}, "
#define ALL_CLIENTS                                                                                \
    CLIENT("once", "web/cart", "rate: 20") CLIENT("kept", "web/cart?a=b", KEPT "rate: 30")         \
    CLIENT("chance", "web", "rate: 17, arrivals: poisson, pick: random, count: 2, " KEPT           \
           "retries: {attempts: 3, delay: 200ms, on: [reset, refused, http5xx, requestTimeout]}")  \
    CLIENT("bare", "a.bare:8080/x", "rate: 5") CLIENT("name", "no.such", "rate: 2")                \
    CLIENT("wrong", "web:81", "rate: 1")

#define THROUGH_INGRESS                                                                            \
    SERVER("a", PORTS) SERVER("b", PORTS) SERVICE("web", "")                                       \
    DOES("a", "  serve: [{to: 5s, do: refuse}, {from: 10s, to: 15s, do: reset}, {from: 20s, to: "  \
         "25s, do: hang}, {from: 30s, to: 35s, latency: 30ms}]\n")                                 \
    DOES("b", "  serve: [{to: 2s, do: refuse}, {from: 12s, to: 15s, do: reset}]\n")                \
    "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: "    \
    "[{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: "  \
    "web, port: {number: 80}}}}]}}]}\n" STEPS("{at: 40s, delete: pod/a}, {at: 45s, delete: pod/b}")

static const char *const clients[] = {
    SERVER("a", PORTS) SERVER("b", PORTS) SERVICE("web", "") SERVICE("bare", ", clusterIP: None")
    ALL_CLIENTS STEPS("{at: 20s, delete: pod/a}, {at: 30s, kill: pod/b}"),
    /* nobody says which ports there are; a listener that comes and goes */
    SERVER("a", "") SERVER("b", "") SERVICE("web", "") SERVICE("bare", ", clusterIP: None")
    DOES("a", "  serve: [{to: 6s, do: refuse}, {from: 20500ms, to: 25s, do: refuse}]\n")
    ALL_CLIENTS STEPS("{at: 30s, kill: pod/b}"),
    /* answers of all kinds */
    SERVER("a", PORTS) SERVER("b", PORTS) SERVICE("web", "") SERVICE("bare", ", clusterIP: None")
    DOES("a", "  serve: [{to: 5s, latency: 70ms}, {from: 5s, to: 7s, do: hang}, {from: 7s, to: 9s, "
         "do: reset}, {from: 9s, to: 11s, do: headersOnly}, {from: 11s, to: 13s, do: garbage}, "
         "{from: 13s, to: 15s, redirect: /x}, {from: 15s, to: 17s, status: 204}, {from: 17s, "
         "to: 19s, status: 404, bodyBytes: 70000}, {from: 19s, to: 21s, status: 503, rate: 0.5}, "
         "{from: 21s, to: 23s, latency: {uniform: [1ms, 400ms]}}, {from: 23s, to: 25s, "
         "headersAfter: 3s}, {from: 25s, to: 27s, bodyAfter: 3001ms}, {from: 27s, to: 29s, "
         "path: /cart, do: refuse}, {from: 29s, to: 31s, rate: 0.3, do: refuse}, {from: 31s, "
         "to: 33s, port: 8080, do: refuse}, {from: 33s, to: 35s, status: 304, latency: 10ms}]\n")
    ALL_CLIENTS,
    /* ends of all kinds: at once, in its time, drained, with the listener closed before */
    SERVER("a", PORTS) SERVER("b", PORTS) SERVER("c", PORTS) SERVICE("web", "")
    SERVICE("bare", ", clusterIP: None")
    DOES("a", "  serve: [{latency: 40ms}]\n  instances: [{onStop: {after: 3s, drain: true}}]\n")
    DOES("b", "  serve: [{latency: 90ms}]\n  instances: [{onStop: {after: 4s, closes: 1s}}]\n")
    DOES("c", "  keepAlive: {idle: 20ms, maxRequests: 7}\n  serve: [{latency: 5ms}]\n")
    ALL_CLIENTS STEPS("{at: 20010ms, delete: pod/a}, {at: 25020ms, delete: pod/b}"),
    /* through an Ingress, which has tries and timeouts of its own, and one turn for all of its
     * clients: which of several is the first in an instant is not the same everywhere */
    THROUGH_INGRESS CLIENT("once", "shop.example/", "rate: 20"),
    THROUGH_INGRESS CLIENT("kept", "shop.example:80/",
                           KEPT "rate: 30, retries: {attempts: 2, on: [http5xx]}"),
};

static void apply(podring *ring, const char *yaml)
{
    cr_assert_eq(podring_load_text(ring, "story", yaml, strlen(yaml)), 0, "%s", podring_why(ring));
    cr_assert_eq(podring_apply(ring), 0, "%s", podring_why(ring));
}

static char *told_late(const char *yaml, const char *then, enum podring_net net, uint32_t flags)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    char *text = NULL, line[16384];
    size_t length = 0;
    podring *ring;
    FILE *f = open_memstream(&text, &length);

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    o.flags = flags;
    o.seed = 71000804;
    cr_assert_eq(podring_open(&o, &ring), 0);
    apply(ring, yaml);
    if (then != NULL) {
        cr_assert_eq(podring_run_until(ring, 10500), 0);
        apply(ring, then);
    }
    cr_assert_eq(podring_run_until(ring, 60000), 0);
    while (podring_next_event(ring, &e) == 0) {
        podring_event_json(&e, line, sizeof(line));
        fprintf(f, "%s\n", line);
    }
    podring_close(ring);
    fclose(f);
    return text;
}

static char *told(const char *yaml, enum podring_net net, uint32_t flags)
{
    return told_late(yaml, NULL, net, flags);
}

/* A listener that is open when the rules come is closed for them, and the other way round. */
Test(one_story, whenever_the_rules_come)
{
    for (size_t i = 0; i < sizeof(late) / sizeof(*late); i++) {
        char *script = told_late(late[i].first, late[i].late, PODRING_NET_SCRIPT, 0);
        char *wire = told_late(late[i].first, late[i].late, PODRING_NET_MEMORY, 0);
        char *kept = told_late(late[i].first, late[i].late, PODRING_NET_MEMORY, PODRING_KEEP_ALIVE);

        cr_expect(strstr(script, "connection refused") != NULL, "late rules %zu", i);
        cr_expect_str_eq(wire, script, "late rules %zu", i);
        cr_expect_str_eq(kept, script, "late rules %zu", i);
        free(script);
        free(wire);
        free(kept);
    }
}

/* The first line that is another one. */
static void expect_same(const char *is, const char *should, const char *world, size_t n)
{
    const char *from = is;
    size_t at = 0;

    while (is[at] != '\0' && is[at] == should[at]) {
        at++;
        if (is[at - 1] == '\n')
            from = is + at;
    }
    cr_expect(is[at] == should[at], "manifest %zu, %s:\n%.*s\ninstead of\n%.*s", n, world,
              (int)strcspn(from, "\n"), from, (int)strcspn(should + (from - is), "\n"),
              should + (from - is));
}

static void expect_one_story(const char *const *yaml, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *script = told(yaml[i], PODRING_NET_SCRIPT, 0);
        char *wire = told(yaml[i], PODRING_NET_MEMORY, 0);
        char *kept = told(yaml[i], PODRING_NET_MEMORY, PODRING_KEEP_ALIVE);

        expect_same(wire, script, "sockets in memory", i);
        expect_same(kept, script, "connections that are kept", i);
        free(script);
        free(wire);
        free(kept);
    }
}

Test(one_story, whatever_lies_between)
{
    expect_one_story(manifest, sizeof(manifest) / sizeof(*manifest));
}

Test(one_story, timeouts_of_an_instant_have_one_order)
{
    expect_one_story(pair, sizeof(pair) / sizeof(*pair));
    expect_one_story(both, sizeof(both) / sizeof(*both));
}

/* Connections of clients are theirs: what probes do with their own does not matter. */
Test(one_story, requests_of_clients)
{
    expect_one_story(clients, sizeof(clients) / sizeof(*clients));
}
