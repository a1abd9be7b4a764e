/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.h - the carrier of scripted outcomes: no socket, no wire.
 */
#ifndef PROBE_SCRIPT_H
#define PROBE_SCRIPT_H

#include "engine/pod/carrier.h"
#include "engine/reactor/prng.h"

extern const struct pod_carrier probe_script;

#endif
