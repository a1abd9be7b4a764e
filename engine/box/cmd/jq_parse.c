/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq_parse.c - from the text of a jq program to its tree. Names are resolved here, so that an
 * unknown one is an error before anything runs. What jq defines in its own language is read when it
 * is first called.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/jq_words.h"
#include "engine/reactor/base.h"

static struct jq_node *parse_postfix(struct jq_parser *p);
static struct jq_node *parse_operand(struct jq_parser *p, bool as);
static struct jq_node *parse_binary(struct jq_parser *p, int least);

struct jq_node *jq_node_new(struct jq_parser *p, enum jq_op op, struct jq_node *a,
                            struct jq_node *b)
{
    struct jq_node *n = jq_alloc(p->k, sizeof(*n));

    if (n == NULL)
        return p->k->spare;
    n->op = op;
    n->a = a;
    n->b = b;
    return n;
}

static struct jq_node *literal(struct jq_parser *p, struct jq_val v)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_LITERAL, NULL, NULL);

    n->val = v;
    return n;
}

static bool descend(struct jq_parser *p)
{
    if (++p->depth <= JQ_PARSE_DEPTH && !p->failed && !p->k->t->proc->over)
        return true;
    if (p->depth > JQ_PARSE_DEPTH)
        jq_parse_refuse(p, "an expression nested this deep");
    p->depth--;
    return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

static struct jq_var *new_var(struct jq_parser *p, const char *name, uint32_t length)
{
    struct jq_var *v = jq_alloc(p->k, sizeof(*v));

    if (v != NULL)
        *v = (struct jq_var){name, length};
    return v;
}

static struct jq_var *find_var(const struct jq_parser *p, const char *name, uint32_t length)
{
    for (const struct jq_scope *s = p->scope; s != NULL; s = s->up)
        if (s->var != NULL && s->var->length == length && memcmp(s->var->name, name, length) == 0)
            return s->var;
    return NULL;
}

static struct jq_node *parse_variable(struct jq_parser *p)
{
    struct jq_val name = {.kind = JQ_STRING, .length = p->word_length, .text = p->word};
    struct jq_var *var = find_var(p, p->word, p->word_length);
    struct jq_node *n = jq_node_new(p, JQ_OP_VAR, NULL, NULL);

    if (var != NULL) {
        n->var = var;
    } else if (jq_same_text(name, "__loc__")) {
        struct jq_map m = {0};

        jq_put(p->k, &m, jq_words("file"), jq_words("<top-level>"));
        jq_put(p->k, &m, jq_words("line"), jq_number(1));
        n = literal(p, jq_object(p->k, &m));
    } else {
        for (uint32_t i = p->k->named.count; i-- > 0 && n->op == JQ_OP_VAR;)
            if (jq_compare(p->k, p->k->named.pair[i].key, name) == 0)
                n = literal(p, p->k->named.pair[i].val);
        if (n->op == JQ_OP_VAR)
            jq_parse_fail(p, "$%.*s is not defined", (int)name.length, name.text);
    }
    jq_advance(p);
    return n;
}

/* ---- definitions ----------------------------------------------------------------------------- */

/* The parameters of a definition and their scope; each is a closure, $x a variable, too. */
static bool parse_params(struct jq_parser *p, struct jq_def *d)
{
    enum { PARAMS_MAX = 16 };

    d->param = jq_alloc(p->k, PARAMS_MAX * sizeof(*d->param));
    d->value = jq_alloc(p->k, PARAMS_MAX * sizeof(struct jq_var *));
    if (d->param == NULL || d->value == NULL)
        return false;
    if (!jq_accept(p, '('))
        return true;
    do {
        if (d->params == PARAMS_MAX) {
            jq_parse_refuse(p, "a function of more than 16 parameters");
            return false;
        }
        if (p->token != JQ_T_NAME && p->token != JQ_T_VAR)
            jq_parse_fail(p, "syntax error, expecting a parameter");
        if (p->token == JQ_T_VAR)
            d->value[d->params] = new_var(p, p->word, p->word_length);
        d->param[d->params++] = (struct jq_def){.name = p->word, .length = p->word_length};
        jq_advance(p);
    } while (jq_accept(p, ';') && !p->failed);
    jq_expect(p, ')');
    return !p->failed && !p->k->t->proc->over;
}

/* Behind `def`, up to and with its semicolon. */
static bool parse_def(struct jq_parser *p, struct jq_def *d)
{
    const struct jq_scope *outer = p->scope;
    struct jq_scope self = {outer, NULL, d}, param[32];
    uint32_t used = 0;

    d->name = p->word;
    d->length = p->word_length;
    jq_expect(p, JQ_T_NAME);
    if (p->failed || !parse_params(p, d))
        return false;
    jq_expect(p, ':');
    p->scope = &self;
    for (uint32_t i = 0; i < d->params; i++) {
        param[used] = (struct jq_scope){p->scope, NULL, &d->param[i]};
        p->scope = &param[used++];
        if (d->value[i] == NULL)
            continue;
        param[used] = (struct jq_scope){p->scope, d->value[i], NULL};
        p->scope = &param[used++];
    }
    d->body = jq_parse_pipe(p);
    p->scope = outer;
    jq_expect(p, ';');
    return !p->failed;
}

/* A function of the prelude, read when it is first asked for. NULL: there is none. */
static struct jq_def *prelude_def(struct jq_parser *p, const char *name, uint32_t length,
                                  uint32_t args)
{
    struct jq_parser inner = {.k = p->k, .depth = p->depth};
    struct jq_def *d;

    for (d = p->k->prelude; d != NULL; d = d->next)
        if (d->length == length && d->params == args && memcmp(d->name, name, length) == 0)
            return d;
    inner.at = jq_prelude_find(name, length, args);
    d = inner.at != NULL ? jq_alloc(p->k, sizeof(*d)) : NULL;
    if (d == NULL)
        return NULL;
    inner.end = inner.at + strlen(inner.at);
    jq_advance(&inner);
    d->global = true;
    if (!parse_def(&inner, d))
        return NULL;
    d->next = p->k->prelude;
    p->k->prelude = d;
    return d;
}

/* name, name(f; g): one of the program's own, of the prelude, or native. */
static struct jq_node *parse_call(struct jq_parser *p)
{
    const char *name = p->word;
    uint32_t length = p->word_length, args = 0;
    struct jq_node *n = jq_node_new(p, JQ_OP_CALL, NULL, NULL), **last = &n->a;

    jq_advance(p);
    if (jq_accept(p, '(')) {
        do {
            *last = jq_parse_pipe(p);
            last = &(*last)->next;
            args++;
        } while (jq_accept(p, ';') && !p->failed);
        jq_expect(p, ')');
    }
    for (const struct jq_scope *s = p->scope; s != NULL && n->def == NULL; s = s->up)
        if (s->def != NULL && s->def->length == length && s->def->params == args &&
            memcmp(s->def->name, name, length) == 0)
            n->def = s->def;
    if (n->def != NULL || p->failed)
        return n;
    n->how = jq_native_find(name, length, args);
    if (n->how >= 0) {
        n->op = JQ_OP_NATIVE;
        if (length >= 5 && memcmp(name, "input", 5) == 0)
            p->k->inputs = true;
        return n;
    }
    n->def = prelude_def(p, name, length, args);
    if (n->def == NULL)
        jq_parse_fail(p, "%.*s/%u is not defined", (int)RX_MIN(length, 60u), name, args);
    return n;
}

/* ---- patterns -------------------------------------------------------------------------------- */

static struct jq_pattern *parse_pattern(struct jq_parser *p, struct jq_scope *room, uint32_t *used);

enum { PATTERN_VARS = 32 };

static struct jq_var *bind(struct jq_parser *p, struct jq_scope *room, uint32_t *used)
{
    struct jq_var *v = new_var(p, p->word, p->word_length);

    if (*used == PATTERN_VARS) {
        jq_parse_refuse(p, "a pattern of this many variables");
        return v;
    }
    room[*used] = (struct jq_scope){p->scope, v, NULL};
    p->scope = &room[(*used)++];
    jq_advance(p);
    return v;
}

/* Of an object: $x, $x: pattern, name: pattern, "text": pattern, (expression): pattern. */
static struct jq_pattern *parse_part(struct jq_parser *p, struct jq_scope *room, uint32_t *used)
{
    struct jq_val word = {.kind = JQ_STRING, .length = p->word_length, .text = p->word};
    struct jq_pattern *q;
    struct jq_node *key;
    struct jq_var *var = NULL;

    if (p->token == JQ_T_VAR) {
        key = literal(p, word);
        var = bind(p, room, used);
    } else if (p->token == JQ_T_QUOTE) {
        key = jq_parse_text(p, NULL);
    } else if (jq_accept(p, '(')) {
        key = jq_parse_pipe(p);
        jq_expect(p, ')');
    } else {
        key = literal(p, word);
        jq_expect(p, JQ_T_NAME);
    }
    if (var == NULL || p->token == ':') {
        jq_expect(p, ':');
        q = parse_pattern(p, room, used);
    } else {
        q = jq_alloc(p->k, sizeof(*q));
    }
    if (q != NULL) {
        q->key = key;
        q->key_var = var;
    }
    return q;
}

static struct jq_pattern *parse_pattern(struct jq_parser *p, struct jq_scope *room, uint32_t *used)
{
    struct jq_pattern *q = jq_alloc(p->k, sizeof(*q)), **last;

    if (q == NULL || !descend(p))
        return NULL;
    last = &q->parts;
    if (p->token == JQ_T_VAR) {
        q->var = bind(p, room, used);
    } else if (p->token == '[' || p->token == '{') {
        int close = p->token == '[' ? ']' : '}';

        q->object = p->token == '{';
        jq_advance(p);
        do {
            *last = q->object ? parse_part(p, room, used) : parse_pattern(p, room, used);
            if (*last == NULL)
                break;
            last = &(*last)->next;
        } while (jq_accept(p, ',') && !p->failed);
        jq_expect(p, close);
    } else {
        jq_parse_fail(p, "syntax error, expecting a pattern");
    }
    p->depth--;
    return q;
}

/* ---- terms ----------------------------------------------------------------------------------- */

static struct jq_node *parse_if(struct jq_parser *p)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_IF, NULL, NULL);

    if (!descend(p))
        return n;
    n->a = jq_parse_pipe(p);
    jq_expect_word(p, "then");
    n->b = jq_parse_pipe(p);
    if (jq_accept_word(p, "elif")) {
        n->c = parse_if(p);
    } else {
        if (jq_accept_word(p, "else"))
            n->c = jq_parse_pipe(p);
        jq_expect_word(p, "end");
    }
    p->depth--;
    return n;
}

