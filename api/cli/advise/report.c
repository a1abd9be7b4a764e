/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - advice as lines, as patches and as experiments to run again. */
#include "api/cli/advise/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/reactor/base.h"

const char *advise_level_name(enum advise_level level)
{
    static const char *const name[] = {"convention", "note", "warning"};

    return name[level];
}

struct page {
    struct advise *a;
    uint32_t at; /* the advice that a line is about */
};

static void put_plain(struct rx_text *t, const char *s)
{
    face_plain(t, s, strlen(s));
}

static void put_who(struct rx_text *t, const struct advice *v)
{
    const struct advise_subject *s = v->subject;

    if (strcmp(s->w->ns, "default") != 0) {
        put_plain(t, s->w->ns);
        rx_text_putc(t, ' ');
    }
    put_plain(t, s->object);
}

static void put_place(struct rx_text *t, const struct advice *v)
{
    put_plain(t, v->file);
    rx_text_say(t, ":%u:%u: ", v->line, v->column);
}

/* How many say the same of other workloads, behind one another. */
static uint32_t alike(const struct advise *a, uint32_t from)
{
    uint32_t n = 1;

    while (from + n < a->count && a->advice[from + n].practice == a->advice[from].practice &&
           a->advice[from + n].level == a->advice[from].level)
        n++;
    return n;
}

static void render_line(struct rx_text *t, const void *what)
{
    static const char *const color[] = {"\033[2m", "\033[36m", "\033[33m"};
    const struct page *p = what;
    const struct advice *v = &p->a->advice[p->at];
    bool colored = cli_color_on(p->a->options, STDOUT_FILENO);

    put_place(t, v);
    rx_text_puts(t, colored ? color[v->level] : "");
    rx_text_puts(t, advise_level_name(v->level));
    rx_text_puts(t, colored ? "\033[0m" : "");
    rx_text_say(t, ": %s: ", v->practice->id);
    put_who(t, v);
    rx_text_puts(t, ": ");
    put_plain(t, v->text);
    rx_text_putc(t, '\n');
}

static void render_others(struct rx_text *t, const void *what)
{
    const struct page *p = what;
    const struct advice *v = &p->a->advice[p->at];
    uint32_t n = alike(p->a, p->at), shown = 0, more = 0;

    rx_text_say(t, "    likewise %u more: ", n - 1);
    for (uint32_t i = 1; i < n; i++) {
        if (v[i].subject == v[i - 1].subject)
            continue;
        more += shown == 6;
        if (shown == 6)
            continue;
        rx_text_puts(t, shown++ > 0 ? ", " : "");
        put_who(t, &v[i]);
    }
    if (shown == 0)
        rx_text_puts(t, "other containers of it");
    rx_text_puts(t, more > 0 ? ", ...\n" : "\n");
}

/* Each assumption once, with what rests on it. */
static void render_assumed(struct rx_text *t, const void *what)
{
    const struct page *p = what;
    const struct advise *a = p->a;

    for (uint32_t i = 0; i < a->count; i++) {
        const char *text = a->advice[i].assumes;
        bool told = text[0] == '\0';

        for (uint32_t k = 0; k < i; k++)
            told |= strcmp(a->advice[k].assumes, text) == 0 &&
                    a->advice[k].practice == a->advice[i].practice;
        if (told)
            continue;
        rx_text_say(t, "assumed for %s: %s\n", a->advice[i].practice->id, text);
    }
}

static void put_number(struct rx_text *t, const char *before, uint64_t n, const char *what)
{
    rx_text_puts(t, before);
    rx_text_u64(t, n);
    rx_text_putc(t, ' ');
    rx_text_puts(t, what);
    rx_text_puts(t, n == 1 ? "" : "s");
}

static void render_end(struct rx_text *t, const void *what)
{
    const struct page *p = what;
    uint32_t of[3] = {0}, patches = 0;

    for (uint32_t i = 0; i < p->a->count; i++) {
        of[p->a->advice[i].level]++;
        patches += p->a->advice[i].fixed != NULL;
    }
    if (p->a->count == 0) {
        put_number(t, "nothing to advise: ", p->a->subjects, "workload");
        put_number(t, ", ", p->a->runs, "experiment");
        rx_text_putc(t, '\n');
        return;
    }
    put_number(t, "", of[ADVISE_WARNING], "warning");
    put_number(t, ", ", of[ADVISE_NOTE], "note");
    put_number(t, ", ", of[ADVISE_CONVENTION], "convention");
    put_number(t, " after ", p->a->runs, "experiment");
    if (patches > 0)
        rx_text_say(t, "; %u with a patch (-o patch)", patches);
    rx_text_putc(t, '\n');
}

