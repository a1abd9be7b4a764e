/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_env.c - a container's environment and command: sources resolved, $(NAME) expanded
 * (kubelet: makeEnvironmentVariables; third_party/forked/golang/expansion).
 */
#include <string.h>

#include "engine/pod/config_field.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

struct env_walk {
    const struct st_store *all;
    const struct pod_spec *spec;
    const struct pod_fields *fields;
    struct rx_arena *arena;
    struct pod_env *env;
};

static int env_open(struct env_walk *w, const struct pod_container_spec *c);
static int env_resolve(struct env_walk *w, const struct pod_env_spec *e);
static int env_take_all(struct env_walk *w, const struct pod_env_spec *e, bool secret);
static int env_take_key(struct env_walk *w, const struct pod_env_spec *e, bool secret);
static void env_set(struct pod_env *env, const char *name, const char *value);
static bool env_too_large(const struct pod_env *env);
static uint32_t env_slot(const struct pod_env *env, const char *name, size_t length);
static const char *env_or_service(void *ctx, const char *name, size_t length);
static bool name_valid(const char *name);

bool pod_config_env_common(const struct pod_container_spec *c)
{
    for (uint32_t i = 0; i < c->env_count; i++)
        if (pod_env_from(&c->env[i]) == POD_ENV_FIELD)
            return false;
    return true;
}

int pod_config_env(const struct st_store *all, const struct pod_spec *spec,
                   const struct pod_container_spec *c, const struct pod_fields *fields,
                   struct rx_arena *arena, struct pod_env *out)
{
    struct env_walk w = {.all = all, .spec = spec, .fields = fields, .arena = arena, .env = out};
    int rc;

    if (c->env_count == 0) { /* as most containers: nothing but what all share */
        *out = (struct pod_env){.count = fields->services.count,
                                .pair = (struct rx_pair *)(uintptr_t)fields->services.pair};
        return 0;
    }
    rc = env_open(&w, c);

    for (uint32_t i = 0; rc == 0 && i < c->env_count; i++)
        rc = env_resolve(&w, &c->env[i]);
    for (uint32_t i = 0; rc == 0 && i < fields->services.count; i++) {
        const struct rx_pair *p = &fields->services.pair[i];

        if (pod_env_find(out, p->key, strlen(p->key)) == NULL)
            env_set(out, p->key, p->value);
    }
    return rc == 0 && env_too_large(out) ? -RX_ELIMIT : rc;
}

const char *pod_env_find(const struct pod_env *env, const char *name, size_t length)
{
    uint32_t n = env->room > 0 ? env->slot[env_slot(env, name, length)] : 0;

    for (uint32_t i = 0; env->room == 0 && i < env->count; i++)
        if (strncmp(env->pair[i].key, name, length) == 0 && env->pair[i].key[length] == '\0')
            return env->pair[i].value;
    return n > 0 ? env->pair[n - 1].value : NULL;
}

/* Room for every name that may come. Two names at least for a slot: searches end. */
static int env_open(struct env_walk *w, const struct pod_container_spec *c)
{
    uint64_t names = c->env_count + (uint64_t)w->fields->services.count;
    uint32_t room = 4;

    *w->env = (struct pod_env){0};
    for (uint32_t i = 0; i < c->env_count; i++) {
        enum pod_env_from from = pod_env_from(&c->env[i]);
        const struct st_config *config = NULL;

        if (from == POD_ENV_CONFIG_MAP || from == POD_ENV_SECRET)
            config =
                st_config_find(w->all, w->spec->ns, from == POD_ENV_SECRET, c->env[i].from_name);
        names += config != NULL ? config->count : 0;
    }
    if (names > POD_CONFIG_NAMES_MAX)
        return -RX_ELIMIT;
    if (names == 0)
        return 0;
    while (room < 2 * names)
        room *= 2;
    w->env->pair = rx_arena_alloc(w->arena, names * sizeof(*w->env->pair));
    w->env->slot = rx_arena_alloc(w->arena, room * sizeof(*w->env->slot));
    if (w->env->pair == NULL || w->env->slot == NULL)
        return -RX_ENOMEM;
    w->env->room = room;
    return 0;
}

