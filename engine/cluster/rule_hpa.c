/* SPDX-License-Identifier: Apache-2.0 */
/* rule_hpa.c - the arithmetic of a HorizontalPodAutoscaler. */
#include "engine/cluster/rule_hpa.h"

#include <math.h>

#include "engine/reactor/base.h"

/* ---- pods ------------------------------------------------------------------------------------ */

static bool is_young(const struct cluster_hpa_pod *p, rx_ms now, const struct cluster_hpa_knobs *k)
{
    if (!p->has_ready || !p->started)
        return true;
    if (p->started_at + k->cpu_init > now)
        return p->not_ready || p->sample_at < p->ready_at + p->window;
    return p->not_ready && p->started_at + k->readiness_delay > p->ready_at;
}

enum cluster_hpa_group cluster_hpa_group(const struct cluster_hpa_pod *p, bool cpu, rx_ms now,
                                         const struct cluster_hpa_knobs *k)
{
    if (p->deleting || p->failed)
        return CLUSTER_HPA_IGNORED;
    if (p->pending)
        return CLUSTER_HPA_UNREADY;
    if (!p->sampled)
        return CLUSTER_HPA_MISSING;
    return cpu && is_young(p, now, k) ? CLUSTER_HPA_UNREADY : CLUSTER_HPA_COUNTED;
}

/* ---- what a metric proposes ------------------------------------------------------------------ */

/* How a metric compares the pods that it looks at with its target. */
struct measure {
    bool percent; /* of requests */
    int64_t target;
};

/* What pods that have no sample are taken for. */
struct fill {
    bool missing, unready;
    bool full; /* the missing ones: all that they ask for; else nothing */
};

struct ratio {
    double ratio;
    int64_t shown;
    uint32_t pods;
};

static bool within(double ratio, const struct cluster_hpa_knobs *k)
{
    return 1.0 - k->down <= ratio && ratio <= 1.0 + k->up;
}

static int64_t whole(double d)
{
    return d >= INT32_MAX ? INT32_MAX : d <= INT32_MIN ? INT32_MIN : (int64_t)d;
}

/* False: there is nothing to divide by. */
static bool compare(const struct measure *m, const struct cluster_hpa_sample *s, uint32_t count,
                    struct fill fill, struct ratio *out)
{
    __int128 value = 0, request = 0, shown;

    out->pods = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool missing = s[i].group == CLUSTER_HPA_MISSING && fill.missing;
        bool unready = s[i].group == CLUSTER_HPA_UNREADY && fill.unready;

        if (s[i].group != CLUSTER_HPA_COUNTED && !missing && !unready)
            continue;
        if (s[i].group == CLUSTER_HPA_COUNTED)
            value += s[i].value;
        else if (missing && fill.full)
            value += m->percent ? (__int128)s[i].request * RX_MAX(100, m->target) / 100 : m->target;
        request += s[i].request;
        out->pods++;
    }
    if (out->pods == 0 || (m->percent && request == 0))
        return false;
    shown = m->percent ? value * 100 / request : value / out->pods;
    out->shown = (int64_t)RX_MIN(shown, m->percent ? (__int128)INT32_MAX : (__int128)INT64_MAX);
    out->ratio = (double)out->shown / (double)m->target;
    return true;
}

static bool propose(const struct measure *m, const struct cluster_hpa_sample *s, uint32_t count,
                    int32_t current, const struct cluster_hpa_knobs *k,
                    struct cluster_hpa_proposal *out)
{
    uint32_t of[CLUSTER_HPA_GROUPS] = {0};
    struct ratio first, again;
    struct fill fill = {0};
    int64_t replicas;

    for (uint32_t i = 0; i < count; i++)
        of[s[i].group]++;
    if (!compare(m, s, count, fill, &first))
        return false;
    *out = (struct cluster_hpa_proposal){.replicas = current, .shown = first.shown};
    fill.unready = of[CLUSTER_HPA_UNREADY] > 0 && first.ratio > 1.0;
    if (of[CLUSTER_HPA_MISSING] == 0 && !fill.unready) {
        if (!within(first.ratio, k))
            out->replicas = whole(ceil(first.ratio * (double)of[CLUSTER_HPA_COUNTED]));
        return true;
    }
    /* At exactly its target a utilization is not weighed again with the missing ones. */
    fill.full = first.ratio < 1.0;
    fill.missing = !m->percent || first.ratio < 1.0 || first.ratio > 1.0;
    compare(m, s, count, fill, &again);
    if (within(again.ratio, k) || (first.ratio < 1.0 && again.ratio > 1.0) ||
        (first.ratio > 1.0 && again.ratio < 1.0))
        return true;
    replicas = whole(ceil(again.ratio * (double)again.pods));
    if ((again.ratio < 1.0 && replicas > current) || (again.ratio > 1.0 && replicas < current))
        return true;
    out->replicas = replicas;
    return true;
}

