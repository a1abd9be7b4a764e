/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept.h - the connections that probes keep between their runs, an opt-in policy: a kubelet opens a
 * new one for every run.
 *
 *  1. A connection belongs to one probe (pod, container, kind), to the instance of the container it
 *     was opened for and to the address it leads to. A run of another instance, or to another
 *     address, closes it and never uses it; what a pod leaves behind no later pod can find.
 *  2. It is closed as soon as an instance it has to do with ends (forget): of the probe's container
 *     or of the one that answers.
 *  3. An idle connection takes a slot of the port like any other. Whoever is about to open a new
 *     one asks for room first: when there is none, the connection that has been idle for longest is
 *     closed. While somebody waits for a slot none is kept.
 *  4. An idle connection is not listened to: that its peer has closed it is found out by the next
 *     run, which then goes on with a new one (http.c says when).
 *
 * Memory grows with the number of connections that were kept at once and never shrinks.
 */
#ifndef PROBE_KEPT_H
#define PROBE_KEPT_H

#include "engine/pod/carrier.h"

struct probe_kept;

struct probe_kept_stats {
    uint64_t idle;    /* now */
    uint64_t reused;  /* runs that found one */
    uint64_t evicted; /* closed to make room for others */
};

int probe_kept_open(struct probe_kept **out, struct rx_loop *loop, const struct rx_mem *mem);
/* -RX_ENOMEM. */

void probe_kept_close(struct probe_kept *k);
/* Gives its memory back, and leaves the connections to the port. NULL is allowed. */

rx_sock probe_kept_take(struct probe_kept *k, const struct pod_attempt *a);
/* The connection of the probe to a->to, or RX_SOCK_NONE. It is the run's then. */

void probe_kept_put(struct probe_kept *k, const struct pod_attempt *a);
/* Keeps a->sock, on which nothing is in flight, or closes it if it cannot be kept. */

void probe_kept_forget(struct probe_kept *k, uint64_t probe);
/* Closes what that probe keeps. */

void probe_kept_make_room(struct probe_kept *k);
/* Before a connection is opened. NULL is allowed. */

void probe_kept_stats(const struct probe_kept *k, struct probe_kept_stats *out);

#endif
