/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - buffered output with a memory for errors. */
#include "api/cli/io/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/cli/cli.h"

enum { OUT_ROOM = 64 << 10 };

static void write_all(struct out *o, const char *at, size_t n);

void out_standard(struct out *o)
{
    *o = (struct out){.fd = STDOUT_FILENO, .name = "standard output"};
}

int out_create(struct out *o, const char *path)
{
    out_standard(o);
    if (strcmp(path, "-") == 0)
        return CLI_OK;
    o->name = path;
    o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    o->owned = o->fd >= 0;
    if (o->owned)
        return CLI_OK;
    cli_say("%s: cannot be created: %s", path, strerror(errno));
    return CLI_OUTPUT;
}

/* A file beside the one that it is to replace, with the same rights. False: not to be had. */
static bool open_part(struct out *o, const char *path)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    size_t room;

    if (there && !S_ISREG(st.st_mode))
        return false;
    /* A symbolic link goes on leading where it leads. */
    o->whole = there ? realpath(path, NULL) : strdup(path);
    room = o->whole != NULL ? strlen(o->whole) + 32 : 0;
    o->part = room > 0 ? malloc(room) : NULL;
    if (o->part == NULL)
        return false;
    snprintf(o->part, room, "%s.%ld.part", o->whole, (long)getpid());
    o->fd = open(o->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd >= 0 && there)
        (void)!fchmod(o->fd, st.st_mode & 07777);
    return o->fd >= 0;
}

static void forget_part(struct out *o)
{
    free(o->whole);
    free(o->part);
    o->whole = o->part = NULL;
}

int out_replace(struct out *o, const char *path)
{
    out_standard(o);
    if (strcmp(path, "-") == 0)
        return CLI_OK;
    o->name = path;
    o->owned = open_part(o, path);
    if (o->owned)
        return CLI_OK;
    forget_part(o);
    return out_create(o, path);
}

static bool make_room(struct out *o, size_t room)
{
    char *larger;

    if (room <= o->room)
        return true;
    larger = realloc(o->buffer, room);
    if (larger == NULL) {
        o->error = ENOMEM;
        return false;
    }
    o->buffer = larger;
    o->room = room;
    return true;
}

void out_render(struct out *o, out_render_fn *fn, const void *what)
{
    struct rx_text t;

    if (o->error != 0 || !make_room(o, OUT_ROOM))
        return;
    t = rx_text_in(o->buffer + o->used, o->room - o->used);
    fn(&t, what);
    if (t.length > t.room) {
        out_flush(o);
        if (!make_room(o, t.length))
            return;
        t = rx_text_in(o->buffer, o->room);
        fn(&t, what);
    }
    o->used += t.length;
}

static void render_string(struct rx_text *t, const void *what)
{
    rx_text_puts(t, what);
}

void out_puts(struct out *o, const char *s)
{
    out_render(o, render_string, s);
}

void out_put(struct out *o, const void *bytes, size_t n)
{
    if (o->error != 0 || !make_room(o, OUT_ROOM))
        return;
    if (n > o->room - o->used)
        out_flush(o);
    if (n > o->room) {
        write_all(o, bytes, n);
        return;
    }
    memcpy(o->buffer + o->used, bytes, n);
    o->used += n;
}

void out_flush(struct out *o)
{
    if (o->error == 0)
        write_all(o, o->buffer, o->used);
    o->used = 0;
}

int out_close(struct out *o)
{
    int code;

    out_flush(o);
    free(o->buffer);
    o->buffer = NULL;
    o->room = 0;
    /* Some file systems report a full disk only here. */
    if (o->owned && close(o->fd) != 0 && o->error == 0)
        o->error = errno;
    o->owned = false;
    if (o->part != NULL && o->error == 0 && rename(o->part, o->whole) != 0)
        o->error = errno;
    if (o->part != NULL && o->error != 0)
        unlink(o->part);
    forget_part(o);
    if (o->error == 0)
        return CLI_OK;
    /* A reader that has seen enough, such as head(1), is no news to anybody. */
    if (o->error == ENOMEM)
        cli_say("out of memory");
    else if (o->error != EPIPE)
        cli_say("writing %s failed: %s", o->name, strerror(o->error));
    code = o->error == ENOMEM ? CLI_SYSTEM : CLI_OUTPUT;
    o->error = 0;
    return code;
}

static void write_all(struct out *o, const char *at, size_t n)
{
    while (n > 0) {
        ssize_t written = write(o->fd, at, n);

        if (written >= 0) {
            at += written;
            n -= (size_t)written;
        } else if (errno == EAGAIN) {
            /* Somebody made the shared terminal or pipe non-blocking. */
            struct pollfd p = {.fd = o->fd, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            o->error = errno;
            return;
        }
    }
}
