/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oom.c - preloaded into podring by torture.pl: an allocation that fails, whoever asks for it.
 *
 *   OOM_AT=N     the N-th allocation of the process fails (counted from 1)
 *   OOM_FROM=N   that one and all that follow
 *   OOM_COUNT=F  at its end the process writes the number of its allocations to the file F
 *   OOM_TRACE=1  the failing one says on standard error from where it was called
 *
 * Blocks come filled with rubbish, so that whoever forgets to initialise gets noticed. The thread
 * that asks does not matter: with several, which allocation is the N-th is chance.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { RUBBISH = 0xa5, RUBBISH_MAX = 1 << 16 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static atomic_long count;
static long at, from;
static bool ready, trace;

static void read_environment(void)
{
    const char *text = getenv("OOM_AT");

    ready = true;
    at = text != NULL ? atol(text) : 0;
    text = getenv("OOM_FROM");
    from = text != NULL ? atol(text) : 0;
    trace = getenv("OOM_TRACE") != NULL;
}

static void tell_where(void)
{
    void *frame[32];

    trace = false;
    backtrace_symbols_fd(frame, backtrace(frame, 32), STDERR_FILENO);
}

static bool fails(void)
{
    long n;

    if (!ready)
        read_environment();
    n = atomic_fetch_add(&count, 1) + 1;
    if (n != at && (from == 0 || n < from))
        return false;
    if (trace)
        tell_where();
    errno = ENOMEM;
    return true;
}

static void *filled(void *p, size_t size)
{
    if (p != NULL)
        memset(p, RUBBISH, size < RUBBISH_MAX ? size : RUBBISH_MAX);
    return p;
}

EXPORT void *malloc(size_t size)
{
    return fails() ? NULL : filled(__libc_malloc(size), size);
}

EXPORT void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

EXPORT void *realloc(void *p, size_t size)
{
    return size > 0 && fails() ? NULL : __libc_realloc(p, size);
}

EXPORT void *memalign(size_t align, size_t size)
{
    return fails() ? NULL : filled(__libc_memalign(align, size), size);
}

EXPORT void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

EXPORT int posix_memalign(void **out, size_t align, size_t size)
{
    void *p = memalign(align, size);

    if (p == NULL)
        return ENOMEM;
    *out = p;
    return 0;
}

__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("OOM_COUNT");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

    if (fd >= 0) {
        dprintf(fd, "%ld\n", (long)count);
        close(fd);
    }
}
