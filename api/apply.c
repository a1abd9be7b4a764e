/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply.c - what has been loaded becomes objects: all of it, or nothing.
 *
 * Apply is create-or-update over one list: the objects of the set that come after those that have
 * been applied, kind by kind (`parts`), those of a kind in the order in which they were read. Each
 * is put by one function of its kind, which notes what was there before, and taken back by one; a
 * failure walks the list backwards, and then the engine is as it was. What was loaded is dropped,
 * whatever the reason, so that it cannot stand in the way of what is loaded next. Only what stays
 * is recorded (st_tell).
 */
#include <string.h>

#include "api/apply.h"
#include "engine/cluster/binder.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/proxies.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/storage.h"
#include "engine/reactor/err.h"
#include "engine/store/config.h"
#include "engine/store/tell.h"

/* A kind of objects, or (ST_KINDS) something that follows from those before it. */
struct part {
    enum st_kind kind;
    int (*begin)(podring *r, struct undo *u); /* if there is one of the kind */
    int (*put)(podring *r, struct undo *u, struct change *c);
    void (*take)(podring *r, struct change *c);
    void (*keep)(podring *r, struct change *c); /* if there is more to do than to tell */
    int (*end)(podring *r, struct undo *u);
    void (*undo)(podring *r, struct undo *u); /* of begin and end, which may not have come to their
                                               * ends */
};

static int put_config(podring *r, struct undo *u, struct change *c);
static void take_config(podring *r, struct change *c);
static int put_claim(podring *r, struct undo *u, struct change *c);
static void take_claim(podring *r, struct change *c);
static int put_policy(podring *r, struct undo *u, struct change *c);

static const struct part parts[] = {
    {ST_BEHAVIOUR, api_begin_behaviours, api_put_behaviour, api_take_behaviour, api_keep_behaviour,
     api_end_behaviours, api_undo_behaviours},
    {ST_LIMIT_RANGE, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_QUOTA, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_BUDGET, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_CONFIG, NULL, put_config, take_config, NULL, NULL, NULL},
    {ST_VOLUME, NULL, put_policy, api_take_storage, api_keep_storage, NULL, NULL},
    {ST_STORAGE_CLASS, NULL, put_policy, api_take_storage, api_keep_storage, NULL, NULL},
    {ST_CLAIM, NULL, put_claim, take_claim, NULL, NULL, NULL},
    {ST_PRIORITY_CLASS, NULL, api_put_priority, api_take_priority, api_keep_priority, NULL, NULL},
    {ST_NODE, NULL, api_put_node, api_take_node, api_keep_node, NULL, NULL},
    {ST_SERVICE, NULL, api_put_service, api_take_service, api_keep_service, NULL, NULL},
    {ST_SLICE, NULL, api_put_slice, api_take_slice, api_keep_slice, NULL, NULL},
    {ST_INGRESS, NULL, api_put_ingress, api_take_ingress, api_keep_ingress, NULL, NULL},
    {ST_WORKLOAD, api_begin_workloads, api_put_workload, api_take_workload, api_keep_workload, NULL,
     api_undo_workloads},
    {ST_KINDS, NULL, NULL, NULL, NULL, api_say_words, api_unsay_words},
    {ST_CLIENT, NULL, api_put_client, api_take_client, api_keep_client, NULL, NULL},
    {ST_METRICS, NULL, api_put_metrics, api_take_metrics, api_keep_metrics, NULL, NULL},
    {ST_HPA, NULL, api_put_hpa, api_take_hpa, api_keep_hpa, NULL, NULL},
    {ST_STEP, NULL, api_put_step, api_take_step, NULL, NULL, NULL},
};

static int put_part(podring *r, struct undo *u, const struct part *p);
static void take_back(podring *r, struct undo *u, size_t begun);
static void commit(podring *r, struct undo *u);
static void undo_free(podring *r, struct undo *u);

int podring_apply(podring *r)
{
    API_OWN(r);
    return api_apply(r, API_APPLY);
}

