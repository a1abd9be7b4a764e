/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - the page of a run: head, frames of the event stream as they fill, foot, and a table that
 * is there without any script.
 *
 * Left out is what another line says: the conditions that follow from containers, the phase, and
 * what comes with Started. A probe that fails again and again is one record: its further failures
 * are counted until its period changes or its container ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/picture/frame.h"
#include "api/cli/picture/health.h"
#include "api/cli/picture/page.h"
#include "api/cli/picture/picture.h"
#include "api/cli/io/grow.h"
#include "api/face/json.h"
#include "engine/reactor/base.h"

enum {
    PERIOD_MAX_MS = 300000, /* events further apart have nothing to do with each other */
    MESSAGE_ROOM = 8192,
    LABELS_ROOM = 4096
};

/* Events of one pod and shape that come again and again. */
struct run {
    int64_t from_ms, last_ms, period_ms; /* last_ms -1: none so far in this instance */
    uint64_t held;                       /* so many that are not written yet, from from_ms on */
    uint32_t pod, shape, again;          /* again: the shape of the record for them */
    uint32_t next;                       /* of the same pod; TEXTS_NONE = the last */
};

struct page_pod {
    uint32_t ip;   /* 0 = not known yet */
    uint32_t runs; /* the first of its list */
};

struct page {
    struct picture base;
    struct health health;
    struct frames frames;
    struct page_pod *pod; /* by their places in health */
    size_t pods, pods_room;
    struct texts run_keys;
    struct run *run;
    size_t runs_room;
    int64_t curtailed_ms; /* since when only the least is written; -1 = never */
    uint64_t curtailed;   /* so many lines */
};

/* ---- text ----------------------------------------------------------------------------------- */

static void put_base64(struct out *o, const unsigned char *at, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[4096];
    size_t used = 0;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)at[i] << 16 | (i + 1 < n ? (uint32_t)at[i + 1] << 8 : 0) |
                         (i + 2 < n ? at[i + 2] : 0);

        for (int shift = 18; shift >= 0; shift -= 6)
            text[used++] = digit[three >> shift & 63];
        if (i + 2 >= n)
            text[used - 1] = '=';
        if (i + 1 >= n)
            text[used - 2] = '=';
        if (used == sizeof(text)) {
            out_put(o, text, used);
            used = 0;
        }
    }
    out_put(o, text, used);
}

static void flush_frame(struct page *p)
{
    const struct frame_bytes *frame = frame_close(&p->frames);

    if (p->frames.failed || p->health.failed) {
        picture_no_memory(&p->base);
        return;
    }
    if (frame == NULL)
        return;
    out_puts(p->base.out, "<script type=\"application/vnd.podring.log\">");
    put_base64(p->base.out, frame->at, frame->used);
    out_puts(p->base.out, "</script>\n");
}

/* JSON that ends no script, whatever stands in it. */
static void put_json(struct page *p, const char *id, out_render_fn *fn, const void *what)
{
    struct rx_text t = rx_text_in(NULL, 0);
    size_t from = 0;
    char *text;

    fn(&t, what);
    text = malloc(t.length + 1);
    if (text == NULL) {
        picture_no_memory(&p->base);
        return;
    }
    t = rx_text_in(text, t.length + 1);
    fn(&t, what);
    out_puts(p->base.out, "<script type=\"application/json\" id=\"");
    out_puts(p->base.out, id);
    out_puts(p->base.out, "\">");
    for (size_t i = 0; i < t.length; i++) {
        if (text[i] != '<')
            continue;
        out_put(p->base.out, text + from, i - from);
        out_puts(p->base.out, "\\u003c");
        from = i + 1;
    }
    out_put(p->base.out, text + from, t.length - from);
    out_puts(p->base.out, "</script>\n");
    free(text);
}

/* ---- head ----------------------------------------------------------------------------------- */

struct head {
    const struct cli_options *options;
    podring *ring;
};

static void put_steps(struct rx_text *t, podring *ring)
{
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, object;
    const char *before = "";

    rx_text_puts(t, ",\"steps\":[");
    while ((object = podring_next_object(ring, &cursor)) != 0) {
        if (podring_object_info(ring, object, &i) != 0 || strcmp(i.kind, "step") != 0)
            continue;
        rx_text_puts(t, before);
        rx_text_puts(t, "{\"at_ms\":");
        rx_text_i64(t, i.due_ms);
        rx_text_puts(t, ",\"text\":");
        face_json_string(t, i.text);
        rx_text_putc(t, '}');
        before = ",";
    }
    rx_text_putc(t, ']');
}

