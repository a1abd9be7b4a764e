/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.c - see look.h. What happens to pods of one controller, whose names differ in the last part
 * only, is one finding; its text is that of the first time.
 */
#include "api/cli/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/signals.h"

enum {
    FINDINGS_MAX = 64,
    LINES_MAX = 8,
    NUMBERS = 64, /* pods that are told apart */
    GOING_MAX = 1024,
    HISTORY = 65536,
    POD_ROOM = 320 /* NAMESPACE/NAME */
};

enum finding_kind { KILLED, EXITED, FLAPS, CUT, FAILED, STUCK };

struct finding {
    enum finding_kind kind;
    char pod[POD_ROOM], container[64], word[64]; /* word: a probe, a reason */
    char text[400];
    int64_t at_ms; /* the first time */
    uint64_t times, number[NUMBERS];
    uint32_t pods;
    int32_t exit_code;
    bool backs_off;
};

struct look {
    struct finding finding[FINDINGS_MAX];
    uint32_t count, left_out;
    uint64_t going[GOING_MAX]; /* pods that are to end, the newest ones */
    uint32_t goings;
    char unready[400]; /* the newest failed readiness probe, and whose it is */
    char unready_pod[POD_ROOM];
};

/* ---- findings -------------------------------------------------------------------------------- */

static void copy(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from != NULL ? from : "");
}

/* On one line: what a command has written may have several. */
static void copy_line(char *to, size_t room, const char *from)
{
    size_t n;

    copy(to, room, from);
    n = strlen(to);
    while (n > 0 && to[n - 1] == '\n')
        to[--n] = '\0';
    for (size_t i = 0; i < n; i++)
        to[i] = to[i] == '\n' ? ' ' : to[i];
}

static void copy_pod(char *to, const struct podring_event *e)
{
    snprintf(to, POD_ROOM, "%s/%s", e->namespace_, e->pod_name);
}

/* So much of NAMESPACE/NAME all pods of a controller have. */
static size_t family_of(const char *pod)
{
    const char *dash = strrchr(strchr(pod, '/'), '-');

    return dash != NULL ? (size_t)(dash - pod) : strlen(pod);
}

static bool is_family(const char *a, const char *b)
{
    size_t n = family_of(a);

    return n == family_of(b) && memcmp(a, b, n) == 0;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
    return a->kind == b->kind && is_family(a->pod, b->pod) &&
           strcmp(a->container, b->container) == 0 && strcmp(a->word, b->word) == 0;
}

static struct finding *find(struct look *l, const struct podring_event *e, enum finding_kind kind,
                            const char *word, bool add)
{
    struct finding f = {.kind = kind};

    copy_pod(f.pod, e);
    copy(f.container, sizeof(f.container), e->container);
    copy(f.word, sizeof(f.word), word);
    for (uint32_t i = 0; i < l->count; i++)
        if (is_same(&l->finding[i], &f))
            return &l->finding[i];
    if (!add)
        return NULL;
    if (l->count == FINDINGS_MAX) {
        l->left_out++;
        return NULL;
    }
    l->finding[l->count] = f;
    return &l->finding[l->count++];
}

static void note(struct look *l, const struct podring_event *e, enum finding_kind kind,
                 const char *word, const char *text)
{
    struct finding *f = find(l, e, kind, word, true);

    if (f == NULL)
        return;
    if (f->times++ == 0) {
        f->at_ms = e->at_ms;
        copy_line(f->text, sizeof(f->text), text);
    }
    f->exit_code = e->exit_code;
    for (uint32_t i = 0; i < f->pods; i++)
        if (f->number[i] == e->number)
            return;
    if (f->pods < NUMBERS)
        f->number[f->pods++] = e->number;
}

/* ---- hearing --------------------------------------------------------------------------------- */

static bool is_unhealthy(const struct podring_event *e)
{
    return e->kind == PODRING_EVENT && strcmp(e->reason, "Unhealthy") == 0;
}

/* The failed probe at the end of the chain of causes, if there is one. */
static bool led_by_probe(podring *ring, const struct podring_event *e, struct podring_event *probe)
{
    uint64_t version = e->cause;

    for (int i = 0; i < 16 && version != 0 && podring_cause(ring, version, probe) == 0; i++) {
        if (is_unhealthy(probe))
            return true;
        version = probe->cause;
    }
    return false;
}

static const char *probe_word(const char *message)
{
    return strncmp(message, "Liveness", 8) == 0   ? "liveness"
           : strncmp(message, "Startup", 7) == 0 ? "startup"
                                                  : "readiness";
}

