/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.c - all that pods mean together: opened and closed, and who has to know when a pod has
 * changed.
 */
#include <string.h>

#include "engine/cluster/binder.h"
#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/ingress.h"
#include "engine/cluster/kinds.h"
#include "engine/cluster/node.h"
#include "engine/cluster/proxies.h"
#include "engine/cluster/quota.h"
#include "engine/cluster/slice.h"
#include "engine/cluster/storage.h"

/* Whoever deletes all that he sees, or a pod that is over as soon as it is there, must not keep the
 * engine in one instant for ever: what leaves in the instant of its creation has a successor a
 * second later. Failed pods of a DaemonSet have a back-off of their own. */
static void slow_down(struct cluster_workload *w, const struct pod *p, rx_ms now)
{
    if (w->spec.kind == POD_WORKLOAD_DAEMONSET && p->phase == POD_PHASE_FAILED)
        return;
    if (p->created_at == now && p->counted != CLUSTER_UNREADY && p->counted != CLUSTER_READY)
        w->not_before = now + RX_MS_PER_S;
}

static void tell_controller(struct cluster *c, struct cluster_workload *w, struct pod *p,
                            uint32_t what, bool moved)
{
    if (c->kinds[w->spec.kind].pod != NULL)
        c->kinds[w->spec.kind].pod(c, w, p);
    if (what & POD_CHANGED_LEFT)
        slow_down(w, p, rx_loop_now(c->world->loop));
    if (moved || (what & c->kinds[w->spec.kind].changes) != 0) {
        w->work.cause = p->version;
        cluster_dirty_in(c, &w->work,
                         w->spec.kind == POD_WORKLOAD_JOB ? c->world->knobs.job_batch_ms : 0);
    }
}

static void pod_changed(void *cluster, struct pod *p, uint32_t what)
{
    struct cluster *c = cluster;
    struct cluster_workload *w, *maker = NULL;
    enum cluster_counted was = (enum cluster_counted)p->counted, is = cluster_count_as(p);

    cluster_nodes_pod_changed(c, p, what);
    cluster_slices_changed(c, p);
    if (what & POD_CHANGED_LEFT)
        cluster_storage_pod_left(c);
    cluster_quotas_changed(c, p, what);
    cluster_budgets_changed(c, p);
    if (pod_is_gone(p) && !rx_list_empty(&c->drains))
        cluster_drains_changed(c, p);
    if (p->owner == NULL && !p->strange)
        return;
    p->counted = is & 7;
    if (!p->strange)
        maker = rx_container_of(p->owner, struct cluster_revision, owner)->workload;
    w = p->strange ? cluster_owner_of(c, p) : maker;
    if (w == NULL)
        return;
    w->counts[was]--;
    w->counts[is]++;
    w->stirred += is == CLUSTER_UNREADY || is == CLUSTER_READY;
    if (!w->controlled || cluster_is_departed(w)) {
        if (what & POD_CHANGED_LEFT)
            cluster_heal_left(c, w, p);
        return;
    }
    tell_controller(c, w, p, what, was != is);
    if (is == CLUSTER_NOT_COUNTED && p->strange)
        cluster_claims_went(c, p);
    if (is == CLUSTER_NOT_COUNTED && w->ending)
        cluster_collect(c);
}

enum { DRAIN_KEY = 0xfffe }; /* that of no other timer of its class */

void cluster_init(struct cluster *c, struct pod_world *world, const struct cluster_host *host)
{
    static const struct pod_service_port https = {
        .name = "https", .protocol = "TCP", .port = 443, .target = 6443};

    memset(c, 0, sizeof(*c));
    c->world = world;
    c->host = *host;
    c->run_end = RX_MS_NEVER;
    c->store = &world->store;
    rx_list_init(&c->step_next);
    rx_list_init(&c->departed);
    rx_list_init(&c->node_watches);
    rx_map_init(&c->service_ips, world->mem);
    rx_map_init(&c->selectors, world->mem);
    rx_map_init(&c->endpoints, world->mem);
    rx_map_init(&c->node_ports, world->mem);
    rx_map_init(&c->grips, &world->guest);
    rx_map_init(&c->rules, &world->guest);
    rx_map_init(&c->claimants, world->mem);
    rx_map_init(&c->kept, world->mem);
    rx_map_init(&c->orphans, world->mem);
    rx_list_init(&c->lone_sets);
    rx_list_init(&c->ending);
    c->check_due = RX_MS_NEVER;
    c->ingress_view = CLUSTER_BY_SLICE;
    world->knobs.lb_check_period = 5 * RX_MS_PER_S;
    world->knobs.lb_check_failures = 2;
    world->knobs.cron_delta_ms = 100;
    rx_map_init(&c->pod_ips, &world->guest);
    world->resolve_ctx = c;
    world->knobs.hpa_sync = 15 * RX_MS_PER_S;
    world->knobs.hpa_tolerance = 10;
    world->knobs.hpa_downscale_window = world->knobs.hpa_cpu_init = 300 * RX_MS_PER_S;
    world->knobs.hpa_readiness_delay = 30 * RX_MS_PER_S;
    world->variables = cluster_variables;
    c->api = (struct cluster_service){
        .spec = {.ns = "default", .name = "kubernetes", .port_count = 1, .port = &https},
        .ip = CLUSTER_API_IP};
    rx_list_init(&c->api.endpoints);
    rx_list_init(&c->api.dirty);
    cluster_queue_init(c);
    cluster_quotas_init(c);
    rx_map_init(&c->guards, world->mem);
    rx_list_init(&c->drains);
    rx_timer_init(&c->drain_timer, rx_key(POD_CLASS_SCRIPT, DRAIN_KEY));
    world->changed = pod_changed;
    world->changed_ctx = c;
    rx_timer_init(&c->step_timer, rx_key(POD_CLASS_SCRIPT, 0));
    rx_loop_on(world->loop, POD_CLASS_SCRIPT, cluster_on_script, c);
}

void cluster_fini(struct cluster *c)
{
    struct st_object *o;

    cluster_nodes_fini(c);
    cluster_drains_fini(c);
    cluster_budgets_fini(c);
    cluster_limits_fini(c);
    cluster_quotas_fini(c);
    while ((o = st_newest(c->store, ST_PRIORITY_CLASS)) != NULL)
        cluster_undo_priority(c);
    cluster_workloads_fini(c);
    cluster_services_fini(c);
    cluster_slices_fini(c);
    cluster_ingresses_fini(c);
    while (st_newest(c->store, ST_STEP) != NULL)
        cluster_undo_step(c);
    cluster_left_out_fini(c);
    cluster_work_drop(c, &c->collector);
    cluster_work_drop(c, &c->storage);
    cluster_binder_fini(c);
    cluster_claims_fini(c);
    cluster_queue_fini(c);
    rx_map_fini(&c->service_ips);
    cluster_proxies_fini(c);
    cluster_places_fini(c);
    rx_map_fini(&c->selectors);
    rx_map_fini(&c->endpoints);
    rx_map_fini(&c->node_ports);
    rx_map_fini(&c->grips);
    rx_map_fini(&c->rules);
    rx_map_fini(&c->pod_ips);
}
