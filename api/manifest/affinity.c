/* SPDX-License-Identifier: Apache-2.0 */
/*
 * affinity.c - spec.affinity and spec.topologySpreadConstraints (pkg/apis/core/validation:
 * ValidateAffinity, validateTopologySpreadConstraints). A pod that has neither keeps nothing.
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/store/affinity_spec.h"

static void node_affinity_read(struct mf_load *l, const struct mf_at *at,
                               struct pod_affinity_spec *out);
static void pod_affinity_read(struct mf_load *l, const struct mf_at *at, bool apart,
                              struct pod_affinity_spec *out);
static void spread_read(struct mf_load *l, const struct mf_at *list, struct pod_affinity_spec *out);

void mf_affinity_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at at = mf_field(spec, "affinity"),
                 spread = mf_field(spec, "topologySpreadConstraints"),
                 node = mf_field(&at, "nodeAffinity"), near = mf_field(&at, "podAffinity"),
                 apart = mf_field(&at, "podAntiAffinity");
    struct pod_affinity_spec *a;
    uint32_t one;

    if (mf_is_object(l, &at))
        mf_fields_check(l, &at, MF_FIELDS_AFFINITY);
    if (!node.node && !near.node && !apart.node && mf_count(l, &spread) == 0)
        return;
    a = mf_array(l, 1, sizeof(*a), &one);
    if (a == NULL)
        return;
    node_affinity_read(l, &node, a);
    pod_affinity_read(l, &near, false, a);
    pod_affinity_read(l, &apart, true, a);
    spread_read(l, &spread, a);
    out->affinity = a;
}

static uint32_t terms_count(struct mf_load *l, const struct mf_at *list)
{
    uint32_t count = mf_count(l, list);

    if (count > POD_TERMS_MAX)
        mf_say(l, list, "podring takes at most %d of them", POD_TERMS_MAX);
    return count;
}

static int32_t weight_read(struct mf_load *l, const struct mf_at *at)
{
    struct mf_at weight = mf_field(at, "weight");
    int64_t n = mf_int(l, at, "weight", 0);

    if (n >= 1 && n <= 100)
        return (int32_t)n;
    mf_say(l, &weight, "Invalid value: %lld: must be in the range 1-100", (long long)n);
    return 1;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static const char node_operators[] = "In NotIn Exists DoesNotExist Gt Lt";

static bool is_integer(const char *text)
{
    size_t digits = strspn(text + (*text == '-' || *text == '+'), "0123456789");

    return digits > 0 && digits < 19 && text[digits + (*text == '-' || *text == '+')] == '\0';
}

static int64_t integer_of(const char *text)
{
    int64_t n = 0;

    for (const char *c = text + (*text == '-' || *text == '+'); *c; c++)
        n = n * 10 + (*c - '0');
    return *text == '-' ? -n : n;
}

static void node_values_check(struct mf_load *l, const struct mf_at *at,
                              struct pod_node_requirement *out)
{
    struct mf_at values = mf_field(at, "values");

    switch (out->op) {
    case POD_NODE_IN:
    case POD_NODE_NOT_IN:
        if (out->count == 0)
            mf_required(l, &values, "must be specified when `operator` is 'In' or 'NotIn'");
        break;
    case POD_NODE_EXISTS:
    case POD_NODE_NOT_EXISTS:
        if (out->count > 0)
            mf_forbidden(l, &values,
                         "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        break;
    case POD_NODE_GREATER:
    case POD_NODE_LESS:
        if (out->count != 1)
            mf_required(l, &values, "must be specified single value when `operator` is 'Lt' or "
                                    "'Gt'");
        else if (!is_integer(out->value[0]))
            mf_invalid(l, &values, "for 'Gt', 'Lt' operators, the value must be an integer");
        else
            out->number = integer_of(out->value[0]);
        break;
    }
}

static void node_requirement_read(struct mf_load *l, const struct mf_at *at, bool field,
                                  struct pod_node_requirement *out)
{
    struct mf_at key = mf_field(at, "key"), op = mf_field(at, "operator");
    int chosen;

    *out = (struct pod_node_requirement){.key = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_REQUIREMENT);
    out->key = mf_string_at(l, &key, "");
    out->value = mf_strings(l, at, "values", &out->count);
    if (!op.node) {
        mf_invalid_text(l, &op, "", "not a valid selector operator");
        return;
    }
    chosen = op.node->type == MF_STRING && mf_word_in(node_operators, op.node->text,
                                                      op.node->length)
        ? mf_choice(l, at, "operator", node_operators, 0) : -1;
    if (chosen < 0) {
        mf_invalid(l, &op, "not a valid selector operator");
        return;
    }
    out->op = (enum pod_node_op)chosen;
    if (field && out->op > POD_NODE_NOT_IN)
        mf_invalid(l, &op, "not a valid selector operator");
    else if (field && out->count != 1)
        mf_required(l, &op, "must be only one value when `operator` is 'In' or 'NotIn' for node "
                            "field selector");
    else if (!field)
        node_values_check(l, at, out);
    if (field && strcmp(out->key, "metadata.name") != 0)
        mf_invalid(l, &key, "not a valid field selector key");
    if (!field)
        mf_shape_check(l, &key, MF_LABEL_KEY, out->key);
}

static const struct pod_node_requirement *node_requirements_read(struct mf_load *l,
                                                                 const struct mf_at *list,
                                                                 bool field, uint32_t *count)
{
    struct pod_node_requirement *r = mf_array(l, mf_count(l, list), sizeof(*r), count);

    for (uint32_t i = 0; i < *count; i++) {
        struct mf_at item = mf_item(list, i);

        node_requirement_read(l, &item, field, &r[i]);
    }
    return r;
}

static void node_term_read(struct mf_load *l, const struct mf_at *at, struct pod_node_term *out)
{
    struct mf_at labels = mf_field(at, "matchExpressions"), fields = mf_field(at, "matchFields");

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_NODE_TERM);
    out->label = node_requirements_read(l, &labels, false, &out->label_count);
    out->field = node_requirements_read(l, &fields, true, &out->field_count);
}

static void node_affinity_read(struct mf_load *l, const struct mf_at *at,
                               struct pod_affinity_spec *out)
{
    struct mf_at hard = mf_field(at, "requiredDuringSchedulingIgnoredDuringExecution"),
                 soft = mf_field(at, "preferredDuringSchedulingIgnoredDuringExecution"),
                 terms = mf_field(&hard, "nodeSelectorTerms");
    struct pod_node_term *term;

    if (!at->node || !mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_AFFINITY_KIND);
    if (hard.node && mf_is_object(l, &hard)) {
        mf_fields_check(l, &hard, MF_FIELDS_NODE_SELECTOR);
        if (mf_count(l, &terms) == 0)
            mf_required(l, &terms, "must have at least one node selector term");
        out->node_given = true;
    }
    term = mf_array(l, mf_count(l, &terms), sizeof(*term), &out->node_count);
    for (uint32_t i = 0; i < out->node_count; i++) {
        struct mf_at item = mf_item(&terms, i);

        node_term_read(l, &item, &term[i]);
    }
    out->node = term;
    term = mf_array(l, mf_count(l, &soft), sizeof(*term), &out->node_soft_count);
    for (uint32_t i = 0; i < out->node_soft_count; i++) {
        struct mf_at item = mf_item(&soft, i), preference = mf_field(&item, "preference");

        term[i].weight = 1;
        if (!mf_is_object(l, &item))
            continue;
        mf_fields_check(l, &item, MF_FIELDS_NODE_PREFERENCE);
        term[i].weight = weight_read(l, &item);
        node_term_read(l, &preference, &term[i]);
    }
    out->node_soft = term;
}

/* ---- other pods ----------------------------------------------------------------------------- */

