/* SPDX-License-Identifier: Apache-2.0 */
/* rule_cronjob.c - the first two missed times, and the last by their distance. */
#include "engine/cluster/rule_cronjob.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { MANY = 100 };

static int64_t floor_s(int64_t ms)
{
    return ms / RX_MS_PER_S - (ms % RX_MS_PER_S < 0);
}

struct missed {
    int64_t earliest;
    int64_t latest;  /* INT64_MIN: none */
    int64_t count;   /* 0: none since the earliest */
    bool never;
};

static struct missed look(const struct st_cron_spec *s, const struct cluster_cron_state *state,
                          int64_t now_ms, bool deadline)
{
    struct missed m = {.earliest = state->last >= 0 ? state->last : state->created,
                       .latest = INT64_MIN};
    int64_t now = floor_s(now_ms), first, second, apart, from;

    if (deadline && s->deadline_s >= 0)
        m.earliest = RX_MAX(m.earliest, floor_s(now_ms - s->deadline_s * RX_MS_PER_S));
    first = st_cron_next(&s->schedule, s->zone, m.earliest);
    m.never = first == ST_CRON_NEVER;
    if (m.never || now < first)
        return m;
    m.latest = first;
    second = st_cron_next(&s->schedule, s->zone, first);
    if (now < second) /* one missed time is not counted as missed */
        return m;
    apart = second - first;
    m.count = (now - first) / apart + 1;
    from = first + (m.count - 2) * apart;
    m.latest = INT64_MIN;
    for (int64_t at = st_cron_next(&s->schedule, s->zone, from); at <= now;
         at = st_cron_next(&s->schedule, s->zone, at))
        m.latest = at;
    return m;
}

struct cluster_cron_due cluster_cron_due(const struct st_cron_spec *s,
                                         const struct cluster_cron_state *state, int64_t now_ms)
{
    struct missed m = look(s, state, now_ms, true);
    struct cluster_cron_due due = {.what = CLUSTER_CRON_IDLE};

    if (m.never) {
        due.what = CLUSTER_CRON_INVALID;
    } else if (m.latest != INT64_MIN && m.latest != state->last) {
        due.what = CLUSTER_CRON_DUE;
        due.at = m.latest;
        due.too_many_missed = m.count > MANY;
    }
    return due;
}

int64_t cluster_cron_wake(const struct st_cron_spec *s, const struct cluster_cron_state *state,
                          int64_t now_ms)
{
    struct missed m = look(s, state, now_ms, false);
    int64_t from = m.latest;

    if (from == INT64_MIN)
        from = m.count == 0 && !m.never ? m.earliest : floor_s(now_ms);
    return st_cron_next(&s->schedule, s->zone, from);
}

int cluster_cron_older(const struct cluster_cron_old *a, const struct cluster_cron_old *b)
{
    if (a->started != b->started)
        return a->started < b->started ? -1 : 1;
    return strcmp(a->name, b->name);
}
