/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - filters: cat, head, tail, wc, tee, cut, tr.
 *
 * All of them read through sh_input, so a pipe that has nothing yet makes them wait. Before each
 * further line they let a full pipe behind them drain (sh_full), so an endless producer is held
 * back.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

/* May the filter go on? Otherwise it waits, or is not wanted any more. */
static bool go_on(struct sh_task *t)
{
    return t->doomed == 0 && !t->proc->over && !sh_full(t);
}

/* ---- cat, tee -------------------------------------------------------------------------------- */

struct cat_state {
    struct sh_input in;
    bool shows;                                       /* any of these: */
    bool numbers, filled, ends, tabs, names, squeeze; /* -n, -b, -E, -T, -v, -s */
    bool within;                                      /* a line has begun */
    uint32_t line, blank;                             /* blank: empty lines in a row */
};

/* A byte as -v writes it: ^A, M-a. */
static void cat_byte(struct sh_task *t, const struct cat_state *s, unsigned char b)
{
    if (b == '\t' ? s->tabs : s->names && (b < ' ' || b >= 127)) {
        unsigned low = b & 127u;
        bool control = low < ' ' || low == 127;

        sh_printf(t, "%s%s%c", b >= 128 ? "M-" : "", control ? "^" : "",
                  (int)(control ? low ^ 64u : low));
        return;
    }
    sh_put(t, (char *)&b, 1);
}

static void cat_shown(struct sh_task *t, struct cat_state *s, const char *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        bool empty = !s->within && data[i] == '\n';

        s->blank = empty ? s->blank + 1 : 0;
        if (s->squeeze && s->blank > 1)
            continue;
        if (!s->within && (s->numbers || s->filled) && !(s->filled && empty))
            sh_printf(t, "%6u\t", ++s->line);
        s->within = data[i] != '\n';
        if (s->within)
            cat_byte(t, s, (unsigned char)data[i]);
        else
            sh_puts(t, s->ends ? "$\n" : "\n");
    }
}

static void cat_options(struct cat_state *s, const struct sh_opts *o)
{
    bool all = sh_opt(o, 'A');

    s->shows = (o->given & ~(1ull << sh_opt_bit('u'))) != 0;
    s->filled = sh_opt(o, 'b');
    s->numbers = sh_opt(o, 'n');
    s->ends = all || sh_opt(o, 'E') || sh_opt(o, 'e');
    s->tabs = all || sh_opt(o, 'T') || sh_opt(o, 't');
    s->names = all || sh_opt(o, 'v') || sh_opt(o, 'e') || sh_opt(o, 't');
    s->squeeze = sh_opt(o, 's');
}

int sh_cmd_cat(struct sh_task *t, struct sh_call *c)
{
    struct cat_state *s = c->state;
    const char *data;
    struct sh_opts o;
    uint32_t length;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c,
                        "unbETvAets number=n number-nonblank=b show-ends=E show-tabs=T "
                        "show-nonprinting=v show-all=A squeeze-blank=s",
                        &o))
            return 1;
        cat_options(s, &o);
        sh_input_init(&s->in, c->argv + o.first, c->argc - o.first);
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        if (s->shows)
            cat_shown(t, s, data, length);
        else
            sh_put(t, data, length);
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : s->in.status;
}

struct tee_state {
    struct sh_input in;
    int status;
};

/* The files are opened anew for every piece: a command owns no descriptors besides its input, so
 * that it can be ended anywhere. Appending makes that the same. */
static void tee_write(struct sh_task *t, struct sh_call *c, struct sh_opts *o, int flags,
                      const char *data, uint32_t length, int *status)
{
    for (uint32_t i = o->first; i < c->argc; i++) {
        struct sh_file *f;
        int error = sh_open(t, c->argv[i], flags, &f);

        if (error == 0)
            error = sh_write_file(t, f, data, length);
        sh_file_unref(t->proc, f);
        if (error != 0 && flags & FS_CREATE)
            *status = sh_fail(t, c->argv[i], error);
    }
}

