/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date.h - the calendar that date, ls, stat and touch share. All in UTC.
 */
#ifndef BOX_DATE_H
#define BOX_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/civil.h"

extern const char *const sh_day_names[7];    /* Sunday first */
extern const char *const sh_month_names[12]; /* January first */

bool sh_date_read(const char *text, int64_t now, int64_t *seconds);
/* What -d takes: @SECONDS, now, today, yesterday, tomorrow; YYYY-MM-DD and hh:mm[:ss], one of them
 * or both, with a blank or T between and Z behind; busybox's YYYY.MM.DD-hh:mm[:ss]; and behind or
 * instead of it "+2 days", "3 hours ago", "-1 week". False: something else. */

bool sh_date_digits(const char *text, int64_t now, int64_t *seconds);
/* What touch -t takes: [[CC]YY]MMDDhhmm[.ss]. */

#endif
