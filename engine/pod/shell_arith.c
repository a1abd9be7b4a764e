/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_arith.c - $((...)): precedence climbing over the expression's text. 64 bits, wrapping
 * around as every shell does.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_task.h"
#include "engine/reactor/base.h"

enum { ARITH_DEPTH_MAX = 64 };

struct arith {
    struct sh_task *t;
    const char *at;
    uint32_t depth, skip; /* skip: inside a branch that is not taken */
    bool failed;
};

static int64_t assignment(struct arith *a);

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
    *out = assignment(a);
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

static int64_t get(struct arith *a, const char *name)
{
    const char *value = sh_get(a->t, name);
    int64_t n = 0;
    size_t size;
    char *copy;

    if (a->skip > 0)
        return 0;
    if (value == NULL && a->t->opt_u)
        return fail(a, "parameter not set");
    if (value == NULL || value[strspn(value, " \t\n\r")] == '\0')
        return 0;
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

static void set(struct arith *a, const char *name, int64_t n)
{
    char text[24];

    if (a->skip > 0 || a->failed)
        return;
    snprintf(text, sizeof(text), "%lld", (long long)n);
    if (!sh_set(a->t, name, text))
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
    MOD
};

/* Longer operators first where one begins with another. Not followed by '=' unless they end in it.
 */
static const struct {
    const char *text;
    int level;
    enum binary op;
} binaries[] = {
    {"||", 1, OR},    {"&&", 2, AND},    {"==", 6, EQ},     {"!=", 6, NE}, {"<<", 8, SHL},
    {">>", 8, SHR},   {"<=", 7, LE},     {">=", 7, GE},     {"<", 7, LT},  {">", 7, GT},
    {"|", 3, BIT_OR}, {"^", 4, BIT_XOR}, {"&", 5, BIT_AND}, {"+", 9, ADD}, {"-", 9, SUB},
    {"*", 10, MUL},   {"/", 10, DIV},    {"%", 10, MOD},
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

        if (strncmp(a->at, binaries[i].text, n) != 0)
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
        y = binary(a, binaries[i].level + 1);
        a->skip -= decided;
        if (op == OR || op == AND)
            x = decided ? op == OR : y != 0;
        else
            x = apply(a, op, x, y);
    }
    return x;
}

static int64_t primary(struct arith *a)
{
    char name[256];
    size_t n;
    int64_t x;

    blanks(a);
    if (take(a, "(")) {
        x = assignment(a);
        return take(a, ")") ? x : fail(a, "missing ')'");
    }
    if (*a->at >= '0' && *a->at <= '9')
        return number(a);
    n = name_here(a);
    if (n == 0 || n >= sizeof(name))
        return fail(a, "syntax error");
    memcpy(name, a->at, n);
    name[n] = '\0';
    a->at += n;
    x = get(a, name);
    if (take(a, "++"))
        set(a, name, (int64_t)((uint64_t)x + 1));
    else if (take(a, "--"))
        set(a, name, (int64_t)((uint64_t)x - 1));
    return x;
}

static int64_t step_before(struct arith *a, int64_t by)
{
    char name[256];
    size_t n;
    int64_t x;

    blanks(a);
    n = name_here(a);
    if (n == 0 || n >= sizeof(name))
        return fail(a, "syntax error");
    memcpy(name, a->at, n);
    name[n] = '\0';
    a->at += n;
    x = (int64_t)((uint64_t)get(a, name) + (uint64_t)by);
    set(a, name, x);
    return x;
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
    if (strncmp(a->at, "++", 2) == 0 && (a->at += 2))
        x = step_before(a, 1);
    else if (strncmp(a->at, "--", 2) == 0 && (a->at += 2))
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

static int64_t assignment(struct arith *a)
{
    const char *start;
    char name[256];
    size_t n;
    int64_t x;

    blanks(a);
    start = a->at;
    n = name_here(a);
    if (n == 0 || n >= sizeof(name))
        return ternary(a);
    memcpy(name, a->at, n);
    name[n] = '\0';
    a->at += n;
    blanks(a);
    if (a->at[0] == '=' && a->at[1] != '=') {
        a->at++;
        if (++a->depth > ARITH_DEPTH_MAX)
            return fail(a, "nested too deep");
        x = assignment(a);
        a->depth--;
        set(a, name, x);
        return x;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(compounds); i++) {
        if (take(a, compounds[i].text)) {
            int64_t y = get(a, name);

            x = apply(a, compounds[i].op, y, assignment(a));
            set(a, name, x);
            return x;
        }
    }
    a->at = start;
    return ternary(a);
}
