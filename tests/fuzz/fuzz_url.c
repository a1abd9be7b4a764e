/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_url.c - a Location seen from where it was sent, again and again: a chain of redirects.
 *
 *   byte 0      bits 0-2: which URL it begins at; bits 3-7: how small the room is
 *   the rest    Locations, up to a newline each; the first one is also taken as a probe's path, as
 * a host, and as text to be quoted
 *
 * What comes out is in normal form: resolved from anywhere it is itself, and its parts lie in it.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/pod/rule_quote.h"
#include "probes/wire/url.h"
#include "tests/fuzz/kit.h"

enum { ROOM = 512 };

static void parts(const char *url, uint32_t length, bool whole)
{
    char again[ROOM];
    struct rx_fit t = {.at = again, .room = ROOM};
    struct probe_url u;

    probe_url_split(url, length, &u);
    CHECK(u.scheme_len < length);
    CHECK(u.authority_at + u.authority_len <= length);
    CHECK(u.host_at >= u.authority_at && u.host_at + u.host_len <= u.target_at);
    CHECK(u.target_at <= length);
    if (!whole || !u.known)
        return;
    CHECK(u.target_at < length && url[u.target_at] == '/');
    CHECK(probe_url_resolve(&t, "http://elsewhere:1/x/y?z", 24, url, length) == PROBE_URL_OK);
    CHECK(t.len == length && memcmp(again, url, length) == 0);
}

/* Each line from where the one before has led. */
static void follow(const char *base, uint32_t room, const uint8_t *at, const uint8_t *end)
{
    char here[ROOM];
    uint32_t length = (uint32_t)strlen(base);

    memcpy(here, base, length);
    while (at < end) {
        size_t n;
        const uint8_t *from = fuzz_until(&at, end, '\n', &n);
        char *ref = fuzz_text(from, n), *next = malloc(room);
        struct rx_fit t = {.at = next, .room = room};
        enum probe_url_fault fault = probe_url_resolve(&t, here, length, ref, (uint32_t)n);

        CHECK(t.len <= t.room);
        if (fault == PROBE_URL_OK) {
            CHECK(!t.cut);
            parts(next, t.len, true);
            memcpy(here, next, t.len);
            length = t.len;
        } else {
            CHECK(probe_url_fault_text(fault) != NULL);
        }
        (void)probe_url_is_relative(ref, (uint32_t)n);
        free(ref);
        free(next);
        if (fault != PROBE_URL_OK)
            return;
    }
}

static void quote(const char *text, size_t n)
{
    size_t length = pod_quote(text, n, NULL, 0);
    char *whole = malloc(length + 1), *cut = malloc(length / 2 + 1);

    CHECK(pod_quote(text, n, whole, length + 1) == length && strlen(whole) == length);
    CHECK(whole[0] == '"' && whole[length - 1] == '"' && memchr(whole, '\n', length) == NULL);
    CHECK(pod_quote(text, n, cut, length / 2 + 1) == length);
    CHECK(memcmp(whole, cut, length / 2) == 0);
    free(whole);
    free(cut);
}

static void single(const char *text, size_t n, uint32_t room)
{
    char *out = malloc(room);
    struct rx_fit t = {.at = out, .room = room};
    uint32_t ip = 0;

    probe_url_target(&t, text);
    CHECK(t.len > 0 && out[0] == '/');
    for (uint32_t i = 0; i < t.len;
         i++) /* as in Go, a query may have blanks and what is not ASCII */
        CHECK((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
    t.len = 0;
    pod_text_quote(&t, text, n);
    probe_url_host_port(&t, text, n, 80);
    pod_text_no_host(&t, text, n);
    pod_text_no_port(&t, text);
    CHECK(t.len <= room);
    if (probe_host_aim(text, n, 0x7f000002, &ip) == PROBE_AIM_OK)
        CHECK(ip >> 24 == 127);
    quote(text, n);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const base[] = {"http://10.0.0.5:8080/a/b?c", "https://h/",
                                       "http://[::1]:8080/a/b/c/",   "http://h:99999/x",
                                       "http://h:80/?a?b",           "http://h/%41/%2e%2e/x"};
    const uint8_t *at = data + 1;
    uint32_t room;
    size_t n;
    char *first;

    if (size < 1)
        return 0;
    room = data[0] >> 3 == 0 ? ROOM : 32 + (data[0] >> 3) * 8u;
    follow(base[data[0] % 6], room, data + 1, data + size);
    fuzz_until(&at, data + size, '\n', &n);
    first = fuzz_text(data + 1, n);
    single(first, strlen(first), room);
    free(first);
    return 0;
}
