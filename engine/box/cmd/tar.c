/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - tar: c, x and t, of archives in files and pipes, as they are or as gzip packs them.
 *
 * An archive is read whole before anything of it is unpacked. That it is compressed is seen in a
 * file; in a pipe it must be said.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/tar.h"
#include "engine/box/cmd/zip.h"
#include "engine/reactor/base.h"

enum { ARCHIVE_MAX = 16 << 20, GNU_FAILED = 2, GZIP_LEVEL = 6 };

static const char options[] =
    "cxtvzjJaf:C:OokmphPS:E:wU create=c extract=x get=x list=t file=f directory=C verbose=v gzip=z "
    "bzip2=j xz=J to-stdout=O no-same-owner=o keep-old-files=k touch=m preserve-permissions=p "
    "same-permissions=p dereference=h absolute-names=P strip-components=S exclude=E overwrite=w "
    "numeric-owner=U same-owner=U";

struct tar {
    struct sh_task *t;
    struct sh_call *c;
    struct sh_opts o;
    struct sh_input in;
    struct sh_buf archive;
    char dir[FS_PATH_MAX]; /* of -C; "" for here */
    int64_t strip;
    struct sh_zip *zip; /* NULL: it is not compressed */
    bool seen;          /* the beginning of it */
    int status;
};

static bool has(const struct tar *a, char letter)
{
    return sh_opt(&a->o, letter);
}

static int fail(struct tar *a, const char *path, int error)
{
    if (!a->t->proc->over)
        sh_fail(a->t, path, error);
    return a->status = 1;
}

/* "cf - x" is "-cf - x"; f comes last, since its word follows. */
static bool old_options(struct sh_task *t, struct sh_call *c)
{
    char *word, *f;
    size_t length;

    if (c->argc < 2 || c->argv[1][0] == '-' || c->argv[1][0] == '\0')
        return true;
    length = strlen(c->argv[1]);
    word = sh_call_alloc(t, length + 2);
    if (word == NULL)
        return false;
    word[0] = '-';
    memcpy(word + 1, c->argv[1], length);
    f = strchr(word, 'f');
    if (f != NULL) {
        memmove(f, f + 1, strlen(f));
        word[length] = 'f';
    }
    c->argv[1] = word;
    return true;
}

static bool excluded(struct tar *a, const char *name)
{
    struct sh_opt_at at = {0};
    bool hit = false;

    while (has(a, 'E') && sh_opt_next(a->c, options, &a->o, &at)) {
        if (at.letter != 'E')
            continue;
        for (const char *p = name; p != NULL; p = strchr(p, '/')) {
            p += *p == '/';
            hit |= sh_match(a->t, at.arg, p, strlen(p), false);
        }
    }
    return hit;
}

static bool in_dir(const struct tar *a, const char *name, char path[FS_PATH_MAX])
{
    if (a->dir[0] == '\0' || name[0] == '/') {
        if (strlen(name) >= FS_PATH_MAX)
            return false;
        strcpy(path, name);
        return true;
    }
    strcpy(path, a->dir);
    return sh_path_add(path, name);
}

/* Another -C: relative to the one before. */
static bool enter(struct tar *a, const char *dir)
{
    char path[FS_PATH_MAX];

    if (!in_dir(a, dir, path) || sh_image_dir(a->t, path) != 0) {
        fail(a, dir, -ENOENT);
        return false;
    }
    strcpy(a->dir, path);
    return true;
}

/* ---- c --------------------------------------------------------------------------------------- */

static bool add_block(struct tar *a, const char *data, uint32_t size)
{
    static const char zeroes[TAR_BLOCK];
    uint32_t rest = size % TAR_BLOCK;

    return sh_buf_add(a->t, &a->archive, data, size) &&
           (rest == 0 || sh_buf_add(a->t, &a->archive, zeroes, TAR_BLOCK - rest));
}

static void tell(struct tar *a, const char *name, bool dir, bool on_error)
{
    if (on_error)
        sh_complain(a->t, "%s%s", name, dir ? "/" : "");
    else
        sh_printf(a->t, "%s%s\n", name, dir ? "/" : "");
}

static bool to_stdout(const struct tar *a)
{
    return !has(a, 'f') || strcmp(a->o.arg[sh_opt_bit('f')], "-") == 0;
}

