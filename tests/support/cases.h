/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cases.h - the commands that Kubernetes' own tests give to containers, as pieces of YAML: a shell
 * that waits, hears SIGTERM, takes its time and ends with a code.
 */
#ifndef TEST_CASES_H
#define TEST_CASES_H

/* Works for so long, or ends that long after a SIGTERM, with the code. */
#define CASE_WORK(seconds, term, code)                                                             \
    "command: [sh, -c, \"_term() { sleep " term "; exit " code "; }; trap _term TERM; "            \
    "exec sleep " seconds " & wait $!; exit " code "\"]"

/* The same, after a start of its own that leaves the file `started`. */
#define CASE_SLOW(start, seconds, term, code)                                                      \
    "command: [sh, -c, \"_term() { sleep " term "; exit " code "; }; trap _term TERM; "            \
    "exec sleep " start " & wait $!; touch started; exec sleep " seconds " & wait $!; exit " code \
    "\"]"

#define CASE_STARTED "startupProbe: {exec: {command: [test, -f, started]}}"
#define CASE_SH(script) "command: [/bin/sh, -c, \"" script "\"]"
#define CASE_HOOK(which, script) which ": {exec: {command: [sh, -c, \"" script "\"]}}"

#endif
