/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixed.c - what must not change of an object (pkg/apis, validation: ...Update): for each kind the
 * parts of its document that are compared, as hashes that are kept with it.
 *
 * The API server compares what it has defaulted. Here fields with their default are left out of the
 * hash, and so are empty ones and false: what Go's omitempty leaves out, too.
 */
#include "api/manifest/document.h"

#include "api/manifest/parts.h"
#include "engine/reactor/base.h"
#include "engine/reactor/hash.h"
#include "engine/store/store.h"

#include <string.h>

#define IMMUTABLE "field is immutable"
#define POD_SAYS                                                                                   \
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"          \
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "        \
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set " \
    "to 1 if it was previously negative)"
#define SET_SAYS                                                                                   \
    "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "        \
    "'template', 'updateStrategy', 'revisionHistoryLimit', "                                       \
    "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
#define CLAIM_SAYS                                                                                 \
    "Forbidden: spec is immutable after creation except resources.requests and "                   \
    "volumeAttributesClassName for bound claims"

static const struct rule {
    enum st_kind kind;
    enum pod_workload_kind sub;
    const char *field; /* of spec; NULL: all of it, */
    const char *but;   /* without these; one blank between */
    const char *says;
    bool value; /* as `Invalid value:` has it */
} rules[] = {
    {ST_WORKLOAD, POD_WORKLOAD_POD, NULL,
     "activeDeadlineSeconds tolerations ephemeralContainers schedulingGates nodeName", POD_SAYS,
     false},
    {ST_WORKLOAD, POD_WORKLOAD_DEPLOYMENT, "selector", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_REPLICASET, "selector", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_DAEMONSET, "selector", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_STATEFULSET, NULL,
     "replicas ordinals template updateStrategy revisionHistoryLimit "
     "persistentVolumeClaimRetentionPolicy minReadySeconds",
     SET_SAYS, false},
    {ST_WORKLOAD, POD_WORKLOAD_JOB, "selector", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_JOB, "template", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_JOB, "completions", "", IMMUTABLE, true},
    {ST_WORKLOAD, POD_WORKLOAD_JOB, "completionMode", "", IMMUTABLE, true},
    {ST_QUOTA, 0, "scopes", "", IMMUTABLE, true},
    {ST_QUOTA, 0, "scopeSelector", "", IMMUTABLE, true},
    {ST_CLAIM, 0, NULL, "resources volumeAttributesClassName volumeName", CLAIM_SAYS, false},
};

/* ---- hashes ---------------------------------------------------------------------------------- */

/* Wherever they stand, and as JSON writes them. */
static const struct rx_pair defaults[] = {
    {"restartPolicy", "Always"},
    {"terminationGracePeriodSeconds", "30"},
    {"dnsPolicy", "ClusterFirst"},
    {"enableServiceLinks", "true"},
    {"schedulerName", "default-scheduler"},
    {"serviceAccountName", "default"},
    {"preemptionPolicy", "PreemptLowerPriority"},
    {"priority", "0"},
    {"terminationMessagePath", "/dev/termination-log"},
    {"terminationMessagePolicy", "File"},
    {"imagePullPolicy", "IfNotPresent"},
    {"protocol", "TCP"},
    {"scheme", "HTTP"},
    {"path", "/"},
    {"timeoutSeconds", "1"},
    {"periodSeconds", "10"},
    {"successThreshold", "1"},
    {"failureThreshold", "3"},
    {"initialDelaySeconds", "0"},
    {"defaultMode", "420"},
    {"podManagementPolicy", "OrderedReady"},
    {"completionMode", "NonIndexed"},
    {"volumeMode", "Filesystem"},
};

static bool is_default(const struct mf_node *key, const struct mf_node *value)
{
    char text[32];
    struct rx_text t = rx_text_in(text, sizeof(text));

    switch (value->type) {
    case MF_NULL:
        return true;
    case MF_BOOL:
        if (!value->truth)
            return strcmp(key->text, "enableServiceLinks") != 0;
        break;
    case MF_SEQUENCE:
    case MF_MAPPING:
        return value->count == 0;
    case MF_STRING:
        if (value->length == 0)
            return true;
        break;
    default:
        break;
    }
    if (value->type == MF_STRING)
        rx_text_put(&t, value->text, value->length);
    else
        mf_write_json(&t, value);
    if (rx_text_end(&t) >= sizeof(text))
        return false;
    for (size_t i = 0; i < RX_ARRAY_LEN(defaults); i++)
        if (strcmp(key->text, defaults[i].key) == 0)
            return strcmp(text, defaults[i].value) == 0;
    return false;
}

static uint64_t hash_fixed(const struct mf_node *n);

