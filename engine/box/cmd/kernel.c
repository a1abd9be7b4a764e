/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.c - what commands tell of the machine, out of /proc: nproc, free, uptime, sysctl, mount.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/date.h"
#include "engine/box/cmd/procs.h"
#include "engine/reactor/base.h"

/* ---- nproc -------------------------------------------------------------------------------------
 */

/* The CPUs of the node: a limit is time on them, and takes none away. */
int sh_cmd_nproc(struct sh_task *t, struct sh_call *c)
{
    const char *s;
    struct sh_opts o;
    int64_t cpus = 0, ignored = 0;
    uint32_t size;

    if (!sh_options(t, c, "Ai: all=A ignore=i", &o))
        return 1;
    if (sh_opt(&o, 'i') && !sh_number(o.arg[sh_opt_bit('i')], &ignored)) {
        sh_complain(t, "nproc: invalid number '%s'", o.arg[sh_opt_bit('i')]);
        return 1;
    }
    s = sh_file_text(t, "/proc/cpuinfo", &size);
    for (; s != NULL && (s = strstr(s, "processor\t:")) != NULL; s++)
        cpus++;
    sh_printf(t, "%lld\n", (long long)RX_MAX(cpus - ignored, (int64_t)1));
    return 0;
}

/* ---- free --------------------------------------------------------------------------------------
 */

static int64_t memory_of(struct sh_task *t, const char *what)
{
    uint32_t size;
    const char *s = sh_file_text(t, "/proc/meminfo", &size);

    s = s != NULL ? strstr(s, what) : NULL;
    return s != NULL ? strtoll(s + strlen(what), NULL, 10) : 0;
}

/* A number of KiB in the unit that was asked for. */
static void amount(char out[24], char unit, int64_t kib, bool busybox)
{
    static const char letters[] = "KMGTP";
    int i = 0;
    int64_t tenths = kib * 10;

    if (unit != 'h') {
        int shift = unit == 'm' ? 10 : unit == 'g' ? 20 : unit == 't' ? 30 : 0;

        snprintf(out, 24, "%lld", (long long)(unit == 'b' ? kib * 1024 : kib >> shift));
        return;
    }
    while (tenths >= 10240 && letters[i + 1] != '\0') {
        tenths = busybox ? (tenths + 512) / 1024 : tenths / 1024;
        i++;
    }
    if (kib == 0)
        snprintf(out, 24, busybox ? "0" : "0B");
    else if (busybox || tenths < 100)
        snprintf(out, 24, busybox ? "%lld.%lld%c" : "%lld.%lld%ci", (long long)tenths / 10,
                 (long long)tenths % 10, letters[i]);
    else
        snprintf(out, 24, "%lld%ci", (long long)tenths / 10, letters[i]);
}

static void free_row(struct sh_task *t, const char *label, char unit, const int64_t *kib,
                     size_t count)
{
    bool busybox = sh_has_busybox(t);
    char text[24];

    sh_puts(t, label);
    for (size_t i = 0; i < count; i++) {
        amount(text, unit, kib[i], busybox);
        sh_printf(t, "%*s", busybox && i == 0 ? 11 : 12, text);
    }
    sh_puts(t, "\n");
}

int sh_cmd_free(struct sh_task *t, struct sh_call *c)
{
    bool busybox = sh_has_busybox(t);
    char unit = 'k';
    struct sh_opts o;
    struct sh_opt_at at = {0};
    const char *spec = busybox ? "bkmgh" : "bkmgth bytes=b kibi=k mebi=m gibi=g tebi=t human=h";

    if (!sh_options(t, c, spec, &o))
        return 1;
    while (sh_opt_next(c, spec, &o, &at))
        unit = at.letter;
    int64_t total = memory_of(t, "MemTotal:"), unused = memory_of(t, "MemFree:");
    int64_t cache = memory_of(t, "Buffers:") + memory_of(t, "\nCached:"),
            left = memory_of(t, "MemAvailable:");
    int64_t mem[] = {total, total - (busybox ? unused + cache : left), unused, 0, cache, left};
    int64_t swap[] = {memory_of(t, "SwapTotal:"), 0, memory_of(t, "SwapFree:")};

    sh_puts(
        t,
        busybox
            ? "              total        used        free      shared  buff/cache   available\n"
            : "               total        used        free      shared  buff/cache   available\n");
    free_row(t, "Mem:    ", unit, mem, RX_ARRAY_LEN(mem));
    free_row(t, "Swap:   ", unit, swap, RX_ARRAY_LEN(swap));
    return 0;
}

/* ---- uptime ------------------------------------------------------------------------------------
 */

static void span(struct sh_task *t, int64_t n, const char *what, bool *any)
{
    if (n == 0)
        return;
    sh_printf(t, "%s%lld %s%s", *any ? ", " : "", (long long)n, what, n == 1 ? "" : "s");
    *any = true;
}

static void uptime_pretty(struct sh_task *t, int64_t s)
{
    bool any = false;

    sh_puts(t, "up ");
    span(t, s / 604800, "week", &any);
    span(t, s / 86400 % 7, "day", &any);
    span(t, s / 3600 % 24, "hour", &any);
    span(t, s / 60 % 60, "minute", &any);
    sh_puts(t, any ? "\n" : "0 minutes\n");
}

