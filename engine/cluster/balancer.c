/* SPDX-License-Identifier: Apache-2.0 */
/* balancer.c - nodes in turn, and whether they are healthy. */
#include "engine/cluster/balancer.h"
#include "engine/cluster/node.h"

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
    rx_mem_free(&c->world->guest, s->balanced.node,
                s->balanced.room * sizeof(*s->balanced.node));
    s->balanced = (struct cluster_balanced){.count = 0};
    if (needs_checks(s) && c->balanced > 0 && --c->balanced == 0)
        cluster_work_drop(c, &c->checks);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static uint32_t number_of(const struct st_object *o)
{
    return rx_container_of(o, struct cluster_node, object)->pods_node->number;
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

static void check_node(struct cluster *c, struct cluster_service *s, uint32_t node)
{
    struct cluster_health *h = health_of(c, s, node);

    if (h == NULL)
        return;
    cluster_health_check(h, cluster_health_answer(!cluster_node_dead(c, node), h->ready),
                         (uint32_t)c->world->knobs.lb_check_failures);
    h->ready = 0;
}

static void check(struct cluster *c, struct cluster_service *s)
{
    RX_LIST_EACH (l, &s->endpoints) {
        const struct cluster_endpoint *e = rx_container_of(l, struct cluster_endpoint, link);
        struct cluster_health *h =
            e->node != CLUSTER_NO_NODE &&
                    cluster_endpoint_ready(e->programmed[cluster_proxy_of(c, e->node)])
                ? health_of(c, s, e->node)
                : NULL;

        if (h != NULL)
            h->ready++;
    }
    if (c->store->table[ST_NODE].count == 0)
        check_node(c, s, 0); /* without Node objects there is one */
    ST_EACH(l, c->store, ST_NODE)
        check_node(c, s, number_of(st_object_at(l)));
}

void cluster_balancer_settle(struct cluster *c)
{
    if (c->balanced == 0 || c->check_due == RX_MS_NEVER)
        return;
    c->check_due = RX_MS_NEVER;
    c->checked++;
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

static void list(struct cluster *c, struct cluster_service *s, bool all)
{
    struct cluster_balanced *b = &s->balanced;

    b->count = 0;
    if (c->store->table[ST_NODE].count == 0)
        b->node[b->count++] = 0;
    ST_EACH(l, c->store, ST_NODE) {
        uint32_t node = number_of(st_object_at(l));

        if (all || is_in(c, s, node))
            b->node[b->count++] = node;
    }
}

/* The list is worked out when something has changed that it depends on. */
uint32_t cluster_balancer_nodes(struct cluster *c, struct cluster_service *s)
{
    const struct st_table *nodes = &c->store->table[ST_NODE];
    uint32_t wanted = (uint32_t)RX_MAX(nodes->count, 1u), *more;
    struct cluster_balanced *b = &s->balanced, now = *b;

    cluster_balancer_settle(c);
    now.nodes = nodes->changes;
    now.epoch = c->nodes != NULL ? c->nodes->epoch : 0;
    now.checked = c->checked;
    if (b->count > 0 && now.nodes == b->nodes && now.epoch == b->epoch &&
        now.checked == b->checked)
        return b->count;
    if (wanted > b->room) {
        more = rx_mem_grow(&c->world->guest, b->node, b->room * sizeof(*more),
                           wanted * sizeof(*more));
        if (more == NULL)
            return 0; /* the engine ends by it */
        now.node = more;
        now.room = wanted;
    }
    *b = now;
    list(c, s, false);
    if (b->count == 0)
        list(c, s, true); /* none is in: all are */
    return b->count;
}

uint32_t cluster_balancer_node(const struct cluster_service *s, uint32_t i)
{
    return s->balanced.node[i];
}
