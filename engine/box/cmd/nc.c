/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nc.c - nc, and who asks for names: nslookup, getent, host, dig, ping.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

/* ---- nc, nslookup ---------------------------------------------------------------------------- */

/* busybox's tells a refusal only if it is asked twice for its words, GNU images have OpenBSD's.
 * Both tell them on standard error, and a name that is unknown in any case. */
static void nc_tell(struct sh_task *t, const struct sh_call *c, const struct shell_result *r)
{
    static const char options[] = "zvw:nulkp:i:s:q:N";
    const char *host = c->argv[c->argc - 2], *port = c->argv[c->argc - 1];
    struct sh_opts o = {.first = c->argc - 2};
    struct sh_opt_at at = {0};
    char address[16];
    unsigned verbose = 0;
    bool busybox = sh_has_busybox(t);
    const char *why = r->reply == SHELL_REPLY_REFUSED   ? "Connection refused"
                      : r->reply == SHELL_REPLY_TIMEOUT ? "Connection timed out"
                                                        : "No route to host";

    while (sh_opt_next(c, options, &o, &at))
        verbose += at.letter == 'v';
    if (r->reply == SHELL_REPLY_NO_NAME) {
        if (busybox)
            sh_complain(t, "nc: bad address '%s'", host);
        else
            sh_complain(t, "nc: getaddrinfo for host \"%s\" port %s: Name or service not known",
                        host, port);
        return;
    }
    if (verbose == 0)
        return;
    snprintf(address, sizeof(address), "%.15s", host);
    if (r->address != 0)
        sh_dotted(address, r->address);
    if (r->reply == SHELL_REPLY_OK || r->reply == SHELL_REPLY_RESET)
        sh_complain(
            t, busybox ? "%s (%s:%s) open" : "Connection to %s (%s) %s port [tcp/*] succeeded!",
            host, address, port);
    else if (!busybox)
        sh_complain(t, "nc: connect to %s (%s) port %s (tcp) %s", host, address, port,
                    r->reply == SHELL_REPLY_TIMEOUT   ? "timed out: Operation now in progress"
                    : r->reply == SHELL_REPLY_REFUSED ? "failed: Connection refused"
                                                      : "failed: No route to host");
    else if (verbose > 1 || r->reply != SHELL_REPLY_REFUSED)
        sh_complain(t, "nc: %s (%s:%s): %s", host, address, port, why);
}

