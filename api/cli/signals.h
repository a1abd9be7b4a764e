/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.h - the signal handlers of the tree (with that of watchdog.h), and the only process-wide
 * state: a handler has nothing else to go by.
 *
 * SIGINT, SIGTERM and SIGHUP end the process at once while it reads and applies manifests, and a
 * run cleanly, after the instant it works on; a second one, or the first one if that instant takes
 * very long (watchdog.h), ends the process at once. One that comes when the run has ended waits
 * until what it has printed is written. SIGABRT, which a broken invariant raises, becomes exit code
 * 70. SIGPIPE is ignored: writes report it.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdbool.h>
#include <termios.h>

#include "api/podring.h"

void signals_install(void);

void signals_aim(podring *ring);
/* The engine that a signal stops; NULL = none any more. */

void signals_aim_all(podring *const *rings, size_t count);
/* The same for several; the array must stay. 0 = none any more. */

void signals_hold(void);
/* A run without an engine: it asks signals_seen, and a second signal ends the process. */

void signals_done(void);
/* Nothing is left to be written: as before the first of those two, the process ends at the first
 * signal. */

bool signals_seen(void);
/* A stop was asked for. */

void signals_stop(void);
/* What a first signal does. */

void signals_restore_terminal(bool needed);
/* Whether an end at once must make the cursor visible again. */

void signals_keep_terminal(const struct termios *was);
/* What an end at once must set standard input's terminal to; NULL = it is as it was. */

#endif
