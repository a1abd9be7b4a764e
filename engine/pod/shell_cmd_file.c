/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_file.c - commands about files as a whole: touch, rm, mkdir, ls, cp, mv, find, stat.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

static struct fs *fs_of(struct sh_task *t)
{
    return t->proc->setup.fs;
}

int sh_cmd_touch(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct sh_opts o;

    if (!sh_options(t, c, "camd:t:r:", &o))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_touch(fs_of(t), full, !sh_opt(&o, 'c'), t->proc->now);
        if (error != 0)
            status = sh_fail(t, c->argv[i], error);
    }
    return status;
}

int sh_cmd_mkdir(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct sh_opts o;

    if (!sh_options(t, c, "pm:", &o))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_mkdir(fs_of(t), full, sh_opt(&o, 'p'), t->proc->now);
        if (error != 0) {
            sh_complain(t, "mkdir: can't create directory '%s': %s", c->argv[i],
                        fs_strerror(error));
            status = 1;
        }
    }
    return status;
}

int sh_cmd_rmdir(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;

    for (uint32_t i = 1; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_rmdir(fs_of(t), full);
        if (error != 0) {
            sh_complain(t, "rmdir: '%s': %s", c->argv[i], fs_strerror(error));
            status = 1;
        }
    }
    return status;
}

/* ---- rm -------------------------------------------------------------------------------------- */

/* Joins a directory and a name in place. False: too long. */
static bool join(char full[FS_PATH_MAX], const char *name)
{
    size_t used = strlen(full);

    if (used + strlen(name) + 2 > FS_PATH_MAX)
        return false;
    if (used > 0 && full[used - 1] != '/')
        full[used++] = '/';
    strcpy(full + used, name);
    return true;
}

/* Recursion is as deep as trees can be: FS_DEPTH_MAX. */
static int remove_tree(struct sh_task *t, char full[FS_PATH_MAX], bool recursive)
{
    char name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t length = strlen(full);
    struct fs_stat st;
    int error = fs_stat(fs_of(t), full, &st), first = 0;

    if (error != 0 || !sh_charge(t, 1))
        return error;
    if (st.kind != FS_DIR)
        return fs_unlink(fs_of(t), full);
    if (!recursive)
        return -EISDIR;
    while (fs_list(fs_of(t), full, after, name) == 1 && !t->proc->over) {
        strcpy(after, name);
        error = join(full, name) ? remove_tree(t, full, true) : -ENAMETOOLONG;
        full[length] = '\0';
        if (error != 0 && first == 0)
            first = error;
    }
    return first != 0 ? first : fs_rmdir(fs_of(t), full);
}

int sh_cmd_rm(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct sh_opts o;

    if (!sh_options(t, c, "rRfiv", &o))
        return 1;
    if (o.first == c->argc && !sh_opt(&o, 'f')) {
        sh_complain(t, "rm: missing operand");
        return 1;
    }
    for (uint32_t i = o.first; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = remove_tree(t, full, sh_opt(&o, 'r') || sh_opt(&o, 'R'));
        if (error == 0 || (error == -ENOENT && sh_opt(&o, 'f')))
            continue;
        if (error == -EISDIR)
            sh_complain(t, "rm: '%s' is a directory", c->argv[i]);
        else
            sh_complain(t, "rm: can't remove '%s': %s", c->argv[i], fs_strerror(error));
        status = 1;
    }
    return status;
}

/* ---- cp and mv ------------------------------------------------------------------------------- */

