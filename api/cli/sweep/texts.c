/* SPDX-License-Identifier: Apache-2.0 */
/* texts.c - the files and lines of one combination. Documents are changed from the last one of a
 * file on, so that the places of those before stay what they are. */
#include "api/cli/sweep/sweep.h"

#include <stdio.h>
#include <string.h>

#include "api/cli/io/lines.h"
#include "api/engine.h"
#include "api/manifest/edit.h"
#include "engine/reactor/err.h"

static bool has_document(const struct sweep_axis *a, uint32_t document)
{
    for (uint32_t i = 0; i < a->documents; i++)
        if (a->document[i] == document)
            return true;
    return false;
}

static int change(struct sweep_texts *t, const struct sweep *s, uint32_t combination,
                  uint32_t document, struct input_file *f)
{
    const struct manifest_document *d = &s->ring->set.documents.item[document];
    struct manifest_change all[SWEEP_AXES_MAX];
    struct manifest_edited e;
    uint32_t count = 0;
    int rc;

    for (uint32_t i = 0; i < s->axes; i++)
        if (s->axis[i].kind == SWEEP_FIELD && has_document(&s->axis[i], document))
            all[count++] = (struct manifest_change){
                s->axis[i].path, s->axis[i].value[sweep_at(s, combination, i)]};
    if (count == 0)
        return 0;
    rc = manifest_edit(&t->arena, f->text, f->length, d->line, d->column, all, count, &e);
    if (rc == -RX_ENOMEM)
        return -PODRING_ENOMEM;
    if (rc != 0 || e.text == NULL) {
        snprintf(t->why, sizeof(t->why), "%s:%u:%u: %s", d->file, d->line, d->column,
                 e.why != NULL && e.why[0] != '\0' ? e.why : "it cannot be changed there");
        return -PODRING_EINVALID;
    }
    f->text = e.text;
    f->length = e.length;
    return 0;
}

static int change_file(struct sweep_texts *t, const struct sweep *s, uint32_t combination,
                       struct input_file *f)
{
    const struct manifest_documents *all = &s->ring->set.documents;
    int rc = 0;

    for (uint32_t i = all->count; i-- > 0 && rc == 0;)
        if (all->item[i].file != NULL && strcmp(all->item[i].file, f->name) == 0)
            rc = change(t, s, combination, i, f);
    return rc;
}

static bool copy_options(struct sweep_texts *t, const struct sweep *s)
{
    const struct cli_options *o = s->options;

    t->options = *o;
    t->options.set =
        rx_arena_alloc(&t->arena, ((size_t)o->set_count + SWEEP_AXES_MAX) * sizeof(*o->set));
    if (t->options.set == NULL)
        return false;
    for (int i = 0; i < o->set_count; i++)
        t->options.set[i] = o->set[i];
    for (int l = 0; l < CLI_LINES; l++) {
        t->options.line[l] =
            rx_arena_alloc(&t->arena, ((size_t)o->line_count[l] + 1) * sizeof(*o->line[l]));
        if (t->options.line[l] == NULL)
            return false;
        for (int i = 0; i < o->line_count[l]; i++)
            t->options.line[l][i] = o->line[l][i];
    }
    return true;
}

int sweep_texts_make(struct sweep_texts *t, const struct sweep *s, uint32_t combination)
{
    int rc = 0;

    sweep_texts_free(t);
    if (rx_mem_open(&t->mem) != 0)
        return -PODRING_ENOMEM;
    rx_arena_init(&t->arena, &t->mem);
    t->open = true;
    t->file = rx_arena_alloc(&t->arena, (s->files + 1) * sizeof(*t->file));
    if (t->file == NULL || !copy_options(t, s))
        return -PODRING_ENOMEM;
    for (uint32_t i = 0; i < s->axes; i++) {
        const struct sweep_axis *a = &s->axis[i];
        const char *value = a->value[sweep_at(s, combination, i)], *text = "";

        if (a->kind == SWEEP_KNOB)
            text = t->options.set[t->options.set_count++] =
                rx_arena_printf(&t->arena, "%s=%s", a->path, value);
        else if (a->kind == SWEEP_LINE)
            text = t->options.line[a->line][a->index] =
                rx_arena_printf(&t->arena, "%s%s%s", a->before, value, a->behind);
        if (text == NULL)
            return -PODRING_ENOMEM;
    }
    for (uint32_t i = 0; i < s->files && rc == 0; i++) {
        t->file[i] = s->file[i];
        rc = change_file(t, s, combination, &t->file[i]);
    }
    return rc;
}

void sweep_texts_free(struct sweep_texts *t)
{
    if (t->open) {
        rx_arena_fini(&t->arena);
        rx_mem_close(&t->mem);
    }
    *t = (struct sweep_texts){0};
}

int sweep_texts_load(const struct sweep_texts *t, const struct sweep *s, podring *ring)
{
    int rc = 0;

    for (uint32_t i = 0; i < s->files && rc == 0; i++)
        rc = podring_load_text(ring, t->file[i].name, t->file[i].text, t->file[i].length);
    return rc == 0 ? lines_load(&t->options, ring) : rc;
}
