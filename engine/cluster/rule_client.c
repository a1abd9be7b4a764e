/* SPDX-License-Identifier: Apache-2.0 */
/* rule_client.c - the arithmetic of arrivals, and the tables of retries, connections and yields. */
#include "engine/cluster/rule_client.h"

#include "engine/reactor/base.h"

/* Milliseconds times millionths: a request is due every MS_PPM / per_s_ppm milliseconds. */
#define MS_PPM 1000000000ull

/* ---- when ------------------------------------------------------------------------------------ */

struct cluster_pace cluster_pace_begin(const struct st_client_rate *r)
{
    return (struct cluster_pace){
        .due = r->from < r->to ? r->from : RX_MS_NEVER,
        .whole = MS_PPM / r->per_s_ppm,
        .part = MS_PPM % r->per_s_ppm,
    };
}

void cluster_pace_next(struct cluster_pace *p, const struct st_client_rate *r)
{
    if (p->due == RX_MS_NEVER)
        return;
    p->rest += p->part;
    p->due += (rx_ms)p->whole;
    if (p->rest >= r->per_s_ppm) {
        p->rest -= r->per_s_ppm;
        p->due++;
    }
    if (p->due >= r->to)
        p->due = RX_MS_NEVER;
}

rx_ms cluster_due(const struct st_client_rate *r, uint64_t i)
{
    unsigned __int128 after = (unsigned __int128)i * MS_PPM / r->per_s_ppm;

    if (after >= (unsigned __int128)RX_MS_NEVER || r->from + (rx_ms)after >= r->to)
        return RX_MS_NEVER;
    return r->from + (rx_ms)after;
}

rx_ns cluster_gap_mean(const struct st_client_rate *r)
{
    return (rx_ns)(MS_PPM * RX_NS_PER_MS / r->per_s_ppm);
}

void cluster_chance_next(struct cluster_chance_pace *p, const struct st_client_rate *r, rx_ns gap)
{
    if (p->due == RX_MS_NEVER)
        return;
    if (p->at >= RX_NS_NEVER - gap)
        p->due = RX_MS_NEVER;
    else
        p->due = rx_ms_floor(p->at += gap);
    if (p->due >= r->to)
        p->due = RX_MS_NEVER;
}

/* ---- again ----------------------------------------------------------------------------------- */

/* Before the n-th retry: delay x factor^(n - 1), at most the cap. */
static rx_ms delay_of(const struct st_client_retries *r, uint32_t nth)
{
    unsigned __int128 ms = (unsigned __int128)RX_MIN(r->delay, r->cap) * 1000;
    unsigned __int128 cap = (unsigned __int128)r->cap * 1000;

    if (r->factor_milli <= 1000 || r->delay == 0)
        return RX_MIN(r->delay, r->cap);
    for (uint32_t i = 1; i < nth && ms < cap; i++)
        ms = ms * r->factor_milli / 1000;
    return (rx_ms)(RX_MIN(ms, cap) / 1000);
}

struct cluster_retry_out cluster_client_retry(const struct st_client_retries *r,
                                       const struct cluster_retry_in *in)
{
    struct cluster_retry_out out = {.then = CLUSTER_AGAIN_NOT};

    if (r->reused && in->outcome == ST_OUTCOME_RESET && in->reused && !in->answered &&
        !in->free_taken)
        out.then = CLUSTER_AGAIN_FREE;
    else if ((r->on >> in->outcome & 1) != 0 && in->attempts < r->attempts)
        out = (struct cluster_retry_out){CLUSTER_AGAIN_LATER, delay_of(r, in->attempts)};
    return out;
}

/* ---- which connection ------------------------------------------------------------------------ */

enum cluster_pool cluster_pool(const struct cluster_pool_in *in)
{
    if (!in->keep_alive)
        return CLUSTER_POOL_OPEN;
    if (in->idle && !in->fresh)
        return CLUSTER_POOL_REUSE;
    return in->open < in->pool ? CLUSTER_POOL_OPEN : CLUSTER_POOL_WAIT;
}

/* ---- what a pod yields ----------------------------------------------------------------------- */

enum st_outcome cluster_outcome_of(uint32_t status)
{
    return status < 400 ? ST_OUTCOME_OK : status < 500 ? ST_OUTCOME_HTTP_4XX : ST_OUTCOME_HTTP_5XX;
}

static struct cluster_yield ends(enum st_outcome outcome, rx_ms after)
{
    return (struct cluster_yield){.outcome = outcome, .after = after, .head = RX_MS_NEVER};
}

/* Somebody has the request and does not answer it in time. */
static struct cluster_yield given_up(const struct cluster_yield_in *in, bool answers)
{
    struct cluster_yield y = ends(ST_OUTCOME_REQUEST_TIMEOUT, in->request);

    y.answers = answers;
    y.head = answers ? in->answer->latency : RX_MS_NEVER;
    y.held = true;
    return y;
}

/* Somebody who listens has the request. */
static struct cluster_yield served(const struct cluster_yield_in *in)
{
    const struct pod_answer *a = in->answer;
    /* A body that comes later than its headers delays the last byte. */
    rx_ms takes = a->body_after >= RX_MS_NEVER - a->latency ? RX_MS_NEVER
                                                            : a->latency + a->body_after;
    struct cluster_yield y = {.by_pod = true, .held = true, .head = a->latency};

    switch (a->act) {
    case POD_SERVE_HANG:
        return given_up(in, false);
    case POD_SERVE_HEADERS_ONLY:
        return given_up(in, a->latency <= in->request);
    case POD_SERVE_RESET:
    case POD_SERVE_GARBAGE: /* no HTTP: the client hangs up */
        y.outcome = ST_OUTCOME_RESET;
        y.after = a->latency;
        y.answers = a->act == POD_SERVE_GARBAGE;
        y.head = y.answers ? a->latency : RX_MS_NEVER;
        break;
    default:
        y.outcome = cluster_outcome_of(a->status);
        y.after = takes;
        y.answers = y.lasts = true;
        break;
    }
    return y.after > in->request ? given_up(in, a->latency <= in->request) : y;
}

struct cluster_yield cluster_yield(const struct cluster_yield_in *in)
{
    if (in->kept)
        return in->lost ? ends(ST_OUTCOME_REQUEST_TIMEOUT, in->request) : served(in);
    if (in->lost || (in->gone && in->dead_times_out))
        return ends(ST_OUTCOME_CONNECT_TIMEOUT, in->connect);
    if (in->gone || !in->listens)
        return ends(ST_OUTCOME_REFUSED, 0);
    return served(in);
}

/* ---- counting -------------------------------------------------------------------------------- */

static uint64_t sum(const struct cluster_counts *n, enum st_outcome from)
{
    uint64_t all = 0;

    for (int i = (int)from; i < ST_OUTCOMES; i++)
        all += n->by[i];
    return all;
}

uint64_t cluster_counts_requests(const struct cluster_counts *n)
{
    return sum(n, ST_OUTCOME_OK);
}

uint64_t cluster_counts_failed(const struct cluster_counts *n)
{
    return sum(n, ST_OUTCOME_HTTP_5XX);
}
