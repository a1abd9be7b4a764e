/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - the words of the Kubernetes API that everybody above needs: the values of its
 * enumerated fields, the reasons it gives, and what a record of a change is about. Each list stands
 * here once, with its texts.
 */
#ifndef ST_WORDS_H
#define ST_WORDS_H

#include <stdbool.h>
#include <stdint.h>

struct rx_arena;

/* ---- what specs say ------------------------------------------------------------------------- */

enum pod_workload_kind { POD_WORKLOAD_POD, POD_WORKLOAD_REPLICASET, POD_WORKLOAD_DEPLOYMENT,
                         POD_WORKLOAD_STATEFULSET, POD_WORKLOAD_DAEMONSET, POD_WORKLOAD_JOB,
                         POD_WORKLOAD_CONTROLLER, /* v1 ReplicationController */
                         POD_WORKLOAD_CRONJOB, POD_WORKLOAD_KINDS };

enum pod_container_kind { POD_INIT, POD_SIDECAR, POD_MAIN };

enum pod_restart_policy { POD_RESTART_UNSET, POD_RESTART_ALWAYS, POD_RESTART_ON_FAILURE,
                          POD_RESTART_NEVER };

enum pod_rule_action { POD_RULE_RESTART, POD_RULE_RESTART_ALL };

enum pod_pull_policy { POD_PULL_ALWAYS, POD_PULL_IF_NOT_PRESENT, POD_PULL_NEVER };

enum pod_handler_kind { POD_HANDLER_NONE, POD_HANDLER_EXEC, POD_HANDLER_HTTP, POD_HANDLER_TCP,
                        POD_HANDLER_GRPC, POD_HANDLER_SLEEP };

/* The order is the order of ticks inside one instant. */
enum pod_probe_kind { POD_STARTUP, POD_READINESS, POD_LIVENESS, POD_PROBE_KINDS };

const char *pod_probe_kind_name(enum pod_probe_kind kind); /* "Startup", "Readiness", "Liveness" */

/* ---- containers ----------------------------------------------------------------------------- */

/* Why a container waits or ended: every reason of the API the engine can show. */
/*    name                      as kubectl shows it */
#define POD_REASON_MAP(X)                                                                          \
    X(NONE, "")                                                                                    \
    X(COMPLETED, "Completed")                                                                      \
    X(ERROR, "Error")                                                                              \
    X(OOM_KILLED, "OOMKilled")                                                                     \
    X(START_ERROR, "StartError")                                                                   \
    X(STATUS_UNKNOWN, "ContainerStatusUnknown")                                                    \
    X(RESTARTING_ALL, "RestartingAllContainers")                                                   \
    X(CREATING, "ContainerCreating")                                                               \
    X(INITIALIZING, "PodInitializing")                                                             \
    X(CRASH_LOOP, "CrashLoopBackOff")                                                              \
    X(IMAGE_PULL, "ErrImagePull")                                                                  \
    X(IMAGE_BACKOFF, "ImagePullBackOff")                                                           \
    X(IMAGE_NEVER, "ErrImageNeverPull")                                                            \
    X(IMAGE_NAME, "InvalidImageName")                                                              \
    X(IMAGE_INSPECT, "ImageInspectError")                                                          \
    X(REGISTRY, "RegistryUnavailable")                                                             \
    X(SIGNATURE, "SignatureValidationFailed")                                                      \
    X(CONFIG_ERROR, "CreateContainerConfigError")                                                  \
    X(CREATE_ERROR, "CreateContainerError")                                                        \
    X(PRE_CREATE_ERROR, "PreCreateHookError")                                                      \
    X(PRE_START_ERROR, "PreStartHookError")                                                        \
    X(RUN_ERROR, "RunContainerError")                                                              \
    X(POST_START_ERROR, "PostStartHookError")

enum pod_reason {
#define X(name, text) POD_REASON_##name,
    POD_REASON_MAP(X)
#undef X
        POD_REASON_SCRIPTED /* from here on: texts that Behavior documents invent, by struct
                             * st_reasons */
};

const char *pod_reason_text(enum pod_reason r); /* NULL from POD_REASON_SCRIPTED on */
enum pod_reason pod_reason_named(const char *text);
/* POD_REASON_SCRIPTED for a text that is none of the list. */

enum { ST_REASONS_MAX = 200 }; /* a reason is a byte in a container's record */