static int env_resolve(struct env_walk *w, const struct pod_env_spec *e)
{
    const char *value = NULL;
    int rc = 0;

    switch (pod_env_from(e)) {
    case POD_ENV_LITERAL:
        rc = pod_config_expand(w->arena, e->value, env_or_service, w, &value);
        break;
    case POD_ENV_CONFIG_MAP_KEY:
        return env_take_key(w, e, false);
    case POD_ENV_SECRET_KEY:
        return env_take_key(w, e, true);
    case POD_ENV_FIELD:
        value = pod_field_find(w->spec, w->fields, e->from_key);
        break;
    case POD_ENV_RESOURCE:
        value = e->amount != NULL ? e->amount : "0";
        break;
    case POD_ENV_CONFIG_MAP:
        return env_take_all(w, e, false);
    case POD_ENV_SECRET:
        return env_take_all(w, e, true);
    case POD_ENV_OTHER:
        return 0;
    }
    if (rc == 0)
        env_set(w->env, e->name, value);
    return rc;
}

static int env_take_all(struct env_walk *w, const struct pod_env_spec *e, bool secret)
{
    const struct st_config *c = st_config_find(w->all, w->spec->ns, secret, e->from_name);
    size_t prefix = strlen(e->name);

    for (uint32_t i = 0; c != NULL && i < c->count; i++) {
        const struct st_data *d = &c->item[i];
        const char *name = d->key;

        if (d->binary)
            continue;
        if (prefix > 0) {
            char *joined = rx_arena_alloc(w->arena, prefix + strlen(d->key) + 1);

            if (joined == NULL)
                return -RX_ENOMEM;
            stpcpy(stpcpy(joined, e->name), d->key);
            name = joined;
        }
        if (name_valid(name))
            env_set(w->env, name, d->bytes);
    }
    return 0;
}

static int env_take_key(struct env_walk *w, const struct pod_env_spec *e, bool secret)
{
    const struct st_config *c = st_config_find(w->all, w->spec->ns, secret, e->from_name);
    const struct st_data *d = c != NULL ? st_config_key(c, e->from_key) : NULL;

    if (d != NULL && !d->binary)
        env_set(w->env, e->name, d->bytes);
    return 0;
}

/* A name that is there already keeps its place. */
static void env_set(struct pod_env *env, const char *name, const char *value)
{
    uint32_t *slot = &env->slot[env_slot(env, name, strlen(name))];

    if (*slot == 0) {
        env->pair[env->count++].key = name;
        *slot = env->count;
    }
    env->pair[*slot - 1].value = value;
}

/* As the kernel counts: NAME=VALUE with its NUL, and the pointer to it. */
static bool env_too_large(const struct pod_env *env)
{
    size_t total = 0;

    for (uint32_t i = 0; i < env->count; i++) {
        size_t n = strlen(env->pair[i].key) + strlen(env->pair[i].value) + 2;

        total += n + sizeof(char *);
        if (n > POD_CONFIG_TEXT_MAX || total > POD_CONFIG_ENV_MAX)
            return true;
    }
    return false;
}

static uint32_t env_slot(const struct pod_env *env, const char *name, size_t length)
{
    uint32_t h = 2166136261u, i;

    for (size_t k = 0; k < length; k++)
        h = (h ^ (unsigned char)name[k]) * 16777619u;
    for (i = (h ^ h >> 15) & (env->room - 1); env->slot[i] != 0; i = (i + 1) & (env->room - 1)) {
        const char *there = env->pair[env->slot[i] - 1].key;

        if (strncmp(there, name, length) == 0 && there[length] == '\0')
            break;
    }
    return i;
}

static const char *env_or_service(void *ctx, const char *name, size_t length)
{
    const struct env_walk *w = ctx;
    const struct pod_labels *services = &w->fields->services;
    const char *value = pod_env_find(w->env, name, length);

    for (uint32_t i = 0; value == NULL && i < services->count; i++)
        if (strncmp(services->pair[i].key, name, length) == 0 &&
            services->pair[i].key[length] == '\0')
            value = services->pair[i].value;
    return value;
}

/* Since 1.34 a kubelet takes what a process can have: printable ASCII without "=". Every key of a
 * ConfigMap is like that; one that an embedder made up may not be. */
