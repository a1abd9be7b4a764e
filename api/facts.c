/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.c - podring_fact_at: what a pod is told to be, in the words of kubectl describe.
 *
 * A reader for each kind of fact: it fills key and value for one index, or says that there is none.
 * Those about volumes, resources and scheduling are in facts_volume.c and facts_node.c.
 */
#include <stdio.h>
#include <string.h>

#include "api/facts.h"
#include "engine/pod/program.h"
#include "engine/pod/config_field.h"

static fact_fn read_field, read_controller, read_label, read_annotation, read_gate, read_condition,
    read_command, read_argument, read_port, read_env, read_env_from, read_probe;

static const struct {
    fact_fn *read;
    bool of_container;
} facts[] = {
    [PODRING_FIELD] = {read_field, false},
    [PODRING_CONTROLLER] = {read_controller, false},
    [PODRING_LABEL] = {read_label, false},
    [PODRING_ANNOTATION] = {read_annotation, false},
    [PODRING_GATE] = {read_gate, false},
    [PODRING_CONDITION] = {read_condition, false},
    [PODRING_VOLUME] = {api_fact_volume, false},
    [PODRING_COMMAND] = {read_command, true},
    [PODRING_ARGUMENT] = {read_argument, true},
    [PODRING_PORT] = {read_port, true},
    [PODRING_ENV] = {read_env, true},
    [PODRING_MOUNT] = {api_fact_mount, true},
    [PODRING_PROBE] = {read_probe, true},
    [PODRING_HOST_PORT] = {api_fact_host_port, true},
    [PODRING_LIMIT] = {api_fact_limit, true},
    [PODRING_REQUEST] = {api_fact_request, true},
    [PODRING_ENV_FROM] = {read_env_from, true},
    [PODRING_ID] = {api_fact_id, true},
    [PODRING_NODE_SELECTOR] = {api_fact_node_selector, false},
    [PODRING_TOLERATION] = {api_fact_toleration, false},
    [PODRING_VOLUME_LINE] = {api_fact_volume_line, false},
};

int podring_fact_at(podring *r, uint64_t pod, uint32_t container, int fact, uint32_t index,
                    const char **key, const char **value)
{
    struct fact f = {.ring = r, .index = index, .key = "", .value = ""};

    API_OWN(r);
    API_CHECK(r, key != NULL, "key is NULL");
    API_CHECK(r, value != NULL, "value is NULL");
    API_CHECK(r, fact >= PODRING_FIELD && fact < (int)RX_ARRAY_LEN(facts),
              "fact: there is no such kind");
    f.pod = api_pod(r, pod);
    if (f.pod == NULL)
        return -PODRING_ENOTFOUND;
    if (facts[fact].of_container) {
        if (container >= pod_spec_of(f.pod)->container_count)
            return api_fail(r, -PODRING_ENOTFOUND, "no container has the index %u", container);
        f.container = &pod_spec_of(f.pod)->container[container];
        f.state = pod_container_at(f.pod, container);
    }
    if (!facts[fact].read(&f))
        return api_fail(r, -PODRING_ENOTFOUND, "no fact of that kind has the index %u", index);
    *key = f.key;
    *value = f.value;
    return 0;
}

/* ---- of the pod ------------------------------------------------------------------------------ */

static bool read_field(struct fact *f)
{
    const struct pod_spec *spec = pod_spec_of(f->pod);
    const struct {
        const char *key, *text;
        int64_t number; /* where there is no text */
        bool present;
    } field[] = {
        {"serviceAccountName", spec->service_account != NULL ? spec->service_account : "default", 0,
         true},
        {"terminationGracePeriodSeconds", NULL, spec->grace_s, true},
        {"deletionGracePeriodSeconds", NULL, f->pod->grace_s, pod_is_deleting(f->pod)},
        {"priority", NULL, spec->priority, true},
        {"priorityClassName", spec->priority_class, 0, spec->priority_class != NULL},
        {"runtimeClassName", spec->runtime_class, 0, spec->runtime_class != NULL},
        {"qosClass", api_qos_class(spec), 0, true},
        {"hostIP", pod_on_node(f->pod) ? pod_node_of(f->pod)->ip : NULL, 0, pod_on_node(f->pod)},
    };
    uint32_t left = f->index;

    for (size_t i = 0; i < RX_ARRAY_LEN(field); i++) {
        if (!field[i].present || left-- > 0)
            continue;
        f->key = field[i].key;
        f->value = field[i].text != NULL ? field[i].text
                                         : api_fact_text(f, "%lld", (long long)field[i].number);
        return true;
    }
    return false;
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
        [POD_WORKLOAD_CONTROLLER] = "ReplicationController",
    };
    const struct pod_owner *o = f->pod->owner;

    if (o == NULL || f->index > 0)
        return false;
    f->key = kind[o->kind];
    f->value =
        o->kind == POD_WORKLOAD_DEPLOYMENT ? api_fact_text(f, "%s-%s", o->name, o->hash) : o->name;
    return true;
}

