/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.c - builtins that take words apart: read, mapfile, getopts.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* ---- read ------------------------------------------------------------------------------------ */

struct read_state {
    struct sh_buf line; /* backslashes that quote are marked with SH_ESC */
    struct sh_opts o;
    rx_ms until;
    int64_t most; /* bytes to take; -1: a line */
    int fd;
    char delimiter; /* what ends the line */
    bool escaped, at_end, raw, exact;
};

/* Cuts the next field off the text, as POSIX has it for `read`. The last name takes what is left.
 */
static void cut_field(char **text, char **field, const char *ifs, bool last)
{
    char *s = *text, *end, *next;

    while (*s != '\0' && strchr(ifs, *s) != NULL && strchr(" \t\n", *s) != NULL)
        s++;
    *field = s;
    if (last) {
        end = s + strlen(s);
        while (end > s && strchr(ifs, end[-1]) != NULL && strchr(" \t\n", end[-1]) != NULL &&
               (end - s < 2 || end[-2] != SH_ESC))
            end--;
        *end = '\0';
        *text = end;
        return;
    }
    for (end = s; *end != '\0' && strchr(ifs, *end) == NULL; end++)
        if (*end == SH_ESC && end[1] != '\0')
            end++;
    next = end;
    while (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) != NULL)
        next++;
    if (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) == NULL) {
        next++;
        while (*next != '\0' && strchr(ifs, *next) != NULL && strchr(" \t\n", *next) != NULL)
            next++;
    }
    *end = '\0';
    *text = next;
}

/* read -a: all fields become elements. */
static int read_array(struct sh_task *t, const char *name, char *text, const char *ifs)
{
    char **field = sh_call_alloc(t, (strlen(text) / 2 + 2) * sizeof(*field));
    uint32_t count = 0;

    if (field == NULL)
        return SH_BLOCKED;
    while (*text != '\0' && *ifs != '\0') {
        cut_field(&text, &field[count], ifs, false);
        if (field[count][0] == '\0' && *text == '\0')
            break;
        sh_unescape(field[count++]);
    }
    if (*text != '\0') {
        sh_unescape(text);
        field[count++] = text;
    }
    if (!sh_array_assign(t, name, field, count, false, false))
        return t->proc->over ? SH_BLOCKED : 1;
    return 0;
}

static int read_fields(struct sh_task *t, struct sh_call *c, struct read_state *r, char *text,
                       const char *ifs)
{
    uint32_t i = r->o.first;
    char *field;

    for (; i < c->argc; i++) {
        if (!sh_is_name(c->argv[i], strlen(c->argv[i]))) {
            sh_warn(t, "read: '%s': bad variable name", c->argv[i]);
            return t->flavour == SHELL_BASH ? 1 : 2;
        }
        if (r->exact) { /* -N: nothing is taken apart */
            field = text;
            text += strlen(text);
        } else {
            cut_field(&text, &field, ifs, i + 1 == c->argc);
        }
        sh_unescape(field);
        if (!sh_set(t, c->argv[i], field))
            return t->proc->over ? SH_BLOCKED : 2;
    }
    return 0;
}

static int read_assign(struct sh_task *t, struct sh_call *c, struct read_state *r, int status)
{
    const char *ifs = sh_get(t, "IFS");
    char copy[64], empty[1] = "", *text = r->line.text != NULL ? r->line.text : empty;
    int failed;

    snprintf(copy, sizeof(copy), "%s", ifs != NULL ? ifs : " \t\n");
    if (sh_opt(&r->o, 'a')) {
        failed = read_array(t, r->o.arg[sh_opt_bit('a')], text, copy);
    } else if (r->o.first == c->argc && t->flavour != SHELL_DASH) {
        sh_unescape(text);
        failed = sh_set(t, "REPLY", text) ? 0 : 2;
    } else if (r->o.first == c->argc) {
        sh_warn(t, "read: arg count");
        failed = 2;
    } else {
        failed = read_fields(t, c, r, text, copy);
    }
    return failed != 0 ? failed : status;
}