bool cluster_hpa_utilization(const struct cluster_hpa_sample *s, uint32_t count, int32_t current,
                             int64_t percent, const struct cluster_hpa_knobs *k,
                             struct cluster_hpa_proposal *out)
{
    const struct measure m = {.percent = true, .target = percent};

    return propose(&m, s, count, current, k, out);
}

bool cluster_hpa_average(const struct cluster_hpa_sample *s, uint32_t count, int32_t current,
                         int64_t target, const struct cluster_hpa_knobs *k,
                         struct cluster_hpa_proposal *out)
{
    const struct measure m = {.target = target};

    return propose(&m, s, count, current, k, out);
}

struct cluster_hpa_proposal cluster_hpa_value(int64_t value, int64_t target, int32_t current,
                                              uint32_t ready, const struct cluster_hpa_knobs *k)
{
    double ratio = (double)value / (double)target;
    struct cluster_hpa_proposal p = {.replicas = current, .shown = value};

    if (!within(ratio, k))
        p.replicas = whole(ceil(ratio * (double)ready));
    return p;
}

struct cluster_hpa_proposal cluster_hpa_shared(int64_t value, int64_t target, int32_t replicas,
                                               const struct cluster_hpa_knobs *k)
{
    struct cluster_hpa_proposal p = {.replicas = replicas, .shown = value};

    if (replicas > 0)
        p.shown = whole(ceil((double)value / (double)replicas));
    if (replicas <= 0 || !within((double)value / ((double)target * (double)replicas), k))
        p.replicas = whole(ceil((double)value / (double)target));
    return p;
}

/* ---- what becomes of a proposal -------------------------------------------------------------- */

/* The plain rule forgets what is older than its window; that of a behavior also what is as old. */
static int32_t extreme(const struct cluster_hpa_history *past, rx_ms window, bool plain, bool least,
                       int32_t proposed)
{
    int32_t best = proposed;

    for (uint32_t i = 0; i < past->recommendations; i++) {
        const struct cluster_hpa_past *r = &past->recommendation[i];
        rx_ms age = past->now - r->at;

        if (age < window || (plain && age == window))
            best = least ? RX_MIN(best, r->replicas) : RX_MAX(best, r->replicas);
    }
    return best;
}

static struct cluster_hpa_verdict bound(int64_t replicas, int64_t low, enum cluster_hpa_limit below,
                                        int64_t high, enum cluster_hpa_limit above)
{
    struct cluster_hpa_verdict v = {.replicas = (int32_t)replicas};

    if (replicas < low) {
        v.replicas = (int32_t)low;
        v.limit = below;
    } else if (replicas > high) {
        v.replicas = (int32_t)high;
        v.limit = above;
    }
    v.limited = v.replicas != replicas;
    return v;
}

static struct cluster_hpa_verdict decide_plain(const struct st_hpa_spec *spec, int32_t current,
                                               int32_t proposed,
                                               const struct cluster_hpa_history *past,
                                               const struct cluster_hpa_knobs *k)
{
    int32_t wanted = extreme(past, k->downscale_window, true, false, proposed);
    int64_t rate = RX_MAX(2 * (int64_t)current, 4);
    bool fast = spec->max > rate;
    struct cluster_hpa_verdict v =
        bound(wanted, spec->min, CLUSTER_HPA_TOO_FEW, fast ? rate : spec->max,
              fast ? CLUSTER_HPA_UP_LIMIT : CLUSTER_HPA_TOO_MANY);

    v.able = wanted != proposed ? CLUSTER_HPA_DOWN_STABILIZED : CLUSTER_HPA_READY;
    return v;
}

