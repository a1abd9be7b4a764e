/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c - writing within a room and past its end: nothing outside, and the length of all. */
#include <criterion/criterion.h>
#include <string.h>

#include "engine/reactor/text.h"

static void write_all(struct rx_text *t)
{
    rx_text_puts(t, "pods:");
    rx_text_puts(t, NULL);
    rx_text_putc(t, ' ');
    rx_text_i64(t, INT64_MIN);
    rx_text_fill(t, '.', 3);
    rx_text_padded(t, 7, 3);
    rx_text_hex64(t, 0xfeed);
    rx_text_pad(t, t->length - 2, 4);
    rx_text_say(t, "%s=%d", "n", 12);
}

static const char all[] = "pods: -9223372036854775808...007000000000000feed  n=12";

/* In each room from none on: the beginning of the text, its end where it fits, and what it
 * needs. */
Test(text, keeps_to_its_room)
{
    for (size_t room = 0; room < sizeof(all) + 8; room++) {
        char out[sizeof(all) + 16];
        struct rx_text t = rx_text_in(out, room);
        size_t kept = room > sizeof(all) ? sizeof(all) : room;

        memset(out, '#', sizeof(out));
        write_all(&t);
        cr_expect_eq(t.length, sizeof(all) - 1, "room %zu", room);
        cr_expect_eq(memcmp(out, all, kept < sizeof(all) ? kept : kept - 1), 0, "room %zu", room);
        cr_expect_eq(rx_text_end(&t), sizeof(all) - 1, "room %zu", room);
        if (room > 0)
            cr_expect_eq(out[kept - 1], '\0', "room %zu", room);
        for (size_t i = room; i < sizeof(out); i++)
            cr_expect_eq(out[i], '#', "room %zu, byte %zu", room, i);
    }
}

Test(text, says_no_more_than_it_promises)
{
    static char out[4 * RX_TEXT_SAID_MAX];
    struct rx_text t = rx_text_in(out, sizeof(out));

    rx_text_say(&t, "%*d", 2 * RX_TEXT_SAID_MAX, 1);
    cr_expect_eq(t.length, RX_TEXT_SAID_MAX - 1);
}