static void render_head(struct rx_text *t, const void *what)
{
    const struct head *h = what;
    const struct cli_options *o = h->options;

    rx_text_puts(t, "{\"version\":1,\"podring\":");
    face_json_string(t, podring_version());
    rx_text_puts(t, ",\"command\":[\"podring\"");
    for (int i = 0; i < o->argc; i++) {
        rx_text_putc(t, ',');
        face_json_string(t, o->argv[i]);
    }
    rx_text_puts(t, "],\"seed\":\"");
    rx_text_u64(t, o->engine.seed);
    rx_text_puts(t, "\",\"epoch\":");
    rx_text_i64(t, o->engine.epoch_unix_ms);
    rx_text_puts(t, ",\"for_ms\":");
    if (o->has_for)
        rx_text_i64(t, o->for_ms);
    else
        rx_text_puts(t, "null");
    rx_text_puts(t, ",\"clock\":");
    face_json_string(t, cli_clock_word(o));
    rx_text_puts(t, ",\"timing\":");
    face_json_string(t, cli_timing_word(o));
    put_steps(t, h->ring);
    rx_text_putc(t, '}');
}

static void page_begin(struct picture *base, podring *ring)
{
    struct page *p = (struct page *)base;
    struct head h = {base->options, ring};

    p->curtailed_ms = -1;
    out_puts(base->out, page_before);
    put_json(p, "podring-head", render_head, &h);
}

/* ---- records -------------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

/* Another line says it. */
static bool is_said_elsewhere(const struct podring_event *e)
{
    static const char *const events[] = {"Created", "Pulled", NULL};
    static const char *const fields[] = {"ContainersReady", "Initialized",
                                         "PodReadyToStartContainers", "phase", "ready", "started",
                                         NULL};

    if (e->object != NULL) /* pods tell of themselves */
        return e->kind == PODRING_EVENT && e->message != NULL &&
               (strncmp(e->message, "Created pod: ", 13) == 0 ||
                strncmp(e->message, "Deleted pod: ", 13) == 0);
    if (e->kind == PODRING_EVENT)
        return is_one_of(e->reason, events);
    return is_one_of(e->field, fields) ||
           (strcmp(e->field, "PodScheduled") == 0 && strcmp(e->to, "True") == 0) ||
           (strcmp(e->field, "state") == 0 && strcmp(e->to, "Running") == 0);
}

/* What is left of a run of very many lines. */
static bool is_least(const struct podring_event *e)
{
    static const char *const fields[] = {"status", "Ready", "object", "restartCount", NULL};

    if (e->kind == PODRING_EVENT)
        return e->object == NULL &&
               (strcmp(e->reason, "Unhealthy") == 0 || strcmp(e->reason, "Killing") == 0);
    return (e->numeric & 2) != 0 || is_one_of(e->field, fields) ||
           (strcmp(e->field, "state") == 0 && strcmp(e->to, "Terminated") == 0);
}

static uint32_t ip_of(podring *ring, uint64_t pod)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    return podring_pod_info(ring, pod, &info) == 0 ? info.ip : 0;
}

/* A message with 1, 2 and 3 for what differs from pod to pod. */
static uint32_t message_of(struct page *p, podring *ring, const struct podring_event *e,
                           struct page_pod *pod)
{
    char text[MESSAGE_ROOM], ip[16] = "";
    const char *own[3] = {e->pod_name, e->uid, ip};
    size_t n = 0;

    if (e->message == NULL)
        return 0;
    if (pod != NULL && pod->ip == 0 && strchr(e->message, '.') != NULL)
        pod->ip = ip_of(ring, e->pod);
    if (pod != NULL && pod->ip != 0)
        snprintf(ip, sizeof(ip), "%u.%u.%u.%u", pod->ip >> 24, pod->ip >> 16 & 255,
                 pod->ip >> 8 & 255, pod->ip & 255);
    for (const char *at = e->message; *at != '\0' && n + 1 < sizeof(text);) {
        size_t length = 0, i;

        for (i = 0; i < RX_ARRAY_LEN(own) && length == 0; i++) {
            if (own[i] != NULL && own[i][0] != '\0' && at[0] == own[i][0])
                length = strncmp(at, own[i], strlen(own[i])) == 0 ? strlen(own[i]) : 0;
        }
        /* What stands for something must not have been there before. */
        text[n++] = length > 0 ? (char)i : *at >= 1 && *at <= 3 ? '?' : *at;
        at += length > 0 ? length : 1;
    }
    return frame_message(&p->frames, text, n);
}