static int copy_file(struct sh_task *t, const char *from, const char *to)
{
    struct fs_open in, out;
    struct fs_stat st;
    char chunk[512];
    uint64_t at = 0;
    uint32_t n;
    int error = fs_open(fs_of(t), from, FS_READ, &in, t->proc->now);

    if (error != 0)
        return error;
    error = fs_open(fs_of(t), to, FS_WRITE | FS_CREATE, &out, t->proc->now);
    if (error == 0 && in.node != NULL && in.node == out.node)
        error = -EINVAL; /* onto itself */
    else if (error == 0 && out.kind == FS_FILE) {
        fs_close(&out);
        error = fs_open(fs_of(t), to, FS_WRITE | FS_TRUNCATE, &out, t->proc->now);
    }
    while (error == 0 && sh_charge(t, 1) && (n = fs_read(&in, at, chunk, sizeof(chunk))) > 0) {
        error = fs_write(&out, at, chunk, n, t->proc->now);
        at += n;
    }
    fs_close(&in);
    fs_close(&out);
    if (error == 0 && fs_stat(fs_of(t), from, &st) == 0 && st.kind == FS_FILE && st.executable)
        fs_chmod(fs_of(t), to, st.mode);
    return error;
}

static int copy_tree(struct sh_task *t, char from[FS_PATH_MAX], char to[FS_PATH_MAX],
                     bool recursive)
{
    char name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t from_length = strlen(from), to_length = strlen(to);
    struct fs_stat st;
    int error = fs_stat(fs_of(t), from, &st), first = 0;

    if (error != 0 || !sh_charge(t, 1))
        return error;
    if (st.kind != FS_DIR)
        return copy_file(t, from, to);
    if (!recursive)
        return -EISDIR;
    if (strncmp(to, from, from_length) == 0 && (to[from_length] == '/' || to[from_length] == '\0'))
        return -EINVAL; /* into itself */
    error = fs_mkdir(fs_of(t), to, true, t->proc->now);
    if (error != 0)
        return error;
    while (fs_list(fs_of(t), from, after, name) == 1 && !t->proc->over) {
        strcpy(after, name);
        error = join(from, name) && join(to, name) ? copy_tree(t, from, to, true) : -ENAMETOOLONG;
        from[from_length] = to[to_length] = '\0';
        if (error != 0 && first == 0)
            first = error;
    }
    return first;
}

static int move(struct sh_task *t, char from[FS_PATH_MAX], char to[FS_PATH_MAX])
{
    int error = fs_rename(fs_of(t), from, to, t->proc->now);

    if (error != -EXDEV)
        return error;
    error = copy_tree(t, from, to, true);
    return error != 0 ? error : remove_tree(t, from, true);
}

/* cp and mv: SOURCE... TARGET, where the target may be a directory. */
static int transfer(struct sh_task *t, struct sh_call *c, const struct sh_opts *o, bool keep)
{
    char from[FS_PATH_MAX], target[FS_PATH_MAX], to[FS_PATH_MAX];
    struct fs_stat st;
    bool into;
    int status = 0, error;

    if (o->first + 2 > c->argc) {
        sh_complain(t, "%s: missing operand", c->argv[0]);
        return 1;
    }
    if (sh_full_path(t, c->argv[c->argc - 1], target, &error) == NULL)
        return sh_fail(t, c->argv[c->argc - 1], error);
    into = fs_stat(fs_of(t), target, &st) == 0 && st.kind == FS_DIR;
    if (!into && o->first + 2 < c->argc)
        return sh_fail(t, c->argv[c->argc - 1], -ENOTDIR);
    for (uint32_t i = o->first; i + 1 < c->argc; i++) {
        strcpy(to, target);
        if (sh_full_path(t, c->argv[i], from, &error) != NULL && into && strcmp(from, "/") != 0 &&
            !join(to, strrchr(from, '/') + 1))
            error = -ENAMETOOLONG;
        if (error == 0)
            error = keep
                        ? copy_tree(t, from, to, sh_opt(o, 'r') || sh_opt(o, 'R') || sh_opt(o, 'a'))
                        : move(t, from, to);
        if (error == 0)
            continue;
        if (error == -EISDIR && keep)
            sh_complain(t, "cp: omitting directory '%s'", c->argv[i]);
        else
            sh_complain(t, "%s: can't %s '%s': %s", c->argv[0],
                        error == -ENOENT && keep ? "stat"
                        : keep                   ? "create"
                                                 : "rename",
                        c->argv[i], fs_strerror(error));
        status = 1;
    }
    return status;
}

