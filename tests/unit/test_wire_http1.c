/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every message goes through the parser at once, byte by byte and cut in two at each place, each
 * piece against a guard page (feed.h); what the parser says must not depend on it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/wire/http1.h"
#include "tests/support/feed.h"

/* ---- the bench ------------------------------------------------------------------------------- */

struct bench {
    struct probe_http1 m;
    enum probe_http1_kind kind;
    uint32_t keep_room;
    uint64_t body_max;
    uint32_t left_over; /* fed and not consumed */
    char keep[2048];
    char body[512];
};

static void bench_begin(void *ctx)
{
    struct bench *b = ctx;

    memset(b->keep, 0xaa, sizeof(b->keep));
    probe_http1_init(&b->m, b->kind, b->keep, b->keep_room);
    b->m.body = b->body;
    b->m.body_room = sizeof(b->body);
    b->m.body_max = b->body_max;
    b->left_over = 0;
}

static enum feed_verdict bench_piece(void *ctx, const char *data, size_t size)
{
    struct bench *b = ctx;
    uint32_t at = 0;

    while (at < size && !b->m.done) {
        int32_t took = probe_http1_feed(&b->m, data + at, (uint32_t)size - at);

        if (took < 0)
            return FEED_BAD;
        cr_assert_gt(took, 0, "no progress");
        at += (uint32_t)took;
        cr_assert(at == size || b->m.done || b->m.head_done, "stopped for no reason");
    }
    return b->m.done ? FEED_DONE : FEED_MORE;
}

/* One line: what came out. */
static void bench_report(void *ctx, enum feed_verdict verdict, char *out, size_t room)
{
    struct bench *b = ctx;
    struct probe_http1 *m = &b->m;
    char text[1024];
    struct rx_fit t = {.at = text, .room = sizeof(text) - 1};

    if (verdict == FEED_BAD || (verdict == FEED_MORE && probe_http1_end(m) < 0)) {
        probe_http1_fault_text(m, &t);
        snprintf(out, room, "%s: %.*s", m->head_done ? "body" : "head", (int)t.len, text);
        return;
    }
    if (b->kind == PROBE_HTTP1_RESPONSE)
        rx_fit_uint(&t, m->status);
    else
        rx_fit_str(&t, m->method == PROBE_HTTP1_GET    ? "GET"
                           : m->method == PROBE_HTTP1_HEAD ? "HEAD"
                                                           : "OTHER");
    if (m->has_value) {
        rx_fit_str(&t, m->value_cut ? " value~" : " value=");
        rx_fit_add(&t, m->keep, m->value_len);
    }
    rx_fit_str(&t, m->close ? " close" : "");
    rx_fit_str(&t, " body=");
    rx_fit_uint(&t, m->body_bytes);
    if (m->body_len > 0) {
        rx_fit_str(&t, " ");
        pod_text_quote(&t, m->body, m->body_len);
    }
    rx_fit_str(&t, m->body_cut ? " cut" : "");
    snprintf(out, room, "%.*s", (int)t.len, text);
}

static struct bench bench_of(enum probe_http1_kind kind)
{
    return (struct bench){.kind = kind, .keep_room = 512, .body_max = UINT64_MAX};
}

static void expect_with(struct bench *b, const char *bytes, size_t n, const char *want)
{
    struct feed f = {b, bench_begin, bench_piece, bench_report, false};
    char why[4096], got[1024];
    enum feed_verdict v;

    cr_expect(feed_check(&f, bytes, n, why, sizeof(why)), "%s", why);
    bench_begin(b);
    v = n > 0 ? bench_piece(b, bytes, n) : FEED_MORE;
    bench_report(b, v, got, sizeof(got));
    cr_expect_str_eq(got, want, "\n  input %.80s\n  got  %s\n  want %s", bytes, got, want);
}

struct sample {
    const char *bytes;
    size_t size; /* 0: a string */
    const char *want;
};

#define S(bytes, want)                                                                             \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, want                                                             \
    }

static void expect_all(enum probe_http1_kind kind, const struct sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct bench b = bench_of(kind);

        expect_with(&b, s[i].bytes, s[i].size, s[i].want);
    }
}

/* ---- responses ------------------------------------------------------------------------------- */

#define OK "HTTP/1.1 200 OK\r\n"

