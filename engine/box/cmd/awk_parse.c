/* SPDX-License-Identifier: Apache-2.0 */
/* awk_parse.c - the expressions of an awk program, by recursive descent. */
#include <string.h>

#include "engine/box/cmd/awk_words.h"
#include "engine/reactor/base.h"

struct awk_node *awk_node_new(struct awk_parser *p, enum awk_op op, struct awk_node *a,
                              struct awk_node *b)
{
    struct awk_node *n = p->failed ? NULL : sh_call_alloc(p->k->t, sizeof(*n));

    if (n == NULL) {
        static struct awk_node nothing = {.op = AWK_OP_NUMBER, .val = {.kind = AWK_NUM}};

        p->failed = true;
        return &nothing;
    }
    n->op = op;
    n->a = a;
    n->b = b;
    return n;
}

bool awk_accept(struct awk_parser *p, int token)
{
    if (p->token != token)
        return false;
    awk_advance(p);
    return true;
}

void awk_expect(struct awk_parser *p, int token)
{
    if (!awk_accept(p, token))
        awk_parse_fail(p, p->token == TOKEN_END ? "Unexpected end of string" : "Unexpected token");
}

void awk_newlines(struct awk_parser *p)
{
    while (p->token == TOKEN_NEWLINE)
        awk_advance(p);
}

bool awk_descend(struct awk_parser *p)
{
    if (++p->depth > AWK_DEPTH_MAX)
        awk_parse_fail(p, "nested too deep");
    return !p->failed;
}

/* ---- operands -------------------------------------------------------------------------------- */

static struct awk_node *regex_literal(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_REGEX, NULL, NULL);
    struct awk_str *text = awk_regex_word(p), *plain;
    const char *error = "";

    if (p->failed)
        return n;
    plain = awk_regex_plain(p->k, text);
    n->regex = sh_regex_new(p->k->t, plain->text, SH_REGEX_EXTENDED, &error);
    n->val = awk_string(text);
    awk_str_drop(p->k, plain);
    if (n->regex == NULL)
        awk_parse_fail(p, error);
    return n;
}

bool awk_is_lvalue(const struct awk_node *n)
{
    return n->op == AWK_OP_VAR || n->op == AWK_OP_LOCAL || n->op == AWK_OP_FIELD ||
           n->op == AWK_OP_INDEX;
}

struct awk_node *awk_parse_variable(struct awk_parser *p, struct awk_str *name)
{
    struct awk_node *n;

    for (uint32_t i = 0; p->function != NULL && i < p->function->params; i++) {
        if (strcmp(p->function->param[i]->text, name->text) == 0) {
            n = awk_node_new(p, AWK_OP_LOCAL, NULL, NULL);
            n->how = (int)i;
            return n;
        }
    }
    n = awk_node_new(p, AWK_OP_VAR, NULL, NULL);
    n->how = (int)awk_var_number(p->k, name->text, name->length);
    return n;
}

/* Expressions with commas between, up to the closing token, which is taken. */
struct awk_node *awk_parse_list(struct awk_parser *p, int closing, int *count)
{
    struct awk_node *first = NULL, **last = &first;
    bool no_in = p->no_in, no_gt = p->no_gt;

    p->no_in = p->no_gt = false;
    *count = 0;
    awk_newlines(p);
    while (p->token != closing && !p->failed) {
        *last = awk_parse_expression(p);
        last = &(*last)->next;
        ++*count;
        awk_newlines(p);
        if (p->token != ',')
            break;
        awk_advance(p);
        awk_newlines(p);
    }
    p->no_in = no_in;
    p->no_gt = no_gt;
    awk_expect(p, closing);
    return first;
}

static struct awk_node *named(struct awk_parser *p)
{
    struct awk_node *n = awk_parse_variable(p, p->word);
    int count;

    awk_advance(p);
    if (p->token != '[')
        return n;
    awk_advance(p);
    n = awk_node_new(p, AWK_OP_INDEX, n, NULL);
    n->b = awk_parse_list(p, ']', &count);
    if (count == 0)
        awk_parse_fail(p, "Unexpected token");
    return n;
}

struct awk_function *awk_function_of(struct awk_parser *p, struct awk_str *name)
{
    struct awk_function *f = p->k->program.functions;