/* "Error: ErrImageNeverPull" behind an event that says it better. */
static bool repeats(const struct look *l, const struct podring_event *e)
{
    const char *what = strncmp(e->message, "Error: ", 7) == 0 ? e->message + 7 : NULL;

    for (uint32_t i = 0; what != NULL && i < l->count; i++)
        if (l->finding[i].kind == FAILED && strcmp(l->finding[i].word, what) == 0)
            return true;
    return false;
}

static void hear_event(struct look *l, podring *ring, const struct podring_event *e)
{
    struct podring_event probe = PODRING_EVENT_INIT;

    if (is_unhealthy(e) && strcmp(probe_word(e->message), "readiness") == 0) {
        copy_line(l->unready, sizeof(l->unready), e->message);
        copy_pod(l->unready_pod, e);
    } else if (strcmp(e->reason, "Killing") == 0) {
        if (led_by_probe(ring, e, &probe))
            note(l, e, KILLED, probe_word(probe.message), probe.message);
    } else if (strcmp(e->reason, "BackOff") == 0) {
        struct finding *f = find(l, e, EXITED, "", false);

        if (f != NULL)
            f->backs_off = true;
    } else if (e->type != NULL && strcmp(e->type, "Warning") == 0 && !is_unhealthy(e) &&
               strcmp(e->reason, "ProbeWarning") != 0 && !repeats(l, e)) {
        note(l, e, FAILED, e->reason, e->message);
    }
}

static void hear_end(struct look *l, const struct podring_event *e, bool going)
{
    char text[64];

    if (e->cause == 0 && !going) {
        snprintf(text, sizeof(text), "exit code %d%s%s", e->exit_code,
                 e->reason != NULL ? ", " : "", e->reason != NULL ? e->reason : "");
        note(l, e, EXITED, "", text);
    } else if (e->exit_code == 137 && going) {
        note(l, e, CUT, "", "SIGKILL: its grace period was over before it had ended");
    }
}

static bool is_going(const struct look *l, uint64_t number)
{
    for (uint32_t i = 0; i < RX_MIN(l->goings, (uint32_t)GOING_MAX); i++)
        if (l->going[i] == number)
            return true;
    return false;
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct podring_event probe = PODRING_EVENT_INIT;
    struct look *l = ctx;

    if (e->pod == 0 || e->pod_name == NULL)
        return;
    if (e->kind == PODRING_EVENT) {
        hear_event(l, ring, e);
    } else if (e->kind == PODRING_TRANSITION && strcmp(e->field, "state") == 0 &&
               e->to != NULL && strcmp(e->to, "Terminated") == 0) {
        hear_end(l, e, is_going(l, e->number));
    } else if (e->kind == PODRING_TRANSITION && strcmp(e->field, "object") == 0 &&
               e->to != NULL && strcmp(e->to, "Terminating") == 0) {
        l->going[l->goings++ % GOING_MAX] = e->number;
    } else if (e->kind == PODRING_TRANSITION && strcmp(e->field, "Ready") == 0 &&
               e->container == NULL && e->from != NULL && strcmp(e->from, "True") == 0 &&
               led_by_probe(ring, e, &probe) &&
               strcmp(probe_word(probe.message), "readiness") == 0) {
        note(l, e, FLAPS, "", probe.message);
    }
}

/* ---- at the end ------------------------------------------------------------------------------ */

static bool is_explained(const struct look *l, const char *pod)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (is_family(l->finding[i].pod, pod) && l->finding[i].kind != CUT)
            return true;
    return false;
}

static void note_stuck(struct look *l, podring *ring, const struct podring_event *e,
                       const char *status)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    char text[640] = "", name[POD_ROOM];
    size_t n;

    for (uint32_t i = 0; podring_container_info(ring, e->pod, i, &c) == 0; i++) {
        if (c.kind == 0 && strcmp(c.state, "Running") == 0)
            snprintf(text, sizeof(text), "its init container %s has not ended", c.name);
        else if (c.kind != 0 && strcmp(c.state, "Running") == 0 && c.ready == 0)
            snprintf(text, sizeof(text), "its container %s has not become ready", c.name);
        if (text[0] != '\0')
            break;
    }
    n = strlen(text);
    copy_pod(name, e);
    if (l->unready[0] != '\0' && is_family(l->unready_pod, name))
        snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? ": " : "", l->unready);
    note(l, e, STUCK, status, text);
}

