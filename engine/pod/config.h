/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - what of ConfigMaps and Secrets reaches a container: its environment, its
 * command, the files of its volumes.
 *
 * Plain data in, plain data out: no clock, no files, no events. The caller asks in the order in
 * which a kubelet does:
 *
 *   1. pod_config_volumes_missing   before the first container of a pod: nothing starts,
 *      FailedMount
 *   2. pod_config_missing           before each creation of a container: CreateContainerConfigError
 *   3. pod_config_env, _argv        what the process gets
 *   4. pod_config_files             what a volume holds, when it is set up
 *
 * A ConfigMap's content is looked up when it is needed and never copied, so whoever replaces one
 * keeps the old one readable for as long as a container may hold a piece of it (an arena does).
 *
 * Not here: env files (fileKeyRef: such a variable is not set) and the contents of service account
 * tokens.
 */
#ifndef POD_CONFIG_H
#define POD_CONFIG_H

#include <stddef.h>

#include "engine/store/config.h"
#include "engine/store/spec.h"

enum pod_config_limit {
    /* Linux: one string of the arguments or the environment (MAX_ARG_STRLEN), and all of the
     * environment (a quarter of the default 8 MiB stack). Beyond them a process cannot be executed:
     * "argument list too long". Here they also stop $(A)$(A) chains from doubling for ever. */
    POD_CONFIG_TEXT_MAX = 128 * 1024,
    POD_CONFIG_ENV_MAX = 2 * 1024 * 1024,

    /* Names that come together for one environment, repeated ones too: more than fit into it. */
    POD_CONFIG_NAMES_MAX = 256 * 1024,
};

/* ---- what is missing ------------------------------------------------------------------------ */

bool pod_config_missing(const struct st_store *all, const struct pod_spec *spec,
                        const struct pod_container_spec *c, char *why, size_t room);
/* The container refers to what is not there: it waits in CreateContainerConfigError with this
 * message, and the event is "Error: " and this message. */

bool pod_config_volume_missing(const struct st_store *all, const struct pod_spec *spec,
                               const struct pod_volume_spec *v, char *why, size_t room);
bool pod_config_volumes_missing(const struct st_store *all, const struct pod_spec *spec, char *why,
                                size_t room);
/* The volume, or the first of the pod's volumes, that cannot be set up; the whole message of a
 * FailedMount event. */

/* ---- environment and command ---------------------------------------------------------------- */

/* What a pod's own fields say; NULL strings are empty. */
struct pod_fields {
    const char *name, *uid, *node_name, *pod_ip, *host_ip;
    struct pod_labels labels, annotations; /* that its controller added to those of the spec */
    struct pod_labels services; /* variables of the Services it sees: may be referred to, and are
                                 * there unless it sets them itself; sorted or not */
};

struct pod_env {
    uint32_t count;
    struct rx_pair *pair; /* each name once, in the order in which names come up first */
    uint32_t *slot, room;  /* index by name: number of a pair plus one. room 0: there is none */
};

bool pod_config_env_common(const struct pod_container_spec *c);
/* The same for all replicas, at a given generation of the store: no field of the pod itself. */

int pod_config_env(const struct st_store *all, const struct pod_spec *spec,
                   const struct pod_container_spec *c, const struct pod_fields *fields,
                   struct rx_arena *arena, struct pod_env *out);
/* Resolves and expands. The arena gets what is built; other values stay where they are in spec,
 * store and fields. What is missing (pod_config_missing) is left out. -RX_ELIMIT: more than Linux
 * takes; -RX_ENOMEM. */

const char *pod_env_find(const struct pod_env *env, const char *name, size_t length); /* or NULL */

typedef const char *pod_config_lookup(void *ctx, const char *name, size_t length);
/* The value of a variable; NULL: there is none, and the reference stays as it is. */

int pod_config_expand(struct rx_arena *arena, const char *text, pod_config_lookup *lookup,
                      void *ctx, const char **out);
/* $(NAME) becomes its value, which is not looked into again; $$ becomes $. The text itself is
 * handed out when there is no $ in it. -RX_ELIMIT, -RX_ENOMEM. */

int pod_config_argv(struct rx_arena *arena, const struct pod_env *env, uint32_t argc,
                    const char *const *argv, const char *const **out);
/* A container's command: argv itself when there is no $ in it. -RX_ELIMIT, -RX_ENOMEM. */

int pod_config_probe_argv(struct rx_arena *arena, const struct pod_container_spec *c, uint32_t argc,
                          const char *const *argv, const char *const **out);
/* An exec probe's command knows only what env says literally, unexpanded: a variable from elsewhere
 * is empty, and envFrom does not count. The commands of hooks are not expanded at all. */

/* ---- files ---------------------------------------------------------------------------------- */

typedef int pod_config_put(void *ctx, const char *path, const char *bytes, uint32_t length,
                           bool executable);
/* A file of the volume; the path is relative. A later one replaces an earlier one of its path.
 * Anything but 0 ends the walk and becomes its result. */

bool pod_config_volume_fixed(const struct pod_volume_spec *v);
/* Its files do not depend on the pod: replicas may share them. */

int pod_config_files(const struct st_store *all, const struct pod_spec *spec,
                     const struct pod_volume_spec *v, const struct pod_fields *fields,
                     struct rx_arena *arena, pod_config_put *put, void *ctx);
/* The bytes stay where they are in spec, store and fields, or are built in the arena (labels and
 * annotations as a whole). What is missing is left out. -RX_ENOMEM, or what put returned. */

#endif
