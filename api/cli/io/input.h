/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - the manifests named on the command line, loaded into an engine as often as needed.
 *
 * Standard input can be read only once but is needed for every load, so its text is kept.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "api/cli/io/files.h"

struct input {
    const struct cli_options *options;
    struct files files;
    char *text; /* of standard input; NULL = not among the files */
    size_t length;
};

int input_open(struct input *in, const struct cli_options *o);
/* An exit code, after a message if it is not CLI_OK. Close it either way. */

void input_close(struct input *in);

struct input_text {
    const char *name; /* for messages: the path, or <stdin> */
    const char *text;
    size_t length;
};

int input_text(const struct input *in, size_t number, char **own, struct input_text *out);
/* The text of a file, for who needs more than to load it. *own is to be freed when it is not needed
 * any more, also after a failure. An exit code, after a message. */

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
