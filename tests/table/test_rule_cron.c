/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_cron.c - schedules: what they mean, which are none, and when they are due; a walk over
 * every minute is the twin. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/civil.h"
#include "engine/reactor/prng.h"
#include "engine/store/rule_cron.h"

enum { FILE_MAX = 65536 };

static struct st_cron cron_of(const char *text)
{
    struct st_cron c;
    char why[ST_CRON_WHY_MAX];

    cr_assert(st_cron_read(text, &c, why), "%s: %s", text, why);
    return c;
}

static const struct st_zone *zone_of(const char *name)
{
    static unsigned char bytes[FILE_MAX];
    static struct st_zone zone;
    char path[256];
    FILE *in;
    size_t n;

    if (name == NULL)
        return NULL;
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    in = fopen(path, "rb");
    if (in == NULL)
        cr_skip_test("no %s: tzdata is not installed", path);
    n = fread(bytes, 1, sizeof(bytes), in);
    fclose(in);
    cr_assert(st_zone_read(&zone, bytes, n));
    return &zone;
}

static int64_t time_of(const char *text)
{
    int y, mo, d, h, m, s;

    cr_assert_eq(sscanf(text, "%d-%d-%dT%d:%d:%dZ", &y, &mo, &d, &h, &m, &s), 6, "%s", text);
    return rx_civil_days(y, mo, d) * 86400 + h * 3600 + m * 60 + s;
}

/* Times that follow each other, one blank between. */
static void expect_due(const char *schedule, const char *zone, const char *after,
                       const char *wanted)
{
    struct st_cron c = cron_of(schedule);
    const struct st_zone *z = zone_of(zone);
    int64_t at = time_of(after);
    char got[1024] = "", one[RX_RFC3339_MAX];

    for (size_t used = 0; used < strlen(wanted); used = strlen(got)) {
        at = st_cron_next(&c, z, at);
        if (at == ST_CRON_NEVER)
            strcpy(one, "never");
        else
            rx_rfc3339(at, 0, one);
        snprintf(got + used, sizeof(got) - used, "%s%s", used ? " " : "", one);
        if (at == ST_CRON_NEVER)
            break;
    }
    cr_expect_str_eq(got, wanted, "%s: %s", schedule, got);
}

Test(rule_cron, CJ_01_steps_in_ranges_and_names)
{
    expect_due("*/20 9-17/4 * * mon-fri", NULL, "2026-01-01T00:00:00Z",
               "2026-01-01T09:00:00Z 2026-01-01T09:20:00Z 2026-01-01T09:40:00Z "
               "2026-01-01T13:00:00Z 2026-01-01T13:20:00Z 2026-01-01T13:40:00Z "
               "2026-01-01T17:00:00Z 2026-01-01T17:20:00Z 2026-01-01T17:40:00Z "
               "2026-01-02T09:00:00Z");
    expect_due("*/20 9-17/4 * * MON-Fri", NULL, "2026-01-02T17:40:00Z", "2026-01-05T09:00:00Z");
}

Test(rule_cron, CJ_02_a_number_with_a_step_goes_to_the_end)
{
    expect_due("5/15 * * * *", NULL, "2026-01-01T00:00:00Z",
               "2026-01-01T00:05:00Z 2026-01-01T00:20:00Z 2026-01-01T00:35:00Z "
               "2026-01-01T00:50:00Z 2026-01-01T01:05:00Z");
}

Test(rule_cron, CJ_03_either_day)
{
    expect_due("0 0 13 * 5", NULL, "2026-01-01T00:00:00Z",
               "2026-01-02T00:00:00Z 2026-01-09T00:00:00Z 2026-01-13T00:00:00Z "
               "2026-01-16T00:00:00Z 2026-01-23T00:00:00Z");
}

Test(rule_cron, CJ_04_a_star_with_a_step_is_no_star)
{
    expect_due("0 0 */2 * 1", NULL, "2026-01-01T00:00:00Z",
               "2026-01-03T00:00:00Z 2026-01-05T00:00:00Z 2026-01-07T00:00:00Z "
               "2026-01-09T00:00:00Z 2026-01-11T00:00:00Z 2026-01-12T00:00:00Z");
    expect_due("0 0 */1 * 1", NULL, "2026-01-01T00:00:00Z",
               "2026-01-05T00:00:00Z 2026-01-12T00:00:00Z");
}

