/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.c - commands that only print: echo, yes, date, names of things, expr.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/box/cmd/date.h"
#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

/* ---- echo ------------------------------------------------------------------------------------ */

int sh_escape(const struct sh_task *t, const char **s, char out[4], bool octal_zero)
{
    if (t->flavour == SHELL_DASH && (*s)[1] == 'x') { /* which it does not know */
        out[0] = '\\';
        ++*s;
        return 1;
    }
    return sh_echo_escape(s, out, octal_zero);
}

int sh_cmd_echo(struct sh_task *t, struct sh_call *c)
{
    bool dash = t->flavour == SHELL_DASH, newline = true, escapes = dash || t->xpg_echo;
    struct sh_buf b = {0};
    uint32_t i = 1;

    if (dash && c->argc > 1 && strcmp(c->argv[1], "-n") == 0) { /* its only option */
        newline = false;
        i++;
    }
    for (; !dash && i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0' &&
           strspn(c->argv[i] + 1, "neE") == strlen(c->argv[i] + 1);
         i++) {
        newline = newline && strchr(c->argv[i], 'n') == NULL;
        if (t->flavour != SHELL_BASH)
            escapes = escapes || strchr(c->argv[i], 'e') != NULL;
        else if (strpbrk(c->argv[i], "eE") != NULL) /* the last letter counts */
            escapes = strrchr(c->argv[i], 'e') > strrchr(c->argv[i], 'E');
    }
    for (uint32_t first = i; i < c->argc; i++) {
        const char *s = c->argv[i];

        if (i > first && !sh_buf_add(t, &b, " ", 1))
            return SH_BLOCKED;
        while (*s != '\0') {
            size_t n = escapes ? strcspn(s, "\\") : strlen(s);
            char out[4];

            if (!sh_buf_add(t, &b, s, n))
                return SH_BLOCKED;
            s += n;
            if (*s == '\0')
                break;
            if (sh_escape(t, &s, out, true) < 0) {
                sh_put(t, b.text, b.length);
                return 0;
            }
            if (!sh_buf_add(t, &b, out, 1))
                return SH_BLOCKED;
        }
    }
    if (newline && !sh_buf_add(t, &b, "\n", 1))
        return SH_BLOCKED;
    sh_put(t, b.text, b.length);
    return 0;
}

/* ---- yes ------------------------------------------------------------------------------------- */

int sh_cmd_yes(struct sh_task *t, struct sh_call *c)
{
    do {
        sh_puts(t, c->argc > 1 ? c->argv[1] : "y");
        sh_puts(t, "\n");
        if (sh_full(t))
            return SH_BLOCKED;
    } while (sh_charge(t, 1) && t->doomed == 0);
    return 1;
}

/* ---- names ----------------------------------------------------------------------------------- */

int sh_cmd_basename(struct sh_task *t, struct sh_call *c)
{
    char *s, *end, *slash;
    size_t suffix;

    if (c->argc < 2)
        return 1;
    s = c->argv[1];
    for (end = s + strlen(s); end > s + 1 && end[-1] == '/'; end--)
        end[-1] = '\0';
    slash = strrchr(s, '/');
    if (slash != NULL && slash[1] != '\0')
        s = slash + 1;
    suffix = c->argc > 2 ? strlen(c->argv[2]) : 0;
    if (suffix > 0 && strlen(s) > suffix && strcmp(s + strlen(s) - suffix, c->argv[2]) == 0)
        s[strlen(s) - suffix] = '\0';
    sh_puts(t, s);
    sh_puts(t, "\n");
    return 0;
}

int sh_cmd_dirname(struct sh_task *t, struct sh_call *c)
{
    char *s, *end;

    if (c->argc < 2)
        return 1;
    s = c->argv[1];
    for (end = s + strlen(s); end > s + 1 && end[-1] == '/'; end--)
        ;
    while (end > s && end[-1] != '/')
        end--;
    while (end > s + 1 && end[-1] == '/')
        end--;
    *end = '\0';
    sh_puts(t, *s != '\0' ? s : ".");
    sh_puts(t, "\n");
    return 0;
}

/* ---- date ------------------------------------------------------------------------------------ */