    while (f != NULL && strcmp(f->name->text, name->text) != 0)
        f = f->next;
    if (f != NULL)
        return f;
    f = sh_call_alloc(p->k->t, sizeof(*f));
    if (f == NULL) {
        p->failed = true;
        return NULL;
    }
    f->name = name;
    f->next = p->k->program.functions;
    p->k->program.functions = f;
    return f;
}

static struct awk_node *call(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_CALL, NULL, NULL);
    struct awk_function *f = awk_function_of(p, p->word);
    int count;

    awk_advance(p);
    awk_expect(p, '(');
    n->a = awk_parse_list(p, ')', &count);
    n->how = count;
    n->b = (struct awk_node *)(void *)f; /* resolved when all functions are known */
    return n;
}

static struct awk_node *builtin(struct awk_parser *p)
{
    static const struct {
        int least, most;
    } wants[] = {
#define X(name, least, most) {least, most},
        AWK_BUILTINS(X)
#undef X
    };
    struct awk_node *n = awk_node_new(p, AWK_OP_BUILTIN, NULL, NULL);
    int which = p->builtin, count = 0;

    n->how = which;
    if (which == AWK_FN_system)
        awk_parse_refuse(p, "system() is not simulated");
    awk_advance(p);
    if (p->token == '(') {
        awk_advance(p);
        n->a = awk_parse_list(p, ')', &count);
    } else if (which != AWK_FN_length) {
        awk_parse_fail(p, "Unexpected token");
    }
    if (count < wants[which].least || count > wants[which].most)
        awk_parse_fail(p, count < wants[which].least ? "Too few arguments" : "Too many arguments");
    return n;
}

static struct awk_node *unary(struct awk_parser *p);
static struct awk_node *postfix(struct awk_parser *p);

static struct awk_node *grouping(struct awk_parser *p)
{
    struct awk_node *n, *in;
    int count;

    n = awk_parse_list(p, ')', &count);
    if (count == 0) {
        awk_parse_fail(p, "Unexpected token");
        return awk_node_new(p, AWK_OP_NUMBER, NULL, NULL);
    }
    if (count == 1)
        return n->op == AWK_OP_GROUP ? n : awk_node_new(p, AWK_OP_GROUP, n, NULL);
    if (p->token != TOKEN_IN || p->no_in) {
        n = awk_node_new(p, AWK_OP_GROUP, n, NULL);
        n->how = count; /* only print may have it */
        return n;
    }
    awk_advance(p);
    in = awk_node_new(p, AWK_OP_IN, n, NULL);
    if (p->token != TOKEN_NAME) {
        awk_parse_fail(p, "Unexpected token");
        return in;
    }
    in->b = awk_parse_variable(p, p->word);
    awk_advance(p);
    return in;
}

/* getline, getline x, and both with < file. */
static struct awk_node *getline_(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_GETLINE, NULL, NULL);

    awk_advance(p);
    if (p->token == TOKEN_NAME || p->token == '$')
        n->a = p->token == '$' ? postfix(p) : named(p);
    if (p->token == '<') {
        awk_advance(p);
        n->b = postfix(p);
    } else {
        p->k->program.getlines = p->k->program.reads = true;
    }
    return n;
}

static struct awk_node *primary(struct awk_parser *p)
{
    struct awk_node *n;

    switch (p->token) {
    case TOKEN_NUMBER:
        n = awk_node_new(p, AWK_OP_NUMBER, NULL, NULL);
        n->val = awk_number(p->number);
        awk_advance(p);
        return n;
    case TOKEN_STRING:
        n = awk_node_new(p, AWK_OP_STRING, NULL, NULL);
        n->val = awk_string(p->word);
        awk_advance(p);
        return n;
    case '/':
    case TOKEN_DIV_ASSIGN:
        return regex_literal(p);
    case TOKEN_NAME:
        return named(p);
    case TOKEN_FUNC_NAME:
        return call(p);
    case TOKEN_BUILTIN:
        return builtin(p);
    case TOKEN_GETLINE:
        return getline_(p);
    case '(':
        awk_advance(p);
        return grouping(p);
    case '$':
        awk_advance(p);
        if (p->token == TOKEN_INCR || p->token == TOKEN_DECR || p->token == '-' ||
            p->token == '+' || p->token == '!')
            return awk_node_new(p, AWK_OP_FIELD, unary(p), NULL);
        return awk_node_new(p, AWK_OP_FIELD, primary(p), NULL);
    default:
        awk_parse_fail(p, p->token == TOKEN_END ? "Unexpected end of string" : "Unexpected token");
        return awk_node_new(p, AWK_OP_NUMBER, NULL, NULL);
    }
}

