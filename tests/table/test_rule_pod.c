/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phase, conditions and the STATUS word, folded from all combinations of up to three containers and
 * compared with the rules as they are written down; and the worked status examples (S-01 ...).
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "engine/pod/rule_pod.h"
#include "engine/reactor/base.h"

/* ---- what a container can look like
 * -------------------------------------------------------------- */

enum look {
    NEW,
    BACKOFF,
    FOR_GOOD_AFTER_SUCCESS,
    UP,
    UP_STARTED,
    UP_READY,
    DONE,
    DONE_AGAIN,
    FAILED,
    FAILED_AGAIN,
    OOM_ZERO,
    LOOKS
};

/* clang-format off */
static const struct pod_container_view look[LOOKS] = {
    [NEW]        = {.state = POD_WAITING, .reason = POD_REASON_CREATING},
    [BACKOFF]    = {.state = POD_WAITING, .reason = POD_REASON_CRASH_LOOP, .has_last = true,
                    .restarts = true, .exit_code = 1},
    [FOR_GOOD_AFTER_SUCCESS] =
                   {.state = POD_WAITING, .reason = POD_REASON_CREATING, .has_last = true,
                    .restarts = true, .exit_code = 0, .last_succeeded = true},
    [UP]         = {.state = POD_RUNNING},
    [UP_STARTED] = {.state = POD_RUNNING, .started = true},
    [UP_READY]   = {.state = POD_RUNNING, .started = true, .ready = true},
    [DONE]       = {.state = POD_TERMINATED, .reason = POD_REASON_COMPLETED},
    [DONE_AGAIN] = {.state = POD_TERMINATED, .reason = POD_REASON_COMPLETED, .restarts = true},
    [FAILED]     = {.state = POD_TERMINATED, .reason = POD_REASON_ERROR, .exit_code = 1},
    [FAILED_AGAIN] =
                   {.state = POD_TERMINATED, .reason = POD_REASON_ERROR, .exit_code = 1,
                    .restarts = true},
    [OOM_ZERO]   = {.state = POD_TERMINATED, .reason = POD_REASON_OOM_KILLED},
};
/* clang-format on */

static bool possible(const struct pod_container_view *c)
{
    /* An init container that has exited with 0 is never started again. */
    if (c->kind == POD_INIT && c->restarts && c->exit_code == 0)
        return false;
    /* The odd one, "reported as OOMKilled even with code 0", is a matter of init containers. */
    return c->kind == POD_INIT || c->reason != POD_REASON_OOM_KILLED;
}

struct combination {
    struct pod_container_view c[3];
    struct pod_phase_in in;
};

typedef void visit_fn(struct combination *x, void *ctx);

/* Every list of one to three containers with at least one main, inits before mains. */
static void enumerate(visit_fn *fn, void *ctx)
{
    for (uint32_t count = 1; count <= 3; count++) {
        uint32_t all = 1;

        for (uint32_t i = 0; i < count; i++)
            all *= LOOKS * 3;
        for (uint32_t n = 0; n < all; n++) {
            struct combination x;
            uint32_t left = n;
            bool ok = true;

            for (uint32_t i = 0; i < count; i++, left /= LOOKS * 3) {
                x.c[i] = look[left % LOOKS];
                x.c[i].kind = (uint8_t)(left % (LOOKS * 3) / LOOKS);
                if (x.c[i].kind == POD_INIT && x.c[i].state == POD_TERMINATED &&
                    x.c[i].exit_code == 0)
                    x.c[i].ready = x.c[i].reason == POD_REASON_COMPLETED;
                ok &= possible(&x.c[i]);
                ok &= i == 0 || !(x.c[i - 1].kind == POD_MAIN && x.c[i].kind != POD_MAIN);
            }
            if (!ok || x.c[count - 1].kind != POD_MAIN)
                continue;
            x.in = (struct pod_phase_in){.count = count, .container = x.c};
            for (unsigned begun = 0; begun < 2; begun++) {
                x.in.mains_begun = begun;
                fn(&x, ctx);
            }
        }
    }
}

static const char *describe(const struct combination *x)
{
    static char text[256];
    size_t used = 0;

    for (uint32_t i = 0; i < x->in.count; i++) {
        const struct pod_container_view *c = &x->c[i];

        used += (size_t)snprintf(text + used, sizeof(text) - used, "[%s %s%s%s%s %d] ",
                                 c->kind == POD_INIT      ? "init"
                                 : c->kind == POD_SIDECAR ? "sidecar"
                                                          : "main",
                                 pod_container_state_name((enum pod_container_state)c->state),
                                 c->started ? " started" : "", c->has_last ? " last" : "",
                                 c->restarts ? " restarts" : "", c->exit_code);
    }
    snprintf(text + used, sizeof(text) - used, "begun %d", x->in.mains_begun);
    return text;
}

