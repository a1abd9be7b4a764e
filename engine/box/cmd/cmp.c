/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmp.c - cmp: where two files begin to differ, or all places.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

static const char options[] =
    "bi:ln:s print-bytes=b ignore-initial=i verbose=l bytes=n quiet=s silent=s";

enum { SAME = 0, DIFFERENT = 1, TROUBLE = 2, IN_PLACE = 64 << 10 };

struct cmp_side {
    const char *path, *data;
    uint32_t length;
    uint64_t skip;
    bool endless; /* a device, or a pipe: no more of it is read than the other side needs */
    struct sh_buf text;
};

struct cmp {
    struct sh_task *t;
    struct sh_opts o;
    struct sh_input in;
    struct cmp_side side[2];
    uint64_t limit; /* -n */
    int loading;    /* how many sides have been read */
    bool begun, busybox;
    char *word; /* what sh_input reads */
};

static bool has(const struct cmp *k, char letter)
{
    return sh_opt(&k->o, letter);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static int look_at(struct cmp *k, struct cmp_side *s)
{
    struct fs_stat st = {.kind = FS_STDIN};
    int error = 0;

    if (strcmp(s->path, "-") != 0 && !sh_is_descriptor(k->t, s->path))
        error = sh_stat(k->t, s->path, &st);
    if (error == 0 && st.kind == FS_DIR)
        error = k->busybox ? -EIO : -EISDIR;
    s->endless = st.kind != FS_FILE;
    if (error == 0)
        return 0;
    if (!has(k, 's') || (k->busybox && error == -EIO))
        sh_complain(k->t, "cmp: %s: %s", s->path, error == -EIO ? "I/O error" : fs_strerror(error));
    return TROUBLE;
}

/* A large file is looked at where it lies. */
static bool in_place(struct cmp *k, struct cmp_side *s)
{
    char full[FS_PATH_MAX];
    struct fs_stat st;
    int error;

    return !s->endless && sh_stat(k->t, s->path, &st) == 0 && st.size > IN_PLACE &&
           sh_full_path(k->t, s->path, full, &error) != NULL &&
           fs_get(sh_fs(k->t), full, &s->data, &s->length) == 0;
}

/* 0, TROUBLE, or SH_BLOCKED. */
static int load(struct cmp *k, struct cmp_side *s, uint64_t most)
{
    const char *data;
    uint32_t length;
    int r;

    if (!k->begun) {
        if (in_place(k, s))
            return 0;
        k->word = (char *)(uintptr_t)s->path;
        sh_input_init(&k->in, &k->word, strcmp(s->path, "-") == 0 ? 0 : 1);
        k->in.errors = has(k, 's') ? SH_INPUT_SILENT : SH_INPUT_PLAIN;
        k->begun = true;
    }
    while (s->text.length < most && (r = sh_input_chunk(k->t, &k->in, &data, &length)) != 0) {
        if (r == SH_BLOCKED || !sh_buf_add(k->t, &s->text, data, length))
            return SH_BLOCKED;
    }
    k->begun = false;
    sh_file_unref(k->t->proc, k->t->call.in);
    k->t->call.in = NULL;
    s->data = s->text.text != NULL ? s->text.text : "";
    s->length = s->text.length;
    return k->in.status != 0 ? TROUBLE : 0;
}

static int load_both(struct cmp *k)
{
    /* What has an end is read first. */
    int first = k->side[0].endless && !k->side[1].endless ? 1 : 0;

    for (; k->loading < 2; k->loading++) {
        struct cmp_side *s = &k->side[k->loading ^ first],
                        *other = &k->side[k->loading ^ first ^ 1];
        uint64_t most = UINT64_MAX;
        int r;

        if (k->limit < UINT64_MAX - s->skip)
            most = s->skip + k->limit;
        if (k->loading == 1 && other->length >= other->skip)
            most = RX_MIN(most, s->skip + (other->length - other->skip) + 1);
        r = load(k, s, most);
        if (r != 0)
            return r;
    }
    return 0;
}

/* ---- comparing --------------------------------------------------------------------------------
 */

/* A byte as -b shows it. */
static const char *shown(unsigned char b, char room[8])
{
    unsigned low = b & 127u;
    bool control = low < ' ' || low == 127;

    snprintf(room, 8, "%s%s%c", b >= 128 ? "M-" : "", control ? "^" : "",
             (int)(control ? low ^ 64u : low));
    return room;
}

static void tell_first(struct cmp *k, uint64_t at, uint64_t line, unsigned char a, unsigned char b)
{
    char one[8], two[8];

    sh_puts(k->t, k->side[0].path);
    sh_puts(k->t, " ");
    sh_puts(k->t, k->side[1].path);
    sh_printf(k->t, " differ: %s %llu, line %llu", has(k, 'b') ? "byte" : "char",
              (unsigned long long)at, (unsigned long long)line);
    if (has(k, 'b'))
        sh_printf(k->t, " is %3o %s %3o %s", a, shown(a, one), b, shown(b, two));
    sh_puts(k->t, "\n");
}

static int tell_end(struct cmp *k, const struct cmp_side *s, uint64_t bytes, uint64_t line,
                    bool within)
{
    if (has(k, 's'))
        return DIFFERENT;
    if (k->busybox)
        sh_complain(k->t, "cmp: EOF on %s", s->path);
    else if (bytes == 0)
        sh_complain(k->t, "cmp: EOF on %s which is empty", s->path);
    else if (has(k, 'l'))
        sh_complain(k->t, "cmp: EOF on %s after byte %llu", s->path, (unsigned long long)bytes);
    else
        sh_complain(k->t, "cmp: EOF on %s after byte %llu, %s %llu", s->path,
                    (unsigned long long)bytes, within ? "in line" : "line",
                    (unsigned long long)(within ? line : line - 1));
    return DIFFERENT;
}

static uint32_t left(const struct cmp *k, int which)
{
    const struct cmp_side *s = &k->side[which];

    return (uint32_t)RX_MIN(s->length > s->skip ? s->length - s->skip : 0, k->limit);
}

static int width_of(uint64_t n)
{
    int width = 1;

    while (n >= 10) {
        n /= 10;
        width++;
    }
    return width;
}

static int compare(struct cmp *k)
{
    const char *a = k->side[0].data + RX_MIN(k->side[0].skip, k->side[0].length);
    const char *b = k->side[1].data + RX_MIN(k->side[1].skip, k->side[1].length);
    uint32_t na = left(k, 0), nb = left(k, 1), both = RX_MIN(na, nb);
    int status = SAME, width = width_of(RX_MAX(na, nb));
    uint64_t line = 1;
    char one[8], two[8];

    if (!sh_charge(k->t, 1 + both / 16))
        return SH_BLOCKED;
    for (uint32_t i = 0; i < both; i++) {
        unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

        if (x != y && has(k, 's'))
            return DIFFERENT;
        if (x != y && !has(k, 'l')) {
            tell_first(k, i + 1, line, x, y);
            return DIFFERENT;
        }
        if (x != y && !sh_charge(k->t, 1))
            return SH_BLOCKED;
        if (x != y && has(k, 'b'))
            sh_printf(k->t, "%*u %3o %-4s %3o %s\n", width, i + 1, x, shown(x, one), y,
                      shown(y, two));
        else if (x != y)
            sh_printf(k->t, "%*u %3o %3o\n", width, i + 1, x, y);
        status |= x != y;
        line += x == '\n';
    }
    if (na == nb)
        return status;
    return tell_end(k, &k->side[na < nb ? 0 : 1], both, line, both > 0 && a[both - 1] != '\n');
}

/* ---- the command line -------------------------------------------------------------------------
 */

static int usage(struct cmp *k, const char *what, const char *word)
{
    if (k->busybox) {
        sh_complain(k->t, "cmp: usage: cmp [-ls] [-n NUM] FILE1 [FILE2 [SKIP1 [SKIP2]]]");
        return 1;
    }
    sh_complain(k->t, "cmp: %s '%s'\ncmp: Try 'cmp --help' for more information.", what, word);
    return TROUBLE;
}

static bool number(struct cmp *k, const char *word, uint64_t *out)
{
    if (sh_size_read(word, out))
        return true;
    if (k->busybox)
        sh_complain(k->t, "cmp: invalid number '%s'", word);
    return false;
}

/* 0, or the status with which it ends. */
static int skips(struct cmp *k, char **word, uint32_t count)
{
    if (has(k, 'i')) {
        char first[32];
        const char *given = k->o.arg[sh_opt_bit('i')], *colon = strchr(given, ':');

        snprintf(first, sizeof(first), "%.*s", (int)(colon != NULL ? colon - given : 31), given);
        if (!sh_size_read(first, &k->side[0].skip) ||
            !sh_size_read(colon != NULL ? colon + 1 : first, &k->side[1].skip))
            return usage(k, "invalid --ignore-initial value", given);
    }
    for (uint32_t i = 2; i < count; i++)
        if (!number(k, word[i], &k->side[i - 2].skip))
            return k->busybox ? 1 : usage(k, "invalid --ignore-initial value", word[i]);
    if (has(k, 'n') && !number(k, k->o.arg[sh_opt_bit('n')], &k->limit))
        return k->busybox ? 1 : usage(k, "invalid --bytes value", k->o.arg[sh_opt_bit('n')]);
    return 0;
}

static int cmp_init(struct cmp *k, struct sh_call *c)
{
    char **word;
    uint32_t count;
    int status;

    if (!sh_options(k->t, c, options, &k->o))
        return k->busybox ? 1 : TROUBLE;
    word = c->argv + k->o.first;
    count = c->argc - k->o.first;
    if (count == 0)
        return usage(k, "missing operand after", c->argv[c->argc - 1]);
    if (count > 4)
        return usage(k, "extra operand", word[4]);
    k->limit = UINT64_MAX;
    k->side[0].path = word[0];
    k->side[1].path = count > 1 ? word[1] : "-";
    status = skips(k, word, count);
    if (status == 0 && strcmp(k->side[0].path, k->side[1].path) == 0 && !k->busybox &&
        k->side[0].skip == k->side[1].skip)
        return -1; /* one file */
    for (int which = 0; status == 0 && which < 2; which++)
        status = look_at(k, &k->side[which]);
    return status;
}

int sh_cmd_cmp(struct sh_task *t, struct sh_call *c)
{
    struct cmp *k = c->state;
    int r;

    if (k == NULL) {
        k = c->state = sh_call_alloc(t, sizeof(*k));
        if (k == NULL)
            return SH_BLOCKED;
        k->t = t;
        k->busybox = sh_has_busybox(t);
        r = cmp_init(k, c);
        if (r != 0)
            return t->proc->over ? SH_BLOCKED : r < 0 ? SAME : r;
    }
    r = load_both(k);
    return r != 0 ? r : compare(k);
}
