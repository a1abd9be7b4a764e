/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_uring_room.c - the real port when something has run out (slots, entries, descriptors,
 * ports), and its listeners.
 */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/reactor/port_uring_sys.h"
#include "tests/live/test_port_uring_kit.h"

/* ---- exhaustion ------------------------------------------------------------------------------ */

Test(port_uring, four_slots_carry_a_hundred_calls)
{
    struct rig g;
    struct server s;
    struct client *c = calloc(100, sizeof(*c));
    struct rx_port_stats stats;
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 4});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < 100; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 100);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(c[i].op.res, 4);
        cr_assert_eq(c[i].done, 1);
    }
    stats = rig_stats(&g);
    cr_assert_eq(stats.slots_max, 4);
    cr_assert_eq(stats.slots_peak, 4);
    cr_assert_eq(stats.waited, 96);
    cr_assert_gt(stats.waited_ns, 0);
    cr_assert_geq(stats.waited_ns, stats.waited_ns_max);
    server_close(&s);
    rig_close(&g);
    free(c);
}

Test(port_uring, one_slot_serves_in_order)
{
    struct rig g;
    struct server s;
    struct client c[20];
    int count = 0, order[20];

    rig_open_with(&g, (struct rx_uring_options){.slots = 1});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < 20; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        c[i].order = order;
        c[i].number = i;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 20);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(order[i], i);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, tiny_queues_lose_nothing)
{
    enum { CALLS = 500 };
    struct rig g;
    struct server s;
    struct client *c = calloc(CALLS, sizeof(*c));
    struct rx_port_stats stats;
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 300, .sq_entries = 8, .cq_entries = 16});
    server_open(&s, &g, ANSWERS);
    for (int i = 0; i < CALLS; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, CALLS);
    rig_settle(&g);
    for (int i = 0; i < CALLS; i++) {
        cr_assert_eq(c[i].op.res, 4, "call %d: %d", i, c[i].op.res);
        cr_assert_eq(c[i].done, 1);
    }
    stats = rig_stats(&g);
    cr_assert_gt(stats.sq_full, 0);
    cr_assert_gt(stats.cq_overflow, 0);
    cr_assert_eq(s.accepted, CALLS);
    server_close(&s);
    rig_close(&g);
    free(c);
}

