/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resource_ref.c - what resourceFieldRefs come to (pkg/api/v1/resource:
 * ExtractContainerResourceValue).
 */
#include "engine/store/resource_ref.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/store/rule_request.h"

static const struct pod_container_spec *container_named(const struct pod_spec *pod,
                                                        const char *name)
{
    for (uint32_t i = 0; i < pod->container_count; i++)
        if (strcmp(pod->container[i].name, name) == 0)
            return &pod->container[i];
    return NULL;
}

static int64_t node_has(const char *resource)
{
    int64_t bytes = strcmp(resource, "ephemeral-storage") == 0 ? (int64_t)100 << 30
                    : strcmp(resource, "memory") == 0          ? (int64_t)16 << 30
                    : strcmp(resource, "cpu") == 0             ? 8
                                                               : 0;

    return bytes * 1000;
}

static bool milli_of(const struct pod_labels *list, const char *resource, int64_t *out)
{
    struct st_quantity q;

    return st_amount_text(list, resource, &q) && q.nano >= 0 && st_quantity_milli(&q, out);
}

static const char *amount(struct rx_arena *arena, const struct pod_container_spec *of,
                          const char *field, int64_t divisor)
{
    const char *dot = strchr(field, '.'), *resource = dot != NULL ? dot + 1 : "";
    bool request = strncmp(field, "requests.", 9) == 0;
    int64_t milli = request ? 0 : node_has(resource), is;

    if (of != NULL && milli_of(request ? &of->requests : &of->limits, resource, &is))
        milli = is;
    return rx_arena_printf(arena, "%lld", (long long)(milli / divisor + (milli % divisor > 0)));
}

static int fill_env(struct rx_arena *arena, const struct pod_spec *pod,
                    struct pod_container_spec *c)
{
    struct pod_env_spec *env = NULL;

    for (uint32_t i = 0; i < c->env_count; i++) {
        const struct pod_env_spec *e = &c->env[i];

        if (e->divisor_milli == 0)
            continue;
        if (env == NULL)
            env = rx_arena_alloc(arena, c->env_count * sizeof(*env));
        if (env == NULL)
            return -RX_ENOMEM;
        if (c->env != env)
            memcpy(env, c->env, c->env_count * sizeof(*env));
        c->env = env;
        env[i].amount = amount(arena, env[i].from_name[0] != '\0'
                                          ? container_named(pod, env[i].from_name)
                                          : c,
                               env[i].from_key, env[i].divisor_milli);
        if (env[i].amount == NULL)
            return -RX_ENOMEM;
    }
    return 0;
}

static int fill_projection(struct rx_arena *arena, const struct pod_spec *pod,
                           struct pod_projection_spec *p)
{
    struct pod_key_path *item = NULL;

    for (uint32_t i = 0; i < p->item_count; i++) {
        if (p->item[i].divisor_milli == 0)
            continue;
        if (item == NULL)
            item = rx_arena_alloc(arena, p->item_count * sizeof(*item));
        if (item == NULL)
            return -RX_ENOMEM;
        if (p->item != item)
            memcpy(item, p->item, p->item_count * sizeof(*item));
        p->item = item;
        item[i].amount = amount(arena, container_named(pod, item[i].container), item[i].resource,
                                item[i].divisor_milli);
        if (item[i].amount == NULL)
            return -RX_ENOMEM;
    }
    return 0;
}

static bool refers(const struct pod_projection_spec *p)
{
    for (uint32_t i = 0; i < p->item_count; i++)
        if (p->item[i].divisor_milli != 0)
            return true;
    return false;
}

static int fill_volume(struct rx_arena *arena, const struct pod_spec *pod,
                       struct pod_volume_spec *v)
{
    struct pod_projection_spec *list;
    bool any = false;
    int rc = 0;

    for (uint32_t i = 0; i < v->projection_count; i++)
        any = any || refers(&v->projection[i]);
    if (!any)
        return 0;
    list = rx_arena_alloc(arena, v->projection_count * sizeof(*list));
    if (list == NULL)
        return -RX_ENOMEM;
    memcpy(list, v->projection, v->projection_count * sizeof(*list));
    v->projection = list;
    for (uint32_t i = 0; rc == 0 && i < v->projection_count; i++)
        rc = fill_projection(arena, pod, &list[i]);
    return rc;
}

static bool has_references(const struct pod_spec *pod)
{
    for (uint32_t i = 0; i < pod->container_count; i++)
        for (uint32_t k = 0; k < pod->container[i].env_count; k++)
            if (pod->container[i].env[k].divisor_milli != 0)
                return true;
    for (uint32_t i = 0; i < pod->volume_count; i++)
        for (uint32_t k = 0; k < pod->volume[i].projection_count; k++)
            if (refers(&pod->volume[i].projection[k]))
                return true;
    return false;
}

int st_resources_fill(struct rx_arena *arena, struct pod_spec *pod)
{
    struct pod_container_spec *container = NULL;
    struct pod_volume_spec *volume = NULL;
    int rc = 0;

    if (!has_references(pod))
        return 0;
    if (pod->container_count > 0) {
        container = rx_arena_alloc(arena, pod->container_count * sizeof(*container));
        if (container == NULL)
            return -RX_ENOMEM;
        memcpy(container, pod->container, pod->container_count * sizeof(*container));
    }
    if (pod->volume_count > 0) {
        volume = rx_arena_alloc(arena, pod->volume_count * sizeof(*volume));
        if (volume == NULL)
            return -RX_ENOMEM;
        memcpy(volume, pod->volume, pod->volume_count * sizeof(*volume));
    }
    for (uint32_t i = 0; rc == 0 && i < pod->container_count; i++)
        rc = fill_env(arena, pod, &container[i]);
    for (uint32_t i = 0; rc == 0 && i < pod->volume_count; i++)
        rc = fill_volume(arena, pod, &volume[i]);
    pod->container = container;
    pod->volume = volume;
    return rc;
}
