/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs.h - the files a simulated container sees, in memory.
 *
 *   fs_volume   a tree of files with a limit of its own: an emptyDir, a ConfigMap's content, a
 *               container's writable layer. Shared by reference count.
 *   fs          one container instance's view: its layer, mounts on top, and a few synthetic things
 *               (/dev/null, the usual directories). An untouched view holds no tree at all.
 *
 * Paths are absolute and are followed as a kernel does: through symbolic links (-ELOOP after 40),
 * ".." leads out of where a link has led, and what a "/" follows must be a directory. Names in a
 * directory are kept sorted. Directories every image has (/tmp, /var/log, ...) exist without
 * costing anything; they come into the layer when something is made in them, and can be removed.
 * What /proc and /etc/hosts say comes from outside (fs_made.h).
 *
 * Nobody looks into images. Where something is made in a directory that is missing, but that the
 * image may have (enum fs_image), the directory is taken to be there, made, and told (struct
 * fs_told).
 *
 * Calls return 0 or a negative errno, because the errno's text is what a command prints. Modes and
 * owners are kept and told, but hardly anything is forbidden by them: only root changes owners.
 */
#ifndef BOX_FS_H
#define BOX_FS_H

#include "engine/reactor/mem.h"
#include "engine/reactor/time.h"

enum fs_limit {
    FS_FILE_BYTES_MAX = 1 << 20,   /* one file: a log that only grows ends in "No space left" */
    FS_VOLUME_BYTES_MAX = 4 << 20, /* default of a volume; emptyDir.sizeLimit may lower it */
    FS_VOLUME_NODES_MAX = 4096,    /* files and directories of a volume: lists are linear */
    FS_PATH_MAX = 1024, /* bytes of a path with its end; paths are built on the C stack */
    FS_NAME_MAX = 255,
    FS_DEPTH_MAX = 64, /* components of a path: trees are freed recursively */
};

enum fs_kind {
    FS_FILE,
    FS_DIR,
    FS_SYMLINK,
    FS_NULL,
    FS_ZERO,
    FS_FULL,   /* reads as zeroes, and is full */
    FS_RANDOM, /* bytes of a seeded stream */
    FS_STDIN,
    FS_STDOUT,
    FS_STDERR,
    FS_MAIN_STDOUT, /* of the container's main process */
    FS_MAIN_STDERR
};

/* What may be in the image besides what every image has. */
enum fs_image {
    FS_IMAGE_BARE,         /* nothing */
    FS_IMAGE_DISTRIBUTION, /* what a distribution fills: /etc, /lib, /usr, /var */
    FS_IMAGE_ANY
};

struct fs_node;   /* opaque; reference counted */
struct fs_volume; /* opaque; reference counted */

struct fs_made;

struct fs_mount {
    const char *path; /* normalised; copied */
    struct fs_volume *volume;
    struct fs_node *root; /* what of it is seen here: a directory, or one file */
    bool read_only;
};

/* Who is told that a directory is taken to be in the image. */
struct fs_told {
    void (*assumed)(void *ctx, const char *dir);
    void *ctx;
};

struct fs {
    const struct rx_mem *mem;
    struct fs_volume *layer;
    struct fs_mount *mount; /* longest path first */
    uint32_t mount_count;
    bool read_only;         /* nothing outside mounts can be changed, but for what is the
                             * kernel's */
    uint8_t image;          /* enum fs_image */
    uint16_t umask;         /* of the process that makes files now; 022 between them */
    uint32_t uid, gid;      /* whose new files are; only root may give files away */
    const struct fs_told *told; /* NULL: nobody */
    const struct fs_made *made; /* fs_made.h; NULL: none */
    void *made_ctx;
    struct fs_node *made_last; /* what fs_get has made */
    uint32_t self;             /* the process that asks, for /proc/self; 0: none */
    uint64_t seed, drawn;      /* of FS_RANDOM, and how many bytes it has given */
};

struct fs_stat {
    enum fs_kind kind;
    bool read_only, executable; /* executable: a directory, or some x bit is set */
    uint16_t mode;              /* 07777 */
    uint32_t links, uid, gid;
    uint32_t device, ino; /* equal for names of one file, within this view */
    uint32_t size;
    rx_ms mtime;
};

/* ---- volumes --------------------------------------------------------------------------------- */

struct fs_volume *fs_volume_new(const struct rx_mem *mem, uint32_t bytes_max);
/* Empty, one reference; 0 = FS_VOLUME_BYTES_MAX. NULL: no memory. */
struct fs_volume *fs_volume_ref(struct fs_volume *v);
void fs_volume_unref(struct fs_volume *v); /* NULL is allowed */

int fs_volume_put(struct fs_volume *v, const char *path, const char *data, uint32_t size,
                  bool executable, rx_ms now);
/* A file with its parent directories, replacing one that is there. The data is NOT copied (a
 * ConfigMap's content, shared by all pods): it must outlive the volume; the first write to it makes
 * a copy. */

int fs_volume_file(struct fs_volume *v, const char *path);
/* An empty file with its parent directories, unless there is something already. */

void fs_volume_give(struct fs_volume *v, uint32_t gid);
/* To a group, which may then read and write it, and what is made in it is that group's. */

uint32_t fs_volume_bytes(const struct fs_volume *v); /* what its files hold */

/* ---- views ----------------------------------------------------------------------------------- */

int fs_init(struct fs *f, const struct rx_mem *mem);
/* A view with a fresh, empty layer. Cheap: no allocation before something is written. */
void fs_fini(struct fs *f);

int fs_mount(struct fs *f, const char *path, struct fs_volume *v, const char *sub_path,
             bool read_only);
