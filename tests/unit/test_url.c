/* SPDX-License-Identifier: Apache-2.0 */
/* test_url.c - targets as Go reads them, and its words for what it refuses. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "probes/wire/url.h"
#include "tests/support/guard.h"

#define ROOM 512

static const char *text_of(struct rx_fit *t)
{
    cr_assert_lt(t->len, t->room);
    t->at[t->len] = '\0';
    return t->at;
}

#define TEXT(name)                                                                                 \
    char name##_room[ROOM];                                                                        \
    struct rx_fit name = {.at = name##_room, .room = ROOM}

/* ---- text ------------------------------------------------------------------------------------ */

Test(url, text_is_cut_and_never_overruns)
{
    struct guard g = guard_open(5, GUARD_AFTER);
    struct rx_fit t = {.at = g.data, .room = 5};

    rx_fit_str(&t, "abc");
    cr_expect_not(t.cut);
    rx_fit_uint(&t, 4294967296);
    cr_expect(t.cut);
    cr_expect_eq(t.len, 5);
    cr_expect_eq(memcmp(t.at, "abc42", 5), 0);
    pod_text_quote(&t, "more", 4);
    cr_expect_eq(t.len, 5);
    guard_close(&g);
}

Test(url, quoting_is_that_of_go)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *want;
    } rows[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a\"b\\c", 5, "\"a\\\"b\\\\c\""},
        {"\a\b\t\n\v\f\r", 7, "\"\\a\\b\\t\\n\\v\\f\\r\""},
        {"\0\x1b\x7f", 3, "\"\\x00\\x1b\\x7f\""},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14,
         "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"\xc3", 1, "\"\\xc3\""},
        {"\xc0\x80", 2, "\"\\xc0\\x80\""},
        {"\xed\xa0\x80", 3, "\"\\xed\\xa0\\x80\""},
        {"\xe0\x80\x80", 3, "\"\\xe0\\x80\\x80\""},
        {"\xf4\x90\x80\x80", 4, "\"\\xf4\\x90\\x80\\x80\""},
        {"\xf0\x9f\x98", 3, "\"\\xf0\\x9f\\x98\""},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct guard g = guard_copy(rows[i].bytes, rows[i].n);
        TEXT(t);

        pod_text_quote(&t, g.data, rows[i].n);
        cr_expect_str_eq(text_of(&t), rows[i].want, "row %zu", i);
        guard_close(&g);
    }
}

