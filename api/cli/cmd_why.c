/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_why.c - podring why: what has led to the present state of a pod or a container, back to what
 * nothing in the pod has led to.
 *
 * The stream of events is kept for pods that may be the one. What led to an event of theirs and
 * lies elsewhere (a step, another pod) is asked for when it is told, while podring still knows it.
 */
#include <stdlib.h>
#include <string.h>

#include "api/cli/io/grow.h"
#include "api/cli/moment.h"
#include "api/face/why.h"

/* So many records behind the newest are surely still known when an event is heard. */
enum { HISTORY = 65536 };

struct heard {
    uint64_t pod, version, cause;
    char *container, *line; /* copies; container NULL: of the pod as a whole */
    enum face_why_end end;
    bool word, state; /* it says what the pod, what the container is now */
};

struct ears {
    struct moment *moment;
    char pod[256];       /* NAMESPACE/POD/CONTAINER: the middle of it */
    struct moment other; /* the operand read as POD/CONTAINER; name NULL: it cannot be */
    struct heard *heard;
    size_t count, room;
    bool failed; /* out of memory */
};

static void on_event(void *ctx, podring *ring, const struct podring_event *e);
static int split(struct moment *m, struct ears *ears, const char **container);
static int tell(struct moment *m, struct ears *ears, const char *container);
static void release(struct ears *ears);

int cmd_why(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    struct ears ears = {.moment = &m};
    const char *container = NULL;
    int code = moment_parse(&m, verb, argc, argv);

    if (code == CLI_OK && m.operand != NULL) {
        code = split(&m, &ears, &container);
        m.options.engine.history = HISTORY;
        if (code == CLI_OK)
            code = moment_reach(&m, on_event, &ears);
        if (code == CLI_OK)
            code = tell(&m, &ears, container);
    }
    release(&ears);
    return moment_close(&m, code);
}

/* ---- hearing --------------------------------------------------------------------------------- */

static struct heard *find(const struct ears *ears, uint64_t version)
{
    for (size_t i = ears->count; i-- > 0;)
        if (ears->heard[i].version == version)
            return &ears->heard[i];
    return NULL;
}

static char *line_of(const struct podring_event *e)
{
    struct rx_text t = rx_text_in(NULL, 0);
    char *line;

    face_why_line(&t, e);
    line = malloc(t.length + 1);
    t = rx_text_in(line, t.length + 1);
    face_why_line(&t, e);
    rx_text_end(&t);
    return line;
}

static void add(struct ears *ears, const struct podring_event *e)
{
    void *list = ears->heard;
    struct heard *h;

    if (!cli_grow(&list, ears->count, &ears->room, sizeof(*h))) {
        ears->failed = true;
        return;
    }
    ears->heard = list;
    h = &ears->heard[ears->count++];
    *h = (struct heard){.pod = e->pod, .version = e->version, .cause = e->cause};
    h->line = line_of(e);
    h->container = e->container != NULL ? strdup(e->container) : NULL;
    h->end = face_why_end(e);
    if (e->kind == PODRING_TRANSITION) {
        h->word = strcmp(e->field, "status") == 0;
        h->state = strcmp(e->field, "state") == 0;
    }
    ears->failed |= h->line == NULL || (e->container != NULL && h->container == NULL);
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct ears *ears = ctx;
    struct podring_event cause = PODRING_EVENT_INIT;
    uint64_t version = e->cause;

    if (e->pod == 0 || (moment_match(ears->moment, e->namespace_, e->pod_name) == MOMENT_OTHER &&
                        (ears->other.name == NULL ||
                         moment_match(&ears->other, e->namespace_, e->pod_name) == MOMENT_OTHER)))
        return;
    while (version != 0 && find(ears, version) == NULL && podring_cause(ring, version, &cause) ==
           0) {
        add(ears, &cause);
        version = cause.cause;
    }
    add(ears, e);
}

