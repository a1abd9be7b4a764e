/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refer.c - whom a document means: the ConfigMaps, Secrets, claims and Services that it names, the
 * pods that its selector is to find, the objects of its steps. They are gathered with their places
 * once the document has been read and found good; whether they are there is known when all
 * documents are (api/fits.c).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

/* A document that is looked through. */
struct referrer {
    struct mf_load *l;
    uint32_t object; /* its number in the list */
};

static void workload_refer(const struct referrer *r, const struct mf_at *root);
static void service_refer(const struct referrer *r, const struct mf_at *spec);
static void ingress_refer(const struct referrer *r, const struct mf_at *spec);
static void autoscaler_refer(const struct referrer *r, const struct mf_at *spec);
static void behavior_refer(const struct referrer *r, const struct mf_at *spec);
static void steps_refer(struct mf_load *l, const struct mf_at *spec, uint32_t first);

static void put(const struct referrer *r, const struct mf_at *at, const struct manifest_ref *ref)
{
    struct manifest_refs *all = &r->l->set->refs;

    if (at->node == NULL || at->node->line == 0 ||
        !mf_room(r->l, &r->l->set->arena, &all->item, all->count, &all->room, sizeof(*all->item)))
        return;
    all->item[all->count] = *ref;
    all->item[all->count].object = r->object;
    all->item[all->count].file = r->l->file;
    all->item[all->count].line = at->node->line;
    all->item[all->count].column = at->node->column;
    all->count++;
}

/* The text of a field, if it is one; "" is none. */
static const char *text_of(const struct referrer *r, const struct mf_at *at)
{
    return at->node != NULL && at->node->type == MF_STRING && at->node->length > 0
               ? mf_keep(r->l, at->node->text, at->node->length)
               : NULL;
}

static bool is_true(const struct mf_at *at)
{
    return at->node != NULL && at->node->type == MF_BOOL && at->node->truth;
}

static uint32_t count_of(const struct mf_at *at)
{
    return at->node != NULL && at->node->type == MF_SEQUENCE ? at->node->count : 0;
}

static void put_name(const struct referrer *r, enum manifest_ref_kind kind, const struct mf_at *up,
                     const char *field, const char *use)
{
    struct mf_at at = mf_field(up, field), optional = mf_field(up, "optional");
    const char *name = text_of(r, &at);

    if (name != NULL && !is_true(&optional))
        put(r, &at, &(struct manifest_ref){.kind = kind, .name = name, .use = use});
}

void mf_refer(struct mf_load *l, const struct mf_node *doc, uint32_t before)
{
    struct mf_at root = mf_root(doc), spec = mf_field(&root, "spec");
    const struct manifest_object *o = &l->set->objects.item[before];
    struct referrer r = {.l = l, .object = before};

    if (l->failed || l->no_memory || l->set->objects.count <= before)
        return;
    if (o->kind == ST_STEP)
        steps_refer(l, &spec, before);
    if (o->kind == ST_STEP || l->set->objects.count != before + 1)
        return;
    switch (o->kind) {
    case ST_WORKLOAD:
        workload_refer(&r, &root);
        break;
    case ST_SERVICE:
        service_refer(&r, &spec);
        break;
    case ST_INGRESS:
        ingress_refer(&r, &spec);
        break;
    case ST_HPA:
        autoscaler_refer(&r, &spec);
        break;
    case ST_BUDGET: {
        struct mf_at selector = mf_field(&spec, "selector");

        put(&r, &selector, &(struct manifest_ref){.kind = MANIFEST_REF_SELECTOR});
        break;
    }
    case ST_BEHAVIOUR:
        behavior_refer(&r, &spec);
        break;
    default:
        break;
    }
}

/* ---- pods ------------------------------------------------------------------------------------ */

static const char volume_use[] = "the pod stays ContainerCreating (FailedMount)";
static const char env_use[] = "CreateContainerConfigError";

/* With the keys of `items`. */
static void projection_refer(const struct referrer *r, const struct mf_at *up, const char *field,
                             bool secret)
{
    enum manifest_ref_kind kind = secret ? MANIFEST_REF_SECRET : MANIFEST_REF_CONFIG_MAP;
    struct mf_at items = mf_field(up, "items"), name = mf_field(up, field),
                 optional = mf_field(up, "optional");
    const char *text = text_of(r, &name);

    put_name(r, kind, up, field, volume_use);
    for (uint32_t i = 0; i < count_of(&items) && text != NULL && !is_true(&optional); i++) {
        struct mf_at item = mf_item(&items, i), key = mf_field(&item, "key");

        if (text_of(r, &key) != NULL)
            put(r, &key, &(struct manifest_ref){.kind = kind, .name = text,
                                                .key = text_of(r, &key), .use = volume_use});
    }
}

