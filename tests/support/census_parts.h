/* SPDX-License-Identifier: Apache-2.0 */
/* census_parts.h - what the files of the census share. Not for tests. */
#ifndef CENSUS_PARTS_H
#define CENSUS_PARTS_H

#include "api/engine.h"
#include "engine/cluster/budget.h"
#include "engine/cluster/claim.h"
#include "engine/cluster/node.h"
#include "engine/cluster/quota.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/volume.h"
#include "tests/support/census.h"

/* A pod at the end of an instant. */
struct census_pod {
    struct pod *pod; /* to be used in its own instant only */
    uint64_t id, owner; /* owner: serial of whose it is; 0: nobody's */
    int64_t node;       /* that was chosen for it; -1: none so far */
    bool there;         /* its kubelet knows it */
    bool gone, deleting, over, ready, running;
};

struct census_claim {
    uint64_t id, set, pod;
    char name[64];
    bool ending;
};

/* What is remembered of something from one instant to the next, by what it is and its number. */
struct census_note {
    const void *what; /* whose note */
    uint64_t id;
    int64_t value[4];
};

struct census {
    podring *ring;
    struct cluster *c;
    struct verdict *out;
    int64_t now;
    bool idle;     /* the control plane has nothing to look at, */
    bool settled;  /* ... and has looked at all there is */
    bool quotas;   /* something may be refused */
    bool forces;   /* a pod may be deleted by force */
    bool lost;     /* some node has been lost, or deleted */
    struct census_pod *pod, *before;
    uint32_t pods, befores, room, before_room;
    struct census_claim *claim, *claim_before;
    uint32_t claims, claims_before, claim_room, claim_before_room;
    struct census_note *note;
    uint32_t notes, notes_room;
};

void census_broken(struct census *x, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const struct census_pod *census_before(const struct census *x, uint64_t id);
/* At the end of the instant before; NULL: it was not there. */

struct census_note *census_note(struct census *x, const void *what, uint64_t id, bool *fresh);

bool census_step(const struct census *x, enum pod_step_kind kind, const char *object,
                 const char *name, int64_t from);
/* Has there been such a step since then? name NULL: any. */

static inline struct cluster_workload *census_workload(struct rx_list *l)
{
    return rx_container_of(st_object_at(l), struct cluster_workload, object);
}

bool census_is_left_over(const struct pod *p);
/* Is it still to go, with whom it belonged to? */

/* census_sets.c */
void census_counts(struct census *x);
void census_numbers(struct census *x);
void census_deployments(struct census *x);
void census_stateful(struct census *x);
void census_daemons(struct census *x);
void census_jobs(struct census *x);
void census_crons(struct census *x);

/* census_rules.c */
void census_quotas(struct census *x);
void census_budgets(struct census *x);
void census_nodes(struct census *x);
void census_endpoints(struct census *x);

#endif
