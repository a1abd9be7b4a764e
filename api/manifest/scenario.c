/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.c - Scenario documents (podring.dev/v1): steps at given times. As with Behaviors,
 * nothing is ignored. One table says which action goes with which objects and which further fields.
 */
#include "api/manifest/document.h"
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/store/rule_quantity.h"

#include <string.h>

/* What can be deleted. */
#define MF_KINDS                                                                                   \
    "pod deployment replicaset replicationcontroller statefulset daemonset job cronjob service "   \
    "configmap secret persistentvolumeclaim ingress endpointslice horizontalpodautoscaler "        \
    "poddisruptionbudget resourcequota limitrange priorityclass node namespace behavior client "   \
    "metrics"

struct action {
    const char *field;
    enum pod_step_kind kind;
    const char
        *objects;     /* kinds it acts on, the first is meant when none is named; NULL: see below */
    const char *more; /* the other fields it may have */
};

static const struct action actions[] = {
    {"delete", POD_STEP_DELETE, MF_KINDS, "gracePeriodSeconds force cascade"},
    {"kill", POD_STEP_KILL, "pod", "container signal"},
    {"reboot", POD_STEP_REBOOT, NULL, ""},
    {"scale", POD_STEP_SCALE,
     "deployment replicaset statefulset job replicationcontroller daemonset cronjob", "replicas"},
    {"setImage", POD_STEP_SET_IMAGE,
     "deployment replicaset statefulset pod daemonset job cronjob replicationcontroller",
     "container image"},
    {"apply", POD_STEP_APPLY, NULL, ""},
    {"condition", POD_STEP_CONDITION, "pod", "type status"},
    {"evict", POD_STEP_EVICT, "pod", "api gracePeriodSeconds"}, /* evict_read */
    {"drain", POD_STEP_DRAIN, "node", "ignoreDaemonSets force deleteEmptyDir timeout "
                                      "gracePeriodSeconds"},
    {"fail", POD_STEP_FAIL, "pod", "lose"}, /* or a node: lose_read */
    {"suspend", POD_STEP_SUSPEND, "job cronjob", ""},
    {"resume", POD_STEP_RESUME, "job cronjob", ""},
    {"pause", POD_STEP_PAUSE, NULL, "for"},
    {"cordon", POD_STEP_CORDON, "node", ""},
    {"uncordon", POD_STEP_UNCORDON, "node", ""},
    {"taint", POD_STEP_TAINT, "node", "key value effect"},
    {"untaint", POD_STEP_UNTAINT, "node", "key effect"},
    {"recover", POD_STEP_RECOVER, "node", ""},
    {"setLabel", POD_STEP_SET_LABEL, "pod node", "labels"},
    {"pressure", POD_STEP_PRESSURE, "node", "resource usage available"},
    {"undo", POD_STEP_UNDO, "deployment statefulset daemonset", "toRevision"},
    {"pauseRollout", POD_STEP_PAUSE_ROLLOUT, "deployment", ""},
    {"resumeRollout", POD_STEP_RESUME_ROLLOUT, "deployment", ""},
    {"restartRollout", POD_STEP_RESTART_ROLLOUT, "deployment statefulset daemonset", ""},
    {"patch", POD_STEP_PATCH, MF_KINDS, "type spec metadata data"},
};

const char *manifest_step_word(enum pod_step_kind kind)
{
    const struct action *a = actions;

    if (kind == POD_STEP_LOSE)
        kind = POD_STEP_FAIL;
    if (kind == POD_STEP_EVICT_API)
        kind = POD_STEP_EVICT;
    while (a->kind != kind)
        a++;
    return a->field;
}

static void knobs_read(struct mf_load *l, const struct mf_at *at);
static void step_read(struct mf_load *l, const struct mf_at *at, const struct mf_meta *meta);
static const struct action *action_find(struct mf_load *l, const struct mf_at *at);
static void action_read(struct mf_load *l, const struct mf_at *at, const struct action *a,
                        struct pod_step *out);
static void object_read(struct mf_load *l, const struct mf_at *at, const char *kinds,
                        struct pod_step *out);
static bool number_ends(const char *name);
static void word_expect(struct mf_load *l, const struct mf_at *at, const char *word);
static void delete_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void scale_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void container_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void evict_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void drain_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void labels_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void pause_read(struct mf_load *l, const struct mf_at *at, const struct mf_at *target,
                       struct pod_step *out);
static void undo_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void patch_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void condition_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void pressure_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static void taint_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out);
static bool lose_read(struct mf_load *l, const struct mf_at *at, const struct mf_at *target,
                      struct pod_step *out);
