/* SPDX-License-Identifier: Apache-2.0 */
/*
 * responder_conn.c - see responder_conn.h.
 *
 * A connection has at most one operation in flight and outlives its party until that operation has
 * ended: memory that an operation points to is never reused before its last completion. In the
 * steady state an exchange on an open connection costs one operation (TALK: answer, and wait for
 * the next request), one on a new connection a RECV and a SEND.
 */
#include "probes/serve/responder_conn.h"

#include <string.h>

#include "engine/pod/rule_http_probe.h"
#include "probes/wire/http1.h"

enum {
    CONNECTIONS_DEFAULT = 65536,
    IN_ROOM = 1024,  /* a request comes in one piece of that size as a rule */
    OUT_ROOM = 2 * POD_HTTP_URL_MAX, /* half of it is the longest target; an answer goes out in one
                                      * piece */
    FILLER_SIZE = 4096,
};

enum phase {
    READING,    /* RECV, or TALK that ends in one, is in flight */
    DELAY_HEAD, /* timer armed: before the first byte */
    SENDING,    /* SEND in flight */
    DELAY_BODY, /* timer armed: between head and body */
    IGNORING,   /* reads until the peer gives up */
    CLOSING,    /* cancelled; to be closed, unless a request was faster */
    LEAVING,    /* cancelled; to be reset at the last completion */
};

struct conn {
    struct rx_op op;
    struct rx_timer timer;
    struct rx_list link; /* in its party's list */
    struct conn *next;   /* free list */
    struct probe_conns *all;
    uint64_t pod;
    uint32_t container;
    rx_sock sock;
    uint16_t port;
    uint8_t phase;
    bool fresh;              /* nothing has come yet, and `m` waits for it */
    bool idle;               /* it has been answered, and nothing has come since */
    bool close;              /* after this answer */
    bool ignore;             /* after this head: nothing more will be said */
    bool head_only;          /* HEAD: the body is announced and not sent */
    bool large;              /* more than a piece was sent: some may not have left the machine */
    uint32_t in_at, in_used; /* what has been received and not been parsed yet */
    uint32_t requests;       /* that it has carried */
    rx_ms idle_until;        /* if it is idle; the timer may be due before */
    struct pod_answer answer;
    const char *body; /* NULL: filler */
    uint64_t body_left;
    struct probe_http1 m;
    char out[OUT_ROOM]; /* lent to the parser while there is nothing to send */
    char in[IN_ROOM];
};

static const char filler[FILLER_SIZE] = {[0 ... FILLER_SIZE - 1] = 'x'};
static const char garbage[] = POD_GARBAGE_LINE "\r\n";

/* ---- opening and closing --------------------------------------------------------------------- */

int probe_conns_init(struct probe_conns *all, struct rx_loop *loop, const struct rx_mem *mem,
                     const struct probe_responder_options *options)
{
    uint32_t max = options->connections_max > 0 ? options->connections_max : CONNECTIONS_DEFAULT;
    int rc;

    memset(all, 0, sizeof(*all));
    all->loop = loop;
    all->mem = mem;
    all->options = *options;
    rc = rx_slab_init(&all->slab, mem, sizeof(struct conn), max);
    return rc == 0 ? rx_slab_spare(&all->slab, 1) : rc;
}

