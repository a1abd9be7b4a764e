/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_kit.h - runs the podring binary beside the test program (or PODRING_BIN), with standard
 * output and error in memory files.
 */
#ifndef TEST_CLI_KIT_H
#define TEST_CLI_KIT_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { KIT_ARGS_MAX = 24 };

struct kit_ran {
    int code; /* exit code; 128 + n if a signal ended it */
    char *out, *err;
};

static inline const char *kit_binary(void)
{
    static char path[4096];
    const char *given = getenv("PODRING_BIN");
    ssize_t n;

    if (given != NULL)
        return given;
    n = readlink("/proc/self/exe", path, sizeof(path) - 16);
    cr_assert_gt(n, 0);
    path[n] = '\0';
    strcpy(strrchr(path, '/'), "/podring");
    return path;
}

static inline int kit_file(const char *text)
{
    int fd = memfd_create("podring-test", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static inline char *kit_contents(int fd)
{
    off_t n = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)n + 1);

    cr_assert_not_null(text);
    cr_assert_eq(pread(fd, text, (size_t)n, 0), n);
    close(fd);
    return text;
}

/* `line` is split at that mark; input is what the command reads from its standard input, or
 * NULL. */
static inline struct kit_ran kit_spawn_split(const char *input, const char *line, const char *mark)
{
    char copy[1024], *argv[KIT_ARGS_MAX + 2] = {"podring"}, *state = NULL;
    int argc = 1, status, in = kit_file(input != NULL ? input : ""), out = kit_file(""),
        err = kit_file("");
    struct kit_ran r = {0};
    posix_spawn_file_actions_t actions;
    pid_t pid;

    snprintf(copy, sizeof(copy), "%s", line);
    for (char *w = strtok_r(copy, mark, &state); w != NULL; w = strtok_r(NULL, mark, &state)) {
        cr_assert_leq(argc, KIT_ARGS_MAX);
        argv[argc++] = w;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    cr_assert_eq(posix_spawn(&pid, kit_binary(), &actions, NULL, argv, environ), 0, "cannot run %s",
                 kit_binary());
    posix_spawn_file_actions_destroy(&actions);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    r.out = kit_contents(out);
    r.err = kit_contents(err);
    close(in);
    return r;
}

static inline struct kit_ran kit_spawn(const char *input, const char *line)
{
    return kit_spawn_split(input, line, " ");
}

static inline void kit_release(struct kit_ran *r)
{
    free(r->out);
    free(r->err);
}

#endif
