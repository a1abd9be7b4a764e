/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - diff, of files and directories: normal and unified, as GNU's prints them; busybox's
 * knows unified output only.
 */
#include "engine/box/cmd/diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char options[] =
    "abBdiL:NqrsS:tTuU:wx:ZC text=a ignore-space-change=b ignore-blank-lines=B minimal=d "
    "ignore-case=i "
    "label=L new-file=N brief=q recursive=r report-identical-files=s unified=u ignore-all-space=w "
    "exclude=x ignore-trailing-space=Z strip-trailing-cr=C";

enum { SAME = 0, DIFFERENT = 1, TROUBLE = 2, CONTEXT = 3 };

struct diff {
    struct sh_task *t;
    struct sh_call *c;
    struct sh_opts o;
    struct sh_input in;
    struct sh_diff_side side[2];
    const char *label[2];
    bool unified, begun, absent[2];
    bool busybox, in_tree;
    size_t root[2]; /* lengths of the operands, while their trees are compared */
    int64_t context;
    int flags, loading; /* loading: which side */
    char path[2][FS_PATH_MAX];
};

static bool has(const struct diff *d, char letter)
{
    return sh_opt(&d->o, letter);
}

/* ---- what is printed --------------------------------------------------------------------------
 */

static void put_line(struct diff *d, int which, uint32_t line, const char *before)
{
    const struct sh_diff_side *s = &d->side[which];
    uint32_t from = s->start[line], to = s->start[line + 1];

    sh_puts(d->t, before);
    sh_put(d->t, s->text.text + from, to - from);
    if (s->text.text[to - 1] != '\n')
        sh_puts(d->t, "\n\\ No newline at end of file\n");
}

/* Lines that follow each other and have all changed, on one side or both. */
struct hunk {
    uint32_t from[2], to[2];
};

static bool ignored(const struct diff *d, const struct hunk *h)
{
    for (int which = 0; which < 2; which++) {
        const struct sh_diff_side *s = &d->side[which];

        for (uint32_t i = h->from[which]; i < h->to[which]; i++)
            if (s->text.text[s->start[i]] != '\n')
                return false;
    }
    return has(d, 'B');
}

/* The next hunk from there on. False: there is none. */
static bool next_hunk(const struct diff *d, const uint32_t at[2], struct hunk *h)
{
    const struct sh_diff_side *a = &d->side[0], *b = &d->side[1];
    uint32_t i = at[0], j = at[1];

    for (; i < a->count || j < b->count; i++, j++) {
        if ((i == a->count || !a->changed[i]) && (j == b->count || !b->changed[j]))
            continue;
        *h = (struct hunk){{i, j}, {i, j}};
        while (h->to[0] < a->count && a->changed[h->to[0]])
            h->to[0]++;
        while (h->to[1] < b->count && b->changed[h->to[1]])
            h->to[1]++;
        return true;
    }
    return false;
}

/* "3" or "3,5", or for no lines the one before. */
static void put_range(struct diff *d, uint32_t from, uint32_t to)
{
    if (to <= from + 1)
        sh_printf(d->t, "%u", to);
    else
        sh_printf(d->t, "%u,%u", from + 1, to);
}

static void put_normal(struct diff *d, const struct hunk *h)
{
    bool removes = h->to[0] > h->from[0], adds = h->to[1] > h->from[1];

    put_range(d, h->from[0], h->to[0]);
    sh_puts(d->t, removes && adds ? "c" : removes ? "d" : "a");
    put_range(d, h->from[1], h->to[1]);
    sh_puts(d->t, "\n");
    for (uint32_t i = h->from[0]; i < h->to[0]; i++)
        put_line(d, 0, i, has(d, 'T') ? "<\t" : "< ");
    if (removes && adds)
        sh_puts(d->t, "---\n");
    for (uint32_t i = h->from[1]; i < h->to[1]; i++)
        put_line(d, 1, i, has(d, 'T') ? ">\t" : "> ");
}

static bool put_normal_all(struct diff *d)
{
    uint32_t at[2] = {0, 0};
    struct hunk h;
    bool any = false;

    while (next_hunk(d, at, &h) && sh_charge(d->t, 1)) {
        if (!ignored(d, &h)) {
            put_normal(d, &h);
            any = true;
        }
        at[0] = h.to[0];
        at[1] = h.to[1];
    }
    return any;
}

/* "1,3" of a unified hunk: where it begins, and how many. */
static void put_span(struct diff *d, char sign, uint32_t from, uint32_t to)
{
    sh_printf(d->t, " %c%u", sign, to > from ? from + 1 : from);
    if (to != from + 1)
        sh_printf(d->t, ",%u", to - from);
}

