/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sed.h - sed's script, parsed: commands in a row, blocks and labels as jumps.
 */
#ifndef BOX_SED_H
#define BOX_SED_H

#include "engine/box/cmd/files.h"

enum sed_at {
    SED_ANY,
    SED_LINE,
    SED_LAST,
    SED_MATCH,
    SED_STEP,    /* first~step */
    SED_PLUS,    /* addr,+N */
    SED_MULTIPLE /* addr,~N */
};

struct sed_address {
    enum sed_at kind;
    int64_t line, step;
    struct sh_regex *regex; /* NULL: the one that was used last */
};

struct sed_command {
    struct sed_address from, to; /* to SED_ANY: just one line */
    char name;
    bool negate, print, global;
    bool inside; /* in the range that began at `from` and goes to line `end` */
    int64_t end;
    int64_t number;         /* s: which match; q: the exit code; l: the width */
    struct sh_regex *regex; /* s; NULL as above */
    const char
        *text; /* s: the replacement; y: both sets; a, i, c: the text; b, t, T, ":": the label */
    const char *set;  /* y: what they become */
    const char *file; /* r, w, s///w */
    uint32_t jump;    /* "{", if it is not entered; b, t, T */
};

struct sed_program {
    struct sed_command *command;
    uint32_t count, room;
    bool quiet; /* "#n" in the first line */
};

bool sed_compile(struct sh_task *t, const char *script, int regex_flags, struct sed_program *p);
/* False: reported, or the proc is over. */

#endif
