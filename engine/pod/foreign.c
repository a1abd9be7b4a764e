/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign.c - what an engine that has a share of a run's pods knows of the others: that they were
 * created, and what their creation means for its own.
 *
 * They take their serial numbers and their places in the counts of Behavior documents. And they
 * pull images: a node pulls an image once, so which pod says "Pulling" and which "already present"
 * depends on all of them. What a foreign pod pulls and when is worked out from its template for
 * those containers that start with the first sync; of later ones (behind an init container, a hook,
 * a slow start) it is taken that replicas go in step, so that the one created first pulls. Where
 * another template may pull later, too, that is counted. A pod that is held up by itself, and pulls
 * that a Behavior lets fail, are beyond this (docs/decisions/0005-shards.md).
 */
#include <string.h>

#include "engine/box/rule_program.h"
#include "engine/pod/pod_int.h"
#include "engine/reactor/err.h"
#include "engine/reactor/prng.h"

static int room_for_image(struct pod_node *n, uint32_t id)
{
    uint32_t room = RX_MAX(n->foreign_images, 16);
    struct pod_foreign_image *more;

    if (id < n->foreign_images)
        return 0;
    while (room <= id)
        room *= 2;
    more = rx_mem_grow(n->world->mem, n->foreign_image, n->foreign_images * sizeof(*more),
                       room * sizeof(*more));
    if (more == NULL)
        return -RX_ENOMEM;
    memset(more + n->foreign_images, 0, (room - n->foreign_images) * sizeof(*more));
    n->foreign_image = more;
    n->foreign_images = room;
    return 0;
}

/* Does a container by its definition put off what follows? An init container must end, a sidecar be
 * started. */
static bool holds_up(const struct pod_container_spec *s)
{
    return s->post_start != NULL || s->kind == POD_INIT ||
           (s->kind == POD_SIDECAR && s->probe[POD_STARTUP] != NULL);
}

/* Can it not start at all, as far as its definition tells? Then what follows it does not,
 * either. */
static bool cannot_start(struct pod_world *w, const struct pod_spec *spec,
                         const struct pod_container_spec *s)
{
    char why[512];

    return (s->user.non_root && s->user.given && s->user.uid == 0) ||
           (!w->knobs.ignore_missing && pod_config_missing(&w->store, spec, s, why, sizeof(why)));
}

/* Is its command none that anybody could have, so that without a Behavior it is never started? */
static bool has_no_name(const struct pod_container_spec *s)
{
    return s->command_argc > 0 && shell_program_is_no_name(s->argv[0]);
}

/* ... or by what a Behavior says of its first instance, if it comes to that? */
static bool starts_slowly(struct pod_world *w, const struct pod_spec *spec,
                          const struct pod_container_spec *s, const struct pod_script *script)
{
    const struct pod_behaviour *b = script->instances;

    return holds_up(s) ||
           (b != NULL && b->instance_count > 0 &&
            b->instance[0].start_takes.a + b->instance[0].start_takes.b > 0 &&
            !cannot_start(w, spec, s));
}

/* Does a pod of the template wait for something before it starts anything? */
static bool waits(struct pod_world *w, const struct pod_spec *spec)
{
    char why[512];

    if (spec->scheduling_gated)
        return true;
    for (uint32_t i = 0; i < spec->volume_count; i++) {
        const struct pod_volume_spec *v = &spec->volume[i];

        if (v->kind == POD_VOLUME_CLAIM && !v->templated &&
            pod_claim_find(w, spec->ns, v->source) == NULL)
            return true;
    }
    return !w->knobs.ignore_missing &&
           pod_config_volumes_missing(&w->store, spec, why, sizeof(why));
}

static void mark(uint64_t *images, uint32_t id)
{
    images[id >> 6] |= 1ull << (id & 63);
}

/* Who needs the images of those behind it later may find them there or not: it is counted. Whether
 * one that never pulls finds its own decides when that is. */
static void come_late(struct pod_world *w, const struct pod_spec *spec, uint32_t slow)
{
    bool unsure = spec->container[slow].pull_policy == POD_PULL_NEVER;

    for (uint32_t i = slow + 1; i < spec->container_count; i++)
        mark(unsure ? w->image_unsure : w->image_late, spec->container[i].image_id);
}

