/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_volume.c - facts about volumes and mounts. The volume of the service account's token is
 * among them, as admission adds it to every pod.
 */
#include <stdio.h>
#include <string.h>

#include "api/facts.h"
#include "engine/pod/volume.h"
#include "engine/reactor/prng.h"

enum { TOKEN_SECONDS = 3607, LINE_MAX_ = 512 };

/* ---- the token ------------------------------------------------------------------------------- */

/* kube-api-access- and five letters. */
static const char *token_volume(struct fact *f)
{
    static const char letter[] = "bcdfghjklmnpqrstvwxz2456789";
    uint64_t draw = rx_prng_at(f->ring->world.seed, POD_STREAM_UID, f->pod->serial, 2);
    char *out = f->ring->strings.object;
    size_t n = (size_t)snprintf(out, sizeof(f->ring->strings.object), "kube-api-access-");

    for (int i = 0; i < 5; i++, draw /= sizeof(letter) - 1)
        out[n++] = letter[draw % (sizeof(letter) - 1)];
    out[n] = '\0';
    return out;
}

static bool mounts_itself(const struct pod_container_spec *c)
{
    for (uint32_t i = 0; i < c->mount_count; i++)
        if (strcmp(c->mount[i].path, POD_ACCOUNT_PATH) == 0)
            return true;
    return false;
}

/* ---- volumes --------------------------------------------------------------------------------- */

static const struct {
    const char *name, *type; /* type: in kubectl's words */
} volume_kind[] = {
    [POD_VOLUME_EMPTY_DIR] = {"EmptyDir",
                              "EmptyDir (a temporary directory that shares a pod's lifetime)"},
    [POD_VOLUME_EMPTY_DIR_MEMORY] =
        {"EmptyDir", "EmptyDir (a temporary directory that shares a pod's lifetime)"},
    [POD_VOLUME_CONFIG_MAP] = {"ConfigMap", "ConfigMap (a volume populated by a ConfigMap)"},
    [POD_VOLUME_SECRET] = {"Secret", "Secret (a volume populated by a Secret)"},
    [POD_VOLUME_CLAIM] = {"PersistentVolumeClaim", "PersistentVolumeClaim (a reference to a "
                                                   "PersistentVolumeClaim in the same namespace)"},
    [POD_VOLUME_HOST_PATH] = {"HostPath", "HostPath (bare host directory volume)"},
    [POD_VOLUME_OTHER] = {"<unknown>", NULL},
    [POD_VOLUME_PROJECTED] =
        {"Projected", "Projected (a volume that contains injected data from multiple sources)"},
};

bool api_fact_volume(struct fact *f)
{
    const struct pod_spec *spec = pod_spec_of(f->pod);
    const struct pod_volume_spec *v;

    if (f->index >= spec->volume_count) {
        f->key = token_volume(f);
        f->value = "Projected";
        return f->index == spec->volume_count && !spec->no_token;
    }
    v = &spec->volume[f->index];
    f->key = v->name;
    f->value = volume_kind[v->kind].name;
    if (v->source != NULL)
        f->value = api_fact_text(f, "%s/%s", f->value, v->source);
    else if (v->kind == POD_VOLUME_EMPTY_DIR_MEMORY)
        f->value = api_fact_text(f, "%s/%s", f->value, v->medium != NULL ? v->medium : "Memory");
    return true;
}

/* A list of lines that is counted through until the wanted one. */
struct lines {
    struct fact *f;
    uint32_t left;
    bool found;
};

static void line(struct lines *l, const char *title, const char *value)
{
    if (!l->found && l->left-- == 0) {
        l->f->value = api_fact_text(l->f, "%s: %s", title, value);
        l->found = true;
    }
}

static const char *truth(bool is)
{
    return is ? "true" : "false";
}

static void projection_lines(struct lines *l, const struct pod_projection_spec *p)
{
    switch (p->kind) {
    case POD_PROJECT_SECRET:
        line(l, "SecretName", p->source);
        line(l, "Optional", truth(p->optional));
        break;
    case POD_PROJECT_CONFIG_MAP:
        line(l, "ConfigMapName", p->source);
        line(l, "Optional", truth(p->optional));
        break;
    case POD_PROJECT_DOWNWARD:
        line(l, "DownwardAPI", "true");
        break;
    case POD_PROJECT_TOKEN:
        line(l, "TokenExpirationSeconds",
             p->item != NULL && p->item->amount != NULL ? p->item->amount : "3600");
        break;
    }
}

