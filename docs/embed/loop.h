/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.h - what the examples of foreign loops share: a pod that is probed over real sockets, twice a second
 * or so, and whether all went well in the end.
 */
#include <podring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUN_MS = 3500 };

static podring *open_ring(void)
{
    static const char manifest[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
        "  - {name: c, image: nginx, ports: [{containerPort: 8080}], livenessProbe:\n"
        "     {httpGet: {port: 8080}, periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 1}}\n";
    struct podring_options options = PODRING_OPTIONS_INIT;
    podring *ring;

    if (podring_open(&options, &ring) != 0) {
        fprintf(stderr, "%s\n", podring_why(NULL));
        exit(podring_why(NULL)[0] == 'i' ? 77 : 1); /* "io_uring ...": not on this machine */
    }
    if (podring_create_text(ring, "loop", manifest, strlen(manifest)) != 0) {
        fprintf(stderr, "%s\n", podring_why(ring));
        exit(1);
    }
    return ring;
}

/* In whole milliseconds, rounded up, as such loops wait; -1: until the descriptor is readable. */
static inline int wait_ms(podring *ring)
{
    int64_t ns = podring_wait_ns(ring);

    return ns == INT64_MAX ? -1 : (int)((ns + 999999) / 1000000);
}

static int verdict(podring *ring)
{
    struct podring_stats s = PODRING_STATS_INIT;

    podring_stats(ring, &s);
    podring_close(ring);
    printf("%s\n", s.probes_done >= 2 && s.success == s.probes_done && s.restarts == 0
                       ? "all probes have succeeded" : "some probes have failed");
    return s.success == s.probes_done ? 0 : 1;
}
