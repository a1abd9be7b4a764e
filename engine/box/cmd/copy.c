/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copy.c - commands with sources and a target: cp, mv, install, ln; readlink, realpath.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

/* ---- sources and target ---------------------------------------------------------------------- */

struct transfer {
    struct sh_task *t;
    const struct sh_opts *o;
    char **source;
    uint32_t count;
    const char *target;
    bool into; /* the target is a directory that things go into */
};

static bool ends_in_slash(const char *path)
{
    size_t length = strlen(path);

    return length > 0 && path[length - 1] == '/';
}

/* SOURCE... TARGET, or -t TARGET SOURCE...; -T: the target is never a directory to put things in.
 */
static bool transfer_init(struct transfer *f, struct sh_task *t, struct sh_call *c,
                          const struct sh_opts *o)
{
    bool dir = sh_opt(o, 't');
    struct fs_stat st;
    int error;

    *f = (struct transfer){.t = t, .o = o, .source = c->argv + o->first};
    f->count = c->argc - o->first - (dir ? 0 : c->argc > o->first);
    if (f->count == 0) {
        sh_complain(t, "%s: missing operand", c->argv[0]);
        return false;
    }
    f->target = dir ? o->arg[sh_opt_bit('t')] : c->argv[c->argc - 1];
    if (dir || f->count > 1 || ends_in_slash(f->target))
        sh_image_dir(t, f->target);
    error = sh_stat(t, f->target, &st);
    if (error != 0 && error != -ENOENT && f->count == 1 && !dir) {
        sh_perror(t, "can't stat", f->target, error);
        return false;
    }
    f->into = dir || f->count > 1 || (error == 0 && st.kind == FS_DIR);
    if (!sh_opt(o, 'T'))
        return true;
    if (f->count > 1 || (error == 0 && st.kind == FS_DIR && strcmp(c->argv[0], "install") == 0)) {
        sh_complain(t, "%s: '%s' is a directory", c->argv[0], f->target);
        return false;
    }
    f->into = false;
    return true;
}

/* Where one source goes. */
static bool destination(const struct transfer *f, uint32_t i, char to[FS_PATH_MAX])
{
    char last[FS_NAME_MAX + 1];

    if (strlen(f->target) < FS_PATH_MAX && strlen(f->source[i]) < FS_PATH_MAX) {
        strcpy(to, f->target);
        if (!f->into)
            return true;
        for (size_t n = strlen(f->source[i]); n > 1 && f->source[i][n - 1] == '/'; n--)
            f->source[i][n - 1] = '\0'; /* busybox: a link is copied as one, with or without it */
        if (sh_path_add(to, sh_path_last(f->source[i], last)))
            return true;
    }
    sh_fail(f->t, f->source[i], -ENAMETOOLONG);
    return false;
}

/* ---- cp -------------------------------------------------------------------------------------- */

static int copy_flags(const struct sh_opts *o)
{
    bool archive = sh_opt(o, 'a'), recursive = archive || sh_opt(o, 'r') || sh_opt(o, 'R');
    bool keep_links = archive || sh_opt(o, 'd') || sh_opt(o, 'P') || recursive;
    int flags = recursive ? SH_COPY_RECURSIVE : 0;

    if (sh_opt(o, 'L'))
        flags |= SH_COPY_FOLLOW | SH_COPY_FOLLOW_ALL;
    else if (sh_opt(o, 'H') || !keep_links)
        flags |= SH_COPY_FOLLOW;
    if (archive || sh_opt(o, 'p'))
        flags |= SH_COPY_PRESERVE;
    flags |= sh_opt(o, 'f') ? SH_COPY_FORCE : 0;
    flags |= sh_opt(o, 'n') ? SH_COPY_KEEP : 0;
    flags |= sh_opt(o, 'u') ? SH_COPY_UPDATE : 0;
    flags |= sh_opt(o, 'v') ? SH_COPY_VERBOSE : 0;
    flags |= sh_opt(o, 'l') ? SH_COPY_HARD : 0;
    return flags | (sh_opt(o, 's') ? SH_COPY_SOFT : 0);
}

