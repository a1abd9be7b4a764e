/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq.h - what the files of jq share: values, the tree of a program, and the run of it.
 *
 * jq as its manual has it, with the messages of jq 1.6. A value never changes once it is made, so
 * it may be pointed to from anywhere; its memory is an arena that is wound back between two inputs
 * (jq_value.c). An expression has any number of outputs: the evaluator hands each of them to
 * a continuation (struct jq_then) and goes on when that returns, so variables, closures and paths
 * can live on the C stack. Every node that is evaluated is charged, and their nesting is bounded.
 *
 * Text is bytes of UTF-8; what is no UTF-8 becomes U+FFFD when it is read.
 */
#ifndef BOX_JQ_H
#define BOX_JQ_H

#include "engine/box/run/cmd.h"

enum {
    JQ_PARSE_DEPTH = 100, /* expressions in each other: the parser recurses */
    JQ_EVAL_DEPTH = 2000, /* so does the evaluator, and more so */
    JQ_TEXT_DEPTH = 256,  /* of JSON that is read, as in jq */
    JQ_NEST_MAX = 512     /* of values that are made */
};

/* ---- values ---------------------------------------------------------------------------------- */

enum jq_kind { /* ORDER: as sort has it */
               JQ_NULL,
               JQ_FALSE,
               JQ_TRUE,
               JQ_NUMBER,
               JQ_STRING,
               JQ_ARRAY,
               JQ_OBJECT
};

struct jq_val {
    uint8_t kind;    /* enum jq_kind */
    uint16_t nested; /* 0 for a scalar */
    uint32_t length; /* bytes, elements, pairs */
    union {
        double num;
        const char *text;
        const struct jq_val *item;
        const struct jq_pair *pair; /* in the order of insertion */
    };
};

struct jq_pair {
    struct jq_val key, val;
};

struct jq_list { /* that grows */
    struct jq_val *item;
    uint32_t count, room;
};

struct jq_map {
    struct jq_pair *pair;
    uint32_t count, room;
};

/* ---- programs -------------------------------------------------------------------------------- */

enum jq_op {
    JQ_OP_IDENTITY,
    JQ_OP_LITERAL,
    JQ_OP_INDEX, /* a[b] */
    JQ_OP_SLICE, /* a[b:c] */
    JQ_OP_EACH,  /* a[] */
    JQ_OP_TEXT,  /* "..\(..).."; parts from a on, format in text */
    JQ_OP_FORMAT,
    JQ_OP_LIST,   /* [a] */
    JQ_OP_OBJECT, /* entries from a on: JQ_OP_ENTRY with key a, value b */
    JQ_OP_ENTRY,
    JQ_OP_NEGATE,
    JQ_OP_PIPE,
    JQ_OP_COMMA,
    JQ_OP_BINARY, /* how: enum jq_binary */
    JQ_OP_AND,
    JQ_OP_OR,
    JQ_OP_ELSE,   /* a // b */
    JQ_OP_ASSIGN, /* = */
    JQ_OP_MODIFY, /* |= */
    JQ_OP_UPDATE, /* += and so on; how */
    JQ_OP_IF,     /* c NULL: no else */
    JQ_OP_TRY,
    JQ_OP_REDUCE,  /* a as pattern (b; c) */
    JQ_OP_FOREACH, /* a as pattern (b; c; d) */
    JQ_OP_AS,      /* a as pattern | b */
    JQ_OP_DEF,     /* def; b */
    JQ_OP_CALL,    /* def, arguments from a on */
    JQ_OP_NATIVE,  /* how: number of the function, arguments from a on */
    JQ_OP_VAR,
    JQ_OP_LABEL, /* var, a */
    JQ_OP_BREAK
};

enum jq_binary {
    JQ_ADD,
    JQ_SUBTRACT,
    JQ_MULTIPLY,
    JQ_DIVIDE,
    JQ_MODULO,
    JQ_ELSE,
    JQ_EQ,
    JQ_NE,
    JQ_LT,
    JQ_LE,
    JQ_GT,
    JQ_GE
};

struct jq_var { /* its address is what it is */
    const char *name;
    uint32_t length;
};

struct jq_pattern {           /* of `as` */
    struct jq_var *var;       /* or: */
    bool object;              /* else an array */
    struct jq_pattern *parts; /* their list */
    struct jq_pattern *next;  /* in that list */
    struct jq_node *key;      /* object: of this part */
    struct jq_var *key_var;   /* {$x}, {$x: ..}: also bound */
};

