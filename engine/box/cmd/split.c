/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split.c - split: a file in pieces, by lines, bytes or their number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char options[] =
    "a:b:C:del:n:xA:D::X::Vu suffix-length=a additional-suffix=A bytes=b line-bytes=C "
    "elide-empty-files=e "
    "lines=l number=n numeric-suffixes=D hex-suffixes=X verbose=V unbuffered=u";

enum { SUFFIX_MAX = 16, PIECES_MAX = 4096 };

enum split_by { BY_LINES, BY_BYTES, BY_LINE_BYTES, BY_NUMBER, BY_NUMBER_OF_LINES };

struct split {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_input in;
    enum split_by by;
    uint64_t size, left; /* of a piece; what the one that is being written may still take */
    const char *prefix, *behind, *letters;
    uint32_t width, base;
    bool widens, fixed, open; /* open: a piece has been begun */
    uint64_t number;          /* of pieces so far */
    char path[FS_PATH_MAX];
    struct sh_buf line; /* -C: one that may have to go into the next piece */
};

static bool has(const struct split *s, char letter)
{
    return sh_opt(&s->o, letter);
}

static bool fail(struct split *s, int error)
{
    if (!s->t->proc->over)
        sh_fail(s->t, s->path, error);
    return false;
}

/* ---- pieces -----------------------------------------------------------------------------------
 */

/* The suffix of a piece: aa, ab, ... and, unless its length was said, zaaa behind yz. */
static bool name_of(struct split *s, uint64_t n, char suffix[SUFFIX_MAX + 1])
{
    uint32_t width = s->width, lead = 0;
    uint64_t all = 1;

    if (s->widens) {
        for (;; width += 1, lead++) {
            uint64_t here = s->base - 1;

            for (uint32_t i = 1; i < width; i++)
                here *= s->base;
            if (n < here)
                break;
            n -= here;
            if (width + lead + 2 > SUFFIX_MAX)
                return false;
        }
    }
    for (uint32_t i = 0; i < width; i++)
        all *= s->base;
    if (!s->widens && n >= all)
        return false;
    memset(suffix, s->letters[s->base - 1], lead);
    for (uint32_t i = width; i > 0; i--) {
        suffix[lead + i - 1] = s->letters[n % s->base];
        n /= s->base;
    }
    suffix[lead + width] = '\0';
    return true;
}

static bool begin_piece(struct split *s)
{
    char suffix[SUFFIX_MAX + 1];
    struct sh_file *f;
    int error;

    if (!name_of(s, s->number++, suffix)) {
        sh_complain(s->t, "split: output file suffixes exhausted");
        return false;
    }
    if (strlen(s->prefix) + strlen(suffix) + strlen(s->behind) >= sizeof(s->path))
        return fail(s, -ENAMETOOLONG);
    snprintf(s->path, sizeof(s->path), "%s%s%s", s->prefix, suffix, s->behind);
    error = sh_open(s->t, s->path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);
    if (error != 0)
        return fail(s, error);
    sh_file_unref(s->t->proc, f);
    if (has(s, 'V'))
        sh_printf(s->t, "creating file '%s'\n", s->path);
    s->open = true;
    s->left = s->size;
    return sh_charge(s->t, 8);
}

static bool put(struct split *s, const char *data, uint64_t length)
{
    struct sh_file *f;
    int error;

    if (!s->open && !begin_piece(s))
        return false;
    error = sh_open(s->t, s->path, FS_WRITE | FS_APPEND, &f);
    if (error == 0) {
        error = sh_write_file(s->t, f, data, (size_t)length);
        sh_file_unref(s->t->proc, f);
    }
    return error == 0 || fail(s, error);
}

static bool take_lines(struct split *s, const char *data, uint32_t length)
{
    while (length > 0) {
        uint32_t n = 0;

        if (!s->open && !begin_piece(s))
            return false;
        while (n < length && s->left > 0)
            s->left -= data[n++] == '\n';
        if (!put(s, data, n))
            return false;
        s->open = s->left > 0;
        data += n;
        length -= n;
    }
    return true;
}

static bool take_bytes(struct split *s, const char *data, uint64_t length)
{
    while (length > 0) {
        uint64_t n;

        if (!s->open && !begin_piece(s))
            return false;
        n = RX_MIN(length, s->left);
        if (!put(s, data, n))
            return false;
        s->left -= n;
        s->open = s->left > 0;
        data += n;
        length -= n;
    }
    return true;
}

