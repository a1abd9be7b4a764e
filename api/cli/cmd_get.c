/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_get.c - podring get: objects at an instant, as kubectl get prints them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/moment.h"
#include "api/cli/show/ask.h"
#include "api/cli/show/print.h"

static void on_event(void *ctx, podring *ring, const struct podring_event *e);
static int print_all(struct moment *m, const struct show_ask *a, const struct show_world *w,
                     const struct show_list *list);

int cmd_get(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    struct told told = {0};
    struct show_ask ask = {0};
    struct show_list list = {0};
    struct show_world w = {.told = &told};
    int code = moment_options(&m, verb, argc, argv), printed;

    if (code == CLI_OK && !m.options.help) {
        code = ask_parse(&ask, &m.options);
        if (code == CLI_OK && told_open(&told) != 0) {
            cli_say("out of memory");
            code = CLI_SYSTEM;
        }
        if (code == CLI_OK)
            code = moment_reach(&m, on_event, &told);
        if (code == CLI_OK) {
            w.ring = m.live.ring;
            w.epoch_unix_ms = m.options.engine.epoch_unix_ms;
            w.whole = ask.selects || m.options.show_labels || m.options.shape >= CLI_SHAPE_JSON;
            code = ask_find(&ask, &m.options, &w, &list);
        }
        if (code == CLI_OK || code == CLI_FAILED) {
            printed = print_all(&m, &ask, &w, &list);
            code = printed != CLI_OK ? printed : code;
        }
    }
    show_list_free(&list);
    show_world_free(&w);
    told_close(&told);
    ask_free(&ask);
    return moment_close(&m, code);
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    (void)ring;
    told_hear(ctx, e);
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* What a renderer writes, in memory of its own. */
struct page {
    const struct moment *m;
    const struct show_ask *ask;
    const struct show_world *w;
    const struct show_list *list;
    size_t from, count;
    bool failed;
};

typedef void page_fn(struct rx_text *t, struct page *p);

static struct rx_text render(page_fn *fn, struct page *p)
{
    struct rx_text t = rx_text_in(NULL, 0);
    size_t room;

    fn(&t, p);
    room = t.length + 1;
    t = rx_text_in(malloc(room), room);
    if (t.out != NULL)
        fn(&t, p);
    p->failed |= t.out == NULL;
    return t;
}

static void render_plain(struct rx_text *t, const void *what)
{
    const struct rx_text *plain = what;

    rx_text_put(t, plain->out, plain->length);
}

static void render_columns(struct rx_text *t, const void *what)
{
    const struct rx_text *tabbed = what;

    show_columns(t, tabbed->out, tabbed->length);
}

static int print_page(struct moment *m, page_fn *fn, struct page *p, out_render_fn *as)
{
    struct rx_text t = render(fn, p);

    if (!p->failed)
        out_render(&m->live.out, as, &t);
    free(t.out);
    if (!p->failed)
        return CLI_OK;
    cli_say("out of memory");
    return CLI_SYSTEM;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void page_table(struct rx_text *t, struct page *p)
{
    const struct cli_options *o = &p->m->options;
    struct show_style style = {
        .wide = o->shape == CLI_SHAPE_WIDE,
        .namespaces = o->all_namespaces && !p->list->item[p->from].kind->cluster,
        .labels = o->show_labels,
        .no_headers = o->no_headers,
        .kinds = p->ask->several,
    };

    p->failed |= !show_table(t, p->w, p->list->item + p->from, p->count, &style);
}

/* A table for each kind, with an empty line between them. */
static int print_tables(struct moment *m, struct page *p)
{
    const struct show_list *l = p->list;
    int code = CLI_OK;

    for (size_t from = 0; code == CLI_OK && from < l->count; from += p->count) {
        p->from = from;
        p->count = 1;
        while (from + p->count < l->count && l->item[from + p->count].kind == l->item[from].kind)
            p->count++;
        if (from > 0)
            out_puts(&m->live.out, "\n");
        code = print_page(m, page_table, p, render_columns);
    }
    return code;
}

/* ---- JSON, YAML, names ----------------------------------------------------------------------- */

static void page_names(struct rx_text *t, struct page *p)
{
    for (size_t i = 0; i < p->list->count; i++) {
        show_full_name(t, p->list->item[i].kind);
        rx_text_putc(t, '/');
        rx_text_puts(t, p->list->item[i].name);
        rx_text_putc(t, '\n');
    }
}

/* One that was asked for by its name stands alone. */
static bool is_alone(const struct page *p)
{
    return p->ask->count == 1 && p->ask->name[0] != NULL;
}

static void put_list(struct rx_text *t, const struct page *p)
{
    rx_text_puts(t, "{\"apiVersion\":\"v1\",\"items\":[");
    for (size_t i = 0; i < p->list->count; i++) {
        rx_text_puts(t, i > 0 ? "," : "");
        rx_text_put(t, p->list->item[i].text, p->list->item[i].length);
    }
    rx_text_puts(t, "],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\"}}");
}

static void page_list(struct rx_text *t, struct page *p)
{
    if (is_alone(p))
        rx_text_put(t, p->list->item[0].text, p->list->item[0].length);
    else
        put_list(t, p);
}

static void page_tree(struct rx_text *t, struct page *p)
{
    struct page inner = *p;
    struct rx_text text = render(page_list, &inner);
    struct json j = {0};
    char *scratch = malloc(text.length + 1);
    const char *why;

    if (inner.failed || scratch == NULL || !json_parse(&j, text.out, text.length, &why)) {
        p->failed = true;
    } else if (p->m->options.shape == CLI_SHAPE_JSON) {
        show_json(t, &j, json_root(&j), 0);
        rx_text_putc(t, '\n');
    } else {
        show_yaml(t, &j, json_root(&j), 0, scratch);
    }
    json_close(&j);
    free(scratch);
    free(text.out);
}

static int print_all(struct moment *m, const struct show_ask *a, const struct show_world *w,
                     const struct show_list *list)
{
    struct page p = {.m = m, .ask = a, .w = w, .list = list};
    enum cli_shape shape = m->options.shape;

    if (shape == CLI_SHAPE_NAME)
        return print_page(m, page_names, &p, render_plain);
    if (shape >= CLI_SHAPE_JSON)
        return list->count > 0 || !is_alone(&p) ? print_page(m, page_tree, &p, render_plain)
                                                : CLI_OK;
    if (list->count > 0)
        return print_tables(m, &p);
    if (a->name[0] == NULL)
        ask_say_nothing(a, &m->options);
    return CLI_OK;
}
