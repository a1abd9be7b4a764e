/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl.c - curl: for each URL a request, later the headers, then the body.
 *
 * Of its options those are here that change what comes out, and those that make no difference in a
 * world without certificates, proxies and cookies. Any other one is named as not simulated.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

enum { REDIRECTS_MAX = 50, RESOLVES_MAX = 8, TRIES_MAX = 1000 };

/* ---- options --------------------------------------------------------------------------------- */

enum curl_what {
    PASS, /* makes no difference here */
    SILENT,
    SHOW,
    FAIL,
    FAIL_BODY,
    FAIL_EARLY,
    FOLLOW,
    REDIRECTS,
    HEAD,
    INCLUDE,
    DUMP,
    METHOD,
    DATA,
    FORM,
    UPLOAD,
    GET,
    MAX_TIME,
    CONNECT_TIME,
    RETRY,
    RETRY_DELAY,
    RETRY_TIME,
    RETRY_REFUSED,
    RETRY_ALL,
    WRITE,
    JAR,
    GLOB_OFF,
    OUT,
    REMOTE,
    URL,
    RESOLVE,
};

struct curl_option {
    const char *name;
    char letter; /* 0: it has a long name only */
    bool valued;
    uint8_t what;
};

static const struct curl_option options[] = {
    {"silent", 's', false, SILENT},
    {"show-error", 'S', false, SHOW},
    {"fail", 'f', false, FAIL},
    {"fail-with-body", 0, false, FAIL_BODY},
    {"fail-early", 0, false, FAIL_EARLY},
    {"location", 'L', false, FOLLOW},
    {"location-trusted", 0, false, FOLLOW},
    {"max-redirs", 0, true, REDIRECTS},
    {"head", 'I', false, HEAD},
    {"include", 'i', false, INCLUDE},
    {"dump-header", 'D', true, DUMP},
    {"request", 'X', true, METHOD},
    {"data", 'd', true, DATA},
    {"data-ascii", 0, true, DATA},
    {"data-binary", 0, true, DATA},
    {"data-raw", 0, true, DATA},
    {"data-urlencode", 0, true, DATA},
    {"json", 0, true, DATA},
    {"form", 'F', true, FORM},
    {"form-string", 0, true, FORM},
    {"upload-file", 'T', true, UPLOAD},
    {"get", 'G', false, GET},
    {"max-time", 'm', true, MAX_TIME},
    {"connect-timeout", 0, true, CONNECT_TIME},
    {"retry", 0, true, RETRY},
    {"retry-delay", 0, true, RETRY_DELAY},
    {"retry-max-time", 0, true, RETRY_TIME},
    {"retry-connrefused", 0, false, RETRY_REFUSED},
    {"retry-all-errors", 0, false, RETRY_ALL},
    {"write-out", 'w', true, WRITE},
    {"cookie-jar", 'c', true, JAR},
    {"globoff", 'g', false, GLOB_OFF},
    {"output", 'o', true, OUT},
    {"remote-name", 'O', false, REMOTE},
    {"url", 0, true, URL},
    {"resolve", 0, true, RESOLVE},
    {"verbose", 'v', false, PASS},
    {"progress-bar", '#', false, PASS},
    {"progress-meter", 0, false, PASS},
    {"insecure", 'k', false, PASS},
    {"header", 'H', true, PASS},
    {"user", 'u', true, PASS},
    {"user-agent", 'A', true, PASS},
    {"referer", 'e', true, PASS},
    {"cookie", 'b', true, PASS},
    {"junk-session-cookies", 'j', false, PASS},
    {"netrc", 'n', false, PASS},
    {"basic", 0, false, PASS},
    {"oauth2-bearer", 0, true, PASS},
    {"noproxy", 0, true, PASS},
    {"buffer", 0, false, PASS},
    {"no-buffer", 'N', false, PASS},
    {"keepalive", 0, false, PASS},
    {"keepalive-time", 0, true, PASS},
    {"compressed", 0, false, PASS},
    {"remote-time", 'R', false, PASS},
    {"remote-header-name", 'J', false, PASS},
    {"disable", 'q', false, PASS},
    {"http1.0", '0', false, PASS},
    {"http1.1", 0, false, PASS},
    {"http2", 0, false, PASS},
    {"ipv4", '4', false, PASS},
    {"tlsv1", '1', false, PASS},
    {"tlsv1.2", 0, false, PASS},
    {"tlsv1.3", 0, false, PASS},
    {"cacert", 0, true, PASS},
    {"capath", 0, true, PASS},
    {"cert", 'E', true, PASS},
    {"cert-type", 0, true, PASS},
    {"key", 0, true, PASS},
    {"key-type", 0, true, PASS},
    {"pass", 0, true, PASS},
    {"path-as-is", 0, false, PASS},
};

