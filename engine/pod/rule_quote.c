/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pod/rule_quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct out {
    char *at;
    size_t used, room;
};

static void put(struct out *o, const char *s, size_t length)
{
    size_t free = o->used < o->room ? o->room - o->used : 0;

    if (free > 0)
        memcpy(o->at + o->used, s, length < free ? length : free);
    o->used += length;
}

static void put_hex(struct out *o, char letter, uint32_t value, int digits)
{
    char text[10] = {'\\', letter};

    for (int i = 0; i < digits; i++)
        text[2 + i] = "0123456789abcdef"[value >> 4 * (digits - 1 - i) & 15];
    put(o, text, 2 + (size_t)digits);
}

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

size_t pod_quote(const char *text, size_t length, char *out, size_t room)
{
    struct out o = {.at = out, .room = room};

    put(&o, "\"", 1);
    for (size_t i = 0; i < length;) {
        uint32_t rune = 0;
        size_t n = rune_at((const unsigned char *)text + i, length - i, &rune);
        char pair[2] = {'\\', n > 0 ? escape_of(rune) : '\0'};

        if (n == 0)
            put_hex(&o, 'x', (unsigned char)text[i], 2);
        else if (pair[1] != '\0')
            put(&o, pair, 2);
        else if (printable(rune))
            put(&o, text + i, n);
        else if (rune < 0x80)
            put_hex(&o, 'x', rune, 2);
        else
            put_hex(&o, rune < 0x10000 ? 'u' : 'U', rune, rune < 0x10000 ? 4 : 8);
        i += n > 0 ? n : 1;
    }
    put(&o, "\"", 1);
    if (room > 0)
        out[o.used < room ? o.used : room - 1] = '\0';
    return o.used;
}
