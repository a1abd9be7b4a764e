/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell_cmd_http.c - wget and curl: a request, later the headers, then the body.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/shell_net.h"
#include "engine/reactor/base.h"

enum { WGET_TIMEOUT_MS = 900000, CURL_REDIRECTS_MAX = 50 };

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

static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : "index.html";
}

/* ---- wget ------------------------------------------------------------------------------------ */

struct fetch {
    struct sh_opts o;
    struct sh_url url;
    const char *method;
    uint32_t redirects, tries, tried;
    rx_ms timeout, retry_delay, deadline;
    rx_ms began, headers; /* when this try did, and its headers came */
    bool resting;         /* between two tries */
    bool in_body;
};

static int wget_failed(struct sh_task *t, const struct fetch *f, const struct shell_result *r)
{
    char address[16];

    sh_dotted(address, r->address);
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
    case SHELL_REPLY_GARBAGE: /* it waits for a status line until the connection is closed */
        sh_complain(t, "wget: error getting response");
        break;
    case SHELL_REPLY_CUT:
        sh_complain(t, "wget: connection closed prematurely");
        break;
    default:
        sh_complain(t, "wget: download timed out");
        break;
    }
    return 1;
}

static int wget_save(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    const char *path = sh_opt(&f->o, 'O') ? f->o.arg[sh_opt_bit('O')] : NULL;
    char name[SH_URL_MAX];
    int error;

    if (path != NULL && strcmp(path, "-") == 0) {
        sh_put_body(t, r);
        return 0;
    }
    if (path == NULL) {
        snprintf(name, sizeof(name), "%s", last_component(f->url.path));
        name[strcspn(name, "?")] = '\0';
        path = name;
    }
    error = sh_save_body(t, path, r);
    if (error != 0) {
        sh_complain(t, "wget: can't open '%s': %s", path, fs_strerror(error));
        return 1;
    }
    if (!sh_opt(&f->o, 'q'))
        sh_complain(t, "'%s' saved", path);
    return 0;
}

