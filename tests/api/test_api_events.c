/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: by asking and by callback, a queue that is full, and their form as JSON.
 */
#include <stdlib.h>

#include "tests/api/test_api_kit.h"

static const char busy[] =
    KIT_DEPLOYMENT("web", 12) "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: "
                              "2}\n" KIT_BEHAVIOR(
                                  "web",
                                  "  - exit: {after: 5s, code: 1}\n  - serve: [{status: 500, rate: "
                                  "0.5}]\n") "---\napiVersion: podring.dev/v1\nkind: "
                                             "Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
                                             "  - {at: 20s, scale: deployment/web, replicas: 3}\n  "
                                             "- {at: 40s, reboot: node}\n";

enum { END_MS = 60000 };

/* ---- a journal of events as text ------------------------------------------------------------- */

struct journal {
    char *text;
    size_t used, room;
    uint64_t count, last_seq;
    int64_t last_at;
};

static void write_down(struct journal *j, const struct podring_event *e)
{
    size_t need = podring_event_json(e, NULL, 0);

    cr_assert_eq(e->seq, j->last_seq + 1, "a gap");
    cr_assert_geq(e->at_ms, j->last_at);
    j->last_seq = e->seq;
    j->last_at = e->at_ms;
    j->count++;
    if (j->used + need + 2 > j->room) {
        j->room = 2 * (j->room + need + 2);
        j->text = realloc(j->text, j->room);
    }
    cr_assert_eq(podring_event_json(e, j->text + j->used, j->room - j->used), need);
    j->used += need;
    j->text[j->used++] = '\n';
    j->text[j->used] = '\0';
}

static void on_event(void *ctx, podring *ring, const struct podring_event *e)
{
    (void)ring;
    write_down(ctx, e);
}

static void take_all(podring *r, struct journal *j)
{
    struct podring_event e = PODRING_EVENT_INIT;
    int rc;

    while ((rc = podring_next_event(r, &e)) == 0)
        write_down(j, &e);
    cr_assert_eq(rc, -PODRING_EAGAIN);
}

static podring *busy_ring(uint32_t events_max)
{
    struct podring_options o = kit_options();
    podring *r;

    o.seed = 3;
    o.events_max = events_max;
    r = kit_open(o);
    kit_apply(r, busy);
    return r;
}

static struct journal asked(void)
{
    struct journal j = {0};
    podring *r = busy_ring(0);

    kit_run(r, END_MS);
    take_all(r, &j);
    cr_assert_eq(kit_stats(r).events, j.count);
    podring_close(r);
    return j;
}

/* ---- two ways to get them
 * ------------------------------------------------------------------------ */

Test(api_events, a_callback_hears_what_asking_tells)
{
    struct journal a = asked(), b = {0};
    podring *r = busy_ring(0);
    struct podring_event e = PODRING_EVENT_INIT;

    cr_assert_gt(a.count, 300);
    podring_on_event(r, on_event, &b);
    kit_run(r, END_MS);
    cr_expect_eq(podring_next_event(r, &e), -PODRING_EAGAIN, "all were delivered");
    cr_expect_str_eq(a.text, b.text);
    podring_close(r);
    free(a.text);
    free(b.text);
}

Test(api_events, one_may_change_over)
{
    struct journal a = asked(), b = {0};
    podring *r = busy_ring(0);

    for (int64_t at = 0; at <= END_MS; at += 5000) {
        podring_on_event(r, at % 10000 != 0 ? on_event : NULL, &b);
        kit_run(r, at);
        if (at % 10000 == 0)
            take_all(r, &b);
    }
    cr_expect_str_eq(a.text, b.text);
    podring_close(r);
    free(a.text);
    free(b.text);
}

