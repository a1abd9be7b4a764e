/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - compiled scripts. A task that sleeps is a place in this code and a few small
 * stacks, never a C stack.
 *
 * Words are put together in accumulators, which nest: ARGS collects the fields of a command, STR
 * one plain string, PAT one pattern in which quoted characters stay marked, REGEX one regular
 * expression in which they stand behind a backslash. Control flow that must
 * be undone when something is left early (redirections, loops, calls) lies on a stack of frames.
 */
#ifndef BOX_CODE_H
#define BOX_CODE_H

#include "engine/box/lang/ast.h"

enum sh_op {
    SH_OP_END,  /* of the unit: back to who called it, or the task ends */
    SH_OP_EXIT, /* of a subshell: the task ends */

    SH_OP_ARGS, /* a new accumulator */
    SH_OP_STR,
    SH_OP_PAT,
    SH_OP_REGEX_STR,
    SH_OP_CLOSE, /* the string on top is complete, another one follows */
    SH_OP_TEXT,  /* a: SH_QUOTED | SH_SPLIT, b: text */
    SH_OP_TILDE,
    SH_OP_VAR,    /* a: SH_QUOTED, b: name, c: place */
    SH_OP_PARAM,  /* pops subscript and operands; a: sh_param_op | SH_QUOTED | SH_SUB | SH_INDIRECT,
                   * b: name, c: place */
    SH_OP_IS_SET, /* pops the subscript; a: colon | SH_SUB | SH_INDIRECT, b: name; answers the next
                   * SET or UNSET jump */
    SH_OP_JUMP_SET,
    SH_OP_JUMP_UNSET,
    SH_OP_DEFAULT,  /* pops STR; assigns it to b */
    SH_OP_COMPLAIN, /* pops STR; ${b?...} at c */
    SH_OP_CAPTURE,  /* a: SH_QUOTED, c: behind the body, which ends in EXIT */
    SH_OP_ARITH,    /* pops STR; a: SH_QUOTED, c: place */
    SH_OP_PROC,     /* a: >(...), c: behind the body, which ends in EXIT: its path is added */
    SH_OP_FIELD,    /* ends a field */

    SH_OP_SIMPLE, /* a frame for one simple command; a: SH_ENDS, SH_LAST; b: line; c: behind it */
    SH_OP_GROUP,  /* a frame for the redirections of a compound command; c: behind it */
    SH_OP_GROUP_END,
    SH_OP_REDIR,   /* pops STR; a: sh_redir_op, b: fd, c: place; SH_REDIR_NAMED: b: a variable's
                    * name */
    SH_OP_ASSIGN,  /* pops STR, and the subscript below it; a: SH_TEMPORARY and so on, b: name */
    SH_OP_LIST,    /* pops ARGS; a: SH_APPEND, SH_KEYED; b: name of the array */
    SH_OP_EXEC,    /* runs the fields of ARGS; c: place */
    SH_OP_NOTHING, /* ends a command that has no words */

    SH_OP_JUMP,      /* c */
    SH_OP_JUMP_FAIL, /* if the status is not 0 */
    SH_OP_JUMP_OK,
    SH_OP_TESTED, /* a frame: inside, failure does not trigger set -e */
    SH_OP_TESTED_END,
    SH_OP_NOT,
    SH_OP_STATUS,    /* a */
    SH_OP_CHECK,     /* set -e */
    SH_OP_LOOP,      /* a frame; c: where break goes; continue goes to the next operation */
    SH_OP_LOOP_SAVE, /* the status so far is the loop's */
    SH_OP_LOOP_END,
    SH_OP_FOR,      /* pops ARGS into a LOOP frame; a: of select */
    SH_OP_FOR_NEXT, /* b: name, c: where to go at the end */
    SH_OP_SELECT,   /* the same for select: what is chosen; b: name, c: where to go at the end */
    SH_OP_STEP,     /* of for ((...)): the first time to c, later to the next operation */
    SH_OP_TEST,     /* pops STR, an expression: the status is 0 if it is not 0; c: place */
    SH_OP_REGEX,    /* pops REGEX_STR and the subject STR */
    SH_OP_CASE,     /* pops STR into a frame */
    SH_OP_MATCH,    /* pops PAT; jumps to c if it matches; a: +(...) means something */
    SH_OP_CASE_END,
    SH_OP_FUNCTION, /* b: name, c: behind the body, which ends in RETURN */
    SH_OP_RETURN,
    SH_OP_SUBSHELL, /* c: behind the body */
    SH_OP_BACKGROUND,
    SH_OP_PIPE,  /* a frame; b: number of stages, which follow */
    SH_OP_STAGE, /* c: behind the body */
    SH_OP_PIPE_END,
    SH_OP_TIME,     /* a frame that knows when it began */
    SH_OP_TIME_END, /* a: -p */
};

