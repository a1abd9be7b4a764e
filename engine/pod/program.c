/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - compiling the commands of a template, and what an instance makes of them. */
#include "engine/pod/program.h"

#include <stdio.h>
#include <string.h>

#include "engine/pod/etc_files.h"
#include "engine/reactor/err.h"

/* ---- compiling ------------------------------------------------------------------------------ */

/* `image` says what a plain `sh` is. */
static int compile(struct rx_arena *arena, const char *image, uint32_t argc,
                   const char *const *argv, struct pod_program *out)
{
    enum shell_flavour sh = shell_flavour_of(image);
    static const char *const as_script[] = {"sh", "--"};
    struct shell_program *p = NULL;
    const char **words;
    int rc;

    *out = (struct pod_program){0};
    if (argc == 0)
        return 0;
    rc = shell_compile(arena, sh, argc, argv, &p, NULL);
    if (rc != 0)
        return rc;
    if (shell_program_class(p) != SHELL_UNKNOWN) {
        if (shell_program_refused(p))
            out->refused = p;
        else
            out->shell = p;
        return 0;
    }
    if (argv[0][0] != '/')
        return 0;
    words = rx_arena_alloc(arena, (RX_ARRAY_LEN(as_script) + argc) * sizeof(*words));
    if (words == NULL)
        return -RX_ENOMEM;
    memcpy(words, as_script, sizeof(as_script));
    memcpy(words + RX_ARRAY_LEN(as_script), argv, argc * sizeof(*words));
    rc = shell_compile(arena, sh, RX_ARRAY_LEN(as_script) + argc, words, &p, NULL);
    out->shell = p;
    out->by_path = true;
    return rc;
}

