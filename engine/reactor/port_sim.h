/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_sim.h - what the files of the simulated port share; nobody else includes it.
 *
 *   port_sim.c         the port: verbs, ready queue, travel in time, virtual clock
 *   port_sim_net.c     the network: listeners, handshake, open and close
 *   port_sim_stream.c  what flows through a connection
 *   port_sim_real.c    the real clock: sleeping, waking, foreign descriptors
 *
 * The network changes state in two ways only: by a verb (start, cancel, close), or by something
 * arriving at one end of a connection. Arrivals travel: with latency through a heap ordered by
 * (time, sequence), without it inside the verb that sends them. Either way their effect on an
 * operation is an entry in the ready queue, which the next wait hands out. So the order of
 * completions follows from the order of calls and the simulated time alone.
 */
#ifndef RX_PORT_SIM_H
#define RX_PORT_SIM_H

#include "engine/reactor/list.h"
#include "engine/reactor/port.h"

#include <stdatomic.h>

enum {
    /* Bytes a stream holds before its writer has to wait: an answer with its headers.
     * A power of two. Far less than a kernel's socket buffer, on purpose: it makes backpressure a
     * thing that happens in simulation, too. */
    SIM_STREAM_SIZE = 4096,

    SIM_CONNECTIONS_DEFAULT = 65536,
    SIM_CONNECTIONS_LIMIT = 1 << 23, /* a handle has 24 bits for the end of a connection */

    SIM_BACKLOG_MIN = 1,
    SIM_PPM = 1000000,
};

/* ---- travel --------------------------------------------------------------------------------- */

/* To whom, and what it means there. */
enum sim_news {
    SIM_SYN,     /* server: somebody wants to connect */
    SIM_SYN_ACK, /* client: the connection is open */
    SIM_SYN_RST, /* client: nobody listens there */
    SIM_ACK,     /* server: the connection is open and may be accepted */
    SIM_DATA,    /* either: that many more bytes can be read */
    SIM_FIN,     /* either: the peer has closed */
    SIM_RST,     /* either: the peer is gone, and wants nothing more to do with it */
};

struct sim_travel {
    rx_ns at;
    uint64_t sequence; /* of the send: the order within one instant */
    uint64_t serial;   /* of the connection: it may be gone on arrival, and its slot be another's */
    uint32_t conn;
    uint32_t bytes; /* SIM_DATA */
    uint8_t side, news;
};

/* ---- connections ---------------------------------------------------------------------------- */

enum sim_side { SIM_CLIENT, SIM_SERVER };

enum {
    SIM_LIVE = 1,      /* can be read from and written to; else news for it fall on the floor */
    SIM_CONNECTED = 2, /* the handshake is over, as far as this end knows */
    SIM_FIN_SEEN = 4,
    SIM_RST_SEEN = 8,
    SIM_ABORTIVE = 16, /* RX_OP_RST_CLOSE: every close is a reset */
};

/*
 * One end of a connection, and the stream that flows *to* it: first the bytes in `ring`, then those
 * still in the memory of the peer's operation. A request that fits into the ring is never copied
 * there unless its operation ends before it was read: the operation is pinned for as long as that.
 */
struct sim_end {
    struct rx_op *reader; /* RECV; TALK and CALL that wait for the answer */
    struct rx_op *writer; /* SEND; TALK and CALL until they are over */
    char *ring;           /* SIM_STREAM_SIZE bytes, or NULL while there was no need for them */
    const char *lent;
    uint32_t lent_left;
    uint32_t head, used; /* of the ring */
    uint32_t arrived;    /* bytes of ring and lent that can be read by now */
    uint32_t flags;
    uint64_t tag; /* of whoever wrote here last */
    rx_ns quiet; /* when the last news for this end arrive: they do not overtake each other */
};

struct sim_conn {
    struct sim_end end[2];
    struct rx_list link;           /* in a queue of the listener, until it is accepted */
    struct sim_listener *listener; /* as long as it is in one */
    struct rx_op *dialer;          /* DIAL, CALL until connected */
    struct rx_addr to;
    uint64_t serial;          /* tells one user of the slot from the next */
    uint64_t fate;            /* seed of all chances of this connection */
    uint32_t sent, delivered; /* numbers of the next draws for latency and for resets */
    uint32_t generation;      /* of the slot, in the handles */
    uint32_t next;            /* free list: index + 1 */
};

