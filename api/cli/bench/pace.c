/* SPDX-License-Identifier: Apache-2.0 */
/* pace.c - when a probe of a load test is due, and which connection makes it. See server.h. */
#include "api/cli/bench/server.h"

static uint64_t period_ns(const struct bench_load *l)
{
    return (uint64_t)l->bench->period_s * RX_NS_PER_S;
}

rx_ns bench_pace_at(const struct bench_load *l, uint64_t k)
{
    return l->origin + (rx_ns)((unsigned __int128)k * period_ns(l) / l->bench->pods);
}

/* k * period / pods, rounded down, is before an instant if and only if k < instant * pods / period.
 */
uint64_t bench_pace_due(const struct bench_load *l, rx_ns before)
{
    unsigned __int128 at = before > l->origin ? (unsigned __int128)(before - l->origin) : 0;

    return (uint64_t)((at * l->bench->pods + period_ns(l) - 1) / period_ns(l));
}

rx_ns bench_pace_next(const struct bench_load *l)
{
    uint64_t k = RX_MAX(l->taken, bench_pace_due(l, rx_loop_clock(&l->loop) + 1));

    if (l->closed && l->free != NULL && !l->stopping)
        return rx_loop_clock(&l->loop) + RX_NS_PER_MS; /* after a pause */
    return l->closed || l->stopping ? RX_NS_NEVER : bench_pace_at(l, k);
}

static struct bench_connection *take_free(struct bench_load *l)
{
    struct bench_connection *c = l->free;

    l->free = c->next_free;
    if (l->free == NULL)
        l->empty_since = rx_loop_clock(&l->loop);
    return c;
}

/* What of the delay was spent without a free connection is the server's; the rest is ours. `busy`
 * is since when there has been none. */
static void measure_delay(struct bench_load *l, rx_ns due, rx_ns now, rx_ns busy)
{
    rx_ns waited = now - RX_MAX(due, RX_MIN(busy, now));

    if (due < l->from || l->closed)
        return;
    rx_hist_record(&l->waited, waited);
    rx_hist_record(&l->lateness, now - due - waited);
}

static void start_after(struct bench_load *l, rx_ns busy)
{
    while (!l->stopping && l->free != NULL) {
        rx_ns now = rx_loop_clock(&l->loop), due = l->closed ? now : bench_pace_at(l, l->taken);

        if (due > now || due >= l->to)
            return;
        l->taken++;
        measure_delay(l, due, now, busy);
        bench_ask(take_free(l), due);
    }
}

void bench_pace_start(struct bench_load *l)
{
    start_after(l, RX_NS_NEVER);
}

/* Last in, first out keeps few of them warm; but all of them are to be used if they are kept, for
 * each has an address of its own. */
void bench_pace_free(struct bench_load *l, struct bench_connection *c, bool pause)
{
    rx_ns busy = l->free == NULL ? l->empty_since : RX_NS_NEVER;

    if (l->free == NULL)
        l->free_end = &l->free;
    if (l->keep) {
        c->next_free = NULL;
        *l->free_end = c;
        l->free_end = &c->next_free;
    } else {
        c->next_free = l->free;
        l->free = c;
    }
    if (!pause)
        start_after(l, busy);
}
