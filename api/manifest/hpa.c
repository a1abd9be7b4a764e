/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpa.c - HorizontalPodAutoscaler documents, autoscaling/v2, and v1 converted to it
 * (pkg/apis/autoscaling: v2/defaults.go, validation/validation.go).
 */
#include "api/manifest/parts.h"
#include "engine/store/rule_quantity.h"

#include "engine/reactor/base.h"

#include <string.h>

enum { CPU_PERCENT = 80, WINDOW_MAX_S = 3600, PERIOD_MAX_S = 1800 };

static void target_ref_read(struct mf_load *l, const struct mf_at *spec, struct st_hpa_spec *out);
static void bounds_read(struct mf_load *l, const struct mf_at *spec, struct st_hpa_spec *out);
static void metrics_read(struct mf_load *l, const struct mf_at *spec, bool v1,
                         struct st_hpa_spec *out);
static void metric_read(struct mf_load *l, const struct mf_at *at, struct st_hpa_metric *out);
static void source_read(struct mf_load *l, const struct mf_at *source, struct st_hpa_metric *out);
static void identifier_read(struct mf_load *l, const struct mf_at *source,
                            struct st_hpa_metric *out);
static void behavior_read(struct mf_load *l, const struct mf_at *at, struct st_hpa_spec *out);

void mf_hpa_read(struct mf_load *l, const struct mf_node *doc, bool v1)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name"),
                 behavior = mf_field(&spec, "behavior");
    struct manifest_hpas *all = &l->set->hpas;
    struct st_hpa_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out.ns = meta.ns;
    out.name = meta.name;
    if (mf_is_object(l, &spec))
        mf_fields_check(l, &spec, v1 ? MF_FIELDS_HPA_V1 : MF_FIELDS_HPA);
    bounds_read(l, &spec, &out);
    target_ref_read(l, &spec, &out);
    metrics_read(l, &spec, v1, &out);
    if (!v1 && mf_is_object(l, &behavior))
        behavior_read(l, &behavior, &out);
    if (!*out.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_HPA, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_HPA, 0});
}

static void target_ref_read(struct mf_load *l, const struct mf_at *spec, struct st_hpa_spec *out)
{
    struct mf_at at = mf_field(spec, "scaleTargetRef"), kind = mf_field(&at, "kind"),
                 name = mf_field(&at, "name");

    if (at.node && mf_is_object(l, &at))
        mf_fields_check(l, &at, MF_FIELDS_TARGET_REF);
    out->target_version = mf_string(l, &at, "apiVersion", "");
    out->target_kind = mf_needed(l, &kind);
    out->target_name = mf_needed(l, &name);
}

