/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_empty.c - the end of a world: all its objects are deleted, its processes get the time they
 * have to end, and then nothing of it may be left but what an engine keeps for good: what it has
 * read, pools, claims.
 */
#include <stdio.h>
#include <string.h>

#include "api/engine.h"
#include "tests/support/world_parts.h"

enum {
    ROUNDS = 4,
    ROUND_MS = 200000,
    RETRY_MS = 1000000, /* the longest delay of a controller's retry (cluster_retry_delay): one that
                         * was asked for before all went comes to its instant all the same, as in
                         * Kubernetes' queues, and finds nothing to do */
    KEPT = 2048, /* bytes of a container whose template keeps its environment and command once it
                  * has run */
    KEPT_POD = 64, /* ... of each pod of the most there were, in an index of their addresses */
};

/* Those that a Deployment has left behind. */
static void scale_sets(const struct run *r)
{
    struct podring_object_info info = PODRING_OBJECT_INFO_INIT;
    uint64_t cursor = 0, object;
    char name[256];

    while ((object = podring_next_object(r->ring, &cursor)) != 0) {
        if (podring_object_info(r->ring, object, &info) != 0 ||
            strcmp(info.kind, "replicaset") != 0)
            continue;
        snprintf(name, sizeof(name), "replicaset/%s", info.name);
        podring_scale(r->ring, info.namespace_, name, 0);
    }
}

/* Of every StatefulSet, Deployment and ReplicaSet; other kinds would bring new pods. */
static bool no_more(const struct run *r, const struct maker *m)
{
    char name[32];

    for (unsigned i = 0; i < m->count; i++) {
        const char *kind = m->made[i].kind;

        if (strcmp(kind, "pod") == 0)
            continue;
        if (strcmp(kind, "daemonset") == 0 || strcmp(kind, "job") == 0)
            return false;
        snprintf(name, sizeof(name), "%s/w%u", kind, m->made[i].number);
        podring_scale(r->ring, m->made[i].other ? "other" : NULL, name, 0);
    }
    scale_sets(r);
    return true;
}

static void delete_all(const struct run *r)
{
    uint64_t cursor = 0, pod;

    while ((pod = podring_next_pod(r->ring, &cursor)) != 0)
        podring_delete(r->ring, pod, 0, 1);
}

/* What a hook without a deadline waits for may never come: such a world cannot be emptied. */
static bool waits_for_ever(const struct maker *m)
{
    return m->drop_ppm > 0 || strstr(m->text, "hang: true") != NULL ||
        strstr(m->text, "do: hang") != NULL ||
           strstr(m->text, "headersOnly") != NULL;
}

/* Of pods whose objects are gone, too, while their workers wait for a process or a hook. */
static uint64_t workers_of(const struct run *r)
{
    uint64_t n = 0;

    RX_LIST_EACH(l, &r->ring->world.pods)
        n++;
    return n;
}

/* Disks that outlive pods keep what is on them; an image, a label or an annotation that is
 * set makes another template. */
static bool keeps_more(const struct maker *m)
{
    return strstr(m->text, "persistentVolumeClaim") != NULL || strstr(m->text, "hostPath") !=
        NULL ||
           strstr(m->text, "setImage") != NULL || strstr(m->text, "setLabel") != NULL ||
           strstr(m->text, "Rollout") != NULL || strstr(m->text, "undo") != NULL;
}

static uint64_t kept_by(const struct maker *m, uint64_t pods_peak)
{
    uint64_t bytes = KEPT_POD * pods_peak;

    for (unsigned i = 0; i < m->count; i++)
        bytes += KEPT * m->made[i].containers;
    return bytes;
}

void world_empty(const struct hunt *h, const struct maker *m, struct run *r, uint64_t guest_before,
                 struct verdict *v)
{
    struct podring_stats s = PODRING_STATS_INIT;
    struct hunt longer = *h;
    uint64_t workers;

    if (v->rule[0] != '\0' || !no_more(r, m))
        return;
    for (unsigned i = 0; i < ROUNDS && v->rule[0] == '\0'; i++) {
        delete_all(r);
        longer.for_ms += ROUND_MS;
        world_turn(r, &longer, v);
    }
    longer.for_ms += RETRY_MS;
    if (v->rule[0] == '\0')
        world_turn(r, &longer, v);
    podring_stats(r->ring, &s);
    workers = workers_of(r);
    if (v->rule[0] != '\0' || (workers > 0 && waits_for_ever(m)))
        return;
    if (s.pods > 0 || workers > 0 || s.containers_running > 0 || s.in_flight > 0 ||
        s.connection_waiting > 0 || s.listeners > 0)
        world_broken(v, "empty", -1,
                     "%llu pods, %llu of their workers, %llu containers, %llu runs, %llu who wait, "
                     "%llu listeners are left", (unsigned long long)s.pods,
                     (unsigned long long)workers, (unsigned long long)s.containers_running,
                     (unsigned long long)s.in_flight, (unsigned long long)s.connection_waiting,
                     (unsigned long long)s.listeners);
    if (s.timers_armed > 0)
        world_broken(v, "empty", -1, "%llu timers are left", (unsigned long long)s.timers_armed);
    if (!keeps_more(m) && s.guest_memory > guest_before + kept_by(m, s.pods_peak))
        world_broken(v, "empty", -1,
                     "%llu bytes of programs are left, of %llu before the first turn",
                     (unsigned long long)s.guest_memory, (unsigned long long)guest_before);
}
