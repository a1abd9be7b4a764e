/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_sim_real.c - simulated sockets under the monotonic clock: sleeping, waking, and descriptors
 * of the outside world.
 *
 * `event` is readable from a wake to the next wait. Whoever embeds the engine sleeps elsewhere, on
 * fd(): a descriptor that holds `event`, a timer for the next arrival and the watched descriptors.
 * Keeping those up to date costs system calls, so it begins when fd is first asked for.
 *
 * POLL is level triggered here, where io_uring reports changes: an owner that leaves a descriptor
 * readable is told so in every turn. Watching costs one ppoll of all watched descriptors a wait.
 */
#include "engine/reactor/port_sim.h"
#include "engine/reactor/err.h"
#include "engine/reactor/port_uring_sys.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WATCHES_ROOM = 8 };

static struct timespec timespec_of(rx_ns ns)
{
    return (struct timespec){.tv_sec = ns / RX_NS_PER_S, .tv_nsec = ns % RX_NS_PER_S};
}

static rx_ns clock_read(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * RX_NS_PER_S + t.tv_nsec;
}

int sim_real_open(struct sim *s)
{
    struct sim_real *r = &s->real;
    struct epoll_event readable = {.events = EPOLLIN};
    const char *failed;

    r->epoch = clock_read();
    r->watch = rx_mem_alloc(s->mem, WATCHES_ROOM * sizeof(struct rx_op *));
    r->pollfd = rx_mem_alloc(s->mem, (WATCHES_ROOM + 1) * sizeof(*r->pollfd));
    r->room = WATCHES_ROOM;
    r->event = r->timer = r->epoll = -1;
    if (r->watch == NULL || r->pollfd == NULL) {
        sim_real_close(s);
        return -RX_ENOMEM;
    }
    failed = (r->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0 ? "eventfd2"
             : (r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) < 0
                 ? "timerfd_create"
             : (r->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0                 ? "epoll_create1"
             : epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->event, &readable) != 0 ||
                     epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->timer, &readable) != 0
                 ? "epoll_ctl"
                 : NULL;
    if (failed != NULL) {
        if (s->options.why != NULL)
            rx_sys_why(failed, errno, s->options.why, s->options.why_room);
        sim_real_close(s);
        return -RX_EIO;
    }
    r->pollfd[0] = (struct pollfd){.fd = r->event, .events = POLLIN};
    return 0;
}

static void fd_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

void sim_real_close(struct sim *s)
{
    struct sim_real *r = &s->real;

    fd_close(r->epoll);
    fd_close(r->timer);
    fd_close(r->event);
    if (r->watch)
        rx_mem_free(s->mem, r->watch, r->room * sizeof(struct rx_op *));
    if (r->pollfd)
        rx_mem_free(s->mem, r->pollfd, (r->room + 1) * sizeof(*r->pollfd));
}

/* ---- waiting -------------------------------------------------------------------------------- */

static bool doze(struct sim *s, rx_ns until);
static void unwatch_at(struct sim *s, uint32_t i, int32_t res);

rx_ns sim_real_clock(const struct rx_port *p)
{
    return clock_read() - sim_of_const(p)->real.epoch;
}

int sim_real_wait(struct rx_port *p, rx_ns until, struct rx_ready *ready, int room)
{
    struct sim *s = sim_of(p);
    struct sim_real *r = &s->real;
    bool woken;
    int n;

    r->waiting = true;
    do {
        woken = doze(s, until);
        s->now = s->instant = sim_real_clock(p);
        sim_arrivals(s, s->now);
    } while (!woken && s->ready_count == 0 && s->now < until && !s->broken);
    r->waiting = false;
    if (s->broken)
        return s->broken;
    n = sim_take_ready(s, ready, room);
    if (r->embedded)
        sim_real_work(s);
    return n;
}

/* Sleeps if there is nothing to do. True: was woken, or interrupted by a signal that somebody may
 * want to act on. */
static bool doze(struct sim *s, rx_ns until)
{
    struct sim_real *r = &s->real;
    bool woken = atomic_load_explicit(&r->woken, memory_order_relaxed);
    rx_ns next = RX_MIN(until, s->travels ? s->travel[0].at : RX_NS_NEVER);
    struct timespec timeout = {0};
    int n = 0;

    if (!woken && s->ready_count == 0 && next > s->now) {
        rx_ns left = next == RX_NS_NEVER ? 0 : next - sim_real_clock(&s->port);

        timeout = timespec_of(RX_MAX(left, 0));
        n = ppoll(r->pollfd, 1 + r->watches, next == RX_NS_NEVER ? NULL : &timeout, NULL);
        if (n < 0)
            return true;
        woken = n > 0 && r->pollfd[0].revents;
    } else if (r->watches) {
        n = ppoll(r->pollfd, 1 + r->watches, &timeout, NULL);
    }
    if (woken) {
        uint64_t count;

        /* In this order: whoever comes between the two finds `woken` still set, need not write, and
         * is seen by the exchange. */
        (void)!read(r->event, &count, sizeof(count));
        atomic_exchange_explicit(&r->woken, false, memory_order_acq_rel);
    }
    for (uint32_t i = 0; n > 0 && i < r->watches; i++) {
        struct pollfd *f = &r->pollfd[1 + i];

        if (f->revents & POLLNVAL) {
            unwatch_at(s, i, -EBADF);
            i--;
        } else if (f->revents) {
            sim_report(s, r->watch[i], f->revents, RX_SOCK_NONE);
        }
    }
    return woken;
}

