/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_code.h - compiled scripts. A task that sleeps is a place in this code and a few small
 * stacks, never a C stack.
 *
 * Words are put together in accumulators, which nest: ARGS collects the fields of a command, STR
 * one plain string, PAT one pattern in which quoted characters stay marked. Control flow that must
 * be undone when something is left early (redirections, loops, calls) lies on a stack of frames.
 */
#ifndef POD_SHELL_CODE_H
#define POD_SHELL_CODE_H

#include "engine/pod/shell_ast.h"

enum sh_op {
    SH_OP_END,  /* of the unit: back to who called it, or the task ends */
    SH_OP_EXIT, /* of a subshell: the task ends */

    SH_OP_ARGS, /* a new accumulator */
    SH_OP_STR,
    SH_OP_PAT,
    SH_OP_TEXT, /* a: SH_QUOTED | SH_SPLIT, b: text */
    SH_OP_TILDE,
    SH_OP_VAR,    /* a: SH_QUOTED, b: name, c: place */
    SH_OP_LENGTH, /* a: SH_QUOTED, b: name, c: place */
    SH_OP_IS_SET, /* a: colon, b: name; answers the next SET or UNSET jump */
    SH_OP_JUMP_SET,
    SH_OP_JUMP_UNSET,
    SH_OP_DEFAULT,  /* pops STR; assigns it to b */
    SH_OP_COMPLAIN, /* pops STR; ${b?...} at c */
    SH_OP_TRIM,     /* pops PAT; a: sh_param_op | SH_QUOTED, b: name, c: place */
    SH_OP_CAPTURE,  /* a: SH_QUOTED, c: behind the body, which ends in EXIT */
    SH_OP_ARITH,    /* pops STR; a: SH_QUOTED, c: place */
    SH_OP_FIELD,    /* ends a field */

    SH_OP_SIMPLE, /* a frame for one simple command; a: the task ends with it; c: behind it */
    SH_OP_GROUP,  /* a frame for the redirections of a compound command; c: behind it */
    SH_OP_GROUP_END,
    SH_OP_REDIR,   /* pops STR; a: sh_redir_op, b: fd, c: place */
    SH_OP_ASSIGN,  /* pops STR; a: only for this command, b: name */
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
    SH_OP_FOR,      /* pops ARGS into a LOOP frame */
    SH_OP_FOR_NEXT, /* b: name, c: where to go at the end */
    SH_OP_CASE,     /* pops STR into a frame */
    SH_OP_MATCH,    /* pops PAT; jumps to c if it matches */
    SH_OP_CASE_END,
    SH_OP_FUNCTION, /* b: name, c: behind the body, which ends in RETURN */
    SH_OP_RETURN,
    SH_OP_SUBSHELL, /* c: behind the body */
    SH_OP_BACKGROUND,
    SH_OP_PIPE,  /* a frame; b: number of stages, which follow */
    SH_OP_STAGE, /* c: behind the body */
    SH_OP_PIPE_END,
};

enum { SH_QUOTED = 0x80, SH_SPLIT = 0x40 };

struct sh_ins {
    uint8_t op, a;
    uint16_t b;
    uint32_t c;
};

struct sh_unit {
    const struct sh_ins *ins;
    const char *const *str;
    uint32_t count, str_count;
    uint32_t refs;         /* 0: belongs to a program, lives as long as that */
    struct rx_arena arena; /* of a unit that was compiled at run time */
};

struct shell_program {
    enum shell_class class_;
    uint32_t argc;
    const char *const *argv; /* COMMAND: as is. SCRIPT, FILE: $0, $1, ... */
    struct sh_unit unit;     /* not for FILE and UNKNOWN */
    const char *options;     /* of set: "ex" */
    bool single;             /* SCRIPT: one simple command, nothing else */
    bool broken;             /* does not parse: diag tells */
    bool under_init;         /* tini or the like is PID 1, and passes signals on */
    bool bash;               /* argv[0] says so */
    struct shell_diag diag;
    const struct sh_unknown_word *unknown;
    uint32_t unknown_count;
    uint32_t text; /* SCRIPT: number of the word, from 1 */
};

/* The letter that stands for -o pipefail, which has none. */
enum { SH_OPTION_PIPEFAIL = 'P' };

struct sh_shell_options {
    bool text;       /* -c */
    uint32_t first;  /* operand */
    char options[8]; /* of set */
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

int sh_unit_compile(const struct rx_mem *mem, const char *name, const char *text, size_t length,
                    struct sh_unit **out, struct shell_diag *diag);
/* At run time (eval, trap, a file): a unit of its own with one reference. -RX_EINVALID: does not
 * parse, the diagnosis tells. */

void sh_unit_unref(struct sh_unit *u); /* NULL, and units of programs, are allowed */

#endif
