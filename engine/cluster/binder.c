/* SPDX-License-Identifier: Apache-2.0 */
/* binder.c - one look at all claims that are not bound, whenever something is new. */
#include "engine/cluster/binder.h"

#include <stdio.h>
#include <string.h>

#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/rule_volume.h"
#include "engine/reactor/err.h"

struct cluster_volume {
    struct st_object object; /* ST_VOLUME */
    struct st_volume_spec spec;
    struct pod_claim *claim; /* NULL: it is Available, or */
    bool released;
    char name[4 + POD_UID_MAX]; /* of one that was provisioned */
};

struct cluster_storage_class {
    struct st_object object; /* ST_STORAGE_CLASS */
    struct st_class_spec spec;
};

/* Serial numbers of claims, as far as the uids of their volumes come from them: those of no pod. */
#define CLAIM_UID_BIT (UINT64_C(1) << 60)

static struct cluster_volume *volume_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_volume, object);
}

/* ---- volumes and classes --------------------------------------------------------------------- */

static int begin(struct cluster *c);

static struct cluster_volume *new_volume(struct cluster *c, const struct st_volume_spec *spec)
{
    struct cluster_volume *v = rx_mem_zalloc(c->world->mem, sizeof(*v));

    if (v == NULL)
        return NULL;
    v->spec = *spec;
    v->object = (struct st_object){.ns = "", .name = spec->name, .kind = ST_VOLUME,
                                   .mute = c->divides};
    return v;
}

int cluster_volume_add(struct cluster *c, const struct st_volume_spec *spec)
{
    struct cluster_volume *v = new_volume(c, spec);
    int rc = v != NULL ? begin(c) : -RX_ENOMEM;

    if (rc == 0)
        rc = st_add(c->store, &v->object);
    if (rc != 0)
        rx_mem_free(c->world->mem, v, v != NULL ? sizeof(*v) : 0);
    return rc;
}

static void free_volume(struct cluster *c, struct cluster_volume *v)
{
    st_remove(c->store, &v->object);
    rx_mem_free(c->world->mem, v, sizeof(*v));
}

void cluster_volume_undo(struct cluster *c)
{
    struct cluster_volume *v = volume_of(st_newest(c->store, ST_VOLUME));

    st_unadd(c->store, &v->object);
    rx_mem_free(c->world->mem, v, sizeof(*v));
}

int cluster_class_add(struct cluster *c, const struct st_class_spec *spec)
{
    struct cluster_storage_class *k = rx_mem_zalloc(c->world->mem, sizeof(*k));
    int rc;

    if (k == NULL)
        return -RX_ENOMEM;
    k->spec = *spec;
    k->object = (struct st_object){.ns = "", .name = spec->name, .kind = ST_STORAGE_CLASS};
    rc = begin(c);
    if (rc == 0)
        rc = st_add(c->store, &k->object);
    if (rc != 0)
        rx_mem_free(c->world->mem, k, sizeof(*k));
    return rc;
}

void cluster_class_undo(struct cluster *c)
{
    struct st_object *o = st_newest(c->store, ST_STORAGE_CLASS);

    st_unadd(c->store, o);
    rx_mem_free(c->world->mem, rx_container_of(o, struct cluster_storage_class, object),
                sizeof(struct cluster_storage_class));
}

static void phase(struct cluster *c, struct cluster_volume *v, const char *from, const char *to)
{
    st_tell_text(c->store, &v->object, ST_FIELD_OF_VOLUME_PHASE, from, to, NULL);
}

