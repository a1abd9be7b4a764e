/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - clients of servers, as scripts use them to see whether one is there: pg_isready, psql,
 * mysqladmin, mysql, redis-cli, mongosh, telnet. Whether they reach host and port is known here;
 * what they would talk about is not.
 *
 * Where nothing is known of the host (a name outside the cluster) or of the port (of their own pod,
 * which names others only), they are programs that nobody knows, and go by the rule for those.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

struct client {
    struct sh_url to; /* port 0: none was given */
    bool local;       /* the host is its default */
    bool talks;       /* asked for something that only the server knows */
    bool quiet;
    rx_ms timeout;
};

/* A name that only a cluster has: if it is not there, it is missing, or not there yet. */
static bool is_cluster_name(const char *host)
{
    static const char *const ends[] = {".svc", ".svc.", ".cluster.local", ".cluster.local.",
                                       ".pod"};
    const char *dot = strchr(host, '.');
    size_t length = strlen(host);

    for (size_t i = 0; i < RX_ARRAY_LEN(ends); i++) {
        size_t n = strlen(ends[i]);

        if (length > n && strcmp(host + length - n, ends[i]) == 0)
            return true;
    }
    return dot == NULL || strchr(dot + 1, '.') == NULL;
}

enum sh_reached sh_reached(const struct shell_result *r, const char *host)
{
    if (r->reply == SHELL_REPLY_OK || r->reply == SHELL_REPLY_RESET)
        return SH_REACHED;
    if (r->undeclared || (r->reply == SHELL_REPLY_NO_NAME && !is_cluster_name(host)))
        return SH_NOT_OURS;
    return SH_NOT_REACHED;
}

/* ---- command lines --------------------------------------------------------------------------- */

static void set_host(struct client *k, const char *host, size_t length)
{
    snprintf(k->to.host, sizeof(k->to.host), "%.*s", (int)RX_MIN(length, sizeof(k->to.host) - 1),
             host);
    k->local = length == 0 || host[0] == '/';
}

/* HOST, HOST:PORT, or with a scheme, a user, a path and more hosts around it: the first of them. */
static void set_address(struct client *k, const char *text)
{
    const char *s = strstr(text, "://") != NULL ? strstr(text, "://") + 3 : text, *at, *end;

    end = s + strcspn(s, "/?,");
    at = memrchr(s, '@', (size_t)(end - s));
    s = at != NULL ? at + 1 : s;
    set_host(k, s, (size_t)(RX_MIN(s + strcspn(s, ":"), end) - s));
    if (s + strcspn(s, ":") < end)
        k->to.port = (uint16_t)strtoul(s + strcspn(s, ":") + 1, NULL, 10);
}

/* The value of an option: -hX, -h X, --host=X, --host X. NULL: it is another one. *i moves on to a
 * word of its own. */
static const char *value_of(const struct sh_call *c, uint32_t *i, char letter, const char *name)
{
    const char *word = c->argv[*i];
    size_t n = strlen(name);

    if (letter != 0 && word[0] == '-' && word[1] == letter && word[2] != '\0')
        return word + 2;
    if (n > 0 && strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, n) == 0 &&
        word[2 + n] == '=')
        return word + 3 + n;
    if ((letter != 0 && word[0] == '-' && word[1] == letter && word[2] == '\0') ||
        (n > 0 && strncmp(word, "--", 2) == 0 && strcmp(word + 2, name) == 0))
        return *i + 1 < c->argc ? c->argv[++*i] : "";
    return NULL;
}

static uint16_t port_of(const char *text)
{
    unsigned long n = strtoul(text, NULL, 10);

    return n <= UINT16_MAX ? (uint16_t)n : 0;
}

