/* SPDX-License-Identifier: Apache-2.0 */
/* awk_rule.c - the statements, rules and functions of an awk program. */
#include <string.h>

#include "engine/box/cmd/awk_words.h"
#include "engine/reactor/base.h"

static struct awk_node *statement(struct awk_parser *p);
static struct awk_node *block(struct awk_parser *p);

/* ---- statements ------------------------------------------------------------------------------ */

static void end_of_simple(struct awk_parser *p)
{
    if (p->token == ';' || p->token == TOKEN_NEWLINE)
        awk_advance(p);
    else if (p->token != '}' && p->token != TOKEN_END)
        awk_parse_fail(p, "Unexpected token");
}

static struct awk_node *print(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, p->token == TOKEN_PRINT ? AWK_OP_PRINT : AWK_OP_PRINTF,
                                      NULL, NULL),
                    **last = &n->a;

    awk_advance(p);
    p->no_gt = true;
    while (p->token != ';' && p->token != TOKEN_NEWLINE && p->token != '}' &&
           p->token != TOKEN_END && p->token != '>' && p->token != TOKEN_APPEND &&
           p->token != '|' && !p->failed) {
        *last = awk_parse_expression(p);
        last = &(*last)->next;
        if (!awk_accept(p, ','))
            break;
        awk_newlines(p);
    }
    p->no_gt = false;
    if (n->a != NULL && n->a->op == AWK_OP_GROUP && n->a->how > 1 && n->a->next == NULL)
        n->a = n->a->a;
    if (p->token == '|')
        awk_parse_refuse(p, "pipes are not simulated");
    n->how = p->token == '>' ? AWK_TO_FILE : p->token == TOKEN_APPEND ? AWK_TO_APPEND : AWK_TO_OUT;
    if (n->how != AWK_TO_OUT) {
        awk_advance(p);
        p->no_gt = true;
        n->b = awk_parse_operand(p);
        p->no_gt = false;
    }
    if (n->op == AWK_OP_PRINTF && n->a == NULL)
        awk_parse_fail(p, "Too few arguments");
    return n;
}

static struct awk_node *simple(struct awk_parser *p)
{
    struct awk_node *n;
    int count;

    switch (p->token) {
    case TOKEN_PRINT:
    case TOKEN_PRINTF:
        return print(p);
    case TOKEN_DELETE:
        awk_advance(p);
        if (p->token != TOKEN_NAME) {
            awk_parse_fail(p, "Unexpected token");
            return awk_node_new(p, AWK_OP_BLOCK, NULL, NULL);
        }
        n = awk_node_new(p, AWK_OP_DELETE, awk_parse_variable(p, p->word), NULL);
        awk_advance(p);
        if (awk_accept(p, '['))
            n->b = awk_parse_list(p, ']', &count);
        return n;
    default:
        return awk_node_new(p, AWK_OP_EXPR, awk_parse_expression(p), NULL);
    }
}

static struct awk_node *loop_body(struct awk_parser *p)
{
    struct awk_node *n;

    awk_newlines(p);
    if (p->token == ';') {
        awk_advance(p);
        n = awk_node_new(p, AWK_OP_BLOCK, NULL, NULL);
    } else {
        n = statement(p);
    }
    return n;
}

/* for (x in array), and otherwise for (a; b; c). */
static struct awk_node *for_(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_FOR, NULL, NULL);

    awk_advance(p);
    awk_expect(p, '(');
    if (p->token != ';') {
        p->no_in = true;
        n->a = simple(p);
        p->no_in = false;
        if (p->token == TOKEN_IN && n->a->op == AWK_OP_EXPR && awk_is_lvalue(n->a->a)) {
            awk_advance(p);
            n->op = AWK_OP_FOR_IN;
            n->a = n->a->a;
            if (p->token != TOKEN_NAME) {
                awk_parse_fail(p, "Unexpected token");
                return n;
            }
            n->b = awk_parse_variable(p, p->word);
            awk_advance(p);
            awk_expect(p, ')');
            n->d = loop_body(p);
            return n;
        }
    }
    awk_expect(p, ';');
    awk_newlines(p);
    if (p->token != ';')
        n->b = awk_parse_expression(p);
    awk_expect(p, ';');
    awk_newlines(p);
    if (p->token != ')')
        n->c = simple(p);
    awk_expect(p, ')');
    n->d = loop_body(p);
    return n;
}

