/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open.c - an engine from its options: its parts are opened from the port upward, and closed the
 * other way round.
 */
#include <string.h>
#include <unistd.h>

#include "api/named.h"
#include "api/steps.h"
#include "engine/cluster/client.h"
#include "engine/cluster/hpa.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/proxy.h"
#include "probes/carry/script.h"
#include "probes/carry/target.h"

enum { NET_LATENCY_MAX_US = 2000000000 };

static int check_options(struct podring_options *o, const char **why)
{
    if (o->net == PODRING_NET_DEFAULT)
        o->net = o->clock == PODRING_VIRTUAL ? PODRING_NET_SCRIPT : PODRING_NET_KERNEL;
    if (o->timing == PODRING_TIMING_DEFAULT)
        o->timing =
            o->clock == PODRING_VIRTUAL ? PODRING_TIMING_REFERENCE : PODRING_TIMING_SPREAD;
    if (o->events_max == 0)
        o->events_max = 65536;
    if (o->attempts_max == 0)
        o->attempts_max = 8192;
    if (o->pods_max == 0)
        o->pods_max = PODRING_PODS_MAX;
    if (o->processes_max == 0)
        o->processes_max = RX_PROCESSES;
    *why = o->clock > PODRING_VIRTUAL            ? "clock: no such clock"
           : o->net > PODRING_NET_SCRIPT         ? "net: no such network"
           : o->timing > PODRING_TIMING_KUBELET  ? "timing: no such timing model"
           : o->clock == PODRING_VIRTUAL && o->net == PODRING_NET_KERNEL
               ? "the kernel's network cannot run in virtual time; use memory or script"
           : o->flags >= 2 * PODRING_NO_DOCUMENTS ? "flags: no such flag"
           : (o->flags & PODRING_EXEC_HOST) && o->net != PODRING_NET_KERNEL
               ? "processes of this machine need real time and the kernel's network"
           : o->processes_max > RX_PROCESSES_MAX ? "processes_max: at most 65536"
           : o->net_latency_min_us < 0 || o->net_latency_max_us < o->net_latency_min_us ||
                   o->net_latency_max_us > NET_LATENCY_MAX_US
               ? "net_latency: needs 0 <= min <= max <= 2000 s"
           : o->net_refuse_ppm > 1000000 || o->net_reset_ppm > 1000000 || o->net_drop_ppm > 1000000
               ? "net faults: parts per million, at most 1000000"
           : o->shard_count > POD_SHARDS_MAX || o->shard_index >= RX_MAX(o->shard_count, 1u)
               ? "shard: needs index < count <= 65536"
               : api_addresses_check(o->address_base, o->address_bits);
    return *why == NULL ? 0 : -PODRING_EINVALID;
}

/* Adapts the embedder's allocator, which knows nothing of our struct. */
static void *host_alloc(void *ctx, size_t size, size_t align)
{
    const struct podring_allocator *a = ctx;

    return a->alloc(a->ctx, size, align);
}

static void host_free(void *ctx, void *p, size_t size)
{
    const struct podring_allocator *a = ctx;

    a->free(a->ctx, p, size);
}

static void host_close(void *ctx)
{
    struct podring_allocator a = *(struct podring_allocator *)ctx;

    a.free(a.ctx, ctx, sizeof(a));
}

static const struct rx_mem_ops host_ops = {host_alloc, host_free, host_close};

/* On a copy: the embedder's struct may be gone after podring_open. */
static int open_host_mem(struct rx_mem *mem, const struct podring_allocator *a)
{
    struct podring_allocator *copy = a->alloc(a->ctx, sizeof(*copy), 16);
    int rc;

    if (copy == NULL)
        return -PODRING_ENOMEM;
    *copy = *a;
    rc = rx_mem_open_with(mem, &host_ops, copy);
    if (rc != 0)
        host_close(copy);
    return rc;
}

static int open_port(podring *r, const struct podring_options *o, struct rx_port **port)
{
    struct rx_uring_options uring = {
        .slots = o->connections_max,
        .processes = (o->flags & PODRING_EXEC_HOST) ? o->processes_max : 0,
    };
    struct rx_sim_options sim = {
        .clock = o->clock == PODRING_VIRTUAL ? RX_SIM_VIRTUAL : RX_SIM_REAL,
        .seed = rx_prng_at(o->seed, POD_STREAM_NET, 0, 0),
        .latency_min = o->net_latency_min_us * 1000,
        .latency_max = o->net_latency_max_us * 1000,
        .fault_refuse_ppm = o->net_refuse_ppm,
        .fault_reset_ppm = o->net_reset_ppm,
        .fault_drop_ppm = o->net_drop_ppm,
        .connections_max = o->connections_max,
        .why = r->why,
        .why_room = sizeof(r->why),
    };

    if (o->net == PODRING_NET_KERNEL)
        return rx_port_uring_open(port, &r->mem, &uring, r->why, sizeof(r->why));
    return rx_port_sim_open(port, &r->mem, &sim);
}

