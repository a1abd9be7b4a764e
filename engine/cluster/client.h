/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.h - clients: load from outside of the pods, as scripted exchanges or over sockets.
 *
 * 1. A client has one timer of class CLIENT for its requests, its retries and what times out, and
 *    one of class SERVE for the answers of pods that take time. What is answered at once needs
 *    neither: most requests are a choice (proxy.h), a question to the pod, and a counter.
 * 2. What is due in one instant runs by the number of its request. A client that is due to announce
 *    its counters does so before the requests of that instant.
 * 3. What waits for a pod is known by its pod: when the process ends, requests in flight are reset
 *    in the same instant, and what lies idle is closed. Answers of that instant come before.
 * 4. Where pods have sockets (pod/caller.h), a connection to the pod that was chosen is a real one,
 *    and what comes of a request is what its bytes say; who is chosen, what is waited for, repeated
 *    and counted is the same. The client's own timeouts stand in its queue.
 * 5. Of a node that has failed nothing is heard: what is asked of it, or was when it failed, waits
 *    until its client gives up. A connection whose process has ended unheard is reset when it is
 *    used once the node is back.
 * 6. Limits: an exchange takes the time that the pod takes for it, and a connection none; the knob
 *    `rtt` is about connections that lie idle only (rule_idle.h). A node that comes back within the
 *    timeout of a request does not answer it any more.
 */
#ifndef CLUSTER_CLIENT_H
#define CLUSTER_CLIENT_H

#include "engine/cluster/proxy.h"
#include "engine/cluster/rule_client.h"
#include "engine/pod/caller.h"
#include "engine/store/tell.h"

/* A pod that a client has to do with. */
struct cluster_peer {
    struct rx_list link;    /* of its client, in the order of their coming */
    struct rx_list flights; /* requests that it is to answer */
    struct rx_list conns;   /* connections that are kept */
    struct st_pod_ref pod;
    uint32_t node;          /* where it is */
    struct cluster_counts counts, told;
};

struct cluster_conn;
struct cluster_flight;

/* A machine of a client: an address, and connections of its own. */
struct cluster_machine {
    struct rx_list idle;    /* struct cluster_conn; the most recently used first */
    struct rx_list waiting; /* struct cluster_flight that wait for one, by number */
    uint32_t open;
};

/* The arrivals of one window of the rate. */
struct cluster_arrivals {
    union {
        struct cluster_pace even;
        struct cluster_chance_pace chance;
    };
    uint64_t drawn;
};

/* What comes next, by instant and number: a binary heap. */
struct cluster_flights {
    struct cluster_flight **item;
    uint32_t count, room;
};

struct cluster_client {
    struct st_object object; /* ST_CLIENT */
    struct st_client_spec spec;
    struct cluster *cluster;
    struct rx_timer due;    /* class CLIENT */
    struct rx_timer answer; /* class SERVE */
    struct cluster_flights waits, answers;
    struct cluster_aim aim;
    const struct pod_caller *caller; /* NULL: pods are asked as scripted */
    const char *request;             /* what it says to them */
    uint32_t request_length;
    const struct pod_caller_user *user; /* who hears of them */
    struct cluster_arrivals *arrivals; /* one for each rate */
    struct cluster_machine *machine;   /* if connections are kept */
    struct cluster_flight *free;       /* those that are not in use */
    struct cluster_conn *free_conn;
    struct rx_arena arena;             /* what all of that is in */
    struct rx_map peer_of;             /* by the id of the pod */
    struct rx_list peers;
    uint64_t number;      /* of the next request */
    uint64_t connections; /* how many have been given a pod so far */
    uint64_t pending;     /* requests that have begun and not ended */
    uint32_t path_length;
    rx_ms over_at;        /* the end of its window */
    rx_ms report_at;      /* RX_MS_NEVER: no more */
    bool over;            /* it has said its last word */
    bool metered;         /* somebody asks what its pods have served */
    struct cluster_counts counts, told;
};

static inline struct cluster_client *cluster_client_of(struct st_object *o)
{
    return rx_container_of(o, struct cluster_client, object);
}

int cluster_add_client(struct cluster *c, const struct st_client_spec *spec);
/* Its spec must live as long as the engine. -RX_EEXISTS, -RX_ENOMEM; -RX_EUNSUPPORTED: this engine
 * cannot, as cluster_client_unable says. */

const char *cluster_client_unable(const struct cluster *c, const struct st_client_spec *spec);
/* Why such a client cannot be here; NULL: it can. */

const char *cluster_client_fixed(const struct cluster_client *k, const struct st_client_spec *spec);
/* What another document may not say of one that is there: to whom it talks, and from where. The
 * path of the field; NULL: it may be updated. */

void *cluster_client_room(struct cluster_client *k, const struct st_client_spec *spec);
/* For cluster_client_update. NULL: no memory. */

void cluster_client_update(struct cluster_client *k, const struct st_client_spec *spec, void *room);
/* Other rates, timeouts and repetitions, from now on. */

void cluster_undo_client(struct cluster *c, const struct st_client_spec *spec);
void cluster_clients_fini(struct cluster *c);

uint64_t cluster_client_unit(const struct cluster_client *k);
/* Of its counters: what one request counts. */

uint64_t cluster_client_served(struct cluster_client *k, uint64_t pod);
/* How many requests that pod has answered so far, in units. From the first question on they are
 * counted. */

#endif
