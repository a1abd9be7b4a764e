/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.h - which lines of two texts differ.
 *
 * The edits are as few as can be (Myers' algorithm, in linear space). Where they could stand in
 * several places, a run of added or removed lines stands as far down as it can.
 */
#ifndef BOX_DIFF_H
#define BOX_DIFF_H

#include "engine/box/run/cmd.h"

enum {
    SH_DIFF_BLANKS = 1,    /* any number of blanks is one, and those at the end are none */
    SH_DIFF_NO_BLANKS = 2, /* there are none */
    SH_DIFF_CASE = 4,      /* upper and lower case are the same */
    SH_DIFF_TRAILING = 8,  /* blanks at the end are none */
    SH_DIFF_RETURN = 16    /* a carriage return before the newline is none */
};

struct sh_diff_side {
    struct sh_buf text;
    uint32_t count;  /* of lines; one without a newline at its end is one */
    uint32_t *start; /* of each line; start[count] is the end of all */
    uint32_t *id;    /* equal for lines that count as the same, on both sides */
    bool *changed;   /* added or removed */
};

bool sh_diff_lines(struct sh_task *t, struct sh_diff_side side[2], int flags);
/* Cuts both texts into lines and compares them. Memory is the call's. False: the proc is over. */

#endif
