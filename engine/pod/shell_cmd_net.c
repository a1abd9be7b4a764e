/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_net.c - wget, curl, nc and nslookup: one question to the host, later an answer.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_cmd.h"
#include "engine/reactor/base.h"

enum { REDIRECTS_MAX = 5, URL_MAX = 512, WGET_TIMEOUT_MS = 900000, CURL_CONNECT_MS = 300000 };

struct url {
    char host[256], path[URL_MAX];
    uint16_t port;
    bool tls;
};

/* ---- asking ---------------------------------------------------------------------------------- */

/* Asks, and lets the task wait. The answer is then in task->reply. */
static int ask(struct sh_task *t, enum shell_ask what, const struct url *u, const char *method,
               rx_ms timeout)
{
    struct shell_proc *p = t->proc;
    struct shell_request r = {.id = ++p->next_request,
                              .ask = what,
                              .host = u->host,
                              .port = u->port,
                              .tls = u->tls,
                              .method = method,
                              .path = u->path,
                              .timeout_ms = timeout};
    struct shell_result nobody = {.reply = SHELL_REPLY_NO_NAME};

    t->request = r.id;
    t->answered = false;
    t->wait = SH_WAITS_ANSWER;
    t->until = sh_later(p->now, timeout);
    sh_flush(p);
    if (p->setup.host->request != NULL)
        p->setup.host->request(p->setup.ctx, p, &r);
    else
        shell_answer(p, r.id, &nobody);
    return SH_BLOCKED;
}

static struct shell_result answer(const struct sh_task *t)
{
    if (t->answered && t->reply != NULL)
        return t->reply->result;
    return (struct shell_result){.reply = SHELL_REPLY_TIMEOUT};
}

/* False: not a URL of http or https. */
static bool parse_url(const char *s, struct url *u)
{
    const char *colon, *end;
    size_t length;
    int64_t port;
    char digits[8];

    *u = (struct url){.port = 80};
    if (strncmp(s, "http://", 7) == 0) {
        s += 7;
    } else if (strncmp(s, "https://", 8) == 0) {
        s += 8;
        u->tls = true;
        u->port = 443;
    } else if (strstr(s, "://") != NULL) {
        return false;
    }
    end = s + strcspn(s, "/?#");
    for (const char *at = s; at < end; at++) /* user:password@ */
        if (*at == '@')
            s = at + 1;
    colon = *s == '[' ? memchr(s, ']', (size_t)(end - s)) : s;
    colon = colon != NULL ? memchr(colon, ':', (size_t)(end - colon)) : NULL;
    length = (size_t)((colon != NULL ? colon : end) - s);
    if (length == 0 || length >= sizeof(u->host))
        return false;
    memcpy(u->host, s, length);
    if (colon != NULL) {
        length = (size_t)(end - colon - 1);
        if (length == 0 || length >= sizeof(digits))
            return false;
        memcpy(digits, colon + 1, length);
        digits[length] = '\0';
        if (!sh_number(digits, &port) || port < 1 || port > 65535)
            return false;
        u->port = (uint16_t)port;
    }
    snprintf(u->path, sizeof(u->path), "%s%.*s", *end == '/' ? "" : "/", (int)strcspn(end, "#"),
             end);
    return true;
}

/* A Location, absolute or on the same host. */
static bool follow(const char *location, struct url *u)
{
    struct url next;

    if (location == NULL)
        return false;
    if (location[0] == '/' && location[1] != '/') {
        snprintf(u->path, sizeof(u->path), "%s", location);
        return true;
    }
    if (!parse_url(location, &next))
        return false;
    *u = next;
    return true;
}

static const char *status_text(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 500:
        return "Internal Server Error";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Status";
    }
}

