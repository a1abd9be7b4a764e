/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields.h - which fields the objects we read may have: kubectl accepts others silently, `check
 * --strict` names them, and in Behavior and Scenario documents they are errors, because a typing
 * error must not quietly change a simulation.
 */
#ifndef MF_FIELDS_H
#define MF_FIELDS_H

#include "api/manifest/load.h"

/* Every list has all fields of Kubernetes 1.36, whether we use them or not (fields.c). */
enum mf_fields {
    MF_FIELDS_OBJECT, /* the document itself: apiVersion, kind, ... */
    MF_FIELDS_CONFIG_MAP,
    MF_FIELDS_SECRET,
    MF_FIELDS_META,
    MF_FIELDS_POD_TEMPLATE,
    MF_FIELDS_POD,
    MF_FIELDS_POD_SECURITY,
    MF_FIELDS_SECURITY,
    MF_FIELDS_CONTAINER,
    MF_FIELDS_CONTAINER_PORT,
    MF_FIELDS_ENV,
    MF_FIELDS_ENV_SOURCE,
    MF_FIELDS_ENV_FROM,
    MF_FIELDS_FIELD_REF,
    MF_FIELDS_RESOURCE_FIELD_REF,
    MF_FIELDS_KEY_REF,
    MF_FIELDS_FILE_KEY_REF,
    MF_FIELDS_LOCAL_REF,
    MF_FIELDS_MOUNT,
    MF_FIELDS_RESOURCES,
    MF_FIELDS_VOLUME,
    MF_FIELDS_CONFIG_MAP_VOLUME,
    MF_FIELDS_SECRET_VOLUME,
    MF_FIELDS_KEY_TO_PATH,
    MF_FIELDS_DOWNWARD_VOLUME,
    MF_FIELDS_DOWNWARD_PROJECTION,
    MF_FIELDS_DOWNWARD_FILE,
    MF_FIELDS_PROJECTED,
    MF_FIELDS_PROJECTION,
    MF_FIELDS_CONFIG_PROJECTION,
    MF_FIELDS_TOKEN_PROJECTION,
    MF_FIELDS_PROBE,
    MF_FIELDS_LIFECYCLE,
    MF_FIELDS_LIFECYCLE_HANDLER,
    MF_FIELDS_EXEC,
    MF_FIELDS_HTTP_GET,
    MF_FIELDS_HTTP_HEADER,
    MF_FIELDS_TCP_SOCKET,
    MF_FIELDS_GRPC,
    MF_FIELDS_SLEEP,
    MF_FIELDS_RESTART_RULE,
    MF_FIELDS_EXIT_CODES,
    MF_FIELDS_READINESS_GATE,
    MF_FIELDS_SCHEDULING_GATE,
    MF_FIELDS_TOLERATION,
    MF_FIELDS_AFFINITY,
    MF_FIELDS_AFFINITY_KIND,
    MF_FIELDS_NODE_SELECTOR,
    MF_FIELDS_NODE_TERM,
    MF_FIELDS_NODE_PREFERENCE,
    MF_FIELDS_POD_TERM,
    MF_FIELDS_POD_PREFERENCE,
    MF_FIELDS_SPREAD,
    MF_FIELDS_NODE,
    MF_FIELDS_TAINT,
    MF_FIELDS_PRIORITY,
    MF_FIELDS_EMPTY_DIR,
    MF_FIELDS_CLAIM_VOLUME,
    MF_FIELDS_HOST_PATH,
    MF_FIELDS_SELECTOR,
    MF_FIELDS_REQUIREMENT,
    MF_FIELDS_DEPLOYMENT,
    MF_FIELDS_STRATEGY,
    MF_FIELDS_ROLLING_UPDATE,
    MF_FIELDS_REPLICASET,
    MF_FIELDS_STATEFULSET,
    MF_FIELDS_ORDINALS,
    MF_FIELDS_CLAIM_TEMPLATE,
    MF_FIELDS_CLAIM_RETENTION,
    MF_FIELDS_CLAIM,
    MF_FIELDS_DAEMONSET,
    MF_FIELDS_JOB,
    MF_FIELDS_JOB_TEMPLATE,
    MF_FIELDS_JOB_POLICY, /* podFailurePolicy, successPolicy */
    MF_FIELDS_FAILURE_RULE,
    MF_FIELDS_FAILURE_CODES,
    MF_FIELDS_FAILURE_CONDITION,
    MF_FIELDS_SUCCESS_RULE,
    MF_FIELDS_CRONJOB,
    MF_FIELDS_SERVICE,
    MF_FIELDS_SERVICE_PORT,
    MF_FIELDS_HPA,
    MF_FIELDS_HPA_V1,
    MF_FIELDS_TARGET_REF,
    MF_FIELDS_HPA_METRIC,
    MF_FIELDS_HPA_SOURCE,
    MF_FIELDS_HPA_IDENTIFIER,
    MF_FIELDS_HPA_TARGET,
    MF_FIELDS_HPA_BEHAVIOR,
    MF_FIELDS_HPA_RULES,
    MF_FIELDS_HPA_POLICY,
    /* podring.dev */
    MF_FIELDS_METRICS,
    MF_FIELDS_METRICS_VALUE,
    MF_FIELDS_BEHAVIOR,
    MF_FIELDS_PULL,
    MF_FIELDS_INSTANCE,
    MF_FIELDS_START,
    MF_FIELDS_EXIT,
    MF_FIELDS_ON_STOP,
    MF_FIELDS_SERVE,
    MF_FIELDS_EXEC_RULE,
    MF_FIELDS_HOOKS,
    MF_FIELDS_HOOK,
    MF_FIELDS_DRAW,
    MF_FIELDS_SCENARIO,
    MF_FIELDS_STEP,
    MF_FIELDS_CLIENT,
    MF_FIELDS_CLIENT_RATE,
    MF_FIELDS_CLIENT_CONNECTIONS,
    MF_FIELDS_CLIENT_TIMEOUT,
    MF_FIELDS_CLIENT_RETRIES,
    MF_FIELDS_KEEP_ALIVE,
};

void mf_fields_check(struct mf_load *l, const struct mf_at *at, enum mf_fields fields);
/* Names every field of the mapping that is not in the list: MANIFEST_UNKNOWN_FIELD, or an error
 * when the load is strict. at: present and a mapping. Checks its enums, too. */

void mf_enums_check(struct mf_load *l, const struct mf_at *at, enum mf_fields fields);
/* Refuses empty strings where the defaults leave them alone, and words that nobody knows in
 * fields that are not read (enums.c). */

#endif
