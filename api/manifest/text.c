/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - reading files whole, making UTF-8 of them, and refusing what is not text.
 */
#include "api/manifest/text.h"

#include "api/manifest/load.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* More than a million pods written out one by one; an endless device stops here too. */
enum { TEXT_MAX = 1 << 30, TEXT_FIRST = 64 * 1024 };

static int read_all(struct mf_load *l, int fd, const char **text, size_t *length);
static bool utf16_decode(struct mf_load *l, bool little, const char **text, size_t *length);
static bool utf8_repair(struct mf_load *l, const char **text, size_t *length);
static size_t utf8_length(const unsigned char *p, const unsigned char *end, uint32_t *code);
static bool printable(uint32_t code);

int mf_text_read(struct mf_load *l, const char *path, const char **text, size_t *length)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int error, kept;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? -RX_ENOTFOUND : -RX_EIO;
    error = read_all(l, fd, text, length);
    kept = errno;
    if (!standard)
        close(fd);
    errno = kept;
    return error;
}

bool mf_text_decode(struct mf_load *l, const char **text, size_t *length)
{
    const unsigned char *p = (const unsigned char *)*text;
    size_t n = *length;

    if (n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return utf16_decode(l, p[0] == 0xff, text, length);
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        *text += 3;
        *length -= 3;
    }
    return utf8_repair(l, text, length);
}

size_t mf_text_screen(const char *text, size_t length, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;

    while (p < end) {
        size_t n = utf8_length(p, end, code);

        if (!printable(*code))
            break;
        p += n;
    }
    return (size_t)((const char *)p - text);
}

size_t mf_text_utf8(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static bool utf16_decode(struct mf_load *l, bool little, const char **text, size_t *length)
{
    const unsigned char *p = (const unsigned char *)*text + 2, *end = p + (*length - 2);
    char *out = rx_arena_alloc(&l->scratch, *length / 2 * 3 + 3), *to = out;

    if (out == NULL) {
        l->no_memory = true;
        return false;
    }
    while (p < end) {
        uint32_t code = 0xfffd, low;

        if (end - p >= 2)
            code = little ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
        p += end - p >= 2 ? 2 : 1;
        if (code >= 0xd800 && code < 0xdc00 && end - p >= 2) {
            low = little ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                p += 2;
            }
        }
        to += mf_text_utf8(code >= 0xd800 && code < 0xe000 ? 0xfffd : code, to);
    }
    *text = out;
    *length = (size_t)(to - out);
    return true;
}

/* Tells of the first byte only: whoever saves in Latin-1 does so throughout. */
static bool utf8_repair(struct mf_load *l, const char **text, size_t *length)
{
    const unsigned char *p = (const unsigned char *)*text, *end = p + *length;
    uint32_t line = 1, column = 1, code = 0;
    size_t n;
    char *out, *to;

    for (; p < end && (n = utf8_length(p, end, &code)) > 0; p += n) {
        column = code == '\n' ? 1 : column + 1;
        line += code == '\n';
    }
    if (p == end)
        return true;
    mf_say_at(l, MANIFEST_WARNING, line, column,
              "invalid UTF-8: byte 0x%02x, read as U+FFFD, as by kubectl", *p);
    out = rx_arena_alloc(&l->scratch, *length * 3);
    if (out == NULL) {
        l->no_memory = true;
        return false;
    }
    to = out;
    for (p = (const unsigned char *)*text; p < end; p += n ? n : 1) {
        n = utf8_length(p, end, &code);
        to += mf_text_utf8(n ? code : 0xfffd, to);
    }
    *text = out;
    *length = (size_t)(to - out);
    return true;
}

static int read_all(struct mf_load *l, int fd, const char **text, size_t *length)
{
    size_t room = TEXT_FIRST, used = 0;
    char *buffer = rx_arena_alloc(&l->scratch, room);

    while (buffer) {
        ssize_t got = read(fd, buffer + used, room - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -RX_EIO;
        used += (size_t)got;
        if (got == 0) {
            *text = buffer;
            *length = used;
            return 0;
        }
        if (used == TEXT_MAX) {
            mf_say_at(l, MANIFEST_ERROR, 0, 0, "more than %d bytes", TEXT_MAX);
            return -RX_EMANIFEST;
        }
        if (used == room) { /* the smaller ones add up to less than the last: fine for scratch */
            char *larger = rx_arena_alloc(&l->scratch, room * 2);

            if (larger)
                memcpy(larger, buffer, used);
            buffer = larger;
            room *= 2;
        }
    }
    return -RX_ENOMEM;
}

/* Length of the character at p and its number; 0 if it is none (RFC 3629: no surrogates, shortest
 * form). */
static size_t utf8_length(const unsigned char *p, const unsigned char *end, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;

    if (n == 1) {
        *code = *p;
        return 1;
    }
    if (n == 0 || (size_t)(end - p) < n)
        return 0;
    *code = *p & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        *code = *code << 6 | (p[i] & 0x3f);
    }
    if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
        return 0;
    return n;
}

/* YAML 1.1, production c-printable. */
static bool printable(uint32_t code)
{
    if (code < 0x20)
        return code == '\t' || code == '\n' || code == '\r';
    return !(code >= 0x7f && code < 0xa0 && code != 0x85) && code != 0xfffe && code != 0xffff;
}
