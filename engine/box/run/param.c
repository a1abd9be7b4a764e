/* SPDX-License-Identifier: Apache-2.0 */
/*
 * param.c - parameters with operators: ${#x}, ${x#w}, and what bash and busybox add: slices,
 * replacements, upper and lower case, arrays and their keys, names of names.
 *
 * A parameter is a list of values: one of a variable, many of "$@" and of an array with [@]. The
 * operator makes another list of it, which is collected beside the accumulators, as the operands
 * still lie on top of them; then these go, and the list is added as "$@" is.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* What a parameter refers to. */
struct target {
    struct sh_task *t;
    const char *name, *element; /* element: the key, of an array with a subscript */
    bool all, star;             /* [@] or [*], or $@ and $* */
    const char *literal;        /* the value itself, or NULL */
    char key[SH_KEY_MAX];
};

/* A list of strings, each with its NUL. */
struct list {
    struct sh_task *t;
    char *s;
    uint32_t used, room, count;
    bool any; /* a value was set */
};

static bool list_add(struct list *l, const char *s, size_t length)
{
    size_t need = l->used + length;

    if (need > SHELL_WORD_MAX) {
        sh_limit(l->t, "a word is too long");
        return false;
    }
    if (!sh_charge(l->t, (uint32_t)(length / 32)))
        return false;
    if (need > l->room) {
        uint32_t room = RX_MAX((uint32_t)need, RX_MAX(64u, l->room * 2));
        char *bigger = sh_regrow(l->t->proc, l->s, l->used, l->room, room);

        if (bigger == NULL)
            return false;
        l->s = bigger;
        l->room = room;
    }
    if (length > 0)
        memcpy(l->s + l->used, s, length);
    l->used += (uint32_t)length;
    return true;
}

static bool list_end(struct list *l)
{
    l->count++;
    return list_add(l, "", 1);
}

static void list_free(struct list *l)
{
    sh_free(l->t->proc, l->s, l->room);
    l->s = NULL;
    l->used = l->room = 0;
}

/* ---- arrays that are made up ----------------------------------------------------------------- */

static const char *number(struct sh_task *t, int64_t n)
{
    snprintf(t->proc->number, sizeof(t->proc->number), "%lld", (long long)n);
    return t->proc->number;
}

/* FUNCNAME and the like. False: the name is none of these. */
static bool made_up(struct sh_task *t, const char *name, uint32_t n, const char **value)
{
    static const char *const version[] = {"5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"};
    struct sh_caller k;

    *value = NULL;
    if (t->flavour != SHELL_BASH || sh_var_find(t, name) != NULL)
        return false;
    if (strcmp(name, "FUNCNAME") == 0) {
        *value = sh_functions(t) > 0 && sh_caller(t, n, &k) ? k.name : NULL;
    } else if (strcmp(name, "BASH_SOURCE") == 0) {
        *value = sh_caller(t, n, &k) ? k.source : NULL;
    } else if (strcmp(name, "BASH_LINENO") == 0) {
        *value = sh_caller(t, n, &k) ? number(t, k.line) : NULL;
    } else if (strcmp(name, "PIPESTATUS") == 0) {
        if (n < RX_MAX(t->pipe_count, (uint8_t)1))
            *value = number(t, t->pipe_count > 0 ? t->pipe_status[n] : t->status);
    } else if (strcmp(name, "BASH_VERSINFO") == 0) {
        *value = n < RX_ARRAY_LEN(version) ? version[n] : NULL;
    } else {
        return false;
    }
    return true;
}

static int64_t made_up_end(struct sh_task *t, const char *name)
{
    const char *value;
    uint32_t n = 0;

    while (made_up(t, name, n, &value) && value != NULL)
        n++;
    return n;
}

/* ---- what a parameter refers to -------------------------------------------------------------- */

static bool is_all(const char *s)
{
    return (s[0] == '@' || s[0] == '*') && s[1] == '\0';
}

