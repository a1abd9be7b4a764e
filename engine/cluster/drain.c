/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drain.c - a node is emptied as by kubectl drain: cordoned, and its pods evicted, again and again
 * where a budget holds one (kubectl, pkg/drain).
 */
#include <stdio.h>
#include <string.h>

#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/node.h"
#include "engine/reactor/err.h"
#include "engine/reactor/text.h"

enum { RETRY_MS = 5 * RX_MS_PER_S };

/* A pod that has to go. */
struct leaving {
    uint64_t id;
    rx_ms try_at; /* RX_MS_NEVER: it is evicted, and on its way */
};

struct cluster_drain {
    struct rx_list link; /* of the cluster's, by their beginning */
    const struct pod_step *step;
    rx_ms ends; /* RX_MS_NEVER: it takes what it takes */
    uint32_t pods;
    struct cluster_refusal failed; /* why it will not have been done when all others are gone */
    struct leaving pod[];
};

/* ---- who has to go --------------------------------------------------------------------------- */

enum verdict { EVICT, STAYS, OF_A_DAEMON, WITH_STORAGE, OF_NOBODY };

static bool has_empty_dir(const struct pod_spec *spec)
{
    for (uint32_t i = 0; i < spec->volume_count; i++)
        if (spec->volume[i].kind == POD_VOLUME_EMPTY_DIR ||
            spec->volume[i].kind == POD_VOLUME_EMPTY_DIR_MEMORY)
            return true;
    return false;
}

static enum verdict judge(struct cluster *c, const struct pod_step *s, struct pod *p)
{
    const struct cluster_workload *w = cluster_owner_of(c, p);

    if (pod_phase_terminal((enum pod_phase)p->phase))
        return EVICT;
    if (w != NULL && w->spec.kind == POD_WORKLOAD_DAEMONSET)
        return s->ignore_daemons ? STAYS : OF_A_DAEMON;
    if (has_empty_dir(pod_spec_of(p)) && !s->delete_empty_dir)
        return WITH_STORAGE;
    return w != NULL || s->force ? EVICT : OF_NOBODY;
}

static bool is_on(const struct cluster_node *n, const struct pod *p)
{
    return !pod_is_gone(p) && pod_on_node(p) && p->node == n->pods_node->number;
}

/* Those that are against it, by why; several reasons stand in brackets. */
static bool object(struct cluster *c, const struct cluster_node *n, const struct pod_step *s,
                   struct cluster_refusal *r)
{
    static const struct {
        enum verdict verdict;
        const char *text;
    } row[] = {
        {OF_A_DAEMON, "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"},
        {OF_NOBODY, "Pods that declare no controller (use --force to override)"},
        {WITH_STORAGE, "Pods with local storage (use --delete-emptydir-data to override)"},
    };
    struct rx_text t = rx_text_in(r->message + 1, sizeof(r->message) - 3);
    uint32_t reasons = 0;

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        uint32_t pods = 0;

        RX_LIST_EACH (l, &c->world->pods) {
            struct pod *p = rx_container_of(l, struct pod, link);
            char name[POD_NAME_MAX];

            if (!is_on(n, p) || judge(c, s, p) != row[i].verdict)
                continue;
            if (pods == 0)
                rx_text_say(&t, "%scannot delete %s: ", reasons++ > 0 ? ", " : "", row[i].text);
            rx_text_say(&t, "%s%s/%s", pods++ > 0 ? ", " : "", pod_spec_of(p)->ns,
                        pod_name(p, name));
        }
    }
    if (reasons == 0)
        return false;
    rx_text_end(&t);
    r->reason = "Invalid";
    if (reasons > 1) {
        r->message[0] = '[';
        strcat(r->message, "]");
    } else {
        memmove(r->message, r->message + 1, strlen(r->message + 1) + 1);
    }
    return true;
}

/* ---- evicting -------------------------------------------------------------------------------- */

static void evict(struct cluster *c, struct cluster_drain *d, struct leaving *l, struct pod *p)
{
    const struct pod_delete_request request = {.given = d->step->grace_s >= 0,
                                               .grace_s = d->step->grace_s};
    struct cluster_refusal r = {.reason = NULL}, said;
    char room[POD_NAME_MAX];
    const char *name = pod_name(p, room);

    l->try_at = RX_MS_NEVER;
    if (pod_is_deleting(p) || cluster_evict_pod(c, p, &request, &r))
        return;
    if (strcmp(r.reason, "TooManyRequests") == 0) {
        l->try_at = rx_loop_now(c->world->loop) + RETRY_MS;
        cluster_refuse(&said, r.reason,
                       "error when evicting pods/\"%s\" -n \"%s\" (will retry after 5s): %s", name,
                       pod_spec_of(p)->ns, r.message);
        cluster_step_says(c, d->step, &said);
        return;
    }
    if (d->failed.reason == NULL)
        cluster_refuse(&d->failed, r.reason, "error when evicting pods/\"%s\" -n \"%s\": %s", name,
                       pod_spec_of(p)->ns, r.message);
    l->id = 0;
}

