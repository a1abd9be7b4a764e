/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make.c - making and removing: mkdir, rmdir, rm, touch, mktemp, truncate.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

static int missing_operand(struct sh_task *t)
{
    sh_complain(t, "%s: missing operand", t->call.argv[0]);
    return 1;
}

/* ---- mkdir, rmdir ---------------------------------------------------------------------------- */

static int make_one(struct sh_task *t, const char *path, bool verbose, bool parents)
{
    char full[FS_PATH_MAX];
    int error;

    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_mkdir(sh_fs(t), full, false, t->proc->now);
    if (error == 0 && verbose)
        sh_printf(t, "mkdir: created directory '%s'\n", path);
    if (parents && error != 0 && sh_is_dir(t, path))
        return 0;
    return error != 0 ? sh_perror(t, "can't create directory", path, error) : 0;
}

/* Every directory on the way, as it is written: "a/../b" makes a, too. */
static int make_way(struct sh_task *t, const char *path, bool verbose)
{
    char part[FS_PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof(part))
        return sh_perror(t, "can't create directory", path, -ENAMETOOLONG);
    for (size_t i = 1; i <= length; i++) {
        if ((path[i] != '/' && path[i] != '\0') || path[i - 1] == '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (!sh_charge(t, 1) || make_one(t, part, verbose, true) != 0)
            return 1;
    }
    return 0;
}

static int mkdir_one(struct sh_task *t, const struct sh_opts *o, const char *path)
{
    const char *text = sh_opt(o, 'm') ? o->arg[sh_opt_bit('m')] : NULL;
    bool parents = sh_opt(o, 'p'), there = text != NULL && sh_is_dir(t, path);
    char full[FS_PATH_MAX];
    uint16_t mode;
    int error, status;

    if (text != NULL && !sh_mode_read(text, 0777, true, &mode)) {
        sh_complain(t, "mkdir: invalid mode '%s'", text);
        return 1;
    }
    status = parents && path[0] != '\0' ? make_way(t, path, sh_opt(o, 'v'))
                                        : make_one(t, path, sh_opt(o, 'v'), false);
    if (status != 0 || text == NULL || there)
        return status;
    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_chmod(sh_fs(t), full, mode);
    return error != 0 ? sh_fail(t, path, error) : 0;
}

int sh_cmd_mkdir(struct sh_task *t, struct sh_call *c)
{
    int status = 0;
    struct sh_opts o;

    if (!sh_options(t, c, "pm:v parents=p mode=m verbose=v", &o))
        return 1;
    if (o.first == c->argc)
        return missing_operand(t);
    for (uint32_t i = o.first; i < c->argc; i++)
        status |= mkdir_one(t, &o, c->argv[i]);
    return status;
}

static int rmdir_one(struct sh_task *t, const char *path, bool lenient)
{
    char full[FS_PATH_MAX];
    int error;

    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_rmdir(sh_fs(t), full, t->proc->now);
    if (error == 0 || (lenient && error == -ENOTEMPTY))
        return error;
    sh_complain(t, "rmdir: '%s': %s", path, fs_strerror(error));
    return error;
}

int sh_cmd_rmdir(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;
    int status = 0, error;

    if (!sh_options(t, c, "pI parents=p ignore-fail-on-non-empty=I", &o))
        return 1;
    if (o.first == c->argc)
        return missing_operand(t);
    for (uint32_t i = o.first; i < c->argc; i++) {
        char *path = c->argv[i], *slash;

        error = rmdir_one(t, path, sh_opt(&o, 'I'));
        while (error == 0 && sh_opt(&o, 'p') && (slash = strrchr(path, '/')) != NULL &&
               slash > path) {
            *slash = '\0';
            if (slash[1] != '\0') /* "a/" is a */
                error = rmdir_one(t, path, sh_opt(&o, 'I'));
        }
        status |= error != 0 && !(error == -ENOTEMPTY && sh_opt(&o, 'I'));
    }
    return status;
}

/* ---- rm -------------------------------------------------------------------------------------- */

static int rm_one(struct sh_task *t, const char *given, const struct sh_opts *o)
{
    char path[FS_PATH_MAX], last[FS_NAME_MAX + 1];
    struct fs_stat st;
    int error;

    if (strlen(given) >= sizeof(path))
        return sh_perror(t, "can't remove", given, -ENAMETOOLONG);
    strcpy(path, given);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0'; /* busybox: "link/" is the link */
    sh_path_last(path, last);
    if (strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        sh_complain(t, "rm: can't remove '.' or '..'");
        return 1;
    }
    error = sh_lstat(t, path, &st);
    if (error == -ENOENT && sh_opt(o, 'f'))
        return 0;
    if (error != 0)
        return sh_perror(t, error == -ENOENT ? "can't remove" : "can't stat", path, error);
    error = sh_remove_tree(t, path, sh_opt(o, 'r') || sh_opt(o, 'R'), sh_opt(o, 'v'));
    if (error == -EISDIR && sh_opt(o, 'd')) {
        char full[FS_PATH_MAX];

        if (sh_full_path(t, path, full, &error) != NULL)
            error = fs_rmdir(sh_fs(t), full, t->proc->now);
    }
    if (error == 0)
        return 0;
    if (error != -EISDIR)
        return sh_perror(t, "can't remove", path, error);
    sh_complain(t, "rm: '%s' is a directory", path);
    return 1;
}

int sh_cmd_rm(struct sh_task *t, struct sh_call *c)
{
    int status = 0;
    struct sh_opts o;

    if (!sh_options(t, c, "rRfvd recursive=r force=f verbose=v dir=d", &o))
        return 1;
    if (o.first == c->argc && !sh_opt(&o, 'f'))
        return missing_operand(t);
    for (uint32_t i = o.first; i < c->argc; i++)
        status |= rm_one(t, c->argv[i], &o);
    return status;
}

/* ---- touch ----------------------------------------------------------------------------------- */

/* The time that -d, -t or -r asks for. */
static bool touch_time(struct sh_task *t, const struct sh_opts *o, rx_ms *when)
{
    int64_t now = (t->proc->setup.epoch_ms + t->proc->now) / 1000, seconds;
    const char *text = NULL;
    struct fs_stat st;
    int error;

    *when = t->proc->now;
    if (sh_opt(o, 'r')) {
        error = sh_stat(t, o->arg[sh_opt_bit('r')], &st);
        *when = st.mtime;
        if (error != 0)
            sh_fail(t, o->arg[sh_opt_bit('r')], error);
        return error == 0;
    }
    if (!sh_opt(o, 'd') && !sh_opt(o, 't'))
        return true;
    text = o->arg[sh_opt_bit(sh_opt(o, 't') ? 't' : 'd')];
    if (!(sh_opt(o, 't') && sh_date_digits(text, now, &seconds)) &&
        !(sh_opt(o, 'd') && sh_date_read(text, now, &seconds))) {
        sh_complain(t, "touch: invalid date '%s'", text);
        return false;
    }
    *when = seconds * 1000 - t->proc->setup.epoch_ms;
    return true;
}

int sh_cmd_touch(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct sh_opts o;
    rx_ms when;

    if (!sh_options(t, c, "cahmd:t:r: no-create=c date=d reference=r no-dereference=h", &o))
        return 1;
    if (o.first == c->argc)
        return missing_operand(t);
    if (!touch_time(t, &o, &when))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = sh_opt(&o, 'h') ? fs_set_mtime(sh_fs(t), full, when, true)
                                    : fs_touch(sh_fs(t), full, !sh_opt(&o, 'c'), when);
        if (error == -ENOENT && sh_opt(&o, 'c'))
            error = 0;
        if (error != 0)
            status = sh_fail(t, c->argv[i], error);
    }
    return status;
}

