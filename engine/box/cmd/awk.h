/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awk.h - what the files of awk share: values, the tree of a program, and the run of it.
 *
 * awk as POSIX has it, with busybox's messages and some of its extensions. Numbers are doubles, as
 * in every awk; nothing of the engine is decided by them. Refused by name are pipes and system():
 * there would have to be a second shell in the middle of an expression.
 *
 * All memory is the call's. Strings come and go all the time, so they have a pool of their own
 * inside it (awk_value.c). Every node that is evaluated is charged.
 */
#ifndef BOX_AWK_H
#define BOX_AWK_H

#include "engine/box/run/cmd.h"

enum {
    AWK_DEPTH_MAX = 100, /* of expressions and blocks in each other: the parser recurses */
    AWK_CALLS_MAX = 50,  /* of functions: so does the evaluator */
    AWK_FIELDS_MAX = 32767,
    AWK_REGEXES = 16 /* dynamic expressions that stay compiled */
};

/* ---- values ---------------------------------------------------------------------------------- */

struct awk_str {
    uint32_t refs, length;
    char text[]; /* ends in a NUL */
};

enum awk_kind {
    AWK_NONE, /* never set: "" and 0 */
    AWK_NUM,
    AWK_STR,
    AWK_STRNUM /* came from outside and looks like a number */
};

struct awk_val {
    enum awk_kind kind;
    double num;          /* NUM, STRNUM */
    struct awk_str *str; /* STR, STRNUM */
};

struct awk_elem {
    struct awk_elem *next, *after; /* in its bucket; in the order of insertion */
    struct awk_str *key;
    struct awk_val val;
};

struct awk_array {
    struct awk_elem **bucket, *first, **last;
    uint32_t buckets, count;
};

/* A variable, parameter or array: what it is shows when it is first used. */
struct awk_cell {
    struct awk_val val;
    struct awk_array *array; /* NULL = a scalar so far */
    struct awk_cell *to;     /* a parameter that stands for the caller's own */
};

/* ---- programs -------------------------------------------------------------------------------- */

enum awk_op {
    AWK_OP_NUMBER,
    AWK_OP_STRING,
    AWK_OP_REGEX, /* REGEX: as a value, $0 ~ it */
    AWK_OP_VAR,
    AWK_OP_LOCAL,
    AWK_OP_FIELD,
    AWK_OP_INDEX,
    AWK_OP_ASSIGN,
    AWK_OP_UPDATE,
    AWK_OP_PRE,
    AWK_OP_POST,
    AWK_OP_COND,
    AWK_OP_OR,
    AWK_OP_AND,
    AWK_OP_IN,
    AWK_OP_MATCH,
    AWK_OP_NOMATCH,
    AWK_OP_COMPARE,
    AWK_OP_CONCAT,
    AWK_OP_BINARY,
    AWK_OP_NEGATE,
    AWK_OP_PLUS,
    AWK_OP_NOT,
    AWK_OP_GROUP,
    AWK_OP_CALL,
    AWK_OP_BUILTIN,
    AWK_OP_GETLINE,
    /* statements */
    AWK_OP_PRINT,
    AWK_OP_PRINTF,
    AWK_OP_EXPR,
    AWK_OP_IF,
    AWK_OP_WHILE,
    AWK_OP_DO,
    AWK_OP_FOR,
    AWK_OP_FOR_IN,
    AWK_OP_BLOCK,
    AWK_OP_NEXT,
    AWK_OP_NEXTFILE,
    AWK_OP_EXIT,
    AWK_OP_RETURN,
    AWK_OP_BREAK,
    AWK_OP_CONTINUE,
    AWK_OP_DELETE
};

struct awk_node {
    enum awk_op op;
    int how; /* operator, builtin, kind of redirection; number of a variable */
    struct awk_node *a, *b, *c, *d; /* operands */
    struct awk_node *next;          /* in a list */
    struct awk_val val;             /* NUMBER, STRING */
    struct sh_regex *regex;         /* REGEX */
};

