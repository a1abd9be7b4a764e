/* SPDX-License-Identifier: Apache-2.0 */
/* jq_lex.c - the lexer of jq, and its strings with what they interpolate. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/jq_words.h"
#include "engine/reactor/base.h"

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The character so many behind; NUL at the end. */
static char peek(const struct jq_parser *p, int ahead)
{
    return p->end - p->at > ahead ? p->at[ahead] : '\0';
}

static void skip_blanks(struct jq_parser *p)
{
    while (p->at < p->end) {
        if (*p->at == '#') {
            while (p->at < p->end && *p->at != '\n')
                p->at++;
        } else if (strchr(" \t\r\n", *p->at) != NULL && *p->at != '\0') {
            p->at++;
        } else {
            break;
        }
    }
}

static void take_name(struct jq_parser *p, enum jq_token token)
{
    p->token = token;
    p->word = p->at;
    while (letter(peek(p, 0)) || digit(peek(p, 0)))
        p->at++;
    p->word_length = (uint32_t)(p->at - p->word);
}

static void take_number(struct jq_parser *p)
{
    char text[64], *end;
    size_t n = (size_t)RX_MIN(p->end - p->at, (ptrdiff_t)sizeof(text) - 1);

    memcpy(text, p->at, n);
    text[n] = '\0';
    text[strspn(text, "0123456789.eE+-")] = '\0'; /* no hexadecimal */
    p->number = strtod(text, &end);
    p->at += end - text;
    while (digit(peek(p, 0)))
        p->at++; /* of more digits than fit */
    p->token = JQ_T_NUMBER;
}

static void take_sign(struct jq_parser *p)
{
    static const struct {
        const char *text;
        int token;
    } sign[] = {{"//=", JQ_T_ELSE_SET},   {"..", JQ_T_RECURSE},
                {"//", JQ_T_ELSE},        {"==", JQ_T_EQ},
                {"!=", JQ_T_NE},          {"<=", JQ_T_LE},
                {">=", JQ_T_GE},          {"|=", JQ_T_MODIFY},
                {"+=", JQ_T_ADD_TO},      {"-=", JQ_T_SUBTRACT_FROM},
                {"*=", JQ_T_MULTIPLY_BY}, {"/=", JQ_T_DIVIDE_BY},
                {"%=", JQ_T_MODULO_BY}};

    for (size_t i = 0; i < RX_ARRAY_LEN(sign); i++) {
        size_t n = strlen(sign[i].text);

        if ((size_t)(p->end - p->at) >= n && memcmp(p->at, sign[i].text, n) == 0) {
            p->token = sign[i].token;
            p->at += n;
            return;
        }
    }
    p->token = strchr("|,.:;()[]{}?=<>+-*/%", *p->at) != NULL && *p->at != '\0' ? *p->at : JQ_T_BAD;
    p->at++;
}

void jq_advance(struct jq_parser *p)
{
    char c;

    skip_blanks(p);
    sh_charge(p->k->t, 1);
    p->word = NULL;
    if (p->at >= p->end || p->failed || p->k->t->proc->over) {
        p->token = JQ_T_END;
        return;
    }
    c = *p->at;
    if (c == '"') {
        p->at++;
        p->token = JQ_T_QUOTE;
    } else if (digit(c) || (c == '.' && digit(peek(p, 1)))) {
        take_number(p);
    } else if (letter(c)) {
        take_name(p, JQ_T_NAME);
    } else if ((c == '.' && letter(peek(p, 1))) || (c == '$' && letter(peek(p, 1))) ||
               (c == '@' && letter(peek(p, 1)))) {
        p->at++;
        take_name(p, c == '.' ? JQ_T_FIELD : c == '$' ? JQ_T_VAR : JQ_T_FORMAT);
        if (c == '@')
            while (digit(peek(p, 0)) || letter(peek(p, 0)))
                p->word_length = (uint32_t)(++p->at - p->word);
    } else {
        take_sign(p);
    }
}

