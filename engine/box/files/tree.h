/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - between view.c, which is the file system's face, path.c, which finds what a path
 * means, and tree.c, which keeps the trees.
 *
 * A directory holds a list of entries, sorted by name. An entry is the node itself, or, for every
 * further hard link, a node of kind FS_ALIAS that refers to it. A directory of the image that has
 * been removed leaves a node of kind FS_GONE, which nothing finds but fs_node_gone; an entry of the
 * same name may stand beside it.
 */
#ifndef BOX_TREE_H
#define BOX_TREE_H

#include "engine/box/fs.h"

enum { FS_GONE = 254, FS_ALIAS }; /* of enum fs_kind, but never seen outside */

struct fs_node {
    struct fs_node *next;     /* sibling, sorted by name */
    struct fs_volume *volume; /* whom its bytes are counted against; NULL once it is in no tree */
    const struct rx_mem *mem;
    char *name;
    union {
        struct fs_node *child;  /* FS_DIR */
        struct fs_node *target; /* FS_ALIAS; holds a reference */
        char *data;             /* FS_FILE, FS_SYMLINK (no NUL at its end) */
    };
    uint32_t size, room; /* room 0 with data: borrowed, not ours to change or free */
    rx_ms mtime;
    uint32_t refs, ino, uid, gid;
    uint16_t links; /* entries that lead here; 0: in no tree */
    uint16_t mode;  /* 07777 */
    uint16_t name_length;
    uint8_t kind;
    bool of_image; /* a directory that the container has not made itself */
    uint16_t locks; /* open files that hold it by flock; UINT16_MAX: one, for itself alone */
};

struct fs_volume {
    const struct rx_mem *mem;
    struct fs_node *root;
    uint32_t refs, bytes, bytes_max, nodes, last_ino;
};

struct fs_node *fs_node_new(const struct rx_mem *mem, int kind, const char *name, size_t length,
                            rx_ms now);
/* In no tree, one reference. NULL: no memory. */

int fs_node_add(struct fs_volume *v, struct fs_node *dir, int kind, const char *name,
                size_t length, rx_ms now, struct fs_node **out);
int fs_node_link(struct fs_volume *v, struct fs_node *dir, struct fs_node *target,
                 const char *name, size_t length, rx_ms now);
/* One more entry for a node that is not a directory. */
int fs_node_make(const struct fs *f, struct fs_volume *v, struct fs_node *dir, int kind,
                 const char *name, rx_ms now, struct fs_node **out);
/* fs_node_add, for whoever asks through this view. */
void fs_node_unref(struct fs_node *n); /* NULL is allowed */

void fs_node_leave(struct fs_node *entry);
/* An entry that no directory holds any more, with all below it. The last one that leads to a node
 * takes it out of its volume's books; who has it open keeps it alive. */

struct fs_node *fs_node_find(const struct fs_node *dir, const char *name, size_t length);
bool fs_node_gone(const struct fs_node *dir, const char *name, size_t length);
/* Has the image had a directory of that name, which was removed? */
bool fs_node_has_entries(const struct fs_node *dir);
struct fs_node *fs_node_of(struct fs_node *entry); /* through an alias; NULL for NULL */
void fs_node_insert(struct fs_node *dir, struct fs_node *n);
void fs_node_detach(struct fs_node *dir, struct fs_node *n);

int fs_node_write(struct fs_node *n, uint64_t at, const void *data, uint32_t size, rx_ms now);
void fs_node_drop_data(struct fs_node *n);

struct fs_volume *fs_volume_with(const struct rx_mem *mem, uint32_t bytes_max,
                                 enum fs_kind root_kind);

int fs_made_open(const struct fs *f, const char *path, rx_ms now, struct fs_open *out);
/* open.c: the text of a file that is made (fs_made.h), as a nameless file. */

/* ---- paths: path.c ------------------------------------------------------------------------ */

/* Where a path leads. */
struct fs_spot {
    char path[FS_PATH_MAX];   /* without links, dots and doubled slashes */
    bool slash, dots;         /* it was written with a "/" at its end; ended in "." or ".." */
    struct fs_volume *volume; /* NULL: the layer, not yet made */
    struct fs_node *root;     /* of the tree seen at the mount; NULL: as above */
    const char *rest;         /* of the path, within that tree: "" or "/a/b" */
    bool layer, read_only, mount;  /* mount: the path is a mount point itself */
    struct fs_node *parent, *entry; /* NULL: nothing there, or a virtual directory or device */
    struct fs_node *node;           /* what the entry leads to */
    bool virtual_dir, device;
    bool made;   /* a file that is made when it is read, */
    int refusal; /* and why it may not be written */
    enum fs_kind kind; /* if there is something */
};

enum {
    FS_SPOT_FOLLOW = 1, /* a link at the end is followed */
    FS_SPOT_ENTRY = 2,  /* ... not even if a slash follows it */
    FS_SPOT_MISSING = 4 /* directories on the way need not be there */
};

int fs_spot(struct fs_spot *s, const struct fs *f, const char *path, int how);
/* 0, also if only the last component is not there (fs_spot_there); -ENOENT, -ENOTDIR, -ELOOP,
 * -ENAMETOOLONG. */
bool fs_spot_there(const struct fs_spot *s);

int fs_spot_make(struct fs *f, struct fs_spot *s, rx_ms now);
/* The directory in which it is (or will be) comes into being, as far as it is missing:
 * s->parent. */
int fs_spot_keep(struct fs *f, struct fs_spot *s, rx_ms now);
/* A directory that is there without a node becomes one: s->node. */
const char *fs_spot_name(const struct fs_spot *s); /* the last component */
bool fs_spot_of_image(const struct fs_spot *s); /* a directory of the layer that the image has */

int fs_spot_new(struct fs_spot *s, struct fs *f, const char *path, int how, rx_ms now);
/* fs_spot for something that is to be made: its directory may be the image's. -EROFS: there, it
 * may. */

int fs_tree_walk(struct fs_volume *v, struct fs_node *root, const char *rest, rx_ms now,
                 struct fs_node **parent, const char **last);
/* To the directory that holds the last component, making directories on the way. */

bool fs_offer_virtual(const struct fs_spot *s, const struct fs *f, const char *after,
                      char best[FS_NAME_MAX + 1]);
/* Mounts, virtual directories and devices in that directory: fs_list. */
bool fs_is_fixed(const struct fs *f, const struct fs_spot *s);
/* A directory that cannot be removed: of the kernel, or on the way to a mount. */
uint16_t fs_virtual_mode(const char *path);
uint32_t fs_virtual_number(const char *path); /* a small one, different for each */

#endif
