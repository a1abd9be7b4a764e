/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.c - the half of the observer that knows only what it is told: it keeps each pod as the
 * event stream shows it, and looks whether what comes next may follow.
 */
#include "tests/support/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/watch_parts.h"

static void on_event(void *ctx, podring *ring, const struct podring_event *e);
static void settle(struct watch *w);

/* ---- making
 * ----------------------------------------------------------------------------------------- */

static void set_limits(struct watch *w, const struct maker *world)
{
    bool reduced = false, given = false;

    w->news_ms = world->latency_max_us > 0 || world->drop_ppm > 0 ? 10000 : 0;
    w->reference = world->timing == PODRING_TIMING_REFERENCE;
    w->limits = (struct twin_limits){10000, 300000};
    for (unsigned i = 0; i < world->settings; i++) {
        const struct maker_setting *s = &world->setting[i];

        w->forgets |= strcmp(s->knob, "bo_gc") == 0;
        w->shortens |= strcmp(s->knob, "grace_shorten_live") == 0;
        reduced |= strcmp(s->knob, "reduced_backoff") == 0;
        if (strcmp(s->knob, "max_restart_period") == 0) {
            given = true;
            w->limits.cap_ms = 1000 * strtoll(s->value, NULL, 10);
        }
    }
    if (reduced)
        w->limits.base_ms = 1000;
    if (reduced && !given)
        w->limits.cap_ms = 60000;
    if (w->limits.base_ms > w->limits.cap_ms)
        w->limits.base_ms = w->limits.cap_ms;
}

struct watch *watch_new(podring *ring, const struct maker *world, struct verdict *out)
{
    struct watch *w = calloc(1, sizeof(*w));

    if (w == NULL)
        abort();
    w->ring = ring;
    w->out = out;
    *out = (struct verdict){0};
    set_limits(w, world);
    podring_on_event(ring, on_event, w);
    return w;
}

void watch_free(struct watch *w)
{
    for (uint32_t i = 0; i < w->pods; i++)
        free(w->pod[i].container);
    free(w->pod);
    free(w->lines);
    free(w);
}

uint64_t watch_told(const struct watch *w)
{
    return w->last_seq;
}

uint32_t watch_pods(const struct watch *w)
{
    return w->pods;
}

const char *watch_lines(struct watch *w, size_t *length)
{
    *length = w->used;
    return w->lines != NULL ? w->lines : "";
}

void watch_broken(struct watch *w, const char *rule, const struct watch_pod *p, const char *format,
                  ...)
{
    struct verdict *v = w->out;
    va_list args;
    int n;

    if (v->rule[0] != '\0')
        return;
    snprintf(v->rule, sizeof(v->rule), "%s", rule);
    v->at_ms = podring_now(w->ring);
    n = snprintf(v->text, sizeof(v->text), "at %lld ms: %s: ", (long long)w->last_at,
                 p != NULL ? p->name : "all");
    va_start(args, format);
    vsnprintf(v->text + n, sizeof(v->text) - (size_t)n, format, args);
    va_end(args);
}

bool watch_step_in(const struct watch *w, enum pod_step_kind kind, int64_t from, int64_t to)
{
    ST_EACH(l, w->ring->cluster.store, ST_STEP) {
        const struct pod_step *s = &rx_container_of(st_object_at(l), struct cluster_step,
                                                    object)->spec;

        if (s->kind == kind && s->at >= from && s->at <= to)
            return true;
    }
    for (unsigned i = 0; i < w->deeds; i++) {
        if (w->did[i].kind == kind && w->did[i].at >= from && w->did[i].at <= to)
            return true;
    }
    return false;
}

void watch_did(struct watch *w, enum pod_step_kind kind)
{
    if (w->deeds == RX_ARRAY_LEN(w->did))
        abort();
    w->did[w->deeds].kind = kind;
    w->did[w->deeds++].at = podring_now(w->ring);
}

void watch_also(struct watch *w, watch_also_fn *fn, void *ctx)
{
    w->also = fn;
    w->also_ctx = ctx;
}

