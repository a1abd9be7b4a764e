/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_sed.c - sed: s, y, p, d, q, =, a, i, c with addresses; no blocks, labels or hold space.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"

enum address_kind { ANY_LINE, AT_LINE, AT_LAST, AT_MATCH };

struct address {
    enum address_kind kind;
    int64_t line;
    struct sh_regex *regex;
};

struct rule {
    struct rule *next;
    struct address from, to; /* to ANY_LINE: just one line */
    bool negate, inside;     /* inside: in the range that begins at `from` */
    char command;
    struct sh_regex *regex; /* s */
    const char *text;       /* s: the replacement; y: both sets; a, i, c: the text */
    const char *set;        /* y: what it becomes */
    bool global, print;
    int64_t nth;
};

struct sed_state {
    struct sh_input in;
    struct sh_opts o;
    struct rule *rules;
    struct sh_buf line, next, out, held; /* held: output of -i */
    bool have_next, started, quit, next_partial, partial;
    int64_t number;
    uint32_t operand;
    int flags;
};

struct script {
    struct sh_task *t;
    struct sed_state *s;
    const char *at;
    struct rule **tail;
};

/* ---- parsing --------------------------------------------------------------------------------- */

static bool unsupported(struct script *k, const char *what)
{
    char text[96];

    if (k->t->proc->over)
        return false;
    snprintf(text, sizeof(text), "sed: %s: '%.40s'", what, k->at);
    sh_complain(k->t, "%s", text);
    sh_diagnose(k->t, SHELL_DIAG_OPTION, k->t->call.pos, "sed", text);
    return false;
}

/* The text up to the delimiter, which is skipped; "\" before the delimiter is taken away. */
static char *until(struct script *k, char delimiter, bool is_regex)
{
    char *text = sh_call_alloc(k->t, strlen(k->at) + 1);
    size_t used = 0;
    bool bracket = false;

    if (text == NULL)
        return NULL;
    while (*k->at != '\0' && (*k->at != delimiter || bracket)) {
        if (*k->at == '\\' && k->at[1] != '\0') {
            if (k->at[1] != delimiter)
                text[used++] = '\\';
            k->at++;
        } else if (is_regex && *k->at == '[' && !bracket) {
            bracket = strchr(k->at + 1 + (k->at[1] == '^') + (k->at[1] == ']'), ']') != NULL;
        } else if (*k->at == ']') {
            bracket = false;
        }
        text[used++] = *k->at++;
    }
    if (*k->at != delimiter) {
        unsupported(k, "unterminated command");
        return NULL;
    }
    k->at++;
    return text;
}

static struct sh_regex *regex(struct script *k, const char *text, int flags)
{
    const char *error = NULL;
    struct sh_regex *r = sh_regex_new(k->t, text, flags, &error);

    if (r == NULL && error != NULL)
        unsupported(k, error);
    return r;
}

static bool address(struct script *k, struct address *a)
{
    char *text;

    *a = (struct address){0};
    if (*k->at == '$') {
        a->kind = AT_LAST;
        k->at++;
    } else if (*k->at >= '0' && *k->at <= '9') {
        a->kind = AT_LINE;
        for (; *k->at >= '0' && *k->at <= '9' && a->line < 1000000000; k->at++)
            a->line = a->line * 10 + (*k->at - '0');
    } else if (*k->at == '/') {
        k->at++;
        text = until(k, '/', true);
        a->kind = AT_MATCH;
        a->regex = text != NULL ? regex(k, text, k->s->flags) : NULL;
        return a->regex != NULL;
    }
    return true;
}

static bool parse_substitute(struct script *k, struct rule *r)
{
    char delimiter = *k->at, *pattern;
    int flags = k->s->flags;

    k->at += delimiter != '\0';
    pattern = delimiter != '\0' ? until(k, delimiter, true) : NULL;
    r->text = pattern != NULL ? until(k, delimiter, false) : NULL;
    if (r->text == NULL)
        return delimiter != '\0' ? false : unsupported(k, "unterminated command");
    for (;; k->at++) {
        if (*k->at == 'g')
            r->global = true;
        else if (*k->at == 'p')
            r->print = true;
        else if (*k->at == 'i' || *k->at == 'I')
            flags |= SH_REGEX_ICASE;
        else if (*k->at >= '1' && *k->at <= '9')
            r->nth = *k->at - '0';
        else
            break;
    }
    r->regex = regex(k, pattern, flags);
    return r->regex != NULL;
}