static bool read_options(struct sh_task *t, struct sh_call *c, struct read_state *r)
{
    const char *spec = t->flavour == SHELL_BASH   ? "rp:t:sn:N:d:a:u:ei:"
                       : t->flavour == SHELL_DASH ? "rp:"
                                                  : "rp:t:sn:d:u:";
    int64_t n;
    rx_ms delay;

    r->until = RX_MS_NEVER;
    r->most = -1;
    r->delimiter = '\n';
    if (!sh_options(t, c, spec, &r->o))
        return false;
    r->raw = sh_opt(&r->o, 'r');
    if (sh_opt(&r->o, 't')) {
        if (!sh_duration(r->o.arg[sh_opt_bit('t')], &delay))
            return false;
        r->until = sh_later(t->proc->now, delay);
    }
    if (sh_opt(&r->o, 'd'))
        r->delimiter = r->o.arg[sh_opt_bit('d')][0];
    if (sh_opt(&r->o, 'n') || sh_opt(&r->o, 'N')) {
        r->exact = sh_opt(&r->o, 'N');
        if (!sh_number(r->o.arg[sh_opt_bit(r->exact ? 'N' : 'n')], &r->most) || r->most < 0) {
            sh_warn(t, "read: invalid number");
            return false;
        }
    }
    if (sh_opt(&r->o, 'u')) {
        if (!sh_number(r->o.arg[sh_opt_bit('u')], &n) || n < 0 || n >= SHELL_FD_MAX ||
            sh_fd_slot(t, (int)n) < 0) {
            sh_warn(t, "read: invalid file descriptor");
            return false;
        }
        r->fd = sh_fd_slot(t, (int)n);
    }
    return !sh_opt(&r->o, 'a') ||
           sh_is_name(r->o.arg[sh_opt_bit('a')], strlen(r->o.arg[sh_opt_bit('a')]));
}

/* Takes one byte in. 1: the line is complete; 0: go on; SH_BLOCKED: no memory. */
static int read_byte(struct sh_task *t, struct read_state *r, char b)
{
    static const char esc = SH_ESC;
    bool mark = r->escaped || b == SH_ESC;

    if (r->escaped) {
        r->escaped = false;
        if (b == '\n')
            return 0;
    } else if (b == '\\' && !r->raw) {
        r->escaped = true;
        return 0;
    } else if (b == r->delimiter && !r->exact) {
        return 1;
    } else if (b == '\0') {
        return 0;
    }
    if ((mark && !sh_buf_add(t, &r->line, &esc, 1)) || !sh_buf_add(t, &r->line, &b, 1))
        return SH_BLOCKED;
    return r->most > 0 && --r->most == 0;
}

int sh_cmd_read(struct sh_task *t, struct sh_call *c)
{
    struct read_state *r = c->state;
    char b;
    int n;

    if (r == NULL) {
        r = c->state = sh_call_alloc(t, sizeof(*r));
        if (r == NULL)
            return SH_BLOCKED;
        if (!read_options(t, c, r))
            return t->flavour == SHELL_BASH ? 1 : 2;
    }
    while (r->most != 0) {
        n = sh_read_file(t, t->fd[r->fd], &b, 1);
        if (n == SH_BLOCKED) {
            if (t->proc->over || t->proc->now < r->until) {
                t->until = RX_MIN(t->until, r->until);
                return SH_BLOCKED;
            }
            t->wait = SH_RUNS;
            return read_assign(t, c, r, t->flavour == SHELL_BASH ? 128 + SH_SIG_ALRM : 1);
        }
        if (n <= 0) {
            r->at_end = true;
            break;
        }
        n = read_byte(t, r, b);
        if (n == SH_BLOCKED)
            return n;
        if (n == 1)
            break;
    }
    return read_assign(t, c, r, r->at_end);
}

/* ---- mapfile --------------------------------------------------------------------------------- */

struct mapfile_state {
    struct sh_opts o;
    struct sh_buf text; /* the lines, each with its NUL */
    uint32_t count;
    int64_t skip, most, origin;
    char delimiter;
    bool partial; /* a line has begun */
};

static bool mapfile_number(struct mapfile_state *m, char letter, int64_t *out)
{
    return !sh_opt(&m->o, letter) ||
           (sh_number(m->o.arg[sh_opt_bit(letter)], out) && *out >= 0 && *out < 1000000);
}

static int mapfile_assign(struct sh_task *t, struct sh_call *c, struct mapfile_state *m)
{
    const char *name = m->o.first < c->argc ? c->argv[m->o.first] : "MAPFILE";
    char **field = sh_call_alloc(t, (m->count + 1) * sizeof(*field)), *s = m->text.text;
    char key[24];
    bool ok;

    if (field == NULL)
        return SH_BLOCKED;
    for (uint32_t i = 0; i < m->count; i++, s += strlen(s) + 1)
        field[i] = s;
    if (!sh_opt(&m->o, 'O')) {
        ok = sh_array_assign(t, name, field, m->count, false, false);
    } else {
        ok = true;
        for (uint32_t i = 0; ok && i < m->count; i++) {
            snprintf(key, sizeof(key), "%lld", (long long)m->origin + i);
            ok = sh_array_set(t, name, key, field[i]);
        }
    }
    return ok ? 0 : t->proc->over ? SH_BLOCKED : 1;
}

/* A line is complete, with or without its newline. */
static bool mapfile_line(struct sh_task *t, struct mapfile_state *m)
{
    m->partial = false;
    m->count++;
    return sh_buf_add(t, &m->text, "", 1);
}