static struct awk_node *postfix(struct awk_parser *p)
{
    struct awk_node *n = primary(p);

    if ((p->token == TOKEN_INCR || p->token == TOKEN_DECR) && awk_is_lvalue(n)) {
        n = awk_node_new(p, AWK_OP_POST, n, NULL);
        n->how = p->token == TOKEN_INCR ? 1 : -1;
        awk_advance(p);
    }
    return n;
}

/* ---- operators ------------------------------------------------------------------------------- */

static struct awk_node *binary(struct awk_parser *p, int how, struct awk_node *a,
                               struct awk_node *b)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_BINARY, a, b);

    n->how = how;
    return n;
}

static struct awk_node *power(struct awk_parser *p)
{
    struct awk_node *n = postfix(p);

    if (p->token != TOKEN_POW)
        return n;
    awk_advance(p);
    /* To the right, and a sign may stand there: 2^-1. */
    return binary(p, '^', n,
                  p->token == '-' || p->token == '+' || p->token == '!' ? unary(p) : power(p));
}

static struct awk_node *unary(struct awk_parser *p)
{
    struct awk_node *n;
    int token = p->token;

    if (!awk_descend(p))
        return awk_node_new(p, AWK_OP_NUMBER, NULL, NULL);
    switch (token) {
    case '!':
    case '-':
    case '+':
        awk_advance(p);
        n = awk_node_new(p,
                         token == '!'   ? AWK_OP_NOT
                         : token == '-' ? AWK_OP_NEGATE
                                        : AWK_OP_PLUS,
                         unary(p), NULL);
        break;
    case TOKEN_INCR:
    case TOKEN_DECR:
        awk_advance(p);
        n = awk_node_new(p, AWK_OP_PRE, primary(p), NULL);
        n->how = token == TOKEN_INCR ? 1 : -1;
        if (!awk_is_lvalue(n->a))
            awk_parse_fail(p, "Unexpected token");
        break;
    default:
        n = power(p);
        break;
    }
    p->depth--;
    return n;
}

static struct awk_node *product(struct awk_parser *p)
{
    struct awk_node *n = unary(p);

    while (p->token == '*' || p->token == '/' || p->token == '%') {
        int how = p->token;

        awk_advance(p);
        n = binary(p, how, n, unary(p));
    }
    return n;
}

static struct awk_node *sum(struct awk_parser *p)
{
    struct awk_node *n = product(p);

    while (p->token == '+' || p->token == '-') {
        int how = p->token;

        awk_advance(p);
        n = binary(p, how, n, product(p));
    }
    return n;
}

static bool begins_operand(const struct awk_parser *p)
{
    switch (p->token) {
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_NAME:
    case TOKEN_FUNC_NAME:
    case TOKEN_BUILTIN:
    case '$':
    case '!':
    case '(':
    case '-':
    case '+':
    case TOKEN_INCR:
    case TOKEN_DECR:
        return true;
    default:
        return false;
    }
}

struct awk_node *awk_parse_operand(struct awk_parser *p)
{
    struct awk_node *n = sum(p);

    while (begins_operand(p) && !p->failed)
        n = awk_node_new(p, AWK_OP_CONCAT, n, sum(p));
    return n;
}

static struct awk_node *comparison(struct awk_parser *p)
{
    struct awk_node *n = awk_parse_operand(p);
    int how;

    switch (p->token) {
    case '<':
        how = AWK_LT;
        break;
    case TOKEN_LE:
        how = AWK_LE;
        break;
    case TOKEN_EQ:
        how = AWK_EQ;
        break;
    case TOKEN_NE:
        how = AWK_NE;
        break;
    case TOKEN_GE:
        how = AWK_GE;
        break;
    case '>':
        if (p->no_gt)
            return n;
        how = AWK_GT;
        break;
    case '|':
        awk_parse_refuse(p, "pipes are not simulated");
        return n;
    default:
        return n;
    }
    awk_advance(p);
    n = awk_node_new(p, AWK_OP_COMPARE, n, awk_parse_operand(p));
    n->how = how;
    return n;
}

static struct awk_node *matching(struct awk_parser *p)
{
    struct awk_node *n = comparison(p);

