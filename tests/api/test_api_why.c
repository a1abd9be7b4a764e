/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every function of podring.h, called wrongly: with no engine, with NULL, with what there is not,
 * inside a callback. Each answers its code, none crashes, and podring_why has the sentence of this
 * call and not that of an earlier one. The rows are held against the header: a function without a
 * row fails.
 */
#include <ctype.h>
#include <poll.h>
#include <stdlib.h>

#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

/* What the calls below need. */
static struct podring_event event;
static struct podring_pod_info pod_info;
static struct podring_object_info object_info;
static struct podring_container_info container_info;
static struct podring_diagnostic diagnostic;
static struct podring_stats stats;
static struct podring_count count_;
static struct podring_knob knob;
static struct podring_bucket bucket;
static uint64_t id, there, down, walk;
static uint32_t cursor;
static const char *a, *b, *c, *path;
static size_t length;
static struct podring_exec_info exec_info = PODRING_EXEC_INFO_INIT;
static struct podring_runtime runtime = PODRING_RUNTIME_INIT;
static char file_name[PODRING_FILE_NAME_MAX];
static const char *word = "true";
static podring *none;
static podring_spec *spec;

static void never(void *ctx, podring *ring, uint64_t timer)
{
    (void)ctx, (void)ring, (void)timer;
}

static void never_ready(void *ctx, podring *ring, uint64_t watch, uint32_t events)
{
    (void)events;
    never(ctx, ring, watch);
}

static void nothing(podring *ring, void *arg)
{
    (void)ring, (void)arg;
}

/*
 * function, what is wrong, the call, the code, and how it answers without an engine (-EINVALID
 * where a code is returned). `r` is an engine in virtual time: a pod `p` with one container that
 * runs, a deployment `web`, nothing in the queue of events, one warning.
 */