static bool mapfile_begin(struct sh_task *t, struct sh_call *c, struct mapfile_state *m)
{
    m->delimiter = '\n';
    if (!sh_options(t, c, "td:n:O:s:u:", &m->o) || !mapfile_number(m, 'n', &m->most) ||
        !mapfile_number(m, 's', &m->skip) || !mapfile_number(m, 'O', &m->origin))
        return false;
    if (sh_opt(&m->o, 'd'))
        m->delimiter = m->o.arg[sh_opt_bit('d')][0];
    return m->o.first >= c->argc || sh_is_name(c->argv[m->o.first], strlen(c->argv[m->o.first]));
}

int sh_cmd_mapfile(struct sh_task *t, struct sh_call *c)
{
    struct mapfile_state *m = c->state;
    int64_t fd = 0;
    char b;
    int n;

    if (m == NULL) {
        m = c->state = sh_call_alloc(t, sizeof(*m));
        if (m == NULL)
            return SH_BLOCKED;
        if (!mapfile_begin(t, c, m))
            return 1;
    }
    if (!mapfile_number(m, 'u', &fd) ||
        (fd = sh_fd_slot(t, (int)RX_MIN(fd, (int64_t)SHELL_FD_MAX))) < 0)
        return 1;
    while (m->most == 0 || m->count < m->most) {
        n = sh_read_file(t, t->fd[fd], &b, 1);
        if (n == SH_BLOCKED)
            return n;
        if (n <= 0)
            break;
        if (m->skip > 0) {
            m->skip -= b == m->delimiter;
            continue;
        }
        m->partial = true;
        if ((b != m->delimiter || (!sh_opt(&m->o, 't') && b != '\0')) &&
            !sh_buf_add(t, &m->text, &b, b != '\0'))
            return SH_BLOCKED;
        if (b == m->delimiter && !mapfile_line(t, m))
            return SH_BLOCKED;
    }
    if (m->partial && !mapfile_line(t, m))
        return SH_BLOCKED;
    return mapfile_assign(t, c, m);
}

/* ---- getopts --------------------------------------------------------------------------------- */

/* Tells of an option that cannot be taken, or, in silence, leaves that to the script. */
static void opt_wrong(struct sh_task *t, bool silent, const char *what, const char *letter)
{
    if (silent)
        sh_set(t, "OPTARG", letter);
    else
        sh_warn(t, what, letter);
}

int sh_cmd_getopts(struct sh_task *t, struct sh_call *c)
{
    const char *spec, *word, *known, *index = sh_get(t, "OPTIND");
    char letter[2] = "?", number[16];
    uint32_t count, given;
    bool silent;
    int64_t at;

    if (c->argc < 3)
        return 2;
    spec = c->argv[1];
    silent = *spec == ':';
    if (index == NULL || !sh_number(index, &at) || at < 1)
        at = 1;
    if (t->optind != (uint32_t)at)
        t->optchar = 1;
    given = c->argc > 3;
    count = given ? c->argc - 3 : sh_param_count(t);
    word = at > count ? NULL : given ? c->argv[2 + at] : sh_param(t, (uint32_t)at);
    if (word == NULL || word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0) {
        if (word != NULL && strcmp(word, "--") == 0)
            at++;
        snprintf(number, sizeof(number), "%lld", (long long)at);
        sh_set(t, "OPTIND", number);
        sh_set(t, c->argv[2], "?");
        return 1;
    }
    if (t->optchar == 0 || t->optchar >= strlen(word))
        t->optchar = 1;
    letter[0] = word[t->optchar];
    known = letter[0] != ':' ? strchr(spec, letter[0]) : NULL;
    t->optchar++;
    sh_unset(t, "OPTARG");
    if (known == NULL) {
        opt_wrong(t, silent, "Illegal option -%s", letter);
        letter[0] = '?';
    } else if (known[1] == ':') {
        const char *arg = word[t->optchar] != '\0' ? word + t->optchar : NULL;

        if (arg == NULL) {
            at++;
            arg = at > count ? NULL : given ? c->argv[2 + at] : sh_param(t, (uint32_t)at);
        }
        if (arg != NULL) {
            sh_set(t, "OPTARG", arg);
        } else {
            opt_wrong(t, silent, "No arg for -%s option", letter);
            letter[0] = silent ? ':' : '?';
        }
        t->optchar = UINT32_MAX;
    }
    if (t->optchar == UINT32_MAX || word[t->optchar] == '\0') {
        at++;
        t->optchar = 1;
    }
    snprintf(number, sizeof(number), "%lld", (long long)at);
    t->optind = (uint32_t)at;
    if (!sh_set(t, "OPTIND", number) || !sh_set(t, c->argv[2], letter))
        return t->proc->over ? SH_BLOCKED : 2;
    return 0;
}
