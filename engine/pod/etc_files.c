/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pod/etc_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/reactor/base.h"

enum { HOSTNAME_MAX = 63, NODE_LOCAL_DNS = 169 << 24 | 254 << 16 | 20 << 8 | 10 };

/* ---- host names --------------------------------------------------------------------------------------- */

/* No more than a host name may have; where it is cut, "-" and "." do not stay at its end. */
static void short_hostname(struct pod *p, char out[POD_NAME_MAX])
{
    const char *given = pod_spec_of(p)->hostname;
    const char *name = given != NULL ? given : pod_name(p, out);
    size_t length = strnlen(name, HOSTNAME_MAX);

    memmove(out, name, length);
    while (length > 0 && (out[length - 1] == '-' || out[length - 1] == '.'))
        length--;
    out[length] = '\0';
}

bool pod_has_subdomain_name(const struct pod *p)
{
    return pod_spec_of(p)->subdomain != NULL &&
           (pod_spec_of(p)->hostname != NULL ||
            (p->owner != NULL && p->owner->kind == POD_WORKLOAD_STATEFULSET));
}

bool pod_fqdn(struct pod *p, char out[POD_FQDN_MAX])
{
    const struct pod_spec *s = pod_spec_of(p);
    char host[POD_NAME_MAX];

    out[0] = '\0';
    if (s->subdomain == NULL)
        return false;
    short_hostname(p, host);
    snprintf(out, POD_FQDN_MAX, "%.63s.%.63s.%.63s.svc." POD_CLUSTER_DOMAIN, host, s->subdomain, s->ns);
    return true;
}

const char *pod_node_name(const struct pod_spec *s)
{
    return s->node_name != NULL ? s->node_name : "node";
}

void pod_hostname(struct pod *p, char out[POD_NAME_MAX])
{
    char full[POD_FQDN_MAX];

    if (pod_spec_of(p)->host_network) {
        snprintf(out, POD_NAME_MAX, "%s", pod_node_name(pod_spec_of(p)));
        return;
    }
    short_hostname(p, out);
    if (pod_spec_of(p)->hostname_is_fqdn && pod_fqdn(p, full))
        snprintf(out, POD_NAME_MAX, "%s", full);
}

/* ---- how names are looked up --------------------------------------------------------------------------- */

static enum pod_dns_policy policy_of(const struct pod_spec *s)
{
    if (s->host_network && s->dns.policy == POD_DNS_CLUSTER_FIRST)
        return POD_DNS_DEFAULT;
    return s->dns.policy;
}

static bool cluster_first(const struct pod_spec *s)
{
    return policy_of(s) == POD_DNS_CLUSTER_FIRST || policy_of(s) == POD_DNS_CLUSTER_FIRST_WITH_HOST_NET;
}

bool pod_dns_search(const struct pod_spec *s, uint32_t i, char out[POD_FQDN_MAX])
{
    static const char *const common[] = {"svc." POD_CLUSTER_DOMAIN, POD_CLUSTER_DOMAIN};
    uint32_t own = cluster_first(s) ? 1 + RX_ARRAY_LEN(common) : 0;

    if (i >= own + s->dns.search_count)
        return false;
    if (i >= own)
        snprintf(out, POD_FQDN_MAX, "%s", s->dns.search[i - own]);
    else if (i == 0)
        snprintf(out, POD_FQDN_MAX, "%.63s.%s", s->ns, common[0]);
    else
        snprintf(out, POD_FQDN_MAX, "%s", common[i - 1]);
    return true;
}

uint32_t pod_dns_ndots(const struct pod_spec *s)
{
    for (uint32_t i = 0; i < s->dns.option_count; i++)
        if (strcmp(s->dns.option[i].key, "ndots") == 0 && s->dns.option[i].value != NULL)
            return (uint32_t)strtoul(s->dns.option[i].value, NULL, 10);
    return cluster_first(s) ? 5 : 1;
}

bool pod_dns_knows_cluster(const struct pod_spec *s)
{
    static const uint32_t known[] = {POD_CLUSTER_DNS, NODE_LOCAL_DNS};
    char text[POD_IP_MAX];

    if (cluster_first(s))
        return true;
    for (uint32_t i = 0; i < s->dns.server_count; i++)
        for (size_t k = 0; k < RX_ARRAY_LEN(known); k++) {
            pod_ip_text(known[k], text);
            if (strcmp(s->dns.server[i], text) == 0)
                return true;
        }
    return false;
}

/* ---- /etc/hosts ---------------------------------------------------------------------------------------- */

const char *pod_hosts_address(struct pod *p, const char *host)
{
    const struct pod_spec *s = pod_spec_of(p);

    for (uint32_t i = 0; i < s->alias_count; i++)
        for (uint32_t k = 0; k < s->alias[i].count; k++)
            if (strcasecmp(s->alias[i].name[k], host) == 0)
                return s->alias[i].ip;
    return NULL;
}

bool pod_hosts_is_self(struct pod *p, const char *host)
{
    char own[POD_IP_MAX], name[POD_NAME_MAX], full[POD_FQDN_MAX];

    pod_ip_text(p->ip, own);
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
        strcmp(host, own) == 0)
        return true;
    pod_hostname(p, name);
    return strcasecmp(host, name) == 0 || (pod_fqdn(p, full) && strcasecmp(host, full) == 0);
}
