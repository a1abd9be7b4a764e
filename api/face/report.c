/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - a run in numbers, as text for people and for Prometheus. */
#include "api/face/report.h"

#include <string.h>

#include "engine/reactor/base.h"

static struct face_quantiles take_quantiles(podring *ring, int histogram)
{
    return (struct face_quantiles){
        .samples = podring_samples(ring, histogram),
        .p50 = podring_percentile(ring, histogram, 500000),
        .p90 = podring_percentile(ring, histogram, 900000),
        .p99 = podring_percentile(ring, histogram, 990000),
        .p999 = podring_percentile(ring, histogram, 999000),
        .max = podring_percentile(ring, histogram, 1000000),
    };
}

void face_report_measure(struct face_report *r, podring *ring)
{
    r->stats = (struct podring_stats)PODRING_STATS_INIT;
    podring_stats(ring, &r->stats);
    r->end_ms = podring_now(ring);
    r->digest = podring_digest(ring);
    r->lateness = take_quantiles(ring, PODRING_LATENESS_NS);
    r->latency = take_quantiles(ring, PODRING_LATENCY_NS);
}

bool face_report_count(struct face_report *r, podring *ring)
{
    struct podring_count count = PODRING_COUNT_INIT;
    int rc = 0;

    r->statuses = 0;
    while (r->statuses < FACE_STATUSES_MAX &&
           (rc = podring_count_at(ring, r->statuses, &count)) == 0) {
        char *name = r->status[r->statuses].name;
        size_t n = strnlen(count.status, FACE_STATUS_ROOM - 1);

        memcpy(name, count.status, n);
        name[n] = '\0';
        r->status[r->statuses++].pods = count.pods;
    }
    return rc == 0 || rc == -PODRING_ENOTFOUND;
}

void face_statuses(struct rx_text *t, const struct face_report *r, size_t max)
{
    uint64_t others = 0;

    for (uint32_t i = 0; i < r->statuses; i++) {
        if (i >= max) {
            others += r->status[i].pods;
            continue;
        }
        rx_text_puts(t, i > 0 ? ", " : "");
        face_grouped(t, r->status[i].pods);
        rx_text_putc(t, ' ');
        face_plain(t, r->status[i].name, strlen(r->status[i].name));
    }
    if (others > 0) {
        rx_text_puts(t, ", ");
        face_grouped(t, others);
        rx_text_puts(t, " others");
    }
}

/* ---- summary -------------------------------------------------------------------------------- */

enum { WAIT_NS_TOLD = 100000000 }; /* shorter waits for a connection are usual where many start at
                                    * once */

static void put_label(struct rx_text *t, const char *label)
{
    size_t from = t->length;

    rx_text_puts(t, label);
    rx_text_pad(t, from, 12);
}

static void put_count(struct rx_text *t, const char *before, uint64_t n, const char *what)
{
    rx_text_puts(t, before);
    face_grouped(t, n);
    rx_text_puts(t, what);
}

static void put_quantiles(struct rx_text *t, const char *label, const struct face_quantiles *q)
{
    const struct {
        const char *name;
        uint64_t ns;
    } column[] = {
        {"p50", q->p50}, {"p90", q->p90}, {"p99", q->p99}, {"p99.9", q->p999}, {"max", q->max}};

    if (q->max == 0) /* as in virtual time, where nothing takes any */
        return;
    put_label(t, label);
    for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++) {
        rx_text_puts(t, i > 0 ? "   " : "");
        rx_text_puts(t, column[i].name);
        rx_text_putc(t, ' ');
        face_span(t, column[i].ns);
    }
    rx_text_putc(t, '\n');
}

/* One of several parts of a number. */
struct part {
    uint64_t n;
    const char *one, *many; /* many NULL: the same word */
};

/* The parts that are not 0, with commas between them. False: all are. */
static bool put_parts(struct rx_text *t, const char *before, const struct part *part, size_t count)
{
    bool some = false;

    for (size_t i = 0; i < count; i++) {
        if (part[i].n == 0)
            continue;
        rx_text_puts(t, some ? ", " : before);
        face_grouped(t, part[i].n);
        rx_text_putc(t, ' ');
        rx_text_puts(t, part[i].n == 1 || part[i].many == NULL ? part[i].one : part[i].many);
        some = true;
    }
    return some;
}

