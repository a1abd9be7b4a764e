/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services through the whole engine: what is told of their endpoints and backends, and what a new
 * connection comes to. Worked out by hand.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/engine.h"
#include "engine/cluster/proxy.h"
#include "engine/cluster/slice.h"
#include "tests/support/story.h"

#define POD(name, label, more)                                                                     \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " label "}}\nspec:\n"     \
    "  terminationGracePeriodSeconds: 60\n"                                                        \
    "  containers: [{name: c, image: i:1, ports: [{name: http, containerPort: 8080}]" more "}]\n"  \
    "---\n"
#define WEB(more)                                                                                  \
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: "   \
    "[{port: 80, targetPort: http}]" more "}\n---\n"
#define NEVER    ", readinessProbe: {exec: {command: ['false']}}"
#define PRE_STOP ", lifecycle: {preStop: {sleep: {seconds: 10}}}"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
/* Processes that end at once when they are told to. */
#define PROMPT                                                                                     \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec: {selector: "           \
    "{matchLabels: {app: web}}, instances: [{onStop: {after: 0s}}]}\n---\n"

static const char *field_of(struct story *s, const char *object, const char *pod, const char *field)
{
    char text[1024] = "", key[128], *line, *copy = strdup(story_json(s)), *rest = copy;
    size_t used = 0;

    snprintf(key, sizeof(key), "\"object\":\"%s\"", object);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char wanted[64];
        const char *to, *at = strstr(line, "\"at_ms\":");
        long long ms;

        snprintf(wanted, sizeof(wanted), "\"field\":\"%s\"", field);
        if (strstr(line, key) == NULL || strstr(line, wanted) == NULL || at == NULL)
            continue;
        snprintf(wanted, sizeof(wanted), "\"pod\":\"%s\"", pod != NULL ? pod : "");
        if (pod != NULL && strstr(line, wanted) == NULL)
            continue;
        ms = strtoll(at + 8, NULL, 10);
        to = strstr(line, "\"to\":") + 5;
        to += *to == '"';
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%lld.%lld:%.*s",
                                 used > 0 ? " " : "", ms / 1000, ms / 100 % 10,
                                 (int)strcspn(to, "\",}"), to);
    }
    free(copy);
    return story_text(s, "%s", text);
}

/* Who is chosen, one name a connection. */
static const char *chosen(struct story *s, struct cluster_aim *aim, uint32_t times)
{
    static const char *const ways[] = {"no name", "refused", "dropped", "", "api", "answer"};
    struct cluster *c = &story_ring(s)->cluster;
    struct cluster_choice choice;
    char text[256] = "", name[POD_NAME_MAX];
    size_t used = 0;

    for (uint32_t k = 0; k < times; k++) {
        cluster_choose(c, aim, &(struct cluster_try){.nth = k, .source = 7}, &choice);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used > 0 ? " " : "",
                                 ways[choice.way]);
        if (choice.way == CLUSTER_WAY_ANSWER)
            used += (size_t)snprintf(text + used, sizeof(text) - used, " %u", choice.status);
        if (choice.way == CLUSTER_WAY_POD)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s:%u",
                                     pod_name(pod_get(c->world, choice.candidate->pod), name),
                                     choice.candidate->port);
    }
    return story_text(s, "%s", text);
}

static const char *connect_to(struct story *s, const char *host, uint16_t port, uint32_t times)
{
    struct cluster_aim aim = {
        .ns = "default", .host = host, .node = CLUSTER_OUTSIDE, .port = port};

    return chosen(s, &aim, times);
}

Test(vectors_service, sv_01_two_of_three_are_ready)
{
    struct story *s = story_run(POD("a", "web", "") POD("b", "web", NEVER) POD("c", "web", "")
                                    WEB(""),
                                &(struct story_options){.for_ms = 5000});

    story_eq(field_of(s, "service/web", "a", "endpoint"), "0.0:ready");
    story_eq(field_of(s, "service/web", "b", "endpoint"), "0.0:notReady");
    story_eq(field_of(s, "service/web", "c", "endpoint"), "0.0:ready");
    story_eq(field_of(s, "service/web", NULL, "backends"), "0.0:2");
    story_free(s);
}

