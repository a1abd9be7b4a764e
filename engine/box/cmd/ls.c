/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ls.c - ls and du. Never in columns: their output goes to no terminal.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { RECENT_DAYS = 182 };

/* ---- ls -------------------------------------------------------------------------------------- */

struct entry {
    const char *name; /* as shown */
    struct fs_stat st;
};

struct ls {
    struct sh_task *t;
    struct sh_opts o;
    char path[FS_PATH_MAX];
    bool first; /* nothing has been printed yet */
    int status;
};

static bool ls_opt(const struct ls *l, char letter)
{
    return sh_opt(&l->o, letter);
}

/* Three columns of a line of -l: size, date, name. */
static void ls_size(const struct ls *l, const struct fs_stat *st)
{
    uint32_t size = st->kind == FS_DIR ? 4096 : st->size;
    char text[24];

    if (ls_opt(l, 'h'))
        sh_size_text(size, text);
    else
        snprintf(text, sizeof(text), "%u", size);
    sh_printf(l->t, ls_opt(l, 'h') ? "%6s " : "%9s ", text);
}

static void ls_date(const struct ls *l, rx_ms mtime)
{
    const struct shell_proc *p = l->t->proc;
    int64_t seconds = (p->setup.epoch_ms + mtime) / 1000;
    int64_t age = (p->now - mtime) / RX_MS_PER_S;
    struct rx_civil d = rx_civil_of(seconds);

    if (ls_opt(l, 'T'))
        sh_printf(l->t, "%lld-%02d-%02d %02d:%02d:%02d +0000 ", (long long)d.year, d.month, d.day,
                  d.hour, d.minute, d.second);
    else if (age < (int64_t)RECENT_DAYS * 86400 && age > -15 * 60)
        sh_printf(l->t, "%.3s %2d %02d:%02d ", sh_month_names[d.month - 1], d.day, d.hour,
                  d.minute);
    else
        sh_printf(l->t, "%.3s %2d %5lld ", sh_month_names[d.month - 1], d.day, (long long)d.year);
}

static void ls_name(struct ls *l, const struct entry *e)
{
    char full[FS_PATH_MAX], target[FS_PATH_MAX];
    int error;

    sh_puts(l->t, e->name);
    if (e->st.kind == FS_SYMLINK && ls_opt(l, 'l')) {
        if (sh_full_path(l->t, l->path, full, &error) != NULL &&
            fs_readlink(sh_fs(l->t), full, target) == 0) {
            sh_puts(l->t, " -> ");
            sh_puts(l->t, target);
        }
    } else if (e->st.kind == FS_DIR && (ls_opt(l, 'F') || ls_opt(l, 'p'))) {
        sh_puts(l->t, "/");
    } else if (ls_opt(l, 'F') && e->st.kind == FS_SYMLINK) {
        sh_puts(l->t, "@");
    } else if (ls_opt(l, 'F') && e->st.kind == FS_FILE && e->st.executable) {
        sh_puts(l->t, "*");
    }
    sh_puts(l->t, "\n");
}

/* l->path leads to it. */
static void ls_entry(struct ls *l, const struct entry *e)
{
    char mode[11], user[32], group[32];

    l->first = false;
    if (ls_opt(l, 'i'))
        sh_printf(l->t, "%7u ", e->st.ino);
    if (ls_opt(l, 's'))
        sh_printf(l->t, "%6u ", sh_blocks(&e->st) / 2);
    if (ls_opt(l, 'l')) {
        sh_mode_text(&e->st, mode);
        sh_printf(l->t, "%s %4u ", mode, e->st.links);
        if (ls_opt(l, 'n'))
            sh_printf(l->t, "%-8u %-8u ", e->st.uid, e->st.gid);
        else
            sh_printf(l->t, "%-8.8s %-8.8s ", sh_user_name(l->t, e->st.uid, false, user),
                      sh_user_name(l->t, e->st.gid, true, group));
        ls_size(l, &e->st);
        ls_date(l, e->st.mtime);
    }
    ls_name(l, e);
}

static int ls_order(const struct ls *l, const struct entry *a, const struct entry *b)
{
    int order = 0;

    if (ls_opt(l, 'D'))
        order = (b->st.kind == FS_DIR) - (a->st.kind == FS_DIR);
    if (order != 0)
        return order;
    if (ls_opt(l, 'S'))
        order = (b->st.size > a->st.size) - (b->st.size < a->st.size);
    else if (ls_opt(l, 't'))
        order = (b->st.mtime > a->st.mtime) - (b->st.mtime < a->st.mtime);
    if (order == 0)
        order = strcmp(a->name, b->name);
    return ls_opt(l, 'r') ? -order : order;
}

