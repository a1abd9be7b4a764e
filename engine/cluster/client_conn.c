/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_conn.c - connections that are kept, and the pods at their other ends. A pod is known to a
 * client as long as something leads to it, or for good where the client counts by pod.
 */
#include "engine/cluster/client_int.h"
#include "engine/reactor/hash.h"

/* ---- pods ------------------------------------------------------------------------------------ */

struct cluster_peer *cluster_peer_find(struct cluster_client *k, uint64_t pod)
{
    uint32_t cursor = 0;
    struct cluster_peer *p;

    while ((p = rx_map_next(&k->peer_of, rx_hash_end(pod), &cursor)) != NULL) {
        if (p->pod.id == pod)
            return p;
    }
    return NULL;
}

struct cluster_peer *cluster_peer_of(struct cluster_client *k, uint64_t id)
{
    const struct rx_mem *mem = k->cluster->world->mem;
    struct cluster_peer *p = cluster_peer_find(k, id);
    struct pod **slot = p == NULL ? rx_slab_get(&k->cluster->world->ids, id) : NULL;

    if (slot == NULL)
        return p;
    p = rx_mem_zalloc(mem, sizeof(*p));
    if (p == NULL)
        return NULL;
    if (rx_map_put(&k->peer_of, rx_hash_end(id), p) != 0) {
        rx_mem_free(mem, p, sizeof(*p));
        return NULL;
    }
    rx_list_init(&p->flights);
    rx_list_init(&p->conns);
    p->pod = (struct st_pod_ref){.id = id,
                                 .serial = (*slot)->serial,
                                 .spec = pod_spec_of(*slot),
                                 .owner = (*slot)->owner,
                                 .ordinal = (*slot)->ordinal};
    p->node = (*slot)->node;
    rx_list_add_tail(&k->peers, &p->link);
    return p;
}

void cluster_peer_forget(struct cluster_client *k, struct cluster_peer *p)
{
    if (k->spec.by_pod || k->metered || !rx_list_empty(&p->flights) || !rx_list_empty(&p->conns))
        return;
    rx_map_remove(&k->peer_of, rx_hash_end(p->pod.id), p);
    rx_list_remove(&p->link);
    rx_mem_free(k->cluster->world->mem, p, sizeof(*p));
}

/* ---- connections ----------------------------------------------------------------------------- */

struct cluster_conn *cluster_conn_open(struct cluster_client *k, uint32_t machine)
{
    struct cluster_conn *c = k->free_conn;

    if (c != NULL)
        k->free_conn = c->next_free;
    else
        c = rx_arena_alloc(&k->arena, sizeof(*c));
    if (c == NULL)
        return NULL;
    *c = (struct cluster_conn){.machine = machine, .closed = RX_MS_NEVER, .client = k};
    rx_list_init(&c->link);
    rx_list_init(&c->peer_link);
    k->machine[machine].open++;
    return c;
}

void cluster_conn_leads(struct cluster_client *k, struct cluster_conn *conn,
                        const struct cluster_candidate *to, const struct pod_served *served)
{
    conn->peer = cluster_peer_of(k, to->pod);
    conn->port = to->port;
    conn->container = served->container;
    conn->keep = served->keep;
    if (conn->peer != NULL)
        rx_list_add_tail(&conn->peer->conns, &conn->peer_link);
}

/* The first of those that wait begins, by its number, in this instant. */
static void call_waiting(struct cluster_client *k, struct cluster_machine *m)
{
    struct rx_list *l = rx_list_take_head(&m->waiting);
    struct cluster_flight *f;

    if (l == NULL)
        return;
    f = rx_container_of(l, struct cluster_flight, link);
    f->state = CLUSTER_FLIGHT_AGAIN;
    cluster_queue_remove(&k->waits, f);
    cluster_queue_push(&k->waits, f, cluster_client_now(k));
}

static void close_conn(struct cluster_client *k, struct cluster_conn *c)
{
    struct cluster_machine *m = &k->machine[c->machine];

    rx_list_remove(&c->link);
    rx_list_remove(&c->peer_link);
    if (c->wire != NULL)
        k->caller->drop(c->wire);
    if (k->caller != NULL && c->peer != NULL)
        cluster_peer_forget(k, c->peer); /* nobody says when a pod has ended */
    m->open--;
    c->next_free = k->free_conn;
    k->free_conn = c;
    call_waiting(k, m);
}

static enum cluster_idle look(const struct cluster_client *k, const struct cluster_conn *c)
{
    struct cluster_idle_in in = {
        .now = cluster_client_now(k),
        .last = c->last,
        .closed = c->closed,
        .client_idle = k->spec.idle,
        .server_idle = c->peer != NULL && !c->dead ? c->keep.idle : RX_MS_NEVER,
        .rtt = k->cluster->world->knobs.rtt,
    };

    return cluster_idle(&in);
}

struct cluster_conn *cluster_conn_reuse(struct cluster_client *k, uint32_t machine, bool *lost)
{
    struct cluster_machine *m = &k->machine[machine];

    *lost = false;
    while (!rx_list_empty(&m->idle)) {
        struct cluster_conn *c = rx_container_of(m->idle.next, struct cluster_conn, link);
        enum cluster_idle how = look(k, c);

        if (how == CLUSTER_IDLE_GONE) {
            close_conn(k, c);
            continue;
        }
        rx_list_remove(&c->link);
        c->idle = false;
        *lost = how == CLUSTER_IDLE_RESET;
        return c;
    }
    return NULL;
}

void cluster_conn_done(struct cluster_client *k, struct cluster_conn *c, bool lasts)
{
    struct cluster_machine *m = &k->machine[c->machine];

    c->requests++;
    if (!lasts || c->drained || (c->keep.requests > 0 && c->requests >= c->keep.requests) ||
        (k->spec.max_requests > 0 && c->requests >= k->spec.max_requests)) {
        close_conn(k, c);
        return;
    }
    c->idle = true;
    c->last = cluster_client_now(k);
    rx_list_add_tail(m->idle.next, &c->link); /* before the first: the newest */
    call_waiting(k, m);
}

/* ---- ends ------------------------------------------------------------------------------------ */

void cluster_conn_close_idle(struct cluster_client *k, struct cluster_conn *c)
{
    c->drained = true;
    if (!c->idle)
        return;
    if (k->cluster->world->knobs.rtt > 0)
        c->closed = RX_MIN(c->closed, cluster_client_now(k));
    else
        close_conn(k, c);
}

void cluster_conn_gone(struct cluster_client *k, struct cluster_conn *c)
{
    c->wire = NULL;
    close_conn(k, c);
}
