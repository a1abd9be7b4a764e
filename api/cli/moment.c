/* SPDX-License-Identifier: Apache-2.0 */
/* moment.c - virtual time up to an instant, and finding a pod by what somebody typed. */
#include "api/cli/moment.h"

#include <stdio.h>
#include <string.h>

#include "api/named.h"

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
    if (o->file_count + o->filename_count < 2 || o->file_count == 0)
        return cli_refuse(verb, o->file_count + o->filename_count == 0
                                    ? "no manifest given; - is standard input" : "no pod given");
    return moment_operand(m, o->files[--o->file_count]);
}

int moment_operand(struct moment *m, const char *operand)
{
    m->operand = operand;
    return split_operand(m);
}

static int refuse_operand(const struct moment *m)
{
    return cli_refuse(m->options.verb, "'%s' is not [KIND/]NAME or NAMESPACE/NAME", m->operand);
}

/* web#2: the mark and its number are cut out; a container may follow. */
static bool cut_number(struct moment *m)
{
    char *mark = strchr(m->named, '#'), *end;

    m->number = -1;
    if (mark == NULL)
        return true;
    m->number = 0;
    for (end = mark + 1; *end >= '0' && *end <= '9' && end - mark < 8; end++)
        m->number = 10 * m->number + (*end - '0');
    if (mark == m->named || end == mark + 1 || (*end != '\0' && *end != '/'))
        return false;
    memmove(mark, end, strlen(end) + 1);
    return true;
}

/* What stands before the first slash is a kind, or else a namespace. */
static int split_operand(struct moment *m)
{
    const char *given = m->options.namespace_, *name = m->operand;
    const char *slash = strchr(m->operand, '/'), *mark = strchr(m->operand, '#');
    size_t n = slash != NULL ? (size_t)(slash - m->operand) : 0;
    const struct show_kind *kind = n > 0 ? show_kind_named(m->operand, n) : NULL;

    if (mark != NULL && slash != NULL && mark < slash) /* POD#N/CONTAINER */
        slash = NULL;
    if (slash == NULL)
        n = 0;
    if (given != NULL && strlen(given) < sizeof(m->namespace_))
        strcpy(m->namespace_, given);
    if (kind != NULL || (slash != NULL && given == NULL))
        name = slash + 1;
    if (name[0] == '\0' || (slash != NULL && n == 0) || n >= sizeof(m->namespace_) ||
        strlen(name) >= sizeof(m->named))
        return refuse_operand(m);
    if (kind == NULL && given == NULL) {
        memcpy(m->namespace_, m->operand, n);
        m->namespace_[n] = '\0';
    }
    strcpy(m->named, name);
    m->name = m->named;
    m->kind = kind != NULL && strcmp(kind->word, "pod") != 0 ? kind : NULL;
    return cut_number(m) ? CLI_OK : refuse_operand(m);
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

static bool is_of_workload(const struct moment *m, const struct podring_pod_info *pod,
                           uint64_t id)
{
    const char *workload = api_pod_workload(m->live.ring, id);

    return workload != NULL && strcmp(workload, m->name) == 0 &&
           (m->namespace_[0] == '\0' || strcmp(m->namespace_, pod->namespace_) == 0);
}

static enum moment_match match_now(const struct moment *m, const struct podring_pod_info *pod,
                                   uint64_t id)
{
    enum moment_match match = moment_match(m, pod->namespace_, pod->name);

    return match == MOMENT_BEGINS && is_of_workload(m, pod, id) ? MOMENT_WORKLOAD : match;
}

/* Of the pods that match so well, at most so many. Returns how many were told. */
static uint32_t say_candidates(struct moment *m, enum moment_match best, uint32_t most)
{
    uint64_t cursor = 0, id;
    uint32_t said = 0;

    while (said < most && (id = podring_next_pod(m->live.ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(m->live.ring, id, &pod) == 0 && match_now(m, &pod, id) == best)
            fprintf(stderr, "%s%s/%s", said++ > 0 ? ", " : "", pod.namespace_, pod.name);
    }
    return said;
}

static bool has_workload(const struct moment *m, const char *ns)
{
    struct podring_object_info o = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, id;

    while ((id = podring_next_object(m->live.ring, &cursor)) != 0)
        if (podring_object_info(m->live.ring, id, &o) == 0 && o.name != NULL &&
            strcmp(o.kind, m->kind->word) == 0 && strcmp(o.name, m->name) == 0 &&
            strcmp(o.namespace_, ns) == 0)
            return true;
    return false;
}

/* KIND/NAME, and NAME#N: a pod of a workload. As kubectl does, the first one if none is said. */
static int find_numbered(struct moment *m)
{
    char ns[sizeof(m->namespace_)] = "", numbered[sizeof(m->named) + 16];
    uint64_t cursor = 0, id;
    uint32_t count = 0;

    while ((id = podring_next_pod(m->live.ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        if (podring_pod_info(m->live.ring, id, &pod) != 0 || !is_of_workload(m, &pod, id) ||
            (m->kind != NULL && !has_workload(m, pod.namespace_)))
            continue;
        if (count == 0)
            snprintf(ns, sizeof(ns), "%s", pod.namespace_);
        if (strcmp(ns, pod.namespace_) != 0) {
            cli_say("'%s' could be in namespace %s or %s: say -n", m->operand, ns,
                    pod.namespace_);
            return CLI_FAILED;
        }
        count++;
    }
    snprintf(numbered, sizeof(numbered), "%s#%d", m->name, (int)(m->number < 0 ? 0 : m->number));
    if (count == 0 || podring_find(m->live.ring, ns, numbered, &m->pod) != 0)
        return CLI_OK;
    if (count > 1 && m->number < 0 && !m->options.quiet) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;

        podring_pod_info(m->live.ring, m->pod, &pod);
        fprintf(stderr, "Found %u pods, using pod/%s\n", count, pod.name);
    }
    return CLI_OK;
}

int moment_find(struct moment *m)
{
    enum moment_match best = MOMENT_OTHER;
    uint64_t cursor = 0, id;
    uint32_t count = 0;

    if (m->number >= 0 || m->kind != NULL)
        return find_numbered(m);
    while ((id = podring_next_pod(m->live.ring, &cursor)) != 0) {
        struct podring_pod_info pod = PODRING_POD_INFO_INIT;
        enum moment_match match;

        if (podring_pod_info(m->live.ring, id, &pod) != 0)
            continue;
        match = match_now(m, &pod, id);
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
    fputs(say_candidates(m, best, 5) < count ? ", ..." : "", stderr);
    if (best == MOMENT_WORKLOAD)
        fprintf(stderr, "; %s#0 is the first", m->operand);
    fputc('\n', stderr);
    return CLI_FAILED;
}

int moment_missing(const struct moment *m)
{
    char plural[128] = "pods";
    struct rx_text t = rx_text_in(plural, sizeof(plural));

    if (m->kind != NULL && !has_workload(m, m->namespace_[0] != '\0' ? m->namespace_
                                                                       : "default")) {
        show_full_plural(&t, m->kind);
        rx_text_end(&t);
    } else if (m->kind != NULL && m->number < 0) {
        fprintf(stderr, "error: no pods of %s/%s are there at that time\n", m->kind->word, m->name);
        return CLI_FAILED;
    }
    fprintf(stderr, "Error (NotFound): %s \"", plural);
    cli_plain(m->name);
    if (m->number >= 0)
        fprintf(stderr, "#%d", (int)m->number);
    fputs("\" not found\n", stderr);
    return CLI_FAILED;
}
