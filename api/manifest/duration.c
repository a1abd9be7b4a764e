/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duration.c - the times of Behavior and Scenario documents: Go-style durations, latencies drawn at
 * random, windows; and the other small values those documents are made of (rates, exit codes,
 * signals).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <string.h>

enum { SIGNAL_MAX = 64, FRACTION_DIGITS = 18 };

static bool duration_part(const char **p, const char *end, rx_ns *total);
static rx_ns duration_unit(const char *p, size_t length);
static bool duration_at(struct mf_load *l, const struct mf_at *at, rx_ns *out);

/* [+](digits[.digits]unit)..., units as in Go's time.ParseDuration; a bare "0" needs no unit. */
int manifest_duration(const char *text, size_t length, rx_ns *out)
{
    const char *p = text, *end = text + length;
    rx_ns total = 0;

    if (p < end && *p == '+')
        p++;
    if (p == end)
        return -RX_EINVALID;
    if (end - p == 1 && *p == '0') {
        *out = 0;
        return 0;
    }
    while (p < end)
        if (!duration_part(&p, end, &total))
            return -RX_EINVALID;
    *out = total;
    return 0;
}

rx_ms mf_ms(struct mf_load *l, const struct mf_at *up, const char *field, rx_ms fallback)
{
    struct mf_at at = mf_field(up, field);
    rx_ns ns;

    return duration_at(l, &at, &ns) ? rx_ms_ceil(ns) : fallback;
}

struct pod_draw mf_draw(struct mf_load *l, const struct mf_at *up, const char *field)
{
    struct mf_at at = mf_field(up, field), uniform = mf_field(&at, "uniform"),
                 mean = mf_field(&at, "exp");
    struct pod_draw draw = {.kind = POD_DRAW_FIXED};

    if (!at.node || at.node->type != MF_MAPPING) {
        duration_at(l, &at, &draw.a);
        return draw;
    }
    mf_fields_check(l, &at, MF_FIELDS_DRAW);
    if (!uniform.node == !mean.node) {
        mf_invalid(l, &at, "must be a duration, {uniform: [from, to]} or {exp: mean}");
    } else if (mean.node) {
        draw.kind = POD_DRAW_EXP;
        if (duration_at(l, &mean, &draw.a) && draw.a == 0)
            mf_invalid(l, &mean, "must be greater than 0");
    } else if (mf_is_array(l, &uniform)) {
        struct mf_at low, high;

        draw.kind = POD_DRAW_UNIFORM;
        if (uniform.node->count != 2) {
            mf_invalid(l, &uniform, "must have two durations, [from, to]");
            return draw;
        }
        low = mf_item(&uniform, 0);
        high = mf_item(&uniform, 1);
        if (duration_at(l, &low, &draw.a) && duration_at(l, &high, &draw.b) && draw.a > draw.b)
            mf_invalid(l, &uniform, "the first must not be greater than the second");
    }
    return draw;
}

struct pod_window mf_window(struct mf_load *l, const struct mf_at *rule, bool with_clock)
{
    struct mf_at from = mf_field(rule, "from"), to = mf_field(rule, "to");
    struct pod_window w = {.from = mf_ms(l, rule, "from", 0),
                           .to = mf_ms(l, rule, "to", RX_MS_NEVER)};

    if (w.from >= w.to)
        mf_invalid(l, to.node ? &to : &from, "must be greater than `from`");
    if (with_clock)
        w.instance_clock = mf_choice(l, rule, "clock", "run instance", 0) == 1;
    return w;
}

uint32_t mf_rate(struct mf_load *l, const struct mf_at *rule)
{
    struct mf_at at = mf_field(rule, "rate");
    int64_t ppm;

    if (!at.node)
        return 1000000;
    if (at.node->type != MF_INT && at.node->type != MF_FLOAT) {
        mf_wrong_type(l, &at, "number");
        return 1000000;
    }
    if (!mf_decimal_parse(at.node->text, at.node->length, 6, &ppm)) {
        mf_invalid(l, &at, "must be a decimal number with at most 6 places");
        return 1000000;
    }
    if (ppm < 0 || ppm > 1000000) {
        mf_invalid(l, &at, "must be between 0 and 1, inclusive");
        return 1000000;
    }
    return (uint32_t)ppm;
}