/* Variables first, which options go before. */
static void defaults(struct sh_task *t, struct client *k, const char *host_var,
                     const char *port_var, uint16_t port, rx_ms timeout)
{
    const char *host = host_var != NULL ? sh_get(t, host_var) : NULL;
    const char *given = port_var != NULL ? sh_get(t, port_var) : NULL;

    *k = (struct client){.timeout = timeout};
    set_host(k, host != NULL ? host : "", host != NULL ? strlen(host) : 0);
    k->to.port = given != NULL && port_of(given) != 0 ? port_of(given) : port;
}

/* ---- the common way -------------------------------------------------------------------------- */

typedef void parse_fn(struct sh_task *t, struct sh_call *c, struct client *k);
typedef int tell_fn(struct sh_task *t, const struct client *k, const struct shell_result *r,
                    bool reached);

static int run_client(struct sh_task *t, struct sh_call *c, parse_fn *parse, tell_fn *tell)
{
    struct client *k = c->state;
    struct shell_result r;
    enum sh_reached reached;

    if (k == NULL) {
        k = c->state = sh_call_alloc(t, sizeof(*k));
        if (k == NULL)
            return SH_BLOCKED;
        parse(t, c, k);
        if (k->local)
            strcpy(k->to.host, "localhost");
        return sh_ask(t, SHELL_ASK_CONNECT, &k->to, "", k->timeout);
    }
    r = sh_answer(t);
    reached = sh_reached(&r, k->to.host);
    if (reached == SH_NOT_OURS || (reached == SH_REACHED && k->talks))
        return sh_call_unknown(t, c);
    return tell(t, k, &r, reached == SH_REACHED);
}

static const char *reason(const struct shell_result *r)
{
    return r->reply == SHELL_REPLY_REFUSED   ? "Connection refused"
           : r->reply == SHELL_REPLY_TIMEOUT ? "Connection timed out"
                                             : "No route to host";
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

/* "host=db port=5432 dbname=x", or a URI. */
static void pg_connection(struct client *k, const char *text)
{
    const char *host = strstr(text, "host="), *port = strstr(text, "port=");

    if (strstr(text, "://") != NULL)
        set_address(k, text);
    if (host != NULL)
        set_host(k, host + 5, strcspn(host + 5, " "));
    if (port != NULL)
        k->to.port = port_of(port + 5);
}

static void pg_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    const char *v;

    defaults(t, k, "PGHOST", "PGPORT", 5432, 3000);
    for (uint32_t i = 1; i < c->argc; i++) {
        if ((v = value_of(c, &i, 'h', "host")) != NULL)
            set_host(k, v, strlen(v));
        else if ((v = value_of(c, &i, 'p', "port")) != NULL)
            k->to.port = port_of(v);
        else if ((v = value_of(c, &i, 'd', "dbname")) != NULL)
            pg_connection(k, v);
        else if ((v = value_of(c, &i, 't', "timeout")) != NULL)
            k->timeout = atoi(v) > 0 ? (rx_ms)atoi(v) * RX_MS_PER_S : RX_MS_NEVER;
        else if (strcmp(c->argv[i], "-q") == 0 || strcmp(c->argv[i], "--quiet") == 0)
            k->quiet = true;
        else if (value_of(c, &i, 'U', "username") == NULL && c->argv[i][0] != '-')
            pg_connection(k, c->argv[i]);
    }
}

static int pg_isready_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                           bool reached)
{
    (void)r;
    if (!k->quiet)
        sh_printf(t, "%s:%u - %s\n", k->local ? "/var/run/postgresql" : k->to.host, k->to.port,
                  reached ? "accepting connections" : "no response");
    return reached ? 0 : 2;
}

int sh_cmd_pg_isready(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, pg_parse, pg_isready_tell);
}

/* What a query would give is not known; that it can be put is. */
static void psql_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    bool quits = false;
    const char *v;

    pg_parse(t, c, k);
    k->timeout = RX_MS_NEVER;
    for (uint32_t i = 1; i < c->argc; i++)
        if ((v = value_of(c, &i, 'c', "command")) != NULL)
            quits = strcmp(v, "\\q") == 0 || strcasecmp(v, "quit") == 0;
    k->talks = !quits;
}

