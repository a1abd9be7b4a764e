/* SPDX-License-Identifier: Apache-2.0 */
/* test_manifest_edit.c - fields changed in the text of a file, and texts that are left alone. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/manifest/edit.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

struct row {
    const char *text;
    uint32_t line, column;
    const char *path, *value, *then; /* then NULL: the text cannot be changed */
};

#define POD "# a server\nkind: Pod\nspec:\n  containers:\n  - name: c # the one\n    image: x\n"

static const struct row rows[] = {
    /* A scalar goes before the others of a mapping, a block behind them. */
    {POD, 2, 1, "spec.terminationGracePeriodSeconds", "30",
     "# a server\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 30\n  containers:\n"
     "  - name: c # the one\n    image: x\n"},
    {POD, 2, 1, "spec.containers[0].imagePullPolicy", "Always",
     "# a server\nkind: Pod\nspec:\n  containers:\n  - name: c # the one\n"
     "    imagePullPolicy: Always\n    image: x\n"},
    {POD "---\nkind: Other\n", 2, 1, "spec.containers[0].lifecycle.preStop",
     "{sleep: {seconds: 5}}",
     POD "    lifecycle:\n      preStop:\n        sleep:\n          seconds: 5\n"
         "---\nkind: Other\n"},
    {POD, 2, 1, "spec.containers[0].readinessProbe",
     "{exec: {command: [cat, \"/a b\"]}, periodSeconds: 5}",
     POD "    readinessProbe:\n      exec:\n        command: [cat, \"/a b\"]\n"
         "      periodSeconds: 5\n"},
    /* ... and behind the comments and lists that belong to the last of them. */
    {"a:\n  b:\n  - 1\n  # of b\n  - 2\n\n# of c\nc: 1\n", 1, 1, "a.d", "{e: 1}",
     "a:\n  b:\n  - 1\n  # of b\n  - 2\n  d:\n    e: 1\n\n# of c\nc: 1\n"},
    {"a:\n  b: |\n    one\n\n    # text\nc: 1\n", 1, 1, "a.d", "{e: 1}",
     "a:\n  b: |\n    one\n\n    # text\n  d:\n    e: 1\nc: 1\n"},
    {"a:\n  b: 1", 1, 1, "a.d", "{e: 1}", "a:\n  b: 1\n  d:\n    e: 1\n"},
    {"a:\r\n  b: 1\r\n", 1, 1, "a.d", "{e: 1}", "a:\r\n  b: 1\r\n  d:\r\n    e: 1\r\n"},
    /* Values that are there: what stands behind them stays. */
    {POD, 2, 1, "spec.containers[0].image", "y:1",
     "# a server\nkind: Pod\nspec:\n  containers:\n  - name: c # the one\n    image: \"y:1\"\n"},
    {"a: 'it''s' # why\n", 1, 1, "a", "new", "a: \"new\" # why\n"},
    {"a: {b: [1, \"]\", 3], c: 2} # d\n", 1, 1, "a.b", "[4]", "a: {b: [4], c: 2} # d\n"},
    {"a:\n  b:\n    c: 1\nd: 2\n", 1, 1, "a.b", "{e: 1}", "a:\n  b:\n    e: 1\nd: 2\n"},
    /* Between brackets, and JSON. */
    {"a: {b: 1}\n", 1, 1, "a.c", "{d: x}", "a: {c: {d: x}, b: 1}\n"},
    {"a: {}\n", 1, 1, "a.c", "{d: x}", "a: {c: {d: x}}\n"},
    {"a: [1]\n", 1, 1, "a[1]", "2", "a: [1, 2]\n"},
    {"{\n  \"a\": {\"b\": 1}\n}\n", 1, 1, "c", "{d: x}",
     "{\n  \"c\": {\"d\": \"x\"},\n  \"a\": {\"b\": 1}\n}\n"},
    /* Items. */
    {"a:\n- b: 1\n  c: 2\nd: 1\n", 1, 1, "a[1]", "{b: 3, c: 4}",
     "a:\n- b: 1\n  c: 2\n- b: 3\n  c: 4\nd: 1\n"},
    {"a:\n  - b: 1\nd: 1\n", 1, 1, "a[0].c", "{e: 1}", "a:\n  - b: 1\n    c:\n      e: 1\nd: 1\n"},
    /* Names with dots. */
    {"a:\n  b: 1\n", 1, 1, "a[\"x.io/y\"]", "z", "a:\n  x.io/y: z\n  b: 1\n"},
    /* What is taken away. */
    {"a:\n  b: 1\n  c:\n  - 1\n  d: 1\n", 1, 1, "a.c", NULL, "a:\n  b: 1\n  d: 1\n"},
    {"a:\n- b: 1\n  c: 2\n", 1, 1, "a[0].b", NULL, "a:\n- c: 2\n"},
    /* Documents of a list, and those behind others. */
    {"kind: List\nitems:\n- kind: A\n  spec:\n    r: 1\n- kind: B\n  spec:\n    r: 1\n", 6, 3,
     "spec.r", "2",
     "kind: List\nitems:\n- kind: A\n  spec:\n    r: 1\n- kind: B\n  spec:\n    r: 2\n"},
    {"r: 1\n---\n# x\nr: 1\n--- # y\nr: 1\n", 4, 1, "r", "2",
     "r: 1\n---\n# x\nr: 2\n--- # y\nr: 1\n"},
    /* What two places share is not changed for one of them. */
    {"a: &x\n  b: 1\nc: *x\n", 1, 1, "c.d", "{e: 1}", NULL},
    {"a: >\n  long\n  text\n", 1, 1, "a", "short", NULL},
    {"a:\nb: 1\n", 1, 1, "a.c", "1", NULL},
};