Test(wire_http1, responses_that_are_fine)
{
    static const struct sample s[] = {
        S(OK "Content-Length: 5\r\n\r\nhello", "200 body=5 \"hello\""),
        S(OK "Content-Length: 0\r\n\r\n", "200 body=0"),
        S(OK "content-LENGTH:5\r\n\r\nhello", "200 body=5 \"hello\""),
        S(OK "Content-Length: \t 5 \t\r\n\r\nhello", "200 body=5 \"hello\""),
        S(OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "200 body=5 \"hello\""),
        S(OK "\r\nuntil the end", "200 body=13 \"until the end\""),
        S("HTTP/1.0 200 OK\r\n\r\nold", "200 close body=3 \"old\""),
        S("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "204 body=0"),
        S("HTTP/1.1 304 Not Modified\r\n\r\n", "304 body=0"),
        S("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "101 body=0"),
        S("HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n", "500 body=0"),
        S("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 body=0"),
        S("HTTP/1.1    200 OK\r\nContent-Length: 0\r\n\r\n", "200 body=0"),
        S("HTTP/1.1 +20 odd but Go takes it\r\nContent-Length: 0\r\n\r\n", "20 body=0"),
        S("HTTP/1.1 999 high\r\nContent-Length: 0\r\n\r\n", "999 body=0"),
        S("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200 body=0"),
        S("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "200 body=2 \"hi\""),
        S("HTTP/1.1 302 Found\r\nLocation:  /a?b=c \r\nContent-Length: 0\r\n\r\n",
          "302 value=/a?b=c body=0"),
        S("HTTP/1.1 302 Found\r\nLocation: /1\r\nlocation: /2\r\nContent-Length: 0\r\n\r\n",
          "302 value=/1 body=0"),
        S("HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n\r\n", "302 value= body=0"),
        S(OK "X-Folded: a\r\n  b\r\n\tc\r\nContent-Length: 0\r\n\r\n", "200 body=0"),
        S(OK "Content-Length : 5\r\n\r\n12345678", "200 body=8 \"12345678\""),
        S(OK "X: \xff\xfe caf\xc3\xa9\r\nContent-Length: 0\r\n\r\n", "200 body=0"),
        S(OK "X:\r\nContent-Length: 0\r\n\r\n", "200 body=0"),
    };

    expect_all(PROBE_HTTP1_RESPONSE, s, RX_ARRAY_LEN(s));
}

Test(wire_http1, informational_responses_are_skipped)
{
    static const struct sample s[] = {
        S("HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", "200 body=1 \"x\""),
        S("HTTP/1.1 103 Early\r\nLocation: /no\r\nContent-Length: 9\r\n\r\n"
          "HTTP/1.1 102 Busy\r\nTransfer-Encoding: chunked\r\n\r\n" OK "Content-Length: 1\r\n\r\nx",
          "200 body=1 \"x\""),
        S("HTTP/1.1 199 Nearly\r\n\r\n", "head: unexpected EOF"),
    };

    expect_all(PROBE_HTTP1_RESPONSE, s, RX_ARRAY_LEN(s));
}

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

Test(wire_http1, chunked_bodies)
{
    static const struct sample s[] = {
        S(CHUNKED "5\r\nhello\r\n0\r\n\r\n", "200 body=5 \"hello\""),
        S(CHUNKED "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "200 body=11 \"hello world\""),
        S(CHUNKED "a;x=y;z=\"q\"\r\n0123456789\r\n0;last\r\n\r\n", "200 body=10 \"0123456789\""),
        S(CHUNKED "0A \t\r\n0123456789\r\n000\r\n\r\n", "200 body=10 \"0123456789\""),
        S(CHUNKED "0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n", "200 body=0"),
        S(OK "Transfer-Encoding: ChunKed\r\nContent-Length: 3\r\n\r\n1\r\nx\r\n0\r\n\r\n",
          "200 body=1 \"x\""),
        S("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
          "200 close body=3 \"5\\r\\n\""),
        S(CHUNKED "5\r\nhell", "body: unexpected EOF"),
        S(CHUNKED "5\r\nhello", "body: unexpected EOF"),
        S(CHUNKED "5\r\nhello\r\n", "body: unexpected EOF"),
        S(CHUNKED "5\r\nhello\r\n0\r\n", "body: unexpected EOF"),
        S(CHUNKED "5\r\nhelloX", "body: malformed chunked encoding"),
        S(CHUNKED "5\r\nhello\rX", "body: malformed chunked encoding"),
        S(CHUNKED "5\nhello\r\n0\r\n\r\n", "body: chunked line ends with bare LF"),
        S(CHUNKED "5\r;\r\nhello\r\n0\r\n\r\n", "body: invalid CR in chunked line"),
        S(CHUNKED "\r\n", "body: empty hex number for chunk length"),
        S(CHUNKED ";x\r\n", "body: empty hex number for chunk length"),
        S(CHUNKED "-1\r\n", "body: invalid byte in chunk length"),
        S(CHUNKED "0x5\r\n", "body: invalid byte in chunk length"),
        S(CHUNKED "5 ;x\r\n", "body: invalid byte in chunk length"),
        S(CHUNKED "ffffffffffffffff\r\nabc", "body: unexpected EOF"),
        S(CHUNKED "10000000000000000\r\n", "body: http chunk length too large"),
        S(CHUNKED "00000000000000001\r\n", "body: http chunk length too large"),
        S(CHUNKED "0\r\nno colon\r\n\r\n",
          "body: malformed MIME header: missing colon: \"no colon\""),
        S(CHUNKED "0\r\n folded\r\n\r\n", "body: malformed MIME header initial line:  folded"),
    };

    expect_all(PROBE_HTTP1_RESPONSE, s, RX_ARRAY_LEN(s));
}

Test(wire_http1, hostile_responses)
{
    static const struct sample s[] = {
        S("", "head: EOF"),
        S("H", "head: unexpected EOF"),
        S("HTTP/1.1 200 OK", "head: unexpected EOF"),
        S(OK, "head: unexpected EOF"),
        S(OK "Content-Length: 5\r\n\r", "head: unexpected EOF"),
        S(OK "Content-Length: 5\r\n\r\nhell", "body: unexpected EOF"),
        S("\r\n", "head: malformed HTTP response \"\""),
        S("garbage\r\n", "head: malformed HTTP response \"garbage\""),
        S("\x16\x03\x01 \x02\n", "head: malformed HTTP response \"\\x16\\x03\\x01 \\x02\""),
        S("SSH-2.0-OpenSSH_9\r\n", "head: malformed HTTP response \"SSH-2.0-OpenSSH_9\""),
        S("HTTP/1.1 200 O\0K\r\n\r\n", "head: malformed HTTP response \"HTTP/1.1 200 O\\x00K\""),
        S("HTTP/1.1 20 OK\r\n\r\n", "head: malformed HTTP status code \"20\""),
        S("HTTP/1.1 2000 OK\r\n\r\n", "head: malformed HTTP status code \"2000\""),
        S("HTTP/1.1 -20 OK\r\n\r\n", "head: malformed HTTP status code \"-20\""),
        S("HTTP/1.1 2x0 OK\r\n\r\n", "head: malformed HTTP status code \"2x0\""),
        S("HTTP/1.1 \r\n\r\n", "head: malformed HTTP status code \"\""),
        S("HTTP/11 200 OK\r\n\r\n", "head: malformed HTTP version \"HTTP/11\""),
        S("http/1.1 200 OK\r\n\r\n", "head: malformed HTTP version \"http/1.1\""),
        S("ICY 200 OK\r\n\r\n", "head: malformed HTTP version \"ICY\""),
        S(OK " early: fold\r\n\r\n", "head: malformed MIME header initial line:  early: fold"),
        S(OK "no colon\r\n\r\n", "head: malformed MIME header: missing colon: \"no colon\""),
        S(OK ": no name\r\n\r\n", "head: malformed MIME header line: : no name"),
        S(OK "b\x01"
             "d: x\r\n\r\n",
          "head: malformed MIME header line: b\\x01d: x"),
        S(OK "(b): x\r\n\r\n", "head: malformed MIME header line: (b): x"),
        S(OK "a: x\0y\r\n\r\n", "head: malformed MIME header line: a: x\\x00y"),
        S(OK "a: x\ry\r\n\r\n", "head: malformed MIME header line: a: x\\ry"),
        S(OK "a: \x7f\r\n\r\n", "head: malformed MIME header line: a: \\x7f"),
        S(OK "a: b\r\n c\x01\r\n\r\n", "head: malformed MIME header line:  c\\x01"),
        S(OK "Content-Length:\r\n 5\r\n\r\n", "head: invalid empty Content-Length \"\""),
        S(OK "Content-Length: 5\r\n 5\r\n\r\n", "head: malformed MIME header line:  5"),
        S(OK "Content-Length: -5\r\n\r\n", "head: bad Content-Length \"-5\""),
        S(OK "Content-Length: +5\r\n\r\n", "head: bad Content-Length \"+5\""),
        S(OK "Content-Length: 0x5\r\n\r\n", "head: bad Content-Length \"0x5\""),
        S(OK "Content-Length: 5 5\r\n\r\n", "head: bad Content-Length \"5 5\""),
        S(OK "Content-Length: 5,5\r\n\r\n", "head: bad Content-Length \"5,5\""),
        S(OK "Content-Length: 9223372036854775808\r\n\r\n",
          "head: bad Content-Length \"9223372036854775808\""),
        S(OK "Content-Length: 99999999999999999999999999\r\n\r\n",
          "head: bad Content-Length \"99999999999999999999999999\""),
        S(OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
          "head: http: message cannot contain multiple Content-Length headers; got [\"5\" \"6\"]"),
        S(OK "Content-Length: 5\r\nContent-Length: 05\r\n\r\n",
          "head: http: message cannot contain multiple Content-Length headers; got [\"5\" \"05\"]"),
        S("HTTP/1.1 204 x\r\nContent-Length: x\r\n\r\n", "head: bad Content-Length \"x\""),
        S(OK "Content-Length: 1073741824\r\n\r\nabc", "body: unexpected EOF"),
        S(OK "Content-Length: 9223372036854775807\r\n\r\nabc", "body: unexpected EOF"),
        S(OK "Transfer-Encoding: gzip\r\n\r\n", "head: unsupported transfer encoding: \"gzip\""),
        S(OK "Transfer-Encoding: gzip, chunked\r\n\r\n",
          "head: unsupported transfer encoding: \"gzip, chunked\""),
        S(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
          "head: too many transfer encodings: [\"chunked\" \"chunked\"]"),
    };

    expect_all(PROBE_HTTP1_RESPONSE, s, RX_ARRAY_LEN(s));
}

/* A line that is longer than the lent area is still checked to its end, and its beginning used. */
/* A request whose one header has that byte in that place of its name, or of its value. */
static bool server_takes(char byte, uint32_t place, uint32_t length, bool in_name)
{
    char text[128] = "GET / HTTP/1.1\r\n", keep[1024];
    uint32_t n = (uint32_t)strlen(text);
    struct probe_http1 m;

    for (uint32_t part = 0; part < 2; part++) {
        uint32_t bytes = part == !in_name ? length : 3;

        memset(text + n, 'n', bytes);
        if (part == !in_name)
            text[n + place] = byte;
        n += bytes;
        text[n++] = part == 0 ? ':' : '\r';
    }
    memcpy(text + n, "\n\r\n", 3);
    n += 3;
    probe_http1_init(&m, PROBE_HTTP1_REQUEST, keep, sizeof(keep));
    for (uint32_t at = 0; at < n && !m.done;) {
        int32_t took = probe_http1_feed(&m, text + at, n - at);

        if (took < 0)
            return false;
        at += (uint32_t)took;
    }
    return m.done;
}

/* Names and values are looked at eight bytes at a time: each byte must be noticed wherever it
 * stands. */
Test(wire_http1, every_byte_in_every_place)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789";

    for (int b = 1; b < 256; b++) {
        bool letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z' && b < 128;
        bool in_name = letter || b == ':' || strchr(token, b) != NULL;
        bool in_value = (b >= 0x20 && b != 0x7f) || b == '\t';

        for (uint32_t length = 1; length <= 25; length++) {
            for (uint32_t at = 0; at < length; at++) {
                bool line_ends = b == '\n' || (b == '\r' && at == length - 1);

                if (b != '\n' && (at > 0 || (b != ' ' && b != '\t' && b != ':')))
                    cr_assert_eq(server_takes((char)b, at, length, true), in_name,
                                 "byte %d at %u of a name of %u", b, at, length);
                if (!line_ends)
                    cr_assert_eq(server_takes((char)b, at, length, false), in_value,
                                 "byte %d at %u of a value of %u", b, at, length);
            }
        }
    }
}

Test(wire_http1, lines_longer_than_the_area)
{
    static const struct {
        const char *name;
        uint32_t fill;
        const char *after, *want;
    } rows[] = {
        {"Set-Cookie: ", 3000, "\r\nContent-Length: 1\r\n\r\nx", "200 body=1 \"x\""},
        {"Set-Cookie: ", 600, "\nContent-Length: 1\r\n\r\nx", "200 body=1 \"x\""},
        {"Set-Cookie: ", 600, "\r\r\n\r\n", "head: malformed MIME header line: "},
        {"Set-Cookie: ", 600, "\001\r\n\r\n", "head: malformed MIME header line: "},
        {"Content-Length: ", 600, "\r\n\r\n", "head: bad Content-Length "},
        {"", 600, ": x\r\n\r\n", "head: malformed MIME header: missing colon: "},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
        struct feed f = {&b, bench_begin, bench_piece, bench_report, false};
        char input[4096], why[4096], got[1024];
        size_t n = (size_t)snprintf(input, sizeof(input), OK "%s", rows[i].name);

        b.keep_room = 256;
        memset(input + n, 'a', rows[i].fill);
        n += rows[i].fill;
        n += (size_t)snprintf(input + n, sizeof(input) - n, "%s", rows[i].after);
        cr_expect(feed_check(&f, input, n, why, sizeof(why)), "%s", why);
        bench_begin(&b);
        bench_report(&b, bench_piece(&b, input, n), got, sizeof(got));
        cr_expect_eq(strncmp(got, rows[i].want, strlen(rows[i].want)), 0, "%s", got);
    }
}

Test(wire_http1, a_long_location_is_cut_and_says_so)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    char input[4096], *at = input;

    at += sprintf(at, "HTTP/1.1 302 Found\r\nLocation: /");
    memset(at, 'q', 1000);
    at += 1000;
    at += sprintf(at, "\r\nContent-Length: 0\r\n\r\n");
    bench_begin(&b);
    cr_assert_eq(bench_piece(&b, input, (size_t)(at - input)), FEED_DONE);
    cr_expect(b.m.value_cut);
    cr_expect_eq(b.m.value_len, b.keep_room / 2);
    cr_expect_eq(b.m.status, 302);
}