static void volumes_refer(const struct referrer *r, const struct mf_at *spec)
{
    struct mf_at volumes = mf_field(spec, "volumes");

    for (uint32_t i = 0; i < count_of(&volumes); i++) {
        struct mf_at item = mf_item(&volumes, i), map = mf_field(&item, "configMap"),
                     secret = mf_field(&item, "secret"), projected = mf_field(&item, "projected"),
                     claim = mf_field(&item, "persistentVolumeClaim"),
                     sources = mf_field(&projected, "sources");

        projection_refer(r, &map, "name", false);
        projection_refer(r, &secret, "secretName", true);
        put_name(r, MANIFEST_REF_CLAIM, &claim, "claimName", "the pod stays Pending");
        for (uint32_t k = 0; k < count_of(&sources); k++) {
            struct mf_at source = mf_item(&sources, k);

            map = mf_field(&source, "configMap");
            secret = mf_field(&source, "secret");
            projection_refer(r, &map, "name", false);
            projection_refer(r, &secret, "name", true);
        }
    }
}

static void env_refer(const struct referrer *r, const struct mf_at *container)
{
    struct mf_at from = mf_field(container, "envFrom"), env = mf_field(container, "env");

    for (uint32_t i = 0; i < count_of(&from); i++) {
        struct mf_at item = mf_item(&from, i), map = mf_field(&item, "configMapRef"),
                     secret = mf_field(&item, "secretRef");

        put_name(r, MANIFEST_REF_CONFIG_MAP, &map, "name", env_use);
        put_name(r, MANIFEST_REF_SECRET, &secret, "name", env_use);
    }
    for (uint32_t i = 0; i < count_of(&env); i++) {
        struct mf_at item = mf_item(&env, i), source = mf_field(&item, "valueFrom"),
                     map = mf_field(&source, "configMapKeyRef"),
                     secret = mf_field(&source, "secretKeyRef"),
                     *ref = map.node != NULL ? &map : &secret, optional = mf_field(ref, "optional"),
                     name = mf_field(ref, "name"), key = mf_field(ref, "key");
        const char *text = text_of(r, &name);

        if (text == NULL || is_true(&optional))
            continue;
        put(r, &name, &(struct manifest_ref){
                          .kind = map.node != NULL ? MANIFEST_REF_CONFIG_MAP : MANIFEST_REF_SECRET,
                          .name = text, .key = text_of(r, &key), .use = env_use});
    }
}

static void pod_refer(const struct referrer *r, const struct mf_at *spec)
{
    static const char *const lists[] = {"initContainers", "containers"};
    struct mf_at pulls = mf_field(spec, "imagePullSecrets"),
                 class = mf_field(spec, "priorityClassName"), number = mf_field(spec, "priority");

    for (size_t k = 0; k < RX_ARRAY_LEN(lists); k++) {
        struct mf_at list = mf_field(spec, lists[k]);

        for (uint32_t i = 0; i < count_of(&list); i++) {
            struct mf_at item = mf_item(&list, i);

            env_refer(r, &item);
        }
    }
    volumes_refer(r, spec);
    if (mf_system_priority(text_of(r, &class)) == 0)
        put_name(r, MANIFEST_REF_PRIORITY, spec, "priorityClassName",
                 number.node != NULL ? "a cluster without it refuses the pods"
                                     : "taken for 0; a cluster without it refuses the pods");
    for (uint32_t i = 0; i < count_of(&pulls); i++) {
        struct mf_at item = mf_item(&pulls, i);

        put_name(r, MANIFEST_REF_SECRET, &item, "name",
                 "images are pulled without it, which a private registry refuses");
    }
}

static void workload_refer(const struct referrer *r, const struct mf_at *root)
{
    const struct manifest_object *o = &r->l->set->objects.item[r->object];
    struct mf_at spec = mf_field(root, "spec"), cron = mf_field(&spec, "jobTemplate"),
                 job = mf_field(&cron, "spec"),
                 template = mf_field(cron.node != NULL ? &job : &spec, "template"),
                 pod = mf_field(&template, "spec");

    pod_refer(r, o->sub == POD_WORKLOAD_POD ? &spec : &pod);
    if (o->sub == POD_WORKLOAD_STATEFULSET)
        put_name(r, MANIFEST_REF_SERVICE, &spec, "serviceName", "its pods have no names in DNS");
}

