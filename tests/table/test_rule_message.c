/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Termination messages: the vectors M-01 to M-10.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/pod/rule_message.h"

static char file[5000], lines[100 * 50];

static void fill_lines(unsigned width)
{
    for (unsigned i = 0; i < 100; i++) {
        memset(lines + i * width, '.', width);
        snprintf(lines + i * width, width, "%03u", i + 1);
        lines[i * width + 3] = '.';
        lines[i * width + width - 1] = '\n';
    }
}

static size_t compose(struct pod_message_in in, char out[POD_MESSAGE_TEXT_MAX])
{
    if (in.containers == 0)
        in.containers = 1;
    return pod_message_compose(&in, out);
}

Test(rule_message, what_the_file_says)
{
    char out[POD_MESSAGE_TEXT_MAX];

    for (unsigned i = 0; i < sizeof(file); i++)
        file[i] = (char)('a' + i % 26);
    cr_expect_eq(compose((struct pod_message_in){.file = "I've had enough", .file_length = 15,
                                                 .exit_code = 1}, out), 15, "M-01");
    cr_expect_eq(memcmp(out, "I've had enough", 15), 0);
    cr_expect_eq(compose((struct pod_message_in){.file = file, .file_length = 5000}, out), 4096,
                 "M-02");
    cr_expect_eq(memcmp(out, file + 904, 4096), 0);
    cr_expect_eq(compose((struct pod_message_in){.file = file, .file_length = 5000,
                                                 .containers = 4},
                         out), 3072, "M-03");
    cr_expect_eq(memcmp(out, file + 904, 3072), 0);
    cr_expect_eq(compose((struct pod_message_in){.file = "abc", .file_length = 3, .fallback = true,
                                                 .exit_code = 1, .log = "x\n", .log_length = 2},
                                                 out),
                 3, "M-07");
    cr_expect_eq(compose((struct pod_message_in){.exit_code = 1}, out), 0, "M-08");
    cr_expect_eq(compose((struct pod_message_in){.file = file, .file_length = 4096,
                                                 .containers = 3},
                         out), 4096, "M-10");
    cr_expect_eq(compose((struct pod_message_in){.file = file, .file_length = 4096,
                                                 .containers = 5},
                         out), 2457);
}

Test(rule_message, what_the_log_says)
{
    struct pod_message_in in = {.fallback = true, .exit_code = 1, .log = lines};
    char out[POD_MESSAGE_TEXT_MAX];

    fill_lines(20);
    in.log_length = 2000;
    cr_expect_eq(compose(in, out), 1600, "M-04");
    cr_expect_eq(memcmp(out, "021", 3), 0);
    fill_lines(50);
    in.log_length = 5000;
    cr_expect_eq(compose(in, out), 2048, "M-05");
    cr_expect_eq(memcmp(out, lines + 5000 - 2048, 2048), 0);
    in.exit_code = 0;
    cr_expect_eq(compose(in, out), 0, "M-06");
    in.exit_code = 1;
    in.log_length = 4999; /* the last line has no end: it still is a line */
    cr_expect_eq(compose(in, out), 2048);
    in.log = "only";
    in.log_length = 4;
    cr_expect_eq(compose(in, out), 4);
}

Test(rule_message, what_the_runtime_says)
{
    struct pod_message_in in = {.fallback = true, .exit_code = 128, .runtime = "X", .log = "log\n",
                                .log_length = 4};
    char out[POD_MESSAGE_TEXT_MAX];

    cr_expect_eq(compose(in, out), 1, "M-09");
    cr_expect_eq(out[0], 'X');
    in.file = "file";
    in.file_length = 4;
    cr_expect_eq(compose(in, out), 7);
    cr_expect_eq(memcmp(out, "X: file", 7), 0);
}
