/* SPDX-License-Identifier: Apache-2.0 */
/* test_face.c - the formats that people and other programs read. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/face/json.h"
#include "api/face/table.h"

#define EXPECT(want, ...)                                                                          \
    do {                                                                                           \
        char text_[256];                                                                           \
        struct rx_text t = rx_text_in(text_, sizeof(text_));                                   \
        __VA_ARGS__;                                                                               \
        rx_text_end(&t); \
        cr_expect_str_eq(text_, want, "got '%s', want '%s'", text_, want);                         \
    } while (0)

/* ---- text ----------------------------------------------------------------------------------- */

Test(face, counts_what_does_not_fit_and_never_writes_past_the_room)
{
    char room[8] = "xxxxxxx";
    struct rx_text t = rx_text_in(room, 4);

    rx_text_puts(&t, "abcdef");
    rx_text_putc(&t, 'g');
    rx_text_u64(&t, 12);
    cr_assert_eq(rx_text_end(&t), 9);
    cr_assert_str_eq(room, "abc");
    cr_assert_eq(room[4], 'x');
    t = rx_text_in(NULL, 0);
    rx_text_puts(&t, "abc");
    cr_assert_eq(rx_text_end(&t), 3);
}

Test(face, prints_numbers)
{
    EXPECT("0", rx_text_u64(&t, 0));
    EXPECT("18446744073709551615", rx_text_u64(&t, UINT64_MAX));
    EXPECT("-9223372036854775808", rx_text_i64(&t, INT64_MIN));
    EXPECT("00000000000000ff", rx_text_hex64(&t, 255));
    EXPECT("0", face_grouped(&t, 0));
    EXPECT("999", face_grouped(&t, 999));
    EXPECT("1,000", face_grouped(&t, 1000));
    EXPECT("10,020,003", face_grouped(&t, 10020003));
    EXPECT("18,446,744,073,709,551,615", face_grouped(&t, UINT64_MAX));
    EXPECT("1.050", face_fixed(&t, 1050, 3));
    EXPECT("0.07", face_fixed(&t, 7, 2));
    EXPECT("12", face_fixed(&t, 12, 0));
}

Test(face, prints_ages_as_kubectl_does)
{
    const int64_t s = 1000, m = 60 * s, h = 60 * m, d = 24 * h;

    EXPECT("0s", face_age(&t, -5));
    EXPECT("0s", face_age(&t, 999));
    EXPECT("5s", face_age(&t, 5 * s));
    EXPECT("119s", face_age(&t, 2 * m - 1));
    EXPECT("2m", face_age(&t, 2 * m));
    EXPECT("2m30s", face_age(&t, 2 * m + 30 * s));
    EXPECT("9m59s", face_age(&t, 10 * m - 1));
    EXPECT("10m", face_age(&t, 10 * m + 59 * s));
    EXPECT("179m", face_age(&t, 3 * h - 1));
    EXPECT("3h", face_age(&t, 3 * h));
    EXPECT("5h4m", face_age(&t, 5 * h + 4 * m));
    EXPECT("8h", face_age(&t, 8 * h + 59 * m));
    EXPECT("47h", face_age(&t, 2 * d - 1));
    EXPECT("2d", face_age(&t, 2 * d));
    EXPECT("3d2h", face_age(&t, 3 * d + 2 * h));
    EXPECT("8d", face_age(&t, 8 * d + 23 * h));
    EXPECT("729d", face_age(&t, 729 * d));
    EXPECT("2y", face_age(&t, 730 * d));
    EXPECT("2y20d", face_age(&t, 750 * d));
    EXPECT("8y", face_age(&t, (8 * 365 + 100) * d));
}

Test(face, prints_measured_spans_with_three_digits)
{
    EXPECT("0", face_span(&t, 0));
    EXPECT("999ns", face_span(&t, 999));
    EXPECT("1.00us", face_span(&t, 1000));
    EXPECT("41.2us", face_span(&t, 41234));
    EXPECT("412us", face_span(&t, 412345));
    EXPECT("999us", face_span(&t, 999499));
    EXPECT("1.00ms", face_span(&t, 999500));
    EXPECT("1.53s", face_span(&t, 1526000000));
    EXPECT("1234s", face_span(&t, 1234000000000));
}

