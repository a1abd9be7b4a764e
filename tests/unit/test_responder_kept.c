/* SPDX-License-Identifier: Apache-2.0 */
/* The responder: connections that carry several requests, and when they are closed. */
#include <criterion/criterion.h>

#include "tests/support/served.h"

static struct served w;
static struct served_client c, d;

Test(responder_kept, drains_what_lies_idle_at_once_and_what_is_asked_after_its_answer)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 10);
    w.answer.latency = 20;
    served_client_start(&w, &d, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 20);
    w.server->drain(w.server->ctx, 7, 2);
    served_run(&w, 25);
    cr_expect(c.ended);
    cr_expect_eq(c.error, 0, "closed, not reset");
    cr_expect_eq(c.end_at, 20);
    cr_expect_not(d.ended);
    served_run(&w, 50);
    cr_expect(d.ended);
    cr_expect_eq(d.error, 0);
    cr_expect_eq(d.end_at, 30);
    cr_expect_eq(served_count(d.got, d.got_len, "Connection: close\r\n"), 1);
    cr_expect_eq(served_stats(&w).open, 0);

    /* A new connection carries one request. */
    w.answer.drains = true;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_run(&w, 100);
    cr_expect(served_ends(&c, "Content-Length: 3\r\nConnection: close\r\n\r\nok\n"));
    cr_expect(c.ended);
    w.server->drain(w.server->ctx, 8, 2);
    served_close(&w);
}

Test(responder_kept, drains_no_request_that_has_begun_or_is_to_come_first)
{
    served_open_one(&w);
    served_client_start(&w, &c, SERVED_IP, 8080, "");
    served_client_start(&w, &d, SERVED_IP, 8080, "GET / HT");
    served_run(&w, 10);
    w.server->drain(w.server->ctx, 7, 2);
    served_run(&w, 20);
    cr_expect_not(c.ended);
    cr_expect_not(d.ended);
    served_client_say(&c, SERVED_KEEP);
    served_run(&w, 30);
    served_client_say(&d, "TP/1.1\r\nHost: x\r\n\r\n");
    served_run(&w, 40);
    cr_expect(served_ends(&c, "Connection: close\r\n\r\nok\n"));
    cr_expect(served_ends(&d, "Connection: close\r\n\r\nok\n"));
    cr_expect(c.ended && d.ended);
    served_close(&w);
}

Test(responder_kept, what_lies_idle_is_closed_in_time)
{
    served_open_one(&w);
    w.answer.keep.idle = 50;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP);
    served_client_start(&w, &d, SERVED_IP, 8080, ""); /* of this one nothing has been heard */
    served_run(&w, 40);
    cr_expect_not(c.ended);
    w.answer.latency = 30;
    served_client_say(&c, SERVED_KEEP);
    served_run(&w, 119);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    cr_expect_not(c.ended, "since the last byte of its last answer, at 70");
    served_run(&w, 1000);
    cr_expect(c.ended);
    cr_expect_eq(c.error, 0);
    cr_expect_eq(c.end_at, 120);
    cr_expect_not(d.ended);
    cr_expect_eq(served_stats(&w).open, 1);
    served_close(&w);
}

Test(responder_kept, a_connection_carries_so_many_requests)
{
    served_open_one(&w);
    w.answer.keep.requests = 2;
    served_client_start(&w, &c, SERVED_IP, 8080, SERVED_KEEP SERVED_KEEP SERVED_KEEP);
    served_run(&w, 10);
    cr_expect_eq(served_count(c.got, c.got_len, "HTTP/1.1 200 OK"), 2);
    cr_expect_eq(served_count(c.got, c.got_len, "Connection: close\r\n"), 1);
    cr_expect(c.ended);
    cr_expect_eq(served_stats(&w).requests, 2);
    served_close(&w);
}
