/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain.c - podring explain: the fields of our own documents, as kubectl explain prints those
 * of the API. All of it comes from the table that the reader goes by.
 */
#include <string.h>
#include <strings.h>

#include "api/cli/io/out.h"
#include "api/cli/options.h"
#include "api/manifest/near.h"
#include "api/manifest/own.h"

enum { DEPTH_MAX = 8 };

struct place {
    const struct manifest_own_kind *kind;
    const struct manifest_own_field *field; /* NULL: the spec */
    const char *path;
};

static void put_field(struct rx_text *t, const struct manifest_own_field *f, unsigned depth)
{
    rx_text_fill(t, ' ', 2 + 4 * (size_t)depth);
    rx_text_puts(t, f->name);
    rx_text_puts(t, " <");
    rx_text_puts(t, f->type);
    rx_text_puts(t, ">\n");
    rx_text_fill(t, ' ', 6 + 4 * (size_t)depth);
    rx_text_puts(t, f->help);
    rx_text_putc(t, '\n');
    rx_text_fill(t, ' ', 6 + 4 * (size_t)depth);
    rx_text_puts(t, "default: ");
    rx_text_puts(t, f->fallback);
    rx_text_puts(t, "; example: ");
    rx_text_puts(t, f->name);
    rx_text_puts(t, ": ");
    rx_text_puts(t, f->example);
    rx_text_putc(t, '\n');
}

static void put_fields(struct rx_text *t, int fields, unsigned depth)
{
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields(fields, &count);

    for (uint32_t i = 0; i < count && depth < DEPTH_MAX; i++) {
        put_field(t, &f[i], depth);
        if (f[i].of >= 0)
            put_fields(t, f[i].of, depth + 1);
    }
}

static void render(struct rx_text *t, const void *what)
{
    const struct place *p = what;

    rx_text_puts(t, "KIND:     ");
    rx_text_puts(t, p->kind->kind);
    rx_text_puts(t, ", ");
    rx_text_puts(t, p->kind->help);
    rx_text_puts(t, "\nVERSION:  podring.dev/v1\n\n");
    if (p->field == NULL) {
        rx_text_puts(t, "FIELDS of spec:\n");
        put_fields(t, p->kind->fields, 0);
    } else {
        rx_text_puts(t, "FIELD spec");
        rx_text_puts(t, p->path);
        rx_text_puts(t, ":\n");
        put_field(t, p->field, 0);
        if (p->field->of >= 0)
            put_fields(t, p->field->of, 1);
    }
    rx_text_puts(t, "\ndraw: a duration, {uniform: [1ms, 20ms]} or {exp: 3m}: drawn by the seed. "
                    "Durations: 250ms, 1m20s, 30d.\n");
}

static void render_kinds(struct rx_text *t, const void *what)
{
    const struct manifest_own_kind *k;

    (void)what;
    for (uint32_t i = 0; (k = manifest_own_kind(i)) != NULL; i++) {
        size_t from = t->length;

        rx_text_puts(t, k->kind);
        rx_text_pad(t, from, 12);
        rx_text_puts(t, k->help);
        rx_text_putc(t, '\n');
    }
    rx_text_puts(t, "\nTry: podring explain behavior.serve\n");
}

static int refuse(const struct cli_options *o, const char *name, size_t length, int fields)
{
    const struct manifest_own_kind *k;
    struct manifest_near near = {0};
    uint32_t count;
    const struct manifest_own_field *f = manifest_own_fields(fields, &count);
    char known[1024];
    struct rx_text t = rx_text_in(known, sizeof(known));

    for (uint32_t i = 0; fields < 0 && (k = manifest_own_kind(i)) != NULL; i++) {
        rx_text_say(&t, "%s%s", i > 0 ? " " : "", k->kind);
        manifest_near(&near, k->kind, strlen(k->kind), name, length);
    }
    for (uint32_t i = 0; i < count; i++) {
        rx_text_say(&t, "%s%s", i > 0 ? " " : "", f[i].name);
        manifest_near(&near, f[i].name, strlen(f[i].name), name, length);
    }
    rx_text_end(&t);
    return cli_refuse(o->verb, "there is no %s \"%.*s\" (known: %s%s%s%s)",
                      fields < 0 ? "kind" : "field", (int)length, name,
                      t.length > 0 ? known : "none", near.word != NULL ? "; did you mean " : "",
                      near.word != NULL ? near.word : "", near.word != NULL ? "?" : "");
}

/* KIND[.spec][.FIELD...] */
static int find(const struct cli_options *o, const char *text, struct place *out)
{
    size_t n = strcspn(text, ".");
    int fields;

    for (uint32_t i = 0; (out->kind = manifest_own_kind(i)) != NULL; i++)
        if (strlen(out->kind->kind) == n && strncasecmp(out->kind->kind, text, n) == 0)
            break;
    if (out->kind == NULL)
        return refuse(o, text, n, -1);
    fields = out->kind->fields;
    text += n;
    if (strncmp(text, ".spec", 5) == 0 && (text[5] == '.' || text[5] == '\0'))
        text += 5;
    for (out->path = text; *text == '.'; text += n) {
        uint32_t count, i = 0;
        const struct manifest_own_field *f = manifest_own_fields(fields, &count);

        n = strcspn(++text, ".");
        while (i < count && (strlen(f[i].name) != n || strncmp(f[i].name, text, n) != 0))
            i++;
        if (i == count)
            return refuse(o, text, n, fields >= 0 ? fields : MF_FIELDS_OBJECT);
        out->field = &f[i];
        fields = strcmp(f[i].type, "draw") == 0 ? MF_FIELDS_DRAW : f[i].of;
    }
    return CLI_OK;
}

int cmd_explain(const struct cli_verb *verb, int argc, char **argv)
{
    struct place place = {0};
    struct cli_options o;
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK && o.help)
        code = cli_help(verb);
    else if (code == CLI_OK && o.file_count > 1)
        code = cli_refuse(verb, "takes one name, but got '%s' too", o.files[1]);
    else if (code == CLI_OK && o.file_count == 0)
        out_render(&out, render_kinds, NULL);
    else if (code == CLI_OK && (code = find(&o, o.files[0], &place)) == CLI_OK)
        out_render(&out, render, &place);
    closed = out_close(&out);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
