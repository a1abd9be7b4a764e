/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - before a run with real sockets: do the descriptors suffice?
 *
 * Each pod that serves a port needs a listening socket of its own. How many that are is found out
 * by creating the same pods in virtual time with in-memory sockets. If they do not fit, every
 * workload gets fewer replicas, and the run says so.
 * Servers that begin to listen only later are not counted: an eighth of the descriptors, kept for
 * connections, is the margin.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "api/cli/io/input.h"

uint64_t plan_raise_descriptors(void);
/* Raises the soft limit of open files to the hard one; returns it. */

int plan_fit(struct cli_options *o, const struct input *in, uint64_t descriptors);
/* Lowers o->engine.replicas if it must. An exit code; manifests that are refused are left to the
 * run itself to complain about. */

#endif
