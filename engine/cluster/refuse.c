/* SPDX-License-Identifier: Apache-2.0 */
/* refuse.c - sentences of the API about what it does not do. */
#include "engine/cluster/cluster.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/tell.h"

void cluster_refuse(struct cluster_refusal *r, const char *reason, const char *format, ...)
{
    va_list args;

    r->reason = reason;
    va_start(args, format);
    vsnprintf(r->message, sizeof(r->message), format, args);
    va_end(args);
}

/* As the API calls a kind: its plural, with the group. */
void cluster_refuse_missing(struct cluster_refusal *r, const char *kind, const char *name)
{
    static const struct {
        const char *kind, *plural, *group;
    } row[] = {
        {"deployment", NULL, ".apps"},
        {"replicaset", NULL, ".apps"},
        {"statefulset", NULL, ".apps"},
        {"daemonset", NULL, ".apps"},
        {"job", NULL, ".batch"},
        {"cronjob", NULL, ".batch"},
        {"ingress", "ingresses", ".networking.k8s.io"},
        {"endpointslice", NULL, ".discovery.k8s.io"},
        {"horizontalpodautoscaler", NULL, ".autoscaling"},
        {"poddisruptionbudget", NULL, ".policy"},
        {"priorityclass", "priorityclasses", ".scheduling.k8s.io"},
        {"metrics", "metrics", ".podring.dev"},
        {"client", NULL, ".podring.dev"},
        {"behavior", NULL, ".podring.dev"},
    };
    size_t i = 0;

    while (i < RX_ARRAY_LEN(row) && strcmp(row[i].kind, kind) != 0)
        i++;
    if (i < RX_ARRAY_LEN(row) && row[i].plural != NULL)
        cluster_refuse(r, "NotFound", "%s%s \"%s\" not found", row[i].plural, row[i].group, name);
    else
        cluster_refuse(r, "NotFound", "%ss%s \"%s\" not found", kind,
                       i < RX_ARRAY_LEN(row) ? row[i].group : "", name);
}

void cluster_step_told(struct cluster *c, const struct pod_step *step,
                       const struct cluster_refusal *r)
{
    if (r->reason != NULL && c->host.complain != NULL)
        c->host.complain(c->host.ctx, step, r->message);
    cluster_step_says(c, step, r);
}

void cluster_step_says(struct cluster *c, const struct pod_step *step,
                       const struct cluster_refusal *r)
{
    struct st_object *o = &rx_container_of((struct pod_step *)(uintptr_t)step,
                                          struct cluster_step, spec)->scenario->object;

    if (c->divides)
        return;
    st_tell_result(c->store, o, ST_FIELD_OF_STEP, r->reason != NULL ? "refused" : "done", r->reason,
                   r->reason != NULL ? r->message : NULL);
}

/* All of a namespace is of one Scenario, which nobody has written. */
void cluster_tell_left_out(struct cluster *c, const char *ns, const char *why)
{
    struct st_object *o = st_find(c->store, ST_SCENARIO, 0, ns, "manifest");
    struct cluster_scenario *s;

    if (o == NULL) {
        s = rx_mem_zalloc(c->world->mem, sizeof(*s));
        if (s == NULL)
            return;
        s->object = (struct st_object){.ns = ns, .name = "manifest", .kind = ST_SCENARIO};
        s->steps = 1; /* so that it stays */
        o = &s->object;
        if (st_add(c->store, o) != 0) {
            rx_mem_free(c->world->mem, s, sizeof(*s));
            return;
        }
    }
    st_tell_result(c->store, o, ST_FIELD_OF_STEP, "refused", "Forbidden", why);
}

void cluster_left_out_fini(struct cluster *c)
{
    struct st_object *o;

    while ((o = st_newest(c->store, ST_SCENARIO)) != NULL) {
        st_remove(c->store, o);
        rx_mem_free(c->world->mem, rx_container_of(o, struct cluster_scenario, object),
                    sizeof(struct cluster_scenario));
    }
}
