/* SPDX-License-Identifier: Apache-2.0 */
/* test_api_change.c - all changes from a version on, beside the stream of events. */
#include "tests/api/test_api_kit.h"

#define CONFIG(name, data)                                                                         \
    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {k: " data "}\n"
#define SCENARIO                                                                                   \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: x}\nspec:\n  steps:\n"      \
    "  - {at: 20s, delete: pod/p}\n"

static podring *with_history(const char *yaml, uint32_t history)
{
    struct podring_options o = kit_options();
    podring *r;

    o.history = history;
    r = kit_open(o);
    kit_apply(r, yaml);
    return r;
}

/* What is not in the stream, a line each: "0 object configmap/a >Created". */
static void beside(podring *r, uint64_t version, char *out, size_t room)
{
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t before = version;
    size_t n = 0;

    out[0] = '\0';
    while (podring_change(r, &version, &e) == 0) {
        cr_assert_eq(e.version, before + 1, "no gaps");
        cr_assert_eq(version, e.version);
        before = version;
        if (e.seq != 0)
            continue;
        cr_expect_eq(e.pod, 0);
        if (e.kind == PODRING_ACTION)
            n += (size_t)snprintf(out + n, room - n, "%lld %s: %s\n", (long long)e.at_ms, e.object,
                                  e.message);
        else
            n += (size_t)snprintf(out + n, room - n, "%lld %s %s %s>%s%s%s\n", (long long)e.at_ms,
                                  e.namespace_, e.object, e.from != NULL ? e.from : "", e.to,
                                  e.message != NULL ? " " : "", e.message != NULL ? e.message : "");
        cr_assert_lt(n, room);
    }
}

Test(api_change, what_no_stream_has)
{
    podring *r = with_history(KIT_POD("p") KIT_DEPLOYMENT("web", 1) CONFIG("a", "v") SCENARIO
                                  KIT_BEHAVIOR("web", "  - serve: []\n"), 1000);
    struct podring_event e = PODRING_EVENT_INIT;
    char text[1024];
    uint64_t version;

    kit_run(r, 5000);
    kit_apply(r, CONFIG("a", "w"));
    cr_assert_eq(podring_scale(r, NULL, "deployment/web", 2), 0);
    kit_run(r, 60000);
    beside(r, 0, text, sizeof(text));
    cr_expect_str_eq(text, "0 default behavior/b-web >Created\n"
                           "0 default configmap/a >Created\n"
                           "0 default step >Created delete pod/p (kit:35)\n"
                           "5000 default configmap/a Created>Created\n"
                           "5000 call: podring_scale deployment/web\n"
                           "5000 default deployment/web Created>Created\n"
                           "20000 step: delete pod/p (kit:35)\n");
    version = podring_newest_version(r);
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_EAGAIN);
    kit_apply(r, CONFIG("b", "v"));
    cr_assert_eq(podring_change(r, &version, &e), 0, "%s", podring_why(r));
    cr_expect_str_eq(e.object, "configmap/b");
    cr_expect_eq(version, podring_newest_version(r));
    podring_close(r);
}

static void json_of(const struct podring_event *e, char *out, size_t room)
{
    cr_assert_lt(podring_event_json(e, out, room), room);
}

/* Word for word, and neither reader takes from the other. */
Test(api_change, the_stream_is_in_it)
{
    podring *r = with_history(KIT_POD("p") KIT_LIVENESS KIT_DEPLOYMENT("web", 2) SCENARIO, 100);
    struct podring_event e = PODRING_EVENT_INIT, c = PODRING_EVENT_INIT;
    char event[2048], change[2048];
    uint64_t version = 0, events = 0;

    kit_run(r, 60000);
    while (podring_next_event(r, &e) == 0) {
        json_of(&e, event, sizeof(event));
        do
            cr_assert_eq(podring_change(r, &version, &c), 0, "%s", podring_why(r));
        while (c.seq == 0);
        cr_expect_eq(c.seq, ++events);
        json_of(&c, change, sizeof(change));
        cr_expect_str_eq(change, event);
        json_of(&e, change, sizeof(change));
        cr_expect_str_eq(change, event, "the strings of the event are still its own");
        cr_expect_eq(c.cause, e.cause);
    }
    cr_expect_gt(events, 20);
    podring_close(r);
}

/* So many as `history` says stay, counted from the newest that was taken. */
Test(api_change, what_is_forgotten)
{
    podring *r = with_history(KIT_POD("p") CONFIG("a", "v"), 5);
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t newest, version = 0;

    kit_run(r, 5000);
    newest = podring_newest_version(r);
    cr_expect_gt(newest, 10);
    cr_expect_eq(podring_change(r, &version, &e), 0, "nothing has been taken");
    kit_drain(r);
    version = newest - 6;
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_ENOTFOUND);
    cr_expect_eq(version, newest - 6);
    for (version = newest - 5; version < newest;)
        cr_assert_eq(podring_change(r, &version, &e), 0, "%s", podring_why(r));
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_EAGAIN);
    podring_close(r);
}

Test(api_change, no_events_no_changes)
{
    struct podring_options o = kit_options();
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t version = 0;
    podring *r;

    o.flags = PODRING_NO_EVENTS;
    r = kit_open(o);
    cr_expect_eq(podring_newest_version(r), 0);
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_EAGAIN);
    kit_apply(r, KIT_POD("p"));
    kit_run(r, 5000);
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_ENOTFOUND);
    version = podring_newest_version(r);
    cr_expect_gt(version, 5);
    cr_expect_eq(podring_change(r, &version, &e), -PODRING_EAGAIN);
    podring_close(r);
}

/* An object's version leads to the change that made it. */
Test(api_change, the_change_of_an_object)
{
    podring *r = with_history(CONFIG("a", "v") CONFIG("b", "v"), 0);
    struct podring_object_info i = PODRING_OBJECT_INFO_INIT;
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t cursor = 0, object, version;

    kit_apply(r, CONFIG("a", "w"));
    while ((object = podring_next_object(r, &cursor)) != 0) {
        cr_assert_eq(podring_object_info(r, object, &i), 0);
        version = i.version - 1;
        cr_assert_eq(podring_change(r, &version, &e), 0, "%s", podring_why(r));
        cr_expect_str_eq(strchr(e.object, '/') + 1, i.name);
        cr_assert_eq(podring_cause(r, i.version, &e), 0);
        cr_expect_str_eq(strchr(e.object, '/') + 1, i.name);
        cr_expect_eq(e.kind, PODRING_TRANSITION);
    }
    podring_close(r);
}

static void in_a_callback(void *ctx, podring *r, const struct podring_event *e)
{
    struct podring_event c = PODRING_EVENT_INIT;
    uint64_t version = e->version - 1;
    char event[2048], change[2048];

    cr_assert_eq(podring_change(r, &version, &c), 0, "%s", podring_why(r));
    json_of(e, event, sizeof(event));
    json_of(&c, change, sizeof(change));
    cr_expect_str_eq(change, event);
    ++*(int *)ctx;
}

Test(api_change, in_a_callback)
{
    podring *r = with_history(KIT_POD("p") SCENARIO, 0);
    int events = 0;

    cr_assert_eq(podring_on_event(r, in_a_callback, &events), 0);
    kit_run(r, 60000);
    cr_expect_gt(events, 10);
    podring_close(r);
}
