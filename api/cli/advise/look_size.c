/* SPDX-License-Identifier: Apache-2.0 */
/* look_size.c - what pods ask for, and who goes by it: the scheduler, quotas, autoscalers. */
#include <string.h>

#include "api/cli/advise/catalogue.h"
#include "engine/reactor/base.h"

enum { MANY = 60 };

static bool asks_nothing(const struct pod_container_spec *c)
{
    return c->asks.cpu_milli == 0 && c->asks.memory == 0;
}

/* The main containers that ask for nothing ask for something. False: all of them ask. */
static bool with_requests(struct advise *a, const struct advise_subject *s, struct advice *v)
{
    for (uint32_t i = s->pod->init_count;
         i < s->pod->container_count && v->changes < ADVISE_CHANGES_MAX; i++)
        if (asks_nothing(subject_container(s, i)))
            v->change[v->changes++] =
                (struct manifest_change){subject_container_path(a, s, i, "resources.requests"),
                                         "{cpu: 100m, memory: 128Mi}"};
    return v->changes > 0;
}

void look_requests_missing(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE};
    struct manifest_change many = {"spec.replicas", advise_say(a, "%d", MANY)};
    struct lab_plan p = {.given = &many, .givens = 1, .for_ms = 60000};
    struct lab_result is, then;

    if (!subject_scales(s) || subject_is(s, POD_WORKLOAD_STATEFULSET) || s->ready_ms < 0 ||
        !with_requests(a, s, &v))
        return;
    p.for_ms += s->ready_ms;
    p.beside = advise_say(a,
                          "%s---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-1}\n"
                          "status: {allocatable: {cpu: \"2\", memory: 4Gi, pods: \"110\"}}\n",
                          lab_scenario(a, s, "", ""));
    if (!lab_both(a, s, &p, &v, &is, &then) || is.ready <= then.ready)
        return;
    v.changes = 0;
    v.no_patch = "how much it needs only you know (kubectl top pod)";
    v.text =
        advise_say(a,
                   "the scheduler puts %u of %d pods onto one node of 2 cpus and 4Gi, since they "
                   "ask for nothing; if each asked for 100m and 128Mi: %u",
                   is.ready, MANY, then.ready);
    advise_give(a, s, &v);
}

/* ---- quotas ---------------------------------------------------------------------------------- */

static uint64_t hear_quota(const struct podring_event *e)
{
    return e->reason != NULL && strcmp(e->reason, "FailedCreate") == 0 && e->message != NULL &&
           strstr(e->message, "quota") != NULL;
}

void look_quota_surge(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_WARNING,
                       .changes = 1,
                       .change = {{"spec.strategy", "{type: RollingUpdate, rollingUpdate: "
                                                    "{maxSurge: 0, maxUnavailable: 1}}"}}};
    int64_t at = lab_when(s);
    struct lab_plan p = {.since_ms = at * 1000, .hear = hear_quota};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_DEPLOYMENT) || s->ready_ms < 0 ||
        a->ring->set.quotas.count == 0)
        return;
    p.for_ms = (at + lab_rollout_s(s) + 600) * 1000;
    p.beside = lab_scenario(a, s, "", lab_step(a, s, at, "restartRollout", ""));
    if (!lab_both(a, s, &p, &v, &is, &then) || is.heard == 0 || is.going > 0 ||
        then.going < s->replicas)
        return;
    v.text =
        advise_say(a,
                   "a rollout does not fit into the quota: its first pod is refused %llu times in "
                   "10 min, and nothing moves; with maxSurge 0 and maxUnavailable 1: done",
                   (unsigned long long)is.heard);
    advise_give(a, s, &v);
}

/* ---- autoscalers ----------------------------------------------------------------------------- */

static uint64_t hear_no_request(const struct podring_event *e)
{
    return e->type != NULL && e->reason != NULL &&
           strcmp(e->reason, "FailedGetResourceMetric") == 0 && e->message != NULL &&
           strstr(e->message, "missing request") != NULL;
}

void look_hpa_requests(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_WARNING};
    struct lab_plan p = {.for_ms = 600000, .hear = hear_no_request};
    struct lab_result is, then;

    if (s->scaler == NULL || s->ready_ms < 0 || !with_requests(a, s, &v))
        return;
    p.beside = advise_say(a,
                          "%s---\n%s\n---\napiVersion: podring.dev/v1\nkind: Metrics\n"
                          "metadata: {name: advise, namespace: %s}\nspec:\n  %s\n  metric: cpu\n"
                          "  values: [{value: 200m}]\n",
                          lab_scenario(a, s, "", ""), s->scaler, s->w->ns, subject_selector(a, s));
    if (!lab_both(a, s, &p, &v, &is, &then) || is.heard == 0 || then.heard > 0)
        return;
    v.text =
        advise_say(a,
                   "its autoscaler never scales: it goes by a share of the cpu requested, and "
                   "nothing is (FailedGetResourceMetric %llu times in 10 min); with requests: 0, "
                   "and %u pods at 200m each",
                   (unsigned long long)is.heard, then.pods);
    advise_give(a, s, &v);
}

void look_hpa_replicas(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_WARNING, .changes = 1, .change = {{"spec.replicas", NULL}}};
    int64_t at = lab_when(s);
    struct lab_plan p = {
        .since_ms = (at + 60) * 1000, .again_ms = (at + 90) * 1000, .for_ms = (at + 120) * 1000};
    struct lab_result is, then;

    if (s->hpa == NULL || s->ready_ms < 0 || s->hpa->max <= s->w->replicas ||
        !s->document->has_replicas)
        return;
    p.beside = lab_scenario(
        a, s, "", lab_step(a, s, at, "scale", advise_say(a, ", replicas: %d", s->hpa->max)));
    if (!lab_both(a, s, &p, &v, &is, &then) || is.going == 0 || then.going > 0)
        return;
    v.experiment = NULL;
    v.assumes = "the autoscaler has gone up to maxReplicas when the manifest is applied again";
    v.text = advise_say(
        a,
        "each apply takes %u of the autoscaler's %d pods away (replicas %d); without the "
        "field: 0",
        is.going, s->hpa->max, s->w->replicas);
    advise_give(a, s, &v);
}

void look_hpa_bounds(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_CONVENTION,
                       .no_patch = "how many it may become only you know"};

    if (s->hpa == NULL || s->hpa->max > s->hpa->min)
        return;
    v.text = advise_say(a, "its autoscaler cannot scale: minReplicas and maxReplicas are both %d",
                        s->hpa->max);
    advise_give(a, s, &v);
}
