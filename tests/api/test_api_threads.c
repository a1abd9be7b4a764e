/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread owns an engine. Others may post, wake and stop; everything else is refused there.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "tests/api/test_api_kit.h"

/* ---- posting -----------------------------------------------------------------------------------
 */

struct poster {
    podring *ring;
    pthread_t owner;
    unsigned number, want, sent;
    unsigned *next; /* shared by all: what has arrived from each */
    unsigned refused;
};

struct parcel {
    struct poster *from;
    unsigned serial;
};

enum { POSTERS = 3, PARCELS = 2000 };

static struct parcel parcels[POSTERS][PARCELS];

static void arrive(podring *ring, void *arg)
{
    struct parcel *p = arg;

    cr_assert_eq(ring, p->from->ring);
    cr_assert(pthread_equal(pthread_self(), p->from->owner), "not on the owner's thread");
    cr_assert_eq(p->serial, p->from->next[p->from->number], "out of order");
    cr_assert_eq(podring_turn(ring, 0), -PODRING_ESTATE);
    p->from->next[p->from->number]++;
}

static void *post_all(void *arg)
{
    struct poster *p = arg;

    while (p->sent < p->want) {
        struct parcel *parcel = &parcels[p->number][p->sent];
        int rc;

        *parcel = (struct parcel){p, p->sent};
        rc = podring_post(p->ring, arrive, parcel);
        if (rc == 0) {
            p->sent++;
        } else if (rc == -PODRING_EAGAIN) {
            p->refused++;
            sched_yield();
        } else {
            return (void *)1;
        }
    }
    return NULL;
}

static void post_from_everywhere(podring *r)
{
    struct poster p[POSTERS];
    pthread_t thread[POSTERS];
    unsigned next[POSTERS] = {0}, arrived = 0;

    for (unsigned i = 0; i < POSTERS; i++) {
        p[i] = (struct poster){
            .ring = r, .owner = pthread_self(), .number = i, .want = PARCELS, .next = next};
        cr_assert_eq(pthread_create(&thread[i], NULL, post_all, &p[i]), 0);
    }
    while (arrived < POSTERS * PARCELS) {
        cr_assert_geq(podring_turn(r, 5), 0);
        arrived = 0;
        for (unsigned i = 0; i < POSTERS; i++)
            arrived += next[i];
    }
    for (unsigned i = 0; i < POSTERS; i++) {
        void *failed;

        pthread_join(thread[i], &failed);
        cr_expect_null(failed);
        cr_expect_eq(next[i], PARCELS);
    }
}

Test(api_threads, posts_arrive_in_order_in_virtual_time)
{
    podring *r = kit_ring(KIT_POD("p"));

    post_from_everywhere(r);
    podring_close(r);
}

static podring *real_ring(enum podring_net net)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.net = net;
    o.connections_max = 16;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0);
    return r;
}

Test(api_threads, posts_arrive_in_order_over_memory)
{
    podring *r = real_ring(PODRING_NET_MEMORY);

    post_from_everywhere(r);
    podring_close(r);
}

Test(api_threads, posts_arrive_in_order_over_the_kernel)
{
    podring *r = real_ring(PODRING_NET_KERNEL);

    post_from_everywhere(r);
    podring_close(r);
}

static void count(podring *ring, void *arg)
{
    (void)ring;
    ++*(unsigned *)arg;
}

Test(api_threads, a_full_box_says_so)
{
    podring *r = kit_open(kit_options());
    unsigned n = 0, sent = 0;
    int rc;

    while ((rc = podring_post(r, count, &n)) == 0)
        cr_assert_lt(++sent, 1000000);
    cr_expect_eq(rc, -PODRING_EAGAIN);
    cr_expect_gt(sent, 10);
    while (podring_turn(r, 0) == 1) {
    }
    cr_expect_eq(n, sent, "what was taken arrives");
    cr_expect_eq(podring_post(r, count, &n), 0, "and there is room again");
    podring_close(r);
}

