/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.h - from YAML and JSON text to specs: reading, Kubernetes' defaulting and validation.
 *
 * Everything a set hands out lives in its arena until manifest_fini. Loading is all or nothing per
 * call: documents of a call that is refused leave only their diagnostics behind.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "engine/store/behaviour.h"
#include "engine/store/budget_spec.h"
#include "engine/store/client_spec.h"
#include "engine/store/config.h"
#include "engine/store/node_spec.h"
#include "engine/store/hpa_spec.h"
#include "engine/store/metrics_spec.h"
#include "engine/store/quota_spec.h"
#include "engine/store/scenario.h"
#include "engine/store/service_spec.h"
#include "engine/store/store.h"
#include "engine/store/volume_spec.h"
#include "engine/store/words.h"
#include "engine/reactor/digest.h"
#include "engine/reactor/map.h"
#include "engine/reactor/mem.h"
#include "engine/reactor/text.h"

/* The values are podring.h's enum podring_severity. */
enum manifest_severity {
    MANIFEST_NOTE,
    MANIFEST_WARNING,
    MANIFEST_ERROR,
    MANIFEST_UNKNOWN_FIELD,
    MANIFEST_DUPLICATE_KEY,
    MANIFEST_UNSUPPORTED,
    MANIFEST_MISFIT,
};

struct manifest_diagnostic {
    enum manifest_severity severity;
    uint32_t line, column; /* 1-based; 0 = not known */
    const char *file, *text;
};

/* Growing arrays: read count and items. */
struct manifest_workloads { struct pod_workload_spec *item; uint32_t count, room; };
struct manifest_behaviours { struct pod_behaviour *item; uint32_t count, room; };
struct manifest_steps { struct pod_step *item; uint32_t count, room; };

/* What a Scenario sets before its steps. */
struct manifest_knob {
    const char *name, *value, *file;
    uint32_t line, column;
};
struct manifest_knobs { struct manifest_knob *item; uint32_t count, room; };

struct manifest_configs { const struct st_config **item; uint32_t count, room; };
struct manifest_services { struct pod_service_spec *item; uint32_t count, room; };
struct manifest_clients { struct st_client_spec *item; uint32_t count, room; };
struct manifest_hpas { struct st_hpa_spec *item; uint32_t count, room; };
struct manifest_metrics { struct st_metrics_spec *item; uint32_t count, room; };
struct manifest_slices { struct st_slice_spec *item; uint32_t count, room; };
struct manifest_ingresses { struct st_ingress_spec *item; uint32_t count, room; };
struct manifest_claim { const char *ns, *name; const struct st_claim_spec *spec; };
struct manifest_volumes { struct st_volume_spec *item; uint32_t count, room; };
struct manifest_classes { struct st_class_spec *item; uint32_t count, room; };
struct manifest_nodes { struct st_node_spec *item; uint32_t count, room; };
struct manifest_priorities { struct st_priority_class *item; uint32_t count, room; };
struct manifest_limit_ranges { struct st_limit_range_spec *item; uint32_t count, room; };
struct manifest_budgets { struct st_budget_spec *item; uint32_t count, room; };
struct manifest_quotas { struct st_quota_spec *item; uint32_t count, room; };
struct manifest_claims { struct manifest_claim *item; uint32_t count, room; };
/* One of them all; kind and sub as in struct st_object. */
struct manifest_object {
    const char *ns, *name; /* name NULL: it has none, or nobody minds whether it is unique */
    uint32_t index;        /* in the array of its kind */
    uint8_t kind, sub;
};

/* The document of an object; all 0 for a step of a Scenario, which is part of one. */
struct manifest_document {
    struct st_document *kept; /* the list's own, until somebody takes it away */
    const struct manifest_fixed *fixed; /* as many as its kind has */
    const char *file;
    uint32_t line, column;
    bool has_replicas; /* spec.replicas is given */
};

/* What must not change of an object: where it stands, and what it is in the document's words. */
struct manifest_fixed {
    uint32_t line, column;
    const char *value; /* "": the sentence does without */
};

const char *manifest_fixed_says(uint8_t kind, uint8_t sub, uint32_t index, const char **field);
/* Why it must not, in the words of the API server, and which field of spec that is (NULL: all of
 * it). NULL: the kind has no more. The index is that of struct st_document's `fixed`, too. */