void sim_real_wake(struct rx_port *p)
{
    struct sim_real *r = &sim_of(p)->real;
    uint64_t one = 1;

    if (!atomic_exchange_explicit(&r->woken, true, memory_order_acq_rel))
        (void)!write(r->event, &one, sizeof(one));
}

int sim_real_fd(struct rx_port *p)
{
    struct sim *s = sim_of(p);

    if (!s->real.embedded) {
        s->real.embedded = true;
        sim_real_work(s);
    }
    return s->real.epoll;
}

/* What there is to do is to show in fd, too: at once by `event`, later by `timer`. */
void sim_real_work(struct sim *s)
{
    struct sim_real *r = &s->real;
    struct itimerspec when = {0}; /* never */

    if (!r->embedded || r->waiting)
        return;
    if (s->ready_count)
        sim_real_wake(&s->port);
    if (s->travels)
        when.it_value = timespec_of(r->epoch + s->travel[0].at);
    timerfd_settime(r->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* ---- foreign descriptors -------------------------------------------------------------------- */

/* What the epoll descriptor knows of this one becomes the union of what all watches of it want.
 * Plain files are not for epoll; they are always ready, so that no embedder sleeps for them. */
static void epoll_refresh(struct sim_real *r, int fd)
{
    struct epoll_event e = {0};

    for (uint32_t i = 0; i < r->watches; i++)
        if (r->watch[i]->fd == fd)
            e.events |= r->watch[i]->events;
    if (e.events == 0)
        epoll_ctl(r->epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(r->epoll, EPOLL_CTL_MOD, fd, &e) != 0)
        epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e);
}

static bool watches_grow(struct sim *s)
{
    struct sim_real *r = &s->real;
    uint32_t room = r->room * 2;
    struct rx_op **watch = rx_mem_alloc(s->mem, room * sizeof(struct rx_op *));
    struct pollfd *pollfd = rx_mem_alloc(s->mem, (room + 1) * sizeof(*pollfd));

    if (watch == NULL || pollfd == NULL) {
        rx_mem_free(s->mem, watch, room * sizeof(struct rx_op *));
        rx_mem_free(s->mem, pollfd, (room + 1) * sizeof(*pollfd));
        return false;
    }
    memcpy(watch, r->watch, r->watches * sizeof(struct rx_op *));
    memcpy(pollfd, r->pollfd, (r->watches + 1) * sizeof(*pollfd));
    rx_mem_free(s->mem, r->watch, r->room * sizeof(struct rx_op *));
    rx_mem_free(s->mem, r->pollfd, (r->room + 1) * sizeof(*pollfd));
    r->watch = watch;
    r->pollfd = pollfd;
    r->room = room;
    return true;
}

void sim_real_watch(struct sim *s, struct rx_op *op)
{
    struct sim_real *r = &s->real;

    if (r->watches == r->room && !watches_grow(s)) {
        sim_complete(s, op, -ENOMEM, RX_SOCK_NONE, RX_STAGE_SOCKET);
        return;
    }
    r->pollfd[1 + r->watches] = (struct pollfd){.fd = op->fd, .events = (short)op->events};
    r->watch[r->watches++] = op;
    epoll_refresh(r, op->fd);
}

void sim_real_unwatch(struct sim *s, struct rx_op *op)
{
    for (uint32_t i = 0; i < s->real.watches; i++) {
        if (s->real.watch[i] == op) {
            unwatch_at(s, i, -ECANCELED);
            return;
        }
    }
}

/* The rest moves up, so that results keep the order of the starts. */
static void unwatch_at(struct sim *s, uint32_t i, int32_t res)
{
    struct sim_real *r = &s->real;
    struct rx_op *op = r->watch[i];
    uint32_t behind = --r->watches - i;

    memmove(&r->watch[i], &r->watch[i + 1], behind * sizeof(struct rx_op *));
    memmove(&r->pollfd[1 + i], &r->pollfd[2 + i], behind * sizeof(*r->pollfd));
    epoll_refresh(r, op->fd);
    sim_complete(s, op, res, RX_SOCK_NONE, RX_STAGE_SOCKET);
}