static bool take_subscript(struct target *g, const char *subscript)
{
    const struct sh_var *v = sh_var_find(g->t, g->name);
    const char *value;
    int64_t n;

    if (is_all(subscript)) {
        g->all = true;
        g->star = subscript[0] == '*';
        return true;
    }
    g->element = g->key;
    if (!made_up(g->t, g->name, 0, &value))
        return sh_array_key(g->t, v, subscript, g->key);
    if (!sh_arith(g->t, subscript, &n))
        return false;
    n += n < 0 ? made_up_end(g->t, g->name) : 0;
    snprintf(g->key, sizeof(g->key), "%lld", (long long)RX_MAX(n, (int64_t)0));
    return true;
}

/* name or name[subscript], as text. `hold` keeps the name. */
static bool take_reference(struct target *g, const char *text, char hold[SH_KEY_MAX])
{
    const char *open = strchr(text, '[');
    size_t length = open != NULL ? (size_t)(open - text) : strlen(text);
    char subscript[SH_KEY_MAX];
    size_t inside;

    if (length >= SH_KEY_MAX || strlen(text) >= 2 * SH_KEY_MAX)
        return false;
    memcpy(hold, text, length);
    hold[length] = '\0';
    g->name = hold;
    g->all = is_all(hold);
    g->star = hold[0] == '*';
    if (open == NULL)
        return true;
    inside = strlen(open + 1);
    if (inside == 0 || open[inside] != ']' || inside > SH_KEY_MAX)
        return false;
    memcpy(subscript, open + 1, inside - 1);
    subscript[inside - 1] = '\0';
    return take_subscript(g, subscript);
}

static const char *value_of(struct target *g)
{
    const struct sh_var *v;
    const char *value;
    int64_t n;

    if (g->literal != NULL)
        return g->literal;
    if (g->element == NULL)
        return made_up(g->t, g->name, 0, &value) ? value : sh_param_value(g->t, g->name);
    if (sh_number(g->element, &n) && n >= 0 && n < UINT32_MAX &&
        made_up(g->t, g->name, (uint32_t)n, &value))
        return value;
    v = sh_var_find(g->t, g->name);
    if (sh_is_array(v))
        return sh_array_look(g->t, v, g->element);
    return strcmp(g->element, "0") == 0 ? sh_get(g->t, g->name) : NULL;
}

/* The next value of all; *cursor begins at 0. */
static bool next_value(struct target *g, uint32_t *cursor, const char **key, const char **value)
{
    const struct sh_var *v = sh_var_find(g->t, g->name);

    if (is_all(g->name)) { /* cursor: bytes behind $1 */
        const char *first = sh_param(g->t, 1);
        const char *end = g->t->params != NULL ? g->t->params->text + g->t->params->size : NULL;

        if (first == NULL || first + *cursor >= end)
            return false;
        *key = "";
        *value = first + *cursor;
        *cursor += (uint32_t)strlen(*value) + 1;
        return true;
    }
    if (sh_is_array(v))
        return sh_array_next(v, cursor, key, value);
    *key = "0";
    if (made_up(g->t, g->name, *cursor, value)) {
        ++*cursor;
        return *value != NULL;
    }
    *value = sh_get(g->t, g->name);
    return (*cursor)++ == 0 && *value != NULL;
}

static uint32_t count_values(struct target *g)
{
    const char *key, *value;
    uint32_t at = 0, count = 0;

    if (is_all(g->name))
        return sh_param_count(g->t);
    while (next_value(g, &at, &key, &value) && sh_charge(g->t, 1))
        count++;
    return count;
}

/* ---- operators ------------------------------------------------------------------------------- */

static bool matches(struct sh_task *t, const char *pattern, const char *s, size_t n, bool nocase)
{
    return t->extglob ? sh_match_extended(t, pattern, s, n, nocase)
                      : sh_match(t, pattern, s, n, nocase);
}

