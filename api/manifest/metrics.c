/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics.c - Metrics documents (podring.dev/v1): what autoscalers are told of pods, of objects and
 * from outside. The form is our own, so nothing is ignored.
 */
#include "api/manifest/parts.h"
#include "engine/store/rule_quantity.h"

#include <stdlib.h>
#include <string.h>

enum { ORDINAL_MAX = 1 << 30 };

/* An amount in thousandths; must not be negative. */
static int64_t amount_read(struct mf_load *l, const struct mf_at *up, const char *field)
{
    struct mf_at at = mf_field(up, field);
    const char *text = mf_quantity_read(l, &at);
    struct st_quantity q;
    int64_t milli = 0;

    if (text == NULL || !st_quantity_parse(text, strlen(text), &q))
        return 0;
    if (q.nano < 0)
        mf_invalid(l, &at, "must be greater than or equal to 0");
    else if (!st_quantity_milli(&q, &milli))
        mf_invalid(l, &at, "must be less than 2^63 thousandths");
    return milli;
}

static void form_read(struct mf_load *l, const struct mf_at *at, enum st_metrics_kind kind,
                      struct st_metrics_value *out)
{
    struct mf_at value = mf_field(at, "value"), total = mf_field(at, "total"),
                 client = mf_field(at, "client"), per = mf_field(at, "perRequest"),
                 idle = mf_field(at, "idle");
    const struct mf_at *others[] = {&total, &client};

    if (!value.node + !total.node + !client.node != 2)
        mf_say(l, at, "Invalid value: must have exactly one of value, total and client");
    for (size_t i = 0; kind != ST_METRICS_PODS && i < 2; i++)
        if (others[i]->node)
            mf_forbidden(l, others[i], "only of pods");
    if (client.node) {
        out->form = ST_METRICS_CLIENT;
        out->client = mf_string_at(l, &client, "");
        if (!per.node)
            mf_required(l, &per, "");
        out->per_request = amount_read(l, at, "perRequest");
        out->amount = amount_read(l, at, "idle");
        return;
    }
    if (per.node)
        mf_forbidden(l, &per, "only with client");
    if (idle.node)
        mf_forbidden(l, &idle, "only with client");
    out->form = total.node ? ST_METRICS_TOTAL : ST_METRICS_EACH;
    out->amount = amount_read(l, at, total.node ? "total" : "value");
}

static void values_read(struct mf_load *l, const struct mf_at *list, struct st_metrics_spec *out)
{
    struct st_metrics_value *v = mf_array(l, mf_count(l, list), sizeof(*v), &out->value_count);

    if (!list->node)
        mf_required(l, list, "");
    for (uint32_t i = 0; i < out->value_count; i++) {
        struct mf_at at = mf_item(list, i);
        struct pod_window window;

        if (!mf_is_object(l, &at))
            continue;
        mf_fields_check(l, &at, MF_FIELDS_METRICS_VALUE);
        window = mf_window(l, &at, false);
        v[i].from = window.from;
        v[i].to = window.to;
        form_read(l, &at, out->kind, &v[i]);
    }
    out->value = v;
}

static int ordinal_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static void pods_read(struct mf_load *l, const struct mf_at *at, struct st_metrics_spec *out)
{
    uint32_t *pod = mf_array(l, mf_count(l, at), sizeof(*pod), &out->pod_count);

    if (!at->node)
        return;
    if (at->node->type == MF_SEQUENCE && at->node->count == 0)
        mf_required(l, at, "must name at least one pod");
    for (uint32_t i = 0; i < out->pod_count; i++) {
        struct mf_at item = mf_item(at, i);
        int64_t n = 0;

        if (mf_integer_at(l, &item, "int32", &n) && mf_number_between(l, &item, n, 0, ORDINAL_MAX))
            pod[i] = (uint32_t)n;
    }
    out->has_pods = true;
    if (out->pod_count > 1)
        qsort(pod, out->pod_count, sizeof(*pod), ordinal_compare);
    out->pod = pod;
}

void mf_metrics_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"), selector, pods, metric,
                 values;
    struct manifest_metrics *all = &l->set->metrics;
    struct st_metrics_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    out.ns = meta.ns;
    out.name = meta.name;
    if (!spec.node)
        mf_required(l, &spec, "");
    if (!mf_is_object(l, &spec))
        return;
    mf_fields_check(l, &spec, MF_FIELDS_METRICS);
    selector = mf_field(&spec, "selector");
    pods = mf_field(&spec, "pods");
    metric = mf_field(&spec, "metric");
    values = mf_field(&spec, "values");
    out.kind = (enum st_metrics_kind)mf_choice(l, &spec, "kind", "pods object external", 0);
    out.metric = mf_needed(l, &metric);
    if (out.kind != ST_METRICS_PODS && selector.node)
        mf_forbidden(l, &selector, "only of pods");
    if (out.kind != ST_METRICS_PODS && pods.node)
        mf_forbidden(l, &pods, "only of pods");
    out.selector = mf_selector_read(l, &selector);
    pods_read(l, &pods, &out);
    values_read(l, &values, &out);
    out.window = mf_ms(l, &spec, "window", 0);
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, *out.name ? out.name : NULL, all->count - 1,
                                               ST_METRICS, 0});
}
