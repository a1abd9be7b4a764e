/* SPDX-License-Identifier: Apache-2.0 */
/* awk_func.c - awk's built-in functions. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/box/cmd/awk.h"
#include "engine/box/cmd/awk_words.h"
#include "engine/reactor/base.h"
#include "engine/reactor/prng.h"

/* ---- arguments ------------------------------------------------------------------------------- */

static const struct awk_node *argument(const struct awk_node *n, int i)
{
    const struct awk_node *a = n->a;

    while (a != NULL && i-- > 0)
        a = a->next;
    return a;
}

static double number_arg(struct awk *k, const struct awk_node *n, int i)
{
    const struct awk_node *a = argument(n, i);
    struct awk_val v = a != NULL ? awk_eval(k, a) : (struct awk_val){0};
    double x = awk_num(v);

    awk_drop(k, v);
    return x;
}

static struct awk_str *text_arg(struct awk *k, const struct awk_node *n, int i)
{
    const struct awk_node *a = argument(n, i);
    struct awk_val v = a != NULL ? awk_eval(k, a) : awk_field_get(k, 0);
    struct awk_str *s = awk_text(k, v, false);

    awk_drop(k, v);
    return s;
}

/* ---- sub and gsub ---------------------------------------------------------------------------- */

/* & is what was matched, \& an ampersand, \\& a backslash and what was matched. */
static void put_replacement(struct awk *k, struct sh_buf *b, const struct awk_str *with,
                            const char *match, size_t length)
{
    for (uint32_t i = 0; i < with->length; i++) {
        char c = with->text[i];

        if (c == '\\' && i + 1 < with->length &&
            (with->text[i + 1] == '&' || with->text[i + 1] == '\\'))
            sh_buf_add(k->t, b, &with->text[++i], 1);
        else if (c == '&')
            sh_buf_add(k->t, b, match, length);
        else
            sh_buf_add(k->t, b, &c, 1);
    }
}

static struct awk_val substitute(struct awk *k, const struct awk_node *n, bool all)
{
    static const struct awk_node zero = {.op = AWK_OP_NUMBER, .val = {.kind = AWK_NUM}};
    static const struct awk_node record = {.op = AWK_OP_FIELD,
                                           .a = (struct awk_node *)(uintptr_t)&zero};
    const struct awk_node *to = argument(n, 2) != NULL ? argument(n, 2) : &record;
    struct sh_regex *regex = awk_regex_of(k, n->a);
    struct awk_str *with = text_arg(k, n, 1);
    struct awk_val old = awk_eval(k, to);
    struct awk_str *s = awk_text(k, old, false);
    int32_t group[2 * SH_REGEX_GROUPS];
    uint32_t from = 0, count = 0;
    struct sh_buf b = {0};

    while (regex != NULL && from <= s->length && !awk_stops(k) &&
           sh_regex_find(k->t, regex, s->text, s->length, from, group)) {
        uint32_t start = (uint32_t)group[0], end = (uint32_t)group[1];

        sh_buf_add(k->t, &b, s->text + from, start - from);
        put_replacement(k, &b, with, s->text + start, end - start);
        count++;
        if (end == start && end < s->length)
            sh_buf_add(k->t, &b, s->text + end, 1);
        from = end + (end == start);
        if (!all || (end == s->length && end != start))
            break;
    }
    if (from < s->length)
        sh_buf_add(k->t, &b, s->text + from, s->length - from);
    if (count > 0 && !awk_stops(k))
        awk_assign(k, to, awk_string(awk_str(k, b.text, b.length)));
    awk_str_drop(k, s);
    awk_drop(k, old);
    awk_str_drop(k, with);
    return awk_number(count);
}

/* ---- split, match, substr, index --------------------------------------------------------------
 */

static void put_piece(struct awk *k, void *ctx, uint32_t i, const char *at, size_t length)
{
    struct awk_val number = awk_number(i);
    struct awk_str *key = awk_text(k, number, false);
    struct awk_val *v = awk_array_at(k, ctx, key, true);

    if (v != NULL)
        awk_set(k, v, awk_outside(k, awk_str(k, at, length)));
    awk_str_drop(k, key);
}

