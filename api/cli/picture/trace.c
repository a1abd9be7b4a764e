/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.c - the trace event format, as Perfetto and chrome://tracing read it.
 *
 * A namespace is a process of the trace; what belongs to none is in the process "cluster". A pod is
 * a thread of it, on which each STATUS is a span, and so is a container, on which each state is.
 * Events are instants there. An object that is no pod is a thread of marks of a millisecond, and
 * its numbers are counters. An arrow leads to a change of a container from what has led to it.
 *
 * Everything is written when it is heard: spans as their begin and their end. What is kept is which
 * spans are open, a few bytes for each pod and container that exists.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/picture/picture.h"
#include "api/cli/picture/texts.h"
#include "api/cli/io/grow.h"
#include "api/face/json.h"
#include "engine/reactor/base.h"

enum {
    TIDS_FROM = 1001,
    MARK_US = 1000, /* how long a mark is: an instant of the engine */
    NAME_ROOM = 1024,
    SERIES_MAX = 10,
    CHAIN_MAX = 8 /* so far an arrow is followed back in one instant */
};

struct trace_track {
    uint32_t pid, tid;
    bool open;
};

struct trace_container {
    uint32_t name; /* in texts */
    struct trace_track track;
};

struct trace_pod {
    struct trace_track track;
    bool ready;
    char status[64];
    uint32_t containers;
    struct trace_container container[];
};

struct client_report {
    int64_t at_ms; /* -1 = none */
    int64_t delta[SERIES_MAX];
};

struct trace_object {
    struct trace_track track;
    bool is_client;
    struct client_report report, before; /* of a client: being heard, and the last one */
    int64_t every_ms;                    /* the shortest time between two; 0 = not known yet */
    uint64_t told;                       /* bits of the series that it has told of */
};

struct trace_process {
    uint64_t pods, ready;
    int64_t counted_ms; /* the instant of the counter that is still to be written; -1 = none */
};

struct trace {
    struct picture base;
    const char *before; /* of the next entry */
    uint32_t tids;
    struct texts names;      /* of containers */
    struct texts namespaces; /* number + 1 is the pid */
    struct trace_process *process;
    size_t processes_room;
    struct texts objects; /* "namespace NUL kind/name" */
    struct trace_object *object;
    size_t objects_room;
    struct texts numbers; /* of pods: there are gaps between them */
    struct trace_pod **pod;
    size_t pods_room;
    struct trace_track steps;
    uint64_t step; /* the version of the action that was marked last */
};

/* Stands for every pod that is gone. */
static struct trace_pod gone;

/* A client's counters, in the order of their bars. */
static const char *const series[SERIES_MAX] = {"ok",    "http4xx",        "http5xx",
                                               "refused", "reset",        "connectTimeout",
                                               "requestTimeout", "dns",   "requests",
                                               "attempts"};

/* ---- entries -------------------------------------------------------------------------------- */

struct entry_arg {
    const char *key, *text; /* text NULL: the number */
    int64_t number;
    unsigned decimals; /* of it */
};

struct entry {
    const char *before;
    char phase;
    struct trace_track track;
    int64_t at_ms;
    const char *name, *category; /* NULL = none */
    uint64_t id;                 /* of an arrow; 0 = none */
    bool mark;
    struct entry_arg arg[SERIES_MAX + 1];
    int args;
};

static void put_member(struct rx_text *t, const char *key, const char *value)
{
    if (value == NULL)
        return;
    rx_text_puts(t, ",\"");
    rx_text_puts(t, key);
    rx_text_puts(t, "\":");
    face_json_string(t, value);
}

static void put_number(struct rx_text *t, const char *key, int64_t value)
{
    rx_text_puts(t, ",\"");
    rx_text_puts(t, key);
    rx_text_puts(t, "\":");
    rx_text_i64(t, value);
}