/* Behind the word: term as pattern (from; update[; extract]). */
static struct jq_node *parse_fold(struct jq_parser *p, enum jq_op op)
{
    struct jq_node *n = jq_node_new(p, op, parse_operand(p, false), NULL);
    const struct jq_scope *outer = p->scope;
    struct jq_scope room[PATTERN_VARS];
    uint32_t used = 0;

    jq_expect_word(p, "as");
    n->pattern = parse_pattern(p, room, &used);
    jq_expect(p, '(');
    n->b = jq_parse_pipe(p);
    jq_expect(p, ';');
    n->c = jq_parse_pipe(p);
    if (op == JQ_OP_FOREACH && jq_accept(p, ';'))
        n->d = jq_parse_pipe(p);
    jq_expect(p, ')');
    p->scope = outer;
    return n;
}

/* One entry of an object: name, $name, "text", @format "text", (expression), each with a value. */
static struct jq_node *parse_entry(struct jq_parser *p)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_ENTRY, NULL, NULL);
    struct jq_val word = {.kind = JQ_STRING, .length = p->word_length, .text = p->word};
    bool alone = true;

    if (p->token == JQ_T_VAR) {
        n->a = literal(p, word);
        n->b = parse_variable(p);
        return n;
    }
    if (p->token == JQ_T_NUMBER) {
        n->a = literal(p, jq_number(p->number));
        jq_advance(p);
        alone = false;
    } else if (p->token == JQ_T_QUOTE || p->token == JQ_T_FORMAT) {
        n->a = parse_postfix(p);
    } else if (jq_accept(p, '(')) {
        n->a = jq_parse_pipe(p);
        jq_expect(p, ')');
        alone = false;
    } else {
        n->a = literal(p, word);
        jq_expect(p, JQ_T_NAME);
    }
    if (alone && p->token != ':') {
        n->b = jq_node_new(p, JQ_OP_INDEX, jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL), n->a);
        return n;
    }
    jq_expect(p, ':');
    n->b = parse_binary(p, 3); /* no comma; a pipe is taken */
    if (p->token == '|') {
        jq_advance(p);
        n->b = jq_node_new(p, JQ_OP_PIPE, n->b, parse_binary(p, 3));
    }
    return n;
}

