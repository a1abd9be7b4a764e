/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wheel_twin.c - random lives of the wheel against a dumb twin that keeps every timer in an
 * array and searches it: nothing early, late, twice, out of order or after its cancellation. And
 * the same story told with different steps of the clock.
 */
#include "engine/reactor/prng.h"
#include "engine/reactor/wheel.h"

#include <criterion/criterion.h>

static struct rx_mem mem;
static struct rx_wheel *w;

static void setup(void)
{
    cr_assert_eq(rx_mem_open(&mem), 0);
}

static void teardown(void)
{
    rx_wheel_close(w);
    rx_mem_close(&mem);
}

TestSuite(wheel_twin, .init = setup, .fini = teardown);

static void reopen(rx_ms now)
{
    rx_wheel_close(w);
    cr_assert_eq(rx_wheel_open(&w, &mem, now), 0);
}

/* ---- random lives against the twin ---------------------------------------------------------- */

enum { TWIN_MAX = 400 };

/* What an owner does with the wheel, and how the clock moves. Shares are per thousand. */
struct life {
    const char *name;
    rx_ms start, delta_min, delta_max; /* of deadlines, from now */
    rx_ms step_min, step_max;          /* of the clock */
    uint32_t count, steps;
    uint32_t cancels; /* per step, outside of instants */
    uint32_t rearms;  /* share of pulled timers that are armed again */
    uint32_t soon;    /* share of pulls that arm another timer for this instant or the past */
    uint32_t meddles; /* share of pulls that cancel or re-arm a timer that waits somewhere */
    unsigned classes;
};

/* clang-format off */
static const struct life lives[] = {
    /* name, start, deadlines, steps of the clock, count, steps, cancels, rearms, soon, meddles,
     * classes */
    {"dense",     0,         0,      50,        1,    3,         300, 400,  2, 950, 100, 100,  5},
    {"one class", 7,         1,      20,        1,    1,         200, 300,  1, 990,  50,  50,  1},
    {"probes",    0,         500,    60000,     1,    5000,      300, 300,  5, 950,  50,  50,  5},
    {"edge of 0", 65000,     65000,  66100,     1,    70000,     200, 300,  5, 950,  20,  50,  3},
    {"level 1",   33254432,  0,      400000,    1,    100000,    300, 300,  5, 950,  50,  50,  5},
    {"edge of 1", 12345,     520000, 530000,    1,    200000,    200, 300,  5, 950,  20,  50,  4},
    {"draining",  999999,    100,    700000,    1,    3000,      400, 900,  1, 999,  10,  20,  5},
    {"hours",     0,         0,      40000000,  1,    20000000,  200, 300,  5, 950,  50,  50, 16},
    {"years",     1LL << 33, 0,      1LL << 36, 1,    1LL << 35, 200, 200,  5, 950,  50,  50,  5},
    {"ages",      0,         0,      1LL << 38, 1,    1LL << 35, 200, 250,  5, 900,  50,  50,  5},
    {"late",      0,         0,      100,       5000, 9000,      100,  40,  3, 900, 100, 100,  5},
    {"standing",  0,         0,      2000,      0,    40,        300, 300, 40, 900, 100, 100,  8},
    {"chaos",     3,         -50,    70000,     0,    30000,     400, 300, 60, 900, 200, 300, 16},
};
/* clang-format on */

struct twin {
    struct {
        struct rx_timer timer;
        bool armed;
        bool soon;  /* armed for the open instant since the last change of class */
        bool batch; /* waits in the open instant */
        rx_ms tick; /* in the slots: when it will be handed out */
    } t[TWIN_MAX];
    uint32_t count;
    rx_ms now;
    bool open;
    int class_;
    const struct life *life;
    struct rx_prng r;
    uint64_t pulled;
};

static bool chance(struct twin *v, uint32_t per_thousand)
{
    return rx_prng_below(&v->r, 1000) < per_thousand;
}

static rx_ms between(struct twin *v, rx_ms min, rx_ms max)
{
    return min + (rx_ms)rx_prng_below(&v->r, (uint64_t)(max - min) + 1);
}

