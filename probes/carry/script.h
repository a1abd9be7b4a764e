/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.h - the carrier of scripted outcomes: no socket, no wire.
 */
#ifndef PROBE_SCRIPT_H
#define PROBE_SCRIPT_H

#include "engine/pod/carrier.h"
#include "engine/reactor/prng.h"

struct rx_fit;

extern const struct pod_carrier probe_script;

void probe_script_go_on(struct pod_attempt *a, uint32_t url_len);
/* Carries on with an HTTP run in the middle: the URL to ask next is at the front of the attempt's
 * buffer. `scratch` is the script's from here on; the carrier of the run stays, and hands
 * everything on to probe_script. */

void probe_exec_timeout(const struct pod_attempt *a, struct rx_fit *t);
/* `command timed out: "CMD" timed out after 1s`. */

#endif
