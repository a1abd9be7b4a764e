/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copy_tree.c - copying a file or a tree, for cp, install, and mv between volumes.
 */
#include <errno.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

struct sh_twin {
    struct sh_twin *next;
    uint32_t device, ino;
    char to[];
};

static int fail(struct sh_copy *c, const char *what, const char *path, int error)
{
    if (c->t->proc->over)
        return 1;
    return sh_perror(c->t, what, path, error);
}

static int say(struct sh_copy *c, const char *before, const char *path, const char *behind)
{
    sh_complain(c->t, "%s: %s'%s'%s", c->t->call.argv[0], before, path, behind);
    return 1;
}

static int full_of(struct sh_copy *c, const char *path, char full[FS_PATH_MAX])
{
    int error;

    sh_full_path(c->t, path, full, &error);
    return error;
}

/* Mode, owner and time of the source. */
static void preserve(struct sh_copy *c, const struct fs_stat *st)
{
    char full[FS_PATH_MAX];
    bool link = st->kind == FS_SYMLINK;

    if (full_of(c, c->to, full) != 0)
        return;
    fs_chown(sh_fs(c->t), full, st->uid, st->gid, link);
    if (!link)
        fs_chmod(sh_fs(c->t), full, st->mode);
    fs_set_mtime(sh_fs(c->t), full, st->mtime, link);
}

/* What is in the way of something that cannot be opened and written: -f removes it. */
static int clear_way(struct sh_copy *c)
{
    char full[FS_PATH_MAX];
    int error;

    if (!(c->flags & SH_COPY_FORCE))
        return fail(c, "can't create", c->to, -EEXIST);
    error = full_of(c, c->to, full);
    if (error == 0)
        error = fs_unlink(sh_fs(c->t), full, c->t->proc->now);
    return error != 0 ? fail(c, "can't remove", c->to, error) : 0;
}

static int copy_link(struct sh_copy *c, const struct fs_stat *st, bool there)
{
    char full[FS_PATH_MAX], target[FS_PATH_MAX];
    int error;

    if (there && clear_way(c) != 0)
        return 1;
    error = full_of(c, c->from, full);
    if (error == 0)
        error = fs_readlink(sh_fs(c->t), full, target);
    if (error == 0)
        error = full_of(c, c->to, full);
    if (error == 0)
        error = fs_symlink(sh_fs(c->t), target, full, c->t->proc->now);
    if (error != 0)
        return fail(c, "can't create symlink", c->to, error);
    if (c->flags & SH_COPY_PRESERVE)
        preserve(c, st);
    return 0;
}

/* -l and -s: another name instead of a copy. */
static int link_instead(struct sh_copy *c, bool there)
{
    char from[FS_PATH_MAX], to[FS_PATH_MAX];
    int error;

    if (there && clear_way(c) != 0)
        return 1;
    error = full_of(c, c->to, to);
    if (error == 0 && (c->flags & SH_COPY_SOFT))
        error = fs_symlink(sh_fs(c->t), c->from, to, c->t->proc->now);
    else if (error == 0 && (error = full_of(c, c->from, from)) == 0)
        error = fs_link(sh_fs(c->t), from, to, c->t->proc->now);
    return error != 0 ? fail(c, "can't create link", c->to, error) : 0;
}

/* A file with several names is copied once, if links are kept. 1: done, 0: not seen yet, -1: over.
 */
static int copy_twin(struct sh_copy *c, const struct fs_stat *st)
{
    char from[FS_PATH_MAX], to[FS_PATH_MAX];
    struct sh_twin *w;
    size_t length = strlen(c->to) + 1;

    if (st->links < 2 || (c->flags & (SH_COPY_FOLLOW | SH_COPY_FOLLOW_ALL)))
        return 0;
    for (w = c->twins; w != NULL; w = w->next)
        if (w->device == st->device && w->ino == st->ino)
            break;
    if (w != NULL && full_of(c, w->to, from) == 0 && full_of(c, c->to, to) == 0) {
        fs_unlink(sh_fs(c->t), to, c->t->proc->now);
        return fs_link(sh_fs(c->t), from, to, c->t->proc->now) == 0;
    }
    w = sh_call_alloc(c->t, sizeof(*w) + length);
    if (w == NULL)
        return -1;
    *w = (struct sh_twin){c->twins, st->device, st->ino};
    memcpy(w->to, c->to, length);
    c->twins = w;
    return 0;
}

/* The bytes. What reads from a pipe (/dev/stdin) could have to wait, which a copy cannot. */
static int copy_bytes(struct sh_copy *c, struct sh_file *in, struct sh_file *out)
{
    char chunk[1024];
    int n, error = 0;

    if (in->kind == SH_FILE_READER) {
        sh_refuse(c->t, "copying from a pipe");
        return 1;
    }
    while (error == 0 && !c->t->proc->over &&
           (n = sh_read_file(c->t, in, chunk, sizeof(chunk))) > 0)
        error = sh_write_file(c->t, out, chunk, (size_t)n);
    if (error != 0)
        sh_complain(c->t, "%s: write error: %s", c->t->call.argv[0], fs_strerror(error));
    return error != 0 || c->t->proc->over;
}

