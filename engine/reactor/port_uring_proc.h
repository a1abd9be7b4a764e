/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_proc.h - SPAWN: processes as operations of the real port.
 *
 *  1. At most as many at once as the options say; further ones wait in order, and so does one that
 *     meets exhaustion (descriptors, memory, RLIMIT_NPROC). It is tried again when a process of
 *     ours has ended and after each pause; with none of ours running only so often, then its errno
 *     counts. A wait starts no more than a few: each start stops the engine for a moment, and what
 *     else is due must not wait for a whole herd of them.
 *  2. A process has one flight and up to four entries in the kernel: that it runs, a READ for each
 *     of its streams, a POLL of its pidfd. The op completes once for the first, and once more when
 *     the process has been reaped and none of the four is left: from then on nobody writes to its
 *     buffers.
 *  3. What does not fit into a buffer is read and dropped, so that a talkative command goes on.
 *  4. The end of the process decides, not the end of its output: then what its pipes hold is taken
 *     and they are closed, whoever else still has them.
 *  5. What is left of its group when it ends is killed. Who has left the group (setsid) lives on.
 *  6. Cancel kills the group; the op completes when that is done. A process that SIGKILL does not
 *     end (uninterruptible, or of another user) keeps its op until it does end.
 *  7. When the port closes, all groups are killed and reaped.
 */
#ifndef RX_PORT_URING_PROC_H
#define RX_PORT_URING_PROC_H

#include "engine/reactor/port_uring_spawn.h"
#include "engine/reactor/port_uring_table.h"

struct rx_uring;
struct rx_ready;

struct rx_uproc {
    struct rx_child child;
    uint32_t next;   /* free list */
    int32_t code;    /* once ended */
    uint8_t entries; /* bit per entry that the kernel has: enum rx_ucode - RX_AT_PROC_RUNS */
    bool used, ended;
};

struct rx_uprocs {
    struct rx_uproc *all;
    uint32_t count, fresh, used, peak, free;
    uint32_t tries;           /* of the first in line, while none of ours runs */
    bool held;                /* exhaustion: nobody is started until it may be over */
    char *waste;              /* what is dropped goes here, of all of them */
    struct rx_uqueue waiting; /* SPAWNs */
};

int rx_uprocs_open(struct rx_uprocs *all, const struct rx_mem *mem, uint32_t count);
/* -RX_ENOMEM. count 0: there are none to be had. */

void rx_uprocs_close(struct rx_uprocs *all, const struct rx_mem *mem, bool ours);
/* After the ring: no buffer is written any more. Waits for what it kills, a second at most. Not
 * ours: those of the process that this one was forked from, which go on. */

void rx_uproc_start(struct rx_uring *u, struct rx_op *op);
void rx_uproc_cancel(struct rx_uring *u, struct rx_uflight *f);
void rx_uproc_pump(struct rx_uring *u); /* in each wait, before it sleeps: starts who is in line */

bool rx_uproc_ready(const struct rx_uprocs *all); /* could pump start one now? */

bool rx_uproc_go_on(struct rx_uring *u, struct rx_uflight *f);
/* Before the next wait: gives the kernel what it should have. False: no room. */

int rx_uproc_take(struct rx_uring *u, struct rx_uflight *f, unsigned code, int32_t res,
                  struct rx_ready *ready);
/* As rx_uflow_take. */

#endif
