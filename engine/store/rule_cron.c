/* SPDX-License-Identifier: Apache-2.0 */
/* rule_cron.c - the fields become sets of bits; the next time is found by leaps over what cannot
 * match. */
#include "engine/store/rule_cron.h"

#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/civil.h"
#include "engine/reactor/fit.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEARS_AHEAD = 5, FIELDS = 5, NUMBER_MAX = 1 << 30 };

/* A stretch of the text. */
struct part {
    const char *at;
    uint32_t len;
};

struct bounds {
    uint32_t min, max;
    const char *names; /* three letters each, the first means min */
};

static const struct bounds bounds[FIELDS] = {
    {0, 59, ""},
    {0, 23, ""},
    {1, 31, ""},
    {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {0, 6, "sunmontuewedthufrisat"},
};

/* ---- what is wrong --------------------------------------------------------------------------- */

/* %s: a part, %q: a part in quotes, %u: a number. */
static bool refuse(struct rx_fit *why, const char *format, const struct part *part,
                   const uint64_t *number)
{
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            rx_fit_add(why, f, 1);
            continue;
        }
        f++;
        if (*f == 'u') {
            rx_fit_uint(why, *number++);
            continue;
        }
        if (*f == 'q')
            rx_fit_add(why, "\"", 1);
        for (uint32_t i = 0; i < part->len; i++) {
            if (*f == 'q' && (part->at[i] == '"' || part->at[i] == '\\'))
                rx_fit_add(why, "\\", 1);
            rx_fit_add(why, part->at + i, 1);
        }
        if (*f == 'q')
            rx_fit_add(why, "\"", 1);
        part++;
    }
    return false;
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* Up to the mark or the end; what follows the mark is left. */
static struct part cut(struct part *rest, char mark)
{
    const char *found = rest->len > 0 ? memchr(rest->at, mark, rest->len) : NULL;
    struct part head = {rest->at, found != NULL ? (uint32_t)(found - rest->at) : rest->len};
    uint32_t taken = head.len + (found != NULL);

    rest->at += taken;
    rest->len -= taken;
    return head;
}

static uint32_t count(struct part p, char mark)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < p.len; i++)
        n += p.at[i] == mark;
    return n;
}

