/* SPDX-License-Identifier: Apache-2.0 */
/* test_api_exec.c - commands from outside and files of containers, through podring.h. */
#include "tests/api/test_api_kit.h"

#define POD "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n" \
            "  volumes: [{name: d, emptyDir: {}}]\n  terminationGracePeriodSeconds: 1\n"           \
            "  containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /d}]}]\n"

static uint64_t start(podring *r, uint32_t argc, const char *const *argv)
{
    uint64_t run = 0;

    cr_assert_eq(podring_exec(r, kit_pod(r, "p"), NULL, argc, argv, &run), 0, "%s",
                 podring_why(r));
    return run;
}

static struct podring_exec_info info_of(podring *r, uint64_t run)
{
    struct podring_exec_info info = PODRING_EXEC_INFO_INIT;

    cr_assert_eq(podring_exec_info(r, run, &info), 0, "%s", podring_why(r));
    return info;
}

Test(api_exec, runs_while_time_goes_on)
{
    static const char *const argv[] = {"sh", "-c", "echo a; sleep 5; echo b >&2; exit 3"};
    podring *r = kit_ring(POD);
    struct podring_exec_info info;
    uint64_t run, other;

    kit_run(r, 1000);
    run = start(r, 3, argv);
    other = start(r, 1, (const char *const[]){"true"});
    info = info_of(r, run);
    cr_expect(!info.ended && info.exit_code == -1 && info.out_length == 0, "it begins in a turn");
    kit_run(r, 3000);
    info = info_of(r, run);
    cr_expect(!info.ended && info.out_length == 2 && memcmp(info.out, "a\n", 2) == 0);
    cr_expect(info_of(r, other).ended);
    kit_run(r, 6000);
    info = info_of(r, run);
    cr_expect(info.ended && info.exit_code == 3 && !info.cut);
    cr_expect(info.err_length == 2 && memcmp(info.err, "b\n", 2) == 0);
    cr_expect_eq(podring_exec_close(r, run), 0);
    cr_expect_eq(podring_exec_close(r, run), -PODRING_ENOTFOUND);
    podring_close(r); /* with the other one */
}

Test(api_exec, is_killed_with_its_container_and_its_pod)
{
    static const char *const argv[] = {"sleep", "1000"};
    podring *r = kit_ring(POD);
    uint64_t runs[3];

    kit_run(r, 1000);
    runs[0] = start(r, 2, argv);
    kit_run(r, 2000);
    cr_assert_eq(podring_kill(r, kit_pod(r, "p"), NULL, 9), 0);
    kit_run(r, 3000);
    cr_expect(info_of(r, runs[0]).ended && info_of(r, runs[0]).exit_code == 137);
    runs[1] = start(r, 2, argv);
    runs[2] = start(r, 2, argv);
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), PODRING_GRACE_DEFAULT, 0), 0);
    kit_run(r, 10000);
    for (int i = 0; i < 3; i++) {
        cr_expect(info_of(r, runs[i]).ended && info_of(r, runs[i]).exit_code == 137);
        cr_expect_eq(podring_exec_close(r, runs[i]), 0);
    }
    runs[0] = 0;
    cr_expect_eq(podring_exec(r, 1, NULL, 2, argv, &runs[0]), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_exec, may_be_forgotten_while_it_runs)
{
    static const char *const argv[] = {"sh", "-c", "sleep 100 & wait"};
    podring *r = kit_ring(POD);
    uint64_t run;

    kit_run(r, 1000);
    run = start(r, 3, argv);
    kit_run(r, 2000);
    cr_expect_eq(podring_exec_close(r, run), 0);
    kit_run(r, 200000);
    podring_close(r);
}

Test(api_exec, files_are_written_read_and_listed)
{
    podring *r = kit_ring(POD);
    char name[PODRING_FILE_NAME_MAX] = "";
    const char *data;
    uint64_t pod;
    size_t length;

    kit_run(r, 1000);
    pod = kit_pod(r, "p");
    cr_assert_eq(podring_file_write(r, pod, NULL, "/d/x/one", "a\0b", 3), 0, "%s", podring_why(r));
    cr_assert_eq(podring_file_write(r, pod, "c", "/d/x/two", "", 0), 0);
    cr_assert_eq(podring_file_read(r, pod, NULL, "/d/x/one", &data, &length), 0);
    cr_expect(length == 3 && memcmp(data, "a\0b", 3) == 0);
    cr_assert_eq(podring_file_list(r, pod, NULL, "/d/x", name, name), 0);
    cr_expect_str_eq(name, "one");
    cr_assert_eq(podring_file_list(r, pod, NULL, "/d/x", name, name), 0);
    cr_expect_str_eq(name, "two");
    cr_expect_eq(podring_file_list(r, pod, NULL, "/d/x", name, name), -PODRING_EAGAIN);
    cr_expect_eq(podring_file_list(r, pod, NULL, "/d/x/one", "", name), -PODRING_EIO);
    cr_expect_str_eq(podring_why(r), "/d/x/one: Not a directory");
    podring_close(r);
}