_Static_assert(POD_REASON_SCRIPTED + ST_REASONS_MAX <= 256, "a byte");

/* What documents have invented, in the order of their first use: such a text has a number of its
 * own, for good. */
struct st_reasons {
    const char *text[ST_REASONS_MAX];
    uint32_t count;
};

int st_reasons_add(struct st_reasons *all, struct rx_arena *arena, const char *text);
/* Copied, unless it has a number. -RX_ELIMIT: there are too many; -RX_ENOMEM. Whoever takes newer
 * ones back sets the count. */

enum pod_reason st_reason_number(const struct st_reasons *all, const char *text);
/* ERROR for a text that has none. */

const char *st_reason_text(const struct st_reasons *all, uint8_t reason);

enum pod_container_state { POD_WAITING, POD_RUNNING, POD_TERMINATED };

const char *pod_container_state_name(enum pod_container_state s);

/* ---- pods ----------------------------------------------------------------------------------- */

enum pod_phase { POD_PHASE_PENDING, POD_PHASE_RUNNING, POD_PHASE_SUCCEEDED, POD_PHASE_FAILED };

const char *pod_phase_name(enum pod_phase p);

static inline bool pod_phase_terminal(enum pod_phase p)
{
    return p == POD_PHASE_SUCCEEDED || p == POD_PHASE_FAILED;
}

/* Conditions the kubelet keeps, in the order of the status list. */
#define POD_CONDITION_MAP(X)                                                                       \
    X(DISRUPTION, "DisruptionTarget")                                                              \
    X(SANDBOX, "PodReadyToStartContainers")                                                        \
    X(INITIALIZED, "Initialized")                                                                  \
    X(READY, "Ready")                                                                              \
    X(CONTAINERS_READY, "ContainersReady")                                                         \
    X(SCHEDULED, "PodScheduled")                                                                   \
    X(RESTARTING, "AllContainersRestarting")

enum pod_condition {
#define X(name, text) POD_COND_##name,
    POD_CONDITION_MAP(X)
#undef X
        POD_CONDITIONS
};

enum { POD_CONDITION_NONE = 2 }; /* in the place of what one was: it has not been told before */

const char *pod_condition_name(enum pod_condition c);

enum pod_condition_reason {
    POD_COND_REASON_NONE,
    POD_COND_REASON_POD_COMPLETED,   /* PodCompleted */
    POD_COND_REASON_POD_FAILED,      /* PodFailed */
    POD_COND_REASON_UNREADY,         /* ContainersNotReady */
    POD_COND_REASON_UNINITIALIZED,   /* ContainersNotInitialized */
    POD_COND_REASON_GATES,           /* ReadinessGatesNotReady */
    POD_COND_REASON_GATED,           /* SchedulingGated */
    POD_COND_REASON_BY_KUBELET,      /* TerminationByKubelet */
    POD_COND_REASON_RESTARTING,      /* RestartAllContainersStarted */
    POD_COND_REASON_UNSCHEDULABLE,   /* Unschedulable */
    POD_COND_REASON_BY_SCHEDULER,    /* PreemptionByScheduler */
    POD_COND_REASON_BY_TAINT,        /* DeletionByTaintManager */
    POD_COND_REASON_BY_GC,           /* DeletionByPodGC */
    POD_COND_REASON_BY_API,          /* EvictionByEvictionAPI */
};

const char *pod_condition_reason_name(enum pod_condition_reason r); /* NULL for NONE */

/* ---- kubectl's STATUS ----------------------------------------------------------------------- */

enum pod_word_kind {
    POD_WORD_PHASE,      /* arg: enum pod_phase */
    POD_WORD_REASON,     /* arg: enum pod_reason */
    POD_WORD_EXIT_CODE,  /* arg: code */
    POD_WORD_NOT_READY,
    POD_WORD_TERMINATING,
    POD_WORD_INIT_COUNT, /* arg: done << 8 | of */
    POD_WORD_INIT_REASON, POD_WORD_INIT_EXIT_CODE,
    POD_WORD_SCHEDULING_GATED,
    POD_WORD_POD_REASON, /* status.reason of the pod; arg: enum pod_status_reason */
};

/* Reasons of the pod itself. */
enum pod_status_reason { POD_STATUS_NONE, POD_STATUS_EVICTED, POD_STATUS_DEADLINE };

const char *pod_status_reason_name(enum pod_status_reason r);

struct pod_word {
    uint8_t kind;
    uint8_t pad[3];
    uint32_t arg;
};