int sh_cmd_tee(struct sh_task *t, struct sh_call *c)
{
    struct tee_state *s = c->state;
    const char *data;
    uint32_t length;
    struct sh_opts o;
    int r;

    if (!sh_options(t, c, "ai", &o))
        return 1;
    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        tee_write(t, c, &o, FS_WRITE | FS_CREATE | (sh_opt(&o, 'a') ? FS_APPEND : FS_TRUNCATE), "",
                  0, &s->status);
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        sh_put(t, data, length);
        tee_write(t, c, &o, FS_WRITE | FS_APPEND, data, length, &s->status);
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : s->status;
}

/* ---- head, tail ------------------------------------------------------------------------------ */

/* -5 means -n 5. */
static void old_count(struct sh_call *c, char letter, char room[24])
{
    if (c->argc > 1 && c->argv[1][0] == '-' && c->argv[1][1] >= '0' && c->argv[1][1] <= '9' &&
        strlen(c->argv[1]) < 20) {
        snprintf(room, 24, "-%c%s", letter, c->argv[1] + 1);
        c->argv[1] = room;
    }
}

/* The line before what comes of a file; after another file's with a blank one. */
static void put_header(struct sh_task *t, const char *path, bool *shown)
{
    sh_printf(t, "%s==> %s <==\n", *shown ? "\n" : "", path);
    *shown = true;
}

static const char *header_of(char *const *path, uint32_t count, uint32_t i)
{
    return count == 0 || strcmp(path[i], "-") == 0 ? "standard input" : path[i];
}

struct head_state {
    struct sh_input in;
    int64_t left;
    bool bytes, started, but_last; /* but_last: all but the last `count` */
    struct sh_buf text;            /* of which the last are not known yet */
    bool headers, shown;           /* shown: one was printed */
    int64_t count;
    uint32_t operand;
    uint32_t operands;
    char *const *path;
    int status;
};

static int head_init(struct sh_task *t, struct sh_call *c, struct head_state *s)
{
    struct sh_opts o;
    const char *count = "10";
    char *room = sh_call_alloc(t, 24);

    if (room == NULL)
        return SH_BLOCKED;
    old_count(c, 'n', room);
    if (!sh_options(t, c, "n:c:qv", &o))
        return 1;
    if (sh_opt(&o, 'n'))
        count = o.arg[sh_opt_bit('n')];
    if (sh_opt(&o, 'c')) {
        count = o.arg[sh_opt_bit('c')];
        s->bytes = true;
    }
    if (!sh_number(count, &s->count)) {
        sh_complain(t, "%s: invalid number '%s'", c->argv[0], count);
        return 1;
    }
    s->but_last = *count == '-';
    s->count = s->but_last ? -s->count : s->count;
    s->path = c->argv + o.first;
    s->operands = c->argc - o.first;
    s->headers = !sh_opt(&o, 'q') && (s->operands > 1 || sh_opt(&o, 'v'));
    return 0;
}

/* All of an operand but its last lines or bytes. 0, or SH_BLOCKED. */
static int head_but_last(struct sh_task *t, struct head_state *s)
{
    const char *data;
    uint32_t length, end;
    int64_t left = s->count;
    int r;

    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1)
        if (!sh_buf_add(t, &s->text, data, length))
            return SH_BLOCKED;
    if (r == SH_BLOCKED)
        return r;
    end = s->text.length;
    if (s->bytes)
        end = end > left ? end - (uint32_t)left : 0;
    for (; !s->bytes && end > 0 && left > 0; left--)
        for (end--; end > 0 && s->text.text[end - 1] != '\n';)
            end--;
    sh_put(t, s->text.text != NULL ? s->text.text : "", end);
    s->text.length = 0;
    return 0;
}

