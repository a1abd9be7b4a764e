/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wheel.c - the wheel against its contract, case by case. test_wheel_twin.c lives random
 * lives.
 */
#include "engine/reactor/wheel.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"
#include "tests/support/failmem.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct failmem f;
static struct rx_mem mem;
static struct rx_wheel *w;

static void setup(void)
{
    failmem_open(&mem, &f, 0);
    cr_assert_eq(rx_wheel_open(&w, &mem, 0), 0);
    rx_mem_enter(&mem, RX_MEM_SEALED);
}

static void teardown(void)
{
    cr_assert_eq(rx_mem_breaches(&mem), 0);
    rx_wheel_close(w);
    rx_mem_close(&mem);
    cr_assert_eq(f.blocks, 0);
}

TestSuite(wheel, .init = setup, .fini = teardown);

static void init(struct rx_timer *t, unsigned class_, uint64_t id)
{
    rx_timer_init(t, rx_key(class_, id));
}

static void reopen(rx_ms now)
{
    enum rx_mem_phase was = rx_mem_enter(&mem, RX_MEM_OPEN);

    rx_wheel_close(w);
    cr_assert_eq(rx_wheel_open(&w, &mem, now), 0);
    rx_mem_enter(&mem, was);
}

/* Opens the instant `at` and expects exactly this one timer in it. */
static void expect_alone(struct rx_timer *t, rx_ms at)
{
    cr_assert_eq(rx_wheel_next(w), at);
    cr_assert_not(rx_wheel_begin(w, at - 1));
    cr_assert(rx_wheel_begin(w, at));
    cr_assert_eq(rx_wheel_now(w), at);
    cr_assert_eq(rx_wheel_pull(w), t);
    cr_assert_not(rx_timer_armed(t));
    cr_assert_null(rx_wheel_pull(w));
}

/* ---- by hand -------------------------------------------------------------------------------- */

Test(wheel, empty)
{
    cr_assert_eq(rx_wheel_next(w), RX_MS_NEVER);
    cr_assert_eq(rx_wheel_count(w), 0);
    cr_assert_null(rx_wheel_pull(w));
    cr_assert_not(rx_wheel_begin(w, 100));
    cr_assert_eq(rx_wheel_now(w), 100);
    cr_assert_not(rx_wheel_begin(w, 50)); /* time does not go back */
    cr_assert_eq(rx_wheel_now(w), 100);
    rx_wheel_verify(w);
}

Test(wheel, no_memory_is_reported)
{
    struct rx_wheel *none;

    f.fail_at = f.calls + 1;
    rx_mem_enter(&mem, RX_MEM_OPEN);
    cr_assert_eq(rx_wheel_open(&none, &mem, 0), -RX_ENOMEM);
    rx_wheel_close(NULL);
}

Test(wheel, memory_is_about_1_7_mib)
{
    cr_assert_gt(f.bytes, 1500 * 1024);
    cr_assert_lt(f.bytes, 1750 * 1024);
}

Test(wheel, arm_cancel_rearm)
{
    struct rx_timer t;

    init(&t, 1, 1);
    rx_wheel_cancel(w, &t); /* not armed: nothing happens */
    rx_wheel_arm(w, &t, 10);
    cr_assert(rx_timer_armed(&t));
    cr_assert_eq(t.due, 10);
    rx_wheel_arm(w, &t, 7);
    cr_assert_eq(rx_wheel_count(w), 1);
    cr_assert_eq(rx_wheel_next(w), 7);
    rx_wheel_cancel(w, &t);
    cr_assert_eq(rx_wheel_next(w), RX_MS_NEVER);
    cr_assert_eq(rx_wheel_count(w), 0);
    rx_wheel_arm(w, &t, 20);
    rx_wheel_arm(w, &t, RX_MS_NEVER);
    cr_assert_not(rx_timer_armed(&t));
    cr_assert_eq(t.due, RX_MS_NEVER);
    rx_wheel_arm(w, &t, 20);
    expect_alone(&t, 20);
    cr_assert_eq(t.due, 20);
    rx_wheel_verify(w);
}