static struct awk_val split(struct awk *k, const struct awk_node *n)
{
    const struct awk_node *into = argument(n, 1), *by = argument(n, 2);
    struct awk_str *s = text_arg(k, n, 0), *separator;
    struct sh_regex *regex = NULL;
    struct awk_array *a;
    uint32_t count = 0;

    if (into->op != AWK_OP_VAR && into->op != AWK_OP_LOCAL) {
        awk_fatal(k, "awk: cmd. line:1: Not an array");
        awk_str_drop(k, s);
        return (struct awk_val){0};
    }
    separator =
        by != NULL && by->op != AWK_OP_REGEX ? text_arg(k, n, 2) : awk_special_text(k, AWK_FS);
    if (by != NULL && by->op == AWK_OP_REGEX)
        regex = by->regex;
    a = awk_array_of(k, into);
    if (a != NULL) {
        awk_array_clear(k, a);
        count = awk_split(k, s, separator, regex, put_piece, a);
    }
    awk_str_drop(k, separator);
    awk_str_drop(k, s);
    return awk_number(count);
}

static struct awk_val match(struct awk *k, const struct awk_node *n)
{
    struct awk_str *s = text_arg(k, n, 0);
    struct sh_regex *regex = awk_regex_of(k, argument(n, 1));
    int32_t group[2 * SH_REGEX_GROUPS] = {-1, -2};
    bool is = regex != NULL && sh_regex_find(k->t, regex, s->text, s->length, 0, group);

    if (!is) {
        group[0] = -1;
        group[1] = -2;
    }
    awk_special_set(k, AWK_RSTART, awk_number(group[0] + 1));
    awk_special_set(k, AWK_RLENGTH, awk_number(group[1] - group[0]));
    awk_str_drop(k, s);
    return awk_number(group[0] + 1);
}

/* Positions are rounded. As in busybox a start before the string is its first character, and the
 * length counts from there; other awks count from where the start would be. */
static struct awk_val substr(struct awk *k, const struct awk_node *n)
{
    struct awk_str *s = text_arg(k, n, 0), *part;
    double start = fmax(rint(number_arg(k, n, 1)), 1), all = s->length;
    double length = argument(n, 2) != NULL ? rint(number_arg(k, n, 2)) : all;

    length = fmin(length, all - start + 1);
    part = length > 0 ? awk_str(k, s->text + (size_t)start - 1, (size_t)length)
                      : awk_str_keep(k->empty);
    awk_str_drop(k, s);
    return awk_string(part);
}

static struct awk_val index_of(struct awk *k, const struct awk_node *n)
{
    struct awk_str *s = text_arg(k, n, 0), *what = text_arg(k, n, 1);
    const char *at = memmem(s->text, s->length, what->text, what->length);
    double where = at != NULL ? (double)(at - s->text + 1) : 0;

    awk_str_drop(k, s);
    awk_str_drop(k, what);
    return awk_number(where);
}

static struct awk_val length_of(struct awk *k, const struct awk_node *n)
{
    const struct awk_node *a = n->a;
    struct awk_str *s;
    double length;

    if (a != NULL && (a->op == AWK_OP_VAR || a->op == AWK_OP_LOCAL) &&
        awk_cell_of(k, a)->array != NULL)
        return awk_number(awk_cell_of(k, a)->array->count);
    s = text_arg(k, n, 0);
    length = s->length;
    awk_str_drop(k, s);
    return awk_number(length);
}

static struct awk_val with_case(struct awk *k, const struct awk_node *n, bool upper)
{
    struct awk_str *s = text_arg(k, n, 0), *made = awk_str(k, s->text, s->length);