static void release(struct ears *ears)
{
    for (size_t i = 0; i < ears->count; i++) {
        free(ears->heard[i].container);
        free(ears->heard[i].line);
    }
    free(ears->heard);
}

/* ---- the operand ----------------------------------------------------------------------------- */

/* POD, NAMESPACE/POD, POD/CONTAINER or NAMESPACE/POD/CONTAINER. Which of the two with one slash it
 * is turns out when the pods are known. */
static int split(struct moment *m, struct ears *ears, const char **container)
{
    const char *slash = strchr(m->name, '/');
    size_t n = slash != NULL ? (size_t)(slash - m->name) : 0;

    if (slash != NULL) {
        if (n == 0 || n >= sizeof(ears->pod) || slash[1] == '\0' || strchr(slash + 1, '/') != NULL)
            return cli_refuse(m->options.verb, "'%s' is not [NAMESPACE/]POD[/CONTAINER]",
                              m->operand);
        memcpy(ears->pod, m->name, n);
        m->name = ears->pod;
        *container = slash + 1;
    } else if (m->namespace_[0] != '\0') {
        ears->other = (struct moment){.options = m->options, .operand = m->operand,
                                      .name = m->namespace_, .number = -1};
    }
    return CLI_OK;
}

/* Sets m->pod, and the container if one was meant. */
static int choose(struct moment *m, struct ears *ears, const char **container)
{
    int code = moment_find(m);

    if (code != CLI_OK || m->pod != 0 || ears->other.name == NULL)
        return code;
    ears->other.live.ring = m->live.ring;
    code = moment_find(&ears->other);
    m->pod = ears->other.pod;
    if (m->pod != 0)
        *container = m->name;
    return code;
}

/* ---- telling --------------------------------------------------------------------------------- */

static bool has_container(struct moment *m, const char *name)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    bool found = name == NULL;

    for (uint32_t i = 0; !found && podring_container_info(m->live.ring, m->pod, i, &c) == 0; i++)
        found = strcmp(c.name, name) == 0;
    return found;
}

/* What says what it is now: the newest word of the pod, the newest state of the container. */
static const struct heard *present(const struct moment *m, const struct ears *ears,
                                   const char *container)
{
    const struct heard *last = NULL;

    for (size_t i = 0; i < ears->count; i++) {
        const struct heard *h = &ears->heard[i];

        if (h->pod != m->pod)
            continue;
        if (container == NULL ? h->word || last == NULL
                              : h->state && h->container != NULL &&
                              strcmp(h->container, container) == 0)
            last = h;
    }
    return last;
}

struct chain {
    const struct ears *ears;
    const struct heard *first;
};

static void render(struct rx_text *t, const void *what)
{
    const struct chain *c = what;
    const struct heard *h = c->first;

    for (;;) {
        const struct heard *cause = h->cause != 0 ? find(c->ears, h->cause) : NULL;

        rx_text_puts(t, h == c->first ? "        " : "because ");
        rx_text_puts(t, h->line);
        rx_text_putc(t, '\n');
        if (cause == NULL) {
            face_why_rest(t, h->cause != 0 ? FACE_WHY_FORGOTTEN : h->end);
            return;
        }
        h = cause;
    }
}

static int tell(struct moment *m, struct ears *ears, const char *container)
{
    struct chain c = {.ears = ears};
    int code = choose(m, ears, &container);

    if (code != CLI_OK)
        return code;
    if (ears->failed) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    if (m->pod == 0)
        return moment_missing(m);
    if (!has_container(m, container)) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        podring_pod_info(m->live.ring, m->pod, &pod);
        cli_say("pod %s/%s has no container %s", pod.namespace_, pod.name, container);
        return CLI_FAILED;
    }
    c.first = present(m, ears, container);
    if (c.first == NULL) {
        cli_say("nothing has been told of it up to that time");
        return CLI_FAILED;
    }
    out_render(&m->live.out, render, &c);
    return CLI_OK;
}
