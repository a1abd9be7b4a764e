/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compose.c - statuses: of pods from their snapshots, of all else from what was told. A field that
 * was told is one of the status by the same name, unless a table says where else it stands.
 */
#include "api/cli/show/compose.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/manifest/document.h"
#include "engine/reactor/base.h"

enum { SETS_MAX = 64 };

/* Fields that an object is given: paths, and their values as JSON. */
struct sheet {
    struct show_world *world;
    struct rx_arena arena; /* of this object */
    struct rx_pair set[SETS_MAX];
    uint32_t count;
    bool failed;
};

static const char *keep(struct sheet *s, const struct rx_text *t)
{
    const char *kept = rx_arena_strndup(&s->arena, t->out, t->length);

    s->failed |= kept == NULL;
    return kept != NULL ? kept : "null";
}

/* Renders twice: once to learn the length. */
typedef void render_fn(struct rx_text *t, const void *what, struct sheet *s);

static void put(struct sheet *s, const char *path, render_fn *fn, const void *what)
{
    struct rx_text t = rx_text_in(NULL, 0);
    char *room;

    fn(&t, what, s);
    room = rx_arena_alloc(&s->arena, t.length + 1);
    if (room == NULL) {
        s->failed = true;
        return;
    }
    t = rx_text_in(room, t.length + 1);
    fn(&t, what, s);
    rx_text_end(&t);
    RX_ASSERT(s->count < SETS_MAX);
    s->set[s->count++] = (struct rx_pair){path, room};
}

static void put_string(struct rx_text *t, const char *text)
{
    mf_write_string(t, text, strlen(text));
}

static void put_key(struct rx_text *t, const char **between, const char *key)
{
    rx_text_puts(t, *between);
    rx_text_putc(t, '"');
    rx_text_puts(t, key);
    rx_text_puts(t, "\":");
    *between = ",";
}

static void put_member(struct rx_text *t, const char *key, const char *text)
{
    const char *between = ",";

    if (text == NULL)
        return;
    put_key(t, &between, key);
    put_string(t, text);
}

/* RFC 3339, whole seconds as the API has them. */
static void put_time(struct rx_text *t, const struct show_world *w, int64_t at_ms)
{
    int64_t ms = w->epoch_unix_ms + at_ms;

    rx_text_putc(t, '"');
    face_rfc3339(t, ms - ((ms % 1000) + 1000) % 1000);
    rx_text_putc(t, '"');
}

static void put_time_member(struct rx_text *t, const struct show_world *w, const char **between,
                            const char *key, int64_t at_ms)
{
    if (at_ms < 0)
        return;
    put_key(t, between, key);
    put_time(t, w, at_ms);
}

static int finish(struct sheet *s, const char *text, struct rx_text *out)
{
    static const struct manifest_base plain = MANIFEST_BASE_NONE;
    struct rx_text t = rx_text_in(NULL, 0);
    int rc = s->failed ? -PODRING_ENOMEM : 0;

    *out = t;
    for (int pass = 0; rc == 0 && pass < 2; pass++) {
        rc = manifest_compose(&s->world->told->mem, &plain, text, s->set, s->count, &t);
        if (rc == 0 && pass == 0) {
            size_t room = t.length + 1;

            t = rx_text_in(malloc(room), room);
            out->out = t.out;
            rc = t.out != NULL ? 0 : -PODRING_ENOMEM;
        }
    }
    if (rc == 0)
        rx_text_end(&t);
    if (rc == 0)
        *out = t;
    rx_arena_fini(&s->arena);
    return rc;
}

/* ---- objects --------------------------------------------------------------------------------- */

static bool is_condition(const struct told_field *f)
{
    return isupper((unsigned char)f->name[0]) != 0;
}

static void put_conditions(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_object *o = what;
    const char *between = "";

    rx_text_putc(t, '[');
    RX_LIST_EACH (l, &o->fields) {
        const struct told_field *f = rx_container_of(l, struct told_field, link);

        if (!is_condition(f) || f->to == NULL || f->to[0] == '\0')
            continue;
        rx_text_puts(t, between);
        rx_text_puts(t, "{\"type\":");
        put_string(t, f->name);
        put_member(t, "status", f->to);
        put_member(t, "reason", f->reason);
        put_member(t, "message", f->message);
        between = ",";
        put_time_member(t, s->world, &between, "lastTransitionTime", f->changed_ms);
        rx_text_putc(t, '}');
    }
    rx_text_putc(t, ']');
}

