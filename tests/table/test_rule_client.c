/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rule_client.c - arrivals against their definition, retries and connections by their tables,
 * everything a pod can yield, shares, and the race of a request with a FIN.
 */
#include <criterion/criterion.h>

#include "engine/cluster/rule_client.h"
#include "engine/cluster/rule_idle.h"
#include "engine/cluster/rule_pick.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

enum { S = 1000, PPM = 1000000 };

/* ---- when ------------------------------------------------------------------------------------ */

static const struct {
    struct st_client_rate rate;
    uint64_t i;
    rx_ms due;
} dues[] = {
    {{0, 10 * S, 50ull * PPM}, 0, 0},
    {{0, 10 * S, 50ull * PPM}, 1, 20},
    {{0, 10 * S, 50ull * PPM}, 499, 9980},
    {{0, 10 * S, 50ull * PPM}, 500, RX_MS_NEVER},
    {{1 * S, 103 * S, 300ull * PPM}, 1, 1003},
    {{1 * S, 103 * S, 300ull * PPM}, 2, 1006},
    {{1 * S, 103 * S, 300ull * PPM}, 3, 1010},
    {{1 * S, 103 * S, 300ull * PPM}, 30599, 102996},
    {{1 * S, 103 * S, 300ull * PPM}, 30600, RX_MS_NEVER},
    {{0, RX_MS_NEVER, 199880}, 1, 5003},
    {{0, RX_MS_NEVER, 5000ull * PPM}, 4, 0},
    {{0, RX_MS_NEVER, 5000ull * PPM}, 5, 1},
    {{7, RX_MS_NEVER, 1}, 1, 1000000007},
    {{0, RX_MS_NEVER, 1}, UINT64_MAX, RX_MS_NEVER},
    {{5, 5, 1ull * PPM}, 0, RX_MS_NEVER},
};

Test(rule_client, a_request_is_due_where_the_formula_says)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(dues); i++)
        cr_expect_eq(cluster_due(&dues[i].rate, dues[i].i), dues[i].due, "%zu", i);
}

/* Step by step it comes to what the definition says, whatever the rate. */
Test(rule_client, the_pace_is_the_formula)
{
    struct rx_prng chance = rx_prng_stream(1, 2, 3);

    for (int world = 0; world < 400; world++) {
        struct st_client_rate r = {.from = (rx_ms)rx_prng_below(&chance, 100000)};
        struct cluster_pace p;

        r.per_s_ppm = 1 + rx_prng_next(&chance) % (1ull << rx_prng_below(&chance, 45));
        r.to = rx_prng_below(&chance, 2) ? RX_MS_NEVER
                                         : r.from + (rx_ms)rx_prng_below(&chance, 5000);
        p = cluster_pace_begin(&r);
        for (uint64_t i = 0; i < 500; i++) {
            cr_assert_eq(p.due, cluster_due(&r, i), "rate %llu, request %llu",
                         (unsigned long long)r.per_s_ppm, (unsigned long long)i);
            cluster_pace_next(&p, &r);
        }
    }
}

Test(rule_client, arrivals_by_chance_keep_what_a_tick_cuts_off)
{
    struct st_client_rate r = {.from = 1 * S, .to = 2 * S, .per_s_ppm = 1000ull * PPM};
    struct cluster_chance_pace p = {.at = 1 * S * RX_NS_PER_MS};

    cr_expect_eq(cluster_gap_mean(&r), RX_NS_PER_MS);
    for (int i = 0; i < 3; i++)
        cluster_chance_next(&p, &r, 400 * 1000);
    cr_expect_eq(p.due, 1001, "1.2 ms after the beginning");
    cluster_chance_next(&p, &r, 997 * RX_NS_PER_MS);
    cr_expect_eq(p.due, 1998);
    cluster_chance_next(&p, &r, 2 * RX_NS_PER_MS);
    cr_expect_eq(p.due, RX_MS_NEVER, "the window is over");
    p = (struct cluster_chance_pace){.at = RX_NS_NEVER - 5};
    r.to = RX_MS_NEVER;
    cluster_chance_next(&p, &r, 10);
    cr_expect_eq(p.due, RX_MS_NEVER, "beyond all time");
}