Test(rule_cron, CJ_05_every)
{
    expect_due("@every 90s", NULL, "2026-01-01T00:00:30Z",
               "2026-01-01T00:02:00Z 2026-01-01T00:03:30Z 2026-01-01T00:05:00Z");
    expect_due("@every 1m30.9s", NULL, "2026-01-01T00:00:30Z", "2026-01-01T00:02:00Z");
    expect_due("@every 10ms", NULL, "2026-01-01T00:00:30Z", "2026-01-01T00:00:31Z");
    expect_due("@every -5h", NULL, "2026-01-01T00:00:30Z", "2026-01-01T00:00:31Z");
    expect_due("@every 1h0.5m", NULL, "2026-01-01T00:00:00Z", "2026-01-01T01:00:30Z");
}

Test(rule_cron, CJ_06_an_hour_that_is_skipped)
{
    expect_due("30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z",
               "2026-03-07T07:30:00Z 2026-03-09T06:30:00Z 2026-03-10T06:30:00Z");
}

Test(rule_cron, CJ_07_an_hour_that_comes_twice)
{
    expect_due("30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z",
               "2026-11-01T05:30:00Z 2026-11-01T06:30:00Z 2026-11-02T06:30:00Z");
}

Test(rule_cron, CJ_08_hours_of_the_wall)
{
    expect_due("0 */2 * * *", "America/New_York", "2026-03-08T03:00:00Z",
               "2026-03-08T05:00:00Z 2026-03-08T08:00:00Z 2026-03-08T10:00:00Z "
               "2026-03-08T12:00:00Z");
}

Test(rule_cron, CJ_09_east)
{
    expect_due("0 9 * * *", "Asia/Seoul", "2026-01-01T00:00:00Z",
               "2026-01-02T00:00:00Z 2026-01-03T00:00:00Z");
}

Test(rule_cron, CJ_18_a_date_that_never_comes)
{
    expect_due("0 0 31 2 *", NULL, "2026-01-01T00:00:00Z", "never");
    expect_due("0 0 29 2 *", NULL, "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z");
    /* 2100 is no leap year, and the search gives up after five. */
    expect_due("0 0 29 2 *", NULL, "2096-03-01T00:00:00Z", "never");
    expect_due(", * * * *", NULL, "2026-01-01T00:00:00Z", "never");
}