/* A file, link or directory with all that is in it. Recursion is as deep as trees can be. */
static bool pack(struct tar *a, char name[FS_PATH_MAX])
{
    char full[FS_PATH_MAX], path[FS_PATH_MAX], block[TAR_BLOCK];
    const char *data = "", *shown = name + strspn(name, "/");
    size_t length = strlen(name);
    struct tar_member m = {0};
    struct sh_names names = {0};
    uint32_t size = 0;
    struct fs_stat st;
    int error = in_dir(a, name, path) ? 0 : -ENAMETOOLONG;

    if (!sh_charge(a->t, 1) || excluded(a, shown))
        return !a->t->proc->over;
    if (error == 0)
        error = has(a, 'h') ? sh_stat(a->t, path, &st) : sh_lstat(a->t, path, &st);
    if (error == 0)
        sh_full_path(a->t, path, full, &error);
    if (error == 0 && st.kind == FS_SYMLINK)
        error = fs_readlink(sh_fs(a->t), full, m.target);
    if (error == 0 && st.kind == FS_FILE)
        error = fs_get(sh_fs(a->t), full, &data, &size);
    if (error != 0) {
        fail(a, name, error);
        return !a->t->proc->over;
    }
    m.type = st.kind == FS_DIR ? '5' : st.kind == FS_SYMLINK ? '2' : '0';
    m.mode = st.mode;
    m.uid = st.uid;
    m.gid = st.gid;
    m.size = size;
    m.mtime = (a->t->proc->setup.epoch_ms + st.mtime) / 1000;
    strcpy(m.name, shown[0] != '\0' ? shown : ".");
    if (has(a, 'v'))
        tell(a, m.name, st.kind == FS_DIR, to_stdout(a));
    if (!tar_write(&m, block)) {
        fail(a, name, -ENAMETOOLONG);
    } else if (!add_block(a, block, TAR_BLOCK) || !add_block(a, data, size) ||
               a->archive.length > ARCHIVE_MAX) {
        sh_limit(a->t, "archive larger than 16 MiB");
        return false;
    }
    if (st.kind != FS_DIR)
        return true;
    error = sh_names_read(a->t, path, &names);
    for (uint32_t i = 0; error == 0 && i < names.count; i++) {
        bool ok = !sh_path_add(name, names.name[i]) || pack(a, name);

        name[length] = '\0';
        if (!ok)
            return false;
    }
    return error != SH_BLOCKED;
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), n = strlen(end);

    return length > n && strcmp(name + length - n, end) == 0;
}

/* What the name of the archive says, with -a. */
static const char *compression_of(const char *name)
{
    static const char *const known[][2] = {{".tar.gz", "z"},       {".tgz", "z"},
                                           {".taz", "z"},          {".gz", "z"},
                                           {".bz2", "-j"},         {".tbz2", "-j"},
                                           {".tbz", "-j"},         {".xz", "-J"},
                                           {".txz", "-J"},         {".zst", "-a for zstd"},
                                           {".lz", "-a for lzip"}, {".lzma", "-a for lzma"}};

    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (ends_in(name, known[i][0]))
            return known[i][1];
    return "";
}

/* False: the proc is over. */
static bool pack_whole(struct tar *a)
{
    struct sh_buf out = {0};

    a->zip = sh_zip_pack(a->t, GZIP_LEVEL, NULL, 0);
    if (a->zip == NULL || !sh_zip_add(a->t, a->zip, a->archive.text, a->archive.length, true, &out))
        return false;
    a->archive = out;
    return true;
}

static int write_archive(struct tar *a)
{
    const char *path = has(a, 'f') ? a->o.arg[sh_opt_bit('f')] : "-";
    bool packed = has(a, 'z') || (has(a, 'a') && compression_of(path)[0] == 'z');
    struct sh_file *f;
    int error;

    if (packed && !pack_whole(a))
        return SH_BLOCKED;
    if (to_stdout(a)) {
        sh_put(a->t, a->archive.text, a->archive.length);
        return a->status;
    }
    error = sh_open(a->t, path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);
    if (error == 0) {
        error = sh_write_file(a->t, f, a->archive.text, a->archive.length);
        sh_file_unref(a->t->proc, f);
    }
    return error != 0 ? fail(a, path, error) : a->status;
}

