/* SPDX-License-Identifier: Apache-2.0 */
/* look_data.c - what outlives a container, a pod or a set: volumes, claims, and identities. */
#include <string.h>

#include "api/cli/advise/catalogue.h"
#include "engine/reactor/base.h"

/* The first emptyDir on disk that a container may write to. NULL: none. */
static const char *empty_dir(const struct pod_spec *pod, const struct pod_container_spec *c)
{
    for (uint32_t i = 0; i < c->mount_count; i++)
        for (uint32_t k = 0; k < pod->volume_count; k++)
            if (strcmp(pod->volume[k].name, c->mount[i].volume) == 0 &&
                pod->volume[k].kind == POD_VOLUME_EMPTY_DIR && !c->mount[i].read_only &&
                strncmp(c->mount[i].path, "/tmp", 4) != 0 &&
                strstr(c->mount[i].path, "cache") == NULL)
                return c->mount[i].path;
    return NULL;
}

/* A program that leaves something in its first minute of the run, with which it does not start. */
static const char *damages(struct advise *a, const char *path)
{
    return advise_say(
        a,
        "[sh, -c, \"test -e %s/damaged && exit 1; test $(date +%%M) = 00 || exec sleep "
        "100000; sleep 60; touch %s/damaged; exit 1\"]",
        path, path);
}

void look_volume_outlives(struct advise *a, const struct advise_subject *s)
{
    struct lab_plan p = {.beside = lab_scenario(a, s, "", ""), .for_ms = 600000, .givens = 1};
    struct lab_result kept, fresh;

    if (s->ready_ms < 0 || subject_is(s, POD_WORKLOAD_JOB) || subject_is(s, POD_WORKLOAD_CRONJOB))
        return;
    for (uint32_t i = s->pod->init_count; i < s->pod->container_count; i++) {
        const struct pod_container_spec *c = subject_container(s, i);
        const char *path = empty_dir(s->pod, c);
        struct advice v = {.level = ADVISE_NOTE, .container = c->name};
        struct manifest_change breaks = {subject_container_path(a, s, i, "command"), NULL};

        if (path == NULL)
            continue;
        p.given = &breaks;
        breaks.value = damages(a, path);
        if (!lab_run(a, s, &p, NULL, &kept))
            continue;
        breaks.value = damages(a, "");
        if (!lab_run(a, s, &p, NULL, &fresh) || kept.ready >= fresh.ready || kept.restarts == 0)
            continue;
        v.assumes = "the program damages its data after a minute, and does not start with it";
        v.no_patch = "what may be thrown away, and when, only its program knows";
        v.text = advise_say(
            a,
            "what is in %s outlives a restart, but not the pod: damaged once, it has "
            "the program in %s after 10 min (%llu restarts); without the volume one "
            "restart mends it",
            path, kept.status != NULL ? kept.status : "Error", (unsigned long long)kept.restarts);
        advise_give(a, s, &v);
    }
}

/* ---- claims ---------------------------------------------------------------------------------- */

void look_claims_orphaned(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE,
                       .no_patch = "whenScaled: Delete would throw the data away with them"};
    int64_t at = lab_when(s);
    struct lab_plan p = {.since_ms = at * 1000, .for_ms = (at + 300) * 1000};
    const struct st_statefulset_spec *set = s->w->statefulset;
    struct lab_result is;

    if (set == NULL || set->claims == 0 || set->deleted_with_pod || s->ready_ms < 0)
        return;
    p.beside = lab_scenario(
        a, s, "", lab_step(a, s, at, "scale", advise_say(a, ", replicas: %u", s->replicas - 1)));
    if (!lab_run(a, s, &p, NULL, &is) || is.pods >= s->replicas ||
        is.claims <= is.pods * set->claims)
        return;
    lab_keep(a, s, &p, &v);
    v.text =
        advise_say(a,
                   "scaled from %u to %u it leaves %u claim%s behind that no pod reads: a Job has "
                   "to move that data, or persistentVolumeClaimRetentionPolicy to delete it",
                   s->replicas, s->replicas - 1, is.claims - is.pods * set->claims,
                   is.claims - is.pods * set->claims == 1 ? "" : "s");
    advise_give(a, s, &v);
}

/* ---- identities ------------------------------------------------------------------------------ */

static uint64_t hear_created(const struct podring_event *e)
{
    return e->kind == PODRING_TRANSITION && e->pod != 0 && e->object == NULL && e->field != NULL &&
           strcmp(e->field, "object") == 0 && e->to != NULL && strcmp(e->to, "Created") == 0;
}

void look_set_forced(struct advise *a, const struct advise_subject *s)
{
    struct manifest_change one = {"spec.replicas", "1"};
    struct advice v = {.level = ADVISE_WARNING, .changes = 1};
    int64_t at = lab_when(s);
    struct lab_plan p = {.given = &one,
                         .givens = 1,
                         .since_ms = at * 1000,
                         .for_ms = (at + 900) * 1000,
                         .hear = hear_created};
    struct lab_result is, then;

    if (!subject_is(s, POD_WORKLOAD_STATEFULSET) || s->pod->grace_s > 0 || s->ready_ms < 0)
        return;
    p.beside =
        advise_say(a, "%s%s",
                   lab_scenario(a, s, "",
                                advise_say(a,
                                           "  - {at: %llds, uncordon: node/advise-2}\n"
                                           "  - {at: %llds, fail: node/advise-1, lose: network}\n",
                                           (long long)at - 1, (long long)at)),
                   lab_two_nodes);
    v.change[0] =
        (struct manifest_change){advise_say(a, "%s.terminationGracePeriodSeconds", s->spec), "30"};
    if (!lab_both(a, s, &p, &v, &is, &then) || is.heard == 0 || then.heard > 0)
        return;
    v.text =
        advise_say(a,
                   "when its node is cut off, a second %s-0 is made while the first may still run: "
                   "terminationGracePeriodSeconds 0 deletes by force; with 30: none",
                   s->w->name);
    advise_give(a, s, &v);
}
