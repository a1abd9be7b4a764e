/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a pod: every state that can come about, everything that can happen in it, and what
 * the worker does next, which is what the sentences about it say when they are written down one
 * after the other.
 */
#include <criterion/criterion.h>

#include "engine/pod/rule_life.h"
#include "engine/reactor/base.h"

enum { STATES = 4 * 3 * 6 };

static unsigned number_of(struct pod_life l)
{
    return (l.object * 3u + l.worker) * 6u + l.end;
}

static struct pod_life life_of(unsigned n)
{
    struct pod_life l = {.object = n / 18 & 3, .worker = n / 6 % 3 & 3, .end = n % 6 & 7};

    return l;
}

/* All states that something leads to, from a pod of which nobody has heard. */
static void reach(bool there[STATES])
{
    bool more = true;

    there[0] = true;
    while (more) {
        more = false;
        for (unsigned n = 0; n < STATES; n++)
            for (unsigned e = 0; there[n] && e < POD_LIFE_EVENTS; e++) {
                struct pod_life l = life_of(n);

                if (pod_life_change_of(l, (enum pod_life_event)e) == NULL)
                    continue;
                l = pod_life_after(l, (enum pod_life_event)e);
                more |= !there[number_of(l)];
                there[number_of(l)] = true;
            }
    }
}

