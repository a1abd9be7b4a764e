/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - one look at all claims, whenever a pod has left and some claim waits for that.
 *
 * Which pod uses a claim is found by a walk over all pods; the one that was found is remembered
 * with the claim, and asked first.
 */
#include "engine/cluster/storage.h"

#include "engine/cluster/binder.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/err.h"

static struct pod_claim *claim_of(struct st_object *o)
{
    return rx_container_of(o, struct pod_claim, object);
}

/* A pod that uses it; NULL: none does. */
static struct pod *user_of(struct cluster *c, struct pod_claim *claim)
{
    struct pod *known = claim->user != 0 ? pod_get(c->world, claim->user) : NULL;

    if (known != NULL && pod_claim_held(known, claim))
        return known;
    RX_LIST_EACH(l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (pod_claim_held(p, claim)) {
            claim->user = p->id;
            return p;
        }
    }
    return NULL;
}

static bool waits(const struct pod_claim *claim)
{
    return claim->ending || claim->pod != 0;
}

void cluster_claim_came(struct cluster *c, struct st_object *claim)
{
    claim->mute = claim->mute || c->divides;
    cluster_binder_claim_came(c, claim_of(claim));
    st_tell_object(c->store, claim, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    st_tell_text(c->store, claim, ST_FIELD_OF_CLAIM_PHASE, "",
                 claim_of(claim)->unbound ? "Pending" : "Bound", NULL);
}

int cluster_claim_make(struct cluster *c, const char *ns, const char *name,
                       const struct st_claim_spec *spec, bool *created)
{
    struct pod_claim *claim = pod_claim_find(c->world, ns, name);
    int rc;

    if (claim == NULL &&
        !cluster_admit_object(c, &(struct cluster_newcomer){
                                     .kind = ST_CLAIM, .ns = ns, .name = name, .claim = spec}))
        return -RX_EFORBIDDEN;
    rc = pod_claim_put(c->world, ns, name, created);
    if (rc == 0)
        claim = pod_claim_find(c->world, ns, name);
    if (rc == 0 && claim->ending)
        return -RX_ESTATE;
    if (rc == 0 && *created) {
        claim->spec = spec;
        cluster_claim_came(c, &claim->object);
        cluster_quotas_recount(c);
        cluster_claims_bind(c);
        cluster_claims_there(c);
        cluster_quotas_recount(c);
    }
    return rc;
}

/* ---- going ----------------------------------------------------------------------------------- */

static void gone(struct cluster *c, struct pod_claim *claim)
{
    c->claims_waiting -= waits(claim);
    st_tell_object(c->store, &claim->object,
                   claim->ending ? POD_OBJECT_TERMINATING : POD_OBJECT_CREATED,
                   POD_OBJECT_DELETED);
    cluster_binder_release(c, claim);
    pod_claim_free(c->world, claim);
    cluster_quotas_recount(c);
}

static void end(struct cluster *c, struct pod_claim *claim)
{
    if (claim->ending)
        return;
    if (user_of(c, claim) == NULL) {
        gone(c, claim);
        return;
    }
    c->claims_waiting += !waits(claim);
    claim->ending = true;
    claim->object.meta.deleted = rx_loop_now(c->world->loop);
    st_tell_object(c->store, &claim->object, POD_OBJECT_CREATED, POD_OBJECT_TERMINATING);
}

static int look(struct cluster *c, struct cluster_work *work)
{
    struct rx_list *next, *all = &c->store->table[ST_CLAIM].objects;

    (void)work;
    for (struct rx_list *l = all->next; l != all; l = next) {
        struct pod_claim *claim = claim_of(st_object_at(l));

        next = l->next;
        if (claim->ending && user_of(c, claim) == NULL)
            gone(c, claim);
        else if (!claim->ending && claim->pod != 0 && pod_get(c->world, claim->pod) == NULL)
            end(c, claim);
    }
    return 0;
}

void cluster_storage_pod_came(struct cluster *c)
{
    if (c->claims_unbound > 0)
        cluster_dirty(c, &c->binder);
}

void cluster_storage_pod_left(struct cluster *c)
{
    if (c->claims_waiting > 0)
        cluster_work_now(c, &c->storage);
}

static int begin_work(struct cluster *c)
{
    static const struct cluster_worker worker = {CLUSTER_RANK_COLLECTOR, CLUSTER_RETRY_NONE, look,
                                                 NULL};

    return c->storage.present ? 0 : cluster_work_init(c, &c->storage, &worker, 1);
}

int cluster_claim_delete(struct cluster *c, struct st_object *claim)
{
    int rc = begin_work(c);

    if (rc == 0)
        end(c, claim_of(claim));
    return rc;
}

/* ---- whose they are -------------------------------------------------------------------------- */

int cluster_claim_belongs(struct cluster *c, const char *ns, const char *name, uint64_t set,
                          uint64_t pod)
{
    struct pod_claim *claim = pod_claim_find(c->world, ns, name);
    bool waited;

    if (claim == NULL)
        return 0;
    if (pod != 0 && begin_work(c) != 0)
        return -RX_ENOMEM;
    waited = waits(claim);
    claim->set = set;
    claim->pod = pod;
    c->claims_waiting += (uint32_t)waits(claim) - waited;
    return 0;
}

void cluster_claims_of_set_gone(struct cluster *c, uint64_t set)
{
    struct rx_list *next, *all = &c->store->table[ST_CLAIM].objects;

    if (begin_work(c) != 0)
        return; /* the engine ends by it */
    for (struct rx_list *l = all->next; l != all; l = next) {
        struct pod_claim *claim = claim_of(st_object_at(l));

        next = l->next;
        if (claim->set == set)
            end(c, claim);
    }
}
