/* SPDX-License-Identifier: Apache-2.0 */
/* tally_json.c - a tally as a document, and back. The same tally gives the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "api/cli/crew/tally.h"

/* ---- writing -------------------------------------------------------------------------------- */

static void put_key(struct rx_text *t, const char *before, const char *key)
{
    rx_text_puts(t, before);
    rx_text_putc(t, '"');
    rx_text_puts(t, key);
    rx_text_puts(t, "\":");
}

static void put_member(struct rx_text *t, const char *before, const char *key, uint64_t n)
{
    put_key(t, before, key);
    rx_text_u64(t, n);
}

static void put_run(struct rx_text *t, const struct tally *y)
{
    static const struct {
        const char *name;
        bool string;
    } fact[] = {
#define X(name, string) {#name, string},
        TALLY_FACT_MAP(X)
#undef X
    };

    put_key(t, ",\n ", "run");
    for (int i = 0; i < TALLY_FACTS; i++) {
        put_key(t, i > 0 ? "," : "{", fact[i].name);
        rx_text_puts(t, fact[i].string ? "\"" : "");
        rx_text_puts(t, y->fact[i]);
        rx_text_puts(t, fact[i].string ? "\"" : "");
    }
    rx_text_putc(t, '}');
    if (tally_is_whole(y))
        return;
    put_member(t, ",\n \"shares\":{", "of", y->shares);
    put_key(t, ",", "here");
    rx_text_putc(t, '"');
    tally_missing(t, y, false);
    rx_text_puts(t, "\"}");
}

static void put_statuses(struct rx_text *t, const struct tally *y)
{
    put_key(t, ",", "statuses");
    rx_text_putc(t, '{');
    for (uint32_t i = 0; i < y->statuses; i++)
        put_member(t, i > 0 ? "," : "", y->status[i].name, y->status[i].pods);
    rx_text_putc(t, '}');
}

static void put_hist(struct rx_text *t, const char *before, const char *key,
                     const struct rx_hist *h)
{
    bool first = true;

    put_key(t, before, key);
    put_member(t, "{", "samples", h->count);
    put_member(t, ",", "p50", rx_hist_percentile(h, 500000));
    put_member(t, ",", "p90", rx_hist_percentile(h, 900000));
    put_member(t, ",", "p99", rx_hist_percentile(h, 990000));
    put_member(t, ",", "p99.9", rx_hist_percentile(h, 999000));
    put_member(t, ",", "max", h->count > 0 ? h->max : 0);
    put_key(t, ",", "buckets");
    rx_text_putc(t, '[');
    for (unsigned i = 0; i < RX_HIST_BUCKETS; i++) {
        if (h->bucket[i] == 0)
            continue;
        rx_text_puts(t, first ? "[" : ",[");
        rx_text_u64(t, i > 0 ? rx_hist_bucket_top(i - 1) + 1 : 0);
        rx_text_putc(t, ',');
        rx_text_u64(t, h->bucket[i]);
        rx_text_putc(t, ']');
        first = false;
    }
    rx_text_puts(t, "]}");
}

/* Into one of two groups: what is about pods, and what is about engines. */
#define IS_POD    1
#define IS_ENGINE 0
#define IS_PEAK   0
#define IS_MOST   0

