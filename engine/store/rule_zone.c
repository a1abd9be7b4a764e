/* SPDX-License-Identifier: Apache-2.0 */
/* rule_zone.c - TZif, read where it lies, and the POSIX rule behind it. */
#include "engine/store/rule_zone.h"

#include <string.h>

#include "engine/reactor/civil.h"

enum { HEADER = 44, DAY = 86400, TYPE_SIZE = 6 };

/* What the header says of the sizes of a block. */
struct counts {
    uint64_t utc, standard, leaps, times, types, letters;
};

static int64_t big_endian(const unsigned char *p, int bytes)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

static struct counts counts_of(const unsigned char *header)
{
    const unsigned char *p = header + 20;

    return (struct counts){.utc = (uint32_t)big_endian(p, 4),
                           .standard = (uint32_t)big_endian(p + 4, 4),
                           .leaps = (uint32_t)big_endian(p + 8, 4),
                           .times = (uint32_t)big_endian(p + 12, 4),
                           .types = (uint32_t)big_endian(p + 16, 4),
                           .letters = (uint32_t)big_endian(p + 20, 4)};
}

static uint64_t block_size(const struct counts *c, uint64_t time)
{
    return c->times * (time + 1) + c->types * TYPE_SIZE + c->letters + c->leaps * (time + 4) +
           c->standard + c->utc;
}

/* ---- the last line --------------------------------------------------------------------------- */

struct cursor {
    const char *at, *end;
};

static bool takes(struct cursor *c, char what)
{
    bool is = c->at < c->end && *c->at == what;

    c->at += is;
    return is;
}

static bool number(struct cursor *c, int *out)
{
    const char *from = c->at;

    for (*out = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - from < 4; c->at++)
        *out = *out * 10 + (*c->at - '0');
    return c->at > from;
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(struct cursor *c, int32_t *out)
{
    bool minus = takes(c, '-');
    int hours, minutes = 0, seconds = 0;

    if (!minus)
        takes(c, '+');
    if (!number(c, &hours) || (takes(c, ':') && !number(c, &minutes)) ||
        (takes(c, ':') && !number(c, &seconds)))
        return false;
    *out = (hours * 60 + minutes) * 60 + seconds;
    *out = minus ? -*out : *out;
    return true;
}

static bool zone_name(struct cursor *c)
{
    const char *from = c->at;

    if (takes(c, '<')) {
        while (c->at < c->end && *c->at != '>')
            c->at++;
        return takes(c, '>');
    }
    while (c->at < c->end && ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'z'))
        c->at++;
    return c->at > from;
}

static bool change_day(struct cursor *c, struct st_zone_day *out)
{
    *out = (struct st_zone_day){.kind = ST_ZONE_YEARDAY, .time = 2 * 3600};
    if (takes(c, 'M')) {
        out->kind = ST_ZONE_MONTH;
        if (!number(c, &out->month) || !takes(c, '.') || !number(c, &out->week) ||
            !takes(c, '.') || !number(c, &out->day))
            return false;
        if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->day > 6)
            return false;
    } else {
        if (takes(c, 'J'))
            out->kind = ST_ZONE_JULIAN;
        if (!number(c, &out->day) || out->day > 366)
            return false;
    }
    return !takes(c, '/') || clock_time(c, &out->time);
}

/* "EST5EDT,M3.2.0,M11.1.0": offsets are written west of Greenwich. */
static bool read_rule(struct st_zone *z, struct cursor *c)
{
    int32_t west;

    if (!zone_name(c) || !clock_time(c, &west))
        return false;
    z->standard = -west;
    if (c->at == c->end)
        return true;
    z->summer = z->standard + 3600;
    if (!zone_name(c))
        return false;
    if (c->at < c->end && *c->at != ',') {
        if (!clock_time(c, &west))
            return false;
        z->summer = -west;
    }
    z->changes = takes(c, ',') && change_day(c, &z->begins) && takes(c, ',') &&
                 change_day(c, &z->ends);
    return z->changes && c->at == c->end;
}

