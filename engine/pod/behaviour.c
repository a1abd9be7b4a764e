/* SPDX-License-Identifier: Apache-2.0 */
/*
 * behaviour.c - which Behavior documents speak for a container, and what it answers by them.
 */
#include "engine/pod/behaviour.h"

#include <string.h>

#include "engine/pod/pod.h"
#include "engine/pod/rule_path.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

/* ---- durations --------------------------------------------------------------------------------- */

static bool is_chance(const struct pod_draw *d)
{
    return d->kind == POD_DRAW_UNIFORM || d->kind == POD_DRAW_EXP;
}

rx_ms pod_draw_ms(const struct pod_draw *d, uint64_t random)
{
    switch (d->kind) {
    case POD_DRAW_UNIFORM:
        return rx_ms_ceil(d->a + (rx_ns)rx_prng_scale(random, (uint64_t)(d->b - d->a) + 1));
    case POD_DRAW_EXP:
        return rx_ms_ceil(rx_prng_exp(random, d->a));
    default:
        return rx_ms_ceil(d->a);
    }
}

/* ---- choosing scripts ---------------------------------------------------------------------------- */

enum { BEHAVIOURS_PER_TEMPLATE = 64 };

/* The documents that may speak for pods of this template: same namespace, fitting labels. Worked out
 * again only when documents were added. */
static int fit_template(struct pod_node *n, struct pod_template *t)
{
    uint32_t *list, count = 0;

    if (t->behaviours_seen == n->behaviour_count)
        return 0;
    list = rx_arena_alloc(&n->arena, (n->behaviour_count + 1) * sizeof(*list));
    if (list == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < n->behaviour_count; i++) {
        const struct pod_behaviour *b = n->behaviours[i];

        if (strcmp(b->ns, t->spec->ns) != 0)
            continue;
        if (b->selector.present && !pod_selector_matches(&b->selector, &t->spec->labels))
            continue;
        if (count == BEHAVIOURS_PER_TEMPLATE)
            return -RX_ELIMIT;
        list[count++] = i;
    }
    t->behaviour_count = count;
    t->behaviour = list;
    t->behaviours_seen = n->behaviour_count;
    return 0;
}

static bool names_pod(const struct pod_behaviour *b, uint32_t ordinal)
{
    uint32_t low = 0, high = b->pod_count;

    if (!b->has_pods)
        return true;
    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (b->pod[mid] < ordinal)
            low = mid + 1;
        else
            high = mid;
    }
    return low < b->pod_count && b->pod[low] == ordinal;
}

/* Naming pods beats naming the container beats a selector beats nothing; of equals the later one. */
static uint32_t weight(const struct pod_behaviour *b)
{
    return (uint32_t)(b->has_pods << 2 | (b->container != NULL) << 1 | b->selector.present);
}

static bool beats(const struct pod_behaviour *b, const struct pod_behaviour *than)
{
    if (than == NULL)
        return true;
    if (weight(b) != weight(than))
        return weight(b) > weight(than);
    return b->order >= than->order;
}

static bool names_container(const struct pod_behaviour *b, const struct pod_template *t,
                            uint32_t container)
{
    return b->container == NULL || strcmp(b->container, t->spec->container[container].name) == 0;
}

static void merge(struct pod_script *s, const struct pod_behaviour *b)
{
    if (b->has_pull && beats(b, s->pull))
        s->pull = b;
    if (b->has_instances && beats(b, s->instances))
        s->instances = b;
    if (b->has_exec && beats(b, s->exec))
        s->exec = b;
    if (b->has_post_start && beats(b, s->post_start))
        s->post_start = b;
    if (b->has_pre_stop && beats(b, s->pre_stop))
        s->pre_stop = b;
}

/* Scripts are shared by all replicas that were given the same documents. */
static int script_of(struct pod_node *n, struct pod_template *t, uint32_t container, uint64_t mask,
                     const struct pod_script **out)
{
    struct pod_script *s;

    *out = NULL;
    if (mask == 0)
        return 0;
    for (s = t->scripts; s != NULL; s = s->next) {
        if (s->mask == mask && s->container == container) {
            *out = s;
            return 0;
        }
    }
    s = rx_arena_alloc(&n->arena, sizeof(*s));
    if (s == NULL)
        return -RX_ENOMEM;
    s->container = container;
    s->mask = mask;
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        if (mask >> i & 1)
            merge(s, n->behaviours[t->behaviour[i]]);
    }
    s->next = t->scripts;
    t->scripts = s;
    *out = s;
    return 0;
}

