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
    look_probe_timeout, look_probes_identical, look_probe_timeout, look_liveness_missing;

/* How long it may take to start: look_start.c. */
advise_look_fn look_slow_start, look_progress_deadline;

/* How it ends: look_stop.c. */
advise_look_fn look_pre_stop, look_drain_order, look_grace_short, look_shell_pid1,
    look_hook_repeats;

/* Where it comes from: look_image.c. */
advise_look_fn look_pull_always, look_image_latest, look_private_registry;

/* How many there are: look_rollout.c. */
advise_look_fn look_one_replica, look_budget_missing, look_budget_blocks, look_rollout_gap,
    look_min_ready;

/* What is told of it: look_meta.c. */
advise_look_fn look_labels, look_annotations, look_last_words;

/* What outlives it: look_data.c. */
advise_look_fn look_volume_outlives, look_claims_orphaned, look_set_forced;

/* What it waits for: look_init.c. */
advise_look_fn look_init_stuck, look_init_waits;

/* Jobs: look_job.c. */
advise_look_fn look_job_deadline, look_cron_overlap, look_job_stays;

/* What it asks for: look_size.c. */
advise_look_fn look_requests_missing, look_quota_surge, look_hpa_requests, look_hpa_replicas,
    look_hpa_bounds;

#endif
