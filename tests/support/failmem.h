/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failmem.h - an allocator for tests: counts, fails on demand, and checks what it gets back.
 *
 * The pattern: run a scenario once with fail_at = 0 and read `calls`; then run it again for n = 1,
 * 2,
 * ... calls and see that each failure is reported and leaves nothing behind (`blocks` is 0 at the
 * end). Blocks come filled with rubbish, so whoever forgets to initialise gets noticed; a free with
 * another size than was asked for, or of a foreign block, aborts.
 */
#ifndef FAILMEM_H
#define FAILMEM_H

#include "engine/reactor/mem.h"

struct failmem {
    uint64_t fail_at; /* fail the n-th allocation, counted from 1; 0 = never */
    bool and_after;   /* and all that follow */
    uint64_t calls;   /* allocations asked for, the state of rx_mem included */
    uint64_t failed;
    size_t blocks, bytes; /* not yet given back */
    uint64_t closes;
};

extern const struct rx_mem_ops failmem_ops; /* ctx is a struct failmem */

int failmem_open(struct rx_mem *m, struct failmem *f, uint64_t fail_at);
/* Resets f and opens m on it. Note that rx_mem_open_with itself makes the first allocation. */

#endif