#define L(object_, worker_, end_)                                                                  \
    {.object = POD_LIFE_##object_, .worker = POD_WORKER_##worker_, .end = POD_END_##end_}

Test(rule_life, the_states_that_there_are)
{
    static const struct pod_life known[] = {
        L(NONE, SYNC, NONE),
        L(NONE, SYNC, FAILED),
        L(CREATED, SYNC, NONE),
        L(CREATED, SYNC, FAILED),
        L(CREATED, TERMINATING, EMPTY),
        L(CREATED, TERMINATING, FAILED),
        L(CREATED, TERMINATING, RESTART),
        L(CREATED, TERMINATED, ITSELF),
        L(CREATED, TERMINATED, EMPTY),
        L(CREATED, TERMINATED, FAILED),
    };
    bool there[STATES] = {false}, told[STATES] = {false};

    reach(there);
    for (size_t i = 0; i < RX_ARRAY_LEN(known); i++)
        told[number_of(known[i])] = true;
    for (unsigned object = POD_LIFE_TERMINATING; object <= POD_LIFE_DELETED; object++) {
        /* With the object leaving, all of those that a created one can be in, and those of the
         * deletion. */
        for (size_t i = 2; i < RX_ARRAY_LEN(known); i++) {
            struct pod_life l = known[i];

            l.object = object & 3;
            told[number_of(l)] = true;
        }
        for (unsigned worker = POD_WORKER_TERMINATING; worker <= POD_WORKER_TERMINATED; worker++) {
            struct pod_life l =
                {.object = object & 3, .worker = worker & 3, .end = POD_END_DELETED};

            told[number_of(l)] = true;
        }
    }
    for (unsigned n = 0; n < STATES; n++)
        cr_expect_eq(there[n], told[n], "object %u, worker %u, end %u", life_of(n).object,
                     life_of(n).worker, life_of(n).end);
}

Test(rule_life, what_can_happen)
{
    bool there[STATES] = {false};

    reach(there);
    for (unsigned n = 0; n < STATES; n++)
        for (unsigned e = 0; there[n] && e < POD_LIFE_EVENTS; e++) {
            struct pod_life l = life_of(n), after;
            unsigned rows = 0;

            for (uint32_t i = 0; i < pod_life_change_rows; i++) {
                const struct pod_life_change *c = &pod_life_changes[i];

                rows += c->event == e && (c->objects >> l.object & 1) &&
                    (c->workers >> l.worker & 1) &&
                        (c->ends >> l.end & 1);
            }
            cr_expect_leq(rows, 1, "state %u, event %u", n, e);
            if (rows == 0)
                continue;
            after = pod_life_after(l, (enum pod_life_event)e);
            cr_expect_geq(after.object, l.object, "an object does not come back");
            cr_expect(after.worker >= l.worker || e == POD_LIFE_AGAIN,
                      "nor does a worker, but to begin again");
            cr_expect(!pod_life_final(l) || pod_life_final(after), "what is final stays so");
        }
}

/* From wherever it is, a pod that is deleted comes to its end. */
Test(rule_life, all_lives_end)
{
    bool there[STATES] = {false};

    reach(there);
    for (unsigned n = 0; n < STATES; n++) {
        struct pod_life l = life_of(n);

        if (!there[n])
            continue;
        if (l.object == POD_LIFE_NONE)
            l = pod_life_after(l, POD_LIFE_ACCEPT);
        if (l.object == POD_LIFE_CREATED)
            l = pod_life_after(l, POD_LIFE_DELETE);
        if (l.worker == POD_WORKER_SYNC)
            l = pod_life_after(l, POD_LIFE_STOP);
        if (l.worker == POD_WORKER_TERMINATING)
            l = pod_life_after(l, POD_LIFE_DOWN);
        l = pod_life_after(l, POD_LIFE_REMOVE);
        cr_expect_eq(l.object, POD_LIFE_DELETED);
        cr_expect_eq(l.worker, POD_WORKER_TERMINATED);
        cr_expect(pod_life_final(l));
    }
}

/* As one would write it without a table. */
static enum pod_life_step as_written(const struct pod_life_in *in)
{
    struct pod_life l = in->life;
    bool ends = pod_life_deleting(l) || l.end == POD_END_FAILED;

    if (l.object == POD_LIFE_NONE)
        return POD_STEP_ACCEPT;
    if (ends && l.worker == POD_WORKER_SYNC)
        return in->work == POD_WORK_FIRM ? POD_STEP_WATCH : POD_STEP_END;
    if (in->runs)
        return POD_STEP_WAIT;
    if (l.worker == POD_WORKER_TERMINATED)
        return pod_life_deleting(l) ? POD_STEP_FINISH : POD_STEP_SHOW;
    if (l.worker == POD_WORKER_TERMINATING)
        return l.end == POD_END_RESTART && !pod_life_deleting(l) ? POD_STEP_AGAIN : POD_STEP_FINISH;
    if (!in->bound)
        return POD_STEP_BIND;
    if (!in->mounted)
        return POD_STEP_MOUNT;
    if (in->work == POD_WORK_PAUSED)
        return POD_STEP_GO_ON;
    if (in->work != POD_WORK_FREE)
        return POD_STEP_WATCH;
    return in->dirty ? POD_STEP_PLAN : POD_STEP_REST;
}

Test(rule_life, every_input_meets_one_row)
{
    bool there[STATES] = {false}, met[64] = {false};

    reach(there);
    for (unsigned n = 0; n < STATES; n++)
        for (unsigned i = 0; there[n] && i < 4 * 16; i++) {
            struct pod_life_in in = {
                .life = life_of(n),
                .work = (uint8_t)(i >> 4),
                .runs = i & 1,
                .bound = i >> 1 & 1,
                .mounted = i >> 2 & 1,
                .dirty = i >> 3 & 1,
            };
            unsigned rows = 0;

            /* Nobody looks while it syncs; and of what is over nothing runs. */
            if (in.runs && in.life.worker != POD_WORKER_TERMINATING)
                continue;
            for (uint32_t k = 0; k < pod_life_rows; k++)
                rows += pod_life_row_matches(&pod_life_table[k], &in);
            cr_assert_eq(rows, 1, "state %u, input %u meets %u rows", n, i, rows);
            cr_expect_eq(pod_life_next(&in)->step, as_written(&in), "state %u, input %u: %s", n, i,
                         pod_life_step_name((enum pod_life_step)pod_life_next(&in)->step));
            met[pod_life_next(&in) - pod_life_table] = true;
        }
    for (uint32_t k = 0; k < pod_life_rows; k++)
        cr_expect(met[k], "nothing meets %s", pod_life_table[k].name);
}