/* The headers are there: what they say, or SH_BLOCKED until the body has come. */
static int wget_headers(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    if (sh_opt(&f->o, 'S'))
        sh_complain(t, "  HTTP/1.1 %u %s", r->status, sh_status_text(r->status));
    if (r->status >= 300 && r->status < 400 && sh_url_follow(r->location, &f->url)) {
        if (f->redirects++ < SH_REDIRECTS_MAX)
            return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
        sh_complain(t, "wget: too many redirections");
        return 1;
    }
    if (r->status < 200 || r->status > 299) {
        sh_complain(t, "wget: server returned error: HTTP/1.1 %u %s", r->status,
                    sh_status_text(r->status));
        return 1;
    }
    if (sh_opt(&f->o, 'Z')) /* --spider: only looks */
        return 0;
    f->in_body = true;
    return sh_await_body(t, f->timeout) == SH_BLOCKED ? SH_BLOCKED : wget_save(t, f, r);
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
    if (!sh_url_parse(c->argv[f->o.first], &f->url)) {
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
    struct shell_result r;

    if (f == NULL) {
        int status;

        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = wget_init(t, c, f);
        if (status >= 0)
            return status;
        f->method = sh_opt(&f->o, 'D') ? "POST" : sh_opt(&f->o, 'Z') ? "HEAD" : "GET";
        return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
    }
    r = sh_answer(t);
    if (r.reply == SHELL_REPLY_TIMEOUT && ++f->tried < f->tries) {
        f->in_body = false;
        return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
    }
    if (r.reply != SHELL_REPLY_OK)
        return wget_failed(t, f, &r);
    return f->in_body ? wget_save(t, f, &r) : wget_headers(t, f, &r);
}

/* ---- curl ------------------------------------------------------------------------------------ */

/* One %{NAME} of -w; what is not known here is empty. */
static void curl_variable(struct sh_task *t, const struct fetch *f, const struct shell_result *r,
                          const char *name, size_t length)
{
    rx_ms now = t->proc->now;
    bool ok = r->reply == SHELL_REPLY_OK || f->in_body;
    char address[16];

#define IS(text) (length == sizeof(text) - 1 && memcmp(name, text, length) == 0)
    if (IS("http_code") || IS("response_code"))
        sh_printf(t, "%03u", ok ? r->status : 0);
    else if (IS("time_total"))
        sh_printf(t, "%lld.%03lld000", (long long)(now - f->began) / 1000,
                  (long long)(now - f->began) % 1000);
    else if (IS("time_starttransfer") || IS("time_pretransfer") || IS("time_connect") ||
             IS("time_namelookup") || IS("time_appconnect"))
        sh_printf(t, "%lld.%03lld000",
                  IS("time_starttransfer") && ok ? (long long)(f->headers - f->began) / 1000 : 0,
                  IS("time_starttransfer") && ok ? (long long)(f->headers - f->began) % 1000 : 0);
    else if (IS("size_download"))
        sh_printf(t, "%u", r->reply == SHELL_REPLY_OK ? r->body_length : 0);
    else if (IS("num_redirects"))
        sh_printf(t, "%u", f->redirects);
    else if (IS("remote_ip") && r->address != 0) {
        sh_dotted(address, r->address);
        sh_puts(t, address);
    } else if (IS("remote_port"))
        sh_printf(t, "%u", f->url.port);
    else if (IS("url_effective"))
        sh_printf(t, "%s://%s%s", f->url.tls ? "https" : "http", f->url.host, f->url.path);
    else if (IS("redirect_url") && ok && r->location != NULL)
        sh_puts(t, r->location);
#undef IS
}

static void curl_write_out(struct sh_task *t, const struct fetch *f, const struct shell_result *r)
{
    const char *format = f->o.arg[sh_opt_bit('w')];
    char out[4];

    while (*format != '\0') {
        const char *close = strncmp(format, "%{", 2) == 0 ? strchr(format, '}') : NULL;

        if (close != NULL) {
            curl_variable(t, f, r, format + 2, (size_t)(close - format) - 2);
            format = close + 1;
        } else if (*format == '\\') {
            sh_echo_escape(&format, out, false);
            sh_put(t, out, 1);
        } else {
            format += format[0] == '%' && format[1] == '%';
            sh_put(t, format++, 1);
        }
    }
}

static int curl_code(const struct fetch *f, const struct shell_result *r)
{
    switch (r->reply) {
    case SHELL_REPLY_OK:
        return (sh_opt(&f->o, 'f') || sh_opt(&f->o, 'B')) && r->status >= 400 ? 22 : 0;
    case SHELL_REPLY_NO_NAME:
        return 6;
    case SHELL_REPLY_REFUSED:
    case SHELL_REPLY_NO_ROUTE:
        return 7;
    case SHELL_REPLY_RESET:
        return 56;
    case SHELL_REPLY_GARBAGE:
        return 1;
    case SHELL_REPLY_CUT:
        return 18;
    default:
        return 28;
    }
}

static void curl_complain(struct sh_task *t, const struct fetch *f, const struct shell_result *r,
                          int code)
{
    char of[24];

    if (sh_opt(&f->o, 's') && !sh_opt(&f->o, 'S'))
        return;
    switch (code) {
    case 1:
        sh_complain(t, "curl: (1) Received HTTP/0.9 when not allowed");
        break;
    case 6:
        sh_complain(t, "curl: (6) Could not resolve host: %s", f->url.host);
        break;
    case 7:
        sh_complain(t, "curl: (7) Failed to connect to %s port %u: %s", f->url.host, f->url.port,
                    r->reply == SHELL_REPLY_REFUSED ? "Connection refused" : "No route to host");
        break;
    case 18:
        sh_complain(t, "curl: (18) transfer closed with %u bytes remaining to read", r->body_length);
        break;
    case 22:
        sh_complain(t, "curl: (22) The requested URL returned error: %u", r->status);
        break;
    case 47:
        sh_complain(t, "curl: (47) Maximum (%u) redirects followed", CURL_REDIRECTS_MAX);
        break;
    case 56:
        sh_complain(t, "curl: (56) Recv failure: Connection reset by peer");
        break;
    default:
        snprintf(of, sizeof(of), "out of %u ", r->body_length);
        sh_complain(t, "curl: (28) Operation timed out after %lld milliseconds with 0 %sbytes received",
                    (long long)(t->proc->now - f->began), f->in_body ? of : "");
        break;
    }
}

/* Writes what has come, as it was asked for; the new exit code. */
static int curl_deliver(struct sh_task *t, struct fetch *f, const struct shell_result *r, int code)
{
    const char *path = sh_opt(&f->o, 'o') ? f->o.arg[sh_opt_bit('o')] : NULL;
    int error = 0;

    if ((sh_opt(&f->o, 'I') || sh_opt(&f->o, 'i')) && path == NULL) {
        sh_printf(t, "HTTP/1.1 %u %s\r\n", r->status, sh_status_text(r->status));
        if (r->location != NULL)
            sh_printf(t, "Location: %s\r\n", r->location);
        sh_puts(t, "\r\n");
    }
    if (sh_opt(&f->o, 'O'))
        path = last_component(f->url.path);
    if (path != NULL && strcmp(path, "-") != 0)
        error = sh_save_body(t, path, r);
    else if (!sh_opt(&f->o, 'I'))
        sh_put_body(t, r);
    if (error == 0)
        return code;
    sh_complain(t, "curl: (23) Failure writing output to destination");
    return 23;
}

static int curl_done(struct sh_task *t, struct fetch *f, const struct shell_result *r, int code)
{
    if (code != 0)
        curl_complain(t, f, r, code);
    if (code == 0 || (code == 22 && sh_opt(&f->o, 'B')))
        code = curl_deliver(t, f, r, code);
    if (sh_opt(&f->o, 'w'))
        curl_write_out(t, f, r);
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
                                               {"retry-all-errors", 'a'},
                                               {"write-out", 'w'},
                                               {"user", 'u'},
                                               {"user-agent", 'A'},
                                               {"verbose", 'v'},
                                               {"fail-early", 'E'},
                                               {"data-raw", 'd'},
                                               {"noproxy", 'N'},
                                               {"retry-max-time", 'Z'},
                                               {"fail-with-body", 'B'},
                                               {"compressed", 'g'},
                                               {"http1.1", 'g'},
                                               {"ipv4", '4'},
                                               {"cacert", 'N'},
                                               {"cert", 'N'},
                                               {"key", 'N'},
                                               {"remote-name", 'O'}};
    int64_t tries = 0;
    rx_ms connect;

    if (!shorten(t, c, names, RX_ARRAY_LEN(names)) ||
        !sh_options(t, c, "sSfo:LkIiX:d:H:m:Y:R:D:Cw:u:A:vEN:Z:OgB4a", &f->o))
        return 2;
    if (f->o.first == c->argc || !sh_url_parse(c->argv[f->o.first], &f->url)) {
        sh_complain(t, "curl: (3) URL rejected");
        return 3;
    }
    /* A connection is made at once here, or never: how long it may take makes no difference. */
    f->timeout = RX_MS_NEVER;
    if ((sh_opt(&f->o, 'm') && !sh_duration(f->o.arg[sh_opt_bit('m')], &f->timeout)) ||
        (sh_opt(&f->o, 'Y') && !sh_duration(f->o.arg[sh_opt_bit('Y')], &connect)) ||
        (sh_opt(&f->o, 'D') && !sh_duration(f->o.arg[sh_opt_bit('D')], &f->retry_delay)) ||
        (sh_opt(&f->o, 'R') && !sh_number(f->o.arg[sh_opt_bit('R')], &tries)))
        return 2;
    if (f->timeout == 0)
        f->timeout = RX_MS_NEVER;
    f->tries = (uint32_t)RX_MIN(RX_MAX(tries, (int64_t)0), (int64_t)1000);
    f->method = sh_opt(&f->o, 'X')   ? f->o.arg[sh_opt_bit('X')]
                : sh_opt(&f->o, 'I') ? "HEAD"
                : sh_opt(&f->o, 'd') ? "POST"
                                     : "GET";
    return -1;
}

