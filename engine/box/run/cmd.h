/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.h - what the commands share: options and input. The list of them all is commands.h.
 *
 * A command is a function that returns its exit status. One that has to wait sets task->wait
 * (through sh_sleep_until, sh_input_line) and returns SH_BLOCKED; it is then called again and finds
 * its state in call->phase and call->state. Messages are those of busybox, which most small images
 * have.
 */
#ifndef BOX_CMD_H
#define BOX_CMD_H

#include "engine/box/commands.h"
#include "engine/box/run/task.h"

/* ---- options --------------------------------------------------------------------------------- */

struct sh_opts {
    uint64_t given;      /* by sh_opt_bit */
    const char *arg[64]; /* of those with one */
    uint32_t first;      /* operand in argv */
};

unsigned sh_opt_bit(char letter);
bool sh_opt(const struct sh_opts *o, char letter);

bool sh_options(struct sh_task *t, struct sh_call *c, const char *spec, struct sh_opts *o);
/* spec as for getopt: "n:q"; "i::" may have an argument, in the same word. Options may stand among
 * the operands, which are moved behind them, unless spec begins with '^'. Behind a blank it names
 * long options and the letter that each stands for: "rf recursive=r force=f". False: an option that
 * is not simulated, or without its argument; reported. */

bool sh_option_bad(struct sh_task *t, struct sh_call *c, const char *option);
/* Reports one that is not simulated: false, and the command ends. */

struct sh_opt_at {
    uint32_t word; /* 0 to begin */
    const char *s;
    char letter;
    const char *arg;
};
bool sh_opt_next(const struct sh_call *c, const char *spec, const struct sh_opts *o,
                 struct sh_opt_at *at);
/* After sh_options: each of them, in their order; for those that may be given more than once. */

bool sh_has_busybox(const struct sh_task *t);
/* Whose commands are these? The image's, whatever shell the script has chosen in it. */

bool sh_number(const char *s, int64_t *out); /* all of it, decimal, with sign */
bool sh_duration(const char *s,
                 rx_ms *out); /* "1.5", "10s", "2m", "infinity"; rounded up to the ms */

bool sh_of_image(struct sh_task *t, const char *path, int error);
/* That it is missing, or empty, may be a limit of the simulator: said, and the command is taken to
 * have succeeded. */

void sh_not_known(struct sh_task *t, const char *path, int error);
/* Says so if what could not be read may be the image's. */

int sh_image_dir(struct sh_task *t, const char *path);
/* fs_image_dir, of a path as it was given to the command. */

int sh_fail(struct sh_task *t, const char *path, int error);
/* "cat: can't open 'path': ..."-like for the command; returns 1. */

int sh_sleep_until(struct sh_task *t, rx_ms until); /* SH_BLOCKED */

/* ---- input ----------------------------------------------------------------------------------- */

enum sh_input_errors {
    SH_INPUT_CANNOT_OPEN, /* "cat: can't open 'x': No such file or directory" */
    SH_INPUT_PLAIN,       /* "grep: x: No such file or directory" */
    SH_INPUT_SILENT
};

struct sh_input { /* the operands of a filter, or its standard input */
    char *const *path;
    uint32_t count, next;
    int status;                   /* 1: some operand could not be opened */
    const char *name;             /* of the file being read; "-" for standard input */
    /* Set behind sh_input_init: */
    enum sh_input_errors errors; /* how a file that cannot be read is told */
    bool nul;                    /* lines end in a NUL */
    bool at_end, partial;         /* partial: the last line had no newline */
    uint32_t start, length, room; /* what is read and not yet handed out: buffer[start..] */
    char *buffer;
};

void sh_input_init(struct sh_input *in, char *const *path, uint32_t count);
int sh_input_chunk(struct sh_task *t, struct sh_input *in, const char **data, uint32_t *length);
int sh_input_line(struct sh_task *t, struct sh_input *in, char **line, uint32_t *length);
/* 1, 0 at the end of all, or SH_BLOCKED. The line ends in a NUL instead of its newline. Memory is
 * the call's. */

/* ---- text being collected -------------------------------------------------------------------- */

struct sh_buf {
    char *text;
    uint32_t length, room;
};
bool sh_buf_add(struct sh_task *t, struct sh_buf *b, const char *s,
                size_t length); /* keeps a NUL */

char *sh_full_path(struct sh_task *t, const char *path, char full[FS_PATH_MAX], int *error);

/* ---- regular expressions: regex.c ------------------------------------------------------ */

struct sh_regex;
enum {
    SH_REGEX_EXTENDED = 1,
    SH_REGEX_ICASE = 2,
    SH_REGEX_FIXED = 4,
    SH_REGEX_LINE = 8 /* grep -x */,
    SH_REGEX_WORD = 16 /* grep -w */,
    SH_REGEX_GROUPS = 10
};

struct sh_regex *sh_regex_new(struct sh_task *t, const char *pattern, int flags,
                              const char **error);
/* Memory is the call's. NULL: *error says why, or the proc is over. */
bool sh_regex_find(struct sh_task *t, const struct sh_regex *r, const char *text, size_t length,
                   size_t from, int32_t group[2 * SH_REGEX_GROUPS]);
/* The leftmost match at or after `from`, and of these the longest.
 * group: start and end of \0 to \9, -1 where there is none. */
uint32_t sh_regex_groups(const struct sh_regex *r);

int sh_shift_argv(struct sh_call *c, uint32_t n);
/* The command is what stands n words behind it: SH_AGAIN. */
int sh_alias_run(struct sh_task *t, struct sh_call *c);
/* SH_AGAIN: the command is no alias. */
int sh_list_vars(struct sh_task *t);
bool sh_option_on(struct sh_task *t, const char *name); /* of set -o */
/* ---- unknown.c ------------------------------------------------------------------------- */

int sh_call_unknown(struct sh_task *t, struct sh_call *c);
/* A program that nobody knows: by rule_program.h. */
int sh_call_serve(struct sh_task *t, struct sh_call *c);
/* A program that listens for ever. */
bool sh_call_scripted(struct sh_task *t, struct sh_call *c, int *status);
/* Does a rule answer for it? Then so, as a command would return it. */
int sh_call_of_image(struct sh_task *t, struct sh_call *c, const char *word);
/* The same, of a program or script that is not among the files: it belongs to the image. */
void sh_call_taken(struct sh_task *t, const char *word);
/* Says that a program that nobody knows is taken to be in the image: it was asked for. */
int sh_call_obscure(struct sh_task *t, struct sh_call *c);
/* The same without a word: what this shell cannot do has been named already. */
int sh_call_beyond(struct sh_task *t);
/* Done, with 0: what it has written is not known, and who reads it must not be led by its
 * absence. */
bool sh_program_missing(struct sh_task *t, const char *name);
/* Of a name that nobody knows: is it known that there is no such program? */
void sh_begin_of_image(struct sh_task *t, const char *word, bool say);
/* What the whole proc should run is not known here: it becomes that. */

int sh_escape(const struct sh_task *t, const char **s, char out[4], bool octal_zero);
/* The same, as far as the shell that runs knows it. */
int sh_echo_escape(const char **s, char out[4], bool octal_zero);
/* At a backslash: what it stands for; moves s behind it. Bytes in out; -1: \c, print no more. */

const char *sh_signal_name(int signo);  /* "TERM"; NULL */
int sh_signal_number(const char *name); /* "TERM", "SIGTERM", "15", "EXIT"; -1 */

#endif
