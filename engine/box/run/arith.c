/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arith.c - $((...)): precedence climbing over the expression's text. 64 bits, wrapping
 * around as every shell does.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

enum { ARITH_DEPTH_MAX = 64 };

struct arith {
    struct sh_task *t;
    const char *at;
    uint32_t depth, skip; /* skip: inside a branch that is not taken */
    bool failed;
};

/* A variable or an element of an array. */
struct place {
    char name[256], key[SH_KEY_MAX];
    bool element;
};

static int64_t assignment(struct arith *a);
static int64_t expression(struct arith *a);

static int64_t fail(struct arith *a, const char *what)
{
    if (!a->failed && !a->t->proc->over)
        sh_warn(a->t, "arithmetic: %s", what);
    a->failed = true;
    return 0;
}

static bool evaluate(struct arith *a, const char *s, int64_t *out)
{
    const char *before = a->at;

    a->at = s;
    *out = expression(a);
    a->at += strspn(a->at, " \t\n\r");
    if (*a->at != '\0')
        fail(a, "syntax error");
    a->at = before;
    return !a->failed;
}

bool sh_arith(struct sh_task *t, const char *s, int64_t *out)
{
    struct arith a = {.t = t};

    *out = 0;
    if (s[strspn(s, " \t\n\r")] == '\0')
        return true;
    return evaluate(&a, s, out);
}

/* ---- numbers and names ----------------------------------------------------------------------- */

static void blanks(struct arith *a)
{
    a->at += strspn(a->at, " \t\n\r");
}

static bool take(struct arith *a, const char *op)
{
    blanks(a);
    if (strncmp(a->at, op, strlen(op)) != 0)
        return false;
    a->at += strlen(op);
    return true;
}

/* 16#ff: the digits behind the sign. */
static int64_t based(struct arith *a, unsigned base)
{
    uint64_t n = 0;

    for (;; a->at++) {
        char c = *a->at;
        unsigned digit;

        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'z')
            digit = (unsigned)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'Z')
            digit = (unsigned)(c - 'A') + (base <= 36 ? 10 : 36);
        else if (c == '@' || c == '_')
            digit = c == '@' ? 62 : 63;
        else
            return (int64_t)n;
        if (digit >= base)
            return fail(a, "value too great for base");
        n = n * base + digit;
    }
}

static int64_t number(struct arith *a)
{
    unsigned base = 10, digit;
    uint64_t n = 0;

    if (a->at[0] == '0' && (a->at[1] == 'x' || a->at[1] == 'X')) {
        base = 16;
        a->at += 2;
    } else if (a->at[0] == '0') {
        base = 8;
    }
    for (;; a->at++) {
        char c = *a->at;

        if (c == '#' && base == 10 && a->t->flavour != SHELL_DASH && n >= 2 && n <= 64) {
            a->at++;
            return based(a, (unsigned)n);
        }
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'z')
            digit = (unsigned)((c | 32) - 'a') + 10;
        else
            break;
        if (digit >= base)
            return fail(a, "bad number");
        n = n * base + digit;
    }
    return (int64_t)n;
}

/* The length of a name that stands here. */
static size_t name_here(const struct arith *a)
{
    size_t n = 0;

    while (sh_is_name_char((unsigned char)a->at[n]))
        n++;
    return sh_is_name(a->at, n) ? n : 0;
}

/* The length of [...] at s; 0: there is none. */
static size_t brackets(const struct arith *a, const char *s)
{
    size_t depth = 0;

    if (a->t->flavour != SHELL_BASH || *s != '[')
        return 0;
    for (size_t n = 0; s[n] != '\0'; n++) {
        depth += s[n] == '[';
        if (s[n] == ']' && --depth == 0)
            return n + 1;
    }
    return 0;
}

