/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_logs.c - podring logs: what a container has written, as kubectl logs prints it. */
#include <stdio.h>
#include <string.h>

#include "api/cli/container.h"

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
    const char *container = container_choose(m), *text, *from;
    size_t length;
    int error = podring_logs(m->live.ring, m->pod, container, o->previous, &text, &length);

    if (error == 0) {
        from = tail_of(text, length, o->tail);
        out_render(&m->live.out, render_span,
                   &(struct span){.at = from, .length = length - (size_t)(from - text)});
        return CLI_OK;
    }
    fprintf(stderr, "Error (BadRequest): %s\n", podring_why(m->live.ring));
    return CLI_FAILED;
}
