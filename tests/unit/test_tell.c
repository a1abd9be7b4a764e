/* SPDX-License-Identifier: Apache-2.0 */
/* What the stream is told of objects that are no pods. */
#include "engine/store/tell.h"

#include <criterion/criterion.h>
#include <string.h>

struct kit {
    struct rx_mem mem;
    struct rx_loop loop;
    struct st_log log;
    struct st_store store;
    struct st_object web;
};

static void kit_open(struct kit *k)
{
    memset(k, 0, sizeof(*k));
    cr_assert_eq(rx_mem_open(&k->mem), 0);
    cr_assert_eq(st_log_init(&k->log, &k->mem, &k->loop, 100, true), 0);
    st_store_init(&k->store, &k->mem, &k->log);
    k->web = (struct st_object){
        .ns = "default", .name = "web", .kind = ST_WORKLOAD, .sub = POD_WORKLOAD_DEPLOYMENT};
    cr_assert_eq(st_add(&k->store, &k->web), 0);
}

static void kit_close(struct kit *k)
{
    st_store_fini(&k->store);
    st_log_fini(&k->log);
    cr_expect_eq(k->mem.state->bytes, 0);
    rx_mem_close(&k->mem);
}

static const struct st_record *newest(const struct kit *k)
{
    return st_log_at(&k->log, k->log.seq);
}

Test(tell, a_condition_is_told_when_status_or_reason_change)
{
    static const char first[] = "\0True\0Enough\0there are two",
                      second[] = "True\0True\0More\0there are three";
    struct st_condition c = {0};
    const struct st_record *r;
    struct kit k;

    kit_open(&k);
    cr_expect(st_condition_set(&k.store, &k.web, ST_FIELD_OF_AVAILABLE, &c, ST_STATUS_TRUE,
                               "Enough", "there are two"));
    r = newest(&k);
    cr_expect_eq(r->told, 1);
    cr_expect_eq(r->text_length, sizeof(first) - 1);
    cr_expect_eq(memcmp(st_log_text(&k.log, r), first, sizeof(first)), 0);
    k.loop.now = 5;
    cr_expect_not(st_condition_set(&k.store, &k.web, ST_FIELD_OF_AVAILABLE, &c, ST_STATUS_TRUE,
                                   "Enough", "there are three"));
    cr_expect_eq(k.log.told, 1);
    cr_expect_str_eq(c.message, "there are three");
    cr_expect_eq(c.changed, 0);
    cr_expect_eq(c.updated, 5);
    cr_expect(st_condition_set(&k.store, &k.web, ST_FIELD_OF_AVAILABLE, &c, ST_STATUS_TRUE, "More",
                               "there are three"));
    cr_expect_eq(memcmp(st_log_text(&k.log, newest(&k)), second, sizeof(second)), 0);
    cr_expect(st_condition_set(&k.store, &k.web, ST_FIELD_OF_AVAILABLE, &c, ST_STATUS_NONE, NULL,
                               NULL));
    cr_expect_str_eq(c.message, "");
    st_condition_fini(&k.store, &c);
    kit_close(&k);
}

Test(tell, what_an_object_was_called_outlives_it)
{
    const struct st_record *r;
    struct kit k;

    kit_open(&k);
    st_tell_object(&k.store, &k.web, POD_OBJECT_NONE, POD_OBJECT_CREATED);
    st_tell_event(&k.store, &k.web, ST_EVENT_SCALING_SET, "Scaled up to %d", 3);
    st_remove(&k.store, &k.web);
    memset(&k.web, 0xff, sizeof(k.web));
    r = newest(&k);
    cr_expect_eq(r->kind, ST_EVENT_SCALING_SET);
    cr_expect_str_eq(st_log_text(&k.log, r), "Scaled up to 3");
    cr_expect_str_eq(r->who->name, "web");
    cr_expect_str_eq(st_kind_word((enum st_kind)r->who->kind, r->who->sub), "deployment");
    cr_expect_str_eq(pod_event_reason((enum pod_event_kind)r->kind), "ScalingReplicaSet");
    cr_expect_eq(st_log_at(&k.log, r->before)->to, POD_OBJECT_CREATED);
    kit_close(&k);
}

/* Values, texts and who it is about: each makes another story. */
Test(tell, the_digest_has_all_of_it)
{
    uint64_t digest[6];

    for (int i = 0; i < 6; i++) {
        const struct st_pod_ref pod = {.serial = 1};
        struct kit k;

        kit_open(&k);
        k.web.mute = i == 5;
        switch (i) {
        case 0:
            st_tell_number(&k.store, &k.web, ST_FIELD_OF_REPLICAS, 0, 1);
            break;
        case 1:
            st_tell_number(&k.store, &k.web, ST_FIELD_OF_REPLICAS, 0, 2);
            break;
        case 2:
            st_tell_text(&k.store, &k.web, ST_FIELD_OF_ENDPOINT, "ready", "gone", &pod);
            break;
        case 3:
            st_tell_text(&k.store, &k.web, ST_FIELD_OF_ENDPOINT, "serving", "gone", &pod);
            break;
        case 4:
            st_tell_result(&k.store, &k.web, ST_FIELD_OF_STEP, "refused", "NotFound", "none");
            break;
        default:
            st_tell_number(&k.store, &k.web, ST_FIELD_OF_REPLICAS, 0, 1);
            cr_expect_eq(k.log.seq, 0, "another shard tells of it");
            break;
        }
        digest[i] = k.log.digest;
        for (int j = 0; j < i; j++)
            cr_expect_neq(digest[i], digest[j], "%d and %d", i, j);
        kit_close(&k);
    }
}