/* Hunks with what is around them: those that are near are one. */
static void put_unified(struct diff *d, const struct hunk *all)
{
    const char *tab = has(d, 'T') ? "\t" : "";
    uint32_t at[2] = {all->from[0], all->from[1]};
    char mark[4];

    sh_puts(d->t, "@@");
    put_span(d, '-', all->from[0], all->to[0]);
    put_span(d, '+', all->from[1], all->to[1]);
    sh_puts(d->t, " @@\n");
    while (at[0] < all->to[0] || at[1] < all->to[1]) {
        bool removed = at[0] < all->to[0] && d->side[0].changed[at[0]];
        bool added = !removed && at[1] < all->to[1] && d->side[1].changed[at[1]];

        snprintf(mark, sizeof(mark), "%c%s", removed ? '-' : added ? '+' : ' ', tab);
        put_line(d, added ? 1 : 0, at[added ? 1 : 0], mark);
        at[0] += !added;
        at[1] += !removed;
    }
}

static bool put_unified_all(struct diff *d, bool (*head)(struct diff *))
{
    uint32_t at[2] = {0, 0}, around = (uint32_t)RX_MIN(d->context, (int64_t)INT32_MAX);
    struct hunk h, next;
    bool any = false, more = next_hunk(d, at, &h);

    while (more && sh_charge(d->t, 1)) {
        bool counts = !ignored(d, &h);
        uint32_t before = RX_MIN(around, RX_MIN(h.from[0], h.from[1])), behind;

        while ((more = next_hunk(d, h.to, &next)) &&
               next.from[0] - h.to[0] <= 2 * (uint64_t)around) {
            counts |= !ignored(d, &next);
            h.to[0] = next.to[0];
            h.to[1] = next.to[1];
        }
        behind = RX_MIN(around, RX_MIN(d->side[0].count - h.to[0], d->side[1].count - h.to[1]));
        h.from[0] -= before;
        h.from[1] -= before;
        h.to[0] += behind;
        h.to[1] += behind;
        if (counts) {
            if (!any && !head(d))
                return true;
            any = true;
            put_unified(d, &h);
        }
        h = next;
    }
    return any;
}

static bool put_head(struct diff *d)
{
    for (int which = 0; which < 2; which++) {
        const char *path = d->path[which];
        struct fs_stat st = {.mtime = d->t->proc->now};
        struct rx_civil day;
        int64_t ms;

        sh_printf(d->t, "%s ", which == 0 ? "---" : "+++");
        if (d->label[which] != NULL || d->busybox) {
            sh_puts(d->t, d->label[which] != NULL          ? d->label[which]
                          : d->absent[which] && d->in_tree ? "/dev/null"
                                                           : path);
            sh_puts(d->t, "\n");
            continue;
        }
        if (strcmp(path, "-") != 0)
            sh_stat(d->t, path, &st);
        ms = d->absent[which] ? 0 : d->t->proc->setup.epoch_ms + st.mtime;
        day = rx_civil_of(ms / 1000);
        sh_puts(d->t, path);
        sh_printf(d->t, "\t%04lld-%02d-%02d %02d:%02d:%02d.%03d000000 +0000\n", (long long)day.year,
                  day.month, day.day, day.hour, day.minute, day.second, (int)(ms % 1000));
    }
    return !d->t->proc->over;
}

/* ---- two files --------------------------------------------------------------------------------
 */

static bool binary(const struct diff *d)
{
    for (int which = 0; which < 2; which++)
        if (d->side[which].text.length > 0 &&
            memchr(d->side[which].text.text, '\0', d->side[which].text.length) != NULL)
            return !has(d, 'a');
    return false;
}

/* The command line that would print this, above what is found in directories. */
static void put_command(struct diff *d)
{
    sh_puts(d->t, "diff");
    for (uint32_t i = 1; i < d->o.first; i++)
        if (strcmp(d->c->argv[i], "--") != 0) {
            sh_puts(d->t, " ");
            sh_puts(d->t, d->c->argv[i]);
        }
    for (int which = 0; which < 2; which++) {
        sh_puts(d->t, " ");
        sh_puts(d->t, d->path[which]);
    }
    sh_puts(d->t, "\n");
}

