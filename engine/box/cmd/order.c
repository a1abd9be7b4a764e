/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.c - see order.h. All as in the C locale.
 */
#include "engine/box/cmd/order.h"

#include <stdlib.h>
#include <string.h>

#include "engine/reactor/base.h"

static int by_bytes(const struct sh_order *o, const char *a, const char *b);
static int by_number(const char *a, const char *b);
static int by_double(const char *a, const char *b, bool rest);
static int by_unit(const char *a, const char *b);
static int by_month(const char *a, const char *b);
static int by_version(const char *a, const char *b);

bool sh_order_kind(struct sh_order *o, char letter)
{
    if (letter == '\0' || strchr("nghMV", letter) == NULL ||
        (o->kind != '\0' && o->kind != letter) || (o->ash && letter == 'h'))
        return false;
    o->kind = letter;
    return true;
}

bool sh_order_makes_sense(const struct sh_order *o)
{
    return o->kind == '\0' || (!o->words_only && !o->printable_only);
}

int sh_order(const struct sh_order *o, const char *a, const char *b)
{
    switch (o->kind) {
    case 'n':
        return o->ash ? by_double(a, b, false) : by_number(a, b);
    case 'g':
        return by_double(a, b, true);
    case 'h':
        return by_unit(a, b);
    case 'M':
        return by_month(a, b);
    case 'V':
        return o->ash ? strverscmp(a, b) : by_version(a, b);
    default:
        return by_bytes(o, a, b);
    }
}

/* ---- characters ------------------------------------------------------------------------------ */

static bool is_digit(char b)
{
    return b >= '0' && b <= '9';
}

