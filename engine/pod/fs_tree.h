/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs_tree.h - between fs.c, which resolves paths, and fs_tree.c, which keeps the trees.
 */
#ifndef POD_FS_TREE_H
#define POD_FS_TREE_H

#include "engine/pod/fs.h"

struct fs_node {
    struct fs_node *next;     /* sibling, sorted by name */
    struct fs_volume *volume; /* whom its bytes are counted against; NULL once it is in no tree */
    const struct rx_mem *mem;
    char *name;
    union {
        struct fs_node *child; /* FS_DIR */
        char *data;            /* FS_FILE */
    };
    uint32_t size, room; /* room 0 with data: borrowed, not ours to change or free */
    rx_ms mtime;
    uint32_t refs;
    uint16_t name_length;
    uint8_t kind;
    bool executable;
};

struct fs_volume {
    const struct rx_mem *mem;
    struct fs_node *root;
    uint32_t refs, bytes, bytes_max, nodes;
};

struct fs_node *fs_node_new(const struct rx_mem *mem, enum fs_kind kind, const char *name,
                            size_t length, rx_ms now);
/* In no tree, one reference. NULL: no memory. */

int fs_node_add(struct fs_volume *v, struct fs_node *dir, enum fs_kind kind, const char *name,
                size_t length, rx_ms now, struct fs_node **out);
void fs_node_unref(struct fs_node *n); /* NULL is allowed */

void fs_node_leave(struct fs_node *n);
/* Takes the node and all below it out of its volume's books; who has it open keeps it alive. */

struct fs_node *fs_node_find(const struct fs_node *dir, const char *name, size_t length);
void fs_node_insert(struct fs_node *dir, struct fs_node *n);
void fs_node_detach(struct fs_node *dir, struct fs_node *n);

int fs_node_write(struct fs_node *n, uint64_t at, const void *data, uint32_t size, rx_ms now);
void fs_node_drop_data(struct fs_node *n);

struct fs_volume *fs_volume_with(const struct rx_mem *mem, uint32_t bytes_max,
                                 enum fs_kind root_kind);

#endif
