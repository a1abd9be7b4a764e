/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awk_words.h - the lexer of awk, and what its words are. Whether a slash divides or begins
 * an expression only the grammar knows: it is taken as division, and whoever expects an operand
 * reads it again.
 */
#ifndef BOX_AWK_WORDS_H
#define BOX_AWK_WORDS_H

#include "engine/box/cmd/awk.h"

enum awk_token {
    TOKEN_END,
    TOKEN_NEWLINE,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_NAME,
    TOKEN_FUNC_NAME,
    TOKEN_BUILTIN,
    /* words */
    TOKEN_BEGIN,
    TOKEN_END_RULE,
    TOKEN_FUNCTION,
    TOKEN_IF,
    TOKEN_ELSE,
    TOKEN_WHILE,
    TOKEN_FOR,
    TOKEN_DO,
    TOKEN_BREAK,
    TOKEN_CONTINUE,
    TOKEN_NEXT,
    TOKEN_NEXTFILE,
    TOKEN_EXIT,
    TOKEN_RETURN,
    TOKEN_DELETE,
    TOKEN_IN,
    TOKEN_GETLINE,
    TOKEN_PRINT,
    TOKEN_PRINTF,
    /* signs of two and three characters; single ones stand for themselves */
    TOKEN_AND = 256,
    TOKEN_OR,
    TOKEN_APPEND,
    TOKEN_LE,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_GE,
    TOKEN_NOMATCH,
    TOKEN_INCR,
    TOKEN_DECR,
    TOKEN_ADD_ASSIGN,
    TOKEN_SUB_ASSIGN,
    TOKEN_MUL_ASSIGN,
    TOKEN_DIV_ASSIGN,
    TOKEN_MOD_ASSIGN,
    TOKEN_POW_ASSIGN,
    TOKEN_POW
};

/* Built-in functions: name, fewest and most arguments. system and the like are known to be refused.
 */
#define AWK_BUILTINS(X)                                                                            \
    X(atan2, 2, 2)                                                                                 \
    X(close, 1, 1)                                                                                 \
    X(cos, 1, 1)                                                                                   \
    X(exp, 1, 1)                                                                                   \
    X(fflush, 0, 1)                                                                                \
    X(gsub, 2, 3)                                                                                  \
    X(index, 2, 2)                                                                                 \
    X(int, 1, 1)                                                                                   \
    X(length, 0, 1)                                                                                \
    X(log, 1, 1)                                                                                   \
    X(match, 2, 2)                                                                                 \
    X(mktime, 1, 1)                                                                                \
    X(and, 2, 2)                                                                                   \
    X(compl, 1, 1)                                                                                 \
    X(lshift, 2, 2)                                                                                \
    X(or, 2, 2)                                                                                    \
    X(rshift, 2, 2)                                                                                \
    X(xor, 2, 2)                                                                                   \
    X(rand, 0, 0)                                                                                  \
    X(sin, 1, 1)                                                                                   \
    X(split, 2, 3)                                                                                 \
    X(sprintf, 1, 64)                                                                              \
    X(sqrt, 1, 1)                                                                                  \
    X(srand, 0, 1)                                                                                 \
    X(strftime, 0, 2)                                                                              \
    X(sub, 2, 3)                                                                                   \
    X(substr, 2, 3)                                                                                \
    X(system, 1, 1)                                                                                \
    X(systime, 0, 0)                                                                               \
    X(tolower, 1, 1)                                                                               \
    X(toupper, 1, 1)

enum awk_builtin {
#define X(name, least, most) AWK_FN_##name,
    AWK_BUILTINS(X)
#undef X
        AWK_FN_COUNT
};

struct awk_parser {
    struct awk *k;
    const char *text, *at, *end, *start; /* start: of the token */
    int token;
    double number;
    struct awk_str *word; /* STRING; NAME and FUNC_NAME */
    int builtin;
    int depth;
    bool failed, no_in, no_gt;
    struct awk_function *function; /* that is being read */
};

void awk_advance(struct awk_parser *p); /* to the next token */
struct awk_str *awk_regex_word(struct awk_parser *p);
/* The token is a slash: what stands up to the next one. The token is the one behind it then. */

void awk_parse_fail(struct awk_parser *p, const char *what); /* told once */
void awk_parse_refuse(struct awk_parser *p, const char *what);
/* Valid awk that is not done here. */

/* ---- what both halves of the parser use: awk_parse.c ------------------------------------
 */

struct awk_node *awk_node_new(struct awk_parser *p, enum awk_op op, struct awk_node *a,
                              struct awk_node *b);
/* Never NULL. */
bool awk_accept(struct awk_parser *p, int token); /* and moves on; else false */
void awk_expect(struct awk_parser *p, int token);
void awk_newlines(struct awk_parser *p); /* skips them */
bool awk_descend(struct awk_parser *p);  /* false: too deep */
struct awk_node *awk_parse_expression(struct awk_parser *p);
struct awk_node *awk_parse_operand(struct awk_parser *p); /* no comparison: `print > x y` */
struct awk_node *awk_parse_list(struct awk_parser *p, int closing, int *count);
struct awk_node *awk_parse_variable(struct awk_parser *p, struct awk_str *name);
struct awk_function *awk_function_of(struct awk_parser *p, struct awk_str *name); /* NULL: over */
bool awk_is_lvalue(const struct awk_node *n);

#endif