/* What is left when the time is over. */
static void run_out(struct cluster *c, struct cluster_drain *d)
{
    struct rx_text t = rx_text_in(d->failed.message + 1, sizeof(d->failed.message) - 3);
    char time[32], name[POD_NAME_MAX];
    uint32_t left = 0;

    pod_duration_text(d->step->for_ms, time, sizeof(time));
    for (uint32_t i = 0; i < d->pods; i++) {
        struct pod *p = pod_get(c->world, d->pod[i].id);

        if (p == NULL)
            continue;
        rx_text_say(&t, d->pod[i].try_at == RX_MS_NEVER
                            ? "%serror when waiting for pod \"%s\" in namespace \"%s\" to "
                              "terminate: global timeout reached: %s"
                            : "%serror when evicting pods/\"%s\" -n \"%s\": global timeout "
                              "reached: %s",
                    left++ > 0 ? ", " : "", pod_name(p, name), pod_spec_of(p)->ns, time);
    }
    rx_text_end(&t);
    d->failed.reason = "Timeout";
    d->failed.message[0] = '[';
    if (left > 1)
        strcat(d->failed.message, "]");
    else
        memmove(d->failed.message, d->failed.message + 1, strlen(d->failed.message));
}

/* ---- its course ------------------------------------------------------------------------------ */

static uint32_t left_of(struct cluster *c, const struct cluster_drain *d)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < d->pods; i++)
        n += pod_get(c->world, d->pod[i].id) != NULL;
    return n;
}

static void drop(struct cluster *c, struct cluster_drain *d)
{
    rx_list_remove(&d->link);
    rx_mem_free(c->world->mem, d, sizeof(*d) + d->pods * sizeof(*d->pod));
}

/* All that is due, and whether that was it. */
static void go_on(struct cluster *c, struct cluster_drain *d)
{
    rx_ms now = rx_loop_now(c->world->loop);

    for (uint32_t i = 0; i < d->pods && now < d->ends; i++) {
        struct pod *p = pod_get(c->world, d->pod[i].id);

        if (p != NULL && d->pod[i].try_at <= now)
            evict(c, d, &d->pod[i], p);
    }
    if (left_of(c, d) > 0 && now < d->ends)
        return;
    if (left_of(c, d) > 0)
        run_out(c, d);
    cluster_step_told(c, d->step, &d->failed);
    drop(c, d);
}

static void arm(struct cluster *c)
{
    rx_ms next = RX_MS_NEVER;

    RX_LIST_EACH(l, &c->drains) {
        const struct cluster_drain *d = rx_container_of(l, struct cluster_drain, link);

        next = RX_MIN(next, d->ends);
        for (uint32_t i = 0; i < d->pods; i++)
            if (pod_get(c->world, d->pod[i].id) != NULL)
                next = RX_MIN(next, d->pod[i].try_at);
    }
    if (next != RX_MS_NEVER)
        rx_loop_arm(c->world->loop, &c->drain_timer, next);
    else
        rx_loop_disarm(c->world->loop, &c->drain_timer);
}

void cluster_on_drain(struct cluster *c)
{
    struct st_log *log = &c->world->log;
    struct rx_list *next;

    for (struct rx_list *l = c->drains.next; l != &c->drains; l = next) {
        struct cluster_drain *d = rx_container_of(l, struct cluster_drain, link);

        next = l->next;
        log->acting = rx_container_of(d->step, struct cluster_step, spec)->object.meta.version;
        go_on(c, d);
        log->acting = 0;
    }
    arm(c);
}

void cluster_drains_changed(struct cluster *c, const struct pod *p)
{
    RX_LIST_EACH(l, &c->drains) {
        const struct cluster_drain *d = rx_container_of(l, struct cluster_drain, link);

        for (uint32_t i = 0; i < d->pods; i++)
            if (d->pod[i].id == p->id)
                rx_loop_arm(c->world->loop, &c->drain_timer, rx_loop_now(c->world->loop));
    }
}

void cluster_drain_node(struct cluster *c, const struct pod_step *s, struct cluster_refusal *r)
{
    rx_ms now = rx_loop_now(c->world->loop);
    struct cluster_node *n = c->nodes != NULL ? cluster_node_find(c, s->object_name) : NULL;
    struct cluster_drain *d;
    uint32_t count = 0;

    if (n == NULL) {
        cluster_refuse_missing(r, "node", s->object_name);
        return;
    }
    cluster_node_cordon(c, n, true);
    if (object(c, n, s, r))
        return;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        count += is_on(n, p) && judge(c, s, p) == EVICT;
    }
    d = rx_mem_zalloc(c->world->mem, sizeof(*d) + count * sizeof(*d->pod));
    if (d == NULL) {
        cluster_refuse(r, "InternalError", "%s", rx_err_text(-RX_ENOMEM));
        return;
    }
    d->step = s;
    d->ends = s->for_ms > 0 ? now + s->for_ms : RX_MS_NEVER;
    RX_LIST_EACH (l, &c->world->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);

        if (is_on(n, p) && judge(c, s, p) == EVICT)
            d->pod[d->pods++] = (struct leaving){p->id, now};
    }
    rx_list_add_tail(&c->drains, &d->link);
    r->later = true;
    go_on(c, d);
    arm(c);
}

void cluster_drains_fini(struct cluster *c)
{
    while (!rx_list_empty(&c->drains))
        drop(c, rx_container_of(c->drains.next, struct cluster_drain, link));
}
