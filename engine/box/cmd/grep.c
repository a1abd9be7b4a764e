/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grep.c - grep, egrep, fgrep: lines of files, of trees, with what stands around them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { BEFORE_MAX = 1000 }; /* lines that -B can keep */

static const char options[] =
    "EFGqvicnlLhHsxwom:e:f:rRaA:B:C:UZ::X:Y:T: extended-regexp=E fixed-strings=F basic-regexp=G "
    "quiet=q silent=q invert-match=v ignore-case=i count=c line-number=n files-with-matches=l "
    "files-without-match=L no-filename=h with-filename=H no-messages=s line-regexp=x word-regexp=w "
    "only-matching=o max-count=m regexp=e file=f recursive=r dereference-recursive=R text=a "
    "after-context=A before-context=B context=C line-buffered=U color=Z colour=Z include=X "
    "exclude=Y exclude-dir=T";

struct grep {
    struct sh_input in;
    struct sh_opts o;
    struct sh_regex **pattern;
    uint32_t patterns, room;
    struct sh_names files;
    uint32_t file;
    bool prefix, started, found, listed;
    int status;
    int64_t count, limit, line;
    int64_t before, after, owed; /* owed: lines behind a match that are still to be shown */
    int64_t shown;               /* the last line that was; 0: none in this file */
    bool separate;       /* something was shown: "--" stands before what is not next to it */
    struct sh_buf *kept; /* the lines before this one, in a ring */
};

static bool has(const struct grep *g, char letter)
{
    return sh_opt(&g->o, letter);
}

/* ---- patterns -------------------------------------------------------------------------------- */

static bool add_one(struct sh_task *t, struct grep *g, const char *text, int flags)
{
    const char *error = NULL;

    if (g->patterns == g->room) {
        uint32_t room = g->room > 0 ? g->room * 2 : 4;
        struct sh_regex **more =
            sh_call_grow(t, g->pattern, g->patterns * sizeof(struct sh_regex *),
                         room * sizeof(struct sh_regex *));

        if (more == NULL)
            return false;
        g->pattern = more;
        g->room = room;
    }
    g->pattern[g->patterns] = sh_regex_new(t, text, flags, &error);
    if (g->pattern[g->patterns] == NULL && !t->proc->over)
        sh_complain(t, "grep: bad regex '%s': %s", text, error);
    return g->pattern[g->patterns++] != NULL;
}

/* Several lines are as many patterns. */
static bool add_lines(struct sh_task *t, struct grep *g, const char *text, size_t length, int flags)
{
    for (const char *end = text + length; text <= end;) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((next != NULL ? next : end) - text);
        char *line = sh_call_alloc(t, n + 1);

        if (line == NULL)
            return false;
        memcpy(line, text, n);
        if (!add_one(t, g, line, flags))
            return false;
        text += n + 1;
    }
    return true;
}

static bool add_file(struct sh_task *t, struct grep *g, const char *path, int flags)
{
    char full[FS_PATH_MAX];
    const char *data;
    uint32_t size;
    int error;

    if (strcmp(path, "-") == 0)
        return sh_refuse(t, "a list of patterns from standard input") == 0;
    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_get(sh_fs(t), full, &data, &size);
    if (error != 0)
        return sh_fail(t, path, error) == 0;
    return size == 0 || add_lines(t, g, data, size - (data[size - 1] == '\n'), flags);
}

static bool read_patterns(struct sh_task *t, struct sh_call *c, struct grep *g)
{
    int flags = (has(g, 'E') || strcmp(c->argv[0], "egrep") == 0 ? SH_REGEX_EXTENDED : 0) |
                (has(g, 'F') || strcmp(c->argv[0], "fgrep") == 0 ? SH_REGEX_FIXED : 0) |
                (has(g, 'i') ? SH_REGEX_ICASE : 0) | (has(g, 'x') ? SH_REGEX_LINE : 0) |
                (has(g, 'w') ? SH_REGEX_WORD : 0);
    struct sh_opt_at at = {0};
    const char *only;

    while (sh_opt_next(c, options, &g->o, &at)) {
        if ((at.letter == 'e' && !add_lines(t, g, at.arg, strlen(at.arg), flags)) ||
            (at.letter == 'f' && !add_file(t, g, at.arg, flags)))
            return false;
    }
    if (has(g, 'e') || has(g, 'f'))
        return true;
    if (g->o.first == c->argc) {
        sh_complain(t, "%s: missing pattern", c->argv[0]);
        return false;
    }
    only = c->argv[g->o.first++];
    return add_lines(t, g, only, strlen(only), flags);
}

