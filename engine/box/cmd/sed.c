/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sed.c - sed: runs its script (sed.h) on one line after the other.
 *
 * One line is read ahead, for "$", as busybox does. n and N may have to wait for a line in the
 * middle of the script: it then goes on at `pc`.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/sed.h"
#include "engine/reactor/base.h"

struct sed_state {
    struct sh_input in;
    struct sh_opts o;
    struct sed_program p;
    struct sh_regex *last;                     /* the expression used last */
    struct sh_buf line, next, out, hold, held; /* held: output of -i */
    const struct sed_command **queue;          /* a and r, for the end of the cycle */
    uint32_t queued, queue_room;
    bool have_next, next_partial;
    bool partial; /* the line has no newline at its end */
    bool missing; /* nor has what was written last */
    bool started, quit, substituted;
    bool join;   /* the next line is added to this one: N */
    bool within; /* a cycle goes on with the line that is there */
    uint32_t pc, operand;
    int64_t number;
    int code;
};

enum step { GO_ON, DELETE, FINISH, WANT, OVER };

/* ---- output ---------------------------------------------------------------------------------- */

static bool put(struct sh_task *t, struct sed_state *s, const char *text, size_t length)
{
    if (sh_opt(&s->o, 'i'))
        return sh_buf_add(t, &s->held, text, length);
    sh_put(t, text, length);
    return true;
}

static bool emit(struct sh_task *t, struct sed_state *s, const char *text, size_t length,
                 bool whole)
{
    const char *end = sh_opt(&s->o, 'z') ? "" : "\n";

    if (s->missing && !put(t, s, end, 1))
        return false;
    s->missing = !whole;
    return put(t, s, text, length) && (!whole || put(t, s, end, 1));
}

static bool emit_line(struct sh_task *t, struct sed_state *s)
{
    return emit(t, s, s->line.text, s->line.length, !s->partial);
}

static bool write_file(struct sh_task *t, struct sed_state *s, const char *path, const char *text,
                       size_t length)
{
    struct sh_file *f;
    int error;

    if (strcmp(path, "/dev/stdout") == 0)
        return emit(t, s, text, length, true);
    error = sh_open(t, path, FS_WRITE | FS_CREATE | FS_APPEND, &f);
    if (error == 0) {
        error = sh_write_file(t, f, text, length);
        if (error == 0)
            error = sh_write_file(t, f, "\n", 1);
        sh_file_unref(t->proc, f);
    }
    if (error != 0)
        s->code = sh_fail(t, path, error);
    return !t->proc->over;
}

/* r: the file as it is then; one that is missing is no fault. */
static bool emit_file(struct sh_task *t, struct sed_state *s, const char *path)
{
    char full[FS_PATH_MAX];
    const char *data;
    uint32_t size;
    int error;

    if (sh_full_path(t, path, full, &error) == NULL || fs_get(sh_fs(t), full, &data, &size) != 0 ||
        size == 0)
        return true;
    return emit(t, s, data, size - (data[size - 1] == '\n'), data[size - 1] == '\n');
}

static bool flush_queue(struct sh_task *t, struct sed_state *s)
{
    for (uint32_t i = 0; i < s->queued; i++) {
        const struct sed_command *r = s->queue[i];

        if (r->name == 'a' ? !emit(t, s, r->text, strlen(r->text), true)
                           : !emit_file(t, s, r->file))
            return false;
    }
    s->queued = 0;
    return true;
}

static bool enqueue(struct sh_task *t, struct sed_state *s, const struct sed_command *r)
{
    if (s->queued == s->queue_room) {
        uint32_t room = s->queue_room > 0 ? s->queue_room * 2 : 4;
        const struct sed_command **more =
            sh_call_grow(t, s->queue, s->queued * sizeof(*more), room * sizeof(*more));

        if (more == NULL)
            return false;
        s->queue = more;
        s->queue_room = room;
    }
    s->queue[s->queued++] = r;
    return true;
}