static int create(struct tar *a)
{
    static const char end[2 * TAR_BLOCK];
    char name[FS_PATH_MAX];

    if (a->o.first == a->c->argc) {
        sh_complain(a->t, "tar: empty archive");
        return 1;
    }
    for (uint32_t i = a->o.first; i < a->c->argc; i++) {
        const char *given = a->c->argv[i];

        if (strlen(given) >= sizeof(name)) {
            fail(a, given, -ENAMETOOLONG);
            continue;
        }
        strcpy(name, given);
        for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
            name[n - 1] = '\0';
        if (!pack(a, name))
            return SH_BLOCKED;
    }
    return sh_buf_add(a->t, &a->archive, end, sizeof(end)) ? write_archive(a) : SH_BLOCKED;
}

/* ---- x, t ------------------------------------------------------------------------------------ */

/* Without a slash at its beginning and the components of --strip-components. NULL: nothing is
 * left, or it leads out of the directory. */
static const char *inner_name(struct tar *a, const char *name)
{
    const char *p = name + strspn(name, "/");

    for (const char *dots = p; (dots = strstr(dots, "..")) != NULL; dots += 2) {
        if ((dots == p || dots[-1] == '/') && (dots[2] == '/' || dots[2] == '\0')) {
            sh_complain(a->t, "tar: name with '..' encountered: '%s'", name);
            a->status = 1;
            return NULL;
        }
    }
    for (int64_t n = 0; n < a->strip && p != NULL; n++) {
        p = strchr(p, '/');
        p = p != NULL ? p + strspn(p, "/") : NULL;
    }
    return p != NULL && *p != '\0' ? p : NULL;
}

/* Is it one of the operands, or below one? */
static bool chosen(const struct tar *a, const char *name)
{
    for (uint32_t i = a->o.first; i < a->c->argc; i++) {
        const char *want = a->c->argv[i];
        size_t n = strlen(want);

        while (n > 1 && want[n - 1] == '/')
            n--;
        if (strncmp(name, want, n) == 0 && (name[n] == '\0' || name[n] == '/'))
            return true;
    }
    return a->o.first == a->c->argc;
}

static void attributes(struct tar *a, const struct tar_member *m, const char *full)
{
    struct fs *fs = sh_fs(a->t);
    bool link = m->type == '2';
    uint16_t mode = has(a, 'p') || fs->uid == 0 ? m->mode : m->mode & 0777 & ~a->t->umask;

    if (fs->uid == 0 && !has(a, 'o'))
        fs_chown(fs, full, m->uid, m->gid, link);
    if (!link)
        fs_chmod(fs, full, mode);
    if (!has(a, 'm'))
        fs_set_mtime(fs, full, m->mtime * 1000 - a->t->proc->setup.epoch_ms, link);
}

static int unpack_link(struct tar *a, const struct tar_member *m, const char *full)
{
    char target[FS_PATH_MAX], from[FS_PATH_MAX];
    const char *inner;
    int error;

    if (m->type == '2')
        return fs_symlink(sh_fs(a->t), m->target, full, a->t->proc->now);
    inner = inner_name(a, m->target);
    if (inner == NULL || !in_dir(a, inner, target))
        return -ENOENT;
    if (sh_full_path(a->t, target, from, &error) == NULL)
        return error;
    return fs_link(sh_fs(a->t), from, full, a->t->proc->now);
}

static void unpack(struct tar *a, const struct tar_member *m, const char *name, const char *data)
{
    char path[FS_PATH_MAX], full[FS_PATH_MAX];
    struct fs *fs = sh_fs(a->t);
    rx_ms now = a->t->proc->now;
    struct fs_stat st;
    char *slash;
    int error = in_dir(a, name, path) ? 0 : -ENAMETOOLONG;

    if (error == 0 && sh_full_path(a->t, path, full, &error) != NULL) {
        slash = strrchr(full, '/');
        if (slash > full) {
            *slash = '\0';
            error = fs_mkdir(fs, full, true, now);
            *slash = '/';
        }
    }
    if (error == 0 && m->type != '5' && fs_lstat(fs, full, &st) == 0 && st.kind != FS_DIR)
        error = has(a, 'k') ? -EEXIST : fs_unlink(fs, full, now);
    if (error == 0 && m->type == '5')
        error = fs_mkdir(fs, full, true, now);
    else if (error == 0 && (m->type == '1' || m->type == '2'))
        error = unpack_link(a, m, full);
    else if (error == 0)
        error = fs_put(fs, full, data, m->size, now);
    if (error != 0)
        fail(a, name, error);
    else if (m->type != '1')
        attributes(a, m, full);
}