static bool hits(struct sh_task *t, const struct grep *g, const char *line, uint32_t length,
                 int32_t group[2 * SH_REGEX_GROUPS], size_t from)
{
    int32_t best[2 * SH_REGEX_GROUPS];
    bool any = false;

    /* For -o the leftmost of all patterns, and of those the longest. */
    for (uint32_t i = 0; i < g->patterns && !(any && !has(g, 'o')); i++) {
        if (!sh_regex_find(t, g->pattern[i], line, length, from, best))
            continue;
        if (!any || best[0] < group[0] || (best[0] == group[0] && best[1] > group[1]))
            memcpy(group, best, sizeof(best));
        any = true;
    }
    return any;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Do --include, --exclude and --exclude-dir let it through? */
static bool wanted(struct sh_task *t, struct sh_call *c, const struct grep *g, const char *path,
                   bool dir)
{
    bool included = !has(g, 'X') || dir, excluded = false;
    char last[FS_NAME_MAX + 1];
    struct sh_opt_at at = {0};

    sh_path_last(path, last);
    while ((has(g, 'X') || has(g, 'Y') || has(g, 'T')) && sh_opt_next(c, options, &g->o, &at)) {
        if (at.letter == 'X' && !dir)
            included |= sh_match(t, at.arg, last, strlen(last), false);
        else if (at.letter == (dir ? 'T' : 'Y'))
            excluded |= sh_match(t, at.arg, last, strlen(last), false);
    }
    return included && !excluded;
}

/* The files below a directory, in order. Recursion is as deep as trees can be. */
static bool add_tree(struct sh_task *t, struct sh_call *c, struct grep *g, char path[FS_PATH_MAX])
{
    struct sh_names names = {0};
    size_t length = strlen(path);
    struct fs_stat st;
    int error = sh_names_read(t, path, &names);

    if (error == SH_BLOCKED)
        return false;
    if (error != 0)
        g->status = sh_fail(t, path, error);
    for (uint32_t i = 0; i < names.count; i++) {
        if (sh_path_add(path, names.name[i])) {
            error = sh_lstat(t, path, &st);
            if (error == 0 && st.kind == FS_SYMLINK) { /* to a directory: only with -R */
                error = sh_stat(t, path, &st);
                error = st.kind == FS_DIR && !has(g, 'R') ? -ELOOP : error;
            }
            if (error == 0 && (st.kind == FS_DIR || st.kind == FS_FILE) &&
                wanted(t, c, g, path, st.kind == FS_DIR) &&
                !(st.kind == FS_DIR ? add_tree(t, c, g, path) : sh_names_add(t, &g->files, path)))
                return false;
        }
        path[length] = '\0';
    }
    return true;
}

static bool read_files(struct sh_task *t, struct sh_call *c, struct grep *g)
{
    bool deep = has(g, 'r') || has(g, 'R');
    uint32_t count = c->argc - g->o.first;
    char path[FS_PATH_MAX];

    g->prefix =
        (count > 1 || (deep && (count == 0 || sh_is_dir(t, c->argv[g->o.first]))) || has(g, 'H')) &&
        !has(g, 'h');
    if (deep && count == 0) {
        strcpy(path, ".");
        if (!add_tree(t, c, g, path))
            return false;
        for (uint32_t i = 0; i < g->files.count; i++)
            g->files.name[i] += 2; /* without the "./" */
        return true;
    }
    for (uint32_t i = g->o.first; i < c->argc; i++) {
        if (deep && sh_is_dir(t, c->argv[i]) && strlen(c->argv[i]) < sizeof(path)) {
            strcpy(path, c->argv[i]);
            if (!add_tree(t, c, g, path))
                return false;
        } else if (!sh_is_dir(t, c->argv[i]) && !sh_names_add(t, &g->files, c->argv[i])) {
            return false;
        }
    }
    return count > 0 || sh_names_add(t, &g->files, "-");
}

static bool read_number(struct sh_task *t, const struct grep *g, char letter, int64_t *n)
{
    const char *text = has(g, letter) ? g->o.arg[sh_opt_bit(letter)] : NULL;

    if (text == NULL || (sh_number(text, n) && *n >= 0))
        return true;
    sh_complain(t, "grep: invalid number '%s'", text);
    return false;
}

static bool grep_init(struct sh_task *t, struct sh_call *c, struct grep *g)
{
    if (!sh_options(t, c, options, &g->o) || !read_patterns(t, c, g))
        return false;
    g->limit = INT64_MAX;
    if (!read_number(t, g, 'm', &g->limit) || !read_number(t, g, 'C', &g->before))
        return false;
    g->after = g->before;
    if (!read_number(t, g, 'A', &g->after) || !read_number(t, g, 'B', &g->before))
        return false;
    if (g->before > BEFORE_MAX)
        return sh_refuse(t, "-B with more than 1000 lines") == 0;
    if (has(g, 'o') || has(g, 'c') || has(g, 'q') || has(g, 'l') || has(g, 'L'))
        g->before = g->after = 0;
    g->kept = sh_call_alloc(t, (size_t)(g->before + 1) * sizeof(*g->kept));
    return g->kept != NULL && read_files(t, c, g);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const char *file_name(const struct grep *g)
{
    const char *name = g->files.name[g->file];

    return strcmp(name, "-") == 0 ? "(standard input)" : name;
}

static void prefix(struct sh_task *t, const struct grep *g, int64_t line, char mark)
{
    if (g->prefix) {
        sh_puts(t, file_name(g));
        sh_put(t, &mark, 1);
    }
    if (has(g, 'n') && !has(g, 'c'))
        sh_printf(t, "%lld%c", (long long)line, mark);
}

static void show(struct sh_task *t, struct grep *g, const char *text, size_t length, int64_t line,
                 char mark)
{
    if ((g->before > 0 || g->after > 0) && g->separate && (g->shown == 0 || line > g->shown + 1))
        sh_puts(t, "--\n");
    g->separate = true;
    g->shown = line;
    prefix(t, g, line, mark);
    sh_put(t, text, length);
    sh_put(t, "\n", 1);
}

static void show_kept(struct sh_task *t, struct grep *g)
{
    int64_t from = RX_MAX(g->line - g->before, g->shown + 1);

    for (int64_t n = RX_MAX(from, 1); n < g->line; n++) {
        const struct sh_buf *b = &g->kept[n % g->before];

        show(t, g, b->text, b->length, n, '-');
    }
}

/* -o: each match is a line. */
static void show_parts(struct sh_task *t, struct grep *g, const char *line, uint32_t length,
                       int32_t group[2 * SH_REGEX_GROUPS])
{
    bool more = !has(g, 'v');

    while (more && !t->proc->over) {
        if (group[1] > group[0]) {
            prefix(t, g, g->line, ':');
            sh_put(t, line + group[0], (size_t)(group[1] - group[0]));
            sh_put(t, "\n", 1);
        }
        more = group[1] < (int32_t)length &&
               hits(t, g, line, length, group, (size_t)(group[1] + (group[1] == group[0])));
    }
}

/* A line that is not one of those looked for, which may stand near one. */
static bool other_line(struct sh_task *t, struct grep *g, const char *line, uint32_t length)
{
    if (g->owed > 0) {
        g->owed--;
        show(t, g, line, length, g->line, '-');
    } else if (g->before > 0) {
        struct sh_buf *b = &g->kept[g->line % g->before];

        b->length = 0;
        return sh_buf_add(t, b, line, length);
    }
    return true;
}

/* One line. False: this file has been looked at enough, or the proc is over. */
static bool one_line(struct sh_task *t, struct grep *g, const char *line, uint32_t length)
{
    int32_t group[2 * SH_REGEX_GROUPS];

    g->line++;
    if (g->count >= g->limit)
        return g->owed > 0 && other_line(t, g, line, length) && g->owed > 0;
    if (hits(t, g, line, length, group, 0) == has(g, 'v') || t->proc->over)
        return other_line(t, g, line, length);
    g->found = true;
    g->count++;
    if (has(g, 'q') || has(g, 'l') || has(g, 'L'))
        return false;
    if (has(g, 'o') && !has(g, 'c')) {
        show_parts(t, g, line, length, group);
    } else if (!has(g, 'c')) {
        if (g->before > 0)
            show_kept(t, g);
        show(t, g, line, length, g->line, ':');
        g->owed = g->after;
    }
    return g->count < g->limit || g->owed > 0;
}

static void begin_file(struct grep *g)
{
    sh_input_init(&g->in, &g->files.name[g->file], 1);
    g->in.errors = has(g, 's') ? SH_INPUT_SILENT : SH_INPUT_PLAIN;
    g->started = true;
    g->count = g->line = g->owed = g->shown = 0;
}

static void end_file(struct sh_task *t, struct sh_call *c, struct grep *g)
{
    bool opened = g->in.status == 0;

    if (opened && has(g, 'c') && !has(g, 'q') && !has(g, 'l') && !has(g, 'L')) {
        prefix(t, g, 0, ':');
        sh_printf(t, "%lld\n", (long long)g->count);
    }
    if (opened && !has(g, 'q') &&
        ((has(g, 'l') && g->count > 0) || (has(g, 'L') && g->count == 0))) {
        sh_puts(t, file_name(g));
        sh_puts(t, "\n");
        g->listed = true;
    }
    g->status |= g->in.status;
    g->started = false;
    sh_file_unref(t->proc, c->in);
    c->in = NULL;
}

int sh_cmd_grep(struct sh_task *t, struct sh_call *c)
{
    struct grep *g = c->state;
    uint32_t length;
    char *line;
    int r;

    if (g == NULL) {
        g = c->state = sh_call_alloc(t, sizeof(*g));
        if (g == NULL || !grep_init(t, c, g))
            return t->proc->over ? SH_BLOCKED : 2;
    }
    for (; g->file < g->files.count; g->file++) {
        if (!g->started)
            begin_file(g);
        while (g->limit > 0 && (r = sh_input_line(t, &g->in, &line, &length)) != 0) {
            if (r == SH_BLOCKED)
                return r;
            if (!one_line(t, g, line, length))
                break;
            if (t->doomed != 0 || t->proc->over || sh_full(t))
                return SH_BLOCKED;
        }
        end_file(t, c, g);
        if (has(g, 'q') && g->found)
            return 0;
    }
    /* A program that nobody knows is taken to have written what is looked for. */
    if (!g->found && g->files.count == 1 && strcmp(g->files.name[0], "-") == 0 &&
        sh_reads_unknown(t))
        return 0;
    return g->status != 0 ? 2 : has(g, 'L') && !has(g, 'q') ? !g->listed : !g->found;
}
