/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_ask.c - one request: over which connection, to which pod, what that yields, and whether it
 * is sent again. What is certain at once is counted at once; the rest becomes a flight. What is to
 * be sent again, be it in this very instant, waits in the queue like all else, so that requests
 * run by their numbers.
 */
#include "engine/cluster/client_int.h"
#include "engine/reactor/prng.h"

/* One attempt, as far as it has come. */
struct course {
    struct cluster_client *k;
    struct cluster_request *r;
    struct cluster_flight *f;  /* NULL: it is in none */
    struct cluster_conn *conn; /* NULL: none that is kept */
    struct cluster_peer *peer; /* NULL: it is at no pod's, or nobody counts that */
    uint64_t pod;
    uint32_t container;
    bool reused, ingress;
    struct cluster_yield y;
};

/* ---- what has come of it --------------------------------------------------------------------- */

static bool by_pod(const struct cluster_client *k)
{
    return k->spec.by_pod || k->metered;
}

/* False: no memory, and the engine goes no further. */
static bool in_flight(struct course *c)
{
    if (c->f == NULL)
        c->f = cluster_flight_take(c->k);
    if (c->f == NULL)
        return false;
    c->f->request = *c->r;
    c->r = &c->f->request;
    return true;
}

static void again(struct course *c, rx_ms delay)
{
    if (!in_flight(c))
        return;
    c->f->state = CLUSTER_FLIGHT_AGAIN;
    c->f->peer = NULL;
    c->f->conn = NULL;
    cluster_queue_push(&c->k->waits, c->f, cluster_client_now(c->k) + delay);
}

static rx_ms remaining(const struct cluster_client *k, const struct cluster_request *r)
{
    return r->waits ? r->limit - cluster_client_now(k) : k->spec.request;
}

/* How long the Ingress waits, if that is not longer than the client does. */
static void ingress_times(struct course *c)
{
    bool waits = c->y.outcome == ST_OUTCOME_CONNECT_TIMEOUT ||
                 c->y.outcome == ST_OUTCOME_REQUEST_TIMEOUT;

    if (!waits)
        return;
    c->y.after = RX_MIN(remaining(c->k, c->r), (rx_ms)CLUSTER_INGRESS_TIMEOUT);
    c->y.outcome = c->y.after < CLUSTER_INGRESS_TIMEOUT ? ST_OUTCOME_REQUEST_TIMEOUT
                                                        : ST_OUTCOME_HTTP_5XX; /* 504 */
    c->y.lasts = c->y.answers = c->y.outcome == ST_OUTCOME_HTTP_5XX;
}

/* What becomes of it if its pod cannot be reached any more. */
static void give_up_later(struct course *c)
{
    struct course late = *c;

    late.y = (struct cluster_yield){.outcome = ST_OUTCOME_REQUEST_TIMEOUT,
                                    .after = remaining(c->k, c->r)};
    if (c->ingress)
        ingress_times(&late);
    c->f->head = c->y.head == RX_MS_NEVER ? RX_MS_NEVER : cluster_client_now(c->k) + c->y.head;
    c->f->limit = cluster_client_now(c->k) + late.y.after;
    c->f->given_up = (uint8_t)late.y.outcome;
    c->f->goes_on = late.y.lasts;
}

/* The outcome is certain, and comes later. */
static void keep(struct course *c)
{
    rx_ms due = cluster_client_now(c->k) + c->y.after;

    if (!in_flight(c))
        return;
    if (c->peer == NULL && c->y.held)
        c->peer = cluster_peer_of(c->k, c->pod);
    c->f->state = c->y.by_pod ? CLUSTER_FLIGHT_ASKED : CLUSTER_FLIGHT_ENDS;
    c->f->outcome = (uint8_t)c->y.outcome;
    c->f->conn = c->conn;
    c->f->peer = c->peer;
    c->f->container = c->container;
    c->f->reused = c->reused;
    c->f->lasts = c->y.lasts;
    c->f->answers = c->y.answers;
    c->f->ingress = c->ingress;
    if (c->y.held)
        give_up_later(c);
    if (c->y.held && c->peer != NULL)
        rx_list_add_tail(&c->peer->flights, &c->f->link);
    cluster_queue_push(c->y.by_pod ? &c->k->answers : &c->k->waits, c->f, due);
}

