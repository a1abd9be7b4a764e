/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_sim_stream.c - bytes in one direction: from a writer's memory, over a bounded ring if need
 * be, into a reader's.
 *
 * A writer is in one of two modes. A TALK or CALL whose request fits into the ring can never be
 * kept waiting by it, so the op awaits its answer at once and the bytes stay where they are: the
 * reader of the other side copies them from there, and only if the op ends before that they move
 * into the ring. Everything else is pushed: to a reader that waits, then into the ring, and the
 * rest as room appears; the op is done with writing when nothing is left.
 *
 * `arrived` is announced by news, for which pushing differs between the worlds. Without latency all
 * of a writer's bytes are announced at once, so that a reader can take them past the ring; with it
 * only what has entered the ring is under way.
 */
#include "engine/reactor/port_sim.h"
#include "engine/reactor/err.h"

#include <errno.h>
#include <string.h>

enum { RINGS_PER_CHUNK = 64, RINGS_SPARE = 32 };

struct sim_ring_chunk {
    struct sim_ring_chunk *next;
    char pad[56];
    char ring[RINGS_PER_CHUNK][SIM_STREAM_SIZE];
};

static void push_on(struct sim *s, struct sim_conn *c, enum sim_side side);
static void written(struct sim *s, struct sim_conn *c, enum sim_side side);
static void read_on(struct sim *s, struct sim_conn *c, enum sim_side side);
static void finish_reader(struct sim *s, struct sim_conn *c, enum sim_side side, int32_t res);
static void release_lent(struct sim *s, struct sim_conn *c, enum sim_side side);
static uint32_t take(struct sim *s, struct sim_end *end, char *into, uint32_t room);
static uint32_t absorb(struct sim *s, struct sim_end *end);

/* ---- verbs ---------------------------------------------------------------------------------- */

/* The bytes of `op` begin to flow. An end that is gone, unknown to us as yet, holds none: they fall
 * on the floor over there, and the answer is a reset. */
static void lend(struct sim_end *to, const struct rx_op *op)
{
    to->tag = op->tag;
    if (to->flags & SIM_LIVE) {
        to->lent = op->out;
        to->lent_left = op->out_len;
    }
}

void sim_stream_talk(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op)
{
    struct sim_end *end = &c->end[side], *to = &c->end[sim_other(side)];

    if (op->out_len > SIM_STREAM_SIZE - to->used) {
        sim_stream_send(s, c, side, op);
        return;
    }
    end->writer = end->reader = op;
    if (op->out_len) {
        lend(to, op);
        sim_send_news(s, c, sim_other(side), SIM_DATA, op->out_len);
    }
    read_on(s, c, side);
}

void sim_stream_send(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op)
{
    struct sim_end *to = &c->end[sim_other(side)];

    c->end[side].writer = op;
    lend(to, op);
    if (op->out_len && (!s->delayed || !(to->flags & SIM_LIVE)))
        sim_send_news(s, c, sim_other(side), SIM_DATA, op->out_len);
    push_on(s, c, side);
}

void sim_stream_recv(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op)
{
    c->end[side].reader = op;
    read_on(s, c, side);
}

void sim_stream_news(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t bytes)
{
    struct sim_end *end = &c->end[side];

    end->arrived = RX_MIN(end->arrived + bytes, end->used + end->lent_left);
    read_on(s, c, side);
}

