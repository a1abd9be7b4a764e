/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount.c - volumes that their owner fills, and views put together from them.
 */
#include "engine/box/files/tree.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/base.h"

/* ---- volumes --------------------------------------------------------------------------------- */

int fs_volume_put(struct fs_volume *v, const char *path, const char *data, uint32_t size,
                  bool executable, rx_ms now)
{
    struct fs_node *parent, *n;
    const char *last;
    int error;

    if ((uint64_t)v->bytes + size > v->bytes_max)
        return -ENOSPC;
    error = fs_tree_walk(v, v->root, path, now, &parent, &last);
    if (error != 0)
        return error;
    n = fs_node_of(fs_node_find(parent, last, strlen(last)));
    if (n != NULL && n->kind != FS_FILE)
        return -EISDIR;
    if (n == NULL)
        error = fs_node_add(v, parent, FS_FILE, last, strlen(last), now, &n);
    if (error != 0)
        return error;
    fs_node_drop_data(n);
    /* Never written through: room 0 sends the first write to a copy. */
    n->data = (char *)(uintptr_t)data;
    n->size = size;
    n->mode = executable ? 0755 : 0644;
    n->mtime = now;
    v->bytes += size;
    return 0;
}

int fs_volume_file(struct fs_volume *v, const char *path)
{
    struct fs_node *parent, *n;
    const char *last;
    int error = fs_tree_walk(v, v->root, path, 0, &parent, &last);

    if (error != 0 || fs_node_find(parent, last, strcspn(last, "/")) != NULL)
        return error;
    return fs_node_add(v, parent, FS_FILE, last, strcspn(last, "/"), 0, &n);
}

static void give(struct fs_node *n, uint32_t gid)
{
    n->gid = gid;
    n->mode |= n->kind == FS_DIR ? 02770 : 0660;
    for (struct fs_node *c = n->kind == FS_DIR ? n->child : NULL; c != NULL; c = c->next)
        give(fs_node_of(c), gid);
}

void fs_volume_give(struct fs_volume *v, uint32_t gid)
{
    give(v->root, gid);
}

/* ---- views ----------------------------------------------------------------------------------- */

int fs_init(struct fs *f, const struct rx_mem *mem)
{
    *f = (struct fs){.mem = mem, .umask = 022};
    return 0;
}

void fs_fini(struct fs *f)
{
    for (uint32_t i = 0; i < f->mount_count; i++) {
        rx_mem_free(f->mem, (char *)(uintptr_t)f->mount[i].path, strlen(f->mount[i].path) + 1);
        fs_node_unref(f->mount[i].root);
        fs_volume_unref(f->mount[i].volume);
    }
    rx_mem_free(f->mem, f->mount, f->mount_count * sizeof(*f->mount));
    fs_volume_unref(f->layer);
    fs_node_unref(f->made_last);
    *f = (struct fs){.mem = f->mem};
}

/* Puts the mount into its place in the table; consumes neither reference if it fails. */
static int mount_add(struct fs *f, const char *path, struct fs_volume *v, struct fs_node *root,
                     bool read_only)
{
    char full[FS_PATH_MAX];
    struct fs_mount *table;
    char *copy;
    uint32_t at = 0;
    int error = fs_path(full, "/", path);

    if (error != 0)
        return error;
    for (uint32_t i = 0; i < f->mount_count; i++)
        if (strcmp(f->mount[i].path, full) == 0)
            return -EBUSY;
    copy = rx_mem_alloc(f->mem, strlen(full) + 1);
    table = rx_mem_alloc(f->mem, (f->mount_count + 1) * sizeof(*table));
    if (copy == NULL || table == NULL) {
        rx_mem_free(f->mem, copy, strlen(full) + 1);
        rx_mem_free(f->mem, table, (f->mount_count + 1) * sizeof(*table));
        return -ENOMEM;
    }
    strcpy(copy, full);
    while (at < f->mount_count && strlen(f->mount[at].path) >= strlen(full))
        at++;
    if (f->mount_count > 0) {
        memcpy(table, f->mount, at * sizeof(*table));
        memcpy(table + at + 1, f->mount + at, (f->mount_count - at) * sizeof(*table));
    }
    table[at] = (struct fs_mount){copy, v, root, read_only};
    rx_mem_free(f->mem, f->mount, f->mount_count * sizeof(*table));
    f->mount = table;
    f->mount_count++;
    return 0;
}

int fs_mount(struct fs *f, const char *path, struct fs_volume *v, const char *sub_path,
             bool read_only)
{
    struct fs_node *root = v->root, *parent;
    const char *last;
    int error;

    if (sub_path != NULL && sub_path[strspn(sub_path, "/")] != '\0') {
        error = fs_tree_walk(v, v->root, sub_path, 0, &parent, &last);
        if (error != 0)
            return error;
        root = fs_node_of(fs_node_find(parent, last, strcspn(last, "/")));
        if (root == NULL)
            error = fs_node_add(v, parent, FS_DIR, last, strcspn(last, "/"), 0, &root);
        if (error != 0)
            return error;
    }
    error = mount_add(f, path, v, root, read_only);
    if (error != 0)
        return error;
    root->refs++;
    fs_volume_ref(v);
    return 0;
}

int fs_mount_file(struct fs *f, const char *path)
{
    struct fs_volume *v = fs_volume_with(f->mem, FS_FILE_BYTES_MAX, FS_FILE);
    int error;

    if (v == NULL)
        return -ENOMEM;
    error = mount_add(f, path, v, v->root, false);
    if (error != 0)
        fs_volume_unref(v);
    else
        v->root->refs++;
    return error;
}
