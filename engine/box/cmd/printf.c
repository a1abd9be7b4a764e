/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printf.c - printf, as the three shells have it; %q, %(...)T and -v are bash's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum { WIDTH_MAX = 4096, FLOAT_ROOM = 512, PRECISION_MAX = 100 };

struct print {
    struct sh_task *t;
    struct sh_buf out;
    char *const *arg;
    uint32_t left;
    int status;
    bool stop;
};

struct conversion {
    bool left, zeros, plus, blank, alternate;
    int64_t width, precision; /* precision -1: none */
};

static const char *next_arg(struct print *p)
{
    if (p->left == 0)
        return NULL;
    p->left--;
    return *p->arg++;
}

static void bad_number(struct print *p, const char *word)
{
    if (p->t->flavour == SHELL_BASH)
        sh_warn(p->t, "printf: %s: invalid number", word);
    else
        sh_complain(p->t, "printf: invalid number '%s'", word);
    p->status = 1;
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
    s += strspn(s, " \t");
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
            bad_number(p, word);
            break;
        }
        n = (int64_t)((uint64_t)n * (uint64_t)base + (uint64_t)digit);
    }
    return negative ? (int64_t)(0 - (uint64_t)n) : n;
}

/* Decimal points are points in every locale that a container has. */
static double float_arg(struct print *p)
{
    const char *s = next_arg(p);
    char *end;
    double x;

    if (s == NULL || *s == '\0')
        return 0;
    if (*s == '\'' || *s == '"')
        return (unsigned char)s[1];
    x = strtod(s, &end);
    if (*end != '\0')
        bad_number(p, s);
    return x;
}

static bool add(struct print *p, const char *s, size_t length)
{
    return sh_charge(p->t, (uint32_t)(length / 64)) && sh_buf_add(p->t, &p->out, s, length);
}

static bool fill(struct print *p, char with, size_t count)
{
    for (; count > 0; count--)
        if (!add(p, &with, 1))
            return false;
    return true;
}

/* How much of the text has to stay before zeros that fill it up: a sign, 0x. */
static size_t prefix(const char *s, size_t length)
{
    size_t n = length > 0 && strchr("-+ ", *s) != NULL;

    return n + (length >= n + 2 && s[n] == '0' && (s[n + 1] | 32) == 'x' ? 2 : 0);
}

static bool add_padded(struct print *p, const char *s, size_t length, const struct conversion *v,
                       bool zeros)
{
    size_t pad = v->width > (int64_t)length ? (size_t)v->width - length : 0;
    size_t front = zeros ? prefix(s, length) : 0;

    if (!sh_charge(p->t, (uint32_t)(pad / 16)))
        return false;
    if (v->left)
        return add(p, s, length) && fill(p, ' ', pad);
    if (!zeros)
        return fill(p, ' ', pad) && add(p, s, length);
    return add(p, s, front) && fill(p, '0', pad) && add(p, s + front, length - front);
}

/* ---- conversions ----------------------------------------------------------------------------- */

/* %b: the escapes of echo -e. */
static bool print_escaped(struct print *p, const struct conversion *v)
{
    const char *s = next_arg(p);
    struct sh_buf text = {0};
    char out[4];

    for (s = s != NULL ? s : ""; *s != '\0';) {
        size_t n = strcspn(s, "\\");

        if (!sh_buf_add(p->t, &text, s, n))
            return false;
        s += n;
        if (*s == '\0')
            break;
        if (sh_escape(p->t, &s, out, true) < 0) {
            p->stop = true;
            break;
        }
        if (!sh_buf_add(p->t, &text, out, 1))
            return false;
    }
    return add_padded(p, text.text != NULL ? text.text : "", text.length, v, false);
}

static bool print_text(struct print *p, const struct conversion *v, bool one)
{
    const char *s = next_arg(p);
    size_t length;

    s = s != NULL ? s : "";
    length = v->precision >= 0 ? strnlen(s, (size_t)v->precision) : strlen(s);
    return add_padded(p, s, one ? *s != '\0' : length, v, false);
}

