/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.c - what can be done with a path of a view: files, directories, links, names.
 */
#include "engine/box/files/tree.h"

#include <errno.h>
#include <string.h>

#include "engine/box/fs_made.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* ---- files and directories ------------------------------------------------------------------- */

static int get_made(struct fs *f, const char *path, const char **data, uint32_t *size)
{
    struct fs_open o;
    int error = fs_made_open(f, path, 0, &o);

    if (error != 0)
        return error;
    fs_node_unref(f->made_last);
    f->made_last = o.node;
    *data = o.node->size > 0 ? o.node->data : "";
    *size = o.node->size;
    return 0;
}

int fs_get(struct fs *f, const char *path, const char **data, uint32_t *size)
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path, FS_SPOT_FOLLOW);

    if (error != 0)
        return error;
    *data = "";
    *size = 0;
    if (s.device)
        return 0;
    if (s.made)
        return get_made(f, s.path, data, size);
    if (s.node == NULL)
        return s.virtual_dir ? -EISDIR : -ENOENT;
    if (s.node->kind != FS_FILE)
        return -EISDIR;
    *data = s.node->size > 0 ? s.node->data : "";
    *size = s.node->size;
    return 0;
}

int fs_put(struct fs *f, const char *path, const void *data, uint32_t size, rx_ms now)
{
    struct fs_open o;
    struct fs_spot s;
    int error = fs_spot(&s, f, path, FS_SPOT_FOLLOW | FS_SPOT_MISSING);

    if (error == 0 && s.node == NULL)
        error = fs_spot_make(f, &s, now);
    if (error == 0)
        error = fs_open(f, path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &o, now);
    if (error != 0)
        return error;
    error = fs_write(&o, 0, data, size, now);
    fs_close(&o);
    return error;
}

/* Where something new is to be made: nothing is there yet, and its directory is in being. */
static int spot_for_new(struct fs *f, const char *path, int how, rx_ms now, struct fs_spot *s)
{
    int error = fs_spot_new(s, f, path, how, now);

    if (error == 0 && fs_spot_there(s))
        error = -EEXIST;
    return error != 0 ? error : fs_spot_make(f, s, now);
}

int fs_mkdir(struct fs *f, const char *path, bool parents, rx_ms now)
{
    struct fs_node *n;
    struct fs_spot s;
    struct fs_stat st;
    const char *name;
    int error = spot_for_new(f, path, FS_SPOT_ENTRY | (parents ? FS_SPOT_MISSING : 0), now, &s);

    if (error == -EEXIST && parents && fs_stat(f, path, &st) == 0 && st.kind == FS_DIR)
        return 0;
    if (error != 0)
        return error;
    name = fs_spot_name(&s);
    return fs_node_make(f, s.volume, s.parent, FS_DIR, name, now, &n);
}

/* The entry that is to go away. -EBUSY for what is not the layer's or volume's to remove. */
static int spot_to_remove(const struct fs *f, const char *path, struct fs_spot *s)
{
    int error = fs_spot(s, f, path, FS_SPOT_ENTRY);

    if (error != 0)
        return error;
    if (s->mount || s->device || s->made || fs_is_fixed(f, s))
        return -EBUSY;
    if (!fs_spot_there(s))
        return -ENOENT;
    return s->read_only ? -EROFS : 0;
}

/* What the image has had stays known to be gone. */
static void remove_entry(struct fs_spot *s, rx_ms now)
{
    struct fs_node *n = s->entry, *c;

    s->parent->mtime = now;
    if (n->kind != FS_DIR || !n->of_image) {
        fs_node_detach(s->parent, n);
        fs_node_leave(n);
        return;
    }
    while ((c = n->child) != NULL) { /* gone themselves */
        n->child = c->next;
        fs_node_leave(c);
    }
    n->kind = FS_GONE;
}

static bool has_entries(const struct fs *f, const struct fs_spot *s)
{
    char name[FS_NAME_MAX + 1] = "";

    return (s->node != NULL && fs_node_has_entries(s->node)) || fs_offer_virtual(s, f, "", name);
}

