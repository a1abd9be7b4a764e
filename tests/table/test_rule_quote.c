/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quoting as Go's %q: each kind of character, and what happens when there is no room.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/rule_quote.h"

Test(rule_quote, kinds_of_characters)
{
    static const struct {
        const char *text, *quoted;
    } rows[] = {
        {"", "\"\""},
        {"plain text", "\"plain text\""},
        {"say \"x\" and \\", "\"say \\\"x\\\" and \\\\\""},
        {"a\tb\r\n", "\"a\\tb\\r\\n\""},
        {"\a\b\f\v", "\"\\a\\b\\f\\v\""},
        {"it's", "\"it's\""},
        {"\x01\x1b[0m\x7f", "\"\\x01\\x1b[0m\\x7f\""},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
         "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"\xc2\x85\xc2\xa0\xc2\xad", "\"\\u0085\\u00a0\\u00ad\""},
        {"\xe2\x80\x8b\xe2\x80\xa8\xef\xbb\xbf", "\"\\u200b\\u2028\\ufeff\""},
        {"\xee\x80\x80\xf3\xb0\x80\x80", "\"\\ue000\\U000f0000\""},
        {"\xff\xc3", "\"\\xff\\xc3\""},
        {"\xc0\x80 \xed\xa0\x80", "\"\\xc0\\x80 \\xed\\xa0\\x80\""}, /* overlong; a surrogate */
        {"\xe2\x82", "\"\\xe2\\x82\""},
        {"\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\""},
    };
    char out[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t n = pod_quote(rows[i].text, strlen(rows[i].text), out, sizeof(out));

        cr_expect_str_eq(out, rows[i].quoted);
        cr_expect_eq(n, strlen(rows[i].quoted));
    }
    cr_expect_eq(pod_quote("a\0b", 3, out, sizeof(out)), 8);
    cr_expect_str_eq(out, "\"a\\x00b\"");
}

Test(rule_quote, no_room_is_no_harm)
{
    static const char text[] = "one\ttwo \xe2\x82\xac \xff";
    char whole[64], out[64];
    size_t n = pod_quote(text, sizeof(text) - 1, whole, sizeof(whole));

    for (size_t room = 0; room <= n + 1; room++) {
        memset(out, '#', sizeof(out));
        cr_assert_eq(pod_quote(text, sizeof(text) - 1, out, room), n);
        cr_assert_eq(out[room], '#');
        if (room > 0)
            cr_assert_eq(strncmp(out, whole, room - 1), 0);
        if (room > 0)
            cr_assert_eq(strlen(out), room - 1 < n ? room - 1 : n);
    }
}

/* A byte at a time, and behind others: exactly the ASCII that an escape leaves alone. */
Test(rule_quote, what_is_plain_is_what_stays)
{
    for (int byte = 0; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, 'b'};
        char piece[POD_ESCAPE_MAX];
        size_t written;
        bool stays;

        pod_escape(text + 1, 1, piece, &written);
        stays = byte < 0x80 && written == 1 && piece[0] == text[1];
        cr_expect_eq(pod_plain(text + 1, 1), (size_t)stays, "byte %d", byte);
        cr_expect_eq(pod_plain(text, 3), stays ? 3u : 1u, "byte %d", byte);
        cr_expect_eq(pod_plain(text, 0), 0u);
    }
}
