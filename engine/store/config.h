/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - ConfigMaps and Secrets: one table, in which a Secret's sub is 1.
 */
#ifndef ST_CONFIG_H
#define ST_CONFIG_H

#include "engine/store/store.h"

struct st_data {
    const char *key;
    const char *bytes; /* a NUL follows, so that text is a string; binary data may hold others */
    uint32_t length;
    bool binary; /* from binaryData: a file, but never a variable */
};

struct st_config {
    const char *ns, *name;
    bool secret;
    uint32_t count;
    const struct st_data *item; /* sorted by key */
    bool immutable;
};

const struct st_data *st_config_key(const struct st_config *c, const char *key); /* or NULL */

int st_config_put(struct st_store *s, const struct st_config *c, const struct st_config **old);
/* Creates it, or updates the one of its name; *old (may be NULL) is then what that said, else NULL.
 * Not copied. -RX_ENOMEM; -RX_ESTATE: the one there is immutable and says something else. */

void st_config_undo(struct st_store *s, const struct st_config *c, const struct st_config *old);
/* Takes back the newest put of c. */

void st_config_delete(struct st_store *s, struct st_object *o);
/* Says so to the log. What has been mounted or read of it stays where it is. */

const struct st_config *st_config_find(const struct st_store *s, const char *ns, bool secret,
                                       const char *name);
/* NULL: there is none. Each namespace has a ConfigMap kube-root-ca.crt without being told. */

void st_configs_free(struct st_store *s); /* all of them */

static inline uint64_t st_config_changes(const struct st_store *s)
{
    return s->table[ST_CONFIG].changes + s->table[ST_SERVICE].changes;
}
/* Of all that a container is told when it starts: configs, and the variables of Services. */

#endif