enum awk_compare { AWK_LT, AWK_LE, AWK_EQ, AWK_NE, AWK_GT, AWK_GE };
enum awk_to { AWK_TO_OUT, AWK_TO_FILE, AWK_TO_APPEND };

struct awk_function {
    struct awk_function *next;
    struct awk_str *name;
    struct awk_str **param;
    uint32_t params;
    struct awk_node *body;
    bool defined;
};

enum awk_when { AWK_BEGIN, AWK_END, AWK_ALWAYS, AWK_IF, AWK_RANGE };

struct awk_rule {
    struct awk_rule *next;
    enum awk_when when;
    struct awk_node *from, *to; /* the pattern, and the end of a range */
    struct awk_node *body;      /* NULL = print */
    bool inside;                /* a range that has begun */
};

/* Variables that awk itself reads or sets; the others follow. */
enum awk_special {
    AWK_NF,
    AWK_NR,
    AWK_FNR,
    AWK_FS,
    AWK_OFS,
    AWK_RS,
    AWK_ORS,
    AWK_SUBSEP,
    AWK_CONVFMT,
    AWK_OFMT,
    AWK_FILENAME,
    AWK_RSTART,
    AWK_RLENGTH,
    AWK_ENVIRON,
    AWK_ARGC,
    AWK_ARGV,
    AWK_SPECIALS
};

struct awk_var {
    struct awk_str *name;
    struct awk_cell cell;
};

struct awk_program {
    struct awk_rule *rules, **last;
    struct awk_function *functions;
    bool reads;    /* there are rules that need input, or an END */
    bool getlines; /* a plain getline: input must be there before it is asked for */
};

/* ---- the run --------------------------------------------------------------------------------- */

enum awk_flow {
    AWK_GOES_ON,
    AWK_BREAKS,
    AWK_CONTINUES,
    AWK_NEXTS,
    AWK_NEXTFILES,
    AWK_RETURNS,
    AWK_EXITS
};

/* A file that is open as far as the program can tell. Between two lines none is held open: a killed
 * command has nothing to close. */
struct awk_stream {
    struct awk_stream *next;
    struct awk_str *path;
    struct sh_buf ahead; /* read all at once; what is not handed out begins at start */
    uint32_t start;
};

struct awk_field {
    struct awk_val val;
};

struct awk_known_regex {
    struct awk_str *text;
    struct sh_regex *regex;
    uint32_t used;
};

struct awk {
    struct sh_task *t;
    struct sh_call *c;
    struct awk_program program;
    struct awk_var *var;
    uint32_t vars, vars_room;
    struct awk_field *field; /* field[0] is the record */
    uint32_t fields_room;
    int32_t fields;          /* -1: the record has not been split yet */
    bool record_stale;       /* a field has changed: $0 must be made anew */
    struct awk_cell *locals; /* of the function that runs */
    uint32_t calls;
    struct awk_val result; /* of return */
    enum awk_flow flow;
    int status;
    bool failed; /* a fatal error has been told */
    struct awk_stream *streams;
    struct awk_known_regex known[AWK_REGEXES];
    uint32_t clock; /* of uses of `known` */
    uint64_t seed, previous_seed, draws;
    struct awk_str *empty;
    void *pool[20]; /* free blocks by power of two */
    char *chunk;
    uint32_t chunk_left;
    /* main input: awk.c */
    int (*next_record)(struct awk *k, struct awk_str **record); /* for getline: 1 or 0 */
    void *input;
};

/* ---- awk_value.c ------------------------------------------------------------------------
 */

void *awk_alloc(struct awk *k, size_t size); /* NULL: the proc is over */
void awk_free(struct awk *k, void *mem, size_t size);

struct awk_str *awk_str(struct awk *k, const char *text,
                        size_t length); /* never NULL: `empty` then */