/* An output belongs to the URL of the same place, so these are kept in their order. */
struct curl_words {
    const char **word;
    uint32_t count;
};

struct curl {
    uint64_t given; /* by enum curl_what */
    const char *arg[RESOLVE + 1];
    struct curl_words urls, data, outs; /* an output of NULL: by the URL's last component */
    const char *resolve[RESOLVES_MAX];
    uint32_t resolves, nth; /* nth: URL that is being fetched */
    struct sh_url url;
    const char *method;
    struct sh_buf head; /* of this answer, and of the redirects before it */
    int64_t tries, redirects_max;
    uint32_t redirects, tried;
    rx_ms timeout, retry_delay, retry_time, deadline;
    rx_ms first, began, headers; /* when this URL, and this try did; when its headers came */
    bool resting;                /* between two tries */
    bool in_body;
};

static bool is(const struct curl *f, enum curl_what what)
{
    return f->given >> what & 1;
}

static const struct curl_option *by_name(const char *name)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(options); i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

static const struct curl_option *by_letter(char letter)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(options); i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}

static bool misused(struct sh_task *t, const char *option, const char *how)
{
    sh_complain(t, "curl: option %s: %s", option, how);
    sh_complain(t, "curl: try 'curl --help' or 'curl --manual' for more information");
    return false;
}

/* False: there is no room for one more. */
static bool take(struct curl *f, enum curl_what what, const char *value, bool on)
{
    f->given = on ? f->given | 1ull << what : f->given & ~(1ull << what);
    f->arg[what] = value;
    if (what == OUT || what == REMOTE)
        f->outs.word[f->outs.count++] = value;
    if (what == URL)
        f->urls.word[f->urls.count++] = value;
    if (what == DATA)
        f->data.word[f->data.count++] = value;
    if (what == RESOLVE && f->resolves < RESOLVES_MAX)
        f->resolve[f->resolves++] = value;
    else if (what == RESOLVE)
        return false;
    return true;
}

static bool take_long(struct sh_task *t, struct sh_call *c, struct curl *f, uint32_t *i)
{
    char *word = c->argv[*i];
    const struct curl_option *o = by_name(word + 2);
    bool on = true;

    if (o == NULL && strncmp(word, "--no-", 5) == 0) {
        on = false;
        o = by_name(word + 5);
        o = o != NULL && o->valued ? NULL : o;
    }
    if (o == NULL)
        return sh_option_bad(t, c, word);
    if (!o->valued)
        return take(f, o->what, NULL, on);
    if (*i + 1 == c->argc)
        return misused(t, word, "requires parameter");
    return take(f, o->what, c->argv[++*i], true) || sh_option_bad(t, c, word);
}

static bool take_letters(struct sh_task *t, struct sh_call *c, struct curl *f, uint32_t *i)
{
    for (const char *s = c->argv[*i] + 1; *s != '\0'; s++) {
        const struct curl_option *o = by_letter(*s);
        char letter[3] = {'-', *s, '\0'};

        if (o == NULL)
            return sh_option_bad(t, c, letter);
        if (!o->valued) {
            take(f, o->what, NULL, true);
            continue;
        }
        if (s[1] == '\0' && *i + 1 == c->argc)
            return misused(t, letter, "requires parameter");
        return take(f, o->what, s[1] != '\0' ? s + 1 : c->argv[++*i], true) ||
               sh_option_bad(t, c, letter);
    }
    return true;
}

static bool take_words(struct sh_task *t, struct sh_call *c, struct curl *f)
{
    bool plain = false;

    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i];

        if (plain || word[0] != '-' || word[1] == '\0')
            take(f, URL, word, true);
        else if (strcmp(word, "--") == 0)
            plain = true;
        else if (!(word[1] == '-' ? take_long(t, c, f, &i) : take_letters(t, c, f, &i)))
            return false;
    }
    return true;
}