static int psql_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                     bool reached)
{
    char address[16];

    if (reached)
        return 0;
    sh_dotted(address, r->address);
    if (r->reply == SHELL_REPLY_NO_NAME)
        sh_complain(t,
                    "psql: error: could not translate host name \"%s\" to address: Name or service "
                    "not known", k->to.host);
    else
        sh_complain(t,
                    "psql: error: connection to server at \"%s\" (%s), port %u failed: %s\n\tIs "
                    "the server "
                    "running on that host and accepting TCP/IP connections?",
                    k->to.host, address, k->to.port, reason(r));
    return 2;
}

int sh_cmd_psql(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, psql_parse, psql_tell);
}

/* ---- MySQL ----------------------------------------------------------------------------------- */

static void mysql_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    const char *v;

    defaults(t, k, "MYSQL_HOST", "MYSQL_TCP_PORT", 3306, RX_MS_NEVER);
    k->talks = true;
    for (uint32_t i = 1; i < c->argc; i++) {
        if ((v = value_of(c, &i, 'h', "host")) != NULL)
            set_host(k, v, strlen(v));
        else if ((v = value_of(c, &i, 'P', "port")) != NULL)
            k->to.port = port_of(v);
        else if (strncmp(c->argv[i], "--connect-timeout=", 18) == 0 ||
                 strncmp(c->argv[i], "--connect_timeout=", 18) == 0)
            k->timeout = (rx_ms)atoi(c->argv[i] + 18) * RX_MS_PER_S;
        else if (strcmp(c->argv[i], "-s") == 0 || strcmp(c->argv[i], "--silent") == 0)
            k->quiet = true;
        else if (strcmp(c->argv[i], "ping") == 0)
            k->talks = false;
    }
}

static int mysqladmin_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                           bool reached)
{
    if (reached) {
        if (!k->quiet)
            sh_puts(t, "mysqld is alive\n");
        return 0;
    }
    if (!k->quiet)
        sh_complain(t,
                    "mysqladmin: connect to server at '%s' failed\nerror: 'Can't connect to MySQL "
                    "server on "
                    "'%s:%u' (%d)'\nCheck that mysqld is running on %s and that the port is %u.",
                    k->to.host, k->to.host, k->to.port, r->reply == SHELL_REPLY_REFUSED ? 111 : 110,
                    k->to.host, k->to.port);
    return 1;
}

int sh_cmd_mysqladmin(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, mysql_parse, mysqladmin_tell);
}

static int mysql_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                      bool reached)
{
    if (reached)
        return 0;
    if (r->reply == SHELL_REPLY_NO_NAME)
        sh_complain(t, "ERROR 2005 (HY000): Unknown MySQL server host '%s' (-2)", k->to.host);
    else
        sh_complain(t, "ERROR 2003 (HY000): Can't connect to MySQL server on '%s:%u' (%d)",
                    k->to.host, k->to.port, r->reply == SHELL_REPLY_REFUSED ? 111 : 110);
    return 1;
}

int sh_cmd_mysql(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, mysql_parse, mysql_tell);
}

/* ---- Redis, MongoDB -------------------------------------------------------------------------- */

static void redis_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    static const char arguments[] = "anirDdX"; /* options with one that says nothing of the
                                                * address */
    const char *v;
    uint32_t words = 0;

    defaults(t, k, NULL, NULL, 6379, RX_MS_NEVER);
    k->talks = true;
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];

        if ((v = value_of(c, &i, 'h', "")) != NULL)
            set_host(k, v, strlen(v));
        else if ((v = value_of(c, &i, 'p', "")) != NULL)
            k->to.port = port_of(v);
        else if ((v = value_of(c, &i, 'u', "")) != NULL)
            set_address(k, v);
        else if ((v = value_of(c, &i, 't', "")) != NULL)
            k->timeout = (rx_ms)atoi(v) * RX_MS_PER_S;
        else if (word[0] == '-')
            i += (word[1] != '\0' && word[2] == '\0' && strchr(arguments, word[1]) != NULL) ||
                 strcmp(word, "--user") == 0 || strcmp(word, "--pass") == 0 ||
                 strcmp(word, "--cacert") == 0 || strcmp(word, "--cert") == 0 ||
                 strcmp(word, "--key") == 0;
        else if (words++ == 0)
            k->talks = strcasecmp(word, "ping") != 0;
    }
}

