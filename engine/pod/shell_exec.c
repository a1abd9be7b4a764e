/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_exec.c - the interpreter: one operation at a time, frames for what must be undone.
 *
 * An operation that has to wait leaves the program counter on itself and says what for
 * (task->wait); it is then carried out again, and finds in the task how far it had come. So nothing
 * of a waiting script is on the C stack.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_task.h"
#include "engine/reactor/base.h"

/* Operations a task may carry out before the next one gets its turn. */
enum { SLICE = 128 };

static void run_op(struct sh_task *t);

void sh_step(struct sh_task *t)
{
    struct shell_proc *p = t->proc;

    p->current = t;
    p->setup.fs->self = t->pid;
    t->wait = SH_RUNS;
    t->until = RX_MS_NEVER;
    for (int n = 0; n < SLICE && t->wait == SH_RUNS && t->doomed == 0; n++) {
        if (p->over || !sh_charge(t, 1))
            break;
        run_op(t);
    }
    p->current = NULL;
    if (t->doomed != 0 && t->wait != SH_ENDED && !p->over)
        sh_task_end(t, 128 + t->doomed);
}

/* ---- frames ---------------------------------------------------------------------------------- */

bool sh_frame_push(struct sh_task *t, enum sh_frame_kind kind)
{
    if (t->frames == t->frame_room) {
        uint32_t room = t->frame_room > 0 ? t->frame_room * 2u : 4;
        struct sh_frame *frame;

        if (room > SHELL_FRAMES_MAX) {
            sh_limit(t, "calls are nested too deep");
            return false;
        }
        frame = sh_regrow(t->proc, t->frame, t->frames * sizeof(*frame),
                          t->frame_room * sizeof(*frame), room * sizeof(*frame));
        if (frame == NULL)
            return false;
        t->frame = frame;
        t->frame_room = (uint16_t)room;
    }
    t->frame[t->frames++] =
        (struct sh_frame){.kind = (uint8_t)kind, .accs = t->accs, .bytes = t->length};
    return true;
}

struct sh_frame *sh_top(struct sh_task *t)
{
    RX_ASSERT(t->frames > 0);
    return &t->frame[t->frames - 1];
}

void sh_frame_pop(struct sh_task *t)
{
    struct sh_frame *f = sh_top(t);

    sh_restore(t, t->frames);
    t->accs = f->accs;
    t->length = f->bytes;
    if (f->unit != NULL) { /* CALL, SOURCE, TRAP */
        sh_unit_unref(t->unit);
        t->unit = f->unit;
        t->pc = f->pc;
    }
    if (f->kind == SH_FRAME_CALL) {
        sh_params_unref(t->proc, t->params);
        t->params = f->params;
        t->shift = f->shift;
    }
    sh_file_unref(t->proc, f->file);
    t->frames--;
}

bool sh_enter_unit(struct sh_task *t, enum sh_frame_kind kind, struct sh_unit *unit, uint32_t pc)
{
    if (!sh_frame_push(t, kind)) {
        sh_unit_unref(unit);
        return false;
    }
    sh_top(t)->unit = t->unit;
    sh_top(t)->pc = t->pc;
    sh_top(t)->status = t->status;
    t->unit = unit;
    t->pc = pc;
    return true;
}

void sh_task_reset(struct sh_task *t)
{
    sh_call_end(t);
    while (t->frames > 0)
        sh_frame_pop(t);
    t->accs = 0;
    t->length = 0;
    t->child = 0;
    sh_file_unref(t->proc, t->capture);
    t->capture = NULL;
}

bool sh_tested(const struct sh_task *t)
{
    for (uint16_t i = 0; i < t->frames; i++)
        if (t->frame[i].kind == SH_FRAME_TESTED)
            return true;
    return t->tested;
}

void sh_simple_end(struct sh_task *t, int32_t status)
{
    struct sh_frame *f = sh_top(t);

    RX_ASSERT(f->kind == SH_FRAME_SIMPLE);
    t->status = status;
    if (f->exec) {
        sh_task_reset(t);
        sh_task_end(t, status);
        return;
    }
    t->pc = f->pc;
    sh_frame_pop(t);
    sh_run_traps(t);
}

