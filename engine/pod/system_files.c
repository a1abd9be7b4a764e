/* SPDX-License-Identifier: Apache-2.0 */
/* system_files.c - the table of paths, and who writes each file. */
#include "engine/pod/system_files.h"

#include <errno.h>
#include <string.h>

#include "engine/pod/etc_files.h"

static const char *const etc[] = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"};

static int etc_of(const char *path)
{
    for (int i = 0; i < (int)RX_ARRAY_LEN(etc); i++)
        if (strcmp(etc[i], path) == 0)
            return i;
    return -1;
}

static bool find(void *ctx, const char *path, enum fs_kind *kind, int *refusal)
{
    bool kernel = strncmp(path, "/proc/sys/", 10) == 0 || strncmp(path, "/sys/", 5) == 0;

    *refusal = etc_of(path) >= 0 ? 0 : kernel ? -EROFS : -EACCES;
    *kind = FS_FILE;
    return *refusal == 0 || pod_proc_find(ctx, path, kind);
}

static void write_file(void *ctx, const char *path, struct fs_text *to)
{
    struct pod_machine *m = ctx;
    struct pod *p = pod_of_container(m->container);

    switch (etc_of(path)) {
    case 0:
        fs_text_say(to, "%s\n", m->life.hostname);
        break;
    case 1:
        pod_hosts_write(p, to);
        break;
    case 2:
        pod_resolv_write(p, to);
        break;
    default:
        pod_proc_write(m, path, to);
        break;
    }
}

static void list(void *ctx, const char *dir, const char *after, char best[FS_NAME_MAX + 1])
{
    if (strcmp(dir, "/etc") == 0)
        for (size_t i = 0; i < RX_ARRAY_LEN(etc); i++)
            fs_offer(best, after, etc[i] + 5, strlen(etc[i]) - 5);
    else
        pod_proc_list(ctx, dir, after, best);
}

const struct fs_made pod_system_files = {.find = find, .write = write_file, .list = list};
