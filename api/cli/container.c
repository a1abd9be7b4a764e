/* SPDX-License-Identifier: Apache-2.0 */
/* container.c - which container of a pod is meant, as kubectl chooses it. */
#include "api/cli/container.h"

#include <stdio.h>
#include <string.h>

enum { INIT, SIDECAR, MAIN }; /* podring_container_info.kind */

/* As kubectl lists them: main containers first, then those that came before. */
static void say_choice(struct moment *m, const char *chosen)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *between = "";

    fprintf(stderr, "Defaulted container \"%s\" out of: ", chosen);
    for (int init = 0; init < 2; init++) {
        for (uint32_t i = 0; podring_container_info(m->live.ring, m->pod, i, &c) == 0; i++) {
            if ((c.kind != MAIN) != init)
                continue;
            fprintf(stderr, "%s%s%s", between, c.name, init ? " (init)" : "");
            between = ", ";
        }
    }
    fputc('\n', stderr);
}

const char *container_choose(struct moment *m)
{
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *key, *value, *first = NULL;
    uint32_t count = 0;

    if (m->options.container != NULL)
        return m->options.container;
    for (uint32_t i = 0;
         podring_fact_at(m->live.ring, m->pod, 0, PODRING_ANNOTATION, i, &key, &value) == 0; i++)
        if (strcmp(key, "kubectl.kubernetes.io/default-container") == 0)
            return value;
    for (; podring_container_info(m->live.ring, m->pod, count, &c) == 0; count++)
        if (first == NULL && c.kind == MAIN)
            first = c.name;
    if (count > 1 && first != NULL && !m->options.quiet)
        say_choice(m, first);
    return first;
}
