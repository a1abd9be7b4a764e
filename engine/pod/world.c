/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.c - opening and closing what the pods of an engine share, and the templates and scripts
 * they come with.
 */
#include "engine/pod/world.h"

#include <string.h>

#include "engine/pod/etc_files.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/program.h"
#include "engine/pod/runtime.h"
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

enum {
    PLAIN_MAX = 512, /* bytes of path and headers */
    RECORDS_EACH = 32, TEXT_EACH = 8192, /* what one handler tells of a container, or of a pod */
};

_Static_assert(sizeof(struct pod) % 8 == 0 && sizeof(struct pod_container) % 8 == 0 &&
                   sizeof(struct pod_probe) % 8 == 0,
               "the parts of a pod's block follow each other");
_Static_assert(sizeof(struct pod) + sizeof(struct pod_container) + 2 * sizeof(struct pod_probe) <=
               448,
               "one more byte costs 64: allocators have size classes, and 512 is mimalloc's next");

static void open_stashes(struct pod_world *w)
{
    rx_stash_init(&w->extras, w->mem, sizeof(struct pod_extra));
    rx_stash_init(&w->pasts, w->mem, sizeof(struct pod_past));
    rx_stash_init(&w->pulls, w->mem, sizeof(struct pod_pull));
    rx_stash_init(&w->closes, w->mem, sizeof(struct pod_closing));
}

static void close_stashes(struct pod_world *w)
{
    rx_stash_fini(&w->extras);
    rx_stash_fini(&w->pasts);
    rx_stash_fini(&w->pulls);
    rx_stash_fini(&w->closes);
}

int pod_world_init(struct pod_world *w, const struct pod_world_options *o)
{
    int rc;

    memset(w, 0, sizeof(*w));
    w->loop = o->loop;
    w->mem = o->mem;
    w->seed = o->seed;
    w->answer_root = rx_prng_root(o->seed, POD_STREAM_ANSWER);
    w->epoch_ms = o->epoch_ms;
    w->knobs.timing = o->timing;
    if (o->timing == POD_TIMING_KUBELET) {
        w->knobs.relist = 1000;
        w->knobs.retry_jitter = 50;
    }
    w->backoff = pod_backoff_limits_make(false, 0);
    w->probe_events = o->probe_events;
    w->scripted = o->scripted;
    w->parks = o->parks;
    w->shard = o->shard;
    w->kill = pod_kill;
    w->look = pod_command_look;
    pod_addresses_whole(&w->addresses);
    w->attempt_size =
        o->scripted ? offsetof(struct pod_attempt, buffer) + POD_SCRIPT_BUFFER
        : sizeof(struct pod_attempt);
    w->attempt_head = offsetof(struct pod_attempt, scratch);
    w->probe_runs_max = o->attempts_max;
    pod_gate_compile(&w->gate);
    pod_carrier_compile(&w->carried);
    rc = rx_mem_open_guest(&w->guest, o->mem);
    if (rc != 0)
        return rc;
    rx_arena_init(&w->arena, o->mem);
    rx_arena_init(&w->programs, &w->guest);
    rx_map_init(&w->template_of, o->mem);
    st_store_init(&w->store, o->mem, &w->log);
    rx_list_init(&w->pods);
    w->enlisted = &w->pods;
    rx_list_init(&w->grave);
    rx_list_init(&w->closings);
    rx_hist_reset(&w->latency_ns);
    open_stashes(w);
    rc = rx_slab_init(&w->ids, o->mem, sizeof(struct pod *), 0);
    if (rc == 0)
        rc = rx_slab_init(&w->attempts, o->mem, w->attempt_size, 0);
    if (rc == 0)
        rc = pod_node_add(w, POD_NODE_NAME, POD_NODE_IP);
    if (rc == 0)
        rc = st_log_init(&w->log, o->mem, o->loop, o->events_max, o->keep_events);
    if (rc != 0) {
        pod_world_fini(w);
        return rc;
    }
    pod_timers_on(w);
    o->loop->lateness_classes = 1u << POD_CLASS_TICK;
    o->loop->growing_classes = POD_CLASSES_GROWING;
    rx_loop_hint(o->loop, pod_probe_fetch);
    return 0;
}

/* In two passes: a border that is disarmed writes to its neighbours in the wheel, and those may be
 * timers of other pods. */
