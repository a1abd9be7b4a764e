/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_sim_time.c - the simulated port's clocks, latency and faults, and its memory.
 */
#include "engine/reactor/err.h"
#include "engine/reactor/port.h"
#include "tests/support/deed.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { ALL = 64, SLOTS = 100 };

static const struct rx_addr web = {0x7f010001, 8080}, shop = {0x7f010002, 8080};

static struct failmem heap;
static struct rx_mem mem;
static struct rx_port *port;

static void open_port(struct rx_sim_options options)
{
    if (options.connections_max == 0)
        options.connections_max = SLOTS;
    failmem_open(&mem, &heap, 0);
    cr_assert_eq(rx_port_sim_open(&port, &mem, &options), 0);
}

static void close_port(void)
{
    port->ops->destroy(port);
    rx_mem_close(&mem);
    cr_assert_eq(heap.blocks, 0);
}

TestSuite(port_sim_time, .fini = close_port);

static void open_virtual(rx_ns latency)
{
    open_port((struct rx_sim_options){.seed = 1, .latency_min = latency, .latency_max = latency});
}

static rx_ns now(void)
{
    return port->ops->now(port);
}

/* ---- the virtual clock ---------------------------------------------------------------------- */

Test(port_sim_time, time_stands_still_without_a_reason_to_go)
{
    struct deed d = {0};

    open_virtual(0);
    cr_assert_eq(deed_turn(port, RX_NS_NEVER, ALL), 0);
    cr_assert_eq(now(), 0);
    deed_dial(port, &d, web);
    cr_assert_eq(deed_turn(port, 1000, ALL), 1); /* without latency it is due now */
    cr_assert_eq(now(), 0);
    cr_assert_eq(deed_turn(port, 1000, ALL), 0);
    cr_assert_eq(now(), 1000);
    cr_assert_eq(deed_turn(port, 500, ALL), 0); /* until has passed: a poll */
    cr_assert_eq(now(), 1000);
}

Test(port_sim_time, wake_returns_without_moving)
{
    open_virtual(0);
    port->ops->wake(port);
    cr_assert_eq(deed_turn(port, 1000, ALL), 0);
    cr_assert_eq(now(), 0);
    cr_assert_eq(deed_turn(port, 1000, ALL), 0); /* it was for one wait */
    cr_assert_eq(now(), 1000);
    cr_assert_lt(port->ops->fd(port), 0);
}

Test(port_sim_time, time_jumps_to_the_next_completion_or_to_until)
{
    struct deed d = {0};

    open_virtual(100);
    deed_dial(port, &d, web); /* there is nobody: question and answer */
    cr_assert_eq(deed_turn(port, 150, ALL), 0);
    cr_assert_eq(now(), 150);
    cr_assert_eq(deed_turn(port, 1000, ALL), 1);
    cr_assert_eq(now(), 200);
    cr_assert_eq(d.op.res, -ECONNREFUSED);
}

Test(port_sim_time, each_way_takes_its_time)
{
    struct deed a = {0}, c = {0}, s = {0};

    open_virtual(100);
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_call(port, &c, web, "question", 8);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(a.at, 300); /* there, back, and there again */
    deed_recv(port, &s, a.op.sock_new, 100);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(s.at, 300); /* the question came with the last step of the handshake */
    cr_assert_eq(s.op.res, 8);
    deed_send(port, &s, a.op.sock_new, "answer", 6);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(s.at, 300); /* the stream has taken it */
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(c.at, 400);
    cr_assert_eq(c.op.res, 6);
    port->ops->close(port, a.op.sock_new, false);
    deed_recv(port, &s, c.op.sock, 10);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(s.at, 500); /* closed at 400 */
    cr_assert_eq(s.op.res, 0);
}

Test(port_sim_time, bytes_for_an_end_that_is_gone_come_back_as_a_reset)
{
    struct deed a = {0}, d = {0}, s = {0}, r = {0};

    open_virtual(100);
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_dial(port, &d, web);
    deed_settle(port);
    deed_turn(port, 1000, ALL);
    port->ops->close(port, a.op.sock_new, false);
    deed_turn(port, 1050, ALL); /* the end of the stream is under way */
    deed_send(port, &s, d.op.sock, "x", 1);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(s.op.res, 1);
    deed_recv(port, &r, d.op.sock, 1);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(r.at, 1100);
    cr_assert_eq(r.op.res, 0);
    deed_turn(port, 1249, ALL);
    deed_send(port, &s, d.op.sock, "x", 1);
    deed_turn(port, 1249, ALL);
    cr_assert_eq(s.op.res, -EPIPE);
    deed_turn(port, 1250, ALL); /* the reset */
    deed_recv(port, &r, d.op.sock, 1);
    deed_turn(port, 1250, ALL);
    cr_assert_eq(r.op.res, -ECONNRESET);
}

