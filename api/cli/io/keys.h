/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - single keys of the terminal, while a run is shown on it. Signals that keys send (Ctrl-C,
 * Ctrl-Z) go on doing so.
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include <termios.h>

#include "api/cli/options.h"

struct keys {
    bool on;
    struct termios was; /* how the terminal was found, and is left */
};

void keys_begin(struct keys *k, const struct cli_options *o);
/* Nothing, unless standard input is a terminal that is ours, and no manifest is read from it. */

char keys_next(const struct keys *k);
/* A key that has been pressed; NUL: none. */

void keys_end(struct keys *k);

#endif