static void count(struct course *c)
{
    c->k->counts.by[c->y.outcome] += c->r->units;
    if (c->peer != NULL && by_pod(c->k))
        c->peer->counts.by[c->y.outcome] += c->r->units;
    if (c->f != NULL)
        cluster_flight_give(c->k, c->f);
}

/* What comes of it at the Ingress: it has tries of its own, and says so when they are used up.
 * True: there is one left. */
static bool ingress_tries(struct course *c)
{
    if (c->y.outcome == ST_OUTCOME_REFUSED || c->y.outcome == ST_OUTCOME_RESET) {
        if (++c->r->tries < CLUSTER_INGRESS_TRIES)
            return true;
        c->y.outcome = ST_OUTCOME_HTTP_5XX; /* 502 */
        c->y.answers = c->y.lasts = true;
    }
    c->r->tries = 0;
    return false;
}

static void settle(struct course *c)
{
    struct cluster_retry_in in;
    struct cluster_retry_out out;

    if (c->ingress && ingress_tries(c)) {
        if (c->conn != NULL)
            cluster_conn_done(c->k, c->conn, true);
        again(c, 0);
        return;
    }
    in = (struct cluster_retry_in){
        .outcome = c->y.outcome,
        .attempts = c->r->attempts,
        .reused = c->reused,
        .answered = c->y.answers,
        .free_taken = c->r->free_taken,
    };
    if (c->conn != NULL)
        cluster_conn_done(c->k, c->conn, c->y.lasts);
    out = cluster_client_retry(&c->k->spec.retries, &in);
    c->r->waits = false;
    switch (out.then) {
    case CLUSTER_AGAIN_NOT:
        count(c);
        break;
    case CLUSTER_AGAIN_FREE:
        c->r->free_taken = c->r->fresh = true;
        c->r->attempts--;
        again(c, 0);
        break;
    case CLUSTER_AGAIN_LATER:
        again(c, out.delay);
        break;
    }
}

static void result(struct course *c)
{
    if (c->y.after > 0)
        keep(c);
    else
        settle(c);
}

void cluster_client_end(struct cluster_client *k, struct cluster_flight *f)
{
    struct course c = {
        .k = k,
        .r = &f->request,
        .f = f,
        .conn = f->conn,
        .peer = f->peer,
        .reused = f->reused,
        .ingress = f->ingress,
        .y = {.outcome = (enum st_outcome)f->outcome, .lasts = f->lasts, .answers = f->answers},
    };

    if (f->wire != NULL)
        k->caller->drop(f->wire);
    f->wire = NULL;
    rx_list_remove(&f->link);
    settle(&c);
}

static void request_of(const struct course *c, const struct cluster_candidate *to,
                       struct pod_request *out)
{
    *out = (struct pod_request){
        .pod = to->pod,
        .port = to->port,
        .path = c->k->spec.path,
        .path_length = c->k->path_length,
    };
}

/* ---- over sockets ---------------------------------------------------------------------------- */

/* From here on its limit and what happens then stand in the queue. False: no memory. */
static bool waits_for(struct course *c, enum cluster_flight_state state, enum st_outcome outcome,
                      rx_ms limit)
{
    c->y = (struct cluster_yield){.outcome = outcome, .after = limit};
    if (c->ingress)
        ingress_times(c);
    if (!in_flight(c))
        return false;
    c->f->state = (uint8_t)state;
    c->f->outcome = (uint8_t)c->y.outcome;
    c->f->conn = c->conn;
    c->f->peer = by_pod(c->k) ? c->peer : NULL;
    c->f->reused = c->reused;
    c->f->lasts = c->y.lasts;
    c->f->answers = c->y.answers;
    c->f->ingress = c->ingress;
    cluster_queue_push(&c->k->waits, c->f, cluster_client_now(c->k) + c->y.after);
    return true;
}

