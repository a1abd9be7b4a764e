/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - how a container comes to run: back-off, image, creation, process, postStart hook. Each
 * step that takes time leaves the container in a stage of its own and the pod worker busy; each that
 * fails leaves a reason and a date for the next try.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/reactor/prng.h"
#include "engine/reactor/trace.h"

enum {
    START_RETRY_MS = 10000, /* the kubelet's cadence for starts that failed for want of something */
    PULL_BASE_MS = 10000,
    PULL_CAP_MS = 300000,
    PULL_FORGET_MS = 600000,
};

static void pull(struct pod_container *c);
static void create(struct pod_container *c);
static void launch(struct pod_container *c);

static rx_ms now_of(struct pod_container *c)
{
    return rx_loop_now(pod_node_of(pod_of_container(c))->loop);
}

static void arm(struct pod_container *c, rx_ms due)
{
    rx_loop_arm(pod_node_of(pod_of_container(c))->loop, &c->life, due);
}

/* A retry comes up to so many percent late: the kubelet spreads them. */
static void arm_retry(struct pod_container *c, rx_ms due)
{
    int32_t percent = pod_node_of(pod_of_container(c))->knobs.retry_jitter;
    rx_ms now = now_of(c), most = (due - now) * percent / 100;

    if (most > 0)
        due += (rx_ms)rx_prng_scale(pod_container_draw(c, POD_STREAM_RELIST, (uint64_t)now),
                                    (uint64_t)most + 1);
    arm(c, due);
}

const struct pod_instance_script *pod_instance_of(const struct pod_container *c, uint32_t restarts)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->instances : NULL;

    if (b == NULL || b->instance_count == 0)
        return NULL;
    return &b->instance[RX_MIN(restarts, b->instance_count - 1)];
}

/* ---- back-off ---------------------------------------------------------------------------------- */

static void refuse(struct pod_container *c, rx_ms retry_at)
{
    struct pod *p = pod_of_container(c);
    const struct pod_spec *spec = pod_spec_of(p);
    char name[POD_NAME_MAX], uid[POD_UID_MAX];

    if (pod_node_of(p)->knobs.bo_gc)
        retry_at = RX_MIN(retry_at, pod_backoff_collected_at(c->backoff, &pod_node_of(p)->backoff));
    c->wait_reason = POD_REASON_CRASH_LOOP;
    pod_node_of(p)->stats.backoffs++;
    RX_TRACE(backoff_arm, p->id, c->index, retry_at - now_of(c));
    arm_retry(c, retry_at);
    if (!pod_node_of(p)->probe_events)
        return;
    pod_uid(p, uid);
    pod_tell(p, c->index, POD_EVENT_BACK_OFF, "Back-off restarting failed container %s in pod %s_%s(%s)",
             spec->container[c->index].name, pod_name(p, name), spec->ns, uid);
}

void pod_start(struct pod_container *c)
{
    struct pod_node *n = pod_node_of(pod_of_container(c));
    bool after_kill = (c->plan & POD_PLAN_AFTER_KILL) != 0;
    /* After a kill the question is put with what was known before it: the instance that was already
     * dead then, not the one just killed. */
    const struct pod_record *dead = after_kill ? &c->prev : &c->cur;
    bool has_dead = dead->valid && c->proc_state == POD_PROC_DEAD;
    struct pod_backoff_verdict v;

    c->plan = 0;
    rx_loop_disarm(n->loop, &c->life);
    if (n->knobs.bo_gc && pod_backoff_collected_at(c->backoff, &n->backoff) <= now_of(c))
        c->backoff.delay_ms = 0;
    v = pod_backoff_try(c->backoff, has_dead, dead->finished, now_of(c), &n->backoff);
    c->backoff = v.state;
    if (v.start)
        pull(c);
    else
        refuse(c, v.retry_at);
}

/* ---- the image --------------------------------------------------------------------------------- */

const struct pod_pull_rule *pod_pull_rule_at(const struct pod_behaviour *b, const char *image, rx_ms now)
{
    for (uint32_t i = 0; b != NULL && i < b->pull_count; i++) {
        const struct pod_pull_rule *r = &b->pull[i];

        if (now >= r->window.from && now < r->window.to &&
            (r->image == NULL || strcmp(r->image, image) == 0))
            return r;
    }
    return NULL;
}

static void wait_for_image(struct pod_container *c, enum pod_reason reason)
{
    c->wait_reason = (uint8_t)reason;
    c->stage = POD_STAGE_IDLE;
    pod_tell(pod_of_container(c), c->index, POD_EVENT_FAILED, "Error: %s", pod_reason_text(reason));
    arm_retry(c, now_of(c) + START_RETRY_MS);
}

