/* SPDX-License-Identifier: Apache-2.0 */
/* test_slab.c - ids that go stale, slots that are used again, addresses that stay. */
#include "engine/reactor/slab.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static struct failmem f;
static struct rx_mem mem;
static struct rx_slab s;

static void setup(void)
{
    failmem_open(&mem, &f, 0);
}

static void teardown(void)
{
    rx_slab_fini(&s);
    rx_mem_close(&mem);
    cr_assert_eq(f.blocks, 0);
}

TestSuite(slab, .init = setup, .fini = teardown);

static uint32_t index_of(uint64_t id)
{
    return (uint32_t)id - 1;
}

Test(slab, slots_are_zeroed_aligned_and_found_again)
{
    uint64_t id;
    char *slot, zero[40] = {0};

    cr_assert_eq(rx_slab_init(&s, &mem, 40, 0), 0);
    slot = rx_slab_take(&s, &id);
    cr_assert_eq((uintptr_t)slot % 16, 0);
    cr_assert_eq(memcmp(slot, zero, 40), 0);
    cr_assert_neq(id, 0);
    cr_assert_eq(rx_slab_get(&s, id), slot);
    memset(slot, 1, 40);
    rx_slab_give(&s, id);
    slot = rx_slab_take(&s, &id); /* the same memory again */
    cr_assert_eq(memcmp(slot, zero, 40), 0);
}

Test(slab, fresh_slots_come_by_index_and_the_last_given_back_comes_first)
{
    uint64_t id[40], again;

    rx_slab_init(&s, &mem, 16, 0);
    for (uint32_t i = 0; i < 40; i++) {
        rx_slab_take(&s, &id[i]);
        cr_assert_eq(index_of(id[i]), i);
    }
    rx_slab_give(&s, id[7]);
    rx_slab_give(&s, id[31]);
    rx_slab_take(&s, &again);
    cr_assert_eq(index_of(again), 31);
    rx_slab_take(&s, &again);
    cr_assert_eq(index_of(again), 7);
    rx_slab_take(&s, &again);
    cr_assert_eq(index_of(again), 40);
}

Test(slab, stale_and_invented_ids_are_refused)
{
    uint64_t id, newer;

    rx_slab_init(&s, &mem, 16, 0);
    cr_assert_null(rx_slab_get(&s, 1)); /* before there is any memory */
    rx_slab_take(&s, &id);
    rx_slab_give(&s, id);
    cr_assert_null(rx_slab_get(&s, id));
    rx_slab_take(&s, &newer);
    cr_assert_eq(index_of(newer), index_of(id));
    cr_assert_neq(newer, id);
    cr_assert_null(rx_slab_get(&s, id));
    cr_assert_not_null(rx_slab_get(&s, newer));
    cr_assert_null(rx_slab_get(&s, 0));
    cr_assert_null(rx_slab_get(&s, 2));                             /* free slot, generation 0 */
    cr_assert_null(rx_slab_get(&s, UINT64_C(1) << 32 | 2));         /* free slot, odd generation */
    cr_assert_null(rx_slab_get(&s, newer + 1000000));               /* no such slot */
    cr_assert_null(rx_slab_get(&s, newer & ~UINT64_C(0xffffffff))); /* no index */
    cr_assert_null(rx_slab_get(&s, UINT64_MAX));
}

Test(slab, giving_twice_aborts, .signal = SIGABRT)
{
    uint64_t id;

    rx_slab_init(&s, &mem, 16, 0);
    rx_slab_take(&s, &id);
    rx_slab_give(&s, id);
    rx_slab_give(&s, id);
}

Test(slab, max_is_kept)
{
    uint64_t id[3], extra;

    rx_slab_init(&s, &mem, 16, 3);
    for (int i = 0; i < 3; i++)
        cr_assert_not_null(rx_slab_take(&s, &id[i]));
    cr_assert_null(rx_slab_take(&s, &extra));
    cr_assert_eq(rx_slab_reserve(&s, 4), -RX_ELIMIT);
    rx_slab_give(&s, id[1]);
    cr_assert_not_null(rx_slab_take(&s, &extra));
}