static int choose_carriers(podring *r, const struct podring_options *o)
{
    struct pod_world *w = &r->world;
    int rc;

    if (o->flags & PODRING_RST_CLOSE)
        r->socket_options.op_flags |= RX_OP_RST_CLOSE;
    if (o->flags & PODRING_FAST_OPEN)
        r->socket_options.op_flags |= RX_OP_FAST_OPEN;
    w->exec_host = (o->flags & PODRING_EXEC_HOST) != 0;
    rx_list_init(&r->exec_runs.all);
    rx_list_init(&r->execs);
    pod_world_carrier(w, POD_CARRIED_SCRIPT, &probe_script, NULL);
    pod_world_carrier(w, POD_CARRIED_SHELL, &probe_exec, NULL);
    pod_world_carrier(w, POD_CARRIED_PROCESS, &probe_exec_host, &r->exec_runs);
    pod_world_carrier(w, POD_CARRIED_HTTP, &probe_http, &r->socket_options);
    pod_world_carrier(w, POD_CARRIED_TCP, &probe_tcp, &r->socket_options);
    if (o->net == PODRING_NET_SCRIPT || !(o->flags & PODRING_KEEP_ALIVE))
        return 0;
    rc = probe_kept_open(&r->kept, &r->loop, &r->mem);
    r->socket_options.kept = r->kept;
    return rc;
}

static int open_server(podring *r, const struct podring_options *o)
{
    const struct probe_caller_options calls = {.op_flags = r->socket_options.op_flags};
    struct probe_responder_options options = {
        .answer = pod_world_answer,
        .refuses = pod_world_refuses,
        .answer_ctx = &r->world,
        .timer_class = POD_CLASS_SERVE,
        .wildcard = (o->flags & PODRING_WILDCARD) != 0,
        .reset_close = (o->flags & PODRING_RST_CLOSE) != 0,
    };
    int rc;

    if (o->net == PODRING_NET_SCRIPT || (o->flags & PODRING_NO_SERVER))
        return 0;
    rc = probe_responder_open(&r->responder, &r->loop, &r->mem, &options);
    if (rc != 0)
        return rc;
    rx_loop_on(&r->loop, POD_CLASS_SERVE, probe_responder_timer, r->responder);
    r->world.server = probe_responder_server(r->responder);
    rc = probe_caller_open(&r->caller, &r->loop, &r->mem, &calls);
    if (rc == 0)
        r->world.caller = probe_caller_of(r->caller);
    return rc;
}

static void close_cluster(podring *r)
{
    cluster_hpas_fini(&r->cluster);
    cluster_metrics_fini(&r->cluster);
    cluster_clients_fini(&r->cluster);
    cluster_fini(&r->cluster);
    api_uncouple(r);
}

static int open_node(podring *r, const struct podring_options *o)
{
    struct pod_world_options options = {
        .loop = &r->loop,
        .mem = &r->mem,
        .seed = o->seed,
        .epoch_ms = o->epoch_unix_ms,
        .timing = o->timing == PODRING_TIMING_REFERENCE ? POD_TIMING_REFERENCE
                  : o->timing == PODRING_TIMING_SPREAD  ? POD_TIMING_SPREAD
                                                        : POD_TIMING_KUBELET,
        .attempts_max = o->net == PODRING_NET_SCRIPT ? 0 : o->attempts_max,
        .events_max = o->events_max,
        .keep_events = !(o->flags & PODRING_NO_EVENTS),
        .probe_events = !(o->flags & PODRING_NO_PROBE_EVENTS),
        .scripted = o->net == PODRING_NET_SCRIPT,
        .parks = o->net == PODRING_NET_SCRIPT && o->clock == PODRING_VIRTUAL &&
                 !(o->flags & PODRING_NO_PARK),
        .shard = {o->shard_index, RX_MAX(o->shard_count, 1u)},
    };
    const struct cluster_host host = api_steps_host(r);
    int rc = pod_world_init(&r->world, &options);

    if (rc != 0)
        return rc;
    st_cursor_open(&r->world.log, &r->reader, true);
    rc = st_log_history(&r->world.log, o->history);
    if (rc == 0 && o->address_bits != 0)
        rc = pod_addresses_block(&r->world.addresses, &r->mem, o->address_base, o->address_bits,
                                 r->world.shard);
    r->world.complain = api_command_complains;
    r->world.complain_ctx = r;
    cluster_init(&r->cluster, &r->world, &host);
    cluster_proxy_init(&r->cluster);
    r->cluster.replicas_override = o->replicas;
    r->cluster.pods_max = o->pods_max;
    if (o->end_ms > 0)
        r->cluster.run_end = o->end_ms;
    r->cluster.kinds = cluster_kinds;
    r->cluster.divides = o->shard_count > 0;
    if (rc == 0)
        rc = choose_carriers(r, o);
    rx_loop_on(&r->loop, POD_CLASS_HOST, api_timer_fired, r);
    if (rc == 0)
        rc = open_server(r, o);
    if (rc != 0) {
        probe_caller_close(r->caller);
        probe_responder_close(r->responder);
        probe_kept_close(r->kept);
        close_cluster(r);
        pod_world_fini(&r->world);
    }
    return rc;
}

