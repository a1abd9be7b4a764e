/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snippet.c - see snippet.h.
 */
#include "tests/support/snippet.h"

#include <fcntl.h>
#include <ftw.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test_shell_kit.h"

enum { OUT_ROOM = 1 << 16, PATIENCE_MS = 20000, DRAIN_MS = 500 };

static const char *const shells[] = {"dash", "busybox", "bash"};

static bool names(const struct snippet *row, const char *shell)
{
    size_t n = strlen(shell);

    for (const char *s = row->shells; (s = strstr(s, shell)) != NULL; s += n)
        if ((s == row->shells || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0'))
            return true;
    return false;
}

/* ---- podring's ------------------------------------------------------------------------------- */

static void here_one(const struct snippet *row, const char *shell)
{
    static const struct rx_pair env[] = {
        {"HOME", "/tmp"}, {"LC_ALL", "C"}, {"PATH", "/usr/bin:/bin"}};
    const char *argv[] = {"busybox", "sh", "-c", row->script};
    static struct kit k;

    if (strcmp(shell, "busybox") != 0)
        argv[1] = shell;
    kit_open_argv(&k, argv[1] == shell ? 3 : 4, argv + (argv[1] == shell));
    k.setup.env = env;
    k.setup.env_count = RX_ARRAY_LEN(env);
    k.setup.cwd = "/tmp/snippet";
    k.setup.pid = 7; /* not a container's first: signals have their usual effect */
    k.setup.pid1 = false;
    k.fs.image = FS_IMAGE_DISTRIBUTION;
    fs_mkdir(&k.fs, k.setup.cwd, true, 0);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_ENDED, "%s: %s\n does not end", shell, row->script);
    cr_expect(strcmp(k.out, row->out) == 0 && k.state.code == row->code,
              "%s (podring): %s\n prints \"%s\", ends with %d, says \"%s\"\n wanted \"%s\", %d",
              shell, row->script, k.out, k.state.code, k.err, row->out, row->code);
    kit_close(&k);
}

void snippets_here(const struct snippet *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool any = false;

        for (size_t s = 0; s < RX_ARRAY_LEN(shells); s++) {
            if (!names(&rows[i], shells[s]))
                continue;
            here_one(&rows[i], shells[s]);
            any = true;
        }
        cr_expect(any, "row %zu names no shell: \"%s\"", i, rows[i].shells);
    }
}

/* ---- the real ones --------------------------------------------------------------------------- */

