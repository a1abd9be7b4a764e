/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.c - how a broken invariant ends: one line on standard error, then abort.
 */
#include "engine/reactor/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *digits_of(int line, char room[16]);

void rx_assert_failed(const char *expression, const char *file, int line)
{
    /* No stdio: its locks or its heap may be what is broken. One writev keeps the line whole. */
    char room[16];
    const char *part[] = {
        "podring: broken invariant at ", file, ":", digits_of(line, room), ": ", expression, "\n"};
    struct iovec io[RX_ARRAY_LEN(part)];

    for (size_t i = 0; i < RX_ARRAY_LEN(part); i++) {
        io[i].iov_base = (void *)(uintptr_t)part[i];
        io[i].iov_len = strlen(part[i]);
    }
    if (writev(STDERR_FILENO, io, (int)RX_ARRAY_LEN(part)) < 0)
        abort(); /* nobody is listening; the end is the same */
    abort();
}

static const char *digits_of(int line, char room[16])
{
    char *p = room + 15;

    *p = '\0';
    do {
        *--p = (char)('0' + line % 10);
        line /= 10;
    } while (line > 0);
    return p;
}
