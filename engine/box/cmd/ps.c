/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ps.c - ps, as busybox has it (which ignores what it is asked for but -o) and as procps has it.
 * Memory and used time are not simulated: they are 0, as in /proc.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/procs.h"
#include "engine/reactor/base.h"

enum { COLUMNS_MAX = 24, TEXT_MAX = 64 };

enum what {
    PID,
    PPID,
    UID,
    USER,
    COMM,
    ARGS,
    STAT,
    STATE,
    TTY,
    TIME,
    BSD_TIME,
    ETIME,
    ETIMES,
    ZERO,
    TENTHS,
    START,
    STARTED,
    LSTART,
    ONE
};

struct kind {
    const char *name, *header; /* header of procps */
    uint8_t what, width;
    bool left;
    const char *busybox; /* its header; NULL: it has no such column */
    uint8_t busybox_width;
};

static const struct kind kinds[] = {
    {"pid", "PID", PID, 5, false, "PID", 5},
    {"ppid", "PPID", PPID, 5, false, "PPID", 5},
    {"user", "USER", USER, 8, true, "USER", 8},
    {"ruser", "RUSER", USER, 8, true, "RUSER", 8},
    {"euser", "EUSER", USER, 8, true, NULL, 0},
    {"comm", "COMMAND", COMM, 15, true, "COMMAND", 16},
    {"ucmd", "CMD", COMM, 15, true, NULL, 0},
    {"args", "COMMAND", ARGS, 27, true, "COMMAND", 255},
    {"command", "COMMAND", ARGS, 27, true, NULL, 0},
    {"cmd", "CMD", ARGS, 27, true, NULL, 0},
    {"stat", "STAT", STAT, 4, true, "STAT", 4},
    {"state", "S", STATE, 1, true, NULL, 0},
    {"s", "S", STATE, 1, true, NULL, 0},
    {"tty", "TT", TTY, 8, true, "TT", 6},
    {"tt", "TT", TTY, 8, true, NULL, 0},
    {"tname", "TTY", TTY, 8, true, NULL, 0},
    {"time", "TIME", TIME, 8, false, "TIME", 5},
    {"cputime", "TIME", TIME, 8, false, NULL, 0},
    {"bsdtime", "TIME", BSD_TIME, 6, false, NULL, 0},
    {"etime", "ELAPSED", ETIME, 11, false, "ELAPSED", 7},
    {"etimes", "ELAPSED", ETIMES, 7, false, NULL, 0},
    {"uid", "UID", UID, 5, false, NULL, 0},
    {"euid", "EUID", UID, 5, false, NULL, 0},
    {"ruid", "RUID", UID, 5, false, NULL, 0},
    {"pcpu", "%CPU", TENTHS, 4, false, NULL, 0},
    {"%cpu", "%CPU", TENTHS, 4, false, NULL, 0},
    {"pmem", "%MEM", TENTHS, 4, false, NULL, 0},
    {"%mem", "%MEM", TENTHS, 4, false, NULL, 0},
    {"c", "C", ZERO, 2, false, NULL, 0},
    {"vsz", "VSZ", ZERO, 6, false, "VSZ", 4},
    {"vsize", "VSZ", ZERO, 6, false, NULL, 0},
    {"rss", "RSS", ZERO, 5, false, "RSS", 4},
    {"nlwp", "NLWP", ONE, 4, false, NULL, 0},
    {"start_time", "START", START, 5, true, NULL, 0},
    {"stime", "STIME", START, 5, true, NULL, 0},
    {"start", "STARTED", STARTED, 8, false, NULL, 0},
    {"lstart", "STARTED", LSTART, 24, false, NULL, 0},
};

struct column {
    const struct kind *kind;
    char header[TEXT_MAX];
};

struct listing {
    struct sh_task *t;
    bool busybox, headless, selects;
    uint32_t columns;
    struct column column[COLUMNS_MAX];
    const char *pids, *names, *users; /* lists; NULL: not asked for */
};

/* ---- one cell ----------------------------------------------------------------------------------
 */

