/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lookups.c - what a question for a name or an address costs: pods that are looked at, counted
 * by cluster.steps. It must not depend on how many pods and Services there are.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/engine.h"
#include "tests/support/story.h"

enum { TEXT_ROOM = 1 << 20, ASKED = 5 };

/* Every client asks five times, in the instant in which all begin; the one who answers comes
 * last. */
static const char clients[] =
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: c}\nspec:\n  replicas: %d\n  "
    "serviceName: peers\n"
    "  podManagementPolicy: Parallel\n"
    "  selector: {matchLabels: {a: c}}\n  template:\n    metadata: {labels: {a: c}}\n    spec:\n   "
    "   containers:\n"
    "      - {name: c, image: busybox, command: [sh, -c, 'for i in 1 2 3 4 5; do nc -z -w 1 %s 80; "
    "done; "
    "echo $?; sleep 1000']}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {b: web, a: x}}\nspec:\n"
    "  containers: [{name: c, image: i:1, ports: [{containerPort: 80}]}]\n"
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {b: web}, ports: "
    "[{port: 80}]}\n"
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: direct}\n"
    "spec: {clusterIP: None, selector: {b: web, a: x}, ports: [{port: 80}]}\n"
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: peers}\n"
    "spec: {clusterIP: None, selector: {a: c}, ports: [{port: 80}]}\n";

static uint64_t steps_of(const char *yaml, int64_t for_ms)
{
    struct story_options o = {.for_ms = for_ms};
    struct story *s = story_run(yaml, &o);
    uint64_t steps = story_ring(s)->cluster.steps;

    story_free(s);
    return steps;
}

Test(lookups, what_one_costs_does_not_depend_on_the_pods)
{
    static const char *const hosts[] = {
        "web", "direct", "web.default.svc.cluster.local", "127.1.7.200", "127.1.0.1", "10.96.99.99",
        "peers", "c-0.peers", "c-99.peers", "nobody",
    };
    char *yaml = malloc(TEXT_ROOM);

    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        for (int pods = 100; pods <= 1600; pods *= 4) {
            uint64_t steps;

            snprintf(yaml, TEXT_ROOM, clients, pods, hosts[i]);
            steps = steps_of(yaml, 1000);
            cr_expect_leq(steps, 24u * ASKED * pods, "%s of %d pods: %llu steps", hosts[i], pods,
                          (unsigned long long)steps);
        }
    free(yaml);
}

/* Nor on the Services. */
Test(lookups, what_one_costs_does_not_depend_on_the_services)
{
    char *yaml = malloc(TEXT_ROOM);
    size_t used = (size_t)snprintf(yaml, TEXT_ROOM, clients, 200, "web");

    for (int i = 0; i < 2000; i++)
        used += (size_t)snprintf(yaml + used, TEXT_ROOM - used,
                                 "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: "
                                 "{selector: {a: c, n: '%d'}, ports: [{port: 80}]}\n",
                                 i, i);
    cr_assert_lt(used, TEXT_ROOM);
    cr_expect_leq(steps_of(yaml, 1000), 8u * ASKED * 200);
    free(yaml);
}

/* Who has gone is forgotten, and who comes is found: sixty lives of one name, asked for every
 * second. */
Test(lookups, pods_that_come_and_go)
{
    char *yaml = malloc(TEXT_ROOM);
    size_t used = (size_t)snprintf(
        yaml, TEXT_ROOM,
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: "
        "direct\n"
        "  selector: {matchLabels: {b: web}}\n  template:\n    metadata: {labels: {b: web}}\n    "
        "spec:\n"
        "      containers: [{name: c, image: i:1, ports: [{containerPort: 80}]}]\n"
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {b: web}, "
        "ports: [{port: 80}]}\n"
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: direct}\n"
        "spec: {clusterIP: None, selector: {b: web}, ports: [{port: 80}]}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
        "  - {name: c, image: busybox, command: [sh, -c, 'sleep 0.5; for i in $(seq 1 600); do "
        "nc -z -w 1 web 80 && nc -z -w 1 direct 80 && nc -z -w 1 web-0.direct 80 && n=$((n + 1)); "
        "sleep 1; done; "
        "echo $n; sleep 1000']}\n"
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n");
    struct story_options o = {.for_ms = 700000};
    struct story *s;
    const char *log;
    size_t length;
    uint64_t pod;

    for (int i = 1; i <= 60; i++)
        used += (size_t)snprintf(yaml + used, TEXT_ROOM - used,
                                 "  - {at: %ds, delete: pod/web-0}\n", 10 * i);
    s = story_run(yaml, &o);
    cr_assert_eq(podring_find(story_ring(s), NULL, "p", &pod), 0);
    cr_assert_eq(podring_logs(story_ring(s), pod, "c", 0, &log, &length), 0);
    cr_expect(length == 4 && memcmp(log, "600\n", 4) == 0, "%.*s", (int)length, log);
    cr_expect_leq(story_ring(s)->cluster.steps, 3 * 600 * 20, "%llu steps",
                  (unsigned long long)story_ring(s)->cluster.steps);
    story_free(s);
    free(yaml);
}