static void put_counters(struct rx_text *t, const struct podring_stats *s, const char *before,
                         bool pods)
{
#define X(field, kind, share, help)                                                                \
    if (IS_##share == pods) {                                                                      \
        put_member(t, before, #field, s->field);                                                   \
        before = ",";                                                                              \
    }
    FACE_COUNTER_MAP(X)
#undef X
    rx_text_putc(t, '}');
}

void tally_write(struct rx_text *t, const void *tally)
{
    const struct tally *y = tally;

    rx_text_puts(t, "{\"result\":1");
    put_run(t, y);
    put_key(t, ",\n ", "end_ms");
    rx_text_i64(t, y->end_ms);
    put_key(t, ",", "digest");
    rx_text_putc(t, '"');
    rx_text_hex64(t, y->digest);
    rx_text_putc(t, '"');
    put_statuses(t, y);
    put_key(t, ",\n ", "counters");
    put_counters(t, &y->stats, "{", true);
    put_hist(t, ",\n ", "lateness_ns", &y->lateness);
    put_hist(t, ",", "latency_ns", &y->latency);
    put_key(t, ",\n ", "engines");
    put_member(t, "{", "count", y->engines);
    put_counters(t, &y->stats, ",", false);
    if (y->cost_known) {
        put_key(t, ",\n ", "cost");
        put_member(t, "{", "elapsed_ns", y->elapsed_ns);
        put_member(t, ",", "cpu_user_ns", y->cpu_user_ns);
        put_member(t, ",", "cpu_system_ns", y->cpu_system_ns);
        put_member(t, ",", "rss_bytes", y->rss_bytes);
        rx_text_putc(t, '}');
    }
    rx_text_puts(t, "}\n");
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool read_text(const struct json_node *n, char *out, size_t room)
{
    if (n == NULL || n->kind == JSON_ARRAY || n->kind == JSON_OBJECT || n->length >= room)
        return false;
    memcpy(out, n->text, n->length);
    out[n->length] = '\0';
    return true;
}

static bool read_facts(struct tally *t, const struct json *j, const struct json_node *run)
{
    static const char *const name[] = {
#define X(name, string) #name,
        TALLY_FACT_MAP(X)
#undef X
    };

    for (int i = 0; i < TALLY_FACTS; i++)
        if (!read_text(json_member(j, run, name[i]), t->fact[i], TALLY_FACT_ROOM))
            return false;
    return true;
}

/* "0,2-3" and a quote: in order, none twice. */
static bool read_shares(struct tally *t, const char *at)
{
    uint32_t next = 0;

    do {
        char *end;
        unsigned long from = strtoul(at, &end, 10), to = from;

        if (end == at)
            return false;
        if (*end == '-') {
            at = end + 1;
            to = strtoul(at, &end, 10);
        }
        if (from < next || to < from || to >= t->shares)
            return false;
        for (; from <= to; from++)
            t->here[from / 64] |= 1ull << from % 64;
        next = (uint32_t)to + 1;
        at = end + 1;
        if (*end == '"')
            return true;
        if (*end != ',')
            return false;
    } while (true);
}

static bool read_here(struct tally *t, const struct json *j)
{
    const struct json_node *shares = json_member(j, json_root(j), "shares");
    const struct json_node *here = json_member(j, shares, "here");
    uint64_t of;

    t->shares = 1;
    if (shares == NULL)
        return read_shares(t, "0\"");
    if (!json_u64(json_member(j, shares, "of"), TALLY_SHARES_MAX, &of) || of == 0 ||
        here == NULL || here->kind != JSON_STRING)
        return false;
    t->shares = (uint32_t)of;
    return read_shares(t, here->text);
}

static bool read_statuses(struct tally *t, const struct json *j, const struct json_node *all)
{
    const struct json_node *n = json_first(j, all);

    if (all == NULL || all->kind != JSON_OBJECT)
        return false;
    for (; n != NULL; n = json_next(j, n)) {
        if (t->statuses == TALLY_STATUSES_MAX || n->key_length >= sizeof(t->status[0].name) ||
            !json_u64(n, UINT64_MAX, &t->status[t->statuses].pods))
            return false;
        memcpy(t->status[t->statuses].name, n->key, n->key_length);
        t->status[t->statuses++].name[n->key_length] = '\0';
    }
    return true;
}

static bool read_hist(struct rx_hist *h, const struct json *j, const struct json_node *n)
{
    const struct json_node *each = json_member(j, n, "buckets");
    uint64_t samples, max;

    if (each == NULL || !json_u64(json_member(j, n, "samples"), UINT64_MAX, &samples) ||
        !json_u64(json_member(j, n, "max"), INT64_MAX, &max))
        return false;
    for (each = json_first(j, each); each != NULL; each = json_next(j, each)) {
        const struct json_node *low = json_first(j, each);
        uint64_t value, count;

        if (!json_u64(low, INT64_MAX, &value) || value > max ||
            !json_u64(json_next(j, low), UINT64_MAX, &count))
            return false;
        /* The largest value is in the last bucket, and the only one that is known exactly. */
        if (rx_hist_bucket_of(value) == rx_hist_bucket_of(max))
            value = max;
        rx_hist_record_n(h, (int64_t)value, count);
    }
    return h->count == samples;
}

static bool read_counters(struct podring_stats *s, const struct json *j)
{
    const struct json_node *group[2] = {json_member(j, json_root(j), "engines"),
                                        json_member(j, json_root(j), "counters")};

#define X(field, kind, share, help)                                                                \
    if (!json_u64(json_member(j, group[IS_##share], #field), UINT64_MAX, &s->field))            \
        return false;
    FACE_COUNTER_MAP(X)
#undef X
    return true;
}

static bool read_cost(struct tally *t, const struct json *j)
{
    const struct json_node *cost = json_member(j, json_root(j), "cost");

    t->cost_known = cost != NULL;
    return cost == NULL ||
           (json_u64(json_member(j, cost, "elapsed_ns"), UINT64_MAX, &t->elapsed_ns) &&
            json_u64(json_member(j, cost, "cpu_user_ns"), UINT64_MAX, &t->cpu_user_ns) &&
            json_u64(json_member(j, cost, "cpu_system_ns"), UINT64_MAX, &t->cpu_system_ns) &&
            json_u64(json_member(j, cost, "rss_bytes"), UINT64_MAX, &t->rss_bytes));
}

static bool read_digest(struct tally *t, const struct json_node *n)
{
    char text[24], *end;

    if (!read_text(n, text, sizeof(text)) || strlen(text) != 16)
        return false;
    t->digest = strtoull(text, &end, 16);
    return *end == '\0';
}

const char *tally_read(struct tally *t, const struct json *j)
{
    const struct json_node *root = json_root(j);
    uint64_t form, end_ms;

    if (!json_u64(json_member(j, root, "result"), UINT64_MAX, &form))
        return "not a result of 'podring simulate --result' or its like";
    if (form != 1)
        return "written by another release of podring";
    if (!read_facts(t, j, json_member(j, root, "run")))
        return "damaged: what was run is not there";
    if (!read_here(t, j))
        return "damaged: shares";
    if (!json_u64(json_member(j, root, "end_ms"), INT64_MAX, &end_ms) ||
        !read_digest(t, json_member(j, root, "digest")) ||
        !read_statuses(t, j, json_member(j, root, "statuses")))
        return "damaged: end_ms, digest or statuses";
    if (!read_counters(&t->stats, j) ||
        !json_u64(json_member(j, json_member(j, root, "engines"), "count"), UINT64_MAX,
                     &t->engines))
        return "damaged: counters";
    if (!read_hist(&t->lateness, j, json_member(j, root, "lateness_ns")) ||
        !read_hist(&t->latency, j, json_member(j, root, "latency_ns")))
        return "damaged: histograms";
    t->end_ms = (int64_t)end_ms;
    return read_cost(t, j) ? NULL : "damaged: cost";
}
