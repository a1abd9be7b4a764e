/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/box/rule_program.h"

#include <string.h>

/* What a container is there for: a server, unless it is there to end. */
static bool may_serve(enum pod_program_role role)
{
    return role == POD_PROGRAM_MAIN || role == POD_PROGRAM_SIDECAR;
}

static bool is_what_it_is_for(enum pod_program_spot spot)
{
    return spot == POD_SPOT_ALONE || spot == POD_SPOT_LAST || spot == POD_SPOT_EXEC ||
           spot == POD_SPOT_BACKGROUND;
}

enum pod_program_fate pod_program_fate(enum pod_program_role role, enum pod_program_spot spot,
                                       bool missing)
{
    if (missing)
        return spot == POD_SPOT_ALONE ? POD_PROGRAM_NOT_STARTED : POD_PROGRAM_NOT_FOUND;
    return may_serve(role) && is_what_it_is_for(spot) ? POD_PROGRAM_SERVES : POD_PROGRAM_DONE;
}

bool pod_program_is_no_name(const char *word)
{
    return word[0] == '\0' || strpbrk(word, " \t\n;&|<>()$`\"'") != NULL;
}