static const char *path_resolve(struct mf_load *l, const struct mf_at *at);

void mf_scenario_read(struct mf_load *l, const struct mf_node *doc)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec"), steps, set;
    struct mf_meta meta;

    mf_fields_check(l, &root, MF_FIELDS_OBJECT);
    mf_meta_read(l, &root, MF_NAME_OPTIONAL, &meta);
    if (!spec.node)
        mf_required(l, &spec, "");
    if (!mf_is_object(l, &spec))
        return;
    mf_fields_check(l, &spec, MF_FIELDS_SCENARIO);
    set = mf_field(&spec, "set");
    knobs_read(l, &set);
    steps = mf_field(&spec, "steps");
    if (!steps.node && !set.node)
        mf_required(l, &steps, "");
    for (uint32_t i = 0, count = mf_count(l, &steps); i < count; i++) {
        struct mf_at item = mf_item(&steps, i);

        step_read(l, &item, &meta);
    }
}

/* Which there are the engine knows. */
static void knobs_read(struct mf_load *l, const struct mf_at *at)
{
    struct manifest_knobs *list = &l->set->knobs;

    if (!at->node || !mf_is_object(l, at))
        return;
    for (uint32_t i = 0; i < at->node->count; i++) {
        const struct mf_pair *p = &at->node->item[i];
        struct mf_at value = {.up = at, .name = p->key->text, .node = p->value};

        if (p->value->type == MF_NULL || p->value->type == MF_SEQUENCE ||
            p->value->type == MF_MAPPING) {
            mf_invalid(l, &value, "must be a value, as --set takes it");
            continue;
        }
        if (!mf_room(l, &l->set->arena, &list->item, list->count, &list->room,
                     sizeof(*list->item)))
            return;
        list->item[list->count++] =
            (struct manifest_knob){.name = mf_keep(l, p->key->text, p->key->length),
                                   .value = mf_keep(l, p->value->text, strlen(p->value->text)),
                                   .file = l->file,
                                   .line = p->key->line,
                                   .column = p->key->column};
    }
}

static void step_read(struct mf_load *l, const struct mf_at *at, const struct mf_meta *meta)
{
    struct manifest_steps *list = &l->set->steps;
    struct mf_at when = mf_field(at, "at");
    struct pod_step step = {.scenario_ns = meta->ns, .scenario = meta->name, .grace_s = -1,
                            .signal = 9, .file = l->file, .line = at->node->line};
    const struct action *a;

    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_STEP);
    if (!when.node)
        mf_required(l, &when, "");
    step.at = mf_ms(l, at, "at", 0);
    step.ns = mf_namespace_read(l, at, meta->ns);
    a = action_find(l, at);
    if (a == NULL)
        return;
    step.kind = a->kind;
    action_read(l, at, a, &step);
    if (a->kind == POD_STEP_PRESSURE)
        pressure_read(l, at, &step);
    if (!mf_room(l, &l->set->arena, &list->item, list->count, &list->room, sizeof(*list->item)))
        return;
    list->item[list->count++] = step;
    mf_object_add(l, &(struct manifest_object){step.ns, NULL, list->count - 1, ST_STEP, 0});
}

/* Exactly one action, and no field that belongs to another. */
static const struct action *action_find(struct mf_load *l, const struct mf_at *at)
{
    static const char others[] =
        "resource usage available "
        "gracePeriodSeconds force container signal replicas image type status for key value effect "
        "lose cascade labels toRevision spec metadata data api ignoreDaemonSets deleteEmptyDir "
        "timeout";
    const struct action *found = NULL;

    for (size_t i = 0; i < RX_ARRAY_LEN(actions); i++) {
        struct mf_at field = mf_field(at, actions[i].field);

        if (!field.node)
            continue;
        if (found)
            mf_forbidden(l, &field, "may not specify more than 1 action");
        else
            found = &actions[i];
    }
    if (found == NULL) {
        mf_required(l, at, "must specify an action");
        return NULL;
    }
    for (uint32_t i = 0; i < at->node->count; i++) {
        const struct mf_node *key = at->node->item[i].key;
        struct mf_at field = {.up = at, .name = key->text, .node = key};

        if (mf_word_in(others, key->text, key->length) &&
            !mf_word_in(found->more, key->text, key->length))
            mf_forbidden(l, &field, mf_scratch(l, "may not be set with `%s`", found->field));
    }
    return found;
}

static void action_read(struct mf_load *l, const struct mf_at *at, const struct action *a,
                        struct pod_step *out)
{
    struct mf_at target = mf_field(at, a->field), image = mf_field(at, "image");

