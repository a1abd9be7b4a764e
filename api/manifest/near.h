/* SPDX-License-Identifier: Apache-2.0 */
/* near.h - which of the words that there are somebody has meant who wrote another one. */
#ifndef MF_NEAR_H
#define MF_NEAR_H

#include <stdbool.h>
#include <stddef.h>

struct manifest_near {
    const char *word; /* the nearest; NULL: none is near */
    size_t length, slips;
};

void manifest_near(struct manifest_near *best, const char *word, size_t word_length,
                   const char *meant, size_t length);
/* Is `word` nearer to what was written than the best so far? Letters that are missing, too many,
 * others or changed with their neighbour are a slip each, and so is a whole beginning or end that
 * is missing; case does not count. Begin with all zeros. */

void manifest_near_words(struct manifest_near *best, const char *words, const char *meant,
                         size_t length);
/* The same for each word of a list, with blanks between them. */

#endif