int sh_cmd_cp(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;

    return sh_options(t, c, "rRapfvLP", &o) ? transfer(t, c, &o, true) : 1;
}

int sh_cmd_mv(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;

    return sh_options(t, c, "fvn", &o) ? transfer(t, c, &o, false) : 1;
}

/* ---- modes ----------------------------------------------------------------------------------- */

int sh_cmd_chmod(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    const char *mode;
    bool executable;
    uint32_t first = 1;

    while (first < c->argc && c->argv[first][0] == '-' && strspn(c->argv[first] + 1, "Rfv") > 0)
        first++;
    if (first + 1 >= c->argc)
        return 1;
    mode = c->argv[first];
    if (mode[0] >= '0' && mode[0] <= '7') { /* any odd digit has the x bit */
        executable = strpbrk(mode + (strlen(mode) > 3), "1357") != NULL;
    } else if (strpbrk(mode, "xX") != NULL) {
        executable = strchr(mode, '-') == NULL;
    } else {
        return 0; /* r and w: everything runs as root */
    }
    for (uint32_t i = first + 1; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_chmod(fs_of(t), full, executable ? 0755 : 0644);
        if (error != 0)
            status = sh_fail(t, c->argv[i], error);
    }
    return status;
}

int sh_cmd_chown(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct fs_stat st;
    struct sh_opts o;

    if (!sh_options(t, c, "Rfhv", &o))
        return 1;
    for (uint32_t i = o.first + 1; i < c->argc; i++) {
        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_stat(fs_of(t), full, &st);
        if (error != 0)
            status = sh_fail(t, c->argv[i], error);
    }
    return status;
}

int sh_cmd_mktemp(struct sh_task *t, struct sh_call *c)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    const struct shell_setup *s = &t->proc->setup;
    char path[FS_PATH_MAX], full[FS_PATH_MAX];
    struct fs_stat st;
    struct sh_opts o;
    size_t length;
    int error;

    if (!sh_options(t, c, "dqtup:", &o))
        return 1;
    snprintf(path, sizeof(path), "%s", o.first < c->argc ? c->argv[o.first] : "/tmp/tmp.XXXXXX");
    length = strlen(path);
    if (length < 6 || strcmp(path + length - 6, "XXXXXX") != 0)
        return sh_fail(t, path, -EINVAL);
    do {
        uint64_t r = rx_prng_at(s->seed, 0x7474, s->id, t->proc->draws++);

        for (int i = 0; i < 6; i++, r >>= 5)
            path[length - 6 + (size_t)i] = letters[r & 31];
        if (sh_full_path(t, path, full, &error) == NULL || !sh_charge(t, 1))
            return 1;
    } while (fs_stat(fs_of(t), full, &st) == 0);
    error = sh_opt(&o, 'd') ? fs_mkdir(fs_of(t), full, false, t->proc->now)
                            : fs_put(fs_of(t), full, "", 0, t->proc->now);
    if (error != 0)
        return sh_fail(t, path, error);
    sh_printf(t, "%s\n", path);
    return 0;
}

/* ---- ls -------------------------------------------------------------------------------------- */

static void ls_entry(struct sh_task *t, const struct sh_opts *o, const char *full, const char *name)
{
    struct fs_stat st;

    if (!sh_opt(o, 'l')) {
        sh_puts(t, name);
        sh_puts(t, "\n");
        return;
    }
    if (fs_stat(fs_of(t), full, &st) != 0)
        return;
    sh_printf(t, "%s    1 root     root      %8u %s\n",
              st.kind == FS_DIR    ? "drwxr-xr-x"
              : st.kind != FS_FILE ? "crw-rw-rw-"
              : st.executable      ? "-rwxr-xr-x"
              : st.read_only       ? "-r--r--r--"
                                   : "-rw-r--r--",
              st.size, name);
}

