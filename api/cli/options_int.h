/* SPDX-License-Identifier: Apache-2.0 */
/* options_int.h - the readers of single options, for the table of them in options.c. */
#ifndef CLI_OPTIONS_INT_H
#define CLI_OPTIONS_INT_H

#include "api/cli/options.h"

/* Returns NULL or what is wrong with the value; "" asks for the option's own description of it. */
typedef const char *option_read_fn(struct cli_options *o, const char *value);

/* ---- values.c ----------------------------------------------------------------------------- */

const char *option_word(const char *value, const char *const *word, uint32_t count, uint32_t *out);
/* The index of one of the words, where NULL is none. */

const char *option_u32(const char *value, uint32_t min, uint32_t *out);
const char *option_path(const char *value, const char **out);

/* ---- options_bench.c ---------------------------------------------------------------------- */

option_read_fn option_read_pods;
option_read_fn option_read_period;
option_read_fn option_read_rate;
option_read_fn option_read_probe;
option_read_fn option_read_warm_up;
option_read_fn option_read_target;
option_read_fn option_read_hdr;
option_read_fn option_read_compare;
option_read_fn option_read_fail_if;
option_read_fn option_read_timeout;
option_read_fn option_read_header;
option_read_fn option_read_expect_status;
option_read_fn option_read_series;
option_read_fn option_read_every;

/* ---- options_ask.c ------------------------------------------------------------------------ */

option_read_fn option_read_app;
option_read_fn option_read_step;
option_read_fn option_read_client;
option_read_fn option_read_print_behavior;
option_read_fn option_read_check_on;
option_read_fn option_read_filename;
option_read_fn option_read_follow;
option_read_fn option_read_kustomize;

/* ---- options_advise.c --------------------------------------------------------------------- */

option_read_fn option_read_advice;
option_read_fn option_read_only;
option_read_fn option_read_fail_on;
option_read_fn option_read_list;
option_read_fn option_read_all;

/* ---- options_sweep.c ---------------------------------------------------------------------- */

option_read_fn option_read_vary;
option_read_fn option_read_measure;
option_read_fn option_read_seeds;
option_read_fn option_read_rows;

#endif
