/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limitrange.c - LimitRange documents (pkg/apis/core: v1/defaults.go SetDefaults_LimitRangeItem,
 * validation ValidateLimitRange).
 */
#include "api/manifest/parts.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/store/rule_request.h"

#define TYPES "Container Pod PersistentVolumeClaim"

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct rx_pair *)a)->key, ((const struct rx_pair *)b)->key);
}

/* A list with what another one has besides. */
static void complete(struct mf_load *l, struct pod_labels *list, const struct pod_labels *more)
{
    uint32_t room;
    struct rx_pair *pair = mf_array(l, list->count + more->count, sizeof(*pair), &room);
    uint32_t n = list->count;

    if (room == 0)
        return;
    if (n > 0)
        memcpy(pair, list->pair, n * sizeof(*pair));
    for (uint32_t i = 0; i < more->count; i++)
        if (mf_amount_text(list, more->pair[i].key) == NULL)
            pair[n++] = more->pair[i];
    qsort(pair, n, sizeof(*pair), by_name);
    *list = (struct pod_labels){n, pair};
}

static struct pod_labels list_read(struct mf_load *l, const struct mf_at *at, const char *field)
{
    struct mf_at list = mf_field(at, field);

    return list.node && mf_is_object(l, &list) ? mf_amounts_read(l, &list)
                                               : (struct pod_labels){0};
}

/* ---- what must not be less than what --------------------------------------------------------- */

static void order_check(struct mf_load *l, const struct mf_at *item, const char *at,
                        const struct pod_labels *small, const char *small_is,
                        const struct pod_labels *large, const char *large_is,
                        const struct pod_labels *shown)
{
    struct mf_at list = mf_field(item, at);

    for (uint32_t i = 0; i < small->count; i++) {
        const char *key = small->pair[i].key, *most = mf_amount_text(large, key);
        struct st_quantity a, b;
        struct mf_at value = mf_field(&list, key);

        if (most == NULL || !st_amount_text(small, key, &a) || !st_amount_text(large, key, &b) ||
            a.nano <= b.nano)
            continue;
        mf_invalid_text(l, &value, mf_amount_text(shown, key),
                        "%s value %s is greater than %s value %s",
                        small_is, small->pair[i].value, large_is, most);
    }
}

static void ratio_check(struct mf_load *l, const struct mf_at *item, const struct st_limit *m)
{
    struct mf_at list = mf_field(item, "maxLimitRequestRatio");

    for (uint32_t i = 0; i < m->ratio.count; i++) {
        const char *key = m->ratio.pair[i].key, *text = m->ratio.pair[i].value;
        struct mf_at value = mf_field(&list, key);
        struct st_quantity q, min, max;

        if (!st_amount_text(&m->ratio, key, &q))
            continue;
        if (q.nano < 1000000000)
            mf_invalid_text(l, &value, text, "ratio %s is less than 1",
                            text);
        if (st_amount_text(&m->min, key, &min) && st_amount_text(&m->max, key, &max) &&
            min.nano > 0 && (double)q.nano / 1e9 > (double)max.nano / (double)min.nano)
            mf_invalid_text(l, &value, text,
                            "ratio %s is greater than max/min = %f", text,
                            (double)max.nano / (double)min.nano);
    }
}

/* ---- documents ------------------------------------------------------------------------------- */

static void claim_check(struct mf_load *l, const struct mf_at *item, const struct st_limit *m)
{
    struct mf_at limits = mf_field(item, "limits");

    if (mf_amount_text(&m->min, "storage") == NULL && mf_amount_text(&m->max, "storage") == NULL)
        mf_required(l, &limits, "either minimum or maximum storage value is required, but neither "
                                "was provided");
}

static void pod_check(struct mf_load *l, const struct mf_at *item, const struct st_limit *m)
{
    struct mf_at limits = mf_field(item, "default"), requests = mf_field(item, "defaultRequest");

    if (m->limits.count > 0)
        mf_forbidden(l, &limits, "may not be specified when `type` is 'Pod'");
    if (m->requests.count > 0)
        mf_forbidden(l, &requests, "may not be specified when `type` is 'Pod'");
}

static void limit_read(struct mf_load *l, const struct mf_at *item, struct st_limit *out)
{
    struct mf_at type = mf_field(item, "type");

    if (!mf_is_object(l, item))
        return;
    mf_fields_check(l, item, MF_FIELDS_LIMIT);
    if (!type.node)
        mf_required(l, &type, "");
    out->type = (enum st_limit_type)RX_MAX(mf_choice(l, item, "type", TYPES, 0), 0);
    out->min = list_read(l, item, "min");
    out->max = list_read(l, item, "max");
    out->limits = list_read(l, item, "default");
    out->requests = list_read(l, item, "defaultRequest");
    out->ratio = list_read(l, item, "maxLimitRequestRatio");
    if (out->type == ST_LIMIT_POD)
        pod_check(l, item, out);
    if (out->type == ST_LIMIT_CLAIM)
        claim_check(l, item, out);
    if (out->type == ST_LIMIT_CONTAINER) {
        complete(l, &out->limits, &out->max);
        complete(l, &out->requests, &out->limits);
        complete(l, &out->requests, &out->min);
    }
    order_check(l, item, "min", &out->min, "min", &out->max, "max", &out->min);
    order_check(l, item, "defaultRequest", &out->min, "min", &out->requests, "default request",
                &out->requests);
    order_check(l, item, "defaultRequest", &out->requests, "default request", &out->max, "max",
                &out->requests);
    order_check(l, item, "defaultRequest", &out->requests, "default request", &out->limits,
                "default limit", &out->requests);
    order_check(l, item, "default", &out->min, "min", &out->limits, "default", &out->min);
    order_check(l, item, "default", &out->limits, "default", &out->max, "max", &out->max);
    ratio_check(l, item, out);
}

void mf_limit_range_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name"),
                 list = mf_field(&spec, "limits");
    struct manifest_limit_ranges *all = &l->set->limit_ranges;
    struct st_limit_range_spec out = {0};
    struct st_limit *limit;
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out.ns = meta.ns;
    out.name = meta.name;
    if (mf_is_object(l, &spec))
        mf_fields_check(l, &spec, MF_FIELDS_LIMIT_RANGE);
    out.limit = limit = mf_array(l, mf_count(l, &list), sizeof(*limit), &out.count);
    for (uint32_t i = 0; i < out.count; i++) {
        struct mf_at item = mf_item(&list, i), type = mf_field(&item, "type");

        limit_read(l, &item, &limit[i]);
        for (uint32_t k = 0; type.node && type.node->type == MF_STRING && k < i; k++)
            if (limit[k].type == limit[i].type)
                mf_duplicate(l, &type, type.node->text);
    }
    if (!*out.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_LIMIT_RANGE, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(
        l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_LIMIT_RANGE, 0});
}
