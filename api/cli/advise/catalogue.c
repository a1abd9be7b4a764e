/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c - the table of practices, in the order in which equal ones are told. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

static const struct advise_practice practices[] = {
    {"rollout-gap", ADVISE_WARNING, "rollouts that start a pod before they end one",
     "Deployments behind a Service, without volumes to write to",
     "a rollout under 50 requests a second, of pods that need 10 s", look_rollout_gap},
    {"shell-pid1", ADVISE_WARNING, "exec before the program, so that it hears SIGTERM",
     "containers whose command is sh -c", "a deletion", look_shell_pid1},
    {"grace-short", ADVISE_WARNING, "a grace period that is longer than the stop with its preStop",
     "all but Jobs", "a deletion, with this grace and with ten minutes", look_grace_short},
    {"budget-blocks", ADVISE_WARNING, "a budget that lets a drain go on",
     "workloads with a PodDisruptionBudget", "a drain of their node", look_budget_blocks},
    {"readiness-sharp", ADVISE_WARNING, "more than one failed probe before all pods are taken out",
     "servers whose readiness probe has failureThreshold 1", "one failed probe in all pods",
     look_readiness_sharp},
    {"liveness-sharp", ADVISE_WARNING, "a liveness probe that outlasts a pause of the program",
     "containers with a liveness probe", "a pause of ten seconds", look_liveness_sharp},
    {"progress-deadline", ADVISE_WARNING, "a deadline of rollouts that is longer than a start",
     "Deployments with a progressDeadlineSeconds below 600",
     "a rollout of pods that start later than that", look_progress_deadline},
    {"init-stuck", ADVISE_NOTE, "init containers that end", "pods that never get past one",
     "all files together", look_init_stuck},
    {"set-forced", ADVISE_WARNING, "a grace period for pods that have an identity",
     "StatefulSets with terminationGracePeriodSeconds 0", "a node that is cut off",
     look_set_forced},
    {"quota-surge", ADVISE_WARNING, "rollouts that fit into the quota",
     "Deployments of a namespace with a ResourceQuota", "a rollout", look_quota_surge},
    {"hpa-requests", ADVISE_WARNING, "cpu requests, where an autoscaler goes by them",
     "workloads that an autoscaler scales, and that ask for nothing", "ten minutes of load",
     look_hpa_requests},
    {"hpa-replicas", ADVISE_WARNING, "no replicas where an autoscaler has the say",
     "workloads that an autoscaler scales", "an apply at maxReplicas", look_hpa_replicas},
    {"pre-stop", ADVISE_WARNING, "keep serving for some seconds after a deletion: preStop",
     "workloads behind a Service whose server has no preStop",
     "a rollout under 50 requests a second", look_pre_stop},
    {"drain-order", ADVISE_WARNING, "a preStop that outlasts the proxies: wait, then leave",
     "workloads behind a Service whose server has a preStop",
     "a rollout under 50 requests a second", look_drain_order},
    {"readiness-missing", ADVISE_WARNING, "a readiness probe, so that clients wait for the start",
     "workloads behind a Service whose server has none",
     "one more pod, under 50 requests a second, that listens 10 s after its start",
     look_readiness_missing},
    {"slow-start", ADVISE_WARNING, "a startup probe, so that a liveness probe waits for the start",
     "containers with a liveness probe and no startup probe",
     "starts that take longer and longer, until restarts begin", look_slow_start},
    {"one-replica", ADVISE_NOTE, "two replicas and a budget, so that a drain is no outage",
     "Deployments of one pod behind a Service, without volumes to write to",
     "a drain of its node under 50 requests a second", look_one_replica},
    {"budget-missing", ADVISE_NOTE, "a budget, so that a drain takes one pod after the other",
     "workloads of several pods behind a Service, without a budget",
     "a drain of the node that has them all, under 50 requests a second", look_budget_missing},
    {"probes-identical", ADVISE_NOTE, "liveness that is more patient than readiness",
     "containers whose liveness and readiness probes ask the same", "a minute in which both fail",
     look_probes_identical},
    {"probe-timeout", ADVISE_WARNING, "timeouts of probes that are longer than a slow answer",
     "containers with a liveness probe; a warning if a Behavior or --app says how it answers",
     "two minutes in which answers take 2 s, or what is said", look_probe_timeout},
    {"liveness-missing", ADVISE_NOTE, "a liveness probe, so that a program that hangs is restarted",
     "servers behind a Service without one", "a program that hangs, under 50 requests a second",
     look_liveness_missing},
    {"min-ready", ADVISE_NOTE, "minReadySeconds, so that a release is watched before it goes on",
     "Deployments of several pods behind a Service",
     "a release that crashes 15 s after it is ready", look_min_ready},
    {"hook-repeats", ADVISE_NOTE, "hooks that may run again: they are of a container, not of a pod",
     "preStop and postStart that do more than wait, beside a liveness probe",
     "a program that hangs a minute after each start", look_hook_repeats},
    {"pull-always", ADVISE_NOTE, "images by version, pulled only where they are missing",
     "imagePullPolicy Always, also by the tag latest",
     "one more pod while the registry is away for five minutes", look_pull_always},
    {"init-waits", ADVISE_NOTE, "programs that wait by themselves, and readiness that says so",
     "pods whose init containers wait for others", "a new pod while those are away",
     look_init_waits},
    {"last-words", ADVISE_NOTE, "FallbackToLogsOnError, so that a crash says why in the status",
     "containers without a termination message of their own", "a crash with a line in the log",
     look_last_words},
    {"volume-outlives", ADVISE_NOTE, "data in an emptyDir that a restart can do without",
     "containers that write to an emptyDir", "data that is damaged once", look_volume_outlives},
    {"claims-orphaned", ADVISE_NOTE, "somebody who takes care of the claims of pods that go",
     "StatefulSets with claims", "one pod less", look_claims_orphaned},
    {"job-deadline", ADVISE_NOTE, "activeDeadlineSeconds, so that a run that hangs ends",
     "Jobs and CronJobs without one", "a run that hangs", look_job_deadline},
    {"cron-overlap", ADVISE_NOTE, "concurrencyPolicy Forbid, where runs may last",
     "CronJobs whose policy is Allow", "runs that hang", look_cron_overlap},
    {"job-stays", ADVISE_NOTE, "ttlSecondsAfterFinished, so that Jobs go", "Jobs without one",
     "two days after a run", look_job_stays},
    {"requests-missing", ADVISE_NOTE, "requests, so that a node is not given more than it has",
     "workloads that ask for nothing", "sixty pods and one node of 2 cpus", look_requests_missing},
    {"image-latest", ADVISE_CONVENTION, "images by version", "images without a tag, or latest",
     NULL, look_image_latest},
    {"private-registry", ADVISE_CONVENTION, "imagePullSecrets for a registry of one's own",
     "images of hosts that are not known to be public", NULL, look_private_registry},
    {"hpa-bounds", ADVISE_CONVENTION, "room for an autoscaler",
     "autoscalers whose minReplicas is maxReplicas", NULL, look_hpa_bounds},
    {"labels", ADVISE_CONVENTION, "labels of more than one dimension",
     "pods with one label or none", NULL, look_labels},
    {"annotations", ADVISE_CONVENTION, "an annotation that says whom to ask",
     "workloads without any", NULL, look_annotations},
};

const struct advise_practice *advise_practice_at(size_t index)
{
    return index < RX_ARRAY_LEN(practices) ? &practices[index] : NULL;
}

const struct advise_practice *advise_practice_named(const char *id, size_t length)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(practices); i++)
        if (strlen(practices[i].id) == length && memcmp(practices[i].id, id, length) == 0)
            return &practices[i];
    return NULL;
}
