/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to an image: every input meets one row, and what it says is what the words of the
 * policies say; the back-off of pulls; and which names are names.
 */
#include <criterion/criterion.h>

#include "engine/pod/rule_image.h"
#include "engine/reactor/base.h"

static enum pod_image_step as_written(struct pod_image_in in)
{
    if (!in.named)
        return POD_IMAGE_NO_NAME;
    if (!in.inspected)
        return POD_IMAGE_UNSEEN;
    if (in.policy == POD_PULL_NEVER)
        return in.present ? POD_IMAGE_THERE : POD_IMAGE_NEVER;
    if (in.policy == POD_PULL_IF_NOT_PRESENT && in.present)
        return POD_IMAGE_THERE;
    return in.waits ? POD_IMAGE_BACKOFF : POD_IMAGE_PULL;
}

Test(rule_image, every_input_meets_one_row)
{
    for (unsigned i = 0; i < 16 * 3; i++) {
        struct pod_image_in in = {
            .named = i & 1,
            .inspected = i >> 1 & 1,
            .present = i >> 2 & 1,
            .waits = i >> 3 & 1,
            .policy = (uint8_t)(i >> 4),
        };
        unsigned rows = 0;

        for (uint32_t k = 0; k < pod_image_rows; k++)
            rows += pod_image_row_matches(&pod_image_table[k], in);
        cr_expect_eq(rows, 1, "input %u meets %u rows", i, rows);
        cr_expect_eq(pod_image_decide(in)->step, as_written(in), "input %u: %s", i,
                     pod_image_step_name((enum pod_image_step)pod_image_decide(in)->step));
    }
}

Test(rule_image, back_off_of_pulls)
{
    static const int32_t delay_s[] = {10, 20, 40, 80, 160, 300, 300};
    struct pod_pull_backoff s = {0};
    rx_ms now = 5000;

    cr_expect_not(pod_pull_waits(s, now));
    for (size_t i = 0; i < RX_ARRAY_LEN(delay_s); i++) {
        s = pod_pull_failed(s, now);
        cr_expect_eq(s.delay_ms, delay_s[i] * 1000);
        cr_expect(pod_pull_waits(s, now + s.delay_ms - 1));
        now += s.delay_ms;
        cr_expect_not(pod_pull_waits(s, now), "counted from the failure");
    }
    /* Ten minutes do not make it forget, a moment more does. */
    now = s.failed + 600000;
    cr_expect_eq(pod_pull_failed(s, now).delay_ms, 300000);
    cr_expect_eq(pod_pull_failed(s, now + 1).delay_ms, 10000);
}

#define HEX32 "0123456789abcdef0123456789ABCDEF"

Test(rule_image, names)
{
    static const char *const good[] = {
        "a", "nginx", "nginx:1.25", "img:Latest", "a/b/c", "reg:5000/app", "h.io:5000/a/b:v2",
        "localhost/app", "REG/app", "Reg.Io/app:_x", "a@sha256:" HEX32, "a:t@sha256:" HEX32 "00",
        "a@sha256+b64u:" HEX32, "a__b/c--d/e.f_g", "[::1]:5000/a", "0/1:2", "10.0.0.1/x",
        "a.b-c.d/e",
    };
    static const char *const bad[] = {
        "", "Nginx", "a b", "a:", "a:b c", ":1", "a::b", "a@", "a@sha256", "a@sha256:",
            "a@sha256:0123",
        "a@sha256:" HEX32 "x", "a/", "/a", "a//b", "-a", "a-", "a..b", "a___b", "a._b",
        "Not/An:Image:Name",
        "h.io:port/a", "h.io:/a", "-h.io/a", "h-.io/a", "h..io/a", "a:-x", "a:.x", "http://h.io/a",
        "a@1:" HEX32, "[::1/a", "a/B",
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(good); i++)
        cr_expect(pod_image_name_valid(good[i]), "%s", good[i]);
    for (size_t i = 0; i < RX_ARRAY_LEN(bad); i++)
        cr_expect_not(pod_image_name_valid(bad[i]), "%s", bad[i]);
}

Test(rule_image, tags_have_an_end)
{
    char name[140] = "a:";

    for (size_t i = 2; i < 2 + 128; i++)
        name[i] = 'x';
    cr_expect(pod_image_name_valid(name));
    name[130] = 'x';
    cr_expect_not(pod_image_name_valid(name));
}
