/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - limits of local storage (pkg/kubelet/eviction: emptyDirLimitEviction and its
 * neighbours): emptyDir's sizeLimit, and ephemeral-storage of containers and of the whole pod.
 *
 * A kubelet measures every ten seconds. Here nothing is measured but when a command of the pod has
 * run, and only if that leaves too much behind, the pod is looked at again when the kubelet would:
 * what is written in the instant of a measurement comes after it.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"

enum { EVERY_MS = 10000 };

static const struct pod_machine *machine_at(struct pod *p, uint32_t i)
{
    const struct pod_extra *e = pod_container_at(p, i)->extra;

    return e != NULL ? e->machine : NULL;
}

/* Its layer and its logs. */
static uint64_t container_bytes(struct pod *p, uint32_t i)
{
    const struct pod_extra *e = pod_container_at(p, i)->extra;
    const struct pod_machine *m = machine_at(p, i);

    if (m == NULL)
        return 0;
    return (m->fs.layer != NULL ? fs_volume_bytes(m->fs.layer) : 0) + m->log.used +
        e->log_before.used;
}

/* Of an emptyDir on disk that has been made. */
static uint64_t volume_bytes(struct pod *p, uint32_t i)
{
    const struct pod_extra *e = pod_container_at(p, 0)->extra;

    if (e == NULL || e->whole.volume == NULL || e->whole.volume[i].volume == NULL ||
        pod_spec_of(p)->volume[i].kind != POD_VOLUME_EMPTY_DIR)
        return 0;
    return fs_volume_bytes(e->whole.volume[i].volume);
}

/* As written, in Kubernetes' form. */
static const char *limit_text(const struct pod_container_spec *c)
{
    for (uint32_t i = 0; i < c->limits.count; i++)
        if (strcmp(c->limits.pair[i].key, "ephemeral-storage") == 0)
            return c->limits.pair[i].value;
    return "";
}

/* A sum of quantities. */
static void quantity(int64_t bytes, char out[32])
{
    static const char *const unit[] = {"", "Ki", "Mi", "Gi", "Ti"};
    size_t k = 0;

    while (k + 1 < RX_ARRAY_LEN(unit) && bytes > 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        k++;
    }
    snprintf(out, 32, "%lld%s", (long long)bytes, unit[k]);
}

/* The most that the pod may use: of its containers together, or of the largest init container. -1:
 * no limit. */
static int64_t pod_limit(const struct pod_spec *s)
{
    int64_t sum = 0, largest = 0;
    bool any = false;

    for (uint32_t i = 0; i < s->container_count; i++) {
        int64_t limit = s->container[i].storage_bytes;

        any |= limit > 0;
        if (limit > 0 && s->container[i].kind == POD_INIT)
            largest = RX_MAX(largest, limit);
        else if (limit > 0)
            sum += limit;
    }
    return any ? RX_MAX(sum, largest) : -1;
}

bool pod_storage_exceeds(struct pod *p, char *why, size_t room)
{
    const struct pod_spec *s = pod_spec_of(p);
    int64_t limit = pod_limit(s);
    uint64_t all = 0;
    char text[32];

    for (uint32_t i = 0; i < s->volume_count; i++) {
        const struct pod_volume_spec *v = &s->volume[i];

        all += volume_bytes(p, i);
        if (v->size_limit <= 0 || volume_bytes(p, i) <= (uint64_t)v->size_limit)
            continue;
        snprintf(why, room, "Usage of EmptyDir volume \"%s\" exceeds the limit \"%s\". ", v->name,
                 v->size_text);
        return true;
    }
    for (uint32_t i = 0; i < s->container_count; i++)
        all += container_bytes(p, i);
    if (limit > 0 && all > (uint64_t)limit) {
        quantity(limit, text);
        snprintf(why, room,
                 "Pod ephemeral local storage usage exceeds the total limit of containers %s. ",
                 text);
        return true;
    }
    for (uint32_t i = 0; i < s->container_count; i++) {
        limit = s->container[i].storage_bytes;
        if (limit <= 0 || container_bytes(p, i) <= (uint64_t)limit)
            continue;
        snprintf(why, room, "Container %s exceeded its local ephemeral storage limit \"%s\". ",
                 s->container[i].name, limit_text(&s->container[i]));
        return true;
    }
    return false;
}

void pod_storage_used(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    struct rx_loop *loop = pod_world_of(p)->loop;
    struct pod_extra *e = pod_spec_of(p)->limits_storage ? pod_extra_of(pod_container_at(p, 0))
        : NULL;
    char why[POD_EVICTION_MAX];

    if (e == NULL || e->whole.evicted != NULL || rx_timer_armed(&e->whole.storage) ||
        !pod_storage_exceeds(p, why, sizeof(why)))
        return;
    rx_loop_arm(loop, &e->whole.storage, (rx_loop_now(loop) / EVERY_MS + 1) * EVERY_MS);
}

void pod_storage_note(struct pod_extra *e, const char *why)
{
    e->whole.evicted = rx_mem_alloc(&pod_world_of(pod_of_container(e->container))->guest,
                                    strlen(why) + 1);
    if (e->whole.evicted != NULL)
        strcpy(e->whole.evicted, why);
}
