/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - which files the operands of a command mean: a folder means its manifests, and what is
 * no manifest is refused with the command that makes one of it.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "api/cli/options.h"

struct files {
    char **path; /* all of them: its own */
    size_t count, room;
};

int files_find(struct files *f, const struct cli_options *o);
/* Those of --filename, then the operands; of a folder those that end in .yaml, .yml or .json, in
 * order of their names. An exit code, after a message. Free it either way. */

void files_free(struct files *f);

const char *files_advice(const char *path);
/* What to do with a file that could not be read as a manifest; NULL: nothing is known. */

#endif