static void pull_failed(struct pod_container *c, const char *error)
{
    struct pod *p = pod_of_container(c);
    struct pod_extra *e = pod_extra_of(c);
    rx_ms now = now_of(c);

    pod_tell(p, c->index, POD_EVENT_FAILED, "Failed to pull image \"%s\": %s",
             pod_container_spec_of(c)->image, error);
    if (e != NULL) {
        if (e->pull_delay_ms == 0 || now - e->pull_failed_at > PULL_FORGET_MS)
            e->pull_delay_ms = PULL_BASE_MS;
        else
            e->pull_delay_ms = RX_MIN(2 * e->pull_delay_ms, (int32_t)PULL_CAP_MS);
        e->pull_failed_at = now;
        e->pull_error = error;
    }
    wait_for_image(c, POD_REASON_IMAGE_PULL);
}

static void pull_done(struct pod_container *c, rx_ms took)
{
    struct pod *p = pod_of_container(c);
    char text[32];

    pod_duration_text(took, text, sizeof(text));
    pod_tell(p, c->index, POD_EVENT_PULLED,
             "Successfully pulled image \"%s\" in %s (%s including waiting). Image size: 0 bytes.",
             pod_container_spec_of(c)->image, text, text);
    pod_node_set_image_present(pod_node_of(p), pod_container_spec_of(c)->image_id, true);
    create(c);
}

static void begin_pull(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_behaviour *b = c->script != NULL ? c->script->pull : NULL;
    const struct pod_pull_rule *r =
        pod_pull_rule_at(b, pod_container_spec_of(c)->image, now_of(c));
    rx_ms takes = 0;

    pod_tell(p, c->index, POD_EVENT_PULLING, "Pulling image \"%s\"",
             pod_container_spec_of(c)->image);
    if (r != NULL)
        takes = pod_draw_ms(&r->takes, pod_container_draw(c, POD_STREAM_PULL, c->restarts));
    if (takes > 0) {
        c->stage = POD_STAGE_PULL;
        arm(c, now_of(c) + takes);
    } else if (r != NULL && r->fail != NULL) {
        pull_failed(c, r->fail);
    } else {
        pull_done(c, 0);
    }
}

/* What the script says of a pull is decided when it begins. */
static void end_pull(struct pod_container *c)
{
    const struct pod_behaviour *b = c->script != NULL ? c->script->pull : NULL;
    const struct pod_pull_rule *r = NULL;
    rx_ms took = 0;

    for (uint32_t i = 0; b != NULL && i < b->pull_count && r == NULL; i++) {
        took = pod_draw_ms(&b->pull[i].takes, pod_container_draw(c, POD_STREAM_PULL, c->restarts));
        if (c->life.due - took >= b->pull[i].window.from &&
            c->life.due - took < b->pull[i].window.to && took > 0 &&
            (b->pull[i].image == NULL ||
             strcmp(b->pull[i].image, pod_container_spec_of(c)->image) == 0))
            r = &b->pull[i];
    }
    if (r != NULL && r->fail != NULL)
        pull_failed(c, r->fail);
    else
        pull_done(c, took);
}

static void pull(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);
    bool present = pod_image_there(c);

    if (s->pull_policy == POD_PULL_NEVER && !present) {
        pod_tell(p, c->index, POD_EVENT_IMAGE_NEVER,
                 "Container image \"%s\" is not present with pull policy of Never", s->image);
        wait_for_image(c, POD_REASON_IMAGE_NEVER);
        return;
    }
    if (present && s->pull_policy != POD_PULL_ALWAYS) {
        pod_tell(p, c->index, POD_EVENT_PULLED,
                 "Container image \"%s\" already present on machine and can be accessed by the pod",
                 s->image);
        create(c);
        return;
    }
    if (c->extra != NULL && c->extra->pull_delay_ms > 0 &&
        now_of(c) - c->extra->pull_failed_at < c->extra->pull_delay_ms) {
        pod_tell(p, c->index, POD_EVENT_IMAGE_BACK_OFF, "Back-off pulling image \"%s\"", s->image);
        wait_for_image(c, POD_REASON_IMAGE_BACKOFF);
        return;
    }
    begin_pull(c);
}

/* ---- creation and process ------------------------------------------------------------------------ */

/* What its environment refers to is not there. */
static bool unconfigured(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    struct pod_node *n = pod_node_of(p);
    char why[256];

    if (n->knobs.ignore_missing || !pod_config_missing(&n->configs, pod_spec_of(p),
                                                       pod_container_spec_of(c), why, sizeof(why)))
        return false;
    c->wait_reason = POD_REASON_CONFIG_ERROR;
    c->stage = POD_STAGE_IDLE;
    pod_trouble_note(c, why);
    pod_tell(p, c->index, POD_EVENT_FAILED, "Error: %s", why);
    arm_retry(c, now_of(c) + START_RETRY_MS);
    return true;
}

static void create(struct pod_container *c)
{
    uint32_t instance = c->cur.valid ? c->restarts + 1 : 0;
    const struct pod_instance_script *script = pod_instance_of(c, instance);
    rx_ms takes = 0;

    if (unconfigured(c))
        return;
    pod_tell(pod_of_container(c), c->index, POD_EVENT_CREATED, "Container created");
    if (script != NULL)
        takes = pod_draw_ms(&script->start_takes, pod_container_draw(c, POD_STREAM_START, instance));
    if (takes == 0) {
        launch(c);
        return;
    }
    c->stage = POD_STAGE_START;
    arm(c, now_of(c) + takes);
}

