/* SPDX-License-Identifier: Apache-2.0 */
/* moment.c - virtual time up to an instant, and finding a pod by what somebody typed. */
#include "api/cli/moment.h"

#include <stdio.h>
#include <string.h>

static int split_operand(struct moment *m);

int moment_options(struct moment *m, const struct cli_verb *verb, int argc, char **argv)
{
    int code;

    *m = (struct moment){0};
    code = cli_options_parse(&m->options, verb, argc, argv);
    return code == CLI_OK && m->options.help ? cli_help(verb) : code;
}

int moment_parse(struct moment *m, const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options *o = &m->options;
    int code = moment_options(m, verb, argc, argv);

    if (code != CLI_OK || o->help)
        return code;
    if (o->file_count < 2)
        return cli_refuse(verb, o->file_count == 0 ? "no manifest given" : "no pod given");
    return moment_operand(m, o->files[--o->file_count]);
}

int moment_operand(struct moment *m, const char *operand)
{
    m->operand = operand;
    return split_operand(m);
}

static int split_operand(struct moment *m)
{
    const char *slash = strchr(m->operand, '/');
    size_t n = slash != NULL ? (size_t)(slash - m->operand) : 0;

    m->name = slash != NULL ? slash + 1 : m->operand;
    if (m->name[0] == '\0' || (slash != NULL && n == 0) || n >= sizeof(m->namespace_))
        return cli_refuse(m->options.verb, "'%s' is not NAME or NAMESPACE/NAME", m->operand);
    memcpy(m->namespace_, m->operand, n);
    m->namespace_[n] = '\0';
    return CLI_OK;
}

int moment_reach(struct moment *m, podring_event_fn *fn, void *ctx)
{
    struct cli_options *o = &m->options;
    struct live *l = &m->live;
    int code = input_open(&m->input, o);

    if (code == CLI_OK)
        code = live_open_with(l, o, fn, ctx);
    if (code == CLI_OK)
        code = input_complain(o, l->ring, input_load(&m->input, l->ring), &l->diagnostics);
    if (code == CLI_OK)
        code = live_drive(l, o->has_for ? o->for_ms : LIVE_VIRTUAL_MAX_MS, !o->has_for);
    if (code == CLI_OK)
        input_complain(o, l->ring, 0, &l->diagnostics); /* what a scenario could not do */
    return code;
}

int moment_close(struct moment *m, int code)
{
    if (m->live.options != NULL)
        code = live_close(&m->live, code);
    input_close(&m->input);
    cli_options_free(&m->options);
    return code;
}

/* ---- the pod --------------------------------------------------------------------------------- */

enum moment_match moment_match(const struct moment *m, const char *namespace_, const char *name)
{
    if (m->namespace_[0] != '\0' && strcmp(m->namespace_, namespace_) != 0)
        return MOMENT_OTHER;
    if (strncmp(name, m->name, strlen(m->name)) != 0)
        return MOMENT_OTHER;
    if (strcmp(name, m->name) != 0)
        return MOMENT_BEGINS;
    return m->namespace_[0] != '\0' || strcmp(namespace_, "default") == 0 ? MOMENT_EXACT
                                                                          : MOMENT_NAMED;
}

/* Calls back for each pod that matches so well; stops after `most`. Returns how many there were. */
static uint32_t say_candidates(struct moment *m, enum moment_match best, uint32_t most)
{
    uint64_t cursor = 0, id;
    uint32_t said = 0;

    while (said < most && (id = podring_next_pod(m->live.ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(m->live.ring, id, &pod) == 0 &&
            moment_match(m, pod.namespace_, pod.name) == best)
            fprintf(stderr, "%s%s/%s", said++ > 0 ? ", " : "", pod.namespace_, pod.name);
    }
    return said;
}

int moment_find(struct moment *m)
{
    enum moment_match best = MOMENT_OTHER;
    uint64_t cursor = 0, id;
    uint32_t count = 0;

    while ((id = podring_next_pod(m->live.ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        enum moment_match match;

        if (podring_pod_info(m->live.ring, id, &pod) != 0)
            continue;
        match = moment_match(m, pod.namespace_, pod.name);
        if (match == MOMENT_OTHER || match < best)
            continue;
        count = match > best ? 1 : count + 1;
        best = match;
        m->pod = id;
    }
    if (count < 2)
        return CLI_OK;
    fprintf(stderr, "podring %s: '%s' could be any of %u pods: ", m->options.verb->name, m->operand,
            count);
    fputs(say_candidates(m, best, 5) < count ? ", ...\n" : "\n", stderr);
    return CLI_FAILED;
}

int moment_missing(const struct moment *m)
{
    fprintf(stderr, "Error from server (NotFound): pods \"%s\" not found\n", m->name);
    return CLI_FAILED;
}
