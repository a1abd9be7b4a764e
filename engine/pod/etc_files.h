/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etc_files.h - the files in /etc that the kubelet and the runtime put into every container (hosts,
 * hostname, resolv.conf), and the names that they stand for.
 *
 * Nothing is kept: a file is written when somebody reads it.
 */
#ifndef POD_ETC_FILES_H
#define POD_ETC_FILES_H

#include "engine/pod/pod.h"

enum {
    POD_FQDN_MAX = 256,
    POD_CLUSTER_DNS = 10 << 24 | 96 << 16 | 10, /* the DNS server of the cluster */
};

#define POD_CLUSTER_DOMAIN "cluster.local"

void pod_hostname(struct pod *p, char out[POD_NAME_MAX]);
/* What `hostname` says: spec.hostname or the pod's name, cut as the kubelet cuts it; with
 * setHostnameAsFQDN the full name; the node's on its network. */

bool pod_has_subdomain_name(const struct pod *p);
/* Does DNS know it as HOSTNAME.SUBDOMAIN? It must have been given a hostname, or have it from a
 * StatefulSet. */

bool pod_fqdn(struct pod *p, char out[POD_FQDN_MAX]);
/* HOSTNAME.SUBDOMAIN.NAMESPACE.svc.cluster.local; false, and "": it has no subdomain. */

bool pod_dns_search(const struct pod_spec *s, uint32_t i, char out[POD_FQDN_MAX]);
/* The i-th domain that short names are looked up in; false: there are no more. */

uint32_t pod_dns_ndots(const struct pod_spec *s);
/* A name with fewer dots is looked up in these domains before it is taken as it stands. */

bool pod_dns_knows_cluster(const struct pod_spec *s);
/* Is the cluster's DNS server asked at all? */

const char *pod_hosts_address(struct pod *p, const char *host);
/* What /etc/hosts says besides the pod's own names: the address that a hostAlias gives the name;
 * NULL: none. */

struct fs;

bool pod_hosts_file_find(struct fs *f, const char *host, char address[64]);
/* The address in a hosts file that the container has written or mounted itself. */

bool pod_host_is_local(const char *host); /* localhost, by its name or an address */

bool pod_hosts_is_self(struct pod *p, const char *host);
/* A name or an address of the pod itself: localhost, its host name, its own address. */

#endif
