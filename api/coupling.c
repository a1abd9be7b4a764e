/* SPDX-License-Identifier: Apache-2.0 */
/* coupling.c - sets of objects, joined by one look at each of them (union, by the first). */
#include "api/coupling.h"

#include <string.h>

#include "api/engine.h"
#include "engine/cluster/endpoint.h"
#include "engine/reactor/err.h"
#include "engine/reactor/hash.h"

/* ---- sets ------------------------------------------------------------------------------------ */

static uint32_t root(const struct api_coupling *k, uint32_t i)
{
    while (k->up[i] != i) {
        k->up[i] = k->up[k->up[i]];
        i = k->up[i];
    }
    return i;
}

static void join(struct api_coupling *k, uint32_t a, uint32_t b)
{
    a = root(k, a);
    b = root(k, b);
    k->up[RX_MAX(a, b)] = RX_MIN(a, b);
}

static void join_all(struct api_coupling *k)
{
    for (uint32_t i = 1; i < k->count; i++)
        join(k, 0, i);
    k->all = true;
}

/* ---- finding --------------------------------------------------------------------------------- */

enum { LABELS = 200, IMAGES, SCENARIOS }; /* what else stands in the map, beside kinds */

static uint64_t key_of(uint8_t kind, uint8_t sub, const char *ns, const char *name)
{
    uint64_t h = rx_hash_bytes((uint64_t)kind << 8 | sub, ns != NULL ? ns : "",
                               ns != NULL ? strlen(ns) + 1 : 1);

    return rx_hash_end(rx_hash_bytes(h, name, strlen(name)));
}

static uint64_t label_key(const char *ns, const struct rx_pair *label)
{
    uint64_t h = rx_hash_bytes(LABELS, ns, strlen(ns) + 1);

    h = rx_hash_bytes(h, label->key, strlen(label->key) + 1);
    return rx_hash_end(rx_hash_bytes(h, label->value, strlen(label->value)));
}

static int put(struct api_coupling *k, uint64_t key, uint32_t object)
{
    return rx_map_put(&k->names, key, (void *)(uintptr_t)(object + 1));
}

/* Those of a hash, one a call. UINT32_MAX: no more. */
static uint32_t next(const struct api_coupling *k, uint64_t key, uint32_t *cursor)
{
    void *v = rx_map_next(&k->names, key, cursor);

    return v != NULL ? (uint32_t)((uintptr_t)v - 1) : UINT32_MAX;
}

static uint32_t named(const podring *r, uint8_t kind, uint8_t sub, const char *ns, const char *name)
{
    uint64_t key = key_of(kind, sub, ns, name);
    uint32_t cursor = 0, i;

    while ((i = next(&r->coupling, key, &cursor)) != UINT32_MAX) {
        const struct manifest_object *o = &r->set.objects.item[i];

        if (kind == SCENARIOS ||
            (o->kind == kind && o->sub == sub && strcmp(o->name, name) == 0 &&
             strcmp(o->ns != NULL ? o->ns : "", ns != NULL ? ns : "") == 0))
            return i;
    }
    return UINT32_MAX;
}

static void join_named(podring *r, uint32_t i, uint8_t kind, uint8_t sub, const char *ns,
                       const char *name)
{
    uint32_t other = name != NULL ? named(r, kind, sub, ns, name) : UINT32_MAX;

    if (other != UINT32_MAX)
        join(&r->coupling, i, other);
}

static const struct pod_workload_spec *workload_at(const podring *r, uint32_t i)
{
    const struct manifest_object *o = &r->set.objects.item[i];

    return o->kind == ST_WORKLOAD ? &r->set.workloads.item[o->index] : NULL;
}

static int put_names(podring *r)
{
    struct api_coupling *k = &r->coupling;
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < k->count; i++) {
        const struct manifest_object *o = &r->set.objects.item[i];
        const struct pod_workload_spec *w = workload_at(r, i);
        const struct pod_step *s = o->kind == ST_STEP ? &r->set.steps.item[o->index] : NULL;

        if (s != NULL)
            rc = put(k, key_of(SCENARIOS, 0, s->scenario_ns, s->scenario), i);
        if (rc == 0 && s != NULL && s->image != NULL)
            rc = put(k, key_of(IMAGES, 0, "", s->image), i);
        if (rc == 0 && s == NULL && o->name != NULL)
            rc = put(k, key_of(o->kind, o->sub, o->ns, o->name), i);
        for (uint32_t n = 0; rc == 0 && w != NULL && n < w->template_->labels.count; n++)
            rc = put(k, label_key(w->ns, &w->template_->labels.pair[n]), i);
        for (uint32_t n = 0; rc == 0 && w != NULL && n < w->template_->container_count; n++)
            rc = put(k, key_of(IMAGES, 0, "", w->template_->container[n].image), i);
    }
    return rc;
}

