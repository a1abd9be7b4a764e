/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - from the snapshots of podring.h to the text of kubectl describe. */
#include "api/face/describe.h"

#include <string.h>

static void put_head(struct rx_text *t, const struct face_describe *d);
static void put_containers(struct rx_text *t, const struct face_describe *d, const char *title,
                           int init);
static void put_states(struct rx_text *t, const struct face_describe *d, const char *title,
                       int fact);
static void put_volumes(struct rx_text *t, const struct face_describe *d);
static void put_scheduling(struct rx_text *t, const struct face_describe *d);

void face_describe(struct rx_text *t, const struct face_describe *d)
{
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;

    if (podring_pod_info(d->ring, d->pod, &pod) != 0)
        return;
    put_head(t, d);
    put_containers(t, d, "Init Containers", 1);
    put_containers(t, d, "Containers", 0);
    put_states(t, d, "Readiness Gates", PODRING_GATE);
    put_states(t, d, "Conditions", PODRING_CONDITION);
    put_volumes(t, d);
    put_scheduling(t, d);
    face_describe_events(t, d);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

static int fact(const struct face_describe *d, uint32_t container, int kind, uint32_t index,
                const char **key, const char **value)
{
    return podring_fact_at(d->ring, d->pod, container, kind, index, key, value) == 0;
}

/* A pod's field by name; NULL: it has none. */
static const char *field(const struct face_describe *d, const char *name)
{
    const char *key, *value;

    for (uint32_t i = 0; fact(d, 0, PODRING_FIELD, i, &key, &value); i++)
        if (strcmp(key, name) == 0)
            return value;
    return NULL;
}

static void put_key(struct rx_text *t, int indent, const char *key)
{
    rx_text_fill(t, ' ', 2 * (size_t)indent);
    rx_text_puts(t, key);
    rx_text_puts(t, ":\t");
}

static void put_line(struct rx_text *t, int indent, const char *key, const char *value)
{
    put_key(t, indent, key);
    rx_text_puts(t, value);
    rx_text_putc(t, '\n');
}

/* As Go's RFC1123Z has it: Thu, 01 Jan 2026 00:00:30 +0000. */
void face_describe_time(struct rx_text *t, int indent, const char *key, int64_t unix_ms)
{
    static const char day[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char month[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t days = unix_ms / 86400000 - (unix_ms % 86400000 < 0);
    char text[40];
    struct rx_text iso = rx_text_in(text, sizeof(text));

    face_rfc3339(&iso, unix_ms);
    rx_text_end(&iso);
    put_key(t, indent, key);
    rx_text_puts(t, day[(days % 7 + 7) % 7]);
    rx_text_puts(t, ", ");
    rx_text_put(t, text + 8, 2);
    rx_text_putc(t, ' ');
    rx_text_puts(t, month[(text[5] - '0') * 10 + text[6] - '0' - 1]);
    rx_text_putc(t, ' ');
    rx_text_put(t, text, 4);
    rx_text_putc(t, ' ');
    rx_text_put(t, text + 11, 8);
    rx_text_puts(t, " +0000\n");
}

/* key=value below each other, the first beside the title. */
static void put_pairs(struct rx_text *t, const struct face_describe *d, const char *title,
                      int kind, const char *between)
{
    const char *key, *value;

    if (!fact(d, 0, kind, 0, &key, &value)) {
        put_line(t, 0, title, "<none>");
        return;
    }
    for (uint32_t i = 0; fact(d, 0, kind, i, &key, &value); i++) {
        if (i == 0) {
            rx_text_puts(t, title);
            rx_text_putc(t, ':');
        }
        rx_text_putc(t, '\t');
        rx_text_puts(t, key);
        rx_text_puts(t, value[0] != '\0' || kind != PODRING_TOLERATION ? between : "");
        rx_text_puts(t, value);
        rx_text_putc(t, '\n');
    }
}

enum { ANNOTATION_MAX = 140 };

static void put_shortened(struct rx_text *t, const char *s, size_t n, size_t most)
{
    rx_text_put(t, s, n > most ? most : n);
    rx_text_puts(t, n > most ? "..." : "");
    rx_text_putc(t, '\n');
}

/* A long value, or one of several lines, stands below its key. */
static void put_annotation(struct rx_text *t, const char *key, const char *value)
{
    size_t n = strlen(value);

    n -= n > 0 && value[n - 1] == '\n';
    rx_text_putc(t, '\t');
    rx_text_puts(t, key);
    rx_text_putc(t, ':');
    if (strlen(key) + n + 2 <= ANNOTATION_MAX && memchr(value, '\n', n) == NULL) {
        rx_text_putc(t, ' ');
        put_shortened(t, value, n, n);
        return;
    }
    rx_text_putc(t, '\n');
    for (size_t at = 0; at <= n;) {
        const char *end = memchr(value + at, '\n', n - at);
        size_t line = end != NULL ? (size_t)(end - value) - at : n - at;

        rx_text_puts(t, "\t  ");
        put_shortened(t, value + at, line, ANNOTATION_MAX - 2);
        at += line + 1;
    }
}

static void put_annotations(struct rx_text *t, const struct face_describe *d)
{
    static const char applied[] = "kubectl.kubernetes.io/last-applied-configuration";
    const char *key, *value;
    int first = 1;

    for (uint32_t i = 0; fact(d, 0, PODRING_ANNOTATION, i, &key, &value); i++) {
        if (strcmp(key, applied) == 0)
            continue;
        rx_text_puts(t, first ? "Annotations:" : "");
        first = 0;
        put_annotation(t, key, value);
    }
    if (first)
        put_line(t, 0, "Annotations", "<none>");
}

/* ---- the pod --------------------------------------------------------------------------------- */

static void put_status(struct rx_text *t, const struct face_describe *d,
                       const struct podring_pod_info *pod)
{
    const char *grace;

    if (pod->deleted_ms < 0 || strcmp(pod->phase, "Succeeded") == 0 ||
        strcmp(pod->phase, "Failed") == 0) {
        put_line(t, 0, "Status", pod->phase);
        return;
    }
    rx_text_puts(t, "Status:\tTerminating (lasts ");
    face_age(t, podring_now(d->ring) - pod->deleted_ms);
    rx_text_puts(t, ")\n");
    grace = field(d, "deletionGracePeriodSeconds");
    rx_text_puts(t, "Termination Grace Period:\t");
    rx_text_puts(t, grace);
    rx_text_puts(t, "s\n");
}

static void put_ip(struct rx_text *t, uint32_t ip)
{
    if (ip == 0) {
        rx_text_puts(t, "IP:\t\nIPs:\t<none>\n");
        return;
    }
    for (int i = 0; i < 2; i++) {
        rx_text_puts(t, i == 0 ? "IP:\t" : "IPs:\n  IP:\t");
        for (int shift = 24; shift >= 0; shift -= 8) {
            rx_text_u64(t, ip >> shift & 255);
            rx_text_putc(t, shift > 0 ? '.' : '\n');
        }
    }
}

static void put_field(struct rx_text *t, const struct face_describe *d, const char *title,
                      const char *name)
{
    const char *value = field(d, name);

    if (value != NULL)
        put_line(t, 0, title, value);
}

/* The snapshot is taken anew after each other call: its strings live only that long. */
static void put_head(struct rx_text *t, const struct face_describe *d)
{
    struct podring_pod_info pod = PODRING_POD_INFO_INIT;
    const char *key, *value;

    podring_pod_info(d->ring, d->pod, &pod);
    put_line(t, 0, "Name", pod.name);
    put_line(t, 0, "Namespace", pod.namespace_);
    put_line(t, 0, "Priority", field(d, "priority"));
    put_field(t, d, "Priority Class Name", "priorityClassName");
    put_field(t, d, "Runtime Class Name", "runtimeClassName");
    put_line(t, 0, "Service Account", field(d, "serviceAccountName"));
    podring_pod_info(d->ring, d->pod, &pod);
    put_key(t, 0, "Node");
    rx_text_puts(t, pod.node != NULL ? pod.node : "<none>");
    rx_text_puts(t, pod.node != NULL ? "/" : "");
    rx_text_puts(t, field(d, "hostIP"));
    rx_text_putc(t, '\n');
    podring_pod_info(d->ring, d->pod, &pod);
    if (pod.node != NULL)
        face_describe_time(t, 0, "Start Time", d->epoch_unix_ms + pod.created_ms);
    put_pairs(t, d, "Labels", PODRING_LABEL, "=");
    put_annotations(t, d);
    podring_pod_info(d->ring, d->pod, &pod);
    put_status(t, d, &pod);
    podring_pod_info(d->ring, d->pod, &pod);
    if (pod.reason != NULL)
        put_line(t, 0, "Reason", pod.reason);
    if (pod.message != NULL)
        put_line(t, 0, "Message", pod.message);
    put_ip(t, pod.node != NULL ? pod.ip : 0);
    if (fact(d, 0, PODRING_CONTROLLER, 0, &key, &value)) {
        rx_text_puts(t, "Controlled By:\t");
        rx_text_puts(t, key);
        rx_text_putc(t, '/');
        rx_text_puts(t, value);
        rx_text_putc(t, '\n');
    }
}

static void put_states(struct rx_text *t, const struct face_describe *d, const char *title,
                       int kind)
{
    const char *key, *value;

    for (uint32_t i = 0; fact(d, 0, kind, i, &key, &value); i++) {
        if (i == 0) {
            rx_text_puts(t, title);
            rx_text_puts(t, ":\n  Type\tStatus\n");
        }
        rx_text_puts(t, "  ");
        rx_text_puts(t, key);
        rx_text_puts(t, " \t");
        rx_text_puts(t, value);
        rx_text_puts(t, " \n");
    }
}

/* "Title: value"; without a title one step further in. */
static void put_volume_line(struct rx_text *t, const char *line)
{
    const char *colon = strstr(line, ": ");
    size_t n = (size_t)(colon - line);

    rx_text_fill(t, ' ', n > 0 ? 4 : 6);
    rx_text_put(t, line, n);
    rx_text_puts(t, n > 0 && colon[2] != '\0' ? ":\t" : n > 0 ? ":" : "");
    if (n > 0 && colon[2] == '\0' && strncmp(line, "Items", n) != 0)
        rx_text_putc(t, '\t');
    rx_text_puts(t, colon + 2);
    rx_text_putc(t, '\n');
}

static void put_volumes(struct rx_text *t, const struct face_describe *d)
{
    const char *key, *value;
    uint32_t line = 0;

    if (!fact(d, 0, PODRING_VOLUME, 0, &key, &value)) {
        put_line(t, 0, "Volumes", "<none>");
        return;
    }
    rx_text_puts(t, "Volumes:\n");
    for (uint32_t i = 0; fact(d, 0, PODRING_VOLUME, i, &key, &value); i++) {
        char name[256];
        struct rx_text n = rx_text_in(name, sizeof(name));
        uint32_t from = line;

        rx_text_puts(&n, key);
        rx_text_end(&n);
        rx_text_puts(t, "  ");
        rx_text_puts(t, name);
        rx_text_puts(t, ":\n");
        while (fact(d, 0, PODRING_VOLUME_LINE, line, &key, &value) && strcmp(key, name) == 0) {
            put_volume_line(t, value);
            line++;
        }
        if (line == from)
            rx_text_puts(t, "  <unknown>\n");
    }
}

static void put_scheduling(struct rx_text *t, const struct face_describe *d)
{
    put_line(t, 0, "QoS Class", field(d, "qosClass"));
    put_pairs(t, d, "Node-Selectors", PODRING_NODE_SELECTOR, "=");
    put_pairs(t, d, "Tolerations", PODRING_TOLERATION, "");
}

/* ---- containers ------------------------------------------------------------------------------ */

struct state {
    const char *title, *state, *reason, *message;
    int32_t exit_code;
    int64_t started_ms, finished_ms;
};

/* Without the newline that most end with: it would tear the columns. kubectl lets it. */
static void put_message(struct rx_text *t, const char *message)
{
    size_t n = strlen(message);

    put_key(t, 3, "Message");
    rx_text_put(t, message, message[n - 1] == '\n' ? n - 1 : n);
    rx_text_putc(t, '\n');
}

static void put_state(struct rx_text *t, const struct face_describe *d, const struct state *s)
{
    int ended = strcmp(s->state, "Terminated") == 0;

    put_line(t, 2, s->title, s->state);
    if (s->reason != NULL && s->reason[0] != '\0')
        put_line(t, 3, "Reason", s->reason);
    /* kubectl shows a message only of what has ended. */
    if (ended && s->message != NULL && s->message[0] != '\0')
        put_message(t, s->message);
    if (ended) {
        put_key(t, 3, "Exit Code");
        rx_text_i64(t, s->exit_code);
        rx_text_putc(t, '\n');
    }
    if (s->started_ms >= 0)
        face_describe_time(t, 3, "Started", d->epoch_unix_ms + s->started_ms);
    if (s->finished_ms >= 0)
        face_describe_time(t, 3, "Finished", d->epoch_unix_ms + s->finished_ms);
}

static void put_words(struct rx_text *t, const struct face_describe *d, uint32_t container,
                      const char *title, int kind)
{
    const char *key, *value;

    for (uint32_t i = 0; fact(d, container, kind, i, &key, &value); i++) {
        if (i == 0) {
            rx_text_fill(t, ' ', 4);
            rx_text_puts(t, title);
            rx_text_puts(t, ":\n");
        }
        for (;; value++) { /* a script keeps its lines */
            size_t n = strcspn(value, "\n");

            rx_text_fill(t, ' ', 6);
            rx_text_put(t, value, n);
            rx_text_putc(t, '\n');
            value += n;
            if (*value == '\0')
                break;
        }
    }
}

static void put_ports(struct rx_text *t, const struct face_describe *d, uint32_t container,
                      const char *title, int kind)
{
    const char *key, *value;
    uint32_t count = 0;

    while (fact(d, container, kind, count, &key, &value))
        count++;
    rx_text_fill(t, ' ', 4);
    rx_text_puts(t, title);
    rx_text_puts(t, count > 1 ? "s:\t" : ":\t");
    for (uint32_t i = 0; fact(d, container, kind, i, &key, &value); i++) {
        rx_text_puts(t, i > 0 ? ", " : "");
        rx_text_puts(t, value);
        if (key[0] != '\0') {
            rx_text_puts(t, " (");
            rx_text_puts(t, key);
            rx_text_putc(t, ')');
        }
    }
    rx_text_puts(t, count > 0 ? "\n" : "<none>\n");
}

static void put_resources(struct rx_text *t, const struct face_describe *d, uint32_t container,
                          const char *title, int kind)
{
    const char *key, *value;

    for (uint32_t i = 0; fact(d, container, kind, i, &key, &value); i++) {
        if (i == 0) {
            rx_text_fill(t, ' ', 4);
            rx_text_puts(t, title);
            rx_text_puts(t, ":\n");
        }
        put_line(t, 3, key, value);
    }
}

/* "<set to ...>  Optional: false": the end is a column of its own. */
static void put_sourced(struct rx_text *t, const char *value)
{
    static const char mark[] = "  Optional: ";
    const char *at = strstr(value, mark);

    if (at == NULL) {
        rx_text_puts(t, value);
        return;
    }
    rx_text_put(t, value, (size_t)(at - value));
    rx_text_putc(t, '\t');
    rx_text_puts(t, at + 2);
}

static void put_environment_from(struct rx_text *t, const struct face_describe *d,
                                 uint32_t container)
{
    const char *key, *value;

    for (uint32_t i = 0; fact(d, container, PODRING_ENV_FROM, i, &key, &value); i++) {
        rx_text_puts(t, i == 0 ? "    Environment Variables from:\n" : "");
        rx_text_fill(t, ' ', 6);
        rx_text_puts(t, key);
        rx_text_putc(t, '\t');
        put_sourced(t, value);
        rx_text_putc(t, '\n');
    }
}

static void put_environment(struct rx_text *t, const struct face_describe *d, uint32_t container)
{
    const char *key, *value;
    uint32_t i = 0;

    for (; fact(d, container, PODRING_ENV, i, &key, &value); i++) {
        const char *end = strchr(value, '\n');

        rx_text_puts(t, i == 0 ? "    Environment:\n" : "");
        put_key(t, 3, key);
        if (value[0] == '<' && end == NULL)
            put_sourced(t, value);
        for (; end != NULL; value = end + 1, end = strchr(value, '\n')) {
            rx_text_put(t, value, (size_t)(end - value));
            rx_text_puts(t, "\n      \t");
        }
        rx_text_puts(t, value[0] == '<' ? "" : value);
        rx_text_putc(t, '\n');
    }
    if (i == 0)
        put_line(t, 2, "Environment", "<none>");
}

static void put_mounts(struct rx_text *t, const struct face_describe *d, uint32_t container)
{
    const char *key, *value;
    uint32_t i = 0;

    for (; fact(d, container, PODRING_MOUNT, i, &key, &value); i++) {
        if (i == 0)
            rx_text_puts(t, "    Mounts:\n");
        rx_text_fill(t, ' ', 6);
        rx_text_puts(t, key);
        rx_text_puts(t, " from ");
        rx_text_puts(t, value);
        rx_text_putc(t, '\n');
    }
    if (i == 0)
        put_line(t, 2, "Mounts", "<none>");
}

static void put_present(struct rx_text *t, const struct face_describe *d, uint32_t index)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    struct state now, last;

    podring_container_info(d->ring, d->pod, index, &c);
    now = (struct state){"State",     c.state,      c.reason,     c.message,
                         c.exit_code, c.started_ms, c.finished_ms};
    last = (struct state){"Last State",     "Terminated",      c.last_reason,     c.last_message,
                          c.last_exit_code, c.last_started_ms, c.last_finished_ms};
    put_state(t, d, &now);
    if (c.last_exit_code >= 0)
        put_state(t, d, &last);
    put_line(t, 2, "Ready", c.ready ? "True" : "False");
    put_key(t, 2, "Restart Count");
    rx_text_u64(t, c.restart_count);
    rx_text_putc(t, '\n');
}

static void put_container(struct rx_text *t, const struct face_describe *d, uint32_t index)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *key, *value;

    podring_container_info(d->ring, d->pod, index, &c);
    rx_text_puts(t, "  ");
    rx_text_puts(t, c.name);
    rx_text_puts(t, ":\n");
    if (fact(d, index, PODRING_ID, 0, &key, &value))
        put_line(t, 2, key, value);
    podring_container_info(d->ring, d->pod, index, &c);
    put_line(t, 2, "Image", c.image);
    if (fact(d, index, PODRING_ID, 1, &key, &value))
        put_line(t, 2, key, value);
    put_ports(t, d, index, "Port", PODRING_PORT);
    put_ports(t, d, index, "Host Port", PODRING_HOST_PORT);
    put_words(t, d, index, "Command", PODRING_COMMAND);
    put_words(t, d, index, "Args", PODRING_ARGUMENT);
    put_present(t, d, index);
    put_resources(t, d, index, "Limits", PODRING_LIMIT);
    put_resources(t, d, index, "Requests", PODRING_REQUEST);
    for (uint32_t i = 0; fact(d, index, PODRING_PROBE, i, &key, &value); i++)
        put_line(t, 2, key, value);
    put_environment_from(t, d, index);
    put_environment(t, d, index);
    put_mounts(t, d, index);
}

static void put_containers(struct rx_text *t, const struct face_describe *d, const char *title,
                           int init)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    int first = 1;

    for (uint32_t i = 0; podring_container_info(d->ring, d->pod, i, &c) == 0; i++) {
        if ((c.kind != 2) != init)
            continue;
        if (first) {
            rx_text_puts(t, title);
            rx_text_puts(t, ":\n");
        }
        first = 0;
        put_container(t, d, i);
    }
}

/* ---- events ---------------------------------------------------------------------------------- */

/* The scheduler places a pod; all else in a pod's events is the kubelet's. */
static void put_event(struct rx_text *t, const struct face_event *e, int64_t now_ms)
{
    rx_text_puts(t, "  ");
    rx_text_puts(t, e->type);
    rx_text_putc(t, '\t');
    rx_text_puts(t, e->reason);
    rx_text_putc(t, '\t');
    face_age(t, now_ms - e->last_ms);
    if (e->count > 1) {
        rx_text_puts(t, " (x");
        rx_text_u64(t, e->count);
        rx_text_puts(t, " over ");
        face_age(t, now_ms - e->first_ms);
        rx_text_putc(t, ')');
    }
    rx_text_putc(t, '\t');
    rx_text_puts(t, e->source);
    rx_text_putc(t, '\t');
    rx_text_puts(t, e->message);
    rx_text_putc(t, '\n');
}

void face_describe_events(struct rx_text *t, const struct face_describe *d)
{
    if (d->events == 0) {
        put_line(t, 0, "Events", "<none>");
        return;
    }
    rx_text_puts(t,
              "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n");
    for (size_t i = 0; i < d->events; i++)
        put_event(t, &d->event[i], podring_now(d->ring));
}