static bool curl_retries(const struct fetch *f, const struct shell_result *r)
{
    bool passing = r->reply == SHELL_REPLY_TIMEOUT || r->reply == SHELL_REPLY_NO_NAME ||
                   (r->reply == SHELL_REPLY_OK && (r->status == 408 || r->status == 429 ||
                                                   (r->status >= 500 && r->status <= 504))) ||
                   (r->reply == SHELL_REPLY_REFUSED && sh_opt(&f->o, 'C')) ||
                   ((r->reply != SHELL_REPLY_OK || (sh_opt(&f->o, 'f') && r->status >= 400)) &&
                    sh_opt(&f->o, 'a'));

    return passing && f->tried < f->tries;
}

static int curl_try(struct sh_task *t, struct fetch *f)
{
    f->resting = f->in_body = false;
    f->redirects = 0;
    f->began = t->proc->now;
    f->deadline = sh_later(t->proc->now, f->timeout);
    return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, f->timeout);
}

/* Without --retry-delay: 1 s, doubled each time, at most 10 minutes. */
static int curl_rest(struct sh_task *t, struct fetch *f)
{
    rx_ms delay = sh_opt(&f->o, 'D')
                      ? f->retry_delay
                      : RX_MIN((rx_ms)1000 << RX_MIN(f->tried, 20u), (rx_ms)600000);

    f->tried++;
    f->resting = true;
    return sh_sleep_until(t, sh_later(t->proc->now, delay));
}

/* The headers are there: follows a redirect, or waits for the body. */
static int curl_headers(struct sh_task *t, struct fetch *f, const struct shell_result *r)
{
    rx_ms left = f->deadline < RX_MS_NEVER ? f->deadline - t->proc->now : RX_MS_NEVER;
    int code = curl_code(f, r);

    f->headers = t->proc->now;
    if (sh_opt(&f->o, 'L') && r->status >= 300 && r->status < 400 && r->location != NULL) {
        if (f->redirects == CURL_REDIRECTS_MAX)
            return curl_done(t, f, r, 47);
        if (sh_url_follow(r->location, &f->url)) {
            f->redirects++;
            return sh_ask(t, SHELL_ASK_HTTP, &f->url, f->method, left);
        }
    }
    f->in_body = true;
    if ((code == 0 || sh_opt(&f->o, 'B')) && !sh_opt(&f->o, 'I') &&
        sh_await_body(t, left) == SH_BLOCKED)
        return SH_BLOCKED;
    return curl_done(t, f, r, code);
}

int sh_cmd_curl(struct sh_task *t, struct sh_call *c)
{
    struct fetch *f = c->state;
    struct shell_result r;

    if (f == NULL) {
        int status;

        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = curl_init(t, c, f);
        return status >= 0 ? status : curl_try(t, f);
    }
    if (f->resting)
        return curl_try(t, f);
    r = sh_answer(t);
    if (curl_retries(f, &r))
        return curl_rest(t, f);
    if (r.reply == SHELL_REPLY_OK && !f->in_body)
        return curl_headers(t, f, &r);
    return curl_done(t, f, &r, curl_code(f, &r));
}