static uint8_t probe_of(const struct podring_event *e)
{
    static const char *const word[] = {"Startup", "Readiness", "Liveness"};

    for (uint8_t i = 0; i < RX_ARRAY_LEN(word) && e->message != NULL; i++)
        if (strncmp(e->message, word[i], strlen(word[i])) == 0)
            return (uint8_t)(i + 1);
    return 0;
}

static uint8_t cause_of(const struct podring_event *e)
{
    size_t n = e->message != NULL ? strlen(e->message) : 0;

    if (n >= 17 && strcmp(e->message + n - 17, "will be restarted") == 0)
        return 1;
    return 2;
}

/* An object and, before it, who has made it. */
static uint32_t number_of_object(struct page *p, podring *ring, const char *ns,
                                 struct health_owner *o)
{
    uint32_t owner = 0, n;

    ns = ns != NULL ? ns : "";
    n = frame_find_object(&p->frames, o->kind, ns, o->name);
    if (n != TEXTS_NONE)
        return n;
    health_find_above(ring, ns, o);
    if (o->above_kind[0] != '\0')
        owner = frame_object(&p->frames, o->above_kind, ns, o->above, 0) + 1;
    return frame_object(&p->frames, o->kind, ns, o->name, owner);
}

static uint32_t object_of(struct page *p, podring *ring, const struct podring_event *e)
{
    const char *slash = strchr(e->object, '/');
    struct health_owner o;

    snprintf(o.kind, sizeof(o.kind), "%.*s", (int)strcspn(e->object, "/"), e->object);
    snprintf(o.name, sizeof(o.name), "%s", slash != NULL ? slash + 1 : "");
    return number_of_object(p, ring, e->namespace_, &o);
}

static struct frame_shape shape_of(struct page *p, podring *ring, const struct podring_event *e,
                                   struct page_pod *pod)
{
    struct frames *f = &p->frames;
    bool event = e->kind == PODRING_EVENT;
    struct frame_shape s = {
        .kind = !event ? 2 : e->type != NULL && strcmp(e->type, "Warning") == 0 ? 1 : 0,
        .subject = pod == NULL,
        .container = frame_string(f, e->container),
        .reason = frame_string(f, e->reason),
        .field = event ? 0 : frame_string(f, e->field),
        .message = message_of(p, ring, e, pod),
        .exit_code = e->exit_code >= 0 ? (uint32_t)e->exit_code + 1 : 0,
    };

    if ((e->numeric & 2) != 0)
        s.argument = FRAME_NUMBER;
    else if (!event)
        s.to = frame_string(f, e->to);
    if (event && (strcmp(e->reason, "Unhealthy") == 0 || strcmp(e->reason, "ProbeWarning") == 0))
        s.probe = probe_of(e);
    if (event && strcmp(e->reason, "Killing") == 0)
        s.cause = cause_of(e);
    if (pod != NULL && e->object != NULL)
        s.about = object_of(p, ring, e) + 1;
    return s;
}

/* ---- what comes again ----------------------------------------------------------------------- */

static bool comes_again(const struct podring_event *e)
{
    static const char *const reasons[] = {"Unhealthy", "ProbeWarning", "BackOff", NULL};

    return e->kind == PODRING_EVENT && e->object == NULL && is_one_of(e->reason, reasons);
}

static struct run *run_of(struct page *p, uint32_t place, uint32_t shape,
                          const struct frame_shape *s)
{
    uint64_t key = (uint64_t)place << 32 | shape;
    struct frame_shape again = *s;
    bool is_new;
    uint32_t n = texts_number(&p->run_keys, &key, sizeof(key), &is_new);

    if (n == TEXTS_NONE || !cli_grow((void **)&p->run, n, &p->runs_room, sizeof(*p->run))) {
        picture_no_memory(&p->base);
        return NULL;
    }
    again.argument = FRAME_AGAIN;
    if (is_new) {
        p->run[n] = (struct run){.last_ms = -1, .pod = place, .shape = shape,
                                 .again = frame_shape(&p->frames, &again),
                                 .next = p->pod[place].runs};
        p->pod[place].runs = n;
    }
    return &p->run[n];
}

static void write_held(struct page *p, struct run *r)
{
    if (r->held > 1)
        frame_record_again(&p->frames, r->from_ms, r->pod, r->again, r->held, r->period_ms);
    else if (r->held == 1)
        frame_record(&p->frames, r->from_ms, r->pod, r->shape);
    r->held = 0;
    r->period_ms = 0;
}

