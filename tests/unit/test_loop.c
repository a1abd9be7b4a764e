/* SPDX-License-Identifier: Apache-2.0 */
/* test_loop.c - for whom the loop opens the memory while it turns, and that pools grow. */
#include <criterion/criterion.h>

#include "engine/reactor/loop.h"
#include "engine/reactor/stash.h"

enum { PLAIN, GROWING };

struct kit {
    struct rx_mem mem;
    struct rx_loop loop;
    enum rx_mem_phase seen[8]; /* by the handlers, one after the other */
    uint32_t calls;
};

static void look(struct kit *k)
{
    k->seen[k->calls++] = (enum rx_mem_phase)k->mem.state->phase;
}

static void on_timer(void *ctx, struct rx_timer *t)
{
    (void)t;
    look(ctx);
}

static void on_message(void *owner, void *arg)
{
    (void)arg;
    look(owner);
}

static void on_done(struct rx_loop *l, struct rx_op *op)
{
    (void)op;
    look(l->owner);
}

static void kit_open(struct kit *k)
{
    struct rx_sim_options o = {.seed = 1};
    struct rx_port *port;

    memset(k, 0, sizeof(*k));
    cr_assert_eq(rx_mem_open(&k->mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &k->mem, &o), 0);
    cr_assert_eq(rx_loop_init(&k->loop, port, &k->mem), 0);
    k->loop.owner = k;
    k->loop.growing_classes = 1u << GROWING;
    rx_loop_on(&k->loop, PLAIN, on_timer, k);
    rx_loop_on(&k->loop, GROWING, on_timer, k);
}

static void kit_close(struct kit *k)
{
    rx_loop_fini(&k->loop);
    cr_expect_eq(k->mem.state->bytes, 0);
    rx_mem_close(&k->mem);
}

Test(loop, opens_memory_for_timers_of_growing_classes)
{
    struct kit k;
    struct rx_timer t[4];

    kit_open(&k);
    for (unsigned i = 0; i < 4; i++) {
        rx_timer_init(&t[i], rx_key(i % 2 == 0 ? PLAIN : GROWING, i));
        rx_loop_arm(&k.loop, &t[i], 10 + i);
    }
    while (rx_loop_now(&k.loop) < 20)
        cr_assert_geq(rx_loop_turn(&k.loop, 20), 0);
    cr_assert_eq(k.calls, 4);
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(k.seen[i], i % 2 == 0 ? RX_MEM_SEALED : RX_MEM_GROWS, "timer %u", i);
    cr_expect_eq(k.mem.state->phase, RX_MEM_OPEN, "and outside it is what it was");
    kit_close(&k);
}

Test(loop, opens_memory_for_messages_and_completions_that_grow)
{
    struct kit k;
    /* Nobody listens there: both are refused. */
    struct rx_op op[2] = {{.kind = RX_OP_DIAL, .to = {1, 1}, .done = on_done},
                          {.kind = RX_OP_DIAL, .to = {1, 1}, .done = on_done,
                           .flags = RX_OP_GROWS}};

    kit_open(&k);
    rx_loop_start(&k.loop, &op[0]);
    rx_loop_start(&k.loop, &op[1]);
    cr_assert_eq(rx_loop_post(&k.loop, on_message, NULL), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_geq(rx_loop_turn(&k.loop, 20), 0);
    cr_assert_eq(k.calls, 3);
    cr_expect_eq(k.seen[0], RX_MEM_SEALED);
    cr_expect_eq(k.seen[1], RX_MEM_GROWS);
    cr_expect_eq(k.seen[2], RX_MEM_GROWS, "the message");
    kit_close(&k);
}

/* ---- pools ----------------------------------------------------------------------------------- */

struct taker {
    struct kit kit; /* first: whom the loop calls */
    struct rx_stash stash;
    void *taken[40];
    uint32_t count;
};

/* One handler takes as much as it may at most. */
static void take(void *ctx, struct rx_timer *t)
{
    struct taker *k = ctx;

    (void)t;
    for (int i = 0; i < 4; i++)
        k->taken[k->count++] = rx_stash_take(&k->stash);
}

Test(loop, lets_pools_grow_between_two_handlers)
{
    struct taker k = {.count = 0};
    struct rx_timer t[10];

    kit_open(&k.kit);
    rx_stash_init(&k.stash, &k.kit.mem, 100);
    cr_assert_eq(rx_stash_spare(&k.stash, 4), 0);
    rx_loop_on(&k.kit.loop, PLAIN, take, &k);
    for (unsigned i = 0; i < 10; i++) {
        rx_timer_init(&t[i], rx_key(PLAIN, i));
        rx_loop_arm(&k.kit.loop, &t[i], 10); /* all in one instant */
    }
    cr_assert_geq(rx_loop_turn(&k.kit.loop, 10), 0);
    cr_expect_eq(k.count, 40);
    cr_expect_eq(rx_mem_breaches(&k.kit.mem), 0);
    cr_expect_geq(k.kit.mem.state->counted[RX_MEM_GROWS], 36);
    cr_expect_geq(k.stash.ready, 4);
    while (k.count > 0)
        rx_stash_give(&k.stash, k.taken[--k.count]);
    cr_expect_leq(k.stash.ready, 8, "the rest was given back");
    rx_stash_fini(&k.stash);
    kit_close(&k.kit);
}
