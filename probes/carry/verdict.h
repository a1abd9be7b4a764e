/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.h - what a kubelet makes of an HTTP probe: pure rules and one table of sentences.
 *
 * Two carriers make such runs: http.c over a wire, script.c by asking the Behavior. Each tells how a
 * request came out (struct probe_http_end); what follows from that, and in which words, is decided here,
 * so that the same facts never have two outcomes.
 */
#ifndef PROBE_VERDICT_H
#define PROBE_VERDICT_H

#include "engine/pod/carrier.h"
#include "probes/wire/url.h"

enum {
    PROBE_HTTP_LOCATION_MAX = 512, /* of the Location of a simulated target: the parsers have room for it */
    PROBE_HTTP_SHOWN_MAX = 1024, /* bytes of a body in a ProbeWarning; a kubelet shows ten times as many */
    PROBE_HTTP_REQUEST_MAX = 3584, /* bytes of URL and request */
    PROBE_HTTP_MESSAGE_MAX = 3072,
};

/* What a parser says of POD_GARBAGE_LINE. */
#define PROBE_HTTP_GARBAGE_SAID "malformed HTTP response \"\\x16\\x03\\x01 this is not HTTP\""

/* How a request came out, or why none was made. */
enum probe_http_how {
    PROBE_HTTP_ANSWERED,
    PROBE_HTTP_NO_PORT,
    PROBE_HTTP_LONG_URL,
    PROBE_HTTP_LONG_REQUEST,
    PROBE_HTTP_BAD_SCHEME,
    PROBE_HTTP_BAD_PORT,
    PROBE_HTTP_NO_HOST,
    PROBE_HTTP_BAD_HOST,
    PROBE_HTTP_BAD_HEADER,
    PROBE_HTTP_IO,      /* an operation has failed */
    PROBE_HTTP_GARBLED, /* what came is not HTTP, or not all of it */
    PROBE_HTTP_SILENT,  /* until the deadline */
    PROBE_HTTP_BAD_LOCATION,
    PROBE_HTTP_TOO_MANY, /* redirects */
    PROBE_HTTP_HOWS
};

struct probe_http_end {
    uint8_t how;     /* enum probe_http_how */
    uint8_t stage;   /* IO: enum rx_op_stage */
    bool in_head;    /* IO, GARBLED: after the first bytes of an answer, which is therefore broken, */
    bool in_body;    /* or (SILENT, too) after its head */
    uint8_t fault;   /* BAD_LOCATION: enum probe_url_fault */
    uint16_t status; /* ANSWERED */
    int error;       /* IO: a positive errno */
    struct rx_addr to;
    const char *said; /* ANSWERED: the body, GARBLED: what is wrong, BAD_HEADER: its name, */
    uint32_t said_len; /* BAD_LOCATION, TOO_MANY: the Location, NO_HOST: the name */
};

struct probe_http_verdict {
    enum pod_outcome outcome;
    bool error_is_failure; /* see struct pod_attempt */
};

struct probe_http_verdict probe_http_judge(const struct probe_http_end *e, const struct pod_attempt *a,
                                           const char *url, uint32_t url_len, struct probe_text *t);
/* url: of the request that came out so. */

bool probe_http_first_url(const struct pod_handler_spec *h, uint32_t ip, struct probe_text *t);
/* False: it does not fit. */

bool probe_http_fits(const struct pod_handler_spec *h, bool *url_fits);
/* Can the request be made at all, whatever the address of the pod? */

bool probe_http_aim(const char *url, uint32_t url_len, uint32_t own, struct probe_url *u,
                    struct probe_http_end *e);
/* Where it leads: e->to. False: nowhere that can be dialled, as *e says. */

bool probe_http_refused(int32_t rendered, const struct rx_pair *bad, struct probe_http_end *e);
/* What probe_http1_render_request says: could the request not be written down? */

enum probe_http_next { PROBE_HTTP_STAYS, PROBE_HTTP_FOLLOWS, PROBE_HTTP_ENDS };

enum probe_http_next probe_http_redirect(const char *url, uint32_t url_len, uint16_t status,
                                         const char *location, uint32_t length, bool cut,
                                         uint32_t redirects, struct probe_text *next,
                                         struct probe_http_end *e);
/* A response with that status and Location (NULL: none; cut: only its beginning) after so many redirects.
 * STAYS: it is the answer. FOLLOWS: *next is the URL to ask. ENDS: the run is over, as *e says. */

#endif
