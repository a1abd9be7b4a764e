/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - a client: its arrivals, what it does at an instant, what it announces, and how it
 * comes and goes.
 */
#include "engine/cluster/client_int.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

#include <string.h>

/* ---- arrivals -------------------------------------------------------------------------------- */

static rx_ms due_of(const struct cluster_client *k, const struct cluster_arrivals *a)
{
    rx_ms due = k->spec.poisson ? a->chance.due : a->even.due;

    return due < k->over_at ? due : RX_MS_NEVER; /* with the run ends what has no other end */
}

static void advance(struct cluster_client *k, uint32_t i)
{
    const struct st_client_rate *r = &k->spec.rate[i];
    struct cluster_arrivals *a = &k->arrivals[i];
    uint64_t id = k->object.meta.serial << 16 | i;

    if (!k->spec.poisson) {
        cluster_pace_next(&a->even, r);
        return;
    }
    cluster_chance_next(&a->chance, r,
                        rx_prng_exp(rx_prng_at(k->cluster->world->seed, POD_STREAM_ARRIVAL, id,
                                               a->drawn++),
                                    cluster_gap_mean(r)));
}

static void start(struct cluster_client *k)
{
    for (uint32_t i = 0; i < k->spec.rate_count; i++) {
        const struct st_client_rate *r = &k->spec.rate[i];

        if (k->spec.poisson) {
            k->arrivals[i].chance = (struct cluster_chance_pace){.at = rx_ns_from_ms(r->from)};
            advance(k, i);
        } else {
            k->arrivals[i].even = cluster_pace_begin(r);
        }
    }
}

/* Of the windows the one whose request is due first; of equals the earlier one. */
static uint32_t next_arrival(const struct cluster_client *k, rx_ms *due)
{
    uint32_t first = 0;

    *due = RX_MS_NEVER;
    for (uint32_t i = 0; i < k->spec.rate_count; i++) {
        rx_ms at = due_of(k, &k->arrivals[i]);

        if (at < *due) {
            *due = at;
            first = i;
        }
    }
    return first;
}

/* ---- announcements --------------------------------------------------------------------------- */

uint64_t cluster_client_unit(const struct cluster_client *k)
{
    return k->spec.pick == ST_PICK_SHARE ? CLUSTER_UNITS : 1;
}

static void tell(struct cluster_client *k, enum st_field f, uint64_t was, uint64_t is,
                 const struct st_pod_ref *pod)
{
    uint64_t unit = cluster_client_unit(k);

    if (was / unit != is / unit)
        st_tell_count(k->cluster->store, &k->object, f, was / unit, is / unit, pod);
}

static void tell_outcomes(struct cluster_client *k, struct cluster_counts *n,
                          struct cluster_counts *told, const struct st_pod_ref *pod)
{
    static const enum st_field field[ST_OUTCOMES] = {
        ST_FIELD_OF_OK,      ST_FIELD_OF_HTTP_4XX,        ST_FIELD_OF_HTTP_5XX,
        ST_FIELD_OF_REFUSED, ST_FIELD_OF_RESET,           ST_FIELD_OF_CONNECT_TIMEOUT,
        ST_FIELD_OF_REQUEST_TIMEOUT, ST_FIELD_OF_DNS,
    };

    for (int i = 0; i < ST_OUTCOMES; i++)
        tell(k, field[i], told->by[i], n->by[i], pod);
}

static void announce(struct cluster_client *k)
{
    tell(k, ST_FIELD_OF_REQUESTS, cluster_counts_requests(&k->told),
         cluster_counts_requests(&k->counts), NULL);
    tell(k, ST_FIELD_OF_ATTEMPTS, k->told.attempts, k->counts.attempts, NULL);
    tell_outcomes(k, &k->counts, &k->told, NULL);
    tell(k, ST_FIELD_OF_REQUESTS_FAILED, cluster_counts_failed(&k->told),
         cluster_counts_failed(&k->counts), NULL);
    k->told = k->counts;
    if (!k->spec.by_pod)
        return;
    RX_LIST_EACH (l, &k->peers) {
        struct cluster_peer *p = rx_container_of(l, struct cluster_peer, link);

        tell_outcomes(k, &p->counts, &p->told, &p->pod);
        p->told = p->counts;
    }
}