/* As many as the mark says can be taken while the memory is sealed, and then again. */
Test(slab, spare_slots_are_there_for_each_handler)
{
    uint64_t id;

    rx_slab_init(&s, &mem, 3000, 1003);
    cr_assert_eq(rx_slab_spare(&s, 10), 0);
    while (s.count < 1000) {
        rx_mem_enter(&mem, RX_MEM_SEALED);
        for (int i = 0; i < 10; i++)
            cr_assert_not_null(rx_slab_take(&s, &id));
        rx_mem_enter(&mem, RX_MEM_GROWS);
        if (rx_mem_wanting(&mem))
            rx_mem_pools_grow(&mem);
        cr_assert(s.slots - s.count >= 10 || s.slots >= 1003);
    }
    cr_expect_eq(rx_mem_breaches(&mem), 0);
    cr_expect_gt(mem.state->counted[RX_MEM_GROWS], 0);
    rx_mem_pools_grow(&mem);
    cr_expect_not(rx_mem_wanting(&mem), "of what cannot grow nobody wants more");
}

Test(slab, reserved_takes_allocate_nothing)
{
    uint64_t id;

    rx_slab_init(&s, &mem, 3000, 0);
    rx_slab_take(&s, &id);
    cr_assert_eq(rx_slab_reserve(&s, 1000), 0);
    rx_mem_enter(&mem, RX_MEM_SEALED);
    while (s.count < 1000)
        cr_assert_not_null(rx_slab_take(&s, &id));
    cr_assert_eq(rx_mem_breaches(&mem), 0);
}

Test(slab, next_walks_taken_slots_by_index)
{
    uint64_t id[100], got;
    uint32_t cursor = 0;
    void *slot;
    int seen = 0;

    rx_slab_init(&s, &mem, 16, 0);
    cr_assert_null(rx_slab_next(&s, &cursor, &got));
    for (int i = 0; i < 100; i++)
        rx_slab_take(&s, &id[i]);
    for (int i = 0; i < 100; i++)
        if (i % 3)
            rx_slab_give(&s, id[i]);
    cursor = 0;
    while ((slot = rx_slab_next(&s, &cursor, &got)) != NULL) {
        cr_assert_eq(got, id[seen * 3]);
        cr_assert_eq(slot, rx_slab_get(&s, got));
        seen++;
    }
    cr_assert_eq(seen, 34);
    cursor = 0;
    cr_assert_eq(rx_slab_next(&s, &cursor, NULL), rx_slab_get(&s, id[0]));
}

/* Against an array: contents stay, addresses stay, ids go stale. */
Test(slab, random_life)
{
    enum { N = 3000, STEPS = 60000 };
    static struct {
        uint64_t id;
        uint64_t *slot;
    } twin[N];
    struct rx_prng r = rx_prng_stream(7, 1, 1);
    uint32_t live = 0;

    rx_slab_init(&s, &mem, 24, 0);
    for (uint64_t step = 1; step <= STEPS; step++) {
        size_t i = rx_prng_below(&r, N);
        uint64_t old = twin[i].id;

        if (!old) {
            twin[i].slot = rx_slab_take(&s, &twin[i].id);
            *twin[i].slot = twin[i].id;
            live++;
        } else {
            cr_assert_eq(rx_slab_get(&s, old), twin[i].slot);
            cr_assert_eq(*twin[i].slot, old);
            rx_slab_give(&s, old);
            cr_assert_null(rx_slab_get(&s, old));
            twin[i].id = 0;
            live--;
        }
        cr_assert_eq(s.count, live);
    }
}

static int fill(struct rx_slab *slab, uint32_t n)
{
    uint64_t id;

    for (uint32_t i = 0; i < n; i++)
        if (!rx_slab_take(slab, &id))
            return -RX_ENOMEM;
    return rx_slab_reserve(slab, 3 * n);
}

Test(slab, each_failing_allocation_leaves_what_exists)
{
    enum { N = 100 };
    uint64_t calls, id;
    uint32_t count;

    rx_slab_init(&s, &mem, 1000, 0);
    cr_assert_eq(fill(&s, N), 0);
    calls = f.calls;
    cr_assert_gt(calls, 8);
    for (uint64_t n = 2; n <= calls; n++) {
        rx_slab_fini(&s);
        rx_mem_close(&mem);
        cr_assert_eq(f.blocks, 0);
        failmem_open(&mem, &f, n);
        rx_slab_init(&s, &mem, 1000, 0);
        cr_assert_eq(fill(&s, N), -RX_ENOMEM);
        count = s.count;
        for (uint32_t i = 0; i < count; i++)
            cr_assert_not_null(rx_slab_get(&s, UINT64_C(1) << 32 | (i + 1)));
        cr_assert_not_null(rx_slab_take(&s, &id)); /* memory is back */
        cr_assert_eq(index_of(id), count);
    }
}
