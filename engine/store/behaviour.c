/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/behaviour.h"

#include "engine/reactor/prng.h"

rx_ms pod_draw_ms(const struct pod_draw *d, uint64_t random)
{
    switch (d->kind) {
    case POD_DRAW_UNIFORM:
        return rx_ms_ceil(d->a + (rx_ns)rx_prng_scale(random, (uint64_t)(d->b - d->a) + 1));
    case POD_DRAW_EXP:
        return rx_ms_ceil(rx_prng_exp(random, d->a));
    default:
        return rx_ms_ceil(d->a);
    }
}

rx_ms pod_window_border(const struct pod_window *w, rx_ms started, rx_ms now)
{
    rx_ms base = w->instance_clock ? started : 0, t = now - base;

    if (t < w->from)
        return base + w->from;
    return t < w->to && w->to != RX_MS_NEVER ? base + w->to : RX_MS_NEVER;
}