/* Shows the volume at path (takes a reference). sub_path (NULL: all of it) may name a file, for a
 * mount of that file alone; a directory that is missing is made, as a kubelet does. */

int fs_mount_file(struct fs *f, const char *path);
/* An empty file of its own at path, such as /dev/termination-log: it cannot be removed, and its
 * directory need not exist. */

int fs_get(struct fs *f, const char *path, const char **data, uint32_t *size);
/* The content of a regular file, in place: valid until the file changes, or this is called again. A
 * device has none. */

int fs_put(struct fs *f, const char *path, const void *data, uint32_t size, rx_ms now);
/* Writes a whole file, with its parent directories. The data is copied. */

int fs_mkdir(struct fs *f, const char *path, bool parents, rx_ms now);
bool fs_may_be_of_image(const struct fs *f, const char *path);
/* It is missing, and may be in the image: not below a volume, what the container has made itself,
 * /tmp or the kernel's own directories. */

int fs_image_dir(struct fs *f, const char *path, rx_ms now);
/* The directory is there afterwards, if it is already or may be in the image: root's, with those on
 * the way, even if the view is read-only. Else -ENOENT, -ENOTDIR, ... */

int fs_rmdir(struct fs *f, const char *path, rx_ms now);
int fs_unlink(struct fs *f, const char *path, rx_ms now);
int fs_rename(struct fs *f, const char *from, const char *to, rx_ms now);
/* Within one volume; -EXDEV otherwise, and for what is a mount. Directories too. */
int fs_symlink(struct fs *f, const char *target, const char *path, rx_ms now);
int fs_link(struct fs *f, const char *from, const char *path, rx_ms now);
/* One more name for a file (or for a symbolic link, which is not followed). -EXDEV as above. */
int fs_readlink(const struct fs *f, const char *path, char out[FS_PATH_MAX]);
/* -EINVAL: not a symbolic link. */
int fs_touch(struct fs *f, const char *path, bool create, rx_ms now);

/* Of what a symbolic link leads to, or of the link itself. */
int fs_chmod(struct fs *f, const char *path, uint16_t mode);
int fs_chown(struct fs *f, const char *path, uint32_t uid, uint32_t gid, bool link);
/* UINT32_MAX: stays. */
int fs_set_mtime(struct fs *f, const char *path, rx_ms mtime, bool link);

int fs_stat(const struct fs *f, const char *path, struct fs_stat *out);
int fs_lstat(const struct fs *f, const char *path, struct fs_stat *out);

int fs_real(const struct fs *f, const char *path, int how, char out[FS_PATH_MAX]);
/* The path without links and dots. -ENOENT if there is nothing: out then says where it would be, if
 * only the last component is missing. */
enum {
    FS_REAL_LINK = 1,   /* a link at the end stays */
    FS_REAL_MISSING = 2 /* out is set if more is missing, too */
};

const struct fs_mount *fs_mount_of(const struct fs *f, const char *path);
/* The one that a path without links lies on; NULL: the layer. */

int fs_list(struct fs *f, const char *path, const char *after, char name[FS_NAME_MAX + 1]);
/* The first name in the directory that sorts after `after` ("" to begin): 1, or 0 at the end, or an
 * error (-ENOTDIR, ...). Sees what was added meanwhile, and never a name twice. */

/* ---- open files ------------------------------------------------------------------------------ */

enum {
    FS_READ = 1,
    FS_WRITE = 2,
    FS_CREATE = 4,
    FS_TRUNCATE = 8,
    FS_APPEND = 16,
    FS_EXCLUSIVE = 32
};

struct fs_open {
    enum fs_kind kind;
    struct fs_node *node; /* holds a reference; NULL unless FS_FILE */
    struct fs *view;      /* RANDOM: whose stream it is */
};

int fs_open(struct fs *f, const char *path, int flags, struct fs_open *out, rx_ms now);
void fs_close(struct fs_open *o);

bool fs_is_simulators(const struct fs_open *o);
/* That there is no space for a write: is it a limit of files in memory, and not the pod's own? */

struct fs_open fs_temporary(const struct rx_mem *mem);
/* A nameless file, for a here-document; node NULL: no memory. */

uint32_t fs_read(const struct fs_open *o, uint64_t at, void *to, uint32_t room);
int fs_write(struct fs_open *o, uint64_t at, const void *data, uint32_t size, rx_ms now);
int fs_resize(struct fs_open *o, uint32_t size, rx_ms now); /* cut, or filled up with zeroes */
/* 0 or -ENOSPC, -EFBIG, -ENOMEM: then nothing was written. A hole before `at` is zeroes. */
uint32_t fs_size(const struct fs_open *o);

/* What flock(2) does, for whoever has the same file open. */
enum fs_lock { FS_LOCK_NONE, FS_LOCK_SHARED, FS_LOCK_ALONE };

bool fs_lock(struct fs_open *o, enum fs_lock held, enum fs_lock wanted);
/* From what this open file holds to what it wants. False: others hold it, and nothing has
 * changed. */
void fs_unlock(struct fs_open *o, enum fs_lock held);

/* ---- paths ----------------------------------------------------------------------------------- */

int fs_path(char out[FS_PATH_MAX], const char *cwd, const char *path);
/* cwd + path, normalised: "/a/b", no trailing slash, "/" for the root. -ENAMETOOLONG, -ENOENT for
 * "". */

int fs_join(char out[FS_PATH_MAX], const char *dir, const char *path);
/* dir/path, or path alone if it is absolute; as written, for the calls above. out may be dir.
 * Errors as above. */

const char *fs_strerror(int error);
/* Our own table, so that messages are the same everywhere. Accepts negative errno. */

#endif
