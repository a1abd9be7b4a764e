/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.c - opening, closing, loading and turning: the API as thin calls into the floors below.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/named.h"
#include "api/sized.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/proxy.h"
#include "engine/cluster/client.h"
#include "engine/cluster/hpa.h"
#include "engine/reactor/err.h"
#include "probes/carry/script.h"
#include "probes/carry/target.h"

/* The two lists of errors are one list. */
#define X(name, value, text)                                                                       \
    _Static_assert((int)RX_##name == (int)PODRING_##name && (int)PODRING_##name == (value), \
                   "podring.h and err.h disagree on " #name);
RX_ERR_MAP(X)
#undef X
_Static_assert((int)MANIFEST_ERROR == (int)PODRING_ERROR &&
                   (int)MANIFEST_UNKNOWN_FIELD == (int)PODRING_UNKNOWN_FIELD &&
                   (int)MANIFEST_DUPLICATE_KEY == (int)PODRING_DUPLICATE_KEY &&
                   (int)MANIFEST_UNSUPPORTED == (int)PODRING_UNSUPPORTED,
               "podring.h and manifest.h disagree on severities");

/* What podring_why says where there is no engine to ask, or where it belongs to another thread. */
static _Thread_local char thread_why[512];

const char *podring_strerror(int error)
{
    return rx_err_text(error);
}

static bool is_ours(const podring *r)
{
    return r != NULL && pthread_equal(r->thread, pthread_self());
}

const char *podring_why(const podring *ring)
{
    return is_ours(ring) ? ring->why : thread_why;
}

/* Is this the embedder calling, and not the engine itself in a turn? */
static bool is_between(const podring *r)
{
    return !r->loop.in_turn || r->in_callback;
}

int api_fail(podring *ring, int error, const char *format, ...)
{
    bool ours = is_ours(ring);
    va_list args;

    /* A call that answers so has undone what it began. */
    if (ours && error == -PODRING_ENOMEM && is_between(ring) && !ring->starved)
        rx_mem_told(&ring->mem, ring->refused);
    va_start(args, format);
    vsnprintf(ours ? ring->why : thread_why, ours ? sizeof(ring->why) : sizeof(thread_why), format,
              args);
    va_end(args);
    return error;
}

int api_result(podring *ring, int rc, const char *what)
{
    return rc < 0 ? api_fail(ring, rc, "%s: %s", what, rx_err_text(rc)) : rc;
}

int api_enter(podring *r, const char *function)
{
    if (r == NULL)
        return api_fail(r, -PODRING_EINVALID, "%s: the engine is NULL", function);
    if (!is_ours(r))
        return api_fail(r, -PODRING_ETHREAD, "%s: the engine belongs to another thread", function);
    if (r->closing)
        return api_fail(r, -PODRING_ESTATE, "%s: the engine is being closed", function);
    /* In virtual time a child has an engine of its own, in memory. Otherwise both would have one
     * ring. */
    if (!r->virtual_ && r->pid != getpid())
        return api_fail(r, -PODRING_ETHREAD,
                        "%s: the engine belongs to the process that was forked", function);
    /* The call before has found no memory and could not say so. */
    if (is_between(r) && r->mem.state->refused > r->refused)
        r->starved = true;
    return 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

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

static void complain(void *ctx, const struct pod_step *step, const char *text);
static int apply_step(void *ctx, const struct pod_step *step);
static void patch_step(void *ctx, const struct pod_step *step, const char *text,
                       struct cluster_refusal *refusal);
static void undo_step(void *ctx, const struct pod_step *step, const struct cluster_rollback *to,
                      struct cluster_refusal *refusal);
static int image_id(void *ctx, const char *image, uint16_t *id);
static bool together(void *ctx, const char *ns, const char *kind, const char *name);
static rx_ms gone_at(void *ctx, const char *ns, const char *pod);

static void close_cluster(podring *r)
{
    cluster_hpas_fini(&r->cluster);
    cluster_metrics_fini(&r->cluster);
    cluster_clients_fini(&r->cluster);
    cluster_fini(&r->cluster);
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
    struct cluster_host host = {
        .ctx = r,
        .complain = complain,
        .remove = api_remove, .apply = apply_step, .patch = patch_step, .undo = undo_step,
        .image_id = image_id,
        .together = together,
        .gone_at = gone_at,
    };
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
    if (r != NULL && is_ours(r) && (r->in_callback || r->loop.in_turn))
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

/* ---- loading --------------------------------------------------------------------------------- */

/* The first thing that is wrong: the rest is in podring_diagnostic_at. */
static int refused(podring *r, uint32_t from)
{
    for (uint32_t i = from; i < r->set.diagnostics.count; i++) {
        const struct manifest_diagnostic *d = &r->set.diagnostics.item[i];

        if (d->severity == MANIFEST_ERROR && d->line == 0)
            return api_fail(r, -PODRING_EMANIFEST, "%s: %s", d->file, d->text);
        if (d->severity == MANIFEST_ERROR)
            return api_fail(r, -PODRING_EMANIFEST, "%s:%u:%u: %s", d->file, d->line, d->column,
                            d->text);
    }
    return api_result(r, -PODRING_EMANIFEST, "podring_load");
}

int api_loaded(podring *r, int rc, const char *name, uint32_t said)
{
    if (rc == -PODRING_ENOTFOUND || rc == -PODRING_EIO)
        return api_fail(r, rc, "%s: %s", name, strerror(errno));
    if (rc == -PODRING_EMANIFEST)
        return refused(r, said);
    return api_result(r, rc, name);
}

int podring_diagnostic_at(podring *r, uint32_t index, struct podring_diagnostic *out)
{
    const struct manifest_diagnostic *d;
    struct podring_diagnostic full = PODRING_DIAGNOSTIC_INIT;

    API_OWN(r);
    API_SIZED(r, out);
    if (index >= r->set.diagnostics.count)
        return api_fail(r, -PODRING_ENOTFOUND, "no diagnostic has the index %u", index);
    d = &r->set.diagnostics.item[index];
    full.severity = (uint32_t)d->severity;
    full.line = d->line;
    full.column = d->column;
    full.file = d->file;
    full.text = d->text;
    API_GIVE(out, &full);
    return 0;
}

int podring_input_at(podring *r, uint32_t index, const char **path)
{
    API_OWN(r);
    API_CHECK(r, path != NULL, "path is NULL");
    if (index >= r->set.inputs.count)
        return api_fail(r, -PODRING_ENOTFOUND, "no input has the index %u", index);
    *path = r->set.inputs.item[index];
    return 0;
}

/* ---- what the cluster asks of us ------------------------------------------------------------- */

static void complain(void *ctx, const struct pod_step *step, const char *text)
{
    podring *r = ctx;
    struct manifest_diagnostic d = {
        .severity = MANIFEST_WARNING,
        .line = step->line,
        .file = step->file,
        .text = rx_arena_printf(&r->set.arena, "at %lldms: %s/%s: %s", (long long)step->at,
                                step->object_kind != NULL ? step->object_kind : "node",
                                step->object_name != NULL ? step->object_name : "", text),
    };

    if (d.text != NULL) /* the turn tells of it */
        manifest_diagnose(&r->set, &d);
}

static int apply_step(void *ctx, const struct pod_step *step)
{
    podring *r = ctx;
    struct manifest_mark before = manifest_mark(&r->set);
    int rc = manifest_load_file(&r->set, step->path);

    if (rc == 0 && r->set.knobs.count > before.knobs) {
        manifest_forget(&r->set, &before);
        return -PODRING_EUNSUPPORTED; /* what is set is set from the start */
    }
    return rc != 0 ? rc : api_apply(r, API_APPLY);
}

/* The document of the step's object. False: it is refused. */
static bool base_of_step(podring *r, const struct pod_step *s, struct manifest_base *out,
                         struct cluster_refusal *refusal)
{
    char object[512], why[API_WHY_MAX];
    struct api_named n;
    int rc;

    snprintf(object, sizeof(object), "%s/%s", s->object_kind, s->object_name);
    rc = api_find(r, s->ns, object, &n, why);
    if (rc == -PODRING_ENOTFOUND)
        cluster_refuse_missing(refusal, s->object_kind, s->object_name);
    else if (rc == 0)
        rc = api_base(&n, out, why);
    if (rc != 0 && refusal->reason == NULL)
        cluster_refuse(refusal, "Forbidden", "%s", why);
    return rc == 0;
}

/* What a step has made of a document, and of what there was to say of it. */
static void apply_made(podring *r, const struct pod_step *s, int rc, uint32_t said,
                       struct cluster_refusal *refusal)
{
    const struct manifest_diagnostic *d = r->set.diagnostics.item;

    for (uint32_t i = said; rc != 0 && refusal->reason == NULL && i < r->set.diagnostics.count;
         i++) {
        if (d[i].severity == MANIFEST_ERROR)
            cluster_refuse(refusal, "Invalid", "%s \"%s\" is invalid: %s", s->object_kind,
                           s->object_name, d[i].text);
    }
    if (rc == 0)
        rc = api_apply(r, API_REPLACE);
    else
        r->set.diagnostics.count = said;
    if (rc != 0 && refusal->reason == NULL)
        cluster_refuse(refusal, "Invalid", "%s", r->why[0] != '\0' ? r->why : rx_err_text(rc));
    r->why[0] = '\0';
}

static void patch_step(void *ctx, const struct pod_step *step, const char *text,
                       struct cluster_refusal *refusal)
{
    podring *r = ctx;
    struct manifest_base base;
    uint32_t said = r->set.diagnostics.count;
    int rc;

    if (!base_of_step(r, step, &base, refusal))
        return;
    base.line = step->line;
    rc = manifest_load_patch(&r->set, step->file, text, strlen(text), &base);
    apply_made(r, step, rc, said, refusal);
}

static void undo_step(void *ctx, const struct pod_step *step, const struct cluster_rollback *to,
                      struct cluster_refusal *refusal)
{
    podring *r = ctx;
    struct manifest_base base, from;
    uint32_t said = r->set.diagnostics.count;
    int rc;

    if (!base_of_step(r, step, &base, refusal))
        return;
    from = base;
    from.pod = to->template_;
    if (to->document != NULL)
        from.document = to->document;
    rc = manifest_load_undo(&r->set, step->file, &base, &from);
    apply_made(r, step, rc, said, refusal);
    r->set.diagnostics.count = said; /* all of it has been said when it first came */
}

static int image_id(void *ctx, const char *image, uint16_t *id)
{
    podring *r = ctx;

    return manifest_image(&r->set, image, id);
}

static bool takes_pod(const struct pod_step *s)
{
    return s->kind == POD_STEP_DELETE || s->kind == POD_STEP_EVICT || s->kind == POD_STEP_FAIL ||
           s->kind == POD_STEP_EVICT_API;
}

/* Steps of this instant, and new ones whose time has passed, come before the first sync of a
 * pod. */
static rx_ms gone_at(void *ctx, const char *ns, const char *pod)
{
    const podring *r = ctx;
    rx_ms now = podring_now(r), at = RX_MS_NEVER;

    for (uint32_t i = 0; i < r->set.steps.count; i++) {
        const struct pod_step *s = &r->set.steps.item[i];

        if (takes_pod(s) && (s->at >= now || i >= r->applied.steps) && strcmp(s->ns, ns) == 0 &&
            strcmp(s->object_name, pod) == 0)
            at = RX_MIN(at, RX_MAX(s->at, now));
    }
    return at;
}

/* Does the step change how many pods the workload has, or by its name one that may be of it? Which
 * replica goes first when a workload is scaled depends on how the others are. */
static bool step_counts_pods(const struct pod_step *s, const char *kind, const char *name)
{
    size_t length = strlen(name);

    if (s->kind == POD_STEP_SCALE ||
        (s->kind == POD_STEP_SET_IMAGE && strcmp(kind, "statefulset") == 0))
        return strcmp(s->object_kind, kind) == 0 && strcmp(s->object_name, name) == 0;
    return takes_pod(s) && strncmp(s->object_name, name, length) == 0 && s->object_name[length] ==
        '-';
}

static bool together(void *ctx, const char *ns, const char *kind, const char *name)
{
    const podring *r = ctx;

    for (uint32_t i = 0; i < r->set.steps.count; i++) {
        const struct pod_step *s = &r->set.steps.item[i];

        if (strcmp(s->ns, ns) == 0 && step_counts_pods(s, kind, name))
            return true;
    }
    return false;
}
