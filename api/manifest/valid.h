/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valid.h - the shapes Kubernetes demands of names, and the sentences it says about those that have
 * another (k8s.io/apimachinery, util/validation and api/validate/content).
 */
#ifndef MF_VALID_H
#define MF_VALID_H

#include "api/manifest/load.h"

enum mf_shape {
    MF_DNS_LABEL,     /* RFC 1123: container and volume names, namespaces */
    MF_DNS_SUBDOMAIN, /* object names */
    MF_LABEL_KEY,     /* "qualified names": label keys, annotations, condition types */
    MF_LABEL_VALUE,
    MF_PORT_NAME, /* IANA service names */
    MF_ENV_NAME,  /* as relaxed since 1.34: anything printable in ASCII but = */
    MF_HEADER_NAME,
    MF_CONFIG_KEY,
};

bool mf_shape_check(struct mf_load *l, const struct mf_at *at, enum mf_shape shape,
                    const char *text);
/* Says what is wrong with the text, at that place; true if nothing is. */

bool mf_is_label_key(const char *text);
bool mf_is_label_value(const char *text);
bool mf_is_dns_subdomain(const char *text);
/* The same without a sentence, for what is no manifest. */

bool mf_ipv4(const char *text, uint32_t *out);
/* An IPv4 address as a number; false: it is none, and *out stays. */

bool mf_ip_check(struct mf_load *l, const struct mf_at *at, const char *text);
/* An address of either family. */

bool mf_number_between(struct mf_load *l, const struct mf_at *at, int64_t value, int64_t min,
                       int64_t max);
/* "must be between 1 and 65535, inclusive" */

#endif