bool st_zone_read(struct st_zone *z, const void *bytes, size_t size)
{
    const unsigned char *p = bytes, *end = p + size;
    struct counts c;
    struct cursor line;
    uint64_t first;

    *z = (struct st_zone){0};
    if (size < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    c = counts_of(p);
    first = HEADER + block_size(&c, 4);
    if (first + HEADER > size || memcmp(p + first, "TZif", 4) != 0)
        return false;
    p += first;
    c = counts_of(p);
    p += HEADER;
    if (block_size(&c, 8) > (uint64_t)(end - p) || c.types == 0)
        return false;
    z->transitions = (uint32_t)c.times;
    z->types = (uint32_t)c.types;
    z->at = p;
    z->which = z->at + c.times * 8;
    z->type = z->which + c.times;
    for (uint32_t i = 0; i < z->transitions; i++) {
        if (z->which[i] >= z->types)
            return false;
    }
    line = (struct cursor){(const char *)p + block_size(&c, 8), (const char *)end};
    if (takes(&line, '\n')) {
        const char *stop = memchr(line.at, '\n', (size_t)(line.end - line.at));

        line.end = stop != NULL ? stop : line.end;
        z->ruled = read_rule(z, &line);
    }
    return true;
}

/* ---- offsets --------------------------------------------------------------------------------- */

static int32_t type_offset(const struct st_zone *z, uint32_t type)
{
    return (int32_t)big_endian(z->type + (size_t)type * TYPE_SIZE, 4);
}

static int64_t transition(const struct st_zone *z, uint32_t i)
{
    return big_endian(z->at + (size_t)i * 8, 8);
}

static bool leap_year(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The clock's time at which it changes in that year, as if it were UTC. */
static int64_t change_in(const struct st_zone_day *d, int64_t year)
{
    int64_t first = rx_civil_days(year, d->kind == ST_ZONE_MONTH ? d->month : 1, 1), days = first;

    switch (d->kind) {
    case ST_ZONE_MONTH: {
        int64_t next = d->month == 12 ? rx_civil_days(year + 1, 1, 1)
                                      : rx_civil_days(year, d->month + 1, 1);
        int weekday = rx_civil_of(first * DAY).weekday;

        days = first + (d->day - weekday + 7) % 7 + (int64_t)(d->week - 1) * 7;
        if (days >= next) /* the fifth is the last */
            days -= 7;
        break;
    }
    case ST_ZONE_JULIAN: /* February 29 is never counted */
        days = first + d->day - 1 + (leap_year(year) && d->day > 59);
        break;
    case ST_ZONE_YEARDAY:
        days = first + d->day;
        break;
    }
    return days * DAY + d->time;
}

static struct st_zone_span ruled_at(const struct st_zone *z, int64_t utc)
{
    struct st_zone_span span = {.offset = z->standard, .until = INT64_MAX};
    int64_t year, since = INT64_MIN;

    if (!z->changes)
        return span;
    year = rx_civil_of(utc + z->standard).year;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        const struct st_zone_span change[2] = {
            {.offset = z->summer, .until = change_in(&z->begins, y) - z->standard},
            {.offset = z->standard, .until = change_in(&z->ends, y) - z->summer},
        };

        for (int i = 0; i < 2; i++) {
            int64_t at = change[i].until;

            if (at <= utc && at >= since) {
                since = at;
                span.offset = change[i].offset;
            } else if (at > utc && at < span.until) {
                span.until = at;
            }
        }
    }
    return span;
}

struct st_zone_span st_zone_at(const struct st_zone *z, int64_t utc)
{
    uint32_t low = 0, high;
    struct st_zone_span span = {.offset = 0, .until = INT64_MAX};

    if (z == NULL)
        return span;
    for (high = z->transitions; low < high;) { /* low: how many are not after it */
        uint32_t middle = low + (high - low) / 2;

        if (transition(z, middle) <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->transitions && z->ruled)
        return ruled_at(z, utc);
    span.offset = type_offset(z, low > 0 ? z->which[low - 1] : 0);
    if (low < z->transitions)
        span.until = transition(z, low);
    return span;
}
