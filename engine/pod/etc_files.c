/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etc_files.c - the text of hosts, hostname and resolv.conf, and how a name is looked up in them.
 */
#include "engine/pod/etc_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/pod/system_files.h"
#include "engine/reactor/base.h"

static const uint32_t node_local_dns = 169u << 24 | 254u << 16 | 20u << 8 | 10;
static const uint32_t node_dns = 192u << 24 | 2u << 8 | 53; /* where the node itself asks */

enum { HOSTNAME_MAX = 63 };

/* ---- host names ------------------------------------------------------------------------------ */

/* No more than a host name may have; where it is cut, "-" and "." do not stay at its end. */
static void short_hostname(struct pod *p, char out[POD_NAME_MAX])
{
    const char *given = pod_spec_of(p)->hostname;
    const char *name = given != NULL ? given : pod_name(p, out);
    size_t length = strnlen(name, HOSTNAME_MAX);

    if (p->owner != NULL && p->owner->indexed) /* its controller gives it a name, whatever it had */
        length = (size_t)snprintf(out, HOSTNAME_MAX + 1, "%s-%u", p->owner->name,
                                  p->owner->index);
    else
        memmove(out, name, length);
    length = RX_MIN(length, (size_t)HOSTNAME_MAX);
    while (length > 0 && (out[length - 1] == '-' || out[length - 1] == '.'))
        length--;
    out[length] = '\0';
}

bool pod_has_subdomain_name(const struct pod *p)
{
    return pod_spec_of(p)->subdomain != NULL &&
           (pod_spec_of(p)->hostname != NULL ||
            (p->owner != NULL &&
             (p->owner->kind == POD_WORKLOAD_STATEFULSET || p->owner->indexed)));
}

bool pod_fqdn(struct pod *p, char out[POD_FQDN_MAX])
{
    const struct pod_spec *s = pod_spec_of(p);
    char host[POD_NAME_MAX];

    out[0] = '\0';
    if (s->subdomain == NULL)
        return false;
    short_hostname(p, host);
    snprintf(out, POD_FQDN_MAX, "%.63s.%.63s.%.63s.svc." POD_CLUSTER_DOMAIN, host, s->subdomain,
             s->ns);
    return true;
}

void pod_hostname(struct pod *p, char out[POD_NAME_MAX])
{
    char full[POD_FQDN_MAX];

    if (pod_spec_of(p)->host_network) {
        snprintf(out, POD_NAME_MAX, "%s", pod_node_name(p));
        return;
    }
    short_hostname(p, out);
    if (pod_spec_of(p)->hostname_is_fqdn && pod_fqdn(p, full))
        /* a host's name is no longer */
        snprintf(out, POD_NAME_MAX, "%.*s", POD_NAME_MAX - 1, full);
}

/* ---- how names are looked up ----------------------------------------------------------------- */

static enum pod_dns_policy policy_of(const struct pod_spec *s)
{
    if (s->host_network && s->dns.policy == POD_DNS_CLUSTER_FIRST)
        return POD_DNS_DEFAULT;
    return s->dns.policy;
}

static bool cluster_first(const struct pod_spec *s)
{
    return policy_of(s) == POD_DNS_CLUSTER_FIRST ||
        policy_of(s) == POD_DNS_CLUSTER_FIRST_WITH_HOST_NET;
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
    const uint32_t known[] = {POD_CLUSTER_DNS, node_local_dns};
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

/* ---- /etc/hosts ------------------------------------------------------------------------------ */

const char *pod_hosts_address(struct pod *p, const char *host)
{
    const struct pod_spec *s = pod_spec_of(p);

    for (uint32_t i = 0; i < s->alias_count; i++)
        for (uint32_t k = 0; k < s->alias[i].count; k++)
            if (strcasecmp(s->alias[i].name[k], host) == 0)
                return s->alias[i].ip;
    return NULL;
}

bool pod_host_is_local(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "::1") == 0;
}