void pod_scripts_forget(struct pod_node *n, const struct pod_template *t)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++)
        n->behaviour_matched[t->behaviour[i]]--;
}

int pod_scripts_skip(struct pod_node *n, struct pod_template *t, uint64_t *mask)
{
    int rc = fit_template(n, t);

    *mask = 0;
    for (uint32_t i = 0; rc == 0 && i < t->behaviour_count; i++) {
        if (names_pod(n->behaviours[t->behaviour[i]], n->behaviour_matched[t->behaviour[i]]++))
            *mask |= 1ull << i;
    }
    return rc;
}

bool pod_scripts_pull(const struct pod_node *n, const struct pod_template *t, uint64_t mask)
{
    for (; mask != 0; mask &= mask - 1) {
        if (n->behaviours[t->behaviour[__builtin_ctzll(mask)]]->has_pull)
            return true;
    }
    return false;
}

struct pod_script pod_scripts_of(const struct pod_node *n, const struct pod_template *t, uint64_t mask,
                                 uint32_t container)
{
    struct pod_script s = {.container = container, .mask = mask};

    for (; mask != 0; mask &= mask - 1) {
        const struct pod_behaviour *b = n->behaviours[t->behaviour[__builtin_ctzll(mask)]];

        if (names_container(b, t, container))
            merge(&s, b);
    }
    return s;
}

int pod_scripts_choose(struct pod *p, uint32_t first_behaviour)
{
    struct pod_node *n = pod_node_of(p);
    struct pod_template *t = (struct pod_template *)(uintptr_t)p->tmpl;
    uint64_t spoken = 0;
    int rc = fit_template(n, t);

    if (rc != 0)
        return rc;
    pod_unpark(p);
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        uint32_t number = t->behaviour[i];

        /* An older document has counted this pod already. */
        if (number < first_behaviour)
            continue;
        if (names_pod(n->behaviours[number], n->behaviour_matched[number]++))
            spoken |= 1ull << i;
    }
    for (uint32_t c = 0; c < t->spec->container_count; c++) {
        struct pod_container *container = pod_container_at(p, c);
        uint64_t mask = container->script != NULL ? container->script->mask : 0;

        for (uint32_t i = 0; i < t->behaviour_count; i++) {
            if ((spoken >> i & 1) && names_container(n->behaviours[t->behaviour[i]], t, c))
                mask |= 1ull << i;
        }
        rc = script_of(n, t, c, mask, &container->script);
        if (rc == 0)
            rc = pod_refusal_prepare(container);
        if (rc != 0) {
            if (first_behaviour == 0)
                pod_scripts_forget(n, t); /* it will not come to life */
            return rc;
        }
    }
    return 0;
}

/* Documents only ever follow each other, so what an older list gave is the lower part of each mask, and
 * the script of that is there already. */
void pod_scripts_cut(struct pod_node *n, uint32_t behaviours)
{
    for (struct pod_template *t = n->templates; t != NULL; t = t->next) {
        while (t->behaviour_count > 0 && t->behaviour[t->behaviour_count - 1] >= behaviours)
            t->behaviour_count--;
        if (t->behaviours_seen != UINT32_MAX)
            t->behaviours_seen = RX_MIN(t->behaviours_seen, behaviours);
    }
    RX_LIST_EACH(l, &n->pods) {
        struct pod *p = rx_container_of(l, struct pod, link);
        uint64_t older = (uint64_t)(((unsigned __int128)1 << p->tmpl->behaviour_count) - 1);

        for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
            struct pod_container *c = pod_container_at(p, i);
            uint64_t mask = c->script != NULL ? c->script->mask & older : 0;
            const struct pod_script *s = mask != 0 ? p->tmpl->scripts : NULL;

            while (s != NULL && !(s->mask == mask && s->container == i))
                s = s->next;
            c->script = s;
        }
    }
}

/* ---- answers ------------------------------------------------------------------------------------- */

