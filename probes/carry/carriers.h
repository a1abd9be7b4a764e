/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carriers.h - the carriers that go over a wire, and what they are registered with.
 *
 * Each is a struct pod_carrier (engine/pod/carrier.h) without state of its own: all of a run lives
 * in its pod_attempt. carrier_ctx is a struct probe_socket_options, or NULL for the defaults. The
 * answering side is in responder.h.
 */
#ifndef PROBE_CARRIERS_H
#define PROBE_CARRIERS_H

#include "engine/pod/carrier.h"
#include "engine/reactor/list.h"

struct probe_kept;

struct probe_socket_options {
    uint8_t op_flags; /* enum rx_op_flag, for every connection of the carrier */
    struct probe_kept *kept; /* kept.h; NULL = a new connection for every run, as a kubelet does
                              * it */
};

extern const struct pod_carrier probe_http; /* httpGet, plain HTTP only: TLS is not spoken yet */
extern const struct pod_carrier probe_tcp;  /* tcpSocket */
extern const struct pod_carrier probe_exec; /* exec, in simulated time */

/* exec, as a process of this machine. Its carrier_ctx is the list of runs under way. */
extern const struct pod_carrier probe_exec_host;

struct probe_exec_runs {
    struct rx_list all;
};

void probe_exec_runs_drop(struct probe_exec_runs *runs, const struct rx_mem *mem);
/* The port is gone, and with it the processes: frees what their runs held. */

#endif
