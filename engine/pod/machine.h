/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.h - the inside of a container whose command we can run: its files, its main process, its
 * log. The commands that probes and hooks run in it are in runtime.h.
 *
 * A machine is made when an instance starts and goes when the next one does: a fresh writable layer
 * and a fresh termination log for each, the pod's volumes mounted into all. What a Behavior
 * document scripts is not run here; what nobody knows, program.h decides.
 */
#ifndef POD_MACHINE_H
#define POD_MACHINE_H

#include "engine/pod/ask.h"
#include "engine/pod/program.h"
#include "engine/pod/runtime.h"

enum { POD_LOG_MAX = 64 * 1024 }; /* of an instance's log, its end */

struct pod_machine {
    struct pod_container *container;
    struct rx_timer wake; /* class EXIT: the main process goes on */
    struct fs fs;
    struct pod_instance life;    /* its environment and command */
    struct shell_proc *main; /* NULL: not run here, or over */
    struct pod_ask *asks;    /* of the main process */
    uint32_t first_pid, next_pid;
    int32_t exit_code;
    bool in_run; /* a signal or an answer to come back to */
    char took_over[16]; /* the server that has become the main process, by `exec`; "": none has */
    bool obscure; /* a program has run in it of which it is not known what it does */
    uint32_t draws; /* of rules that answered for its commands */
    const char *output; /* what the main process writes when it ends, if a rule answers for it */
    struct pod_log log;
};

int pod_machine_boot(struct pod_container *c, const char **why);
/* A new instance starts: files, mounts, environment, log. No-op if the container has no commands of
 * ours and no machine is needed. An error: it could not be executed, *why. */

struct fs *pod_machine_files(struct pod_container *c);
/* Of a container that runs, also where nothing has needed a machine so far. NULL: no memory. */

int pod_machine_put(struct pod_container *c, const char *path, const char *data, uint32_t size);
/* Writes a whole file, as a command in it would. A negative errno. */

enum pod_main_kind {
    POD_MAIN_SERVER, /* runs until it is stopped, or as a Behavior's instance says */
    POD_MAIN_DONE,   /* ends at once, with 0 */
    POD_MAIN_SHELL,  /* is ours to run */
    POD_MAIN_RULE,   /* an `exec` rule answers for it */
};

struct pod_main {
    enum pod_main_kind kind;
    const struct pod_exec_rule *rule;
    rx_ms takes; /* RULE: RX_MS_NEVER, until it is stopped */
};

int pod_machine_choose(struct pod_container *c, struct pod_main *out, char *why, size_t room);
/* What the main process of an instance that has been booted will do. -RX_ESTATE: it cannot be
 * started, and why. */

void pod_machine_main(struct pod_container *c, const struct pod_main *m);
/* Starts it. */

int32_t pod_machine_exit(struct pod_container *c);
/* Its exit code, once it has ended by itself; its last words go to the log. */

bool pod_machine_signal(struct pod_container *c, int32_t signal);
/* The stop signal reaches the main process if it is run here. False: it is not. */

void pod_machine_halt(struct pod_container *c);
/* The container has ended: its processes are gone, its files and log stay to be read. */

void pod_machines_retire(struct pod *p);
/* The pod has ended: its volumes are torn down, nobody will look at its files again. Logs stay. */

void pod_machine_free(struct pod_container *c); /* all of it, with the log of the instance before */

const char *pod_machine_log(struct pod_container *c, bool previous, uint32_t *length);
/* NULL: there is no such instance, or it has no log. */

void pod_message_take(struct pod_container *c, const char *runtime);
/* Composes the termination message of the instance that has just ended, from `runtime` (may be
 * NULL), its file, or the end of its log. */

#endif
