/* SPDX-License-Identifier: Apache-2.0 */
/* rule_statefulset.c - one walk over the range, one over the condemned, one for the update. */
#include "engine/cluster/rule_statefulset.h"

#include <stddef.h>

struct plan {
    const struct cluster_stateful_view *view;
    struct cluster_stateful_step *step;
    uint32_t steps;
    uint32_t batches; /* of the walks before this one */
    uint32_t created;
};

static bool in_range(const struct cluster_stateful_view *v, uint32_t ordinal)
{
    return ordinal >= v->start && ordinal - v->start < v->replicas;
}

static bool is_available(const struct cluster_stateful_pod *p)
{
    return p != NULL && p->ready && p->available;
}

/* The first pod with at least that ordinal: its number, or that of all. */
static uint32_t first_from(const struct cluster_stateful_view *v, uint32_t ordinal)
{
    uint32_t low = 0, high = v->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (v->pod[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Steps are tried in batches of 1, 2, 4, ... pods; in order each is its own. */
static uint32_t batch_of(const struct plan *p, uint32_t index)
{
    uint32_t n = 0;

    if (!p->view->parallel)
        return p->batches + index;
    while ((uint64_t)index + 1 >= UINT64_C(2) << n)
        n++;
    return p->batches + n;
}

static void add(struct plan *p, enum cluster_stateful_act act, uint32_t ordinal, uint32_t revision,
                uint32_t index)
{
    p->step[p->steps++] =
        (struct cluster_stateful_step){act, ordinal, revision, batch_of(p, index)};
}

static uint32_t revision_for(const struct cluster_stateful_view *v, uint32_t index)
{
    uint32_t kept = v->has_partition ? v->partition : v->current_replicas;

    return !v->on_delete && index < kept ? v->current : v->update;
}

/* True: the walk stops here. */
static bool keep(struct plan *p, const struct cluster_stateful_pod *pod, uint32_t index)
{
    const struct cluster_stateful_view *v = p->view;

    if (pod == NULL) {
        if (v->most > 0 && p->created == v->most)
            return true;
        p->created++;
        add(p, CLUSTER_STATEFUL_CREATE, v->start + index, revision_for(v, index), index);
        return !v->parallel;
    }
    if (pod->over) {
        if (!pod->deleting)
            add(p, CLUSTER_STATEFUL_DELETE, pod->ordinal, 0, index);
        return !v->parallel;
    }
    if (!v->parallel && (pod->deleting || !is_available(pod)))
        return true;
    if (pod->wrong)
        add(p, CLUSTER_STATEFUL_REPAIR, pod->ordinal, 0, index);
    return false;
}

static bool walk_range(struct plan *p)
{
    const struct cluster_stateful_view *v = p->view;
    uint32_t at = first_from(v, v->start);

    for (uint32_t i = 0; i < v->replicas; i++) {
        const struct cluster_stateful_pod *pod = NULL;

        if (at < v->count && v->pod[at].ordinal == v->start + i)
            pod = &v->pod[at++];
        if (keep(p, pod, i))
            return false;
    }
    p->batches = batch_of(p, v->replicas) + 1;
    return true;
}

/* Of those that are not available the one that may go all the same. */
static const struct cluster_stateful_pod *first_unavailable(const struct cluster_stateful_view *v)
{
    uint32_t at = first_from(v, v->start);

    for (uint32_t i = 0; i < v->replicas; i++, at++) {
        if (at == v->count || v->pod[at].ordinal != v->start + i)
            return NULL; /* it is not even there */
        if (!is_available(&v->pod[at]) || v->pod[at].deleting)
            return &v->pod[at];
    }
    for (at = 0; at < v->count; at++) {
        if (!in_range(v, v->pod[at].ordinal) && (!is_available(&v->pod[at]) || v->pod[at].deleting))
            return &v->pod[at];
    }
    return NULL;
}

static bool walk_condemned(struct plan *p)
{
    const struct cluster_stateful_view *v = p->view;
    const struct cluster_stateful_pod *first = first_unavailable(v);
    uint32_t index = 0;

    for (uint32_t i = v->count; i > 0; i--) {
        const struct cluster_stateful_pod *pod = &v->pod[i - 1];

        if (in_range(v, pod->ordinal))
            continue;
        if (!v->parallel && (pod->deleting || (!is_available(pod) && pod != first)))
            return false;
        if (!pod->deleting)
            add(p, CLUSTER_STATEFUL_DELETE, pod->ordinal, 0, index);
        if (!v->parallel)
            return false;
        index++;
    }
    p->batches = batch_of(p, index) + 1;
    return true;
}

/* From the highest ordinal down, one pod at a time: one that is not there, or is created by this
 * very sync, is waited for. */
static void walk_update(struct plan *p)
{
    const struct cluster_stateful_view *v = p->view;
    uint32_t at = first_from(v, v->start), from = v->has_partition ? v->partition : 0;

    while (at < v->count && in_range(v, v->pod[at].ordinal))
        at++;
    for (uint32_t i = v->replicas; i > from; i--) {
        const struct cluster_stateful_pod *pod;

        if (at == 0 || v->pod[at - 1].ordinal != v->start + i - 1)
            return;
        pod = &v->pod[--at];
        if (pod->revision != v->update && !pod->deleting) {
            add(p, CLUSTER_STATEFUL_DELETE, pod->ordinal, 0, 0);
            return;
        }
        if (pod->deleting || !is_available(pod))
            return;
    }
}

uint32_t cluster_stateful_plan(const struct cluster_stateful_view *v,
                               struct cluster_stateful_step *out)
{
    struct plan p = {.view = v, .step = out};

    if (!v->deleting && walk_range(&p) && walk_condemned(&p) && !v->on_delete)
        walk_update(&p);
    return p.steps;
}

struct cluster_stateful_status cluster_stateful_count(const struct cluster_stateful_view *v)
{
    struct cluster_stateful_status s = {.replicas = v->count};

    for (uint32_t i = 0; i < v->count; i++) {
        const struct cluster_stateful_pod *pod = &v->pod[i];

        s.ready += pod->ready;
        s.available += is_available(pod);
        s.current += !pod->deleting && pod->revision == v->current;
        s.updated += !pod->deleting && pod->revision == v->update;
    }
    s.complete = !v->on_delete && s.updated == v->replicas && s.ready == v->replicas &&
                 s.replicas == v->replicas;
    if (s.complete)
        s.current = s.updated;
    return s;
}
