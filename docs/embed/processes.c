/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processes.c - real processes as containers: podring decides when one is started, stopped and started again,
 * this program forks, signals and reaps.
 *
 * Two pods: one ends with code 3 a while after its start; the other does not hear SIGTERM.
 */
#include <podring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char manifest[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: crash}\nspec:\n  containers:\n"
    "  - {name: c, image: none, imagePullPolicy: IfNotPresent, command: [sh, -c, 'sleep 0.2; exit 3']}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: deaf}\nspec:\n"
    "  terminationGracePeriodSeconds: 1\n  containers:\n"
    "  - {name: c, image: none, command: [sh, -c, 'trap \"\" TERM; while :; do sleep 0.1; done']}\n";

enum { PROCESSES = 16 };

static struct process {
    pid_t pid; /* 0: free */
    int fd;    /* a pidfd: readable when it has ended */
    uint64_t pod, watch;
} process[PROCESSES];
static unsigned started, reaped, killed;

static struct process *find(uint64_t pod)
{
    for (int i = 0; i < PROCESSES; i++)
        if (process[i].pid != 0 && process[i].pod == pod)
            return &process[i];
    return NULL;
}

/* It has ended: it is reaped once, and podring is told how. */
static void on_end(void *ctx, podring *ring, uint64_t watch, uint32_t events)
{
    struct process *p = ctx;
    siginfo_t info;

    (void)events;
    if (waitid(P_PIDFD, (id_t)p->fd, &info, WEXITED) != 0)
        return;
    podring_watch_stop(ring, watch);
    close(p->fd);
    p->pid = 0;
    reaped++;
    if (info.si_code == CLD_EXITED)
        podring_exited(ring, p->pod, NULL, info.si_status, 0, NULL);
    else
        podring_exited(ring, p->pod, NULL, 0, info.si_status, NULL);
}

static int start(void *ctx, podring *ring, const struct podring_call *c)
{
    struct process *p = NULL;

    (void)ctx;
    for (int i = 0; i < PROCESSES && p == NULL; i++)
        if (process[i].pid == 0)
            p = &process[i];
    if (p == NULL)
        return -1;
    p->pid = fork();
    if (p->pid == 0) {
        execvpe(c->argv[0], (char *const *)c->argv, (char *const *)c->env);
        _exit(127);
    }
    p->fd = p->pid > 0 ? (int)syscall(SYS_pidfd_open, p->pid, 0) : -1;
    p->pod = c->pod;
    if (p->fd < 0 || podring_watch_start(ring, p->fd, 1 /* POLLIN */, on_end, p, &p->watch) != 0)
        return -1;
    started++;
    return 1;
}

static int send_signal(void *ctx, podring *ring, const struct podring_call *c)
{
    struct process *p = find(c->pod);

    (void)ctx, (void)ring;
    killed += c->signal == SIGKILL;
    return p != NULL ? kill(p->pid, c->signal) : -1;
}

static int is_there(void *ctx, podring *ring)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    return podring_pod_info(ring, *(const uint64_t *)ctx, &info) == 0;
}

static int runs_first(void *ctx, podring *ring)
{
    struct podring_container_info info = PODRING_CONTAINER_INFO_INIT;

    return podring_container_info(ring, *(const uint64_t *)ctx, 0, &info) == 0 && info.last_exit_code < 0;
}

int main(void)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct podring_runtime runtime = PODRING_RUNTIME_INIT;
    struct podring_container_info info = PODRING_CONTAINER_INFO_INIT;
    uint64_t crash, deaf;
    podring *ring;

    options.flags = PODRING_NO_SERVER;
    runtime.start = start;
    runtime.signal = send_signal;
    if (podring_open(&options, &ring) != 0) {
        fprintf(stderr, "%s\n", podring_why(NULL));
        return podring_why(NULL)[0] == 'i' ? 77 : 1;
    }
    if (podring_set_runtime(ring, &runtime) != 0 ||
        podring_create_text(ring, "processes", manifest, strlen(manifest)) != 0 ||
        podring_find(ring, NULL, "crash", &crash) != 0 || podring_find(ring, NULL, "deaf", &deaf) != 0) {
        fprintf(stderr, "%s\n", podring_why(ring));
        return 1;
    }
    podring_run_while(ring, 10000, runs_first, &crash);
    podring_container_info(ring, crash, 0, &info);
    printf("crash: ended with %d\n", info.last_exit_code);
    podring_delete(ring, deaf, PODRING_GRACE_DEFAULT, 0);
    podring_run_while(ring, podring_clock(ring) + 10000, is_there, &deaf);
    podring_delete(ring, crash, 0, 0);
    podring_run_while(ring, podring_clock(ring) + 10000, is_there, &crash);
    printf("deaf: %s\n", killed > 0 ? "did not hear SIGTERM, and was killed" : "was not killed");
    printf("%s\n", started == reaped ? "each process was reaped once" : "some were not reaped");
    podring_close(ring);
    return info.last_exit_code == 3 && killed > 0 && started == reaped ? 0 : 1;
}
