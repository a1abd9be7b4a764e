/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_io.c - what tasks read from and write to: the container's log, files, pipes.
 *
 * A write never stops half way: a pipe takes all of it, and its writer then waits until a reader
 * has made room (sh_full). That keeps commands simple; a pipe can so hold one write more than its
 * limit.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_task.h"
#include "engine/reactor/base.h"

/* ---- open files ------------------------------------------------------------------------------ */

struct sh_file *sh_file_ref(struct sh_file *f)
{
    if (f != NULL)
        f->refs++;
    return f;
}

static void pipe_leave(struct shell_proc *p, struct sh_pipe *pipe, bool writer)
{
    if (writer)
        pipe->writers--;
    else
        pipe->readers--;
    if (pipe->readers == 0 && pipe->buffer != NULL) {
        sh_free(p, pipe->buffer, pipe->room);
        pipe->buffer = NULL;
        pipe->length = pipe->room = 0;
    }
    if (pipe->readers == 0 && pipe->writers == 0)
        sh_free(p, pipe, sizeof(*pipe));
}

void sh_file_unref(struct shell_proc *p, struct sh_file *f)
{
    if (f == NULL || --f->refs > 0)
        return;
    if (f->pipe != NULL)
        pipe_leave(p, f->pipe, f->kind == SH_FILE_WRITER);
    fs_close(&f->fs);
    sh_free(p, f, sizeof(*f));
}

static struct sh_file *file_new(struct shell_proc *p, enum sh_file_kind kind)
{
    struct sh_file *f = sh_alloc(p, sizeof(*f));

    if (f != NULL)
        *f = (struct sh_file){.refs = 1, .kind = (uint8_t)kind};
    return f;
}

bool sh_pipe_new(struct shell_proc *p, struct sh_file **reader, struct sh_file **writer)
{
    struct sh_pipe *pipe = sh_alloc(p, sizeof(*pipe));

    *reader = file_new(p, SH_FILE_READER);
    *writer = file_new(p, SH_FILE_WRITER);
    if (pipe == NULL || *reader == NULL || *writer == NULL) {
        sh_free(p, pipe, sizeof(*pipe));
        sh_file_unref(p, *reader);
        sh_file_unref(p, *writer);
        return false;
    }
    *pipe = (struct sh_pipe){.readers = 1, .writers = 1};
    (*reader)->pipe = (*writer)->pipe = pipe;
    return true;
}

void sh_set_fd(struct sh_task *t, int fd, struct sh_file *f)
{
    struct sh_file *old = t->fd[fd];

    t->fd[fd] = f;
    sh_file_unref(t->proc, old);
}

int sh_open(struct sh_task *t, const char *path, int flags, struct sh_file **out)
{
    struct shell_proc *p = t->proc;
    char full[FS_PATH_MAX];
    struct fs_open o;
    int error = fs_join(full, t->cwd->text, path);

    *out = NULL;
    if (error == 0)
        error = fs_open(p->setup.fs, full, flags, &o, p->now);
    if (error != 0)
        return error;
    switch (o.kind) {
    case FS_NULL:
        *out = sh_file_ref(&p->null);
        return 0;
    case FS_STDIN:
        *out = sh_file_ref(t->fd[0] != NULL ? t->fd[0] : &p->null);
        return 0;
    case FS_STDOUT:
        *out = sh_file_ref(t->fd[1] != NULL ? t->fd[1] : &p->null);
        return 0;
    case FS_STDERR:
        *out = sh_file_ref(t->fd[2] != NULL ? t->fd[2] : &p->null);
        return 0;
    case FS_MAIN_STDOUT:
        *out = sh_file_ref(p->setup.pid1 ? &p->out : &p->log);
        return 0;
    case FS_MAIN_STDERR:
        *out = sh_file_ref(p->setup.pid1 ? &p->err : &p->log);
        return 0;
    default:
        *out = file_new(p, SH_FILE_FS);
        if (*out == NULL) {
            fs_close(&o);
            return -ENOMEM;
        }
        (*out)->fs = o;
        (*out)->append = flags & FS_APPEND;
        (*out)->writes = flags & FS_WRITE;
        return 0;
    }
}

/* ---- redirection ----------------------------------------------------------------------------- */

static struct sh_file *here_document(struct sh_task *t, const char *body)
{
    struct sh_file *f = file_new(t->proc, SH_FILE_FS);

    if (f == NULL)
        return NULL;
    f->fs = fs_temporary(t->proc->mem);
    if (f->fs.node == NULL ||
        fs_write(&f->fs, 0, body, (uint32_t)strlen(body), t->proc->now) != 0) {
        sh_file_unref(t->proc, f);
        sh_limit(t, "out of memory");
        return NULL;
    }
    return f;
}