/* How much of the value goes away, from its front or its end. */
static size_t trimmed(struct sh_task *t, unsigned op, const char *pattern, const char *s, size_t n)
{
    bool longest = op == SH_PARAM_PREFIX_LONG || op == SH_PARAM_SUFFIX_LONG;
    bool front = op == SH_PARAM_PREFIX || op == SH_PARAM_PREFIX_LONG;

    for (size_t i = 0; i <= n && !t->proc->over; i++) {
        size_t k = longest ? n - i : i;

        if (!sh_charge(t, 1))
            break;
        if (matches(t, pattern, front ? s : s + n - k, k, false))
            return k;
    }
    return 0;
}

/* The longest match at the front of s; -1: none. */
static long match_front(struct sh_task *t, const char *pattern, const char *s, size_t n)
{
    for (size_t k = n + 1; k-- > 0;)
        if (!sh_charge(t, 1) || matches(t, pattern, s, k, t->nocasematch))
            return t->proc->over ? -1 : (long)k;
    return -1;
}

/* The replacement, in which & is what was found: not in bash's default, which our texts assume. */
static bool replace(struct list *out, unsigned op, const char *pattern, const char *with,
                    const char *s, size_t n)
{
    struct sh_task *t = out->t;
    size_t at = 0;

    if (*pattern == '\0' && op != SH_PARAM_REPLACE_FRONT && op != SH_PARAM_REPLACE_BACK)
        return list_add(out, s, n);
    if (op == SH_PARAM_REPLACE_BACK) {
        for (; at <= n; at++)
            if (!sh_charge(t, 1) || matches(t, pattern, s + at, n - at, t->nocasematch))
                return !t->proc->over && list_add(out, s, at) && list_add(out, with, strlen(with));
        return list_add(out, s, n);
    }
    while (at <= n && !t->proc->over) {
        long k = match_front(t, pattern, s + at, n - at);

        if (k >= 0 && (k > 0 || op == SH_PARAM_REPLACE_FRONT)) {
            if (!list_add(out, with, strlen(with)))
                return false;
            at += (size_t)k;
            if (op != SH_PARAM_REPLACE_ALL)
                break;
            continue;
        }
        if (op == SH_PARAM_REPLACE_FRONT || at == n)
            break;
        if (!list_add(out, s + at++, 1))
            return false;
    }
    return !t->proc->over && list_add(out, s + at, n - at);
}

static bool change_case(struct list *out, unsigned op, const char *pattern, const char *s, size_t n)
{
    bool upper = op == SH_PARAM_UPPER || op == SH_PARAM_UPPER_ALL;
    bool once = op == SH_PARAM_UPPER || op == SH_PARAM_LOWER;

    for (size_t i = 0; i < n; i++) {
        char c = s[i];

        if ((!once || i == 0) && (*pattern == '\0' || sh_match(out->t, pattern, &c, 1, false))) {
            if (upper && c >= 'a' && c <= 'z')
                c = (char)(c - 32);
            else if (!upper && c >= 'A' && c <= 'Z')
                c = (char)(c + 32);
        }
        if (!list_add(out, &c, 1))
            return false;
    }
    return true;
}

static bool is_control(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 32 || *s == 127)
            return true;
    return false;
}

/* So that a shell reads it as this value. */
static bool quote(struct list *out, const char *s)
{
    static const char letters[] = "abtnvfr";
    bool control = is_control(s);

    if (!list_add(out, control ? "$'" : "'", control ? 2 : 1))
        return false;
    for (; *s != '\0'; s++) {
        char text[8];
        int n;

        if (control && *s >= 7 && *s <= 13)
            n = snprintf(text, sizeof(text), "\\%c", letters[*s - 7]);
        else if (control && ((unsigned char)*s < 32 || *s == 127))
            n = snprintf(text, sizeof(text), *s == 27 ? "\\E" : "\\%03o", (unsigned char)*s);
        else if (*s == '\'')
            n = snprintf(text, sizeof(text), control ? "\\'" : "'\\''");
        else if (control && *s == '\\')
            n = snprintf(text, sizeof(text), "\\\\");
        else
            n = snprintf(text, sizeof(text), "%c", *s);
        if (!list_add(out, text, (size_t)n))
            return false;
    }
    return list_add(out, "'", 1);
}

