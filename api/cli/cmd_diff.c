/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff.c - podring diff: what applying one manifest over another would change, and what would
 * follow. The second one is really applied, so that what must not change is refused as it would be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/moment.h"
#include "api/cli/show/compare.h"
#include "api/cli/show/object.h"

enum { TROUBLE = 2 }; /* as diff(1) */

struct desk {
    struct moment moment;
    struct told told;
    struct show_world w;
    struct show_list before, after, sets;
    struct cli_options options; /* those of the second */
    struct input second;
    char *files[1];
    size_t differences;
    bool failed; /* no memory */
};

static int parse(struct desk *d);
static int compare_all(struct desk *d);

int cmd_diff(const struct cli_verb *verb, int argc, char **argv)
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
        if (code == CLI_OK) {
            code = moment_reach(m, NULL, NULL);
            d.w = (struct show_world){.ring = m->live.ring,
                                      .told = &d.told,
                                      .whole = true,
                                      .epoch_unix_ms = m->options.engine.epoch_unix_ms};
            if (code == CLI_OK)
                code = compare_all(&d);
        }
        code = code > CLI_FAILED && code != CLI_USAGE ? TROUBLE : code;
    }
    show_list_free(&d.before);
    show_list_free(&d.after);
    show_list_free(&d.sets);
    show_world_free(&d.w);
    told_close(&d.told);
    input_close(&d.second);
    return moment_close(m, code);
}

static int parse(struct desk *d)
{
    struct cli_options *o = &d->moment.options;

    if (o->file_count != 2)
        return cli_refuse(o->verb, "needs two manifests");
    d->files[0] = o->files[--o->file_count];
    if (strcmp(d->files[0], "-") == 0 && strcmp(o->files[0], "-") == 0)
        return cli_refuse(o->verb, "only one of them can be standard input");
    if (!o->has_for) { /* what has been applied, and its first instant */
        o->has_for = true;
        o->for_ms = 0;
    }
    d->options = *o;
    d->options.files = d->files;
    d->options.print_behavior = false;
    for (int i = 0; i < CLI_LINES; i++) /* what a program does, it goes on doing */
        d->options.line_count[i] = 0;
    return input_open(&d->second, &d->options);
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* All that has a document: what controllers and the engine itself make is not compared. */
static bool is_written(const struct show_world *w, const struct show_object *o)
{
    struct show_in in;
    struct json j;
    bool written = show_open(w, o, &j, &in) && show_at(&in, "metadata.ownerReferences") == NULL;

    json_close(&j);
    if (strcmp(o->kind->word, "service") == 0 && strcmp(o->name, "kubernetes") == 0)
        return false;
    return written && strcmp(o->name, "node") != 0;
}

static int collect(struct desk *d, struct show_world *w, struct show_list *out)
{
    const struct show_kind *k;
    size_t kept = 0;
    int rc = 0;

    for (size_t i = 0; rc == 0 && (k = show_kind_at(i)) != NULL; i++)
        if (strcmp(k->word, "event") != 0 && strcmp(k->word, "endpoints") != 0 &&
            strcmp(k->word, "endpointslice") != 0 && strcmp(k->word, "namespace") != 0)
            rc = show_collect(w, k, "", out);
    for (size_t i = 0; i < out->count; i++)
        if (is_written(w, &out->item[i]))
            out->item[kept++] = out->item[i];
    out->count = kept;
    if (rc != 0) {
        cli_say("%s", rc == -PODRING_ENOMEM ? "out of memory" : podring_why(w->ring));
        d->failed = true;
    }
    return rc != 0 ? TROUBLE : CLI_OK;
}

static const struct show_object *find(const struct show_list *l, const struct show_object *like)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->item[i].kind == like->kind && strcmp(l->item[i].name, like->name) == 0 &&
            strcmp(l->item[i].ns, like->ns) == 0)
            return &l->item[i];
    return NULL;
}

/* ---- saying ---------------------------------------------------------------------------------- */

struct pair {
    struct desk *desk;
    const struct show_object *before, *after; /* NULL: it is not there */
    const char *does;
    size_t fields;
};

static void put_name(struct rx_text *t, const struct show_object *o, const char *does)
{
    show_full_name(t, o->kind);
    rx_text_putc(t, '/');
    rx_text_puts(t, o->name);
    if (o->ns[0] != '\0' && strcmp(o->ns, "default") != 0) {
        rx_text_puts(t, " of namespace ");
        rx_text_puts(t, o->ns);
    }
    rx_text_putc(t, ' ');
    rx_text_puts(t, does);
    rx_text_putc(t, '\n');
}

static bool is_set_of(const struct show_in *in, const struct show_object *o)
{
    const struct json_node *n = json_first(in->j, show_at(in, "metadata.ownerReferences"));

    return strcmp(o->kind->kind, "Deployment") == 0 &&
           show_is(json_member(in->j, n, "kind"), "Deployment") &&
           show_is(json_member(in->j, n, "name"), o->name);
}

/* The sets that are there an instant later, and were not before. */
static bool put_new_sets(struct rx_text *t, struct desk *d, const struct show_object *o,
                         const struct show_list *now)
{
    bool found = false;

    for (size_t i = 0; i < now->count; i++) {
        struct show_in in;
        struct json j;

        if (find(&d->sets, &now->item[i]) == NULL && show_open(&d->w, &now->item[i], &j, &in)) {
            if (is_set_of(&in, o)) {
                rx_text_puts(t, "  follows: a new ReplicaSet, ");
                rx_text_puts(t, now->item[i].name);
                rx_text_putc(t, '\n');
                found = true;
            }
            json_close(&j);
        }
    }
    return found;
}