static void hear_again(struct page *p, struct run *r, int64_t at_ms)
{
    int64_t gap_ms = at_ms - r->last_ms;

    if (r->last_ms >= 0 && r->held > 0 && gap_ms == r->period_ms) {
        r->held++;
    } else if (r->last_ms >= 0 && r->held == 0 && gap_ms > 0 && gap_ms <= PERIOD_MAX_MS) {
        r->from_ms = at_ms;
        r->period_ms = gap_ms;
        r->held = 1;
    } else {
        write_held(p, r);
        frame_record(&p->frames, at_ms, r->pod, r->shape);
    }
    r->last_ms = at_ms;
}

static void end_runs(struct page *p, uint32_t place)
{
    for (uint32_t n = p->pod[place].runs; n != TEXTS_NONE; n = p->run[n].next) {
        write_held(p, &p->run[n]);
        p->run[n].last_ms = -1;
    }
}

/* ---- the stream ----------------------------------------------------------------------------- */

static void describe_pod(struct page *p, podring *ring, const struct podring_event *e)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    char labels[LABELS_ROOM];
    struct rx_text t = rx_text_in(labels, sizeof(labels));
    struct health_owner o;
    const char *key, *value;
    uint32_t owner = 0;

    health_owner_of(ring, e->pod, &o);
    if (o.kind[0] != '\0')
        owner = number_of_object(p, ring, e->namespace_, &o) + 1;
    for (uint32_t i = 0; podring_fact_at(ring, e->pod, 0, PODRING_LABEL, i, &key, &value) == 0;
         i++) {
        rx_text_puts(&t, i > 0 ? "," : "");
        rx_text_puts(&t, key);
        rx_text_putc(&t, '=');
        rx_text_puts(&t, value);
    }
    rx_text_end(&t);
    frame_pod(&p->frames, e->number, e->pod_name, e->namespace_, labels,
              podring_pod_info(ring, e->pod, &info) == 0 ? info.node : NULL, owner, o.name);
}

static struct page_pod *pod_of(struct page *p, podring *ring, const struct podring_event *e,
                               uint32_t place)
{
    if (!cli_grow((void **)&p->pod, p->pods, &p->pods_room, sizeof(*p->pod))) {
        picture_no_memory(&p->base);
        return NULL;
    }
    if (place == p->pods) {
        p->pod[p->pods++] = (struct page_pod){.runs = TEXTS_NONE};
        describe_pod(p, ring, e);
    }
    return &p->pod[place];
}

static bool is_end_of_instance(const struct podring_event *e)
{
    return e->kind == PODRING_TRANSITION && e->object == NULL &&
           ((strcmp(e->field, "state") == 0 && strcmp(e->to, "Terminated") == 0) ||
            (strcmp(e->field, "object") == 0 && strcmp(e->to, "Deleted") == 0));
}

static void write_event(struct page *p, podring *ring, const struct podring_event *e,
                        struct page_pod *pod, uint32_t place)
{
    struct frame_shape s = shape_of(p, ring, e, pod);
    uint32_t shape, who = pod != NULL ? place : object_of(p, ring, e);
    struct run *r;

    shape = frame_shape(&p->frames, &s);
    if (pod != NULL && is_end_of_instance(e))
        end_runs(p, place);
    if (s.argument == FRAME_NUMBER) {
        frame_record_number(&p->frames, e->at_ms, who, shape, strtoll(e->to, NULL, 10));
    } else if (pod != NULL && comes_again(e)) {
        r = run_of(p, place, shape, &s);
        if (r != NULL)
            hear_again(p, r, e->at_ms);
    } else {
        frame_record(&p->frames, e->at_ms, who, shape);
    }
}

static void page_event(struct picture *base, podring *ring, const struct podring_event *e)
{
    struct page *p = (struct page *)base;
    struct page_pod *pod = NULL;
    uint32_t place = health_hear(&p->health, ring, e);

    if (base->out->error != 0)
        return;
    if (place == TEXTS_NONE && e->object != NULL && e->number != 0)
        place = texts_find(&p->health.numbers, &e->number, sizeof(e->number));
    if (place != TEXTS_NONE)
        pod = pod_of(p, ring, e, place);
    if ((place != TEXTS_NONE && pod == NULL) || (pod == NULL && e->object == NULL)) {
        picture_no_memory(base);
        return;
    }
    if (is_said_elsewhere(e))
        return;
    if (p->frames.records >= base->options->html_records) {
        if (p->curtailed_ms < 0)
            p->curtailed_ms = e->at_ms;
        if (!is_least(e)) {
            p->curtailed++;
            return;
        }
    }
    write_event(p, ring, e, pod, place);
    if (frame_is_full(&p->frames) || p->frames.failed)
        flush_frame(p);
}

