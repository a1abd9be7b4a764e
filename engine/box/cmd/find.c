/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find.c - find: the walk through the trees, and what its tests and actions do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/find.h"
#include "engine/reactor/base.h"

/* ---- tests ----------------------------------------------------------------------------------- */

static void fold(char *s)
{
    for (; *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s + 32);
}

static bool fits_pattern(struct sh_task *t, const char *pattern, const char *text, bool icase)
{
    char a[FS_PATH_MAX], b[FS_PATH_MAX];

    if (!icase)
        return sh_match(t, pattern, text, strlen(text), false);
    if (strlen(pattern) >= sizeof(a) || strlen(text) >= sizeof(b))
        return false;
    strcpy(a, pattern);
    strcpy(b, text);
    fold(a);
    fold(b);
    return sh_match(t, a, b, strlen(b), false);
}

/* With '+' more, with '-' less, else exactly: of units that have passed wholly. */
static bool fits_number(const struct find_code *k, int64_t value)
{
    return k->sign == '+'   ? value > k->number
           : k->sign == '-' ? value < k->number
                            : value == k->number;
}

static bool fits_type(const char *types, enum fs_kind kind)
{
    char type = kind == FS_FILE ? 'f' : kind == FS_DIR ? 'd' : kind == FS_SYMLINK ? 'l' : 'c';

    return strchr(types, type) != NULL;
}

static bool fits_perm(const struct find_code *k, unsigned mode)
{
    unsigned wanted = (unsigned)k->number;

    if (k->sign == '-')
        return (mode & wanted) == wanted;
    return k->sign == '/' ? wanted == 0 || (mode & wanted) != 0 : mode == wanted;
}

static bool is_empty(struct sh_task *t, const struct find_file *f)
{
    char full[FS_PATH_MAX], first[FS_NAME_MAX + 1];
    int error;

    if (f->st.kind != FS_DIR)
        return f->st.kind == FS_FILE && f->st.size == 0;
    return sh_full_path(t, f->path, full, &error) != NULL &&
           fs_list(sh_fs(t), full, "", first) == 0;
}

static bool link_target(struct sh_task *t, const struct find_file *f, char target[FS_PATH_MAX])
{
    char full[FS_PATH_MAX];
    int error;

    target[0] = '\0';
    return f->st.kind == FS_SYMLINK && sh_full_path(t, f->path, full, &error) != NULL &&
           fs_readlink(sh_fs(t), full, target) == 0;
}

/* ---- actions --------------------------------------------------------------------------------- */

static uint32_t size_of(const struct fs_stat *st)
{
    return st->kind == FS_DIR ? 4096 : st->size;
}

static void print_ls(struct sh_task *t, const struct find_file *f)
{
    const struct rx_civil d = rx_civil_of((t->proc->setup.epoch_ms + f->st.mtime) / 1000);
    char mode[11], user[32], group[32], target[FS_PATH_MAX];

    sh_mode_text(&f->st, mode);
    sh_printf(t, "%9u %6u %s %3u %-8s %-8s %8u %.3s %2d %02d:%02d ", f->st.ino,
              sh_blocks(&f->st) / 2, mode, f->st.links, sh_user_name(t, f->st.uid, false, user),
              sh_user_name(t, f->st.gid, true, group), size_of(&f->st), sh_month_names[d.month - 1],
              d.day, d.hour, d.minute);
    sh_puts(t, f->path);
    if (link_target(t, f, target)) {
        sh_puts(t, " -> ");
        sh_puts(t, target);
    }
    sh_puts(t, "\n");
}

/* The path below the operand; its directory. */
static void print_part(struct sh_task *t, const struct find_file *f, char field)
{
    const char *slash = strrchr(f->path, '/'), *below = f->path + strlen(f->operand);
    char last[FS_NAME_MAX + 1];

    if (field == 'f')
        sh_puts(t, sh_path_last(f->path, last));
    else if (field == 'P')
        sh_puts(t, below + (*below == '/'));
    else if (slash == NULL)
        sh_puts(t, ".");
    else
        sh_put(t, f->path, (size_t)(slash - f->path));
}