static void elapsed(char out[TEXT_MAX], const struct sh_task *t, const struct sh_process *p,
                    bool busybox)
{
    long long s = (t->proc->now - p->started) / 1000, d = s / 86400, h = s / 3600 % 24,
              m = s / 60 % 60;

    if (busybox && d > 0)
        snprintf(out, TEXT_MAX, "%lldd%02lld", d, h);
    else if (busybox && h > 0)
        snprintf(out, TEXT_MAX, "%lldh%02lld", h, m);
    else if (d > 0)
        snprintf(out, TEXT_MAX, "%lld-%02lld:%02lld:%02lld", d, h, m, s % 60);
    else if (h > 0)
        snprintf(out, TEXT_MAX, "%02lld:%02lld:%02lld", h, m, s % 60);
    else
        snprintf(out, TEXT_MAX, busybox ? "%lld:%02lld" : "%02lld:%02lld", m, s % 60);
}

static void clock_text(char out[TEXT_MAX], const struct sh_task *t, const struct sh_process *p,
                       int what)
{
    int64_t s = (t->proc->setup.epoch_ms + p->started) / 1000;
    int64_t now = (t->proc->setup.epoch_ms + t->proc->now) / 1000;
    struct rx_civil c = rx_civil_of(s);

    if (what == LSTART)
        snprintf(out, TEXT_MAX, "%.3s %.3s %2d %02d:%02d:%02d %d", sh_day_names[c.weekday],
                 sh_month_names[c.month - 1], c.day, c.hour, c.minute, c.second, (int)c.year);
    else if (what == STARTED && now - s < 86400)
        snprintf(out, TEXT_MAX, "%02d:%02d:%02d", c.hour, c.minute, c.second);
    else if (what == STARTED)
        snprintf(out, TEXT_MAX, "  %.3s %02d", sh_month_names[c.month - 1], c.day);
    else if (now / 86400 == s / 86400)
        snprintf(out, TEXT_MAX, "%02d:%02d", c.hour, c.minute);
    else
        snprintf(out, TEXT_MAX, "%.3s%02d", sh_month_names[c.month - 1], c.day);
}

static const char *cell(const struct listing *l, const struct kind *k, const struct sh_process *p,
                        char out[TEXT_MAX])
{
    *out = '\0';
    switch ((enum what)k->what) {
    case PID:
    case PPID:
    case UID:
        snprintf(out, TEXT_MAX, "%u",
                 k->what == PID   ? p->pid
                 : k->what == UID ? p->uid
                                  : p->parent);
        break;
    case USER:
        if (!sh_id_name(l->t, "/etc/passwd", p->uid, out))
            snprintf(out, TEXT_MAX, "%u", p->uid);
        break;
    case COMM:
        return p->comm;
    case ARGS:
        return p->args;
    case STAT: /* whoever has no parent here leads a session */
        snprintf(out, TEXT_MAX, "%c%s", p->state, p->parent == 0 ? "s" : "");
        break;
    case STATE:
        snprintf(out, TEXT_MAX, "%c", p->state);
        break;
    case TTY:
        return "?";
    case TIME:
        return l->busybox ? "0:00" : "00:00:00";
    case BSD_TIME:
        return "0:00";
    case ETIME:
        elapsed(out, l->t, p, l->busybox);
        break;
    case ETIMES:
        snprintf(out, TEXT_MAX, "%lld", (long long)(l->t->proc->now - p->started) / 1000);
        break;
    case ZERO:
        return "0";
    case TENTHS:
        return "0.0";
    case START:
    case STARTED:
    case LSTART:
        clock_text(out, l->t, p, k->what);
        break;
    case ONE:
        return "1";
    }
    return out;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void put_cell(const struct listing *l, uint32_t i, const char *text, bool header)
{
    const struct kind *k = l->column[i].kind;
    size_t n = strlen(text), width = l->busybox ? k->busybox_width : k->width;
    bool left = l->busybox ? header || k->left : k->left, last = i + 1 == l->columns;

    if (!header && l->busybox && k->what != ARGS)
        n = RX_MIN(n, width);
    if (!header && !l->busybox && k->left && !last)
        n = RX_MIN(n, width);
    for (size_t pad = n; !left && pad < width; pad++)
        sh_puts(l->t, " ");
    sh_put(l->t, text, n);
    for (size_t pad = n; left && !last && pad < width; pad++)
        sh_puts(l->t, " ");
    sh_puts(l->t, last ? "\n" : " ");
}

static void put_header(const struct listing *l)
{
    bool any = false;

    for (uint32_t i = 0; i < l->columns; i++)
        any |= l->column[i].header[0] != '\0';
    for (uint32_t i = 0; any && !l->headless && i < l->columns; i++)
        put_cell(l, i, l->column[i].header, true);
}

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *s = list; *s != '\0'; s += strcspn(s, ", "), s += *s != '\0')
        if (strncmp(s, word, n) == 0 && (s[n] == '\0' || strchr(", ", s[n]) != NULL))
            return true;
    return false;
}

