/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec.h - what a pod is told to be: immutable after loading, shared by all replicas of a template.
 *
 * Plain data. Whoever fills it (api/manifest, or an embedder through podring.h) has defaulted and
 * validated it already, once, by the rules of Kubernetes; the engine only asserts. All memory
 * belongs to the arena it was built in. Durations of the Kubernetes API are whole seconds, as
 * there.
 */
#ifndef ST_SPEC_H
#define ST_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/reactor/base.h"
#include "engine/reactor/time.h"
#include "engine/store/daemonset_spec.h"
#include "engine/store/deployment_spec.h"
#include "engine/store/statefulset_spec.h"
#include "engine/store/words.h"

enum { POD_CONTAINERS_MAX = 200 }; /* of a pod, and probes: indices are 8 bits in its block */

struct pod_labels {
    uint32_t count;
    const struct rx_pair *pair; /* sorted by key */
};

/* ---- selectors ------------------------------------------------------------------------------ */

enum pod_selector_op { POD_SELECT_IN, POD_SELECT_NOT_IN, POD_SELECT_EXISTS, POD_SELECT_NOT_EXISTS };

struct pod_requirement {
    const char *key;
    enum pod_selector_op op;
    uint32_t count;
    const char *const *value;
};

struct pod_selector {
    bool present; /* absent matches nothing, or everything: the owner of the selector says which */
    uint32_t count;
    const struct pod_requirement *requirement; /* all must hold; matchLabels are IN with one
                                                * value */
};

const char *st_label(const struct pod_labels *labels, const char *key);
/* Its value, by the order of the keys. NULL: there is no such label. Annotations likewise. */

bool pod_selector_matches(const struct pod_selector *s, const struct pod_labels *labels);
/* An absent selector matches nothing here. */

/* ---- amounts -------------------------------------------------------------------------------- */

struct pod_amount {
    const char *name;
    int64_t value;
};

/* Of resources: what somebody asks for, or has. */
struct pod_amounts {
    int64_t cpu_milli, memory, storage; /* bytes; storage: ephemeral-storage */
    uint32_t other_count;
    const struct pod_amount *other; /* sorted by name: devices, huge pages */
};

/* ---- places -------------------------------------------------------------------------------- */

/* Where a word of a command stands in its manifest. */
struct pod_place {
    const char *file;
    uint32_t line, column; /* 1-based; of the text, behind a quote or in the first line of a
                            * block */
    bool exact;  /* the text's own lines are the file's, in this column: places in it can be
                  * named */
};

/* ---- handlers and probes -------------------------------------------------------------------- */

struct pod_handler_spec {
    enum pod_handler_kind kind;
    /* exec */
    uint32_t argc;
    const char *const *argv;
    const struct pod_place *place; /* of each word of argv; NULL = not known */
    /* http, tcp, grpc */
    uint16_t port;          /* resolved number; 0 = could not be resolved: each run is an error */
    const char *port_text;  /* as written: "8080", "web" */
    const char *host;       /* NULL = the pod's own address */
    const char *path;       /* http; defaulted to "/" */
    bool https;
    uint32_t header_count;  /* http: as written, in order */
    const struct rx_pair *header;
    const char *service;    /* grpc; "" by default */
    /* sleep */
    int32_t seconds;
};

struct pod_probe_spec {
    struct pod_handler_spec handler;
    int32_t initial_delay_s, period_s, timeout_s;
    int32_t success_threshold, failure_threshold;
    int32_t grace_s; /* terminationGracePeriodSeconds; -1 = unset */
};

/* ---- containers ----------------------------------------------------------------------------- */

enum pod_message_policy { POD_MESSAGE_FILE, POD_MESSAGE_FALLBACK_TO_LOGS };

struct pod_port_spec {
    const char *name; /* NULL = unnamed */
    uint16_t number, host; /* host: hostPort; 0 = none */
    const char *host_ip;   /* NULL = all of the host's */
    bool tcp;
    const char *protocol; /* "TCP", "UDP", "SCTP" */
};

struct pod_mount_spec {
    const char *volume, *path, *sub_path; /* sub_path may be NULL */
    bool expand; /* subPathExpr: sub_path refers to variables */
    bool read_only;
};

struct pod_env_spec {
    const char *name;
    const char *value; /* literal value; NULL when it comes from elsewhere */
    const char *from_kind; /* "configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef",
                            * "configMapRef", "secretRef" (envFrom: name is the prefix); or NULL */
    const char *from_name, *from_key;
    const char *amount; /* what a resourceFieldRef comes to; NULL elsewhere, */
    int64_t divisor_milli; /* and by what it is divided */
    bool optional;
};

