/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measures.c - counters, histograms, knobs and versions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/manifest/yaml.h"
#include "api/sized.h"
#include "engine/cluster/client.h"
#include "engine/reactor/fit.h"

/* What the port and the servers of the pods have counted. */
static void count_port(podring *r, struct podring_stats *s)
{
    struct probe_responder_stats serve = {0};
    struct rx_port_stats port;

    rx_loop_port_stats(&r->loop, &port);
    if (r->responder != NULL)
        probe_responder_stats(r->responder, &serve);
    s->enters = port.enters;
    s->sqes = port.sqes;
    s->cqes = port.cqes;
    s->sq_full = port.sq_full;
    s->cq_overflow = port.cq_overflow;
    s->op_waits = port.waited;
    s->op_wait_ns = port.waited_ns;
    s->op_wait_ns_max = port.waited_ns_max;
    s->listeners = serve.listeners;
    s->listen_failed = serve.listen_failed;
    s->connections_served = serve.connections;
    s->requests_served = serve.requests;
    s->processes = port.procs;
    s->processes_running = port.procs_running;
    s->processes_peak = port.procs_peak;
    s->processes_killed = port.procs_killed;
    s->spawn_retries = port.procs_retry;
    s->spawn_failed = port.procs_failed;
    s->connection_waits = r->world.stats.conn_waits + port.slots_waiting;
    s->connection_wait_ns_max = RX_MAX(r->world.stats.conn_wait_ns_max, port.slots_waiting_ns);
    s->connection_waiting = port.slots_waiting;
}

static void count_clients(podring *r, struct podring_stats *s)
{
    uint64_t *const by[ST_OUTCOMES] = {
        &s->client_ok,    &s->client_http4xx,        &s->client_http5xx,
        &s->client_refused, &s->client_reset,        &s->client_connect_timeout,
        &s->client_request_timeout, &s->client_dns,
    };

    ST_EACH (l, &r->world.store, ST_CLIENT) {
        const struct cluster_client *k = cluster_client_of(st_object_at(l));
        uint64_t unit = cluster_client_unit(k);

        s->client_requests += cluster_counts_requests(&k->counts) / unit;
        s->client_attempts += k->counts.attempts / unit;
        for (int i = 0; i < ST_OUTCOMES; i++)
            *by[i] += k->counts.by[i] / unit;
    }
}

int podring_stats(podring *r, struct podring_stats *out)
{
    const struct pod_stats *p;
    const struct rx_mem_state *guest;
    struct podring_stats full;

    API_OWN(r);
    API_SIZED(r, out);
    pod_world_settle(&r->world);
    p = &r->world.stats;
    guest = r->world.guest.state;
    full = (struct podring_stats){
        .pods = p->pods,
        .pods_peak = p->pods_peak,
        .pods_created = p->created,
        .pods_deleted = p->deleted,
        .containers_running = p->running,
        .probes = p->probes,
        .probes_done = p->done,
        .success = p->success,
        .warning = p->warning,
        .failure = p->failure,
        .error = p->error,
        .timeouts = p->timeouts,
        .missed = p->missed,
        .in_flight = p->in_flight,
        .in_flight_peak = p->in_flight_peak,
        .waited = p->waited,
        .restarts = p->restarts,
        .backoffs = p->backoffs,
        .kills = p->kills,
        .events = r->world.log.told,
        .events_dropped = r->world.log.lost,
        .turns = r->loop.stats.turns,
        .timers = r->loop.stats.timers,
        .memory = r->mem.state->all,
        .memory_peak = r->mem.state->all_peak,
        .allocations = r->mem.state->calls + guest->calls,
        .steady_allocations = rx_mem_breaches(&r->mem),
        .timers_armed = rx_loop_timers(&r->loop) + r->world.asleep,
        .foreign_lookups = p->foreign_lookups,
        .connection_wait_ns = p->conn_wait_ns,
        .program_allocations = guest->counted[RX_MEM_SEALED] + guest->counted[RX_MEM_GROWS],
        .growth_allocations = r->mem.state->counted[RX_MEM_GROWS],
        .guest_memory = guest->bytes,
        .guest_memory_peak = guest->bytes_peak,
    };
    count_port(r, &full);
    count_clients(r, &full);
    API_GIVE(out, &full);
    return 0;
}

/* NULL, and podring_why says why: no engine of this thread, no such histogram. */
static const struct rx_hist *histogram(podring *r, int which, const char *function)
{
    if (api_enter(r, function) != 0)
        return NULL;
    if (which < 0 || which >= PODRING_HISTOGRAMS) {
        api_fail(r, -PODRING_EINVALID, "%s: histogram: there is no such one", function);
        return NULL;
    }
    pod_world_settle(&r->world);
    return which == PODRING_LATENESS_NS ? &r->loop.lateness_ns : &r->world.latency_ns;
}

