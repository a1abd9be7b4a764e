/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_format.c - see tar.h.
 */
#include "engine/box/cmd/tar.h"

#include <stdio.h>
#include <string.h>

/* Where the fields of a header are. */
enum {
    NAME = 0,
    MODE = 100,
    UID = 108,
    GID = 116,
    SIZE = 124,
    MTIME = 136,
    CHECKSUM = 148,
    TYPE = 156,
    TARGET = 157,
    MAGIC = 257,
    USER = 265,
    GROUP = 297,
    PREFIX = 345,
    NAME_ROOM = 100,
    PREFIX_ROOM = 155
};

static void put_number(char *to, int width, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%0*llo", width - 1, (unsigned long long)n);
    memcpy(to, text, (size_t)width);
}

static unsigned checksum(const char *block)
{
    unsigned sum = 0;

    for (int i = 0; i < TAR_BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : (unsigned char)block[i];
    return sum;
}

/* A long name is cut at a slash. */
static bool put_name(char *block, const char *name)
{
    size_t length = strlen(name);
    const char *cut = name;

    if (length <= NAME_ROOM) {
        memcpy(block + NAME, name, length);
        return true;
    }
    while ((cut = strchr(cut + 1, '/')) != NULL && cut - name <= PREFIX_ROOM) {
        if (strlen(cut + 1) > NAME_ROOM || cut[1] == '\0')
            continue;
        memcpy(block + PREFIX, name, (size_t)(cut - name));
        memcpy(block + NAME, cut + 1, strlen(cut + 1));
        return true;
    }
    return false;
}

bool tar_write(const struct tar_member *m, char block[TAR_BLOCK])
{
    char name[FS_PATH_MAX + 1], sum[8];

    memset(block, 0, TAR_BLOCK);
    snprintf(name, sizeof(name), "%s%s", m->name, m->type == '5' ? "/" : "");
    if (!put_name(block, name) || strlen(m->target) > NAME_ROOM)
        return false;
    put_number(block + MODE, 8, m->mode);
    put_number(block + UID, 8, m->uid & 07777777);
    put_number(block + GID, 8, m->gid & 07777777);
    put_number(block + SIZE, 12, m->size);
    put_number(block + MTIME, 12, m->mtime > 0 ? (uint64_t)m->mtime : 0);
    block[TYPE] = m->type;
    memcpy(block + TARGET, m->target, strlen(m->target));
    memcpy(block + MAGIC, "ustar\00000", 8); /* the format of POSIX */
    if (m->uid == 0)
        memcpy(block + USER, "root", 4);
    if (m->gid == 0)
        memcpy(block + GROUP, "root", 4);
    snprintf(sum, sizeof(sum), "%06o", checksum(block));
    memcpy(block + CHECKSUM, sum, 7);
    block[CHECKSUM + 7] = ' ';
    return true;
}

static uint64_t number(const char *from, int width)
{
    uint64_t n = 0;

    for (int i = 0; i < width && from[i] != '\0'; i++)
        if (from[i] >= '0' && from[i] <= '7')
            n = (n << 3) + (uint64_t)(from[i] - '0');
    return n;
}

int tar_read(const char *block, struct tar_member *m)
{
    bool empty = true, prefixed = memcmp(block + MAGIC, "ustar", 5) == 0 && block[PREFIX] != '\0' &&
                                  block[MAGIC + 5] == '\0';
    size_t length;

    for (int i = 0; i < TAR_BLOCK; i++)
        empty &= block[i] == '\0';
    if (empty)
        return 0;
    if (number(block + CHECKSUM, 8) != checksum(block))
        return -1;
    *m = (struct tar_member){.type = block[TYPE] == '\0' ? '0' : block[TYPE],
                             .mode = (uint16_t)(number(block + MODE, 8) & 07777),
                             .uid = (uint32_t)number(block + UID, 8),
                             .gid = (uint32_t)number(block + GID, 8),
                             .mtime = (int64_t)(number(block + MTIME, 12) & INT64_MAX)};
    snprintf(m->name, sizeof(m->name), "%.*s%s%.*s", prefixed ? PREFIX_ROOM : 0, block + PREFIX,
             prefixed ? "/" : "", NAME_ROOM, block + NAME);
    snprintf(m->target, sizeof(m->target), "%.*s", NAME_ROOM, block + TARGET);
    if (number(block + SIZE, 12) > UINT32_MAX / 2)
        return -1;
    m->size =
        m->type == '0' || m->type == '7' || m->type > '9' ? (uint32_t)number(block + SIZE, 12) : 0;
    length = strlen(m->name);
    if (m->type == '0' && length > 0 && m->name[length - 1] == '/')
        m->type = '5';
    while (length > 1 && m->name[length - 1] == '/')
        m->name[--length] = '\0';
    return length > 0 ? 1 : -1;
}