static struct awk_node *if_(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_IF, NULL, NULL);
    const char *at, *start;
    int token;

    awk_advance(p);
    awk_expect(p, '(');
    n->a = awk_parse_expression(p);
    awk_expect(p, ')');
    awk_newlines(p);
    if (p->token == ';') {
        awk_advance(p);
        n->b = awk_node_new(p, AWK_OP_BLOCK, NULL, NULL);
    } else {
        n->b = statement(p);
    }
    /* An else may stand behind newlines and one semicolon; without one they belong to nobody. */
    at = p->at;
    start = p->start;
    token = p->token;
    while (p->token == TOKEN_NEWLINE || p->token == ';')
        awk_advance(p);
    if (p->token == TOKEN_ELSE) {
        awk_advance(p);
        awk_newlines(p);
        n->c = statement(p);
    } else {
        p->at = at;
        p->start = start;
        p->token = token;
    }
    return n;
}

static struct awk_node *do_(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_DO, NULL, NULL);

    awk_advance(p);
    n->b = loop_body(p);
    awk_newlines(p);
    if (p->token == ';')
        awk_advance(p);
    awk_newlines(p);
    awk_expect(p, TOKEN_WHILE);
    awk_expect(p, '(');
    n->a = awk_parse_expression(p);
    awk_expect(p, ')');
    return n;
}

static bool ends_statement(const struct awk_parser *p)
{
    return p->token == ';' || p->token == TOKEN_NEWLINE || p->token == '}' || p->token == TOKEN_END;
}

static struct awk_node *jump(struct awk_parser *p)
{
    static const struct {
        int token;
        enum awk_op op;
    } jumps[] = {{TOKEN_BREAK, AWK_OP_BREAK}, {TOKEN_CONTINUE, AWK_OP_CONTINUE},
                 {TOKEN_NEXT, AWK_OP_NEXT},   {TOKEN_NEXTFILE, AWK_OP_NEXTFILE},
                 {TOKEN_EXIT, AWK_OP_EXIT},   {TOKEN_RETURN, AWK_OP_RETURN}};
    struct awk_node *n = NULL;

    for (size_t i = 0; i < RX_ARRAY_LEN(jumps); i++)
        if (jumps[i].token == p->token)
            n = awk_node_new(p, jumps[i].op, NULL, NULL);
    if (n == NULL)
        return NULL;
    if (n->op == AWK_OP_RETURN && p->function == NULL)
        awk_parse_fail(p, "Unexpected token");
    awk_advance(p);
    if ((n->op == AWK_OP_EXIT || n->op == AWK_OP_RETURN) && !ends_statement(p))
        n->a = awk_parse_expression(p);
    return n;
}

static struct awk_node *statement_inside(struct awk_parser *p)
{
    struct awk_node *n;

    switch (p->token) {
    case '{':
        return block(p);
    case ';':
        awk_advance(p);
        return awk_node_new(p, AWK_OP_BLOCK, NULL, NULL);
    case TOKEN_IF:
        return if_(p);
    case TOKEN_FOR:
        return for_(p);
    case TOKEN_WHILE:
        n = awk_node_new(p, AWK_OP_WHILE, NULL, NULL);
        awk_advance(p);
        awk_expect(p, '(');
        n->a = awk_parse_expression(p);
        awk_expect(p, ')');
        n->d = loop_body(p);
        return n;
    case TOKEN_DO:
        n = do_(p);
        break;
    default:
        n = jump(p);
        if (n == NULL)
            n = simple(p);
        break;
    }
    end_of_simple(p);
    return n;
}

