/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c - a container's image: is it there, may it be pulled now, and what became of the pull.
 * What to do is decided by rule_image; failures are remembered by pod and image, because containers
 * of a pod share the back-off of an image they share.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"

static rx_ms now_of(struct pod_container *c)
{
    return rx_loop_now(pod_world_of(pod_of_container(c))->loop);
}

/* ---- failed pulls --------------------------------------------------------------------------- */

static struct pod_pull *pull_of(struct pod_container *c)
{
    struct pod_extra *first = pod_container_at(pod_of_container(c), 0)->extra;
    struct pod_pull *e = first != NULL ? first->whole.pulls : NULL;

    while (e != NULL && e->image_id != pod_container_spec_of(c)->image_id)
        e = e->next;
    return e;
}

/* NULL: no memory. The image is then asked for at every retry, which only costs Events. */
static struct pod_pull *pull_make(struct pod_container *c)
{
    struct pod_extra *first = pod_extra_of(pod_container_at(pod_of_container(c), 0));
    struct pod_pull *e = pull_of(c);

    if (e != NULL || first == NULL)
        return e;
    e = rx_stash_take(&pod_world_of(pod_of_container(c))->pulls);
    if (e == NULL)
        return NULL;
    e->image_id = pod_container_spec_of(c)->image_id;
    e->next = first->whole.pulls;
    first->whole.pulls = e;
    return e;
}

void pod_image_forget(struct pod_container *c)
{
    while (c->extra->whole.pulls != NULL) {
        struct pod_pull *e = c->extra->whole.pulls;

        c->extra->whole.pulls = e->next;
        rx_stash_give(&pod_world_of(pod_of_container(c))->pulls, e);
    }
}

static const struct pod_pull_rule *rule_now(struct pod_container *c)
{
    return pod_pull_rule_at(c->script != NULL ? c->script->pull : NULL,
                            pod_container_spec_of(c)->image, now_of(c));
}

static bool fails_by(const struct pod_pull_rule *r, enum pod_reason reason)
{
    return r != NULL && r->fail != NULL && r->reason == reason;
}

/* ---- ends of a pull ------------------------------------------------------------------------- */

static void failed(struct pod_container *c, const struct pod_pull_rule *r)
{
    const char *reason = pod_reason_text(r->reason);
    struct pod_pull *e = pull_make(c);

    pod_tell(pod_of_container(c), c->index, POD_EVENT_FAILED, "Failed to pull image \"%s\": %s",
             pod_container_spec_of(c)->image, r->fail);
    if (e != NULL) {
        e->backoff = pod_pull_failed(e->backoff, now_of(c));
        e->error = r->fail;
        e->reason = (uint8_t)r->reason;
    }
    pod_start_failed(c, r->reason, reason, "%s", r->fail);
}

static void succeeded(struct pod_container *c, rx_ms took)
{
    struct pod *p = pod_of_container(c);
    char text[32];

    pod_duration_text(took, text, sizeof(text));
    pod_tell(p, c->index, POD_EVENT_PULLED,
             "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: 0 bytes.",
             pod_container_spec_of(c)->image, text, text);
    pod_node_set_image_present(pod_node_of(p), pod_container_spec_of(c)->image_id, true);
}

static bool end_pull(struct pod_container *c, const struct pod_pull_rule *r, rx_ms took)
{
    if (r != NULL && r->fail != NULL) {
        failed(c, r);
        return false;
    }
    succeeded(c, took);
    return true;
}

/* Its runtime pulls it. False: it is waited for, or has failed. */
static bool pull_outside(struct pod_container *c)
{
    const struct pod_outside *o = pod_world_of(pod_of_container(c))->outside;
    static const struct pod_pull_rule refused = {
        .fail = "the runtime has refused to pull it", .reason = POD_REASON_IMAGE_PULL};
    enum pod_outside_answer answer;

    if (pod_extra_of(c) == NULL)
        return end_pull(c, &refused, 0);
    c->extra->pull.rule = NULL;
    c->extra->pull.began = now_of(c);
    c->extra->pull.image_id = pod_container_spec_of(c)->image_id;
    c->stage = POD_STAGE_PULL;
    answer = o->pull(o->ctx, c);
    if (answer == POD_OUTSIDE_LATER)
        return false;
    c->stage = POD_STAGE_IDLE;
    return end_pull(c, answer == POD_OUTSIDE_FAILED ? &refused : NULL, 0);
}

/* What its runtime says of it, as a rule: back-off keeps its text for as long as there is one. */
static const struct pod_pull_rule *told_outside(struct pod_container *c)
{
    struct rx_arena *arena = &pod_world_of(pod_of_container(c))->programs;
    const char *text = pod_outside_text(c);
    const struct pod_pull *e = pull_of(c);
    struct pod_pull_rule *r;
    bool failed = c->extra->outside.failed;

    if (!failed)
        return NULL;
    text = text != NULL ? text : "the runtime could not pull it";
    r = rx_arena_alloc(arena, sizeof(*r));
    if (r != NULL)
        *r = (struct pod_pull_rule){
            .reason = POD_REASON_IMAGE_PULL,
            .fail = e != NULL && strcmp(e->error, text) == 0 ? e->error
                                                             : rx_arena_strdup(arena, text)};
    pod_outside_forget(c);
    return r;
}

