/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_net.c - nc and nslookup: one question to the host, later an answer.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_net.h"
#include "engine/reactor/base.h"

/* ---- nc, nslookup ---------------------------------------------------------------------------- */

int sh_cmd_nc(struct sh_task *t, struct sh_call *c)
{
    struct shell_result r;
    struct sh_opts o;
    struct sh_url u = {.path = ""};
    rx_ms timeout = RX_MS_NEVER;
    int64_t port;

    if (c->phase == 1) {
        r = sh_answer(t);
        if (r.reply == SHELL_REPLY_NO_NAME)
            sh_complain(t, "nc: bad address '%s'", c->argv[c->argc - 2]);
        else if (r.reply != SHELL_REPLY_OK && r.reply != SHELL_REPLY_RESET)
            sh_complain(t, "nc: %s (%s)", c->argv[c->argc - 2],
                        r.reply == SHELL_REPLY_REFUSED   ? "Connection refused"
                        : r.reply == SHELL_REPLY_TIMEOUT ? "Connection timed out"
                                                         : "No route to host");
        return r.reply != SHELL_REPLY_OK;
    }
    /* The rest of the line is the program that would be connected: nobody talks to it. */
    for (uint32_t i = 1; i < c->argc; i++)
        if (strcmp(c->argv[i], "-e") == 0)
            c->argc = i;
    if (!sh_options(t, c, "zvw:nulkp:i:s:q:", &o))
        return 1;
    if (sh_opt(&o, 'l'))
        return sh_call_serve(t, c);
    if (o.first + 2 != c->argc || !sh_number(c->argv[o.first + 1], &port) || port < 1 ||
        port > 65535 || (sh_opt(&o, 'w') && !sh_duration(o.arg[sh_opt_bit('w')], &timeout))) {
        sh_complain(t, "nc: usage: nc [-z] [-w SECS] HOST PORT");
        return 1;
    }
    snprintf(u.host, sizeof(u.host), "%s", c->argv[o.first]);
    u.port = (uint16_t)port;
    c->phase = 1;
    return sh_ask(t, SHELL_ASK_CONNECT, &u, "", timeout);
}

int sh_cmd_nslookup(struct sh_task *t, struct sh_call *c)
{
    enum { RESOLVE_TIMEOUT_MS = 10000 };
    struct shell_result r;
    char address[16];
    struct sh_opts o;
    struct sh_url u = {.path = ""};

    if (c->phase == 1) {
        const char *name = c->argv[c->argc - 1];

        r = sh_answer(t);
        if (r.reply == SHELL_REPLY_TIMEOUT) {
            sh_puts(t, ";; connection timed out; no servers could be reached\n\n");
            return 1;
        }
        if (r.reply == SHELL_REPLY_NO_NAME) {
            sh_printf(t, "** server can't find %s: NXDOMAIN\n\n", name);
            return 1;
        }
        sh_printf(t, "Name:\t%s\n", name);
        sh_dotted(address, r.address);
        sh_printf(t, "Address: %s\n", address);
        for (uint32_t i = 0; i < r.others; i++) {
            sh_dotted(address, r.other[i]);
            sh_printf(t, "Address: %s\n", address);
        }
        sh_puts(t, "\n");
        return 0;
    }
    if (!sh_options(t, c, "", &o))
        return 1;
    if (o.first == c->argc) {
        sh_complain(t, "nslookup: usage: nslookup HOST");
        return 1;
    }
    c->argc = o.first + 1; /* a server that is named behind the host makes no difference */
    snprintf(u.host, sizeof(u.host), "%s", c->argv[o.first]);
    c->phase = 1;
    return sh_ask(t, SHELL_ASK_RESOLVE, &u, "", RESOLVE_TIMEOUT_MS);
}