/* "a/..": not empty, since a is in it. */
static bool ends_in_parent(const char *path)
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    return n >= 2 && path[n - 1] == '.' && path[n - 2] == '.';
}

int fs_rmdir(struct fs *f, const char *path, rx_ms now)
{
    struct fs_spot s;
    int error = spot_to_remove(f, path, &s);

    if (error != 0)
        return error;
    if (s.kind != FS_DIR)
        return -ENOTDIR;
    if (s.dots && !ends_in_parent(path))
        return -EINVAL;
    if (has_entries(f, &s))
        return -ENOTEMPTY;
    if (s.node == NULL)
        error = fs_spot_keep(f, &s, now);
    if (error == 0)
        remove_entry(&s, now);
    return error;
}

int fs_unlink(struct fs *f, const char *path, rx_ms now)
{
    struct fs_spot s;
    int error = spot_to_remove(f, path, &s);

    if (error != 0)
        return error;
    if (s.kind == FS_DIR)
        return -EISDIR;
    remove_entry(&s, now);
    return 0;
}

/* May the node at the other end be replaced by this one? */
static int may_replace(const struct fs *f, const struct fs_node *from, const struct fs_spot *to)
{
    if (to->kind == FS_DIR)
        return from->kind != FS_DIR ? -EISDIR : has_entries(f, to) ? -ENOTEMPTY : 0;
    return from->kind == FS_DIR ? -ENOTDIR : 0;
}

/* Gives the entry another name in another directory. */
static int move_entry(struct fs *f, struct fs_spot *a, struct fs_spot *b, rx_ms now)
{
    const char *last = fs_spot_name(b);
    size_t length = strlen(last);
    char *name = rx_mem_alloc(f->mem, length + 1);

    if (name == NULL)
        return -ENOMEM;
    memcpy(name, last, length + 1);
    if (b->node != NULL)
        remove_entry(b, now);
    fs_node_detach(a->parent, a->entry);
    rx_mem_free(a->entry->mem, a->entry->name, (size_t)a->entry->name_length + 1);
    a->entry->name = name;
    a->entry->name_length = (uint16_t)length;
    fs_node_insert(b->parent, a->entry);
    a->parent->mtime = b->parent->mtime = now;
    return 0;
}

int fs_rename(struct fs *f, const char *from, const char *to, rx_ms now)
{
    struct fs_spot a, b;
    int error = spot_to_remove(f, from, &a);

    if (error == -EBUSY && a.mount)
        return -EXDEV;
    if (error == 0 && !a.dots && fs_spot_of_image(&a))
        return -EXDEV; /* as overlayfs has it */
    if (error != 0)
        return error;
    error = fs_spot_new(&b, f, to, FS_SPOT_ENTRY, now);
    if (error != 0)
        return error;
    if (a.dots || b.dots || b.mount)
        return -EBUSY;
    if (a.node == b.node)
        return 0;
    if (strncmp(b.path, a.path, strlen(a.path)) == 0 && b.path[strlen(a.path)] == '/')
        return -EINVAL;
    if (b.slash && a.node->kind != FS_DIR)
        return -ENOTDIR;
    if (fs_spot_there(&b) && fs_is_fixed(f, &b))
        return a.kind == FS_DIR ? -EBUSY : -EISDIR;
    if (b.virtual_dir && (error = may_replace(f, a.node, &b)) != 0)
        return error;
    error = b.virtual_dir ? fs_spot_keep(f, &b, now) : fs_spot_make(f, &b, now);
    if (error != 0)
        return error;
    if (a.volume != b.volume)
        return -EXDEV;
    error = b.node != NULL ? may_replace(f, a.node, &b) : 0;
    return error != 0 ? error : move_entry(f, &a, &b, now);
}

