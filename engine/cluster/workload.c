/* SPDX-License-Identifier: Apache-2.0 */
/* workload.c - workloads become pods, by number and by name, here or in another share. */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/binder.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/budget.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/proxies.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/slice.h"
#include "engine/store/rule_shard.h"
#include "engine/reactor/err.h"

const char *cluster_kind_name(enum pod_workload_kind kind)
{
    return st_kind_word(ST_WORKLOAD, (uint8_t)kind);
}

bool cluster_has_replicas(enum pod_workload_kind kind)
{
    return kind == POD_WORKLOAD_DEPLOYMENT || kind == POD_WORKLOAD_REPLICASET ||
           kind == POD_WORKLOAD_STATEFULSET || kind == POD_WORKLOAD_CONTROLLER;
}

enum { DRAIN_KEY = 0xfffe }; /* that of no other timer of its class */

void cluster_init(struct cluster *c, struct pod_world *world, const struct cluster_host *host)
{
    static const struct pod_service_port https = {
        .name = "https", .protocol = "TCP", .port = 443, .target = 6443};

    memset(c, 0, sizeof(*c));
    c->world = world;
    c->host = *host;
    c->run_end = RX_MS_NEVER;
    c->store = &world->store;
    rx_list_init(&c->step_next);
    rx_list_init(&c->departed);
    rx_list_init(&c->node_watches);
    rx_map_init(&c->service_ips, world->mem);
    rx_map_init(&c->selectors, world->mem);
    rx_map_init(&c->endpoints, world->mem);
    rx_map_init(&c->node_ports, world->mem);
    rx_map_init(&c->grips, &world->guest);
    rx_map_init(&c->rules, &world->guest);
    rx_map_init(&c->claimants, world->mem);
    rx_map_init(&c->kept, world->mem);
    rx_map_init(&c->orphans, world->mem);
    rx_list_init(&c->lone_sets);
    rx_list_init(&c->ending);
    c->check_due = RX_MS_NEVER;
    c->ingress_view = CLUSTER_BY_SLICE;
    world->knobs.lb_check_period = 5 * RX_MS_PER_S;
    world->knobs.lb_check_failures = 2;
    world->knobs.cron_delta_ms = 100;
    rx_map_init(&c->pod_ips, &world->guest);
    world->resolve_ctx = c;
    world->knobs.hpa_sync = 15 * RX_MS_PER_S;
    world->knobs.hpa_tolerance = 10;
    world->knobs.hpa_downscale_window = world->knobs.hpa_cpu_init = 300 * RX_MS_PER_S;
    world->knobs.hpa_readiness_delay = 30 * RX_MS_PER_S;
    world->variables = cluster_variables;
    c->api = (struct cluster_service){
        .spec = {.ns = "default", .name = "kubernetes", .port_count = 1, .port = &https},
        .ip = CLUSTER_API_IP};
    rx_list_init(&c->api.endpoints);
    rx_list_init(&c->api.dirty);
    cluster_queue_init(c);
    cluster_quotas_init(c);
    rx_map_init(&c->guards, world->mem);
    rx_list_init(&c->drains);
    rx_timer_init(&c->drain_timer, rx_key(POD_CLASS_SCRIPT, DRAIN_KEY));
    world->changed = cluster_pod_changed;
    world->changed_ctx = c;
    rx_timer_init(&c->step_timer, rx_key(POD_CLASS_SCRIPT, 0));
    rx_loop_on(world->loop, POD_CLASS_SCRIPT, cluster_on_script, c);
}

static struct cluster_workload *workload_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_workload, object);
}

static size_t size_of(const struct cluster *c, enum pod_workload_kind kind)
{
    if (kind == POD_WORKLOAD_POD)
        return offsetof(struct cluster_workload, work);
    return RX_MAX(sizeof(struct cluster_workload), c->kinds[kind].size);
}

/* Its dependents have nobody above them any more. */
static void leave_family(struct cluster_workload *w)
{
    while (!rx_list_empty(&w->owned)) {
        struct cluster_workload *d =
            rx_container_of(rx_list_take_head(&w->owned), struct cluster_workload, sibling);

        d->controller = NULL;
    }
    rx_list_remove(&w->sibling);
    w->controller = NULL;
}