static struct awk_node *statement(struct awk_parser *p)
{
    struct awk_node *n =
        awk_descend(p) ? statement_inside(p) : awk_node_new(p, AWK_OP_BLOCK, NULL, NULL);

    p->depth--;
    return n;
}

static struct awk_node *block(struct awk_parser *p)
{
    struct awk_node *n = awk_node_new(p, AWK_OP_BLOCK, NULL, NULL), **last = &n->a;

    awk_expect(p, '{');
    for (;;) {
        while (p->token == TOKEN_NEWLINE || p->token == ';')
            awk_advance(p);
        if (p->token == '}' || p->token == TOKEN_END || p->failed)
            break;
        *last = statement(p);
        last = &(*last)->next;
    }
    awk_expect(p, '}');
    return n;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void function(struct awk_parser *p)
{
    struct awk_function *f;
    struct awk_str *param[32];

    awk_advance(p);
    if (p->token != TOKEN_NAME && p->token != TOKEN_FUNC_NAME) {
        awk_parse_fail(p, "Unexpected token");
        return;
    }
    f = awk_function_of(p, p->word);
    if (f == NULL || f->defined) {
        awk_parse_fail(p, "function is defined twice");
        return;
    }
    awk_advance(p);
    awk_expect(p, '(');
    while (p->token == TOKEN_NAME && f->params < RX_ARRAY_LEN(param)) {
        param[f->params++] = p->word;
        awk_advance(p);
        if (!awk_accept(p, ','))
            break;
        awk_newlines(p);
    }
    awk_expect(p, ')');
    f->param = sh_call_alloc(p->k->t, (f->params + 1) * sizeof(*param));
    if (f->param == NULL) {
        p->failed = true;
        return;
    }
    memcpy(f->param, param, f->params * sizeof(*param));
    f->defined = true;
    awk_newlines(p);
    p->function = f;
    f->body = block(p);
    p->function = NULL;
}

static void rule(struct awk_parser *p)
{
    struct awk_rule *r = sh_call_alloc(p->k->t, sizeof(*r));

    if (r == NULL) {
        p->failed = true;
        return;
    }
    r->when = AWK_ALWAYS;
    if (awk_accept(p, TOKEN_BEGIN)) {
        r->when = AWK_BEGIN;
    } else if (awk_accept(p, TOKEN_END_RULE)) {
        r->when = AWK_END;
        p->k->program.reads = true;
    } else if (p->token != '{') {
        r->when = AWK_IF;
        r->from = awk_parse_expression(p);
        if (awk_accept(p, ',')) {
            awk_newlines(p);
            r->when = AWK_RANGE;
            r->to = awk_parse_expression(p);
        }
    }
    p->k->program.reads |= r->when != AWK_BEGIN;
    if (p->token == '{')
        r->body = block(p);
    else if (r->when == AWK_BEGIN || r->when == AWK_END)
        awk_parse_fail(p, "Unexpected token");
    *p->k->program.last = r;
    p->k->program.last = &r->next;
}

bool awk_parse(struct awk *k, const char *text, size_t length)
{
    struct awk_parser p = {.k = k, .text = text, .at = text, .end = text + length, .start = text};

    k->program.last = &k->program.rules;
    awk_advance(&p);
    for (;;) {
        while (p.token == TOKEN_NEWLINE || p.token == ';')
            awk_advance(&p);
        if (p.token == TOKEN_END || p.failed)
            break;
        if (p.token == TOKEN_FUNCTION)
            function(&p);
        else
            rule(&p);
    }
    for (struct awk_function *f = k->program.functions; f != NULL && !p.failed; f = f->next)
        if (!f->defined)
            awk_parse_fail(&p, "Call to undefined function");
    return !p.failed && !k->t->proc->over;
}