Test(port_sim_time, a_listener_that_closes_during_the_handshake)
{
    rx_sock listener;
    struct deed d = {0}, r = {0};

    open_virtual(100);
    listener = deed_listen(port, web, 8);
    deed_dial(port, &d, web);
    deed_turn(port, 150, ALL); /* the answer is under way */
    port->ops->close(port, listener, false);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(d.at, 200);
    cr_assert_eq(d.op.res, 0); /* as far as the client knows */
    deed_recv(port, &r, d.op.sock, 1);
    deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(r.at, 250);
    cr_assert_eq(r.op.res, -ECONNRESET);
}

Test(port_sim_time, giving_up_during_the_handshake_leaves_no_trace)
{
    struct deed a = {0}, d = {0};

    open_virtual(100);
    deed_accept(port, &a, deed_listen(port, web, 8));
    for (rx_ns when = 50; when < 200; when += 100) {
        deed_dial(port, &d, web);
        deed_turn(port, now() + when, ALL);
        port->ops->cancel(port, &d.op);
        deed_settle(port);
        cr_assert_eq(d.op.res, -ECANCELED);
        cr_assert_eq(a.results, 0);
        deed_turn(port, now() + 1000, ALL);
    }
}

/* Pieces drawn to be faster than those before them must still arrive behind them. */
Test(port_sim_time, streams_keep_their_order_under_uneven_latency)
{
    enum { PIECES = 200 };
    struct deed a = {0}, d = {0}, s = {0}, r = {0};
    uint32_t got = 0;

    open_port((struct rx_sim_options){.seed = 3, .latency_min = 1, .latency_max = 100000});
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_dial(port, &d, web);
    deed_settle(port);
    deed_turn(port, 1000000, ALL);
    for (uint32_t i = 0; i < PIECES; i++) {
        deed_send(port, &s, d.op.sock, &i, sizeof(i));
        deed_turn(port, 1000000 + i, ALL);
    }
    while (got < PIECES) {
        uint32_t number;

        deed_recv(port, &r, a.op.sock_new, sizeof(number));
        deed_settle(port);
        cr_assert_eq(r.op.res, (int)sizeof(number));
        memcpy(&number, r.buffer, sizeof(number));
        cr_assert_eq(number, got++);
    }
}

/* Nor may the end of the stream. */
Test(port_sim_time, the_end_does_not_overtake_the_bytes)
{
    struct deed a = {0}, d = {0}, s = {0}, r = {0};

    open_port((struct rx_sim_options){.seed = 3, .latency_min = 1, .latency_max = 100000});
    deed_accept(port, &a, deed_listen(port, web, 8));
    for (int i = 0; i < 50; i++) {
        deed_dial(port, &d, web);
        deed_settle(port);
        deed_send(port, &s, d.op.sock, "x", 1);
        deed_turn(port, now(), ALL);
        port->ops->close(port, d.op.sock, false);
        for (int bytes = 1; bytes >= 0; bytes--) {
            deed_recv(port, &r, a.op.sock_new, 10);
            deed_settle(port);
            cr_assert_eq(r.op.res, bytes);
        }
        port->ops->close(port, a.op.sock_new, false);
    }
}

