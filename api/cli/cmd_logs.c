/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_logs.c - podring logs: what a container has written, as kubectl logs prints it. */
#include <stdio.h>
#include <string.h>

#include "api/cli/moment.h"

static const char *choose_container(struct moment *m);
static int print_log(struct moment *m);

int cmd_logs(const struct cli_verb *verb, int argc, char **argv)
{
    struct moment m;
    int code = moment_parse(&m, verb, argc, argv);

    if (code == CLI_OK && m.operand != NULL) {
        code = moment_reach(&m, NULL, NULL);
        if (code == CLI_OK)
            code = moment_find(&m);
        if (code == CLI_OK)
            code = m.pod != 0 ? print_log(&m) : moment_missing(&m);
    }
    return moment_close(&m, code);
}

/* The end of the text that holds so many lines; a last line without a newline is one. */
static const char *tail_of(const char *text, size_t length, int64_t lines)
{
    const char *at = text + length;

    if (lines < 0)
        return text;
    if (lines == 0)
        return at;
    if (at > text && at[-1] == '\n')
        at--;
    for (; at > text; at--)
        if (at[-1] == '\n' && --lines == 0)
            break;
    return at;
}

struct span {
    const char *at;
    size_t length;
};

static void render_span(struct rx_text *t, const void *what)
{
    const struct span *s = what;

    rx_text_put(t, s->at, s->length);
}

static int print_log(struct moment *m)
{
    const struct cli_options *o = &m->options;
    const char *container = choose_container(m), *text, *from;
    size_t length;
    int error = podring_logs(m->live.ring, m->pod, container, o->previous, &text, &length);

    if (error == 0) {
        from = tail_of(text, length, o->tail);
        out_render(&m->live.out, render_span,
                   &(struct span){.at = from, .length = length - (size_t)(from - text)});
        return CLI_OK;
    }
    fprintf(stderr, "Error from server (BadRequest): %s\n", podring_why(m->live.ring));
    return CLI_FAILED;
}

/* ---- which container ------------------------------------------------------------------------- */

enum { INIT, SIDECAR, MAIN }; /* podring_container_info.kind */

/* As kubectl lists them: main containers first, then those that came before. */
static void say_choice(struct moment *m, const char *chosen)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *between = "";

    fprintf(stderr, "Defaulted container \"%s\" out of: ", chosen);
    for (int init = 0; init < 2; init++) {
        for (uint32_t i = 0; podring_container_info(m->live.ring, m->pod, i, &c) == 0; i++) {
            if ((c.kind != MAIN) != init)
                continue;
            fprintf(stderr, "%s%s%s", between, c.name, init ? " (init)" : "");
            between = ", ";
        }
    }
    fputc('\n', stderr);
}

/* -c, what the pod's annotation says, or the first main container: then it is said which. Names
 * belong to the manifest and live as long as the pod. */
static const char *choose_container(struct moment *m)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *key, *value, *first = NULL;
    uint32_t count = 0;

    if (m->options.container != NULL)
        return m->options.container;
    for (uint32_t i = 0;
         podring_fact_at(m->live.ring, m->pod, 0, PODRING_ANNOTATION, i, &key, &value) == 0; i++)
        if (strcmp(key, "kubectl.kubernetes.io/default-container") == 0)
            return value;
    for (; podring_container_info(m->live.ring, m->pod, count, &c) == 0; count++)
        if (first == NULL && c.kind == MAIN)
            first = c.name;
    if (count > 1 && first != NULL && !m->options.quiet)
        say_choice(m, first);
    return first;
}
