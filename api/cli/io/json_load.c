/* SPDX-License-Identifier: Apache-2.0 */
/* json_load.c - what commands need of JSON that was read: messages, and numbers as options have. */
#include "api/cli/io/json_read.h"

#include <string.h>

#include "api/cli/options.h"

int json_load(struct json *j, const char *path)
{
    const char *why;

    if (json_open(j, path, &why))
        return CLI_OK;
    cli_say("%s: %s", path, why);
    return why == json_no_memory ? CLI_SYSTEM : j->text == NULL ? CLI_NO_INPUT : CLI_BAD_INPUT;
}

bool json_u64(const struct json_node *n, uint64_t max, uint64_t *out)
{
    char text[24];

    if (n == NULL || n->kind != JSON_NUMBER || n->length >= sizeof(text))
        return false;
    memcpy(text, n->text, n->length);
    text[n->length] = '\0';
    return cli_read_u64(text, max, out);
}
