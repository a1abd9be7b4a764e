/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_zone.c - files of zones that are whole, cut and false; glibc is the twin. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/reactor/civil.h"
#include "engine/store/rule_zone.h"

enum { FILE_MAX = 65536 };

static size_t file_read(const char *name, unsigned char *out)
{
    char path[256];
    FILE *in;
    size_t n;

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    in = fopen(path, "rb");
    if (in == NULL)
        cr_skip_test("no %s: tzdata is not installed", path);
    n = fread(out, 1, FILE_MAX, in);
    fclose(in);
    return n;
}

/* Every offset of a century, and that it holds as long as is said. */
static void compare(const char *name)
{
    static unsigned char bytes[FILE_MAX];
    size_t size = file_read(name, bytes);
    struct st_zone zone;
    struct st_zone_span span;
    int64_t at = rx_civil_days(1960, 1, 1) * 86400, end = rx_civil_days(2065, 1, 1) * 86400;

    cr_assert(st_zone_read(&zone, bytes, size), "%s", name);
    setenv("TZ", name, 1);
    tzset();
    for (; at < end; at = span.until < at + 86400 * 3 ? span.until : at + 86400 * 3) {
        time_t t[2] = {(time_t)at, 0};
        struct tm tm[2];

        span = st_zone_at(&zone, at);
        cr_assert_gt(span.until, at, "%s", name);
        t[1] = (time_t)(span.until < end ? span.until - 1 : at);
        for (int i = 0; i < 2; i++) {
            localtime_r(&t[i], &tm[i]);
            cr_assert_eq(span.offset, tm[i].tm_gmtoff, "%s at %lld: %d, not %ld", name,
                         (long long)t[i], span.offset, tm[i].tm_gmtoff);
        }
    }
}

Test(rule_zone, as_glibc_has_it)
{
    static const char *const zones[] = {
        "America/New_York", "Europe/Berlin",   "Asia/Seoul",       "Australia/Lord_Howe",
        "America/Sao_Paulo", "Africa/Cairo",    "Asia/Kathmandu",   "America/Santiago",
        "Europe/Dublin",    "Pacific/Auckland", "Pacific/Apia",     "Asia/Gaza",
        "UTC",              "Etc/GMT+5",
    };

    for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
        compare(zones[i]);
}

static const struct {
    const char *line;
    int64_t year, month, day, hour; /* UTC */
    int32_t offset;
} lines[] = {
    {"EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 6, -5 * 3600},
    {"EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 7, -4 * 3600},
    {"EST5EDT,M3.2.0,M11.1.0", 2026, 11, 1, 5, -4 * 3600},
    {"EST5EDT,M3.2.0,M11.1.0", 2026, 11, 1, 6, -5 * 3600},
    {"EST5EDT,M3.2.0,M11.1.0", 2526, 7, 1, 0, -4 * 3600},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 2026, 3, 29, 1, 2 * 3600},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 2026, 10, 25, 0, 2 * 3600},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 2026, 10, 25, 1, 3600},
    {"NZST-12NZDT,M9.5.0,M4.1.0/3", 2026, 1, 1, 0, 13 * 3600},
    {"NZST-12NZDT,M9.5.0,M4.1.0/3", 2026, 6, 1, 0, 12 * 3600},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, 6, 1, 0, 37800},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, 1, 1, 0, 39600},
    {"<-03>3", 2026, 1, 1, 0, -3 * 3600},
    {"A1B,J60,300", 2028, 3, 1, 2, -3600},
    {"A1B,J60,300", 2028, 3, 1, 3, 0},
    {"A1B,J60,300", 2028, 10, 27, 1, 0},
    {"A1B,J60,300", 2028, 10, 27, 2, -3600},
    {"A1B,59,300", 2028, 2, 29, 3, 0},
    {"KST-9", 2026, 1, 1, 0, 9 * 3600},
};

/* A file of version 2 without transitions: one type, and the line. */
static size_t file_made(const char *line, unsigned char *out)
{
    static const unsigned char header[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 1};
    size_t n = 0;

    for (int half = 0; half < 2; half++) {
        memcpy(out + n, header, sizeof(header));
        n += sizeof(header);
        memset(out + n, 0, 7); /* the type, and a letter */
        n += 7;
    }
    return n + (size_t)sprintf((char *)out + n, "\n%s\n", line);
}

Test(rule_zone, last_lines)
{
    unsigned char bytes[256];

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        int64_t at = rx_civil_days(lines[i].year, (int)lines[i].month, (int)lines[i].day) * 86400 +
                     lines[i].hour * 3600;
        struct st_zone zone;

        cr_assert(st_zone_read(&zone, bytes, file_made(lines[i].line, bytes)));
        cr_expect(zone.ruled, "%s", lines[i].line);
        cr_expect_eq(st_zone_at(&zone, at).offset, lines[i].offset, "%s, row %zu: %d",
                     lines[i].line, i, st_zone_at(&zone, at).offset);
    }
}

Test(rule_zone, lines_that_are_none)
{
    static const char *const bad[] = {"",         "5",          "A",       "A5B,",
                                      "A5B,M3.2", "A5B,M13.1.0,M11.1.0", "A5B,J400,J1", "A5Bx,1"};
    unsigned char bytes[256];
    struct st_zone zone;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        cr_assert(st_zone_read(&zone, bytes, file_made(bad[i], bytes)));
        cr_expect_not(zone.ruled, "%s", bad[i]);
        cr_expect_eq(st_zone_at(&zone, 0).offset, 0, "the first type holds");
    }
}

/* Each byte of a file gone or changed: refused or read, never beyond its end, which the sanitizers
 * see. */
Test(rule_zone, what_is_cut_or_broken)
{
    static unsigned char bytes[FILE_MAX];
    size_t size = file_read("America/New_York", bytes);
    struct st_zone zone;

    for (size_t n = 0; n < size; n++) {
        unsigned char *copy = malloc(n + 1);

        memcpy(copy, bytes, n);
        if (st_zone_read(&zone, copy, n))
            st_zone_at(&zone, 1767225600);
        free(copy);
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0xff;
        if (st_zone_read(&zone, bytes, size))
            st_zone_at(&zone, 1767225600);
        bytes[i] ^= 0xff;
    }
    cr_expect_not(st_zone_read(&zone, "TZif", 4));
    cr_expect_not(st_zone_read(&zone, "", 0));
}

Test(rule_zone, no_zone_is_utc)
{
    cr_expect_eq(st_zone_at(NULL, 12345).offset, 0);
    cr_expect_eq(st_zone_at(NULL, 12345).until, INT64_MAX);
}
