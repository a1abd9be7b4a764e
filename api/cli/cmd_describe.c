/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_describe.c - podring describe: a pod and its Events, as kubectl describe pod prints them. */
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "api/cli/moment.h"
#include "api/face/columns.h"
#include "api/face/describe.h"

/* An Event of a pod that may turn out to be the one. */
struct heard {
    uint64_t pod;
    char *container, *type, *reason, *message; /* copies; NULL where there is none */
    bool exact; /* its pod is called what was asked for, not only so similar */
    struct face_event event;
};

struct ears {
    struct moment *moment;
    struct heard *heard;
    size_t count, room;
    bool failed; /* out of memory */
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e);
static int print_pod(struct moment *m, struct ears *ears);
static void release(struct ears *ears);

int cmd_describe(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    struct ears ears = {.moment = &m};
    int code = moment_parse(&m, verb, argc, argv);

    if (code == CLI_OK && m.operand != NULL) {
        code = moment_reach(&m, on_event, &ears);
        if (code == CLI_OK)
            code = moment_find(&m);
        if (code == CLI_OK)
            code = print_pod(&m, &ears);
    }
    release(&ears);
    return moment_close(&m, code);
}

/* ---- hearing --------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What is told again is only counted. The newest are the likeliest to be told again. */
static struct heard *find(struct ears *ears, const struct podring_event *e)
{
    for (size_t i = ears->count; i-- > 0;) {
        struct heard *h = &ears->heard[i];

        if (h->pod == e->pod && same(h->reason, e->reason) && same(h->container, e->container) &&
            same(h->message, e->message))
            return h;
    }
    return NULL;
}

static char *copy(struct ears *ears, const char *s)
{
    char *c = s != NULL ? strdup(s) : NULL;

    ears->failed |= s != NULL && c == NULL;
    return c;
}

static void add(struct ears *ears, const struct podring_event *e, bool exact)
{
    void *list = ears->heard;
    struct heard *h;

    if (!cli_grow(&list, ears->count, &ears->room, sizeof(*h))) {
        ears->failed = true;
        return;
    }
    ears->heard = list;
    h = &ears->heard[ears->count++];
    *h = (struct heard){.pod = e->pod, .exact = exact};
    h->container = copy(ears, e->container);
    h->type = copy(ears, e->type);
    h->reason = copy(ears, e->reason);
    h->message = copy(ears, e->message);
    h->event = (struct face_event){
        .type = h->type,
        .reason = h->reason,
        .message = h->message,
        .first_ms = e->at_ms,
        .last_ms = e->at_ms,
        .count = 1,
    };
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct ears *ears = ctx;
    enum moment_match match;
    struct heard *h;

    (void)ring;
    if (e->kind != PODRING_EVENT || e->pod == 0)
        return;
    match = moment_match(ears->moment, e->namespace_, e->pod_name);
    if (match == MOMENT_OTHER)
        return;
    h = find(ears, e);
    if (h == NULL) {
        add(ears, e, match != MOMENT_BEGINS);
        return;
    }
    h->event.last_ms = e->at_ms;
    h->event.count++;
}

static void release(struct ears *ears)
{
    for (size_t i = 0; i < ears->count; i++) {
        struct heard *h = &ears->heard[i];

        free(h->container);
        free(h->type);
        free(h->reason);
        free(h->message);
    }
    free(ears->heard);
}

/* ---- telling --------------------------------------------------------------------------------- */

/* By the last time, and among equals as they came first. The list is short and almost in order. */
static void insert(struct face_event *list, size_t count, const struct face_event *e)
{
    while (count > 0 && list[count - 1].last_ms > e->last_ms) {
        list[count] = list[count - 1];
        count--;
    }
    list[count] = *e;
}

/* The Events of m->pod; or, if there is no such pod, of those that were called so. */
static size_t select_events(const struct moment *m, const struct ears *ears,
                            struct face_event *list)
{
    size_t count = 0;

    for (size_t i = 0; i < ears->count; i++) {
        const struct heard *h = &ears->heard[i];

        if (m->pod != 0 ? h->pod == m->pod : h->exact)
            insert(list, count++, &h->event);
    }
    return count;
}

/* kubectl's words for a pod that is gone while its Events are still there. */
static void render(struct rx_text *t, const struct moment *m, const struct face_describe *d)
{
    if (m->pod != 0) {
        face_describe(t, d);
        return;
    }
    rx_text_puts(t, "Pod '");
    rx_text_puts(t, m->name);
    rx_text_puts(t, "': error 'pods \"");
    rx_text_puts(t, m->name);
    rx_text_puts(t, "\" not found', but found events.\n");
    face_describe_events(t, d);
}

static void render_columns(struct rx_text *t, const void *what)
{
    const struct rx_text *plain = what;

    face_columns(t, plain->out, plain->length);
}

/* What containers and documents say is in the text, and must not command the terminal. */
static int print_described(struct moment *m, const struct face_describe *d)
{
    struct rx_text raw = rx_text_in(NULL, 0), plain = raw;
    int code = CLI_SYSTEM;

    render(&raw, m, d);
    raw = rx_text_in(malloc(raw.length + 1), raw.length + 1);
    if (raw.out != NULL) {
        render(&raw, m, d);
        face_plain(&plain, raw.out, raw.length);
        plain = rx_text_in(malloc(plain.length + 1), plain.length + 1);
    }
    if (plain.out != NULL) {
        face_plain(&plain, raw.out, raw.length);
        out_render(&m->live.out, render_columns, &plain);
        code = CLI_OK;
    } else {
        cli_say("out of memory");
    }
    free(plain.out);
    free(raw.out);
    return code;
}

static int print_pod(struct moment *m, struct ears *ears)
{
    struct face_event *list = calloc(ears->count + 1, sizeof(*list));
    struct face_describe d = {
        .ring = m->live.ring,
        .pod = m->pod,
        .epoch_unix_ms = m->options.engine.epoch_unix_ms,
        .event = list,
    };
    int code = CLI_SYSTEM;

    if (list == NULL || ears->failed) {
        cli_say("out of memory");
    } else {
        d.events = select_events(m, ears, list);
        code = m->pod != 0 || d.events > 0 ? print_described(m, &d) : moment_missing(m);
    }
    free(list);
    return code;
}
