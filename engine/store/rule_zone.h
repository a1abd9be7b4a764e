/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_zone.h - a time zone: the bytes of its TZif file (RFC 8536) in, offsets from UTC out.
 *
 * glibc keeps one zone for the whole process, and schedules are of many. Only the 64-bit half of a
 * file is read, as every file since version 2 has it, and the rule in its last line, which holds
 * after its last transition. Leap seconds are not counted, as nobody does.
 */
#ifndef ST_RULE_ZONE_H
#define ST_RULE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A day of the year on which clocks change, as POSIX writes it in TZ. */
struct st_zone_day {
    enum { ST_ZONE_MONTH, ST_ZONE_JULIAN, ST_ZONE_YEARDAY } kind; /* Mm.w.d, Jn, n */
    int month, week, day; /* JULIAN, YEARDAY: day only */
    int32_t time;         /* of the clock, in seconds; may be beyond the day */
};

struct st_zone {
    uint32_t transitions, types;
    const unsigned char *at, *which, *type; /* in the file's bytes */
    bool ruled;                             /* has a last line that could be read: */
    bool changes;                           /* twice a year */
    int32_t standard, summer;               /* seconds east of UTC */
    struct st_zone_day begins, ends;        /* of summer */
};

bool st_zone_read(struct st_zone *z, const void *bytes, size_t size);
/* The bytes must live as long as the zone. False: no TZif of version 2 or later, or cut off. */

struct st_zone_span {
    int32_t offset; /* seconds east of UTC */
    int64_t until;  /* the first second in which it may be another; INT64_MAX: never */
};

struct st_zone_span st_zone_at(const struct st_zone *z, int64_t utc);
/* NULL is UTC. */

#endif