static bool unescape(struct list *out, const char *s)
{
    while (*s != '\0') {
        size_t n = strcspn(s, "\\");
        char c[4];
        int k;

        if (!list_add(out, s, n))
            return false;
        s += n;
        if (*s == '\0')
            break;
        k = sh_echo_escape(&s, c, false);
        if (k < 0)
            return true;
        if (!list_add(out, c, (size_t)k))
            return false;
    }
    return true;
}

char *sh_quote(struct sh_task *t, const char *s)
{
    struct list l = {.t = t};
    char *copy = NULL;

    if (quote(&l, s) && list_add(&l, "", 1) && (copy = sh_call_alloc(t, l.used)) != NULL)
        memcpy(copy, l.s, l.used);
    list_free(&l);
    return copy;
}

/* ---- slices ---------------------------------------------------------------------------------- */

/* ${x:from:length} of one value. */
static bool slice_text(struct list *out, const char *s, int64_t from, int64_t length, bool up_to)
{
    int64_t n = (int64_t)strlen(s), end = n;

    if (from < 0)
        from += n;
    if (from < 0 || from > n)
        return true; /* nothing */
    if (up_to)
        end = length < 0 ? n + length : length < n - from ? from + length : n;
    if (end < from) {
        sh_warn(out->t, "%lld: substring expression < 0", (long long)length);
        sh_exit(out->t, 1);
        return false;
    }
    return list_add(out, s + from, (size_t)(end - from));
}

/* ${a[@]:from:length}: by number, of which some may be missing. */
static bool slice_list(struct list *out, struct target *g, int64_t from, int64_t length, bool up_to)
{
    bool params = is_all(g->name);
    const char *key, *value;
    uint32_t at = 0;
    int64_t n = 0;

    if (up_to && length < 0) {
        sh_warn(out->t, "%lld: substring expression < 0", (long long)length);
        sh_exit(out->t, 1);
        return false;
    }
    if (from < 0)
        from +=
            params ? (int64_t)sh_param_count(g->t) + 1 : sh_array_end(sh_var_find(g->t, g->name));
    if (from < 0)
        return true;
    if (!up_to)
        length = INT64_MAX;
    if (params && from == 0 && length > 0) {
        length--;
        if (!list_add(out, g->t->name->text, strlen(g->t->name->text)) || !list_end(out))
            return false;
    }
    while (length > 0 && next_value(g, &at, &key, &value)) {
        bool in = params || !sh_is_array(sh_var_find(g->t, g->name)) ||
                          (sh_var_find(g->t, g->name)->flags & SH_VAR_ASSOC)
                      ? ++n >= from + !params
                      : sh_number(key, &n) && n >= from;

        if (!in)
            continue;
        length--;
        if (!list_add(out, value, strlen(value)) || !list_end(out))
            return false;
    }
    return true;
}

static bool slice(struct list *out, struct target *g, unsigned op, const char *const arg[2])
{
    bool up_to = op == SH_PARAM_SLICE_UP_TO;
    int64_t from, length = 0;
    const char *value;

    if (!sh_arith(g->t, arg[0], &from) || (up_to && !sh_arith(g->t, arg[1], &length))) {
        sh_exit(g->t, g->t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_SYNTAX);
        return false;
    }
    if (g->all)
        return slice_list(out, g, from, length, up_to);
    value = value_of(g);
    out->any = value != NULL;
    return slice_text(out, value != NULL ? value : "", from, length, up_to) && list_end(out);
}

/* ---- names and keys -------------------------------------------------------------------------- */

static bool names(struct list *out, const char *prefix)
{
    const char *name = "", *value;
    int flags;

    while ((name = sh_var_next(out->t, name, &value, &flags)) != NULL && !out->t->proc->over)
        if (strncmp(name, prefix, strlen(prefix)) == 0 &&
            (!list_add(out, name, strlen(name)) || !list_end(out)))
            return false;
    return !out->t->proc->over;
}

static bool keys(struct list *out, struct target *g)
{
    const char *key, *value;
    uint32_t at = 0;

    while (next_value(g, &at, &key, &value))
        if (!list_add(out, key, strlen(key)) || !list_end(out))
            return false;
    return true;
}

