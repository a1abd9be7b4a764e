/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq_words.h - the words of a jq program, and the parser's state. A string is not one word,
 * since it may hold expressions: the lexer stops behind its quote, and the parser reads it.
 */
#ifndef BOX_JQ_WORDS_H
#define BOX_JQ_WORDS_H

#include "engine/box/cmd/jq.h"

enum jq_token {
    JQ_T_END,
    JQ_T_NUMBER,
    JQ_T_QUOTE,
    JQ_T_NAME,   /* also of keywords */
    JQ_T_FIELD,  /* .name */
    JQ_T_VAR,    /* $name */
    JQ_T_FORMAT, /* @name */
    JQ_T_BAD,
    /* signs of more than one character; single ones stand for themselves */
    JQ_T_RECURSE = 256, /* .. */
    JQ_T_ELSE,          /* // */
    JQ_T_EQ,
    JQ_T_NE,
    JQ_T_LE,
    JQ_T_GE,
    JQ_T_MODIFY,
    JQ_T_ADD_TO,
    JQ_T_SUBTRACT_FROM,
    JQ_T_MULTIPLY_BY,
    JQ_T_DIVIDE_BY,
    JQ_T_MODULO_BY,
    JQ_T_ELSE_SET
};

struct jq_scope { /* a name that is known, innermost first */
    const struct jq_scope *up;
    struct jq_var *var; /* $name, or a label ("*label" before its name) */
    struct jq_def *def;
};

struct jq_parser {
    struct jq *k;
    const char *at, *end;
    int token;
    const char *word; /* NAME, FIELD, VAR, FORMAT: without its sign */
    uint32_t word_length;
    double number;
    int depth;
    bool failed;
    const struct jq_scope *scope;
};

void jq_advance(struct jq_parser *p);
bool jq_accept(struct jq_parser *p, int token);
bool jq_word_is(const struct jq_parser *p, const char *keyword); /* the token is that name */
bool jq_accept_word(struct jq_parser *p, const char *keyword);
void jq_expect(struct jq_parser *p, int token);
void jq_expect_word(struct jq_parser *p, const char *keyword);
void jq_parse_fail(struct jq_parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));                   /* told once */
void jq_parse_refuse(struct jq_parser *p, const char *what); /* valid jq that is not done here */
struct jq_node *jq_node_new(struct jq_parser *p, enum jq_op op, struct jq_node *a,
                            struct jq_node *b); /* never NULL */
struct jq_node *jq_parse_pipe(struct jq_parser *p);
struct jq_node *jq_parse_text(struct jq_parser *p, const char *format);
/* The token is a quote; format: NULL, or the name of one. */

#endif
