/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c - what is kept of the former documents of a workload, and which of them an undo leads
 * back to: a Deployment's sets, the ControllerRevisions of a StatefulSet or a DaemonSet.
 */
#include "engine/cluster/daemonset.h"
#include "engine/cluster/statefulset.h"

/* NULL: it has no ControllerRevisions. */
static struct cluster_history *revisions_of(struct cluster_workload *w)
{
    if (w->spec.kind == POD_WORKLOAD_STATEFULSET)
        return &rx_container_of(w, struct cluster_stateful, w)->history;
    if (w->spec.kind == POD_WORKLOAD_DAEMONSET)
        return &rx_container_of(w, struct cluster_daemonset, w)->history;
    return NULL;
}

static struct cluster_set *set_at(struct rx_list *sibling)
{
    return rx_container_of(rx_container_of(sibling, struct cluster_workload, sibling),
                           struct cluster_set, w);
}

static void revision_keeps(struct cluster_history *h, const struct pod_spec *was,
                           struct st_document **document)
{
    for (uint32_t i = 0; i < h->count; i++) {
        struct st_object *o = &h->at[i]->object;

        if (h->at[i]->spec->hash != was->hash || o->document != NULL || o->mute)
            continue;
        o->document = *document;
        *document = NULL;
        return;
    }
}

void cluster_keeps(struct cluster_workload *w, const struct pod_spec *was,
                   struct st_document **document)
{
    struct cluster_history *h = revisions_of(w);

    if (!w->controlled || was->hash == w->spec.template_->hash)
        return;
    if (h != NULL)
        revision_keeps(h, was, document);
    if (w->spec.kind != POD_WORKLOAD_DEPLOYMENT)
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

/* The one with that number; 0: the newest but one. NULL: there is none. */
static struct cluster_template *template_of_revision(const struct cluster_history *h,
                                                     uint64_t number)
{
    struct cluster_template *newest = NULL, *before = NULL;

    for (uint32_t i = 0; i < h->count; i++) {
        struct cluster_template *t = h->at[i];

        if (number > 0 && t->number == number)
            return t;
        if (newest == NULL || t->number > newest->number) {
            before = newest;
            newest = t;
        } else if (before == NULL || t->number > before->number) {
            before = t;
        }
    }
    return number > 0 ? NULL : before;
}

static bool rollback_of_revision(struct cluster_workload *w, const struct cluster_history *h,
                                 uint64_t revision, struct cluster_rollback *to,
                                 struct cluster_refusal *r)
{
    struct cluster_template *t = template_of_revision(h, revision);

    if (t == NULL && revision > 0)
        cluster_refuse(r, "NotFound", "unable to find specified revision %llu in history",
                       (unsigned long long)revision);
    else if (t == NULL)
        cluster_refuse(r, "NotFound", "no last revision to roll back to");
    if (t == NULL || t->spec->hash == w->spec.template_->hash)
        return false;
    *to = (struct cluster_rollback){t->spec, t->object.document};
    return true;
}

bool cluster_rollback_of(struct cluster_workload *w, uint64_t revision,
                         struct cluster_rollback *to, struct cluster_refusal *r)
{
    struct cluster_history *h = revisions_of(w);
    struct cluster_set *s;

    if (h != NULL)
        return rollback_of_revision(w, h, revision, to, r);
    s = set_of_revision(w, revision);

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