/* The texts of both sides have been read. SAME, DIFFERENT, or SH_BLOCKED. */
static int compare_texts(struct diff *d, bool in_directory)
{
    struct sh_diff_side *a = &d->side[0], *b = &d->side[1];
    bool equal = a->text.length == b->text.length &&
                 (a->text.length == 0 || memcmp(a->text.text, b->text.text, a->text.length) == 0);
    bool any = !equal;

    if (!equal && binary(d)) {
        sh_puts(d->t, d->busybox || has(d, 'q') ? "Files " : "Binary files ");
    } else if (!equal) {
        if (!sh_diff_lines(d->t, d->side, d->flags))
            return SH_BLOCKED;
        if (has(d, 'q') && d->flags == 0 && !has(d, 'B')) {
            sh_puts(d->t, "Files ");
        } else {
            struct hunk h;
            uint32_t at[2] = {0, 0};

            while ((any = next_hunk(d, at, &h)) && ignored(d, &h)) {
                at[0] = h.to[0];
                at[1] = h.to[1];
            }
            if (any && has(d, 'q'))
                sh_puts(d->t, "Files ");
            if (any && !has(d, 'q')) {
                if (in_directory && !d->busybox)
                    put_command(d);
                if (d->unified)
                    put_unified_all(d, put_head);
                else
                    put_normal_all(d);
                return d->t->proc->over ? SH_BLOCKED : DIFFERENT;
            }
        }
    }
    if (!any && !has(d, 's'))
        return SAME;
    if (!any)
        sh_puts(d->t, "Files ");
    sh_puts(d->t, d->path[0]);
    sh_puts(d->t, " and ");
    sh_puts(d->t, d->path[1]);
    sh_puts(d->t, any ? " differ\n" : " are identical\n");
    return any ? DIFFERENT : SAME;
}

static void free_side(struct diff *d, int which)
{
    d->side[which].text.length = 0;
}

/* A file in a directory, which cannot make anybody wait. */
static bool read_entry(struct diff *d, int which)
{
    char full[FS_PATH_MAX];
    const char *data;
    uint32_t size;
    int error = 0;

    free_side(d, which);
    if (d->absent[which])
        return true;
    if (sh_full_path(d->t, d->path[which], full, &error) != NULL)
        error = fs_get(sh_fs(d->t), full, &data, &size);
    if (error == 0)
        return sh_buf_add(d->t, &d->side[which].text, data, size);
    sh_fail(d->t, d->path[which], error);
    return false;
}

/* ---- two directories --------------------------------------------------------------------------
 */

static const char *kind_name(const struct fs_stat *st)
{
    return st->kind == FS_DIR                     ? "directory"
           : st->kind == FS_FILE && st->size == 0 ? "regular empty file"
           : st->kind == FS_FILE                  ? "regular file"
                                                  : "character special file";
}

static int compare_directories(struct diff *d);

/* What busybox says of a file of a tree that is on one side only: where it is, from the operand on.
 */
static int only_file(struct diff *d, int which)
{
    const char *path = d->path[which];
    size_t root = d->root[which];

    sh_puts(d->t, "Only in ");
    sh_put(d->t, path, root);
    sh_puts(d->t, ": ");
    sh_puts(d->t, path + root + (path[root] == '/'));
    sh_puts(d->t, "\n");
    return DIFFERENT;
}

/* What has the same name on both sides; the paths are complete. */
static int compare_entry(struct diff *d)
{
    struct fs_stat st[2];
    int error[2], r;

    for (int which = 0; which < 2; which++) {
        error[which] = sh_stat(d->t, d->path[which], &st[which]);
        d->absent[which] = error[which] == -ENOENT && has(d, 'N');
        if (error[which] != 0 && !d->absent[which]) {
            sh_fail(d->t, d->path[which], error[which]);
            return TROUBLE;
        }
    }
    for (int which = 0; which < 2; which++)
        if (d->absent[which])
            st[which] = st[1 - which];
    if (st[0].kind == FS_DIR && st[1].kind == FS_DIR) {
        if (has(d, 'r'))
            return compare_directories(d);
        sh_printf(d->t, "Common subdirectories: %s and %s\n", d->path[0], d->path[1]);
        return SAME;
    }
    if ((st[0].kind == FS_DIR) != (st[1].kind == FS_DIR)) {
        if (d->busybox && has(d, 'r'))
            return only_file(d, st[0].kind == FS_DIR ? 1 : 0);
        sh_printf(d->t, "File %s is a %s while file %s is a %s\n", d->path[0], kind_name(&st[0]),
                  d->path[1], kind_name(&st[1]));
        return DIFFERENT;
    }
    for (int which = 0; which < 2; which++)
        if (!read_entry(d, which))
            return d->t->proc->over ? SH_BLOCKED : TROUBLE;
    r = compare_texts(d, true);
    return r;
}

