/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_describe.c - podring describe: objects and their Events, as kubectl describe prints them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/moment.h"
#include "api/cli/show/ask.h"
#include "api/cli/show/describe.h"
#include "api/face/columns.h"
#include "api/face/describe.h"

struct desk {
    struct moment moment;
    struct told told;
    struct show_ask ask;
    struct show_list list;
    struct show_world w;
    bool by_kind; /* KIND NAME FILE..., else FILE... POD */
};

static int parse(struct desk *d);
static int describe_pod(struct desk *d);
static int describe_objects(struct desk *d);

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    (void)ring;
    told_hear(ctx, e);
}

int cmd_describe(const struct cli_verb *verb, int argc, char **argv)
{
    struct desk d = {0};
    struct moment *m = &d.moment;
    int code = moment_options(m, verb, argc, argv);

    if (code == CLI_OK && !m->options.help) {
        code = parse(&d);
        if (code == CLI_OK && told_open(&d.told) != 0) {
            cli_say("out of memory");
            code = CLI_SYSTEM;
        }
        if (code == CLI_OK)
            code = moment_reach(m, on_event, &d.told);
        d.w = (struct show_world){.ring = m->live.ring,
                                  .told = &d.told,
                                  .whole = true,
                                  .epoch_unix_ms = m->options.engine.epoch_unix_ms};
        if (code == CLI_OK)
            code = d.by_kind ? describe_objects(&d) : describe_pod(&d);
    }
    show_list_free(&d.list);
    show_world_free(&d.w);
    told_close(&d.told);
    ask_free(&d.ask);
    return moment_close(m, code);
}

