/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.c - what a path means: links, dots, mounts, and directories that are there by convention.
 *
 * A path is followed component by component, as a kernel does: a symbolic link puts its target in
 * front of what is left, and ".." leads out of where the link has led. What comes out is a path
 * without links. The longest mount that is a prefix of it gives the tree, the rest of it walks
 * that tree. Directories that exist only by convention (base_dirs) or because something is mounted
 * below them are "virtual": known by name, made into nodes when something is created in them.
 */
#include "engine/box/fs_made.h"
#include "engine/box/files/tree.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/base.h"

enum { LINKS_MAX = 40 }; /* followed on one path, as Linux does */

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
    {"/dev/fd/0", FS_STDIN},          {"/dev/fd/1", FS_STDOUT},
    {"/dev/fd/2", FS_STDERR},         {"/dev/full", FS_FULL},
    {"/dev/null", FS_NULL},           {"/dev/random", FS_RANDOM},
    {"/dev/stderr", FS_STDERR},       {"/dev/stdin", FS_STDIN},
    {"/dev/stdout", FS_STDOUT},       {"/dev/urandom", FS_RANDOM},
    {"/dev/zero", FS_ZERO},           {"/proc/1/fd/1", FS_MAIN_STDOUT},
    {"/proc/1/fd/2", FS_MAIN_STDERR}, {"/proc/self/fd/0", FS_STDIN},
    {"/proc/self/fd/1", FS_STDOUT},   {"/proc/self/fd/2", FS_STDERR},
};

static void look(struct fs_spot *s, const struct fs *f);
static int make_way(struct fs_volume *v, struct fs_node *root, const struct fs *layer_of,
                    const char *rest, rx_ms now, struct fs_node **parent, const char **last);

/* ---- paths as texts -------------------------------------------------------------------------- */

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

int fs_join(char out[FS_PATH_MAX], const char *dir, const char *path)
{
    size_t used = path[0] == '/' ? 0 : strlen(dir), length = strlen(path);

    if (length == 0)
        return -ENOENT;
    if (used + length + 2 > FS_PATH_MAX)
        return -ENAMETOOLONG;
    if (used > 0) {
        memmove(out, dir, used);
        if (out[used - 1] != '/')
            out[used++] = '/';
    }
    memcpy(out + used, path, length + 1);
    return 0;
}

static bool below(const char *path, const char *dir, size_t length)
{
    return strncmp(path, dir, length) == 0 && path[length] == '/';
}

/* ---- what is there without a node ------------------------------------------------------------ */

static bool is_root(const char *path)
{
    return path[0] == '\0' || strcmp(path, "/") == 0;
}

/* In one of these directories, or one of them itself. */
static bool is_within(const char *path, const char *const *dirs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(dirs[i]);

        if (strcmp(path, dirs[i]) == 0 || below(path, dirs[i], length))
            return true;
    }
    return false;
}

static bool is_kernels(const char *path)
{
    static const char *const dirs[] = {"/dev", "/proc", "/sys"};

    return is_within(path, dirs, RX_ARRAY_LEN(dirs));
}

/* Is it there because every image has it? */
static bool by_convention(const char *path)
{
    size_t length = strlen(path);

    if (is_root(path))
        return true;
    for (size_t i = 0; i < RX_ARRAY_LEN(base_dirs); i++)
        if (strcmp(base_dirs[i], path) == 0)
            return true;
    for (size_t i = 0; i < RX_ARRAY_LEN(devices); i++)
        if (below(devices[i].path, path, length))
            return true;
    return false;
}

/* ... because the runtime makes the way to a mount? */
static bool by_mount(const struct fs *f, const char *path)
{
    size_t length = strlen(path);

    for (uint32_t i = 0; i < f->mount_count; i++)
        if (below(f->mount[i].path, path, length))
            return true;
    return false;
}

