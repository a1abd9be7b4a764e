/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podring bench: what it refuses, its thresholds, comparing two results, and the load test of
 * somebody else's server, which is a few threads of this process.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/api/test_cli_kit.h"

/* ---- a server: a thread for each connection, that many answers to each ------------------------
 */

static struct {
    int listener, answers; /* to a connection, before it is closed without a word */
    unsigned port;
    atomic_int connections, requests;
} server;

static void *serve_one(void *arg)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    int fd = (int)(intptr_t)arg;
    char request[2048];

    for (int i = 0; i < server.answers; i++) {
        if (recv(fd, request, sizeof(request), 0) <= 0)
            break;
        atomic_fetch_add(&server.requests, 1);
        if (send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) <= 0)
            break;
    }
    close(fd);
    return NULL;
}

static void *serve(void *arg)
{
    int fd;

    (void)arg;
    while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
        pthread_t thread;

        atomic_fetch_add(&server.connections, 1);
        if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
        else
            close(fd);
    }
    return NULL;
}

static void server_start(int answers)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    pthread_t thread;

    server.answers = answers;
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(server.listener, (struct sockaddr *)&at, size), 0);
    cr_assert_eq(listen(server.listener, 64), 0);
    cr_assert_eq(getsockname(server.listener, (struct sockaddr *)&at, &size), 0);
    server.port = ntohs(at.sin_port);
    cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
    pthread_detach(thread);
}

/* ---- what is measured -------------------------------------------------------------------------
 */

static long long number(const char *json, const char *key)
{
    char quoted[64];
    const char *at;

    snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    at = strstr(json, quoted);
    cr_assert_not_null(at, "no %s in %s", key, json);
    return strtoll(at + strlen(quoted), NULL, 10);
}

static struct kit_ran bench_at_server(const char *options)
{
    char line[256];
    struct kit_ran r;

    snprintf(line, sizeof(line), "bench -q -o json --warm-up 0s --target http://127.0.0.1:%u/ %s",
             server.port, options);
    r = kit_spawn(NULL, line);
    if (r.code == 69)
        cr_skip_test("%s", r.err);
    cr_assert_eq(r.code, 0, "%s", r.err);
    return r;
}

Test(cli_bench, target_closed_loop)
{
    struct kit_ran r;

    server_start(1);
    r = bench_at_server("--closed --connections 4 --for 200ms");
    cr_expect_gt(number(r.out, "success"), 8);
    cr_expect_eq(number(r.out, "failure") + number(r.out, "error"), 0);
    cr_expect_geq(atomic_load(&server.connections), number(r.out, "success"));
    kit_release(&r);
}

Test(cli_bench, target_on_kept_connections)
{
    struct kit_ran r;

    server_start(1 << 30);
    r = bench_at_server("--closed --keep-alive --connections 4 --for 200ms");
    cr_expect_gt(number(r.out, "success"), 8);
    cr_expect_eq(number(r.out, "failure") + number(r.out, "error"), 0);
    cr_expect_eq(atomic_load(&server.connections), 4);
    cr_expect_not_null(strstr(r.out, "\"policies\":\"keep-alive\""));
    kit_release(&r);
}

/* A server that closes without a word costs a connection, not a failure. */
Test(cli_bench, target_that_closes_kept_connections)
{
    struct kit_ran r;

    server_start(3);
    r = bench_at_server("--closed --keep-alive --connections 4 --for 200ms");
    cr_expect_gt(number(r.out, "success"), 8);
    cr_expect_eq(number(r.out, "failure") + number(r.out, "error"), 0);
    cr_expect_gt(atomic_load(&server.connections), 4);
    cr_expect_lt(atomic_load(&server.connections), number(r.out, "success"));
    kit_release(&r);
}

Test(cli_bench, target_open_loop_keeps_its_schedule)
{
    struct kit_ran r;

    server_start(1);
    r = bench_at_server("--rate 100 --for 500ms");
    cr_expect_geq(number(r.out, "success"), 25); /* a busy machine is late, not wrong */
    cr_expect_leq(number(r.out, "success"), 51);
    cr_expect_geq(number(r.out, "corrected_max_ns"), number(r.out, "latency_p50_ns"));
    kit_release(&r);
}

