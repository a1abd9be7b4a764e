/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen.h - the pods of a run on a terminal: a line for each workload, on which a cell is a step
 * of time, as high as the share of its pods that is ready, in the colour of the worst class.
 *
 * It looks at some pods at a time, so that no probe is late for it, and hears no events: a run that
 * is looked at costs what it costs unseen.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "api/cli/picture/health.h"
#include "engine/reactor/text.h"

enum { SCREEN_CELLS = 48, SCREEN_LINES = 12, SCREEN_LATELY = 3, SCREEN_SAID = 96 };

struct screen_colors {
    bool on;       /* at all */
    bool light;    /* the ground */
    bool many;     /* 256 of them, not 16 */
    bool unicode;  /* blocks, and not digits */
};

struct screen_cell {
    uint8_t height; /* 0 to 8; 0: nothing seen, or no pods */
    uint8_t worst;  /* enum health_class */
};

struct screen_count {
    uint32_t of[HEALTH_CLASSES];
    uint32_t pods;
    uint64_t restarts;
    bool trouble;
};

struct screen_line {
    struct screen_count now, next; /* of the last round, and of the one under way */
    int64_t first_ms;     /* trouble was seen first; -1 = never */
    struct screen_cell cell[SCREEN_CELLS];
};

struct screen {
    struct screen_colors colors;
    struct health health;
    uint64_t cursor;      /* of the round under way */
    struct screen_line *line; /* one for each workload of health */
    size_t lines, lines_room;
    int64_t step_ms; /* that a cell is; doubles when all are full */
    int64_t seen_ms; /* up to here there are cells; -1 = none */
    uint8_t *was;    /* of each pod of health: its class + 1 when it was seen last; 0: never */
    size_t was_count, was_room;
    char lately[SCREEN_LATELY][SCREEN_SAID]; /* what has become of pods, newest first */
    bool off; /* no memory for it: nothing is shown */
};

void screen_begin(struct screen *s, struct screen_colors colors);

struct screen_colors screen_colors_here(bool on, bool light);
/* What the terminal of this process has, by its environment. */

bool screen_look(struct screen *s, podring *ring, int64_t now_ms, uint32_t most);
/* Looks at so many more pods at most. True: it has been at all of them, and begins anew the next
 * time. */

void screen_put(struct rx_text *t, const struct screen *s, size_t columns, size_t rows);
/* At most so many lines of at most so many columns, each with its newline; fewer than 3 rows are
 * none. */

void screen_end(struct screen *s);

#endif