static inline uint64_t pod_word_pack(struct pod_word w)
{
    return (uint64_t)w.kind << 32 | w.arg;
}

static inline struct pod_word pod_word_unpack(uint64_t v)
{
    struct pod_word w = {.kind = (uint8_t)(v >> 32), .arg = (uint32_t)v};

    return w;
}

/* ---- objects --------------------------------------------------------------------------------- */

/* What stands in the store, and the word for one of them where its kind does not share a table
 * (st_kind_word tells apart those that do). */
#define ST_KIND_MAP(X)                                                                             \
    X(POD, "pod")                                                                                  \
    X(WORKLOAD, NULL)                                                                              \
    X(SERVICE, "service")                                                                          \
    X(CONFIG, NULL)                                                                                \
    X(CLAIM, "persistentvolumeclaim")                                                              \
    X(BEHAVIOUR, "behavior")                                                                       \
    X(STEP, "step")                                                                                \
    X(REVISION, "controllerrevision")                                                              \
    X(NODE, "node")                                                                                \
    X(NAMESPACE, "namespace")                                                                      \
    X(SLICE, "endpointslice")                                                                      \
    X(INGRESS, "ingress")                                                                          \
    X(HPA, "horizontalpodautoscaler")                                                              \
    X(BUDGET, "poddisruptionbudget")                                                               \
    X(LIMIT_RANGE, "limitrange")                                                                   \
    X(QUOTA, "resourcequota")                                                                      \
    X(PRIORITY_CLASS, "priorityclass")                                                             \
    X(STORAGE_CLASS, "storageclass")                                                               \
    X(VOLUME, "persistentvolume")                                                                  \
    X(CLIENT, "client")                                                                            \
    X(METRICS, "metrics")                                                                          \
    X(SCENARIO, "scenario")

enum st_kind {
#define X(id, word) ST_##id,
    ST_KIND_MAP(X)
#undef X
        ST_KINDS,
    ST_CALL = ST_KINDS /* no object, but what a record may be about: a call of the API */
};

const char *st_kind_word(enum st_kind kind, uint8_t sub); /* as in "deployment/web" */

/* What was called for; the record's `to`. */
enum st_call {
    ST_CALL_DELETE, ST_CALL_KILL, ST_CALL_SCALE, ST_CALL_SET_IMAGE, ST_CALL_REBOOT,
    ST_CALL_SET_CONDITION, ST_CALL_CREATE, ST_CALL_REPLACE, ST_CALL_PATCH, ST_CALL_SPEC_CREATE,
    ST_CALL_SPEC_REPLACE, ST_CALL_DELETE_OBJECT, ST_CALL_EVICT
};

/* ---- records -------------------------------------------------------------------------------- */

/* What Kubernetes records as an Event. */
/*    id                 type       reason */
#define POD_EVENT_MAP(X)                                                                           \
    X(SCHEDULED, "Normal", "Scheduled")                                                            \
    X(PULLING, "Normal", "Pulling")                                                                \
    X(PULLED, "Normal", "Pulled")                                                                  \
    X(CREATED, "Normal", "Created")                                                                \
    X(STARTED, "Normal", "Started")                                                                \
    X(FAILED, "Warning", "Failed")                                                                 \
    X(FAILED_MOUNT, "Warning", "FailedMount")                                                      \
    X(BACK_OFF, "Warning", "BackOff")                                                              \
    X(UNHEALTHY, "Warning", "Unhealthy")                                                           \
    X(PROBE_WARNING, "Warning", "ProbeWarning")                                                    \
    X(KILLING, "Normal", "Killing")                                                                \
    X(IMAGE_NEVER, "Warning", "ErrImageNeverPull")                                                 \
    X(INSPECT_FAILED, "Warning", "InspectFailed")                                                  \
    X(IMAGE_BACK_OFF, "Normal", "BackOff")                                                         \
    X(POST_START_FAILED, "Warning", "FailedPostStartHook")                                         \
    X(PRE_STOP_FAILED, "Warning", "FailedPreStopHook")                                             \
    X(HTTP_FALLBACK, "Warning", "LifecycleHTTPFallback")                                           \
    X(SANDBOX_CHANGED, "Normal", "SandboxChanged")                                                 \
    X(DEADLINE_EXCEEDED, "Normal", "DeadlineExceeded")                                             \
    X(FAILED_SCHEDULING, "Warning", "FailedScheduling")                                            \
    X(EVICTED, "Warning", "Evicted")

