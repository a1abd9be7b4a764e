/* SPDX-License-Identifier: Apache-2.0 */
/* test_mem.c - counters and phases of the allocator, refusals, and the arena. */
#include "engine/reactor/mem.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static bool aligned(const void *p, size_t to)
{
    return (uintptr_t)p % to == 0;
}

Test(mem, default_allocator_aligns_counts_and_closes)
{
    static const size_t sizes[] = {0, 1, 8, 15, 16, 17, 100, 1024, 4096, 70000, 5 << 20};
    void *p[RX_ARRAY_LEN(sizes)];
    size_t sum = 0;
    struct rx_mem m;

    cr_assert_eq(rx_mem_open(&m), 0);
    cr_assert_eq(m.state->bytes, 0);
    for (size_t i = 0; i < RX_ARRAY_LEN(sizes); i++) {
        p[i] = rx_mem_alloc(&m, sizes[i]);
        cr_assert_not_null(p[i]);
        cr_assert(aligned(p[i], 16), "%zu bytes", sizes[i]);
        memset(p[i], 0xee, sizes[i]);
        sum += sizes[i];
        cr_assert_eq(m.state->bytes, sum);
    }
    cr_assert_eq(m.state->calls, RX_ARRAY_LEN(sizes));
    for (size_t i = 0; i < RX_ARRAY_LEN(sizes); i++)
        rx_mem_free(&m, p[i], sizes[i]);
    cr_assert_eq(m.state->bytes, 0);
    cr_assert_eq(m.state->bytes_peak, sum);
    rx_mem_close(&m);
}

Test(mem, default_allocator_honours_large_alignments)
{
    struct rx_mem m;

    cr_assert_eq(rx_mem_open(&m), 0);
    for (size_t align = 16; align <= 4096; align *= 2) {
        void *p = rx_mem_alloc_aligned(&m, 100, align);

        cr_assert(aligned(p, align), "%zu", align);
        rx_mem_free(&m, p, 100);
    }
    rx_mem_close(&m);
}

Test(mem, name_is_known)
{
    cr_assert(strcmp(rx_mem_name(), "libc") == 0 || strncmp(rx_mem_name(), "mimalloc", 8) == 0);
}

Test(mem, zalloc_zeroes)
{
    struct failmem f; /* fills with rubbish */
    struct rx_mem m;
    unsigned char *p;

    failmem_open(&m, &f, 0);
    p = rx_mem_zalloc(&m, 1000);
    for (size_t i = 0; i < 1000; i++)
        cr_assert_eq(p[i], 0);
    rx_mem_free(&m, p, 1000);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
    cr_assert_eq(f.closes, 1);
}

Test(mem, grow_keeps_what_was_there)
{
    struct failmem f;
    struct rx_mem m;
    char *p, *q;

    failmem_open(&m, &f, 0);
    p = rx_mem_grow(&m, NULL, 0, 8);
    strcpy(p, "podring");
    p = rx_mem_grow(&m, p, 8, 5000);
    cr_assert_str_eq(p, "podring");
    p = rx_mem_grow(&m, p, 5000, 8);
    cr_assert_str_eq(p, "podring");
    cr_assert_eq(m.state->bytes, 8);
    f.fail_at = f.calls + 1;
    q = rx_mem_grow(&m, p, 8, 16);
    cr_assert_null(q);
    cr_assert_str_eq(p, "podring"); /* untouched */
    rx_mem_free(&m, p, 8);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
}

