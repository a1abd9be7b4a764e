/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advise.h - practices, and what trying them on a manifest has shown.
 *
 * A practice is a row of the catalogue. It looks at one workload (the subject), simulates it as it
 * is and with one change (lab.h), and leaves an advice only if the change has made a difference
 * that can be said in numbers. A convention has nothing to try, and is called one.
 */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H

#include "api/cli/io/input.h"
#include "api/engine.h"
#include "api/manifest/edit.h"

enum advise_level { ADVISE_CONVENTION, ADVISE_NOTE, ADVISE_WARNING };

enum {
    ADVISE_CHANGES_MAX = 6,
    ADVISE_REPLICAS_MAX = 24 /* of more pods so many are tried */
};

struct advise;
struct advise_subject;

typedef void advise_look_fn(struct advise *a, const struct advise_subject *s);

struct advise_practice {
    const char *id;
    enum advise_level level; /* the highest it gives */
    const char *title;       /* what is advised */
    const char *looks;       /* when it is tried */
    const char *tries;       /* the experiment; NULL: a convention */
    advise_look_fn *look;
};

const struct advise_practice *advise_practice_at(size_t index); /* NULL past the last */
const struct advise_practice *advise_practice_named(const char *id, size_t length);

/* A workload, and what of the manifests matters to it. */
struct advise_subject {
    const struct pod_workload_spec *w;
    const struct pod_spec *pod;
    const struct manifest_document *document;
    const struct input_file *file;
    const char *object;                     /* "deployment/web" */
    const char *spec;                       /* path of its pods' spec */
    const struct pod_service_spec *service; /* that clients come through; NULL: none, or headless */
    const struct st_hpa_spec *hpa;          /* that scales it; NULL: none */
    const struct st_budget_spec *budget;    /* that speaks of its pods; NULL: none */
    const struct manifest_document *budget_document;
    const char *scaler;  /* the autoscaler's document; NULL */
    const char *world;   /* the other documents, as one text; "" */
    const char *alone;   /* what that was without its peers, */
    bool peers;          /* if it is ready only beside all that there is */
    uint32_t server;     /* the container that the Service leads to */
    uint32_t replicas;   /* that are tried, */
    bool sized;          /* which are not those of the document */
    bool scripted;       /* a Behavior says what its program does */
    const char *ignores; /* practices that its annotation takes out; NULL */
    int64_t ready_ms;    /* when all its pods are ready; -1: not in time */
    const char *waits;   /* the STATUS of one that never is */
};

struct advice {
    const struct advise_practice *practice;
    enum advise_level level;
    const struct advise_subject *subject;
    const char *container; /* NULL: it is not about one */
    const char *file;
    uint32_t line, column;
    const char *text;       /* the evidence */
    const char *assumes;    /* of the program and its surroundings; "" */
    const char *experiment; /* documents beside the manifest; NULL: nothing is tried */
    bool alone;             /* it has the manifest's with it */
    int64_t for_ms;
    const char *fixed; /* the file with the change; NULL: see no_patch */
    size_t fixed_length;
    const char *no_patch;
    const char *diff, *message; /* report_json.c */
    const char *fix_text;       /* what stands in the place of these lines then: */
    uint32_t fix_line, fix_end;
    struct manifest_change change[ADVISE_CHANGES_MAX];
    uint32_t changes;
    const char *append;                     /* a document behind all others; NULL */
    const struct manifest_document *target; /* that changes; NULL: the subject's own */
};

struct advise {
    const struct cli_options *options;
    struct rx_mem mem;
    struct rx_arena arena; /* of all that follows */
    struct rx_arena bench; /* of one experiment */
    podring *ring;         /* has loaded everything, and applied nothing */
    const struct input_file *file;
    uint32_t files;
    struct advise_subject *subject;
    uint32_t subjects, subjects_room;
    struct advice *advice;
    uint32_t count, room;
    const struct advise_practice *practice; /* that is looking */
    uint64_t runs;                          /* engines that have been tried */
    bool failed;                            /* no memory, or an engine that does not open */
};

int advise_open(struct advise *a, const struct cli_options *o, const struct input *in);
/* Reads all files and finds the subjects. An exit code; close it either way. */

void advise_close(struct advise *a);

int advise_look(struct advise *a);
/* All practices at all subjects; the advice is then in order. An exit code. */

char *advise_say(struct advise *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Into the arena; "" without memory. */

/* What a practice has found: `text` and those after it. The place is the container's, or the
 * document's; changes are of the subject's document unless a target is named. */
void advise_give(struct advise *a, const struct advise_subject *s, const struct advice *like);

const struct input_file *advise_file_of(const struct advise *a, const struct manifest_document *d);
/* NULL: it is of none that was given. */

const struct manifest_document *advise_target(const struct advice *v);
/* The document that it changes. */

bool advise_edit(struct advise *a, const struct advice *v, struct input_file *f, const char **why);
/* Makes the changes in a text of that file. False: it stays as it is. */

void advise_append(struct advise *a, const struct advice *v, struct input_file *f);

void subject_widen(struct advise *a, struct advise_subject *s);
/* All other documents matter to it. */

/* ---- what practices ask of a subject ----------------------------------------------------------
 */

const struct pod_container_spec *subject_container(const struct advise_subject *s, uint32_t i);
const char *subject_container_path(struct advise *a, const struct advise_subject *s, uint32_t i,
                                   const char *field);
/* "spec.template.spec.containers[0].FIELD" */

const char *subject_selector(struct advise *a, const struct advise_subject *s);
/* "selector: {matchLabels: {app: web}}", as a Behavior has it: the labels of its pods. */

uint16_t subject_port(const struct advise_subject *s);
/* The container port that the Service leads to; 0: not known. */

const char *subject_handler(struct advise *a, const struct pod_handler_spec *h);
/* "httpGet: {path: /, port: 80}", as a manifest has it. NULL: it is written otherwise. */

const char *subject_asks(struct advise *a, const struct advise_subject *s, uint32_t container);
/* What a probe that is missing could ask: what another one asks, or the port of the Service. NULL:
 * nobody knows. */

bool subject_is(const struct advise_subject *s, enum pod_workload_kind kind);
bool subject_scales(const struct advise_subject *s); /* a Deployment, ReplicaSet or StatefulSet */
bool subject_keeps_data(const struct advise_subject *s);
/* In a volume of its own that it may write to. */

#endif
