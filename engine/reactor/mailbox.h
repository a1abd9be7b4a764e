/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mailbox.h - the one thread-safe door of an engine: bounded, many producers, one consumer, no
 * lock.
 *
 * Producers never block: a full box answers -RX_EAGAIN. Messages of one producer keep their order.
 * The box does not wake the consumer; rx_loop_post does that through the port.
 */
#ifndef RX_MAILBOX_H
#define RX_MAILBOX_H

#include "engine/reactor/mem.h"

typedef void rx_message_fn(void *ctx, void *arg);

struct rx_message {
    rx_message_fn *fn;
    void *arg;
};

struct rx_mailbox;

int rx_mailbox_open(struct rx_mailbox **out, const struct rx_mem *mem, uint32_t capacity);
/* capacity is a power of two. All memory is taken here. */

void rx_mailbox_close(struct rx_mailbox *b);
/* Messages still in it are dropped; no producer may be left. NULL is allowed. */

int rx_mailbox_put(struct rx_mailbox *b, rx_message_fn *fn, void *arg);
/* Any thread. 0 or -RX_EAGAIN. */

bool rx_mailbox_take(struct rx_mailbox *b, struct rx_message *out);
/* The consumer's thread only. False: empty. */

#endif