/* ---- pods
 * ---------------------------------------------------------------------------------------------- */

struct watch_pod *watch_find(struct watch *w, uint64_t id)
{
    for (uint32_t i = w->pods; i-- > 0;) {
        if (w->pod[i].id == id)
            return &w->pod[i];
    }
    return NULL;
}

static void born(struct watch *w, const struct podring_event *e)
{
    /* The pod may be gone by now; the record says what it was made from. */
    const struct pod_spec *spec = st_cursor_peek(&w->ring->world.log, &w->ring->reader, NULL)->spec;
    struct watch_pod *n;

    if (w->pods == w->room) {
        w->room = 2 * w->room + 16;
        w->pod = realloc(w->pod, w->room * sizeof(*w->pod));
        if (w->pod == NULL)
            abort();
    }
    n = &w->pod[w->pods++];
    *n = (struct watch_pod){.id = e->pod, .spec = spec, .deleted_at = -1};
    n->object = POD_OBJECT_NONE;
    snprintf(n->name, sizeof(n->name), "%s", e->pod_name);
    snprintf(n->phase, sizeof(n->phase), "Pending");
    snprintf(n->status, sizeof(n->status), "Pending");
    n->container = calloc(n->spec->container_count, sizeof(*n->container));
    if (n->container == NULL)
        abort();
    for (uint32_t i = 0; i < n->spec->container_count; i++) {
        const struct pod_container_spec *s = &n->spec->container[i];
        struct twin_container *c = &n->container[i].now;

        c->spec = s;
        snprintf(c->reason, sizeof(c->reason), "%s",
                 n->spec->init_count > 0 ? "PodInitializing" : "ContainerCreating");
        memset(n->container[i].tick, -1, sizeof(n->container[i].tick));
        n->container[i].kill_at = n->container[i].dead_at = n->container[i].signal_at = -1;
        for (uint32_t k = 0; k < s->rule_count; k++)
            n->restarts_all |= s->rule[k].action == POD_RULE_RESTART_ALL;
    }
}

static struct watch_container *container_of(struct watch_pod *p, const char *name)
{
    for (uint32_t i = 0; name != NULL && i < p->spec->container_count; i++) {
        if (strcmp(p->spec->container[i].name, name) == 0)
            return &p->container[i];
    }
    return NULL;
}

static bool is_over(const struct watch_pod *p)
{
    return strcmp(p->phase, "Succeeded") == 0 || strcmp(p->phase, "Failed") == 0;
}

/* ---- starts
 * ---------------------------------------------------------------------------------------------- */

static void check_policy(struct watch *w, struct watch_pod *p, struct watch_container *c)
{
    bool again;

    if (!c->was_dead || p->restarts_all || w->reshaped)
        return;
    again =
        c->kill == WATCH_CHANGED || twin_restarts(p->spec, c->now.spec, c->last_code, c->last_oom);
    if (c->kill == WATCH_LIVENESS || c->kill == WATCH_STARTUP || c->replaced)
        again = again || twin_restarts_after_kill(p->spec, c->now.spec);
    if (!again)
        watch_broken(w, "policy", p, "%s is started again after exit %d", c->now.spec->name,
                     c->last_code);
}

static void check_init_done(struct watch *w, struct watch_pod *p, const struct watch_container *c)
{
    uint32_t self = (uint32_t)(c - p->container);

    for (uint32_t i = 0; i < p->spec->init_count && i < self; i++) {
        const struct watch_container *before = &p->container[i];
        bool sidecar = before->now.spec->kind == POD_SIDECAR;

        if (c->now.spec->kind == POD_SIDECAR && c->restarts > 0)
            return; /* kept alive, whatever the others do */
        if (!sidecar && !before->done)
            watch_broken(w, "start", p, "%s starts, its init container %s is not done",
                         c->now.spec->name, before->now.spec->name);
        if (sidecar && before->started_at == 0 && !before->open && !before->was_dead)
            watch_broken(w, "start", p, "%s starts before the sidecar %s", c->now.spec->name,
                         before->now.spec->name);
    }
}

