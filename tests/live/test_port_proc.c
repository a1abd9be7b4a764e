/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_port_proc.c - processes as operations of the real port. Nothing here measures time; waits
 * have a limit only so that a bug ends as a failure. Each test ends with no child and no
 * descriptor more than it began with.
 */
#include <criterion/criterion.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "engine/reactor/port.h"

enum { ROOM = 10240, JOBS_MAX = 200 };

#define LIMIT (20 * RX_NS_PER_S)

/* ---- the rig --------------------------------------------------------------------------------- */

struct job {
    struct rx_op op;
    struct rx_spawn spawn;
    const char *argv[4], *env[3];
    char out[ROOM + 1], err[ROOM + 1];
    int started, ended; /* when, in the order of all starts and ends; 0 = not yet */
    int pid;
};

static struct rig {
    struct rx_mem mem;
    struct rx_port *port;
    struct rx_ready ready[64];
    int descriptors; /* at the start */
    int starts, ends;
} g;

static int count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    cr_assert_not_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void rig_open(uint32_t processes)
{
    struct rx_uring_options options = {.slots = 16, .processes = processes};
    char why[256] = "";
    int rc;

    memset(&g, 0, sizeof(g));
    g.descriptors = count_descriptors();
    cr_assert_eq(rx_mem_open(&g.mem), 0);
    rc = rx_port_uring_open(&g.port, &g.mem, &options, why, sizeof(why));
    if (rc == -RX_ENORING)
        cr_skip_test("%s", why);
    cr_assert_eq(rc, 0, "open: %s", rx_err_name(rc));
}

static void expect_no_child(void)
{
    siginfo_t info = {.si_pid = 0};
    int rc = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);

    cr_expect(rc == -1 && errno == ECHILD, "there is a child left%s",
              info.si_pid != 0 ? ", a zombie" : "");
}

static void rig_close(void)
{
    g.port->ops->destroy(g.port);
    cr_assert_eq(g.mem.state->bytes, 0, "%zu bytes leaked", g.mem.state->bytes);
    rx_mem_close(&g.mem);
    cr_expect_eq(count_descriptors(), g.descriptors, "%d descriptors instead of %d",
                 count_descriptors(), g.descriptors);
    expect_no_child();
}

static struct rx_port_stats rig_stats(void)
{
    struct rx_port_stats s;

    g.port->ops->stats(g.port, &s);
    return s;
}

static void rig_wait(rx_ns until)
{
    int n = g.port->ops->wait(g.port, until, g.ready, (int)RX_ARRAY_LEN(g.ready));

    cr_assert_geq(n, 0, "wait: %s", rx_err_name(n));
    for (int i = 0; i < n; i++) {
        struct rx_op *op = g.ready[i].op;

        op->res = g.ready[i].res;
        if (g.ready[i].final)
            op->state = RX_OP_DEAD;
        op->done(NULL, op);
    }
}

