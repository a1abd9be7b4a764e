/* SPDX-License-Identifier: Apache-2.0 */
/* test_http.c - the httpGet carrier: what it asks, what it makes of answers, and deadlines. */
#define UNDER_TEST(name) name##_in_test_http
#include "tests/unit/test_http_kit.h"

/* ---- the request ----------------------------------------------------------------------------- */

Test(http, asks_as_a_kubelet_asks)
{
    world_open();
    PROBE(POD_SUCCESS, "", .bytes = OK "Content-Length: 2\r\n\r\nok");
    cr_expect_str_eq(w.conn[0].request, "GET /healthz HTTP/1.1\r\nHost: 10.0.0.5:8080\r\n"
                                        "User-Agent: kube-probe/1.36\r\nAccept: */*\r\n"
                                        "Connection: close\r\n\r\n");
    cr_expect_eq(w.done_at, 0);
    world_close();
}

Test(http, asks_with_headers_and_a_query)
{
    static const struct rx_pair headers[] = {{"Host", "example.com"}, {"X-A", "1"}, {"X-A", "2"}};

    world_open();
    w.h.header = headers;
    w.h.header_count = 3;
    w.h.path = "live?deep=1";
    PROBE(POD_SUCCESS, "", .bytes = OK "Content-Length: 0\r\n\r\n");
    cr_expect_str_eq(w.conn[0].request, "GET /live?deep=1 HTTP/1.1\r\nHost: example.com\r\n"
                                        "User-Agent: kube-probe/1.36\r\nX-A: 1\r\nX-A: 2\r\n"
                                        "Accept: */*\r\nConnection: close\r\n\r\n");
    world_close();
}

Test(http, socket_policies_are_those_of_the_registration)
{
    world_open();
    start();
    cr_expect_eq(w.a.op.flags, 0);
    run(10);
    w.options.op_flags = RX_OP_RST_CLOSE;
    start();
    cr_expect_eq(w.a.op.flags, RX_OP_RST_CLOSE);
    run(20);
    world_close();
}

/* ---- verdicts -------------------------------------------------------------------------------- */

Test(http, statuses)
{
    static const struct {
        int status;
        enum pod_outcome outcome;
        const char *text;
    } rows[] = {
        {200, POD_SUCCESS, ""},
        {204, POD_SUCCESS, ""},
        {299, POD_SUCCESS, ""},
        {300, POD_WARNING, "Probe terminated redirects, Response body: b"},
        {302, POD_WARNING, "Probe terminated redirects, Response body: b"},
        {304, POD_WARNING, "Probe terminated redirects, Response body: "},
        {399, POD_WARNING, "Probe terminated redirects, Response body: b"},
        {400, POD_FAILURE, "HTTP probe failed with statuscode: 400"},
        {404, POD_FAILURE, "HTTP probe failed with statuscode: 404"},
        {500, POD_FAILURE, "HTTP probe failed with statuscode: 500"},
        {999, POD_FAILURE, "HTTP probe failed with statuscode: 999"},
        {101, POD_FAILURE, "HTTP probe failed with statuscode: 101"},
        {199, POD_FAILURE,
         "Get \"" URL "\": net/http: HTTP/1.x transport connection broken: "
         "unexpected EOF"},
    };

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        char reply[128];
        bool body = rows[i].status >= 200 && rows[i].status != 204 && rows[i].status != 304;

        snprintf(reply, sizeof(reply), "HTTP/1.1 %d X\r\n%s", rows[i].status,
                 body ? "Content-Length: 1\r\n\r\nb" : "\r\n");
        PROBE(rows[i].outcome, rows[i].text, .bytes = reply);
        PROBE(rows[i].outcome, rows[i].text, .bytes = reply, .piece = 1);
    }
    world_close();
}

