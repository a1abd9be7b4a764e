/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.c - one call of manifest_load_*: read, take each document by its kind, keep all or nothing.
 *
 * What a refused call has put into the set's arena stays there until manifest_fini, out of reach:
 * an arena cannot give back. Refusals end a run or are rare, so nobody minds.
 */
#include "api/manifest/load.h"

#include "api/manifest/document.h"
#include "api/manifest/parts.h"
#include "api/manifest/text.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <string.h>

/* Where the set stood before the call. */
struct mark {
    struct manifest_mark set;
    uint32_t diagnostics;
    uint64_t refused; /* allocations */
};

static void load_open(struct mf_load *l, struct manifest_set *s, const char *file, struct mark *m);
static int load_close(struct mf_load *l, const struct mark *m, int error);
static void load_documents(struct mf_load *l, const char *text, size_t length);
static void document_read(struct mf_load *l, const struct mf_node *doc, const char *list_version,
                          const char *list_kind);
static void object_finish(struct mf_load *l, const struct mf_node *doc, uint32_t before,
                          const char *version, const char *kind);
static bool list_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                      const char *kind);
static bool autoscaler_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                            const char *kind);
static bool kubernetes_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                            const char *kind);
static void podring_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                         const char *kind);
static void skip_note(struct mf_load *l, const struct mf_node *doc, const char *version,
                      const char *kind);

void manifest_init(struct manifest_set *s, const struct rx_mem *mem)
{
    *s = (struct manifest_set){0};
    rx_digest_init(&s->digest);
    rx_arena_init(&s->arena, mem);
    rx_map_init(&s->names, mem);
}

void manifest_fini(struct manifest_set *s)
{
    if (s->arena.mem != NULL)
        mf_objects_cut(s, 0);
    rx_arena_fini(&s->arena);
    if (s->names.mem != NULL)
        rx_map_fini(&s->names);
    *s = (struct manifest_set){0};
}

struct manifest_mark manifest_mark(const struct manifest_set *s)
{
    return (struct manifest_mark){.objects = s->objects.count,
                                  .workloads = s->workloads.count,
                                  .behaviours = s->behaviours.count,
                                  .steps = s->steps.count,
                                  .knobs = s->knobs.count,
                                  .configs = s->configs.count,
                                  .services = s->services.count,
                                  .slices = s->slices.count,
                                  .ingresses = s->ingresses.count,
                                  .claims = s->claims.count,
                                  .volumes = s->volumes.count,
                                  .classes = s->classes.count,
                                  .nodes = s->nodes.count,
                                  .priorities = s->priorities.count,
                                  .clients = s->clients.count,
                                  .hpas = s->hpas.count,
                                  .metrics = s->metrics.count,
                                  .limit_ranges = s->limit_ranges.count,
                                  .quotas = s->quotas.count,
                                  .budgets = s->budgets.count,
                                  .images = s->images.count,
                                  .inputs = s->inputs.count,
                                  .refs = s->refs.count,
                                  .strangers = s->strangers,
                                  .digest = s->digest};
}

void manifest_forget(struct manifest_set *s, const struct manifest_mark *m)
{
    mf_objects_cut(s, m->objects);
    s->workloads.count = m->workloads;
    s->behaviours.count = m->behaviours;
    s->steps.count = m->steps;
    s->knobs.count = m->knobs;
    s->configs.count = m->configs;
    s->services.count = m->services;
    s->slices.count = m->slices;
    s->ingresses.count = m->ingresses;
    s->claims.count = m->claims;
    s->volumes.count = m->volumes;
    s->classes.count = m->classes;
    s->nodes.count = m->nodes;
    s->priorities.count = m->priorities;
    s->clients.count = m->clients;
    s->hpas.count = m->hpas;
    s->metrics.count = m->metrics;
    s->limit_ranges.count = m->limit_ranges;
    s->quotas.count = m->quotas;
    s->budgets.count = m->budgets;
    s->images.count = m->images;
    s->inputs.count = m->inputs;
    s->refs.count = m->refs;
    s->strangers = m->strangers;
    s->digest = m->digest;
}