/* Who its processes are. */
struct pod_user_spec {
    bool given;    /* runAsUser; else the image's, taken for root */
    bool non_root; /* runAsNonRoot */
    uint32_t uid, gid;
    uint32_t group_count; /* all of them, with gid and fsGroup; sorted */
    const uint32_t *group;
};

struct pod_restart_rule {
    enum pod_rule_action action;
    bool not_in;
    uint32_t count;
    const int32_t *exit_code;
};

struct pod_container_spec {
    const char *name;
    struct pod_place at; /* of its name */
    enum pod_container_kind kind;
    const char *image;
    uint16_t image_id; /* dense number of the image string within the engine: presence lives
                        * there */
    enum pod_pull_policy pull_policy;
    enum pod_restart_policy restart_policy; /* UNSET: the pod's */
    uint32_t rule_count;
    const struct pod_restart_rule *rule;
    uint32_t argc, command_argc; /* argv = command then args; command_argc 0: the image's
                                  * entrypoint */
    const char *const *argv;
    const struct pod_place *place; /* of each word of argv; NULL = not known */
    const char *working_dir;       /* NULL = the image's: taken for "/" */
    struct pod_user_spec user;
    bool read_only_root; /* readOnlyRootFilesystem */
    int64_t cpu_milli, memory_bytes, storage_bytes; /* limits, ephemeral-storage the last; -1 =
                                                     * none */
    uint32_t env_count;
    const struct pod_env_spec *env;
    uint32_t port_count;
    const struct pod_port_spec *port;
    uint32_t mount_count;
    const struct pod_mount_spec *mount;
    const struct pod_probe_spec *probe[POD_PROBE_KINDS]; /* NULL = none */
    const struct pod_handler_spec *post_start, *pre_stop; /* NULL = none */
    int32_t stop_signal;         /* lifecycle.stopSignal; 0 = SIGTERM */
    const char *message_path;
    enum pod_message_policy message_policy;
    struct pod_labels limits, requests; /* resource, quantity as the API writes it; a request that
                                         * is not made is the limit, if there is one */
    struct pod_amounts asks; /* the requests as numbers */
    uint64_t resources_hash; /* of its resources as written; part of hash */
    uint64_t hash; /* of image, name and resources: a change means a new definition */
};

enum pod_volume_kind { POD_VOLUME_EMPTY_DIR, POD_VOLUME_EMPTY_DIR_MEMORY, POD_VOLUME_CONFIG_MAP,
                       POD_VOLUME_SECRET, POD_VOLUME_CLAIM, POD_VOLUME_HOST_PATH, POD_VOLUME_OTHER,
                       POD_VOLUME_PROJECTED /* downwardAPI, too */ };

enum pod_projection_kind { POD_PROJECT_CONFIG_MAP, POD_PROJECT_SECRET, POD_PROJECT_DOWNWARD,
                           POD_PROJECT_TOKEN };

/* Where a file's content comes from, and its path in the volume. */
struct pod_key_path {
    const char *key; /* DOWNWARD: a field path, NULL for a resource; TOKEN: NULL */
    const char *path;
    const char *amount; /* DOWNWARD: what the resource comes to; TOKEN: the seconds it is good
                         * for */
    const char *container, *resource; /* DOWNWARD, of a resource: whose, */
    int64_t divisor_milli;            /* and by what it is divided */
    bool executable;
};

struct pod_projection_spec {
    enum pod_projection_kind kind;
    const char *source; /* ConfigMap or Secret name */
    bool optional;
    uint32_t item_count; /* of a ConfigMap or Secret: 0 = each key, as a file of its name */
    const struct pod_key_path *item;
    bool executable; /* files that item does not speak for */
};

struct pod_volume_spec {
    const char *name;
    enum pod_volume_kind kind;
    const char *source; /* ConfigMap, Secret or claim name, host path; NULL where there is none */
    int64_t size_limit; /* EMPTY_DIR: of bytes; -1 = none */
    bool templated;     /* CLAIM: of a volumeClaimTemplate, so each pod has its own:
                         * SOURCE-SET-ORDINAL */
    bool file;          /* HOST_PATH: it is one file */
    bool optional;
    bool downward;         /* PROJECTED: a volume of the downward API */
    bool read_only;        /* CLAIM */
    const char *medium;    /* EMPTY_DIR*: as written; "" */
    const char *size_text; /* EMPTY_DIR*: sizeLimit as the API writes it; NULL = unset */
    const char *host_type; /* HOST_PATH: its type; NULL = unset */
    uint32_t projection_count; /* CONFIG_MAP, SECRET: one; PROJECTED: any; others: none */
    const struct pod_projection_spec *projection;
};

