/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget.c - PodDisruptionBudget documents (pkg/apis/policy/validation). An empty selector selects
 * all pods of the namespace.
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/reactor/base.h"

static void share_read(struct mf_load *l, const struct mf_at *spec, struct st_budget_spec *out)
{
    struct mf_at min = mf_field(spec, "minAvailable"), max = mf_field(spec, "maxUnavailable");
    struct st_share none = {0};

    if (min.node && max.node)
        mf_invalid(l, spec, "minAvailable and maxUnavailable cannot be both set");
    if (min.node) {
        out->kind = ST_BUDGET_MIN_AVAILABLE;
        out->share = mf_share_read(l, spec, "minAvailable", none, true);
    } else if (max.node) {
        out->kind = ST_BUDGET_MAX_UNAVAILABLE;
        out->share = mf_share_read(l, spec, "maxUnavailable", none, true);
    }
}

/* Its entries as Go prints a map: by key. */
static void put_map(struct rx_text *t, const struct mf_at *labels)
{
    const char *last = NULL;

    for (uint32_t i = 0; labels->node && i < labels->node->count; i++) {
        const struct mf_pair *least = NULL;

        for (uint32_t k = 0; k < labels->node->count; k++) {
            const struct mf_pair *p = &labels->node->item[k];

            if ((last == NULL || strcmp(p->key->text, last) > 0) &&
                (least == NULL || strcmp(p->key->text, least->key->text) < 0))
                least = p;
        }
        if (least == NULL)
            return;
        last = least->key->text;
        rx_text_say(t, "%s: %s,", last,
                    least->value->type == MF_STRING ? least->value->text : "");
    }
}

/* A *LabelSelector, by %v. */
static const char *selector_text(struct mf_load *l, const struct mf_at *selector)
{
    struct mf_at labels = mf_field(selector, "matchLabels"),
                 list = mf_field(selector, "matchExpressions");
    char out[1024];
    struct rx_text t = rx_text_in(out, sizeof(out));

    if (!selector->node || selector->node->type != MF_MAPPING)
        return "nil";
    rx_text_puts(&t, "&LabelSelector{MatchLabels:map[string]string{");
    if (labels.node && labels.node->type == MF_MAPPING)
        put_map(&t, &labels);
    rx_text_puts(&t, "},MatchExpressions:[]LabelSelectorRequirement{");
    for (uint32_t i = 0, count = mf_count(l, &list); i < count; i++) {
        struct mf_at item = mf_item(&list, i);
        uint32_t values;
        const char *const *value = mf_strings(l, &item, "values", &values);

        rx_text_say(&t, "LabelSelectorRequirement{Key:%s,Operator:%s,Values:[",
                    mf_string(l, &item, "key", ""), mf_string(l, &item, "operator", ""));
        for (uint32_t k = 0; k < values; k++)
            rx_text_say(&t, "%s%s", k > 0 ? " " : "", value[k]);
        rx_text_puts(&t, "],},");
    }
    rx_text_puts(&t, "},}");
    return mf_keep(l, out, rx_text_end(&t));
}

void mf_budget_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name"),
                 selector = mf_field(&spec, "selector");
    struct manifest_budgets *all = &l->set->budgets;
    struct st_budget_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out.ns = meta.ns;
    out.name = meta.name;
    if (mf_is_object(l, &spec)) {
        mf_fields_check(l, &spec, MF_FIELDS_BUDGET);
        share_read(l, &spec, &out);
        out.always_allow = mf_choice(l, &spec, "unhealthyPodEvictionPolicy",
                                     "AlwaysAllow IfHealthyBudget", 1) == 0;
        if (selector.node)
            out.selector = mf_selector_read(l, &selector);
        out.selector_text = selector_text(l, &selector);
    }
    if (!*out.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_BUDGET, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_BUDGET, 0});
}