static void dial(struct course *c, const struct cluster_candidate *to, uint32_t node,
                 struct rx_addr at)
{
    static const struct pod_served unlimited = {.keep = {.idle = RX_MS_NEVER}};

    if (c->conn != NULL && !c->ingress)
        cluster_conn_leads(c->k, c->conn, to, &unlimited); /* the server closes it itself */
    if (!waits_for(c, CLUSTER_FLIGHT_DIALS, ST_OUTCOME_CONNECT_TIMEOUT, c->k->spec.connect))
        return;
    c->f->node = node;
    c->f->wire = c->k->caller->dial(c->k->caller->ctx, at, c->k->user, c->f);
}

static void ask_again(struct course *c)
{
    struct pod_conn *wire = c->conn->wire;

    if (!waits_for(c, CLUSTER_FLIGHT_SENT, ST_OUTCOME_REQUEST_TIMEOUT, remaining(c->k, c->r)))
        return;
    c->conn->wire = NULL;
    c->f->node = c->conn->peer->node;
    c->f->wire = wire;
    c->k->caller->own(wire, c->f);
    c->k->caller->ask(wire, c->k->request, c->k->request_length);
}

void cluster_client_cut(struct cluster_client *k, struct cluster_flight *f)
{
    if (f->wire != NULL) { /* its limit stands in the queue already */
        k->caller->drop(f->wire);
        f->wire = NULL;
        return;
    }
    rx_list_remove(&f->link);
    cluster_queue_remove(f->state == CLUSTER_FLIGHT_ASKED ? &k->answers : &k->waits, f);
    f->state = CLUSTER_FLIGHT_ENDS;
    f->outcome = f->given_up;
    f->lasts = f->answers = f->goes_on;
    cluster_queue_push(&k->waits, f, f->limit);
}

bool cluster_client_dials(const struct cluster_client *k, const struct cluster_flight *f)
{
    return f->state == CLUSTER_FLIGHT_DIALS && f->wire != NULL && k->caller->waits(f->wire);
}

void cluster_client_connected(struct cluster_client *k, struct cluster_flight *f)
{
    struct course c = {
        .k = k, .r = &f->request, .f = f, .conn = f->conn, .peer = f->peer, .ingress = f->ingress};

    cluster_queue_remove(&k->waits, f);
    if (waits_for(&c, CLUSTER_FLIGHT_SENT, ST_OUTCOME_REQUEST_TIMEOUT, remaining(k, &f->request)))
        k->caller->ask(f->wire, k->request, k->request_length);
}

void cluster_client_told(struct cluster_client *k, struct cluster_flight *f,
                         const struct pod_call_told *told)
{
    static const enum st_outcome without[] = {
        [POD_CALL_REFUSED] = ST_OUTCOME_REFUSED,
        [POD_CALL_RESET] = ST_OUTCOME_RESET,
        [POD_CALL_UNREACHABLE] = ST_OUTCOME_CONNECT_TIMEOUT,
    };
    bool answered = told->how == POD_CALL_ANSWERED;

    cluster_queue_remove(&k->waits, f);
    f->outcome = (uint8_t)(answered ? cluster_outcome_of(told->status) : without[told->how]);
    f->lasts = f->ingress ? answered : told->lasts; /* the Ingress goes on, whatever its pods do */
    f->answers = told->answers;
    if (told->lasts && f->conn != NULL && !f->ingress) {
        f->conn->wire = f->wire;
        k->caller->own(f->wire, f->conn);
    } else if (told->lasts) {
        k->caller->drop(f->wire);
    }
    f->wire = NULL;
    cluster_client_end(k, f);
}

/* ---- at a pod -------------------------------------------------------------------------------- */