#define ROWS(X)                                                                                    \
    X(set, "no such knob", podring_set(r, "surprise", "on"), ENOTFOUND)                            \
    X(set, "no such value", podring_set(r, "bo_gc", "maybe"), EINVALID)                            \
    X(set, "NULL knob", podring_set(r, NULL, "on"), EINVALID)                                      \
    X(set, "NULL value", podring_set(r, "bo_gc", NULL), EINVALID)                                  \
    X(knob_at, "past the last", podring_knob_at(r, 1000, &knob), ENOTFOUND)                        \
    X(knob_at, "NULL out", podring_knob_at(r, 0, NULL), EINVALID)                                  \
    X(load_file, "no such file", podring_load_file(r, "/nowhere/x"), ENOTFOUND)                    \
    X(load_file, "NULL path", podring_load_file(r, NULL), EINVALID)                                \
    X(load_text, "refused", podring_load_text(r, "t", "a: b", 4), EMANIFEST)                       \
    X(load_text, "NULL name", podring_load_text(r, NULL, "", 0), EINVALID)                         \
    X(load_text, "NULL text", podring_load_text(r, "t", NULL, 1), EINVALID)                        \
    X(load_text, "length -1", podring_load_text(r, "t", "x", (size_t)-1), EINVALID)                \
    X(create_text, "exists already", create_pod(r, "p"), EEXISTS)                                  \
    X(create_text, "NULL name", podring_create_text(r, NULL, "", 0), EINVALID)                     \
    X(replace_text, "is not there", replace_pod(r, "q"), ENOTFOUND)                                \
    X(patch_text, "no object", patch(r, "pod/q", PODRING_PATCH_MERGE), ENOTFOUND)                  \
    X(patch_text, "no such kind", patch(r, "thing/q", PODRING_PATCH_MERGE), EINVALID)              \
    X(patch_text, "no kind at all", patch(r, "p", PODRING_PATCH_MERGE), EINVALID)                  \
    X(patch_text, "no such patch", patch(r, "pod/p", 7), EINVALID)                                 \
    X(patch_text, "no operations", patch(r, "pod/p", PODRING_PATCH_JSON), EMANIFEST)               \
    X(document, "no object", podring_document(r, NULL, "pod/q", NULL, 0, &length), ENOTFOUND)      \
    X(document, "NULL length", podring_document(r, NULL, "pod/p", NULL, 0, NULL), EINVALID)        \
    X(delete_object, "no object", podring_delete_object(r, NULL, "secret/q", NULL), ENOTFOUND)     \
    X(delete_object, "NULL object", podring_delete_object(r, NULL, NULL, NULL), EINVALID)          \
    X(spec_new, "no such kind", podring_spec_new(r, "Thing", NULL, "t", &spec), EINVALID)          \
    X(spec_new, "NULL out", podring_spec_new(r, "Pod", NULL, "t", NULL), EINVALID)                 \
    X(spec_set, "no path", spec_with(r, "", "1", false), EINVALID)                                 \
    X(spec_set, "no YAML", spec_with(r, "spec", "[a", false), EINVALID)                            \
    X(spec_set_text, "no path", spec_with(r, "spec[", "1", true), EINVALID)                        \
    X(spec_create, "no containers", spec_written(r, false), EMANIFEST)                             \
    X(spec_replace, "no containers", spec_written(r, true), EMANIFEST)                             \
    X(apply, "must not change", apply_again(r), ESTATE)                                            \
    X(diagnostic_at, "past the last", podring_diagnostic_at(r, 1000, &diagnostic), ENOTFOUND)      \
    X(diagnostic_at, "NULL out", podring_diagnostic_at(r, 0, NULL), EINVALID)                      \
    X(input_at, "past the last", podring_input_at(r, 1000, &path), ENOTFOUND)                      \
    X(input_at, "NULL path", podring_input_at(r, 0, NULL), EINVALID)                               \
    X(turn, "less than nothing", podring_turn(r, -1), EINVALID)                                    \
    X(turn, "a full queue", turn_when_full(r), EFULL)                                              \
    X(run_while, "NULL fn", podring_run_while(r, 1, NULL, NULL), EINVALID)                         \
    X(set_runtime, "there are pods", podring_set_runtime(r, &runtime), ESTATE)                     \
    X(set_runtime, "NULL runtime", podring_set_runtime(r, NULL), EINVALID)                         \
    X(done, "no such call", podring_done(r, 7, 0, NULL, 0), ENOTFOUND)                             \
    X(done, "NULL text", podring_done(r, 7, 0, NULL, 1), EINVALID)                                 \
    X(exited, "no runtime", podring_exited(r, there, NULL, 0, 0, NULL), EINVALID)                  \
    X(fd, "virtual time", podring_fd(r), EUNSUPPORTED)                                             \
    X(post, "NULL fn", podring_post(r, NULL, NULL), EINVALID)                                      \
    X(post, "a full box", post_until_full(r), EAGAIN)                                              \
    X(next_event, "no more", podring_next_event(r, &event), EAGAIN)                                \
    X(next_event, "NULL out", podring_next_event(r, NULL), EINVALID)                               \
    X(cause, "no such version", podring_cause(r, 1ull << 60, &event), ENOTFOUND)                   \
    X(cause, "NULL out", podring_cause(r, 1, NULL), EINVALID)                                      \
    X(change, "none yet", change_from(r, podring_newest_version(r)), EAGAIN)                       \
    X(change, "forgotten", change_from(r, 0), ENOTFOUND)                                           \
    X(change, "no such version", change_from(r, UINT64_MAX), ENOTFOUND)                            \
    X(change, "NULL version", podring_change(r, NULL, &event), EINVALID)                           \
    X(change, "NULL out", podring_change(r, &walk, NULL), EINVALID)                                \
    X(find, "no such pod", podring_find(r, NULL, "nobody", &id), ENOTFOUND)                        \
    X(find, "NULL name", podring_find(r, NULL, NULL, &id), EINVALID)                               \
    X(find, "NULL pod", podring_find(r, NULL, "p", NULL), EINVALID)                                \
    X(select, "no such pod", podring_select(r, NULL, "app=nobody", &walk, &id), ENOTFOUND)         \
    X(select, "no selector", podring_select(r, NULL, "app in", &walk, &id), EINVALID)              \
    X(select, "comparing", podring_select(r, NULL, "app>1", &walk, &id), EUNSUPPORTED)             \
    X(select, "too long", podring_select(r, NULL, long_selector(), &walk, &id), ELIMIT)            \
    X(select, "NULL selector", podring_select(r, NULL, NULL, &walk, &id), EINVALID)                \
    X(select, "NULL cursor", podring_select(r, NULL, "", NULL, &id), EINVALID)                     \
    X(select, "NULL pod", podring_select(r, NULL, "", &walk, NULL), EINVALID)                      \
    X(show_next, "no more", show_in(r, "nowhere"), ENOTFOUND)                                      \
    X(show_next, "no such kind", podring_show_next(r, "x", "", &walk, NULL, 0, &length), EINVALID) \
    X(show_next, "NULL kind", podring_show_next(r, NULL, "", &walk, NULL, 0, &length), EINVALID)   \
    X(show_next, "NULL cursor", podring_show_next(r, "pod", "", NULL, NULL, 0, &length), EINVALID) \
    X(show_next, "NULL length", podring_show_next(r, "pod", "", &walk, NULL, 0, NULL), EINVALID)   \
    X(pod_info, "no such pod", podring_pod_info(r, 12345, &pod_info), ENOTFOUND)                   \
    X(pod_info, "NULL out", podring_pod_info(r, there, NULL), EINVALID)                            \
    X(object_info, "no such object", podring_object_info(r, 1ull << 56 | 77, &object_info),        \
      ENOTFOUND)                                                                                   \
    X(object_info, "no such kind", podring_object_info(r, UINT64_MAX, &object_info), ENOTFOUND)    \
    X(object_info, "a pod", podring_object_info(r, there, &object_info), ENOTFOUND)                \
    X(object_info, "NULL out", podring_object_info(r, 1ull << 56 | 1, NULL), EINVALID)             \
    X(container_info, "no such pod", podring_container_info(r, 0, 0, &container_info), ENOTFOUND)  \
    X(container_info, "past the last", podring_container_info(r, there, 9, &container_info),       \
      ENOTFOUND)                                                                                   \
    X(container_info, "NULL out", podring_container_info(r, there, 0, NULL), EINVALID)             \
    X(logs, "no such pod", podring_logs(r, 0, NULL, 0, &a, &length), ENOTFOUND)                    \
    X(logs, "no such container", podring_logs(r, there, "x", 0, &a, &length), ENOTFOUND)           \
    X(logs, "nothing before", podring_logs(r, there, NULL, 1, &a, &length), ENOTFOUND)             \
    X(logs, "NULL text", podring_logs(r, there, NULL, 0, NULL, &length), EINVALID)                 \
    X(logs, "NULL length", podring_logs(r, there, NULL, 0, &a, NULL), EINVALID)                    \
    X(exec, "no such pod", podring_exec(r, 0, NULL, 1, &word, &id), ENOTFOUND)                     \
    X(exec, "no such container", podring_exec(r, there, "x", 1, &word, &id), ENOTFOUND)            \
    X(exec, "no command", podring_exec(r, there, NULL, 0, &word, &id), EINVALID)                   \
    X(exec, "NULL run", podring_exec(r, there, NULL, 1, &word, NULL), EINVALID)                    \
    X(exec_info, "no such run", podring_exec_info(r, 77, &exec_info), ENOTFOUND)                   \
    X(exec_info, "NULL out", podring_exec_info(r, 77, NULL), EINVALID)                             \
    X(exec_close, "no such run", podring_exec_close(r, 77), ENOTFOUND)                             \
    X(file_read, "no such file", podring_file_read(r, there, NULL, "/x", &a, &length), ENOTFOUND)  \
    X(file_read, "a folder", podring_file_read(r, there, NULL, "/tmp", &a, &length), EIO)          \
    X(file_read, "not absolute", podring_file_read(r, there, NULL, "x", &a, &length), EINVALID)    \
    X(file_write, "a folder", podring_file_write(r, there, NULL, "/tmp", "", 0), EIO)              \
    X(file_write, "too long", podring_file_write(r, there, NULL, "/x", "", 2 << 20), ELIMIT)       \
    X(file_write, "NULL data", podring_file_write(r, there, NULL, "/x", NULL, 1), EINVALID)        \
    X(file_list, "no folder", podring_file_list(r, there, NULL, "/x", "", file_name), ENOTFOUND)   \
    X(file_list, "NULL name", podring_file_list(r, there, NULL, "/", "", NULL), EINVALID)          \
    X(condition, "no such pod", podring_condition(r, 0, "Ready", &a, &b, &c), ENOTFOUND)           \
    X(condition, "no such type", podring_condition(r, there, "x", &a, &b, &c), ENOTFOUND)          \
    X(condition, "NULL type", podring_condition(r, there, NULL, &a, &b, &c), EINVALID)             \
    X(condition, "NULL status", podring_condition(r, there, "Ready", NULL, &b, &c), EINVALID)      \
    X(fact_at, "no such pod", podring_fact_at(r, 0, 0, PODRING_FIELD, 0, &a, &b), ENOTFOUND)       \
    X(fact_at, "no such kind", podring_fact_at(r, there, 0, 77, 0, &a, &b), EINVALID)              \
    X(fact_at, "past the last", podring_fact_at(r, there, 0, PODRING_FIELD, 99, &a, &b), \
      ENOTFOUND) \
    X(fact_at, "no such container", podring_fact_at(r, there, 9, PODRING_PORT, 0, &a, &b),         \
      ENOTFOUND)                                                                                   \
    X(fact_at, "NULL key", podring_fact_at(r, there, 0, PODRING_FIELD, 0, NULL, &b), EINVALID)     \
    X(fact_at, "NULL value", podring_fact_at(r, there, 0, PODRING_FIELD, 0, &a, NULL), EINVALID)   \
    X(delete, "no such pod", podring_delete(r, 0, 1, 0), ENOTFOUND)                                \
    X(delete, "a negative period", podring_delete(r, there, -7, 0), EINVALID)                      \
    X(delete, "a period and force", podring_delete(r, there, 5, 1), EINVALID)                      \
    X(evict, "no such pod", podring_evict(r, 0, 1), ENOTFOUND)                                     \
    X(evict, "a negative period", podring_evict(r, there, -7), EINVALID)                           \
    X(kill, "no such pod", podring_kill(r, 0, NULL, 9), ENOTFOUND)                                 \
    X(kill, "no such container", podring_kill(r, there, "x", 9), ENOTFOUND)                        \
    X(kill, "no such signal", podring_kill(r, there, NULL, 0), EINVALID)                           \
    X(kill, "not running", podring_kill(r, down, NULL, 9), ESTATE)                              \
    X(scale, "no such object", podring_scale(r, NULL, "deployment/x", 1), ENOTFOUND)               \
    X(scale, "no slash", podring_scale(r, NULL, "deployment", 1), EINVALID)                        \
    X(scale, "a pod", podring_scale(r, NULL, "pod/p", 2), EUNSUPPORTED)                            \
    X(scale, "NULL object", podring_scale(r, NULL, NULL, 1), EINVALID)                             \
    X(set_image, "no such object", podring_set_image(r, NULL, "pod/x", NULL, "i"), ENOTFOUND)      \
    X(set_image, "no such container", podring_set_image(r, NULL, "pod/p", "x", "i"), ENOTFOUND)    \
    X(set_image, "NULL object", podring_set_image(r, NULL, NULL, NULL, "i"), EINVALID)             \
    X(set_image, "NULL image", podring_set_image(r, NULL, "pod/p", NULL, NULL), EINVALID)          \
    X(set_condition, "no such pod", podring_set_condition(r, 0, "x", 1), ENOTFOUND)                \
    X(set_condition, "no such gate", podring_set_condition(r, there, "x", 1), ENOTFOUND)           \
    X(set_condition, "NULL type", podring_set_condition(r, there, NULL, 1), EINVALID)              \
    X(stats, "NULL out", podring_stats(r, NULL), EINVALID)                                         \
    X(next_bucket, "no such histogram", podring_next_bucket(r, 77, &cursor, &bucket), EINVALID)    \
    X(next_bucket, "no more", podring_next_bucket(r, 0, &cursor, &bucket), ENOTFOUND)              \
    X(next_bucket, "NULL cursor", podring_next_bucket(r, 0, NULL, &bucket), EINVALID)              \
    X(next_bucket, "NULL out", podring_next_bucket(r, 0, &cursor, NULL), EINVALID)                 \
    X(count_at, "past the last", podring_count_at(r, 1000, &count_), ENOTFOUND)                    \
    X(count_at, "NULL out", podring_count_at(r, 0, NULL), EINVALID)                                \
    X(timer_start, "NULL fn", podring_timer_start(r, 1, NULL, NULL, &id), EINVALID)                \
    X(timer_start, "before the beginning", podring_timer_start(r, -1, never, NULL, &id), EINVALID) \
    X(timer_after, "NULL fn", podring_timer_after(r, 1, NULL, NULL, &id), EINVALID)                \
    X(timer_after, "a negative delay", podring_timer_after(r, -1, never, NULL, &id), EINVALID)     \
    X(timer_stop, "no such timer", podring_timer_stop(r, 99), ENOTFOUND)                           \
    X(watch_start, "virtual time", podring_watch_start(r, 0, POLLIN, never_ready, NULL, &id),      \
      EUNSUPPORTED)                                                                                \
    X(watch_start, "NULL fn", podring_watch_start(r, 0, POLLIN, NULL, NULL, &id), EINVALID)        \
    X(watch_start, "no events", podring_watch_start(r, 0, 0, never_ready, NULL, &id), EINVALID)    \
    X(watch_stop, "no such watch", podring_watch_stop(r, 99), ENOTFOUND)                           \
    X(open, "no size", open_with(0), EINVALID)                                                     \
    X(open, "NULL out", podring_open(NULL, NULL), EINVALID)                                        \
    X(states, "past the last", podring_states(1000, &a, &b), ENOTFOUND)                            \
    X(states, "NULL name", podring_states(0, NULL, &b), EINVALID)                                  \
    X(states, "NULL text", podring_states(0, &a, NULL), EINVALID)