/* ---- commands -------------------------------------------------------------------------------- */

/* Is the command whose words are on top a special builtin? */
static bool special_on_top(const struct sh_task *t)
{
    const struct sh_acc *a = t->accs > 0 ? &t->acc[t->accs - 1] : NULL;
    const struct sh_command *c;

    if (a == NULL || a->kind != SH_ACC_ARGS || a->count == 0 ||
        t->frame[t->frames - 1].accs == t->accs)
        return false;
    c = sh_command_find(t->bytes + a->base);
    return c != NULL && (c->flags & SH_SPECIAL);
}

static void op_simple(struct sh_task *t, const struct sh_ins *i)
{
    const struct shell_setup *s = &t->proc->setup;
    bool first = t == t->proc->tasks && t->frames == 0;

    if (!sh_frame_push(t, SH_FRAME_SIMPLE))
        return;
    sh_top(t)->pc = i->c;
    sh_top(t)->exec =
        i->a || (first && s->program->single && (s->implicit_exec || s->program->bash));
    t->captured = 0;
    t->pc++;
}

static void op_redir(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = sh_acc_text(t);
    uint32_t pc;
    bool ok;

    if (text == NULL)
        return;
    t->pc++;
    ok = sh_redirect(t, i->a, i->b, text, i->c);
    if (t->proc->over)
        return;
    sh_acc_pop(t);
    if (ok)
        return;
    if (special_on_top(t)) {
        sh_exit(t, SHELL_EXIT_SYNTAX);
        return;
    }
    pc = sh_top(t)->pc;
    sh_frame_pop(t);
    t->pc = pc;
    t->status = 1;
}

static void op_assign(struct sh_task *t, const struct sh_ins *i)
{
    const char *name = t->unit->str[i->b], *value = sh_acc_text(t);
    bool temporary;
    char *copy;
    bool ok;

    if (value == NULL)
        return;
    copy = sh_alloc(t->proc, strlen(value) + 1);
    if (copy == NULL)
        return;
    strcpy(copy, value);
    sh_acc_pop(t);
    temporary = i->a && !special_on_top(t);
    if (t->opt_x)
        sh_complain(t, "+ %s=%s", name, copy);
    ok = !temporary || sh_save_var(t, name, t->frames);
    ok = ok && sh_set_flags(t, name, copy, temporary ? SH_VAR_EXPORT : 0);
    sh_free(t->proc, copy, strlen(copy) + 1);
    t->pc++;
    if (!ok)
        sh_exit(t, SHELL_EXIT_SYNTAX);
}

static void op_exec(struct sh_task *t, const struct sh_ins *i)
{
    int status = t->call.command == NULL ? sh_call_begin(t, i->c) : sh_call_resume(t);

    if (status == 0 && t->call.write_failed)
        status = 1;
    if (status >= 0 && t->doomed == 0 && !t->proc->over) {
        sh_call_end(t);
        sh_simple_end(t, status);
    }
    if (t->wait == SH_RUNS && t->doomed == 0 && !t->proc->over)
        sh_full(t);
}

static void op_default(struct sh_task *t, const struct sh_ins *i)
{
    const char *name = t->unit->str[i->b], *value = sh_acc_text(t);
    bool ok;

    if (value == NULL)
        return;
    ok = sh_is_name(name, strlen(name));
    if (!ok)
        sh_warn(t, "%s: bad variable name", name);
    ok = ok && sh_set(t, name, value);
    if (!ok) {
        sh_exit(t, SHELL_EXIT_SYNTAX);
        return;
    }
    sh_acc_pop(t);
    t->pc++;
}

static void op_complain(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = sh_acc_text(t);

    if (text == NULL)
        return;
    if (text[0] == '\0')
        text = i->a ? "parameter null or not set" : "parameter not set";
    sh_warn(t, "%s: %s", t->unit->str[i->b], text);
    sh_exit(t, SHELL_EXIT_SYNTAX);
}

