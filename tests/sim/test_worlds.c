/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random worlds, drawn from a seed: whatever can be written in a manifest, under whatever
 * behaviour, the invariants of watch.h hold, the same seed tells the same story, and the story is
 * the same whether probes ask a script or go through the wire code over in-memory sockets. A
 * failing world is made smaller and printed with its seed; PODRING_SEED and PODRING_WORLDS say
 * where to look and how long.
 */
#include <criterion/criterion.h>

#include "tests/support/story.h"
#include "tests/support/world.h"

enum { FOR_MS = 180000 };

Test(worlds, keep_the_invariants, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.timings = true}, .for_ms = FOR_MS, .seed = 0, .count = 800, .twice = true};

    cr_assert(hunt_run(&h));
}

/* A program around the world deletes, kills, scales and applies, from callbacks and between
 * turns. */
Test(worlds, keep_the_invariants_whoever_calls, .timeout = 600)
{
    static const struct hunt h = {.shape = {.timings = true, .calls = true},
                                  .for_ms = FOR_MS,
                                  .seed = 300000,
                                  .count = 400,
                                  .twice = true};

    cr_assert(hunt_run(&h));
}

/* Probes wait for a run or a connection, and a full queue of events ends turns early. */
Test(worlds, keep_the_invariants_within_small_limits, .timeout = 600)
{
    static const struct hunt h = {.shape = {.timings = true, .faults = true, .limits = true},
                                  .for_ms = FOR_MS,
                                  .seed = 320000,
                                  .count = 150,
                                  .twice = true};

    cr_assert(hunt_run(&h));
}

Test(worlds, tell_one_story_parked_or_not, .timeout = 600)
{
    static const struct hunt h = {.shape = {.timings = true, .calls = true},
                                  .for_ms = FOR_MS,
                                  .seed = 330000,
                                  .count = 150,
                                  .parked = true};

    cr_assert(hunt_run(&h));
}

Test(worlds, the_wire_tells_the_scripts_story, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.wire = true}, .for_ms = FOR_MS, .seed = 100000, .count = 300, .wire = true};

    cr_assert(hunt_run(&h));
}

/* ... also when the program around both does something. */
Test(worlds, the_wire_tells_the_scripts_story_whoever_calls, .timeout = 600)
{
    static const struct hunt h = {.shape = {.wire = true, .calls = true},
                                  .for_ms = FOR_MS,
                                  .seed = 310000,
                                  .count = 150,
                                  .wire = true,
                                  .kept = true};

    cr_assert(hunt_run(&h));
}

/* A kept connection changes what a probe costs, not what it says: not when its container restarts,
 * its address refuses, or its server resets, hangs and talks rubbish. */
Test(worlds, a_kept_connection_tells_the_same_story, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.wire = true}, .for_ms = FOR_MS, .seed = 100000, .count = 300, .kept = true};

    cr_assert(hunt_run(&h));
}

/* ... nor when the network is bad: then each tells its own, but the same one each time. */
Test(worlds, kept_connections_keep_the_invariants_under_faults, .timeout = 600)
{
    static const struct hunt h = {.shape = {.faults = true, .timings = true, .calls = true},
                                  .for_ms = FOR_MS,
                                  .seed = 340000,
                                  .count = 150,
                                  .flags = PODRING_KEEP_ALIVE,
                                  .twice = true};

    cr_assert(hunt_run(&h));
}

/* A parked probe needs no run of the few there are, and none that would be told of otherwise. */
Test(worlds, small_limits_tell_one_story_parked_or_not, .timeout = 600)
{
    static const struct hunt h = {.shape = {.timings = true, .calls = true, .limits = true},
                                  .for_ms = FOR_MS,
                                  .seed = 380000,
                                  .count = 150,
                                  .parked = true};

    cr_assert(hunt_run(&h));
}

/* Wherever a full queue ends a turn. */
Test(worlds, a_small_queue_tells_one_story_on_a_wire, .timeout = 600)
{
    static const struct hunt h = {.shape = {.wire = true, .calls = true, .limits = true},
                                  .for_ms = FOR_MS,
                                  .seed = 350000,
                                  .count = 150,
                                  .parked = true,
                                  .wire = true,
                                  .kept = true};

    cr_assert(hunt_run(&h));
}

/* Several engines that share the pods tell what one tells. */
Test(worlds, shares_tell_one_story, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.timings = true}, .for_ms = FOR_MS, .seed = 360000, .count = 150, .shares = true};

    cr_assert(hunt_run(&h));
}

/* What is deleted leaves nothing behind, on either side of a wire. */
Test(worlds, leave_nothing_behind, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.timings = true}, .for_ms = FOR_MS, .seed = 390000, .count = 200,
            .emptied = true};
    static const struct hunt faults = {.shape = {.timings = true, .faults = true, .limits = true},
                                       .for_ms = FOR_MS,
                                       .seed = 395000,
                                       .count = 100,
                                       .flags = PODRING_KEEP_ALIVE,
                                       .emptied = true};

    cr_assert(hunt_run(&h));
    cr_assert(hunt_run(&faults));
}

/* One allocation fails, somewhere. */
Test(worlds, without_memory_tell_the_beginning_of_the_story, .timeout = 600)
{
    static const struct hunt h = {
        .shape = {.timings = true}, .for_ms = FOR_MS, .seed = 370000, .count = 150,
            .starved = true};

    cr_assert(hunt_run(&h));
}