static bool same_argv(uint32_t argc, const char *const *a, const char *const *b)
{
    for (uint32_t i = 0; i < argc; i++)
        if (a[i] != b[i] && strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

/* A script that nobody has written yet can only come with a volume. */
static bool needs_files(const struct pod_program *p, const struct pod_container_spec *s,
                        const char *const *argv)
{
    for (uint32_t i = 0; p->by_path && i < s->mount_count; i++) {
        const char *path = s->mount[i].path;
        size_t length = strlen(path);

        if (strncmp(argv[0], path, length) == 0 &&
            (argv[0][length] == '/' || argv[0][length] == '\0'))
            return true;
    }
    return p->shell != NULL && !p->by_path;
}

/* What it is told of Services. Without memory, nothing. */
static struct pod_labels services_of(const struct pod_world *w, const struct pod_spec *spec)
{
    const struct pod_labels *all =
        w->variables != NULL ? w->variables(w->resolve_ctx, spec->ns, !spec->no_service_links)
        : NULL;

    return all != NULL ? *all : (struct pod_labels){0};
}

/* Environment and main command, as far as all replicas have them in common. */
static int compile_common(struct pod_world *w, const struct pod_spec *spec,
                          const struct pod_container_spec *s, struct pod_programs *p)
{
    const struct pod_fields nobody = {
        .name = "",
        .node_name = spec->node_name != NULL ? spec->node_name : w->node[0]->name,
        .services = services_of(w, spec)};
    const char *const *argv = s->argv;
    int rc = pod_config_env(&w->store, spec, s, &nobody, &w->programs, &p->env);

    p->generation = st_config_changes(&w->store);
    if (rc == 0)
        rc = pod_config_argv(&w->programs, &p->env, s->argc, s->argv, &argv);
    p->too_long = rc == -RX_ELIMIT;
    if (p->too_long)
        return 0;
    if (rc != 0 || (p->argv != NULL && same_argv(s->argc, p->argv, argv)))
        return rc;
    p->argv = argv;
    /* Without a command, the arguments are the image's entrypoint's, which nobody here knows. Most
     * images have none, or one that runs what it is given (docker-entrypoint.sh). */
    return compile(&w->programs, s->image, s->argc, argv, &p->main);
}

static int compile_handlers(struct pod_world *w, const struct pod_container_spec *s,
                            struct pod_programs *p)
{
    const struct pod_handler_spec *hook[2] = {s->post_start, s->pre_stop};
    const char *const *argv;
    int rc = 0;

    for (int k = 0; rc == 0 && k < POD_PROBE_KINDS; k++) {
        const struct pod_handler_spec *h = s->probe[k] != NULL ? &s->probe[k]->handler : NULL;

        if (h == NULL || h->kind != POD_HANDLER_EXEC)
            continue;
        rc = pod_config_probe_argv(&w->programs, s, h->argc, h->argv, &argv);
        if (rc == 0)
            rc = compile(&w->programs, s->image, h->argc, argv, &p->probe[k]);
        p->probe_argv[k] = argv;
        p->any |= needs_files(&p->probe[k], s, argv);
    }
    for (int k = 0; rc == 0 && k < 2; k++) {
        if (hook[k] == NULL || hook[k]->kind != POD_HANDLER_EXEC)
            continue;
        rc = compile(&w->programs, s->image, hook[k]->argc, hook[k]->argv, &p->hook[k]);
        p->any |= needs_files(&p->hook[k], s, hook[k]->argv);
    }
    return rc;
}

int pod_programs_compile(struct pod_world *w, struct pod_template *t)
{
    int rc = 0;

    t->programs = rx_arena_alloc(&w->programs, t->spec->container_count * sizeof(*t->programs));
    if (t->programs == NULL)
        return -RX_ENOMEM;
    for (uint32_t i = 0; rc == 0 && i < t->spec->container_count; i++) {
        const struct pod_container_spec *s = &t->spec->container[i];
        struct pod_programs *p = &t->programs[i];

        p->common = pod_config_env_common(s);
        p->user = (struct shell_user){s->user.uid, s->user.gid, s->user.group_count, s->user.group};
        rc = compile_common(w, t->spec, s, p);
        if (rc == 0)
            rc = compile_handlers(w, s, p);
        /* What a variable will make of the command is seen at its start only. */
        p->any |= p->too_long || needs_files(&p->main, s, p->argv) ||
                  (s->argc > 0 && strchr(s->argv[0], '$') != NULL);
    }
    return rc;
}

bool pod_programs_say(struct pod_programs *p, const struct shell_diag *d)
{
    uint64_t place = (uint64_t)d->line << 32 | d->column;
    uint64_t h = rx_hash_end(rx_hash_bytes(RX_HASH_START ^ place, d->word, strlen(d->word)));

    for (uint32_t i = 0; i < p->said_count; i++)
        if (p->said[i] == h)
            return false;
    if (p->said_count == POD_SAID_MAX)
        return false;
    p->said[p->said_count++] = h;
    return true;
}

/* ---- a pod's own fields --------------------------------------------------------------------- */

void pod_self_fill(struct pod *p, struct pod_self *out)
{
    *out = (struct pod_self){
        .fields = {.node_name = pod_node_name(p),
                   .host_ip = pod_node_of(p)->ip,
                   .services = services_of(pod_world_of(p), pod_spec_of(p))}};
    pod_uid(p, out->uid);
    pod_ip_text(p->ip, out->ip);
    out->fields.uid = out->uid;
    out->fields.pod_ip = out->ip;
    pod_self_labels(p, out);
}

static void put_pair(struct pod_labels *list, struct rx_pair *pair, const char *key,
                     const char *value)
{
    pair[list->count++] = (struct rx_pair){key, value};
    list->pair = pair;
}

static const char *count_text(char out[12], uint32_t n)
{
    snprintf(out, 12, "%u", n);
    return out;
}

/* Each name has its old form, too. */
static void job_labels(struct pod *p, struct pod_self *out)
{
    static const char index[] = "batch.kubernetes.io/job-completion-index";
    const struct pod_owner *o = p->owner;
    struct pod_labels *l = &out->fields.labels, *a = &out->fields.annotations;

    pod_owner_uid(o, pod_world_of(p)->seed, out->owner_uid);
    put_pair(l, out->label, "batch.kubernetes.io/controller-uid", out->owner_uid);
    if (o->indexed) {
        put_pair(l, out->label, index, count_text(out->ordinal, o->index));
        put_pair(a, out->annotation, index, out->ordinal);
    }
    if (o->limited) {
        put_pair(a, out->annotation, "batch.kubernetes.io/job-index-failure-count",
                 count_text(out->failures, o->failures));
        if (o->ignored > 0)
            put_pair(a, out->annotation, "batch.kubernetes.io/job-index-ignored-failure-count",
                     count_text(out->ignored, o->ignored));
    }
    put_pair(l, out->label, "batch.kubernetes.io/job-name", o->name);
    put_pair(l, out->label, "controller-uid", out->owner_uid);
    put_pair(l, out->label, "job-name", o->name);
}

void pod_self_labels(struct pod *p, struct pod_self *out)
{
    const struct pod_owner *o = p->owner;
    struct pod_labels *l = &out->fields.labels;

    out->fields.name = pod_name(p, out->name);
    *l = (struct pod_labels){.pair = out->label};
    out->fields.annotations = (struct pod_labels){.pair = out->annotation};
    if (o == NULL || pod_spec_of(p)->all_labels)
        return;
    if (o->kind == POD_WORKLOAD_DEPLOYMENT) {
        out->label[l->count++] = (struct rx_pair){"pod-template-hash", o->hash};
    } else if (o->kind == POD_WORKLOAD_STATEFULSET) {
        snprintf(out->ordinal, sizeof(out->ordinal), "%u", p->ordinal);
        out->label[l->count++] = (struct rx_pair){"apps.kubernetes.io/pod-index", out->ordinal};
        snprintf(out->revision, sizeof(out->revision), "%s-%s", o->name, o->revision);
        out->label[l->count++] = (struct rx_pair){"controller-revision-hash", out->revision};
        out->label[l->count++] =
            (struct rx_pair){"statefulset.kubernetes.io/pod-name", out->fields.name};
    } else if (o->kind == POD_WORKLOAD_DAEMONSET) {
        put_pair(l, out->label, "controller-revision-hash", o->revision);
        put_pair(l, out->label, "pod-template-generation", count_text(out->ordinal, o->generation));
    } else if (o->kind == POD_WORKLOAD_JOB) {
        job_labels(p, out);
    }
}

/* One requirement after the other, since a label that its controller gives a pod stands beside
 * those of its template, and goes before them. */
bool pod_selected(const struct pod_selector *s, struct pod *p)
{
    struct pod_self self;

    if (pod_spec_of(p)->all_labels || p->owner == NULL)
        return pod_selector_matches(s, &pod_spec_of(p)->labels);
    pod_self_labels(p, &self);
    for (uint32_t i = 0; i < s->count; i++) {
        struct pod_requirement there = {.key = s->requirement[i].key, .op = POD_SELECT_EXISTS};
        struct pod_selector own = {.present = true, .count = 1, .requirement = &there};
        struct pod_selector one = {.present = true, .count = 1, .requirement = s->requirement + i};

        if (!pod_selector_matches(&one, pod_selector_matches(&own, &self.fields.labels)
                                            ? &self.fields.labels
                                            : &pod_spec_of(p)->labels))
            return false;
    }
    return s->present;
}

/* ---- lives ---------------------------------------------------------------------------------- */

/* One block: the host name, then the pairs, then the values that are not the template's. */
static int keep_env(const struct rx_mem *mem, const struct pod_programs *common,
                    const struct pod_env *own, const char *hostname, const char *fqdn,
                    struct pod_instance *out)
{
    uint32_t count = own != NULL ? own->count : 0;
    size_t head = count * sizeof(struct rx_pair), size = head + strlen(hostname) + strlen(fqdn) + 2;
    struct rx_pair *pair;
    char *text;

    for (uint32_t i = 0; i < count; i++) {
        RX_ASSERT(common->env.count == count);
        if (strcmp(own->pair[i].value, common->env.pair[i].value) != 0)
            size += strlen(own->pair[i].value) + 1;
    }
    pair = rx_mem_alloc(mem, size);
    if (pair == NULL)
        return -RX_ENOMEM;
    text = (char *)pair + head;
    out->own = pair;
    out->own_size = size;
    out->hostname = text;
    text = stpcpy(text, hostname) + 1;
    out->fqdn = text;
    text = stpcpy(text, fqdn) + 1;
    out->env_count = common->env.count;
    out->env = own != NULL ? pair : common->env.pair;
    for (uint32_t i = 0; i < count; i++) {
        pair[i] = common->env.pair[i];
        if (strcmp(own->pair[i].value, pair[i].value) == 0)
            continue;
        pair[i].value = text;
        text = stpcpy(text, own->pair[i].value) + 1;
    }
    return 0;
}

static int copy_argv(struct rx_arena *arena, uint32_t argc, const char *const *argv,
                     const char *const **out)
{
    const char **copy = rx_arena_alloc(arena, (argc + 1) * sizeof(*copy));

    for (uint32_t i = 0; copy != NULL && i < argc; i++) {
        copy[i] = rx_arena_strdup(arena, argv[i]);
        if (copy[i] == NULL)
            return -RX_ENOMEM;
    }
    *out = copy;
    return copy != NULL ? 0 : -RX_ENOMEM;
}

/* What this pod has of its own. Resolved in scratch: only what differs is kept. */
static int own_life(struct pod_container *c, const struct pod_programs *common,
                    const char *hostname, const char *fqdn, struct pod_instance *out)
{
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const char *const *argv;
    struct rx_arena scratch;
    struct pod_self self;
    struct pod_env env;
    int rc;

    rx_arena_init(&scratch, &w->guest);
    pod_self_fill(p, &self);
    rc = pod_config_env(&w->store, pod_spec_of(p), s, &self.fields, &scratch, &env);
    if (rc == 0)
        rc = pod_config_argv(&scratch, &env, s->argc, s->argv, &argv);
    if (rc == 0)
        rc = keep_env(&w->guest, common, &env, hostname, fqdn, out);
    if (rc == 0 && !same_argv(s->argc, argv, common->argv)) {
        rc = copy_argv(&out->arena, s->argc, argv, &out->argv);
        if (rc == 0)
            rc = compile(&out->arena, s->image, s->argc, out->argv, &out->main);
    }
    rx_arena_fini(&scratch);
    return rc;
}

int pod_instance_begin(struct pod_container *c, struct pod_instance *out)
{
    struct pod *p = pod_of_container(c);
    struct pod_world *w = pod_world_of(p);
    struct pod_programs *common = &p->tmpl->programs[c->index];
    char hostname[POD_NAME_MAX], fqdn[POD_FQDN_MAX];
    int rc = 0;

    *out = (struct pod_instance){0};
    rx_arena_init(&out->arena, &w->guest);
    if (common->generation != st_config_changes(&w->store))
        rc = compile_common(w, pod_spec_of(p), pod_container_spec_of(c), common);
    if (rc == 0 && common->too_long)
        rc = -RX_ELIMIT;
    out->main = common->main;
    out->argv = common->argv;
    pod_hostname(p, hostname);
    pod_fqdn(p, fqdn);
    if (rc == 0)
        rc = common->common ? keep_env(&w->guest, common, NULL, hostname, fqdn, out)
                            : own_life(c, common, hostname, fqdn, out);
    if (rc != 0)
        pod_instance_end(&w->guest, out);
    return rc;
}

void pod_instance_end(const struct rx_mem *mem, struct pod_instance *l)
{
    rx_mem_free(mem, l->own, l->own_size);
    rx_arena_fini(&l->arena);
    *l = (struct pod_instance){0};
}

uint32_t pod_first_pid(struct pod_container *c)
{
    return pod_spec_of(pod_of_container(c))->shared_pids ? 7u + 100u * c->index : 1;
}

/* Which probe of the container this is the handler of; POD_PROBE_KINDS: none. */
static int probe_kind_of(const struct pod_container_spec *s, const struct pod_handler_spec *h)
{
    int k = 0;

    while (k < POD_PROBE_KINDS && (s->probe[k] == NULL || h != &s->probe[k]->handler))
        k++;
    return k;
}

const char *const *pod_machine_argv(struct pod_container *c, const struct pod_handler_spec *h)
{
    int k = probe_kind_of(pod_container_spec_of(c), h);

    return k < POD_PROBE_KINDS ? pod_programs_of(c)->probe_argv[k] : h->argv;
}

const struct pod_program *pod_machine_handler(struct pod_container *c,
                                              const struct pod_handler_spec *h)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_programs *p = pod_programs_of(c);
    int k = probe_kind_of(s, h);

    if (k < POD_PROBE_KINDS)
        return &p->probe[k];
    return h == s->post_start ? &p->hook[0] : h == s->pre_stop ? &p->hook[1] : NULL;
}