static void bounds_read(struct mf_load *l, const struct mf_at *spec, struct st_hpa_spec *out)
{
    struct mf_at min = mf_field(spec, "minReplicas"), max = mf_field(spec, "maxReplicas");

    out->min = mf_int32(l, spec, "minReplicas", 1);
    out->max = mf_int32(l, spec, "maxReplicas", 0);
    if (out->min < 1)
        mf_invalid(l, &min, "must be greater than or equal to 1");
    if (out->max < 1)
        mf_say(l, &max, "Invalid value: %d: must be set and greater than 0", out->max);
    if (out->max < out->min)
        mf_say(l, &max, "Invalid value: %d: must be greater than or equal to `minReplicas`",
               out->max);
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* A percentage of cpu, as where nothing is said. */
static void cpu_metric(struct mf_load *l, int32_t percent, struct st_hpa_spec *out)
{
    struct st_hpa_metric *m = mf_array(l, 1, sizeof(*m), &out->metric_count);

    if (out->metric_count == 0)
        return;
    *m = (struct st_hpa_metric){
        .source = ST_HPA_RESOURCE, .target = ST_HPA_UTILIZATION, .name = "cpu", .amount = percent};
    m->amount_text = mf_scratch(l, "%d%%", percent);
    m->amount_text = mf_keep(l, m->amount_text, strlen(m->amount_text));
    out->metric = m;
}

static void metrics_read(struct mf_load *l, const struct mf_at *spec, bool v1,
                         struct st_hpa_spec *out)
{
    struct mf_at list = mf_field(spec, "metrics"),
                 percent = mf_field(spec, "targetCPUUtilizationPercentage");
    struct st_hpa_metric *m;

    if (v1 || mf_count(l, &list) == 0) {
        int32_t target = v1 ? mf_int32(l, spec, percent.name, CPU_PERCENT) : CPU_PERCENT;

        if (target < 1)
            mf_invalid(l, &percent, "must be greater than 0");
        cpu_metric(l, target, out);
        return;
    }
    m = mf_array(l, mf_count(l, &list), sizeof(*m), &out->metric_count);
    for (uint32_t i = 0; i < out->metric_count; i++) {
        struct mf_at item = mf_item(&list, i);

        if (mf_is_object(l, &item))
            metric_read(l, &item, &m[i]);
    }
    out->metric = m;
}

/* By source. */
static const char *const source_field[] = {"resource", "containerResource", "pods", "object",
                                           "external"};

static void metric_read(struct mf_load *l, const struct mf_at *at, struct st_hpa_metric *out)
{
    static const char types[] = "ContainerResource External Object Pods Resource";
    static const enum st_hpa_source by_word[] = {ST_HPA_CONTAINER_RESOURCE, ST_HPA_EXTERNAL,
                                                 ST_HPA_OBJECT, ST_HPA_PODS, ST_HPA_RESOURCE};
    struct mf_at type = mf_field(at, "type"), source;
    int word;

    mf_fields_check(l, at, MF_FIELDS_HPA_METRIC);
    if (!type.node || (type.node->type == MF_STRING && type.node->length == 0)) {
        mf_required(l, &type, "must specify a metric source type");
        return;
    }
    word = mf_choice(l, at, "type", types, -1);
    if (word < 0)
        return;
    out->source = by_word[word];
    source = mf_field(at, source_field[out->source]);
    for (size_t i = 0; i < RX_ARRAY_LEN(source_field); i++) {
        struct mf_at other = mf_field(at, source_field[i]);

        if (other.node && i != out->source)
            mf_forbidden(l, &other, "must populate the given metric source only");
    }
    if (!source.node)
        mf_required(l, &source, "must populate information for the given metric source");
    if (!mf_is_object(l, &source))
        return;
    source_read(l, &source, out);
    if (out->source == ST_HPA_CONTAINER_RESOURCE)
        mf_say_at(l, MANIFEST_WARNING, source.node->line, source.node->column,
                  "ContainerResource is not simulated: the metric is missing");
}

/* A positive amount; 0: there is none. */
static int64_t amount_read(struct mf_load *l, const struct mf_at *target, const char *field,
                           const char **text)
{
    struct mf_at at = mf_field(target, field);
    const char *written = mf_quantity_read(l, &at);
    struct st_quantity q;
    int64_t milli;

    if (written == NULL || !st_quantity_parse(written, strlen(written), &q))
        return 0;
    if (q.nano <= 0) {
        mf_invalid(l, &at, "must be positive");
        return 0;
    }
    *text = written;
    return st_quantity_milli(&q, &milli) ? milli : INT64_MAX;
}

static int64_t percent_read(struct mf_load *l, const struct mf_at *target, const char **text)
{
    struct mf_at at = mf_field(target, "averageUtilization");
    int32_t percent = mf_int32(l, target, at.name, 0);

    if (at.node && percent < 1)
        mf_invalid(l, &at, "must be greater than 0");
    if (percent < 1)
        return 0;
    *text = mf_scratch(l, "%d%%", percent);
    *text = mf_keep(l, *text, strlen(*text));
    return percent;
}

/* What of the target counts, and what must and must not be there. */
static void amount_choose(struct mf_load *l, const struct mf_at *target, struct st_hpa_metric *out)
{
    const char *text[3] = {NULL, NULL, NULL};
    int64_t amount[] = {percent_read(l, target, &text[ST_HPA_UTILIZATION]),
                        amount_read(l, target, "averageValue", &text[ST_HPA_AVERAGE_VALUE]),
                        amount_read(l, target, "value", &text[ST_HPA_VALUE])};
    bool resource = out->source <= ST_HPA_CONTAINER_RESOURCE;
    struct mf_at value = mf_field(target, "value"), average = mf_field(target, "averageValue"),
                 percent = mf_field(target, "averageUtilization");

    if (resource && !percent.node && !average.node)
        mf_required(l, &percent, "must set either a target raw value or a target utilization");
    if (resource && percent.node && average.node)
        mf_forbidden(l, &average, "may not set both a target raw value and a target utilization");
    if (out->source == ST_HPA_PODS && amount[ST_HPA_AVERAGE_VALUE] == 0)
        mf_required(l, &average, "must specify a positive target averageValue");
    if (out->source == ST_HPA_OBJECT && !value.node && !average.node)
        mf_required(l, &average, "must set either a target value or averageValue");
    if (out->source == ST_HPA_EXTERNAL && !value.node && !average.node)
        mf_required(l, &average, "must set either a target value for metric or a per-pod target");
    if (out->source == ST_HPA_EXTERNAL && value.node && average.node)
        mf_forbidden(l, &value, "may not set both a target value for metric and a per-pod target");
    out->target = ST_HPA_AVERAGE_VALUE;
    if (resource && amount[ST_HPA_AVERAGE_VALUE] == 0)
        out->target = ST_HPA_UTILIZATION;
    if (out->source >= ST_HPA_OBJECT && amount[ST_HPA_AVERAGE_VALUE] == 0)
        out->target = ST_HPA_VALUE;
    out->amount = amount[out->target];
    out->amount_text = text[out->target] != NULL ? text[out->target] : "";
}

static void source_read(struct mf_load *l, const struct mf_at *source, struct st_hpa_metric *out)
{
    struct mf_at target = mf_field(source, "target"), type = mf_field(&target, "type"),
                 name = mf_field(source, "name"), object = mf_field(source, "describedObject"),
                 kind = mf_field(&object, "kind"), object_name = mf_field(&object, "name"),
                 container = mf_field(source, "container");
    const char *word;

    mf_fields_check(l, source, MF_FIELDS_HPA_SOURCE);
    if (out->source <= ST_HPA_CONTAINER_RESOURCE) {
        out->name = mf_string_at(l, &name, "");
        if (!*out->name)
            mf_required(l, &name, "must specify a resource name");
    } else {
        identifier_read(l, source, out);
    }
    if (out->source == ST_HPA_CONTAINER_RESOURCE)
        out->container = mf_needed(l, &container);
    if (out->source == ST_HPA_OBJECT) {
        out->object_kind = mf_needed(l, &kind);
        out->object_name = mf_needed(l, &object_name);
    }
    if (target.node && !mf_is_object(l, &target))
        return;
    if (target.node)
        mf_fields_check(l, &target, MF_FIELDS_HPA_TARGET);
    word = mf_string_at(l, &type, "");
    if (!*word)
        mf_required(l, &type, "must specify a metric target type");
    else if (!mf_word_in("Utilization Value AverageValue", word, strlen(word)))
        mf_invalid(l, &type, "must be either Utilization, Value, or AverageValue");
    amount_choose(l, &target, out);
}

/* As Go prints a label selector that has labels only; it stands in the name of the metric. */
static const char *selector_text(struct mf_load *l, const struct mf_at *at)
{
    struct mf_at labels = mf_field(at, "matchLabels");
    struct pod_labels pairs = mf_labels_read(l, &labels);
    const char *text = "";

    if (!at->node)
        return "nil";
    for (uint32_t i = 0; i < pairs.count; i++)
        text = mf_scratch(l, "%s%s%s: %s,", text, "", pairs.pair[i].key, pairs.pair[i].value);
    text = mf_scratch(l,
                      "&LabelSelector{MatchLabels:map[string]string{%s},"
                      "MatchExpressions:[]LabelSelectorRequirement{},}",
                      text);
    return mf_keep(l, text, strlen(text));
}

static void identifier_read(struct mf_load *l, const struct mf_at *source,
                            struct st_hpa_metric *out)
{
    struct mf_at metric = mf_field(source, "metric"), name = mf_field(&metric, "name"),
                 selector = mf_field(&metric, "selector");

    if (mf_is_object(l, &metric))
        mf_fields_check(l, &metric, MF_FIELDS_HPA_IDENTIFIER);
    out->name = mf_string_at(l, &name, "");
    if (!*out->name)
        mf_required(l, &name, "must specify a metric name");
    if (selector.node)
        mf_selector_read(l, &selector);
    out->selector = selector_text(l, &selector);
}

/* ---- behavior -------------------------------------------------------------------------------- */

static const struct st_hpa_policy default_policy[] = {{false, 4, 15}, {true, 100, 15}};

static int32_t number_read(struct mf_load *l, const struct mf_at *up, const char *field,
                           int32_t max)
{
    struct mf_at at = mf_field(up, field);
    int32_t n = mf_int32(l, up, field, 0);

    if (n <= 0)
        mf_say(l, &at, "Invalid value: %d: must be greater than zero", n);
    else if (n > max)
        mf_invalid(l, &at, "must be less than or equal to %d", max);
    return n;
}

static void policies_read(struct mf_load *l, const struct mf_at *list, struct st_hpa_side *out)
{
    struct st_hpa_policy *p = mf_array(l, mf_count(l, list), sizeof(*p), &out->policy_count);

    if (list->node->type == MF_SEQUENCE && list->node->count == 0)
        mf_required(l, list, "must specify at least one Policy");
    for (uint32_t i = 0; i < out->policy_count; i++) {
        struct mf_at at = mf_item(list, i), type = mf_field(&at, "type");

        if (!mf_is_object(l, &at))
            continue;
        mf_fields_check(l, &at, MF_FIELDS_HPA_POLICY);
        if (type.node && type.node->type == MF_STRING && type.node->length > 0)
            p[i].percent = mf_choice(l, &at, "type", "Percent Pods", 0) == 0;
        else
            mf_unsupported(l, &type, "", "Percent Pods");
        p[i].value = number_read(l, &at, "value", INT32_MAX);
        p[i].period_s = number_read(l, &at, "periodSeconds", PERIOD_MAX_S);
    }
    out->policy = p;
}

static void tolerance_read(struct mf_load *l, const struct mf_at *side, struct st_hpa_side *out)
{
    struct mf_at at = mf_field(side, "tolerance");
    const char *text = mf_quantity_read(l, &at);
    struct st_quantity q;

    out->tolerance = -1;
    if (text == NULL || !st_quantity_parse(text, strlen(text), &q))
        return;
    if (q.nano < 0)
        mf_invalid(l, &at, "must be greater or equal to zero");
    else
        out->tolerance = (double)q.nano / 1e9;
}

static void side_read(struct mf_load *l, const struct mf_at *at, struct st_hpa_side *out)
{
    static const enum st_hpa_select by_word[] = {ST_HPA_SELECT_DISABLED, ST_HPA_SELECT_MAX,
                                                 ST_HPA_SELECT_MIN};
    struct mf_at window = mf_field(at, "stabilizationWindowSeconds"),
                 policies = mf_field(at, "policies");

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_HPA_RULES);
    if (window.node) {
        out->window_s = mf_int32(l, at, window.name, 0);
        if (out->window_s < 0)
            mf_invalid(l, &window, "must be greater than or equal to zero");
        else if (out->window_s > WINDOW_MAX_S)
            mf_invalid(l, &window, "must be less than or equal to %d", WINDOW_MAX_S);
    }
    out->select = by_word[mf_choice(l, at, "selectPolicy", "Disabled Max Min", 1)];
    if (policies.node)
        policies_read(l, &policies, out);
    tolerance_read(l, at, out);
}

static void behavior_read(struct mf_load *l, const struct mf_at *at, struct st_hpa_spec *out)
{
    struct mf_at up = mf_field(at, "scaleUp"), down = mf_field(at, "scaleDown");

    mf_fields_check(l, at, MF_FIELDS_HPA_BEHAVIOR);
    out->has_behavior = true;
    out->up = (struct st_hpa_side){.tolerance = -1, .policy_count = 2, .policy = default_policy};
    out->down = (struct st_hpa_side){
        .window_s = -1, .tolerance = -1, .policy_count = 1, .policy = &default_policy[1]};
    side_read(l, &up, &out->up);
    side_read(l, &down, &out->down);
}