static void look_at_end(struct look *l, podring *ring)
{
    uint64_t cursor = 0, id;

    while ((id = podring_next_pod(ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        struct podring_event e = PODRING_EVENT_INIT;
        char key[POD_ROOM], ns[64], name[256], status[64];

        if (podring_pod_info(ring, id, &pod) != 0 || pod.ready == pod.ready_of ||
            strcmp(pod.phase, "Succeeded") == 0 || pod.deleted_ms >= 0)
            continue;
        copy(ns, sizeof(ns), pod.namespace_);
        copy(name, sizeof(name), pod.name);
        copy(status, sizeof(status), pod.status);
        e.pod = id;
        e.namespace_ = ns;
        e.pod_name = name;
        copy_pod(key, &e);
        if (is_explained(l, key))
            continue;
        e.number = pod.number;
        e.at_ms = pod.created_ms;
        note_stuck(l, ring, &e, status);
    }
}

/* ---- telling --------------------------------------------------------------------------------- */

static void put_times(struct rx_text *t, uint64_t n)
{
    if (n == 1) {
        rx_text_puts(t, " once");
        return;
    }
    rx_text_putc(t, ' ');
    face_grouped(t, n);
    rx_text_puts(t, " times");
}

/* Only another namespace than the usual one is said. */
static const char *pod_word(const struct finding *f)
{
    static const char usual[] = "default/";
    size_t n = sizeof(usual) - 1;

    return f->pod + (strncmp(f->pod, usual, n) == 0 ? n : 0);
}

static void put_finding(struct rx_text *t, const struct finding *f)
{
    static const struct {
        const char *title, *before, *behind; /* the word */
    } row[] = {
        [KILLED] = {"LOOK   ", ": killed by the ", " probe"},
        [EXITED] = {"LOOK   ", ": the program ended by itself", ""},
        [FLAPS] = {"FLAPS  ", ": readiness lost", ""},
        [CUT] = {"CUT    ", ": killed while it was to end", ""},
        [FAILED] = {"LOOK   ", ": ", ""},
        [STUCK] = {"LOOK   ", ": still ", " at the end"},
    };

    rx_text_puts(t, row[f->kind].title);
    rx_text_puts(t, pod_word(f));
    if (f->container[0] != '\0') {
        rx_text_putc(t, '/');
        rx_text_puts(t, f->container);
    }
    if (f->pods > 1)
        rx_text_say(t, " and %u more like it", f->pods - 1);
    rx_text_puts(t, row[f->kind].before);
    rx_text_puts(t, f->word);
    rx_text_puts(t, row[f->kind].behind);
    if (f->kind != STUCK)
        put_times(t, f->times);
}

static void say_line(struct rx_text *t)
{
    rx_text_end(t);
    cli_plain(t->out);
    fputc('\n', stderr);
}

static void say(const struct finding *f)
{
    char line[1024];
    struct rx_text t = rx_text_in(line, sizeof(line));

    put_finding(&t, f);
    say_line(&t);
    if (f->text[0] == '\0')
        return;
    t = rx_text_in(line, sizeof(line));
    rx_text_puts(&t, "  ");
    if (f->kind != STUCK)
        face_duration(&t, f->at_ms);
    rx_text_pad(&t, 0, 8);
    rx_text_puts(&t, f->text);
    say_line(&t);
}

static bool is_told(const struct finding *f)
{
    return f->kind != EXITED || f->exit_code != 0 || f->backs_off;
}

static void tell(const struct look *l)
{
    uint32_t told = 0, more = l->left_out;
    const struct finding *first = NULL;

    for (uint32_t i = 0; i < l->count; i++) {
        if (!is_told(&l->finding[i]))
            continue;
        first = first == NULL ? &l->finding[i] : first;
        more += told == LINES_MAX;
        if (told < LINES_MAX) {
            say(&l->finding[i]);
            told++;
        }
    }
    if (more > 0)
        cli_say("and %u more; 'podring simulate -o timeline' tells all", more);
    if (first != NULL && pod_word(first) != first->pod)
        cli_say("'podring why FILE... %s' tells what led to it", pod_word(first));
    else if (first != NULL)
        cli_say("'podring why FILE... -n %.*s %s' tells what led to it",
                (int)(strchr(first->pod, '/') - first->pod), first->pod,
                strchr(first->pod, '/') + 1);
}

int look_again(const struct cli_options *o, const struct input *in)
{
    struct cli_options quiet = *o;
    struct look *l = calloc(1, sizeof(*l));
    uint32_t seen = UINT32_MAX; /* what there is to say of the files was said the first time */
    struct live live;
    int code;

    quiet.quiet = true;
    quiet.events_path = NULL;
    quiet.engine.history = HISTORY;
    if (l == NULL) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    code = live_open_with(&live, &quiet, on_event, l);
    if (code == CLI_OK)
        code = input_complain(&quiet, live.ring, input_load(in, live.ring), &seen);
    if (code == CLI_OK)
        code = live_drive(&live, live_end_ms(o), !o->has_for);
    if (code == CLI_OK && !signals_seen()) {
        look_at_end(l, live.ring);
        tell(l);
    }
    code = live_close(&live, code);
    free(l);
    return code;
}
