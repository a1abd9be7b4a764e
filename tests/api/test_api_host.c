/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine in somebody else's loop: podring_fd and podring_wait_ns under poll, epoll, libuv and
 * libevent, wakes from other threads, and what the clock says after the host was busy elsewhere.
 * All of it asserts order and counts; the one time that is asserted is that nothing comes early.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"

/* The timer after a probe's own is its deadline: a loop that sleeps over what was prepared fails
 * it. */
#define PATIENT                                                                                    \
    "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 30, timeoutSeconds: 15, "          \
    "failureThreshold: 1}\n"

enum { PROBES = 3 };

static podring *open_real(uint32_t net)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.net = net;
    o.timing = PODRING_TIMING_REFERENCE;
    o.connections_max = 64;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0, "%s", podring_why(NULL));
    return r;
}

/* ---- four loops ------------------------------------------------------------------------------ */

static bool all_done(podring *r)
{
    return kit_stats(r).probes_done >= PROBES;
}

static void drive_by_poll(podring *r)
{
    struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};

    while (!all_done(r)) {
        int64_t ns = podring_wait_ns(r);
        struct timespec ts = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

        ppoll(&p, 1, ns == INT64_MAX ? NULL : &ts, NULL);
        cr_assert_geq(podring_turn(r, 0), 0);
    }
}

static int up_to_ms(int64_t ns)
{
    return ns == INT64_MAX ? -1 : (int)((ns + 999999) / 1000000);
}

static void drive_by_epoll(podring *r)
{
    struct epoll_event e = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    cr_assert_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, podring_fd(r), &e), 0);
    while (!all_done(r)) {
        epoll_wait(epoll, &e, 1, up_to_ms(podring_wait_ns(r)));
        cr_assert_geq(podring_turn(r, 0), 0);
    }
    close(epoll);
}

static void *library(const char *name)
{
    void *l = dlopen(name, RTLD_NOW | RTLD_LOCAL);

    if (l == NULL)
        cr_skip_test("%s", dlerror());
    return l;
}

