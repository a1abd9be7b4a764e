/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api_kit.h - what the tests of api/podring.h share: engines in virtual time, small manifests,
 * and taking events.
 */
#ifndef TEST_API_KIT_H
#define TEST_API_KIT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "api/podring.h"

#define KIT_POD(name)                                                                              \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " name "}}\n"        \
    "spec:\n  containers:\n  - name: c\n    image: i:1\n    ports: [{containerPort: 8080}]\n"

/* Of KIT_POD, with a change that no update makes. */
#define KIT_POD_FIXED(name)                                                                        \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " name "}}\n"        \
    "spec:\n  hostname: other\n  containers:\n  - name: c\n    image: i:1\n"                       \
    "    ports: [{containerPort: 8080}]\n"

#define KIT_READINESS "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 5}\n"
#define KIT_LIVENESS                                                                               \
    "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 5, failureThreshold: 1}\n"

#define KIT_DEPLOYMENT(name, replicas)                                                             \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " name "}\nspec:\n"              \
    "  replicas: " #replicas "\n  selector: {matchLabels: {app: " name "}}\n  template:\n"         \
    "    metadata: {labels: {app: " name "}}\n    spec:\n      containers:\n      - name: c\n"     \
    "        image: i:1\n        ports: [{containerPort: 8080}]\n"

/* A list of instances as the entry of a Behavior document for one app. */
#define KIT_BEHAVIOR(app, instances)                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b-" app "}\nspec:\n"        \
    "  selector: {matchLabels: {app: " app "}}\n  instances:\n" instances

static inline struct podring_options kit_options(void)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.clock = PODRING_VIRTUAL;
    return o;
}

static inline podring *kit_open(struct podring_options o)
{
    podring *r;
    int rc = podring_open(&o, &r);

    cr_assert_eq(rc, 0, "open: %d %s", rc, podring_why(NULL));
    return r;
}

static inline void kit_apply(podring *r, const char *yaml)
{
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    int rc = podring_load_text(r, "kit", yaml, strlen(yaml));

    for (uint32_t i = 0; rc != 0 && podring_diagnostic_at(r, i, &d) == 0; i++)
        fprintf(stderr, "kit:%u:%u: %s\n", d.line, d.column, d.text);
    cr_assert_eq(rc, 0, "load: %d %s", rc, podring_why(r));
    rc = podring_apply(r);
    cr_assert_eq(rc, 0, "apply: %d %s", rc, podring_why(r));
}

static inline podring *kit_ring(const char *yaml)
{
    podring *r = kit_open(kit_options());

    kit_apply(r, yaml);
    return r;
}

static inline void kit_run(podring *r, int64_t until_ms)
{
    int rc = podring_run_until(r, until_ms);

    cr_assert_eq(rc, 0, "run: %d %s", rc, podring_why(r));
    cr_assert_eq(podring_now(r), until_ms);
}

static inline uint64_t kit_pod(podring *r, const char *name)
{
    uint64_t pod = 0;

    cr_assert_eq(podring_find(r, NULL, name, &pod), 0, "no pod %s", name);
    cr_assert_neq(pod, 0);
    return pod;
}

static inline const char *kit_status(podring *r, uint64_t pod)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    return podring_pod_info(r, pod, &info) == 0 ? info.status : "gone";
}

static inline uint64_t kit_drain(podring *r)
{
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t n = 0;

    while (podring_next_event(r, &e) == 0)
        n++;
    return n;
}

static inline struct podring_stats kit_stats(podring *r)
{
    struct podring_stats s = PODRING_STATS_INIT;

    cr_assert_eq(podring_stats(r, &s), 0);
    return s;
}

#endif
