/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_watchdog.c - an instant that takes long is named, and one signal then ends the program. Here
 * since five seconds of CPU have to pass.
 */
#include <signal.h>

#include "tests/api/test_cli_kit.h"

/* Each pod computes until its limit of steps in the first instant: minutes in all. */
static const char hog[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: hog}\nspec:\n  replicas: 20000\n"
    "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
    "      containers:\n      - {name: main, image: x, command: [sh, -c, 'while :; do :; done']}\n";

static pid_t start(char *const *argv, int in, int err)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    cr_assert_eq(posix_spawn(&pid, kit_binary(), &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void one_signal_ends(char *const *argv)
{
    int said[2], in = kit_file(hog), status;
    char text[1024] = "";
    size_t n = 0;
    pid_t pid;

    cr_assert_eq(pipe2(said, O_CLOEXEC), 0);
    pid = start(argv, in, said[1]);
    close(said[1]);
    while (strchr(text, '\n') == NULL && n < sizeof(text) - 1) {
        ssize_t got = read(said[0], text + n, sizeof(text) - 1 - n);

        cr_assert_gt(got, 0, "it ended: %s", text);
        n += (size_t)got;
        text[n] = '\0';
    }
    cr_expect_not_null(strstr(text, "one instant, after 0.000s, has taken 5 s of CPU"), "%s", text);
    cr_expect_not_null(strstr(text, "now in pod default/hog-"), "%s", text);
    cr_expect_not_null(strstr(text, "container main"), "%s", text);
    kill(pid, SIGTERM);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM, "%x", (unsigned)status);
    close(said[0]);
    close(in);
}

Test(watchdog, names_the_pod_of_an_endless_instant, .timeout = 120)
{
    char *argv[] = {"podring", "simulate", "-", "--for", "1m", "-q", NULL};

    one_signal_ends(argv);
}

Test(watchdog, watches_every_engine, .timeout = 120)
{
    char *argv[] = {"podring", "simulate", "-", "--for", "1m", "-q", "--workers", "2", NULL};

    one_signal_ends(argv);
}
