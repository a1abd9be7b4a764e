/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vector.h - a worked timeline as a row of a table: a manifest, how long it runs, and what must
 * have happened. Rows are written from the rules, before anything is run.
 */
#ifndef TEST_VECTOR_H
#define TEST_VECTOR_H

#include "tests/support/story.h"

enum { VECTOR_EXPECT_MAX = 12 };

/* What to look at; times are seconds.
 *
 *   starts C         when instances of the container started: "0 5 20"
 *   ends C           how and when they ended: "5:1/Error"
 *   state C          transitions of its state: "0:Running 5:Terminated/Error"
 *   of C FIELD       transitions of another of its fields: "0:True"
 *   event REASON     when such Events were told
 *   event REASON in C      ... about that container
 *   event REASON/PART      ... whose message contains PART
 *   says WHAT        messages of the Events with that reason, or of the transitions of that field,
 *   joined by |
 *   field F          transitions of a condition or another field of the pod p
 *   at T F           the value of a field of the pod at the end of that instant
 *   at T of C F      ... of one of its containers
 *   order T          what was told in that instant, as "Reason/container" and "field/container=to"
 *   log [P] C        what the container has written; of pod P, or of p
 *   log- [P] C       ... of the instance before, as logs --previous has it
 *   now [P] C        its state at the end: "Waiting/CrashLoopBackOff", "Terminated/Error/1"
 *   left [P] C       the message of that state
 *   last [P] C       the message of lastState
 *   diag             all diagnostics: "line:column text", joined by |
 *   why F            reasons of the transitions of a field of the pod: "0:ContainersNotReady"
 *   how F            transitions of a field of the pod with their reasons:
 *   "0:False/ContainersNotReady"
 *   row              at the end, kubectl's "READY STATUS RESTARTS (seconds since the last one)"
 *   set KNOB         nothing to look at: the knob, and what it is set to (first rows only)
 *   anything else    as field
 */
struct vector_expect {
    const char *what, *is;
};

struct vector {
    const char *name;
    const char *yaml;
    int64_t for_s;
    struct vector_expect expect[VECTOR_EXPECT_MAX];
};

const char *vector_look(struct story *s, const char *what);

void vector_check(const struct vector *v, enum podring_net net);

void vector_check_all(const struct vector *v, size_t count);
/* Each of them over scripted targets and over the wire in memory. */

#define VECTOR_EACH(table)                                                                         \
    do {                                                                                           \
        for (unsigned vector_i = 0; vector_i < sizeof(table) / sizeof(*(table)); vector_i++)       \
            vector_check(&(table)[vector_i], PODRING_NET_SCRIPT);                                  \
    } while (0)

#define VECTOR_POD "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n"
#define VECTOR_BEHAVIOR(c)                                                                         \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b-" c "}\nspec:\n"          \
    "  container: " c "\n"
#define VECTOR_STEPS                                                                               \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"

#endif
