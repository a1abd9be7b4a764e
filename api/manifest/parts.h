/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - the readers of the parts of an object, from the smallest to the largest. Each takes the
 * place of its part, which is present and may be of any type, fills a struct of engine/pod with
 * Kubernetes' defaults where the text is silent, and says what is wrong.
 */
#ifndef MF_PARTS_H
#define MF_PARTS_H

#include "api/manifest/fields.h"
#include "api/manifest/load.h"
#include "api/manifest/valid.h"

struct st_job_spec;

/* ---- meta.c --------------------------------------------------------------------------------- */

struct mf_meta {
    const char *ns, *name;
    struct pod_labels labels, annotations;
};

enum { MF_NAME_OPTIONAL = -1 };

void mf_meta_read(struct mf_load *l, const struct mf_at *object, int kind, struct mf_meta *out);
/* kind: an enum pod_workload_kind, within which a generated name has to be new; or
 * MF_NAME_OPTIONAL. */
struct pod_labels mf_labels_read(struct mf_load *l, const struct mf_at *at); /* or nothing there */
struct pod_labels mf_annotations_read(struct mf_load *l, const struct mf_at *at);
struct pod_selector mf_selector_read(struct mf_load *l, const struct mf_at *at);
struct pod_selector mf_selector_map(struct mf_load *l, struct pod_labels labels);
/* each must be there */
const char *mf_namespace_read(struct mf_load *l, const struct mf_at *up, const char *fallback);

/* ---- probe.c: handlers, probes, hooks ------------------------------------------------------- */

void mf_probes_read(struct mf_load *l, const struct mf_at *container, int32_t pod_grace_s,
                    struct pod_container_spec *out);
/* livenessProbe, readinessProbe, startupProbe and lifecycle. out->kind and out->port are set. */

/* ---- wiring.c, volume.c: ports, environment, volumes ---------------------------------------- */

void mf_ports_read(struct mf_load *l, const struct mf_at *container,
                   struct pod_container_spec *out);
void mf_host_ports_check(struct mf_load *l, const struct mf_at *containers);
void mf_env_read(struct mf_load *l, const struct mf_at *container, struct pod_container_spec *out);
const char *mf_field_path_read(struct mf_load *l, const struct mf_at *ref, const char *supported);
/* The fieldPath of a fieldRef; supported: those without a subscript, one space between. */
void mf_volumes_read(struct mf_load *l, const struct mf_at *spec, const struct mf_at *claims,
                     struct pod_spec *out);
/* claims: the volumeClaimTemplates of a StatefulSet, whose names are volumes of its pods; or NULL.
 */
void mf_mounts_read(struct mf_load *l, const struct mf_at *container, const struct pod_spec *pod,
                    struct pod_container_spec *out);

void mf_resources_read(struct mf_load *l, const struct mf_at *at, struct pod_labels *limits,
                       struct pod_labels *requests);
/* resource.c: the limits and requests of a container or pod; at may have no node. */

const char *mf_quantity_read(struct mf_load *l, const struct mf_at *at);
/* A quantity as the API writes it (1024Mi is 1Gi, 0.5 is 500m); NULL: there is none, or it is
 * refused. */

int64_t mf_divisor_read(struct mf_load *l, const struct mf_at *ref);
/* resource.c: by what a resourceFieldRef divides, in thousandths. What it comes to:
 * st_resources_fill, when the whole pod has been read. */

struct pod_labels mf_amounts_read(struct mf_load *l, const struct mf_at *at);
/* resource.c: a list of resources and their quantities, sorted. */
void mf_amounts_count(struct mf_load *l, const struct pod_labels *list, struct pod_amounts *out);
/* The same as numbers: bytes, and thousandths of a CPU. */
const char *mf_amount_text(const struct pod_labels *list, const char *resource); /* NULL: not in */

int64_t mf_bytes_of(const char *text);
/* A quantity that has been read, in whole units, rounded up; -1: NULL, none, or beyond all
 * counting. */