static void free_pods(struct rx_list *list)
{
    struct rx_list *l;

    RX_LIST_EACH(each, list) {
        struct pod *p = rx_container_of(each, struct pod, link);

        for (uint32_t i = 0; i < p->tmpl->probes; i++) {
            struct pod_probe *b = pod_probe_at(p, i);

            if (pod_probe_asks(b) && b->attempt->carrier->drop != NULL)
                b->attempt->carrier->drop(b->attempt);
        }
        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
            struct pod_container *c = pod_container_at(p, i);

            if (c->extra != NULL)
                c->extra->hook.attempt = NULL; /* the carriers are gone */
            pod_extra_free(c);
        }
    }

    while ((l = rx_list_take_head(list)) != NULL) {
        struct pod *p = rx_container_of(l, struct pod, link);

        rx_mem_free(pod_world_of(p)->mem, p, p->tmpl->size);
    }
}

void pod_world_fini(struct pod_world *w)
{
    free_pods(&w->grave);
    free_pods(&w->pods);
    st_log_fini(&w->log);
    close_stashes(w);
    rx_slab_fini(&w->attempts);
    rx_slab_fini(&w->ids);
    rx_mem_free(w->mem, w->behaviour_matched, (w->behaviour_count + 1) * sizeof(uint32_t));
    w->behaviour_matched = NULL;
    pod_nodes_fini(w);
    pod_claims_free(w);
    st_configs_free(&w->store);
    st_store_fini(&w->store);
    pod_volumes_unshare(w);
    rx_map_fini(&w->template_of);
    pod_addresses_fini(&w->addresses, w->mem);
    rx_arena_fini(&w->programs);
    rx_arena_fini(&w->arena);
    rx_mem_close(&w->guest);
}

void pod_world_carrier(struct pod_world *w, enum pod_carried by, const struct pod_carrier *c,
                       void *ctx)
{
    w->carrier[by] = c;
    w->carrier_ctx[by] = ctx;
}

void pod_world_claims_put(struct pod_world *w)
{
    RX_LIST_EACH(l, &w->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (pod_has(p, POD_UNBOUND))
            pod_need_sync(p);
    }
}

static int number_reasons(struct pod_world *w, const struct pod_behaviour *b)
{
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < b->instance_count; i++) {
        if (b->instance[i].exit_reason != NULL)
            rc = st_reasons_add(&w->reasons, &w->arena, b->instance[i].exit_reason);
    }
    return rc;
}

int pod_world_behaviours(struct pod_world *w, const struct pod_behaviour *const *all,
                         uint32_t count, struct pod_behaviours_old *old)
{
    uint32_t before = w->behaviour_count;
    uint32_t *matched, reasons = w->reasons.count;
    int rc = 0;

    for (uint32_t i = before; rc == 0 && i < count; i++)
        rc = number_reasons(w, all[i]);
    matched = rc == 0 ? rx_mem_zalloc(w->mem, (count + 1) * sizeof(*matched)) : NULL;
    old->reasons_full = rc == -RX_ELIMIT;
    if (matched == NULL) {
        w->reasons.count = reasons;
        return rc != 0 ? rc : -RX_ENOMEM;
    }
    if (w->behaviour_matched != NULL)
        memcpy(matched, w->behaviour_matched, before * sizeof(*matched));
    *old = (struct pod_behaviours_old){w->behaviours, before, w->behaviour_matched, reasons,
                                        false};
    w->behaviour_matched = matched;
    w->behaviours = all;
    w->behaviour_count = count;
    RX_LIST_EACH(l, &w->pods) {
        rc = pod_scripts_choose(rx_container_of(l, struct pod, link), before);
        if (rc != 0) {
            pod_world_behaviours_undo(w, old);
            return rc;
        }
    }
    return 0;
}

void pod_world_behaviours_keep(struct pod_world *w, struct pod_behaviours_old *old)
{
    rx_mem_free(w->mem, old->matched, (old->count + 1) * sizeof(*old->matched));
    old->matched = NULL;
    pod_refusal_review(w);
}

void pod_world_behaviours_undo(struct pod_world *w, struct pod_behaviours_old *old)
{
    rx_mem_free(w->mem, w->behaviour_matched, (w->behaviour_count + 1) * sizeof(*old->matched));
    w->behaviour_matched = old->matched;
    w->behaviours = old->all;
    w->behaviour_count = old->count;
    w->reasons.count = old->reasons;
    pod_scripts_cut(w, old->count);
}

/* ---- templates ------------------------------------------------------------------------------- */

static void add_port(struct pod_template *t, uint32_t container, uint16_t port)
{
    uint16_t *listen = t->listen[container];

    listen[t->listen_count[container]++] = port;
    t->port[t->port_count++] = (struct pod_port_owner){port, (uint16_t)container};
}

