/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta.c - ObjectMeta, labels, annotations and label selectors
 * (k8s.io/apimachinery, api/validation/objectmeta.go and apis/meta/v1/validation).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>

enum { ANNOTATIONS_MAX_BYTES = 256 * 1024, NAME_MAX_BYTES = 253, SUFFIX = 5 };

static const char *generated_name(struct mf_load *l, const struct mf_at *meta,
                                  enum pod_workload_kind kind, const char *ns);
static struct pod_labels pairs_read(struct mf_load *l, const struct mf_at *at, bool annotations);
static int pair_by_key(const void *left, const void *right);
static void requirement_read(struct mf_load *l, const struct mf_at *at,
                             struct pod_requirement *out);

void mf_meta_read(struct mf_load *l, const struct mf_at *object, int kind, struct mf_meta *out)
{
    struct mf_at meta = mf_field(object, "metadata"), name, labels, annotations;

    *out = (struct mf_meta){.ns = "default", .name = ""};
    if (mf_is_object(l, &meta))
        mf_fields_check(l, &meta, MF_FIELDS_META);
    name = mf_field(&meta, "name");
    labels = mf_field(&meta, "labels");
    annotations = mf_field(&meta, "annotations");
    out->ns = mf_namespace_read(l, &meta, "default");
    out->labels = mf_labels_read(l, &labels);
    out->annotations = mf_annotations_read(l, &annotations);
    out->name = mf_string_at(l, &name, "");
    if (*out->name) {
        mf_shape_check(l, &name, MF_DNS_SUBDOMAIN, out->name);
    } else if (kind != MF_NAME_OPTIONAL) {
        out->name = generated_name(l, &meta, (enum pod_workload_kind)kind, out->ns);
        if (!*out->name && !(name.node && name.node->type != MF_STRING))
            mf_required(l, &name, "name or generateName is required");
    }
}

const char *mf_namespace_read(struct mf_load *l, const struct mf_at *up, const char *fallback)
{
    struct mf_at at = mf_field(up, "namespace");
    const char *ns = mf_string_at(l, &at, fallback);

    if (at.node)
        mf_shape_check(l, &at, MF_DNS_LABEL, ns);
    return ns;
}

struct pod_labels mf_labels_read(struct mf_load *l, const struct mf_at *at)
{
    return pairs_read(l, at, false);
}

struct pod_labels mf_annotations_read(struct mf_load *l, const struct mf_at *at)
{
    return pairs_read(l, at, true);
}

struct pod_selector mf_selector_map(struct mf_load *l, struct pod_labels labels)
{
    struct pod_selector s = {.present = true};
    struct pod_requirement *r = mf_array(l, labels.count, sizeof(*r), &s.count);

    for (uint32_t i = 0; i < s.count; i++)
        r[i] = (struct pod_requirement){.key = labels.pair[i].key,
                                        .op = POD_SELECT_IN,
                                        .count = 1,
                                        .value = &labels.pair[i].value};
    s.requirement = r;
    return s;
}

struct pod_selector mf_selector_read(struct mf_load *l, const struct mf_at *at)
{
    struct pod_selector s = {0};
    struct mf_at match_labels, expressions;
    struct pod_requirement *r;
    struct pod_labels labels;
    uint32_t count;

    if (!mf_is_object(l, at))
        return s;
    mf_fields_check(l, at, MF_FIELDS_SELECTOR);
    match_labels = mf_field(at, "matchLabels");
    expressions = mf_field(at, "matchExpressions");
    labels = mf_labels_read(l, &match_labels);
    count = mf_count(l, &expressions);
    r = mf_array(l, labels.count + count, sizeof(*r), &s.count);
    for (uint32_t i = 0; i < labels.count && i < s.count; i++)
        r[i] = (struct pod_requirement){.key = labels.pair[i].key,
                                        .op = POD_SELECT_IN,
                                        .count = 1,
                                        .value = &labels.pair[i].value};
    for (uint32_t i = labels.count; i < s.count; i++) {
        struct mf_at item = mf_item(&expressions, i - labels.count);

        requirement_read(l, &item, &r[i]);
    }
    s.requirement = r;
    s.present = true;
    return s;
}

