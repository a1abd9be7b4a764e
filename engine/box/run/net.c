/* SPDX-License-Identifier: Apache-2.0 */
/* net.c - a URL taken apart, a question put to the host, the answer waited for. */
#include "engine/box/run/net.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/reactor/base.h"

/* ---- asking ---------------------------------------------------------------------------------- */

int sh_ask(struct sh_task *t, enum shell_ask what, const struct sh_url *u, const char *method,
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

struct shell_result sh_answer(const struct sh_task *t)
{
    struct shell_result result = {.reply = SHELL_REPLY_TIMEOUT};

    if (!t->answered || t->reply == NULL ||
        (t->reply->due > t->proc->now && !t->reply->has_headers))
        return result;
    result = t->reply->result;
    if (t->reply->due > t->proc->now)
        result.reply = SHELL_REPLY_TIMEOUT;
    return result;
}

int sh_await_body(struct sh_task *t, rx_ms timeout)
{
    struct sh_reply *r = t->reply;

    if (r->result.reply != SHELL_REPLY_OK || r->result.body_after == 0)
        return 0;
    r->has_headers = true;
    r->due = sh_later(r->due, r->result.body_after);
    t->wait = SH_WAITS_ANSWER;
    t->until = RX_MIN(sh_later(t->proc->now, timeout), r->due);
    return SH_BLOCKED;
}

/* ---- URLs ------------------------------------------------------------------------------------ */

/* The port behind a host's colon. */
static bool parse_port(const char *colon, const char *end, uint16_t *out)
{
    size_t length = (size_t)(end - colon - 1);
    char digits[8];
    int64_t port;

    if (length == 0 || length >= sizeof(digits))
        return false;
    memcpy(digits, colon + 1, length);
    digits[length] = '\0';
    if (!sh_number(digits, &port) || port < 1 || port > 65535)
        return false;
    *out = (uint16_t)port;
    return true;
}

static bool parse_authority(const char *s, const char *end, struct sh_url *u)
{
    bool bracket;
    const char *colon;
    size_t length;

    for (const char *at = s; at < end; at++) /* user:password@ */
        if (*at == '@')
            s = at + 1;
    bracket = *s == '[' && memchr(s, ']', (size_t)(end - s)) != NULL;
    colon = bracket ? memchr(s, ']', (size_t)(end - s)) : s;
    colon = memchr(colon, ':', (size_t)(end - colon));
    length = (size_t)((colon != NULL ? colon : end) - s);
    if (bracket) {
        s++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof(u->host))
        return false;
    memcpy(u->host, s, length);
    u->host[length] = '\0';
    return colon == NULL || parse_port(colon, end, &u->port);
}

bool sh_url_parse(const char *s, struct sh_url *u)
{
    const char *end;

    *u = (struct sh_url){.port = 80};
    if (strncasecmp(s, "http://", 7) == 0) {
        s += 7;
    } else if (strncasecmp(s, "https://", 8) == 0) {
        s += 8;
        u->tls = true;
        u->port = 443;
    } else if (strstr(s, "://") != NULL) {
        return false;
    }
    end = s + strcspn(s, "/?#");
    if (!parse_authority(s, end, u))
        return false;
    snprintf(u->path, sizeof(u->path), "%s%.*s", *end == '/' ? "" : "/", (int)strcspn(end, "#"),
             end);
    return true;
}

const char *sh_url_file(const char *path)
{
    const char *from = path;

    for (const char *s = path; *s != '\0' && *s != '?'; s++)
        from = *s == '/' ? s + 1 : from;
    return *from != '\0' && *from != '?' ? from : NULL;
}

bool sh_url_follow(const char *location, struct sh_url *u)
{
    const char *slash = location != NULL ? strchr(location, '/') : NULL;
    const char *sep = location != NULL ? strstr(location, "://") : NULL;
    size_t keep = strcspn(u->path, "?");
    char path[SH_URL_MAX];
    struct sh_url next;

    if (location == NULL)
        return false;
    if (sep != NULL && slash == sep + 1) {
        if (!sh_url_parse(location, &next))
            return false;
        *u = next;
        return true;
    }
    if (location[0] == '/' && location[1] == '/') {
        next = *u;
        next.port = u->tls ? 443 : 80;
        location += 2;
        slash = location + strcspn(location, "/?#");
        if (!parse_authority(location, slash, &next))
            return false;
        *u = next;
        location = *slash == '/' ? slash : "/";
    }
    while (location[0] != '/' && location[0] != '?' && keep > 0 && u->path[keep - 1] != '/')
        keep--; /* relative to the directory */
    snprintf(path, sizeof(path), "%.*s%.*s", location[0] == '/' ? 0 : (int)keep, u->path,
             (int)strcspn(location, "#"), location);
    memcpy(u->path, path, sizeof(path));
    return true;
}

/* ---- answers --------------------------------------------------------------------------------- */

static int each_chunk(struct sh_task *t, struct sh_file *f, const struct shell_result *r)
{
    static const char filler[256] = {[0 ... 255] = 'x'};
    int error = 0;

    for (uint32_t at = 0; error == 0 && at < r->body_length && !t->proc->over;) {
        uint32_t n = r->body_length - at;

        if (r->body == NULL)
            n = RX_MIN(n, (uint32_t)sizeof(filler));
        if (f != NULL)
            error = sh_write_file(t, f, r->body != NULL ? r->body + at : filler, n);
        else
            sh_put(t, r->body != NULL ? r->body + at : filler, n);
        at += n;
    }
    return error;
}

void sh_put_body(struct sh_task *t, const struct shell_result *r)
{
    each_chunk(t, NULL, r);
}

int sh_save_body(struct sh_task *t, const char *path, const char *head,
                 const struct shell_result *r, bool append)
{
    struct sh_file *f;
    int error = sh_open(t, path, FS_WRITE | FS_CREATE | (append ? FS_APPEND : FS_TRUNCATE), &f);

    if (error == 0)
        error = sh_write_file(t, f, head, strlen(head));
    if (error == 0)
        error = each_chunk(t, f, r);
    sh_file_unref(t->proc, f);
    return error;
}

size_t sh_response_head(char *out, size_t room, const struct shell_result *r)
{
    return (size_t)snprintf(out, room, "HTTP/1.1 %u %s\r\n%s%.*s%s\r\n", r->status,
                            sh_status_text(r->status), r->location != NULL ? "Location: " : "",
                            SH_URL_MAX, r->location != NULL ? r->location : "",
                            r->location != NULL ? "\r\n" : "");
}

void sh_dotted(char out[16], uint32_t a)
{
    snprintf(out, 16, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

const char *sh_status_text(unsigned status)
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
