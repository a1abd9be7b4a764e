/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.h - one node of a world: its name and capacity, and the images and files that are on it. A
 * pod knows its node by number; the list of pods is the world's, in the order of serial numbers.
 */
#ifndef POD_NODE_H
#define POD_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/time.h"

enum { POD_NODES_MAX = 65536, POD_IMAGES_MAX = 65536 };

/* What the one node has that the command line and podring.h make. */
#define POD_NODE_NAME "node"
#define POD_NODE_IP "127.0.0.1"

struct fs_volume;
struct pod;
struct pod_world;

/* As its containers see it in /proc. */
struct pod_capacity {
    uint32_t cpus;
    uint32_t memory_kib;
};

/* A pull that a foreign pod makes; of several the one that ends first. */
struct pod_foreign_image {
    uint64_t serial; /* 0 = none */
    rx_ms at;
};

struct pod_node {
    struct pod_world *world;
    uint32_t number;
    const char *name, *ip;
    struct pod_capacity capacity;
    uint64_t pods; /* that have its number, those included that are over */
    bool lost;     /* nobody hears its kubelet: neither does it tell the API nor is it told, */
    bool off;      /* as it has no power */
    uint64_t image_present[POD_IMAGES_MAX / 64]; /* bit per image id */
    struct pod_foreign_image *foreign_image;     /* foreign.c; by image id */
    uint32_t foreign_images;
    struct fs_volume *host; /* what hostPath volumes mount; NULL: nobody has yet */
};

int pod_node_add(struct pod_world *w, const char *name, const char *ip);
/* One more, with the next number; copies. Outside a turn. -RX_ENOMEM, -RX_ELIMIT. */

void pod_node_undo(struct pod_world *w); /* the newest, on which nothing has been */

void pod_nodes_fini(struct pod_world *w);
/* When no pod is left. */

int pod_place(struct pod *p, uint32_t number);
/* The pod goes to that node instead of the first one, as a scheduler would say. -RX_EINVALID: there
 * is no such node; -RX_ESTATE: it is on one already. */

const char *pod_node_name(const struct pod *p); /* spec.nodeName, or its node's */

static inline void pod_node_set_image_present(struct pod_node *n, uint16_t image_id, bool present)
{
    uint64_t bit = 1ull << (image_id & 63);

    if (present)
        n->image_present[image_id >> 6] |= bit;
    else
        n->image_present[image_id >> 6] &= ~bit;
}

static inline bool pod_node_image_present(const struct pod_node *n, uint16_t image_id)
{
    return n->image_present[image_id >> 6] >> (image_id & 63) & 1;
}

#endif