static void free_workload(struct cluster *c, struct cluster_workload *w)
{
    enum pod_workload_kind kind = w->spec.kind;

    rx_loop_disarm(c->world->loop, &w->heal);
    rx_list_remove(&w->departed);
    if (kind != POD_WORKLOAD_POD) {
        cluster_claims_end(c, w);
        cluster_work_drop(c, &w->work);
        leave_family(w);
        if (w->controlled && c->kinds[kind].end != NULL)
            c->kinds[kind].end(c, w);
    }
    for (struct cluster_revision *r = w->revisions; r != NULL; r = r->next)
        r->workload = NULL;
    st_remove(c->store, &w->object);
    rx_mem_free(c->world->mem, w->pod, w->room * sizeof(*w->pod));
    rx_mem_free(c->world->mem, w, size_of(c, kind));
}

void cluster_fini(struct cluster *c)
{
    struct st_object *o;

    cluster_nodes_fini(c);
    cluster_drains_fini(c);
    cluster_budgets_fini(c);
    cluster_limits_fini(c);
    cluster_quotas_fini(c);
    while ((o = st_newest(c->store, ST_PRIORITY_CLASS)) != NULL)
        cluster_undo_priority(c);
    while ((o = st_newest(c->store, ST_WORKLOAD)) != NULL)
        free_workload(c, workload_of(o));
    cluster_services_fini(c);
    cluster_slices_fini(c);
    cluster_ingresses_fini(c);
    while (st_newest(c->store, ST_STEP) != NULL)
        cluster_undo_step(c);
    cluster_left_out_fini(c);
    cluster_work_drop(c, &c->collector);
    cluster_work_drop(c, &c->storage);
    cluster_binder_fini(c);
    cluster_claims_fini(c);
    cluster_queue_fini(c);
    rx_map_fini(&c->service_ips);
    cluster_proxies_fini(c);
    cluster_places_fini(c);
    rx_map_fini(&c->selectors);
    rx_map_fini(&c->endpoints);
    rx_map_fini(&c->node_ports);
    rx_map_fini(&c->grips);
    rx_map_fini(&c->rules);
    rx_map_fini(&c->pod_ips);
}

/* ---- creating -------------------------------------------------------------------------------- */

/* Kubernetes writes the hash of a template as a decimal number in its alphabet of safe letters. */
const char *cluster_hash_text(uint64_t hash, char out[12])
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    int n = snprintf(out, 12, "%u", (unsigned)(hash ^ hash >> 32));

    for (int i = 0; i < n; i++)
        out[i] = alphabet[(unsigned char)out[i] % 27];
    return out;
}

/* Pods keep the owner they were created by, and with it their names: another template, another
 * owner. */
int cluster_set_naming(struct cluster *c, struct cluster_workload *w,
                       const struct pod_owner *naming)
{
    struct cluster_revision *r = rx_arena_alloc(&c->world->arena, sizeof(*r));

    if (r == NULL)
        return -RX_ENOMEM;
    r->workload = w;
    r->owner = *naming;
    pod_owner_name(&r->owner, c->world->seed);
    r->next = w->revisions;
    w->revisions = r;
    w->owner = &r->owner;
    return 0;
}

int cluster_set_owner(struct cluster *c, struct cluster_workload *w)
{
    struct pod_owner naming = {
        .kind = w->spec.kind, .ns = w->spec.ns, .name = w->spec.name, .name_id = cluster_number(w)};

    if (w->spec.kind == POD_WORKLOAD_DEPLOYMENT)
        cluster_hash_text(w->spec.template_->hash, naming.hash);
    if (w->spec.kind == POD_WORKLOAD_STATEFULSET)
        cluster_hash_text(w->spec.template_->hash, naming.revision);
    if (w->spec.kind == POD_WORKLOAD_DAEMONSET) {
        cluster_hash_text(w->spec.template_->hash, naming.revision);
        naming.generation = w->owner != NULL ? w->owner->generation + 1 : 1;
    }
    return cluster_set_naming(c, w, &naming);
}