static void pod_term_read(struct mf_load *l, const struct mf_at *at, struct pod_pod_term *out)
{
    struct mf_at selector = mf_field(at, "labelSelector"), topology = mf_field(at, "topologyKey"),
                 ns_selector = mf_field(at, "namespaceSelector");

    out->topology = "";
    if (!at->node || !mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_POD_TERM);
    if (selector.node)
        out->selector = mf_selector_read(l, &selector);
    if (ns_selector.node)
        out->ns_selector = mf_selector_read(l, &ns_selector);
    out->ns = mf_strings(l, at, "namespaces", &out->ns_count);
    out->key = mf_strings(l, at, "matchLabelKeys", &out->key_count);
    out->mismatch = mf_strings(l, at, "mismatchLabelKeys", &out->mismatch_count);
    out->topology = mf_string_at(l, &topology, "");
    if (!*out->topology)
        mf_required(l, &topology, "can not be empty");
    else
        mf_shape_check(l, &topology, MF_LABEL_KEY, out->topology);
}

static const struct pod_pod_term *pod_terms_read(struct mf_load *l, const struct mf_at *list,
                                                 bool soft, uint32_t *count)
{
    struct pod_pod_term *term = mf_array(l, terms_count(l, list), sizeof(*term), count);

    for (uint32_t i = 0; i < *count; i++) {
        struct mf_at item = mf_item(list, i), inner = mf_field(&item, "podAffinityTerm");

        term[i].topology = "";
        term[i].weight = 1;
        if (!mf_is_object(l, &item))
            continue;
        if (soft) {
            mf_fields_check(l, &item, MF_FIELDS_POD_PREFERENCE);
            term[i].weight = weight_read(l, &item);
        }
        pod_term_read(l, soft ? &inner : &item, &term[i]);
    }
    return term;
}

