/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The httpGet carrier against a scripted peer, under virtual time and in-memory sockets. The
 * carrier is compiled into this file with its two calls to the worker renamed, so that the test is
 * the worker and sees every verdict and every release.
 */
#define pod_attempt_done http_test_done
#define pod_attempt_free http_test_free
#define pod_attempt_answer http_test_answer
#define pod_attempt_answer_lost http_test_answer_lost
#define pod_attempt_tag http_test_tag
#define pod_attempt_waited http_test_waited
#define probe_http       probe_http_under_test
#include "probes/carry/http.c"

#include <criterion/criterion.h>
#include <stdio.h>

enum { CLASS = 3, IP = 0x0a000005, PORT = 8080, CONNS = 16 };

#define URL "http://10.0.0.5:8080/healthz"
#define TIMED_OUT(url)                                                                             \
    "Get \"" url "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"

/* ---- the peer -------------------------------------------------------------------------------- */

enum ending { CLOSES, RESETS, HOLDS };

/* What the n-th connection is answered; the last script repeats. */
struct script {
    const char *bytes;
    size_t size;  /* 0: a string */
    size_t piece; /* 0: all at once */
    enum ending ending;
};

struct peer_conn {
    struct rx_op op;
    const struct script *script;
    rx_sock sock;
    size_t at;
    bool asked;
    char request[4096];
    size_t request_len;
};

/* ---- the world ------------------------------------------------------------------------------- */

struct world {
    struct rx_mem mem;
    struct rx_loop loop;
    struct rx_op accept[2];
    rx_sock listener[2];
    const struct script *script;
    int scripts, conns;
    struct peer_conn conn[CONNS];

    struct pod_attempt a;
    struct pod_handler_spec h;
    struct probe_socket_options options;
    int done, freed;
    bool in_flight; /* when it was done */
    enum pod_outcome outcome;
    char text[POD_ATTEMPT_BUFFER];
    rx_ms done_at, freed_at;
};

static struct world w;

void http_test_done(struct pod_attempt *a, enum pod_outcome outcome, const char *text,
                    uint32_t length)
{
    cr_assert_eq(a, &w.a);
    cr_assert_eq(w.freed, 0, "done after free");
    a->answered = true;
    w.done++;
    w.in_flight = a->op.state != RX_OP_DEAD;
    w.outcome = outcome;
    w.done_at = rx_loop_now(&w.loop);
    snprintf(w.text, sizeof(w.text), "%.*s", (int)length, text);
}

void http_test_free(struct pod_attempt *a)
{
    cr_assert_eq(a, &w.a);
    w.freed++;
    w.freed_at = rx_loop_now(&w.loop);
    cr_expect_eq(a->op.state, RX_OP_DEAD, "freed with its operation in flight");
    cr_expect_not(rx_timer_armed(&a->deadline), "freed with its timer armed");
}

void http_test_answer(struct pod_attempt *a, rx_ms at)
{
    rx_loop_arm(a->loop, &a->step, at);
}

void http_test_answer_lost(struct pod_attempt *a)
{
    rx_loop_arm(a->loop, &a->step, rx_loop_now(a->loop));
}

void http_test_waited(struct pod_attempt *a)
{
    (void)a;
}

uint64_t http_test_tag(const struct pod_attempt *a, uint32_t hop)
{
    (void)a;
    return hop + 1;
}

static void on_timer(void *ctx, struct rx_timer *t)
{
    (void)ctx;
    if (t == &w.a.step) {
        w.a.carrier->step(&w.a);
        return;
    }
    cr_assert_eq(t, &w.a.deadline);
    w.a.carrier->expire(&w.a);
}

static void peer_go_on(struct peer_conn *c);

static void peer_on_op(struct rx_loop *loop, struct rx_op *op)
{
    struct peer_conn *c = rx_container_of(op, struct peer_conn, op);

    if (op->res < 0 || (op->kind == RX_OP_RECV && op->res == 0)) {
        rx_loop_close(loop, c->sock, false);
        return;
    }
    if (op->kind == RX_OP_RECV) {
        c->request_len += (size_t)op->res;
        c->request[c->request_len] = '\0';
        c->asked = strstr(c->request, "\r\n\r\n") != NULL;
    }
    peer_go_on(c);
}