Test(face, prints_exact_durations_as_go_does)
{
    EXPECT("0s", face_duration(&t, 0));
    EXPECT("250ms", face_duration(&t, 250));
    EXPECT("1.5s", face_duration(&t, 1500));
    EXPECT("1.05s", face_duration(&t, 1050));
    EXPECT("1.001s", face_duration(&t, 1001));
    EXPECT("1m20s", face_duration(&t, 80000));
    EXPECT("5m0s", face_duration(&t, 300000));
    EXPECT("1h0m0.5s", face_duration(&t, 3600500));
    EXPECT("-10s", face_duration(&t, -10000));
}

Test(face, prints_bytes)
{
    EXPECT("1023 B", face_bytes(&t, 1023));
    EXPECT("1.0 KiB", face_bytes(&t, 1024));
    EXPECT("1.5 MiB", face_bytes(&t, 3 << 19));
    EXPECT("15.9 EiB", face_bytes(&t, UINT64_MAX));
}

Test(face, prints_wall_times)
{
    EXPECT("1970-01-01T00:00:00Z", face_rfc3339(&t, 0));
    EXPECT("2026-01-01T00:00:00Z", face_rfc3339(&t, PODRING_EPOCH_DEFAULT));
    EXPECT("2024-02-29T23:59:59.250Z", face_rfc3339(&t, 1709251199250));
    EXPECT("1969-12-31T23:59:59.999Z", face_rfc3339(&t, -1));
    EXPECT("2000-12-31T00:00:00Z", face_rfc3339(&t, 978220800000));
}

/* ---- JSON ----------------------------------------------------------------------------------- */

Test(face, escapes_json)
{
    EXPECT("null", face_json_string(&t, NULL));
    EXPECT("\"\"", face_json_string(&t, ""));
    EXPECT("\"a\\\"b\\\\c\"", face_json_string(&t, "a\"b\\c"));
    EXPECT("\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"",
           face_json_string(&t, "\b\f\n\r\t\x01\x1f\x7f"));
    EXPECT("\"/</script>\"", face_json_string(&t, "/</script>"));
}

Test(face, keeps_utf8_and_replaces_what_is_not)
{
    EXPECT("\"\u00e9\u20ac\U0001f600\"", face_json_string(&t, "\u00e9\u20ac\U0001f600"));
    EXPECT("\"a\ufffdb\"", face_json_string(&t, "a\xff" "b"));
    EXPECT("\"\ufffd\"", face_json_string(&t, "\xe2\x82"));         /* cut off: one piece */
    EXPECT("\"\ufffdx\"", face_json_string(&t, "\xf0\x9f\x98x"));
    EXPECT("\"\ufffd\ufffd\"", face_json_string(&t, "\xc0\xaf"));   /* overlong */
    EXPECT("\"\ufffd\ufffd\ufffd\"", face_json_string(&t, "\xed\xa0\x80")); /* surrogate */
    EXPECT("\"\ufffd\\n\"", face_json_string(&t, "\xc3\n"));
    EXPECT("\"\ufffd\ufffd\ufffd\ufffd\"", face_json_string(&t, "\xf4\x90\x80\x80"));
}

static struct podring_event sample(void)
{
    struct podring_event e = PODRING_EVENT_INIT;

    e.kind = PODRING_TRANSITION;
    e.at_ms = 12000;
    e.seq = 17;
    e.exit_code = -1;
    e.namespace_ = "default";
    e.pod_name = "web-0";
    e.uid = "u-1";
    return e;
}

static void expect_event(const struct podring_event *e, const char *want)
{
    char text[512];
    size_t n = podring_event_json(e, text, sizeof(text));

    cr_expect_str_eq(text, want, "got %s", text);
    cr_expect_eq(n, strlen(want));
}

