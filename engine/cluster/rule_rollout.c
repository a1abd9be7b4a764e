/* SPDX-License-Identifier: Apache-2.0 */
/* rule_rollout.c - sizes and progress of a Deployment. */
#include "engine/cluster/rule_rollout.h"

#include "engine/reactor/base.h"

void rollout_limits(const struct st_deployment_spec *d, uint32_t replicas, struct rollout_in *in)
{
    in->replicas = replicas;
    in->recreate = d->recreate;
    in->surge = in->unavailable = 0;
    if (d->recreate)
        return;
    in->surge = st_share_of(d->surge, replicas, true);
    in->unavailable = st_share_of(d->unavailable, replicas, false);
    if (in->surge == 0 && in->unavailable == 0)
        in->unavailable = 1;
    in->unavailable = RX_MIN(in->unavailable, replicas);
}

static uint32_t total_of(const struct rollout_in *in)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < in->count; i++)
        total += in->set[i].size;
    return total;
}

static uint32_t available_of(const struct rollout_in *in)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < in->count; i++)
        n += in->set[i].available;
    return n;
}

static void keep_sizes(const struct rollout_in *in, struct rollout_out *out)
{
    out->creates = out->renews = false;
    out->created = 0;
    for (uint32_t i = 0; i < in->count; i++)
        out->size[i] = in->set[i].size;
}

/* ---- scaling --------------------------------------------------------------------------------- */

bool rollout_is_scaled(const struct rollout_in *in)
{
    for (uint32_t i = 0; i < in->count; i++) {
        if (in->set[i].size > 0 && in->set[i].desired != in->replicas)
            return true;
    }
    return false;
}

/* The only set that has pods, or if none has the newest. NO_SET: there are several. */
static uint32_t active_or_newest(const struct rollout_in *in)
{
    uint32_t found = ROLLOUT_NO_SET;

    for (uint32_t i = 0; i < in->count; i++) {
        if (in->set[i].size == 0)
            continue;
        if (found != ROLLOUT_NO_SET)
            return ROLLOUT_NO_SET;
        found = i;
    }
    if (found != ROLLOUT_NO_SET)
        return found;
    return in->current != ROLLOUT_NO_SET ? in->current : in->count - 1;
}

static bool is_saturated(const struct rollout_in *in)
{
    const struct rollout_set *s = in->current != ROLLOUT_NO_SET ? &in->set[in->current] : NULL;

    return s != NULL && s->size == in->replicas && s->desired == in->replicas &&
           s->available == in->replicas;
}

/* Which of the sets that have pods gets its share next: the largest that has not had it; of equal
 * ones the newer when there is something to give, else the older. */
static uint32_t next_largest(const struct rollout_in *in, const bool *done, bool grows)
{
    uint32_t best = ROLLOUT_NO_SET;

    for (uint32_t i = 0; i < in->count; i++) {
        if (done[i] || in->set[i].size == 0)
            continue;
        if (best == ROLLOUT_NO_SET || in->set[i].size > in->set[best].size ||
            (in->set[i].size == in->set[best].size && grows))
            best = i;
    }
    return best;
}

/* What a set has to grow by to keep its part of a Deployment of another size. */
static int64_t share_of(const struct rollout_in *in, const struct rollout_set *s)
{
    int64_t part = (int64_t)s->size * (in->replicas + in->surge), max = RX_MAX(s->max, 1u);

    if (in->replicas == 0)
        return -(int64_t)s->size;
    return (2 * part + max) / (2 * max) - s->size; /* rounded, halves up */
}

static void scale_in_proportion(const struct rollout_in *in, struct rollout_out *out)
{
    int64_t total = total_of(in), allowed = in->replicas > 0 ? in->replicas + in->surge : 0;
    int64_t add = allowed - total, added = 0, left;
    uint32_t first = ROLLOUT_NO_SET, i;
    bool done[ROLLOUT_SETS_MAX] = {false};

    while ((i = next_largest(in, done, add > 0)) != ROLLOUT_NO_SET) {
        int64_t share = share_of(in, &in->set[i]), rest = add - added;

        done[i] = true;
        first = first == ROLLOUT_NO_SET ? i : first;
        if (add == 0 || rest == 0)
            continue;
        share = add > 0 ? RX_MIN(share, rest) : RX_MAX(share, rest);
        added += share;
        out->size[i] = (uint32_t)RX_MAX((int64_t)in->set[i].size + share, (int64_t)0);
    }
    left = add - added;
    if (first != ROLLOUT_NO_SET && add != 0)
        out->size[first] = (uint32_t)RX_MAX((int64_t)out->size[first] + left, (int64_t)0);
}

void rollout_scale(const struct rollout_in *in, struct rollout_out *out)
{
    uint32_t one;

    keep_sizes(in, out);
    if (in->count == 0)
        return;
    out->renews = true;
    one = active_or_newest(in);
    if (one != ROLLOUT_NO_SET) {
        out->size[one] = in->replicas;
    } else if (is_saturated(in)) {
        for (uint32_t i = 0; i < in->count; i++)
            out->size[i] = i == in->current ? in->set[i].size : 0;
    } else if (!in->recreate) {
        scale_in_proportion(in, out);
    }
}

/* ---- a step ---------------------------------------------------------------------------------- */

