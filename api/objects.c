/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.c - pods, containers and conditions as seen from outside, and what can be done to them.
 */
#include <stdlib.h>
#include <string.h>

#include "api/manifest/selector.h"
#include "api/sized.h"
#include "engine/cluster/budget.h"
#include "engine/pod/etc_files.h"
#include "engine/pod/machine.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"

#define API_POD(ring, id, p)                                                                       \
    struct pod *p;                                                                                 \
    API_OWN(ring);                                                                                 \
    (p) = api_pod(ring, id);                                                                       \
    if ((p) == NULL)                                                                               \
    return -PODRING_ENOTFOUND

struct pod *api_pod(podring *r, uint64_t id)
{
    struct pod *p = pod_get(&r->world, id);

    if (p == NULL)
        api_fail(r, -PODRING_ENOTFOUND, "no pod has the id %llu", (unsigned long long)id);
    return p;
}

int podring_find(podring *r, const char *namespace_, const char *name, uint64_t *pod)
{
    const char *ns = namespace_ != NULL ? namespace_ : "default";
    struct pod *p;

    API_OWN(r);
    API_CHECK(r, name != NULL, "name is NULL");
    API_CHECK(r, pod != NULL, "pod is NULL");
    p = cluster_find_pod(&r->cluster, ns, name);
    if (p == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "no pod is called %s/%s", ns, name);
    *pod = p->id;
    return 0;
}

/* A cursor is the serial number of the pod it stands at; pods stand in the order of theirs. Where
 * the last call ended is remembered, so that one walk at a time need not search. */
static bool is_behind(podring *r, const struct rx_list *l, uint64_t cursor)
{
    return l == &r->world.pods || rx_container_of(l, struct pod, link)->serial <= cursor;
}

static struct pod *next_pod(podring *r, uint64_t *cursor)
{
    const struct rx_list *l = r->world.pods.next;
    struct pod *at = pod_get(&r->world, r->cursor_pod);

    if (at != NULL && at->serial == *cursor)
        l = at->link.next;
    else if (at != NULL && at->serial > *cursor && is_behind(r, at->link.prev, *cursor))
        l = &at->link; /* it is looked for once more */
    while (l != &r->world.pods && rx_container_of(l, struct pod, link)->serial <= *cursor)
        l = l->next;
    for (; l != &r->world.pods; l = l->next) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (!pod_is_gone(p)) {
            *cursor = p->serial;
            r->cursor_pod = p->id;
            return p;
        }
    }
    return NULL;
}

uint64_t podring_next_pod(podring *r, uint64_t *cursor)
{
    const struct pod *p;

    if (api_enter(r, __func__) != 0)
        return 0;
    if (cursor == NULL) {
        api_fail(r, -PODRING_EINVALID, "podring_next_pod: cursor is NULL");
        return 0;
    }
    p = next_pod(r, cursor);
    return p != NULL ? p->id : 0;
}

int podring_select(podring *r, const char *namespace_, const char *selector, uint64_t *cursor,
                   uint64_t *pod)
{
    const char *ns = namespace_ != NULL ? namespace_ : "default";
    struct mf_selector read;
    struct pod *p;
    uint64_t at;
    int rc;

    API_OWN(r);
    API_CHECK(r, selector != NULL, "selector is NULL");
    API_CHECK(r, cursor != NULL, "cursor is NULL");
    API_CHECK(r, pod != NULL, "pod is NULL");
    rc = mf_selector_parse(&read, selector);
    if (rc != 0)
        return api_fail(r, rc, "the selector: %s", read.why);
    at = *cursor;
    while ((p = next_pod(r, &at)) != NULL) {
        if ((ns[0] != '\0' && strcmp(pod_spec_of(p)->ns, ns) != 0) ||
            !pod_selected(&read.selector, p))
            continue;
        *cursor = at;
        *pod = p->id;
        return 0;
    }
    return api_fail(r, -PODRING_ENOTFOUND, "there are no more pods that %s selects",
                    selector[0] != '\0' ? selector : "the namespace");
}

/* ---- pods ------------------------------------------------------------------------------------ */

