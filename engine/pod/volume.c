/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - making, mounting and dropping the content of volumes. */
#include "engine/pod/volume.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/pod_int.h"
#include "engine/pod/program.h"
#include "engine/reactor/err.h"

/* ---- claims --------------------------------------------------------------------------------- */

void pod_claim_free(struct pod_world *w, struct pod_claim *c)
{
    size_t names = strlen(c->object.ns) + strlen(c->object.name) + 2;

    st_remove(&w->store, &c->object);
    fs_volume_unref(c->volume);
    rx_mem_free(&w->guest, c, sizeof(*c) + names);
}

static struct pod_claim *claim_of(struct st_object *o)
{
    return o != NULL ? rx_container_of(o, struct pod_claim, object) : NULL;
}

void pod_claims_free(struct pod_world *w)
{
    struct st_object *o;

    while ((o = st_newest(&w->store, ST_CLAIM)) != NULL)
        pod_claim_free(w, claim_of(o));
}

int pod_claim_put(struct pod_world *w, const char *ns, const char *name, bool *created)
{
    struct pod_claim *c = pod_claim_find(w, ns, name);
    int rc;

    if (created != NULL)
        *created = c == NULL;
    if (c != NULL)
        return 0;
    c = rx_mem_zalloc(&w->guest, sizeof(*c) + strlen(ns) + strlen(name) + 2);
    if (c == NULL)
        return -RX_ENOMEM;
    c->object = (struct st_object){.ns = c->text, .name = stpcpy(c->text, ns) + 1,
                                   .kind = ST_CLAIM};
    strcpy(c->text + strlen(ns) + 1, name);
    rc = st_add(&w->store, &c->object);
    if (rc != 0)
        pod_claim_free(w, c);
    return rc;
}

void pod_claim_undo(struct pod_world *w, const char *ns, const char *name)
{
    struct pod_claim *c = pod_claim_find(w, ns, name);

    RX_ASSERT(c == NULL || c->volume == NULL);
    if (c == NULL)
        return;
    st_unadd(&w->store, &c->object);
    pod_claim_free(w, c);
}

struct pod_claim *pod_claim_find(const struct pod_world *w, const char *ns, const char *name)
{
    return claim_of(st_find(&w->store, ST_CLAIM, 0, ns, name));
}

/* data-web-0: of a StatefulSet's template, ordinal 0. Longer than any volume's and pod's name. */
static const char *claim_name(struct pod *p, const struct pod_volume_spec *v,
                              char buffer[2 * POD_NAME_MAX])
{
    char name[POD_NAME_MAX];

    if (!v->templated)
        return v->source;
    snprintf(buffer, 2 * POD_NAME_MAX, "%s-%s", v->source, pod_name(p, name));
    return buffer;
}

/* What hinders a pod that names it; NULL: nothing. */
static const char *hindrance(const struct pod_claim *c, bool templated)
{
    if (c == NULL)
        return templated ? NULL : "not found";
    if (c->ending)
        return "is being deleted";
    return c->unbound ? "" : NULL;
}

bool pod_claims_missing(struct pod *p, char *why, size_t room)
{
    const struct pod_spec *spec = pod_spec_of(p);
    bool missing = false;

    why[0] = '\0';
    for (uint32_t i = 0; i < spec->volume_count; i++) {
        const struct pod_volume_spec *v = &spec->volume[i];
        char buffer[2 * POD_NAME_MAX], what[2 * POD_NAME_MAX + 64];
        const struct pod_claim *c;
        const char *name, *hinders;

        if (v->kind != POD_VOLUME_CLAIM)
            continue;
        name = claim_name(p, v, buffer);
        c = pod_claim_find(pod_world_of(p), spec->ns, name);
        hinders = hindrance(c, v->templated);
        missing = missing || hinders != NULL;
        if (hinders == NULL || (hinders[0] == '\0' && c->waits))
            continue;
        if (hinders[0] == '\0')
            snprintf(what, sizeof(what), "pod has unbound immediate PersistentVolumeClaims");
        else
            snprintf(what, sizeof(what), "persistentvolumeclaim \"%s\" %s", name, hinders);
        snprintf(why, room, "0/1 nodes are available: %s. preemption: 0/1 nodes are available: 1 "
                 "Preemption is not helpful for scheduling.", what);
        return true;
    }
    return missing;
}