struct sim_listener {
    struct rx_addr at;
    struct rx_op *accept;
    struct rx_list overflow; /* connection requests that no place was left for: they hang */
    struct rx_list opening;  /* answered; the handshake is not over (only with latency) */
    struct rx_list backlog;  /* open, to be accepted */
    uint32_t backlog_count, backlog_max;
    uint32_t index, generation;
    bool open;
};

/* Open addressing, linear probing, deletion by shifting back: no tombstones to clean up. */
struct sim_directory {
    struct sim_slot {
        uint64_t key; /* ip and port, never 0: a listener has a port */
        struct sim_listener *listener;
    } * slot;
    uint32_t slots, count; /* slots is a power of two */
};

/* How often an address was dialled in this very instant: what tells equal dials apart without
 * looking at any other address. Entries of former instants count as empty. */
struct sim_census {
    struct sim_tally {
        uint64_t key;
        rx_ns instant;
        uint32_t count;
    } * tally;
    uint32_t slots, count; /* slots is a power of two; count is of this instant */
    rx_ns instant;
};

/* ---- the port ------------------------------------------------------------------------------- */

struct sim_real { /* the real clock; see port_sim_real.c */
    rx_ns epoch;
    int event, timer, epoll; /* descriptors */
    atomic_bool woken;       /* also the virtual clock's */
    bool embedded;           /* somebody asked for fd and relies on its being readable */
    bool waiting;            /* in wait: what comes now is handed out at once */
    struct rx_op **watch;    /* POLL, in the order of their starts */
    struct pollfd *pollfd;   /* 0 is `event`, 1 + i belongs to watch[i] */
    uint32_t watches, room;  /* of watch; pollfd has one more */
};

struct sim {
    struct rx_port port; /* first member */
    const struct rx_mem *mem;
    struct rx_sim_options options;
    bool delayed;  /* there is latency: news travel through the heap */
    bool chancy;   /* there is latency or a fault: connections have a fate */
    int broken;    /* out of memory where nothing could be told to anybody: what wait returns */
    uint64_t seed; /* of the network */
    rx_ns now;
    rx_ns instant; /* what travel times count from: now, or when that arrived which is its cause */
    uint64_t sequence;

    struct rx_ready *ready; /* a ring; room is a power of two */
    uint32_t ready_head, ready_count, ready_room;

    struct sim_travel *travel; /* a binary heap */
    uint32_t travels, travels_room;

    struct rx_op *waiting; /* for a connection slot: first come, first served */
    struct rx_op **waiting_tail;
    uint32_t waiting_count;

    struct sim_conn *conn;
    uint32_t conns_max, conns_fresh; /* from conns_fresh on, slots have never been touched */
    uint32_t conns_free;             /* index + 1 of the first in the free list */
    uint32_t conns_used;
    uint64_t serial;

    struct sim_ring_chunk *ring_chunk; /* the newest; rings from rings_fresh on are untouched */
    uint32_t rings_fresh, rings_free;  /* rings_free: how long the list is */
    void *ring_free; /* each begins with a pointer to the next */

    struct sim_census census;
    struct sim_directory directory;
    struct sim_listener **listener;
    uint32_t listeners, listeners_room;
    uint32_t *listeners_free; /* a stack, as large as `listener` */
    uint32_t listeners_free_count, listeners_spare; /* at hand when a handler begins */
    uint16_t port_next; /* for listeners that ask for any port */

    struct rx_port_stats stats;
    struct sim_real real;
    struct rx_mem_pool pool; /* all that grows between two handlers */
};

static inline struct sim *sim_of(struct rx_port *p)
{
    return rx_container_of(p, struct sim, port);
}

static inline const struct sim *sim_of_const(const struct rx_port *p)
{
    return (const struct sim *)(const void *)p;
}

/* port_sim.c */

void sim_complete(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock,
                  enum rx_op_stage stage);
/* The op is over; it is the owner's again as soon as wait has handed this out. */

void sim_report(struct sim *s, struct rx_op *op, int32_t res, rx_sock sock);
/* ACCEPT and POLL: one more result, and the op goes on. */

enum { SIM_SPARE = 256 }; /* what a handler begins without more than one connection */

