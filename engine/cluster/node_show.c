/* SPDX-License-Identifier: Apache-2.0 */
/* node_show.c - what the stream is told of a node: what has changed since it was told last. */
#include "engine/cluster/node.h"

#include <stdio.h>
#include <string.h>

enum { TAINTS_MAX = 1024 };

static void taint_text(const struct st_taint *t, char *out, size_t room)
{
    snprintf(out, room, "%s%s%s:%s", t->key, *t->value ? "=" : "", t->value,
             st_taint_effect_name(t->effect));
}

/* `k=v:Effect`, sorted, joined with commas. */
static void taints_text(const struct cluster_node *n, char out[TAINTS_MAX])
{
    char last[512] = "", one[512], next[512];
    size_t used = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < n->taints && used < TAINTS_MAX; i++) {
        next[0] = '\0';
        for (uint32_t k = 0; k < n->taints; k++) {
            taint_text(&n->taint[k], one, sizeof(one));
            if (strcmp(one, last) > 0 && (next[0] == '\0' || strcmp(one, next) < 0))
                strcpy(next, one);
        }
        used += (size_t)snprintf(out + used, TAINTS_MAX - used, "%s%s", i > 0 ? "," : "", next);
        strcpy(last, next);
    }
}

static void show_taints(struct cluster *c, struct cluster_node *n)
{
    char text[TAINTS_MAX];
    const char *told = n->told_taints != NULL ? n->told_taints : "";
    char *copy = NULL;

    taints_text(n, text);
    if (strcmp(text, told) == 0)
        return;
    st_tell_text(c->store, &n->object, ST_FIELD_OF_TAINTS, told, text, NULL);
    if (text[0] != '\0')
        copy = rx_mem_alloc(c->world->mem, strlen(text) + 1);
    if (copy != NULL)
        strcpy(copy, text);
    if (n->told_taints != NULL)
        rx_mem_free(c->world->mem, n->told_taints, strlen(n->told_taints) + 1);
    n->told_taints = copy;
}

void cluster_node_introduce(struct cluster *c, struct cluster_node *n)
{
    st_condition_set(c->store, &n->object, ST_FIELD_OF_MEMORY_PRESSURE, &n->memory,
                     ST_STATUS_FALSE, "KubeletHasSufficientMemory",
                     "kubelet has sufficient memory available");
    st_condition_set(c->store, &n->object, ST_FIELD_OF_DISK_PRESSURE, &n->disk, ST_STATUS_FALSE,
                     "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
    st_condition_set(c->store, &n->object, ST_FIELD_OF_PID_PRESSURE, &n->pid, ST_STATUS_FALSE,
                     "KubeletHasSufficientPID", "kubelet has sufficient PID available");
    st_condition_set(c->store, &n->object, ST_FIELD_OF_NODE_READY, &n->ready, ST_STATUS_TRUE,
                     "KubeletReady", "kubelet is posting ready status");
    c->nodes->epoch++;
}

void cluster_node_show(struct cluster *c, struct cluster_node *n)
{
    if (n->gone)
        return;
    if (!n->told) {
        n->told = true;
        st_tell_object(c->store, &n->object, POD_OBJECT_NONE, POD_OBJECT_CREATED);
        cluster_node_introduce(c, n);
        st_tell_event(c->store, &n->object, (enum pod_event_kind)ST_EVENT_NODE_REGISTERED,
                      "Node %s event: Registered Node %s in Controller", n->spec.name,
                      n->spec.name);
    }
    if (n->cordoned != n->told_cordoned) {
        st_tell_text(c->store, &n->object, ST_FIELD_OF_UNSCHEDULABLE,
                     n->told_cordoned ? "true" : "", n->cordoned ? "true" : "", NULL);
        n->told_cordoned = n->cordoned;
    }
    show_taints(c, n);
}