/* What is written there by one pod is read by another, of whatever workload. */
static bool shares_storage(const struct pod_spec *spec)
{
    for (uint32_t i = 0; i < spec->volume_count; i++) {
        const struct pod_volume_spec *v = &spec->volume[i];

        if (v->kind == POD_VOLUME_HOST_PATH || (v->kind == POD_VOLUME_CLAIM && !v->templated))
            return true;
    }
    return false;
}

/* May one of its pods be over by itself, so that the workload puts another in its place? Then who
 * counts them must have them all. */
static bool may_end(const struct pod_spec *spec)
{
    bool ends = spec->restart_policy > POD_RESTART_ALWAYS || spec->active_deadline_s >= 0;

    for (uint32_t i = 0; i < spec->volume_count; i++) /* the kubelet evicts who fills it */
        ends = ends || spec->volume[i].size_limit > 0;
    for (uint32_t i = 0; i < spec->container_count; i++) {
        const struct pod_container_spec *c = &spec->container[i];

        ends = ends || c->storage_bytes > 0 || c->rule_count > 0 ||
               c->restart_policy > POD_RESTART_ALWAYS;
    }
    return ends;
}

/* A single pod is whole by nature: its own name is what its hash is of. Pods that may share storage
 * are all in the first shard. */
void cluster_set_shard(const struct cluster *c, const struct pod_workload_spec *spec, bool *whole,
                       bool *here)
{
    bool stored = shares_storage(spec->template_);

    *whole = c->world->shard.count == 1 || spec->kind == POD_WORKLOAD_POD || stored ||
             (spec->kind != POD_WORKLOAD_JOB && may_end(spec->template_)) ||
             (c->host.together != NULL &&
              c->host.together(c->host.ctx, spec->ns, cluster_kind_name(spec->kind), spec->name));
    *here = pod_shard_has(c->world->shard, stored ? 0 : pod_hash_name(spec->ns, spec->name));
}

/* Its pods have not had their first sync, so they vanish without anybody having heard of them. */
static void undo_workload(struct cluster *c, struct cluster_workload *w)
{
    while (w->spec.kind != POD_WORKLOAD_POD && !rx_list_empty(&w->owned)) {
        struct cluster_workload *d =
            rx_container_of(w->owned.prev, struct cluster_workload, sibling);

        if (!d->adopted) {
            undo_workload(c, d);
            continue;
        }
        rx_list_remove(&d->sibling);
        rx_list_add_tail(&c->lone_sets, &d->sibling);
        d->controller = NULL;
    }
    cluster_uncreate_all(c, w);
    st_unadd(c->store, &w->object);
    free_workload(c, w);
}

bool cluster_tells(const struct st_object *workload)
{
    return rx_container_of(workload, struct cluster_workload, object)->controlled;
}

void cluster_undo(struct cluster *c, const struct pod_workload_spec *spec)
{
    undo_workload(c, cluster_find(c, spec->ns, cluster_kind_name(spec->kind), spec->name));
}

bool cluster_too_many(const struct cluster *c, uint32_t pods)
{
    return pods > c->pods_max || c->world->stats.pods > c->pods_max - pods;
}

/* Those whose last pod is gone. */
static void forget_departed(struct cluster *c)
{
    struct rx_list *next;

    for (struct rx_list *l = c->departed.next; l != &c->departed; l = next) {
        struct cluster_workload *w = rx_container_of(l, struct cluster_workload, departed);
        uint32_t i = 0;

        next = l->next;
        while (i < w->ordinals && pod_get(c->world, w->pod[i]) == NULL)
            i++;
        if (i == w->ordinals)
            free_workload(c, w);
    }
}

static struct cluster_workload *new_workload(struct cluster *c,
                                             const struct pod_workload_spec *spec)
{
    struct cluster_workload *w = rx_mem_zalloc(c->world->mem, size_of(c, spec->kind));

    if (w == NULL)
        return NULL;
    w->object = (struct st_object){
        .ns = spec->ns, .name = spec->name, .kind = ST_WORKLOAD, .sub = (uint8_t)spec->kind};
    w->spec = *spec;
    w->cluster = c;
    rx_list_init(&w->departed);
    if (spec->kind != POD_WORKLOAD_POD) {
        rx_list_init(&w->owned);
        rx_list_init(&w->sibling);
    }
    return w;
}