static void op_arith(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = sh_acc_text(t);
    char number[24];
    int64_t value;

    if (text == NULL)
        return;
    if (!sh_arith(t, text, &value)) {
        sh_exit(t, SHELL_EXIT_SYNTAX);
        return;
    }
    sh_acc_pop(t);
    snprintf(number, sizeof(number), "%lld", (long long)value);
    t->pc++;
    sh_add(t, number, strlen(number), i->a & SH_QUOTED, true);
}

/* ---- loops and case -------------------------------------------------------------------------- */

static void op_for(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_acc a = t->acc[t->accs - 1];
    struct sh_frame *f;

    t->accs--; /* its text stays: the frame owns it now */
    if (!sh_frame_push(t, SH_FRAME_LOOP))
        return;
    f = sh_top(t);
    f->bytes = f->cursor = a.base;
    f->left = a.count;
    f->top = t->length;
    f->pc = i->c;
    f->again = ++t->pc;
}

static void op_for_next(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_frame *f = sh_top(t);
    const char *word;

    if (f->left == 0) {
        t->pc = i->c;
        return;
    }
    word = t->bytes + f->cursor;
    f->left--;
    f->cursor += (uint32_t)strlen(word) + 1;
    t->pc++;
    if (!sh_set(t, t->unit->str[i->b], word))
        sh_exit(t, SHELL_EXIT_SYNTAX);
}

static void op_case(struct sh_task *t)
{
    uint32_t base = t->acc[t->accs - 1].base;

    if (sh_acc_text(t) == NULL)
        return;
    t->length++; /* with its NUL */
    t->accs--;
    if (!sh_frame_push(t, SH_FRAME_CASE))
        return;
    sh_top(t)->bytes = sh_top(t)->cursor = base;
    t->pc++;
}

static void op_match(struct sh_task *t, const struct sh_ins *i)
{
    const char *pattern = sh_acc_text(t), *subject;
    bool hit;

    if (pattern == NULL)
        return;
    subject = t->bytes + sh_top(t)->cursor;
    hit = sh_match(t, pattern, subject, strlen(subject));
    sh_acc_pop(t);
    t->pc = hit ? i->c : t->pc + 1;
}

static void op_loop_end(struct sh_task *t)
{
    t->status = sh_top(t)->status;
    t->pc++;
    sh_frame_pop(t);
}

/* ---- one operation --------------------------------------------------------------------------- */

/* Operations that put words together. */
static void run_word_op(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = t->unit->str != NULL && t->unit->str_count > 0 ? t->unit->str[i->b] : "";
    bool quoted = i->a & SH_QUOTED, ok = true;

    switch (i->op) {
    case SH_OP_ARGS:
        ok = sh_acc_push(t, SH_ACC_ARGS);
        break;
    case SH_OP_STR:
        ok = sh_acc_push(t, SH_ACC_STR);
        break;
    case SH_OP_PAT:
        ok = sh_acc_push(t, SH_ACC_PAT);
        break;
    case SH_OP_TEXT:
        ok = sh_add(t, text, strlen(text), quoted, i->a & SH_SPLIT);
        break;
    case SH_OP_TILDE:
        ok = sh_expand_tilde(t);
        break;
    case SH_OP_VAR:
        ok = sh_expand_var(t, text, quoted);
        break;
    case SH_OP_LENGTH:
        ok = sh_expand_length(t, text, quoted);
        break;
    case SH_OP_TRIM:
        ok = sh_expand_trim(t, text, i->a & ~(unsigned)SH_QUOTED, quoted);
        break;
    case SH_OP_IS_SET:
        t->is_set = sh_is_set(t, text, i->a);
        break;
    case SH_OP_FIELD:
        ok = sh_field(t);
        break;
    default:
        RX_ASSERT(!"an operation");
    }
    if (ok)
        t->pc++;
}

static void op_function(struct sh_task *t, const struct sh_ins *i)
{
    if (!sh_func_define(t, t->unit->str[i->b], t->unit, t->pc + 1))
        return;
    t->status = 0;
    t->pc = i->c;
}