int podring_pod_info(podring *r, uint64_t pod, struct podring_pod_info *given)
{
    struct podring_pod_info full = PODRING_POD_INFO_INIT, *out = &full;
    API_POD(r, pod, p);
    struct api_strings *s = &r->strings;
    const struct pod_spec *spec = pod_spec_of(p);
    struct pod_row row = pod_row_told(p);

    API_SIZED(r, given);
    out->containers = spec->container_count;
    out->created_ms = p->created_at;
    out->deleted_ms = p->deleted_at;
    out->last_restart_ms = -1;
    out->ip = pod_on_node(p) ? p->ip : 0;
    out->number = p->serial;
    out->ready = row.ready;
    for (uint32_t i = 0; i < spec->container_count; i++) {
        enum pod_container_kind kind = spec->container[i].kind;
        struct pod_container *c = pod_container_at(p, i);
        const struct pod_record *last = pod_container_last(c, c->pub_state);

        out->ready_of += kind != POD_INIT;
        /* While it initialises, kubectl counts what has been restarted for that. */
        if (kind == (row.initializing ? POD_MAIN : POD_INIT))
            continue;
        out->restarts += c->restarts - c->untold;
        if (last != NULL)
            out->last_restart_ms = RX_MAX(out->last_restart_ms, last->finished);
    }
    pod_uid(p, s->uid);
    pod_word_text(&r->world, pod_word_told(p), s->status, sizeof(s->status));
    out->namespace_ = spec->ns;
    out->name = pod_name(p, s->name);
    out->uid = s->uid;
    out->phase = pod_phase_name((enum pod_phase)p->phase);
    out->status = s->status;
    out->node = pod_on_node(p) ? pod_node_name(p) : NULL;
    if (pod_phase_terminal((enum pod_phase)p->phase)) {
        out->reason = pod_status_reason_name((enum pod_status_reason)p->status_reason);
        out->message = pod_eviction_message(p);
    }
    API_GIVE(given, &full);
    return 0;
}

static void record_info(const struct pod_world *w, const struct pod_record *rec, int64_t *started,
                        int64_t *finished, int32_t *code, const char **reason)
{
    *started = rec->started;
    *finished = rec->finished;
    *code = rec->exit_code;
    *reason = st_reason_text(&w->reasons, rec->reason);
}

int podring_container_info(podring *r, uint64_t pod, uint32_t index,
                           struct podring_container_info *given)
{
    struct podring_container_info full, *out = &full;
    API_POD(r, pod, p);
    struct api_strings *s = &r->strings;
    const struct pod_record *ended, *last;
    struct pod_container_view v;
    struct pod_container *c;

    API_SIZED(r, given);
    if (index >= pod_spec_of(p)->container_count)
        return api_fail(r, -PODRING_ENOTFOUND, "no container has the index %u", index);
    c = pod_container_at(p, index);
    pod_container_view_of(c, &v);
    *out = (struct podring_container_info){
        .kind = v.kind,
        .restart_count = c->restarts - c->untold,
        .ready = v.ready,
        .started = v.started,
        .exit_code = -1,
        .last_exit_code = -1,
        .started_ms = -1,
        .finished_ms = -1,
        .last_started_ms = -1,
        .last_finished_ms = -1,
        .name = pod_spec_of(p)->container[index].name,
        .image = pod_spec_of(p)->container[index].image,
        .state = pod_container_state_name((enum pod_container_state)v.state),
    };
    out->reason =
        v.reason == POD_REASON_NONE ? NULL : st_reason_text(&r->world.reasons, v.reason);
    if (v.state == POD_RUNNING)
        out->started_ms = c->cur.started;
    ended = c->hidden ? &c->prev : &c->cur;
    if (v.state == POD_TERMINATED && ended->valid)
        record_info(&r->world, ended, &out->started_ms, &out->finished_ms,
                    &out->exit_code, &out->reason);
    else if (v.state == POD_TERMINATED)
        out->exit_code = v.exit_code;
    last = pod_container_last(c, v.state);
    if (last != NULL) {
        uint32_t instance = last == &c->cur ? c->restarts : c->restarts - 1;

        record_info(&r->world, last, &out->last_started_ms, &out->last_finished_ms,
                    &out->last_exit_code, &out->last_reason);
        if (instance == c->restarts)
            out->last_message = pod_message_of(c, false);
        else
            out->last_message = pod_message_of(c, c->proc_state == POD_PROC_DEAD);
    }
    if (pod_container_message(c, s->message, sizeof(s->message)) > 0)
        out->message = s->message;
    API_GIVE(given, &full);
    return 0;
}