static const char *kind_letter(const struct fs_stat *st)
{
    return st->kind == FS_DIR       ? "d"
           : st->kind == FS_SYMLINK ? "l"
           : st->kind == FS_FILE    ? "f"
                                    : "c";
}

/* One field of -printf; how many bytes of the format it took, 0: not known. */
static int print_field(struct sh_task *t, const char *s, const struct find_file *f)
{
    int64_t ms = t->proc->setup.epoch_ms + f->st.mtime;
    char room[32], target[FS_PATH_MAX];

    switch (*s) {
    case 'p':
        sh_puts(t, f->path);
        return 1;
    case 'f':
    case 'h':
    case 'P':
        print_part(t, f, *s);
        return 1;
    case 's':
        sh_printf(t, "%u", size_of(&f->st));
        return 1;
    case 'm':
        sh_printf(t, "%o", f->st.mode);
        return 1;
    case 'M':
        sh_mode_text(&f->st, room);
        sh_puts(t, room);
        return 1;
    case 'd':
        sh_printf(t, "%lld", (long long)f->depth);
        return 1;
    case 'u':
    case 'g':
        sh_puts(t, sh_user_name(t, *s == 'u' ? f->st.uid : f->st.gid, *s == 'g', room));
        return 1;
    case 'U':
    case 'G':
        sh_printf(t, "%u", *s == 'U' ? f->st.uid : f->st.gid);
        return 1;
    case 'y':
        sh_puts(t, kind_letter(&f->st));
        return 1;
    case 'l':
        sh_puts(t, link_target(t, f, target) ? target : "");
        return 1;
    case 'n':
        sh_printf(t, "%u", f->st.links);
        return 1;
    case 'i':
        sh_printf(t, "%u", f->st.ino);
        return 1;
    case 'T':
        if (s[1] != '@')
            return 0;
        sh_printf(t, "%lld.%03d0000000", (long long)(ms / 1000), (int)(ms % 1000));
        return 2;
    case '%':
        sh_puts(t, "%");
        return 1;
    default:
        return 0;
    }
}

static bool print_format(struct sh_task *t, const char *s, struct find_file *f)
{
    char out[4], what[32];
    int n;

    while (*s != '\0') {
        if (*s == '\\' && s[1] != '\0') {
            n = sh_echo_escape(&s, out, false);
            sh_put(t, out, (size_t)RX_MAX(n, 0));
        } else if (*s == '%') {
            n = print_field(t, s + 1, f);
            if (n == 0) {
                snprintf(what, sizeof(what), "-printf %%%c", s[1]);
                f->failed = true;
                f->quit = true;
                sh_refuse(t, what);
                return false;
            }
            s += 1 + n;
        } else {
            sh_put(t, s++, 1);
        }
    }
    return true;
}

static bool delete (struct sh_task *t, struct find_file *f)
{
    char full[FS_PATH_MAX];
    int error;

    if (strcmp(f->path, ".") == 0)
        return true;
    if (sh_full_path(t, f->path, full, &error) != NULL)
        error = f->st.kind == FS_DIR ? fs_rmdir(sh_fs(t), full, t->proc->now)
                                     : fs_unlink(sh_fs(t), full, t->proc->now);
    if (error == 0)
        return true;
    f->failed = true;
    sh_fail(t, f->path, error);
    return false;
}

static bool fits_name(struct sh_task *t, const struct find_code *k, const struct find_file *f)
{
    char last[FS_NAME_MAX + 1], target[FS_PATH_MAX];

    switch ((enum find_op)k->op) {
    case FIND_NAME:
    case FIND_INAME:
        return fits_pattern(t, k->text, sh_path_last(f->path, last), k->op == FIND_INAME);
    case FIND_PATH:
    case FIND_IPATH:
        return fits_pattern(t, k->text, f->path, k->op == FIND_IPATH);
    default:
        return link_target(t, f, target) && fits_pattern(t, k->text, target, false);
    }
}

