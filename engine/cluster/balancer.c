/* SPDX-License-Identifier: Apache-2.0 */
/* balancer.c - nodes in turn, and whether they are healthy. */
#include "engine/cluster/balancer.h"

#include <string.h>

#include "engine/reactor/err.h"

static int sync(struct cluster *c, struct cluster_work *w);

/* Behind the proxies of its instant. */
enum { NUMBER = CLUSTER_PROXIES_MAX };

static const struct cluster_worker worker = {
    .rank = CLUSTER_RANK_PROXY, .retry = CLUSTER_RETRY_NONE, .sync = sync};

static bool needs_checks(const struct cluster_service *s)
{
    return s->balancer_ip != 0 && s->spec.external_traffic == ST_TRAFFIC_LOCAL;
}

int cluster_balancer_begin(struct cluster *c, struct cluster_service *s)
{
    rx_ms now = rx_loop_now(c->world->loop), period = c->world->knobs.lb_check_period;
    int rc = 0;

    if (!needs_checks(s))
        return 0;
    if (c->balanced++ == 0) {
        c->check_due = RX_MS_NEVER;
        rc = cluster_work_init(c, &c->checks, &worker, NUMBER);
        if (rc == 0)
            cluster_wake(c, &c->checks, (now + period - 1) / period * period);
    }
    return rc;
}

void cluster_balancer_end(struct cluster *c, struct cluster_service *s)
{
    rx_mem_free(&c->world->guest, s->health, s->healths * sizeof(*s->health));
    s->health = NULL;
    s->healths = 0;
    if (needs_checks(s) && c->balanced > 0 && --c->balanced == 0)
        cluster_work_drop(c, &c->checks);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* The i-th node that there is; without Node objects there is one. CLUSTER_NO_NODE: no more. */
static uint32_t node_at(struct cluster *c, uint32_t i)
{
    if (c->store->table[ST_NODE].count == 0)
        return i == 0 ? 0 : CLUSTER_NO_NODE;
    ST_EACH(l, c->store, ST_NODE)
        if (i-- == 0)
            return cluster_node_number(c, st_object_at(l)->name);
    return CLUSTER_NO_NODE;
}

static struct cluster_health *health_of(struct cluster *c, struct cluster_service *s,
                                        uint32_t node)
{
    uint32_t room = s->healths > 0 ? s->healths : 4;
    struct cluster_health *more;

    while (room <= node)
        room *= 2;
    if (node >= s->healths) {
        more = rx_mem_grow(&c->world->guest, s->health, s->healths * sizeof(*more),
                           room * sizeof(*more));
        if (more == NULL)
            return NULL;
        memset(more + s->healths, 0, (room - s->healths) * sizeof(*more));
        s->health = more;
        s->healths = room;
    }
    return &s->health[node];
}

/* ---- checks ---------------------------------------------------------------------------------- */

static uint32_t ready_on(const struct cluster_service *s, uint8_t view, uint32_t node)
{
    uint32_t count = 0;

    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);

        count += e->node == node && cluster_endpoint_ready(e->programmed[view]);
    }
    return count;
}

static void check(struct cluster *c, struct cluster_service *s)
{
    uint32_t node;

    for (uint32_t i = 0; (node = node_at(c, i)) != CLUSTER_NO_NODE; i++) {
        struct cluster_health *h = health_of(c, s, node);
        uint32_t ready = ready_on(s, cluster_proxy_of(c, node), node);

        if (h != NULL)
            cluster_health_check(h, cluster_health_answer(!cluster_node_dead(c, node), ready),
                                 (uint32_t)c->world->knobs.lb_check_failures);
    }
}

void cluster_balancer_settle(struct cluster *c)
{
    if (c->balanced == 0 || c->check_due == RX_MS_NEVER)
        return;
    c->check_due = RX_MS_NEVER;
    ST_EACH(l, c->store, ST_SERVICE) {
        struct cluster_service *s = cluster_service_of(st_object_at(l));

        if (needs_checks(s))
            check(c, s);
    }
}

/* The instant is not over: what it comes to counts, so the check is made when something else is
 * about to change, or when somebody asks. */
static int sync(struct cluster *c, struct cluster_work *w)
{
    rx_ms now = rx_loop_now(c->world->loop);

    cluster_balancer_settle(c);
    c->check_due = now;
    cluster_wake(c, w, now + c->world->knobs.lb_check_period);
    return 0;
}

/* ---- who is in ------------------------------------------------------------------------------- */

static bool is_in(struct cluster *c, const struct cluster_service *s, uint32_t node)
{
    if (!needs_checks(s))
        return cluster_node_ready(c, node);
    return node < s->healths && s->health[node].in;
}

uint32_t cluster_balancer_nodes(struct cluster *c, struct cluster_service *s)
{
    uint32_t all = 0, in = 0, node;

    cluster_balancer_settle(c);
    for (; (node = node_at(c, all)) != CLUSTER_NO_NODE; all++)
        in += is_in(c, s, node);
    return in > 0 ? in : all;
}

uint32_t cluster_balancer_node(struct cluster *c, struct cluster_service *s, uint32_t i)
{
    uint32_t node;

    for (uint32_t k = 0; (node = node_at(c, k)) != CLUSTER_NO_NODE; k++)
        if (is_in(c, s, node) && i-- == 0)
            return node;
    return node_at(c, i); /* none is in: all are */
}