static struct jq_node *parse_object(struct jq_parser *p)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_OBJECT, NULL, NULL), **last = &n->a;

    while (p->token != '}' && !p->failed) {
        *last = parse_entry(p);
        last = &(*last)->next;
        if (!jq_accept(p, ','))
            break;
    }
    jq_expect(p, '}');
    return n;
}

static struct jq_node *parse_label(struct jq_parser *p, bool leave)
{
    struct jq_node *n = jq_node_new(p, leave ? JQ_OP_BREAK : JQ_OP_LABEL, NULL, NULL);
    const struct jq_scope *outer = p->scope;
    char *name = jq_alloc(p->k, p->word_length + 8u);
    int length;
    struct jq_scope self;

    if (name == NULL || p->token != JQ_T_VAR) {
        jq_parse_fail(p, "syntax error, expecting a label");
        return n;
    }
    length = snprintf(name, p->word_length + 8u, "*label %.*s", (int)p->word_length, p->word);
    jq_advance(p);
    if (leave) {
        n->var = find_var(p, name, (uint32_t)length);
        if (n->var == NULL)
            jq_parse_fail(p, "$%.60s is not defined", name);
        return n;
    }
    jq_expect(p, '|');
    n->var = new_var(p, name, (uint32_t)length);
    self = (struct jq_scope){outer, n->var, NULL};
    p->scope = &self;
    n->a = jq_parse_pipe(p);
    p->scope = outer;
    return n;
}