static void list(struct tar *a, const struct tar_member *m)
{
    struct fs_stat st = {.kind = m->type == '5'   ? FS_DIR
                                 : m->type == '2' ? FS_SYMLINK
                                                  : FS_FILE,
                         .mode = m->mode};
    struct rx_civil d = rx_civil_of(m->mtime);
    char mode[11], user[32], group[32], both[72];

    if (has(a, 'v')) {
        sh_mode_text(&st, mode);
        snprintf(both, sizeof(both), "%s/%s", sh_user_name(a->t, m->uid, false, user),
                 sh_user_name(a->t, m->gid, true, group));
        sh_printf(a->t, "%s %s %9u %04lld-%02d-%02d %02d:%02d:%02d ", mode, both, m->size,
                  (long long)d.year, d.month, d.day, d.hour, d.minute, d.second);
    }
    sh_puts(a->t, m->name);
    sh_puts(a->t, m->type == '5' ? "/" : "");
    if (has(a, 'v') && m->target[0] != '\0') {
        sh_puts(a->t, " -> ");
        sh_puts(a->t, m->target);
    }
    sh_puts(a->t, "\n");
}

static void one_member(struct tar *a, const struct tar_member *m, const char *data)
{
    const char *name;

    if (!chosen(a, m->name) || excluded(a, m->name))
        return;
    if (has(a, 't')) {
        list(a, m);
        return;
    }
    name = inner_name(a, m->name);
    if (name == NULL)
        return;
    if (m->type != '0' && m->type != '1' && m->type != '2' && m->type != '5' && m->type != '7') {
        sh_refuse(a->t, "a member that is no file, link or directory");
        a->status = 1;
        return;
    }
    if (has(a, 'v'))
        tell(a, m->name, m->type == '5', has(a, 'O'));
    if (!has(a, 'O'))
        unpack(a, m, name, data);
    else if (m->type == '0')
        sh_put(a->t, data, m->size);
}