static void put_args(struct rx_text *t, const struct entry *e)
{
    const char *before = "";
    bool any = false;

    for (int i = 0; i < e->args; i++)
        any |= e->arg[i].key != NULL;
    if (!any)
        return;
    rx_text_puts(t, ",\"args\":{");
    for (int i = 0; i < e->args; i++) {
        if (e->arg[i].key == NULL)
            continue;
        rx_text_puts(t, before);
        face_json_string(t, e->arg[i].key);
        rx_text_putc(t, ':');
        if (e->arg[i].text != NULL)
            face_json_string(t, e->arg[i].text);
        else if (e->arg[i].decimals > 0)
            face_fixed(t, (uint64_t)e->arg[i].number, e->arg[i].decimals);
        else
            rx_text_i64(t, e->arg[i].number);
        before = ",";
    }
    rx_text_putc(t, '}');
}

static void render_entry(struct rx_text *t, const void *what)
{
    const struct entry *e = what;

    rx_text_puts(t, e->before);
    rx_text_puts(t, "{\"ph\":\"");
    rx_text_putc(t, e->phase);
    rx_text_putc(t, '"');
    put_number(t, "pid", e->track.pid);
    if (e->track.tid != 0)
        put_number(t, "tid", e->track.tid);
    if (e->phase != 'M')
        put_number(t, "ts", e->at_ms * 1000);
    put_member(t, "name", e->name);
    put_member(t, "cat", e->category);
    if (e->mark)
        put_number(t, "dur", MARK_US);
    if (e->phase == 'i')
        put_member(t, "s", "t");
    if (e->phase == 'f')
        put_member(t, "bp", "e");
    if (e->id != 0)
        put_number(t, "id", (int64_t)e->id);
    put_args(t, e);
    rx_text_putc(t, '}');
}

static void put(struct trace *t, struct entry e)
{
    e.before = t->before;
    out_render(t->base.out, render_entry, &e);
    t->before = ",\n";
}

static struct entry_arg text_arg(const char *key, const char *text)
{
    return (struct entry_arg){.key = text != NULL ? key : NULL, .text = text};
}

static struct entry_arg number_arg(const char *key, int64_t number)
{
    return (struct entry_arg){.key = key, .number = number};
}

/* ---- tracks --------------------------------------------------------------------------------- */

static struct trace_track new_track(struct trace *t, uint32_t pid, const char *name)
{
    struct trace_track track = {.pid = pid, .tid = TIDS_FROM + t->tids++};
    struct entry e = {.phase = 'M', .track = track, .args = 1};

    e.name = "thread_name";
    e.arg[0] = text_arg("name", name);
    put(t, e);
    e.name = "thread_sort_index"; /* in the order of their coming */
    e.arg[0] = number_arg("sort_index", track.tid);
    put(t, e);
    return track;
}

/* The process of a namespace; 0: no memory. */
static uint32_t process_of(struct trace *t, const char *ns)
{
    char name[NAME_ROOM];
    bool is_new;
    uint32_t n;

    ns = ns != NULL ? ns : "";
    n = texts_number(&t->namespaces, ns, strlen(ns), &is_new);
    if (n == TEXTS_NONE ||
        !cli_grow((void **)&t->process, n, &t->processes_room, sizeof(*t->process))) {
        picture_no_memory(&t->base);
        return 0;
    }
    if (is_new) {
        struct entry e = {.phase = 'M', .track.pid = n + 1, .name = "process_name", .args = 1};

        t->process[n] = (struct trace_process){.counted_ms = -1};
        snprintf(name, sizeof(name), "%s%s", ns[0] != '\0' ? "namespace " : "cluster", ns);
        e.arg[0] = text_arg("name", name);
        put(t, e);
    }
    return n + 1;
}

static void span_end(struct trace *t, struct trace_track *track, int64_t at_ms)
{
    if (track->open)
        put(t, (struct entry){.phase = 'E', .track = *track, .at_ms = at_ms});
    track->open = false;
}

static void span(struct trace *t, struct trace_track *track, const struct entry *begin)
{
    struct entry e = *begin;

    span_end(t, track, e.at_ms);
    e.phase = 'B';
    e.track = *track;
    put(t, e);
    track->open = true;
}

/* ---- counters ------------------------------------------------------------------------------- */