int sh_cmd_head(struct sh_task *t, struct sh_call *c)
{
    struct head_state *s = c->state;
    const char *data;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        r = head_init(t, c, s);
        if (r != 0)
            return r;
    }
    do {
        if (!s->started) {
            sh_input_init(&s->in, s->path + s->operand, RX_MIN(s->operands, 1u));
            s->started = true;
            s->left = s->but_last ? 0 : s->count;
            if (s->headers)
                put_header(t, header_of(s->path, s->operands, s->operand), &s->shown);
        }
        while (s->left > 0) {
            r = s->bytes ? sh_input_chunk(t, &s->in, &data, &length)
                         : sh_input_line(t, &s->in, &line, &length);
            if (r == SH_BLOCKED)
                return r;
            if (r == 0)
                break;
            if (s->bytes) {
                length = (uint32_t)RX_MIN((int64_t)length, s->left);
                sh_put(t, data, length);
                s->left -= length;
            } else {
                sh_put(t, line, length);
                if (!s->in.partial)
                    sh_put(t, "\n", 1);
                s->left--;
            }
            if (!go_on(t))
                return SH_BLOCKED;
        }
        if (s->but_last && head_but_last(t, s) != 0)
            return SH_BLOCKED;
        s->status |= s->in.status;
        sh_file_unref(t->proc, c->in);
        c->in = NULL;
        s->started = false;
    } while (++s->operand < s->operands);
    return s->status;
}

struct tail_state {
    struct sh_input in;
    struct sh_opts o;
    struct sh_buf kept; /* the last lines or bytes so far */
    int64_t count;
    bool bytes, from_start, follow, done;
    bool headers, started; /* started: an operand */
    bool headed, shown;    /* a header was printed: of this operand, of any */
    uint32_t operand, operands;
    int status;
    int64_t seen;
    uint64_t at; /* following: how much of the file has been printed */
};

/* Cuts the kept text down to its last `count` lines or bytes. */
static void tail_cut(struct tail_state *s)
{
    uint32_t from = s->kept.length;
    int64_t lines = 0;

    if (s->bytes) {
        from = s->kept.length > s->count ? s->kept.length - (uint32_t)s->count : 0;
    } else {
        while (from > 0) {
            if (s->kept.text[from - 1] == '\n' && from < s->kept.length && ++lines == s->count)
                break;
            from--;
        }
        if (s->count == 0)
            from = s->kept.length;
    }
    s->kept.length -= from;
    memmove(s->kept.text, s->kept.text + from, s->kept.length);
}

/* Prints what a file has got since the last look. Only the first operand is followed. */
static int tail_follow(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    const char *path = s->o.first < c->argc ? c->argv[s->o.first] : "-", *data;
    char full[FS_PATH_MAX];
    uint32_t size = 0;
    int error;

    if (strcmp(path, "-") == 0 || sh_full_path(t, path, full, &error) == NULL)
        return sh_sleep_until(t, RX_MS_NEVER);
    if (strcmp(full, "/dev/null") == 0)
        return sh_sleep_until(t, RX_MS_NEVER); /* the usual way to run for ever */
    if (fs_get(t->proc->setup.fs, full, &data, &size) == 0) {
        if (size < s->at)
            s->at = 0; /* truncated, or replaced */
        if (size > s->at)
            sh_put(t, data + s->at, (size_t)(size - s->at));
        s->at = size;
    }
    if (!go_on(t))
        return SH_BLOCKED;
    return sh_sleep_until(t, sh_later(t->proc->now, SHELL_FOLLOW_MS));
}

/* How many operands count as several: busybox does not count what it cannot open. */
static uint32_t tail_files(struct sh_task *t, const struct sh_call *c, const struct tail_state *s)
{
    uint32_t count = 0;
    struct fs_stat st;

    for (uint32_t i = s->o.first; i < c->argc; i++)
        count +=
            !sh_has_busybox(t) || strcmp(c->argv[i], "-") == 0 || sh_stat(t, c->argv[i], &st) == 0;
    return count;
}

static int tail_init(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    const char *count = "10";
    char *room = sh_call_alloc(t, 24);
    uint32_t size;
    const char *data;
    char full[FS_PATH_MAX];
    int error;

    if (room == NULL)
        return SH_BLOCKED;
    old_count(c, 'n', room);
    if (!sh_options(t, c, "n:c:fFqvs:", &s->o))
        return 1;
    s->bytes = sh_opt(&s->o, 'c');
    s->follow = sh_opt(&s->o, 'f') || sh_opt(&s->o, 'F');
    if (sh_opt(&s->o, 'n') || s->bytes)
        count = s->o.arg[sh_opt_bit(s->bytes ? 'c' : 'n')];
    s->from_start = *count == '+';
    if (!sh_number(count, &s->count)) {
        sh_complain(t, "tail: invalid number '%s'", count);
        return 1;
    }
    if (s->count < 0)
        s->count = -s->count;
    s->operands = c->argc - s->o.first;
    s->headers = !sh_opt(&s->o, 'q') && (tail_files(t, c, s) > 1 || sh_opt(&s->o, 'v'));
    if (s->o.first < c->argc && sh_full_path(t, c->argv[s->o.first], full, &error) != NULL &&
        fs_get(t->proc->setup.fs, full, &data, &size) == 0)
        s->at = size;
    return 0;
}

