/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quota.c - ResourceQuota documents (pkg/apis/core/validation: ValidateResourceQuota). What is
 * counted, and what only may be written, the engine knows (rule_quota.h).
 */
#include "api/manifest/parts.h"

#include <string.h>

#include "engine/store/rule_quota.h"
#include "engine/reactor/base.h"
#include "engine/store/rule_request.h"

#define SCOPES                                                                                     \
    "Terminating NotTerminating BestEffort NotBestEffort PriorityClass CrossNamespacePodAffinity " \
    "VolumeAttributesClass"

/* Keys without a group of their own; those of integers. */
#define COUNTS                                                                                     \
    "pods resourcequotas services replicationcontrollers secrets persistentvolumeclaims "          \
    "configmaps services.nodeports services.loadbalancers"
#define AMOUNTS                                                                                    \
    "cpu memory ephemeral-storage requests.cpu requests.memory requests.storage "                  \
    "requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage"

static bool is_in(const char *words, const char *word)
{
    return mf_word_in(words, word, strlen(word));
}

static bool is_standard(const char *key)
{
    return is_in(COUNTS, key) || is_in(AMOUNTS, key) || strncmp(key, "hugepages-", 10) == 0 ||
           strncmp(key, "requests.hugepages-", 19) == 0;
}

static void key_check(struct mf_load *l, const struct mf_at *at, const char *key)
{
    struct st_quantity q;
    const char *text = mf_quantity_read(l, at);

    if (!mf_is_label_key(key)) {
        mf_shape_check(l, at, MF_LABEL_KEY, key);
        return;
    }
    if (strchr(key, '/') == NULL && !is_standard(key))
        mf_invalid_text(l, at, key,
                        "must be a standard resource for quotas");
    else if (st_quota_key(key).what == ST_QUOTA_UNKNOWN)
        mf_say_at(l, MANIFEST_WARNING, at->node->line, at->node->column,
                  "%s: nothing of that is simulated, so it is not counted", key);
    if (text != NULL && is_in(COUNTS, key) && st_quantity_parse(text, strlen(text), &q) &&
        q.nano % 1000000000 != 0)
        mf_invalid(l, at, "must be an integer");
}

static struct pod_labels hard_read(struct mf_load *l, const struct mf_at *spec)
{
    struct mf_at list = mf_field(spec, "hard");

    if (!list.node || !mf_is_object(l, &list))
        return (struct pod_labels){0};
    for (uint32_t i = 0; i < list.node->count; i++) {
        const struct mf_pair *p = &list.node->item[i];
        struct mf_at at = {.up = &list, .name = p->key->text, .node = p->value};

        key_check(l, &at, p->key->text);
    }
    return mf_amounts_read(l, &list);
}

/* ---- scopes ---------------------------------------------------------------------------------- */

/* May a quota of that scope have that key? */
static bool is_of_scope(enum st_quota_scope scope, const char *key)
{
    enum st_quota_what what = st_quota_key(key).what;
    bool pods = what == ST_QUOTA_PODS || what == ST_QUOTA_ALL_PODS;

    if (scope == ST_SCOPE_BEST_EFFORT)
        return pods;
    if (scope == ST_SCOPE_ATTRIBUTES_CLASS)
        return strstr(key, "persistentvolumeclaims") != NULL || strstr(key, "storage") != NULL;
    return pods || what == ST_QUOTA_REQUESTS || what == ST_QUOTA_LIMITS;
}

static void scope_read(struct mf_load *l, const struct mf_at *at, const char *word,
                       const struct st_quota_spec *q, struct st_scope *out)
{
    static const char *const words[] = {"Terminating", "NotTerminating", "BestEffort",
                                        "NotBestEffort", "PriorityClass",
                                        "CrossNamespacePodAffinity", "VolumeAttributesClass"};
    uint32_t i = 0;

    while (i < RX_ARRAY_LEN(words) && strcmp(words[i], word) != 0)
        i++;
    *out = (struct st_scope){.op = POD_SELECT_EXISTS};
    if (i == RX_ARRAY_LEN(words)) {
        mf_invalid(l, at, "unsupported scope");
        return;
    }
    out->scope = (enum st_quota_scope)i;
    for (uint32_t k = 0; k < q->hard.count; k++)
        if (strchr(q->hard.pair[k].key, '/') == NULL && is_standard(q->hard.pair[k].key) &&
            !is_of_scope(out->scope, q->hard.pair[k].key)) {
            mf_invalid(l, at, "unsupported scope applied to resource");
            return;
        }
}