/* What is sent is the sum of the words up to the semicolon. */
static void put_probes(struct rx_text *t, const struct podring_stats *s)
{
    const struct part verdict[] = {
        {s->success, "success", NULL},
        {s->warning, "warning", NULL},
        {s->failure, "failure", NULL},
        {s->error, "error", NULL},
        {s->in_flight, "in flight", NULL},
        {s->probes - s->probes_done - s->in_flight, "cut off by the end of its container",
         "cut off by the end of their containers"},
    };
    const struct part beside[] = {{s->timeouts, "timed out", NULL}, {s->missed, "missed", NULL}};

    if (s->probes + s->missed == 0)
        return;
    put_label(t, "probes");
    put_count(t, "", s->probes, " sent");
    put_parts(t, ": ", verdict, RX_ARRAY_LEN(verdict));
    put_parts(t, "; ", beside, RX_ARRAY_LEN(beside));
    rx_text_putc(t, '\n');
}

static void put_containers(struct rx_text *t, const struct podring_stats *s)
{
    const struct part part[] = {{s->restarts, "restart", "restarts"},
                                {s->backoffs, "back-off", "back-offs"},
                                {s->kills, "kill", "kills"}};

    if (s->restarts + s->backoffs + s->kills == 0)
        return;
    put_label(t, "containers");
    put_parts(t, "", part, RX_ARRAY_LEN(part));
    rx_text_putc(t, '\n');
}

static void put_clients(struct rx_text *t, const struct podring_stats *s)
{
    const struct {
        uint64_t n;
        const char *what;
    } outcome[] = {
        {s->client_ok, " ok"},
        {s->client_http4xx, " http4xx"},
        {s->client_http5xx, " http5xx"},
        {s->client_refused, " refused"},
        {s->client_reset, " reset"},
        {s->client_connect_timeout, " connect timeouts"},
        {s->client_request_timeout, " request timeouts"},
        {s->client_dns, " unknown names"},
    };
    const char *before = ": ";

    if (s->client_attempts == 0)
        return;
    put_label(t, "clients");
    put_count(t, "", s->client_requests, " requests in ");
    put_count(t, "", s->client_attempts, " attempts");
    for (size_t i = 0; i < sizeof(outcome) / sizeof(outcome[0]); i++) {
        if (outcome[i].n == 0)
            continue;
        put_count(t, before, outcome[i].n, outcome[i].what);
        before = ", ";
    }
    rx_text_putc(t, '\n');
}

/* n * 1000 / d without overflow for any counts and times that a run can have. */
static uint64_t milli_ratio(uint64_t n, uint64_t d)
{
    return d == 0 ? 0 : (uint64_t)((unsigned __int128)n * 1000 / d);
}

static void put_rate(struct rx_text *t, const struct face_report *r)
{
    uint64_t cpu_ns = r->cost.cpu_user_ns + r->cost.cpu_system_ns;

    put_label(t, "rate");
    face_grouped(t, milli_ratio(r->stats.probes_done, r->cost.elapsed_ns / 1000000));
    rx_text_puts(t, " probes/s, ");
    face_span(t, r->stats.probes_done > 0 ? cpu_ns / r->stats.probes_done : 0);
    rx_text_puts(t, " of CPU each; ");
    face_fixed(t, milli_ratio(r->stats.enters, r->stats.probes_done) / 10, 2);
    rx_text_puts(t, " system calls each\n");
}

void face_summary(struct rx_text *t, const struct face_report *r)
{
    const struct podring_stats *s = &r->stats;

    put_label(t, r->command);
    face_duration(t, r->end_ms);
    rx_text_puts(t, ", seed ");
    rx_text_u64(t, r->seed);
    rx_text_putc(t, '\n');

    put_label(t, "pods");
    face_grouped(t, s->pods);
    rx_text_puts(t, r->statuses > 0 ? ": " : "");
    face_statuses(t, r, FACE_STATUSES_MAX);
    rx_text_putc(t, '\n');

    put_probes(t, s);
    put_quantiles(t, "lateness", &r->lateness);
    put_quantiles(t, "latency", &r->latency);

    put_containers(t, s);
    if (s->processes + s->spawn_failed > 0) {
        const struct part part[] = {{s->processes, "started", NULL},
                                    {s->processes_killed, "killed", NULL},
                                    {s->spawn_failed, "could not be started", NULL}};

        put_label(t, "processes");
        put_parts(t, "", part, RX_ARRAY_LEN(part));
        put_count(t, "; ", s->processes_peak, " at once\n");
    }

    put_clients(t, s);
    put_label(t, "events");
    face_grouped(t, s->events);
    rx_text_puts(t, ", digest ");
    rx_text_hex64(t, r->digest);
    rx_text_putc(t, '\n');

    if (r->cost.known)
        put_rate(t, r);
    if (s->listen_failed > 0) {
        put_label(t, "attention");
        put_count(t, "", s->listen_failed, " listening sockets could not be opened\n");
    }
    if (s->waited > 0) {
        put_label(t, "attention");
        put_count(t, "", s->waited, " probe runs waited for others to end: ");
        put_count(t, "", s->in_flight_peak, " were under way at once\n");
    }
    if (s->connection_wait_ns_max >= WAIT_NS_TOLD) {
        put_label(t, "attention");
        put_count(t, "", s->connection_waits, " probe runs waited for a connection, the longest ");
        face_span(t, s->connection_wait_ns_max);
        put_count(t, "; ", s->connection_waiting, " wait still: see --connections\n");
    }
}

