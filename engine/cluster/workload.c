/* SPDX-License-Identifier: Apache-2.0 */
/* workload.c - workloads become pods, by number and by name, here or in another share. */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/node.h"
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
    rx_map_init(&c->service_ips, world->mem);
    rx_map_init(&c->selectors, &world->guest);
    rx_map_init(&c->pod_ips, &world->guest);
    world->resolve_ctx = c;
    world->variables = cluster_variables;
    c->api = (struct cluster_service){
        .spec = {.ns = "default", .name = "kubernetes", .port_count = 1, .port = &https},
        .ip = CLUSTER_API_IP};
    cluster_queue_init(c);
    world->changed = cluster_pod_changed;
    world->changed_ctx = c;
    rx_timer_init(&c->step_timer, rx_key(POD_CLASS_SCRIPT, 0));
    rx_loop_on(world->loop, POD_CLASS_SCRIPT, cluster_on_script, c);
}

static struct cluster_workload *workload_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_workload, object);
}

static void free_workload(struct cluster *c, struct cluster_workload *w)
{
    rx_loop_disarm(c->world->loop, &w->heal);
    if (cluster_is_departed(w))
        rx_list_remove(&w->departed);
    st_remove(c->store, &w->object);
    rx_mem_free(c->world->mem, w->pod, w->room * sizeof(*w->pod));
    rx_mem_free(c->world->mem, w, sizeof(*w));
}

void cluster_fini(struct cluster *c)
{
    struct st_object *o;

    cluster_nodes_fini(c);
    while ((o = st_newest(c->store, ST_PRIORITY_CLASS)) != NULL)
        cluster_undo_priority(c);
    while ((o = st_newest(c->store, ST_WORKLOAD)) != NULL)
        free_workload(c, workload_of(o));
    while ((o = st_newest(c->store, ST_SERVICE)) != NULL) {
        cluster_members_drop(c, cluster_service_of(o));
        st_remove(c->store, o);
        rx_mem_free(c->world->mem, cluster_service_of(o), sizeof(struct cluster_service));
    }
    while (st_newest(c->store, ST_STEP) != NULL)
        cluster_undo_step(c);
    cluster_queue_fini(c);
    rx_map_fini(&c->service_ips);
    rx_map_fini(&c->selectors);
    rx_map_fini(&c->pod_ips);
}

/* ---- creating -------------------------------------------------------------------------------- */

/* Kubernetes writes the hash of a template as a decimal number in its alphabet of safe letters. */
static void safe_hash(uint64_t hash, char out[12])
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    int n = snprintf(out, 12, "%u", (unsigned)(hash ^ hash >> 32));

    for (int i = 0; i < n; i++)
        out[i] = alphabet[(unsigned char)out[i] % 27];
}

static int room_for(struct cluster *c, struct cluster_workload *w, uint32_t ordinals)
{
    uint32_t room = RX_MAX(w->room, 1);
    uint64_t *pod;

    if (ordinals <= w->room)
        return 0;
    while (room < ordinals)
        room *= 2;
    if (w->room == 0)
        room = ordinals;
    pod = rx_mem_grow(c->world->mem, w->pod, w->room * sizeof(*pod), room * sizeof(*pod));
    if (pod == NULL)
        return -RX_ENOMEM;
    memset(pod + w->room, 0, (room - w->room) * sizeof(*pod));
    w->pod = pod;
    w->room = room;
    return 0;
}

static bool is_here(const struct cluster *c, const struct cluster_workload *w, uint32_t ordinal)
{
    return w->whole ? w->here : pod_shard_has(c->world->shard, pod_owner_hash(w->owner, ordinal));
}

/* When a step takes the pod away. Of pods that are divided no step takes one. */
static rx_ms gone_at(const struct cluster *c, const struct cluster_workload *w, uint32_t ordinal)
{
    const struct pod_owner *owner = w->spec.kind == POD_WORKLOAD_POD ? NULL : w->owner;
    char name[POD_NAME_MAX];

    if (!w->whole || c->host.gone_at == NULL)
        return RX_MS_NEVER;
    return c->host.gone_at(c->host.ctx, w->spec.ns,
                           pod_name_of(owner, ordinal, w->spec.template_, name));
}