static void count_out(struct trace *t, uint32_t pid)
{
    struct trace_process *p = &t->process[pid - 1];
    struct entry e = {.phase = 'C', .track.pid = pid, .at_ms = p->counted_ms, .name = "pods",
                      .args = 2};

    if (p->counted_ms < 0)
        return;
    e.arg[0] = number_arg("ready", (int64_t)p->ready);
    e.arg[1] = number_arg("not ready", (int64_t)(p->pods - p->ready));
    put(t, e);
    p->counted_ms = -1;
}

/* One entry for an instant, once it is over. */
static void count(struct trace *t, uint32_t pid, int64_t at_ms, int pods, int ready)
{
    struct trace_process *p = &t->process[pid - 1];

    if (p->counted_ms >= 0 && p->counted_ms != at_ms)
        count_out(t, pid);
    p->counted_ms = at_ms;
    p->pods += (uint64_t)(int64_t)pods;
    p->ready += (uint64_t)(int64_t)ready;
}

static void client_entry(struct trace *t, const struct trace_object *o, const char *name,
                         const struct client_report *r, int64_t over_ms)
{
    struct entry e = {.phase = 'C', .track.pid = o->track.pid, .at_ms = r->at_ms - over_ms,
                      .name = name};

    for (int i = 0; i < SERIES_MAX; i++)
        if (o->told >> i & 1)
            e.arg[e.args++] = (struct entry_arg){
                .key = series[i],
                .number = over_ms > 0 ? r->delta[i] * 1000000 / over_ms : 0,
                .decimals = 3};
    if (e.args > 0)
        put(t, e);
}

/* A report that is whole. It covers what lies before it, so its rates begin there; after a silence
 * of several reports, in which there was nothing to tell, they are 0 until the last of those. How
 * much the first one covers only the second one says. */
static void client_out(struct trace *t, struct trace_object *o, const char *name)
{
    struct client_report now = o->report, before = o->before, none = {.at_ms = before.at_ms};
    int64_t gap_ms = now.at_ms - (before.at_ms >= 0 ? before.at_ms : 0);

    if (now.at_ms < 0)
        return;
    o->report = (struct client_report){.at_ms = -1};
    o->before = now;
    if (before.at_ms < 0)
        return;
    if (o->every_ms == 0 || gap_ms < o->every_ms) {
        bool first = o->every_ms == 0;

        o->every_ms = gap_ms;
        if (first)
            client_entry(t, o, name, &before, RX_MIN(gap_ms, before.at_ms));
    }
    if (gap_ms > o->every_ms)
        client_entry(t, o, name, &none, 0);
    client_entry(t, o, name, &now, o->every_ms);
}

/* At the end of a run: a report that was the only one covers all that was before it. */
static void client_end(struct trace *t, struct trace_object *o, const char *name, int64_t end_ms)
{
    struct client_report none = {.at_ms = end_ms};

    client_out(t, o, name);
    if (o->before.at_ms < 0)
        return;
    if (o->every_ms == 0)
        client_entry(t, o, name, &o->before, o->before.at_ms);
    client_entry(t, o, name, &none, 0);
}

static void client(struct trace *t, struct trace_object *o, const struct podring_event *e,
                   const char *name)
{
    if (o->report.at_ms >= 0 && o->report.at_ms != e->at_ms)
        client_out(t, o, name);
    o->report.at_ms = e->at_ms;
    for (int i = 0; i < SERIES_MAX; i++) {
        if (strcmp(series[i], e->field) != 0)
            continue;
        o->told |= UINT64_C(1) << i;
        o->report.delta[i] +=
            strtoll(e->to, NULL, 10) - (e->from != NULL ? strtoll(e->from, NULL, 10) : 0);
    }
}

/* ---- objects -------------------------------------------------------------------------------- */

static struct trace_object *object_of(struct trace *t, const char *ns, const char *object)
{
    char key[NAME_ROOM];
    int n = snprintf(key, sizeof(key), "%s%c%s", ns != NULL ? ns : "", '\0', object);
    bool is_new;
    uint32_t number = texts_number(&t->objects, key, (size_t)n, &is_new), pid;