int api_apply(podring *r, enum api_write how)
{
    const struct st_object *newest = st_newest(&r->world.store, ST_BEHAVIOUR);
    struct undo u = {.how = how,
                     .behaviours_before = newest != NULL ? newest->meta.serial : 0,
                     .pods_peak = r->world.stats.pods_peak,
                     .said = r->set.diagnostics.count,
                     .room = r->set.objects.count - r->applied.objects};
    uint64_t refused = r->mem.state->refused;
    size_t begun = 0;
    int rc = 0;

    r->why[0] = '\0';
    if (r->starved)
        return api_fail(r, -PODRING_ENOMEM,
                        "apply: out of memory before; the engine goes no further");
    u.change = u.room > 0 ? rx_mem_zalloc(&r->mem, u.room * sizeof(*u.change)) : NULL;
    if (u.room > 0 && u.change == NULL)
        rc = -PODRING_ENOMEM;
    if (rc == 0)
        rc = api_couple(r);
    while (rc == 0 && begun < RX_ARRAY_LEN(parts))
        rc = put_part(r, &u, &parts[begun++]);
    if (rc == 0 && cluster_slow_stranger(&r->cluster) != NULL)
        rc = api_fail(r, -PODRING_EINVALID, "proxy_ms: there is no node \"%s\"",
                      cluster_slow_stranger(&r->cluster));
    if (rc == 0 && r->mem.state->refused != refused)
        rc = -PODRING_ENOMEM; /* some do without what they could not get; not here */
    if (rc == 0) {
        commit(r, &u);
        api_settle(r);
    } else {
        take_back(r, &u, begun);
        if (r->applied.objects == 0)
            api_uncouple(r);
        manifest_forget(&r->set, &r->applied);
        r->world.stats.pods_peak = u.pods_peak;
        if (r->why[0] == '\0')
            api_fail(r, rc, "apply: %s", rx_err_text(rc));
    }
    undo_free(r, &u);
    return rc;
}

/* The call itself has been done. If there is no memory for what follows from it, the next turn says
 * so, as after what happens in a turn. */
void api_settle(podring *r)
{
    if (!r->loop.in_turn)
        cluster_settle(&r->cluster);
}

/* Admission has refused it, and the rest goes on without it, as with kubectl apply. */
static int leave_out(podring *r, struct undo *u, struct change *c)
{
    if (u->how != API_APPLY)
        return api_fail(r, -PODRING_EFORBIDDEN, "%s", r->cluster.why);
    c->refused = rx_arena_strdup(&r->set.arena, r->cluster.why);
    return c->refused != NULL ? 0 : -PODRING_ENOMEM;
}

/* What each share needs, and nobody is told of. */
static bool is_everywhere(const struct change *c)
{
    return c->what->kind == ST_BEHAVIOUR || c->what->kind == ST_CONFIG;
}

static int put_part(podring *r, struct undo *u, const struct part *p)
{
    bool begun = p->begin == NULL;
    int rc = 0;

    for (uint32_t i = r->applied.objects; rc == 0 && p->put != NULL && i < r->set.objects.count;
         i++) {
        const struct manifest_object *what = &r->set.objects.item[i];
        struct change *c = &u->change[u->changes];

        if (what->kind != p->kind)
            continue;
        rc = begun ? 0 : p->begin(r, u);
        begun = true;
        c->what = what;
        c->number = i;
        if (rc == 0)
            rc = api_may_come(r, what) ? p->put(r, u, c) : -PODRING_EFORBIDDEN;
        if (rc == -PODRING_EFORBIDDEN)
            rc = leave_out(r, u, c);
        if (rc != 0)
            break;
        u->changes++;
        if (c->refused != NULL)
            continue;
        if (c->object == NULL)
            c->object = what->name != NULL
                ? st_find(&r->world.store, p->kind, what->sub, what->ns, what->name)
                : st_newest(&r->world.store, p->kind);
        if (!is_everywhere(c))
            c->object->mute = c->object->mute || !api_coupled_here(r, what->kind, what->sub,
                                                                  what->ns, what->name);
        if (!api_is_silent(c) && st_who(&r->world.store, c->object) == NULL)
            rc = -PODRING_ENOMEM; /* it could not be told of */
    }
    return rc == 0 && p->end != NULL ? p->end(r, u) : rc;
}

static const struct part *part_of(const struct change *c)
{
    size_t i = 0;

    while (parts[i].kind != c->what->kind)
        i++;
    return &parts[i];
}

static void take_back(podring *r, struct undo *u, size_t begun)
{
    while (u->changes > 0) {
        struct change *c = &u->change[--u->changes];

        if (c->refused == NULL)
            part_of(c)->take(r, c);
    }
    for (; begun > 0; begun--) {
        if (parts[begun - 1].undo != NULL)
            parts[begun - 1].undo(r, u);
    }
}

/* What a document said last is kept with its object. */
static void keep_document(podring *r, const struct change *c)
{
    struct manifest_document *d = &r->set.documents.item[c->number];

    if (d->kept == NULL)
        return;
    if (c->workload != NULL && c->object->document != NULL && c->object->document->length > 0)
        cluster_keeps(api_workload_of(c), c->workload->spec.template_, &c->object->document);
    st_document_free(r->world.store.mem, c->object->document);
    c->object->document = d->kept;
    d->kept = NULL;
}