/* ... and what controllers record, mostly of objects that are no pods. */
#define ST_EVENT_MAP(X)                                                                            \
    X(SUCCESSFUL_CREATE, "Normal", "SuccessfulCreate")                                             \
    X(FAILED_CREATE, "Warning", "FailedCreate")                                                    \
    X(SUCCESSFUL_DELETE, "Normal", "SuccessfulDelete")                                             \
    X(FAILED_DELETE, "Warning", "FailedDelete")                                                    \
    X(SUCCESSFUL_UPDATE, "Normal", "SuccessfulUpdate")                                             \
    X(FAILED_UPDATE, "Warning", "FailedUpdate")                                                    \
    X(SCALING_SET, "Normal", "ScalingReplicaSet")                                                  \
    X(SET_CREATE_ERROR, "Warning", "ReplicaSetCreateError")                                        \
    X(FAILED_DAEMON, "Warning", "FailedDaemonPod")                                                 \
    X(SUCCEEDED_DAEMON, "Normal", "SucceededDaemonPod")                                            \
    X(JOB_COMPLETED, "Normal", "Completed")                                                        \
    X(JOB_SUSPENDED, "Normal", "Suspended")                                                        \
    X(JOB_RESUMED, "Normal", "Resumed")                                                            \
    X(JOB_TOO_MANY, "Warning", "TooManySucceededPods")                                             \
    X(JOB_BACKOFF_LIMIT, "Warning", "BackoffLimitExceeded")                                        \
    X(JOB_DEADLINE, "Warning", "DeadlineExceeded")                                                 \
    X(JOB_MAX_FAILED, "Warning", "MaxFailedIndexesExceeded")                                       \
    X(JOB_FAILED_INDEXES, "Warning", "FailedIndexes")                                              \
    X(JOB_POLICY, "Warning", "PodFailurePolicy")                                                   \
    X(SAW_COMPLETED, "Normal", "SawCompletedJob")                                                  \
    X(MISSING_JOB, "Normal", "MissingJob")                                                         \
    X(UNPARSEABLE, "Warning", "UnparseableSchedule")                                               \
    X(INVALID_SCHEDULE, "Warning", "InvalidSchedule")                                              \
    X(TOO_MANY_MISSED, "Warning", "TooManyMissedTimes")                                            \
    X(JOB_ACTIVE, "Normal", "JobAlreadyActive")                                                    \
    X(RESCALED, "Normal", "SuccessfulRescale")                                                     \
    X(FAILED_RESCALE, "Warning", "FailedRescale")                                                  \
    X(FAILED_GET_SCALE, "Warning", "FailedGetScale")                                               \
    X(FAILED_METRICS, "Warning", "FailedComputeMetricsReplicas")                                   \
    X(FAILED_RESOURCE_METRIC, "Warning", "FailedGetResourceMetric")                                \
    X(FAILED_CONTAINER_METRIC, "Warning", "FailedGetContainerResourceMetric")                      \
    X(FAILED_PODS_METRIC, "Warning", "FailedGetPodsMetric")                                        \
    X(FAILED_OBJECT_METRIC, "Warning", "FailedGetObjectMetric")                                    \
    X(FAILED_EXTERNAL_METRIC, "Warning", "FailedGetExternalMetric")                                \
    X(NO_PODS, "Normal", "NoPods")                                                                 \
    X(UNMANAGED_PODS, "Warning", "UnmanagedPods")                                                  \
    X(FAILED_EXPECTED, "Warning", "CalculateExpectedPodCountFailed")                               \
    X(NODE_REGISTERED, "Normal", "RegisteredNode")                                                 \
    X(NODE_REMOVED, "Normal", "RemovingNode")                                                      \
    X(NODE_CORDONED, "Normal", "NodeNotSchedulable")                                               \
    X(NODE_UNCORDONED, "Normal", "NodeSchedulable")                                                \
    X(NODE_NOT_READY, "Normal", "NodeNotReady")                                                    \
    X(NODE_READY, "Normal", "NodeReady")                                                           \
    X(ON_LOST_NODE, "Warning", "NodeNotReady")                                                     \
    X(TAINT_EVICTION, "Normal", "TaintManagerEviction")                                            \
    X(PREEMPTED, "Normal", "Preempted")                                                            \
    X(PROVISIONING, "Normal", "ExternalProvisioning")                                              \
    X(PROVISIONED, "Normal", "ProvisioningSucceeded")                                              \
    X(FAILED_BINDING, "Normal", "FailedBinding")                                                   \
    X(WAIT_CONSUMER, "Normal", "WaitForFirstConsumer")                                             \
    X(WAIT_SCHEDULED, "Normal", "WaitForPodScheduled")                                             \
    X(FAILED_ATTACH, "Warning", "FailedAttachVolume")                                              \
    X(PROVISIONING_FAILED, "Warning", "ProvisioningFailed")

