/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pods.c - the pods of a workload: created, counted and removed, here or in another share; for its
 * controller, or by number only.
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/slice.h"
#include "engine/cluster/storage.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

/* ---- creating -------------------------------------------------------------------------------- */

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

/* Nobody has heard of it. */
static void pod_went(struct cluster *c, struct pod *p)
{
    cluster_quotas_went(c, p);
    cluster_budgets_went(c, p);
}

static void uncreate_pod(struct cluster_workload *w, struct pod *p)
{
    if (p != NULL && p->strange)
        cluster_claims_went(w->cluster, p);
    else if (p != NULL && p->owner != NULL)
        w->counts[p->counted]--;
    if (p != NULL)
        pod_went(w->cluster, p);
    pod_uncreate(p);
}

static int pod_came(struct cluster *c, struct cluster_workload *w, uint32_t ordinal)
{
    struct pod *p = pod_get(c->world, w->pod[ordinal]);

    if (p->owner != NULL) {
        p->counted = CLUSTER_UNREADY;
        w->counts[CLUSTER_UNREADY]++;
        w->stirred++;
    }
    if (cluster_quotas_came(c, p) != 0 || cluster_budgets_came(c, p) != 0) {
        uncreate_pod(w, p);
        w->pod[ordinal] = 0;
        return -RX_ENOMEM;
    }
    cluster_pod_came(c, p);
    cluster_claims_came(c, p);
    cluster_storage_pod_came(c);
    return 0;
}

static int create_pod(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                      uint64_t serial)
{
    const struct pod_owner *owner = w->spec.kind == POD_WORKLOAD_POD ? NULL : w->owner;
    struct pod_template *as;
    int rc = room_for(c, w, ordinal + 1);

    if (rc == 0)
        rc = cluster_admit(c, w, ordinal, &as);
    if (rc != 0)
        return rc;
    if (is_here(c, w, ordinal)) {
        rc = pod_create(c->world, as, owner, ordinal, serial, &w->pod[ordinal]);
        if (rc == 0)
            rc = pod_came(c, w, ordinal);
    } else {
        rc = pod_skip(c->world->node[0], as, gone_at(c, w, ordinal));
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

int cluster_create_first(struct cluster *c, struct cluster_workload *w)
{
    int rc = room_for(c, w, w->replicas);

    if (rc == 0)
        rc = reserve(c, w, w->replicas);
    for (uint32_t i = 0; rc == 0 && i < w->replicas; i++)
        rc = cluster_waits(c, w, i) ? 0 : create_pod(c, w, i, POD_SERIAL_NEXT);
    /* It is there, even if its pods may not be. */
    return rc == -RX_EFORBIDDEN && w->spec.kind != POD_WORKLOAD_POD ? 0 : rc;
}

void cluster_uncreate_all(struct cluster *c, struct cluster_workload *w)
{
    for (uint32_t i = 0; i < w->ordinals; i++) {
        if (w->pod[i] == CLUSTER_FOREIGN)
            pod_unskip(c->world, w->tmpl);
        else
            uncreate_pod(w, pod_get(c->world, w->pod[i]));
    }
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
        uncreate_pod(w, pod_get(c->world, w->pod[ordinal]));
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
    uint32_t active = w->controlled ? w->replicas : cluster_active_pods(c, w), was = w->replicas;
    struct cluster_made made = {0};
    int rc = 0;

    if (c->kinds[w->spec.kind].scale != NULL && w->controlled)
        return c->kinds[w->spec.kind].scale(c, w, replicas);
    if (!cluster_has_replicas(w->spec.kind))
        return -RX_EUNSUPPORTED;
    if (!w->whole)
        return -RX_ESTATE; /* who goes first depends on pods that are not here */
    if (replicas > active && cluster_too_many(c, replicas - active))
        return -RX_ELIMIT;
    if (w->controlled) {
        w->replicas = replicas;
        if (was != replicas)
            st_tell(c->store, &w->object, POD_OBJECT_CREATED, POD_OBJECT_CREATED);
        cluster_changed(c, w);
        return 0;
    }
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

/* ---- pods of a controller -------------------------------------------------------------------- */

int cluster_pods_reserve(struct cluster *c, struct cluster_workload *w, uint32_t pods)
{
    int rc = room_for(c, w, w->ordinals + pods);

    return rc == 0 ? reserve(c, w, pods) : rc;
}

/* Not that of the run: what a controller creates while it runs is known to its shard only. */
static uint64_t next_serial(struct cluster_workload *w)
{
    struct cluster_workload *root = w->controller != NULL ? w->controller : w;

    return pod_serial_again(cluster_number(root), root->healed++);
}

int cluster_pod_add(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                    char why[CLUSTER_WHY_MAX])
{
    int rc;

    if (cluster_too_many(c, 1)) {
        snprintf(why, CLUSTER_WHY_MAX, "podring has no room for more than %u pods (pods_max)",
                 c->pods_max);
        return -RX_ELIMIT;
    }
    rc = create_pod(c, w, ordinal, next_serial(w));
    if (rc == -RX_EFORBIDDEN)
        snprintf(why, CLUSTER_WHY_MAX, "%s", c->why);
    else if (rc != 0)
        snprintf(why, CLUSTER_WHY_MAX, "podring has no room for another pod: %s", rx_err_text(rc));
    else
        cluster_dirty(c, &w->work);
    return rc;
}

static struct pod *next_adopted(struct cluster *c, struct cluster_workload *w, uint32_t *cursor)
{
    struct pod *p = NULL;

    while (p == NULL && *cursor - w->ordinals < w->kept_count)
        p = pod_get(c->world, cluster_kept_id(w, (*cursor)++ - w->ordinals));
    return p;
}

struct pod *cluster_pod_next(struct cluster *c, struct cluster_workload *w, uint32_t *cursor)
{
    *cursor = RX_MAX(*cursor, w->first);
    while (*cursor < w->ordinals) {
        struct pod *p = pod_get(c->world, w->pod[*cursor]);

        if (p == NULL && *cursor == w->first && w->spec.kind != POD_WORKLOAD_STATEFULSET)
            w->first++;
        ++*cursor;
        if (p != NULL && !p->strange)
            return p;
    }
    return next_adopted(c, w, cursor);
}

void cluster_changed(struct cluster *c, struct cluster_workload *w)
{
    w->work.cause = w->object.meta.version;
    cluster_dirty(c, &w->work);
    cluster_budgets_scaled(c, w->object.ns);
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

void cluster_tell_counters(struct cluster *c, struct st_object *o,
                           const struct cluster_counter *row, size_t rows, const void *now,
                           void *told)
{
    for (size_t i = 0; i < rows; i++) {
        const uint32_t *is = (const void *)((const char *)now + row[i].at);
        uint32_t *was = (void *)((char *)told + row[i].at);

        if (*is != *was)
            st_tell_number(c->store, o, row[i].field, *was, *is);
        *was = *is;
    }
}
