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

#include "api/engine.h"
#include "engine/cluster/client.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/slice.h"
#include "engine/reactor/err.h"
#include "engine/cluster/node.h"
#include "engine/store/config.h"
#include "engine/store/tell.h"

/* An object that has been put. */
struct change {
    const struct manifest_object *what;
    struct st_object *object;
    const struct st_config *config; /* what it said before; NULL: it is new */
    uint32_t service_ips_given;
    bool unchanged; /* it was there */
};

/* What a failure needs to know. */
struct undo {
    struct change *change;
    uint32_t changes, room;
    uint32_t said; /* diagnostics before those of say_words */
    uint64_t pods_peak;
    struct pod_foreign_image *image; /* what was known of pulls elsewhere */
    uint32_t images;
    bool images_noted;
    const struct pod_behaviour **behaviours; /* the new array */
    uint32_t behaviour_count;
    struct pod_behaviours_old behaviours_old;
};

/* A kind of objects, or (ST_KINDS) something that follows from those before it. */
struct part {
    enum st_kind kind;
    int (*begin)(podring *r, struct undo *u); /* if there is one of the kind */
    int (*put)(podring *r, struct undo *u, struct change *c);
    void (*take)(podring *r, const struct change *c);
    int (*end)(podring *r, struct undo *u);
    void (*undo)(podring *r, struct undo *u); /* of begin and end, which may not have come to their
                                               * ends */
};

static int begin_behaviours(podring *r, struct undo *u);
static int put_behaviour(podring *r, struct undo *u, struct change *c);
static void take_behaviour(podring *r, const struct change *c);
static int end_behaviours(podring *r, struct undo *u);
static void undo_behaviours(podring *r, struct undo *u);
static int put_config(podring *r, struct undo *u, struct change *c);
static void take_config(podring *r, const struct change *c);
static int put_claim(podring *r, struct undo *u, struct change *c);
static void take_claim(podring *r, const struct change *c);
static int put_node(podring *r, struct undo *u, struct change *c);
static void take_node(podring *r, const struct change *c);
static int put_priority(podring *r, struct undo *u, struct change *c);
static void take_priority(podring *r, const struct change *c);
static int put_service(podring *r, struct undo *u, struct change *c);
static void take_service(podring *r, const struct change *c);
static int put_slice(podring *r, struct undo *u, struct change *c);
static void take_slice(podring *r, const struct change *c);
static int put_ingress(podring *r, struct undo *u, struct change *c);
static void take_ingress(podring *r, const struct change *c);
static int begin_workloads(podring *r, struct undo *u);
static int put_workload(podring *r, struct undo *u, struct change *c);
static void take_workload(podring *r, const struct change *c);
static void undo_workloads(podring *r, struct undo *u);
static int say_words(podring *r, struct undo *u);
static void unsay_words(podring *r, struct undo *u);
static int put_client(podring *r, struct undo *u, struct change *c);
static void take_client(podring *r, const struct change *c);
static int put_step(podring *r, struct undo *u, struct change *c);
static void take_step(podring *r, const struct change *c);

static const struct part parts[] = {
    {ST_BEHAVIOUR, begin_behaviours, put_behaviour, take_behaviour, end_behaviours,
     undo_behaviours},
    {ST_CONFIG, NULL, put_config, take_config, NULL, NULL},
    {ST_CLAIM, NULL, put_claim, take_claim, NULL, NULL},
    {ST_PRIORITY_CLASS, NULL, put_priority, take_priority, NULL, NULL},
    {ST_NODE, NULL, put_node, take_node, NULL, NULL},
    {ST_SERVICE, NULL, put_service, take_service, NULL, NULL},
    {ST_SLICE, NULL, put_slice, take_slice, NULL, NULL},
    {ST_INGRESS, NULL, put_ingress, take_ingress, NULL, NULL},
    {ST_WORKLOAD, begin_workloads, put_workload, take_workload, NULL, undo_workloads},
    {ST_KINDS, NULL, NULL, NULL, say_words, unsay_words},
    {ST_CLIENT, NULL, put_client, take_client, NULL, NULL},
    {ST_STEP, NULL, put_step, take_step, NULL, NULL},
};