static bool date_field(char out[48], char f, const struct rx_civil *d, int64_t ms)
{
    int hour12 = d->hour % 12 == 0 ? 12 : d->hour % 12;
    int64_t s = ms / 1000;

    switch (f) {
#define CASE(c, ...)                                                                               \
    case c:                                                                                        \
        snprintf(out, 48, __VA_ARGS__);                                                            \
        return true
        CASE('%', "%%");
        CASE('n', "\n");
        CASE('t', "\t");
        CASE('Y', "%lld", (long long)d->year);
        CASE('y', "%02d", (int)(d->year % 100));
        CASE('m', "%02d", d->month);
        CASE('d', "%02d", d->day);
        CASE('e', "%2d", d->day);
        CASE('H', "%02d", d->hour);
        CASE('I', "%02d", hour12);
        CASE('M', "%02d", d->minute);
        CASE('S', "%02d", d->second);
        CASE('p', "%s", d->hour < 12 ? "AM" : "PM");
        CASE('j', "%03d", d->yearday);
        CASE('u', "%d", d->weekday == 0 ? 7 : d->weekday);
        CASE('w', "%d", d->weekday);
        CASE('a', "%.3s", sh_day_names[d->weekday]);
        CASE('A', "%s", sh_day_names[d->weekday]);
        CASE('b', "%.3s", sh_month_names[d->month - 1]);
        CASE('h', "%.3s", sh_month_names[d->month - 1]);
        CASE('B', "%s", sh_month_names[d->month - 1]);
        CASE('F', "%lld-%02d-%02d", (long long)d->year, d->month, d->day);
        CASE('D', "%02d/%02d/%02d", d->month, d->day, (int)(d->year % 100));
        CASE('T', "%02d:%02d:%02d", d->hour, d->minute, d->second);
        CASE('R', "%02d:%02d", d->hour, d->minute);
        CASE('s', "%lld", (long long)s);
        CASE('N', "%09lld", (long long)((ms % 1000 + 1000) % 1000) * 1000000);
        CASE('Z', "UTC");
        CASE('z', "+0000");
        CASE('c', "%.3s %.3s %2d %02d:%02d:%02d %lld", sh_day_names[d->weekday],
             sh_month_names[d->month - 1], d->day, d->hour, d->minute, d->second,
             (long long)d->year);
#undef CASE
    default:
        return false;
    }
}

/* The instant it is about: now, or what -d says. */
static bool date_instant(struct sh_task *t, const struct sh_opts *o, int64_t *ms)
{
    const char *given = sh_opt(o, 'd') ? o->arg[sh_opt_bit('d')] : NULL;
    struct fs_stat st;
    int64_t seconds;
    int error;

    *ms = t->proc->setup.epoch_ms + t->proc->now;
    if (sh_opt(o, 'r')) {
        error = sh_stat(t, o->arg[sh_opt_bit('r')], &st);
        *ms = t->proc->setup.epoch_ms + st.mtime;
        return error == 0 || (sh_fail(t, o->arg[sh_opt_bit('r')], error), false);
    }
    if (given == NULL)
        return true;
    if (!sh_date_read(given, *ms / 1000, &seconds)) {
        sh_complain(t, "date: invalid date '%s'", given);
        sh_diagnose(t, SHELL_DIAG_OPTION, t->call.pos, "date",
                    "date: this form of -d is not simulated");
        return false;
    }
    *ms = strcmp(given, "now") == 0 ? *ms : seconds * 1000;
    return true;
}

/* -I, --iso-8601 and --rfc-3339 have their argument in the same word, or none. NULL: it is another
 * one. */
static const char *date_standard(const char *word)
{
    bool iso = strncmp(word, "--iso-8601", 10) == 0 && (word[10] == '=' || word[10] == '\0');
    bool rfc = strncmp(word, "--rfc-3339=", 11) == 0;
    const char *unit = rfc ? word + 11 : iso && word[10] != '\0' ? word + 11 : iso ? "" : word + 2;

    if (!iso && !rfc && strncmp(word, "-I", 2) != 0)
        return NULL;
    switch (*unit) {
    case 's':
        return rfc ? "%F %T+00:00" : "%FT%T+00:00";
    case 'n':
        return rfc ? "%F %T.%N+00:00" : "%FT%T,%N+00:00";
    case 'm':
        return rfc ? NULL : "%FT%R+00:00";
    case 'h':
        return rfc ? NULL : "%FT%H+00:00";
    default:
        return *unit == '\0' || *unit == 'd' ? "%F" : NULL;
    }
}

int sh_cmd_date(struct sh_task *t, struct sh_call *c)
{
    const char *format = "%a %b %e %H:%M:%S UTC %Y";
    struct sh_opts o;
    struct sh_buf b = {0};
    struct rx_civil d;
    char out[48];
    int64_t ms;

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *standard = date_standard(c->argv[i]);

        if (standard == NULL)
            continue;
        format = standard;
        strcpy(c->argv[i], "-u"); /* which changes nothing */
    }
    if (!sh_options(t, c, "ud:r:R date=d reference=r utc=u rfc-2822=R", &o) ||
        !date_instant(t, &o, &ms))
        return 1;
    if (sh_opt(&o, 'R'))
        format = "%a, %d %b %Y %H:%M:%S +0000";
    if (o.first < c->argc && c->argv[o.first][0] == '+')
        format = c->argv[o.first] + 1;
    d = rx_civil_of(ms / 1000);
    for (const char *f = format; *f != '\0'; f++) {
        bool three = f[0] == '%' && f[1] == '3' && f[2] == 'N', field = f[0] == '%' && f[1] != '\0';

        if (three)
            snprintf(out, sizeof(out), "%03lld", (long long)(ms % 1000));
        if (three || (field && date_field(out, f[1], &d, ms))) {
            if (!sh_buf_add(t, &b, out, strlen(out)))
                return SH_BLOCKED;
            f += three ? 2 : 1;
        } else if (!sh_buf_add(t, &b, f, 1)) {
            return SH_BLOCKED;
        }
    }
    if (!sh_buf_add(t, &b, "\n", 1))
        return SH_BLOCKED;
    sh_put(t, b.text, b.length);
    return 0;
}
