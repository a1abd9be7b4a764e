/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.h - the seam of who runs the commands of probes and hooks.
 *
 * There are three who may: a rule of a Behavior, which only says how the command ends; the shell,
 * in simulated time, over the container's files; the machine, as a process (`--exec host`). A
 * question changes nothing, and is asked before there is a run: what it says of the container holds
 * for this instant. A run is the shell's: it is opened, goes on whenever its timer has fired, and
 * is closed. The machine's runs are operations of the loop (RX_OP_SPAWN), and a rule's need nothing
 * but a timer.
 */
#ifndef POD_RUNTIME_H
#define POD_RUNTIME_H

#include "engine/box/shell.h"
#include "engine/pod/pod.h"

/* ---- questions ------------------------------------------------------------------------------- */

struct pod_container *pod_machine_find(struct pod_world *w, uint64_t pod, uint32_t container);
/* NULL: there is no such container, or it does not run. */

const struct pod_exec_rule *pod_world_exec(struct pod_world *w, uint64_t pod, uint32_t container,
                                          uint32_t argc, const char *const *argv, uint64_t request);
/* The rule that scripts this command of a probe now; NULL: none does. */

const struct pod_exec_rule *pod_machine_rule(struct pod_container *c, uint32_t argc,
                                             const char *const *argv, rx_ms *takes);
/* The `exec` rule that answers now for a command that is no probe's, and how long it takes:
 * RX_MS_NEVER, until it is killed. NULL: none does. Each time it is asked counts: the rules of one
 * instance draw their lots in order. */

const struct shell_program *pod_machine_program(struct pod_container *c,
                                                const struct pod_handler_spec *h);
/* The command of this probe or hook; NULL: none, or not ours to run. */

enum shell_program_fate pod_command_fate(struct pod_container *c, const struct pod_handler_spec *h,
                                         char *why, size_t room);
/* What becomes of a command that no rule answers for and the shell does not know; said once a
 * template. NOT_STARTED: and why, in the runtime's words. */

void pod_command_look(const struct pod_attempt *a, struct pod_container *c,
                      struct pod_carrier_in *in);
/* What rule_carrier.h wants to know of a command beyond what its handler says. */

/* ---- runs ------------------------------------------------------------------------------------ */

/* A command of a probe or a hook in the shell. */
struct pod_exec {
    struct rx_list link; /* among those of the container */
    struct pod_container *container; /* NULL: it has ended, and the command with it */
    const struct rx_mem *mem;
    const struct pod_handler_spec *handler; /* NULL: somebody else's */
    uint32_t argc;
    const char *const *argv;
    struct shell_proc *proc;
    struct pod_log out, err;
    uint64_t signals; /* it has sent to PID 1, a bit each */
    struct pod_ask *asks;
    struct rx_timer *wake; /* the caller's, for the next pod_exec_run */
};

int pod_exec_open(struct pod_exec *e, struct pod_container *c, const struct pod_handler_spec *h,
                  struct rx_timer *wake);
/* -RX_ENOTFOUND: no command of ours; -RX_ENOMEM. wake: fires when an answer has come that it waits
 * for. */

int pod_exec_open_own(struct pod_exec *e, struct pod_container *c,
                      const struct shell_program *program, struct rx_timer *wake);
/* A command from outside, in a container that runs: e->argc and e->argv are its words. What of it
 * is not known is told in its standard error. If the container ends, the command is killed with it,
 * and `wake` fires. -RX_ENOMEM. */

struct shell_state pod_exec_run(struct pod_exec *e);
/* Up to where it ends, sleeps or waits. SLEEPING: the caller arms `wake`. */

const char *pod_exec_output(struct pod_exec *e, uint32_t *length);
/* Standard output, then standard error; valid until close. */

void pod_exec_close(struct pod_exec *e); /* kills what still runs */

#endif