int sh_cmd_cp(struct sh_task *t, struct sh_call *c)
{
    struct sh_copy copy = {.t = t};
    struct transfer f;
    struct fs_stat st;
    struct sh_opts o;
    int status = 0, error;

    if (!sh_options(t, c,
                    "rRapfvLHPdnult:Ts recursive=r archive=a force=f verbose=v dereference=L "
                    "no-dereference=P no-clobber=n update=u link=l symbolic-link=s "
                    "target-directory=t no-target-directory=T",
                    &o) ||
        !transfer_init(&f, t, c, &o))
        return 1;
    for (uint32_t i = 0; i < f.count && !t->proc->over; i++) {
        copy.flags = copy_flags(&o);
        copy.from_ino = 0;
        if (f.count == 1 && !sh_opt(&o, 't')) {
            /* As it is given: "file/" is nothing, though the slash would be left out below. */
            error = copy.flags & SH_COPY_FOLLOW ? sh_stat(t, f.source[0], &st)
                                                : sh_lstat(t, f.source[0], &st);
            if (error != 0)
                return sh_perror(t, "can't stat", f.source[0], error);
        }
        if (!destination(&f, i, copy.to)) {
            status = 1;
            continue;
        }
        strcpy(copy.from, f.source[i]);
        status |= sh_copy_tree(&copy);
    }
    return status;
}

/* ---- mv -------------------------------------------------------------------------------------- */

/* From one volume to another: copied, then removed. */
static int move_across(struct sh_task *t, const char *from, const char *to)
{
    struct sh_copy copy = {.t = t, .flags = SH_COPY_RECURSIVE | SH_COPY_PRESERVE};
    char full[FS_PATH_MAX];
    struct fs_stat a, b;
    int error;

    if (sh_lstat(t, to, &b) == 0 && sh_lstat(t, from, &a) == 0) {
        if ((b.kind == FS_DIR) != (a.kind == FS_DIR)) {
            sh_complain(t, "mv: can't overwrite %s",
                        b.kind == FS_DIR ? "directory with non-directory"
                                         : "non-directory with directory");
            return 1;
        }
        if (sh_full_path(t, to, full, &error) != NULL)
            error = b.kind == FS_DIR ? fs_rmdir(sh_fs(t), full, t->proc->now)
                                     : fs_unlink(sh_fs(t), full, t->proc->now);
        if (error != 0)
            return sh_perror(t, "can't remove", to, error);
    }
    strcpy(copy.from, from);
    strcpy(copy.to, to);
    if (sh_copy_tree(&copy) != 0)
        return 1;
    error = sh_remove_tree(t, copy.from, true, false);
    return error != 0 ? sh_perror(t, "can't remove", from, error) : 0;
}

static int move(struct sh_task *t, const struct sh_opts *o, const char *from, const char *to)
{
    char a[FS_PATH_MAX], b[FS_PATH_MAX];
    struct fs_stat st, source;
    int error;

    if (sh_lstat(t, to, &st) == 0) {
        if (sh_opt(o, 'n') ||
            (sh_opt(o, 'u') && sh_lstat(t, from, &source) == 0 && source.mtime <= st.mtime))
            return 0;
    }
    if (sh_opt(o, 'T') && sh_is_dir(t, to) && !sh_is_dir(t, from)) {
        /* Even if it is a link to a directory: it has been followed by then. */
        sh_complain(t, "mv: can't overwrite directory with non-directory");
        return 1;
    }
    if (sh_full_path(t, from, a, &error) != NULL && sh_full_path(t, to, b, &error) != NULL)
        error = fs_rename(sh_fs(t), a, b, t->proc->now);
    if (error == -EXDEV)
        return move_across(t, from, to);
    if (error != 0)
        return sh_perror(t, "can't rename", from, error);
    if (sh_opt(o, 'v'))
        sh_printf(t, "'%s' -> '%s'\n", from, to);
    return 0;
}

int sh_cmd_mv(struct sh_task *t, struct sh_call *c)
{
    char to[FS_PATH_MAX];
    struct transfer f;
    struct sh_opts o;
    int status = 0;

    if (!sh_options(t, c,
                    "fvnut:T force=f verbose=v no-clobber=n update=u target-directory=t "
                    "no-target-directory=T",
                    &o) ||
        !transfer_init(&f, t, c, &o))
        return 1;
    for (uint32_t i = 0; i < f.count && !t->proc->over; i++)
        status |= destination(&f, i, to) ? move(t, &o, f.source[i], to) : 1;
    return status;
}

