/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pod/node.h"

#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/pod/program.h"
#include "engine/pod/runtime.h"
#include "engine/pod/timer.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

enum { PLAIN_MAX = 512 }; /* bytes of path and headers */

_Static_assert(sizeof(struct pod) % 8 == 0 && sizeof(struct pod_container) % 8 == 0 &&
                   sizeof(struct pod_probe) % 8 == 0,
               "the parts of a pod's block follow each other");
_Static_assert(sizeof(struct pod) + sizeof(struct pod_container) + 2 * sizeof(struct pod_probe) <= 448,
               "one more byte costs 64: allocators have size classes, and 512 is mimalloc's next");

int pod_node_init(struct pod_node *n, const struct pod_node_options *o)
{
    int rc;

    memset(n, 0, sizeof(*n));
    n->loop = o->loop;
    n->mem = o->mem;
    n->seed = o->seed;
    n->answer_root = rx_prng_root(o->seed, POD_STREAM_ANSWER);
    n->epoch_ms = o->epoch_ms;
    n->knobs.timing = o->timing;
    if (o->timing == POD_TIMING_KUBELET) {
        n->knobs.relist = 1000;
        n->knobs.retry_jitter = 50;
    }
    n->backoff = pod_backoff_limits_make(false, 0);
    n->probe_events = o->probe_events;
    n->scripted = o->scripted;
    n->parks = o->parks;
    n->shard = o->shard;
    n->kill = pod_kill;
    n->look = pod_command_look;
    pod_addresses_whole(&n->addresses);
    n->attempt_size =
        o->scripted ? offsetof(struct pod_attempt, buffer) + POD_SCRIPT_BUFFER : sizeof(struct pod_attempt);
    n->attempt_head = offsetof(struct pod_attempt, scratch);
    pod_gate_compile(&n->gate);
    pod_carrier_compile(&n->carried);
    rc = rx_mem_open_guest(&n->guest, o->mem);
    if (rc != 0)
        return rc;
    rx_arena_init(&n->arena, o->mem);
    rx_arena_init(&n->programs, &n->guest);
    rx_map_init(&n->template_of, o->mem);
    st_store_init(&n->store, o->mem, &n->log);
    rx_list_init(&n->pods);
    rx_list_init(&n->grave);
    rx_hist_reset(&n->latency_ns);
    rc = rx_slab_init(&n->ids, o->mem, sizeof(struct pod *), 0);
    if (rc == 0)
        rc = rx_slab_init(&n->attempts, o->mem, n->attempt_size, o->attempts_max);
    if (rc == 0)
        rc = st_log_init(&n->log, o->mem, o->loop, o->events_max, o->keep_events);
    if (rc != 0) {
        pod_node_fini(n);
        return rc;
    }
    pod_timers_on(n);
    o->loop->lateness_classes = 1u << POD_CLASS_TICK;
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

        rx_mem_free(pod_node_of(p)->mem, p, p->tmpl->size);
    }
}

void pod_node_fini(struct pod_node *n)
{
    free_pods(&n->grave);
    free_pods(&n->pods);
    st_log_fini(&n->log);
    rx_slab_fini(&n->attempts);
    rx_slab_fini(&n->ids);
    rx_mem_free(n->mem, n->behaviour_matched, (n->behaviour_count + 1) * sizeof(uint32_t));
    n->behaviour_matched = NULL;
    pod_foreign_fini(n);
    pod_storage_free(n);
    st_configs_free(&n->store);
    st_store_fini(&n->store);
    pod_volumes_unshare(n);
    rx_map_fini(&n->template_of);
    pod_addresses_fini(&n->addresses, n->mem);
    rx_arena_fini(&n->programs);
    rx_arena_fini(&n->arena);
    rx_mem_close(&n->guest);
}

void pod_node_carrier(struct pod_node *n, enum pod_carried by, const struct pod_carrier *c, void *ctx)
{
    n->carrier[by] = c;
    n->carrier_ctx[by] = ctx;
}

void pod_node_claims_put(struct pod_node *n)
{
    RX_LIST_EACH(l, &n->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (pod_has(p, POD_UNBOUND))
            pod_need_sync(p);
    }
}

static int number_reasons(struct pod_node *n, const struct pod_behaviour *b)
{
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < b->instance_count; i++) {
        if (b->instance[i].exit_reason != NULL)
            rc = st_reasons_add(&n->reasons, &n->arena, b->instance[i].exit_reason);
    }
    return rc;
}

int pod_node_behaviours(struct pod_node *n, const struct pod_behaviour *const *all, uint32_t count,
                        struct pod_behaviours_old *old)
{
    uint32_t before = n->behaviour_count;
    uint32_t *matched, reasons = n->reasons.count;
    int rc = 0;

    for (uint32_t i = before; rc == 0 && i < count; i++)
        rc = number_reasons(n, all[i]);
    matched = rc == 0 ? rx_mem_zalloc(n->mem, (count + 1) * sizeof(*matched)) : NULL;
    old->reasons_full = rc == -RX_ELIMIT;
    if (matched == NULL) {
        n->reasons.count = reasons;
        return rc != 0 ? rc : -RX_ENOMEM;
    }
    if (n->behaviour_matched != NULL)
        memcpy(matched, n->behaviour_matched, before * sizeof(*matched));
    *old = (struct pod_behaviours_old){n->behaviours, before, n->behaviour_matched, reasons,
                                        false};
    n->behaviour_matched = matched;
    n->behaviours = all;
    n->behaviour_count = count;
    RX_LIST_EACH(l, &n->pods) {
        rc = pod_scripts_choose(rx_container_of(l, struct pod, link), before);
        if (rc != 0) {
            pod_node_behaviours_undo(n, old);
            return rc;
        }
    }
    return 0;
}

