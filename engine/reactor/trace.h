/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.h - static trace points (USDT) of provider "podring", for bpftrace, perf and systemtap.
 *
 *   turn_begin  (until_ms)                      a turn starts and is about to wait
 *   turn_end    (now_ms, timers, completions)   it is over; both count since the engine was opened
 *   timer_fire  (key, due_ms, late_ns)          a timer is handed to its owner
 *   sq_full     (entries)                       the submission queue had no room: flushed early
 *
 * These are the reactor's own; docs/profiling.md lists those of the rooms above as well.
 *
 * Each is one nop in the code and a note in the binary until somebody attaches: nothing is computed
 * for it but what stands in the call, so arguments are values that are at hand. Where the header of
 * systemtap-sdt-dev is missing, or with -DRX_NO_TRACE (make TRACE=0), they are nothing at all; the
 * arguments are still looked at by the compiler. A point that stands in several places
 * is one name for who attaches. tests/api/test_trace.c knows them all. Scripts
 * that use them are in perf/; how to: docs/profiling.md.
 */
#ifndef RX_TRACE_H
#define RX_TRACE_H

#if !defined(RX_NO_TRACE) && defined(__has_include)
#if __has_include(<sys/sdt.h>)
#define RX_HAVE_TRACE 1
#endif
#endif

#ifdef RX_HAVE_TRACE
#include <sys/sdt.h>
#define RX_TRACE1(name, a)          DTRACE_PROBE1(podring, name, a)
#define RX_TRACE2(name, a, b)       DTRACE_PROBE2(podring, name, a, b)
#define RX_TRACE3(name, a, b, c)    DTRACE_PROBE3(podring, name, a, b, c)
#define RX_TRACE4(name, a, b, c, d) DTRACE_PROBE4(podring, name, a, b, c, d)
#else
#define RX_HAVE_TRACE               0
#define RX_TRACE1(name, a)          ((void)sizeof(a))
#define RX_TRACE2(name, a, b)       ((void)sizeof(a), (void)sizeof(b))
#define RX_TRACE3(name, a, b, c)    (RX_TRACE2(name, a, b), (void)sizeof(c))
#define RX_TRACE4(name, a, b, c, d) (RX_TRACE3(name, a, b, c), (void)sizeof(d))
#endif

#define RX_TRACE_PICK(_1, _2, _3, _4, macro, ...) macro

/* RX_TRACE(name, one to four integers or pointers). */
#define RX_TRACE(name, ...)                                                                        \
    RX_TRACE_PICK(__VA_ARGS__, RX_TRACE4, RX_TRACE3, RX_TRACE2, RX_TRACE1, )(name, __VA_ARGS__)

#endif
