/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand.c - words being put together: accumulators on the byte stack, parameters, field
 * splitting.
 *
 * Splitting happens while text is added, by a small automaton in the accumulator, so nothing has to
 * remember which part of a field came from where.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

/* ---- the byte stack -------------------------------------------------------------------------- */

bool sh_bytes(struct sh_task *t, const char *s, size_t length)
{
    size_t need = t->length + length + 1;

    if (need > SHELL_WORD_MAX) {
        sh_limit(t, "a word is too long");
        return false;
    }
    if (need > t->room) {
        uint32_t room = RX_MAX((uint32_t)need, t->room > 0 ? t->room * 2 : 48);
        char *bytes = sh_regrow(t->proc, t->bytes, t->length, t->room, room);

        if (bytes == NULL)
            return false;
        t->bytes = bytes;
        t->room = room;
    }
    if (length > 0)
        memcpy(t->bytes + t->length, s, length);
    t->length += (uint32_t)length;
    return true;
}

static struct sh_acc *top(struct sh_task *t)
{
    RX_ASSERT(t->accs > 0);
    return &t->acc[t->accs - 1];
}

bool sh_acc_push(struct sh_task *t, enum sh_acc_kind kind)
{
    if (t->accs == t->acc_room) {
        uint32_t room = t->acc_room > 0 ? t->acc_room * 2u : 2;
        struct sh_acc *acc;

        if (room > UINT8_MAX) {
            sh_limit(t, "substitutions are nested too deep");
            return false;
        }
        acc = sh_regrow(t->proc, t->acc, t->accs * sizeof(*acc), t->acc_room * sizeof(*acc),
                        room * sizeof(*acc));
        if (acc == NULL)
            return false;
        t->acc = acc;
        t->acc_room = (uint8_t)room;
    }
    t->acc[t->accs++] =
        (struct sh_acc){.base = t->length, .field = t->length, .kind = (uint8_t)kind};
    return true;
}

void sh_acc_pop(struct sh_task *t)
{
    t->length = top(t)->base;
    t->accs--;
}

const char *sh_acc_text(struct sh_task *t)
{
    if (!sh_bytes(t, "", 1))
        return NULL;
    t->length--;
    return t->bytes + top(t)->base;
}

char **sh_argv(struct sh_task *t, const struct sh_acc *a, uint32_t *size)
{
    size_t text = t->length - a->base, table = (a->count + 1) * sizeof(char *);
    char **argv = sh_alloc(t->proc, table + text + 1);
    char *s;

    if (argv == NULL)
        return NULL;
    s = (char *)argv + table;
    *size = (uint32_t)(table + text + 1);
    if (text > 0)
        memcpy(s, t->bytes + a->base, text);
    for (uint32_t i = 0; i < a->count; i++, s += strlen(s) + 1)
        argv[i] = s;
    argv[a->count] = NULL;
    return argv;
}

/* ---- adding text ----------------------------------------------------------------------------- */

static bool special(char c)
{
    return c != '\0' && strchr("*?[]\\-!^+@()|\001", c) != NULL;
}

/* With marks where a quoted character would mean something in a pattern. */
static bool add_marked(struct sh_task *t, const char *s, size_t length, bool quoted)
{
    const char esc = SH_ESC;
    size_t from = 0;

    for (size_t i = 0; i < length; i++) {
        if (quoted ? !special(s[i]) : s[i] != SH_ESC)
            continue;
        if (!sh_bytes(t, s + from, i - from) || !sh_bytes(t, &esc, 1))
            return false;
        from = i;
    }
    return sh_bytes(t, s + from, length - from);
}

/* Into a regular expression: what is quoted means itself. */
static bool add_literal(struct sh_task *t, const char *s, size_t length, bool quoted)
{
    for (size_t i = 0; i < length; i++)
        if ((quoted && strchr(".*+?()[]{}|^$\\", s[i]) != NULL && !sh_bytes(t, "\\", 1)) ||
            !sh_bytes(t, s + i, 1))
            return false;
    return true;
}

static bool add_split(struct sh_task *t, const char *s, size_t length)
{
    const char *ifs = sh_get(t, "IFS");

    if (ifs == NULL)
        ifs = " \t\n";
    for (size_t i = 0, n; i < length; i += n) {
        struct sh_acc *a = top(t);

        for (n = 0; i + n < length && strchr(ifs, s[i + n]) == NULL; n++)
            ;
        if (n > 0) {
            a->active = true;
            a->after_blank = false;
            if (!add_marked(t, s + i, n, false))
                return false;
            continue;
        }
        n = 1;
        if (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') {
            if (a->active) {
                if (!sh_field(t))
                    return false;
                top(t)->after_blank = true;
            }
        } else {
            if (!a->after_blank) {
                a->active = true;
                if (!sh_field(t))
                    return false;
            }
            top(t)->after_blank = false;
        }
    }
    return true;
}

