/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procs.c - processes by name: pgrep, pkill, pidof, killall.
 */
#include "engine/box/cmd/procs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

/* ---- what /proc says ---------------------------------------------------------------------------
 */

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static char *copy_text(struct sh_task *t, const char *s, size_t n)
{
    char *copy = sh_call_alloc(t, n + 1);

    if (copy != NULL && n > 0)
        memcpy(copy, s, n);
    return copy;
}

const char *sh_file_text(struct sh_task *t, const char *path, uint32_t *size)
{
    const char *text;

    return fs_get(t->proc->setup.fs, path, &text, size) == 0 ? copy_text(t, text, *size) : NULL;
}

/* A file of a process: NULL if it has gone. */
static const char *file_of(struct sh_task *t, uint32_t pid, const char *name, uint32_t *size)
{
    char path[48];

    snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
    return sh_file_text(t, path, size);
}

/* PID (COMM) STATE PARENT ...; the 22nd is when it began, in hundredths. */
static bool read_stat(const char *text, struct sh_process *p)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    long long ticks;

    if (open == NULL || close == NULL ||
        sscanf(close + 1,
               " %c %u %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld",
               &p->state, &p->parent, &ticks) != 3)
        return false;
    snprintf(p->comm, sizeof(p->comm), "%.*s",
             (int)RX_MIN(close - open - 1, (ptrdiff_t)SH_COMM_MAX - 1), open + 1);
    p->started = ticks * 10;
    return true;
}

static bool read_process(struct sh_task *t, uint32_t pid, struct sh_process *p)
{
    const char *text, *uid;
    uint32_t size;
    char *args;

    *p = (struct sh_process){.pid = pid, .args = "", .name = ""};
    text = file_of(t, pid, "stat", &size);
    if (text == NULL || !read_stat(text, p))
        return false;
    text = file_of(t, pid, "status", &size);
    uid = text != NULL ? strstr(text, "\nUid:\t") : NULL;
    p->uid = uid != NULL ? (uint32_t)strtoul(uid + 6, NULL, 10) : 0;
    text = file_of(t, pid, "cmdline", &size);
    if (text == NULL || size == 0)
        return true;
    args = copy_text(t, text, size - 1);
    if (args == NULL)
        return false;
    p->name = copy_text(t, last_name(args), strlen(last_name(args)));
    for (uint32_t i = 0; i + 1 < size; i++)
        if ((unsigned char)args[i] < 32) /* the ends of words, and newlines in them */
            args[i] = ' ';
    p->args = args;
    return p->name != NULL;
}

static int by_pid(const void *a, const void *b)
{
    const struct sh_process *x = a, *y = b;

    return (x->pid > y->pid) - (x->pid < y->pid);
}

bool sh_processes(struct sh_task *t, struct sh_process **list, uint32_t *count)
{
    char name[FS_NAME_MAX + 1] = "", next[FS_NAME_MAX + 1];
    struct sh_process *p = sh_call_alloc(t, SH_PROCS_MAX * sizeof(*p));
    int64_t pid;

    *count = 0;
    *list = p;
    if (p == NULL)
        return false;
    while (fs_list(t->proc->setup.fs, "/proc", name, next) == 1 && *count < SH_PROCS_MAX) {
        strcpy(name, next);
        if (!sh_charge(t, 16))
            return false;
        if (sh_number(name, &pid) && pid > 0 && read_process(t, (uint32_t)pid, &p[*count]))
            ++*count;
        if (t->proc->over)
            return false;
    }
    qsort(p, *count, sizeof(*p), by_pid);
    return true;
}

int sh_processes_begin(struct sh_task *t, struct sh_call *c)
{
    if (c->phase > 0)
        return 0;
    c->phase = 1;
    return sh_sleep_until(t, t->proc->now);
}

/* Is it the command that asks? A command that a shell waits for is none of its own here. */
static bool is_own(struct sh_task *t, const struct sh_process *p)
{
    return p->pid == t->pid && (t != t->proc->tasks || sh_call_frame(t)->exec);
}

/* ---- pgrep, pkill ------------------------------------------------------------------------------
 */

struct wanted {
    const struct sh_opts *o;
    const struct sh_regex *pattern; /* NULL: any */
};

