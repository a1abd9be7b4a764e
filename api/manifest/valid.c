/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valid.c - name shapes. Where Kubernetes has a regular expression there is a row of a table here
 * and a loop over characters; its sentences quote the expressions, so they are quoted, too.
 */
#include "api/manifest/valid.h"

#include "engine/reactor/base.h"

#include <stdio.h>
#include <string.h>

#define LABEL_RE   "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define KEY_RE     "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
#define DNS_WORDS  "must consist of lower case alphanumeric characters"
#define ENDS_WORDS "must start and end with an alphanumeric character"

static const char label_text[] =
    "a lowercase RFC 1123 label " DNS_WORDS " or '-', and " ENDS_WORDS
    " (e.g. 'my-name',  or '123-abc', regex used for validation is '" LABEL_RE "')";
static const char subdomain_text[] =
    "a lowercase RFC 1123 subdomain " DNS_WORDS ", '-' or '.', and " ENDS_WORDS
    " (e.g. 'example.com', regex used for validation is '" LABEL_RE "(\\." LABEL_RE ")*')";
static const char key_text[] =
    "must consist of alphanumeric characters, '-', '_' or '.', and " ENDS_WORDS
    " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" KEY_RE "')";
static const char value_text[] =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and " ENDS_WORDS
    " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(" KEY_RE ")?')";

static bool is_lower(char c);
static bool is_digit(char c);
static bool is_alnum(char c);
static bool label_ok(const char *p, size_t n);
static bool subdomain_ok(const char *p, size_t n);
static bool key_ok(const char *p, size_t n);
static bool check_label(struct mf_load *l, const struct mf_at *at, const char *text);
static bool check_key(struct mf_load *l, const struct mf_at *at, const char *text);
static bool check_port(struct mf_load *l, const struct mf_at *at, const char *text);
static bool check_config_key(struct mf_load *l, const struct mf_at *at, const char *text);
static bool check_length(struct mf_load *l, const struct mf_at *at, const char *text, size_t max);

bool mf_shape_check(struct mf_load *l, const struct mf_at *at, enum mf_shape shape,
                    const char *text)
{
    size_t n = strlen(text);
    bool ok = true;

    switch (shape) {
    case MF_DNS_LABEL:
        return check_label(l, at, text);
    case MF_DNS_SUBDOMAIN:
        ok = check_length(l, at, text, 253);
        if (subdomain_ok(text, n))
            return ok;
        mf_invalid_text(l, at, text, "%s", subdomain_text);
        return false;
    case MF_LABEL_KEY:
        return check_key(l, at, text);
    case MF_LABEL_VALUE:
        ok = check_length(l, at, text, 63);
        if (n == 0 || key_ok(text, n))
            return ok;
        mf_invalid_text(l, at, text, "%s", value_text);
        return false;
    case MF_PORT_NAME:
        return check_port(l, at, text);
    case MF_ENV_NAME:
        for (size_t i = 0; i < n; i++)
            ok = ok && text[i] >= ' ' && text[i] <= '~' && text[i] != '=';
        if (!ok)
            mf_invalid_text(l, at, text,
                            "a valid environment variable name must consist only of printable "
                            "ASCII characters other than '='");
        return ok;
    case MF_HEADER_NAME:
        for (size_t i = 0; i < n; i++)
            ok = ok && (is_alnum(text[i]) || text[i] == '-');
        if (!ok || n == 0)
            mf_invalid_text(l, at, text,
                            "a valid HTTP header must consist of alphanumeric characters or '-' "
                            "(e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
        return ok && n > 0;
    case MF_CONFIG_KEY:
        return check_config_key(l, at, text);
    }
    return ok;
}

bool mf_is_label_key(const char *text)
{
    const char *slash = strchr(text, '/'), *name = slash != NULL ? slash + 1 : text;
    size_t n = strlen(name);

    if (slash != NULL && (slash - text > 253 || !subdomain_ok(text, (size_t)(slash - text))))
        return false;
    return n <= 63 && key_ok(name, n);
}

bool mf_is_label_value(const char *text)
{
    size_t n = strlen(text);

    return n == 0 || (n <= 63 && key_ok(text, n));
}

bool mf_is_dns_subdomain(const char *text)
{
    size_t n = strlen(text);

    return n <= 253 && subdomain_ok(text, n);
}

bool mf_ipv4(const char *text, uint32_t *out)
{
    unsigned part[4];
    char end;

    if (sscanf(text, "%3u.%3u.%3u.%3u%c", &part[0], &part[1], &part[2], &part[3], &end) != 4)
        return false;
    for (int i = 0; i < 4; i++)
        if (part[i] > 255)
            return false;
    *out = part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3];
    return true;
}

