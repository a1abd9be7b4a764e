/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.h - the compile-time limits of the reactor in one place, each with the reason for its size.
 * Those of the rooms above stand there.
 */
#ifndef RX_LIMIT_H
#define RX_LIMIT_H

enum {
    /* Completions taken from a port in one turn. The rest stays in the completion queue; large
     * enough that a turn is amortised, small enough that due timers do not wait behind answers. */
    RX_READY_MAX = 1024,

    /* Submission and completion queue of the real port. The completion queue is sized so that one
     * completion for every connection in flight fits; overflow is survivable but slow. */
    RX_URING_SQ = 4096,
    RX_URING_CQ = 65536,

    /* Processes at once. Each has three descriptors and costs its machine milliseconds of CPU: more
     * at once make none of them faster. */
    RX_PROCESSES = 64,
    RX_PROCESSES_MAX = 65536,

    /* Timer classes (see wheel.h): 4 bits of the timer key. */
    RX_CLASS_MAX = 16,

    /* Messages that a mailbox holds before it answers EAGAIN. Power of two. */
    RX_MAILBOX_MAX = 4096,
};

#endif
