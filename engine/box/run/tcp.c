/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp.c - the redirection to /dev/tcp/HOST/PORT, which bash makes itself: the network is
 * asked, and the task waits for its answer. An HTTP request that is written to the connection is
 * answered as curl's would be, and then the connection ends; of what else is talked nothing is
 * known, and nothing comes back.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

/* As long as Linux tries to connect. */
enum { CONNECT_MS = 127000, HOST_MAX = 256 };

enum socket_phase { TAKES, ASKED, HAS_HEAD, AWAITS_BODY, HAS_ALL };

enum { REQUEST_MAX = 1024 };

struct sh_socket {
    struct sh_url to;
    uint8_t phase;
    uint32_t request; /* its number; the task that made it gets the answer */
    uint32_t filler;  /* bytes of no meaning, behind the text */
    uint32_t sent, at, length, room;
    char *text;                     /* what has come: text[at..length) is not read yet */
    char request_text[REQUEST_MAX]; /* the beginning of what was written */
};

static const char *connect_error(enum shell_reply reply)
{
    switch (reply) {
    case SHELL_REPLY_REFUSED:
        return "Connection refused";
    case SHELL_REPLY_NO_ROUTE:
        return "No route to host";
    case SHELL_REPLY_NO_NAME:
        return "Name or service not known";
    case SHELL_REPLY_RESET:
        return "Connection reset by peer";
    default:
        return "Connection timed out";
    }
}

static bool split_address(const char *target, char host[HOST_MAX], uint16_t *port)
{
    const char *from = target + strlen("/dev/tcp/"), *slash = strchr(from, '/');
    unsigned n = 0;

    if (slash == NULL || slash == from || slash - from >= HOST_MAX)
        return false;
    memcpy(host, from, (size_t)(slash - from));
    host[slash - from] = '\0';
    for (from = slash + 1; *from >= '0' && *from <= '9' && n < 65536; from++)
        n = n * 10 + (unsigned)(*from - '0');
    *port = (uint16_t)n;
    return *from == '\0' && n > 0 && n < 65536;
}

bool sh_redirect_tcp(struct sh_task *t, int fd, const char *target)
{
    struct sh_url u = {.path = "/"};
    enum shell_reply reply;
    struct sh_file *f;

    if (!split_address(target, u.host, &u.port)) {
        sh_warn(t, "%s: Invalid argument", target);
        return false;
    }
    if (!t->connecting) {
        t->connecting = true;
        sh_ask(t, SHELL_ASK_CONNECT, &u, "CONNECT", CONNECT_MS);
        return false;
    }
    t->connecting = false;
    reply = sh_answer(t).reply;
    if (reply != SHELL_REPLY_OK) {
        if (reply == SHELL_REPLY_NO_NAME)
            sh_warn(t, "%s: %s", u.host, connect_error(reply));
        else
            sh_warn(t, "connect: %s", connect_error(reply));
        sh_warn(t, "%s: %s", target,
                reply == SHELL_REPLY_NO_NAME ? "Invalid argument" : connect_error(reply));
        return false;
    }
    f = sh_file_new(t->proc, SH_FILE_SOCKET);
    if (f != NULL && strncmp(target, "/dev/tcp/", 9) == 0) {
        f->socket = sh_alloc(t->proc, sizeof(*f->socket));
        if (f->socket != NULL)
            *f->socket = (struct sh_socket){.to = u};
    }
    if (f != NULL && !t->proc->over)
        return sh_keep_fd(t, fd, f);
    sh_file_unref(t->proc, f);
    return false;
}

/* ---- what is talked -------------------------------------------------------------------------- */

void sh_socket_free(struct shell_proc *p, struct sh_socket *s)
{
    if (s == NULL)
        return;
    sh_free(p, s->text, s->room);
    sh_free(p, s, sizeof(*s));
}

int sh_socket_write(struct sh_task *t, struct sh_socket *s, const char *data, size_t length)
{
    size_t n;

    (void)t;
    if (s == NULL)
        return 0;
    if (s->phase == HAS_ALL)
        return -EPIPE;
    n = RX_MIN(length, (size_t)REQUEST_MAX - 1 - s->sent);
    memcpy(s->request_text + s->sent, data, n);
    s->sent += (uint32_t)n;
    s->request_text[s->sent] = '\0';
    return 0;
}

