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
        {"bench --target 127.0.0.9-127.0.0.1:80", "--target"},
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

Test(cli_bench, comparison_says_what_was_not_the_same)
{
    char dir[] = "/tmp/podring-bench-XXXXXX", line[256], path[2][64];
    struct kit_ran r;

    cr_assert_not_null(mkdtemp(dir));
    for (int i = 0; i < 2; i++) {
        FILE *f;

        snprintf(path[i], sizeof(path[i]), "%s/%d.json", dir, i);
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
    unlink(path[0]);
    unlink(path[1]);
    rmdir(dir);
}