static bool has_owner(const struct pod_template *t, uint16_t port)
{
    for (uint32_t i = 0; i < t->port_count; i++) {
        if (t->port[i].port == port)
            return true;
    }
    return false;
}

/* Does it ask its own pod? Of other hosts it is the carriers that know. */
static bool asks_itself(const struct pod_handler_spec *h)
{
    return h->host == NULL || h->host[0] == '\0' || pod_host_is_local(h->host);
}

static void add_asked(struct pod_template *t, uint32_t container, const struct pod_handler_spec *h)
{
    if (h != NULL && asks_itself(h) && h->port != 0 && !has_owner(t, h->port))
        add_port(t, container, h->port);
}

/* Of a sidecar before it, an init container cannot have the port; what comes after it is not up
 * yet. */
static bool is_held(const struct pod_template *t, uint32_t init, uint16_t port)
{
    for (uint32_t i = 0; i < t->port_count; i++) {
        uint32_t owner = t->port[i].container;

        if (t->port[i].port == port &&
            (owner == init || (owner < init && t->spec->container[owner].kind != POD_INIT)))
            return true;
    }
    return false;
}

/* A port of an address has one listener, so of the containers that are up at the same time one has
 * the port: the first that declares it, else the first whose probe asks for it, else the first
 * whose hook does. */
static void add_ports(struct pod_template *t)
{
    const struct pod_spec *spec = t->spec;

    for (uint32_t i = 0; i < spec->container_count; i++) {
        for (uint32_t k = 0; spec->container[i].kind != POD_INIT &&
             k < spec->container[i].port_count; k++) {
            if (spec->container[i].port[k].tcp && !has_owner(t, spec->container[i].port[k].number))
                add_port(t, i, spec->container[i].port[k].number);
        }
    }
    for (uint32_t i = 0; i < spec->container_count; i++) {
        for (uint32_t k = 0; k < POD_PROBE_KINDS; k++) {
            if (spec->container[i].probe[k] != NULL)
                add_asked(t, i, &spec->container[i].probe[k]->handler);
        }
    }
    for (uint32_t i = 0; i < spec->container_count; i++) {
        add_asked(t, i, spec->container[i].post_start);
        add_asked(t, i, spec->container[i].pre_stop);
    }
    for (uint32_t i = 0; i < spec->init_count; i++) {
        for (uint32_t k = 0; spec->container[i].kind == POD_INIT &&
             k < spec->container[i].port_count; k++) {
            if (spec->container[i].port[k].tcp && !is_held(t, i, spec->container[i].port[k].number))
                add_port(t, i, spec->container[i].port[k].number);
        }
    }
}

static void sort_by_name(struct pod_template *t)
{
    const struct pod_spec *spec = t->spec;

    for (uint32_t i = spec->init_count; i < spec->container_count; i++) {
        uint32_t k = t->mains++;

        for (; k > 0 && strcmp(spec->container[t->by_name[k - 1]].name, spec->container[i].name) >
             0;
             k--)
            t->by_name[k] = t->by_name[k - 1];
        t->by_name[k] = (uint8_t)i;
    }
}

static bool all_of(const char *s, size_t n, const char *others)
{
    for (size_t i = 0; i < n; i++) {
        bool alnum = (s[i] >= '0' && s[i] <= '9') || ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z');

        if (!alnum && (s[i] == '\0' || strchr(others, s[i]) == NULL))
            return false;
    }
    return true;
}

/* Its request is written down as it stands, and answered by its own pod. Others have to be looked
 * at by a carrier each time. */
static bool plain(const struct pod_handler_spec *h)
{
    size_t used = h->path != NULL ? strlen(h->path) : 0;

    if (h->kind == POD_HANDLER_EXEC)
        return true;
    if (h->port == 0 || h->host != NULL ||
        !all_of(h->path, used != 0 ? strcspn(h->path, "?") : 0, "/-_.~"))
        return false;
    for (uint32_t i = 0; i < h->header_count; i++) {
        const char *value = h->header[i].value;

        used += strlen(h->header[i].key) + strlen(value);
        if (!all_of(value, strlen(value), "-_.:;,/*=+ "))
            return false;
    }
    return used <= PLAIN_MAX && (used == 0 || h->path == NULL || h->path[0] == '/');
}