static bool read_label(struct fact *f)
{
    const struct pod_labels *own, *labels = &pod_spec_of(f->pod)->labels;
    uint32_t i = 0, k = 0;
    struct pod_self self;

    pod_self_labels(f->pod, &self);
    own = &self.fields.labels; /* sorted, too, and before those of its template */
    for (uint32_t left = f->index; i < own->count || k < labels->count; left--) {
        int order = i == own->count      ? 1
                    : k == labels->count ? -1
                                         : strcmp(own->pair[i].key, labels->pair[k].key);

        if (left == 0) {
            const struct rx_pair *is = order <= 0 ? &own->pair[i] : &labels->pair[k];

            f->key = is->key;
            f->value = order <= 0 ? api_fact_text(f, "%s", is->value) : is->value;
            return true;
        }
        i += order <= 0;
        k += order >= 0;
    }
    return false;
}

static bool read_annotation(struct fact *f)
{
    return api_fact_pair(f, &pod_spec_of(f->pod)->annotations);
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
    f->value = api_fact_text(f, "%u/%s", p->number, p->protocol);
    return true;
}

/* What the API server would show of a fieldRef: metadata only, as kubectl knows no more. */
static const char *field_value(struct fact *f, const char *path)
{
    struct pod_fields fields = {.name = pod_name(f->pod, f->ring->strings.name),
                                .uid = f->ring->strings.uid};

    pod_uid(f->pod, f->ring->strings.uid);
    return strncmp(path, "metadata.", 9) == 0 ? pod_field_find(pod_spec_of(f->pod), &fields, path)
                                              : "";
}

static const char *env_source(struct fact *f, const struct pod_env_spec *e)
{
    const char *optional = e->optional ? "true" : "false";

    switch (pod_env_from(e)) {
    case POD_ENV_CONFIG_MAP_KEY:
        return api_fact_text(f, "<set to the key '%s' of config map '%s'>  Optional: %s",
                             e->from_key, e->from_name, optional);
    case POD_ENV_SECRET_KEY:
        return api_fact_text(f, "<set to the key '%s' in secret '%s'>  Optional: %s", e->from_key,
                             e->from_name, optional);
    case POD_ENV_FIELD:
        return api_fact_text(f, "%s (v1:%s)", field_value(f, e->from_key), e->from_key);
    case POD_ENV_RESOURCE:
        return api_fact_text(f, "%s (%s)", e->amount, e->from_key);
    default:
        return api_fact_text(f, "(%s)", e->from_key != NULL ? e->from_key : e->from_kind);
    }
}

static bool is_env_from(const struct pod_env_spec *e)
{
    enum pod_env_from from = pod_env_from(e);

    return from == POD_ENV_CONFIG_MAP || from == POD_ENV_SECRET;
}

/* The variable of that index among those that stand in envFrom, or among the others. */
static const struct pod_env_spec *env_at(const struct fact *f, bool from)
{
    uint32_t left = f->index;

    for (uint32_t i = 0; i < f->container->env_count; i++)
        if (is_env_from(&f->container->env[i]) == from && left-- == 0)
            return &f->container->env[i];
    return NULL;
}

static bool read_env(struct fact *f)
{
    const struct pod_env_spec *e = env_at(f, false);

    if (e == NULL)
        return false;
    f->key = e->name != NULL ? e->name : "";
    f->value = e->from_kind != NULL ? env_source(f, e) : e->value != NULL ? e->value : "";
    return true;
}

static bool read_env_from(struct fact *f)
{
    const struct pod_env_spec *e = env_at(f, true);
    bool prefix = e != NULL && e->name != NULL && e->name[0] != '\0';

    if (e == NULL)
        return false;
    f->key = e->from_name;
    f->value = api_fact_text(f, "%s%s%s%s  Optional: %s",
                             pod_env_from(e) == POD_ENV_SECRET ? "Secret" : "ConfigMap",
                             prefix ? " with prefix '" : "", prefix ? e->name : "",
                             prefix ? "'" : "", e->optional ? "true" : "false");
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