bool sh_add(struct sh_task *t, const char *s, size_t length, bool quoted, bool split)
{
    struct sh_acc *a = top(t);

    if (!sh_charge(t, (uint32_t)(length / 32)))
        return false;
    switch (a->kind) {
    case SH_ACC_STR:
        return sh_bytes(t, s, length);
    case SH_ACC_PAT:
        return add_marked(t, s, length, quoted);
    case SH_ACC_REGEX:
        return add_literal(t, s, length, quoted);
    default:
        if (split && !quoted)
            return add_split(t, s, length);
        a->active = true;
        a->after_blank = false;
        return add_marked(t, s, length, quoted);
    }
}

bool sh_field(struct sh_task *t)
{
    struct sh_acc *a = top(t);

    a->after_blank = false;
    if (!a->active)
        return true;
    a->active = false;
    if (!sh_bytes(t, "", 1))
        return false;
    if (!t->opt_f && sh_glob_needed(t->bytes + a->field))
        return sh_glob(t, a);
    t->length = a->field + (uint32_t)sh_unescape(t->bytes + a->field) + 1;
    a->field = t->length;
    a->count++;
    return true;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static const char *number(struct sh_task *t, int64_t n)
{
    snprintf(t->proc->number, sizeof(t->proc->number), "%lld", (long long)n);
    return t->proc->number;
}

/* In the order in which each shell has them. */
static const char *flags_text(struct sh_task *t)
{
    bool bash = t->flavour == SHELL_BASH, text = t->unit->source == NULL;
    const char *order = bash ? "aefhnuvxBCc" : "uaCcvxnfe";
    const struct {
        char letter;
        bool on;
    } flags[] = {{'a', t->opt_a},
                 {'e', t->opt_e},
                 {'f', t->opt_f},
                 {'h', bash},
                 {'n', t->opt_n},
                 {'u', t->opt_u},
                 {'v', t->opt_v},
                 {'x', t->opt_x},
                 {'B', bash},
                 {'C', t->opt_C},
                 {'c', text && (bash || t->flavour == SHELL_ASH)}};
    char *to = t->proc->number;

    for (; *order != '\0'; order++)
        for (size_t i = 0; i < RX_ARRAY_LEN(flags); i++)
            if (flags[i].letter == *order && flags[i].on)
                *to++ = *order;
    *to = '\0';
    return t->proc->number;
}

const char *sh_param_value(struct sh_task *t, const char *name)
{
    if (sh_is_name_start((unsigned char)name[0]))
        return sh_get(t, name);
    switch (name[0]) {
    case '#':
        return number(t, sh_param_count(t));
    case '?':
        return number(t, t->status);
    case '$':
        return number(t, t->shell_pid);
    case '!':
        return t->last_job != 0 ? number(t, t->last_job) : NULL;
    case '-':
        return flags_text(t);
    default: {
        uint32_t n = 0;

        for (; *name >= '0' && *name <= '9' && n < 1000000; name++)
            n = n * 10 + (uint32_t)(*name - '0');
        /* What was shifted away is walked over each time. */
        sh_charge(t, (n + t->shift) / 32);
        return n == 0 ? t->name->text : sh_param(t, n);
    }
    }
}

/* One field each, or all joined by the first character of IFS. */
bool sh_expand_list(struct sh_task *t, const char *s, uint32_t count, bool star, bool quoted)
{
    const char *ifs = sh_get(t, "IFS");
    bool fields = top(t)->kind == SH_ACC_ARGS && (!quoted || !star);
    char join = !star || ifs == NULL ? ' ' : ifs[0];

    if (quoted && star && top(t)->kind == SH_ACC_ARGS)
        top(t)->active = true;
    for (uint32_t n = 1; n <= count; n++, s += strlen(s) + 1) {
        if (n > 1 && fields) {
            if (!sh_field(t))
                return false;
        } else if (n > 1 && join != '\0' && !sh_add(t, &join, 1, quoted, false)) {
            return false;
        }
        if (!sh_add(t, s, strlen(s), quoted, true))
            return false;
    }
    return true;
}

bool sh_unbound(struct sh_task *t, const char *name)
{
    bool bash = t->flavour == SHELL_BASH;

    sh_warn(t, bash ? "%s: unbound variable" : "%s: parameter not set", name);
    sh_exit(t, sh_fatal_status(t));
    return false;
}

bool sh_expand_var(struct sh_task *t, const char *name, bool quoted)
{
    const char *value;

    if ((name[0] == '@' || name[0] == '*') && name[1] == '\0')
        return sh_expand_list(t, sh_param(t, 1), sh_param_count(t), name[0] == '*', quoted);
    value = sh_param_value(t, name);
    if (value == NULL) {
        if (t->opt_u)
            return sh_unbound(t, name);
        value = "";
    }
    return sh_add(t, value, strlen(value), quoted, true);
}

bool sh_expand_tilde(struct sh_task *t)
{
    const char *home = sh_get(t, "HOME");

    if (home == NULL)
        home = "/root";
    return sh_add(t, home, strlen(home), true, false);
}