struct there {
    char path[64];    /* of the shell */
    char applets[64]; /* a directory of links to busybox, or "" */
    char search[160]; /* PATH=... */
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool find_shell(const char *name, char path[64])
{
    static const char *const dirs[] = {"/usr/bin", "/bin", "/usr/local/bin"};

    for (size_t i = 0; i < RX_ARRAY_LEN(dirs); i++) {
        snprintf(path, 64, "%s/%s", dirs[i], name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/*
 * A row with a wrong path must not harm the machine that it is tested on, least of all as root:
 * busybox's rm takes / as well. So the real shells may change files in their own directory only
 * (Landlock; Linux 5.13). Nothing is run without that.
 */
static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static int allow_below(int rules, const char *path, __u64 access)
{
    struct landlock_path_beneath_attr below = {.allowed_access = access,
                                               .parent_fd = open(path, O_PATH | O_CLOEXEC)};

    return (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
}

static int fence(const char *cwd)
{
    /* From which version on: moving between directories, truncate(2). */
    static const __u64 newer[][2] = {{2, 1 << 13}, {3, 1 << 14}};
    struct landlock_ruleset_attr all = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                             LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM};
    int version = landlock_version(), rules;

    for (size_t i = 0; i < RX_ARRAY_LEN(newer); i++)
        if (version >= (int)newer[i][0])
            all.handled_access_fs |= newer[i][1];
    rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    if (rules < 0 || allow_below(rules, cwd, all.handled_access_fs) != 0 ||
        allow_below(rules, "/dev", LANDLOCK_ACCESS_FS_WRITE_FILE) != 0 ||
        allow_below(rules, "/proc", LANDLOCK_ACCESS_FS_WRITE_FILE) != 0)
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_landlock_restrict_self, rules, 0);
}

static void child(const struct there *t, const char *shell, const char *script, const char *cwd,
                  int out)
{
    char *env[] = {"HOME=/tmp", "LC_ALL=C", (char *)(uintptr_t)t->search, NULL};
    int null = open("/dev/null", O_RDWR);

    /* What a parent ignores, as that of a job in the background does, a shell cannot trap. */
    for (int signal_ = 1; signal_ < 32; signal_++)
        signal(signal_, SIG_DFL);
    setsid();
    dup2(null, 0);
    dup2(out, 1);
    dup2(null, 2);
    if (chdir(cwd) != 0 || fence(cwd) != 0)
        _exit(99);
    if (strcmp(shell, "busybox") == 0)
        execle(t->path, "busybox", "sh", "-c", script, NULL, env);
    else
        execle(t->path, shell, "-c", script, NULL, env);
    _exit(99);
}

/* Reads all there is until the shell is gone and nobody else holds its output any more, or too much
 * time has passed. */
static void collect(pid_t pid, int from, char *out)
{
    struct pollfd fds[2] = {{.fd = from, .events = POLLIN},
                            {.fd = pidfd_open(pid, 0), .events = POLLIN}};
    size_t used = 0;
    bool gone = false;

    while (fds[0].fd >= 0 && poll(fds, 2, gone ? DRAIN_MS : PATIENCE_MS) > 0) {
        if (fds[0].revents != 0) {
            ssize_t n = read(from, out + used, OUT_ROOM - 1 - used);

            if (n <= 0)
                break;
            used += (size_t)n;
        } else if (fds[1].revents != 0) {
            gone = true;
            close(fds[1].fd);
            fds[1].fd = -1;
        }
    }
    out[used] = '\0';
    if (!gone) {
        fds[0].fd = -1;
        if (fds[1].fd >= 0 && poll(fds, 2, PATIENCE_MS) <= 0)
            fputs("a shell did not end in time\n", stderr);
        close(fds[1].fd);
    }
    kill(-pid, SIGKILL);
}

static void there_one(const struct there *t, const char *shell, const struct snippet *row)
{
    char cwd[] = "/tmp/snippet-XXXXXX";
    static char out[OUT_ROOM];
    int ends[2], status = 0, code;
    pid_t pid;

    cr_assert_not_null(mkdtemp(cwd));
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    fflush(NULL);
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        child(t, shell, row->script, cwd, ends[1]);
    close(ends[1]);
    collect(pid, ends[0], out);
    close(ends[0]);
    waitpid(pid, &status, 0);
    code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    cr_expect(strcmp(out, row->out) == 0 && code == row->code,
              "%s (the real one): %s\n prints \"%s\", ends with %d\n wanted \"%s\", %d", shell,
              row->script, out, code, row->out, row->code);
    remove_all(cwd);
}

/* So that every command is busybox's, whatever this build of it prefers. */
static void link_applets(struct there *t)
{
    char command[200];

    strcpy(t->applets, "/tmp/applets-XXXXXX");
    cr_assert_not_null(mkdtemp(t->applets));
    snprintf(command, sizeof(command), "%s --install -s %s", t->path, t->applets);
    cr_assert_eq(system(command), 0);
    snprintf(t->search, sizeof(t->search), "PATH=%s:/usr/bin:/bin", t->applets);
}

void snippets_there(const struct snippet *rows, size_t count, const char *shell)
{
    struct there t = {.search = "PATH=/usr/bin:/bin"};
    size_t named = 0;

    for (size_t i = 0; i < count; i++)
        named += names(&rows[i], shell);
    if (named == 0)
        return;
    if (!find_shell(shell, t.path))
        cr_skip_test("%s is not installed here", shell);
    if (landlock_version() < 1)
        cr_skip_test("no Landlock: a real shell could change files outside its directory");
    if (strcmp(shell, "busybox") == 0)
        link_applets(&t);
    for (size_t i = 0; i < count; i++)
        if (names(&rows[i], shell))
            there_one(&t, shell, &rows[i]);
    if (t.applets[0] != '\0')
        remove_all(t.applets);
}
