/* SPDX-License-Identifier: Apache-2.0 */
/* exec_env.c - the variables and words of a process, taken together in one block. */
#include "probes/carry/exec_env.h"

#include <string.h>

#include "engine/pod/program.h"
#include "engine/reactor/err.h"

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { DEFAULTS = 6 };

static int words(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                 struct rx_spawn *out)
{
    const char **copy =
        rx_arena_alloc(arena, (argc + 1) * sizeof(*copy)); /* zeroed: its end is NULL */

    if (copy == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < argc; i++)
        copy[i] = argv[i];
    out->argv = copy;
    return 0;
}

static bool add(struct rx_arena *arena, const char **at, const char *name, const char *value)
{
    *at = rx_arena_printf(arena, "%s=%s", name, value != NULL ? value : "");
    return *at != NULL;
}

/* env: as the container has it. */
static int environment(struct pod_container *c, const struct pod_fields *fields,
                       struct rx_arena *arena, struct pod_env *env, struct rx_spawn *out)
{
    const struct pod_spec *spec = pod_spec_of(pod_of_container(c));
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct rx_pair extra[DEFAULTS] = {
        {"PATH", PATH_DEFAULT},          {"HOSTNAME", fields->name},
        {"PODRING_NAMESPACE", spec->ns}, {"PODRING_POD", fields->name},
        {"PODRING_CONTAINER", s->name},  {"PODRING_POD_IP", fields->pod_ip},
    };
    int rc =
        pod_config_env(&pod_world_of(pod_of_container(c))->store, spec, s, fields, arena, env);
    const char **all = NULL;
    uint32_t n = 0;

    if (rc == 0)
        all = rx_arena_alloc(arena, (env->count + DEFAULTS + 1) * sizeof(*all));
    if (all == NULL)
        return rc != 0 ? rc : -RX_ENOMEM;
    for (uint32_t i = 0; i < env->count; i++)
        if (!add(arena, &all[n++], env->pair[i].key, env->pair[i].value))
            return -RX_ENOMEM;
    for (int i = 0; i < DEFAULTS; i++)
        if (pod_env_find(env, extra[i].key, strlen(extra[i].key)) == NULL &&
            !add(arena, &all[n++], extra[i].key, extra[i].value))
            return -RX_ENOMEM;
    out->env = all;
    return 0;
}

/* Where it runs and what it is told. Addresses of Services lead nowhere from a real process. */
static int surroundings(struct pod_container *c, struct rx_arena *arena, struct pod_env *env,
                        struct rx_spawn *out)
{
    struct pod_self self;

    pod_self_fill(pod_of_container(c), &self);
    self.fields.services = (struct pod_labels){0};
    out->cwd = pod_container_spec_of(c)->working_dir;
    return environment(c, &self.fields, arena, env, out);
}

int probe_main_prepare(struct pod_container *c, struct rx_arena *arena, struct rx_spawn *out)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const char *const *argv = s->argv;
    struct pod_env env = {0};
    int rc = surroundings(c, arena, &env, out);

    if (rc == 0)
        rc = pod_config_argv(arena, &env, s->argc, s->argv, &argv);
    return rc == 0 ? words(arena, s->argc, argv, out) : rc;
}

int probe_exec_prepare(const struct pod_attempt *a, struct pod_container *c, struct rx_arena *arena,
                       struct rx_spawn *out)
{
    struct pod_env env = {0};
    int rc = words(arena, a->handler->argc, pod_machine_argv(c, a->handler), out);

    return rc == 0 ? surroundings(c, arena, &env, out) : rc;
}