/* ---- what finds pods, and what stands before them -------------------------------------------- */

static void service_refer(const struct referrer *r, const struct mf_at *spec)
{
    struct mf_at selector = mf_field(spec, "selector"), ports = mf_field(spec, "ports");

    if (selector.node == NULL || selector.node->count == 0)
        return;
    put(r, &selector, &(struct manifest_ref){.kind = MANIFEST_REF_SELECTOR});
    for (uint32_t i = 0; i < count_of(&ports); i++) {
        struct mf_at item = mf_item(&ports, i), target = mf_field(&item, "targetPort"),
                     port = mf_field(&item, "port");

        put(r, target.node != NULL ? &target : &port,
            &(struct manifest_ref){.kind = MANIFEST_REF_TARGET_PORT, .number = i});
    }
}

static void backend_refer(const struct referrer *r, const struct mf_at *backend)
{
    struct mf_at service = mf_field(backend, "service"), name = mf_field(&service, "name"),
                 port = mf_field(&service, "port"), number = mf_field(&port, "number"),
                 word = mf_field(&port, "name");
    const char *text = text_of(r, &name);

    if (text == NULL)
        return;
    put(r, &name, &(struct manifest_ref){.kind = MANIFEST_REF_SERVICE, .name = text,
                                         .use = "its requests are answered with 503"});
    if (word.node != NULL)
        put(r, &word, &(struct manifest_ref){.kind = MANIFEST_REF_SERVICE_PORT, .name = text,
                                             .key = text_of(r, &word)});
    else if (number.node != NULL && number.node->type == MF_INT)
        put(r, &number, &(struct manifest_ref){.kind = MANIFEST_REF_SERVICE_PORT, .name = text,
                                               .number = (uint32_t)number.node->number});
}

static void ingress_refer(const struct referrer *r, const struct mf_at *spec)
{
    struct mf_at fallback = mf_field(spec, "defaultBackend"), rules = mf_field(spec, "rules");

    backend_refer(r, &fallback);
    for (uint32_t i = 0; i < count_of(&rules); i++) {
        struct mf_at rule = mf_item(&rules, i), http = mf_field(&rule, "http"),
                     paths = mf_field(&http, "paths");

        for (uint32_t k = 0; k < count_of(&paths); k++) {
            struct mf_at path = mf_item(&paths, k), backend = mf_field(&path, "backend");

            backend_refer(r, &backend);
        }
    }
}

static void autoscaler_refer(const struct referrer *r, const struct mf_at *spec)
{
    struct mf_at target = mf_field(spec, "scaleTargetRef"), name = mf_field(&target, "name");

    put(r, &name, &(struct manifest_ref){.kind = MANIFEST_REF_SCALED, .name = text_of(r, &name)});
}

/* ---- our own kinds --------------------------------------------------------------------------- */

/* Without a selector it stands for its place itself. */
static void behavior_refer(const struct referrer *r, const struct mf_at *spec)
{
    struct mf_at selector = mf_field(spec, "selector"), workload = mf_field(spec, "workload"),
                 container = mf_field(spec, "container");

    put(r, selector.node != NULL ? &selector : workload.node != NULL ? &workload : spec,
        &(struct manifest_ref){.kind = MANIFEST_REF_SELECTOR});
    if (container.node != NULL)
        put(r, &container, &(struct manifest_ref){.kind = MANIFEST_REF_CONTAINER,
                                                  .name = text_of(r, &container)});
}

/* "pod/web-0", of whatever action; else the step. */
static struct mf_at object_of(const struct mf_at *step)
{
    for (uint32_t i = 0; step->node->type == MF_MAPPING && i < step->node->count; i++) {
        const struct mf_pair *p = &step->node->item[i];

        if (p->value->type == MF_STRING && strchr(p->value->text, '/') != NULL)
            return (struct mf_at){.up = step, .name = p->key->text, .node = p->value};
    }
    return *step;
}

static void steps_refer(struct mf_load *l, const struct mf_at *spec, uint32_t first)
{
    struct mf_at steps = mf_field(spec, "steps");

    for (uint32_t i = 0; i < count_of(&steps) && first + i < l->set->objects.count; i++) {
        struct referrer r = {.l = l, .object = first + i};
        struct mf_at step = mf_item(&steps, i), at = object_of(&step);

        put(&r, &at, &(struct manifest_ref){.kind = MANIFEST_REF_STEP});
    }
}
