/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_tcp.c - the redirection to /dev/tcp/HOST/PORT, which bash makes itself: the network is
 * asked, and the task waits for its answer. What is written to the connection is gone, and nothing
 * comes back.
 */
#include <string.h>

#include "engine/pod/shell_net.h"

/* As long as Linux tries to connect. */
enum { CONNECT_MS = 127000, HOST_MAX = 256 };

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
    return f != NULL && sh_keep_fd(t, fd, f);
}
