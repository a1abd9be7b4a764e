/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_spawn.h - the plain system calls of a process's life: start, kill, reap. Nothing here
 * waits, except the start itself and rx_sys_bury.
 *
 *  1. A process leads a session and group of its own. Its standard input is /dev/null, its output
 *     and error are pipes; it inherits no other descriptor, no blocked and no ignored signal.
 *  2. It is known by its pidfd. No handler of SIGCHLD is involved, and nobody else's children are
 *     touched.
 *  3. A group is killed only while its leader has not been reaped: until then neither the pid nor
 *     the group's number can belong to anybody else.
 *
 * posix_spawn stops the engine's thread until the program is loaded, half a millisecond or so. A
 * process that forks on our behalf would take that away; so far nobody runs enough of them.
 */
#ifndef RX_PORT_URING_SPAWN_H
#define RX_PORT_URING_SPAWN_H

#include "engine/reactor/op.h"

struct rx_child {
    int pid, pidfd;
    int stream[2]; /* the ends we read: standard output, standard error; -1 once closed */
};

int rx_sys_spawn(const struct rx_spawn *s, struct rx_child *out);
/* 0 or a negative errno; then nothing is left open or running. -ENOENT: no such program, -EISDIR,
 * -EACCES, -ENOEXEC, -E2BIG; -EAGAIN, -EMFILE, -ENFILE, -ENOMEM: not now. */

void rx_sys_kill_group(const struct rx_child *c);
/* SIGKILL, to all of it. The leader has not been reaped. */

int rx_sys_reap(const struct rx_child *c, int32_t *code);
/* 1: it has ended, with its exit code or 128 and the signal; what was left of its group has been
 * killed. 0: it still runs. -ECHILD: somebody else has reaped it (the program ignores SIGCHLD, or
 * waits for any child), and how it ended is not known. */

void rx_sys_bury(const struct rx_child *c, rx_ns wait_max);
/* Reaps what has been killed; waits for it so long at most. */

uint32_t rx_sys_read_rest(int fd, char *to, uint32_t room);
/* What is in a pipe just now; returns how much of it fitted. */

#endif
