/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_signals.c - the first signal ends a run after the instant that it fell into, however
 * much there is to compute: what has been told is whole, and the exit code is that of a run that
 * ended. So it is, too, when the signal comes while the result is being written.
 *
 * The run writes into a pipe that holds a fraction of an instant. So it cannot run ahead of its
 * reader by more than a buffer, and which instant the signal fell into is known without a look at
 * the clock.
 */
#include <signal.h>

#include "tests/api/test_cli_kit.h"

enum {
    PODS = 400,
    PIPE_BYTES = 4096,
    SIGNAL_MS = 3000, /* when the first line of that instant has been read */
    AHEAD_MS = 1000,  /* the next one may have begun: there is a buffer on the way */
};

/* Every second each pod computes, fails and says so: 90 KB an instant. */
static const char heavy[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: hog}\nspec:\n  replicas: 400\n"
    "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
    "      containers:\n      - name: main\n        image: x\n        readinessProbe:\n"
    "          periodSeconds: 1\n          exec:\n            command: [sh, -c, "
    "'i=0; while [ $i -lt 200 ]; do i=$((i + 1)); done; echo $i; exit 1']\n";

struct reading {
    FILE *from;
    unsigned lines, of_instant; /* all, and those of the last instant */
    long long last_ms;
};

/* False: the end. Every line is one whole record, and none is missing. */
static bool read_line(struct reading *r)
{
    char line[4096];
    long long ms;
    unsigned seq;
    size_t n;

    if (fgets(line, sizeof(line), r->from) == NULL)
        return false;
    n = strlen(line);
    cr_assert(n > 2 && strcmp(line + n - 2, "}\n") == 0, "not whole: %s", line);
    cr_assert_eq(sscanf(line, "{\"at_ms\":%lld,\"seq\":%u,", &ms, &seq), 2, "%s", line);
    cr_assert_eq(seq, ++r->lines, "%s", line);
    r->of_instant = ms == r->last_ms ? r->of_instant + 1 : 1;
    r->last_ms = ms;
    return true;
}

static pid_t start(char *const *argv, FILE **out)
{
    posix_spawn_file_actions_t actions;
    int pipes[2], in = kit_file(heavy);
    pid_t pid;

    cr_assert_eq(pipe2(pipes, O_CLOEXEC), 0);
    cr_assert_geq(fcntl(pipes[1], F_SETPIPE_SZ, PIPE_BYTES), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    cr_assert_eq(posix_spawn(&pid, kit_binary(), &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in);
    close(pipes[1]);
    *out = fdopen(pipes[0], "r");
    cr_assert_not_null(*out);
    return pid;
}

static void ends_after_the_instant(char *const *argv, int signal)
{
    struct reading r = {.last_ms = -1};
    pid_t pid = start(argv, &r.from);
    int status;

    while (r.last_ms < SIGNAL_MS)
        cr_assert(read_line(&r), "it ended by itself after %lld ms", r.last_ms);
    cr_expect_eq(r.last_ms, SIGNAL_MS);
    kill(pid, signal);
    while (read_line(&r)) {
    }
    fclose(r.from);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", (unsigned)status);
    cr_expect_leq(r.last_ms, SIGNAL_MS + AHEAD_MS, "it went on");
    cr_expect_eq(r.of_instant, PODS, "the last instant is whole");
}

Test(cli_signals, the_first_ends_a_run_of_heavy_instants, .timeout = 60)
{
    char *argv[] = {"podring", "simulate", "-", "--for", "1000h", "--timing", "reference",
                    "-o", "ndjson", "-q", NULL};

    ends_after_the_instant(argv, SIGTERM);
    ends_after_the_instant(argv, SIGINT);
}

/* A table of 30 KB is kept until all of it is there: who reads its first line has the process
 * wait in the middle of the write. */
static void writes_to_the_end(char *const *argv)
{
    FILE *from;
    char line[256];
    pid_t pid = start(argv, &from);
    unsigned pods = 0;
    int status;

    cr_assert_not_null(fgets(line, sizeof(line), from));
    kill(pid, SIGTERM);
    while (fgets(line, sizeof(line), from) != NULL)
        pods += strncmp(line, "hog-", 4) == 0;
    fclose(from);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", (unsigned)status);
    cr_expect_eq(pods, PODS);
    cr_expect(strncmp(line, "events", 6) == 0, "the last line: %s", line);
}

Test(cli_signals, a_result_is_written_to_the_end, .timeout = 60)
{
    char *one[] = {"podring", "simulate", "-", "--for", "2s", "-q", "-o", "wide", NULL};
    char *crew[] = {"podring", "simulate", "-", "--for", "2s", "-q", "-o", "wide", "--workers", "2",
                    NULL};

    writes_to_the_end(one);
    writes_to_the_end(crew);
}