static bool take_times(struct sh_task *t, struct curl *f)
{
    static const char bad[] = "expected a proper numerical parameter";
    rx_ms connect; /* a connection is made at once here, or never: it makes no difference */

    f->timeout = f->retry_time = RX_MS_NEVER;
    f->redirects_max = REDIRECTS_MAX;
    if (is(f, MAX_TIME) && !sh_duration(f->arg[MAX_TIME], &f->timeout))
        return misused(t, "-m", bad);
    if (is(f, CONNECT_TIME) && !sh_duration(f->arg[CONNECT_TIME], &connect))
        return misused(t, "--connect-timeout", bad);
    if (is(f, RETRY) && (!sh_number(f->arg[RETRY], &f->tries) || f->tries < 0))
        return misused(t, "--retry", bad);
    if (is(f, RETRY_DELAY) && !sh_duration(f->arg[RETRY_DELAY], &f->retry_delay))
        return misused(t, "--retry-delay", bad);
    if (is(f, RETRY_TIME) && !sh_duration(f->arg[RETRY_TIME], &f->retry_time))
        return misused(t, "--retry-max-time", bad);
    if (is(f, REDIRECTS) && !sh_number(f->arg[REDIRECTS], &f->redirects_max))
        return misused(t, "--max-redirs", bad);
    f->timeout = f->timeout == 0 ? RX_MS_NEVER : f->timeout;
    f->retry_time = f->retry_time == 0 ? RX_MS_NEVER : f->retry_time;
    f->redirects_max = f->redirects_max < 0 ? INT64_MAX : f->redirects_max;
    f->tries = RX_MIN(f->tries, (int64_t)TRIES_MAX);
    return true;
}

/* The variables of -w. Those of none are 0 or empty here. */
static const char *const variables[] = {"http_code",
                                        "response_code",
                                        "exitcode",
                                        "time_total",
                                        "time_starttransfer",
                                        "size_download",
                                        "num_redirects",
                                        "num_retries",
                                        "remote_ip",
                                        "remote_port",
                                        "url",
                                        "method",
                                        "scheme",
                                        "http_version",
                                        "url_effective",
                                        "redirect_url",
                                        "num_connects",
                                        "urlnum",
                                        "time_pretransfer",
                                        "time_connect",
                                        "time_namelookup",
                                        "time_appconnect",
                                        "time_redirect",
                                        "ssl_verify_result",
                                        "content_type"};

static bool is_name(const char *name, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(name, text, length) == 0;
}

static bool format_known(struct sh_task *t, struct sh_call *c, const char *format)
{
    char text[64];

    if (format[0] == '@')
        return sh_option_bad(t, c, "-w @FILE");
    while ((format = strchr(format, '%')) != NULL) {
        size_t length = format[1] == '{' ? strcspn(format + 2, "}") : 0, i;

        format += format[1] == '%' ? 2 : 1;
        if (format[0] != '{' || format[1 + length] == '\0')
            continue;
        for (i = 0; i < RX_ARRAY_LEN(variables); i++)
            if (is_name(format + 1, length, variables[i]))
                break;
        if (i < RX_ARRAY_LEN(variables))
            continue;
        snprintf(text, sizeof(text), "-w %%{%.*s}", (int)RX_MIN(length, (size_t)40), format + 1);
        return sh_option_bad(t, c, text);
    }
    return true;
}

/* What is understood of an option, but not simulated. */
static bool beyond(struct sh_task *t, struct sh_call *c, const struct curl *f)
{
    for (uint32_t i = 0; i < f->urls.count && !is(f, GLOB_OFF); i++) {
        const char *url = f->urls.word[i], *open = strchr(url, '[');

        if (strchr(url, '{') != NULL || (open != NULL && strchr(open, '-') != NULL))
            return !sh_option_bad(t, c, "URL with {} or []");
    }
    for (uint32_t i = 0; i < f->data.count && is(f, GET); i++)
        if (f->data.word[i][0] == '@')
            return !sh_option_bad(t, c, "-G with -d @FILE");
    return is(f, WRITE) && !format_known(t, c, f->arg[WRITE]);
}

static int curl_init(struct sh_task *t, struct sh_call *c, struct curl *f)
{
    f->urls.word = sh_call_alloc(t, 3 * c->argc * sizeof(*f->urls.word));
    if (f->urls.word == NULL)
        return SH_BLOCKED;
    f->data.word = f->urls.word + c->argc;
    f->outs.word = f->data.word + c->argc;
    if (!take_words(t, c, f) || !take_times(t, f) || beyond(t, c, f))
        return 2;
    if (f->urls.count == 0) {
        sh_complain(t, "curl: no URL specified!");
        sh_complain(t, "curl: try 'curl --help' or 'curl --manual' for more information");
        return 2;
    }
    if (is(f, HEAD) && ((is(f, DATA) && !is(f, GET)) || is(f, FORM))) {
        sh_complain(t, "Warning: You can only select one HTTP request method!");
        return 2;
    }
    f->method = is(f, METHOD)                ? f->arg[METHOD]
                : is(f, HEAD)                ? "HEAD"
                : is(f, UPLOAD)              ? "PUT"
                : is(f, GET)                 ? "GET"
                : is(f, DATA) || is(f, FORM) ? "POST"
                                             : "GET";
    return 0;
}

