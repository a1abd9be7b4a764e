/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.c - the embedder runs the containers: its functions are asked to pull, start, signal and
 * execute, and it tells what has become of that (engine/pod/outside.h). Commands of probes and
 * hooks go there over a carrier like any other.
 */
#include <string.h>

#include "api/engine.h"
#include "api/sized.h"
#include "engine/pod/outside.h"
#include "engine/pod/runtime.h"
#include "engine/reactor/err.h"
#include "engine/reactor/fit.h"
#include "probes/carry/exec_env.h"
#include "probes/carry/script.h"

/* What the embedder has been asked for and has not answered. */
struct call {
    struct rx_list link; /* of api_runtime */
    uint64_t id, pod;
    uint32_t container;
    uint32_t what;
    struct pod_attempt *run; /* of a command */
    char *text;              /* what it has written, once told, */
    size_t length;
    int result;
    bool told;
};

struct api_runtime {
    struct podring_runtime is;
    struct pod_outside outside;
    podring *ring;
    struct rx_list calls;
    uint64_t last;
};

/* ---- calls ----------------------------------------------------------------------------------- */

static struct call *begin_call(struct api_runtime *rt, uint32_t what, struct pod_container *c)
{
    struct call *k = rx_mem_zalloc(&rt->ring->world.guest, sizeof(*k));

    if (k == NULL)
        return NULL;
    k->id = ++rt->last;
    k->pod = pod_of_container(c)->id;
    k->container = c->index;
    k->what = what;
    rx_list_add_tail(&rt->calls, &k->link);
    return k;
}

static void end_call(struct api_runtime *rt, struct call *k)
{
    const struct rx_mem *mem = &rt->ring->world.guest;

    rx_list_remove(&k->link);
    rx_mem_free(mem, k->text, k->text != NULL ? k->length + 1 : 0);
    rx_mem_free(mem, k, sizeof(*k));
}

static struct call *find_call(struct api_runtime *rt, uint64_t id)
{
    RX_LIST_EACH (l, &rt->calls) {
        struct call *k = rx_container_of(l, struct call, link);

        if (k->id == id)
            return k;
    }
    return NULL;
}

