/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - reading files whole, and refusing what is not text.
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

bool mf_text_screen(struct mf_load *l, const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    uint32_t line = 1, column = 1, code;

    if (length >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff))) {
        mf_say_at(l, MANIFEST_ERROR, 1, 1, "UTF-16 or UTF-32 text: only UTF-8 is read");
        return false;
    }
    while (p < end) {
        size_t n = utf8_length(p, end, &code);

        if (n == 0) {
            mf_say_at(l, MANIFEST_ERROR, line, column, "invalid UTF-8: byte 0x%02x", *p);
            return false;
        }
        if (!printable(code)) {
            mf_say_at(l, MANIFEST_ERROR, line, column, "control characters are not allowed: U+%04X",
                      code);
            return false;
        }
        column++;
        if (code == '\n') {
            line++;
            column = 1;
        }
        p += n;
    }
    return true;
}

size_t mf_text_json_value(const char *text, size_t length)
{
    bool string = false;
    int depth = 0;
    size_t i = 0;

    for (; i < length; i++) {
        char c = text[i];

        if (string) {
            i += c == '\\';
            string = c != '"';
        } else if (c == '{' || c == '[') {
            if (depth++ == 0 && c != '{')
                return 0;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                break;
        } else if (c == '"' && depth) {
            string = true;
        } else if (c == '\'' || c == '#' || (depth == 0 && !strchr(" \t\r\n", c))) {
            return 0;
        }
    }
    for (i++; i < length && strchr(" \t\r\n", text[i]); i++)
        ;
    return i < length && text[i] == '{' ? i : 0;
}

bool mf_text_tab(const char *text, size_t length, uint32_t line)
{
    const char *p = text, *end = text + length;

    for (uint32_t n = 1; p && p < end && n <= line + 1; n++) {
        while (n >= line && p < end && *p == ' ')
            p++;
        if (n >= line && p < end && *p == '\t')
            return true;
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    return false;
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