static bool print_integer(struct print *p, const struct conversion *v, char kind)
{
    int64_t n = number_arg(p);
    bool is_signed = kind == 'd' || kind == 'i', negative = is_signed && n < 0;
    uint64_t u = negative ? 0 - (uint64_t)n : (uint64_t)n;
    char digits[32], text[PRECISION_MAX + 40], *to = text;
    int length, want = (int)RX_MIN(v->precision, (int64_t)PRECISION_MAX);

    length = snprintf(digits, sizeof(digits),
                      kind == 'x'   ? "%llx"
                      : kind == 'X' ? "%llX"
                      : kind == 'o' ? "%llo"
                                    : "%llu",
                      (unsigned long long)u);
    if (v->precision == 0 && u == 0)
        length = 0;
    if (negative)
        *to++ = '-';
    else if (is_signed && (v->plus || v->blank))
        *to++ = v->plus ? '+' : ' ';
    if (v->alternate && u != 0 && (kind | 32) == 'x') {
        *to++ = '0';
        *to++ = kind;
    }
    if (v->alternate && kind == 'o')
        want = RX_MAX(want, length + 1);
    for (; want > length; want--)
        *to++ = '0';
    memcpy(to, digits, (size_t)length);
    to += length;
    return add_padded(p, text, (size_t)(to - text), v, v->zeros && !v->left && v->precision < 0);
}

static bool print_float(struct print *p, const struct conversion *v, char kind)
{
    char format[16], text[FLOAT_ROOM];
    double x = float_arg(p);
    int length;

    snprintf(format, sizeof(format), "%%%s%s%s.*%c", v->plus ? "+" : "", v->blank ? " " : "",
             v->alternate ? "#" : "", kind);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    length = snprintf(text, sizeof(text), format,
                      v->precision >= 0 ? (int)RX_MIN(v->precision, (int64_t)PRECISION_MAX) : 6, x);
#pragma GCC diagnostic pop
    if (length < 0)
        return false;
    return add_padded(p, text, RX_MIN((size_t)length, sizeof(text) - 1), v, v->zeros && !v->left);
}

/* %q: with backslashes where that is enough, as bash prefers it. */
static bool print_quoted(struct print *p, const struct conversion *v)
{
    const char *s = next_arg(p), *quoted;
    struct sh_buf text = {0};

    s = s != NULL ? s : "";
    for (const char *c = s; *c != '\0'; c++)
        if ((unsigned char)*c < 32 || (unsigned char)*c > 126) {
            quoted = sh_quote(p->t, s);
            return quoted != NULL && add_padded(p, quoted, strlen(quoted), v, false);
        }
    if (*s == '\0')
        return add_padded(p, "''", 2, v, false);
    for (const char *c = s; *c != '\0'; c++) {
        bool special = strchr(" \t!\"$&'()*,;<>?[\\]^`{|}", *c) != NULL ||
                       (c == s && strchr("~#", *c) != NULL);

        if ((special && !sh_buf_add(p->t, &text, "\\", 1)) || !sh_buf_add(p->t, &text, c, 1))
            return false;
    }
    return add_padded(p, text.text, text.length, v, false);
}

/* %(...)T: a time; -1 or nothing is now. At the parenthesis; moves behind the T. */
static bool print_time(struct print *p, const struct conversion *v, const char **format)
{
    const char *end = strstr(*format, ")T");
    const struct shell_proc *proc = p->t->proc;
    char form[128], text[256];
    int64_t n = p->left > 0 ? number_arg(p) : -1;
    time_t when;
    struct tm tm;

    if (end == NULL || (size_t)(end - *format) >= sizeof(form)) {
        p->stop = true;
        p->status = 1;
        return true;
    }
    snprintf(form, sizeof(form), "%.*s", (int)(end - *format - 1), *format + 1);
    *format = end + 2;
    when = (time_t)(n < 0 ? (proc->setup.epoch_ms + proc->now) / 1000 : n);
    if (gmtime_r(&when, &tm) == NULL)
        return true;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    text[strftime(text, sizeof(text), form[0] != '\0' ? form : "%H:%M:%S", &tm)] = '\0';
#pragma GCC diagnostic pop
    return add_padded(p, text, strlen(text), v, false);
}