/* ---- one parameter --------------------------------------------------------------------------- */

static bool one(struct list *out, unsigned op, const char *const arg[2], const char *s)
{
    size_t n = strlen(s), gone;

    if (!sh_charge(out->t, (uint32_t)(n / 16)))
        return false;
    switch (op) {
    case SH_PARAM_PREFIX:
    case SH_PARAM_PREFIX_LONG:
        gone = trimmed(out->t, op, arg[0], s, n);
        return list_add(out, s + gone, n - gone);
    case SH_PARAM_SUFFIX:
    case SH_PARAM_SUFFIX_LONG:
        gone = trimmed(out->t, op, arg[0], s, n);
        return list_add(out, s, n - gone);
    case SH_PARAM_REPLACE:
    case SH_PARAM_REPLACE_ALL:
    case SH_PARAM_REPLACE_FRONT:
    case SH_PARAM_REPLACE_BACK:
        return replace(out, op, arg[0], arg[1], s, n);
    case SH_PARAM_UPPER:
    case SH_PARAM_UPPER_ALL:
    case SH_PARAM_LOWER:
    case SH_PARAM_LOWER_ALL:
        return change_case(out, op, arg[0], s, n);
    case SH_PARAM_QUOTE:
        return quote(out, s);
    case SH_PARAM_ESCAPE:
        return unescape(out, s);
    default:
        return list_add(out, s, n);
    }
}

static bool length_of(struct list *out, struct target *g)
{
    const char *value = g->all ? NULL : value_of(g);
    char text[24];

    out->any = g->all || value != NULL;
    snprintf(text, sizeof(text), "%zu",
             g->all          ? (size_t)count_values(g)
             : value != NULL ? strlen(value)
                             : 0);
    return list_add(out, text, strlen(text)) && list_end(out);
}

static bool all_values(struct list *out, struct target *g, unsigned op, const char *const arg[2])
{
    const char *key, *value;
    uint32_t at = 0;

    while (next_value(g, &at, &key, &value)) {
        /* A value that was made up does not outlive the next one. */
        if (!one(out, op, arg, value) || !list_end(out))
            return false;
    }
    return true;
}

static bool collect(struct list *out, struct target *g, unsigned op, const char *const arg[2])
{
    const char *value;

    out->any = true;
    switch (op) {
    case SH_PARAM_NAMES:
        return names(out, g->name);
    case SH_PARAM_KEYS:
        return keys(out, g);
    case SH_PARAM_LENGTH:
        return length_of(out, g);
    case SH_PARAM_SLICE:
    case SH_PARAM_SLICE_UP_TO:
        return slice(out, g, op, arg);
    default:
        break;
    }
    if (g->all)
        return all_values(out, g, op, arg);
    value = value_of(g);
    out->any = value != NULL;
    if (value == NULL && op == SH_PARAM_QUOTE) {
        out->any = true;
        return true;
    }
    return one(out, op, arg, value != NULL ? value : "") && list_end(out);
}

static uint32_t operands_of(unsigned op)
{
    if (op >= SH_PARAM_REPLACE && op <= SH_PARAM_REPLACE_BACK)
        return 2;
    if (op == SH_PARAM_SLICE_UP_TO)
        return 2;
    return (op >= SH_PARAM_PREFIX && op <= SH_PARAM_SLICE) ||
           (op >= SH_PARAM_UPPER && op <= SH_PARAM_LOWER_ALL);
}

static bool bad_substitution(struct sh_task *t, const char *name)
{
    if (t->flavour == SHELL_BASH)
        sh_warn(t, "${%s}: bad substitution", name);
    else
        sh_warn(t,
                t->flavour == SHELL_DASH ? "Bad substitution" : "syntax error: bad substitution");
    sh_exit(t, t->flavour == SHELL_BASH ? 1 : SHELL_EXIT_SYNTAX);
    return false;
}

