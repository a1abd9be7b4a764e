/* SPDX-License-Identifier: Apache-2.0 */
/* The change log and its digest. */
#include "engine/store/log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/base.h"
#include "engine/reactor/err.h"

enum { OBJECTS = 5, FACTS = 40 };

struct fact {
    unsigned object;
    struct st_record event;
    const char *text;
};

/* Facts about a handful of objects, in an order that keeps each object's own. */
static void make_facts(struct fact f[FACTS], unsigned stride)
{
    unsigned told[OBJECTS] = {0}, n = 0;

    for (unsigned i = 0; n < FACTS; i++) {
        unsigned object = i * stride % OBJECTS;

        if (told[object] == FACTS / OBJECTS)
            object = n % OBJECTS;
        while (told[object] == FACTS / OBJECTS)
            object = (object + 1) % OBJECTS;
        f[n++] = (struct fact){
            .object = object,
            .event = {.kind = POD_TRANSITION,
                      .field = POD_FIELD_RESTART_COUNT,
                      .from = told[object],
                      .to = 10 * object + ++told[object],
                      .exit_code = -1},
            .text = told[object] % 3 == 0 ? "said" : NULL,
        };
    }
}

/* The digest of what is told of the objects whose bit is set. */
static uint64_t digest_of(const struct fact f[FACTS], unsigned objects)
{
    struct rx_digest story[OBJECTS] = {{0}};
    struct rx_loop loop = {0};
    struct st_log q;
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    cr_assert_eq(st_log_init(&q, &mem, &loop, 1, false), 0);
    for (unsigned i = 0; i < FACTS; i++) {
        struct rx_digest *s = &story[f[i].object];

        if (!(objects >> f[i].object & 1))
            continue;
        if (s->state == 0)
            st_log_begin(&q, s, 77 * f[i].object, f[i].object);
        st_log_put(&q, &f[i].event, s, f[i].text, f[i].text != NULL ? strlen(f[i].text) : 0);
    }
    st_log_fini(&q);
    rx_mem_close(&mem);
    return q.digest;
}

Test(log, the_order_between_objects_does_not_matter)
{
    struct fact one[FACTS], other[FACTS];

    make_facts(one, 1);
    make_facts(other, 3);
    cr_assert_neq(memcmp(one, other, sizeof(one)), 0, "the test must shuffle");
    cr_assert_eq(digest_of(one, 31), digest_of(other, 31));
}

Test(log, digests_of_parts_add_up_to_that_of_the_whole)
{
    struct fact f[FACTS];

    make_facts(f, 2);
    for (unsigned part = 0; part < 32; part++)
        cr_assert_eq(digest_of(f, part) + digest_of(f, ~part & 31), digest_of(f, 31));
}

Test(log, the_order_within_an_object_matters)
{
    struct fact f[FACTS];
    uint64_t before;

    make_facts(f, 1);
    before = digest_of(f, 31);
    for (unsigned i = 1; i < FACTS; i++) {
        struct fact swapped[FACTS];

        memcpy(swapped, f, sizeof(f));
        if (f[i].object == f[0].object) {
            swapped[0] = f[i];
            swapped[i] = f[0];
            cr_assert_neq(digest_of(swapped, 31), before);
        }
    }
}

Test(log, a_fact_of_another_object_is_another_fact)
{
    struct fact f[FACTS];
    uint64_t before;

    make_facts(f, 1);
    before = digest_of(f, 31);
    f[FACTS - 1].object = (f[FACTS - 1].object + 1) % OBJECTS;
    cr_assert_neq(digest_of(f, 31), before);
}

Test(log, composed_texts_are_no_part_of_it)
{
    struct fact f[FACTS];
    uint64_t before;

    make_facts(f, 1);
    before = digest_of(f, 31);
    f[4].text = "more";
    cr_assert_neq(digest_of(f, 31), before);
    f[4].event.composed = true;
    f[4].text = NULL;
    before = digest_of(f, 31);
    f[4].text = "more";
    cr_assert_eq(digest_of(f, 31), before);
}

/* ---- readers --------------------------------------------------------------------------------- */

struct bench {
    struct rx_mem mem;
    struct rx_loop loop;
    struct st_log log;
    struct rx_digest story;
};

static void bench_open(struct bench *b, uint32_t max)
{
    memset(b, 0, sizeof(*b));
    cr_assert_eq(rx_mem_open(&b->mem), 0);
    cr_assert_eq(st_log_init(&b->log, &b->mem, &b->loop, max, true), 0);
    st_log_begin(&b->log, &b->story, 1, 1);
}

