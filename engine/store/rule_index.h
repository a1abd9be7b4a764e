/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_index.h - sets of the indexes of an Indexed Job, as ranges, and the lists in which the API
 * writes them: "0,2-4".
 */
#ifndef ST_RULE_INDEX_H
#define ST_RULE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reactor/fit.h"

struct st_index_range {
    uint32_t first, last;
};

/* Ranges rise, and none touches the next. Whoever keeps the set lends the room. */
struct st_indexes {
    struct st_index_range *range;
    uint32_t count, room;
    uint32_t total; /* indexes in it */
};

bool st_indexes_has(const struct st_indexes *s, uint32_t index);

bool st_indexes_add(struct st_indexes *s, uint32_t index);
/* Whether it is new. There must be room for one range more. */

void st_indexes_cut(struct st_indexes *s, uint32_t from);
/* Those from that one on go. */

uint32_t st_indexes_below(const struct st_indexes *s, uint32_t limit);
/* How many of them are below it. */

void st_indexes_text(const struct st_indexes *s, struct rx_fit *out);
/* Two that follow each other as 1,2; three and more as 1-3. */

uint32_t st_index_free(const struct st_indexes *const *sets, uint32_t count, uint32_t from);
/* The lowest index from that one on which is in none of the sets. */

enum { ST_INDEXES_WHY_MAX = 200 };

bool st_indexes_read(const char *text, uint32_t completions, struct st_indexes *out,
                     char why[ST_INDEXES_WHY_MAX]);
/* A list that a successPolicy gives. out has room for a range each comma and one more; ranges that
 * touch become one. False: refused; why is a sentence. */

#endif
