/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - what every file of the tree may assume: assertions, container_of, small arithmetic.
 *
 * Two families of assertions. RX_API_CHECK is for what the caller, a floor above, got wrong: the
 * call returns an error code in a release build and aborts in a debug build (-DRX_DEBUG). RX_ASSERT
 * is for what we got wrong: it stays on in release builds, because an engine that goes on with a
 * broken invariant reports fiction. RX_ASSERT_SLOW is compiled only into debug builds (walks over
 * whole structures).
 */
#ifndef RX_BASE_H
#define RX_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Noreturn void rx_assert_failed(const char *expression, const char *file, int line);
/* Writes one line to standard error and aborts. The command line turns that into exit code 70. */

#define RX_ASSERT(x)                                                                               \
    do {                                                                                           \
        if (__builtin_expect(!(x), 0))                                                             \
            rx_assert_failed(#x, __FILE__, __LINE__);                                              \
    } while (0)

#ifdef RX_DEBUG
#define RX_ASSERT_SLOW(x) RX_ASSERT(x)
#define RX_API_CHECK(x, error) RX_ASSERT(x)
#else
#define RX_ASSERT_SLOW(x) ((void)0)
#define RX_API_CHECK(x, error)                                                                     \
    do {                                                                                           \
        if (__builtin_expect(!(x), 0))                                                             \
            return (error);                                                                        \
    } while (0)
#endif

#define rx_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* A name and what it stands for: of a label, of the environment. */
struct rx_pair {
    const char *key, *value;
};

#define RX_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define RX_MIN(a, b) ((a) < (b) ? (a) : (b))
#define RX_MAX(a, b) ((a) > (b) ? (a) : (b))
#define RX_LIKELY(x) __builtin_expect(!!(x), 1)
#define RX_UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