static bool tail_take(struct sh_task *t, struct tail_state *s, const char *data, uint32_t length)
{
    enum { KEEP = 8192 };

    for (uint32_t i = 0; s->from_start && i < length; i++) {
        if (s->seen + 1 >= s->count) {
            sh_put(t, data + i, length - i);
            return true;
        }
        s->seen += s->bytes || data[i] == '\n';
    }
    if (s->from_start)
        return true;
    if (!sh_buf_add(t, &s->kept, data, length))
        return false;
    if (s->kept.length > KEEP)
        tail_cut(s);
    return true;
}

/* The end of one operand. 0, or SH_BLOCKED. */
static int tail_operand(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    char **path = c->argv + s->o.first;
    const char *data;
    uint32_t length;
    int r;

    if (!s->started) {
        sh_input_init(&s->in, path + s->operand, RX_MIN(s->operands, 1u));
        s->started = true;
        s->headed = false;
        s->seen = s->kept.length = 0;
    }
    do {
        r = sh_input_chunk(t, &s->in, &data, &length);
        if (r == SH_BLOCKED)
            return r;
        if (s->headers && !s->headed && s->in.status == 0) {
            put_header(t,
                       s->operands > 0 && sh_has_busybox(t)
                           ? path[s->operand]
                           : header_of(path, s->operands, s->operand),
                       &s->shown);
            s->headed = true;
        }
        if (r == 1 && (!tail_take(t, s, data, length) || !go_on(t)))
            return SH_BLOCKED;
    } while (r == 1);
    if (s->kept.length > 0) {
        tail_cut(s);
        sh_put(t, s->kept.text, s->kept.length);
    }
    s->status |= s->in.status;
    s->started = false;
    return 0;
}

int sh_cmd_tail(struct sh_task *t, struct sh_call *c)
{
    struct tail_state *s = c->state;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        r = tail_init(t, c, s);
        if (r != 0)
            return r;
    }
    if (!s->done) {
        do {
            if (tail_operand(t, c, s) != 0)
                return SH_BLOCKED;
        } while (++s->operand < s->operands);
        s->done = true;
        if (s->status != 0 && !sh_opt(&s->o, 'F'))
            return s->status;
    }
    return s->follow ? tail_follow(t, c, s) : s->status;
}

/* ---- wc -------------------------------------------------------------------------------------- */

struct wc_count {
    uint64_t lines, words, bytes;
};

struct wc_state {
    struct sh_input in;
    struct sh_opts o;
    struct wc_count now, total;
    uint32_t operand;
    bool in_word, started;
    int status;
};

static void wc_print(struct sh_task *t, const struct wc_state *s, const struct wc_count *n,
                     const char *name)
{
    const uint64_t value[] = {n->lines, n->words, n->bytes};
    bool all = s->o.given == 0, first = true;
    char line[96];
    size_t used = 0;

    for (int i = 0; i < 3; i++) {
        if (!all && !sh_opt(&s->o, "lwc"[i]) && !(i == 2 && sh_opt(&s->o, 'm')))
            continue;
        /* One number alone is not padded; several are, as busybox does. */
        used += (size_t)snprintf(line + used, sizeof(line) - used,
                                 all && name[0] == '\0' ? "%s%7llu" : "%s%llu", first ? "" : " ",
                                 (unsigned long long)value[i]);
        first = false;
    }
    sh_printf(t, "%s%s%s\n", line, name[0] != '\0' ? " " : "", name);
}