static void rig_until(const int *count, int target)
{
    rx_ns limit = g.port->ops->now(g.port) + LIMIT;

    while (*count < target) {
        cr_assert_lt(g.port->ops->now(g.port), limit, "stuck at %d of %d", *count, target);
        rig_wait(limit);
    }
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static void job_done(struct rx_loop *loop, struct rx_op *op)
{
    struct job *j = rx_container_of(op, struct job, op);

    (void)loop;
    if (op->state != RX_OP_DEAD) {
        cr_expect_eq(j->started, 0, "told twice that it runs");
        cr_expect_gt(op->res, 0);
        j->pid = op->res;
        j->started = ++g.starts;
        return;
    }
    cr_expect_eq(j->ended, 0, "ended twice");
    j->ended = ++g.ends;
}

static struct job *job_run(const char *program, const char *first, const char *second)
{
    struct job *j = calloc(1, sizeof(*j));

    cr_assert_not_null(j);
    j->argv[0] = program;
    j->argv[1] = first;
    j->argv[2] = first != NULL ? second : NULL;
    j->env[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
    j->env[1] = "ROSE=a rose";
    j->spawn = (struct rx_spawn){
        .argv = j->argv, .env = j->env, .out = j->out, .err = j->err, .room = ROOM};
    j->op.kind = RX_OP_SPAWN;
    j->op.spawn = &j->spawn;
    j->op.done = job_done;
    g.port->ops->start(g.port, &j->op);
    return j;
}

static struct job *job_sh(const char *script)
{
    return job_run("sh", "-c", script);
}

static struct job *job_whole(const char *script)
{
    struct job *j = job_sh(script);

    rig_until(&j->ended, 1);
    return j;
}

/* Gone, or nothing but a zombie that some other parent has not collected. */
static bool is_dead(int pid)
{
    char path[64], line[256] = "", *state;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    f = fopen(path, "r");
    if (f == NULL)
        return true;
    if (fgets(line, sizeof(line), f) == NULL)
        line[0] = '\0';
    fclose(f);
    state = strrchr(line, ')');
    return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

static void expect_death(int pid)
{
    cr_assert_gt(pid, 1);
    for (int i = 0; !is_dead(pid) && i < 2000; i++)
        usleep(5000);
    cr_expect(is_dead(pid), "process %d lives", pid);
}

/* ---- how a process ends ---------------------------------------------------------------------- */

Test(port_proc, exit_code_and_both_streams)
{
    struct job *j;

    rig_open(4);
    j = job_whole("echo out; echo err >&2; echo \"$ROSE\"; exit 3");
    cr_expect_eq(j->op.res, 3);
    cr_expect_str_eq(j->out, "out\na rose\n");
    cr_expect_str_eq(j->err, "err\n");
    cr_expect_eq(j->spawn.out_len, strlen(j->out));
    cr_expect_eq(j->spawn.err_len, strlen(j->err));
    cr_expect_eq(j->started, 1, "it was not told that it runs");
    free(j);
    rig_close();
}

Test(port_proc, success_and_silence)
{
    struct job *j;

    rig_open(4);
    j = job_run("true", NULL, NULL);
    rig_until(&j->ended, 1);
    cr_expect_eq(j->op.res, 0);
    cr_expect_eq(j->spawn.out_len + j->spawn.err_len, 0);
    free(j);
    rig_close();
}

Test(port_proc, a_signal_is_128_and_its_number)
{
    struct job *j;

    rig_open(4);
    j = job_whole("kill -TERM $$");
    cr_expect_eq(j->op.res, 128 + SIGTERM);
    free(j);
    rig_close();
}

Test(port_proc, what_cannot_be_executed)
{
    static const struct {
        const char *program;
        int error;
    } no[] = {
        {"no-such-program-at-all", -ENOENT},
        {"/no/such/program", -ENOENT},
        {"/usr", -EISDIR},
        {"/etc/passwd", -EACCES},
        {"", -ENOENT},
        {"./usr", -EISDIR},
    };

    rig_open(4);
    for (size_t i = 0; i < RX_ARRAY_LEN(no); i++) {
        struct job *j = job_run(no[i].program, NULL, NULL);

        rig_until(&j->ended, 1);
        cr_expect_eq(j->op.res, no[i].error, "\"%s\": %d", no[i].program, j->op.res);
        cr_expect_eq(j->started, 0);
        free(j);
    }
    cr_expect_eq(rig_stats().procs_failed, RX_ARRAY_LEN(no));
    cr_expect_eq(rig_stats().procs, 0);
    rig_close();
}

Test(port_proc, not_without_being_asked_for)
{
    struct job *j;

    rig_open(0);
    j = job_whole("true");
    cr_expect_eq(j->op.res, -EOPNOTSUPP);
    free(j);
    rig_close();
}

/* ---- what it inherits ------------------------------------------------------------------------ */

Test(port_proc, nothing_is_inherited)
{
    int leaky = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */
    sigset_t block;
    struct job *j;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    setenv("PODRING_TEST_SECRET", "1", 1);
    rig_open(4);
    /* ls opens the directory itself: 0, 1, 2 and that. The C library lets two real-time signals of
     * its own be ignored. */
    j = job_whole(
        "cat; ls /proc/self/fd | wc -l; env | grep -c SECRET;"
        "grep ^SigBlk /proc/self/status; grep -cE '^SigIgn:.{9}[08]0{7}$' /proc/self/status;"
        "test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo leads; pwd");
    cr_expect_str_eq(j->out, "4\n0\nSigBlk:\t0000000000000000\n1\nleads\n/\n", "got %s%s", j->out,
                     j->err);
    free(j);
    rig_close();
    close(leaky);
}

Test(port_proc, directory)
{
    struct job *j;

    rig_open(4);
    for (int there = 0; there < 2; there++) {
        j = job_sh("pwd"); /* the first is started as it stands */
        rig_until(&j->ended, 1);
        cr_expect_str_eq(j->out, "/\n");
        j->spawn.cwd = there ? "/usr" : "/no/such/place";
        memset(j->out, 0, sizeof(j->out));
        j->started = j->ended = 0;
        g.port->ops->start(g.port, &j->op);
        rig_until(&j->ended, 1);
        cr_expect_str_eq(j->out, there ? "/usr\n" : "/\n");
        free(j);
    }
    rig_close();
}

/* The program may have closed its own standard streams: pipes then get their numbers. */
Test(port_proc, without_standard_streams_of_our_own)
{
    int keep[3];
    struct job *j;

    for (int i = 0; i < 3; i++) {
        keep[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        close(i);
    }
    rig_open(4);
    j = job_whole("echo out; echo err >&2; exit 1");
    for (int i = 0; i < 3; i++) {
        dup2(keep[i], i);
        close(keep[i]);
    }
    g.descriptors = count_descriptors() - 2; /* the ring, and its bell */
    cr_expect_eq(j->op.res, 1);
    cr_expect_str_eq(j->out, "out\n");
    cr_expect_str_eq(j->err, "err\n");
    free(j);
    g.port->ops->destroy(g.port);
    rx_mem_close(&g.mem);
    expect_no_child();
}

/* ---- output ---------------------------------------------------------------------------------- */

Test(port_proc, megabytes_are_read_and_dropped)
{
    struct job *j;

    rig_open(4);
    j = job_whole("yes 0123456 | head -c 5000000; yes abcdefg | head -c 3000000 >&2; exit 7");
    cr_expect_eq(j->op.res, 7, "it could not write to its end");
    cr_expect_eq(j->spawn.out_len, ROOM);
    cr_expect_eq(j->spawn.err_len, ROOM);
    for (int i = 0; i < ROOM; i++) {
        cr_assert_eq(j->out[i], "0123456\n"[i % 8], "out, byte %d", i);
        cr_assert_eq(j->err[i], "abcdefg\n"[i % 8], "err, byte %d", i);
    }
    cr_expect_eq(j->out[ROOM], '\0', "written past the room");
    free(j);
    rig_close();
}

/* setsid: it has left the group, so that it is not killed with it. */
Test(port_proc, a_grandchild_that_holds_the_pipe_is_not_waited_for)
{
    struct job *j;
    int pid;

    rig_open(4);
    j = job_whole("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.2; echo mine; exit 5");
    cr_expect_eq(j->op.res, 5);
    pid = atoi(j->out);
    cr_expect_not_null(strstr(j->out, "mine\n"));
    cr_expect_not(is_dead(pid), "nothing was there to wait for");
    kill(pid, SIGKILL);
    free(j);
    rig_close();
}

Test(port_proc, what_is_left_of_the_group_is_killed)
{
    struct job *j;

    rig_open(4);
    j = job_whole("sleep 1000 & echo $!; exit 0");
    cr_expect_eq(j->op.res, 0);
    expect_death(atoi(j->out));
    cr_expect_eq(rig_stats().procs_killed, 0, "it ended by itself");
    free(j);
    rig_close();
}

/* ---- cancelling ------------------------------------------------------------------------------ */

Test(port_proc, cancel_kills_the_whole_group)
{
    struct job *j;

    rig_open(4);
    j = job_sh("trap '' TERM INT HUP; sleep 1000 & echo $!; wait; wait");
    rig_until(&g.starts, 1);
    while (j->spawn.out_len == 0)
        rig_wait(g.port->ops->now(g.port) + RX_NS_PER_MS);
    g.port->ops->cancel(g.port, &j->op);
    g.port->ops->cancel(g.port, &j->op);
    rig_until(&j->ended, 1);
    cr_expect_eq(j->op.res, -ECANCELED);
    cr_expect(is_dead(j->pid));
    expect_death(atoi(j->out));
    cr_expect_eq(rig_stats().procs_killed, 1);
    cr_expect_eq(rig_stats().procs_running, 0);
    free(j);
    rig_close();
}

/* Before the wait that would have started it. */
Test(port_proc, cancel_at_once)
{
    struct job *j;

    rig_open(4);
    j = job_sh("sleep 1000");
    g.port->ops->cancel(g.port, &j->op);
    rig_until(&j->ended, 1);
    cr_expect_eq(j->op.res, -ECANCELED);
    cr_expect_eq(rig_stats().procs, 0);
    free(j);
    rig_close();
}

Test(port_proc, cancel_in_line)
{
    struct job *a, *b, *c;

    rig_open(1);
    a = job_sh("sleep 0.2");
    b = job_sh("echo b");
    c = job_sh("echo c");
    cr_expect_eq(b->op.state, RX_OP_WAITING);
    g.port->ops->cancel(g.port, &b->op);
    rig_until(&g.ends, 3);
    cr_expect_eq(a->op.res, 0);
    cr_expect_eq(b->op.res, -ECANCELED);
    cr_expect_eq(b->started, 0);
    cr_expect_str_eq(c->out, "c\n");
    cr_expect_eq(rig_stats().procs_killed, 0);
    free(a);
    free(b);
    free(c);
    rig_close();
}

/* ---- many, and nothing to be had ------------------------------------------------------------- */

Test(port_proc, two_hundred_under_the_limit)
{
    static struct job *all[JOBS_MAX];

    rig_open(8);
    for (int i = 0; i < JOBS_MAX; i++)
        all[i] = job_run("echo", "hello", NULL);
    rig_until(&g.ends, JOBS_MAX);
    for (int i = 0; i < JOBS_MAX; i++) {
        cr_expect_eq(all[i]->op.res, 0);
        cr_expect_str_eq(all[i]->out, "hello\n");
        cr_expect_eq(all[i]->started, i + 1, "number %d was the %dth to start", i, all[i]->started);
        free(all[i]);
    }
    cr_expect_eq(rig_stats().procs, JOBS_MAX);
    cr_expect_leq(rig_stats().procs_peak, 8);
    cr_expect_geq(rig_stats().waited, JOBS_MAX - 8);
    cr_expect_eq(rig_stats().procs_running, 0);
    rig_close();
}

static void leave_descriptors(int n)
{
    struct rlimit limit;
    int highest = dup(0);

    close(highest);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)(highest + n);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* A start takes four descriptors, a running process three: with seven there are two at a time. */
Test(port_proc, short_of_descriptors_they_take_turns)
{
    enum { JOBS = 20 };
    struct job *all[JOBS];

    rig_open(JOBS);
    leave_descriptors(7);
    for (int i = 0; i < JOBS; i++)
        all[i] = job_sh("sleep 0.02; echo x");
    rig_until(&g.ends, JOBS);
    for (int i = 0; i < JOBS; i++) {
        cr_expect_eq(all[i]->op.res, 0, "%d", all[i]->op.res);
        cr_expect_str_eq(all[i]->out, "x\n");
        free(all[i]);
    }
    cr_expect_gt(rig_stats().procs_retry, 0);
    cr_expect_eq(rig_stats().procs_failed, 0);
    cr_expect_leq(rig_stats().procs_peak, 2);
    rig_close();
}

Test(port_proc, without_descriptors_it_fails_in_the_end)
{
    struct job *a, *b;

    rig_open(4);
    leave_descriptors(3);
    a = job_sh("true");
    b = job_sh("true");
    rig_until(&g.ends, 2);
    cr_expect_eq(a->op.res, -EMFILE);
    cr_expect_eq(b->op.res, -EMFILE);
    cr_expect_eq(rig_stats().procs_failed, 2);
    leave_descriptors(64);
    free(a);
    free(b);
    rig_close();
}

Test(port_proc, without_processes_it_fails_in_the_end)
{
    struct rlimit none = {0, 0};
    struct job *j;

    rig_open(4);
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &none), 0);
    if (getuid() == 0) /* whom the limit does not bind */
        cr_assert_eq(setresuid(65534, 65534, 65534), 0);
    j = job_whole("true");
    cr_expect_eq(j->op.res, -EAGAIN);
    cr_expect_gt(rig_stats().procs_retry, 10);
    cr_expect_eq(rig_stats().procs_failed, 1);
    free(j);
    rig_close();
}

/* ---- the end of the port --------------------------------------------------------------------- */

Test(port_proc, closing_kills_and_reaps)
{
    enum { JOBS = 6 };
    struct job *all[JOBS];
    int pids[4];

    rig_open(4);
    for (int i = 0; i < JOBS; i++)
        all[i] = job_sh("trap '' TERM; yes & sleep 1000");
    rig_until(&g.starts, 4);
    for (int i = 0; i < 4; i++)
        pids[i] = all[i]->pid;
    rig_close();
    for (int i = 0; i < 4; i++)
        cr_expect(is_dead(pids[i]));
    for (int i = 0; i < JOBS; i++)
        free(all[i]);
}

/* The embedding program is one that ignores SIGCHLD: exit codes are lost, nothing else is. */
Test(port_proc, somebody_else_reaps)
{
    struct job *j;

    signal(SIGCHLD, SIG_IGN);
    rig_open(4);
    j = job_whole("sleep 0.1; echo out; exit 3"); /* not gone before we have its pidfd */
    cr_expect_eq(j->op.res, -ECHILD);
    cr_expect_str_eq(j->out, "out\n");
    free(j);
    rig_close();
}
