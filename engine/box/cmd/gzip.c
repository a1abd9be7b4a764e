/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip.c - gzip, gunzip, zcat. GNU's where the image is not busybox's: the two tell failures in
 * other words, and with other exit codes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/box/cmd/zip.h"
#include "engine/reactor/base.h"

static const char options[] =
    "cdfkntqvNS:123456789 stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k no-name=n "
    "name=N quiet=q test=t verbose=v suffix=S fast=1 best=9";

enum { GZIP_ERROR = 1, GZIP_WARNING = 2 };

struct gzip {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_input in;
    struct sh_zip *zip;
    struct sh_buf out;
    bool busybox, unpacks, to_stdout, tests, forced;
    bool started, copies; /* copies: what is not compressed passes, with -f */
    const char *suffix;
    int level, status;
    uint32_t operand;
    char *from, to[FS_PATH_MAX];
    char *room; /* for a name that was completed */
    struct fs_stat st;
    uint64_t read, written;
};

static const char *me(const struct gzip *g)
{
    return g->busybox ? g->t->call.argv[0] : "gzip"; /* GNU's gunzip and zcat are scripts */
}

/* An error counts more than a warning. */
static int ends(struct gzip *g, int status)
{
    if (g->busybox && status != 0)
        status = GZIP_ERROR;
    if (g->status != GZIP_ERROR && status != 0)
        g->status = status;
    return g->status;
}

