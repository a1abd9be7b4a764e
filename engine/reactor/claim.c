/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - a block is claimed by binding a name, and released by closing the socket. */
#include "engine/reactor/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MARK "@podring/" /* /proc/net/unix writes the NUL of an abstract name so */

enum { LINE_ROOM = 8192 };

static bool is_shared(const struct rx_claim *c)
{
    return c->count > 1;
}

static size_t name_of(const struct rx_claim *c, char *out, size_t room)
{
    int n = snprintf(out, room, MARK "%08x/%u", c->base, c->bits);

    if (is_shared(c))
        n += snprintf(out + n, room - (size_t)n, "/%016llx/%u/%u", (unsigned long long)c->key,
                      c->index, c->count);
    return (size_t)n;
}

static int bind_to(const char *name, size_t length)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), error;

    if (fd < 0)
        return -errno;
    memcpy(at.sun_path + 1, name + 1, length - 1); /* the first byte stays NUL: abstract */
    if (bind(fd, (struct sockaddr *)&at,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == 0)
        return fd;
    error = errno;
    close(fd);
    return -error;
}

static bool conflict(const struct rx_claim *a, const struct rx_claim *b)
{
    uint32_t bits = a->bits < b->bits ? a->bits : b->bits;

    if (bits == 0 || (a->base ^ b->base) >> (32 - bits) != 0)
        return false;
    return !is_shared(a) || a->bits != b->bits || a->key != b->key || a->count != b->count ||
           a->index == b->index;
}

/* One line of the list: is it another claim that is in our way? */
static bool is_in_the_way(const struct rx_claim *c, const char *own, const char *line,
                          struct rx_claim *other)
{
    const char *name = strstr(line, MARK);
    unsigned long long key = 0;

    *other = (struct rx_claim){0};
    if (name == NULL || strcmp(name, own) == 0 ||
        sscanf(name, MARK "%8x/%u/%16llx/%u/%u", &other->base, &other->bits, &key, &other->index,
               &other->count) < 2 ||
        other->bits > 32)
        return false;
    other->key = key;
    return conflict(c, other);
}

/* Whoever comes at the same time finds us here as we find him: both give way then. Without the list
 * only claims of the same name are noticed. */
static bool look_around(const struct rx_claim *c, const char *own, struct rx_claim *holder)
{
    char room[LINE_ROOM + 1];
    int fd = open("/proc/net/unix", O_RDONLY | O_CLOEXEC);
    size_t have = 0;
    ssize_t n;
    bool found = false;

    while (fd >= 0 && !found && (n = read(fd, room + have, LINE_ROOM - have)) > 0) {
        char *line = room, *end;

        have += (size_t)n;
        while (!found && (end = memchr(line, '\n', have - (size_t)(line - room))) != NULL) {
            *end = '\0';
            found = is_in_the_way(c, own, line, holder);
            line = end + 1;
        }
        have -= (size_t)(line - room);
        memmove(room, line, have);
        if (have == LINE_ROOM)
            have = 0; /* no claim has so long a line */
    }
    if (fd >= 0)
        close(fd);
    return found;
}

int rx_claim_take(const struct rx_claim *c, struct rx_claim *holder)
{
    char name[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    int fd = bind_to(name, name_of(c, name, sizeof(name)));

    *holder = *c;
    if (fd < 0)
        return fd;
    if (!look_around(c, name, holder))
        return fd;
    close(fd);
    return -EADDRINUSE;
}
