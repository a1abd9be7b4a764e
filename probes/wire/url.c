/* SPDX-License-Identifier: Apache-2.0 */
/* url.c - Go's grammar of URLs, and Go's sentences for what goes wrong. */
#include "probes/wire/url.h"

#include <string.h>

/* ---- hosts ----------------------------------------------------------------------------------- */

bool probe_host_resolve(const char *host, size_t n, uint32_t *ip)
{
    static const char local[] = "localhost";
    uint32_t value = 0;
    size_t i = 0;

    if (n == sizeof(local) - 1 && memcmp(host, local, n) == 0) {
        *ip = 127u << 24 | 1;
        return true;
    }
    for (int part = 0; part < 4; part++) {
        uint32_t octet = 0;
        size_t from;

        if (part > 0 && (i == n || host[i++] != '.'))
            return false;
        from = i;
        while (i < n && probe_is_digit(host[i]) && i - from < 3)
            octet = octet * 10 + (uint32_t)(host[i++] - '0');
        if (i == from || octet > 255 || (host[from] == '0' && i - from > 1))
            return false;
        value = value << 8 | octet;
    }
    if (i != n)
        return false;
    *ip = value;
    return true;
}

enum probe_aim probe_host_aim(const char *host, size_t n, uint32_t own, uint32_t *ip)
{
    static const char local6[] = "::1";
    const uint32_t local = 127u << 24 | 1;

    if (n == sizeof(local6) - 1 && memcmp(host, local6, n) == 0)
        *ip = local;
    else if (!probe_host_resolve(host, n, ip))
        return PROBE_AIM_NO_HOST;
    if (*ip == local)
        *ip = own;
    return *ip == own || *ip >> 24 == 127 ? PROBE_AIM_OK : PROBE_AIM_NO_ROUTE;
}

void probe_url_host_port(struct rx_fit *t, const char *host, size_t n, uint32_t port)
{
    bool bracket = memchr(host, ':', n) != NULL;

    if (bracket)
        rx_fit_add(t, "[", 1);
    rx_fit_add(t, host, n);
    rx_fit_str(t, bracket ? "]:" : ":");
    rx_fit_uint(t, port);
}

/* ---- bytes of a path ------------------------------------------------------------------------- */

/* PLAIN: not escaped when a path has to be encoded anew. VALID: may stand in a path as written. */
enum { VALID = 1, PLAIN = 2, BOTH = VALID | PLAIN };

/* clang-format off */
static const uint8_t path_byte[256] = {
    ['a' ... 'z'] = BOTH, ['A' ... 'Z'] = BOTH, ['0' ... '9'] = BOTH,
    ['-'] = BOTH, ['_'] = BOTH, ['.'] = BOTH, ['~'] = BOTH, ['$'] = BOTH, ['&'] = BOTH,
    ['+'] = BOTH, [','] = BOTH, ['/'] = BOTH, [':'] = BOTH, [';'] = BOTH, ['='] = BOTH,
    ['@'] = BOTH, ['!'] = VALID, ['\''] = VALID, ['('] = VALID, [')'] = VALID, ['*'] = VALID,
    ['['] = VALID, [']'] = VALID, ['%'] = VALID,
};
/* clang-format on */

static bool escapes_are_valid(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '%')
            continue;
        if (n - i < 3 || probe_hex_value(p[i + 1]) < 0 || probe_hex_value(p[i + 2]) < 0)
            return false;
        i += 2;
    }
    return true;
}