static bool keep(struct sh_task *t, struct sh_socket *s, const char *text, size_t length)
{
    uint32_t used = s->length, room = used + (uint32_t)length;

    if (room > s->room) {
        char *grown = sh_regrow(t->proc, s->text, used, s->room, room);

        if (grown == NULL)
            return false;
        s->text = grown;
        s->room = room;
    }
    memcpy(s->text + used, text, length);
    s->length = room;
    return true;
}

static bool keep_body(struct sh_task *t, struct sh_socket *s, const struct shell_result *r)
{
    s->phase = HAS_ALL;
    if (strncmp(s->request_text, "HEAD ", 5) == 0)
        return true;
    if (r->body == NULL)
        s->filler = r->body_length;
    return r->body == NULL || keep(t, s, r->body, r->body_length);
}

/* METHOD PATH HTTP/1.x, headers and an empty line. 1: all of it is there; 0: so far; -1: it is
 * something else. */
static int parse(const struct sh_socket *s, char method[16], char path[SH_URL_MAX])
{
    const char *line = s->request_text, *end = strchr(line, '\n');
    char version[16] = "";

    if (s->sent == 0 || end == NULL ||
        sscanf(line, "%15[A-Z] %511s %15s", method, path, version) != 3 ||
        strncmp(version, "HTTP/", 5) != 0)
        return -1;
    return strstr(line, "\n\n") != NULL || strstr(line, "\n\r\n") != NULL ||
           s->sent == REQUEST_MAX - 1;
}

static int ask(struct sh_task *t, struct sh_socket *s)
{
    struct sh_url u = s->to, absolute;
    char method[16];
    int complete = parse(s, method, u.path);

    if (complete < 0) {
        s->phase = HAS_ALL;
        return 0;
    }
    if (complete == 0) { /* the server waits for the rest */
        t->wait = SH_WAITS_FOREVER;
        return SH_BLOCKED;
    }
    if (u.path[0] != '/' && sh_url_parse(u.path, &absolute))
        memcpy(u.path, absolute.path, sizeof(u.path));
    s->phase = ASKED;
    sh_ask(t, SHELL_ASK_HTTP, &u, method, RX_MS_NEVER);
    s->request = t->request;
    return SH_BLOCKED;
}

/* What has come since; false: the task still waits. */
static bool take(struct sh_task *t, struct sh_socket *s)
{
    struct shell_result r = sh_answer(t);
    char head[SH_HEAD_MAX];

    if (s->request != t->request) { /* somebody else's connection, or another question since */
        s->phase = HAS_ALL;
        return true;
    }
    if (!t->answered || t->reply->due > t->proc->now) {
        t->wait = SH_WAITS_ANSWER;
        t->until = t->answered ? t->reply->due : RX_MS_NEVER;
        return false;
    }
    if (s->phase == AWAITS_BODY)
        return r.reply != SHELL_REPLY_OK ? (s->phase = HAS_ALL, true) : keep_body(t, s, &r);
    s->phase = HAS_HEAD;
    if (r.reply != SHELL_REPLY_OK && r.reply != SHELL_REPLY_CUT) {
        s->phase = HAS_ALL;
        return true;
    }
    return keep(t, s, head, sh_response_head(head, sizeof(head), &r)) &&
           (r.body_after > 0 || r.reply == SHELL_REPLY_CUT || keep_body(t, s, &r));
}

/* Bytes that are there; 0: none are. */
static int hand_out(struct sh_socket *s, char *to, size_t room)
{
    uint32_t n = (uint32_t)RX_MIN(room, (size_t)(s->length - s->at));

    if (n > 0) {
        memcpy(to, s->text + s->at, n);
        s->at += n;
        return (int)n;
    }
    n = (uint32_t)RX_MIN(room, (size_t)s->filler);
    memset(to, 'x', n);
    s->filler -= n;
    return (int)n;
}

int sh_socket_read(struct sh_task *t, struct sh_socket *s, char *to, size_t room)
{
    int n;

    if (s == NULL)
        return 0;
    for (;;) {
        n = hand_out(s, to, room);
        if (n > 0 || s->phase == HAS_ALL)
            return n;
        if (s->phase == TAKES)
            return ask(t, s);
        if (s->phase == HAS_HEAD && s->request == t->request && t->reply != NULL) {
            s->phase = AWAITS_BODY;
            if (sh_await_body(t, RX_MS_NEVER) == SH_BLOCKED)
                return SH_BLOCKED;
        }
        if (!take(t, s))
            return SH_BLOCKED;
    }
}