static bool uses(struct pod *p, const char *name)
{
    const struct pod_spec *spec = pod_spec_of(p);
    char buffer[2 * POD_NAME_MAX];

    for (uint32_t i = 0; i < spec->volume_count; i++) {
        if (spec->volume[i].kind == POD_VOLUME_CLAIM &&
            strcmp(claim_name(p, &spec->volume[i], buffer), name) == 0)
            return true;
    }
    return false;
}

/* One that waits for a node has nothing mounted. */
bool pod_claim_held(struct pod *p, const struct pod_claim *c)
{
    return !pod_is_gone(p) && pod_on_node(p) && pod_claim_named(p, c);
}

bool pod_claim_named(struct pod *p, const struct pod_claim *c)
{
    return !pod_phase_terminal((enum pod_phase)p->phase) &&
           strcmp(pod_spec_of(p)->ns, c->object.ns) == 0 && uses(p, c->object.name);
}

static struct fs_volume *claim_volume(struct pod *p, const struct pod_volume_spec *v)
{
    struct pod_world *w = pod_world_of(p);
    const char *ns = pod_spec_of(p)->ns;
    char buffer[2 * POD_NAME_MAX];
    const char *name = claim_name(p, v, buffer);
    struct pod_claim *c;

    if (pod_claim_put(w, ns, name, NULL) != 0)
        return NULL;
    c = pod_claim_find(w, ns, name);
    if (c->volume == NULL)
        c->volume = fs_volume_new(&w->guest, 0);
    return c->volume;
}

/* ---- what is projected ---------------------------------------------------------------------- */

struct projection {
    struct fs_volume *volume;
    rx_ms now;
};

/* A file that does not fit is left out, as is one whose path another one needs as a directory. */
static int put_file(void *ctx, const char *path, const char *bytes, uint32_t length,
                    bool executable)
{
    struct projection *to = ctx;
    char absolute[FS_PATH_MAX];

    if (snprintf(absolute, sizeof(absolute), "/%s", path) >= (int)sizeof(absolute))
        return 0;
    return fs_volume_put(to->volume, absolute, bytes, length, executable, to->now) == -ENOMEM
               ? -RX_ENOMEM
               : 0;
}

/* What has to be built for a pod of its own (labels as a file) lives in an arena of the node's,
 * which grows by that; such volumes are rare. */
static struct fs_volume *project(struct pod *p, const struct pod_volume_spec *v)
{
    struct pod_world *w = pod_world_of(p);
    struct projection to = {.volume = fs_volume_new(&w->guest, 0), .now = rx_loop_now(w->loop)};
    struct pod_self self;

    if (to.volume == NULL)
        return NULL;
    pod_self_fill(p, &self);
    if (pod_config_files(&w->store, pod_spec_of(p), v, &self.fields, &w->programs, put_file, &to) ==
        0)
        return to.volume;
    fs_volume_unref(to.volume);
    return NULL;
}

static bool is_projected(const struct pod_volume_spec *v)
{
    return v->kind == POD_VOLUME_CONFIG_MAP || v->kind == POD_VOLUME_SECRET ||
           v->kind == POD_VOLUME_PROJECTED;
}

/* What every pod finds of its service account. It is the same for all replicas, and takes the place
 * after their volumes. */
static struct fs_volume *account(struct pod *p)
{
    static const char token[] = "simulated";
    const struct pod_spec *spec = pod_spec_of(p);
    struct fs_volume **at = &p->tmpl->shared[spec->volume_count].volume;
    rx_ms now = rx_loop_now(pod_world_of(p)->loop);