int manifest_load_file(struct manifest_set *s, const char *path)
{
    struct mf_load l;
    struct mark m;
    const char *text = NULL;
    size_t length = 0;
    int error;

    load_open(&l, s, strcmp(path, "-") == 0 ? "<stdin>" : path, &m);
    error = mf_text_read(&l, path, &text, &length);
    if (error == 0 && strcmp(path, "-") != 0)
        mf_input_add(&l, l.file);
    if (error == 0)
        load_documents(&l, text, length);
    return load_close(&l, &m, error);
}

int manifest_load_text(struct manifest_set *s, const char *name, const char *text, size_t length)
{
    struct mf_load l;
    struct mark m;

    load_open(&l, s, name, &m);
    load_documents(&l, text, length);
    return load_close(&l, &m, 0);
}

int manifest_load_built(struct manifest_set *s, const char *name, const struct manifest_builder *b)
{
    struct mf_load l;
    struct mark m;
    struct rx_text t = rx_text_in(NULL, 0);
    char *text;

    load_open(&l, s, name, &m);
    mf_write_json(&t, b->root);
    text = rx_arena_alloc(&l.scratch, t.length + 1);
    if (text != NULL) {
        t = rx_text_in(text, t.length + 1);
        mf_write_json(&t, b->root);
        rx_digest_bytes(&s->digest, text, t.length);
        document_read(&l, b->root, "", "");
    }
    return load_close(&l, &m, 0);
}

/* The object's document with what calls have changed of it. NULL: no memory. */
static struct mf_node *base_read(struct mf_load *l, const struct manifest_base *base)
{
    struct mf_docs docs;

    mf_docs_read(l, base->document->text, base->document->length, &docs);
    if (l->no_memory || docs.count != 1)
        return NULL;
    mf_places_at(docs.root[0], 0);
    return mf_overlay(l, docs.root[0], base);
}

/* A patch must leave an object what it is. */
static void identity_check(struct mf_load *l, const struct mf_node *doc,
                           const struct manifest_base *base)
{
    struct mf_at root = mf_root(doc), meta = mf_field(&root, "metadata");
    const struct {
        const struct mf_at *up;
        const char *field, *is;
    } fixed[] = {{&root, "apiVersion", base->version},
                 {&root, "kind", base->kind},
                 {&meta, "name", base->name},
                 {&meta, "namespace", base->ns}};

    for (size_t i = 0; i < RX_ARRAY_LEN(fixed); i++) {
        struct mf_at at = mf_field(fixed[i].up, fixed[i].field);

        if (at.node == NULL || fixed[i].is == NULL ||
            (at.node->type == MF_STRING && strcmp(at.node->text, fixed[i].is) == 0))
            continue;
        mf_invalid(l, &at, "field is immutable");
    }
}

/* NULL: no memory, or said. */
static struct mf_node *patched(struct mf_load *l, enum manifest_patch type, struct mf_node *root,
                               struct mf_docs *docs)
{
    bool list = type == MANIFEST_PATCH_JSON;
    struct mf_node *patch = docs->count == 1 ? docs->root[0] : NULL;

    if (patch == NULL || patch->type != (list ? MF_SEQUENCE : MF_MAPPING)) {
        mf_say_at(l, MANIFEST_ERROR, 1, 1, list ? "a JSON patch is a list of operations"
                                                : "a patch is one mapping of the fields that "
                                                  "change");
        return NULL;
    }
    if (list)
        return mf_patch_json(l, root, patch);
    return type == MANIFEST_PATCH_STRATEGIC ? mf_patch_strategic(l, root, patch)
                                            : mf_merge(l, root, patch);
}