enum { SH_QUOTED = 0x80, SH_SPLIT = 0x40, SH_INDIRECT = 0x40, SH_SUB = 0x20 };

enum {                   /* of ASSIGN and LIST */
       SH_TEMPORARY = 1, /* only for this command */
       SH_APPEND = 2,
       SH_SUBSCRIPT = 4,
       SH_KEYED = 8
};

enum {              /* of SIMPLE */
       SH_ENDS = 1, /* the task ends with this command */
       SH_LAST = 2  /* the shell may become this command, if it is a program */
};

/* Begins a field of a LIST that is the key of the next one. */
#define SH_KEY '\002'

struct sh_ins {
    uint8_t op, a;
    uint16_t b;
    uint32_t c;
};

struct sh_unit {
    const struct sh_ins *ins;
    const char *const *str;
    uint32_t count, str_count;
    const char *source;    /* the file it comes from; NULL: -c, eval, a trap */
    uint32_t refs;         /* 0: belongs to a program, lives as long as that */
    struct rx_arena arena; /* of a unit that was compiled at run time */
};

struct sh_commands;

struct shell_program {
    enum shell_class class_;
    uint32_t argc;
    const char *const *argv; /* COMMAND: as is. SCRIPT, FILE: $0, $1, ... */
    struct sh_unit unit;     /* not for FILE and UNKNOWN */
    const char *options;     /* of set: "ex" */
    bool broken;             /* does not parse: diag tells */
    bool under_init;         /* tini or the like is PID 1, and passes signals on */
    bool by_path;            /* FILE: its #! line says which shell */
    enum shell_flavour flavour, sh; /* of the script; of `sh` around it */
    struct shell_diag diag;
    const struct sh_unknown_word *unknown;
    uint32_t unknown_count;
    uint32_t text; /* SCRIPT: number of the word, from 1 */
    const struct sh_commands *commands; /* that there are (task.h) */
};

/* The letter that stands for -o pipefail, which has none. */
enum { SH_OPTION_PIPEFAIL = 'P' };

struct sh_shell_options {
    bool text;       /* -c */
    uint32_t first;  /* operand */
    char options[12]; /* of set */
    const char *bad;
};

bool sh_shell_options(uint32_t argc, const char *const *argv, struct sh_shell_options *o);
/* What stands between "sh" and its first operand. False: `bad` is not simulated. */

int sh_generate(struct rx_arena *arena, struct rx_arena *scratch, const struct sh_node *list,
                struct sh_unit *out, struct shell_diag *diag);
/* Code of a parsed script, in the arena. -RX_ENOMEM, or -RX_ELIMIT with a diagnosis. */

int sh_generate_command(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                        struct sh_unit *out);
/* Code that runs just this command. */

int sh_unit_compile(const struct rx_mem *mem, enum shell_flavour flavour, bool extglob,
                    const char *text, size_t length, struct sh_unit **out, struct shell_diag *diag);
/* At run time (eval, trap, a file): a unit of its own with one reference. -RX_EINVALID: does not
 * parse, the diagnosis tells. */

void sh_unit_unref(struct sh_unit *u); /* NULL, and units of programs, are allowed */

#endif