static int create_pod(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                      uint64_t serial)
{
    const struct pod_owner *owner = w->spec.kind == POD_WORKLOAD_POD ? NULL : w->owner;
    int rc = room_for(c, w, ordinal + 1);

    if (rc != 0)
        return rc;
    if (is_here(c, w, ordinal)) {
        rc = pod_create(c->world, w->tmpl, owner, ordinal, serial, &w->pod[ordinal]);
        if (rc == 0)
            cluster_pod_came(c, pod_get(c->world, w->pod[ordinal]));
    } else {
        rc = pod_skip(c->world->node[0], w->tmpl, gone_at(c, w, ordinal));
        w->pod[ordinal] = rc == 0 ? CLUSTER_FOREIGN : 0;
    }
    if (rc == 0)
        w->ordinals = RX_MAX(w->ordinals, ordinal + 1);
    return rc;
}

/* Room for as many of new pods as will be here: of those that are divided, the share and five times
 * its standard deviation. */
static int reserve(struct cluster *c, const struct cluster_workload *w, uint32_t pods)
{
    uint32_t share = pods / c->world->shard.count, spread = 1;

    if (w->whole)
        return pod_world_reserve(c->world, w->tmpl, w->here ? pods : 0);
    while (spread * spread < share)
        spread++;
    return pod_world_reserve(c->world, w->tmpl, RX_MIN(pods, share + 5 * spread + 8));
}

bool cluster_waits(struct cluster *c, struct cluster_workload *w, uint32_t ordinal)
{
    char name[POD_NAME_MAX];

    if (w->spec.kind != POD_WORKLOAD_STATEFULSET || rx_list_empty(&c->departed))
        return false;
    pod_name_of(w->owner, ordinal, w->spec.template_, name);
    return cluster_find_pod(c, w->spec.ns, name) != NULL;
}

static int create_pods(struct cluster *c, struct cluster_workload *w)
{
    int rc = room_for(c, w, w->replicas);

    if (rc == 0)
        rc = reserve(c, w, w->replicas);
    for (uint32_t i = 0; rc == 0 && i < w->replicas; i++)
        rc = cluster_waits(c, w, i) ? 0 : create_pod(c, w, i, POD_SERIAL_NEXT);
    return rc;
}

/* Pods keep the owner they were created by, and with it their names: another template, another
 * owner. */