static bool is_shown(const struct listing *l, const struct sh_process *p)
{
    char pid[16], uid[16], name[64];

    if (l->busybox || l->selects || (l->pids == NULL && l->names == NULL && l->users == NULL))
        return true;
    snprintf(pid, sizeof(pid), "%u", p->pid);
    snprintf(uid, sizeof(uid), "%u", p->uid);
    return (l->pids != NULL && has_word(l->pids, pid)) ||
           (l->names != NULL && has_word(l->names, p->comm)) ||
           (l->users != NULL &&
            (has_word(l->users, uid) ||
             (sh_id_name(l->t, "/etc/passwd", p->uid, name) && has_word(l->users, name))));
}

/* ---- what is asked for -------------------------------------------------------------------------
 */

static const struct kind *kind_of(const struct listing *l, const char *name, size_t length)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(kinds); i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, name, length) == 0 &&
            (!l->busybox || kinds[i].busybox != NULL))
            return &kinds[i];
    return NULL;
}

/* A,B=HEADER: false, and the name that is none. */
static bool add_columns(struct listing *l, const char *list, const char **bad)
{
    while (*list != '\0') {
        size_t n = strcspn(list, l->busybox ? "=," : "=, ");
        struct column *c = &l->column[l->columns];

        *bad = list;
        c->kind = kind_of(l, list, n);
        if (c->kind == NULL || l->columns == COLUMNS_MAX - 1)
            return false;
        l->columns++;
        snprintf(c->header, sizeof(c->header), "%s",
                 l->busybox ? c->kind->busybox : c->kind->header);
        list += n;
        if (*list == '=') { /* the rest is its header; a comma ends it only if it is empty */
            n = list[1] == ',' ? 0 : strlen(list + 1);
            snprintf(c->header, sizeof(c->header), "%.*s", (int)RX_MIN(n, (size_t)TEXT_MAX - 1),
                     list + 1);
            list += 1 + n;
        }
        list += *list != '\0';
    }
    return true;
}

static void default_columns(struct listing *l, bool bsd, bool full, bool user)
{
    const char *bad;

    if (l->columns > 0)
        return;
    add_columns(l,
                l->busybox ? "pid,user,time,args"
                : user     ? "user,pid,pcpu,pmem,vsz,rss,tname,stat,start_time,bsdtime,args"
                : full     ? "user,pid,ppid,c,stime,tname,time,cmd"
                : bsd      ? "pid,tname,stat,bsdtime,args"
                           : "pid,tname,time,ucmd",
                &bad);
    if (full && !user)
        strcpy(l->column[0].header, "UID");
}

struct asked {
    bool bsd, full, user;
};

