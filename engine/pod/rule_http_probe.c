/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_http_probe.c - the verdict and the sentence of each end of an HTTP probe, and where a
 * redirect leads.
 */
#include "engine/pod/rule_http_probe.h"

#include <string.h>

/* ---- verdicts -------------------------------------------------------------------------------- */

/* What is said of each, and whether `Get "URL": ` stands before it as before every complaint of
 * Go's client. */
static const struct {
    const char *text;
    bool get;
} sentence[POD_HTTP_HOWS] = {
    [POD_HTTP_LONG_URL] = {"the URL of the probe is longer than 1024 bytes", false},
    [POD_HTTP_LONG_REQUEST] = {"the request of the probe is longer than 3584 bytes", false},
    [POD_HTTP_BAD_SCHEME] = {"unsupported protocol scheme ", true},
    [POD_HTTP_BAD_PORT] = {"dial tcp: address ", true},
    [POD_HTTP_NO_HOST] = {"", true},
    [POD_HTTP_BAD_HOST] = {"http: invalid Host header", true},
    [POD_HTTP_BAD_HEADER] = {"net/http: invalid header field value for ", true},
    [POD_HTTP_IO] = {"", true},
    [POD_HTTP_GARBLED] = {"", true},
    [POD_HTTP_SILENT] =
    {"context deadline exceeded (Client.Timeout exceeded while awaiting headers)", true},
    [POD_HTTP_BAD_LOCATION] = {"failed to parse Location header ", true},
    [POD_HTTP_TOO_MANY] = {"stopped after 10 redirects", true},
};

_Static_assert(POD_HTTP_URL_MAX == 1024 && POD_HTTP_REQUEST_MAX == 3584 && POD_HTTP_REDIRECTS_MAX ==
               10, "the sentences say so");

static const char broken[] = "net/http: HTTP/1.x transport connection broken: ";

static struct pod_http_verdict answered(const struct pod_http_end *e, bool any_status,
                                          struct rx_fit *t)
{
    if (any_status || pod_http_succeeds(e->status))
        return (struct pod_http_verdict){POD_SUCCESS, false};
    if (e->status / 100 == 3) {
        rx_fit_str(t, "Probe terminated redirects, Response body: ");
        rx_fit_add(t, e->said, RX_MIN(e->said_len, (uint32_t)POD_HTTP_SHOWN_MAX));
        return (struct pod_http_verdict){POD_WARNING, false};
    }
    rx_fit_str(t, "HTTP probe failed with statuscode: ");
    rx_fit_uint(t, e->status);
    return (struct pod_http_verdict){POD_FAILURE, false};
}

/* After its head, what goes wrong with a response is no verdict on the target: the run is an error,
 * to be repeated. A hook has its answer already. */
static struct pod_http_verdict body_lost(const struct pod_http_end *e, bool any_status,
                                           struct rx_fit *t)
{
    if (any_status)
        return (struct pod_http_verdict){POD_SUCCESS, false};
    if (e->how == POD_HTTP_IO)
        pod_text_io_error(t, e->to, e->stage, e->error);
    else if (e->how == POD_HTTP_GARBLED)
        rx_fit_add(t, e->said, e->said_len);
    else
        rx_fit_str(t, "context deadline exceeded "
                          "(Client.Timeout or context cancellation while reading body)");
    return (struct pod_http_verdict){POD_ERROR, true};
}

/* What stands behind the sentence. */
static void detail(const struct pod_http_end *e, const char *url, uint32_t url_len,
                   struct rx_fit *t)
{
    switch ((enum pod_http_how)e->how) {
    case POD_HTTP_BAD_SCHEME:
        pod_text_quote(t, url, (uint32_t)((const char *)memchr(url, ':', url_len) - url));
        break;
    case POD_HTTP_BAD_PORT:
        rx_fit_add(t, e->said, e->said_len);
        rx_fit_str(t, ": invalid port");
        break;
    case POD_HTTP_NO_HOST:
        pod_text_no_host(t, e->said, e->said_len);
        break;
    case POD_HTTP_BAD_HEADER:
        pod_text_quote(t, e->said, e->said_len);
        break;
    case POD_HTTP_IO:
        if (e->in_head)
            rx_fit_str(t, broken);
        pod_text_io_error(t, e->to, e->stage, e->error);
        break;
    case POD_HTTP_GARBLED:
        if (e->in_head)
            rx_fit_str(t, broken);
        rx_fit_add(t, e->said, e->said_len);
        break;
    case POD_HTTP_BAD_LOCATION:
        pod_text_quote(t, e->said, e->said_len);
        rx_fit_str(t, ": parse ");
        pod_text_quote(t, e->said, e->said_len);
        rx_fit_str(t, ": ");
        rx_fit_str(t, e->fault);
        break;
    default:
        break;
    }
}

struct pod_http_verdict pod_http_judge(const struct pod_http_end *e,
                                       const struct pod_http_asked *asked, struct rx_fit *t)
{
    bool ours = e->how == POD_HTTP_NO_PORT || e->how == POD_HTTP_LONG_URL ||
                e->how == POD_HTTP_LONG_REQUEST ||
                (e->how == POD_HTTP_IO && pod_own_shortage(e->error));

    if (e->how == POD_HTTP_ANSWERED)
        return answered(e, asked->any_status, t);
    if (e->in_body)
        return body_lost(e, asked->any_status, t);
    if (e->how == POD_HTTP_NO_PORT) {
        pod_text_no_port(t, asked->port_text);
        return (struct pod_http_verdict){POD_ERROR, false};
    }
    if (sentence[e->how].get) {
        /* The client names the Location that it did not follow. */
        bool location = e->how == POD_HTTP_TOO_MANY;

        rx_fit_str(t, "Get ");
        pod_text_quote(t, location ? e->said : asked->url, location ? e->said_len : asked->url_len);
        rx_fit_str(t, ": ");
    }
    rx_fit_str(t, sentence[e->how].text);
    detail(e, asked->url, asked->url_len, t);
    /* A limit of ours is not the target's fault: never a verdict. */
    return (struct pod_http_verdict){ours ? POD_ERROR : POD_FAILURE, false};
}

/* ---- redirects ------------------------------------------------------------------------------- */

enum pod_http_next pod_http_follow(struct pod_http_hop hop, uint8_t *how)
{
    *how = POD_HTTP_BAD_LOCATION;
    if (!hop.readable)
        return POD_HTTP_ENDS;
    /* To another host it is not followed; then the response itself is the answer. */
    if (!hop.same_host)
        return POD_HTTP_STAYS;
    if (hop.redirects + 1 >= POD_HTTP_REDIRECTS_MAX) {
        *how = POD_HTTP_TOO_MANY;
        return POD_HTTP_ENDS;
    }
    return hop.whole ? POD_HTTP_FOLLOWS : POD_HTTP_ENDS;
}
