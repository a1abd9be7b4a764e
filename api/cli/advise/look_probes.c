/* SPDX-License-Identifier: Apache-2.0 */
/* look_probes.c - how a program is asked whether it has started, is ready, and lives. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

enum {
    START_S = 10,       /* what a start is taken to last */
    START_SHORT_S = 30, /* one that is killed before that is worth a word */
    START_LONG_S = 120, /* what a startup probe should wait for */
};

/* The handler of a probe as a manifest has it. NULL: it is written otherwise. */
static const char *handler_text(struct advise *a, const struct pod_handler_spec *h)
{
    char *argv = advise_say(a, "[");

    switch (h->kind) {
    case POD_HANDLER_HTTP:
        if (h->header_count > 0 || h->host != NULL)
            return NULL;
        return advise_say(a, "httpGet: {path: \"%s\", port: %s%s}", h->path, h->port_text,
                          h->https ? ", scheme: HTTPS" : "");
    case POD_HANDLER_TCP:
        return h->host != NULL ? NULL : advise_say(a, "tcpSocket: {port: %s}", h->port_text);
    case POD_HANDLER_GRPC:
        return h->service != NULL && h->service[0] != '\0'
                   ? advise_say(a, "grpc: {port: %u, service: %s}", h->port, h->service)
                   : advise_say(a, "grpc: {port: %u}", h->port);
    case POD_HANDLER_EXEC:
        for (uint32_t i = 0; i < h->argc; i++) {
            if (strpbrk(h->argv[i], "\"\\\n") != NULL)
                return NULL;
            argv = advise_say(a, "%s%s\"%s\"", argv, i > 0 ? ", " : "", h->argv[i]);
        }
        return advise_say(a, "exec: {command: %s]}", argv);
    default:
        return NULL;
    }
}

/* What a probe that is missing could ask: what another one asks, or the port of the Service. */
static const char *handler_for(struct advise *a, const struct advise_subject *s, uint32_t container)
{
    const struct pod_container_spec *c = subject_container(s, container);
    uint16_t port = subject_port(s);

    for (int k = 0; k < POD_PROBE_KINDS; k++) {
        const char *text = c->probe[k] != NULL ? handler_text(a, &c->probe[k]->handler) : NULL;

        if (text != NULL)
            return text;
    }
    return port != 0 ? advise_say(a, "tcpSocket: {port: %u}", port) : NULL;
}