/* ---- install --------------------------------------------------------------------------------- */

/* Directories on the way to a path, and the path itself if it is one. */
static int make_dirs(struct sh_task *t, const char *path, bool itself)
{
    char full[FS_PATH_MAX], *slash;
    int error;

    if (sh_full_path(t, path, full, &error) == NULL)
        return error;
    if (!itself) {
        slash = strrchr(full, '/');
        if (slash == NULL || slash == full)
            return 0;
        *slash = '\0';
    }
    return fs_mkdir(sh_fs(t), full, true, t->proc->now);
}

static int install_attributes(struct sh_task *t, const struct sh_opts *o, const char *path,
                              uint16_t mode)
{
    uint32_t uid = UINT32_MAX, gid = UINT32_MAX, ignored;
    char full[FS_PATH_MAX];
    int error;

    if (sh_opt(o, 'o') && !sh_owner_read(t, o->arg[sh_opt_bit('o')], &uid, &ignored))
        return sh_fail(t, o->arg[sh_opt_bit('o')], -EINVAL);
    if (sh_opt(o, 'g')) {
        char text[80];

        snprintf(text, sizeof(text), ":%.60s", o->arg[sh_opt_bit('g')]);
        if (!sh_owner_read(t, text, &ignored, &gid))
            return sh_fail(t, o->arg[sh_opt_bit('g')], -EINVAL);
    }
    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_chmod(sh_fs(t), full, mode);
    if (error == 0)
        error = fs_chown(sh_fs(t), full, uid, gid, false);
    return error != 0 ? sh_fail(t, path, error) : 0;
}

static int install_one(struct sh_task *t, const struct sh_opts *o, const char *from, const char *to,
                       uint16_t mode)
{
    struct sh_copy copy = {.t = t, .flags = SH_COPY_FOLLOW};
    char full[FS_PATH_MAX];
    struct fs_stat st;
    int error = sh_opt(o, 'D') ? make_dirs(t, to, false) : 0;

    if (error != 0)
        return sh_perror(t, "can't create directory", to, error);
    if (sh_lstat(t, to, &st) == 0 && st.kind != FS_DIR && sh_lstat(t, from, &st) == 0 &&
        sh_full_path(t, to, full, &error) != NULL)
        fs_unlink(sh_fs(t), full, t->proc->now); /* a new file, as install makes it */
    copy.flags |= sh_opt(o, 'p') ? SH_COPY_PRESERVE : 0;
    copy.flags |= sh_opt(o, 'v') ? SH_COPY_VERBOSE : 0;
    strcpy(copy.from, from);
    strcpy(copy.to, to);
    return sh_copy_tree(&copy) != 0 || install_attributes(t, o, to, mode) != 0;
}

int sh_cmd_install(struct sh_task *t, struct sh_call *c)
{
    char to[FS_PATH_MAX];
    struct transfer f;
    struct sh_opts o;
    uint16_t mode = 0755;
    int status = 0, error;

    if (!sh_options(t, c,
                    "cdDpsvm:o:g:t:T directory=d mode=m owner=o group=g verbose=v "
                    "target-directory=t no-target-directory=T preserve-timestamps=p",
                    &o))
        return 1;
    if (sh_opt(&o, 'm') && !sh_mode_read(o.arg[sh_opt_bit('m')], 0, sh_opt(&o, 'd'), &mode)) {
        sh_complain(t, "install: invalid mode '%s'", o.arg[sh_opt_bit('m')]);
        return 1;
    }
    for (uint32_t i = o.first; sh_opt(&o, 'd') && i < c->argc; i++) {
        error = make_dirs(t, c->argv[i], true);
        status |= error != 0 ? sh_perror(t, "can't create directory", c->argv[i], error)
                             : install_attributes(t, &o, c->argv[i], mode);
    }
    if (sh_opt(&o, 'd'))
        return status;
    if (sh_opt(&o, 'D') && sh_opt(&o, 't') && make_dirs(t, o.arg[sh_opt_bit('t')], true) != 0)
        return sh_fail(t, o.arg[sh_opt_bit('t')], -ENOTDIR);
    if (!transfer_init(&f, t, c, &o))
        return 1;
    for (uint32_t i = 0; i < f.count && !t->proc->over; i++)
        status |= destination(&f, i, to) ? install_one(t, &o, f.source[i], to, mode) : 1;
    return status;
}