/* The letters of a word; *i moves on to the values of those that have one. False: reported. */
static bool take_letters(struct listing *l, struct sh_call *c, uint32_t *i, struct asked *a)
{
    const char *word = c->argv[*i], *s = word + (*word == '-'), *bad = "";
    bool dash = *word == '-', ok = true;

    a->bsd |= !dash && !l->busybox;
    for (; *s != '\0' && ok; s++) {
        const char *value = NULL;

        if (strchr(dash ? "opCuU" : "opU", *s) != NULL) {
            value = s[1] != '\0' ? s + 1 : *i + 1 < c->argc ? c->argv[++*i] : NULL;
            if (*s == 'u' && value == NULL)
                return sh_option_bad(l->t, c, word);
        }
        ok = strchr(dash ? "eAadfwHopCuU" : "auxweghopU", *s) != NULL;
        l->selects |= strchr(dash ? "eAad" : "axge", *s) != NULL && ok;
        l->headless |= !dash && *s == 'h';
        a->full |= dash && *s == 'f';
        a->user |= !dash && *s == 'u';
        if (value == NULL) {
            ok &= strchr(dash ? "opCuU" : "opU", *s) == NULL;
            continue;
        }
        l->pids = *s == 'p' ? value : l->pids;
        l->names = *s == 'C' ? value : l->names;
        l->users = *s == 'u' || *s == 'U' ? value : l->users;
        ok &= *s != 'o' || add_columns(l, value, &bad);
        break;
    }
    return ok || sh_option_bad(l->t, c, *bad != '\0' ? bad : word);
}

static bool take_procps(struct listing *l, struct sh_call *c, struct asked *a)
{
    static const char *const long_ones[] = {"pid", "format", "user", "sort"};

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i], *value = strchr(word, '='), *bad;
        size_t n = value != NULL ? (size_t)(value - word) : strlen(word);

        if (strcmp(word, "--no-headers") == 0 || strcmp(word, "--no-heading") == 0) {
            l->headless = true;
        } else if (word[0] >= '0' && word[0] <= '9') {
            l->pids = word;
        } else if (word[0] == '-' && word[1] == '-') {
            uint32_t k = 0;

            while (k < RX_ARRAY_LEN(long_ones) &&
                   (strlen(long_ones[k]) != n - 2 || strncmp(word + 2, long_ones[k], n - 2) != 0))
                k++;
            value = value != NULL ? value + 1 : i + 1 < c->argc ? c->argv[++i] : "";
            if (k == 3 && strcmp(value, "pid") == 0)
                continue; /* they are in that order */
            if (k > 2 || (k == 1 && !add_columns(l, value, &bad)))
                return sh_option_bad(l->t, c, word);
            l->pids = k == 0 ? value : l->pids;
            l->users = k == 2 ? value : l->users;
        } else if (!take_letters(l, c, &i, a)) {
            return false;
        }
    }
    return true;
}

/* Of busybox only -o matters; operands are passed over. */
static bool take_busybox(struct listing *l, struct sh_call *c)
{
    struct sh_opts o;
    struct sh_opt_at at = {0};
    const char *bad;

    if (!sh_options(l->t, c, "o:aAdefl", &o))
        return false;
    while (sh_opt_next(c, "o:aAdefl", &o, &at))
        if (at.letter == 'o' && !add_columns(l, at.arg, &bad)) {
            sh_complain(l->t, "ps: bad -o argument '%.*s'", (int)strcspn(bad, ",="), bad);
            return false;
        }
    return true;
}

int sh_cmd_ps(struct sh_task *t, struct sh_call *c)
{
    struct listing l = {.t = t, .busybox = sh_has_busybox(t)};
    struct asked a = {0};
    struct sh_process *p;
    uint32_t count, shown = 0;

    if (sh_processes_begin(t, c) != 0)
        return SH_BLOCKED;
    if (l.busybox ? !take_busybox(&l, c) : !take_procps(&l, c, &a))
        return 1;
    default_columns(&l, a.bsd, a.full, a.user);
    if (!sh_processes(t, &p, &count))
        return SH_BLOCKED;
    put_header(&l);
    for (uint32_t i = 0; i < count && !t->proc->over; i++) {
        char text[TEXT_MAX];

        if (!is_shown(&l, &p[i]))
            continue;
        shown++;
        for (uint32_t k = 0; k < l.columns; k++)
            put_cell(&l, k, cell(&l, l.column[k].kind, &p[i], text), false);
    }
    return !l.busybox && shown == 0;
}