uint64_t cluster_client_served(struct cluster_client *k, uint64_t pod)
{
    const struct cluster_peer *p = cluster_peer_find(k, pod);

    k->metered = true;
    if (p == NULL)
        return 0;
    return p->counts.by[ST_OUTCOME_OK] + p->counts.by[ST_OUTCOME_HTTP_4XX] +
           p->counts.by[ST_OUTCOME_HTTP_5XX];
}

/* ---- an instant ------------------------------------------------------------------------------ */

static rx_ms next_of(const struct cluster_flights *q)
{
    return q->count > 0 ? q->item[0]->due : RX_MS_NEVER;
}

static void arm(struct cluster_client *k)
{
    struct rx_loop *loop = k->cluster->world->loop;
    rx_ms now = rx_loop_now(loop), due;

    next_arrival(k, &due);
    due = RX_MIN(due, next_of(&k->waits));
    if (!k->over) {
        due = RX_MIN(due, k->report_at);
        if (k->pending == 0 || now < k->over_at)
            due = RX_MIN(due, RX_MAX(k->over_at, now));
        if (k->pending > 0 && now < k->cluster->run_end)
            due = RX_MIN(due, k->cluster->run_end);
    }
    if (due == RX_MS_NEVER)
        rx_loop_disarm(loop, &k->due);
    else if (!rx_timer_armed(&k->due) || k->due.due != due)
        rx_loop_arm(loop, &k->due, due);
    due = next_of(&k->answers);
    if (due == RX_MS_NEVER)
        rx_loop_disarm(loop, &k->answer);
    else if (!rx_timer_armed(&k->answer) || k->answer.due != due)
        rx_loop_arm(loop, &k->answer, due);
}

/* One that has waited, or whose time is over. */
static void resume(struct cluster_client *k, struct cluster_flight *f)
{
    cluster_queue_remove(&k->waits, f);
    if (cluster_client_dials(k, f))
        cluster_queue_push(&k->waits, f, cluster_client_now(k) + k->spec.connect);
    else if (f->state == CLUSTER_FLIGHT_AGAIN)
        cluster_client_begin(k, &f->request, f);
    else
        cluster_client_end(k, f);
}

/* A new one. False: none is due. */
static bool arrive(struct cluster_client *k, rx_ms now)
{
    struct cluster_request r = {.units = cluster_client_unit(k)};
    rx_ms due;
    uint32_t i = next_arrival(k, &due);

    if (due > now)
        return false;
    r.number = k->number++;
    r.machine = k->spec.count > 1 ? (uint32_t)(r.number % k->spec.count) : 0;
    advance(k, i);
    cluster_client_begin(k, &r, NULL);
    return true;
}

static void on_due(void *cluster, struct rx_timer *t)
{
    struct cluster_client *k = rx_container_of(t, struct cluster_client, due);
    rx_ms now = cluster_client_now(k);

    (void)cluster;
    if (!k->over && now >= k->report_at) {
        announce(k);
        k->report_at += k->spec.report;
    }
    for (;;) {
        struct cluster_flight *f = cluster_queue_first(&k->waits);

        if (f != NULL && f->due <= now)
            resume(k, f);
        else if (!arrive(k, now))
            break;
        if (k->caller != NULL)
            break; /* what is answered at once is, before the next one begins */
    }
    if (!k->over && now >= k->over_at && (k->pending == 0 || now == k->cluster->run_end)) {
        announce(k);
        k->over = true;
    }
    arm(k);
}

static void on_answer(void *cluster, struct rx_timer *t)
{
    struct cluster_client *k = rx_container_of(t, struct cluster_client, answer);
    rx_ms now = cluster_client_now(k);
    struct cluster_flight *f;

    (void)cluster;
    while ((f = cluster_queue_first(&k->answers)) != NULL && f->due <= now) {
        cluster_queue_remove(&k->answers, f);
        cluster_client_end(k, f);
    }
    arm(k);
}

