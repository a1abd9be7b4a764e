/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_diff.c - podring diff from outside. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/api/test_cli_kit.h"

#define WEB(more, image)                                                                           \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n" more              \
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"     \
    "    spec: {containers: [{name: a, image: one}, {name: c, image: \"" image "\"}]}\n"
#define CONFIG(name, data)                                                                         \
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {" data "}\n"

/* B from standard input. */
static void expect(const char *a, const char *b, const char *options, int code, const char *out,
                   const char *err)
{
    char path[] = "/tmp/podring-diff-XXXXXX", line[256];
    int fd = mkstemp(path);
    struct kit_ran r;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, a, strlen(a)), (ssize_t)strlen(a));
    close(fd);
    snprintf(line, sizeof(line), "diff %s - %s", path, options);
    r = kit_spawn(b, line);
    unlink(path);
    cr_expect_eq(r.code, code, "%s: exit code %d, not %d: %s", line, r.code, code, r.err);
    cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    if (err != NULL)
        cr_expect_not_null(strstr(r.err, err), "%s says: %s", line, r.err);
    kit_release(&r);
}

Test(cli_diff, nothing_differs_whatever_the_order_and_the_defaults)
{
    static const char shuffled[] =
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{image: one, name: a}, {name: c, image: two}]}\n"
        "  selector: {matchLabels: {app: web}}\n  replicas: 2\n";

    expect(WEB("  replicas: 2\n", "two"), WEB("  replicas: 2\n", "two"), "", 0, "", NULL);
    expect(WEB("  replicas: 2\n", "two"), shuffled, "", 0, "", NULL);
}

Test(cli_diff, a_new_template_makes_a_new_replicaset_and_a_new_number_does_not)
{
    char path[] = "/tmp/podring-diff-XXXXXX", line[256];
    int fd = mkstemp(path);
    struct kit_ran r;

    cr_assert_geq(fd, 0);
    dprintf(fd, "%s", WEB("", "two"));
    close(fd);
    snprintf(line, sizeof(line), "diff %s -", path);
    r = kit_spawn(WEB("", "three"), line);
    cr_expect_eq(r.code, 1);
    cr_expect_not_null(strstr(r.out, "deployment.apps/web changed\n"
                                     "  spec.template.spec.containers[1].image: two -> three\n"
                                     "  follows: a new ReplicaSet, web-"), "%s", r.out);
    kit_release(&r);
    unlink(path);
    expect(WEB("  replicas: 2\n", "two"), WEB("  replicas: 3\n", "two"), "", 1,
           "deployment.apps/web changed\n  spec.replicas: 2 -> 3\n  follows: no new ReplicaSet\n",
           NULL);
}

Test(cli_diff, what_comes_and_what_goes)
{
    expect(CONFIG("a", "x: one"), CONFIG("b", ""), "", 1, "configmap/b created\n", NULL);
    expect(CONFIG("a", "x: one"), CONFIG("b", ""), "--prune", 1,
           "configmap/b created\nconfigmap/a deleted\n", NULL);
    expect(CONFIG("a", "x: one, z: two, \"k.k\": v"), CONFIG("a", "x: 'three', w: ''"), "", 1,
           "configmap/a changed\n  data.w: (none) -> \"\"\n  data.x: one -> three\n"
           "  data[\"k.k\"]: v -> (none)\n  data.z: two -> (none)\n", NULL);
}

Test(cli_diff, what_must_not_change_is_refused)
{
    static const char other[] =
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n"
        "    spec: {containers: [{name: c, image: two}]}\n";

    expect(WEB("", "two"), other, "", 2, "", "field is immutable");
    expect(WEB("", "two"), "a: b\n", "", 2, "", "error");
    expect("a: b\n", WEB("", "two"), "", 2, "", "error");
    expect(WEB("", "two"), WEB("", "two"), "third.yaml", 64, "", "needs two manifests");
}