/* Without an engine. on_event and reboot cannot fail otherwise. */
#define WITHOUT(X)                                                                                 \
    X(set, podring_set(none, "bo_gc", "on"))                                                       \
    X(knob_at, podring_knob_at(none, 0, &knob))                                                    \
    X(load_file, podring_load_file(none, "x"))                                                     \
    X(load_text, podring_load_text(none, "t", "", 0))                                              \
    X(apply, podring_apply(none))                                                                  \
    X(create_text, podring_create_text(none, "t", "", 0))                                          \
    X(replace_text, podring_replace_text(none, "t", "", 0))                                        \
    X(patch_text, podring_patch_text(none, NULL, "pod/p", 0, "t", "", 0))                          \
    X(document, podring_document(none, NULL, "pod/p", NULL, 0, &length))                           \
    X(delete_object, podring_delete_object(none, NULL, "pod/p", NULL))                             \
    X(spec_new, podring_spec_new(none, "Pod", NULL, "p", &spec))                                   \
    X(diagnostic_at, podring_diagnostic_at(none, 0, &diagnostic))                                  \
    X(input_at, podring_input_at(none, 0, &path))                                                  \
    X(turn, podring_turn(none, 0))                                                                 \
    X(run_until, podring_run_until(none, 1))                                                       \
    X(now, (int)podring_now(none))                                                                 \
    X(clock, (int)podring_clock(none))                                                             \
    X(wait_ns, (int)podring_wait_ns(none))                                                         \
    X(discard, podring_discard(none))                                                              \
    X(diagnostics_clear, podring_diagnostics_clear(none))                                          \
    X(run_while, podring_run_while(none, 1, NULL, NULL))                                           \
    X(set_runtime, podring_set_runtime(none, &runtime))                                            \
    X(done, podring_done(none, 1, 0, NULL, 0))                                                     \
    X(exited, podring_exited(none, 1, NULL, 0, 0, NULL))                                           \
    X(fd, podring_fd(none))                                                                        \
    X(post, podring_post(none, nothing, NULL))                                                     \
    X(next_event, podring_next_event(none, &event))                                                \
    X(cause, podring_cause(none, 1, &event))                                                       \
    X(change, podring_change(none, &walk, &event))                                                 \
    X(on_event, podring_on_event(none, NULL, NULL))                                                \
    X(find, podring_find(none, NULL, "p", &id))                                                    \
    X(select, podring_select(none, NULL, "", &walk, &id))                                          \
    X(show_next, podring_show_next(none, "pod", NULL, &walk, NULL, 0, &length))                    \
    X(pod_info, podring_pod_info(none, 1, &pod_info))                                              \
    X(object_info, podring_object_info(none, 1, &object_info))                                     \
    X(container_info, podring_container_info(none, 1, 0, &container_info))                         \
    X(logs, podring_logs(none, 1, NULL, 0, &a, &length))                                           \
    X(exec, podring_exec(none, 1, NULL, 1, &word, &id))                                            \
    X(exec_info, podring_exec_info(none, 1, &exec_info))                                           \
    X(exec_close, podring_exec_close(none, 1))                                                     \
    X(file_read, podring_file_read(none, 1, NULL, "/", &a, &length))                               \
    X(file_write, podring_file_write(none, 1, NULL, "/x", "", 0))                                  \
    X(file_list, podring_file_list(none, 1, NULL, "/", "", file_name))                             \
    X(condition, podring_condition(none, 1, "Ready", &a, &b, &c))                                  \
    X(fact_at, podring_fact_at(none, 1, 0, PODRING_FIELD, 0, &a, &b))                              \
    X(delete, podring_delete(none, 1, 0, 0))                                                       \
    X(evict, podring_evict(none, 1, 1))                                                            \
    X(kill, podring_kill(none, 1, NULL, 9))                                                        \
    X(scale, podring_scale(none, NULL, "deployment/web", 1))                                       \
    X(set_image, podring_set_image(none, NULL, "pod/p", NULL, "i"))                                \
    X(reboot, podring_reboot(none))                                                                \
    X(set_condition, podring_set_condition(none, 1, "x", 1))                                       \
    X(stats, podring_stats(none, &stats))                                                          \
    X(next_bucket, podring_next_bucket(none, 0, &cursor, &bucket))                                 \
    X(count_at, podring_count_at(none, 0, &count_))                                                \
    X(timer_start, podring_timer_start(none, 1, never, NULL, &id))                                 \
    X(timer_after, podring_timer_after(none, 1, never, NULL, &id))                                 \
    X(timer_stop, podring_timer_stop(none, 1))                                                     \
    X(watch_start, podring_watch_start(none, 0, 1, never_ready, NULL, &id))                        \
    X(watch_stop, podring_watch_stop(none, 1))

