/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find.h - find's expression: words compiled to a small code that can stop in the middle.
 *
 * A test leaves true or false; jumps skip what -a and -o need not ask. -exec ends the run of the
 * code until its child has ended; it then goes on behind it.
 */
#ifndef BOX_FIND_H
#define BOX_FIND_H

#include "engine/box/cmd/files.h"

enum find_op {
    FIND_IF_FALSE, /* jump */
    FIND_IF_TRUE,
    FIND_NOT,
    FIND_CONST, /* number */
    FIND_NAME,
    FIND_INAME,
    FIND_PATH,
    FIND_IPATH,
    FIND_LNAME,
    FIND_REGEX,
    FIND_TYPE,
    FIND_AGE, /* number of units of `unit` milliseconds */
    FIND_NEWER,
    FIND_SIZE,
    FIND_PERM,
    FIND_UID,
    FIND_GID,
    FIND_LINKS,
    FIND_INODE,
    FIND_SAME,
    FIND_EMPTY,
    FIND_EXECUTABLE,
    FIND_PRUNE,
    FIND_QUIT,
    FIND_PRINT,
    FIND_PRINT0,
    FIND_PRINTF,
    FIND_LS,
    FIND_DELETE,
    FIND_EXEC,
    FIND_EXEC_ALL /* {} + */
};

struct find_code {
    uint8_t op;
    char sign; /* '+', '-', '/' or 0 before the number */
    uint16_t jump;
    const char *text;
    int64_t number, unit;
    struct sh_regex *regex;
    struct fs_stat of; /* -newer, -samefile */
    char **argv;       /* -exec */
    uint32_t argc;
    struct sh_names all; /* -exec +: what has been found */
};

struct find_program {
    struct find_code *code;
    uint32_t count, room;
    int64_t min_depth, max_depth;
    bool depth_first, acts, follow, follow_operands, one_device;
};

bool find_compile(struct sh_task *t, char **argv, uint32_t argc, struct find_program *p);
/* False: reported, or the proc is over. */

struct find_file { /* what the code looks at */
    const char *path, *operand;
    int64_t depth;
    struct fs_stat st;
    bool prune, quit, failed;
};

#endif
