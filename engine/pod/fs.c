/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs.c - views put together from trees, and the paths that lead through them.
 *
 * A view is resolved by text: the longest mount that is a prefix of the path gives the tree, the
 * rest of the path walks it. Directories that exist only by convention (base_dirs) or because
 * something is mounted below them are "virtual": known by name, made into nodes when something is
 * created in them.
 */
#include "engine/pod/fs_tree.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* What nearly every image has. Sorted: lists are merged from it in order. */
static const char *const base_dirs[] = {
    "/app",           "/bin",           "/data",
    "/dev",           "/dev/shm",       "/etc",
    "/etc/conf.d",    "/home",          "/lib",
    "/media",         "/mnt",           "/opt",
    "/proc",          "/root",          "/run",
    "/run/lock",      "/sbin",          "/srv",
    "/sys",           "/tmp",           "/usr",
    "/usr/bin",       "/usr/lib",       "/usr/local",
    "/usr/local/bin", "/usr/local/etc", "/usr/local/share",
    "/usr/sbin",      "/usr/share",     "/usr/src",
    "/var",           "/var/cache",     "/var/lib",
    "/var/lock",      "/var/log",       "/var/mail",
    "/var/opt",       "/var/run",       "/var/spool",
    "/var/tmp",
};

static const struct {
    const char *path;
    enum fs_kind kind;
} devices[] = {
    {"/dev/null", FS_NULL},      {"/dev/stderr", FS_STDERR},     {"/dev/stdin", FS_STDIN},
    {"/dev/stdout", FS_STDOUT},  {"/dev/zero", FS_ZERO},         {"/proc/1/fd/1", FS_STDOUT},
    {"/proc/1/fd/2", FS_STDERR}, {"/proc/self/fd/1", FS_STDOUT}, {"/proc/self/fd/2", FS_STDERR},
};

/* Where a path leads. */
struct spot {
    struct fs_volume *volume;     /* NULL: the layer, not yet made */
    struct fs_node *root;         /* of the tree seen at the mount; NULL: as above */
    const char *rest;             /* of the path, within that tree: "" or "/a/b" */
    bool layer, read_only, mount; /* mount: the path is a mount point itself */
    struct fs_node *node;         /* NULL: nothing there, or a virtual directory */
    bool virtual_dir;
};

static int volume_walk(struct fs_volume *v, struct fs_node *root, const struct fs *layer_of,
                       const char *rest, bool parents, rx_ms now, struct fs_node **parent,
                       const char **last);

int fs_volume_put(struct fs_volume *v, const char *path, const char *data, uint32_t size,
                  bool executable, rx_ms now)
{
    struct fs_node *parent, *n;
    const char *last;
    int error;

    if ((uint64_t)v->bytes + size > v->bytes_max)
        return -ENOSPC;
    error = volume_walk(v, v->root, NULL, path, true, now, &parent, &last);
    if (error != 0)
        return error;
    n = fs_node_find(parent, last, strlen(last));
    if (n != NULL && n->kind == FS_DIR)
        return -EISDIR;
    if (n == NULL)
        error = fs_node_add(v, parent, FS_FILE, last, strlen(last), now, &n);
    if (error != 0)
        return error;
    fs_node_drop_data(n);
    /* Never written through: room 0 sends the first write to a copy. */
    n->data = (char *)(uintptr_t)data;
    n->size = size;
    n->executable = executable;
    n->mtime = now;
    v->bytes += size;
    return 0;
}