static int read_all(struct tar *a)
{
    const struct sh_buf *b = &a->archive;
    struct tar_member m;
    size_t at = 0;

    if (b->length < TAR_BLOCK) {
        sh_complain(a->t, "tar: short read");
        return 1;
    }
    while (at + TAR_BLOCK <= b->length && !a->t->proc->over) {
        int r = tar_read(b->text + at, &m);

        if (r == 0)
            return a->status;
        at += TAR_BLOCK;
        if (r < 0) {
            sh_complain(a->t, "tar: invalid tar magic");
            return 1;
        }
        if (m.size > b->length - at) {
            sh_complain(a->t, "tar: short read");
            return 1;
        }
        if (!sh_charge(a->t, 1 + m.size / 512))
            return SH_BLOCKED;
        one_member(a, &m, b->text + at);
        at += RX_MIN((m.size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK, b->length - at);
    }
    return a->status;
}

/* Of an archive whose first bytes these are: -1: go on; or the status with which tar ends. */
static int look_at(struct tar *a, const char *data, uint32_t length)
{
    bool gzip = sh_zip_has_magic(data, length);
    bool bzip2 = length >= 3 && memcmp(data, "BZh", 3) == 0;
    bool xz = length >= 6 && memcmp(data, "\3757zXZ", 6) == 0;

    if (bzip2 || xz)
        return sh_refuse(a->t, bzip2 ? "an archive packed by bzip2" : "an archive packed by xz");
    if (gzip && !has(a, 'z') && to_stdout(a)) {
        sh_complain(a->t, sh_has_busybox(a->t) ? "tar: short read"
                                               : "tar: Archive is compressed. Use -z option\n"
                                                 "tar: Error is not recoverable: exiting now");
        return sh_has_busybox(a->t) ? 1 : GNU_FAILED;
    }
    if (gzip || has(a, 'z')) {
        a->zip = sh_zip_unpack(a->t);
        return a->zip != NULL ? -1 : SH_BLOCKED;
    }
    return -1;
}

/* What gzip says of a compressed archive that it cannot read. */
static int bad_archive(struct tar *a)
{
    enum sh_zip_state state = sh_zip_state(a->zip);

    if (sh_has_busybox(a->t)) {
        sh_complain(a->t, state == SH_ZIP_NO_MAGIC  ? "tar: invalid magic"
                          : state == SH_ZIP_BAD_SUM ? "tar: crc error"
                          : state == SH_ZIP_CORRUPT ? "tar: corrupted data"
                                                    : "tar: unexpected end of file");
        if (state == SH_ZIP_NO_MAGIC)
            sh_complain(a->t, "tar: short read");
        return 1;
    }
    sh_complain(a->t,
                "\ngzip: stdin: %s\ntar: Child returned status 1\n"
                "tar: Error is not recoverable: exiting now",
                state == SH_ZIP_NO_MAGIC  ? "not in gzip format"
                : state == SH_ZIP_BAD_SUM ? "invalid compressed data--crc error"
                : state == SH_ZIP_CORRUPT ? "invalid compressed data--format violated"
                                          : "unexpected end of file");
    return GNU_FAILED;
}

static int extract(struct tar *a)
{
    const char *data;
    uint32_t length;
    int r;

    while ((r = sh_input_chunk(a->t, &a->in, &data, &length)) == 1) {
        if (!a->seen && (r = look_at(a, data, length)) != -1)
            return r;
        a->seen = true;
        if (a->zip != NULL ? !sh_zip_add(a->t, a->zip, data, length, false, &a->archive)
                           : !sh_buf_add(a->t, &a->archive, data, length))
            return SH_BLOCKED;
        if (a->archive.length > ARCHIVE_MAX) {
            sh_limit(a->t, "archive larger than 16 MiB");
            return SH_BLOCKED;
        }
    }
    if (r == SH_BLOCKED)
        return r;
    if (a->in.status != 0)
        return 1;
    if (a->zip != NULL && sh_zip_state(a->zip) != SH_ZIP_WHOLE &&
        sh_zip_state(a->zip) != SH_ZIP_GARBAGE)
        return bad_archive(a);
    return read_all(a);
}

/* ---- the command line ------------------------------------------------------------------------ */

static bool tar_init(struct tar *a)
{
    struct sh_opt_at at = {0};
    const char *strip, *how;

    if (!old_options(a->t, a->c) || !sh_options(a->t, a->c, options, &a->o))
        return false;
    if (has(a, 'c') + has(a, 'x') + has(a, 't') != 1) {
        sh_complain(a->t, "tar: must specify exactly one of c, x, t");
        return false;
    }
    if (has(a, 'j') || has(a, 'J'))
        return sh_refuse(a->t, has(a, 'j') ? "-j" : "-J") == 0;
    if (has(a, 'c') && has(a, 'a') && !to_stdout(a)) {
        how = compression_of(a->o.arg[sh_opt_bit('f')]);
        if (how[0] != '\0' && how[0] != 'z')
            return sh_refuse(a->t, how) == 0;
    }
    strip = has(a, 'S') ? a->o.arg[sh_opt_bit('S')] : "0";
    if (!sh_number(strip, &a->strip) || a->strip < 0) {
        sh_complain(a->t, "tar: invalid number '%s'", strip);
        return false;
    }
    while (sh_opt_next(a->c, options, &a->o, &at))
        if (at.letter == 'C' && !enter(a, at.arg))
            return false;
    sh_input_init(&a->in, (char *const *)&a->o.arg[sh_opt_bit('f')], has(a, 'f'));
    a->in.errors = SH_INPUT_CANNOT_OPEN;
    return true;
}

int sh_cmd_tar(struct sh_task *t, struct sh_call *c)
{
    struct tar *a = c->state;

    if (a == NULL) {
        a = c->state = sh_call_alloc(t, sizeof(*a));
        if (a == NULL)
            return SH_BLOCKED;
        a->t = t;
        a->c = c;
        if (!tar_init(a))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    return has(a, 'c') ? create(a) : extract(a);
}
