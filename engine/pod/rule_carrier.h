/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_carrier.h - who carries out a run of a probe or a hook, pure: one table.
 *
 * It is asked once, when the run starts, and what it says holds until the run is over: a carrier
 * that cannot do what is asked is never begun with.
 */
#ifndef POD_RULE_CARRIER_H
#define POD_RULE_CARRIER_H

#include "engine/store/spec.h"

enum pod_carried {
    POD_CARRIED_SCRIPT,  /* the Behavior is asked; no wire, no process */
    POD_CARRIED_HTTP,    /* over a wire */
    POD_CARRIED_TCP,     /* over a wire */
    POD_CARRIED_SHELL,   /* the simulated shell runs the command */
    POD_CARRIED_PROCESS, /* the machine does */
    POD_CARRIED_KINDS
};

struct pod_carrier_in {
    enum pod_handler_kind handler;
    bool https;
    bool wire;    /* this world has one: real sockets, or those in memory */
    bool host;    /* commands are processes of this machine */
    bool runs;    /* exec: the container has a process, */
    bool ruled;   /* a rule of a Behavior answers for the command now, */
    bool program; /* the shell knows it */
};

struct pod_carrier_row {
    /* -1 = any; else enum pod_handler_kind, or 0 = no, 1 = yes */
    int8_t handler, https, wire, host, runs, ruled, program;
    uint8_t carried; /* enum pod_carried */
    const char *why; /* a run that ... */
};

extern const struct pod_carrier_row pod_carrier_table[];
extern const uint32_t pod_carrier_rows;

bool pod_carrier_row_matches(const struct pod_carrier_row *row, struct pod_carrier_in in);

enum pod_carried pod_carrier_choose(struct pod_carrier_in in);
/* By the one row that matches. */

enum { POD_CARRIER_INPUTS = 64 }; /* of a handler */

/* The table as a lookup: it is asked for each run. */
struct pod_carrier_lookup {
    uint8_t carried[POD_HANDLER_SLEEP + 1][POD_CARRIER_INPUTS];
};

void pod_carrier_compile(struct pod_carrier_lookup *out);

static inline uint8_t pod_carrier_index(struct pod_carrier_in in)
{
    return (uint8_t)(in.https | in.wire << 1 | in.host << 2 | in.runs << 3 | in.ruled << 4 |
                     in.program << 5);
}

struct pod_carrier_in pod_carrier_input(enum pod_handler_kind handler, uint8_t index);
/* The inverse of it. */

#endif