static void ls_dir(struct sh_task *t, const struct sh_opts *o, char full[FS_PATH_MAX])
{
    char name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t length = strlen(full);

    if (sh_opt(o, 'a')) {
        ls_entry(t, o, full, ".");
        ls_entry(t, o, full, "..");
    }
    while (fs_list(fs_of(t), full, after, name) == 1 && sh_charge(t, 1)) {
        strcpy(after, name);
        if (name[0] == '.' && !sh_opt(o, 'a') && !sh_opt(o, 'A'))
            continue;
        if (join(full, name))
            ls_entry(t, o, full, name);
        full[length] = '\0';
    }
}

int sh_cmd_ls(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct sh_opts o;
    struct fs_stat st;

    if (!sh_options(t, c, "1alAdhFtrS", &o))
        return 1;
    for (uint32_t i = o.first; i < RX_MAX(c->argc, o.first + 1); i++) {
        const char *path = i < c->argc ? c->argv[i] : ".";

        if (sh_full_path(t, path, full, &error) != NULL)
            error = fs_stat(fs_of(t), full, &st);
        if (error != 0) {
            status = sh_fail(t, path, error);
            continue;
        }
        if (st.kind != FS_DIR || sh_opt(&o, 'd')) {
            ls_entry(t, &o, full, path);
            continue;
        }
        if (c->argc > o.first + 1)
            sh_printf(t, "%s%s:\n", i > o.first ? "\n" : "", path);
        ls_dir(t, &o, full);
    }
    return status;
}

/* ---- stat ------------------------------------------------------------------------------------ */

int sh_cmd_stat(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX];
    int status = 0, error;
    struct fs_stat st;
    struct sh_opts o;

    if (!sh_options(t, c, "c:L", &o))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++) {
        const char *format = sh_opt(&o, 'c') ? o.arg[sh_opt_bit('c')] : "  File: %n\n  Size: %s";

        if (sh_full_path(t, c->argv[i], full, &error) != NULL)
            error = fs_stat(fs_of(t), full, &st);
        if (error != 0) {
            sh_complain(t, "stat: can't stat '%s': %s", c->argv[i], fs_strerror(error));
            status = 1;
            continue;
        }
        for (; *format != '\0'; format++) {
            if (*format != '%' || format[1] == '\0') {
                sh_put(t, format, 1);
                continue;
            }
            switch (*++format) {
            case 'n':
                sh_puts(t, c->argv[i]);
                break;
            case 's':
                sh_printf(t, "%u", st.size);
                break;
            case 'X':
            case 'Y':
            case 'Z':
                sh_printf(t, "%lld", (long long)((t->proc->setup.epoch_ms + st.mtime) / 1000));
                break;
            case 'F':
                sh_puts(t, st.kind == FS_DIR ? "directory" : "regular file");
                break;
            case 'a':
                sh_puts(t, st.executable ? "755" : "644");
                break;
            default:
                sh_puts(t, "?");
                break;
            }
        }
        sh_puts(t, "\n");
    }
    return status;
}

/* ---- find ------------------------------------------------------------------------------------ */

struct find {
    const char *name;
    char type;     /* 'f', 'd', or 0 */
    char age_sign; /* '-', '+', '=' or 0: none */
    int64_t age, age_unit;
    int64_t max_depth;
    bool empty, delete;
};

