/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1_render.c - the writing half of http1.h.
 */
#include "probes/wire/http1.h"

#include <string.h>

#define LITERAL(t, s) rx_fit_add((t), (s), sizeof(s) - 1)

/* A value that could end its line, or be taken for something else than text. */
static bool has_control(const char *s)
{
    for (; *s != '\0'; s++)
        if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)
            return true;
    return false;
}

static bool is_header(const struct rx_pair *h, const char *lower, size_t n)
{
    return strlen(h->key) == n && probe_same_name(h->key, lower, n);
}
#define IS_HEADER(h, lower) is_header((h), lower, sizeof(lower) - 1)

/* The first header of a name: NULL = there is none. */
static const char *find_header(const struct probe_http1_ask *ask, const char *lower, size_t n)
{
    for (uint32_t i = 0; i < ask->header_count; i++)
        if (is_header(&ask->header[i], lower, n))
            return ask->header[i].value;
    return NULL;
}
#define FIND_HEADER(ask, lower) find_header((ask), lower, sizeof(lower) - 1)

/* Written elsewhere, or not the manifest's to say. */
static bool is_reserved(const struct rx_pair *h)
{
    switch (h->key[0] | 0x20) {
    case 'h':
        return IS_HEADER(h, "host");
    case 'u':
        return IS_HEADER(h, "user-agent");
    case 'c':
        return IS_HEADER(h, "content-length");
    case 't':
        return IS_HEADER(h, "transfer-encoding") || IS_HEADER(h, "trailer");
    default:
        return false;
    }
}

static void render_value(struct rx_fit *t, const char *v)
{
    size_t n = strlen(v);

    while (n > 0 && probe_is_blank(*v)) {
        v++;
        n--;
    }
    while (n > 0 && probe_is_blank(v[n - 1]))
        n--;
    rx_fit_add(t, v, n);
    LITERAL(t, "\r\n");
}

/* The configured headers in their order. Accept is the odd one: absent it is added, empty it is
 * taken away, and only the first one decides that. */
static void render_headers(struct rx_fit *t, const struct probe_http1_ask *ask)
{
    const char *accept = FIND_HEADER(ask, "accept");
    bool says_close = false;

    for (uint32_t i = 0; i < ask->header_count; i++) {
        const struct rx_pair *h = &ask->header[i];

        if (is_reserved(h) || (accept != NULL && accept[0] == '\0' && IS_HEADER(h, "accept")))
            continue;
        says_close |= IS_HEADER(h, "connection") && strlen(h->value) == 5 &&
                      probe_same_name(h->value, "close", 5);
        rx_fit_str(t, h->key);
        LITERAL(t, ": ");
        render_value(t, h->value);
    }
    if (accept == NULL)
        LITERAL(t, "Accept: */*\r\n");
    if (ask->referer != NULL && FIND_HEADER(ask, "referer") == NULL) {
        LITERAL(t, "Referer: ");
        rx_fit_add(t, ask->referer, ask->referer_len);
        LITERAL(t, "\r\n");
    }
    if (!says_close && !ask->persistent)
        LITERAL(t, "Connection: close\r\n");
}

int32_t probe_http1_render_request(char *to, uint32_t room, const struct probe_http1_ask *ask,
                                   const struct rx_pair **bad)
{
    struct rx_fit t = {.at = to, .room = room};
    const char *host = FIND_HEADER(ask, "host"), *agent = FIND_HEADER(ask, "user-agent");

    for (uint32_t i = 0; i < ask->header_count; i++) {
        *bad = &ask->header[i];
        if (has_control((*bad)->value))
            return IS_HEADER(*bad, "host") ? PROBE_HTTP1_BAD_HOST : PROBE_HTTP1_BAD_HEADER;
    }
    LITERAL(&t, "GET ");
    rx_fit_add(&t, ask->target, ask->target_len);
    LITERAL(&t, " HTTP/1.1\r\nHost: ");
    if (host != NULL && host[0] != '\0' && !ask->forget_host) {
        render_value(&t, host);
    } else {
        rx_fit_add(&t, ask->host, ask->host_len);
        LITERAL(&t, "\r\n");
    }
    if (agent == NULL)
        agent = ask->user_agent;
    if (agent[0] != '\0') {
        LITERAL(&t, "User-Agent: ");
        render_value(&t, agent);
    }
    render_headers(&t, ask);
    LITERAL(&t, "\r\n");
    return t.cut ? PROBE_HTTP1_TOO_LONG : (int32_t)t.len;
}

/* clang-format off */
static const char *reason(uint16_t status)
{
    switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 414: return "URI Too Long";
    case 418: return "I'm a teapot";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
    }
}
/* clang-format on */

int32_t probe_http1_render_reply(char *to, uint32_t room, const struct probe_http1_reply *r)
{
    struct rx_fit t = {.at = to, .room = room};
    char code[4] = {(char)('0' + r->status / 100 % 10), (char)('0' + r->status / 10 % 10),
                    (char)('0' + r->status % 10), ' '};

    LITERAL(&t, "HTTP/1.1 ");
    rx_fit_add(&t, code, sizeof(code));
    rx_fit_str(&t, reason(r->status));
    LITERAL(&t, "\r\n");
    if (probe_http1_status_has_body(r->status)) {
        LITERAL(&t, "Content-Type: text/plain\r\nContent-Length: ");
        rx_fit_uint(&t, r->length);
        LITERAL(&t, "\r\n");
    }
    if (r->location != NULL) {
        LITERAL(&t, "Location: ");
        rx_fit_str(&t, r->location);
        LITERAL(&t, "\r\n");
    }
    if (r->close)
        LITERAL(&t, "Connection: close\r\n");
    LITERAL(&t, "\r\n");
    return t.cut ? PROBE_HTTP1_TOO_LONG : (int32_t)t.len;
}
