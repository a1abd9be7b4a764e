/* SPDX-License-Identifier: Apache-2.0 */
/* rule_preempt.c - see rule_preempt.h. The node is a copy from which pods are taken and to which
 * they come back. */
#include "engine/cluster/rule_preempt.h"

#include "engine/reactor/base.h"

/* A node to think with. */
struct trial {
    struct cluster_fit_in in;
    struct cluster_around counts;
    struct pod_amount other[ST_OTHERS_MAX]; /* of the resources that the pod asks for */
};

static void open_trial(struct trial *t, const struct cluster_fit_in *in)
{
    t->in = *in;
    for (uint32_t i = 0; i < in->asks->other_count; i++) {
        const char *name = in->asks->other[i].name;

        t->other[i] = (struct pod_amount){
            name, st_amount_named(in->use.other_count, in->use.other, name)};
    }
    t->in.use.other = t->other;
    t->in.use.other_count = in->asks->other_count;
    if (in->counts != NULL) {
        t->counts = *in->counts;
        t->in.counts = &t->counts;
    }
}

static void move_counts(struct cluster_around *n, const struct cluster_victim *v, int32_t by)
{
    for (uint32_t i = 0; i < POD_TERMS_MAX; i++) {
        n->spread[i] += (v->spread >> i & 1) * (uint32_t)by;
        n->near[i] += (v->near >> i & 1) * (uint32_t)by;
        n->apart[i] += (v->apart >> i & 1) * (uint32_t)by;
        n->near_total += (v->near >> i & 1) * (uint32_t)by;
    }
    n->others += v->others * (uint32_t)by;
}

/* by: 1 = it comes, -1 = it goes */
static void move(struct trial *t, const struct cluster_victim *v, int32_t by)
{
    struct cluster_use *u = &t->in.use;

    u->pods += (uint32_t)by;
    u->cpu_milli += v->asks->cpu_milli * by;
    u->memory += v->asks->memory * by;
    u->storage += v->asks->storage * by;
    u->ports += v->port * (uint32_t)by;
    u->claims += v->claim * (uint32_t)by;
    for (uint32_t i = 0; i < u->other_count; i++)
        t->other[i].value +=
            st_amount_named(v->asks->other_count, v->asks->other, t->other[i].name) * by;
    if (t->in.counts != NULL)
        move_counts(&t->counts, v, by);
}

/* Who comes back first: those with a budget, then by importance. */
static bool before(const struct cluster_victim *a, const struct cluster_victim *b)
{
    if (a->budget != b->budget)
        return a->budget;
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->started != b->started ? a->started < b->started : a->number < b->number;
}

static void sort(struct cluster_victim *v, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct cluster_victim moved = v[i];
        uint32_t k = i;

        for (; k > 0 && before(&moved, &v[k - 1]); k--)
            v[k] = v[k - 1];
        v[k] = moved;
    }
}

static void add_price(struct cluster_price *p, const struct cluster_victim *v)
{
    if (p->victims == 0 || v->priority > p->highest) {
        p->highest = v->priority;
        p->since = v->started;
    } else if (v->priority == p->highest) {
        p->since = RX_MIN(p->since, v->started);
    }
    p->victims++;
    p->budgets += v->budget;
    p->sum += v->priority + INT32_MAX + 1ll; /* so that fewer are never dearer than more */
}

enum cluster_preempt cluster_preempt(const struct cluster_fit_in *in, struct cluster_victim *v,
                                     uint32_t count, struct cluster_price *price,
                                     struct cluster_fit_out *unfit)
{
    struct trial t;

    *price = (struct cluster_price){0};
    if (count == 0)
        return CLUSTER_PREEMPT_NOBODY;
    open_trial(&t, in);
    for (uint32_t i = 0; i < count; i++)
        move(&t, &v[i], -1);
    *unfit = cluster_fit(&t.in);
    if (unfit->fit != CLUSTER_FITS)
        return CLUSTER_PREEMPT_UNFIT;
    sort(v, count);
    for (uint32_t i = 0; i < count; i++) {
        move(&t, &v[i], 1);
        v[i].taken = cluster_fit(&t.in).fit != CLUSTER_FITS;
        if (!v[i].taken)
            continue;
        move(&t, &v[i], -1);
        add_price(price, &v[i]);
    }
    return CLUSTER_PREEMPT_OK;
}

bool cluster_price_lower(const struct cluster_price *a, const struct cluster_price *b)
{
    if (a->budgets != b->budgets)
        return a->budgets < b->budgets;
    if (a->highest != b->highest)
        return a->highest < b->highest;
    if (a->sum != b->sum)
        return a->sum < b->sum;
    if (a->victims != b->victims)
        return a->victims < b->victims;
    return a->since > b->since;
}