Test(port_uring, more_answers_than_room_stay_queued)
{
    struct rig g;
    struct server s;
    struct client c[100];
    struct rx_ready one;
    int count = 0, rounds = 0;

    rig_open(&g);
    server_open(&s, &g, IS_SILENT);
    server_close(&s);
    for (int i = 0; i < 100; i++) {
        client_init(&c[i], &g, RX_OP_DIAL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    for (; count < 100 && rounds < 1000; rounds++) {
        if (g.port->ops->wait(g.port, rig_now(&g) + LIMIT, &one, 1) != 1)
            continue;
        one.op->state = RX_OP_DEAD;
        one.op->res = one.res;
        one.op->sock = one.sock;
        one.op->done(NULL, one.op);
    }
    cr_assert_eq(count, 100);
    cr_assert_eq(rounds, 100, "a wait with answers queued must not come back empty");
    rig_close(&g);
}

Test(port_uring, accept_goes_on_after_descriptors_ran_out)
{
    struct rig g;
    struct server s;
    struct client c[8];
    struct rlimit limit, low;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = 3; /* every number below is taken; the kernel looks when the accept is armed */
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int i = 0; i < 8; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until_retries(&g, 2);
    cr_assert_eq(s.accepted, 0);
    cr_assert_lt(rig_stats(&g).accept_retry, 100, "spinning");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    rig_until(&g, &count, 8);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(c[i].op.res, 4);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, a_parked_accept_ends_with_its_listener)
{
    struct rig g;
    struct server s;
    struct client c;
    struct rlimit limit, low;
    int count = 0;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = 3;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    rig_until_retries(&g, 1);
    server_close(&s);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    rig_until(&g, &count, 1);
    cr_assert_eq(c.op.res, -ECONNRESET);
    rig_close(&g);
}

static bool own_network(const char *ports)
{
    struct ifreq lo = {.ifr_flags = IFF_UP};
    int fd;
    bool ok;

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0)
        return false;
    strcpy(lo.ifr_name, "lo");
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    ok = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    close(fd);
    fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
    ok = ok && fd >= 0 && write(fd, ports, strlen(ports)) > 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

Test(port_uring, calls_wait_for_local_ports)
{
    struct rig g;
    struct server s;
    struct client c[30];
    int count = 0;

    needs_socket_options(); /* or TIME_WAIT keeps the ports for a minute */
    if (!own_network("40000 40003"))
        cr_skip_test("needs a network namespace of its own");
    rig_open(&g);
    server_open_at(&s, &g, ANSWERS, (struct rx_addr){LOCALHOST, 80}, 128);
    rig_start(&g, &s.accept);
    for (int i = 0; i < 30; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        c[i].op.flags = RX_OP_RST_CLOSE;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 30);
    for (int i = 0; i < 30; i++) {
        cr_assert_eq(c[i].op.res, 4, "call %d: %s", i, strerror(-c[i].op.res));
        cr_assert_eq(c[i].done, 1);
    }
    cr_assert_gt(rig_stats(&g).waited, 0);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, calls_do_not_wait_for_ports_for_ever)
{
    struct rig g;
    struct server s;
    struct client c[6];
    int count = 0, failed = 0;

    if (!own_network("40000 40003"))
        cr_skip_test("needs a network namespace of its own");
    rig_open(&g);
    server_open_at(&s, &g, IS_SILENT, (struct rx_addr){LOCALHOST, 80}, 128);
    for (int i = 0; i < 6; i++) {
        client_init(&c[i], &g, RX_OP_DIAL, s.at, &count);
        c[i].keep = true;
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 6);
    for (int i = 0; i < 6; i++)
        if (c[i].op.res == -EADDRNOTAVAIL && c[i].op.stage == RX_STAGE_CONNECT)
            failed++;
    cr_assert_eq(failed, 2);
    rig_close(&g);
}

/* Everything at once, with too little of everything: whatever happens, an op ends exactly once. */
static void storm(uint32_t seed, struct rx_uring_options options)
{
    enum { OPS = 600, SERVERS = 5 };
    struct rig g;
    struct server s[SERVERS];
    struct client *c = calloc(OPS, sizeof(*c));
    int count = 0, started = 0;
    rx_ns limit = LIMIT;

    rig_open_with(&g, options);
    for (int i = 0; i < SERVERS; i++)
        server_open(&s[i], &g, (enum manner)RX_MIN(i, (int)RESETS));
    server_close(&s[4]); /* and one that refuses */
    while (count < OPS) {
        cr_assert_lt(rig_now(&g), limit, "seed %u: stuck at %d of %d", seed, count, OPS);
        seed = seed * 1664525 + 1013904223;
        for (uint32_t n = (seed >> 8) % 40; n > 0 && started < OPS; n--, started++) {
            unsigned draw = (seed >> 16) + n;

            client_init(&c[started], &g, draw % 3 == 0 ? RX_OP_DIAL : RX_OP_CALL,
                        s[draw % SERVERS].at, &count);
            c[started].op.flags = draw / 8 % 4;
            rig_start(&g, &c[started].op);
        }
        for (int i = 0; i < started; i++) /* the older, the likelier */
            if (c[i].done == 0 && (seed = seed * 1664525 + 1013904223) >> 29 == 0)
                g.port->ops->cancel(g.port, &c[i].op);
        rig_wait(&g, rig_now(&g) + (seed >> 24 & 1) * RX_NS_PER_MS);
    }
    rig_settle(&g);
    for (int i = 0; i < OPS; i++) {
        cr_assert_eq(c[i].done, 1, "seed %u, op %d: %d completions", seed, i, c[i].done);
        cr_assert_eq(c[i].op.state, RX_OP_DEAD);
    }
    rig_close(&g);
    for (int i = 0; i < SERVERS; i++)
        server_free(&s[i]);
    free(c);
}

Test(port_uring, storm_with_room)
{
    storm(1, (struct rx_uring_options){.slots = 512});
}

Test(port_uring, storm_with_few_slots)
{
    storm(2, (struct rx_uring_options){.slots = 7});
}

Test(port_uring, storm_with_tiny_queues)
{
    storm(3, (struct rx_uring_options){.slots = 256, .sq_entries = 8, .cq_entries = 8});
}

/* ---- listeners ------------------------------------------------------------------------------- */

Test(port_uring, a_closed_listener_refuses_at_once)
{
    struct rig g;
    struct server s;
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    rig_settle(&g);
    to.sin_port = htons(s.at.port);
    to.sin_addr.s_addr = htonl(s.at.ip);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    close(fd);
    g.port->ops->close(g.port, s.accept.sock, false);
    fd = socket(AF_INET, SOCK_STREAM, 0); /* no wait in between */
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), -1);
    cr_assert_eq(errno, ECONNREFUSED);
    close(fd);
    rig_until(&g, &s.ended, 1);
    cr_assert_lt(s.accept.res, 0);
    rig_close(&g);
    server_free(&s);
}

