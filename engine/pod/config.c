/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - the store of ConfigMaps and Secrets, what of them a pod misses, and the files of
 * volumes. Sentences are those of the kubelet (kubelet_pods.go, volume/configmap, volume/secret,
 * volume/projected).
 */
#include "engine/pod/config.h"

#include <stdio.h>
#include <string.h>

#include "engine/pod/config_field.h"
#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

/* ---- what is missing ------------------------------------------------------------------------ */

bool pod_config_missing(const struct st_store *all, const struct pod_spec *spec,
                        const struct pod_container_spec *c, char *why, size_t room)
{
    for (uint32_t i = 0; i < c->env_count; i++) {
        const struct pod_env_spec *e = &c->env[i];
        enum pod_env_from from = pod_env_from(e);
        bool secret = from == POD_ENV_SECRET_KEY || from == POD_ENV_SECRET;
        bool one_key = from == POD_ENV_CONFIG_MAP_KEY || from == POD_ENV_SECRET_KEY;
        const struct st_config *config;
        const struct st_data *d;

        if (e->optional || (!secret && !one_key && from != POD_ENV_CONFIG_MAP))
            continue;
        config = st_config_find(all, spec->ns, secret, e->from_name);
        if (config == NULL) {
            snprintf(why, room, "%s \"%s\" not found", secret ? "secret" : "configmap",
                     e->from_name);
            return true;
        }
        d = one_key ? st_config_key(config, e->from_key) : NULL;
        if (one_key && (d == NULL || d->binary)) {
            snprintf(why, room, "couldn't find key %s in %s %s/%s", e->from_key,
                     secret ? "Secret" : "ConfigMap", spec->ns, e->from_name);
            return true;
        }
    }
    return false;
}

static bool projection_missing(const struct st_store *all, const char *ns,
                               const struct pod_projection_spec *p, char *why, size_t room)
{
    bool secret = p->kind == POD_PROJECT_SECRET;
    const struct st_config *c;

    if ((!secret && p->kind != POD_PROJECT_CONFIG_MAP) || p->optional)
        return false;
    c = st_config_find(all, ns, secret, p->source);
    if (c == NULL) {
        snprintf(why, room, "%s \"%s\" not found", secret ? "secret" : "configmap", p->source);
        return true;
    }
    for (uint32_t i = 0; i < p->item_count; i++) {
        if (st_config_key(c, p->item[i].key) != NULL)
            continue;
        snprintf(why, room, "%sreferences non-existent %s key: %s", secret ? "" : "configmap ",
                 secret ? "secret" : "config", p->item[i].key);
        return true;
    }
    return false;
}

/* As Go prints an aggregate of errors: one as it is, more as [a, b]; equal ones once. */
bool pod_config_volume_missing(const struct st_store *all, const struct pod_spec *spec,
                               const struct pod_volume_spec *v, char *why, size_t room)
{
    char first[512] = "", text[512];
    size_t used = 0;
    bool several = false;

    for (uint32_t i = 0; i < v->projection_count; i++) {
        if (!projection_missing(all, spec->ns, &v->projection[i], text, sizeof(text)) ||
            strcmp(first, text) == 0)
            continue;
        if (first[0] == '\0') {
            memcpy(first, text, sizeof(text));
            continue;
        }
        if (!several)
            used = (size_t)snprintf(why, room, "MountVolume.SetUp failed for volume \"%s\" : [%s",
                                    v->name, first);
        several = true;
        if (used < room)
            used += (size_t)snprintf(why + used, room - used, ", %s", text);
    }
    if (several && used < room)
        snprintf(why + used, room - used, "]");
    if (!several && first[0] != '\0')
        snprintf(why, room, "MountVolume.SetUp failed for volume \"%s\" : %s", v->name, first);
    return first[0] != '\0';
}

bool pod_config_volumes_missing(const struct st_store *all, const struct pod_spec *spec,
                                char *why, size_t room)
{
    for (uint32_t i = 0; i < spec->volume_count; i++)
        if (pod_config_volume_missing(all, spec, &spec->volume[i], why, room))
            return true;
    return false;
}

/* ---- files ---------------------------------------------------------------------------------- */

struct file_walk {
    const struct st_store *all;
    const struct pod_spec *spec;
    const struct pod_fields *fields;
    struct rx_arena *arena;
    pod_config_put *put;
    void *ctx;
};

static int put_config(struct file_walk *w, const struct pod_projection_spec *p);
static int put_downward(struct file_walk *w, const struct pod_projection_spec *p);
static int put_token(struct file_walk *w, const struct pod_projection_spec *p);

bool pod_config_volume_fixed(const struct pod_volume_spec *v)
{
    for (uint32_t i = 0; i < v->projection_count; i++)
        if (v->projection[i].kind == POD_PROJECT_DOWNWARD)
            return false;
    return true;
}

int pod_config_files(const struct st_store *all, const struct pod_spec *spec,
                     const struct pod_volume_spec *v, const struct pod_fields *fields,
                     struct rx_arena *arena, pod_config_put *put, void *ctx)
{
    struct file_walk w = {
        .all = all, .spec = spec, .fields = fields, .arena = arena, .put = put, .ctx = ctx};
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < v->projection_count; i++) {
        const struct pod_projection_spec *p = &v->projection[i];

        switch (p->kind) {
        case POD_PROJECT_CONFIG_MAP:
        case POD_PROJECT_SECRET:
            rc = put_config(&w, p);
            break;
        case POD_PROJECT_DOWNWARD:
            rc = put_downward(&w, p);
            break;
        case POD_PROJECT_TOKEN:
            rc = put_token(&w, p);
            break;
        }
    }
    return rc;
}

static int put_config(struct file_walk *w, const struct pod_projection_spec *p)
{
    const struct st_config *c =
        st_config_find(w->all, w->spec->ns, p->kind == POD_PROJECT_SECRET, p->source);
    int rc = 0;

    if (c == NULL)
        return 0;
    for (uint32_t i = 0; rc == 0 && p->item_count == 0 && i < c->count; i++)
        rc = w->put(w->ctx, c->item[i].key, c->item[i].bytes, c->item[i].length, p->executable);
    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++) {
        const struct st_data *d = st_config_key(c, p->item[i].key);

        if (d != NULL)
            rc = w->put(w->ctx, p->item[i].path, d->bytes, d->length, p->item[i].executable);
    }
    return rc;
}

static int put_downward(struct file_walk *w, const struct pod_projection_spec *p)
{
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++) {
        const char *text = p->item[i].amount != NULL ? p->item[i].amount : "0";

        if (p->item[i].key != NULL)
            rc = pod_field_text(w->arena, w->spec, w->fields, p->item[i].key, &text);
        if (rc == 0)
            rc = w->put(w->ctx, p->item[i].path, text, (uint32_t)strlen(text),
                        p->item[i].executable);
    }
    return rc;
}

static int put_token(struct file_walk *w, const struct pod_projection_spec *p)
{
    static const char token[] = "simulated";
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < p->item_count; i++)
        rc = w->put(w->ctx, p->item[i].path, token, sizeof(token) - 1, false);
    return rc;
}
