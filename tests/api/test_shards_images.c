/* SPDX-License-Identifier: Apache-2.0 */
/* test_shards_images.c - who pulls an image, where nobody can know it of another share. */
#include <stdio.h>

#include "tests/api/test_api_kit.h"

/* Of two shares. */
static uint64_t lookups(const char *behavior)
{
    static const char form[] =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n"
        "    spec:\n      containers:\n      - {name: b, image: \"i:1\", "
        "ports: [{containerPort: 8080}], "
        "lifecycle: {postStart: {httpGet: {path: /h, port: 8080}}}}\n"
        "      - {name: a, image: \"i:2\", ports: [{containerPort: 8081}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {selector: {matchLabels: {app: w}}, container: a, %s}\n";
    struct podring_options o = kit_options();
    char text[1024];
    uint64_t all = 0;

    snprintf(text, sizeof(text), form, behavior);
    o.shard_count = 2;
    for (o.shard_index = 0; o.shard_index < 2; o.shard_index++) {
        struct podring_stats s = PODRING_STATS_INIT;
        podring *r = kit_open(o);

        kit_apply(r, text);
        cr_assert_eq(podring_run_until(r, 60000), 0);
        podring_stats(r, &s);
        all += s.foreign_lookups;
        podring_close(r);
    }
    return all;
}

/* Behind a hook replicas are taken to go in step: the first one pulls, and if that takes time all
 * do. With a pull that may take none the others may find the image there, or not. */
Test(shards_images, a_prompt_pull_behind_a_hook_is_counted)
{
    cr_expect_gt(lookups("pull: [{takes: 0s}]"), 0);
    cr_expect_eq(lookups("pull: [{takes: 2s}]"), 0);
    cr_expect_eq(lookups("instances: [{start: {takes: 0s}}]"), 0);
}
