/* SPDX-License-Identifier: Apache-2.0 */
/* rule_pod.c - the folds over containers: phase, conditions, STATUS. */
#include "engine/pod/rule_pod.h"

#include "engine/reactor/base.h"

/* ---- phase ----------------------------------------------------------------------------------- */

struct tally {
    uint32_t init_pending, init_failed, sidecar_pending, sidecar_running, sidecar_waiting;
    uint32_t running, waiting, stopped, succeeded, restarting;
};

static void tally_init(struct tally *t, const struct pod_container_view *c)
{
    if (c->state == POD_TERMINATED) {
        /* A sidecar's end says nothing about the pod. */
        if (c->kind == POD_INIT && !c->restarts &&
            (c->exit_code != 0 || c->reason == POD_REASON_OOM_KILLED))
            t->init_failed++;
        return;
    }
    if (c->kind == POD_SIDECAR) {
        if (c->state == POD_RUNNING) {
            t->sidecar_running++;
            if (!c->started)
                t->sidecar_pending++;
        } else if (!c->has_last) {
            t->sidecar_pending++;
            t->sidecar_waiting++;
        }
        return;
    }
    if (c->state == POD_RUNNING || !c->has_last)
        t->init_pending++;
    else if (!c->last_succeeded && !c->restarts)
        t->init_failed++;
    /* One that waits to be tried again counts as neither: main containers that have never run keep
     * the pod Pending, those of an earlier sandbox do not. */
}

static void tally_main(struct tally *t, const struct pod_container_view *c)
{
    if (c->state == POD_RUNNING) {
        t->running++;
    } else if (c->state == POD_WAITING && !c->has_last) {
        t->waiting++;
    } else {
        t->stopped++;
        if (c->restarts)
            t->restarting++;
        if (c->state == POD_TERMINATED && c->exit_code == 0)
            t->succeeded++;
    }
}

enum pod_phase pod_phase_of(const struct pod_phase_in *in)
{
    struct tally t = {0};

    for (uint32_t i = 0; i < in->count; i++) {
        if (in->container[i].kind == POD_MAIN)
            tally_main(&t, &in->container[i]);
        else
            tally_init(&t, &in->container[i]);
    }
    if (in->final)
        return t.init_failed == 0 && t.stopped > 0 && t.succeeded == t.stopped && t.waiting == 0
                   ? POD_PHASE_SUCCEEDED
                   : POD_PHASE_FAILED;
    if (t.init_failed > 0)
        return POD_PHASE_FAILED;
    if (t.init_pending > 0 || (t.sidecar_pending > 0 && !in->mains_begun))
        return POD_PHASE_PENDING;
    if (t.waiting > 0 || t.sidecar_waiting > 0)
        return POD_PHASE_PENDING;
    if (t.running > 0 || t.sidecar_running > 0)
        return POD_PHASE_RUNNING;
    if (t.stopped > 0) {
        if (t.restarting > 0)
            return POD_PHASE_RUNNING;
        return t.succeeded == t.stopped ? POD_PHASE_SUCCEEDED : POD_PHASE_FAILED;
    }
    return POD_PHASE_PENDING;
}

/* ---- conditions ------------------------------------------------------------------------------ */

static struct pod_condition_value of_phase(enum pod_phase phase, bool *decided)
{
    struct pod_condition_value v = {false, POD_COND_REASON_NONE};

    *decided = pod_phase_terminal(phase);
    if (phase == POD_PHASE_SUCCEEDED)
        v.reason = POD_COND_REASON_POD_COMPLETED;
    else if (phase == POD_PHASE_FAILED)
        v.reason = POD_COND_REASON_POD_FAILED;
    return v;
}

struct pod_condition_value pod_condition_containers_ready(const struct pod_phase_in *in,
                                                          enum pod_phase phase)
{
    bool decided;
    struct pod_condition_value v = of_phase(phase, &decided);

    if (decided)
        return v;
    for (uint32_t i = 0; i < in->count; i++) {
        if (in->container[i].kind != POD_INIT && !in->container[i].ready) {
            v.reason = POD_COND_REASON_UNREADY;
            return v;
        }
    }
    v.true_ = true;
    return v;
}

struct pod_condition_value pod_condition_ready(struct pod_condition_value containers_ready,
                                               bool gates_true)
{
    struct pod_condition_value v = containers_ready;

    if (v.true_ && !gates_true) {
        v.true_ = false;
        v.reason = POD_COND_REASON_GATES;
    }
    return v;
}

struct pod_condition_value pod_condition_initialized(const struct pod_phase_in *in,
                                                     enum pod_phase phase)
{
    struct pod_condition_value v = {true, POD_COND_REASON_NONE};
    bool incomplete = false;