/* ---- over sockets ---------------------------------------------------------------------------- */

static void on_open(void *owner)
{
    struct cluster_flight *f = owner;

    cluster_client_connected(f->client, f);
    arm(f->client);
}

static void on_end(void *owner, const struct pod_call_told *told)
{
    struct cluster_flight *f = owner;
    struct cluster_client *k = f->client;

    cluster_client_told(k, f, told);
    arm(k);
}

static void on_gone(void *owner)
{
    struct cluster_conn *conn = owner;
    struct cluster_client *k = conn->client;

    cluster_conn_gone(k, conn);
    arm(k);
}

static const struct pod_caller_user user = {on_open, on_end, on_gone};

/* What it says is the same each time. */
static int write_request(struct cluster_client *k)
{
    char room[POD_CALL_MAX], *kept;
    int32_t n;

    k->caller = k->cluster->world->caller;
    k->user = &user;
    if (k->caller == NULL)
        return 0;
    n = k->caller->render(room, sizeof(room), k->spec.host, k->spec.port, k->spec.path,
                          k->spec.keep_alive);
    RX_ASSERT(n > 0); /* cluster_client_unable */
    kept = rx_arena_alloc(&k->arena, (size_t)n);
    if (kept == NULL)
        return -RX_ENOMEM;
    memcpy(kept, room, (size_t)n);
    k->request = kept;
    k->request_length = (uint32_t)n;
    return 0;
}

/* ---- pods that end --------------------------------------------------------------------------- */

static void lost(struct cluster_client *k, struct cluster_peer *p, uint32_t container, bool ended)
{
    struct rx_list *next;

    for (struct rx_list *l = p->flights.next; ended && l != &p->flights; l = next) {
        struct cluster_flight *f = rx_container_of(l, struct cluster_flight, link);

        next = l->next;
        if (f->container != container)
            continue;
        cluster_queue_remove(f->state == CLUSTER_FLIGHT_ASKED ? &k->answers : &k->waits, f);
        f->outcome = ST_OUTCOME_RESET;
        f->lasts = false;
        f->answers = f->head <= cluster_client_now(k);
        cluster_client_end(k, f);
    }
    for (struct rx_list *l = p->conns.next; l != &p->conns; l = next) {
        struct cluster_conn *c = rx_container_of(l, struct cluster_conn, peer_link);

        next = l->next;
        if (c->container == container)
            cluster_conn_close_idle(k, c);
    }
    if (ended)
        cluster_peer_forget(k, p);
    arm(k);
}

/* A pod and its client do not hear of each other any more. */
static void cut(struct cluster_client *k, struct cluster_peer *p)
{
    struct rx_list *l;

    while ((l = p->flights.next) != &p->flights)
        cluster_client_cut(k, rx_container_of(l, struct cluster_flight, link));
}

/* Its process is gone, and what is connected to it does not know. */
static void die(struct cluster_client *k, struct cluster_peer *p, uint32_t container)
{
    RX_LIST_EACH (l, &p->conns) {
        struct cluster_conn *c = rx_container_of(l, struct cluster_conn, peer_link);

        if (k->caller == NULL && c->container != container)
            continue;
        if (c->idle && !c->dead && c->keep.idle <= cluster_client_now(k) - c->last)
            c->closed = RX_MIN(c->closed, c->last + c->keep.idle); /* that was heard */
        c->dead = true;
        if (c->wire != NULL)
            k->caller->drop(c->wire);
        c->wire = NULL;
    }
}

static void cut_wires(struct cluster_client *k)
{
    for (uint32_t i = 0; i < k->waits.count; i++) {
        struct cluster_flight *f = k->waits.item[i];

        if (f->wire != NULL && !cluster_reaches(k->cluster, k->aim.node, f->node))
            cluster_client_cut(k, f);
    }
}

/* A node has failed: what cannot be reached any more is silent from here on. */
static void on_cut(void *cluster)
{
    struct cluster *c = cluster;

    ST_EACH (l, c->store, ST_CLIENT) {
        struct cluster_client *k = cluster_client_of(st_object_at(l));

        RX_LIST_EACH (at, &k->peers) {
            struct cluster_peer *p = rx_container_of(at, struct cluster_peer, link);

            if (!cluster_reaches(c, k->aim.node, p->node))
                cut(k, p);
        }
        cut_wires(k);
        arm(k);
    }
}