/* Of an IPv6 address only its letters are looked at. */
bool mf_ip_check(struct mf_load *l, const struct mf_at *at, const char *text)
{
    uint32_t ip;

    if (strchr(text, ':') != NULL ? text[strspn(text, "0123456789abcdefABCDEF:.")] == '\0'
                                  : mf_ipv4(text, &ip))
        return true;
    mf_invalid_text(l, at, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    return false;
}

bool mf_number_between(struct mf_load *l, const struct mf_at *at, int64_t value, int64_t min,
                       int64_t max)
{
    if (value >= min && value <= max)
        return true;
    mf_invalid(l, at, "must be between %lld and %lld, inclusive", (long long)min, (long long)max);
    return false;
}

static bool check_label(struct mf_load *l, const struct mf_at *at, const char *text)
{
    bool ok = check_length(l, at, text, 63);

    if (label_ok(text, strlen(text)))
        return ok;
    if (subdomain_ok(text, strlen(text)))
        mf_invalid_text(l, at, text, "must not contain dots");
    else
        mf_invalid_text(l, at, text, "%s", label_text);
    return false;
}

static bool check_key(struct mf_load *l, const struct mf_at *at, const char *text)
{
    const char *slash = strchr(text, '/'), *name = slash ? slash + 1 : text;
    size_t prefix = slash ? (size_t)(slash - text) : 0;
    bool ok = true;

    if (slash && strchr(name, '/')) {
        mf_invalid_text(l, at, text,
                        "a valid label key %s with an optional DNS subdomain prefix and '/' (e.g. "
                        "'example.com/MyName')",
                        key_text);
        return false;
    }
    if (slash && prefix == 0)
        mf_invalid_text(l, at, text, "prefix part must be non-empty");
    if (prefix > 253)
        mf_invalid_text(l, at, text, "prefix part must be no more than 253 bytes");
    if (prefix && !subdomain_ok(text, prefix))
        mf_invalid_text(l, at, text, "prefix part %s", subdomain_text);
    ok = slash == NULL || (prefix && prefix <= 253 && subdomain_ok(text, prefix));
    if (!*name)
        mf_invalid_text(l, at, text, "name part must be non-empty");
    if (strlen(name) > 63)
        mf_invalid_text(l, at, text, "name part must be no more than 63 bytes");
    if (!key_ok(name, strlen(name)))
        mf_invalid_text(l, at, text, "name part %s", key_text);
    return ok && strlen(name) <= 63 && key_ok(name, strlen(name));
}

static bool check_port(struct mf_load *l, const struct mf_at *at, const char *text)
{
    size_t n = strlen(text);
    bool ok = check_length(l, at, text, 15), letters = false, others = n == 0;

    for (size_t i = 0; i < n; i++) {
        letters = letters || is_lower(text[i]);
        others = others || !(is_lower(text[i]) || is_digit(text[i]) || text[i] == '-');
    }
    if (others)
        mf_invalid_text(l, at, text,
                        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    if (!letters)
        mf_invalid_text(l, at, text, "must contain at least one letter (a-z)");
    if (strstr(text, "--")) {
        mf_invalid_text(l, at, text, "must not contain consecutive hyphens");
        ok = false;
    }
    if (n && (text[0] == '-' || text[n - 1] == '-')) {
        mf_invalid_text(l, at, text, "must not begin or end with a hyphen");
        ok = false;
    }
    return ok && letters && !others;
}

/* The names of files: none may be a directory of its own, or look like one of the kubelet's. */
static bool check_config_key(struct mf_load *l, const struct mf_at *at, const char *text)
{
    bool fits = check_length(l, at, text, 253), ok = *text != '\0';
    const char *dots = strcmp(text, ".") == 0        ? "must not be '.'"
                       : strcmp(text, "..") == 0     ? "must not be '..'"
                       : strncmp(text, "..", 2) == 0 ? "must not start with '..'"
                                                     : NULL;

    for (const char *p = text; *p; p++)
        ok = ok && (is_alnum(*p) || strchr("-_.", *p));
    if (!ok)
        mf_invalid_text(l, at, text,
                        "a valid config key must consist of alphanumeric characters, '-', '_' or "
                        "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
                        "validation is '[-._a-zA-Z0-9]+')");
    if (dots)
        mf_invalid_text(l, at, text, "%s", dots);
    return fits && ok && dots == NULL;
}

static bool check_length(struct mf_load *l, const struct mf_at *at, const char *text, size_t max)
{
    if (strlen(text) <= max)
        return true;
    mf_invalid_text(l, at, text, "must be no more than %zu bytes", max);
    return false;
}

static bool label_ok(const char *p, size_t n)
{
    if (n == 0 || p[0] == '-' || p[n - 1] == '-')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_lower(p[i]) && !is_digit(p[i]) && p[i] != '-')
            return false;
    return true;
}

static bool subdomain_ok(const char *p, size_t n)
{
    const char *end = p + n;

    for (;;) {
        const char *dot = memchr(p, '.', (size_t)(end - p));

        if (!label_ok(p, (size_t)((dot ? dot : end) - p)))
            return false;
        if (dot == NULL)
            return true;
        p = dot + 1;
    }
}

static bool key_ok(const char *p, size_t n)
{
    if (n == 0 || !is_alnum(p[0]) || !is_alnum(p[n - 1]))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_alnum(p[i]) && p[i] != '-' && p[i] != '_' && p[i] != '.')
            return false;
    return true;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}
