/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engines side by side on one machine: each has addresses of its own, and no probe is answered by
 * the pods of another one. Other programs may have engines here meanwhile, so blocks are compared
 * and not named.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"
#include "tests/api/test_cli_kit.h"

#define SICK KIT_BEHAVIOR("p", "  - serve: [{status: 503}]\n")
#define PROBED                                                                                     \
    KIT_POD("p") \
        "    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1, timeoutSeconds: 30}\n"

static struct podring_options real_options(void)
{
    struct podring_options o = PODRING_OPTIONS_INIT;

    o.timing = PODRING_TIMING_REFERENCE;
    o.connections_max = 32;
    return o;
}

static podring *open_as(struct podring_options o)
{
    podring *r;
    int rc = podring_open(&o, &r);

    if (rc == -PODRING_ENORING)
        cr_skip_test("no io_uring: %s", podring_why(NULL));
    cr_assert_eq(rc, 0, "%s", podring_why(NULL));
    return r;
}

static int load_and_apply(podring *r, const char *yaml)
{
    cr_assert_eq(podring_load_text(r, "kit", yaml, strlen(yaml)), 0, "%s", podring_why(r));
    return podring_apply(r);
}

static uint32_t address(podring *r)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;

    while (podring_pod_info(r, kit_pod(r, "p"), &info) == 0 && info.ip == 0)
        podring_turn(r, 100);
    return info.ip;
}

/* Until some probes have come back. */
static struct podring_stats probed(podring *r)
{
    struct podring_stats s;

    while ((s = kit_stats(r)).probes_done < 2)
        cr_assert_geq(podring_turn(r, PODRING_FOREVER), 0, "%s", podring_why(r));
    return s;
}

Test(api_addresses, two_engines_of_one_thread)
{
    podring *healthy = open_as(real_options()), *sick = open_as(real_options());
    struct podring_stats s;

    kit_apply(healthy, PROBED);
    kit_apply(sick, PROBED SICK);
    cr_expect_neq(address(healthy), address(sick));
    cr_expect_eq(address(healthy) & 0xffff, 1);
    cr_expect_eq(address(sick) & 0xffff, 1);
    /* Both answer while one of them is turned: only its own verdicts may come of it. */
    for (int i = 0;
         i < 2000 && (kit_stats(healthy).probes_done < 2 || kit_stats(sick).probes_done < 2); i++) {
        podring_turn(healthy, 2);
        podring_turn(sick, 2);
    }
    s = kit_stats(healthy);
    cr_expect(s.success > 0 && s.failure == 0);
    s = kit_stats(sick);
    cr_expect(s.success == 0 && s.failure > 0);
    podring_close(healthy);
    podring_close(sick);
}

struct run {
    const char *yaml;
    struct podring_stats stats;
    uint32_t ip;
};

static void *run(void *arg)
{
    struct run *it = arg;
    podring *r = open_as(real_options());

    kit_apply(r, it->yaml);
    it->ip = address(r);
    it->stats = probed(r);
    podring_close(r);
    return NULL;
}

Test(api_addresses, an_engine_for_each_thread)
{
    struct run healthy = {.yaml = PROBED}, sick = {.yaml = PROBED SICK};
    pthread_t one, two;

    podring_close(open_as(real_options())); /* skips here, not in a thread */
    cr_assert_eq(pthread_create(&one, NULL, run, &healthy), 0);
    cr_assert_eq(pthread_create(&two, NULL, run, &sick), 0);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    cr_expect(healthy.stats.success >= 2 && healthy.stats.failure == 0);
    cr_expect(sick.stats.success == 0 && sick.stats.failure >= 2);
}

/* The block that the first one got, asked for by others. */
Test(api_addresses, a_block_that_is_taken)
{
    podring *first = open_as(real_options()), *second;
    struct podring_options o = real_options();
    uint32_t block;

    kit_apply(first, PROBED);
    block = address(first) & 0xffff0000u;
    o.address_base = block;
    for (o.address_bits = 16; o.address_bits <= 24; o.address_bits += 8) {
        second = open_as(o);
        cr_expect_eq(load_and_apply(second, PROBED), -PODRING_EBUSY);
        cr_expect(strstr(podring_why(second), "another engine on this machine") != NULL, "%s",
                  podring_why(second));
        cr_expect_eq(kit_stats(second).pods, 0);
        podring_close(second);
    }
    o.address_bits = 16;
    second = open_as(o);
    cr_expect_eq(load_and_apply(second, PROBED), -PODRING_EBUSY);
    podring_close(first);
    cr_expect_eq(load_and_apply(second, PROBED), 0, "it was given back: %s", podring_why(second));
    cr_expect_eq(address(second), block + 1);
    podring_close(second);
}

/* Tells where it is, and stays there until it may go. */
static void other_process(int tell, int go)
{
    podring *r = open_as(real_options());
    uint32_t ip;
    char c;

    kit_apply(r, PROBED);
    ip = address(r);
    if (write(tell, &ip, sizeof(ip)) != sizeof(ip) || read(go, &c, 1) < 0)
        _exit(1);
    podring_close(r);
    _exit(0);
}

Test(api_addresses, another_process)
{
    int told[2], go[2], status;
    uint32_t ip = 0;
    podring *r;
    pid_t child;

    podring_close(open_as(real_options()));
    cr_assert(pipe(told) == 0 && pipe(go) == 0);
    child = fork();
    if (child == 0) {
        close(go[1]);
        other_process(told[1], go[0]);
    }
    close(told[1]);
    cr_assert_eq(read(told[0], &ip, sizeof(ip)), (ssize_t)sizeof(ip));
    r = open_as(real_options());
    kit_apply(r, PROBED);
    cr_expect_neq(address(r), ip);
    podring_close(r);
    close(go[1]);
    waitpid(child, &status, 0);
    cr_expect_eq(status, 0);
}