static bool find_parse(struct sh_task *t, struct sh_call *c, uint32_t i, struct find *f)
{
    char text[96];

    *f = (struct find){.max_depth = FS_DEPTH_MAX};
    for (; i < c->argc; i++) {
        const char *word = c->argv[i], *arg = i + 1 < c->argc ? c->argv[i + 1] : NULL;

        if (strcmp(word, "-print") == 0)
            continue;
        if (strcmp(word, "-empty") == 0) {
            f->empty = true;
        } else if (strcmp(word, "-delete") == 0) {
            f->delete = true;
        } else if (arg != NULL && strcmp(word, "-name") == 0) {
            f->name = c->argv[++i];
        } else if (arg != NULL && strcmp(word, "-type") == 0) {
            f->type = *c->argv[++i];
        } else if (arg != NULL && strcmp(word, "-maxdepth") == 0 && sh_number(arg, &f->max_depth)) {
            i++;
        } else if (arg != NULL && (strcmp(word, "-mmin") == 0 || strcmp(word, "-mtime") == 0) &&
                   sh_number(arg + (*arg == '-' || *arg == '+'), &f->age)) {
            f->age_sign = *arg == '-' || *arg == '+' ? *arg : '=';
            f->age_unit = word[2] == 'm' ? 60000 : 86400000;
            i++;
        } else {
            snprintf(text, sizeof(text), "find: unrecognized: %.60s", word);
            sh_complain(t, "%s", text);
            sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, "find", text);
            return false;
        }
    }
    return true;
}

static bool find_fits(struct sh_task *t, const struct find *f, const char *full, const char *shown,
                      const struct fs_stat *st)
{
    const char *slash = strrchr(shown, '/'),
               *name = slash != NULL && slash[1] != '\0' ? slash + 1 : shown;
    int64_t age = f->age_unit > 0 ? (t->proc->now - st->mtime) / f->age_unit : 0;
    char first[FS_NAME_MAX + 1];

    if (f->type != '\0' && (f->type == 'd') != (st->kind == FS_DIR))
        return false;
    if (f->name != NULL && !sh_match(t, f->name, name, strlen(name)))
        return false;
    if ((f->age_sign == '-' && age >= f->age) || (f->age_sign == '+' && age <= f->age) ||
        (f->age_sign == '=' && age != f->age))
        return false;
    if (f->empty)
        return st->kind == FS_DIR ? fs_list(fs_of(t), full, "", first) == 0 : st->size == 0;
    return true;
}

static void find_walk(struct sh_task *t, const struct find *f, char full[FS_PATH_MAX],
                      char shown[FS_PATH_MAX], int64_t depth)
{
    char name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t full_length = strlen(full), shown_length = strlen(shown);
    struct fs_stat st;
    bool fits;

    if (fs_stat(fs_of(t), full, &st) != 0 || !sh_charge(t, 2))
        return;
    fits = find_fits(t, f, full, shown, &st);
    if (fits && !f->delete)
        sh_printf(t, "%s\n", shown);
    while (st.kind == FS_DIR && depth < f->max_depth && fs_list(fs_of(t), full, after, name) == 1 &&
           !t->proc->over) {
        strcpy(after, name);
        if (join(full, name) && join(shown, name))
            find_walk(t, f, full, shown, depth + 1);
        full[full_length] = shown[shown_length] = '\0';
    }
    if (fits && f->delete &&depth > 0)
        remove_tree(t, full, false);
}

int sh_cmd_find(struct sh_task *t, struct sh_call *c)
{
    char full[FS_PATH_MAX], shown[FS_PATH_MAX];
    struct find f;
    struct fs_stat st;
    uint32_t paths = 1;
    int status = 0, error;

    while (paths < c->argc && c->argv[paths][0] != '-' && c->argv[paths][0] != '(' &&
           c->argv[paths][0] != '!')
        paths++;
    if (!find_parse(t, c, paths, &f))
        return 1;
    for (uint32_t i = 1; i < RX_MAX(paths, 2u); i++) {
        const char *path = i < paths ? c->argv[i] : ".";

        if (sh_full_path(t, path, full, &error) != NULL)
            error = fs_stat(fs_of(t), full, &st);
        if (error != 0) {
            status = sh_fail(t, path, error);
            continue;
        }
        snprintf(shown, sizeof(shown), "%s", path);
        find_walk(t, &f, full, shown, 0);
    }
    return status;
}