/* What the new set may have, given how much room there is for a surge. */
static uint32_t new_size(const struct rollout_in *in, uint32_t size)
{
    uint32_t total = total_of(in), most = in->replicas + in->surge;

    if (in->recreate)
        return in->replicas;
    if (total >= most || size >= in->replicas)
        return size;
    return size + RX_MIN(most - total, in->replicas - size);
}

/* Old pods that do not serve go first, then as many of the others as are not needed. Both go by
 * what was available before. */
static void shrink_old(const struct rollout_in *in, struct rollout_out *out)
{
    const struct rollout_set *new_ = &in->set[in->current];
    uint32_t least = in->replicas - in->unavailable, available = available_of(in);
    uint32_t more = available > least ? available - least : 0;
    int64_t room = (int64_t)total_of(in) - least - ((int64_t)new_->size - new_->available);

    if (room <= 0)
        return;
    for (uint32_t i = 0; i < in->count && room > 0; i++) {
        const struct rollout_set *s = &in->set[i];
        uint32_t idle = s->size > s->available ? s->size - s->available : 0;

        if (i == in->current)
            continue;
        idle = (uint32_t)RX_MIN((int64_t)idle, room);
        out->size[i] -= idle;
        room -= idle;
    }
    for (uint32_t i = 0; i < in->count && more > 0; i++) {
        uint32_t cut = i == in->current ? 0 : RX_MIN(out->size[i], more);

        out->size[i] -= cut;
        more -= cut;
    }
}

static bool shrink_all_old(const struct rollout_in *in, struct rollout_out *out)
{
    bool shrinks = false;

    for (uint32_t i = 0; i < in->count; i++) {
        if (i == in->current || in->set[i].size == 0)
            continue;
        out->size[i] = 0;
        shrinks = true;
    }
    return shrinks;
}

void rollout_step(const struct rollout_in *in, struct rollout_out *out)
{
    uint32_t size = in->current != ROLLOUT_NO_SET ? in->set[in->current].size : 0;

    keep_sizes(in, out);
    if (in->recreate && (shrink_all_old(in, out) || in->old_pods))
        return;
    if (in->current == ROLLOUT_NO_SET) {
        out->creates = true;
        out->created = new_size(in, 0);
        return;
    }
    out->size[in->current] =
        size > in->replicas && !in->recreate ? in->replicas : new_size(in, size);
    if (out->size[in->current] == size && !in->recreate)
        shrink_old(in, out);
}

/* ---- status ---------------------------------------------------------------------------------- */

void rollout_status_of(const struct rollout_in *in, struct rollout_status *out)
{
    uint32_t total = total_of(in);

    *out = (struct rollout_status){.available = available_of(in)};
    for (uint32_t i = 0; i < in->count; i++) {
        out->replicas += in->set[i].replicas;
        out->ready += in->set[i].ready;
        out->terminating += in->set[i].terminating;
    }
    if (in->current != ROLLOUT_NO_SET)
        out->updated = in->set[in->current].replicas;
    out->unavailable = total > out->available ? total - out->available : 0;
}

static bool has_progressed(const struct rollout_status *was, const struct rollout_status *is)
{
    return is->updated > was->updated || is->ready > was->ready ||
           is->available > was->available ||
           (int64_t)is->replicas - is->updated < (int64_t)was->replicas - was->updated;
}

static bool is_timed_out(const struct rollout_progress *p)
{
    switch (p->reason) {
    case ROLLOUT_NOTHING:
    case ROLLOUT_AVAILABLE:
        return false;
    case ROLLOUT_TIMED_OUT:
        return true;
    default:
        return (p->updated_s + p->deadline_s) * 1000 < p->now_ms;
    }
}

enum rollout_reason rollout_judge(const struct rollout_progress *p,
                                  const struct rollout_status *was,
                                  const struct rollout_status *is, uint32_t replicas, bool *renews)
{
    *renews = false;
    if (p->deadline_s == ST_NO_DEADLINE)
        return ROLLOUT_NOTHING;
    if (p->reason == ROLLOUT_AVAILABLE && is->replicas == is->updated)
        return p->reason;
    if (rollout_is_complete(is, replicas)) {
        *renews = p->reason != ROLLOUT_AVAILABLE;
        return ROLLOUT_AVAILABLE;
    }
    if (has_progressed(was, is)) {
        *renews = true;
        return ROLLOUT_UPDATED;
    }
    return is_timed_out(p) ? ROLLOUT_TIMED_OUT : p->reason;
}

int64_t rollout_look_again(const struct rollout_progress *p, const struct rollout_status *is,
                           uint32_t replicas)
{
    int64_t deadline_ms;

    if (p->reason == ROLLOUT_NOTHING || p->reason == ROLLOUT_TIMED_OUT ||
        p->deadline_s == ST_NO_DEADLINE || rollout_is_complete(is, replicas))
        return -1;
    /* Of one that was whole once nothing is estimated. Kubernetes looks at it every 5 ms as long as
     * pods are missing, and finds nothing: what could change that is a cause by itself. */
    if (p->reason == ROLLOUT_AVAILABLE)
        return -1;
    deadline_ms = (p->updated_s + p->deadline_s) * 1000;
    /* Its wake-up comes a second late; one that would come in the last second is tried again and
     * again instead. */
    return deadline_ms - p->now_ms < 1000 ? p->now_ms + 5 : deadline_ms + 1000;
}