    for (uint32_t i = 0; i < made->length; i++) {
        char *c = &made->text[i];

        if (upper && *c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
        else if (!upper && *c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    }
    awk_str_drop(k, s);
    return awk_string(made);
}

/* ---- printf ---------------------------------------------------------------------------------- */

struct formatter {
    struct awk *k;
    const struct awk_node *next; /* argument */
    struct sh_buf out;
};

static struct awk_val next_value(struct formatter *f)
{
    const struct awk_node *n = f->next;

    if (n == NULL)
        return (struct awk_val){0};
    f->next = n->next;
    return awk_eval(f->k, n);
}

static int next_number(struct formatter *f)
{
    struct awk_val v = next_value(f);
    double n = awk_num(v);

    awk_drop(f->k, v);
    return n > 10000 ? 10000 : n < -10000 ? -10000 : (int)n;
}

/* One number by C's printf, with flags, width and precision that were read. */
static void put_number(struct formatter *f, const char *flags, int width, int precision, char kind,
                       double n)
{
    char format[32], text[12000];
    int length;

    if (strchr("di", kind) != NULL) {
        snprintf(format, sizeof(format), "%%%s*.*lld", flags);
    } else if (strchr("oxXu", kind) != NULL) {
        snprintf(format, sizeof(format), "%%%s*.*ll%c", flags, kind);
    } else {
        snprintf(format, sizeof(format), "%%%s*.*%c", flags, kind);
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (strchr("dioxXu", kind) != NULL) {
        double whole = isnan(n) ? 0 : fmin(fmax(trunc(n), -9.2e18), 9.2e18);

        length = snprintf(text, sizeof(text), format, width, precision, (long long)whole);
    } else {
        length = snprintf(text, sizeof(text), format, width, precision, n);
    }
#pragma GCC diagnostic pop
    sh_buf_add(f->k->t, &f->out, text, RX_MIN((size_t)RX_MAX(length, 0), sizeof(text) - 1));
}

static void put_padded(struct formatter *f, const char *flags, int width, const char *s,
                       size_t length)
{
    bool left = strchr(flags, '-') != NULL || width < 0;
    size_t pad = (size_t)(width < 0 ? -width : width);

    pad = pad > length ? pad - length : 0;
    for (size_t i = 0; !left && i < pad; i++)
        sh_buf_add(f->k->t, &f->out, " ", 1);
    sh_buf_add(f->k->t, &f->out, s, length);
    for (size_t i = 0; left && i < pad; i++)
        sh_buf_add(f->k->t, &f->out, " ", 1);
}

static void put_text(struct formatter *f, const char *flags, int width, int precision)
{
    struct awk_val v = next_value(f);
    struct awk_str *s = awk_text(f->k, v, false);
    size_t length = precision >= 0 ? RX_MIN(s->length, (size_t)precision) : s->length;

    put_padded(f, flags, width, s->text, length);
    awk_str_drop(f->k, s);
    awk_drop(f->k, v);
}

/* A number is the character of that code, anything else its first one. */
static void put_char(struct formatter *f, const char *flags, int width)
{
    struct awk_val v = next_value(f);
    struct awk_str *s = awk_text(f->k, v, false);
    char c = v.kind == AWK_NUM || v.kind == AWK_STRNUM ? (char)awk_whole(awk_num(v)) : s->text[0];
    bool none = v.kind != AWK_NUM && v.kind != AWK_STRNUM && s->length == 0;

    put_padded(f, flags, width, &c, none ? 0 : 1);
    awk_str_drop(f->k, s);
    awk_drop(f->k, v);
}

/* "%-5.2f": moves behind it. */
static const char *put_one(struct formatter *f, const char *at)
{
    char flags[8] = "";
    int width = 0, precision = -1;
    struct awk_val v;

    for (at++; *at != '\0' && strchr("-+ #0", *at) != NULL; at++)
        if (strlen(flags) < sizeof(flags) - 2)
            strncat(flags, at, 1);
    if (*at == '*') {
        width = next_number(f);
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        width = RX_MIN(width * 10 + (*at - '0'), 10000);
    if (*at == '.') {
        precision = 0;
        at++;
        if (*at == '*') {
            precision = next_number(f);
            at++;
        }
        for (; *at >= '0' && *at <= '9'; at++)
            precision = RX_MIN(precision * 10 + (*at - '0'), 1000);
    }
    at += strspn(at, "hlLqjzt");
    switch (*at) {
    case '\0':
        return at;
    case 's':
        put_text(f, flags, width, precision);
        break;
    case 'c':
        put_char(f, flags, width);
        break;
    case 'd':
    case 'i':
    case 'o':
    case 'x':
    case 'X':
    case 'u':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        v = next_value(f);
        put_number(f, flags, width, RX_MIN(precision, 1000), *at, awk_num(v));
        awk_drop(f->k, v);
        break;
    default:
        awk_fatal(f->k, "awk: cmd. line:1: %%%c: invalid format", *at);
        break;
    }
    return at + 1;
}

static struct awk_str *formatted(struct awk *k, const struct awk_node *list)
{
    struct formatter f = {.k = k, .next = list};
    struct awk_val v = next_value(&f);
    struct awk_str *format = awk_text(k, v, false), *s;

    for (const char *at = format->text; *at != '\0' && !awk_stops(k);) {
        size_t plain = strcspn(at, "%");

        sh_charge(k->t, 1);
        sh_buf_add(k->t, &f.out, at, plain);
        at += plain;
        if (at[0] == '%' && at[1] == '%') {
            sh_buf_add(k->t, &f.out, "%", 1);
            at += 2;
        } else if (*at == '%') {
            at = put_one(&f, at);
        }
    }
    awk_str_drop(k, format);
    awk_drop(k, v);
    s = awk_str(k, f.out.text, f.out.length);
    return s;
}

/* ---- output ---------------------------------------------------------------------------------- */

static struct awk_stream *stream_of(struct awk *k, struct awk_str *path, bool *is_new)
{
    struct awk_stream *s = k->streams;

    while (s != NULL && strcmp(s->path->text, path->text) != 0)
        s = s->next;
    *is_new = s == NULL;
    if (s != NULL)
        return s;
    s = awk_alloc(k, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->path = awk_str_keep(path);
    s->next = k->streams;
    k->streams = s;
    return s;
}

/* The first time as the program says, then behind what was written. */
static void put_file(struct awk *k, struct awk_str *path, bool append, const char *text,
                     size_t length)
{
    struct sh_file *file = NULL;
    bool is_new;
    int error;

    if (stream_of(k, path, &is_new) == NULL)
        return;
    error = sh_open(k->t, path->text,
                    FS_WRITE | FS_CREATE | (append || !is_new ? FS_APPEND : FS_TRUNCATE), &file);
    if (error == 0) {
        error = sh_write_file(k->t, file, text, length);
        sh_file_unref(k->t->proc, file);
        if (error != 0)
            awk_fatal(k, "awk: write error: %s", fs_strerror(error));
    } else {
        awk_fatal(k, "awk: can't redirect to '%.150s': %s", path->text, fs_strerror(error));
    }
}

static void put_out(struct awk *k, const struct awk_node *n, const char *text, size_t length)
{
    struct awk_str *path;
    struct awk_val v;

    if (n->how == AWK_TO_OUT) {
        sh_put(k->t, text, length);
        return;
    }
    v = awk_eval(k, n->b);
    path = awk_text(k, v, false);
    if (strcmp(path->text, "/dev/stdout") == 0 || strcmp(path->text, "-") == 0)
        sh_put(k->t, text, length);
    else
        put_file(k, path, n->how == AWK_TO_APPEND, text, length);
    awk_str_drop(k, path);
    awk_drop(k, v);
}

void awk_print(struct awk *k, const struct awk_node *n)
{
    struct awk_str *s, *ofs, *ors;
    struct sh_buf b = {0};

    if (n->op == AWK_OP_PRINTF) {
        s = formatted(k, n->a);
        if (!awk_stops(k))
            put_out(k, n, s->text, s->length);
        awk_str_drop(k, s);
        return;
    }
    ofs = awk_special_text(k, AWK_OFS);
    ors = awk_special_text(k, AWK_ORS);
    if (n->a == NULL) {
        struct awk_val v = awk_field_get(k, 0);

        s = awk_text(k, v, true);
        sh_buf_add(k->t, &b, s->text, s->length);
        awk_str_drop(k, s);
        awk_drop(k, v);
    }
    for (const struct awk_node *a = n->a; a != NULL && !awk_stops(k); a = a->next) {
        struct awk_val v = awk_eval(k, a);

        s = awk_text(k, v, true);
        if (a != n->a)
            sh_buf_add(k->t, &b, ofs->text, ofs->length);
        sh_buf_add(k->t, &b, s->text, s->length);
        awk_str_drop(k, s);
        awk_drop(k, v);
    }
    sh_buf_add(k->t, &b, ors->text, ors->length);
    if (!awk_stops(k))
        put_out(k, n, b.text, b.length);
    awk_str_drop(k, ofs);
    awk_str_drop(k, ors);
}

static struct awk_val close_stream(struct awk *k, const struct awk_node *n)
{
    struct awk_str *path = text_arg(k, n, 0);
    struct awk_stream **at = &k->streams, *s;

    while (*at != NULL && strcmp((*at)->path->text, path->text) != 0)
        at = &(*at)->next;
    awk_str_drop(k, path);
    s = *at;
    if (s == NULL)
        return awk_number(-1);
    *at = s->next;
    awk_str_drop(k, s->path);
    awk_free(k, s, sizeof(*s));
    return awk_number(0);
}

/* ---- getline --------------------------------------------------------------------------------- */

/* All of a file: false, if it cannot be read. */
static bool read_file(struct awk *k, struct awk_stream *s)
{
    struct sh_file *file;
    char chunk[512];
    int n;

    if (sh_open(k->t, s->path->text, FS_READ, &file) != 0)
        return false;
    while ((n = sh_read_file(k->t, file, chunk, sizeof(chunk))) > 0 && sh_charge(k->t, 8))
        if (!sh_buf_add(k->t, &s->ahead, chunk, (size_t)n))
            break;
    sh_file_unref(k->t->proc, file);
    if (n == SH_BLOCKED) /* a pipe behind a name */
        awk_fatal(k, "awk: getline from '%.100s' is not simulated", s->path->text);
    return n == 0;
}

static void forget(struct awk *k, struct awk_stream *s)
{
    k->streams = s->next;
    awk_str_drop(k, s->path);
    awk_free(k, s, sizeof(*s));
}

/* A line of a file: 1, 0 at its end, -1 if it cannot be read. */
static int file_line(struct awk *k, struct awk_str *path, struct awk_str **line)
{
    bool is_new;
    struct awk_stream *s = stream_of(k, path, &is_new);
    uint32_t left;
    size_t length;
    char *newline;

    if (s == NULL)
        return -1;
    if (is_new && !read_file(k, s)) {
        forget(k, s);
        return -1;
    }
    left = s->ahead.length - s->start;
    if (left == 0)
        return 0;
    newline = memchr(s->ahead.text + s->start, '\n', left);
    length = newline != NULL ? (size_t)(newline - (s->ahead.text + s->start)) : left;
    *line = awk_str(k, s->ahead.text + s->start, length);
    s->start += (uint32_t)length + (newline != NULL);
    return 1;
}

struct awk_val awk_getline(struct awk *k, const struct awk_node *n)
{
    struct awk_str *line = NULL;
    int got;

    if (n->b != NULL) {
        struct awk_val v = awk_eval(k, n->b);
        struct awk_str *path = awk_text(k, v, false);

        got = file_line(k, path, &line);
        awk_str_drop(k, path);
        awk_drop(k, v);
    } else {
        got = k->next_record(k, &line);
    }
    if (got <= 0 || line == NULL)
        return awk_number(got);
    if (n->b == NULL) {
        awk_special_set(k, AWK_NR, awk_number((double)awk_special_int(k, AWK_NR) + 1));
        awk_special_set(k, AWK_FNR, awk_number((double)awk_special_int(k, AWK_FNR) + 1));
    }
    if (n->a != NULL)
        awk_assign(k, n->a, awk_outside(k, line));
    else
        awk_record_set(k, line);
    return awk_number(1);
}

/* ---- time and chance ------------------------------------------------------------------------- */

static int64_t unix_seconds(const struct awk *k)
{
    return (k->t->proc->setup.epoch_ms + k->t->proc->now) / 1000;
}

static struct awk_val seeded(struct awk *k, const struct awk_node *n)
{
    uint64_t before = k->seed;

    k->seed = n->a != NULL ? (uint64_t)awk_whole(number_arg(k, n, 0)) : (uint64_t)unix_seconds(k);
    k->draws = 0;
    return awk_number((double)before);
}

static struct awk_val drawn(struct awk *k)
{
    uint64_t x = rx_prng_at(k->seed, 0x61776b, 0, k->draws++);

    return awk_number((double)(x >> 11) / 9007199254740992.0);
}

static struct awk_val time_text(struct awk *k, const struct awk_node *n)
{
    time_t at = argument(n, 1) != NULL ? (time_t)number_arg(k, n, 1) : (time_t)unix_seconds(k);
    struct awk_str *format = n->a != NULL ? text_arg(k, n, 0) : awk_str(k, "%c", 2);
    char text[512];
    struct tm tm;
    size_t length;

    gmtime_r(&at, &tm);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    length = strftime(text, sizeof(text), format->text, &tm);
#pragma GCC diagnostic pop
    awk_str_drop(k, format);
    return awk_string(awk_str(k, text, length));
}

/* "2026 01 02 03 04 05" */
static struct awk_val time_number(struct awk *k, const struct awk_node *n)
{
    struct awk_str *s = text_arg(k, n, 0);
    struct tm tm = {0};
    int fields = sscanf(s->text, "%d %d %d %d %d %d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                        &tm.tm_hour, &tm.tm_min, &tm.tm_sec);

    awk_str_drop(k, s);
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return awk_number(fields == 6 ? (double)timegm(&tm) : -1);
}

static struct awk_val bits(struct awk *k, const struct awk_node *n)
{
    double x = number_arg(k, n, 0), y = argument(n, 1) != NULL ? number_arg(k, n, 1) : 0;
    uint32_t a = (uint32_t)awk_whole(x), b = (uint32_t)awk_whole(y);

    switch (n->how) {
    case AWK_FN_and:
        return awk_number(a & b);
    case AWK_FN_or:
        return awk_number(a | b);
    case AWK_FN_xor:
        return awk_number(a ^ b);
    case AWK_FN_compl:
        return awk_number(~a);
    case AWK_FN_lshift:
        return awk_number((double)((uint64_t)a << (b & 63)));
    default:
        return awk_number((double)((uint64_t)a >> (b & 63)));
    }
}

static struct awk_val mathematics(struct awk *k, const struct awk_node *n)
{
    double x = number_arg(k, n, 0);

    switch (n->how) {
    case AWK_FN_atan2:
        return awk_number(atan2(x, number_arg(k, n, 1)));
    case AWK_FN_cos:
        return awk_number(cos(x));
    case AWK_FN_exp:
        return awk_number(exp(x));
    case AWK_FN_int:
        return awk_number(trunc(x));
    case AWK_FN_log:
        return awk_number(log(x));
    case AWK_FN_sin:
        return awk_number(sin(x));
    default:
        return awk_number(sqrt(x));
    }
}

struct awk_val awk_builtin(struct awk *k, const struct awk_node *n)
{
    switch ((enum awk_builtin)n->how) {
    case AWK_FN_close:
        return close_stream(k, n);
    case AWK_FN_fflush:
        return awk_number(0);
    case AWK_FN_gsub:
    case AWK_FN_sub:
        return substitute(k, n, n->how == AWK_FN_gsub);
    case AWK_FN_index:
        return index_of(k, n);
    case AWK_FN_length:
        return length_of(k, n);
    case AWK_FN_match:
        return match(k, n);
    case AWK_FN_mktime:
        return time_number(k, n);
    case AWK_FN_rand:
        return drawn(k);
    case AWK_FN_split:
        return split(k, n);
    case AWK_FN_sprintf:
        return awk_string(formatted(k, n->a));
    case AWK_FN_srand:
        return seeded(k, n);
    case AWK_FN_strftime:
        return time_text(k, n);
    case AWK_FN_substr:
        return substr(k, n);
    case AWK_FN_systime:
        return awk_number((double)unix_seconds(k));
    case AWK_FN_tolower:
    case AWK_FN_toupper:
        return with_case(k, n, n->how == AWK_FN_toupper);
    case AWK_FN_and:
    case AWK_FN_compl:
    case AWK_FN_lshift:
    case AWK_FN_or:
    case AWK_FN_rshift:
    case AWK_FN_xor:
        return bits(k, n);
    default:
        return mathematics(k, n);
    }
}