/* ---- names ---------------------------------------------------------------------------------- */

struct pod_host_alias {
    const char *ip;
    uint32_t count;
    const char *const *name;
};

enum pod_dns_policy { POD_DNS_CLUSTER_FIRST, POD_DNS_CLUSTER_FIRST_WITH_HOST_NET, POD_DNS_DEFAULT,
                     POD_DNS_NONE };

/* dnsPolicy and dnsConfig. */
struct pod_dns_spec {
    enum pod_dns_policy policy;
    uint32_t server_count, search_count, option_count;
    const char *const *server, *const *search;
    const struct rx_pair *option; /* value NULL: none */
};

/* ---- pods ----------------------------------------------------------------------------------- */

struct pod_toleration_spec {
    const char *key, *value, *effect; /* "" where the toleration is silent */
    bool exists;                      /* operator Exists; else Equal */
    int64_t seconds;                  /* -1 = for ever */
};

struct pod_spec {
    const char *ns;
    const char *name; /* of a bare pod; the base of generated names otherwise */
    struct pod_labels labels, annotations;
    bool all_labels; /* its controller adds none: those of a pod whose labels were changed */
    enum pod_restart_policy restart_policy;
    int32_t grace_s;           /* terminationGracePeriodSeconds */
    int64_t active_deadline_s; /* -1 = unset */
    const char *hostname, *subdomain;
    bool hostname_is_fqdn; /* setHostnameAsFQDN */
    bool host_network;
    bool no_service_links; /* enableServiceLinks: false */
    struct pod_dns_spec dns;
    uint32_t alias_count;
    const struct pod_host_alias *alias; /* hostAliases */
    int64_t fs_group;      /* -1 = unset */
    const char *node_name; /* NULL = not given: "node" */
    const char *service_account; /* NULL = not given: "default" */
    const char *priority_class, *runtime_class; /* NULL = not given */
    int64_t priority; /* that its class has, if it is one of those that are always there */
    bool never_preempts; /* preemptionPolicy: Never */
    struct pod_labels limits, requests; /* of the pod as a whole: spec.resources */
    struct pod_amounts asks; /* these requests as numbers */
    const struct pod_affinity_spec *affinity; /* affinity_spec.h; NULL = none */
    struct pod_labels node_selector;
    uint32_t toleration_count;
    const struct pod_toleration_spec *toleration;
    uint32_t gate_count;
    const char *const *gate; /* readinessGates: condition types */
    bool scheduling_gated;
    bool no_token;    /* automountServiceAccountToken: false */
    bool shared_pids; /* shareProcessNamespace or hostPID: no container's process is PID 1 */
    uint32_t init_count;      /* containers[0 .. init_count-1] are init containers and sidecars */
    uint32_t container_count; /* all of them: inits in spec order, then mains in spec order */
    const struct pod_container_spec *container;
    uint32_t volume_count;
    const struct pod_volume_spec *volume;
    bool limits_storage; /* some emptyDir, or a container's ephemeral-storage */
    uint64_t hash; /* of the template as written: names ReplicaSets and Jobs */
    const char *text; /* the template as JSON, images as they were; NULL: a bare pod's, or texts are
                       * not kept */
};

/* ---- workloads ------------------------------------------------------------------------------ */

struct st_job_spec;
struct st_cron_spec;

struct pod_workload_spec {
    enum pod_workload_kind kind;
    const char *ns, *name;
    const struct pod_spec *template_;
    struct pod_labels labels; /* its own */
    int32_t replicas; /* Pod, DaemonSet: 1. Job: min(parallelism, completions) at the start */
    struct pod_selector selector;
    const struct st_job_spec *job;   /* Job, and what a CronJob makes (job_spec.h) */
    const struct st_cron_spec *cron; /* CronJob */
    bool parallel_pods;  /* StatefulSet: podManagementPolicy Parallel */
    int32_t min_ready_s; /* minReadySeconds */
    const struct st_deployment_spec *deployment; /* Deployment */
    const struct st_statefulset_spec *statefulset; /* NULL elsewhere */
    const struct st_daemonset_spec *daemonset;     /* NULL elsewhere */
};

#endif
