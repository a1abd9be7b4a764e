/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar.c - what an unquoted scalar means. The rules are those of kubectl's reader,
 * sigs.k8s.io/yaml (package goyaml.v2, resolve.go): YAML 1.1, so yes, on and y are booleans, 0644
 * is octal, digits may be grouped by underscores - and no sexagesimal numbers. A float that is
 * whole counts as an integer, because on its way through JSON it becomes one: `replicas: 3.0` is
 * fine for Kubernetes.
 */
#include "api/manifest/doc.h"

#include "engine/reactor/base.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longer digits do not fit an int64 and would only be a float anyway. */
enum { NUMBER_MAX = 80, EXPONENT_MAX = 400 };

static bool scalar_is_int(const char *text, int64_t *out, bool *overflow);
static bool fits_unsigned(const char *text);
static bool scalar_is_float(const char *text, size_t length);

void mf_scalar_resolve(struct mf_node *n)
{
    char plain[NUMBER_MAX + 1];
    size_t used = 0;
    bool overflow = false;

    n->type = MF_STRING;
    if (n->length == 0 || mf_word_in("~ null Null NULL", n->text, n->length)) {
        n->type = MF_NULL;
        return;
    }
    if (mf_word_in("y Y yes Yes YES true True TRUE on On ON", n->text, n->length)) {
        n->type = MF_BOOL;
        n->truth = true;
        return;
    }
    if (mf_word_in("n N no No NO false False FALSE off Off OFF", n->text, n->length)) {
        n->type = MF_BOOL;
        return;
    }
    if (mf_word_in(".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF", n->text,
                   n->length)) {
        n->type = MF_FLOAT;
        return;
    }
    if (n->length > NUMBER_MAX || !strchr("+-.0123456789", n->text[0]))
        return;
    for (size_t i = 0; i < n->length; i++)
        if (n->text[i] != '_')
            plain[used++] = n->text[i];
    plain[used] = '\0';
    if (scalar_is_int(plain, &n->number, &overflow) && !overflow)
        n->type = MF_INT;
    else if (overflow && fits_unsigned(plain))
        n->type = MF_FLOAT;
    else if (scalar_is_float(plain, used) && !isinf(strtod(plain, NULL)))
        n->type = mf_decimal_parse(plain, used, 0, &n->number) ? MF_INT : MF_FLOAT;
}

/* Value and scale are carried as digits and a power of ten: no floating point, no rounding. */
bool mf_decimal_parse(const char *text, size_t length, int scale, int64_t *out)
{
    const char *p = text, *end = text + length;
    bool negative = false, point = false, digits = false;
    int64_t value = 0;
    int exponent = 0, zeros = 0; /* trailing zeros wait: they may never be needed */

    if (p < end && (*p == '-' || *p == '+'))
        negative = *p++ == '-';
    for (; p < end && ((*p >= '0' && *p <= '9') || (*p == '.' && !point)); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        digits = true;
        exponent -= point;
        if (*p == '0') {
            zeros++;
            continue;
        }
        for (; zeros > 0; zeros--)
            if (__builtin_mul_overflow(value, 10, &value))
                return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value))
            return false;
    }
    if (!digits)
        return false;
    exponent += zeros;
    if (p < end && (*p == 'e' || *p == 'E')) {
        bool minus = ++p < end && *p == '-';
        int e = 0;

        if (p < end && (*p == '-' || *p == '+'))
            p++;
        if (p == end)
            return false;
        for (; p < end && *p >= '0' && *p <= '9'; p++)
            e = RX_MIN(e * 10 + (*p - '0'), EXPONENT_MAX);
        exponent += minus ? -e : e;
    }
    if (p != end)
        return false;
    exponent += scale;
    if (value == 0)
        exponent = 0;
    for (; exponent > 0; exponent--)
        if (__builtin_mul_overflow(value, 10, &value))
            return false;
    if (exponent < 0)
        return false;
    *out = negative ? -value : value;
    return true;
}

bool mf_word_in(const char *list, const char *word, size_t length)
{
    while (list) {
        size_t n = 0;

        while (n < length && list[n] == word[n] && word[n] != ' ')
            n++;
        if (n == length && (list[n] == ' ' || list[n] == '\0'))
            return length > 0;
        list = strchr(list + n, ' ');
        list += list != NULL;
    }
    return false;
}

const char *mf_type_name(const struct mf_node *n)
{
    switch (n->type) {
    case MF_NULL:
        return "null";
    case MF_BOOL:
        return "bool";
    case MF_INT:
    case MF_FLOAT:
        return "number";
    case MF_STRING:
        return "string";
    case MF_SEQUENCE:
        return "array";
    case MF_MAPPING:
        return "object";
    }
    return "";
}

/* As Go's strconv.ParseInt with base 0: 0x, 0o, 0b, and a leading zero means octal. */
static bool scalar_is_int(const char *text, int64_t *out, bool *overflow)
{
    bool negative = *text == '-';
    int base = 10;
    int64_t value = 0;

    if (*text == '-' || *text == '+')
        text++;
    if (text[0] == '0' && text[1] != '\0') {
        switch (text[1]) {
        case 'x':
        case 'X':
            base = 16;
            text += 2;
            break;
        case 'o':
        case 'O':
            base = 8;
            text += 2;
            break;
        case 'b':
        case 'B':
            base = 2;
            text += 2;
            break;
        default:
            base = 8;
            text++;
        }
    }
    if (!*text)
        return false;
    for (; *text; text++) {
        int lower = *text | 0x20, digit;

        digit = *text >= '0' && *text <= '9'   ? *text - '0'
                : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                               : INT_MAX;
        if (digit >= base)
            return false;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            *overflow = true;
    }
    *out = negative ? -value : value;
    return true;
}

/* Beyond an int64 there is one number more that Go takes in every base: an unsigned one of 64 bits.
 * What is larger is a number in decimal digits only. */
static bool fits_unsigned(const char *text)
{
    unsigned base = text[1] == 'x' || text[1] == 'X'   ? 16
                    : text[1] == 'b' || text[1] == 'B' ? 2
                    : text[0] == '0'                   ? 8
                                                       : 10;
    uint64_t value = 0;

    if (text[0] < '0' || text[0] > '9')
        return false;
    for (text += text[0] == '0' ? 1 + (text[1] > '9') : 0; *text; text++) {
        unsigned digit = *text <= '9' ? (unsigned)(*text - '0')
            : (unsigned)((*text | 0x20) - 'a' + 10);

        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    return true;
}

static bool scalar_is_float(const char *text, size_t length)
{
    size_t i = 0, digits = 0;

    i += text[0] == '-' || text[0] == '+';
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
        digits++;
    if (i < length && text[i] == '.')
        for (i++; i < length && text[i] >= '0' && text[i] <= '9'; i++)
            digits++;
    if (digits == 0)
        return false;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < length && (text[i] == '-' || text[i] == '+');
        if (i == length)
            return false;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
            ;
    }
    return i == length;
}
