/* SPDX-License-Identifier: Apache-2.0 */
/*
 * orchestrator.c - a small orchestrator without a line of YAML: it deploys a service field by field, follows
 * the change log with a cursor of its own, asks what led to a crash, rolls a new image out, scales it
 * down to nothing, and takes it away. In virtual time; with PODRING_REAL it runs as well.
 */
#include <podring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct orchestrator {
    podring *ring;
    uint64_t seen; /* version of the change log */
    uint32_t changes, restarts;
};

static void must(podring *ring, int rc, const char *what)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "%s: %s\n", what, podring_why(ring));
    exit(1);
}

/* ---- deploying -------------------------------------------------------------------------------- */

static const char *const web[][2] = {
    {"spec.replicas", "3"},
    {"spec.selector.matchLabels.app", "web"},
    {"spec.template.metadata.labels.app", "web"},
    {"spec.template.spec.terminationGracePeriodSeconds", "5"},
    {"spec.template.spec.containers[0].name", "c"},
    {"spec.template.spec.containers[0].image", "web:1"},
    {"spec.template.spec.containers[0].ports[0].containerPort", "8080"},
    {"spec.template.spec.containers[0].readinessProbe.httpGet.port", "8080"},
    {"spec.template.spec.containers[0].readinessProbe.periodSeconds", "2"},
    {"spec.template.spec.containers[0].livenessProbe.httpGet.port", "8080"},
};

static void deploy(struct orchestrator *o)
{
    podring_spec *spec;

    must(o->ring, podring_spec_new(o->ring, "Deployment", NULL, "web", &spec), "a spec");
    for (size_t i = 0; i < sizeof(web) / sizeof(web[0]); i++)
        must(o->ring, podring_spec_set(spec, web[i][0], web[i][1]), web[i][0]);
    must(o->ring, podring_spec_create(spec, NULL), "deploy");
    podring_spec_free(spec);
}

/* ---- following -------------------------------------------------------------------------------- */

/* The chain that ends with a change, back to its first cause. */
static void explain(struct orchestrator *o, uint64_t version)
{
    struct podring_event e = PODRING_EVENT_INIT;

    for (int depth = 0; version != 0 && depth < 8; depth++, version = e.cause) {
        if (podring_cause(o->ring, version, &e) != 0)
            return;
        printf("    %s%s%s%s%s\n", e.field != NULL ? e.field : "", e.field != NULL ? " to " : "",
               e.field != NULL && e.to != NULL ? e.to : "", e.field != NULL ? " " : "",
               e.message != NULL ? e.message : "");
    }
}

static void follow(struct orchestrator *o)
{
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t crash = 0;

    while (podring_change(o->ring, &o->seen, &e) == 0) {
        o->changes++;
        if (e.field != NULL && strcmp(e.field, "restartCount") == 0) {
            o->restarts++;
            crash = e.version;
        }
    }
    if (crash != 0)
        explain(o, crash);
}

/* ---- waiting ---------------------------------------------------------------------------------- */

static uint32_t count(podring *ring, const char *image, int ready)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    uint64_t cursor = 0, pod;
    uint32_t n = 0;

    while (podring_select(ring, NULL, "app=web", &cursor, &pod) == 0) {
        must(ring, podring_pod_info(ring, pod, &info), "a pod");
        must(ring, podring_container_info(ring, pod, 0, &c), "a container");
        n += (image == NULL || strcmp(c.image, image) == 0) && (!ready || info.ready == info.ready_of);
    }
    return n;
}

static int rolling(void *ctx, podring *ring)
{
    return count(ring, ctx, 1) < 3 || count(ring, NULL, 0) > 3;
}

static int any_left(void *ctx, podring *ring)
{
    (void)ctx;
    return count(ring, NULL, 0) > 0;
}

static void wait_while(struct orchestrator *o, podring_while_fn *holds, void *ctx, const char *what)
{
    int rc = podring_run_while(o->ring, podring_now(o->ring) + 120000, holds, ctx);

    must(o->ring, rc, what);
    if (rc != 2) {
        fprintf(stderr, "%s: not within two minutes\n", what);
        exit(1);
    }
    follow(o);
    printf("%6.1f s  %s\n", (double)podring_now(o->ring) / 1000, what);
}

/* ---- the whole story -------------------------------------------------------------------------- */

int main(void)
{
    static char first[] = "web:1", second[] = "web:2";
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct orchestrator o = {0};
    uint64_t cursor = 0, pod;

    options.clock = PODRING_VIRTUAL;
    options.history = 1000;
    must(NULL, podring_open(&options, &o.ring), "open");
    deploy(&o);
    wait_while(&o, rolling, first, "three pods of web:1 are ready");
    must(o.ring, podring_select(o.ring, NULL, "app=web", &cursor, &pod) == 0 ? 0 : -1, "a pod");
    must(o.ring, podring_kill(o.ring, pod, NULL, 11), "kill");
    must(o.ring, podring_run_until(o.ring, podring_now(o.ring) + 5000), "run");
    follow(&o);
    wait_while(&o, rolling, first, "and again, after one of them has crashed");
    must(o.ring, podring_set_image(o.ring, NULL, "deployment/web", NULL, second), "set image");
    wait_while(&o, rolling, second, "three pods of web:2 are ready");
    must(o.ring, podring_scale(o.ring, NULL, "deployment/web", 0), "scale");
    wait_while(&o, any_left, NULL, "nothing is left");
    must(o.ring, podring_delete_object(o.ring, NULL, "deployment/web", NULL), "delete");
    printf("%u changes, %u restart%s\n", o.changes, o.restarts, o.restarts == 1 ? "" : "s");
    podring_close(o.ring);
    return o.restarts == 1 ? 0 : 1;
}
