/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_exec.c - podring exec and podring cp from outside. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/api/test_cli_kit.h"

#define POD(containers)                                                                            \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"                                      \
    "  volumes: [{name: d, emptyDir: {}}]\n  containers:\n" containers

/* One of nothing that we run, and one that writes. */
static const char two[] = POD(
    "  - {name: c, image: nginx, env: [{name: A, value: one}],\n"
    "     volumeMounts: [{name: d, mountPath: /data}],\n"
    "     livenessProbe: {exec: {command: [cat, /data/ok]}, periodSeconds: 5,\n"
    "                     initialDelaySeconds: 30}}\n"
    "  - {name: w, image: busybox, volumeMounts: [{name: d, mountPath: /data}],\n"
    "     command: [sh, -c, \"while true; do echo x >> /data/log; sleep 10; done\"]}\n");

static void expect(const char *input, const char *line, int code, const char *out, const char *err)
{
    struct kit_ran r = kit_spawn(input, line);

    cr_expect_eq(r.code, code, "%s: exit code %d, not %d: %s", line, r.code, code, r.err);
    if (out != NULL)
        cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    if (err != NULL)
        cr_expect_str_eq(r.err, err, "%s says: %s", line, r.err);
    kit_release(&r);
}

/* ---- exec ------------------------------------------------------------------------------------ */

Test(cli_exec, a_command_has_the_containers_files_environment_and_name)
{
    expect(two, "exec - p -q --at 25s -- cat /data/log", 0, "x\nx\nx\n", "");
    expect(two, "exec - p -q --at 5s -- printenv A", 0, "one\n", "");
    expect(two, "exec - p -q --at 5s -- hostname", 0, "p\n", "");
    expect(two, "exec - p -c w --at 5s -- wc -l /data/log", 0, "1 /data/log\n", "");
    expect(two, "exec - p --at 5s -- hostname", 0, "p\n",
           "Defaulted container \"c\" out of: c, w\n");
}

Test(cli_exec, its_exit_code_is_ours)
{
    expect(two, "exec - p -q --at 1s -- false", 1, "", "command terminated with exit code 1\n");
    expect(two, "exec - p -q --at 1s -- cat /tmp/no", 1, "",
           "cat: can't open '/tmp/no': No such file or directory\n"
           "command terminated with exit code 1\n");
}

Test(cli_exec, processes_are_those_of_the_container_and_the_command)
{
    expect(two, "exec - p -q --at 1s -- pgrep -l .", 0, "1 nginx\n", NULL);
}

Test(cli_exec, a_program_that_nobody_knows_is_named)
{
    expect(two, "exec - p -q --at 1s -- nginx -t", 0, "",
           "sh: 1:1: nginx is not known: taken to succeed at once; a Behavior `exec` rule says "
           "otherwise\n");
    expect(two, "exec - p -q --at 1s --set unknown_programs=fail -- frob", 127, "", NULL);
}

Test(cli_exec, a_rule_answers_for_a_program)
{
    static const char ruled[] = POD("  - {name: c, image: nginx}\n")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
        "  exec: [{command: [frob, now], exitCode: 4, output: \"done\\n\", takes: 3s}]\n";

    expect(ruled, "exec - p --at 1s -- frob now", 4, "done\n",
           "command terminated with exit code 4\n");
}

/* The probe fails at 30, 35 and 40 s. */
Test(cli_exec, a_command_is_killed_with_its_container)
{
    expect(two, "exec - p -q --at 25s -- sleep 10", 0, "", "");
    expect(two, "exec - p -q --at 25s -- sleep 100", 137, "",
           "command terminated with exit code 137\n");
    expect(two, "exec - p -q -c w --at 25s -- sleep 100", 0, "", "");
    expect(two, "exec - p -q -c w --at 25s -- sleep 1000", 1, "",
           "podring: the command has not ended, and nothing is due that could end it, or not for "
           "10m\n");
}

Test(cli_exec, what_cannot_be_is_refused)
{
    static const char over[] =
        POD("  - {name: c, image: busybox, command: [\"true\"]}\n  restartPolicy: Never\n");

    expect(two, "exec - p", 64, "",
           "podring exec: no command given: it stands behind -- (see 'podring exec --help')\n");
    expect(two, "exec - x -- ls", 1, "", "Error (NotFound): pods \"x\" not found\n");
    expect(two, "exec - p -c x --at 1s -- ls", 1, "", "error: container not found (\"x\")\n");
    expect(over, "exec - p --at 1s -- ls", 1, "",
           "error: cannot exec into a container in a completed pod; current phase is Succeeded\n");
    expect(two, "exec - p --at 1s --exec host -- ls", 64, "", NULL);
}

/* ---- cp -------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    cr_assert_not_null(f);
    fputs(text, f);
    cr_assert_eq(fclose(f), 0);
}

static void holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *f = fopen(path, "r");

    cr_assert_not_null(f, "%s", path);
    found[fread(found, 1, sizeof(found) - 1, f)] = '\0';
    fclose(f);
    cr_expect_str_eq(found, text, "%s holds %s", path, found);
}

Test(cli_exec, files_and_folders_come_out_of_a_container)
{
    char dir[] = "/tmp/podring-cp-XXXXXX", line[256], path[256];

    cr_assert_not_null(mkdtemp(dir));
    expect(two, "cp - p:/data/log - -q --at 25s", 0, "x\nx\nx\n", "");
    snprintf(line, sizeof(line), "cp - p:/data %s/all -q --at 15s", dir);
    expect(two, line, 0, "", "");
    snprintf(path, sizeof(path), "%s/all/log", dir);
    holds(path, "x\nx\n");
    unlink(path);
    snprintf(path, sizeof(path), "%s/all", dir);
    rmdir(path);
    snprintf(line, sizeof(line), "cp - p:/data/log %s -q --at 5s", dir);
    expect(two, line, 0, "", "");
    snprintf(path, sizeof(path), "%s/log", dir);
    holds(path, "x\n");
    unlink(path);
    rmdir(dir);
    expect(two, "cp - p:/data/no - -q --at 5s", 1, "",
           "error: /data/no: No such file or directory\n");
}

Test(cli_exec, what_follows_from_a_file_that_comes_is_told)
{
    char path[] = "/tmp/podring-cp-XXXXXX", line[256];
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    close(fd);
    put(path, "fine\n");
    snprintf(line, sizeof(line), "cp - %s p:/data/ok -q --at 25s --for 60s", path);
    expect(two, line, 0, "", "");
    snprintf(line, sizeof(line), "cp - %s p:/data/other -q --at 32s --for 36s", path);
    expect(two, line, 0,
           "       35s  p/c                    ! Unhealthy: Liveness probe failed: cat: can't open "
           "'/data/ok': No such file or directory\n", "");
    snprintf(line, sizeof(line), "cp - %s p:/data/ok -q --at 32s --for 30s", path);
    expect(two, line, 64, "",
           "podring cp: --for is before --at (see 'podring cp --help')\n");
    unlink(path);
    expect(two, "cp - a b", 64, "",
           "podring cp: one of FROM and TO must be POD:PATH (see 'podring cp --help')\n");
    expect(two, "cp - p:log -", 64, "",
           "podring cp: 'log' is not an absolute path (see 'podring cp --help')\n");
}
