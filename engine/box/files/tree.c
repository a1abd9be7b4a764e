/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - nodes and volumes: trees with reference counts and an account of what they hold.
 */
#include "engine/box/files/tree.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/base.h"

enum { ROOT_INO = 1000 }; /* below are directories without a node */

/* ---- nodes ----------------------------------------------------------------------------------- */

struct fs_node *fs_node_new(const struct rx_mem *mem, int kind, const char *name, size_t length,
                            rx_ms now)
{
    struct fs_node *n = rx_mem_zalloc(mem, sizeof(*n));

    if (n == NULL)
        return NULL;
    n->name = rx_mem_alloc(mem, length + 1);
    if (n->name == NULL) {
        rx_mem_free(mem, n, sizeof(*n));
        return NULL;
    }
    memcpy(n->name, name, length);
    n->name[length] = '\0';
    n->name_length = (uint16_t)length;
    n->mem = mem;
    n->kind = (uint8_t)kind;
    n->mode = kind == FS_DIR ? 0755 : kind == FS_SYMLINK ? 0777 : 0644;
    n->mtime = now;
    n->refs = n->links = 1;
    return n;
}

void fs_node_drop_data(struct fs_node *n)
{
    if (n->volume != NULL)
        n->volume->bytes -= n->size;
    if (n->room > 0)
        rx_mem_free(n->mem, n->data, n->room);
    n->data = NULL;
    n->size = n->room = 0;
}

static bool has_data(const struct fs_node *n)
{
    return n->kind == FS_FILE || n->kind == FS_SYMLINK;
}

void fs_node_unref(struct fs_node *n)
{
    struct fs_node *c;

    if (n == NULL || --n->refs > 0)
        return;
    if (has_data(n))
        fs_node_drop_data(n);
    /* A directory that was mounted, removed elsewhere meanwhile, and then written to. */
    while (n->kind == FS_DIR && (c = n->child) != NULL) {
        n->child = c->next;
        fs_node_leave(c);
    }
    rx_mem_free(n->mem, n->name, (size_t)n->name_length + 1);
    rx_mem_free(n->mem, n, sizeof(*n));
}

void fs_node_leave(struct fs_node *entry)
{
    struct fs_node *n = fs_node_of(entry), *c;

    while (n->kind == FS_DIR && (c = n->child) != NULL) {
        n->child = c->next;
        fs_node_leave(c);
    }
    if (entry != n && entry->volume != NULL)
        entry->volume->nodes--;
    if (--n->links == 0 && n->volume != NULL) {
        n->volume->nodes--;
        if (has_data(n))
            n->volume->bytes -= n->size;
        n->volume = NULL;
    }
    if (entry != n)
        fs_node_unref(entry);
    fs_node_unref(n);
}

struct fs_node *fs_node_of(struct fs_node *entry)
{
    return entry != NULL && entry->kind == FS_ALIAS ? entry->target : entry;
}

struct fs_node *fs_node_find(const struct fs_node *dir, const char *name, size_t length)
{
    for (struct fs_node *c = dir->child; c != NULL; c = c->next)
        if (c->name_length == length && c->kind != FS_GONE && memcmp(c->name, name, length) == 0)
            return c;
    return NULL;
}

bool fs_node_gone(const struct fs_node *dir, const char *name, size_t length)
{
    for (const struct fs_node *c = dir->child; c != NULL; c = c->next)
        if (c->name_length == length && c->kind == FS_GONE && memcmp(c->name, name, length) == 0)
            return true;
    return false;
}

bool fs_node_has_entries(const struct fs_node *dir)
{
    for (const struct fs_node *c = dir->child; c != NULL; c = c->next)
        if (c->kind != FS_GONE)
            return true;
    return false;
}

void fs_node_insert(struct fs_node *dir, struct fs_node *n)
{
    struct fs_node **at = &dir->child;

    while (*at != NULL && strcmp((*at)->name, n->name) < 0)
        at = &(*at)->next;
    n->next = *at;
    *at = n;
}

void fs_node_detach(struct fs_node *dir, struct fs_node *n)
{
    struct fs_node **at = &dir->child;

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    n->next = NULL;
}

int fs_node_add(struct fs_volume *v, struct fs_node *dir, int kind, const char *name,
                size_t length, rx_ms now, struct fs_node **out)
{
    struct fs_node *n;

    if (length > FS_NAME_MAX)
        return -ENAMETOOLONG;
    if (v->nodes >= FS_VOLUME_NODES_MAX)
        return -ENOSPC;
    n = fs_node_new(v->mem, kind, name, length, now);
    if (n == NULL)
        return -ENOMEM;
    n->volume = v;
    n->ino = ++v->last_ino;
    v->nodes++;
    fs_node_insert(dir, n);
    dir->mtime = now;
    *out = n;
    return 0;
}

