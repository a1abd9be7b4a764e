/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c - what the sets of a Deployment know of its former documents, and which of them an undo
 * leads back to.
 */
#include "engine/cluster/kinds.h"

static struct cluster_set *set_at(struct rx_list *sibling)
{
    return rx_container_of(rx_container_of(sibling, struct cluster_workload, sibling),
                           struct cluster_set, w);
}

void cluster_deployment_keeps(struct cluster_workload *w, const struct pod_spec *was,
                              struct st_document **document)
{
    if (w->spec.kind != POD_WORKLOAD_DEPLOYMENT || !w->controlled ||
        was->hash == w->spec.template_->hash)
        return;
    RX_LIST_EACH (l, &w->owned) {
        struct cluster_set *s = set_at(l);

        if (s->w.spec.template_->hash != was->hash || s->w.object.document != NULL)
            continue;
        s->w.object.document = *document;
        *document = NULL;
        return;
    }
}

/* The set with that revision, or with the highest but one. */
static struct cluster_set *set_of_revision(struct cluster_workload *w, uint64_t revision)
{
    struct cluster_set *newest = NULL, *before = NULL;

    RX_LIST_EACH (l, &w->owned) {
        struct cluster_set *s = set_at(l);

        if (revision > 0 && s->revision == revision)
            return s;
        if (newest == NULL || s->revision > newest->revision) {
            before = newest;
            newest = s;
        } else if (before == NULL || s->revision > before->revision) {
            before = s;
        }
    }
    return revision > 0 ? NULL : before;
}

bool cluster_deployment_rollback(struct cluster_workload *w, uint64_t revision,
                                 struct cluster_rollback *to, struct cluster_refusal *r)
{
    struct cluster_set *s = set_of_revision(w, revision);

    if (w->spec.deployment->paused)
        cluster_refuse(r, "Invalid", "you cannot rollback a paused deployment; resume it first "
                       "with 'kubectl rollout resume' and try again");
    else if (s == NULL && revision > 0)
        cluster_refuse(r, "NotFound", "unable to find specified revision %llu in history",
                       (unsigned long long)revision);
    else if (s == NULL)
        cluster_refuse(r, "NotFound", "no rollout history found for deployment \"%s\"",
                       w->spec.name);
    if (s == NULL || r->reason != NULL || s->w.spec.template_->hash == w->spec.template_->hash)
        return false;
    *to = (struct cluster_rollback){s->w.spec.template_, s->w.object.document};
    return true;
}
