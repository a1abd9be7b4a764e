/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_sums.c - the parts of a summary's numbers add up, whatever the network does and whatever
 * is cut off.
 */
#include <stdint.h>

#include "tests/api/test_cli_kit.h"

static const char slow[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n"
    "spec:\n  replicas: 20\n  selector: {matchLabels: {app: api}}\n"
    "  template:\n    metadata: {labels: {app: api}}\n    spec:\n"
    "      terminationGracePeriodSeconds: 1\n"
    "      containers:\n      - name: api\n        image: nginx\n"
    "        livenessProbe: {httpGet: {port: 80}, timeoutSeconds: 3, periodSeconds: 2, "
    "failureThreshold: 2}\n"
    "        readinessProbe: {httpGet: {port: 80}, timeoutSeconds: 3, periodSeconds: 3}\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
    "spec:\n  selector: {matchLabels: {app: api}}\n  instances:\n  - serve:\n"
    "    - {rate: 0.4, do: hang}\n    - {rate: 0.2, status: 503}\n    - {latency: 400ms}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
    "spec: {steps: [{at: 30s, reboot: node}, {at: 61s, scale: deployment/api, replicas: 4}]}\n";

/* A number with commas in it; *at is then behind it. */
static uint64_t grouped(const char **at)
{
    uint64_t n = 0;

    for (; (**at >= '0' && **at <= '9') || **at == ','; ++*at)
        n = **at == ',' ? n : n * 10 + (uint64_t)(**at - '0');
    return n;
}

static bool expect_sum(const char *flags, const char *for_)
{
    char line[256];
    struct kit_ran r;
    const char *at;
    uint64_t sent, sum = 0;
    bool cut;

    snprintf(line, sizeof(line), "simulate - -q --for %s %s", for_, flags);
    r = kit_spawn(slow, line);
    cr_assert_eq(r.code, 0, "%s: %s", line, r.err);
    at = strstr(r.out, "\nprobes ");
    cr_assert_not_null(at, "%s", r.out);
    at += strcspn(at, "0123456789");
    sent = grouped(&at);
    cr_assert(strncmp(at, " sent: ", 7) == 0, "%s", r.out);
    at += 7;
    for (;;) {
        sum += grouped(&at);
        at += strcspn(at, ",;\n");
        if (*at != ',')
            break;
        at += 2;
    }
    cr_expect_eq(sent, sum, "%s: %llu are sent, %llu accounted for: %s", line,
                 (unsigned long long)sent, (unsigned long long)sum, r.out);
    cr_expect_gt(sent, 100, "%s", r.out);
    cut = strstr(r.out, "cut off") != NULL;
    kit_release(&r);
    return cut;
}

Test(cli_sums, what_is_sent_is_what_became_of_it)
{
    static const char *const flags[] = {
        "", "--net memory --net-delay 1ms..300ms",
        "--net memory --net-delay 1ms..900ms --net-faults refuse=50000,reset=30000,drop=20000",
        "--net memory", "--workers 3",
    };

    static const char *const for_[] = {"29s", "31s", "62s", "2m"};
    bool cut = false;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        for (size_t k = 0; k < sizeof(for_) / sizeof(for_[0]); k++)
            cut |= expect_sum(flags[i], for_[k]);
    cr_expect(cut, "no run was ever cut off");
}