/* By halves into places; lists are short, and come in sorted by name already. */
static bool ls_sort(struct ls *l, struct entry *e, uint32_t count)
{
    if (ls_opt(l, 'U'))
        return true;
    for (uint32_t i = 1; i < count; i++) {
        struct entry moved = e[i];
        uint32_t low = 0, high = i;

        while (low < high) {
            uint32_t mid = (low + high) / 2;

            if (ls_order(l, &e[mid], &moved) <= 0)
                low = mid + 1;
            else
                high = mid;
        }
        memmove(e + low + 1, e + low, (i - low) * sizeof(*e));
        e[low] = moved;
        if (!sh_charge(l->t, 1 + (i - low) / 16))
            return false;
    }
    return true;
}

static int ls_stat(const struct ls *l, const char *path, bool operand, struct fs_stat *st)
{
    bool itself = ls_opt(l, 'l') || ls_opt(l, 'i') || ls_opt(l, 's') || ls_opt(l, 'F');

    if (ls_opt(l, 'L') || (operand && (ls_opt(l, 'H') || !itself)))
        return sh_stat(l->t, path, st);
    return sh_lstat(l->t, path, st);
}

/* The entries of a directory, as far as they are shown. */
static bool ls_read(struct ls *l, struct entry **entries, uint32_t *count)
{
    bool all = ls_opt(l, 'a') || ls_opt(l, 'f');
    struct sh_names names = {0};
    size_t length = strlen(l->path);
    int error = 0;

    if (all && (!sh_names_add(l->t, &names, ".") || !sh_names_add(l->t, &names, "..")))
        return false;
    error = sh_names_read(l->t, l->path, &names);
    *count = 0;
    *entries = error == 0 ? sh_call_alloc(l->t, (names.count + 1) * sizeof(**entries)) : NULL;
    if (*entries == NULL)
        return false;
    for (uint32_t i = 0; i < names.count; i++) {
        struct entry *e = *entries + *count;

        e->name = names.name[i];
        if (e->name[0] == '.' && !all && !ls_opt(l, 'A'))
            continue;
        if (sh_path_add(l->path, e->name) && ls_stat(l, l->path, false, &e->st) == 0)
            ++*count;
        l->path[length] = '\0';
    }
    return ls_sort(l, *entries, *count);
}

static void ls_dir(struct ls *l, bool header)
{
    size_t length = strlen(l->path);
    struct entry *e;
    uint32_t count, total = 0;

    if (header) {
        sh_puts(l->t, l->first ? "" : "\n");
        sh_puts(l->t, l->path);
        sh_puts(l->t, ":\n");
        l->first = false;
    }
    if (!ls_read(l, &e, &count))
        return;
    for (uint32_t i = 0; i < count; i++)
        total += sh_blocks(&e[i].st) / 2;
    if ((ls_opt(l, 'l') || ls_opt(l, 's')) && ls_opt(l, 'h')) {
        char text[24];

        sh_size_text((uint64_t)total * 1024, text);
        sh_printf(l->t, "total %6s\n", text);
    } else if (ls_opt(l, 'l') || ls_opt(l, 's')) {
        sh_printf(l->t, "total %u\n", total);
    }
    for (uint32_t i = 0; i < count && !l->t->proc->over; i++) {
        if (sh_path_add(l->path, e[i].name))
            ls_entry(l, &e[i]);
        l->path[length] = '\0';
    }
    for (uint32_t i = 0; ls_opt(l, 'R') && i < count && !l->t->proc->over; i++) {
        if (e[i].st.kind == FS_DIR && strcmp(e[i].name, ".") != 0 && strcmp(e[i].name, "..") != 0 &&
            sh_path_add(l->path, e[i].name))
            ls_dir(l, true);
        l->path[length] = '\0';
    }
}

/* The operands: files first, then directories, each in order. */
static bool ls_operands(struct ls *l, struct sh_call *c)
{
    uint32_t given = RX_MAX(c->argc - l->o.first, 1u), count = 0;
    struct entry *e = sh_call_alloc(l->t, given * sizeof(*e));
    int error;

    if (e == NULL)
        return false;
    for (uint32_t i = 0; i < given; i++) {
        e[count].name = l->o.first + i < c->argc ? c->argv[l->o.first + i] : ".";
        error = ls_stat(l, e[count].name, true, &e[count].st);
        if (error == 0 && strlen(e[count].name) >= sizeof(l->path))
            error = -ENAMETOOLONG;
        if (error == 0)
            count++;
        else
            l->status = sh_fail(l->t, e[count].name, error);
    }
    if (!ls_sort(l, e, count))
        return false;
    for (int dirs = 0; dirs < 2; dirs++) {
        for (uint32_t i = 0; i < count; i++) {
            if ((e[i].st.kind == FS_DIR && !ls_opt(l, 'd')) != dirs)
                continue;
            strcpy(l->path, e[i].name);
            if (dirs)
                ls_dir(l, given > 1 || ls_opt(l, 'R'));
            else
                ls_entry(l, &e[i]);
        }
    }
    return true;
}

