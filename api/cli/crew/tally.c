/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c - taking a tally of an engine, and adding tallies up; in JSON: tally_json.c. */
#include "api/cli/crew/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/hdr.h"
#include "api/face/json.h"
#include "engine/reactor/base.h"

static const char *const fact_name[] = {
#define X(name, string) #name,
    TALLY_FACT_MAP(X)
#undef X
};

struct tally *tally_new(void)
{
    struct tally *t = calloc(1, sizeof(*t));

    if (t != NULL) {
        rx_hist_reset(&t->lateness);
        rx_hist_reset(&t->latency);
    }
    return t;
}

/* ---- taking --------------------------------------------------------------------------------- */

static void set_fact(struct tally *t, enum tally_fact fact, const char *text)
{
    char quoted[TALLY_FACT_ROOM + 1];
    struct rx_text out = rx_text_in(quoted, sizeof(quoted));
    size_t n;

    face_json_string(&out, text);
    n = rx_text_end(&out);
    /* Two that are cut could be taken for equal. */
    RX_ASSERT(n < sizeof(quoted));
    n -= 2;
    memcpy(t->fact[fact], quoted + 1, n);
    t->fact[fact][n] = '\0';
}

static void put_word(struct rx_text *t, const char *name, const char *value)
{
    rx_text_puts(t, t->length > 0 ? " " : "");
    rx_text_puts(t, name);
    rx_text_puts(t, value != NULL ? "=" : "");
    rx_text_puts(t, value);
}

static void put_number(struct rx_text *t, const char *name, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
    if (n != 0)
        put_word(t, name, text);
}

void tally_options(struct rx_text *t, const struct podring_options *e, podring *ring)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } flags[] = {{PODRING_NO_PROBE_EVENTS, "no-probe-events"},
                 {PODRING_WILDCARD, "wildcard"},
                 {PODRING_RST_CLOSE, "rst"},
                 {PODRING_FAST_OPEN, "fast-open"}};
    struct podring_knob knob = PODRING_KNOB_INIT;

    put_number(t, "replicas", e->replicas);
    for (size_t i = 0; i < RX_ARRAY_LEN(flags); i++)
        if ((e->flags & flags[i].flag) != 0)
            put_word(t, flags[i].name, NULL);
    put_number(t, "net-delay-min-us", (uint64_t)e->net_latency_min_us);
    put_number(t, "net-delay-max-us", (uint64_t)e->net_latency_max_us);
    put_number(t, "refuse", e->net_refuse_ppm);
    put_number(t, "reset", e->net_reset_ppm);
    put_number(t, "drop", e->net_drop_ppm);
    for (uint32_t i = 0; podring_knob_at(ring, i, &knob) == 0; i++)
        if (strcmp(knob.value, knob.default_value) != 0)
            put_word(t, knob.name, knob.value);
}

static void take_facts(struct tally *t, const struct cli_options *o, podring *ring)
{
    char text[TALLY_FACT_ROOM];
    struct rx_text out = rx_text_in(text, sizeof(text));

    set_fact(t, TALLY_version, podring_version());
    set_fact(t, TALLY_command, o->verb->name);
    set_fact(t, TALLY_clock, cli_clock_word(o));
    set_fact(t, TALLY_net, cli_net_word(o));
    set_fact(t, TALLY_timing, cli_timing_word(o));
    snprintf(t->fact[TALLY_seed], TALLY_FACT_ROOM, "%llu", (unsigned long long)o->engine.seed);
    snprintf(t->fact[TALLY_for_ms], TALLY_FACT_ROOM, "null");
    if (o->has_for)
        snprintf(t->fact[TALLY_for_ms], TALLY_FACT_ROOM, "%lld", (long long)o->for_ms);
    face_rfc3339(&out, o->engine.epoch_unix_ms);
    rx_text_end(&out);
    set_fact(t, TALLY_epoch, text);
    out = rx_text_in(text, sizeof(text));
    tally_options(&out, &o->engine, ring);
    RX_ASSERT(rx_text_end(&out) < sizeof(text));
    set_fact(t, TALLY_options, text);
    out = rx_text_in(text, sizeof(text));
    rx_text_hex64(&out, podring_input_digest(ring));
    rx_text_end(&out);
    set_fact(t, TALLY_manifests, text);
}