static void started(struct watch *w, struct watch_pod *p, struct watch_container *c, int64_t at)
{
    w->started++;
    if (c->open)
        watch_broken(w, "ends", p, "%s is started twice without an end", c->now.spec->name);
    if (p->object >= POD_OBJECT_TERMINATING)
        watch_broken(w, "start", p, "%s is started while the pod is deleted", c->now.spec->name);
    if (is_over(p))
        watch_broken(w, "start", p, "%s is started in a pod that is over", c->now.spec->name);
    check_policy(w, p, c);
    if (!p->restarts_all && !w->reshaped)
        check_init_done(w, p, c);
    c->open = true;
    c->done = false;
    c->kill = WATCH_NO_KILL;
    c->kill_at = -1;
    c->condemned = c->replaced = c->doomed = false;
    c->stage = POD_STAGE_IDLE; /* a stop that is seen after this turn is not the old one */
    c->started_at = at;
    memset(c->failed, 0, sizeof(c->failed));
}

/* The kubelet has decided to try a start now. */
static void decided(struct watch *w, struct watch_pod *p, struct watch_container *c, int64_t at)
{
    bool by_probe = c->kill == WATCH_LIVENESS || c->kill == WATCH_STARTUP;
    /* The sync that kills tries the start, too, however long others hold it up in between. Where a
     * process ends by itself in that very instant, no turn shows that it was dead and condemned. */
    bool condemned = c->condemned || (c->doomed && c->kill == WATCH_NO_KILL && c->was_dead &&
                                      at == c->dead_at);
    bool same_sync = c->was_dead && !c->tried &&
                     (c->kill == WATCH_CHANGED || condemned ||
                      (by_probe && twin_restarts_after_kill(p->spec, c->now.spec)));
    bool has = same_sync ? c->dead_before : c->was_dead;
    int64_t dead = same_sync ? c->dead_before_at : c->dead_at;

    c->replaced |= condemned;
    c->tried = true;
    c->condemned = false;
    if (p->restarts_all || w->forgets || w->reshaped)
        return;
    if (twin_must_wait(&c->ladder, has, dead, at))
        watch_broken(w, "backoff", p, "%s ended at %lld and must wait %lld ms, not %lld",
                     c->now.spec->name, (long long)dead, (long long)c->ladder.delay_ms,
                     (long long)(at - dead));
    twin_climb(&c->ladder, &w->limits, has, dead, at);
}

