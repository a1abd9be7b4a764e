/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.h - no output of a command may destroy one of its inputs, or another output.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "api/cli/options.h"

int outputs_check(const struct cli_options *o);
/* Compares the files that are to be written with those that are to be read, and with one another:
 * by what they are, not by how they are spelled. CLI_OK, or CLI_USAGE after a refusal. */

int outputs_check_steps(const struct cli_options *o, podring *ring);
/* The same for the files that steps of a Scenario apply: once it is loaded, and before anything is
 * written. What a file that a step applies makes others apply is not known yet. */

#endif
