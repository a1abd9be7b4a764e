/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.c - who has called what runs: FUNCNAME, BASH_SOURCE, BASH_LINENO, and the builtin caller.
 */
#include <string.h>

#include "engine/box/run/cmd.h"

bool sh_caller(const struct sh_task *t, uint32_t n, struct sh_caller *out)
{
    const struct sh_unit *inside = t->unit;

    for (uint16_t i = t->frames; i > 0; i--) {
        const struct sh_frame *f = &t->frame[i - 1];
        bool call = f->kind == SH_FRAME_CALL;

        if ((call || (f->kind == SH_FRAME_SOURCE && f->final)) && n-- == 0) {
            out->name = call ? f->name : "source";
            out->source = inside->source != NULL ? inside->source : "environment";
            out->line = f->again;
            return true;
        }
        inside = f->unit != NULL ? f->unit : inside;
    }
    *out = (struct sh_caller){.name = "main", .source = inside->source};
    return n == 0 && inside->source != NULL; /* of -c nothing is told */
}

uint32_t sh_functions(const struct sh_task *t)
{
    uint32_t n = 0;

    for (uint16_t i = t->frames; i > 0; i--)
        n += t->frame[i - 1].kind == SH_FRAME_CALL;
    return n;
}

int sh_cmd_caller(struct sh_task *t, struct sh_call *c)
{
    struct sh_caller here, above = {0};
    int64_t n = 0;

    if (c->argc > 1 && (!sh_number(c->argv[1], &n) || n < 0 || n >= SHELL_FRAMES_MAX)) {
        sh_warn(t, "caller: %s: invalid number", c->argv[1]);
        return 2;
    }
    if (!sh_caller(t, (uint32_t)n, &here))
        return 1;
    if (!sh_caller(t, (uint32_t)n + 1, &above) && (c->argc > 1 || strcmp(here.name, "main") == 0))
        return 1;
    if (c->argc == 1)
        sh_printf(t, "%u %s\n", here.line, above.source != NULL ? above.source : "NULL");
    else
        sh_printf(t, "%u %s %s\n", here.line, above.name, above.source);
    return 0;
}