/* Whom a document means, and where it says so. */
enum manifest_ref_kind {
    MANIFEST_REF_CONFIG_MAP,   /* name; key, or NULL: all of it */
    MANIFEST_REF_SECRET,       /* likewise */
    MANIFEST_REF_CLAIM,        /* name */
    MANIFEST_REF_SERVICE,      /* name */
    MANIFEST_REF_PRIORITY,     /* name, of a PriorityClass that not every cluster has */
    MANIFEST_REF_SERVICE_PORT, /* name; key, or the number */
    MANIFEST_REF_TARGET_PORT,  /* of a Service: number is the index of its port */
    MANIFEST_REF_SELECTOR,     /* of the object itself */
    MANIFEST_REF_CONTAINER,    /* of a Behavior */
    MANIFEST_REF_SCALED,       /* by a HorizontalPodAutoscaler */
    MANIFEST_REF_STEP
};
struct manifest_ref {
    enum manifest_ref_kind kind;
    uint32_t object; /* who says it: its number in the list of objects */
    uint32_t number;
    const char *name, *key;
    const char *use; /* what follows if it is not there */
    const char *file;
    uint32_t line, column;
};
struct manifest_refs { struct manifest_ref *item; uint32_t count, room; };

struct manifest_objects { struct manifest_object *item; uint32_t count, room; };
struct manifest_documents { struct manifest_document *item; uint32_t count, room; };
struct manifest_diagnostics { struct manifest_diagnostic *item; uint32_t count, room; };
struct manifest_images { const char **item; uint32_t count, room; };
struct manifest_inputs { const char **item; uint32_t count, room; };

/* What whoever carries the probes out cannot carry: said when it is read, before it looks like a
 * failure. */
struct manifest_limits {
    bool (*http_fits)(const struct pod_handler_spec *h, bool *url_fits);
    uint32_t url_max, request_max, location_max; /* bytes: for the sentences; location_max is also
                                                  * checked */
};

struct manifest_set {
    struct rx_arena arena;
    const struct manifest_limits *limits;  /* NULL, by default: there are none */
    struct manifest_objects objects;       /* all that follow, in order of appearance */
    struct manifest_documents documents;   /* one for each of them */
    struct manifest_workloads workloads;
    struct manifest_behaviours behaviours;
    struct manifest_steps steps;           /* not in order of time */
    struct manifest_knobs knobs;
    struct manifest_configs configs;       /* ConfigMaps and Secrets: they stay where they are when
                                            * the array moves */
    struct manifest_services services;
    uint32_t applied_services;             /* of them: see applied */
    struct manifest_slices slices;         /* EndpointSlices */
    struct manifest_ingresses ingresses;
    struct manifest_claims claims;         /* PersistentVolumeClaims */
    struct manifest_volumes volumes;       /* PersistentVolumes */
    struct manifest_classes classes;       /* StorageClasses */
    struct manifest_nodes nodes;
    struct manifest_priorities priorities; /* PriorityClasses */
    struct manifest_budgets budgets;       /* PodDisruptionBudgets */
    struct manifest_limit_ranges limit_ranges;
    struct manifest_quotas quotas;         /* ResourceQuotas */
    struct manifest_clients clients;
    struct manifest_hpas hpas;             /* HorizontalPodAutoscalers */
    struct manifest_metrics metrics;
    struct manifest_diagnostics diagnostics;
    struct manifest_images images;         /* pod_container_spec.image_id indexes this */
    struct manifest_inputs inputs;         /* files read, and those that steps will apply */
    struct manifest_refs refs;             /* in order of their documents */
    uint32_t strangers; /* documents of groups that are not Kubernetes' own, which were skipped */
    struct rx_map names;                   /* of the objects: names.c */
    struct rx_digest digest; /* of all texts that were loaded, in their order */
    bool keeps;       /* the texts of documents, too */
    uint32_t applied; /* a load refuses names that objects from this one on have. Those before it
                       * are somebody's who knows which of them are gone, and which may be
                       * replaced. 0 by default */
};

/* How far a set had come. */
struct manifest_mark {
    uint32_t knobs;
    uint32_t objects, workloads, behaviours, steps, configs, services, claims, nodes, priorities,
        clients, slices, ingresses, images, inputs;
    uint32_t hpas, metrics;
    uint32_t limit_ranges, quotas, budgets;
    struct rx_digest digest;
    uint32_t volumes, classes;
    uint32_t refs, strangers;
};

struct manifest_mark manifest_mark(const struct manifest_set *s);
void manifest_forget(struct manifest_set *s, const struct manifest_mark *m);
/* Drops what was loaded since; diagnostics stay. */