uint64_t podring_percentile(podring *r, int which, uint32_t per_million)
{
    const struct rx_hist *h = histogram(r, which, __func__);

    return h != NULL ? rx_hist_percentile(h, per_million) : 0;
}

uint64_t podring_samples(podring *r, int which)
{
    const struct rx_hist *h = histogram(r, which, __func__);

    return h != NULL ? h->count : 0;
}

int podring_next_bucket(podring *r, int which, uint32_t *cursor, struct podring_bucket *out)
{
    struct podring_bucket full = PODRING_BUCKET_INIT;
    const struct rx_hist *h;

    API_OWN(r);
    API_CHECK(r, cursor != NULL, "cursor is NULL");
    API_SIZED(r, out);
    h = histogram(r, which, __func__);
    if (h == NULL)
        return -PODRING_EINVALID;
    for (uint32_t i = *cursor; i < RX_HIST_BUCKETS; i++) {
        if (h->bucket[i] == 0)
            continue;
        *cursor = i + 1;
        full.low = i > 0 ? rx_hist_bucket_top(i - 1) + 1 : 0;
        full.high = RX_MIN(rx_hist_bucket_top(i), h->max);
        full.count = h->bucket[i];
        API_GIVE(out, &full);
        return 0;
    }
    *cursor = RX_HIST_BUCKETS;
    return api_fail(r, -PODRING_ENOTFOUND, "there are no more buckets");
}

void podring_reset_measures(podring *r)
{
    if (api_enter(r, __func__) != 0)
        return;
    pod_world_settle(&r->world);
    rx_hist_reset(&r->loop.lateness_ns);
    rx_hist_reset(&r->world.latency_ns);
}

/* ---- knobs ----------------------------------------------------------------------------------- */

enum knob_kind { KNOB_BOOL, KNOB_DURATION, KNOB_PERCENT, KNOB_MS, KNOB_COUNT, KNOB_UNKNOWN,
                 KNOB_DEAD_IP, KNOB_NODES, KNOB_ZERO };

struct knob {
    const char *name, *default_value, *help;
    enum knob_kind kind;
    size_t offset; /* in struct pod_knobs */
};

#define KNOB(field) offsetof(struct pod_knobs, field)

