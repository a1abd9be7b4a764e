/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.h - no output of a command may destroy one of its inputs, or another output.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "api/cli/options.h"

int outputs_check(const struct cli_options *o);
/* Compares the files that are to be written with those that are to be read, and with one another: by
 * what they are, not by how they are spelled. CLI_OK, or CLI_USAGE after a refusal. Files that a step of
 * a Scenario applies are not known here. */

#endif
