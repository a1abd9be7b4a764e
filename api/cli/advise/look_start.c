/* SPDX-License-Identifier: Apache-2.0 */
/* look_start.c - how long a program may take to start, and who waits for it. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

enum {
    START_SHORT_S = 30, /* a start that is killed before that is worth a word */
    START_LONG_S = 120, /* what a startup probe should wait for */
};

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
    lab_keep(a, s, p, v);
    advise_give(a, s, v);
}

static void look_at_start(struct advise *a, const struct advise_subject *s, uint32_t i)
{
    const struct pod_container_spec *c = subject_container(s, i);
    const struct pod_probe_spec *live = c->probe[POD_LIVENESS];
    const char *handler = subject_handler(a, &live->handler);
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
    lab_keep(a, s, &p, &v);
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

/* ---- rollouts that are given up -------------------------------------------------------------- */

static uint64_t hear_given_up(const struct podring_event *e)
{
    return e->reason != NULL && strcmp(e->reason, "ProgressDeadlineExceeded") == 0;
}

void look_progress_deadline(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {
        .level = ADVISE_WARNING, .changes = 1, .change = {{"spec.progressDeadlineSeconds", "600"}}};
    struct lab_plan p = {.hear = hear_given_up};
    struct lab_result is, then;
    int64_t deadline, takes;

    if (!subject_is(s, POD_WORKLOAD_DEPLOYMENT) || s->ready_ms < 0)
        return;
    deadline = s->w->deployment->deadline_s;
    if (deadline >= 600)
        return;
    takes = deadline + 10 - s->w->min_ready_s;
    p.beside = advise_say(a, "%s%s", lab_scenario(a, s, "", ""),
                          s->scripted ? "" : lab_starts(a, s, s->server, RX_MAX(takes, 1)));
    p.for_ms = 900000;
    if (!lab_both(a, s, &p, &v, &is, &then) || is.heard == 0 || then.heard > 0 ||
        is.ready < s->replicas || is.restarts > 0)
        return;
    v.assumes = s->scripted ? "" : "the start takes longer than the deadline, as its probes allow";
    v.text =
        advise_say(a,
                   "a rollout is given up after %lld s (progressDeadlineSeconds), although all "
                   "pods are ready after %lld s; with 600: it succeeds",
                   (long long)deadline, (long long)is.ready_ms / 1000);
    advise_give(a, s, &v);
}
