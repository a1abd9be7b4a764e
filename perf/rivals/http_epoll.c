/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_epoll.c - the same probe the classic way: nonblocking sockets, edge-triggered epoll,
 * registered once for both directions. Six system calls a probe, and a share of one epoll_wait.
 */
#include "perf/rivals/http.h"
#include "perf/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512 };

struct conn {
    int fd;
    bool sent;
};

struct epoller {
    struct conn *conn;
    int epoll;
    uint32_t in_flight;
    uint64_t started;
    uint16_t port;
};

static void *epoll_open(uint16_t port, uint32_t in_flight)
{
    struct epoller *e = calloc(1, sizeof(*e));

    e->conn = calloc(in_flight, sizeof(*e->conn));
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    e->in_flight = in_flight;
    e->port = port;
    return e;
}

static bool start(struct epoller *e, uint32_t i)
{
    struct sockaddr_in to = http_address(e->started++, e->port);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = i};
    struct conn *c = &e->conn[i];

    c->sent = false;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd >= 0 &&
        (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0 || errno == EINPROGRESS) &&
        epoll_ctl(e->epoll, EPOLL_CTL_ADD, c->fd, &event) == 0)
        return true;
    if (c->fd >= 0)
        close(c->fd);
    return false;
}

/* 1: answered, 0: not yet, -1: failed. */
static int go_on(struct conn *c, uint32_t events)
{
    char answer[256];
    ssize_t n;

    if (!c->sent && (events & EPOLLOUT) != 0) {
        size_t length = strlen(http_request);

        if (send(c->fd, http_request, length, MSG_NOSIGNAL) != (ssize_t)length)
            return -1;
        c->sent = true;
    }
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) == 0)
        return 0;
    n = recv(c->fd, answer, sizeof(answer), 0);
    if (n < 0 && errno == EAGAIN)
        return 0;
    return http_is_ok(answer, (int)n) ? 1 : -1;
}

static void epoll_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    struct epoller *e = client;
    struct epoll_event event[EVENTS];
    uint32_t flying = 0;

    for (uint32_t i = 0; i < e->in_flight; i++)
        flying += start(e, i);
    while (flying > 0) {
        int n = epoll_wait(e->epoll, event, EVENTS, -1);
        bool again = report_clock_ns() < until_ns;

        for (int i = 0; i < n; i++) {
            uint32_t which = event[i].data.u32;
            int state = go_on(&e->conn[which], event[i].events);

            if (state == 0)
                continue;
            tally->probes++;
            tally->failures += state < 0;
            close(e->conn[which].fd);
            if (!again || !start(e, which))
                flying--;
        }
    }
}

static void epoll_close(void *client)
{
    struct epoller *e = client;

    close(e->epoll);
    free(e->conn);
    free(e);
}

const struct http_rival http_epoll = {.name = "epoll",
                                      .what = "epoll, nonblocking sockets",
                                      .open = epoll_open,
                                      .run = epoll_run,
                                      .close = epoll_close};