enum pod_event_kind {
#define X(id, type, reason) POD_EVENT_##id,
    POD_EVENT_MAP(X)
#undef X
        POD_TRANSITION, /* not an Event: a change of `field` */
#define X(id, type, reason) ST_EVENT_##id,
    ST_EVENT_MAP(X)
#undef X
        ST_EVENT_KINDS
};

const char *pod_event_type(enum pod_event_kind k);
const char *pod_event_reason(enum pod_event_kind k);

/* What a transition is about. Conditions are POD_FIELD_CONDITION + enum pod_condition. */
enum pod_field {
    POD_FIELD_NONE,
    POD_FIELD_PHASE,         /* enum pod_phase */
    POD_FIELD_STATUS,        /* struct pod_word, packed */
    POD_FIELD_OBJECT,        /* enum pod_object_state */
    POD_FIELD_STATE,         /* enum pod_container_state */
    POD_FIELD_READY,         /* 0, 1 */
    POD_FIELD_STARTED,       /* 0, 1 */
    POD_FIELD_RESTART_COUNT, /* a number */
    POD_FIELD_CONDITION,     /* 0, 1; and up */
    POD_FIELD_GATE = POD_FIELD_CONDITION + 8, /* 0, 1; plus the gate's index */
};

/* What transitions of objects that are no pods are about, and what stands in the record:
 * NUMBER: `from` and `to` are it, the text is a message. TEXT: the record's text is both, each with
 * its NUL. CONDITION: the text is from, to, reason and message, each with its NUL. */
