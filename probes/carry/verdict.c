/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.c - see verdict.h. */
#include "probes/carry/verdict.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/limit.h"
#include "probes/wire/http1.h"

/* ---- verdicts -------------------------------------------------------------------------------- */

/* What is said of each, and whether `Get "URL": ` stands before it as before every complaint of Go's
 * client. */
static const struct {
    const char *text;
    bool get;
} sentence[PROBE_HTTP_HOWS] = {
    [PROBE_HTTP_LONG_URL] = {"the URL of the probe is longer than 1024 bytes", false},
    [PROBE_HTTP_LONG_REQUEST] = {"the request of the probe is longer than 3584 bytes", false},
    [PROBE_HTTP_BAD_SCHEME] = {"unsupported protocol scheme ", true},
    [PROBE_HTTP_BAD_PORT] = {"dial tcp: address ", true},
    [PROBE_HTTP_NO_HOST] = {"", true},
    [PROBE_HTTP_BAD_HOST] = {"http: invalid Host header", true},
    [PROBE_HTTP_BAD_HEADER] = {"net/http: invalid header field value for ", true},
    [PROBE_HTTP_IO] = {"", true},
    [PROBE_HTTP_GARBLED] = {"", true},
    [PROBE_HTTP_SILENT] = {"context deadline exceeded (Client.Timeout exceeded while awaiting headers)", true},
    [PROBE_HTTP_BAD_LOCATION] = {"failed to parse Location header ", true},
    [PROBE_HTTP_TOO_MANY] = {"stopped after 10 redirects", true},
};

_Static_assert(PROBE_HTTP_URL_MAX == 1024 && POD_REDIRECTS_MAX == 10, "the sentences say so");

static const char broken[] = "net/http: HTTP/1.x transport connection broken: ";

static struct probe_http_verdict answered(const struct probe_http_end *e, bool any_status,
                                          struct probe_text *t)
{
    if (any_status || e->status / 100 == 2)
        return (struct probe_http_verdict){POD_SUCCESS, false};
    if (e->status / 100 == 3) {
        probe_text_str(t, "Probe terminated redirects, Response body: ");
        probe_text_add(t, e->said, RX_MIN(e->said_len, (uint32_t)PROBE_HTTP_SHOWN_MAX));
        return (struct probe_http_verdict){POD_WARNING, false};
    }
    probe_text_str(t, "HTTP probe failed with statuscode: ");
    probe_text_uint(t, e->status);
    return (struct probe_http_verdict){POD_FAILURE, false};
}

/* After its head, what goes wrong with a response is no verdict on the target: the run is an error, to be
 * repeated. A hook has its answer already. */
static struct probe_http_verdict body_lost(const struct probe_http_end *e, bool any_status,
                                           struct probe_text *t)
{
    if (any_status)
        return (struct probe_http_verdict){POD_SUCCESS, false};
    if (e->how == PROBE_HTTP_IO)
        probe_text_io_error(t, e->to, e->stage, e->error);
    else if (e->how == PROBE_HTTP_GARBLED)
        probe_text_add(t, e->said, e->said_len);
    else
        probe_text_str(t, "context deadline exceeded "
                          "(Client.Timeout or context cancellation while reading body)");
    return (struct probe_http_verdict){POD_ERROR, true};
}

/* What stands behind the sentence. */
static void detail(const struct probe_http_end *e, const char *url, uint32_t url_len,
                   struct probe_text *t)
{
    switch ((enum probe_http_how)e->how) {
    case PROBE_HTTP_BAD_SCHEME:
        probe_text_quote(t, url, (uint32_t)((const char *)memchr(url, ':', url_len) - url));
        break;
    case PROBE_HTTP_BAD_PORT:
        probe_text_add(t, e->said, e->said_len);
        probe_text_str(t, ": invalid port");
        break;
    case PROBE_HTTP_NO_HOST:
        probe_text_no_host(t, e->said, e->said_len);
        break;
    case PROBE_HTTP_BAD_HEADER:
        probe_text_quote(t, e->said, e->said_len);
        break;
    case PROBE_HTTP_IO:
        if (e->in_head)
            probe_text_str(t, broken);
        probe_text_io_error(t, e->to, e->stage, e->error);
        break;
    case PROBE_HTTP_GARBLED:
        if (e->in_head)
            probe_text_str(t, broken);
        probe_text_add(t, e->said, e->said_len);
        break;
    case PROBE_HTTP_BAD_LOCATION:
        probe_text_quote(t, e->said, e->said_len);
        probe_text_str(t, ": parse ");
        probe_text_quote(t, e->said, e->said_len);
        probe_text_str(t, ": ");
        probe_text_str(t, probe_url_fault_text((enum probe_url_fault)e->fault));
        break;
    default:
        break;
    }
}

struct probe_http_verdict probe_http_judge(const struct probe_http_end *e, const struct pod_attempt *a,
                                           const char *url, uint32_t url_len, struct probe_text *t)
{
    bool ours = e->how == PROBE_HTTP_NO_PORT || e->how == PROBE_HTTP_LONG_URL ||
                e->how == PROBE_HTTP_LONG_REQUEST ||
                (e->how == PROBE_HTTP_IO && probe_own_shortage(e->error));

    if (e->how == PROBE_HTTP_ANSWERED)
        return answered(e, a->any_status, t);
    if (e->in_body)
        return body_lost(e, a->any_status, t);
    if (e->how == PROBE_HTTP_NO_PORT) {
        probe_text_no_port(t, a->handler->port_text);
        return (struct probe_http_verdict){POD_ERROR, false};
    }
    if (sentence[e->how].get) {
        /* The client names the Location that it did not follow. */
        bool location = e->how == PROBE_HTTP_TOO_MANY;

        probe_text_str(t, "Get ");
        probe_text_quote(t, location ? e->said : url, location ? e->said_len : url_len);
        probe_text_str(t, ": ");
    }
    probe_text_str(t, sentence[e->how].text);
    detail(e, url, url_len, t);
    /* A limit of ours is not the target's fault: never a verdict. */
    return (struct probe_http_verdict){ours ? POD_ERROR : POD_FAILURE, false};
}