static void requirement_read(struct mf_load *l, const struct mf_at *at, struct pod_requirement *out)
{
    static const char operators[] = "In NotIn Exists DoesNotExist";
    struct mf_at key = mf_field(at, "key"), op = mf_field(at, "operator"),
                 values = mf_field(at, "values");
    const char *text = "";

    *out = (struct pod_requirement){.key = ""};
    if (!at->node || at->node->type == MF_NULL || !mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_REQUIREMENT);
    out->key = mf_string_at(l, &key, "");
    mf_shape_check(l, &key, MF_LABEL_KEY, out->key);
    out->value = mf_strings(l, at, "values", &out->count);
    text = mf_string_at(l, &op, "");
    if (!*text || !mf_word_in(operators, text, strlen(text))) {
        mf_invalid_text(l, &op, text, "not a valid selector operator");
        return;
    }
    out->op = strcmp(text, "In") == 0       ? POD_SELECT_IN
              : strcmp(text, "NotIn") == 0  ? POD_SELECT_NOT_IN
              : strcmp(text, "Exists") == 0 ? POD_SELECT_EXISTS
                                            : POD_SELECT_NOT_EXISTS;
    if (out->op == POD_SELECT_IN || out->op == POD_SELECT_NOT_IN) {
        if (out->count == 0)
            mf_required(l, &values, "must be specified when `operator` is 'In' or 'NotIn'");
        for (uint32_t i = 0; i < out->count; i++) {
            struct mf_at value = mf_item(&values, i);

            mf_shape_check(l, &value, MF_LABEL_VALUE, out->value[i]);
        }
    } else if (out->count > 0) {
        mf_forbidden(l, &values,
                     "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
}

static struct pod_labels pairs_read(struct mf_load *l, const struct mf_at *at, bool annotations)
{
    struct pod_labels labels = {0};
    struct rx_pair *pair;
    size_t bytes = 0;

    if (!mf_is_object(l, at))
        return labels;
    pair = mf_array(l, at->node->count, sizeof(*pair), &labels.count);
    for (uint32_t i = 0; i < labels.count; i++) {
        const struct mf_pair *p = &at->node->item[i];
        struct mf_at key = *at, value = {.up = at, .name = p->key->text, .node = p->value};

        key.node = p->key; /* the path is that of the labels, the place that of the key */
        pair[i].key = mf_keep(l, p->key->text, p->key->length);
        pair[i].value = p->value->type == MF_NULL ? "" : mf_string_at(l, &value, "");
        bytes += p->key->length + strlen(pair[i].value);
        if (annotations) {
            /* Case does not matter in annotations, and lower case is part of every rule's alphabet.
             */
            char *lower = mf_scratch(l, "%s", p->key->text);

            for (char *c = lower; *c; c++)
                *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
            mf_shape_check(l, &key, MF_LABEL_KEY, lower);
        } else {
            mf_shape_check(l, &key, MF_LABEL_KEY, pair[i].key);
            value.up = at->up;
            value.name = at->name;
            mf_shape_check(l, &value, MF_LABEL_VALUE, pair[i].value);
        }
    }
    if (annotations && bytes > ANNOTATIONS_MAX_BYTES)
        mf_say(l, at, "Too long: may not be more than %d bytes", ANNOTATIONS_MAX_BYTES);
    if (labels.count)
        qsort(pair, labels.count, sizeof(*pair), pair_by_key);
    labels.pair = pair;
    return labels;
}

static int pair_by_key(const void *left, const void *right)
{
    return strcmp(((const struct rx_pair *)left)->key, ((const struct rx_pair *)right)->key);
}

/*
 * The API server appends five random characters of an alphabet without vowels (k8s.io/apiserver,
 * storage/names). Ours are drawn from the base itself until the name is new: the same files give
 * the same names.
 */
static const char *generated_name(struct mf_load *l, const struct mf_at *meta,
                                  enum pod_workload_kind kind, const char *ns)
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    struct mf_at at = mf_field(meta, "generateName");
    const char *base = mf_string_at(l, &at, "");
    size_t n = RX_MIN(strlen(base), (size_t)(NAME_MAX_BYTES - SUFFIX));
    struct mf_node seed = {.type = MF_STRING, .text = base, .length = n};
    uint64_t h = mf_hash_node(&seed) + l->set->workloads.count;
    char suffix[SUFFIX + 1] = "";
    char *name;

    if (!*base)
        return "";
    /* A trailing dash is fine in a prefix. */
    name = mf_scratch(l, "%s%s", base, base[strlen(base) - 1] == '-' ? "a" : "");
    if (!mf_shape_check(l, &at, MF_DNS_SUBDOMAIN, name))
        return "";
    do {
        for (int i = 0; i < SUFFIX; i++) {
            h = h * 6364136223846793005u + 1442695040888963407u;
            suffix[i] = alphabet[(h >> 32) % (sizeof(alphabet) - 1)];
        }
        name = mf_scratch(l, "%.*s%s", (int)n, base, suffix);
    } while (!l->no_memory && mf_name_taken(l->set, 0, ST_WORKLOAD, (uint8_t)kind, ns, name));
    return mf_keep(l, name, strlen(name));
}
