/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - workloads and their pods by name: how pods are called after what they were made of, in
 * which share they are by that, and how both are found.
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/claim.h"
#include "engine/cluster/cluster.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

static struct cluster_workload *workload_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_workload, object);
}

const char *cluster_kind_name(enum pod_workload_kind kind)
{
    return st_kind_word(ST_WORKLOAD, (uint8_t)kind);
}

bool cluster_has_replicas(enum pod_workload_kind kind)
{
    return kind == POD_WORKLOAD_DEPLOYMENT || kind == POD_WORKLOAD_REPLICASET ||
           kind == POD_WORKLOAD_STATEFULSET || kind == POD_WORKLOAD_CONTROLLER;
}

bool cluster_too_many(const struct cluster *c, uint32_t pods)
{
    return pods > c->pods_max || c->world->stats.pods > c->pods_max - pods;
}

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

    if (c->coupled) {
        *whole = true;
        *here = cluster_here(c, ST_WORKLOAD, (uint8_t)spec->kind, spec->ns, spec->name);
        return;
    }
    *whole = c->world->shard.count == 1 || spec->kind == POD_WORKLOAD_POD || stored ||
             (spec->kind != POD_WORKLOAD_JOB && may_end(spec->template_)) ||
             (c->host.together != NULL &&
              c->host.together(c->host.ctx, spec->ns, cluster_kind_name(spec->kind), spec->name));
    *here = pod_shard_has(c->world->shard, stored ? 0 : pod_hash_name(spec->ns, spec->name));
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

static bool is_of(const struct pod *p, const char *ns, const char *workload, size_t length)
{
    const struct pod_spec *spec = pod_spec_of(p);

    return strncmp(spec->name, workload, length) == 0 && spec->name[length] == '\0' &&
           strcmp(spec->ns, ns) == 0 && !pod_is_gone(p);
}

struct pod *cluster_pod_of(struct cluster *c, const char *ns, const char *workload, size_t length,
                           uint32_t n, uint32_t *count)
{
    struct pod *found = NULL;

    *count = 0;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (!is_of(p, ns, workload, length))
            continue;
        if ((*count)++ == n)
            found = p;
    }
    if (found == NULL || found->owner == NULL || found->owner->kind != POD_WORKLOAD_STATEFULSET)
        return found;
    /* Those of a StatefulSet are called by their numbers, whichever was created first. */
    for (uint32_t i = 0, after = 0; i <= n; i++, after = found->ordinal + 1) {
        found = NULL;
        RX_LIST_EACH (l, &c->world->pods) {
            struct pod *p = rx_container_of(l, struct pod, link);

            if (is_of(p, ns, workload, length) && p->ordinal >= after &&
                (found == NULL || p->ordinal < found->ordinal))
                found = p;
        }
        if (found == NULL)
            return NULL;
    }
    return found;
}

/* WORKLOAD#N: no name of Kubernetes has such a mark. */
static struct pod *find_numbered(struct cluster *c, const char *ns, const char *name,
                                 const char *mark)
{
    uint32_t n = 0, count;

    for (const char *d = mark + 1; *d != '\0'; d++) {
        if (*d < '0' || *d > '9' || d - mark > 8)
            return NULL;
        n = 10 * n + (uint32_t)(*d - '0');
    }
    return mark[1] != '\0' ? cluster_pod_of(c, ns, name, (size_t)(mark - name), n, &count) : NULL;
}

struct pod *cluster_find_pod(struct cluster *c, const char *ns, const char *name)
{
    const char *mark = strchr(name, '#');
    uint64_t *slot;

    if (mark != NULL)
        return find_numbered(c, ns, name, mark);
    slot = find_slot(c, ns, name, false);

    return slot != NULL ? pod_get(c->world, *slot) : NULL;
}

uint64_t *cluster_find_foreign(struct cluster *c, const char *ns, const char *name)
{
    return find_slot(c, ns, name, true);
}