static uint32_t any(struct twin *v)
{
    return (uint32_t)rx_prng_below(&v->r, v->count);
}

static size_t twin_armed(const struct twin *v)
{
    size_t n = 0;

    for (uint32_t i = 0; i < v->count; i++)
        n += v->t[i].armed;
    return n;
}

static rx_ms twin_next(const struct twin *v)
{
    rx_ms next = RX_MS_NEVER;

    if (v->open)
        return v->now;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->t[i].armed)
            next = RX_MIN(next, v->t[i].tick);
    return next;
}

static void agree(const struct twin *v)
{
    cr_assert_eq(rx_wheel_next(w), twin_next(v), "%s", v->life->name);
    cr_assert_eq(rx_wheel_count(w), twin_armed(v));
    cr_assert_eq(rx_wheel_now(w), v->now);
}

static void both_arm(struct twin *v, uint32_t i, rx_ms due)
{
    rx_wheel_arm(w, &v->t[i].timer, due);
    cr_assert_eq(v->t[i].timer.due, RX_MIN(due, RX_MS_NEVER));
    v->t[i].armed = due < RX_MS_NEVER;
    v->t[i].batch = false;
    v->t[i].soon = v->open && due <= v->now;
    v->t[i].tick = RX_MAX(due, v->now);
}

static void both_cancel(struct twin *v, uint32_t i)
{
    rx_wheel_cancel(w, &v->t[i].timer);
    v->t[i].armed = v->t[i].soon = v->t[i].batch = false;
}

static rx_ms draw_due(struct twin *v)
{
    return v->now + between(v, v->life->delta_min, v->life->delta_max);
}

/* The contract, literally: the waiting timer with the lowest key; soon ones count once the class
 * changes. -1: the instant is over. */
static int twin_first(const struct twin *v)
{
    int first = -1;

    for (uint32_t i = 0; i < v->count; i++)
        if (v->t[i].batch && (first < 0 || v->t[i].timer.key < v->t[first].timer.key))
            first = (int)i;
    return first;
}

static int twin_pull(struct twin *v)
{
    int first = twin_first(v);

    if (first < 0 || (int)rx_key_class(v->t[first].timer.key) != v->class_) {
        for (uint32_t i = 0; i < v->count; i++) {
            v->t[i].batch |= v->t[i].soon;
            v->t[i].soon = false;
        }
        first = twin_first(v);
    }
    if (first < 0) {
        v->open = false;
        return -1;
    }
    v->class_ = (int)rx_key_class(v->t[first].timer.key);
    v->t[first].armed = v->t[first].batch = false;
    v->pulled++;
    return first;
}

static void twin_begin(struct twin *v)
{
    v->now = twin_next(v);
    v->open = true;
    v->class_ = -1;
    for (uint32_t i = 0; i < v->count; i++)
        v->t[i].batch = v->t[i].armed && v->t[i].tick == v->now;
}

/* What a handler might do to its own timer and to others. */
static void handle(struct twin *v, uint32_t i)
{
    if (chance(v, v->life->rearms))
        both_arm(v, i, draw_due(v));
    if (chance(v, v->life->soon))
        both_arm(v, any(v), v->now - between(v, 0, 3));
    if (chance(v, v->life->meddles))
        both_cancel(v, any(v));
    if (chance(v, v->life->meddles))
        both_arm(v, any(v), draw_due(v));
}

static void instant(struct twin *v)
{
    struct rx_timer *got;
    int want;

    twin_begin(v);
    cr_assert_eq(rx_wheel_now(w), v->now, "%s", v->life->name);
    do {
        agree(v);
        want = twin_pull(v);
        got = rx_wheel_pull(w);
        cr_assert_eq(got, want < 0 ? NULL : &v->t[want].timer, "%s at %lld", v->life->name,
                     (long long)v->now);
        if (got) {
            cr_assert_not(rx_timer_armed(got));
            cr_assert_leq(got->due, v->now);
            handle(v, (uint32_t)want);
        }
    } while (got);
    agree(v);
}