void sim_stream_end(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op,
                    int error)
{
    struct sim_end *end = &c->end[side];

    if (end->reader == op) {
        finish_reader(s, c, side, error);
        return;
    }
    RX_ASSERT(end->writer == op);
    release_lent(s, c, side);
    if (op->kind == RX_OP_CALL)
        sim_net_abandon(s, c, side, false);
    sim_complete(s, op, error, RX_SOCK_NONE, RX_STAGE_SEND);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void push_on(struct sim *s, struct sim_conn *c, enum sim_side side)
{
    struct sim_end *end = &c->end[side], *to = &c->end[sim_other(side)];
    uint32_t moved;

    if (!end->writer || end->writer == end->reader)
        return; /* nobody writes, or his bytes can stay where they are */
    moved = absorb(s, to);
    if (s->delayed && moved)
        sim_send_news(s, c, sim_other(side), SIM_DATA, moved);
    if (to->lent_left == 0)
        written(s, c, side);
}

static void written(struct sim *s, struct sim_conn *c, enum sim_side side)
{
    struct sim_end *end = &c->end[side];
    struct rx_op *op = end->writer;

    end->writer = NULL;
    if (op->kind == RX_OP_SEND) {
        sim_complete(s, op, (int32_t)op->out_len, RX_SOCK_NONE, RX_STAGE_SEND);
        return;
    }
    end->reader = op;
    read_on(s, c, side);
}

/* The memory of this end's writer is about to be its owner's again. */
static void release_lent(struct sim *s, struct sim_conn *c, enum sim_side side)
{
    struct sim_end *to = &c->end[sim_other(side)];

    absorb(s, to);
    to->lent = NULL;
    to->lent_left = 0;
    to->arrived = RX_MIN(to->arrived, to->used);
    c->end[side].writer = NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void read_on(struct sim *s, struct sim_conn *c, enum sim_side side)
{
    struct sim_end *end = &c->end[side];
    struct rx_op *op = end->reader;

    if (op == NULL)
        return;
    if (end->arrived) {
        uint32_t n = take(s, end, op->in, RX_MIN(op->in_len, end->arrived));

        op->tag = end->tag;
        finish_reader(s, c, side, (int32_t)n);
        push_on(s, c, sim_other(side));
    } else if (end->flags & SIM_RST_SEEN) {
        finish_reader(s, c, side, -ECONNRESET);
    } else if (end->flags & SIM_FIN_SEEN) {
        finish_reader(s, c, side, 0);
    }
}

static void finish_reader(struct sim *s, struct sim_conn *c, enum sim_side side, int32_t res)
{
    struct sim_end *end = &c->end[side];
    struct rx_op *op = end->reader;
    rx_sock sock = RX_SOCK_NONE;

    end->reader = NULL;
    if (end->writer == op)
        release_lent(s, c, side);
    if (op->kind == RX_OP_CALL) {
        if (res < 0)
            sim_net_abandon(s, c, side, false);
        else
            sock = sim_net_handle(s, c, side);
    }
    sim_complete(s, op, res, sock, RX_STAGE_RECV);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void ring_give(struct sim *s, struct sim_end *end);

static uint32_t take(struct sim *s, struct sim_end *end, char *into, uint32_t room)
{
    uint32_t from_ring = RX_MIN(room, end->used), from_lent = room - from_ring;

    if (from_ring) {
        uint32_t first = RX_MIN(from_ring, SIM_STREAM_SIZE - end->head);

        memcpy(into, end->ring + end->head, first);
        memcpy(into + first, end->ring, from_ring - first);
        end->head = (end->head + from_ring) & (SIM_STREAM_SIZE - 1);
        end->used -= from_ring;
        if (end->used == 0)
            ring_give(s, end);
    }
    if (from_lent) {
        RX_ASSERT(from_lent <= end->lent_left);
        memcpy(into + from_ring, end->lent, from_lent);
        end->lent += from_lent;
        end->lent_left -= from_lent;
    }
    end->arrived -= room;
    return room;
}

static char *ring_take(struct sim *s);

/* Moves what fits from the writer's memory into the ring. */
static uint32_t absorb(struct sim *s, struct sim_end *end)
{
    uint32_t n = RX_MIN(end->lent_left, SIM_STREAM_SIZE - end->used), tail, first;

    if (n == 0)
        return 0;
    if (!end->ring) {
        end->ring = ring_take(s);
        end->head = 0;
        if (!end->ring) { /* bytes would be lost, and nobody could tell */
            s->broken = -RX_ENOMEM;
            return 0;
        }
    }
    tail = (end->head + end->used) & (SIM_STREAM_SIZE - 1);
    first = RX_MIN(n, SIM_STREAM_SIZE - tail);
    memcpy(end->ring + tail, end->lent, first);
    memcpy(end->ring, end->lent + first, n - first);
    end->used += n;
    end->lent += n;
    end->lent_left -= n;
    return n;
}

void sim_stream_drop(struct sim *s, struct sim_end *end)
{
    if (end->ring)
        ring_give(s, end);
    end->used = end->arrived = end->lent_left = 0;
    end->lent = NULL;
}

/* ---- rings ---------------------------------------------------------------------------------- */

static void ring_put(struct sim *s, char *ring)
{
    memcpy(ring, &s->ring_free, sizeof(s->ring_free));
    s->ring_free = ring;
    s->rings_free++;
}

static bool ring_chunk_add(struct sim *s)
{
    struct sim_ring_chunk *chunk = rx_mem_alloc(s->mem, sizeof(*chunk));

    if (chunk == NULL)
        return false;
    while (s->ring_chunk && s->rings_fresh < RINGS_PER_CHUNK)
        ring_put(s, s->ring_chunk->ring[s->rings_fresh++]);
    chunk->next = s->ring_chunk;
    s->ring_chunk = chunk;
    s->rings_fresh = 0;
    return true;
}

int sim_stream_open(struct sim *s)
{
    return ring_chunk_add(s) ? 0 : -RX_ENOMEM;
}

void sim_stream_close(struct sim *s)
{
    while (s->ring_chunk) {
        struct sim_ring_chunk *chunk = s->ring_chunk;

        s->ring_chunk = chunk->next;
        rx_mem_free(s->mem, chunk, sizeof(*chunk));
    }
}

/* One handler writes to few connections, unless those that have waited take the places of
 * others. */
static bool rings_short(const struct sim *s)
{
    uint32_t wanted = RINGS_SPARE + RX_MIN(s->waiting_count, s->conns_used);

    return s->rings_free + RINGS_PER_CHUNK - s->rings_fresh < wanted;
}

void sim_stream_grow(struct sim *s)
{
    while (rings_short(s) && ring_chunk_add(s)) {
    }
}

static char *ring_take(struct sim *s)
{
    void *ring = s->ring_free;

    if (rings_short(s))
        rx_mem_want(s->mem);
    if (ring) {
        memcpy(&s->ring_free, ring, sizeof(s->ring_free));
        s->rings_free--;
        return ring;
    }
    if (s->rings_fresh == RINGS_PER_CHUNK && !ring_chunk_add(s))
        return NULL;
    return s->ring_chunk->ring[s->rings_fresh++];
}

static void ring_give(struct sim *s, struct sim_end *end)
{
    ring_put(s, end->ring);
    end->ring = NULL;
}