#define FIND(lib, type, name) \
    __typeof__(type) *name = (__typeof__(type) *)(uintptr_t)dlsym(lib, #name)

/* libuv without its header: what is used of it here has not changed since 1.0. */
struct uv {
    podring *ring;
    void *loop, *poll, *timer, *prepare;
    int (*timer_start)(void *timer, void (*fn)(void *timer), uint64_t timeout_ms,
                       uint64_t repeat_ms);
    void (*stop)(void *loop);
};

static struct uv uv;

static void uv_turn(void)
{
    cr_assert_geq(podring_turn(uv.ring, 0), 0);
    if (all_done(uv.ring))
        uv.stop(uv.loop);
}

static void uv_readable(void *poll, int status, int events)
{
    (void)poll, (void)status, (void)events;
    uv_turn();
}

static void uv_due(void *timer)
{
    (void)timer;
    uv_turn();
}

static void uv_before_sleep(void *prepare)
{
    int64_t ns = podring_wait_ns(uv.ring);

    (void)prepare;
    if (ns != INT64_MAX)
        uv.timer_start(uv.timer, uv_due, (uint64_t)up_to_ms(ns), 0);
}

static void drive_by_libuv(podring *r)
{
    enum { POLL = 8, PREPARE = 9, TIMER = 13, READABLE = 1, RUN_DEFAULT = 0 };
    void *lib = library("libuv.so.1");
    FIND(lib, void *(void), uv_default_loop);
    FIND(lib, size_t (int), uv_handle_size);
    FIND(lib, int (void *, void *, int), uv_poll_init);
    FIND(lib, int (void *, int, void (*)(void *, int, int)), uv_poll_start);
    FIND(lib, int (void *, void *), uv_timer_init);
    FIND(lib, int (void *, void *), uv_prepare_init);
    FIND(lib, int (void *, void (*)(void *)), uv_prepare_start);
    FIND(lib, int (void *, int), uv_run);

    uv = (struct uv){.ring = r, .loop = uv_default_loop()};
    uv.timer_start = (int (*)(void *, void (*)(void *), uint64_t, uint64_t))(uintptr_t)dlsym(
        lib, "uv_timer_start");
    uv.stop = (void (*)(void *))(uintptr_t)dlsym(lib, "uv_stop");
    uv.poll = malloc(uv_handle_size(POLL));
    uv.timer = malloc(uv_handle_size(TIMER));
    uv.prepare = malloc(uv_handle_size(PREPARE));
    cr_assert_eq(uv_poll_init(uv.loop, uv.poll, podring_fd(r)), 0);
    uv_poll_start(uv.poll, READABLE, uv_readable);
    uv_timer_init(uv.loop, uv.timer);
    uv_prepare_init(uv.loop, uv.prepare);
    uv_prepare_start(uv.prepare, uv_before_sleep);
    uv.timer_start(uv.timer, uv_due, 0, 0);
    uv_run(uv.loop, RUN_DEFAULT);
    /* The handles stay with the loop, and both until the process of this test ends. */
}

static void event_due(int fd, short what, void *ring)
{
    (void)fd, (void)what;
    cr_assert_geq(podring_turn(ring, 0), 0);
}

static void drive_by_libevent(podring *r)
{
    enum { TIMEOUT = 1, READ = 2, PERSIST = 16, ONCE = 1 };
    void *lib = library("libevent_core-2.1.so.7");
    FIND(lib, void *(void), event_base_new);
    FIND(lib, void *(void *, int, short, void (*)(int, short, void *), void *), event_new);
    FIND(lib, int (void *, const struct timeval *), event_add);
    FIND(lib, int (void *, int), event_base_loop);
    FIND(lib, void (void *), event_free);
    FIND(lib, void (void *), event_base_free);
    void *base = event_base_new(), *readable, *due;

    readable = event_new(base, podring_fd(r), READ | PERSIST, event_due, r);
    due = event_new(base, -1, TIMEOUT, event_due, r);
    event_add(readable, NULL);
    while (!all_done(r)) {
        int64_t ns = podring_wait_ns(r);
        struct timeval tv = {.tv_sec = ns / 1000000000, .tv_usec = (ns % 1000000000 + 999) / 1000};

        if (ns != INT64_MAX)
            event_add(due, &tv);
        event_base_loop(base, ONCE);
    }
    event_free(readable);
    event_free(due);
    event_base_free(base);
}

static void probe_all(uint32_t net, void (*drive)(podring *ring))
{
    podring *r = open_real(net);
    struct podring_stats s;

    kit_apply(r, KIT_POD("a") PATIENT KIT_POD("b") PATIENT KIT_POD("c") PATIENT);
    drive(r);
    s = kit_stats(r);
    cr_expect_eq(s.probes, PROBES);
    cr_expect_eq(s.success, s.probes, "%llu failures, %llu timeouts", (unsigned long long)s.failure,
                 (unsigned long long)s.timeouts);
    cr_expect_eq(s.restarts, 0);
    podring_close(r);
}

#define LOOP(name)                                                                                 \
    Test(api_host, probes_succeed_under_##name)                                                    \
    {                                                                                              \
        probe_all(PODRING_NET_KERNEL, drive_by_##name);                                            \
    }                                                                                              \
    Test(api_host, probes_succeed_under_##name##_over_memory)                                      \
    {                                                                                              \
        probe_all(PODRING_NET_MEMORY, drive_by_##name);                                            \
    }

LOOP(poll)
LOOP(epoll)
LOOP(libuv)
LOOP(libevent)

/* ---- what is prepared between turns ---------------------------------------------------------- */

static void count_watch(void *ctx, podring *ring, uint64_t watch, uint32_t events)
{
    (void)ring, (void)watch, (void)events;
    ++*(int *)ctx;
}

Test(api_host, a_watch_begun_between_turns_is_not_slept_over)
{
    static const uint32_t nets[] = {PODRING_NET_KERNEL, PODRING_NET_MEMORY};

    for (size_t i = 0; i < 2; i++) {
        podring *r = open_real(nets[i]);
        struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};
        int ends[2], seen = 0;

        while (podring_turn(r, 0) > 0 || podring_wait_ns(r) == 0) {
        }
        cr_assert_eq(pipe(ends), 0);
        cr_assert_eq(write(ends[1], "x", 1), 1);
        cr_assert_eq(podring_watch_start(r, ends[0], POLLIN, count_watch, &seen, NULL), 0);
        for (int n = 0; n < 100 && seen == 0; n++) {
            if (podring_wait_ns(r) != 0)
                cr_assert_eq(poll(&p, 1, 20000), 1);
            podring_turn(r, 0);
        }
        cr_expect_gt(seen, 0);
        close(ends[0]);
        close(ends[1]);
        podring_close(r);
    }
}

/* ---- waking from other threads --------------------------------------------------------------- */

struct waker {
    podring *ring;
    int posts;
    unsigned ran;
};

static void ran(podring *ring, void *arg)
{
    (void)ring;
    ++*(unsigned *)arg;
}

/* Late, so that the owner sleeps by then; if it does not yet, the test is weaker, not wrong. */
static void *wake_soon(void *arg)
{
    struct waker *w = arg;

    usleep(20000);
    if (w->posts)
        podring_post(w->ring, ran, &w->ran);
    else
        podring_wake(w->ring);
    return NULL;
}

static void wake_after_turns(uint32_t net, int turns, int posts)
{
    struct waker w = {.ring = open_real(net), .posts = posts};
    struct pollfd p = {.fd = podring_fd(w.ring), .events = POLLIN};
    pthread_t thread;

    for (int i = 0; i < turns; i++)
        podring_turn(w.ring, 0);
    cr_expect_eq(poll(&p, 1, 0), 0, "readable without a reason after %d turns", turns);
    cr_assert_eq(pthread_create(&thread, NULL, wake_soon, &w), 0);
    cr_expect_eq(poll(&p, 1, 20000), 1, "not woken after %d turns", turns);
    pthread_join(thread, NULL);
    for (int i = 0; i < 10 && (poll(&p, 1, 0) == 1 || podring_wait_ns(w.ring) == 0); i++)
        podring_turn(w.ring, 0);
    cr_expect_eq(w.ran, (unsigned)posts);
    cr_expect_eq(poll(&p, 1, 0), 0, "a wake that was seen is over");
    cr_expect_eq(podring_wait_ns(w.ring), INT64_MAX, "nothing is left to do");
    podring_close(w.ring);
}

static void wake_and_post(uint32_t net)
{
    static const int turns[] = {0, 1, 2, 100};

    for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
        for (int posts = 0; posts < 2; posts++)
            wake_after_turns(net, turns[i], posts);
}

Test(api_host, other_threads_wake_the_descriptor_over_the_kernel)
{
    wake_and_post(PODRING_NET_KERNEL);
}

Test(api_host, other_threads_wake_the_descriptor_over_memory)
{
    wake_and_post(PODRING_NET_MEMORY);
}

/* One engine, again and again: Linux 6.18 defers what an eventfd's write tells of to another
 * eventfd, and does so only once for each registration. */
static void woken_again(uint32_t net)
{
    struct waker w = {.ring = open_real(net)};
    struct pollfd p = {.fd = podring_fd(w.ring), .events = POLLIN};
    pthread_t thread;

    for (int i = 0; i < 6; i++) {
        w.posts = i & 1;
        while (podring_turn(w.ring, 0) > 0 || podring_wait_ns(w.ring) == 0) {
        }
        cr_expect_eq(poll(&p, 1, 0), 0, "readable without a reason before wake %d", i);
        cr_assert_eq(pthread_create(&thread, NULL, wake_soon, &w), 0);
        cr_assert_eq(poll(&p, 1, 5000), 1, "wake %d was slept over", i);
        pthread_join(thread, NULL);
        podring_turn(w.ring, 0);
    }
    podring_close(w.ring);
}

Test(api_host, a_wake_is_not_the_last)
{
    woken_again(PODRING_NET_KERNEL);
    woken_again(PODRING_NET_MEMORY);
}

static void empty_watched(void *ctx, podring *ring, uint64_t watch, uint32_t events)
{
    uint64_t value;

    (void)ring, (void)watch, (void)events;
    cr_expect_eq(read(*(int *)ctx, &value, sizeof(value)), (ssize_t)sizeof(value));
}

static void *write_soon(void *arg)
{
    uint64_t one = 1;

    usleep(20000);
    cr_expect_eq(write(*(int *)arg, &one, sizeof(one)), (ssize_t)sizeof(one));
    return NULL;
}

static void watched_again(uint32_t net)
{
    podring *r = open_real(net);
    struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};
    int host = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct pollfd written = {.fd = host, .events = POLLIN};
    pthread_t thread;

    cr_assert_geq(host, 0);
    cr_assert_eq(podring_watch_start(r, host, POLLIN, empty_watched, &host, NULL), 0);
    for (int i = 0; i < 4; i++) {
        while (podring_turn(r, 0) > 0 || podring_wait_ns(r) == 0) {
        }
        cr_assert_eq(pthread_create(&thread, NULL, write_soon, &host), 0);
        cr_assert_eq(poll(&p, 1, 5000), 1, "write %d was slept over", i);
        pthread_join(thread, NULL);
        for (int n = 0; n < 100 && poll(&written, 1, 0) == 1; n++)
            podring_turn(r, 0);
        cr_expect_eq(poll(&written, 1, 0), 0, "write %d was not seen", i);
    }
    close(host);
    podring_close(r);
}

Test(api_host, an_eventfd_of_the_host_is_watched_again_and_again)
{
    watched_again(PODRING_NET_KERNEL);
    watched_again(PODRING_NET_MEMORY);
}

/* An hour's period: nothing is due, and pods that stand still wake nobody. */
static void idle(uint32_t net)
{
    podring *r = open_real(net);
    struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};
    int wakes = 0;

    kit_apply(r, KIT_POD("a") "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 3600, "
                              "timeoutSeconds: 600}\n");
    while (kit_stats(r).probes_done == 0 || podring_wait_ns(r) == 0 || poll(&p, 1, 50) == 1)
        podring_turn(r, 0);
    for (int i = 0; i < 20; i++) {
        int64_t ns = podring_wait_ns(r);

        cr_assert_gt(ns, 1000000000);
        wakes += poll(&p, 1, 10);
        podring_turn(r, 0);
    }
    cr_expect_leq(wakes, 2);
    podring_close(r);
}

Test(api_host, an_idle_engine_lets_its_host_sleep)
{
    idle(PODRING_NET_KERNEL);
    idle(PODRING_NET_MEMORY);
}

Test(api_host, the_descriptor_stays_the_same)
{
    podring *r = open_real(PODRING_NET_KERNEL);
    int fd = podring_fd(r);

    podring_turn(r, 0);
    cr_expect_eq(podring_fd(r), fd);
    podring_close(r);
    r = kit_open(kit_options());
    cr_expect_eq(podring_fd(r), -PODRING_EUNSUPPORTED);
    cr_expect_str_eq(podring_why(r), "virtual time has no descriptor to wait for");
    podring_close(r);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static int64_t monotonic_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct alarm {
    int64_t at;
    bool rang;
};

static void ring_alarm(void *ctx, podring *ring, uint64_t timer)
{
    struct alarm *a = ctx;

    (void)ring, (void)timer;
    a->rang = true;
    a->at = monotonic_ms();
}

static void busy_elsewhere(uint32_t net)
{
    podring *r = open_real(net);
    struct alarm a = {0};
    int64_t armed;

    usleep(120000);
    podring_turn(r, 0);
    cr_expect_geq(podring_now(r), 120, "the turn did not take over the clock");
    usleep(80000);
    cr_expect_lt(podring_now(r), podring_clock(r), "now stands still between turns");
    armed = monotonic_ms();
    cr_assert_eq(podring_timer_after(r, 50, ring_alarm, &a, NULL), 0);
    while (!a.rang)
        podring_turn(r, PODRING_FOREVER);
    cr_expect_geq(a.at, armed + 50, "%lld ms early", (long long)(armed + 50 - a.at));
    podring_close(r);
}

Test(api_host, a_turn_takes_over_the_clock)
{
    busy_elsewhere(PODRING_NET_KERNEL);
    busy_elsewhere(PODRING_NET_MEMORY);
}

Test(api_host, in_virtual_time_the_clock_is_now)
{
    podring *r = kit_open(kit_options());
    struct alarm a = {0};

    kit_run(r, 1234);
    cr_expect_eq(podring_clock(r), 1234);
    cr_assert_eq(podring_timer_after(r, 66, ring_alarm, &a, NULL), 0);
    kit_run(r, 1299);
    cr_expect_not(a.rang);
    kit_run(r, 1300);
    cr_expect(a.rang);
    cr_expect_eq(podring_timer_after(r, INT64_MAX, ring_alarm, &a, NULL), 0,
                 "far away is no error");
    podring_close(r);
}

/* ---- forks ----------------------------------------------------------------------------------- */

static void in_the_child(podring *r)
{
    struct podring_stats s = PODRING_STATS_INIT;
    int wrong = 0;

    wrong += podring_turn(r, 0) != -PODRING_ETHREAD;
    wrong += podring_stats(r, &s) != -PODRING_ETHREAD;
    wrong += podring_delete(r, 1, 0, 1) != -PODRING_ETHREAD;
    wrong += strstr(podring_why(r), "forked") == NULL;
    podring_close(r);
    _exit(wrong);
}

static void fork_from(uint32_t net)
{
    podring *r = open_real(net);
    struct podring_stats s;
    int status;
    pid_t child;

    kit_apply(r, KIT_POD("a") "    livenessProbe: {httpGet: {port: 8080}, periodSeconds: 1, "
                              "timeoutSeconds: 30, failureThreshold: 1}\n");
    while (kit_stats(r).success < 1)
        podring_turn(r, PODRING_FOREVER);
    child = fork();
    if (child == 0)
        in_the_child(r);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0, "the child: %x", status);
    while ((s = kit_stats(r)).probes_done < 3)
        podring_turn(r, PODRING_FOREVER);
    cr_expect_eq(s.success, s.probes_done);
    cr_expect_eq(s.restarts, 0);
    podring_close(r);
}

Test(api_host, a_fork_leaves_its_parent_alone)
{
    fork_from(PODRING_NET_KERNEL);
    fork_from(PODRING_NET_MEMORY);
}