void look_readiness_missing(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    struct advice v = {.level = ADVISE_WARNING, .container = c->name, .changes = 1};
    const char *handler = handler_for(a, s, s->server);
    int64_t at = lab_when(s), end = at + 60;
    struct lab_result is, then;
    struct lab_plan p = {.for_ms = (end + 5) * 1000};

    if (c->probe[POD_READINESS] != NULL || c->probe[POD_STARTUP] != NULL || s->service == NULL ||
        s->ready_ms < 0 || !subject_scales(s) || handler == NULL)
        return;
    p.beside = advise_say(
        a, "%s%s%s",
        lab_scenario(a, s, LAB_LATE,
                     advise_say(a, "  - {at: %llds, scale: %s, namespace: %s, replicas: %u}\n",
                                (long long)at, s->object, s->w->ns, s->replicas + 1)),
        lab_client(a, s, at - 5, end), s->scripted ? "" : lab_starts(a, s, s->server, START_S));
    v.change[0] =
        (struct manifest_change){subject_container_path(a, s, s->server, "readinessProbe"),
                                 advise_say(a, "{%s, periodSeconds: 5}", handler)};
    if (!lab_run(a, s, &p, NULL, &is) || is.broken == 0 || !lab_run(a, s, &p, &v, &then) ||
        then.broken * 10 > is.broken)
        return;
    v.experiment = p.beside;
    v.for_ms = p.for_ms;
    v.assumes = s->scripted ? "" : "the program listens 10 s after its start";
    v.text =
        advise_say(a,
                   "one more pod breaks %llu requests at 50 requests/s while it starts; with a "
                   "readinessProbe: %llu",
                   (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

/* ---- slow start ------------------------------------------------------------------------------ */

static bool restarts_at(struct advise *a, const struct advise_subject *s, uint32_t container,
                        int64_t start_s, const struct advice *v, struct lab_plan *p,
                        struct lab_result *out)
{
    p->beside = advise_say(a, "%s%s", lab_scenario(a, s, "", ""),
                           s->scripted ? "" : lab_starts(a, s, container, start_s));
    p->for_ms = (start_s + 60) * 1000;
    return lab_run(a, s, p, v, out) && out->restarts > 0;
}

/* The shortest start that is killed, in seconds. 0: none is. */
static int64_t first_killed(struct advise *a, const struct advise_subject *s, uint32_t container,
                            struct lab_plan *p)
{
    int64_t low = 0, high = 600;
    struct lab_result r;

    if (!restarts_at(a, s, container, high, NULL, p, &r))
        return 0;
    while (high - low > 1) {
        int64_t mid = (low + high) / 2;

        if (restarts_at(a, s, container, mid, NULL, p, &r))
            high = mid;
        else
            low = mid;
    }
    return high;
}

/* Does the program that a Behavior describes get through its start? */
static void look_scripted(struct advise *a, const struct advise_subject *s, uint32_t i,
                          struct advice *v, struct lab_plan *p)
{
    struct lab_result is, then;

    if (!restarts_at(a, s, i, 240, NULL, p, &is) || restarts_at(a, s, i, 240, v, p, &then) ||
        then.asked != is.asked || then.ready == 0)
        return;
    v->level = ADVISE_WARNING;
    v->text =
        advise_say(a, "%llu restarts within 5 minutes; with a startupProbe that waits %d s: 0",
                   (unsigned long long)is.restarts, START_LONG_S);
    v->experiment = p->beside;
    v->for_ms = p->for_ms;
    advise_give(a, s, v);
}

static void look_at_start(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    const struct pod_container_spec *c = subject_container(s, i);
    const struct pod_probe_spec *live = c->probe[POD_LIVENESS];
    const char *handler = handler_text(a, &live->handler);
    struct manifest_change one = {"spec.replicas", "1"};
    struct lab_plan p = {.given = &one, .givens = subject_scales(s) ? 1 : 0};
    int32_t period = RX_MIN(RX_MAX(live->period_s, 1), 10), tries = START_LONG_S / period;
    struct advice v = {.level = ADVISE_NOTE, .container = c->name, .changes = 1};
    struct lab_result then;
    int64_t killed;

    if (handler == NULL)
        return;
    v.change[0] = (struct manifest_change){
        subject_container_path(a, s, i, "startupProbe"),
        advise_say(a, "{%s, periodSeconds: %d, failureThreshold: %d}", handler, period, tries)};
    if (s->scripted) {
        look_scripted(a, s, i, &v, &p);
        return;
    }
    killed = first_killed(a, s, i, &p);
    if (killed == 0 || killed > START_SHORT_S ||
        restarts_at(a, s, i, START_LONG_S - period, &v, &p, &then))
        return;
    restarts_at(a, s, i, killed, NULL, &p, &then);
    v.experiment = p.beside;
    v.for_ms = p.for_ms;
    v.text = advise_say(a,
                        "restarts begin when the start takes %lld s; with a startupProbe %d x %d s "
                        "it may take %d s",
                        (long long)killed, tries, period, START_LONG_S - period);
    advise_give(a, s, &v);
}

void look_slow_start(struct advise *a, const struct advise_subject *s)
{
    if (subject_is(s, POD_WORKLOAD_JOB) || subject_is(s, POD_WORKLOAD_CRONJOB))
        return;
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);

        if (c->probe[POD_LIVENESS] != NULL && c->probe[POD_STARTUP] == NULL)
            look_at_start(a, s, i);
    }
}