static void downward_lines(struct lines *l, const struct pod_projection_spec *p)
{
    line(l, "Type", "DownwardAPI (a volume populated by information about the pod)");
    line(l, "Items", "");
    for (uint32_t i = 0; i < p->item_count; i++) {
        char item[LINE_MAX_];

        snprintf(item, sizeof(item), "%s -> %s",
                 p->item[i].key != NULL ? p->item[i].key : p->item[i].amount, p->item[i].path);
        line(l, "", item); /* no title: one step further in */
    }
}

static void volume_lines(struct lines *l, const struct pod_volume_spec *v)
{
    if (v->downward && v->projection_count > 0) {
        downward_lines(l, &v->projection[0]);
        return;
    }
    if (volume_kind[v->kind].type == NULL)
        return;
    line(l, "Type", volume_kind[v->kind].type);
    switch (v->kind) {
    case POD_VOLUME_EMPTY_DIR:
    case POD_VOLUME_EMPTY_DIR_MEMORY:
        line(l, "Medium", v->medium != NULL ? v->medium : "");
        line(l, "SizeLimit",
             v->size_text != NULL && strcmp(v->size_text, "0") != 0 ? v->size_text : "<unset>");
        break;
    case POD_VOLUME_CONFIG_MAP:
    case POD_VOLUME_SECRET:
        line(l, v->kind == POD_VOLUME_SECRET ? "SecretName" : "Name", v->source);
        line(l, "Optional", truth(v->optional));
        break;
    case POD_VOLUME_CLAIM:
        line(l, "ClaimName", v->source);
        line(l, "ReadOnly", truth(v->read_only));
        break;
    case POD_VOLUME_HOST_PATH:
        line(l, "Path", v->source);
        line(l, "HostPathType", v->host_type != NULL ? v->host_type : "<none>");
        break;
    default:
        for (uint32_t i = 0; i < v->projection_count; i++)
            projection_lines(l, &v->projection[i]);
        break;
    }
}

static void token_lines(struct lines *l)
{
    char seconds[16];

    snprintf(seconds, sizeof(seconds), "%d", TOKEN_SECONDS);
    line(l, "Type", volume_kind[POD_VOLUME_PROJECTED].type);
    line(l, "TokenExpirationSeconds", seconds);
    line(l, "ConfigMapName", "kube-root-ca.crt");
    line(l, "Optional", "false");
    line(l, "DownwardAPI", "true");
}

bool api_fact_volume_line(struct fact *f)
{
    const struct pod_spec *spec = pod_spec_of(f->pod);
    struct lines l = {.f = f, .left = f->index};

    for (uint32_t i = 0; i < spec->volume_count && !l.found; i++) {
        f->key = spec->volume[i].name;
        volume_lines(&l, &spec->volume[i]);
    }
    if (!l.found && !spec->no_token) {
        f->key = token_volume(f);
        token_lines(&l);
    }
    return l.found;
}

/* ---- mounts ---------------------------------------------------------------------------------- */

/* By path; equal paths are refused when they are loaded. */
static const struct pod_mount_spec *mount_at(const struct pod_container_spec *c, uint32_t index)
{
    for (uint32_t i = 0; i < c->mount_count; i++) {
        uint32_t before = 0;

        for (uint32_t k = 0; k < c->mount_count; k++)
            before += strcmp(c->mount[k].path, c->mount[i].path) < 0;
        if (before == index)
            return &c->mount[i];
    }
    return NULL;
}

/* Where the token's mount stands among the others: behind those whose path is smaller. */
static uint32_t token_rank(const struct pod_container_spec *c)
{
    uint32_t rank = 0;

    for (uint32_t i = 0; i < c->mount_count; i++)
        rank += strcmp(c->mount[i].path, POD_ACCOUNT_PATH) < 0;
    return rank;
}

bool api_fact_mount(struct fact *f)
{
    bool token = !pod_spec_of(f->pod)->no_token && !mounts_itself(f->container);
    uint32_t rank = token_rank(f->container), index = f->index;
    const struct pod_mount_spec *m;
    const char *mode;

    if (token && index == rank) {
        f->key = POD_ACCOUNT_PATH;
        f->value = api_fact_text(f, "%s (ro)", token_volume(f));
        return true;
    }
    m = mount_at(f->container, token && index > rank ? index - 1 : index);
    if (m == NULL)
        return false;
    mode = m->read_only ? "ro" : "rw";
    f->key = m->path;
    f->value = m->sub_path != NULL && !m->expand
                   ? api_fact_text(f, "%s (%s,path=\"%s\")", m->volume, mode, m->sub_path)
                   : api_fact_text(f, "%s (%s)", m->volume, mode);
    return true;
}