static bool act(struct sh_task *t, const struct find_code *k, struct find_file *f)
{
    switch ((enum find_op)k->op) {
    case FIND_PRUNE:
        f->prune = true;
        return true;
    case FIND_QUIT:
        f->quit = true;
        return true;
    case FIND_PRINT:
    case FIND_PRINT0:
        sh_puts(t, f->path);
        sh_put(t, k->op == FIND_PRINT ? "\n" : "", 1);
        return true;
    case FIND_PRINTF:
        return print_format(t, k->text, f);
    case FIND_LS:
        print_ls(t, f);
        return true;
    case FIND_DELETE:
        return delete (t, f);
    default:
        return true;
    }
}

/* All but -exec: what it says of the file; actions are done. */
static bool test_file(struct sh_task *t, const struct find_code *k, struct find_file *f)
{
    const struct fs_stat *st = &f->st;
    int32_t group[2 * SH_REGEX_GROUPS];

    switch ((enum find_op)k->op) {
    case FIND_CONST:
        return k->number;
    case FIND_NAME:
    case FIND_INAME:
    case FIND_PATH:
    case FIND_IPATH:
    case FIND_LNAME:
        return fits_name(t, k, f);
    case FIND_REGEX:
        return sh_regex_find(t, k->regex, f->path, strlen(f->path), 0, group);
    case FIND_TYPE:
        return fits_type(k->text, st->kind);
    case FIND_AGE:
        return fits_number(k, (t->proc->now - st->mtime) / k->unit);
    case FIND_NEWER:
        return st->mtime > k->of.mtime;
    case FIND_SIZE:
        return fits_number(k, size_of(st));
    case FIND_PERM:
        return fits_perm(k, st->mode);
    case FIND_UID:
        return fits_number(k, st->uid);
    case FIND_GID:
        return fits_number(k, st->gid);
    case FIND_LINKS:
        return fits_number(k, st->links);
    case FIND_INODE:
        return fits_number(k, st->ino);
    case FIND_SAME:
        return st->ino == k->of.ino && st->device == k->of.device;
    case FIND_EMPTY:
        return is_empty(t, f);
    case FIND_EXECUTABLE:
        return st->executable;
    default:
        return act(t, k, f);
    }
}

/* ---- the walk -------------------------------------------------------------------------------- */

enum step { OPERAND, ENTER, LIST, LEAVE, BATCHES, DONE };

struct level {
    char after[FS_NAME_MAX + 1]; /* the name that was visited last */
    uint16_t length;             /* of the path that leads here */
};

struct find {
    struct find_program p;
    struct find_file file;
    char path[FS_PATH_MAX], operand[FS_PATH_MAX];
    char **operands;
    uint32_t count, next;
    struct level *level;
    uint32_t pc, device;
    uint8_t step, status;
    bool value, running;
    struct sh_names shown; /* "." if there are no operands */
};

/* -exec ... ;: every {} in its words becomes the path. */
static int exec_one(struct sh_task *t, struct sh_call *c, struct find *f, const struct find_code *k)
{
    char **argv = sh_call_alloc(t, (k->argc + 1) * sizeof(*argv));

    for (uint32_t i = 0; argv != NULL && i < k->argc; i++) {
        argv[i] = sh_words_replace(t, k->argv[i], "{}", f->path);
        if (argv[i] == NULL)
            return SH_BLOCKED;
    }
    if (argv == NULL)
        return SH_BLOCKED;
    f->running = true;
    return sh_spawn_beside(t, c, k->argc, argv);
}