int sh_cmd_wc(struct sh_task *t, struct sh_call *c)
{
    struct wc_state *s = c->state;
    uint32_t length, operands;
    const char *data;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "lwcm", &s->o))
            return 1;
    }
    operands = c->argc - s->o.first;
    do {
        if (!s->started) {
            sh_input_init(&s->in, c->argv + s->o.first + s->operand, RX_MIN(operands, 1u));
            s->now = (struct wc_count){0};
            s->in_word = false;
            s->started = true;
        }
        while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
            s->now.bytes += length;
            for (uint32_t i = 0; i < length; i++) {
                bool blank = data[i] == ' ' || (data[i] >= '\t' && data[i] <= '\r');

                s->now.lines += data[i] == '\n';
                s->now.words += !blank && !s->in_word;
                s->in_word = !blank;
            }
        }
        if (r == SH_BLOCKED)
            return r;
        s->started = false;
        s->status |= s->in.status;
        if (s->in.status == 0)
            wc_print(t, s, &s->now, operands > 0 ? c->argv[s->o.first + s->operand] : "");
        s->total.lines += s->now.lines;
        s->total.words += s->now.words;
        s->total.bytes += s->now.bytes;
    } while (++s->operand < operands);
    if (operands > 1)
        wc_print(t, s, &s->total, "total");
    return s->status;
}

/* ---- cut ------------------------------------------------------------------------------------- */

struct cut_state {
    struct sh_input in;
    struct sh_opts o;
    const char *list;
    char delimiter;
};

/* Is the nth field or character in the list "1,3-5,7-"? */
static bool cut_listed(const char *list, int64_t n)
{
    while (*list != '\0') {
        int64_t low = 0, high;

        for (; *list >= '0' && *list <= '9' && low < 1000000; list++)
            low = low * 10 + (*list - '0');
        high = low;
        if (*list == '-') {
            list++;
            high = *list >= '0' && *list <= '9' ? 0 : INT64_MAX;
            for (; *list >= '0' && *list <= '9' && high < 1000000; list++)
                high = high * 10 + (*list - '0');
        }
        if (n >= low && n <= high)
            return true;
        if (*list != ',')
            break;
        list++;
    }
    return false;
}

static void cut_fields(struct sh_task *t, const struct cut_state *s, char *line, uint32_t length)
{
    char *end = line + length, *p = line;
    bool any = false;

    if (memchr(line, s->delimiter, length) == NULL) {
        if (!sh_opt(&s->o, 's')) {
            sh_put(t, line, length);
            sh_put(t, "\n", 1);
        }
        return;
    }
    for (int64_t n = 1; p <= end; n++) {
        char *stop = memchr(p, s->delimiter, (size_t)(end - p));

        if (stop == NULL)
            stop = end;
        if (cut_listed(s->list, n)) {
            if (any)
                sh_put(t, &s->delimiter, 1);
            sh_put(t, p, (size_t)(stop - p));
            any = true;
        }
        p = stop + 1;
    }
    sh_put(t, "\n", 1);
}

int sh_cmd_cut(struct sh_task *t, struct sh_call *c)
{
    struct cut_state *s = c->state;
    uint32_t length;
    char *line;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "d:f:c:b:s", &s->o))
            return 1;
        s->delimiter = sh_opt(&s->o, 'd') ? s->o.arg[sh_opt_bit('d')][0] : '\t';
        s->list = s->o.arg[sh_opt_bit(sh_opt(&s->o, 'f') ? 'f' : sh_opt(&s->o, 'c') ? 'c' : 'b')];
        if (s->list == NULL) {
            sh_complain(t, "cut: expected a list of bytes, characters, or fields");
            return 1;
        }
        sh_input_init(&s->in, c->argv + s->o.first, c->argc - s->o.first);
    }
    while ((r = sh_input_line(t, &s->in, &line, &length)) == 1) {
        if (sh_opt(&s->o, 'f')) {
            cut_fields(t, s, line, length);
        } else {
            for (uint32_t i = 0; i < length; i++)
                if (cut_listed(s->list, i + 1))
                    sh_put(t, line + i, 1);
            sh_put(t, "\n", 1);
        }
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : s->in.status;
}

/* ---- tr -------------------------------------------------------------------------------------- */

struct tr_state {
    struct sh_input in;
    struct sh_opts o;
    uint8_t to[256];
    bool listed[256], squeeze[256];
    int last;
};