void mf_limits_count(struct pod_container_spec *out);
/* The numbers of those of out->limits that are of use. */

/* ---- container.c ---------------------------------------------------------------------------- */

void mf_containers_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
/* initContainers and containers. out has its volumes, its policy and its grace already. */

/* ---- dns.c ---------------------------------------------------------------------------------- */

void mf_dns_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
/* hostname, subdomain, hostAliases, dnsPolicy, dnsConfig, and whose network it is. */

/* ---- security.c ----------------------------------------------------------------------------- */

void mf_pod_security_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
void mf_security_read(struct mf_load *l, const struct mf_at *container,
                      struct pod_container_spec *out);
/* The container's own, else the pod's, which is read from l->pod. */

/* ---- affinity.c ----------------------------------------------------------------------------- */

#define MF_TAINT_EFFECTS "NoSchedule PreferNoSchedule NoExecute"

void mf_affinity_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out);
/* affinity and topologySpreadConstraints of a PodSpec. */

/* ---- podspec.c ------------------------------------------------------------------------------ */

struct mf_template {
    const struct mf_at *spec;   /* the PodSpec; its node may be absent, which is an error */
    const struct mf_at *labels; /* where labels stand: selectors that do not match point here */
    const struct mf_at *claims; /* volumeClaimTemplates or NULL */
    bool bare;                  /* a Pod of its own */
};

struct pod_spec *mf_pod_read(struct mf_load *l, const struct mf_template *from,
                             const struct mf_meta *meta);
/* Labels and annotations are those in meta. NULL only when there is no memory. */

int32_t mf_system_priority(const char *name);
/* Of the two PriorityClasses that every cluster has; 0: another one, or none (NULL). */

/* ---- names.c, rollout.c --------------------------------------------------------------------- */

bool mf_name_taken(const struct manifest_set *s, uint32_t from, enum st_kind kind, uint8_t sub,
                   const char *ns, const char *name);
/* By an object from that number on? */
void mf_object_add(struct mf_load *l, const struct manifest_object *o);
/* At the end of the list. Whether its name is taken has been asked for before, if it matters. */

void mf_objects_cut(struct manifest_set *s, uint32_t count); /* as if those from that number on had
                                                              * never been */

void mf_input_add(struct mf_load *l, const char *path); /* keep.c; the path must live as long as the
                                                         * set */

void mf_rollout_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out);
/* How Deployments replace their pods: checked, hardly kept. */

void mf_statefulset_read(struct mf_load *l, const struct mf_at *spec,
                         struct pod_workload_spec *out); /* sets.c */
void mf_daemonset_read(struct mf_load *l, const struct mf_at *spec, struct pod_workload_spec *out);
void mf_daemon_tolerations(struct mf_load *l, struct pod_spec *pod);
/* Its pods tolerate more than the template says: their controller adds that to each of them. */

struct st_share mf_share_read(struct mf_load *l, const struct mf_at *up, const char *field,
                              struct st_share fallback, bool limited);
/* A number of pods or a percentage of them, limited: of at most 100. */

/* ---- job.c, policy.c: a Job's spec, wherever it stands ----------------------------- */

const struct st_job_spec *mf_job_read(struct mf_load *l, const struct mf_at *spec,
                                      struct pod_spec *pod);
/* NULL: no memory. The pods of an Indexed Job get a variable. */
void mf_job_name_check(struct mf_load *l, const struct mf_at *root, const char *name,
                       const struct st_job_spec *job); /* NULL: no memory */
void mf_failure_policy_read(struct mf_load *l, const struct mf_at *spec,
                            const struct pod_spec *pod, struct st_job_spec *out);
void mf_success_policy_read(struct mf_load *l, const struct mf_at *spec, struct st_job_spec *out);

/* ---- workload.c, config.c, behavior.c, serve.c, node.c, ...: whole documents ----------------- */

void mf_workload_read(struct mf_load *l, const struct mf_node *doc, enum pod_workload_kind kind);
void mf_workload_add(struct mf_load *l, const struct mf_at *root, const struct mf_meta *meta,
                     const struct pod_workload_spec *w);