void cluster_volume_came(struct cluster *c, struct st_object *volume)
{
    st_tell_object(c->store, volume, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    phase(c, volume_of(volume), "", "Available");
}

/* ---- one claim ------------------------------------------------------------------------------- */

static const struct st_class_spec *class_named(const struct cluster *c, const char *name)
{
    struct st_object *o = st_find(c->store, ST_STORAGE_CLASS, 0, "", name);

    return o != NULL ? &rx_container_of(o, struct cluster_storage_class, object)->spec : NULL;
}

/* The newest of those that say so. */
static const struct st_class_spec *default_class(const struct cluster *c)
{
    const struct st_class_spec *found = NULL;

    ST_EACH (l, c->store, ST_STORAGE_CLASS) {
        const struct cluster_storage_class *k =
            rx_container_of(st_object_at(l), struct cluster_storage_class, object);

        if (k->spec.is_default)
            found = &k->spec;
    }
    return found;
}

const struct st_volume_spec *cluster_volume_spec(const struct st_object *volume)
{
    return &rx_container_of(volume, struct cluster_volume, object)->spec;
}

const char *cluster_claim_class(const struct cluster *c, const struct st_claim_spec *claim)
{
    const struct st_class_spec *class_ = default_class(c);

    if (claim == NULL)
        return "";
    if (claim->class_name != NULL)
        return claim->class_name;
    return class_ != NULL ? class_->name : "";
}

static struct cluster_volume *best_volume(struct cluster *c, const struct pod_claim *claim,
                                          const char *class_name)
{
    struct cluster_volume *best = NULL;

    ST_EACH (l, c->store, ST_VOLUME) {
        struct cluster_volume *v = volume_of(st_object_at(l));

        if (v->claim == NULL && !v->released &&
            cluster_volume_fits(&v->spec, claim->spec, class_name, claim->object.ns,
                                claim->object.name) &&
            (best == NULL || cluster_volume_before(&v->spec, &best->spec)))
            best = v;
    }
    return best;
}

static bool has_consumer(struct cluster *c, const struct pod_claim *claim)
{
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (!pod_is_gone(p) && !pod_is_deleting(p) && pod_claim_named(p, claim))
            return true;
    }
    return false;
}

void cluster_claims_there(struct cluster *c)
{
    pod_world_claims_put(c->world);
    if (c->nodes != NULL)
        cluster_schedule_again(c, 1u << CLUSTER_WAITS_FOR_CLAIM, NULL);
}

static void say(struct cluster *c, struct pod_claim *claim, enum pod_event_kind what,
                const char *text)
{
    if (claim->said != (uint8_t)what)
        st_tell_event(c->store, &claim->object, what, "%s", text);
    claim->said = (uint8_t)what;
}

static void bound(struct cluster *c, struct pod_claim *claim, struct cluster_volume *v)
{
    char name[2 * POD_NAME_MAX];

    claim->unbound = false;
    claim->bound_to = &v->object;
    c->claims_unbound--;
    v->claim = claim;
    snprintf(name, sizeof(name), "%s/%s", claim->object.ns, claim->object.name);
    st_tell_text(c->store, &v->object, ST_FIELD_OF_VOLUME_CLAIM, "", name, NULL);
    phase(c, v, "Available", "Bound");
    st_tell_text(c->store, &claim->object, ST_FIELD_OF_CLAIM_VOLUME, "", v->spec.name, NULL);
    st_tell_text(c->store, &claim->object, ST_FIELD_OF_CLAIM_PHASE, "Pending", "Bound", NULL);
    cluster_claims_there(c);
}

static int provision(struct cluster *c, struct pod_claim *claim, const struct st_class_spec *class_)
{
    struct st_volume_spec spec = {.name = "", .class_name = class_->name,
                                  .modes = claim->spec->modes, .block = claim->spec->block,
                                  .deletes = class_->deletes, .size = claim->spec->size};
    struct cluster_volume *v = new_volume(c, &spec);
    char uid[POD_UID_MAX];

    if (v == NULL)
        return -RX_ENOMEM;
    pod_uid_of(c->world, claim->object.meta.serial | CLAIM_UID_BIT, uid);
    snprintf(v->name, sizeof(v->name), "pvc-%s", uid);
    v->object.name = v->spec.name = v->name;
    if (st_add_made(c->store, &v->object, claim->object.meta.serial, 0) == -RX_ENOMEM) {
        rx_mem_free(c->world->mem, v, sizeof(*v));
        return -RX_ENOMEM;
    }
    cluster_volume_came(c, &v->object);
    bound(c, claim, v);
    st_tell_event(c->store, &claim->object, ST_EVENT_PROVISIONED,
                  "Successfully provisioned volume %s", v->spec.name);
    return 0;
}