bool pod_window_open(const struct pod_window *w, rx_ms started, rx_ms now)
{
    rx_ms t = w->instance_clock ? now - started : now;

    return t >= w->from && t < w->to;
}

rx_ms pod_window_border(const struct pod_window *w, rx_ms started, rx_ms now)
{
    rx_ms base = w->instance_clock ? started : 0, t = now - base;

    if (t < w->from)
        return base + w->from;
    return t < w->to && w->to != RX_MS_NEVER ? base + w->to : RX_MS_NEVER;
}

static bool path_is(const struct pod_serve_rule *r, const char *path, uint32_t length)
{
    if (r->path == NULL)
        return true;
    return path != NULL && pod_path_is(r->path, path, length);
}

bool pod_port_is_of(const struct pod_container *c, uint16_t port)
{
    const struct pod_template *t = pod_of_container((struct pod_container *)(uintptr_t)c)->tmpl;

    for (uint32_t i = 0; i < t->listen_count[c->index]; i++) {
        if (t->listen[c->index][i] == port)
            return true;
    }
    return false;
}

/* A pod of which no port is known has some all the same: nobody says which, so it is whichever is asked for. */
static bool listens(struct pod_container *c, uint16_t port)
{
    return pod_of_container(c)->tmpl->port_count == 0 || pod_port_is_of(c, port);
}

/* A number of a stream costs more than all else here, and most durations need none. */
static rx_ms draw_at(const struct pod_draw *d, uint64_t seed, uint64_t id, uint64_t n)
{
    return pod_draw_ms(d, is_chance(d) ? rx_prng_at(seed, POD_STREAM_LATENCY, id, n) : 0);
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

bool pod_answer_of(struct pod_container *c, uint16_t port, const char *path, uint32_t path_length,
                   uint64_t tag, struct pod_answer *out)
{
    struct pod *p = pod_of_container(c);
    struct pod_node *n = pod_node_of(p);
    const struct pod_instance_script *script = pod_instance_of(c, c->restarts);
    rx_ms now = rx_loop_now(n->loop);
    uint64_t id = p->serial << 8 | c->index;

    if (c->proc_state != POD_PROC_RUNNING || !c->serving || !listens(c, port))
        return false;
    *out = (struct pod_answer){.act = POD_SERVE_ANSWER, .status = 200, .grpc = POD_GRPC_SERVING};
    if (script == NULL)
        return true;
    /* A process that does not listen answers no path at all, whatever rules stand before. */
    for (uint32_t i = 0; i < script->serve_count; i++) {
        if (pod_rule_closes_listener(&script->serve[i]) &&
            pod_window_open(&script->serve[i].window, c->cur.started, now))
            return false;
    }
    for (uint32_t i = 0; i < script->serve_count; i++) {
        const struct pod_serve_rule *r = &script->serve[i];

        if (!pod_window_open(&r->window, c->cur.started, now) || (r->port != 0 && r->port != port) ||
            !path_is(r, path, path_length))
            continue;
        /* A rule with a rate takes its share; what it leaves is for the rules after it. */
        if (r->rate_ppm < 1000000 &&
            rx_prng_scale(rx_prng_at(n->seed, POD_STREAM_ANSWER, id, tag << 8 | i),
                          1000000) >= r->rate_ppm)
            continue;
        answer_by(r, n->seed, id, tag, out);
        return out->act != POD_SERVE_REFUSE;
    }
    return true;
}

bool pod_node_answer(void *node, uint64_t pod, uint32_t container, uint16_t port, const char *path,
                     uint32_t path_length, uint64_t tag, struct pod_answer *out)
{
    struct pod_node *n = node;
    struct pod **slot = rx_slab_get(&n->ids, pod);
    struct pod_container *c;
    bool heard = true;

    if (slot == NULL)
        return false;
    c = pod_container_at(*slot, container);
    if (c->proc_state != POD_PROC_RUNNING)
        return false;
    out->act = POD_SERVE_ANSWER;
    if (!pod_answer_of(c, port, path, path_length, tag != 0 ? tag : c->requests, out)) {
        /* A rule that refuses has seen the request; a closed listener hears of none. */
        heard = out->act == POD_SERVE_REFUSE;
        out->act = POD_SERVE_REFUSE;
    }
    if (path != NULL)
        c->requests += heard && tag == 0;
    else if (out->act == POD_SERVE_RESET)
        out->act = POD_SERVE_ANSWER; /* only the request will tell which rule it meets */
    return true;
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

bool pod_node_listens(struct pod_node *n, uint64_t pod, uint16_t port, uint32_t *container)
{
    struct pod **slot = rx_slab_get(&n->ids, pod);
    struct pod_container *c = slot != NULL ? pod_port_owner(*slot, port) : NULL;

    if (c == NULL || c->proc_state != POD_PROC_RUNNING)
        return false;
    *container = c->index;
    return true;
}

/* A rule names the first words of a command. */
static bool is_command(const struct pod_exec_rule *r, uint32_t argc, const char *const *argv)
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
    struct pod_node *n = pod_node_of(p);

    for (uint32_t i = 0; b != NULL && i < b->exec_count; i++) {
        const struct pod_exec_rule *r = &b->exec[i];

        if ((r->argc == 0 && !probe) ||
            !pod_window_open(&r->window, c->cur.started, rx_loop_now(n->loop)) ||
            !is_command(r, argc, argv))
            continue;
        if (r->rate_ppm < 1000000 &&
            rx_prng_scale(rx_prng_at(n->seed, POD_STREAM_EXEC, p->serial << 8 | c->index,
                                     request << 8 | i),
                          1000000) >= r->rate_ppm)
            continue;
        return r;
    }
    return NULL;
}

const struct pod_exec_rule *pod_node_exec(struct pod_node *n, uint64_t pod, uint32_t container,
                                          uint32_t argc, const char *const *argv, uint64_t request)
{
    struct pod **slot = rx_slab_get(&n->ids, pod);

    return slot != NULL ? rule_of(pod_container_at(*slot, container), argc, argv, request, true) : NULL;
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
        if (b->exec[i].argc > 0 && is_command(&b->exec[i], argc, argv))
            return true;
    return false;
}

/* ---- what documents speak for --------------------------------------------------------------- */

enum part { PART_MAIN, PART_EXEC, PART_POST_START, PART_PRE_STOP };

static bool has_exec(const struct pod_behaviour *b, uint32_t argc, const char *const *argv, bool probe)
{
    for (uint32_t i = 0; i < b->exec_count; i++) {
        if ((b->exec[i].argc > 0 || probe) && is_command(&b->exec[i], argc, argv))
            return true;
    }
    return false;
}

bool pod_template_scripts_word(const struct pod_template *t, uint32_t container, const char *word)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->node->behaviours[t->behaviour[i]];

        if (!b->has_exec || !names_container(b, t, container))
            continue;
        for (uint32_t k = 0; k < b->exec_count; k++)
            if (b->exec[k].argc > 0 && strcmp(b->exec[k].argv[0], word) == 0)
                return true;
    }
    return false;
}