struct jq_def {
    struct jq_def *next; /* among those of the prelude that are in use */
    const char *name;
    uint32_t length, params;
    struct jq_def *param;  /* as many closures */
    struct jq_var **value; /* of those written $x; else NULL */
    struct jq_node *body;  /* NULL: a closure */
    bool global;           /* of the prelude: needs no surroundings */
};

struct jq_node {
    enum jq_op op;
    int how;
    struct jq_node *a, *b, *c, *d;
    struct jq_node *next; /* in a list */
    struct jq_val val;
    struct jq_def *def;
    struct jq_var *var;
    struct jq_pattern *pattern;
};

/* ---- the run --------------------------------------------------------------------------------- */

struct jq_chunk;
struct jq;

/* Where a value was found, from the last step up; it lives in the frames that found it. */
struct jq_path {
    const struct jq_path *up; /* NULL: this is the input itself */
    struct jq_val key;
};

struct jq_item {
    struct jq_val v;
    const struct jq_path *path; /* NULL: nobody asks; &jq_lost: it is no part of the input */
};

extern const struct jq_path jq_lost;

struct jq_then {
    bool (*run)(struct jq *k, const struct jq_then *self, struct jq_item out);
};
/* False: stop. Either something has failed (k->failed), a label is being left (k->leaving), or the
 * proc is over. */

struct jq_env {
    const struct jq_env *up;
    const void *id; /* a jq_var, or a jq_def */
    struct jq_val val;
    const struct jq_node *closure;
    const struct jq_env *where; /* of the closure */
};

struct jq {
    struct sh_task *t;
    struct jq_chunk *chunks, *chunk; /* the first, and the one in use */
    uint32_t chunk_used;
    uint32_t depth;
    bool failed;
    struct jq_val error;
    const void *leaving; /* the place of a label; or k itself: halt, with this status */
    int status;
    struct jq_def *prelude;
    struct jq_map named;                          /* --arg and the like, and $ENV */
    bool inputs;                                  /* the program asks for more of them */
    bool (*next)(struct jq *k, struct jq_val *v); /* for input; false: none left, or failed */
    void *input;
    struct jq_node *spare; /* what the parser gets when the proc is over */
};

/* ---- jq_value.c ------------------------------------------------------------------------ */

void *jq_alloc(struct jq *k, size_t size); /* zeroed; NULL: the proc is over */
struct jq_mark {
    struct jq_chunk *chunk;
    uint32_t used;
};
struct jq_mark jq_mark(const struct jq *k);
void jq_wind_back(struct jq *k, struct jq_mark mark);

struct jq_val jq_null(void);
struct jq_val jq_bool(bool is);
struct jq_val jq_number(double n);
struct jq_val jq_text(struct jq *k, const char *text, size_t length); /* a copy */
struct jq_val jq_words(const char *text);                             /* a literal, not copied */
struct jq_val jq_array(struct jq *k, const struct jq_list *l);        /* takes the list's memory */
struct jq_val jq_object(struct jq *k, const struct jq_map *m);

bool jq_push(struct jq *k, struct jq_list *l, struct jq_val v);
bool jq_put(struct jq *k, struct jq_map *m, struct jq_val key, struct jq_val v);
bool jq_map_of(struct jq *k, struct jq_map *m, struct jq_val object); /* a copy that can grow */
bool jq_list_of(struct jq *k, struct jq_list *l, struct jq_val array);
const struct jq_val *jq_get(struct jq *k, struct jq_val object, struct jq_val key); /* or NULL */
bool jq_same_text(struct jq_val v, const char *text);

bool jq_true(struct jq_val v);
int jq_compare(struct jq *k, struct jq_val a, struct jq_val b);
const char *jq_kind_name(struct jq_val v);
struct jq_val jq_keys(struct jq *k, struct jq_val v, bool sorted); /* of an object */
void jq_sort(struct jq *k, struct jq_val *key, struct jq_val *item, uint32_t count);
/* Both by the keys, stably. */