static void bench_close(struct bench *b)
{
    st_log_fini(&b->log);
    cr_expect_eq(b->mem.state->bytes, 0);
    rx_mem_close(&b->mem);
}

/* A record that says its number, with a text of `length` bytes. */
static uint64_t tell(struct bench *b, uint64_t number, size_t length)
{
    static char text[9000];
    struct st_record r = {.kind = POD_TRANSITION, .to = number, .cause = number / 2};

    memset(text, 'a' + (int)(number % 26), length);
    return st_log_put(&b->log, &r, &b->story, length > 0 ? text : NULL, length);
}

static uint64_t note(struct bench *b)
{
    return st_log_note(&b->log, &(struct st_record){.object = ST_CONFIG, .to = POD_OBJECT_CREATED});
}

static void expect_record(struct bench *b, struct st_cursor *c, uint64_t number, size_t length)
{
    const struct st_record *r = st_cursor_peek(&b->log, c, NULL);
    const char *text;

    cr_assert_not_null(r);
    text = st_log_text(&b->log, r);
    cr_assert_eq(r->to, number, "%llu instead of %llu", (unsigned long long)r->to,
                 (unsigned long long)number);
    cr_assert_eq(r->cause, number / 2);
    cr_assert_eq(strlen(text), length);
    for (size_t i = 0; i < length; i++)
        cr_assert_eq(text[i], 'a' + (int)(number % 26));
    st_cursor_pop(&b->log, c);
}

static size_t length_of(uint64_t number)
{
    return number * 7919 % 8000 * (number % 3 != 0);
}

Test(log, a_holder_reads_all_and_holds_the_loop_when_it_does_not)
{
    struct st_cursor c;
    struct bench b;

    bench_open(&b, 3);
    st_cursor_open(&b.log, &c, true);
    tell(&b, 1, 0);
    note(&b);
    note(&b);
    tell(&b, 2, 5);
    cr_expect_not(b.loop.held, "what the stream does not show does not count");
    tell(&b, 3, 0);
    cr_expect(b.loop.held);
    expect_record(&b, &c, 1, 0);
    cr_expect_not(b.loop.held);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(st_cursor_peek(&b.log, &c, NULL)->told, 0);
        st_cursor_pop(&b.log, &c);
    }
    cr_expect_eq(st_cursor_peek(&b.log, &c, NULL)->told, 2);
    expect_record(&b, &c, 2, 5);
    expect_record(&b, &c, 3, 0);
    cr_expect_null(st_cursor_peek(&b.log, &c, NULL));
    cr_expect_eq(b.log.seq, 5);
    cr_expect_eq(b.log.told, 3);
    bench_close(&b);
}

/* More than there is room for at first, in waves that wrap around. */
Test(log, nothing_is_lost_between_two_holders)
{
    struct st_cursor quick, slow;
    uint64_t told = 0, quick_read = 0, slow_read = 0;
    struct bench b;

    bench_open(&b, 1000000);
    st_cursor_open(&b.log, &quick, true);
    st_cursor_open(&b.log, &slow, true);
    for (int wave = 0; wave < 60; wave++) {
        for (int i = 0; i < 300 + wave * 13 % 90; i++, told++)
            tell(&b, told, length_of(told));
        for (; quick_read < told; quick_read++)
            expect_record(&b, &quick, quick_read, length_of(quick_read));
        for (; slow_read + 200 < told; slow_read++)
            expect_record(&b, &slow, slow_read, length_of(slow_read));
    }
    for (; slow_read < told; slow_read++)
        expect_record(&b, &slow, slow_read, length_of(slow_read));
    cr_expect_eq(b.log.lost, 0);
    cr_expect_leq(b.log.room, 8192, "what has been read makes room");
    bench_close(&b);
}

Test(log, who_does_not_hold_is_told_that_it_is_late)
{
    struct st_cursor holder, watch;
    struct bench b;
    bool late;

    bench_open(&b, 1000);
    cr_assert_eq(st_log_history(&b.log, 10), 0);
    st_cursor_open(&b.log, &holder, true);
    st_cursor_open(&b.log, &watch, false);
    for (uint64_t i = 1; i <= 30; i++) {
        tell(&b, i, i);
        if (i <= 5)
            expect_record(&b, &watch, i, i);
        expect_record(&b, &holder, i, i);
    }
    cr_expect_null(st_cursor_peek(&b.log, &watch, &late));
    cr_expect(late);
    cr_expect_eq(st_cursor_seek(&b.log, &watch, 19), -RX_ENOTFOUND);
    cr_expect_eq(st_cursor_seek(&b.log, &watch, 31), -RX_ENOTFOUND);
    cr_expect_eq(st_cursor_seek(&b.log, &watch, 20), 0);
    for (uint64_t i = 21; i <= 30; i++)
        expect_record(&b, &watch, i, i);
    cr_expect_null(st_cursor_peek(&b.log, &watch, &late));
    cr_expect_not(late);
    bench_close(&b);
}

