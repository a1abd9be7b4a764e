/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply.c - what has been loaded becomes objects: all of it, or nothing.
 *
 * An apply that fails is undone and forgotten: the engine is as it was, and what was loaded is dropped,
 * whatever the reason, so that it cannot stand in the way of what is loaded next. Each kind of object is
 * put by one function and taken back by one, in a table; a failure walks the table backwards.
 */
#include <string.h>

#include "api/engine.h"
#include "engine/reactor/err.h"

/* What a failure needs to know; the counts are of what this apply has put. */
struct undo {
    uint32_t configs, claims, services, workloads;
    uint32_t said; /* diagnostics before those of put_words */
    const struct pod_config **config; /* which one was there before; NULL: none */
    bool *claim;                      /* was it new? */
    uint32_t config_room, claim_room;
    uint32_t service_ips_given;
    uint64_t pods_peak;
    struct pod_foreign_image *image; /* what was known of pulls elsewhere */
    uint32_t images;
    bool images_noted;
    const struct pod_behaviour **behaviours; /* the new array */
    uint32_t behaviour_count;
    struct pod_behaviours_old behaviours_old;
};

struct part {
    int (*put)(podring *r, struct undo *u);
    void (*take)(podring *r, struct undo *u); /* NULL: the last one, which fails before it does anything */
};

static int put_behaviours(podring *r, struct undo *u);
static int put_configs(podring *r, struct undo *u);
static int put_claims(podring *r, struct undo *u);
static int put_services(podring *r, struct undo *u);
static int put_workloads(podring *r, struct undo *u);
static int put_words(podring *r, struct undo *u);
static int put_steps(podring *r, struct undo *u);
static void take_behaviours(podring *r, struct undo *u);
static void take_configs(podring *r, struct undo *u);
static void take_claims(podring *r, struct undo *u);
static void take_services(podring *r, struct undo *u);
static void take_workloads(podring *r, struct undo *u);
static void take_words(podring *r, struct undo *u);

static const struct part parts[] = {
    {put_behaviours, take_behaviours}, {put_configs, take_configs},
    {put_claims, take_claims},         {put_services, take_services},
    {put_workloads, take_workloads},   {put_words, take_words},
    {put_steps, NULL},
};

static void commit(podring *r, struct undo *u);
static void undo_free(podring *r, struct undo *u);

int podring_apply(podring *r)
{
    API_OWN(r);
    return api_apply(r);
}

int api_apply(podring *r)
{
    struct undo u = {.service_ips_given = r->cluster.service_ips_given,
                     .pods_peak = r->node.stats.pods_peak,
                     .said = r->set.diagnostics.count};
    size_t done = 0;
    int rc = 0;

    r->why[0] = '\0';
    if (r->starved)
        return api_fail(r, -PODRING_ENOMEM, "apply: out of memory before; the engine goes no further");
    while (done < RX_ARRAY_LEN(parts) && (rc = parts[done].put(r, &u)) == 0)
        done++;
    if (rc == 0) {
        commit(r, &u);
    } else {
        /* A part that has failed half way has noted how far it came. */
        for (size_t i = RX_MIN(done + 1, RX_ARRAY_LEN(parts) - 1); i > 0; i--)
            parts[i - 1].take(r, &u);
        manifest_forget(&r->set, &r->applied);
        r->node.stats.pods_peak = u.pods_peak;
        if (r->why[0] == '\0')
            api_fail(r, rc, "apply: %s", rx_err_text(rc));
    }
    undo_free(r, &u);
    return rc;
}

static void commit(podring *r, struct undo *u)
{
    if (u->behaviours != NULL) {
        pod_node_behaviours_keep(&r->node, &u->behaviours_old);
        rx_mem_free(&r->mem, r->behaviours, r->behaviours_room * sizeof(*r->behaviours));
        r->behaviours = u->behaviours;
        r->behaviours_room = u->behaviour_count;
        u->behaviours = NULL;
    }
    if (u->claims > 0)
        pod_node_claims_put(&r->node);
    r->applied = manifest_mark(&r->set);
    r->set.names_from = r->applied.workloads;
    r->set.configs_from = r->applied.configs;
    r->set.claims_from = r->applied.claims;
}

static void undo_free(podring *r, struct undo *u)
{
    rx_mem_free(&r->mem, u->config, u->config_room * sizeof(*u->config));
    rx_mem_free(&r->mem, u->claim, u->claim_room * sizeof(*u->claim));
    rx_mem_free(&r->mem, u->image, u->images * sizeof(*u->image));
    rx_mem_free(&r->mem, u->behaviours, u->behaviour_count * sizeof(*u->behaviours));
}

/* ---- Behaviors ---------------------------------------------------------------------------------- */

/* Documents are copied to where they stay: the set's array moves when it grows. */
static int put_behaviours(podring *r, struct undo *u)
{
    uint32_t count = r->set.behaviours.count;
    int rc;

    if (count == r->applied.behaviours)
        return 0;
    u->behaviours = rx_mem_zalloc(&r->mem, count * sizeof(*u->behaviours));
    if (u->behaviours == NULL)
        return -PODRING_ENOMEM;
    u->behaviour_count = count;
    if (r->behaviours != NULL)
        memcpy(u->behaviours, r->behaviours, r->applied.behaviours * sizeof(*u->behaviours));
    for (uint32_t i = r->applied.behaviours; i < count; i++) {
        struct pod_behaviour *b = rx_arena_alloc(&r->set.arena, sizeof(*b));

        if (b == NULL)
            return -PODRING_ENOMEM;
        *b = r->set.behaviours.item[i];
        u->behaviours[i] = b;
    }
    rc = pod_node_behaviours(&r->node, u->behaviours, count, &u->behaviours_old);
    if (rc == -PODRING_ELIMIT && u->behaviours_old.reasons_full)
        api_fail(r, rc, "Behavior documents give more than %d different reasons", ST_REASONS_MAX);
    else if (rc == -PODRING_ELIMIT)
        api_fail(r, rc, "more than 64 Behavior documents speak for one pod");
    return rc;
}