/* ---- ln -------------------------------------------------------------------------------------- */

/* ln -sr: the way from the link's directory to the target. */
static bool relative_to(struct sh_task *t, const char *target, const char *link,
                        char out[FS_PATH_MAX])
{
    char to[FS_PATH_MAX], dir[FS_PATH_MAX], full[FS_PATH_MAX];
    size_t common = 0, i = 0;
    int error;

    if (sh_full_path(t, target, full, &error) == NULL)
        return false;
    error = fs_real(sh_fs(t), full, FS_REAL_MISSING, to);
    if ((error != 0 && error != -ENOENT) || sh_full_path(t, link, full, &error) == NULL)
        return false;
    *(strrchr(full, '/') + 1) = '\0';
    if (fs_real(sh_fs(t), full, 0, dir) != 0)
        return false;
    if (strcmp(dir, "/") == 0)
        dir[0] = '\0';
    while (to[i] == dir[i] && to[i] != '\0') {
        i++;
        if ((to[i] == '/' || to[i] == '\0') && (dir[i] == '/' || dir[i] == '\0'))
            common = i;
    }
    out[0] = '\0';
    for (const char *p = strchr(dir + common, '/'); p != NULL; p = strchr(p + 1, '/'))
        if (!sh_path_add(out, ".."))
            return false;
    if (to[common] != '\0' && to[common + 1] != '\0')
        return sh_path_add(out, to + common + 1);
    return out[0] != '\0' || sh_path_add(out, ".");
}

static int link_one(struct sh_task *t, const struct sh_opts *o, const char *target, const char *at)
{
    char path[FS_PATH_MAX], from[FS_PATH_MAX], to[FS_PATH_MAX], relative[FS_PATH_MAX];
    bool symbolic = sh_opt(o, 's');
    struct fs_stat st;
    int error;

    if (strlen(at) >= sizeof(path))
        return sh_fail(t, at, -ENAMETOOLONG);
    strcpy(path, at);
    error = sh_opt(o, 'n') || sh_opt(o, 'T') ? sh_lstat(t, at, &st) : sh_stat(t, at, &st);
    if (error == 0 && st.kind == FS_DIR) {
        const char *slash = strrchr(target, '/');
        char last[FS_NAME_MAX + 1];

        if (sh_opt(o, 'T')) {
            sh_complain(t, "ln: '%s' is a directory", at);
            return 1;
        }
        if (!sh_path_add(path, slash != NULL && slash[1] == '\0' ? sh_path_last(target, last)
                               : slash != NULL                   ? slash + 1
                                                                 : target))
            return sh_fail(t, at, -ENAMETOOLONG);
    }
    if (!symbolic && (error = sh_stat(t, target, &st)) != 0)
        return sh_fail(t, target, error);
    if (sh_opt(o, 'r') && symbolic) {
        if (!relative_to(t, target, path, relative))
            return sh_fail(t, target, -ENOENT);
        target = relative;
    }
    if (sh_full_path(t, path, to, &error) != NULL && !symbolic)
        sh_full_path(t, target, from, &error);
    if (error == 0 && sh_opt(o, 'f') && !(sh_lstat(t, path, &st) == 0 && st.kind == FS_DIR))
        fs_unlink(sh_fs(t), to, t->proc->now);
    if (error == 0)
        error = symbolic ? fs_symlink(sh_fs(t), target, to, t->proc->now)
                         : fs_link(sh_fs(t), from, to, t->proc->now);
    if (error != 0)
        return sh_fail(t, path, error);
    if (sh_opt(o, 'v'))
        sh_printf(t, "'%s' -> '%s'\n", path, target);
    return 0;
}