Test(url, failed_operations)
{
    static const struct rx_addr peer = {.ip = 0x0a000005, .port = 80};
    static const struct {
        uint8_t stage;
        int error;
        const char *want;
    } rows[] = {
        {RX_STAGE_CONNECT, ECONNREFUSED, "dial tcp 10.0.0.5:80: connect: connection refused"},
        {RX_STAGE_CONNECT, EHOSTUNREACH, "dial tcp 10.0.0.5:80: connect: no route to host"},
        {RX_STAGE_SOCKET, EMFILE, "dial tcp 10.0.0.5:80: socket: too many open files"},
        {RX_STAGE_SEND, EPIPE, "write tcp 10.0.0.5:80: write: broken pipe"},
        {RX_STAGE_SEND, ECONNREFUSED, "dial tcp 10.0.0.5:80: connect: connection refused"},
        {RX_STAGE_RECV, ECONNRESET, "read tcp 10.0.0.5:80: read: connection reset by peer"},
        {RX_STAGE_RECV, 4711, "read tcp 10.0.0.5:80: read: errno 4711"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        TEXT(t);

        pod_text_io_error(&t, peer, rows[i].stage, rows[i].error);
        cr_expect_str_eq(text_of(&t), rows[i].want);
    }
}

Test(url, ports_that_cannot_be_resolved)
{
    static const char *const rows[][2] = {
        {"web", "strconv.Atoi: parsing \"web\": invalid syntax"},
        {"", "strconv.Atoi: parsing \"\": invalid syntax"},
        {"8080x", "strconv.Atoi: parsing \"8080x\": invalid syntax"},
        {"0", "invalid port number: 0"},
        {"-1", "invalid port number: -1"},
        {"+70000", "invalid port number: 70000"},
        {"99999999999999999999",
         "strconv.Atoi: parsing \"99999999999999999999\": value out of range"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        TEXT(t);

        pod_text_no_port(&t, rows[i][0]);
        cr_expect_str_eq(text_of(&t), rows[i][1]);
    }
}

/* ---- hosts ----------------------------------------------------------------------------------- */

Test(url, hosts)
{
    static const struct {
        const char *host;
        bool ok;
        uint32_t ip;
    } rows[] = {
        {"10.0.0.5", true, 0x0a000005},
        {"0.0.0.0", true, 0},
        {"255.255.255.255", true, ~0u},
        {"localhost", true, 0x7f000001},
        {"", false, 0},
        {"10.0.0", false, 0},
        {"10.0.0.", false, 0},
        {"10.0.0.5.6", false, 0},
        {"10.0.0.256", false, 0},
        {"10.0.0.05", false, 0},
        {"10..0.5", false, 0},
        {"10.0.0.5 ", false, 0},
        {"10.0.0.1000", false, 0},
        {"example.com", false, 0},
        {"::1", false, 0},
        {"Localhost", false, 0},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct guard g = guard_copy(rows[i].host, strlen(rows[i].host));
        uint32_t ip = 0;

        cr_expect_eq(probe_host_resolve(g.data, g.size, &ip), rows[i].ok, "%s", rows[i].host);
        cr_expect_eq(ip, rows[i].ip, "%s", rows[i].host);
        guard_close(&g);
    }
}

Test(url, where_a_host_leads)
{
    static const struct {
        const char *host;
        enum probe_aim aim;
        uint32_t ip;
    } rows[] = {
        {"127.0.0.1", PROBE_AIM_OK, 0x7f010002},       {"localhost", PROBE_AIM_OK, 0x7f010002},
        {"::1", PROBE_AIM_OK, 0x7f010002},             {"127.1.0.2", PROBE_AIM_OK, 0x7f010002},
        {"127.1.0.3", PROBE_AIM_OK, 0x7f010003},
        {"127.255.255.255", PROBE_AIM_OK, 0x7fffffff},
        {"128.0.0.1", PROBE_AIM_NO_ROUTE, 0x80000001}, {"0.0.0.0", PROBE_AIM_NO_ROUTE, 0},
        {"10.0.0.5", PROBE_AIM_NO_ROUTE, 0x0a000005},  {"::2", PROBE_AIM_NO_HOST, 0},
        {"example.com", PROBE_AIM_NO_HOST, 0},         {"", PROBE_AIM_NO_HOST, 0},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct guard g = guard_copy(rows[i].host, strlen(rows[i].host));
        uint32_t ip = 0;

        cr_expect_eq(probe_host_aim(g.data, g.size, 0x7f010002, &ip), rows[i].aim, "%s",
                     rows[i].host);
        cr_expect_eq(ip, rows[i].ip, "%s", rows[i].host);
        guard_close(&g);
    }
}

Test(url, host_and_port)
{
    TEXT(t);

    probe_url_host_port(&t, "example.com", 11, 80);
    rx_fit_add(&t, " ", 1);
    probe_url_host_port(&t, "::1", 3, 65535);
    cr_expect_str_eq(text_of(&t), "example.com:80 [::1]:65535");
}

/* ---- targets --------------------------------------------------------------------------------- */

Test(url, paths_become_targets)
{
    static const char *const rows[][2] = {
        {"/", "/"},
        {"", "/"},
        {"/healthz", "/healthz"},
        {"healthz", "/healthz"},
        {"/a?b=c&d", "/a?b=c&d"},
        {"?b=c", "/?b=c"},
        {"/a?", "/a"},
        {"/a#frag", "/a"},
        {"/a?b#frag?c", "/a?b"},
        {"/a b", "/a%20b"},
        {"/a%20b", "/a%20b"},
        {"/%7Euser/%2f", "/%7Euser/%2f"},
        {"/sp ace%41!", "/sp%20aceA%21"},
        {"/caf\xc3\xa9", "/caf%C3%A9"},
        {"/a!(b)*[c]'", "/a!(b)*[c]'"},
        {"/bad%zz?q#f", "/bad%25zz%3Fq%23f"},
        {"/cut%4", "/cut%254"},
        {"/line\nfeed", "/line%0Afeed"},
        {"http://other:1/x?y", "/x?y"},
        {"//other/x", "/x"},
        {"http://other", "/"},
        {"a:b", "/a:b"},
        {":x", "/:x"},
        {"/a:b", "/a:b"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        TEXT(t);

        probe_url_target(&t, rows[i][0]);
        cr_expect_str_eq(text_of(&t), rows[i][1], "\"%s\" became \"%s\", want \"%s\"", rows[i][0],
                         t.at, rows[i][1]);
    }
}

/* ---- references ------------------------------------------------------------------------------ */

Test(url, references_are_resolved)
{
    static const struct {
        const char *ref, *want;
        enum probe_url_fault fault;
    } rows[] = {
        {"/x", "http://h:8080/x", PROBE_URL_OK},
        {"x", "http://h:8080/b/x", PROBE_URL_OK},
        {"./x", "http://h:8080/b/x", PROBE_URL_OK},
        {"../x", "http://h:8080/x", PROBE_URL_OK},
        {"../../../x", "http://h:8080/x", PROBE_URL_OK},
        {"..", "http://h:8080/", PROBE_URL_OK},
        {".", "http://h:8080/b/", PROBE_URL_OK},
        {"x/", "http://h:8080/b/x/", PROBE_URL_OK},
        {"x//y", "http://h:8080/b/x//y", PROBE_URL_OK},
        {"/x/../y/./z", "http://h:8080/y/z", PROBE_URL_OK},
        {"?q2", "http://h:8080/b/c?q2", PROBE_URL_OK},
        {"#f", "http://h:8080/b/c?q", PROBE_URL_OK},
        {"", "http://h:8080/b/c?q", PROBE_URL_OK},
        {"x?y=/../z", "http://h:8080/b/x?y=/../z", PROBE_URL_OK},
        {"http://o/x", "http://o/x", PROBE_URL_OK},
        {"HTTP://o:1/x", "http://o:1/x", PROBE_URL_OK},
        {"http://o", "http://o/", PROBE_URL_OK},
        {"http://o?q", "http://o/?q", PROBE_URL_OK},
        {"https://h/", "https://h/", PROBE_URL_OK},
        {"//o/x", "http://o/x", PROBE_URL_OK},
        {"//user:pw@o:1/x", "http://o:1/x", PROBE_URL_OK},
        {"http://[::1]:9/x", "http://[::1]:9/x", PROBE_URL_OK},
        {"ftp://h/x", "ftp://h/x", PROBE_URL_OK},
        {"mailto:a", "mailto:///a", PROBE_URL_OK},
        {"/a b", "http://h:8080/a%20b", PROBE_URL_OK},
        {"http://o:x/", NULL, PROBE_URL_BAD_PORT},
        {"http://o:-1/", NULL, PROBE_URL_BAD_PORT},
        {"http://a b/", NULL, PROBE_URL_BAD_HOST},
        {"http://<o>/", NULL, PROBE_URL_BAD_HOST},
        {"/%zz", NULL, PROBE_URL_BAD_ESCAPE},
        {"/%4", NULL, PROBE_URL_BAD_ESCAPE},
        {":x", NULL, PROBE_URL_NO_SCHEME},
        {"1a:b", NULL, PROBE_URL_COLON},
    };
    static const char base[] = "http://h:8080/b/c?q";

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        struct guard g = guard_copy(rows[i].ref, strlen(rows[i].ref));
        TEXT(t);

        cr_expect_eq(probe_url_resolve(&t, base, sizeof(base) - 1, g.data, (uint32_t)g.size),
                     rows[i].fault, "%s", rows[i].ref);
        if (rows[i].want != NULL)
            cr_expect_str_eq(text_of(&t), rows[i].want, "\"%s\" became \"%s\", want \"%s\"",
                             rows[i].ref, t.at, rows[i].want);
        else
            cr_expect_gt(strlen(probe_url_fault_text(rows[i].fault)), 0);
        guard_close(&g);
    }
}

/* Whatever the room, what comes back can be split again, or is refused. */
Test(url, resolved_into_any_room)
{
    static const char base[] = "http://h:8080/b/c?q", ref[] = "http://host.example:99/a/../b%20c?d";

    for (uint32_t room = 0; room <= 40; room++) {
        struct guard g = guard_open(room, GUARD_AFTER);
        struct rx_fit t = {.at = g.data, .room = room};
        enum probe_url_fault f =
            probe_url_resolve(&t, base, sizeof(base) - 1, ref, sizeof(ref) - 1);
        struct probe_url u;

        if (room < 23) {
            cr_expect_eq(f, PROBE_URL_BAD_HOST, "room %u", room);
        } else {
            cr_expect_eq(f, room < 30 ? PROBE_URL_TOO_LONG : PROBE_URL_OK, "room %u", room);
            probe_url_split(t.at, t.len, &u);
            cr_expect_eq(u.host_len, 12);
            cr_expect_eq(u.port, 99);
        }
        guard_close(&g);
    }
}

Test(url, split)
{
    static const struct {
        const char *url, *authority, *host, *target;
        uint32_t port;
        bool https, known;
    } rows[] = {
        {"http://10.0.0.5:8080/x?y", "10.0.0.5:8080", "10.0.0.5", "/x?y", 8080, false, true},
        {"http://h/", "h", "h", "/", 80, false, true},
        {"http://h:/", "h:", "h", "/", 80, false, true},
        {"https://h/", "h", "h", "/", 443, true, true},
        {"http://[::1]:9/", "[::1]:9", "::1", "/", 9, false, true},
        {"http://[::1]/", "[::1]", "::1", "/", 80, false, true},
        {"http://h:99999/", "h:99999", "h", "/", 99999, false, true},
        {"ftp://h/", "h", "h", "/", 80, false, false},
        {"mailto:///a", "", "", "/a", 80, false, false},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        uint32_t n = (uint32_t)strlen(rows[i].url);
        struct guard g = guard_copy(rows[i].url, n);
        struct probe_url u;

        probe_url_split(g.data, n, &u);
        cr_expect_eq(u.authority_len, strlen(rows[i].authority), "%s", rows[i].url);
        cr_expect_eq(memcmp(g.data + u.authority_at, rows[i].authority, u.authority_len), 0);
        cr_expect_eq(u.host_len, strlen(rows[i].host), "%s", rows[i].url);
        cr_expect_eq(memcmp(g.data + u.host_at, rows[i].host, u.host_len), 0);
        cr_expect_eq(n - u.target_at, strlen(rows[i].target));
        cr_expect_eq(u.port, rows[i].port, "%s", rows[i].url);
        cr_expect_eq(u.https, rows[i].https);
        cr_expect_eq(u.known, rows[i].known);
        guard_close(&g);
    }
}

Test(url, relative_or_not)
{
    cr_expect(probe_url_is_relative("/x", 2));
    cr_expect(probe_url_is_relative("//h/x", 5));
    cr_expect(probe_url_is_relative("", 0));
    cr_expect_not(probe_url_is_relative("http://h/", 9));
}
