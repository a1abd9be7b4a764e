/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.c - see caller.h. A connection has two operations: `op` dials and reads, `send` writes
 * where somebody reads already. It is quiet when neither is in flight, and only then is it told of,
 * or given back: memory that an operation points to is never reused before its last completion.
 */
#include "probes/carry/caller.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "engine/reactor/slab.h"
#include "probes/wire/http1.h"

enum { IN_ROOM = 2048 };

enum phase {
    DIALING,
    STANDING, /* open, and nobody listens: its user has just been told */
    RESTING,  /* open, carries nothing, and is listened to */
    ASKING,
    HELD,     /* the answer is known, but its request is still on the way out */
    LEAVING,  /* dropped: only for the last completions */
};

struct pod_conn {
    struct rx_op op, send;
    struct pod_conn *next; /* free list */
    struct probe_caller *all;
    const struct pod_caller_user *user;
    void *owner;
    rx_sock sock;
    uint8_t phase;
    struct pod_call_told told; /* HELD */
    struct probe_http1 m;
    char keep[PROBE_HTTP1_KEEP_MIN]; /* lent to the parser */
    char out[POD_CALL_MAX];
    char in[IN_ROOM];
};

struct probe_caller {
    struct rx_loop *loop;
    const struct rx_mem *mem;
    struct pod_caller caller;
    struct probe_caller_options options;
    struct rx_slab slab;
    struct pod_conn *free;
};

static struct pod_conn *caller_dial(void *ctx, struct rx_addr to,
                                    const struct pod_caller_user *user, void *owner);
static void caller_ask(struct pod_conn *c, const char *request, uint32_t length);
static void caller_drop(struct pod_conn *c);
static void caller_own(struct pod_conn *c, void *owner);
static bool caller_waits(const struct pod_conn *c);
static int32_t caller_render(char *to, uint32_t room, const char *host, uint16_t port,
                             const char *path, bool keep);

int probe_caller_open(struct probe_caller **out, struct rx_loop *loop, const struct rx_mem *mem,
                      const struct probe_caller_options *options)
{
    struct probe_caller *c = rx_mem_zalloc(mem, sizeof(*c));
    int rc = c != NULL ? rx_slab_init(&c->slab, mem, sizeof(struct pod_conn), 0) : -RX_ENOMEM;

    if (rc != 0) {
        rx_mem_free(mem, c, sizeof(*c));
        return rc;
    }
    c->loop = loop;
    c->mem = mem;
    c->options = *options;
    c->caller = (struct pod_caller){
        .ctx = c,
        .dial = caller_dial,
        .ask = caller_ask,
        .drop = caller_drop,
        .own = caller_own,
        .waits = caller_waits,
        .render = caller_render,
    };
    *out = c;
    return 0;
}

void probe_caller_close(struct probe_caller *c)
{
    if (c == NULL)
        return;
    rx_slab_fini(&c->slab);
    rx_mem_free(c->mem, c, sizeof(*c));
}