static void outside(struct twin *v)
{
    for (uint32_t n = 0; n < v->life->cancels; n++) {
        uint32_t i = any(v);

        if (chance(v, 500))
            both_cancel(v, i);
        else
            both_arm(v, i, draw_due(v));
        agree(v);
    }
    if (chance(v, 20))
        both_arm(v, any(v), RX_MS_NEVER + (rx_ms)rx_prng_below(&v->r, 2));
}

static uint64_t live(const struct life *life, uint64_t seed)
{
    static struct twin v;

    v = (struct twin){.count = life->count, .now = life->start, .life = life};
    v.r = rx_prng_stream(seed, life->count, (uint64_t)life->delta_max);
    reopen(life->start);
    for (uint32_t i = 0; i < v.count; i++) {
        rx_timer_init(&v.t[i].timer, rx_key((unsigned)rx_prng_below(&v.r, life->classes), i));
        both_arm(&v, i, draw_due(&v));
    }
    for (uint32_t step = 0; step < life->steps; step++) {
        rx_ms now = v.now + between(&v, life->step_min, life->step_max);

        now = RX_MIN(now, RX_MS_NEVER - 1);
        agree(&v);
        for (uint32_t budget = 200; twin_next(&v) <= now && budget > 0; budget--) {
            cr_assert(rx_wheel_begin(w, now), "%s", life->name);
            instant(&v);
        }
        if (twin_next(&v) > now) {
            cr_assert_not(rx_wheel_begin(w, now), "%s", life->name);
            v.now = now;
        }
        outside(&v);
        if (step % 32 == 0)
            rx_wheel_verify(w);
    }
    rx_wheel_verify(w);
    return v.pulled;
}

Test(wheel_twin, random_lives_agree_with_the_twin)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lives); i++)
        for (uint64_t seed = 1; seed <= 3; seed++)
            cr_assert_gt(live(&lives[i], seed), 50, "%s: next to nothing happened", lives[i].name);
}

/* ---- the step of the clock does not matter --------------------------------------------------- */

static uint64_t mixed(uint64_t digest, uint64_t value)
{
    return rx_prng_at(digest, 1, 2, value);
}

/* Each timer's story depends on its own firings only; the digest sees instants and order. */
static uint64_t story_digest(rx_ms step_max)
{
    enum { N = 200 };
    static struct rx_timer t[N];
    static uint64_t fired[N];
    const rx_ms end = 400000;
    struct rx_prng r = rx_prng_stream(9, 9, 9);
    uint64_t digest = 0;
    struct rx_timer *got;

    reopen(0);
    for (uint32_t i = 0; i < N; i++) {
        rx_timer_init(&t[i], rx_key(i % 5, i));
        fired[i] = 0;
        rx_wheel_arm(w, &t[i], (rx_ms)i % 7 * 1000);
    }
    for (rx_ms now = 0; now < end;) {
        now += 1 + (rx_ms)rx_prng_below(&r, (uint64_t)step_max);
        now = RX_MIN(now, end);
        while (rx_wheel_begin(w, now)) {
            digest = mixed(digest, (uint64_t)rx_wheel_now(w));
            while ((got = rx_wheel_pull(w)) != NULL) {
                uint64_t i = got->key & 0xffff, n = fired[i]++;
                uint64_t after = rx_prng_scale(rx_prng_at(5, i, n, 0), 100) * 1000;

                digest = mixed(digest, got->key);
                rx_wheel_arm(w, got,
                             rx_wheel_now(w) + (n % 16 == 15 ? (rx_ms)after : (rx_ms)after + 1));
                if (n % 3 == 0) /* pulls another one forward */
                    rx_wheel_arm(w, &t[(i * 7 + n) % N], rx_wheel_now(w) + (rx_ms)(n % 2) * 500);
            }
        }
    }
    return digest;
}

Test(wheel_twin, order_is_the_same_for_any_step_of_the_clock)
{
    static const rx_ms step[] = {3, 100, 9999, 70000, 400000};
    uint64_t expected = story_digest(1);

    for (size_t i = 0; i < RX_ARRAY_LEN(step); i++)
        cr_assert_eq(story_digest(step[i]), expected, "step %lld", (long long)step[i]);
}
