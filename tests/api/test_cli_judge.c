/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_judge.c - what makes a run, a simulation or a check fail for those who want it to:
 * --fail-if and --fail-on.
 */
#include "tests/api/test_cli_kit.h"

#define DEPLOYMENT                                                                                 \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"                        \
    "  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n"                          \
    "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"                           \
    "      - name: java\n        image: shop:1\n        ports: [{containerPort: 8080}]\n"          \
    "        livenessProbe: {httpGet: {path: /, port: 8080}, initialDelaySeconds: 30,\n"           \
    "          periodSeconds: 5}\n"
#define LOST                                                                                       \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"                \
    "  steps: [{at: 1m, delete: pod/nobody}]\n"
#define DONE                                                                                       \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: done}\nspec:\n  restartPolicy: Never\n"      \
    "  containers: [{name: c, image: busybox, command: [\"true\"]}]\n"

static const struct {
    const char *line;
    int code;
    const char *says; /* all of standard error */
} runs[] = {
    {"simulate - -q --for 10m --fail-if restarts>0", 0, ""},
    {"simulate - -q --for 10m --app web:start=45s --fail-if restarts>0", 1,
     "podring: failed: restarts>0 (it is 14)\n"},
    {"simulate - -q --for 10m --app web:start=45s --fail-if restarts>14", 0, ""},
    {"simulate - -q --for 10m --app web:start=45s --fail-if restarts>=14", 1,
     "podring: failed: restarts>=14 (it is 14)\n"},
    {"simulate - -q --for 10m --app web:start=45s --fail-if notReady>0 --fail-if not_ready>1", 1,
     "podring: failed: notReady>0 (it is 2)\npodring: failed: not_ready>1 (it is 2)\n"},
    {"simulate - -q --for 10m --app web:start=45s --fail-if not_ready>50%", 1,
     "podring: failed: not_ready>50% (it is 2)\n"},
    {"simulate - -q --for 10m --app web:start=45s --fail-if not_ready>66.7%", 0, ""},
    {"simulate - -q --for 10m --fail-if pods<3", 0, ""},
    {"simulate - -q --for 10m --fail-if pods<4", 1, "podring: failed: pods<4 (it is 3)\n"},
    {"simulate - -q --for 10m --fail-if warnings>0", 1,
     "podring: failed: warnings>0 (it is 2)\n"},
    {"simulate - -q --for 10m -o json --fail-if pods<4", 1, "podring: failed: pods<4 (it is 3)\n"},
    {"run - -q --net memory --for 100ms --fail-if restarts>0 --fail-if pods<3", 0, ""},
    {"simulate - --fail-if restart>0", 64,
     "podring simulate: --fail-if: no result is called 'restart'; did you mean restarts? (see "
     "'podring simulate --help')\n"},
    {"simulate - --fail-if latency_p99>1ms", 64,
     "podring simulate: --fail-if: no result is called 'latency_p99' (see 'podring simulate "
     "--help')\n"},
    {"simulate - --fail-if restarts>1%", 64,
     "podring simulate: --fail-if: '1%' is not a whole number (see 'podring simulate --help')\n"},
    {"simulate - --fail-if failure>+10%", 64,
     "podring simulate: --fail-if: '+10%' is a change, which needs --compare (see 'podring "
     "simulate --help')\n"},
};

Test(cli_judge, a_run_fails_by_its_results)
{
    static const char *const engines[] = {"", " --workers 3"};

    for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
        for (size_t k = 0; k < sizeof(engines) / sizeof(*engines); k++) {
            char line[512];
            struct kit_ran r;

            snprintf(line, sizeof(line), "%s%s", runs[i].line, engines[k]);
            r = kit_spawn(DEPLOYMENT LOST DONE, line);
            cr_expect_eq(r.code, runs[i].code, "%s: %d", line, r.code);
            cr_expect_str_eq(r.err, runs[i].says, "%s: %s", line, r.err);
            kit_release(&r);
        }
}

Test(cli_judge, help_lists_what_it_can_fail_by)
{
    struct kit_ran r = kit_spawn(NULL, "simulate --help");

    cr_expect_not_null(strstr(r.out, "\n  restarts             restarts of containers"), "%s",
                       r.out);
    cr_expect_not_null(strstr(r.out, "\n  not_ready "), "%s", r.out);
    kit_release(&r);
}

#define ODD "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"                              \
            "  containers: [{name: c, image: i, livenesProbe: {}}]\n"
#define NOTED "---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\n"

static const struct {
    const char *files, *options;
    int code;
    const char *says;
} checks[] = {
    {ODD NOTED, "-q", 0, ""},
    {ODD NOTED, "-q --fail-on error", 0, ""},
    {ODD NOTED, "-q --fail-on warning", 1,
     "<stdin>:5:36: warning: unknown field \"spec.containers[0].livenesProbe\"\n"},
    {ODD NOTED, "-q --fail-on note", 1,
     "<stdin>:5:36: warning: unknown field \"spec.containers[0].livenesProbe\"\n"
     "<stdin>:7:1: note: example.com/v1/Thing \"t\": not simulated, skipped\n"},
    {"apiVersion: v1\nkind: Pod\n", "-q --fail-on note", 65, NULL},
    {ODD, "--fail-on", 64, NULL},
    {ODD, "--fail-on never", 64, "podring check: --fail-on: 'never' is not error, warning or note "
                                 "(see 'podring check --help')\n"},
};

Test(cli_judge, a_check_fails_by_what_it_says)
{
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        char line[256];
        struct kit_ran r;

        snprintf(line, sizeof(line), "check - %s", checks[i].options);
        r = kit_spawn(checks[i].files, line);
        cr_expect_eq(r.code, checks[i].code, "%s: %d", line, r.code);
        if (checks[i].says != NULL)
            cr_expect_str_eq(r.err, checks[i].says, "%s: %s", line, r.err);
        kit_release(&r);
    }
}