void manifest_init(struct manifest_set *s, const struct rx_mem *mem);
void manifest_fini(struct manifest_set *s);

int manifest_load_file(struct manifest_set *s, const char *path);
/* "-" is standard input, "<stdin>" in messages. 0, -RX_EMANIFEST (an error diagnostic was added),
 * -RX_ENOTFOUND or -RX_EIO (cannot be read: errno tells why), -RX_ENOMEM. */

int manifest_load_text(struct manifest_set *s, const char *name, const char *text, size_t length);

/* The object that a patch is for, as it is now. */
struct manifest_base {
    const char *version, *kind, *ns, *name;
    const struct st_document *document;
    const struct pod_spec *pod; /* for the images; NULL: it has none */
    bool bare;                  /* they stand in spec, not in spec.template.spec, */
    bool scheduled;             /* or in spec.jobTemplate.spec.template.spec */
    int64_t replicas;           /* -1: the document has the last word */
    int64_t parallelism;        /* likewise, */
    int suspended;              /* and here */
    const struct pod_labels *labels; /* NULL: likewise */
    uint32_t line;              /* where all of its patch stands; 0: it is a text of its own */
};
#define MANIFEST_BASE_NONE                                                                         \
    {                                                                                              \
        .replicas = -1, .parallelism = -1, .suspended = -1                                         \
    }

enum manifest_patch { MANIFEST_PATCH_MERGE, MANIFEST_PATCH_STRATEGIC, MANIFEST_PATCH_JSON };

int manifest_load_patch(struct manifest_set *s, const char *name, const char *text, size_t length,
                        enum manifest_patch type, const struct manifest_base *base);
/* The document that a patch, in JSON or YAML, makes of an object's, as if it had been loaded. What
 * stands in the patch has its place there, all else has none. */

int manifest_load_undo(struct manifest_set *s, const char *name, const struct manifest_base *base,
                       const struct manifest_base *from);
/* The document of an object with the template of another, or of itself with other images. */

int manifest_document_text(struct manifest_set *s, const struct manifest_base *base,
                           struct rx_text *out);
/* The document as it is now, as JSON. -RX_ENOMEM. */

int manifest_compose(const struct rx_mem *mem, const struct manifest_base *base, const char *text,
                     const struct rx_pair *set, uint32_t sets, struct rx_text *out);
/* The text of a document, or of a template, as base says it is now (of it only pod, bare and
 * replicas count), with more fields: paths, and their values as JSON. -RX_ENOMEM. */

/* A document that is built field by field. */
struct mf_node;
struct manifest_builder {
    struct rx_arena arena;
    struct mf_node *root;
};

int manifest_build_begin(struct manifest_builder *b, const struct rx_mem *mem, const char *kind,
                         const char *ns, const char *name);
/* -RX_EINVALID: there is no such kind; -RX_ENOMEM. */

void manifest_build_end(struct manifest_builder *b);

int manifest_build_set(struct manifest_builder *b, const struct rx_mem *mem, const char *path,
                       const char *value, bool is_text, char *why, size_t room);
/* value as YAML, or (is_text) as the string it is; NULL takes the field away. -RX_EINVALID with a
 * sentence; -RX_ENOMEM: as if it had not been called. */

int manifest_load_built(struct manifest_set *s, const char *name,
                        const struct manifest_builder *b);

int manifest_diagnose(struct manifest_set *s, const struct manifest_diagnostic *d);
/* Adds a diagnostic from elsewhere; its strings must live as long as the set. -RX_ENOMEM. */

void manifest_diagnostics_sort(struct manifest_set *s, uint32_t from);
/* Those from that number on, by line and column among neighbours of one file; equal places keep the
 * order in which they were said. They nearly are in order. */

const char *manifest_step_word(enum pod_step_kind kind); /* as a Scenario writes it */

int manifest_image(struct manifest_set *s, const char *image, uint16_t *id);
/* The dense number of an image name, added if new. -RX_ELIMIT, -RX_ENOMEM. */

uint64_t manifest_container_hash(const struct pod_container_spec *c);
/* What pod_container_spec.hash holds: for whoever changes an image later. */

int manifest_duration(const char *text, size_t length, rx_ns *out);
/* A Go-style duration ("250ms", "1m20s", "1.5h", "0"). Negative ones are refused, and those that
 * are out of range: 292 years, a millisecond less than what an rx_ns can hold. 0 or
 * -RX_EINVALID. */

#endif