Test(rule_cron, words)
{
    expect_due("@yearly", NULL, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    expect_due("@annually", NULL, "2026-05-01T00:00:00Z", "2027-01-01T00:00:00Z");
    expect_due("@monthly", NULL, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    expect_due("@weekly", NULL, "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z");
    expect_due("@daily", NULL, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    expect_due("@midnight", NULL, "2026-12-31T00:00:01Z", "2027-01-01T00:00:00Z");
    expect_due("@hourly", NULL, "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z");
    expect_due(" 0,,30\t? ?  jan-FEB 0 ", NULL, "2026-01-01T00:00:00Z",
               "2026-01-04T00:00:00Z 2026-01-04T00:30:00Z");
}

static const struct {
    const char *text, *why;
} none[] = {
    {"* * * * 7", "end of range (7) above maximum (6): 7"},
    {"* * * * 0-7", "end of range (7) above maximum (6): 0-7"},
    {"60 * * * *", "end of range (60) above maximum (59): 60"},
    {"* 24 * * *", "end of range (24) above maximum (23): 24"},
    {"* * 0 * *", "beginning of range (0) below minimum (1): 0"},
    {"* * * 13 *", "end of range (13) above maximum (12): 13"},
    {"* * * *", "expected exactly 5 fields, found 4: [* * * *]"},
    {"", "expected exactly 5 fields, found 0: []"},
    {"0 * * * * *", "expected exactly 5 fields, found 6: [0 * * * * *]"},
    {" 1  2\t3 ", "expected exactly 5 fields, found 3: [1 2 3]"},
    {"x * * * *",
     "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax"},
    {"5- * * * *", "failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax"},
    {"+ * * * *", "failed to parse int from +: strconv.Atoi: parsing \"+\": invalid syntax"},
    {"*/-5 * * * *", "negative number (-5) not allowed: -5"},
    {"99999999999999999999 * * * *",
     "failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
     "\"99999999999999999999\": value out of range"},
    {"\"1 * * * *",
     "failed to parse int from \"1: strconv.Atoi: parsing \"\\\"1\": invalid syntax"},
    {"*/0 * * * *", "step of range should be a positive number: */0"},
    {"5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"},
    {"1,5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"},
    {"1-2-3 * * * *", "too many hyphens: 1-2-3"},
    {"1/2/3 * * * *", "too many slashes: 1/2/3"},
    {"* * * foo *", "failed to parse int from foo: strconv.Atoi: parsing \"foo\": invalid syntax"},
    {"@x", "unrecognized descriptor: @x"},
    {"@Daily", "unrecognized descriptor: @Daily"},
    {"@every 5", "failed to parse duration @every 5: time: missing unit in duration \"5\""},
    {"@every x", "failed to parse duration @every x: time: invalid duration \"x\""},
    {"@every ", "failed to parse duration @every : time: invalid duration \"\""},
    {"@every 1d",
     "failed to parse duration @every 1d: time: unknown unit \"d\" in duration \"1d\""},
    {"@every 9999999999h",
     "failed to parse duration @every 9999999999h: time: invalid duration \"9999999999h\""},
};

Test(rule_cron, what_is_none)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(none); i++) {
        struct st_cron c;
        char why[ST_CRON_WHY_MAX];

        cr_expect_not(st_cron_read(none[i].text, &c, why), "%s", none[i].text);
        cr_expect_str_eq(why, none[i].why, "%s: %s", none[i].text, why);
    }
}

/* ---- the twin -------------------------------------------------------------------------------- */

static int64_t next_by_minutes(const struct st_cron *c, const struct st_zone *zone, int64_t after,
                               int64_t end)
{
    for (int64_t at = after + 1; at < end; at++) {
        struct rx_civil local;
        bool day, weekday;

        at += at % 60 != 0 ? 60 - at % 60 : 0; /* no zone of today is off by seconds */
        local = rx_civil_of(at + st_zone_at(zone, at).offset);
        day = c->day >> local.day & 1;
        weekday = c->weekday >> local.weekday & 1;
        if ((c->minute >> local.minute & 1) && (c->hour >> local.hour & 1) &&
            (c->month >> local.month & 1) &&
            (c->any_day || c->any_weekday ? day && weekday : day || weekday))
            return at;
    }
    return end;
}

static void draw_field(struct rx_prng *r, char *out, uint32_t min, uint32_t max)
{
    uint32_t low = min + (uint32_t)rx_prng_below(r, max - min + 1),
             high = low + (uint32_t)rx_prng_below(r, max - low + 1);

    switch (rx_prng_below(r, 5)) {
    case 0:
        sprintf(out, "%u", low);
        return;
    case 1:
        sprintf(out, "%u-%u", low, high);
        return;
    case 2:
        sprintf(out, "*/%u", 1 + (uint32_t)rx_prng_below(r, 7));
        return;
    case 3:
        sprintf(out, "%u,%u/%u", high, low, 1 + (uint32_t)rx_prng_below(r, 9));
        return;
    default:
        strcpy(out, "*");
    }
}

static void compare(const char *zone_name, uint64_t seed)
{
    const struct st_zone *zone = zone_of(zone_name);
    struct rx_prng r;

    r = rx_prng_stream(seed, 0, 0);
    for (int round = 0; round < 60; round++) {
        char text[128], field[5][16];
        struct st_cron c;
        int64_t at = time_of("2026-01-01T00:00:00Z") + (int64_t)rx_prng_below(&r, 400 * 86400);

        draw_field(&r, field[0], 0, 59);
        draw_field(&r, field[1], 0, 23);
        draw_field(&r, field[2], 1, 31);
        draw_field(&r, field[3], 1, 12);
        draw_field(&r, field[4], 0, 6);
        snprintf(text, sizeof(text), "%s %s %s %s %s", field[0], field[1], field[2], field[3],
                 field[4]);
        c = cron_of(text);
        for (int i = 0; i < 4; i++) {
            int64_t end = at + 100 * 86400, wanted = next_by_minutes(&c, zone, at, end),
                    got = st_cron_next(&c, zone, at);

            cr_assert(got == wanted || (wanted == end && got >= end),
                      "%s in %s after %lld: %lld, not %lld", text, zone_name, (long long)at,
                      (long long)got, (long long)wanted);
            if (got >= end)
                break;
            at = got;
        }
    }
}

Test(rule_cron, as_by_walking_every_minute)
{
    static const char *const zones[] = {"UTC", "America/New_York", "Australia/Lord_Howe",
                                        "Asia/Kathmandu", "America/Santiago"};

    for (size_t i = 0; i < RX_ARRAY_LEN(zones); i++)
        compare(zones[i], 11 + i);
}
