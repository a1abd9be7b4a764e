/* SPDX-License-Identifier: Apache-2.0 */
/* aim.c - see aim.h. Names are not looked up, but for localhost. */
#include "api/cli/bench/aim.h"

#include <stdio.h>
#include <string.h>

#include "api/cli/options.h"
#include "probes/wire/url.h"

static bool read_port(const char *text, size_t n, uint16_t *out)
{
    char digits[8];
    uint64_t port;

    if (n == 0 || n >= sizeof(digits))
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!cli_read_u64(digits, 65535, &port) || port == 0)
        return false;
    *out = (uint16_t)port;
    return true;
}

static const char form[] = "expected http://ADDRESS[:PORT][/PATH], tcp://ADDRESS:PORT or "
                           "ADDRESS:PORT, where ADDRESS is a dotted quad, localhost, or "
                           "FIRST-LAST";

/* ADDRESS or FIRST-LAST */
static const char *read_hosts(const char *text, size_t n, struct bench_aim *aim)
{
    const char *dash = memchr(text, '-', n);
    size_t head = dash != NULL ? (size_t)(dash - text) : n;

    if (!probe_host_resolve(text, head, &aim->first))
        return form;
    aim->last = aim->first;
    if (dash == NULL)
        return NULL;
    if (!probe_host_resolve(dash + 1, n - head - 1, &aim->last))
        return form;
    return aim->last < aim->first ? "the range ends before it begins" : NULL;
}

/* 127.0.0.0/24:8082/x is a block to whoever wrote it, and a path to a URL. */
static bool looks_like_block(const char *path)
{
    size_t digits = path[0] == '/' ? strspn(path + 1, "0123456789") : 0;

    return digits > 0 && digits <= 2 && path[1 + digits] == ':';
}

const char *bench_aim_read(const char *text, struct bench_aim *out)
{
    bool url = strncmp(text, "http://", 7) == 0;
    const char *wrong;
    size_t host, colon;

    *out = (struct bench_aim){.tcp = strncmp(text, "tcp://", 6) == 0, .port = 80};
    if (strncmp(text, "https://", 8) == 0)
        return "https is not spoken here";
    if (!url && !out->tcp && strstr(text, "://") != NULL)
        return form;
    text += url ? 7 : out->tcp ? 6 : 0;
    host = strcspn(text, "/");
    colon = strcspn(text, ":/");
    if (looks_like_block(text + host))
        return "a block of addresses is written as FIRST-LAST";
    if (colon < host && !read_port(text + colon + 1, host - colon - 1, &out->port))
        return form;
    if ((colon == host && !url) || (out->tcp && text[host] != '\0'))
        return form;
    wrong = read_hosts(text, colon, out);
    if (wrong == NULL && snprintf(out->path, sizeof(out->path), "%s",
                                  text[host] != '\0' ? text + host : "/") >=
                             (int)sizeof(out->path))
        wrong = "the path is too long";
    return wrong;
}

const char *bench_aim_check(const char *text, bool allow_remote)
{
    struct bench_aim aim;
    const char *wrong = bench_aim_read(text, &aim);

    if (wrong != NULL || allow_remote || (aim.first >> 24 == 127 && aim.last >> 24 == 127))
        return wrong;
    return "not on loopback: --allow-remote says that its owner agrees to this load";
}