static int find_container(const struct pod_spec *spec, const char *name, uint32_t *index)
{
    *index = spec->init_count;
    if (name != NULL) {
        for (*index = 0; *index < spec->container_count; (*index)++) {
            if (strcmp(spec->container[*index].name, name) == 0)
                break;
        }
    }
    return *index < spec->container_count ? 0 : -PODRING_ENOTFOUND;
}

static int no_container(podring *r, struct pod *p, const char *container)
{
    char name[POD_NAME_MAX];

    return api_fail(r, -PODRING_ENOTFOUND, "container %s is not valid for pod %s",
                    container != NULL ? container : "\"\"", pod_name(p, name));
}

static const char *waiting_reason(const struct pod_world *w, uint8_t reason)
{
    return reason == POD_REASON_IMAGE_PULL      ? "image can't be pulled"
           : reason == POD_REASON_IMAGE_BACKOFF ? "trying and failing to pull image"
                                                : st_reason_text(&w->reasons, reason);
}

int podring_logs(podring *r, uint64_t pod, const char *container, int previous, const char **text,
                 size_t *length)
{
    API_POD(r, pod, p);
    struct pod_container_view v;
    struct pod_container *c;
    char name[POD_NAME_MAX];
    bool waiting, any;
    uint32_t i, used = 0;

    API_CHECK(r, text != NULL, "text is NULL");
    API_CHECK(r, length != NULL, "length is NULL");
    if (find_container(pod_spec_of(p), container, &i) != 0)
        return no_container(r, p, container);
    if (!pod_on_node(p))
        return api_fail(r, -PODRING_ENOTFOUND, "pod %s does not have a host assigned",
                        pod_name(p, name));
    c = pod_container_at(p, i);
    pod_container_view_of(c, &v);
    waiting = v.state == POD_WAITING;
    /* While its postStart hook runs, nobody has been told of the newest instance. */
    any = c->hidden ? c->prev.valid : c->cur.valid;
    if (previous && !(waiting ? any : c->prev.valid))
        return api_fail(r, -PODRING_ENOTFOUND,
                        "previous terminated container \"%s\" in pod \"%s\" not found",
                        pod_spec_of(p)->container[i].name, pod_name(p, name));
    if (!any)
        return api_fail(r, -PODRING_ENOTFOUND,
                        "container \"%s\" in pod \"%s\" is waiting to start: %s",
                        pod_spec_of(p)->container[i].name, pod_name(p, name),
                        waiting_reason(&r->world, v.reason));
    /* While it waits for its next instance, the newest one is the previous one. */
    *text = pod_machine_log(c, c->hidden || (previous && !waiting), &used);
    if (*text == NULL)
        *text = "";
    *length = used;
    return 0;
}

int podring_condition(podring *r, uint64_t pod, const char *type, const char **status,
                      const char **reason, const char **message)
{
    API_POD(r, pod, p);
    struct api_strings *s = &r->strings;

    API_CHECK(r, type != NULL, "type is NULL");
    API_CHECK(r, status != NULL, "status is NULL");
    for (uint32_t i = 0; i < pod_spec_of(p)->gate_count; i++) {
        if (strcmp(pod_spec_of(p)->gate[i], type) == 0) {
            *status = p->gates >> i & 1 ? "True" : "False";
            if (reason != NULL)
                *reason = NULL;
            if (message != NULL)
                *message = NULL;
            return 0;
        }
    }
    for (int i = 0; i < POD_CONDITIONS; i++) {
        uint8_t why;

        if (strcmp(pod_condition_name((enum pod_condition)i), type) != 0 ||
            !pod_condition_listed(p, (enum pod_condition)i))
            continue;
        *status = p->conditions >> i & 1 ? "True" : "False";
        pod_condition_now(p, (enum pod_condition)i, &why);
        if (reason != NULL)
            *reason = pod_condition_reason_name((enum pod_condition_reason)why);
        if (message != NULL)
            *message = pod_condition_message(p, (enum pod_condition)i, s->message,
                                             sizeof(s->message)) > 0
                           ? s->message
                           : NULL;
        return 0;
    }
    return api_fail(r, -PODRING_ENOTFOUND, "the pod has no condition of the type %s", type);
}

/* ---- doing things ---------------------------------------------------------------------------- */

