/* SPDX-License-Identifier: Apache-2.0 */
/* rule_quote.c - which bytes and runes are written as they are, and how the others are. */
#include "engine/pod/rule_quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The character that begins at s and its bytes; 0: they are no UTF-8. */
static size_t rune_at(const unsigned char *s, size_t length, uint32_t *rune)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

    if (n == 1) {
        *rune = s[0];
        return 1;
    }
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > length)
        return 0;
    *rune = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *rune = *rune << 6 | (s[i] & 0x3f);
    }
    if (*rune < least[n] || *rune > 0x10ffff || (*rune >= 0xd800 && *rune <= 0xdfff))
        return 0;
    return n;
}

static bool printable(uint32_t rune)
{
    static const uint32_t gaps[][2] = {
        {0x0000, 0x001f}, {0x007f, 0x00a0}, {0x00ad, 0x00ad}, {0x0600, 0x0605}, {0x061c, 0x061c},
        {0x06dd, 0x06dd}, {0x070f, 0x070f}, {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},
        {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0xd800, 0xf8ff}, {0xfeff, 0xfeff},
        {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
    };

    for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++) {
        if (rune >= gaps[i][0] && rune <= gaps[i][1])
            return false;
    }
    return true;
}

/* The letter of a two-character escape; 0: there is none. */
static char escape_of(uint32_t rune)
{
    static const char from[] = "\a\b\f\n\r\t\v\"\\", to[] = "abfnrtv\"\\";
    const char *at = rune != 0 && rune < 0x80 ? strchr(from, (char)rune) : NULL;

    return at != NULL ? to[at - from] : '\0';
}

static size_t hex(char *out, char letter, uint32_t value, size_t digits)
{
    out[0] = '\\';
    out[1] = letter;
    for (size_t i = 0; i < digits; i++)
        out[2 + i] = "0123456789abcdef"[value >> 4 * (digits - 1 - i) & 15];
    return 2 + digits;
}

size_t pod_escape(const char *text, size_t length, char out[POD_ESCAPE_MAX], size_t *written)
{
    uint32_t rune = 0;
    size_t n = rune_at((const unsigned char *)text, length, &rune);
    char letter = n > 0 ? escape_of(rune) : '\0';

    if (n == 0) {
        *written = hex(out, 'x', (unsigned char)text[0], 2);
        return 1;
    }
    if (letter != '\0') {
        out[0] = '\\';
        out[1] = letter;
        *written = 2;
    } else if (printable(rune)) {
        memcpy(out, text, n);
        *written = n;
    } else if (rune < 0x80) {
        *written = hex(out, 'x', rune, 2);
    } else {
        *written = rune < 0x10000 ? hex(out, 'u', rune, 4) : hex(out, 'U', rune, 8);
    }
    return n;
}

size_t pod_plain(const char *text, size_t length)
{
    size_t n = 0;

    while (n < length && text[n] >= ' ' && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
        n++;
    return n;
}

static size_t put(char *out, size_t used, size_t room, const char *s, size_t length)
{
    size_t free = used < room ? room - used : 0;

    if (free > 0)
        memcpy(out + used, s, length < free ? length : free);
    return used + length;
}

size_t pod_quote(const char *text, size_t length, char *out, size_t room)
{
    size_t used = put(out, 0, room, "\"", 1), written;
    char piece[POD_ESCAPE_MAX];

    for (size_t i = 0, plain; i < length;) {
        plain = pod_plain(text + i, length - i);
        used = put(out, used, room, text + i, plain);
        i += plain;
        if (i == length)
            break;
        i += pod_escape(text + i, length - i, piece, &written);
        used = put(out, used, room, piece, written);
    }
    used = put(out, used, room, "\"", 1);
    if (room > 0)
        out[used < room ? used : room - 1] = '\0';
    return used;
}