Test(wheel, late_instants_come_one_by_one)
{
    struct rx_timer t[3];
    static const rx_ms due[3] = {65, 62, 63};

    for (int i = 0; i < 3; i++) {
        init(&t[i], 1, (uint64_t)i);
        rx_wheel_arm(w, &t[i], due[i]);
    }
    for (rx_ms at = 62; at <= 65; at++) {
        if (at == 64)
            continue;
        cr_assert(rx_wheel_begin(w, 1000000));
        cr_assert_eq(rx_wheel_now(w), at);
        cr_assert_eq(rx_wheel_pull(w)->due, at);
        cr_assert_null(rx_wheel_pull(w));
    }
    cr_assert_not(rx_wheel_begin(w, 1000000));
    cr_assert_eq(rx_wheel_now(w), 1000000);
}

Test(wheel, past_deadlines_are_due_at_once_and_time_stands)
{
    struct rx_timer t[3];
    static const rx_ms due[3] = {0, -5, 999};

    cr_assert_not(rx_wheel_begin(w, 1000));
    for (int i = 0; i < 3; i++) {
        init(&t[i], 1, (uint64_t)i);
        rx_wheel_arm(w, &t[i], due[i]);
        cr_assert_eq(t[i].due, due[i]);
    }
    rx_wheel_verify(w);
    cr_assert_eq(rx_wheel_next(w), 1000);
    rx_wheel_cancel(w, &t[1]);
    cr_assert(rx_wheel_begin(w, 5000));
    cr_assert_eq(rx_wheel_now(w), 1000);
    cr_assert_eq(rx_wheel_pull(w), &t[0]);
    cr_assert_eq(rx_wheel_pull(w), &t[2]);
    cr_assert_null(rx_wheel_pull(w));
    rx_wheel_arm(w, &t[0], 1000); /* the same instant again, since it was asked for */
    cr_assert(rx_wheel_begin(w, 5000));
    cr_assert_eq(rx_wheel_now(w), 1000);
    cr_assert_eq(rx_wheel_pull(w), &t[0]);
    cr_assert_null(rx_wheel_pull(w));
    cr_assert_not(rx_wheel_begin(w, 5000));
}

Test(wheel, begin_inside_an_instant_aborts, .signal = SIGABRT)
{
    struct rx_timer t;

    init(&t, 1, 1);
    rx_wheel_arm(w, &t, 5);
    rx_wheel_begin(w, 5);
    rx_wheel_begin(w, 5);
}

/* Pulls everything that is left and compares the classes and ids with a text like "d3 e1". */
static void expect_order(const char *expected)
{
    char got[200] = "", *p = got;
    struct rx_timer *t;

    while ((t = rx_wheel_pull(w)) != NULL)
        p += sprintf(p, "%s%c%d", p == got ? "" : " ", 'a' + (int)rx_key_class(t->key),
                     (int)(t->key & 0xff));
    cr_assert_str_eq(got, expected);
}

static struct rx_timer named[5][10]; /* class a..e, id 0..9 */

static void init_named(void)
{
    for (unsigned c = 0; c < 5; c++)
        for (unsigned id = 0; id < 10; id++)
            init(&named[c][id], c, id);
}

static void arm_named(const char *list, rx_ms due)
{
    for (; *list; list += list[2] ? 3 : 2)
        rx_wheel_arm(w, &named[list[0] - 'a'][list[1] - '0'], due);
}

static void expect_pull(const char *one)
{
    cr_assert_eq(rx_wheel_pull(w), &named[one[0] - 'a'][one[1] - '0'], "expected %s", one);
}

