/* SPDX-License-Identifier: Apache-2.0 */
/* rule_quantity.c - see rule_quantity.h. In integers throughout. */
#include "engine/store/rule_quantity.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/fit.h"

static const __int128 nanos = 1000000000;

/* What stands behind the digits. */
struct unit {
    const char *suffix;
    int decimal, binary; /* powers of ten and of two */
};

static const struct unit units[] = {
    {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"", 0, 0},    {"k", 3, 0},   {"M", 6, 0},
    {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},
};

/* e3, E-2: an exponent needs digits, so that a lone E stays a suffix. */
static bool exponent_read(const char *at, const char *end, int *out)
{
    bool negative = false;
    int value = 0;

    if (at == end || (*at != 'e' && *at != 'E') || ++at == end)
        return false;
    if (*at == '+' || *at == '-')
        negative = *at++ == '-';
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        value = RX_MIN(value * 10 + (*at - '0'), 1000);
    }
    *out = negative ? -value : value;
    return true;
}

static bool unit_read(const char *at, const char *end, struct unit *out, bool *exponent)
{
    *exponent = exponent_read(at, end, &out->decimal);
    if (*exponent) {
        out->binary = 0;
        return true;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(units); i++) {
        if (strlen(units[i].suffix) == (size_t)(end - at) &&
            memcmp(units[i].suffix, at, (size_t)(end - at)) == 0) {
            *out = units[i];
            return true;
        }
    }
    return false;
}

/* value * 10^power, rounded up; stays at the largest amount. */
static __int128 scaled(__int128 value, int power, __int128 most)
{
    bool rest = false;

    for (; power > 0 && value <= most; power--)
        value *= 10;
    for (; power < 0 && value > 0; power++) {
        rest |= value % 10 > 0;
        value /= 10;
    }
    return RX_MIN(value + rest, most);
}

bool st_quantity_parse(const char *text, size_t length, struct st_quantity *out)
{
    const __int128 most = (__int128)INT64_MAX * nanos;
    const char *at = text, *end = text + length;
    bool negative = false, point = false, digits = false, exponent;
    __int128 value = 0;
    int places = 0;
    struct unit unit = {0};

    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    for (; at < end && ((*at >= '0' && *at <= '9') || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        digits = true;
        if (value > most) { /* as large as can be: only its size counts any more */
            places -= !point;
            continue;
        }
        value = value * 10 + (*at - '0');
        places += point;
    }
    if (!digits || !unit_read(at, end, &unit, &exponent))
        return false;
    out->form = exponent          ? ST_QUANTITY_EXPONENT
                : unit.binary > 0 ? ST_QUANTITY_BINARY
                                  : ST_QUANTITY_DECIMAL;
    for (int i = 0; i < unit.binary && value <= most; i++)
        value *= 2;
    value = scaled(value, 9 + unit.decimal - places, most);
    out->nano = negative ? -value : value;
    return true;
}

bool st_quantity_milli(const struct st_quantity *q, int64_t *out)
{
    const __int128 step = 1000000;
    __int128 milli = q->nano / step + (q->nano % step > 0);

    if (milli > INT64_MAX || milli < INT64_MIN)
        return false;
    *out = (int64_t)milli;
    return true;
}

static void write(char out[ST_QUANTITY_TEXT], bool negative, uint64_t digits, const char *unit)
{
    struct rx_fit t = {.at = out, .room = ST_QUANTITY_TEXT - 1};

    rx_fit_str(&t, negative ? "-" : "");
    rx_fit_uint(&t, digits);
    rx_fit_str(&t, unit);
    out[t.len] = '\0';
}

void st_quantity_text(const struct st_quantity *q, char out[ST_QUANTITY_TEXT])
{
    static const char *const decimal[] = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
    static const char *const exponent[] = {"e-9", "e-6", "e-3", "",    "e3",
                                           "e6",  "e9",  "e12", "e15", "e18"};
    static const char *const binary[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    bool negative = q->nano < 0;
    __int128 value = negative ? -q->nano : q->nano;
    size_t i = 0;

    if (value == 0) {
        strcpy(out, "0");
        return;
    }
    /* Small amounts have no binary units, and binary ones no fractions. */
    if (q->form == ST_QUANTITY_BINARY && value >= 1024 * nanos) {
        value = value / nanos + (value % nanos > 0);
        for (; value % 1024 == 0 && i + 1 < RX_ARRAY_LEN(binary); i++)
            value /= 1024;
        write(out, negative, (uint64_t)value, binary[i]);
        return;
    }
    for (; value % 1000 == 0 && i + 1 < RX_ARRAY_LEN(decimal); i++)
        value /= 1000;
    if (value > INT64_MAX) { /* a large amount with a fine fraction: to the next whole unit */
        value = value / 1000 + (value % 1000 > 0);
        i++;
    }
    write(out, negative, (uint64_t)value,
          q->form == ST_QUANTITY_EXPONENT ? exponent[i] : decimal[i]);
}

void st_quantity_add(struct st_quantity *to, const struct st_quantity *more)
{
    const __int128 most = (__int128)INT64_MAX * nanos;

    if (to->nano == 0)
        to->form = more->form;
    to->nano = RX_MIN(to->nano + more->nano, most);
}
