/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.h - the two units of time, and the only place that converts between them.
 *
 * rx_ns: ports speak nanoseconds since the engine's epoch (the moment it was opened).
 * rx_ms: everything above the ports speaks ticks of one millisecond since the same epoch. A
 * deadline in nanoseconds is rounded *up* to its tick, so nothing is ever early.
 * Both are int64; a difference has the same type as an instant.
 */
#ifndef RX_TIME_H
#define RX_TIME_H

#include <stdint.h>

typedef int64_t rx_ns;
typedef int64_t rx_ms;

#define RX_NS_PER_MS 1000000
#define RX_NS_PER_S 1000000000LL
#define RX_MS_PER_S 1000
#define RX_NS_NEVER INT64_MAX
#define RX_MS_NEVER (INT64_MAX / RX_NS_PER_MS)

static inline rx_ns rx_ns_from_ms(rx_ms ms)
{
    return ms >= RX_MS_NEVER ? RX_NS_NEVER : ms * RX_NS_PER_MS;
}

static inline rx_ms rx_ms_floor(rx_ns ns)
{
    return ns == RX_NS_NEVER ? RX_MS_NEVER : ns / RX_NS_PER_MS;
}

static inline rx_ms rx_ms_ceil(rx_ns ns)
{
    return ns > RX_NS_NEVER - RX_NS_PER_MS ? RX_MS_NEVER : (ns + RX_NS_PER_MS - 1) / RX_NS_PER_MS;
}

#endif
