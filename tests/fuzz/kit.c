/* SPDX-License-Identifier: Apache-2.0 */
/* kit.c - what fuzz targets share; a second reader of JSON, strict where that of the CLI is lax. */
#include "tests/fuzz/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 100 };

void fuzz_check(bool ok, const char *file, int line, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s:%d: %s does not hold\n", file, line, what);
    abort();
}

uint64_t fuzz_hash(uint64_t before, const void *data, size_t size)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < size; i++)
        before = (before ^ p[i]) * 0x100000001b3;
    return before;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1);

    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

const uint8_t *fuzz_until(const uint8_t **at, const uint8_t *end, uint8_t stop, size_t *length)
{
    const uint8_t *from = *at, *to = memchr(from, stop, (size_t)(end - from));

    *length = (size_t)((to != NULL ? to : end) - from);
    *at = to != NULL ? to + 1 : end;
    return from;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

struct reader {
    const unsigned char *at, *end;
    unsigned depth;
};

static bool value(struct reader *r);

static bool take(struct reader *r, unsigned char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static void blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0')
        r->at++;
}

static bool digits(struct reader *r)
{
    const unsigned char *from = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > from;
}

static bool number(struct reader *r)
{
    take(r, '-');
    if (!take(r, '0') && !digits(r))
        return false;
    if (take(r, '.') && !digits(r))
        return false;
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        return digits(r);
    }
    return true;
}

static bool escape(struct reader *r)
{
    if (take(r, 'u')) {
        for (int i = 0; i < 4; i++, r->at++)
            if (r->at == r->end || *r->at == '\0' ||
                strchr("0123456789abcdefABCDEF", *r->at) == NULL)
                return false;
        return true;
    }
    if (r->at == r->end || *r->at == '\0' || strchr("\"\\/bfnrt", *r->at) == NULL)
        return false;
    r->at++;
    return true;
}

/* The smallest code point of each length: longer forms of smaller ones are not UTF-8. */
static bool character(struct reader *r)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = *r->at++;
    int n = c < 0x80 ? 1 : c >= 0xf8 ? 0 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
    uint32_t code = n == 0 ? 0 : n == 1 ? c : c & (0xffu >> (n + 1));

    if (n == 0 || c < 0x20 || c == 0x7f)
        return false;
    for (int i = 1; i < n; i++, r->at++) {
        if (r->at == r->end || (*r->at & 0xc0) != 0x80)
            return false;
        code = code << 6 | (*r->at & 0x3f);
    }
    return code >= least[n] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static bool string(struct reader *r)
{
    if (!take(r, '"'))
        return false;
    while (r->at < r->end && *r->at != '"')
        if (take(r, '\\') ? !escape(r) : !character(r))
            return false;
    return take(r, '"');
}

static bool entries(struct reader *r, bool named, unsigned char end)
{
    blanks(r);
    if (take(r, end))
        return true;
    do {
        blanks(r);
        if (named) {
            if (!string(r))
                return false;
            blanks(r);
            if (!take(r, ':'))
                return false;
        }
        if (!value(r))
            return false;
        blanks(r);
    } while (take(r, ','));
    return take(r, end);
}

static bool word(struct reader *r, const char *text)
{
    size_t n = strlen(text);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool value(struct reader *r)
{
    bool ok;

    if (++r->depth > DEPTH_MAX)
        return false;
    blanks(r);
    if (take(r, '{'))
        ok = entries(r, true, '}');
    else if (take(r, '['))
        ok = entries(r, false, ']');
    else if (r->at < r->end && *r->at == '"')
        ok = string(r);
    else
        ok = word(r, "null") || word(r, "true") || word(r, "false") || number(r);
    r->depth--;
    return ok;
}

bool fuzz_json(const char *text, size_t length)
{
    struct reader r = {(const unsigned char *)text, (const unsigned char *)text + length, 0};

    if (!value(&r))
        return false;
    blanks(&r);
    return r.at == r.end;
}