/* ---- phase
 * --------------------------------------------------------------------------------------- */

static bool failed(const struct pod_container_view *c)
{
    return c->exit_code != 0 || c->reason == POD_REASON_OOM_KILLED;
}

static enum pod_phase phase_as_written(const struct pod_phase_in *in, bool final)
{
    unsigned init_pending = 0, init_failed = 0, sidecar_pending = 0, sidecar_waiting = 0;
    unsigned running = 0, waiting = 0, stopped = 0, succeeded = 0, restarting = 0;

    for (uint32_t i = 0; i < in->count; i++) {
        const struct pod_container_view *c = &in->container[i];
        bool fresh = c->state == POD_WAITING && !c->has_last;

        if (c->kind == POD_INIT) {
            init_pending += c->state == POD_RUNNING || fresh;
            init_failed += c->state != POD_RUNNING && !fresh && failed(c) && !c->restarts;
        } else if (c->kind == POD_SIDECAR) {
            running += c->state == POD_RUNNING;
            sidecar_pending += (c->state == POD_RUNNING && !c->started) || fresh;
            sidecar_waiting += fresh;
        } else {
            running += c->state == POD_RUNNING;
            waiting += fresh;
            stopped += c->state != POD_RUNNING && !fresh;
            succeeded += c->state == POD_TERMINATED && c->exit_code == 0;
            restarting += c->state != POD_RUNNING && !fresh && c->restarts;
        }
    }
    if (init_failed > 0)
        return POD_PHASE_FAILED; /* 1 */
    if (final)                   /* all are down; what never started ends as 137 */
        return waiting == 0 && succeeded == stopped ? POD_PHASE_SUCCEEDED : POD_PHASE_FAILED;
    if (init_pending > 0 || (sidecar_pending > 0 && !in->mains_begun))
        return POD_PHASE_PENDING; /* 2 */
    if (waiting > 0 || sidecar_waiting > 0)
        return POD_PHASE_PENDING; /* 3 */
    if (running > 0)
        return POD_PHASE_RUNNING; /* 4 */
    if (restarting > 0)
        return POD_PHASE_RUNNING; /* 5 */
    return succeeded == stopped ? POD_PHASE_SUCCEEDED : POD_PHASE_FAILED;
}

struct seen {
    unsigned phase[4], total;
};

static void check_phase(struct combination *x, void *ctx)
{
    struct seen *seen = ctx;
    enum pod_phase is = pod_phase_of(&x->in);

    seen->phase[is]++;
    seen->total++;
    cr_assert_eq(is, phase_as_written(&x->in, false), "%s: %s", describe(x), pod_phase_name(is));
}

Test(rule_pod, phase_of_every_combination)
{
    struct seen seen = {0};

    enumerate(check_phase, &seen);
    cr_expect_gt(seen.total, 10000);
    for (int i = 0; i < 4; i++)
        cr_expect_gt(seen.phase[i], 50, "hardly any %s", pod_phase_name((enum pod_phase)i));
}

static void check_final(struct combination *x, void *ctx)
{
    struct seen *seen = ctx;
    enum pod_phase is;

    for (uint32_t i = 0; i < x->in.count; i++) {
        if (x->c[i].state == POD_RUNNING)
            return; /* all processes are gone by then */
    }
    x->in.final = true;
    is = pod_phase_of(&x->in);
    x->in.final = false;
    seen->phase[is]++;
    cr_assert_eq(is, phase_as_written(&x->in, true), "%s: %s", describe(x), pod_phase_name(is));
}

Test(rule_pod, final_phase_of_every_combination)
{
    struct seen seen = {0};

    enumerate(check_final, &seen);
    cr_expect_eq(seen.phase[POD_PHASE_PENDING] + seen.phase[POD_PHASE_RUNNING], 0);
    cr_expect_gt(seen.phase[POD_PHASE_SUCCEEDED], 10);
    cr_expect_gt(seen.phase[POD_PHASE_FAILED], 100);
}

/* ---- conditions
 * ------------------------------------------------------------------------------------ */

