/* SPDX-License-Identifier: Apache-2.0 */
/* node.c - nodes: each with its images, its hostPath files and its number of pods. */
#include "engine/pod/node.h"
#include "engine/reactor/hash.h"

#include <string.h>

#include "engine/box/fs.h"
#include "engine/pod/pod_int.h"
#include "engine/reactor/err.h"

enum { CPUS = 8, MEMORY_KIB = 16 << 20 };

static const char *copy_of(struct pod_world *w, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = rx_arena_alloc(&w->arena, size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

int pod_node_add(struct pod_world *w, const char *name, const char *ip)
{
    struct pod_node **more, *n;

    if (w->nodes == POD_NODES_MAX)
        return -RX_ELIMIT;
    n = rx_mem_zalloc(w->mem, sizeof(*n));
    if (n == NULL)
        return -RX_ENOMEM;
    *n = (struct pod_node){
        .world = w,
        .number = w->nodes,
        .name = copy_of(w, name),
        .ip = copy_of(w, ip),
        .capacity = {.cpus = CPUS, .memory_kib = MEMORY_KIB},
    };
    more = n->name == NULL || n->ip == NULL ? NULL
           : w->nodes < w->nodes_room
               ? w->node
               : rx_mem_grow(w->mem, w->node, w->nodes_room * sizeof(*more),
                             (w->nodes + 1) * sizeof(*more));
    if (more == NULL) {
        rx_mem_free(w->mem, n, sizeof(*n));
        return -RX_ENOMEM;
    }
    w->node = more;
    w->nodes_room = RX_MAX(w->nodes_room, w->nodes + 1);
    w->node[w->nodes++] = n;
    return 0;
}

void pod_node_undo(struct pod_world *w)
{
    rx_mem_free(w->mem, w->node[--w->nodes], sizeof(**w->node));
}

void pod_nodes_fini(struct pod_world *w)
{
    for (uint32_t i = 0; i < w->nodes; i++) {
        struct pod_node *n = w->node[i];

        rx_mem_free(w->mem, n->foreign_image, n->foreign_images * sizeof(*n->foreign_image));
        fs_volume_unref(n->host);
        rx_mem_free(w->mem, n, sizeof(*n));
    }
    rx_mem_free(w->mem, w->node, w->nodes_room * sizeof(*w->node));
    w->node = NULL;
    w->nodes = w->nodes_room = 0;
}

int pod_place(struct pod *p, uint32_t number)
{
    if (number >= pod_world_of(p)->nodes)
        return -RX_EINVALID;
    if (p->life.object != POD_LIFE_NONE && !pod_has(p, POD_UNBOUND))
        return -RX_ESTATE;
    pod_node_of(p)->pods--;
    p->node = (uint16_t)number;
    pod_node_of(p)->pods++;
    return 0;
}

const char *pod_node_name(const struct pod *p)
{
    return pod_spec_of(p)->node_name != NULL ? pod_spec_of(p)->node_name : pod_node_of(p)->name;
}