bool jq_fail(struct jq *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False. */

/* ---- jq_json.c ------------------------------------------------------------------------- */

struct jq_style {
    int indent; /* 0: all in one line */
    bool tab, sorted, ascii;
};

void jq_print(struct jq *k, struct sh_buf *b, struct jq_val v, const struct jq_style *style);
struct jq_val jq_to_json(struct jq *k, struct jq_val v); /* as a string, in one line */
int jq_read(struct jq *k, const char **at, const char *end, struct jq_val *v);
/* The next value of a text: 1, 0 if only blanks are left, -1 if it fails (told in k->error). */
struct jq_val jq_valid(struct jq *k, const char *text, size_t length); /* a string, as UTF-8 */
size_t jq_encode(uint32_t point, char out[4]);
size_t jq_decode(const char *s, size_t length, uint32_t *point); /* bytes, of valid UTF-8 */
bool jq_fail_kinds(struct jq *k, struct jq_val a, struct jq_val b, const char *what);
bool jq_fail_kind(struct jq *k, struct jq_val v, const char *what);
/* "string ("x") WHAT" */

/* ---- jq_parse.c, jq_lex.c ---------------------------------------------------------
 */

struct jq_node *jq_parse(struct jq *k, const char *text, size_t length); /* NULL: told, or over */

/* ---- jq_eval.c ------------------------------------------------------------------------- */

bool jq_eval(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
             const struct jq_then *then);
bool jq_send(struct jq *k, const struct jq_then *then, struct jq_val v, const struct jq_item *in);
/* A value that was made: lost if paths are wanted. */

/* ---- jq_arith.c ------------------------------------------------------------------------ */

bool jq_binary(struct jq *k, enum jq_binary op, struct jq_val a, struct jq_val b,
               struct jq_val *out);
struct jq_val jq_joined(struct jq *k, struct jq_val a, struct jq_val b); /* strings */

/* ---- jq_path.c ------------------------------------------------------------------------- */

bool jq_index(struct jq *k, struct jq_val v, struct jq_val key, struct jq_val *out);
/* v[key], also for {"start":..,"end":..} */
struct jq_val jq_slice_key(struct jq *k, struct jq_val from, struct jq_val to);
struct jq_val jq_path_array(struct jq *k, const struct jq_path *p);
bool jq_get_path(struct jq *k, struct jq_val v, struct jq_val path, struct jq_val *out);
bool jq_set_path(struct jq *k, struct jq_val v, struct jq_val path, uint32_t from, struct jq_val to,
                 struct jq_val *out);
bool jq_delete_paths(struct jq *k, struct jq_val v, struct jq_val paths, struct jq_val *out);
bool jq_assign(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
               const struct jq_then *then); /* =, |=, += and so on */
bool jq_collect(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_val in,
                bool paths, struct jq_list *l); /* all outputs, or the paths to them */

/* ---- jq_func.c, jq_text.c ---------------------------------------------------------
 */

int jq_native_find(const char *name, size_t length, uint32_t args); /* -1: there is none */
bool jq_native(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
               const struct jq_then *then);
const char *jq_prelude_find(const char *name, size_t length, uint32_t args);
/* The text of a definition, or NULL. */

/* Functions of values only: v is the input, then the arguments. */
#define JQ_TEXT_FUNCTIONS(X)                                                                       \
    X(split, 1)                                                                                    \
    X(startswith, 1)                                                                               \
    X(endswith, 1)                                                                                 \
    X(ltrimstr, 1)                                                                                 \
    X(rtrimstr, 1)                                                                                 \
    X(ascii_downcase, 0)                                                                           \
    X(ascii_upcase, 0)                                                                             \
    X(trim, 0)                                                                                     \
    X(ltrim, 0)                                                                                    \
    X(rtrim, 0)                                                                                    \
    X(explode, 0)                                                                                  \
    X(implode, 0)                                                                                  \
    X(tojson, 0)                                                                                   \
    X(fromjson, 0)                                                                                 \
    X(tostring, 0)                                                                                 \
    X(tonumber, 0)                                                                                 \
    X(indices, 1)                                                                                  \
    X(join, 1)                                                                                     \
    X(todate, 0)                                                                                   \
    X(fromdate, 0)                                                                                 \
    X(utf8bytelength, 0)                                                                           \
    X(_match, 3)

#define X(name, args) bool jq_fn_##name(struct jq *k, const struct jq_val *v, struct jq_val *out);
JQ_TEXT_FUNCTIONS(X)
#undef X

struct jq_val jq_as_text(struct jq *k, struct jq_val v); /* tostring */
bool jq_format(struct jq *k, const char *format, struct jq_val v, struct jq_val *out);
/* format: "csv" and so on, without its @ */
uint32_t jq_points(struct jq_val v); /* code points of a string */
struct jq_val jq_text_slice(struct jq *k, struct jq_val v, int64_t from, int64_t to);

#endif