static bool excluded(struct diff *d, const char *name)
{
    struct sh_opt_at at = {0};

    while (has(d, 'x') && sh_opt_next(d->c, options, &d->o, &at))
        if (at.letter == 'x' && sh_match(d->t, at.arg, name, strlen(name), false))
            return true;
    return false;
}

/* What is on one side only. */
static int only_one(struct diff *d, int which, const char *name)
{
    char *path = d->path[which];
    size_t length = strlen(path);

    if (d->busybox && has(d, 'r') && sh_path_add(path, name)) {
        if (!sh_is_dir(d->t, path)) /* of directories it says nothing */
            only_file(d, which);
        path[length] = '\0';
        return DIFFERENT;
    }
    sh_puts(d->t, "Only in ");
    sh_puts(d->t, path);
    sh_puts(d->t, ": ");
    sh_puts(d->t, name);
    sh_puts(d->t, "\n");
    return DIFFERENT;
}

/* One name, which is on these sides. */
static int compare_name(struct diff *d, const char *name, const bool there[2])
{
    size_t length[2] = {strlen(d->path[0]), strlen(d->path[1])};
    int status;

    if (excluded(d, name))
        return SAME;
    if ((!there[0] || !there[1]) && !has(d, 'N'))
        return only_one(d, there[0] ? 0 : 1, name);
    if (sh_path_add(d->path[0], name) && sh_path_add(d->path[1], name)) {
        status = compare_entry(d);
    } else {
        sh_fail(d->t, name, -ENAMETOOLONG);
        status = TROUBLE;
    }
    d->path[0][length[0]] = d->path[1][length[1]] = '\0';
    return status;
}

/* Recursion is as deep as trees can be. */
static int compare_directories(struct diff *d)
{
    struct sh_names names[2] = {0};
    uint32_t at[2] = {0, 0};
    int status = SAME;

    for (int which = 0; which < 2; which++)
        if (!d->absent[which] && sh_names_read(d->t, d->path[which], &names[which]) == SH_BLOCKED)
            return SH_BLOCKED;
    while (at[0] < names[0].count || at[1] < names[1].count) {
        const char *name[2] = {at[0] < names[0].count ? names[0].name[at[0]] : NULL,
                               at[1] < names[1].count ? names[1].name[at[1]] : NULL};
        int order = name[0] == NULL ? 1 : name[1] == NULL ? -1 : strcmp(name[0], name[1]);
        bool there[2] = {order <= 0, order >= 0};
        int r = sh_charge(d->t, 1) ? compare_name(d, name[there[0] ? 0 : 1], there) : SH_BLOCKED;

        if (r == SH_BLOCKED)
            return r;
        status = RX_MAX(status, r);
        at[0] += there[0];
        at[1] += there[1];
    }
    return status;
}

/* ---- the command line -------------------------------------------------------------------------
 */

/* 0, TROUBLE, or SH_BLOCKED: what the operands are. A directory beside a file stands for its entry
 * of that name. */
static int look_at_operands(struct diff *d, struct fs_stat st[2])
{
    char *const *word = d->c->argv + d->o.first;
    int status = 0;

    for (int which = 0; which < 2; which++) {
        int error = 0;

        snprintf(d->path[which], FS_PATH_MAX, "%s", word[which]);
        st[which] = (struct fs_stat){.kind = FS_FILE};
        if (strcmp(word[which], "-") != 0)
            error = sh_stat(d->t, word[which], &st[which]);
        d->absent[which] = error == -ENOENT && has(d, 'N');
        if (error != 0 && !d->absent[which] && !sh_is_descriptor(d->t, word[which])) {
            status = TROUBLE;
            sh_perror(d->t, d->busybox ? "can't stat" : NULL, word[which], error);
            if (d->busybox)
                return TROUBLE;
        }
    }
    for (int which = 0; which < 2 && d->absent[0] && d->absent[1]; which++)
        status = sh_perror(d->t, NULL, word[which], -ENOENT) + 1;
    for (int which = 0; status == 0 && which < 2; which++) {
        char name[FS_NAME_MAX + 1];

        if (st[which].kind != FS_DIR || st[1 - which].kind == FS_DIR || d->absent[1 - which])
            continue;
        if (!sh_path_add(d->path[which], sh_path_last(word[1 - which], name)) ||
            sh_stat(d->t, d->path[which], &st[which]) != 0) {
            sh_perror(d->t, d->busybox ? "can't stat" : NULL, d->path[which], -ENOENT);
            status = d->busybox ? DIFFERENT : TROUBLE;
        }
    }
    return status;
}

