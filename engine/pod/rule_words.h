/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_words.h - how Go's libraries, of which a kubelet's messages are made, spell what goes wrong
 * on the way to a target. People grep for these words.
 */
#ifndef POD_RULE_WORDS_H
#define POD_RULE_WORDS_H

#include "engine/reactor/op.h"
#include "engine/reactor/fit.h"

void pod_text_addr(struct rx_fit *t, struct rx_addr a); /* 10.0.0.5:8080 */

void pod_text_quote(struct rx_fit *t, const char *bytes, size_t n);
/* In double quotes; control bytes, quotes and what is not UTF-8 are escaped as Go's %q does. */

void pod_text_escape(struct rx_fit *t, const char *bytes, size_t n);
/* As quote, but without the quotes around it. */

void pod_text_errno(struct rx_fit *t, int error);
/* A positive errno in Go's words. */

void pod_text_io_error(struct rx_fit *t, struct rx_addr peer, uint8_t stage, int error);
/* "dial tcp 10.0.0.5:80: connect: connection refused", "read tcp 10.0.0.5:80: read: connection
 * reset by peer". stage: enum rx_op_stage; error: a positive errno. Go also names the local address
 * ("read tcp L->R"); it is an ephemeral port, different in each run, and is left out. */

bool pod_own_shortage(int error);
/* A positive errno that tells of this machine (descriptors, ports, memory) and nothing of the
 * target: no verdict on that. */

void pod_text_no_host(struct rx_fit *t, const char *host, size_t n);
/* "dial tcp: lookup NAME: no such host". */

void pod_text_no_port(struct rx_fit *t, const char *written);
/* Why a port could not be resolved, from what the manifest says: a name that the container does not
 * declare, or a number outside 1..65535. */

#endif