static void on_lost(void *cluster, struct pod_container *c, bool ended)
{
    const struct pod *pod = pod_of_container(c);
    struct cluster *all = cluster;

    if (ended && cluster_node_dead(all, pod->node))
        on_cut(all);
    ST_EACH (l, all->store, ST_CLIENT) {
        struct cluster_client *k = cluster_client_of(st_object_at(l));
        struct cluster_peer *p = cluster_peer_find(k, pod->id);

        if (p == NULL)
            continue;
        if (!cluster_reaches(all, k->aim.node, pod->node))
            die(k, p, c->index);
        else if (k->caller == NULL) /* else the sockets tell */
            lost(k, p, c->index, ended);
    }
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void free_client(struct cluster_client *k)
{
    struct cluster *c = k->cluster;
    const struct rx_mem *mem = c->world->mem;
    struct rx_list *l;

    rx_loop_disarm(c->world->loop, &k->due);
    rx_loop_disarm(c->world->loop, &k->answer);
    while ((l = rx_list_take_head(&k->peers)) != NULL)
        rx_mem_free(mem, rx_container_of(l, struct cluster_peer, link),
                    sizeof(struct cluster_peer));
    rx_map_fini(&k->peer_of);
    rx_mem_free(mem, k->waits.item, k->waits.room * sizeof(*k->waits.item));
    rx_mem_free(mem, k->answers.item, k->answers.room * sizeof(*k->answers.item));
    cluster_aim_fini(c, &k->aim);
    rx_arena_fini(&k->arena);
    rx_mem_free(mem, k, sizeof(*k));
}

static int room_for(struct cluster_client *k)
{
    uint32_t machines = k->spec.keep_alive ? k->spec.count : 0;

    k->arrivals = rx_arena_alloc(&k->arena, (k->spec.rate_count + 1) * sizeof(*k->arrivals));
    if (machines > 0)
        k->machine = rx_arena_alloc(&k->arena, machines * sizeof(*k->machine));
    if (k->arrivals == NULL || (machines > 0 && k->machine == NULL))
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < machines; i++) {
        rx_list_init(&k->machine[i].idle);
        rx_list_init(&k->machine[i].waiting);
    }
    return 0;
}

/* The end of its window, as far as it has one. */
static rx_ms over_at(const struct cluster *c, const struct st_client_spec *s)
{
    rx_ms last = s->from;

    if (s->to != RX_MS_NEVER)
        return RX_MIN(s->to, c->run_end);
    for (uint32_t i = 0; i < s->rate_count; i++)
        last = RX_MAX(last, s->rate[i].to);
    return RX_MIN(last, c->run_end);
}

static void listen_to_loop(struct cluster *c)
{
    rx_loop_on(c->world->loop, POD_CLASS_CLIENT, on_due, c);
    if (c->world->caller == NULL)
        rx_loop_on(c->world->loop, POD_CLASS_SERVE, on_answer, c);
    c->world->peers = on_lost;
    c->world->cut = on_cut;
    c->world->peers_ctx = c;
}

const char *cluster_client_unable(const struct cluster *c, const struct st_client_spec *spec)
{
    const struct pod_caller *caller = c->world->caller;
    char room[POD_CALL_MAX];

    if (c->world->shard.count > 1 && !c->coupled)
        return "clients need one engine for all pods";
    if (spec->node != NULL && cluster_node_number(c, spec->node) == CLUSTER_NO_NODE)
        return "spec.node: there is no such node";
    if (c->world->scripted)
        return NULL;
    if (caller == NULL)
        return "clients need pods that this engine answers for";
    if (spec->pick == ST_PICK_SHARE)
        return "`pick: share` needs scripted targets: no socket carries a part of a request";
    if (caller->render(room, sizeof(room), spec->host, spec->port, spec->path,
                       spec->keep_alive) < 0)
        return "the url is too long for a request over sockets";
    return NULL;
}