static bool is_for_a_controller(const struct cluster *c, const struct cluster_workload *w)
{
    return c->kinds[w->spec.kind].size > 0 && !c->divides;
}

static int begin_control(struct cluster *c, struct cluster_workload *w)
{
    const struct cluster_kind *kind = &c->kinds[w->spec.kind];
    int rc = cluster_collect_begin(c);

    if (rc == 0)
        rc = cluster_work_init(c, &w->work, kind->worker, w->object.meta.serial);
    if (rc == 0)
        rc = cluster_claims_begin(c, w);
    if (rc == 0 && kind->begin != NULL)
        rc = kind->begin(c, w);
    w->controlled = rc == 0;
    if (rc == 0)
        cluster_dirty(c, &w->work);
    return rc;
}

int cluster_add(struct cluster *c, const struct pod_workload_spec *spec)
{
    uint32_t replicas = c->replicas_override > 0 && spec->kind != POD_WORKLOAD_POD
                            ? c->replicas_override
                            : (uint32_t)spec->replicas;
    struct cluster_workload *w;
    int rc;

    forget_departed(c);
    if (cluster_exists(c, spec->kind, spec->ns, spec->name))
        return -RX_EEXISTS;
    if (cluster_too_many(c, replicas))
        return -RX_ELIMIT;
    w = new_workload(c, spec);
    if (w == NULL)
        return -RX_ENOMEM;
    w->replicas = spec->kind == POD_WORKLOAD_CRONJOB ? 0 : replicas; /* its Jobs have pods */
    rc = st_add(c->store, &w->object);
    cluster_heal_init(w);
    cluster_set_shard(c, spec, &w->whole, &w->here);
    if (rc == 0)
        w->tmpl = pod_world_template(c->world, spec->template_);
    if (rc == 0)
        rc = w->tmpl != NULL ? cluster_set_owner(c, w) : -RX_ENOMEM;
    if (rc == 0)
        rc = is_for_a_controller(c, w) ? begin_control(c, w) : cluster_create_first(c, w);
    if (rc != 0) {
        undo_workload(c, w); /* nothing half done */
        return rc;
    }
    if (w->controlled)
        cluster_claims_lone(c, w);
    return 0;
}

struct cluster_workload *cluster_dependent_add(struct cluster *c, struct cluster_workload *owner,
                                               const struct pod_workload_spec *spec,
                                               const struct pod_owner *naming)
{
    struct cluster_workload *w = new_workload(c, spec);

    if (w == NULL)
        return NULL;
    w->replicas = (uint32_t)spec->replicas;
    w->whole = w->here = true;
    w->tmpl = pod_world_template(c->world, spec->template_);
    w->controller = owner;
    rx_list_add_tail(&owner->owned, &w->sibling);
    cluster_heal_init(w);
    if (w->tmpl == NULL || cluster_set_naming(c, w, naming) != 0 ||
        st_add_made(c->store, &w->object, owner->object.meta.serial, owner->dependents) != 0 ||
        begin_control(c, w) != 0) {
        free_workload(c, w);
        return NULL;
    }
    owner->dependents++;
    return w;
}

/* ---- finding --------------------------------------------------------------------------------- */

struct cluster_workload *cluster_find(struct cluster *c, const char *ns, const char *kind,
                                      const char *name)
{
    struct st_object *o;
    uint32_t cursor = 0;

    while ((o = st_next(c->store, ST_WORKLOAD, ns, name, &cursor)) != NULL) {
        if ((o->sub & CLUSTER_DEPARTED) == 0 &&
            strcmp(cluster_kind_name((enum pod_workload_kind)o->sub), kind) == 0)
            return workload_of(o);
    }
    return NULL;
}

bool cluster_name_taken(struct cluster *c, enum pod_workload_kind kind, const char *ns,
                        const char *name)
{
    return cluster_find(c, ns, cluster_kind_name(kind), name) != NULL;
}