/* What the script says of a pull is decided when it begins. */
static bool pull(struct pod_container *c, const struct pod_pull_rule *r)
{
    struct pod *p = pod_of_container(c);
    rx_ms takes = 0;

    pod_tell(p, c->index, POD_EVENT_PULLING, "Pulling image \"%s\"",
             pod_container_spec_of(c)->image);
    if (pod_is_outside(c) && pod_world_of(p)->outside->pull != NULL)
        return pull_outside(c);
    if (r != NULL)
        takes = pod_draw_ms(&r->takes, pod_container_draw(c, POD_STREAM_PULL, c->restarts));
    if (takes == 0 || pod_extra_of(c) == NULL)
        return end_pull(c, r, 0);
    c->extra->pull.rule = r;
    c->extra->pull.began = now_of(c);
    c->extra->pull.image_id = pod_container_spec_of(c)->image_id;
    c->stage = POD_STAGE_PULL;
    rx_loop_arm(pod_world_of(p)->loop, &c->life, now_of(c) + takes);
    return false;
}

bool pod_image_got(struct pod_container *c)
{
    const struct pod_pull_rule *r = pod_is_outside(c) ? told_outside(c) : c->extra->pull.rule;

    if (c->extra->pull.image_id == pod_container_spec_of(c)->image_id)
        return end_pull(c, r, now_of(c) - c->extra->pull.began);
    /* Its definition has changed meanwhile: this is not what it needs any more. */
    if (r == NULL || r->fail == NULL)
        pod_node_set_image_present(pod_node_of(pod_of_container(c)), c->extra->pull.image_id, true);
    return pod_image_get(c);
}

/* ---- the way to it -------------------------------------------------------------------------- */

static void no_name(struct pod_container *c)
{
    const char *image = pod_container_spec_of(c)->image;
    char text[512];

    snprintf(text, sizeof(text),
             "Failed to apply default image tag \"%s\": couldn't parse image name \"%s\": invalid "
             "reference format",
             image, image);
    pod_tell(pod_of_container(c), c->index, POD_EVENT_INSPECT_FAILED, "%s", text);
    pod_start_failed(c, POD_REASON_IMAGE_NAME, "InvalidImageName", "%s", text);
}

static void unseen(struct pod_container *c, const struct pod_pull_rule *r)
{
    const char *image = pod_container_spec_of(c)->image;

    pod_tell(pod_of_container(c), c->index, POD_EVENT_INSPECT_FAILED,
             "Failed to inspect image \"%s\": %s", image, r->fail);
    pod_start_failed(c, POD_REASON_IMAGE_INSPECT, "ImageInspectError",
                     "Failed to inspect image \"%s\": %s", image, r->fail);
}

static void never(struct pod_container *c)
{
    const char *image = pod_container_spec_of(c)->image;

    pod_tell(pod_of_container(c), c->index, POD_EVENT_IMAGE_NEVER,
             "Container image \"%s\" is not present with pull policy of Never", image);
    pod_start_failed(c, POD_REASON_IMAGE_NEVER, "ErrImageNeverPull",
                     "Container image \"%s\" is not present with pull policy of Never", image);
}

static void held(struct pod_container *c, const struct pod_pull *e)
{
    const char *image = pod_container_spec_of(c)->image;

    pod_tell(pod_of_container(c), c->index, POD_EVENT_IMAGE_BACK_OFF,
             "Back-off pulling image \"%s\"", image);
    pod_start_failed(c, POD_REASON_IMAGE_BACKOFF, "ImagePullBackOff",
                     "Back-off pulling image \"%s\": %s: %s", image,
                     pod_reason_text((enum pod_reason)e->reason), e->error);
}

bool pod_image_get(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_pull_rule *r = rule_now(c);
    const struct pod_pull *e = pull_of(c);
    struct pod_image_in in = {
        .named = pod_image_name_valid(s->image) && !fails_by(r, POD_REASON_IMAGE_NAME),
        .inspected = !fails_by(r, POD_REASON_IMAGE_INSPECT),
        .present = pod_image_there(c),
        .waits = e != NULL && pod_pull_waits(e->backoff, now_of(c)),
        .policy = (uint8_t)s->pull_policy,
    };

    const struct pod_image_row *row = pod_image_decide(in);

    if (pod_world_of(p)->met != NULL)
        pod_world_of(p)->met->image[row - pod_image_table]++;
    switch ((enum pod_image_step)row->step) {
    case POD_IMAGE_NO_NAME:
        no_name(c);
        return false;
    case POD_IMAGE_UNSEEN:
        unseen(c, r);
        return false;
    case POD_IMAGE_NEVER:
        never(c);
        return false;
    case POD_IMAGE_BACKOFF:
        held(c, e);
        return false;
    case POD_IMAGE_PULL:
        return pull(c, r);
    case POD_IMAGE_THERE:
        break;
    }
    pod_tell(p, c->index, POD_EVENT_PULLED,
             "Container image \"%s\" already present on machine and can be accessed by the pod",
             s->image);
    return true;
}
