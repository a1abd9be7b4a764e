/* SPDX-License-Identifier: Apache-2.0 */
/* The responder: answers, those that hang or break off, and who comes and goes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "tests/support/failmem.h"
#include "tests/support/served.h"

static struct served w;
static struct served_client c, d;

/* ---- answers --------------------------------------------------------------------------------- */

Test(responder, answers_and_closes)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect(served_begins(&c, "HTTP/1.1 200 OK\r\n"));
    cr_expect(served_ends(&c, "Content-Length: 3\r\nConnection: close\r\n\r\nok\n"), "%.*s",
              (int)c.got_len, c.got);
    cr_expect(c.ended);
    cr_expect_eq(c.error, 0);
    cr_expect_eq(w.last_pod, 7);
    cr_expect_eq(w.last_container, 2);
    cr_expect_eq(w.last_port, 8080);
    cr_expect_str_eq(w.last_path, "/healthz");
    cr_expect_eq(w.asked, 1);
    cr_expect_eq(w.asked_bare, 1);
    cr_expect_eq(served_stats(&w).requests, 1);
    cr_expect_eq(served_stats(&w).connections, 1);
    cr_expect_eq(served_stats(&w).open, 0);
    served_close(&w);
}

Test(responder, keeps_a_connection_that_is_to_be_kept)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 10);
    cr_expect(served_ends(&c, "\r\n\r\nok\n"));
    cr_expect_not(c.ended);
    served_client_say(&c, SERVED_KEEP);
    served_run(&w, 20);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    served_client_say(&c, SERVED_CLOSE);
    served_run(&w, 30);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 3);
    cr_expect(c.ended);
    cr_expect_eq(served_stats(&w).connections, 1);
    cr_expect_eq(served_stats(&w).requests, 3);
    served_close(&w);
}

Test(responder, http_1_0_closes)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, "GET / HTTP/1.0\r\n\r\n");
    served_run(&w, 10);
    cr_expect(served_ends(&c, "ok\n"));
    cr_expect(c.ended);
    served_close(&w);
}

Test(responder, pipelined_requests_are_answered_in_turn)
{
    served_open_one(&w);
    w.answer.latency = 5;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP SERVED_KEEP SERVED_CLOSE);
    served_run(&w, 100);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 3);
    cr_expect(c.ended);
    cr_expect_eq(c.end_at, 15);
    served_close(&w);
}

Test(responder, a_request_may_come_byte_by_byte_and_bring_a_body)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080,
                 "POST http://x:1/p?q HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody" SERVED_CLOSE);
    c.piece = 1;
    served_run(&w, 10);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    cr_expect_eq(w.asked, 2);
    cr_expect(c.ended);
    served_close(&w);
}

Test(responder, the_path_of_an_odd_target)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, "GET http://x:1/p?q HTTP/1.0\r\n\r\n");
    served_run(&w, 10);
    cr_expect_str_eq(w.last_path, "/p");
    served_client_start(&w, &c, SERVED_IP, 8080, "GET http://x:1 HTTP/1.0\r\n\r\n");
    served_run(&w, 10);
    cr_expect_str_eq(w.last_path, "/");
    w.last_path[0] = '\0';
    served_client_start(&w, &c, SERVED_IP, 8080, "GET ?p=/q HTTP/1.0\r\n\r\n");
    served_run(&w, 10);
    cr_expect_str_eq(w.last_path, "/", "a query alone asks for the root");
    served_close(&w);
}

Test(responder, head_has_no_body)
{
    served_open_one(&w);
    w.answer.body = "12345";
    served_client_start(&w, &c, SERVED_IP, 8080, "HEAD / HTTP/1.0\r\n\r\n");
    served_run(&w, 10);
    cr_expect(served_ends(&c, "Content-Length: 5\r\nConnection: close\r\n\r\n"));
    cr_expect(c.ended);
    served_close(&w);
}

Test(responder, statuses_without_a_body)
{
    static const uint16_t status[] = {204, 304, 199};

    served_open_one(&w);
    for (size_t i = 0; i < RX_ARRAY_LEN(status); i++) {
        w.answer.status = status[i];
        served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
        served_run(&w, 10);
        cr_expect(served_ends(&c, "\r\n\r\n"));
        cr_expect_eq(served_count(c.got, c.got_len, "Content-Length"), 0);
        cr_expect(c.ended);
    }
    served_close(&w);
}