static int missing(struct diff *d)
{
    uint32_t count = d->c->argc - d->o.first;

    if (d->busybox)
        sh_complain(
            d->t, "diff: usage: diff [-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2");
    else if (count > 2)
        sh_complain(d->t, "diff: extra operand '%s'", d->c->argv[d->o.first + 2]);
    else
        sh_complain(d->t, "diff: missing operand after '%s'", d->c->argv[d->c->argc - 1]);
    if (!d->busybox)
        sh_complain(d->t, "diff: Try 'diff --help' for more information.");
    return d->busybox ? 1 : TROUBLE;
}

static int diff_init(struct diff *d)
{
    static const struct {
        char letter;
        int flag;
    } flags[] = {{'b', SH_DIFF_BLANKS},
                 {'w', SH_DIFF_NO_BLANKS},
                 {'i', SH_DIFF_CASE},
                 {'Z', SH_DIFF_TRAILING},
                 {'C', SH_DIFF_RETURN}};
    struct sh_opt_at at = {0};
    int labels = 0;

    if (!sh_options(d->t, d->c, options, &d->o))
        return d->busybox ? 1 : TROUBLE;
    if (has(d, 'S') || has(d, 't'))
        return sh_refuse(d->t, has(d, 'S') ? "-S" : "-t") + 1;
    for (size_t i = 0; i < RX_ARRAY_LEN(flags); i++)
        d->flags |= has(d, flags[i].letter) ? flags[i].flag : 0;
    while (sh_opt_next(d->c, options, &d->o, &at))
        if (at.letter == 'L' && labels < 2)
            d->label[labels++] = at.arg;
    d->unified = d->busybox || has(d, 'u') || has(d, 'U');
    d->context = CONTEXT;
    if (has(d, 'U') && (!sh_number(d->o.arg[sh_opt_bit('U')], &d->context) || d->context < 0)) {
        sh_complain(d->t,
                    d->busybox ? "diff: invalid number '%s'"
                               : "diff: invalid context length '%s'\n"
                                 "diff: Try 'diff --help' for more information.",
                    d->o.arg[sh_opt_bit('U')]);
        return d->busybox ? 1 : TROUBLE;
    }
    return d->c->argc - d->o.first != 2 ? missing(d) : 0;
}

/* Reads the operands, of which one may be a pipe that has nothing yet. 0, TROUBLE, SH_BLOCKED. */
static int read_operands(struct diff *d)
{
    const char *data;
    uint32_t length;
    int r;

    for (; d->loading < 2; d->loading++) {
        char *path = d->path[d->loading];
        bool is_input = strcmp(path, "-") == 0;

        if (d->absent[d->loading])
            continue;
        if (!d->begun) {
            char **word = d->c->argv + d->o.first + d->loading;

            *word = path;
            sh_input_init(&d->in, word, is_input ? 0 : 1);
            d->in.errors = SH_INPUT_PLAIN;
            d->begun = true;
        }
        while ((r = sh_input_chunk(d->t, &d->in, &data, &length)) == 1)
            if (!sh_buf_add(d->t, &d->side[d->loading].text, data, length))
                return SH_BLOCKED;
        if (r == SH_BLOCKED)
            return r;
        d->begun = false;
        if (d->in.status != 0)
            return TROUBLE;
    }
    return 0;
}

int sh_cmd_diff(struct sh_task *t, struct sh_call *c)
{
    struct diff *d = c->state;
    struct fs_stat st[2];
    int r;

    if (d == NULL) {
        d = c->state = sh_call_alloc(t, sizeof(*d));
        if (d == NULL)
            return SH_BLOCKED;
        d->t = t;
        d->c = c;
        d->busybox = sh_has_busybox(t);
        r = diff_init(d);
        if (r == 0)
            r = look_at_operands(d, st);
        if (r != 0)
            return t->proc->over ? SH_BLOCKED : r;
        d->in_tree = st[0].kind == FS_DIR && st[1].kind == FS_DIR;
        d->root[0] = strlen(d->path[0]);
        d->root[1] = strlen(d->path[1]);
        if (d->in_tree)
            return compare_directories(d);
        if (d->busybox && st[0].ino != 0 && st[0].ino == st[1].ino && st[0].device == st[1].device)
            return SAME; /* which -s does not tell */
    }
    r = read_operands(d);
    return r != 0 ? r : compare_texts(d, false);
}
