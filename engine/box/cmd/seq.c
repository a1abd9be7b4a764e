/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seq.c - seq. Whole numbers are counted as such; others as multiples of the step, and shown with
 * as many decimals as the longest of the first and the step has.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/files.h"
#include "engine/reactor/base.h"

enum { FORMAT_MAX = 128, DECIMALS_MAX = 18, WIDTH_MAX = 100 };

struct number {
    double value;
    int64_t whole;
    int decimals, width; /* width: of what stands before the point, with its sign */
    bool is_whole, negative;
};

struct seq {
    struct number first, step, last;
    const char *between;
    char format[FORMAT_MAX]; /* of -f, for a double; "" for none */
    bool whole, equal, begun, busybox;
    int decimals, width;
    int64_t at;
    uint64_t count; /* of numbers printed */
};

static bool usage(struct sh_task *t, const struct seq *s, const char *what, const char *word)
{
    if (s->busybox)
        sh_complain(t, "seq: usage: seq [-w] [-s SEP] [FIRST [INC]] LAST");
    else
        sh_complain(t, "seq: %s%s%s%s\nTry 'seq --help' for more information.", what,
                    word != NULL ? ": '" : "", word != NULL ? word : "", word != NULL ? "'" : "");
    return false;
}

static bool read_number(struct sh_task *t, const struct seq *s, const char *word, struct number *n)
{
    const char *digits = word + (*word == '+' || *word == '-'), *point = strchr(word, '.');
    size_t plain = strspn(digits, "0123456789.");
    char *end;

    n->value = strtod(word, &end);
    if (*word == '\0' || *end != '\0' || isnan(n->value)) {
        if (s->busybox)
            sh_complain(t, "seq: invalid number '%s'", word);
        else
            usage(t, s, "invalid floating point argument", word);
        return false;
    }
    if (digits[plain] != '\0' && !isinf(n->value) &&
        strspn(word, "+-0123456789.eExXabcdefABCDEFpP") != strlen(word))
        return sh_refuse(t, word) == 0;
    n->negative = *word == '-';
    n->is_whole = sh_number(word, &n->whole);
    n->decimals = point != NULL && digits[plain] == '\0' ? (int)strlen(point + 1) : 0;
    n->width = (int)((point != NULL ? point : word + strlen(word)) - word) - (*word == '+') +
               (point == digits); /* ".5" is shown as 0.5 */
    if (n->decimals > DECIMALS_MAX)
        return sh_refuse(t, "a number with more than 18 decimals") == 0;
    if (!n->is_whole && digits[plain] != '\0' && !isinf(n->value) && n->value == rint(n->value) &&
        fabs(n->value) < 1e15) { /* 1e3, 0x10 */
        n->whole = (int64_t)n->value;
        n->is_whole = true;
        n->width = snprintf(NULL, 0, "%lld", (long long)n->whole);
    }
    return true;
}

/* -f: one conversion of printf's for a double. */
static bool read_format(struct sh_task *t, struct seq *s, const char *format)
{
    const char *at = format, *spec;
    size_t n;

    for (; (at = strchr(at, '%')) != NULL && at[1] == '%'; at += 2)
        ;
    if (at == NULL) {
        sh_complain(t, "seq: format '%s' has no %% directive", format);
        return false;
    }
    spec = at + 1;
    spec += strspn(spec, "-+#0 '");
    if (atoi(spec) > WIDTH_MAX || strlen(format) >= sizeof(s->format))
        return sh_refuse(t, "a format as long as this") == 0;
    spec += strspn(spec, "0123456789");
    if (*spec == '.') {
        if (atoi(spec + 1) > WIDTH_MAX)
            return sh_refuse(t, "a format as long as this") == 0;
        spec += 1 + strspn(spec + 1, "0123456789");
    }
    if (*spec == '\0' || strchr("efgaEFGA", *spec) == NULL) {
        if (*spec == '\0')
            sh_complain(t, "seq: format '%s' ends in %%", format);
        else
            sh_complain(t, "seq: format '%s' has unknown %%%c directive", format, *spec);
        return false;
    }
    for (const char *more = spec + 1; (more = strchr(more, '%')) != NULL; more += 2) {
        if (more[1] != '%') {
            sh_complain(t, "seq: format '%s' has too many %% directives", format);
            return false;
        }
    }
    n = strlen(format);
    memcpy(s->format, format, n + 1);
    return true;
}

/* The options by hand: "-5" is a number, but in busybox. The index of the first operand; 0: said.
 */
