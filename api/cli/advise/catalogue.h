/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - the practices by what they are about: each function looks at one subject, and is
 * called by its row of catalogue.c only.
 */
#ifndef ADVISE_CATALOGUE_H
#define ADVISE_CATALOGUE_H

#include "api/cli/advise/lab.h"

/* How a program is started and asked: look_probes.c. */
advise_look_fn look_readiness_missing, look_slow_start;

/* How it ends: look_stop.c. */
advise_look_fn look_pre_stop;

/* Where it comes from: look_image.c. */
advise_look_fn look_pull_always;

/* How many there are: look_rollout.c. */
advise_look_fn look_one_replica;

#endif
