/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spot.c - where in a script a command stands, told from the code: what encloses it, and whether
 * anything follows when it has succeeded. What is met while it runs and what `check` says of a text
 * are the same walk.
 *
 * It knows the operations that end something without doing anything. Behind any other one more is
 * to be done, so an operation that is not known here makes what stands before it a step.
 */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* TESTED and children may nest in each level of a script. Deeper: in the middle of something. */
enum { ENCLOSING_MAX = 4 * SHELL_NESTING_MAX, CALLS_MAX = 8 };

struct enclosing {
    uint8_t op;
    uint32_t at;
};

/* What is open around an operation, the outermost first. */
static uint32_t enclose(const struct sh_unit *u, uint32_t pc, struct enclosing list[ENCLOSING_MAX])
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < pc; i++) {
        const struct sh_ins *ins = &u->ins[i];

        while (n > 0 && list[n - 1].op != SH_OP_TESTED && u->ins[list[n - 1].at].c <= i)
            n--;
        switch (ins->op) {
        case SH_OP_TESTED_END:
            n -= n > 0;
            break;
        case SH_OP_TESTED:
        case SH_OP_CAPTURE:
        case SH_OP_SUBSHELL:
        case SH_OP_BACKGROUND:
        case SH_OP_STAGE:
        case SH_OP_FUNCTION:
            if (n == ENCLOSING_MAX)
                return n;
            list[n++] = (struct enclosing){ins->op, i};
            break;
        default:
            break;
        }
    }
    while (n > 0 && list[n - 1].op != SH_OP_TESTED && u->ins[list[n - 1].at].c <= pc)
        n--;
    return n;
}

/* Does nothing happen from here to the end of what the operation is in? */
static bool runs_out(const struct sh_unit *u, uint32_t pc)
{
    while (pc < u->count) {
        const struct sh_ins *ins = &u->ins[pc];

        switch (ins->op) {
        case SH_OP_END:
        case SH_OP_EXIT:
        case SH_OP_RETURN:
            return true;
        case SH_OP_CHECK:
        case SH_OP_GROUP_END:
        case SH_OP_CASE_END:
        case SH_OP_PIPE_END:
            pc++;
            break;
        case SH_OP_JUMP:
        case SH_OP_STAGE: /* the other members of a pipeline run side by side with it */
            if (ins->c <= pc)
                return false; /* the next round of a loop */
            pc = ins->c;
            break;
        default:
            return false;
        }
    }
    return false;
}

/* Of the operation that runs a command, as far as its own text tells. LAST: of the function of that
 * name, a number of the unit's texts; or of the unit (UINT32_MAX). */
static enum shell_program_spot spot_in_unit(const struct sh_unit *u, uint32_t pc,
                                            uint32_t *function)
{
    struct enclosing list[ENCLOSING_MAX];
    uint32_t n = enclose(u, pc, list);
    enum shell_program_spot otherwise = SHELL_SPOT_MIDDLE;

    *function = UINT32_MAX;
    if (n == ENCLOSING_MAX)
        return SHELL_SPOT_MIDDLE;
    for (pc++; n > 0; n--) {
        const struct enclosing *e = &list[n - 1];

        if (e->op == SH_OP_TESTED)
            return SHELL_SPOT_CONDITION;
        if (!runs_out(u, pc))
            return otherwise;
        switch (e->op) {
        case SH_OP_CAPTURE:
            return SHELL_SPOT_CAPTURED;
        case SH_OP_BACKGROUND:
            return SHELL_SPOT_BACKGROUND;
        case SH_OP_FUNCTION:
            *function = u->ins[e->at].b;
            return SHELL_SPOT_LAST;
        case SH_OP_STAGE:
            otherwise = SHELL_SPOT_PIPE;
            break;
        default:
            break;
        }
        pc = u->ins[e->at].c;
    }
    return runs_out(u, pc) ? SHELL_SPOT_LAST : otherwise;
}

/* ---- while it runs --------------------------------------------------------------------------- */

/* The call, text or trap that is open below a frame of this task; -1: there is none. */
static int caller(const struct sh_task *t, int below)
{
    for (int i = below - 1; i >= 0; i--)
        if (t->frame[i].kind == SH_FRAME_CALL || t->frame[i].kind == SH_FRAME_SOURCE ||
            t->frame[i].kind == SH_FRAME_TRAP)
            return i;
    return -1;
}