/* Words that are the same may stand for different states. */
static bool add_status(struct tally *t, const char *name, uint64_t pods)
{
    uint32_t i = 0;

    while (i < t->statuses && strcmp(t->status[i].name, name) != 0)
        i++;
    if (i == TALLY_STATUSES_MAX)
        return false;
    if (i == t->statuses) {
        snprintf(t->status[i].name, sizeof(t->status[i].name), "%s", name);
        t->status[t->statuses++].pods = 0;
    }
    t->status[i].pods += pods;
    return true;
}

static int by_pods(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, (const char *)a + FACE_STATUS_ROOM, sizeof(x));
    memcpy(&y, (const char *)b + FACE_STATUS_ROOM, sizeof(y));
    return x != y ? (x < y ? 1 : -1) : strcmp(a, b);
}

static void sort_statuses(struct tally *t)
{
    qsort(t->status, t->statuses, sizeof(t->status[0]), by_pods);
}

static bool take_statuses(struct tally *t, podring *ring)
{
    struct podring_count count = PODRING_COUNT_INIT;
    int rc;

    for (uint32_t i = 0; (rc = podring_count_at(ring, i, &count)) == 0; i++) {
        char quoted[FACE_STATUS_ROOM * 6];
        struct rx_text out = rx_text_in(quoted, sizeof(quoted));
        size_t n;

        face_json_string(&out, count.status);
        n = RX_MIN(rx_text_end(&out), sizeof(quoted) - 1);
        quoted[RX_MIN(n - 1, (size_t)FACE_STATUS_ROOM)] = '\0';
        add_status(t, quoted + 1, count.pods);
    }
    sort_statuses(t);
    return rc == -PODRING_ENOTFOUND;
}

bool tally_take(struct tally *t, const struct cli_options *o, podring *ring)
{
    uint32_t share = o->engine.shard_index;

    take_facts(t, o, ring);
    t->shares = RX_MAX(o->engine.shard_count, 1u);
    t->here[share / 64] |= 1ull << share % 64;
    t->engines = 1;
    t->end_ms = podring_now(ring);
    t->digest = podring_digest(ring);
    t->stats = (struct podring_stats)PODRING_STATS_INIT;
    podring_stats(ring, &t->stats);
    bench_hdr_take(&t->lateness, ring, PODRING_LATENESS_NS);
    bench_hdr_take(&t->latency, ring, PODRING_LATENCY_NS);
    return take_statuses(t, ring);
}

/* ---- adding --------------------------------------------------------------------------------- */

static const char *compare(const struct tally *a, const struct tally *b,
                           char why[TALLY_FACT_ROOM * 3])
{
    for (int i = 0; i < TALLY_FACTS; i++) {
        if (strcmp(a->fact[i], b->fact[i]) == 0)
            continue;
        snprintf(why, TALLY_FACT_ROOM * 3, "not of the same run: %s is %s there and %s here",
                 fact_name[i], a->fact[i][0] != '\0' ? a->fact[i] : "empty",
                 b->fact[i][0] != '\0' ? b->fact[i] : "empty");
        return why;
    }
    if (a->shares != b->shares) {
        snprintf(why, TALLY_FACT_ROOM * 3, "that run had %u shares, this one has %u", a->shares,
                 b->shares);
        return why;
    }
    for (uint32_t i = 0; i < a->shares; i++) {
        if ((a->here[i / 64] & b->here[i / 64]) >> i % 64 & 1) {
            snprintf(why, TALLY_FACT_ROOM * 3, "share %u of %u is there twice", i, a->shares);
            return why;
        }
    }
    return NULL;
}

/* One rule a counter: see FACE_COUNTER_MAP. */
#define ADD_POD(a, b)    ((a) + (b))
#define ADD_ENGINE(a, b) ((a) + (b))
#define ADD_PEAK(a, b)   ((a) + (b))
#define ADD_MOST(a, b)   RX_MAX(a, b)