/* What the area has no room for may be something else than blanks. */
Test(wire_http1, blanks_at_a_cut_are_not_trailing_ones)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    char input[4096], *at = input;

    at += sprintf(at, "HTTP/1.1 302 Found\r\nLocation: /x%1000s\r\nContent-Length: 0\r\n\r\n", "y");
    bench_begin(&b);
    cr_assert_eq(bench_piece(&b, input, (size_t)(at - input)), FEED_DONE);
    cr_expect(b.m.value_cut);
    cr_expect_eq(b.m.value_len, b.keep_room / 2);
}

/* Of so many bytes, the lines' ends with it: false if that is too much. */
static bool takes_head_of(uint32_t bytes)
{
    static const char first[] = "HTTP/1.1 204 No Content\r\nX: ";
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    char *input = malloc(bytes);
    bool taken;

    cr_assert_not_null(input);
    memset(input, 'x', bytes);
    memcpy(input, first, sizeof(first) - 1);
    memcpy(input + bytes - 4, "\r\n\r\n", 4);
    bench_begin(&b);
    taken = bench_piece(&b, input, bytes) == FEED_DONE;
    cr_expect_eq(b.m.fault, taken ? PROBE_HTTP1_FAULT_NONE : PROBE_HTTP1_FAULT_HEAD_SIZE);
    free(input);
    return taken;
}