Test(vectors_service, sv_02_one_is_deleted)
{
    struct story *s = story_run(PROMPT POD("a", "web", PRE_STOP) POD("b", "web", PRE_STOP)
                                    POD("c", "web", PRE_STOP) WEB("")
                                    STEPS "  - {at: 20s, delete: pod/b}\n",
                                &(struct story_options){.for_ms = 40000});

    story_eq(field_of(s, "service/web", "b", "endpoint"), "0.0:ready 20.0:serving 30.0:gone");
    story_eq(field_of(s, "service/web", NULL, "backends"), "0.0:3 20.0:2");
    story_free(s);
}

Test(vectors_service, sv_03_all_are_deleted)
{
    static const char text[] = PROMPT POD("a", "web", PRE_STOP) POD("b", "web", PRE_STOP)
        POD("c", "web", PRE_STOP) WEB("") STEPS
        "  - {at: 20s, delete: pod/a}\n  - {at: 20s, delete: pod/b}\n"
        "  - {at: 20s, delete: pod/c}\n";
    struct story *s = story_run(text, &(struct story_options){.for_ms = 25000});

    story_eq(connect_to(s, "web", 80, 3), "a:8080 b:8080 c:8080");
    story_free(s);
    s = story_run(text, &(struct story_options){.for_ms = 40000});
    story_eq(field_of(s, "service/web", NULL, "backends"), "0.0:3 30.0:0");
    story_eq(connect_to(s, "web", 80, 1), "refused");
    story_free(s);
}

Test(vectors_service, sv_04_and_05_the_fallback)
{
    struct story *s = story_run(PROMPT POD("a", "web", "") POD("b", "web", PRE_STOP) WEB("")
                                    STEPS "  - {at: 20s, delete: pod/b}\n",
                                &(struct story_options){.for_ms = 25000});

    story_eq(connect_to(s, "web", 80, 2), "a:8080 a:8080");
    story_free(s);
    s = story_run(PROMPT POD("a", "web", NEVER) POD("b", "web", PRE_STOP) WEB("")
                      STEPS "  - {at: 20s, delete: pod/b}\n",
                  &(struct story_options){.for_ms = 25000});
    story_eq(connect_to(s, "web", 80, 2), "b:8080 b:8080");
    story_free(s);
}

Test(vectors_service, sv_06_not_ready_and_published)
{
    struct story *s = story_run(PROMPT POD("a", "web", NEVER PRE_STOP)
                                    WEB(", publishNotReadyAddresses: true")
                                    STEPS "  - {at: 20s, delete: pod/a}\n",
                                &(struct story_options){.for_ms = 40000});

    story_eq(field_of(s, "service/web", "a", "endpoint"), "0.0:ready 30.0:gone");
    story_free(s);
}

Test(vectors_service, sv_07_a_named_port)
{
    struct story *s = story_run(
        POD("a", "web", "")
            "apiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {app: web}}\nspec:\n"
            "  containers: [{name: c, image: i:2, ports: [{name: http, containerPort: 9090}]}]\n"
            "---\n" WEB(""),
        &(struct story_options){.for_ms = 1000});
    struct cluster *c = &story_ring(s)->cluster;
    struct cluster_slice_cut cut = {0};

    story_eq(connect_to(s, "web", 80, 2), "a:8080 b:9090");
    cr_expect_eq(cluster_slices_next(cluster_find_service(c, "default", "web"), &cut), 1);
    cr_expect_eq(cluster_slices_next(cluster_find_service(c, "default", "web"), &cut), 1);
    cr_expect_eq(cluster_slices_next(cluster_find_service(c, "default", "web"), &cut), 0);
    story_free(s);
}

#define SET                                                                                        \
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n"        \
    "  serviceName: web\n  podManagementPolicy: Parallel\n"                                        \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec: {containers: [{name: c, image: i:1, readinessProbe: {httpGet: {port: 80}}}]}\n"     \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  selector: {matchLabels: {app: web}}\n  pods: [1]\n  serve: [{status: 503}]\n---\n"

