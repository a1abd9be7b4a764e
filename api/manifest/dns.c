/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.c - what a PodSpec says of names: hostname, subdomain, hostAliases, dnsPolicy and dnsConfig
 * (pkg/apis/core/validation: validateHostAliases, validatePodDNSConfig, validateDNSPolicy).
 */
#include "api/manifest/parts.h"

#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"

enum { SERVERS_MAX = 3, SEARCHES_MAX = 32 };

static void aliases_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at list = mf_field(spec, "hostAliases");
    struct pod_host_alias *a = mf_array(l, mf_count(l, &list), sizeof(*a), &out->alias_count);

    for (uint32_t i = 0; i < out->alias_count; i++) {
        struct mf_at item = mf_item(&list, i), ip = mf_field(&item, "ip"),
                     names = mf_field(&item, "hostnames");

        a[i] = (struct pod_host_alias){.ip = ""};
        if (!mf_is_object(l, &item))
            continue;
        a[i].ip = mf_string_at(l, &ip, "");
        mf_ip_check(l, &ip, a[i].ip);
        a[i].name = mf_strings(l, &item, "hostnames", &a[i].count);
        for (uint32_t k = 0; k < a[i].count; k++) {
            struct mf_at name = mf_item(&names, k);

            mf_shape_check(l, &name, MF_DNS_SUBDOMAIN, a[i].name[k]);
        }
    }
    out->alias = a;
}

static void options_read(struct mf_load *l, const struct mf_at *config, struct pod_dns_spec *out)
{
    struct mf_at list = mf_field(config, "options");
    struct rx_pair *o = mf_array(l, mf_count(l, &list), sizeof(*o), &out->option_count);

    for (uint32_t i = 0; i < out->option_count; i++) {
        struct mf_at item = mf_item(&list, i), name = mf_field(&item, "name");

        o[i] = (struct rx_pair){.key = ""};
        if (!mf_is_object(l, &item))
            continue;
        o[i].key = mf_string_at(l, &name, "");
        o[i].value = mf_string(l, &item, "value", NULL);
        if (!*o[i].key)
            mf_required(l, &item, "must not be empty");
    }
    out->option = o;
}

static void config_read(struct mf_load *l, const struct mf_at *spec, struct pod_dns_spec *out)
{
    struct mf_at config = mf_field(spec, "dnsConfig"), servers = mf_field(&config, "nameservers"),
                 searches = mf_field(&config, "searches"), policy = mf_field(spec, "dnsPolicy");

    out->policy = (enum pod_dns_policy)mf_choice(
        l, spec, "dnsPolicy", "ClusterFirst ClusterFirstWithHostNet Default None",
        POD_DNS_CLUSTER_FIRST);
    if (out->policy == POD_DNS_NONE && !config.node) {
        mf_required(l, &config, mf_scratch(l, "must provide `dnsConfig` when `dnsPolicy` is %s",
                                           policy.node->text));
        return;
    }
    if (!mf_is_object(l, &config))
        return;
    out->server = mf_strings(l, &config, "nameservers", &out->server_count);
    out->search = mf_strings(l, &config, "searches", &out->search_count);
    options_read(l, &config, out);
    if (out->policy == POD_DNS_NONE && out->server_count == 0)
        mf_required(l, &servers,
                    "must provide at least one DNS nameserver when `dnsPolicy` is None");
    if (out->server_count > SERVERS_MAX)
        mf_invalid(l, &servers, "must not have more than %d nameservers", SERVERS_MAX);
    for (uint32_t i = 0; i < out->server_count; i++) {
        struct mf_at item = mf_item(&servers, i);

        mf_ip_check(l, &item, out->server[i]);
    }
    if (out->search_count > SEARCHES_MAX)
        mf_invalid(l, &searches, "must not have more than %d search paths", SEARCHES_MAX);
}

/* Some names stand for themselves; others must have the shape of a label. */
static const char *label_read(struct mf_load *l, const struct mf_at *spec, const char *field)
{
    struct mf_at at = mf_field(spec, field);
    const char *text = mf_string_at(l, &at, NULL);

    if (text)
        mf_shape_check(l, &at, MF_DNS_LABEL, text);
    return text;
}

void mf_dns_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    out->hostname = label_read(l, spec, "hostname");
    out->subdomain = label_read(l, spec, "subdomain");
    out->hostname_is_fqdn = mf_bool(l, spec, "setHostnameAsFQDN", false);
    out->host_network = mf_bool(l, spec, "hostNetwork", false);
    out->no_service_links = !mf_bool(l, spec, "enableServiceLinks", true);
    aliases_read(l, spec, out);
    config_read(l, spec, &out->dns);
}