static int redis_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                      bool reached)
{
    if (reached) {
        sh_puts(t, "PONG\n");
        return 0;
    }
    sh_complain(t, "Could not connect to Redis at %s:%u: %s", k->local ? "127.0.0.1" : k->to.host,
                k->to.port, r->reply == SHELL_REPLY_NO_NAME ? "Name or service not known"
                : reason(r));
    return 1;
}

int sh_cmd_redis_cli(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, redis_parse, redis_tell);
}

static void mongo_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    const char *v;

    defaults(t, k, NULL, NULL, 27017, 30000);
    k->talks = true;
    for (uint32_t i = 1; i < c->argc; i++) {
        if ((v = value_of(c, &i, 'h', "host")) != NULL)
            set_address(k, v);
        else if ((v = value_of(c, &i, 0, "port")) != NULL)
            k->to.port = port_of(v);
        else if ((v = value_of(c, &i, 0, "eval")) != NULL)
            k->talks = strstr(v, "ping") == NULL;
        else if (value_of(c, &i, 'u', "username") == NULL && value_of(c, &i, 'p', "password") ==
                 NULL && value_of(c, &i, 0, "authenticationDatabase") == NULL && c->argv[i][0] !=
                 '-' && strpbrk(c->argv[i], ":./") != NULL)
            set_address(k, c->argv[i]);
    }
}

static int mongo_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                      bool reached)
{
    char address[16];

    if (reached) {
        sh_puts(t, "{ ok: 1 }\n");
        return 0;
    }
    sh_dotted(address, r->address);
    if (r->reply == SHELL_REPLY_NO_NAME)
        sh_complain(t, "MongoNetworkError: getaddrinfo ENOTFOUND %s", k->to.host);
    else
        sh_complain(t, "MongoNetworkError: connect %s %s:%u",
                    r->reply == SHELL_REPLY_REFUSED ? "ECONNREFUSED" : "ETIMEDOUT", address,
                    k->to.port);
    return 1;
}

int sh_cmd_mongosh(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, mongo_parse, mongo_tell);
}

/* ---- telnet ---------------------------------------------------------------------------------- */

static void telnet_parse(struct sh_task *t, struct sh_call *c, struct client *k)
{
    uint32_t words = 0;

    defaults(t, k, NULL, NULL, 23, RX_MS_NEVER);
    for (uint32_t i = 1; i < c->argc; i++) {
        if (c->argv[i][0] == '-')
            continue;
        if (words++ == 0)
            set_host(k, c->argv[i], strlen(c->argv[i]));
        else
            k->to.port = port_of(c->argv[i]);
    }
}

/* Standard input is at its end: it hangs up at once. */
static int telnet_tell(struct sh_task *t, const struct client *k, const struct shell_result *r,
                       bool reached)
{
    char address[16];

    sh_dotted(address, r->address);
    if (reached)
        sh_printf(t, "Connected to %s\n", k->to.host);
    else if (r->reply == SHELL_REPLY_NO_NAME)
        sh_complain(t, "telnet: bad address '%s'", k->to.host);
    else
        sh_complain(t, "telnet: can't connect to remote host (%s): %s", address, reason(r));
    return !reached;
}

int sh_cmd_telnet(struct sh_task *t, struct sh_call *c)
{
    return run_client(t, c, telnet_parse, telnet_tell);
}
