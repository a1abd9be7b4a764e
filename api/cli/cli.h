/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - what all commands share: exit codes, the verbs, and how a refusal is worded.
 *
 * Data goes to standard output, everything else to standard error. Only files of this folder print,
 * handle signals and exit.
 */
#ifndef CLI_H
#define CLI_H

#include "api/face/format.h"
#include "api/podring.h"

/* The numbers are those of sysexits.h where it has a fitting one; other programs read them. */
enum cli_exit {
    CLI_DONE = -1, /* all that was asked for has been printed: main() makes 0 of it */
    CLI_OK = 0,
    CLI_FAILED = 1, /* a stated threshold was not kept, or what was asked for is not there */
    CLI_USAGE = 64,
    CLI_BAD_INPUT = 65, /* a manifest was refused */
    CLI_NO_INPUT = 66,
    CLI_UNAVAILABLE = 69, /* no io_uring */
    CLI_BUG = 70,
    CLI_SYSTEM = 71, /* out of memory, or the operating system refused */
    CLI_OUTPUT = 74  /* what was to be written could not be */
};

enum cli_verb_bit {
    CLI_RUN = 1,
    CLI_SIMULATE = 2,
    CLI_BENCH = 4,
    CLI_CHECK = 8,
    CLI_STATES = 16,
    CLI_LOGS = 32,
    CLI_DESCRIBE = 64,
    CLI_MERGE = 128,
    CLI_WHY = 256,
    CLI_GET = 512,
    CLI_EXEC = 1024,
    CLI_CP = 2048,
    CLI_DIFF = 4096,
    CLI_SWEEP = 8192,
    CLI_ADVISE = 16384,
    CLI_EXPLAIN = 32768, /* what prints something that is built in */
    CLI_SCHEMA = 65536,
    CLI_EXAMPLE = 131072
};

struct cli_options;

struct cli_verb {
    const char *name;
    unsigned bit;
    int (*run)(const struct cli_verb *verb, int argc, char **argv); /* argv[0] is the verb */
    const char *operands; /* for the usage line; NULL = takes none */
    const char *summary;  /* one line */
    const char *help;     /* what the command does, for its own --help */
    void (*more_help)(struct rx_text *t); /* what follows its options there; NULL: nothing */
    int (*check)(const struct cli_options *o); /* do its options go together? An exit code, after a
                                                * refusal; NULL: any do */
};

int cmd_run(const struct cli_verb *verb, int argc, char **argv);
int cmd_simulate(const struct cli_verb *verb, int argc, char **argv);
int cmd_logs(const struct cli_verb *verb, int argc, char **argv);
int cmd_describe(const struct cli_verb *verb, int argc, char **argv);
int cmd_why(const struct cli_verb *verb, int argc, char **argv);
int cmd_sweep(const struct cli_verb *verb, int argc, char **argv);
int cmd_merge(const struct cli_verb *verb, int argc, char **argv);
int cmd_exec(const struct cli_verb *verb, int argc, char **argv);
int cmd_cp(const struct cli_verb *verb, int argc, char **argv);
int cmd_diff(const struct cli_verb *verb, int argc, char **argv);
int cmd_get(const struct cli_verb *verb, int argc, char **argv);
int cmd_bench(const struct cli_verb *verb, int argc, char **argv);
int cmd_check(const struct cli_verb *verb, int argc, char **argv);
int cmd_advise(const struct cli_verb *verb, int argc, char **argv);
int cmd_explain(const struct cli_verb *verb, int argc, char **argv);
int cmd_schema(const struct cli_verb *verb, int argc, char **argv);
int cmd_example(const struct cli_verb *verb, int argc, char **argv);
int cmd_states(const struct cli_verb *verb, int argc, char **argv);

void cmd_bench_help(struct rx_text *t);
/* The names that --fail-if knows. */

int cmd_bench_check(const struct cli_options *o);
int cmd_advise_check(const struct cli_options *o);
int cmd_merge_check(const struct cli_options *o);
int cmd_sweep_check(const struct cli_options *o);

void cmd_sweep_help(struct rx_text *t);
/* The names that --measure knows. */

struct json;

int cmd_sweep_merge(const struct cli_options *o, const struct json *first);
/* For merge: prints what the files of a sweep come to, the first of which has been read. An exit
 * code. */

int cli_help(const struct cli_verb *verb);
/* Prints how the verb is used. An exit code. */

void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One line on standard error, with the program's name before it. */

int cli_refuse(const struct cli_verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a wrong command line, with a hint to --help; returns CLI_USAGE. verb may be NULL. */

void cli_plain(const char *s);
/* A piece of such a sentence, as somebody else has written it: control characters are shown instead
 * of sent (face_plain). The two above see to it themselves. */

int cli_exit_code(int error);
/* For a negative PODRING_E* of a call that read, created or ran something. */

#endif