static void text_path_byte(struct rx_fit *t, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";

    if (path_byte[c] & PLAIN)
        rx_fit_add(t, (char[]){(char)c}, 1);
    else
        rx_fit_add(t, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
}

/* As written if every byte may stand there; otherwise decoded and encoded anew. */
static void text_path(struct rx_fit *t, const char *p, size_t n)
{
    size_t valid = 0;

    while (valid < n && path_byte[(unsigned char)p[valid]] & VALID)
        valid++;
    if (valid == n) {
        rx_fit_add(t, p, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)p[i];

        if (c == '%') {
            c = probe_hex_value(p[i + 1]) << 4 | probe_hex_value(p[i + 2]);
            i += 2;
        }
        text_path_byte(t, (unsigned char)c);
    }
}

/* Nothing in it means anything: each byte is part of the path. */
static void text_path_raw(struct rx_fit *t, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_path_byte(t, (unsigned char)p[i]);
}

/* ---- references, cut into their parts -------------------------------------------------------- */

struct ref {
    const char *scheme, *authority, *path, *query;
    uint32_t scheme_len, authority_len, path_len, query_len;
    bool has_scheme, has_authority, has_query;
};

static uint32_t scheme_length(const char *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char c = s[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

        if (c == ':')
            return i;
        if (!letter && (i == 0 || !(probe_is_digit(c) || c == '+' || c == '-' || c == '.')))
            return 0;
    }
    return 0;
}

static void ref_cut(struct ref *r, const char *s, uint32_t n)
{
    const char *hash = memchr(s, '#', n), *mark;
    uint32_t len;

    memset(r, 0, sizeof(*r));
    if (hash != NULL)
        n = (uint32_t)(hash - s);
    mark = memchr(s, '?', n);
    if (mark != NULL) {
        r->has_query = true;
        r->query = mark + 1;
        r->query_len = (uint32_t)(s + n - r->query);
        n = (uint32_t)(mark - s);
    }
    len = scheme_length(s, n);
    if (len > 0) {
        r->has_scheme = true;
        r->scheme = s;
        r->scheme_len = len;
        s += len + 1;
        n -= len + 1;
    }
    if (n >= 2 && s[0] == '/' && s[1] == '/') {
        const char *slash = memchr(s + 2, '/', n - 2);

        r->has_authority = true;
        r->authority = s + 2;
        r->authority_len = slash != NULL ? (uint32_t)(slash - s) - 2 : n - 2;
        s += 2 + r->authority_len;
        n -= 2 + r->authority_len;
    }
    r->path = s;
    r->path_len = n;
}

bool probe_url_is_relative(const char *ref, uint32_t n)
{
    return scheme_length(ref, n) == 0;
}

/* ---- request targets ------------------------------------------------------------------------- */

void probe_url_target(struct rx_fit *t, const char *path)
{
    uint32_t n = (uint32_t)strlen(path);
    bool raw = false;
    struct ref r;

    for (uint32_t i = 0; i < n && !raw; i++)
        raw = (unsigned char)path[i] < 0x20 || path[i] == 0x7f;
    ref_cut(&r, path, n);
    /* Without "//" a scheme leaves an opaque URL, which no probe means. */
    raw |= r.has_scheme && !r.has_authority;
    raw |= n > 0 && path[0] == ':';
    raw |= !escapes_are_valid(r.path, r.path_len);
    if (raw) {
        if (path[0] != '/')
            rx_fit_add(t, "/", 1);
        text_path_raw(t, path, n);
        return;
    }
    if (r.path_len == 0 || r.path[0] != '/')
        rx_fit_add(t, "/", 1);
    text_path(t, r.path, r.path_len);
    if (r.has_query && r.query_len > 0) {
        rx_fit_add(t, "?", 1);
        rx_fit_add(t, r.query, r.query_len);
    }
}

/* ---- absolute URLs --------------------------------------------------------------------------- */

static bool same(const char *a, uint32_t n, const char *literal)
{
    return n == strlen(literal) && memcmp(a, literal, n) == 0;
}

void probe_url_split(const char *url, uint32_t n, struct probe_url *out)
{
    const char *sep = memchr(url, ':', n), *colon, *slash;
    uint32_t at, end, host_end;

    RX_ASSERT(sep != NULL && (uint32_t)(sep - url) + 3 <= n);
    memset(out, 0, sizeof(*out));
    out->scheme_len = (uint32_t)(sep - url);
    out->https = same(url, out->scheme_len, "https");
    out->known = out->https || same(url, out->scheme_len, "http");
    at = out->scheme_len + 3;
    slash = memchr(url + at, '/', n - at);
    RX_ASSERT(slash != NULL);
    end = (uint32_t)(slash - url);
    out->authority_at = at;
    out->authority_len = end - at;
    out->target_at = end;
    out->port = out->https ? 443 : 80;
    colon = memrchr(url + at, ':', end - at);
    if (colon != NULL && memchr(colon, ']', (size_t)(url + end - colon)) != NULL)
        colon = NULL;
    host_end = colon != NULL ? (uint32_t)(colon - url) : end;
    if (colon != NULL && host_end + 1 < end) {
        out->port = 0;
        for (uint32_t i = host_end + 1; i < end && out->port <= 65535; i++)
            out->port = out->port * 10 + (uint32_t)(url[i] - '0');
    }
    if (host_end - at >= 2 && url[at] == '[' && url[host_end - 1] == ']') {
        at++;
        host_end--;
    }
    out->host_at = at;
    out->host_len = host_end - at;
}

/* Host and port without user information; the port all digits, the host without surprises. */
static enum probe_url_fault text_authority(struct rx_fit *t, const char *s, uint32_t n)
{
    const char *user, *colon;
    uint32_t host_len;

    if (s == NULL) /* "mailto:x" has none */
        return PROBE_URL_OK;
    user = memrchr(s, '@', n);
    if (user != NULL) {
        n -= (uint32_t)(user - s) + 1;
        s = user + 1;
    }
    colon = memrchr(s, ':', n);
    if (colon != NULL && memchr(colon, ']', (size_t)(s + n - colon)) != NULL)
        colon = NULL;
    host_len = colon != NULL ? (uint32_t)(colon - s) : n;
    for (uint32_t i = host_len + 1; i < n; i++)
        if (!probe_is_digit(s[i]))
            return PROBE_URL_BAD_PORT;
    for (uint32_t i = 0; i < host_len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
            return PROBE_URL_BAD_HOST;
    }
    rx_fit_add(t, s, n);
    return PROBE_URL_OK;
}

/* Appends path to what stands in t since `root`, a path that begins with a slash and ends with one:
 * "." and ".." are taken out, and never climb above the root. */
static void text_segments(struct rx_fit *t, uint32_t root, const char *p, uint32_t n)
{
    uint32_t i = 0;

    while (i <= n) {
        const char *slash = memchr(p + i, '/', n - i);
        uint32_t len = slash != NULL ? (uint32_t)(slash - p) - i : n - i;
        bool up = len == 2 && p[i] == '.' && p[i + 1] == '.';

        if (up && t->len - root > 1) {
            t->len--;
            while (t->at[t->len - 1] != '/')
                t->len--;
        } else if (!up && !(len == 1 && p[i] == '.')) {
            text_path(t, p + i, len);
            if (slash != NULL)
                rx_fit_add(t, "/", 1);
        }
        if (t->cut)
            return;
        i += len + 1;
    }
}

static enum probe_url_fault resolve_path(struct rx_fit *t, const struct ref *r,
                                         const char *base, const struct probe_url *b,
                                         uint32_t base_len)
{
    const char *old = base + b->target_at;
    uint32_t old_len = base_len - b->target_at, dir, root = t->len;
    const char *mark = memchr(old, '?', old_len);
    uint32_t old_path_len = mark != NULL ? (uint32_t)(mark - old) : old_len;

    if (!escapes_are_valid(r->path, r->path_len))
        return PROBE_URL_BAD_ESCAPE;
    if (r->has_scheme || r->has_authority || (r->path_len > 0 && r->path[0] == '/')) {
        bool slash = r->path_len > 0 && r->path[0] == '/';

        rx_fit_add(t, "/", 1);
        text_segments(t, root, r->path + slash, r->path_len - slash);
    } else if (r->path_len == 0) {
        rx_fit_add(t, old, r->has_query ? old_path_len : old_len);
    } else {
        dir = old_path_len;
        while (dir > 0 && old[dir - 1] != '/')
            dir--;
        rx_fit_add(t, old, dir);
        text_segments(t, root, r->path, r->path_len);
    }
    if (r->has_query && r->query_len > 0) {
        rx_fit_add(t, "?", 1);
        rx_fit_add(t, r->query, r->query_len);
    }
    return PROBE_URL_OK;
}

enum probe_url_fault probe_url_resolve(struct rx_fit *to, const char *base, uint32_t base_len,
                                       const char *ref, uint32_t ref_len)
{
    enum probe_url_fault fault;
    struct probe_url b;
    struct ref r;

    probe_url_split(base, base_len, &b);
    ref_cut(&r, ref, ref_len);
    if (!r.has_scheme && ref_len > 0 && ref[0] == ':')
        return PROBE_URL_NO_SCHEME;
    if (!r.has_scheme && !r.has_authority) {
        const char *colon = memchr(r.path, ':', r.path_len);
        const char *slash = memchr(r.path, '/', r.path_len);

        if (colon != NULL && (slash == NULL || colon < slash))
            return PROBE_URL_COLON;
    }
    if (r.has_scheme) {
        for (uint32_t i = 0; i < r.scheme_len; i++) {
            char c = r.scheme[i];

            rx_fit_add(to, (char[]){c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c}, 1);
        }
    } else {
        rx_fit_add(to, base, b.scheme_len);
    }
    rx_fit_str(to, "://");
    if (r.has_scheme || r.has_authority) {
        fault = text_authority(to, r.authority, r.authority_len);
        if (fault != PROBE_URL_OK)
            return fault;
    } else {
        rx_fit_add(to, base + b.authority_at, b.authority_len);
    }
    if (to->len == to->room)
        return PROBE_URL_BAD_HOST;
    fault = resolve_path(to, &r, base, &b, base_len);
    if (fault != PROBE_URL_OK)
        return fault;
    return to->cut ? PROBE_URL_TOO_LONG : PROBE_URL_OK;
}

const char *probe_url_fault_text(enum probe_url_fault fault)
{
    static const char *const text[] = {
        [PROBE_URL_OK] = "",
        [PROBE_URL_BAD_ESCAPE] = "invalid URL escape",
        [PROBE_URL_BAD_PORT] = "invalid port after host",
        [PROBE_URL_BAD_HOST] = "invalid character in host name",
        [PROBE_URL_NO_SCHEME] = "missing protocol scheme",
        [PROBE_URL_COLON] = "first path segment in URL cannot contain colon",
        [PROBE_URL_TOO_LONG] = "URL is too long",
    };

    return text[fault];
}