struct awk_str *awk_str_keep(struct awk_str *s);
void awk_str_drop(struct awk *k, struct awk_str *s);

struct awk_val awk_number(double n);
struct awk_val awk_string(struct awk_str *s);                 /* takes the reference */
struct awk_val awk_outside(struct awk *k, struct awk_str *s); /* a STRNUM if it looks like one */
struct awk_val awk_keep(struct awk_val v);
void awk_drop(struct awk *k, struct awk_val v);
void awk_set(struct awk *k, struct awk_val *to, struct awk_val v); /* takes v */

double awk_num(struct awk_val v);
int64_t awk_whole(double n); /* towards zero, within what a double has exactly */
struct awk_str *awk_text(struct awk *k, struct awk_val v, bool output); /* a new reference */
bool awk_true(struct awk_val v);
int awk_compare(struct awk *k, struct awk_val a, struct awk_val b);

struct awk_array *awk_array_new(struct awk *k);
struct awk_val *awk_array_at(struct awk *k, struct awk_array *a, struct awk_str *key, bool make);
void awk_array_delete(struct awk *k, struct awk_array *a, struct awk_str *key);
void awk_array_clear(struct awk *k, struct awk_array *a);

/* ---- awk_parse.c ------------------------------------------------------------------------
 */

bool awk_parse(struct awk *k, const char *text, size_t length);
/* False: told, or the proc is over. Sets k->program; variables are known from then on. */

uint32_t awk_var_number(struct awk *k, const char *name, size_t length);

/* ---- awk_run.c, awk_func.c --------------------------------------------------------
 */

void awk_fatal(struct awk *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct awk_val awk_eval(struct awk *k, const struct awk_node *n);
void awk_exec(struct awk *k,
              const struct awk_node *n); /* a statement; k->flow says how it went on */
bool awk_stops(struct awk *k);           /* nothing more is to be evaluated */
struct awk_val awk_builtin(struct awk *k, const struct awk_node *n);
struct awk_val awk_getline(struct awk *k, const struct awk_node *n);
void awk_print(struct awk *k, const struct awk_node *n);
struct awk_cell *awk_cell_of(struct awk *k, const struct awk_node *n);
struct awk_array *awk_array_of(struct awk *k, const struct awk_node *n);
struct sh_regex *awk_regex_of(struct awk *k, const struct awk_node *n); /* NULL: told */
struct sh_regex *awk_regex_text(struct awk *k, struct awk_str *text);
char awk_escaped(char c); /* what \c stands for; NUL: nothing of its own */
struct awk_str *awk_unescape(struct awk *k, struct awk_str *text);
/* A new reference: the escapes of a string literal replaced by what they stand for. */
struct awk_str *awk_regex_plain(struct awk *k, struct awk_str *text);
/* A new reference: awk's own escapes (\t, \/, \") replaced by what they stand for. */
void awk_assign(struct awk *k, const struct awk_node *to, struct awk_val v); /* takes v */

/* fields: awk_field.c */
void awk_record_set(struct awk *k, struct awk_str *s);  /* takes the reference */
struct awk_val awk_field_get(struct awk *k, int64_t i); /* a new reference */
void awk_field_set(struct awk *k, int64_t i, struct awk_val v);
void awk_fields_count_set(struct awk *k, int64_t n); /* NF was assigned */
int64_t awk_fields_count(struct awk *k);
uint32_t
awk_split(struct awk *k, struct awk_str *s, struct awk_str *separator, struct sh_regex *regex,
          void (*piece)(struct awk *k, void *ctx, uint32_t i, const char *at, size_t length),
          void *ctx);

int64_t awk_special_int(struct awk *k, enum awk_special v);
void awk_special_set(struct awk *k, enum awk_special v, struct awk_val val);
struct awk_str *awk_special_text(struct awk *k, enum awk_special v); /* a new reference */

#endif