Test(wire_http1, the_limit_of_a_head_is_exact)
{
    cr_expect(takes_head_of(PROBE_HTTP1_RESPONSE_HEAD_MAX));
    cr_expect_not(takes_head_of(PROBE_HTTP1_RESPONSE_HEAD_MAX + 1));
}

Test(wire_http1, heads_have_a_limit)
{
    char header[1024], text[256];
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    struct rx_fit t = {.at = text, .room = sizeof(text)};
    uint64_t fed = sizeof(OK) - 1;
    int32_t took;

    memset(header, 'h', sizeof(header));
    memcpy(header, "X-A: ", 5);
    header[sizeof(header) - 1] = '\n';
    bench_begin(&b);
    cr_assert_eq(probe_http1_feed(&b.m, OK, sizeof(OK) - 1), (int32_t)sizeof(OK) - 1);
    while ((took = probe_http1_feed(&b.m, header, sizeof(header))) > 0)
        fed += (uint32_t)took;
    cr_expect_leq(fed, PROBE_HTTP1_RESPONSE_HEAD_MAX);
    cr_expect_gt(fed + sizeof(header), PROBE_HTTP1_RESPONSE_HEAD_MAX);
    probe_http1_fault_text(&b.m, &t);
    cr_expect_eq(
        strncmp(text, "net/http: server response headers exceeded 10485760 bytes; aborted", t.len),
        0);
}

