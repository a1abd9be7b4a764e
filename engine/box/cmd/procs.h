/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procs.h - the processes that a container sees, as ps, pgrep, pidof and their like read them from
 * /proc.
 */
#ifndef BOX_PROCS_H
#define BOX_PROCS_H

#include "engine/box/run/cmd.h"

enum { SH_PROCS_MAX = 512, SH_COMM_MAX = 16 };

struct sh_process {
    uint32_t pid, parent, uid;
    char state, comm[SH_COMM_MAX];
    rx_ms started;    /* on the clock of the run */
    const char *args; /* its words with blanks between */
    const char *name; /* the first of them without directories */
};

bool sh_processes(struct sh_task *t, struct sh_process **list, uint32_t *count);
/* All that there are, by number; memory is the call's. False: the proc is over. */

int sh_processes_begin(struct sh_task *t, struct sh_call *c);
/* To be asked first: 0; or SH_BLOCKED, so that what the shell has just forked is what it will be.
 */

const char *sh_file_text(struct sh_task *t, const char *path, uint32_t *size);
/* All of a file, and a NUL behind it; memory is the call's. NULL: there is none. */

bool sh_id_name(struct sh_task *t, const char *file, uint32_t id, char name[64]);
/* The name that /etc/passwd or /etc/group has for the number; false: none. */

#endif