    if (a->objects && lose_read(l, at, &target, out))
        object_read(l, &target, "node", out);
    else if (a->objects)
        object_read(l, &target, a->objects, out);
    switch (a->kind) {
    case POD_STEP_DELETE:
        delete_read(l, at, out);
        break;
    case POD_STEP_EVICT:
        evict_read(l, at, out);
        break;
    case POD_STEP_DRAIN:
        drain_read(l, at, out);
        break;
    case POD_STEP_KILL:
        out->signal = mf_signal(l, at, "signal", 9);
        break;
    case POD_STEP_REBOOT:
        word_expect(l, &target, "node");
        out->object_kind = "node";
        break;
    case POD_STEP_SCALE:
        scale_read(l, at, out);
        break;
    case POD_STEP_SET_IMAGE:
        out->image = mf_needed(l, &image);
        break;
    case POD_STEP_APPLY:
        out->path = path_resolve(l, &target);
        mf_input_add(l, out->path);
        break;
    case POD_STEP_CONDITION:
        condition_read(l, at, out);
        break;
    case POD_STEP_SET_LABEL:
        labels_read(l, at, out);
        break;
    case POD_STEP_UNDO:
        undo_read(l, at, out);
        break;
    case POD_STEP_PATCH:
        patch_read(l, at, out);
        break;
    case POD_STEP_TAINT:
    case POD_STEP_UNTAINT:
        taint_read(l, at, out);
        break;
    case POD_STEP_PAUSE:
        pause_read(l, at, &target, out);
        break;
    default:
        break;
    }
    if (mf_word_in(a->more, "container", strlen("container")))
        container_read(l, at, out);
}

static void scale_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at replicas = mf_field(at, "replicas");

    if (!replicas.node)
        mf_required(l, &replicas, "");
    out->replicas = mf_natural(l, at, "replicas", 0);
}

static void container_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at container = mf_field(at, "container");

    out->container = mf_string_at(l, &container, NULL);
    if (out->container)
        mf_shape_check(l, &container, MF_DNS_LABEL, out->container);
}

/* KIND/NAME as kubectl takes it, or NAME where there is no doubt about the kind. */
static void object_read(struct mf_load *l, const struct mf_at *at, const char *kinds,
                        struct pod_step *out)
{
    const char *text = mf_string_at(l, at, ""), *slash = strchr(text, '/');
    const char *name = slash ? slash + 1 : text, *kind = NULL;
    size_t first = strcspn(kinds, " ");

    out->object_kind = "";
    out->object_name = name;
    if (at->node->type != MF_STRING)
        return;
    if (slash) {
        kind = mf_kind_name(text, (size_t)(slash - text));
        if (!kind || !mf_word_in(kinds, kind, strlen(kind))) {
            mf_unsupported(l, at, mf_scratch(l, "%.*s", (int)(slash - text), text), kinds);
            return;
        }
    } else if (kinds[first] == '\0' || out->kind == POD_STEP_DELETE) {
        kind = mf_keep(l, kinds, first);
    } else {
        mf_invalid(l, at, "must be KIND/NAME");
        return;
    }
    out->object_kind = kind;
    if (strcmp(kind, "pod") == 0 && number_ends(name))
        name = mf_scratch(l, "%.*s", (int)strcspn(name, "#"), name);
    mf_shape_check(l, at, MF_DNS_SUBDOMAIN, name);
}

/* A pod may be called by its workload: WORKLOAD#N. */
static bool number_ends(const char *name)
{
    const char *mark = strchr(name, '#');
    size_t digits = mark != NULL ? strspn(mark + 1, "0123456789") : 0;

    return digits > 0 && digits < 8 && mark[1 + digits] == '\0';
}