/* Equal instants: by the order of the calls that caused them. */
Test(port_sim_time, one_instant_has_the_order_of_the_starts)
{
    enum { COUNT = 32 };
    struct deed a = {0}, d[COUNT] = {0};
    struct rx_ready ready[ALL];
    struct rx_addr to[COUNT], local;

    open_virtual(100);
    deed_accept(port, &a, deed_listen(port, (struct rx_addr){0, 80}, 8));
    for (uint32_t i = 0; i < COUNT; i++) {
        to[i] = (struct rx_addr){i * 2654435761u, 80};
        deed_dial(port, &d[i * 7 % COUNT], to[i]);
    }
    cr_assert_eq(port->ops->wait(port, RX_NS_NEVER, ready, ALL), COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert_eq(ready[i].op, &d[i * 7 % COUNT].op);
    cr_assert_eq(port->ops->wait(port, RX_NS_NEVER, ready, ALL), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        cr_assert_eq(ready[i].op, &a.op);
        cr_assert_eq(port->ops->local(port, ready[i].sock, &local), 0);
        cr_assert_eq(local.ip, to[i].ip);
    }
}

/* ---- faults --------------------------------------------------------------------------------- */

Test(port_sim_time, certain_faults)
{
    struct deed a = {0}, d = {0};

    open_port((struct rx_sim_options){.seed = 1, .fault_refuse_ppm = 1000000});
    deed_listen(port, web, 8);
    deed_dial(port, &d, web);
    deed_settle(port);
    cr_assert_eq(d.op.res, -ECONNREFUSED);
    close_port();

    open_port((struct rx_sim_options){.seed = 1, .fault_drop_ppm = 1000000});
    deed_listen(port, web, 8);
    deed_dial(port, &d, web);
    deed_settle(port);
    cr_assert_eq(d.results, 0);
    port->ops->cancel(port, &d.op);
    deed_settle(port);
    cr_assert_eq(d.op.res, -ECANCELED);
    close_port();

    open_port((struct rx_sim_options){.seed = 1, .fault_reset_ppm = 1000000});
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_call(port, &d, web, "x", 1);
    deed_settle(port);
    cr_assert_eq(a.results, 1);
    cr_assert_eq(d.op.res, -ECONNRESET);
    deed_recv(port, &d, a.op.sock_new, 1);
    deed_settle(port);
    cr_assert_eq(d.op.res, -ECONNRESET);
}

static void dial_many(uint64_t seed, bool crowd, char *fate, size_t count)
{
    open_port((struct rx_sim_options){.seed = seed, .fault_refuse_ppm = 500000});
    deed_listen(port, web, (int)count);
    for (size_t i = 0; i < count; i++) {
        struct deed d = {0}, other = {0};

        if (crowd && i % 3 == 0)
            deed_dial(port, &other, shop);
        deed_settle(port);
        if (i % 2)
            deed_turn(port, now() + 10, ALL);
        deed_dial(port, &d, web);
        deed_settle(port);
        fate[i] = d.op.res == 0 ? 'o' : '-';
        if (d.op.res == 0)
            port->ops->close(port, d.op.sock, false);
    }
    close_port();
}

Test(port_sim_time, fates_hang_from_the_seed_and_from_nobody_elses_traffic)
{
    enum { COUNT = SLOTS };
    char first[COUNT], again[COUNT], crowded[COUNT], other[COUNT];
    int open = 0;

    dial_many(5, false, first, COUNT);
    dial_many(5, false, again, COUNT);
    dial_many(5, true, crowded, COUNT);
    dial_many(6, false, other, COUNT);
    cr_assert_arr_eq(first, again, COUNT);
    cr_assert_arr_eq(first, crowded, COUNT);
    cr_assert_neq(memcmp(first, other, COUNT), 0);
    for (int i = 0; i < COUNT; i++)
        open += first[i] == 'o';
    cr_assert(open > COUNT / 4 && open < COUNT * 3 / 4, "%d", open);
    open_virtual(0);
}

/* Also when there are so many in one instant that the books on them must grow. */
Test(port_sim_time, a_crowd_in_the_same_instant_changes_nothing)
{
    enum { CROWD = 5000 };
    struct rx_sim_options options = {
        .seed = 1, .latency_min = 0, .latency_max = 1000000, .connections_max = CROWD + 2};
    struct rx_op *crowd = calloc(CROWD, sizeof(*crowd));
    struct rx_ready ready[ALL];
    struct deed d[2] = {0};
    rx_ns at[2];

    for (int with = 0; with < 2; with++) {
        open_port(options);
        deed_dial(port, &d[0], web); /* the second dial of an address must be known for one */
        for (uint32_t i = 0; with && i < CROWD; i++) {
            crowd[i] = (struct rx_op){.kind = RX_OP_DIAL, .to = {shop.ip + i, 80}};
            port->ops->start(port, &crowd[i]);
        }
        deed_dial(port, &d[1], web);
        for (int left = 2 + with * CROWD; left > 0;) {
            int n = port->ops->wait(port, RX_NS_NEVER, ready, ALL);

            cr_assert_gt(n, 0);
            left -= n;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < 2; j++)
                    if (ready[i].op == &d[j].op)
                        d[j].at = now();
        }
        for (int j = 0; j < 2; j++) {
            d[j].op.state = RX_OP_DEAD;
            if (with)
                cr_assert_eq(d[j].at, at[j]);
            at[j] = d[j].at;
        }
        cr_assert_neq(at[0], at[1]);
        close_port();
    }
    free(crowd);
    open_virtual(0);
}