static podring *share(uint32_t index, uint32_t count, const char *yaml)
{
    struct podring_options o = real_options();
    podring *r;

    o.shard_index = index;
    o.shard_count = count;
    r = open_as(o);
    kit_apply(r, yaml);
    return r;
}

static uint32_t block_of(podring *r)
{
    struct podring_pod_info info = PODRING_POD_INFO_INIT;
    uint64_t cursor = 0, pod = podring_next_pod(r, &cursor);

    cr_assert_neq(pod, 0);
    while (podring_pod_info(r, pod, &info) == 0 && info.ip == 0)
        podring_turn(r, 100);
    return info.ip >> 16;
}

Test(api_addresses, shards_share_a_block_and_nobody_else_does)
{
    static const char some[] = KIT_DEPLOYMENT("web", 20), other[] = KIT_DEPLOYMENT("shop", 20);
    podring *one = share(0, 2, some), *two = share(1, 2, some), *again = share(0, 2, some),
            *third = share(1, 3, some), *fourth = share(1, 2, other);

    cr_expect_eq(block_of(one), block_of(two));
    cr_expect_neq(block_of(one), block_of(again), "the same share twice");
    cr_expect_neq(block_of(one), block_of(third), "shares of another run");
    cr_expect_neq(block_of(one), block_of(fourth), "shares of other manifests");
    podring_close(one);
    podring_close(two);
    podring_close(again);
    podring_close(third);
    podring_close(fourth);
}

/* Somebody who is no engine at all. */
Test(api_addresses, a_stranger_is_named)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    socklen_t length = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = 0;
    podring *r = open_as(real_options());
    char yaml[512], end[128];

    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    cr_assert_eq(listen(fd, 8), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    snprintf(yaml, sizeof(yaml),
             "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n"
             "    image: i:1\n    readinessProbe: {tcpSocket: {port: %u}, periodSeconds: 1}\n",
             ntohs(at.sin_port));
    kit_apply(r, yaml);
    while (rc >= 0)
        rc = podring_turn(r, PODRING_FOREVER);
    cr_expect_eq(rc, -PODRING_EBUSY);
    snprintf(end, sizeof(end), ".0.1:%u is taken by another program, which would answer the probes",
             ntohs(at.sin_port));
    cr_expect(strstr(podring_why(r), end) != NULL, "%s", podring_why(r));
    close(fd);
    podring_close(r);
}

Test(api_addresses, wrong_blocks)
{
    static const struct {
        uint32_t base, bits;
    } rows[] = {{0x7f050000, 0}, {0, 16}, {0x7f050001, 16}, {0x0a000000, 16}, {0x7f050000, 31},
                {0x7f000000, 7}, {0x7f050000, 15}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct podring_options o = kit_options();
        podring *r;

        o.address_base = rows[i].base;
        o.address_bits = rows[i].bits;
        cr_expect_eq(podring_open(&o, &r), -PODRING_EINVALID, "%zu", i);
        cr_expect(strstr(podring_why(NULL), "address_b") != NULL, "%s", podring_why(NULL));
    }
}

/* Without sockets nobody is in the way: equal runs give equal addresses, in a block too. */
Test(api_addresses, virtual_time_claims_nothing)
{
    struct podring_options o = kit_options();
    podring *a, *b;

    o.address_base = 0x7f630000;
    o.address_bits = 30;
    a = kit_open(o);
    b = kit_open(o);
    kit_apply(a, KIT_POD("p"));
    kit_apply(b, KIT_POD("p"));
    cr_expect_eq(address(a), 0x7f630001);
    cr_expect_eq(address(b), 0x7f630001);
    kit_apply(a, KIT_POD("q"));
    cr_expect_eq(load_and_apply(a, KIT_POD("r")), -PODRING_ELIMIT, "two addresses are two pods");
    podring_close(a);
    podring_close(b);
    a = kit_ring(KIT_POD("p"));
    cr_expect_eq(address(a), 0x7f010001);
    podring_close(a);
}

/* The command line beside an engine of ours. */
Test(api_addresses, a_run_beside_another)
{
    podring *r = open_as(real_options());
    char block[32], line[128];
    struct kit_ran ran;

    kit_apply(r, PROBED);
    snprintf(block, sizeof(block), "127.%u.0.0/16", address(r) >> 16 & 255);
    ran = kit_spawn(PROBED, "run - --for 1100ms -o json");
    cr_expect_eq(ran.code, 0, "%s", ran.err);
    cr_expect(strstr(ran.out, "\"failure\":0") != NULL, "%s", ran.out);
    cr_expect(strstr(ran.out, "\"ip\":\"127.") != NULL && strstr(ran.out, ".0.1\"") != NULL);
    kit_release(&ran);
    snprintf(line, sizeof(line), "run - --for 1s --addresses %s", block);
    ran = kit_spawn(PROBED, line);
    cr_expect_eq(ran.code, 71);
    cr_expect(strstr(ran.err, "is not free: another engine on this machine has") != NULL, "%s",
              ran.err);
    kit_release(&ran);
    ran = kit_spawn(PROBED, "run - --for 1s --addresses 10.0.0.0/8");
    cr_expect_eq(ran.code, 64, "%s", ran.err);
    kit_release(&ran);
    ran = kit_spawn(PROBED, "run - --for 1s --addresses 127.5.0.0/16/1");
    cr_expect_eq(ran.code, 64, "%s", ran.err);
    kit_release(&ran);
    podring_close(r);
}