/* ---- the command line --------------------------------------------------------------------------
 */

Test(cli_bench, refusals)
{
    static const struct {
        const char *line, *part;
    } row[] = {
        {"bench --for 0s", "nothing"},
        {"bench --keep-alive --probe tcp", "tcp"},
        {"bench --keep-alive --target tcp://127.0.0.1:80", "tcp"},
        {"bench --target nowhere", "--target"},
        {"bench --target https://127.0.0.1/", "https"},
        {"bench --target http://192.0.2.1/", "--allow-remote"},
        {"bench --target 127.0.0.9-127.0.0.1:80", "the range ends before it begins"},
        {"bench --target http://127.0.0.0/24:8082/healthz", "FIRST-LAST"},
        {"bench --target 127.0.0.1:80 --target 127.0.0.1:81", "one target a run"},
        {"bench --target 127.0.0.1:80 --metrics x", "--metrics has no meaning"},
        {"bench --target 127.0.0.1:80 --probe tcp", "--probe has no meaning"},
        {"bench --target 127.0.0.1:80 --seed 1", "--seed has no meaning"},
        {"bench --target 127.0.0.1:80 --rate 10 --pods 5", "--pods"},
        {"bench --target 127.0.0.1:80 --every 1s", "--series"},
        {"bench --target http://127.0.0.1/ --header Host", "NAME: VALUE"},
        {"bench --target http://127.0.0.1/ --expect-status 300-200", "--expect-status"},
        {"bench --timeout 3s", "is for --target"},
        {"bench --pods 1000 --rate 5000", "--pods 5000"},
        {"bench --pods 150 --rate 100", "--pods 200"},
        {"bench --fail-if due>1", "of --target"},
        {"bench --fail-if latency_p99>+10%", "--compare"},
        {"bench --fail-if latency_p99>10%", "duration"},
        {"bench --target http://127.0.0.1/ --net memory", "real time"},
        {"bench --closed --rate 10", "--closed"},
        {"bench --compare one.json", "two files"},
        {"bench --fail-if lateness_p99>=", "duration"},
        {"bench --fail-if enters_per_probe>0.1234", "three decimals"},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct kit_ran r = kit_spawn(NULL, row[i].line);

        cr_expect_eq(r.code, 64, "%s: %d", row[i].line, r.code);
        cr_expect_not_null(strstr(r.err, row[i].part), "%s: %s", row[i].line, r.err);
        cr_expect_str_eq(r.out, "");
        kit_release(&r);
    }
}

Test(cli_bench, thresholds_may_include_their_value)
{
    static const struct {
        const char *condition;
        int code;
    } row[] = {{"success>50", 0},  {"success>=50", 1}, {"success<50", 0},
               {"success<=50", 1}, {"success>=51", 0}, {"success<=49", 0}};

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        char line[128];
        struct kit_ran r;

        snprintf(line, sizeof(line), "bench --clock virtual --pods 5 --for 10s --fail-if %s",
                 row[i].condition);
        r = kit_spawn(NULL, line);
        cr_expect_eq(r.code, row[i].code, "%s: %s", row[i].condition, r.err);
        cr_expect_eq(strstr(r.err, "(it is 50)") != NULL, row[i].code == 1, "%s", r.err);
        kit_release(&r);
    }
}

/* A result of 5 pods and one of 10. */
static void two_results(char *dir, char path[2][64])
{
    char line[256];
    struct kit_ran r;

    cr_assert_not_null(mkdtemp(dir));
    for (int i = 0; i < 2; i++) {
        FILE *f;

        snprintf(path[i], 64, "%s/%d.json", dir, i);
        snprintf(line, sizeof(line), "bench --clock virtual --pods %d --for 10s -o json",
                 5 * (i + 1));
        r = kit_spawn(NULL, line);
        cr_assert_eq(r.code, 0);
        f = fopen(path[i], "w");
        cr_assert_not_null(f);
        fputs(r.out, f);
        fclose(f);
        kit_release(&r);
    }
}

static void remove_results(const char *dir, char path[2][64])
{
    unlink(path[0]);
    unlink(path[1]);
    rmdir(dir);
}