bool pod_template_scripts_command(const struct pod_template *t, uint32_t container, uint32_t argc,
                                  const char *const *argv)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->node->behaviours[t->behaviour[i]];

        if (b->has_exec && has_exec(b, argc, argv, false) && names_container(b, t, container))
            return true;
    }
    return false;
}

static bool speaks(const struct pod_template *t, uint32_t container, enum part part,
                   const struct pod_handler_spec *h)
{
    for (uint32_t i = 0; i < t->behaviour_count; i++) {
        const struct pod_behaviour *b = t->node->behaviours[t->behaviour[i]];
        bool has[] = {b->has_instances, part == PART_EXEC && has_exec(b, h->argc, h->argv, true), b->has_post_start,
                      b->has_pre_stop};

        if (has[part] && names_container(b, t, container))
            return true;
    }
    return false;
}

bool pod_template_scripts_main(const struct pod_template *t, uint32_t container)
{
    return speaks(t, container, PART_MAIN, NULL);
}

bool pod_template_scripts_exec(const struct pod_template *t, uint32_t container,
                               const struct pod_handler_spec *h)
{
    return speaks(t, container, PART_EXEC, h);
}

bool pod_template_scripts_hook(const struct pod_template *t, uint32_t container, bool stop)
{
    return speaks(t, container, stop ? PART_PRE_STOP : PART_POST_START, NULL);
}
