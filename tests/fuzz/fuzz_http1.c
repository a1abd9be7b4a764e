/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_http1.c - the HTTP/1 parser against itself, and what is made of its results.
 *
 *   byte 0      bit 0: request or response; bits 1-2: size of the lent area; bit 3: a body limit
 *   byte 1      how the second run cuts the input: a seed
 *   the rest    the bytes of a connection
 *
 * The input is parsed at once and in pieces; both must come to the same result, byte for byte. A
 * Location is then resolved, a target taken apart, a fault spelled out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/wire/http1.h"
#include "tests/fuzz/kit.h"

enum { KEEP_MAX = 1024, BODY_ROOM = 64 };

struct run {
    struct probe_http1 m;
    char keep[KEEP_MAX], body[BODY_ROOM];
    uint64_t used; /* bytes consumed */
};

static void begin(struct run *r, uint8_t how)
{
    static const uint32_t rooms[] = {PROBE_HTTP1_KEEP_MIN, 200, 512, KEEP_MAX};

    probe_http1_init(&r->m, how & 1 ? PROBE_HTTP1_REQUEST : PROBE_HTTP1_RESPONSE, r->keep,
                     rooms[how >> 1 & 3]);
    r->m.body = r->body;
    r->m.body_room = BODY_ROOM;
    r->m.body_max = how & 8 ? 100 : UINT64_MAX;
    r->used = 0;
}

static bool over(const struct run *r)
{
    return r->m.done || r->m.fault != PROBE_HTTP1_FAULT_NONE;
}

/* One piece, in memory of its own so that a sanitizer sees its end. */
static void feed(struct run *r, const uint8_t *data, size_t size)
{
    char *piece = malloc(size > 0 ? size : 1);
    uint32_t at = 0;

    memcpy(piece, data, size);
    while (at < size && !over(r)) {
        bool had_head = r->m.head_done;
        int32_t took = probe_http1_feed(&r->m, piece + at, (uint32_t)size - at);

        if (took < 0)
            break;
        CHECK(took > 0);
        at += (uint32_t)took;
        CHECK(at <= size);
        CHECK(at == size || over(r) || (r->m.head_done && !had_head));
    }
    r->used += at;
    free(piece);
}

static void end(struct run *r)
{
    if (!over(r))
        (void)probe_http1_end(&r->m);
    CHECK(over(r));
}

static void compare(const struct run *a, const struct run *b)
{
    const struct probe_http1 *x = &a->m, *y = &b->m;

    CHECK(x->fault == y->fault);
    CHECK(x->done == y->done);
    CHECK(x->head_done == y->head_done);
    if (x->fault != PROBE_HTTP1_FAULT_NONE) {
        CHECK(x->line_len == y->line_len);
        CHECK(memcmp(x->keep + x->value_len, y->keep + y->value_len, x->line_len) == 0);
    } else {
        CHECK(a->used == b->used);
    }
    CHECK(x->status == y->status && x->method == y->method);
    CHECK(x->close == y->close);
    CHECK(x->has_value == y->has_value && x->value_cut == y->value_cut);
    CHECK(x->value_len == y->value_len);
    CHECK(memcmp(x->keep, y->keep, x->value_len) == 0);
    CHECK(x->body_bytes == y->body_bytes && x->body_len == y->body_len);
    CHECK(memcmp(x->body, y->body, x->body_len) == 0);
    CHECK(x->body_cut == y->body_cut);
    CHECK(!x->body_cut || x->body_bytes == x->body_max);
}

/* What http.c would do with it. */
static void use(const struct run *r)
{
    static const char base[] = "http://10.0.0.5:8080/a/b?c";
    const struct probe_http1 *m = &r->m;
    char text[300], again[300], path[KEEP_MAX + 1];
    struct rx_fit t = {.at = text, .room = sizeof(text)};
    struct rx_fit u = {.at = again, .room = sizeof(again)};
    struct probe_url parts;
    enum probe_url_fault fault;

    CHECK(m->value_len <= m->keep_room);
    if (m->fault != PROBE_HTTP1_FAULT_NONE) {
        probe_http1_fault_text(m, &t);
        CHECK(t.len > 0 && probe_http1_fault_status(m) >= 400);
        return;
    }
    if (!m->has_value)
        return;
    if (m->kind == PROBE_HTTP1_REQUEST) {
        memcpy(path, m->keep, m->value_len);
        path[m->value_len] = '\0';
        probe_url_target(&t, path);
        CHECK(t.len > 0 && text[0] == '/');
        return;
    }
    fault = probe_url_resolve(&t, base, sizeof(base) - 1, m->keep, m->value_len);
    if (fault != PROBE_URL_OK && fault != PROBE_URL_TOO_LONG)
        return;
    probe_url_split(text, t.len, &parts);
    CHECK(parts.target_at < t.len);
    CHECK(parts.host_at + parts.host_len <= parts.target_at);
    if (fault == PROBE_URL_OK && parts.known) {
        /* Normal form: seen from anywhere it is itself. */
        CHECK(probe_url_resolve(&u, base, sizeof(base) - 1, text, t.len) == PROBE_URL_OK);
        CHECK(u.len == t.len && memcmp(text, again, t.len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run whole, cut;
    uint32_t seed;
    size_t at = 2;

    if (size < 2 || size > 100000)
        return 0;
    begin(&whole, data[0]);
    feed(&whole, data + 2, size - 2);
    end(&whole);

    begin(&cut, data[0]);
    seed = data[1] * 2654435761u + 1;
    while (at < size && !over(&cut)) {
        /* Seed 0 of each eight: byte by byte; the others: 1 to 31 bytes. */
        size_t n = data[1] % 8 == 0 ? 1 : 1 + (seed >> 16) % 31;

        n = RX_MIN(n, size - at);
        feed(&cut, data + at, n);
        at += n;
        seed = seed * 1664525u + 1013904223u;
    }
    end(&cut);
    compare(&whole, &cut);
    use(&whole);
    return 0;
}
