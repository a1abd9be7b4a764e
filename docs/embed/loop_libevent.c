/* SPDX-License-Identifier: Apache-2.0 */
/* loop_libevent.c - an engine in a libevent loop: one event, with its descriptor and its timeout. */
#include "loop.h"

#include <event2/event.h>

static podring *ring;
static struct event *event;
static struct event_base *base;

static void wait_on(void)
{
    int64_t ns = podring_wait_ns(ring);
    struct timeval tv = {(time_t)(ns / 1000000000), (suseconds_t)((ns % 1000000000 + 999) / 1000)};

    event_add(event, ns == INT64_MAX ? NULL : &tv);
}

static void turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    if (podring_turn(ring, 0) < 0 || podring_now(ring) >= RUN_MS)
        event_base_loopbreak(base);
    else
        wait_on();
}

int main(void)
{
    ring = open_ring();
    base = event_base_new();
    event = event_new(base, podring_fd(ring), EV_READ, turn, NULL);
    wait_on();
    event_base_dispatch(base);
    event_free(event);
    event_base_free(base);
    return verdict(ring);
}