Test(vectors_service, sv_08_names_of_pods)
{
    struct story *s = story_run(SET WEB(", clusterIP: None"),
                                &(struct story_options){.for_ms = 5000});

    story_eq(connect_to(s, "web", 80, 2), "web-0:80 web-0:80");
    story_eq(connect_to(s, "web-0.web", 80, 1), "web-0:80");
    story_eq(connect_to(s, "web-1.web", 80, 1), "no name");
    story_free(s);
    s = story_run(SET WEB(", clusterIP: None, publishNotReadyAddresses: true"),
                  &(struct story_options){.for_ms = 5000});
    story_eq(connect_to(s, "web", 80, 2), "web-0:80 web-1:80");
    story_eq(connect_to(s, "web-1.web", 80, 1), "web-1:80");
    story_free(s);
}

Test(vectors_service, names_of_ports)
{
    struct story *s = story_run(
        POD("a", "web", "")
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, "
            "ports: [{name: shop, port: 80, targetPort: 8080}]}\n---\n"
            "apiVersion: v1\nkind: Service\nmetadata: {name: bare}\nspec: {selector: {app: web}, "
            "clusterIP: None, ports: [{name: shop, port: 8080}]}\n",
        &(struct story_options){.for_ms = 1000});

    story_eq(connect_to(s, "_shop._tcp.web", 80, 1), "a:8080");
    story_eq(connect_to(s, "_shop._tcp.web.default.svc.cluster.local", 80, 1), "a:8080");
    story_eq(connect_to(s, "_shop._tcp.bare", 8080, 1), "a:8080");
    story_eq(connect_to(s, "_shop._udp.web", 80, 1), "no name");
    story_eq(connect_to(s, "_http._tcp.web", 80, 1), "no name");
    story_eq(connect_to(s, "_shop._tcp.none", 80, 1), "no name");
    story_eq(connect_to(s, "shop._tcp.web", 80, 1), "no name");
    story_free(s);
}

Test(vectors_service, sv_13_and_14_affinity)
{
    struct story *s = story_run(
        PROMPT POD("a", "web", "") POD("b", "web", "")
            WEB(", sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: "
                "10}}") STEPS "  - {at: 20s, delete: pod/a}\n",
        &(struct story_options){.for_ms = 1000});
    struct cluster_aim aim = {
        .ns = "default", .host = "web", .node = CLUSTER_OUTSIDE, .port = 80};
    struct cluster_choice choice;
    struct cluster *c = &story_ring(s)->cluster;

    story_eq(chosen(s, &aim, 4), "a:8080 a:8080 a:8080 a:8080");
    cr_assert_eq(podring_run_until(story_ring(s), 5000), 0);
    story_eq(chosen(s, &aim, 2), "a:8080 a:8080");
    cr_assert_eq(podring_run_until(story_ring(s), 16000), 0); /* a pause of 11 s */
    cluster_choose(c, &aim, &(struct cluster_try){.nth = 1, .source = 7}, &choice);
    cr_expect_str_eq(pod_spec_of(pod_get(c->world, choice.candidate->pod))->name, "b");
    story_free(s);
}

Test(vectors_service, sv_14_its_pod_is_deleted)
{
    struct story *s = story_run(
        PROMPT POD("a", "web", "") POD("b", "web", "") WEB(", sessionAffinity: ClientIP")
            STEPS "  - {at: 2s, delete: pod/a}\n",
        &(struct story_options){.for_ms = 1000});
    struct cluster_aim aim = {
        .ns = "default", .host = "web", .node = CLUSTER_OUTSIDE, .port = 80};

    story_eq(chosen(s, &aim, 2), "a:8080 a:8080");
    cr_assert_eq(podring_run_until(story_ring(s), 3000), 0);
    story_eq(chosen(s, &aim, 2), "b:8080 b:8080");
    story_free(s);
}

#define LATE(seconds)                                                                              \
    ", readinessProbe: {httpGet: {port: 8080}, initialDelaySeconds: " seconds ", periodSeconds: 1}"