static uint64_t connections_of(uint32_t flags)
{
    static const char yaml[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  "
                               "containers:\n  - name: c\n    image: i:1\n"
                               "    livenessProbe: {httpGet: {port: 80}, periodSeconds: 1}\n";
    struct story_options o = {.for_ms = FOR_MS, .net = PODRING_NET_MEMORY, .flags = flags};
    struct podring_stats s = PODRING_STATS_INIT;
    struct story *story = story_run(yaml, &o);

    podring_stats(story_ring(story), &s);
    story_free(story);
    return s.connections_served;
}

/* ... or the test above compares a thing with itself. */
Test(worlds, a_kept_connection_is_kept)
{
    cr_expect_eq(connections_of(0), FOR_MS / 1000);
    cr_expect_eq(connections_of(PODRING_KEEP_ALIVE), 1);
}

/* What the observer finds to say of it. */
static void expect_no_fault(const char *yaml, uint32_t net)
{
    static const struct maker bare = {.timing = PODRING_TIMING_REFERENCE};
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct verdict v = {0};
    struct watch *w;
    podring *r = NULL;

    o.clock = PODRING_VIRTUAL;
    o.net = net;
    cr_assert_eq(podring_open(&o, &r), 0);
    w = watch_new(r, &bare, &v);
    cr_assert_eq(podring_load_text(r, "world", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    while (podring_now(r) < FOR_MS && podring_turn(r, FOR_MS - podring_now(r)) >= 0)
        watch_turn(w);
    watch_end(w);
    cr_expect_str_eq(v.rule, "", "%s: %s", v.rule, v.text);
    watch_free(w);
    podring_close(r);
}

/* The observer must not take for stuck what waits for ever by a rule. */
Test(worlds, a_hook_that_hangs_is_no_fault)
{
    expect_no_fault("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
                    "  - name: c\n    image: i:1\n"
                    "    lifecycle: {postStart: {exec: {command: [test, -e, x]}}}\n"
                    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
                    "  exec: [{command: [test], hang: true}]\n", PODRING_NET_SCRIPT);
}

/* ... and an instance that never lived has died, also if a probe fails while it is made. */
Test(worlds, a_start_that_fails_later_is_an_end)
{
    expect_no_fault("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
                    "  initContainers:\n  - name: b\n    image: i:1\n    restartPolicy: Always\n"
                    "    ports: [{containerPort: 8080}]\n"
                    "    readinessProbe: {httpGet: {port: 8080}}\n"
                    "  containers:\n  - {name: a, image: 'i:1'}\n"
                    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
                    "  container: b\n  instances:\n  - exit: {after: 0s}\n"
                    "    serve: [{do: headersOnly}]\n"
                    "  - start: {takes: 1s, fail: no exec}\n"
                    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: a}\nspec:\n"
                    "  container: a\n  instances: [{exit: {after: 5s}}]\n", PODRING_NET_MEMORY);
}

/* A retry that has been asked for comes to its instant, however empty the world is by then; no
 * later than the longest delay after the last failure, and that is the end of it. */
Test(worlds, a_retry_that_is_far_off_is_no_fault)
{
    static const char yaml[] =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w}\nspec:\n  replicas: 2\n"
        "  selector: {matchLabels: {app: w}}\n"
        "  template:\n    metadata: {labels: {app: w}}\n    spec:\n      containers:\n"
        "      - {name: c, image: 'i:1', livenessProbe: {exec: {command: [cat, /a]}}}\n"
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
        "  steps:\n  - {at: 1ms, setLabel: pod/w-0, labels: {app: null}}\n";
    struct podring_options o = PODRING_OPTIONS_INIT;
    struct podring_stats s = PODRING_STATS_INIT;
    uint64_t cursor = 0, pod;
    podring *r = NULL;

    o.clock = PODRING_VIRTUAL;
    o.net = PODRING_NET_SCRIPT;
    cr_assert_eq(podring_open(&o, &r), 0);
    cr_assert_eq(podring_load_text(r, "retry", yaml, sizeof(yaml) - 1), 0, "%s", podring_why(r));
    cr_assert_eq(podring_apply(r), 0, "%s", podring_why(r));
    podring_run_until(r, FOR_MS);
    cr_assert_eq(podring_scale(r, NULL, "statefulset/w", 0), 0, "%s", podring_why(r));
    while ((pod = podring_next_pod(r, &cursor)) != 0)
        podring_delete(r, pod, 0, 1);
    podring_run_until(r, FOR_MS + 1000);
    podring_stats(r, &s);
    cr_expect_eq(s.pods, 0);
    cr_expect_eq(s.timers_armed, 1, "%llu timers", (unsigned long long)s.timers_armed);
    podring_run_until(r, FOR_MS + 1000000);
    podring_stats(r, &s);
    cr_expect_eq(s.timers_armed, 0, "%llu timers", (unsigned long long)s.timers_armed);
    podring_close(r);
}

Test(worlds, keep_the_invariants_under_faults, .timeout = 600)
{
    static const struct hunt h = {.shape = {.faults = true, .timings = true},
                                  .for_ms = FOR_MS,
                                  .seed = 200000,
                                  .count = 300,
                                  .twice = true};

    cr_assert(hunt_run(&h));
}