void probe_conns_fini(struct probe_conns *all)
{
    rx_slab_fini(&all->slab);
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void on_conn(struct rx_loop *loop, struct rx_op *op);
static void receive(struct conn *c);

static struct conn *conn_take(struct probe_conns *all)
{
    struct conn *c = all->free;
    uint64_t id;

    if (c != NULL) {
        all->free = c->next;
        return c;
    }
    c = rx_slab_take(&all->slab, &id);
    if (c != NULL)
        c->all = all;
    return c;
}

/* No operation of it is in flight, or none ever was. */
static void conn_end(struct conn *c, bool reset)
{
    struct probe_conns *all = c->all;

    RX_ASSERT(c->op.state == RX_OP_DEAD);
    rx_loop_disarm(all->loop, &c->timer);
    rx_loop_close(all->loop, c->sock, reset || (all->options.reset_close && !c->large));
    rx_list_remove(&c->link);
    c->next = all->free;
    all->free = c;
    all->stats.open--;
}

static bool ask(struct conn *c, const char *path, uint32_t n)
{
    const struct probe_responder_options *o = &c->all->options;

    return o->answer(o->answer_ctx, c->pod, c->container, c->port, path, n,
                     path != NULL ? c->op.tag : 0, &c->answer);
}

static struct conn *conn_open(struct probe_conns *all, struct probe_party *party, uint16_t port,
                              rx_sock sock)
{
    struct conn *c = conn_take(all);

    if (c == NULL)
        return NULL;
    all->stats.open++;
    c->pod = party->pod;
    c->container = party->container;
    c->sock = sock;
    c->port = port;
    c->phase = READING;
    c->op.tag = 0;
    c->idle = c->close = c->large = false;
    c->in_at = c->in_used = c->requests = 0;
    rx_timer_init(&c->timer, rx_key(all->options.timer_class, all->serial++));
    rx_list_add_tail(&party->conns, &c->link);
    return c;
}

void probe_conns_accept(struct probe_conns *all, struct probe_party *party, uint16_t port,
                        rx_sock sock)
{
    struct conn *c = party != NULL ? conn_open(all, party, port, sock) : NULL;

    all->stats.connections++;
    if (c == NULL) {
        all->stats.exhausted += party != NULL;
        rx_loop_close(all->loop, sock, true);
        return;
    }
    if (!ask(c, NULL, 0) || c->answer.act == POD_SERVE_RESET) {
        conn_end(c, true);
        return;
    }
    c->fresh = true;
    receive(c);
}

static void conn_abort(struct conn *c)
{
    if (c->op.state == RX_OP_DEAD) {
        conn_end(c, true);
        return;
    }
    c->phase = LEAVING;
    rx_list_remove(&c->link);
    rx_loop_cancel(c->all->loop, &c->op);
}

void probe_conns_abort(struct probe_party *party)
{
    while (!rx_list_empty(&party->conns))
        conn_abort(rx_container_of(party->conns.next, struct conn, link));
}

static void close_idle(struct conn *c)
{
    c->phase = CLOSING;
    rx_loop_cancel(c->all->loop, &c->op);
}

void probe_conns_drain(struct probe_party *party)
{
    RX_LIST_EACH (l, &party->conns) {
        struct conn *c = rx_container_of(l, struct conn, link);

        c->close = true;
        if (c->idle && c->phase == READING)
            close_idle(c);
    }
}

/* ---- the conversation ------------------------------------------------------------------------ */

static void parse(struct conn *c);
static void on_request(struct conn *c);
static void refuse_request(struct conn *c);
static void reply(struct conn *c);
static void send_body(struct conn *c);
static void send_done(struct conn *c);

static void start(struct conn *c, enum rx_op_kind kind, enum phase phase)
{
    c->phase = (uint8_t)phase;
    c->op.kind = (uint8_t)kind;
    c->op.sock = c->sock;
    c->op.in = c->in;
    c->op.in_len = IN_ROOM;
    c->op.done = on_conn;
    rx_loop_start(c->all->loop, &c->op);
}

static void receive(struct conn *c)
{
    start(c, RX_OP_RECV, READING);
}

static void ignore(struct conn *c)
{
    start(c, RX_OP_RECV, IGNORING);
}

static void on_conn(struct rx_loop *loop, struct rx_op *op)
{
    struct conn *c = rx_container_of(op, struct conn, op);

    (void)loop;
    if (c->phase == LEAVING) {
        conn_end(c, true);
        return;
    }
    if (op->res < 0 || (op->res == 0 && c->phase != SENDING)) {
        conn_end(c, false);
        return;
    }
    switch ((enum phase)c->phase) {
    case CLOSING: /* it is answered, and says that it was the last one */
        c->close = true;
        __attribute__((fallthrough));
    case READING:
        c->idle = false;
        if (c->fresh) { /* a bare connection, as a TCP probe makes it, needs no parser */
            c->fresh = false;
            probe_http1_init(&c->m, PROBE_HTTP1_REQUEST, c->out, OUT_ROOM);
        }
        c->in_at = 0;
        c->in_used = (uint32_t)op->res;
        parse(c);
        break;
    case SENDING:
        send_done(c);
        break;
    default:
        ignore(c);
        break;
    }
}

static void parse(struct conn *c)
{
    while (c->in_at < c->in_used && !c->m.done) {
        int32_t took = probe_http1_feed(&c->m, c->in + c->in_at, c->in_used - c->in_at);

        if (took < 0) {
            refuse_request(c);
            return;
        }
        c->in_at += (uint32_t)took;
    }
    if (c->m.done)
        on_request(c);
    else
        receive(c);
}

/* The path alone: no query, and no scheme and host before it, as a proxy's client may write. */
static const char *request_path(const struct conn *c, uint32_t *n)
{
    const char *at = c->m.keep, *end = at + c->m.value_len;
    const char *query = memchr(at, '?', c->m.value_len);

    if (query != NULL)
        end = query;
    if (at < end && *at != '/') {
        const char *authority = memmem(at, (size_t)(end - at), "://", 3);

        if (authority != NULL) {
            at = memchr(authority + 3, '/', (size_t)(end - authority) - 3);
            at = at != NULL ? at : end;
        }
    }
    if (at == end) {
        *n = 1;
        return "/";
    }
    *n = (uint32_t)(end - at);
    return at;
}

static void delay(struct conn *c, rx_ms ms, enum phase phase)
{
    struct rx_loop *l = c->all->loop;

    c->phase = (uint8_t)phase;
    rx_loop_arm(l, &c->timer, rx_loop_now(l) + ms);
}

/* A connection that stays open is a favour: who is short of room takes new ones only one by one. */
static bool crowded(const struct probe_conns *all)
{
    struct rx_port_stats port;

    rx_loop_port_stats(all->loop, &port);
    return all->stats.open > all->slab.max / 4 * 3 ||
           (port.fds_max > 0 && port.fds_used > port.fds_max / 4 * 3);
}

static void on_request(struct conn *c)
{
    uint32_t n;
    const char *path = request_path(c, &n);

    c->all->stats.requests++;
    c->requests++;
    c->close = c->close || c->m.close || crowded(c->all);
    c->head_only = c->m.method == PROBE_HTTP1_HEAD;
    if (!ask(c, path, n)) {
        conn_end(c, true);
        return;
    }
    c->close |= c->answer.drains ||
                (c->answer.keep.requests > 0 && c->requests >= c->answer.keep.requests);
    if (c->answer.act == POD_SERVE_HANG)
        ignore(c);
    else if (c->answer.latency > 0)
        delay(c, c->answer.latency, DELAY_HEAD);
    else
        reply(c);
}

void probe_conns_timer(struct rx_timer *t)
{
    struct conn *c = rx_container_of(t, struct conn, timer);

    if (c->phase == DELAY_HEAD)
        reply(c);
    else if (c->phase == DELAY_BODY)
        send_body(c);
    else if (!c->idle || c->phase != READING)
        return; /* it was about a wait that is over; the next one sets it again */
    else if (c->idle_until <= rx_loop_now(c->all->loop))
        close_idle(c);
    else
        rx_loop_arm(c->all->loop, &c->timer, c->idle_until);
}

/* The last byte of an answer goes out, and nothing else has come. A timer that is due already is
 * left as it is, so that the wheel is not asked for every request. */
static void rest(struct conn *c)
{
    struct rx_loop *l = c->all->loop;
    rx_ms now = rx_loop_now(l), idle = c->answer.keep.idle;

    c->idle = true;
    c->idle_until = idle >= RX_MS_NEVER - now ? RX_MS_NEVER : now + idle;
    if (c->idle_until != RX_MS_NEVER &&
        (!rx_timer_armed(&c->timer) || c->timer.due > c->idle_until))
        rx_loop_arm(l, &c->timer, c->idle_until);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void send_head(struct conn *c, const struct probe_http1_reply *head);

static void send_bytes(struct conn *c, const char *bytes, uint32_t n)
{
    /* The last piece of an answer and the wait for the next request are one operation. */
    bool talk = c->body_left == 0 && !c->close && !c->ignore && c->in_at == c->in_used;

    c->op.out = bytes;
    c->op.out_len = n;
    if (talk) {
        probe_http1_init(&c->m, PROBE_HTTP1_REQUEST, c->out, OUT_ROOM);
        rest(c);
    }
    start(c, talk ? RX_OP_TALK : RX_OP_SEND, talk ? READING : SENDING);
}

static void refuse_request(struct conn *c)
{
    struct probe_http1_reply head = {.status = probe_http1_fault_status(&c->m), .close = true};

    c->all->stats.bad_requests++;
    c->close = true;
    c->ignore = false;
    c->answer.body_after = 0;
    c->body_left = 0;
    send_head(c, &head);
}

/* What the body is and how long; the head says so even where none is sent. */
static uint64_t choose_body(struct conn *c)
{
    const struct pod_answer *a = &c->answer;
    bool redirect = a->act == POD_SERVE_REDIRECT;
    bool asked = (a->act == POD_SERVE_ANSWER || redirect) && !c->head_only;
    uint64_t length;

    c->body = a->body_bytes > 0 ? NULL : a->body != NULL ? a->body : POD_BODY_DEFAULT;
    length = c->body != NULL ? strlen(c->body) : a->body_bytes;
    if (redirect && a->body == NULL && a->body_bytes == 0)
        length = 0;
    if (a->act == POD_SERVE_HEADERS_ONLY && length == 0)
        length = 1;
    c->body_left = asked && probe_http1_status_has_body(a->status) ? length : 0;
    return length;
}

static void reply(struct conn *c)
{
    struct pod_answer *a = &c->answer;
    struct probe_http1_reply head = {0};

    if (a->act == POD_SERVE_RESET) {
        conn_end(c, true);
        return;
    }
    if (a->status == 0)
        a->status = a->act == POD_SERVE_REDIRECT ? 302 : 200;
    c->ignore = a->act == POD_SERVE_HEADERS_ONLY;
    head.length = choose_body(c);
    /* After an informational status a final one would have to follow; it never does. */
    c->close |= a->act == POD_SERVE_GARBAGE || a->status < 200;
    if (a->act == POD_SERVE_GARBAGE) {
        c->body_left = 0;
        send_bytes(c, garbage, sizeof(garbage) - 1);
        return;
    }
    head.status = a->status;
    head.close = c->close;
    head.location = a->location;
    send_head(c, &head);
}

static void send_head(struct conn *c, const struct probe_http1_reply *head)
{
    int32_t n = probe_http1_render_reply(c->out, OUT_ROOM, head);
    uint32_t used;

    if (n < 0) {
        /* A Location that no prober would follow either: see http.c. */
        struct probe_http1_reply apology = {.status = 500, .close = true};

        c->close = true;
        c->body_left = 0;
        n = probe_http1_render_reply(c->out, OUT_ROOM, &apology);
    }
    used = (uint32_t)n;
    if (c->body_left > 0 && c->body_left <= OUT_ROOM - used && c->answer.body_after == 0) {
        memcpy(c->out + used, c->body != NULL ? c->body : filler, (size_t)c->body_left);
        used += (uint32_t)c->body_left;
        c->body_left = 0;
    }
    send_bytes(c, c->out, used);
}

/* What did not go out with the head, from where it lies: scripts live as long as the engine. */
static void send_body(struct conn *c)
{
    const char *from = c->body != NULL ? c->body : filler;
    uint64_t most = c->body != NULL ? (uint64_t)INT32_MAX : FILLER_SIZE;
    uint32_t n = (uint32_t)RX_MIN(c->body_left, most);

    c->large = true;
    c->body_left -= n;
    if (c->body != NULL)
        c->body += n;
    send_bytes(c, from, n);
}

static void send_done(struct conn *c)
{
    rx_ms wait = c->answer.body_after;

    if (c->body_left > 0) {
        c->answer.body_after = 0;
        if (wait > 0)
            delay(c, wait, DELAY_BODY);
        else
            send_body(c);
    } else if (c->ignore) {
        ignore(c);
    } else if (c->close) {
        conn_end(c, false);
    } else {
        /* There is more of what came with this request: the next one. */
        probe_http1_init(&c->m, PROBE_HTTP1_REQUEST, c->out, OUT_ROOM);
        parse(c);
    }
}
