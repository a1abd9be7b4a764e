/* SPDX-License-Identifier: Apache-2.0 */
/* awk_run.c - walks the tree of an awk program: expressions and statements. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/awk.h"
#include "engine/reactor/base.h"

/* ---- errors ---------------------------------------------------------------------------------- */

void awk_fatal(struct awk *k, const char *format, ...)
{
    char text[256];
    va_list args;

    if (k->failed || k->t->proc->over)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    sh_complain(k->t, "%s", text);
    k->failed = true;
    k->flow = AWK_EXITS;
    k->status = 1;
}

bool awk_stops(struct awk *k)
{
    return k->failed || k->t->proc->over || k->t->doomed != 0;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Where a variable or parameter keeps what it is; what a parameter stands for, if that is the
 * caller's. */
struct awk_cell *awk_cell_of(struct awk *k, const struct awk_node *n)
{
    struct awk_cell *cell = n->op == AWK_OP_LOCAL ? &k->locals[n->how] : &k->var[n->how].cell;

    while (cell->to != NULL)
        cell = cell->to;
    return cell;
}

struct awk_array *awk_array_of(struct awk *k, const struct awk_node *n)
{
    struct awk_cell *cell = awk_cell_of(k, n);

    if (cell->array == NULL)
        cell->array = awk_array_new(k);
    return cell->array;
}

/* a[1,2]: the values with SUBSEP between. */
static struct awk_str *subscript(struct awk *k, const struct awk_node *list)
{
    struct awk_val v = awk_eval(k, list);
    struct awk_str *key = awk_text(k, v, false);

    awk_drop(k, v);
    for (list = list->next; list != NULL && !awk_stops(k); list = list->next) {
        struct awk_str *separator = awk_special_text(k, AWK_SUBSEP), *next, *joined;

        v = awk_eval(k, list);
        next = awk_text(k, v, false);
        joined = awk_str(k, NULL, (size_t)key->length + separator->length + next->length);
        if (joined != k->empty) {
            memcpy(joined->text, key->text, key->length);
            memcpy(joined->text + key->length, separator->text, separator->length);
            memcpy(joined->text + key->length + separator->length, next->text, next->length);
        }
        awk_drop(k, v);
        awk_str_drop(k, next);
        awk_str_drop(k, separator);
        awk_str_drop(k, key);
        key = joined;
    }
    return key;
}

static struct awk_val element(struct awk *k, const struct awk_node *n)
{
    struct awk_str *key = subscript(k, n->b);
    struct awk_array *a = awk_array_of(k, n->a);
    struct awk_val *at = a != NULL ? awk_array_at(k, a, key, true) : NULL;
    struct awk_val v = at != NULL ? awk_keep(*at) : (struct awk_val){0};

    awk_str_drop(k, key);
    return v;
}

/* A parameter that stood for the caller's unset variable and is assigned to is the function's own,
 * unless it is an array: so an assignment cuts the tie. */
static void cut_tie(struct awk *k, const struct awk_node *to)
{
    if (to->op == AWK_OP_LOCAL && k->locals[to->how].to != NULL &&
        awk_cell_of(k, to)->array == NULL)
        k->locals[to->how].to = NULL;
}

void awk_assign(struct awk *k, const struct awk_node *to, struct awk_val v)
{
    struct awk_array *a;
    struct awk_val *at, index;
    struct awk_str *key;

    switch (to->op) {
    case AWK_OP_FIELD:
        index = awk_eval(k, to->a);
        awk_field_set(k, awk_whole(awk_num(index)), v);
        awk_drop(k, index);
        return;
    case AWK_OP_INDEX:
        key = subscript(k, to->b);
        a = awk_array_of(k, to->a);
        at = a != NULL ? awk_array_at(k, a, key, true) : NULL;
        awk_str_drop(k, key);
        if (at != NULL)
            awk_set(k, at, v);
        return;
    default:
        if (to->op == AWK_OP_VAR && to->how == AWK_NF) {
            awk_fields_count_set(k, awk_whole(awk_num(v)));
            awk_drop(k, v);
            return;
        }
        cut_tie(k, to);
        if (awk_cell_of(k, to)->array != NULL)
            awk_fatal(k, "awk: cmd. line:1: Can't assign to an array");
        else
            awk_set(k, &awk_cell_of(k, to)->val, v);
        return;
    }
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

static double calculate(struct awk *k, int how, double a, double b)
{
    switch (how) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
        if (b == 0)
            awk_fatal(k, "awk: cmd. line:1: Division by zero");
        return b == 0 ? 0 : a / b;
    case '%':
        if (b == 0)
            awk_fatal(k, "awk: cmd. line:1: Division by zero");
        return b == 0 ? 0 : fmod(a, b);
    default:
        return pow(a, b);
    }
}

static double number_of(struct awk *k, const struct awk_node *n)
{
    struct awk_val v = awk_eval(k, n);
    double x = awk_num(v);

    awk_drop(k, v);
    return x;
}

static struct awk_val stepped(struct awk *k, const struct awk_node *n)
{
    double before = number_of(k, n->a);

    awk_assign(k, n->a, awk_number(before + n->how));
    return awk_number(n->op == AWK_OP_PRE ? before + n->how : before);
}

static struct awk_val concatenated(struct awk *k, const struct awk_node *n)
{
    struct awk_val a = awk_eval(k, n->a), b = awk_eval(k, n->b);
    struct awk_str *s = awk_text(k, a, false), *z = awk_text(k, b, false);
    struct awk_str *both = awk_str(k, NULL, (size_t)s->length + z->length);

    if (both != k->empty) {
        memcpy(both->text, s->text, s->length);
        memcpy(both->text + s->length, z->text, z->length);
    }
    sh_charge(k->t, both->length / 64);
    awk_str_drop(k, s);
    awk_str_drop(k, z);
    awk_drop(k, a);
    awk_drop(k, b);
    return awk_string(both);
}

static bool compared(struct awk *k, const struct awk_node *n)
{
    struct awk_val a = awk_eval(k, n->a), b = awk_eval(k, n->b);
    int order = awk_compare(k, a, b);

    awk_drop(k, a);
    awk_drop(k, b);
    switch ((enum awk_compare)n->how) {
    case AWK_LT:
        return order < 0;
    case AWK_LE:
        return order <= 0;
    case AWK_EQ:
        return order == 0;
    case AWK_NE:
        return order != 0;
    case AWK_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* ---- expressions of strings ------------------------------------------------------------------ */

/* The string that a pattern is written as: \/ is a slash and \" a quote, as in awk's own literals.
 */
struct awk_str *awk_regex_plain(struct awk *k, struct awk_str *text)
{
    static const char from[] = "nt/\"rfv", to[] = "\n\t/\"\r\f\v";
    struct awk_str *plain = awk_str(k, text->text, text->length);
    uint32_t n = 0;

    if (plain == k->empty)
        return plain;
    for (uint32_t i = 0; i < text->length; i++) {
        const char *known =
            text->text[i] == '\\' && i + 1 < text->length && text->text[i + 1] != '\0'
                ? strchr(from, text->text[i + 1])
                : NULL;

        if (known != NULL) {
            plain->text[n++] = to[known - from];
            i++;
        } else {
            plain->text[n++] = text->text[i];
            if (text->text[i] == '\\' && i + 1 < text->length)
                plain->text[n++] = text->text[++i];
        }
    }
    plain->text[n] = '\0'; /* its length stays that of its memory; expressions end at the NUL */
    return plain;
}

/* Those of the last few texts stay compiled: programs match the same ones again and again. */
struct sh_regex *awk_regex_text(struct awk *k, struct awk_str *text)
{
    struct awk_known_regex *oldest = &k->known[0];
    struct awk_str *plain;
    const char *error = "";
    struct sh_regex *regex;

    k->clock++;
    for (size_t i = 0; i < AWK_REGEXES; i++) {
        struct awk_known_regex *r = &k->known[i];

        if (r->text != NULL && r->text->length == text->length &&
            memcmp(r->text->text, text->text, text->length) == 0) {
            r->used = k->clock;
            return r->regex;
        }
        if (r->used < oldest->used)
            oldest = r;
    }
    plain = awk_regex_plain(k, text);
    regex = sh_regex_new(k->t, plain->text, SH_REGEX_EXTENDED, &error);
    awk_str_drop(k, plain);
    if (regex == NULL) {
        awk_fatal(k, "awk: bad regex '%.100s': %s", text->text, error);
        return NULL;
    }
    awk_str_drop(k, oldest->text);
    *oldest = (struct awk_known_regex){awk_str_keep(text), regex, k->clock};
    return regex;
}

struct sh_regex *awk_regex_of(struct awk *k, const struct awk_node *n)
{
    struct sh_regex *regex;
    struct awk_str *text;
    struct awk_val v;

    while (n->op == AWK_OP_GROUP && n->how <= 1)
        n = n->a;
    if (n->op == AWK_OP_REGEX)
        return n->regex;
    v = awk_eval(k, n);
    text = awk_text(k, v, false);
    regex = awk_regex_text(k, text);
    awk_str_drop(k, text);
    awk_drop(k, v);
    return regex;
}

static bool matches(struct awk *k, const struct awk_node *pattern, struct awk_str *s)
{
    int32_t group[2 * SH_REGEX_GROUPS];
    struct sh_regex *regex = awk_regex_of(k, pattern);

    return regex != NULL && sh_regex_find(k->t, regex, s->text, s->length, 0, group);
}

static bool matched(struct awk *k, const struct awk_node *n)
{
    struct awk_val v = awk_eval(k, n->a);
    struct awk_str *s = awk_text(k, v, false);
    bool is = matches(k, n->b, s);

    awk_str_drop(k, s);
    awk_drop(k, v);
    return is;
}

static bool contained(struct awk *k, const struct awk_node *n)
{
    struct awk_str *key = subscript(k, n->a);
    struct awk_array *a = awk_array_of(k, n->b);
    bool is = a != NULL && awk_array_at(k, a, key, false) != NULL;

    awk_str_drop(k, key);
    return is;
}

/* ---- functions ------------------------------------------------------------------------------- */

/* An argument that is a bare name is handed over itself: the function may use it as an array. */
static void pass(struct awk *k, struct awk_cell *to, const struct awk_node *argument)
{
    struct awk_cell *cell;

    if (argument->op != AWK_OP_VAR && argument->op != AWK_OP_LOCAL) {
        to->val = awk_eval(k, argument);
        return;
    }
    if (argument->op == AWK_OP_VAR && argument->how == AWK_NF)
        awk_fields_count(k);
    cell = awk_cell_of(k, argument);
    if (cell->array != NULL || cell->val.kind == AWK_NONE)
        to->to = cell; /* an array, or what may become one */
    else
        to->val = awk_keep(cell->val);
}

static void leave(struct awk *k, struct awk_cell *locals, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        awk_drop(k, locals[i].val);
        if (locals[i].array != NULL) {
            awk_array_clear(k, locals[i].array);
            awk_free(k, locals[i].array->bucket, locals[i].array->buckets * sizeof(void *));
            awk_free(k, locals[i].array, sizeof(*locals[i].array));
        }
    }
    awk_free(k, locals, (count + 1) * sizeof(*locals));
}

static struct awk_val called(struct awk *k, const struct awk_node *n)
{
    const struct awk_function *f = (const struct awk_function *)(const void *)n->b;
    struct awk_cell *before = k->locals, *locals = awk_alloc(k, (f->params + 1) * sizeof(*locals));
    const struct awk_node *argument = n->a;
    struct awk_val result;

    if (locals == NULL)
        return (struct awk_val){0};
    if (k->calls == AWK_CALLS_MAX || (uint32_t)n->how > f->params) {
        if (k->calls == AWK_CALLS_MAX)
            sh_limit(k->t, "awk's functions call each other too deep");
        else
            awk_fatal(k, "awk: cmd. line:1: Too many arguments");
        awk_free(k, locals, (f->params + 1) * sizeof(*locals));
        return (struct awk_val){0};
    }
    for (uint32_t i = 0; argument != NULL; argument = argument->next, i++)
        pass(k, &locals[i], argument);
    k->locals = locals;
    k->calls++;
    k->result = (struct awk_val){0};
    if (!awk_stops(k))
        awk_exec(k, f->body);
    k->calls--;
    k->locals = before;
    if (k->flow == AWK_RETURNS)
        k->flow = AWK_GOES_ON;
    result = k->result;
    k->result = (struct awk_val){0};
    leave(k, locals, f->params);
    return result;
}

static struct awk_val assigned(struct awk *k, const struct awk_node *n)
{
    struct awk_val v;

    if (n->op == AWK_OP_ASSIGN) {
        v = awk_eval(k, n->b);
    } else {
        double b, a = number_of(k, n->a);

        b = number_of(k, n->b);
        v = awk_number(calculate(k, n->how, a, b));
    }
    if (awk_stops(k))
        return v;
    awk_assign(k, n->a, awk_keep(v));
    return v;
}

static struct awk_val variable(struct awk *k, const struct awk_node *n)
{
    struct awk_cell *cell;

    if (n->op == AWK_OP_VAR && n->how == AWK_NF)
        awk_fields_count(k);
    cell = awk_cell_of(k, n);
    if (cell->array != NULL) {
        awk_fatal(k, "awk: cmd. line:1: Not a scalar");
        return (struct awk_val){0};
    }
    return awk_keep(cell->val);
}

/* A regular expression alone asks whether the record matches. */
static struct awk_val record_matches(struct awk *k, const struct awk_node *n)
{
    struct awk_val record = awk_field_get(k, 0);
    struct awk_str *s = awk_text(k, record, false);
    bool is = matches(k, n, s);

    awk_str_drop(k, s);
    awk_drop(k, record);
    return awk_number(is);
}

static bool truth(struct awk *k, const struct awk_node *n)
{
    struct awk_val v = awk_eval(k, n);
    bool is = awk_true(v);

    awk_drop(k, v);
    return is;
}

static struct awk_val field(struct awk *k, const struct awk_node *n)
{
    return awk_field_get(k, awk_whole(number_of(k, n->a)));
}

/* What is worked out from values alone. */
static struct awk_val operated(struct awk *k, const struct awk_node *n)
{
    double a;

    switch (n->op) {
    case AWK_OP_COND:
        return awk_eval(k, truth(k, n->a) ? n->b : n->c);
    case AWK_OP_OR:
        return awk_number(truth(k, n->a) || truth(k, n->b));
    case AWK_OP_AND:
        return awk_number(truth(k, n->a) && truth(k, n->b));
    case AWK_OP_IN:
        return awk_number(contained(k, n));
    case AWK_OP_MATCH:
        return awk_number(matched(k, n));
    case AWK_OP_NOMATCH:
        return awk_number(!matched(k, n));
    case AWK_OP_COMPARE:
        return awk_number(compared(k, n));
    case AWK_OP_CONCAT:
        return concatenated(k, n);
    case AWK_OP_BINARY:
        a = number_of(k, n->a);
        return awk_number(calculate(k, n->how, a, number_of(k, n->b)));
    case AWK_OP_NEGATE:
        return awk_number(-number_of(k, n->a));
    case AWK_OP_PLUS:
        return awk_number(number_of(k, n->a));
    case AWK_OP_NOT:
        return awk_number(!truth(k, n->a));
    default:
        return (struct awk_val){0};
    }
}

struct awk_val awk_eval(struct awk *k, const struct awk_node *n)
{
    if (!sh_charge(k->t, 1) || awk_stops(k))
        return (struct awk_val){0};
    switch (n->op) {
    case AWK_OP_NUMBER:
    case AWK_OP_STRING:
        return awk_keep(n->val);
    case AWK_OP_REGEX:
        return record_matches(k, n);
    case AWK_OP_VAR:
    case AWK_OP_LOCAL:
        return variable(k, n);
    case AWK_OP_FIELD:
        return field(k, n);
    case AWK_OP_INDEX:
        return element(k, n);
    case AWK_OP_ASSIGN:
    case AWK_OP_UPDATE:
        return assigned(k, n);
    case AWK_OP_PRE:
    case AWK_OP_POST:
        return stepped(k, n);
    case AWK_OP_GROUP:
        if (n->how > 1)
            awk_fatal(k, "awk: cmd. line:1: Unexpected token");
        return n->how > 1 ? (struct awk_val){0} : awk_eval(k, n->a);
    case AWK_OP_CALL:
        return called(k, n);
    case AWK_OP_BUILTIN:
        return awk_builtin(k, n);
    case AWK_OP_GETLINE:
        return awk_getline(k, n);
    default:
        return operated(k, n);
    }
}

/* ---- statements ------------------------------------------------------------------------------ */

/* After the body of a loop. False: the loop is over. */
static bool loops_on(struct awk *k)
{
    if (k->flow == AWK_BREAKS || k->flow == AWK_CONTINUES) {
        bool on = k->flow == AWK_CONTINUES;

        k->flow = AWK_GOES_ON;
        return on && !awk_stops(k);
    }
    return k->flow == AWK_GOES_ON && !awk_stops(k);
}

static void loop(struct awk *k, const struct awk_node *n)
{
    if (n->a != NULL && n->op == AWK_OP_FOR)
        awk_exec(k, n->a);
    for (;;) {
        const struct awk_node *condition = n->op == AWK_OP_FOR ? n->b : n->a;

        if (awk_stops(k) || (condition != NULL && !truth(k, condition)))
            return;
        awk_exec(k, n->d);
        if (!loops_on(k))
            return;
        if (n->op == AWK_OP_FOR && n->c != NULL)
            awk_exec(k, n->c);
    }
}

/* Over the keys that are there at the beginning and still there when they are reached. */
static void loop_in(struct awk *k, const struct awk_node *n)
{
    struct awk_array *a = awk_array_of(k, n->b);
    uint32_t count = a != NULL ? a->count : 0, i = 0;
    struct awk_str **key = awk_alloc(k, (count + 1) * sizeof(*key));

    if (key == NULL)
        return;
    for (struct awk_elem *e = a != NULL ? a->first : NULL; e != NULL && i < count; e = e->after)
        key[i++] = awk_str_keep(e->key);
    for (i = 0; i < count; i++) {
        if (awk_stops(k) || awk_array_at(k, a, key[i], false) == NULL)
            continue;
        awk_assign(k, n->a, awk_outside(k, awk_str_keep(key[i])));
        awk_exec(k, n->d);
        if (!loops_on(k))
            break;
    }
    for (i = 0; i < count; i++)
        awk_str_drop(k, key[i]);
    awk_free(k, key, (count + 1) * sizeof(*key));
}

static void delete (struct awk *k, const struct awk_node *n)
{
    struct awk_array *a = awk_array_of(k, n->a);
    struct awk_str *key;

    if (a == NULL)
        return;
    if (n->b == NULL) {
        awk_array_clear(k, a);
        return;
    }
    key = subscript(k, n->b);
    awk_array_delete(k, a, key);
    awk_str_drop(k, key);
}

static void jump(struct awk *k, const struct awk_node *n)
{
    struct awk_val v;

    if (n->a != NULL) {
        v = awk_eval(k, n->a);
        if (n->op == AWK_OP_RETURN)
            awk_set(k, &k->result, v);
        else
            k->status = (int)(awk_whole(awk_num(v)) & 255);
        if (n->op == AWK_OP_EXIT)
            awk_drop(k, v);
    }
    if (!k->failed)
        k->flow = n->op == AWK_OP_RETURN ? AWK_RETURNS
                  : n->op == AWK_OP_EXIT ? AWK_EXITS
                  : n->op == AWK_OP_NEXT ? AWK_NEXTS
                                         : AWK_NEXTFILES;
}

void awk_exec(struct awk *k, const struct awk_node *n)
{
    if (!sh_charge(k->t, 1) || awk_stops(k))
        return;
    switch (n->op) {
    case AWK_OP_PRINT:
    case AWK_OP_PRINTF:
        awk_print(k, n);
        break;
    case AWK_OP_IF:
        if (truth(k, n->a))
            awk_exec(k, n->b);
        else if (n->c != NULL)
            awk_exec(k, n->c);
        break;
    case AWK_OP_WHILE:
    case AWK_OP_FOR:
        loop(k, n);
        break;
    case AWK_OP_DO:
        do
            awk_exec(k, n->b);
        while (loops_on(k) && truth(k, n->a));
        break;
    case AWK_OP_FOR_IN:
        loop_in(k, n);
        break;
    case AWK_OP_BLOCK:
        for (const struct awk_node *s = n->a; s != NULL && k->flow == AWK_GOES_ON && !awk_stops(k);
             s = s->next)
            awk_exec(k, s);
        break;
    case AWK_OP_NEXT:
    case AWK_OP_NEXTFILE:
    case AWK_OP_EXIT:
    case AWK_OP_RETURN:
        jump(k, n);
        break;
    case AWK_OP_BREAK:
    case AWK_OP_CONTINUE:
        k->flow = n->op == AWK_OP_BREAK ? AWK_BREAKS : AWK_CONTINUES;
        break;
    case AWK_OP_DELETE:
        delete (k, n);
        break;
    default:
        awk_drop(k, awk_eval(k, n->op == AWK_OP_EXPR ? n->a : n));
        break;
    }
}
