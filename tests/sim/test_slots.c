/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a connection is not the target's failure: its timeout begins when it can be asked. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/podring.h"

static const char manifest[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: fast}\nspec:\n  replicas: 5\n"
    "  selector: {matchLabels: {app: fast}}\n  template:\n    metadata: {labels: {app: fast}}\n"
    "    spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}], livenessProbe: "
    "{httpGet: {port: 80}, periodSeconds: 1, failureThreshold: 1}, readinessProbe: "
    "{tcpSocket: {port: 80}, periodSeconds: 1, failureThreshold: 1}}]}\n"
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: hang}\nspec:\n  replicas: 4\n"
    "  selector: {matchLabels: {app: hang}}\n  template:\n    metadata: {labels: {app: hang}}\n"
    "    spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}], livenessProbe: "
    "{httpGet: {port: 80}, periodSeconds: 1, timeoutSeconds: 7, failureThreshold: 100}}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: hang}\nspec:\n"
    "  selector: {matchLabels: {app: hang}}\n  instances: [{serve: [{do: hang}]}]\n";

static void run(const char *text, uint32_t connections, struct podring_stats *s)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *ring;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_MEMORY;
    o.connections_max = connections;
    cr_assert_eq(podring_open(&o, &ring), 0);
    cr_assert_eq(podring_load_text(ring, "slots", text, strlen(text)), 0);
    cr_assert_eq(podring_apply(ring), 0, "%s", podring_why(ring));
    cr_assert_eq(podring_run_until(ring, 120000), 0);
    cr_assert_eq(podring_stats(ring, s), 0);
    podring_close(ring);
}

Test(slots, who_waits_for_a_connection_does_not_fail)
{
    struct podring_stats s = PODRING_STATS_INIT;

    run(manifest, 2, &s);
    cr_expect_eq(s.kills, 0);
    cr_expect_eq(s.restarts, 0);
    cr_expect_gt(s.success, 0);
    /* Two at a time, each for its own seven seconds. */
    cr_expect_gt(s.failure, 20);
    cr_expect_leq(s.failure, 2 * 120 / 7);
    cr_expect_eq(s.timeouts, s.failure);
    cr_expect_gt(s.connection_waits, 0);
    cr_expect_geq(s.connection_wait_ns_max, 7000000000u);
    cr_expect_gt(s.connection_waiting, 0);
}

Test(slots, with_enough_of_them_nobody_waits)
{
    struct podring_stats s = PODRING_STATS_INIT;

    run(manifest, 100, &s);
    cr_expect_eq(s.kills, 0);
    cr_expect_eq(s.connection_waits, 0);
    cr_expect_eq(s.connection_wait_ns_max, 0);
    cr_expect_eq(s.failure, 4 * 17); /* each waits seven seconds, from the first on */
}

/* Of two pods one keeps the only connection for seven seconds at a time, and the other ends every
 * three seconds. Whoever is to be asked when it ends has been missed, over HTTP and TCP alike. */
Test(slots, who_ends_before_it_can_be_asked_does_not_fail)
{
    static const char ends[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: hang, labels: {app: hang}}\n"
        "spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}], livenessProbe: "
        "{httpGet: {port: 80}, periodSeconds: 8, timeoutSeconds: 7, failureThreshold: 100}}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: hang}\nspec:\n"
        "  selector: {matchLabels: {app: hang}}\n  instances: [{serve: [{do: hang}]}]\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: ends, labels: {app: ends}}\n"
        "spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}], livenessProbe: "
        "{httpGet: {port: 80}, periodSeconds: 1}, readinessProbe: "
        "{tcpSocket: {port: 80}, periodSeconds: 1}}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: ends}\nspec:\n"
        "  selector: {matchLabels: {app: ends}}\n  instances: [{exit: {after: 3s}}]\n";
    struct podring_stats s = PODRING_STATS_INIT;

    run(ends, 1, &s);
    cr_expect_gt(s.restarts, 2);
    cr_expect_eq(s.kills, 0);
    cr_expect_eq(s.failure, s.timeouts); /* those of the other */
    cr_expect_gt(s.timeouts, 10);
    cr_expect_gt(s.missed, 0);
}
