/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.h - what went wrong in a simulation, each thing once, with its cause: the table shows the
 * last instant only.
 *
 * The simulation is made a second time, with its events: so it costs nothing where all was well.
 */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include "api/cli/live.h"

int look_again(const struct cli_options *o, const struct input *in);
/* Says it on standard error. An exit code: it may need more memory than the first time. */

#endif
