/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing.c - what the store has beside pods, one object a call. An object's number is its kind and
 * its serial, which no other of its kind ever has.
 */
#include "api/sized.h"
#include "engine/reactor/err.h"

enum { KIND_SHIFT = 56 };

static struct cluster_step *step_of(const struct st_object *o)
{
    return rx_container_of(o, struct cluster_step, object);
}

/* A bare pod is no workload to those who look from outside, a step that was taken is over, and a
 * Scenario is its steps. */
static bool is_listed(const struct st_object *o)
{
    if (o->kind == ST_SCENARIO)
        return false;
    return o->kind == ST_WORKLOAD
               ? o->sub != POD_WORKLOAD_POD && (o->sub & CLUSTER_DEPARTED) == 0
                                  : o->kind != ST_STEP || !rx_list_empty(&step_of(o)->link);
}

uint64_t podring_next_object(podring *r, uint64_t *cursor)
{
    uint64_t serial, kind;

    if (api_enter(r, __func__) != 0)
        return 0;
    if (cursor == NULL) {
        api_fail(r, -PODRING_EINVALID, "podring_next_object: cursor is NULL");
        return 0;
    }
    kind = RX_MAX(*cursor >> KIND_SHIFT, ST_WORKLOAD);
    serial = *cursor & (((uint64_t)1 << KIND_SHIFT) - 1);
    for (; kind < ST_KINDS; kind++, serial = 0) {
        const struct st_object *o = api_object_from(r, (enum st_kind)kind, serial + 1);

        while (o != NULL && !is_listed(o))
            o = api_object_from(r, (enum st_kind)kind, o->meta.serial + 1);
        if (o != NULL)
            return *cursor = kind << KIND_SHIFT | o->meta.serial;
    }
    return 0;
}

int podring_object_info(podring *r, uint64_t object, struct podring_object_info *given)
{
    struct podring_object_info full = PODRING_OBJECT_INFO_INIT, *out = &full;
    uint64_t kind = object >> KIND_SHIFT;
    const struct st_object *o = NULL;

    API_OWN(r);
    API_SIZED(r, given);
    if (kind >= ST_WORKLOAD && kind < ST_KINDS)
        o = api_object(r, (enum st_kind)kind, object & (((uint64_t)1 << KIND_SHIFT) - 1));
    if (o == NULL || !is_listed(o))
        return api_fail(r, -PODRING_ENOTFOUND, "no object has the number %llu",
                        (unsigned long long)object);
    out->version = o->meta.version;
    out->share = r->coupling.on && o->name != NULL
                     ? (int32_t)api_coupled_share(r, o->kind, o->sub, o->ns, o->name)
                     : -1;
    out->created_ms = o->meta.created;
    out->due_ms = -1;
    out->replicas = -1;
    out->kind = api_object_kind(o);
    out->namespace_ = o->ns;
    out->name = api_object_name(o);
    if (o->kind == ST_WORKLOAD && cluster_has_replicas((enum pod_workload_kind)o->sub))
        out->replicas = rx_container_of(o, struct cluster_workload, object)->replicas;
    if (o->kind == ST_STEP) {
        const struct pod_step *step = &step_of(o)->spec;

        out->due_ms = step->at;
        api_step_text(step, r->strings.message, sizeof(r->strings.message));
        out->text = r->strings.message;
    }
    API_GIVE(given, &full);
    return 0;
}