int cluster_set_owner(struct cluster *c, struct cluster_workload *w)
{
    struct cluster_revision *r = rx_arena_alloc(&c->world->arena, sizeof(*r));

    if (r == NULL)
        return -RX_ENOMEM;
    r->workload = w;
    r->owner = (struct pod_owner){
        .kind = w->spec.kind, .ns = w->spec.ns, .name = w->spec.name, .name_id = cluster_number(w)};
    if (w->spec.kind == POD_WORKLOAD_DEPLOYMENT)
        safe_hash(w->spec.template_->hash, r->owner.hash);
    pod_owner_name(&r->owner, c->world->seed);
    w->owner = &r->owner;
    return 0;
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
void cluster_set_shard(struct cluster *c, struct cluster_workload *w)
{
    bool stored = shares_storage(w->spec.template_);

    w->whole = c->world->shard.count == 1 || w->spec.kind == POD_WORKLOAD_POD || stored ||
               (w->spec.kind != POD_WORKLOAD_JOB && may_end(w->spec.template_)) ||
               (c->host.together != NULL && c->host.together(c->host.ctx, w->spec.ns,
                                                             cluster_kind_name(w->spec.kind),
                                                             w->spec.name));
    w->here = pod_shard_has(c->world->shard,
                            stored ? 0 : pod_hash_name(w->spec.ns, w->spec.name));
}

/* Its pods have not had their first sync, so they vanish without anybody having heard of them. */
static void undo_workload(struct cluster *c, struct cluster_workload *w)
{
    for (uint32_t i = 0; i < w->ordinals; i++) {
        if (w->pod[i] == CLUSTER_FOREIGN)
            pod_unskip(c->world, w->tmpl);
        else
            pod_uncreate(pod_get(c->world, w->pod[i]));
    }
    st_unadd(c->store, &w->object);
    free_workload(c, w);
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
    w = rx_mem_zalloc(c->world->mem, sizeof(*w));
    if (w == NULL)
        return -RX_ENOMEM;
    w->object = (struct st_object){
        .ns = spec->ns, .name = spec->name, .kind = ST_WORKLOAD, .sub = (uint8_t)spec->kind};
    w->spec = *spec;
    w->replicas = replicas;
    w->cluster = c;
    rc = st_add(c->store, &w->object);
    cluster_heal_init(w);
    cluster_set_shard(c, w);
    if (rc == 0)
        w->tmpl = pod_world_template(c->world, spec->template_);
    if (rc == 0)
        rc = w->tmpl != NULL ? cluster_set_owner(c, w) : -RX_ENOMEM;
    if (rc == 0)
        rc = create_pods(c, w);
    if (rc != 0) {
        undo_workload(c, w); /* nothing half done */
        return rc;
    }
    return 0;
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

/* ---- changing -------------------------------------------------------------------------------- */

bool cluster_is_active(const struct pod *p)
{
    return p != NULL && !pod_is_deleting(p) &&
           !pod_phase_terminal((enum pod_phase)p->phase);
}

uint32_t cluster_active_pods(struct cluster *c, struct cluster_workload *w)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->ordinals; i++)
        n += w->pod[i] == CLUSTER_FOREIGN || cluster_is_active(pod_get(c->world, w->pod[i]));
    return n;
}

/* Lower goes first: pending before running, not ready before ready, more restarts before fewer; the
 * rest by age, newest first (StatefulSets: highest ordinal). */
static uint64_t keep_rank(struct cluster_workload *w, struct pod *p)
{
    uint64_t running = p->phase == POD_PHASE_RUNNING;
    uint64_t ready = p->conditions >> POD_COND_READY & 1;

    if (w->spec.kind == POD_WORKLOAD_STATEFULSET)
        return UINT32_MAX - p->ordinal;
    return running << 63 | ready << 62 | (UINT32_MAX - p->ordinal);
}

static void remove_one(struct cluster *c, struct cluster_workload *w)
{
    struct pod_delete_request request = {.given = false};
    struct pod *victim = NULL;

    for (uint32_t i = 0; i < w->ordinals; i++) {
        struct pod *p = pod_get(c->world, w->pod[i]);

        if (cluster_is_active(p) && (victim == NULL || keep_rank(w, p) < keep_rank(w, victim)))
            victim = p;
    }
    if (victim != NULL)
        pod_delete(victim, &request);
}

/* Of a workload that is elsewhere only the number of its pods matters here. */
static void remove_foreign(struct cluster_workload *w)
{
    uint32_t i = w->ordinals;

    while (i > 0 && w->pod[i - 1] != CLUSTER_FOREIGN)
        i--;
    if (i > 0)
        w->pod[i - 1] = CLUSTER_FOREIGN_OVER;
}

static uint32_t free_ordinal(struct cluster *c, struct cluster_workload *w)
{
    uint32_t i = 0;

    /* A StatefulSet fills its gaps; elsewhere names are never used twice. */
    if (w->spec.kind != POD_WORKLOAD_STATEFULSET)
        return w->ordinals;
    while (i < w->ordinals &&
           (w->pod[i] == CLUSTER_FOREIGN || pod_get(c->world, w->pod[i]) != NULL ||
            cluster_waits(c, w, i)))
        i++;
    return i;
}