int sh_cmd_ls(struct sh_task *t, struct sh_call *c)
{
    static const char spec[] =
        "1alAdhFtrSRpinsLHCxUkcufgoTDZ:: all=a almost-all=A human-readable=h recursive=R reverse=r "
        "full-time=T group-directories-first=D color=Z directory=d size=s inode=i dereference=L "
        "numeric-uid-gid=n";
    struct ls l = {.t = t, .first = true};

    if (!sh_options(t, c, spec, &l.o))
        return 1;
    if (ls_opt(&l, 'T') || ls_opt(&l, 'n') || ls_opt(&l, 'g') || ls_opt(&l, 'o'))
        l.o.given |= 1ull << sh_opt_bit('l');
    if (ls_opt(&l, 'f'))
        l.o.given |= 1ull << sh_opt_bit('U');
    return ls_operands(&l, c) ? l.status : t->proc->over ? SH_BLOCKED : 1;
}

/* ---- du -------------------------------------------------------------------------------------- */

struct du {
    struct sh_task *t;
    struct sh_opts o;
    int64_t depth;
    char path[FS_PATH_MAX];
    struct seen { /* files with several names count once */
        struct seen *next;
        uint32_t device, ino;
    } * seen;
    int status;
};

static void du_print(const struct du *d, uint64_t bytes, const char *path)
{
    char text[24];

    if (sh_opt(&d->o, 'h'))
        sh_size_text(bytes, text);
    else
        snprintf(text, sizeof(text), "%llu",
                 (unsigned long long)(sh_opt(&d->o, 'b')   ? bytes
                                      : sh_opt(&d->o, 'm') ? (bytes + 524288) / 1048576
                                                           : bytes / 1024));
    sh_puts(d->t, text);
    sh_puts(d->t, "\t");
    sh_puts(d->t, path);
    sh_puts(d->t, "\n");
}

static bool du_seen(struct du *d, const struct fs_stat *st)
{
    struct seen *s;

    if (st->kind == FS_DIR || st->links < 2 || sh_opt(&d->o, 'l'))
        return false;
    for (s = d->seen; s != NULL; s = s->next)
        if (s->ino == st->ino && s->device == st->device)
            return true;
    s = sh_call_alloc(d->t, sizeof(*s));
    if (s != NULL) {
        *s = (struct seen){d->seen, st->device, st->ino};
        d->seen = s;
    }
    return false;
}

static uint64_t du_walk(struct du *d, int64_t depth)
{
    char full[FS_PATH_MAX], name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "";
    size_t length = strlen(d->path);
    struct fs_stat st;
    uint64_t bytes;
    int error = sh_opt(&d->o, 'L') || (depth == 0 && sh_opt(&d->o, 'H'))
                    ? sh_stat(d->t, d->path, &st)
                    : sh_lstat(d->t, d->path, &st);

    if (!sh_charge(d->t, 1))
        return 0;
    if (error != 0) {
        d->status = sh_fail(d->t, d->path, error);
        return 0;
    }
    if (du_seen(d, &st))
        return 0;
    bytes = sh_opt(&d->o, 'b') ? (st.kind == FS_DIR ? 4096 : st.size) : sh_blocks(&st) * 512ull;
    if (st.kind == FS_DIR && depth < FS_DEPTH_MAX && sh_full_path(d->t, d->path, full, &error)) {
        while (fs_list(sh_fs(d->t), full, after, name) == 1 && !d->t->proc->over) {
            strcpy(after, name);
            if (sh_path_add(d->path, name))
                bytes += du_walk(d, depth + 1);
            d->path[length] = '\0';
        }
    }
    if (depth == 0 || (depth <= d->depth && (st.kind == FS_DIR || sh_opt(&d->o, 'a'))))
        du_print(d, bytes, d->path);
    return bytes;
}

int sh_cmd_du(struct sh_task *t, struct sh_call *c)
{
    struct du d = {.t = t, .depth = FS_DEPTH_MAX};
    uint64_t total = 0;

    if (!sh_options(t, c,
                    "aHLd:clsxhmkb all=a human-readable=h summarize=s max-depth=d bytes=b total=c "
                    "dereference=L one-file-system=x",
                    &d.o))
        return 1;
    if (sh_opt(&d.o, 'd') && (!sh_number(d.o.arg[sh_opt_bit('d')], &d.depth) || d.depth < 0)) {
        sh_complain(t, "du: invalid number '%s'", d.o.arg[sh_opt_bit('d')]);
        return 1;
    }
    if (sh_opt(&d.o, 's'))
        d.depth = 0;
    for (uint32_t i = d.o.first; i < RX_MAX(c->argc, d.o.first + 1); i++) {
        const char *path = i < c->argc ? c->argv[i] : ".";

        if (strlen(path) >= sizeof(d.path)) {
            d.status = sh_fail(t, path, -ENAMETOOLONG);
            continue;
        }
        strcpy(d.path, path);
        total += du_walk(&d, 0);
    }
    if (sh_opt(&d.o, 'c'))
        du_print(&d, total, "total");
    return d.status;
}
