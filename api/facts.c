/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.c - podring_fact_at: what a pod is told to be, in the words of kubectl describe.
 *
 * A reader for each kind of fact: it fills key and value for one index, or says that there is none.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/engine.h"

struct fact {
    podring *ring;
    struct pod *pod;
    const struct pod_container_spec *container; /* NULL: a fact of the pod */
    uint32_t index;
    const char *key, *value;
};

typedef bool fact_fn(struct fact *f); /* false: none of that index */

static fact_fn read_field, read_controller, read_label, read_annotation, read_gate, read_condition,
    read_volume, read_command, read_argument, read_port, read_env, read_mount, read_probe;

static fact_fn *const reader[] = {
    [PODRING_FIELD] = read_field,       [PODRING_CONTROLLER] = read_controller,
    [PODRING_LABEL] = read_label,       [PODRING_ANNOTATION] = read_annotation,
    [PODRING_GATE] = read_gate,         [PODRING_CONDITION] = read_condition,
    [PODRING_VOLUME] = read_volume,     [PODRING_COMMAND] = read_command,
    [PODRING_ARGUMENT] = read_argument, [PODRING_PORT] = read_port,
    [PODRING_ENV] = read_env,           [PODRING_MOUNT] = read_mount,
    [PODRING_PROBE] = read_probe,
};

int podring_fact_at(podring *r, uint64_t pod, uint32_t container, int fact, uint32_t index,
                    const char **key, const char **value)
{
    struct fact f = {.ring = r, .index = index, .key = "", .value = ""};

    API_OWN(r);
    API_CHECK(r, key != NULL, "key is NULL");
    API_CHECK(r, value != NULL, "value is NULL");
    API_CHECK(r, fact >= PODRING_FIELD && fact <= PODRING_PROBE, "fact: there is no such kind");
    f.pod = api_pod(r, pod);
    if (f.pod == NULL)
        return -PODRING_ENOTFOUND;
    if (fact >= PODRING_COMMAND) {
        if (container >= pod_spec_of(f.pod)->container_count)
            return api_fail(r, -PODRING_ENOTFOUND, "no container has the index %u", container);
        f.container = &pod_spec_of(f.pod)->container[container];
    }
    if (!reader[fact](&f))
        return api_fail(r, -PODRING_ENOTFOUND, "no fact of that kind has the index %u", index);
    *key = f.key;
    *value = f.value;
    return 0;
}

