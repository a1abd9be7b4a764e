/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - the kubelet's look at local storage: who has more there than he may is evicted. */
#include "engine/pod/control.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/timer.h"

int pod_evict_for(struct pod *p, const char *why)
{
    struct pod_extra *e = pod_extra_of(pod_container_at(p, 0));
    int rc;

    pod_accept(p);
    rc = pod_evict(p, POD_STATUS_EVICTED, false);
    if (rc != 0)
        return rc;
    if (e != NULL)
        pod_storage_note(e, why);
    pod_tell(p, ST_NO_CONTAINER, POD_EVENT_EVICTED, "%s", why);
    return 0;
}

void pod_on_storage(void *world, struct rx_timer *t)
{
    struct pod_extra *e = rx_container_of(t, struct pod_extra, whole.storage);
    struct pod *p = pod_of_container(e->container);
    char why[POD_EVICTION_MAX];

    (void)world;
    if (pod_storage_exceeds(p, why, sizeof(why)))
        pod_evict_for(p, why);
}