/* A new connection arrives there. */
static void arrive(struct course *c, const struct cluster_candidate *to)
{
    struct pod_world *w = c->k->cluster->world;
    struct cluster_yield_in in = {
        .dead_times_out = w->knobs.dead_ip_timeout,
        .connect = c->k->spec.connect,
        .request = remaining(c->k, c->r),
    };
    const struct pod *p = pod_get(w, to->pod);
    struct pod_served served = {.listens = false};
    struct pod_request ask;
    struct rx_addr at;

    c->pod = to->pod;
    if (by_pod(c->k))
        c->peer = cluster_peer_of(c->k, to->pod);
    in.lost = p != NULL && !cluster_reaches(c->k->cluster, c->k->aim.node, p->node);
    if (c->k->caller != NULL && !in.lost && pod_world_dials(w, to->pod, to->port, &at)) {
        dial(c, to, p->node, at);
        return;
    }
    request_of(c, to, &ask);
    if (!in.lost)
        pod_world_request(w, &ask, &served);
    in.listens = served.listens;
    in.gone = !served.listens && p == NULL;
    in.answer = &served.answer;
    c->y = cluster_yield(&in);
    c->y.lasts = c->y.lasts && !served.drains;
    c->container = served.container;
    if (c->ingress)
        ingress_times(c);
    else if (c->conn != NULL && c->y.held)
        cluster_conn_leads(c->k, c->conn, to, &served);
    result(c);
}

/* Another request over a connection that is there. */
static void over(struct course *c, bool lost)
{
    const struct cluster_conn *conn = c->conn;
    struct cluster_candidate to = {.pod = conn->peer->pod.id, .port = conn->port};
    struct cluster_yield_in in = {.kept = true, .request = remaining(c->k, c->r)};
    struct pod_request ask;
    struct pod_served served;

    c->peer = conn->peer;
    c->pod = to.pod;
    c->container = conn->container;
    in.lost = !cluster_reaches(c->k->cluster, c->k->aim.node, conn->peer->node);
    if (conn->wire != NULL && !in.lost) {
        ask_again(c);
        return;
    }
    if (conn->wire != NULL) /* whatever it says now does not come through */
        c->k->caller->drop(conn->wire);
    c->conn->wire = NULL;
    c->y = in.lost ? cluster_yield(&in) : (struct cluster_yield){.outcome = ST_OUTCOME_RESET};
    if (!lost && !in.lost && !conn->dead) {
        request_of(c, &to, &ask);
        ask.kept = true;
        ask.container = conn->container;
        pod_world_request(c->k->cluster->world, &ask, &served);
        in.answer = &served.answer;
        if (served.listens) {
            c->y = cluster_yield(&in);
            c->y.lasts = c->y.lasts && !served.drains;
        }
    }
    result(c);
}

/* ---- which pod ------------------------------------------------------------------------------- */

static void choose(struct course *c, struct cluster_choice *out)
{
    static const enum cluster_pick pick[] = {CLUSTER_PICK_TURN, CLUSTER_PICK_RANDOM,
                                             CLUSTER_PICK_SHARE};
    struct cluster_client *k = c->k;
    struct cluster_try try = {
        .pick = pick[k->spec.pick],
        .nth = k->connections,
        .source = (uint32_t)(k->object.meta.serial << 16) + c->r->machine,
    };

    if (try.pick == CLUSTER_PICK_RANDOM)
        try.nth = rx_prng_at(k->cluster->world->seed, POD_STREAM_PICK, k->object.meta.serial,
                             k->connections);
    cluster_choose(k->cluster, &k->aim, &try, out);
    k->connections += out->way == CLUSTER_WAY_POD;
}

static void ends_with(struct course *c, enum st_outcome outcome, rx_ms after, bool lasts)
{
    c->y = (struct cluster_yield){
        .outcome = outcome, .after = after, .lasts = lasts, .answers = lasts};
    result(c);
}

