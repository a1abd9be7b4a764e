/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of facts and its digest. */
#include "engine/pod/event.h"

#include <criterion/criterion.h>
#include <string.h>

#include "engine/reactor/base.h"

enum { OBJECTS = 5, FACTS = 40 };

struct fact {
    unsigned object;
    struct pod_event event;
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
    struct pod_events q;
    struct rx_mem mem;

    cr_assert_eq(rx_mem_open(&mem), 0);
    cr_assert_eq(pod_events_init(&q, &mem, &loop, 1, false), 0);
    for (unsigned i = 0; i < FACTS; i++) {
        struct rx_digest *s = &story[f[i].object];

        if (!(objects >> f[i].object & 1))
            continue;
        if (s->state == 0)
            pod_events_begin(&q, s, 77 * f[i].object, f[i].object);
        pod_events_put(&q, &f[i].event, s, f[i].text, f[i].text != NULL ? strlen(f[i].text) : 0);
    }
    pod_events_fini(&q);
    rx_mem_close(&mem);
    return q.digest;
}

Test(event, the_order_between_objects_does_not_matter)
{
    struct fact one[FACTS], other[FACTS];

    make_facts(one, 1);
    make_facts(other, 3);
    cr_assert_neq(memcmp(one, other, sizeof(one)), 0, "the test must shuffle");
    cr_assert_eq(digest_of(one, 31), digest_of(other, 31));
}

Test(event, digests_of_parts_add_up_to_that_of_the_whole)
{
    struct fact f[FACTS];

    make_facts(f, 2);
    for (unsigned part = 0; part < 32; part++)
        cr_assert_eq(digest_of(f, part) + digest_of(f, ~part & 31), digest_of(f, 31));
}

Test(event, the_order_within_an_object_matters)
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

Test(event, a_fact_of_another_object_is_another_fact)
{
    struct fact f[FACTS];
    uint64_t before;

    make_facts(f, 1);
    before = digest_of(f, 31);
    f[FACTS - 1].object = (f[FACTS - 1].object + 1) % OBJECTS;
    cr_assert_neq(digest_of(f, 31), before);
}

Test(event, composed_texts_are_no_part_of_it)
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