    if (*at == NULL)
        *at = fs_volume_new(&pod_world_of(p)->guest, 0);
    if (*at == NULL || fs_volume_bytes(*at) > 0)
        return *at;
    if (fs_volume_put(*at, "/ca.crt", token, sizeof(token) - 1, false, now) == 0 &&
        fs_volume_put(*at, "/token", token, sizeof(token) - 1, false, now) == 0 &&
        fs_volume_put(*at, "/namespace", spec->ns, (uint32_t)strlen(spec->ns), false, now) == 0)
        return *at;
    fs_volume_unref(*at);
    *at = NULL;
    return NULL;
}

/* ---- volumes of a pod ----------------------------------------------------------------------- */

static struct pod_volume *pod_volumes_of(struct pod *p)
{
    struct pod_extra *e = pod_extra_of(pod_container_at(p, 0));

    if (e != NULL && e->whole.volume == NULL)
        e->whole.volume = rx_mem_zalloc(&pod_world_of(p)->guest,
                                  pod_spec_of(p)->volume_count * sizeof(*e->whole.volume));
    return e != NULL ? e->whole.volume : NULL;
}

/* The one it had is stale or not there: made anew, and shared if it may be. What has been mounted
 * stays as it is when a ConfigMap or Secret that it was made of is deleted. */
static struct fs_volume *projected(struct pod *p, uint32_t index)
{
    const struct pod_volume_spec *v = &pod_spec_of(p)->volume[index];
    uint64_t generation = st_config_changes(&pod_world_of(p)->store);
    struct pod_template *t = (struct pod_template *)(uintptr_t)p->tmpl;
    struct pod_volume *at = pod_config_volume_fixed(v) ? t->shared : pod_volumes_of(p);
    char why[512];

    if (at == NULL)
        return NULL;
    at += index;
    if (at->volume != NULL &&
        (at->generation == generation ||
         pod_config_volume_missing(&pod_world_of(p)->store, pod_spec_of(p), v, why, sizeof(why))))
        return at->volume;
    fs_volume_unref(at->volume);
    at->volume = project(p, v);
    at->generation = generation;
    return at->volume;
}

/* One in memory is a file system of its own size; how much lies on a disk is only measured
 * (storage.c). */
static uint32_t room_of(const struct pod_volume_spec *v)
{
    if (v->kind != POD_VOLUME_EMPTY_DIR_MEMORY || v->size_limit <= 0)
        return 0;
    return (uint32_t)RX_MIN(v->size_limit, (int64_t)FS_VOLUME_BYTES_MAX);
}

static struct fs_volume *own_volume(struct pod *p, uint32_t index)
{
    struct pod_volume *at = pod_volumes_of(p);

    if (at != NULL && at[index].volume == NULL)
        at[index].volume =
        fs_volume_new(&pod_world_of(p)->guest, room_of(&pod_spec_of(p)->volume[index]));
    return at != NULL ? at[index].volume : NULL;
}

static struct fs_volume *host_volume(struct pod *p)
{
    struct pod_node *n = pod_node_of(p);

    if (n->host == NULL)
        n->host = fs_volume_new(&n->world->guest, POD_HOST_BYTES_MAX);
    return n->host;
}

/* ---- mounts --------------------------------------------------------------------------------- */

struct environment {
    const struct rx_pair *pair;
    uint32_t count;
};

static const char *variable(void *ctx, const char *name, size_t length)
{
    const struct environment *env = ctx;

    for (uint32_t i = 0; i < env->count; i++)
        if (strncmp(env->pair[i].key, name, length) == 0 && env->pair[i].key[length] == '\0')
            return env->pair[i].value;
    return NULL;
}

/* The tree behind a mount, and where in it the volume begins. */
static struct fs_volume *tree_of(struct pod *p, uint32_t index, const char **inside)
{
    const struct pod_volume_spec *v = &pod_spec_of(p)->volume[index];