Test(wire_http1, informational_responses_count_against_the_same_limit)
{
    static const char again[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    uint64_t rounds = 0;

    bench_begin(&b);
    while (probe_http1_feed(&b.m, again, sizeof(again) - 1) > 0)
        rounds++;
    cr_expect_eq(b.m.fault, PROBE_HTTP1_FAULT_HEAD_SIZE);
    cr_expect_eq(rounds, PROBE_HTTP1_RESPONSE_HEAD_MAX / (sizeof(again) - 1));
}

/* A header flood costs the sender its limit and us nothing but time. */
Test(wire_http1, chunk_padding_has_a_limit)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    char chunk[256];
    int n = snprintf(chunk, sizeof(chunk), "1;%0200d\r\nx\r\n", 0);
    int rounds = 0;
    int32_t took;

    bench_begin(&b);
    took = probe_http1_feed(&b.m, CHUNKED, sizeof(CHUNKED) - 1);
    cr_assert_eq(took, (int32_t)sizeof(CHUNKED) - 1);
    while ((took = probe_http1_feed(&b.m, chunk, (uint32_t)n)) > 0 && rounds < 1000)
        rounds++;
    cr_expect_eq(b.m.fault, PROBE_HTTP1_FAULT_CHUNK_WASTE);
    /* Each chunk wastes its line (202 bytes and CRLF) less an allowance of 18. */
    cr_expect_eq(rounds, PROBE_HTTP1_CHUNK_WASTE_MAX / (204 - 18));
}

