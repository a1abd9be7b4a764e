/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - a question in a line: facts about programs, steps and load as somebody types them,
 * written out as the documents that they stand for. Those are then loaded like any others, so that
 * there is one way to say something, and the line is only shorter.
 *
 *     [WHO:]FACT[,FACT...]       a fact: WHAT[@FROM][+FOR][~RATE][/PATH]
 *
 * What may be said is in docs/line.md.
 */
#ifndef MF_LINE_H
#define MF_LINE_H

#include "api/manifest/manifest.h"

/* What is wrong with one of the lines, or has to be said of it. */
struct manifest_slip {
    size_t line;    /* its index */
    char why[1024]; /* "": nothing is wrong */
    char note[256]; /* what was chosen where the line leaves it open; "": nothing */
};

int manifest_app_text(const struct manifest_set *s, const char *const *line, size_t count,
                      struct rx_text *out, struct manifest_slip *slip);
/* The Behaviors that the facts of all these lines come to, as YAML; s: the set that has the
 * workloads. 0; -RX_EINVALID and a sentence in slip; -RX_ENOMEM. */

int manifest_step_text(const struct manifest_set *s, const char *const *line, size_t count,
                       struct rx_text *out, struct manifest_slip *slip);
/* Likewise a Scenario of steps, each "AT VERB [TARGET] [FIELD=VALUE...]". */

int manifest_client_text(const struct manifest_set *s, const char *const *line, size_t count,
                         struct rx_text *out, struct manifest_slip *slip);
/* Likewise Clients, each "WHO[:PORT][/PATH]=RATE/s[@FROM][+FOR][,FIELD=VALUE...]". */

/* ---- who is meant ---------------------------------------------------------------------------- */

struct manifest_who {
    const struct pod_workload_spec *workload;
    const struct pod_container_spec *container; /* NULL: none is named */
    int64_t pod; /* by order of creation, from 0; -1: all of them */
};

int manifest_who(const struct manifest_set *s, const char *text, size_t length,
                 struct manifest_who *out, struct manifest_slip *slip);
/* [KIND/]WORKLOAD[#N][/CONTAINER], CONTAINER, or the name of a StatefulSet's pod, each with
 * NAMESPACE/ before it if there has to be; an empty text is the only workload.
 * -RX_EINVALID with a sentence. */

const struct pod_container_spec *manifest_who_container(const struct manifest_who *who,
                                                        struct manifest_slip *slip);
/* The one that is named, or the one that kubectl would take: which one, slip->note says if there
 * are others. */

void manifest_put_name(struct rx_text *t, const char *name);
/* As YAML, in quotes where it would be read as something else than a string. */

void manifest_put_ms(struct rx_text *t, rx_ms ms); /* "1m20s" */

#endif
