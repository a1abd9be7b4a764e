/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.c - which events make a line, and with which mark and words. */
#include "api/face/timeline.h"

#include <stdbool.h>
#include <string.h>

enum { TIME_WIDTH = 10, NAME_WIDTH = 22 };

static bool is_told(const struct podring_event *e);

void face_when_who(struct rx_text *t, const struct podring_event *e)
{
    char text[32];
    struct rx_text time = rx_text_in(text, sizeof(text));
    size_t from;

    face_duration(&time, e->at_ms);
    rx_text_fill(t, ' ', time.length < TIME_WIDTH ? TIME_WIDTH - time.length : 0);
    rx_text_put(t, text, time.length);
    rx_text_puts(t, "  ");
    from = t->length;
    rx_text_puts(t, e->object != NULL ? e->object : e->pod_name);
    if (e->container != NULL) {
        rx_text_putc(t, '/');
        rx_text_puts(t, e->container);
    }
    rx_text_pad(t, from, NAME_WIDTH);
}

void face_timeline(struct rx_text *t, const struct podring_event *e)
{
    bool warns = e->type != NULL && strcmp(e->type, "Warning") == 0;

    if (!is_told(e))
        return;
    face_when_who(t, e);
    rx_text_puts(t, warns ? " ! " : "   ");
    face_fact(t, e);
    rx_text_putc(t, '\n');
}

static void put_word(struct rx_text *t, const char *word)
{
    if (word != NULL)
        face_plain(t, word, strlen(word));
}

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

/* Each pod that a controller creates tells of itself, and the counters of a workload follow from
 * what its pods tell. */
static bool is_told_of_object(const struct podring_event *e)
{
    static const char *const workload[] = {"deployment/",  "replicaset/", "replicationcontroller/",
                                           "statefulset/", "daemonset/",  "job/", NULL};

    if (e->kind == PODRING_EVENT)
        return strcmp(e->reason, "SuccessfulCreate") != 0;
    if (strcmp(e->field, "step") == 0) /* what it has done is told of whom it was done to */
        return strcmp(e->to, "done") != 0;
    for (const char *const *w = workload; *w != NULL; w++) {
        if (strncmp(e->object, *w, strlen(*w)) == 0)
            return e->numeric == 0;
    }
    return true;
}

static bool is_told(const struct podring_event *e)
{
    static const char *const silent[] = {"Scheduled", "Pulled", "Created", "BackOff", NULL};
    static const char *const told[] = {"status", "Ready", NULL};

    if (e->object != NULL)
        return is_told_of_object(e);
    if (e->kind == PODRING_EVENT)
        return !is_one_of(e->reason, silent);
    if (strcmp(e->field, "object") == 0)
        return strcmp(e->to, "Created") != 0;
    if (strcmp(e->field, "state") == 0)
        return strcmp(e->to, "Terminated") == 0 ||
               (strcmp(e->to, "Waiting") == 0 && e->message != NULL);
    return is_one_of(e->field, told);
}

/* In one line, without the newline or blank that many end with. A back-off's message goes on with
 * what the line has said already: whose it is. */
static void put_message(struct rx_text *t, const char *message)
{
    const char *rest = message != NULL ? strstr(message, " restarting failed container=") : NULL;
    size_t n = rest != NULL ? (size_t)(rest - message) : message != NULL ? strlen(message) : 0;

    while (n > 0 && (message[n - 1] == '\n' || message[n - 1] == ' '))
        n--;
    if (n > 0)
        rx_text_puts(t, ": ");
    for (size_t i = 0; i < n; i++) {
        size_t line = strcspn(message + i, "\n");

        line = line < n - i ? line : n - i;
        face_plain(t, message + i, line);
        i += line;
        if (i < n)
            rx_text_puts(t, "\\n");
    }
}

static void put_state(struct rx_text *t, const struct podring_event *e)
{
    if (strcmp(e->to, "Terminated") == 0) {
        rx_text_puts(t, "exit ");
        rx_text_i64(t, e->exit_code);
        rx_text_putc(t, ' ');
    } else {
        rx_text_puts(t, strcmp(e->to, "Running") == 0 ? "running" : "waiting ");
    }
    put_word(t, e->reason);
    put_message(t, e->message);
}

void face_fact(struct rx_text *t, const struct podring_event *e)
{
    if (e->kind == PODRING_EVENT) {
        put_word(t, e->reason);
        if (strcmp(e->reason, "Started") != 0) /* its message says the same */
            put_message(t, e->message);
    } else if (e->kind == PODRING_ACTION) {
        put_word(t, e->message);
    } else if (strcmp(e->field, "state") == 0) {
        put_state(t, e);
    } else if (strcmp(e->field, "step") == 0) {
        rx_text_puts(t, "step ");
        put_word(t, e->to);
        put_message(t, e->message);
    } else if (strcmp(e->field, "object") == 0) {
        rx_text_puts(t, "object ");
        rx_text_puts(t, e->to);
    } else {
        if (e->object != NULL && e->pod_name != NULL) { /* an object's, about one of its pods */
            rx_text_puts(t, e->pod_name);
            rx_text_puts(t, ": ");
        }
        rx_text_puts(t, e->field);
        rx_text_putc(t, ' ');
        put_word(t, e->from != NULL ? e->from : "-");
        rx_text_puts(t, " -> ");
        put_word(t, *e->to != '\0' ? e->to : "-");
        if (e->pod == 0 && e->reason != NULL) { /* a condition, which may only change its reason */
            rx_text_puts(t, " (");
            put_word(t, e->reason);
            rx_text_putc(t, ')');
        }
    }
}