Test(port_uring, a_listener_closed_in_the_turn_of_its_start)
{
    struct rig g;
    struct server s;
    rx_sock again;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    server_close(&s);
    cr_assert_eq(s.ended, 1);
    cr_assert_eq(g.port->ops->listen(g.port, s.at, 16, &again), 0, "the port is still taken");
    g.port->ops->close(g.port, again, false); /* one that was never accepted from */
    rig_settle(&g);
    rig_close(&g);
}

Test(port_uring, listen_says_why_not)
{
    struct rig g;
    struct server s;
    rx_sock other;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    cr_assert_eq(g.port->ops->listen(g.port, s.at, 16, &other), -EADDRINUSE);
    server_close(&s);
    rig_close(&g);
}

Test(port_uring, local_tells_which_address_was_called)
{
    struct rig g;
    struct server s;
    struct client c;
    struct rx_addr at, to;
    int count = 0;

    rig_open(&g);
    server_open_at(&s, &g, IS_SILENT, (struct rx_addr){0}, 128); /* the wildcard */
    rig_start(&g, &s.accept);
    to = (struct rx_addr){0x7f010203, s.at.port};
    client_init(&c, &g, RX_OP_DIAL, to, &count);
    c.keep = true;
    rig_start(&g, &c.op);
    rig_until(&g, &s.accepted, 1);
    rig_until(&g, &count, 1);
    cr_assert_eq(g.port->ops->local(g.port, s.peers->sock, &at), 0);
    cr_assert_eq(at.ip, to.ip);
    cr_assert_eq(at.port, to.port);
    cr_assert_eq(g.port->ops->local(g.port, c.op.sock, &at), -EOPNOTSUPP);
    cr_assert_eq(g.port->ops->local(g.port, 12345, &at), -EBADF);
    rig_close(&g);
    server_free(&s);
}

/* A wildcard listener is for this machine: nobody outside finds its port open. */
Test(port_uring, a_wildcard_listens_on_loopback_only)
{
    int every = rx_sys_listen((struct rx_addr){0}, 8);
    int one = rx_sys_listen((struct rx_addr){.ip = LOCALHOST}, 8);
    char device[16] = "";
    socklen_t length = sizeof(device);

    cr_assert_geq(every, 0);
    cr_assert_eq(getsockopt(every, SOL_SOCKET, SO_BINDTODEVICE, device, &length), 0);
    cr_expect_str_eq(device, "lo");
    cr_assert_geq(one, 0);
    close(every);
    close(one);
}

Test(port_uring, a_thousand_listeners_open_serve_and_close)
{
    enum { LISTENERS = 1000 };
    struct rig g;
    struct server *s = calloc(LISTENERS, sizeof(*s)), probe;
    struct client c[20];
    int count = 0, before;

    rig_open(&g);
    server_open(&probe, &g, ANSWERS);
    server_close(&probe);
    rig_settle(&g);
    before = descriptors();
    for (unsigned i = 0; i < LISTENERS; i++) {
        struct rx_addr at = {0x7f020000u + i + 1, probe.at.port};

        server_open_at(&s[i], &g, ANSWERS, at, 16);
        rig_start(&g, &s[i].accept);
    }
    rig_settle(&g);
    for (int i = 0; i < 20; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s[i * 50].at, &count);
        rig_start(&g, &c[i].op);
    }
    rig_until(&g, &count, 20);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(c[i].op.res, 4);
        cr_assert_eq(s[i * 50].accepted, 1);
    }
    for (int i = 0; i < LISTENERS; i++)
        g.port->ops->close(g.port, s[i].accept.sock, false);
    for (int i = 0; i < LISTENERS; i++) {
        rig_until(&g, &s[i].ended, 1);
        server_free(&s[i]);
    }
    rig_settle(&g);
    cr_assert_eq(descriptors(), before);
    client_init(&c[0], &g, RX_OP_CALL, s[999].at, &count);
    rig_start(&g, &c[0].op);
    rig_until(&g, &count, 21);
    cr_assert_eq(c[0].op.res, -ECONNREFUSED);
    rig_close(&g);
    free(s);
}