/* Without one that holds, the newest are there: as many as there is room for. */
Test(log, without_holders_the_log_does_not_grow)
{
    struct st_cursor watch;
    struct bench b;

    bench_open(&b, 10);
    for (uint64_t i = 1; i <= 100000; i++)
        tell(&b, i, length_of(i));
    cr_expect_not(b.loop.held);
    cr_expect_leq(b.log.room, 4096);
    st_cursor_open(&b.log, &watch, false);
    cr_assert_eq(st_cursor_seek(&b.log, &watch, 99990), 0);
    for (uint64_t i = 99991; i <= 100000; i++)
        expect_record(&b, &watch, i, length_of(i));
    bench_close(&b);
}

Test(log, room_is_taken_before_a_turn)
{
    struct st_cursor c;
    struct bench b;

    bench_open(&b, 100000);
    st_cursor_open(&b.log, &c, true);
    for (uint64_t told = 0; told < 60000;) {
        uint64_t more = told + RX_MAX(told, 2000);

        st_log_reserve(&b.log);
        rx_mem_enter(&b.mem, RX_MEM_SEALED);
        for (; told < more; told++)
            tell(&b, told, 20);
        rx_mem_enter(&b.mem, RX_MEM_OPEN);
    }
    cr_expect_eq(rx_mem_breaches(&b.mem), 0);
    cr_expect_eq(b.mem.state->counted[RX_MEM_GROWS], 0);
    bench_close(&b);
}

/* What one handler may tell fits, whether what was told before has been read or not. */
static void tell_in_handlers(bool read)
{
    struct st_cursor c;
    struct bench b;

    bench_open(&b, 100000);
    st_cursor_open(&b.log, &c, true);
    cr_assert_eq(st_log_spare(&b.log, 500, 500 * 600), 0);
    for (uint64_t told = 0; told < 30000;) {
        rx_mem_enter(&b.mem, RX_MEM_SEALED);
        for (int i = 0; i < 500; i++, told++)
            tell(&b, told, 500);
        rx_mem_enter(&b.mem, RX_MEM_GROWS);
        if (rx_mem_wanting(&b.mem))
            rx_mem_pools_grow(&b.mem);
        while (read && st_cursor_peek(&b.log, &c, NULL) != NULL)
            st_cursor_pop(&b.log, &c);
    }
    cr_expect_eq(rx_mem_breaches(&b.mem), 0);
    cr_expect_eq(b.mem.state->counted[RX_MEM_GROWS] > 0, !read);
    cr_expect_eq(b.log.lost, 0);
    rx_mem_enter(&b.mem, RX_MEM_OPEN);
    bench_close(&b);
}

Test(log, what_a_handler_tells_has_room)
{
    tell_in_handlers(false);
    tell_in_handlers(true);
}

Test(log, reasons_that_documents_invent_have_numbers)
{
    struct st_reasons all = {.count = 0};
    struct rx_arena arena;
    struct rx_mem mem;
    char text[16];

    cr_assert_eq(rx_mem_open(&mem), 0);
    rx_arena_init(&arena, &mem);
    cr_expect_eq(st_reasons_add(&all, &arena, "OOMKilled"), 0);
    cr_expect_eq(all.count, 0, "it is one of the list");
    for (int i = 0; i < ST_REASONS_MAX; i++) {
        snprintf(text, sizeof(text), "Mine%d", i);
        cr_assert_eq(st_reasons_add(&all, &arena, text), 0);
        cr_assert_eq(st_reasons_add(&all, &arena, text), 0);
    }
    cr_expect_eq(st_reasons_add(&all, &arena, "OneMore"), -RX_ELIMIT);
    cr_expect_eq(st_reason_number(&all, "Mine7"), POD_REASON_SCRIPTED + 7);
    cr_expect_eq(st_reason_number(&all, "OneMore"), POD_REASON_ERROR);
    cr_expect_eq(st_reason_number(&all, "Error"), POD_REASON_ERROR);
    cr_expect_str_eq(st_reason_text(&all, POD_REASON_SCRIPTED + 199), "Mine199");
    cr_expect_str_eq(st_reason_text(&all, POD_REASON_OOM_KILLED), "OOMKilled");
    rx_arena_fini(&arena);
    rx_mem_close(&mem);
}