static int ask_provisioner(struct cluster *c, struct pod_claim *claim,
                           const struct st_class_spec *class_)
{
    char text[1024];
    rx_ms now = rx_loop_now(c->world->loop);

    snprintf(text, sizeof(text),
             "Waiting for a volume to be created either by the external provisioner '%s' or "
             "manually by the system administrator. If volume creation is delayed, please verify "
             "that the provisioner is running and correctly registered.", class_->provisioner);
    if (claim->said != ST_EVENT_PROVISIONING)
        claim->made_at = now + c->world->knobs.provision_ms;
    say(c, claim, ST_EVENT_PROVISIONING, text);
    if (strcmp(class_->provisioner, "kubernetes.io/no-provisioner") == 0)
        return 0;
    if (claim->made_at <= now)
        return provision(c, claim, class_);
    cluster_wake(c, &c->binder, claim->made_at);
    return 0;
}

static int try_claim(struct cluster *c, struct pod_claim *claim)
{
    const char *name = claim->spec->class_name;
    const struct st_class_spec *class_ = name != NULL ? class_named(c, name) : default_class(c);
    struct cluster_volume *v = best_volume(c, claim, class_ != NULL ? class_->name
                                                     : name != NULL ? name : "");
    char text[512];

    claim->waits = class_ != NULL && class_->waits;
    if (claim->waits && (v == NULL || v->spec.claim == NULL) && !has_consumer(c, claim)) {
        say(c, claim, ST_EVENT_WAIT_CONSUMER,
            "waiting for first consumer to be created before binding");
        return 0;
    }
    if (v != NULL) {
        bound(c, claim, v);
        return 0;
    }
    if (claim->spec->volume != NULL)
        return 0; /* it has to come */
    if (class_ != NULL)
        return ask_provisioner(c, claim, class_);
    if (name == NULL || name[0] == '\0') {
        say(c, claim, ST_EVENT_FAILED_BINDING,
            "no persistent volumes available for this claim and no storage class is set");
        return 0;
    }
    snprintf(text, sizeof(text), "storageclass.storage.k8s.io \"%s\" not found", name);
    say(c, claim, ST_EVENT_PROVISIONING_FAILED, text);
    return 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int bind_all(struct cluster *c)
{
    int rc = 0;

    for (struct rx_list *l = c->store->table[ST_CLAIM].objects.next;
         c->claims_unbound > 0 && rc == 0 && l != &c->store->table[ST_CLAIM].objects;
         l = l->next) {
        struct pod_claim *claim =
            rx_container_of(st_object_at(l), struct pod_claim, object);

        if (claim->unbound && !claim->ending)
            rc = try_claim(c, claim);
    }
    return rc;
}

static int look(struct cluster *c, struct cluster_work *work)
{
    (void)work;
    return bind_all(c);
}

static int begin(struct cluster *c)
{
    static const struct cluster_worker worker = {CLUSTER_RANK_VOLUME, CLUSTER_RETRY_NONE, look,
                                                 NULL};

    return c->binder.present ? 0 : cluster_work_init(c, &c->binder, &worker, 0);
}

void cluster_binder_claim_came(struct cluster *c, struct pod_claim *claim)
{
    uint64_t there = c->store->table[ST_VOLUME].count + c->store->table[ST_STORAGE_CLASS].count;

    claim->unbound = claim->spec != NULL && !c->divides && there > 0;
    c->claims_unbound += claim->unbound;
}

void cluster_claims_bind(struct cluster *c)
{
    if (c->claims_unbound > 0)
        bind_all(c); /* the engine knows of memory that was refused */
}

void cluster_binder_release(struct cluster *c, struct pod_claim *claim)
{
    struct cluster_volume *v = claim->bound_to != NULL ? volume_of(claim->bound_to) : NULL;

    c->claims_unbound -= claim->unbound;
    if (v == NULL)
        return;
    v->claim = NULL;
    v->released = true;
    if (!v->spec.deletes) {
        phase(c, v, "Bound", "Released");
        return;
    }
    st_tell_object(c->store, &v->object, POD_OBJECT_CREATED, POD_OBJECT_DELETED);
    free_volume(c, v);
}

void cluster_binder_fini(struct cluster *c)
{
    struct st_object *o;

    cluster_work_drop(c, &c->binder);
    while ((o = st_newest(c->store, ST_VOLUME)) != NULL)
        free_volume(c, volume_of(o));
    while (st_newest(c->store, ST_STORAGE_CLASS) != NULL)
        cluster_class_undo(c);
}