Test(responder, latency_and_body_after)
{
    served_open_one(&w);
    w.answer.latency = 250;
    w.answer.body_after = 40;
    w.answer.body = "late";
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 249);
    cr_expect_eq(c.got_len, 0);
    served_run(&w, 250);
    cr_expect(served_ends(&c, "\r\n\r\n"));
    served_run(&w, 1000);
    cr_expect(served_ends(&c, "\r\n\r\nlate"));
    cr_expect_eq(c.first_at, 250);
    cr_expect_eq(c.last_at, 290);
    cr_expect_eq(c.end_at, 290);
    served_close(&w);
}

Test(responder, large_bodies)
{
    static char text[9000];

    served_open_one(&w);
    w.answer.body_bytes = 50000;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect_eq(served_count(c.got, c.got_len, "x"), 50000 + 1); /* one in "text/plain" */
    cr_expect(served_ends(&c, "xxx"));
    cr_expect(c.ended);

    memset(text, 'y', sizeof(text) - 2);
    text[sizeof(text) - 2] = 'z';
    w.answer.body_bytes = 0;
    w.answer.body = text;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP SERVED_CLOSE);
    served_run(&w, 20);
    cr_expect_eq(served_count(c.got, c.got_len, "yz"), 2);
    cr_expect_eq(served_count(c.got, c.got_len, "Content-Length: 8999\r\n"), 2);
    cr_expect(c.ended);
    served_close(&w);
}

/* A reset destroys what is still on its way: only small answers may end in one. */
Test(responder, reset_close)
{
    served_open(&w, (struct probe_responder_options){.reset_close = true});
    served_up(&w, 1, 0, SERVED_IP, 80);
    served_client_start(&w, &c, SERVED_IP, 80, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect(served_ends(&c, "ok\n"));
    cr_expect_eq(c.error, ECONNRESET);
    w.answer.body_bytes = 30000;
    served_client_start(&w, &c, SERVED_IP, 80, SERVED_CLOSE);
    served_run(&w, 20);
    cr_expect(served_ends(&c, "xxx"));
    cr_expect_eq(c.error, 0);
    served_close(&w);
}

Test(responder, hangs_until_the_client_gives_up)
{
    served_open_one(&w);
    w.answer.act = POD_SERVE_HANG;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 100000);
    cr_expect_eq(c.got_len, 0);
    cr_expect_not(c.ended);
    cr_expect_eq(served_stats(&w).open, 1);
    rx_loop_cancel(&w.loop, &c.op); /* ends the client, which closes */
    served_run(&w, 100001);
    cr_expect_eq(served_stats(&w).open, 0);
    served_close(&w);
}

Test(responder, resets)
{
    served_open_one(&w);
    w.answer.act = POD_SERVE_RESET;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(w.asked, 1);

    w.answer.latency = 30;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 100);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(c.end_at, 40);

    w.nobody = true;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 100);
    cr_expect_eq(c.error, ECONNRESET);

    w.reset_bare = true;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 200);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_eq(w.asked, 3);
    cr_expect_eq(served_stats(&w).open, 0);
    served_close(&w);
}

Test(responder, headers_only)
{
    served_open_one(&w);
    w.answer.act = POD_SERVE_HEADERS_ONLY;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 100000);
    cr_expect(served_begins(&c, "HTTP/1.1 200 OK\r\n"));
    cr_expect(served_ends(&c, "\r\n\r\n"));
    cr_expect_eq(served_count(c.got, c.got_len, "Content-Length: 3"), 1);
    cr_expect_not(c.ended);
    served_close(&w);
}

Test(responder, garbage_and_redirect)
{
    static char long_location[2000];

    served_open_one(&w);
    w.answer.act = POD_SERVE_GARBAGE;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 10);
    cr_expect_not(served_begins(&c, "HTTP"));
    cr_expect_gt(c.got_len, 0);
    cr_expect(c.ended);

    w.answer.act = POD_SERVE_REDIRECT;
    w.answer.status = 0;
    w.answer.location = "http://elsewhere/";
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect(served_begins(&c, "HTTP/1.1 302 Found\r\n"));
    cr_expect_eq(served_count(c.got, c.got_len, "\r\nLocation: http://elsewhere/\r\n"), 1);
    cr_expect(c.ended);

    memset(long_location, 'l', sizeof(long_location) - 1);
    w.answer.location = long_location;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect(served_begins(&c, "HTTP/1.1 500 "));
    cr_expect(c.ended);
    served_close(&w);
}

