/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ast.h - a script as the parser understands it, between its text and its code. Lives in a
 * scratch arena only until gen.c has made code of it.
 */
#ifndef BOX_AST_H
#define BOX_AST_H

#include "engine/box/shell.h"

/* A place in a script: line and column, from 1. Columns saturate; 0 is "nowhere". */
#define SH_POS(line, column) ((uint32_t)(line) << 12 | (uint32_t)RX_MIN((column), 4095u))
#define SH_POS_LINE(pos)     ((pos) >> 12)
#define SH_POS_COLUMN(pos)   ((pos)&4095)

enum sh_part_kind {
    SH_PART_TEXT,
    SH_PART_VAR,
    SH_PART_CMD,
    SH_PART_ARITH,
    SH_PART_TILDE,
    SH_PART_PROC, /* <(...) and >(...) */
};

enum sh_param_op {
    SH_PARAM_PLAIN,
    SH_PARAM_LENGTH,      /* ${#x} */
    SH_PARAM_DEFAULT,     /* ${x-w} */
    SH_PARAM_ASSIGN,      /* ${x=w} */
    SH_PARAM_ERROR,       /* ${x?w} */
    SH_PARAM_ALTERNATIVE, /* ${x+w} */
    SH_PARAM_PREFIX,      /* ${x#w} */
    SH_PARAM_PREFIX_LONG,
    SH_PARAM_SUFFIX,
    SH_PARAM_SUFFIX_LONG,
    /* What POSIX does not have. */
    SH_PARAM_SLICE,       /* ${x:w} */
    SH_PARAM_SLICE_UP_TO, /* ${x:w:w2} */
    SH_PARAM_REPLACE,     /* ${x/w/w2} */
    SH_PARAM_REPLACE_ALL,
    SH_PARAM_REPLACE_FRONT, /* ${x/#w/w2} */
    SH_PARAM_REPLACE_BACK,
    SH_PARAM_UPPER, /* ${x^w} */
    SH_PARAM_UPPER_ALL,
    SH_PARAM_LOWER, /* ${x,w} */
    SH_PARAM_LOWER_ALL,
    SH_PARAM_QUOTE,  /* ${x@Q} */
    SH_PARAM_ESCAPE, /* ${x@E} */
    SH_PARAM_KEYS,   /* ${!x[@]} */
    SH_PARAM_NAMES,  /* ${!x*}, ${!x@} */
    SH_PARAM_BAD,    /* what this shell does not know: an error when it is reached */
    SH_PARAM_OPS     /* how many; must fit into five bits */
};

struct sh_part {
    struct sh_part *next;
    enum sh_part_kind kind;
    bool quoted;
    bool split;       /* TEXT: stands unquoted in ${x-...}, so it is split like the result of it */
    const char *text; /* TEXT; VAR: the name */
    enum sh_param_op op;
    bool colon;            /* ${x:-w}: null counts as unset */
    bool indirect;         /* ${!x}: the variable that x names */
    bool out;              /* PROC: >(...) */
    struct sh_word *word;  /* VAR: after the operator; ARITH: the expression */
    struct sh_word *word2; /* VAR: the second one */
    struct sh_word *sub;   /* VAR: the subscript of an array */
    struct sh_node *list; /* CMD */
    uint32_t pos;
};

struct sh_word {
    struct sh_word *next;
    struct sh_part *part;
    struct sh_word *key; /* of an array's list: [key]=word */
    const char *literal; /* the whole word if nothing in it is quoted or expanded; else NULL */
    uint32_t pos;
};

enum sh_redir_op {
    SH_REDIR_READ,    /* < */
    SH_REDIR_WRITE,   /* > and >| */
    SH_REDIR_APPEND,  /* >> */
    SH_REDIR_BOTH,    /* <> */
    SH_REDIR_DUP,     /* <& >& */
    SH_REDIR_HERE,    /* << */
    SH_REDIR_STRING,  /* <<< */
    SH_REDIR_CLOBBER, /* >| */
    SH_REDIR_NAMED = 128, /* in the code, with one of these */
};

struct sh_redir {
    struct sh_redir *next;
    enum sh_redir_op op;
    int fd;
    const char *name;     /* {name}>: the shell chooses the descriptor; else NULL */
    struct sh_word *word; /* the target, or the body of a here-document */
    uint32_t pos;
};

struct sh_assign {
    struct sh_assign *next;
    const char *name;
    struct sh_word *word; /* NULL: an array's list */
    struct sh_word *sub;  /* name[sub]=word */
    struct sh_word *list; /* name=(...), by next */
    bool append;          /* += */
    bool keyed;           /* some element of the list has a key */
};

enum sh_node_kind {
    SH_NODE_SIMPLE,
    SH_NODE_PIPE, /* a: first of the stages, by next */
    SH_NODE_NOT,
    SH_NODE_AND, /* a && b */
    SH_NODE_OR,
    SH_NODE_SEQ, /* a: first of the commands, by next */
    SH_NODE_BACKGROUND,
    SH_NODE_SUBSHELL,
    SH_NODE_IF, /* a: condition, b: then, c: else or NULL */
    SH_NODE_WHILE,
    SH_NODE_UNTIL,
    SH_NODE_FOR,       /* words, or "$@" if !has_words; a: body; selects: it is select */
    SH_NODE_CASE,      /* word, items */
    SH_NODE_FUNC,      /* name; a: body */
    SH_NODE_ARITH,     /* ((word)) */
    SH_NODE_ARITH_FOR, /* for ((word; word; word)); a: body */
    SH_NODE_REGEX,     /* word =~ word */
    SH_NODE_TIME,      /* time a; or without a */
};

