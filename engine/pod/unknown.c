/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unknown.c - commands of a container that nobody knows: whose they are, whether it is known that
 * they are missing, what becomes of them (rule_program.h), and the word about it.
 */
#include <stdio.h>
#include <string.h>

#include "engine/pod/machine.h"
#include "engine/pod/pod_int.h"

enum shell_program_role pod_program_role_of(struct pod_container *c)
{
    const struct pod *p = pod_of_container(c);

    switch (pod_container_spec_of(c)->kind) {
    case POD_INIT:
        return SHELL_PROGRAM_INIT;
    case POD_SIDECAR:
        return SHELL_PROGRAM_SIDECAR;
    default:
        return p->owner != NULL && p->owner->kind == POD_WORKLOAD_JOB ? SHELL_PROGRAM_JOB
                                                                      : SHELL_PROGRAM_MAIN;
    }
}

/* ---- what is missing ------------------------------------------------------------------------- */

/* The volume that a path lies in; NULL: none, so it is the image's. */
static const struct pod_volume_spec *volume_below(struct pod_container *c, const char *path)
{
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const struct pod_spec *spec = pod_spec_of(pod_of_container(c));
    const struct pod_mount_spec *m = NULL;
    size_t longest = 0;

    for (uint32_t i = 0; i < s->mount_count; i++) {
        size_t length = strlen(s->mount[i].path);

        if (length < longest || strncmp(path, s->mount[i].path, length) != 0 ||
            (path[length] != '/' && path[length] != '\0'))
            continue;
        m = &s->mount[i];
        longest = length;
    }
    for (uint32_t i = 0; m != NULL && i < spec->volume_count; i++)
        if (strcmp(spec->volume[i].name, m->volume) == 0)
            return &spec->volume[i];
    return NULL;
}

/* Has a program run in the pod of which it is not known what it does? */
static bool pod_is_obscure(struct pod_container *self)
{
    struct pod *p = pod_of_container(self);

    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++) {
        struct pod_container *c = pod_container_at(p, i);
        const struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;

        if (m != NULL && m->obscure)
            return true;
        if (c != self && c->cur.valid && (m == NULL || m->life.main.shell == NULL))
            return true;
    }
    return false;
}

/* What a ConfigMap and its like hold is known. So is an emptyDir, as long as all that has run in
 * the pod is. Disks come with what is on them. */
static bool is_known(struct pod_container *c, const struct pod_volume_spec *v)
{
    switch (v->kind) {
    case POD_VOLUME_CONFIG_MAP:
    case POD_VOLUME_SECRET:
    case POD_VOLUME_PROJECTED:
        return true;
    case POD_VOLUME_EMPTY_DIR:
    case POD_VOLUME_EMPTY_DIR_MEMORY:
        return !pod_is_obscure(c);
    default:
        return false;
    }
}

bool pod_program_missing_below(struct pod_container *c, const char *path)
{
    const struct pod_volume_spec *v = volume_below(c, path);
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    struct fs_stat st;

    return v != NULL && m != NULL && fs_stat(&m->fs, path, &st) != 0 && is_known(c, v);
}

static bool is_missing(struct pod_container *c, const char *word)
{
    return pod_world_of(pod_of_container(c))->knobs.unknown_missing ||
        shell_program_is_no_name(word) ||
           (word[0] == '/' && pod_program_missing_below(c, word));
}

/* Why the runtime cannot start it. */
static void no_start(const char *word, bool there, char *why, size_t room)
{
    if (there)
        snprintf(why, room, "exec: \"%s\": permission denied", word);
    else if (strchr(word, '/') == NULL)
        snprintf(why, room, "exec: \"%s\": executable file not found in $PATH", word);
    else
        snprintf(why, room, "exec: \"%s\": stat %s: no such file or directory", word, word);
}

/* ---- what becomes of them -------------------------------------------------------------------- */

void pod_program_tell(struct pod_container *c, const struct pod_handler_spec *h,
                      const struct shell_program *program, const struct shell_diag *d)
{
    struct pod_world *w = pod_world_of(pod_of_container(c));

    if (w->complain == NULL ||
        !pod_programs_say(&pod_of_container(c)->tmpl->programs[c->index], d))
        return;
    w->complain(w->complain_ctx, c, h, program, d);
}

static void tell(struct pod_container *c, const struct pod_handler_spec *h, const char *word,
                 enum shell_program_fate fate, const char *why)
{
    struct shell_diag d = {.kind = SHELL_DIAG_NOT_FOUND};

    snprintf(d.word, sizeof(d.word), "%s", word);
    if (fate == SHELL_PROGRAM_NOT_STARTED) {
        snprintf(d.text, sizeof(d.text), "%s", why);
    } else {
        d.kind = fate == SHELL_PROGRAM_SERVES ? SHELL_DIAG_SERVER : SHELL_DIAG_DONE;
        snprintf(d.text, sizeof(d.text), "%.63s%s", word,
                 fate == SHELL_PROGRAM_SERVES ? SHELL_SAYS_SERVER : SHELL_SAYS_DONE);
    }
    pod_program_tell(c, h, NULL, &d);
}

/* A script of ours among the files that may not be executed. */
static bool is_denied(struct pod_container *c, const struct pod_program *p, const char *word)
{
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    struct fs_stat st;

    return p->by_path && m != NULL && fs_stat(&m->fs, word, &st) == 0 && !st.executable;
}

enum shell_program_fate pod_program_alone(struct pod_container *c, const struct pod_handler_spec *h,
                                        const struct pod_program *p, const char *word, char *why,
                                        size_t room)
{
    enum shell_program_role role = pod_program_role_of(c);
    enum shell_program_fate fate;
    bool denied;

    if (h != NULL)
        role = pod_handler_is_hook(c, h) ? SHELL_PROGRAM_HOOK : SHELL_PROGRAM_PROBE;
    /* Of an image's own command not even the name is known; and what this shell cannot do is
     * there. */
    if (word == NULL || p->refused != NULL)
        return shell_program_fate(role, SHELL_SPOT_ALONE, false);
    denied = is_denied(c, p, word);
    fate = shell_program_fate(role, SHELL_SPOT_ALONE, denied || is_missing(c, word));
    if (fate == SHELL_PROGRAM_NOT_STARTED)
        no_start(word, denied, why, room);
    tell(c, h, word, fate, why);
    return fate;
}
