/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_table.h - what the real port remembers: sockets and flights. No system calls here.
 *
 * Sockets. One table, two ranges of the same index. [0, slots) are direct descriptors of the ring,
 * taken and given back by this file. [slots, slots + fds) are ordinary descriptors, one entry per
 * descriptor number. A handle (rx_sock) is index and generation, so that using one after its close
 * is caught instead of hitting a stranger.
 *
 * Flights. One per operation the kernel knows about. user_data is generation, flight and code: a
 * completion that comes after its operation is over (the echo of a cancel) is recognised by its
 * generation and dropped.
 *
 * All memory is taken at open and touched only as far as it is used.
 */
#ifndef RX_PORT_URING_TABLE_H
#define RX_PORT_URING_TABLE_H

#include <netinet/in.h>

#include "engine/reactor/list.h"
#include "engine/reactor/mem.h"
#include "engine/reactor/op.h"

#define RX_UNONE UINT32_MAX

enum rx_usock_state { RX_USOCK_FREE, RX_USOCK_OPEN, RX_USOCK_LISTENER, RX_USOCK_CLOSING };

struct rx_usock {
    struct sockaddr_in to; /* direct: the kernel reads it when CONNECT is issued, not when queued */
    uint32_t next;         /* free list, or list of closes that found no room */
    uint32_t accept;       /* listener: the flight of its ACCEPT */
    uint16_t gen;
    uint8_t state;
    bool reset; /* CLOSING: with a reset */
};

struct rx_uflight {
    struct rx_op *op;    /* NULL: free */
    struct rx_list link; /* again or parked; alone otherwise */
    uint32_t gen;        /* 24 bits */
    uint32_t sock;       /* index; RX_UNONE for POLL; SPAWN: its process */
    uint32_t sent;       /* bytes of op->out that are out */
    uint32_t next;       /* free list */
    uint16_t waits;      /* times the op had to wait so far */
    uint8_t misses;      /* cancels that may still miss before all of them have */
    uint8_t resume;      /* stage to go on with when not armed */
    bool armed;          /* the kernel has it */
    bool cancelled;      /* somebody asked */
};

struct rx_utable {
    const struct rx_mem *mem;
    struct rx_usock *sock;
    uint32_t slots, slots_fresh, slots_used, slots_peak, slot_free;
    uint32_t fds, fds_fresh, fds_used;
    struct rx_uflight *flight;
    uint32_t flights, flights_fresh, flights_used, flight_free;
};

int rx_utable_open(struct rx_utable *t, const struct rx_mem *mem, uint32_t slots, uint32_t fds);
/* -RX_ENOMEM. slots + fds must stay below RX_USOCK_MAX. */

void rx_utable_close(struct rx_utable *t);

uint32_t rx_utable_slot_take(struct rx_utable *t); /* RX_UNONE: all are in use */
void rx_utable_slot_aim(struct rx_utable *t, uint32_t index, struct rx_addr to);

uint32_t rx_utable_fd_take(struct rx_utable *t, int fd, enum rx_usock_state state);
/* RX_UNONE: the descriptor number is beyond the table. */

void rx_utable_give(struct rx_utable *t, uint32_t index);
/* Either range. Sound as soon as the CLOSE is queued: the submission queue keeps it ahead of a
 * SOCKET into the same slot, and the kernel cannot hand out a descriptor number that is still open.
 */

struct rx_usock *rx_utable_find(struct rx_utable *t, rx_sock s, uint32_t *index);
/* The open socket or listener behind a handle; NULL if the handle is stale or was never one. */

rx_sock rx_utable_handle(const struct rx_utable *t, uint32_t index);

static inline bool rx_utable_is_slot(const struct rx_utable *t, uint32_t index)
{
    return index < t->slots;
}

static inline int rx_utable_fd(const struct rx_utable *t, uint32_t index)
{
    return (int)(index < t->slots ? index : index - t->slots);
}
/* What an SQE calls the socket: the slot or the descriptor. */

struct rx_uflight *rx_utable_flight_take(struct rx_utable *t, struct rx_op *op);
/* Writes port_slot and port_gen of the op. The caller has compared flights_used with flights. */

void rx_utable_flight_give(struct rx_utable *t, struct rx_uflight *f);

struct rx_uflight *rx_utable_flight_find(struct rx_utable *t, uint32_t index, uint32_t gen);
/* NULL if that flight is over. */

/* user_data = generation << 40 | flight << 8 | code */
enum { RX_UGEN_MASK = 0xffffff };

static inline uint64_t rx_udata(const struct rx_utable *t, const struct rx_uflight *f, uint8_t code)
{
    return (uint64_t)f->gen << 40 | (uint64_t)(f - t->flight) << 8 | code;
}

static inline struct rx_uflight *rx_udata_flight(struct rx_utable *t, uint64_t data)
{
    return rx_utable_flight_find(t, (uint32_t)(data >> 8), (uint32_t)(data >> 40));
}

/* First in, first out; linked through op->next. */
struct rx_uqueue {
    struct rx_op *head, **tail;
    uint32_t count;
};

static inline void rx_uqueue_init(struct rx_uqueue *q)
{
    q->head = NULL;
    q->tail = &q->head;
    q->count = 0;
}

static inline void rx_uqueue_push(struct rx_uqueue *q, struct rx_op *op)
{
    op->next = NULL;
    *q->tail = op;
    q->tail = &op->next;
    q->count++;
}

static inline struct rx_op *rx_uqueue_pop(struct rx_uqueue *q)
{
    struct rx_op *op = q->head;

    if (op != NULL) {
        q->head = op->next;
        if (q->head == NULL)
            q->tail = &q->head;
        op->next = NULL;
        q->count--;
    }
    return op;
}

static inline void rx_uqueue_unpop(struct rx_uqueue *q, struct rx_op *op)
{
    op->next = q->head;
    if (q->head == NULL)
        q->tail = &op->next;
    q->head = op;
    q->count++;
}

#endif