void api_act(podring *r, enum st_call call, struct st_object *o, const struct pod *p)
{
    struct st_record note = {.object = ST_CALL,
                             .kind = POD_TRANSITION,
                             .container = ST_NO_CONTAINER,
                             .to = (uint64_t)call,
                             .exit_code = -1};

    if (p != NULL) {
        note.id = p->id;
        note.serial = p->serial;
        note.spec = pod_spec_of(p);
        note.owner = p->owner;
        note.ordinal = p->ordinal;
    } else if (o != NULL) {
        note.who = st_who(&r->world.store, o);
    }
    r->world.log.acting = st_log_note(&r->world.log, &note);
}

int api_acted(podring *r, int rc)
{
    r->world.log.acting = 0;
    if (rc == 0)
        api_settle(r);
    return rc;
}

int podring_delete(podring *r, uint64_t pod, int32_t grace_s, int force)
{
    struct pod_delete_request request = {
        .given = grace_s >= 0,
        .grace_s = grace_s,
        .force = force != 0,
    };
    API_POD(r, pod, p);

    API_CHECK(r, grace_s >= PODRING_GRACE_DEFAULT, "grace_s is negative");
    if (force && grace_s > 0)
        return api_fail(r, -PODRING_EINVALID, "a forced deletion has no grace period");
    api_act(r, ST_CALL_DELETE, NULL, p);
    pod_foreign_taken(p);
    return api_result(r, api_acted(r, pod_delete(p, &request)), "podring_delete");
}

int podring_evict(podring *r, uint64_t pod, int32_t grace_s)
{
    const struct pod_delete_request request = {.given = grace_s >= 0, .grace_s = grace_s};
    struct cluster_refusal refusal = {.reason = NULL};
    API_POD(r, pod, p);

    API_CHECK(r, grace_s >= PODRING_GRACE_DEFAULT, "grace_s is negative");
    api_act(r, ST_CALL_EVICT, NULL, p);
    pod_foreign_taken(p);
    cluster_evict_pod(&r->cluster, p, &request, &refusal);
    api_acted(r, 0);
    if (refusal.reason == NULL)
        return 0;
    return api_fail(r, strcmp(refusal.reason, "TooManyRequests") == 0 ? -PODRING_EBUDGET
                                                                      : -PODRING_ESTATE,
                    "%s", refusal.message);
}

int podring_kill(podring *r, uint64_t pod, const char *container, int signal)
{
    API_POD(r, pod, p);
    uint32_t i;

    API_CHECK(r, signal > 0 && signal < 65, "signal: there is no such one");
    if (find_container(pod_spec_of(p), container, &i) != 0)
        return no_container(r, p, container);
    api_act(r, ST_CALL_KILL, NULL, p);
    if (api_acted(r, pod_kill(p, i, signal)) != 0)
        return api_fail(r, -PODRING_ESTATE, "container %s is not running",
                        pod_spec_of(p)->container[i].name);
    return 0;
}