static bool invalid(struct print *p, char kind)
{
    char text[48];

    snprintf(text, sizeof(text), "printf: %%%c: invalid directive", kind != '\0' ? kind : ' ');
    if (p->t->flavour == SHELL_BASH)
        sh_warn(p->t, "printf: `%c': invalid format character", kind != '\0' ? kind : ' ');
    else
        sh_complain(p->t, "%s", text);
    if (kind != '\0' && strchr("qQ(aA", kind) == NULL)
        sh_diagnose(p->t, SHELL_DIAG_OPTION, p->t->call.pos, "printf", text);
    p->status = p->t->flavour == SHELL_DASH ? 2 : 1;
    p->stop = true;
    return true;
}

static int64_t number_here(struct print *p, const char **f)
{
    int64_t n = 0;

    if (**f == '*') {
        ++*f;
        return number_arg(p);
    }
    for (; **f >= '0' && **f <= '9'; ++*f)
        n = RX_MIN(n * 10 + (**f - '0'), (int64_t)WIDTH_MAX);
    return n;
}

/* One conversion, behind its '%'. */
static bool convert(struct print *p, const char **format)
{
    struct conversion v = {.precision = -1};
    const char *f = *format;

    for (; *f != '\0' && strchr("-0+ #", *f) != NULL; f++) {
        v.left |= *f == '-';
        v.zeros |= *f == '0';
        v.plus |= *f == '+';
        v.blank |= *f == ' ';
        v.alternate |= *f == '#';
    }
    v.width = number_here(p, &f);
    v.left |= v.width < 0;
    v.width =
        RX_MIN(v.width < 0 ? -RX_MAX(v.width, (int64_t)-WIDTH_MAX) : v.width, (int64_t)WIDTH_MAX);
    if (*f == '.') {
        f++;
        v.precision = number_here(p, &f);
        v.precision = RX_MIN(v.precision, (int64_t)WIDTH_MAX);
    }
    f += strspn(f, "hlLjzt");
    *format = f + (*f != '\0');
    switch (*f) {
    case '%':
        return add(p, "%", 1);
    case 's':
    case 'c':
        return print_text(p, &v, *f == 'c');
    case 'b':
        return print_escaped(p, &v);
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        return print_integer(p, &v, *f);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return print_float(p, &v, *f);
    case 'q':
        return p->t->flavour == SHELL_BASH ? print_quoted(p, &v) : invalid(p, *f);
    case '(':
        *format = f;
        return p->t->flavour == SHELL_BASH ? print_time(p, &v, format) : invalid(p, *f);
    default:
        return invalid(p, *f);
    }
}

/* ---- printf ---------------------------------------------------------------------------------- */

static bool print_format(struct print *p, const char *format)
{
    while (*format != '\0' && !p->stop) {
        size_t n = strcspn(format, "%\\");
        char out[4];

        if (!add(p, format, n))
            return false;
        format += n;
        if (*format == '%') {
            format++;
            if (!convert(p, &format))
                return false;
        } else if (*format == '\\') {
            if (sh_escape(p->t, &format, out, false) < 0)
                p->stop = true;
            else if (!add(p, out, 1))
                return false;
        }
    }
    return true;
}

/* printf -v NAME or NAME[KEY]. */
static int keep(struct sh_task *t, struct print *p, char *name)
{
    char *open = strchr(name, '['), *subscript = NULL;
    size_t length = strlen(name);

    if (open != NULL && name[length - 1] == ']') {
        name[length - 1] = '\0';
        *open = '\0';
        subscript = open + 1;
    }
    if (!sh_is_name(name, strlen(name))) {
        sh_warn(t, "printf: `%s': not a valid identifier", name);
        return 2;
    }
    if (!sh_assign(t, name, subscript, p->out.text != NULL ? p->out.text : "", 0))
        return t->proc->over ? SH_BLOCKED : 1;
    return p->status;
}

int sh_cmd_printf(struct sh_task *t, struct sh_call *c)
{
    struct print p = {.t = t};
    uint32_t first = 1, before;
    char *name = NULL;

    if (c->argc > 3 && strcmp(c->argv[1], "-v") == 0 && t->flavour == SHELL_BASH) {
        name = c->argv[2];
        first = 3;
    }
    if (first < c->argc && strcmp(c->argv[first], "--") == 0)
        first++;
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
    if (name != NULL)
        return keep(t, &p, name);
    sh_put(t, p.out.text != NULL ? p.out.text : "", p.out.length);
    return p.status;
}