static bool is(struct part p, const char *text)
{
    return p.len == strlen(text) && memcmp(p.at, text, p.len) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool read_number(struct part p, uint32_t *out, struct rx_fit *why)
{
    static const char failed[] = "failed to parse int from %s: strconv.Atoi: parsing %q: ";
    const struct part twice[] = {p, p};
    bool minus = p.len > 0 && p.at[0] == '-';
    uint32_t i = p.len > 0 && (minus || p.at[0] == '+');
    uint64_t value = 0;

    for (uint32_t k = i; k < p.len || i == p.len; k++) {
        if (i == p.len || p.at[k] < '0' || p.at[k] > '9') {
            refuse(why, failed, twice, NULL);
            return refuse(why, "invalid syntax", NULL, NULL);
        }
        if (value > INT64_MAX / 10 - 1) {
            refuse(why, failed, twice, NULL);
            return refuse(why, "value out of range", NULL, NULL);
        }
        value = value * 10 + (uint64_t)(p.at[k] - '0');
    }
    if (minus && value > 0)
        return refuse(why, "negative number (-%u) not allowed: %s", &p, &value);
    *out = (uint32_t)RX_MIN(value, (uint64_t)NUMBER_MAX);
    return true;
}

static bool read_value(struct part p, const struct bounds *b, uint32_t *out, struct rx_fit *why)
{
    for (uint32_t i = 0; b->names[3 * i] && p.len == 3; i++) {
        const char *name = b->names + 3 * i;

        if (lower(p.at[0]) == name[0] && lower(p.at[1]) == name[1] && lower(p.at[2]) == name[2]) {
            *out = b->min + i;
            return true;
        }
    }
    return read_number(p, out, why);
}

struct range {
    uint32_t low, high, step;
    bool star;
};

/* The order of the questions is that of the library: a text with several faults is told the same
 * one. */
static bool read_range(struct part item, const struct bounds *b, struct range *r,
                       struct rx_fit *why)
{
    struct part step = item, high = cut(&step, '/'), low;
    uint32_t hyphens = count(high, '-'), slashes = count(item, '/');

    low = cut(&high, '-');
    *r = (struct range){.low = b->min, .high = b->max, .step = 1};
    if (is(low, "*") || is(low, "?")) {
        r->star = true;
    } else {
        if (!read_value(low, b, &r->low, why))
            return false;
        r->high = r->low;
        if (hyphens == 1 && !read_value(high, b, &r->high, why))
            return false;
        if (hyphens > 1)
            return refuse(why, "too many hyphens: %s", &item, NULL);
    }
    if (slashes > 1)
        return refuse(why, "too many slashes: %s", &item, NULL);
    if (slashes == 1) {
        if (!read_number(step, &r->step, why))
            return false;
        if (hyphens == 0)
            r->high = b->max;
        r->star = r->star && r->step <= 1;
    }
    if (r->low < b->min)
        return refuse(why, "beginning of range (%u) below minimum (%u): %s", &item,
                      (uint64_t[]){r->low, b->min});
    if (r->high > b->max)
        return refuse(why, "end of range (%u) above maximum (%u): %s", &item,
                      (uint64_t[]){r->high, b->max});
    if (r->low > r->high)
        return refuse(why, "beginning of range (%u) beyond end of range (%u): %s", &item,
                      (uint64_t[]){r->low, r->high});
    if (r->step == 0)
        return refuse(why, "step of range should be a positive number: %s", &item, NULL);
    return true;
}

static bool read_field(struct part field, const struct bounds *b, uint64_t *bits, bool *star,
                       struct rx_fit *why)
{
    while (field.len > 0) {
        struct part item = cut(&field, ',');
        struct range r;

        if (item.len == 0)
            continue;
        if (!read_range(item, b, &r, why))
            return false;
        for (uint32_t v = r.low; v <= r.high; v += r.step)
            *bits |= UINT64_C(1) << v;
        *star = *star || r.star;
    }
    return true;
}

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How many there are; the first FIELDS of them. */
static uint32_t split(const char *text, struct part field[FIELDS])
{
    uint32_t n = 0;

    while (*text) {
        const char *from = text;

        while (*text && !blank(*text))
            text++;
        if (text > from && n++ < FIELDS)
            field[n - 1] = (struct part){from, (uint32_t)(text - from)};
        text += *text != '\0';
    }
    return n;
}

static bool refuse_count(const char *text, uint32_t found, struct rx_fit *why)
{
    bool between = false;

    refuse(why, "expected exactly 5 fields, found %u: [", NULL, &(uint64_t){found});
    for (; *text; text++) {
        if (blank(*text))
            continue;
        if (between && blank(text[-1]))
            rx_fit_add(why, " ", 1);
        rx_fit_add(why, text, 1);
        between = true;
    }
    rx_fit_add(why, "]", 1);
    return false;
}

static bool read_fields(const char *text, struct st_cron *out, struct rx_fit *why)
{
    struct part field[FIELDS];
    uint32_t found = split(text, field);
    uint64_t bits[FIELDS] = {0};
    bool star[FIELDS] = {false};

    if (found != FIELDS)
        return refuse_count(text, found, why);
    for (int i = 0; i < FIELDS; i++) {
        if (!read_field(field[i], &bounds[i], &bits[i], &star[i], why))
            return false;
    }
    *out = (struct st_cron){.minute = bits[0],
                            .hour = (uint32_t)bits[1],
                            .day = (uint32_t)bits[2],
                            .month = (uint32_t)bits[3],
                            .weekday = (uint32_t)bits[4],
                            .any_day = star[2],
                            .any_weekday = star[4]};
    return true;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Beyond what Go's durations can hold; a product with any unit fits twice. */
#define NS_MAX ((unsigned __int128)INT64_MAX)

/* One number and its unit, in nanoseconds; what is left. NULL: refused. */
static const char *read_amount(const char *p, struct part whole, unsigned __int128 *ns,
                               struct rx_fit *why)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1},          {"us", 1000},          {"\xc2\xb5s", 1000},
                 {"\xce\xbcs", 1000}, {"ms", 1000000},       {"s", 1000000000},
                 {"m", 60000000000}, {"h", 3600000000000}};
    uint64_t value = 0, fraction = 0, scale = 1;
    const char *from = p;
    struct part two[2] = {{0}, whole};

    for (; *p >= '0' && *p <= '9'; p++)
        value = RX_MIN(value * 10 + (uint64_t)(*p - '0'), UINT64_MAX / 20);
    if (*p == '.') {
        for (p++; *p >= '0' && *p <= '9'; p++) {
            if (scale >= 1000000000) /* finer than any unit shows */
                continue;
            fraction = fraction * 10 + (uint64_t)(*p - '0');
            scale *= 10;
        }
    }
    if (p == from || (p == from + 1 && *from == '.')) {
        refuse(why, "time: invalid duration %q", &whole, NULL);
        return NULL;
    }
    two[0] = (struct part){p, (uint32_t)strcspn(p, ".0123456789")};
    if (two[0].len == 0) {
        refuse(why, "time: missing unit in duration %q", &whole, NULL);
        return NULL;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(units); i++) {
        if (!is(two[0], units[i].name))
            continue;
        *ns += (unsigned __int128)value * units[i].ns +
               (unsigned __int128)fraction * units[i].ns / scale;
        *ns = RX_MIN(*ns, NS_MAX + 1);
        return p + two[0].len;
    }
    refuse(why, "time: unknown unit %q in duration %q", two, NULL);
    return NULL;
}

