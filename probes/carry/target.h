/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h - where an HTTP probe is aimed, hop by hop: URLs to facts. What follows from those is in
 * engine/pod/rule_http_probe.h. http.c makes such runs over a wire, script.c by asking the
 * Behavior.
 */
#ifndef PROBE_TARGET_H
#define PROBE_TARGET_H

#include "engine/pod/carrier.h"
#include "engine/pod/rule_http_probe.h"
#include "probes/wire/url.h"

static inline struct pod_http_asked probe_http_asked(const struct pod_attempt *a, uint32_t url_len)
{
    return (struct pod_http_asked){
        .url = a->buffer,
        .url_len = url_len,
        .any_status = a->any_status,
        .port_text = a->handler->port_text,
    };
}
/* The URL of the request is at the front of the attempt's buffer. */

bool probe_http_first_url(const struct pod_handler_spec *h, uint32_t ip, struct rx_fit *t);
/* False: it does not fit. */

bool probe_http_fits(const struct pod_handler_spec *h, bool *url_fits);
/* Can the request be made at all, whatever the address of the pod? */

bool probe_http_aim(const char *url, uint32_t url_len, uint32_t own, struct probe_url *u,
                    struct pod_http_end *e);
/* Where it leads: e->to. False: nowhere that can be dialled, as *e says. */

bool probe_http_refused(int32_t rendered, const struct rx_pair *bad, struct pod_http_end *e);
/* What probe_http1_render_request says: could the request not be written down? */

enum pod_http_next probe_http_redirect(const char *url, uint32_t url_len, uint16_t status,
                                       const char *location, uint32_t length, bool cut,
                                       uint32_t redirects, struct rx_fit *next,
                                       struct pod_http_end *e);
/* A response with that status and Location (NULL: none; cut: only its beginning) after so many
 * redirects. STAYS: it is the answer. FOLLOWS: *next is the URL to ask. ENDS: the run is over, as
 * *e says. */

#endif
