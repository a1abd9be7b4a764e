/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mode.c - what is known of a file: chmod, chown, chgrp, stat.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

/* ---- chmod, chown, chgrp --------------------------------------------------------------------- */

struct change {
    struct sh_task *t;
    const char *mode; /* chmod */
    uint32_t uid, gid;
    bool owner, recursive, link, quiet, verbose, changes;
    uint16_t reference; /* chmod --reference */
};

/* Messages of what was done: -v always, -c if it has changed. */
static void change_told(const struct change *k, const char *path, uint16_t before, uint16_t after)
{
    struct fs_stat st = {.kind = FS_FILE, .mode = after};
    char text[11];

    if (k->owner || !(k->verbose || (k->changes && before != after)))
        return;
    sh_mode_text(&st, text);
    sh_printf(k->t, "mode of '%s' changed to %04o (%s)\n", path, after, text + 1);
}

static int change_one(const struct change *k, const char *path, const struct fs_stat *st)
{
    char full[FS_PATH_MAX];
    uint16_t mode = k->reference;
    int error;

    if (k->mode != NULL && !sh_mode_read(k->mode, st->mode, st->kind == FS_DIR, &mode)) {
        sh_complain(k->t, "chmod: invalid mode '%s'", k->mode);
        return 1;
    }
    if (sh_full_path(k->t, path, full, &error) != NULL)
        error = k->owner ? fs_chown(sh_fs(k->t), full, k->uid, k->gid, k->link)
                         : fs_chmod(sh_fs(k->t), full, mode);
    if (error == 0)
        change_told(k, path, st->mode, mode);
    return error != 0 && !k->quiet ? sh_fail(k->t, path, error) : error != 0;
}

/* Links below the operand are not followed, and have no mode of their own. */
static int change_tree(const struct change *k, char path[FS_PATH_MAX], bool top)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t length = strlen(path);
    struct fs_stat st;
    int status, error = top && !k->link ? sh_stat(k->t, path, &st) : sh_lstat(k->t, path, &st);

    if (!sh_charge(k->t, 1))
        return 1;
    if (error != 0)
        return k->quiet ? 1 : sh_fail(k->t, path, error);
    if (!top && st.kind == FS_SYMLINK)
        return 0;
    status = change_one(k, path, &st);
    if (!k->recursive || st.kind != FS_DIR || sh_full_path(k->t, path, full, &error) == NULL)
        return status;
    while (fs_list(sh_fs(k->t), full, after, name) == 1 && !k->t->proc->over) {
        strcpy(after, name);
        if (sh_path_add(path, name))
            status |= change_tree(k, path, false);
        path[length] = '\0';
    }
    return status;
}

static int change_all(struct sh_task *t, struct sh_call *c, struct change *k, uint32_t first)
{
    char path[FS_PATH_MAX];
    int status = 0;

    if (first >= c->argc) {
        sh_complain(t, "%s: missing operand", c->argv[0]);
        return 1;
    }
    for (uint32_t i = first; i < c->argc; i++) {
        if (strlen(c->argv[i]) >= sizeof(path)) {
            status = sh_fail(t, c->argv[i], -ENAMETOOLONG);
            continue;
        }
        strcpy(path, c->argv[i]);
        status |= change_tree(k, path, true);
    }
    return status;
}

static void change_options(struct change *k, const struct sh_opts *o)
{
    k->recursive = sh_opt(o, 'R');
    k->quiet = sh_opt(o, 'f');
    k->verbose = sh_opt(o, 'v');
    k->changes = sh_opt(o, 'c');
    k->link = sh_opt(o, 'h');
}

/* "-x" is a mode, not an option: a clause that takes bits away. A comma before it tells so. */
static bool shield_mode(struct sh_task *t, struct sh_call *c)
{
    for (uint32_t i = 1; i < c->argc && strcmp(c->argv[i], "--") != 0; i++) {
        char *mode;

        if (c->argv[i][0] != '-' || c->argv[i][1] == '\0' ||
            strchr("rwxXstugo", c->argv[i][1]) == NULL)
            continue;
        mode = sh_call_alloc(t, strlen(c->argv[i]) + 2);
        if (mode == NULL)
            return false;
        mode[0] = ',';
        strcpy(mode + 1, c->argv[i]);
        c->argv[i] = mode;
        break;
    }
    return true;
}