static void peer_go_on(struct peer_conn *c)
{
    size_t size = c->script->size > 0 ? c->script->size : strlen(c->script->bytes);
    size_t n = RX_MIN(size - c->at, c->script->piece > 0 ? c->script->piece : SIZE_MAX);

    c->op.done = peer_on_op;
    c->op.sock = c->sock;
    if (c->asked && n == 0 && c->script->ending != HOLDS) {
        rx_loop_close(&w.loop, c->sock, c->script->ending == RESETS);
        return;
    }
    if (c->asked && n > 0) {
        c->op.kind = RX_OP_SEND;
        c->op.out = c->script->bytes + c->at;
        c->op.out_len = (uint32_t)n;
        c->at += n;
    } else {
        c->op.kind = RX_OP_RECV;
        c->op.in = c->request + c->request_len;
        c->op.in_len = (uint32_t)(sizeof(c->request) - c->request_len - 1);
    }
    rx_loop_start(&w.loop, &c->op);
}

static void peer_on_accept(struct rx_loop *loop, struct rx_op *op)
{
    struct peer_conn *c;

    (void)loop;
    if (op->res < 0)
        return;
    cr_assert_lt(w.conns, CONNS);
    c = &w.conn[w.conns];
    c->script = &w.script[RX_MIN(w.conns, w.scripts - 1)];
    c->sock = op->sock_new;
    w.conns++;
    peer_go_on(c);
}

static void world_open_with(struct rx_sim_options sim)
{
    struct rx_port *port;

    memset(&w, 0, sizeof(w));
    sim.clock = RX_SIM_VIRTUAL;
    sim.seed = 1;
    sim.connections_max = 64;
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
    cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
    rx_loop_on(&w.loop, CLASS, on_timer, NULL);
    w.h = (struct pod_handler_spec){
        .kind = POD_HANDLER_HTTP, .port = PORT, .port_text = "8080", .path = "/healthz"};
    w.a.timeout = RX_NS_PER_S;
}

static void world_open(void)
{
    world_open_with((struct rx_sim_options){0});
}

static void world_close(void)
{
    rx_loop_fini(&w.loop);
    rx_mem_close(&w.mem);
}

static void serve(const struct script *s, int n)
{
    w.script = s;
    w.scripts = n;
    for (uint16_t i = 0; i < 2; i++) {
        struct rx_port *p = w.loop.port;

        cr_assert_eq(
            p->ops->listen(p, (struct rx_addr){IP, (uint16_t)(PORT + i)}, 16, &w.listener[i]), 0);
        w.accept[i] =
            (struct rx_op){.kind = RX_OP_ACCEPT, .sock = w.listener[i], .done = peer_on_accept};
        rx_loop_start(&w.loop, &w.accept[i]);
    }
}

static void unserve(void)
{
    for (int i = 0; i < 2; i++)
        rx_loop_close(&w.loop, w.listener[i], false);
}

static void run(rx_ms until)
{
    int rc;

    while ((rc = rx_loop_turn(&w.loop, until)) == 1)
        ;
    cr_assert_eq(rc, 0);
}

static void start(void)
{
    struct pod_attempt *a = &w.a;

    w.done = w.freed = w.conns = 0;
    memset(w.conn, 0, sizeof(w.conn));
    a->answered = a->error_is_failure = false;
    rx_timer_init(&a->deadline, rx_key(CLASS, 1));
    rx_timer_init(&a->step, rx_key(CLASS, 0));
    a->loop = &w.loop;
    a->carrier = &probe_http_under_test;
    a->carrier_ctx = &w.options;
    a->handler = &w.h;
    a->ip = IP;
    a->user_agent = "kube-probe/1.36";
    a->started = rx_loop_clock(&w.loop);
    memset(a->buffer, 0xee, sizeof(a->buffer));
    a->carrier->start(a);
}

static void expect(enum pod_outcome outcome, const char *text)
{
    cr_expect_eq(w.done, 1);
    cr_expect_eq(w.freed, 1);
    cr_expect_eq(w.outcome, outcome, "outcome %d: %s", (int)w.outcome, w.text);
    cr_expect_str_eq(w.text, text, "\n  got  %s\n  want %s", w.text, text);
}

/* One run against one script, from start to release. */
static void probe_once(struct script s, enum pod_outcome outcome, const char *text)
{
    rx_ms from = rx_loop_now(&w.loop);

    serve(&s, 1);
    start();
    run(from + 10000);
    expect(outcome, text);
    unserve();
    run(from + 10001);
}

#define PROBE(outcome, text, ...) probe_once((struct script){__VA_ARGS__}, outcome, text)

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

#define OK "HTTP/1.1 200 OK\r\n"

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

/* ---- redirects ------------------------------------------------------------------------------- */

#define TO(location) "HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"
#define FINE                                                                                       \
    {                                                                                              \
        .bytes = OK "Content-Length: 0\r\n\r\n"                                                    \
    }

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

        snprintf(reply, sizeof(reply), "HTTP/1.1 %d X\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n",
                 status);
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