/* ---- mktemp ---------------------------------------------------------------------------------- */

/* Fills the six or more X before the suffix with letters of the script's own stream of chance. */
static void draw_name(struct sh_task *t, char *x, size_t count)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    const struct shell_setup *s = &t->proc->setup;
    uint64_t r = 0;

    for (size_t i = 0; i < count; i++, r >>= 5) {
        if (i % 12 == 0)
            r = rx_prng_at(s->seed, 0x7474, s->id, t->proc->draws++);
        x[i] = letters[r & 31];
    }
}

/* Where the template's X are; NULL: too few. GNU allows something behind them. */
static char *template_of(char *path, size_t *count)
{
    char *end = path + strlen(path), *slash = strrchr(path, '/');

    while (end > path && end[-1] != 'X')
        end--;
    for (*count = 0; end - *count > path && end[-1 - (ptrdiff_t)*count] == 'X';)
        ++*count;
    if (*count < 3 || (slash != NULL && slash > end))
        return NULL;
    return end - *count;
}

int sh_cmd_mktemp(struct sh_task *t, struct sh_call *c)
{
    char path[FS_PATH_MAX] = "", full[FS_PATH_MAX], *x;
    const char *template, *dir = sh_get(t, "TMPDIR");
    struct fs_stat st;
    struct sh_opts o;
    size_t count;
    int error = 0;

    if (!sh_options(t, c, "dqtup:S: directory=d quiet=q dry-run=u tmpdir=p suffix=S", &o))
        return 1;
    template = o.first < c->argc ? c->argv[o.first] : "tmp.XXXXXXXXXX";
    if (dir == NULL || *dir == '\0')
        dir = "/tmp";
    if (sh_opt(&o, 'p'))
        dir = o.arg[sh_opt_bit('p')];
    if (sh_opt(&o, 'p') || sh_opt(&o, 't') || o.first == c->argc)
        snprintf(path, sizeof(path), "%s", dir);
    if ((path[0] != '\0' ? !sh_path_add(path, template) : strlen(template) >= sizeof(path)) ||
        strlen(path) + strlen(template) + 64 > sizeof(path))
        return sh_fail(t, template, -ENAMETOOLONG);
    if (path[0] == '\0')
        strcpy(path, template);
    if (sh_opt(&o, 'S') && strlen(o.arg[sh_opt_bit('S')]) < 64)
        strcat(path, o.arg[sh_opt_bit('S')]);
    x = template_of(path, &count);
    if (x == NULL)
        return sh_fail(t, path, -EINVAL);
    do {
        draw_name(t, x, count);
        if (sh_full_path(t, path, full, &error) == NULL || !sh_charge(t, 1))
            return 1;
    } while (fs_lstat(sh_fs(t), full, &st) == 0);
    if (!sh_opt(&o, 'u')) {
        struct fs_open file = {0};

        error = sh_opt(&o, 'd') ? fs_mkdir(sh_fs(t), full, false, t->proc->now)
                                : fs_open(sh_fs(t), full, FS_WRITE | FS_CREATE | FS_EXCLUSIVE,
                                          &file, t->proc->now);
        fs_close(&file);
        if (error == 0)
            fs_chmod(sh_fs(t), full, sh_opt(&o, 'd') ? 0700 : 0600);
    }
    if (error != 0)
        return sh_opt(&o, 'q') ? 1 : sh_fail(t, path, error);
    sh_puts(t, path);
    sh_puts(t, "\n");
    return 0;
}

