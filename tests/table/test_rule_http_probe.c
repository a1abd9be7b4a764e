/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_http_probe.c - each end, redirect and loss of an HTTP probe, enumerated. */
#include <criterion/criterion.h>
#include <errno.h>

#include <string.h>

#include "engine/pod/rule_http_probe.h"

#define URL "http://10.0.0.5:8080/"

static enum pod_outcome outcome_of(int error, bool in_head)
{
    struct pod_http_end e = {.how = POD_HTTP_IO, .stage = RX_STAGE_CONNECT, .in_head = in_head,
                             .error = error};
    struct pod_http_asked asked = {.url = URL, .url_len = sizeof(URL) - 1};
    char text[512];
    struct rx_fit t = {.at = text, .room = sizeof(text)};

    return pod_http_judge(&e, &asked, &t).outcome;
}

/* What sockets here do not do: they never run out of anything. */
Test(rule_http_probe, a_shortage_of_ours_is_no_failure_of_the_target)
{
    static const int ours[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL};
    static const int its[] = {ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EPIPE};

    for (size_t i = 0; i < RX_ARRAY_LEN(ours); i++)
        for (int in_head = 0; in_head < 2; in_head++)
            cr_expect_eq(outcome_of(ours[i], in_head), POD_ERROR, "%d", ours[i]);
    for (size_t i = 0; i < RX_ARRAY_LEN(its); i++)
        for (int in_head = 0; in_head < 2; in_head++)
            cr_expect_eq(outcome_of(its[i], in_head), POD_FAILURE, "%d", its[i]);
}

/* Facts that have every part, of which each way to come out takes what is its own. */
static struct pod_http_end end_of(enum pod_http_how how, uint16_t status)
{
    return (struct pod_http_end){
        .how = (uint8_t)how,
        .stage = RX_STAGE_RECV,
        .status = status,
        .error = ECONNRESET,
        .to = {.ip = 10u << 24 | 5, .port = 8080},
        .said = "word",
        .said_len = 4,
        .fault = "it is odd",
    };
}

static const struct {
    enum pod_http_how how;
    uint16_t status;
    enum pod_outcome outcome;
    const char *text;
} rows[] = {
    {POD_HTTP_ANSWERED, 200, POD_SUCCESS, ""},
    {POD_HTTP_ANSWERED, 299, POD_SUCCESS, ""},
    {POD_HTTP_ANSWERED, 300, POD_WARNING, "Probe terminated redirects, Response body: word"},
    {POD_HTTP_ANSWERED, 399, POD_WARNING, "Probe terminated redirects, Response body: word"},
    {POD_HTTP_ANSWERED, 199, POD_FAILURE, "HTTP probe failed with statuscode: 199"},
    {POD_HTTP_ANSWERED, 400, POD_FAILURE, "HTTP probe failed with statuscode: 400"},
    {POD_HTTP_NO_PORT, 0, POD_ERROR, "strconv.Atoi: parsing \"web\": invalid syntax"},
    {POD_HTTP_LONG_URL, 0, POD_ERROR, "the URL of the probe is longer than 1024 bytes"},
    {POD_HTTP_LONG_REQUEST, 0, POD_ERROR, "the request of the probe is longer than 3584 bytes"},
    {POD_HTTP_BAD_SCHEME, 0, POD_FAILURE, "Get \"" URL "\": unsupported protocol scheme \"http\""},
    {POD_HTTP_BAD_PORT, 0, POD_FAILURE, "Get \"" URL "\": dial tcp: address word: invalid port"},
    {POD_HTTP_NO_HOST, 0, POD_FAILURE, "Get \"" URL "\": dial tcp: lookup word: no such host"},
    {POD_HTTP_BAD_HOST, 0, POD_FAILURE, "Get \"" URL "\": http: invalid Host header"},
    {POD_HTTP_BAD_HEADER, 0, POD_FAILURE,
     "Get \"" URL "\": net/http: invalid header field value for \"word\""},
    {POD_HTTP_IO, 0, POD_FAILURE,
     "Get \"" URL "\": read tcp 10.0.0.5:8080: read: connection reset by peer"},
    {POD_HTTP_GARBLED, 0, POD_FAILURE, "Get \"" URL "\": word"},
    {POD_HTTP_SILENT, 0, POD_FAILURE,
     "Get \"" URL "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"},
    {POD_HTTP_BAD_LOCATION, 0, POD_FAILURE,
     "Get \"" URL "\": failed to parse Location header \"word\": parse \"word\": it is odd"},
    {POD_HTTP_TOO_MANY, 0, POD_FAILURE, "Get \"word\": stopped after 10 redirects"},
};

