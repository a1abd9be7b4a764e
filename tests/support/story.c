/* SPDX-License-Identifier: Apache-2.0 */
/* story.c - the questions that a timeline can be asked, and how events answer them. */
#include "tests/support/story.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fact {
    int64_t at_ms;
    int kind;
    int32_t exit_code;
    char *reason, *pod, *container, *field, *from, *to, *message;
    bool object; /* it is about one that is no pod: `pod` is "deployment/web" */
};

struct story {
    podring *ring;
    struct fact *fact;
    size_t count, room;
    char *json;
    size_t json_used, json_room;
    char *text[16]; /* the last answers, so that several may stand in one expression */
    unsigned next_text;
    uint64_t digest;
};

static char *copy(const char *s)
{
    return s != NULL ? strdup(s) : NULL;
}

static void add_json(struct story *s, const struct podring_event *e)
{
    size_t need = podring_event_json(e, NULL, 0) + 2;

    if (s->json_used + need > s->json_room) {
        s->json_room = 2 * (s->json_room + need);
        s->json = realloc(s->json, s->json_room);
    }
    podring_event_json(e, s->json + s->json_used, need);
    s->json_used += need - 2;
    s->json[s->json_used++] = '\n';
    s->json[s->json_used] = '\0';
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct story *s = ctx;

    (void)ring;
    if (s->count == s->room) {
        s->room = 2 * s->room + 64;
        s->fact = realloc(s->fact, s->room * sizeof(*s->fact));
    }
    s->fact[s->count++] = (struct fact){
        .at_ms = e->at_ms,
        .kind = (int)e->kind,
        .exit_code = e->exit_code,
        .reason = copy(e->reason),
        .pod = copy(e->pod_name != NULL ? e->pod_name : e->object),
        .object = e->pod_name == NULL,
        .container = copy(e->container),
        .field = copy(e->field),
        .from = copy(e->from),
        .to = copy(e->to),
        .message = copy(e->message),
    };
    add_json(s, e);
}

struct story *story_run(const char *yaml, const struct story_options *o)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    struct story *s = calloc(1, sizeof(*s));
    int rc;

    options.clock = o->real ? PODRING_REAL : PODRING_VIRTUAL;
    options.net = o->net == PODRING_NET_DEFAULT ? PODRING_NET_SCRIPT : o->net;
    options.timing = PODRING_TIMING_REFERENCE;
    options.seed = o->seed;
    options.flags = o->flags;
    rc = podring_open(&options, &s->ring);
    cr_assert_eq(rc, 0, "open: %s", podring_why(NULL));
    if (o->knob != NULL)
        cr_assert_eq(podring_set(s->ring, o->knob, o->knob_value), 0, "%s", podring_why(s->ring));
    for (unsigned i = 0; i < STORY_KNOBS_MAX && o->knobs[i].name != NULL; i++)
        cr_assert_eq(podring_set(s->ring, o->knobs[i].name, o->knobs[i].value), 0, "%s",
                     podring_why(s->ring));
    podring_on_event(s->ring, on_event, s);
    rc = podring_load_text(s->ring, "story", yaml, strlen(yaml));
    for (uint32_t i = 0; rc != 0 && podring_diagnostic_at(s->ring, i, &d) == 0; i++)
        fprintf(stderr, "story:%u:%u: %s\n", d.line, d.column, d.text);
    cr_assert_eq(rc, 0, "the manifest was refused");
    rc = podring_apply(s->ring);
    cr_assert_eq(rc, 0, "apply: %s", podring_why(s->ring));
    rc = podring_run_until(s->ring, o->for_ms);
    cr_assert_eq(rc, 0, "run: %d %s", rc, podring_why(s->ring));
    s->digest = podring_digest(s->ring);
    if (s->json == NULL)
        s->json = copy("");
    return s;
}

void story_free(struct story *s)
{
    podring_close(s->ring);
    for (size_t i = 0; i < s->count; i++) {
        struct fact *f = &s->fact[i];

        free(f->reason);
        free(f->pod);
        free(f->container);
        free(f->field);
        free(f->from);
        free(f->to);
        free(f->message);
    }
    for (unsigned i = 0; i < 16; i++)
        free(s->text[i]);
    free(s->fact);
    free(s->json);
    free(s);
}

podring *story_ring(struct story *s)
{
    return s->ring;
}

/* ---- answers --------------------------------------------------------------------------------- */

struct answer {
    char *at;
    size_t used, room;
};

static void add(struct answer *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct answer *a, const char *format, ...)
{
    va_list args;
    int n;

    for (;;) {
        va_start(args, format);
        n = vsnprintf(a->at + a->used, a->room - a->used, format, args);
        va_end(args);
        if (a->used + (size_t)n < a->room)
            break;
        a->room = 2 * (a->room + (size_t)n + 1);
        a->at = realloc(a->at, a->room);
    }
    a->used += (size_t)n;
}

static struct answer begin(void)
{
    struct answer a = {.at = calloc(1, 256), .room = 256};

    return a;
}

static const char *keep(struct story *s, struct answer *a)
{
    unsigned i = s->next_text++ % 16;

    free(s->text[i]);
    s->text[i] = a->at;
    return a->at;
}

