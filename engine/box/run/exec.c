/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.c - the interpreter: one operation at a time, frames for what must be undone.
 *
 * An operation that has to wait leaves the program counter on itself and says what for
 * (task->wait); it is then carried out again, and finds in the task how far it had come. So nothing
 * of a waiting script is on the C stack.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* Operations a task may carry out before the next one goes on. */
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
    if (f->kind == SH_FRAME_CALL || f->kind == SH_FRAME_TRAP)
        t->line = f->again;
    if (f->kind == SH_FRAME_CALL || f->own_params) {
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
    sh_top(t)->again = t->line;
    t->unit = unit;
    t->pc = pc;
    return true;
}

void sh_task_reset(struct sh_task *t)
{
    sh_call_end(t);
    while (t->frames > 0)
        sh_frame_pop(t);
    sh_restore(t, 0);
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

/* Is the command whose words have been put together a special builtin? */
static bool special_on_top(const struct sh_task *t)
{
    uint8_t first = t->frame[t->frames - 1].accs; /* the words are the first of this command */
    const struct sh_acc *a = &t->acc[first];
    const struct sh_command *c;

    if (t->accs == first || a->kind != SH_ACC_ARGS || a->count == 0)
        return false;
    c = sh_command_of(t, t->bytes + a->base);
    return c != NULL && (c->flags & SH_SPECIAL);
}

static void op_simple(struct sh_task *t, const struct sh_ins *i)
{
    if (!sh_frame_push(t, SH_FRAME_SIMPLE))
        return;
    if (i->b != 0)
        t->line = i->b;
    sh_top(t)->pc = i->c;
    sh_top(t)->exec = i->a & SH_ENDS;
    sh_top(t)->last = i->a & SH_LAST;
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
    t->call.pos = i->c; /* of what is said of it; the command itself begins later */
    ok = i->a & SH_REDIR_NAMED
             ? sh_redirect_named(t, i->a & ~SH_REDIR_NAMED, t->unit->str[i->b], text, i->c)
             : sh_redirect_number(t, i->a, i->b, text, i->c);
    if (t->proc->over || t->wait != SH_RUNS)
        return; /* a connection takes its time */
    t->pc++;
    sh_acc_pop(t);
    if (ok)
        return;
    if (special_on_top(t) && t->flavour != SHELL_BASH) {
        sh_exit(t, t->flavour == SHELL_ASH ? 1 : SHELL_EXIT_SYNTAX);
        return;
    }
    pc = sh_top(t)->pc;
    sh_frame_pop(t);
    t->pc = pc;
    t->status = t->flavour == SHELL_DASH ? 2 : 1;
}

/* What is assigned, as the attributes of the variable have it; `text` has room for a number. */
static bool by_attributes(struct sh_task *t, const char *name, char **text, char number[24])
{
    const struct sh_var *v = sh_var_find(t, name);
    int64_t n;

    if (v == NULL)
        return true;
    if (v->flags & SH_VAR_INTEGER) {
        if (!sh_arith(t, *text, &n))
            return false;
        snprintf(number, 24, "%lld", (long long)n);
        *text = number;
    }
    for (char *s = *text; *s != '\0' && (v->flags & (SH_VAR_LOWER | SH_VAR_UPPER)); s++) {
        if ((v->flags & SH_VAR_LOWER) && *s >= 'A' && *s <= 'Z')
            *s = (char)(*s + 32);
        if ((v->flags & SH_VAR_UPPER) && *s >= 'a' && *s <= 'z')
            *s = (char)(*s - 32);
    }
    return true;
}

/* name+=value: behind what it has, or added to it. False: over. */
static char *joined(struct sh_task *t, const char *old, const char *value, bool sum, size_t *size)
{
    char *copy;

    *size = strlen(old) + strlen(value) + 7;
    copy = sh_alloc(t->proc, *size);
    if (copy != NULL)
        snprintf(copy, *size, sum ? "(%s)+(%s)" : "%s%s", sum && *old == '\0' ? "0" : old, value);
    return copy;
}

bool sh_assign(struct sh_task *t, const char *name, const char *subscript, const char *value,
               int how)
{
    const struct sh_var *v = sh_var_find(t, name);
    const char *old = "", *there;
    char key[SH_KEY_MAX], number[24], array[SH_KEY_MAX], *copy, *text;
    size_t size;
    bool ok;

    name = sh_var_name(t, name);
    if (subscript == NULL && strchr(name, '[') != NULL && strlen(name) < sizeof(array)) {
        char *open = strchr(strcpy(array, name), '['); /* of a reference to an element */

        array[strlen(array) - 1] = '\0';
        *open = '\0';
        return sh_assign(t, array, open + 1, value, how & ~SH_TEMPORARY);
    }
    if (subscript != NULL && !sh_array_key(t, v, subscript, key))
        return false;
    if (how & SH_APPEND) {
        there = subscript != NULL && sh_is_array(v)          ? sh_array_get(v, key)
                : subscript != NULL && strcmp(key, "0") != 0 ? NULL
                                                             : sh_get(t, name);
        old = there != NULL ? there : "";
    }
    copy = text =
        joined(t, old, value, (how & SH_APPEND) && v != NULL && (v->flags & SH_VAR_INTEGER), &size);
    if (copy == NULL)
        return false;
    ok = by_attributes(t, name, &text, number);
    if (ok && (how & SH_TEMPORARY))
        ok = sh_save_var(t, name, t->frames);
    if (ok)
        ok = subscript != NULL
                 ? sh_array_set(t, name, key, text)
                 : sh_set_flags(t, name, text, how & SH_TEMPORARY ? SH_VAR_EXPORT : 0);
    sh_free(t->proc, copy, size);
    return ok;
}

static void op_assign(struct sh_task *t, const struct sh_ins *i)
{
    const char *name = t->unit->str[i->b], *value = sh_acc_text(t);
    bool sub = i->a & SH_SUBSCRIPT, ok;
    int how = i->a;

    if (value == NULL)
        return;
    t->pc++;
    if (special_on_top(t) && t->flavour != SHELL_BASH)
        how &= ~SH_TEMPORARY; /* it stays */
    if (t->opt_x)
        sh_complain(t, "+ %s%s%s", name, how & SH_APPEND ? "+=" : "=", value);
    ok = sh_assign(t, name, sub ? t->bytes + t->acc[t->accs - 2].base : NULL, value, how);
    if (!ok) {
        sh_exit(t, t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_SYNTAX);
        return;
    }
    sh_acc_pop(t);
    if (sub)
        sh_acc_pop(t);
}

/* name=(...) */
static void op_list(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_acc a = t->acc[t->accs - 1];
    char **field;
    uint32_t size;
    bool ok;

    field = sh_argv(t, &a, &size);
    if (field == NULL)
        return;
    sh_acc_pop(t);
    t->pc++;
    ok = sh_array_assign(t, t->unit->str[i->b], field, a.count, i->a & SH_APPEND, i->a & SH_KEYED);
    sh_free(t->proc, field, size);
    if (!ok)
        sh_exit(t, 1);
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

/* ${x?}, and set -u: bash has one status for -c and another for all else. */
int sh_fatal_status(const struct sh_task *t)
{
    if (t->flavour != SHELL_BASH)
        return SHELL_EXIT_SYNTAX;
    return t == t->proc->tasks && t->unit->source == NULL ? SHELL_EXIT_NOT_FOUND : 1;
}

static void op_complain(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = sh_acc_text(t);

    if (text == NULL)
        return;
    if (text[0] == '\0')
        text = i->a ? "parameter null or not set" : "parameter not set";
    sh_warn(t, "%s: %s", t->unit->str[i->b], text);
    sh_exit(t, sh_fatal_status(t));
}

static void op_arith(struct sh_task *t, const struct sh_ins *i)
{
    const char *text = sh_acc_text(t);
    char number[24];
    int64_t value;

    if (text == NULL)
        return;
    if (!sh_arith(t, text, &value)) {
        sh_exit(t, t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_SYNTAX);
        return;
    }
    sh_acc_pop(t);
    snprintf(number, sizeof(number), "%lld", (long long)value);
    t->pc++;
    sh_add(t, number, strlen(number), i->a & SH_QUOTED, true);
}

/* ((...)): an error in it is a failure, not the end. */
static void op_test(struct sh_task *t)
{
    const char *text = sh_acc_text(t);
    int64_t value = 0;
    bool ok;

    if (text == NULL)
        return;
    ok = sh_arith(t, text, &value);
    if (t->proc->over)
        return;
    sh_acc_pop(t);
    t->status = !ok || value == 0;
    t->pc++;
}

/* BASH_REMATCH: all of it, then the groups. */
static bool set_matches(struct sh_task *t, const char *s, const int32_t *group, uint32_t groups)
{
    char *field[SH_REGEX_GROUPS];

    for (uint32_t g = 0; g < groups; g++) {
        uint32_t n = group[2 * g] >= 0 ? (uint32_t)(group[2 * g + 1] - group[2 * g]) : 0;

        field[g] = sh_call_alloc(t, n + 1);
        if (field[g] == NULL)
            return false;
        if (n > 0)
            memcpy(field[g], s + group[2 * g], n);
    }
    return sh_array_assign(t, "BASH_REMATCH", field, groups, false, false);
}

static void op_regex(struct sh_task *t)
{
    const char *pattern = sh_acc_text(t), *error = NULL, *s;
    int32_t group[2 * SH_REGEX_GROUPS];
    struct sh_regex *r;
    bool hit = false, ok = true;

    if (pattern == NULL)
        return;
    s = t->bytes + t->acc[t->accs - 2].base;
    r = sh_regex_new(t, pattern, SH_REGEX_EXTENDED | (t->nocasematch ? SH_REGEX_ICASE : 0), &error);
    if (r != NULL) {
        hit = sh_regex_find(t, r, s, strlen(s), 0, group);
        if (t->flavour == SHELL_BASH)
            ok = set_matches(t, s, group,
                             hit ? RX_MIN(sh_regex_groups(r) + 1, (uint32_t)SH_REGEX_GROUPS) : 0);
    } else if (!t->proc->over) {
        sh_warn(t, "invalid regular expression `%s': %s", pattern, error != NULL ? error : "");
    }
    sh_call_end(t); /* whose memory that was */
    if (!ok || t->proc->over)
        return;
    sh_acc_pop(t);
    sh_acc_pop(t);
    t->status = r == NULL ? 2 : !hit;
    t->pc++;
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
    f->bytes = a.base;
    f->cursor = i->a ? 0 : a.base; /* select counts otherwise */
    f->left = a.count;
    f->top = t->length;
    f->pc = i->c;
    f->again = ++t->pc;
}

static void op_for_next(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_frame *f = sh_top(t);
    const char *word, *name = t->unit->str[i->b];
    const struct sh_var *v;

    if (f->left == 0) {
        t->pc = i->c;
        return;
    }
    word = t->bytes + f->cursor;
    f->left--;
    f->cursor += (uint32_t)strlen(word) + 1;
    t->pc++;
    v = sh_var_itself(t, name);
    if (v != NULL && v->flags & SH_VAR_REF ? !sh_refer(t, name, word) : !sh_set(t, name, word))
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
    hit = i->a || t->extglob
              ? sh_match_extended(t, pattern, subject, strlen(subject), t->nocasematch)
              : sh_match(t, pattern, subject, strlen(subject), t->nocasematch);
    sh_acc_pop(t);
    t->pc = hit ? i->c : t->pc + 1;
}

static void op_step(struct sh_task *t, const struct sh_ins *i)
{
    struct sh_frame *f = sh_top(t);

    t->pc = f->cursor == 0 ? i->c : t->pc + 1;
    f->cursor = 1;
}

static void op_loop_end(struct sh_task *t)
{
    t->status = sh_top(t)->status;
    t->pc++;
    sh_frame_pop(t);
}

/* ---- one operation --------------------------------------------------------------------------- */

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
    if (t->status != 0 && !sh_tested(t)) {
        if (!t->err_told && sh_run_err_trap(t))
            return; /* then here again */
        if (t->opt_e) {
            t->err_told = false;
            sh_exit(t, t->status);
            return;
        }
    }
    t->err_told = false;
    t->pc++;
}

static void op_return(struct sh_task *t)
{
    if (t->traps != NULL && sh_run_return_trap(t))
        return; /* then here again */
    sh_frame_pop(t);
    sh_simple_end(t, t->status);
}

/* Children, and the end of things. */
static void run_child_op(struct sh_task *t, const struct sh_ins *i)
{
    switch ((enum sh_op)i->op) {
    case SH_OP_END:
        sh_op_end(t);
        break;
    case SH_OP_EXIT:
        sh_exit(t, t->status);
        break;
    case SH_OP_COMPLAIN:
        op_complain(t, i);
        break;
    case SH_OP_CAPTURE:
        sh_op_capture(t, i);
        break;
    case SH_OP_PROC:
        sh_op_proc(t, i);
        break;
    case SH_OP_REGEX:
        op_regex(t);
        break;
    case SH_OP_TIME:
        sh_op_time(t);
        break;
    case SH_OP_TIME_END:
        sh_op_time_end(t, i);
        break;
    case SH_OP_SELECT:
        sh_op_select(t, i);
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
        rx_assert_failed("an operation", __FILE__, __LINE__);
    }
}

/* What stands around commands. */
static void run_frame_op(struct sh_task *t, const struct sh_ins *i)
{
    switch ((enum sh_op)i->op) {
    case SH_OP_DEFAULT:
        op_default(t, i);
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
    case SH_OP_LIST:
        op_list(t, i);
        break;
    case SH_OP_STEP:
        op_step(t, i);
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
    default:
        run_child_op(t, i);
    }
}

/* Only of an operation that names one: what the others have in its place is no number of a text. */
static const char *text_of(const struct sh_task *t, const struct sh_ins *i)
{
    return t->unit->str[i->b];
}

/* Operations that put words together. */
static void run_word_op(struct sh_task *t, const struct sh_ins *i)
{
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
        ok = sh_add(t, text_of(t, i), strlen(text_of(t, i)), quoted, i->a & SH_SPLIT);
        break;
    case SH_OP_TILDE:
        ok = sh_expand_tilde(t);
        break;
    case SH_OP_VAR:
        ok = sh_expand_var(t, text_of(t, i), quoted);
        break;
    case SH_OP_REGEX_STR:
        ok = sh_acc_push(t, SH_ACC_REGEX);
        break;
    case SH_OP_CLOSE:
        ok = sh_bytes(t, "", 1);
        break;
    case SH_OP_PARAM:
        ok = sh_expand_param(t, i);
        break;
    case SH_OP_IS_SET:
        ok = sh_op_is_set(t, i);
        break;
    case SH_OP_FIELD:
        ok = sh_field(t);
        break;
    default:
        run_frame_op(t, i);
        return;
    }
    if (ok)
        t->pc++;
}

static void run_op(struct sh_task *t)
{
    const struct sh_ins *i = &t->unit->ins[t->pc];

    RX_ASSERT_SLOW(t->pc < t->unit->count);
    switch ((enum sh_op)i->op) {
    case SH_OP_JUMP_SET:
        t->pc = t->is_set ? i->c : t->pc + 1;
        break;
    case SH_OP_JUMP_UNSET:
        t->pc = !t->is_set ? i->c : t->pc + 1;
        break;
    case SH_OP_ARITH:
        op_arith(t, i);
        break;
    case SH_OP_SIMPLE:
        op_simple(t, i);
        break;
    case SH_OP_ASSIGN:
        op_assign(t, i);
        break;
    case SH_OP_TEST:
        op_test(t);
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
    default:
        run_word_op(t, i);
        break;
    }
}
