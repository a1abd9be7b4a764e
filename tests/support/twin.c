/* SPDX-License-Identifier: Apache-2.0 */
/* twin.c - phases, conditions, STATUS and restarts, each worked out the long way. */
#include "tests/support/twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* ---- STATUS
 * ---------------------------------------------------------------------------------------- */

static void ended_word(const struct twin_container *c, const char *head, char *out, size_t room)
{
    if (c->reason[0] != '\0')
        snprintf(out, room, "%s%s", head, c->reason);
    else
        snprintf(out, room, "%sExitCode:%d", head, c->exit_code);
}

static bool status_of_inits(const struct twin_pod *p, char *out, size_t room)
{
    for (uint32_t i = 0; i < p->spec->init_count; i++) {
        const struct twin_container *c = &p->container[i];

        if (c->state == TWIN_TERMINATED && c->exit_code == 0)
            continue;
        if (c->spec->kind == POD_SIDECAR && c->started)
            continue;
        if (c->state == TWIN_TERMINATED)
            ended_word(c, "Init:", out, room);
        else if (c->state == TWIN_WAITING && c->reason[0] != '\0' &&
                 !is(c->reason, "PodInitializing"))
            snprintf(out, room, "Init:%s", c->reason);
        else
            snprintf(out, room, "Init:%u/%u", i, p->spec->init_count);
        return true;
    }
    return false;
}

static int by_name_down(const void *a, const void *b)
{
    const struct twin_container *const *x = a, *const *y = b;

    return -strcmp((*x)->spec->name, (*y)->spec->name);
}

static void status_of_mains(const struct twin_pod *p, char *out, size_t room)
{
    const struct twin_container *main[256];
    uint32_t count = 0;
    bool running = false;
    char error[128] = "";

    for (uint32_t i = p->spec->init_count; i < p->spec->container_count; i++)
        main[count++] = &p->container[i];
    qsort(main, count, sizeof(*main), by_name_down);
    for (uint32_t i = 0; i < count; i++) {
        const struct twin_container *c = main[i];

        if (c->state == TWIN_WAITING && c->reason[0] != '\0') {
            snprintf(out, room, "%s", c->reason);
        } else if (c->state == TWIN_TERMINATED) {
            ended_word(c, "", out, room);
            if (c->exit_code != 0)
                snprintf(error, sizeof(error), "%s", out);
        } else if (c->state == TWIN_RUNNING && c->ready) {
            running = true;
        }
    }
    if (!is(out, "Completed"))
        return;
    if (running && p->ready)
        snprintf(out, room, "Running");
    else if (error[0] != '\0')
        snprintf(out, room, "%s", error);
    else if (running)
        snprintf(out, room, "NotReady");
}

static bool is_over(const struct twin_pod *p)
{
    return is(p->phase, "Succeeded") || is(p->phase, "Failed");
}

void twin_status(const struct twin_pod *p, char *out, size_t room)
{
    snprintf(out, room, "%s", p->reason != NULL ? p->reason : p->phase);
    if (p->spec->scheduling_gated)
        snprintf(out, room, "SchedulingGated");
    /* No kubelet has written a container's status yet. */
    if (p->bound && (!status_of_inits(p, out, room) || p->initialized) && !p->explained)
        status_of_mains(p, out, room);
    if (p->terminating && !is_over(p))
        snprintf(out, room, "Terminating");
}

int32_t twin_ready(const struct twin_pod *p)
{
    bool by_init = false;
    int32_t ready = 0;

    if (!p->bound)
        return 0;
    for (uint32_t i = 0; i < p->spec->init_count && !by_init; i++) {
        const struct twin_container *c = &p->container[i];

        if (c->state == TWIN_TERMINATED && c->exit_code == 0)
            continue;
        by_init = c->spec->kind != POD_SIDECAR || !c->started;
        ready += !by_init && c->ready;
    }
    for (uint32_t i = p->spec->init_count; i < p->spec->container_count; i++)
        ready += (!by_init || p->initialized) && p->container[i].state == TWIN_RUNNING &&
                 p->container[i].ready;
    return ready;
}

