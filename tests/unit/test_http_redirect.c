/* SPDX-License-Identifier: Apache-2.0 */
/* test_http_redirect.c - the httpGet carrier when it is sent elsewhere. */
#define UNDER_TEST(name) name##_in_test_redirect
#include "tests/unit/test_http_kit.h"

/* ---- redirects ------------------------------------------------------------------------------- */

#define TO(location) "HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"

Test(http, redirects_to_the_same_host_are_followed)
{
    static const struct rx_pair host[] = {{"Host", "example.com"}};
    static const struct script s[] = {
        {.bytes = TO("/next?a=b")},
        {.bytes = TO("http://10.0.0.5:8081/other")},
        {.bytes = TO("last"), .piece = 1},
        FINE,
    };

    world_open();
    w.h.header = host;
    w.h.header_count = 1;
    serve(s, 4);
    start();
    run(10000);
    expect(POD_SUCCESS, "");
    cr_expect_eq(w.conns, 4);
    cr_expect(begins(w.conn[1].request, "GET /next?a=b HTTP/1.1\r\nHost: example.com\r\n"));
    cr_expect_not_null(strstr(w.conn[1].request, "\r\nReferer: " URL "\r\n"));
    cr_expect(begins(w.conn[2].request, "GET /other HTTP/1.1\r\nHost: 10.0.0.5:8081\r\n"));
    cr_expect_not_null(strstr(w.conn[2].request, "\r\nReferer: http://10.0.0.5:8080/next?a=b\r\n"));
    cr_expect(begins(w.conn[3].request, "GET /last HTTP/1.1\r\nHost: 10.0.0.5:8081\r\n"));
    world_close();
}

Test(http, redirects_elsewhere_are_a_warning)
{
    static const struct script s[] = {
        {.bytes = TO("http://elsewhere:8080/")},
        {.bytes = "HTTP/1.1 308 X\r\nLocation: //127.0.0.1/\r\nContent-Length: 5\r\n\r\ngo on"},
        {.bytes = "HTTP/1.1 301 X\r\nContent-Length: 2\r\n\r\nno"},
        {.bytes = "HTTP/1.1 305 X\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = TO("mailto:me@10.0.0.5")},
        {.bytes = TO("http://10.0.0.6:8080/")},
    };
    static const char *const body[] = {"", "go on", "no", "", "", ""};

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(s); i++) {
        char text[128];

        snprintf(text, sizeof(text), "Probe terminated redirects, Response body: %s", body[i]);
        probe_once(s[i], POD_WARNING, text);
        cr_expect_eq(w.conns, 1);
    }
    world_close();
}

Test(http, a_warning_shows_the_beginning_of_the_body)
{
    static const char warning[] = "Probe terminated redirects, Response body: ";
    static char reply[12000];
    size_t n =
        (size_t)sprintf(reply, "HTTP/1.1 302 X\r\nTransfer-Encoding: chunked\r\n\r\n1770\r\n");

    world_open();
    memset(reply + n, 'w', 0x1770);
    strcpy(reply + n + 0x1770, "\r\n0\r\n\r\n");
    for (size_t piece = 0; piece < 30; piece += 7) {
        struct script s = {.bytes = reply, .piece = piece};
        size_t shown;

        serve(&s, 1);
        start();
        run(1000);
        cr_expect_eq(w.outcome, POD_WARNING);
        shown = strspn(w.text + sizeof(warning) - 1, "w");
        cr_expect_eq(strlen(w.text), sizeof(warning) - 1 + shown);
        cr_expect_eq(shown, POD_HTTP_SHOWN_MAX);
        unserve();
        run(1001);
    }
    world_close();
}

