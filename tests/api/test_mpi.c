/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mpi.c - shares that mpirun starts, merged: what one process says. Skipped where there is no
 * mpirun; `make test-slow` installs one.
 */
#include "tests/api/test_cli_kit.h"

enum { COMMAND_ROOM = 9000 };

/* By itself: no remote shell, more processes than processors, and as root as in a container. */
#define MPIRUN "mpirun --mca plm isolated --allow-run-as-root --oversubscribe -n 4 "

static char *said_by(const char *command)
{
    FILE *f = popen(command, "r");
    char *text = calloc(1, 1 << 20);
    size_t n;
    int status;

    cr_assert(f != NULL && text != NULL);
    n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    status = pclose(f);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d\n%s", command, status,
              text);
    return text;
}

/* Counters, histograms, statuses and digest stand before what is said of engines. */
static char *about_pods(char *result)
{
    char *engines = strstr(result, "\n \"engines\"");

    cr_assert_not_null(engines, "%s", result);
    *engines = '\0';
    return result;
}

static void compare(const char *manifest, const char *dir)
{
    char command[COMMAND_ROOM], *merged, *whole;
    const char *podring = kit_binary();

    snprintf(command, sizeof(command),
             MPIRUN
             "'%s' simulate '%s' --for 5m -q --shard auto --result '%s/{shard}' 2>&1 >/dev/null",
             podring, manifest, dir);
    free(said_by(command));
    snprintf(command, sizeof(command), "'%s' merge -o json %s/0 %s/1 %s/2 %s/3", podring, dir, dir,
             dir, dir);
    merged = said_by(command);
    snprintf(command, sizeof(command),
             "'%s' simulate '%s' --for 5m -q --result '%s/whole' >/dev/null && "
             "cat '%s/whole'",
             podring, manifest, dir, dir);
    whole = said_by(command);
    cr_expect(strstr(merged, "\"engines\":{\"count\":4,") != NULL, "four engines: %s", merged);
    cr_expect_str_eq(about_pods(merged), about_pods(whole), "%s", manifest);
    free(merged);
    free(whole);
}

Test(mpi, four_processes_say_what_one_says)
{
    static const char *const manifest[] = {"docs/examples/ten-thousand.yaml",
                                           "tests/golden/workloads.yaml",
                                           "tests/golden/probes.yaml"};
    char dir[] = "/tmp/podring-mpi-XXXXXX", command[64];

    if (system("mpirun --version >/dev/null 2>&1") != 0)
        cr_skip_test("there is no mpirun (Debian: openmpi-bin)");
    if (access(manifest[0], R_OK) != 0)
        cr_skip_test("%s is not here: run from the root of the source tree", manifest[0]);
    if (system(MPIRUN "true >/dev/null 2>&1") != 0)
        cr_skip_test("mpirun cannot start four processes here");
    cr_assert_not_null(mkdtemp(dir));
    for (size_t i = 0; i < sizeof(manifest) / sizeof(manifest[0]); i++)
        compare(manifest[i], dir);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    cr_assert_eq(system(command), 0);
}