Test(wheel, order_is_by_key_however_armed)
{
    static const char *const armed[] = {"b1 b2 c0 c9 d5 e1", "e1 d5 c9 c0 b2 b1",
                                        "c9 b1 e1 c0 d5 b2", "b1 e1 b2 d5 c0 c9"};

    init_named();
    for (size_t i = 0; i < RX_ARRAY_LEN(armed); i++) {
        rx_ms at = 10 * ((rx_ms)i + 1);

        arm_named(armed[i], at);
        cr_assert(rx_wheel_begin(w, at));
        expect_order("b1 b2 c0 c9 d5 e1");
    }
}

Test(wheel, soon_waits_for_the_change_of_class_lowest_first)
{
    init_named();
    arm_named("c1 e1 e2 e3", 10);
    rx_wheel_begin(w, 10);
    expect_pull("c1");
    expect_pull("e1");
    arm_named("d2 b7 d1 e9 e0", 10); /* d: not before e is through, then all of it, lowest first */
    expect_pull("e2");
    rx_wheel_verify(w);
    expect_pull("e3");
    expect_order("b7 d1 d2 e0 e9");
    cr_assert_eq(rx_wheel_now(w), 10);
}

Test(wheel, soon_of_a_low_class_overtakes_the_rest)
{
    init_named();
    arm_named("b1 b2 d1 e1", 10);
    rx_wheel_begin(w, 10);
    expect_pull("b1");
    arm_named("c1 a1", 3); /* the past counts as now */
    cr_assert_eq(named[2][1].due, 3);
    expect_pull("b2");
    expect_pull("a1");
    arm_named("b3", 10);
    expect_order("b3 c1 d1 e1");
}

Test(wheel, soon_before_the_first_pull_joins_the_round)
{
    init_named();
    for (rx_ms at = 10; at <= 20; at += 10) { /* the second time the class before was c, too */
        arm_named("c1 c3", at);
        rx_wheel_begin(w, at);
        arm_named("c2 b1", at);
        expect_order("b1 c1 c2 c3");
        arm_named("c4", at + 5);
        rx_wheel_begin(w, at + 5);
        expect_order("c4");
    }
}

Test(wheel, a_timer_may_come_again_in_its_own_instant)
{
    init_named();
    arm_named("c1 c2", 10);
    rx_wheel_begin(w, 10);
    expect_pull("c1");
    arm_named("c1", 10);
    expect_pull("c2");
    expect_pull("c1");
    cr_assert_null(rx_wheel_pull(w));
    cr_assert_not(rx_wheel_begin(w, 10));
}

Test(wheel, cancel_and_rearm_inside_the_instant)
{
    init_named();
    arm_named("b1 b2 b3 b4 c1 c2", 10);
    rx_wheel_begin(w, 10);
    expect_pull("b1");
    rx_wheel_cancel(w, &named[1][2]);     /* waiting, the next one */
    rx_wheel_cancel(w, &named[2][2]);     /* waiting, the last one */
    rx_wheel_arm(w, &named[1][3], 11);    /* put off */
    rx_wheel_arm(w, &named[2][1], 10);    /* armed for now anew */
    arm_named("d1 d2 d3", 10);            /* soon */
    rx_wheel_cancel(w, &named[3][2]);     /* cancelled from there */
    rx_wheel_arm(w, &named[3][3], 70000); /* and put off from there */
    rx_wheel_verify(w);
    cr_assert_eq(rx_wheel_next(w), 10);
    cr_assert_eq(rx_wheel_count(w), 5);
    expect_order("b4 c1 d1");
    cr_assert_eq(rx_wheel_next(w), 11);
    expect_alone(&named[1][3], 11);
    expect_alone(&named[3][3], 70000);
    cr_assert_eq(rx_wheel_count(w), 0);
}

Test(wheel, what_was_soon_may_be_cancelled_when_it_waits)
{
    init_named();
    arm_named("b1 d5", 10);
    rx_wheel_begin(w, 10);
    expect_pull("b1");
    arm_named("e3 c1 e1 d6 e2 d4", 10); /* before what waits, and behind all of it */
    expect_pull("c1");
    rx_wheel_verify(w);
    rx_wheel_cancel(w, &named[3][4]); /* the first one */
    rx_wheel_cancel(w, &named[4][1]);
    rx_wheel_cancel(w, &named[4][3]); /* the last one */
    rx_wheel_verify(w);
    expect_pull("d5");
    expect_pull("d6");
    expect_pull("e2");
    arm_named("a2 a1", 10); /* behind nothing */
    expect_pull("a1");
    rx_wheel_cancel(w, &named[0][2]);
    expect_order("");
    cr_assert_eq(rx_wheel_count(w), 0);
}