static int copy_file(struct sh_copy *c, const struct fs_stat *st, bool there)
{
    struct sh_file *in, *out;
    char full[FS_PATH_MAX];
    int error, status = copy_twin(c, st);

    if (status != 0)
        return status < 0;
    error = sh_open(c->t, c->from, FS_READ, &in);
    if (error != 0)
        return fail(c, "can't open", c->from, error);
    error = sh_open(c->t, c->to, FS_WRITE | FS_CREATE | FS_TRUNCATE, &out);
    if (error != 0) {
        sh_file_unref(c->t->proc, in);
        return fail(c, "can't create", c->to, error);
    }
    status = copy_bytes(c, in, out);
    sh_file_unref(c->t->proc, in);
    sh_file_unref(c->t->proc, out);
    if (!there && st->kind == FS_FILE && full_of(c, c->to, full) == 0)
        fs_chmod(sh_fs(c->t), full, st->mode & 0777 & ~c->t->umask);
    if (status == 0 && (c->flags & SH_COPY_PRESERVE))
        preserve(c, st);
    return status;
}

static int copy_dir(struct sh_copy *c, const struct fs_stat *st, const struct fs_stat *to)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t from_length = strlen(c->from), to_length = strlen(c->to);
    struct fs_stat made;
    int error, status = 0, flags = c->flags;

    if (!(c->flags & SH_COPY_RECURSIVE))
        return say(c, "omitting directory ", c->from, "");
    if (c->from_ino != 0 && st->device == c->from_device && st->ino == c->from_ino)
        return say(c, "recursion detected, omitting directory ", c->from, "");
    if (to != NULL && to->kind != FS_DIR)
        return say(c, "target ", c->to, " is not a directory");
    error = full_of(c, c->to, full);
    if (error == 0 && to == NULL)
        error = fs_mkdir(sh_fs(c->t), full, false, c->t->proc->now);
    if (error != 0)
        return fail(c, "can't create directory", c->to, error);
    if (c->from_ino == 0 && fs_stat(sh_fs(c->t), full, &made) == 0) {
        c->from_device = made.device;
        c->from_ino = made.ino;
    }
    if (!(flags & SH_COPY_FOLLOW_ALL))
        c->flags &= ~SH_COPY_FOLLOW; /* that was for the command line's own */
    error = full_of(c, c->from, full);
    while (error == 0 && fs_list(sh_fs(c->t), full, after, name) == 1 && !c->t->proc->over) {
        strcpy(after, name);
        if (sh_path_add(c->from, name) && sh_path_add(c->to, name))
            status |= sh_copy_tree(c);
        else
            status = fail(c, "can't copy", c->from, -ENAMETOOLONG);
        c->from[from_length] = c->to[to_length] = '\0';
    }
    c->flags = flags;
    if (to == NULL && full_of(c, c->to, full) == 0)
        fs_chmod(sh_fs(c->t), full, st->mode & 07777 & ~c->t->umask);
    if (c->flags & SH_COPY_PRESERVE)
        preserve(c, st);
    return status;
}

/* Is what is there to stay? */
static bool stays(const struct sh_copy *c, const struct fs_stat *from, const struct fs_stat *to)
{
    if (to == NULL || from->kind == FS_DIR)
        return false;
    return (c->flags & SH_COPY_KEEP) || ((c->flags & SH_COPY_UPDATE) && from->mtime <= to->mtime);
}

int sh_copy_tree(struct sh_copy *c)
{
    bool follow = c->flags & (SH_COPY_FOLLOW | SH_COPY_FOLLOW_ALL);
    struct fs_stat from, to, *there = NULL;
    int error = follow ? sh_stat(c->t, c->from, &from) : sh_lstat(c->t, c->from, &from);

    if (!sh_charge(c->t, 1))
        return 1;
    if (error != 0)
        return fail(c, "can't stat", c->from, error);
    error = sh_lstat(c->t, c->to, &to);
    if (error == 0)
        there = &to;
    else if (error != -ENOENT)
        return fail(c, "can't stat", c->to, error);
    if (there != NULL && from.kind != FS_DIR && to.kind == FS_SYMLINK && follow &&
        sh_stat(c->t, c->to, &to) != 0)
        sh_lstat(c->t, c->to, &to);
    if (there != NULL && to.ino == from.ino && to.device == from.device) {
        sh_complain(c->t, "%s: '%s' and '%s' are the same file", c->t->call.argv[0], c->from,
                    c->to);
        return 1;
    }
    if (stays(c, &from, there))
        return 0;
    if ((c->flags & SH_COPY_VERBOSE) && (from.kind != FS_DIR || (c->flags & SH_COPY_RECURSIVE))) {
        sh_puts(c->t, "'");
        sh_puts(c->t, c->from);
        sh_puts(c->t, "' -> '");
        sh_puts(c->t, c->to);
        sh_puts(c->t, "'\n");
    }
    if (from.kind == FS_DIR)
        return copy_dir(c, &from, there);
    if (c->flags & (SH_COPY_HARD | SH_COPY_SOFT))
        return link_instead(c, there != NULL);
    return from.kind == FS_SYMLINK ? copy_link(c, &from, there != NULL)
                                   : copy_file(c, &from, there != NULL);
}