/* What is remembered of an instant does not outlive it. */
Test(port_sim_time, as_many_instants_as_you_like)
{
    struct deed d = {0};

    open_port((struct rx_sim_options){.seed = 1, .fault_refuse_ppm = 1});
    rx_mem_enter(&mem, RX_MEM_SEALED);
    for (uint32_t i = 0; i < 10000; i++) {
        deed_turn(port, now() + 1, ALL);
        deed_dial(port, &d, (struct rx_addr){web.ip + i, 80});
        deed_settle(port);
        cr_assert_eq(d.op.res, -ECONNREFUSED);
    }
    cr_assert_eq(rx_mem_breaches(&mem), 0);
}

/* ---- memory --------------------------------------------------------------------------------- */

Test(port_sim_time, options_that_make_no_sense)
{
    open_virtual(0);
#ifndef RX_DEBUG /* there it aborts */
    static const struct rx_sim_options bad[] = {
        {.latency_min = 2, .latency_max = 1},
        {.latency_min = -1, .latency_max = 1},
        {.fault_drop_ppm = 1000001},
        {.connections_max = UINT32_MAX},
    };
    struct rx_port *p;

    for (size_t i = 0; i < RX_ARRAY_LEN(bad); i++)
        cr_assert_eq(rx_port_sim_open(&p, &mem, &bad[i]), -RX_EINVALID);
#endif
}

static void fail_each_allocation_of_open(struct rx_sim_options options)
{
    struct rx_port *p;
    uint64_t calls;
    int rc;

    options.connections_max = 10;
    for (uint64_t n = 2; n < 100; n++) { /* the first is rx_mem's own */
        failmem_open(&mem, &heap, n);
        rc = rx_port_sim_open(&p, &mem, &options);
        calls = heap.calls;
        if (rc == 0)
            p->ops->destroy(p);
        rx_mem_close(&mem);
        cr_assert_eq(heap.blocks, 0);
        if (rc == 0) {
            cr_assert_geq(n, 6);
            cr_assert_lt(calls, n);
            return;
        }
        cr_assert_eq(rc, -RX_ENOMEM);
    }
    cr_assert_fail("open allocates without end");
}

Test(port_sim_time, open_fails_cleanly_at_each_allocation)
{
    fail_each_allocation_of_open((struct rx_sim_options){.latency_max = 5});
    fail_each_allocation_of_open((struct rx_sim_options){.clock = RX_SIM_REAL});
    open_virtual(0);
}

Test(port_sim_time, exchanges_allocate_nothing)
{
    struct deed a = {0}, c = {0}, s = {0};

    open_port((struct rx_sim_options){.seed = 1, .latency_min = 1, .latency_max = 9});
    deed_accept(port, &a, deed_listen(port, web, 8));
    rx_mem_enter(&mem, RX_MEM_SEALED);
    for (int i = 0; i < 3 * SLOTS; i++) {
        deed_call(port, &c, web, "question", 8);
        deed_settle(port);
        deed_send(port, &s, a.op.sock_new, "answer", 6);
        deed_settle(port);
        cr_assert_eq(c.op.res, 6);
        port->ops->close(port, c.op.sock, false);
        deed_recv(port, &s, a.op.sock_new, 100);
        deed_settle(port);
        cr_assert_eq(s.op.res, 8);
        port->ops->close(port, a.op.sock_new, false);
    }
    cr_assert_eq(rx_mem_breaches(&mem), 0);
}