int manifest_load_patch(struct manifest_set *s, const char *name, const char *text, size_t length,
                        enum manifest_patch type, const struct manifest_base *base)
{
    struct mf_node *root, *now;
    struct mf_docs docs;
    struct mf_load l;
    struct mark m;

    load_open(&l, s, name, &m);
    root = base_read(&l, base);
    rx_digest_bytes(&s->digest, text, length);
    mf_docs_read(&l, text, length, &docs);
    if (root != NULL && !l.failed && !l.no_memory) {
        if (base->line > 0 && docs.count == 1)
            mf_places_at(docs.root[0], base->line);
        now = patched(&l, type, root, &docs);
        if (now != NULL)
            identity_check(&l, now, base);
        if (now != NULL && !l.failed)
            document_read(&l, now, "", "");
    }
    return load_close(&l, &m, 0);
}

int manifest_load_undo(struct manifest_set *s, const char *name, const struct manifest_base *base,
                       const struct manifest_base *from)
{
    struct mf_node *root, *other, *spec, *template;
    const char *why;
    struct mf_load l;
    struct mark m;

    load_open(&l, s, name, &m);
    root = base_read(&l, base);
    other = base_read(&l, from);
    spec = other != NULL ? mf_node_find(other, "spec") : NULL;
    template = spec != NULL && spec->type == MF_MAPPING ? mf_node_find(spec, "template") : NULL;
    if (root != NULL && template != NULL)
        root = mf_set(&l, root, "spec.template", template, &why);
    if (root != NULL && template != NULL && !l.no_memory)
        document_read(&l, root, "", "");
    return load_close(&l, &m, 0);
}

int manifest_document_text(struct manifest_set *s, const struct manifest_base *base,
                           struct rx_text *out)
{
    struct mf_load l;
    struct mf_node *root;
    struct mark m;

    load_open(&l, s, "", &m);
    root = base_read(&l, base);
    if (root != NULL)
        mf_write_json(out, root);
    manifest_forget(s, &m.set);
    return load_close(&l, &m, 0);
}

static void load_open(struct mf_load *l, struct manifest_set *s, const char *file, struct mark *m)
{
    *m = (struct mark){manifest_mark(s), s->diagnostics.count, s->arena.mem->state->refused};
    *l = (struct mf_load){.set = s};
    rx_arena_init(&l->scratch, s->arena.mem);
    l->file = mf_keep(l, file, strlen(file));
}

static int load_close(struct mf_load *l, const struct mark *m, int error)
{
    struct manifest_set *s = l->set;

    l->no_memory |= s->arena.mem->state->refused != m->refused;
    rx_arena_fini(&l->scratch);
    if (l->no_memory)
        error = -RX_ENOMEM;
    else if (error == 0 && l->failed)
        error = -RX_EMANIFEST;
    if (error == -RX_ENOMEM) /* what was said without memory may be nonsense */
        s->diagnostics.count = m->diagnostics;
    if (error)
        manifest_forget(s, &m->set);
    manifest_diagnostics_sort(s, m->diagnostics);
    return error;
}

static void load_documents(struct mf_load *l, const char *text, size_t length)
{
    uint32_t before = l->set->workloads.count;
    struct mf_docs docs;

    rx_digest_bytes(&l->set->digest, text, length);
    mf_docs_read(l, text, length, &docs);
    for (uint32_t i = 0; i < docs.count && !l->no_memory; i++)
        document_read(l, docs.root[i], "", "");
    /* kubectl: "no objects passed to apply" */
    if (l->objects == 0 && !l->failed && !l->no_memory)
        mf_say_at(l, MANIFEST_ERROR, 1, 1, "no objects in it");
    if (l->pods_skipped && !l->failed && l->set->workloads.count == before)
        mf_say_at(l, MANIFEST_WARNING, l->pods_skipped, 1,
                  "no pods: they would come from objects that are not simulated");
}

