/* SPDX-License-Identifier: Apache-2.0 */
/* rule_request.c - see rule_request.h: two sums, of what stays and of what passes. */
#include "engine/store/rule_request.h"

#include <string.h>

#include "engine/reactor/base.h"

int64_t st_amount_named(uint32_t count, const struct pod_amount *list, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return list[i].value;
    return 0;
}

bool st_request_none(const struct st_request *r)
{
    return r->cpu_milli == 0 && r->memory == 0 && r->storage == 0 && r->other_count == 0;
}

static int64_t plus(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* The entry of that name, made if there is none; NULL: there are too many. */
static struct pod_amount *entry(struct st_request *r, const char *name)
{
    uint32_t i = 0;

    while (i < r->other_count && strcmp(r->other[i].name, name) < 0)
        i++;
    if (i < r->other_count && strcmp(r->other[i].name, name) == 0)
        return &r->other[i];
    if (r->other_count == ST_OTHERS_MAX)
        return NULL;
    memmove(&r->other[i + 1], &r->other[i], (r->other_count - i) * sizeof(*r->other));
    r->other[i] = (struct pod_amount){.name = name};
    r->other_count++;
    return &r->other[i];
}

static void add(struct st_request *r, const struct pod_amounts *a)
{
    r->cpu_milli = plus(r->cpu_milli, a->cpu_milli);
    r->memory = plus(r->memory, a->memory);
    r->storage = plus(r->storage, a->storage);
    for (uint32_t i = 0; i < a->other_count; i++) {
        struct pod_amount *e = entry(r, a->other[i].name);

        if (e != NULL)
            e->value = plus(e->value, a->other[i].value);
    }
}

static void take_larger(struct st_request *r, const struct st_request *than)
{
    r->cpu_milli = RX_MAX(r->cpu_milli, than->cpu_milli);
    r->memory = RX_MAX(r->memory, than->memory);
    r->storage = RX_MAX(r->storage, than->storage);
    for (uint32_t i = 0; i < than->other_count; i++) {
        struct pod_amount *e = entry(r, than->other[i].name);

        if (e != NULL)
            e->value = RX_MAX(e->value, than->other[i].value);
    }
}

void st_request_containers(const struct pod_spec *pod, struct st_request *out)
{
    struct st_request sidecars = {0}, most = {0}, beside;

    *out = (struct st_request){0};
    for (uint32_t i = 0; i < pod->container_count; i++) {
        const struct pod_container_spec *c = &pod->container[i];

        if (c->kind != POD_INIT)
            add(out, &c->asks);
        if (c->kind == POD_SIDECAR)
            add(&sidecars, &c->asks);
        if (c->kind != POD_INIT)
            continue;
        beside = sidecars;
        add(&beside, &c->asks);
        take_larger(&most, &beside);
    }
    take_larger(out, &most);
}

void st_request_of(const struct pod_spec *pod, struct st_request *out)
{
    st_request_containers(pod, out);
    for (uint32_t i = 0; i < pod->requests.count; i++) {
        const char *name = pod->requests.pair[i].key;

        if (strcmp(name, "cpu") == 0)
            out->cpu_milli = pod->asks.cpu_milli;
        else if (strcmp(name, "memory") == 0)
            out->memory = pod->asks.memory;
    }
}

/* ---- as texts -------------------------------------------------------------------------------- */

bool st_amount_text(const struct pod_labels *list, const char *name, struct st_quantity *out)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->pair[i].key, name) == 0)
            return st_quantity_parse(list->pair[i].value, strlen(list->pair[i].value), out);
    return false;
}

/* An amount that may not be there. */
struct amount {
    bool there;
    struct st_quantity q;
};

static struct amount named(const struct pod_labels *list, const char *name)
{
    struct amount a = {0};

    a.there = st_amount_text(list, name, &a.q);
    return a;
}

static void add_amount(struct amount *to, const struct amount *more)
{
    if (!more->there)
        return;
    to->there = true;
    st_quantity_add(&to->q, &more->q);
}

static bool is_more(const struct amount *a, const struct amount *b)
{
    return a->there && (!b->there || a->q.nano > b->q.nano);
}

bool st_request_sum(const struct pod_spec *pod, bool requests, const char *name,
                    struct st_quantity *out)
{
    struct amount all = named(requests ? &pod->requests : &pod->limits, name), sidecars = {0},
                  most = {0};
    bool whole = all.there;

    for (uint32_t i = 0; !whole && i < pod->container_count; i++) {
        const struct pod_container_spec *c = &pod->container[i];
        struct amount own = named(requests ? &c->requests : &c->limits, name), beside = sidecars;

        if (c->kind != POD_INIT)
            add_amount(&all, &own);
        if (c->kind == POD_SIDECAR)
            add_amount(&sidecars, &own);
        if (c->kind != POD_INIT)
            continue;
        add_amount(&beside, &own);
        if (is_more(&beside, &most))
            most = beside;
    }
    *out = is_more(&most, &all) ? most.q : all.q;
    return all.there || most.there;
}

/* An amount of nothing counts as none. */
static const char *given(const struct pod_labels *l, const char *resource)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (strcmp(l->pair[i].key, resource) == 0 && strcmp(l->pair[i].value, "0") != 0)
            return l->pair[i].value;
    return NULL;
}

/* Requests never exceed limits, so that sums are equal where all parts are. */
static void weigh(const struct pod_labels *limits, const struct pod_labels *requests, bool *any,
                  bool *full)
{
    static const char *const counted[] = {"cpu", "memory"};

    for (size_t i = 0; i < RX_ARRAY_LEN(counted); i++) {
        const char *limit = given(limits, counted[i]), *request = given(requests, counted[i]);

        *any |= limit != NULL || request != NULL;
        *full &= limit != NULL && request != NULL && strcmp(limit, request) == 0;
    }
}

enum st_qos st_qos_of(const struct pod_spec *pod)
{
    bool any = false, full = true;

    if (pod->limits.count + pod->requests.count > 0) {
        weigh(&pod->limits, &pod->requests, &any, &full);
    } else {
        for (uint32_t i = 0; i < pod->container_count; i++)
            weigh(&pod->container[i].limits, &pod->container[i].requests, &any, &full);
    }
    return !any ? ST_QOS_BEST_EFFORT : full ? ST_QOS_GUARANTEED : ST_QOS_BURSTABLE;
}