/* What the carriers can ask for. */
static const struct manifest_limits carried = {
    .http_fits = probe_http_fits,
    .url_max = POD_HTTP_URL_MAX,
    .request_max = POD_HTTP_REQUEST_MAX,
    .location_max = POD_HTTP_LOCATION_MAX,
};

static int open_parts(podring *r, const struct podring_options *o)
{
    struct rx_port *port = NULL;
    int rc = open_port(r, o, &port);

    if (rc != 0)
        return rc;
    rc = rx_loop_init(&r->loop, port, &r->mem);
    if (rc != 0)
        return rc;
    r->loop.owner = r;
    r->loop.on_message = api_run_post;
    manifest_init(&r->set, &r->mem);
    r->set.limits = &carried;
    r->set.keeps = !(o->flags & PODRING_NO_DOCUMENTS);
    rc = rx_slab_init(&r->timers, &r->mem, sizeof(struct api_timer), 0);
    if (rc == 0)
        rc = rx_slab_init(&r->watches, &r->mem, sizeof(struct api_watch), 0);
    if (rc == 0)
        rc = open_node(r, o);
    if (rc == 0)
        api_complaints_open(r);
    if (rc != 0) {
        rx_slab_fini(&r->timers);
        rx_slab_fini(&r->watches);
        manifest_fini(&r->set);
        rx_loop_fini(&r->loop);
    }
    return rc;
}

/* Fields that an older caller does not know keep their defaults. */
static void read_options(const struct podring_options *from, struct podring_options *to)
{
    static const struct podring_options defaults = PODRING_OPTIONS_INIT;

    *to = defaults;
    if (from != NULL)
        memcpy(to, from, RX_MIN((size_t)from->size, sizeof(*to)));
    to->size = sizeof(*to);
}

int podring_open(const struct podring_options *options, podring **out)
{
    struct podring_options o;
    struct rx_mem mem;
    const char *why = NULL;
    podring *r;
    int rc;

    API_CHECK(NULL, out != NULL, "out is NULL");
    *out = NULL;
    API_CHECK(NULL, options == NULL || options->size >= offsetof(struct podring_options, seed),
              "options.size: use PODRING_OPTIONS_INIT");
    read_options(options, &o);
    rc = check_options(&o, &why);
    if (rc != 0)
        return api_fail(NULL, rc, "%s", why);
    rc = o.allocator != NULL ? open_host_mem(&mem, o.allocator) : rx_mem_open(&mem);
    if (rc != 0)
        return api_result(NULL, rc, "podring_open");
    r = rx_mem_zalloc(&mem, sizeof(*r));
    if (r == NULL) {
        rx_mem_close(&mem);
        return api_result(NULL, -PODRING_ENOMEM, "podring_open");
    }
    r->mem = mem;
    r->thread = pthread_self();
    r->pid = getpid();
    r->virtual_ = o.clock == PODRING_VIRTUAL;
    r->flags = o.flags;
    r->claims = o.net == PODRING_NET_KERNEL;
    r->claim_fd = -1;
    r->address_base = o.address_base;
    r->address_bits = o.address_bits;
    rc = open_parts(r, &o);
    if (rc != 0) {
        if (r->why[0] != '\0')
            api_fail(NULL, rc, "%s", r->why);
        else
            api_result(NULL, rc, "podring_open");
        rx_mem_free(&mem, r, sizeof(*r));
        rx_mem_close(&mem);
        return rc;
    }
    *out = r;
    return 0;
}

/* In a callback the turn, and whoever called the callback, still need it. */
void podring_close(podring *r)
{
    if (r != NULL && api_is_ours(r) && (r->in_callback || r->loop.in_turn))
        r->closing = true;
    else if (r != NULL)
        api_close_now(r);
}

void api_close_now(podring *r)
{
    struct rx_mem mem = r->mem;

    /* The port first: with it end all operations that point into what is freed next. The wheel goes
     * with the loop, and timers in it are forgotten. */
    if (r->execs_close != NULL)
        r->execs_close(r);
    rx_loop_shut(&r->loop);
    api_runtime_close(r->runtime);
    probe_exec_runs_drop(&r->exec_runs, &r->world.guest);
    probe_responder_close(r->responder);
    probe_caller_close(r->caller);
    probe_kept_close(r->kept);
    r->world.server = NULL; /* commands that serve end below, and have nobody to tell */
    close_cluster(r);
    while (st_newest(&r->world.store, ST_BEHAVIOUR) != NULL)
        st_remove(&r->world.store, st_newest(&r->world.store, ST_BEHAVIOUR));
    api_complaints_close(r);
    pod_world_fini(&r->world);
    manifest_fini(&r->set);
    rx_slab_fini(&r->timers);
    rx_slab_fini(&r->watches);
    rx_mem_free(&mem, r->counts, r->counts_room * sizeof(*r->counts));
    rx_mem_free(&mem, r->behaviours, r->behaviours_room * sizeof(*r->behaviours));
    rx_loop_fini(&r->loop);
    if (r->claim_fd >= 0)
        close(r->claim_fd); /* last: its sockets are closed by now */
    rx_mem_free(&mem, r, sizeof(*r));
    rx_mem_close(&mem);
}