static bool put_fd(struct sh_task *t, int fd, struct sh_file *f)
{
    struct sh_saved *s = sh_alloc(t->proc, sizeof(*s));

    if (s == NULL) {
        sh_file_unref(t->proc, f);
        return false;
    }
    *s = (struct sh_saved){
        .next = t->saved, .depth = t->frames, .fd = (uint8_t)fd, .file = t->fd[fd]};
    t->saved = s;
    t->fd[fd] = f;
    return true;
}

static bool duplicate(struct sh_task *t, int fd, const char *target)
{
    int from;

    if (strcmp(target, "-") == 0)
        return put_fd(t, fd, NULL);
    if (target[0] < '0' || target[0] > '9' || target[1] != '\0') {
        sh_warn(t, "%s: bad file descriptor", target);
        return false;
    }
    from = target[0] - '0';
    if (t->fd[from] == NULL) {
        sh_warn(t, "%d: Bad file descriptor", from);
        return false;
    }
    return put_fd(t, fd, sh_file_ref(t->fd[from]));
}

bool sh_redirect(struct sh_task *t, enum sh_redir_op op, int fd, const char *target, uint32_t pos)
{
    static const int flags[] = {
        [SH_REDIR_READ] = FS_READ,
        [SH_REDIR_WRITE] = FS_WRITE | FS_CREATE | FS_TRUNCATE,
        [SH_REDIR_APPEND] = FS_WRITE | FS_CREATE | FS_APPEND,
        [SH_REDIR_BOTH] = FS_READ | FS_WRITE | FS_CREATE,
    };
    struct sh_file *f;
    int error;

    if (op == SH_REDIR_DUP)
        return duplicate(t, fd, target);
    if (op == SH_REDIR_HERE) {
        f = here_document(t, target);
        return f != NULL && put_fd(t, fd, f);
    }
    error = sh_open(t, target, flags[op], &f);
    if (error != 0) {
        if (strncmp(target, "/dev/tcp/", 9) == 0 || strncmp(target, "/dev/udp/", 9) == 0)
            sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, pos, target, "/dev/tcp is not in POSIX sh");
        if (op == SH_REDIR_READ)
            sh_warn(t, "can't open %s: %s", target,
                    error == -ENOENT ? "no such file" : fs_strerror(error));
        else
            sh_warn(t, "can't create %s: %s", target,
                    error == -ENOENT ? "nonexistent directory" : fs_strerror(error));
        return false;
    }
    return put_fd(t, fd, f);
}