/* Our kinds, and whatever is nearly one of them: a group that is misspelt would otherwise make it a
 * document of somebody else's, which is skipped. */
static bool is_ours(const char *version, const char *kind)
{
    static const char kinds[] = "Behavior Client Metrics Scenario";

    return strncmp(version, "podring.dev/", strlen("podring.dev/")) == 0 ||
           (mf_word_in(kinds, kind, strlen(kind)) &&
            (strchr(version, '/') == NULL || strncmp(version, "podring", 7) == 0));
}

/* Items of a PodList may leave out what the list says already. */
static void document_read(struct mf_load *l, const struct mf_node *doc, const char *list_version,
                          const char *list_kind)
{
    struct mf_at root = mf_root(doc);
    uint32_t before = l->set->objects.count;
    const char *version, *kind;

    l->objects++;
    if (!mf_is_object(l, &root))
        return;
    version = mf_string(l, &root, "apiVersion", list_version);
    kind = mf_string(l, &root, "kind", list_kind);
    if (!*kind)
        mf_say_at(l, MANIFEST_ERROR, doc->line, doc->column, "Object 'Kind' is missing");
    if (!*version)
        mf_say_at(l, MANIFEST_ERROR, doc->line, doc->column, "Object 'apiVersion' is missing");
    if (!*kind || !*version)
        return;
    if (is_ours(version, kind))
        podring_read(l, doc, version, kind);
    else if (!list_read(l, doc, version, kind) && !autoscaler_read(l, doc, version, kind) &&
             !mf_storage_read(l, doc, version, kind) && !kubernetes_read(l, doc, version, kind))
        skip_note(l, doc, version, kind);
    mf_refer(l, doc, before);
    mf_remark(l, doc, before);
    object_finish(l, doc, before, version, kind);
}

/* Of a list's item and of a generated name the document does not say what it is. NULL: no
 * memory. */
static const struct mf_node *named(struct mf_load *l, const struct mf_node *doc,
                                   const struct manifest_object *o, const char *version,
                                   const char *kind)
{
    struct mf_at root = mf_root(doc), meta = mf_field(&root, "metadata"),
                 name = mf_field(&meta, "name"), field = mf_field(&root, "kind");
    struct mf_node *m;

    if (doc != NULL && field.node == NULL)
        doc = mf_with(l, doc, "kind", mf_node_text(l, kind, strlen(kind)));
    field = mf_field(&root, "apiVersion");
    if (doc != NULL && field.node == NULL)
        doc = mf_with(l, doc, "apiVersion", mf_node_text(l, version, strlen(version)));
    if (doc == NULL || o->name == NULL || name.node != NULL)
        return doc;
    m = mf_with(l, meta.node, "name", mf_node_text(l, o->name, strlen(o->name)));
    return m != NULL ? mf_with(l, doc, "metadata", m) : NULL;
}

/* Of lists and Scenarios each item has been looked at by itself, or has no document of its own. */
static void object_finish(struct mf_load *l, const struct mf_node *doc, uint32_t before,
                          const char *version, const char *kind)
{
    struct manifest_set *s = l->set;

    if (s->objects.count == before + 1 && s->objects.item[before].kind != ST_STEP &&
        s->documents.item[before].kept == NULL && !l->failed && !l->no_memory)
        doc = named(l, doc, &s->objects.item[before], version, kind);
    else
        doc = NULL;
    if (doc != NULL)
        mf_document_keep(l, doc, before);
}

static bool list_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                      const char *kind)
{
    struct mf_at root = mf_root(doc), items = mf_field(&root, "items");
    size_t length = strlen(kind);
    bool plain = strcmp(kind, "List") == 0;
    const char *item_kind;

    if (length < 4 || strcmp(kind + length - 4, "List") != 0 || (!plain && !items.node))
        return false;
    item_kind = plain ? "" : mf_keep(l, kind, length - 4);
    for (uint32_t i = 0, count = mf_count(l, &items); i < count; i++)
        document_read(l, items.node->item[i].value, plain ? "" : version, item_kind);
    return true;
}