Test(wire_http1, chunk_lines_and_trailers_have_limits)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    struct feed f = {&b, bench_begin, bench_piece, bench_report, false};
    static char input[6000];
    char why[4096], got[1024];
    size_t n = (size_t)sprintf(input, CHUNKED "1;");

    memset(input + n, 'e', 4200);
    strcpy(input + n + 4200, "\r\nx\r\n0\r\n\r\n");
    cr_expect(feed_check(&f, input, strlen(input), why, sizeof(why)), "%s", why);
    bench_begin(&b);
    bench_report(&b, bench_piece(&b, input, strlen(input)), got, sizeof(got));
    cr_expect_str_eq(got, "body: header line too long");

    n = (size_t)sprintf(input, CHUNKED "0\r\nX: ");
    memset(input + n, 'e', 4200);
    strcpy(input + n + 4200, "\r\n\r\n");
    cr_expect(feed_check(&f, input, strlen(input), why, sizeof(why)), "%s", why);
    bench_begin(&b);
    bench_report(&b, bench_piece(&b, input, strlen(input)), got, sizeof(got));
    cr_expect_str_eq(got, "body: http: suspiciously long trailer after chunked body");
}

Test(wire_http1, a_body_is_read_up_to_a_limit_and_cut)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);

    b.body_max = 4;
    expect_with(&b, OK "\r\nhello", sizeof(OK) + 6, "200 body=4 \"hell\" cut");
    expect_with(&b, OK "Content-Length: 9\r\n\r\nhello", sizeof(OK) + 25,
                "200 body=4 \"hell\" cut");
    expect_with(&b, OK "Content-Length: 4\r\n\r\nhell", sizeof(OK) + 24, "200 body=4 \"hell\"");
    expect_with(&b, CHUNKED "3\r\nabc\r\n3\r\ndef\r\nrubbish", sizeof(CHUNKED) + 22,
                "200 body=4 \"abcd\" cut");
}

Test(wire_http1, truncated_anywhere_is_an_unexpected_end)
{
    static const char whole[] = OK "Content-Length: 5\r\nX-Y: z\r\n\r\nhello";

    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
        size_t head = sizeof(whole) - 1 - 5;

        expect_with(&b, whole, n,
                    n == 0     ? "head: EOF"
                    : n < head ? "head: unexpected EOF"
                               : "body: unexpected EOF");
    }
}

Test(wire_http1, stops_at_the_head_and_takes_another_area)
{
    static const char bytes[] =
        "HTTP/1.1 302 Found\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\nnext";
    struct probe_http1 m;
    char keep[256], other[PROBE_HTTP1_KEEP_MIN], body[8];
    uint32_t at = 0, n = sizeof(bytes) - 1;
    int32_t took;

    probe_http1_init(&m, PROBE_HTTP1_RESPONSE, keep, sizeof(keep));
    took = probe_http1_feed(&m, bytes, n);
    cr_assert(m.head_done && !m.done);
    cr_expect_eq(m.value_len, 2);
    cr_expect_eq(memcmp(m.keep, "/x", 2), 0);
    cr_expect_eq(memcmp(bytes + took, "3\r\n", 3), 0);
    probe_http1_lend(&m, other, sizeof(other));
    m.body = body;
    m.body_room = sizeof(body);
    at = (uint32_t)took;
    while (!m.done) {
        took = probe_http1_feed(&m, bytes + at, 1);
        cr_assert_eq(took, 1);
        at++;
    }
    cr_expect_eq(m.body_len, 3);
    cr_expect_eq(memcmp(body, "abc", 3), 0);
    cr_expect_str_eq(bytes + at, "next");
}

/* ---- requests -------------------------------------------------------------------------------- */

#define GET "GET /x HTTP/1.1\r\n"