Test(vectors_service, sv_15_the_chain)
{
    struct story *s = story_run(POD("a", "web", LATE("10")) WEB(""),
                                &(struct story_options){.for_ms = 15000,
                                                        .knob = "slice_ms",
                                                        .knob_value = "200",
                                                        .knobs = {{"proxy_watch_ms", "100"},
                                                                  {"proxy_program_ms", "400"}}});

    story_eq(field_of(s, "service/web", "a", "endpoint"), "0.2:notReady 10.2:ready");
    story_eq(field_of(s, "service/web", NULL, "backends"), "10.7:1");
    story_free(s);
}

#define INGRESS                                                                                    \
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n"      \
    "  - host: shop.example\n    http:\n      paths:\n"                                            \
    "      - {path: /, pathType: Prefix, backend: {service: {name: root, port: {number: 80}}}}\n"  \
    "      - {path: /api, pathType: Prefix, backend: {service: {name: pre, port: {number: "        \
    "80}}}}\n"                                                                                     \
    "      - {path: /api, pathType: Exact, backend: {service: {name: exact, port: {number: "       \
    "80}}}}\n"                                                                                     \
    "      - {path: /none, pathType: Exact, backend: {service: {name: none, port: {number: "       \
    "80}}}}\n"                                                                                     \
    "---\n"
#define TO(name)                                                                                   \
    "apiVersion: v1\nkind: Service\nmetadata: {name: " name "}\nspec: {selector: {app: " name      \
    "}, ports: [{port: 80, targetPort: 8080}]}\n---\n"

static const char *asked(struct story *s, const char *host, const char *path)
{
    struct cluster_aim aim = {.ns = "default", .host = host, .path = path,
                              .node = CLUSTER_OUTSIDE, .port = 80};

    return chosen(s, &aim, 1);
}

Test(vectors_service, sv_18_an_ingress)
{
    struct story *s = story_run(INGRESS TO("root") TO("pre") TO("exact") POD("r", "root", "")
                                    POD("p", "pre", "") POD("e", "exact", ""),
                                &(struct story_options){.for_ms = 1000});

    story_eq(asked(s, "shop.example", "/api"), "e:8080");
    story_eq(asked(s, "shop.example", "/api/x"), "p:8080");
    story_eq(asked(s, "shop.example", "/apix"), "r:8080");
    story_eq(asked(s, "shop.example", "/none"), "answer 503");
    story_eq(asked(s, "elsewhere.example", "/"), "no name");
    story_free(s);
}

/* The endpoints of a Service without a selector are a document's. */
Test(vectors_service, a_slice_of_a_document)
{
    struct story *s = story_run(
        POD("db-0", "db", "")
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {ports: [{port: 1}]}\n---\n"
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-1, labels: "
        "{kubernetes.io/service-name: db}}\naddressType: IPv4\nports: [{port: 5432}]\n"
        "endpoints: [{addresses: [10.9.0.1], targetRef: {kind: Pod, name: db-0}}]\n",
        &(struct story_options){.for_ms = 1000});

    story_eq(connect_to(s, "db", 1, 1), "db-0:5432");
    story_eq(field_of(s, "service/db", NULL, "backends"), "0.0:1");
    story_free(s);
}

/* SV-10, of the one node that there is without Node objects: no pods at all. */
Test(vectors_service, node_ports_and_balancers)
{
    struct story *s = story_run(
        POD("a", "web", "") POD("b", "web", "") WEB(", type: NodePort")
            "apiVersion: v1\nkind: Service\nmetadata: {name: lb}\nspec: {type: LoadBalancer, "
            "selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n---\n"
            "apiVersion: v1\nkind: Service\nmetadata: {name: none}\nspec: {type: NodePort, "
            "externalTrafficPolicy: Local, selector: {app: none}, ports: [{port: 80}]}\n",
        &(struct story_options){.for_ms = 1000});

    story_eq(connect_to(s, "127.0.0.1", 30000, 2), "a:8080 b:8080");
    story_eq(connect_to(s, "192.0.2.1", 80, 2), "a:8080 b:8080");
    story_eq(connect_to(s, "127.0.0.1", 30002, 1), "refused");
    story_eq(connect_to(s, "127.0.0.1", 31000, 1), "refused");
    story_free(s);
}

