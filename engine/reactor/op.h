/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op.h - struct rx_op, the caller-owned completion, and the few verbs a port understands.
 *
 * An op is embedded where its story lives and pinned from rx_loop_start until its `done` runs with
 * no more completions to come (state DEAD again). States: DEAD -> WAITING (no room in the
 * submission queue or no connection slot: first come, first served, and the wait is measured) ->
 * ACTIVE -> DEAD. A start cannot fail; what goes wrong arrives as a negative errno in `res`.
 *
 * Composite verbs exist because of what they cost in the real world: CALL is one linked chain
 * SOCKET, CONNECT, SEND, RECV with a single completion for a whole request.
 *
 *  verb    in                            completion
 *  DIAL    to                            res 0 and sock: an open connection, the caller's to close
 *  CALL    to, out, in                   res = bytes of the first piece of the answer (0 = end of
 *                                        stream) and sock, the caller's to close
 *  TALK    sock, out, in                 as CALL on a connection that is open already
 *  SEND    sock, out                     res = out_len: all of it, or an error
 *  RECV    sock, in                      res = bytes, at least 1; 0 = end of stream
 *  ACCEPT  sock (a listener)             once per connection: sock_new, the callee's to close; goes
 *  on
 *                                        until cancelled or the listener is closed (final res < 0)
 *  POLL    fd (a foreign descriptor),    res = ready events; goes on until cancelled (final res <
 *  0)
 *          events (poll(2) bits)
 *  SPAWN   spawn                         twice: res = pid, the process runs; final res = how it
 *  ended,
 *                                        its exit code or 128 and the signal. If it could not be
 *                                        started, once: a final res < 0
 *
 * If DIAL or CALL complete with res < 0, there is no connection left (sock is RX_SOCK_NONE) and
 * `stage` tells how far it came. Errors of TALK, SEND and RECV leave the connection to its owner.
 */
#ifndef RX_OP_H
#define RX_OP_H

#include "engine/reactor/base.h"
#include "engine/reactor/time.h"

struct rx_loop;
struct rx_op;

typedef void rx_op_fn(struct rx_loop *loop, struct rx_op *op);

typedef int32_t rx_sock; /* a port's handle for a connection or listener: not a descriptor number */
#define RX_SOCK_NONE (-1)

struct rx_addr {
    uint32_t ip; /* IPv4, host byte order */
    uint16_t port;
};

enum rx_op_kind { RX_OP_NONE, RX_OP_DIAL, RX_OP_CALL, RX_OP_TALK, RX_OP_SEND, RX_OP_RECV,
                  RX_OP_ACCEPT, RX_OP_POLL, RX_OP_SPAWN };
enum rx_op_state { RX_OP_DEAD, RX_OP_WAITING, RX_OP_ACTIVE };
enum rx_op_stage { RX_STAGE_SOCKET, RX_STAGE_CONNECT, RX_STAGE_SEND, RX_STAGE_RECV };

/* Socket policies of DIAL and CALL, each opt-in. */
enum rx_op_flag {
    RX_OP_RST_CLOSE = 1, /* close with RST (SO_LINGER {1, 0}): no TIME_WAIT. Never a time above 0:
                          * closing to an unreachable peer would then block the whole ring. */
    RX_OP_FAST_OPEN = 2, /* TCP fast open, if the server allows it */
    RX_OP_ONCE = 8, /* no descriptor, port or memory for it: it ends at once, and does not wait for
                     * some */
    /* Of every verb: */
    RX_OP_GROWS = 4, /* its `done` may bring new objects: memory is open for it */
};

/* A process to be: the owner's, pinned and untouched for as long as its op. */
struct rx_spawn {
    const char *const *argv; /* NULL-terminated. A name without a slash is looked up in env's
                              * PATH */
    const char *const *env;  /* NULL-terminated: all of the environment */
    const char *cwd;         /* NULL, or not a directory here: "/" */
    char *out, *err;         /* what it writes, from the start; what exceeds `room` is dropped */
    uint32_t room;           /* of each */
    uint32_t out_len, err_len; /* port's: so far; complete with the final completion */
};

struct rx_op {
    struct rx_op *next; /* port's, while WAITING */
    rx_op_fn *done;     /* runs after all completions of a turn are collected, never inside start */
    uint8_t kind, state, stage, flags;
    int32_t res;
    rx_sock sock;     /* see the table */
    rx_sock sock_new; /* ACCEPT */
    struct rx_addr to;
    const void *out;
    union {
        void *in;
        struct rx_spawn *spawn; /* SPAWN */
    };
    uint32_t out_len, in_len;
    int32_t fd;      /* POLL */
    uint32_t events; /* POLL */
    rx_ns started;   /* when start was called: port's, to measure the wait */
    rx_ns waited;    /* for room, before it could go (state WAITING): port's */
    uint64_t tag;    /* of what is written: the owner's. Of what was read: the writer's, where the
                      * port is in memory; a kernel carries bytes only, and leaves it alone */
    uint32_t port_slot, port_gen; /* port's */
};

#endif