/* Whole seconds are left of it, at least one. */
static bool read_every(const char *text, struct st_cron *out, struct rx_fit *why)
{
    const char *p = text + strlen("@every ");
    struct part whole = {text, (uint32_t)strlen(text)}, rest = {p, (uint32_t)strlen(p)};
    bool minus = *p == '-';
    unsigned __int128 ns = 0;

    refuse(why, "failed to parse duration %s: ", &whole, NULL);
    p += minus || *p == '+';
    if (*p == '\0')
        return refuse(why, "time: invalid duration %q", &rest, NULL);
    while (*p && strcmp(p, "0") != 0) {
        p = read_amount(p, rest, &ns, why);
        if (p == NULL)
            return false;
    }
    if (ns > NS_MAX)
        return refuse(why, "time: invalid duration %q", &rest, NULL);
    why->len = 0;
    *out = (struct st_cron){.every_s = 1};
    if (!minus && ns >= 1000000000)
        out->every_s = (int64_t)(ns / 1000000000);
    return true;
}

static bool read_word(const char *text, struct st_cron *out, struct rx_fit *why)
{
    static const char *const words[][2] = {
        {"@yearly", "0 0 1 1 *"},  {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"},  {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
        {"@hourly", "0 * * * *"},
    };
    struct part whole = {text, (uint32_t)strlen(text)};

    for (size_t i = 0; i < RX_ARRAY_LEN(words); i++) {
        if (strcmp(text, words[i][0]) == 0)
            return read_fields(words[i][1], out, why);
    }
    if (strncmp(text, "@every ", strlen("@every ")) == 0)
        return read_every(text, out, why);
    return refuse(why, "unrecognized descriptor: %s", &whole, NULL);
}

bool st_cron_read(const char *text, struct st_cron *out, char why[ST_CRON_WHY_MAX])
{
    struct rx_fit fit = {.at = why, .room = ST_CRON_WHY_MAX - 1};
    bool ok = text[0] == '@' ? read_word(text, out, &fit) : read_fields(text, out, &fit);

    why[fit.len] = '\0';
    return ok;
}

/* ---- the next -------------------------------------------------------------------------------- */

static bool has(uint64_t bits, int value)
{
    return bits >> value & 1;
}

static bool day_matches(const struct st_cron *c, const struct rx_civil *at)
{
    bool day = has(c->day, at->day), weekday = has(c->weekday, at->weekday);

    return c->any_day || c->any_weekday ? day && weekday : day || weekday;
}

/* The first time of the clock from which on it could match; the very one, if it does. */
static int64_t leap(const struct st_cron *c, int64_t local)
{
    struct rx_civil at = rx_civil_of(local);
    int64_t minute = local - at.second;

    if (!has(c->month, at.month))
        return at.month == 12 ? rx_civil_days(at.year + 1, 1, 1) * DAY
                              : rx_civil_days(at.year, at.month + 1, 1) * DAY;
    if (!day_matches(c, &at))
        return (at.days + 1) * DAY;
    if (!has(c->hour, at.hour))
        return minute - at.minute * MINUTE + HOUR;
    if (at.second != 0)
        return minute + MINUTE;
    while (at.minute < 60 && !has(c->minute, at.minute)) {
        at.minute++;
        minute += MINUTE;
    }
    return minute;
}

int64_t st_cron_next(const struct st_cron *c, const struct st_zone *zone, int64_t after)
{
    int64_t at = after + 1, last_year;

    if (c->every_s > 0)
        return after + c->every_s;
    last_year = rx_civil_of(at + st_zone_at(zone, at).offset).year + YEARS_AHEAD;
    for (;;) {
        struct st_zone_span span = st_zone_at(zone, at);
        int64_t local = at + span.offset, to = leap(c, local);

        if (rx_civil_of(local).year > last_year)
            return ST_CRON_NEVER;
        if (to == local)
            return at;
        /* Behind a change of the clock all is asked anew. */
        at = RX_MIN(to - span.offset, span.until);
    }
}
