/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - the practices by what they are about: each function looks at one subject, and is
 * called by its row of catalogue.c only.
 */
#ifndef ADVISE_CATALOGUE_H
#define ADVISE_CATALOGUE_H

#include "api/cli/advise/lab.h"

/* Whether a program is asked, and how sharply: look_probes.c. */
advise_look_fn look_readiness_missing, look_readiness_sharp, look_liveness_sharp,
    look_probes_identical, look_liveness_missing;

/* How long it may take to start: look_start.c. */
advise_look_fn look_slow_start, look_progress_deadline;

/* How it ends: look_stop.c. */
advise_look_fn look_pre_stop, look_drain_order, look_grace_short, look_shell_pid1,
    look_hook_repeats;

/* Where it comes from: look_image.c. */
advise_look_fn look_pull_always;

/* How many there are: look_rollout.c. */
advise_look_fn look_one_replica, look_budget_missing, look_budget_blocks, look_rollout_gap,
    look_min_ready;

#endif