Test(face, prints_events_with_their_keys_in_order)
{
    struct podring_event e = sample();

    e.field = "Ready";
    e.from = "False";
    e.to = "True";
    expect_event(&e,
                 "{\"at_ms\":12000,\"seq\":17,\"kind\":\"Transition\",\"namespace\":\"default\","
                 "\"pod\":\"web-0\",\"uid\":\"u-1\",\"field\":\"Ready\",\"from\":\"False\","
                 "\"to\":\"True\"}");
    e = sample();
    e.kind = PODRING_EVENT;
    e.type = "Warning";
    e.reason = "Unhealthy";
    e.container = "main";
    e.message = "Liveness probe failed: \"x\"";
    expect_event(&e,
                 "{\"at_ms\":12000,\"seq\":17,\"kind\":\"Event\",\"type\":\"Warning\",\"reason\":"
                 "\"Unhealthy\",\"namespace\":\"default\",\"pod\":\"web-0\",\"uid\":\"u-1\","
                 "\"container\":\"main\",\"message\":\"Liveness probe failed: \\\"x\\\"\"}");
}

Test(face, prints_numbers_in_events_without_quotes)
{
    struct podring_event e = sample();

    e.namespace_ = NULL;
    e.pod_name = e.uid = NULL;
    e.object = "deployment/web";
    e.field = "replicas";
    e.from = "3";
    e.to = "4";
    e.numeric = 3;
    expect_event(&e, "{\"at_ms\":12000,\"seq\":17,\"kind\":\"Transition\",\"object\":"
                     "\"deployment/web\",\"field\":\"replicas\",\"from\":3,\"to\":4}");
    e.numeric = 2;
    e.exit_code = 0;
    expect_event(&e, "{\"at_ms\":12000,\"seq\":17,\"kind\":\"Transition\",\"object\":"
                     "\"deployment/web\",\"field\":\"replicas\",\"from\":\"3\",\"to\":4,"
                     "\"exitCode\":0}");
}

Test(face, event_length_does_not_depend_on_the_room)
{
    struct podring_event e = sample();
    char whole[512], cut[512];
    size_t n = podring_event_json(&e, whole, sizeof(whole));

    cr_assert_eq(podring_event_json(&e, NULL, 0), n);
    for (size_t room = 1; room <= n + 1; room++) {
        memset(cut, '#', sizeof(cut));
        cr_assert_eq(podring_event_json(&e, cut, room), n);
        cr_assert_eq(strlen(cut), room - 1);
        cr_assert_arr_eq(cut, whole, room - 1);
        cr_assert_eq(cut[room], '#');
    }
}

Test(face, prints_pods_and_containers_as_json)
{
    struct podring_pod_info p = PODRING_POD_INFO_INIT;
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;

    p.namespace_ = "n";
    p.name = "p";
    p.status = "Running";
    p.ready = p.ready_of = 1;
    p.deleted_ms = p.last_restart_ms = -1;
    p.ip = 0x7f010203;
    EXPECT("{\"namespace\":\"n\",\"name\":\"p\",\"status\":\"Running\",\"ready\":1,\"readyOf\":1,"
           "\"restarts\":0,\"created_ms\":0,\"ip\":\"127.1.2.3\"", face_json_pod(&t, &p));
    c.name = "c";
    c.kind = 2;
    c.state = "Waiting";
    c.exit_code = c.last_exit_code = -1;
    c.started_ms = c.finished_ms = c.last_started_ms = c.last_finished_ms = -1;
    EXPECT("{\"name\":\"c\",\"kind\":\"main\",\"state\":\"Waiting\",\"ready\":false,"
           "\"started\":false,\"restartCount\":0}", face_json_container(&t, &c));
    c.last_exit_code = 0;
    c.last_reason = "Completed";
    c.last_finished_ms = 7;
    EXPECT("{\"name\":\"c\",\"kind\":\"main\",\"state\":\"Waiting\",\"ready\":false,"
           "\"started\":false,\"restartCount\":0,\"lastState\":{\"exitCode\":0,\"reason\":"
           "\"Completed\",\"finished_ms\":7}}", face_json_container(&t, &c));
}

/* ---- table ---------------------------------------------------------------------------------- */

static struct podring_pod_info pod(const char *name, const char *status, int ready,
                                   uint32_t restarts)
{
    struct podring_pod_info p = PODRING_POD_INFO_INIT;

    p.namespace_ = "default";
    p.name = name;
    p.status = status;
    p.ready = ready;
    p.ready_of = 1;
    p.restarts = restarts;
    p.last_restart_ms = restarts > 0 ? 80000 : -1;
    p.deleted_ms = -1;
    return p;
}