/* ---- conditions
 * -------------------------------------------------------------------------------------- */

bool twin_initialized(const struct twin_pod *p)
{
    bool all = true;

    if (!p->bound)
        return false;
    if (is(p->phase, "Succeeded"))
        return true;
    for (uint32_t i = 0; i < p->spec->container_count; i++) {
        const struct twin_container *c = &p->container[i];

        if (c->spec->kind == POD_MAIN && c->state != TWIN_WAITING)
            return true;
        if (c->spec->kind == POD_INIT)
            all = all && c->state == TWIN_TERMINATED && c->exit_code == 0;
        if (c->spec->kind == POD_SIDECAR)
            all = all && c->started;
    }
    return all;
}

bool twin_containers_ready(const struct twin_pod *p)
{
    if (is_over(p) || !p->bound)
        return false;
    for (uint32_t i = 0; i < p->spec->container_count; i++) {
        if (p->container[i].spec->kind != POD_INIT && !p->container[i].ready)
            return false;
    }
    return true;
}

/* ---- restarts
 * ------------------------------------------------------------------------------------------ */

bool twin_restarts(const struct pod_spec *spec, const struct pod_container_spec *c,
                   int32_t exit_code, bool oom_killed)
{
    enum pod_restart_policy policy = spec->restart_policy;

    if (c->kind == POD_SIDECAR)
        return true;
    if (c->restart_policy != POD_RESTART_UNSET) {
        for (uint32_t i = 0; i < c->rule_count; i++) {
            bool listed = false;

            for (uint32_t k = 0; k < c->rule[i].count; k++)
                listed = listed || c->rule[i].exit_code[k] == exit_code;
            if (listed != c->rule[i].not_in)
                return true;
        }
        policy = c->restart_policy;
    }
    if (policy == POD_RESTART_NEVER)
        return false;
    if (policy == POD_RESTART_ALWAYS && c->kind == POD_MAIN)
        return true;
    return exit_code != 0 || (c->kind == POD_INIT && oom_killed);
}

bool twin_restarts_after_kill(const struct pod_spec *spec, const struct pod_container_spec *c)
{
    if (c->kind == POD_SIDECAR)
        return true;
    if (c->restart_policy != POD_RESTART_UNSET)
        return c->restart_policy != POD_RESTART_NEVER;
    return spec->restart_policy != POD_RESTART_NEVER;
}

/* ---- the ladder
 * ------------------------------------------------------------------------------------------ */

static bool expired(const struct twin_ladder *l, int64_t dead_ms)
{
    return dead_ms - l->last_ms > 600000;
}

bool twin_must_wait(const struct twin_ladder *l, bool has_dead, int64_t dead_ms, int64_t now_ms)
{
    return has_dead && l->delay_ms > 0 && !expired(l, dead_ms) && now_ms - dead_ms < l->delay_ms;
}

void twin_climb(struct twin_ladder *l, const struct twin_limits *limits, bool has_dead,
                int64_t dead_ms, int64_t now_ms)
{
    if (!has_dead)
        return;
    if (l->delay_ms == 0 || expired(l, dead_ms))
        l->delay_ms = limits->base_ms;
    else
        l->delay_ms *= 2;
    if (l->delay_ms > limits->cap_ms)
        l->delay_ms = limits->cap_ms;
    l->last_ms = now_ms;
}

/* ---- ends ------------------------------------------------------------------------------------ */

int64_t twin_window_ms(int32_t grace_s, int64_t hook_ms, int64_t turn_ms)
{
    int64_t left = grace_s - hook_ms / 1000;

    left -= turn_ms / 1000;
    return 1000 * (left > 2 ? left : 2);
}

bool twin_exit_fits(const char *reason, int32_t code)
{
    if (is(reason, "Completed"))
        return code == 0;
    if (is(reason, "Error"))
        return code > 0 && code < 256;
    if (is(reason, "StartError"))
        return code == 128;
    if (is(reason, "ContainerStatusUnknown") || is(reason, "RestartingAllContainers"))
        return code == 137;
    return reason != NULL && code >= 0 && code < 256; /* OOMKilled, or a text of a Behavior */
}