/* One list: names, defaults, help; podring_set, podring_knob_at and `states --knobs` read it. */
static const struct knob knobs[] = {
    {"bo_gc", "off", "the kubelet forgets back-off entries older than 10 minutes, every 2 s",
     KNOB_BOOL, KNOB(bo_gc)},
    {"max_restart_period", "0s",
     "crashLoopBackOff.maxContainerRestartPeriod of the node, 1s to 300s; 0s = not set",
     KNOB_DURATION, KNOB(max_restart_period)},
    {"reduced_backoff", "off", "gate ReduceDefaultCrashLoopBackOffDecay: base 1 s, cap 60 s",
     KNOB_BOOL, KNOB(reduced_backoff)},
    {"grace_shorten_live", "off",
     "a second deletion with a shorter grace also shortens a stop in progress", KNOB_BOOL,
     KNOB(grace_shorten_live)},
    {"started_carried", "off",
     "as in releases 1.35 and 1.36: a restarted container counts as started until its startup "
     "probe's next tick", KNOB_BOOL, KNOB(started_carried)},
    {"ignore_missing", "off", "ConfigMaps and Secrets that are not there do not hold pods back",
     KNOB_BOOL, KNOB(ignore_missing)},
    {"relist", "0s",
     "how often the kubelet looks for containers that have ended; kubelet timing: 1s",
     KNOB_DURATION, KNOB(relist)},
    {"unknown_programs", "succeed",
     "programs that are neither simulated nor scripted: succeed, or fail as if their images had "
     "none", KNOB_UNKNOWN, KNOB(unknown_missing)},
    {"rtt", "0s",
     "round trip between clients and pods, as far as it decides whether a request meets a "
     "connection that the server has just closed",
     KNOB_DURATION, KNOB(rtt)},
    {"dead_ip", "refuse",
     "what connections of clients to an address come to that no pod has any more: refuse or "
     "timeout", KNOB_DEAD_IP, KNOB(dead_ip_timeout)},
    {"retry_jitter", "0", "percent by which a retry may come late; kubelet timing: 50",
     KNOB_PERCENT, KNOB(retry_jitter)},
    {"provision_ms", "0", "milliseconds that a provisioner takes to make a volume", KNOB_MS,
     KNOB(provision_ms)},
    {"slice_ms", "0", "milliseconds from a change of a pod to its EndpointSlice", KNOB_MS,
     KNOB(slice_ms)},
    {"proxy_watch_ms", "0", "... from there until the proxies of nodes have seen it", KNOB_MS,
     KNOB(proxy_watch_ms)},
    {"proxy_min_sync_ms", "0", "... at least between two syncs of a proxy; really: 1000", KNOB_MS,
     KNOB(proxy_min_sync_ms)},
    {"proxy_program_ms", "0", "... that a sync takes until its rules are there", KNOB_MS,
     KNOB(proxy_program_ms)},
    {"proxy_ms", "none",
     "... on some nodes, instead of proxy_program_ms: n1=200,n2=5000; before there are Services",
     KNOB_NODES, 0},
    {"ingress_ms", "0",
     "milliseconds from an EndpointSlice to Ingresses; before there are Services", KNOB_MS,
     KNOB(ingress_ms)},
    {"dns_ttl", "0s", "how long clients keep an answer of the DNS; really: 5s to 30s",
     KNOB_DURATION, KNOB(dns_ttl)},
    {"controller_ms", "0", "milliseconds from a change until controllers look at it", KNOB_MS,
     KNOB(controller_ms)},
    {"job_batch_ms", "0", "... from a change of a pod until its Job looks; really: 1000", KNOB_MS,
     KNOB(job_batch_ms)},
    {"cron_delta_ms", "100", "... from a time of a schedule until its CronJob looks", KNOB_MS,
     KNOB(cron_delta_ms)},
    {"status_ms", "0", "a kubelet's status is seen at once: nothing but 0 is simulated", KNOB_ZERO,
     KNOB(none)},
    {"schedule_ms", "0", "the scheduler needs no time: nothing but 0 is simulated", KNOB_ZERO,
     KNOB(none)},
    {"lb_check_period", "5s", "how often load balancers check the health of nodes", KNOB_DURATION,
     KNOB(lb_check_period)},
    {"lb_check_failures", "2", "after so many failures in a row a node gets no connections more",
     KNOB_COUNT, KNOB(lb_check_failures)},
    {"hpa_sync", "15s", "how often autoscalers look at their metrics", KNOB_DURATION,
     KNOB(hpa_sync)},
    {"hpa_tolerance", "10", "percent by which a metric may miss its target without any scaling",
     KNOB_PERCENT, KNOB(hpa_tolerance)},
    {"hpa_downscale_window", "5m0s", "for so long an autoscaler remembers what it wanted before it "
     "scales down", KNOB_DURATION, KNOB(hpa_downscale_window)},
    {"hpa_cpu_init", "5m0s", "for so long the cpu of a pod counts only while it is ready",
     KNOB_DURATION, KNOB(hpa_cpu_init)},
    {"hpa_readiness_delay", "30s", "a pod that became unready within that time of its start has "
     "never been ready, as far as its cpu goes", KNOB_DURATION, KNOB(hpa_readiness_delay)},
};

