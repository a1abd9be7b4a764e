/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject.c - the files of an advice: read, loaded into an engine that never turns, and each
 * workload with those of the other documents that matter to it.
 *
 * A workload is tried beside the Services that lead to it and the other workloads that these lead
 * to, what its namespace allows, its budgets, claims and configuration, and the Behaviors. Clients
 * and Scenarios are left out: the experiments have their own.
 */
#include "api/cli/advise/advise.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/cli/io/json_read.h"
#include "api/cli/io/lines.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#define IGNORE "podring.dev/advise-ignore"
#define OWNED  "\"ownerReferences\":[{"

char *advise_say(struct advise *a, const char *format, ...)
{
    static char nothing[1];
    va_list args;
    char *text;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = n >= 0 ? rx_arena_alloc(&a->arena, (size_t)n + 1) : NULL;
    if (text == NULL) {
        a->failed = true;
        return nothing;
    }
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int load_files(struct advise *a)
{
    uint32_t seen = 0;
    int rc = 0;

    for (uint32_t i = 0; i < a->files && rc == 0; i++)
        rc = podring_load_text(a->ring, a->file[i].name, a->file[i].text, a->file[i].length);
    if (rc == 0)
        rc = lines_load(a->options, a->ring);
    return input_complain(a->options, a->ring, rc, &seen);
}

const struct input_file *advise_file_of(const struct advise *a, const struct manifest_document *d)
{
    return input_file_named(a->file, a->files, d->file);
}

/* ---- who belongs to whom --------------------------------------------------------------------- */

static bool selects(const struct pod_labels *selector, const struct pod_labels *labels)
{
    for (uint32_t i = 0; i < selector->count; i++) {
        const char *value = st_label(labels, selector->pair[i].key);

        if (value == NULL || strcmp(value, selector->pair[i].value) != 0)
            return false;
    }
    return selector->count > 0;
}

static bool leads_to(const struct pod_service_spec *v, const struct pod_workload_spec *w)
{
    return strcmp(v->ns, w->ns) == 0 && !v->external && v->has_selector &&
           selects(&v->selector, &w->template_->labels);
}

/* Through which clients come: one that balances. */
static void find_service(struct advise_subject *s, const struct manifest_set *set)
{
    for (uint32_t i = 0; i < set->services.count; i++) {
        const struct pod_service_spec *v = &set->services.item[i];

        if (leads_to(v, s->w) && !v->headless && v->port_count > 0 && s->service == NULL &&
            strcmp(v->port[0].protocol, "TCP") == 0)
            s->service = v;
    }
}

static void find_server(struct advise_subject *s)
{
    const struct pod_service_port *p = s->service != NULL ? &s->service->port[0] : NULL;

    for (uint32_t i = s->pod->container_count; i-- > s->pod->init_count;) {
        const struct pod_container_spec *c = &s->pod->container[i];

        for (uint32_t k = 0; p != NULL && k < c->port_count; k++)
            if (p->target_name != NULL
                    ? c->port[k].name != NULL && strcmp(c->port[k].name, p->target_name) == 0
                    : c->port[k].number == p->target)
                s->server = i;
    }
}

static void find_hpa(struct advise_subject *s, const struct manifest_set *set)
{
    for (uint32_t i = 0; i < set->hpas.count; i++) {
        const struct st_hpa_spec *h = &set->hpas.item[i];

        if (strcmp(h->ns, s->w->ns) == 0 && strcmp(h->target_name, s->w->name) == 0 &&
            strcasecmp(h->target_kind, cluster_kind_name(s->w->kind)) == 0)
            s->hpa = h;
    }
    for (uint32_t i = 0; s->hpa != NULL && i < set->objects.count; i++)
        if (set->objects.item[i].kind == ST_HPA &&
            &set->hpas.item[set->objects.item[i].index] == s->hpa &&
            set->documents.item[i].kept != NULL)
            s->scaler = set->documents.item[i].kept->text;
}

static void find_budget(struct advise_subject *s, const struct manifest_set *set)
{
    for (uint32_t i = 0; i < set->budgets.count; i++) {
        const struct st_budget_spec *b = &set->budgets.item[i];

        if (strcmp(b->ns, s->w->ns) == 0 && b->selector.present &&
            pod_selector_matches(&b->selector, &s->pod->labels))
            s->budget = b;
    }
    for (uint32_t i = 0; s->budget != NULL && i < set->objects.count; i++)
        if (set->objects.item[i].kind == ST_BUDGET &&
            &set->budgets.item[set->objects.item[i].index] == s->budget)
            s->budget_document = &set->documents.item[i];
    if (s->budget_document == NULL || s->budget_document->kept == NULL)
        s->budget = NULL;
}

static bool speaks_for(const struct pod_behaviour *b, const struct advise_subject *s)
{
    return strcmp(b->ns, s->w->ns) == 0 &&
           (b->workload == NULL || strcmp(b->workload, s->w->name) == 0) &&
           (!b->selector.present || pod_selector_matches(&b->selector, &s->pod->labels));
}

static bool mounts(const struct pod_spec *pod, const char *name)
{
    for (uint32_t i = 0; i < pod->volume_count; i++) {
        const struct pod_volume_spec *v = &pod->volume[i];

        if (v->source != NULL && strcmp(v->source, name) == 0)
            return true;
        for (uint32_t k = 0; k < v->projection_count; k++)
            if (v->projection[k].source != NULL && strcmp(v->projection[k].source, name) == 0)
                return true;
    }
    return false;
}

static bool reads(const struct pod_spec *pod, const char *name)
{
    for (uint32_t i = 0; i < pod->container_count; i++)
        for (uint32_t k = 0; k < pod->container[i].env_count; k++) {
            const struct pod_env_spec *e = &pod->container[i].env[k];

            if (e->from_name != NULL && strcmp(e->from_name, name) == 0)
                return true;
        }
    return false;
}

/* Is it led to by a Service that leads to the subject, too? */
static bool shares_service(const struct manifest_set *set, const struct advise_subject *s,
                           const struct pod_workload_spec *w)
{
    for (uint32_t i = 0; i < set->services.count && w != s->w; i++)
        if (leads_to(&set->services.item[i], s->w) && leads_to(&set->services.item[i], w))
            return true;
    return false;
}

static bool matters(const struct manifest_set *set, const struct advise_subject *s,
                    const struct manifest_object *o)
{
    bool all = s->peers, near = o->ns == NULL || strcmp(o->ns, s->w->ns) == 0;

    switch (o->kind) {
    case ST_WORKLOAD:
        return (all && &set->workloads.item[o->index] != s->w) ||
               shares_service(set, s, &set->workloads.item[o->index]);
    case ST_SERVICE:
        return all || leads_to(&set->services.item[o->index], s->w);
    case ST_CONFIG:
        return all ||
               (near && o->name != NULL && (mounts(s->pod, o->name) || reads(s->pod, o->name)));
    case ST_CLAIM:
        return all || (near && o->name != NULL && mounts(s->pod, o->name));
    case ST_VOLUME:
    case ST_STORAGE_CLASS:
    case ST_PRIORITY_CLASS:
        return true;
    case ST_QUOTA:
    case ST_LIMIT_RANGE:
    case ST_BEHAVIOUR:
        return near;
    default:
        return false;
    }
}

static void find_world(struct advise *a, struct advise_subject *s, const struct manifest_set *set)
{
    struct rx_text t = rx_text_in(NULL, 0);

    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            t = rx_text_in(rx_arena_alloc(&a->arena, t.length + 1), t.length + 1);
            a->failed |= t.out == NULL;
            if (t.out == NULL)
                return;
        }
        for (uint32_t i = 0; i < set->objects.count; i++) {
            const struct st_document *d = set->documents.item[i].kept;

            if (d == NULL || d->length == 0 || !matters(set, s, &set->objects.item[i]))
                continue;
            rx_text_puts(&t, "---\n");
            rx_text_put(&t, d->text, d->length);
            rx_text_putc(&t, '\n');
        }
    }
    rx_text_end(&t);
    s->world = t.out;
}