/* ---- what couples ---------------------------------------------------------------------------- */

/* Workloads of the namespace whose template the selector matches. */
static void join_selected(podring *r, uint32_t i, const char *ns,
                          const struct pod_selector *selector, const struct pod_labels *labels)
{
    for (uint32_t n = 0; n < r->coupling.count; n++) {
        const struct pod_workload_spec *w = workload_at(r, n);
        bool fits = w != NULL && strcmp(w->ns, ns) == 0;

        if (fits && selector != NULL && selector->present)
            fits = pod_selector_matches(selector, &w->template_->labels);
        for (uint32_t l = 0; fits && labels != NULL && l < labels->count; l++) {
            const char *value = st_label(&w->template_->labels, labels->pair[l].key);

            /* What its controller gives a pod is not known here: it may fit. */
            fits = value == NULL || strcmp(value, labels->pair[l].value) == 0;
        }
        if (fits)
            join(&r->coupling, i, n);
    }
}

/* By its first label: that is found at once. */
static void join_service(podring *r, uint32_t i, const struct pod_service_spec *s)
{
    uint32_t cursor = 0, n;

    if (!s->has_selector || s->selector.count == 0)
        return;
    if (s->selector.count > 1 || cluster_label_is_given(s->selector.pair[0].key)) {
        join_selected(r, i, s->ns, NULL, &s->selector);
        return;
    }
    while ((n = next(&r->coupling, label_key(s->ns, &s->selector.pair[0]), &cursor)) != UINT32_MAX)
        join(&r->coupling, i, n);
}

static bool is_of(const podring *r, uint32_t i, enum st_kind kind)
{
    return r->set.objects.item[i].kind == kind;
}

static void join_kind(podring *r, uint32_t i, enum st_kind kind)
{
    for (uint32_t n = 0; n < r->coupling.count; n++)
        if (is_of(r, n, kind))
            join(&r->coupling, i, n);
}

/* Its host is a Service, or a pod of one, in some namespace; else it may be anybody's. */
static void join_client(podring *r, uint32_t i, const struct st_client_spec *s)
{
    const char *dot = strchr(s->host, '.');
    bool found = false;

    for (uint32_t n = 0; n < r->coupling.count; n++) {
        const struct manifest_object *o = &r->set.objects.item[n];
        size_t length = o->name != NULL ? strlen(o->name) : 0;

        if (o->kind != ST_SERVICE ||
            !((strncmp(s->host, o->name, length) == 0 &&
               (s->host[length] == '\0' || s->host[length] == '.')) ||
              (dot != NULL && strncmp(dot + 1, o->name, length) == 0 &&
               (dot[1 + length] == '\0' || dot[1 + length] == '.'))))
            continue;
        join(&r->coupling, i, n);
        found = true;
    }
    if (found)
        return;
    join_kind(r, i, ST_SERVICE);
    join_kind(r, i, ST_INGRESS);
    join_kind(r, i, ST_WORKLOAD);
}

static void join_ingress(podring *r, uint32_t i, const struct st_ingress_spec *s)
{
    join_named(r, i, ST_SERVICE, 0, s->ns, s->fallback.service);
    for (uint32_t n = 0; n < s->path_count; n++)
        join_named(r, i, ST_SERVICE, 0, s->ns, s->path[n].backend.service);
}