int sh_cmd_nc(struct sh_task *t, struct sh_call *c)
{
    struct shell_result r;
    struct sh_opts o;
    struct sh_url u = {.path = ""};
    rx_ms timeout = RX_MS_NEVER;
    int64_t port;

    if (c->phase == 1) {
        r = sh_answer(t);
        nc_tell(t, c, &r);
        return r.reply != SHELL_REPLY_OK;
    }
    /* The rest of the line is the program that would be connected: nobody talks to it. */
    for (uint32_t i = 1; i < c->argc; i++)
        if (strcmp(c->argv[i], "-e") == 0)
            c->argc = i;
    if (!sh_options(t, c, "zvw:nulkp:i:s:q:N", &o))
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

/* Whom it asks: the first server of the container's resolv.conf. */
static void say_server(struct sh_task *t)
{
    const char *text, *line;
    uint32_t size;

    if (fs_get(t->proc->setup.fs, "/etc/resolv.conf", &text, &size) != 0)
        return;
    line = memmem(text, size, "nameserver ", 11);
    if (line == NULL)
        return;
    line += 11;
    size -= (uint32_t)(line - text);
    for (text = line; size > 0 && *text != '\n'; text++)
        size--;
    sh_printf(t, "Server:\t\t%.*s\nAddress:\t%.*s%c53\n\n", (int)(text - line), line,
              (int)(text - line), line, t->flavour == SHELL_ASH ? ':' : '#');
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
        say_server(t);
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

/* ---- names -------------------------------------------------------------------------------------
 */

enum { RESOLVE_TIMEOUT_MS = 10000 };

static int ask_name(struct sh_task *t, const char *name)
{
    struct sh_url u = {.path = ""};

    snprintf(u.host, sizeof(u.host), "%s", name);
    return sh_ask(t, SHELL_ASK_RESOLVE, &u, "", RESOLVE_TIMEOUT_MS);
}

static uint32_t address_at(const struct shell_result *r, uint32_t i)
{
    return i == 0 ? r->address : r->other[i - 1];
}

/* getent hosts NAME; other databases are the image's. */
int sh_cmd_getent(struct sh_task *t, struct sh_call *c)
{
    struct shell_result r;
    char address[16];

    if (c->phase == 0) {
        if (c->argc < 3 ||
            (strcmp(c->argv[1], "hosts") != 0 && strncmp(c->argv[1], "ahosts", 6) != 0))
            return sh_call_unknown(t, c);
        c->phase = 1;
        return ask_name(t, c->argv[2]);
    }
    r = sh_answer(t);
    if (r.reply != SHELL_REPLY_OK)
        return 2;
    sh_dotted(address, r.address);
    if (strcmp(c->argv[1], "hosts") == 0)
        sh_printf(t, "%-15s %s\n", address, c->argv[2]);
    else
        sh_printf(t, "%-15s STREAM %s\n%-15s DGRAM  \n%-15s RAW    \n", address, c->argv[2],
                  address, address);
    return 0;
}

/* Does the word ask for records that nobody has here? Addresses are all there is. */
static bool is_other_record(const char *word)
{
    static const char *const types[] = {"AAAA", "ANY",  "CNAME", "MX",  "NAPTR", "NS",
                                        "PTR",  "SOA",  "SRV",   "TXT", "-x"};

    for (size_t i = 0; i < RX_ARRAY_LEN(types); i++)
        if (strcasecmp(types[i], word) == 0)
            return true;
    return false;
}

int sh_cmd_host(struct sh_task *t, struct sh_call *c)
{
    struct shell_result r;
    char address[16];
    struct sh_opts o;

    if (c->phase == 0) {
        if (!sh_options(t, c, "t:W:R:v4", &o) || o.first == c->argc)
            return 1;
        if (sh_opt(&o, 't') && strcasecmp(o.arg[sh_opt_bit('t')], "A") != 0)
            return sh_option_bad(t, c, o.arg[sh_opt_bit('t')]) ? 0 : 1;
        c->argv[1] = c->argv[o.first];
        c->phase = 1;
        return ask_name(t, c->argv[1]);
    }
    r = sh_answer(t);
    if (r.reply != SHELL_REPLY_OK) {
        sh_printf(t, "Host %s not found: 3(NXDOMAIN)\n", c->argv[1]);
        return 1;
    }
    for (uint32_t i = 0; i <= r.others; i++) {
        sh_dotted(address, address_at(&r, i));
        sh_printf(t, "%s has address %s\n", c->argv[1], address);
    }
    return 0;
}

/* dig [@SERVER] [+short] NAME [A]: with the search list, which the real one asks only with +search.
 * It ends with 0 also if there is nothing. */
int sh_cmd_dig(struct sh_task *t, struct sh_call *c)
{
    bool brief = false;
    const char *name = NULL;
    struct shell_result r;
    char address[16];

    for (uint32_t i = 1; i < c->argc; i++) {
        if (is_other_record(c->argv[i]))
            return sh_option_bad(t, c, c->argv[i]) ? 0 : 1;
        if (strcmp(c->argv[i], "-t") == 0 || strcmp(c->argv[i], "-q") == 0 ||
            strcasecmp(c->argv[i], "A") == 0 || strcasecmp(c->argv[i], "IN") == 0)
            continue;
        if (strcmp(c->argv[i], "+short") == 0)
            brief = true;
        else if (name == NULL && strchr("+-@", c->argv[i][0]) == NULL)
            name = c->argv[i];
    }
    if (name == NULL)
        return sh_call_unknown(t, c);
    if (c->phase == 0) {
        c->phase = 1;
        return ask_name(t, name);
    }
    r = sh_answer(t);
    if (!brief)
        sh_printf(t, ";; ->>HEADER<<- opcode: QUERY, status: %s\n%s",
                  r.reply == SHELL_REPLY_OK ? "NOERROR" : "NXDOMAIN",
                  r.reply == SHELL_REPLY_OK ? ";; ANSWER SECTION:\n" : "");
    for (uint32_t i = 0; r.reply == SHELL_REPLY_OK && i <= r.others; i++) {
        sh_dotted(address, address_at(&r, i));
        if (brief)
            sh_printf(t, "%s\n", address);
        else
            sh_printf(t, "%s.\t\t30\tIN\tA\t%s\n", name, address);
    }
    return 0;
}

/* ---- ping
 * ---------------------------------------------------------------------------------------- */

struct ping {
    struct sh_opts o;
    int64_t count;
    uint32_t sent;
    char address[16];
};

static int ping_init(struct sh_task *t, struct sh_call *c, struct ping *p)
{
    p->count = INT64_MAX;
    if (!sh_options(t, c, "c:w:W:i:s:q46AI:t:", &p->o) || p->o.first == c->argc ||
        (sh_opt(&p->o, 'c') && !sh_number(p->o.arg[sh_opt_bit('c')], &p->count)))
        return 1;
    /* The deadline counts seconds, and there is a packet in each. */
    if (sh_opt(&p->o, 'w') && sh_number(p->o.arg[sh_opt_bit('w')], &p->count) && p->count < 1)
        return 1;
    return -1;
}

/* Whoever has a name answers. */
int sh_cmd_ping(struct sh_task *t, struct sh_call *c)
{
    struct ping *p = c->state;
    struct shell_result r;
    const char *name;

    if (p == NULL) {
        int status;

        p = c->state = sh_call_alloc(t, sizeof(*p));
        if (p == NULL)
            return SH_BLOCKED;
        status = ping_init(t, c, p);
        return status >= 0 ? status : ask_name(t, c->argv[p->o.first]);
    }
    name = c->argv[p->o.first];
    if (p->sent == 0) {
        r = sh_answer(t);
        if (r.reply != SHELL_REPLY_OK) {
            sh_complain(t, "ping: bad address '%s'", name);
            return 1;
        }
        sh_dotted(p->address, r.address);
        sh_printf(t, "PING %s (%s): 56 data bytes\n", name, p->address);
    }
    if (!sh_opt(&p->o, 'q'))
        sh_printf(t, "64 bytes from %s: seq=%u ttl=64 time=0.050 ms\n", p->address, p->sent);
    if (++p->sent < p->count)
        return sh_sleep_until(t, sh_later(t->proc->now, RX_MS_PER_S));
    sh_printf(t,
              "\n--- %s ping statistics ---\n%u packets transmitted, %u packets received, 0%% "
              "packet loss\n"
              "round-trip min/avg/max = 0.050/0.050/0.050 ms\n",
              name, p->sent, p->sent);
    return 0;
}