void subject_widen(struct advise *a, struct advise_subject *s)
{
    s->peers = true;
    s->alone = s->world;
    find_world(a, s, &a->ring->set);
}

/* What its annotation takes out. */
static void find_ignored(struct advise *a, struct advise_subject *s)
{
    const struct st_document *d = s->document->kept;
    const struct json_node *n;
    const char *why;
    struct json j;

    s->ignores = st_label(&s->pod->annotations, IGNORE);
    if (s->ignores != NULL || memmem(d->text, d->length, IGNORE, strlen(IGNORE)) == NULL)
        return;
    if (!json_parse(&j, d->text, d->length, &why))
        return;
    n = json_member(&j, json_at(&j, json_root(&j), "metadata.annotations"), IGNORE);
    if (n != NULL && n->kind == JSON_STRING)
        s->ignores = advise_say(a, "%.*s", (int)n->length, n->text);
    json_close(&j);
}

/* How many pods are tried: as many as an autoscaler sees to, and of very many some. */
static void find_size(struct advise_subject *s)
{
    int32_t wanted = s->w->replicas;

    if (s->hpa != NULL)
        wanted = RX_MAX(wanted, s->hpa->min);
    if (subject_scales(s))
        wanted = RX_MIN(wanted, ADVISE_REPLICAS_MAX);
    s->replicas = (uint32_t)RX_MAX(wanted, 0);
    s->sized = wanted != s->w->replicas;
}

