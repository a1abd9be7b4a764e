/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts.c - see texts.h.
 */
#include "engine/box/cmd/texts.h"

#include <string.h>

bool sh_texts_new(struct sh_task *t, struct sh_texts *all, char *const *path, uint32_t count)
{
    static char input[] = "-";
    struct sh_text *standard = NULL;

    all->count = count > 0 ? count : 1;
    all->text = sh_call_alloc(t, all->count * sizeof(*all->text));
    if (all->text == NULL)
        return false;
    for (uint32_t i = 0; i < all->count; i++) {
        struct sh_text *one = &all->text[i];

        one->path = count > 0 ? path[i] : input;
        if (strcmp(one->path, "-") != 0)
            continue;
        if (standard == NULL)
            standard = one;
        else
            one->shares = standard;
    }
    return true;
}

int sh_texts_load(struct sh_task *t, struct sh_texts *all)
{
    int status = 0;

    for (; all->loaded < all->count; all->loaded++) {
        struct sh_text *one = &all->text[all->loaded];
        const char *data;
        uint32_t length;
        int r;

        if (one->shares != NULL)
            continue;
        if (!all->begun) {
            sh_input_init(&all->in, (char *const *)(uintptr_t)&one->path,
                          strcmp(one->path, "-") == 0 ? 0 : 1);
            all->in.errors = SH_INPUT_PLAIN;
            all->begun = true;
        }
        while ((r = sh_input_chunk(t, &all->in, &data, &length)) == 1)
            if (!sh_buf_add(t, &one->buf, data, length))
                return SH_BLOCKED;
        if (r == SH_BLOCKED)
            return r;
        one->failed = all->in.status != 0;
        all->begun = false;
        if (one->failed && !all->patient)
            return 1;
    }
    for (uint32_t i = 0; i < all->count; i++)
        status |= all->text[i].failed;
    return status;
}

bool sh_text_line(struct sh_text *text, const char **line, uint32_t *length)
{
    struct sh_text *from = text->shares != NULL ? text->shares : text;
    const char *end;

    if (from->at >= from->buf.length)
        return false;
    *line = from->buf.text + from->at;
    end = memchr(*line, '\n', from->buf.length - from->at);
    *length = end != NULL ? (uint32_t)(end - *line) : from->buf.length - from->at;
    from->at += *length + 1;
    text->lines++;
    return true;
}
