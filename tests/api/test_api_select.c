/* SPDX-License-Identifier: Apache-2.0 */
/* test_api_select.c - pods by their labels, in the words of kubectl -l. */
#include "tests/api/test_api_kit.h"

#define LABELLED(name, labels)                                                                     \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {" labels "}}\n"           \
    "spec: {containers: [{name: c, image: i}]}\n"

static const char pods[] = LABELLED("a", "app: web, tier: front, in: x") LABELLED(
    "b", "app: web, tier: db, empty: ''") LABELLED("c", "app: api, example.com/tier: front")
    LABELLED("d", "notin: 'yes'")
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: e, namespace: other, labels: {app: web}}\n"
    "spec: {containers: [{name: c, image: i}]}\n";

/* The names of those that are selected, one after the other. */
static const char *selected(podring *r, const char *ns, const char *selector)
{
    static char out[64];
    struct podring_pod_info i = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, pod = 0, last;
    int rc;

    out[0] = '\0';
    while ((rc = podring_select(r, ns, selector, &cursor, &pod)) == 0) {
        cr_assert_eq(podring_pod_info(r, pod, &i), 0);
        cr_assert_lt(strlen(out) + strlen(i.name), sizeof(out) - 1);
        strcat(out, i.name);
    }
    cr_expect_eq(rc, -PODRING_ENOTFOUND, "%s: %d %s", selector, rc, podring_why(r));
    last = cursor;
    cr_expect_eq(podring_select(r, ns, selector, &cursor, &pod), -PODRING_ENOTFOUND);
    cr_expect_eq(cursor, last, "a call that fails has changed nothing");
    return out;
}

Test(api_select, what_each_selector_means)
{
    static const struct {
        const char *selector, *pods;
    } rows[] = {
        {"", "abcd"},
        {" \t\n", "abcd"},
        {"app", "abc"},
        {"!app", "d"},
        {" ! app ", "d"},
        {"app=web", "ab"},
        {"app==web", "ab"},
        {" app = web ", "ab"},
        {"app!=web", "cd"},
        {"app=web,tier!=db", "a"},
        {"app=web,tier!=x", "ab"},
        {"app=web,app=api", ""},
        {"app in (web)", "ab"},
        {"app in (web,api)", "abc"},
        {"app in(web,api),!tier", "c"},
        {"app notin (web)", "cd"},
        {"app notin (web,api)", "d"},
        {"tier", "ab"},
        {"example.com/tier=front", "c"},
        /* Words of the language may be keys, too. */
        {"in", "a"},
        {"in in (x)", "a"},
        {"notin", "d"},
        {"notin notin (yes)", "abc"},
        {"in=x", "a"},
        /* The empty value. */
        {"empty=", "b"},
        {"empty=,app", "b"},
        {"empty in (,)", "b"},
        {"empty in (x,)", "b"},
        {"empty in (,x)", "b"},
        {"empty in (x,,y)", "b"},
        {"empty in (x,y)", ""},
        {"empty!=", "acd"},
        /* Letters count. */
        {"App=web", ""},
        {"app=Web", ""},
    };
    podring *r = kit_ring(pods);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_str_eq(selected(r, NULL, rows[i].selector), rows[i].pods, "\"%s\": %s",
                         rows[i].selector, selected(r, NULL, rows[i].selector));
    podring_close(r);
}