/* ---- again ----------------------------------------------------------------------------------- */

#define ON(outcome) (1u << ST_OUTCOME_##outcome)
#define GOT(outcome_, attempts_, ...)                                                             \
    {.outcome = ST_OUTCOME_##outcome_, .attempts = (attempts_), __VA_ARGS__}

static const struct {
    struct st_client_retries rule;
    struct cluster_retry_in in;
    enum cluster_again then;
    rx_ms delay;
} retries[] = {
    /* none left */
    {{1, ON(RESET), 0, S, 2000, false}, GOT(RESET, 1), CLUSTER_AGAIN_NOT, 0},
    {{3, ON(RESET), 0, S, 2000, false}, GOT(RESET, 3), CLUSTER_AGAIN_NOT, 0},
    /* not for this */
    {{3, ON(RESET), 0, S, 2000, false}, GOT(REFUSED, 1), CLUSTER_AGAIN_NOT, 0},
    {{3, ON(OK) | ON(RESET), 0, S, 2000, false}, GOT(HTTP_5XX, 1), CLUSTER_AGAIN_NOT, 0},
    /* the ladder, and its top */
    {{9, ON(RESET), 100, S, 2000, false}, GOT(RESET, 1), CLUSTER_AGAIN_LATER, 100},
    {{9, ON(RESET), 100, S, 2000, false}, GOT(RESET, 2), CLUSTER_AGAIN_LATER, 200},
    {{9, ON(RESET), 100, S, 2000, false}, GOT(RESET, 4), CLUSTER_AGAIN_LATER, 800},
    {{9, ON(RESET), 100, S, 2000, false}, GOT(RESET, 5), CLUSTER_AGAIN_LATER, S},
    {{9, ON(RESET), 5 * S, S, 2000, false}, GOT(RESET, 1), CLUSTER_AGAIN_LATER, S},
    {{9, ON(RESET), 100, S, 1500, false}, GOT(RESET, 3), CLUSTER_AGAIN_LATER, 225},
    {{9, ON(RESET), 100, S, 1000, false}, GOT(RESET, 8), CLUSTER_AGAIN_LATER, 100},
    {{UINT32_MAX, ON(RESET), 0, S, 2000, false}, GOT(RESET, 4000000000u),
     CLUSTER_AGAIN_LATER, 0},
    /* for nothing: once, on a reused connection, before any byte */
    {{1, 0, 0, S, 2000, true}, GOT(RESET, 1, .reused = true), CLUSTER_AGAIN_FREE, 0},
    {{1, 0, 0, S, 2000, true}, GOT(RESET, 1, .reused = false), CLUSTER_AGAIN_NOT, 0},
    {{1, 0, 0, S, 2000, true}, GOT(RESET, 1, .reused = true, .answered = true), CLUSTER_AGAIN_NOT,
     0},
    {{1, 0, 0, S, 2000, true}, GOT(RESET, 1, .reused = true, .free_taken = true),
     CLUSTER_AGAIN_NOT, 0},
    {{1, 0, 0, S, 2000, true}, GOT(REFUSED, 1, .reused = true), CLUSTER_AGAIN_NOT, 0},
    {{1, 0, 0, S, 2000, false}, GOT(RESET, 1, .reused = true), CLUSTER_AGAIN_NOT, 0},
    /* that comes first, and takes none of the attempts */
    {{2, ON(RESET), 100, S, 2000, true}, GOT(RESET, 1, .reused = true), CLUSTER_AGAIN_FREE,
     0},
};

Test(rule_client, what_is_sent_again)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(retries); i++) {
        struct cluster_retry_out out = cluster_client_retry(&retries[i].rule, &retries[i].in);

        cr_expect_eq(out.then, retries[i].then, "%zu", i);
        cr_expect_eq(out.delay, retries[i].delay, "%zu: %lld", i, (long long)out.delay);
    }
}

/* ---- which connection ------------------------------------------------------------------------ */