bool pod_hosts_is_self(struct pod *p, const char *host)
{
    char own[POD_IP_MAX], name[POD_NAME_MAX], full[POD_FQDN_MAX];

    pod_ip_text(p->ip, own);
    if (pod_host_is_local(host) || strcmp(host, own) == 0)
        return true;
    pod_hostname(p, name);
    return strcasecmp(host, name) == 0 || (pod_fqdn(p, full) && strcasecmp(host, full) == 0);
}

void pod_hosts_write(struct pod *p, struct fs_text *to)
{
    const struct pod_spec *s = pod_spec_of(p);
    char ip[POD_IP_MAX], name[POD_NAME_MAX], full[POD_FQDN_MAX];

    pod_ip_text(p->ip, ip);
    short_hostname(p, name);
    fs_text_say(to, "# Kubernetes-managed hosts file%s.\n", s->host_network ? " (host network)"
                : "");
    fs_text_say(to, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                    "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\n"
                    "fe00::2\tip6-allrouters\n");
    if (s->host_network)
        fs_text_say(to, "%s\t%s\n", ip, pod_node_name(p));
    else if (pod_fqdn(p, full))
        fs_text_say(to, "%s\t%s\t%s\n", ip, full, name);
    else
        fs_text_say(to, "%s\t%s\n", ip, name);
    if (s->alias_count > 0)
        fs_text_say(to, "\n# Entries added by HostAliases.\n");
    for (uint32_t i = 0; i < s->alias_count; i++) {
        fs_text_say(to, "%s", s->alias[i].ip);
        for (uint32_t k = 0; k < s->alias[i].count; k++)
            fs_text_say(to, "\t%s", s->alias[i].name[k]);
        fs_text_say(to, "\n");
    }
}

/* ---- /etc/resolv.conf ------------------------------------------------------------------------ */

void pod_resolv_write(struct pod *p, struct fs_text *to)
{
    const struct pod_spec *s = pod_spec_of(p);
    char domain[POD_FQDN_MAX], server[POD_IP_MAX];
    uint32_t options = 0;

    for (uint32_t i = 0; pod_dns_search(s, i, domain); i++)
        fs_text_say(to, "%s%s", i == 0 ? "search " : " ", domain);
    if (to->used > 0)
        fs_text_say(to, "\n");
    pod_ip_text(cluster_first(s) ? (uint32_t)POD_CLUSTER_DNS : node_dns, server);
    if (s->dns.policy != POD_DNS_NONE)
        fs_text_say(to, "nameserver %s\n", server);
    for (uint32_t i = 0; i < s->dns.server_count; i++)
        fs_text_say(to, "nameserver %s\n", s->dns.server[i]);
    if (cluster_first(s)) {
        fs_text_say(to, "options ndots:%u", pod_dns_ndots(s));
        options++;
    }
    for (uint32_t i = 0; i < s->dns.option_count; i++) {
        const struct rx_pair *o = &s->dns.option[i];

        if (options > 0 && strcmp(o->key, "ndots") == 0)
            continue; /* it is there already, with this value */
        fs_text_say(to, "%s%s%s%s", options++ == 0 ? "options " : " ", o->key,
                    o->value != NULL ? ":" : "", o->value != NULL ? o->value : "");
    }
    if (options > 0)
        fs_text_say(to, "\n");
}

/* What a container's own hosts file says, if somebody has written one. */
bool pod_hosts_file_find(struct fs *f, const char *host, char address[64])
{
    const char *text, *end, *line;
    uint32_t size;

    if (fs_mount_of(f, "/etc/hosts") == NULL || fs_get(f, "/etc/hosts", &text, &size) != 0)
        return false;
    for (line = text; line < text + size; line = end + 1) {
        const char *stop, *word;
        size_t length;

        end = memchr(line, '\n', (size_t)(text + size - line));
        end = end != NULL ? end : text + size;
        stop = memchr(line, '#', (size_t)(end - line));
        stop = stop != NULL ? stop : end;
        for (word = line; word < stop; word += length + 1) {
            for (length = 0; word + length < stop && !strchr(" \t", word[length]); length++) {
            }
            if (word > line && length == strlen(host) && strncasecmp(word, host, length) == 0) {
                snprintf(address, 64, "%.*s", (int)strcspn(line, " \t"), line);
                return true;
            }
        }
    }
    return false;
}