Test(http, bodies)
{
    static char big[60000];
    size_t n = (size_t)sprintf(big, OK "Content-Length: 51200\r\n\r\n");

    world_open();
    memset(big + n, 'b', 51200);
    PROBE(POD_SUCCESS, "", .bytes = big, .piece = 1000);
    cr_expect_lt(w.conn[0].at, 51200, "read no further than it needed");
    PROBE(POD_SUCCESS, "", .bytes = OK "\r\nuntil the end", .piece = 3);
    PROBE(POD_SUCCESS, "",
          .bytes = OK "Transfer-Encoding: chunked\r\n\r\n"
                      "3\r\nabc\r\n0\r\n\r\n",
          .piece = 1, .ending = HOLDS);
    PROBE(POD_SUCCESS, "", .bytes = "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 0\r\n\r\n",
          .ending = HOLDS);
    /* A body that is longer than what a kubelet reads is cut, also in the middle of nonsense. */
    strcpy(big, OK "Transfer-Encoding: chunked\r\n\r\n2800\r\n");
    n = strlen(big);
    memset(big + n, 'b', 0x2800);
    strcpy(big + n + 0x2800, "this is no chunk end");
    PROBE(POD_SUCCESS, "", .bytes = big);
    world_close();
}

Test(http, a_body_that_fails_is_an_error_and_no_verdict)
{
    static const struct {
        const char *bytes;
        enum ending ending;
        const char *text;
    } rows[] = {
        {OK "Content-Length: 5\r\n\r\nhell", CLOSES, "unexpected EOF"},
        {"HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\n", CLOSES, "unexpected EOF"},
        {OK "Content-Length: 5\r\n\r\nhell", RESETS,
         "read tcp 10.0.0.5:8080: read: connection reset by peer"},
        {OK "Transfer-Encoding: chunked\r\n\r\nx\r\n", HOLDS, "invalid byte in chunk length"},
        {OK "Content-Length: 5\r\n\r\nhell", HOLDS,
         "context deadline exceeded (Client.Timeout or context cancellation while reading body)"},
    };

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct script s = {.bytes = rows[i].bytes, .ending = rows[i].ending};

        w.a.any_status = false;
        probe_once(s, POD_ERROR, rows[i].text);
        cr_expect(w.a.error_is_failure);
        /* A hook has had its answer. */
        w.a.any_status = true;
        probe_once(s, POD_SUCCESS, "");
    }
    world_close();
}

Test(http, hooks_take_any_status)
{
    world_open();
    w.a.any_status = true;
    w.a.timeout = RX_NS_NEVER;
    PROBE(POD_SUCCESS, "", .bytes = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
    PROBE(POD_SUCCESS, "", .bytes = "HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n");
    PROBE(POD_FAILURE,
          "Get \"" URL "\": net/http: HTTP/1.x transport connection broken: "
          "malformed HTTP response \"rubbish\"",
          .bytes = "rubbish\r\n");
    world_close();
}

#define BROKEN "Get \"" URL "\": net/http: HTTP/1.x transport connection broken: "

Test(http, what_is_no_answer_is_a_failure)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum ending ending;
        const char *text;
    } rows[] = {
        {"", 0, CLOSES, "Get \"" URL "\": EOF"},
        {"", 0, RESETS, "Get \"" URL "\": read tcp 10.0.0.5:8080: read: connection reset by peer"},
        {"HTTP/1.1 200", 0, CLOSES, BROKEN "unexpected EOF"},
        {OK "Content-Le", 0, CLOSES, BROKEN "unexpected EOF"},
        {OK "Content-Le", 0, RESETS,
         BROKEN "read tcp 10.0.0.5:8080: read: connection reset by peer"},
        {"\x16\x03 hello\r\n", 0, CLOSES, BROKEN "malformed HTTP response \"\\x16\\x03 hello\""},
        {OK "a\0b: c\r\n\r\n", 26, CLOSES, BROKEN "malformed MIME header line: a\\x00b: c"},
        {OK "Content-Length: -1\r\n\r\n", 0, CLOSES, BROKEN "bad Content-Length \"-1\""},
        {"", 0, HOLDS, TIMED_OUT(URL)},
        {OK "Content-Length: 0\r\n", 0, HOLDS, TIMED_OUT(URL)},
    };

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct script s = {.bytes = rows[i].bytes, .size = rows[i].size, .ending = rows[i].ending};

        probe_once(s, POD_FAILURE, rows[i].text);
        if (rows[i].ending != RESETS) { /* a reset may overtake what was sent in pieces before */
            s.piece = 1;
            probe_once(s, POD_FAILURE, rows[i].text);
        }
    }
    world_close();
}