/* Does a container that comes to its image then pull it? If it is there, or may not, that takes no
 * time, whatever a Behavior says of its pulls. */
static bool pulls(const struct pod_node *n, const struct pod_container_spec *s, rx_ms at)
{
    const struct pod_foreign_image *image = &n->foreign_image[s->image_id];

    if (s->pull_policy != POD_PULL_IF_NOT_PRESENT)
        return s->pull_policy == POD_PULL_ALWAYS;
    return !pod_node_image_present(n, s->image_id) && (image->serial == 0 || image->at > at);
}

/* The pulls of a foreign pod that is created now, as far as they are over when it is taken away: in
 * one instant that comes first. */
static int pull_images(struct pod_node *n, const struct pod_template *t, uint64_t mask,
                       rx_ms gone_at)
{
    struct pod_world *w = n->world;
    rx_ms at = rx_loop_now(w->loop);

    if (waits(w, t->spec))
        return 0;
    for (uint32_t i = 0; i < t->spec->container_count; i++) {
        const struct pod_container_spec *s = &t->spec->container[i];
        struct pod_script script = pod_scripts_of(w, t, mask, i);
        const struct pod_pull_rule *r = pod_pull_rule_at(script.pull, s->image, at);
        struct pod_foreign_image *image;
        int rc = room_for_image(n, s->image_id);

        if (rc != 0)
            return rc;
        if (r != NULL && pulls(n, s, at))
            at += pod_draw_ms(&r->takes,
                              rx_prng_at(w->seed, POD_STREAM_PULL, w->serial << 8 | i, 0));
        if (at >= gone_at)
            return 0;
        image = &n->foreign_image[s->image_id];
        if (s->pull_policy != POD_PULL_NEVER && (r == NULL || r->fail == NULL) &&
            (image->serial == 0 || at < image->at))
            *image = (struct pod_foreign_image){w->serial, at};
        if (starts_slowly(w, t->spec, s, &script)) {
            come_late(w, t->spec, i);
            return 0;
        }
        if (s->kind == POD_SIDECAR &&
            (cannot_start(w, t->spec, s) || (script.instances == NULL && has_no_name(s))))
            return 0;
    }
    return 0;
}

static bool marked(const uint64_t *images, uint32_t id)
{
    return images[id >> 6] >> (id & 63) & 1;
}

void pod_foreign_note(struct pod_world *w, const struct pod_spec *spec, uint32_t container)
{
    uint32_t id = spec->container[container].image_id;
    bool late = false, again = false, unsure = false;

    for (uint32_t i = 0; i < container; i++) {
        const struct pod_container_spec *before = &spec->container[i];

        late |= holds_up(before);
        unsure |= (before->pull_policy == POD_PULL_NEVER || cannot_start(w, spec, before) ||
                   has_no_name(before) || w->knobs.unknown_missing) &&
                  (holds_up(before) || before->kind == POD_SIDECAR);
        again |= before->image_id == id && before->pull_policy != POD_PULL_NEVER;
    }
    if (unsure)
        mark(w->image_unsure, id);
    if (spec->container[container].pull_policy == POD_PULL_NEVER)
        return;
    if (!again && marked(w->image_pulled, id))
        mark(w->image_shared, id);
    if (late)
        mark(w->image_late, id);
    mark(w->image_pulled, id);
}

void pod_foreign_image(struct pod_world *w, uint32_t id)
{
    mark(w->image_pulled, id);
    mark(w->image_shared, id);
    mark(w->image_late, id);
    if (rx_loop_now(w->loop) == 0) /* the very beginning is not foreseen either */
        mark(w->image_unsure, id);
}

static bool needs(const struct pod_spec *spec, uint32_t image_id)
{
    for (uint32_t i = 0; i < spec->container_count; i++) {
        if (spec->container[i].image_id == image_id)
            return true;
    }
    return false;
}

void pod_foreign_unsure(struct pod_world *w, const struct pod_spec *spec)
{
    const struct pod_node *n = w->node[0];
    rx_ms now = rx_loop_now(w->loop);

    for (uint32_t i = 0; i < n->foreign_images; i++) {
        const struct pod_foreign_image *image = &n->foreign_image[i];

        if (image->serial != 0 && image->at >= now && (spec == NULL || needs(spec, i)))
            mark(w->image_unsure, i);
    }
}