/* ---- targets --------------------------------------------------------------------------------- */

bool probe_http_first_url(const struct pod_handler_spec *h, uint32_t ip, struct probe_text *t)
{
    probe_text_str(t, h->https ? "https://" : "http://");
    if (h->host == NULL || h->host[0] == '\0')
        probe_text_addr(t, (struct rx_addr){.ip = ip, .port = h->port});
    else
        probe_text_host_port(t, h->host, strlen(h->host), h->port);
    probe_url_target(t, h->path);
    return !t->cut;
}

bool probe_http_fits(const struct pod_handler_spec *h, bool *url_fits)
{
    char url[PROBE_HTTP_URL_MAX], room[PROBE_HTTP_REQUEST_MAX];
    struct probe_text t = {.at = url, .room = sizeof(url)};
    struct probe_http1_ask ask = {
        .user_agent = "kube-lifecycle/1.36",
        .header = h->header,
        .header_count = h->header_count,
    };
    const struct rx_pair *bad;
    struct probe_url u;

    *url_fits = probe_http_first_url(h, UINT32_MAX, &t); /* the longest address */
    if (!*url_fits)
        return false;
    probe_url_split(t.at, t.len, &u);
    ask.target = t.at + u.target_at;
    ask.target_len = t.len - u.target_at;
    ask.host = t.at + u.authority_at;
    ask.host_len = u.authority_len;
    return probe_http1_render_request(room, PROBE_HTTP_REQUEST_MAX - t.len, &ask, &bad) !=
           PROBE_HTTP1_TOO_LONG;
}

bool probe_http_aim(const char *url, uint32_t url_len, uint32_t own, struct probe_url *u,
                    struct probe_http_end *e)
{
    enum probe_aim aim;

    probe_url_split(url, url_len, u);
    e->to.port = (uint16_t)u->port;
    if (!u->known) {
        e->how = PROBE_HTTP_BAD_SCHEME;
        return false;
    }
    if (u->port > 65535) {
        /* The number, as it is written at the end of the authority. */
        const char *end = url + u->authority_at + u->authority_len, *at = end;

        while (at > url && probe_is_digit(at[-1]))
            at--;
        e->how = PROBE_HTTP_BAD_PORT;
        e->said = at;
        e->said_len = (uint32_t)(end - at);
        return false;
    }
    aim = probe_host_aim(url + u->host_at, u->host_len, own, &e->to.ip);
    if (aim == PROBE_AIM_OK)
        return true;
    e->how = aim == PROBE_AIM_NO_ROUTE ? PROBE_HTTP_IO : PROBE_HTTP_NO_HOST;
    e->stage = RX_STAGE_CONNECT;
    e->error = EHOSTUNREACH;
    e->said = url + u->host_at;
    e->said_len = u->host_len;
    return false;
}

bool probe_http_refused(int32_t rendered, const struct rx_pair *bad, struct probe_http_end *e)
{
    if (rendered >= 0)
        return false;
    e->how = rendered == PROBE_HTTP1_TOO_LONG   ? PROBE_HTTP_LONG_REQUEST
             : rendered == PROBE_HTTP1_BAD_HOST ? PROBE_HTTP_BAD_HOST
                                                : PROBE_HTTP_BAD_HEADER;
    e->said = bad != NULL ? bad->key : "";
    e->said_len = (uint32_t)strlen(e->said);
    return true;
}

/* ---- redirects ------------------------------------------------------------------------------- */

static bool is_redirect(uint16_t status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static bool same_host(const char *a, uint32_t a_len, const char *b, uint32_t b_len)
{
    struct probe_url u, v;

    probe_url_split(a, a_len, &u);
    probe_url_split(b, b_len, &v);
    return u.host_len == v.host_len && memcmp(a + u.host_at, b + v.host_at, u.host_len) == 0;
}

enum probe_http_next probe_http_redirect(const char *url, uint32_t url_len, uint16_t status,
                                         const char *location, uint32_t length, bool cut,
                                         uint32_t redirects, struct probe_text *next,
                                         struct probe_http_end *e)
{
    enum probe_url_fault fault;

    if (!is_redirect(status) || location == NULL || length == 0)
        return PROBE_HTTP_STAYS;
    fault = probe_url_resolve(next, url, url_len, location, length);
    if (fault == PROBE_URL_OK && cut)
        fault = PROBE_URL_TOO_LONG;
    e->how = PROBE_HTTP_BAD_LOCATION;
    e->fault = (uint8_t)fault;
    e->said = location;
    e->said_len = length;
    if (fault != PROBE_URL_OK && fault != PROBE_URL_TOO_LONG)
        return PROBE_HTTP_ENDS;
    /* To another host it is not followed; then the response itself is the answer. */
    if (!same_host(url, url_len, next->at, next->len))
        return PROBE_HTTP_STAYS;
    if (redirects + 1 >= POD_REDIRECTS_MAX) {
        e->how = PROBE_HTTP_TOO_MANY;
        return PROBE_HTTP_ENDS;
    }
    return fault == PROBE_URL_OK ? PROBE_HTTP_FOLLOWS : PROBE_HTTP_ENDS;
}