bool fs_is_fixed(const struct fs *f, const struct fs_spot *s)
{
    return s->layer && (is_root(s->path) || by_mount(f, s->path) ||
                        (is_kernels(s->path) && (s->virtual_dir || by_convention(s->path))));
}

uint16_t fs_virtual_mode(const char *path)
{
    if (strcmp(path, "/tmp") == 0 || strcmp(path, "/var/tmp") == 0 ||
        strcmp(path, "/dev/shm") == 0)
        return 01777;
    return strcmp(path, "/root") == 0 ? 0700 : 0755;
}

uint32_t fs_virtual_number(const char *path)
{
    uint32_t n = 1;

    for (size_t i = 0; i < RX_ARRAY_LEN(base_dirs); i++, n++)
        if (strcmp(base_dirs[i], path) == 0)
            return n;
    for (size_t i = 0; i < RX_ARRAY_LEN(devices); i++, n++)
        if (strcmp(devices[i].path, path) == 0)
            return n;
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

void fs_offer(char best[FS_NAME_MAX + 1], const char *after, const char *name, size_t length)
{
    char text[FS_NAME_MAX + 1];

    if (length == 0 || length > FS_NAME_MAX)
        return;
    memcpy(text, name, length);
    text[length] = '\0';
    if (strcmp(text, after) > 0 && (best[0] == '\0' || strcmp(text, best) < 0))
        strcpy(best, text);
}

/* Offers the component of `full` that follows the directory; in: its node, if what is gone is not
 * to be seen. */
static void offer_below(char *best, const char *after, const char *dir, const struct fs_node *in,
                        const char *full)
{
    size_t length = strcmp(dir, "/") == 0 ? 0 : strlen(dir), n;

    if (!below(full, dir, length))
        return;
    n = strcspn(full + length + 1, "/");
    if (in == NULL || !fs_node_gone(in, full + length + 1, n))
        fs_offer(best, after, full + length + 1, n);
}

bool fs_offer_virtual(const struct fs_spot *s, const struct fs *f, const char *after,
                      char best[FS_NAME_MAX + 1])
{
    for (uint32_t i = 0; i < f->mount_count; i++)
        offer_below(best, after, s->path, NULL, f->mount[i].path);
    for (size_t i = 0; fs_spot_of_image(s) && i < RX_ARRAY_LEN(base_dirs); i++)
        offer_below(best, after, s->path, s->node, base_dirs[i]);
    for (size_t i = 0; fs_spot_of_image(s) && i < RX_ARRAY_LEN(devices); i++)
        offer_below(best, after, s->path, s->node, devices[i].path);
    if (s->layer && f->made != NULL)
        f->made->list(f->made_ctx, s->path, after, best);
    return best[0] != '\0';
}

/* ---- where a path leads ---------------------------------------------------------------------- */

struct way {
    struct fs_spot *s;
    const struct fs *f;
    const char *left;
    char rest[FS_PATH_MAX]; /* holds `left` once a link has been followed */
    int how, links;
};

/* The target of a link and what was left behind it are what is left now. */
static int follow(struct way *w, size_t parent_length)
{
    const struct fs_node *n = w->s->node;
    size_t length = strlen(w->left);
    char rest[FS_PATH_MAX];

    if (++w->links > LINKS_MAX)
        return -ELOOP;
    if (n->size == 0)
        return -ENOENT;
    if (n->size + length + 1 > sizeof(rest))
        return -ENAMETOOLONG;
    memcpy(rest, n->data, n->size);
    memcpy(rest + n->size, w->left, length + 1);
    strcpy(w->rest, rest);
    w->left = w->rest;
    w->s->path[w->rest[0] == '/' ? 0 : parent_length] = '\0';
    return 0;
}

static int step_name(struct way *w, size_t length)
{
    struct fs_spot *s = w->s;
    size_t used = strlen(s->path);
    const char *behind = w->left + length;
    bool last = behind[strspn(behind, "/")] == '\0', is_link;

    if (length > FS_NAME_MAX || used + length + 2 > FS_PATH_MAX)
        return -ENAMETOOLONG;
    s->path[used] = '/';
    memcpy(s->path + used + 1, w->left, length);
    s->path[used + 1 + length] = '\0';
    w->left = behind;
    look(s, w->f);
    is_link = s->node != NULL && s->kind == FS_SYMLINK;
    if (is_link && (!last || (w->how & FS_SPOT_FOLLOW) ||
                    (*behind == '/' && !(w->how & FS_SPOT_ENTRY))))
        return follow(w, used);
    if (!fs_spot_there(s))
        return last || (w->how & FS_SPOT_MISSING) ? 0 : -ENOENT;
    return *behind == '/' && s->kind != FS_DIR ? -ENOTDIR : 0;
}

static int step_dots(struct way *w, size_t length)
{
    struct fs_spot *s = w->s;

    /* What comes before is there, or was allowed to be missing: step_name has looked. */
    if (s->path[0] != '\0') {
        look(s, w->f);
        if (!fs_spot_there(s) && !(w->how & FS_SPOT_MISSING))
            return -ENOENT;
    }
    if (length == 2 && s->path[0] != '\0')
        *strrchr(s->path, '/') = '\0';
    w->left += length;
    return 0;
}

int fs_spot(struct fs_spot *s, const struct fs *f, const char *path, int how)
{
    struct way w = {.s = s, .f = f, .left = path, .how = how};
    int error = 0;

    s->path[0] = '\0';
    s->slash = s->dots = false;
    while (error == 0) {
        size_t slashes = strspn(w.left, "/"), length;

        w.left += slashes;
        if (*w.left == '\0') {
            s->slash = slashes > 0 && s->path[0] != '\0';
            break;
        }
        length = strcspn(w.left, "/");
        s->dots = w.left[0] == '.' && (length == 1 || (length == 2 && w.left[1] == '.'));
        error = s->dots ? step_dots(&w, length) : step_name(&w, length);
    }
    if (s->path[0] == '\0')
        strcpy(s->path, "/");
    look(s, f);
    return error;
}

static void look(struct fs_spot *s, const struct fs *f)
{
    bool cut = false; /* what every image has is not there: gone, or below what the container has
                       * made */
    const char *p;

    s->volume = f->layer;
    s->root = f->layer != NULL ? f->layer->root : NULL;
    s->rest = s->path;
    s->layer = true;
    s->read_only = f->read_only && strncmp(s->path, "/dev/", 5) != 0;
    s->mount = false;
    for (uint32_t i = 0; i < f->mount_count; i++) {
        const struct fs_mount *m = &f->mount[i];
        size_t length = strlen(m->path);

        s->mount = strcmp(m->path, s->path) == 0;
        if (s->mount || below(s->path, m->path, length)) {
            s->volume = m->volume;
            s->root = m->root;
            s->rest = s->path + length;
            s->layer = false;
            s->read_only = m->read_only;
            break;
        }
    }
    s->parent = NULL;
    s->entry = s->node = s->root;
    for (p = s->rest + strspn(s->rest, "/"); s->node != NULL && *p != '\0';) {
        size_t length = strcspn(p, "/");

        s->parent = s->node->kind == FS_DIR ? s->node : NULL;
        s->entry = s->parent != NULL ? fs_node_find(s->parent, p, length) : NULL;
        cut = s->parent == NULL || !s->parent->of_image || fs_node_gone(s->parent, p, length);
        s->node = fs_node_of(s->entry);
        p += length + strspn(p + length, "/");
    }
    s->device = s->node == NULL && s->layer && device_of(s->path, &s->kind);
    s->virtual_dir = s->node == NULL && !s->device && s->layer &&
                     ((!cut && by_convention(s->path)) || by_mount(f, s->path));
    s->made = false;
    if (s->node != NULL) {
        s->kind = (enum fs_kind)s->node->kind;
    } else if (!s->device) {
        s->kind = FS_DIR;
        s->made = !s->virtual_dir && s->layer && f->made != NULL &&
                  f->made->find(f->made_ctx, s->path, &s->kind, &s->refusal);
        s->virtual_dir |= s->made && s->kind == FS_DIR;
        s->made &= s->kind != FS_DIR;
    }
}

bool fs_spot_there(const struct fs_spot *s)
{
    return s->node != NULL || s->virtual_dir || s->device || s->made;
}

bool fs_spot_of_image(const struct fs_spot *s)
{
    return s->layer && s->kind == FS_DIR && (s->node != NULL ? s->node->of_image : s->virtual_dir);
}

const char *fs_spot_name(const struct fs_spot *s)
{
    return strrchr(s->path, '/') + 1;
}

int fs_real(const struct fs *f, const char *path, int how, char out[FS_PATH_MAX])
{
    struct fs_spot s;
    int error = fs_spot(&s, f, path,
                        (how & FS_REAL_LINK ? 0 : FS_SPOT_FOLLOW) |
                            (how & FS_REAL_MISSING ? FS_SPOT_MISSING : 0));

    if (error != 0)
        return error;
    strcpy(out, s.path);
    return fs_spot_there(&s) ? 0 : -ENOENT;
}

/* ---- making room for something new ----------------------------------------------------------- */

static int make_layer(struct fs *f)
{
    if (f->layer != NULL)
        return 0;
    f->layer = fs_volume_new(f->mem, 0);
    if (f->layer == NULL)
        return -ENOMEM;
    f->layer->root->mode = 0755;
    f->layer->root->of_image = true;
    return 0;
}

int fs_spot_make(struct fs *f, struct fs_spot *s, rx_ms now)
{
    const char *last;

    if (s->read_only)
        return -EROFS;
    if (s->volume == NULL) {
        int error = make_layer(f);

        if (error != 0)
            return error;
        s->volume = f->layer;
        s->root = f->layer->root;
    }
    return make_way(s->volume, s->root, s->layer ? f : NULL, s->rest, now, &s->parent, &last);
}

int fs_spot_keep(struct fs *f, struct fs_spot *s, rx_ms now)
{
    const char *name = fs_spot_name(s);
    int error = fs_spot_make(f, s, now);

    if (*name == '\0') { /* "/" itself, of which fs_spot_make has made what there is */
        s->node = s->root;
        return s->root != NULL ? 0 : error;
    }
    if (error == 0)
        error = fs_node_add(s->volume, s->parent, FS_DIR, name, strlen(name), now, &s->node);
    if (error != 0)
        return error;
    s->entry = s->node;
    s->node->mode = fs_virtual_mode(s->path);
    s->node->of_image = s->parent->of_image;
    return 0;
}

/* ---- directories of the image ---------------------------------------------------------------- */

/* Nothing is there: may the image have it? Only what is known of it is its own directories, so it
 * may below each. */
static bool may_have(const struct fs *f, const struct fs_spot *missing)
{
    static const char *const never[] = {"/dev", "/proc", "/sys", "/tmp", "/var/tmp"};
    static const char *const filled[] = {"/etc", "/lib", "/usr", "/var"};
    struct fs_spot s;
    char *slash;

    if (f->image == FS_IMAGE_BARE || is_within(missing->path, never, RX_ARRAY_LEN(never)) ||
        (f->image == FS_IMAGE_DISTRIBUTION &&
         !is_within(missing->path, filled, RX_ARRAY_LEN(filled))))
        return false;
    strcpy(s.path, missing->path);
    do {
        slash = strrchr(s.path, '/');
        slash[slash == s.path] = '\0';
        look(&s, f);
    } while (!fs_spot_there(&s));
    if (!fs_spot_of_image(&s))
        return false;
    if (s.node != NULL) {
        const char *name = missing->path + (slash - s.path) + 1;

        return !fs_node_gone(s.node, name, strcspn(name, "/"));
    }
    return true;
}

bool fs_may_be_of_image(const struct fs *f, const char *path)
{
    struct fs_spot s;

    return fs_spot(&s, f, path, FS_SPOT_FOLLOW | FS_SPOT_MISSING) == 0 && !fs_spot_there(&s) &&
           may_have(f, &s);
}

int fs_image_dir(struct fs *f, const char *path, rx_ms now)
{
    char full[FS_PATH_MAX];
    struct fs_node *dir;
    struct fs_spot s;
    const char *last;
    int error = fs_spot(&s, f, path, FS_SPOT_FOLLOW | FS_SPOT_MISSING);

    if (error != 0)
        return error;
    if (fs_spot_there(&s))
        return s.kind == FS_DIR ? 0 : -ENOTDIR;
    if (!may_have(f, &s))
        return -ENOENT;
    error = fs_join(full, s.path, "-"); /* a name in it: the way to that is made */
    if (error == 0)
        error = make_layer(f);
    if (error == 0)
        error = make_way(f->layer, f->layer->root, f, full, now, &dir, &last);
    if (error != 0)
        return error;
    for (char *end = full; (end = strchr(end + 1, '/')) != NULL; *end = '/') {
        *end = '\0';
        strcpy(s.path, full);
        look(&s, f);
        s.node->of_image = true;
    }
    if (f->told != NULL)
        f->told->assumed(f->told->ctx, s.path);
    return 0;
}

int fs_spot_new(struct fs_spot *s, struct fs *f, const char *path, int how, rx_ms now)
{
    int error = fs_spot(s, f, path, how);
    char dir[FS_PATH_MAX];

    if (error != -ENOENT || fs_spot(s, f, path, how | FS_SPOT_MISSING) != 0)
        return error;
    strcpy(dir, s->path);
    *strrchr(dir, '/') = '\0';
    if (dir[0] == '\0' || !fs_may_be_of_image(f, dir))
        return -ENOENT;
    error = f->read_only ? -EROFS : fs_image_dir(f, dir, now);
    return error != 0 ? error : fs_spot(s, f, path, how);
}

int fs_tree_walk(struct fs_volume *v, struct fs_node *root, const char *rest, rx_ms now,
                 struct fs_node **parent, const char **last)
{
    return make_way(v, root, NULL, rest, now, parent, last);
}

/* layer_of: directories that are virtual in this view are made with their usual mode. */
static int make_way(struct fs_volume *v, struct fs_node *root, const struct fs *layer_of,
                    const char *rest, rx_ms now, struct fs_node **parent, const char **last)
{
    struct fs_node *dir = root;
    const char *p = rest + strspn(rest, "/");
    char prefix[FS_PATH_MAX];
    uint32_t depth = 0;

    if (*p == '\0')
        return -EISDIR;
    for (;;) {
        size_t length = strcspn(p, "/"), so_far = (size_t)(p + length - rest);
        const char *next = p + length + strspn(p + length, "/");
        struct fs_node *n;
        int error;

        if (dir->kind != FS_DIR)
            return -ENOTDIR;
        if (length > FS_NAME_MAX || so_far >= sizeof(prefix))
            return -ENAMETOOLONG;
        if (*next == '\0') {
            *parent = dir;
            *last = p;
            return 0;
        }
        if (++depth >= FS_DEPTH_MAX)
            return -ENAMETOOLONG;
        n = fs_node_of(fs_node_find(dir, p, length));
        if (n == NULL) {
            error = fs_node_add(v, dir, FS_DIR, p, length, now, &n);
            if (error != 0)
                return error;
            memcpy(prefix, rest, so_far);
            prefix[so_far] = '\0';
            if (layer_of != NULL) {
                n->mode = fs_virtual_mode(prefix);
                n->of_image = dir->of_image && !fs_node_gone(dir, p, length) &&
                              (by_convention(prefix) || by_mount(layer_of, prefix));
            }
        }
        dir = n;
        p = next;
    }
}
