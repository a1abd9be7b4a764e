/* SPDX-License-Identifier: Apache-2.0 */
/* look_init.c - init containers that wait for others. */
#include <string.h>

#include "api/cli/advise/catalogue.h"
#include "engine/reactor/base.h"

static bool is_init_wait(const char *status)
{
    return status != NULL && strncmp(status, "Init:", 5) == 0 && strchr(status, '/') != NULL;
}

static const struct pod_container_spec *waiting(const struct advise_subject *s, const char *status)
{
    uint32_t done = (uint32_t)(status[5] - '0');

    return done < s->pod->init_count ? subject_container(s, done) : subject_container(s, 0);
}

/* Nothing that there is ends the wait. */
void look_init_stuck(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE,
                       .no_patch = "what it waits for is in none of the files"};
    struct lab_plan p = {.beside = lab_scenario(a, s, "", ""), .for_ms = 900000};

    if (s->ready_ms >= 0 || s->pod->init_count == 0 || !is_init_wait(s->waits))
        return;
    v.container = waiting(s, s->waits)->name;
    lab_keep(a, s, &p, &v);
    v.text =
        advise_say(a,
                   "init container %s never ends (15 min here, %s): nothing in these files answers "
                   "what it waits for",
                   v.container, s->waits);
    advise_give(a, s, &v);
}

/* Something ends it, but not while that is away. */
void look_init_waits(struct advise *a, const struct advise_subject *s)
{
    struct advice v = {.level = ADVISE_NOTE,
                       .no_patch = "that a program can do without for a while is for it to learn: "
                                   "readiness says that it cannot serve yet"};
    struct lab_plan p = {.beside = lab_scenario(a, s, "", ""), .for_ms = 600000};
    struct advise_subject without = *s;
    struct lab_result is;

    if (s->ready_ms < 0 || !s->peers || s->pod->init_count == 0)
        return;
    without.world = s->alone;
    if (!lab_run(a, &without, &p, NULL, &is) || !is_init_wait(is.status))
        return;
    v.container = waiting(s, is.status)->name;
    v.text = advise_say(
        a,
        "while what init container %s waits for is away, a new pod is not started at all "
        "(%s after 10 min), whatever else it could do",
        v.container, is.status);
    advise_give(a, s, &v);
}
