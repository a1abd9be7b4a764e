/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_request.c - what pods of some containers ask for, by hand. */
#include "engine/store/rule_request.h"

#include <criterion/criterion.h>

#include "engine/reactor/base.h"

#define ONE(k, c, m) {.kind = (k), .asks = {.cpu_milli = (c), .memory = (m)}}

static struct st_request of(const struct pod_container_spec *c, uint32_t count)
{
    struct pod_spec pod = {.container = c, .container_count = count};
    struct st_request r;

    st_request_of(&pod, &r);
    return r;
}

Test(rule_request, side_by_side_or_one_after_the_other)
{
    static const struct pod_container_spec two[] = {ONE(POD_MAIN, 100, 10), ONE(POD_MAIN, 200, 5)};
    static const struct pod_container_spec large[] = {ONE(POD_INIT, 500, 1), ONE(POD_INIT, 50, 40),
                                                      ONE(POD_MAIN, 100, 10)};
    /* The second init runs beside the sidecar, the first one does not. */
    static const struct pod_container_spec side[] = {ONE(POD_INIT, 450, 0),
                                                     ONE(POD_SIDECAR, 100, 10),
                                                     ONE(POD_INIT, 400, 0), ONE(POD_MAIN, 100, 10)};
    struct st_request r = of(two, 2);

    cr_expect_eq(r.cpu_milli, 300);
    cr_expect_eq(r.memory, 15);
    r = of(large, 3);
    cr_expect_eq(r.cpu_milli, 500, "the largest init");
    cr_expect_eq(r.memory, 40);
    r = of(side, 4);
    cr_expect_eq(r.cpu_milli, 500);
    cr_expect_eq(r.memory, 20);
    cr_expect(st_request_none(&(struct st_request){0}));
    cr_expect_not(st_request_none(&r));
}

Test(rule_request, devices_by_name)
{
    static const struct pod_amount gpu[] = {{"gpu", 1}}, both[] = {{"fpga", 4}, {"gpu", 2}};
    static const struct pod_container_spec c[] = {
        {.kind = POD_INIT, .asks = {.other_count = 2, .other = both}},
        {.kind = POD_MAIN, .asks = {.other_count = 1, .other = gpu}},
        {.kind = POD_MAIN, .asks = {.other_count = 1, .other = gpu, .storage = 3}}};
    struct st_request r = of(c, 3);

    cr_assert_eq(r.other_count, 2);
    cr_expect_str_eq(r.other[0].name, "fpga");
    cr_expect_eq(r.other[0].value, 4);
    cr_expect_eq(st_amount_named(r.other_count, r.other, "gpu"), 2);
    cr_expect_eq(st_amount_named(r.other_count, r.other, "tpu"), 0);
    cr_expect_eq(r.storage, 3);
}

Test(rule_request, the_pod_may_speak_for_all)
{
    static const struct pod_container_spec c[] = {ONE(POD_MAIN, 100, 10)};
    static const struct rx_pair said[] = {{"cpu", "700m"}};
    struct pod_spec pod = {.container = c, .container_count = 1,
                           .requests = {.count = 1, .pair = said}, .asks = {.cpu_milli = 700}};
    struct st_request r;

    st_request_of(&pod, &r);
    cr_expect_eq(r.cpu_milli, 700);
    cr_expect_eq(r.memory, 10);
    st_request_containers(&pod, &r);
    cr_expect_eq(r.cpu_milli, 100);
}