/* A whole line, or as much of one as a piece can take. */
static bool put_line(struct split *s)
{
    if (s->open && s->line.length > s->left)
        s->open = false;
    if (!take_bytes(s, s->line.text, s->line.length))
        return false;
    s->line.length = 0;
    return true;
}

static bool take_line_bytes(struct split *s, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (!sh_buf_add(s->t, &s->line, data + i, 1))
            return false;
        if ((data[i] == '\n' || s->line.length >= s->size) && !put_line(s))
            return false;
    }
    return true;
}

/* ---- into so many pieces -----------------------------------------------------------------------
 */

/* Where piece n of a text of that size ends; by lines: behind the line that begins in it. */
static uint64_t piece_end(const struct split *s, const char *data, uint64_t size, uint64_t n)
{
    uint64_t end = n + 1 == s->size ? size : (n + 1) * (size / s->size);
    const char *newline;

    if (s->by == BY_NUMBER || end == 0 || end >= size || data[end - 1] == '\n')
        return end;
    newline = memchr(data + end, '\n', (size_t)(size - end));
    return newline != NULL ? (uint64_t)(newline - data) + 1 : size;
}

static int into_number(struct split *s, const char *path)
{
    char full[FS_PATH_MAX];
    struct fs_stat st;
    const char *data;
    uint32_t size;
    char *copy;
    uint64_t at = 0;
    int error;

    if (strcmp(path, "-") == 0 || (sh_stat(s->t, path, &st) == 0 && st.kind != FS_FILE)) {
        sh_complain(s->t, "split: %s: cannot determine file size", path);
        return 1;
    }
    if (sh_full_path(s->t, path, full, &error) != NULL)
        error = fs_get(sh_fs(s->t), full, &data, &size);
    if (error != 0) {
        sh_complain(s->t, "split: cannot open '%s' for reading: %s", path, fs_strerror(error));
        return 1;
    }
    copy = sh_call_alloc(s->t, (size_t)size + 1); /* a piece may have its name */
    if (copy == NULL)
        return SH_BLOCKED;
    memcpy(copy, data, size);
    for (uint64_t n = 0; n < s->size; n++) {
        uint64_t end = piece_end(s, copy, size, n);

        s->open = false;
        if ((end > at || !has(s, 'e')) && !put(s, copy + at, end > at ? end - at : 0))
            return s->t->proc->over ? SH_BLOCKED : 1;
        at = RX_MAX(at, end);
    }
    return 0;
}

/* ---- the command line -------------------------------------------------------------------------
 */

static bool bad(struct split *s, const char *what, const char *word, bool range)
{
    if (sh_has_busybox(s->t))
        sh_complain(s->t, "split: invalid number '%s'", word);
    else
        sh_complain(s->t, "split: invalid %s: '%s'%s", what, word,
                    range ? ": Numerical result out of range" : "");
    return false;
}

static bool read_size(struct split *s, char letter, enum split_by by, const char *what)
{
    const char *word = s->o.arg[sh_opt_bit(letter)];
    bool number = sh_size_read(word, &s->size);

    s->by = by;
    return (number && s->size > 0) || bad(s, what, word, number);
}

static bool read_number(struct split *s)
{
    const char *word = s->o.arg[sh_opt_bit('n')];
    int64_t n;

    s->by = strncmp(word, "l/", 2) == 0 ? BY_NUMBER_OF_LINES : BY_NUMBER;
    if (strncmp(word, "r/", 2) == 0 || strchr(word + (s->by == BY_NUMBER ? 0 : 2), '/') != NULL)
        return sh_refuse(s->t, "-n but for N and l/N") == 0;
    if (!sh_number(word + (s->by == BY_NUMBER ? 0 : 2), &n) || n < 1)
        return bad(s, "number of chunks", word, false);
    if (n > PIECES_MAX)
        return sh_refuse(s->t, "-n of more than 4096") == 0;
    s->size = (uint64_t)n;
    for (uint64_t room = s->base * s->base; !s->fixed && room < s->size; room *= s->base)
        s->width++;
    s->widens = false;
    return true;
}