static struct jq_node *parse_try(struct jq_parser *p)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_TRY, parse_postfix(p), NULL);

    if (jq_accept_word(p, "catch"))
        n->b = parse_postfix(p);
    return n;
}

static struct jq_node *parse_name(struct jq_parser *p)
{
    static const char *const refused[] = {"import", "include", "modulemeta", "input_line_number"};

    if (jq_accept_word(p, "if"))
        return parse_if(p);
    if (jq_accept_word(p, "try"))
        return parse_try(p);
    if (jq_accept_word(p, "reduce"))
        return parse_fold(p, JQ_OP_REDUCE);
    if (jq_accept_word(p, "foreach"))
        return parse_fold(p, JQ_OP_FOREACH);
    if (jq_accept_word(p, "label"))
        return parse_label(p, false);
    if (jq_accept_word(p, "break"))
        return parse_label(p, true);
    if (jq_accept_word(p, "null"))
        return literal(p, jq_null());
    if (jq_accept_word(p, "true"))
        return literal(p, jq_bool(true));
    if (jq_accept_word(p, "false"))
        return literal(p, jq_bool(false));
    for (size_t i = 0; i < RX_ARRAY_LEN(refused); i++)
        if (jq_word_is(p, refused[i]))
            jq_parse_refuse(p, refused[i]);
    return parse_call(p);
}

static void check_format(struct jq_parser *p, const char *name)
{
    static const char *const known[] = {"text", "json", "csv",    "tsv",    "html",
                                        "uri",  "sh",   "base64", "base64d"};

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (strcmp(known[i], name) == 0)
            return;
    if (strncmp(name, "base32", 6) == 0)
        jq_parse_refuse(p, "@base32");
    jq_parse_fail(p, "%.40s is not a valid format", name);
}

static struct jq_node *parse_primary(struct jq_parser *p)
{
    struct jq_node *n;

    switch (p->token) {
    case JQ_T_NUMBER:
        n = literal(p, jq_number(p->number));
        jq_advance(p);
        return n;
    case JQ_T_QUOTE:
        return jq_parse_text(p, NULL);
    case JQ_T_FORMAT:
        n = jq_node_new(p, JQ_OP_FORMAT, NULL, NULL);
        n->val = jq_text(p->k, p->word, p->word_length);
        check_format(p, n->val.text);
        jq_advance(p);
        return p->token == JQ_T_QUOTE ? jq_parse_text(p, n->val.text) : n;
    case JQ_T_FIELD:
        n = literal(p, jq_text(p->k, p->word, p->word_length));
        jq_advance(p);
        return jq_node_new(p, JQ_OP_INDEX, jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL), n);
    case JQ_T_VAR:
        return parse_variable(p);
    case JQ_T_NAME:
        return parse_name(p);
    case JQ_T_RECURSE:
        jq_advance(p);
        n = jq_node_new(p, JQ_OP_NATIVE, NULL, NULL);
        n->how = jq_native_find("recurse", 7, 0);
        return n;
    case '.':
        jq_advance(p);
        n = jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL);
        if (p->token == JQ_T_QUOTE)
            n = jq_node_new(p, JQ_OP_INDEX, n, jq_parse_text(p, NULL));
        return n;
    case '-':
        jq_advance(p);
        return jq_node_new(p, JQ_OP_NEGATE, parse_postfix(p), NULL);
    case '(':
        jq_advance(p);
        n = jq_parse_pipe(p);
        jq_expect(p, ')');
        return n;
    case '[':
        jq_advance(p);
        n = jq_node_new(p, JQ_OP_LIST, p->token == ']' ? NULL : jq_parse_pipe(p), NULL);
        jq_expect(p, ']');
        return n;
    case '{':
        jq_advance(p);
        return parse_object(p);
    default:
        jq_parse_fail(p, "syntax error, unexpected %s",
                      p->token == JQ_T_END ? "$end" : "INVALID_CHARACTER");
        return jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL);
    }
}

