/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - fitting the pods to the descriptors. */
#include "api/cli/plan.h"

#include <sys/resource.h>

#include "engine/reactor/base.h"

/* Beside the listening sockets: the ring, outputs, and what libraries open. */
static uint64_t kept_of(uint64_t descriptors)
{
    return RX_MIN(descriptors / 4, 64);
}

/* Descriptors for connections: an eighth, within bounds. Probes take turns if there are more. */
static uint64_t connections_of(uint64_t descriptors)
{
    return RX_MAX(RX_MIN(descriptors / 8, 4096), 8);
}

uint64_t plan_raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); /* not raised: the value read back below tells */
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

/* How many pods and listening sockets the manifests make with so many replicas (0 = their own). */
static int count(const struct cli_options *o, const struct input *in, uint32_t replicas,
                 struct podring_stats *out)
{
    struct podring_options engine = o->engine;
    podring *ring;
    int error;

    engine.clock = PODRING_VIRTUAL;
    engine.net = PODRING_NET_MEMORY;
    engine.timing = PODRING_TIMING_REFERENCE;
    engine.flags |= PODRING_NO_EVENTS;
    engine.connections_max = 0;
    engine.replicas = replicas;
    *out = (struct podring_stats)PODRING_STATS_INIT;
    error = podring_open(&engine, &ring);
    if (error == 0)
        error = input_load(in, ring);
    if (error == 0)
        error = podring_run_until(ring, 0);
    if (error == 0)
        error = podring_stats(ring, out);
    podring_close(ring);
    return error;
}

int plan_fit(struct cli_options *o, const struct input *in, uint64_t descriptors)
{
    uint64_t reserved = kept_of(descriptors) + connections_of(descriptors), room, replicas;
    struct podring_stats all, one, two;

    if (count(o, in, o->engine.replicas, &all) != 0 || all.listeners + reserved <= descriptors)
        return CLI_OK;
    /* What is not a workload does not scale, so the need is a straight line in the replicas: two
     * points give it. */
    if (count(o, in, 1, &one) != 0 || count(o, in, 2, &two) != 0)
        return CLI_OK;
    room = descriptors > reserved ? descriptors - reserved : 0;
    /* Shares of one run must agree on how many there are, and know nothing of each other. */
    if (two.listeners <= one.listeners || one.listeners > room || o->engine.shard_count > 1) {
        cli_say("%lu listening sockets and %lu other files are needed, but only %lu may be open: "
                "raise 'ulimit -n', or use --wildcard",
                (unsigned long)all.listeners, (unsigned long)reserved, (unsigned long)descriptors);
        return CLI_SYSTEM;
    }
    replicas = 1 + (room - one.listeners) / (two.listeners - one.listeners);
    cli_say("%lu pods with %lu listening sockets do not fit into %lu open files: every workload "
            "gets %lu replicas instead (raise 'ulimit -n', or use --wildcard)",
            (unsigned long)all.pods, (unsigned long)all.listeners, (unsigned long)descriptors,
            (unsigned long)replicas);
    o->engine.replicas = (uint32_t)RX_MIN(replicas, UINT32_MAX);
    return CLI_OK;
}