int fs_volume_file(struct fs_volume *v, const char *path)
{
    struct fs_node *parent, *n;
    const char *last;
    int error = volume_walk(v, v->root, NULL, path, true, 0, &parent, &last);

    if (error != 0 || fs_node_find(parent, last, strcspn(last, "/")) != NULL)
        return error;
    return fs_node_add(v, parent, FS_FILE, last, strcspn(last, "/"), 0, &n);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static bool below(const char *path, const char *dir, size_t length)
{
    return strncmp(path, dir, length) == 0 && path[length] == '/';
}

static bool virtual_dir(const struct fs *f, const char *path)
{
    size_t length = strlen(path);

    if (length == 0 || strcmp(path, "/") == 0)
        return true;
    for (size_t i = 0; i < RX_ARRAY_LEN(base_dirs); i++)
        if (strcmp(base_dirs[i], path) == 0)
            return true;
    for (uint32_t i = 0; i < f->mount_count; i++)
        if (below(f->mount[i].path, path, length))
            return true;
    return false;
}

/* Walks to the directory that holds the last component, making directories on the way where
 * `parents` says so, or where the layer's view knows them as virtual. */
static int volume_walk(struct fs_volume *v, struct fs_node *root, const struct fs *layer_of,
                       const char *rest, bool parents, rx_ms now, struct fs_node **parent,
                       const char **last)
{
    struct fs_node *dir = root;
    const char *p = rest + strspn(rest, "/");
    char prefix[FS_PATH_MAX];
    uint32_t depth = 0;

    if (*p == '\0')
        return -EISDIR;
    for (;;) {
        size_t length = strcspn(p, "/");
        const char *next = p + length + strspn(p + length, "/");
        struct fs_node *n;
        int error;

        if (dir->kind != FS_DIR)
            return -ENOTDIR;
        if (*next == '\0') {
            *parent = dir;
            *last = p;
            return length > FS_NAME_MAX ? -ENAMETOOLONG : 0;
        }
        if (++depth >= FS_DEPTH_MAX)
            return -ENAMETOOLONG;
        n = fs_node_find(dir, p, length);
        if (n == NULL) {
            size_t so_far = (size_t)(p + length - rest);

            if (so_far >= sizeof(prefix))
                return -ENAMETOOLONG;
            memcpy(prefix, rest, so_far);
            prefix[so_far] = '\0';
            if (!parents && (layer_of == NULL || !virtual_dir(layer_of, prefix)))
                return -ENOENT;
            error = fs_node_add(v, dir, FS_DIR, p, length, now, &n);
            if (error != 0)
                return error;
        }
        dir = n;
        p = next;
    }
}

static struct fs_node *tree_find(struct fs_node *root, const char *rest)
{
    struct fs_node *n = root;

    for (const char *p = rest + strspn(rest, "/"); n != NULL && *p != '\0';) {
        size_t length = strcspn(p, "/");

        n = n->kind == FS_DIR ? fs_node_find(n, p, length) : NULL;
        p += length + strspn(p + length, "/");
    }
    return n;
}

static struct spot spot_of(const struct fs *f, const char *path)
{
    struct spot s = {.volume = f->layer, .rest = path, .layer = true};

    s.root = f->layer != NULL ? f->layer->root : NULL;
    for (uint32_t i = 0; i < f->mount_count; i++) {
        const struct fs_mount *m = &f->mount[i];
        size_t length = strlen(m->path);

        s.mount = strcmp(m->path, path) == 0;
        if (s.mount || below(path, m->path, length)) {
            s.volume = m->volume;
            s.root = m->root;
            s.rest = path + length;
            s.layer = false;
            s.read_only = m->read_only;
            break;
        }
    }
    s.node = s.root != NULL ? tree_find(s.root, s.rest) : NULL;
    s.virtual_dir = s.node == NULL && s.layer && virtual_dir(f, path);
    return s;
}

/* The same, with the parent directory in being, ready to have something made in it. */
static int spot_to_make(struct fs *f, const char *path, bool parents, rx_ms now, struct spot *s,
                        struct fs_node **parent, const char **last)
{
    *s = spot_of(f, path);
    if (s->read_only)
        return -EROFS;
    if (s->volume == NULL) {
        f->layer = fs_volume_new(f->mem, 0);
        if (f->layer == NULL)
            return -ENOMEM;
        s->volume = f->layer;
        s->root = f->layer->root;
    }
    return volume_walk(s->volume, s->root, s->layer ? f : NULL, s->rest, parents, now, parent,
                       last);
}

int fs_path(char out[FS_PATH_MAX], const char *cwd, const char *path)
{
    const char *parts[2] = {path[0] == '/' ? "" : cwd, path};
    size_t used = 0;

    if (path[0] == '\0')
        return -ENOENT;
    for (int i = 0; i < 2; i++) {
        const char *p = parts[i];

        for (p += strspn(p, "/"); *p != '\0'; p += strspn(p, "/")) {
            size_t length = strcspn(p, "/");

            if (length == 2 && p[0] == '.' && p[1] == '.') {
                while (used > 0 && out[--used] != '/')
                    ;
            } else if (length != 1 || p[0] != '.') {
                if (used + length + 2 > FS_PATH_MAX)
                    return -ENAMETOOLONG;
                out[used++] = '/';
                memcpy(out + used, p, length);
                used += length;
            }
            p += length;
        }
    }
    if (used == 0)
        out[used++] = '/';
    out[used] = '\0';
    return 0;
}

/* ---- views ----------------------------------------------------------------------------------- */

int fs_init(struct fs *f, const struct rx_mem *mem)
{
    *f = (struct fs){.mem = mem};
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
        error = volume_walk(v, v->root, NULL, sub_path, true, 0, &parent, &last);
        if (error != 0)
            return error;
        root = fs_node_find(parent, last, strcspn(last, "/"));
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

int fs_get(struct fs *f, const char *path, const char **data, uint32_t *size)
{
    struct spot s = spot_of(f, path);

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
    struct fs_node *parent;
    struct fs_open o;
    struct spot s;
    const char *last;
    int error;

    s = spot_of(f, path);
    if (s.node == NULL) {
        error = spot_to_make(f, path, true, now, &s, &parent, &last);
        if (error != 0)
            return error;
    }
    error = fs_open(f, path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &o, now);
    if (error != 0)
        return error;
    error = fs_write(&o, 0, data, size, now);
    fs_close(&o);
    return error;
}

int fs_mkdir(struct fs *f, const char *path, bool parents, rx_ms now)
{
    struct spot s = spot_of(f, path);
    struct fs_node *parent, *n;
    const char *last;
    int error;

    if (s.node != NULL || s.virtual_dir)
        return parents && (s.virtual_dir || s.node->kind == FS_DIR) ? 0 : -EEXIST;
    error = spot_to_make(f, path, parents, now, &s, &parent, &last);
    if (error != 0)
        return error;
    return fs_node_add(s.volume, parent, FS_DIR, last, strcspn(last, "/"), now, &n);
}

/* What holds the node that is to go away. -EBUSY for what is not the layer's or volume's to remove.
 */
static int spot_to_remove(struct fs *f, const char *path, struct spot *s, struct fs_node **parent)
{
    const char *last;

    *s = spot_of(f, path);
    if (s->mount || (s->layer && virtual_dir(f, path)))
        return -EBUSY;
    if (s->node == NULL)
        return -ENOENT;
    if (s->read_only)
        return -EROFS;
    return volume_walk(s->volume, s->root, NULL, s->rest, false, 0, parent, &last);
}

int fs_rmdir(struct fs *f, const char *path)
{
    struct fs_node *parent;
    struct spot s;
    int error = spot_to_remove(f, path, &s, &parent);

    if (error != 0)
        return error;
    if (s.node->kind != FS_DIR)
        return -ENOTDIR;
    if (s.node->child != NULL)
        return -ENOTEMPTY;
    fs_node_detach(parent, s.node);
    fs_node_leave(s.node);
    return 0;
}

int fs_unlink(struct fs *f, const char *path)
{
    struct fs_node *parent;
    struct spot s;
    int error = spot_to_remove(f, path, &s, &parent);

    if (error != 0)
        return error;
    if (s.node->kind == FS_DIR)
        return -EISDIR;
    fs_node_detach(parent, s.node);
    fs_node_leave(s.node);
    return 0;
}

/* May the node at the other end be replaced by this one? */
static int may_replace(const struct fs_node *from, const struct fs_node *to)
{
    if (to->kind == FS_DIR)
        return from->kind != FS_DIR ? -EISDIR : to->child != NULL ? -ENOTEMPTY : 0;
    return from->kind == FS_DIR ? -ENOTDIR : 0;
}

int fs_rename(struct fs *f, const char *from, const char *to, rx_ms now)
{
    struct fs_node *from_dir, *to_dir, *there;
    struct spot a, b;
    const char *last;
    char *name;
    int error = spot_to_remove(f, from, &a, &from_dir);

    if (error == -EBUSY && a.mount)
        return -EXDEV;
    if (error != 0)
        return error;
    if (strcmp(from, to) == 0)
        return 0;
    if (below(to, from, strlen(from)))
        return -EINVAL;
    b = spot_of(f, to);
    if (b.mount)
        return -EBUSY;
    error = spot_to_make(f, to, false, now, &b, &to_dir, &last);
    if (error != 0)
        return error;
    if (a.volume != b.volume)
        return -EXDEV;
    there = fs_node_find(to_dir, last, strlen(last));
    if (there == a.node)
        return 0;
    error = there != NULL ? may_replace(a.node, there) : 0;
    if (error != 0)
        return error;
    name = rx_mem_alloc(f->mem, strlen(last) + 1);
    if (name == NULL)
        return -ENOMEM;
    strcpy(name, last);
    if (there != NULL) {
        fs_node_detach(to_dir, there);
        fs_node_leave(there);
    }
    fs_node_detach(from_dir, a.node);
    rx_mem_free(a.node->mem, a.node->name, (size_t)a.node->name_length + 1);
    a.node->name = name;
    a.node->name_length = (uint16_t)strlen(name);
    fs_node_insert(to_dir, a.node);
    return 0;
}

int fs_touch(struct fs *f, const char *path, bool create, rx_ms now)
{
    struct spot s = spot_of(f, path);
    struct fs_open o;
    int error;

    if (s.node != NULL && s.read_only)
        return -EROFS;
    if (s.node != NULL)
        s.node->mtime = now;
    if (s.node != NULL || s.virtual_dir || !create)
        return 0;
    error = fs_open(f, path, FS_WRITE | FS_CREATE, &o, now);
    if (error == 0)
        fs_close(&o);
    return error;
}

int fs_chmod(struct fs *f, const char *path, bool executable)
{
    struct spot s = spot_of(f, path);

    if (s.node == NULL)
        return s.virtual_dir ? 0 : -ENOENT;
    if (s.read_only)
        return -EROFS;
    s.node->executable = executable;
    return 0;
}

static bool device_of(const char *path, enum fs_kind *kind)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(devices); i++) {
        if (strcmp(devices[i].path, path) == 0) {
            *kind = devices[i].kind;
            return true;
        }
    }
    return false;
}

