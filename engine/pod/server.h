/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - the answering side: who serves the ports of simulated pods, and what it asks them.
 */
#ifndef POD_SERVER_H
#define POD_SERVER_H

#include "engine/reactor/op.h"
#include "engine/store/behaviour.h"

/* Whoever serves registers one of these: it is called as processes come and go. In runs where every
 * probe is scripted there is none. */
struct pod_serve_target {
    uint64_t pod;      /* id */
    uint32_t container; /* index in the spec */
    uint32_t ip;
    uint16_t port_count;
    const uint16_t *port; /* numbers to listen on: declared, and those its own probes ask */
};

struct pod_server {
    void *ctx;
    int (*spare)(void *ctx, uint32_t containers, uint32_t ports);
    /* From now on one handler may bring up so many, with so many ports in all (mem.h).
     * -RX_ENOMEM. */
    void (*up)(void *ctx, const struct pod_serve_target *t);
    /* The process runs: listen. Copies what it needs. Failures (address in use, descriptors) are
     * the server's to count and report. */
    void (*also)(void *ctx, uint64_t pod, uint32_t container, struct rx_addr at);
    /* Somebody is going to ask for a port that was not known to be one of it. */
    void (*down)(void *ctx, uint64_t pod, uint32_t container);
    /* The process is gone: refuse new connections and reset open ones, now. No-op if not up. */
    void (*review)(void *ctx, uint64_t pod, uint32_t container);
    /* A scripted window in which the running process does not listen, on some port, begins or ends:
     * pod_refuses_fn tells which. */
    void (*drain)(void *ctx, uint64_t pod, uint32_t container);
    /* It has been told to stop, and closes connections as soon as they lie idle. */
};

/* What the answering side asks for each request, implemented by the pod shell. */
typedef bool pod_answer_fn(void *ctx, uint64_t pod, uint32_t container, uint16_t port,
                           const char *path, uint32_t path_length, uint64_t tag,
                           struct pod_answer *out);
/* False: it does not run, or does not listen there now; reset the connection. path NULL: a bare
 * connection (TCP probe), asked when it is accepted. tag: what chance is drawn by, see
 * pod_attempt_tag; 0: the request of a stranger, who draws in the order of arrival. */

typedef bool pod_refuses_fn(void *ctx, uint64_t pod, uint32_t container, uint16_t port);
/* Does its process not listen on that port now, by its script? Asked when the port would be opened,
 * and at a review. */

#endif
