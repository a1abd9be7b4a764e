/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - ConfigMaps and Secrets, found by namespace and name.
 */
#ifndef ST_CONFIG_H
#define ST_CONFIG_H

#include "engine/reactor/mem.h"

struct pod_data {
    const char *key;
    const char *bytes; /* a NUL follows, so that text is a string; binary data may hold others */
    uint32_t length;
    bool binary; /* from binaryData: a file, but never a variable */
};

struct pod_config {
    const char *ns, *name;
    bool secret;
    uint32_t count;
    const struct pod_data *item; /* sorted by key */
    bool immutable;
};

const struct pod_data *pod_config_key(const struct pod_config *c, const char *key); /* or NULL */

struct pod_configs {
    const struct rx_mem *mem;
    const struct pod_config **slot; /* open addressing, at most half full */
    uint32_t count, room;
    uint64_t generation; /* counts changes: what was made of an older one may be stale */
};

void pod_configs_init(struct pod_configs *all, const struct rx_mem *mem);
void pod_configs_fini(struct pod_configs *all);

int pod_configs_put(struct pod_configs *all, const struct pod_config *c);
/* Adds it, or replaces the one of its name. Not copied. -RX_ENOMEM; -RX_ESTATE: the one there is
 * immutable and says something else. */

void pod_configs_undo(struct pod_configs *all, const struct pod_config *c, const struct pod_config *old);
/* Takes back a put of c; old is what was there before, NULL if nothing was. */

const struct pod_config *pod_configs_own(const struct pod_configs *all, const struct pod_config *like);
/* The one with the name and namespace of another, if somebody has put it; or NULL. */

bool pod_configs_remove(struct pod_configs *all, const char *ns, bool secret, const char *name);
/* False: there is none. */

const struct pod_config *pod_configs_find(const struct pod_configs *all, const char *ns, bool secret,
                                          const char *name);
/* NULL: there is none. Each namespace has a ConfigMap kube-root-ca.crt without being told. */

#endif
