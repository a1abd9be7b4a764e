/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_uring_open.c - the real port woken from elsewhere, opened and closed, and refused by
 * the kernel.
 */
#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "tests/live/test_port_uring_kit.h"

/* ---- waking and foreign descriptors ---------------------------------------------------------- */

static void *wake_it(void *port)
{
    ((struct rx_port *)port)->ops->wake(port);
    return NULL;
}

Test(port_uring, wake_from_a_thread)
{
    struct rig g;
    pthread_t thread;

    rig_open(&g);
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(pthread_create(&thread, NULL, wake_it, g.port), 0);
        cr_assert_eq(rig_wait(&g, RX_NS_NEVER), 0); /* before or during the wait */
        pthread_join(thread, NULL);
    }
    rig_close(&g);
}

Test(port_uring, wait_is_not_early_and_now_stands_still)
{
    struct rig g;
    rx_ns until;

    rig_open(&g);
    rig_wait(&g, 0);
    until = rig_now(&g) + 3 * RX_NS_PER_MS;
    cr_assert_eq(rig_wait(&g, until), 0);
    cr_assert_geq(rig_now(&g), until);
    until = rig_now(&g);
    usleep(1000);
    cr_assert_eq(rig_now(&g), until);
    rig_close(&g);
}

struct watch {
    struct rx_op op;
    int count;
};

static void watch_done(struct rx_loop *loop, struct rx_op *op)
{
    (void)loop;
    rx_container_of(op, struct watch, op)->count++;
}

Test(port_uring, poll_reports_while_there_is_something)
{
    struct rig g;
    struct watch w = {.op = {.kind = RX_OP_POLL, .done = watch_done, .events = POLLIN}};
    int fds[2];
    char byte;

    rig_open(&g);
    cr_assert_eq(pipe(fds), 0);
    w.op.fd = fds[0];
    rig_start(&g, &w.op);
    rig_settle(&g);
    cr_assert_eq(w.count, 0);
    cr_assert_eq(write(fds[1], "x", 1), 1);
    rig_until(&g, &w.count, 1);
    cr_assert_eq(w.op.res & POLLIN, POLLIN);
    rig_until(&g, &w.count, 2); /* not read yet */
    cr_assert_eq(read(fds[0], &byte, 1), 1);
    rig_settle(&g);
    w.count = 0;
    rig_settle(&g);
    cr_assert_eq(w.count, 0);
    g.port->ops->cancel(g.port, &w.op);
    rig_until(&g, &w.count, 1);
    cr_assert_eq(w.op.res, -ECANCELED);
    cr_assert_eq(w.op.state, RX_OP_DEAD);
    rig_close(&g);
    close(fds[0]);
    close(fds[1]);
}

Test(port_uring, poll_cancelled_between_two_reports)
{
    struct rig g;
    struct watch w = {.op = {.kind = RX_OP_POLL, .done = watch_done, .events = POLLIN}};
    int fds[2];

    rig_open(&g);
    cr_assert_eq(pipe(fds), 0);
    cr_assert_eq(write(fds[1], "x", 1), 1);
    w.op.fd = fds[0];
    rig_start(&g, &w.op);
    rig_until(&g, &w.count, 1);
    g.port->ops->cancel(g.port, &w.op);
    rig_until(&g, &w.count, 2);
    cr_assert_eq(w.op.res, -ECANCELED);
    rig_settle(&g);
    cr_assert_eq(w.count, 2);
    rig_close(&g);
    close(fds[0]);
    close(fds[1]);
}

Test(port_uring, a_foreign_loop_can_poll_the_port)
{
    struct rig g;
    struct server s;
    struct client c;
    struct pollfd fd = {.events = POLLIN};
    int count = 0;

    rig_open_with(&g, (struct rx_uring_options){.slots = 1});
    fd.fd = g.port->ops->fd(g.port);
    server_open(&s, &g, ANSWERS);
    rig_wait(&g, 0);
    rig_wait(&g, 0);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable without work");
    client_init(&c, &g, RX_OP_CALL, s.at, &count);
    rig_start(&g, &c.op);
    for (int i = 0; count < 1 && i < 100; i++) {
        rig_wait(&g, 0);
        if (count < 1 && !g.port->ops->prepared(g.port))
            cr_assert_eq(poll(&fd, 1, 5000), 1, "not readable, with work to do");
    }
    cr_assert_eq(c.op.res, 4);
    server_close(&s);
    rig_settle(&g);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable without work");
    g.port->ops->wake(g.port);
    cr_assert_eq(poll(&fd, 1, 5000), 1);
    rig_wait(&g, 0);
    cr_assert_eq(poll(&fd, 1, 0), 0, "readable after the wake was seen");
    rig_close(&g);
}

/* ---- open and close -------------------------------------------------------------------------- */