Test(responder, what_is_not_http)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, "nonsense\r\n\r\n");
    served_run(&w, 10);
    cr_expect(served_begins(&c, "HTTP/1.1 400 Bad Request\r\n"));
    cr_expect(c.ended);
    cr_expect_eq(served_stats(&w).bad_requests, 1);
    cr_expect_eq(w.asked, 0);
    served_close(&w);
}

Test(responder, a_bare_connection)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, "");
    served_run(&w, 10);
    cr_expect(c.connected);
    cr_expect_not(c.ended);
    cr_expect_eq(w.asked_bare, 1);
    cr_expect_eq(served_stats(&w).open, 1);
    rx_loop_cancel(&w.loop, &c.op);
    served_run(&w, 20);
    cr_expect_eq(served_stats(&w).open, 0);
    cr_expect_eq(served_stats(&w).requests, 0);
    served_close(&w);
}

/* ---- coming and going ------------------------------------------------------------------------ */

Test(responder, down_resets_and_refuses_and_up_serves_again)
{
    served_open_one(&w);
    w.answer.act = POD_SERVE_HANG;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    w.answer.act = POD_SERVE_HANG;
    served_run(&w, 10);
    w.answer = (struct pod_answer){.status = 200, .latency = 1000, .keep.idle = RX_MS_NEVER};
    served_client_start(&w, &d, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 20);
    cr_expect_eq(served_stats(&w).open, 2);

    served_down(&w, 7, 2);
    served_run(&w, 20);
    cr_expect_eq(c.error, ECONNRESET, "was waiting for the peer");
    cr_expect_eq(d.error, ECONNRESET, "was waiting for its timer");
    cr_expect_eq(c.end_at, 20);
    cr_expect_eq(served_stats(&w).open, 0);
    cr_expect_eq(served_stats(&w).listeners, 0);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 30);
    cr_expect_eq(c.error, ECONNREFUSED);

    /* Down and up in one instant: nobody notices but the open connections. */
    served_up(&w, 7, 2, SERVED_IP, 8080);
    served_down(&w, 7, 2);
    served_up(&w, 7, 2, SERVED_IP, 8080);
    w.answer.latency = 0;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 40);
    cr_expect(served_ends(&c, "ok\n"));
    cr_expect_eq(served_stats(&w).listeners, 1);
    cr_expect_eq(served_stats(&w).listen_failed, 0);
    served_run(&w, 5000);
    served_close(&w);
}

Test(responder, down_of_who_is_not_up)
{
    served_open_one(&w);
    served_down(&w, 7, 1);
    served_down(&w, 8, 2);
    w.server->review(w.server->ctx, 8, 2);
    cr_expect_eq(served_stats(&w).listeners, 1);
    served_up(&w, 7, 2, SERVED_IP, 8081); /* up again replaces */
    cr_expect_eq(served_stats(&w).listeners, 1);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_client_start(&w, &d, SERVED_IP, 8081, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect_eq(c.error, ECONNREFUSED);
    cr_expect(served_ends(&d, "ok\n"));
    served_close(&w);
}

Test(responder, a_window_of_refusal)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 10);
    served_refuses(&w, 7, true, 0);
    served_refuses(&w, 7, true, 0);
    served_client_start(&w, &d, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 20);
    cr_expect_eq(d.error, ECONNREFUSED);
    cr_expect_not(c.ended, "an open connection is left alone");
    served_client_say(&c, SERVED_KEEP);
    served_run(&w, 30);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    served_refuses(&w, 7, false, 0);
    served_client_start(&w, &d, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 40);
    cr_expect(served_ends(&d, "ok\n"));
    served_refuses(&w, 7, true, 0);
    served_down(&w, 7, 2);
    served_run(&w, 50);
    cr_expect(c.ended);
    cr_expect_eq(served_stats(&w).listeners, 0);
    served_close(&w);
}