/* These answer no code. */
static const char *const others[] = {"version",  "version_number", "build_info",  "strerror",
                                     "close",    "why",            "stop",        "wake",
                                     "busy",     "event_json",     "next_pod",    "next_object",
                                     "percentile", "samples", "reset_measures",   "digest",
                                     "input_digest", "newest_version", "spec_free"};

/* ---- calls that need more than a line -------------------------------------------------------- */

static int create_pod(podring *r, const char *name)
{
    char text[512];
    int n = snprintf(text, sizeof(text), KIT_POD("%s"), name, name);

    return podring_create_text(r, "t", text, (size_t)n);
}

static int replace_pod(podring *r, const char *name)
{
    char text[512];
    int n = snprintf(text, sizeof(text), KIT_POD("%s"), name, name);

    return podring_replace_text(r, "t", text, (size_t)n);
}

static int show_in(podring *r, const char *ns)
{
    uint64_t from = 0;

    return podring_show_next(r, "service", ns, &from, NULL, 0, &length);
}

static int patch(podring *r, const char *object, int type)
{
    return podring_patch_text(r, NULL, object, type, "t", "{}", 2);
}

static int spec_with(podring *r, const char *at, const char *value, bool text)
{
    podring_spec *s;
    int rc;

    cr_assert_eq(podring_spec_new(r, "Pod", NULL, "new", &s), 0);
    rc = text ? podring_spec_set_text(s, at, value) : podring_spec_set(s, at, value);
    podring_spec_free(s);
    return rc;
}