Test(cli_bench, comparison_says_what_was_not_the_same)
{
    char dir[] = "/tmp/podring-bench-XXXXXX", line[256], path[2][64];
    struct kit_ran r;

    two_results(dir, path);
    snprintf(line, sizeof(line), "bench --compare %s %s", path[0], path[1]);
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "not the same in both: pods\n"), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "success             50            100"), "%s", r.out);
    kit_release(&r);
    snprintf(line, sizeof(line), "bench --compare %s %s", path[0], path[0]);
    r = kit_spawn(NULL, line);
    cr_expect_null(strstr(r.out, "not the same"), "%s", r.out);
    kit_release(&r);
    remove_results(dir, path);
}

Test(cli_bench, comparison_keeps_limits)
{
    static const struct {
        const char *condition;
        int code;
    } row[] = {{"success>60", 1},  {"success>100", 0}, {"success>+99%", 1},
               {"success>+100%", 0}, {"success<-10%", 0}, {"lateness_p50>-0%", 0},
               {"due>0", 1}};
    char dir[] = "/tmp/podring-bench-XXXXXX", line[256], path[2][64];
    struct kit_ran r;

    two_results(dir, path);
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        snprintf(line, sizeof(line), "bench --compare %s %s --fail-if %s", path[0], path[1],
                 row[i].condition);
        r = kit_spawn(NULL, line);
        cr_expect_eq(r.code, row[i].code, "%s: %d %s", row[i].condition, r.code, r.err);
        kit_release(&r);
    }
    snprintf(line, sizeof(line), "bench --compare %s %s -o json", path[0], path[1]);
    r = kit_spawn(NULL, line);
    cr_expect_not_null(strstr(r.out, "\"not_the_same\":[\"pods\"]"), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "\"success\":{\"a\":50,\"b\":100,\"change_percent\":100.0,"
                                     "\"better\":true}"), "%s", r.out);
    kit_release(&r);
    remove_results(dir, path);
}

/* ---- what counts ---------------------------------------------------------------------------- */

/* A server that takes connections and never answers. */
static void server_hang(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);

    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(server.listener, (struct sockaddr *)&at, size), 0);
    cr_assert_eq(listen(server.listener, 1024), 0);
    cr_assert_eq(getsockname(server.listener, (struct sockaddr *)&at, &size), 0);
    server.port = ntohs(at.sin_port);
}

static void expect_sum(const char *json)
{
    cr_expect_eq(number(json, "due"), number(json, "done") + number(json, "in_flight") +
                                          number(json, "missed") + number(json, "not_sent"),
                 "%s", json);
}

Test(cli_bench, target_that_never_answers_has_no_latency)
{
    char line[256];
    struct kit_ran r;

    server_hang();
    snprintf(line, sizeof(line),
             "bench -q -o json --warm-up 0s --target http://127.0.0.1:%u/ --rate 200 --for 500ms "
             "--timeout 5s --fail-if latency_p99>1h", server.port);
    r = kit_spawn(NULL, line);
    if (r.code == 69)
        cr_skip_test("%s", r.err);
    cr_expect_eq(r.code, 1, "%d: %s", r.code, r.err);
    cr_expect_not_null(strstr(r.err, "nothing was measured"), "%s", r.err);
    cr_expect_not_null(strstr(r.out, "\"latency_p50_ns\":null"), "%s", r.out);
    cr_expect_eq(number(r.out, "due"), 100);
    cr_expect_eq(number(r.out, "done"), 0);
    cr_expect_gt(number(r.out, "corrected_p50_ns"), 0);
    expect_sum(r.out);
    kit_release(&r);
}

Test(cli_bench, target_counts_what_it_did_not_start)
{
    struct kit_ran r;

    server_hang();
    r = bench_at_server("--rate 200 --for 500ms --timeout 5s --connections 10");
    cr_expect_eq(number(r.out, "due"), 100);
    cr_expect_geq(number(r.out, "missed"), 90);
    cr_expect_leq(number(r.out, "in_flight"), 10);
    cr_expect_geq(number(r.out, "corrected_p50_ns"), 100000000LL, "%s", r.out);
    expect_sum(r.out);
    kit_release(&r);
}

