/* SPDX-License-Identifier: Apache-2.0 */
/* rule_ingress.c - hosts and paths. */
#include "engine/cluster/rule_ingress.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

enum cluster_host_fit cluster_ingress_host(const char *rule, const char *host)
{
    const char *rest;

    if (rule == NULL)
        return CLUSTER_HOST_ANY;
    if (same(rule, host))
        return CLUSTER_HOST_EXACT;
    rest = strchr(host, '.');
    if (rule[0] == '*' && rest != NULL && rest != host && same(rule + 1, rest))
        return CLUSTER_HOST_WILDCARD;
    return CLUSTER_HOST_NONE;
}

uint32_t cluster_ingress_path(const struct st_ingress_path *rule, const char *path)
{
    size_t length = strcspn(path, "?"), wanted = strlen(rule->path), bare = wanted;

    if (rule->type == ST_PATH_EXACT)
        return length == wanted && memcmp(path, rule->path, length) == 0
                   ? 2 * (uint32_t)wanted + 2
                   : 0;
    while (bare > 0 && rule->path[bare - 1] == '/')
        bare--;
    if (length < bare || memcmp(path, rule->path, bare) != 0)
        return 0;
    return length == bare || path[bare] == '/' ? 2 * (uint32_t)wanted + 1 : 0;
}