static void check_ready(struct combination *x, void *ctx)
{
    unsigned *seen = ctx;
    bool all = true;

    for (uint32_t i = 0; i < x->in.count; i++)
        all &= x->c[i].kind == POD_INIT || x->c[i].ready;
    for (enum pod_phase phase = POD_PHASE_PENDING; phase <= POD_PHASE_FAILED; phase++) {
        struct pod_condition_value v = pod_condition_containers_ready(&x->in, phase), ready;
        uint8_t why = phase == POD_PHASE_SUCCEEDED ? POD_COND_REASON_POD_COMPLETED
                      : phase == POD_PHASE_FAILED  ? POD_COND_REASON_POD_FAILED
                      : all                        ? POD_COND_REASON_NONE
                                                   : POD_COND_REASON_UNREADY;

        cr_assert_eq(v.true_, all && !pod_phase_terminal(phase), "%s", describe(x));
        cr_assert_eq(v.reason, why, "%s", describe(x));
        ready = pod_condition_ready(v, true);
        cr_assert(ready.true_ == v.true_ && ready.reason == v.reason, "no gates: the same");
        ready = pod_condition_ready(v, false);
        cr_assert(!ready.true_);
        cr_assert_eq(ready.reason, v.true_ ? POD_COND_REASON_GATES : v.reason);
        seen[v.true_]++;
    }
}

Test(rule_pod, ready_of_every_combination)
{
    unsigned seen[2] = {0};

    enumerate(check_ready, seen);
    cr_expect(seen[0] > 100 && seen[1] > 10);
}

static void check_initialized(struct combination *x, void *ctx)
{
    unsigned *seen = ctx;
    bool begun = false, done = true;

    for (uint32_t i = 0; i < x->in.count; i++) {
        const struct pod_container_view *c = &x->c[i];

        if (c->kind == POD_INIT)
            done &= c->state == POD_TERMINATED && c->exit_code == 0;
        else if (c->kind == POD_SIDECAR)
            done &= c->started;
        else
            begun |= c->state != POD_WAITING;
    }
    for (enum pod_phase phase = POD_PHASE_PENDING; phase <= POD_PHASE_FAILED; phase++) {
        struct pod_condition_value v = pod_condition_initialized(&x->in, phase);
        bool completed = phase == POD_PHASE_SUCCEEDED;

        cr_assert_eq(v.true_, begun || done || completed, "%s", describe(x));
        cr_assert_eq(v.reason, completed ? POD_COND_REASON_POD_COMPLETED
                               : v.true_ ? POD_COND_REASON_NONE
                                         : POD_COND_REASON_UNINITIALIZED);
        seen[v.true_]++;
    }
}

Test(rule_pod, initialized_of_every_combination)
{
    unsigned seen[2] = {0};

    enumerate(check_initialized, seen);
    cr_expect(seen[0] > 100 && seen[1] > 100);
}

/* ---- the STATUS word
 * -------------------------------------------------------------------------------- */

enum { A = 0, B = 1 };

struct status {
    const char *name;
    uint32_t count;
    struct pod_container_view c[4];
    bool by_name_reversed; /* the mains are listed b, a in the spec */
    bool deleting, gated, initialized, ready;
    uint8_t status_reason;
    enum pod_phase phase;
    uint8_t kind;
    uint32_t arg;
};

#define WAITING_FOR(r)                                                                             \
    {                                                                                              \
        .kind = POD_MAIN, .state = POD_WAITING, .reason = POD_REASON_##r                           \
    }
#define CRASHED                                                                                    \
    {                                                                                              \
        .kind = POD_MAIN, .state = POD_WAITING, .reason = POD_REASON_CRASH_LOOP, .has_last = true, \
        .restarts = true, .exit_code = 1                                                           \
    }
#define READY_UP                                                                                   \
    {                                                                                              \
        .kind = POD_MAIN, .state = POD_RUNNING, .started = true, .ready = true                     \
    }
#define EXITED(code, r)                                                                            \
    {                                                                                              \
        .kind = POD_MAIN, .state = POD_TERMINATED, .reason = POD_REASON_##r, .exit_code = (code)   \
    }
#define INIT(...)                                                                                  \
    {                                                                                              \
        .kind = POD_INIT, __VA_ARGS__                                                              \
    }
#define INIT_DONE INIT(.state = POD_TERMINATED, .reason = POD_REASON_COMPLETED, .ready = true)
#define SIDECAR(...)                                                                               \
    {                                                                                              \
        .kind = POD_SIDECAR, __VA_ARGS__                                                           \
    }