/* Takes the variable that stands here, with the subscript it may have. */
static bool take_place(struct arith *a, struct place *p)
{
    size_t n = name_here(a), inside;
    const struct sh_var *v;
    char text[SH_KEY_MAX];
    int64_t index;
    struct arith sub;

    if (n == 0 || n >= sizeof(p->name)) {
        fail(a, "syntax error");
        return false;
    }
    memcpy(p->name, a->at, n);
    p->name[n] = '\0';
    a->at += n;
    inside = brackets(a, a->at);
    p->element = inside > 0;
    if (!p->element)
        return true;
    if (inside - 2 >= sizeof(text)) {
        fail(a, "a subscript is too long");
        return false;
    }
    memcpy(text, a->at + 1, inside - 2);
    text[inside - 2] = '\0';
    a->at += inside;
    v = sh_var_find(a->t, p->name);
    if (v != NULL && (v->flags & SH_VAR_ASSOC)) {
        strcpy(p->key, text);
        return true;
    }
    sub = (struct arith){.t = a->t, .depth = a->depth + 1, .skip = a->skip};
    if (sub.depth > ARITH_DEPTH_MAX || !evaluate(&sub, text, &index)) {
        a->failed = true;
        return false;
    }
    index += index < 0 ? sh_array_end(v) : 0;
    snprintf(p->key, sizeof(p->key), "%lld", (long long)index);
    return index >= 0 || fail(a, "bad array subscript");
}

static const char *value_at(struct arith *a, const struct place *p)
{
    const struct sh_var *v = sh_var_find(a->t, p->name);

    if (!p->element || (!sh_is_array(v) && strcmp(p->key, "0") == 0))
        return sh_get(a->t, p->name);
    return sh_is_array(v) ? sh_array_look(a->t, v, p->key) : NULL;
}

static int64_t get(struct arith *a, const struct place *p)
{
    const char *value = a->skip > 0 ? NULL : value_at(a, p);
    int64_t n = 0;
    size_t size;
    char *copy;

    if (a->skip > 0)
        return 0;
    if (value == NULL && a->t->opt_u)
        return fail(a, "parameter not set");
    if (value == NULL || value[strspn(value, " \t\n\r")] == '\0')
        return 0;
    if (a->t->flavour == SHELL_DASH && (value[strspn(value, " \t\n+-")] | 1) > '9')
        return fail(a, "Illegal number"); /* names in values are not followed */
    if (++a->depth > ARITH_DEPTH_MAX)
        return fail(a, "nested too deep");
    /* The value is an expression itself, and may assign to its own variable. */
    size = strlen(value) + 1;
    copy = sh_alloc(a->t->proc, size);
    if (copy == NULL) {
        a->failed = true;
        return 0;
    }
    memcpy(copy, value, size);
    evaluate(a, copy, &n);
    sh_free(a->t->proc, copy, size);
    a->depth--;
    return n;
}

static void set(struct arith *a, const struct place *p, int64_t n)
{
    char text[24];

    if (a->skip > 0 || a->failed)
        return;
    snprintf(text, sizeof(text), "%lld", (long long)n);
    if (p->element ? !sh_array_set(a->t, p->name, p->key, text) : !sh_set(a->t, p->name, text))
        a->failed = true;
}

/* ---- operators ------------------------------------------------------------------------------- */

static int64_t divide(struct arith *a, int64_t x, int64_t y, bool rest)
{
    if (a->skip > 0)
        return 0;
    if (y == 0)
        return fail(a, "division by zero");
    if (y == -1)
        return rest ? 0 : (int64_t)(0 - (uint64_t)x);
    return rest ? x % y : x / y;
}

static int64_t power(struct arith *a, int64_t x, int64_t y)
{
    uint64_t base = (uint64_t)x, n = 1;

    if (a->skip > 0)
        return 0;
    if (y < 0)
        return fail(a, "exponent less than 0");
    for (uint64_t left = (uint64_t)y; left > 0; left >>= 1, base *= base)
        if (left & 1)
            n *= base;
    return (int64_t)n;
}