Test(api_events, strings_hold_until_the_next_call)
{
    podring *r = kit_ring(KIT_POD("first") KIT_POD("second"));
    struct podring_event e = PODRING_EVENT_INIT;
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    kit_run(r, 1000);
    podring_delete(r, kit_pod(r, "first"), 0, 1);
    kit_run(r, 9000);
    /* The pod is gone; its events still tell its name. */
    while (podring_next_event(r, &e) == 0) {
        cr_assert_not_null(e.pod_name);
        cr_assert(strcmp(e.pod_name, "first") == 0 || strcmp(e.pod_name, "second") == 0);
        cr_assert_eq(strlen(e.uid), 36);
        cr_assert_str_eq(e.namespace_, "default");
        if (strcmp(e.pod_name, "first") == 0)
            cr_assert_eq(podring_pod_info(r, e.pod, &info), -PODRING_ENOTFOUND);
    }
    podring_close(r);
}

/* ---- a full queue
 * ---------------------------------------------------------------------------------- */

static void run_with_room(uint32_t room, const struct journal *all)
{
    struct journal j = {0};
    podring *r = busy_ring(room);
    unsigned full = 0;
    int rc;

    while ((rc = podring_run_until(r, END_MS)) == -PODRING_EFULL) {
        uint64_t before = j.count;

        full++;
        take_all(r, &j);
        cr_assert_gt(j.count, before, "full, but nothing to take");
    }
    cr_assert_eq(rc, 0);
    take_all(r, &j);
    cr_expect_str_eq(j.text, all->text, "with room for %u", room);
    cr_expect(room > all->count || full > 1, "room for %u was never full", room);
    cr_expect_eq(kit_stats(r).events_dropped, 0);
    podring_close(r);
    free(j.text);
}

Test(api_events, a_full_queue_stops_turns_and_loses_nothing)
{
    static const uint32_t rooms[] = {1, 2, 3, 7, 16, 64, 100, 256, 100000};
    struct journal all = asked();

    for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
        run_with_room(rooms[i], &all);
    free(all.text);
}

Test(api_events, one_event_at_a_time)
{
    struct journal all = asked(), j = {0};
    podring *r = busy_ring(4);
    struct podring_event e = PODRING_EVENT_INIT;
    int rc;

    /* Taking a single one makes room for a single step. */
    while ((rc = podring_run_until(r, END_MS)) == -PODRING_EFULL) {
        cr_assert_eq(podring_turn(r, 0), -PODRING_EFULL, "and it stays full");
        cr_assert_eq(podring_next_event(r, &e), 0);
        write_down(&j, &e);
    }
    cr_assert_eq(rc, 0);
    take_all(r, &j);
    cr_expect_str_eq(j.text, all.text);
    podring_close(r);
    free(all.text);
    free(j.text);
}

Test(api_events, a_callback_empties_any_queue)
{
    struct journal all = asked();

    for (uint32_t room = 1; room < 70; room += 9) {
        struct journal j = {0};
        podring *r = busy_ring(room);

        podring_on_event(r, on_event, &j);
        kit_run(r, END_MS);
        cr_expect_str_eq(j.text, all.text, "with room for %u", room);
        podring_close(r);
        free(j.text);
    }
    free(all.text);
}

/* ---- inside a callback
 * ------------------------------------------------------------------------------ */

struct meddler {
    unsigned calls, deleted;
    podring *ring;
};

static void meddle(void *ctx, podring *ring, const struct podring_event *e)
{
    struct meddler *m = ctx;
    struct podring_event other = PODRING_EVENT_INIT;
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    m->calls++;
    cr_assert_eq(ring, m->ring);
    cr_assert_eq(podring_now(ring), podring_now(ring));
    cr_assert_leq(e->at_ms, podring_now(ring));
    cr_expect_eq(podring_turn(ring, 0), -PODRING_ESTATE);
    cr_expect_eq(podring_run_until(ring, 100000), -PODRING_ESTATE);
    cr_expect_eq(podring_next_event(ring, &other), -PODRING_ESTATE);
    if (e->pod != 0 && podring_pod_info(ring, e->pod, &info) == 0 && e->reason != NULL &&
        strcmp(e->reason, "Started") == 0 && m->calls % 3 == 0)
        m->deleted += podring_delete(ring, e->pod, 0, 1) == 0;
    if (m->calls == 40)
        cr_expect_eq(podring_scale(ring, NULL, "deployment/web", 30), 0);
}