/* Each endpoint gets its part, and what comes of it is that part's own affair. */
static void share(struct course *c, const struct cluster_choice *to)
{
    uint64_t units = c->r->units;

    for (uint32_t i = 0; i < to->count; i++) {
        struct cluster_request part = *c->r;
        struct course one = {.k = c->k, .r = &part, .ingress = to->ingress};

        part.units = cluster_pick_share(units, to->count, i);
        if (part.units > 0)
            arrive(&one, &to->candidate[i]);
    }
    if (c->f != NULL)
        cluster_flight_give(c->k, c->f);
}

static void open_new(struct course *c)
{
    struct cluster_choice to;

    choose(c, &to);
    c->ingress = to.ingress;
    switch (to.way) {
    case CLUSTER_WAY_NO_NAME:
        ends_with(c, ST_OUTCOME_DNS, 0, false);
        break;
    case CLUSTER_WAY_REFUSED:
        ends_with(c, ST_OUTCOME_REFUSED, 0, false);
        break;
    case CLUSTER_WAY_DROPPED:
        ends_with(c, ST_OUTCOME_CONNECT_TIMEOUT, c->k->spec.connect, false);
        break;
    case CLUSTER_WAY_API: /* a stranger is forbidden everything */
        ends_with(c, ST_OUTCOME_HTTP_4XX, 0, true);
        break;
    case CLUSTER_WAY_ANSWER:
        ends_with(c, cluster_outcome_of(to.status), 0, true);
        break;
    case CLUSTER_WAY_POD:
        if (c->k->spec.pick == ST_PICK_SHARE)
            share(c, &to);
        else
            arrive(c, to.candidate);
        break;
    }
}

/* ---- which connection ------------------------------------------------------------------------ */

static void wait(struct course *c)
{
    struct cluster_machine *m = &c->k->machine[c->r->machine];
    struct rx_list *at = m->waiting.prev;

    if (!c->r->waits)
        c->r->limit = cluster_client_now(c->k) + c->k->spec.request;
    c->r->waits = true;
    c->r->fresh = false;
    if (!in_flight(c))
        return;
    c->f->state = CLUSTER_FLIGHT_WAITING;
    c->f->outcome = ST_OUTCOME_REQUEST_TIMEOUT;
    c->f->conn = NULL;
    c->f->peer = NULL;
    c->f->reused = c->f->lasts = c->f->answers = c->f->ingress = false;
    while (at != &m->waiting &&
           rx_container_of(at, struct cluster_flight, link)->request.number > c->r->number)
        at = at->prev;
    rx_list_add_tail(at->next, &c->f->link);
    cluster_queue_push(&c->k->waits, c->f, c->r->limit);
}

static void attempt(struct course *c)
{
    if (c->r->tries > 0) /* the Ingress's, not the client's */
        return;
    c->r->attempts++;
    c->k->counts.attempts += c->r->units;
}

static void begin_kept(struct course *c)
{
    struct cluster_pool_in in = {
        .keep_alive = true, .fresh = c->r->fresh, .pool = c->k->spec.pool};
    bool lost = false;

    if (!c->r->fresh)
        c->conn = cluster_conn_reuse(c->k, c->r->machine, &lost);
    in.idle = c->conn != NULL;
    in.open = c->k->machine[c->r->machine].open;
    switch (cluster_pool(&in)) {
    case CLUSTER_POOL_REUSE:
        attempt(c);
        c->reused = true;
        if (c->conn->peer != NULL)
            over(c, lost);
        else
            open_new(c); /* the Ingress chooses for each request */
        break;
    case CLUSTER_POOL_OPEN:
        attempt(c);
        c->conn = cluster_conn_open(c->k, c->r->machine);
        if (c->conn != NULL)
            open_new(c);
        break;
    case CLUSTER_POOL_WAIT:
        wait(c);
        break;
    }
}

void cluster_client_begin(struct cluster_client *k, struct cluster_request *r,
                          struct cluster_flight *f)
{
    struct course c = {.k = k, .r = r, .f = f};

    if (k->spec.keep_alive) {
        begin_kept(&c);
        return;
    }
    attempt(&c);
    open_new(&c);
}