static void draw(struct rx_text *t, bool namespaces, bool wide, bool color)
{
    struct podring_pod_info a = pod("web-0", "Running", 1, 0);
    struct podring_pod_info b = pod("worker-12", "CrashLoopBackOff", 0, 3);
    struct face_table table;

    a.ip = 0x7f000102;
    a.node = "n-1";
    face_table_init(&table, namespaces, wide, color, 120000);
    face_table_fit(&table, &a);
    face_table_fit(&table, &b);
    face_table_head(t, &table);
    face_table_row(t, &table, &a);
    face_table_row(t, &table, &b);
}

static void expect_table(bool namespaces, bool wide, bool color, const char *want)
{
    char text[1024];
    struct rx_text t = rx_text_in(text, sizeof(text));

    draw(&t, namespaces, wide, color);
    rx_text_end(&t);
    cr_expect_str_eq(text, want, "got\n%s", text);
}

Test(face, lines_pods_up_like_kubectl)
{
    expect_table(false, false, false,
                 "NAME        READY   STATUS             RESTARTS      AGE\n"
                 "web-0       1/1     Running            0             2m\n"
                 "worker-12   0/1     CrashLoopBackOff   3 (40s ago)   2m\n");
    expect_table(
        true, true, false,
        "NAMESPACE   NAME        READY   STATUS             RESTARTS      AGE   IP          NODE\n"
        "default     web-0       1/1     Running            0             2m    127.0.1.2   n-1\n"
        "default     worker-12   0/1     CrashLoopBackOff   3 (40s ago)   2m    <none>      "
        "<none>\n");
}

Test(face, colours_do_not_move_the_columns)
{
    expect_table(false, false, true,
                 "NAME        READY   STATUS             RESTARTS      AGE\n"
                 "web-0       1/1     \033[32mRunning\033[0m            0             2m\n"
                 "worker-12   0/1     \033[31mCrashLoopBackOff\033[0m   3 (40s ago)   2m\n");
}

Test(face, knows_which_pods_need_a_look)
{
    struct podring_pod_info p = pod("p", "Running", 1, 9);

    cr_expect(face_pod_settled(&p));
    p.ready = 0;
    cr_expect_not(face_pod_settled(&p));
    p.status = "Completed";
    cr_expect(face_pod_settled(&p));
    p.status = "Terminating";
    cr_expect_not(face_pod_settled(&p));
    cr_expect_eq(face_status_mood("Init:1/2"), FACE_BUSY);
    cr_expect_eq(face_status_mood("Init:Error"), FACE_BAD);
    cr_expect_eq(face_status_mood("ErrImagePull"), FACE_BAD);
}

/* ---- report --------------------------------------------------------------------------------- */

static struct face_report report(void)
{
    struct face_report r = {.command = "simulate",
                            .clock = "virtual",
                            .net = "script",
                            .timing = "reference",
                            .seed = 7,
                            .epoch_unix_ms = PODRING_EPOCH_DEFAULT,
                            .end_ms = 60000,
                            .digest = 0xabc,
                            .statuses = 2};

    r.stats.pods = 1234;
    r.stats.probes = r.stats.probes_done = 5000;
    r.stats.success = 4990;
    r.stats.failure = 10;
    strcpy(r.status[0].name, "Running");
    r.status[0].pods = 1230;
    strcpy(r.status[1].name, "Error");
    r.status[1].pods = 4;
    return r;
}

Test(face, summarises_a_run)
{
    struct face_report r = report();
    char text[1024];
    struct rx_text t = rx_text_in(text, sizeof(text));

    face_summary(&t, &r);
    rx_text_end(&t);
    cr_expect_str_eq(text,
                     "simulate    1m0s, seed 7\n"
                     "pods        1,234: 1,230 Running, 4 Error\n"
                     "probes      5,000 sent: 4,990 success, 10 failure\n"
                     "events      0, digest 0000000000000abc\n",
                     "got\n%s", text);
}