#define NODE(name, zone)                                                                           \
    "apiVersion: v1\nkind: Node\nmetadata: {name: " name                                           \
    ", labels: {topology.kubernetes.io/zone: " zone "}}\n---\n"
#define ON(name, node)                                                                             \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: web}}\nspec:\n"          \
    "  nodeName: " node "\n"                                                                       \
    "  containers: [{name: c, image: i:1, ports: [{name: http, containerPort: 8080}]}]\n---\n"

static const char *from_node(struct story *s, const char *node, uint32_t times)
{
    struct cluster_aim aim = {.ns = "default", .host = "web", .port = 80};

    aim.node = cluster_node_number(&story_ring(s)->cluster, node);
    return chosen(s, &aim, times);
}

Test(vectors_service, sv_09_local_traffic)
{
    struct story *s = story_run(NODE("n1", "a") NODE("n2", "a") ON("p", "n2")
                                    WEB(", internalTrafficPolicy: Local"),
                                &(struct story_options){.for_ms = 1000});

    story_eq(from_node(s, "n1", 1), "dropped");
    story_eq(from_node(s, "n2", 1), "p:8080");
    story_free(s);
}

#define PORT_LOCAL                                                                                 \
    "apiVersion: v1\nkind: Service\nmetadata: {name: np}\nspec: {type: NodePort, selector: "       \
    "{app: web}, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080, targetPort: "   \
    "http}]}\n---\n"

Test(vectors_service, sv_10_local_node_ports)
{
    struct story *s = story_run(NODE("n1", "a") NODE("n2", "a") ON("p", "n2") PORT_LOCAL,
                                &(struct story_options){.for_ms = 1000});

    story_eq(connect_to(s, "n1", 30080, 1), "dropped");
    story_eq(connect_to(s, "n2", 30080, 1), "p:8080");
    story_free(s);
    s = story_run(NODE("n1", "a") NODE("n2", "a") PORT_LOCAL,
                  &(struct story_options){.for_ms = 1000});
    story_eq(connect_to(s, "n1", 30080, 1), "refused");
    story_free(s);
}

Test(vectors_service, sv_16_two_syncs)
{
    struct story *s = story_run(POD("a", "web", LATE("10")) POD("b", "web", LATE("10")) WEB("")
                                    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: "
                                    "b}\nspec: {selector: {matchLabels: {app: web}}, pods: [1], "
                                    "instances: [{start: {takes: 500ms}}]}\n---\n",
                                &(struct story_options){.for_ms = 15000,
                                                        .knob = "slice_ms",
                                                        .knob_value = "200",
                                                        .knobs = {{"proxy_watch_ms", "100"},
                                                                  {"proxy_program_ms", "400"},
                                                                  {"proxy_min_sync_ms", "1000"}}});

    story_eq(field_of(s, "service/web", "a", "endpoint"), "0.2:notReady 10.2:ready");
    story_eq(field_of(s, "service/web", "b", "endpoint"), "0.2:notReady 10.7:ready");
    story_eq(field_of(s, "service/web", NULL, "backends"), "10.7:1 12.1:2");
    story_free(s);
}

/* The slice changes at 10.0 and 10.3, the proxies' last sync ended at 9.6. */
Test(vectors_service, e_10_two_changes_in_one_sync)
{
#define TAKES(pod, time)                                                                           \
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b" pod "}\nspec: {selector: "    \
    "{matchLabels: {app: web}}, pods: [" pod "], instances: [{start: {takes: " time "}}]}\n---\n"
    struct story *s = story_run(
        POD("a", "web", "") POD("b", "web", "") POD("c", "web", "") WEB("") TAKES("0", "8900ms")
            TAKES("1", "9800ms") TAKES("2", "10100ms"),
        &(struct story_options){.for_ms = 15000,
                                .knob = "slice_ms",
                                .knob_value = "200",
                                .knobs = {{"proxy_watch_ms", "100"},
                                          {"proxy_program_ms", "400"},
                                          {"proxy_min_sync_ms", "1000"}}});

    story_eq(field_of(s, "service/web", "b", "endpoint"), "0.2:notReady 10.0:ready");
    story_eq(field_of(s, "service/web", "c", "endpoint"), "0.2:notReady 10.3:ready");
    story_eq(field_of(s, "service/web", NULL, "backends"), "9.6:1 11.0:3");
    story_free(s);
}