Test(wheel, an_emptied_instant_ends)
{
    init_named();
    arm_named("b1 b2", 10);
    rx_wheel_begin(w, 10);
    expect_pull("b1");
    rx_wheel_cancel(w, &named[1][2]);
    cr_assert_eq(rx_wheel_next(w), 10); /* still open */
    cr_assert_null(rx_wheel_pull(w));
    cr_assert_eq(rx_wheel_next(w), RX_MS_NEVER);
    cr_assert_not(rx_wheel_begin(w, 10));
}

/* ---- far away ------------------------------------------------------------------------------- */

/* Both sides of each place where a level begins, from several positions within the levels. */
Test(wheel, level_boundaries_are_exact)
{
    static const rx_ms start[] = {
        0, 1, 65535, 65536, (1LL << 25) - 1, (1LL << 34) + 12345, (1LL << 43) - 1};
    static const int bits[] = {6, 10, 12, 16, 19, 25, 31, 37, 40, 43};
    struct rx_timer t;

    init(&t, 1, 1);
    for (size_t s = 0; s < RX_ARRAY_LEN(start); s++) {
        for (size_t b = 0; b < RX_ARRAY_LEN(bits); b++) {
            for (rx_ms off = -1; off <= 1; off++) {
                rx_ms due = start[s] + (1LL << bits[b]) + off;

                if (due >= RX_MS_NEVER)
                    continue;
                reopen(start[s]);
                rx_wheel_arm(w, &t, due);
                rx_wheel_verify(w);
                expect_alone(&t, due);
                rx_wheel_arm(w, &t, due + 1 + 70000); /* and on from there */
                expect_alone(&t, due + 1 + 70000);
            }
        }
    }
}

Test(wheel, periods_keep_their_beat_across_levels)
{
    static const rx_ms period[] = {1,     999,    10000,    65535,    65536,
                                   65537, 100000, 33554431, 33554433, 17179869184};
    enum { N = RX_ARRAY_LEN(period), FIRINGS = 3000 };
    struct rx_timer t[N], *got;
    rx_ms want[N];
    int fired = 0;

    for (unsigned i = 0; i < N; i++) {
        init(&t[i], 1, i);
        rx_wheel_arm(w, &t[i], want[i] = period[i]);
    }
    /* Without the fastest ones after a while, so that the slow ones are reached. */
    while (fired < FIRINGS && rx_wheel_begin(w, RX_MS_NEVER - 1)) {
        while ((got = rx_wheel_pull(w)) != NULL) {
            size_t i = got->key & 0xff;

            cr_assert_eq(rx_wheel_now(w), want[i]);
            want[i] += period[i];
            if (++fired < (int)(i + 1) * FIRINGS / N)
                rx_wheel_arm(w, got, want[i]);
        }
    }
    rx_wheel_verify(w);
}

Test(wheel, years_and_never)
{
    struct rx_timer t[3];
    const rx_ms year = 365LL * 24 * 3600 * 1000;

    for (unsigned i = 0; i < 3; i++)
        init(&t[i], 1, i);
    rx_wheel_arm(w, &t[0], RX_MS_NEVER - 1);
    rx_wheel_arm(w, &t[1], 100 * year);
    rx_wheel_arm(w, &t[2], INT64_MAX); /* beyond never is never */
    cr_assert_eq(rx_wheel_count(w), 2);
    rx_wheel_verify(w);
    cr_assert_not(rx_wheel_begin(w, 99 * year));
    rx_wheel_verify(w);
    expect_alone(&t[1], 100 * year);
    expect_alone(&t[0], RX_MS_NEVER - 1);
    cr_assert_not(rx_wheel_begin(w, INT64_MAX));
    cr_assert_eq(rx_wheel_now(w), RX_MS_NEVER);
    cr_assert_not(rx_wheel_begin(w, INT64_MAX));
    rx_wheel_verify(w);
}

