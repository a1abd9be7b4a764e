/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behaviour.c - what Behavior documents say: pulls, and what a container answers by
 * the script that was chosen for it (scripts.c).
 */
#include "engine/store/behaviour.h"

#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/pod/runtime.h"
#include "engine/reactor/prng.h"
#include "engine/store/rule_path.h"

/* ---- answers --------------------------------------------------------------------------------- */

static bool path_is(const struct pod_serve_rule *r, struct pod_path *asked)
{
    if (r->path == NULL)
        return true;
    return asked->target != NULL && pod_path_same(&r->target, asked);
}

static inline bool is_port_of(const struct pod_template *t, uint32_t container, uint16_t port)
{
    const uint16_t *listen = t->listen[container];

    for (uint32_t i = 0; i < t->listen_count[container]; i++) {
        if (listen[i] == port)
            return true;
    }
    return false;
}

bool pod_port_is_of(const struct pod_container *c, uint16_t port)
{
    return is_port_of(pod_of_container((struct pod_container *)(uintptr_t)c)->tmpl, c->index, port);
}

bool pod_attempt_asks(const struct pod_attempt *a, const struct pod_container *c)
{
    return a->to.ip == a->ip && pod_port_is_of(c, a->to.port);
}

/* A pod of which no port is known has some all the same: nobody says which, so it is whichever is
 * asked for. */
static inline bool listens(const struct pod_template *t, const struct pod_container *c,
                           uint16_t port)
{
    return t->port_count == 0 || is_port_of(t, c->index, port);
}

/* A number of a stream costs more than all else here, and most durations need none. */
static rx_ms draw_at(const struct pod_draw *d, uint64_t seed, uint64_t id, uint64_t n)
{
    return pod_draw_ms(d, pod_draw_is_chance(d) ? rx_prng_at(seed, POD_STREAM_LATENCY, id, n) : 0);
}

static void answer_by(const struct pod_serve_rule *r, uint64_t seed, uint64_t id, uint64_t tag,
                      struct pod_answer *out)
{
    out->act = r->act;
    out->status = r->status;
    out->grpc = r->grpc;
    out->tls = r->tls;
    out->location = r->location;
    out->body = r->body;
    out->body_bytes = r->body_bytes;
    out->latency = draw_at(&r->latency, seed, id, 2 * tag);
    out->body_after = draw_at(&r->body_after, seed, id, 2 * tag + 1);
}

/* A process that does not listen on a port answers no path at all, whatever rules stand before. */
static bool deaf(const struct pod_container *c, const struct pod_instance_script *script,
                 uint16_t port, rx_ms now)
{
    if (pod_listener_closed(c))
        return true;
    for (uint32_t i = 0; script != NULL && i < script->serve_count; i++) {
        const struct pod_serve_rule *r = &script->serve[i];

        if (r->act == POD_SERVE_REFUSE && (r->port == 0 || r->port == port) &&
            pod_window_open(&r->window, c->cur.started, now))
            return true;
    }
    return false;
}

/* kept: over a connection that is there, which rules about the listener do not concern. */
static inline bool answer(struct pod_container *c, uint16_t port, const char *path,
                          uint32_t path_length, uint64_t tag, bool kept, struct pod_answer *out)
{
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);
    rx_ms now = rx_loop_now(w->loop);
    uint64_t id = p->serial << 8 | c->index;
    struct pod_path asked = {path, path_length, POD_PATH_UNKNOWN};

    if (c->proc_state != POD_PROC_RUNNING || !c->serving || !listens(p->tmpl, c, port))
        return false;
    *out = (struct pod_answer){.act = POD_SERVE_ANSWER, .status = 200, .grpc = POD_GRPC_SERVING};
    if (!kept && deaf(c, script, port, now))
        return false;
    if (script == NULL)
        return true;
    for (uint32_t i = 0; i < script->serve_count; i++) {
        const struct pod_serve_rule *r = &script->serve[i];

        if (!pod_window_open(&r->window, c->cur.started, now) ||
            (r->port != 0 && r->port != port) || !path_is(r, &asked) ||
            r->act == POD_SERVE_REFUSE) /* whoever is connected has nothing to do with it */
            continue;
        /* A rule with a rate takes its share; what it leaves is for the rules after it. */
        if (r->rate_ppm < 1000000 &&
            rx_prng_scale(rx_prng_under(w->answer_root, id, tag << 8 | i),
                          1000000) >= r->rate_ppm)
            continue;
        answer_by(r, w->seed, id, tag, out);
        break;
    }
    if (path == NULL && out->act == POD_SERVE_RESET)
        out->act = POD_SERVE_ANSWER; /* only the request will tell which rule it meets */
    return true;
}

bool pod_answer_of(struct pod_container *c, uint16_t port, const char *path, uint32_t path_length,
                   uint64_t tag, struct pod_answer *out)
{
    return answer(c, port, path, path_length, tag, false, out);
}

static void keep_as_scripted(const struct pod_container *c, bool *drains,
                             struct pod_keep_alive *keep)
{
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);

    *drains = c->extra != NULL && c->extra->drains;
    *keep = script != NULL ? script->keep_alive : (struct pod_keep_alive){.idle = POD_KEEP_IDLE_MS};
}

void pod_world_request(struct pod_world *w, const struct pod_request *r, struct pod_served *out)
{
    struct pod **slot = rx_slab_get(&w->ids, r->pod);
    struct pod_container *c = NULL;

    *out = (struct pod_served){.keep = {.idle = POD_KEEP_IDLE_MS}};
    if (slot != NULL)
        c = r->kept ? pod_container_at(*slot, r->container) : pod_port_owner(*slot, r->port);
    if (c == NULL || c->proc_state != POD_PROC_RUNNING)
        return;
    out->container = c->index;
    out->listens = answer(c, r->port, r->path, r->path_length, c->requests, r->kept, &out->answer);
    if (!out->listens)
        return; /* a closed listener hears of no request */
    c->requests += r->path != NULL;
    keep_as_scripted(c, &out->drains, &out->keep);
}

