/* SPDX-License-Identifier: Apache-2.0 */
/* The order of passes, wake-ups and retries of the control plane. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/cluster/cluster.h"
#include "engine/reactor/err.h"
#include "engine/reactor/port_sim.h"

struct thing {
    struct cluster_work work;
    char name;
    int fails;              /* so many times */
    struct thing *dirties;  /* once */
};

struct kit {
    struct rx_mem mem;
    struct rx_loop loop;
    struct pod_world world;
    struct cluster c;
    char said[256];
};

static struct kit k;

static void say(char what, char who)
{
    size_t n = strlen(k.said);

    snprintf(k.said + n, sizeof(k.said) - n, "%c%c%lld ", what, who,
             (long long)rx_loop_now(&k.loop));
}

static int sync_thing(struct cluster *c, struct cluster_work *w)
{
    struct thing *t = rx_container_of(w, struct thing, work);
    struct thing *dirties = t->dirties;

    say('s', t->name);
    cluster_announce(c, w);
    t->dirties = NULL;
    if (dirties != NULL)
        cluster_dirty(c, &dirties->work);
    return t->fails > 0 && t->fails-- > 0 ? -RX_ESTATE : 0;
}

static void announce_thing(struct cluster *c, struct cluster_work *w)
{
    (void)c;
    say('a', rx_container_of(w, struct thing, work)->name);
}

static const struct cluster_worker set = {CLUSTER_RANK_SET, CLUSTER_RETRY_SET, sync_thing,
                                          announce_thing},
                                   owner = {CLUSTER_RANK_OWNER, CLUSTER_RETRY_DEPLOYMENT,
                                            sync_thing, announce_thing};

static void open_kit(void)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 64};
    struct rx_port *port;

    memset(&k, 0, sizeof(k));
    cr_assert_eq(rx_mem_open(&k.mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &k.mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&k.loop, port, &k.mem), 0);
    k.world.loop = &k.loop;
    k.world.mem = &k.mem;
    k.c.world = &k.world;
    cluster_queue_init(&k.c);
}

static void close_kit(void)
{
    cluster_queue_fini(&k.c);
    rx_loop_fini(&k.loop);
    cr_expect_eq(k.mem.state->bytes, 0);
    rx_mem_close(&k.mem);
}

static void add(struct thing *t, char name, const struct cluster_worker *how, uint64_t number)
{
    t->name = name;
    cr_assert_eq(cluster_work_init(&k.c, &t->work, how, number), 0);
}

static void run_until(rx_ms until)
{
    while (rx_loop_turn(&k.loop, until) == 1) {
    }
}

Test(work, the_lowest_rank_and_number_is_first_also_of_those_dirtied_meanwhile)
{
    struct thing a = {0}, b = {0}, d = {0};

    open_kit();
    add(&d, 'd', &owner, 1);
    add(&b, 'b', &set, 2);
    add(&a, 'a', &set, 1);
    b.dirties = &a;
    cluster_dirty(&k.c, &d.work);
    cluster_dirty(&k.c, &b.work);
    cluster_dirty(&k.c, &b.work);
    run_until(10);
    cr_expect_str_eq(k.said, "sb0 sa0 sd0 aa0 ab0 ad0 ");
    for (struct thing *const *t = (struct thing *[]){&a, &b, &d, NULL}; *t != NULL; t++)
        cluster_work_drop(&k.c, &(*t)->work);
    close_kit();
}

/* n-th failure: 5 ms x 2^(n-1), and of a pending and a proposed instant the earlier stays. */
Test(work, failures_are_retried_and_other_causes_do_not_put_off_the_pending_one)
{
    struct thing a = {.fails = 100};

    open_kit();
    add(&a, 'a', &set, 1);
    cluster_dirty(&k.c, &a.work);
    run_until(0);
    cluster_dirty(&k.c, &a.work);
    run_until(0);
    cluster_dirty(&k.c, &a.work);
    run_until(126);
    cr_expect_str_eq(k.said, "sa0 aa0 sa0 aa0 sa0 aa0 sa5 aa5 sa45 aa45 sa125 aa125 ");
    a.fails = 0;
    run_until(1000);
    cr_expect_eq(a.work.failures, 0);
    cluster_work_drop(&k.c, &a.work);
    close_kit();
}

Test(work, a_rule_may_give_up)
{
    cr_expect_eq(cluster_retry_delay(CLUSTER_RETRY_DEPLOYMENT, 15), 81920);
    cr_expect_eq(cluster_retry_delay(CLUSTER_RETRY_DEPLOYMENT, 16), RX_MS_NEVER);
    cr_expect_eq(cluster_retry_delay(CLUSTER_RETRY_SET, 40), 1000000);
    cr_expect_eq(cluster_retry_delay(CLUSTER_RETRY_JOB, 3), 4000);
    cr_expect_eq(cluster_retry_delay(CLUSTER_RETRY_NONE, 1), RX_MS_NEVER);
}

Test(work, a_delay_and_a_pause_put_passes_off)
{
    struct thing a = {0}, b = {0};

    open_kit();
    add(&a, 'a', &set, 1);
    add(&b, 'b', &set, 2);
    k.c.queue.delay = 7;
    cluster_dirty(&k.c, &a.work);
    cluster_dirty(&k.c, &a.work);
    run_until(10);
    k.c.queue.delay = 0;
    cluster_wake(&k.c, &b.work, 12);
    cluster_dirty(&k.c, &a.work);
    cluster_pause(&k.c, 100);
    run_until(200);
    cr_expect_str_eq(k.said, "sa7 aa7 sa100 sb100 aa100 ab100 ");
    cluster_work_drop(&k.c, &a.work);
    cluster_work_drop(&k.c, &b.work);
    close_kit();
}

Test(work, who_is_dropped_is_not_looked_at)
{
    struct thing a[40];

    open_kit();
    memset(a, 0, sizeof(a));
    for (unsigned i = 0; i < RX_ARRAY_LEN(a); i++) {
        add(&a[i], (char)('A' + i), &set, 100 - i);
        cluster_dirty(&k.c, &a[i].work);
    }
    for (unsigned i = 0; i < RX_ARRAY_LEN(a); i++) {
        if (i != 3 && i != 38 && i != 21)
            cluster_work_drop(&k.c, &a[i].work);
    }
    run_until(1);
    cr_expect_str_eq(k.said, "sg0 sV0 sD0 ag0 aV0 aD0 ");
    cluster_work_drop(&k.c, &a[3].work);
    cluster_work_drop(&k.c, &a[21].work);
    cluster_work_drop(&k.c, &a[38].work);
    close_kit();
}
