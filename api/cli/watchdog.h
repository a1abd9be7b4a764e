/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watchdog.h - names what an engine works at if one instant takes very long.
 *
 * An engine looks at signals between instants. One that takes more than five seconds of CPU is
 * named on standard error, with the pod and container whose command is running, and from then on
 * until it is over the first signal ends the process at once. Five seconds of CPU, not of time: a
 * machine that is busy with other things is no fault of the instant's.
 */
#ifndef CLI_WATCHDOG_H
#define CLI_WATCHDOG_H

#include <stdbool.h>

#include "api/podring.h"

enum { WATCHDOG_SECONDS = 5 };

void watchdog_begin(podring *ring);
/* Watches the engine of this thread, one at a time. Without a timer to be had nothing is
 * watched. */

void watchdog_end(void);
/* No longer. Harmless without a begin. */

bool watchdog_barks(void);
/* Does any engine take too long right now? For signal handlers. */

#endif