/* Behind [: an index, a slice, or nothing. */
static struct jq_node *parse_bracket(struct jq_parser *p, struct jq_node *n)
{
    struct jq_node *from = NULL;

    if (jq_accept(p, ']'))
        return jq_node_new(p, JQ_OP_EACH, n, NULL);
    if (p->token != ':')
        from = jq_parse_pipe(p);
    if (jq_accept(p, ':')) {
        n = jq_node_new(p, JQ_OP_SLICE, n, from != NULL ? from : literal(p, jq_null()));
        n->c = p->token == ']' ? literal(p, jq_null()) : jq_parse_pipe(p);
    } else {
        n = jq_node_new(p, JQ_OP_INDEX, n, from);
    }
    jq_expect(p, ']');
    return n;
}

/* term as pattern | body */
static struct jq_node *parse_as(struct jq_parser *p, struct jq_node *term)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_AS, term, NULL);
    const struct jq_scope *outer = p->scope;
    struct jq_scope room[PATTERN_VARS];
    uint32_t used = 0;

    n->pattern = parse_pattern(p, room, &used);
    jq_expect(p, '|');
    n->b = jq_parse_pipe(p);
    p->scope = outer;
    return n;
}

/* as: may a pattern follow? Not behind reduce and foreach, which have one of their own. */
static struct jq_node *parse_suffix(struct jq_parser *p, struct jq_node *n, bool as)
{
    while (!p->failed) {
        if (p->token == JQ_T_FIELD) {
            n = jq_node_new(p, JQ_OP_INDEX, n, literal(p, jq_text(p->k, p->word, p->word_length)));
            jq_advance(p);
        } else if (p->token == '.') {
            jq_advance(p);
            if (p->token == JQ_T_QUOTE)
                n = jq_node_new(p, JQ_OP_INDEX, n, jq_parse_text(p, NULL));
            else if (jq_accept(p, '['))
                n = parse_bracket(p, n);
            else
                jq_parse_fail(p, "syntax error, unexpected word behind a point");
        } else if (jq_accept(p, '[')) {
            n = parse_bracket(p, n);
        } else if (jq_accept(p, '?')) {
            n = jq_node_new(p, JQ_OP_TRY, n, NULL);
        } else if (as && jq_accept_word(p, "as")) {
            return parse_as(p, n);
        } else {
            break;
        }
    }
    return n;
}

static struct jq_node *parse_operand(struct jq_parser *p, bool as)
{
    struct jq_node *n;

    if (!descend(p))
        return jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL);
    n = parse_suffix(p, parse_primary(p), as);
    p->depth--;
    return n;
}

static struct jq_node *parse_postfix(struct jq_parser *p)
{
    return parse_operand(p, true);
}

/* ---- operators ------------------------------------------------------------------------------- */

enum side { LEFT, RIGHT, ALONE };

