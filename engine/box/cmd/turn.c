/* SPDX-License-Identifier: Apache-2.0 */
/* turn.c - filters that turn lines around: tac, rev. */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

struct turn_state {
    struct sh_input in;
    struct sh_buf text;
};

/* Options are none; the state is made. 0, SH_BLOCKED, or the status. */
static int turn_start(struct sh_task *t, struct sh_call *c)
{
    struct turn_state *s;
    struct sh_opts o;

    if (c->state != NULL)
        return 0;
    s = c->state = sh_call_alloc(t, sizeof(*s));
    if (s == NULL)
        return SH_BLOCKED;
    if (!sh_options(t, c, "", &o))
        return 1;
    sh_input_init(&s->in, c->argv + o.first, c->argc - o.first);
    return 0;
}

int sh_cmd_tac(struct sh_task *t, struct sh_call *c)
{
    int r = turn_start(t, c);
    struct turn_state *s = c->state;
    const char *data;
    uint32_t length;

    if (r != 0)
        return r;
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!sh_buf_add(t, &s->text, data, length))
            return SH_BLOCKED;
    if (r == SH_BLOCKED)
        return r;
    for (uint32_t end = s->text.length; end > 0;) {
        uint32_t from = end - 1;

        while (from > 0 && s->text.text[from - 1] != '\n')
            from--;
        sh_put(t, s->text.text + from, end - from);
        end = from;
        if (!sh_charge(t, 1))
            return SH_BLOCKED;
    }
    return s->in.status;
}

/* By characters, as far as they are UTF-8. */
static void put_reversed(struct sh_task *t, const char *line, uint32_t length)
{
    for (uint32_t end = length; end > 0;) {
        uint32_t from = end - 1;

        while (from > 0 && end - from < 4 && ((unsigned char)line[from] & 0xC0) == 0x80)
            from--;
        sh_put(t, line + from, end - from);
        end = from;
    }
}

int sh_cmd_rev(struct sh_task *t, struct sh_call *c)
{
    int r = turn_start(t, c);
    struct turn_state *s = c->state;
    uint32_t length;
    char *line;

    if (r != 0)
        return r;
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        put_reversed(t, line, length);
        sh_put(t, "\n", s->in.partial ? 0 : 1);
        if (t->doomed != 0 || t->proc->over || sh_full(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : s->in.status;
}
