/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - the texts of the lists, each found by its number. */
#include "engine/store/words.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"
#include "engine/reactor/mem.h"

const char *pod_probe_kind_name(enum pod_probe_kind kind)
{
    static const char *const name[] = {
        [POD_STARTUP] = "Startup",
        [POD_READINESS] = "Readiness",
        [POD_LIVENESS] = "Liveness",
    };

    return name[kind];
}

static const char *const reason_text[] = {
#define X(name, text) [POD_REASON_##name] = text,
    POD_REASON_MAP(X)
#undef X
};

const char *pod_reason_text(enum pod_reason r)
{
    return r < RX_ARRAY_LEN(reason_text) ? reason_text[r] : NULL;
}

enum pod_reason pod_reason_named(const char *text)
{
    for (unsigned i = 0; i < RX_ARRAY_LEN(reason_text); i++) {
        if (strcmp(reason_text[i], text) == 0)
            return (enum pod_reason)i;
    }
    return POD_REASON_SCRIPTED;
}

static uint32_t find_reason(const struct st_reasons *all, const char *text)
{
    uint32_t i = 0;

    while (i < all->count && strcmp(all->text[i], text) != 0)
        i++;
    return i;
}

int st_reasons_add(struct st_reasons *all, struct rx_arena *arena, const char *text)
{
    char *copy;

    if (pod_reason_named(text) != POD_REASON_SCRIPTED || find_reason(all, text) < all->count)
        return 0;
    if (all->count == ST_REASONS_MAX)
        return -RX_ELIMIT;
    copy = rx_arena_strdup(arena, text);
    if (copy == NULL)
        return -RX_ENOMEM;
    all->text[all->count++] = copy;
    return 0;
}

enum pod_reason st_reason_number(const struct st_reasons *all, const char *text)
{
    enum pod_reason named = pod_reason_named(text);
    uint32_t i;

    if (named != POD_REASON_SCRIPTED)
        return named;
    i = find_reason(all, text);
    return i < all->count ? (enum pod_reason)(POD_REASON_SCRIPTED + i) : POD_REASON_ERROR;
}

const char *st_reason_text(const struct st_reasons *all, uint8_t reason)
{
    if (reason < POD_REASON_SCRIPTED)
        return pod_reason_text((enum pod_reason)reason);
    return all->text[reason - POD_REASON_SCRIPTED];
}

const char *pod_container_state_name(enum pod_container_state s)
{
    static const char *const name[] = {"Waiting", "Running", "Terminated"};

    return name[s];
}

const char *pod_phase_name(enum pod_phase p)
{
    static const char *const name[] = {"Pending", "Running", "Succeeded", "Failed"};

    return name[p];
}

const char *pod_condition_name(enum pod_condition c)
{
    static const char *const name[] = {
#define X(id, text) [POD_COND_##id] = text,
        POD_CONDITION_MAP(X)
#undef X
    };

    return name[c];
}

const char *pod_condition_reason_name(enum pod_condition_reason r)
{
    static const char *const name[] = {
        NULL,
        "PodCompleted",
        "PodFailed",
        "ContainersNotReady",
        "ContainersNotInitialized",
        "ReadinessGatesNotReady",
        "SchedulingGated",
        "TerminationByKubelet",
        "RestartAllContainersStarted",
        "Unschedulable",
        "PreemptionByScheduler",
        "DeletionByTaintManager",
        "DeletionByPodGC",
        "EvictionByEvictionAPI",
    };

    return name[r];
}

const char *pod_status_reason_name(enum pod_status_reason r)
{
    static const char *const name[] = {NULL, "Evicted", "DeadlineExceeded"};

    return name[r];
}

static const char *const event_type_text[ST_EVENT_KINDS] = {
#define X(id, type, reason) [POD_EVENT_##id] = type,
    POD_EVENT_MAP(X)
#undef X
#define X(id, type, reason) [ST_EVENT_##id] = type,
    ST_EVENT_MAP(X)
#undef X
};

static const char *const event_reason_text[ST_EVENT_KINDS] = {
#define X(id, type, reason) [POD_EVENT_##id] = reason,
    POD_EVENT_MAP(X)
#undef X
#define X(id, type, reason) [ST_EVENT_##id] = reason,
    ST_EVENT_MAP(X)
#undef X
};

const char *pod_event_type(enum pod_event_kind k)
{
    return event_type_text[k];
}

const char *pod_event_reason(enum pod_event_kind k)
{
    return event_reason_text[k];
}

const char *st_kind_word(enum st_kind kind, uint8_t sub)
{
    static const char *const word[ST_KINDS] = {
#define X(id, text) [ST_##id] = text,
        ST_KIND_MAP(X)
#undef X
    };
    static const char *const workload[POD_WORKLOAD_KINDS] = {
        [POD_WORKLOAD_POD] = "pod",
        [POD_WORKLOAD_REPLICASET] = "replicaset",
        [POD_WORKLOAD_DEPLOYMENT] = "deployment",
        [POD_WORKLOAD_STATEFULSET] = "statefulset",
        [POD_WORKLOAD_DAEMONSET] = "daemonset",
        [POD_WORKLOAD_JOB] = "job",
        [POD_WORKLOAD_CONTROLLER] = "replicationcontroller",
        [POD_WORKLOAD_CRONJOB] = "cronjob",
    };

    if (kind == ST_WORKLOAD)
        return workload[sub];
    if (kind == ST_CONFIG)
        return sub != 0 ? "secret" : "configmap";
    return word[kind];
}

const char *st_field_name(enum st_field f)
{
    static const char *const name[] = {
#define X(id, text, type) [ST_FIELD_OF_##id - ST_FIELD_FIRST] = text,
        ST_FIELD_MAP(X)
#undef X
    };

    return name[f - ST_FIELD_FIRST];
}

enum st_field_type st_field_type(enum st_field f)
{
    static const uint8_t type_of[] = {
#define X(id, text, type) [ST_FIELD_OF_##id - ST_FIELD_FIRST] = ST_FIELD_##type,
        ST_FIELD_MAP(X)
#undef X
    };

    return (enum st_field_type)type_of[f - ST_FIELD_FIRST];
}