void sh_restore(struct sh_task *t, uint16_t depth)
{
    struct sh_saved *s;

    while ((s = t->saved) != NULL && s->depth >= depth) {
        t->saved = s->next;
        if (s->is_var) {
            sh_vars_restore(t, s);
            sh_free(t->proc, s, sizeof(*s) + strlen(s->name) + 1);
        } else {
            sh_set_fd(t, s->fd, s->file);
            sh_free(t->proc, s, sizeof(*s));
        }
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

void sh_flush(struct shell_proc *p)
{
    struct sh_turn *turn = p->turn;

    if (turn == NULL || turn->used == 0)
        return;
    if (p->setup.host->output != NULL)
        p->setup.host->output(p->setup.ctx, turn->fd, turn->out, turn->used);
    turn->used = 0;
}

static void write_log(struct shell_proc *p, int fd, const char *s, size_t length)
{
    struct sh_turn *turn = p->turn;

    if (turn->fd != fd)
        sh_flush(p);
    turn->fd = fd;
    while (length > 0) {
        size_t n = RX_MIN(length, sizeof(turn->out) - turn->used);

        memcpy(turn->out + turn->used, s, n);
        turn->used += (uint32_t)n;
        s += n;
        length -= n;
        if (turn->used == sizeof(turn->out))
            sh_flush(p);
    }
}

static int write_pipe(struct sh_task *t, struct sh_pipe *pipe, const char *s, size_t length)
{
    if (pipe->readers == 0) {
        sh_signal(t, SH_SIG_PIPE);
        return -EPIPE;
    }
    if (pipe->start > 0 && pipe->start + pipe->length + length > pipe->room) {
        memmove(pipe->buffer, pipe->buffer + pipe->start, pipe->length);
        pipe->start = 0;
    }
    if (pipe->length + length > pipe->room) {
        uint32_t room = RX_MAX((uint32_t)(pipe->length + length), RX_MAX(256u, pipe->room * 2));
        char *buffer = sh_regrow(t->proc, pipe->buffer, pipe->length, pipe->room, room);

        if (buffer == NULL)
            return -ENOMEM;
        pipe->buffer = buffer;
        pipe->room = room;
    }
    memcpy(pipe->buffer + pipe->start + pipe->length, s, length);
    pipe->length += (uint32_t)length;
    return 0;
}

int sh_write_file(struct sh_task *t, struct sh_file *f, const char *s, size_t length)
{
    struct shell_proc *p = t->proc;
    int error;

    if (f == NULL || f->kind == SH_FILE_READER)
        return -EBADF;
    if (length == 0 || p->over || t->doomed != 0)
        return 0;
    sh_charge(t, (uint32_t)(length / 64));
    switch (f->kind) {
    case SH_FILE_OUT:
    case SH_FILE_ERR:
    case SH_FILE_LOG:
        if (p->output + length > SHELL_OUTPUT_MAX) {
            sh_limit(t, "too much output in one instant");
            return -EIO;
        }
        p->output += (uint32_t)length;
        write_log(p, f->kind == SH_FILE_OUT ? 1 : f->kind == SH_FILE_ERR ? 2 : 3, s, length);
        return 0;
    case SH_FILE_WRITER:
        return write_pipe(t, f->pipe, s, length);
    case SH_FILE_FS:
        if (!f->writes)
            return -EBADF;
        if (f->append)
            f->at = fs_size(&f->fs);
        error = fs_write(&f->fs, f->at, s, (uint32_t)length, p->now);
        if (error == 0)
            f->at += length;
        return error;
    default:
        return 0;
    }
}

bool sh_full(struct sh_task *t)
{
    for (int fd = 0; fd < SHELL_FDS; fd++) {
        struct sh_file *f = t->fd[fd];

        if (f != NULL && f->kind == SH_FILE_WRITER && f->pipe->length >= SHELL_PIPE_BYTES &&
            f->pipe->readers > 0) {
            t->wait = SH_WAITS_WRITE;
            t->file = f;
            return true;
        }
    }
    return false;
}

int sh_read_file(struct sh_task *t, struct sh_file *f, char *to, size_t room)
{
    struct sh_pipe *pipe;
    uint32_t n;

    if (f == NULL)
        return -EBADF;
    /* Here, not in the callers: a loop that throws away what it reads must end, too. */
    if (!sh_charge(t, 1 + (uint32_t)(room / 256)))
        return SH_BLOCKED;
    if (f->kind == SH_FILE_FS) {
        n = fs_read(&f->fs, f->at, to, (uint32_t)room);
        f->at += n;
        return (int)n;
    }
    if (f->kind != SH_FILE_READER)
        return 0;
    pipe = f->pipe;
    if (pipe->length == 0) {
        if (pipe->writers == 0)
            return 0;
        t->wait = SH_WAITS_READ;
        t->file = f;
        return SH_BLOCKED;
    }
    n = (uint32_t)RX_MIN(room, (size_t)pipe->length);
    memcpy(to, pipe->buffer + pipe->start, n);
    pipe->start += n;
    pipe->length -= n;
    if (pipe->length == 0)
        pipe->start = 0;
    return (int)n;
}

void sh_put(struct sh_task *t, const char *s, size_t length)
{
    int error = sh_write_file(t, t->fd[1], s, length);

    if (error == 0 || t->proc->over)
        return;
    if (!t->call.write_failed && error != -EPIPE)
        sh_complain(t, "%s: write error: %s", t->call.argv[0], fs_strerror(error));
    t->call.write_failed = true;
}

void sh_puts(struct sh_task *t, const char *s)
{
    sh_put(t, s, strlen(s));
}

/* ---- messages -------------------------------------------------------------------------------- */

/* Longer messages are cut: their words come from scripts. */
enum { LINE_ROOM = 640 };

void sh_printf(struct sh_task *t, const char *format, ...)
{
    char line[LINE_ROOM];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n > 0)
        sh_put(t, line, RX_MIN((size_t)n, sizeof(line) - 1));
}

static void complain(struct sh_task *t, const char *prefix, const char *format, va_list args)
{
    char line[LINE_ROOM];
    size_t used = (size_t)snprintf(line, sizeof(line), "%s", prefix);
    int n = vsnprintf(line + used, sizeof(line) - used - 1, format, args);

    if (n < 0)
        return;
    used = RX_MIN(used + (size_t)n, sizeof(line) - 2);
    line[used++] = '\n';
    sh_write_file(t, t->fd[2], line, used);
}

void sh_complain(struct sh_task *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(t, "", format, args);
    va_end(args);
}

void sh_warn(struct sh_task *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    complain(t, "sh: ", format, args);
    va_end(args);
}
