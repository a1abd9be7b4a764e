/* SPDX-License-Identifier: Apache-2.0 */
/* behaviour.c - how long a drawn duration is, and where a window begins or ends next. */
#include "engine/store/behaviour.h"

#include "engine/reactor/prng.h"

#include <string.h>

bool pod_draw_is_chance(const struct pod_draw *d)
{
    return d->kind == POD_DRAW_UNIFORM || d->kind == POD_DRAW_EXP;
}

void pod_serve_rule_ready(struct pod_serve_rule *r)
{
    if (r->path != NULL) {
        uint32_t length = (uint32_t)strlen(r->path);

        r->target = (struct pod_path){r->path, length, pod_path_form_of(r->path, length)};
    }
    r->chance = r->rate_ppm < 1000000 || pod_draw_is_chance(&r->latency) ||
                pod_draw_is_chance(&r->body_after);
}

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
