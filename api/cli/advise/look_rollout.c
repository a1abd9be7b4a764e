/* SPDX-License-Identifier: Apache-2.0 */
/* look_rollout.c - how many pods there are, and what of them a rollout or a drain takes away. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { START_S = 10 };

static bool is_better(const struct lab_result *is, const struct lab_result *then)
{
    return is->broken > 0 && then->broken * 10 <= is->broken;
}

/* A budget for the subject's pods, as a document. */
static const char *budget_text(struct advise *a, const struct advise_subject *s)
{
    const struct pod_labels *l = &s->pod->labels;
    const struct pod_selector *sel = &s->w->selector;
    char *text = advise_say(a,
                            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n"
                            "  name: %s\n%s%s%sspec:\n  maxUnavailable: 1\n  selector:\n"
                            "    matchLabels:\n",
                            s->w->name, strcmp(s->w->ns, "default") != 0 ? "  namespace: " : "",
                            strcmp(s->w->ns, "default") != 0 ? s->w->ns : "",
                            strcmp(s->w->ns, "default") != 0 ? "\n" : "");

    for (uint32_t i = 0; i < sel->count; i++) {
        const char *value = st_label(l, sel->requirement[i].key);

        if (value != NULL)
            text = advise_say(a, "%s      %s: \"%s\"\n", text, sel->requirement[i].key, value);
    }
    return text;
}

/* All pods are on the first of two nodes when it is drained. */
static const char *drain_text(struct advise *a, const struct advise_subject *s, int64_t at)
{
    const char *steps =
        advise_say(a,
                   "  - {at: %llds, uncordon: node/advise-2}\n"
                   "  - {at: %llds, drain: node/advise-1, force: true, ignoreDaemonSets: true, "
                   "deleteEmptyDir: true}\n",
                   (long long)at - 1, (long long)at);

    return advise_say(a, "%s%s", lab_scenario(a, s, "", steps), lab_two_nodes);
}