enum binary {
    OR,
    AND,
    BIT_OR,
    BIT_XOR,
    BIT_AND,
    EQ,
    NE,
    LE,
    GE,
    LT,
    GT,
    SHL,
    SHR,
    ADD,
    SUB,
    MUL,
    DIV,
    MOD,
    POW
};

/* Longer operators first where one begins with another. Not followed by '=' unless they end in it.
 */
static const struct {
    const char *text;
    int level;
    enum binary op;
} binaries[] = {
    {"||", 1, OR},    {"&&", 2, AND},    {"==", 6, EQ},     {"!=", 6, NE},  {"<<", 8, SHL},
    {">>", 8, SHR},   {"<=", 7, LE},     {">=", 7, GE},     {"<", 7, LT},   {">", 7, GT},
    {"|", 3, BIT_OR}, {"^", 4, BIT_XOR}, {"&", 5, BIT_AND}, {"+", 9, ADD},  {"-", 9, SUB},
    {"**", 11, POW},  {"*", 10, MUL},    {"/", 10, DIV},    {"%", 10, MOD},
};

static int64_t apply(struct arith *a, enum binary op, int64_t x, int64_t y)
{
    uint64_t ux = (uint64_t)x, uy = (uint64_t)y;

    switch (op) {
    case BIT_OR:
        return x | y;
    case BIT_XOR:
        return x ^ y;
    case BIT_AND:
        return x & y;
    case EQ:
        return x == y;
    case NE:
        return x != y;
    case LE:
        return x <= y;
    case GE:
        return x >= y;
    case LT:
        return x < y;
    case GT:
        return x > y;
    case SHL:
        return (int64_t)(ux << (uy & 63));
    case SHR:
        return x >> (uy & 63);
    case ADD:
        return (int64_t)(ux + uy);
    case SUB:
        return (int64_t)(ux - uy);
    case MUL:
        return (int64_t)(ux * uy);
    case DIV:
        return divide(a, x, y, false);
    case MOD:
        return divide(a, x, y, true);
    case POW:
        return power(a, x, y);
    default:
        return 0;
    }
}

static int64_t unary(struct arith *a);

/* The index of the binary operator here of at least this level, -1 for none. */
static int operator_here(struct arith *a, int level)
{
    blanks(a);
    for (size_t i = 0; i < RX_ARRAY_LEN(binaries); i++) {
        size_t n = strlen(binaries[i].text);

        if (strncmp(a->at, binaries[i].text, n) != 0 ||
            (binaries[i].op == POW && a->t->flavour == SHELL_DASH))
            continue;
        return binaries[i].level >= level ? (int)i : -1;
    }
    return -1;
}

static int64_t binary(struct arith *a, int level)
{
    int64_t x = unary(a);
    int i;

    while (!a->failed && (i = operator_here(a, level)) >= 0) {
        enum binary op = binaries[i].op;
        bool decided = (op == OR && x != 0) || (op == AND && x == 0);
        int64_t y;

        a->at += strlen(binaries[i].text);
        a->skip += decided;
        y = binary(a, binaries[i].level + (op != POW)); /* ** binds to the right */
        a->skip -= decided;
        if (op == OR || op == AND)
            x = decided ? op == OR : y != 0;
        else
            x = apply(a, op, x, y);
    }
    return x;
}

/* ++ and -- are of ash and bash; dash reads two signs. */
static bool steps(const struct arith *a)
{
    return a->t->flavour != SHELL_DASH;
}

static int64_t primary(struct arith *a)
{
    struct place p;
    int64_t x;

    blanks(a);
    if (take(a, "(")) {
        x = expression(a);
        return take(a, ")") ? x : fail(a, "missing ')'");
    }
    if (*a->at >= '0' && *a->at <= '9')
        return number(a);
    if (!take_place(a, &p))
        return 0;
    x = get(a, &p);
    if (steps(a) && take(a, "++"))
        set(a, &p, (int64_t)((uint64_t)x + 1));
    else if (steps(a) && take(a, "--"))
        set(a, &p, (int64_t)((uint64_t)x - 1));
    return x;
}

