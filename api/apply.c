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
#include "engine/cluster/client.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/slice.h"
#include "engine/cluster/storage.h"
#include "engine/reactor/err.h"
#include "engine/cluster/node.h"
#include "engine/cluster/quota.h"
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

#define PUTS(of)                                                                                   \
    static int put_##of(podring *r, struct undo *u, struct change *c);                             \
    static void take_##of(podring *r, struct change *c);
PUTS(behaviour) PUTS(config) PUTS(claim) PUTS(node) PUTS(priority) PUTS(service) PUTS(slice)
PUTS(ingress) PUTS(workload) PUTS(client) PUTS(step)
#undef PUTS
#define KEEPS(of) static void keep_##of(podring *r, struct change *c);
KEEPS(behaviour) KEEPS(node) KEEPS(priority) KEEPS(service) KEEPS(ingress) KEEPS(workload)
#undef KEEPS
static int begin_behaviours(podring *r, struct undo *u);
static int end_behaviours(podring *r, struct undo *u);
static void undo_behaviours(podring *r, struct undo *u);
static int put_policy(podring *r, struct undo *u, struct change *c);
static int begin_workloads(podring *r, struct undo *u);
static void undo_workloads(podring *r, struct undo *u);
static int say_words(podring *r, struct undo *u);
static void unsay_words(podring *r, struct undo *u);