void face_cost(struct rx_text *t, const struct face_report *r)
{
    put_label(t, "cost");
    face_span(t, r->cost.elapsed_ns);
    rx_text_puts(t, " elapsed, CPU ");
    face_span(t, r->cost.cpu_user_ns);
    rx_text_puts(t, " user + ");
    face_span(t, r->cost.cpu_system_ns);
    rx_text_puts(t, " system; memory ");
    face_bytes(t, r->cost.rss_bytes);
    rx_text_puts(t, " peak, asked for by the engine ");
    face_bytes(t, r->stats.memory_peak);
    if (r->stats.guest_memory_peak > 0) {
        rx_text_puts(t, ", of it for pods' programs ");
        face_bytes(t, r->stats.guest_memory_peak);
        put_count(t, " in ", r->stats.program_allocations, " allocations");
    }
    rx_text_putc(t, '\n');
}

/* ---- Prometheus ----------------------------------------------------------------------------- */

static void put_metric(struct rx_text *t, const char *name, const char *kind, const char *help)
{
    rx_text_puts(t, "# HELP podring_");
    rx_text_puts(t, name);
    rx_text_putc(t, ' ');
    rx_text_puts(t, help);
    rx_text_puts(t, ".\n# TYPE podring_");
    rx_text_puts(t, name);
    rx_text_putc(t, ' ');
    rx_text_puts(t, kind);
    rx_text_putc(t, '\n');
}

static void put_quantile(struct rx_text *t, const char *name, const char *q, uint64_t ns)
{
    rx_text_puts(t, "podring_");
    rx_text_puts(t, name);
    rx_text_puts(t, "{quantile=\"");
    rx_text_puts(t, q);
    rx_text_puts(t, "\"} ");
    face_fixed(t, ns, 9);
    rx_text_putc(t, '\n');
}

static void put_summary_metric(struct rx_text *t, const char *name, const char *help,
                               const struct face_quantiles *q)
{
    put_metric(t, name, "summary", help);
    put_quantile(t, name, "0.5", q->p50);
    put_quantile(t, name, "0.9", q->p90);
    put_quantile(t, name, "0.99", q->p99);
    put_quantile(t, name, "0.999", q->p999);
    put_quantile(t, name, "1", q->max);
    rx_text_puts(t, "podring_");
    rx_text_puts(t, name);
    rx_text_puts(t, "_count ");
    rx_text_u64(t, q->samples);
    rx_text_putc(t, '\n');
}

static void put_sample(struct rx_text *t, const char *name, const char *kind, const char *help,
                       uint64_t value)
{
    char full[64];
    struct rx_text n = rx_text_in(full, sizeof(full));

    /* Counters end in _total, by Prometheus' custom. */
    rx_text_puts(&n, name);
    rx_text_puts(&n, strcmp(kind, "counter") == 0 ? "_total" : "");
    rx_text_end(&n);
    put_metric(t, full, kind, help);
    rx_text_puts(t, "podring_");
    rx_text_puts(t, full);
    rx_text_putc(t, ' ');
    rx_text_u64(t, value);
    rx_text_putc(t, '\n');
}

void face_prometheus(struct rx_text *t, const struct face_report *r)
{
#define X(field, kind, share, help) put_sample(t, #field, #kind, help, r->stats.field);
    FACE_COUNTER_MAP(X)
#undef X
    put_metric(t, "pods_by_status", "gauge", "Pods by the word kubectl shows as STATUS");
    for (uint32_t i = 0; i < r->statuses; i++) {
        rx_text_puts(t, "podring_pods_by_status{status=\"");
        for (const char *c = r->status[i].name; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                rx_text_putc(t, '\\');
            rx_text_putc(t, *c == '\n' ? ' ' : *c);
        }
        rx_text_puts(t, "\"} ");
        rx_text_u64(t, r->status[i].pods);
        rx_text_putc(t, '\n');
    }
    put_summary_metric(t, "lateness_seconds", "A probe's start after the instant it was due",
                       &r->lateness);
    put_summary_metric(t, "latency_seconds", "From a probe's start to its verdict", &r->latency);
}