static void put_value(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_field *f = what;

    (void)s;
    if (f->number)
        rx_text_puts(t, f->to);
    else
        put_string(t, f->to);
}

static void put_quoted(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_field *f = what;

    (void)s;
    put_string(t, f->to);
}

/* "a=1,b=2" */
static void put_pairs(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_field *f = what;
    const char *at = f->to;

    (void)s;
    rx_text_putc(t, '{');
    while (*at != '\0') {
        size_t n = strcspn(at, ","), key = strcspn(at, "=,");

        rx_text_puts(t, at == f->to ? "" : ",");
        mf_write_string(t, at, key);
        rx_text_putc(t, ':');
        mf_write_string(t, at + key + (key < n), n - key - (key < n));
        at += n + (at[n] == ',');
    }
    rx_text_putc(t, '}');
}

/* "default/data" */
static void put_claim(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_field *f = what;
    size_t n = strcspn(f->to, "/");

    (void)s;
    rx_text_puts(t, "{\"kind\":\"PersistentVolumeClaim\",\"namespace\":");
    mf_write_string(t, f->to, n);
    put_member(t, "name", f->to + n + (f->to[n] == '/'));
    rx_text_putc(t, '}');
}

/* NULL as path: what is told is no field of the object, or stands in its text already. */
static const struct {
    const char *object; /* its kind; NULL: any */
    const char *name, *path;
    render_fn *put;
} places[] = {
    {NULL, "specReplicas", NULL, NULL},
    {"deployment", "revision", "metadata.annotations[\"deployment.kubernetes.io/revision\"]",
     put_quoted},
    {"cronjob", "active", NULL, NULL},
    {NULL, "backends", NULL, NULL},
    {NULL, "endpoint", NULL, NULL},
    {NULL, "unschedulable", NULL, NULL},
    {NULL, "taints", NULL, NULL},
    {NULL, "targets", NULL, NULL},
    {NULL, "claimPhase", "status.phase", put_value},
    {NULL, "volume", "spec.volumeName", put_value},
    {NULL, "volumePhase", "status.phase", put_value},
    {NULL, "claim", "spec.claimRef", put_claim},
    {NULL, "used", "status.used", put_pairs},
    {"client", NULL, NULL, NULL},
};

static void put_field(struct sheet *s, const char *word, const struct told_field *f)
{
    char path[128];
    struct rx_text t = rx_text_in(path, sizeof(path));

    for (size_t i = 0; i < RX_ARRAY_LEN(places); i++) {
        if ((places[i].object != NULL && strcmp(places[i].object, word) != 0) ||
            (places[i].name != NULL && strcmp(places[i].name, f->name) != 0))
            continue;
        if (places[i].path != NULL && f->to[0] != '\0')
            put(s, places[i].path, places[i].put, f);
        return;
    }
    rx_text_say(&t, "status.%s", f->name);
    if (f->to[0] != '\0')
        put(s, keep(s, &t), put_value, f);
}

static void put_told(struct sheet *s, const struct show_object *o)
{
    bool conditions = false;

    RX_LIST_EACH (l, &o->told->fields) {
        const struct told_field *f = rx_container_of(l, struct told_field, link);

        conditions |= is_condition(f);
        if (!is_condition(f) && f->to != NULL)
            put_field(s, o->kind->word, f);
    }
    if (conditions)
        put(s, "status.conditions", put_conditions, o->told);
}

/* ---- pods ------------------------------------------------------------------------------------ */

static void put_pod_conditions(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct show_object *o = what;
    podring *ring = s->world->ring;
    const char *key, *value, *status, *reason, *message;

    rx_text_putc(t, '[');
    for (uint32_t i = 0; podring_fact_at(ring, o->pod, 0, PODRING_CONDITION, i, &key, &value) == 0;
         i++) {
        char type[128];

        snprintf(type, sizeof(type), "%s", key);
        if (podring_condition(ring, o->pod, type, &status, &reason, &message) != 0)
            continue;
        rx_text_puts(t, i > 0 ? ",{\"type\":" : "{\"type\":");
        put_string(t, type);
        put_member(t, "status", status);
        put_member(t, "reason", reason);
        put_member(t, "message", message);
        rx_text_putc(t, '}');
    }
    rx_text_putc(t, ']');
}

