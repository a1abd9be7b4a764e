/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.c - the securityContexts of a pod and its containers, as far as they decide who a
 * process is and what it may write (pkg/securitycontext: DetermineEffectiveSecurityContext;
 * pkg/apis/core/validation: ValidateSecurityContext).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

/* False: not given. */
static bool id_read(struct mf_load *l, const struct mf_at *context, const char *field, int64_t *out)
{
    struct mf_at at = mf_field(context, field);

    return mf_integer_at(l, &at, "int64", out) && mf_number_between(l, &at, *out, 0, INT32_MAX);
}

void mf_pod_security_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at context = mf_field(spec, "securityContext"),
                 groups = mf_field(&context, "supplementalGroups");
    int64_t id;

    out->fs_group = -1;
    if (!mf_is_object(l, &context))
        return;
    mf_fields_check(l, &context, MF_FIELDS_POD_SECURITY);
    id_read(l, &context, "runAsUser", &id);
    id_read(l, &context, "runAsGroup", &id);
    mf_bool(l, &context, "runAsNonRoot", false);
    if (id_read(l, &context, "fsGroup", &id))
        out->fs_group = id;
    for (uint32_t i = 0; i < mf_count(l, &groups); i++) {
        struct mf_at at = mf_item(&groups, i);

        if (mf_integer_at(l, &at, "int64", &id))
            mf_number_between(l, &at, id, 0, INT32_MAX);
    }
}

/* What the pod says has been checked with the pod: here it is only looked up. */
static int64_t pod_id(const struct mf_load *l, const char *field)
{
    struct mf_at context = mf_field(l->pod, "securityContext"), at = mf_field(&context, field);

    return at.node && at.node->type == MF_INT && at.node->number >= 0 && at.node->number <=
        INT32_MAX
               ? at.node->number
               : -1;
}

static void group_add(uint32_t *group, uint32_t *count, int64_t id)
{
    uint32_t at = 0;

    while (at < *count && group[at] < id)
        at++;
    if (id < 0 || id > INT32_MAX || (at < *count && group[at] == id))
        return;
    for (uint32_t i = (*count)++; i > at; i--)
        group[i] = group[i - 1];
    group[at] = (uint32_t)id;
}

static void groups_read(struct mf_load *l, struct pod_user_spec *out)
{
    struct mf_at context = mf_field(l->pod, "securityContext"),
                 more = mf_field(&context, "supplementalGroups");
    uint32_t count = more.node && more.node->type == MF_SEQUENCE ? more.node->count : 0, room;
    uint32_t *group = mf_array(l, count + 2, sizeof(*group), &room);

    if (room == 0)
        return;
    group_add(group, &out->group_count, out->gid);
    group_add(group, &out->group_count, pod_id(l, "fsGroup"));
    for (uint32_t i = 0; i < count; i++) {
        struct mf_at at = mf_item(&more, i);

        if (at.node && at.node->type == MF_INT)
            group_add(group, &out->group_count, at.node->number);
    }
    out->group = group;
}

void mf_security_read(struct mf_load *l, const struct mf_at *container,
                      struct pod_container_spec *out)
{
    struct mf_at context = mf_field(container, "securityContext"),
                 pod = mf_field(l->pod, "securityContext"),
                 non_root = mf_field(&pod, "runAsNonRoot");
    int64_t uid = pod_id(l, "runAsUser"), gid = pod_id(l, "runAsGroup");

    out->user.non_root = non_root.node && non_root.node->type == MF_BOOL && non_root.node->truth;
    if (mf_is_object(l, &context)) {
        mf_fields_check(l, &context, MF_FIELDS_SECURITY);
        id_read(l, &context, "runAsUser", &uid);
        id_read(l, &context, "runAsGroup", &gid);
        out->user.non_root = mf_bool(l, &context, "runAsNonRoot", out->user.non_root);
        out->read_only_root = mf_bool(l, &context, "readOnlyRootFilesystem", false);
    }
    out->user.given = uid >= 0;
    out->user.uid = uid >= 0 ? (uint32_t)uid : 0;
    out->user.gid = gid >= 0 ? (uint32_t)gid : 0;
    groups_read(l, &out->user);
}