/* What it mounts that others may mount, too; a volume of the node is everybody's. */
static void join_volumes(podring *r, uint32_t i, const struct pod_workload_spec *w)
{
    for (uint32_t n = 0; n < w->template_->volume_count; n++) {
        const struct pod_volume_spec *v = &w->template_->volume[n];
        const char *kind = v->kind == POD_VOLUME_CLAIM       ? "claim"
                           : v->kind == POD_VOLUME_HOST_PATH ? "host"
                                                             : NULL;
        const char *name = v->kind == POD_VOLUME_CLAIM ? v->source : "";
        uint64_t key;
        uint32_t cursor = 0, other;

        if (kind == NULL || v->templated)
            continue;
        key = key_of(ST_KINDS, 0, v->kind == POD_VOLUME_CLAIM ? w->ns : "/", name);
        if ((other = next(&r->coupling, key, &cursor)) != UINT32_MAX)
            join(&r->coupling, i, other);
        else
            r->coupling.on = put(&r->coupling, key, i) == 0; /* without it nothing is divided */
        if (v->kind == POD_VOLUME_CLAIM)
            join_named(r, i, ST_CLAIM, 0, w->ns, v->source);
    }
}

/* Pods that are not there from the start find an image that others have pulled. */
static void join_image(podring *r, uint32_t i, const char *image)
{
    uint32_t cursor = 0, n;

    while ((n = next(&r->coupling, key_of(IMAGES, 0, "", image), &cursor)) != UINT32_MAX)
        join(&r->coupling, i, n);
}

/* A patch may give an image that others have. */
static void join_patch(podring *r, uint32_t i, const char *patch)
{
    for (uint32_t n = 0; n < r->coupling.count; n++) {
        const struct pod_workload_spec *w = workload_at(r, n);

        for (uint32_t c = 0; w != NULL && c < w->template_->container_count; c++)
            if (strstr(patch, w->template_->container[c].image) != NULL)
                join(&r->coupling, i, n);
    }
}

static bool starts_like(const char *name, const char *workload)
{
    size_t n = strlen(workload);

    return strncmp(name, workload, n) == 0 && (name[n] == '\0' || name[n] == '-');
}

/* Its object, and if that is a pod (or a set of a Deployment), whose it may be by its name. */
static void join_step(podring *r, uint32_t i, const struct pod_step *s)
{
    join(&r->coupling, i, named(r, SCENARIOS, 0, s->scenario_ns, s->scenario));
    if (s->image != NULL)
        join_image(r, i, s->image);
    if (s->patch != NULL)
        join_patch(r, i, s->patch);
    for (uint32_t n = 0; n < r->coupling.count; n++) {
        const struct manifest_object *o = &r->set.objects.item[n];

        if (o->name == NULL || s->object_name == NULL || s->object_name[0] == '\0')
            continue;
        if ((o->ns == NULL || o->ns[0] == '\0' || strcmp(o->ns, s->ns) == 0) &&
            (o->kind == ST_WORKLOAD ? starts_like(s->object_name, o->name)
                                    : strcmp(s->object_name, o->name) == 0))
            join(&r->coupling, i, n);
    }
}

static bool is_about_all(const struct pod_step *s)
{
    return s->kind == POD_STEP_REBOOT || s->kind == POD_STEP_APPLY || s->kind == POD_STEP_PAUSE ||
           s->object_kind == NULL || strcmp(s->object_kind, "namespace") == 0;
}

static void join_workload(podring *r, uint32_t i, const struct pod_workload_spec *w)
{
    join_volumes(r, i, w);
    join_named(r, i, ST_PRIORITY_CLASS, 0, "", w->template_->priority_class);
    if (w->kind == POD_WORKLOAD_CRONJOB || w->kind == POD_WORKLOAD_JOB || w->replicas == 0 ||
        (w->deployment != NULL && w->deployment->paused))
        for (uint32_t n = 0; n < w->template_->container_count; n++)
            join_image(r, i, w->template_->container[n].image);
    /* It may adopt bare pods, and then makes fewer. */
    if (w->kind != POD_WORKLOAD_POD && w->selector.present)
        join_selected(r, i, w->ns, &w->selector, NULL);
}

/* A name of a Service in what a program is given may be asked for. */
static bool mentions(const struct pod_spec *spec, const char *name)
{
    for (uint32_t i = 0; i < spec->container_count; i++) {
        const struct pod_container_spec *c = &spec->container[i];

        for (uint32_t n = 0; n < c->argc; n++)
            if (strstr(c->argv[n], name) != NULL)
                return true;
        for (uint32_t n = 0; n < c->env_count; n++)
            if (c->env[n].value != NULL && strstr(c->env[n].value, name) != NULL)
                return true;
    }
    return false;
}

