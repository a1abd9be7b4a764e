/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_explain.c - what podring tells of its own documents: explain and schema against the
 * table of fields, and the examples that are built in.
 */
#include "api/manifest/own.h"
#include "tests/api/test_cli_kit.h"

static void check_explained(const char *text, int fields)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields(fields, &count);

    for (uint32_t i = 0; i < count; i++) {
        char piece[512];

        snprintf(piece, sizeof(piece), " %s <%s>\n", f[i].name, f[i].type);
        cr_expect_not_null(strstr(text, piece), "%s", piece);
        snprintf(piece, sizeof(piece), "default: %s; example: %s: %s\n", f[i].fallback, f[i].name,
                 f[i].example);
        cr_expect_not_null(strstr(text, piece), "%s", piece);
        cr_expect_not_null(strstr(text, f[i].help), "%s", f[i].help);
        if (f[i].of >= 0)
            check_explained(text, f[i].of);
    }
}

Test(cli_explain, lists_every_field_with_its_default_and_an_example)
{
    const struct manifest_own_kind *k;

    for (uint32_t i = 0; (k = manifest_own_kind(i)) != NULL; i++) {
        char line[64];
        struct kit_ran r;

        snprintf(line, sizeof(line), "explain %s", k->kind);
        r = kit_spawn(NULL, line);
        cr_expect_eq(r.code, 0, "%s", r.err);
        check_explained(r.out, k->fields);
        kit_release(&r);
    }
}

static void check_schema(const char *text, int fields)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields(fields, &count);
    const char *list, *end;
    char piece[128];

    snprintf(piece, sizeof(piece), "\"fields%d\":{", fields);
    list = strstr(text, piece);
    cr_assert_not_null(list, "%s", piece);
    end = strstr(list + 1, ",\n\"fields");
    for (uint32_t i = 0; i < count; i++) {
        const char *at;

        snprintf(piece, sizeof(piece), "\n  \"%s\":{\"description\":", f[i].name);
        at = strstr(list, piece);
        cr_expect_not_null(at, "%s", piece);
        cr_expect(end == NULL || at < end, "%s stands elsewhere", f[i].name);
        if (f[i].of >= 0)
            check_schema(text, f[i].of);
    }
}

Test(cli_explain, the_schema_has_every_field)
{
    const struct manifest_own_kind *k;
    struct kit_ran r = kit_spawn(NULL, "schema"), twice;
    int depth = 0;

    cr_expect_eq(r.code, 0, "%s", r.err);
    for (uint32_t i = 0; (k = manifest_own_kind(i)) != NULL; i++)
        check_schema(r.out, k->fields);
    for (const char *c = r.out; *c != '\0'; c++)
        depth += (*c == '{') - (*c == '}');
    cr_expect_eq(depth, 0, "braces");
    twice = kit_spawn(NULL, "schema");
    cr_expect_str_eq(r.out, twice.out);
    kit_release(&r);
    kit_release(&twice);
}

static const struct {
    const char *line;
    int code;
    const char *out, *err; /* what it must contain */
} lines[] = {
    {"explain", 0, "Behavior    what the program in a container does\n", ""},
    {"explain behavior.serve", 0, "FIELD spec.serve:\n  serve <objects>\n", ""},
    {"explain Behavior.spec.instances.exit.code", 0, "  code <integer>\n", ""},
    {"explain behavior.instances.serve.latency.uniform", 0, "  uniform <strings>\n", ""},
    {"explain behavior.serve.status.x", 64, "", "there is no field \"x\" (known: "},
    {"explain behaviour", 64, "", "there is no kind \"behaviour\" (known: Behavior Scenario Client "
                                  "Metrics; did you mean Behavior?)"},
    {"explain client.rte", 64, "", "did you mean rate?)"},
    {"explain behavior client", 64, "", "takes one name, but got 'client' too"},
    {"schema x", 64, "", "takes no operand, but got 'x'"},
    {"example", 0, "slow-start              A program that needs 45 seconds before it answers", ""},
    {"example prestop", 0, "# Pods that are deleted at 60s: a preStop hook", ""},
    {"example probes", 0, "# A program that needs 45 seconds", ""},
    {"example crashlop", 64, "", "no example 'crashlop'; did you mean crashloop?"},
    {"example nothing-like-it", 64, "", "'podring example' lists them"},
    {"simluate", 64, "", "podring: no command 'simluate'; did you mean simulate?"},
    {"help lgos", 64, "", "podring: no command 'lgos'; did you mean logs?"},
    {"banana", 64, "", "podring: no command 'banana' (see 'podring --help')"},
};

Test(cli_explain, what_is_asked_for)
{
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct kit_ran r = kit_spawn(NULL, lines[i].line);

        cr_expect_eq(r.code, lines[i].code, "%s: %d", lines[i].line, r.code);
        cr_expect_not_null(strstr(r.out, lines[i].out), "%s: %s", lines[i].line, r.out);
        cr_expect_not_null(strstr(r.err, lines[i].err), "%s: %s", lines[i].line, r.err);
        kit_release(&r);
    }
}

/* Word for word, and it can be run. */
Test(cli_explain, an_example_is_the_file)
{
    static const char *const names[] = {"slow-start", "pre-stop", "traffic", "ten-thousand"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        static char text[65536];
        char line[128];
        struct kit_ran r;
        size_t n;
        FILE *f;

        snprintf(line, sizeof(line), "docs/examples/%s.yaml", names[i]);
        f = fopen(line, "r");
        cr_assert_not_null(f);
        n = fread(text, 1, sizeof(text) - 1, f);
        text[n] = '\0';
        fclose(f);
        snprintf(line, sizeof(line), "example %s", names[i]);
        r = kit_spawn(NULL, line);
        cr_expect_str_eq(r.out, text);
        kit_release(&r);
        r = kit_spawn(text, "check -");
        cr_expect_eq(r.code, 0, "%s", r.err);
        kit_release(&r);
    }
}
