/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own.c - the table of the fields of our own documents: nothing is left out of a row, and what
 * it gives as an example the reader takes.
 */
#include "api/manifest/own.h"
#include "tests/unit/test_manifest_kit.h"

static uint32_t fields_seen;

/* Complaints about the value itself; that something else is missing beside it is no matter. */
static bool is_wrong(const struct manifest_diagnostic *d, const char *name)
{
    char path[64];

    if (strstr(d->text, "unknown field") != NULL || strstr(d->text, "yaml:") != NULL)
        return true;
    snprintf(path, sizeof(path), ".%s", name);
    return strstr(d->text, path) != NULL &&
           (strstr(d->text, "Invalid value") != NULL || strstr(d->text, "Unsupported") != NULL);
}

static void try_example(const char *kind, const char *head, const char *tail,
                        const struct manifest_own_field *f)
{
    char text[2048];
    struct kit k;

    snprintf(text, sizeof(text), "apiVersion: podring.dev/v1\nkind: %s\nmetadata: {name: x}\n%s%s: "
             "%s%s\n", kind, head, f->name, f->example, tail);
    kit_open(&k);
    kit_load(&k, text);
    for (uint32_t i = 0; i < k.set.diagnostics.count; i++)
        cr_expect_not(is_wrong(&k.set.diagnostics.item[i], f->name), "%s\n%s", text,
                      k.set.diagnostics.item[i].text);
    kit_close(&k);
}

static void walk(const char *kind, const char *head, const char *tail, int fields)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields(fields, &count);

    cr_assert_not_null(f);
    for (uint32_t i = 0; i < count; i++, fields_seen++) {
        bool list = strcmp(f[i].type, "objects") == 0 || strcmp(f[i].type, "rate") == 0;
        char in[1024], out[1024];

        cr_expect_gt(strlen(f[i].type), 0, "%s", f[i].name);
        cr_expect_gt(strlen(f[i].fallback), 0, "%s", f[i].name);
        cr_expect_gt(strlen(f[i].example), 0, "%s", f[i].name);
        cr_expect_gt(strlen(f[i].help), 0, "%s", f[i].name);
        for (uint32_t k = 0; k < i; k++)
            cr_expect_str_neq(f[k].name, f[i].name);
        try_example(kind, head, tail, &f[i]);
        if (f[i].of < 0)
            continue;
        snprintf(in, sizeof(in), "%s%s: %s{", head, f[i].name, list ? "[" : "");
        snprintf(out, sizeof(out), "}%s%s", list ? "]" : "", tail);
        walk(kind, in, out, f[i].of);
    }
}

Test(own, each_row_is_whole_and_its_example_is_taken)
{
    const struct manifest_own_kind *k;

    for (uint32_t i = 0; (k = manifest_own_kind(i)) != NULL; i++)
        walk(k->kind, "spec: {", "}", k->fields);
    cr_expect_gt(fields_seen, 150);
}

/* The lists of Kubernetes' objects are elsewhere: those of ours are all here. */
Test(own, no_object_of_ours_is_left_out)
{
    for (int fields = MF_FIELDS_METRICS; fields <= MF_FIELDS_KEEP_ALIVE; fields++) {
        uint32_t count;

        cr_expect_not_null(manifest_own_fields(fields, &count), "%d", fields);
        cr_expect_gt(count, 0);
    }
}
