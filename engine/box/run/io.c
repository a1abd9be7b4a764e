/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io.c - what tasks read from and write to: the container's log, files, pipes.
 *
 * A write never stops half way: a pipe takes all of it, and its writer then waits until a reader
 * has made room (sh_full). That keeps commands simple; a pipe can so hold one write more than its
 * limit.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
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
    if (f->kind == SH_FILE_SOCKET)
        sh_socket_free(p, f->socket);
    else if (f->pipe != NULL)
        pipe_leave(p, f->pipe, f->kind == SH_FILE_WRITER);
    fs_unlock(&f->fs, f->lock);
    fs_close(&f->fs);
    sh_free(p, f, sizeof(*f));
}

struct sh_file *sh_file_new(struct shell_proc *p, enum sh_file_kind kind)
{
    struct sh_file *f = sh_alloc(p, sizeof(*f));

    if (f != NULL)
        *f = (struct sh_file){.refs = 1, .kind = (uint8_t)kind};
    return f;
}

bool sh_pipe_new(struct shell_proc *p, struct sh_file **reader, struct sh_file **writer)
{
    struct sh_pipe *pipe = sh_alloc(p, sizeof(*pipe));

    *reader = sh_file_new(p, SH_FILE_READER);
    *writer = sh_file_new(p, SH_FILE_WRITER);
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

/* The number in /dev/fd/3; -1: it is another path. */
static int descriptor_in(const char *path)
{
    static const char *const dirs[] = {"/dev/fd/", "/proc/self/fd/"};

    for (size_t i = 0; i < RX_ARRAY_LEN(dirs); i++) {
        size_t length = strlen(dirs[i]);
        int n;

        if (strncmp(path, dirs[i], length) != 0)
            continue;
        n = sh_fd_number(path + length, strlen(path + length));
        return n < SHELL_FD_MAX ? n : -1;
    }
    return -1;
}

bool sh_is_descriptor(struct sh_task *t, const char *path)
{
    int fd = descriptor_in(path);

    return fd >= 0 && sh_fd_slot(t, fd) >= 0;
}

int sh_open(struct sh_task *t, const char *path, int flags, struct sh_file **out)
{
    struct shell_proc *p = t->proc;
    char full[FS_PATH_MAX];
    struct fs_open o;
    int error = fs_join(full, t->cwd->text, path), fd;

    *out = NULL;
    if (error == 0 && (fd = descriptor_in(full)) >= 0) {
        fd = sh_fd_slot(t, fd);
        if (fd < 0)
            return -ENOENT;
        *out = sh_file_ref(t->fd[fd]);
        return 0;
    }
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
        *out = sh_file_new(p, SH_FILE_FS);
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

static struct sh_file *here_document(struct sh_task *t, const char *body, bool newline)
{
    struct sh_file *f = sh_file_new(t->proc, SH_FILE_FS);

    if (f == NULL)
        return NULL;
    f->fs = fs_temporary(t->proc->mem);
    if (f->fs.node == NULL ||
        fs_write(&f->fs, 0, body, (uint32_t)strlen(body), t->proc->now) != 0 ||
        (newline && fs_write(&f->fs, strlen(body), "\n", 1, t->proc->now) != 0)) {
        sh_file_unref(t->proc, f);
        sh_limit(t, "out of memory");
        return NULL;
    }
    return f;
}

bool sh_keep_fd(struct sh_task *t, int fd, struct sh_file *f)
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

/* What `target` says is not a descriptor. >& of bash then means a file. */
static bool bad_duplicate(struct sh_task *t, int fd, const char *target, uint32_t pos)
{
    if (t->flavour == SHELL_BASH && fd == 1 && target[0] != '\0' &&
        strspn(target, "0123456789-") != strlen(target))
        return sh_redirect(t, SH_REDIR_WRITE, 1, target, pos) &&
               sh_redirect(t, SH_REDIR_DUP, 2, "1", pos);
    sh_warn(t, t->flavour == SHELL_BASH ? "%s: ambiguous redirect" : "%s: bad file descriptor",
            target);
    return false;
}

static bool duplicate(struct sh_task *t, int fd, const char *target, uint32_t pos)
{
    size_t length = strlen(target), digits = strspn(target, "0123456789");
    bool move = target[digits] == '-' && digits + 1 == length && t->flavour == SHELL_BASH;
    int slot;

    if (strcmp(target, "-") == 0)
        return sh_keep_fd(t, fd, NULL);
    if (digits == 0 || (digits != length && !move) || (digits > 1 && t->flavour == SHELL_DASH))
        return bad_duplicate(t, fd, target, pos);
    slot = sh_fd_slot(t, sh_fd_number(target, digits));
    if (slot < 0) {
        sh_warn(t, "%.*s: Bad file descriptor", (int)digits, target);
        return false;
    }
    return sh_keep_fd(t, fd, sh_file_ref(t->fd[slot])) && (!move || sh_keep_fd(t, slot, NULL));
}

/* ---- files ----------------------------------------------------------------------------------- */

/* set -C: a regular file that is there is not written over. */
static bool clobbers(struct sh_task *t, const char *target)
{
    char full[FS_PATH_MAX];
    struct fs_stat st;

    return t->opt_C && fs_join(full, t->cwd->text, target) == 0 &&
           fs_stat(t->proc->setup.fs, full, &st) == 0 && st.kind == FS_FILE;
}

static bool cannot_open(struct sh_task *t, enum sh_redir_op op, const char *target, int error)
{
    if (t->flavour == SHELL_BASH)
        sh_warn(t, "%s: %s", target, fs_strerror(error));
    else if (op == SH_REDIR_READ)
        sh_warn(t, "can't open %s: %s", target,
                error == -ENOENT ? "no such file" : fs_strerror(error));
    else
        sh_warn(t, "can't create %s: %s", target,
                error == -ENOENT ? "nonexistent directory" : fs_strerror(error));
    return false;
}

bool sh_redirect(struct sh_task *t, enum sh_redir_op op, int fd, const char *target, uint32_t pos)
{
    static const int flags[] = {
        [SH_REDIR_READ] = FS_READ,
        [SH_REDIR_WRITE] = FS_WRITE | FS_CREATE | FS_TRUNCATE,
        [SH_REDIR_CLOBBER] = FS_WRITE | FS_CREATE | FS_TRUNCATE,
        [SH_REDIR_APPEND] = FS_WRITE | FS_CREATE | FS_APPEND,
        [SH_REDIR_BOTH] = FS_READ | FS_WRITE | FS_CREATE,
    };
    struct sh_file *f;
    int error;

    if (op == SH_REDIR_DUP)
        return duplicate(t, fd, target, pos);
    if (op == SH_REDIR_HERE || op == SH_REDIR_STRING) {
        f = here_document(t, target, op == SH_REDIR_STRING);
        return f != NULL && sh_keep_fd(t, fd, f);
    }
    if (t->flavour == SHELL_BASH &&
        (strncmp(target, "/dev/tcp/", 9) == 0 || strncmp(target, "/dev/udp/", 9) == 0))
        return sh_redirect_tcp(t, fd, target);
    if (op == SH_REDIR_WRITE && clobbers(t, target)) {
        sh_warn(t,
                t->flavour == SHELL_BASH ? "%s: cannot overwrite existing file"
                                         : "can't create %s: File exists",
                target);
        return false;
    }
    error = sh_open(t, target, flags[op], &f);
    return error == 0 ? sh_keep_fd(t, fd, f) : cannot_open(t, op, target, error);
}

void sh_restore(struct sh_task *t, uint16_t depth)
{
    struct sh_saved *s;

    while ((s = t->saved) != NULL && s->depth >= depth) {
        t->saved = s->next;
        if (s->is_options) {
            sh_options_put(t, s->options);
            sh_free(t->proc, s, sizeof(*s));
        } else if (s->is_var) {
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

/* Said once: on a cluster there would have been room. */
static void tell_no_space(struct sh_task *t)
{
    const char *word = t->call.argv != NULL ? t->call.argv[0] : "sh";
    char text[160];

    t->proc->no_space_told = true;
    snprintf(text, sizeof(text),
             "%.40s: no space left: files are kept in memory, up to %d MiB each and %d MiB in a "
             "volume", word, FS_FILE_BYTES_MAX >> 20, FS_VOLUME_BYTES_MAX >> 20);
    sh_diagnose(t, SHELL_DIAG_LIMIT, t->call.pos, word, text);
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
    case SH_FILE_SOCKET:
        return sh_socket_write(t, f->socket, s, length);
    case SH_FILE_FS:
        if (!f->writes)
            return -EBADF;
        if (f->append)
            f->at = fs_size(&f->fs);
        error = fs_write(&f->fs, f->at, s, (uint32_t)length, p->now);
        if (error == 0)
            f->at += length;
        else if (error == -ENOSPC && fs_is_simulators(&f->fs) && !p->no_space_told)
            tell_no_space(t);
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
    if (f->kind == SH_FILE_SOCKET)
        return sh_socket_read(t, f->socket, to, room);
    if (f->kind != SH_FILE_READER)
        return 0;
    pipe = f->pipe;
    if (pipe->length == 0) {
        if (pipe->writers == 0) {
            /* What is made of something that is not known is not known, either. */
            if (pipe->unknown && t->fd[1] != NULL && t->fd[1]->kind == SH_FILE_WRITER)
                t->fd[1]->pipe->unknown = true;
            return 0;
        }
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

bool sh_reads_unknown(const struct sh_task *t)
{
    return t->fd[0] != NULL && t->fd[0]->kind == SH_FILE_READER && t->fd[0]->pipe->unknown;
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

    char prefix[80];
    const char *source = t->unit != NULL ? t->unit->source : NULL;

    if (t->flavour == SHELL_BASH)
        snprintf(prefix, sizeof(prefix), "%.60s: line %u: ", source != NULL ? source : "bash",
                 RX_MAX(sh_line(t), 1u));
    else
        strcpy(prefix, "sh: ");
    va_start(args, format);
    complain(t, prefix, format, args);
    va_end(args);
}
