/* SPDX-License-Identifier: Apache-2.0 */
/*
 * civil.h - the calendar: seconds since 1970 and what a wall clock shows. It knows no zones:
 * whoever has an offset adds it before.
 */
#ifndef RX_CIVIL_H
#define RX_CIVIL_H

#include <stdint.h>

struct rx_civil {
    int64_t year, days; /* days since 1970 */
    int month, day, hour, minute, second, weekday, yearday; /* month, day and yearday from 1; Sunday
                                                             * is 0 */
};

struct rx_civil rx_civil_of(int64_t seconds);
int64_t rx_civil_days(int64_t year, int month, int day);
/* Since 1970. Days may be beyond the month's end: they go on into the next. */

enum { RX_RFC3339_MAX = 40 };

uint32_t rx_rfc3339(int64_t seconds, int32_t offset, char out[RX_RFC3339_MAX]);
/* "2026-01-02T15:04:05Z", or with the offset (east of UTC, whole minutes of it are shown): the
 * length, before a NUL. */

#endif
