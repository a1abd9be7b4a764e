/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients in real time: each request is one of HTTP over a socket of the kernel, or of memory. How
 * many of them meet what is a matter of the machine; that each is accounted for is not.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/podring.h"

static const char form[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: late, labels: {app: web, pod: late}}\n"
    "spec: {containers: [{name: c, image: i:1, ports: [{containerPort: %1$d}]}]}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: well, labels: {app: web, pod: well}}\n"
    "spec: {containers: [{name: c, image: i:1, ports: [{containerPort: %1$d}]}]}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: bare, labels: {pod: bare}}\n"
    "spec: {containers: [{name: c, image: i:1}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    "spec: {selector: {app: web}, ports: [{port: 80, targetPort: %1$d}]}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata: {name: bare}\n"
    "spec: {selector: {pod: bare}, ports: [{port: 80, targetPort: %1$d}]}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: late}\n"
    "spec: {selector: {matchLabels: {pod: late}}, serve: [{to: 700ms, do: refuse}, "
    "{path: /slow, do: hang}, {path: /no, status: 503}]}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: bare}\n"
    "spec: {selector: {matchLabels: {pod: bare}}, keepAlive: {maxRequests: 3}, "
    "serve: [{bodyBytes: 100000}]}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: shop}\n"
    "spec: {url: 'http://web/x', rate: 40, to: 2s, byPod: true}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: slow}\n"
    "spec: {url: 'http://web/slow', rate: 20, from: 1500ms, to: 2s, timeout: {request: 200ms}}\n"
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: nope}\n"
    "spec: {url: 'http://web/no', rate: 20, from: 1500ms, to: 2s, "
    "retries: {attempts: 10, on: [http5xx]}}\n---\n"
    "apiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: big}\n"
    "spec: {url: 'http://bare', rate: 50, to: 2s, connections: {keepAlive: true, pool: 2}, "
    "retries: {reused: true}}\n";

struct count {
    char name[64];
    long long is;
};

static struct count all[256];
static int counts;

static long long look(const char *name)
{
    for (int i = counts - 1; i >= 0; i--)
        if (strcmp(all[i].name, name) == 0)
            return all[i].is;
    return 0;
}

static void run(podring *ring)
{
    struct podring_event e = PODRING_EVENT_INIT;
    struct podring_stats stats = PODRING_STATS_INIT;
    char yaml[8192];

    /* Pods have the same addresses in every run: a port of its own keeps this one apart. */
    snprintf(yaml, sizeof(yaml), form, 20000 + (int)(getpid() % 10000));
    cr_assert_eq(podring_load_text(ring, "c.yaml", yaml, strlen(yaml)), 0, "%s",
                 podring_why(ring));
    cr_assert_eq(podring_apply(ring), 0, "%s", podring_why(ring));
    cr_assert_geq(podring_run_until(ring, 3000), 0);
    while (podring_next_event(ring, &e) == 0) {
        if (e.object == NULL || strncmp(e.object, "client/", 7) != 0 || e.numeric == 0)
            continue;
        cr_assert_lt(counts, 256);
        snprintf(all[counts].name, sizeof(all[counts].name), "%s %s%s%s", e.object + 7,
                 e.pod_name != NULL ? e.pod_name : "", e.pod_name != NULL ? " " : "", e.field);
        all[counts++].is = strtoll(e.to, NULL, 10);
    }
    podring_stats(ring, &stats);
    cr_expect_eq(stats.client_requests, 200);
    podring_close(ring);
    cr_expect_eq(look("shop requests"), 80);
    cr_expect_eq(look("shop ok") + look("shop refused"), 80);
    cr_expect(look("shop refused") > 0);
    cr_expect_eq(look("shop late refused"), look("shop refused"));
    cr_expect_eq(look("shop late ok") + look("shop late refused"), 40);
    cr_expect_eq(look("shop well ok"), 40);
    cr_expect_eq(look("slow ok"), 5);
    cr_expect_eq(look("slow requestTimeout"), 5);
    cr_expect_eq(look("nope requests"), 10);
    cr_expect_eq(look("nope ok"), 10, "each is asked of the other one in the end");
    cr_expect_gt(look("nope attempts"), 10);
    cr_expect_eq(look("big ok"), 100);
}

Test(clients_live, over_memory)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.net = PODRING_NET_MEMORY;
    o.end_ms = 3000;
    cr_assert_eq(podring_open(&o, &ring), 0);
    run(ring);
}

Test(clients_live, over_the_kernel)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;
    int rc;

    o.net = PODRING_NET_KERNEL;
    o.connections_max = 64;
    o.end_ms = 3000;
    rc = podring_open(&o, &ring);
    if (rc == -PODRING_ENORING)
        cr_skip_test("nope io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0);
    run(ring);
}