/* A child runs a text of its own: where in the parent's is what waits for it, and ends with it?
 * False: nowhere, *spot. xargs and its like go on with the next child. */
static bool waits_in(const struct sh_task *parent, uint32_t *pc, enum shell_program_spot *spot)
{
    const struct sh_command *c = parent->call.command;
    const struct sh_ins *ins = &parent->unit->ins[parent->pc];

    *spot = SHELL_SPOT_MIDDLE;
    if (c != NULL)
        return c->flags & SH_OPENS;
    if (ins->op == SH_OP_CAPTURE)
        *spot = SHELL_SPOT_CAPTURED;
    if (ins->op == SH_OP_SUBSHELL)
        *pc = ins->c - 1;
    return ins->op == SH_OP_SUBSHELL || ins->op == SH_OP_PIPE_END;
}

enum shell_program_spot sh_spot(const struct sh_task *t)
{
    const struct sh_unit *unit = t->unit;
    uint32_t pc = t->pc, function;
    int below = t->frames, at;

    if (t->call.replaces)
        return t->captured_by ? SHELL_SPOT_CAPTURED : SHELL_SPOT_EXEC;
    for (;;) {
        enum shell_program_spot spot = spot_in_unit(unit, pc, &function);

        if (spot != SHELL_SPOT_LAST)
            return spot;
        /* Who goes on when this text is over? A child of the same text has no calls of its own:
         * they are those of its parent, who waits for it in the place that was looked at just
         * now. */
        while ((at = caller(t, below)) < 0) {
            const struct sh_task *parent = sh_task_find(t->proc, t->parent);

            if (parent == NULL || parent->unit == NULL)
                return t->background ? SHELL_SPOT_BACKGROUND : SHELL_SPOT_LAST;
            if (parent->unit != unit && t->background)
                return SHELL_SPOT_BACKGROUND;
            t = parent;
            below = t->frames;
            if (t->unit != unit)
                break;
        }
        if (at >= 0 && t->frame[at].kind == SH_FRAME_TRAP)
            return SHELL_SPOT_MIDDLE;
        unit = at >= 0 ? t->frame[at].unit : t->unit;
        pc = at >= 0 ? t->frame[at].pc : t->pc;
        below = at >= 0 ? at : below;
        if (at < 0 && !waits_in(t, &pc, &spot))
            return spot;
    }
}

/* ---- of a text ------------------------------------------------------------------------------- */

/* The operation that runs the command at this place; UINT32_MAX: none does. */
static uint32_t exec_at(const struct sh_unit *u, uint32_t pos)
{
    for (uint32_t i = 0; i < u->count; i++)
        if (u->ins[i].op == SH_OP_EXEC && u->ins[i].c == pos)
            return i;
    return UINT32_MAX;
}

/* The first call of a function; UINT32_MAX: nobody calls it by its name. */
static uint32_t call_of(const struct sh_unit *u, const char *name)
{
    for (uint32_t i = 0; i + 2 < u->count; i++) {
        if (u->ins[i].op != SH_OP_ARGS || u->ins[i + 1].op != SH_OP_TEXT ||
            u->ins[i + 2].op != SH_OP_FIELD || strcmp(u->str[u->ins[i + 1].b], name) != 0)
            continue;
        for (uint32_t k = i; k < u->count; k++) {
            if (u->ins[k].op == SH_OP_CAPTURE)
                k = u->ins[k].c - 1;
            else if (u->ins[k].op == SH_OP_EXEC)
                return k;
        }
    }
    return UINT32_MAX;
}

enum shell_program_spot sh_spot_in_text(const struct sh_unit *u, uint32_t pos)
{
    uint32_t pc = exec_at(u, pos), function;
    enum shell_program_spot spot = SHELL_SPOT_MIDDLE;

    for (int calls = 0; pc != UINT32_MAX && calls < CALLS_MAX; calls++) {
        spot = spot_in_unit(u, pc, &function);
        if (spot != SHELL_SPOT_LAST || function == UINT32_MAX)
            return spot;
        pc = call_of(u, u->str[function]);
    }
    return SHELL_SPOT_MIDDLE;
}