/* clang-format off */
static const struct status statuses[] = {
    {"S-01", 2, {READY_UP, CRASHED}, .initialized = true, .phase = POD_PHASE_RUNNING,
     .kind = POD_WORD_REASON, .arg = POD_REASON_CRASH_LOOP},
    {"S-02", 2, {EXITED(0, COMPLETED), READY_UP}, .initialized = true, .phase = POD_PHASE_RUNNING,
     .kind = POD_WORD_NOT_READY},
    {"S-03", 2, {EXITED(0, COMPLETED), EXITED(1, ERROR)}, .initialized = true,
     .phase = POD_PHASE_FAILED, .kind = POD_WORD_REASON, .arg = POD_REASON_ERROR},
    {"S-03, the other way round", 2, {EXITED(1, ERROR), EXITED(0, COMPLETED)}, .initialized = true,
     .phase = POD_PHASE_FAILED, .kind = POD_WORD_REASON, .arg = POD_REASON_ERROR},
    {"S-04", 2, {EXITED(0, COMPLETED), EXITED(0, COMPLETED)}, .initialized = true,
     .phase = POD_PHASE_SUCCEEDED, .kind = POD_WORD_REASON, .arg = POD_REASON_COMPLETED},
    {"S-05", 2, {WAITING_FOR(IMAGE_BACKOFF), CRASHED}, .initialized = true,
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_REASON, .arg = POD_REASON_IMAGE_BACKOFF},
    {"S-05, listed b, a", 2, {CRASHED, WAITING_FOR(IMAGE_BACKOFF)}, .by_name_reversed = true,
     .initialized = true, .phase = POD_PHASE_PENDING, .kind = POD_WORD_REASON,
     .arg = POD_REASON_IMAGE_BACKOFF},
    {"S-06", 1, {READY_UP}, .deleting = true, .initialized = true, .ready = true,
     .phase = POD_PHASE_RUNNING, .kind = POD_WORD_TERMINATING},
    {"S-07", 1, {EXITED(1, ERROR)}, .deleting = true, .initialized = true,
     .phase = POD_PHASE_FAILED, .kind = POD_WORD_REASON, .arg = POD_REASON_ERROR},
    {"S-08", 0, {{0}}, .status_reason = POD_STATUS_EVICTED, .phase = POD_PHASE_FAILED,
     .kind = POD_WORD_POD_REASON, .arg = POD_STATUS_EVICTED},
    {"S-09", 1, {CRASHED}, .initialized = true, .phase = POD_PHASE_RUNNING, .kind = POD_WORD_REASON,
     .arg = POD_REASON_CRASH_LOOP},
    {"S-11", 1, {{.kind = POD_MAIN, .state = POD_RUNNING, .started = true}}, .initialized = true,
     .phase = POD_PHASE_RUNNING, .kind = POD_WORD_PHASE, .arg = POD_PHASE_RUNNING},
    {"S-12", 1, {READY_UP}, .initialized = true, .phase = POD_PHASE_RUNNING, .kind = POD_WORD_PHASE,
     .arg = POD_PHASE_RUNNING},
    {"S-13", 4, {INIT_DONE, INIT(.state = POD_RUNNING),
                 INIT(.state = POD_WAITING, .reason = POD_REASON_INITIALIZING),
                 WAITING_FOR(INITIALIZING)},
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_INIT_COUNT, .arg = 1 << 8 | 3},
    {"S-14", 1, {EXITED(0, COMPLETED)}, .initialized = true, .phase = POD_PHASE_SUCCEEDED,
     .kind = POD_WORD_REASON, .arg = POD_REASON_COMPLETED},
    {"S-15, the sidecar is stopping", 2,
     {SIDECAR(.state = POD_RUNNING, .started = true, .ready = true), EXITED(0, COMPLETED)},
     .initialized = true, .phase = POD_PHASE_RUNNING, .kind = POD_WORD_REASON,
     .arg = POD_REASON_COMPLETED},
    {"S-16", 2, {INIT_DONE, CRASHED}, .initialized = true, .phase = POD_PHASE_RUNNING,
     .kind = POD_WORD_REASON, .arg = POD_REASON_CRASH_LOOP},
    {"S-17", 1, {EXITED(139, ERROR)}, .initialized = true, .phase = POD_PHASE_FAILED,
     .kind = POD_WORD_REASON, .arg = POD_REASON_ERROR},
    {"I-01", 3, {INIT(.state = POD_RUNNING),
                 INIT(.state = POD_WAITING, .reason = POD_REASON_INITIALIZING),
                 WAITING_FOR(INITIALIZING)},
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_INIT_COUNT, .arg = 0 << 8 | 2},
    {"I-02", 2, {INIT(.state = POD_WAITING, .reason = POD_REASON_CRASH_LOOP, .has_last = true,
                      .restarts = true, .exit_code = 1),
                 WAITING_FOR(INITIALIZING)},
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_INIT_REASON, .arg = POD_REASON_CRASH_LOOP},
    {"I-03", 2, {INIT(.state = POD_TERMINATED, .reason = POD_REASON_ERROR, .exit_code = 1),
                 WAITING_FOR(INITIALIZING)},
     .phase = POD_PHASE_FAILED, .kind = POD_WORD_INIT_REASON, .arg = POD_REASON_ERROR},
    {"an init container that ended without a reason", 2,
     {INIT(.state = POD_TERMINATED, .reason = POD_REASON_NONE, .exit_code = 7),
      WAITING_FOR(INITIALIZING)},
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_INIT_EXIT_CODE, .arg = 7},
    {"a main container that ended without a reason", 1, {EXITED(9, NONE)}, .initialized = true,
     .phase = POD_PHASE_FAILED, .kind = POD_WORD_EXIT_CODE, .arg = 9},
    {"a sidecar not yet started counts as an init container", 2,
     {SIDECAR(.state = POD_RUNNING), WAITING_FOR(INITIALIZING)}, .phase = POD_PHASE_PENDING,
     .kind = POD_WORD_INIT_COUNT, .arg = 0 << 8 | 1},
    {"all finished but one, which is ready, and so is the pod", 2,
     {EXITED(0, COMPLETED), READY_UP}, .initialized = true, .ready = true,
     .phase = POD_PHASE_RUNNING, .kind = POD_WORD_PHASE, .arg = POD_PHASE_RUNNING},
    {"a finished one beside a failed one, with one that runs", 3,
     {EXITED(0, COMPLETED), EXITED(3, ERROR), READY_UP}, .initialized = true,
     .phase = POD_PHASE_RUNNING, .kind = POD_WORD_REASON, .arg = POD_REASON_ERROR},
    {"scheduling gated", 1, {WAITING_FOR(CREATING)}, .gated = true, .phase = POD_PHASE_PENDING,
     .kind = POD_WORD_SCHEDULING_GATED},
    {"deleted while pending", 1, {WAITING_FOR(CREATING)}, .deleting = true, .initialized = true,
     .phase = POD_PHASE_PENDING, .kind = POD_WORD_TERMINATING},
    {"scripted reason of the second container", 2,
     {READY_UP, {.kind = POD_MAIN, .state = POD_TERMINATED, .reason = POD_REASON_SCRIPTED,
                 .exit_code = 1}},
     .initialized = true, .phase = POD_PHASE_RUNNING, .kind = POD_WORD_REASON,
     .arg = POD_REASON_SCRIPTED},
};
/* clang-format on */