Test(responder, one_port_of_several_refuses)
{
    static const uint16_t ports[] = {8080, 9090};
    struct pod_serve_target t = {7, 2, SERVED_IP, 2, ports};

    served_open(&w, (struct probe_responder_options){0});
    w.refusing = 7;
    w.refusing_port = 9090;
    w.server->up(w.server->ctx, &t);
    cr_expect_eq(served_stats(&w).listeners, 1, "it never listened there");
    for (uint16_t i = 0; i < 4; i++) {
        served_refuses(&w, 7, i < 3, i % 2 == 0 ? 9090 : 8080);
        served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
        served_client_start(&w, &d, SERVED_IP, 9090, SERVED_CLOSE);
        served_run(&w, 10 * (i + 1));
        cr_expect_eq(c.error, i == 1 ? ECONNREFUSED : 0, "%u", i);
        cr_expect_eq(d.error, i == 0 || i == 2 ? ECONNREFUSED : 0, "%u", i);
    }
    cr_expect_eq(served_stats(&w).listeners, 2);
    cr_expect_eq(served_stats(&w).listen_failed, 0);
    served_close(&w);
}

Test(responder, the_second_container_does_not_get_the_port)
{
    static const uint16_t ports[] = {8080, 9090, 8080};
    struct pod_serve_target t = {7, 3, SERVED_IP, 3, ports};

    served_open_one(&w);
    w.server->up(w.server->ctx, &t);
    cr_expect_eq(served_stats(&w).listeners, 2);
    cr_expect_eq(served_stats(&w).listen_failed, 2);
    cr_expect_eq(served_stats(&w).listen_errno, EADDRINUSE);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect_eq(w.last_container, 2);
    served_client_start(&w, &c, SERVED_IP, 9090, SERVED_CLOSE);
    served_run(&w, 10);
    cr_expect_eq(w.last_container, 3);
    served_close(&w);
}

Test(responder, one_port_written_twice_is_one_port)
{
    static const uint16_t ports[] = {80, 80};
    struct pod_serve_target t = {1, 0, SERVED_IP, 2, ports};

    served_open(&w, (struct probe_responder_options){0});
    w.server->up(w.server->ctx, &t);
    cr_expect_eq(served_stats(&w).listeners, 1);
    cr_expect_eq(served_stats(&w).listen_failed, 0);
    served_close(&w);
}

Test(responder, a_foreign_listener_is_counted)
{
    rx_sock squatter;

    served_open(&w, (struct probe_responder_options){0});
    cr_assert_eq(rx_loop_listen(&w.loop, (struct rx_addr){SERVED_IP, 80}, 1, &squatter), 0);
    served_up(&w, 1, 0, SERVED_IP, 80);
    cr_expect_eq(served_stats(&w).listen_failed, 1);
    cr_expect_eq(served_stats(&w).listen_errno, EADDRINUSE);
    cr_expect_eq(served_stats(&w).listeners, 0);
    served_down(&w, 1, 0);
    rx_loop_close(&w.loop, squatter, false);
    served_up(&w, 1, 0, SERVED_IP, 80);
    cr_expect_eq(served_stats(&w).listeners, 1);
    served_close(&w);
}

Test(responder, wildcard)
{
    served_open(&w, (struct probe_responder_options){.wildcard = true});
    for (uint32_t i = 0; i < 100; i++)
        served_up(&w, 1 + i, 0, SERVED_IP + i, 80);
    cr_expect_eq(served_stats(&w).listeners, 1);
    for (uint32_t i = 0; i < 100; i += 33) {
        served_client_start(&w, &c, SERVED_IP + i, 80, SERVED_CLOSE);
        served_run(&w, 10);
        cr_expect(served_ends(&c, "ok\n"));
        cr_expect_eq(w.last_pod, 1 + i);
    }
    served_client_start(&w, &c, SERVED_IP + 50, 80, SERVED_KEEP);
    served_client_start(&w, &d, SERVED_IP + 51, 80, SERVED_KEEP);
    served_run(&w, 20);
    served_down(&w, 51, 0);
    w.refusing = 53;
    w.server->review(w.server->ctx, 53, 0);
    served_run(&w, 30);
    cr_expect_eq(c.error, ECONNRESET);
    cr_expect_not(d.ended);
    for (uint32_t i = 50; i < 54; i++) { /* gone, fine, refusing, fine */
        served_client_start(&w, &c, SERVED_IP + i, 80, SERVED_CLOSE);
        served_run(&w, 40);
        cr_expect_eq(c.error, i % 2 == 0 ? ECONNRESET : 0, "pod %u", i + 1);
    }
    for (uint32_t i = 0; i < 100; i++)
        served_down(&w, 1 + i, 0);
    cr_expect_eq(served_stats(&w).listeners, 0);
    served_client_start(&w, &c, SERVED_IP, 80, SERVED_CLOSE);
    served_run(&w, 50);
    cr_expect_eq(c.error, ECONNREFUSED);
    served_close(&w);
}