#define ST_FIELD_MAP(X)                                                                            \
    X(SPEC_REPLICAS, "specReplicas", NUMBER)                                                       \
    X(REPLICAS, "replicas", NUMBER)                                                                \
    X(READY_REPLICAS, "readyReplicas", NUMBER)                                                     \
    X(AVAILABLE_REPLICAS, "availableReplicas", NUMBER)                                             \
    X(TERMINATING_REPLICAS, "terminatingReplicas", NUMBER)                                         \
    X(UPDATED_REPLICAS, "updatedReplicas", NUMBER)                                                 \
    X(UNAVAILABLE_REPLICAS, "unavailableReplicas", NUMBER)                                         \
    X(CURRENT_REPLICAS, "currentReplicas", NUMBER)                                                 \
    X(REVISION, "revision", NUMBER)                                                                \
    X(CURRENT_REVISION, "currentRevision", TEXT)                                                   \
    X(UPDATE_REVISION, "updateRevision", TEXT)                                                     \
    X(DESIRED_SCHEDULED, "desiredNumberScheduled", NUMBER)                                         \
    X(CURRENT_SCHEDULED, "currentNumberScheduled", NUMBER)                                         \
    X(MISSCHEDULED, "numberMisscheduled", NUMBER)                                                  \
    X(NUMBER_READY, "numberReady", NUMBER)                                                         \
    X(UPDATED_SCHEDULED, "updatedNumberScheduled", NUMBER)                                         \
    X(NUMBER_AVAILABLE, "numberAvailable", NUMBER)                                                 \
    X(NUMBER_UNAVAILABLE, "numberUnavailable", NUMBER)                                             \
    X(ACTIVE, "active", NUMBER)                                                                    \
    X(JOB_READY, "ready", NUMBER)                                                                  \
    X(JOB_TERMINATING, "terminating", NUMBER)                                                      \
    X(SUCCEEDED, "succeeded", NUMBER)                                                              \
    X(FAILED, "failed", NUMBER)                                                                    \
    X(COMPLETED_INDEXES, "completedIndexes", TEXT)                                                 \
    X(FAILED_INDEXES, "failedIndexes", TEXT)                                                       \
    X(START_TIME, "startTime", TEXT)                                                               \
    X(COMPLETION_TIME, "completionTime", TEXT)                                                     \
    X(LAST_SCHEDULE, "lastScheduleTime", TEXT)                                                     \
    X(LAST_SUCCESSFUL, "lastSuccessfulTime", TEXT)                                                 \
    X(DESIRED_REPLICAS, "desiredReplicas", NUMBER)                                                 \
    X(TARGETS, "targets", TEXT)                                                                    \
    X(CURRENT_HEALTHY, "currentHealthy", NUMBER)                                                   \
    X(DESIRED_HEALTHY, "desiredHealthy", NUMBER)                                                   \
    X(EXPECTED_PODS, "expectedPods", NUMBER)                                                       \
    X(DISRUPTIONS_ALLOWED, "disruptionsAllowed", NUMBER)                                           \
    X(UNSCHEDULABLE, "unschedulable", TEXT)                                                        \
    X(TAINTS, "taints", TEXT)                                                                      \
    X(NODE, "node", TEXT)                                                                          \
    X(CLAIM_PHASE, "claimPhase", TEXT)                                                             \
    X(CLAIM_VOLUME, "volume", TEXT)                                                                \
    X(VOLUME_PHASE, "volumePhase", TEXT)                                                           \
    X(VOLUME_CLAIM, "claim", TEXT)                                                                 \
    X(USED, "used", TEXT)                                                                          \
    X(ENDPOINT, "endpoint", TEXT)                                                                  \
    X(BACKENDS, "backends", NUMBER)                                                                \
    X(REQUESTS, "requests", NUMBER)                                                                \
    X(ATTEMPTS, "attempts", NUMBER)                                                                \
    X(OK, "ok", NUMBER)                                                                            \
    X(HTTP_4XX, "http4xx", NUMBER)                                                                 \
    X(HTTP_5XX, "http5xx", NUMBER)                                                                 \
    X(REFUSED, "refused", NUMBER)                                                                  \
    X(RESET, "reset", NUMBER)                                                                      \
    X(CONNECT_TIMEOUT, "connectTimeout", NUMBER)                                                   \
    X(REQUEST_TIMEOUT, "requestTimeout", NUMBER)                                                   \
    X(DNS, "dns", NUMBER)                                                                          \
    X(REQUESTS_FAILED, "failed", NUMBER)                                                           \
    X(STEP, "step", CONDITION)                                                                     \
    X(AVAILABLE, "Available", CONDITION)                                                           \
    X(PROGRESSING, "Progressing", CONDITION)                                                       \
    X(REPLICA_FAILURE, "ReplicaFailure", CONDITION)                                                \
    X(SUSPENDED, "Suspended", CONDITION)                                                           \
    X(FAILURE_TARGET, "FailureTarget", CONDITION)                                                  \
    X(SUCCESS_CRITERIA, "SuccessCriteriaMet", CONDITION)                                           \
    X(JOB_FAILED, "Failed", CONDITION)                                                             \
    X(JOB_COMPLETE, "Complete", CONDITION)                                                         \
    X(ABLE_TO_SCALE, "AbleToScale", CONDITION)                                                     \
    X(SCALING_ACTIVE, "ScalingActive", CONDITION)                                                  \
    X(SCALING_LIMITED, "ScalingLimited", CONDITION)                                                \
    X(DISRUPTION_ALLOWED, "DisruptionAllowed", CONDITION)                                          \
    X(NODE_READY, "Ready", CONDITION)                                                              \
    X(MEMORY_PRESSURE, "MemoryPressure", CONDITION)                                                \
    X(DISK_PRESSURE, "DiskPressure", CONDITION)                                                    \
    X(PID_PRESSURE, "PIDPressure", CONDITION)

enum st_field_type { ST_FIELD_NUMBER, ST_FIELD_TEXT, ST_FIELD_CONDITION };

enum st_field {
    ST_FIELD_FIRST = 128, /* above those of pods */
    ST_FIELD_BELOW_FIRST = ST_FIELD_FIRST - 1,
#define X(id, name, type) ST_FIELD_OF_##id,
    ST_FIELD_MAP(X)
#undef X
        ST_FIELDS
};

_Static_assert(ST_FIELDS <= 256, "a byte in a record");

const char *st_field_name(enum st_field f);
enum st_field_type st_field_type(enum st_field f);

enum pod_object_state { POD_OBJECT_NONE, POD_OBJECT_CREATED, POD_OBJECT_TERMINATING,
                        POD_OBJECT_DELETED };

#endif
