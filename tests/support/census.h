/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census.h - an observer that holds a cluster to its invariants: after every turn it counts anew,
 * in the simplest way, what the engine keeps counted.
 *
 * At every instant:
 *
 *   identity   no two pods have one name; a pod whose object is gone runs on only if it was
 *              forced, or nobody hears its node
 *   garbage    nobody belongs to what is gone, unless it is on its way out
 *   claim      a claim goes only when it was deleted, or by the policy of its StatefulSet, and
 *              never under a pod; a volume is one claim's
 *   quota      what is used of a quota is what its pods and objects come to; it never grows beyond
 *              what is allowed
 *   budget     the status of a budget is that of its pods; evictions take no more than it allows
 *   node       what a node has given away is what stands on it; the scheduler binds nothing that
 *              does not fit, nor to a cordoned node
 *   endpoint   slices say what pods are, after slice_ms; proxies have it when the chain's delays
 *              are over
 *   count      workloads count their pods right
 *   number     a set has as many pods as it was told, where nothing hinders it
 *   surge      a Deployment's sets are never told to grow beyond replicas and maxSurge
 *   available  a rollout deletes no ready pod where fewer than replicas less maxUnavailable stay
 *   order      a StatefulSet in order makes a pod only when all below it are there
 *   daemon     one pod of a DaemonSet on a node, two while one surges
 *   job        no more pods than its parallelism, one of an index, none when it is over
 *   cron       Forbid starts no Job while one is unfinished
 *
 * At the end:
 *
 *   client     each request of a client has one outcome
 *
 * While the control plane is paused, or has something left to look at, what it would do is not
 * asked for.
 */
#ifndef CENSUS_H
#define CENSUS_H

#include "tests/support/watch.h"

struct census;

struct census *census_new(podring *ring, const struct maker *world, struct verdict *out);
void census_turn(struct census *x); /* after each turn */
void census_end(struct census *x, const char *lines, size_t length);
/* The run is over; lines: all that was told. */
void census_free(struct census *x);

#endif
