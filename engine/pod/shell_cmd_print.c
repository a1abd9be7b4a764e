/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_print.c - commands that only print: echo, printf, seq, date, names of things, expr.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/pod/shell_date.h"
#include "engine/pod/shell_files.h"
#include "engine/reactor/base.h"

/* ---- echo and printf ------------------------------------------------------------------------- */

int sh_echo_escape(const char **s, char out[4], bool octal_zero)
{
    static const char letters[] = "abefnrtv\\", values[] = "\a\b\033\f\n\r\t\v\\";
    const char *p = *s + 1, *found = *p != '\0' ? strchr(letters, *p) : NULL;
    int n = 0, digits = 0;

    if (found != NULL) {
        out[0] = values[found - letters];
        *s = p + 1;
        return 1;
    }
    if (*p == 'c')
        return -1;
    if (*p == 'x') {
        const char *h = p + 1;

        for (; digits < 2 && strchr("0123456789abcdefABCDEF", *h) != NULL && *h != '\0';
             h++, digits++)
            n = n * 16 + (*h <= '9' ? *h - '0' : (*h | 32) - 'a' + 10);
        if (digits > 0) {
            out[0] = (char)n;
            *s = h;
            return 1;
        }
    }
    if (*p >= '0' && *p <= '7' && (!octal_zero || *p == '0')) {
        p += octal_zero;
        for (; digits < 3 && *p >= '0' && *p <= '7'; p++, digits++)
            n = n * 8 + (*p - '0');
        out[0] = (char)n;
        *s = p;
        return 1;
    }
    out[0] = '\\';
    (*s)++;
    return 1;
}

