/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - ages, durations, sizes and dates, each as somebody else prints them. */
#include "api/face/format.h"

/* Bytes at `s` that form a control character; 0: it is none. C1 controls are two bytes in UTF-8,
 * and some terminals obey them. */
static size_t control_length(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0];

    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
        return 1;
    return n > 1 && c == 0xc2 && (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0 ? 2 : 0;
}

static void put_control(struct rx_text *t, const char *s, size_t length)
{
    static const char digit[] = "0123456789abcdef";

    if (length == 2) {
        rx_text_puts(t, "\\x");
        rx_text_putc(t, digit[(unsigned char)s[1] >> 4]);
        rx_text_putc(t, digit[s[1] & 15]);
    } else if (*s == '\r') {
        rx_text_puts(t, "\\r");
    } else {
        rx_text_putc(t, '^');
        rx_text_putc(t, (char)(*s ^ 0x40));
    }
}

void face_plain(struct rx_text *t, const char *s, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n;) {
        size_t length = control_length(s + i, n - i);

        if (length == 0) {
            i++;
            continue;
        }
        rx_text_put(t, s + from, i - from);
        put_control(t, s + i, length);
        i += length;
        from = i;
    }
    rx_text_put(t, s + from, n - from);
}

void face_html(struct rx_text *t, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '<')
            rx_text_puts(t, "&lt;");
        else if (*s == '>')
            rx_text_puts(t, "&gt;");
        else if (*s == '&')
            rx_text_puts(t, "&amp;");
        else if (*s == '"')
            rx_text_puts(t, "&quot;");
        else
            rx_text_putc(t, *s);
    }
}

void face_grouped(struct rx_text *t, uint64_t n)
{
    uint64_t unit = 1;

    while (n / unit >= 1000)
        unit *= 1000;
    rx_text_u64(t, n / unit);
    for (; unit > 1; unit /= 1000) {
        rx_text_putc(t, ',');
        rx_text_padded(t, n % unit / (unit / 1000), 3);
    }
}

void face_fixed(struct rx_text *t, uint64_t n, unsigned decimals)
{
    uint64_t unit = 1;

    for (unsigned i = 0; i < decimals; i++)
        unit *= 10;
    rx_text_u64(t, n / unit);
    if (decimals > 0) {
        rx_text_putc(t, '.');
        rx_text_padded(t, n % unit, decimals);
    }
}

/* A whole number of a unit and, unless it is 0, of the next smaller one. */
static void put_pair(struct rx_text *t, int64_t major, char unit, int64_t minor, char sub)
{
    rx_text_i64(t, major);
    rx_text_putc(t, unit);
    if (minor != 0) {
        rx_text_i64(t, minor);
        rx_text_putc(t, sub);
    }
}

void face_age(struct rx_text *t, int64_t ms)
{
    int64_t s = ms > 0 ? ms / 1000 : 0, m = s / 60, h = m / 60, d = h / 24;

    /* The steps are kubectl's: the smaller unit goes as soon as it no longer matters. */
    if (s < 120)
        put_pair(t, s, 's', 0, ' ');
    else if (m < 10)
        put_pair(t, m, 'm', s % 60, 's');
    else if (m < 180)
        put_pair(t, m, 'm', 0, ' ');
    else if (h < 8)
        put_pair(t, h, 'h', m % 60, 'm');
    else if (h < 48)
        put_pair(t, h, 'h', 0, ' ');
    else if (d < 8)
        put_pair(t, d, 'd', h % 24, 'h');
    else if (d < 2 * 365)
        put_pair(t, d, 'd', 0, ' ');
    else if (d < 8 * 365)
        put_pair(t, d / 365, 'y', d % 365, 'd');
    else
        put_pair(t, d / 365, 'y', 0, ' ');
}

