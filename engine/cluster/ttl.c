/* SPDX-License-Identifier: Apache-2.0 */
/* ttl.c - Jobs that go some time after they have finished, with their pods. */
#include "engine/cluster/job.h"

static int ttl_sync(struct cluster *c, struct cluster_work *work)
{
    struct cluster_job *j = rx_container_of(work, struct cluster_job, ttl);
    static const struct pod_delete_request request = {.given = false};
    int64_t expires;

    if (cluster_is_departed(&j->w) || j->w.ending || j->finished < 0 ||
        cluster_job_spec(j)->ttl_s < 0)
        return 0;
    expires = (j->finished + cluster_job_spec(j)->ttl_s) * RX_MS_PER_S;
    if (cluster_wall_ms(c) < expires)
        cluster_wake(c, work, expires - c->world->epoch_ms);
    else
        cluster_delete(c, &j->w, &request, CLUSTER_FOREGROUND);
    return 0;
}

const struct cluster_worker cluster_ttl_worker = {
    .rank = CLUSTER_RANK_OWNER,
    .retry = CLUSTER_RETRY_NONE,
    .sync = ttl_sync,
};
