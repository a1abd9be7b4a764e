/* SPDX-License-Identifier: Apache-2.0 */
/*
 * system_files.h - the files that every container finds without its image's doing: /etc/hosts and
 * its like from the kubelet and the runtime (etc_files.c), /proc and a little of /sys from the
 * kernel (proc_files.c).
 *
 * All of them are made when they are read (fs_made.h): a container that never looks pays nothing.
 */
#ifndef POD_SYSTEM_FILES_H
#define POD_SYSTEM_FILES_H

#include "engine/box/fs_made.h"
#include "engine/pod/machine.h"

extern const struct fs_made pod_system_files; /* ctx: the struct pod_machine */

/* etc_files.c */
void pod_hosts_write(struct pod *p, struct fs_text *to);
void pod_resolv_write(struct pod *p, struct fs_text *to);

/* proc_files.c; paths begin with /proc or /sys. */
bool pod_proc_find(struct pod_machine *m, const char *path, enum fs_kind *kind);
void pod_proc_write(struct pod_machine *m, const char *path, struct fs_text *to);
void pod_proc_list(struct pod_machine *m, const char *dir, const char *after,
                   char best[FS_NAME_MAX + 1]);

#endif