/* One for a pull or start that nobody waits for any more is over with the next one. */
static void drop_stale(struct api_runtime *rt, const struct pod_container *c, uint64_t pod)
{
    struct rx_list *next;

    for (struct rx_list *l = rt->calls.next; l != &rt->calls; l = next) {
        struct call *k = rx_container_of(l, struct call, link);

        next = l->next;
        if (k->run == NULL && k->pod == pod && k->container == c->index)
            end_call(rt, k);
    }
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* What a call is about; its strings live as long as the callback. */
struct asked {
    struct podring_call call;
    struct rx_arena arena;
    struct rx_spawn spawn;
    char name[POD_NAME_MAX], uid[POD_UID_MAX], ip[POD_IP_MAX];
};

static void fill(struct api_runtime *rt, struct asked *q, uint32_t what, uint64_t id,
                 struct pod_container *c)
{
    struct pod *p = pod_of_container(c);
    const struct pod_container_spec *s = pod_container_spec_of(c);

    memset(q, 0, sizeof(*q));
    rx_arena_init(&q->arena, &rt->ring->world.guest);
    pod_uid(p, q->uid);
    pod_ip_text(p->ip, q->ip);
    q->call = (struct podring_call){
        .size = sizeof(q->call), .what = what, .call = id, .pod = p->id, .container = c->index,
        .attempt = c->restarts + (what <= PODRING_CALL_START && c->cur.valid),
        .deadline_ms = -1, .namespace_ = pod_spec_of(p)->ns, .pod_name = pod_name(p, q->name),
        .uid = q->uid, .container_name = s->name, .image = s->image, .address = q->ip};
}

static void give_process(struct asked *q)
{
    q->call.argv = q->spawn.argv;
    q->call.env = q->spawn.env;
    q->call.working_dir = q->spawn.cwd;
    while (q->call.argv != NULL && q->call.argv[q->call.argc] != NULL)
        q->call.argc++;
}

static int ask(struct api_runtime *rt, podring_call_fn *fn, struct asked *q)
{
    struct api_callback cb;
    int rc = 0;

    if (api_callback_begin(rt->ring, &cb)) {
        rc = fn(rt->is.ctx, rt->ring, &q->call);
        api_callback_end(rt->ring, &cb);
    }
    rx_arena_fini(&q->arena);
    return rc;
}

/* A pull or a start. What has been told in the callback itself is as told later. */
static enum pod_outside_answer ask_for(struct api_runtime *rt, uint32_t what, podring_call_fn *fn,
                                       struct pod_container *c)
{
    struct asked q;
    struct call *k;
    uint64_t id;
    int rc;

    drop_stale(rt, c, pod_of_container(c)->id);
    k = begin_call(rt, what, c);
    if (k == NULL)
        return POD_OUTSIDE_FAILED;
    id = k->id;
    fill(rt, &q, what, id, c);
    if (what == PODRING_CALL_START && probe_main_prepare(c, &q.arena, &q.spawn) != 0) {
        rx_arena_fini(&q.arena);
        end_call(rt, k);
        return POD_OUTSIDE_FAILED;
    }
    give_process(&q);
    rc = ask(rt, fn, &q);
    k = find_call(rt, id);
    if (rc == 0 || k == NULL)
        return POD_OUTSIDE_LATER;
    end_call(rt, k);
    return rc < 0 ? POD_OUTSIDE_FAILED : POD_OUTSIDE_DONE;
}

static enum pod_outside_answer pull(void *ctx, struct pod_container *c)
{
    struct api_runtime *rt = ctx;

    return ask_for(rt, PODRING_CALL_PULL, rt->is.pull, c);
}

static enum pod_outside_answer start(void *ctx, struct pod_container *c)
{
    struct api_runtime *rt = ctx;

    return ask_for(rt, PODRING_CALL_START, rt->is.start, c);
}

static void send_signal(void *ctx, struct pod_container *c, int32_t signal)
{
    struct api_runtime *rt = ctx;
    struct asked q;

    fill(rt, &q, PODRING_CALL_SIGNAL, 0, c);
    q.call.signal = signal;
    ask(rt, rt->is.signal, &q);
}

/* ---- commands of probes and hooks: a carrier ------------------------------------------------- */

static struct call **slot_of(struct pod_attempt *a)
{
    return (struct call **)(void *)a->scratch;
}

/* Nobody waits for it any more: who runs it may end it. */
static void call_off(struct api_runtime *rt, struct pod_attempt *a)
{
    struct call *k = *slot_of(a);
    struct pod_container *c = k != NULL ? pod_outside_find(a->world, a->pod, a->container) : NULL;
    struct asked q;

    if (c != NULL && !k->told && rt->is.cancel != NULL) {
        fill(rt, &q, PODRING_CALL_CANCEL, k->id, c);
        ask(rt, rt->is.cancel, &q);
    }
    if (k != NULL)
        end_call(rt, k);
    *slot_of(a) = NULL;
}

static void leave(struct pod_attempt *a)
{
    if (*slot_of(a) != NULL)
        end_call(a->carrier_ctx, *slot_of(a));
    *slot_of(a) = NULL;
    pod_attempt_free(a);
}

static void tell(struct pod_attempt *a, int result, const char *text, size_t length)
{
    struct call *k = *slot_of(a);

    k->told = true;
    k->result = result;
    if (text != NULL && length > 0) {
        k->text = rx_mem_alloc(&a->world->guest, length + 1);
        if (k->text != NULL) {
            memcpy(k->text, text, length);
            k->text[length] = '\0';
            k->length = length;
        }
    }
    rx_loop_disarm(a->loop, &a->deadline);
    pod_attempt_answer(a, rx_loop_now(a->loop));
}

static void exec_start(struct pod_attempt *a)
{
    struct api_runtime *rt = a->carrier_ctx;
    struct pod_container *c = pod_machine_find(a->world, a->pod, a->container);
    struct call *k = c != NULL ? begin_call(rt, PODRING_CALL_EXEC, c) : NULL;
    struct asked q;
    uint64_t id;
    int rc;

    *slot_of(a) = k;
    if (k == NULL) {
        pod_attempt_done(a, POD_ERROR, "no memory for the command", 25);
        pod_attempt_free(a);
        return;
    }
    k->run = a;
    id = k->id;
    fill(rt, &q, PODRING_CALL_EXEC, id, c);
    if (a->timeout != RX_NS_NEVER) {
        q.call.deadline_ms = rx_ms_ceil(rx_loop_clock(a->loop) + a->timeout);
        rx_loop_arm(a->loop, &a->deadline, q.call.deadline_ms);
    }
    rc = rt->is.exec != NULL ? probe_exec_prepare(a, c, &q.arena, &q.spawn) : -1;
    if (rc != 0) {
        rx_arena_fini(&q.arena);
        tell(a, -1, "the runtime executes no commands", 32);
        return;
    }
    give_process(&q);
    rc = ask(rt, rt->is.exec, &q);
    if (rc != 0 && find_call(rt, id) != NULL && !k->told)
        tell(a, rc < 0 ? -1 : 0, NULL, 0);
}

static void exec_step(struct pod_attempt *a)
{
    const struct call *k = *slot_of(a);
    const char *text = k->text != NULL ? k->text : "";
    struct pod_leavings left = {
        .code = k->result, .out = text, .out_length = k->length, .err = ""};

    rx_loop_disarm(a->loop, &a->deadline);
    if (k->result < 0) {
        text = k->text != NULL ? k->text : "the runtime could not execute the command";
        pod_attempt_done(a, POD_ERROR, text, (uint32_t)strlen(text));
    } else {
        a->left = &left;
        pod_attempt_done(a, k->result == 0 ? POD_SUCCESS : POD_FAILURE, text,
                         k->result == 0 ? 0 : (uint32_t)RX_MIN(k->length,
                                                               (size_t)POD_PROBE_BODY_MAX));
        a->left = NULL;
    }
    leave(a);
}

static void exec_expire(struct pod_attempt *a)
{
    char text[POD_PROBE_BODY_MAX];
    struct rx_fit t = {.at = text, .room = sizeof(text)};

    call_off(a->carrier_ctx, a);
    probe_exec_timeout(a, &t);
    pod_attempt_done(a, POD_FAILURE, t.at, t.len);
    pod_attempt_free(a);
}

static void exec_cancel(struct pod_attempt *a)
{
    rx_loop_disarm(a->loop, &a->deadline);
    rx_loop_disarm(a->loop, &a->step);
    call_off(a->carrier_ctx, a);
    pod_attempt_free(a);
}

/* The container has ended, and its commands with it. */
static void exec_lost(struct pod_attempt *a)
{
    struct api_runtime *rt = a->carrier_ctx;
    struct call *k = *slot_of(a);
    struct pod_container *c = pod_outside_find(a->world, a->pod, a->container);
    struct asked q;

    rx_loop_disarm(a->loop, &a->deadline);
    if (k->told)
        return;
    k->told = true;
    k->result = pod_exit_of_signal(POD_SIGKILL);
    if (c != NULL && rt->is.cancel != NULL) {
        fill(rt, &q, PODRING_CALL_CANCEL, k->id, c);
        ask(rt, rt->is.cancel, &q);
    }
    pod_attempt_answer_lost(a);
}

static void exec_drop(struct pod_attempt *a)
{
    if (*slot_of(a) != NULL)
        end_call(a->carrier_ctx, *slot_of(a));
    *slot_of(a) = NULL;
}

static const struct pod_carrier carrier = {
    .name = "exec, runtime",
    .start = exec_start,
    .expire = exec_expire,
    .step = exec_step,
    .cancel = exec_cancel,
    .lost = exec_lost,
    .drop = exec_drop,
};

/* ---- the API --------------------------------------------------------------------------------- */

int podring_set_runtime(podring *r, const struct podring_runtime *runtime)
{
    struct api_runtime *rt;

    API_OWN(r);
    API_CHECK(r, runtime != NULL, "runtime is NULL");
    API_CHECK(r, runtime->size >= API_SIZE_LEAST, "runtime->size: use the struct's initialiser");
    if (r->runtime != NULL || r->world.stats.created > 0)
        return api_fail(r, -PODRING_ESTATE, "podring_set_runtime: %s",
                        r->runtime != NULL ? "there is one" : "there have been pods");
    if (r->flags & PODRING_EXEC_HOST)
        return api_fail(r, -PODRING_EINVALID, "podring_set_runtime: PODRING_EXEC_HOST runs "
                        "commands that a runtime would run");
    if (r->claims && !(r->flags & PODRING_NO_SERVER))
        return api_fail(r, -PODRING_EINVALID, "podring_set_runtime: needs PODRING_NO_SERVER, since "
                        "the ports of its containers are its own");
    if (r->world.shard.count > 1)
        return api_fail(r, -PODRING_EUNSUPPORTED, "podring_set_runtime: a runtime needs one engine "
                        "for all pods");
    rt = rx_arena_alloc(&r->set.arena, sizeof(*rt));
    if (rt == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_set_runtime");
    memcpy(&rt->is, runtime, RX_MIN((size_t)runtime->size, sizeof(rt->is)));
    API_CHECK(r, rt->is.start != NULL, "start is NULL");
    API_CHECK(r, rt->is.signal != NULL, "signal is NULL");
    rt->ring = r;
    rx_list_init(&rt->calls);
    rt->outside = (struct pod_outside){.pull = rt->is.pull != NULL ? pull : NULL,
                                       .start = start, .send = send_signal, .ctx = rt};
    r->runtime = rt;
    r->world.outside = &rt->outside;
    r->world.exec_host = true;
    r->world.parks = false;
    pod_world_carrier(&r->world, POD_CARRIED_PROCESS, &carrier, rt);
    return 0;
}

void api_runtime_close(struct api_runtime *rt)
{
    while (rt != NULL && !rx_list_empty(&rt->calls)) {
        struct call *k = rx_container_of(rt->calls.next, struct call, link);

        if (k->run != NULL)
            *slot_of(k->run) = NULL;
        end_call(rt, k);
    }
}

/* Of a pull or a start. */
static int done_with(struct api_runtime *rt, struct call *k, int result, const char *text)
{
    podring *r = rt->ring;
    struct pod_container *c = pod_outside_find(&r->world, k->pod, k->container);
    bool waits = c != NULL && pod_outside_waits(c, k->what == PODRING_CALL_PULL);
    int rc = waits ? pod_outside_done(c, result < 0, text) : -RX_ESTATE;

    end_call(rt, k);
    return rc;
}

int podring_done(podring *r, uint64_t call, int result, const char *text, size_t length)
{
    char copy[1024];
    struct call *k;
    int rc = 0;

    API_OWN(r);
    API_CHECK(r, text != NULL || length == 0, "text is NULL");
    API_CHECK(r, length <= PTRDIFF_MAX, "length: no text is that long");
    k = r->runtime != NULL ? find_call(r->runtime, call) : NULL;
    if (k == NULL || k->told)
        return api_fail(r, -PODRING_ENOTFOUND, "podring_done: nobody waits for call %llu",
                        (unsigned long long)call);
    if (k->run != NULL) {
        tell(k->run, result, text, length);
        return 0;
    }
    length = RX_MIN(length, sizeof(copy) - 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    rc = done_with(r->runtime, k, result, copy);
    if (rc == -PODRING_ESTATE)
        return api_fail(r, -PODRING_ENOTFOUND, "podring_done: nobody waits for call %llu any more",
                        (unsigned long long)call);
    return api_result(r, rc, "podring_done");
}

int podring_exited(podring *r, uint64_t pod, const char *container, int code, int signal,
                   const char *message)
{
    struct pod_container *c = NULL;
    const struct pod_spec *spec;
    uint32_t i = 0;
    int rc;

    API_OWN(r);
    API_CHECK(r, r->runtime != NULL, "there is no runtime");
    API_CHECK(r, signal >= 0 && signal <= 64, "signal: there is no such one");
    API_CHECK(r, code >= 0 && code <= 255, "code: a process ends with 0 to 255");
    c = pod_outside_find(&r->world, pod, 0);
    if (c == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "no pod has the id %llu", (unsigned long long)pod);
    spec = pod_spec_of(pod_of_container(c));
    while (i < spec->container_count &&
           (container != NULL ? strcmp(spec->container[i].name, container) != 0
                              : spec->container[i].kind != POD_MAIN))
        i++;
    if (i == spec->container_count)
        return api_fail(r, -PODRING_ENOTFOUND, "the pod has no container \"%s\"",
                        container != NULL ? container : "");
    rc = pod_outside_exited(pod_container_at(pod_of_container(c), i),
                            signal > 0 ? pod_exit_of_signal(signal) : code, message);
    if (rc == -PODRING_ESTATE)
        return api_fail(r, rc, "podring_exited: container \"%s\" does not run",
                        spec->container[i].name);
    return api_result(r, rc, "podring_exited");
}
