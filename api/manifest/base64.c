/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64.c - base64 as Go's encoding/base64 (StdEncoding) reads it: padded, line breaks anywhere,
 * left-over bits ignored; and which byte it would name where the text is none.
 */
#include "api/manifest/text.h"

static int sextet(char c);
static size_t padding_error(const char *text, size_t length, size_t i, int have);

bool mf_text_base64(const char *text, size_t length, char *out, size_t *used, size_t *bad)
{
    uint32_t bits = 0;
    int have = 0;

    *used = 0;
    for (size_t i = 0; i < length; i++) {
        int value = sextet(text[i]);

        if (text[i] == '\n' || text[i] == '\r')
            continue;
        if (text[i] == '=') {
            *bad = padding_error(text, length, i + 1, have);
            for (int k = 1; k < have; k++)
                out[(*used)++] = (char)(bits << (24 - 6 * have) >> (24 - 8 * k));
            return *bad == SIZE_MAX;
        }
        if (value < 0) {
            *bad = i;
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (++have < 4)
            continue;
        for (int k = 1; k <= 3; k++)
            out[(*used)++] = (char)(bits >> (24 - 8 * k));
        bits = 0;
        have = 0;
    }
    *bad = length - (size_t)have; /* as if no line break stood in the last group */
    return have == 0;
}

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t skip_breaks(const char *text, size_t length, size_t i)
{
    while (i < length && (text[i] == '\n' || text[i] == '\r'))
        i++;
    return i;
}

/* What may follow the padding of a group of `have` characters: one more "=" after two, then
 * nothing. i is behind the first "=". Where it goes wrong, or SIZE_MAX. */
static size_t padding_error(const char *text, size_t length, size_t i, int have)
{
    if (have < 2)
        return i - 1;
    if (have == 2) {
        i = skip_breaks(text, length, i);
        if (i == length)
            return length;
        if (text[i] != '=')
            return i - 1;
        i++;
    }
    i = skip_breaks(text, length, i);
    return i < length ? i : SIZE_MAX;
}
