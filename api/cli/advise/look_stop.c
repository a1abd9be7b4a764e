/* SPDX-License-Identifier: Apache-2.0 */
/* look_stop.c - how a program ends: preStop, the grace period, and who hears SIGTERM. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

#define LATE "proxies learn 1 s later that a pod ends"
#define ENDS "the program ends at once on SIGTERM; " LATE

enum { ROOM_S = 10 }; /* of the grace, behind a preStop of five seconds */

/* A rollout of the subject under load. */
static bool rollout(struct advise *a, const struct advise_subject *s, struct lab_plan *p)
{
    bool nodes = subject_is(s, POD_WORKLOAD_DAEMONSET);
    int64_t at, end;

    if (s->service == NULL || s->ready_ms < 0 ||
        !(nodes || subject_is(s, POD_WORKLOAD_DEPLOYMENT) ||
          subject_is(s, POD_WORKLOAD_STATEFULSET)))
        return false;
    at = lab_when(s);
    end = at + lab_rollout_s(s);
    *p = (struct lab_plan){.since_ms = at * 1000, .for_ms = (end + 5) * 1000};
    p->beside = advise_say(
        a, "%s%s%s",
        lab_scenario(a, s, LAB_LATE,
                     advise_say(a, "  - {at: %llds, restartRollout: %s, namespace: %s}\n",
                                (long long)at, s->object, s->w->ns)),
        lab_client(a, s, at - 5, end),
        nodes ? "---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-1}\n"
                "---\napiVersion: v1\nkind: Node\nmetadata: {name: advise-2}\n"
              : "");
    return true;
}

void look_pre_stop(struct advise *a, const struct advise_subject *s)
{
    const struct pod_container_spec *c = subject_container(s, s->server);
    const char *grace = advise_say(a, "%s.terminationGracePeriodSeconds", s->spec);
    struct advice v = {
        .level = ADVISE_WARNING, .container = c->name, .assumes = s->scripted ? LATE : ENDS};
    struct lab_result is, then;
    struct lab_plan p;

    if (c->pre_stop != NULL || !rollout(a, s, &p))
        return;
    v.change[v.changes++] = (struct manifest_change){
        subject_container_path(a, s, s->server, "lifecycle.preStop"), "{sleep: {seconds: 5}}"};
    if (s->pod->grace_s < 5 + ROOM_S)
        v.change[v.changes++] = (struct manifest_change){grace, "30"};
    if (!lab_run(a, s, &p, NULL, &is) || is.broken == 0 || !lab_run(a, s, &p, &v, &then) ||
        then.broken * 10 > is.broken)
        return;
    v.experiment = p.beside;
    v.for_ms = p.for_ms;
    v.text = advise_say(a,
                        "a rollout at 50 requests/s breaks %llu requests; with preStop sleep 5%s: "
                        "%llu",
                        (unsigned long long)is.broken, v.changes > 1 ? " and a grace of 30 s" : "",
                        (unsigned long long)then.broken);
    advise_give(a, s, &v);
}