/* Into the scratch space of the last answer: one composed value at a time. */
static const char *compose(struct fact *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *compose(struct fact *f, const char *format, ...)
{
    struct api_strings *s = &f->ring->strings;
    va_list args;

    va_start(args, format);
    vsnprintf(s->message, sizeof(s->message), format, args);
    va_end(args);
    return s->message;
}

/* ---- of the pod ------------------------------------------------------------------------------ */

static bool read_field(struct fact *f)
{
    const struct pod_spec *spec = pod_spec_of(f->pod);

    switch (f->index) {
    case 0:
        f->key = "serviceAccountName";
        f->value = spec->service_account != NULL ? spec->service_account : "default";
        return true;
    case 1:
        f->key = "terminationGracePeriodSeconds";
        f->value = compose(f, "%d", spec->grace_s);
        return true;
    case 2:
        f->key = "deletionGracePeriodSeconds";
        f->value = compose(f, "%d", f->pod->grace_s);
        return pod_has(f->pod, POD_DELETING);
    default:
        return false;
    }
}

/* A Deployment's pods belong to the ReplicaSet of their template. */
static bool read_controller(struct fact *f)
{
    static const char *const kind[] = {
        [POD_WORKLOAD_POD] = "Pod",
        [POD_WORKLOAD_REPLICASET] = "ReplicaSet",
        [POD_WORKLOAD_DEPLOYMENT] = "ReplicaSet",
        [POD_WORKLOAD_STATEFULSET] = "StatefulSet",
        [POD_WORKLOAD_DAEMONSET] = "DaemonSet",
        [POD_WORKLOAD_JOB] = "Job",
    };
    const struct pod_owner *o = f->pod->owner;

    if (o == NULL || f->index > 0)
        return false;
    f->key = kind[o->kind];
    f->value = o->kind == POD_WORKLOAD_DEPLOYMENT ? compose(f, "%s-%s", o->name, o->hash) : o->name;
    return true;
}

static bool read_pair(struct fact *f, const struct pod_labels *l)
{
    if (f->index >= l->count)
        return false;
    f->key = l->pair[f->index].key;
    f->value = l->pair[f->index].value;
    return true;
}

static bool read_label(struct fact *f)
{
    return read_pair(f, &pod_spec_of(f->pod)->labels);
}

static bool read_annotation(struct fact *f)
{
    return read_pair(f, &pod_spec_of(f->pod)->annotations);
}

static const char *truth(uint32_t bits, uint32_t bit)
{
    return bits >> bit & 1 ? "True" : "False";
}

static bool read_gate(struct fact *f)
{
    if (f->index >= pod_spec_of(f->pod)->gate_count)
        return false;
    f->key = pod_spec_of(f->pod)->gate[f->index];
    f->value = truth(f->pod->gates, f->index);
    return true;
}

static bool read_condition(struct fact *f)
{
    uint32_t left = f->index - pod_spec_of(f->pod)->gate_count;

    if (f->index < pod_spec_of(f->pod)->gate_count)
        return read_gate(f);
    for (uint32_t i = 0; i < POD_CONDITIONS; i++) {
        if (!pod_condition_listed(f->pod, (enum pod_condition)i) || left-- > 0)
            continue;
        f->key = pod_condition_name((enum pod_condition)i);
        f->value = truth(f->pod->conditions, i);
        return true;
    }
    return false;
}

static bool read_volume(struct fact *f)
{
    static const char *const kind[] = {
        [POD_VOLUME_EMPTY_DIR] = "EmptyDir",
        [POD_VOLUME_EMPTY_DIR_MEMORY] = "EmptyDir/Memory",
        [POD_VOLUME_CONFIG_MAP] = "ConfigMap",
        [POD_VOLUME_SECRET] = "Secret",
        [POD_VOLUME_CLAIM] = "PersistentVolumeClaim",
        [POD_VOLUME_HOST_PATH] = "HostPath",
        [POD_VOLUME_OTHER] = "<unknown>",
        [POD_VOLUME_PROJECTED] = "Projected",
    };
    const struct pod_volume_spec *v;

    if (f->index >= pod_spec_of(f->pod)->volume_count)
        return false;
    v = &pod_spec_of(f->pod)->volume[f->index];
    f->key = v->name;
    f->value = v->source != NULL ? compose(f, "%s/%s", kind[v->kind], v->source) : kind[v->kind];
    return true;
}

/* ---- of a container -------------------------------------------------------------------------- */

static bool read_command(struct fact *f)
{
    if (f->index >= f->container->command_argc)
        return false;
    f->value = f->container->argv[f->index];
    return true;
}

static bool read_argument(struct fact *f)
{
    uint32_t i = f->container->command_argc + f->index;

    if (i >= f->container->argc)
        return false;
    f->value = f->container->argv[i];
    return true;
}

static bool read_port(struct fact *f)
{
    const struct pod_port_spec *p;

    if (f->index >= f->container->port_count)
        return false;
    p = &f->container->port[f->index];
    f->key = p->name != NULL ? p->name : "";
    f->value = compose(f, "%u/%s", p->number, p->tcp ? "TCP" : "UDP");
    return true;
}

static const char *env_source(struct fact *f, const struct pod_env_spec *e)
{
    const char *optional = e->optional ? "true" : "false";

    if (strcmp(e->from_kind, "configMapKeyRef") == 0)
        return compose(f, "<set to the key '%s' of config map '%s'>  Optional: %s", e->from_key,
                       e->from_name, optional);
    if (strcmp(e->from_kind, "secretKeyRef") == 0)
        return compose(f, "<set to the key '%s' in secret '%s'>  Optional: %s", e->from_key,
                       e->from_name, optional);
    if (strcmp(e->from_kind, "configMapRef") == 0)
        return compose(f, "<all keys of config map '%s'>  Optional: %s", e->from_name, optional);
    if (strcmp(e->from_kind, "secretRef") == 0)
        return compose(f, "<all keys in secret '%s'>  Optional: %s", e->from_name, optional);
    return compose(f, "(%s)", e->from_key != NULL ? e->from_key : e->from_kind);
}

static bool read_env(struct fact *f)
{
    const struct pod_env_spec *e;

    if (f->index >= f->container->env_count)
        return false;
    e = &f->container->env[f->index];
    f->key = e->name != NULL ? e->name : "";
    f->value = e->from_kind != NULL ? env_source(f, e) : e->value != NULL ? e->value : "";
    return true;
}

static bool read_mount(struct fact *f)
{
    const struct pod_mount_spec *m;
    const char *mode;

    if (f->index >= f->container->mount_count)
        return false;
    m = &f->container->mount[f->index];
    mode = m->read_only ? "ro" : "rw";
    f->key = m->path;
    f->value = m->sub_path != NULL ? compose(f, "%s (%s,path=\"%s\")", m->volume, mode, m->sub_path)
                                   : compose(f, "%s (%s)", m->volume, mode);
    return true;
}

static size_t put_words(char *out, size_t room, const struct pod_handler_spec *h)
{
    size_t n = (size_t)snprintf(out, room, "exec [");

    for (uint32_t i = 0; i < h->argc && n < room; i++)
        n += (size_t)snprintf(out + n, room - n, "%s%s", i > 0 ? " " : "", h->argv[i]);
    if (n < room)
        n += (size_t)snprintf(out + n, room - n, "]");
    return n;
}

static size_t put_handler(char *out, size_t room, const struct pod_handler_spec *h)
{
    const char *host = h->host != NULL ? h->host : "";
    const char *port = h->port_text != NULL ? h->port_text : "";

    switch (h->kind) {
    case POD_HANDLER_EXEC:
        return put_words(out, room, h);
    case POD_HANDLER_HTTP:
        return (size_t)snprintf(out, room, "http-get %s://%s:%s%s", h->https ? "https" : "http",
                                host, port, h->path);
    case POD_HANDLER_TCP:
        return (size_t)snprintf(out, room, "tcp-socket %s:%s", host, port);
    case POD_HANDLER_GRPC:
        return (size_t)snprintf(out, room, "grpc <pod>:%s %s", port,
                                h->service != NULL ? h->service : "");
    default:
        return (size_t)snprintf(out, room, "unknown");
    }
}

static bool read_probe(struct fact *f)
{
    /* The order in which kubectl lists them. */
    static const struct {
        const char *name;
        enum pod_probe_kind kind;
    } order[] = {
        {"Liveness", POD_LIVENESS}, {"Readiness", POD_READINESS}, {"Startup", POD_STARTUP}};
    struct api_strings *s = &f->ring->strings;
    uint32_t at = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(order); i++) {
        const struct pod_probe_spec *p = f->container->probe[order[i].kind];
        size_t n;

        if (p == NULL || at++ != f->index)
            continue;
        n = put_handler(s->message, sizeof(s->message), &p->handler);
        if (n < sizeof(s->message))
            snprintf(s->message + n, sizeof(s->message) - n,
                     " delay=%ds timeout=%ds period=%ds #success=%d #failure=%d",
                     p->initial_delay_s, p->timeout_s, p->period_s, p->success_threshold,
                     p->failure_threshold);
        f->key = order[i].name;
        f->value = s->message;
        return true;
    }
    return false;
}
