/* SPDX-License-Identifier: Apache-2.0 */
/* rule_shutdown.c - how long a deletion gives, and what is left of it after a hook. */
#include "engine/pod/rule_shutdown.h"

static int32_t period_of(const struct pod_delete_in *in)
{
    int64_t period = in->given ? in->given_s : in->spec_s;

    if (in->force)
        period = 0;
    /* kubectl turns --grace-period=0 without --force into 1; so does the API for negative ones. */
    else if (in->given && period == 0)
        period = 1;
    if (period < 0)
        period = 1;
    if (!in->bound || in->terminal)
        period = 0;
    return (int32_t)(period > INT32_MAX ? INT32_MAX : period);
}

struct pod_delete_out pod_delete_decide(const struct pod_delete_in *in)
{
    int32_t period = period_of(in);
    struct pod_delete_out out = {
        .changes = true,
        .period_s = period,
        .deadline = in->now + (rx_ms)period * 1000,
        .gone_at_once = period == 0,
    };

    if (!in->deleting)
        return out;
    if (period >= in->recorded_s) {
        out.changes = false;
        out.period_s = in->recorded_s;
        out.deadline = in->first_at + (rx_ms)in->recorded_s * 1000;
        out.gone_at_once = false;
        return out;
    }
    /* A later deletion can only shorten, counted from the first one, and never into the past. */
    out.deadline = in->first_at + (rx_ms)period * 1000;
    if (out.deadline < in->now) {
        out.deadline = in->now;
        if (period > 0)
            out.period_s = 1;
    }
    return out;
}
