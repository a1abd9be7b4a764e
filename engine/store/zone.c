/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - one file, read whole. */
#include "engine/store/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/reactor/err.h"

enum { FILE_MAX_BYTES = 1 << 20, PATH_ROOM = 512 };

/* A name leads nowhere but into the folder. */
static bool name_ok(const char *name)
{
    return *name != '\0' && *name != '/' && strchr(name, '\\') == NULL &&
           strstr(name, "..") == NULL;
}

static int read_whole(int fd, struct rx_arena *arena, const unsigned char **bytes, size_t *size)
{
    struct stat st;
    unsigned char *buffer;

    if (fstat(fd, &st) != 0)
        return -RX_EIO;
    if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES)
        return -RX_ENOTFOUND;
    buffer = rx_arena_alloc(arena, (size_t)st.st_size + 1);
    if (buffer == NULL)
        return -RX_ENOMEM;
    for (*size = 0; *size < (size_t)st.st_size;) {
        ssize_t got = read(fd, buffer + *size, (size_t)st.st_size - *size);

        if (got < 0 && errno != EINTR)
            return -RX_EIO;
        if (got == 0)
            break;
        *size += got > 0 ? (size_t)got : 0;
    }
    *bytes = buffer;
    return 0;
}

int st_zone_load(const char *folder, const char *name, struct rx_arena *arena,
                 const struct st_zone **out)
{
    char path[PATH_ROOM];
    const unsigned char *bytes = NULL;
    struct st_zone *zone;
    size_t size = 0;
    int fd, rc;

    *out = NULL;
    if (strcmp(name, "UTC") == 0)
        return 0;
    if (access(folder, X_OK) != 0)
        return -RX_EUNSUPPORTED;
    if (!name_ok(name) ||
        snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return -RX_ENOTFOUND;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? -RX_ENOTFOUND : -RX_EIO;
    rc = read_whole(fd, arena, &bytes, &size);
    close(fd);
    if (rc != 0)
        return rc;
    zone = rx_arena_alloc(arena, sizeof(*zone));
    if (zone == NULL)
        return -RX_ENOMEM;
    if (!st_zone_read(zone, bytes, size))
        return -RX_EIO;
    *out = zone;
    return 0;
}
