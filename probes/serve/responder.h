/* SPDX-License-Identifier: Apache-2.0 */
/*
 * responder.h - the answering side of simulated pods: listens on their addresses and answers as
 * their scripts say. Implements struct pod_server (engine/pod/server.h).
 *
 *  1. up gives a running container one listener for each of its ports; down closes them and resets
 *     every open connection of that container at once; a review closes and reopens the listeners of
 *     ports that refuse or do not any more, and leaves open connections alone; drain closes those
 *     that lie idle, and the others once they have been answered.
 *  2. Two containers of one pod that ask for the same port: the second one fails, as in a real pod,
 *     and is counted. So is everything the port refuses (EADDRINUSE, EMFILE, ...).
 *  3. With `wildcard` there is one listener for each port *number*, shared by all pods, which are
 *     told apart by the address the peer connected to. A shared listener cannot refuse for one pod:
 *     what it cannot refuse it resets right after accepting.
 *  4. Each request is asked of pod_answer_fn once it is in whole. Each connection as well, with
 *     path NULL, when it is accepted: RESET and "it does not answer now" reset it there.
 *  5. Connections come from a pool that grows by chunks up to connections_max and never shrinks;
 *     beyond it a connection is reset and counted. From three quarters of it on, or of the
 *     descriptors there are, every answer says that its connection will be closed.
 *
 * On the wire: HANG never answers, and waits for the peer to give up. RESET ends in a reset, after
 * the latency. HEADERS_ONLY announces a body
 * that never comes. GARBAGE is a line that is not HTTP. HTTP/1.1 connections stay open unless the
 * request says otherwise, its pod drains, or it has carried as many as its pod allows
 * (`keepAlive`); after a time without another request they are closed. Pipelined requests are
 * answered one after the other. The body of a request is read and ignored.
 */
#ifndef PROBE_RESPONDER_H
#define PROBE_RESPONDER_H

#include "engine/pod/server.h"
#include "engine/reactor/loop.h"

struct probe_responder;

struct probe_responder_options {
    pod_answer_fn *answer;
    pod_refuses_fn *refuses; /* NULL: none ever does */
    void *answer_ctx;        /* of both */
    unsigned timer_class; /* of the timers that delay answers */
    bool wildcard;
    bool reset_close;         /* reset, also after an answer that went out whole: no TIME_WAIT */
    uint32_t connections_max; /* at once; 0 = 65536 */
    int32_t backlog;          /* of each listener; 0 = 128, shared ones 4096 */
};

struct probe_responder_stats {
    uint64_t listeners; /* now */
    uint64_t listen_failed;
    int32_t listen_errno; /* of the first failure, positive; ENOMEM for our own */
    uint64_t open;        /* connections now */
    uint64_t connections; /* accepted */
    uint64_t requests;    /* that came in whole */
    uint64_t bad_requests;
    uint64_t exhausted; /* connections reset because the pool was at its limit */
};

int probe_responder_open(struct probe_responder **out, struct rx_loop *loop,
                         const struct rx_mem *mem, const struct probe_responder_options *options);
/* -RX_ENOMEM. */

void probe_responder_close(struct probe_responder *r);
/* Gives its memory back. Operations of it are still in flight then: only when the loop's port has
 * been destroyed, or will be before it is waited on again. NULL is allowed. */

const struct pod_server *probe_responder_server(struct probe_responder *r);
/* To be registered; lives as long as the responder. */

void probe_responder_timer(void *responder, struct rx_timer *t);
/* The rx_timer_fn of its timer class, for the owner to register or to call. */

bool probe_responder_stranger(struct probe_responder *r, struct rx_addr *at);
/* True, once for each time: a pod could not listen there because somebody else does, who would
 * answer its probes. */

void probe_responder_stats(const struct probe_responder *r, struct probe_responder_stats *out);

#endif