Test(port_sim_time, listen_fails_cleanly_at_each_allocation)
{
    enum { COUNT = 100 }; /* the tables grow several times on the way */
    rx_sock sock[COUNT];
    struct deed d = {0};

    open_virtual(0);
    for (uint32_t i = 0; i < COUNT; i++) {
        int rc = -ENOMEM;

        for (uint64_t n = 1; rc != 0; n++) {
            heap.fail_at = heap.calls + n;
            rc = port->ops->listen(port, (struct rx_addr){web.ip + i, 80}, 8, &sock[i]);
            cr_assert(rc == 0 || rc == -ENOMEM, "%d", rc);
        }
    }
    heap.fail_at = 0;
    cr_assert_gt(heap.failed, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        deed_dial(port, &d, (struct rx_addr){web.ip + i, 80});
        deed_settle(port);
        cr_assert_eq(d.op.res, 0);
        port->ops->close(port, sock[i], false);
        port->ops->close(port, d.op.sock, false);
        deed_dial(port, &d, (struct rx_addr){web.ip + i, 80});
        deed_settle(port);
        cr_assert_eq(d.op.res, -ECONNREFUSED);
    }
}

/* Nobody could be told of a lost result, so the port says that it is broken, and stays so. */
Test(port_sim_time, a_port_without_memory_for_results_is_broken)
{
    enum { COUNT = 20000 };
    struct rx_op *d = calloc(COUNT, sizeof(*d));
    struct rx_ready ready[ALL];

    open_virtual(0);
    heap.fail_at = heap.calls + 1;
    for (int i = 0; i < COUNT; i++) {
        d[i] = (struct rx_op){.kind = RX_OP_DIAL, .to = web};
        port->ops->start(port, &d[i]);
    }
    cr_assert_eq(port->ops->wait(port, 0, ready, ALL), -RX_ENOMEM);
    cr_assert_eq(port->ops->wait(port, 0, ready, ALL), -RX_ENOMEM);
    free(d);
}

/* ---- the real clock ------------------------------------------------------------------------- */

static void open_real(rx_ns latency)
{
    open_port((struct rx_sim_options){
        .clock = RX_SIM_REAL, .seed = 1, .latency_min = latency, .latency_max = latency});
}

Test(port_sim_time, real_an_exchange_takes_its_latency)
{
    struct deed a = {0}, c = {0};
    rx_ns started;

    open_real(RX_NS_PER_MS);
    cr_assert_str_eq(port->ops->name, "memory");
    deed_accept(port, &a, deed_listen(port, web, 8));
    deed_turn(port, 0, ALL);
    started = now();
    deed_dial(port, &c, web);
    while (c.results == 0)
        deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_geq(c.at, started + 2 * RX_NS_PER_MS);
    while (a.results == 0)
        deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_geq(a.at, c.at);
}

Test(port_sim_time, real_waits_until)
{
    rx_ns until;

    open_real(0);
    deed_turn(port, 0, ALL);
    until = now() + 2 * RX_NS_PER_MS;
    cr_assert_eq(deed_turn(port, until, ALL), 0);
    cr_assert_geq(now(), until);
    cr_assert_geq(port->ops->clock(port), now()); /* that one goes on between waits */
}

static void *wake_it(void *arg)
{
    struct rx_port *p = arg;

    p->ops->wake(p);
    return NULL;
}

Test(port_sim_time, real_wake_ends_a_wait_without_end)
{
    open_real(0);
    for (int i = 0; i < 50; i++) { /* before, during or after it goes to sleep */
        pthread_t thread;

        cr_assert_eq(pthread_create(&thread, NULL, wake_it, port), 0);
        cr_assert_eq(deed_turn(port, RX_NS_NEVER, ALL), 0);
        pthread_join(thread, NULL);
    }
}

Test(port_sim_time, poll_is_for_the_real_clock)
{
    struct deed d = {0};

    open_virtual(0);
    deed_poll(port, &d, 0, POLLIN);
    deed_settle(port);
    cr_assert_eq(d.op.res, -EOPNOTSUPP);
    cr_assert_eq(d.op.state, RX_OP_DEAD);
}

static void spawn_is_refused(void)
{
    const char *const argv[] = {"true", NULL}, *const env[] = {NULL};
    struct rx_spawn spawn = {.argv = argv, .env = env};
    struct deed d = {.op = {.kind = RX_OP_SPAWN, .spawn = &spawn}};

    deed_start(port, &d);
    port->ops->cancel(port, &d.op); /* comes too late */
    while (d.results == 0)
        deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(d.op.res, -EOPNOTSUPP);
    cr_assert_eq(d.op.state, RX_OP_DEAD);
    cr_assert_eq(d.results, 1);
}

Test(port_sim_time, no_processes_in_virtual_time)
{
    open_virtual(0);
    spawn_is_refused();
}

Test(port_sim_time, no_processes_beside_a_network_in_memory)
{
    open_real(0);
    spawn_is_refused();
}