bool pod_world_answer(void *world, uint64_t pod, uint32_t container, uint16_t port,
                      const char *path, uint32_t path_length, uint64_t tag, struct pod_answer *out)
{
    struct pod_world *w = world;
    struct pod **slot = rx_slab_get(&w->ids, pod);
    bool stranger = tag == 0, kept = stranger && path != NULL;
    struct pod_container *c;

    if (slot == NULL)
        return false;
    c = pod_container_at(*slot, container);
    if (c->proc_state != POD_PROC_RUNNING)
        return false;
    if (!answer(c, port, path, path_length, stranger ? c->requests : tag, kept, out))
        return false;
    if (path != NULL) {
        c->requests += stranger;
        keep_as_scripted(c, &out->drains, &out->keep);
    }
    return true;
}

bool pod_world_refuses(void *world, uint64_t pod, uint32_t container, uint16_t port)
{
    struct pod_world *w = world;
    struct pod **slot = rx_slab_get(&w->ids, pod);
    struct pod_container *c = slot != NULL ? pod_container_at(*slot, container) : NULL;

    return c != NULL && deaf(c, pod_instance_of(c, c->restarts), port, rx_loop_now(w->loop));
}

struct pod_container *pod_port_owner(struct pod *p, uint16_t port)
{
    const struct pod_template *t = p->tmpl;
    struct pod_container *c, *first = NULL;

    for (uint32_t i = 0; t->port_count == 0 && i < t->spec->container_count; i++) {
        if (pod_container_at(p, i)->serving)
            return pod_container_at(p, i);
    }
    for (uint32_t i = 0; i < t->port_count; i++) {
        if (t->port[i].port != port)
            continue;
        c = pod_container_at(p, t->port[i].container);
        if (c->serving)
            return c;
        first = first != NULL ? first : c;
    }
    return first;
}

bool pod_world_dials(struct pod_world *w, uint64_t pod, uint16_t port, struct rx_addr *to)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);
    struct pod_container *c;

    if (slot == NULL)
        return false;
    *to = (struct rx_addr){.ip = (*slot)->ip, .port = port};
    c = (*slot)->tmpl->port_count == 0 ? pod_port_owner(*slot, port) : NULL;
    if (c != NULL && c->serving && w->server != NULL)
        w->server->also(w->server->ctx, pod, c->index, *to);
    return true;
}

bool pod_world_listens(struct pod_world *w, uint64_t pod, uint16_t port, uint32_t *container)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);
    struct pod_container *c = slot != NULL ? pod_port_owner(*slot, port) : NULL;

    if (c == NULL || c->proc_state != POD_PROC_RUNNING)
        return false;
    *container = c->index;
    return true;
}

bool pod_exec_rule_names(const struct pod_exec_rule *r, uint32_t argc, const char *const *argv)
{
    if (r->argc > argc)
        return false;
    for (uint32_t i = 0; i < r->argc; i++) {
        if (strcmp(r->argv[i], argv[i]) != 0)
            return false;
    }
    return true;
}

/* A rule without a command speaks for all that probes run, and for nothing else. */
static const struct pod_exec_rule *rule_of(struct pod_container *c, uint32_t argc,
                                           const char *const *argv, uint64_t request, bool probe)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->exec : NULL;
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);

    for (uint32_t i = 0; b != NULL && i < b->exec_count; i++) {
        const struct pod_exec_rule *r = &b->exec[i];

        if ((r->argc == 0 && !probe) ||
            !pod_window_open(&r->window, c->cur.started, rx_loop_now(w->loop)) ||
            !pod_exec_rule_names(r, argc, argv))
            continue;
        if (r->rate_ppm < 1000000 &&
            rx_prng_scale(rx_prng_at(w->seed, POD_STREAM_EXEC, p->serial << 8 | c->index,
                                     request << 8 | i),
                          1000000) >= r->rate_ppm)
            continue;
        return r;
    }
    return NULL;
}

const struct pod_exec_rule *pod_world_exec(struct pod_world *w, uint64_t pod, uint32_t container,
                                           uint32_t argc, const char *const *argv, uint64_t request)
{
    struct pod **slot = rx_slab_get(&w->ids, pod);

    return slot != NULL ? rule_of(pod_container_at(*slot, container), argc, argv, request, true)
        : NULL;
}

const struct pod_exec_rule *pod_exec_rule_of(struct pod_container *c, uint32_t argc,
                                             const char *const *argv, uint64_t request)
{
    return rule_of(c, argc, argv, request, false);
}

bool pod_exec_rule_may(const struct pod_container *c, uint32_t argc, const char *const *argv)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->exec : NULL;

    for (uint32_t i = 0; b != NULL && i < b->exec_count; i++)
        if (b->exec[i].argc > 0 && pod_exec_rule_names(&b->exec[i], argc, argv))
            return true;
    return false;
}

const struct pod_pull_rule *pod_pull_rule_at(const struct pod_behaviour *b, const char *image,
                                             rx_ms now)
{
    for (uint32_t i = 0; b != NULL && i < b->pull_count; i++) {
        const struct pod_pull_rule *r = &b->pull[i];

        if (now >= r->window.from && now < r->window.to &&
            (r->image == NULL || strcmp(r->image, image) == 0))
            return r;
    }
    return NULL;
}