static const struct part parts[] = {
    {ST_BEHAVIOUR, begin_behaviours, put_behaviour, take_behaviour, keep_behaviour, end_behaviours,
     undo_behaviours},
    {ST_LIMIT_RANGE, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_QUOTA, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_BUDGET, NULL, put_policy, api_take_policy, NULL, NULL, NULL},
    {ST_CONFIG, NULL, put_config, take_config, NULL, NULL, NULL},
    {ST_VOLUME, NULL, put_policy, api_take_storage, api_keep_storage, NULL, NULL},
    {ST_STORAGE_CLASS, NULL, put_policy, api_take_storage, api_keep_storage, NULL, NULL},
    {ST_CLAIM, NULL, put_claim, take_claim, NULL, NULL, NULL},
    {ST_PRIORITY_CLASS, NULL, put_priority, take_priority, keep_priority, NULL, NULL},
    {ST_NODE, NULL, put_node, take_node, keep_node, NULL, NULL},
    {ST_SERVICE, NULL, put_service, take_service, keep_service, NULL, NULL},
    {ST_SLICE, NULL, put_slice, take_slice, NULL, NULL, NULL},
    {ST_INGRESS, NULL, put_ingress, take_ingress, keep_ingress, NULL, NULL},
    {ST_WORKLOAD, begin_workloads, put_workload, take_workload, keep_workload, NULL,
     undo_workloads},
    {ST_KINDS, NULL, NULL, NULL, NULL, say_words, unsay_words},
    {ST_CLIENT, NULL, put_client, take_client, NULL, NULL, NULL},
    {ST_METRICS, NULL, api_put_metrics, api_take_metrics, NULL, NULL, NULL},
    {ST_HPA, NULL, api_put_hpa, api_take_hpa, NULL, NULL, NULL},
    {ST_STEP, NULL, put_step, take_step, NULL, NULL, NULL},
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

static struct cluster_workload *workload_of(const struct change *c)
{
    return rx_container_of(c->object, struct cluster_workload, object);
}

/* What a document said last is kept with its object. */
static void keep_document(podring *r, const struct change *c)
{
    struct manifest_document *d = &r->set.documents.item[c->number];

    if (d->kept == NULL)
        return;
    if (c->workload != NULL && c->object->document != NULL && c->object->document->length > 0)
        cluster_keeps(workload_of(c), c->workload->spec.template_, &c->object->document);
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

/* ---- Behaviors ------------------------------------------------------------------------------- */

/* What is to be put is there (o), or not (NULL): may it be put? */
static int may_put(podring *r, const struct undo *u, struct change *c, struct st_object *o)
{
    c->there = o != NULL;
    c->object = o;
    if (o == NULL)
        return u->how == API_REPLACE ? api_missing(r, c->number) : 0;
    return api_may_update(r, u->how, c->number, o);
}

/* It means what it has meant. */
static bool is_same(podring *r, const struct change *c)
{
    const struct st_document *now = r->set.documents.item[c->number].kept;

    return now != NULL && c->object->document != NULL && c->object->document->hash == now->hash;
}

int api_may_put_once(podring *r, const struct undo *u, struct change *c)
{
    const struct manifest_object *what = c->what;
    struct st_object *o = st_find(&r->world.store, (enum st_kind)what->kind, what->sub, what->ns,
                                  what->name);
    int rc = may_put(r, u, c, o);

    c->unchanged = rc == 0 && o != NULL && is_same(r, c);
    return rc;
}

static void no_behaviour(struct api_behaviour *b)
{
    b->document.has_pull = b->document.has_instances = b->document.has_exec = false;
    b->document.has_post_start = b->document.has_pre_stop = false;
}

static int begin_behaviours(podring *r, struct undo *u)
{
    uint32_t count = r->set.behaviours.count;

    u->behaviours = rx_mem_zalloc(&r->mem, count * sizeof(*u->behaviours));
    if (u->behaviours == NULL)
        return -PODRING_ENOMEM;
    u->behaviour_count = count;
    if (r->behaviours != NULL)
        memcpy(u->behaviours, r->behaviours, r->applied.behaviours * sizeof(*u->behaviours));
    return 0;
}

/* One of those that were there when the apply began. */
static struct api_behaviour *find_behaviour(podring *r, const struct undo *u, const char *ns,
                                            const char *name)
{
    ST_EACH(l, &r->world.store, ST_BEHAVIOUR) {
        struct api_behaviour *b = rx_container_of(st_object_at(l), struct api_behaviour, object);

        if (b->object.meta.serial > u->behaviours_before)
            break;
        if (name[0] != '\0' && strcmp(b->document.name, name) == 0 && strcmp(b->object.ns, ns) == 0)
            return b;
    }
    return NULL;
}

/* The list only grows: one that is updated stands in it again, and its old place says nothing any
 * more. */
static int put_behaviour(podring *r, struct undo *u, struct change *c)
{
    /* Copied to where it stays: the set's array moves when it grows. */
    struct api_behaviour *b = rx_arena_alloc(&r->set.arena, sizeof(*b)), *there;
    struct st_who *who = rx_arena_alloc(&r->set.arena, sizeof(*who));
    int rc = 0;

    if (b == NULL || who == NULL)
        return -PODRING_ENOMEM;
    b->document = r->set.behaviours.item[c->what->index];
    b->now = &b->document;
    *who = (struct st_who){.ns = c->what->ns, .name = b->document.name, .kind = ST_BEHAVIOUR};
    b->object = (struct st_object){.ns = c->what->ns, .kind = ST_BEHAVIOUR, .who = who};
    u->behaviours[c->what->index] = &b->document;
    there = find_behaviour(r, u, c->what->ns, b->document.name);
    if (there == NULL)
        return u->how == API_REPLACE ? api_missing(r, c->number)
                                     : st_add(&r->world.store, &b->object);
    c->there = true;
    c->object = &there->object;
    rc = api_may_update(r, u->how, c->number, c->object);
    c->unchanged = rc == 0 && is_same(r, c);
    if (c->unchanged)
        no_behaviour(b);
    return rc;
}

static void take_behaviour(podring *r, struct change *c)
{
    if (!c->there)
        st_unadd(&r->world.store, c->object);
}

static void keep_behaviour(podring *r, struct change *c)
{
    struct api_behaviour *b = rx_container_of(c->object, struct api_behaviour, object);
    struct pod_behaviour *now;

    if (!c->there || c->unchanged)
        return;
    now = (struct pod_behaviour *)(uintptr_t)r->behaviours[c->what->index];
    pod_world_behaviour_off(&r->world, b->now);
    b->now = now;
}

static int end_behaviours(podring *r, struct undo *u)
{
    int rc = 0;

    if (u->behaviours != NULL)
        rc = pod_world_behaviours(&r->world, u->behaviours, u->behaviour_count, &u->behaviours_old);
    if (rc == -PODRING_ELIMIT && u->behaviours_old.reasons_full)
        api_fail(r, rc, "Behavior documents give more than %d different reasons", ST_REASONS_MAX);
    else if (rc == -PODRING_ELIMIT)
        api_fail(r, rc, "more than 64 Behavior documents speak for one pod");
    return rc;
}

static void undo_behaviours(podring *r, struct undo *u)
{
    if (u->behaviours != NULL && r->world.behaviours == u->behaviours)
        pod_world_behaviours_undo(&r->world, &u->behaviours_old);
}

/* ---- ConfigMaps, Secrets, claims, Services --------------------------------------------------- */

static int put_config(podring *r, struct undo *u, struct change *c)
{
    const struct st_config *config = r->set.configs.item[c->what->index];
    struct st_object *o = st_find(&r->world.store, ST_CONFIG, c->what->sub, c->what->ns,
                                  c->what->name);
    int rc = may_put(r, u, c, o);

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
    int rc = may_put(r, u, c, o);

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

static int put_node(podring *r, struct undo *u, struct change *c)
{
    const struct st_node_spec *n = &r->set.nodes.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (r->world.shard.count > 1)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "node %s: a run with Nodes is not divided among several engines", n->name);
    return c->there ? 0 : cluster_node_add(&r->cluster, n);
}

static void take_node(podring *r, struct change *c)
{
    if (!c->there)
        cluster_node_undo(&r->cluster);
}

/* If there is no memory for it the engine goes no further. */
static void keep_node(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_node_update(&r->cluster, rx_container_of(c->object, struct cluster_node, object),
                            &r->set.nodes.item[c->what->index]);
}

/* What must not change of it is compared here. */
static int may_update_priority(podring *r, const struct change *c,
                               const struct st_priority_class *k)
{
    const struct st_priority_class *old =
        &rx_container_of(c->object, struct cluster_priority, object)->spec;

    if (old->value != k->value)
        return api_fail(r, -PODRING_ESTATE, "priorityclass %s: value: Forbidden: may not be "
                        "changed in an update.", k->name);
    if (old->never_preempts != k->never_preempts)
        return api_fail(r, -PODRING_ESTATE, "priorityclass %s: preemptionPolicy: Invalid value: "
                        "\"%s\": field is immutable", k->name,
                        k->never_preempts ? "Never" : "PreemptLowerPriority");
    return 0;
}

static int put_priority(podring *r, struct undo *u, struct change *c)
{
    const struct st_priority_class *k = &r->set.priorities.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    return c->there ? may_update_priority(r, c, k) : cluster_add_priority(&r->cluster, k);
}

static void keep_priority(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_priority(&r->cluster, &r->set.priorities.item[c->what->index]);
}

static void take_priority(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_priority(&r->cluster);
}

static int put_service(podring *r, struct undo *u, struct change *c)
{
    const struct pod_service_spec *spec = &r->set.services.item[c->what->index];
    struct st_object *o = st_find(&r->world.store, ST_SERVICE, 0, spec->ns, spec->name);
    struct pod_service_spec now = *spec;
    struct cluster_service *s;
    int rc = may_put(r, u, c, o);

    c->service_ips_given = r->cluster.service_ips_given;
    if (rc == 0 && o == NULL) {
        rc = cluster_add_service(&r->cluster, spec);
        if (rc == -PODRING_ESTATE)
            api_fail(r, rc, "service %s/%s: provided port is already allocated", spec->ns,
                     spec->name);
        return rc;
    }
    if (rc != 0)
        return rc;
    s = cluster_service_of(o);
    c->unchanged = is_same(r, c);
    rc = c->unchanged ? 0 : api_may_update_service(r, c->number, s);
    if (rc != 0 || c->unchanged)
        return rc;
    now.headless |= s->spec.headless && !spec->external;
    c->service = rx_mem_zalloc(&r->mem, sizeof(*c->service));
    return c->service != NULL ? cluster_update_service(&r->cluster, s, &now, c->service)
                              : -PODRING_ENOMEM;
}

static void take_service(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_service(&r->cluster, &r->set.services.item[c->what->index],
                             c->service_ips_given);
    else if (c->service != NULL)
        cluster_restore_service(&r->cluster, cluster_service_of(c->object), c->service);
}

static void keep_service(podring *r, struct change *c)
{
    if (c->service != NULL)
        cluster_keep_service(&r->cluster, cluster_service_of(c->object), c->service);
}

static int put_slice(podring *r, struct undo *u, struct change *c)
{
    const struct st_slice_spec *s = &r->set.slices.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (c->there)
        return api_fail(r, -PODRING_EUNSUPPORTED, "endpointslice %s/%s: one that is there cannot "
                        "be told anything else yet", s->ns, s->name);
    return cluster_add_slice(&r->cluster, s);
}

static void take_slice(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_slice(&r->cluster, &r->set.slices.item[c->what->index]);
}

static int put_ingress(podring *r, struct undo *u, struct change *c)
{
    const struct st_ingress_spec *s = &r->set.ingresses.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    return c->there ? 0 : cluster_add_ingress(&r->cluster, s);
}

static void keep_ingress(podring *r, struct change *c)
{
    if (c->there && !c->unchanged)
        cluster_update_ingress(&r->cluster, &r->set.ingresses.item[c->what->index]);
}

static void take_ingress(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_ingress(&r->cluster, &r->set.ingresses.item[c->what->index]);
}

static int put_client(podring *r, struct undo *u, struct change *c)
{
    const struct st_client_spec *s = &r->set.clients.item[c->what->index];
    int rc = api_may_put_once(r, u, c);

    if (rc != 0 || c->unchanged)
        return rc;
    if (c->there)
        return api_fail(r, -PODRING_EUNSUPPORTED, "client %s/%s: one that is there cannot be told "
                        "anything else yet", s->ns, s->name);
    rc = cluster_add_client(&r->cluster, s);
    if (rc == -PODRING_EUNSUPPORTED)
        api_fail(r, rc, "client %s/%s (%s:%u): %s", s->ns, s->name, s->file, s->line,
                 cluster_client_unable(&r->cluster, s));
    return rc;
}

static void take_client(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo_client(&r->cluster, &r->set.clients.item[c->what->index]);
}

/* ---- workloads, what their commands cannot do, steps ----------------------------------------- */

static int begin_workloads(podring *r, struct undo *u)
{
    int claimed = api_addresses_claim(r);

    if (claimed != 0)
        return claimed;
    if (r->world.node[0]->foreign_images > 0) {
        u->image = rx_mem_alloc(&r->mem, r->world.node[0]->foreign_images * sizeof(*u->image));
        if (u->image == NULL)
            return -PODRING_ENOMEM;
        u->images = r->world.node[0]->foreign_images;
        memcpy(u->image, r->world.node[0]->foreign_image, u->images * sizeof(*u->image));
    }
    u->images_noted = true;
    return 0;
}

static int workload_result(podring *r, const struct pod_workload_spec *w, int rc)
{
    if (rc == -PODRING_ELIMIT)
        return api_fail(r, rc, "%s %s/%s: more than %u pods in all (pods_max; on the command line "
                        "--pods-max)", cluster_kind_name(w->kind), w->ns, w->name,
                        r->cluster.pods_max);
    if (rc == -PODRING_ESTATE)
        return api_fail(r, rc, "%s %s/%s: its pods are divided among shards",
                        cluster_kind_name(w->kind), w->ns, w->name);
    return rc;
}

/* Does it say what it said, and is that how things stand? Who does not say how many replicas there
 * shall be leaves them to whoever has scaled it. */
static bool is_as_told(podring *r, const struct change *c, const struct cluster_workload *w,
                       const struct pod_workload_spec *spec)
{
    const struct pod *p = w->spec.kind == POD_WORKLOAD_POD ? pod_get(&r->world, w->pod[0]) : NULL;

    return is_same(r, c) && w->spec.template_->hash == spec->template_->hash &&
           (p == NULL || !pod_spec_of(p)->all_labels) &&
           (w->replicas == (uint32_t)spec->replicas || !cluster_has_replicas(spec->kind) ||
            r->cluster.replicas_override > 0);
}

static int update_workload(podring *r, struct undo *u, struct change *c,
                           struct cluster_workload *w, const struct pod_workload_spec *spec)
{
    const struct pod *p = w->spec.kind == POD_WORKLOAD_POD ? pod_get(&r->world, w->pod[0]) : NULL;
    struct pod_workload_spec now = *spec;
    int rc;

    if (u->how == API_APPLY && !r->set.documents.item[c->number].has_replicas)
        now.replicas = (int32_t)w->replicas;
    if (is_as_told(r, c, w, &now)) {
        c->unchanged = true;
        return 0;
    }
    rc = p != NULL ? api_may_update_pod(r, spec, p) : 0;
    if (rc != 0)
        return rc;
    c->workload = rx_mem_zalloc(&r->mem, sizeof(*c->workload));
    if (c->workload == NULL)
        return -PODRING_ENOMEM;
    rc = cluster_update_begin(&r->cluster, w, &now, c->workload);
    return workload_result(r, spec, rc);
}

static int put_workload(podring *r, struct undo *u, struct change *c)
{
    struct pod_workload_spec *spec = &r->set.workloads.item[c->what->index];
    struct cluster_workload *w = NULL;
    int rc;

    if (cluster_exists(&r->cluster, spec->kind, spec->ns, spec->name))
        w = cluster_find(&r->cluster, spec->ns, cluster_kind_name(spec->kind), spec->name);
    rc = may_put(r, u, c, w != NULL ? &w->object : NULL);
    if (rc != 0)
        return rc;
    if (w == NULL)
        return workload_result(r, spec, cluster_add(&r->cluster, spec));
    rc = update_workload(r, u, c, w, spec);
    if (rc == 0 && w->spec.template_ != spec->template_)
        spec->template_ = NULL; /* the one that was there stays, and has been spoken of */
    return rc;
}

static void take_workload(podring *r, struct change *c)
{
    if (!c->there)
        cluster_undo(&r->cluster, &r->set.workloads.item[c->what->index]);
    else if (c->workload != NULL)
        cluster_update_undo(&r->cluster, workload_of(c), c->workload);
}

static void keep_workload(podring *r, struct change *c)
{
    if (c->workload != NULL)
        cluster_update_keep(&r->cluster, workload_of(c), c->workload);
}

static void undo_workloads(podring *r, struct undo *u)
{
    if (u->images_noted && r->world.node[0]->foreign_images > 0) {
        memset(r->world.node[0]->foreign_image, 0, r->world.node[0]->foreign_images *
               sizeof(*u->image));
        if (u->image != NULL)
            memcpy(r->world.node[0]->foreign_image, u->image, u->images * sizeof(*u->image));
    }
}

/* What is wrong with commands, and what is assumed of them. */
static int say_words(podring *r, struct undo *u)
{
    uint64_t refused = r->mem.state->refused;

    (void)u;
    api_check_commands(r, r->applied.workloads);
    return r->mem.state->refused == refused ? 0 : -PODRING_ENOMEM;
}

static void unsay_words(podring *r, struct undo *u)
{
    r->set.diagnostics.count = u->said;
}

static int put_step(podring *r, struct undo *u, struct change *c)
{
    (void)u;
    return cluster_add_step(&r->cluster, &r->set.steps.item[c->what->index]);
}

static void take_step(podring *r, struct change *c)
{
    (void)c;
    cluster_undo_step(&r->cluster);
}