static void join_mentions(podring *r, uint32_t service)
{
    for (uint32_t n = 0; n < r->coupling.count; n++) {
        const struct pod_workload_spec *w = workload_at(r, n);

        if (w != NULL && mentions(w->template_, r->set.objects.item[service].name))
            join(&r->coupling, service, n);
    }
}

static void join_behaviour(podring *r, const struct pod_behaviour *b)
{
    uint32_t first = UINT32_MAX;

    for (uint32_t n = 0; b->has_pods && n < r->coupling.count; n++) {
        const struct pod_workload_spec *w = workload_at(r, n);

        if (w == NULL || strcmp(w->ns, b->ns) != 0 ||
            (b->selector.present && !pod_selector_matches(&b->selector, &w->template_->labels)) ||
            (b->workload != NULL && strcmp(b->workload, w->name) != 0))
            continue;
        first = first == UINT32_MAX ? n : first;
        join(&r->coupling, first, n);
    }
}

static void join_metrics(podring *r, uint32_t i, const struct st_metrics_spec *m)
{
    if (m->kind == ST_METRICS_PODS)
        join_selected(r, i, m->ns, &m->selector, NULL);
    else
        join_kind(r, i, ST_HPA);
    for (uint32_t n = 0; n < m->value_count; n++)
        join_named(r, i, ST_CLIENT, 0, m->ns, m->value[n].client);
}

static void join_object(podring *r, uint32_t i)
{
    const struct manifest_set *set = &r->set;
    const struct manifest_object *o = &set->objects.item[i];

    switch ((enum st_kind)o->kind) {
    case ST_WORKLOAD:
        join_workload(r, i, &set->workloads.item[o->index]);
        break;
    case ST_SERVICE:
        join_service(r, i, &set->services.item[o->index]);
        join_mentions(r, i);
        break;
    case ST_SLICE:
        join_kind(r, i, ST_WORKLOAD); /* by addresses and names of pods */
        join_kind(r, i, ST_SERVICE);
        break;
    case ST_INGRESS:
        join_ingress(r, i, &set->ingresses.item[o->index]);
        break;
    case ST_CLIENT:
        join_client(r, i, &set->clients.item[o->index]);
        break;
    case ST_HPA:
        for (uint8_t sub = 0; sub < POD_WORKLOAD_KINDS; sub++)
            join_named(r, i, ST_WORKLOAD, sub, o->ns, set->hpas.item[o->index].target_name);
        break;
    case ST_METRICS:
        join_metrics(r, i, &set->metrics.item[o->index]);
        break;
    case ST_BUDGET:
        join_selected(r, i, o->ns, &set->budgets.item[o->index].selector, NULL);
        break;
    case ST_STEP:
        join_step(r, i, &set->steps.item[o->index]);
        break;
    case ST_BEHAVIOUR:
        join_behaviour(r, &set->behaviours.item[o->index]);
        break;
    default:
        break;
    }
}

/* ---- whether --------------------------------------------------------------------------------- */

/* A step that only a controller can follow. */
static bool steers(const struct pod_step *s)
{
    switch (s->kind) {
    case POD_STEP_UNDO:
    case POD_STEP_PAUSE_ROLLOUT:
    case POD_STEP_RESUME_ROLLOUT:
    case POD_STEP_RESTART_ROLLOUT:
    case POD_STEP_PATCH:
        return true;
    case POD_STEP_SET_IMAGE:
        return strcmp(s->object_kind, "deployment") == 0 ||
               strcmp(s->object_kind, "daemonset") == 0;
    default:
        return false;
    }
}

/* Does it need an engine that has all that it is coupled with? */
static bool couples(const podring *r, uint32_t i)
{
    const struct manifest_object *o = &r->set.objects.item[i];

    switch ((enum st_kind)o->kind) {
    case ST_NODE:
    case ST_QUOTA:
    case ST_BUDGET:
    case ST_CLIENT:
    case ST_HPA:
    case ST_METRICS:
    case ST_VOLUME:
    case ST_STORAGE_CLASS:
        return true;
    case ST_WORKLOAD:
        return o->sub == POD_WORKLOAD_CRONJOB || o->sub == POD_WORKLOAD_JOB;
    case ST_STEP:
        return steers(&r->set.steps.item[o->index]);
    default:
        return false;
    }
}