/* What is sent is told in parts that add up, and what there is none of is not told. */
Test(face, sums_of_a_summary_add_up)
{
    struct face_report r = report();
    char text[1024];
    struct rx_text t = rx_text_in(text, sizeof(text));

    r.stats.probes = 5020;
    r.stats.warning = 1;
    r.stats.error = 4;
    r.stats.probes_done = 5005;
    r.stats.in_flight = 14;
    r.stats.missed = 2;
    r.stats.restarts = 1;
    r.stats.kills = 2;
    r.lateness = (struct face_quantiles){.samples = 5000};
    face_summary(&t, &r);
    rx_text_end(&t);
    cr_expect_str_eq(text,
                     "simulate    1m0s, seed 7\n"
                     "pods        1,234: 1,230 Running, 4 Error\n"
                     "probes      5,020 sent: 4,990 success, 1 warning, 10 failure, 4 error, "
                     "14 in flight, 1 cut off by the end of its container; 2 missed\n"
                     "containers  1 restart, 2 kills\n"
                     "events      0, digest 0000000000000abc\n",
                     "got\n%s", text);
}

Test(face, shortens_the_list_of_statuses)
{
    struct face_report r = report();

    EXPECT("1,230 Running, 4 others", face_statuses(&t, &r, 1));
    EXPECT("1,230 Running, 4 Error", face_statuses(&t, &r, 2));
}

Test(face, leaves_the_cost_out_of_what_must_be_reproducible)
{
    struct face_report r = report();
    char text[4096];
    struct rx_text t = rx_text_in(text, sizeof(text));

    face_json_report(&t, &r);
    rx_text_end(&t);
    cr_expect_null(strstr(text, "\"cost\""));
    cr_expect_not_null(strstr(text, "\"statuses\":{\"Running\":1230,\"Error\":4}"));
    t = rx_text_in(text, sizeof(text));
    r.cost.known = true;
    r.cost.elapsed_ns = 5;
    face_json_report(&t, &r);
    rx_text_end(&t);
    cr_expect_not_null(strstr(text, "\"cost\":{\"elapsed_ns\":5,"));
}

Test(face, writes_prometheus_text)
{
    struct face_report r = report();
    char text[16384];
    struct rx_text t = rx_text_in(text, sizeof(text));

    r.latency.p50 = 1500000;
    strcpy(r.status[1].name, "a\"b");
    face_prometheus(&t, &r);
    cr_assert_lt(rx_text_end(&t), sizeof(text));
    cr_expect_not_null(strstr(text, "# TYPE podring_probes_total counter\n"
                                    "podring_probes_total 5000\n"));
    cr_expect_not_null(strstr(text, "# TYPE podring_pods gauge\npodring_pods 1234\n"));
    cr_expect_not_null(strstr(text, "podring_pods_by_status{status=\"a\\\"b\"} 4\n"));
    cr_expect_not_null(strstr(text, "podring_latency_seconds{quantile=\"0.5\"} 0.001500000\n"));
}

Test(face, control_characters_are_shown_and_not_sent)
{
    static const struct {
        const char *raw, *plain;
    } rows[] = {
        {"", ""},
        {"plain \xc3\xa9 \xe2\x82\xac", "plain \xc3\xa9 \xe2\x82\xac"},
        {"a\x1b[2Jb", "a^[[2Jb"},
        {"\x1b]0;title\a", "^[]0;title^G"},
        {"a\rb\tc\nd", "a\\rb\tc\nd"},
        {"\b\x7f", "^H^?"},
        {"\xc2\x9b" "2J\xc2\xa0", "\\x9b2J\xc2\xa0"},
        {"\xc2", "\xc2"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[64];
        struct rx_text t = rx_text_in(text, sizeof(text));

        face_plain(&t, rows[i].raw, strlen(rows[i].raw));
        rx_text_end(&t);
        cr_expect_str_eq(text, rows[i].plain, "row %zu", i);
    }
}

Test(face, the_summary_tells_of_runs_that_waited)
{
    struct face_report r = report();
    char text[4096];
    struct rx_text t = rx_text_in(text, sizeof(text));

    r.stats.waited = 12;
    r.stats.in_flight_peak = 8192;
    face_summary(&t, &r);
    rx_text_end(&t);
    cr_expect_not_null(
        strstr(text,
               "attention   12 probe runs waited for others to end: 8,192 were under way at "
               "once\n"), "%s",
        text);
    r.stats.waited = 0;
    t = rx_text_in(text, sizeof(text));
    face_summary(&t, &r);
    rx_text_end(&t);
    cr_expect_null(strstr(text, "waited for others"), "%s", text);
}