Test(api_select, what_is_refused)
{
    static const struct {
        const char *selector, *why;
        int rc;
    } rows[] = {
        {"=web", "found '=' at character 1 where a key or '!' is expected", PODRING_EINVALID},
        {"app=web,", "it ends where a key or '!' is expected", PODRING_EINVALID},
        {",app", "found ',' at character 1 where a key or '!' is expected", PODRING_EINVALID},
        {"app,,tier", "found ',' at character 5 where a key or '!' is expected", PODRING_EINVALID},
        {"!", "it ends where a key is expected", PODRING_EINVALID},
        {"!!app", "found '!' at character 2 where a key is expected", PODRING_EINVALID},
        {"!app=web", "found '=' at character 5 where ',' or the end is expected", PODRING_EINVALID},
        {"app web", "found 'web' at character 5 where one of =, ==, !=, in and notin is expected",
         PODRING_EINVALID},
        {"app=web tier", "found 'tier' at character 9 where ',' or the end is expected",
         PODRING_EINVALID},
        {"app=(web)", "found '(' at character 5 where a value is expected", PODRING_EINVALID},
        {"app===web", "found '=' at character 6 where a value is expected", PODRING_EINVALID},
        {"app in", "it ends where '(' is expected", PODRING_EINVALID},
        {"app in web", "found 'web' at character 8 where '(' is expected", PODRING_EINVALID},
        {"app in ()", "the set of 'app' is empty", PODRING_EINVALID},
        {"app in (web", "it ends where ',' or ')' is expected", PODRING_EINVALID},
        {"app in (web api)", "found 'api' at character 13 where ',' or ')' is expected",
         PODRING_EINVALID},
        {"app in (", "it ends where ',' or a value is expected", PODRING_EINVALID},
        {"app in (a,", "it ends where ',' or a value is expected", PODRING_EINVALID},
        {"app in (a,,)", "found ')' at character 12 where ',' or a value is expected",
         PODRING_EINVALID},
        {"app in (=)", "found '=' at character 9 where ',' or a value is expected",
         PODRING_EINVALID},
        {"-app", "'-app' is no key of a label", PODRING_EINVALID},
        {"a/b/c", "'a/b/c' is no key of a label", PODRING_EINVALID},
        {"/a", "'/a' is no key of a label", PODRING_EINVALID},
        {"A_b/c", "'A_b/c' is no key of a label", PODRING_EINVALID},
        {"app=-web", "'-web' is no value of a label", PODRING_EINVALID},
        {"app in (web,a/b)", "'a/b' is no value of a label", PODRING_EINVALID},
        {"app>1", "'>' is not supported", PODRING_EUNSUPPORTED},
        {"app < 1", "'<' is not supported", PODRING_EUNSUPPORTED},
    };
    podring *r = kit_ring(pods);
    char wanted[256];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t cursor = 0, pod = 77;

        cr_expect_eq(podring_select(r, NULL, rows[i].selector, &cursor, &pod), -rows[i].rc, "%s",
                     rows[i].selector);
        snprintf(wanted, sizeof(wanted), "the selector: %s", rows[i].why);
        cr_expect_str_eq(podring_why(r), wanted, "\"%s\": %s", rows[i].selector, podring_why(r));
        cr_expect(cursor == 0 && pod == 77);
    }
    podring_close(r);
}

/* The arrays of a selector at their ends: what just fits is taken. */
Test(api_select, limits)
{
    podring *r = kit_ring(pods);
    char text[4096];
    uint64_t cursor = 0, pod;

#define FILL(first, more, count, last)                                                             \
    do {                                                                                           \
        strcpy(text, first);                                                                       \
        for (int n = 1; n < (count); n++)                                                          \
            strcat(text, more);                                                                    \
        strcat(text, last);                                                                        \
    } while (0)
    FILL("app", ",app", 64, "");
    cr_expect_str_eq(selected(r, NULL, text), "abc");
    FILL("app", ",app", 65, "");
    cr_expect_eq(podring_select(r, NULL, text, &cursor, &pod), -PODRING_ELIMIT);
    FILL("app in (web", ",api", 256, ")");
    cr_expect_str_eq(selected(r, NULL, text), "abc");
    FILL("app in (web", ",api", 257, ")");
    cr_expect_eq(podring_select(r, NULL, text, &cursor, &pod), -PODRING_ELIMIT);
    FILL("!x", " ", 2047, "");
    cr_expect_str_eq(selected(r, NULL, text), "abcd");
    FILL("!x", " ", 2048, "");
    cr_expect_eq(podring_select(r, NULL, text, &cursor, &pod), -PODRING_ELIMIT);
    FILL("a", "b", 63, "=");
    cr_expect_str_eq(selected(r, NULL, text), "");
    FILL("a", "b", 64, "=");
    cr_expect_eq(podring_select(r, NULL, text, &cursor, &pod), -PODRING_EINVALID);
#undef FILL
    podring_close(r);
}