/* n / unit with three significant digits. */
static void put_significant(struct rx_text *t, uint64_t n, uint64_t unit)
{
    uint64_t whole = n / unit;
    unsigned decimals = whole < 10 ? 2 : whole < 100 ? 1 : 0;
    uint64_t step = unit / (decimals == 2 ? 100 : decimals == 1 ? 10 : 1);

    face_fixed(t, (n + step / 2) / step, decimals);
}

void face_span(struct rx_text *t, uint64_t ns)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } unit[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}};

    if (ns >= 1000000000000) { /* from 1000 s on, digits behind the point are noise */
        rx_text_u64(t, ns / 1000000000);
        rx_text_putc(t, 's');
        return;
    }
    for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++)
        if (ns >= unit[i].ns - unit[i].ns / 2000) { /* 999.5us would round to 1000us */
            put_significant(t, ns, unit[i].ns);
            rx_text_puts(t, unit[i].name);
            return;
        }
    rx_text_u64(t, ns);
    rx_text_puts(t, ns == 0 ? "" : "ns");
}

/* Milliseconds as seconds without superfluous zeros: 1.5, 20, 0.25. */
static void put_seconds(struct rx_text *t, int64_t ms)
{
    unsigned decimals = ms % 10 != 0 ? 3 : ms % 100 != 0 ? 2 : ms % 1000 != 0 ? 1 : 0;
    static const int64_t step[] = {1000, 100, 10, 1};

    face_fixed(t, (uint64_t)(ms / step[decimals]), decimals);
    rx_text_putc(t, 's');
}

void face_duration(struct rx_text *t, int64_t ms)
{
    int64_t h = ms / 3600000, m = ms / 60000 % 60;

    if (ms < 0) {
        rx_text_putc(t, '-');
        face_duration(t, -ms);
    } else if (ms > 0 && ms < 1000) {
        put_pair(t, ms, 'm', 0, ' ');
        rx_text_putc(t, 's');
    } else {
        if (h > 0)
            put_pair(t, h, 'h', 0, ' ');
        if (h > 0 || m > 0)
            put_pair(t, m, 'm', 0, ' ');
        put_seconds(t, ms % 60000);
    }
}

void face_bytes(struct rx_text *t, uint64_t n)
{
    static const char unit[] = "KMGTPE";
    int i = -1;
    uint64_t tenths = n;

    if (n < 1024) {
        rx_text_u64(t, n);
        rx_text_puts(t, " B");
        return;
    }
    for (; n >= 1024; n /= 1024) {
        tenths = n / 1024 * 10 + n % 1024 * 10 / 1024;
        i++;
    }
    face_fixed(t, tenths, 1);
    rx_text_putc(t, ' ');
    rx_text_putc(t, unit[i]);
    rx_text_puts(t, "iB");
}

/* Year, month and day of a day number since 1970-01-01, in the Gregorian calendar. Years are
 * counted from March, so that the leap day is the last of its year. */
static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

void face_rfc3339(struct rx_text *t, int64_t unix_ms)
{
    int64_t days = unix_ms / 86400000 - (unix_ms % 86400000 < 0), ms = unix_ms - days * 86400000;
    int64_t year;
    int month, day;

    civil_from_days(days, &year, &month, &day);
    rx_text_padded(t, (uint64_t)(year > 0 ? year : 0), 4);
    rx_text_putc(t, '-');
    rx_text_padded(t, (uint64_t)month, 2);
    rx_text_putc(t, '-');
    rx_text_padded(t, (uint64_t)day, 2);
    rx_text_putc(t, 'T');
    rx_text_padded(t, (uint64_t)(ms / 3600000), 2);
    rx_text_putc(t, ':');
    rx_text_padded(t, (uint64_t)(ms / 60000 % 60), 2);
    rx_text_putc(t, ':');
    rx_text_padded(t, (uint64_t)(ms / 1000 % 60), 2);
    if (ms % 1000 != 0) {
        rx_text_putc(t, '.');
        rx_text_padded(t, (uint64_t)(ms % 1000), 3);
    }
    rx_text_putc(t, 'Z');
}