Test(cli_bench, target_says_why_probes_failed)
{
    struct kit_ran r;

    server_start(0); /* closes without a word */
    r = bench_at_server("--rate 50 --for 400ms");
    cr_expect_not_null(strstr(r.out, "\"causes\":[{\"cause\":\""), "%s", r.out);
    expect_sum(r.out);
    kit_release(&r);
    close(server.listener);
    server_start(1 << 30);
    r = bench_at_server("--rate 50 --for 400ms --expect-status 201");
    cr_expect_eq(number(r.out, "success"), 0);
    cr_expect_not_null(strstr(r.out, "\"cause\":\"status 200\",\"stage\":\"answer\""), "%s",
                       r.out);
    cr_expect_not_null(strstr(r.out, "\"statuses\":{\"200\":"), "%s", r.out);
    kit_release(&r);
}

Test(cli_bench, target_refused_names_the_first_address)
{
    struct kit_ran r = kit_spawn(NULL, "bench -q --warm-up 0s --target 127.77.1.1-127.77.1.3:9 "
                                       "--rate 50 --for 200ms");

    if (r.code == 69)
        cr_skip_test("%s", r.err);
    cr_expect_not_null(strstr(r.out, "connect: connection refused (first: 127.77.1.1:9)"), "%s",
                       r.out);
    kit_release(&r);
}

/* More addresses than connections: all of them are asked. */
Test(cli_bench, target_range_on_kept_connections_is_asked_whole)
{
    struct kit_ran r;
    char line[256];

    server_start(1 << 30);
    snprintf(line, sizeof(line),
             "bench -q -o json --warm-up 0s --target 127.0.0.1-127.0.0.9:%u --keep-alive "
             "--connections 2 --rate 90 --for 400ms", server.port);
    r = kit_spawn(NULL, line);
    if (r.code == 69)
        cr_skip_test("%s", r.err);
    /* The server listens on the first only; the two connections must not stay with it. */
    cr_expect_leq(number(r.out, "success"), number(r.out, "done") / 9 + 1, "%s", r.out);
    cr_expect_geq(number(r.out, "success"), 1, "%s", r.out);
    kit_release(&r);
}

/* The lines add up to the result. */
Test(cli_bench, target_series)
{
    char path[] = "/tmp/podring-series-XXXXXX.csv", option[128], line[512];
    long long due = 0, done = 0, lines = 0;
    struct kit_ran r;
    FILE *f;
    int fd = mkstemps(path, 4);

    cr_assert_geq(fd, 0);
    close(fd);
    server_start(1);
    snprintf(option, sizeof(option), "--rate 100 --for 500ms --series %s --every 100ms", path);
    r = bench_at_server(option);
    f = fopen(path, "r");
    cr_assert_not_null(f);
    cr_assert_not_null(fgets(line, sizeof(line), f));
    cr_expect_eq(strncmp(line, "t_ms,due,sent,done,", 19), 0);
    while (fgets(line, sizeof(line), f) != NULL) {
        long long t, a, b, c;

        cr_assert_eq(sscanf(line, "%lld,%lld,%lld,%lld,", &t, &a, &b, &c), 4, "%s", line);
        cr_expect_eq(t, 100 * ++lines);
        due += a;
        done += c;
    }
    fclose(f);
    cr_expect_eq(lines, 5);
    cr_expect_eq(due, number(r.out, "due"));
    cr_expect_eq(done, number(r.out, "done"));
    unlink(path);
    kit_release(&r);
}

Test(cli_bench, outputs_are_opened_before_the_run)
{
    struct kit_ran r = kit_spawn(NULL, "bench --target 127.0.0.1:9 --hdr /nonexistent/x --for 1h");

    cr_expect(r.code == 74 || r.code == 69, "%d: %s", r.code, r.err);
    kit_release(&r);
    r = kit_spawn(NULL, "bench --target 127.0.0.1:9 --series /nonexistent/x --for 1h");
    cr_expect(r.code == 74 || r.code == 69, "%d: %s", r.code, r.err);
    kit_release(&r);
}