/* The one kind with two versions. */
static bool autoscaler_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                            const char *kind)
{
    bool v1 = strcmp(version, "autoscaling/v1") == 0;

    if (strcmp(kind, "HorizontalPodAutoscaler") != 0 || strncmp(version, "autoscaling/", 12) != 0)
        return false;
    if (!v1 && strcmp(version, "autoscaling/v2") != 0)
        mf_say_at(l, MANIFEST_ERROR, doc->line, doc->column,
                  "no matches for kind \"%s\" in version \"%s\": must be autoscaling/v2", kind,
                  version);
    else
        mf_hpa_read(l, doc, v1);
    return true;
}

static bool kubernetes_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                            const char *kind)
{
    static const struct {
        const char *version, *kind;
        enum { WORKLOAD, CRONJOB, CONFIG_MAP, SECRET, SERVICE, CLAIM, NODE, PRIORITY, SLICE,
               INGRESS, CLASS, LIMIT_RANGE, QUOTA, BUDGET } what;
        enum pod_workload_kind workload;
    } known[] = {
        {"v1", "Pod", WORKLOAD, POD_WORKLOAD_POD},
        {"v1", "ReplicationController", WORKLOAD, POD_WORKLOAD_CONTROLLER},
        {"apps/v1", "Deployment", WORKLOAD, POD_WORKLOAD_DEPLOYMENT},
        {"apps/v1", "ReplicaSet", WORKLOAD, POD_WORKLOAD_REPLICASET},
        {"apps/v1", "StatefulSet", WORKLOAD, POD_WORKLOAD_STATEFULSET},
        {"apps/v1", "DaemonSet", WORKLOAD, POD_WORKLOAD_DAEMONSET},
        {"batch/v1", "Job", WORKLOAD, POD_WORKLOAD_JOB},
        {.version = "batch/v1", .kind = "CronJob", .what = CRONJOB},
        {.version = "v1", .kind = "ConfigMap", .what = CONFIG_MAP},
        {.version = "v1", .kind = "Secret", .what = SECRET},
        {.version = "v1", .kind = "Service", .what = SERVICE},
        {.version = "v1", .kind = "PersistentVolumeClaim", .what = CLAIM},
        {.version = "v1", .kind = "Node", .what = NODE},
        {.version = "v1", .kind = "LimitRange", .what = LIMIT_RANGE},
        {.version = "policy/v1", .kind = "PodDisruptionBudget", .what = BUDGET},
        {.version = "v1", .kind = "ResourceQuota", .what = QUOTA},
        {.version = "scheduling.k8s.io/v1", .kind = "PriorityClass", .what = PRIORITY},
        {.version = "discovery.k8s.io/v1", .kind = "EndpointSlice", .what = SLICE},
        {.version = "networking.k8s.io/v1", .kind = "Ingress", .what = INGRESS},
        {.version = "networking.k8s.io/v1", .kind = "IngressClass", .what = CLASS},
    };
    size_t group = strcspn(version, "/");
    /* In a group of somebody else's, a Job is somebody else's Job. */
    bool ours = version[group] == '\0' || (group == 4 && strncmp(version, "apps", 4) == 0) ||
                (group == 5 && strncmp(version, "batch", 5) == 0) ||
                (group == 6 && strncmp(version, "policy", 6) == 0) ||
                (group == 17 && strncmp(version, "scheduling.k8s.io", 17) == 0) ||
                (group == 16 && strncmp(version, "discovery.k8s.io", 16) == 0) ||
                (group == 17 && strncmp(version, "networking.k8s.io", 17) == 0) ||
                (group == 10 && strncmp(version, "extensions", 10) == 0);

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++) {
        if (strcmp(kind, known[i].kind) != 0 || !ours)
            continue;
        if (strcmp(version, known[i].version) != 0)
            mf_say_at(l, MANIFEST_ERROR, doc->line, doc->column,
                      "no matches for kind \"%s\" in version \"%s\": must be %s", kind, version,
                      known[i].version);
        else if (known[i].what == WORKLOAD)
            mf_workload_read(l, doc, known[i].workload);
        else if (known[i].what == CRONJOB)
            mf_cronjob_read(l, doc);
        else if (known[i].what == SERVICE)
            mf_service_read(l, doc);
        else if (known[i].what == CLAIM)
            mf_claim_read(l, doc);
        else if (known[i].what == NODE)
            mf_node_read(l, doc);
        else if (known[i].what == BUDGET)
            mf_budget_read(l, doc);
        else if (known[i].what == LIMIT_RANGE)
            mf_limit_range_read(l, doc);
        else if (known[i].what == QUOTA)
            mf_quota_read(l, doc);
        else if (known[i].what == PRIORITY)
            mf_priority_read(l, doc);
        else if (known[i].what == SLICE)
            mf_slice_read(l, doc);
        else if (known[i].what == INGRESS)
            mf_ingress_read(l, doc);
        else if (known[i].what != CLASS) /* one controller plays all classes of Ingresses */
            mf_config_read(l, doc, known[i].what == SECRET);
        return true;
    }
    return false;
}