/* ---- -w -------------------------------------------------------------------------------------- */

static void put_seconds(struct sh_task *t, rx_ms ms)
{
    sh_printf(t, "%lld.%03lld000", (long long)ms / 1000, (long long)ms % 1000);
}

/* One %{NAME} of those in `variables`. */
static void put_variable(struct sh_task *t, const struct curl *f, const struct shell_result *r,
                         const char *name, size_t length, int code)
{
    bool ok = r->reply == SHELL_REPLY_OK || f->in_body;
    char address[16] = "";

#define IS(text) is_name(name, length, text)
    if (IS("http_code") || IS("response_code"))
        sh_printf(t, "%03u", ok ? r->status : 0);
    else if (IS("exitcode"))
        sh_printf(t, "%d", code);
    else if (IS("time_total"))
        put_seconds(t, t->proc->now - f->began);
    else if (IS("time_starttransfer"))
        put_seconds(t, ok ? f->headers - f->began : 0);
    else if (length > 5 && memcmp(name, "time_", 5) == 0)
        put_seconds(t, 0);
    else if (IS("size_download"))
        sh_printf(t, "%u", r->reply == SHELL_REPLY_OK && !is(f, HEAD) ? r->body_length : 0);
    else if (IS("num_redirects"))
        sh_printf(t, "%u", f->redirects);
    else if (IS("num_retries"))
        sh_printf(t, "%u", f->tried);
    else if (IS("num_connects"))
        sh_printf(t, "%u", ok ? f->redirects + 1 : 0);
    else if (IS("urlnum"))
        sh_printf(t, "%u", f->nth);
    else if (IS("ssl_verify_result"))
        sh_puts(t, "0");
    else if (IS("remote_ip")) {
        if (r->address != 0)
            sh_dotted(address, r->address);
        sh_puts(t, address);
    } else if (IS("remote_port"))
        sh_printf(t, "%u", f->url.port);
    else if (IS("url"))
        sh_puts(t, f->urls.word[f->nth]);
    else if (IS("method"))
        sh_puts(t, f->method);
    else if (IS("scheme"))
        sh_puts(t, f->url.tls ? "HTTPS" : "HTTP");
    else if (IS("http_version"))
        sh_puts(t, ok ? "1.1" : "0");
    else if (IS("url_effective"))
        sh_printf(t, "%s://%s%s", f->url.tls ? "https" : "http", f->url.host, f->url.path);
    else if (IS("redirect_url") && ok && r->location != NULL)
        sh_puts(t, r->location);
#undef IS
}