static void add_time(struct answer *a, int64_t at_ms)
{
    add(a, "%s%lld", a->used > 0 ? " " : "", (long long)(at_ms / 1000));
    if (at_ms % 1000 != 0) {
        char fraction[8];

        snprintf(fraction, sizeof(fraction), "%03d", (int)(at_ms % 1000));
        for (int i = 2; i > 0 && fraction[i] == '0'; i--)
            fraction[i] = '\0';
        add(a, ".%s", fraction);
    }
}

static int same(const char *want, const char *is)
{
    return want == NULL || (is != NULL && strcmp(want, is) == 0);
}

/* pod NULL: any pod, but no other object */
static bool about(const char *pod, const struct fact *f)
{
    return pod != NULL ? same(pod, f->pod) : !f->object;
}

const char *story_events_of(struct story *s, const char *pod, const char *reason, const char *part)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->kind == PODRING_EVENT && same(pod, f->pod) && same(reason, f->reason) &&
            (part == NULL || (f->message != NULL && strstr(f->message, part) != NULL)))
            add_time(&a, f->at_ms);
    }
    return keep(s, &a);
}

const char *story_events(struct story *s, const char *reason)
{
    return story_events_of(s, NULL, reason, NULL);
}

const char *story_events_in(struct story *s, const char *reason, const char *container)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->object)
            continue;
        if (f->kind == PODRING_EVENT && same(reason, f->reason) && same(container, f->container))
            add_time(&a, f->at_ms);
    }
    return keep(s, &a);
}

const char *story_starts(struct story *s, const char *container)
{
    return story_events_in(s, "Started", container);
}

static const char *transitions(struct story *s, const char *pod, const char *container,
                               const char *field, int reasons)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->kind != PODRING_TRANSITION || !about(pod, f) || !same(container, f->container) ||
            !same(field, f->field))
            continue;
        add_time(&a, f->at_ms);
        add(&a, ":%s", f->to);
        if (reasons && f->reason != NULL)
            add(&a, "/%s", f->reason);
    }
    return keep(s, &a);
}

const char *story_field(struct story *s, const char *pod, const char *container, const char *field)
{
    return transitions(s, pod, container, field, strcmp(field, "state") == 0);
}

const char *story_reasons(struct story *s, const char *pod, const char *field)
{
    return transitions(s, pod, NULL, field, 1);
}

const char *story_text(struct story *s, const char *format, ...)
{
    struct answer a = begin();
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    add(&a, "%s", text);
    return keep(s, &a);
}

const char *story_ends(struct story *s, const char *container)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->object)
            continue;
        if (f->kind != PODRING_TRANSITION || strcmp(f->field, "state") != 0 ||
            strcmp(f->to, "Terminated") != 0 || !same(container, f->container))
            continue;
        add_time(&a, f->at_ms);
        add(&a, ":%d/%s", f->exit_code, f->reason != NULL ? f->reason : "");
    }
    return keep(s, &a);
}

const char *story_messages(struct story *s, const char *what)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];
        const char *is = f->kind == PODRING_EVENT ? f->reason : f->field;

        if (f->message != NULL && same(what, is))
            add(&a, "%s%s", a.used > 0 ? "|" : "", f->message);
    }
    return keep(s, &a);
}

const char *story_value(struct story *s, const char *pod, const char *container, const char *field,
                        int64_t at_ms)
{
    struct answer a = begin();
    const char *value = "";

    for (size_t i = 0; i < s->count && s->fact[i].at_ms <= at_ms; i++) {
        const struct fact *f = &s->fact[i];

        if (f->kind == PODRING_TRANSITION && about(pod, f) && same(container, f->container) &&
            same(field, f->field))
            value = f->to;
    }
    add(&a, "%s", value);
    return keep(s, &a);
}

const char *story_why(struct story *s, const char *pod, const char *field)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->kind != PODRING_TRANSITION || !about(pod, f) || f->container != NULL ||
            !same(field, f->field))
            continue;
        add_time(&a, f->at_ms);
        add(&a, ":%s", f->reason != NULL ? f->reason : "-");
    }
    return keep(s, &a);
}

const char *story_instant(struct story *s, int64_t at_ms)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->object)
            continue;
        if (f->at_ms != at_ms)
            continue;
        add(&a, "%s%s", a.used > 0 ? " " : "", f->kind == PODRING_EVENT ? f->reason : f->field);
        if (f->container != NULL)
            add(&a, "/%s", f->container);
        if (f->kind == PODRING_TRANSITION)
            add(&a, "=%s", f->to);
    }
    return keep(s, &a);
}

const char *story_order(struct story *s)
{
    struct answer a = begin();

    for (size_t i = 0; i < s->count; i++) {
        const struct fact *f = &s->fact[i];

        if (f->object)
            continue;
        if (f->kind == PODRING_EVENT)
            add(&a, "%s %s %s\n", f->reason, f->pod, f->container != NULL ? f->container : "");
        else
            add(&a, "%s %s %s %s>%s\n", f->field, f->pod != NULL ? f->pod : "",
                f->container != NULL ? f->container : "", f->from != NULL ? f->from : "", f->to);
    }
    return keep(s, &a);
}

uint64_t story_digest(struct story *s)
{
    return s->digest;
}

const char *story_json(struct story *s)
{
    return s->json;
}