static void find_subject(struct advise *a, const struct manifest_object *o,
                         const struct manifest_document *d)
{
    const struct manifest_set *set = &a->ring->set;
    struct advise_subject *s = &a->subject[a->subjects];
    const struct pod_workload_spec *w = &set->workloads.item[o->index];

    *s = (struct advise_subject){
        .w = w, .pod = w->template_, .document = d, .world = "", .file = advise_file_of(a, d)};
    if (s->file == NULL || d->kept == NULL || d->kept->length == 0 ||
        memmem(d->kept->text, d->kept->length, OWNED, strlen(OWNED)) != NULL)
        return; /* what a controller has made, in a dump, is what its owner says */
    a->subjects++;
    s->object = advise_say(a, "%s/%s", cluster_kind_name(w->kind), w->name);
    s->spec = w->kind == POD_WORKLOAD_POD       ? "spec"
              : w->kind == POD_WORKLOAD_CRONJOB ? "spec.jobTemplate.spec.template.spec"
                                                : "spec.template.spec";
    s->server = s->pod->init_count;
    find_service(s, set);
    find_server(s);
    find_hpa(s, set);
    find_budget(s, set);
    find_size(s);
    for (uint32_t i = 0; i < set->behaviours.count; i++)
        s->scripted |= speaks_for(&set->behaviours.item[i], s);
    find_world(a, s, set);
    find_ignored(a, s);
}

static void find_subjects(struct advise *a)
{
    const struct manifest_set *set = &a->ring->set;

    a->subject = rx_arena_alloc(&a->arena, (set->workloads.count + 1) * sizeof(*a->subject));
    if (a->subject == NULL) {
        a->failed = true;
        return;
    }
    for (uint32_t i = 0; i < set->objects.count; i++)
        if (set->objects.item[i].kind == ST_WORKLOAD)
            find_subject(a, &set->objects.item[i], &set->documents.item[i]);
}

int advise_open(struct advise *a, const struct cli_options *o, const struct input *in)
{
    struct podring_options engine = o->engine;
    int code = CLI_OK, rc;

    *a = (struct advise){.options = o};
    if (rx_mem_open(&a->mem) != 0) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    rx_arena_init(&a->arena, &a->mem);
    rx_arena_init(&a->bench, &a->mem);
    engine.clock = PODRING_VIRTUAL;
    rc = podring_open(&engine, &a->ring);
    if (rc != 0) {
        cli_say("%s", podring_why(NULL));
        return cli_exit_code(rc);
    }
    a->file = in->file;
    a->files = (uint32_t)in->files.count;
    code = load_files(a);
    if (code == CLI_OK)
        find_subjects(a);
    return code;
}

void advise_close(struct advise *a)
{
    podring_close(a->ring);
    if (a->mem.ops != NULL) {
        rx_arena_fini(&a->bench);
        rx_arena_fini(&a->arena);
        rx_mem_close(&a->mem);
    }
    *a = (struct advise){0};
}

/* ---- questions ------------------------------------------------------------------------------- */

const struct pod_container_spec *subject_container(const struct advise_subject *s, uint32_t i)
{
    return &s->pod->container[i];
}

const char *subject_container_path(struct advise *a, const struct advise_subject *s, uint32_t i,
                                   const char *field)
{
    bool init = i < s->pod->init_count;

    return advise_say(a, "%s.%s[%u].%s", s->spec, init ? "initContainers" : "containers",
                      init ? i : i - s->pod->init_count, field);
}

const char *subject_selector(struct advise *a, const struct advise_subject *s)
{
    const struct pod_labels *l = &s->pod->labels;
    char *text = advise_say(a, "selector: {matchLabels: {");

    for (uint32_t i = 0; i < l->count; i++)
        text = advise_say(a, "%s%s\"%s\": \"%s\"", text, i > 0 ? ", " : "", l->pair[i].key,
                          l->pair[i].value);
    return advise_say(a, "%s}}", text);
}

uint16_t subject_port(const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);

    if (s->service != NULL && s->service->port[0].target != 0)
        return s->service->port[0].target;
    for (uint32_t i = 0; s->service != NULL && i < c->port_count; i++)
        if (c->port[i].name != NULL && s->service->port[0].target_name != NULL &&
            strcmp(c->port[i].name, s->service->port[0].target_name) == 0)
            return c->port[i].number;
    return c->port_count > 0 ? c->port[0].number : 0;
}

bool subject_is(const struct advise_subject *s, enum pod_workload_kind kind)
{
    return s->w->kind == kind;
}

bool subject_scales(const struct advise_subject *s)
{
    return s->w->kind == POD_WORKLOAD_DEPLOYMENT || s->w->kind == POD_WORKLOAD_REPLICASET ||
           s->w->kind == POD_WORKLOAD_STATEFULSET;
}

static bool writes_to(const struct pod_spec *pod, const struct pod_volume_spec *v)
{
    if (v->kind != POD_VOLUME_CLAIM && v->kind != POD_VOLUME_EMPTY_DIR &&
        v->kind != POD_VOLUME_HOST_PATH)
        return false;
    for (uint32_t i = 0; i < pod->container_count; i++)
        for (uint32_t k = 0; k < pod->container[i].mount_count; k++)
            if (strcmp(pod->container[i].mount[k].volume, v->name) == 0 &&
                !pod->container[i].mount[k].read_only &&
                strncmp(pod->container[i].mount[k].path, "/tmp", 4) != 0)
                return true;
    return false;
}

bool subject_keeps_data(const struct advise_subject *s)
{
    for (uint32_t i = 0; i < s->pod->volume_count; i++)
        if (writes_to(s->pod, &s->pod->volume[i]))
            return true;
    return false;
}