Test(api_events, callbacks_may_do_anything_but_turn)
{
    struct meddler m = {0};
    podring *r = busy_ring(0);

    m.ring = r;
    podring_on_event(r, meddle, &m);
    kit_run(r, END_MS);
    cr_expect_gt(m.calls, 100);
    cr_expect_gt(m.deleted, 1);
    cr_expect_geq(kit_stats(r).pods_deleted, m.deleted);
    podring_close(r);
}

static void stop_it(void *ctx, podring *ring, const struct podring_event *e)
{
    (void)e;
    if (++*(unsigned *)ctx == 5)
        podring_stop(ring);
}

Test(api_events, stop_from_a_callback)
{
    unsigned calls = 0;
    podring *r = busy_ring(0);

    podring_on_event(r, stop_it, &calls);
    cr_expect_eq(podring_run_until(r, END_MS), 1);
    cr_expect_lt(podring_now(r), END_MS);
    kit_run(r, END_MS);
    cr_expect_gt(calls, 100, "and it goes on");
    podring_close(r);
}

static void change_over(void *ctx, podring *ring, const struct podring_event *e)
{
    (void)e;
    ++*(unsigned *)ctx;
    podring_on_event(ring, NULL, NULL);
}

Test(api_events, a_callback_may_take_itself_out)
{
    unsigned calls = 0;
    podring *r = busy_ring(0);

    podring_on_event(r, change_over, &calls);
    kit_run(r, 1000);
    cr_expect_eq(calls, 1);
    cr_expect_gt(kit_drain(r), 10, "the rest waits to be asked for");
    podring_close(r);
}

/* ---- JSON
 * ------------------------------------------------------------------------------------------- */

static const char *json_of(const struct podring_event *e)
{
    static char line[4096];
    size_t n = podring_event_json(e, line, sizeof(line));

    cr_assert_lt(n, sizeof(line));
    cr_assert_eq(strlen(line), n);
    return line;
}

#define JSON(expected, ...)                                                                        \
    do {                                                                                           \
        struct podring_event e = PODRING_EVENT_INIT;                                               \
        e.exit_code = -1;                                                                          \
        __VA_ARGS__;                                                                               \
        cr_expect_str_eq(json_of(&e), expected, "%s", json_of(&e));                                \
    } while (0)

Test(api_events, json_keys_come_in_their_order)
{
    JSON("{\"at_ms\":12000,\"seq\":17,\"kind\":\"Event\",\"type\":\"Warning\",\"reason\":"
         "\"Unhealthy\","
         "\"namespace\":\"default\",\"pod\":\"web-0\",\"uid\":\"u\",\"container\":\"main\","
         "\"message\":\"m\"}",
         e.at_ms = 12000, e.seq = 17, e.type = "Warning", e.reason = "Unhealthy",
         e.namespace_ = "default", e.pod_name = "web-0", e.uid = "u", e.container = "main",
         e.message = "m");
    JSON("{\"at_ms\":1,\"seq\":2,\"kind\":\"Transition\",\"reason\":\"Error\",\"namespace\":\"n\","
         "\"pod\":\"p\",\"uid\":\"u\",\"container\":\"c\",\"field\":\"state\",\"from\":\"Running\","
         "\"to\":\"Terminated\",\"exitCode\":0,\"message\":\"bye\"}",
         e.kind = PODRING_TRANSITION, e.at_ms = 1, e.seq = 2, e.reason = "Error",
         e.namespace_ = "n", e.pod_name = "p", e.uid = "u", e.container = "c", e.field = "state",
         e.from = "Running", e.to = "Terminated", e.exit_code = 0, e.message = "bye");
    JSON("{\"at_ms\":0,\"seq\":0,\"kind\":\"Transition\",\"namespace\":\"n\",\"object\":\"job/pi\","
         "\"field\":\"active\",\"from\":3,\"to\":12}",
         e.kind = PODRING_TRANSITION, e.namespace_ = "n", e.object = "job/pi", e.field = "active",
         e.from = "3", e.to = "12", e.numeric = 3);
    JSON("{\"at_ms\":0,\"seq\":0,\"kind\":\"Transition\",\"from\":\"3\",\"to\":12}",
         e.kind = PODRING_TRANSITION, e.from = "3", e.to = "12", e.numeric = 2);
}