/* a, i and c: the rest of the line, or what follows a backslash and a newline. */
static bool parse_text(struct script *k, struct rule *r)
{
    size_t n, used = 0;
    char *text;

    k->at += strspn(k->at, " \t");
    if (k->at[0] == '\\') {
        k->at++;
        k->at += strspn(k->at, " \t");
        k->at += *k->at == '\n';
    }
    n = strcspn(k->at, "\n");
    text = sh_call_alloc(k->t, n + 1);
    if (text == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        if (k->at[i] != '\\' || i + 1 == n)
            text[used++] = k->at[i];
    k->at += n;
    r->text = text;
    return true;
}

static bool parse_rule(struct script *k)
{
    struct rule *r = sh_call_alloc(k->t, sizeof(*r));

    if (r == NULL || !address(k, &r->from))
        return false;
    if (*k->at == ',') {
        k->at++;
        if (!address(k, &r->to))
            return false;
        if (r->to.kind == ANY_LINE)
            return unsupported(k, "bad address");
    }
    k->at += strspn(k->at, " \t");
    if (*k->at == '!') {
        r->negate = true;
        k->at++;
        k->at += strspn(k->at, " \t");
    }
    r->command = *k->at;
    if (r->command == '\0' || strchr("sypdq=aic", r->command) == NULL)
        return unsupported(k, "unsupported command");
    k->at++;
    if (r->command == 's' && !parse_substitute(k, r))
        return false;
    if (r->command == 'y') {
        char delimiter = *k->at;

        k->at += delimiter != '\0';
        r->text = delimiter != '\0' ? until(k, delimiter, false) : NULL;
        r->set = r->text != NULL ? until(k, delimiter, false) : NULL;
        if (r->set == NULL || strlen(r->set) != strlen(r->text))
            return unsupported(k, "bad y command");
    }
    if (strchr("aic", r->command) != NULL && !parse_text(k, r))
        return false;
    *k->tail = r;
    k->tail = &r->next;
    k->at += strspn(k->at, " \t");
    if (*k->at != '\0' && *k->at != ';' && *k->at != '\n')
        return unsupported(k, "unsupported command");
    return true;
}

static bool parse_script(struct sh_task *t, struct sed_state *s, const char *text)
{
    struct script k = {.t = t, .s = s, .at = text, .tail = &s->rules};

    while (*k.tail != NULL)
        k.tail = &(*k.tail)->next;
    for (k.at += strspn(k.at, "; \t\n"); *k.at != '\0'; k.at += strspn(k.at, "; \t\n"))
        if (!parse_rule(&k))
            return false;
    return true;
}

/* ---- running --------------------------------------------------------------------------------- */

static bool output(struct sh_task *t, struct sed_state *s, const char *text, size_t length)
{
    if (sh_opt(&s->o, 'i'))
        return sh_buf_add(t, &s->held, text, length) && sh_buf_add(t, &s->held, "\n", 1);
    sh_put(t, text, length);
    if (!s->partial)
        sh_put(t, "\n", 1);
    return true;
}

static bool fits(struct sh_task *t, const struct sed_state *s, const struct address *a)
{
    int32_t group[2 * SH_REGEX_GROUPS];

    switch (a->kind) {
    case AT_LINE:
        return s->number == a->line;
    case AT_LAST:
        return !s->have_next;
    case AT_MATCH:
        return sh_regex_find(t, a->regex, s->line.text, s->line.length, 0, group);
    default:
        return true;
    }
}

static bool selected(struct sh_task *t, const struct sed_state *s, struct rule *r)
{
    bool hit;

    if (r->to.kind == ANY_LINE) {
        hit = fits(t, s, &r->from);
    } else if (!r->inside) {
        hit = fits(t, s, &r->from);
        r->inside = hit && !(r->to.kind == AT_LINE && r->to.line <= s->number) &&
                    !(r->to.kind == AT_LAST && !s->have_next);
    } else {
        hit = true;
        r->inside = !fits(t, s, &r->to);
    }
    return hit != r->negate;
}

static bool add_replacement(struct sh_task *t, struct sed_state *s, const struct rule *r,
                            const int32_t group[2 * SH_REGEX_GROUPS])
{
    for (const char *p = r->text; *p != '\0'; p++) {
        int n = *p == '&' ? 0 : -1;
        char c = *p;

        if (*p == '\\' && p[1] != '\0') {
            c = *++p;
            if (c >= '0' && c <= '9')
                n = c - '0';
            else if (c == 'n')
                c = '\n';
            else if (c == 't')
                c = '\t';
        }
        if (n < 0 && !sh_buf_add(t, &s->out, &c, 1))
            return false;
        if (n >= 0 && group[2 * n] >= 0 && group[2 * n + 1] >= group[2 * n] &&
            !sh_buf_add(t, &s->out, s->line.text + group[2 * n],
                        (size_t)(group[2 * n + 1] - group[2 * n])))
            return false;
    }
    return true;
}

static bool substitute(struct sh_task *t, struct sed_state *s, const struct rule *r, bool *done)
{
    int32_t group[2 * SH_REGEX_GROUPS], last_end = -1;
    size_t at = 0, copied = 0;
    int64_t n = 0;

    *done = false;
    s->out.length = 0;
    while (at <= s->line.length &&
           sh_regex_find(t, r->regex, s->line.text, s->line.length, at, group)) {
        bool empty = group[1] == group[0];

        if (!(empty && group[0] == last_end) && ++n >= r->nth) {
            if (!sh_buf_add(t, &s->out, s->line.text + copied, (size_t)group[0] - copied) ||
                !add_replacement(t, s, r, group))
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
    s->line.length = 0;
    return sh_buf_add(t, &s->line, s->out.text, s->out.length);
}

/* All rules on the line. False: the proc is over. */
static bool run_rules(struct sh_task *t, struct sed_state *s)
{
    bool deleted = false, done;
    const char *append = NULL;

    for (struct rule *r = s->rules; r != NULL && !deleted && !s->quit; r = r->next) {
        if (!selected(t, s, r))
            continue;
        switch (r->command) {
        case 's':
            if (!substitute(t, s, r, &done))
                return false;
            if (done && r->print && !output(t, s, s->line.text, s->line.length))
                return false;
            break;
        case 'y':
            for (uint32_t i = 0; i < s->line.length; i++) {
                const char *found =
                    s->line.text[i] != '\0' ? strchr(r->text, s->line.text[i]) : NULL;

                if (found != NULL)
                    s->line.text[i] = r->set[found - r->text];
            }
            break;
        case 'p':
            if (!output(t, s, s->line.text, s->line.length))
                return false;
            break;
        case '=':
            sh_printf(t, "%lld\n", (long long)s->number);
            break;
        case 'd':
            deleted = true;
            break;
        case 'q':
            s->quit = true;
            break;
        case 'c':
        case 'i':
            if (!output(t, s, r->text, strlen(r->text)))
                return false;
            deleted = r->command == 'c';
            break;
        default: /* a */
            append = r->text;
            break;
        }
    }
    if (!deleted && !sh_opt(&s->o, 'n') && !output(t, s, s->line.text, s->line.length))
        return false;
    return append == NULL || output(t, s, append, strlen(append));
}

/* Keeps one line ahead, for "$". 1: there is a line, 0: no more, SH_BLOCKED. */
static int advance(struct sh_task *t, struct sed_state *s)
{
    uint32_t length;
    char *line;
    int r;

    for (;;) {
        bool had = s->have_next;
        struct sh_buf swap;

        r = sh_input_line(t, &s->in, &line, &length);
        if (r == SH_BLOCKED)
            return r;
        swap = s->line;
        s->line = s->next;
        s->next = swap;
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

static int sed_init(struct sh_task *t, struct sh_call *c, struct sed_state *s)
{
    uint32_t scripts = 0;

    if (!sh_options(t, c, "nEre:isf:", &s->o))
        return 1;
    if (sh_opt(&s->o, 'f'))
        return unsupported(&(struct script){.t = t, .at = "-f"}, "not simulated") ? 0 : 1;
    s->flags = sh_opt(&s->o, 'E') || sh_opt(&s->o, 'r') ? SH_REGEX_EXTENDED : 0;
    for (uint32_t i = 1; i < s->o.first; i++) { /* every -e, as they come */
        const char *e = c->argv[i][0] == '-' ? strchr(c->argv[i], 'e') : NULL;

        if (e == NULL)
            continue;
        if (e[1] == '\0')
            i++;
        scripts++;
        if (!parse_script(t, s, e[1] == '\0' ? c->argv[i] : e + 1))
            return 1;
    }
    if (scripts == 0) {
        if (s->o.first == c->argc) {
            sh_complain(t, "sed: no script");
            return 1;
        }
        if (!parse_script(t, s, c->argv[s->o.first++]))
            return 1;
    }
    return 0;
}

static int put_back(struct sh_task *t, struct sh_call *c, struct sed_state *s)
{
    char full[FS_PATH_MAX];
    int error;

    if (!sh_opt(&s->o, 'i') || s->in.status != 0)
        return 0;
    if (sh_full_path(t, c->argv[s->o.first + s->operand], full, &error) != NULL)
        error = fs_put(t->proc->setup.fs, full, s->held.text != NULL ? s->held.text : "",
                       s->held.length, t->proc->now);
    s->held.length = 0;
    return error != 0 ? sh_fail(t, c->argv[s->o.first + s->operand], error) : 0;
}

int sh_cmd_sed(struct sh_task *t, struct sh_call *c)
{
    struct sed_state *s = c->state;
    uint32_t operands;
    int r, status = 0;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        r = sed_init(t, c, s);
        if (r != 0)
            return t->proc->over ? SH_BLOCKED : r;
    }
    operands = c->argc - s->o.first;
    do {
        /* With -i each file is a text of its own; otherwise all are one. */
        if (!s->started) {
            bool each = sh_opt(&s->o, 'i');

            sh_input_init(&s->in, c->argv + s->o.first + s->operand,
                          each ? RX_MIN(operands, 1u) : operands);
            s->started = true;
            s->number = 0;
        }
        while (!s->quit && (r = advance(t, s)) != 0) {
            if (r == SH_BLOCKED || !run_rules(t, s))
                return SH_BLOCKED;
            if (!s->quit && (t->doomed != 0 || t->proc->over || sh_full(t)))
                return SH_BLOCKED;
        }
        status |= put_back(t, c, s) | s->in.status;
        s->started = false;
    } while (sh_opt(&s->o, 'i') && ++s->operand < operands);
    return status;
}