int sh_cmd_echo(struct sh_task *t, struct sh_call *c)
{
    bool newline = true, escapes = false;
    struct sh_buf b = {0};
    uint32_t i = 1;

    for (; i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0' &&
           strspn(c->argv[i] + 1, "neE") == strlen(c->argv[i] + 1);
         i++) {
        newline = newline && strchr(c->argv[i], 'n') == NULL;
        escapes = escapes || strchr(c->argv[i], 'e') != NULL;
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
            if (sh_echo_escape(&s, out, true) < 0) {
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

struct print {
    struct sh_task *t;
    struct sh_buf out;
    char *const *arg;
    uint32_t left;
    int status;
    bool stop;
};

static const char *next_arg(struct print *p)
{
    if (p->left == 0)
        return NULL;
    p->left--;
    return *p->arg++;
}

/* A number as printf takes it: decimal, 0x..., 0..., or 'c for the byte c. */
static int64_t number_arg(struct print *p)
{
    const char *s = next_arg(p), *word = s;
    bool negative;
    int64_t n = 0;
    int base = 10;

    if (s == NULL || *s == '\0')
        return 0;
    if (*s == '\'' || *s == '"')
        return (unsigned char)s[1];
    negative = *s == '-';
    s += *s == '-' || *s == '+';
    if (s[0] == '0' && (s[1] | 32) == 'x') {
        base = 16;
        s += 2;
    } else if (s[0] == '0') {
        base = 8;
    }
    for (; *s != '\0'; s++) {
        int digit = *s >= '0' && *s <= '9' ? *s - '0'
                    : (*s | 32) >= 'a'     ? (*s | 32) - 'a' + 10
                                           : 99;

        if (digit >= base) {
            sh_complain(p->t, "printf: invalid number '%s'", word);
            p->status = 1;
            break;
        }
        n = (int64_t)((uint64_t)n * (uint64_t)base + (uint64_t)digit);
    }
    return negative ? -n : n;
}

static bool add_padded(struct print *p, const char *s, size_t length, int64_t width, bool left,
                       bool zeros)
{
    size_t pad = width > (int64_t)length ? (size_t)width - length : 0;
    bool sign = zeros && length > 0 && (*s == '-' || *s == '+');

    if (sign && !sh_buf_add(p->t, &p->out, s, 1))
        return false;
    for (; !left && pad > 0; pad--)
        if (!sh_buf_add(p->t, &p->out, zeros ? "0" : " ", 1))
            return false;
    if (!sh_buf_add(p->t, &p->out, s + sign, length - sign))
        return false;
    for (; pad > 0; pad--)
        if (!sh_buf_add(p->t, &p->out, " ", 1))
            return false;
    return true;
}

static bool print_escaped(struct print *p, const char *s)
{
    char out[4];

    while (*s != '\0') {
        size_t n = strcspn(s, "\\");

        if (!sh_buf_add(p->t, &p->out, s, n))
            return false;
        s += n;
        if (*s == '\0')
            break;
        if (sh_echo_escape(&s, out, true) < 0) {
            p->stop = true;
            return true;
        }
        if (!sh_buf_add(p->t, &p->out, out, 1))
            return false;
    }
    return true;
}

/* One conversion, behind its '%'. */
static bool convert(struct print *p, const char **format)
{
    enum { WIDTH_MAX = 4096 };
    const char *f = *format, *s;
    bool left = false, zeros = false, plus = false, exact = false;
    int64_t width = 0, precision = -1;
    char text[72];

    for (; *f != '\0' && strchr("-0+ #", *f) != NULL; f++) {
        left |= *f == '-';
        zeros |= *f == '0';
        plus |= *f == '+';
    }
    if (*f == '*') {
        width = number_arg(p);
        f++;
    }
    for (; *f >= '0' && *f <= '9'; f++)
        width = RX_MIN(width * 10 + (*f - '0'), (int64_t)WIDTH_MAX);
    if (*f == '.') {
        exact = true;
        precision = 0;
        for (f++; *f >= '0' && *f <= '9'; f++)
            precision = RX_MIN(precision * 10 + (*f - '0'), (int64_t)WIDTH_MAX);
        if (*f == '*') {
            precision = number_arg(p);
            f++;
        }
    }
    width = RX_MAX(RX_MIN(width, (int64_t)WIDTH_MAX), (int64_t)0);
    *format = f + (*f != '\0');
    switch (*f) {
    case '%':
        return sh_buf_add(p->t, &p->out, "%", 1);
    case 's':
        s = next_arg(p);
        s = s != NULL ? s : "";
        return add_padded(p, s, exact && precision >= 0 ? strnlen(s, (size_t)precision) : strlen(s),
                          width, left, false);
    case 'b':
        s = next_arg(p);
        return print_escaped(p, s != NULL ? s : "");
    case 'c':
        s = next_arg(p);
        return add_padded(p, s != NULL ? s : "", s != NULL && *s != '\0', width, left, false);
    case 'd':
    case 'i':
        snprintf(text, sizeof(text), plus ? "%+lld" : "%lld", (long long)number_arg(p));
        break;
    case 'u':
        snprintf(text, sizeof(text), "%llu", (unsigned long long)number_arg(p));
        break;
    case 'x':
        snprintf(text, sizeof(text), "%llx", (unsigned long long)number_arg(p));
        break;
    case 'X':
        snprintf(text, sizeof(text), "%llX", (unsigned long long)number_arg(p));
        break;
    case 'o':
        snprintf(text, sizeof(text), "%llo", (unsigned long long)number_arg(p));
        break;
    default:
        sh_complain(p->t, "printf: %%%c: invalid directive", *f != '\0' ? *f : ' ');
        sh_diagnose(p->t, SHELL_DIAG_OPTION, p->t->call.pos, "printf",
                    "printf: directive not simulated");
        p->status = 1;
        p->stop = true;
        return true;
    }
    return add_padded(p, text, strlen(text), width, left, zeros && !left);
}

static bool print_format(struct print *p, const char *format)
{
    while (*format != '\0' && !p->stop) {
        size_t n = strcspn(format, "%\\");
        char out[4];

        if (!sh_buf_add(p->t, &p->out, format, n))
            return false;
        format += n;
        if (*format == '%') {
            format++;
            if (!convert(p, &format))
                return false;
        } else if (*format == '\\') {
            if (sh_echo_escape(&format, out, false) < 0)
                p->stop = true;
            else if (!sh_buf_add(p->t, &p->out, out, 1))
                return false;
        }
    }
    return true;
}

int sh_cmd_printf(struct sh_task *t, struct sh_call *c)
{
    struct print p = {.t = t};
    uint32_t first = c->argc > 1 && strcmp(c->argv[1], "--") == 0 ? 2 : 1, before;

    if (first >= c->argc) {
        sh_complain(t, "printf: usage: printf FORMAT [ARG]...");
        return 2;
    }
    p.arg = c->argv + first + 1;
    p.left = c->argc - first - 1;
    do {
        before = p.left;
        if (!print_format(&p, c->argv[first]))
            return SH_BLOCKED;
    } while (p.left > 0 && p.left < before && !p.stop);
    sh_put(t, p.out.text != NULL ? p.out.text : "", p.out.length);
    return p.status;
}

/* ---- yes, seq -------------------------------------------------------------------------------- */

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

struct seq_state {
    int64_t at, step, last;
};

int sh_cmd_seq(struct sh_task *t, struct sh_call *c)
{
    struct seq_state *s = c->state;
    int64_t n[3] = {1, 1, 1};
    uint32_t count = c->argc - 1;

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        for (uint32_t i = 0; i < RX_MIN(count, 3u); i++)
            if (!sh_number(c->argv[i + 1], &n[i])) {
                sh_complain(t, "seq: invalid number '%s'", c->argv[i + 1]);
                return 1;
            }
        if (count == 0 || count > 3 || (count == 3 && n[1] == 0)) {
            sh_complain(t, "seq: usage: seq [FIRST [INC]] LAST");
            return 1;
        }
        s->at = count == 1 ? 1 : n[0];
        s->step = count == 3 ? n[1] : 1;
        s->last = n[count - 1];
    }
    while (s->step > 0 ? s->at <= s->last : s->at >= s->last) {
        sh_printf(t, "%lld\n", (long long)s->at);
        s->at += s->step;
        if (!sh_charge(t, 1) || t->doomed != 0)
            return 1;
        if (sh_full(t))
            return SH_BLOCKED;
    }
    return 0;
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

static bool date_field(char out[48], char f, const struct sh_civil *d, int64_t ms)
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
             sh_month_names[d->month - 1], d->day, d->hour, d->minute, d->second, (long long)d->year);
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

int sh_cmd_date(struct sh_task *t, struct sh_call *c)
{
    const char *format = "%a %b %e %H:%M:%S UTC %Y", *iso;
    struct sh_opts o;
    struct sh_buf b = {0};
    struct sh_civil d;
    char out[48];
    int64_t ms;

    /* -I takes its argument only if it is glued on: getopt cannot say that. */
    for (uint32_t i = 1; i < c->argc; i++) {
        if (strncmp(c->argv[i], "-I", 2) != 0)
            continue;
        iso = c->argv[i] + 2;
        format = *iso == 's'   ? "%Y-%m-%dT%H:%M:%S+00:00"
                 : *iso == 'm' ? "%Y-%m-%dT%H:%M+00:00"
                               : "%Y-%m-%d";
        c->argv[i][0] = '-'; /* becomes -u, which changes nothing */
        c->argv[i][1] = 'u';
        c->argv[i][2] = '\0';
    }
    if (!sh_options(t, c, "ud:r:R date=d reference=r utc=u rfc-2822=R", &o) || !date_instant(t, &o, &ms))
        return 1;
    if (sh_opt(&o, 'R'))
        format = "%a, %d %b %Y %H:%M:%S +0000";
    if (o.first < c->argc && c->argv[o.first][0] == '+')
        format = c->argv[o.first] + 1;
    d = sh_civil_of(ms / 1000);
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
