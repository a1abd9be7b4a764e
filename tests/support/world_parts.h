/* SPDX-License-Identifier: Apache-2.0 */
/* world_parts.h - what the files that run random worlds share. Not for tests. */
#ifndef WORLD_PARTS_H
#define WORLD_PARTS_H

#include "tests/support/world.h"

void world_check(const struct hunt *h, const struct maker *m, uint64_t seed, struct verdict *v);
/* Runs a world as often as the hunt asks; v says what is broken, if anything. */

#endif
