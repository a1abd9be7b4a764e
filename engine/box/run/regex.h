/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.h - the code that regular expressions are compiled to: by regex.c, for regex_match.c.
 */
#ifndef BOX_REGEX_H
#define BOX_REGEX_H

#include "engine/box/run/cmd.h"

enum sh_regex_op {
    RE_CHAR,
    RE_ANY,
    RE_SET,
    RE_STAR,
    RE_SPLIT,
    RE_JUMP,
    RE_SAVE,
    RE_BOL,
    RE_EOL,
    RE_EDGE,
    RE_BACKREF,
    RE_MARK,
    RE_CHECK,
    RE_MATCH
};
enum sh_regex_edge { RE_EDGE_BOTH, RE_EDGE_START, RE_EDGE_END, RE_EDGE_NONE };

struct sh_regex_node {
    uint8_t op, c;
    int16_t to, other; /* relative; SPLIT: first choice and second; SET: number */
};

struct sh_regex_entry { /* something to come back to */
    uint16_t pc;
    int16_t slot;  /* >= 0: give this slot its old value back and go on coming back */
    int32_t at;    /* position, or the slot's old value */
    int32_t least; /* STAR: positions from here up to `at` are left to try; -1: just `at` */
};

/* What searches need; kept from one to the next. */
struct sh_regex_room {
    struct sh_regex_entry *stack;
    uint32_t stack_room, seen_room;
    uint8_t *seen; /* a bit for each place in the code and the text */
};

struct sh_regex {
    struct sh_regex_node *node;
    uint8_t (*set)[32];
    uint32_t count, room, sets, groups, marks;
    bool icase;
    bool back;   /* has back references */
    bool longer; /* what matches first may not be the longest */
    struct sh_regex_room *kept;
};

enum { SH_REGEX_MARKS = 24 };

bool sh_regex_word_char(unsigned c);

#endif
