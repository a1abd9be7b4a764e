/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_field.c - a field of a probe goes through all places of "To add a field" in
 * docs/architecture.md: the list of fields names it, describe shows it, and random pods have it.
 */
#include "tests/api/test_cli_kit.h"

#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"                     \
    "  - name: c\n    image: shop:1\n    ports: [{containerPort: 80}]\n"                           \
    "    readinessProbe: {httpGet: {path: /, port: 80}, %s: %d}\n"

static char *source(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    cr_assert_geq(fd, 0, "%s: not found; tests run from the root of the tree", path);
    return kit_contents(fd);
}

static int is_number(const char *field)
{
    return strstr(field, "Seconds") != NULL || strstr(field, "Threshold") != NULL;
}

static char *described(const char *field, int value)
{
    char text[1024];
    struct kit_ran r;

    snprintf(text, sizeof(text), POD, field, value);
    r = kit_spawn(text, "describe - web -q --at 0s");
    cr_expect_eq(r.code, 0, "%s: %s", field, r.err);
    free(r.err);
    return r.out;
}

Test(field, of_a_probe_is_described_and_drawn)
{
    static const char mark[] = "[MF_FIELDS_PROBE] =";
    char *list = source("api/manifest/fields.c"), *maker = source("tests/support/maker_pod.c");
    char *at = strstr(list, mark), *end = at != NULL ? strstr(at, "\",\n") : NULL, *state = NULL;
    int fields = 0;

    cr_assert(at != NULL && end != NULL);
    *end = '\0';
    for (char *w = strtok_r(at + strlen(mark), " \"\n", &state); w != NULL;
         w = strtok_r(NULL, " \"\n", &state)) {
        char *one, *other;

        if (!is_number(w))
            continue;
        fields++;
        cr_expect_not_null(strstr(maker, w), "tests/support/maker_pod.c does not draw %s", w);
        if (strcmp(w, "terminationGracePeriodSeconds") == 0)
            continue; /* kubectl does not show it, and readiness probes have none */
        one = described(w, 5);
        other = described(w, 7);
        cr_expect_str_neq(one, other, "podring describe does not show %s: api/facts.c", w);
        free(one);
        free(other);
    }
    cr_expect_geq(fields, 6, "%d fields found", fields);
    free(list);
    free(maker);
}