Test(wire_http1, requests)
{
    static const struct sample s[] = {
        S(GET "Host: a\r\n\r\n", "GET value=/x body=0"),
        S("\r\n\r\n" GET "\r\n", "GET value=/x body=0"),
        S("HEAD /a?b HTTP/1.1\r\n\r\n", "HEAD value=/a?b body=0"),
        S("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "OTHER value=/ body=3 \"abc\""),
        S("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
          "OTHER value=/ body=1 \"a\""),
        S("GET /x HTTP/1.0\r\n\r\n", "GET value=/x close body=0"),
        S("GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET value=/x body=0"),
        S(GET "Connection: close\r\n\r\n", "GET value=/x close body=0"),
        S(GET "Connection: upgrade ,\tCLOSE\r\n\r\n", "GET value=/x close body=0"),
        S(GET "Connection: closed, keep-alive\r\n\r\n", "GET value=/x body=0"),
        S(GET "Connection: close \t, x\r\n\r\n", "GET value=/x close body=0"),
        S("get /x HTTP/1.1\r\n\r\n", "OTHER value=/x body=0"),
        S("GET http://h/x HTTP/1.1\r\n\r\n", "GET value=http://h/x body=0"),
        S("", "head: EOF"),
        S("GET /x HTTP/1.1\r\n", "head: unexpected EOF"),
        S("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", "body: unexpected EOF"),
        S("GET\r\n", "head: malformed HTTP request \"GET\""),
        S("GET /x\r\n", "head: malformed HTTP request \"GET /x\""),
        S(" /x HTTP/1.1\r\n", "head: malformed HTTP request \" /x HTTP/1.1\""),
        S("GET  HTTP/1.1\r\n", "head: malformed HTTP request \"GET  HTTP/1.1\""),
        S("G(T /x HTTP/1.1\r\n", "head: malformed HTTP request \"G(T /x HTTP/1.1\""),
        S("GET /\x01 HTTP/1.1\r\n", "head: malformed HTTP request \"GET /\\x01 HTTP/1.1\""),
        S("GET /a b HTTP/1.1\r\n", "head: malformed HTTP version \"b HTTP/1.1\""),
        S("GET /x HTTP/2.0\r\n", "head: malformed HTTP version \"HTTP/2.0\""),
        S(GET "Content-Length : 3\r\n\r\n", "head: malformed MIME header line: Content-Length : 3"),
        S(GET "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
          "head: http: message cannot contain multiple Content-Length headers; got [\"3\" \"4\"]"),
        S(GET "Transfer-Encoding: identity\r\n\r\n",
          "head: unsupported transfer encoding: \"identity\""),
    };

    expect_all(PROBE_HTTP1_REQUEST, s, RX_ARRAY_LEN(s));
}

Test(wire_http1, what_a_server_answers_to_faults)
{
    static const struct {
        const char *request;
        uint16_t status;
    } rows[] = {
        {"nonsense\r\n", 400},
        {"GET /x HTTP/3.0\r\n", 505},
        {GET "Transfer-Encoding: gzip\r\n", 501},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct bench b = bench_of(PROBE_HTTP1_REQUEST);

        bench_begin(&b);
        cr_assert_eq(bench_piece(&b, rows[i].request, strlen(rows[i].request)), FEED_BAD);
        cr_expect_eq(probe_http1_fault_status(&b.m), rows[i].status);
    }
}

Test(wire_http1, request_limits)
{
    struct bench b = bench_of(PROBE_HTTP1_REQUEST);
    static char line[70000];
    int32_t took = 0;

    /* A target beyond half of the lent area. */
    sprintf(line, "GET /%0300d HTTP/1.1\r\n", 0);
    bench_begin(&b);
    cr_expect_eq(bench_piece(&b, line, strlen(line)), FEED_BAD);
    cr_expect_eq(probe_http1_fault_status(&b.m), 414);

    memset(line, 'a', sizeof(line));
    memcpy(line, GET "X: ", sizeof(GET) + 2);
    bench_begin(&b);
    took = probe_http1_feed(&b.m, line, sizeof(line));
    cr_expect_eq(took, -1);
    cr_expect_eq(probe_http1_fault_status(&b.m), 431);
}

/* ---- rendering ------------------------------------------------------------------------------- */

static int32_t render(char *to, uint32_t room, const struct rx_pair *h, uint32_t n, bool forget)
{
    const struct rx_pair *bad = NULL;
    struct probe_http1_ask ask = {
        .target = "/healthz",
        .target_len = 8,
        .host = "10.0.0.5:8080",
        .host_len = 13,
        .user_agent = "kube-probe/1.36",
        .header = h,
        .header_count = n,
        .forget_host = forget,
    };
    int32_t rc = probe_http1_render_request(to, room, &ask, &bad);

    if (rc >= 0)
        to[rc] = '\0';
    return rc;
}