void advise_print_lines(struct advise *a, struct out *out)
{
    struct page p = {.a = a};

    for (; p.at < a->count; p.at++) {
        uint32_t n = alike(a, p.at);

        out_render(out, render_line, &p);
        if (a->options->all || n <= 2)
            continue;
        out_render(out, render_others, &p);
        p.at += n - 1;
    }
    if (!a->options->quiet) {
        out_render(out, render_assumed, &p);
        out_render(out, render_end, &p);
    }
}

/* ---- patches --------------------------------------------------------------------------------- */

/* From the end of a file to its beginning, so that places before a change stay what they are; what
 * is of one document, as it is told. */
static int by_place(const void *a, const void *b)
{
    const struct advice *const *x = a, *const *y = b;
    uint32_t at = advise_target(*x)->line, than = advise_target(*y)->line;

    if (at != than)
        return at > than ? -1 : 1;
    return *x < *y ? -1 : 1;
}

/* The text of a file after all its advice. */
static void all_of(struct advise *a, struct input_file *f, const struct input_file *whose)
{
    const struct advice **list = rx_arena_alloc(&a->arena, (a->count + 1) * sizeof(*list));
    uint32_t count = 0;
    const char *why;

    a->failed |= list == NULL;
    for (uint32_t i = 0; list != NULL && i < a->count; i++)
        if (a->advice[i].fixed != NULL && advise_file_of(a, advise_target(&a->advice[i])) == whose)
            list[count++] = &a->advice[i];
    if (count > 0)
        qsort(list, count, sizeof(*list), by_place);
    for (uint32_t i = 0; i < count; i++)
        advise_edit(a, list[i], f, &why);
    for (uint32_t i = 0; i < count; i++)
        if (list[i]->append != NULL)
            advise_append(a, list[i], f);
}

void advise_print_patch(struct advise *a, struct out *out)
{
    for (uint32_t i = 0; i < a->files; i++) {
        struct input_file f = a->file[i];
        const char *diff;

        all_of(a, &f, &a->file[i]);
        diff = advise_diff(a, f.name, a->file[i].text, a->file[i].length, f.text, f.length);
        if (a->failed)
            return;
        out_puts(out, diff);
    }
}

/* One file can have one of them: they would be in each other's way. */
void advise_print_experiment(struct advise *a, struct out *out)
{
    uint32_t others = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        const struct advice *v = &a->advice[i];

        if (v->experiment == NULL || others++ > 0)
            continue;
        out_puts(out, advise_say(a, "# %s of %s: podring simulate %s%sTHIS --for %llds\n# %s\n",
                                 v->practice->id, v->subject->object,
                                 v->alone ? "" : v->subject->file->name, v->alone ? "" : " ",
                                 (long long)v->for_ms / 1000, v->text));
        out_puts(out, v->experiment);
    }
    if (others > 1)
        cli_say("the first of %u experiments: --only NAME names another practice", others);
}

/* ---- the catalogue --------------------------------------------------------------------------- */

static void render_catalogue(struct rx_text *t, const void *what)
{
    const struct advise_practice *p;

    (void)what;
    for (size_t i = 0; (p = advise_practice_at(i)) != NULL; i++) {
        size_t from = t->length;

        rx_text_puts(t, p->id);
        rx_text_pad(t, from, 20);
        rx_text_putc(t, ' ');
        rx_text_puts(t, advise_level_name(p->level));
        rx_text_pad(t, from, 32);
        rx_text_puts(t, p->title);
        rx_text_say(t, "\n    looks at  %s\n", p->looks);
        if (p->tries != NULL)
            rx_text_say(t, "    tries     %s\n", p->tries);
    }
}

void advise_print_catalogue(struct out *out)
{
    out_render(out, render_catalogue, NULL);
}