int sh_cmd_chmod(struct sh_task *t, struct sh_call *c)
{
    static const char spec[] =
        "RfvcX: recursive=R silent=f quiet=f verbose=v changes=c reference=X";
    struct change k = {.t = t};
    struct sh_opts o;
    struct fs_stat st;
    int error;

    if (!shield_mode(t, c))
        return SH_BLOCKED;
    if (!sh_options(t, c, spec, &o))
        return 1;
    change_options(&k, &o);
    if (sh_opt(&o, 'X')) {
        error = sh_stat(t, o.arg[sh_opt_bit('X')], &st);
        k.reference = st.mode;
        return error != 0 ? sh_fail(t, o.arg[sh_opt_bit('X')], error)
                          : change_all(t, c, &k, o.first);
    }
    k.mode = o.first < c->argc ? c->argv[o.first] : "";
    k.mode += *k.mode == ',';
    return change_all(t, c, &k, o.first + 1);
}

static int change_owner(struct sh_task *t, struct sh_call *c, bool group)
{
    struct change k = {.t = t, .owner = true, .uid = UINT32_MAX, .gid = UINT32_MAX};
    struct sh_opts o;
    char text[80];
    const char *who;

    if (!sh_options(t, c,
                    "RfvchHLPX: recursive=R silent=f quiet=f verbose=v changes=c no-dereference=h "
                    "reference=X",
                    &o))
        return 1;
    change_options(&k, &o);
    if (sh_opt(&o, 'X')) {
        struct fs_stat st;
        int error = sh_stat(t, o.arg[sh_opt_bit('X')], &st);

        if (error != 0)
            return sh_fail(t, o.arg[sh_opt_bit('X')], error);
        k.uid = group ? UINT32_MAX : st.uid;
        k.gid = st.gid;
        return change_all(t, c, &k, o.first);
    }
    who = o.first < c->argc ? c->argv[o.first] : "";
    snprintf(text, sizeof(text), "%s%.70s", group ? ":" : "", who);
    if (o.first + 1 < c->argc && !sh_owner_read(t, text, &k.uid, &k.gid)) {
        sh_complain(t, "%s: unknown user %s", c->argv[0], who);
        return 1;
    }
    return change_all(t, c, &k, o.first + 1);
}

int sh_cmd_chown(struct sh_task *t, struct sh_call *c)
{
    return change_owner(t, c, false);
}

int sh_cmd_chgrp(struct sh_task *t, struct sh_call *c)
{
    return change_owner(t, c, true);
}

/* ---- stat ------------------------------------------------------------------------------------ */

static const char *type_name(const struct fs_stat *st)
{
    switch (st->kind) {
    case FS_DIR:
        return "directory";
    case FS_SYMLINK:
        return "symbolic link";
    case FS_FILE:
        return st->size == 0 ? "regular empty file" : "regular file";
    default:
        return "character special file";
    }
}

static void stat_time(struct sh_task *t, rx_ms when, bool seconds)
{
    int64_t ms = t->proc->setup.epoch_ms + when, s = ms / 1000 - (ms % 1000 < 0);
    struct rx_civil d = rx_civil_of(s);

    if (seconds)
        sh_printf(t, "%lld", (long long)s);
    else
        sh_printf(t, "%lld-%02d-%02d %02d:%02d:%02d.%03d000000 +0000", (long long)d.year, d.month,
                  d.day, d.hour, d.minute, d.second, (int)(ms - s * 1000));
}

static void stat_name(struct sh_task *t, const char *path, const struct fs_stat *st, bool quoted)
{
    char full[FS_PATH_MAX], target[FS_PATH_MAX];
    int error;

    sh_puts(t, quoted ? "'" : "");
    sh_puts(t, path);
    sh_puts(t, quoted ? "'" : "");
    if (st->kind != FS_SYMLINK || sh_full_path(t, path, full, &error) == NULL ||
        fs_readlink(sh_fs(t), full, target) != 0)
        return;
    sh_puts(t, quoted ? " -> '" : " -> ");
    sh_puts(t, target);
    sh_puts(t, quoted ? "'" : "");
}

static void stat_mode(struct sh_task *t, const struct fs_stat *st)
{
    char text[11];

    sh_mode_text(st, text);
    sh_puts(t, text);
}

static uint32_t stat_size(const struct fs_stat *st)
{
    return st->kind == FS_DIR ? 4096 : st->size;
}