static void put_state(struct rx_text *t, const struct show_world *w, const char *state,
                      const char *reason, const char *message, int32_t code, int64_t started_ms,
                      int64_t finished_ms)
{
    const char *between = "";

    if (state == NULL) {
        rx_text_puts(t, "{}");
        return;
    }
    rx_text_puts(t, "{\"");
    rx_text_putc(t, (char)tolower((unsigned char)state[0]));
    rx_text_puts(t, state + 1);
    rx_text_puts(t, "\":{");
    if (strcmp(state, "Terminated") == 0) {
        put_key(t, &between, "exitCode");
        rx_text_i64(t, code);
    }
    if (reason != NULL && reason[0] != '\0') {
        put_key(t, &between, "reason");
        put_string(t, reason);
    }
    if (message != NULL) {
        put_key(t, &between, "message");
        put_string(t, message);
    }
    put_time_member(t, w, &between, "startedAt", started_ms);
    put_time_member(t, w, &between, "finishedAt", finished_ms);
    rx_text_puts(t, "}}");
}

static void put_containers(struct rx_text *t, const struct show_object *o, struct sheet *s,
                           bool init)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *between = "";

    rx_text_putc(t, '[');
    for (uint32_t i = 0; podring_container_info(s->world->ring, o->pod, i, &c) == 0; i++) {
        if ((c.kind != 2) != init)
            continue;
        rx_text_puts(t, between);
        rx_text_puts(t, "{\"name\":");
        put_string(t, c.name);
        put_member(t, "image", c.image);
        rx_text_say(t, ",\"ready\":%s,\"restartCount\":%u,\"started\":%s,\"state\":",
                    c.ready ? "true" : "false", c.restart_count, c.started ? "true" : "false");
        put_state(t, s->world, c.state, c.reason, c.message, c.exit_code, c.started_ms,
                  c.finished_ms);
        rx_text_puts(t, ",\"lastState\":");
        put_state(t, s->world, c.last_exit_code >= 0 ? "Terminated" : NULL, c.last_reason,
                  c.last_message, c.last_exit_code, c.last_started_ms, c.last_finished_ms);
        rx_text_putc(t, '}');
        between = ",";
    }
    rx_text_putc(t, ']');
}

static void put_mains(struct rx_text *t, const void *what, struct sheet *s)
{
    put_containers(t, what, s, false);
}

static void put_inits(struct rx_text *t, const void *what, struct sheet *s)
{
    put_containers(t, what, s, true);
}

static void put_text(struct rx_text *t, const void *what, struct sheet *s)
{
    (void)s;
    put_string(t, what);
}

static void put_start_time(struct rx_text *t, const void *what, struct sheet *s)
{
    put_time(t, s->world, *(const int64_t *)what);
}