Test(api_events, json_escapes)
{
    JSON("{\"at_ms\":0,\"seq\":0,\"kind\":\"Event\",\"message\":\"\\\"\\\\/"
         "\\b\\f\\n\\r\\t\\u0001\\u001f\"}",
         e.message = "\"\\/\b\f\n\r\t\x01\x1f");
    JSON("{\"at_ms\":0,\"seq\":0,\"kind\":\"Event\",\"message\":\"gr\u00fc\u00df \u20ac "
         "\U0001f600\"}",
         e.message = "gr\u00fc\u00df \u20ac \U0001f600");
    JSON("{\"at_ms\":0,\"seq\":0,\"kind\":\"Event\",\"message\":\"\"}", e.message = "");
}

/* What is not UTF-8 may look as it likes, but the line must be valid. */
Test(api_events, json_of_rubbish_is_valid_utf8)
{
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 0; b < 256; b += 5) {
            char text[] = {'<', (char)a, (char)b, '>', '\0'};
            struct podring_event e = PODRING_EVENT_INIT;
            const unsigned char *at;

            e.message = text;
            at = (const unsigned char *)json_of(&e);
            while (*at != '\0') {
                unsigned more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1;

                cr_assert_geq(*at, 0x20, "a bare control byte");
                cr_assert(*at < 0x80 || (*at >= 0xc2 && *at <= 0xf4), "byte %02x after %02x %02x",
                          *at, a, b);
                at++;
                for (; more > 0; more--, at++)
                    cr_assert_eq(*at & 0xc0, 0x80, "%02x %02x", a, b);
            }
        }
    }
}

Test(api_events, json_is_cut_but_its_length_is_not)
{
    struct podring_event e = PODRING_EVENT_INIT;
    char whole[256], part[256];
    size_t n;

    e.exit_code = -1;
    e.message = "a \"quoted\" word \x02 and an end";
    n = podring_event_json(&e, whole, sizeof(whole));
    cr_assert_lt(n, sizeof(whole));
    cr_expect_eq(podring_event_json(&e, NULL, 0), n);
    for (size_t room = 1; room <= n + 1; room++) {
        memset(part, '#', sizeof(part));
        cr_assert_eq(podring_event_json(&e, part, room), n, "room %zu", room);
        cr_assert_eq(part[room - 1], '\0', "room %zu", room);
        cr_assert_eq(strncmp(part, whole, room - 1), 0, "room %zu", room);
        cr_assert_eq(part[room], '#', "beyond the room of %zu", room);
    }
}

Test(api_events, every_line_of_a_run_is_one_object)
{
    struct journal all = asked();
    unsigned lines = 0;

    for (char *at = strtok(all.text, "\n"); at != NULL; at = strtok(NULL, "\n"), lines++) {
        cr_assert_eq(strncmp(at, "{\"at_ms\":", 9), 0, "%s", at);
        cr_assert_eq(at[strlen(at) - 1], '}');
        cr_assert_not_null(strstr(at, ",\"kind\":\""));
        cr_assert_null(strstr(at, ":null"));
    }
    cr_expect_eq(lines, all.count);
    free(all.text);
}