bool cluster_exists(struct cluster *c, enum pod_workload_kind kind, const char *ns,
                    const char *name)
{
    struct cluster_workload *w = cluster_find(c, ns, cluster_kind_name(kind), name);

    if (w == NULL)
        return false;
    if (kind == POD_WORKLOAD_POD && w->pod[0] != CLUSTER_FOREIGN &&
        pod_get(c->world, w->pod[0]) == NULL) {
        free_workload(c, w); /* the object has been deleted: its name is free */
        return false;
    }
    return true;
}

static uint64_t *slot_by_suffix(struct cluster *c, struct cluster_workload *w, const char *suffix)
{
    uint32_t ordinal;

    if (w->spec.kind == POD_WORKLOAD_STATEFULSET) {
        int used = 0;

        if (sscanf(suffix, "%u%n", &ordinal, &used) != 1 || suffix[used] != '\0')
            return NULL;
    } else if (!pod_name_ordinal(c->world->seed, w->owner->name_id, suffix, &ordinal)) {
        return NULL;
    }
    return ordinal < w->ordinals ? &w->pod[ordinal] : NULL;
}

/* Where the workload keeps the id of the pod with that name; NULL: it has none such. */
static uint64_t *slot_of(struct cluster *c, struct cluster_workload *w, const char *name)
{
    size_t base = strlen(w->spec.name);
    const char *suffix = strrchr(name, '-');
    char is[POD_NAME_MAX];
    uint64_t *slot;
    struct pod *p;

    if (strncmp(name, w->spec.name, base) != 0)
        return NULL;
    if (w->spec.kind == POD_WORKLOAD_POD)
        return name[base] == '\0' ? &w->pod[0] : NULL;
    if (name[base] != '-')
        return NULL;
    /* The suffix tells which pod it can only be; the hash of its template is its own. */
    slot = slot_by_suffix(c, w, suffix + 1);
    p = slot != NULL ? pod_get(c->world, *slot) : NULL;
    return p == NULL || strcmp(pod_name(p, is), name) == 0 ? slot : NULL;
}

static bool is_foreign(const uint64_t *slot)
{
    return *slot >= CLUSTER_FOREIGN_TAKEN;
}

/* Where a pod of that name is noted, here or in another shard. A workload's name is all of the
 * pod's, or what stands before one of its dashes; of several that fit the oldest counts. */
static uint64_t *find_slot(struct cluster *c, const char *ns, const char *name, bool foreign)
{
    uint64_t state = pod_hash_begin(ns), *found = NULL, oldest = UINT64_MAX;

    for (const char *at = name;; at++) {
        uint64_t hash = rx_hash_end(state), *slot;
        struct st_object *o;
        uint32_t cursor = 0;

        while ((*at == '\0' || *at == '-') &&
               (o = st_hashed(c->store, ST_WORKLOAD, hash, &cursor)) != NULL) {
            if (o->meta.serial >= oldest || strcmp(o->ns, ns) != 0)
                continue;
            slot = slot_of(c, workload_of(o), name);
            if (slot == NULL || (foreign ? !is_foreign(slot) : pod_get(c->world, *slot) == NULL))
                continue;
            found = slot;
            oldest = o->meta.serial;
        }
        if (*at == '\0')
            return found;
        state = rx_hash_byte(state, *at);
    }
}

struct pod *cluster_find_pod(struct cluster *c, const char *ns, const char *name)
{
    uint64_t *slot = find_slot(c, ns, name, false);

    return slot != NULL ? pod_get(c->world, *slot) : NULL;
}

uint64_t *cluster_find_foreign(struct cluster *c, const char *ns, const char *name)
{
    return find_slot(c, ns, name, true);
}

void cluster_reboot(struct cluster *c)
{
    struct rx_list *next;

    pod_foreign_unsure(c->world, NULL);
    for (struct rx_list *l = c->world->pods.next; l != &c->world->pods; l = next) {
        next = l->next;
        pod_reboot(rx_container_of(l, struct pod, link));
    }
}