static void post_again(podring *ring, void *arg)
{
    unsigned *left = arg;

    if ((*left)-- > 1)
        cr_assert_eq(podring_post(ring, post_again, arg), 0);
}

Test(api_threads, a_post_may_post)
{
    podring *r = kit_open(kit_options());
    unsigned left = 50000;

    podring_post(r, post_again, &left);
    for (int i = 0; i < 100000 && left > 0; i++)
        podring_turn(r, 0);
    cr_expect_eq(left, 0);
    podring_close(r);
}

static void use(podring *ring, void *arg)
{
    uint64_t pod;

    (void)arg;
    kit_apply(ring, KIT_POD("q"));
    cr_expect_eq(podring_find(ring, NULL, "q", &pod), 0);
    cr_expect_eq(podring_delete(ring, kit_pod(ring, "p"), 0, 1), 0);
}

Test(api_threads, a_post_may_use_the_engine)
{
    podring *r = kit_ring(KIT_POD("p"));

    kit_run(r, 1000);
    podring_post(r, use, NULL);
    kit_run(r, 5000);
    cr_expect_eq(kit_stats(r).pods, 1);
    cr_expect_str_eq(kit_status(r, kit_pod(r, "q")), "Running");
    podring_close(r);
}

/* ---- the wrong thread
 * ------------------------------------------------------------------------------ */

static void never(void *ctx, podring *ring, uint64_t id)
{
    (void)ctx, (void)ring, (void)id;
    cr_assert_fail("fired");
}

static void never_watch(void *ctx, podring *ring, uint64_t id, uint32_t events)
{
    (void)events;
    never(ctx, ring, id);
}

static void *trespass(void *arg)
{
    podring *r = arg;
    struct podring_event e = PODRING_EVENT_INIT;
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    const char *path;
    struct podring_knob k = PODRING_KNOB_INIT;
    struct podring_pod_info p = PODRING_POD_INFO_INIT;
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    struct podring_stats s = PODRING_STATS_INIT;
    struct podring_count n = PODRING_COUNT_INIT;
    const char *status;
    uint64_t id = 0, cursor = 0;
    int wrong = 0;

#define REFUSED(call) wrong += (call) != -PODRING_ETHREAD && fprintf(stderr, "%s\n", #call) > 0
    REFUSED(podring_set(r, "bo_gc", "on"));
    REFUSED(podring_knob_at(r, 0, &k));
    REFUSED(podring_load_file(r, "/nonexistent"));
    REFUSED(podring_load_text(r, "x", "", 0));
    REFUSED(podring_apply(r));
    REFUSED(podring_diagnostic_at(r, 0, &d));
    REFUSED(podring_input_at(r, 0, &path));
    REFUSED(podring_turn(r, 0));
    REFUSED(podring_run_until(r, 1000));
    REFUSED(podring_next_event(r, &e));
    REFUSED(podring_on_event(r, NULL, NULL));
    REFUSED(podring_find(r, NULL, "p", &id));
    REFUSED(podring_pod_info(r, 1, &p));
    REFUSED(podring_container_info(r, 1, 0, &c));
    REFUSED(podring_condition(r, 1, "Ready", &status, NULL, NULL));
    REFUSED(podring_delete(r, 1, 0, 0));
    REFUSED(podring_kill(r, 1, NULL, 9));
    REFUSED(podring_scale(r, NULL, "deployment/x", 1));
    REFUSED(podring_set_image(r, NULL, "pod/p", NULL, "i"));
    REFUSED(podring_reboot(r));
    REFUSED(podring_set_condition(r, 1, "x", 1));
    REFUSED(podring_stats(r, &s));
    REFUSED(podring_count_at(r, 0, &n));
    REFUSED(podring_timer_start(r, 1, never, NULL, &id));
    REFUSED(podring_timer_stop(r, 1));
    REFUSED(podring_watch_start(r, 0, 1, never_watch, NULL, &id));
    REFUSED(podring_watch_stop(r, 1));
    wrong += podring_next_pod(r, &cursor) != 0;
    return (void *)(intptr_t)wrong;
}