static int parse(struct desk *d)
{
    struct cli_options *o = &d->moment.options;
    int code;

    if (o->file_count > 0 && !d->moment.options.help)
        ask_to_front(o);
    d->by_kind = o->file_count + o->filename_count > 1 && access(o->files[0], F_OK) != 0 &&
                 ask_is_kind(o->files[0]);
    if (d->by_kind) {
        code = ask_parse(&d->ask, o);
        d->ask.begins = true;
        return code;
    }
    if (o->file_count + o->filename_count < 2 || o->file_count == 0)
        return cli_refuse(o->verb, o->file_count + o->filename_count == 0
                                       ? "no manifest given; - is standard input"
                                       : "no pod given");
    if (o->selector != NULL || o->all_namespaces)
        return cli_refuse(o->verb, "-A and -l go with KIND [NAME] before the files");
    return moment_operand(&d->moment, o->files[--o->file_count]);
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* By the last time, and among equals as they came first. The list is short and almost in order. */
static void insert(struct face_event *list, size_t count, const struct told_event *e)
{
    while (count > 0 && list[count - 1].last_ms > e->last_ms) {
        list[count] = list[count - 1];
        count--;
    }
    list[count] = (struct face_event){.type = e->type,
                                      .reason = e->reason,
                                      .message = e->message,
                                      .source = show_event_source(e),
                                      .first_ms = e->first_ms,
                                      .last_ms = e->last_ms,
                                      .count = e->count};
}

/* Those of a pod, or of an object; or, of a pod that is gone, of those that were called so. */
static bool is_about(const struct desk *d, const struct told_event *e, uint64_t pod,
                     const struct show_object *o)
{
    size_t n;

    if (pod != 0)
        return e->pod == pod;
    if (o == NULL)
        return e->pod != 0 && moment_match(&d->moment, e->ns, e->name) > MOMENT_BEGINS;
    n = strlen(o->kind->word);
    return e->pod == 0 && strncmp(e->name, o->kind->word, n) == 0 && e->name[n] == '/' &&
           strcmp(e->name + n + 1, o->name) == 0 && strcmp(e->ns != NULL ? e->ns : "", o->ns) == 0;
}

static bool select_events(const struct desk *d, uint64_t pod, const struct show_object *o,
                          struct face_describe *out)
{
    struct face_event *list = calloc(d->told.event_count + 1, sizeof(*list));

    if (list == NULL)
        return false;
    RX_LIST_EACH (l, &d->told.events) {
        const struct told_event *e = rx_container_of(l, struct told_event, link);

        if (is_about(d, e, pod, o))
            insert(list, out->events++, e);
    }
    out->event = list;
    return true;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* What is written about one of them: a pod, an object, or a pod that is gone. */
struct page {
    struct desk *desk;
    const struct show_object *object; /* NULL: see describe.pod */
    const struct show_in *in;
    struct face_describe describe;
    bool first;
};

static void render(struct rx_text *t, const struct page *p)
{
    rx_text_puts(t, p->first ? "" : "\n\n");
    if (p->describe.pod != 0) {
        face_describe(t, &p->describe);
        return;
    }
    if (p->object != NULL) {
        if (!show_describe(t, &p->desk->w, p->object, p->in))
            return;
    } else { /* kubectl's words for a pod that is gone while its Events are still there */
        rx_text_puts(t, "Pod '");
        rx_text_puts(t, p->desk->moment.name);
        rx_text_puts(t, "': error 'pods \"");
        rx_text_puts(t, p->desk->moment.name);
        rx_text_puts(t, "\" not found', but found events.\n");
    }
    face_describe_events(t, &p->describe);
}

static void render_columns(struct rx_text *t, const void *what)
{
    const struct rx_text *plain = what;

    face_columns(t, plain->out, plain->length);
}

/* What containers and documents say is in the text, and must not command the terminal. */
static int print(const struct page *p)
{
    struct rx_text raw = rx_text_in(NULL, 0), plain = raw;
    int code = CLI_SYSTEM;

    render(&raw, p);
    raw = rx_text_in(malloc(raw.length + 1), raw.length + 1);
    if (raw.out != NULL) {
        render(&raw, p);
        face_plain(&plain, raw.out, raw.length);
        plain = rx_text_in(malloc(plain.length + 1), plain.length + 1);
    }
    if (plain.out != NULL && !p->desk->told.failed) {
        face_plain(&plain, raw.out, raw.length);
        out_render(&p->desk->moment.live.out, render_columns, &plain);
        code = CLI_OK;
    } else {
        cli_say("out of memory");
    }
    free(plain.out);
    free(raw.out);
    return code;
}

static int print_one(struct page *p)
{
    struct desk *d = p->desk;
    int code;

    p->describe.ring = d->moment.live.ring;
    p->describe.epoch_unix_ms = d->moment.options.engine.epoch_unix_ms;
    if (!select_events(d, p->describe.pod, p->object, &p->describe)) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    code = p->describe.pod != 0 || p->object != NULL || p->describe.events > 0
               ? print(p)
               : moment_missing(&d->moment);
    free((void *)(uintptr_t)p->describe.event);
    return code;
}

static int describe_pod(struct desk *d)
{
    struct page p = {.desk = d, .first = true};
    int code = moment_find(&d->moment);

    p.describe.pod = d->moment.pod;
    return code == CLI_OK ? print_one(&p) : code;
}

static int describe_objects(struct desk *d)
{
    int code = ask_find(&d->ask, &d->moment.options, &d->w, &d->list), printed = CLI_OK;

    for (size_t i = 0; i < d->list.count && printed == CLI_OK; i++) {
        struct show_in in;
        struct json j;
        struct page p = {.desk = d, .object = &d->list.item[i], .in = &in, .first = i == 0};

        p.describe.pod = d->list.item[i].pod;
        printed = CLI_SYSTEM;
        if (show_open(&d->w, &d->list.item[i], &j, &in))
            printed = print_one(&p);
        else
            cli_say("out of memory");
        json_close(&j);
    }
    if (d->list.count == 0 && code == CLI_OK)
        ask_say_nothing(&d->ask, &d->moment.options);
    return printed != CLI_OK ? printed : code;
}
