/* SPDX-License-Identifier: Apache-2.0 */
/* options_sweep.c - the options that only sweep takes. */
#include "api/cli/options_int.h"

#include <string.h>

#include "engine/reactor/base.h"

const char *option_read_vary(struct cli_options *o, const char *value)
{
    const char *equals = strchr(value, '=');

    o->vary[o->vary_count++] = value;
    return equals == NULL || equals == value ? "" : NULL;
}

const char *option_read_measure(struct cli_options *o, const char *value)
{
    o->measure[o->measure_count++] = value; /* looked at by the verb, which knows them */
    return value[0] == '\0' ? "is no result" : NULL;
}

const char *option_read_seeds(struct cli_options *o, const char *value)
{
    const char *dots = strstr(value, "..");
    char first[24];
    uint64_t last;

    if (dots == NULL || (size_t)(dots - value) >= sizeof(first))
        return "";
    memcpy(first, value, (size_t)(dots - value));
    first[dots - value] = '\0';
    if (!cli_read_u64(first, UINT64_MAX, &o->first_seed) ||
        !cli_read_u64(dots + 2, UINT64_MAX, &last) || last < o->first_seed ||
        last - o->first_seed >= UINT32_MAX)
        return "";
    o->seeds = (uint32_t)(last - o->first_seed) + 1;
    return NULL;
}

const char *option_read_rows(struct cli_options *o, const char *value)
{
    static const char *const word[] = {"table", "csv", "json", "html"};
    uint32_t rows = 0;
    const char *wrong = option_word(value, word, RX_ARRAY_LEN(word), &rows);

    o->rows = rows;
    o->format = rows == CLI_ROWS_JSON ? CLI_JSON : CLI_TABLE;
    return wrong;
}