static void pod_affinity_read(struct mf_load *l, const struct mf_at *at, bool apart,
                              struct pod_affinity_spec *out)
{
    struct mf_at hard = mf_field(at, "requiredDuringSchedulingIgnoredDuringExecution"),
                 soft = mf_field(at, "preferredDuringSchedulingIgnoredDuringExecution");

    if (!at->node || !mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_AFFINITY_KIND);
    if (apart) {
        out->apart = pod_terms_read(l, &hard, false, &out->apart_count);
        out->apart_soft = pod_terms_read(l, &soft, true, &out->apart_soft_count);
    } else {
        out->near = pod_terms_read(l, &hard, false, &out->near_count);
        out->near_soft = pod_terms_read(l, &soft, true, &out->near_soft_count);
    }
}

/* ---- spread ---------------------------------------------------------------------------------- */

static void spread_numbers_read(struct mf_load *l, const struct mf_at *at,
                                struct pod_spread_spec *out)
{
    struct mf_at skew = mf_field(at, "maxSkew"), domains = mf_field(at, "minDomains");

    out->max_skew = mf_int32(l, at, "maxSkew", 0);
    if (out->max_skew <= 0)
        mf_say(l, &skew, "Invalid value: %d: must be greater than 0", out->max_skew);
    out->min_domains = mf_int32(l, at, "minDomains", 0);
    if (domains.node && out->min_domains <= 0)
        mf_invalid(l, &domains, "must be greater than 0");
    else if (domains.node && !out->hard)
        mf_invalid(l, &domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                                "ScheduleAnyway");
}

static void spread_one_read(struct mf_load *l, const struct mf_at *at, struct pod_spread_spec *out)
{
    struct mf_at topology = mf_field(at, "topologyKey"), selector = mf_field(at, "labelSelector"),
                 when = mf_field(at, "whenUnsatisfiable");

    *out = (struct pod_spread_spec){.max_skew = 1, .topology = ""};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_SPREAD);
    out->topology = mf_string_at(l, &topology, "");
    if (!*out->topology)
        mf_required(l, &topology, "can not be empty");
    else
        mf_shape_check(l, &topology, MF_LABEL_KEY, out->topology);
    if (!when.node || (when.node->type == MF_STRING && when.node->length == 0))
        mf_unsupported(l, &when, "", "DoNotSchedule ScheduleAnyway");
    else
        out->hard = mf_choice(l, at, "whenUnsatisfiable", "DoNotSchedule ScheduleAnyway", 0) == 0;
    spread_numbers_read(l, at, out);
    out->ignores_affinity = mf_choice(l, at, "nodeAffinityPolicy", "Honor Ignore", 0) == 1;
    out->honors_taints = mf_choice(l, at, "nodeTaintsPolicy", "Ignore Honor", 0) == 1;
    if (selector.node)
        out->selector = mf_selector_read(l, &selector);
    out->key = mf_strings(l, at, "matchLabelKeys", &out->key_count);
}

static void spread_read(struct mf_load *l, const struct mf_at *list, struct pod_affinity_spec *out)
{
    struct pod_spread_spec *s = mf_array(l, terms_count(l, list), sizeof(*s), &out->spread_count);

    for (uint32_t i = 0; i < out->spread_count; i++) {
        struct mf_at item = mf_item(list, i);

        spread_one_read(l, &item, &s[i]);
        for (uint32_t k = 0; k < i; k++) {
            if (*s[i].topology && strcmp(s[k].topology, s[i].topology) == 0 &&
                s[k].hard == s[i].hard) {
                struct mf_at both = {.up = &item, .name = "{topologyKey, whenUnsatisfiable}"};

                mf_duplicate(l, &both, mf_scratch(l, "{%s, %s}", s[i].topology,
                                                  s[i].hard ? "DoNotSchedule" : "ScheduleAnyway"));
                break;
            }
        }
    }
    out->spread = s;
}