/* Of a mapping, without some of its fields; the entries' order does not matter. */
static uint64_t hash_mapping(const struct mf_node *n, const char *but)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n->count; i++) {
        const struct mf_pair *p = &n->item[i];
        uint64_t value;

        if (mf_word_in(but, p->key->text, p->key->length) || is_default(p->key, p->value))
            continue;
        value = hash_fixed(p->value);
        sum += rx_hash_end(rx_hash_bytes(rx_hash_bytes(RX_HASH_START, p->key->text,
                                                       p->key->length),
                                         &value, sizeof(value)));
    }
    return rx_hash_end(RX_HASH_START ^ sum);
}

/* Like mf_hash_node, but fields that have their default are as good as absent. */
static uint64_t hash_fixed(const struct mf_node *n)
{
    uint64_t h = RX_HASH_START;

    if (n == NULL)
        return 0;
    if (n->type == MF_MAPPING)
        return hash_mapping(n, "");
    if (n->type != MF_SEQUENCE)
        return mf_hash_node(n);
    for (uint32_t i = 0; i < n->count; i++) {
        uint64_t value = hash_fixed(n->item[i].value);

        h = rx_hash_bytes(h, &value, sizeof(value));
    }
    return rx_hash_end(h);
}

/* A container may have another image, whose default policy may be another, too. */
static uint64_t hash_containers(const struct mf_node *list)
{
    uint64_t h = RX_HASH_START;

    for (uint32_t i = 0; list->type == MF_SEQUENCE && i < list->count; i++) {
        const struct mf_node *c = list->item[i].value;
        uint64_t value = c->type == MF_MAPPING ? hash_mapping(c, "image imagePullPolicy") : 0;

        h = rx_hash_bytes(h, &value, sizeof(value));
    }
    return rx_hash_end(h);
}

static uint64_t hash_pod(const struct mf_node *spec, const char *but)
{
    static const char *const lists[] = {"containers", "initContainers"};
    uint64_t h = 0;
    char without[256];
    struct rx_text t = rx_text_in(without, sizeof(without));

    rx_text_say(&t, "%s containers initContainers", but);
    rx_text_end(&t);
    for (size_t i = 0; i < RX_ARRAY_LEN(lists); i++) {
        const struct mf_node *list = mf_node_find(spec, lists[i]);

        h = rx_hash_end(h ^ (list != NULL ? hash_containers(list) : i));
    }
    return rx_hash_end(h ^ hash_mapping(spec, without));
}

/* ---- what is kept ---------------------------------------------------------------------------- */

const char *manifest_fixed_says(uint8_t kind, uint8_t sub, uint32_t index, const char **field)
{
    uint32_t n = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(rules); i++) {
        if (rules[i].kind != kind || rules[i].sub != sub || n++ != index)
            continue;
        *field = rules[i].field;
        return rules[i].says;
    }
    return NULL;
}

static uint64_t fix(struct mf_load *l, const struct rule *r, const struct mf_at *spec,
                    struct manifest_fixed *out)
{
    struct mf_at field = r->field != NULL ? mf_field(spec, r->field) : *spec;
    const struct mf_node *n = field.node, *at = n != NULL ? n : spec->node;

    *out = (struct manifest_fixed){.line = at->line, .column = at->column, .value = ""};
    if (r->value)
        out->value = n != NULL ? mf_keep(l, mf_json(l, n), strlen(mf_json(l, n))) : "null";
    if (n == NULL || n->type != MF_MAPPING)
        return hash_fixed(n);
    return r->sub == POD_WORKLOAD_POD && r->kind == ST_WORKLOAD ? hash_pod(n, r->but)
                                                                : hash_mapping(n, r->but);
}

void mf_document_keep(struct mf_load *l, const struct mf_node *doc, uint32_t object)
{
    const struct manifest_object *o = &l->set->objects.item[object];
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec");
    struct manifest_fixed fixed[ST_FIXED_MAX], *kept;
    struct st_document *d = NULL;
    uint64_t hash[ST_FIXED_MAX] = {0};
    struct rx_text t = rx_text_in(NULL, 0);
    uint32_t count = 0;

    for (size_t i = 0; spec.node != NULL && i < RX_ARRAY_LEN(rules); i++) {
        if (rules[i].kind != o->kind || rules[i].sub != o->sub)
            continue;
        hash[count] = fix(l, &rules[i], &spec, &fixed[count]);
        count++;
    }
    if (l->set->keeps)
        mf_write_json(&t, doc);
    d = st_document_new(l->set->arena.mem, t.length);
    kept = mf_array(l, count, sizeof(*kept), &count);
    if (d == NULL) {
        l->no_memory = true;
        return;
    }
    if (count > 0)
        memcpy(kept, fixed, count * sizeof(*kept));
    memcpy(d->fixed, hash, sizeof(hash));
    d->hash = mf_hash_node(doc);
    if (l->set->keeps) {
        t = rx_text_in(d->text, t.length + 1);
        mf_write_json(&t, doc);
        rx_text_end(&t);
    }
    l->set->documents.item[object] = (struct manifest_document){
        .kept = d, .fixed = kept, .file = l->file, .line = doc->line, .column = doc->column,
        .has_replicas = mf_field(&spec, "replicas").node != NULL};
}
