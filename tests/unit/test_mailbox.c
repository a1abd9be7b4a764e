/* SPDX-License-Identifier: Apache-2.0 */
/* test_mailbox.c - full, empty, round after round, and from many threads at once. */
#include "engine/reactor/mailbox.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>

static void nothing(void *ctx, void *arg)
{
    (void)ctx;
    (void)arg;
}

static void *number(uintptr_t n)
{
    return (void *)n;
}

static struct failmem f;
static struct rx_mem mem;

static void setup(void)
{
    failmem_open(&mem, &f, 0);
}

TestSuite(mailbox, .init = setup);

Test(mailbox, refuses_odd_sizes_and_reports_no_memory)
{
    static const uint32_t odd[] = {0, 1, 3, 1000, UINT32_MAX};
    struct rx_mailbox *b;

    for (size_t i = 0; i < RX_ARRAY_LEN(odd); i++)
        cr_assert_eq(rx_mailbox_open(&b, &mem, odd[i]), -RX_EINVALID);
    f.fail_at = f.calls + 1;
    cr_assert_eq(rx_mailbox_open(&b, &mem, 8), -RX_ENOMEM);
    rx_mailbox_close(NULL);
}

Test(mailbox, keeps_order_over_many_laps_and_says_when_full)
{
    enum { CAPACITY = 8 };
    struct rx_mailbox *b;
    struct rx_message m;
    uintptr_t in = 0, out = 0;

    cr_assert_eq(rx_mailbox_open(&b, &mem, CAPACITY), 0);
    cr_assert_not(rx_mailbox_take(b, &m));
    for (int lap = 0; lap < 50; lap++) {
        while (rx_mailbox_put(b, nothing, number(in)) == 0)
            in++;
        cr_assert_eq(in - out, CAPACITY);
        cr_assert_eq(rx_mailbox_put(b, nothing, NULL), -RX_EAGAIN);
        for (int i = 0; i <= lap % CAPACITY; i++) {
            cr_assert(rx_mailbox_take(b, &m));
            cr_assert_eq(m.fn, nothing);
            cr_assert_eq(m.arg, number(out++));
        }
    }
    while (rx_mailbox_take(b, &m))
        cr_assert_eq(m.arg, number(out++));
    cr_assert_eq(in, out);
    rx_mailbox_close(b);
    rx_mem_close(&mem);
    cr_assert_eq(f.blocks, 0);
}

Test(mailbox, takes_all_memory_when_opened)
{
    struct rx_mailbox *b;
    struct rx_message m;

    rx_mailbox_open(&b, &mem, 64);
    rx_mem_enter(&mem, RX_MEM_SEALED);
    for (int i = 0; i < 1000; i++) {
        rx_mailbox_put(b, nothing, NULL);
        rx_mailbox_take(b, &m);
    }
    cr_assert_eq(rx_mem_breaches(&mem), 0);
    rx_mailbox_close(b);
}

/* ---- several producers ---------------------------------------------------------------------- */

enum { PRODUCERS = 4, EACH = 20000, SHIFT = 24 };

struct producer {
    struct rx_mailbox *box;
    uintptr_t name;
    pthread_t thread;
};

static void *produce(void *arg)
{
    struct producer *p = arg;

    for (uintptr_t i = 0; i < EACH; i++)
        while (rx_mailbox_put(p->box, nothing, number(p->name << SHIFT | i)) != 0)
            sched_yield(); /* full */
    return NULL;
}

Test(mailbox, each_producer_keeps_its_order_and_nothing_is_lost)
{
    struct producer p[PRODUCERS];
    uintptr_t next[PRODUCERS] = {0};
    struct rx_mailbox *b;
    struct rx_message m;

    rx_mailbox_open(&b, &mem, 64);
    for (uintptr_t i = 0; i < PRODUCERS; i++) {
        p[i] = (struct producer){.box = b, .name = i};
        cr_assert_eq(pthread_create(&p[i].thread, NULL, produce, &p[i]), 0);
    }
    for (int taken = 0; taken < PRODUCERS * EACH;) {
        uintptr_t who, which;

        if (!rx_mailbox_take(b, &m)) {
            sched_yield();
            continue;
        }
        who = (uintptr_t)m.arg >> SHIFT;
        which = (uintptr_t)m.arg & ((1u << SHIFT) - 1);
        cr_assert_lt(who, PRODUCERS);
        cr_assert_eq(which, next[who]);
        next[who]++;
        taken++;
    }
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(p[i].thread, NULL);
    cr_assert_not(rx_mailbox_take(b, &m));
    rx_mailbox_close(b);
}
