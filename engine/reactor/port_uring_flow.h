/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_flow.h - the halves of the real port and what they share.
 *
 * port_uring.c is the ring: it writes entries, makes the one system call and reads completions.
 * port_uring_flow.c is the traffic: which operation goes, which waits, what a completion means for
 * it; port_uring_proc.c is the same for processes. The flow asks the ring for entries (rx_usq_*),
 * the ring hands the flow its completions (rx_uflow_*), and only the ring knows liburing.
 */
#ifndef RX_PORT_URING_FLOW_H
#define RX_PORT_URING_FLOW_H

#include "engine/reactor/port.h"
#include "engine/reactor/port_uring_proc.h"
#include "engine/reactor/port_uring_table.h"

/* What a completion belongs to: the low byte of user_data. The first four are also the stages. */
enum rx_ucode {
    RX_AT_SOCKET = RX_STAGE_SOCKET,
    RX_AT_CONNECT = RX_STAGE_CONNECT,
    RX_AT_SEND = RX_STAGE_SEND,
    RX_AT_RECV = RX_STAGE_RECV,
    RX_AT_ACCEPT,
    RX_AT_POLL,
    RX_AT_OPTION,
    RX_AT_CANCEL,
    RX_AT_CLOSE,
    RX_AT_WAKE,
    RX_AT_PAUSE,
    RX_AT_PROC_RUNS,
    RX_AT_PROC_OUT,
    RX_AT_PROC_ERR,
    RX_AT_PROC_ENDS,
};

struct rx_uring {
    struct rx_port port;
    const struct rx_mem *mem;
    struct rx_utable table;
    rx_ns now;

    struct rx_uqueue for_room;    /* WAITING: the submission queue was full */
    struct rx_uqueue for_slot;    /* WAITING: DIAL and CALL */
    struct rx_uqueue for_another; /* WAITING: DIAL and CALL that met exhaustion; they go first */
    struct rx_uqueue over;        /* completed without the kernel; the next wait reports them */
    struct rx_list again;         /* flights to arm, resume or cancel once more at the next wait */
    struct rx_list parked;        /* ACCEPTs that go on after the pause */
    uint32_t unclosed;            /* sockets whose CLOSE found no room */
    uint32_t allowed;             /* while exhausted: starts that closes have made possible */
    bool exhausted;               /* DIAL and CALL hold back until the pause is over */
    bool want_pause;              /* the ring is to arm the pause */
    bool sweep;                   /* a waiting op was cancelled */
    int wake_fd;
    struct rx_uprocs procs;
    struct rx_port_stats stats;
};

/* ---- the ring's half ---- */

bool rx_usq_room(struct rx_uring *u, unsigned entries);
/* Room for that many entries in one submission, if need be by submitting what is there. Must be
 * asked before anything is pushed: the kernel drops a link on the last entry of a submission. */

unsigned rx_usq_chain_length(const struct rx_op *op); /* at most */
void rx_usq_chain(struct rx_uring *u, struct rx_uflight *f, unsigned first);
/* Everything the op still has to do from that stage on: one chain, one completion. */

bool rx_usq_close(struct rx_uring *u, uint32_t index, bool reset); /* false: no room */
void rx_usq_cancel(struct rx_uring *u, const struct rx_uflight *f, unsigned stage);

void rx_usq_nop(struct rx_uring *u, const struct rx_uflight *f, unsigned code);
void rx_usq_read(struct rx_uring *u, const struct rx_uflight *f, unsigned code, int fd, char *to,
                 uint32_t room);
void rx_usq_poll(struct rx_uring *u, const struct rx_uflight *f, unsigned code, int fd);
/* One entry each, not linked to anything. Poll: until it can be read. */

/* ---- the flow's half ---- */

void rx_uflow_init(struct rx_uring *u);
void rx_uflow_start(struct rx_port *p, struct rx_op *op);
void rx_uflow_cancel(struct rx_port *p, struct rx_op *op);
void rx_uflow_close(struct rx_port *p, rx_sock handle, bool reset);

void rx_uflow_prepare(struct rx_uring *u);
/* Before each wait: what was put off, in the order in which it makes room. */

int rx_uflow_over(struct rx_uring *u, struct rx_ready *ready, int room);
/* Reports what completed without the kernel. */

bool rx_uflow_prepared(const struct rx_uring *u);
/* Would rx_uflow_prepare or rx_uflow_over find something to do now? */

void rx_uflow_pause_over(struct rx_uring *u);

int rx_uflow_take(struct rx_uring *u, struct rx_uflight *f, unsigned code, int32_t res, bool more,
                  struct rx_ready *ready);
/* One completion of a flight. Returns how many of `ready` it filled: 0 or 1. */

/* For those that keep ops of their own: what the flow does with its. */
void rx_uflow_enqueue(struct rx_uring *u, struct rx_uqueue *q, struct rx_op *op);
void rx_uflow_leave_queue(struct rx_uring *u, struct rx_op *op);
void rx_uflow_end(struct rx_uring *u, struct rx_op *op, int32_t res);
void rx_uflow_later(struct rx_uring *u, struct rx_uflight *f);
/* The op begins to wait; it has waited, and is begun; it is over without a completion of the
 * kernel's; its flight wants to be asked again before the next wait (rx_uproc_go_on). */

static inline bool rx_uop_needs_slot(const struct rx_op *op)
{
    return op->kind == RX_OP_DIAL || op->kind == RX_OP_CALL;
}

struct rx_uspan {
    uint8_t first, last; /* enum rx_ucode */
};

extern const struct rx_uspan rx_uspan[]; /* by enum rx_op_kind */

#endif