/* A Service for one pod of a set, and one for the pods of one template. */
Test(vectors_service, labels_that_controllers_give)
{
    struct story *s = story_run(
        "apiVersion: v1\nkind: Service\nmetadata: {name: first}\nspec: {selector: "
        "{statefulset.kubernetes.io/pod-name: web-0}, ports: [{port: 80}]}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: second}\nspec: {selector: {app: web, "
        "apps.kubernetes.io/pod-index: '1'}, ports: [{port: 80}]}\n---\n" SET,
        &(struct story_options){.for_ms = 5000});

    story_eq(connect_to(s, "first", 80, 2), "web-0:80 web-0:80");
    story_eq(field_of(s, "service/first", "web-0", "endpoint"), "0.0:notReady 0.0:ready");
    story_eq(field_of(s, "service/first", "web-1", "endpoint"), "");
    story_eq(field_of(s, "service/second", "web-1", "endpoint"), "0.0:notReady");
    story_eq(field_of(s, "service/second", "web-0", "endpoint"), "");
    story_free(s);
}

/* E-12: what has no address is not listed. */
Test(vectors_service, e_12_a_pod_without_an_address)
{
    struct story *s = story_run(NODE("n1", "a") "apiVersion: v1\nkind: Pod\nmetadata: {name: a, "
                                "labels: {app: web}}\nspec:\n  nodeSelector: {no: where}\n"
                                "  containers: [{name: c, image: i:1}]\n---\n" WEB(""),
                                &(struct story_options){.for_ms = 5000});

    story_eq(field_of(s, "service/web", "a", "endpoint"), "");
    story_free(s);
}

static const char balanced[] =
    NODE("n1", "a") NODE("n2", "a")
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: web}}\nspec:\n  nodeName: n1\n"
    "  terminationGracePeriodSeconds: 60\n"
    "  containers: [{name: c, image: i:1, ports: [{name: http, containerPort: 8080}], lifecycle: "
    "{preStop: {sleep: {seconds: 20}}}}]\n---\n" ON("q", "n2")
    "apiVersion: v1\nkind: Service\nmetadata: {name: lb}\nspec: {type: LoadBalancer, selector: "
    "{app: web}, externalTrafficPolicy: Local, ports: [{port: 80, targetPort: http}]}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"
    "spec: {url: 'http://192.0.2.1', rate: 10, from: 1s, to: 30s, byPod: true, report: 1s}\n---\n"
    PROMPT STEPS "  - {at: 12s, delete: pod/p}\n";

/* Until the balancer has seen two checks fail the terminating pod has half of the requests. */
Test(vectors_service, sv_17_a_balancer_that_notices_late)
{
    struct story *s = story_run(balanced, &(struct story_options){.for_ms = 40000});
    const char *served = field_of(s, "client/shop", "p", "ok");

    cr_expect_not_null(strstr(served, " 12.0:55 "), "%s", served);
    cr_expect(strlen(served) > 8 && strcmp(served + strlen(served) - 8, " 20.0:95") == 0, "%s",
              served);
    cr_expect_not_null(strstr(field_of(s, "client/shop", NULL, "requests"), "30.0:290"));
    story_eq(field_of(s, "client/shop", NULL, "failed"), "");
    story_free(s);
}

Test(vectors_service, sv_11_and_12_zones)
{
    struct story *s = story_run(NODE("n1", "a") NODE("n2", "b") NODE("n3", "c") ON("p", "n1")
                                    ON("q", "n2") ON("r", "n2")
                                        WEB(", trafficDistribution: PreferSameZone"),
                                &(struct story_options){.for_ms = 1000});

    story_eq(from_node(s, "n1", 2), "p:8080 p:8080");
    story_eq(from_node(s, "n2", 2), "q:8080 r:8080");
    story_eq(from_node(s, "n3", 3), "p:8080 q:8080 r:8080");
    story_free(s);
}
