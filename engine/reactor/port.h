/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.h - the seam: clock, sockets, processes and waiting enter the engine here and nowhere else.
 *
 * Two worlds stand behind it. port_uring: io_uring and the monotonic clock. port_sim: in-memory
 * sockets, under a virtual clock (time jumps) or under the real one (`--net memory`). Only loop.c
 * calls a port; nothing above it may ask which one it has.
 *
 *  1. now is sampled by wait, once, after waiting, and stays frozen until the next wait.
 *  2. start and close only prepare; wait submits everything prepared and waits in one system call.
 *  3. wait returns completions in an array; the loop runs them afterwards. At most `room` a call:
 *     the rest stays queued and makes the next wait return at once. Nothing is ever dropped.
 *  4. cancel is a request: the op still completes exactly once more, with -ECANCELED or with what
 *     had already happened.
 *  5. close of a connection with an op in flight is the caller's error, except for listeners:
 *     closing one refuses new connections from that instant on and ends its ACCEPT with a final res
 *     < 0.
 *  6. Exhaustion (submission queue, connection slots, descriptors, ports, processes) makes ops wait
 *     in order.
 *  7. A port in memory, in which an answer takes no time, says so at once (busy): the loop takes
 *     such completions after the timer that caused them, and not a turn later.
 *  8. Only port_uring can SPAWN, and only if its options say how many processes; elsewhere the op
 *     ends with -EOPNOTSUPP. Cancelling one kills its group. No process and nobody in its group
 *     outlives the port.
 */
#ifndef RX_PORT_H
#define RX_PORT_H

#include "engine/reactor/mem.h"
#include "engine/reactor/op.h"

struct rx_ready {
    struct rx_op *op;
    int32_t res;
    rx_sock sock;  /* DIAL, CALL: the connection; ACCEPT: the new one; else RX_SOCK_NONE */
    uint8_t stage; /* enum rx_op_stage */
    bool final;    /* no more completions of this op: it is DEAD when done runs */
};

struct rx_port_stats {
    uint64_t enters;      /* system calls that submitted or waited (real port) */
    uint64_t sqes, cqes;  /* entries submitted, completions received */
    uint64_t ops;         /* operations started */
    uint64_t waited;      /* operations that had to wait for room */
    uint64_t waited_ns;   /* the sum of those waits */
    uint64_t waited_ns_max;
    uint64_t sq_full;     /* times the submission queue had no room */
    uint64_t cq_overflow; /* times the kernel reported a completion queue overflow */
    uint64_t slots_max;   /* connection slots the port has */
    uint64_t slots_peak;  /* most of them in use at once */
    uint64_t slots_used;  /* now */
    bool slots_short;     /* now an operation waits for one, or for what a connection needs
                           * besides */
    uint64_t slots_waiting; /* operations that do now */
    uint64_t slots_waiting_ns; /* the longest of them, so far */
    uint64_t fds_max;     /* descriptors that listeners and accepted connections may have; 0: any
                           * number */
    uint64_t fds_used;    /* now */
    uint64_t accept_retry; /* accepts that failed for want of descriptors and were armed again */
    uint64_t procs;        /* processes started */
    uint64_t procs_running, procs_peak;
    uint64_t procs_killed; /* by cancel */
    uint64_t procs_retry;  /* starts put off for want of descriptors, memory or processes */
    uint64_t procs_failed; /* starts that failed for good */
};

struct rx_port;

struct rx_port_ops {
    const char *name; /* "io_uring", "virtual", "memory" */
    rx_ns (*now)(const struct rx_port *p);
    rx_ns (*clock)(const struct rx_port *p); /* the clock as it is, unsampled; NULL: same as now */
    int (*wait)(struct rx_port *p, rx_ns until, struct rx_ready *ready, int room);
    /* Submits, then waits until something completes, `until` is reached or wake is called. until <=
     * now polls. Returns the number of completions, or a negative error of err.h (-RX_EIO: errno
     * says why). A virtual clock jumps to min(until, its own next completion); with neither (until
     * RX_NS_NEVER, nothing in flight) it returns 0 at once without moving. */
    void (*start)(struct rx_port *p, struct rx_op *op);
    void (*cancel)(struct rx_port *p, struct rx_op *op); /* no-op for a DEAD op */
    int (*listen)(struct rx_port *p, struct rx_addr at, int backlog, rx_sock *out);
    /* ip 0 listens on every address, for peers on this machine (the wildcard listener of load
     * tests). Returns 0 or a negative *errno* (EADDRINUSE, EMFILE, ...). */
    int (*spare)(struct rx_port *p, uint32_t listeners);
    /* From now on one handler may open so many (mem.h). NULL: that needs no memory. -RX_ENOMEM. */
    int (*local)(struct rx_port *p, rx_sock s, struct rx_addr *out);
    /* The local address of an accepted connection: what a wildcard listener tells its owners apart
     * by. */
    void (*close)(struct rx_port *p, rx_sock s, bool reset);
    /* reset: the peer sees a reset instead of an end of stream. */
    void (*wake)(struct rx_port *p); /* any thread: makes a running or the next wait return */
    bool (*prepared)(const struct rx_port *p);
    /* Would a wait have something to do before it waits: to submit, to report, to start? Whoever
     * sleeps elsewhere must not sleep then. */
    int (*fd)(struct rx_port *p);
    /* Readable once something has completed that no wait has reported yet, or after a wake. What is
     * only prepared does not show in it. A wait that takes all there is makes it unreadable. From
     * its first call on waits cost a system call more. -EOPNOTSUPP if the clock is virtual, or
     * another negative errno. */
    int (*take)(struct rx_port *p, struct rx_ready *ready, int room);
    /* Completions that came about without waiting, since `busy` was set; never blocks, and time
     * stands still. NULL: there are none between two waits, as the kernel is asked by wait
     * alone. */
    void (*stats)(const struct rx_port *p, struct rx_port_stats *out);
    void (*destroy)(struct rx_port *p); /* closes everything; ops in flight are forgotten */
};

struct rx_port {
    const struct rx_port_ops *ops; /* first member of every port */
    bool busy; /* take has something to give */
};

struct rx_uring_options {
    uint32_t slots;      /* connections in flight at once; 0 = as many as descriptors allow */
    uint32_t sq_entries; /* 0 = RX_URING_SQ */
    uint32_t cq_entries; /* 0 = RX_URING_CQ */
    uint32_t processes;  /* at once; 0 = none at all */
};

int rx_port_uring_open(struct rx_port **out, const struct rx_mem *mem,
                       const struct rx_uring_options *options, char *why, size_t why_room);
/* -RX_ENORING with a sentence in `why` (what is missing and what to do about it: sysctl, seccomp,
 * kernel version, RLIMIT), -RX_ENOMEM, -RX_EIO. Belongs to the calling thread. */

enum rx_sim_clock { RX_SIM_VIRTUAL, RX_SIM_REAL };

struct rx_sim_options {
    enum rx_sim_clock clock;
    uint64_t seed;
    rx_ns latency_min, latency_max; /* each way, uniform, drawn from the seed; default 0 */
    uint32_t fault_refuse_ppm;      /* of connects: refused */
    uint32_t fault_reset_ppm;       /* of deliveries: the connection is reset instead */
    uint32_t fault_drop_ppm;        /* of connects: lost, so that they hang */
    uint32_t connections_max;       /* 0 = 65536 at once; more wait in order */
    char *why;                      /* where a sentence about -RX_EIO goes; NULL: nowhere */
    size_t why_room;
};

int rx_port_sim_open(struct rx_port **out, const struct rx_mem *mem,
                     const struct rx_sim_options *options);

#endif
