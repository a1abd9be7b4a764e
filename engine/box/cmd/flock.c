/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flock.c - flock: a lock on a descriptor, or on a file while a command runs. Locks are
 * the open files', wherever they are open: in other containers and pods, too. Who waits for one
 * looks again every second.
 */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

enum { LOOK_AGAIN_MS = 1000, FLOCK_USAGE = 64, FLOCK_NO_FILE = 66, FLOCK_BAD_FD = 65 };

struct flock {
    struct sh_opts o;
    struct sh_file *file; /* which a descriptor of the task holds */
    enum fs_lock wanted;
    int64_t conflict; /* exit code */
    rx_ms until;
    bool runs;
};

static const char options[] =
    "^sxeunw:E:oFv shared=s exclusive=x unlock=u nonblock=n nb=n timeout=w wait=w "
    "conflict-exit-code=E close=o no-fork=F verbose=v";

static int usage(struct sh_task *t)
{
    sh_complain(t, "flock: not enough arguments");
    return FLOCK_USAGE;
}

/* The descriptor of the first operand, or a new one for its file. 0, or an exit code. */
static int open_operand(struct sh_task *t, struct sh_call *c, struct flock *f)
{
    const char *word = c->argv[f->o.first];
    int number = sh_fd_number(word, strlen(word)), fd, error;

    if (f->o.first + 1 == c->argc) {
        fd = number < SHELL_FD_MAX ? sh_fd_slot(t, number) : -1;
        if (fd < 0) {
            sh_complain(t,
                        number < SHELL_FD_MAX ? "flock: %s: Bad file descriptor"
                                              : "flock: bad file descriptor: '%s'",
                        word);
            return number < SHELL_FD_MAX ? FLOCK_BAD_FD : FLOCK_USAGE;
        }
        f->file = t->fd[fd];
        return 0;
    }
    error = sh_open(t, word, FS_READ | FS_CREATE, &f->file);
    if (error != 0) {
        sh_complain(t, "flock: cannot open lock file %s: %s", word, fs_strerror(error));
        return FLOCK_NO_FILE;
    }
    for (number = SHELL_FDS_LOW; sh_fd_slot(t, number) >= 0;)
        number++;
    fd = sh_fd_claim(t, number);
    if (fd < 0) {
        sh_file_unref(t->proc, f->file);
        sh_limit(t, "too many open files");
        return SH_BLOCKED;
    }
    return sh_keep_fd(t, fd, f->file) ? 0 : SH_BLOCKED;
}

static int begin(struct sh_task *t, struct sh_call *c, struct flock *f)
{
    rx_ms wait = RX_MS_NEVER;

    f->conflict = 1;
    if (!sh_options(t, c, options, &f->o))
        return FLOCK_USAGE;
    if (f->o.first == c->argc)
        return usage(t);
    if ((sh_opt(&f->o, 'w') && !sh_duration(f->o.arg[sh_opt_bit('w')], &wait)) ||
        (sh_opt(&f->o, 'E') && !sh_number(f->o.arg[sh_opt_bit('E')], &f->conflict)))
        return FLOCK_USAGE;
    f->wanted = sh_opt(&f->o, 'u')   ? FS_LOCK_NONE
                : sh_opt(&f->o, 's') ? FS_LOCK_SHARED
                                     : FS_LOCK_ALONE;
    f->until = sh_opt(&f->o, 'n') ? t->proc->now : sh_later(t->proc->now, wait);
    return open_operand(t, c, f);
}

/* The command behind the file; `-c TEXT` stands behind it, too. */
static int run(struct sh_task *t, struct sh_call *c, struct flock *f)
{
    uint32_t first = f->o.first + 1;
    char shell[] = "/bin/sh", dash[] = "-c", *argv[] = {shell, dash, NULL};
    bool exec = sh_call_frame(t)->exec;
    int status;

    f->runs = true;
    sh_call_frame(t)->exec = false; /* it stays, and holds the lock */
    if (strcmp(c->argv[first], "-c") == 0 && first + 2 == c->argc) {
        argv[2] = c->argv[first + 1];
        status = sh_spawn_argv(t, c, RX_ARRAY_LEN(argv), argv);
    } else {
        status = sh_spawn_argv(t, c, c->argc - first, c->argv + first);
    }
    sh_call_frame(t)->exec = exec;
    return status;
}

int sh_cmd_flock(struct sh_task *t, struct sh_call *c)
{
    struct flock *f = c->state;
    int status;

    if (f == NULL) {
        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = begin(t, c, f);
        if (status != 0)
            return status;
    }
    if (f->runs)
        return sh_spawn_wait(t);
    if (!fs_lock(&f->file->fs, f->file->lock, f->wanted)) {
        if (t->proc->now >= f->until)
            return (int)f->conflict & 255;
        return sh_sleep_until(t, RX_MIN(f->until, sh_later(t->proc->now, LOOK_AGAIN_MS)));
    }
    f->file->lock = (uint8_t)f->wanted;
    return f->o.first + 1 < c->argc ? run(t, c, f) : 0;
}