/* To the set, unless its name is taken. */
void mf_controller_read(struct mf_load *l, const struct mf_at *spec, enum pod_workload_kind kind,
                        const struct mf_meta *meta, struct pod_workload_spec *out);
/* The spec of what has a template; it may be absent. */
void mf_cronjob_read(struct mf_load *l, const struct mf_node *doc);
void mf_config_read(struct mf_load *l, const struct mf_node *doc, bool secret);
void mf_service_read(struct mf_load *l, const struct mf_node *doc);
void mf_slice_read(struct mf_load *l, const struct mf_node *doc);
void mf_ingress_read(struct mf_load *l, const struct mf_node *doc);
void mf_claim_read(struct mf_load *l, const struct mf_node *doc);
void mf_claim_spec_read(struct mf_load *l, const struct mf_at *spec, struct st_claim_spec *out);
/* What it asks for, checked by others. */
bool mf_storage_read(struct mf_load *l, const struct mf_node *doc, const char *version,
                     const char *kind);
/* False: it is neither a PersistentVolume nor a StorageClass. */
void mf_node_read(struct mf_load *l, const struct mf_node *doc);
void mf_priority_read(struct mf_load *l, const struct mf_node *doc);
void mf_budget_read(struct mf_load *l, const struct mf_node *doc);
void mf_limit_range_read(struct mf_load *l, const struct mf_node *doc);
void mf_quota_read(struct mf_load *l, const struct mf_node *doc);
void mf_hpa_read(struct mf_load *l, const struct mf_node *doc, bool v1);
void mf_metrics_read(struct mf_load *l, const struct mf_node *doc);
void mf_behavior_read(struct mf_load *l, const struct mf_node *doc);
const struct pod_serve_rule *mf_serve_read(struct mf_load *l, const struct mf_at *list,
                                           uint32_t *count);
void mf_scenario_read(struct mf_load *l, const struct mf_node *doc);
const char *mf_kind_name(const char *word, size_t length);
/* kubectl's names of a kind, all of them, as its singular; NULL: there is no such kind. */
void mf_client_read(struct mf_load *l, const struct mf_node *doc);

/* ---- refer.c, remark.c: of a document that has been read ------------------------------------- */

void mf_refer(struct mf_load *l, const struct mf_node *doc, uint32_t before);
/* Adds to the set whom it means. before: the number of objects before it. */
void mf_remark(struct mf_load *l, const struct mf_node *doc, uint32_t before);
/* Says what of it does not go together. */

/* ---- duration.c ----------------------------------------------------------------------------- */

rx_ms mf_ms(struct mf_load *l, const struct mf_at *up, const char *field, rx_ms fallback);
/* A fixed duration, rounded up to the tick. */
struct pod_draw mf_draw(struct mf_load *l, const struct mf_at *up, const char *field);
/* Fixed, uniform or exponential; absent: 0. */
struct pod_window mf_window(struct mf_load *l, const struct mf_at *rule, bool with_clock);
/* from, to and, where the rule may have one, clock. */
uint32_t mf_rate(struct mf_load *l, const struct mf_at *rule);
/* rate in parts per million; 1000000 when absent. */
int32_t mf_exit_code(struct mf_load *l, const struct mf_at *up, const char *field,
                     int32_t fallback);
int32_t mf_signal(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback);
/* "SIGKILL", "KILL" or 9. */

/* ---- hash.c --------------------------------------------------------------------------------- */

uint64_t mf_hash_node(const struct mf_node *n);
/* Of the meaning, not the text: key order, quotes and comments do not count. NULL is 0. */

uint64_t mf_hash_template(const struct mf_node *n, bool bare, const struct pod_spec *spec);
/* Of a template, or of the spec of a bare pod, as it has been read: rule_template.h. */

uint16_t mf_image_id(struct mf_load *l, const struct mf_at *at, const char *image);

#endif
