/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait.c - the programs that images bring to wait for a port: wait-for-it.sh, wait-for, dockerize.
 * They ask once a second, and then run what stands behind them. A script of such a name among the
 * container's files is taken for the one that everybody copies, if it is called like that one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

enum { TARGETS_MAX = 16, EVERY_MS = 1000 };

struct wait {
    struct sh_url to[TARGETS_MAX];
    enum shell_ask what[TARGETS_MAX];
    uint32_t count, next; /* next: the one being waited for */
    rx_ms began, until;
    uint32_t command; /* of its own, in argv; argc: none */
    bool strict, quiet, resting, bad;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static void add_target(struct wait *w, const char *host, size_t length, const char *port,
                       enum shell_ask what)
{
    struct sh_url *u = &w->to[RX_MIN(w->count, (uint32_t)TARGETS_MAX - 1)];
    unsigned long n = strtoul(port, NULL, 10);

    w->bad |= w->count == TARGETS_MAX || length == 0 || length >= sizeof(u->host) || n < 1 ||
        n > UINT16_MAX;
    if (w->bad)
        return;
    *u = (struct sh_url){.port = (uint16_t)n, .path = "/"};
    memcpy(u->host, host, length);
    w->what[w->count++] = what;
}

static bool set_time(struct wait *w, const char *text)
{
    rx_ms limit;

    if (!sh_duration(text, &limit))
        return false;
    w->until = limit == 0 ? RX_MS_NEVER : sh_later(w->began, limit);
    return true;
}

/* Is the one that is waited for there? dockerize is content with any good status, or with a
 * connection. */
static bool is_there(struct sh_task *t, const struct wait *w, bool *unknown)
{
    struct shell_result r = sh_answer(t);
    enum sh_reached reached = sh_reached(&r, w->to[w->next].host);

    *unknown = reached == SH_NOT_OURS;
    return reached == SH_REACHED &&
           (w->what[w->next] != SHELL_ASK_HTTP || (r.status >= 200 && r.status < 300));
}

/* Waits for all of them, one after the other: SH_BLOCKED, 0 when all are there (or nobody knows), 1
 * when the time is over. */
static int wait_all(struct sh_task *t, struct wait *w, bool *unknown)
{
    rx_ms now = t->proc->now;

    *unknown = false;
    if (!w->resting && !is_there(t, w, unknown)) {
        w->resting = true;
        return *unknown ? 0 : sh_sleep_until(t, RX_MIN(sh_later(now, EVERY_MS), w->until));
    }
    w->next += !w->resting;
    w->resting = false;
    if (w->next == w->count)
        return 0;
    if (now >= w->until)
        return 1;
    return sh_ask(t, w->what[w->next], &w->to[w->next], "GET", w->until - now);
}

static int run_behind(struct sh_call *c, uint32_t first)
{
    c->argv += first;
    c->argc -= first;
    c->skipped += first;
    return SH_AGAIN;
}

static struct wait *begin(struct sh_task *t, struct sh_call *c, rx_ms limit)
{
    struct wait *w = c->state = sh_call_alloc(t, sizeof(*w));

    if (w == NULL)
        return NULL;
    w->began = t->proc->now;
    w->until = sh_later(w->began, limit);
    w->command = c->argc;
    return w;
}

/* ---- wait-for-it.sh HOST:PORT [-t 15] [-s] [-q] [-- PROG], and wait-for ---------------------- */

static void it_parse(struct sh_call *c, struct wait *w)
{
    const char *host = NULL;

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i], *value = i + 1 < c->argc ? c->argv[i + 1] : "";
        const char *equals = strchr(word, '='), *colon = strrchr(word, ':');

        if (strcmp(word, "--") == 0) {
            w->command = i + 1;
            break;
        }
        if (strcmp(word, "-s") == 0 || strcmp(word, "--strict") == 0)
            w->strict = true;
        else if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
            w->quiet = true;
        else if (strcmp(word, "-t") == 0 || strcmp(word, "--timeout") == 0)
            w->bad |= !set_time(w, value), i++;
        else if (strncmp(word, "--timeout=", 10) == 0)
            w->bad |= !set_time(w, equals + 1);
        else if (strcmp(word, "-h") == 0)
            host = value, i++;
        else if (strncmp(word, "--host=", 7) == 0)
            host = equals + 1;
        else if (strcmp(word, "-p") == 0 || strncmp(word, "--port=", 7) == 0)
            add_target(w, host != NULL ? host : "", host != NULL ? strlen(host) : 0,
                       equals != NULL ? equals + 1 : c->argv[++i < c->argc ? i : i - 1],
                       SHELL_ASK_CONNECT);
        else if (colon != NULL && word[0] != '-')
            add_target(w, word, (size_t)(colon - word), colon + 1, SHELL_ASK_CONNECT);
        else
            w->bad = true;
    }
    w->bad |= w->count == 0;
}

static void say_waiting(struct sh_task *t, const struct wait *w, const char *name)
{
    if (w->quiet)
        return;
    if (w->until >= RX_MS_NEVER)
        sh_complain(t, "%s: waiting for %s:%u without a timeout", name, w->to[0].host,
                    w->to[0].port);
    else
        sh_complain(t, "%s: waiting %lld seconds for %s:%u", name,
                    (long long)((w->until - w->began) / RX_MS_PER_S), w->to[0].host, w->to[0].port);
}