int sh_cmd_ln(struct sh_task *t, struct sh_call *c)
{
    char last[FS_NAME_MAX + 1];
    struct sh_opts o;
    uint32_t end = c->argc;
    const char *at;
    int status = 0;

    if (!sh_options(t, c,
                    "sfnTvrt: symbolic=s force=f no-dereference=n no-target-directory=T verbose=v "
                    "relative=r target-directory=t",
                    &o))
        return 1;
    if (o.first == c->argc) {
        sh_complain(t, "ln: missing operand");
        return 1;
    }
    if (sh_opt(&o, 't'))
        at = o.arg[sh_opt_bit('t')];
    else if (o.first + 1 == c->argc)
        at = sh_path_last(c->argv[o.first], last);
    else
        at = c->argv[--end];
    if (end - o.first > 1 || sh_opt(&o, 't') || ends_in_slash(at))
        sh_image_dir(t, at);
    if (end - o.first > 1 && !sh_is_dir(t, at))
        return sh_fail(t, at, -ENOTDIR);
    for (uint32_t i = o.first; i < end; i++)
        status |= link_one(t, &o, c->argv[i], at);
    return status;
}

/* ---- readlink, realpath ---------------------------------------------------------------------- */

/* -f: the last component may be missing; -e: nothing may; -m: all may. */
static int real_of(struct sh_task *t, const struct sh_opts *o, const char *path,
                   char out[FS_PATH_MAX])
{
    char full[FS_PATH_MAX];
    struct fs_stat st;
    int error;

    if (sh_full_path(t, path, full, &error) == NULL)
        return error;
    if (sh_opt(o, 's') && !sh_opt(o, 'm') && (error = fs_lstat(sh_fs(t), full, &st)) != 0)
        return error;
    if (sh_opt(o, 's')) /* realpath -s: links are left alone */
        return fs_path(out, "/", full);
    out[0] = '\0';
    error = fs_real(sh_fs(t), full, sh_opt(o, 'm') ? FS_REAL_MISSING : 0, out);
    return error == -ENOENT && out[0] != '\0' && !sh_opt(o, 'e') ? 0 : error;
}

int sh_cmd_readlink(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX], out[FS_PATH_MAX];
    struct sh_opts o;
    int status = 0, error;
    bool whole;

    if (!sh_options(t, c,
                    "fnvemqsz canonicalize=f canonicalize-existing=e canonicalize-missing=m "
                    "no-newline=n quiet=q silent=s verbose=v zero=z",
                    &o))
        return 1;
    if (o.first == c->argc) {
        sh_complain(t, "readlink: missing operand");
        return 1;
    }
    whole = sh_opt(&o, 'f') || sh_opt(&o, 'e') || sh_opt(&o, 'm');
    o.given &= ~(1ull << sh_opt_bit('s'));
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (whole)
            error = real_of(t, &o, c->argv[i], out);
        else if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_readlink(sh_fs(t), full, out);
        if (error != 0) {
            status = 1;
            if (sh_opt(&o, 'v'))
                sh_fail(t, c->argv[i], error);
            continue;
        }
        sh_puts(t, out);
        if (sh_opt(&o, 'z'))
            sh_put(t, "", 1);
        else if (!sh_opt(&o, 'n'))
            sh_puts(t, "\n");
    }
    return status;
}

int sh_cmd_realpath(struct sh_task *t, struct sh_call *c)
{
    char out[FS_PATH_MAX];
    struct sh_opts o;
    int status = 0, error;

    if (!sh_options(t, c,
                    "emqszL canonicalize-existing=e canonicalize-missing=m quiet=q strip=s "
                    "no-symlinks=s zero=z",
                    &o))
        return 1;
    if (o.first == c->argc) {
        sh_complain(t, "realpath: missing operand");
        return 1;
    }
    for (uint32_t i = o.first; i < c->argc; i++) {
        error = real_of(t, &o, c->argv[i], out);
        if (error != 0) {
            status = sh_opt(&o, 'q') ? 1 : sh_fail(t, c->argv[i], error);
            continue;
        }
        sh_puts(t, out);
        sh_put(t, sh_opt(&o, 'z') ? "" : "\n", 1);
    }
    return status;
}