int pod_skip(struct pod_node *n, struct pod_template *t, rx_ms gone_at)
{
    struct pod_world *w = n->world;
    uint64_t mask;
    int rc = pod_scripts_skip(w, t, &mask);
    bool scripted;

    if (rc != 0)
        return rc;
    w->serial++;
    /* All replicas of a template pull the same way, so the first one that stays speaks for them,
     * but not for those of which a Behavior says how each of them pulls, nor do these. */
    scripted = pod_scripts_pull(w, t, mask);
    if (t->foreign_plain && !scripted)
        return 0;
    if (t->foreign_first == 0 && gone_at == RX_MS_NEVER)
        t->foreign_first = w->serial;
    t->foreign_plain |= !scripted && gone_at == RX_MS_NEVER;
    return pull_images(n, t, mask, gone_at);
}

void pod_unskip(struct pod_world *w, struct pod_template *t)
{
    pod_scripts_forget(w, t);
    w->serial--;
}

/* Does it start with the pod's first sync? */
static bool starts_at_once(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    static const struct pod_script none = {0};

    for (uint32_t i = 0; i < c->index; i++) {
        struct pod_container *before = pod_container_at(p, i);

        if (starts_slowly(pod_world_of(p), pod_spec_of(p), &pod_spec_of(p)->container[i],
                          before->script != NULL ? before->script : &none))
            return false;
    }
    return true;
}

/* In the instant of its creation, does it start, or try again, when all others of that instant have
 * had their first sync? */
static bool is_behind(struct pod_container *c, rx_ms now)
{
    return pod_of_container(c)->created_at == now &&
           (c->wait_reason != POD_REASON_NONE || !starts_at_once(c));
}

/* May it be over in no time? A request that goes out is answered at the end of its instant. */
static bool hook_may_be_prompt(const struct pod_handler_spec *h, const struct pod_script *script)
{
    if (h == NULL)
        return false;
    if (script->post_start != NULL)
        return true;
    if (h->kind == POD_HANDLER_SLEEP)
        return h->seconds == 0;
    return h->kind != POD_HANDLER_HTTP || h->port == 0 || h->host != NULL;
}

/* ... or is it held up by nothing but hooks after a start, which may take no time? Then it is the
 * first. */
static bool may_not_be_behind(struct pod_container *c, rx_ms now)
{
    struct pod *p = pod_of_container(c);
    static const struct pod_script none = {0};
    bool hook = false;

    if (p->created_at != now || c->wait_reason != POD_REASON_NONE)
        return false;
    for (uint32_t i = 0; i < c->index; i++) {
        struct pod_container *before = pod_container_at(p, i);
        const struct pod_script *script = before->script != NULL ? before->script : &none;
        struct pod_container_spec s = pod_spec_of(p)->container[i];

        if (hook_may_be_prompt(s.post_start, script)) {
            s.post_start = NULL;
            hook = true;
        }
        if (starts_slowly(pod_world_of(p), pod_spec_of(p), &s, script))
            return false;
    }
    return hook;
}

/* A pod of another shard has pulled it before. */
static bool brought(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_node *n = pod_node_of(p);
    uint16_t id = pod_container_spec_of(c)->image_id;
    const struct pod_foreign_image *image = &n->foreign_image[id];
    rx_ms now = rx_loop_now(n->world->loop);

    return id < n->foreign_images && image->serial != 0 &&
           (image->at < now ||
            (image->at == now && (image->serial < p->serial || is_behind(c, now))));
}

static bool pulled_elsewhere(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);

    if (brought(c))
        return true;
    return p->tmpl->foreign_first != 0 && p->tmpl->foreign_first < p->serial &&
           (c->script == NULL || c->script->pull == NULL) && s->pull_policy != POD_PULL_NEVER &&
           !starts_at_once(c);
}

