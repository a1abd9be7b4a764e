/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structs of callers who were compiled against another podring.h: every length from the shortest on
 * is filled as far as it goes and not a byte further, and a longer one as far as the library knows.
 */
#include <stddef.h>

#include "tests/api/test_api_kit.h"

enum { ROOM = 1024, BEYOND = 64 };

typedef int fill_fn(podring *ring, void *out);

static uint64_t pod;

static int fill_pod(podring *r, void *out)
{
    return podring_pod_info(r, pod, out);
}

static int fill_object(podring *r, void *out)
{
    uint64_t cursor = 0;

    return podring_object_info(r, podring_next_object(r, &cursor), out);
}

static int fill_container(podring *r, void *out)
{
    return podring_container_info(r, pod, 0, out);
}

static int fill_stats(podring *r, void *out)
{
    return podring_stats(r, out);
}

static int fill_count(podring *r, void *out)
{
    return podring_count_at(r, 0, out);
}

static int fill_knob(podring *r, void *out)
{
    return podring_knob_at(r, 0, out);
}

static int fill_bucket(podring *r, void *out)
{
    uint32_t cursor = 0;

    return podring_next_bucket(r, PODRING_LATENCY_NS, &cursor, out);
}

static int fill_diagnostic(podring *r, void *out)
{
    return podring_diagnostic_at(r, 0, out);
}

/* Each call takes one: the first of an engine that is told the same. */
static int fill_event(podring *r, void *out)
{
    return podring_next_event(r, out);
}

static int fill_change(podring *r, void *out)
{
    uint64_t version = 0;

    return podring_change(r, &version, out);
}

static podring *with_everything(void)
{
    podring *r = kit_ring(KIT_POD("p") KIT_LIVENESS "  surprise: 1\n" KIT_POD("q")
                          KIT_DEPLOYMENT("web", 1));

    kit_run(r, 60000);
    pod = kit_pod(r, "p");
    return r;
}

static void check(const char *name, fill_fn *fill, size_t whole)
{
    unsigned char all[ROOM], some[ROOM];
    podring *r = with_everything();
    uint32_t size = (uint32_t)whole;

    memset(all, 0xaa, sizeof(all));
    memcpy(all, &size, sizeof(size));
    cr_assert_eq(fill(r, all), 0, "%s: %s", name, podring_why(r));
    for (size = 0; size <= whole + BEYOND; size += 4) {
        size_t known = size < whole ? size : whole;

        if (fill == fill_event) {
            podring_close(r);
            r = with_everything();
        }
        memset(some, 0xaa, sizeof(some));
        memcpy(some, &size, sizeof(size));
        if (size < 8) {
            cr_expect_eq(fill(r, some), -PODRING_EINVALID, "%s of %u bytes", name, size);
            known = sizeof(size);
        } else {
            cr_assert_eq(fill(r, some), 0, "%s of %u bytes: %s", name, size, podring_why(r));
        }
        cr_expect_eq(memcmp(some, &size, sizeof(size)), 0, "%s: size was changed", name);
        if (fill != fill_event) /* its strings are those of another engine */
            cr_expect(known == 4 || memcmp(some + 4, all + 4, known - 4) == 0,
                      "%s of %u bytes: other content", name, size);
        for (size_t i = known; i < sizeof(some); i++)
            cr_assert_eq(some[i], 0xaa, "%s of %u bytes: byte %zu was written", name, size, i);
    }
    podring_close(r);
}

Test(api_sized, each_length_of_each_struct)
{
    check("pod_info", fill_pod, sizeof(struct podring_pod_info));
    check("object_info", fill_object, sizeof(struct podring_object_info));
    check("container_info", fill_container, sizeof(struct podring_container_info));
    check("stats", fill_stats, sizeof(struct podring_stats));
    check("count", fill_count, sizeof(struct podring_count));
    check("knob", fill_knob, sizeof(struct podring_knob));
    check("bucket", fill_bucket, sizeof(struct podring_bucket));
    check("diagnostic", fill_diagnostic, sizeof(struct podring_diagnostic));
    check("change", fill_change, sizeof(struct podring_event));
    check("event", fill_event, sizeof(struct podring_event));
}

/* What 0.1 had: none of it may move, or a program that was compiled then reads something else. */
Test(api_sized, the_fields_of_the_first_release_stay_where_they_are)
{
    cr_expect_eq(offsetof(struct podring_event, number), 128);
    cr_expect_eq(offsetof(struct podring_pod_info, number), 112);
    cr_expect_eq(offsetof(struct podring_container_info, last_message), 112);
    cr_expect_eq(offsetof(struct podring_stats, spawn_failed), 376);
    cr_expect_eq(offsetof(struct podring_options, shard_count), 100);
    cr_expect_eq(sizeof(struct podring_count), 16);
    cr_expect_eq(sizeof(struct podring_knob), 40);
    cr_expect_eq(sizeof(struct podring_bucket), 32);
    cr_expect_eq(sizeof(struct podring_diagnostic), 32);
}

Test(api_sized, an_event_of_an_older_program_as_json)
{
    podring *r = kit_ring(KIT_POD("p"));
    struct podring_event whole = PODRING_EVENT_INIT,
        old = {.size = offsetof(struct podring_event, type)};
    char line[512];

    kit_run(r, 0);
    cr_assert_eq(podring_next_event(r, &whole), 0);
    memset((char *)&old + old.size, 0xaa, sizeof(old) - old.size);
    old.at_ms = 5;
    old.seq = 6;
    old.exit_code = -1;
    podring_event_json(&old, line, sizeof(line));
    cr_expect_str_eq(line, "{\"at_ms\":5,\"seq\":6,\"kind\":\"Event\"}");
    old.size = offsetof(struct podring_event, exit_code);
    podring_event_json(&old, line, sizeof(line));
    cr_expect_str_eq(line, "{\"at_ms\":5,\"seq\":6,\"kind\":\"Event\"}",
                     "not there is no exit code");
    podring_close(r);
}
