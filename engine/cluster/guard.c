/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - which budgets select a pod, and which of their pods are healthy. */
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

static struct cluster_budget *budget_at(struct st_object *o)
{
    return rx_container_of(o, struct cluster_budget, object);
}

static bool is_healthy(const struct pod *p)
{
    return !pod_is_deleting(p) && (p->conditions >> POD_COND_READY & 1) != 0;
}

static bool selects(const struct cluster_budget *b, struct pod *p)
{
    return strcmp(b->spec.ns, pod_spec_of(p)->ns) == 0 && b->spec.selector.present &&
           pod_selected(&b->spec.selector, p);
}

static void look_again(struct cluster *c, struct cluster_budget *b, const struct pod *p)
{
    b->work.cause = p->version;
    cluster_dirty(c, &b->work);
}

static int guard(struct cluster *c, struct cluster_budget *b, struct pod *p)
{
    struct cluster_guard *g = rx_mem_zalloc(c->world->mem, sizeof(*g));

    if (g == NULL)
        return -RX_ENOMEM;
    *g = (struct cluster_guard){.budget = b, .pod = p->id, .healthy = is_healthy(p)};
    if (rx_map_put(&c->guards, rx_hash_end(p->id), g) != 0) {
        rx_mem_free(c->world->mem, g, sizeof(*g));
        return -RX_ENOMEM;
    }
    rx_list_add_tail(&b->guarded, &g->link);
    b->pods++;
    b->healthy += g->healthy;
    return 0;
}

static void let_go(struct cluster *c, struct cluster_guard *g)
{
    g->budget->pods--;
    g->budget->healthy -= g->healthy;
    rx_list_remove(&g->link);
    rx_map_remove(&c->guards, rx_hash_end(g->pod), g);
    rx_mem_free(c->world->mem, g, sizeof(*g));
}

struct cluster_guard *cluster_guard_next(const struct cluster *c, uint64_t pod, uint32_t *cursor)
{
    struct cluster_guard *g;

    while ((g = rx_map_next(&c->guards, rx_hash_end(pod), cursor)) != NULL)
        if (g->pod == pod)
            return g;
    return NULL;
}

int cluster_guard_all(struct cluster *c, struct cluster_budget *b)
{
    int rc = 0;

    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (rc == 0 && !pod_is_gone(p) && selects(b, p))
            rc = guard(c, b, p);
    }
    return rc;
}

void cluster_guard_none(struct cluster *c, struct cluster_budget *b)
{
    while (!rx_list_empty(&b->guarded))
        let_go(c, rx_container_of(b->guarded.next, struct cluster_guard, link));
}

int cluster_budgets_came(struct cluster *c, struct pod *p)
{
    int rc = 0;

    ST_EACH(l, c->store, ST_BUDGET)
    {
        struct cluster_budget *b = budget_at(st_object_at(l));

        if (rc != 0 || !selects(b, p))
            continue;
        rc = guard(c, b, p);
        look_again(c, b, p);
    }
    if (rc != 0)
        cluster_budgets_went(c, p);
    return rc;
}

void cluster_budgets_went(struct cluster *c, struct pod *p)
{
    struct cluster_guard *g;
    uint32_t cursor = 0;

    while (c->guards.count > 0 && (g = cluster_guard_next(c, p->id, &cursor)) != NULL) {
        look_again(c, g->budget, p);
        let_go(c, g);
        cursor = 0;
    }
}

void cluster_budgets_changed(struct cluster *c, struct pod *p)
{
    struct cluster_guard *g;
    uint32_t cursor = 0;
    bool healthy = is_healthy(p);

    if (pod_is_gone(p)) {
        cluster_budgets_went(c, p);
        return;
    }
    while (c->guards.count > 0 && (g = cluster_guard_next(c, p->id, &cursor)) != NULL) {
        if (g->healthy == healthy)
            continue;
        g->budget->healthy += healthy;
        g->budget->healthy -= g->healthy;
        g->healthy = healthy;
        look_again(c, g->budget, p);
    }
}

void cluster_budgets_relabelled(struct cluster *c, struct pod *p)
{
    if (c->store->table[ST_BUDGET].count == 0)
        return;
    cluster_budgets_went(c, p);
    cluster_budgets_came(c, p); /* without memory the engine ends */
}

/* The scale that counts is that of its controller. */
void cluster_budgets_owner(struct cluster *c, struct pod *p)
{
    struct cluster_guard *g;
    uint32_t cursor = 0;

    while (c->guards.count > 0 && (g = cluster_guard_next(c, p->id, &cursor)) != NULL) {
        if (cluster_budget_asks_scale(&g->budget->spec))
            look_again(c, g->budget, p);
    }
}

void cluster_budgets_scaled(struct cluster *c, const char *ns)
{
    ST_EACH(l, c->store, ST_BUDGET)
    {
        struct cluster_budget *b = budget_at(st_object_at(l));

        if (cluster_budget_asks_scale(&b->spec) && strcmp(b->spec.ns, ns) == 0)
            cluster_dirty(c, &b->work);
    }
}

void cluster_budget_free(struct cluster *c, struct cluster_budget *b)
{
    cluster_guard_none(c, b);
    cluster_work_drop(c, &b->work);
    st_condition_fini(c->store, &b->allows);
    rx_mem_free(c->world->mem, b, sizeof(*b));
}

void cluster_budgets_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_BUDGET)) != NULL) {
        st_remove(c->store, o);
        cluster_budget_free(c, budget_at(o));
    }
    rx_map_fini(&c->guards);
}

void cluster_budgets_spare(struct cluster *c)
{
    ST_EACH(l, c->store, ST_BUDGET)
        budget_at(st_object_at(l))->spent = 0;
}

bool cluster_budget_breaks(struct cluster *c, uint64_t pod)
{
    struct cluster_guard *g;
    uint32_t cursor = 0;
    bool breaks = false;

    while ((g = cluster_guard_next(c, pod, &cursor)) != NULL)
        breaks |= ++g->budget->spent > g->budget->status.allowed;
    return breaks;
}
