/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c - the table of practices, in the order in which equal ones are told. */
#include "api/cli/advise/catalogue.h"

#include <string.h>

#include "engine/reactor/base.h"

static const struct advise_practice practices[] = {
    {"pre-stop", ADVISE_WARNING, "keep serving for some seconds after a deletion: preStop",
     "workloads behind a Service", "a rollout under 50 requests a second", look_pre_stop},
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
    {"pull-always", ADVISE_NOTE, "images by version, pulled only where they are missing",
     "imagePullPolicy Always, also by the tag latest",
     "one more pod while the registry is away for five minutes", look_pull_always},
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