Test(rule_client, which_connection_is_taken)
{
    for (int bits = 0; bits < 8; bits++) {
        for (uint32_t open = 0; open <= 3; open++) {
            struct cluster_pool_in in = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, open,
                                         2};
            enum cluster_pool wanted = CLUSTER_POOL_OPEN;

            if (in.keep_alive && in.idle && !in.fresh)
                wanted = CLUSTER_POOL_REUSE;
            else if (in.keep_alive && open >= 2)
                wanted = CLUSTER_POOL_WAIT;
            cr_expect_eq(cluster_pool(&in), wanted, "%d, %u open", bits, open);
        }
    }
}

/* ---- what a pod yields ----------------------------------------------------------------------- */

#define DEAF(...) {.connect = 1 * S, .request = 10 * S, __VA_ARGS__}
#define NEW(...) {.listens = true, .connect = 1 * S, .request = 10 * S, __VA_ARGS__}
#define KEPT(...) {.kept = true, .connect = 1 * S, .request = 10 * S, __VA_ARGS__}
#define SAYS(...) {.act = POD_SERVE_##__VA_ARGS__}

static const struct {
    struct cluster_yield_in in;
    struct pod_answer answer;
    struct cluster_yield y; /* outcome, after, by_pod, held, lasts, answers, head */
} yields[] = {
    /* nobody there */
    {DEAF(.gone = false), SAYS(ANSWER, .status = 200),
     {ST_OUTCOME_REFUSED, 0, 0, 0, 0, 0, RX_MS_NEVER}},
    {NEW(.gone = true), SAYS(ANSWER, .status = 200),
     {ST_OUTCOME_REFUSED, 0, 0, 0, 0, 0, RX_MS_NEVER}},
    {NEW(.gone = true, .dead_times_out = true), SAYS(ANSWER, .status = 200),
     {ST_OUTCOME_CONNECT_TIMEOUT, S, 0, 0, 0, 0, RX_MS_NEVER}},
    {NEW(.dead_times_out = true), SAYS(ANSWER, .status = 200), {ST_OUTCOME_OK, 0, 1, 1, 1, 1, 0}},
    {NEW(.lost = true), SAYS(ANSWER, .status = 200),
     {ST_OUTCOME_CONNECT_TIMEOUT, S, 0, 0, 0, 0, RX_MS_NEVER}},
    {DEAF(.lost = true), SAYS(HANG), {ST_OUTCOME_CONNECT_TIMEOUT, S, 0, 0, 0, 0, RX_MS_NEVER}},
    {KEPT(.lost = true), SAYS(ANSWER, .status = 200),
     {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 0, 0, 0, RX_MS_NEVER}},
    /* a listener that is closed does not concern what is connected */
    {KEPT(.listens = false), SAYS(ANSWER, .status = 200), {ST_OUTCOME_OK, 0, 1, 1, 1, 1, 0}},
    /* statuses */
    {NEW(), SAYS(ANSWER, .status = 399), {ST_OUTCOME_OK, 0, 1, 1, 1, 1, 0}},
    {NEW(), SAYS(REDIRECT, .status = 302), {ST_OUTCOME_OK, 0, 1, 1, 1, 1, 0}},
    {NEW(), SAYS(ANSWER, .status = 400), {ST_OUTCOME_HTTP_4XX, 0, 1, 1, 1, 1, 0}},
    {NEW(), SAYS(ANSWER, .status = 499), {ST_OUTCOME_HTTP_4XX, 0, 1, 1, 1, 1, 0}},
    {NEW(), SAYS(ANSWER, .status = 500), {ST_OUTCOME_HTTP_5XX, 0, 1, 1, 1, 1, 0}},
    /* time */
    {NEW(), SAYS(ANSWER, .status = 200, .latency = 9 * S, .body_after = S),
     {ST_OUTCOME_OK, 10 * S, 1, 1, 1, 1, 9 * S}},
    {NEW(), SAYS(ANSWER, .status = 200, .latency = 9 * S, .body_after = S + 1),
     {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 1, 9 * S}},
    {KEPT(), SAYS(ANSWER, .status = 503, .latency = 10 * S + 1),
     {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 0, RX_MS_NEVER}},
    {NEW(), SAYS(HANG), {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 0, RX_MS_NEVER}},
    {KEPT(), SAYS(HANG), {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 0, RX_MS_NEVER}},
    {NEW(), SAYS(HEADERS_ONLY, .latency = S), {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 1, S}},
    /* no answer */
    {NEW(), SAYS(RESET), {ST_OUTCOME_RESET, 0, 1, 1, 0, 0, RX_MS_NEVER}},
    {KEPT(), SAYS(RESET), {ST_OUTCOME_RESET, 0, 1, 1, 0, 0, RX_MS_NEVER}},
    {NEW(), SAYS(RESET, .latency = S), {ST_OUTCOME_RESET, S, 1, 1, 0, 0, RX_MS_NEVER}},
    {NEW(), SAYS(RESET, .latency = 11 * S),
     {ST_OUTCOME_REQUEST_TIMEOUT, 10 * S, 0, 1, 0, 0, RX_MS_NEVER}},
    {KEPT(), SAYS(GARBAGE), {ST_OUTCOME_RESET, 0, 1, 1, 0, 1, 0}},
};