    pid = process_of(t, ns);
    if (number == TEXTS_NONE || pid == 0 ||
        !cli_grow((void **)&t->object, number, &t->objects_room, sizeof(*t->object))) {
        picture_no_memory(&t->base);
        return NULL;
    }
    if (is_new)
        t->object[number] = (struct trace_object){.track = new_track(t, pid, object),
                                                  .report.at_ms = -1,
                                                  .before.at_ms = -1,
                                                  .is_client = strncmp(object, "client/", 7) == 0};
    return &t->object[number];
}

static void put_mark(struct trace *t, struct trace_track track, const struct podring_event *e,
                     const char *name)
{
    struct entry m = {.phase = 'X', .mark = true, .track = track, .at_ms = e->at_ms, .name = name,
                      .category = e->type != NULL ? e->type : "change", .args = 2};

    m.arg[0] = text_arg("reason", e->kind == PODRING_TRANSITION ? e->reason : NULL);
    m.arg[1] = text_arg("message", e->message);
    put(t, m);
}

static void on_object(struct trace *t, const struct podring_event *e)
{
    struct trace_object *o = object_of(t, e->namespace_, e->object);
    char name[NAME_ROOM];

    if (o == NULL)
        return;
    if (e->kind == PODRING_EVENT) {
        put_mark(t, o->track, e, e->reason);
    } else if ((e->numeric & 2) != 0 && o->is_client && e->pod_name == NULL) {
        snprintf(name, sizeof(name), "%s per second", e->object);
        client(t, o, e, name);
    } else if ((e->numeric & 2) != 0 && e->pod_name == NULL) {
        struct entry c = {.phase = 'C', .track.pid = o->track.pid, .at_ms = e->at_ms, .name = name,
                          .args = 1};

        snprintf(name, sizeof(name), "%s %s", e->object, e->field);
        c.arg[0] = number_arg("value", strtoll(e->to, NULL, 10));
        put(t, c);
    } else if ((e->numeric & 2) == 0) {
        snprintf(name, sizeof(name), "%s%s%s: %s", e->pod_name != NULL ? e->pod_name : "",
                 e->pod_name != NULL ? " " : "", e->field, e->to);
        put_mark(t, o->track, e, name);
    }
}

/* ---- pods ----------------------------------------------------------------------------------- */

/* The place of a pod that has told of itself before. */
static struct trace_pod **place_of(const struct trace *t, const struct podring_event *e)
{
    return &t->pod[texts_find(&t->numbers, &e->number, sizeof(e->number))];
}

/* NULL: it is gone, or there is no memory. */
static struct trace_pod *pod_of(struct trace *t, const struct podring_event *e)
{
    struct trace_pod *p;
    bool is_new;
    uint32_t pid = process_of(t, e->namespace_),
             n = texts_number(&t->numbers, &e->number, sizeof(e->number), &is_new);

    if (n != TEXTS_NONE && !is_new)
        return t->pod[n] != &gone ? t->pod[n] : NULL;
    p = calloc(1, sizeof(*p));
    if (pid == 0 || p == NULL || n == TEXTS_NONE ||
        !cli_grow((void **)&t->pod, n, &t->pods_room, sizeof(*t->pod))) {
        free(p);
        picture_no_memory(&t->base);
        return NULL;
    }
    p->track = new_track(t, pid, e->pod_name);
    t->pod[n] = p;
    count(t, pid, e->at_ms, 1, 0);
    return p;
}

static struct trace_track *container_of(struct trace *t, const struct podring_event *e)
{
    struct trace_pod **place = place_of(t, e), *p = *place;
    uint32_t name = texts_number(&t->names, e->container, strlen(e->container), NULL), n;
    char text[NAME_ROOM];

    for (n = 0; n < p->containers; n++)
        if (p->container[n].name == name)
            return &p->container[n].track;
    p = realloc(p, sizeof(*p) + (n + 1) * sizeof(p->container[0]));
    if (p != NULL)
        *place = p;
    if (p == NULL || name == TEXTS_NONE) {
        picture_no_memory(&t->base);
        return NULL;
    }
    snprintf(text, sizeof(text), "%s/%s", e->pod_name, e->container);
    p->container[n] =
        (struct trace_container){.name = name, .track = new_track(t, p->track.pid, text)};
    p->containers++;
    return &p->container[n].track;
}

