/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pressure.c - a node runs short of something: its kubelet evicts one pod (rule_pressure.h), and
 * the node says so for five minutes, by a condition and a taint. What pods use is what the step
 * says.
 */
#include "engine/cluster/node.h"
#include "engine/cluster/rule_pressure.h"

#include <stdio.h>
#include <string.h>

#include "engine/store/rule_quantity.h"

enum { WHY_MAX = 512 };

static const struct {
    const char *word, *resource, *threshold; /* as the step, the message and the kubelet have it */
    const char *taint;
    enum st_field field;
    const char *short_reason, *short_message, *enough_reason, *enough_message;
} row[CLUSTER_PRESSURES] = {
    {"memory", "memory", "100Mi", ST_TAINT_MEMORY, ST_FIELD_OF_MEMORY_PRESSURE,
     "KubeletHasInsufficientMemory", "kubelet has insufficient memory available",
     "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
    {"disk", "ephemeral-storage", "10%", ST_TAINT_DISK, ST_FIELD_OF_DISK_PRESSURE,
     "KubeletHasDiskPressure", "kubelet has disk pressure", "KubeletHasNoDiskPressure",
     "kubelet has no disk pressure"},
    {"pid", "pids", "10%", ST_TAINT_PID, ST_FIELD_OF_PID_PRESSURE, "KubeletHasInsufficientPID",
     "kubelet has insufficient PID available", "KubeletHasSufficientPID",
     "kubelet has sufficient PID available"},
};

static struct st_condition *condition_of(struct cluster_node *n, int which)
{
    return which == 0 ? &n->memory : which == 1 ? &n->disk : &n->pid;
}

static void show(struct cluster *c, struct cluster_node *n, int which, bool pressed)
{
    st_condition_set(c->store, &n->object, row[which].field, condition_of(n, which),
                     pressed ? ST_STATUS_TRUE : ST_STATUS_FALSE,
                     pressed ? row[which].short_reason : row[which].enough_reason,
                     pressed ? row[which].short_message : row[which].enough_message);
}

/* ---- who goes -------------------------------------------------------------------------------- */

static struct cluster_pressed look_at(const struct cluster *c, const struct pod_step *s, int which,
                                      const struct cluster_standing *stands)
{
    const struct pod *p = pod_get(c->world, stands->id);
    const struct st_request *asks = &stands->class->asks;
    struct cluster_pressed out = {.priority = stands->class->priority};
    char name[POD_NAME_MAX];

    out.request = which == 0 ? asks->memory : which == 1 ? asks->storage : 0;
    for (uint32_t i = 0; i < s->usage_count; i++)
        if (strcmp(s->usage[i].name, pod_name(p, name)) == 0 &&
            strcmp(s->ns, pod_spec_of(p)->ns) == 0)
            out.usage = s->usage[i].value;
    return out;
}

static const char *amount(int64_t bytes, bool binary, char out[ST_QUANTITY_TEXT])
{
    const struct st_quantity q = {.nano = (__int128)bytes * 1000000000,
                                  .form = binary ? ST_QUANTITY_BINARY : ST_QUANTITY_DECIMAL};

    st_quantity_text(&q, out);
    return out;
}

/* Usage is of the pod: its first main container is taken to have all of it. */
static void explain(const struct pod *p, const struct pod_step *s, int which,
                    const struct cluster_pressed *is, char *out, size_t room)
{
    const struct pod_spec *spec = pod_spec_of(p);
    char available[ST_QUANTITY_TEXT], usage[ST_QUANTITY_TEXT], request[ST_QUANTITY_TEXT];
    int n = snprintf(out, room, "The node was low on resource: %s. Threshold quantity: %s, "
                                "available: %s. ",
                     row[which].resource, row[which].threshold,
                     amount(s->available, which != 2, available));

    if (which != 2 && is->usage > is->request && n > 0 && (size_t)n < room)
        snprintf(out + n, room - (size_t)n,
                 "Container %s was using %s, request is %s, has larger consumption of %s. ",
                 spec->container[spec->init_count].name, amount(is->usage, true, usage),
                 amount(is->request, true, request), row[which].resource);
}

/* NULL: nobody may go. */
static struct pod *choose(struct cluster *c, struct cluster_node *n, const struct pod_step *s,
                          int which, struct cluster_pressed *out)
{
    struct pod *first = NULL;

    for (uint32_t i = 0; i < n->standing; i++) {
        struct pod *p = pod_get(c->world, n->stands[i].id);
        struct cluster_pressed is;

        if (p == NULL || pod_is_deleting(p) || pod_phase_terminal((enum pod_phase)p->phase))
            continue;
        is = look_at(c, s, which, &n->stands[i]);
        if (is.priority >= CLUSTER_CRITICAL ||
            (first != NULL && cluster_pressed_order(&is, out, which != 2) >= 0))
            continue;
        first = p;
        *out = is;
    }
    return first;
}

const char *cluster_node_press(struct cluster *c, struct cluster_node *n, const struct pod_step *s)
{
    struct st_taint t = {NULL, "", ST_TAINT_NO_SCHEDULE};
    struct cluster_pressed is;
    char why[WHY_MAX];
    int which = 0;
    struct pod *p;

    if (n->failed >= 0)
        return "it has failed: nobody hears its kubelet";
    while (strcmp(row[which].word, s->resource) != 0)
        which++;
    t.key = row[which].taint;
    n->pressed_until[which] = rx_loop_now(c->world->loop) + CLUSTER_PRESSURE_MS;
    show(c, n, which, true);
    if (cluster_node_taint(c, n, &t) != 0)
        return "out of memory";
    cluster_wake(c, &c->nodes->health, n->pressed_until[which]);
    p = choose(c, n, s, which, &is);
    if (p == NULL)
        return "it has no pod that could be evicted";
    explain(p, s, which, &is, why, sizeof(why));
    return pod_evict_for(p, why) == 0 ? NULL : "the pod is over already";
}

void cluster_pressure_over(struct cluster *c, struct cluster_node *n)
{
    for (int i = 0; i < CLUSTER_PRESSURES; i++) {
        if (n->pressed_until[i] == 0 || n->lost)
            continue;
        if (n->pressed_until[i] > rx_loop_now(c->world->loop)) {
            cluster_wake(c, &c->nodes->health, n->pressed_until[i]);
            continue;
        }
        n->pressed_until[i] = 0;
        show(c, n, i, false);
        cluster_node_untaint(c, n, row[i].taint, "NoSchedule");
    }
}
