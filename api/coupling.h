/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coupling.h - which objects of a run of shares have to be in one of them.
 *
 * 1. A run that has Nodes, clients, autoscalers, quotas, budgets, Jobs, volumes, or steps that only
 *    controllers can follow is not divided by pods: what is coupled stays in one share, with its
 *    controllers.
 * 2. Coupled is what selects, owns, targets or mounts each other, what one Scenario or one Behavior
 *    that counts pods speaks of, and all that a Node, a quota, or a step on everything is about.
 * 3. Each share has all objects, so that numbers, names and addresses are those of one engine;
 *    those that belong elsewhere are mute, have no pods and do nothing.
 */
#ifndef API_COUPLING_H
#define API_COUPLING_H

#include "engine/reactor/map.h"
#include "engine/store/rule_shard.h"

struct podring;

struct api_coupling {
    bool on;
    bool all;       /* everything is in one share */
    uint32_t count; /* of objects */
    uint32_t *up;   /* by object: one of its set; itself, if it stands for the set */
    uint64_t *hash; /* of those that stand for a set: in which share it is */
    struct rx_map names; /* objects, by what they are */
};

int api_couple(struct podring *r);
/* At the first apply of an engine with a share: are its objects coupled, and which? -RX_ENOMEM. */

bool api_coupled_here(void *ring, uint8_t kind, uint8_t sub, const char *ns, const char *name);
/* Is the object in this engine's share? */

uint32_t api_coupled_share(const struct podring *r, uint8_t kind, uint8_t sub, const char *ns,
                           const char *name);

void api_uncouple(struct podring *r);
/* The apply has failed, or the engine is closed. */

#endif
