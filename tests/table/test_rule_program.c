/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that nobody knows: every place a program can stand in, written out from the wording of
 * the rule.
 */
#include <criterion/criterion.h>

#include "engine/box/rule_program.h"
#include "engine/reactor/base.h"

#define S SHELL_PROGRAM_SERVES
#define D SHELL_PROGRAM_DONE

/* alone, last, exec, background, condition, pipe, captured, middle */
static const enum shell_program_fate known_nothing_of[SHELL_PROGRAM_ROLES][SHELL_PROGRAM_SPOTS] = {
    [SHELL_PROGRAM_MAIN] = {S, S, S, S, D, D, D, D},
    [SHELL_PROGRAM_SIDECAR] = {S, S, S, S, D, D, D, D},
    [SHELL_PROGRAM_INIT] = {D, D, D, D, D, D, D, D},
    [SHELL_PROGRAM_JOB] = {D, D, D, D, D, D, D, D},
    [SHELL_PROGRAM_PROBE] = {D, D, D, D, D, D, D, D},
    [SHELL_PROGRAM_HOOK] = {D, D, D, D, D, D, D, D},
};

Test(rule_program, each_place)
{
    for (int role = 0; role < SHELL_PROGRAM_ROLES; role++)
        for (int spot = 0; spot < SHELL_PROGRAM_SPOTS; spot++) {
            enum shell_program_fate gone =
                spot == SHELL_SPOT_ALONE ? SHELL_PROGRAM_NOT_STARTED : SHELL_PROGRAM_NOT_FOUND;

            cr_expect_eq(shell_program_fate(role, spot, false), known_nothing_of[role][spot],
                         "role %d, spot %d", role, spot);
            cr_expect_eq(shell_program_fate(role, spot, true), gone, "role %d, spot %d, missing",
                         role, spot);
        }
}

Test(rule_program, names_that_are_none)
{
    static const char *const none[] = {"",        "sleep 3600", "a && b",   "$(X)",  "cd /x; run",
                                       "a|b",     "a>b",        "`date`",   "a\tb",  "a\nb",
                                       "\"a\"",   "'a'",        "/bin/sh -c x", "a&", "(a)", "$X"};
    static const char *const some[] = {"nginx", "/usr/bin/X11/x", "./run.sh", "a-b_c.d+e", "[",
                                       "C:\\app.exe", "a=b", "a,b:c@d%e~f", "{a}", "\xc3\xa4"};

    for (size_t i = 0; i < RX_ARRAY_LEN(none); i++)
        cr_expect(shell_program_is_no_name(none[i]), "%s", none[i]);
    for (size_t i = 0; i < RX_ARRAY_LEN(some); i++)
        cr_expect_not(shell_program_is_no_name(some[i]), "%s", some[i]);
}
