/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shards_kit.h - what the tests of engines that share a run have in common: a run in so many
 * shares, and what their counters and digests add up to.
 */
#ifndef TEST_SHARDS_KIT_H
#define TEST_SHARDS_KIT_H

#include "tests/api/test_api_kit.h"

enum { SHARDS_MAX = 7 };

struct sum {
    uint64_t digest, created, deleted, pods, running, probes, success, warning, failure, error,
        timeouts, missed, restarts, backoffs, kills, events, foreign_lookups;
};

static inline void add(struct sum *s, podring *r)
{
    struct podring_stats st = PODRING_STATS_INIT;

    cr_assert_eq(podring_stats(r, &st), 0);
    s->digest += podring_digest(r);
    s->created += st.pods_created;
    s->deleted += st.pods_deleted;
    s->pods += st.pods;
    s->running += st.containers_running;
    s->probes += st.probes;
    s->success += st.success;
    s->warning += st.warning;
    s->failure += st.failure;
    s->error += st.error;
    s->timeouts += st.timeouts;
    s->missed += st.missed;
    s->restarts += st.restarts;
    s->backoffs += st.backoffs;
    s->kills += st.kills;
    s->events += st.events;
    s->foreign_lookups += st.foreign_lookups;
}

static inline podring *run(struct podring_options o, const char *path, const char *text,
                           int64_t until)
{
    podring *r = kit_open((o.shard_count += o.shard_count == 0, o)); /* at least of one share */

    if (text != NULL) {
        kit_apply(r, text);
    } else {
        cr_assert_eq(podring_load_file(r, path), 0, "%s: %s", path, podring_why(r));
        cr_assert_eq(podring_apply(r), 0, "%s: %s", path, podring_why(r));
    }
    cr_assert_eq(podring_run_until(r, until), 0, "%s", podring_why(r));
    return r;
}

/* Of a file, or if text is not NULL of that. */
static inline struct sum sum_of(struct podring_options o, const char *path, const char *text,
                                int64_t until, uint32_t shards)
{
    struct sum s = {0};

    o.flags |= PODRING_NO_EVENTS;
    o.shard_count = shards;
    for (o.shard_index = 0; o.shard_index < shards; o.shard_index++) {
        podring *r = run(o, path, text, until);

        add(&s, r);
        podring_close(r);
    }
    return s;
}

static inline void expect_same(const struct sum *one, const struct sum *all, const char *name,
                               uint32_t shards)
{
    const uint64_t *a = (const uint64_t *)one, *b = (const uint64_t *)all;

    for (size_t i = 0; i < sizeof(*one) / sizeof(*a); i++)
        cr_expect_eq(a[i], b[i], "%s in %u shards: sum %zu is %llu, not %llu", name, shards, i,
                     (unsigned long long)b[i], (unsigned long long)a[i]);
}

#define PULLS(name, inits, mains)                                                                  \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\nspec:\n" inits "  containers:\n" \
        mains

#endif
