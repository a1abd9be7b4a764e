/* SPDX-License-Identifier: Apache-2.0 */
/* rule_program.c - the tables of what an unknown program is taken for. */
#include "engine/box/rule_program.h"

#include <string.h>

/* What a container is there for: a server, unless it is there to end. */
static bool may_serve(enum shell_program_role role)
{
    return role == SHELL_PROGRAM_MAIN || role == SHELL_PROGRAM_SIDECAR;
}

static bool is_what_it_is_for(enum shell_program_spot spot)
{
    return spot == SHELL_SPOT_ALONE || spot == SHELL_SPOT_LAST || spot == SHELL_SPOT_EXEC ||
           spot == SHELL_SPOT_BACKGROUND;
}

enum shell_program_fate shell_program_fate(enum shell_program_role role,
                                           enum shell_program_spot spot,
                                       bool missing)
{
    if (missing)
        return spot == SHELL_SPOT_ALONE ? SHELL_PROGRAM_NOT_STARTED : SHELL_PROGRAM_NOT_FOUND;
    return may_serve(role) && is_what_it_is_for(spot) ? SHELL_PROGRAM_SERVES : SHELL_PROGRAM_DONE;
}

bool shell_program_is_no_name(const char *word)
{
    return word[0] == '\0' || strpbrk(word, " \t\n;&|<>()$`\"'") != NULL;
}