bool jq_accept(struct jq_parser *p, int token)
{
    if (p->token != token)
        return false;
    jq_advance(p);
    return true;
}

bool jq_word_is(const struct jq_parser *p, const char *keyword)
{
    return p->token == JQ_T_NAME && p->word_length == strlen(keyword) &&
           memcmp(p->word, keyword, p->word_length) == 0;
}

bool jq_accept_word(struct jq_parser *p, const char *keyword)
{
    if (!jq_word_is(p, keyword))
        return false;
    jq_advance(p);
    return true;
}

void jq_expect(struct jq_parser *p, int token)
{
    if (p->token != token)
        jq_parse_fail(p, "syntax error, expecting '%c'", token);
    jq_advance(p);
}

void jq_expect_word(struct jq_parser *p, const char *keyword)
{
    if (!jq_accept_word(p, keyword))
        jq_parse_fail(p, "syntax error, expecting %s", keyword);
}

void jq_parse_fail(struct jq_parser *p, const char *format, ...)
{
    char text[160];
    va_list args;

    if (p->failed || p->k->t->proc->over)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    sh_complain(p->k->t, "jq: error: %s at <top-level>, line 1:", text);
    sh_complain(p->k->t, "jq: 1 compile error");
    p->failed = true;
    p->token = JQ_T_END;
}

void jq_parse_refuse(struct jq_parser *p, const char *what)
{
    char text[96];

    if (p->failed)
        return;
    snprintf(text, sizeof(text), "jq: %.60s is not simulated", what);
    sh_complain(p->k->t, "%s", text);
    sh_diagnose(p->k->t, SHELL_DIAG_OPTION, p->k->t->call.pos, "jq", text);
    p->failed = true;
    p->token = JQ_T_END;
}

/* ---- strings --------------------------------------------------------------------------------- */

/* The plain text up to the closing quote or to \(, its escapes still in it. */
static bool plain_part(struct jq_parser *p, struct jq_val *v)
{
    struct sh_buf b = {0};
    const char *at;
    int got;

    sh_buf_add(p->k->t, &b, "\"", 1);
    for (at = p->at; at < p->end && *at != '"' && (*at != '\\' || at[1] != '('); at++) {
        bool pair = *at == '\\' && at + 1 < p->end;

        sh_buf_add(p->k->t, &b, at, pair ? 2 : 1);
        at += pair;
    }
    if (at >= p->end) {
        jq_parse_fail(p, "syntax error, unterminated string");
        return false;
    }
    p->at = at;
    if (!sh_buf_add(p->k->t, &b, "\"", 1))
        return false;
    at = b.text;
    got = jq_read(p->k, &at, b.text + b.length, v);
    if (got != 1) {
        jq_parse_fail(p, "%.*s (while parsing '%.60s')", (int)p->k->error.length,
                      p->k->failed ? p->k->error.text : "", b.text);
        p->k->failed = false;
    }
    return got == 1;
}

struct jq_node *jq_parse_text(struct jq_parser *p, const char *format)
{
    struct jq_node *n = jq_node_new(p, JQ_OP_TEXT, NULL, NULL), **last = &n->a;

    n->val = jq_words(format != NULL ? format : "text");
    while (!p->failed && !p->k->t->proc->over) {
        *last = jq_node_new(p, JQ_OP_LITERAL, NULL, NULL);
        if (!plain_part(p, &(*last)->val))
            break;
        last = &(*last)->next;
        if (*p->at++ == '"')
            break;
        p->at++;
        jq_advance(p);
        *last = jq_parse_pipe(p);
        last = &(*last)->next;
        if (p->token != ')')
            jq_parse_fail(p, "syntax error, expecting ')'"); /* no word is read behind it */
    }
    jq_advance(p);
    if (n->a != NULL && n->a->next == NULL)
        return n->a; /* nothing is interpolated */
    return n;
}