int fs_stat(struct fs *f, const char *path, struct fs_stat *out)
{
    struct spot s = spot_of(f, path);

    *out = (struct fs_stat){.kind = FS_DIR, .read_only = s.read_only, .executable = true};
    if (s.node != NULL) {
        out->kind = s.node->kind;
        out->size = s.node->kind == FS_FILE ? s.node->size : 0;
        out->mtime = s.node->mtime;
        out->executable = s.node->kind == FS_DIR || s.node->executable;
        return 0;
    }
    if (s.layer && device_of(path, &out->kind)) {
        out->executable = false;
        return 0;
    }
    if (s.virtual_dir)
        return 0;
    return -ENOENT;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* Keeps the smallest name after `after` that has been offered. */
static void offer(char *best, const char *after, const char *name, size_t length)
{
    char text[FS_NAME_MAX + 1];

    if (length == 0 || length > FS_NAME_MAX)
        return;
    memcpy(text, name, length);
    text[length] = '\0';
    if (strcmp(text, after) > 0 && (best[0] == '\0' || strcmp(text, best) < 0))
        strcpy(best, text);
}

/* Offers the component of `full` that follows the directory. */
static void offer_below(char *best, const char *after, const char *dir, const char *full)
{
    size_t length = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

    if (below(full, dir, length))
        offer(best, after, full + length + 1, strcspn(full + length + 1, "/"));
}

int fs_list(struct fs *f, const char *path, const char *after, char name[FS_NAME_MAX + 1])
{
    struct spot s = spot_of(f, path);

    name[0] = '\0';
    if (s.node == NULL && !s.virtual_dir)
        return -ENOENT;
    if (s.node != NULL && s.node->kind != FS_DIR)
        return -ENOTDIR;
    for (struct fs_node *c = s.node != NULL ? s.node->child : NULL; c != NULL; c = c->next) {
        if (strcmp(c->name, after) > 0) {
            offer(name, after, c->name, c->name_length);
            break; /* sorted */
        }
    }
    for (uint32_t i = 0; i < f->mount_count; i++)
        offer_below(name, after, path, f->mount[i].path);
    if (s.layer) {
        for (size_t i = 0; i < RX_ARRAY_LEN(base_dirs); i++)
            offer_below(name, after, path, base_dirs[i]);
        if (strcmp(path, "/dev") == 0)
            for (size_t i = 0; i < RX_ARRAY_LEN(devices); i++)
                offer_below(name, after, path, devices[i].path);
    }
    return name[0] != '\0';
}

/* ---- open files ------------------------------------------------------------------------------ */

int fs_open(struct fs *f, const char *path, int flags, struct fs_open *out, rx_ms now)
{
    struct spot s = spot_of(f, path);
    struct fs_node *parent;
    const char *last;
    int error;

    *out = (struct fs_open){.kind = FS_FILE};
    if (s.node == NULL && s.layer && device_of(path, &out->kind))
        return 0;
    if (s.virtual_dir || (s.node != NULL && s.node->kind == FS_DIR))
        return -EISDIR;
    if (s.node != NULL && (flags & FS_EXCLUSIVE))
        return -EEXIST;
    if (s.node == NULL) {
        if (!(flags & FS_CREATE))
            return -ENOENT;
        error = spot_to_make(f, path, false, now, &s, &parent, &last);
        if (error == 0)
            error = fs_node_add(s.volume, parent, FS_FILE, last, strcspn(last, "/"), now, &s.node);
        if (error != 0)
            return error;
    }
    if (s.read_only && (flags & FS_WRITE))
        return -EROFS;
    if (flags & FS_TRUNCATE) {
        fs_node_drop_data(s.node);
        s.node->mtime = now;
    }
    s.node->refs++;
    out->node = s.node;
    return 0;
}

void fs_close(struct fs_open *o)
{
    fs_node_unref(o->node);
    o->node = NULL;
}

struct fs_open fs_temporary(const struct rx_mem *mem)
{
    return (struct fs_open){.kind = FS_FILE, .node = fs_node_new(mem, FS_FILE, "", 0, 0)};
}

uint32_t fs_read(const struct fs_open *o, uint64_t at, void *to, uint32_t room)
{
    uint32_t n;

    if (o->kind == FS_ZERO) {
        memset(to, 0, room);
        return room;
    }
    if (o->node == NULL || at >= o->node->size)
        return 0;
    n = RX_MIN(room, o->node->size - (uint32_t)at);
    memcpy(to, o->node->data + at, n);
    return n;
}

int fs_write(struct fs_open *o, uint64_t at, const void *data, uint32_t size, rx_ms now)
{
    return o->node != NULL ? fs_node_write(o->node, at, data, size, now) : 0;
}

uint32_t fs_size(const struct fs_open *o)
{
    return o->node != NULL ? o->node->size : 0;
}

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
    case ENOMEM:
        return "Out of memory";
    default:
        return "Input/output error";
    }
}