Test(api_threads, other_threads_are_refused)
{
    podring *r = kit_ring(KIT_POD("p"));
    pthread_t thread;
    void *wrong;

    kit_run(r, 1000);
    cr_assert_eq(pthread_create(&thread, NULL, trespass, r), 0);
    pthread_join(thread, &wrong);
    cr_expect_eq((intptr_t)wrong, 0);
    kit_run(r, 2000);
    cr_expect_eq(kit_stats(r).pods, 1, "nothing has happened to it");
    podring_close(r);
}

/* ---- waking and stopping
 * ------------------------------------------------------------------------------ */

struct signaller {
    podring *ring;
    atomic_bool asleep, done;
    void (*call)(podring *ring);
};

static void *signal_until_done(void *arg)
{
    struct signaller *s = arg;

    while (!atomic_load(&s->asleep))
        sched_yield();
    while (!atomic_load(&s->done)) {
        s->call(s->ring);
        sched_yield();
    }
    return NULL;
}

static void wake_a_sleeper(enum podring_net net)
{
    podring *r = real_ring(net);
    struct signaller s = {.ring = r, .call = podring_wake};
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, signal_until_done, &s), 0);
    atomic_store(&s.asleep, true);
    cr_expect_eq(podring_turn(r, PODRING_FOREVER), 0, "woken, with nothing to do");
    atomic_store(&s.asleep, true);
    cr_expect_eq(podring_turn(r, PODRING_FOREVER), 0);
    atomic_store(&s.done, true);
    pthread_join(thread, NULL);
    podring_close(r);
}

Test(api_threads, wake_over_memory)
{
    wake_a_sleeper(PODRING_NET_MEMORY);
}

Test(api_threads, wake_over_the_kernel)
{
    wake_a_sleeper(PODRING_NET_KERNEL);
}

Test(api_threads, stop_from_another_thread)
{
    podring *r = real_ring(PODRING_NET_MEMORY);
    struct signaller s = {.ring = r, .call = podring_stop};
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, signal_until_done, &s), 0);
    atomic_store(&s.asleep, true);
    cr_expect_eq(podring_run_until(r, PODRING_FOREVER), 1);
    atomic_store(&s.done, true);
    pthread_join(thread, NULL);
    podring_close(r);
}

/* Waking is no reason for virtual time to end early. */
Test(api_threads, a_wake_does_not_end_virtual_time)
{
    podring *r = kit_ring(KIT_POD("p") KIT_READINESS);

    for (int64_t at = 1000; at < 30000; at += 1000) {
        podring_wake(r);
        kit_run(r, at);
    }
    podring_stop(r);
    cr_expect_eq(podring_run_until(r, 40000), 1);
    kit_run(r, 40000);
    podring_close(r);
}

/* ---- engines of several threads
 * ------------------------------------------------------------------------ */

static void *one_engine(void *arg)
{
    uint64_t *digest = arg;
    struct podring_options o = kit_options();
    static const char yaml[] =
        KIT_DEPLOYMENT("web", 20) KIT_BEHAVIOR("web", "  - exit: {after: {exp: 9s}, code: 1}\n");
    podring *r;

    o.seed = 5;
    if (podring_open(&o, &r) != 0)
        return NULL;
    if (podring_load_text(r, "x", yaml, strlen(yaml)) == 0 && podring_apply(r) == 0 &&
        podring_run_until(r, 300000) == 0)
        *digest = podring_digest(r);
    podring_close(r);
    return NULL;
}

Test(api_threads, an_engine_for_each_thread)
{
    pthread_t thread[4];
    uint64_t digest[4] = {0};

    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&thread[i], NULL, one_engine, &digest[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 4; i++)
        cr_expect(digest[i] != 0 && digest[i] == digest[0], "thread %d", i);
}