/* l: no doubt about any byte. Lines end in "\" before the width, and in "$". */
static bool list(struct sh_task *t, struct sed_state *s, int64_t width)
{
    static const char names[] = "\\\\\aa\bb\ff\nn\rr\tt\vv";
    int64_t column = 0;

    s->out.length = 0;
    for (uint32_t i = 0; i < s->line.length; i++) {
        unsigned char c = (unsigned char)s->line.text[i];
        char text[8] = {(char)c};

        for (const char *n = names; *n != '\0'; n += 2)
            if (c == (unsigned char)*n)
                snprintf(text, sizeof(text), "\\%c", n[1]);
        if (text[1] == '\0' && (c < 32 || c > 126))
            snprintf(text, sizeof(text), "\\%03o", c);
        if (width > 1 && column + (int64_t)strlen(text) > width - 1) {
            if (!sh_buf_add(t, &s->out, "\\\n", 2))
                return false;
            column = 0;
        }
        column += (int64_t)strlen(text);
        if (!sh_buf_add(t, &s->out, text, strlen(text)))
            return false;
    }
    return sh_buf_add(t, &s->out, "$", 1) && emit(t, s, s->out.text, s->out.length, true);
}

/* ---- which lines ----------------------------------------------------------------------------- */

static bool find(struct sh_task *t, struct sed_state *s, struct sh_regex *r, size_t from,
                 int32_t group[2 * SH_REGEX_GROUPS])
{
    s->last = r != NULL ? r : s->last;
    return s->last != NULL && sh_regex_find(t, s->last, s->line.text, s->line.length, from, group);
}

static bool fits(struct sh_task *t, struct sed_state *s, const struct sed_address *a)
{
    int32_t group[2 * SH_REGEX_GROUPS];

    switch (a->kind) {
    case SED_LINE:
        return s->number == a->line;
    case SED_STEP:
        return a->step > 0 ? s->number >= a->line && (s->number - a->line) % a->step == 0
                           : s->number == a->line;
    case SED_LAST:
        return !s->have_next;
    case SED_MATCH:
        return find(t, s, a->regex, 0, group);
    default:
        return true;
    }
}

/* A range begins at this line: its last line, if that is a matter of numbers. */
static void begin_range(const struct sed_state *s, struct sed_command *r)
{
    const struct sed_address *to = &r->to;

    r->end = to->kind == SED_LINE                       ? to->line
             : to->kind == SED_PLUS                     ? s->number + to->step
             : to->kind == SED_MULTIPLE && to->step > 0 ? (s->number / to->step + 1) * to->step
             : to->kind == SED_MULTIPLE                 ? s->number
                                                        : INT64_MAX;
    r->inside = r->end > s->number && !(to->kind == SED_LAST && !s->have_next);
}

static bool selected(struct sh_task *t, struct sed_state *s, struct sed_command *r)
{
    bool hit = true;

    if (r->to.kind == SED_ANY) {
        hit = fits(t, s, &r->from);
    } else if (!r->inside) {
        hit = fits(t, s, &r->from);
        if (hit)
            begin_range(s, r);
    } else if (r->to.kind == SED_MATCH || r->to.kind == SED_LAST) {
        r->inside = !fits(t, s, &r->to);
    } else {
        hit = s->number <= r->end;
        r->inside = s->number < r->end;
    }
    return hit != r->negate;
}

/* ---- s, y ------------------------------------------------------------------------------------ */

struct letter_case {
    char all, one; /* 'U', 'L' or 0; 'u', 'l' or 0 */
};

static bool add_char(struct sh_task *t, struct sh_buf *out, char c, struct letter_case *k)
{
    char how = k->one != '\0' ? k->one : k->all;

    k->one = '\0';
    if ((how | 32) == 'u' && c >= 'a' && c <= 'z')
        c = (char)(c - 32);
    else if ((how | 32) == 'l' && c >= 'A' && c <= 'Z')
        c = (char)(c + 32);
    return sh_buf_add(t, out, &c, 1);
}