static void pod_span(struct trace *t, struct trace_pod *p, int64_t at_ms)
{
    char name[NAME_ROOM];
    struct entry e = {.at_ms = at_ms, .name = name, .category = "status"};

    snprintf(name, sizeof(name), "%s%s", p->status,
             strcmp(p->status, "Running") != 0 ? ""
             : p->ready                        ? ", ready"
                                               : ", not ready");
    span(t, &p->track, &e);
}

static void close_pod(struct trace *t, struct trace_pod *p, int64_t at_ms)
{
    span_end(t, &p->track, at_ms);
    for (uint32_t i = 0; i < p->containers; i++)
        span_end(t, &p->container[i].track, at_ms);
}

static void bury_pod(struct trace *t, const struct podring_event *e)
{
    struct trace_pod **place = place_of(t, e), *p = *place;

    close_pod(t, p, e->at_ms);
    count(t, p->track.pid, e->at_ms, -1, -(int)p->ready);
    *place = &gone;
    free(p);
}

static void state_span(struct trace *t, struct trace_track *track, const struct podring_event *e)
{
    char name[NAME_ROOM];
    struct entry s = {.at_ms = e->at_ms, .name = name, .category = "state", .args = 2};

    snprintf(name, sizeof(name), "%s%s%s", e->to, e->reason != NULL ? ": " : "",
             e->reason != NULL ? e->reason : "");
    if (e->exit_code >= 0)
        s.arg[0] = number_arg("exitCode", e->exit_code);
    s.arg[1] = text_arg("message", e->message);
    span(t, track, &s);
}

/* ---- arrows --------------------------------------------------------------------------------- */

/* The track of a change that is not of now; tid 0: it is gone, or has never had one. */
static struct trace_track track_of(struct trace *t, const struct podring_event *c)
{
    struct trace_track none = {0};
    struct trace_object *o;
    struct trace_pod *p;
    uint32_t n;

    if (c->kind == PODRING_ACTION)
        return t->steps;
    if (c->object != NULL) {
        o = object_of(t, c->namespace_, c->object);
        return o != NULL ? o->track : none;
    }
    n = texts_find(&t->numbers, &c->number, sizeof(c->number));
    p = n != TEXTS_NONE ? t->pod[n] : NULL;
    if (p == NULL || p == &gone)
        return none;
    for (uint32_t i = 0; c->container != NULL && i < p->containers; i++)
        if (strcmp(texts_at(&t->names, p->container[i].name, NULL), c->container) == 0)
            return p->container[i].track;
    return p->track;
}

/* What has led to an event, past all that has happened on the same track in the same instant. */
static struct trace_track cause_of(struct trace *t, podring *ring, const struct podring_event *e,
                                   struct trace_track to, struct podring_event *c)
{
    struct trace_track from = {0};
    uint64_t version = e->cause;

    for (int i = 0; i < CHAIN_MAX && version != 0; i++, version = c->cause) {
        if (podring_cause(ring, version, c) != 0)
            break;
        from = track_of(t, c);
        if (c->kind == PODRING_ACTION || from.tid != to.tid || c->at_ms != e->at_ms)
            return from;
    }
    return (struct trace_track){0};
}

static void arrow(struct trace *t, podring *ring, const struct podring_event *e,
                  struct trace_track to)
{
    struct podring_event c = PODRING_EVENT_INIT;
    struct entry a = {.phase = 's', .name = "cause", .category = "cause", .id = e->version};
    struct trace_track from = cause_of(t, ring, e, to, &c);

    if (c.kind == PODRING_ACTION && t->step != c.version) {
        if (t->steps.tid == 0)
            t->steps = new_track(t, process_of(t, NULL), "scenario");
        put_mark(t, t->steps, &c, c.message != NULL ? c.message : c.object);
        t->step = c.version;
        from = t->steps;
    }
    if (from.tid == 0)
        return;
    a.track = from;
    a.at_ms = c.at_ms;
    put(t, a);
    a.phase = 'f';
    a.track = to;
    a.at_ms = e->at_ms;
    put(t, a);
}