static inline uint32_t sim_burst(const struct sim *s)
{
    return 2 * s->conns_used + SIM_SPARE;
}
/* How many completions and news one handler may cause at most: it resets all there are, and as many
 * that have waited for their places take them. */

void sim_send_news(struct sim *s, struct sim_conn *c, enum sim_side to, enum sim_news news,
                   uint32_t bytes);
/* Arrives at once without latency, else in time, behind all that was sent to that end before. */

void sim_arrivals(struct sim *s, rx_ns until);
/* Everything that arrives up to then; `now` of the port stays what it is. */

int sim_take_ready(struct sim *s, struct rx_ready *ready, int room);

/* Names of the sub-streams. Those of one connection hang from its fate, which hangs from the seed,
 * the address, the instant and the number of the dial in it: traffic elsewhere changes nothing. */
enum sim_draw { SIM_DRAW_LATENCY = 1, SIM_DRAW_REFUSE, SIM_DRAW_DROP, SIM_DRAW_RESET };

bool sim_chance_draw(const struct sim_conn *c, enum sim_draw kind, uint32_t n, uint32_t ppm);

static inline bool sim_chance(const struct sim_conn *c, enum sim_draw kind, uint32_t n,
                              uint32_t ppm)
{
    return ppm != 0 && sim_chance_draw(c, kind, n, ppm);
}
/* The n-th of that kind for this connection. */

/* port_sim_net.c */

int sim_net_open(struct sim *s);
void sim_net_close(struct sim *s); /* also after a failed open */
void sim_net_grow(struct sim *s);
int sim_net_spare(struct rx_port *p, uint32_t listeners);

static inline bool sim_net_full(const struct sim *s)
{
    return s->conns_used == s->conns_max;
}

void sim_net_dial(struct sim *s, struct rx_op *op);   /* DIAL, CALL; takes a slot: not when full */
void sim_net_start(struct sim *s, struct rx_op *op);  /* TALK, SEND, RECV, ACCEPT */
void sim_net_cancel(struct sim *s, struct rx_op *op); /* any of these six */
void sim_net_shut(struct sim *s, rx_sock sock, bool reset);
int sim_net_listen(struct rx_port *p, struct rx_addr at, int backlog, rx_sock *out);
int sim_net_local(struct rx_port *p, rx_sock sock, struct rx_addr *out);

void sim_net_arrive(struct sim *s, struct sim_conn *c, enum sim_side at, enum sim_news news,
                    uint32_t bytes);

void sim_net_abandon(struct sim *s, struct sim_conn *c, enum sim_side side, bool reset);
/* This end is gone, and the other hears of it. No op may be left on it. */

static inline enum sim_side sim_other(enum sim_side side)
{
    return side == SIM_CLIENT ? SIM_SERVER : SIM_CLIENT;
}

rx_sock sim_net_handle(const struct sim *s, const struct sim_conn *c, enum sim_side side);

/* port_sim_stream.c; `side` is the end whose op it is, except where it says otherwise */

int sim_stream_open(struct sim *s);
void sim_stream_close(struct sim *s);
void sim_stream_grow(struct sim *s);
void sim_stream_talk(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op);
void sim_stream_send(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op);
void sim_stream_recv(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op);

void sim_stream_news(struct sim *s, struct sim_conn *c, enum sim_side side, uint32_t bytes);
/* That many more have arrived at this end; 0 after its flags have changed. */

void sim_stream_end(struct sim *s, struct sim_conn *c, enum sim_side side, struct rx_op *op,
                    int error);
/* Ends the op (the reader or the writer of this end) without an answer. */

void sim_stream_drop(struct sim *s, struct sim_end *end);
/* Forgets all bytes on the way to this end. */

/* port_sim_real.c */

int sim_real_open(struct sim *s);
void sim_real_close(struct sim *s);
rx_ns sim_real_clock(const struct rx_port *p);
int sim_real_wait(struct rx_port *p, rx_ns until, struct rx_ready *ready, int room);
void sim_real_wake(struct rx_port *p);
int sim_real_fd(struct rx_port *p);
void sim_real_work(struct sim *s); /* something is to be done, now or later: fd must show it */
void sim_real_watch(struct sim *s, struct rx_op *op);
void sim_real_unwatch(struct sim *s, struct rx_op *op);

#endif