    if (phase == POD_PHASE_SUCCEEDED) {
        v.reason = POD_COND_REASON_POD_COMPLETED;
        return v;
    }
    for (uint32_t i = 0; i < in->count; i++) {
        const struct pod_container_view *c = &in->container[i];

        if (c->kind == POD_MAIN && c->state != POD_WAITING)
            return v;
        if (c->kind == POD_INIT)
            incomplete |= !(c->state == POD_TERMINATED && c->exit_code == 0);
        else if (c->kind == POD_SIDECAR)
            incomplete |= !c->started;
    }
    if (incomplete) {
        v.true_ = false;
        v.reason = POD_COND_REASON_UNINITIALIZED;
    }
    return v;
}

/* ---- a new sandbox --------------------------------------------------------------------------- */

bool pod_sandbox_again(const struct pod_sandbox_in *in)
{
    if (in->policy == POD_RESTART_NEVER && in->existed)
        return false;
    return in->to_start;
}

/* ---- the STATUS column ----------------------------------------------------------------------- */

static struct pod_word word(enum pod_word_kind kind, uint32_t arg)
{
    struct pod_word w = {.kind = (uint8_t)kind, .arg = arg};

    return w;
}

static struct pod_word of_reason(uint8_t reason, bool init)
{
    return word(init ? POD_WORD_INIT_REASON : POD_WORD_REASON, reason);
}

/* True if an init container decides the word; those after it are not looked at, not even to
 * count. */
static bool row_of_inits(const struct pod_word_in *in, struct pod_row *out)
{
    uint32_t of = 0;

    while (of < in->containers.count && in->containers.container[of].kind != POD_MAIN)
        of++;
    for (uint32_t i = 0; i < of; i++) {
        const struct pod_container_view *c = &in->containers.container[i];

        if (c->state == POD_TERMINATED && c->exit_code == 0)
            continue;
        if (c->kind == POD_SIDECAR && c->started) {
            out->ready += c->ready;
            continue;
        }
        if (c->state == POD_TERMINATED) {
            out->word = c->reason == POD_REASON_NONE
                            ? word(POD_WORD_INIT_EXIT_CODE, (uint32_t)c->exit_code)
                            : of_reason(c->reason, true);
        } else if (c->state == POD_WAITING && c->reason != POD_REASON_INITIALIZING &&
                   c->reason != POD_REASON_NONE) {
            out->word = of_reason(c->reason, true);
        } else {
            out->word = word(POD_WORD_INIT_COUNT, i << 8 | of);
        }
        return true;
    }
    return false;
}

static void row_of_mains(const struct pod_word_in *in, struct pod_row *out)
{
    bool running = false, has_error = false;
    struct pod_word w = out->word, error = w;

    for (uint32_t k = in->count_names; k-- > 0;) {
        uint32_t i = in->by_name[k];
        const struct pod_container_view *c = &in->containers.container[i];

        if (c->state == POD_WAITING && c->reason != POD_REASON_NONE) {
            w = of_reason(c->reason, false);
        } else if (c->state == POD_TERMINATED) {
            w = c->reason == POD_REASON_NONE ? word(POD_WORD_EXIT_CODE, (uint32_t)c->exit_code)
                                             : of_reason(c->reason, false);
            if (c->exit_code != 0) {
                error = w;
                has_error = true;
            }
        } else if (c->state == POD_RUNNING && c->ready) {
            running = true;
            out->ready++;
        }
    }
    if (in->explained)
        return;
    out->word = w;
    if (w.kind != POD_WORD_REASON || w.arg != POD_REASON_COMPLETED)
        return;
    if (running && in->ready)
        out->word = word(POD_WORD_PHASE, POD_PHASE_RUNNING);
    else if (has_error)
        out->word = error;
    else if (running)
        out->word = word(POD_WORD_NOT_READY, 0);
}

struct pod_row pod_row_of(const struct pod_word_in *in)
{
    struct pod_row row = {.word = word(POD_WORD_PHASE, in->phase)};

    if (in->status_reason != POD_STATUS_NONE)
        row.word = word(POD_WORD_POD_REASON, in->status_reason);
    if (in->gated)
        row.word = word(POD_WORD_SCHEDULING_GATED, 0);
    if (in->unbound)
        return row;
    row.initializing = row_of_inits(in, &row) && !in->initialized;
    if (!row.initializing)
        row_of_mains(in, &row);
    if (in->deleting && !pod_phase_terminal(in->phase))
        row.word = word(POD_WORD_TERMINATING, 0);
    return row;
}
