/* SPDX-License-Identifier: Apache-2.0 */
/* look_probes.c - whether a program is asked if it is ready and lives, and how sharply. */
#include "api/cli/advise/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

enum {
    START_S = 10,  /* what a start is taken to last */
    PAUSE_S = 10,  /* a pause of a program that is no reason to kill it */
    OUTAGE_S = 60, /* of what a program depends on */
};

void look_readiness_missing(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    struct advice v = {.level = ADVISE_WARNING, .container = c->name, .changes = 1};
    const char *handler = subject_asks(a, s, s->server);
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
    if (!lab_both(a, s, &p, &v, &is, &then) || is.broken == 0 || then.broken * 10 > is.broken)
        return;
    v.assumes = s->scripted ? "" : "the program listens 10 s after its start";
    v.text =
        advise_say(a,
                   "one more pod breaks %llu requests at 50 requests/s while it starts; with a "
                   "readinessProbe: %llu",
                   (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

/* ---- readiness --------------------------------------------------------------------------------
 */

/* What its program answers where a probe asks, from one second to another: that it is not well.
 * NULL: not of this kind of probe. */
static const char *unwell(struct advise *a, const struct advise_subject *s, uint32_t i,
                          const struct pod_handler_spec *h, int64_t from_s, int64_t to_s)
{
    const char *window =
        advise_say(a, "from: %llds, to: %llds", (long long)from_s, (long long)to_s);

    if (s->scripted)
        return NULL;
    if (h->kind == POD_HANDLER_HTTP)
        return lab_behaviour(
            a, s, i,
            advise_say(a, "  serve:\n  - {%s, path: \"%s\", status: 503}\n", window, h->path));
    if (h->kind == POD_HANDLER_GRPC)
        return lab_behaviour(
            a, s, i,
            advise_say(a, "  serve:\n  - {%s, port: %u, grpc: NOT_SERVING}\n", window, h->port));
    if (h->kind == POD_HANDLER_EXEC)
        return lab_behaviour(
            a, s, i, advise_say(a, "  exec:\n  - {%s, exitCode: 1}\n  - {exitCode: 0}\n", window));
    return NULL;
}

void look_readiness_sharp(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    const struct pod_probe_spec *r = c->probe[POD_READINESS];
    struct advice v = {.level = ADVISE_WARNING, .container = c->name, .changes = 1};
    int64_t at = lab_when(s), end = at + 90;
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;
    const char *script;

    if (r == NULL || s->service == NULL || s->ready_ms < 0 || r->failure_threshold > 1)
        return;
    script = unwell(a, s, s->server, &r->handler, at, at + RX_MAX(r->period_s, 1));
    if (script == NULL)
        return;
    p.beside =
        advise_say(a, "%s%s%s", lab_scenario(a, s, "", ""), lab_client(a, s, at - 5, end), script);
    v.change[0] = (struct manifest_change){
        subject_container_path(a, s, s->server, "readinessProbe.failureThreshold"), "3"};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.broken == 0 || then.broken * 10 > is.broken)
        return;
    v.assumes = "one probe fails in all pods, as when what they depend on is slow for a moment";
    v.text =
        advise_say(a,
                   "one failed probe takes all %u pods out and breaks %llu requests at 50 "
                   "requests/s (failureThreshold 1); with 3: %llu",
                   s->replicas, (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

/* ---- liveness -------------------------------------------------------------------------------- */

static bool runs_on(const struct advise_subject *s)
{
    return s->ready_ms >= 0 && !subject_is(s, POD_WORKLOAD_JOB) &&
           !subject_is(s, POD_WORKLOAD_CRONJOB);
}

static const char *tries_for(struct advise *a, const struct pod_probe_spec *p, int64_t seconds)
{
    int64_t period = RX_MAX(p->period_s, 1);

    return advise_say(a, "%lld", (long long)((seconds + period - 1) / period));
}

static void look_at_pause(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    const struct pod_container_spec *c = subject_container(s, i);
    const struct pod_probe_spec *live = c->probe[POD_LIVENESS];
    struct advice v = {.level = ADVISE_WARNING, .container = c->name, .changes = 1};
    int64_t at = lab_when(s);
    struct lab_plan p = {.for_ms = (at + 120) * 1000};
    struct lab_result is, then;

    p.beside =
        advise_say(a, "%s%s", lab_scenario(a, s, "", ""),
                   lab_behaviour(a, s, i,
                                 advise_say(a,
                                            "  serve:\n  - {from: %llds, to: %llds, do: hang}\n"
                                            "  exec:\n  - {from: %llds, to: %llds, hang: true}\n"
                                            "  - {exitCode: 0}\n",
                                            (long long)at, (long long)at + PAUSE_S, (long long)at,
                                            (long long)at + PAUSE_S)));
    v.change[0] = (struct manifest_change){
        subject_container_path(a, s, i, "livenessProbe.failureThreshold"), tries_for(a, live, 30)};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.restarts == 0 || then.restarts > 0)
        return;
    v.assumes = "a program may pause for 10 s: a slow disk, a collection of garbage";
    v.text = advise_say(a,
                        "a pause of %d s restarts %llu container%s (failureThreshold %d x "
                        "periodSeconds %d); with failureThreshold %s: 0",
                        PAUSE_S, (unsigned long long)is.restarts, is.restarts == 1 ? "" : "s",
                        live->failure_threshold, live->period_s, v.change[0].value);
    advise_give(a, s, &v);
}

void look_liveness_sharp(struct advise *a, const struct advise_subject *s)
{
    for (uint32_t i = s->pod->init_count; runs_on(s) && i < s->pod->container_count; i++)
        if (!s->scripted && subject_container(s, i)->probe[POD_LIVENESS] != NULL)
            look_at_pause(a, s, i);
}

/* ---- timeouts ---------------------------------------------------------------------------------
 */

enum { SLOW_S = 2 }; /* what an answer may take when there is much to do */

/* A timeout for all probes of a container that have a shorter one. */
static void with_timeout(struct advise *a, const struct advise_subject *s, uint32_t i,
                         const char *seconds, struct advice *v)
{
    static const char *const name[] = {"startupProbe", "readinessProbe", "livenessProbe"};
    const struct pod_container_spec *c = subject_container(s, i);

    v->changes = 0;
    for (int k = 0; k < POD_PROBE_KINDS; k++)
        if (c->probe[k] != NULL && c->probe[k]->timeout_s < strtol(seconds, NULL, 10))
            v->change[v->changes++] = (struct manifest_change){
                subject_container_path(a, s, i, advise_say(a, "%s.timeoutSeconds", name[k])),
                seconds};
}

static uint64_t hear_unhealthy(const struct podring_event *e)
{
    return e->reason != NULL && strcmp(e->reason, "Killing") == 0 && e->message != NULL &&
           strstr(e->message, "probe") != NULL;
}

static void look_at_timeout(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    static const char *const longer[] = {"2", "5", "10", "30"};
    const struct pod_container_spec *c = subject_container(s, i);
    struct advice v = {.level = s->scripted ? ADVISE_WARNING : ADVISE_NOTE, .container = c->name};
    int64_t at = s->ready_ms >= 0 ? lab_when(s) : 0, end = at + 120;
    struct lab_plan p = {.hear = hear_unhealthy, .for_ms = (end + 120) * 1000};
    struct lab_result is, then = {0};
    size_t n = s->scripted ? 0 : 1;

    p.beside = advise_say(
        a, "%s%s", lab_scenario(a, s, "", ""),
        s->scripted
            ? ""
            : lab_behaviour(a, s, i,
                            advise_say(a,
                                       "  serve:\n  - {from: %llds, to: %llds, latency: %ds}\n"
                                       "  exec:\n  - {from: %llds, to: %llds, takes: %ds}\n"
                                       "  - {exitCode: 0}\n",
                                       (long long)at, (long long)end, SLOW_S, (long long)at,
                                       (long long)end, SLOW_S)));
    if (!lab_run(a, s, &p, NULL, &is) || is.heard == 0)
        return;
    for (; n < RX_ARRAY_LEN(longer); n++) {
        with_timeout(a, s, i, longer[n], &v);
        if (v.changes > 0 && lab_run(a, s, &p, &v, &then) && then.heard == 0)
            break;
    }
    if (n == RX_ARRAY_LEN(longer))
        return;
    lab_keep(a, s, &p, &v);
    v.assumes = s->scripted ? "" : "when there is much to do, answers take 2 s for two minutes";
    v.text = advise_say(
        a, "%s: %llu restart%s by its probes (timeoutSeconds %d); with timeoutSeconds %s: 0",
        s->scripted ? "as its program answers" : "answers that take 2 s for two minutes",
        (unsigned long long)is.heard, is.heard == 1 ? "" : "s", c->probe[POD_LIVENESS]->timeout_s,
        longer[n]);
    advise_give(a, s, &v);
}

void look_probe_timeout(struct advise *a, const struct advise_subject *s)
{
    if (subject_is(s, POD_WORKLOAD_JOB) || subject_is(s, POD_WORKLOAD_CRONJOB) ||
        (s->ready_ms < 0 && !s->scripted))
        return;
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);

        if (c->probe[POD_LIVENESS] != NULL &&
            (s->scripted || c->probe[POD_LIVENESS]->timeout_s < SLOW_S))
            look_at_timeout(a, s, i);
    }
}

/* ---- both -------------------------------------------------------------------------------------
 */

static bool same_question(const struct pod_handler_spec *a, const struct pod_handler_spec *b)
{
    if (a->kind != b->kind || a->port != b->port || a->argc != b->argc)
        return false;
    for (uint32_t i = 0; i < a->argc; i++)
        if (strcmp(a->argv[i], b->argv[i]) != 0)
            return false;
    return a->kind == POD_HANDLER_EXEC ||
           (a->kind == POD_HANDLER_HTTP && strcmp(a->path, b->path) == 0) ||
           (a->kind == POD_HANDLER_GRPC && strcmp(a->service, b->service) == 0);
}

static void look_at_pair(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    const struct pod_container_spec *c = subject_container(s, i);
    const struct pod_probe_spec *live = c->probe[POD_LIVENESS];
    struct advice v = {.level = ADVISE_NOTE, .container = c->name, .changes = 1};
    int64_t at = lab_when(s);
    struct lab_plan p = {.for_ms = (at + 2 * OUTAGE_S) * 1000};
    const char *script = unwell(a, s, i, &live->handler, at, at + OUTAGE_S);
    struct lab_result is, then;

    if (script == NULL)
        return;
    p.beside = advise_say(a, "%s%s", lab_scenario(a, s, "", ""), script);
    v.change[0] =
        (struct manifest_change){subject_container_path(a, s, i, "livenessProbe.failureThreshold"),
                                 tries_for(a, live, OUTAGE_S + 30)};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.restarts == 0 || then.restarts > 0)
        return;
    v.assumes = "the probe fails with what the program depends on";
    v.text =
        advise_say(a,
                   "a minute in which what it depends on is away restarts %llu container%s, "
                   "because liveness and readiness ask the same; with liveness failureThreshold "
                   "%s: 0, and they are unready only",
                   (unsigned long long)is.restarts, is.restarts == 1 ? "" : "s", v.change[0].value);
    advise_give(a, s, &v);
}

void look_probes_identical(struct advise *a, const struct advise_subject *s)
{
    for (uint32_t i = s->pod->init_count; runs_on(s) && i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);

        if (c->probe[POD_LIVENESS] != NULL && c->probe[POD_READINESS] != NULL &&
            same_question(&c->probe[POD_LIVENESS]->handler, &c->probe[POD_READINESS]->handler))
            look_at_pair(a, s, i);
    }
}