int sh_cmd_uptime(struct sh_task *t, struct sh_call *c)
{
    bool busybox = sh_has_busybox(t);
    int64_t wall = (t->proc->setup.epoch_ms + t->proc->now) / 1000, up = t->proc->now / 1000;
    struct rx_civil at = rx_civil_of(wall);
    struct sh_opts o;

    if (!sh_options(t, c, busybox ? "s" : "sp since=s pretty=p", &o))
        return 1;
    if (sh_opt(&o, 'p')) {
        uptime_pretty(t, up);
        return 0;
    }
    if (sh_opt(&o, 's')) {
        at = rx_civil_of(t->proc->setup.epoch_ms / 1000);
        sh_printf(t, "%04d-%02d-%02d %02d:%02d:%02d\n", (int)at.year, at.month, at.day, at.hour,
                  at.minute, at.second);
        return 0;
    }
    sh_printf(t, " %02d:%02d:%02d up ", at.hour, at.minute, at.second);
    if (up >= 86400)
        sh_printf(t, "%lld day%s, ", (long long)up / 86400, up >= 2 * 86400 ? "s" : "");
    if (up / 3600 % 24 > 0)
        sh_printf(t, "%2lld:%02lld", (long long)up / 3600 % 24, (long long)up / 60 % 60);
    else
        sh_printf(t, "%lld min", (long long)up / 60 % 60);
    sh_printf(t, ",  0 user%s,  load average: 0.00, 0.00, 0.00\n", busybox ? "s" : "");
    return 0;
}

/* ---- sysctl ------------------------------------------------------------------------------------
 */

enum { KEY_MAX = 128 };

/* net.core.somaxconn, net/core/somaxconn: its file below /proc/sys. */
static bool key_path(const char *key, size_t length, char path[KEY_MAX + 16])
{
    if (length >= KEY_MAX || length == 0)
        return false;
    snprintf(path, KEY_MAX + 16, "/proc/sys/%.*s", (int)length, key);
    for (char *s = path + 10; *s != '\0'; s++)
        if (*s == '.')
            *s = '/';
    return true;
}

static int sysctl_read(struct sh_task *t, const struct sh_opts *o, const char *key, size_t length)
{
    bool busybox = sh_has_busybox(t);
    char path[KEY_MAX + 16];
    const char *text = NULL;
    uint32_t size;

    if (key_path(key, length, path))
        text = sh_file_text(t, path, &size);
    if (text == NULL) {
        if (!sh_opt(o, 'e') && busybox)
            sh_complain(t, "sysctl: error: '%s' is an unknown key", path + 10);
        else if (!sh_opt(o, 'e'))
            sh_complain(t, "sysctl: cannot stat %s: No such file or directory", path);
        return !sh_opt(o, 'e');
    }
    if (!sh_opt(o, 'n') && !sh_opt(o, 'N')) {
        for (size_t i = 0; i < length; i++)
            sh_put(t, key[i] == '/' ? "." : key + i, 1);
        sh_puts(t, " = ");
    }
    sh_puts(t, text);
    return 0;
}

/* In a container /proc/sys cannot be written, unless it is privileged: of that nothing is known
 * here. */
static int sysctl_write(struct sh_task *t, struct sh_call *c, const char *word)
{
    char text[160];

    snprintf(text, sizeof(text),
             "sysctl: writing %.60s is not simulated: taken to succeed, without effect", word);
    sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, c->pos, c->argv[0], text);
    return 0;
}

int sh_cmd_sysctl(struct sh_task *t, struct sh_call *c)
{
    struct sh_opts o;
    int status = 0;

    if (!sh_options(t, c, "neNqw", &o))
        return 1;
    for (uint32_t i = o.first; i < c->argc; i++) {
        const char *equals = strchr(c->argv[i], '=');

        if (equals != NULL) {
            status |= sysctl_write(t, c, c->argv[i]);
        } else if (sh_opt(&o, 'w')) {
            sh_complain(t,
                        sh_has_busybox(t) ? "sysctl: error: '%s' must be of the form name=value"
                                          : "sysctl: \"%s\" must be of the form name=value",
                        c->argv[i]);
            status = 1;
        } else {
            status |= sysctl_read(t, &o, c->argv[i], strlen(c->argv[i]));
        }
    }
    return status;
}

/* ---- mount -------------------------------------------------------------------------------------
 */

/* What is mounted; to mount something takes rights that containers have not. */
int sh_cmd_mount(struct sh_task *t, struct sh_call *c)
{
    const char *line, *text;
    struct sh_opts o;
    uint32_t size;

    if (!sh_options(t, c, "t:", &o))
        return 1;
    if (o.first < c->argc) {
        sh_option_bad(t, c, c->argv[o.first]);
        return 1;
    }
    text = sh_file_text(t, "/proc/mounts", &size);
    for (line = text; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        char device[64], where[FS_PATH_MAX], type[32], options[128];

        if (sscanf(line, "%63s %255s %31s %127s", device, where, type, options) == 4 &&
            (!sh_opt(&o, 't') || strcmp(o.arg[sh_opt_bit('t')], type) == 0))
            sh_printf(t, "%s on %s type %s (%s)\n", device, where, type, options);
        if (strchr(line, '\n') == NULL)
            break;
    }
    return 0;
}
