/* SPDX-License-Identifier: Apache-2.0 */
/* look_rollout.c - how many pods there are, and what of them a rollout or a drain takes away. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { START_S = 10 };

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

/* Two nodes, of which all pods are on the first when it is drained. */
static const char *drain_text(struct advise *a, const struct advise_subject *s, int64_t at)
{
    const char *steps =
        advise_say(a,
                   "  - {at: %llds, uncordon: node/advise-2}\n"
                   "  - {at: %llds, drain: node/advise-1, force: true, ignoreDaemonSets: true, "
                   "deleteEmptyDir: true}\n",
                   (long long)at - 1, (long long)at);

    return advise_say(a,
                      "%s---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-1}\n---\n"
                      "apiVersion: v1\nkind: Node\nmetadata: {name: advise-2}\n"
                      "spec: {unschedulable: true}\n",
                      lab_scenario(a, s, "", steps));
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
    if (!lab_run(a, s, &p, NULL, &is) || is.broken == 0 || !lab_run(a, s, &p, &v, &then) ||
        then.broken * 10 > is.broken)
        return;
    v.experiment = p.beside;
    v.for_ms = p.for_ms;
    v.assumes = s->scripted ? "" : "a pod needs 10 s to start";
    v.text = advise_say(
        a,
        "a drain of its node breaks %llu requests at 50 requests/s; with 2 replicas%s: "
        "%llu",
        (unsigned long long)is.broken, v.append != NULL ? " and a PodDisruptionBudget" : "",
        (unsigned long long)then.broken);
    advise_give(a, s, &v);
}