static void check(const struct rx_mem *mem, const struct row *r)
{
    struct manifest_change c = {r->path, r->value};
    struct manifest_edited e;
    struct rx_arena arena;
    int rc;

    rx_arena_init(&arena, mem);
    rc = manifest_edit(&arena, r->text, strlen(r->text), r->line, r->column, &c, 1, &e);
    cr_expect_eq(rc, 0, "%s of %s: %d", r->path, r->text, rc);
    if (r->then == NULL)
        cr_expect(rc == 0 && e.text == NULL && e.json != NULL && e.why[0] != '\0', "%s of %s",
                  r->path, r->text);
    else
        cr_expect(rc == 0 && e.text != NULL && e.length == strlen(r->then) &&
                      memcmp(e.text, r->then, e.length) == 0,
                  "%s of %s:\n%.*s%s", r->path, r->text, (int)e.length,
                  e.text != NULL ? e.text : "", e.why);
    rx_arena_fini(&arena);
}

Test(manifest_edit, the_text_says_what_the_change_makes_of_it)
{
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        check(&mem, &rows[i]);
    rx_mem_close(&mem);
}

Test(manifest_edit, several_changes_are_made_one_after_the_other)
{
    static const struct manifest_change both[] = {{"spec.a", "1"}, {"spec.b", "{c: 2}"}};
    static const char text[] = "kind: x\nspec:\n  d: 3\n";
    struct manifest_edited e;
    struct rx_arena arena;
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    rx_arena_init(&arena, &mem);
    cr_assert_eq(manifest_edit(&arena, text, strlen(text), 1, 1, both, 2, &e), 0);
    cr_expect_str_eq(e.text, "kind: x\nspec:\n  a: 1\n  d: 3\n  b:\n    c: 2\n");
    cr_expect_str_eq(e.json, "{\"kind\":\"x\",\"spec\":{\"d\":3,\"a\":1,\"b\":{\"c\":2}}}");
    cr_expect_eq(manifest_edit(&arena, text, strlen(text), 2, 1, both, 2, &e), -RX_ENOTFOUND);
    rx_arena_fini(&arena);
    rx_mem_close(&mem);
}

Test(manifest_edit, what_is_no_place_is_refused_with_a_sentence)
{
    static const struct manifest_change wrong = {"spec.d.e", "1"}, gone = {"spec.x", NULL};
    static const char text[] = "kind: x\nspec:\n  d: 3\n";
    struct manifest_edited e;
    struct rx_arena arena;
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    rx_arena_init(&arena, &mem);
    cr_expect_eq(manifest_edit(&arena, text, strlen(text), 1, 1, &wrong, 1, &e), -RX_EINVALID);
    cr_expect_str_eq(e.why, ".e: what stands there is no mapping");
    cr_expect_eq(manifest_edit(&arena, text, strlen(text), 1, 1, &gone, 1, &e), -RX_EINVALID);
    cr_expect_str_eq(e.why, ".x: there is no such field");
    rx_arena_fini(&arena);
    rx_mem_close(&mem);
}

/* Each text without each of its bytes: whatever that is, nothing is read or written beside it, and
 * a new text is one that reads. */
Test(manifest_edit, damaged_texts_are_changed_rightly_or_not_at_all)
{
    struct rx_mem mem;
    uint32_t made = 0;

    cr_assert_eq(rx_mem_open(&mem), 0);
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        size_t length = strlen(rows[i].text) - 1;

        for (size_t gone = 0; gone <= length; gone++) {
            struct manifest_change c = {rows[i].path, rows[i].value}, none = {"a-new", "1"};
            struct manifest_edited e, again;
            struct rx_arena arena;
            char *text;
            int rc;

            rx_arena_init(&arena, &mem);
            text = rx_arena_alloc(&arena, length + 1);
            cr_assert_not_null(text);
            memcpy(text, rows[i].text, gone);
            memcpy(text + gone, rows[i].text + gone + 1, length - gone);
            rc = manifest_edit(&arena, text, length, rows[i].line, rows[i].column, &c, 1, &e);
            cr_expect(rc == 0 || rc == -RX_ENOTFOUND || rc == -RX_EINVALID, "%s: %d", text, rc);
            if (rc == 0 && e.text != NULL) {
                made++;
                cr_expect_eq(manifest_edit(&arena, e.text, e.length, rows[i].line, rows[i].column,
                                           &none, 1, &again),
                             0, "%s became %s", text, e.text);
            }
            rx_arena_fini(&arena);
        }
    }
    cr_expect_gt(made, 300, "%u", made);
    rx_mem_close(&mem);
}