static bool add_replacement(struct sh_task *t, struct sed_state *s, const char *text,
                            const int32_t group[2 * SH_REGEX_GROUPS])
{
    struct letter_case k = {0};

    for (const char *p = text; *p != '\0'; p++) {
        int n = *p == '&' ? 0 : -1;
        char c = *p;

        if (*p == '\\' && p[1] != '\0') {
            c = *++p;
            if (c == 'U' || c == 'L' || c == 'E') {
                k.all = c == 'E' ? '\0' : c;
                continue;
            }
            if (c == 'u' || c == 'l') {
                k.one = c;
                continue;
            }
            n = c >= '0' && c <= '9' ? c - '0' : -1;
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if (n < 0 && !add_char(t, &s->out, c, &k))
            return false;
        for (int32_t i = n < 0 ? 0 : group[2 * n]; n >= 0 && i >= 0 && i < group[2 * n + 1]; i++)
            if (!add_char(t, &s->out, s->line.text[i], &k))
                return false;
    }
    return true;
}

static bool substitute(struct sh_task *t, struct sed_state *s, const struct sed_command *r,
                       bool *done)
{
    int32_t group[2 * SH_REGEX_GROUPS], last_end = -1;
    size_t at = 0, copied = 0;
    int64_t n = 0;
    struct sh_buf swap;

    *done = false;
    s->out.length = 0;
    while (at <= s->line.length && find(t, s, r->regex, at, group)) {
        bool empty = group[1] == group[0];

        if (!(empty && group[0] == last_end) && ++n >= r->number) {
            if (!sh_buf_add(t, &s->out, s->line.text + copied, (size_t)group[0] - copied) ||
                !add_replacement(t, s, r->text, group))
                return false;
            copied = (size_t)group[1];
            *done = true;
            if (!r->global)
                break;
        }
        last_end = group[1];
        at = (size_t)group[1] + empty;
    }
    if (!*done)
        return !t->proc->over;
    if (!sh_buf_add(t, &s->out, s->line.text + copied, s->line.length - copied))
        return false;
    swap = s->line;
    s->line = s->out;
    s->out = swap;
    return true;
}

static enum step run_substitute(struct sh_task *t, struct sed_state *s, const struct sed_command *r)
{
    bool done;

    if (!substitute(t, s, r, &done))
        return OVER;
    s->substituted |= done;
    if (done && r->print && !emit_line(t, s))
        return OVER;
    if (done && r->file != NULL && !write_file(t, s, r->file, s->line.text, s->line.length))
        return OVER;
    return GO_ON;
}

static void map(struct sed_state *s, const struct sed_command *r)
{
    for (uint32_t i = 0; i < s->line.length; i++) {
        char c = s->line.text[i];
        const char *found = c != '\0' ? strchr(r->text, c) : NULL;

        if (found != NULL)
            s->line.text[i] = r->set[found - r->text];
    }
}

/* ---- the other commands ---------------------------------------------------------------------- */

static bool set(struct sh_task *t, struct sh_buf *to, const struct sh_buf *from, bool append)
{
    if (!append)
        to->length = 0;
    else if (!sh_buf_add(t, to, "\n", 1))
        return false;
    return sh_buf_add(t, to, from->length > 0 ? from->text : "", from->length);
}

static enum step run_space(struct sh_task *t, struct sed_state *s, char name)
{
    struct sh_buf swap = s->line;
    bool ok = true;

    if (name == 'x') {
        s->line = s->hold;
        s->hold = swap;
        ok = sh_buf_add(t, &s->line, "", 0) && sh_buf_add(t, &s->hold, "", 0);
    } else if (name == 'z') {
        s->line.length = 0;
    } else {
        ok = name == 'h' || name == 'H' ? set(t, &s->hold, &s->line, name == 'H')
                                        : set(t, &s->line, &s->hold, name == 'G');
    }
    return ok ? GO_ON : OVER;
}

static uint32_t first_line(const struct sed_state *s)
{
    const char *end = memchr(s->line.text, '\n', s->line.length);

    return end != NULL ? (uint32_t)(end - s->line.text) : s->line.length;
}

static bool silent(const struct sed_state *s)
{
    return s->p.quiet || sh_opt(&s->o, 'n');
}

/* n and N: without another line the script ends, and this line is printed. */
static enum step run_next(struct sh_task *t, struct sed_state *s, char name)
{
    if (!s->have_next) {
        s->quit = true;
        return FINISH;
    }
    if (name == 'n' && !silent(s) && !emit_line(t, s))
        return OVER;
    s->join = name == 'N';
    return flush_queue(t, s) ? WANT : OVER;
}

static enum step run_delete_first(struct sed_state *s)
{
    uint32_t end = first_line(s);

    s->within = end < s->line.length;
    if (s->within) {
        s->line.length -= end + 1;
        memmove(s->line.text, s->line.text + end + 1, s->line.length + 1);
    }
    return DELETE;
}

static enum step run_quit(struct sed_state *s, const struct sed_command *r)
{
    s->quit = true;
    s->code = (int)(r->number & 255);
    return r->name == 'q' ? FINISH : DELETE;
}

static enum step run_jump(struct sed_state *s, const struct sed_command *r)
{
    bool taken = r->name == 'b' || s->substituted == (r->name == 't');

    if (r->name != 'b')
        s->substituted = false;
    s->pc = taken ? r->jump : s->pc;
    return GO_ON;
}

/* Of those that say something: whether it could be said. */
static bool run_print(struct sh_task *t, struct sed_state *s, const struct sed_command *r)
{
    char text[24];

    switch (r->name) {
    case 'p':
        return emit_line(t, s);
    case 'P':
        return emit(t, s, s->line.text, first_line(s), true);
    case '=':
        snprintf(text, sizeof(text), "%lld", (long long)s->number);
        return emit(t, s, text, strlen(text), true);
    case 'l':
        return list(t, s, r->number);
    case 'i':
        return emit(t, s, r->text, strlen(r->text), true);
    case 'w':
        return write_file(t, s, r->file, s->line.text, s->line.length);
    default: /* a, r */
        return enqueue(t, s, r);
    }
}

static enum step run_one(struct sh_task *t, struct sed_state *s, const struct sed_command *r)
{
    switch (r->name) {
    case 's':
        return run_substitute(t, s, r);
    case 'y':
        map(s, r);
        return GO_ON;
    case 'd':
        return DELETE;
    case 'D':
        return run_delete_first(s);
    case 'c': /* for a range: once, at its end */
        if ((r->to.kind == SED_ANY || r->negate || !r->inside) &&
            !emit(t, s, r->text, strlen(r->text), true))
            return OVER;
        return DELETE;
    case 'q':
    case 'Q':
        return run_quit(s, r);
    case 'n':
    case 'N':
        return run_next(t, s, r->name);
    case 'b':
    case 't':
    case 'T':
        return run_jump(s, r);
    case 'x':
    case 'g':
    case 'G':
    case 'h':
    case 'H':
    case 'z':
        return run_space(t, s, r->name);
    case '{':
    case '}':
    case ':':
        return GO_ON;
    default:
        return run_print(t, s, r) ? GO_ON : OVER;
    }
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The script, from where it stands, to the end of the cycle or to where it wants a line. False: the
 * proc is over. */
static bool run_cycle(struct sh_task *t, struct sed_state *s)
{
    enum step step = GO_ON;

    while (step == GO_ON && s->pc < s->p.count) {
        struct sed_command *r = &s->p.command[s->pc++];

        if (!sh_charge(t, 1))
            return false;
        if (selected(t, s, r))
            step = run_one(t, s, r);
        else if (r->name == '{')
            s->pc = r->jump;
    }
    if (step == WANT || step == OVER)
        return step == WANT;
    s->pc = 0;
    if (step != DELETE && !silent(s) && !emit_line(t, s))
        return false;
    return flush_queue(t, s);
}

static void take_next(struct sed_state *s)
{
    struct sh_buf swap = s->line;

    s->line = s->next;
    s->next = swap;
}

/* Keeps one line ahead, for "$". 1: there is a line, 0: no more, SH_BLOCKED. */
static int advance(struct sh_task *t, struct sed_state *s)
{
    uint32_t length;
    char *line;
    int r;

    for (;;) {
        bool had = s->have_next;

        r = sh_input_line(t, &s->in, &line, &length);
        if (r == SH_BLOCKED)
            return r;
        if (had && s->join) {
            if (!set(t, &s->line, &s->next, true))
                return SH_BLOCKED;
        } else if (had) {
            take_next(s);
            s->substituted = false;
        }
        s->join = false;
        s->partial = s->next_partial;
        s->have_next = r == 1;
        s->next_partial = s->in.partial;
        s->next.length = 0;
        if (r == 1 && !sh_buf_add(t, &s->next, line, length))
            return SH_BLOCKED;
        if (had) {
            s->number++;
            return 1;
        }
        if (r == 0)
            return 0;
    }
}

/* ---- the command line ------------------------------------------------------------------------ */

static const char options[] =
    "nErse:i::f:zu quiet=n silent=n regexp-extended=E expression=e in-place=i separate=s file=f "
    "null-data=z unbuffered=u";

static bool add_file(struct sh_task *t, struct sh_buf *script, const char *path)
{
    char full[FS_PATH_MAX];
    const char *data;
    uint32_t size;
    int error;

    if (strcmp(path, "-") == 0)
        return sh_refuse(t, "a script from standard input") == 0;
    if (sh_full_path(t, path, full, &error) != NULL)
        error = fs_get(sh_fs(t), full, &data, &size);
    if (error != 0) {
        sh_perror(t, "can't open", path, error);
        return false;
    }
    return sh_buf_add(t, script, data, size - (size > 0 && data[size - 1] == '\n'));
}

/* Every -e and -f, as they come, each a line of the script. */
static bool read_script(struct sh_task *t, struct sh_call *c, struct sed_state *s,
                        struct sh_buf *script)
{
    struct sh_opt_at at = {0};
    const char *only;

    while (sh_opt_next(c, options, &s->o, &at)) {
        if (at.letter != 'e' && at.letter != 'f')
            continue;
        if (script->text != NULL && !sh_buf_add(t, script, "\n", 1))
            return false;
        if (at.letter == 'e' ? !sh_buf_add(t, script, at.arg, strlen(at.arg))
                             : !add_file(t, script, at.arg))
            return false;
    }
    if (script->text != NULL)
        return true;
    if (s->o.first == c->argc) {
        sh_complain(t, "sed: no script");
        return false;
    }
    only = c->argv[s->o.first++];
    return sh_buf_add(t, script, only, strlen(only));
}

static bool sed_init(struct sh_task *t, struct sh_call *c, struct sed_state *s)
{
    struct sh_buf script = {0};
    struct sh_file *f;
    int flags, error;

    if (!sh_options(t, c, options, &s->o) || !read_script(t, c, s, &script))
        return false;
    flags = sh_opt(&s->o, 'E') || sh_opt(&s->o, 'r') ? SH_REGEX_EXTENDED : 0;
    if (!sed_compile(t, script.text, flags, &s->p))
        return false;
    for (uint32_t i = 0; i < s->p.count; i++) { /* what w writes begins empty */
        const struct sed_command *r = &s->p.command[i];

        if (r->file == NULL || r->name == 'r' || strncmp(r->file, "/dev/std", 8) == 0)
            continue;
        error = sh_open(t, r->file, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);
        if (error != 0)
            return sh_perror(t, "can't open", r->file, error) == 0;
        sh_file_unref(t->proc, f);
    }
    return sh_buf_add(t, &s->hold, "", 0);
}

/* -i.bak: a copy of the file as it was; "*" in the suffix stands for the name. */
static int keep_backup(struct sh_task *t, struct sed_state *s, const char *path, const char *full)
{
    const char *suffix = s->o.arg[sh_opt_bit('i')], *star, *data;
    char name[FS_NAME_MAX + 1], copy[FS_PATH_MAX];
    const char *slash = strrchr(full, '/');
    uint32_t size;
    int n, error = fs_get(sh_fs(t), full, &data, &size);

    if (error != 0)
        return sh_fail(t, path, error);
    star = strchr(suffix, '*');
    sh_path_last(full, name);
    if (star == NULL)
        n = snprintf(copy, sizeof(copy), "%s%s", full, suffix);
    else
        n = snprintf(copy, sizeof(copy), "%.*s%.*s%s%s", (int)(slash + 1 - full), full,
                     (int)(star - suffix), suffix, name, star + 1);
    error =
        n >= (int)sizeof(copy) ? -ENAMETOOLONG : fs_put(sh_fs(t), copy, data, size, t->proc->now);
    return error != 0 ? sh_fail(t, path, error) : 0;
}

static int put_back(struct sh_task *t, struct sh_call *c, struct sed_state *s)
{
    const char *path = c->argv[s->o.first + s->operand];
    char full[FS_PATH_MAX];
    int error;

    if (!sh_opt(&s->o, 'i') || s->in.status != 0)
        return 0;
    if (sh_full_path(t, path, full, &error) != NULL && s->o.arg[sh_opt_bit('i')] != NULL &&
        keep_backup(t, s, path, full) != 0)
        return 1;
    if (error == 0)
        error = fs_put(sh_fs(t), full, s->held.text != NULL ? s->held.text : "", s->held.length,
                       t->proc->now);
    s->held.length = 0;
    return error != 0 ? sh_fail(t, path, error) : 0;
}

/* All lines of one text. False: to be continued. */
static bool run_text(struct sh_task *t, struct sed_state *s)
{
    while (!s->quit) {
        int r = s->within ? 1 : advance(t, s);

        if (r == 0)
            return true;
        s->within = false;
        if (r == SH_BLOCKED || !run_cycle(t, s))
            return false;
        if (!s->quit && (t->doomed != 0 || t->proc->over || sh_full(t)))
            return false;
    }
    return true;
}

int sh_cmd_sed(struct sh_task *t, struct sh_call *c)
{
    struct sed_state *s = c->state;
    uint32_t operands;
    bool each;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL || !sed_init(t, c, s))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    operands = c->argc - s->o.first;
    each = operands > 0 && (sh_opt(&s->o, 'i') || sh_opt(&s->o, 's'));
    if (sh_opt(&s->o, 'i') && operands == 0) {
        sh_complain(t, "sed: no input files");
        return 1;
    }
    do {
        /* With -i and -s each file is a text of its own; otherwise all are one. */
        if (!s->started) {
            sh_input_init(&s->in, c->argv + s->o.first + s->operand,
                          each ? RX_MIN(operands, 1u) : operands);
            s->in.errors = SH_INPUT_PLAIN;
            s->in.nul = sh_opt(&s->o, 'z');
            s->started = true;
            s->number = 0;
        }
        if (!run_text(t, s))
            return SH_BLOCKED;
        s->missing = s->missing && !sh_opt(&s->o, 'i');
        s->code = put_back(t, c, s) | s->in.status | s->code;
        sh_file_unref(t->proc, c->in);
        c->in = NULL;
        s->started = false;
    } while (each && !s->quit && ++s->operand < operands);
    return s->code;
}