static const struct jq_operator {
    int token;
    const char *word;
    int level;
    enum side side;
    enum jq_op op;
    enum jq_binary how;
} operators[] = {
    {'|', NULL, 1, RIGHT, JQ_OP_PIPE, 0},
    {',', NULL, 2, LEFT, JQ_OP_COMMA, 0},
    {JQ_T_ELSE, NULL, 3, RIGHT, JQ_OP_ELSE, 0},
    {'=', NULL, 4, ALONE, JQ_OP_ASSIGN, 0},
    {JQ_T_MODIFY, NULL, 4, ALONE, JQ_OP_MODIFY, 0},
    {JQ_T_ADD_TO, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_ADD},
    {JQ_T_SUBTRACT_FROM, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_SUBTRACT},
    {JQ_T_MULTIPLY_BY, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_MULTIPLY},
    {JQ_T_DIVIDE_BY, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_DIVIDE},
    {JQ_T_MODULO_BY, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_MODULO},
    {JQ_T_ELSE_SET, NULL, 4, ALONE, JQ_OP_UPDATE, JQ_ELSE},
    {0, "or", 5, LEFT, JQ_OP_OR, 0},
    {0, "and", 6, LEFT, JQ_OP_AND, 0},
    {JQ_T_EQ, NULL, 7, ALONE, JQ_OP_BINARY, JQ_EQ},
    {JQ_T_NE, NULL, 7, ALONE, JQ_OP_BINARY, JQ_NE},
    {'<', NULL, 7, ALONE, JQ_OP_BINARY, JQ_LT},
    {JQ_T_LE, NULL, 7, ALONE, JQ_OP_BINARY, JQ_LE},
    {'>', NULL, 7, ALONE, JQ_OP_BINARY, JQ_GT},
    {JQ_T_GE, NULL, 7, ALONE, JQ_OP_BINARY, JQ_GE},
    {'+', NULL, 8, LEFT, JQ_OP_BINARY, JQ_ADD},
    {'-', NULL, 8, LEFT, JQ_OP_BINARY, JQ_SUBTRACT},
    {'*', NULL, 9, LEFT, JQ_OP_BINARY, JQ_MULTIPLY},
    {'/', NULL, 9, LEFT, JQ_OP_BINARY, JQ_DIVIDE},
    {'%', NULL, 9, LEFT, JQ_OP_BINARY, JQ_MODULO},
};

static const struct jq_operator *operator_here(const struct jq_parser *p)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(operators); i++) {
        const struct jq_operator *o = &operators[i];

        if (o->word != NULL ? jq_word_is(p, o->word) : p->token == o->token)
            return o;
    }
    return NULL;
}

static struct jq_node *parse_binary(struct jq_parser *p, int least)
{
    struct jq_node *n = parse_postfix(p), *right;
    const struct jq_operator *o;

    while (!p->failed && (o = operator_here(p)) != NULL && o->level >= least) {
        jq_advance(p);
        if (!descend(p))
            return n;
        right = o->level == 1 ? jq_parse_pipe(p)
                              : parse_binary(p, o->side == RIGHT ? o->level : o->level + 1);
        p->depth--;
        n = jq_node_new(p, o->op, n, right);
        n->how = (int)o->how;
        if (o->side == ALONE && operator_here(p) != NULL && operator_here(p)->level == o->level)
            jq_parse_fail(p, "syntax error, unexpected operator");
    }
    return n;
}

struct jq_node *jq_parse_pipe(struct jq_parser *p)
{
    const struct jq_scope *outer = p->scope;
    struct jq_node *n;
    struct jq_scope self;

    if (!descend(p))
        return jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL);
    if (jq_accept_word(p, "def")) {
        struct jq_def *d = jq_alloc(p->k, sizeof(*d));

        n = jq_node_new(p, JQ_OP_DEF, NULL, NULL);
        if (d != NULL && parse_def(p, d)) {
            self = (struct jq_scope){outer, NULL, d};
            p->scope = &self;
            n->def = d;
            n->a = p->token == JQ_T_END && !p->failed ? jq_node_new(p, JQ_OP_IDENTITY, NULL, NULL)
                                                      : jq_parse_pipe(p);
            p->scope = outer;
        }
    } else {
        n = parse_binary(p, 1);
    }
    p->depth--;
    return n;
}

struct jq_node *jq_parse(struct jq *k, const char *text, size_t length)
{
    struct jq_parser p = {.k = k, .at = text, .end = text + length};
    struct jq_node *n;

    k->spare = jq_alloc(k, sizeof(*k->spare));
    if (k->spare == NULL)
        return NULL;
    jq_advance(&p);
    if (p.token == JQ_T_END)
        return jq_node_new(&p, JQ_OP_IDENTITY, NULL, NULL);
    n = jq_parse_pipe(&p);
    if (p.token != JQ_T_END)
        jq_parse_fail(&p, "syntax error, unexpected INVALID_CHARACTER, expecting $end");
    return p.failed || k->t->proc->over ? NULL : n;
}