/* ---- the stream ----------------------------------------------------------------------------- */

static void on_transition(struct trace *t, podring *ring, const struct podring_event *e,
                          struct trace_pod *p)
{
    struct trace_track *track;

    if (strcmp(e->field, "status") == 0) {
        snprintf(p->status, sizeof(p->status), "%s", e->to);
        pod_span(t, p, e->at_ms);
    } else if (strcmp(e->field, "Ready") == 0) {
        bool ready = strcmp(e->to, "True") == 0;

        count(t, p->track.pid, e->at_ms, 0, (int)ready - (int)p->ready);
        p->ready = ready;
        if (strcmp(p->status, "Running") == 0)
            pod_span(t, p, e->at_ms);
    } else if (strcmp(e->field, "object") == 0 && strcmp(e->to, "Deleted") == 0) {
        bury_pod(t, e);
    } else if (strcmp(e->field, "object") == 0 && strcmp(e->to, "Terminating") == 0) {
        arrow(t, ring, e, p->track);
    } else if (strcmp(e->field, "state") == 0) {
        track = container_of(t, e);
        if (track == NULL)
            return;
        state_span(t, track, e);
        arrow(t, ring, e, *track);
    }
}

static void on_pod_event(struct trace *t, podring *ring, const struct podring_event *e,
                         struct trace_pod *p)
{
    struct trace_track *track = e->container != NULL ? container_of(t, e) : &p->track;
    struct entry i = {.phase = 'i', .at_ms = e->at_ms, .name = e->reason, .category = e->type,
                      .args = 1};

    if (track == NULL)
        return;
    i.track = *track;
    i.arg[0] = text_arg("message", e->message);
    put(t, i);
    if (strcmp(e->reason, "Killing") == 0)
        arrow(t, ring, e, *track);
}

static void trace_event(struct picture *base, podring *ring, const struct podring_event *e)
{
    struct trace *t = (struct trace *)base;
    struct trace_pod *p;

    if (base->out->error != 0)
        return;
    if (e->object != NULL) {
        on_object(t, e);
        return;
    }
    p = pod_of(t, e);
    if (p == NULL)
        return;
    if (e->kind == PODRING_TRANSITION)
        on_transition(t, ring, e, p);
    else
        on_pod_event(t, ring, e, p);
}

static void trace_begin(struct picture *base, podring *ring)
{
    struct trace *t = (struct trace *)base;

    (void)ring;
    out_puts(base->out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    t->before = "";
}

static void render_run(struct rx_text *t, const void *what)
{
    rx_text_puts(t, "\n],\"otherData\":{");
    face_json_report(t, what);
    rx_text_puts(t, "}}\n");
}

static void trace_end(struct picture *base, podring *ring, const struct face_report *r)
{
    struct trace *t = (struct trace *)base;
    char name[NAME_ROOM];

    (void)ring;
    for (size_t i = 0; i < t->numbers.count; i++)
        if (t->pod[i] != NULL && t->pod[i] != &gone)
            close_pod(t, t->pod[i], r->end_ms);
    for (size_t i = 0; i < t->objects.count; i++) {
        const char *key = texts_at(&t->objects, (uint32_t)i, NULL);

        snprintf(name, sizeof(name), "%s per second", key + strlen(key) + 1);
        client_end(t, &t->object[i], name, r->end_ms);
    }
    for (uint32_t i = 0; i < t->namespaces.count; i++)
        count_out(t, i + 1);
    out_render(base->out, render_run, r);
}

static void trace_close(struct picture *base)
{
    struct trace *t = (struct trace *)base;

    for (size_t i = 0; i < t->numbers.count && t->pod != NULL; i++)
        if (t->pod[i] != &gone)
            free(t->pod[i]);
    free(t->pod);
    free(t->object);
    free(t->process);
    texts_free(&t->names);
    texts_free(&t->numbers);
    texts_free(&t->namespaces);
    texts_free(&t->objects);
}

const struct picture_kind picture_trace = {.size = sizeof(struct trace),
                                           .begin = trace_begin,
                                           .event = trace_event,
                                           .end = trace_end,
                                           .close = trace_close};