const char *mf_kind_name(const char *word, size_t length)
{
    static const struct {
        const char *name, *words;
    } kind[] = {
        {"pod", "pod pods po"},
        {"deployment", "deployment deployments deploy deployment.apps"},
        {"replicaset", "replicaset replicasets rs replicaset.apps"},
        {"statefulset", "statefulset statefulsets sts statefulset.apps"},
        {"daemonset", "daemonset daemonsets ds daemonset.apps"},
        {"job", "job jobs job.batch"},
        {"node", "node nodes no"},
        {"cronjob", "cronjob cronjobs cj cronjob.batch"},
        {"replicationcontroller", "replicationcontroller replicationcontrollers rc"},
        {"service", "service services svc"},
        {"configmap", "configmap configmaps cm"},
        {"secret", "secret secrets"},
        {"persistentvolumeclaim", "persistentvolumeclaim persistentvolumeclaims pvc"},
        {"ingress", "ingress ingresses ing"},
        {"endpointslice", "endpointslice endpointslices"},
        {"horizontalpodautoscaler", "horizontalpodautoscaler horizontalpodautoscalers hpa"},
        {"poddisruptionbudget", "poddisruptionbudget poddisruptionbudgets pdb"},
        {"resourcequota", "resourcequota resourcequotas quota"},
        {"limitrange", "limitrange limitranges limits"},
        {"priorityclass", "priorityclass priorityclasses pc"},
        {"namespace", "namespace namespaces ns"},
        {"behavior", "behavior behaviors"},
        {"client", "client clients"},
        {"metrics", "metrics"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(kind); i++)
        if (mf_word_in(kind[i].words, word, length))
            return kind[i].name;
    return NULL;
}

static void word_expect(struct mf_load *l, const struct mf_at *at, const char *word)
{
    if (at->node->type != MF_STRING)
        mf_wrong_type(l, at, "string");
    else if (strcmp(at->node->text, word) != 0)
        mf_unsupported(l, at, at->node->text, word);
}

/* As kubectl delete: --force alone means no grace at all, and with some it is a contradiction. */
static void delete_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at force = mf_field(at, "force"), grace = mf_field(at, "gracePeriodSeconds");

    out->cascade = (uint8_t)mf_choice(l, at, "cascade", "background foreground orphan", 0);
    if (strcmp(out->object_kind, "pod") != 0 && (force.node || grace.node))
        mf_forbidden(l, force.node ? &force : &grace, "only a pod has a grace period");
    out->force = mf_bool(l, at, "force", false);
    out->grace_s = mf_int32(l, at, "gracePeriodSeconds", -1);
    if (grace.node && out->grace_s < 0)
        out->grace_s = 1; /* as the API takes it */
    if (out->force && out->grace_s > 0)
        mf_forbidden(l, &force, "may not be true with a gracePeriodSeconds greater than 0");
}

static void grace_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at grace = mf_field(at, "gracePeriodSeconds");

    out->grace_s = mf_int32(l, at, "gracePeriodSeconds", -1);
    if (grace.node && out->grace_s < 0)
        mf_invalid(l, &grace, "must be greater than or equal to 0");
}

/* By its kubelet, or through the API, which asks for a budget. */
static void evict_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at grace = mf_field(at, "gracePeriodSeconds");

    if (mf_bool(l, at, "api", false))
        out->kind = POD_STEP_EVICT_API;
    else if (grace.node)
        mf_forbidden(l, &grace, "only an eviction with `api: true` has a grace period");
    grace_read(l, at, out);
}

static void drain_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    out->ignore_daemons = mf_bool(l, at, "ignoreDaemonSets", false);
    out->force = mf_bool(l, at, "force", false);
    out->delete_empty_dir = mf_bool(l, at, "deleteEmptyDir", false);
    out->for_ms = mf_ms(l, at, "timeout", 0);
    grace_read(l, at, out);
}

/* Those that are null are taken away. */
static void labels_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at labels = mf_field(at, "labels");
    struct rx_pair *pair;

    if (!labels.node) {
        mf_required(l, &labels, "");
        return;
    }
    out->labels = mf_labels_read(l, &labels);
    pair = mf_array(l, out->labels.count, sizeof(*pair), &out->labels.count);
    for (uint32_t i = 0; i < out->labels.count; i++) {
        pair[i] = out->labels.pair[i];
        for (uint32_t k = 0; k < labels.node->count; k++) {
            const struct mf_pair *p = &labels.node->item[k];

            if (p->value->type == MF_NULL && strcmp(p->key->text, pair[i].key) == 0)
                pair[i].value = NULL;
        }
    }
    out->labels.pair = pair;
}

static void pause_read(struct mf_load *l, const struct mf_at *at, const struct mf_at *target,
                       struct pod_step *out)
{
    struct mf_at pause = mf_field(at, "for");

    word_expect(l, target, "controllers");
    if (!pause.node)
        mf_required(l, &pause, "");
    out->for_ms = mf_ms(l, at, "for", 0);
}

static void undo_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    out->revision = mf_natural(l, at, "toRevision", 0);
}