/* One field of a format. False: it is not known. */
static bool stat_field(struct sh_task *t, char field, const char *path, const struct fs_stat *st)
{
    char room[32];

    switch (field) {
    case 'n':
        sh_puts(t, path);
        return true;
    case 'N':
        stat_name(t, path, st, true);
        return true;
    case 'F':
        sh_puts(t, type_name(st));
        return true;
    case 'A':
        stat_mode(t, st);
        return true;
    case 'U':
    case 'G':
        sh_puts(t, sh_user_name(t, field == 'U' ? st->uid : st->gid, field == 'G', room));
        return true;
    case 'x':
    case 'y':
    case 'z':
    case 'X':
    case 'Y':
    case 'Z':
        stat_time(t, st->mtime, field < 'a');
        return true;
#define CASE(c, format, value)                                                                     \
    case c:                                                                                        \
        sh_printf(t, format, value);                                                               \
        return true
        CASE('s', "%u", stat_size(st));
        CASE('a', "%o", st->mode);
        CASE('f', "%x", sh_mode_type(st->kind) | st->mode);
        CASE('b', "%u", sh_blocks(st));
        CASE('B', "%d", 512);
        CASE('o', "%d", 4096);
        CASE('h', "%u", st->links);
        CASE('i', "%u", st->ino);
        CASE('d', "%u", st->device);
        CASE('D', "%x", st->device);
        CASE('u', "%u", st->uid);
        CASE('g', "%u", st->gid);
        CASE('t', "%d", 0);
        CASE('T', "%d", 0);
        CASE('%', "%c", '%');
#undef CASE
    default:
        return false;
    }
}

static bool stat_format(struct sh_task *t, const char *format, const char *path,
                        const struct fs_stat *st, bool escapes)
{
    char what[32];

    for (; *format != '\0'; format++) {
        char out[4];

        if (*format == '\\' && escapes && format[1] != '\0') {
            int n = sh_echo_escape(&format, out, false);

            if (n > 0)
                sh_put(t, out, (size_t)n);
            format--;
            continue;
        }
        if (*format != '%' || format[1] == '\0') {
            sh_put(t, format, 1);
            continue;
        }
        if (!stat_field(t, *++format, path, st)) {
            snprintf(what, sizeof(what), "the format %%%c", *format);
            sh_refuse(t, what);
            return false;
        }
    }
    return true;
}

static void stat_whole(struct sh_task *t, const char *path, const struct fs_stat *st)
{
    char mode[11], user[32], group[32];

    sh_puts(t, "  File: ");
    stat_name(t, path, st, false);
    sh_printf(t, "\n  Size: %-10u\tBlocks: %-10u IO Block: 4096   %s\n", stat_size(st),
              sh_blocks(st), type_name(st));
    sh_printf(t, "Device: %xh/%ud\tInode: %-10u  Links: %u\n", st->device, st->device, st->ino,
              st->links);
    sh_mode_text(st, mode);
    sh_printf(t, "Access: (%04o/%s)  Uid: (%5u/%8s)   Gid: (%5u/%8s)\n", st->mode, mode, st->uid,
              sh_user_name(t, st->uid, false, user), st->gid,
              sh_user_name(t, st->gid, true, group));
    for (int i = 0; i < 3; i++) {
        static const char *const what[] = {"Access: ", "\nModify: ", "\nChange: "};

        sh_puts(t, what[i]);
        stat_time(t, st->mtime, false);
    }
    sh_puts(t, "\n");
}

int sh_cmd_stat(struct sh_task *t, struct sh_call *c)
{
    const char *format;
    int status = 0, error;
    struct fs_stat st;
    struct sh_opts o;

    if (!sh_options(t, c, "c:LP: format=c dereference=L printf=P", &o))
        return 1;
    if (o.first == c->argc) {
        sh_complain(t, "stat: missing operand");
        return 1;
    }
    format = sh_opt(&o, 'P') ? o.arg[sh_opt_bit('P')] : o.arg[sh_opt_bit('c')];
    for (uint32_t i = o.first; i < c->argc; i++) {
        error = sh_opt(&o, 'L') ? sh_stat(t, c->argv[i], &st) : sh_lstat(t, c->argv[i], &st);
        if (error != 0) {
            status = sh_perror(t, "can't stat", c->argv[i], error);
            continue;
        }
        if (format == NULL)
            stat_whole(t, c->argv[i], &st);
        else if (!stat_format(t, format, c->argv[i], &st, sh_opt(&o, 'P')))
            return 1;
        else if (!sh_opt(&o, 'P'))
            sh_puts(t, "\n");
    }
    return status;
}
