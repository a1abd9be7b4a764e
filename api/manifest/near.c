/* SPDX-License-Identifier: Apache-2.0 */
/* near.c - how far two words are from each other, by the slips between them. */
#include "api/manifest/near.h"

#include <string.h>

#include "engine/reactor/base.h"

enum { LENGTH_MAX = 48, PIECE_MIN = 4 };

static char low(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Slips between two words, by the rows of the usual table. */
static size_t slips_of(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[3][LENGTH_MAX + 1];

    for (size_t k = 0; k <= m; k++)
        row[0][k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];

        now[0] = i;
        for (size_t k = 1; k <= m; k++) {
            bool same = low(a[i - 1]) == low(b[k - 1]);

            now[k] = RX_MIN(RX_MIN(last[k], now[k - 1]) + 1, last[k - 1] + !same);
            if (i > 1 && k > 1 && low(a[i - 1]) == low(b[k - 2]) && low(a[i - 2]) == low(b[k - 1]))
                now[k] = RX_MIN(now[k], before[k - 2] + 1);
        }
    }
    return row[n % 3][m];
}

/* Is the shorter one a beginning or an end of the longer? */
static bool is_piece(const char *a, size_t n, const char *b, size_t m)
{
    bool begins = true, ends = true;

    if (n > m)
        return is_piece(b, m, a, n);
    for (size_t i = 0; i < n; i++) {
        begins &= low(a[i]) == low(b[i]);
        ends &= low(a[i]) == low(b[m - n + i]);
    }
    return n >= PIECE_MIN && (begins || ends);
}

void manifest_near(struct manifest_near *best, const char *word, size_t word_length,
                   const char *meant, size_t length)
{
    size_t slips, most = RX_MAX(RX_MIN(length, word_length) / 3, (size_t)1);

    if (word_length > LENGTH_MAX || length > LENGTH_MAX || length == 0 || word_length == 0)
        return;
    slips = slips_of(word, word_length, meant, length);
    if (slips > most && is_piece(word, word_length, meant, length))
        slips = most;
    if (slips > most || (slips == length && slips == word_length) ||
        (best->word != NULL && slips >= best->slips))
        return;
    *best = (struct manifest_near){.word = word, .length = word_length, .slips = slips};
}

void manifest_near_words(struct manifest_near *best, const char *words, const char *meant,
                         size_t length)
{
    while (*words != '\0') {
        size_t n = strcspn(words, " ");

        manifest_near(best, words, n, meant, length);
        words += n + strspn(words + n, " ");
    }
}