/* Is the number, or the user's name, in the list A,B,C? */
static bool in_list(struct sh_task *t, const char *list, uint32_t n, bool users)
{
    char name[64];

    for (const char *s = list; *s != '\0'; s += strcspn(s, ","), s += *s == ',') {
        size_t length = strcspn(s, ",");

        if (*s >= '0' && *s <= '9' ? strtoul(s, NULL, 10) == n
                                   : users && sh_id_name(t, "/etc/passwd", n, name) &&
                                         strlen(name) == length && strncmp(name, s, length) == 0)
            return true;
    }
    return false;
}

static bool is_wanted(struct sh_task *t, const struct wanted *w, const struct sh_process *p)
{
    const char *text = sh_opt(w->o, 'f') ? p->args : p->comm;
    int32_t group[2 * SH_REGEX_GROUPS];
    bool yes = w->pattern == NULL || sh_regex_find(t, w->pattern, text, strlen(text), 0, group);

    if (yes && sh_opt(w->o, 'P'))
        yes = in_list(t, w->o->arg[sh_opt_bit('P')], p->parent, false);
    if (yes && sh_opt(w->o, 'u'))
        yes = in_list(t, w->o->arg[sh_opt_bit('u')], p->uid, true);
    if (yes && sh_opt(w->o, 'U'))
        yes = in_list(t, w->o->arg[sh_opt_bit('U')], p->uid, true);
    return yes != sh_opt(w->o, 'v');
}

/* Leaves those that are wanted in the list: all, or the newest or oldest of them. */
static uint32_t choose(struct sh_task *t, const struct wanted *w, struct sh_process *p,
                       uint32_t count)
{
    uint32_t kept = 0, one = 0;

    for (uint32_t i = 0; i < count; i++)
        if (!is_own(t, &p[i]) && is_wanted(t, w, &p[i]))
            p[kept++] = p[i];
    if (kept == 0 || (!sh_opt(w->o, 'n') && !sh_opt(w->o, 'o')))
        return kept;
    for (uint32_t i = 1; i < kept; i++)
        if (sh_opt(w->o, 'n') ? p[i].started >= p[one].started : p[i].started < p[one].started)
            one = i;
    p[0] = p[one];
    return 1;
}

/* -TERM, -9, -SIGHUP, --signal TERM before the options of pkill; the words are taken away. */
static int take_signal(struct sh_call *c)
{
    int signo;

    for (uint32_t i = 1; i < c->argc && c->argv[i][0] == '-'; i++) {
        bool named = strcmp(c->argv[i], "--signal") == 0 && i + 1 < c->argc;

        signo = named ? sh_signal_number(c->argv[i + 1]) : sh_signal_number(c->argv[i] + 1);
        if (!named && (c->argv[i][1] == '\0' || (signo < 0)))
            continue;
        memmove(c->argv + i, c->argv + i + 1 + named, (c->argc - i - named) * sizeof(*c->argv));
        c->argc -= 1 + named;
        return signo;
    }
    return SH_SIG_TERM;
}

static int criteria_missing(struct sh_task *t, const struct sh_call *c)
{
    sh_complain(t, "%s: no matching criteria specified\nTry `%s --help' for more information.",
                c->argv[0], c->argv[0]);
    return 2;
}

static void show(struct sh_task *t, const struct wanted *w, const struct sh_process *p, bool last)
{
    const char *between = sh_opt(w->o, 'd') ? w->o->arg[sh_opt_bit('d')] : "\n";

    sh_printf(t, "%u", p->pid);
    if (sh_opt(w->o, 'a') || sh_opt(w->o, 'l')) {
        sh_puts(t, " ");
        sh_puts(t, sh_opt(w->o, 'a') ? p->args : p->comm);
    }
    sh_puts(t, last ? "\n" : between);
}