/* The cached minimum of a higher slot is forgotten with its timer. */
Test(wheel, next_stays_exact_when_far_timers_are_cancelled)
{
    enum { N = 50 };
    struct rx_timer t[N];

    for (unsigned i = 0; i < N; i++) {
        init(&t[i], 1, i);
        rx_wheel_arm(w, &t[i], 140000 + 7 * (rx_ms)i);
    }
    for (unsigned i = 0; i + 1 < N; i++) {
        rx_wheel_cancel(w, &t[i]);
        cr_assert_eq(rx_wheel_next(w), 140000 + 7 * (rx_ms)(i + 1));
        rx_wheel_verify(w);
    }
    cr_assert_not(rx_wheel_begin(w, 80000)); /* now the same deadline fits into level 0 */
    rx_wheel_arm(w, &t[0], 140000 + 7 * (N - 1));
    rx_wheel_cancel(w, &t[N - 1]);
    rx_wheel_verify(w);
    expect_alone(&t[0], 140000 + 7 * (N - 1));
}

/*
 * Far timers move down while others fire, not all at once when their slot begins. Seen from
 * outside: timers of different deadlines share a list only as long as they lie in a higher level.
 */
static unsigned sharing(const struct rx_timer *t, unsigned n)
{
    unsigned shared = 0;

    for (unsigned i = 0; i < n; i++)
        shared += t[i].next != NULL;
    return shared;
}

Test(wheel, far_timers_move_down_one_by_one)
{
    enum { N = 100 };
    static const rx_ms start[] = {0, 5000, (1 << 19) - 20000, (1 << 19) - 70000, (1 << 25) - 70000};
    struct rx_timer t[N], pulse;

    init(&pulse, 2, 1);
    for (size_t s = 0; s < RX_ARRAY_LEN(start); s++) {
        rx_ms slot = (start[s] | 1023) + 1 + 80 * 1024; /* the start of one, in level 1 */
        unsigned left = N - 1;

        reopen(start[s]);
        for (unsigned i = 0; i < N; i++) {
            init(&t[i], 1, i);
            rx_wheel_arm(w, &t[i], slot + 10 * (rx_ms)i);
        }
        cr_assert_eq(sharing(t, N), left);
        for (rx_ms now = slot - 60 * 1024; left > 0; now++) {
            rx_wheel_arm(w, &pulse, now);
            expect_alone(&pulse, now);
            cr_assert_eq(sharing(t, N), --left);
        }
        rx_wheel_verify(w);
        for (unsigned i = 0; i < N; i++)
            expect_alone(&t[i], slot + 10 * (rx_ms)i);
    }
}

/* ---- order of large batches ----------------------------------------------------------------- */

static void expect_sorted_herd(struct rx_timer *t, const uint32_t *order, uint32_t n, rx_ms at)
{
    for (uint32_t i = 0; i < n; i++)
        rx_wheel_arm(w, &t[order[i]], at);
    cr_assert(rx_wheel_begin(w, at));
    rx_wheel_verify(w);
    for (uint32_t i = 0; i < n; i++)
        cr_assert_eq(rx_wheel_pull(w), &t[i]);
    cr_assert_null(rx_wheel_pull(w));
}