Test(rule_client, what_a_pod_yields)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(yields); i++) {
        struct cluster_yield_in in = yields[i].in;
        const struct cluster_yield *wanted = &yields[i].y;
        struct cluster_yield y;

        in.answer = &yields[i].answer;
        y = cluster_yield(&in);
        cr_expect_eq(y.outcome, wanted->outcome, "%zu: outcome %d", i, (int)y.outcome);
        cr_expect_eq(y.after, wanted->after, "%zu: after %lld", i, (long long)y.after);
        cr_expect_eq(y.by_pod, wanted->by_pod, "%zu: by pod", i);
        cr_expect_eq(y.held, wanted->held, "%zu: held", i);
        cr_expect_eq(y.lasts, wanted->lasts, "%zu: lasts", i);
        cr_expect_eq(y.answers, wanted->answers, "%zu: answers", i);
        cr_expect_eq(y.head, wanted->head, "%zu: head %lld", i, (long long)y.head);
    }
}

Test(rule_client, what_counts_as_failed)
{
    struct cluster_counts n = {.attempts = 400};

    for (int i = 0; i < ST_OUTCOMES; i++)
        n.by[i] = 1ull << i;
    cr_expect_eq(cluster_counts_requests(&n), (1 << ST_OUTCOMES) - 1);
    cr_expect_eq(cluster_counts_failed(&n), (1 << ST_OUTCOMES) - 4);
    for (int i = 0; i < ST_OUTCOMES; i++)
        cr_expect_eq(st_outcome_failed((enum st_outcome)i), i > ST_OUTCOME_HTTP_4XX);
}

/* ---- shares ---------------------------------------------------------------------------------- */

Test(rule_pick, turns_and_draws)
{
    cr_expect_eq(cluster_pick_turn(0, 3), 0);
    cr_expect_eq(cluster_pick_turn(7, 3), 1);
    cr_expect_eq(cluster_pick_turn(7, 1), 0);
    cr_expect_eq(cluster_pick_random(0, 5), 0);
    cr_expect_eq(cluster_pick_random(UINT64_MAX, 5), 4);
    cr_expect_eq(cluster_pick_random(1ull << 63, 4), 2);
}

/* Nothing is lost or made, and up to sixteen ways all are equal; so are the parts of a part up to
 * a product of numbers that divide. */
Test(rule_pick, shares_add_up)
{
    for (uint32_t count = 1; count <= 40; count++) {
        uint64_t all = 0;

        for (uint32_t i = 0; i < count; i++)
            all += cluster_pick_share(CLUSTER_UNITS, count, i);
        cr_expect_eq(all, CLUSTER_UNITS);
        for (uint32_t i = 1; count <= 16 && i < count; i++)
            cr_expect_eq(cluster_pick_share(CLUSTER_UNITS, count, i),
                         cluster_pick_share(CLUSTER_UNITS, count, 0), "%u", count);
    }
    cr_expect_eq(cluster_pick_share(CLUSTER_UNITS, 17, 0), 42395 + 5, "the rest is the first's");
    cr_expect_eq(cluster_pick_share(10, 4, 0), 4);
    cr_expect_eq(cluster_pick_share(10, 4, 3), 2);
}