/* What was due before now is not sent. */
static void begin_window(struct cluster_client *k)
{
    rx_ms now = cluster_client_now(k);

    k->over_at = over_at(k->cluster, &k->spec);
    k->report_at = k->spec.report > 0 ? k->spec.from + k->spec.report : RX_MS_NEVER;
    start(k);
    for (uint32_t i = 0; i < k->spec.rate_count; i++) {
        while (due_of(k, &k->arrivals[i]) < now)
            advance(k, i);
    }
    while (k->report_at < now)
        k->report_at += k->spec.report;
}

int cluster_add_client(struct cluster *c, const struct st_client_spec *spec)
{
    struct cluster_client *k;
    int rc;

    if (cluster_client_unable(c, spec) != NULL)
        return -RX_EUNSUPPORTED;
    k = rx_mem_zalloc(c->world->mem, sizeof(*k));
    if (k == NULL)
        return -RX_ENOMEM;
    k->object = (struct st_object){.ns = spec->ns, .name = spec->name, .kind = ST_CLIENT};
    k->spec = *spec;
    k->cluster = c;
    k->path_length = (uint32_t)strlen(spec->path);
    k->aim = (struct cluster_aim){.ns = spec->ns,
                                  .host = spec->host,
                                  .path = spec->path,
                                  .node = spec->node != NULL ? cluster_node_number(c, spec->node)
                                                             : (uint32_t)CLUSTER_OUTSIDE,
                                  .port = spec->port};
    rx_list_init(&k->peers);
    rx_map_init(&k->peer_of, c->world->mem);
    rx_arena_init(&k->arena, c->world->mem);
    rc = room_for(k);
    if (rc == 0)
        rc = write_request(k);
    if (rc == 0)
        rc = st_add(c->store, &k->object);
    if (rc != 0) {
        free_client(k);
        return rc;
    }
    rx_timer_init(&k->due, rx_key(POD_CLASS_CLIENT, k->object.meta.serial));
    rx_timer_init(&k->answer, rx_key(POD_CLASS_SERVE, k->object.meta.serial));
    begin_window(k);
    if (!cluster_here(c, ST_CLIENT, 0, spec->ns, spec->name))
        return 0;
    listen_to_loop(c);
    arm(k);
    return 0;
}

const char *cluster_client_fixed(const struct cluster_client *k, const struct st_client_spec *spec)
{
    const struct st_client_spec *is = &k->spec;

    if (strcmp(is->url, spec->url) != 0)
        return "spec.url";
    if ((is->node != NULL) != (spec->node != NULL) ||
        (is->node != NULL && strcmp(is->node, spec->node) != 0))
        return "spec.node";
    if (is->count != spec->count)
        return "spec.count";
    if (is->pick != spec->pick)
        return "spec.pick";
    return is->keep_alive != spec->keep_alive || is->pool != spec->pool ||
                   is->max_requests != spec->max_requests || is->idle != spec->idle
               ? "spec.connections" : NULL;
}

void *cluster_client_room(struct cluster_client *k, const struct st_client_spec *spec)
{
    return rx_arena_alloc(&k->arena, (spec->rate_count + 1) * sizeof(*k->arrivals));
}

void cluster_client_update(struct cluster_client *k, const struct st_client_spec *spec, void *room)
{
    k->spec = *spec;
    k->arrivals = room;
    begin_window(k);
    k->over &= cluster_client_now(k) >= k->over_at;
    arm(k);
}

void cluster_undo_client(struct cluster *c, const struct st_client_spec *spec)
{
    struct st_object *o = st_find(c->store, ST_CLIENT, 0, spec->ns, spec->name);

    st_unadd(c->store, o);
    free_client(cluster_client_of(o));
}

void cluster_clients_fini(struct cluster *c)
{
    struct st_object *o;

    c->world->peers = NULL;
    c->world->cut = NULL;
    while ((o = st_newest(c->store, ST_CLIENT)) != NULL) {
        st_remove(c->store, o);
        free_client(cluster_client_of(o));
    }
}