int fs_node_link(struct fs_volume *v, struct fs_node *dir, struct fs_node *target,
                 const char *name, size_t length, rx_ms now)
{
    struct fs_node *n;
    int error;

    if (target->links == UINT16_MAX)
        return -EMLINK;
    error = fs_node_add(v, dir, FS_ALIAS, name, length, now, &n);
    if (error != 0)
        return error;
    n->target = target;
    target->refs++;
    target->links++;
    return 0;
}

/* Makes room for `size` bytes in memory of the node's own. */
static int node_reserve(struct fs_node *n, uint32_t size)
{
    uint32_t room;
    char *data;

    if (size <= n->room)
        return 0;
    room = RX_MAX(size, n->room + n->room / 2);
    room = (room + 15) & ~15u;
    data = rx_mem_alloc(n->mem, room);
    if (data == NULL)
        return -ENOMEM;
    if (n->size > 0)
        memcpy(data, n->data, n->size);
    if (n->room > 0)
        rx_mem_free(n->mem, n->data, n->room);
    n->data = data;
    n->room = room;
    return 0;
}

int fs_node_write(struct fs_node *n, uint64_t at, const void *data, uint32_t size, rx_ms now)
{
    uint64_t end = at + size;
    int error;

    if (at > FS_FILE_BYTES_MAX || end > FS_FILE_BYTES_MAX)
        return -ENOSPC;
    if (n->volume != NULL && end > n->size &&
        n->volume->bytes + (end - n->size) > n->volume->bytes_max)
        return -ENOSPC;
    n->mtime = now;
    if (size == 0)
        return 0;
    error = node_reserve(n, RX_MAX((uint32_t)end, n->size));
    if (error != 0)
        return error;
    if (at > n->size)
        memset(n->data + n->size, 0, at - n->size);
    memcpy(n->data + at, data, size);
    if (end > n->size) {
        if (n->volume != NULL)
            n->volume->bytes += (uint32_t)end - n->size;
        n->size = (uint32_t)end;
    }
    return 0;
}

/* ---- volumes --------------------------------------------------------------------------------- */

struct fs_volume *fs_volume_with(const struct rx_mem *mem, uint32_t bytes_max,
                                 enum fs_kind root_kind)
{
    struct fs_volume *v = rx_mem_zalloc(mem, sizeof(*v));

    if (v == NULL)
        return NULL;
    v->root = fs_node_new(mem, root_kind, "", 0, 0);
    if (v->root == NULL) {
        rx_mem_free(mem, v, sizeof(*v));
        return NULL;
    }
    v->mem = mem;
    v->root->volume = v;
    v->root->ino = v->last_ino = ROOT_INO;
    if (root_kind == FS_DIR)
        v->root->mode = 0777; /* as a kubelet makes an emptyDir */
    v->refs = 1;
    v->nodes = 1;
    v->bytes_max = bytes_max > 0 ? bytes_max : FS_VOLUME_BYTES_MAX;
    return v;
}

struct fs_volume *fs_volume_new(const struct rx_mem *mem, uint32_t bytes_max)
{
    return fs_volume_with(mem, bytes_max, FS_DIR);
}

struct fs_volume *fs_volume_ref(struct fs_volume *v)
{
    v->refs++;
    return v;
}

void fs_volume_unref(struct fs_volume *v)
{
    if (v == NULL || --v->refs > 0)
        return;
    fs_node_leave(v->root);
    rx_mem_free(v->mem, v, sizeof(*v));
}

uint32_t fs_volume_bytes(const struct fs_volume *v)
{
    return v->bytes;
}

/* A new node, of the one who makes it; in a directory with the setgid bit of its group. */
int fs_node_make(const struct fs *f, struct fs_volume *v, struct fs_node *dir, int kind,
                       const char *name, rx_ms now, struct fs_node **out)
{
    int error = fs_node_add(v, dir, kind, name, strlen(name), now, out);

    if (error != 0)
        return error;
    (*out)->uid = f->uid;
    (*out)->gid = dir->mode & 02000 ? dir->gid : f->gid;
    if (kind == FS_DIR)
        (*out)->mode = (uint16_t)((0777 & ~f->umask) | (dir->mode & 02000));
    else if (kind == FS_FILE)
        (*out)->mode = 0666 & ~f->umask;
    return 0;
}