#define TOP   "GET /healthz HTTP/1.1\r\nHost: 10.0.0.5:8080\r\n"
#define AGENT "User-Agent: kube-probe/1.36\r\n"
#define END   "Connection: close\r\n\r\n"

Test(wire_http1, a_request_of_a_kubelet)
{
    static const struct {
        uint32_t n;
        struct rx_pair h[3];
        const char *want;
    } rows[] = {
        {0, {{0}}, TOP AGENT "Accept: */*\r\n" END},
        {1, {{"Accept", "text/html"}}, TOP AGENT "Accept: text/html\r\n" END},
        {1, {{"accept", ""}}, TOP AGENT END},
        {1, {{"Accept", ""}}, TOP AGENT END}, /* P-27 */
        {2, {{"Accept", ""}, {"Accept", "b"}}, TOP AGENT END},
        {2, {{"Accept", "a"}, {"Accept", "b"}}, TOP AGENT "Accept: a\r\nAccept: b\r\n" END},
        {1, {{"User-Agent", "me"}}, TOP "User-Agent: me\r\nAccept: */*\r\n" END},
        {1, {{"User-Agent", ""}}, TOP "Accept: */*\r\n" END},
        {1,
         {{"Host", "example.com"}},
         "GET /healthz HTTP/1.1\r\nHost: example.com\r\n" AGENT "Accept: */*\r\n" END},
        {1, {{"host", ""}}, TOP AGENT "Accept: */*\r\n" END},
        {3,
         {{"X-B", "2"}, {"X-A", " 1\t"}, {"X-B", ""}},
         TOP AGENT "X-B: 2\r\nX-A: 1\r\nX-B: \r\nAccept: */*\r\n" END},
        {3,
         {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}, {"Trailer", "x"}},
         TOP AGENT "Accept: */*\r\n" END},
        {1, {{"Connection", "Close"}}, TOP AGENT "Connection: Close\r\nAccept: */*\r\n\r\n"},
        {1, {{"Connection", "upgrade"}}, TOP AGENT "Connection: upgrade\r\nAccept: */*\r\n" END},
    };
    char out[1024];

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        cr_assert_gt(render(out, sizeof(out) - 1, rows[i].h, rows[i].n, false), 0);
        cr_expect_str_eq(out, rows[i].want, "row %zu:\n%s", i, out);
    }
}

Test(wire_http1, a_request_that_cannot_be_made)
{
    static const struct rx_pair split[] = {{"X", "a\r\nEvil: yes"}}, host[] = {{"Host", "a\nb"}},
                                 named[] = {{"Host", "example.com"}};
    char out[1024];
    int32_t n = render(out, sizeof(out) - 1, NULL, 0, false);

    cr_expect_eq(render(out, sizeof(out), split, 1, false), PROBE_HTTP1_BAD_HEADER);
    cr_expect_eq(render(out, sizeof(out), host, 1, false), PROBE_HTTP1_BAD_HOST);
    for (uint32_t room = 0; room < (uint32_t)n; room++)
        cr_assert_eq(render(out, room, NULL, 0, false), PROBE_HTTP1_TOO_LONG);
    cr_expect_eq(render(out, (uint32_t)n, NULL, 0, false), n);
    render(out, sizeof(out) - 1, named, 1, true);
    cr_expect_not_null(strstr(out, "Host: 10.0.0.5:8080\r\n"));
    cr_expect_null(strstr(out, "example.com"));
}

static void round_trip(const struct probe_http1_reply *r, const char *want)
{
    struct bench b = bench_of(PROBE_HTTP1_RESPONSE);
    char out[512];
    int32_t n = probe_http1_render_reply(out, sizeof(out) - 1, r);

    cr_assert_gt(n, 0);
    memcpy(out + n, "x", 2);
    expect_with(&b, out, (size_t)n + r->length, want);
}

Test(wire_http1, replies_can_be_read_back)
{
    round_trip(&(struct probe_http1_reply){.status = 200, .length = 1}, "200 body=1 \"x\"");
    round_trip(&(struct probe_http1_reply){.status = 503, .close = true}, "503 close body=0");
    round_trip(&(struct probe_http1_reply){.status = 204}, "204 body=0");
    round_trip(&(struct probe_http1_reply){.status = 799, .length = 1}, "799 body=1 \"x\"");
    round_trip(&(struct probe_http1_reply){.status = 302, .location = "/y"}, "302 value=/y body=0");
}