int fs_symlink(struct fs *f, const char *target, const char *path, rx_ms now)
{
    size_t length = strlen(target);
    struct fs_node *n;
    struct fs_spot s;
    const char *name;
    int error;

    if (length == 0)
        return -ENOENT;
    if (length >= FS_PATH_MAX)
        return -ENAMETOOLONG;
    error = spot_for_new(f, path, FS_SPOT_ENTRY, now, &s);
    if (error == 0 && s.slash)
        error = -ENOENT;
    if (error != 0)
        return error;
    name = fs_spot_name(&s);
    error = fs_node_make(f, s.volume, s.parent, FS_SYMLINK, name, now, &n);
    if (error != 0)
        return error;
    error = fs_node_write(n, 0, target, (uint32_t)length, now);
    if (error != 0) {
        fs_node_detach(s.parent, n);
        fs_node_leave(n);
    }
    return error;
}

int fs_link(struct fs *f, const char *from, const char *path, rx_ms now)
{
    struct fs_spot a, b;
    const char *name;
    int error = fs_spot(&a, f, from, 0);

    if (error == 0 && !fs_spot_there(&a))
        error = -ENOENT;
    if (error != 0)
        return error;
    error = spot_for_new(f, path, FS_SPOT_ENTRY, now, &b);
    if (error == 0 && b.slash)
        error = -ENOENT;
    if (error != 0)
        return error;
    if (a.kind == FS_DIR)
        return -EPERM;
    if (a.node == NULL || a.mount || a.volume != b.volume)
        return -EXDEV;
    name = fs_spot_name(&b);
    return fs_node_link(b.volume, b.parent, a.node, name, strlen(name), now);
}

int fs_readlink(const struct fs *f, const char *path, char out[FS_PATH_MAX])
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path, 0);

    if (error != 0)
        return error;
    if (!fs_spot_there(&s))
        return -ENOENT;
    if (s.kind != FS_SYMLINK)
        return -EINVAL;
    memcpy(out, s.node->data, s.node->size);
    out[s.node->size] = '\0';
    return 0;
}

/* ---- what is known of a file ----------------------------------------------------------------- */

/* A node to change: a virtual directory becomes one. NULL with 0: a device, which never changes. */
static int spot_to_change(struct fs *f, const char *path, bool link, struct fs_node **out)
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path, link ? 0 : FS_SPOT_FOLLOW);

    *out = NULL;
    if (error == 0 && !fs_spot_there(&s))
        error = -ENOENT;
    if (error != 0 || s.device || s.made)
        return error;
    if (s.read_only)
        return -EROFS;
    if (s.node == NULL)
        error = fs_spot_keep(f, &s, 0);
    *out = s.node;
    return error;
}

int fs_touch(struct fs *f, const char *path, bool create, rx_ms now)
{
    struct fs_open o;
    int error = fs_set_mtime(f, path, now, false);

    if (error != -ENOENT || !create)
        return error == -ENOENT ? 0 : error;
    error = fs_open(f, path, FS_WRITE | FS_CREATE, &o, now);
    if (error == 0)
        fs_close(&o);
    return error;
}

int fs_chmod(struct fs *f, const char *path, uint16_t mode)
{
    struct fs_node *n;
    int error = spot_to_change(f, path, false, &n);

    if (error == 0 && n != NULL)
        n->mode = mode & 07777;
    return error;
}

int fs_chown(struct fs *f, const char *path, uint32_t uid, uint32_t gid, bool link)
{
    struct fs_node *n;
    int error = spot_to_change(f, path, link, &n);

    if (error != 0 || n == NULL)
        return error;
    if (f->uid != 0 && ((uid != UINT32_MAX && uid != n->uid) || n->uid != f->uid))
        return -EPERM;
    if (uid != UINT32_MAX)
        n->uid = uid;
    if (gid != UINT32_MAX)
        n->gid = gid;
    return 0;
}

int fs_set_mtime(struct fs *f, const char *path, rx_ms mtime, bool link)
{
    struct fs_node *n;
    int error = spot_to_change(f, path, link, &n);

    if (error == 0 && n != NULL)
        n->mtime = mtime;
    return error;
}

const struct fs_mount *fs_mount_of(const struct fs *f, const char *path)
{
    for (uint32_t i = 0; i < f->mount_count; i++) {
        size_t length = strlen(f->mount[i].path);

        if (strncmp(f->mount[i].path, path, length) == 0 &&
            (path[length] == '/' || path[length] == '\0'))
            return &f->mount[i];
    }
    return NULL;
}

