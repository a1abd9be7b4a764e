/* SPDX-License-Identifier: Apache-2.0 */
/* advise.c - all practices at all subjects, and what they have found in order. */
#include "api/cli/advise/advise.h"

#include <stdlib.h>
#include <string.h>

#include "api/cli/advise/lab.h"
#include "engine/reactor/base.h"

static bool is_listed(const char *list, const char *id)
{
    size_t length = strlen(id);

    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ", ");

        if ((n == length && memcmp(list, id, n) == 0) || (n == 3 && memcmp(list, "all", 3) == 0))
            return true;
        list += n + (list[n] != '\0');
    }
    return false;
}

/* When is it ready, as it is? What never is cannot be tried. */
static void settle(struct advise *a, struct advise_subject *s)
{
    struct lab_plan p = {
        .beside = lab_scenario(a, s, "", ""), .for_ms = 900000, .until_ready = true};
    struct lab_result r;

    s->ready_ms = -1;
    s->waits = "";
    if (s->replicas == 0 || !lab_run(a, s, &p, NULL, &r))
        return;
    if (r.ready_ms < 0) {
        subject_widen(a, s);
        if (!lab_run(a, s, &p, NULL, &r))
            return;
    }
    s->ready_ms = r.ready_ms;
    s->waits = r.status;
}

static int by_rank(const void *a, const void *b)
{
    const struct advice *x = a, *y = b;
    int files = strcmp(x->file, y->file);

    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->practice != y->practice)
        return x->practice < y->practice ? -1 : 1;
    if (files != 0)
        return files;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : x->column < y->column ? -1 : 1;
}

int advise_look(struct advise *a)
{
    for (uint32_t i = 0; i < a->subjects && !a->failed; i++) {
        settle(a, &a->subject[i]);
        for (size_t k = 0; (a->practice = advise_practice_at(k)) != NULL && !a->failed; k++)
            if (!is_listed(a->subject[i].ignores, a->practice->id) &&
                (a->options->only == NULL || is_listed(a->options->only, a->practice->id)))
                a->practice->look(a, &a->subject[i]);
    }
    if (a->failed) {
        cli_say("out of memory");
        return CLI_SYSTEM;
    }
    if (a->count > 0)
        qsort(a->advice, a->count, sizeof(*a->advice), by_rank);
    return CLI_OK;
}
