/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_table.c - free lists over arrays that are fresh beyond a high-water mark, so that a
 * port sized for 100,000 sockets costs the memory of those it really had.
 */
#include "engine/reactor/port_uring_table.h"

#include "engine/reactor/err.h"

/* A handle: 11 bits of generation above 20 bits of index; never negative. */
enum { INDEX_BITS = 20, INDEX_MASK = (1 << INDEX_BITS) - 1, GEN_MASK = 0x7ff };

static struct rx_usock *sock_init(struct rx_usock *s);

int rx_utable_open(struct rx_utable *t, const struct rx_mem *mem, uint32_t slots, uint32_t fds)
{
    /* A connection has at most a SEND and a RECV at a time, a listener one ACCEPT, a foreign
     * descriptor one POLL: twice the sockets is room for all of them. */
    *t = (struct rx_utable){.mem = mem,
                            .slots = slots,
                            .fds = fds,
                            .flights = 2 * (slots + fds),
                            .slot_free = RX_UNONE,
                            .flight_free = RX_UNONE};
    RX_ASSERT(slots + fds <= INDEX_MASK);
    t->sock = rx_mem_alloc(mem, (slots + fds) * sizeof(*t->sock));
    t->flight = rx_mem_alloc(mem, t->flights * sizeof(*t->flight));
    if (t->sock == NULL || t->flight == NULL) {
        rx_utable_close(t);
        return -RX_ENOMEM;
    }
    return 0;
}

void rx_utable_close(struct rx_utable *t)
{
    rx_mem_free(t->mem, t->sock, (t->slots + t->fds) * sizeof(*t->sock));
    rx_mem_free(t->mem, t->flight, t->flights * sizeof(*t->flight));
    t->sock = NULL;
    t->flight = NULL;
}

/* ---- sockets --------------------------------------------------------------------------------- */

uint32_t rx_utable_slot_take(struct rx_utable *t)
{
    uint32_t index = t->slot_free;

    if (index != RX_UNONE)
        t->slot_free = t->sock[index].next;
    else if (t->slots_fresh < t->slots)
        sock_init(&t->sock[index = t->slots_fresh++]);
    else
        return RX_UNONE;
    t->sock[index].state = RX_USOCK_OPEN;
    t->sock[index].reset = false;
    t->slots_used++;
    t->slots_peak = RX_MAX(t->slots_peak, t->slots_used);
    return index;
}

void rx_utable_slot_aim(struct rx_utable *t, uint32_t index, struct rx_addr to)
{
    struct sockaddr_in *in = &t->sock[index].to;

    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(to.port)};
    in->sin_addr.s_addr = htonl(to.ip);
}

uint32_t rx_utable_fd_take(struct rx_utable *t, int fd, enum rx_usock_state state)
{
    struct rx_usock *s;

    if (fd < 0 || (uint32_t)fd >= t->fds)
        return RX_UNONE;
    while (t->fds_fresh <= (uint32_t)fd)
        sock_init(&t->sock[t->slots + t->fds_fresh++]);
    s = &t->sock[t->slots + (uint32_t)fd];
    RX_ASSERT(s->state == RX_USOCK_FREE);
    s->state = (uint8_t)state;
    s->reset = false;
    s->accept = RX_UNONE;
    t->fds_used++;
    return t->slots + (uint32_t)fd;
}

void rx_utable_give(struct rx_utable *t, uint32_t index)
{
    struct rx_usock *s = &t->sock[index];

    RX_ASSERT(s->state != RX_USOCK_FREE);
    s->state = RX_USOCK_FREE;
    s->gen = (s->gen + 1) & GEN_MASK;
    if (index < t->slots) {
        s->next = t->slot_free;
        t->slot_free = index;
        t->slots_used--;
    } else {
        t->fds_used--;
    }
}

struct rx_usock *rx_utable_find(struct rx_utable *t, rx_sock s, uint32_t *index)
{
    uint32_t i = (uint32_t)s & INDEX_MASK;
    bool known = i < t->slots ? i < t->slots_fresh : i - t->slots < t->fds_fresh;

    if (s < 0 || !known)
        return NULL;
    *index = i;
    if (t->sock[i].gen != (uint32_t)s >> INDEX_BITS)
        return NULL;
    if (t->sock[i].state != RX_USOCK_OPEN && t->sock[i].state != RX_USOCK_LISTENER)
        return NULL;
    return &t->sock[i];
}

rx_sock rx_utable_handle(const struct rx_utable *t, uint32_t index)
{
    return (rx_sock)((uint32_t)t->sock[index].gen << INDEX_BITS | index);
}

static struct rx_usock *sock_init(struct rx_usock *s)
{
    *s = (struct rx_usock){.next = RX_UNONE, .accept = RX_UNONE, .state = RX_USOCK_FREE};
    return s;
}

/* ---- flights --------------------------------------------------------------------------------- */

struct rx_uflight *rx_utable_flight_take(struct rx_utable *t, struct rx_op *op)
{
    uint32_t index = t->flight_free, gen = 0;

    if (index != RX_UNONE) {
        t->flight_free = t->flight[index].next;
        gen = t->flight[index].gen;
    } else {
        RX_ASSERT(t->flights_fresh < t->flights);
        index = t->flights_fresh++;
    }
    t->flights_used++;
    t->flight[index] = (struct rx_uflight){.op = op, .gen = gen, .sock = RX_UNONE};
    rx_list_init(&t->flight[index].link);
    op->port_slot = index;
    op->port_gen = gen;
    return &t->flight[index];
}

void rx_utable_flight_give(struct rx_utable *t, struct rx_uflight *f)
{
    RX_ASSERT(f->op != NULL);
    rx_list_remove(&f->link);
    f->op->port_slot = RX_UNONE;
    f->op = NULL;
    f->gen = (f->gen + 1) & RX_UGEN_MASK;
    f->next = t->flight_free;
    t->flight_free = (uint32_t)(f - t->flight);
    t->flights_used--;
}

struct rx_uflight *rx_utable_flight_find(struct rx_utable *t, uint32_t index, uint32_t gen)
{
    struct rx_uflight *f;

    if (index >= t->flights_fresh)
        return NULL;
    f = &t->flight[index];
    return f->op != NULL && f->gen == gen ? f : NULL;
}