static void op_frame(struct sh_task *t, enum sh_frame_kind kind, uint32_t behind)
{
    if (!sh_frame_push(t, kind))
        return;
    sh_top(t)->pc = behind;
    sh_top(t)->again = ++t->pc;
    sh_top(t)->top = t->length;
}

static void op_check(struct sh_task *t)
{
    t->pc++;
    if (t->opt_e && t->status != 0 && !sh_tested(t))
        sh_exit(t, t->status);
}

static void op_return(struct sh_task *t)
{
    sh_frame_pop(t);
    sh_simple_end(t, t->status);
}

static void run_op(struct sh_task *t)
{
    const struct sh_ins *i = &t->unit->ins[t->pc];

    RX_ASSERT_SLOW(t->pc < t->unit->count);
    switch ((enum sh_op)i->op) {
    case SH_OP_END:
        sh_op_end(t);
        break;
    case SH_OP_EXIT:
        sh_exit(t, t->status);
        break;
    case SH_OP_JUMP_SET:
        t->pc = t->is_set ? i->c : t->pc + 1;
        break;
    case SH_OP_JUMP_UNSET:
        t->pc = !t->is_set ? i->c : t->pc + 1;
        break;
    case SH_OP_DEFAULT:
        op_default(t, i);
        break;
    case SH_OP_COMPLAIN:
        op_complain(t, i);
        break;
    case SH_OP_CAPTURE:
        sh_op_capture(t, i);
        break;
    case SH_OP_ARITH:
        op_arith(t, i);
        break;
    case SH_OP_SIMPLE:
        op_simple(t, i);
        break;
    case SH_OP_GROUP:
        op_frame(t, SH_FRAME_GROUP, i->c);
        break;
    case SH_OP_TESTED:
        op_frame(t, SH_FRAME_TESTED, 0);
        break;
    case SH_OP_LOOP:
        op_frame(t, SH_FRAME_LOOP, i->c);
        break;
    case SH_OP_GROUP_END:
    case SH_OP_TESTED_END:
    case SH_OP_CASE_END:
        t->pc++;
        sh_frame_pop(t);
        break;
    case SH_OP_REDIR:
        op_redir(t, i);
        break;
    case SH_OP_ASSIGN:
        op_assign(t, i);
        break;
    case SH_OP_EXEC:
        op_exec(t, i);
        break;
    case SH_OP_NOTHING:
        sh_simple_end(t, t->captured);
        break;
    case SH_OP_JUMP:
        t->pc = i->c;
        break;
    case SH_OP_JUMP_FAIL:
        t->pc = t->status != 0 ? i->c : t->pc + 1;
        break;
    case SH_OP_JUMP_OK:
        t->pc = t->status == 0 ? i->c : t->pc + 1;
        break;
    case SH_OP_NOT:
        t->status = t->status == 0;
        t->pc++;
        break;
    case SH_OP_STATUS:
        t->status = i->a;
        t->pc++;
        break;
    case SH_OP_CHECK:
        op_check(t);
        break;
    case SH_OP_LOOP_SAVE:
        sh_top(t)->status = t->status;
        t->pc++;
        break;
    case SH_OP_LOOP_END:
        op_loop_end(t);
        break;
    case SH_OP_FOR:
        op_for(t, i);
        break;
    case SH_OP_FOR_NEXT:
        op_for_next(t, i);
        break;
    case SH_OP_CASE:
        op_case(t);
        break;
    case SH_OP_MATCH:
        op_match(t, i);
        break;
    case SH_OP_FUNCTION:
        op_function(t, i);
        break;
    case SH_OP_RETURN:
        op_return(t);
        break;
    case SH_OP_SUBSHELL:
        sh_op_subshell(t, i);
        break;
    case SH_OP_BACKGROUND:
        sh_op_background(t, i);
        break;
    case SH_OP_PIPE:
        sh_op_pipe(t, i);
        break;
    case SH_OP_STAGE:
        sh_op_stage(t, i);
        break;
    case SH_OP_PIPE_END:
        sh_op_pipe_end(t);
        break;
    default:
        run_word_op(t, i);
        break;
    }
}