static void expression_read(struct mf_load *l, const struct mf_at *at,
                            const struct st_quota_spec *q, struct st_scope *out)
{
    static const enum pod_selector_op ops[] = {POD_SELECT_IN, POD_SELECT_NOT_IN, POD_SELECT_EXISTS,
                                               POD_SELECT_NOT_EXISTS};
    struct mf_at name = mf_field(at, "scopeName"), values = mf_field(at, "values"),
                 op = mf_field(at, "operator");
    int chosen;

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_QUOTA_SCOPE);
    scope_read(l, &name, mf_needed(l, &name), q, out);
    if (!op.node)
        mf_required(l, &op, "");
    chosen = mf_choice(l, at, "operator", "In NotIn Exists DoesNotExist", 2);
    out->op = ops[RX_MAX(chosen, 0)];
    out->value = mf_strings(l, at, "values", &out->count);
    if (out->scope != ST_SCOPE_PRIORITY_CLASS && out->scope != ST_SCOPE_ATTRIBUTES_CLASS &&
        out->op != POD_SELECT_EXISTS)
        mf_invalid(l, &op, "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
                           "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                           "ResourceQuotaScopeNotBestEffort or "
                           "ResourceQuotaScopeCrossNamespacePodAffinity");
    else if ((out->op == POD_SELECT_IN || out->op == POD_SELECT_NOT_IN) && out->count == 0)
        mf_required(l, &values, "must be at least one value when `operator` is 'In' or 'NotIn' for "
                                "scope selector");
    else if ((out->op == POD_SELECT_EXISTS || out->op == POD_SELECT_NOT_EXISTS) && out->count > 0)
        mf_invalid(l, &values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for "
                               "scope selector");
}

static bool has_scope(const struct st_quota_spec *q, enum st_quota_scope scope)
{
    for (uint32_t i = 0; i < q->scope_count; i++)
        if (q->scope[i].scope == scope)
            return true;
    return false;
}

static void scopes_read(struct mf_load *l, const struct mf_at *spec, struct st_quota_spec *out)
{
    struct mf_at scopes = mf_field(spec, "scopes"), selector = mf_field(spec, "scopeSelector"),
                 list = mf_field(&selector, "matchExpressions");
    uint32_t plain = mf_count(l, &scopes), more = 0;
    struct st_scope *scope;

    if (selector.node && mf_is_object(l, &selector)) {
        mf_fields_check(l, &selector, MF_FIELDS_QUOTA_SELECTOR);
        more = mf_count(l, &list);
    }
    out->scope = scope = mf_array(l, plain + more, sizeof(*scope), &out->scope_count);
    for (uint32_t i = 0; i < out->scope_count; i++) {
        struct mf_at item = i < plain ? mf_item(&scopes, i) : mf_item(&list, i - plain);

        if (i < plain)
            scope_read(l, &item, mf_string_at(l, &item, ""), out, &scope[i]);
        else
            expression_read(l, &item, out, &scope[i]);
    }
    if ((has_scope(out, ST_SCOPE_BEST_EFFORT) && has_scope(out, ST_SCOPE_NOT_BEST_EFFORT)) ||
        (has_scope(out, ST_SCOPE_TERMINATING) && has_scope(out, ST_SCOPE_NOT_TERMINATING)))
        mf_invalid(l, &scopes, "conflicting scopes");
}

/* ---- the document ---------------------------------------------------------------------------- */

void mf_quota_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"),
                 status = mf_field(&root, "status"), used = mf_field(&status, "used"),
                 meta_at = mf_field(&root, "metadata"), name = mf_field(&meta_at, "name");
    struct manifest_quotas *all = &l->set->quotas;
    struct st_quota_spec out = {0};
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!*meta.name && !name.node)
        mf_required(l, &name, "name or generateName is required");
    out.ns = meta.ns;
    out.name = meta.name;
    if (mf_is_object(l, &spec)) {
        mf_fields_check(l, &spec, MF_FIELDS_QUOTA);
        out.hard = hard_read(l, &spec);
        scopes_read(l, &spec, &out);
    }
    if (used.node && mf_is_object(l, &used))
        out.others = mf_amounts_read(l, &used);
    if (!*out.name)
        return;
    if (mf_name_taken(l->set, l->set->applied, ST_QUOTA, 0, out.ns, out.name)) {
        mf_duplicate(l, &name, out.name);
        return;
    }
    if (!mf_room(l, &l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count++] = out;
    mf_object_add(l, &(struct manifest_object){out.ns, out.name, all->count - 1, ST_QUOTA, 0});
}
