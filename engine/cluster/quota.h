/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quota.h - LimitRanges and ResourceQuotas as objects, and what they make of pods that are created
 * (rule_limits.h, rule_quota.h).
 *
 * 1. Whoever creates a pod asks cluster_admit first. LimitRanges give its containers limits and
 *    requests: its template is then another one, the same for all pods of the workload. Then they,
 *    and after them the quotas, may refuse it.
 * 2. A pod that is there is charged to each quota that it fits. It is released by the quota's
 *    worker, before any controller of the instant looks: what it asks for when it is over, and
 *    itself when it is gone.
 * 3. A pod that is being deleted for longer than twice its grace period counts no more.
 * 4. Room that becomes free wakes nobody.
 * 5. A namespace without them costs nothing.
 */
#ifndef CLUSTER_QUOTA_H
#define CLUSTER_QUOTA_H

#include "engine/cluster/cluster.h"
#include "engine/cluster/rule_limits.h"
#include "engine/store/rule_quota.h"

struct cluster_limit_range {
    struct st_object object; /* ST_LIMIT_RANGE */
    struct st_limit_range_spec spec;
};

struct cluster_quota {
    struct st_object object; /* ST_QUOTA */
    struct st_quota_spec spec;
    struct cluster_work work;
    struct st_quota_count *count; /* of each key of spec.hard; `asked` is nobody's */
    struct rx_list charges, leaving;   /* leaving: to be looked at */
    char *told; /* what was told last of its use */
};

int cluster_limit_range_put(struct cluster *c, const struct st_limit_range_spec *spec,
                            struct st_limit_range_spec *old);
int cluster_quota_put(struct cluster *c, const struct st_quota_spec *spec,
                      struct st_quota_spec *old);
/* Creates it, or changes the one of its name; *old is then what that said, else its name is NULL.
 * Not copied. -RX_ENOMEM. */

void cluster_limit_range_undo(struct cluster *c, const struct st_limit_range_spec *spec,
                              const struct st_limit_range_spec *old);
void cluster_quota_undo(struct cluster *c, const struct st_quota_spec *spec,
                        const struct st_quota_spec *old);
/* Takes back the newest put. */

void cluster_limit_range_delete(struct cluster *c, struct st_object *o);
void cluster_quota_delete(struct cluster *c, struct st_object *o);
/* Says so to the log. */

void cluster_quotas_init(struct cluster *c);
void cluster_quotas_fini(struct cluster *c);

int cluster_admit(struct cluster *c, struct cluster_workload *w, uint32_t ordinal,
                  struct pod_template **as);
/* What its pod with that ordinal would be made of. -RX_EFORBIDDEN: c->why has the sentence.
 * -RX_ENOMEM. */

struct pod_template *cluster_limited(struct cluster *c, struct pod_template *t);
/* The template with what LimitRanges give its containers. NULL: no memory. */

/* An object that is no pod: kind and sub as in struct st_object. */
struct cluster_newcomer {
    uint8_t kind, sub;
    const char *ns, *name;
    const struct pod_service_spec *service; /* what it is, if it is one; NULL */
    const struct st_claim_spec *claim;
};

bool cluster_admit_object(struct cluster *c, const struct cluster_newcomer *n);
/* May it come? False: c->why says why not. */

void cluster_quotas_recount(struct cluster *c);
/* Objects that are no pods may have come or gone. Without quotas it costs nothing. */

int cluster_quotas_came(struct cluster *c, struct pod *p); /* -RX_ENOMEM: not charged */
void cluster_quotas_went(struct cluster *c, struct pod *p); /* nobody has heard of it */
void cluster_quotas_changed(struct cluster *c, struct pod *p, uint32_t what);

/* limits.c and quota.c, for each other: */
/* c->why begins: `pods "p" is forbidden: ` */
static inline struct rx_fit cluster_why_begin(struct cluster *c, const char *resource,
                                              const char *name)
{
    struct rx_fit t = {.at = c->why, .room = CLUSTER_WHY_MAX - 1};

    rx_fit_str(&t, resource);
    rx_fit_str(&t, " \"");
    rx_fit_str(&t, name);
    rx_fit_str(&t, "\" is forbidden: ");
    return t;
}

static inline void cluster_why_end(struct cluster *c, const struct rx_fit *t)
{
    c->why[t->len] = '\0';
}

bool cluster_quotas_take_object(struct cluster *c, const struct cluster_newcomer *n);
bool cluster_quotas_take(struct cluster *c, const struct pod_spec *spec, struct rx_fit *t);
void cluster_limits_fini(struct cluster *c);

#endif