#ifdef RX_DEBUG
Test(mem, asking_a_sealed_core_aborts, .signal = SIGABRT)
{
    struct rx_mem m;

    rx_mem_open(&m);
    rx_mem_enter(&m, RX_MEM_SEALED);
    rx_mem_alloc(&m, 1);
}
#else
Test(mem, breaches_count_only_while_sealed)
{
    struct failmem f;
    struct rx_mem m;
    void *p[4];

    failmem_open(&m, &f, 0);
    p[0] = rx_mem_alloc(&m, 1);
    cr_assert_eq(rx_mem_breaches(&m), 0);
    cr_expect_eq(rx_mem_enter(&m, RX_MEM_SEALED), RX_MEM_OPEN);
    p[1] = rx_mem_alloc(&m, 1);
    cr_assert_eq(rx_mem_breaches(&m), 1);
    cr_expect_eq(rx_mem_enter(&m, RX_MEM_GROWS), RX_MEM_SEALED);
    p[2] = rx_mem_zalloc(&m, 1);
    cr_assert_eq(rx_mem_breaches(&m), 1);
    cr_expect_eq(m.state->counted[RX_MEM_GROWS], 1);
    rx_mem_enter(&m, RX_MEM_SEALED);
    p[3] = rx_mem_alloc_aligned(&m, 1, 64);
    cr_assert_eq(rx_mem_breaches(&m), 2);
    for (int i = 0; i < 4; i++)
        rx_mem_free(&m, p[i], 1); /* giving back is always allowed */
    cr_assert_eq(rx_mem_breaches(&m), 2);
    rx_mem_close(&m);
}
#endif

/* What programs need is no breach of the core's seal, and is counted by itself and in the whole. */
Test(mem, a_guest_is_another_account)
{
    struct failmem f;
    struct rx_mem m, guest;
    void *own, *p;

    failmem_open(&m, &f, 0);
    cr_assert_eq(rx_mem_open_guest(&guest, &m), 0);
    own = rx_mem_alloc(&m, 100);
    p = rx_mem_alloc(&guest, 30);
    rx_mem_enter(&m, RX_MEM_SEALED);
    p = rx_mem_grow(&guest, p, 30, 50);
    cr_expect_eq(rx_mem_breaches(&m), 0);
    cr_expect_eq(guest.state->counted[RX_MEM_OPEN], 1);
    cr_expect_eq(guest.state->counted[RX_MEM_SEALED], 1);
    cr_expect_eq(guest.state->bytes, 50);
    cr_expect_eq(guest.state->bytes_peak, 80); /* both blocks, for a moment */
    cr_expect_eq(m.state->bytes, 100);
    cr_expect_eq(m.state->all, 150);
    cr_expect_eq(m.state->all_peak, 180);
    rx_mem_free(&guest, p, 50);
    cr_expect_eq(m.state->all, 100);
    rx_mem_free(&m, own, 100);
    rx_mem_close(&guest);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
}

/* The core answers for both: a refusal of either ends what nobody undoes. */
Test(mem, a_guests_refusal_is_the_cores)
{
    struct failmem f;
    struct rx_mem m, guest;

    failmem_open(&m, &f, 0);
    cr_assert_eq(rx_mem_open_guest(&guest, &m), 0);
    f.fail_at = f.calls + 1;
    cr_expect_null(rx_mem_alloc(&guest, 10));
    cr_expect(rx_mem_failed(&m));
    rx_mem_told(&guest, 0);
    cr_expect_not(rx_mem_failed(&m));
    cr_expect_eq(guest.state->bytes, 0);
    cr_expect_eq(m.state->all, 0);
    rx_mem_close(&guest);
    rx_mem_close(&m);
}

struct pool {
    struct rx_mem_pool pool;
    uint32_t asked;
};

static void on_grow(struct rx_mem_pool *p)
{
    rx_container_of(p, struct pool, pool)->asked++;
}

Test(mem, pools_grow_until_they_are_removed)
{
    struct pool a = {.asked = 0}, b = {.asked = 0}, never = {.asked = 0};
    struct failmem f;
    struct rx_mem m;

    failmem_open(&m, &f, 0);
    rx_mem_pool_add(&m, &a.pool, on_grow);
    rx_mem_pool_add(&m, &b.pool, on_grow);
    cr_expect_not(rx_mem_wanting(&m));
    rx_mem_want(&m);
    cr_expect(rx_mem_wanting(&m));
    rx_mem_pools_grow(&m);
    cr_expect_not(rx_mem_wanting(&m));
    rx_mem_pool_remove(&a.pool);
    rx_mem_pool_remove(&never.pool);
    rx_mem_pools_grow(&m);
    cr_expect_eq(a.asked, 1);
    cr_expect_eq(b.asked, 2);
    rx_mem_close(&m);
}