void look_one_replica(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE, .changes = 1};
    int64_t at = lab_when(s) + START_S, end = at + 60;
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_DEPLOYMENT) || s->replicas != 1 || s->service == NULL ||
        s->ready_ms < 0 || subject_keeps_data(s) || (s->hpa != NULL && s->hpa->min > 1))
        return;
    p.beside = advise_say(
        a, "%s%s%s", drain_text(a, s, at), lab_client(a, s, at - 5, end),
        s->scripted ? ""
                    : lab_behaviour(a, s, s->server, "  instances:\n  - {start: {takes: 10s}}\n"));
    v.change[0] = (struct manifest_change){"spec.replicas", "2"};
    v.append = s->budget == NULL ? budget_text(a, s) : NULL;
    if (!lab_both(a, s, &p, &v, &is, &then) || !is_better(&is, &then))
        return;
    v.assumes = s->scripted ? "" : "a pod needs 10 s to start";
    v.text = advise_say(
        a,
        "a drain of its node breaks %llu requests at 50 requests/s; with 2 replicas%s: "
        "%llu",
        (unsigned long long)is.broken, v.append != NULL ? " and a PodDisruptionBudget" : "",
        (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

void look_budget_missing(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE};
    int64_t at = lab_when(s) + START_S, end = at + 60;
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;
    const char *steps;

    if (s->budget != NULL || s->replicas < 2 || s->service == NULL || s->ready_ms < 0 ||
        !subject_scales(s))
        return;
    steps = advise_say(a,
                       "  - {at: %llds, uncordon: node/advise-2}\n"
                       "  - {at: %llds, drain: node/advise-1, force: true, ignoreDaemonSets: true, "
                       "deleteEmptyDir: true}\n",
                       (long long)at - 1, (long long)at);
    p.beside = advise_say(a, "%s%s%s%s", lab_scenario(a, s, "", steps), lab_two_nodes,
                          lab_client(a, s, at - 5, end), lab_needs(a, s, START_S));
    v.append = budget_text(a, s);
    if (!lab_both(a, s, &p, &v, &is, &then) || !is_better(&is, &then))
        return;
    v.assumes = s->scripted ? "all pods are on one node, as after the last drain"
                            : "all pods are on one node, as after the last drain; a pod needs 10 s "
                              "to start";
    v.text =
        advise_say(a,
                   "a drain of their node takes all %u pods at once and breaks %llu requests at "
                   "50 requests/s; with a PodDisruptionBudget: %llu",
                   s->replicas, (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

void look_budget_blocks(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_WARNING, .target = s->budget_document};
    int64_t at = lab_when(s);
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (at + 600) * 1000};
    struct lab_result is, then;

    if (s->budget == NULL || s->ready_ms < 0 || s->replicas == 0)
        return;
    p.beside = drain_text(a, s, at);
    if (s->budget->kind == ST_BUDGET_MIN_AVAILABLE)
        v.change[v.changes++] = (struct manifest_change){"spec.minAvailable", NULL};
    v.change[v.changes++] = (struct manifest_change){"spec.maxUnavailable", "1"};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.going > 0 || then.going == 0)
        return;
    v.text =
        advise_say(a,
                   "a drain of its node waits for ever (10 min here): the budget lets none of %u "
                   "pod%s go; with maxUnavailable 1: done",
                   s->replicas, s->replicas == 1 ? "" : "s");
    advise_give(a, s, &v);
}

void look_rollout_gap(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {
        .level = ADVISE_WARNING,
        .changes = 1,
        .change = {{"spec.strategy", "{type: RollingUpdate, rollingUpdate: {maxSurge: 1, "
                                     "maxUnavailable: 0}}"}}};
    int64_t at = lab_when(s) + START_S, end = at + lab_rollout_s(s);
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_DEPLOYMENT) || s->service == NULL || s->ready_ms < 0 ||
        s->replicas == 0 || subject_keeps_data(s))
        return;
    p.beside =
        advise_say(a, "%s%s%s", lab_scenario(a, s, "", lab_step(a, s, at, "restartRollout", "")),
                   lab_client(a, s, at - 5, end), lab_needs(a, s, START_S));
    if (!lab_both(a, s, &p, &v, &is, &then) || !is_better(&is, &then))
        return;
    if (s->w->deployment->recreate) /* on purpose, maybe */
        v.level = ADVISE_NOTE;
    v.assumes = s->scripted ? "" : "a pod needs 10 s to start";
    v.text = advise_say(a,
                        "a rollout leaves no pod for a while and breaks %llu requests at 50 "
                        "requests/s (%s); with maxSurge 1 and maxUnavailable 0: %llu",
                        (unsigned long long)is.broken,
                        s->w->deployment->recreate ? "Recreate, needed if two must not run at once"
                                                   : "maxUnavailable",
                        (unsigned long long)then.broken);
    advise_give(a, s, &v);
}

/* A release that is ready, and crashes a little later. */
void look_min_ready(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {
        .level = ADVISE_NOTE, .changes = 1, .change = {{"spec.minReadySeconds", "30"}}};
    int64_t at = lab_when(s), end = at + 300;
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_DEPLOYMENT) || s->service == NULL || s->ready_ms < 0 ||
        s->replicas < 2 || s->w->min_ready_s > 0 || s->w->deployment->recreate)
        return;
    p.beside = advise_say(
        a,
        "%s%s---\napiVersion: podring.dev/v1\nkind: Behavior\n"
        "metadata: {name: advise, namespace: %s}\nspec:\n"
        "  selector: {matchLabels: {advise: release}}\n  container: %s\n"
        "  instances:\n  - {exit: {after: %llds, code: 1}}\n",
        lab_scenario(a, s, "",
                     lab_step(a, s, at, "patch",
                              ", spec: {template: {metadata: {labels: {advise: release}}}}")),
        lab_client(a, s, at - 5, end), s->w->ns, subject_container(s, s->server)->name,
        (long long)s->ready_ms / 1000 + 15);
    if (!lab_both(a, s, &p, &v, &is, &then) || is.broken == 0 || then.broken * 3 > is.broken)
        return;
    v.assumes = "a release crashes 15 s after it is ready, again and again";
    v.text =
        advise_say(a,
                   "a release that crashes 15 s after it is ready breaks %llu requests in 5 min "
                   "at 50 requests/s; with minReadySeconds 30, which holds it at the first pod: "
                   "%llu",
                   (unsigned long long)is.broken, (unsigned long long)then.broken);
    advise_give(a, s, &v);
}
