/* SPDX-License-Identifier: Apache-2.0 */
/* date.c - names of days and months, and the dates that commands read. */
#include "engine/box/cmd/date.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { DAY = 86400 };

const char *const sh_day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                     "Thursday", "Friday", "Saturday"};
const char *const sh_month_names[12] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

/* ---- reading --------------------------------------------------------------------------------- */

static bool digits(const char **s, int least, int most, int64_t *out)
{
    int n = 0;

    *out = 0;
    for (; n < most && **s >= '0' && **s <= '9'; n++)
        *out = *out * 10 + (*(*s)++ - '0');
    return n >= least;
}

static bool word(const char **s, const char *what)
{
    size_t n = strlen(what);
    char c;

    if (strncmp(*s, what, n) != 0)
        return false;
    c = (*s)[n];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return false;
    *s += n;
    return true;
}

static bool valid_day(int64_t year, int64_t month, int64_t day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           rx_civil_of(rx_civil_days(year, (int)month, (int)day) * DAY).month == month;
}

/* YYYY-MM-DD or YYYY.MM.DD, into days. */
static bool read_day(const char **s, int64_t *days)
{
    const char *p = *s;
    int64_t year, month, day;
    char between;

    if (!digits(&p, 4, 4, &year) || (*p != '-' && *p != '.'))
        return false;
    between = *p++;
    if (!digits(&p, 1, 2, &month) || *p++ != between || !digits(&p, 1, 2, &day) ||
        !valid_day(year, month, day))
        return false;
    *days = rx_civil_days(year, (int)month, (int)day);
    *s = p;
    return true;
}

/* hh:mm[:ss[.fraction]][Z], into seconds. */
static bool read_clock(const char **s, int64_t *clock)
{
    const char *p = *s;
    int64_t hour, minute, second = 0;

    if (!digits(&p, 1, 2, &hour) || *p++ != ':' || !digits(&p, 2, 2, &minute) || hour > 23 ||
        minute > 59)
        return false;
    if (*p == ':') {
        p++;
        if (!digits(&p, 2, 2, &second) || second > 59)
            return false;
        if (*p == '.')
            p += 1 + strspn(p + 1, "0123456789");
    }
    p += *p == 'Z';
    *clock = hour * 3600 + minute * 60 + second;
    *s = p;
    return true;
}

/* "+2 days", "3 hours ago", "week": added to *seconds. */
static bool read_shift(const char **s, int64_t *seconds)
{
    static const struct {
        const char *name;
        int64_t unit;
    } units[] = {{"second", 1},  {"sec", 1},   {"minute", 60},   {"min", 60},
                 {"hour", 3600}, {"day", DAY}, {"week", 7 * DAY}};
    const char *p = *s;
    int64_t n = 1;
    bool negative = *p == '-', signed_ = *p == '-' || *p == '+';

    p += signed_;
    if (!digits(&p, 0, 9, &n) || (n == 0 && p == *s + signed_))
        return false;
    if (p == *s + signed_)
        n = 1;
    p += strspn(p, " ");
    for (size_t i = 0; i < RX_ARRAY_LEN(units); i++) {
        size_t length = strlen(units[i].name);

        if (strncmp(p, units[i].name, length) != 0)
            continue;
        p += length;
        p += *p == 's';
        p += strspn(p, " ");
        negative ^= word(&p, "ago");
        *seconds += (negative ? -n : n) * units[i].unit;
        *s = p;
        return true;
    }
    return false;
}

bool sh_date_read(const char *text, int64_t now, int64_t *seconds)
{
    const char *s = text + strspn(text, " ");
    int64_t days, clock;

    *seconds = now;
    if (*s == '@') {
        bool negative = s[1] == '-';

        s += 1 + negative;
        if (!digits(&s, 1, 12, seconds))
            return false;
        *seconds = negative ? -*seconds : *seconds;
        s += *s == '.' ? 1 + strspn(s + 1, "0123456789") : 0;
        return *s == '\0';
    }
    if (*s == '\0') { /* midnight, as GNU has it */
        *seconds = now - rx_civil_of(now).hour * 3600 - rx_civil_of(now).minute * 60 -
                   rx_civil_of(now).second;
        return true;
    }
    for (; *s != '\0'; s += strspn(s, " ")) {
        if (word(&s, "now") || word(&s, "today"))
            continue;
        if (word(&s, "yesterday")) {
            *seconds -= DAY;
        } else if (word(&s, "tomorrow")) {
            *seconds += DAY;
        } else if (read_day(&s, &days)) {
            *seconds = days * DAY;
            if (*s == 'T' || *s == '-')
                s++;
        } else if (read_clock(&s, &clock)) {
            struct rx_civil d = rx_civil_of(*seconds);

            *seconds = d.days * DAY + clock;
        } else if (!read_shift(&s, seconds)) {
            return false;
        }
    }
    return true;
}

bool sh_date_digits(const char *text, int64_t now, int64_t *seconds)
{
    size_t n = strspn(text, "0123456789");
    int64_t century = -1, year = rx_civil_of(now).year, month, day, hour, minute, second = 0;

    if (n != 8 && n != 10 && n != 12)
        return false;
    if (n == 12)
        digits(&text, 2, 2, &century);
    if (n >= 10) {
        digits(&text, 2, 2, &year);
        year += century >= 0 ? century * 100 : year < 69 ? 2000 : 1900;
    }
    digits(&text, 2, 2, &month);
    digits(&text, 2, 2, &day);
    digits(&text, 2, 2, &hour);
    digits(&text, 2, 2, &minute);
    if (*text == '.') {
        text++;
        if (!digits(&text, 2, 2, &second))
            return false;
    }
    if (*text != '\0' || !valid_day(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return false;
    *seconds = rx_civil_days(year, (int)month, (int)day) * DAY + hour * 3600 + minute * 60 + second;
    return true;
}