    *inside = "";
    if (is_projected(v))
        return projected(p, index);
    if (v->kind == POD_VOLUME_CLAIM)
        return claim_volume(p, v);
    if (v->kind != POD_VOLUME_HOST_PATH)
        return own_volume(p, index);
    *inside = v->source;
    return host_volume(p);
}

static int mount(struct pod_container *c, struct fs *f, const struct pod_mount_spec *m,
                 uint32_t index, struct environment *env)
{
    struct pod *p = pod_of_container(c);
    const struct pod_volume_spec *v = &pod_spec_of(p)->volume[index];
    const char *inside, *sub = m->sub_path != NULL ? m->sub_path : "";
    struct fs_volume *tree = tree_of(p, index, &inside);
    char path[FS_PATH_MAX], normal[FS_PATH_MAX];
    struct rx_arena scratch;
    int rc = tree != NULL ? 0 : -RX_ENOMEM;

    rx_arena_init(&scratch, &pod_world_of(p)->guest);
    if (rc == 0 && m->expand)
        rc = pod_config_expand(&scratch, sub, variable, env, &sub);
    if (rc == 0 && (snprintf(path, sizeof(path), "%s/%s", inside, sub) >= (int)sizeof(path) ||
                    fs_path(normal, "/", path) != 0))
        rc = -RX_ELIMIT;
    if (rc == 0 && v->kind == POD_VOLUME_HOST_PATH && v->file)
        fs_volume_file(tree, normal);
    if (rc == 0 && v->kind != POD_VOLUME_HOST_PATH && pod_spec_of(p)->fs_group >= 0)
        fs_volume_give(tree, (uint32_t)pod_spec_of(p)->fs_group);
    /* What cannot be mounted (a file where a directory should be) is not there. */
    if (rc == 0 && fs_mount(f, m->path, tree, normal, m->read_only || is_projected(v)) == -ENOMEM)
        rc = -RX_ENOMEM;
    rx_arena_fini(&scratch);
    return rc;
}

/* A volume of the pod's own in that place stays. */
static int mount_account(struct pod_container *c, struct fs *f)
{
    struct fs_volume *v = account(pod_of_container(c));

    if (v == NULL || fs_mount(f, POD_ACCOUNT_PATH, v, NULL, true) == -ENOMEM)
        return -RX_ENOMEM;
    return 0;
}

int pod_volumes_mount(struct pod_container *c, struct fs *f, const struct rx_pair *env,
                      uint32_t env_count)
{
    const struct pod_spec *spec = pod_spec_of(pod_of_container(c));
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct environment variables = {env, env_count};
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < s->mount_count; i++) {
        uint32_t k = 0;

        while (k < spec->volume_count && strcmp(spec->volume[k].name, s->mount[i].volume) != 0)
            k++;
        if (k < spec->volume_count)
            rc = mount(c, f, &s->mount[i], k, &variables);
    }
    if (rc == 0 && !spec->no_token)
        rc = mount_account(c, f);
    return rc;
}

/* ---- mounts that cannot be made ------------------------------------------------------------- */

enum { MISSING_MAX = 8 };

struct expansion {
    const struct pod_env *env;
    const char *missing[MISSING_MAX]; /* sorted; in the expression, no NUL behind them */
    int length[MISSING_MAX];
    uint32_t count;
};

static void note_missing(struct expansion *x, const char *name, int length)
{
    uint32_t at = 0;
    int order = -1;

    for (; at < x->count; at++) {
        order = strncmp(name, x->missing[at], (size_t)RX_MIN(length, x->length[at]));
        order = order != 0 ? order : length - x->length[at];
        if (order <= 0)
            break;
    }
    if ((at < x->count && order == 0) || x->count == MISSING_MAX)
        return;
    for (uint32_t i = x->count++; i > at; i--) {
        x->missing[i] = x->missing[i - 1];
        x->length[i] = x->length[i - 1];
    }
    x->missing[at] = name;
    x->length[at] = length;
}