static int exec_all(struct sh_task *t, struct sh_call *c, struct find *f, struct find_code *k)
{
    char **argv = sh_call_alloc(t, (k->argc + k->all.count + 1) * sizeof(*argv));

    if (argv == NULL)
        return SH_BLOCKED;
    memcpy(argv, k->argv, k->argc * sizeof(*argv));
    memcpy(argv + k->argc, k->all.name, k->all.count * sizeof(*argv));
    f->running = true;
    return sh_spawn_beside(t, c, k->argc + k->all.count, argv);
}

/* Runs the code from where it stands. SH_BLOCKED: it waits for a child; 0: it is through. */
static int evaluate(struct sh_task *t, struct sh_call *c, struct find *f)
{
    int r;

    if (f->running) {
        r = sh_spawn_wait(t);
        if (r == SH_BLOCKED)
            return r;
        f->running = false;
        f->value = r == 0;
        f->pc++;
    }
    while (f->pc < f->p.count && !f->file.quit) {
        struct find_code *k = &f->p.code[f->pc];

        if (k->op == FIND_EXEC)
            return exec_one(t, c, f, k);
        if ((k->op == FIND_IF_FALSE && !f->value) || (k->op == FIND_IF_TRUE && f->value)) {
            f->pc = k->jump;
            continue;
        }
        if (k->op == FIND_NOT)
            f->value = !f->value;
        else if (k->op == FIND_EXEC_ALL)
            f->value = sh_names_add(t, &k->all, f->path);
        else if (k->op > FIND_NOT)
            f->value = test_file(t, k, &f->file);
        if (!sh_charge(t, 1))
            return SH_BLOCKED;
        f->pc++;
    }
    f->pc = 0;
    return t->proc->over ? SH_BLOCKED : 0;
}

/* Is the code asked of what is here, before (or behind) what is below it? */
static bool asked(const struct find *f, bool behind)
{
    return f->p.depth_first == behind && f->file.depth >= f->p.min_depth;
}

static bool next_operand(struct sh_task *t, struct find *f)
{
    const char *path;

    do {
        if (f->next == f->count || f->file.quit)
            return false;
        path = f->operands[f->next++];
        if (strlen(path) >= sizeof(f->path))
            f->status = (uint8_t)sh_fail(t, path, -ENAMETOOLONG);
    } while (strlen(path) >= sizeof(f->path));
    strcpy(f->path, path);
    strcpy(f->operand, path);
    f->file.depth = 0;
    return true;
}

/* Looks at what the path leads to. False: there is nothing. */
static bool look(struct sh_task *t, struct find *f)
{
    bool follow = f->p.follow || (f->p.follow_operands && f->file.depth == 0);
    int error = follow ? sh_stat(t, f->path, &f->file.st) : sh_lstat(t, f->path, &f->file.st);

    if (error != 0 && follow)
        error = sh_lstat(t, f->path, &f->file.st);
    if (error == 0)
        return true;
    f->status = (uint8_t)sh_fail(t, f->path, error);
    return false;
}

/* Down to the next name in the directory. False: there is none. */
static bool descend(struct sh_task *t, struct find *f)
{
    struct level *l = &f->level[f->file.depth];
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1];
    int error, r = 0;

    if (sh_full_path(t, f->path, full, &error) != NULL)
        r = error = fs_list(sh_fs(t), full, l->after, name);
    for (; r == 1; r = fs_list(sh_fs(t), full, l->after, name)) {
        strcpy(l->after, name);
        if (sh_path_add(f->path, name)) {
            f->file.depth++;
            return true;
        }
        f->status = (uint8_t)sh_fail(t, f->path, -ENAMETOOLONG);
    }
    if (error < 0) /* an action has removed it meanwhile */
        f->status = (uint8_t)sh_fail(t, f->path, error);
    return false;
}

static void ascend(struct find *f)
{
    f->step = f->file.depth == 0 ? OPERAND : LIST;
    if (f->file.depth > 0)
        f->path[f->level[--f->file.depth].length] = '\0';
}