static int file_error(struct gzip *g, const char *path, int error)
{
    sh_complain(g->t, "%s: %s: %s", me(g), path, fs_strerror(error));
    return ends(g, GZIP_ERROR);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *const gnu_suffixes[] = {".gz", ".z", "-gz", "-z", "_z", ".tgz", ".taz"};

/* What of a packed file's name comes off; 0: it has none of the endings. */
static size_t suffix_of(const struct gzip *g, const char *name, bool *tar)
{
    size_t length = strlen(name);

    for (size_t i = 0; i <= RX_ARRAY_LEN(gnu_suffixes); i++) {
        const char *s = i == 0 ? g->suffix : gnu_suffixes[i - 1];
        size_t n = strlen(s);

        if (g->busybox && strcmp(s, ".gz") != 0 && strcmp(s, ".tgz") != 0)
            continue;
        *tar = s[0] == '.' && s[1] == 't';
        if (length > n && strcmp(name + length - n, s) == 0 && name[length - n - 1] != '/')
            return n;
    }
    return 0;
}

/* The name of what is written. False: said. */
static bool name_to(struct gzip *g)
{
    bool tar = false;
    size_t suffix = suffix_of(g, g->from, &tar), length = strlen(g->from);

    if (length + strlen(g->suffix) + 8 > sizeof(g->to)) {
        file_error(g, g->from, -ENAMETOOLONG);
        return false;
    }
    if (!g->unpacks) {
        if (suffix > 0 && !g->busybox && !g->forced) {
            sh_complain(g->t, "gzip: %s already has %s suffix -- unchanged", g->from,
                        g->from + length - suffix);
            return false;
        }
        snprintf(g->to, sizeof(g->to), "%s%s", g->from, g->suffix);
        return true;
    }
    if (suffix == 0) {
        sh_complain(g->t,
                    g->busybox ? "%s: %s: unknown suffix - ignored"
                               : "%s: %s: unknown suffix -- ignored",
                    me(g), g->from);
        ends(g, GZIP_WARNING);
        return false;
    }
    snprintf(g->to, sizeof(g->to), "%.*s%s", (int)(length - suffix), g->from, tar ? ".tar" : "");
    return true;
}

/* GNU's takes NAME for NAME.gz where there is no NAME. */
static int find_from(struct gzip *g)
{
    int error = sh_stat(g->t, g->from, &g->st);
    bool tar;

    if (error != -ENOENT || g->busybox || !g->unpacks || suffix_of(g, g->from, &tar) > 0 ||
        strlen(g->from) + strlen(g->suffix) >= FS_PATH_MAX)
        return error;
    for (size_t i = 0; i < 5 && error != 0; i++) {
        snprintf(g->room, FS_PATH_MAX, "%s%s", g->from, i == 0 ? g->suffix : gnu_suffixes[i]);
        error = sh_stat(g->t, g->room, &g->st);
    }
    if (error != 0)
        snprintf(g->room, FS_PATH_MAX, "%s%s", g->from, g->suffix);
    g->from = g->room;
    return error;
}

/* ---- one operand ----------------------------------------------------------------------------- */

static bool may_be_taken(struct gzip *g)
{
    int error = find_from(g);
    struct fs_stat link;

    if (error != 0) {
        file_error(g, g->from, error);
        return false;
    }
    if (g->st.kind == FS_DIR) {
        if (g->busybox)
            sh_complain(g->t, "%s: can't remove file '%s': Is a directory", me(g), g->from);
        else
            sh_complain(g->t, "gzip: %s is a directory -- ignored", g->from);
        ends(g, GZIP_WARNING);
        return false;
    }
    if (g->busybox || g->to_stdout || g->tests || g->forced)
        return true;
    if (sh_lstat(g->t, g->from, &link) == 0 && link.kind == FS_SYMLINK) {
        file_error(g, g->from, -ELOOP);
        return false;
    }
    if (g->st.links > 1 && !sh_opt(&g->o, 'k')) {
        sh_complain(g->t, "gzip: %s has %u other link%s -- file ignored", g->from, g->st.links - 1,
                    g->st.links > 2 ? "s" : "");
        ends(g, GZIP_WARNING);
        return false;
    }
    return true;
}

/* A file to write into, still empty. */
static bool make_target(struct gzip *g)
{
    struct sh_file *f;
    struct fs_stat st;
    int error;

    if (!name_to(g))
        return false;
    if (sh_lstat(g->t, g->to, &st) == 0 && !g->forced) {
        if (g->busybox)
            sh_complain(g->t, "%s: can't open '%s': File exists", me(g), g->to);
        else
            sh_complain(g->t, "gzip: %s already exists;\tnot overwritten", g->to);
        ends(g, GZIP_WARNING);
        return false;
    }
    error = sh_open(g->t, g->to, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);
    if (error != 0) {
        if (!g->t->proc->over)
            file_error(g, g->to, error);
        return false;
    }
    sh_file_unref(g->t->proc, f);
    return true;
}

/* False: not this one, and it has been said, or the proc is over. */
static bool operand_begin(struct gzip *g, bool is_input)
{
    struct sh_task *t = g->t;
    char name[FS_NAME_MAX + 1];
    bool named = !is_input && !g->busybox && !sh_opt(&g->o, 'n');
    int64_t mtime;

    if (!is_input && (!may_be_taken(g) || (!g->to_stdout && !g->tests && !make_target(g))))
        return false;
    mtime = named ? (t->proc->setup.epoch_ms + g->st.mtime) / 1000 : 0;
    if (named && !g->unpacks) {
        char *kept;

        sh_path_last(g->from, name);
        kept = sh_call_alloc(t, strlen(name) + 1);
        if (kept == NULL)
            return false;
        strcpy(kept, name);
        sh_zip_again(g->zip, kept, mtime);
    } else {
        sh_zip_again(g->zip, NULL, mtime);
    }
    sh_input_init(&g->in, (char *const *)&g->from, is_input ? 0 : 1);
    g->in.errors = SH_INPUT_SILENT;
    g->read = g->written = 0;
    g->copies = false;
    return true;
}

/* Writes what has come together. 0 or a negative errno. */
static int deliver(struct gzip *g, bool is_input)
{
    struct sh_file *f;
    int error = 0;

    g->written += g->out.length;
    if (g->out.length > 0 && !g->tests) {
        if (g->to_stdout || is_input) {
            sh_put(g->t, g->out.text, g->out.length);
        } else {
            error = sh_open(g->t, g->to, FS_WRITE | FS_APPEND, &f);
            if (error == 0) {
                error = sh_write_file(g->t, f, g->out.text, g->out.length);
                sh_file_unref(g->t->proc, f);
            }
        }
    }
    g->out.length = 0;
    return error;
}

static const char *busybox_magic(const struct gzip *g)
{
    return strcmp(me(g), "zcat") == 0 ? "no gzip/bzip2/xz magic" : "invalid magic";
}

/* What is wrong with what was read; NULL: nothing. */
static const char *fault(const struct gzip *g, int *status)
{
    *status = GZIP_ERROR;
    switch (g->copies ? SH_ZIP_WHOLE : sh_zip_state(g->zip)) {
    case SH_ZIP_WHOLE:
        return NULL;
    case SH_ZIP_NOTHING:
        return g->busybox ? busybox_magic(g) : "unexpected end of file";
    case SH_ZIP_WITHIN:
        return "unexpected end of file";
    case SH_ZIP_NO_MAGIC:
        return g->busybox ? busybox_magic(g) : "not in gzip format";
    case SH_ZIP_GARBAGE:
        *status = GZIP_WARNING;
        return g->busybox ? NULL : "decompression OK, trailing garbage ignored";
    case SH_ZIP_BAD_SUM:
        return g->busybox ? "crc error" : "invalid compressed data--crc error";
    case SH_ZIP_CORRUPT:
        return g->busybox ? "corrupted data" : "invalid compressed data--format violated";
    }
    return NULL;
}

static void give_attributes(struct gzip *g)
{
    char full[FS_PATH_MAX];
    struct fs *fs = sh_fs(g->t);
    int error;

    if (sh_full_path(g->t, g->to, full, &error) == NULL)
        return;
    if (fs->uid == 0)
        fs_chown(fs, full, g->st.uid, g->st.gid, false);
    fs_chmod(fs, full, g->st.mode);
    if (!g->busybox)
        fs_set_mtime(fs, full, g->st.mtime, false);
}

static void remove_file(struct gzip *g, const char *path)
{
    char full[FS_PATH_MAX];
    int error;

    if (sh_full_path(g->t, path, full, &error) != NULL)
        error = fs_unlink(sh_fs(g->t), full, g->t->proc->now);
    if (error != 0)
        file_error(g, path, error);
}

static void tell_ratio(struct gzip *g, bool is_input)
{
    uint64_t in = g->unpacks ? g->written : g->read, out = g->unpacks ? g->read : g->written;
    double saved = (double)in - ((double)out - sh_zip_overhead(g->zip));
    const char *name = is_input ? "" : g->from, *tab = is_input ? "" : ":\t";

    if (g->tests)
        sh_complain(g->t, "%s:\t OK", g->from);
    else if (g->to_stdout || is_input)
        sh_complain(g->t, "%s%s%5.1f%%", name, tab, in == 0 ? 0.0 : 100.0 * saved / (double)in);
    else
        sh_complain(g->t, "%s%s%5.1f%% -- %s %s", name, tab,
                    in == 0 ? 0.0 : 100.0 * saved / (double)in,
                    sh_opt(&g->o, 'k') ? "created" : "replaced with", g->to);
}

/* Behind the last byte of an operand, or at a write that has failed. */
static void operand_end(struct gzip *g, bool is_input, int error)
{
    bool into_file = !is_input && !g->to_stdout && !g->tests;
    int status = 0;
    const char *what = g->unpacks ? fault(g, &status) : NULL;

    if (error != 0) {
        file_error(g, g->to, error);
        remove_file(g, g->to);
        return;
    }
    if (what != NULL) {
        if (g->busybox)
            sh_complain(g->t, "%s: %s", me(g), what);
        else
            sh_complain(g->t, "\ngzip: %s: %s", is_input ? "stdin" : g->from, what);
        ends(g, status);
    }
    if (into_file && what != NULL && status == GZIP_ERROR) {
        remove_file(g, g->to);
        return;
    }
    if (sh_opt(&g->o, 'v') && what == NULL)
        tell_ratio(g, is_input);
    if (!into_file)
        return;
    give_attributes(g);
    if (!sh_opt(&g->o, 'k'))
        remove_file(g, g->from);
}

/* 0, or SH_BLOCKED. */
static int operand(struct gzip *g, bool is_input)
{
    const char *data;
    uint32_t length;
    int r, error = 0;

    if (!g->started) {
        if (!operand_begin(g, is_input))
            return g->t->proc->over ? SH_BLOCKED : 0;
        g->started = true;
    }
    while (error == 0 && (r = sh_input_chunk(g->t, &g->in, &data, &length)) != 0) {
        if (r == SH_BLOCKED)
            return r;
        if (g->read == 0 && g->unpacks && !g->busybox && g->forced && g->to_stdout)
            g->copies = !sh_zip_has_magic(data, length);
        g->read += length;
        if (g->copies ? !sh_buf_add(g->t, &g->out, data, length)
                      : !sh_zip_add(g->t, g->zip, data, length, false, &g->out))
            return SH_BLOCKED;
        error = deliver(g, is_input);
        if (g->t->doomed != 0 || g->t->proc->over || sh_full(g->t))
            return SH_BLOCKED;
        if (!g->copies && sh_zip_state(g->zip) > SH_ZIP_WHOLE)
            break;
    }
    if (error == 0 && !g->unpacks) {
        if (!sh_zip_add(g->t, g->zip, "", 0, true, &g->out))
            return SH_BLOCKED;
        error = deliver(g, is_input);
    }
    g->started = false;
    sh_file_unref(g->t->proc, g->t->call.in);
    g->t->call.in = NULL;
    operand_end(g, is_input, error);
    return g->t->proc->over ? SH_BLOCKED : 0;
}

/* ---- the command line ------------------------------------------------------------------------ */

static int gzip_init(struct gzip *g, struct sh_call *c)
{
    bool zcat = strcmp(c->argv[0], "zcat") == 0, gunzip = strcmp(c->argv[0], "gunzip") == 0;

    if (!sh_options(g->t, c, options, &g->o))
        return GZIP_ERROR;
    if (sh_opt(&g->o, 'N') && (sh_opt(&g->o, 'd') || zcat || gunzip))
        return sh_refuse(g->t, "-N");
    g->busybox = sh_has_busybox(g->t);
    g->tests = sh_opt(&g->o, 't');
    g->unpacks = zcat || gunzip || sh_opt(&g->o, 'd') || g->tests;
    g->to_stdout = zcat || sh_opt(&g->o, 'c');
    g->forced = sh_opt(&g->o, 'f');
    g->suffix = sh_opt(&g->o, 'S') ? g->o.arg[sh_opt_bit('S')] : ".gz";
    g->level = 6;
    for (int n = 1; n <= 9; n++)
        if (sh_opt(&g->o, (char)('0' + n)))
            g->level = n;
    g->room = sh_call_alloc(g->t, FS_PATH_MAX);
    if (g->room == NULL)
        return SH_BLOCKED;
    g->zip = g->unpacks ? sh_zip_unpack(g->t) : sh_zip_pack(g->t, g->level, NULL, 0);
    return g->zip != NULL ? 0 : SH_BLOCKED;
}

int sh_cmd_gzip(struct sh_task *t, struct sh_call *c)
{
    struct gzip *g = c->state;
    int r;

    if (g == NULL) {
        g = c->state = sh_call_alloc(t, sizeof(*g));
        if (g == NULL)
            return SH_BLOCKED;
        g->t = t;
        r = gzip_init(g, c);
        if (r != 0)
            return r;
    }
    do {
        bool none = g->o.first + g->operand >= c->argc;

        if (!g->started)
            g->from = none ? (char *)(uintptr_t) "-" : c->argv[g->o.first + g->operand];
        if (operand(g, none || strcmp(g->from, "-") == 0) != 0)
            return SH_BLOCKED;
        g->operand++;
    } while (g->o.first + g->operand < c->argc);
    return g->status;
}