Test(http, a_refused_connection)
{
    world_open();
    start();
    run(10000);
    expect(POD_FAILURE, "Get \"" URL "\": dial tcp 10.0.0.5:8080: connect: connection refused");
    cr_expect_eq(w.done_at, 0);
    world_close();
}

/* ---- deadlines ------------------------------------------------------------------------------- */

Test(http, the_deadline_counts_from_the_start_to_the_millisecond)
{
    world_open();
    run(123);
    w.a.timeout = 2 * RX_NS_PER_S;
    serve(&(struct script){.bytes = "", .ending = HOLDS}, 1);
    start();
    run(2122);
    cr_expect_eq(w.done, 0);
    run(10000);
    cr_expect_eq(w.done_at, 2123);
    cr_expect_eq(w.freed_at, 2123);
    world_close();
}

Test(http, a_connect_that_hangs)
{
    world_open_with((struct rx_sim_options){.fault_drop_ppm = 1000000});
    start();
    run(10000);
    expect(POD_FAILURE, TIMED_OUT(URL));
    cr_expect_eq(w.done_at, 1000);
    world_close();
}

Test(http, a_slow_answer_that_is_in_time)
{
    world_open_with((struct rx_sim_options){.latency_min = 200 * RX_NS_PER_MS,
                                            .latency_max = 200 * RX_NS_PER_MS});
    PROBE(POD_SUCCESS, "", .bytes = OK "Content-Length: 0\r\n\r\n", .ending = HOLDS);
    cr_expect_eq(w.done_at, 800);
    world_close();
}

Test(http, cancelled_at_any_time)
{
    static const struct script s = {.bytes = OK "Content-Length: 5\r\n\r\nhello", .piece = 4};

    for (rx_ms at = 0; at < 60; at++) {
        world_open_with((struct rx_sim_options){.latency_min = 5 * RX_NS_PER_MS,
                                                .latency_max = 5 * RX_NS_PER_MS});
        serve(&s, 1);
        start();
        run(at);
        if (w.done == 0) {
            w.a.carrier->cancel(&w.a);
            run(5000);
            cr_expect_eq(w.done, 0, "cancelled at %ld", (long)at);
        }
        cr_expect_eq(w.freed, 1, "cancelled at %ld", (long)at);
        world_close();
    }
}

/* An attempt that ran into its deadline is let go by the worker; a cancel then changes nothing. */
Test(http, expired_and_then_cancelled)
{
    world_open();
    serve(&(struct script){.bytes = "", .ending = HOLDS}, 1);
    start();
    while (w.done == 0)
        cr_assert_eq(rx_loop_turn(&w.loop, 10000), 1);
    cr_expect(w.in_flight, "its operation goes on until it is cancelled");
    w.a.carrier->cancel(&w.a);
    w.a.carrier->expire(&w.a);
    run(20000);
    cr_expect_eq(w.done, 1);
    cr_expect_eq(w.freed, 1);
    world_close();
}

/* ---- what cannot be asked -------------------------------------------------------------------- */

static void unasked(enum pod_outcome outcome, const char *text)
{
    rx_ms now = rx_loop_now(&w.loop);

    start();
    cr_expect_eq(w.a.op.state, RX_OP_DEAD, "nothing was started");
    run(now);
    expect(outcome, text);
    cr_expect_eq(w.done_at, now, "in the same instant");
    cr_expect_not(w.a.error_is_failure);
}

