/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - where a probe is dialled: the address and port of its host. */
#include "probes/carry/target.h"

#include <errno.h>
#include <string.h>

#include "engine/reactor/limit.h"
#include "probes/wire/http1.h"

/* ---- targets --------------------------------------------------------------------------------- */

bool probe_http_first_url(const struct pod_handler_spec *h, uint32_t ip, struct rx_fit *t)
{
    rx_fit_str(t, h->https ? "https://" : "http://");
    if (h->host == NULL || h->host[0] == '\0')
        pod_text_addr(t, (struct rx_addr){.ip = ip, .port = h->port});
    else
        probe_url_host_port(t, h->host, strlen(h->host), h->port);
    probe_url_target(t, h->path);
    return !t->cut;
}

bool probe_http_fits(const struct pod_handler_spec *h, bool *url_fits)
{
    char url[POD_HTTP_URL_MAX], room[POD_HTTP_REQUEST_MAX];
    struct rx_fit t = {.at = url, .room = sizeof(url)};
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
    return probe_http1_render_request(room, POD_HTTP_REQUEST_MAX - t.len, &ask, &bad) !=
           PROBE_HTTP1_TOO_LONG;
}

bool probe_http_aim(const char *url, uint32_t url_len, uint32_t own, struct probe_url *u,
                    struct pod_http_end *e)
{
    enum probe_aim aim;

    probe_url_split(url, url_len, u);
    e->to.port = (uint16_t)u->port;
    if (!u->known) {
        e->how = POD_HTTP_BAD_SCHEME;
        return false;
    }
    if (u->port > 65535) {
        /* The number, as it is written at the end of the authority. */
        const char *end = url + u->authority_at + u->authority_len, *at = end;

        while (at > url && probe_is_digit(at[-1]))
            at--;
        e->how = POD_HTTP_BAD_PORT;
        e->said = at;
        e->said_len = (uint32_t)(end - at);
        return false;
    }
    aim = probe_host_aim(url + u->host_at, u->host_len, own, &e->to.ip);
    if (aim == PROBE_AIM_OK)
        return true;
    e->how = aim == PROBE_AIM_NO_ROUTE ? POD_HTTP_IO : POD_HTTP_NO_HOST;
    e->stage = RX_STAGE_CONNECT;
    e->error = EHOSTUNREACH;
    e->said = url + u->host_at;
    e->said_len = u->host_len;
    return false;
}

bool probe_http_refused(int32_t rendered, const struct rx_pair *bad, struct pod_http_end *e)
{
    if (rendered >= 0)
        return false;
    e->how = rendered == PROBE_HTTP1_TOO_LONG   ? POD_HTTP_LONG_REQUEST
             : rendered == PROBE_HTTP1_BAD_HOST ? POD_HTTP_BAD_HOST
                                                : POD_HTTP_BAD_HEADER;
    e->said = bad != NULL ? bad->key : "";
    e->said_len = (uint32_t)strlen(e->said);
    return true;
}

/* ---- redirects ------------------------------------------------------------------------------- */

static bool same_host(const char *a, uint32_t a_len, const char *b, uint32_t b_len)
{
    struct probe_url u, v;

    probe_url_split(a, a_len, &u);
    probe_url_split(b, b_len, &v);
    return u.host_len == v.host_len && memcmp(a + u.host_at, b + v.host_at, u.host_len) == 0;
}

enum pod_http_next probe_http_redirect(const char *url, uint32_t url_len, uint16_t status,
                                       const char *location, uint32_t length, bool cut,
                                       uint32_t redirects, struct rx_fit *next,
                                       struct pod_http_end *e)
{
    struct pod_http_hop hop = {.redirects = redirects};
    enum probe_url_fault fault;

    if (!pod_http_is_redirect(status) || location == NULL || length == 0)
        return POD_HTTP_STAYS;
    fault = probe_url_resolve(next, url, url_len, location, length);
    if (fault == PROBE_URL_OK && cut)
        fault = PROBE_URL_TOO_LONG;
    e->fault = probe_url_fault_text(fault);
    e->said = location;
    e->said_len = length;
    hop.whole = fault == PROBE_URL_OK;
    hop.readable = hop.whole || fault == PROBE_URL_TOO_LONG;
    hop.same_host = hop.readable && same_host(url, url_len, next->at, next->len);
    return pod_http_follow(hop, &e->how);
}