/* ---- limits ---------------------------------------------------------------------------------- */

Test(responder, a_full_pool_resets)
{
    static struct served_client all[4];

    served_open(&w, (struct probe_responder_options){.connections_max = 2});
    served_up(&w, 1, 0, SERVED_IP, 80);
    for (int i = 0; i < 4; i++)
        served_client_start(&w, &all[i], SERVED_IP, 80, "");
    served_run(&w, 10);
    cr_expect_eq(served_stats(&w).exhausted, 2);
    cr_expect_eq(served_stats(&w).open, 2);
    cr_expect_not(all[0].ended);
    cr_expect_not(all[1].ended);
    cr_expect_eq(all[2].error, ECONNRESET);
    cr_expect_eq(all[3].error, ECONNRESET);
    rx_loop_cancel(&w.loop, &all[0].op);
    served_run(&w, 20);
    served_client_start(&w, &c, SERVED_IP, 80, SERVED_CLOSE);
    served_run(&w, 30);
    cr_expect(served_ends(&c, "ok\n"));
    served_close(&w);
}

Test(responder, allocates_nothing_once_it_is_warm)
{
    uint64_t calls;

    served_open_one(&w);
    for (int i = 0; i < 3; i++) {
        served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP SERVED_CLOSE);
        served_run(&w, 10);
    }
    rx_mem_enter(&w.mem, RX_MEM_SEALED);
    calls = w.mem.state->calls;
    for (int i = 0; i < 100; i++) {
        served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP SERVED_CLOSE);
        served_run(&w, 20);
        cr_assert(c.ended);
        served_down(&w, 7, 2);
        served_up(&w, 7, 2, SERVED_IP, 8080);
    }
    cr_expect_eq(w.mem.state->calls, calls);
    cr_expect_eq(rx_mem_breaches(&w.mem), 0);
    served_close(&w);
}

/* Fails each allocation of a life in turn: nothing is lost, nobody is called who is not there. */
Test(responder, survives_want_of_memory)
{
    struct rx_sim_options sim = {.clock = RX_SIM_VIRTUAL, .seed = 1, .connections_max = 16};
    struct probe_responder_options o = {
        .answer = served_answer, .answer_ctx = &w, .timer_class = SERVED_CLASS};
    bool failed = true;

    memset(&w, 0, sizeof(w));
    w.answer.status = 200;
    cr_assert_eq(rx_mem_open(&w.mem), 0);
    for (uint64_t n = 2; failed; n++) {
        struct failmem f;
        struct rx_mem mem;
        struct rx_port *port;

        cr_assert_lt(n, 100);
        cr_assert_eq(rx_port_sim_open(&port, &w.mem, &sim), 0);
        cr_assert_eq(rx_loop_init(&w.loop, port, &w.mem), 0);
        cr_assert_eq(failmem_open(&mem, &f, n), 0);
        w.r = NULL;
        if (probe_responder_open(&w.r, &w.loop, &mem, &o) == 0) {
            w.server = probe_responder_server(w.r);
            for (uint32_t i = 0; i < 70; i++) /* makes the tables grow */
                served_up(&w, 1 + i, 0, SERVED_IP + i, 80);
            served_client_start(&w, &c, SERVED_IP + 1, 80, SERVED_CLOSE);
            served_run(&w, 10);
            cr_expect(served_ends(&c, "ok\n") || c.error == ECONNRESET || c.error == ECONNREFUSED);
            cr_expect_eq(served_stats(&w).listen_failed + served_stats(&w).exhausted > 0 ||
                             f.failed == 0 ||
                             served_ends(&c, "ok\n"),
                         true);
            for (uint32_t i = 0; i < 70; i++)
                served_down(&w, 1 + i, 0);
        } else {
            cr_expect_null(w.r);
        }
        rx_loop_fini(&w.loop);
        probe_responder_close(w.r);
        failed = f.failed > 0;
        rx_mem_close(&mem);
        cr_expect_eq(f.blocks, 0, "allocation %lu", n);
    }
    rx_mem_close(&w.mem);
}