void look_liveness_missing(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    struct advice v = {.level = ADVISE_NOTE, .container = c->name, .changes = 1};
    const char *handler = subject_asks(a, s, s->server);
    int64_t at = lab_when(s), end = at + 600;
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;

    if (c->probe[POD_LIVENESS] != NULL || s->service == NULL || !runs_on(s) || s->scripted ||
        handler == NULL)
        return;
    p.beside =
        advise_say(a, "%s%s%s", lab_scenario(a, s, "", ""), lab_client(a, s, at - 5, end),
                   lab_behaviour(a, s, s->server,
                                 advise_say(a,
                                            "  instances:\n  - serve: [{from: %llds, do: hang}]\n"
                                            "  - serve: []\n",
                                            (long long)at)));
    v.change[0] = (struct manifest_change){
        subject_container_path(a, s, s->server, "livenessProbe"),
        advise_say(a, "{%s, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}", handler)};
    if (!lab_both(a, s, &p, &v, &is, &then) || then.restarts == 0 || then.broken * 2 > is.broken)
        return;
    v.assumes = "the program stops answering, and would answer again after a restart";
    v.text = advise_say(a,
                        "a program that hangs stays so: %llu requests broken in 10 min at 50 "
                        "requests/s; with a livenessProbe: %llu",
                        (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}
