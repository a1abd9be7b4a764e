/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxies.h - the proxies of nodes, which go by EndpointSlices some time after they were written.
 *
 * 1. Nodes whose proxies are equally fast share one here: it goes by the same slices at the same
 *    instants. The first one stands for all nodes and for the clients outside of them; others are
 *    there for those that the knob proxy_ms names.
 * 2. When a change is seen, when a sync starts and when its rules are there says rule_chain.h, by
 *    the knobs proxy_watch_ms, proxy_min_sync_ms and proxy_program_ms. Without delays a change is
 *    there in the control pass in which its slice is written.
 * 3. What has been programmed is told as `backends` of its Services: how many endpoints a
 *    connection from inside is given to choose from. If there are Node objects there is a line for
 *    each, whose message is the node's name. Beyond CLUSTER_TOLD_NODES of them one line stands for
 *    all, and nodes do not differ in it.
 */
#ifndef CLUSTER_PROXIES_H
#define CLUSTER_PROXIES_H

#include "engine/cluster/endpoint.h"
#include "engine/cluster/rule_chain.h"

enum { CLUSTER_TOLD_NODES = 64 };

int cluster_proxies_begin(struct cluster *c);
/* There is a Service: proxies are needed. -RX_ENOMEM. */

void cluster_proxies_fini(struct cluster *c);

int cluster_proxies_take(struct cluster *c, struct cluster_endpoint *e, uint8_t bits);
/* A slice has been written: the endpoint is this now. -RX_ENOMEM: no proxy has heard of it. */

void cluster_proxies_forget(struct cluster *c, struct cluster_service *s);
/* The Service goes, and its endpoints with it. */

int cluster_proxy_slow(struct cluster *c, const char *node, rx_ms program);
/* The knob proxy_ms: this node's rules take as long as that. The name must live as long as the
 * engine. -RX_ELIMIT: too many different times; -RX_ENOMEM. */

const char *cluster_slow_stranger(const struct cluster *c);
/* A node that the knob names and that is not there, although there are Services; NULL: none. */

enum cluster_list cluster_list_of(const struct cluster_service *s, enum cluster_traffic traffic);

#endif