static bool parse_bool(const char *text, bool *out)
{
    bool on = strcmp(text, "on") == 0 || strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

    *out = on;
    return on || strcmp(text, "off") == 0 || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

static int set_number(podring *r, const struct knob *k, const char *value)
{
    char *at = (char *)&r->world.knobs + k->offset, *end;
    long number = strtol(value, &end, 10);

    if (*value == '\0' || *end != '\0' || number < (k->kind == KNOB_COUNT) || number > 86400000)
        return api_fail(r, -PODRING_EINVALID,
                        "%s: expected a number from %d to 86400000, not \"%s\"", k->name,
                        k->kind == KNOB_COUNT, value);
    if (k->kind == KNOB_MS || k->kind == KNOB_ZERO)
        *(rx_ms *)(void *)at = number;
    else
        *(int32_t *)(void *)at = (int32_t)number;
    return 0;
}

/* Something that takes time in a cluster, and none here. */
static int set_zero(podring *r, const struct knob *k, const char *value)
{
    int rc = set_number(r, k, value);

    if (rc == 0 && r->world.knobs.none != 0)
        rc = api_fail(r, -PODRING_EUNSUPPORTED, "%s: %s", k->name, k->help);
    r->world.knobs.none = 0;
    return rc;
}

static int set_choice(podring *r, const struct knob *k, const char *off, const char *on,
                      const char *value)
{
    bool is = strcmp(value, on) == 0;

    if (!is && strcmp(value, off) != 0)
        return api_fail(r, -PODRING_EINVALID, "%s: expected %s or %s, not \"%s\"", k->name, off, on,
                        value);
    *(bool *)((char *)&r->world.knobs + k->offset) = is;
    return 0;
}

/* The name is kept as long as the engine. */
static int slow_node(podring *r, const char *name, size_t length, rx_ms program)
{
    char *kept = rx_arena_alloc(&r->world.arena, length + 1);
    int rc;

    if (kept == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_set");
    memcpy(kept, name, length);
    kept[length] = '\0';
    rc = cluster_proxy_slow(&r->cluster, kept, program);
    if (rc == -PODRING_ELIMIT)
        return api_fail(r, -PODRING_ELIMIT, "proxy_ms: at most %d different times",
                        CLUSTER_PROXIES_MAX - 2);
    return rc != 0 ? api_result(r, rc, "podring_set") : 0;
}

/* NAME=MS[,NAME=MS]... */
static int set_nodes(podring *r, const char *value)
{
    int rc = 0;

    if (strcmp(value, "none") == 0 && r->cluster.slows == 0)
        return 0;
    do {
        size_t length = strcspn(value, "=,");
        char *end = NULL;
        long ms = value[length] == '=' ? strtol(value + length + 1, &end, 10) : -1;

        if (length == 0 || end == NULL || end == value + length + 1 || ms < 0 || ms > 86400000 ||
            (*end != ',' && *end != '\0'))
            return api_fail(r, -PODRING_EINVALID,
                            "proxy_ms: expected NODE=MILLISECONDS[,...], not \"%s\"", value);
        rc = slow_node(r, value, length, ms);
        value = *end == ',' ? end + 1 : end;
    } while (*value != '\0' && rc == 0);
    return rc;
}

/* What proxies and Ingresses know would have to be made up for what is there already. */
static bool comes_late(podring *r, const struct knob *k)
{
    return (k->kind == KNOB_NODES || k->offset == KNOB(ingress_ms)) &&
           r->world.store.table[ST_SERVICE].count > 0;
}

static int set_knob(podring *r, const struct knob *k, const char *value)
{
    char *at = (char *)&r->world.knobs + k->offset;
    rx_ns ns;
    bool on;

    if (k->kind == KNOB_BOOL) {
        if (!parse_bool(value, &on))
            return api_fail(r, -PODRING_EINVALID, "%s: expected on or off, not \"%s\"", k->name,
                            value);
        *(bool *)at = on;
        return 0;
    }
    if (k->kind == KNOB_UNKNOWN)
        return set_choice(r, k, "succeed", "fail", value);
    if (k->kind == KNOB_DEAD_IP)
        return set_choice(r, k, "refuse", "timeout", value);
    if (comes_late(r, k))
        return api_fail(r, -PODRING_EUNSUPPORTED, "%s: there are Services already", k->name);
    if (k->kind == KNOB_NODES)
        return set_nodes(r, value);
    if (k->kind == KNOB_ZERO)
        return set_zero(r, k, value);
    if (k->kind == KNOB_MS || k->kind == KNOB_COUNT)
        return set_number(r, k, value);
    if (k->kind == KNOB_PERCENT) {
        char *end;
        long percent = strtol(value, &end, 10);

        if (*value == '\0' || *end != '\0' || percent < 0 || percent > 1000)
            return api_fail(r, -PODRING_EINVALID,
                            "%s: expected a number from 0 to 1000, not \"%s\"", k->name, value);
        *(int32_t *)(void *)at = (int32_t)percent;
        return 0;
    }
    if (manifest_duration(value, strlen(value), &ns) != 0)
        return api_fail(r, -PODRING_EINVALID, "%s: expected a duration such as 100s, not \"%s\"",
                        k->name, value);
    if (strcmp(k->name, "max_restart_period") == 0 && ns != 0 &&
        (ns < RX_NS_PER_S || ns > 300 * RX_NS_PER_S))
        return api_fail(r, -PODRING_EINVALID, "%s: must be between 1s and 300s", k->name);
    if ((strcmp(k->name, "lb_check_period") == 0 || strcmp(k->name, "hpa_sync") == 0) && ns == 0)
        return api_fail(r, -PODRING_EINVALID, "%s: must be longer than that", k->name);
    if (strcmp(k->name, "rtt") == 0 && ns != 0 && !r->world.scripted)
        return api_fail(r, -PODRING_EUNSUPPORTED, "%s: sockets have a round trip of their own",
                        k->name);
    *(rx_ms *)(void *)at = rx_ms_ceil(ns);
    return 0;
}

int podring_set(podring *r, const char *name, const char *value)
{
    API_OWN(r);
    API_CHECK(r, name != NULL, "knob is NULL");
    API_CHECK(r, value != NULL, "value is NULL");
    for (uint32_t i = 0; i < RX_ARRAY_LEN(knobs); i++) {
        if (strcmp(knobs[i].name, name) == 0) {
            int rc = set_knob(r, &knobs[i], value);

            r->cluster.queue.delay = r->world.knobs.controller_ms;
            r->world.backoff = pod_backoff_limits_make(r->world.knobs.reduced_backoff,
                                                       r->world.knobs.max_restart_period);
            return rc;
        }
    }
    return api_fail(r, -PODRING_ENOTFOUND, "no knob is called \"%s\"", name);
}

/* As many nodes as there is room for. */
static void nodes_text(const podring *r, struct rx_fit *t)
{
    for (uint32_t i = 0; i < r->cluster.slows; i++) {
        rx_fit_str(t, i > 0 ? "," : "");
        rx_fit_str(t, r->cluster.slow[i].node);
        rx_fit_str(t, "=");
        rx_fit_uint(t, (uint64_t)r->cluster.slow[i].program);
    }
    if (r->cluster.slows == 0)
        rx_fit_str(t, "none");
}

static void knob_text(podring *r, const struct knob *k)
{
    struct rx_fit t = {.at = r->knob_value, .room = sizeof(r->knob_value) - 1};
    const char *at = (const char *)&r->world.knobs + k->offset;

    switch (k->kind) {
    case KNOB_BOOL:
        rx_fit_str(&t, *(const bool *)at ? "on" : "off");
        break;
    case KNOB_UNKNOWN:
        rx_fit_str(&t, *(const bool *)at ? "fail" : "succeed");
        break;
    case KNOB_DEAD_IP:
        rx_fit_str(&t, *(const bool *)at ? "timeout" : "refuse");
        break;
    case KNOB_MS:
    case KNOB_ZERO:
        rx_fit_uint(&t, (uint64_t)*(const rx_ms *)(const void *)at);
        break;
    case KNOB_PERCENT:
    case KNOB_COUNT:
        rx_fit_uint(&t, (uint64_t)*(const int32_t *)(const void *)at);
        break;
    case KNOB_NODES:
        nodes_text(r, &t);
        break;
    case KNOB_DURATION:
        pod_duration_text(*(const rx_ms *)(const void *)at, r->knob_value, sizeof(r->knob_value));
        return;
    }
    r->knob_value[t.len] = '\0';
}

int podring_knob_at(podring *r, uint32_t index, struct podring_knob *out)
{
    struct podring_knob full = PODRING_KNOB_INIT;
    const struct knob *k;

    API_OWN(r);
    API_SIZED(r, out);
    if (index >= RX_ARRAY_LEN(knobs))
        return api_fail(r, -PODRING_ENOTFOUND, "no knob has the index %u", index);
    k = &knobs[index];
    knob_text(r, k);
    full.name = k->name;
    full.value = r->knob_value;
    full.default_value = k->default_value;
    full.help = k->help;
    API_GIVE(out, &full);
    return 0;
}

/* ---- versions -------------------------------------------------------------------------------- */

#ifdef __clang__
#define COMPILER __VERSION__ /* "Debian Clang 14.0.6" */
#else
#define COMPILER "gcc " __VERSION__
#endif

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

const char *podring_version(void)
{
    return TEXT(PODRING_VERSION_MAJOR) "." TEXT(PODRING_VERSION_MINOR) "."
        TEXT(PODRING_VERSION_PATCH);
}

int podring_version_number(void)
{
    return PODRING_VERSION_NUMBER;
}

const char *podring_build_info(void)
{
    static _Thread_local char text[128];

    snprintf(text, sizeof(text), "%s, " LIBURING ", libyaml %s, " COMPILER, rx_mem_name(),
             mf_yaml_version());
    return text;
}

/* A pod and its container can be named at any moment at which their command runs: what their names
 * are made of does not change then. */
uint64_t podring_busy(const podring *r, char *out, size_t size)
{
    const struct pod_container *c;
    char name[POD_NAME_MAX];

    if (out != NULL && size > 0)
        out[0] = '\0';
    if (r == NULL || !r->loop.in_turn)
        return 0;
    c = r->world.computing;
    if (c != NULL && out != NULL && size > 0) {
        const struct pod *p = pod_of_container((struct pod_container *)(uintptr_t)c);
        const struct pod_spec *spec = pod_spec_of(p);

        snprintf(out, size, "%s/%s, container %s", spec->ns, pod_name(p, name),
                 spec->container[c->index].name);
    }
    return r->loop.stats.instants + 1;
}
