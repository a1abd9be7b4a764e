/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.c - hiding characters from libyaml, and showing them again.
 *
 * A run of backslashes begins a new escape with its first one wherever it stands between double
 * quotes; elsewhere it does not matter what is replaced, since all of it comes back. So a run's
 * length says which backslash is the one before a quote or a slash.
 */
#include "api/manifest/escape.h"

#include "api/manifest/text.h"

#include <string.h>

/* Characters for private use: printable for libyaml, three bytes each. */
enum { PRIVATE = 0xe000, PRIVATE_COUNT = 0x1900 };

struct taken {
    uint8_t bits[PRIVATE_COUNT / 8];
};

static void take(struct taken *taken, uint32_t code)
{
    if (code >= PRIVATE && code < PRIVATE + PRIVATE_COUNT)
        taken->bits[(code - PRIVATE) / 8] |= (uint8_t)(1u << (code - PRIVATE) % 8);
}

static uint32_t hex_value(unsigned char c)
{
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : 16;
}

/* What stands in the text, as it is or by its number in an escape. */
static void taken_find(struct taken *taken, const unsigned char *p, size_t length)
{
    uint32_t digits = 0, code = 0;

    for (size_t i = 0; i < length; i++) {
        uint32_t digit = hex_value(p[i]);

        digits = digit < 16 ? digits + 1 : 0;
        code = (code << 4 | (digit & 15)) & 0xffff;
        if (digits >= 4)
            take(taken, code);
        if ((p[i] & 0xf0) == 0xe0 && i + 2 < length)
            take(taken, (p[i] & 15u) << 12 | (p[i + 1] & 63u) << 6 | (p[i + 2] & 63u));
    }
}

/* A character that is free, and then taken. */
static bool free_find(struct taken *taken, char out[MF_ESCAPE_BYTES])
{
    char bytes[4];

    for (uint32_t i = 0; i < PRIVATE_COUNT; i++) {
        if (taken->bits[i / 8] & 1u << i % 8)
            continue;
        take(taken, PRIVATE + i);
        mf_text_utf8(PRIVATE + i, bytes);
        memcpy(out, bytes, MF_ESCAPE_BYTES);
        return true;
    }
    return false;
}

/* Whether a colon ends a plain text between brackets, if it stands between any: what is before
 * it is no quote and no bracket, behind which it separates a key from its value. */
static bool colon_ends(const char *text, const char *at, const char *end)
{
    return at > text && at + 1 < end && strchr(",?[]{}", at[1]) != NULL && at[1] != '\0' &&
           strchr(" \t\r\n\"',[]{}", at[-1]) == NULL;
}

/* The next character to be replaced, from `at` on; NULL: none. */
static const char *place_find(const char *text, const char *at, const char *end)
{
    while (at < end) {
        const char *from = at;

        if (*at == ':' && colon_ends(text, at, end))
            return at;
        if (*at++ != '\\')
            continue;
        while (at < end && *at == '\\')
            at++;
        if (at < end && (at - from) % 2 == 1 && (*at == '\'' || *at == '/'))
            return *at == '/' ? at : at - 1;
    }
    return NULL;
}

/* The text with characters instead; its length. */
static size_t copy_make(const struct mf_escapes *e, char *out, const char *text, const char *end)
{
    const char *from = text, *found;
    char *to = out;

    while ((found = place_find(text, from, end)) != NULL) {
        const char *mark = *found == ':' ? e->colon : *found == '/' ? e->slash : e->backslash;

        memcpy(to, from, (size_t)(found - from));
        to += found - from;
        memcpy(to, mark, MF_ESCAPE_BYTES);
        to += MF_ESCAPE_BYTES;
        from = found + 1;
    }
    memcpy(to, from, (size_t)(end - from));
    return (size_t)(to - out) + (size_t)(end - from);
}

bool mf_escapes_hide(struct mf_tree *t, struct mf_escapes *e, uint32_t line, const char **text,
                     size_t *length)
{
    const char *end = *text + *length;
    struct taken taken = {{0}};
    size_t count = 0;
    char *copy;

    *e = (struct mf_escapes){.any = false};
    for (const char *at = *text; (at = place_find(*text, at, end)) != NULL; at++)
        count++;
    if (count == 0)
        return true;
    taken_find(&taken, (const unsigned char *)*text, *length);
    if (!free_find(&taken, e->backslash) || !free_find(&taken, e->slash) ||
        !free_find(&taken, e->colon)) {
        mf_tree_fail(t, line, 1,
                     "\\' and \\/ are not supported beside every character for private use");
        return false;
    }
    copy = rx_arena_alloc(&t->load->scratch, *length + count * (MF_ESCAPE_BYTES - 1));
    if (copy == NULL) {
        t->load->no_memory = true;
        return false;
    }
    *length = copy_make(e, copy, *text, end);
    *text = copy;
    e->any = true;
    return true;
}

size_t mf_escapes_show(const struct mf_escapes *e, char *text, size_t length, bool double_quoted)
{
    const char *at = text, *end = text + length;
    char *to = text;

    if (!e->any)
        return length;
    while (at < end) {
        bool whole = end - at >= MF_ESCAPE_BYTES;
        char is = !whole                                           ? '\0'
                  : memcmp(at, e->backslash, MF_ESCAPE_BYTES) == 0 ? '\\'
                  : memcmp(at, e->slash, MF_ESCAPE_BYTES) == 0     ? '/'
                  : memcmp(at, e->colon, MF_ESCAPE_BYTES) == 0     ? ':'
                                                                   : '\0';

        if (is == '\0')
            *to++ = *at;
        else if (is != '\\' || !double_quoted)
            *to++ = is;
        at += is == '\0' ? 1 : MF_ESCAPE_BYTES;
    }
    return (size_t)(to - text);
}