static uint32_t read_options(struct sh_task *t, struct sh_call *c, struct seq *s)
{
    struct sh_opts o;
    uint32_t end = 1, argc = c->argc;
    bool ok;

    while (end < argc && c->argv[end][0] == '-' && c->argv[end][1] != '\0' &&
           (s->busybox || strchr("0123456789.", c->argv[end][1]) == NULL)) {
        const char *word = c->argv[end];
        bool takes = strcmp(word, "-s") == 0 || strcmp(word, "-f") == 0 ||
                     strcmp(word, "-ws") == 0 || strcmp(word, "-wf") == 0 ||
                     strcmp(word, "--separator") == 0 || strcmp(word, "--format") == 0;

        end += takes ? 2 : 1;
        if (strcmp(word, "--") == 0)
            break;
    }
    c->argc = RX_MIN(end, argc);
    ok = sh_options(t, c, s->busybox ? "ws:" : "f:s:w format=f separator=s equal-width=w", &o);
    c->argc = argc;
    if (!ok)
        return 0;
    s->between = sh_opt(&o, 's') ? o.arg[sh_opt_bit('s')] : "\n";
    s->equal = sh_opt(&o, 'w');
    if (sh_opt(&o, 'f') && !read_format(t, s, o.arg[sh_opt_bit('f')]))
        return 0;
    if (s->equal && s->format[0] != '\0') {
        sh_complain(t, "seq: format string may not be specified when printing equal width strings\n"
                       "Try 'seq --help' for more information.");
        return 0;
    }
    return o.first;
}

static bool seq_begin(struct sh_task *t, struct sh_call *c, struct seq *s)
{
    struct number one = {.value = 1, .whole = 1, .width = 1, .is_whole = true};
    uint32_t first, count;

    s->busybox = sh_has_busybox(t);
    first = read_options(t, c, s);
    if (first == 0)
        return false;
    count = c->argc - first;
    if (count == 0)
        return usage(t, s, "missing operand", NULL);
    if (count > 3) {
        if (s->busybox)
            return usage(t, s, "", NULL);
        sh_complain(t, "seq: extra operand '%s'\nTry 'seq --help' for more information.",
                    c->argv[first + 3]);
        return false;
    }
    s->first = s->step = one;
    if (!read_number(t, s, c->argv[c->argc - 1], &s->last) ||
        (count > 1 && !read_number(t, s, c->argv[first], &s->first)) ||
        (count > 2 && !read_number(t, s, c->argv[first + 1], &s->step)))
        return false;
    if (s->step.value == 0 && !s->busybox)
        return usage(t, s, "invalid Zero increment value", c->argv[first + 1]);
    s->whole = s->first.is_whole && s->step.is_whole &&
               (s->last.is_whole || isinf(s->last.value)) && s->format[0] == '\0';
    if (isinf(s->last.value))
        s->last.whole = s->last.value > 0 ? INT64_MAX : INT64_MIN;
    s->decimals = RX_MAX(s->first.decimals, s->step.decimals);
    s->at = s->first.whole;
    if (s->equal) {
        s->width = RX_MAX(s->first.width, s->last.width) + (s->decimals > 0 ? s->decimals + 1 : 0);
        if (s->width > WIDTH_MAX)
            return sh_refuse(t, "-w for numbers as long as these") == 0;
    }
    return true;
}

/* The next number as text. False: it was the last. */
static bool next_text(struct seq *s, char text[512])
{
    double value;
    char rounded[512];

    if (s->whole) {
        if (s->step.whole >= 0 ? s->at > s->last.whole : s->at < s->last.whole)
            return false;
        snprintf(text, 512, s->equal ? "%0*lld" : "%*lld", s->width, (long long)s->at);
        if (__builtin_add_overflow(s->at, s->step.whole, &s->at))
            s->last.whole = s->step.whole > 0 ? INT64_MIN : INT64_MAX;
        return true;
    }
    value = s->first.value + (double)s->count * s->step.value;
    /* What is shown as the last is the last, however it was rounded. */
    snprintf(rounded, sizeof(rounded), "%.*f", s->decimals, value);
    if (s->step.value > 0 ? value > s->last.value : value < s->last.value) {
        bool same = s->step.value > 0 ? strtod(rounded, NULL) <= s->last.value
                                      : strtod(rounded, NULL) >= s->last.value;

        if (!same || s->busybox || s->last.decimals > s->decimals)
            return false;
    }
    if (s->format[0] != '\0')
        snprintf(text, 512, s->format, value);
    else if (s->equal)
        snprintf(text, 512, "%0*.*f", s->width, s->decimals, value);
    else
        snprintf(text, 512, "%s", rounded);
    return true;
}

int sh_cmd_seq(struct sh_task *t, struct sh_call *c)
{
    struct seq *s = c->state;
    char text[512];

    if (s == NULL) {
        s = c->state = sh_call_alloc(t, sizeof(*s));
        if (s == NULL)
            return SH_BLOCKED;
        if (!seq_begin(t, c, s))
            return t->proc->over ? SH_BLOCKED : 1;
    }
    while (next_text(s, text)) {
        if (s->count++ > 0)
            sh_puts(t, s->between);
        sh_puts(t, text);
        if (!sh_charge(t, 1) || t->doomed != 0)
            return 1;
        if (sh_full(t))
            return SH_BLOCKED;
    }
    if (s->count > 0)
        sh_puts(t, "\n");
    return 0;
}