static const char *value_or_missing(void *ctx, const char *name, size_t length)
{
    struct expansion *x = ctx;
    const char *value = pod_env_find(x->env, name, length);

    if (value == NULL || value[0] == '\0')
        note_missing(x, name, (int)length);
    return value != NULL ? value : "";
}

/* ".." as a component: it would lead out of the volume. */
static bool leads_back(const char *path)
{
    for (; *path != '\0'; path += strcspn(path, "/"), path += strspn(path, "/"))
        if (strcspn(path, "/") == 2 && path[0] == '.' && path[1] == '.')
            return true;
    return false;
}

static bool mount_refused(const struct pod_mount_spec *m, const struct pod_env *env,
                          struct rx_arena *scratch, char *why, size_t room)
{
    struct expansion x = {.env = env};
    const char *path;
    size_t used;

    if (pod_config_expand(scratch, m->sub_path, value_or_missing, &x, &path) != 0)
        return false; /* too long: the mount itself will say so */
    if (x.count > 0) {
        used = (size_t)snprintf(why, room, "missing value for ");
        for (uint32_t i = 0; i < x.count && used < room; i++)
            used += (size_t)snprintf(why + used, room - used, "%s%.*s", i > 0 ? ", " : "",
                                     x.length[i], x.missing[i]);
        return true;
    }
    if (path[0] == '/')
        snprintf(why, room, "error SubPath `%s` must not be an absolute path", path);
    else if (leads_back(path))
        snprintf(why, room, "unable to provision SubPath `%s`: must not contain '..'", path);
    else
        return false;
    return true;
}

bool pod_mounts_refused(struct pod_container *c, char *why, size_t room)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);
    struct rx_arena scratch;
    struct pod_self self;
    struct pod_env env;
    bool refused = false;
    uint32_t i = 0;

    while (i < s->mount_count && !s->mount[i].expand)
        i++;
    if (i == s->mount_count)
        return false;
    rx_arena_init(&scratch, &w->guest);
    pod_self_fill(p, &self);
    if (pod_config_env(&w->store, pod_spec_of(p), s, &self.fields, &scratch, &env) == 0)
        for (; i < s->mount_count && !refused; i++)
            refused = s->mount[i].expand && mount_refused(&s->mount[i], &env, &scratch, why, room);
    rx_arena_fini(&scratch);
    return refused;
}

/* ---- ends ----------------------------------------------------------------------------------- */

void pod_volumes_free(struct pod *p)
{
    struct pod_extra *e = pod_container_at(p, 0)->extra;
    uint32_t count = pod_spec_of(p)->volume_count;

    if (e == NULL || e->whole.volume == NULL)
        return;
    for (uint32_t i = 0; i < count; i++)
        fs_volume_unref(e->whole.volume[i].volume);
    rx_mem_free(&pod_world_of(p)->guest, e->whole.volume, count * sizeof(*e->whole.volume));
    e->whole.volume = NULL;
}

void pod_volumes_reboot(struct pod *p)
{
    struct pod_extra *e = pod_container_at(p, 0)->extra;

    for (uint32_t i = 0;
         e != NULL && e->whole.volume != NULL && i < pod_spec_of(p)->volume_count; i++) {
        if (pod_spec_of(p)->volume[i].kind != POD_VOLUME_EMPTY_DIR_MEMORY)
            continue;
        fs_volume_unref(e->whole.volume[i].volume);
        e->whole.volume[i].volume = NULL;
    }
}

void pod_volumes_unshare(struct pod_world *w)
{
    for (struct pod_template *t = w->templates; t != NULL; t = t->next)
        for (uint32_t i = 0; i <= t->spec->volume_count; i++) {
            fs_volume_unref(t->shared[i].volume);
            t->shared[i].volume = NULL;
        }
}
