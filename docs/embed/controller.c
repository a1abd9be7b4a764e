/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller.c - a unit test of somebody's controller, in virtual time.
 *
 * The controller doubles a Deployment when one of its pods turns unready. What it is tested against: 20 s
 * after the start every pod answers 503 for ten seconds. No clock is waited for, and each run is the same.
 */
#include <assert.h>
#include <podring.h>
#include <stdio.h>
#include <string.h>

/* ---- the controller that is to be tested ------------------------------------------------------ */

struct controller {
    uint32_t replicas;
    int64_t acted_ms; /* -1: not yet */
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct controller *c = ctx;

    if (e->kind != PODRING_TRANSITION || e->field == NULL || strcmp(e->field, "Ready") != 0 ||
        strcmp(e->to, "False") != 0 || c->acted_ms >= 0)
        return;
    c->acted_ms = podring_now(ring);
    podring_scale(ring, NULL, "deployment/web", c->replicas *= 2);
}

/* ---- the test --------------------------------------------------------------------------------- */

static const char world[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec:\n      containers:\n      - name: c\n        image: web:1\n"
    "        readinessProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 2}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: outage}\n"
    "spec: {selector: {matchLabels: {app: web}}, instances: [{serve: "
    "[{from: 20s, to: 30s, status: 503}]}]}\n";

static int too_few(void *ctx, podring *ring)
{
    uint64_t cursor = 0, pod;
    uint32_t n = 0;

    (void)ctx;
    while (podring_select(ring, NULL, "app=web", &cursor, &pod) == 0)
        n++;
    return n < 6;
}

int main(void)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct controller controller = {.replicas = 3, .acted_ms = -1};
    podring *ring;
    int rc;

    options.clock = PODRING_VIRTUAL;
    rc = podring_open(&options, &ring);
    assert(rc == 0);
    podring_on_event(ring, on_event, &controller);
    rc = podring_create_text(ring, "world", world, strlen(world));
    assert(rc == 0);
    rc = podring_run_while(ring, 60000, too_few, NULL);
    assert(rc == 2); /* it has come to six pods */
    printf("acted after %lld s of the outage\n", (long long)(controller.acted_ms - 20000) / 1000);
    assert(controller.acted_ms >= 22000 && controller.acted_ms <= 26000);
    podring_close(ring);
    return 0;
}