void pod_node_behaviours_keep(struct pod_node *n, struct pod_behaviours_old *old)
{
    rx_mem_free(n->mem, old->matched, (old->count + 1) * sizeof(*old->matched));
    old->matched = NULL;
    pod_refusal_review(n);
}

void pod_node_behaviours_undo(struct pod_node *n, struct pod_behaviours_old *old)
{
    rx_mem_free(n->mem, n->behaviour_matched, (n->behaviour_count + 1) * sizeof(*old->matched));
    n->behaviour_matched = old->matched;
    n->behaviours = old->all;
    n->behaviour_count = old->count;
    n->reasons.count = old->reasons;
    pod_scripts_cut(n, old->count);
}

/* ---- templates ----------------------------------------------------------------------------------- */

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

static void add_asked(struct pod_template *t, uint32_t container, const struct pod_handler_spec *h)
{
    if (h != NULL && h->host == NULL && h->port != 0 && !has_owner(t, h->port))
        add_port(t, container, h->port);
}

/* Of a sidecar before it, an init container cannot have the port; what comes after it is not up yet. */
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

/* A port of an address has one listener, so of the containers that are up at the same time one has the port: the
 * first that declares it, else the first whose probe asks for it, else the first whose hook does. */
static void add_ports(struct pod_template *t)
{
    const struct pod_spec *spec = t->spec;

    for (uint32_t i = 0; i < spec->container_count; i++) {
        for (uint32_t k = 0; spec->container[i].kind != POD_INIT && k < spec->container[i].port_count; k++) {
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
        for (uint32_t k = 0; spec->container[i].kind == POD_INIT && k < spec->container[i].port_count; k++) {
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

        for (; k > 0 && strcmp(spec->container[t->by_name[k - 1]].name, spec->container[i].name) > 0;
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

/* Its request is written down as it stands, and answered by its own pod. Others have to be looked at by a
 * carrier each time. */
static bool plain(const struct pod_handler_spec *h)
{
    size_t used = h->path != NULL ? strlen(h->path) : 0;

    if (h->kind == POD_HANDLER_EXEC)
        return true;
    if (h->port == 0 || h->host != NULL || !all_of(h->path, used != 0 ? strcspn(h->path, "?") : 0, "/-_.~"))
        return false;
    for (uint32_t i = 0; i < h->header_count; i++) {
        const char *value = h->header[i].value;

        used += strlen(h->header[i].key) + strlen(value);
        if (!all_of(value, strlen(value), "-_.:;,/*=+ "))
            return false;
    }
    return used <= PLAIN_MAX && (used == 0 || h->path == NULL || h->path[0] == '/');
}

static bool fill_template(struct pod_node *n, struct pod_template *t)
{
    const struct pod_spec *spec = t->spec;
    uint32_t count = spec->container_count, ports = 0;

    t->parks = t->plain = true;
    for (uint32_t i = 0; i < count; i++) {
        ports += spec->container[i].port_count + POD_PROBE_KINDS + 2;
        pod_foreign_note(n, spec, i);
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
    t->port = rx_arena_alloc(&n->arena, (ports + 1) * sizeof(*t->port));
    t->listen = rx_arena_alloc(&n->arena, (count + 1) * sizeof(*t->listen));
    t->listen_count = rx_arena_alloc(&n->arena, (count + 1) * sizeof(*t->listen_count));
    t->by_name = rx_arena_alloc(&n->arena, count + 1);
    if (t->port == NULL || t->listen == NULL || t->listen_count == NULL || t->by_name == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        t->listen[i] = rx_arena_alloc(
            &n->arena, (spec->container[i].port_count + POD_PROBE_KINDS + 3) * sizeof(uint16_t));
        if (t->listen[i] == NULL)
            return false;
    }
    add_ports(t);
    sort_by_name(t);
    return true;
}

struct pod_template *pod_node_template(struct pod_node *n, const struct pod_spec *spec)
{
    uint64_t hash = rx_map_mix((uintptr_t)spec >> 4);
    struct pod_template *t;
    uint32_t cursor = 0;

    while ((t = rx_map_next(&n->template_of, hash, &cursor)) != NULL) {
        if (t->spec == spec)
            return t;
    }
    RX_ASSERT(spec->container_count > 0 && spec->container_count <= POD_CONTAINERS_MAX);
    t = rx_arena_alloc(&n->arena, sizeof(*t));
    if (t == NULL)
        return NULL;
    t->node = n;
    t->spec = spec;
    t->behaviours_seen = UINT32_MAX;
    t->shared = rx_arena_alloc(&n->arena, (spec->volume_count + 1) * sizeof(*t->shared));
    if (t->shared == NULL || !fill_template(n, t) || pod_programs_compile(n, t) != 0 ||
        rx_map_put(&n->template_of, hash, t) != 0)
        return NULL;
    t->next = n->templates;
    n->templates = t;
    return t;
}

int pod_node_reserve(struct pod_node *n, const struct pod_template *t, uint32_t pods)
{
    uint64_t runs = n->attempts.count + (uint64_t)pods * t->probes;
    uint32_t limit = n->attempts.max != 0 ? n->attempts.max : 65536;
    int rc = rx_slab_reserve(&n->ids, n->ids.count + pods);

    if (rc != 0)
        return rc;
    runs = RX_MAX(runs, n->attempts.slots);
    return rx_slab_reserve(&n->attempts, (uint32_t)RX_MIN(runs, limit));
}

/* ---- the rest ------------------------------------------------------------------------------------ */

void pod_node_bury(struct pod_node *n)
{
    while (!rx_list_empty(&n->grave))
        pod_free(rx_container_of(rx_list_take_head(&n->grave), struct pod, link));
}
