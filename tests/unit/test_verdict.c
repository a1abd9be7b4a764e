/* SPDX-License-Identifier: Apache-2.0 */
/* test_verdict.c - verdicts on what sockets here do not do: they never run out of anything. */
#include <criterion/criterion.h>
#include <errno.h>

#include "engine/reactor/base.h"
#include "probes/carry/verdict.h"

#define URL "http://10.0.0.5:8080/"

static enum pod_outcome outcome_of(int error, bool in_head)
{
    struct probe_http_end e = {.how = PROBE_HTTP_IO, .stage = RX_STAGE_CONNECT, .in_head = in_head, .error = error};
    struct pod_attempt a = {0};
    char text[512];
    struct probe_text t = {.at = text, .room = sizeof(text)};

    return probe_http_judge(&e, &a, URL, sizeof(URL) - 1, &t).outcome;
}

Test(verdict, a_shortage_of_ours_is_no_failure_of_the_target)
{
    static const int ours[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL};
    static const int its[] = {ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, EPIPE};

    for (size_t i = 0; i < RX_ARRAY_LEN(ours); i++)
        for (int in_head = 0; in_head < 2; in_head++)
            cr_expect_eq(outcome_of(ours[i], in_head), POD_ERROR, "%d", ours[i]);
    for (size_t i = 0; i < RX_ARRAY_LEN(its); i++)
        for (int in_head = 0; in_head < 2; in_head++)
            cr_expect_eq(outcome_of(its[i], in_head), POD_FAILURE, "%d", its[i]);
}