static void take_behaviours(podring *r, struct undo *u)
{
    if (u->behaviours != NULL && r->node.behaviours == u->behaviours)
        pod_node_behaviours_undo(&r->node, &u->behaviours_old);
}

/* ---- ConfigMaps, Secrets, claims --------------------------------------------------------------------- */

static int put_configs(podring *r, struct undo *u)
{
    uint32_t count = r->set.configs.count - r->applied.configs;

    if (count == 0)
        return 0;
    u->config = rx_mem_alloc(&r->mem, count * sizeof(*u->config));
    if (u->config == NULL)
        return -PODRING_ENOMEM;
    u->config_room = count;
    for (; u->configs < count; u->configs++) {
        const struct pod_config *c = r->set.configs.item[r->applied.configs + u->configs];
        int rc;

        u->config[u->configs] = pod_configs_own(&r->node.configs, c);
        rc = pod_configs_put(&r->node.configs, c);
        if (rc == -PODRING_ESTATE)
            return api_fail(r, rc, "%s %s/%s is immutable and says something else",
                            c->secret ? "secret" : "configmap", c->ns, c->name);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void take_configs(podring *r, struct undo *u)
{
    while (u->configs > 0) {
        u->configs--;
        pod_configs_undo(&r->node.configs, r->set.configs.item[r->applied.configs + u->configs],
                         u->config[u->configs]);
    }
}

static int put_claims(podring *r, struct undo *u)
{
    uint32_t count = r->set.claims.count - r->applied.claims;

    if (count == 0)
        return 0;
    u->claim = rx_mem_alloc(&r->mem, count * sizeof(*u->claim));
    if (u->claim == NULL)
        return -PODRING_ENOMEM;
    u->claim_room = count;
    for (; u->claims < count; u->claims++) {
        const struct manifest_claim *c = &r->set.claims.item[r->applied.claims + u->claims];
        int rc;

        u->claim[u->claims] = pod_claim_find(&r->node.storage, c->ns, c->name) == NULL;
        rc = pod_claim_put(&r->node.storage, c->ns, c->name);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void take_claims(podring *r, struct undo *u)
{
    while (u->claims > 0) {
        const struct manifest_claim *c = &r->set.claims.item[r->applied.claims + --u->claims];

        if (u->claim[u->claims])
            pod_claim_remove(&r->node.storage, c->ns, c->name);
    }
}

/* ---- Services, workloads, steps ------------------------------------------------------------------------ */

static int put_services(podring *r, struct undo *u)
{
    for (uint32_t i = r->applied.services; i < r->set.services.count; i++, u->services++) {
        const struct pod_service_spec *s = &r->set.services.item[i];
        int rc = cluster_add_service(&r->cluster, s);

        if (rc == -PODRING_EEXISTS)
            api_fail(r, rc, "service %s/%s exists already", s->ns, s->name);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void take_services(podring *r, struct undo *u)
{
    cluster_undo_services(&r->cluster, u->services, u->service_ips_given);
}

static int put_workloads(podring *r, struct undo *u)
{
    int claimed = r->set.workloads.count > r->applied.workloads ? api_addresses_claim(r) : 0;

    if (claimed != 0)
        return claimed;
    if (r->node.foreign_images > 0) {
        u->image = rx_mem_alloc(&r->mem, r->node.foreign_images * sizeof(*u->image));
        if (u->image == NULL)
            return -PODRING_ENOMEM;
        u->images = r->node.foreign_images;
        memcpy(u->image, r->node.foreign_image, u->images * sizeof(*u->image));
    }
    u->images_noted = true;
    for (uint32_t i = r->applied.workloads; i < r->set.workloads.count; i++, u->workloads++) {
        const struct pod_workload_spec *w = &r->set.workloads.item[i];
        int rc = cluster_add(&r->cluster, w);

        if (rc == -PODRING_EEXISTS)
            api_fail(r, rc, "%s %s/%s exists already", cluster_kind_name(w->kind), w->ns, w->name);
        if (rc == -PODRING_ELIMIT)
            api_fail(r, rc,
                     "%s %s/%s: more than %u pods in all (pods_max; on the command line --pods-max)",
                     cluster_kind_name(w->kind), w->ns, w->name, r->cluster.pods_max);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void take_workloads(podring *r, struct undo *u)
{
    cluster_undo(&r->cluster, u->workloads);
    if (u->images_noted && r->node.foreign_images > 0) {
        memset(r->node.foreign_image, 0, r->node.foreign_images * sizeof(*u->image));
        if (u->image != NULL)
            memcpy(r->node.foreign_image, u->image, u->images * sizeof(*u->image));
    }
}

/* What is wrong with commands, and what is assumed of them. */
static int put_words(podring *r, struct undo *u)
{
    uint64_t refused = r->mem.state->refused;

    (void)u;
    api_check_commands(r, r->applied.workloads);
    return r->mem.state->refused == refused ? 0 : -PODRING_ENOMEM;
}

static void take_words(podring *r, struct undo *u)
{
    r->set.diagnostics.count = u->said;
}

static int put_steps(podring *r, struct undo *u)
{
    (void)u;
    return cluster_steps(&r->cluster, &r->set.steps.item[r->applied.steps],
                         r->set.steps.count - r->applied.steps);
}