Test(port_sim_time, real_poll_watches_foreign_descriptors)
{
    enum { COUNT = 20 }; /* more than there is room for at first */
    struct deed d[COUNT] = {0}, twin = {0}, bad = {0};
    uint64_t one = 1;
    int fd[COUNT];

    open_real(0);
    for (int i = 0; i < COUNT; i++) {
        fd[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        deed_poll(port, &d[i], fd[i], POLLIN);
    }
    deed_poll(port, &twin, fd[3], POLLIN);
    deed_poll(port, &bad, 123456, POLLIN);
    while (bad.results == 0)
        deed_turn(port, RX_NS_NEVER, ALL);
    cr_assert_eq(bad.op.res, -EBADF);
    cr_assert_eq(bad.op.state, RX_OP_DEAD);
    cr_assert_eq(deed_turn(port, 0, ALL), 0);
    for (int round = 1; round < 4; round++) {
        cr_assert_eq(write(fd[3], &one, sizeof(one)), (ssize_t)sizeof(one));
        cr_assert_eq(deed_turn(port, RX_NS_NEVER, ALL), 2);
        cr_assert_eq(read(fd[3], &one, sizeof(one)), (ssize_t)sizeof(one));
        cr_assert_eq(d[3].results, round);
        cr_assert_eq(twin.results, round);
        cr_assert_eq(d[3].op.res, POLLIN);
        cr_assert_eq(d[3].op.state, RX_OP_ACTIVE);
    }
    port->ops->cancel(port, &d[3].op);
    cr_assert_eq(deed_turn(port, 0, ALL), 1);
    cr_assert_eq(d[3].op.res, -ECANCELED);
    cr_assert_eq(d[3].op.state, RX_OP_DEAD);
    cr_assert_eq(write(fd[3], &one, sizeof(one)), (ssize_t)sizeof(one));
    cr_assert_eq(deed_turn(port, RX_NS_NEVER, ALL), 1); /* the twin watches on */
    for (int i = 0; i < COUNT; i++)
        close(fd[i]);
}

static bool readable(int fd, int timeout_ms)
{
    struct pollfd f = {.fd = fd, .events = POLLIN};

    return poll(&f, 1, timeout_ms) == 1;
}

/* What an embedder sleeps on must show every kind of work. */
Test(port_sim_time, real_fd_is_readable_when_there_is_work)
{
    struct deed a = {0}, c = {0}, w = {0};
    uint64_t one = 1;
    int fd, event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    open_real(RX_NS_PER_MS);
    deed_listen(port, web, 8);
    fd = port->ops->fd(port);
    cr_assert_not(readable(fd, 0));
    deed_dial(port, &w, shop); /* later */
    while (w.results == 0) {
        cr_assert(readable(fd, -1));
        deed_turn(port, 0, ALL);
    }
    cr_assert_not(readable(fd, 0)); /* refused, and that was all */
    deed_dial(port, &c, web);
    cr_assert(readable(fd, -1));
    while (c.results == 0) {
        deed_turn(port, 0, ALL);
        cr_assert(c.results || readable(fd, -1));
    }
    while (readable(fd, 0)) /* the end of the handshake */
        deed_turn(port, 0, ALL);
    port->ops->cancel(port, &c.op); /* over: nothing */
    cr_assert_not(readable(fd, 0));
    deed_accept(port, &a, RX_SOCK_NONE); /* an error, at once */
    cr_assert(readable(fd, 0));
    cr_assert_eq(deed_turn(port, 0, 0), 0); /* no room for it */
    cr_assert(readable(fd, 0));
    cr_assert_eq(deed_turn(port, 0, 1), 1);
    deed_turn(port, 0, 1);
    cr_assert_not(readable(fd, 0));
    port->ops->wake(port);
    cr_assert(readable(fd, 0));
    deed_turn(port, RX_NS_NEVER, 1);
    cr_assert_not(readable(fd, 0));
    deed_poll(port, &w, event, POLLIN);
    cr_assert_not(readable(fd, 0));
    cr_assert_eq(write(event, &one, sizeof(one)), (ssize_t)sizeof(one));
    cr_assert(readable(fd, 0));
    port->ops->cancel(port, &w.op);
    deed_turn(port, 0, ALL);
    deed_turn(port, 0, ALL);
    cr_assert_not(readable(fd, 0));
    close(event);
}