Test(http, hosts)
{
    world_open();
    w.h.host = "example.com";
    unasked(POD_FAILURE, "Get \"http://example.com:8080/healthz\": dial tcp: lookup example.com: "
                         "no such host");
    w.h.host = "2001:db8::1";
    unasked(POD_FAILURE, "Get \"http://[2001:db8::1]:8080/healthz\": dial tcp: lookup 2001:db8::1: "
                         "no such host");
    w.h.host = "";
    start();
    cr_expect_eq(w.a.op.to.ip, IP);
    run(10);
    w.h.host = "localhost";
    start();
    run(10);
    expect(POD_FAILURE, "Get \"http://localhost:8080/healthz\": dial tcp 10.0.0.5:8080: connect: "
                        "connection refused");
    w.h.host = "127.9.9.9";
    start();
    run(10);
    expect(POD_FAILURE, "Get \"http://127.9.9.9:8080/healthz\": dial tcp 127.9.9.9:8080: connect: "
                        "connection refused");
    world_close();
}

/* The URL and the Host header stay as written; only the connection goes to the pod. */
Test(http, loopback_is_the_pod_itself)
{
    static const char *const host[] = {"localhost", "127.0.0.1", "::1"};
    static const char *const authority[] = {"localhost:8080", "127.0.0.1:8080", "[::1]:8080"};

    for (size_t i = 0; i < RX_ARRAY_LEN(host); i++) {
        char want[64];

        world_open();
        w.h.host = host[i];
        PROBE(POD_SUCCESS, "", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        cr_expect_eq(w.a.op.to.ip, IP);
        snprintf(want, sizeof(want), "\r\nHost: %s\r\n", authority[i]);
        cr_expect_not_null(strstr(w.conn[0].request, want), "%s", w.conn[0].request);
        world_close();
    }
}

Test(http, nothing_outside_the_simulation_is_dialled)
{
    static const char *const host[] = {"10.1.2.3", "192.168.0.1", "128.0.0.1", "126.255.255.255",
                                       "0.0.0.0", "255.255.255.255"};

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(host); i++) {
        char text[160];

        w.h.host = host[i];
        snprintf(text, sizeof(text),
                 "Get \"http://%s:8080/healthz\": dial tcp %s:8080: connect: no route to host",
                 host[i], host[i]);
        unasked(POD_FAILURE, text);
    }
    world_close();
}

Test(http, ports_and_schemes)
{
    world_open();
    w.h.port = 0;
    w.h.port_text = "web";
    unasked(POD_ERROR, "strconv.Atoi: parsing \"web\": invalid syntax");
    w.h.port_text = "70000";
    unasked(POD_ERROR, "invalid port number: 70000");
    world_close();
}

Test(http, headers_that_cannot_be_sent)
{
    static const struct rx_pair bad[] = {{"X-A", "a\nb"}}, host[] = {{"Host", "a\001"}};

    world_open();
    w.h.header_count = 1;
    w.h.header = bad;
    unasked(POD_FAILURE, "Get \"" URL "\": net/http: invalid header field value for \"X-A\"");
    w.h.header = host;
    unasked(POD_FAILURE, "Get \"" URL "\": http: invalid Host header");
    world_close();
}

Test(http, limits_of_the_buffer)
{
    static char path[POD_ATTEMPT_BUFFER], value[POD_ATTEMPT_BUFFER];
    struct rx_pair header = {"Authorization", value};
    bool fits = true;

    world_open();
    path[0] = '/';
    memset(path + 1, 'p', POD_HTTP_URL_MAX);
    w.h.path = path;
    unasked(POD_ERROR, "the URL of the probe is longer than 1024 bytes");
    path[POD_HTTP_URL_MAX - 20] = '\0';
    w.h.header = &header;
    w.h.header_count = 1;
    /* Up to the last byte that fits, every request is sent whole; beyond, none is. */
    for (size_t n = 1300; n < 2300 && fits; n++) {
        struct script s = FINE;

        memset(value, 'v', n);
        serve(&s, 1);
        start();
        run(rx_loop_now(&w.loop) + 1);
        fits = w.outcome == POD_SUCCESS;
        cr_expect_eq(w.freed, 1);
        if (fits)
            cr_expect_gt(w.conn[0].request_len, POD_HTTP_URL_MAX - 20 + n);
        else
            expect(POD_ERROR, "the request of the probe is longer than 3584 bytes");
        unserve();
        run(rx_loop_now(&w.loop) + 1);
    }
    cr_expect_not(fits);
    world_close();
}