static void put_off(struct watch *w, struct watch_pod *p, struct watch_container *c, int64_t at)
{
    bool could = !twin_must_wait(&c->ladder, c->was_dead, c->dead_at, at) &&
                 !twin_must_wait(&c->ladder, c->dead_before, c->dead_before_at, at);

    c->tried = true;
    c->condemned = false;
    if (could && !p->restarts_all && !w->forgets && !w->reshaped)
        watch_broken(w, "backoff", p, "%s is put off without a reason", c->now.spec->name);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void dies(struct watch_container *c, int64_t at, int32_t code, const char *reason)
{
    c->dead_before = c->was_dead;
    c->dead_before_at = c->dead_at;
    c->was_dead = true;
    c->tried = false;
    c->dead_at = at;
    c->last_code = code;
    c->last_oom = reason != NULL && strcmp(reason, "OOMKilled") == 0;
    c->done = c->now.spec->kind == POD_INIT && code == 0 && !c->last_oom;
}

static void ended(struct watch *w, struct watch_pod *p, struct watch_container *c,
                  const struct podring_event *e)
{
    const char *name = c->now.spec->name;

    if (!twin_exit_fits(e->reason, e->exit_code))
        watch_broken(w, "exit", p, "%s ended with %d, reason %s", name, e->exit_code,
                     e->reason != NULL ? e->reason : "none");
    if (c->open) {
        w->ended++;
        c->open = false;
        dies(c, e->at_ms, e->exit_code, e->reason);
        return;
    }
    /* Told once more: it will not be restarted after all, or it never lived. */
    if (e->reason == NULL || strcmp(e->reason, "StartError") == 0 ||
        strcmp(e->reason, "ContainerStatusUnknown") == 0 ||
        strcmp(e->reason, "RestartingAllContainers") == 0)
        return;
    if (!c->was_dead)
        watch_broken(w, "ends", p, "%s ended and was never started", name);
    else if (c->last_code != e->exit_code)
        watch_broken(w, "ends", p, "%s ended with %d, now with %d", name, c->last_code,
                     e->exit_code);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static bool begins(const char *text, const char *head)
{
    return text != NULL && strncmp(text, head, strlen(head)) == 0;
}

static void killing(struct watch *w, struct watch_pod *p, struct watch_container *c,
                    const struct podring_event *e)
{
    const char *text = e->message != NULL ? e->message : "";

    if (strstr(text, " failed liveness probe") != NULL)
        c->kill = WATCH_LIVENESS;
    else if (strstr(text, " failed startup probe") != NULL)
        c->kill = WATCH_STARTUP;
    else if (strstr(text, " definition changed") != NULL)
        c->kill = WATCH_CHANGED;
    else if (strcmp(text, "FailedPostStartHook") == 0)
        c->kill = WATCH_HOOK;
    else
        c->kill = WATCH_END;
    c->kill_at = e->at_ms;
    if (!c->open)
        watch_broken(w, "kill", p, "%s is killed and does not run", c->now.spec->name);
    if (c->kill == WATCH_LIVENESS && !c->failed[POD_LIVENESS])
        watch_broken(w, "kill", p, "%s is killed, its liveness probe has not failed",
                     c->now.spec->name);
    if (c->kill == WATCH_STARTUP && !c->failed[POD_STARTUP])
        watch_broken(w, "kill", p, "%s is killed, its startup probe has not failed",
                     c->now.spec->name);
}

static enum pod_probe_kind kind_of(const char *message)
{
    return begins(message, "Liveness")  ? POD_LIVENESS
           : begins(message, "Startup") ? POD_STARTUP
                                        : POD_READINESS;
}

/* Does this probe ask the container itself, and not a neighbour's port? */
static bool has_port(const struct pod_container_spec *s, uint32_t number)
{
    for (uint32_t i = 0; i < s->port_count; i++) {
        if (s->port[i].number == number)
            return true;
    }
    return false;
}

static bool asks_itself(const struct watch_pod *p, const struct pod_container_spec *s,
                        enum pod_probe_kind kind)
{
    const struct pod_handler_spec *h = &s->probe[kind]->handler;

    if (h->kind == POD_HANDLER_EXEC)
        return true;
    for (uint32_t i = 0; i < p->spec->container_count; i++) {
        const struct pod_container_spec *other = &p->spec->container[i];

        if (other != s && has_port(other, h->port))
            return false;
    }
    return has_port(s, h->port);
}

static void unhealthy(struct watch *w, struct watch_pod *p, struct watch_container *c,
                      const struct podring_event *e)
{
    enum pod_probe_kind kind = kind_of(e->message);

    /* A run that was under way ends with the process it asks, or when the network has brought the
     * news. */
    if (!c->open && asks_itself(p, c->now.spec, kind) &&
        (!c->was_dead || e->at_ms - c->dead_at > w->news_ms))
        watch_broken(w, "kill", p, "a probe of %s has failed, which does not run: %s",
                     c->now.spec->name, e->message);
    if (strstr(e->message, "unknown state") == NULL) /* such a result is thrown away */
        c->failed[kind] = true;
}

static void sandbox_changed(struct watch_pod *p)
{
    for (uint32_t i = 0; i < p->spec->init_count; i++)
        p->container[i].done = false;
}

static void on_fact(struct watch *w, struct watch_pod *p, struct watch_container *c,
                    const struct podring_event *e)
{
    if (strcmp(e->reason, "SandboxChanged") == 0)
        sandbox_changed(p);
    if (c == NULL)
        return;
    if (strcmp(e->reason, "Started") == 0)
        started(w, p, c, e->at_ms);
    else if (strcmp(e->reason, "Killing") == 0)
        killing(w, p, c, e);
    else if (strcmp(e->reason, "Unhealthy") == 0)
        unhealthy(w, p, c, e);
    else if (strcmp(e->reason, "BackOff") == 0 && begins(e->message, "Back-off restarting"))
        put_off(w, p, c, e->at_ms);
    else if (strcmp(e->reason, "Pulling") == 0 || strcmp(e->reason, "ErrImageNeverPull") == 0 ||
             strcmp(e->reason, "BackOff") == 0 || begins(e->message, "Container image"))
        decided(w, p, c, e->at_ms);
    /* An instance that was made and never lived is one that has died. Its start may take time, in
     * which a probe fails. */
    else if (strcmp(e->reason, "Failed") == 0 && begins(e->message, "Error: ") && c->made)
        dies(c, e->at_ms, 128, "StartError");
    if (strcmp(e->reason, "Unhealthy") != 0 && strcmp(e->reason, "ProbeWarning") != 0)
        c->made = strcmp(e->reason, "Created") == 0;
}

/* ---- transitions ----------------------------------------------------------------------------- */

static void chain(struct watch *w, const struct watch_pod *p, const struct podring_event *e,
                  const char *told)
{
    if (e->from == NULL || strcmp(e->from, told) != 0)
        watch_broken(w, "chain", p, "%s %s goes from %s to %s, and was %s",
                     e->container != NULL ? e->container : "", e->field,
                     e->from != NULL ? e->from : "nothing", e->to, told);
}

static const char *truth(bool v)
{
    return v ? "True" : "False";
}

static void on_state(struct watch *w, struct watch_pod *p, struct watch_container *c,
                     const struct podring_event *e)
{
    static const char *const name[] = {"Waiting", "Running", "Terminated"};

    chain(w, p, e, name[c->now.state]);
    for (int i = 0; i < 3; i++) {
        if (strcmp(e->to, name[i]) == 0)
            c->now.state = (enum twin_state)i;
    }
    snprintf(c->now.reason, sizeof(c->now.reason), "%s", e->reason != NULL ? e->reason : "");
    c->now.exit_code = e->exit_code;
    if (c->now.state == TWIN_TERMINATED)
        ended(w, p, c, e);
    else if (c->now.state == TWIN_RUNNING && !c->open)
        watch_broken(w, "ends", p, "%s is shown running and does not", c->now.spec->name);
    c->now.has_last = c->was_dead;
}

static void on_container(struct watch *w, struct watch_pod *p, struct watch_container *c,
                         const struct podring_event *e)
{
    char number[16];

    if (strcmp(e->field, "state") == 0) {
        on_state(w, p, c, e);
    } else if (strcmp(e->field, "ready") == 0) {
        chain(w, p, e, truth(c->now.ready));
        c->now.ready = strcmp(e->to, "True") == 0;
    } else if (strcmp(e->field, "started") == 0) {
        chain(w, p, e, truth(c->now.started));
        c->now.started = strcmp(e->to, "True") == 0;
    } else if (strcmp(e->field, "restartCount") == 0) {
        uint32_t to = (uint32_t)strtoul(e->to, NULL, 10);

        snprintf(number, sizeof(number), "%u", c->restarts);
        chain(w, p, e, number);
        if (to <= c->restarts)
            watch_broken(w, "count", p, "%s: restartCount %u to %u", c->now.spec->name, c->restarts,
                         to);
        c->restarts = to;
    }
}

static void on_object(struct watch *w, struct watch_pod *p, const struct podring_event *e)
{
    static const char *const name[] = {NULL, "Created", "Terminating", "Deleted"};
    int to = POD_OBJECT_NONE;

    for (int i = POD_OBJECT_CREATED; i <= POD_OBJECT_DELETED; i++) {
        if (strcmp(e->to, name[i]) == 0)
            to = i;
    }
    if (p->object != POD_OBJECT_NONE)
        chain(w, p, e, name[p->object]);
    if (to <= p->object)
        watch_broken(w, "chain", p, "object goes back from %s to %s", e->from, e->to);
    p->object = to;
    w->created += to == POD_OBJECT_CREATED;
    w->deleted += to == POD_OBJECT_DELETED;
    if (to >= POD_OBJECT_TERMINATING && p->deleted_at < 0)
        p->deleted_at = e->at_ms;
}

static void on_pod(struct watch *w, struct watch_pod *p, const struct podring_event *e)
{
    if (strcmp(e->field, "object") == 0) {
        on_object(w, p, e);
        return;
    }
    if (strcmp(e->field, "phase") == 0) {
        chain(w, p, e, p->phase);
        if (is_over(p))
            watch_broken(w, "phase", p, "%s becomes %s", p->phase, e->to);
        snprintf(p->phase, sizeof(p->phase), "%s", e->to);
        return;
    }
    if (strcmp(e->field, "status") == 0) {
        chain(w, p, e, p->status);
        snprintf(p->status, sizeof(p->status), "%s", e->to);
        return;
    }
    for (int i = 0; i < POD_CONDITIONS; i++) {
        if (strcmp(e->field, pod_condition_name((enum pod_condition)i)) == 0) {
            if (e->from != NULL || p->spoken[i]) /* else nobody has spoken of it before */
                chain(w, p, e, truth(p->condition[i]));
            p->spoken[i] = true;
            p->condition[i] = strcmp(e->to, "True") == 0;
            return;
        }
    }
    for (uint32_t i = 0; i < p->spec->gate_count && i < WATCH_GATES_MAX; i++) {
        if (strcmp(e->field, p->spec->gate[i]) == 0) {
            chain(w, p, e, truth(p->gate[i]));
            p->gate[i] = strcmp(e->to, "True") == 0;
        }
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void keep_line(struct watch *w, const struct podring_event *e)
{
    size_t need = podring_event_json(e, NULL, 0) + 2;

    if (w->used + need > w->lines_room) {
        w->lines_room = 2 * (w->lines_room + need) + 4096;
        w->lines = realloc(w->lines, w->lines_room);
        if (w->lines == NULL)
            abort();
    }
    w->used += podring_event_json(e, w->lines + w->used, need);
    w->lines[w->used++] = '\n';
    w->lines[w->used] = '\0';
}

static void see(struct watch *w, const struct podring_event *e)
{
    struct watch_container *c;
    struct watch_pod *p;

    if (e->at_ms > w->last_at)
        settle(w);
    if (watch_step_in(w, POD_STEP_REBOOT, w->last_at, e->at_ms) ||
        watch_step_in(w, POD_STEP_SET_IMAGE, w->last_at, e->at_ms))
        w->reshaped = true;
    if (e->seq != w->last_seq + 1 || e->at_ms < w->last_at)
        watch_broken(w, "order", NULL, "line %llu at %lld follows line %llu",
                     (unsigned long long)e->seq, (long long)e->at_ms,
                     (unsigned long long)w->last_seq);
    w->last_seq = e->seq;
    w->last_at = e->at_ms;
    keep_line(w, e);
    if (e->pod == 0 || e->object != NULL) /* of a Service, about a pod that may be gone */
        return;
    if (e->kind == PODRING_TRANSITION && strcmp(e->field, "object") == 0 &&
        strcmp(e->to, "Created") == 0)
        born(w, e);
    p = watch_find(w, e->pod);
    if (p == NULL) {
        watch_broken(w, "first", NULL, "%s is told of before it was created", e->pod_name);
        return;
    }
    c = container_of(p, e->container);
    p->touched = true;
    if (p->torn && p->object != POD_OBJECT_DELETED) { /* only whether it is there */
        if (e->kind == PODRING_TRANSITION && c == NULL && strcmp(e->field, "object") == 0)
            on_object(w, p, e);
        return;
    }
    watch_message(w, p, e);
    if (p->object == POD_OBJECT_DELETED &&
        !(c != NULL && c->open && e->kind == PODRING_TRANSITION && strcmp(e->field, "state") == 0 &&
          strcmp(e->to, "Terminated") == 0))
        watch_broken(w, "last", p, "%s %s is told after Deleted",
                     e->container != NULL ? e->container : "",
                     e->kind == PODRING_EVENT ? e->reason : e->field);
    if (e->kind == PODRING_EVENT)
        on_fact(w, p, c, e);
    else if (c != NULL)
        on_container(w, p, c, e);
    else
        on_pod(w, p, e);
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    struct watch *w = ctx;

    (void)ring;
    see(w, e);
    if (w->also != NULL)
        w->also(w->also_ctx, w->last_seq);
}

/* ---- what holds when an instant is over
 * -------------------------------------------------------------------------------- */

static void check_running(struct watch *w, const struct watch_pod *p)
{
    for (uint32_t i = 0; i < p->spec->container_count; i++) {
        const struct twin_container *c = &p->container[i].now;

        if (c->started && c->state != TWIN_RUNNING)
            watch_broken(w, "running", p, "%s is started and not running", c->spec->name);
        if (c->ready && c->state != TWIN_RUNNING &&
            !(c->spec->kind == POD_INIT && c->state == TWIN_TERMINATED && c->exit_code == 0))
            watch_broken(w, "running", p, "%s is ready and not running", c->spec->name);
        if (c->ready && c->spec->kind != POD_INIT && !c->started)
            watch_broken(w, "running", p, "%s is ready and not started", c->spec->name);
    }
}

static void check_condition(struct watch *w, const struct watch_pod *p, int which, bool want)
{
    if (p->condition[which] != want)
        watch_broken(w, "condition", p, "%s is %s and should be %s",
                     pod_condition_name((enum pod_condition)which), truth(!want), truth(want));
}

struct twin_pod watch_view(const struct watch_pod *p, struct twin_container *container)
{
    struct twin_pod t = {.spec = p->spec,
                         .container = container,
                         .phase = p->phase,
                         .bound = p->bound,
                         .reason = p->reason[0] != '\0' ? p->reason : NULL,
                         .explained = p->explained,
                         .initialized = p->condition[POD_COND_INITIALIZED],
                         .ready = p->condition[POD_COND_READY],
                         .terminating = p->object >= POD_OBJECT_TERMINATING};

    for (uint32_t i = 0; i < p->spec->container_count; i++)
        container[i] = p->container[i].now;
    return t;
}

static void check_pod(struct watch *w, const struct watch_pod *p)
{
    struct twin_container container[POD_CONTAINERS_MAX];
    struct twin_pod t = watch_view(p, container);
    bool gates = true;
    char want[128];

    for (uint32_t i = 0; i < p->spec->gate_count; i++)
        gates = gates && p->gate[i];
    check_running(w, p);
    check_condition(w, p, POD_COND_SCHEDULED, p->bound);
    check_condition(w, p, POD_COND_CONTAINERS_READY, twin_containers_ready(&t));
    check_condition(w, p, POD_COND_READY, twin_containers_ready(&t) && gates);
    if (!p->busy)
        check_condition(w, p, POD_COND_INITIALIZED, twin_initialized(&t));
    twin_status(&t, want, sizeof(want));
    if (strcmp(want, p->status) != 0)
        watch_broken(w, "status", p, "STATUS is %s and should be %s", p->status, want);
}

/* An instant is over: nothing more of it will come. */
static void settle(struct watch *w)
{
    for (uint32_t i = 0; i < w->pods; i++) {
        struct watch_pod *p = &w->pod[i];

        if (p->touched && p->object != POD_OBJECT_DELETED && !p->lags && !p->torn)
            check_pod(w, p);
        p->touched = p->touched && p->lags;
    }
    w->settled_at = w->last_at;
}