const struct pod_caller *probe_caller_of(struct probe_caller *c)
{
    return &c->caller;
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void on_read(struct rx_loop *loop, struct rx_op *op);
static void on_sent(struct rx_loop *loop, struct rx_op *op);

static struct pod_conn *conn_take(struct probe_caller *all)
{
    struct pod_conn *c = all->free;
    uint64_t id;

    if (c != NULL) {
        all->free = c->next;
        return c;
    }
    return rx_slab_take(&all->slab, &id); /* whoever dials brings objects: the core is open */
}

static bool is_quiet(const struct pod_conn *c)
{
    return c->op.state == RX_OP_DEAD && c->send.state == RX_OP_DEAD;
}

static void conn_give(struct pod_conn *c)
{
    if (c->sock != RX_SOCK_NONE)
        rx_loop_close(c->all->loop, c->sock, false);
    c->next = c->all->free;
    c->all->free = c;
}

static struct pod_conn *caller_dial(void *ctx, struct rx_addr to,
                                    const struct pod_caller_user *user, void *owner)
{
    struct probe_caller *all = ctx;
    struct pod_conn *c = conn_take(all);

    if (c == NULL)
        return NULL;
    c->all = all;
    c->user = user;
    c->owner = owner;
    c->sock = RX_SOCK_NONE;
    c->phase = DIALING;
    c->send.state = RX_OP_DEAD;
    c->op = (struct rx_op){.kind = RX_OP_DIAL,
                           .flags = (uint8_t)(all->options.op_flags | RX_OP_GROWS),
                           .to = to,
                           .done = on_read};
    rx_loop_start(all->loop, &c->op);
    return c;
}

static void caller_drop(struct pod_conn *c)
{
    c->phase = LEAVING;
    if (is_quiet(c)) {
        conn_give(c);
        return;
    }
    rx_loop_cancel(c->all->loop, &c->op);
    rx_loop_cancel(c->all->loop, &c->send);
}

static void caller_own(struct pod_conn *c, void *owner)
{
    c->owner = owner;
}

static bool caller_waits(const struct pod_conn *c)
{
    return c->op.state == RX_OP_WAITING;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static int32_t caller_render(char *to, uint32_t room, const char *host, uint16_t port,
                             const char *path, bool keep)
{
    char name[300];
    struct rx_fit t = {.at = name, .room = sizeof(name)};
    const struct rx_pair *bad;
    struct probe_http1_ask ask = {
        .target = path,
        .target_len = (uint32_t)strlen(path),
        .host = name,
        .user_agent = "podring-client/1.0",
        .persistent = keep,
    };

    rx_fit_str(&t, host);
    if (port != 80) {
        rx_fit_str(&t, ":");
        rx_fit_uint(&t, port);
    }
    if (t.cut)
        return PROBE_HTTP1_TOO_LONG;
    ask.host_len = t.len;
    return probe_http1_render_request(to, room, &ask, &bad);
}

static void receive(struct pod_conn *c)
{
    c->op.kind = RX_OP_RECV;
    c->op.sock = c->sock;
    c->op.in = c->in;
    c->op.in_len = IN_ROOM;
    c->op.done = on_read;
    rx_loop_start(c->all->loop, &c->op);
}

static void caller_ask(struct pod_conn *c, const char *request, uint32_t length)
{
    struct rx_op *out = c->phase == STANDING ? &c->op : &c->send;

    RX_ASSERT(c->phase == STANDING || c->phase == RESTING);
    RX_ASSERT(length <= POD_CALL_MAX);
    memcpy(c->out, request, length);
    probe_http1_init(&c->m, PROBE_HTTP1_RESPONSE, c->keep, sizeof(c->keep));
    *out = (struct rx_op){
        .kind = out == &c->op ? RX_OP_TALK : RX_OP_SEND,
        .flags = RX_OP_GROWS,
        .sock = c->sock,
        .out = c->out,
        .out_len = length,
        .in = c->in,
        .in_len = IN_ROOM,
        .done = out == &c->op ? on_read : on_sent,
    };
    c->phase = ASKING;
    rx_loop_start(c->all->loop, out);
}

/* ---- what comes of it ------------------------------------------------------------------------ */

static void tell(struct pod_conn *c)
{
    struct pod_call_told told = c->told;
    const struct pod_caller_user *user = c->user;
    void *owner = c->owner;

    if (told.lasts) {
        c->phase = RESTING;
        receive(c);
    } else {
        conn_give(c);
    }
    user->end(owner, &told);
}

/* Nothing is read any more. */
static void settle(struct pod_conn *c, enum pod_call_end how)
{
    c->told = (struct pod_call_told){
        .how = how, .status = c->m.status, .answers = c->m.head_bytes > 0};
    c->told.lasts = how == POD_CALL_ANSWERED && c->m.done && !c->m.close && c->m.status >= 200;
    c->phase = HELD;
    if (is_quiet(c))
        tell(c);
    else if (!c->told.lasts)
        rx_loop_cancel(c->all->loop, &c->send);
}

static void on_dialled(struct pod_conn *c)
{
    int res = c->op.res;

    if (res == 0) {
        c->sock = c->op.sock;
        c->phase = STANDING;
        c->user->open(c->owner);
        return;
    }
    c->m.status = 0;
    c->m.head_bytes = 0;
    settle(c, res == -ECONNREFUSED ? POD_CALL_REFUSED
              : res == -ECONNRESET ? POD_CALL_RESET
                                   : POD_CALL_UNREACHABLE);
}

static void on_bytes(struct pod_conn *c, uint32_t n)
{
    uint32_t at = 0;

    while (at < n && !c->m.done) {
        int32_t took = probe_http1_feed(&c->m, c->in + at, n - at);

        if (took < 0) {
            settle(c, POD_CALL_RESET);
            return;
        }
        at += (uint32_t)took;
    }
    if (!c->m.done) {
        receive(c);
        return;
    }
    c->m.close |= at < n; /* nobody has asked for more */
    settle(c, POD_CALL_ANSWERED);
}

static void on_read(struct rx_loop *loop, struct rx_op *op)
{
    struct pod_conn *c = rx_container_of(op, struct pod_conn, op);

    (void)loop;
    if (c->phase == DIALING) {
        on_dialled(c);
    } else if (c->phase == LEAVING) {
        if (op->kind == RX_OP_DIAL && op->res == 0)
            c->sock = op->sock;
        if (is_quiet(c))
            conn_give(c);
    } else if (c->phase == RESTING) { /* it has been closed, or says what nobody asked for */
        const struct pod_caller_user *user = c->user;
        void *owner = c->owner;

        conn_give(c);
        user->gone(owner);
    } else if (op->res > 0) {
        on_bytes(c, (uint32_t)op->res);
    } else if (op->res == 0 && probe_http1_end(&c->m) == 0) {
        c->m.close = true;
        settle(c, POD_CALL_ANSWERED);
    } else {
        settle(c, POD_CALL_RESET);
    }
}

/* If it could not be sent, the reader hears why. */
static void on_sent(struct rx_loop *loop, struct rx_op *op)
{
    struct pod_conn *c = rx_container_of(op, struct pod_conn, send);

    (void)loop;
    if (!is_quiet(c))
        return;
    if (c->phase == HELD)
        tell(c);
    else if (c->phase == LEAVING)
        conn_give(c);
}
