/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_fit.h - may a pod go to a node, pure: the scheduler's filters in their order, and the
 * sentence that says why no node would have it.
 *
 * What stands on a node comes in as sums, and what stands in its domains as counts, so that the
 * same rule answers what would be if some of it were gone (rule_preempt.h).
 *
 * Source: pkg/scheduler/framework/plugins (default profile) and framework/types.go (FitError) of
 * Kubernetes 1.36.
 */
#ifndef CLUSTER_RULE_FIT_H
#define CLUSTER_RULE_FIT_H

#include "engine/store/rule_node.h"
#include "engine/store/rule_request.h"

/* The first filter that fails names the reason. */
enum cluster_fit {
    CLUSTER_FITS,
    CLUSTER_UNFIT_CORDONED,
    CLUSTER_UNFIT_DAEMON, /* a DaemonSet's pod is for another node */
    CLUSTER_UNFIT_TAINT,
    CLUSTER_UNFIT_SELECTOR,
    CLUSTER_UNFIT_PORTS,
    CLUSTER_UNFIT_RESOURCES,
    CLUSTER_UNFIT_CLAIM,    /* ReadWriteOncePod, in use */
    CLUSTER_UNFIT_NO_VOLUME,
    CLUSTER_UNFIT_VOLUME_NODE,
    CLUSTER_UNFIT_STORAGE,
    CLUSTER_UNFIT_SPREAD_LABEL,
    CLUSTER_UNFIT_SPREAD,
    CLUSTER_UNFIT_NEAR,
    CLUSTER_UNFIT_APART,
    CLUSTER_UNFIT_OTHERS, /* existing pods keep it away */
    CLUSTER_UNFIT_KINDS
};

/* What lacks: bits. From OTHER on the pod's other resources, by index. */
enum cluster_lack { CLUSTER_LACK_PODS, CLUSTER_LACK_CPU, CLUSTER_LACK_MEMORY, CLUSTER_LACK_STORAGE,
                    CLUSTER_LACK_OTHER };

/* Counts of a pod's terms, for one node. By index of the term in its list, soft spread constraints
 * left out: their entries are not looked at. */
struct cluster_around {
    uint32_t spread[POD_TERMS_MAX]; /* matching pods in the node's domain; */
    uint32_t spread_rest[POD_TERMS_MAX]; /* the least of the other domains, UINT32_MAX: there is
                                          * none; 0 if there are fewer than minDomains */
    uint32_t spread_self; /* bits: the pod matches itself */
    uint32_t near[POD_TERMS_MAX]; /* pods in the node's domain that match all terms */
    uint32_t near_total;  /* such pods in any domain of any of the terms */
    bool near_self;
    uint32_t apart[POD_TERMS_MAX]; /* pods in the node's domain that match the term */
    uint32_t others; /* pods one of whose own anti-affinity terms keeps the pod out of here */
};

/* What stands on a node; pods that are being deleted count. */
struct cluster_use {
    int64_t cpu_milli, memory, storage;
    uint32_t pods;
    uint32_t other_count;
    const struct pod_amount *other;
    uint32_t ports;  /* pods that hold a host port which the pod wants */
    uint32_t claims; /* pods that hold a claim of its which only one may use */
};

struct cluster_fit_in {
    const struct pod_spec *pod;
    const struct st_request *asks; /* of it */
    const char *only; /* the one node it is for; NULL = any */
    const struct st_node_spec *node;
    uint32_t taint_count; /* the node's at this moment, */
    const struct st_taint *taint;
    bool cordoned;        /* ... and whether it is */
    struct cluster_use use;
    enum cluster_fit volumes; /* what its volumes say: FITS, or one of their reasons */
    const struct cluster_around *counts; /* NULL: nothing to count */
};

struct cluster_fit_out {
    enum cluster_fit fit;
    uint32_t lacks; /* RESOURCES */
    bool hopeless;  /* and would be without any other pod */
};

struct cluster_fit_out cluster_fit(const struct cluster_fit_in *in);

bool cluster_fit_static(const struct cluster_fit_in *in, struct cluster_fit_out *out);
/* The filters up to the selector: what a node says of itself. True: it passes. */

uint32_t cluster_lacks(const struct cluster_fit_in *in, bool *hopeless);

/* ---- domains -------------------------------------------------------------------------------- */

enum { CLUSTER_NO_DOMAIN = UINT32_MAX };

struct cluster_spread_in {
    uint32_t nodes, domains;
    const uint32_t *domain;   /* by node; CLUSTER_NO_DOMAIN: it has no such label */
    const uint32_t *matching; /* by node: pods on it that match */
    const bool *counted;      /* by node: does it take part? */
    uint32_t min_domains;     /* 0: not given */
};

/* What cluster_spread has found. */
struct cluster_spread {
    uint32_t least, least_domain; /* of all domains that take part; UINT32_MAX: there are none */
    uint32_t second; /* the least of the others */
    uint32_t domains; /* that take part */
};

struct cluster_spread cluster_spread(const struct cluster_spread_in *in, uint32_t *sum);
/* sum[domains]: matching pods; UINT32_MAX of those that take no part. */

uint32_t cluster_spread_rest(const struct cluster_spread *s, uint32_t domain, uint32_t min_domains);
/* For cluster_around.spread_rest of a node in that domain. */

/* ---- the sentence --------------------------------------------------------------------------- */

enum { CLUSTER_PARTS_MAX = CLUSTER_UNFIT_KINDS + CLUSTER_LACK_OTHER + ST_OTHERS_MAX + 4 };

/* How many nodes for which reason. */
struct cluster_parts {
    uint32_t count;
    struct cluster_part {
        const char *text, *name; /* name: goes behind it; NULL = nothing */
        uint32_t nodes;
    } part[CLUSTER_PARTS_MAX];
};

void cluster_parts_add(struct cluster_parts *p, const char *text, const char *name, uint32_t nodes);
void cluster_parts_fit(struct cluster_parts *p, const struct cluster_fit_out *fit,
                       const struct st_request *asks, uint32_t nodes);
/* So many nodes with this answer. */

size_t cluster_sentence(uint32_t nodes, struct cluster_parts *parts, char *out, size_t room);
/* "0/3 nodes are available: 1 this, 2 that." Sorts the parts as strings. Cut where there is no
 * room; the length that was written. */

#define CLUSTER_NO_HELP    "Preemption is not helpful for scheduling"
#define CLUSTER_NO_VICTIMS "No preemption victims found for incoming pod"
#define CLUSTER_NO_CLAIMS  "no new claims to deallocate, preemption: "

#endif