static int64_t step_before(struct arith *a, int64_t by)
{
    struct place p;
    int64_t x;

    blanks(a);
    if (!take_place(a, &p))
        return 0;
    x = (int64_t)((uint64_t)get(a, &p) + (uint64_t)by);
    set(a, &p, x);
    return x;
}

/* Do both signs stand before a name? Else they are two. */
static bool at_step(struct arith *a, const char *op)
{
    const char *s = a->at + 2;

    if (!steps(a) || strncmp(a->at, op, 2) != 0)
        return false;
    s += strspn(s, " \t\n\r");
    if (!sh_is_name_start((unsigned char)*s))
        return false;
    a->at += 2;
    return true;
}

static int64_t unary(struct arith *a)
{
    int64_t x;

    if (a->failed || !sh_charge(a->t, 1)) {
        a->failed = true;
        return 0;
    }
    if (++a->depth > ARITH_DEPTH_MAX)
        return fail(a, "nested too deep");
    blanks(a);
    if (at_step(a, "++"))
        x = step_before(a, 1);
    else if (at_step(a, "--"))
        x = step_before(a, -1);
    else if (take(a, "-"))
        x = (int64_t)(0 - (uint64_t)unary(a));
    else if (take(a, "+"))
        x = unary(a);
    else if (take(a, "!"))
        x = !unary(a);
    else if (take(a, "~"))
        x = ~unary(a);
    else
        x = primary(a);
    a->depth--;
    return x;
}

static int64_t ternary(struct arith *a)
{
    int64_t x = binary(a, 1), yes, no;

    if (!take(a, "?"))
        return x;
    if (++a->depth > ARITH_DEPTH_MAX)
        return fail(a, "nested too deep");
    a->skip += x == 0;
    yes = assignment(a);
    a->skip -= x == 0;
    if (!take(a, ":"))
        return fail(a, "missing ':'");
    a->skip += x != 0;
    no = ternary(a);
    a->skip -= x != 0;
    a->depth--;
    return x != 0 ? yes : no;
}

static const struct {
    const char *text;
    enum binary op;
} compounds[] = {{"+=", ADD},  {"-=", SUB},  {"*=", MUL},     {"/=", DIV},     {"%=", MOD},
                 {"<<=", SHL}, {">>=", SHR}, {"&=", BIT_AND}, {"^=", BIT_XOR}, {"|=", BIT_OR}};

/* Which assignment stands behind the variable here? -1: none; RX_ARRAY_LEN(compounds): a plain one.
 */
static int assignment_here(struct arith *a)
{
    const char *s = a->at + name_here(a);

    s += brackets(a, s);
    s += strspn(s, " \t\n\r");
    if (s[0] == '=' && s[1] != '=')
        return RX_ARRAY_LEN(compounds);
    for (size_t i = 0; i < RX_ARRAY_LEN(compounds); i++)
        if (strncmp(s, compounds[i].text, strlen(compounds[i].text)) == 0)
            return (int)i;
    return -1;
}

static int64_t assignment(struct arith *a)
{
    struct place p;
    int64_t x, old;
    int which;

    blanks(a);
    which = name_here(a) > 0 ? assignment_here(a) : -1;
    if (which < 0)
        return ternary(a);
    if (++a->depth > ARITH_DEPTH_MAX)
        return fail(a, "nested too deep");
    if (!take_place(a, &p))
        return 0;
    if (which == (int)RX_ARRAY_LEN(compounds)) {
        take(a, "=");
        x = assignment(a);
    } else {
        take(a, compounds[which].text);
        old = get(a, &p);
        x = apply(a, compounds[which].op, old, assignment(a));
    }
    a->depth--;
    set(a, &p, x);
    return x;
}

/* a, b: the value of the last one. */
static int64_t expression(struct arith *a)
{
    int64_t x = assignment(a);

    while (!a->failed && a->t->flavour != SHELL_DASH && take(a, ","))
        x = assignment(a);
    return x;
}