static void add_stats(struct podring_stats *a, const struct podring_stats *b)
{
#define X(field, kind, share, help) a->field = ADD_##share(a->field, b->field);
    FACE_COUNTER_MAP(X)
#undef X
}

const char *tally_add(struct tally *t, const struct tally *from, char why[TALLY_FACT_ROOM * 3])
{
    const char *wrong = t->shares > 0 ? compare(t, from, why) : NULL;

    if (wrong != NULL)
        return wrong;
    memcpy(t->fact, from->fact, sizeof(t->fact));
    t->shares = from->shares;
    for (uint32_t i = 0; i < RX_ARRAY_LEN(t->here); i++)
        t->here[i] |= from->here[i];
    t->engines += from->engines;
    t->end_ms = RX_MAX(t->end_ms, from->end_ms);
    t->digest += from->digest;
    add_stats(&t->stats, &from->stats);
    rx_hist_merge(&t->lateness, &from->lateness);
    rx_hist_merge(&t->latency, &from->latency);
    for (uint32_t i = 0; i < from->statuses; i++)
        add_status(t, from->status[i].name, from->status[i].pods);
    sort_statuses(t);
    t->cost_known |= from->cost_known;
    t->elapsed_ns = RX_MAX(t->elapsed_ns, from->elapsed_ns);
    t->cpu_user_ns += from->cpu_user_ns;
    t->cpu_system_ns += from->cpu_system_ns;
    t->rss_bytes += from->rss_bytes;
    return NULL;
}

void tally_become(struct tally *t, uint32_t share, uint32_t shares)
{
    memset(t->here, 0, sizeof(t->here));
    t->shares = RX_MAX(shares, 1u);
    t->here[share / 64] |= 1ull << share % 64;
}

bool tally_is_whole(const struct tally *t)
{
    for (uint32_t i = 0; i < t->shares; i++)
        if ((t->here[i / 64] >> i % 64 & 1) == 0)
            return false;
    return true;
}

/* ---- telling -------------------------------------------------------------------------------- */

static struct face_quantiles quantiles_of(const struct rx_hist *h)
{
    return (struct face_quantiles){
        .samples = h->count,
        .p50 = rx_hist_percentile(h, 500000),
        .p90 = rx_hist_percentile(h, 900000),
        .p99 = rx_hist_percentile(h, 990000),
        .p999 = rx_hist_percentile(h, 999000),
        .max = rx_hist_percentile(h, 1000000),
    };
}

void tally_report(const struct tally *t, struct face_report *r)
{
    r->command = t->fact[TALLY_command];
    r->clock = t->fact[TALLY_clock];
    r->net = t->fact[TALLY_net];
    r->timing = t->fact[TALLY_timing];
    r->seed = strtoull(t->fact[TALLY_seed], NULL, 10);
    r->end_ms = t->end_ms;
    r->digest = t->digest;
    r->stats = t->stats;
    r->lateness = quantiles_of(&t->lateness);
    r->latency = quantiles_of(&t->latency);
    r->statuses = RX_MIN(t->statuses, (uint32_t)FACE_STATUSES_MAX);
    for (uint32_t i = 0; i < r->statuses; i++) {
        memcpy(r->status[i].name, t->status[i].name, sizeof(r->status[i].name));
        r->status[i].pods = t->status[i].pods;
    }
    r->cost.known = t->cost_known;
    r->cost.elapsed_ns = t->elapsed_ns;
    r->cost.cpu_user_ns = t->cpu_user_ns;
    r->cost.cpu_system_ns = t->cpu_system_ns;
    r->cost.rss_bytes = t->rss_bytes;
}

void tally_missing(struct rx_text *out, const struct tally *t, bool missing)
{
    size_t from = out->length;

    for (uint32_t i = 0, end; i < t->shares; i = end) {
        end = i + 1;
        if ((t->here[i / 64] >> i % 64 & 1) == missing)
            continue;
        while (end < t->shares && (t->here[end / 64] >> end % 64 & 1) != missing)
            end++;
        rx_text_puts(out, out->length > from ? "," : "");
        rx_text_u64(out, i);
        rx_text_puts(out, end > i + 1 ? "-" : "");
        if (end > i + 1)
            rx_text_u64(out, end - 1);
    }
}