static void dotted(char out[16], uint32_t a)
{
    snprintf(out, 16, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/* ---- options with long names ----------------------------------------------------------------- */

struct long_option {
    const char *name;
    char letter; /* what it stands for */
};

/* Rewrites --name and --name=value as single letters, in place where that fits. False: unknown. */
static bool shorten(struct sh_task *t, struct sh_call *c, const struct long_option *names,
                    size_t count)
{
    for (uint32_t i = 1; i < c->argc; i++) {
        char *word = c->argv[i], *equals;
        size_t n, k;

        if (strncmp(word, "--", 2) != 0)
            continue;
        if (word[2] == '\0')
            return true;
        equals = strchr(word, '=');
        n = equals != NULL ? (size_t)(equals - word) - 2 : strlen(word) - 2;
        for (k = 0; k < count; k++)
            if (strlen(names[k].name) == n && memcmp(names[k].name, word + 2, n) == 0)
                break;
        if (k == count) {
            char text[128];

            snprintf(text, sizeof(text), "%.20s: unrecognized option: %.60s", c->argv[0], word);
            sh_complain(t, "%s", text);
            sh_diagnose(t, SHELL_DIAG_OPTION, c->pos, c->argv[0], text);
            return false;
        }
        word[1] = names[k].letter;
        if (equals != NULL)
            memmove(word + 2, equals + 1, strlen(equals + 1) + 1);
        else
            word[2] = '\0';
    }
    return true;
}

/* ---- where a body goes ----------------------------------------------------------------------- */

static int save_body(struct sh_task *t, const char *path, const struct shell_result *r)
{
    struct sh_file *f;
    int error = sh_open(t, path, FS_WRITE | FS_CREATE | FS_TRUNCATE, &f);

    if (error == 0 && r->body_length > 0)
        error = sh_write_file(t, f, r->body, r->body_length);
    sh_file_unref(t->proc, f);
    return error;
}

static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : "index.html";
}

/* ---- wget ------------------------------------------------------------------------------------ */

struct fetch {
    struct sh_opts o;
    struct url url;
    uint32_t redirects, tries, tried;
    rx_ms timeout, retry_delay, deadline;
    bool resting; /* between two tries */
};

static int wget_failed(struct sh_task *t, const struct fetch *f, const struct shell_result *r)
{
    char address[16];

    dotted(address, r->address);
    switch (r->reply) {
    case SHELL_REPLY_NO_NAME:
        sh_complain(t, "wget: bad address '%s'", f->url.host);
        break;
    case SHELL_REPLY_REFUSED:
    case SHELL_REPLY_NO_ROUTE:
        sh_complain(t, "wget: can't connect to remote host%s%s%s: %s", r->address != 0 ? " (" : "",
                    r->address != 0 ? address : "", r->address != 0 ? ")" : "",
                    r->reply == SHELL_REPLY_REFUSED ? "Connection refused" : "No route to host");
        break;
    case SHELL_REPLY_RESET:
        sh_complain(t, "wget: error getting response: Connection reset by peer");
        break;
    default:
        sh_complain(t, "wget: download timed out");
        break;
    }
    return 1;
}

static int wget_done(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    const char *path = sh_opt(&f->o, 'O') ? f->o.arg[sh_opt_bit('O')] : NULL;
    char name[URL_MAX];
    int error;

    if (sh_opt(&f->o, 'S'))
        sh_complain(t, "  HTTP/1.1 %u %s", r->status, status_text(r->status));
    if (r->status < 200 || r->status > 299) {
        sh_complain(t, "wget: server returned error: HTTP/1.1 %u %s", r->status,
                    status_text(r->status));
        return 1;
    }
    if (sh_opt(&f->o, 'Z')) /* --spider: only looks */
        return 0;
    if (path != NULL && strcmp(path, "-") == 0) {
        sh_put(t, r->body, r->body_length);
        return 0;
    }
    if (path == NULL) {
        snprintf(name, sizeof(name), "%s", last_component(f->url.path));
        name[strcspn(name, "?")] = '\0';
        path = name;
    }
    error = save_body(t, path, r);
    if (error != 0) {
        sh_complain(t, "wget: can't open '%s': %s", path, fs_strerror(error));
        return 1;
    }
    if (!sh_opt(&f->o, 'q'))
        sh_complain(t, "'%s' saved", path);
    return 0;
}

static int wget_init(struct sh_task *t, struct sh_call *c, struct fetch *f)
{
    static const struct long_option names[] = {{"quiet", 'q'},
                                               {"spider", 'Z'},
                                               {"timeout", 'T'},
                                               {"tries", 't'},
                                               {"output-document", 'O'},
                                               {"header", 'H'},
                                               {"no-check-certificate", 'k'},
                                               {"server-response", 'S'},
                                               {"post-data", 'D'},
                                               {"user-agent", 'U'},
                                               {"no-verbose", 'n'},
                                               {"waitretry", 'w'},
                                               {"retry-connrefused", 'R'},
                                               {"connect-timeout", 'C'},
                                               {"read-timeout", 'E'}};
    int64_t tries = 1;

    if (!shorten(t, c, names, RX_ARRAY_LEN(names)) ||
        !sh_options(t, c, "qcSO:T:t:H:kZD:U:n:vY:P:w:RC:E:", &f->o))
        return 1;
    if (f->o.first == c->argc) {
        sh_complain(t, "wget: missing URL");
        return 1;
    }
    if (!parse_url(c->argv[f->o.first], &f->url)) {
        sh_complain(t, "wget: not an http or ftp url: %s", c->argv[f->o.first]);
        return 1;
    }
    f->timeout = WGET_TIMEOUT_MS;
    if (sh_opt(&f->o, 'T') && !sh_duration(f->o.arg[sh_opt_bit('T')], &f->timeout)) {
        sh_complain(t, "wget: invalid number '%s'", f->o.arg[sh_opt_bit('T')]);
        return 1;
    }
    /* busybox tries once whatever -t says; GNU wget does not retry what was refused. A timeout is
     * tried again. */
    if (sh_opt(&f->o, 't'))
        sh_number(f->o.arg[sh_opt_bit('t')], &tries);
    f->tries = tries < 1 ? UINT32_MAX : (uint32_t)RX_MIN(tries, (int64_t)1000);
    if (!sh_opt(&f->o, 'q'))
        sh_complain(t, "Connecting to %s:%u", f->url.host, f->url.port);
    return -1;
}

int sh_cmd_wget(struct sh_task *t, struct sh_call *c)
{
    struct fetch *f = c->state;
    const char *method;
    struct shell_result r;

    if (f == NULL) {
        int status;

        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = wget_init(t, c, f);
        if (status >= 0)
            return status;
        method = sh_opt(&f->o, 'D') ? "POST" : sh_opt(&f->o, 'Z') ? "HEAD" : "GET";
        return ask(t, SHELL_ASK_HTTP, &f->url, method, f->timeout);
    }
    method = sh_opt(&f->o, 'D') ? "POST" : sh_opt(&f->o, 'Z') ? "HEAD" : "GET";
    r = answer(t);
    if (r.reply == SHELL_REPLY_TIMEOUT && ++f->tried < f->tries)
        return ask(t, SHELL_ASK_HTTP, &f->url, method, f->timeout);
    if (r.reply != SHELL_REPLY_OK)
        return wget_failed(t, f, &r);
    if (r.status >= 300 && r.status < 400 && f->redirects++ < REDIRECTS_MAX &&
        follow(r.location, &f->url))
        return ask(t, SHELL_ASK_HTTP, &f->url, method, f->timeout);
    return wget_done(t, f, &r);
}

/* ---- curl ------------------------------------------------------------------------------------ */

/* -w '%{http_code}' and \n. */
static void curl_write_out(struct sh_task *t, const char *format, unsigned status)
{
    char out[4];

    while (*format != '\0') {
        if (strncmp(format, "%{http_code}", 12) == 0 ||
            strncmp(format, "%{response_code}", 16) == 0) {
            sh_printf(t, "%03u", status);
            format = strchr(format, '}') + 1;
        } else if (strncmp(format, "%{", 2) == 0 && strchr(format, '}') != NULL) {
            format = strchr(format, '}') + 1;
        } else if (*format == '\\') {
            sh_echo_escape(&format, out, false);
            sh_put(t, out, 1);
        } else {
            sh_put(t, format++, 1);
        }
    }
}

static int curl_code(const struct fetch *f, const struct shell_result *r)
{
    switch (r->reply) {
    case SHELL_REPLY_OK:
        return sh_opt(&f->o, 'f') && r->status >= 400 ? 22 : 0;
    case SHELL_REPLY_NO_NAME:
        return 6;
    case SHELL_REPLY_REFUSED:
    case SHELL_REPLY_NO_ROUTE:
        return 7;
    case SHELL_REPLY_RESET:
        return 52;
    default:
        return 28;
    }
}

static void curl_complain(struct sh_task *t, const struct fetch *f, const struct shell_result *r,
                          int code)
{
    if (sh_opt(&f->o, 's') && !sh_opt(&f->o, 'S'))
        return;
    switch (code) {
    case 6:
        sh_complain(t, "curl: (6) Could not resolve host: %s", f->url.host);
        break;
    case 7:
        sh_complain(t, "curl: (7) Failed to connect to %s port %u: %s", f->url.host, f->url.port,
                    r->reply == SHELL_REPLY_REFUSED ? "Connection refused" : "No route to host");
        break;
    case 22:
        sh_complain(t, "curl: (22) The requested URL returned error: %u", r->status);
        break;
    case 52:
        sh_complain(t, "curl: (52) Empty reply from server");
        break;
    default:
        sh_complain(t, "curl: (28) Connection timed out after %lld milliseconds",
                    (long long)f->timeout);
        break;
    }
}

static int curl_done(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    int code = curl_code(f, r), error = 0;
    const char *path = sh_opt(&f->o, 'o') ? f->o.arg[sh_opt_bit('o')] : NULL;

    if (code != 0)
        curl_complain(t, f, r, code);
    if (code == 0) {
        if ((sh_opt(&f->o, 'I') || sh_opt(&f->o, 'i')) && path == NULL)
            sh_printf(t, "HTTP/1.1 %u %s\r\n\r\n", r->status, status_text(r->status));
        if (sh_opt(&f->o, 'O'))
            path = last_component(f->url.path);
        if (path != NULL && strcmp(path, "-") != 0)
            error = save_body(t, path, r);
        else if (!sh_opt(&f->o, 'I'))
            sh_put(t, r->body, r->body_length);
        if (error != 0) {
            sh_complain(t, "curl: (23) Failure writing output to destination");
            code = 23;
        }
    }
    if (sh_opt(&f->o, 'w'))
        curl_write_out(t, f->o.arg[sh_opt_bit('w')], r->reply == SHELL_REPLY_OK ? r->status : 0);
    return code;
}

static int curl_init(struct sh_task *t, struct sh_call *c, struct fetch *f)
{
    static const struct long_option names[] = {{"silent", 's'},
                                               {"show-error", 'S'},
                                               {"fail", 'f'},
                                               {"output", 'o'},
                                               {"location", 'L'},
                                               {"insecure", 'k'},
                                               {"head", 'I'},
                                               {"include", 'i'},
                                               {"request", 'X'},
                                               {"data", 'd'},
                                               {"header", 'H'},
                                               {"max-time", 'm'},
                                               {"connect-timeout", 'Y'},
                                               {"retry", 'R'},
                                               {"retry-delay", 'D'},
                                               {"retry-connrefused", 'C'},
                                               {"retry-all-errors", 'C'},
                                               {"write-out", 'w'},
                                               {"user", 'u'},
                                               {"user-agent", 'A'},
                                               {"verbose", 'v'},
                                               {"fail-early", 'E'},
                                               {"data-raw", 'd'},
                                               {"noproxy", 'N'},
                                               {"retry-max-time", 'Z'},
                                               {"remote-name", 'O'}};
    int64_t tries = 0;
    rx_ms connect;

    if (!shorten(t, c, names, RX_ARRAY_LEN(names)) ||
        !sh_options(t, c, "sSfo:LkIiX:d:H:m:Y:R:D:Cw:u:A:vEN:Z:Og", &f->o))
        return 2;
    if (f->o.first == c->argc || !parse_url(c->argv[f->o.first], &f->url)) {
        sh_complain(t, "curl: (3) URL rejected");
        return 3;
    }
    f->timeout = RX_MS_NEVER;
    connect = CURL_CONNECT_MS;
    if ((sh_opt(&f->o, 'm') && !sh_duration(f->o.arg[sh_opt_bit('m')], &f->timeout)) ||
        (sh_opt(&f->o, 'Y') && !sh_duration(f->o.arg[sh_opt_bit('Y')], &connect)) ||
        (sh_opt(&f->o, 'D') && !sh_duration(f->o.arg[sh_opt_bit('D')], &f->retry_delay)) ||
        (sh_opt(&f->o, 'R') && !sh_number(f->o.arg[sh_opt_bit('R')], &tries)))
        return 2;
    /* Connecting and answering are one step here. */
    f->timeout = RX_MIN(f->timeout, connect);
    f->tries = (uint32_t)RX_MIN(RX_MAX(tries, (int64_t)0), (int64_t)1000);
    return -1;
}

static bool curl_retries(const struct fetch *f, const struct shell_result *r)
{
    bool passing = r->reply == SHELL_REPLY_TIMEOUT ||
                   (r->reply == SHELL_REPLY_OK && (r->status == 408 || r->status == 429 ||
                                                   (r->status >= 500 && r->status <= 504))) ||
                   (r->reply != SHELL_REPLY_OK && sh_opt(&f->o, 'C'));

    return passing && f->tried < f->tries;
}

int sh_cmd_curl(struct sh_task *t, struct sh_call *c)
{
    struct fetch *f = c->state;
    struct shell_result r;
    const char *method;

    if (f == NULL) {
        int status;

        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = curl_init(t, c, f);
        if (status >= 0)
            return status;
        f->resting = true; /* and on to the first try */
    }
    method = sh_opt(&f->o, 'X')   ? f->o.arg[sh_opt_bit('X')]
             : sh_opt(&f->o, 'I') ? "HEAD"
             : sh_opt(&f->o, 'd') ? "POST"
                                  : "GET";
    if (f->resting) {
        f->resting = false;
        return ask(t, SHELL_ASK_HTTP, &f->url, method, f->timeout);
    }
    r = answer(t);
    if (curl_retries(f, &r)) {
        /* Without --retry-delay: 1 s, doubled each time, at most 10 minutes. */
        rx_ms delay = sh_opt(&f->o, 'D')
                          ? f->retry_delay
                          : RX_MIN((rx_ms)1000 << RX_MIN(f->tried, 20u), (rx_ms)600000);

        f->tried++;
        f->resting = true;
        return sh_sleep_until(t, sh_later(t->proc->now, delay));
    }
    if (r.reply == SHELL_REPLY_OK && sh_opt(&f->o, 'L') && r.status >= 300 && r.status < 400 &&
        f->redirects++ < REDIRECTS_MAX && follow(r.location, &f->url))
        return ask(t, SHELL_ASK_HTTP, &f->url, method, f->timeout);
    return curl_done(t, f, &r);
}

/* ---- nc, nslookup ---------------------------------------------------------------------------- */

int sh_cmd_nc(struct sh_task *t, struct sh_call *c)
{
    struct shell_result r;
    struct sh_opts o;
    struct url u = {.path = ""};
    rx_ms timeout = RX_MS_NEVER;
    int64_t port;

    if (c->phase == 1) {
        r = answer(t);
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
        return sh_call_unknown(t, c); /* it listens: a server like any other */
    if (o.first + 2 != c->argc || !sh_number(c->argv[o.first + 1], &port) || port < 1 ||
        port > 65535 || (sh_opt(&o, 'w') && !sh_duration(o.arg[sh_opt_bit('w')], &timeout))) {
        sh_complain(t, "nc: usage: nc [-z] [-w SECS] HOST PORT");
        return 1;
    }
    snprintf(u.host, sizeof(u.host), "%s", c->argv[o.first]);
    u.port = (uint16_t)port;
    c->phase = 1;
    return ask(t, SHELL_ASK_CONNECT, &u, "", timeout);
}

int sh_cmd_nslookup(struct sh_task *t, struct sh_call *c)
{
    enum { RESOLVE_TIMEOUT_MS = 10000 };
    struct shell_result r;
    char address[16];
    struct sh_opts o;
    struct url u = {.path = ""};

    if (c->phase == 1) {
        const char *name = c->argv[c->argc - 1];

        r = answer(t);
        if (r.reply == SHELL_REPLY_TIMEOUT) {
            sh_puts(t, ";; connection timed out; no servers could be reached\n\n");
            return 1;
        }
        if (r.reply == SHELL_REPLY_NO_NAME) {
            sh_printf(t, "** server can't find %s: NXDOMAIN\n\n", name);
            return 1;
        }
        dotted(address, r.address);
        sh_printf(t, "Name:\t%s\nAddress: %s\n\n", name, address);
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
    return ask(t, SHELL_ASK_RESOLVE, &u, "", RESOLVE_TIMEOUT_MS);
}