/* ---- truncate -------------------------------------------------------------------------------- */

int sh_cmd_truncate(struct sh_task *t, struct sh_call *c)
{
    const char *text;
    char full[FS_PATH_MAX];
    struct fs_open file;
    struct sh_opts o;
    uint64_t size;
    char sign;
    int status = 0, error;

    if (!sh_options(t, c, "cs: no-create=c size=s", &o))
        return 1;
    text = sh_opt(&o, 's') ? o.arg[sh_opt_bit('s')] : "";
    sign = *text == '+' || *text == '-' ? *text++ : '\0';
    if (!sh_size_read(text, &size)) {
        sh_complain(t, "truncate: invalid number '%s'", text);
        return 1;
    }
    if (o.first == c->argc)
        return missing_operand(t);
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_open(sh_fs(t), full, FS_WRITE | (sh_opt(&o, 'c') ? 0 : FS_CREATE), &file,
                            t->proc->now);
        if (error == 0) {
            uint64_t old = fs_size(&file);
            uint64_t wanted = sign == '+'   ? old + size
                              : sign == '-' ? old - RX_MIN(size, old)
                                            : size;

            error = fs_resize(&file, (uint32_t)RX_MIN(wanted, (uint64_t)UINT32_MAX), t->proc->now);
            fs_close(&file);
        }
        if (error != 0 && !(error == -ENOENT && sh_opt(&o, 'c')))
            status = sh_perror(t, "can't truncate", c->argv[i], error);
    }
    return status;
}