static void write_out(struct sh_task *t, const struct curl *f, const struct shell_result *r,
                      int code)
{
    const char *format = f->arg[WRITE];
    char out[4];

    while (*format != '\0') {
        const char *close = strncmp(format, "%{", 2) == 0 ? strchr(format, '}') : NULL;

        if (close != NULL) {
            put_variable(t, f, r, format + 2, (size_t)(close - format) - 2, code);
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

/* ---- what came ------------------------------------------------------------------------------- */

static int curl_code(const struct curl *f, const struct shell_result *r)
{
    switch (r->reply) {
    case SHELL_REPLY_OK:
        return (is(f, FAIL) || is(f, FAIL_BODY)) && r->status >= 400 ? 22 : 0;
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

static void complain(struct sh_task *t, const struct curl *f, const struct shell_result *r,
                     int code)
{
    char of[24];

    if (is(f, SILENT) && !is(f, SHOW))
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
        sh_complain(t, "curl: (18) transfer closed with %u bytes remaining to read",
                    r->body_length);
        break;
    case 22:
        sh_complain(t, "curl: (22) The requested URL returned error: %u", r->status);
        break;
    case 47:
        sh_complain(t, "curl: (47) Maximum (%lld) redirects followed", (long long)f->redirects_max);
        break;
    case 56:
        sh_complain(t, "curl: (56) Recv failure: Connection reset by peer");
        break;
    default:
        snprintf(of, sizeof(of), "out of %u ", r->body_length);
        sh_complain(
            t, "curl: (28) Operation timed out after %lld milliseconds with 0 %sbytes received",
            (long long)(t->proc->now - f->began), f->in_body ? of : "");
        break;
    }
}

static void keep_head(struct sh_task *t, struct curl *f, const struct shell_result *r)
{
    char head[SH_HEAD_MAX];

    sh_buf_add(t, &f->head, head, sh_response_head(head, sizeof(head), r));
}

/* To standard output for "-" and NULL. */
static int put_to(struct sh_task *t, const char *path, const char *head,
                  const struct shell_result *r)
{
    if (path != NULL && strcmp(path, "-") != 0)
        return sh_save_body(t, path, head, r, false);
    sh_puts(t, head);
    sh_put_body(t, r);
    return 0;
}

/* By the URL's last component, up to its query. False: there is none. */
static bool remote_name(struct sh_task *t, const struct curl *f, char name[SH_URL_MAX])
{
    const char *file = sh_url_file(f->url.path);

    if (file == NULL) {
        sh_complain(t, "curl: Remote file name has no length!");
        sh_complain(t, "curl: (23) Failed writing received data to disk/application");
        return false;
    }
    snprintf(name, SH_URL_MAX, "%.*s", (int)strcspn(file, "?"), file);
    return true;
}

/* Writes what has come, as it was asked for; the new exit code. */
static int deliver(struct sh_task *t, struct curl *f, const struct shell_result *r, int code)
{
    struct shell_result body = *r, none = {0};
    const char *path = f->nth < f->outs.count ? f->outs.word[f->nth] : "-";
    const char *head = f->head.text != NULL ? f->head.text : "";
    bool with_head = is(f, HEAD) || is(f, INCLUDE), bare = code == 22 && !is(f, FAIL_BODY);
    char name[SH_URL_MAX];
    int error = 0;

    if (is(f, HEAD) || bare)
        body.body_length = 0;
    if (path == NULL) {
        if (!remote_name(t, f, name))
            return 23;
        path = name;
    }
    if (is(f, DUMP))
        error = put_to(t, f->arg[DUMP], head, &none);
    if (error == 0 && (with_head || !bare))
        error = put_to(t, path, with_head ? head : "", &body);
    if (error == 0)
        return code;
    sh_complain(t, "curl: (23) Failure writing output to destination");
    return 23;
}

/* ---- one URL after the other ------------------------------------------------------------------
 */

/* --resolve HOST:PORT:ADDRESS: whom to ask instead. */
static void resolve(const struct curl *f, struct sh_url *to)
{
    char key[sizeof(to->host) + 8];

    for (uint32_t i = f->resolves; i-- > 0;) {
        const char *s = f->resolve[i] + (f->resolve[i][0] == '+');
        size_t n = (size_t)snprintf(key, sizeof(key), "%s:%u:", to->host, to->port);

        if (strncmp(s, key, n) != 0)
            n = (size_t)snprintf(key, sizeof(key), "*:%u:", to->port);
        if (strncmp(s, key, n) == 0) {
            snprintf(to->host, sizeof(to->host), "%.*s", (int)strcspn(s + n, ","), s + n);
            return;
        }
    }
}

static int ask(struct sh_task *t, struct curl *f, rx_ms timeout)
{
    struct sh_url to = f->url;

    resolve(f, &to);
    return sh_ask(t, SHELL_ASK_HTTP, &to, f->method, timeout);
}

static int try(struct sh_task *t, struct curl *f)
{
    f->resting = f->in_body = false;
    f->redirects = 0;
    f->head.length = 0;
    if (f->head.text != NULL)
        f->head.text[0] = '\0';
    f->began = t->proc->now;
    f->deadline = sh_later(t->proc->now, f->timeout);
    return ask(t, f, f->timeout);
}

/* Whether a URL has begun; if not, code is its exit code. */
static bool begin(struct sh_task *t, struct curl *f, int *code)
{
    size_t length;

    if (!sh_url_parse(f->urls.word[f->nth], &f->url)) {
        const char *word = f->urls.word[f->nth];
        bool other = strstr(word, "://") != NULL && strncasecmp(word, "http", 4) != 0;

        *code = other ? 1 : 3;
        if (!is(f, SILENT) || is(f, SHOW))
            sh_complain(t, other ? "curl: (1) Protocol not supported or disabled in libcurl"
                                 : "curl: (3) URL using bad/illegal format or missing URL");
        return false;
    }
    length = strlen(f->url.path);
    for (uint32_t i = 0; i < f->data.count && is(f, GET); i++) {
        snprintf(f->url.path + length, sizeof(f->url.path) - length, "%c%s",
                 strchr(f->url.path, '?') != NULL ? '&' : '?', f->data.word[i]);
        length = strlen(f->url.path);
    }
    if (is(f, UPLOAD) && f->url.path[length - 1] == '/')
        snprintf(f->url.path + length, sizeof(f->url.path) - length, "%s",
                 sh_url_file(f->arg[UPLOAD]));
    f->tried = 0;
    f->first = t->proc->now;
    *code = try(t, f);
    return true;
}

/* The exit code is that of the last URL. No server here has cookies to keep. */
static int next(struct sh_task *t, struct curl *f, int code)
{
    static const char jar[] =
        "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n"
        "# This file was generated by libcurl! Edit at your own risk.\n\n";
    struct shell_result none = {0};

    while (++f->nth < f->urls.count && !(code != 0 && is(f, FAIL_EARLY)))
        if (begin(t, f, &code))
            return code;
    if (is(f, JAR))
        put_to(t, f->arg[JAR], jar, &none);
    return code;
}

static int done(struct sh_task *t, struct curl *f, const struct shell_result *r, int code)
{
    if (code != 0)
        complain(t, f, r, code);
    if (code == 0 || code == 22)
        code = deliver(t, f, r, code);
    if (is(f, WRITE))
        write_out(t, f, r, code);
    return next(t, f, code);
}

static bool retries(const struct sh_task *t, const struct curl *f, const struct shell_result *r)
{
    bool passing = r->reply == SHELL_REPLY_TIMEOUT || r->reply == SHELL_REPLY_NO_NAME ||
                   (r->reply == SHELL_REPLY_OK && (r->status == 408 || r->status == 429 ||
                                                   (r->status >= 500 && r->status <= 504))) ||
                   (r->reply == SHELL_REPLY_REFUSED && is(f, RETRY_REFUSED)) ||
                   (curl_code(f, r) != 0 && is(f, RETRY_ALL));

    return passing && f->tried < f->tries && t->proc->now < sh_later(f->first, f->retry_time);
}

/* Without --retry-delay: 1 s, doubled each time, at most 10 minutes. */
static int rest(struct sh_task *t, struct curl *f)
{
    rx_ms delay = f->retry_delay > 0 ? f->retry_delay
                                     : RX_MIN((rx_ms)1000 << RX_MIN(f->tried, 20u), (rx_ms)600000);

    f->tried++;
    f->resting = true;
    return sh_sleep_until(t, sh_later(t->proc->now, delay));
}

/* The headers are there: follows a redirect, or waits for the body. */
static int headers(struct sh_task *t, struct curl *f, const struct shell_result *r)
{
    rx_ms left = f->deadline < RX_MS_NEVER ? f->deadline - t->proc->now : RX_MS_NEVER;
    int code = curl_code(f, r);

    f->headers = t->proc->now;
    keep_head(t, f, r);
    if (is(f, FOLLOW) && r->status >= 300 && r->status < 400 && r->location != NULL) {
        if (f->redirects >= f->redirects_max)
            return done(t, f, r, 47);
        if (sh_url_follow(r->location, &f->url)) {
            f->redirects++;
            return ask(t, f, left);
        }
    }
    f->in_body = true;
    if ((code == 0 || is(f, FAIL_BODY)) && !is(f, HEAD) && sh_await_body(t, left) == SH_BLOCKED)
        return SH_BLOCKED;
    return done(t, f, r, code);
}

int sh_cmd_curl(struct sh_task *t, struct sh_call *c)
{
    struct curl *f = c->state;
    struct shell_result r;

    if (f == NULL) {
        int status;

        f = c->state = sh_call_alloc(t, sizeof(*f));
        if (f == NULL)
            return SH_BLOCKED;
        status = curl_init(t, c, f);
        if (status != 0)
            return status;
        return begin(t, f, &status) ? status : next(t, f, status);
    }
    if (f->resting)
        return try(t, f);
    r = sh_answer(t);
    if (retries(t, f, &r))
        return rest(t, f);
    if (r.reply == SHELL_REPLY_OK && !f->in_body)
        return headers(t, f, &r);
    return done(t, f, &r, curl_code(f, &r));
}
