/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turn.c - turning an engine, from its own loop or a foreign one, and what other threads may do to
 * it.
 */
#include <errno.h>
#include <string.h>

#include "api/engine.h"

static rx_ms until_of(const podring *r, int64_t wait_max_ms)
{
    rx_ms now;

    if (wait_max_ms >= RX_MS_NEVER)
        return RX_MS_NEVER;
    now = rx_loop_now(&r->loop);
    if (!r->virtual_)
        now = RX_MAX(now, rx_ms_floor(rx_loop_clock_read(&r->loop)));
    return now + wait_max_ms;
}

static int stranger(podring *r, struct rx_addr at)
{
    char ip[POD_IP_MAX];

    pod_ip_text(at.ip, ip);
    return api_fail(r, -PODRING_EBUSY,
                    "%s:%u is taken by another program, which would answer the probes%s", ip,
                    at.port, at.ip == 0 ? " (one address of this machine suffices)" : "");
}

/* Whoever asks for memory while turning does with less if there is none. From there on the world
 * would be another one than it would have been, so that it ends there, whoever it was. */
static int short_of_memory(podring *r)
{
    return api_fail(r, -PODRING_ENOMEM,
                    "out of memory while pods were running: what they would have done from "
                    "there on is not known, and the engine goes no further");
}

static int turn(podring *r, rx_ms until)
{
    struct rx_addr at;
    int rc, error;

    if (r->in_callback || r->loop.in_turn)
        return api_fail(r, -PODRING_ESTATE, "a callback cannot turn the engine that has called it");
    api_drop_taken(r);
    st_log_reserve(&r->world.log);
    rc = r->starved ? -PODRING_ENOMEM : rx_loop_turn(&r->loop, until);
    error = errno;
    r->starved |= rc == -PODRING_ENOMEM;
    api_deliver(r);
    if (r->closing) {
        api_close_now(r);
        return api_fail(NULL, -PODRING_ESTATE, "the engine was closed in a callback");
    }
    if (r->starved)
        return short_of_memory(r);
    if (rc == -PODRING_EIO)
        return api_fail(r, rc, "io_uring_enter failed: %s", strerror(error));
    if (rc >= 0 && r->responder != NULL && probe_responder_stranger(r->responder, &at))
        return stranger(r, at);
    return api_result(r, rc, "turn");
}

int podring_turn(podring *r, int64_t wait_max_ms)
{
    API_OWN(r);
    API_CHECK(r, wait_max_ms >= 0, "wait_max_ms is negative");
    return turn(r, until_of(r, wait_max_ms));
}

int podring_run_until(podring *r, int64_t at_ms)
{
    rx_ms until = RX_MAX(RX_MIN(at_ms, RX_MS_NEVER), 0);
    unsigned idle = 0;

    API_OWN(r);
    for (;;) {
        int rc;

        if (atomic_exchange(&r->stop, false))
            return 1;
        rc = turn(r, until);
        if (rc == -PODRING_EFULL && r->on_event != NULL && !r->loop.held)
            continue;
        if (rc < 0)
            return rc;
        if (rc == 0 && rx_loop_now(&r->loop) >= until)
            return 0;
        /* Nothing will ever be due. One idle turn does not say so: it may have been woken. */
        idle = rc == 0 ? idle + 1 : 0;
        if (r->virtual_ && until == RX_MS_NEVER && idle > 1)
            return 0;
    }
}

int podring_run_while(podring *r, int64_t until_ms, podring_while_fn *go_on, void *ctx)
{
    rx_ms until = RX_MAX(RX_MIN(until_ms, RX_MS_NEVER), 0);
    int rc = 0;

    API_OWN(r);
    API_CHECK(r, go_on != NULL, "fn is NULL");
    if (r->in_callback || r->loop.in_turn)
        return api_fail(r, -PODRING_ESTATE, "a callback cannot turn the engine that has called it");
    while (go_on(ctx, r) != 0) {
        /* No further than to the next instant: nothing is gone by when it is asked again. */
        rx_ms next = RX_MIN(until, rx_loop_next(&r->loop));

        if (atomic_exchange(&r->stop, false))
            return 1;
        rc = turn(r, RX_MAX(next, rx_loop_now(&r->loop)));
        if (rc == -PODRING_EFULL && r->on_event != NULL && !r->loop.held)
            continue;
        if (rc < 0)
            return rc;
        if (rc == 0 && rx_loop_now(&r->loop) >= until)
            return 0;
        if (rc == 0 && r->virtual_ && rx_loop_next(&r->loop) == RX_MS_NEVER && until == RX_MS_NEVER)
            return 0;
    }
    return 2;
}

void podring_stop(podring *r)
{
    if (r == NULL)
        return;
    atomic_store(&r->stop, true);
    rx_loop_wake(&r->loop);
}

void podring_wake(podring *r)
{
    if (r != NULL)
        rx_loop_wake(&r->loop);
}

int64_t podring_now(const podring *r)
{
    API_CHECK(NULL, r != NULL, "the engine is NULL");
    return rx_loop_now(&r->loop);
}

int64_t podring_clock(podring *r)
{
    API_OWN(r);
    return r->virtual_ ? rx_loop_now(&r->loop) : rx_ms_floor(rx_loop_clock_read(&r->loop));
}

int64_t podring_wait_ns(podring *r)
{
    rx_ms next;
    rx_ns now;

    API_OWN(r);
    next = rx_loop_next(&r->loop);
    if (r->world.asleep > 0) /* in virtual time; their ticks are due, though none is fired */
        return 0;
    if (rx_loop_prepared(&r->loop))
        return 0;
    if (r->virtual_ || next <= rx_loop_now(&r->loop))
        return r->virtual_ && next == RX_MS_NEVER ? INT64_MAX : 0;
    if (next == RX_MS_NEVER)
        return INT64_MAX;
    now = rx_loop_clock_read(&r->loop);
    return RX_MAX(rx_ns_from_ms(next) - now, 0);
}

int podring_fd(podring *r)
{
    int fd;

    API_OWN(r);
    fd = rx_loop_fd(&r->loop);
    if (fd >= 0)
        return fd;
    if (r->virtual_)
        return api_fail(r, -PODRING_EUNSUPPORTED, "virtual time has no descriptor to wait for");
    return api_fail(r, -PODRING_EIO, "no eventfd for podring_fd: %s", strerror(-fd));
}

int podring_post(podring *r, void (*fn)(podring *ring, void *arg), void *arg)
{
    API_CHECK(r, r != NULL, "the engine is NULL");
    API_CHECK(r, fn != NULL, "fn is NULL");
    if (rx_loop_post(&r->loop, (rx_message_fn *)(void (*)(void))fn, arg) != 0)
        return api_fail(r, -PODRING_EAGAIN, "podring_post: the box is full until the next turn");
    return 0;
}
