/* SPDX-License-Identifier: Apache-2.0 */
/* civil.c - seconds to dates and back, by eras of 400 years. */
#include "engine/reactor/civil.h"

#include <stdio.h>

enum { DAY = 86400 };

/* Proleptic Gregorian calendar; days are counted in eras of 400 years from a first of March. */
struct rx_civil rx_civil_of(int64_t seconds)
{
    int64_t days = seconds / DAY - (seconds % DAY < 0), rest = seconds - days * DAY;
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153;
    struct rx_civil d = {.days = days};

    d.day = (int)(of_year - (153 * m + 2) / 5 + 1);
    d.month = (int)(m < 10 ? m + 3 : m - 9);
    d.year = year + era * 400 + (d.month <= 2);
    d.hour = (int)(rest / 3600);
    d.minute = (int)(rest / 60 % 60);
    d.second = (int)(rest % 60);
    d.weekday = (int)(((days + 4) % 7 + 7) % 7);
    d.yearday = (int)(days - rx_civil_days(d.year, 1, 1)) + 1;
    return d;
}

int64_t rx_civil_days(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

uint32_t rx_rfc3339(int64_t seconds, int32_t offset, char out[RX_RFC3339_MAX])
{
    struct rx_civil c = rx_civil_of(seconds + offset);
    int minutes = (offset < 0 ? -offset : offset) / 60;
    int n = snprintf(out, RX_RFC3339_MAX, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year,
                     c.month, c.day, c.hour, c.minute, c.second);

    if (offset == 0)
        n += snprintf(out + n, (size_t)(RX_RFC3339_MAX - n), "Z");
    else
        n += snprintf(out + n, (size_t)(RX_RFC3339_MAX - n), "%c%02d:%02d", offset < 0 ? '-' : '+',
                      minutes / 60 % 100, minutes % 60);
    return (uint32_t)n;
}