static bool is_letter(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

static int large(char b)
{
    return b >= 'a' && b <= 'z' ? b - 32 : (unsigned char)b;
}

/* The next byte that counts. */
static const char *counted(const struct sh_order *o, const char *s)
{
    for (; *s != '\0'; s++) {
        if (o->words_only && !is_digit(*s) && !is_letter(*s) && *s != ' ' && *s != '\t')
            continue;
        if (o->printable_only && (*s < ' ' || *s > '~'))
            continue;
        break;
    }
    return s;
}

static int by_bytes(const struct sh_order *o, const char *a, const char *b)
{
    for (;; a++, b++) {
        int x, y;

        a = counted(o, a);
        b = counted(o, b);
        x = o->folds ? large(*a) : (unsigned char)*a;
        y = o->folds ? large(*b) : (unsigned char)*b;
        if (x != y || *a == '\0')
            return x - y;
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* Digits, a point, digits: of any length, so they are compared as text. */
struct number {
    const char *whole, *fraction;
    size_t digits, decimals; /* without the zeros before and behind it */
    bool negative;
    const char *end;
};

static struct number number_of(const char *s)
{
    struct number n = {0};

    s = skip_blanks(s);
    n.negative = *s == '-';
    s += n.negative;
    s += strspn(s, "0");
    n.whole = s;
    n.digits = strspn(s, "0123456789");
    n.end = n.fraction = s + n.digits;
    if (*n.end == '.') {
        n.fraction++;
        n.decimals = strspn(n.fraction, "0123456789");
        n.end = n.fraction + n.decimals;
        while (n.decimals > 0 && n.fraction[n.decimals - 1] == '0')
            n.decimals--;
    }
    n.negative = n.negative && (n.digits > 0 || n.decimals > 0);
    return n;
}

static int by_amount(const struct number *a, const struct number *b)
{
    int order;

    if (a->digits != b->digits)
        return a->digits > b->digits ? 1 : -1;
    order = memcmp(a->whole, b->whole, a->digits);
    if (order == 0)
        order = memcmp(a->fraction, b->fraction, RX_MIN(a->decimals, b->decimals));
    return order != 0 ? order : (a->decimals > b->decimals) - (a->decimals < b->decimals);
}

static int by_number(const char *a, const char *b)
{
    struct number x = number_of(a), y = number_of(b);

    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    return x.negative ? by_amount(&y, &x) : by_amount(&x, &y);
}

/* What is no number comes first, then what is "not a number". */
static int rank(double v, bool read)
{
    return !read ? 0 : v != v ? 1 : 2;
}

/* With exponents and all; rest: what is no number is less than any, and not 0. */
static int by_double(const char *a, const char *b, bool rest)
{
    char *end[2];
    double x = strtod(a, &end[0]), y = strtod(b, &end[1]);

    if (rest) {
        int order = rank(x, end[0] != a) - rank(y, end[1] != b);

        if (order != 0)
            return order;
    }
    return (x > y) - (x < y);
}

/* How large the unit is: 2 for M. Nothing has no unit. */
static int unit_of(const struct number *n)
{
    static const char units[] = "KMGTPEZY";
    const char *u = *n->end != '\0' ? strchr(units, *n->end == 'k' ? 'K' : *n->end) : NULL;
    int unit = u != NULL && (n->digits > 0 || n->decimals > 0) ? (int)(u - units) + 1 : 0;

    return n->negative ? -unit : unit;
}

static int by_unit(const char *a, const char *b)
{
    struct number x = number_of(a), y = number_of(b);

    if (x.negative == y.negative && unit_of(&x) != unit_of(&y))
        return unit_of(&x) - unit_of(&y);
    return by_number(a, b);
}

/* ---- months, versions ------------------------------------------------------------------------ */

static int month_of(const char *s)
{
    static const char months[][4] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                     "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

    s = skip_blanks(s);
    for (size_t i = 0; i < RX_ARRAY_LEN(months); i++)
        if (large(s[0]) == months[i][0] && large(s[1]) == months[i][1] &&
            large(s[2]) == months[i][2])
            return (int)i + 1;
    return 0;
}

static int by_month(const char *a, const char *b)
{
    return month_of(a) - month_of(b);
}

/* The length without endings like .tar.gz, which only count where the rest is equal. */
static size_t without_endings(const char *s)
{
    size_t length = 0;

    for (size_t i = 0; s[i] != '\0';) {
        if (i > 0 && s[i] == '.' && (is_letter(s[i + 1]) || s[i + 1] == '~')) {
            for (i += 2; is_letter(s[i]) || is_digit(s[i]) || s[i] == '~';)
                i++;
            continue;
        }
        length = ++i;
    }
    return length;
}

/* "~" before the end, the end before letters, letters before all else. */
static int version_rank(const char *s, const char *end)
{
    if (s == end)
        return -1;
    if (is_digit(*s))
        return 0;
    if (is_letter(*s))
        return *s;
    return *s == '~' ? -2 : (unsigned char)*s + 256;
}

static int by_parts(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end || b < b_end) {
        int first = 0;

        while ((a < a_end && !is_digit(*a)) || (b < b_end && !is_digit(*b))) {
            int order = version_rank(a, a_end) - version_rank(b, b_end);

            if (order != 0)
                return order;
            a++;
            b++;
        }
        while (a < a_end && *a == '0')
            a++;
        while (b < b_end && *b == '0')
            b++;
        for (; a < a_end && b < b_end && is_digit(*a) && is_digit(*b); a++, b++)
            first = first != 0 ? first : *a - *b;
        if (a < a_end && is_digit(*a))
            return 1;
        if (b < b_end && is_digit(*b))
            return -1;
        if (first != 0)
            return first;
    }
    return 0;
}

/* Nothing, ".", "..", other names with a dot in front, all others. */
static int dots(const char *s)
{
    return *s == '\0' ? 0 : *s != '.' ? 4 : s[1] == '\0' ? 1 : strcmp(s, "..") == 0 ? 2 : 3;
}

static int by_version(const char *a, const char *b)
{
    int order = dots(a) - dots(b);

    if (order != 0 || dots(a) < 3)
        return order;
    order = by_parts(a, without_endings(a), b, without_endings(b));
    return order != 0 ? order : by_parts(a, strlen(a), b, strlen(b));
}