static void put_follows(struct rx_text *t, struct desk *d, const struct show_object *o,
                        bool template)
{
    struct show_list now = {0};
    const char *kind = o->kind->word;

    if (strcmp(kind, "deployment") == 0) {
        d->failed |= show_collect(&d->w, show_kind_named("replicaset", 10), o->ns, &now) != 0;
        if (!put_new_sets(t, d, o, &now))
            rx_text_puts(t, template ? "  follows: pods of a ReplicaSet that is there already\n"
                                     : "  follows: no new ReplicaSet\n");
        show_list_free(&now);
    } else if (template && (strcmp(kind, "statefulset") == 0 || strcmp(kind, "daemonset") == 0)) {
        rx_text_puts(t, "  follows: its pods are replaced, as its updateStrategy says\n");
    } else if (template && strcmp(kind, "replicaset") == 0) {
        rx_text_puts(t, "  follows: only pods that it makes from now on are of the new template\n");
    }
}

static bool has_line(const struct rx_text *t, size_t from, const char *begin)
{
    return t->length <= t->room && memmem(t->out + from, t->length - from, begin, strlen(begin));
}

static void put_changes(struct rx_text *t, struct pair *p)
{
    struct json a, b;
    struct show_in in;
    size_t from = t->length;

    if (!show_open(&p->desk->w, p->before, &a, &in) || !show_open(&p->desk->w, p->after, &b, &in)) {
        p->desk->failed = true;
        return;
    }
    p->fields = show_compare(t, &a, &b);
    if (p->fields > 0)
        put_follows(t, p->desk, p->after, has_line(t, from, "  spec.template."));
    json_close(&a);
    json_close(&b);
}

static void render(struct rx_text *t, const void *what)
{
    const struct rx_text *plain = what;

    face_plain(t, plain->out, plain->length);
}

/* Written twice, to learn the length. */
static void print(struct desk *d, struct pair *p)
{
    struct rx_text t = rx_text_in(NULL, 0);

    for (int pass = 0; pass < 2 && !d->failed; pass++) {
        size_t room = t.length + 1;

        if (pass == 1) {
            t = rx_text_in(malloc(room), room);
            if (t.out == NULL) {
                d->failed = true;
                break;
            }
        }
        put_name(&t, p->after != NULL ? p->after : p->before, p->does);
        if (p->before != NULL && p->after != NULL)
            put_changes(&t, p);
        else if (p->after != NULL)
            put_follows(&t, d, p->after, false);
        if (pass == 0) /* what follows depends on what has been written */
            t.length += 256;
    }
    if (!d->failed && (p->fields > 0 || p->before == NULL || p->after == NULL)) {
        out_render(&d->moment.live.out, render, &t);
        d->differences++;
    }
    free(t.out);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int apply(struct desk *d, podring *ring)
{
    int rc = input_load(&d->second, ring);

    return input_complain(&d->moment.options, ring, rc, &d->moment.live.diagnostics);
}

/* What the second one has, by itself. */
static int collect_second(struct desk *d, struct show_list *out)
{
    struct podring_options o = d->moment.options.engine;
    struct show_world w = {.told = &d->told, .whole = true};
    int code = CLI_OK;

    o.flags |= PODRING_NO_EVENTS;
    if (podring_open(&o, &w.ring) != 0) {
        cli_say("%s", podring_why(NULL));
        return TROUBLE;
    }
    if (input_load(&d->second, w.ring) != 0) {
        cli_say("%s", podring_why(w.ring));
        code = TROUBLE;
    }
    if (code == CLI_OK)
        code = collect(d, &w, out);
    show_world_free(&w);
    podring_close(w.ring);
    return code;
}

static int prune(struct desk *d)
{
    struct show_list second = {0};
    int code = collect_second(d, &second);

    for (size_t i = 0; code == CLI_OK && i < d->before.count; i++)
        if (find(&second, &d->before.item[i]) == NULL)
            print(d, &(struct pair){.desk = d, .before = &d->before.item[i], .does = "deleted"});
    show_list_free(&second);
    return code;
}

static int compare_all(struct desk *d)
{
    podring *ring = d->moment.live.ring;
    int code = collect(d, &d->w, &d->before);

    if (code == CLI_OK && show_collect(&d->w, show_kind_named("replicaset", 10), "", &d->sets) != 0)
        code = TROUBLE;
    if (code == CLI_OK)
        code = apply(d, ring);
    if (code == CLI_OK && podring_run_until(ring, podring_now(ring)) < 0) {
        cli_say("%s", podring_why(ring));
        code = TROUBLE;
    }
    if (code == CLI_OK)
        code = collect(d, &d->w, &d->after);
    for (size_t i = 0; code == CLI_OK && i < d->after.count; i++) {
        const struct show_object *o = &d->after.item[i], *was = find(&d->before, o);

        print(d, &(struct pair){.desk = d,
                                .before = was,
                                .after = o,
                                .does = was != NULL ? "changed" : "created"});
    }
    if (code == CLI_OK && d->moment.options.prune)
        code = prune(d);
    if (d->failed)
        cli_say("out of memory");
    return d->failed ? TROUBLE : code != CLI_OK ? code : d->differences > 0 ? CLI_FAILED : CLI_OK;
}