struct sh_item {
    struct sh_item *next;
    struct sh_word *pattern; /* by next */
    struct sh_node *body;    /* a SEQ, which may be empty */
    bool falls, retries;     /* ;& goes on with the next body, ;;& with the next patterns */
};

struct sh_node {
    struct sh_node *next;
    enum sh_node_kind kind;
    uint32_t pos;
    struct sh_node *a, *b, *c;
    const char *name;
    struct sh_assign *assign;
    struct sh_word *word;
    bool has_words;
    bool last;     /* SIMPLE: the shell becomes this command */
    bool posix;    /* TIME: -p */
    bool selects;  /* FOR */
    bool extended; /* CASE of [[ ]]: +(...) means something even without shopt */
    struct sh_item *item;
    struct sh_redir *redir;
};

struct sh_heredoc;

struct sh_parser {
    struct rx_arena *arena;
    const char *name; /* what error messages begin with */
    const char *at, *end;
    uint32_t line, column, depth;
    bool frozen_pos; /* text that was taken out of its place: everything is where it began */
    enum shell_flavour flavour;
    bool failed, no_memory;
    bool extglob;    /* +(...) and the like are part of words */
    bool assigning;  /* the word is a value: a tilde behind a colon means something */
    uint32_t braces; /* words that {a,b} has made so far */
    struct shell_diag *diag;
    struct sh_heredoc *here; /* announced, body not yet read */
};

struct sh_node *sh_parse(struct rx_arena *scratch, enum shell_flavour flavour, bool extglob,
                         const char *text, size_t length, struct shell_diag *diag, bool *no_memory);
/* NULL: the diagnosis tells, or there was no memory. An empty script is an empty SEQ. */

/* ---- lex.c ----------------------------------------------------------------------------- */

int sh_peek(const struct sh_parser *p);              /* the next byte, or -1 at the end */
int sh_peek_at(const struct sh_parser *p, size_t n); /* the one after n more */
void sh_skip(struct sh_parser *p, size_t n);
uint32_t sh_pos(const struct sh_parser *p);
void *sh_new(struct sh_parser *p, size_t size); /* NULL: p has failed */

void *sh_error(struct sh_parser *p, enum shell_diag_kind kind, uint32_t pos, const char *word,
               const char *what);
/* Notes the first error; returns NULL. */

bool sh_bash(const struct sh_parser *p);
/* Is this bash? */
bool sh_ash(const struct sh_parser *p);
/* Is this more than POSIX, as busybox's shell has it, too? */
void *sh_bash_only(struct sh_parser *p, uint32_t pos, const char *word, const char *what);
/* What only bash has stands in another shell: an error of the script, or, where it is not known
 * which shell that is, a limit of ours. NULL. */

bool sh_enter(struct sh_parser *p); /* one level deeper; false: too deep, p has failed */
void sh_leave(struct sh_parser *p);

void *sh_unexpected(struct sh_parser *p, const char *expecting); /* what stands here; NULL */
void sh_skip_blanks(struct sh_parser *p);
void sh_skip_lines(
    struct sh_parser *p); /* blanks and newlines, with the here-documents behind them */
void sh_take_newline(struct sh_parser *p);
size_t sh_plain_word(const struct sh_parser *p);
/* The length of the unquoted literal word that stands here, 0 if it is none. */
bool sh_at_word(const struct sh_parser *p, const char *word);
bool sh_at_any(const struct sh_parser *p, const char *const *words);
bool sh_at_op(const struct sh_parser *p, const char *op);
bool sh_take_word(struct sh_parser *p, const char *word);
bool sh_expect_word(struct sh_parser *p, const char *word);
bool sh_at_redir(const struct sh_parser *p);
struct sh_redir *sh_parse_redir(struct sh_parser *p);

/* ---- simple.c, parse.c ----------------------------------------------------------- */

struct sh_node *sh_node(struct sh_parser *p, enum sh_node_kind kind);
struct sh_node *sh_parse_simple(struct sh_parser *p);
bool sh_at_function(const struct sh_parser *p); /* the word `function` */
struct sh_node *sh_parse_function(struct sh_parser *p);
bool sh_parse_redirs(struct sh_parser *p, struct sh_node *n); /* behind a compound command */
struct sh_node *sh_parse_command(struct sh_parser *p);

/* ---- word.c ---------------------------------------------------------------------------- */

struct sh_word *sh_parse_word(struct sh_parser *p);
/* At the first byte of a word. */

struct sh_word *sh_parse_expression(struct sh_parser *p, bool semicolons);
/* An arithmetic expression up to the ) that closes it, or also to a semicolon. */
struct sh_word *sh_parse_subscript(struct sh_parser *p);
/* Behind [, up to and with ]. */
struct sh_word *sh_parse_regex(struct sh_parser *p);
/* Behind =~. */
struct sh_word *sh_parse_pattern(struct sh_parser *p);
/* Like a word; +(...) and the like are part of it. */

struct sh_word *sh_brace_expand(struct sh_parser *p, struct sh_word *word);
/* brace.c: the words that {a,b} and {1..3} make of it, by next; or the word itself. */

struct sh_node *sh_parse_cond(struct sh_parser *p);
/* cond.c: behind [[, up to and with ]]. */

struct sh_word *sh_parse_here(struct sh_parser *p, const char *text, size_t length, uint32_t pos);
/* The body of an expanding here-document. */

struct sh_node *sh_parse_until(struct sh_parser *p, char end);
/* A list up to and with the closing character, for $(...); '\0': to the end of the text. */

bool sh_is_name(const char *s, size_t length);
bool sh_is_name_start(int c);
bool sh_is_name_char(int c);

void sh_diag_set(struct shell_diag *d, enum shell_diag_kind kind, const char *shell, uint32_t pos,
                 const char *word, const char *what);

#endif