/* The target of an operation whose subscript, if it has one, is `sub`. False: reported. */
static bool aim(struct target *g, const char *name, const char *sub, bool indirect,
                char hold[SH_KEY_MAX])
{
    const struct sh_var *v;
    const char *value;

    g->name = name;
    g->all = is_all(name);
    g->star = name[0] == '*';
    if (sub != NULL && !take_subscript(g, sub))
        return false;
    if (sub == NULL && !indirect && (value = sh_var_name(g->t, name)) != name &&
        strchr(value, '[') != NULL)
        return take_reference(g, value, hold);
    if (!indirect)
        return true;
    if (sub == NULL && (v = sh_var_itself(g->t, name)) != NULL && v->flags & SH_VAR_REF) {
        g->literal = sh_var_name(g->t, name); /* ${!ref}: what it names */
        return true;
    }
    value = value_of(g);
    *g = (struct target){.t = g->t, .name = name};
    if (value == NULL) {
        sh_warn(g->t, "%s: invalid indirect expansion", name);
        return false;
    }
    if (take_reference(g, value, hold))
        return true;
    if (!g->t->proc->over)
        sh_warn(g->t, "%s: invalid variable name", value);
    return false;
}

static void drop(struct sh_task *t, uint32_t operands)
{
    for (; operands > 0; operands--)
        sh_acc_pop(t);
}

bool sh_expand_param(struct sh_task *t, const struct sh_ins *i)
{
    unsigned op = i->a & 31u;
    bool sub = i->a & SH_SUB, indirect = i->a & SH_INDIRECT && op != SH_PARAM_NAMES;
    uint32_t n = operands_of(op), operands = n + sub;
    const char *name = t->unit->str[i->b], *arg[2] = {"", ""};
    struct target g = {.t = t};
    struct list out = {.t = t};
    char hold[SH_KEY_MAX];
    bool ok;

    if (op == SH_PARAM_BAD)
        return bad_substitution(t, name);
    RX_ASSERT(t->accs > operands);
    for (uint32_t k = 0; k < n; k++)
        arg[k] = t->bytes + t->acc[t->accs - n + k].base;
    if (!aim(&g, name, sub ? t->bytes + t->acc[t->accs - operands].base : NULL, indirect, hold)) {
        sh_exit(t, 1);
        return false;
    }
    ok = collect(&out, &g, op, arg);
    if (ok && !out.any && t->opt_u && !t->proc->over)
        ok = sh_unbound(t, name);
    if (ok) {
        drop(t, operands);
        if (op == SH_PARAM_NAMES)
            g.all = true, g.star = i->a & SH_INDIRECT;
        if (g.all && op != SH_PARAM_LENGTH)
            ok = sh_expand_list(t, out.s, out.count, g.star, i->a & SH_QUOTED);
        else
            ok = sh_add(t, out.s != NULL ? out.s : "", out.used > 0 ? out.used - 1 : 0,
                        i->a & SH_QUOTED, true);
    }
    list_free(&out);
    return ok && !t->proc->over;
}

static bool target_set(struct target *g, bool not_null)
{
    const char *key, *value;
    uint32_t at = 0, count = 0;

    if (!g->all) {
        value = value_of(g);
        return value != NULL && (!not_null || value[0] != '\0');
    }
    while (next_value(g, &at, &key, &value))
        if (!not_null || value[0] != '\0' || ++count > 1)
            return true;
    return false;
}

bool sh_op_is_set(struct sh_task *t, const struct sh_ins *i)
{
    bool sub = i->a & SH_SUB;
    struct target g = {.t = t};
    char hold[SH_KEY_MAX];

    if (!aim(&g, t->unit->str[i->b], sub ? t->bytes + t->acc[t->accs - 1].base : NULL,
             i->a & SH_INDIRECT, hold)) {
        sh_exit(t, 1);
        return false;
    }
    t->is_set = target_set(&g, i->a & 1);
    drop(t, sub);
    return true;
}

bool sh_is_set(struct sh_task *t, const char *name)
{
    struct target g = {.t = t};
    char hold[SH_KEY_MAX];

    return take_reference(&g, name, hold) && target_set(&g, false);
}