Test(rule_pod, status_words)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(statuses); i++) {
        const struct status *s = &statuses[i];
        uint8_t by_name[4];
        struct pod_word_in in = {
            .containers = {.count = s->count, .container = s->c},
            .phase = s->phase,
            .initialized = s->initialized,
            .ready = s->ready,
            .deleting = s->deleting,
            .gated = s->gated,
            .unbound = s->gated,
            .status_reason = s->status_reason,
            .by_name = by_name,
        };
        uint32_t mains = 0;
        struct pod_word w;

        for (uint32_t k = 0; k < s->count; k++) {
            if (s->c[k].kind == POD_MAIN)
                by_name[mains++] = (uint8_t)k;
        }
        if (s->by_name_reversed) {
            uint8_t first = by_name[0];

            by_name[0] = by_name[1];
            by_name[1] = first;
        }
        in.count_names = mains;
        w = pod_word_of(&in);
        cr_expect_eq(w.kind, s->kind, "%s: kind %u", s->name, w.kind);
        cr_expect_eq(w.arg, s->arg, "%s: arg %u", s->name, w.arg);
    }
}

/* The phases that the examples state follow from their containers. */
Test(rule_pod, phases_of_the_examples)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(statuses); i++) {
        const struct status *s = &statuses[i];
        struct pod_phase_in in = {
            .count = s->count, .container = s->c, .mains_begun = s->initialized};

        if (s->name[0] == 'S' && s->count > 0)
            cr_expect_eq(pod_phase_of(&in), s->phase, "%s: %s", s->name,
                         pod_phase_name(pod_phase_of(&in)));
    }
}

Test(rule_pod, a_new_sandbox)
{
    for (unsigned bits = 0; bits < 4; bits++) {
        struct pod_sandbox_in in = {.existed = bits & 1, .to_start = bits & 2};

        in.policy = POD_RESTART_ALWAYS;
        cr_assert_eq(pod_sandbox_again(&in), in.to_start);
        in.policy = POD_RESTART_ON_FAILURE;
        cr_assert_eq(pod_sandbox_again(&in), in.to_start);
        in.policy = POD_RESTART_NEVER;
        cr_assert_eq(pod_sandbox_again(&in), in.to_start && !in.existed);
    }
}
