/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_spawn.c - posix_spawn with a session and pipes of its own, and the end of the group.
 */
#include "engine/reactor/port_uring_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- which program, and where ---------------------------------------------------------------- */

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *directory_of(const struct rx_spawn *s)
{
    return s->cwd != NULL && is_directory(s->cwd) ? s->cwd : "/";
}

static const char *search_path(const struct rx_spawn *s)
{
    for (const char *const *e = s->env; *e != NULL; e++)
        if (strncmp(*e, "PATH=", 5) == 0)
            return *e + 5;
    return "";
}

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* An absolute path, since the child looks at it from a directory of its own. A name without a slash
 * is looked for as container runtimes do: in absolute directories only. */
static int locate(const struct rx_spawn *s, char *out, size_t room)
{
    const char *name = s->argv[0], *dir = search_path(s);

    if (strchr(name, '/') != NULL) {
        int n = name[0] == '/' ? snprintf(out, room, "%s", name)
                               : snprintf(out, room, "%s/%s", directory_of(s), name);

        return (size_t)n < room ? 0 : -ENAMETOOLONG;
    }
    while (name[0] != '\0' && *dir != '\0') {
        int length = (int)strcspn(dir, ":");

        if (dir[0] == '/' && (size_t)snprintf(out, room, "%.*s/%s", length, dir, name) < room &&
            is_program(out))
            return 0;
        dir += length + (dir[length] == ':');
    }
    return -ENOENT;
}

/* ---- starting -------------------------------------------------------------------------------- */

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
    pair[0] = pair[1] = -1;
}

/* Away from 0, 1 and 2, which the program may have closed: they are what the child is given. */
static int move_up(int *fd)
{
    int moved;

    if (*fd > STDERR_FILENO)
        return 0;
    moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0)
        return -errno;
    close(*fd);
    *fd = moved;
    return 0;
}

static int open_pipe(int pair[2])
{
    int rc;

    if (pipe2(pair, O_CLOEXEC) != 0)
        return -errno;
    rc = move_up(&pair[0]);
    return rc == 0 ? move_up(&pair[1]) : rc;
}

static int prepare_actions(posix_spawn_file_actions_t *actions, const char *cwd, int out, int err)
{
    int rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, err, STDERR_FILENO);
    /* Descriptors of the embedding program need not be close-on-exec. */
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (rc == 0)
        rc = posix_spawn_file_actions_addchdir_np(actions, cwd);
    return -rc;
}

static void prepare_attributes(posix_spawnattr_t *attributes)
{
    sigset_t set;

    sigfillset(&set);
    posix_spawnattr_setsigdefault(attributes, &set);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(attributes, &set);
    posix_spawnattr_setflags(attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn_with(const struct rx_spawn *s, const char *path, int out, int err, int *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc != 0)
        return -rc;
    posix_spawnattr_init(&attributes); /* cannot fail in this libc */
    prepare_attributes(&attributes);
    rc = prepare_actions(&actions, directory_of(s), out, err);
    /* exec does not write to what the pointers lead to; its prototype is older than const. */
    if (rc == 0)
        rc = -posix_spawn(pid, path, &actions, &attributes, (char *const *)(uintptr_t)s->argv,
                          (char *const *)(uintptr_t)s->env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc == -EACCES && is_directory(path) ? -EISDIR : rc;
}

int rx_sys_spawn(const struct rx_spawn *s, struct rx_child *c)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1}, rc;
    char path[PATH_MAX];

    *c = (struct rx_child){.pid = -1, .pidfd = -1, .stream = {-1, -1}};
    rc = locate(s, path, sizeof(path));
    if (rc == 0)
        rc = open_pipe(out);
    if (rc == 0)
        rc = open_pipe(err);
    if (rc == 0)
        rc = spawn_with(s, path, out[1], err[1], &c->pid);
    if (rc != 0) {
        close_pair(out);
        close_pair(err);
        return rc;
    }
    /* In this order: what is closed makes room for what is opened, even at the limit. */
    close(out[1]);
    close(err[1]);
    c->stream[0] = out[0];
    c->stream[1] = err[0];
    c->pidfd = pidfd_open(c->pid, 0);
    if (c->pidfd >= 0)
        return 0;
    rc = errno == ESRCH ? -ECHILD : -errno; /* ESRCH: over, and reaped by somebody else */
    if (rc != -ECHILD) {
        kill(-c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
    }
    close_pair(c->stream);
    return rc;
}

/* ---- ending ---------------------------------------------------------------------------------- */

void rx_sys_kill_group(const struct rx_child *c)
{
    /* Refused if somebody else has reaped it: then the number may be a stranger's by now. */
    if (pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0) == 0)
        kill(-c->pid, SIGKILL);
}

int rx_sys_reap(const struct rx_child *c, int32_t *code)
{
    siginfo_t info = {.si_pid = 0};

    if (waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return -ECHILD;
    if (info.si_pid == 0)
        return 0;
    kill(-c->pid, SIGKILL); /* the leader is a zombie and keeps the number */
    if (waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
        return -ECHILD;
    *code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    return 1;
}

void rx_sys_bury(const struct rx_child *c, rx_ns wait_max)
{
    struct pollfd p = {.fd = c->pidfd, .events = POLLIN};
    int32_t code;

    /* One that the kernel cannot end (it hangs in a device or a file system) is left to whoever
     * inherits the children of this program. */
    poll(&p, 1, (int)(wait_max / RX_NS_PER_MS));
    rx_sys_reap(c, &code);
}

uint32_t rx_sys_read_rest(int fd, char *to, uint32_t room)
{
    uint32_t used = 0;

    /* Its own open file: the writer's end is another and stays as it is. */
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (used < room) {
        ssize_t n = read(fd, to + used, room - used);

        if (n <= 0)
            break;
        used += (uint32_t)n;
    }
    return used;
}