static bool name_valid(const char *name)
{
    const char *p = name;

    while (*p >= ' ' && *p <= '~' && *p != '=')
        p++;
    return p != name && *p == '\0';
}

/* ---- expansion ------------------------------------------------------------------------------ */

/* Counts only while `at` is NULL. */
struct ink {
    char *at;
    size_t used;
};

static void put(struct ink *ink, const char *text, size_t length)
{
    if (ink->at != NULL)
        memcpy(ink->at + ink->used, text, length);
    ink->used += length;
}

/* Stops where the text gets longer than a process may have it. */
static void expand(struct ink *ink, const char *text, pod_config_lookup *lookup, void *ctx)
{
    bool closable = true; /* there may be a ")" ahead: looked for in vain only once */

    while (*text != '\0' && ink->used <= POD_CONFIG_TEXT_MAX) {
        const char *close = NULL, *value;
        size_t plain = strcspn(text, "$");

        put(ink, text, plain);
        text += plain;
        if (text[0] == '\0')
            return;
        if (text[1] == '(' && closable) {
            close = strchr(text, ')');
            closable = close != NULL;
        }
        if (close != NULL) {
            value = lookup(ctx, text + 2, (size_t)(close - text) - 2);
            put(ink, value != NULL ? value : text,
                value != NULL ? strlen(value) : (size_t)(close - text) + 1);
            text = close + 1;
        } else if (text[1] == '$') {
            put(ink, text, 1);
            text += 2;
        } else {
            put(ink, text, text[1] != '\0' ? 2 : 1);
            text += text[1] != '\0' ? 2 : 1;
        }
    }
}

int pod_config_expand(struct rx_arena *arena, const char *text, pod_config_lookup *lookup,
                      void *ctx, const char **out)
{
    struct ink ink = {0};

    *out = text;
    if (strchr(text, '$') == NULL)
        return 0;
    expand(&ink, text, lookup, ctx);
    if (ink.used >= POD_CONFIG_TEXT_MAX)
        return -RX_ELIMIT;
    ink.at = rx_arena_alloc(arena, ink.used + 1);
    if (ink.at == NULL)
        return -RX_ENOMEM;
    *out = ink.at;
    ink.used = 0;
    expand(&ink, text, lookup, ctx);
    return 0;
}

static int expand_all(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                      pod_config_lookup *lookup, void *ctx, const char *const **out)
{
    const char **expanded;
    bool any = false;

    *out = argv;
    for (uint32_t i = 0; i < argc; i++)
        any = any || strchr(argv[i], '$') != NULL;
    if (!any)
        return 0;
    expanded = rx_arena_alloc(arena, argc * sizeof(*expanded));
    if (expanded == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; i < argc; i++) {
        int rc = pod_config_expand(arena, argv[i], lookup, ctx, &expanded[i]);

        if (rc != 0)
            return rc;
    }
    *out = expanded;
    return 0;
}

static const char *env_lookup(void *ctx, const char *name, size_t length)
{
    return pod_env_find(ctx, name, length);
}

int pod_config_argv(struct rx_arena *arena, const struct pod_env *env, uint32_t argc,
                    const char *const *argv, const char *const **out)
{
    return expand_all(arena, argc, argv, env_lookup, (void *)(uintptr_t)env, out);
}

/* The last entry of a name counts. */
static const char *literal_lookup(void *ctx, const char *name, size_t length)
{
    const struct pod_container_spec *c = ctx;

    for (uint32_t i = c->env_count; i-- > 0;) {
        const struct pod_env_spec *e = &c->env[i];
        enum pod_env_from from = pod_env_from(e);

        if (from != POD_ENV_CONFIG_MAP && from != POD_ENV_SECRET &&
            strncmp(e->name, name, length) == 0 && e->name[length] == '\0')
            return e->value != NULL ? e->value : "";
    }
    return NULL;
}

int pod_config_probe_argv(struct rx_arena *arena, const struct pod_container_spec *c, uint32_t argc,
                          const char *const *argv, const char *const **out)
{
    return expand_all(arena, argc, argv, literal_lookup, (void *)(uintptr_t)c, out);
}