static bool read_suffix(struct split *s)
{
    const char *width = s->o.arg[sh_opt_bit('a')], *from;
    int64_t n = 2;

    s->letters = "abcdefghijklmnopqrstuvwxyz";
    s->base = 26;
    if (has(s, 'd') || has(s, 'D') || has(s, 'x') || has(s, 'X')) {
        s->letters = "0123456789abcdef";
        s->base = has(s, 'x') || has(s, 'X') ? 16 : 10;
    }
    if (has(s, 'a') && (!sh_number(width, &n) || n < 0 || n > SUFFIX_MAX - 2))
        return bad(s, "suffix length", width, false);
    s->fixed = has(s, 'a') && n > 0;
    s->width = n > 0 ? (uint32_t)n : 2;
    s->widens = !s->fixed && !sh_has_busybox(s->t);
    from = has(s, 'D') ? s->o.arg[sh_opt_bit('D')] : has(s, 'X') ? s->o.arg[sh_opt_bit('X')] : NULL;
    if (from != NULL) {
        if (!sh_number(from, &n) || n < 0)
            return bad(s, "starting value", from, false);
        s->number = (uint64_t)n;
        s->widens = false;
    }
    s->behind = has(s, 'A') ? s->o.arg[sh_opt_bit('A')] : "";
    if (strchr(s->behind, '/') == NULL)
        return true;
    sh_complain(s->t, "split: invalid suffix '%s', contains directory separator", s->behind);
    return false;
}

static bool split_begin(struct split *s, struct sh_call *c)
{
    int ways;

    if (c->argc > 1 && c->argv[1][0] == '-' && c->argv[1][1] >= '0' && c->argv[1][1] <= '9') {
        char *room = sh_call_alloc(s->t, strlen(c->argv[1]) + 2); /* -5 is -l5 */

        if (room == NULL)
            return false;
        snprintf(room, strlen(c->argv[1]) + 2, "-l%s", c->argv[1] + 1);
        c->argv[1] = room;
    }
    if (!sh_options(s->t, c, options, &s->o) || !read_suffix(s))
        return false;
    ways = has(s, 'l') + has(s, 'b') + has(s, 'C') + has(s, 'n');
    if (ways > 1) {
        sh_complain(
            s->t,
            "split: cannot split in more than one way\nTry 'split --help' for more information.");
        return false;
    }
    s->size = 1000;
    if ((has(s, 'l') && !read_size(s, 'l', BY_LINES, "number of lines")) ||
        (has(s, 'b') && !read_size(s, 'b', BY_BYTES, "number of bytes")) ||
        (has(s, 'C') && !read_size(s, 'C', BY_LINE_BYTES, "number of lines")) ||
        (has(s, 'n') && !read_number(s)))
        return false;
    if (c->argc - s->o.first > 2) {
        sh_complain(s->t, "split: extra operand '%s'\nTry 'split --help' for more information.",
                    c->argv[s->o.first + 2]);
        return false;
    }
    s->prefix = c->argc - s->o.first > 1 ? c->argv[s->o.first + 1] : "x";
    sh_input_init(&s->in, c->argv + s->o.first, RX_MIN(c->argc - s->o.first, 1u));
    s->in.errors = SH_INPUT_SILENT;
    return true;
}

static bool take(struct split *s, const char *data, uint32_t length)
{
    return sh_charge(s->t, 1 + length / 16) &&
           (s->by == BY_LINES   ? take_lines(s, data, length)
            : s->by == BY_BYTES ? take_bytes(s, data, length)
                                : take_line_bytes(s, data, length));
}

int sh_cmd_split(struct sh_task *t, struct sh_call *c)
{
    struct split *s = c->state;
    const char *data, *path;
    uint32_t length;
    struct fs_stat st;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        s->t = t;
        if (!split_begin(s, c))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    path = s->o.first < c->argc ? c->argv[s->o.first] : "-";
    if (s->by == BY_NUMBER || s->by == BY_NUMBER_OF_LINES)
        return into_number(s, path);
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!take(s, data, length))
            return t->proc->over ? SH_BLOCKED : 1;
    if (r == SH_BLOCKED)
        return r;
    if (s->in.status != 0) {
        int error = sh_stat(t, path, &st);

        sh_complain(t,
                    error == 0 || sh_has_busybox(t) ? "split: %s: %s"
                                                    : "split: cannot open '%s' for reading: %s",
                    path, fs_strerror(error != 0 ? error : -EISDIR));
        return 1;
    }
    return s->line.length > 0 && !put_line(s) ? (t->proc->over ? SH_BLOCKED : 1) : 0;
}