/* A set as tr writes it: ranges, escapes, classes. The number of its bytes. */
static uint32_t tr_set(const char *s, uint8_t out[512])
{
    static const struct {
        const char *name, *ranges;
    } classes[] = {
        {"[:upper:]", "AZ"},      {"[:lower:]", "az"},       {"[:digit:]", "09"},
        {"[:alpha:]", "AZaz"},    {"[:alnum:]", "09AZaz"},   {"[:space:]", "\t\r  "},
        {"[:blank:]", "\t\t  "},  {"[:punct:]", "!/:@[`{~"}, {"[:cntrl:]", "\1\37\177\177"},
        {"[:xdigit:]", "09AFaf"}, {"[:print:]", " ~"},       {"[:graph:]", "!~"}};
    uint32_t n = 0;

    while (*s != '\0' && n < 256) {
        unsigned char low, high;
        bool class_ = false;
        char escaped[4];

        for (size_t i = 0; i < RX_ARRAY_LEN(classes); i++) {
            if (strncmp(s, classes[i].name, strlen(classes[i].name)) != 0)
                continue;
            for (const char *r = classes[i].ranges; *r != '\0'; r += 2)
                for (int b = r[0]; b <= r[1] && n < 511; b++)
                    out[n++] = (uint8_t)b;
            s += strlen(classes[i].name);
            class_ = true;
            break;
        }
        if (class_)
            continue;
        if (*s == '\\' && s[1] != '\0' && sh_echo_escape(&s, escaped, false) == 1)
            low = (unsigned char)escaped[0];
        else
            low = (unsigned char)*s++;
        high = low;
        if (s[0] == '-' && s[1] != '\0') {
            high = (unsigned char)s[1];
            s += 2;
        }
        for (unsigned b = low; b <= high && n < 511; b++)
            out[n++] = (uint8_t)b;
    }
    return n;
}

static void tr_prepare(struct tr_state *s, const char *from, const char *to)
{
    uint8_t a[512], b[512];
    uint32_t na = tr_set(from, a), nb = to != NULL ? tr_set(to, b) : 0;
    bool complement = sh_opt(&s->o, 'c') || sh_opt(&s->o, 'C');

    for (int i = 0; i < 256; i++)
        s->to[i] = (uint8_t)i;
    for (uint32_t i = 0; i < na; i++) {
        s->listed[a[i]] = true;
        if (nb > 0 && !complement && !sh_opt(&s->o, 'd'))
            s->to[a[i]] = b[RX_MIN(i, nb - 1)];
    }
    for (int i = 0; complement && i < 256; i++) {
        s->listed[i] = !s->listed[i];
        if (s->listed[i] && nb > 0)
            s->to[i] = b[nb - 1];
    }
    for (int i = 0; i < 256 && nb == 0; i++)
        s->squeeze[i] = s->listed[i];
    for (uint32_t i = 0; i < nb; i++)
        s->squeeze[b[i]] = true;
    s->last = -1;
}

int sh_cmd_tr(struct sh_task *t, struct sh_call *c)
{
    struct tr_state *s = c->state;
    const char *data;
    uint32_t length;
    int r;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!sh_options(t, c, "dscC", &s->o))
            return 1;
        if (s->o.first == c->argc) {
            sh_complain(t, "tr: missing operand");
            return 1;
        }
        tr_prepare(s, c->argv[s->o.first],
                   s->o.first + 1 < c->argc ? c->argv[s->o.first + 1] : NULL);
    }
    while ((r = sh_input_chunk(t, &s->in, &data, &length)) == 1) {
        char out[64];
        size_t used = 0;

        for (uint32_t i = 0; i < length; i++) {
            unsigned char b = (unsigned char)data[i];

            if (sh_opt(&s->o, 'd') && s->listed[b])
                continue;
            b = s->to[b];
            if (sh_opt(&s->o, 's') && s->squeeze[b] && s->last == b)
                continue;
            s->last = b;
            out[used++] = (char)b;
            if (used == sizeof(out)) {
                sh_put(t, out, used);
                used = 0;
            }
        }
        sh_put(t, out, used);
        if (!go_on(t))
            return SH_BLOCKED;
    }
    return r == SH_BLOCKED ? r : 0;
}