static int spec_written(podring *r, bool replace)
{
    podring_spec *s;
    int rc;

    cr_assert_eq(podring_spec_new(r, "Pod", NULL, "new", &s), 0);
    rc = replace ? podring_spec_replace(s) : podring_spec_create(s, &id);
    podring_spec_free(s);
    return rc;
}

static int open_with(uint32_t size)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;

    o.size = size;
    return podring_open(&o, &r);
}

static int change_from(podring *r, uint64_t version)
{
    uint64_t at = version;
    int rc = podring_change(r, &at, &event);

    cr_expect_eq(at, version);
    return rc;
}

static const char *long_selector(void)
{
    static char text[4096];

    memset(text, 'a', sizeof(text) - 1);
    return text;
}

static int apply_again(podring *r)
{
    cr_assert_eq(podring_load_text(r, "t", KIT_POD_FIXED("p"), strlen(KIT_POD_FIXED("p"))), 0);
    return podring_apply(r);
}

static int turn_when_full(podring *r)
{
    struct podring_options o = kit_options();
    podring *small;
    int rc = 0;

    (void)r;
    o.events_max = 4;
    small = kit_open(o);
    kit_apply(small, KIT_POD("p"));
    while (rc >= 0)
        rc = podring_turn(small, 1000);
    rc = podring_turn(small, 1000);
    cr_expect(strstr(podring_why(small), "queue is full") != NULL, "%s", podring_why(small));
    podring_close(small);
    podring_turn(none, 0); /* leaves a sentence of its own where the row looks for one */
    podring_load_file(r, "/tmp");
    return rc;
}