void pod_foreign_taken(struct pod *p)
{
    struct pod_world *w = pod_world_of(p);

    if (w->shard.count == 1 || pod_is_over(p) || pod_is_deleting(p))
        return;
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);
        const struct pod_container_spec *s = pod_container_spec_of(c);

        w->stats.foreign_lookups +=
            !c->cur.valid && s->pull_policy != POD_PULL_NEVER &&
            marked(w->image_shared, s->image_id) &&
            !pod_node_image_present(pod_node_of(p), s->image_id) && !pulled_elsewhere(c);
    }
}

/* Maybe its image has come without its knowing. At the very beginning nobody can have brought it
 * but those that are foreseen, and if it is behind something itself those that pull it behind
 * others. Later, whoever waits for it must ask who may pull it, and whoever pulls it, whether a
 * pull that took its time ends in this instant, or another template has a container that pulls it
 * behind others. */
static bool may_have_come(struct pod_container *c)
{
    const struct pod_node *n = pod_node_of(pod_of_container(c));
    const struct pod_world *w = n->world;
    const struct pod_container_spec *s = pod_container_spec_of(c);
    rx_ms now = rx_loop_now(w->loop);

    if (s->pull_policy == POD_PULL_NEVER)
        return marked(w->image_pulled, s->image_id) &&
               (now > 0 || (!starts_at_once(c) && marked(w->image_late, s->image_id)));
    if (s->image_id < n->foreign_images && n->foreign_image[s->image_id].serial != 0 &&
        n->foreign_image[s->image_id].at == now && pod_of_container(c)->created_at != now)
        return true;
    return (now > 0 || !starts_at_once(c)) && marked(w->image_shared, s->image_id) &&
           marked(w->image_late, s->image_id);
}

static bool is_chance(const struct pod_script *script)
{
    const struct pod_behaviour *b = script->instances;
    bool chance = script->post_start != NULL &&
                  pod_draw_is_chance(&script->post_start->post_start.takes);

    if (b == NULL || b->instance_count == 0)
        return chance;
    return chance || pod_draw_is_chance(&b->instance[0].start_takes) ||
           (b->instance[0].exits && pod_draw_is_chance(&b->instance[0].exit_after));
}

/* By a rule of its own, so that it is over before others of that instant ask for the image. */
static bool pull_may_be_prompt(struct pod_container *c)
{
    rx_ms now = rx_loop_now(pod_world_of(pod_of_container(c))->loop);
    const char *image = pod_container_spec_of(c)->image;
    const struct pod_pull_rule *r;

    if (c->script == NULL || c->script->pull == NULL)
        return false;
    r = pod_pull_rule_at(c->script->pull, image, now);
    return r == NULL || r->takes.a == 0 || r->takes.kind == POD_DRAW_EXP;
}

/* Replicas go in step, unless chance says how long each is held up, or a Behavior lets it pull in
 * no time: then not the one that was created first need be the first to have the image. */
static bool is_out_of_step(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    bool spread = pod_world_of(p)->knobs.timing != POD_TIMING_REFERENCE;
    bool out = false;

    if (p->tmpl->foreign_first == 0 || starts_at_once(c))
        return false;
    if (pull_may_be_prompt(c))
        return true;
    for (uint32_t i = 0; i < c->index; i++) {
        const struct pod_container_spec *s = &pod_spec_of(p)->container[i];
        const struct pod_script *script = pod_container_at(p, i)->script;

        out |= spread && s->kind == POD_SIDECAR && s->probe[POD_STARTUP] != NULL;
        out |= script != NULL && is_chance(script);
    }
    return out;
}

bool pod_image_there(struct pod_container *c)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));
    const struct pod_container_spec *s = pod_container_spec_of(c);

    if (pod_node_image_present(pod_node_of(pod_of_container(c)), s->image_id))
        return true;
    if (w->shard.count == 1)
        return false;
    if (marked(w->image_unsure, s->image_id) || is_out_of_step(c)) {
        w->stats.foreign_lookups++;
        return pulled_elsewhere(c);
    }
    if (pulled_elsewhere(c)) {
        w->stats.foreign_lookups += may_not_be_behind(c, rx_loop_now(w->loop));
        /* Whoever asks once more in this instant, when it is not behind any more, finds it, too. */
        if (brought(c))
            pod_node_set_image_present(pod_node_of(pod_of_container(c)), s->image_id, true);
        return true;
    }
    w->stats.foreign_lookups += may_have_come(c);
    return false;
}
