/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - an engine belongs to the thread that has opened it: two threads, two engines, one story. */
#include <podring.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char manifest[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 20\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec: {containers: [{name: c, image: nginx, livenessProbe: {httpGet: {port: 80}}}]}\n";

/* The digest of ten minutes; 0: it has failed. */
static void *run(void *digest)
{
    struct podring_options options = PODRING_OPTIONS_INIT;
    podring *ring;

    options.clock = PODRING_VIRTUAL;
    options.seed = 7;
    if (podring_open(&options, &ring) != 0)
        return NULL;
    if (podring_create_text(ring, "threads", manifest, strlen(manifest)) == 0 &&
        podring_run_until(ring, 600000) == 0)
        *(uint64_t *)digest = podring_digest(ring);
    podring_close(ring);
    return NULL;
}

int main(void)
{
    uint64_t digest[2] = {0, 0};
    pthread_t thread[2];

    for (int i = 0; i < 2; i++)
        if (pthread_create(&thread[i], NULL, run, &digest[i]) != 0)
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    puts(digest[0] != 0 && digest[0] == digest[1] ? "the same" : "not the same");
    return digest[0] == 0 || digest[0] != digest[1];
}