/* What there was when the period of a policy began. */
static int64_t period_base(const struct st_hpa_policy *p, int32_t current,
                           const struct cluster_hpa_history *past)
{
    int64_t base = current;

    for (uint32_t i = 0; i < past->changes; i++) {
        if (past->now - past->change[i].at < (rx_ms)p->period_s * RX_MS_PER_S)
            base -= past->change[i].replicas;
    }
    return base;
}

static int64_t policy_limit(const struct st_hpa_policy *p, bool up, int64_t base)
{
    if (!p->percent)
        return up ? base + p->value : base - p->value;
    if (up)
        return whole(ceil((double)base * (1 + (double)p->value / 100)));
    return whole((double)base * (1 - (double)p->value / 100));
}

/* How far the policies let it go in one direction. */
static int64_t rate_limit(const struct st_hpa_side *side, bool up, int32_t current,
                          const struct cluster_hpa_history *past)
{
    bool most = (side->select == ST_HPA_SELECT_MAX) == up;
    int64_t limit = most ? INT32_MIN : INT32_MAX;

    if (side->select == ST_HPA_SELECT_DISABLED)
        return current;
    for (uint32_t i = 0; i < side->policy_count; i++) {
        const struct st_hpa_policy *p = &side->policy[i];
        int64_t one = policy_limit(p, up, period_base(p, current, past));

        limit = most ? RX_MAX(limit, one) : RX_MIN(limit, one);
    }
    return up ? RX_MAX(limit, current) : RX_MIN(limit, current);
}

static rx_ms window_of(const struct st_hpa_side *side, rx_ms otherwise)
{
    return side->window_s < 0 ? otherwise : (rx_ms)side->window_s * RX_MS_PER_S;
}

static struct cluster_hpa_verdict decide_with_behavior(const struct st_hpa_spec *spec,
                                                       int32_t current, int32_t proposed,
                                                       const struct cluster_hpa_history *past,
                                                       const struct cluster_hpa_knobs *k)
{
    int32_t up = extreme(past, window_of(&spec->up, 0), false, true, proposed);
    int32_t down =
        extreme(past, window_of(&spec->down, k->downscale_window), false, false, proposed);
    int32_t wanted = RX_MIN(RX_MAX(current, up), down);
    struct cluster_hpa_verdict v = {.replicas = wanted};
    int64_t rate;

    if (wanted > current) {
        rate = rate_limit(&spec->up, true, current, past);
        v = bound(wanted, INT32_MIN, CLUSTER_HPA_WITHIN, RX_MIN(spec->max, rate),
                  spec->max > rate ? CLUSTER_HPA_UP_LIMIT : CLUSTER_HPA_TOO_MANY);
    } else if (wanted < current) {
        rate = rate_limit(&spec->down, false, current, past);
        v = bound(wanted, RX_MAX(spec->min, rate),
                  spec->min < rate ? CLUSTER_HPA_DOWN_LIMIT : CLUSTER_HPA_TOO_FEW, INT32_MAX,
                  CLUSTER_HPA_WITHIN);
    }
    if (wanted != proposed)
        v.able = proposed >= current ? CLUSTER_HPA_UP_STABILIZED : CLUSTER_HPA_DOWN_STABILIZED;
    return v;
}

struct cluster_hpa_verdict cluster_hpa_decide(const struct st_hpa_spec *spec, int32_t current,
                                              int32_t proposed,
                                              const struct cluster_hpa_history *past,
                                              const struct cluster_hpa_knobs *k)
{
    return spec->has_behavior ? decide_with_behavior(spec, current, proposed, past, k)
                              : decide_plain(spec, current, proposed, past, k);
}

rx_ms cluster_hpa_memory(const struct st_hpa_spec *spec, const struct cluster_hpa_knobs *k,
                         bool changes)
{
    rx_ms longest = 0;

    if (!changes) {
        if (!spec->has_behavior)
            return k->downscale_window;
        return RX_MAX(window_of(&spec->up, 0), window_of(&spec->down, k->downscale_window));
    }
    for (uint32_t i = 0; spec->has_behavior && i < spec->up.policy_count; i++)
        longest = RX_MAX(longest, spec->up.policy[i].period_s);
    for (uint32_t i = 0; spec->has_behavior && i < spec->down.policy_count; i++)
        longest = RX_MAX(longest, spec->down.policy[i].period_s);
    return longest * RX_MS_PER_S;
}