/* An update is told before what follows from it. */
static void tell(podring *r, const struct undo *u)
{
    struct st_log *log = &r->world.log;
    uint64_t acting = log->acting;

    for (uint32_t i = 0; i < u->changes; i++) {
        struct change *c = &u->change[i];
        bool silent = api_is_silent(c);

        if (c->refused != NULL) {
            api_tell_left_out(r, c);
            continue;
        }
        if (c->what->kind == ST_CLAIM && !c->there)
            cluster_claim_came(&r->cluster, c->object);
        else if (!c->there && (api_streams(c) || c->what->kind == ST_HPA))
            st_tell_object(&r->world.store, c->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
        else if (!c->unchanged && !silent)
            st_tell(&r->world.store, c->object, c->there ? POD_OBJECT_CREATED : POD_OBJECT_NONE,
                    POD_OBJECT_CREATED);
        if (!c->unchanged && c->there && !silent)
            log->acting = c->object->meta.version;
        if (part_of(c)->keep != NULL)
            part_of(c)->keep(r, c);
        log->acting = acting;
        keep_document(r, c);
    }
}

static void commit(podring *r, struct undo *u)
{
    bool claims = r->set.claims.count > r->applied.claims;

    if (u->behaviours != NULL) {
        pod_world_behaviours_keep(&r->world, &u->behaviours_old);
        rx_mem_free(&r->mem, r->behaviours, r->behaviours_room * sizeof(*r->behaviours));
        r->behaviours = u->behaviours;
        r->behaviours_room = u->behaviour_count;
        u->behaviours = NULL;
    }
    tell(r, u);
    cluster_quotas_recount(&r->cluster);
    cluster_claims_bind(&r->cluster);
    if (claims)
        cluster_claims_there(&r->cluster);
    r->applied = manifest_mark(&r->set);
    r->set.applied = r->applied.objects;
    r->set.applied_services = r->applied.services;
}

static void undo_free(podring *r, struct undo *u)
{
    for (uint32_t i = 0; i < u->room && u->change != NULL; i++) {
        rx_mem_free(&r->mem, u->change[i].workload, sizeof(*u->change[i].workload));
        rx_mem_free(&r->mem, u->change[i].service, sizeof(*u->change[i].service));
    }
    rx_mem_free(&r->mem, u->change, u->room * sizeof(*u->change));
    rx_mem_free(&r->mem, u->image, u->images * sizeof(*u->image));
    rx_mem_free(&r->mem, u->behaviours, u->behaviour_count * sizeof(*u->behaviours));
}

/* ---- ConfigMaps, Secrets, claims, what a namespace allows ------------------------------------ */

static int put_config(podring *r, struct undo *u, struct change *c)
{
    const struct st_config *config = r->set.configs.item[c->what->index];
    struct st_object *o = st_find(&r->world.store, ST_CONFIG, c->what->sub, c->what->ns,
                                  c->what->name);
    int rc = api_may_put(r, u, c, o);

    if (rc != 0)
        return rc;
    rc = st_config_put(&r->world.store, config, &c->config);
    if (rc == -PODRING_ESTATE)
        return api_fail(r, rc, "%s %s/%s is immutable and says something else",
                        config->secret ? "secret" : "configmap", config->ns, config->name);
    return rc;
}

static void take_config(podring *r, struct change *c)
{
    st_config_undo(&r->world.store, r->set.configs.item[c->what->index], c->config);
}

static int put_claim(podring *r, struct undo *u, struct change *c)
{
    struct st_object *o = st_find(&r->world.store, ST_CLAIM, 0, c->what->ns, c->what->name);
    int rc = api_may_put(r, u, c, o);

    if (rc == 0)
        rc = api_put_claim(r, c);
    c->unchanged = c->there;
    return rc;
}

static void take_claim(podring *r, struct change *c)
{
    if (!c->there)
        pod_claim_undo(&r->world, c->what->ns, c->what->name);
}

static int put_policy(podring *r, struct undo *u, struct change *c)
{
    int rc = api_may_put_once(r, u, c);

    if (r->cluster.divides && c->what->kind != ST_LIMIT_RANGE)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "%s %s/%s: a run that has such is not divided among several engines",
                        st_kind_word((enum st_kind)c->what->kind, 0), c->what->ns, c->what->name);
    if (rc != 0 || c->unchanged)
        return rc;
    return api_is_storage(c) ? api_put_storage(r, c) : api_put_policy(r, c);
}
