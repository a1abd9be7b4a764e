/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_http_probe.h - what a kubelet makes of an HTTP probe, pure: the facts of a request in, the
 * verdict and its sentence out.
 *
 * Whoever makes such runs (over a wire, by asking the Behavior, or not at all, where a probe is
 * parked) has its limits, its verdicts and its words from here, so that the same facts never have
 * two outcomes.
 */
#ifndef POD_RULE_HTTP_PROBE_H
#define POD_RULE_HTTP_PROBE_H

#include "engine/pod/rule_probe.h"
#include "engine/pod/rule_words.h"

enum {
    POD_HTTP_URL_MAX = 1024, /* bytes of any URL; a manifest that asks for more is refused */
    POD_HTTP_REDIRECTS_MAX = 10,
    POD_HTTP_LOCATION_MAX = 512, /* of the Location of a simulated target: the parsers have room for
                                  * it */
    POD_HTTP_SHOWN_MAX = 1024, /* bytes of a body in a ProbeWarning; a kubelet shows ten times as
                                * many */
    POD_HTTP_REQUEST_MAX = 3584, /* bytes of URL and request */
    POD_HTTP_MESSAGE_MAX = 3072,
};

/* What a parser says of POD_GARBAGE_LINE. */
#define POD_HTTP_GARBAGE_SAID "malformed HTTP response \"\\x16\\x03\\x01 this is not HTTP\""

/* How a request came out, or why none was made. */
enum pod_http_how {
    POD_HTTP_ANSWERED,
    POD_HTTP_NO_PORT,
    POD_HTTP_LONG_URL,
    POD_HTTP_LONG_REQUEST,
    POD_HTTP_BAD_SCHEME,
    POD_HTTP_BAD_PORT,
    POD_HTTP_NO_HOST,
    POD_HTTP_BAD_HOST,
    POD_HTTP_BAD_HEADER,
    POD_HTTP_IO,      /* an operation has failed */
    POD_HTTP_GARBLED, /* what came is not HTTP, or not all of it */
    POD_HTTP_SILENT,  /* until the deadline */
    POD_HTTP_BAD_LOCATION,
    POD_HTTP_TOO_MANY, /* redirects */
    POD_HTTP_HOWS
};

struct pod_http_end {
    uint8_t how;     /* enum pod_http_how */
    uint8_t stage;   /* IO: enum rx_op_stage */
    bool in_head;    /* IO, GARBLED: after the first bytes of an answer, which is therefore
                      * broken, */
    bool in_body;    /* or (SILENT, too) after its head */
    uint16_t status; /* ANSWERED */
    int error;       /* IO: a positive errno */
    struct rx_addr to;
    const char *said; /* ANSWERED: the body, GARBLED: what is wrong, BAD_HEADER: its name, */
    uint32_t said_len; /* BAD_LOCATION, TOO_MANY: the Location, NO_HOST: the name */
    const char *fault; /* BAD_LOCATION: what is wrong with it */
};

struct pod_http_asked {
    const char *url; /* of the request that came out so */
    uint32_t url_len;
    bool any_status;       /* every status is a success: a hook's request */
    const char *port_text; /* NO_PORT: as the manifest has it */
};

struct pod_http_verdict {
    enum pod_outcome outcome;
    bool error_is_failure; /* of an ERROR: its event says "failure state" */
};

static inline bool pod_http_succeeds(uint16_t status)
{
    return status / 100 == 2;
}

struct pod_http_verdict pod_http_judge(const struct pod_http_end *e,
                                       const struct pod_http_asked *asked, struct rx_fit *t);
/* The verdict, and its sentence in t. */

enum pod_http_next { POD_HTTP_STAYS, POD_HTTP_FOLLOWS, POD_HTTP_ENDS };

static inline bool pod_http_is_redirect(uint16_t status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* A response whose status is a redirect and that has a Location. */
struct pod_http_hop {
    bool readable;  /* the Location can be resolved, */
    bool whole;     /* and the URL that it leads to fits; */
    bool same_host; /* which is on the host that was asked */
    uint32_t redirects; /* before this one */
};

enum pod_http_next pod_http_follow(struct pod_http_hop hop, uint8_t *how);
/* STAYS: the response is the answer. FOLLOWS: the URL is asked next. ENDS: the run is over, by
 * *how. */

#endif
