/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - runs random worlds under observation, and hunts for one that breaks an invariant.
 *
 * Worlds are run in a child process, so that one that crashes or never ends is found and made
 * smaller like any other. A failing world is reported on standard error: its seed, the broken
 * invariant, the smallest manifest found that breaks the same one, and how to run it by hand.
 *
 * Beside the invariants of watch.h these are held, by comparing whole runs:
 *   twice   the same seed gives the same bytes and the same digest
 *   kept    and the same story when probes keep their connections
 *   wire    the wire over in-memory sockets tells the script's story
 *   parked  ... and when virtual time fires every tick of every probe
 *   shares  several engines that share the pods tell, all together, what one tells, and count the
 *   same memory  no world takes more and more; and one whose n-th allocation fails tells what it
 *   tells otherwise, or
 *           the beginning of it and that there is no memory, and gives all of it back
 *   empty   when all is deleted, nothing is left: no pod, run, timer, listener, file or log
 *   crash   no world ends the process
 *   clock   no world stops the clock or runs for ever
 */
#ifndef WORLD_H
#define WORLD_H

#include "tests/support/watch.h"

struct hunt {
    struct maker_shape shape;
    int64_t for_ms;
    uint64_t seed;          /* the first */
    unsigned count;         /* seeds from there */
    bool emptied;           /* at its end, too */
    uint32_t flags;         /* of the first run, and of what it is compared with */
    bool twice, parked, wire, kept, shares, starved; /* compare runs */
    uint64_t growth_max;    /* bytes that the second half of a run may take; 0: not looked at */
    unsigned tries;         /* candidates when shrinking; 0 = 4000 */
};

bool hunt_run(const struct hunt *h);
/* True: nothing found. The environment overrides: PODRING_SEED (the first seed), PODRING_WORLDS
 * (how many), PODRING_SECONDS (how many fit into that time). */

#endif
