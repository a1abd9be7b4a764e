/* SPDX-License-Identifier: Apache-2.0 */
/* policies.c - an apply's LimitRanges, quotas and budgets, and what admission leaves out of it. */
#include "api/apply.h"
#include "engine/cluster/budget.h"
#include "engine/cluster/quota.h"
#include "engine/reactor/err.h"

bool api_may_come(podring *r, const struct manifest_object *what)
{
    const struct st_table *table = r->world.store.table;
    struct cluster_newcomer n = {what->kind, what->sub, what->ns, what->name, NULL, NULL};

    if (what->kind == ST_SERVICE)
        n.service = &r->set.services.item[what->index];
    if (what->kind == ST_CLAIM)
        n.claim = r->set.claims.item[what->index].spec;
    return table[ST_QUOTA].count + table[ST_LIMIT_RANGE].count == 0 || what->name == NULL ||
           st_find(&r->world.store, (enum st_kind)what->kind, what->sub, what->ns, what->name) !=
               NULL ||
           cluster_admit_object(&r->cluster, &n);
}

void api_tell_left_out(podring *r, const struct change *c)
{
    const struct manifest_document *d = &r->set.documents.item[c->number];
    struct manifest_diagnostic said = {.severity = MANIFEST_WARNING, .line = d->line,
                                       .column = d->column,
                                       .file = d->file != NULL ? d->file : "",
                                       .text = c->refused};

    manifest_diagnose(&r->set, &said);
    cluster_tell_left_out(&r->cluster, c->what->ns, c->refused);
}

bool api_streams(const struct change *c)
{
    return c->what->kind == ST_CLIENT || c->what->kind == ST_QUOTA || c->what->kind == ST_BUDGET ||
           (c->what->kind == ST_WORKLOAD && cluster_tells(c->object));
}

int api_put_policy(podring *r, struct change *c)
{
    struct cluster *cluster = &r->cluster;
    uint32_t i = c->what->index;

    c->before = rx_arena_alloc(&r->set.arena, sizeof(*c->before));
    if (c->before == NULL)
        return -PODRING_ENOMEM;
    if (c->what->kind == ST_BUDGET)
        return cluster_budget_put(cluster, &r->set.budgets.item[i], &c->before->budget);
    if (c->what->kind == ST_QUOTA)
        return cluster_quota_put(cluster, &r->set.quotas.item[i], &c->before->quota);
    return cluster_limit_range_put(cluster, &r->set.limit_ranges.item[i],
                                   &c->before->limit_range);
}

void api_take_policy(podring *r, struct change *c)
{
    struct cluster *cluster = &r->cluster;
    uint32_t i = c->what->index;

    if (c->unchanged)
        return;
    if (c->what->kind == ST_BUDGET)
        cluster_budget_undo(cluster, &r->set.budgets.item[i], &c->before->budget);
    else if (c->what->kind == ST_QUOTA)
        cluster_quota_undo(cluster, &r->set.quotas.item[i], &c->before->quota);
    else
        cluster_limit_range_undo(cluster, &r->set.limit_ranges.item[i], &c->before->limit_range);
}
