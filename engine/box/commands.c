/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - the table of all commands, which programs are compiled with.
 */
#include "engine/box/commands.h"

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

static const struct sh_command table[] = {
#define X(name, function, flags) {name, sh_cmd_##function, flags},
    SH_COMMANDS(X)
#undef X
};

static const struct sh_commands all = {table, RX_ARRAY_LEN(table)};

int shell_compile(struct rx_arena *arena, enum shell_flavour sh, uint32_t argc,
                  const char *const *argv, struct shell_program **out, struct shell_diag *diag)
{
    return sh_program_make(&all, arena, sh, argc, argv, out, diag);
}

bool shell_command_known(const char *name)
{
    return sh_command_find(&all, name) != NULL;
}