static int post_until_full(podring *r)
{
    int rc;

    while ((rc = podring_post(r, nothing, NULL)) == 0) {
    }
    return rc;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static podring *world(void)
{
    static const char yaml[] =
        KIT_POD("p") "  surprise: 1\n" KIT_DEPLOYMENT("web", 2)
            KIT_POD("down") KIT_BEHAVIOR("down", "  - exit: {after: 500ms, code: 1}\n");
    podring *r = kit_ring(yaml);

    kit_run(r, 3000);
    kit_drain(r);
    there = kit_pod(r, "p");
    down = kit_pod(r, "down");
    event.size = sizeof(event);
    pod_info.size = sizeof(pod_info);
    object_info.size = sizeof(object_info);
    container_info.size = sizeof(container_info);
    diagnostic.size = sizeof(diagnostic);
    stats.size = sizeof(stats);
    count_.size = sizeof(count_);
    knob.size = sizeof(knob);
    bucket.size = sizeof(bucket);
    cursor = UINT32_MAX;
    return r;
}

/* A sentence that no call under test would make. */
static void mark(podring *r)
{
    podring_set(r, "a mark", "on");
    podring_set(none, "a mark", "on");
}

static void says(podring *r, const char *function, const char *what)
{
    const char *why = podring_why(r);

    cr_expect(why[0] != '\0', "%s, %s: no sentence", function, what);
    cr_expect(strstr(why, "a mark") == NULL && strcmp(why, "podring_set: the engine is NULL") != 0,
              "%s, %s: an older sentence: %s", function, what, why);
}

Test(api_why, each_failing_call_has_its_sentence)
{
    podring *r = world();

#define X(function, what, call, code)                                                              \
    mark(r);                                                                                       \
    {                                                                                              \
        int rc = (int)(call);                                                                      \
                                                                                                   \
        cr_expect_eq(rc, -PODRING_##code, "%s, %s: %d", #function, what, rc);                      \
        says(strcmp(#function, "open") == 0 || strcmp(#function, "states") == 0 ? NULL : r,        \
             #function, what);                                                                     \
    }
    ROWS(X)
#undef X
    podring_close(r);
}

Test(api_why, no_engine_is_no_crash)
{
#define X(function, call)                                                                          \
    mark(none);                                                                                    \
    cr_expect_eq((call), -PODRING_EINVALID, "%s", #function);                                      \
    cr_expect_str_eq(podring_why(NULL), "podring_" #function ": the engine is NULL");
    WITHOUT(X)
#undef X
    podring_close(NULL);
    podring_stop(NULL);
    podring_wake(NULL);
    podring_reset_measures(NULL);
    cr_expect_eq(podring_next_pod(NULL, &walk), 0);
    cr_expect_eq(podring_next_object(NULL, &walk), 0);
    cr_expect_eq(podring_newest_version(NULL), 0);
    cr_expect_eq(podring_percentile(NULL, 0, 1), 0);
    cr_expect_eq(podring_samples(NULL, 0), 0);
    cr_expect_eq(podring_digest(NULL), 0);
    cr_expect_eq(podring_input_digest(NULL), 0);
    cr_expect_eq(podring_event_json(NULL, NULL, 0), 0);
    cr_expect_str_neq(podring_strerror(77), "");
}

Test(api_why, what_answers_no_code_says_why_all_the_same)
{
    podring *r = world();

    mark(r);
    cr_expect_eq(podring_next_pod(r, NULL), 0);
    says(r, "next_pod", "NULL cursor");
    mark(r);
    cr_expect_eq(podring_next_object(r, NULL), 0);
    says(r, "next_object", "NULL cursor");
    mark(r);
    cr_expect_eq(podring_percentile(r, 77, 1), 0);
    says(r, "percentile", "no such histogram");
    mark(r);
    cr_expect_eq(podring_samples(r, -1), 0);
    says(r, "samples", "no such histogram");
    podring_close(r);
}

/* The first thing that is wrong with a manifest is in the sentence, with its place. */
Test(api_why, a_refused_manifest_is_named)
{
    static const char bad[] = KIT_POD("p") "    ports: 7\n";
    podring *r = kit_open(kit_options());
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    uint32_t i = 0;
    char wanted[512];

    cr_assert_eq(podring_load_text(r, "bad.yaml", bad, strlen(bad)), -PODRING_EMANIFEST);
    while (podring_diagnostic_at(r, i, &d) == 0 && d.severity != PODRING_ERROR)
        i++;
    cr_assert_eq(podring_load_text(r, "bad.yaml", bad, strlen(bad)), -PODRING_EMANIFEST);
    snprintf(wanted, sizeof(wanted), "bad.yaml:%u:%u: %s", d.line, d.column, d.text);
    cr_expect_str_eq(podring_why(r), wanted);
    podring_close(r);
}

static void in_a_callback(void *ctx, podring *r, uint64_t timer)
{
    (void)timer;
    mark(r);
    cr_expect_eq(podring_turn(r, 0), -PODRING_ESTATE);
    says(r, "turn", "in a callback");
    mark(r);
    cr_expect_eq(podring_run_until(r, 1000000), -PODRING_ESTATE);
    says(r, "run_until", "in a callback");
    mark(r);
    cr_expect_eq(podring_next_event(r, &event), -PODRING_ESTATE);
    says(r, "next_event", "in a callback");
    *(int *)ctx = 1;
}

Test(api_why, a_callback_cannot_turn)
{
    podring *r = world();
    int ran = 0;

    podring_timer_after(r, 10, in_a_callback, &ran, NULL);
    kit_run(r, 4000);
    cr_expect_eq(ran, 1);
    podring_close(r);
}

Test(api_why, a_descriptor_that_is_not_open_cannot_be_watched)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;

    o.net = PODRING_NET_MEMORY;
    r = kit_open(o);
    cr_expect_eq(podring_watch_start(r, 99999, POLLIN, never_ready, NULL, &id), -PODRING_EINVALID);
    cr_expect_str_eq(podring_why(r), "descriptor 99999: Bad file descriptor");
    cr_expect_eq(podring_watch_start(r, -1, POLLIN, never_ready, NULL, &id), -PODRING_EINVALID);
    podring_close(r);
}

Test(api_why, an_open_that_finds_no_memory_says_so)
{
    for (uint64_t n = 1; n < 200; n++) {
        struct failmem f = {.fail_at = n};
        struct podring_allocator allocator = {
            .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
        struct podring_options o = kit_options();
        podring *r;

        o.allocator = &allocator;
        mark(none);
        if (podring_open(&o, &r) == 0) {
            podring_close(r);
            cr_expect_gt(n, 5);
            return;
        }
        cr_expect(strstr(podring_why(NULL), "memory") != NULL, "%llu: %s", (unsigned long long)n,
                  podring_why(NULL));
    }
    cr_assert_fail("no end");
}

/* ---- the header ------------------------------------------------------------------------------ */

static bool has_row(const char *name)
{
#define X(function, what, call, code)                                                              \
    if (strcmp(name, #function) == 0)                                                              \
        return true;
    ROWS(X)
#undef X
#define X(function, call)                                                                          \
    if (strcmp(name, #function) == 0)                                                              \
        return true;
    WITHOUT(X)
#undef X
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    return false;
}

Test(api_why, every_function_of_the_header_has_a_row)
{
    FILE *f = fopen("api/podring.h", "r");
    char line[512], name[64];
    int functions = 0;

    cr_assert_not_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        const char *at = strncmp(line, "PODRING_API", 11) == 0 ? strstr(line, "podring_") : NULL;
        size_t n = 0;

        /* The result may be of a type called podring_, too: the function is what a ( follows. */
        for (; at != NULL; at = strstr(at, "podring_")) {
            for (at += 8, n = 0; n < 63 && (isalnum((unsigned char)at[n]) || at[n] == '_'); n++)
                name[n] = at[n];
            name[n] = '\0';
            if (at[n] == '(')
                break;
        }
        if (at == NULL)
            continue;
        functions++;
        cr_expect(has_row(name), "podring_%s is not tried here", name);
    }
    fclose(f);
    cr_expect_gt(functions, 45);
}
