/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_field.h - where a variable comes from, and what a pod's fields say (fieldRef): shared by
 * the files that implement config.h.
 */
#ifndef POD_CONFIG_FIELD_H
#define POD_CONFIG_FIELD_H

#include "engine/pod/config.h"

enum pod_env_from { POD_ENV_LITERAL, POD_ENV_CONFIG_MAP_KEY, POD_ENV_SECRET_KEY, POD_ENV_FIELD,
                    POD_ENV_RESOURCE, POD_ENV_CONFIG_MAP, POD_ENV_SECRET, POD_ENV_OTHER };

enum pod_env_from pod_env_from(const struct pod_env_spec *e);

const char *pod_field_find(const struct pod_spec *spec, const struct pod_fields *fields,
                           const char *path);
/* metadata.name, metadata.labels['x'], status.podIP and so on; "" for what is not set and for other
 * paths. */

int pod_field_text(struct rx_arena *arena, const struct pod_spec *spec,
                   const struct pod_fields *fields, const char *path, const char **out);
/* The same; metadata.labels and metadata.annotations as a whole, too: a line key="value" each, as a
 * downward API volume has them. -RX_ENOMEM. */

#endif
