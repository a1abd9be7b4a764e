/* SPDX-License-Identifier: Apache-2.0 */
/* give.c - one advice: where it stands, and what of the file its change makes. */
#include <string.h>

#include "api/cli/advise/advise.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

const struct manifest_document *advise_target(const struct advice *v)
{
    return v->target != NULL ? v->target : v->subject->document;
}

static void place(struct advice *v)
{
    const struct advise_subject *s = v->subject;

    v->file = s->document->file;
    v->line = s->document->line;
    v->column = s->document->column;
    for (uint32_t i = 0; v->container != NULL && i < s->pod->container_count; i++)
        if (strcmp(s->pod->container[i].name, v->container) == 0 &&
            s->pod->container[i].at.line > 0) {
            v->line = s->pod->container[i].at.line;
            v->column = s->pod->container[i].at.column;
        }
    if (v->target == NULL)
        return;
    v->file = v->target->file;
    v->line = v->target->line;
    v->column = v->target->column;
}

void advise_append(struct advise *a, const struct advice *v, struct input_file *f)
{
    const char *text = f->text;
    size_t n = f->length;

    while (n > 0 && strchr(" \r\n", text[n - 1]) != NULL)
        n--;
    if (n >= 4 && memcmp(text + n - 4, "\n---", 4) == 0)
        n -= 3;
    f->text = advise_say(a, "%.*s%s---\n%s", (int)n, text, n > 0 && text[n - 1] != '\n' ? "\n" : "",
                         v->append);
    f->length = strlen(f->text);
}

bool advise_edit(struct advise *a, const struct advice *v, struct input_file *f, const char **why)
{
    struct manifest_edited e = {.text = f->text, .length = f->length};
    const struct manifest_document *d = advise_target(v);
    int rc = 0;

    if (v->changes > 0)
        rc = manifest_edit(&a->arena, f->text, f->length, d->line, d->column, v->change, v->changes,
                           &e);
    a->failed |= rc == -RX_ENOMEM;
    *why = e.why != NULL ? e.why : "";
    if (rc != 0 || e.text == NULL)
        return false;
    f->text = e.text;
    f->length = e.length;
    return true;
}

static bool is_json(const struct input_file *f)
{
    size_t at = strspn(f->text, " \t\r\n");

    return f->text[at] == '{';
}

static void patch(struct advise *a, struct advice *v)
{
    struct input_file f = *advise_file_of(a, advise_target(v));
    const char *why;

    if (v->append != NULL && is_json(&f)) {
        v->no_patch = "a document beside it would be needed, and the file is JSON";
        return;
    }
    if (!advise_edit(a, v, &f, &why)) {
        v->no_patch = why;
        return;
    }
    if (v->append != NULL)
        advise_append(a, v, &f);
    v->fixed = f.text;
    v->fixed_length = f.length;
}

void advise_give(struct advise *a, const struct advise_subject *s, const struct advice *like)
{
    struct advice *v;

    if (a->count == a->room) {
        uint32_t room = a->room == 0 ? 32 : 2 * a->room;
        struct advice *more = rx_arena_alloc(&a->arena, room * sizeof(*more));

        if (more == NULL) {
            a->failed = true;
            return;
        }
        if (a->count > 0)
            memcpy(more, a->advice, a->count * sizeof(*more));
        a->advice = more;
        a->room = room;
    }
    v = &a->advice[a->count++];
    *v = *like;
    v->practice = a->practice;
    v->subject = s;
    if (v->assumes == NULL)
        v->assumes = "";
    if ((int32_t)s->replicas < s->w->replicas && a->practice->tries != NULL)
        v->assumes = advise_say(a, "%s%s%u of its %d pods are enough to try it", v->assumes,
                                v->assumes[0] != '\0' ? "; " : "", s->replicas, s->w->replicas);
    place(v);
    if (v->changes > 0 || v->append != NULL)
        patch(a, v);
}
