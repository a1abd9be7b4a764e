/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - the commands of a template, compiled once for all its replicas, and what a single
 * instance gets of its own: its environment and its main command, where they depend on the pod.
 *
 * What ConfigMaps and Secrets say is looked up at each start of a container, as a kubelet does it;
 * while they do not change, replicas share the result.
 */
#ifndef POD_PROGRAM_H
#define POD_PROGRAM_H

#include "engine/pod/pod.h"
#include "engine/box/shell.h"

struct pod_program {
    const struct shell_program *shell; /* NULL: none, or not ours to run */
    const struct shell_program *refused; /* a script, but in a language that is not all
                                          * simulated: run as a program that nobody knows */
    bool by_path; /* nobody knows this name, but it is a path: `shell` runs the script that may be
                   * there among the container's files, and only then is it ours */
};

enum { POD_SAID_MAX = 32 };

/* What replicas share, of one container. */
struct pod_programs {
    struct pod_program main, probe[POD_PROBE_KINDS], hook[2]; /* postStart, preStop */
    bool any;            /* a container of this needs files */
    bool common;         /* no pod differs from the next in its environment */
    bool too_long;       /* environment or command are more than Linux takes */
    uint64_t generation; /* of the ConfigMaps this was made from */
    struct pod_env env;
    struct shell_user user;
    const char *const *argv; /* main, expanded */
    const char *const *probe_argv[POD_PROBE_KINDS]; /* likewise; NULL = not exec */

    uint32_t said_count; /* complaints made already, by any replica */
    uint64_t said[POD_SAID_MAX];
};

int pod_programs_compile(struct pod_world *w, struct pod_template *t); /* -RX_ENOMEM */

static inline const struct pod_programs *pod_programs_of(struct pod_container *c)
{
    return &pod_of_container(c)->tmpl->programs[c->index];
}

uint32_t pod_first_pid(struct pod_container *c);
/* Of its main process. In a shared namespace the sandbox is PID 1, and containers count from
 * numbers of their own. */

const struct pod_program *pod_machine_handler(struct pod_container *c,
                                              const struct pod_handler_spec *h);
/* The command of this probe or hook as it was compiled. */

const char *const *pod_machine_argv(struct pod_container *c, const struct pod_handler_spec *h);
/* Its words, h->argc of them: a probe's with $(NAME) expanded. */

bool pod_programs_say(struct pod_programs *p, const struct shell_diag *d);
/* Has this not been said of the template before? */

/* What one instance runs with. Pointers lead into the template or into memory of its own. */
struct pod_instance {
    uint32_t env_count;
    const struct rx_pair *env;
    struct pod_program main;
    const char *const *argv; /* expanded; as many words as in the spec */
    const char *hostname, *fqdn;
    void *own;
    size_t own_size;
    struct rx_arena arena; /* a main command that only this pod has */
};

int pod_instance_begin(struct pod_container *c, struct pod_instance *out);
/* -RX_ELIMIT: the argument list is too long; -RX_ENOMEM. */

void pod_instance_end(const struct rx_mem *mem, struct pod_instance *l);

/* ---- unknown.c: commands that nobody knows --------------------------------------------------- */

enum shell_program_role pod_program_role_of(struct pod_container *c); /* of its main command */

enum shell_program_fate pod_program_alone(struct pod_container *c, const struct pod_handler_spec *h,
                                        const struct pod_program *p, const char *word, char *why,
                                        size_t room);
/* What becomes of a command that is not ours to run, the main one if h is NULL; says so once a
 * template. word: its first; NULL: it is the image's own. NOT_STARTED: and why, in the runtime's
 * words. */

bool pod_program_missing_below(struct pod_container *c, const char *path);
/* Does the path lie in a volume of which it is known that it has no such file? */

void pod_program_tell(struct pod_container *c, const struct pod_handler_spec *h,
                      const struct shell_program *program, const struct shell_diag *d);
/* To whoever listens to complaints, unless it has been said of the template. */

/* A pod's own fields, and the room they are rendered in. */
struct pod_self {
    struct pod_fields fields;
    struct rx_pair label[5], annotation[3];
    char name[POD_NAME_MAX], uid[POD_UID_MAX], ip[POD_IP_MAX], ordinal[12];
    char owner_uid[POD_UID_MAX], failures[12], ignored[12], revision[POD_NAME_MAX];
};

void pod_self_fill(struct pod *p, struct pod_self *out);

void pod_self_labels(struct pod *p, struct pod_self *out);
/* Only the labels and annotations that its controller gives it, sorted, which go before those of
 * its template; and its name. */

bool pod_selected(const struct pod_selector *s, struct pod *p);
/* By all of its labels. */

#endif