static int put_part(podring *r, struct undo *u, const struct part *p);
static void take_back(podring *r, struct undo *u, size_t begun);
static void commit(podring *r, struct undo *u);
static void undo_free(podring *r, struct undo *u);

int podring_apply(podring *r)
{
    API_OWN(r);
    return api_apply(r);
}

int api_apply(podring *r)
{
    struct undo u = {.pods_peak = r->world.stats.pods_peak,
                     .said = r->set.diagnostics.count,
                     .room = r->set.objects.count - r->applied.objects};
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
        if (rc == 0)
            rc = p->put(r, u, c);
        if (rc != 0)
            break;
        c->object = what->name != NULL
            ? st_find(&r->world.store, p->kind, what->sub, what->ns, what->name)
                                       : st_newest(&r->world.store, p->kind);
        u->changes++;
    }
    return rc == 0 && p->end != NULL ? p->end(r, u) : rc;
}

static void take_back(podring *r, struct undo *u, size_t begun)
{
    while (u->changes > 0) {
        const struct change *c = &u->change[--u->changes];
        size_t i = 0;

        while (parts[i].kind != c->what->kind)
            i++;
        parts[i].take(r, c);
    }
    for (; begun > 0; begun--) {
        if (parts[begun - 1].undo != NULL)
            parts[begun - 1].undo(r, u);
    }
}

/* A bare pod tells of itself. */
static void tell(podring *r, const struct undo *u)
{
    for (uint32_t i = 0; i < u->changes; i++) {
        const struct change *c = &u->change[i];

        if (c->what->kind == ST_WORKLOAD && c->what->sub == POD_WORKLOAD_POD)
            continue;
        if (c->what->kind == ST_CLIENT ||
            (c->what->kind == ST_WORKLOAD && cluster_tells(c->object) && c->config == NULL))
            st_tell_object(&r->world.store, c->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
        else if (!c->unchanged)
            st_tell(&r->world.store, c->object, c->config != NULL ? POD_OBJECT_CREATED
                    : POD_OBJECT_NONE, POD_OBJECT_CREATED);
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
    if (claims)
        pod_world_claims_put(&r->world);
    r->applied = manifest_mark(&r->set);
    r->set.applied = r->applied.objects;
    r->set.applied_services = r->applied.services;
}

static void undo_free(podring *r, struct undo *u)
{
    rx_mem_free(&r->mem, u->change, u->room * sizeof(*u->change));
    rx_mem_free(&r->mem, u->image, u->images * sizeof(*u->image));
    rx_mem_free(&r->mem, u->behaviours, u->behaviour_count * sizeof(*u->behaviours));
}

/* ---- Behaviors ------------------------------------------------------------------------------- */

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

static int put_behaviour(podring *r, struct undo *u, struct change *c)
{
    /* Copied to where it stays: the set's array moves when it grows. */
    struct api_behaviour *b = rx_arena_alloc(&r->set.arena, sizeof(*b));

    if (b == NULL)
        return -PODRING_ENOMEM;
    b->object = (struct st_object){.ns = c->what->ns, .kind = ST_BEHAVIOUR};
    b->document = r->set.behaviours.item[c->what->index];
    u->behaviours[c->what->index] = &b->document;
    return st_add(&r->world.store, &b->object);
}

static void take_behaviour(podring *r, const struct change *c)
{
    st_unadd(&r->world.store, c->object);
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
    int rc = st_config_put(&r->world.store, config, &c->config);

    (void)u;
    if (rc == -PODRING_ESTATE)
        return api_fail(r, rc, "%s %s/%s is immutable and says something else",
                        config->secret ? "secret" : "configmap", config->ns, config->name);
    return rc;
}

static void take_config(podring *r, const struct change *c)
{
    st_config_undo(&r->world.store, r->set.configs.item[c->what->index], c->config);
}

static int put_claim(podring *r, struct undo *u, struct change *c)
{
    bool created;
    int rc = pod_claim_put(&r->world, c->what->ns, c->what->name, &created);

    (void)u;
    c->unchanged = !created;
    return rc;
}

static void take_claim(podring *r, const struct change *c)
{
    if (!c->unchanged)
        pod_claim_undo(&r->world, c->what->ns, c->what->name);
}

static int put_node(podring *r, struct undo *u, struct change *c)
{
    const struct st_node_spec *n = &r->set.nodes.item[c->what->index];
    int rc;

    (void)u;
    if (r->world.shard.count > 1)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "node %s: a run with Nodes is not divided among several engines", n->name);
    rc = cluster_node_add(&r->cluster, n);
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "node %s exists already", n->name);
    return rc;
}