Test(mem, open_without_memory_says_so)
{
    struct failmem f;
    struct rx_mem m;

    cr_assert_eq(failmem_open(&m, &f, 1), -RX_ENOMEM);
    cr_assert_eq(f.closes, 0); /* the context is still the caller's */
}

Test(mem, freeing_more_than_was_asked_aborts, .signal = SIGABRT)
{
    struct rx_mem m;
    void *p;

    rx_mem_open(&m);
    p = rx_mem_alloc(&m, 10);
    rx_mem_free(&m, p, 11);
}

/* ---- arena ---------------------------------------------------------------------------------- */

Test(mem, arena_is_zeroed_aligned_and_disjoint)
{
    enum { N = 500 };
    struct failmem f;
    struct rx_mem m;
    struct rx_arena a;
    unsigned char *p[N];

    failmem_open(&m, &f, 0);
    rx_arena_init(&a, &m);
    for (size_t i = 0; i < N; i++) {
        p[i] = rx_arena_alloc(&a, i);
        cr_assert(aligned(p[i], 16));
        for (size_t k = 0; k < i; k++)
            cr_assert_eq(p[i][k], 0);
        memset(p[i], (int)(i % 251), i);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < i; k++)
            cr_assert_eq(p[i][k], i % 251);
    cr_assert_lt(m.state->calls, 20); /* in blocks, not one by one */
    rx_arena_fini(&a);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
}

Test(mem, arena_large_piece_leaves_the_current_block_in_use)
{
    struct failmem f;
    struct rx_mem m;
    struct rx_arena a;
    char *before, *after;

    failmem_open(&m, &f, 0);
    rx_arena_init(&a, &m);
    before = rx_arena_alloc(&a, 16);
    cr_assert_not_null(rx_arena_alloc(&a, 1 << 20));
    after = rx_arena_alloc(&a, 16);
    cr_assert_eq(after, before + 16);
    cr_assert_null(rx_arena_alloc(&a, SIZE_MAX - 8));
    rx_arena_fini(&a);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
}

Test(mem, arena_strings)
{
    struct failmem f;
    struct rx_mem m;
    struct rx_arena a;
    char long_[3000];

    failmem_open(&m, &f, 0);
    rx_arena_init(&a, &m);
    memset(long_, 'x', sizeof(long_) - 1);
    long_[sizeof(long_) - 1] = '\0';
    cr_assert_str_eq(rx_arena_strdup(&a, ""), "");
    cr_assert_str_eq(rx_arena_strdup(&a, long_), long_);
    cr_assert_str_eq(rx_arena_strndup(&a, "web-0", 3), "web");
    cr_assert_str_eq(rx_arena_strndup(&a, "web-0", 30), "web-0");
    cr_assert_str_eq(rx_arena_printf(&a, "%s-%d", "web", 17), "web-17");
    cr_assert_eq(strlen(rx_arena_printf(&a, "%s%s", long_, long_)), 2 * strlen(long_));
    rx_arena_fini(&a);
    rx_mem_close(&m);
    cr_assert_eq(f.blocks, 0);
}

static bool arena_scenario(struct rx_mem *m)
{
    struct rx_arena a;
    bool ok = true;

    rx_arena_init(&a, m);
    ok &= rx_arena_alloc(&a, 1000) != NULL;
    ok &= rx_arena_strdup(&a, "a name") != NULL;
    ok &= rx_arena_alloc(&a, 100000) != NULL;
    ok &= rx_arena_printf(&a, "%2000d", 1) != NULL;
    rx_arena_fini(&a);
    return ok;
}

Test(mem, arena_survives_each_failing_allocation)
{
    struct failmem f;
    struct rx_mem m;
    uint64_t calls;

    failmem_open(&m, &f, 0);
    cr_assert(arena_scenario(&m));
    rx_mem_close(&m);
    calls = f.calls;
    cr_assert_geq(calls, 4);
    for (uint64_t n = 2; n <= calls; n++) {
        failmem_open(&m, &f, n);
        cr_assert_not(arena_scenario(&m), "allocation %llu", (unsigned long long)n);
        rx_mem_close(&m);
        cr_assert_eq(f.failed, 1);
        cr_assert_eq(f.blocks, 0);
    }
}
