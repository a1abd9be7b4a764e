/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens when the embedder's allocator refuses: each single allocation of opening, loading,
 * applying and turning fails once. Whatever fails says so, can be done again, and gives back all
 * memory at the end.
 */
#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

static struct podring_allocator of_failmem(struct failmem *f)
{
    return (struct podring_allocator){
        .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = f};
}

static const char crowd[] = KIT_DEPLOYMENT(
    "web",
    5) "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2}\n"
       "        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n" KIT_POD("q")
           KIT_READINESS KIT_BEHAVIOR(
               "web", "  - exit: {after: 3s, code: 1}\n  - serve: [{status: 500, rate: 0.3}]\n")
               KIT_BEHAVIOR("q", "  - serve: [{from: 2s, to: 4s, do: refuse}, {from: 6s, do: "
                                 "hang}]\n") "---\napiVersion: podring.dev/v1\nkind: "
                                             "Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
                                             "  - {at: 5s, delete: pod/q}\n  - {at: 6s, scale: "
                                             "deployment/web, replicas: 7}\n"
                                             "  - {at: 7s, setImage: deployment/web, image: "
                                             "\"i:2\"}\n";

static struct podring_options small_options(uint32_t net, const struct podring_allocator *a)
{
    struct podring_options o = kit_options();

    o.net = net;
    o.allocator = a;
    o.events_max = 4096;
    o.attempts_max = 16;
    o.connections_max = 64;
    return o;
}

/* One run in which the n-th allocation fails. Returns how many there were, and in *to_apply how
 * many until everything was applied. */
static uint64_t run_failing(uint32_t net, uint64_t n, uint64_t *to_apply, uint64_t *digest)
{
    struct failmem f = {.fail_at = n};
    struct podring_allocator a = of_failmem(&f);
    struct podring_options o = small_options(net, &a);
    podring *r = NULL;
    int rc = podring_open(&o, &r);

    cr_assert(rc == 0 || (rc == -PODRING_ENOMEM && r == NULL), "opening, %llu: %d",
              (unsigned long long)n, rc);
    if (rc == 0) {
        rc = podring_load_text(r, "crowd", crowd, strlen(crowd));
        if (rc != 0) {
            cr_assert(rc == -PODRING_ENOMEM && f.failed > 0, "loading, %llu: %d",
                      (unsigned long long)n, rc);
            f.fail_at = 0;
            cr_assert_eq(podring_load_text(r, "crowd", crowd, strlen(crowd)), 0,
                         "loading again, %llu: %s", (unsigned long long)n, podring_why(r));
        }
        rc = podring_apply(r);
        if (rc != 0) {
            cr_assert(rc == -PODRING_ENOMEM && f.failed > 0, "applying, %llu: %d",
                      (unsigned long long)n, rc);
            cr_assert_eq(kit_stats(r).pods, 0, "applying, %llu: left pods", (unsigned long long)n);
            f.fail_at = 0;
            cr_assert_eq(podring_apply(r), 0); /* of nothing: a failed apply drops what was loaded */
            cr_assert_eq(kit_stats(r).pods, 0);
            cr_assert_eq(podring_load_text(r, "crowd", crowd, strlen(crowd)), 0);
            cr_assert_eq(podring_apply(r), 0, "applying again, %llu: %s", (unsigned long long)n,
                         podring_why(r));
        }
        if (to_apply != NULL)
            *to_apply = f.calls;
        rc = podring_run_until(r, 20000);
        cr_assert(rc == 0 || (rc == -PODRING_ENOMEM && f.failed > 0), "turning, %llu: %d",
                  (unsigned long long)n, rc);
        if (rc == 0)
            *digest = podring_digest(r);
        podring_close(r);
    }
    cr_assert_eq(f.blocks, 0, "%llu: %zu blocks of %zu bytes were not given back",
                 (unsigned long long)n, f.blocks, f.bytes);
    return f.calls;
}

static void fail_each(uint32_t net)
{
    uint64_t to_apply = 0, without = 0, calls = run_failing(net, 0, &to_apply, &without);

    cr_assert(to_apply > 30 && calls >= to_apply);
    for (uint64_t n = 1; n <= calls; n++) {
        uint64_t digest = without;

        run_failing(net, n, NULL, &digest);
        cr_assert_eq(digest, without, "what failed at %llu has made a difference and was not told",
                     (unsigned long long)n);
    }
}

Test(api_memory, each_allocation_may_fail_with_scripts)
{
    fail_each(PODRING_NET_SCRIPT);
}

Test(api_memory, each_allocation_may_fail_with_sockets)
{
    fail_each(PODRING_NET_MEMORY);
}

Test(api_memory, memory_may_run_out_for_good)
{
    uint64_t digest, calls = run_failing(PODRING_NET_MEMORY, 0, NULL, &digest);

    for (uint64_t n = 1; n <= calls; n++) {
        struct failmem f = {.fail_at = n, .and_after = true};
        struct podring_allocator a = of_failmem(&f);
        struct podring_options o = small_options(PODRING_NET_MEMORY, &a);
        podring *r = NULL;

        if (podring_open(&o, &r) == 0) {
            if (podring_load_text(r, "crowd", crowd, strlen(crowd)) == 0)
                podring_apply(r);
            podring_run_until(r, 20000);
            podring_close(r);
        }
        cr_assert_eq(f.blocks, 0, "from %llu on: %zu blocks left", (unsigned long long)n, f.blocks);
    }
}