/* Is everything coupled with everything by it? */
static bool couples_all(const podring *r, uint32_t i)
{
    const struct manifest_object *o = &r->set.objects.item[i];

    return o->kind == ST_NODE || o->kind == ST_QUOTA || o->kind == ST_LIMIT_RANGE ||
           o->kind == ST_VOLUME || o->kind == ST_STORAGE_CLASS ||
           (o->kind == ST_STEP && is_about_all(&r->set.steps.item[o->index]));
}

static int open_sets(podring *r)
{
    struct api_coupling *k = &r->coupling;

    k->count = r->set.objects.count;
    k->up = rx_mem_alloc(&r->mem, k->count * sizeof(*k->up));
    k->hash = rx_mem_zalloc(&r->mem, k->count * sizeof(*k->hash));
    if (k->up == NULL || k->hash == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < k->count; i++)
        k->up[i] = i;
    return put_names(r);
}

/* A set is where the first of it that has a name would be. */
static void place_sets(podring *r)
{
    struct api_coupling *k = &r->coupling;

    for (uint32_t i = 0; i < k->count; i++) {
        const struct manifest_object *o = &r->set.objects.item[i];
        uint32_t at = root(k, i);

        if (k->hash[at] == 0 && o->name != NULL && o->kind != ST_BEHAVIOUR && o->kind != ST_CONFIG)
            k->hash[at] = pod_hash_name(o->ns != NULL ? o->ns : "", o->name);
    }
}

int api_couple(podring *r)
{
    struct api_coupling *k = &r->coupling;
    bool all = false;
    int rc = 0;

    if (!r->cluster.divides || k->count > 0 || r->applied.objects > 0)
        return 0;
    for (uint32_t i = 0; i < r->set.objects.count; i++) {
        k->on = k->on || couples(r, i);
        all = all || couples_all(r, i);
    }
    if (!k->on)
        return 0;
    rx_map_init(&k->names, &r->mem);
    rc = open_sets(r);
    if (rc == 0 && all)
        join_all(k);
    for (uint32_t i = 0; rc == 0 && !all && i < k->count; i++)
        join_object(r, i);
    if (rc == 0 && !k->on)
        rc = -RX_ENOMEM;
    if (rc != 0) {
        api_uncouple(r);
        return rc;
    }
    place_sets(r);
    r->cluster.divides = false;
    r->cluster.coupled = true;
    return 0;
}

void api_uncouple(podring *r)
{
    struct api_coupling *k = &r->coupling;

    rx_mem_free(&r->mem, k->up, k->up != NULL ? k->count * sizeof(*k->up) : 0);
    rx_mem_free(&r->mem, k->hash, k->hash != NULL ? k->count * sizeof(*k->hash) : 0);
    if (k->names.mem != NULL)
        rx_map_fini(&k->names);
    r->cluster.divides = r->cluster.divides || r->cluster.coupled;
    r->cluster.coupled = false;
    *k = (struct api_coupling){0};
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* What has come since is where all is, or by itself. */
static uint64_t hash_of(const podring *r, uint8_t kind, uint8_t sub, const char *ns,
                        const char *name)
{
    const struct api_coupling *k = &r->coupling;
    uint32_t i = kind == ST_SCENARIO ? named(r, SCENARIOS, 0, ns, name)
                                     : named(r, kind, sub, ns, name);

    if (i == UINT32_MAX && k->all)
        i = 0;
    return i != UINT32_MAX ? k->hash[root(k, i)] : pod_hash_name(ns != NULL ? ns : "", name);
}

bool api_coupled_here(void *ring, uint8_t kind, uint8_t sub, const char *ns, const char *name)
{
    const podring *r = ring;

    return !r->coupling.on || name == NULL ||
           pod_shard_has(r->world.shard, hash_of(r, kind, sub, ns, name));
}

uint32_t api_coupled_share(const podring *r, uint8_t kind, uint8_t sub, const char *ns,
                           const char *name)
{
    unsigned __int128 wide = hash_of(r, kind, sub, ns, name);

    return (uint32_t)(wide * r->world.shard.count >> 64);
}
