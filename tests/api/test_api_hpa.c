/* SPDX-License-Identifier: Apache-2.0 */
/* Autoscalers from outside: what is refused, told twice, and taken away. */
#include <criterion/criterion.h>

#include "tests/api/test_api_kit.h"

#define WEB                                                                                        \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n"         \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec:\n      containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]\n---\n"
#define HPA(max)                                                                                   \
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n"      \
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: " max    \
    "\n---\n"
#define METRICS(v)                                                                                 \
    "apiVersion: podring.dev/v1\nkind: Metrics\nmetadata: {name: m}\nspec:\n  metric: cpu\n"       \
    "  values: [{value: " v "}]\n---\n"

static int apply(podring *r, const char *text)
{
    int rc = podring_load_text(r, "t", text, strlen(text));

    return rc == 0 ? podring_apply(r) : rc;
}

static uint32_t pods_of(podring *r)
{
    uint64_t cursor = 0;
    uint32_t n = 0;

    while (podring_next_pod(r, &cursor) != 0)
        n++;
    return n;
}

Test(api_hpa, is_told_once)
{
    podring *r = kit_ring(WEB HPA("9") METRICS("800m"));

    cr_expect_eq(apply(r, HPA("9") METRICS("800m")), 0, "the same again");
    kit_run(r, 16000);
    cr_expect_eq(pods_of(r), 2, "80 %% is what is wanted");
    podring_close(r);
}

/* An update is seen when it looks again, once in fifteen seconds from its creation on. */
Test(api_hpa, is_told_something_else)
{
    podring *r = kit_ring(WEB HPA("3") METRICS("8000m"));

    kit_run(r, 16000);
    cr_expect_eq(pods_of(r), 3, "no more than it may");
    cr_expect_eq(apply(r, HPA("7")), 0, "%s", podring_why(r));
    kit_run(r, 29000);
    cr_expect_eq(pods_of(r), 3, "it has not looked yet");
    kit_run(r, 31000);
    cr_expect_eq(pods_of(r), 6, "twice as many in 15 s");
    cr_expect_eq(apply(r, METRICS("80m")), 0, "%s", podring_why(r));
    kit_run(r, 344000);
    cr_expect_eq(pods_of(r), 7, "what it has recommended counts for five minutes");
    kit_run(r, 346000);
    cr_expect_eq(pods_of(r), 1);
    podring_close(r);
}

Test(api_hpa, goes)
{
    podring *r = kit_ring(WEB HPA("9") METRICS("800m"));

    kit_run(r, 20000);
    cr_expect_eq(podring_delete_object(r, NULL, "metrics/m", NULL), 0);
    cr_expect_eq(apply(r, METRICS("1600m")), 0, "%s", podring_why(r));
    kit_run(r, 31000);
    cr_expect_eq(pods_of(r), 4);
    cr_expect_eq(podring_delete_object(r, NULL, "horizontalpodautoscaler/h", NULL), 0);
    cr_expect_eq(podring_delete_object(r, NULL, "horizontalpodautoscaler/h", NULL),
                 -PODRING_ENOTFOUND);
    kit_run(r, 100000);
    cr_expect_eq(pods_of(r), 4, "nobody looks any more");
    podring_close(r);
}

/* It is in one share of a run of several, with its target. */
Test(api_hpa, is_in_one_share)
{
    struct podring_options o = kit_options();
    uint32_t pods = 0;
    podring *r;

    o.shard_count = 2;
    for (o.shard_index = 0; o.shard_index < 2; o.shard_index++) {
        r = kit_open(o);
        cr_expect_eq(apply(r, WEB HPA("9")), 0, "%s", podring_why(r));
        cr_expect(pods_of(r) == 0 || pods_of(r) == 2);
        pods += pods_of(r);
        podring_close(r);
    }
    cr_expect_eq(pods, 2);
}