static int grep_processes(struct sh_task *t, struct sh_call *c, bool kills)
{
    bool busybox = sh_has_busybox(t);
    int signo = kills ? take_signal(c) : 0, flags = SH_REGEX_EXTENDED;
    const char *error = NULL;
    struct sh_process *p;
    struct sh_opts o;
    struct wanted w = {.o = &o};
    uint32_t count;

    if (!sh_options(
            t, c,
            busybox ? kills ? "flnovxP:" : "aflnovxP:"
            : kills ? "fnovxiP:u:U:ec full=f newest=n oldest=o exact=x parent=P euid=u uid=U echo=e"
                    : "aflnovxciwP:u:U:d: full=f newest=n oldest=o exact=x parent=P euid=u uid=U "
                      "list-name=l list-full=a count=c inverse=v ignore-case=i delimiter=d",
            &o))
        return 2;
    if (o.first >= c->argc && !sh_opt(&o, 'P') && !sh_opt(&o, 'u') && !sh_opt(&o, 'U'))
        return criteria_missing(t, c);
    flags |= sh_opt(&o, 'x') ? SH_REGEX_LINE : 0;
    flags |= sh_opt(&o, 'i') ? SH_REGEX_ICASE : 0;
    if (o.first < c->argc &&
        (w.pattern = sh_regex_new(t, c->argv[o.first], flags, &error)) == NULL) {
        if (!t->proc->over)
            sh_complain(t, "%s: %s", c->argv[0], error != NULL ? error : "");
        return t->proc->over ? SH_BLOCKED : 2;
    }
    if (!sh_processes(t, &p, &count))
        return SH_BLOCKED;
    count = choose(t, &w, p, count);
    sh_flush(t->proc);
    for (uint32_t i = 0; i < count && !t->proc->over; i++) {
        if (kills && sh_opt(&o, 'e'))
            sh_printf(t, "%s killed (pid %u)\n", p[i].comm, p[i].pid);
        if (kills)
            sh_signal_pid(t, p[i].pid, signo);
        else if (!sh_opt(&o, 'c'))
            show(t, &w, &p[i], i + 1 == count);
    }
    if (sh_opt(&o, 'c'))
        sh_printf(t, "%u\n", count);
    return count == 0;
}

int sh_cmd_pgrep(struct sh_task *t, struct sh_call *c)
{
    if (sh_processes_begin(t, c) != 0)
        return SH_BLOCKED;
    return grep_processes(t, c, false);
}

int sh_cmd_pkill(struct sh_task *t, struct sh_call *c)
{
    if (sh_processes_begin(t, c) != 0)
        return SH_BLOCKED;
    return grep_processes(t, c, true);
}

/* ---- pidof, killall ----------------------------------------------------------------------------
 */

static bool is_named(const struct sh_process *p, const char *name)
{
    const char *base = last_name(name);

    return strcmp(p->name, base) == 0 || strncmp(p->comm, base, SH_COMM_MAX - 1) == 0;
}

/* The newest first, as both print them. */
int sh_cmd_pidof(struct sh_task *t, struct sh_call *c)
{
    struct sh_process *p;
    struct sh_opts o;
    uint32_t count, found = 0;

    if (sh_processes_begin(t, c) != 0)
        return SH_BLOCKED;
    if (!sh_options(t, c, sh_has_busybox(t) ? "so:" : "sqo:S:cnxzw", &o))
        return 1;
    if (!sh_processes(t, &p, &count))
        return SH_BLOCKED;
    for (uint32_t i = o.first; i < c->argc; i++)
        for (uint32_t k = count; k-- > 0 && !(sh_opt(&o, 's') && found > 0);) {
            if (!is_named(&p[k], c->argv[i]) || is_own(t, &p[k]) ||
                (sh_opt(&o, 'o') && in_list(t, o.arg[sh_opt_bit('o')], p[k].pid, false)))
                continue;
            if (!sh_opt(&o, 'q'))
                sh_printf(t, "%s%u",
                          found > 0 ? sh_opt(&o, 'S') ? o.arg[sh_opt_bit('S')] : " " : "",
                          p[k].pid);
            found++;
        }
    if (found > 0 && !sh_opt(&o, 'q'))
        sh_puts(t, "\n");
    return found == 0;
}

int sh_cmd_killall(struct sh_task *t, struct sh_call *c)
{
    int signo, status = 0;
    bool quiet = false;
    struct sh_process *p;
    uint32_t count, i = 1;

    if (sh_processes_begin(t, c) != 0)
        return SH_BLOCKED;
    signo = take_signal(c);
    for (; i < c->argc && c->argv[i][0] == '-'; i++) {
        if (strcmp(c->argv[i], "-q") != 0) {
            sh_option_bad(t, c, c->argv[i]);
            return 1;
        }
        quiet = true;
    }
    if (!sh_processes(t, &p, &count))
        return SH_BLOCKED;
    sh_flush(t->proc);
    for (; i < c->argc; i++) {
        uint32_t killed = 0;

        for (uint32_t k = 0; k < count; k++)
            if (is_named(&p[k], c->argv[i]) && !is_own(t, &p[k]))
                killed += sh_signal_pid(t, p[k].pid, signo);
        if (killed > 0)
            continue;
        status = 1;
        if (!quiet)
            sh_complain(
                t, sh_has_busybox(t) ? "killall: %s: no process killed" : "%s: no process found",
                c->argv[i]);
    }
    return status;
}