/* Which statuses with a Location are one: as in Go's client, not 300, 304, 305 or 306. */
Test(http, statuses_that_redirect)
{
    for (int status = 300; status < 310; status++) {
        bool follows = (status > 300 && status < 304) || status == 307 || status == 308;
        char reply[128];

        snprintf(reply, sizeof(reply),
                 "HTTP/1.1 %d X\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n", status);
        world_open();
        serve((struct script[]){{.bytes = reply}, FINE}, 2);
        start();
        run(10000);
        cr_expect_eq(w.conns, follows ? 2 : 1, "%d", status);
        expect(follows ? POD_SUCCESS : POD_WARNING,
               follows ? "" : "Probe terminated redirects, Response body: ");
        world_close();
    }
}

/* A chain of n redirects on one host, then 200. */
static void chain(int n)
{
    struct script s[12] = {FINE};

    for (int i = 0; i < n; i++)
        s[i] = (struct script){.bytes = TO("/hop")};
    s[n] = (struct script)FINE;
    world_open();
    serve(s, n + 1);
    start();
    run(10000);
}

Test(http, ten_redirects_are_too_many)
{
    chain(9);
    expect(POD_SUCCESS, "");
    cr_expect_eq(w.conns, 10);
    world_close();
    chain(10);
    expect(POD_FAILURE, "Get \"/hop\": stopped after 10 redirects");
    cr_expect_eq(w.conns, 10);
    world_close();
}

Test(http, one_deadline_for_all_hops)
{
    static const struct script s[] = {{.bytes = TO("/a")}, {.bytes = "", .ending = HOLDS}};

    world_open_with((struct rx_sim_options){.latency_min = 100 * RX_NS_PER_MS,
                                            .latency_max = 100 * RX_NS_PER_MS});
    serve(s, 2);
    start();
    run(10000);
    expect(POD_FAILURE, TIMED_OUT("http://10.0.0.5:8080/a"));
    cr_expect_eq(w.done_at, 1000);
    world_close();
}

Test(http, redirects_that_lead_nowhere)
{
    static const char *const rows[][2] = {
        {TO("http://10.0.0.5:9999/"),
         "Get \"http://10.0.0.5:9999/\": dial tcp 10.0.0.5:9999: connect: connection refused"},
        {TO("http://10.0.0.5:65536/"),
         "Get \"http://10.0.0.5:65536/\": dial tcp: address 65536: invalid port"},
        {TO("http://10.0.0.5:99999/"),
         "Get \"http://10.0.0.5:99999/\": dial tcp: address 99999: invalid port"},
        {TO("ftp://10.0.0.5/"), "Get \"ftp://10.0.0.5/\": unsupported protocol scheme \"ftp\""},
        {TO("http://10.0.0.5:x/"),
         "Get \"" URL "\": failed to parse Location header \"http://10.0.0.5:x/\": "
         "parse \"http://10.0.0.5:x/\": invalid port after host"},
        {TO("/%zz"), "Get \"" URL "\": failed to parse Location header \"/%zz\": "
                     "parse \"/%zz\": invalid URL escape"},
    };

    world_open();
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        PROBE(POD_FAILURE, rows[i][1], .bytes = rows[i][0]);
    world_close();
}

/* Too long to be followed, but not to see where it leads. */
Test(http, long_locations)
{
    static const struct {
        const char *start;
        size_t fill;
        enum pod_outcome outcome;
    } rows[] = {
        {"/", 700, POD_SUCCESS},
        {"/", 1500, POD_FAILURE},
        {"http://10.0.0.5/", 5000, POD_FAILURE},
        {"http://sso.example.com/login?", 5000, POD_WARNING},
        {"http://", 5000, POD_WARNING},
        {"/ ", 700, POD_SUCCESS},
    };
    static char reply[8000];

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct script s[2] = {{.bytes = reply}, FINE};
        size_t n = (size_t)sprintf(reply, "HTTP/1.1 302 X\r\nLocation: %s", rows[i].start);

        memset(reply + n, 'l', rows[i].fill);
        strcpy(reply + n + rows[i].fill, "\r\nContent-Length: 0\r\n\r\n");
        world_open();
        serve(s, 2);
        start();
        run(1000);
        cr_expect_eq(w.outcome, rows[i].outcome, "row %zu: %s", i, w.text);
        cr_expect_eq(w.freed, 1);
        world_close();
    }
}
