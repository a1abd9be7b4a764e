/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.h - requests of clients over sockets: implements struct pod_caller (engine/pod/caller.h).
 *
 *  1. A connection comes from a pool that grows by chunks and never shrinks. It goes back there
 *     once no operation of it is in flight, which may be after its user has dropped it.
 *  2. A new connection is a DIAL and then, for a request, a TALK. One that is kept is listened to,
 *     so that its user hears at once that the peer has closed it; a request over it is a SEND.
 *  3. Answers are read to their end and their bodies thrown away. What is no HTTP, or ends before
 *     its end, counts as a reset.
 */
#ifndef PROBE_CALLER_H
#define PROBE_CALLER_H

#include "engine/pod/caller.h"

struct probe_caller;

struct probe_caller_options {
    uint8_t op_flags; /* enum rx_op_flag, for every connection */
};

int probe_caller_open(struct probe_caller **out, struct rx_loop *loop, const struct rx_mem *mem,
                      const struct probe_caller_options *options);
/* -RX_ENOMEM. */

void probe_caller_close(struct probe_caller *c);
/* Gives its memory back. Operations of it are still in flight then: only when the loop's port has
 * been destroyed. NULL is allowed. */

const struct pod_caller *probe_caller_of(struct probe_caller *c);
/* To be registered; lives as long as the caller. */

#endif