static void take_node(podring *r, const struct change *c)
{
    (void)c;
    cluster_node_undo(&r->cluster);
}

static int put_priority(podring *r, struct undo *u, struct change *c)
{
    const struct st_priority_class *k = &r->set.priorities.item[c->what->index];
    int rc = cluster_add_priority(&r->cluster, k);

    (void)u;
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "priorityclass %s exists already", k->name);
    return rc;
}

static void take_priority(podring *r, const struct change *c)
{
    (void)c;
    cluster_undo_priority(&r->cluster);
}

static int put_service(podring *r, struct undo *u, struct change *c)
{
    const struct pod_service_spec *s = &r->set.services.item[c->what->index];
    int rc;

    (void)u;
    c->service_ips_given = r->cluster.service_ips_given;
    rc = cluster_add_service(&r->cluster, s);
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "service %s/%s exists already", s->ns, s->name);
    else if (rc == -PODRING_ESTATE)
        api_fail(r, rc, "service %s/%s: provided port is already allocated", s->ns, s->name);
    return rc;
}

static void take_service(podring *r, const struct change *c)
{
    cluster_undo_service(&r->cluster, &r->set.services.item[c->what->index], c->service_ips_given);
}

static int put_slice(podring *r, struct undo *u, struct change *c)
{
    const struct st_slice_spec *s = &r->set.slices.item[c->what->index];
    int rc = cluster_add_slice(&r->cluster, s);

    (void)u;
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "endpointslice %s/%s exists already", s->ns, s->name);
    return rc;
}

static void take_slice(podring *r, const struct change *c)
{
    cluster_undo_slice(&r->cluster, &r->set.slices.item[c->what->index]);
}

static int put_ingress(podring *r, struct undo *u, struct change *c)
{
    const struct st_ingress_spec *s = &r->set.ingresses.item[c->what->index];
    int rc = cluster_add_ingress(&r->cluster, s);

    (void)u;
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "ingress %s/%s exists already", s->ns, s->name);
    return rc;
}

static void take_ingress(podring *r, const struct change *c)
{
    cluster_undo_ingress(&r->cluster, &r->set.ingresses.item[c->what->index]);
}

/* ---- clients --------------------------------------------------------------------------------- */

static int put_client(podring *r, struct undo *u, struct change *c)
{
    const struct st_client_spec *s = &r->set.clients.item[c->what->index];
    int rc = cluster_add_client(&r->cluster, s);

    (void)u;
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "client %s/%s exists already", s->ns, s->name);
    if (rc == -PODRING_EUNSUPPORTED)
        api_fail(r, rc,
                 "client %s/%s (%s:%u): clients need virtual time with scripted targets, and one "
                 "engine for all pods",
                 s->ns, s->name, s->file, s->line);
    return rc;
}

static void take_client(podring *r, const struct change *c)
{
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

static int put_workload(podring *r, struct undo *u, struct change *c)
{
    const struct pod_workload_spec *w = &r->set.workloads.item[c->what->index];
    int rc = cluster_add(&r->cluster, w);

    (void)u;
    if (rc == -PODRING_EEXISTS)
        api_fail(r, rc, "%s %s/%s exists already", cluster_kind_name(w->kind), w->ns, w->name);
    if (rc == -PODRING_ELIMIT)
        api_fail(r, rc,
                 "%s %s/%s: more than %u pods in all (pods_max; on the command line --pods-max)",
                 cluster_kind_name(w->kind), w->ns, w->name, r->cluster.pods_max);
    return rc;
}

static void take_workload(podring *r, const struct change *c)
{
    cluster_undo(&r->cluster, &r->set.workloads.item[c->what->index]);
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

static void take_step(podring *r, const struct change *c)
{
    (void)c;
    cluster_undo_step(&r->cluster);
}