int32_t mf_exit_code(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback)
{
    struct mf_at at = mf_field(up, field);
    int64_t code;

    if (mf_integer_at(l, &at, "int32", &code) && mf_number_between(l, &at, code, 0, 255))
        return (int32_t)code;
    return fallback;
}

int32_t mf_signal(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback)
{
    /* Those of Linux, where containers run; what a process survives by default is left out. */
    static const struct {
        const char *name;
        int32_t number;
    } known[] = {
        {"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ILL", 4},   {"TRAP", 5},  {"ABRT", 6},
        {"BUS", 7},   {"FPE", 8},   {"KILL", 9},  {"USR1", 10}, {"SEGV", 11}, {"USR2", 12},
        {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15}, {"XCPU", 24}, {"XFSZ", 25}, {"SYS", 31},
    };
    struct mf_at at = mf_field(up, field);
    const char *name;
    int64_t number;

    if (!at.node)
        return fallback;
    if (at.node->type != MF_STRING) {
        if (mf_integer_at(l, &at, "signal", &number) &&
            mf_number_between(l, &at, number, 1, SIGNAL_MAX))
            return (int32_t)number;
        return fallback;
    }
    name = strncmp(at.node->text, "SIG", 3) == 0 ? at.node->text + 3 : at.node->text;
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    mf_invalid(l, &at, "must be the name of a signal that ends a process, or its number");
    return fallback;
}

/* Says what is wrong; false when absent, too. */
static bool duration_at(struct mf_load *l, const struct mf_at *at, rx_ns *out)
{
    const struct mf_node *n = at->node;

    *out = 0;
    if (n == NULL)
        return false;
    if (n->type == MF_INT && n->number == 0)
        return true;
    if (n->type == MF_INT || n->type == MF_FLOAT) {
        mf_invalid(l, at, "missing unit: must be a duration such as 250ms or 1m20s");
        return false;
    }
    if (n->type == MF_STRING && n->length && n->text[0] == '-') {
        mf_invalid(l, at, "must be greater than or equal to 0");
        return false;
    }
    if (n->type != MF_STRING || manifest_duration(n->text, n->length, out) != 0) {
        mf_invalid(l, at, "must be a duration such as 250ms or 1m20s");
        return false;
    }
    return true;
}

static bool duration_part(const char **p, const char *end, rx_ns *total)
{
    int64_t whole = 0, fraction = 0, scale = 1;
    const char *start = *p, *unit;
    bool digits = false;
    __int128 ns;

    for (; *p < end && **p >= '0' && **p <= '9'; (*p)++, digits = true)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, **p - '0', &whole))
            return false;
    if (*p < end && **p == '.')
        for ((*p)++; *p < end && **p >= '0' && **p <= '9'; (*p)++, digits = true)
            if (*p - start < FRACTION_DIGITS) { /* the rest is less than a nanosecond of an hour */
                fraction = fraction * 10 + (**p - '0');
                scale *= 10;
            }
    if (!digits)
        return false;
    unit = *p;
    while (*p < end && **p != '.' && !(**p >= '0' && **p <= '9'))
        (*p)++;
    ns = duration_unit(unit, (size_t)(*p - unit));
    if (ns == 0)
        return false;
    ns = whole * ns + fraction * ns / scale + *total;
    if (ns > rx_ns_from_ms(RX_MS_NEVER - 1)) /* a millisecond more rounds up to never */
        return false;
    *total = (rx_ns)ns;
    return true;
}

static rx_ns duration_unit(const char *p, size_t length)
{
    static const struct {
        const char *name;
        rx_ns ns;
    } unit[] = {
        {"ns", 1},
        {"us", 1000},
        {"\xc2\xb5s", 1000}, /* micro sign */
        {"\xce\xbcs", 1000}, /* Greek mu */
        {"ms", RX_NS_PER_MS},
        {"s", RX_NS_PER_S},
        {"m", 60 * RX_NS_PER_S},
        {"h", 3600 * RX_NS_PER_S},
        {"d", 86400 * RX_NS_PER_S}, /* not Go's: people count runs in days */
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(unit); i++)
        if (strlen(unit[i].name) == length && memcmp(unit[i].name, p, length) == 0)
            return unit[i].ns;
    return 0;
}