Test(port_uring, open_and_close_leak_no_descriptor)
{
    struct rig g;
    struct server s;
    struct client c[10];
    int count, before;

    rig_open(&g);
    rig_close(&g);
    before = descriptors();
    for (int round = 0; round < 3; round++) {
        count = 0;
        rig_open(&g);
        server_open(&s, &g, round == 0 ? ANSWERS : IS_SILENT);
        for (int i = 0; i < 10; i++) {
            client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
            rig_start(&g, &c[i].op);
        }
        if (round < 2) /* round 2: never submitted */
            rig_until(&g, &s.accepted, 10);
        rig_close(&g); /* in the middle of it all */
        server_free(&s);
        cr_assert_eq(descriptors(), before, "round %d", round);
    }
}

Test(port_uring, after_close_the_port_can_be_taken_again)
{
    struct rig g;
    struct server s;
    struct rx_addr at = {0};

    for (int i = 0; i < 5; i++) {
        rig_open(&g);
        server_open_at(&s, &g, ANSWERS, at.port == 0 ? (struct rx_addr){.ip = LOCALHOST} : at, 16);
        at = s.at;
        rig_start(&g, &s.accept);
        rig_wait(&g, 0);
        rig_close(&g);
    }
}

Test(port_uring, one_system_call_a_wait)
{
    struct rig g;
    struct server s;
    struct client c[50];
    int count = 0;
    uint64_t waits = 0, enters;

    rig_open(&g);
    server_open(&s, &g, ANSWERS);
    rig_settle(&g);
    enters = rig_stats(&g).enters;
    for (int i = 0; i < 50; i++) {
        client_init(&c[i], &g, RX_OP_CALL, s.at, &count);
        rig_start(&g, &c[i].op);
    }
    for (; count < 50; waits++)
        rig_wait(&g, rig_now(&g) + LIMIT);
    cr_assert_eq(rig_stats(&g).enters - enters, waits);
    server_close(&s);
    rig_close(&g);
}

static void forbid(long call, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        cr_skip_test("seccomp filters are not to be had");
}

static void refused_because(unsigned error, const char *word)
{
    struct rx_mem mem;
    struct rx_port *port;
    char why[256] = "";

    forbid(SYS_io_uring_setup, error);
    cr_assert_eq(rx_mem_open(&mem), 0);
    cr_assert_eq(rx_port_uring_open(&port, &mem, NULL, why, sizeof(why)), -RX_ENORING);
    cr_assert_not_null(strstr(why, word), "'%s' does not say '%s'", why, word);
    cr_assert_eq(mem.state->bytes, 0);
    rx_mem_close(&mem);
}

/* In a process of its own: a filter cannot be taken off again. */
static void child_refused(long call, unsigned error, bool memory, const char *word)
{
    struct rx_sim_options sim = {.clock = RX_SIM_REAL};
    struct rx_mem mem;
    struct rx_port *port;
    char why[256] = "";
    int rc;

    forbid(call, error);
    sim.why = why;
    sim.why_room = sizeof(why);
    rx_mem_open(&mem);
    rc = memory ? rx_port_sim_open(&port, &mem, &sim)
                : rx_port_uring_open(&port, &mem, NULL, why, sizeof(why));
    if (rc == (memory ? -RX_EIO : -RX_ENORING) && strncmp(why, word, strlen(word)) == 0 &&
        strstr(why, "seccomp") != NULL)
        _exit(0);
    fprintf(stderr, "%d '%s', not '%s...'\n", rc, why, word);
    _exit(1);
}

Test(port_uring, each_call_that_is_refused_is_named)
{
    static const struct {
        long call;
        bool memory;
        const char *name;
    } rows[] = {{SYS_io_uring_register, false, "io_uring_register is refused"},
                {SYS_io_uring_enter, false, "io_uring_enter is refused"},
                {SYS_eventfd2, false, "eventfd2 is refused"},
                {SYS_eventfd2, true, "eventfd2 is refused"},
                {SYS_timerfd_create, true, "timerfd_create is refused"},
                {SYS_epoll_create1, true, "epoll_create1 is refused"}};
    struct rig g;

    rig_open(&g); /* skips if there is no ring at all */
    rig_close(&g);
    for (size_t i = 0; i < 2 * RX_ARRAY_LEN(rows); i++) {
        pid_t child = fork();
        int status;

        if (child == 0)
            child_refused(rows[i / 2].call, i % 2 ? ENOSYS : EPERM, rows[i / 2].memory,
                          rows[i / 2].name);
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_expect_eq(status, 0, "%s", rows[i / 2].name);
    }
}

Test(port_uring, why_no_ring_names_seccomp)
{
    char digit = '0';
    int fd = open("/proc/sys/kernel/io_uring_disabled", O_RDONLY);

    if (fd >= 0) {
        if (read(fd, &digit, 1) != 1)
            digit = '0';
        close(fd);
    }
    refused_because(EPERM, digit == '0' ? "seccomp" : "io_uring_disabled");
}

Test(port_uring, why_no_ring_names_the_kernel)
{
    refused_because(ENOSYS, "5.19");
}

Test(port_uring, why_no_ring_names_locked_memory)
{
    refused_because(ENOMEM, "RLIMIT_MEMLOCK");
}