static void put_ip(struct rx_text *t, const void *what, struct sheet *s)
{
    uint32_t ip = *(const uint32_t *)what;

    (void)s;
    rx_text_say(t, "\"%u.%u.%u.%u\"", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static bool has_inits(podring *ring, uint64_t pod)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;

    return podring_container_info(ring, pod, 0, &c) == 0 && c.kind != 2;
}

static void put_pod(struct sheet *s, const struct show_object *o)
{
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;
    const char *key, *value;

    podring_pod_info(s->world->ring, o->pod, &pod);
    put(s, "status.phase", put_text, pod.phase);
    if (pod.reason != NULL)
        put(s, "status.reason", put_text, pod.reason);
    if (pod.message != NULL)
        put(s, "status.message", put_text, pod.message);
    if (pod.ip != 0) {
        put(s, "status.podIP", put_ip, &pod.ip);
        put(s, "status.podIPs[0].ip", put_ip, &pod.ip);
    }
    if (pod.node != NULL)
        put(s, "status.startTime", put_start_time, &pod.created_ms);
    for (uint32_t i = 0;
         podring_fact_at(s->world->ring, o->pod, 0, PODRING_FIELD, i, &key, &value) == 0; i++)
        if (strcmp(key, "qosClass") == 0)
            put(s, "status.qosClass", put_text, value);
    put(s, "status.conditions", put_pod_conditions, o);
    put(s, "status.containerStatuses", put_mains, o);
    if (has_inits(s->world->ring, o->pod))
        put(s, "status.initContainerStatuses", put_inits, o);
}

int show_compose(struct show_world *w, const struct show_object *o, const char *text,
                 struct rx_text *out)
{
    struct sheet s = {.world = w};

    rx_arena_init(&s.arena, &w->told->mem);
    if (o->pod != 0)
        put_pod(&s, o);
    else if (o->told != NULL)
        put_told(&s, o);
    return finish(&s, text, out);
}

/* ---- Events ---------------------------------------------------------------------------------- */

const char *show_event_source(const struct told_event *e)
{
    static const struct rx_pair by_reason[] = {
        {"Scheduled", "default-scheduler"},
        {"FailedScheduling", "default-scheduler"},
        {"Preempted", "default-scheduler"},
        {"TaintManagerEviction", "taint-eviction-controller"},
    };
    static const struct rx_pair by_object[] = {
        {"deployment/", "deployment-controller"},
        {"replicaset/", "replicaset-controller"},
        {"replicationcontroller/", "replication-controller"},
        {"statefulset/", "statefulset-controller"},
        {"daemonset/", "daemonset-controller"},
        {"job/", "job-controller"},
        {"cronjob/", "cronjob-controller"},
        {"horizontalpodautoscaler/", "horizontal-pod-autoscaler"},
        {"poddisruptionbudget/", "controllermanager"},
        {"node/", "node-controller"},
        {"persistentvolume", "persistentvolume-controller"},
    };

    for (size_t i = 0; e->reason != NULL && i < RX_ARRAY_LEN(by_reason); i++)
        if (strcmp(by_reason[i].key, e->reason) == 0)
            return by_reason[i].value;
    for (size_t i = 0; e->pod == 0 && i < RX_ARRAY_LEN(by_object); i++)
        if (strncmp(e->name, by_object[i].key, strlen(by_object[i].key)) == 0)
            return by_object[i].value;
    return "kubelet";
}

static void put_involved(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct show_object *o = what;
    const struct told_event *e = o->event;
    size_t n = e->pod == 0 ? strcspn(e->name, "/") : 0;
    const struct show_kind *k =
        e->pod == 0 ? show_kind_named(e->name, n) : show_kind_named("pod", 3);

    (void)s;
    rx_text_puts(t, "{\"kind\":");
    put_string(t, k != NULL ? k->kind : "");
    put_member(t, "name", e->pod == 0 && e->name[n] == '/' ? e->name + n + 1 : e->name);
    put_member(t, "namespace", e->ns != NULL && e->ns[0] != '\0' ? e->ns : NULL);
    put_member(t, "uid", e->uid);
    if (e->container != NULL) {
        rx_text_puts(t, ",\"fieldPath\":\"spec.containers{");
        rx_text_puts(t, e->container);
        rx_text_puts(t, "}\"");
    }
    rx_text_putc(t, '}');
}

static void put_source(struct rx_text *t, const void *what, struct sheet *s)
{
    const struct told_event *e = what;
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;
    const char *source = show_event_source(e);

    rx_text_puts(t, "{\"component\":");
    put_string(t, source);
    if (e->pod != 0 && strcmp(source, "kubelet") == 0 &&
        podring_pod_info(s->world->ring, e->pod, &pod) == 0)
        put_member(t, "host", pod.node);
    rx_text_putc(t, '}');
}

static void put_count(struct rx_text *t, const void *what, struct sheet *s)
{
    (void)s;
    rx_text_u64(t, *(const uint32_t *)what);
}

int show_compose_event(struct show_world *w, const struct show_object *o, struct rx_text *out)
{
    struct sheet s = {.world = w};
    const struct told_event *e = o->event;

    rx_arena_init(&s.arena, &w->told->mem);
    put(&s, "apiVersion", put_text, "v1");
    put(&s, "kind", put_text, "Event");
    put(&s, "metadata.name", put_text, o->name);
    put(&s, "metadata.namespace", put_text, o->ns);
    put(&s, "metadata.creationTimestamp", put_start_time, &e->first_ms);
    put(&s, "involvedObject", put_involved, o);
    put(&s, "reason", put_text, e->reason);
    put(&s, "message", put_text, e->message != NULL ? e->message : "");
    put(&s, "type", put_text, e->type);
    put(&s, "source", put_source, e);
    put(&s, "count", put_count, &e->count);
    put(&s, "firstTimestamp", put_start_time, &e->first_ms);
    put(&s, "lastTimestamp", put_start_time, &e->last_ms);
    return finish(&s, "{}", out);
}