Test(api_select, namespaces)
{
    podring *r = kit_ring(pods);

    cr_expect_str_eq(selected(r, "other", "app=web"), "e");
    cr_expect_str_eq(selected(r, "", "app=web"), "abe");
    cr_expect_str_eq(selected(r, "default", "app=web"), "ab");
    cr_expect_str_eq(selected(r, "nowhere", ""), "");
    podring_close(r);
}

/* What controllers give their pods goes before what the template says. */
Test(api_select, labels_of_controllers)
{
    static const char yaml[] =
        KIT_DEPLOYMENT("web", 2)
        "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n  replicas: 3\n"
        "  selector: {matchLabels: {app: s}}\n  podManagementPolicy: Parallel\n  template:\n"
        "    metadata: {labels: {app: s, apps.kubernetes.io/pod-index: '7'}}\n"
        "    spec: {containers: [{name: c, image: i}]}\n"
        "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n"
        "    spec: {restartPolicy: Never, containers: [{name: c, image: i}]}\n";
    podring *r = kit_ring(yaml);
    struct podring_pod_info i = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, pod;
    char selector[64], hash[16];

    cr_expect_str_eq(selected(r, NULL, "statefulset.kubernetes.io/pod-name=s-1"), "s-1");
    cr_expect_str_eq(selected(r, NULL, "apps.kubernetes.io/pod-index in (0,2)"), "s-0s-2");
    cr_expect_str_eq(selected(r, NULL, "apps.kubernetes.io/pod-index=7"), "");
    cr_expect_str_eq(selected(r, NULL, "apps.kubernetes.io/pod-index=1,app=s"), "s-1");
    cr_assert_eq(podring_select(r, NULL, "job-name=j,batch.kubernetes.io/job-name", &cursor, &pod),
                 0);
    cr_assert_eq(podring_pod_info(r, pod, &i), 0);
    cr_expect_eq(strncmp(i.name, "j-", 2), 0, "%s", i.name);
    cursor = 0;
    cr_assert_eq(podring_select(r, NULL, "pod-template-hash", &cursor, &pod), 0);
    cr_assert_eq(podring_pod_info(r, pod, &i), 0);
    cr_assert_eq(sscanf(i.name, "web-%15[a-z0-9]-", hash), 1, "%s", i.name);
    snprintf(selector, sizeof(selector), "pod-template-hash=%s", hash);
    cursor = 0;
    cr_expect_eq(podring_select(r, NULL, selector, &cursor, &pod), 0);
    cr_expect_eq(podring_select(r, NULL, selector, &cursor, &pod), 0);
    cr_expect_eq(podring_select(r, NULL, selector, &cursor, &pod), -PODRING_ENOTFOUND);
    podring_close(r);
}

/* Pods that are gone are not selected, and a walk goes on past them. */
Test(api_select, pods_come_and_go)
{
    podring *r = kit_ring(KIT_DEPLOYMENT("web", 3) KIT_POD("other"));
    uint64_t cursor = 0, first, next;

    kit_run(r, 1000);
    cr_assert_eq(podring_select(r, NULL, "app in (web)", &cursor, &first), 0);
    cr_assert_eq(podring_delete(r, first, 0, 1), 0);
    kit_run(r, 5000);
    kit_drain(r);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(podring_select(r, NULL, "app=web", &cursor, &next), 0, "%d: %s", i,
                     podring_why(r));
        cr_expect_neq(next, first);
    }
    cr_expect_eq(podring_select(r, NULL, "app=web", &cursor, &next), -PODRING_ENOTFOUND);
    podring_close(r);
}