int sh_cmd_wait_for_it(struct sh_task *t, struct sh_call *c)
{
    const char *name = base_name(c->argv[0]);
    struct wait *w = c->state;
    bool unknown;
    int r;

    if (w == NULL) {
        w = begin(t, c, 15 * RX_MS_PER_S);
        if (w == NULL)
            return SH_BLOCKED;
        it_parse(c, w);
        if (w->bad) /* another script of that name */
            return sh_call_unknown(t, c);
        say_waiting(t, w, name);
        return sh_ask(t, SHELL_ASK_CONNECT, &w->to[0], "", w->until - w->began);
    }
    r = wait_all(t, w, &unknown);
    if (r == SH_BLOCKED)
        return r;
    if (unknown && w->command == c->argc)
        return sh_call_unknown(t, c);
    if (r == 0 && !w->quiet)
        sh_complain(t, "%s: %s:%u is available after %lld seconds", name, w->to[0].host,
                    w->to[0].port, (long long)((t->proc->now - w->began) / RX_MS_PER_S));
    else if (!w->quiet)
        sh_complain(t, "%s: timeout occurred after waiting %lld seconds for %s:%u", name,
                    (long long)((t->proc->now - w->began) / RX_MS_PER_S), w->to[0].host,
                    w->to[0].port);
    if (w->command < c->argc && !(r != 0 && w->strict))
        return run_behind(c, w->command);
    if (r != 0 && w->strict && w->command < c->argc && !w->quiet)
        sh_complain(t, "%s: strict mode, refusing to execute subprocess", name);
    return r == 0 ? 0 : 124;
}

/* The other script of that kind: it says nothing, and does not go on after a timeout. */
int sh_cmd_wait_for(struct sh_task *t, struct sh_call *c)
{
    struct wait *w = c->state;
    bool unknown;
    int r;

    if (w == NULL) {
        w = begin(t, c, 15 * RX_MS_PER_S);
        if (w == NULL)
            return SH_BLOCKED;
        it_parse(c, w);
        if (w->bad)
            return sh_call_unknown(t, c);
        return sh_ask(t, SHELL_ASK_CONNECT, &w->to[0], "", w->until - w->began);
    }
    r = wait_all(t, w, &unknown);
    if (r == SH_BLOCKED)
        return r;
    if (unknown && w->command == c->argc)
        return sh_call_unknown(t, c);
    if (r == 0)
        return w->command < c->argc ? run_behind(c, w->command) : 0;
    sh_complain(t, "Operation timed out");
    return 1;
}

/* ---- dockerize -wait tcp://HOST:PORT -timeout 10s PROG --------------------------------------- */

static void dockerize_target(struct wait *w, const char *url)
{
    enum shell_ask what = strncmp(url, "http", 4) == 0 ? SHELL_ASK_HTTP : SHELL_ASK_CONNECT;
    const char *host = strstr(url, "://"), *colon, *end;
    struct sh_url u;

    if (what == SHELL_ASK_HTTP) {
        w->bad |= w->count == TARGETS_MAX || !sh_url_parse(url, &u);
        if (w->bad)
            return;
        w->to[w->count] = u;
        w->what[w->count++] = what;
        return;
    }
    host = host != NULL ? host + 3 : url;
    end = host + strcspn(host, "/");
    colon = memchr(host, ':', (size_t)(end - host));
    if (strncmp(url, "tcp", 3) != 0 || colon == NULL)
        w->bad = true;
    else
        add_target(w, host, (size_t)(colon - host), colon + 1, what);
}

/* Options with a value are taken with one dash or two, the value behind = or a blank. */
static void dockerize_parse(struct sh_call *c, struct wait *w)
{
    static const char *const skipped[] =
        {"template", "stdout", "stderr", "delims", "wait-http-header", "env"};

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i] + strspn(c->argv[i], "-"), *equals = strchr(word, '='),
            *value;
        size_t n = strcspn(word, "=");
        bool known = false;

        if (c->argv[i][0] != '-') {
            w->command = i;
            return;
        }
        value = equals != NULL ? equals + 1 : i + 1 < c->argc ? c->argv[i + 1] : "";
        if (n == 4 && memcmp(word, "wait", 4) == 0) {
            dockerize_target(w, value);
            known = true;
        } else if (n == 7 && memcmp(word, "timeout", 7) == 0) {
            w->bad |= !set_time(w, value);
            known = true;
        }
        for (size_t k = 0; k < RX_ARRAY_LEN(skipped); k++)
            known |= strlen(skipped[k]) == n && memcmp(skipped[k], word, n) == 0;
        known |= n == 19 && memcmp(word, "wait-retry-interval", n) == 0;
        i += known && equals == NULL;
    }
}

int sh_cmd_dockerize(struct sh_task *t, struct sh_call *c)
{
    struct wait *w = c->state;
    bool unknown = false;
    int r = 0;

    if (w == NULL) {
        w = begin(t, c, 10 * RX_MS_PER_S);
        if (w == NULL)
            return SH_BLOCKED;
        dockerize_parse(c, w);
        if (w->bad)
            return sh_call_unknown(t, c);
        if (w->count > 0)
            return sh_ask(t, w->what[0], &w->to[0], "GET", w->until - w->began);
    } else {
        r = wait_all(t, w, &unknown);
    }
    if (r == SH_BLOCKED)
        return r;
    if (r != 0) {
        sh_complain(t, "Timeout after %llds waiting on dependencies to become available: [%s:%u]",
                    (long long)((t->proc->now - w->began) / RX_MS_PER_S), w->to[w->next].host,
                    w->to[w->next].port);
        return 1;
    }
    if (w->command < c->argc)
        return run_behind(c, w->command);
    return unknown ? sh_call_unknown(t, c) : 0;
}