Test(rule_http_probe, every_end_has_its_sentence)
{
    struct pod_http_asked asked = {.url = URL, .url_len = sizeof(URL) - 1, .port_text = "web"};
    bool met[POD_HTTP_HOWS] = {false};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct pod_http_end e = end_of(rows[i].how, rows[i].status);
        char text[512];
        struct rx_fit t = {.at = text, .room = sizeof(text)};
        struct pod_http_verdict v = pod_http_judge(&e, &asked, &t);

        met[rows[i].how] = true;
        cr_expect_eq(v.outcome, rows[i].outcome, "row %zu", i);
        cr_expect(!v.error_is_failure, "row %zu", i);
        cr_expect(t.len == strlen(rows[i].text) && memcmp(text, rows[i].text, t.len) == 0,
                  "row %zu: \"%.*s\"", i, (int)t.len, text);
    }
    for (int how = 0; how < POD_HTTP_HOWS; how++)
        cr_expect(met[how], "no row for %d", how);
}

/* A hook has its answer with the head, whatever the status; a probe's run is then repeated. */
Test(rule_http_probe, what_is_lost_after_the_head)
{
    static const enum pod_http_how hows[] = {POD_HTTP_IO, POD_HTTP_GARBLED, POD_HTTP_SILENT};

    for (size_t i = 0; i < 3; i++) {
        for (int hook = 0; hook < 2; hook++) {
            struct pod_http_asked asked =
                {.url = URL, .url_len = sizeof(URL) - 1, .any_status = hook};
            struct pod_http_end e = end_of(hows[i], 0);
            char text[512];
            struct rx_fit t = {.at = text, .room = sizeof(text)};
            struct pod_http_verdict v;

            e.in_body = true;
            v = pod_http_judge(&e, &asked, &t);
            cr_expect_eq(v.outcome, hook ? POD_SUCCESS : POD_ERROR);
            cr_expect_eq(v.error_is_failure, !hook);
        }
    }
}

Test(rule_http_probe, redirects)
{
    for (unsigned bits = 0; bits < 8; bits++) {
        for (uint32_t before = 0; before <= POD_HTTP_REDIRECTS_MAX; before++) {
            struct pod_http_hop hop = {bits & 1, bits >> 1 & 1, bits >> 2 & 1, before};
            enum pod_http_next is = POD_HTTP_FOLLOWS;
            uint8_t how, why = POD_HTTP_BAD_LOCATION;

            if (!hop.readable) {
                is = POD_HTTP_ENDS;
            } else if (!hop.same_host) {
                is = POD_HTTP_STAYS;
            } else if (before >= 9) { /* this would be the tenth */
                is = POD_HTTP_ENDS;
                why = POD_HTTP_TOO_MANY;
            } else if (!hop.whole) {
                is = POD_HTTP_ENDS;
            }
            cr_expect_eq(pod_http_follow(hop, &how), is, "%u after %u", bits, before);
            cr_expect(is != POD_HTTP_ENDS || how == why, "%u after %u", bits, before);
        }
    }
    for (uint16_t status = 100; status < 1000; status++)
        cr_expect_eq(pod_http_is_redirect(status), status == 301 || status == 302 ||
                     status == 303 ||
                                                       status == 307 || status == 308);
}