/* The same number for the same volume, wherever it is mounted. */
static uint32_t device_number(const struct fs *f, const struct fs_volume *v)
{
    for (uint32_t i = 0; i < f->mount_count; i++)
        if (f->mount[i].volume == v)
            return 2 + i;
    return 1;
}

static int stat_spot(const struct fs *f, const char *path, int how, struct fs_stat *out)
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path, how);
    const struct fs_node *n = s.node;
    struct fs_open o;

    if (error != 0 || !fs_spot_there(&s))
        return error != 0 ? error : -ENOENT;
    *out = (struct fs_stat){.kind = s.kind,
                            .read_only = s.read_only,
                            .executable = s.kind == FS_DIR,
                            .mode = s.device              ? 0666
                                    : s.made && s.refusal == 0 ? 0644
                                    : s.made               ? 0444
                                                           : fs_virtual_mode(s.path),
                            .links = s.kind == FS_DIR ? 2 : 1,
                            .device = device_number(f, s.volume),
                            .ino = 1};
    if (n == NULL) {
        out->ino += fs_virtual_number(s.path);
        if (s.made && s.refusal == 0 && fs_made_open(f, s.path, 0, &o) == 0) {
            out->size = fs_size(&o);
            fs_close(&o);
        }
        return 0;
    }
    out->executable |= (n->mode & 0111) != 0;
    out->mode = n->mode;
    out->uid = n->uid;
    out->gid = n->gid;
    out->ino = n->ino;
    out->mtime = n->mtime;
    if (s.kind != FS_DIR) {
        out->links = n->links;
        out->size = n->size;
    }
    for (const struct fs_node *c = s.kind == FS_DIR ? n->child : NULL; c != NULL; c = c->next)
        out->links += c->kind == FS_DIR;
    return 0;
}

int fs_stat(const struct fs *f, const char *path, struct fs_stat *out)
{
    return stat_spot(f, path, FS_SPOT_FOLLOW, out);
}

int fs_lstat(const struct fs *f, const char *path, struct fs_stat *out)
{
    return stat_spot(f, path, 0, out);
}

/* ---- lists ----------------------------------------------------------------------------------- */

int fs_list(struct fs *f, const char *path, const char *after, char name[FS_NAME_MAX + 1])
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path, FS_SPOT_FOLLOW);

    name[0] = '\0';
    if (error != 0)
        return error;
    if (!fs_spot_there(&s))
        return -ENOENT;
    if (s.kind != FS_DIR)
        return -ENOTDIR;
    for (struct fs_node *c = s.node != NULL ? s.node->child : NULL; c != NULL; c = c->next) {
        if (c->kind != FS_GONE && strcmp(c->name, after) > 0) {
            fs_offer(name, after, c->name, c->name_length);
            break; /* sorted */
        }
    }
    return fs_offer_virtual(&s, f, after, name);
}

/* ---- words ----------------------------------------------------------------------------------- */

const char *fs_strerror(int error)
{
    switch (error < 0 ? -error : error) {
    case ENOENT:
        return "No such file or directory";
    case EEXIST:
        return "File exists";
    case EISDIR:
        return "Is a directory";
    case ENOTDIR:
        return "Not a directory";
    case ENOTEMPTY:
        return "Directory not empty";
    case EROFS:
        return "Read-only file system";
    case EBUSY:
        return "Device or resource busy";
    case EXDEV:
        return "Invalid cross-device link";
    case ENOSPC:
        return "No space left on device";
    case ENAMETOOLONG:
        return "File name too long";
    case EINVAL:
        return "Invalid argument";
    case EBADF:
        return "Bad file descriptor";
    case EPIPE:
        return "Broken pipe";
    case ELOOP:
        return "Too many levels of symbolic links";
    case EPERM:
        return "Operation not permitted";
    case EACCES:
        return "Permission denied";
    case EMLINK:
        return "Too many links";
    case ENOMEM:
        return "Out of memory";
    default:
        return "Input/output error";
    }
}
