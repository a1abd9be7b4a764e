/* SPDX-License-Identifier: Apache-2.0 */
/* rule_backoff.c - the ladder of waits, in whole milliseconds. */
#include "engine/pod/rule_backoff.h"

struct pod_backoff_verdict pod_backoff_try(struct pod_backoff state, bool has_dead, rx_ms finished,
                                           rx_ms now, const struct pod_backoff_limits *limits)
{
    struct pod_backoff_verdict v = {.state = state, .start = true, .retry_at = now};
    bool exists = state.delay_ms > 0;

    if (!has_dead)
        return v;
    /* Strictly greater: an instance of exactly the threshold does not reset the ladder. */
    if (exists && finished - state.last > limits->reset_ms)
        exists = false;
    if (exists && now - finished < state.delay_ms) {
        v.start = false;
        v.retry_at = finished + state.delay_ms;
        return v;
    }
    if (!exists)
        v.state.delay_ms = (int32_t)limits->base_ms;
    else if (state.delay_ms >= limits->cap_ms / 2)
        v.state.delay_ms = (int32_t)limits->cap_ms;
    else
        v.state.delay_ms = 2 * state.delay_ms;
    v.state.last = now;
    return v;
}

struct pod_backoff_limits pod_backoff_limits_make(bool reduced, rx_ms max_period_ms)
{
    struct pod_backoff_limits l = {
        .base_ms = reduced ? 1000 : 10000,
        .cap_ms = reduced ? 60000 : 300000,
        .reset_ms = 600000,
    };

    if (max_period_ms > 0) {
        l.cap_ms = max_period_ms;
        if (l.base_ms > l.cap_ms)
            l.base_ms = l.cap_ms;
    }
    return l;
}

rx_ms pod_backoff_collected_at(struct pod_backoff state, const struct pod_backoff_limits *limits)
{
    enum { PASS_MS = 2000 };

    if (state.delay_ms == 0)
        return RX_MS_NEVER;
    return ((state.last + limits->reset_ms) / PASS_MS + 1) * PASS_MS;
}