    while (p->token == '~' || p->token == TOKEN_NOMATCH) {
        enum awk_op op = p->token == '~' ? AWK_OP_MATCH : AWK_OP_NOMATCH;

        awk_advance(p);
        n = awk_node_new(p, op, n, comparison(p));
    }
    return n;
}

static struct awk_node *membership(struct awk_parser *p)
{
    struct awk_node *n = matching(p);

    while (p->token == TOKEN_IN && !p->no_in) {
        awk_advance(p);
        n = awk_node_new(p, AWK_OP_IN, n, NULL);
        if (p->token != TOKEN_NAME) {
            awk_parse_fail(p, "Unexpected token");
            return n;
        }
        n->b = awk_parse_variable(p, p->word);
        awk_advance(p);
    }
    return n;
}

static struct awk_node *conjunction(struct awk_parser *p)
{
    struct awk_node *n = membership(p);

    while (awk_accept(p, TOKEN_AND)) {
        awk_newlines(p);
        n = awk_node_new(p, AWK_OP_AND, n, membership(p));
    }
    return n;
}

static struct awk_node *disjunction(struct awk_parser *p)
{
    struct awk_node *n = conjunction(p);

    while (awk_accept(p, TOKEN_OR)) {
        awk_newlines(p);
        n = awk_node_new(p, AWK_OP_OR, n, conjunction(p));
    }
    return n;
}

static int assignment(int token)
{
    switch (token) {
    case '=':
        return '=';
    case TOKEN_ADD_ASSIGN:
        return '+';
    case TOKEN_SUB_ASSIGN:
        return '-';
    case TOKEN_MUL_ASSIGN:
        return '*';
    case TOKEN_DIV_ASSIGN:
        return '/';
    case TOKEN_MOD_ASSIGN:
        return '%';
    case TOKEN_POW_ASSIGN:
        return '^';
    default:
        return 0;
    }
}

/* `a == b = c` and the like: the assignment belongs to the rightmost operand. */
static struct awk_node **rightmost(struct awk_node **at)
{
    while (!awk_is_lvalue(*at) && ((*at)->op == AWK_OP_COMPARE || (*at)->op == AWK_OP_MATCH ||
                                   (*at)->op == AWK_OP_NOMATCH || (*at)->op == AWK_OP_AND ||
                                   (*at)->op == AWK_OP_OR || (*at)->op == AWK_OP_CONCAT))
        at = &(*at)->b;
    while (!awk_is_lvalue(*at) && ((*at)->op == AWK_OP_NOT || (*at)->op == AWK_OP_NEGATE))
        at = &(*at)->a;
    return at;
}

struct awk_node *awk_parse_expression(struct awk_parser *p)
{
    struct awk_node *n, **to;
    int how;

    if (!awk_descend(p))
        return awk_node_new(p, AWK_OP_NUMBER, NULL, NULL);
    n = disjunction(p);
    how = assignment(p->token);
    if (how != 0) {
        to = rightmost(&n);
        if (!awk_is_lvalue(*to))
            awk_parse_fail(p, "Unexpected token");
        awk_advance(p);
        awk_newlines(p);
        *to = awk_node_new(p, how == '=' ? AWK_OP_ASSIGN : AWK_OP_UPDATE, *to, NULL);
        (*to)->b = awk_parse_expression(p);
        (*to)->how = how;
    } else if (awk_accept(p, '?')) {
        awk_newlines(p);
        n = awk_node_new(p, AWK_OP_COND, n, NULL);
        n->b = awk_parse_expression(p);
        awk_newlines(p);
        awk_expect(p, ':');
        awk_newlines(p);
        n->c = awk_parse_expression(p);
    }
    p->depth--;
    return n;
}

uint32_t awk_var_number(struct awk *k, const char *name, size_t length)
{
    for (uint32_t i = 0; i < k->vars; i++)
        if (k->var[i].name->length == length && memcmp(k->var[i].name->text, name, length) == 0)
            return i;
    if (k->vars == k->vars_room) {
        uint32_t room = k->vars_room * 2 + 32;
        struct awk_var *var =
            sh_call_grow(k->t, k->var, k->vars * sizeof(*var), room * sizeof(*var));

        if (var == NULL)
            return 0;
        k->var = var;
        k->vars_room = room;
    }
    k->var[k->vars] = (struct awk_var){.name = awk_str(k, name, length)};
    return k->vars++;
}
