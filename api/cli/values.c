/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - reading single values of the command line: numbers, durations, times. */
#include "api/cli/options_int.h"

#include <stdio.h>
#include <string.h>

#include "api/manifest/manifest.h"

bool cli_read_u64(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || n > (UINT64_MAX - (uint64_t)(*text - '0')) / 10)
            return false;
        n = n * 10 + (uint64_t)(*text - '0');
    }
    *out = n;
    return n <= max;
}

bool cli_read_duration_ms(const char *text, int64_t *out)
{
    rx_ns ns;

    if (manifest_duration(text, strlen(text), &ns) != 0)
        return false;
    *out = rx_ms_ceil(ns);
    return true;
}

bool cli_read_block(const char *text, uint32_t *base, uint32_t *bits)
{
    unsigned part[5];
    int end = 0;

    if (sscanf(text, "%3u.%3u.%3u.%3u/%2u%n", &part[0], &part[1], &part[2], &part[3], &part[4],
               &end) < 5 ||
        text[end] != '\0' || part[0] > 255 || part[1] > 255 || part[2] > 255 || part[3] > 255)
        return false;
    *base = part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3];
    *bits = part[4];
    return *bits > 0;
}

/* Exactly n digits; advances. */
static bool read_digits(const char **at, int n, int64_t *out)
{
    *out = 0;
    for (; n > 0; n--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *out = *out * 10 + (**at - '0');
    }
    return true;
}

static bool read_char(const char **at, const char *any)
{
    if (**at == '\0' || strchr(any, **at) == NULL)
        return false;
    (*at)++;
    return true;
}

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2; /* years from March on: the leap day comes last */
    int64_t era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool is_date(int64_t y, int64_t m, int64_t d)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= length[m - 1] + (m == 2 && leap);
}

bool cli_read_rfc3339(const char *text, int64_t *unix_ms)
{
    const char *at = text;
    int64_t y, mo, d, h, mi, s, ms = 0, zone = 0, zh, zm;

    if (!read_digits(&at, 4, &y) || !read_char(&at, "-") || !read_digits(&at, 2, &mo) ||
        !read_char(&at, "-") || !read_digits(&at, 2, &d) || !read_char(&at, "Tt") ||
        !read_digits(&at, 2, &h) || !read_char(&at, ":") || !read_digits(&at, 2, &mi) ||
        !read_char(&at, ":") || !read_digits(&at, 2, &s))
        return false;
    if (!is_date(y, mo, d) || h > 23 || mi > 59 || s > 59)
        return false;
    if (read_char(&at, ".")) {
        int digits = 0;

        /* Milliseconds are what the engine has: finer digits are cut off. */
        for (; *at >= '0' && *at <= '9'; at++, digits++)
            ms += digits == 0   ? (*at - '0') * 100
                  : digits == 1 ? (*at - '0') * 10
                  : digits == 2 ? *at - '0'
                                : 0;
        if (digits == 0)
            return false;
    }
    if (*at == '+' || *at == '-') {
        bool west = *at++ == '-';

        if (!read_digits(&at, 2, &zh) || !read_char(&at, ":") || !read_digits(&at, 2, &zm) ||
            zh > 23 || zm > 59)
            return false;
        zone = (zh * 60 + zm) * (west ? -60 : 60);
    } else if (!read_char(&at, "Zz")) {
        return false;
    }
    *unix_ms = ((days_from_civil(y, mo, d) * 24 + h) * 3600 + mi * 60 + s - zone) * 1000 + ms;
    return *at == '\0';
}

/* ---- the value of an option ------------------------------------------------------------------ */

const char *option_word(const char *value, const char *const *word, uint32_t count, uint32_t *out)
{
    for (uint32_t i = 0; i < count; i++)
        if (word[i] != NULL && strcmp(value, word[i]) == 0) {
            *out = i;
            return NULL;
        }
    return "";
}

const char *option_u32(const char *value, uint32_t min, uint32_t *out)
{
    uint64_t n;

    if (!cli_read_u64(value, UINT32_MAX, &n) || n < min)
        return "";
    *out = (uint32_t)n;
    return NULL;
}

const char *option_path(const char *value, const char **out)
{
    *out = value;
    return value[0] == '\0' ? "is no file name" : NULL;
}
