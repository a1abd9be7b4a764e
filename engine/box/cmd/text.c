/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - filters: cat, tee, head, tail.
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
    rx_ms pause;  /* following: between two looks */
    uint32_t *at; /* how much of each operand has been printed; UINT32_MAX: it cannot be opened */
    uint32_t lately; /* whose text was printed last */
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

/* Prints what an operand has got since the last look. True: there may be more of it. */
static bool tail_look(struct sh_task *t, struct tail_state *s, char *const *path, uint32_t i)
{
    char full[FS_PATH_MAX];
    const char *data;
    uint32_t size = 0;
    int error;

    if ((s->at[i] == UINT32_MAX && !sh_opt(&s->o, 'F')) || strcmp(path[i], "-") == 0 ||
        sh_full_path(t, path[i], full, &error) == NULL || strcmp(full, "/dev/null") == 0)
        return false; /* tail -f /dev/null is the usual way to run for ever */
    if (fs_get(t->proc->setup.fs, full, &data, &size) != 0)
        return true;
    if (s->at[i] == UINT32_MAX || size < s->at[i])
        s->at[i] = 0; /* it has appeared, was truncated, or replaced */
    if (size > s->at[i]) {
        if (s->headers && s->lately != i)
            put_header(t, path[i], &s->shown);
        s->lately = i;
        sh_put(t, data + s->at[i], (size_t)(size - s->at[i]));
    }
    s->at[i] = size;
    return true;
}

static int tail_follow(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    bool more = false;

    for (uint32_t i = 0; i < s->operands; i++)
        more |= tail_look(t, s, c->argv + s->o.first, i);
    if (!go_on(t))
        return SH_BLOCKED;
    return sh_sleep_until(t, more ? sh_later(t->proc->now, s->pause) : RX_MS_NEVER);
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

/* "--follow=name" and the like, which sh_options cannot tell from --follow. */
static void tail_words(struct sh_call *c)
{
    static char follow[] = "-f", by_name[] = "-F";

    for (uint32_t i = 1; i < c->argc && strcmp(c->argv[i], "--") != 0; i++) {
        if (strcmp(c->argv[i], "--follow=descriptor") == 0)
            c->argv[i] = follow;
        else if (strcmp(c->argv[i], "--follow=name") == 0)
            c->argv[i] = by_name;
    }
}

static bool tail_options(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    const char *pause;

    tail_words(c);
    if (!sh_options(t, c,
                    "n:c:fFqvs:rP: lines=n bytes=c follow=f retry=r quiet=q silent=q verbose=v "
                    "sleep-interval=s pid=P",
                    &s->o))
        return false;
    if (sh_opt(&s->o, 'P'))
        return sh_refuse(t, "--pid") == 0;
    if (sh_opt(&s->o, 'f') && sh_opt(&s->o, 'r'))
        s->o.given |= 1ull << sh_opt_bit('F');
    s->pause = SHELL_FOLLOW_MS;
    pause = s->o.arg[sh_opt_bit('s')];
    if (sh_opt(&s->o, 's') &&
        (!sh_duration(pause, &s->pause) ||
         (sh_has_busybox(t) && strspn(pause, "0123456789") != strlen(pause)))) {
        sh_complain(t,
                    sh_has_busybox(t) ? "tail: invalid number '%s'"
                                      : "tail: invalid number of seconds: '%s'",
                    pause);
        return false;
    }
    s->pause = RX_MAX(s->pause, 1); /* time must pass */
    return true;
}

/* Where each operand ends now, which is as far as it is printed first. */
static bool tail_sizes(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    s->at = sh_call_alloc(t, (s->operands + 1) * sizeof(*s->at));
    if (s->at == NULL)
        return false;
    for (uint32_t i = 0; i < s->operands; i++) {
        char full[FS_PATH_MAX];
        const char *data;
        struct fs_stat st;
        int error;

        if (sh_stat(t, c->argv[s->o.first + i], &st) != 0)
            s->at[i] = UINT32_MAX;
        else if (sh_full_path(t, c->argv[s->o.first + i], full, &error) != NULL)
            (void)fs_get(t->proc->setup.fs, full, &data, &s->at[i]);
    }
    return true;
}

static int tail_init(struct sh_task *t, struct sh_call *c, struct tail_state *s)
{
    const char *count = "10";
    char *room = sh_call_alloc(t, 24);

    if (room == NULL)
        return SH_BLOCKED;
    old_count(c, 'n', room);
    if (!tail_options(t, c, s))
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
    return tail_sizes(t, c, s) ? 0 : SH_BLOCKED;
}

/* Is there a file to follow? */
static bool tail_any(const struct tail_state *s)
{
    bool any = s->operands == 0;

    for (uint32_t i = 0; i < s->operands; i++)
        any |= s->at[i] != UINT32_MAX;
    return any || sh_opt(&s->o, 'F');
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
        s->lately = s->operands - 1;
        if (s->follow && !tail_any(s)) {
            sh_complain(t, "tail: no files%s", sh_has_busybox(t) ? "" : " remaining");
            return s->status;
        }
    }
    return s->follow ? tail_follow(t, c, s) : s->status;
}
