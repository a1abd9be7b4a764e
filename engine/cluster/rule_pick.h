/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_pick.h - which of several endpoints a connection goes to, pure. They stand in the order of
 * their pods' creation.
 */
#ifndef CLUSTER_RULE_PICK_H
#define CLUSTER_RULE_PICK_H

#include <stdint.h>

/* What a request is made of where it is shared out: up to 16 endpoints get equal parts, and each of
 * them again as many, so that what comes of it is the expectation without chance. */
#define CLUSTER_UNITS 720720u

uint32_t cluster_pick_turn(uint64_t nth, uint32_t count);
/* The k-th connection goes to k mod count; k goes on when their number changes. count > 0. */

uint32_t cluster_pick_random(uint64_t bits, uint32_t count);
/* By 64 random bits, as evenly as such are. */

uint64_t cluster_pick_share(uint64_t units, uint32_t count, uint32_t index);
/* Of so many units those of one endpoint: equal parts, what is left over goes to the first. */

#endif