/* "deployment/web" in two. False: no slash, or too long. */
static bool split_object(podring *r, const char *object, const char **kind, const char **name)
{
    char *copy = r->strings.object, *slash;

    if (object == NULL || strlen(object) >= sizeof(r->strings.object))
        return false;
    strcpy(copy, object);
    slash = strchr(copy, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    *kind = copy;
    *name = slash + 1;
    return true;
}

/* What went wrong with an object: its name is part of the sentence. */
static int object_result(podring *r, int rc, const char *ns, const char *kind, const char *name)
{
    const char *text = rc == -PODRING_ENOTFOUND    ? "there is no such object or container"
                       : rc == -PODRING_EUNSUPPORTED ? "it has no number of replicas to set"
                       : rc == -PODRING_ELIMIT       ? "more pods than pods_max allows"
                       : rc == -PODRING_ESTATE       ? "its pods are divided among shards"
                                                     : rx_err_text(rc);

    return rc < 0 ? api_fail(r, rc, "%s/%s of namespace %s: %s", kind, name, ns, text) : rc;
}

int podring_scale(podring *r, const char *namespace_, const char *object, uint32_t replicas)
{
    const char *ns = namespace_ != NULL ? namespace_ : "default", *kind, *name;
    struct cluster_workload *w;
    int rc = -PODRING_ENOTFOUND;

    API_OWN(r);
    API_CHECK(r, split_object(r, object, &kind, &name), "object: expected KIND/NAME");
    w = cluster_find(&r->cluster, ns, kind, name);
    if (w != NULL) {
        api_act(r, ST_CALL_SCALE, &w->object, NULL);
        rc = api_acted(r, cluster_scale(&r->cluster, w, replicas));
    }
    return object_result(r, rc, ns, kind, name);
}

int podring_set_image(podring *r, const char *namespace_, const char *object, const char *container,
                      const char *image)
{
    const char *ns = namespace_ != NULL ? namespace_ : "default", *kind, *name;
    struct cluster_workload *w;
    int rc;

    API_OWN(r);
    API_CHECK(r, image != NULL, "image is NULL");
    API_CHECK(r, split_object(r, object, &kind, &name), "object: expected KIND/NAME");
    w = cluster_find(&r->cluster, ns, kind, name);
    api_act(r, ST_CALL_SET_IMAGE, w != NULL ? &w->object : NULL,
            strcmp(kind, "pod") == 0 ? cluster_find_pod(&r->cluster, ns, name) : NULL);
    rc = api_acted(r, cluster_set_image(&r->cluster, ns, kind, name, container, image));
    if (rc == -PODRING_EUNSUPPORTED)
        return api_fail(r, -PODRING_ESTATE,
                        "%s/%s of namespace %s: spec.template: field is immutable", kind, name, ns);
    return object_result(r, rc, ns, kind, name);
}

int podring_reboot(podring *r)
{
    API_OWN(r);
    api_act(r, ST_CALL_REBOOT, NULL, NULL);
    cluster_reboot(&r->cluster);
    return api_acted(r, 0);
}

int podring_set_condition(podring *r, uint64_t pod, const char *type, int status)
{
    API_POD(r, pod, p);

    API_CHECK(r, type != NULL, "type is NULL");
    for (uint32_t i = 0; i < pod_spec_of(p)->gate_count; i++) {
        if (strcmp(pod_spec_of(p)->gate[i], type) == 0) {
            api_act(r, ST_CALL_SET_CONDITION, NULL, p);
            pod_set_gate(p, i, status != 0);
            return api_acted(r, 0);
        }
    }
    return api_fail(r, -PODRING_ENOTFOUND, "the pod has no readiness gate of the type %s", type);
}

/* ---- counting -------------------------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
    const struct api_count *x = a, *y = b;

    if (x->pods != y->pods)
        return x->pods < y->pods ? 1 : -1;
    return strcmp(x->text, y->text); /* as the sum of several engines has it */
}

static int add_count(podring *r, const struct pod *p)
{
    uint64_t word = pod_word_pack(pod_word_told(p));
    uint32_t i = 0;

    while (i < r->counts_used && r->counts[i].word != word)
        i++;
    if (i == r->counts_room) {
        uint32_t room = RX_MAX(2 * r->counts_room, 16);
        struct api_count *more = rx_mem_grow(&r->mem, r->counts, r->counts_room * sizeof(*more),
                                             room * sizeof(*more));

        if (more == NULL)
            return -PODRING_ENOMEM;
        r->counts = more;
        r->counts_room = room;
    }
    if (i == r->counts_used)
        r->counts[r->counts_used++] = (struct api_count){.word = word};
    r->counts[i].pods++;
    return 0;
}

int podring_count_at(podring *r, uint32_t index, struct podring_count *out)
{
    struct podring_count full = PODRING_COUNT_INIT;

    API_OWN(r);
    API_SIZED(r, out);
    if (index == 0) {
        r->counts_used = 0;
        RX_LIST_EACH(l, &r->world.pods) {
            const struct pod *p = rx_container_of(l, struct pod, link);
            int rc = pod_is_gone(p) ? 0 : add_count(r, p);

            if (rc != 0)
                return api_result(r, rc, "podring_count_at");
        }
        for (uint32_t i = 0; i < r->counts_used; i++)
            pod_word_text(&r->world, pod_word_unpack(r->counts[i].word), r->counts[i].text,
                          sizeof(r->counts[i].text));
        if (r->counts_used > 1)
            qsort(r->counts, r->counts_used, sizeof(*r->counts), by_count);
    }
    if (index >= r->counts_used)
        return api_fail(r, -PODRING_ENOTFOUND, "no status has the index %u", index);
    full.pods = r->counts[index].pods;
    memcpy(r->strings.status, r->counts[index].text, sizeof(r->strings.status));
    full.status = r->strings.status;
    API_GIVE(out, &full);
    return 0;
}
