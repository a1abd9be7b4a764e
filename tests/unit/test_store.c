/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of objects and the index of their names. */
#include "engine/store/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reactor/err.h"
#include "engine/store/rule_shard.h"

struct kit {
    struct rx_mem mem;
    struct rx_loop loop;
    struct st_log log;
    struct st_store store;
};

static void kit_open(struct kit *k)
{
    memset(k, 0, sizeof(*k));
    cr_assert_eq(rx_mem_open(&k->mem), 0);
    cr_assert_eq(st_log_init(&k->log, &k->mem, &k->loop, 100, true), 0);
    st_store_init(&k->store, &k->mem, &k->log);
}

static void kit_close(struct kit *k)
{
    st_store_fini(&k->store);
    st_log_fini(&k->log);
    cr_expect_eq(k->mem.state->bytes, 0);
    rx_mem_close(&k->mem);
}

static struct st_object object(enum st_kind kind, uint8_t sub, const char *ns, const char *name)
{
    return (struct st_object){.ns = ns, .name = name, .kind = (uint8_t)kind, .sub = sub};
}

Test(store, a_name_is_one_objects_in_its_kind_sub_and_namespace)
{
    struct st_object a[] = {
        object(ST_CONFIG, 0, "shop", "web"),  object(ST_CONFIG, 1, "shop", "web"),
        object(ST_SERVICE, 0, "shop", "web"), object(ST_CONFIG, 0, "bank", "web"),
        object(ST_WORKLOAD, POD_WORKLOAD_DEPLOYMENT, "shop", "web"),
        object(ST_WORKLOAD, POD_WORKLOAD_JOB, "shop", "web"),
    };
    struct st_object again = object(ST_CONFIG, 1, "shop", "web"), *o;
    uint32_t cursor = 0, count = 0;
    struct kit k;

    kit_open(&k);
    for (size_t i = 0; i < RX_ARRAY_LEN(a); i++)
        cr_assert_eq(st_add(&k.store, &a[i]), 0);
    cr_expect_eq(st_add(&k.store, &again), -RX_EEXISTS);
    for (size_t i = 0; i < RX_ARRAY_LEN(a); i++)
        cr_expect_eq(st_find(&k.store, (enum st_kind)a[i].kind, a[i].sub, a[i].ns, a[i].name),
                     &a[i]);
    cr_expect_null(st_find(&k.store, ST_CLAIM, 0, "shop", "web"));
    cr_expect_null(st_find(&k.store, ST_SERVICE, 0, "bank", "web"));
    while ((o = st_next(&k.store, ST_WORKLOAD, "shop", "web", &cursor)) != NULL)
        count += o == &a[4] || o == &a[5];
    cr_expect_eq(count, 2);
    cursor = 0;
    cr_expect_eq(st_hashed(&k.store, ST_SERVICE, pod_hash_name("shop", "web"), &cursor), &a[2]);
    cr_expect_null(st_hashed(&k.store, ST_SERVICE, pod_hash_name("shop", "web"), &cursor));
    st_remove(&k.store, &a[1]);
    cr_expect_null(st_find(&k.store, ST_CONFIG, 1, "shop", "web"));
    cr_expect_eq(st_add(&k.store, &again), 0);
    kit_close(&k);
}

Test(store, serials_are_the_order_of_creation)
{
    struct st_object a = object(ST_CONFIG, 0, "x", "a"), b = object(ST_CONFIG, 0, "x", "b"),
                     c = object(ST_CONFIG, 0, "x", "c"), d = object(ST_CONFIG, 0, "x", "d");
    const struct st_table *t;
    struct kit k;
    uint64_t changes;
    char seen[8] = "";

    kit_open(&k);
    t = &k.store.table[ST_CONFIG];
    st_add(&k.store, &a);
    st_add(&k.store, &b);
    st_unadd(&k.store, &b);
    st_add(&k.store, &c);
    cr_expect_eq(c.meta.serial, 2, "what was taken back has never been");
    st_remove(&k.store, &c);
    changes = t->changes;
    st_remove(&k.store, &c);
    cr_expect_eq(t->changes, changes, "it is not there any more");
    st_add(&k.store, &d);
    cr_expect_eq(d.meta.serial, 3, "what was removed has been");
    ST_EACH(l, &k.store, ST_CONFIG)
        strcat(seen, st_object_at(l)->name);
    cr_expect_str_eq(seen, "ad");
    cr_expect_eq(t->count, 2);
    cr_expect_eq(st_newest(&k.store, ST_CONFIG), &d);
    cr_expect_null(st_newest(&k.store, ST_STEP));
    kit_close(&k);
}

Test(store, what_is_told_is_the_version_of_the_object_and_not_of_the_stream)
{
    struct st_object a = object(ST_CONFIG, 0, "x", "a"), step = object(ST_STEP, 0, "x", NULL);
    const struct st_record *r;
    struct st_cursor c;
    struct kit k;

    kit_open(&k);
    st_cursor_open(&k.log, &c, false);
    cr_assert_eq(st_log_history(&k.log, 100), 0);
    st_add(&k.store, &a);
    st_add(&k.store, &step);
    cr_expect_eq(a.meta.version, 0);
    st_tell(&k.store, &a, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    st_tell(&k.store, &step, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    st_tell(&k.store, &a, POD_OBJECT_CREATED, POD_OBJECT_CREATED);
    cr_expect_eq(a.meta.version, 3);
    cr_expect_eq(step.meta.version, 2);
    cr_expect_eq(k.log.told, 0);
    cr_expect_eq(k.log.digest, 0);
    for (int i = 1; i <= 3; i++, st_cursor_pop(&k.log, &c)) {
        r = st_cursor_peek(&k.log, &c, NULL);
        cr_assert_not_null(r);
        cr_expect_eq(r->object, i == 2 ? ST_STEP : ST_CONFIG);
        cr_expect_eq(r->told, 0);
        cr_expect_eq(r->serial, 1);
    }
    kit_close(&k);
}
