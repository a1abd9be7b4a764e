/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp.c - the tcpSocket carrier: a connection that comes about is a success, whatever the peer does
 * with it afterwards. Loopback is the pod's own address, and nothing outside 127.0.0.0/8 is
 * dialled: see probe_host_aim.
 */
#include "probes/carry/carriers.h"
#include "probes/carry/kept.h"
#include "probes/wire/url.h"

#include <errno.h>
#include <string.h>

enum phase {
    DIALLING,
    HELD,    /* it is known, and told when its class has come */
    LEAVING, /* nobody waits for the verdict any more */
};

enum { MESSAGE_ROOM = 512 };

struct held {
    enum pod_outcome outcome;
    uint32_t length; /* of the text in the buffer */
};

static void on_dialled(struct rx_loop *loop, struct rx_op *op);
static void hold(struct pod_attempt *a, enum pod_outcome outcome, const struct rx_fit *t);

/* Nobody could even be asked. */
static void fail(struct pod_attempt *a, enum pod_outcome outcome, const struct rx_fit *t)
{
    pod_attempt_done(a, outcome, t->at, t->len);
    pod_attempt_free(a);
}

static void tcp_start(struct pod_attempt *a)
{
    const struct probe_socket_options *options = a->carrier_ctx;
    const struct pod_handler_spec *h = a->handler;
    char message[MESSAGE_ROOM];
    struct rx_fit t = {.at = message, .room = sizeof(message)};
    enum probe_aim aim = PROBE_AIM_OK;

    a->phase = DIALLING;
    a->to = (struct rx_addr){.ip = a->ip, .port = h->port};
    if (h->port == 0) {
        pod_text_no_port(&t, h->port_text);
        fail(a, POD_ERROR, &t);
        return;
    }
    if (h->host != NULL && h->host[0] != '\0')
        aim = probe_host_aim(h->host, strlen(h->host), a->ip, &a->to.ip);
    if (aim != PROBE_AIM_OK) {
        if (aim == PROBE_AIM_NO_ROUTE)
            pod_text_io_error(&t, a->to, RX_STAGE_CONNECT, EHOSTUNREACH);
        else
            pod_text_no_host(&t, h->host, strlen(h->host));
        fail(a, POD_FAILURE, &t);
        return;
    }
    if (a->timeout != RX_NS_NEVER)
        rx_loop_arm(a->loop, &a->deadline, rx_ms_ceil(a->started + a->timeout));
    if (options != NULL)
        probe_kept_make_room(options->kept);
    a->op.kind = RX_OP_DIAL;
    a->op.flags = options != NULL ? options->op_flags : 0;
    a->op.to = a->to;
    a->op.done = on_dialled;
    rx_loop_start(a->loop, &a->op);
}

static void on_dialled(struct rx_loop *loop, struct rx_op *op)
{
    struct pod_attempt *a = rx_container_of(op, struct pod_attempt, op);
    char message[MESSAGE_ROOM];
    struct rx_fit t = {.at = message, .room = sizeof(message)};

    pod_attempt_waited(a);
    if (op->sock != RX_SOCK_NONE)
        rx_loop_close(loop, op->sock, false);
    if (a->phase == LEAVING) {
        pod_attempt_free(a);
        return;
    }
    if (op->res < 0)
        pod_text_io_error(&t, a->to, op->stage, -op->res);
    hold(a, op->res >= 0 ? POD_SUCCESS : pod_own_shortage(-op->res) ? POD_ERROR : POD_FAILURE, &t);
}

/* No operation is in flight. What there is to say is said with all other answers of this
 * instant. */
static void hold(struct pod_attempt *a, enum pod_outcome outcome, const struct rx_fit *t)
{
    struct held *h = (struct held *)(void *)a->scratch;

    a->phase = HELD;
    h->outcome = outcome;
    h->length = t->len;
    if (t->len > 0)
        memcpy(a->buffer, t->at, t->len);
    rx_loop_disarm(a->loop, &a->deadline);
    pod_attempt_answer(a, rx_loop_now(a->loop));
}

static void tcp_step(struct pod_attempt *a)
{
    const struct held *h = (const struct held *)(const void *)a->scratch;

    pod_attempt_done(a, h->outcome, a->buffer, h->length);
    pod_attempt_free(a);
}

static void tcp_expire(struct pod_attempt *a)
{
    char message[MESSAGE_ROOM];
    struct rx_fit t = {.at = message, .room = sizeof(message)};

    if (a->phase == LEAVING)
        return;
    rx_fit_str(&t, "dial tcp ");
    pod_text_addr(&t, a->to);
    rx_fit_str(&t, ": i/o timeout");
    a->phase = LEAVING;
    rx_loop_cancel(a->loop, &a->op);
    pod_attempt_done(a, POD_FAILURE, t.at, t.len);
}

static void tcp_cancel(struct pod_attempt *a)
{
    bool held = a->phase == HELD;

    if (a->phase == LEAVING)
        return;
    a->phase = LEAVING;
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    if (held)
        pod_attempt_free(a);
    else
        rx_loop_cancel(a->loop, &a->op);
}

const struct pod_carrier probe_tcp = {
    .name = "tcp",
    .start = tcp_start,
    .expire = tcp_expire,
    .step = tcp_step,
    .cancel = tcp_cancel,
};
