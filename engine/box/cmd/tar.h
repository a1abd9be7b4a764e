/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.h - the format of tar archives: ustar, one header of 512 bytes and the data, rounded
 * up.
 */
#ifndef BOX_TAR_H
#define BOX_TAR_H

#include "engine/box/cmd/files.h"

enum { TAR_BLOCK = 512 };

struct tar_member {
    char name[FS_PATH_MAX];   /* without slashes at its end */
    char target[FS_PATH_MAX]; /* of a link */
    char type;                /* '0' a file, '1' a hard link, '2' a symbolic one, '5' a directory */
    uint16_t mode;
    uint32_t uid, gid, size;
    int64_t mtime; /* seconds since 1970 */
};

bool tar_write(const struct tar_member *m, char block[TAR_BLOCK]);
/* False: its name or target is too long for the format. */

int tar_read(const char *block, struct tar_member *m);
/* 1; 0: the block of zeroes at the end; -1: this is no header. Types that are not known are told
 * as they are. */

#endif