int cluster_replace(struct cluster *c, struct cluster_workload *w, uint32_t ordinal)
{
    uint64_t serial = pod_serial_again(cluster_number(w), w->healed);
    int rc = reserve(c, w, 1);

    if (rc == 0)
        rc = create_pod(c, w, ordinal == CLUSTER_NEXT ? free_ordinal(c, w) : ordinal, serial);
    w->healed += rc == 0;
    return rc;
}

/* Nobody has heard of it yet. */
static void uncreate(struct cluster *c, struct cluster_workload *w, uint32_t ordinal)
{
    if (w->pod[ordinal] == CLUSTER_FOREIGN)
        pod_unskip(c->world, w->tmpl);
    else
        pod_uncreate(pod_get(c->world, w->pod[ordinal]));
    w->pod[ordinal] = 0;
}

void cluster_made_free(struct cluster *c, struct cluster_made *made)
{
    rx_mem_free(c->world->mem, made->ordinal, made->room * sizeof(*made->ordinal));
    *made = (struct cluster_made){0};
}

void cluster_uncreate(struct cluster *c, struct cluster_workload *w, struct cluster_made *made)
{
    while (made->count > 0)
        uncreate(c, w, made->ordinal[--made->count]);
    cluster_made_free(c, made);
}

int cluster_create(struct cluster *c, struct cluster_workload *w, uint32_t from, uint32_t count,
                   struct cluster_made *made)
{
    uint32_t ordinals = w->ordinals;
    uint64_t peak = c->world->stats.pods_peak;
    int rc;

    *made = (struct cluster_made){
        .room = count, .ordinal = rx_mem_alloc(c->world->mem, count * sizeof(*made->ordinal))};
    rc = made->ordinal != NULL || count == 0 ? reserve(c, w, count) : -RX_ENOMEM;
    while (rc == 0 && made->count < count) {
        uint32_t at = from == CLUSTER_NEXT ? free_ordinal(c, w) : from + made->count;

        made->ordinal[made->count] = at;
        rc = create_pod(c, w, at, POD_SERIAL_NEXT);
        made->count += rc == 0;
    }
    if (rc != 0) {
        cluster_uncreate(c, w, made);
        w->ordinals = ordinals;
        c->world->stats.pods_peak = peak;
    }
    return rc;
}

/* How many pods a scaled workload of another shard gets, and which numbers later ones have, is a
 * guess then. */
static bool guesses(const struct cluster_workload *w)
{
    for (uint32_t i = 0; i < w->ordinals; i++) {
        if (w->pod[i] == CLUSTER_FOREIGN_TAKEN)
            return true;
    }
    return false;
}

void cluster_remove(struct cluster *c, struct cluster_workload *w, uint32_t replicas)
{
    uint32_t active = cluster_active_pods(c, w);

    if (!w->here && active > replicas)
        pod_foreign_unsure(c->world, w->spec.template_);
    for (; active > replicas; active--) {
        if (w->here)
            remove_one(c, w);
        else
            remove_foreign(w);
    }
}

int cluster_scale(struct cluster *c, struct cluster_workload *w, uint32_t replicas)
{
    uint32_t active = cluster_active_pods(c, w), was = w->replicas;
    struct cluster_made made = {0};
    int rc = 0;

    if (!cluster_has_replicas(w->spec.kind))
        return -RX_EUNSUPPORTED;
    if (!w->whole)
        return -RX_ESTATE; /* who goes first depends on pods that are not here */
    if (replicas > active && cluster_too_many(c, replicas - active))
        return -RX_ELIMIT;
    c->world->stats.foreign_lookups += guesses(w);
    if (replicas > active)
        rc = cluster_create(c, w, CLUSTER_NEXT, replicas - active, &made);
    if (rc != 0)
        return rc;
    cluster_made_free(c, &made);
    w->replicas = replicas;
    if (was != replicas)
        st_tell(c->store, &w->object, POD_OBJECT_CREATED, POD_OBJECT_CREATED);
    cluster_remove(c, w, replicas);
    return 0;
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