/* ---- foot and table ------------------------------------------------------------------------- */

struct foot {
    const struct page *page;
    const struct face_report *report;
};

static void render_foot(struct rx_text *t, const void *what)
{
    const struct foot *f = what;
    const struct page *p = f->page;

    rx_text_puts(t, "{\"end_ms\":");
    rx_text_i64(t, f->report->end_ms);
    rx_text_puts(t, ",\"digest\":\"");
    rx_text_hex64(t, f->report->digest);
    rx_text_puts(t, "\",\"records\":");
    rx_text_u64(t, p->frames.records);
    rx_text_puts(t, ",\"pods\":");
    rx_text_u64(t, p->frames.pods);
    rx_text_puts(t, ",\"left_out\":{\"messages\":");
    rx_text_u64(t, p->frames.messages_left_out);
    rx_text_puts(t, ",\"lines\":");
    rx_text_u64(t, p->curtailed);
    rx_text_puts(t, ",\"since_ms\":");
    rx_text_i64(t, p->curtailed_ms);
    rx_text_puts(t, "},\n\"report\":{");
    face_json_report(t, f->report);
    rx_text_puts(t, "}}");
}

static void put_cell(struct rx_text *t, uint64_t n)
{
    rx_text_puts(t, "<td class=n>");
    face_grouped(t, n);
}

struct row {
    const struct health *health;
    uint32_t workload;
};

static void render_row(struct rx_text *t, const void *what)
{
    const struct row *r = what;
    const struct health_workload *w = &r->health->workload[r->workload];
    const char *ns, *kind, *name;

    health_workload_name(r->health, r->workload, &ns, &kind, &name);
    rx_text_puts(t, "<tr><th scope=row>");
    face_html(t, name[0] != '\0' ? name : "pods of their own");
    rx_text_puts(t, "<td>");
    face_html(t, kind[0] != '\0' ? kind : "pod");
    rx_text_puts(t, "<td>");
    face_html(t, ns);
    put_cell(t, w->pods_all);
    put_cell(t, w->of[HEALTH_READY]);
    put_cell(t, w->restarts);
    put_cell(t, w->failures);
    rx_text_puts(t, "<td class=n>");
    if (w->trouble_first_ms >= 0)
        face_duration(t, w->trouble_first_ms);
    else
        rx_text_puts(t, "-");
    rx_text_puts(t, "<td class=n>");
    face_duration(t, w->trouble_ms / (int64_t)w->pods_all);
    rx_text_putc(t, '\n');
}

static void page_end(struct picture *base, podring *ring, const struct face_report *r)
{
    struct page *p = (struct page *)base;
    struct foot f = {p, r};

    (void)ring;
    for (size_t i = 0; i < p->pods; i++)
        end_runs(p, (uint32_t)i);
    health_end(&p->health, r->end_ms);
    flush_frame(p);
    put_json(p, "podring-foot", render_foot, &f);
    out_puts(base->out,
             "<section id=summary aria-label=\"Workloads\">\n<table>\n"
             "<caption>Workloads</caption>\n<thead><tr><th scope=col>workload<th scope=col>kind"
             "<th scope=col>namespace<th scope=col class=n>pods"
             "<th scope=col class=n>ready at the end<th scope=col class=n>restarts"
             "<th scope=col class=n>failed probes<th scope=col class=n>first trouble"
             "<th scope=col class=n>mean time in trouble"
             "</thead>\n<tbody>\n");
    for (uint32_t i = 0; i < p->health.names.count; i++) {
        struct row row = {&p->health, i};

        out_render(base->out, render_row, &row);
    }
    out_puts(base->out, "</tbody></table>\n</section>\n");
    out_puts(base->out, page_after);
}

static void page_close(struct picture *base)
{
    struct page *p = (struct page *)base;

    health_free(&p->health);
    frame_free(&p->frames);
    texts_free(&p->run_keys);
    free(p->run);
    free(p->pod);
}

const struct picture_kind picture_page = {.size = sizeof(struct page),
                                          .begin = page_begin,
                                          .event = page_event,
                                          .end = page_end,
                                          .close = page_close};
