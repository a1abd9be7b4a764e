/* SPDX-License-Identifier: Apache-2.0 */
/* smallest.c - a pod that crashes, looked at after a minute of virtual time. */
#include <podring.h>
#include <stdio.h>
#include <string.h>

static const char manifest[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\n"
    "spec: {containers: [{name: c, image: nginx}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: crash}\n"
    "spec: {selector: {matchLabels: {app: web}}, instances: [{exit: {after: 5s, code: 3}}]}\n";

int main(void)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    podring *ring;
    uint64_t pod;

    options.clock = PODRING_VIRTUAL;
    if (podring_open(&options, &ring) != 0) {
        fprintf(stderr, "%s\n", podring_why(NULL));
        return 1;
    }
    if (podring_create_text(ring, "smallest", manifest, strlen(manifest)) != 0 ||
        podring_run_until(ring, 60000) < 0 || podring_find(ring, NULL, "web", &pod) != 0 ||
        podring_pod_info(ring, pod, &info) != 0) {
        fprintf(stderr, "%s\n", podring_why(ring));
        podring_close(ring);
        return 1;
    }
    printf("%s: %s, %u restarts\n", info.name, info.status, info.restarts);
    podring_close(ring);
    return 0;
}
