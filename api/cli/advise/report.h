/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what has been advised, as lines to read, as JSON, as SARIF 2.1.0 for code hosts, and
 * as patches.
 */
#ifndef ADVISE_REPORT_H
#define ADVISE_REPORT_H

#include "api/cli/advise/advise.h"
#include "api/cli/io/out.h"

void advise_print_lines(struct advise *a, struct out *out);
void advise_print_json(struct advise *a, struct out *out);
void advise_print_sarif(struct advise *a, struct out *out);

void advise_print_patch(struct advise *a, struct out *out);
/* One diff for each file, with the changes of all advice that has some. */

void advise_print_experiment(struct advise *a, struct out *out);
/* The documents of the first experiment, with a line that says how it is run again. */

void advise_print_catalogue(struct out *out);

const char *advise_level_name(enum advise_level level);

const char *advise_diff(struct advise *a, const char *name, const char *before,
                        size_t before_length, const char *after, size_t after_length);
/* As `diff -u` has it; "" if there is no difference. In the arena. */

#endif