static bool fill_template(struct pod_world *w, struct pod_template *t)
{
    const struct pod_spec *spec = t->spec;
    uint32_t count = spec->container_count, ports = 0;

    t->parks = t->plain = true;
    for (uint32_t i = 0; i < count; i++) {
        ports += spec->container[i].port_count + POD_PROBE_KINDS + 2;
        pod_foreign_note(w, spec, i);
        for (uint32_t k = 0; k < POD_PROBE_KINDS; k++) {
            const struct pod_probe_spec *probe = spec->container[i].probe[k];

            t->probes += probe != NULL;
            t->parks &= probe == NULL || probe->handler.kind != POD_HANDLER_EXEC;
            t->plain &= probe == NULL || plain(&probe->handler);
        }
    }
    t->parks &= t->plain;
    t->size = (uint32_t)(sizeof(struct pod) + count * sizeof(struct pod_container) +
                         t->probes * sizeof(struct pod_probe));
    t->port = rx_arena_alloc(&w->arena, (ports + 1) * sizeof(*t->port));
    t->listen = rx_arena_alloc(&w->arena, (count + 1) * sizeof(*t->listen));
    t->listen_count = rx_arena_alloc(&w->arena, (count + 1) * sizeof(*t->listen_count));
    t->by_name = rx_arena_alloc(&w->arena, count + 1);
    if (t->port == NULL || t->listen == NULL || t->listen_count == NULL || t->by_name == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        t->listen[i] = rx_arena_alloc(
            &w->arena, (spec->container[i].port_count + POD_PROBE_KINDS + 3) * sizeof(uint16_t));
        if (t->listen[i] == NULL)
            return false;
    }
    add_ports(t);
    sort_by_name(t);
    return true;
}

/* Room for as much as one handler takes: a sync may bring up all containers of a pod, each with its
 * ports, its hook and what it tells. */
static int keep_spare(struct pod_world *w, const struct pod_template *t)
{
    uint32_t n = t->spec->container_count;
    int rc = rx_stash_spare(&w->extras, n);

    rc = rc != 0 ? rc : rx_stash_spare(&w->pasts, n);
    rc = rc != 0 ? rc : rx_stash_spare(&w->pulls, n);
    rc = rc != 0 ? rc : rx_stash_spare(&w->closes, n);
    rc = rc != 0 ? rc : rx_slab_spare(&w->attempts, n + 1);
    rc = rc != 0 ? rc : rx_map_spare(&w->store.names, t->spec->volume_count);
    rc = rc != 0 ? rc : st_log_spare(&w->log, (n + 1) * RECORDS_EACH, (n + 1) * TEXT_EACH);
    if (rc == 0 && w->server != NULL && t->port_count > 0)
        rc = w->server->spare(w->server->ctx, n, t->port_count);
    return rc;
}

struct pod_template *pod_world_template(struct pod_world *w, const struct pod_spec *spec)
{
    uint64_t hash = rx_hash_end((uintptr_t)spec >> 4);
    struct pod_template *t;
    uint32_t cursor = 0;

    while ((t = rx_map_next(&w->template_of, hash, &cursor)) != NULL) {
        if (t->spec == spec)
            return t;
    }
    RX_ASSERT(spec->container_count > 0 && spec->container_count <= POD_CONTAINERS_MAX);
    t = rx_arena_alloc(&w->arena, sizeof(*t));
    if (t == NULL)
        return NULL;
    t->world = w;
    t->spec = spec;
    t->behaviours_seen = UINT32_MAX;
    t->shared = rx_arena_alloc(&w->arena, (spec->volume_count + 1) * sizeof(*t->shared));
    if (t->shared == NULL || !fill_template(w, t) || pod_programs_compile(w, t) != 0 ||
        keep_spare(w, t) != 0 || rx_map_put(&w->template_of, hash, t) != 0)
        return NULL;
    t->next = w->templates;
    w->templates = t;
    return t;
}

int pod_world_reserve(struct pod_world *w, const struct pod_template *t, uint32_t pods)
{
    uint64_t runs = w->attempts.count + (uint64_t)pods * t->probes;
    uint32_t limit = w->probe_runs_max != 0 ? w->probe_runs_max : 65536;
    int rc = rx_slab_reserve(&w->ids, w->ids.count + pods);

    if (rc != 0)
        return rc;
    runs = RX_MAX(runs, w->attempts.slots);
    return rx_slab_reserve(&w->attempts, (uint32_t)RX_MIN(runs, limit));
}

/* ---- the rest -------------------------------------------------------------------------------- */

void pod_world_bury(struct pod_world *w)
{
    while (!rx_list_empty(&w->grave))
        pod_free(rx_container_of(rx_list_take_head(&w->grave), struct pod, link));
}