static void podring_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                         const char *kind)
{
    l->strict = true;
    if (strcmp(version, "podring.dev/v1") == 0 && strcmp(kind, "Behavior") == 0)
        mf_behavior_read(l, doc);
    else if (strcmp(version, "podring.dev/v1") == 0 && strcmp(kind, "Scenario") == 0)
        mf_scenario_read(l, doc);
    else if (strcmp(version, "podring.dev/v1") == 0 && strcmp(kind, "Client") == 0)
        mf_client_read(l, doc);
    else if (strcmp(version, "podring.dev/v1") == 0 && strcmp(kind, "Metrics") == 0)
        mf_metrics_read(l, doc);
    else
        mf_say_at(
            l, MANIFEST_ERROR, doc->line, doc->column,
            "no matches for kind \"%s\" in version \"%s\": there are Behavior, Client, "
            "Metrics and "
            "Scenario in podring.dev/v1",
            kind, version);
    l->strict = false;
}

/* Whatever has the template of a pod where a workload or a CronJob has it. */
static bool makes_pods(const struct mf_at *root)
{
    struct mf_at spec = mf_field(root, "spec"), job = mf_field(&spec, "jobTemplate"),
                 job_spec = mf_field(&job, "spec"),
                 template = mf_field(job.node ? &job_spec : &spec, "template"),
                 pod = mf_field(&template, "spec"), containers = mf_field(&pod, "containers");

    return containers.node != NULL;
}

static void skip_note(struct mf_load *l, const struct mf_node *doc, const char *version,
                      const char *kind)
{
    struct mf_at root = mf_root(doc), meta = mf_field(&root, "metadata"),
                 name = mf_field(&meta, "name");
    size_t group = strcspn(version, "/");
    bool named = name.node && name.node->type == MF_STRING;

    /* Only names of domains, so "apps" and the like are none, and *.k8s.io is Kubernetes'. */
    l->set->strangers += memchr(version, '.', group) != NULL &&
                         !(group > 7 && strncmp(version + group - 7, ".k8s.io", 7) == 0);
    if (!named) {
        name = mf_field(&meta, "generateName");
        named = name.node && name.node->type == MF_STRING;
    }
    if (!l->pods_skipped && makes_pods(&root))
        l->pods_skipped = doc->line;
    mf_say_at(l, MANIFEST_NOTE, doc->line, doc->column, "%s/%s%s%s: not simulated, skipped",
              version, kind, named ? " " : "", named ? mf_json(l, name.node) : "");
}
