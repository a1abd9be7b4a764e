/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.h - memory that ends, or begins, exactly where the process may not touch anything: a parser
 * that looks one byte too far dies of it at that very instruction, in every build.
 *
 * Data that must end at the guard page cannot be aligned as well, and reads that stray to the wrong
 * side by less than a page go unseen: hence the choice of sides.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>

enum guard_side { GUARD_AFTER, GUARD_BEFORE };

struct guard {
    char *data; /* `size` bytes, all 0 at first; for size 0 it points at the guard page itself */
    size_t size;
    void *map;
    size_t map_size;
};

struct guard guard_open(size_t size, enum guard_side side);
struct guard guard_copy(const void *bytes, size_t size); /* GUARD_AFTER, filled */
void guard_close(struct guard *g);
/* Aborts when the system has no memory: there is nothing to test then. */

#endif