/* ---- the race -------------------------------------------------------------------------------- */

static const struct {
    struct cluster_idle_in in; /* now, last, closed, client, server, rtt */
    enum cluster_idle then;
} idles[] = {
    /* TR-12: the server closes at 5.000, the client sends at 5.003, the FIN is there at 5.005 */
    {{5003, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_RESET},
    {{4995, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_GOOD},
    {{4996, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_RESET},
    {{5000, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_RESET},
    {{5004, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_RESET},
    {{5005, 0, RX_MS_NEVER, 60 * S, 5 * S, 10}, CLUSTER_IDLE_GONE},
    /* no distance, no race */
    {{4999, 0, RX_MS_NEVER, 60 * S, 5 * S, 0}, CLUSTER_IDLE_GOOD},
    {{5000, 0, RX_MS_NEVER, 60 * S, 5 * S, 0}, CLUSTER_IDLE_GONE},
    {{5000, 5000, RX_MS_NEVER, 60 * S, 0, 0}, CLUSTER_IDLE_GONE},
    /* odd round trips: half of three is between one and two */
    {{4998, 0, RX_MS_NEVER, 60 * S, 5 * S, 3}, CLUSTER_IDLE_GOOD},
    {{4999, 0, RX_MS_NEVER, 60 * S, 5 * S, 3}, CLUSTER_IDLE_RESET},
    {{5001, 0, RX_MS_NEVER, 60 * S, 5 * S, 3}, CLUSTER_IDLE_RESET},
    {{5002, 0, RX_MS_NEVER, 60 * S, 5 * S, 3}, CLUSTER_IDLE_GONE},
    {{4999, 0, RX_MS_NEVER, 60 * S, 5 * S, 1}, CLUSTER_IDLE_GOOD},
    {{5000, 0, RX_MS_NEVER, 60 * S, 5 * S, 1}, CLUSTER_IDLE_RESET},
    /* the client is first: then there is none either */
    {{4998, 0, RX_MS_NEVER, 4 * S, 5 * S, 10}, CLUSTER_IDLE_GONE},
    {{3999, 0, RX_MS_NEVER, 4 * S, 5 * S, 10}, CLUSTER_IDLE_GOOD},
    {{4000, 0, RX_MS_NEVER, 4 * S, 5 * S, 10}, CLUSTER_IDLE_GONE},
    /* closed for another reason: an end, a drain */
    {{3000, 0, 3000, 60 * S, 5 * S, 0}, CLUSTER_IDLE_GONE},
    {{3004, 0, 3000, 60 * S, 5 * S, 10}, CLUSTER_IDLE_RESET},
    {{3005, 0, 3000, 60 * S, 5 * S, 10}, CLUSTER_IDLE_GONE},
    /* nobody ever closes */
    {{RX_MS_NEVER - 1, 0, RX_MS_NEVER, RX_MS_NEVER, RX_MS_NEVER, 10}, CLUSTER_IDLE_GOOD},
};

Test(rule_idle, who_has_closed_and_who_knows)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(idles); i++)
        cr_expect_eq(cluster_idle(&idles[i].in), idles[i].then, "%zu", i);
}

/* What the documentation promises: a client that gives up a whole round trip before the server
 * does never loses a request. */
Test(rule_idle, a_margin_is_safe)
{
    for (rx_ms rtt = 0; rtt <= 12; rtt++) {
        for (rx_ms server = rtt + 1; server < 40; server++) {
            for (rx_ms now = 0; now < 60; now++) {
                struct cluster_idle_in in = {.now = now,
                                             .closed = RX_MS_NEVER,
                                             .client_idle = server - rtt - 1,
                                             .server_idle = server,
                                             .rtt = rtt};

                cr_expect_neq(cluster_idle(&in), CLUSTER_IDLE_RESET);
            }
        }
    }
}