Test(wheel, herds_come_sorted)
{
    enum { N = 1500 };
    static struct rx_timer t[N];
    static uint32_t order[N];
    struct rx_prng r = rx_prng_stream(1, 2, 3);
    rx_ms at = 100;

    for (uint32_t i = 0; i < N; i++)
        init(&t[i], i / (N / 4), i);
    for (uint32_t n = 1; n <= N; n = n * 3 / 2 + 1) {
        for (uint32_t i = 0; i < n; i++)
            order[i] = i;
        expect_sorted_herd(t, order, n, at += 100);
        for (uint32_t i = 0; i < n; i++)
            order[i] = n - 1 - i;
        expect_sorted_herd(t, order, n, at += 100);
        for (uint32_t i = 0; i < n; i++) /* two interleaved runs, through a cascade */
            order[i] = i < (n + 1) / 2 ? i * 2 : (i - (n + 1) / 2) * 2 + 1;
        expect_sorted_herd(t, order, n, at += 100000);
        for (uint32_t i = n; i > 1; i--) {
            uint32_t k = (uint32_t)rx_prng_below(&r, i), was = order[i - 1];

            order[i - 1] = order[k];
            order[k] = was;
        }
        expect_sorted_herd(t, order, n, at += 100);
    }
}

/* The last of a slot leaves, and another takes its place: neither order nor list is lost. */
Test(wheel, the_last_of_a_slot_may_leave)
{
    static const rx_ms at[] = {50, 70000, 3000000}; /* of levels 0, 1 and 2 */
    struct rx_timer t[4];

    for (size_t k = 0; k < RX_ARRAY_LEN(at); k++) {
        reopen(0);
        for (unsigned i = 0; i < 4; i++)
            init(&t[i], 1, i);
        for (unsigned i = 0; i < 3; i++)
            rx_wheel_arm(w, &t[i], at[k]);
        rx_wheel_cancel(w, &t[2]);
        rx_wheel_verify(w);
        rx_wheel_cancel(w, &t[1]);
        rx_wheel_arm(w, &t[3], at[k]);
        rx_wheel_arm(w, &t[2], at[k]); /* behind a higher key */
        rx_wheel_verify(w);
        cr_assert(rx_wheel_begin(w, at[k]));
        cr_assert_eq(rx_wheel_pull(w), &t[0]);
        cr_assert_eq(rx_wheel_pull(w), &t[2]);
        cr_assert_eq(rx_wheel_pull(w), &t[3]);
        cr_assert_null(rx_wheel_pull(w));
    }
}

static uint64_t hints;

static void hinted(const struct rx_timer *t)
{
    cr_assert(rx_timer_armed(t));
    hints++;
}

/* Enough timers that the wheel looks ahead: whoever is cancelled or fires is freed at once, and
 * under the address sanitizer nobody may look at it again. */
Test(wheel, a_crowd_may_be_freed_while_it_is_looked_ahead_at)
{
    enum { N = 20000, HORIZON = 700 };
    static struct rx_timer *t[N];
    struct rx_prng r = rx_prng_stream(4, 5, 6);
    uint64_t fired = 0, cancelled = 0;
    struct rx_timer *got;

    rx_wheel_hint(w, hinted);
    for (uint32_t i = 0; i < N; i++) {
        t[i] = malloc(sizeof(*t[i]));
        init(t[i], i % 3, i);
        rx_wheel_arm(w, t[i], 1 + (rx_ms)rx_prng_below(&r, HORIZON));
    }
    while (rx_wheel_begin(w, rx_wheel_next(w))) {
        uint64_t key = 0;

        while ((got = rx_wheel_pull(w)) != NULL) {
            uint32_t i = (uint32_t)rx_prng_below(&r, N);

            cr_assert_eq(got->due, rx_wheel_now(w));
            cr_assert_geq(got->key, key);
            key = got->key;
            t[key & 0xffff] = NULL;
            free(got);
            fired++;
            if (t[i] && i % 4 == 0) {
                rx_wheel_cancel(w, t[i]);
                free(t[i]);
                t[i] = NULL;
                cancelled++;
            }
        }
        if (rx_wheel_now(w) % 64 == 0)
            rx_wheel_verify(w);
    }
    cr_assert_eq(fired + cancelled, N);
    cr_assert_gt(cancelled, 1000);
    cr_assert_gt(hints, 1000);
    cr_assert_eq(rx_wheel_count(w), 0);
}
