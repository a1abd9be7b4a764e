/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_uniq.c - uniq, the filter that looks at lines beside each other.
 */
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"

static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

struct uniq_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf last;
    int64_t count;
};

static void uniq_print(struct sh_task *t, const struct uniq_state *s)
{
    if (s->count == 0 || (sh_opt(&s->o, 'd') && s->count < 2) ||
        (sh_opt(&s->o, 'u') && s->count > 1))
        return;
    if (sh_opt(&s->o, 'c'))
        sh_printf(t, "%7lld ", (long long)s->count);
    sh_put(t, s->last.text, s->last.length);
    sh_put(t, "\n", 1);
}

int sh_cmd_uniq(struct sh_task *t, struct sh_call *c)
{
    struct uniq_state *s = c->state;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "cdu", &s->o))
            return 1;
        sh_input_init(&s->in, c->argv + s->o.first, RX_MIN(c->argc - s->o.first, 1u));
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (s->count > 0 && s->last.length == length && memcmp(s->last.text, line, length) == 0) {
            s->count++;
            continue;
        }
        uniq_print(t, s);
        s->last.length = 0;
        s->count = 1;
        if (!sh_buf_add(t, &s->last, line, length) || !go_on(t))
            return SH_BLOCKED;
    }
    if (r == SH_BLOCKED)
        return r;
    uniq_print(t, s);
    return s->in.status;
}