/* A merge patch of what a document may say at its top. */
static void patch_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    static const char *const fields[] = {"metadata", "spec", "data"};
    struct mf_at type = mf_field(at, "type");
    struct mf_node *patch = NULL;
    struct rx_text t = rx_text_in(NULL, 0);
    char *text;

    if (type.node && mf_choice(l, at, "type", "merge strategic json", 0) > 0)
        mf_forbidden(l, &type, "only a merge patch can be applied yet");
    for (size_t i = 0; i < RX_ARRAY_LEN(fields); i++) {
        struct mf_at field = mf_field(at, fields[i]);

        if (field.node && mf_is_object(l, &field))
            patch = mf_with(l, patch, fields[i], (struct mf_node *)(uintptr_t)field.node);
    }
    if (patch == NULL) {
        mf_required(l, at, "a patch must say metadata, spec or data");
        return;
    }
    mf_write_json(&t, patch);
    text = rx_arena_alloc(&l->set->arena, t.length + 1);
    if (text == NULL) {
        l->no_memory = true;
        return;
    }
    t = rx_text_in(text, t.length + 1);
    mf_write_json(&t, patch);
    rx_text_end(&t);
    out->patch = text;
}

/* A quantity, as a whole number. */
static int64_t whole_read(struct mf_load *l, const struct mf_at *at)
{
    const char *text = mf_quantity_read(l, at);
    struct st_quantity q;
    int64_t milli = 0;

    if (text == NULL || !st_quantity_parse(text, strlen(text), &q))
        return 0;
    if (q.nano < 0)
        mf_invalid(l, at, "must be greater than or equal to 0");
    else if (!st_quantity_milli(&q, &milli))
        mf_invalid(l, at, "must be less than 2^63 thousandths");
    return milli / 1000;
}

static void pressure_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    static const char *const word[] = {"memory", "disk", "pid"};
    struct mf_at usage = mf_field(at, "usage"), available = mf_field(at, "available");
    struct pod_amount *amount;

    out->resource = word[mf_choice(l, at, "resource", "memory disk pid", 0)];
    out->available = whole_read(l, &available);
    if (!usage.node || !mf_is_object(l, &usage))
        return;
    amount = mf_array(l, usage.node->count, sizeof(*amount), &out->usage_count);
    for (uint32_t i = 0; i < out->usage_count; i++) {
        const struct mf_pair *p = &usage.node->item[i];
        struct mf_at value = {.up = &usage, .name = p->key->text, .node = p->value};

        amount[i].name = mf_keep(l, p->key->text, p->key->length);
        amount[i].value = whole_read(l, &value);
    }
    out->usage = amount;
}

static void condition_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    static const char *const status[] = {"True", "False", "Unknown"};
    struct mf_at type = mf_field(at, "type"), value = mf_field(at, "status");
    int chosen = mf_choice(l, at, "status", "True False Unknown", -1);

    out->type = mf_needed(l, &type);
    if (*out->type)
        mf_shape_check(l, &type, MF_LABEL_KEY, out->type);
    if (!value.node)
        mf_required(l, &value, "");
    out->status = chosen >= 0 ? status[chosen] : "";
}

/* A node that fails loses its power, or only the network. False: this is not about one. */
static bool lose_read(struct mf_load *l, const struct mf_at *at, const struct mf_at *target,
                      struct pod_step *out)
{
    struct mf_at lose = mf_field(at, "lose");
    const char *text = target->node->type == MF_STRING ? target->node->text : "";
    size_t kind = strcspn(text, "/");

    if (out->kind != POD_STEP_FAIL)
        return false;
    if (text[kind] != '/' || !mf_word_in("node nodes no", text, kind)) {
        if (lose.node)
            mf_forbidden(l, &lose, "only a node loses its power or network");
        return false;
    }
    out->kind = POD_STEP_LOSE;
    out->power = mf_choice(l, at, "lose", "power network", 0) == 0;
    return true;
}

static void taint_read(struct mf_load *l, const struct mf_at *at, struct pod_step *out)
{
    struct mf_at key = mf_field(at, "key"), effect = mf_field(at, "effect");

    out->key = mf_needed(l, &key);
    if (*out->key)
        mf_shape_check(l, &key, MF_LABEL_KEY, out->key);
    out->value = mf_string(l, at, "value", "");
    out->effect = mf_string(l, at, "effect", NULL);
    if (out->effect != NULL)
        mf_choice(l, at, "effect", MF_TAINT_EFFECTS, 0);
    else if (out->kind == POD_STEP_TAINT)
        mf_required(l, &effect, "");
}

/* Relative to the folder of the document it stands in; that of standard input is the current one.
 */
static const char *path_resolve(struct mf_load *l, const struct mf_at *at)
{
    const char *path = mf_needed(l, at), *slash = strrchr(l->file, '/');

    if (!*path || path[0] == '/' || !slash)
        return path;
    path = mf_scratch(l, "%.*s/%s", (int)(slash - l->file), l->file, path);
    return mf_keep(l, path, strlen(path));
}