static bool goes_below(struct find *f)
{
    if (f->file.depth == 0)
        f->device = f->file.st.device;
    return f->file.st.kind == FS_DIR && !f->file.prune && f->file.depth < f->p.max_depth &&
           f->file.depth < FS_DEPTH_MAX && !f->file.quit &&
           !(f->p.one_device && f->file.st.device != f->device);
}

static int step(struct sh_task *t, struct sh_call *c, struct find *f)
{
    struct level *l = &f->level[f->file.depth];

    switch ((enum step)f->step) {
    case OPERAND:
        f->step = !next_operand(t, f) ? BATCHES : look(t, f) ? ENTER : OPERAND;
        return 0;
    case ENTER:
        if (asked(f, false) && evaluate(t, c, f) != 0)
            return SH_BLOCKED;
        *l = (struct level){.length = (uint16_t)strlen(f->path)};
        f->step = goes_below(f) ? LIST : LEAVE;
        f->file.prune = false;
        return 0;
    case LIST:
        f->step = ENTER;
        if (f->file.quit || !descend(t, f))
            f->step = LEAVE;
        if ((f->step == ENTER || f->p.depth_first) && !look(t, f))
            ascend(f);
        return 0;
    case LEAVE:
        if (asked(f, true) && evaluate(t, c, f) != 0)
            return SH_BLOCKED;
        ascend(f);
        return 0;
    default:
        return 0;
    }
}

/* What -exec ... + has collected. */
static int run_batches(struct sh_task *t, struct sh_call *c, struct find *f)
{
    for (; f->pc < f->p.count; f->pc++) {
        struct find_code *k = &f->p.code[f->pc];
        int r;

        if (k->op != FIND_EXEC_ALL || k->all.count == 0)
            continue;
        if (!f->running)
            return exec_all(t, c, f, k);
        r = sh_spawn_wait(t);
        if (r == SH_BLOCKED)
            return r;
        f->running = false;
        f->status |= r != 0;
    }
    return 0;
}

static int find_init(struct sh_task *t, struct sh_call *c, struct find *f)
{
    uint32_t i = 1, first;

    for (; i < c->argc; i++) {
        if (strcmp(c->argv[i], "-L") == 0)
            f->p.follow = true;
        else if (strcmp(c->argv[i], "-H") == 0)
            f->p.follow_operands = true;
        else if (strcmp(c->argv[i], "-P") != 0)
            break;
    }
    for (first = i; i < c->argc; i++)
        if (c->argv[i][0] == '-' || strcmp(c->argv[i], "(") == 0 || strcmp(c->argv[i], "!") == 0)
            break;
    f->operands = c->argv + first;
    f->count = i - first;
    if (!find_compile(t, c->argv + i, c->argc - i, &f->p))
        return 1;
    f->level = sh_call_alloc(t, (FS_DEPTH_MAX + 2) * sizeof(*f->level));
    if (f->level == NULL || (f->count == 0 && !sh_names_add(t, &f->shown, ".")))
        return SH_BLOCKED;
    if (f->count == 0) {
        f->operands = f->shown.name;
        f->count = 1;
    }
    return 0;
}

int sh_cmd_find(struct sh_task *t, struct sh_call *c)
{
    struct find *f = c->state;
    int r;

    if (f == NULL) {
        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        r = find_init(t, c, f);
        if (r != 0)
            return t->proc->over ? SH_BLOCKED : r;
        f->file.path = f->path;
        f->file.operand = f->operand;
    }
    while (f->step != BATCHES) {
        if (step(t, c, f) != 0)
            return SH_BLOCKED;
        if (t->doomed != 0 || !sh_charge(t, 1) || sh_full(t))
            return SH_BLOCKED;
    }
    if (run_batches(t, c, f) != 0)
        return SH_BLOCKED;
    return f->status | f->file.failed;
}
