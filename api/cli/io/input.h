/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - the manifests named on the command line, loaded into an engine as often as needed.
 *
 * Standard input can be read only once but is needed for every load, so its text is kept.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "api/cli/io/files.h"

struct input_file {
    const char *name; /* for messages: the path, or <stdin> */
    const char *text;
    size_t length;
};

struct input {
    const struct cli_options *options;
    struct files files;
    struct input_file *file; /* their texts; NULL: input_read was not called */
    char *text; /* of standard input; NULL = not among the files */
    size_t length;
};

int input_open(struct input *in, const struct cli_options *o);
/* An exit code, after a message if it is not CLI_OK. Close it either way. */

void input_close(struct input *in);

int input_read(struct input *in);
/* The texts of all files, for who needs more than to load them. An exit code, after a message. */

const struct input_file *input_file_named(const struct input_file *file, size_t count,
                                          const char *name);
/* NULL: there is none; also of the name NULL. */

int input_load(const struct input *in, podring *ring);
/* Loads all files and what --app and its like stand for, and applies them: 0 or a negative
 * PODRING_E*. Prints nothing. */

int input_set(const struct cli_options *o, podring *ring);
/* Turns the knobs of --set. An exit code, after a message if it is not CLI_OK. */

bool input_fails(const struct cli_options *o, podring *ring);
/* Has something been said that --fail-on does not allow? Such things are printed in spite of
 * --quiet. */

void input_print(const struct cli_options *o, const struct podring_diagnostic *d);
/* Prints one diagnostic if it matters. */

void input_warn_of_shares(const struct cli_options *o, podring *ring);
/* Says how much of a run of shares is coupled. */

int input_complain(const struct cli_options *o, podring *ring, int error, uint32_t *seen);
/* After input_load or a run: prints the diagnostics from number *seen on that matter, moves it, and
 * for a negative error prints a sentence. An exit code. */

#endif