void pod_start_goes_on(struct pod_container *c)
{
    if (c->stage == POD_STAGE_PULL)
        end_pull(c);
    else
        launch(c);
}

void pod_container_serve(struct pod_container *c, bool up)
{
    struct pod *p = pod_of_container(c);
    const struct pod_server *server = pod_node_of(p)->server;
    struct pod_serve_target t = {
        .pod = p->id,
        .container = c->index,
        .ip = p->ip,
        .port_count = p->tmpl->listen_count[c->index],
        .port = p->tmpl->listen[c->index],
    };
    bool sealed;

    if (c->serving == up)
        return;
    pod_unpark(p);
    c->serving = up;
    if (server == NULL || t.port_count == 0)
        return;
    if (!up) {
        server->down(server->ctx, p->id, c->index);
        pod_refusal_end(c);
        return;
    }
    /* A listener that is opened for the first time may grow the server's tables. */
    sealed = rx_mem_unseal(pod_node_of(p)->mem);
    server->up(server->ctx, &t);
    if (sealed)
        rx_mem_seal(pod_node_of(p)->mem);
    pod_refusal_begin(c);
}

static void next_record(struct pod_container *c)
{
    if (c->cur.valid) {
        c->prev = c->cur;
        c->restarts++;
        c->untold++;
        pod_node_of(pod_of_container(c))->stats.restarts++;
        RX_TRACE(restart, pod_of_container(c)->id, c->index, c->restarts);
    }
    c->cur = (struct pod_record){.valid = true, .started = now_of(c), .finished = -1};
    c->changed = false;
}

/* The runtime could not execute the process: a dead instance that never lived. */
static void stillborn(struct pod_container *c, const char *why)
{
    c->proc_state = POD_PROC_DEAD;
    c->cur.finished = c->cur.started;
    c->cur.exit_code = 128;
    c->cur.reason = POD_REASON_START_ERROR;
    c->wait_reason = POD_REASON_RUN_ERROR;
    pod_message_take(c, why);
    pod_tell(pod_of_container(c), c->index, POD_EVENT_FAILED, "Error: %s", why);
    pod_need_sync(pod_of_container(c));
}

/* The instance is there for everybody to see. */
static void shown(struct pod_container *c)
{
    c->stage = POD_STAGE_IDLE;
    c->wait_reason = POD_REASON_NONE;
    if (c->hidden)
        c->extra->shown_at = now_of(c);
    c->hidden = false;
    /* What comes after it in the init sequence may go on. */
    if (pod_container_spec_of(c)->kind != POD_MAIN)
        pod_need_sync(pod_of_container(c));
}

static int boot(struct pod_container *c, const char **why)
{
    const struct rx_mem *mem = pod_node_of(pod_of_container(c))->mem;
    bool sealed = rx_mem_unseal(mem);
    int rc = pod_machine_boot(c, why);

    if (sealed)
        rx_mem_seal(mem);
    return rc;
}

static void launch(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_instance_script *script;
    const char *why;

    c->stage = POD_STAGE_IDLE;
    next_record(c);
    script = pod_instance_of(c, c->restarts);
    if (pod_container_spec_of(c)->kind == POD_MAIN)
        p->flags |= POD_MAINS_BEGUN;
    if (script != NULL && script->start_fail != NULL) {
        stillborn(c, script->start_fail);
        return;
    }
    c->proc_state = POD_PROC_RUNNING;
    if (boot(c, &why) != 0) {
        stillborn(c, why);
        return;
    }
    pod_node_of(p)->stats.running++;
    pod_tell(p, c->index, POD_EVENT_STARTED, "Container started");
    if (script != NULL && script->exits) {
        c->exit_by = POD_EXIT_ITSELF;
        rx_loop_arm(pod_node_of(p)->loop, &c->proc,
                    now_of(c) + pod_draw_ms(&script->exit_after,
                                            pod_container_draw(c, POD_STREAM_EXIT, c->restarts)));
    }
    if (!pod_machine_main(c))
        pod_container_serve(c, true);
    if (pod_container_spec_of(c)->post_start != NULL) {
        c->stage = POD_STAGE_POST_START;
        c->hidden = true;
        if (pod_hook_begin(c, false))
            return;
        pod_start_hooked(c);
        return;
    }
    shown(c);
}

void pod_start_hooked(struct pod_container *c)
{
    struct pod *p = pod_of_container(c);

    if (c->extra != NULL && !c->extra->hook_failed) {
        shown(c);
        return;
    }
    pod_tell(p, c->index, POD_EVENT_POST_START_FAILED, "PostStartHook failed");
    c->wait_reason = POD_REASON_POST_START_ERROR;
    if (c->proc_state != POD_PROC_RUNNING) {
        c->stage = POD_STAGE_IDLE;
        return;
    }
    c->kill_by = POD_KILL_HOOK;
    pod_stop(c, pod_spec_of(p)->grace_s, false);
}
