/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Behavior and Scenario documents: every field in its struct, and every slip an error.
 */
#include "tests/unit/test_manifest_kit.h"

#define FOLDER   "tests/golden/manifests/"
#define BEHAVIOR "apiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"
#define SERVE    BEHAVIOR "  serve:\n  - "
#define SCENARIO                                                                                   \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n  - "
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))
#define S             RX_NS_PER_S
#define MS            ((rx_ns)RX_NS_PER_MS)

/* ---- durations ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    rx_ns ns; /* -1: refused */
} durations[] = {
    {"0", 0},
    {"0s", 0},
    {"5s", 5 * S},
    {"250ms", 250 * MS},
    {"1m20s", 80 * S},
    {"1.5h", 5400 * S},
    {"1h0m0.5s", 3600 * S + 500 * MS},
    {".5s", 500 * MS},
    {"5.s", 5 * S},
    {"1us", 1000},
    {"1\xc2\xb5s", 1000},
    {"1\xce\xbcs", 1000},
    {"1ns", 1},
    {"0.1ns", 0},
    {"+1s", S},
    {"1.0000000000000000000000001s", S},
    {"12700ms", 12700 * MS},
    {"2562047h47m16.853s", (RX_MS_NEVER - 1) * MS},
    {"2562047h47m16.852000001s", (RX_MS_NEVER - 2) * MS + 1},
    {"", -1},
    {"+", -1},
    {"5", -1},
    {"s", -1},
    {".s", -1},
    {"5 s", -1},
    {"-1s", -1},
    {"-0", -1},
    {"1d", 86400 * S},
    {"1.5d", 129600 * S},
    {"1d2h", 93600 * S},
    {"1dd", -1},
    {"1S", -1},
    {"1s1", -1},
    {"1.2.3s", -1},
    {"1e3s", -1},
    {"00", -1},
    {"3000000h", -1},
    {"99999999999999999999s", -1},
    {"2562047h47m16.854775807s", -1},
    {"2562047h47m16.854775806s", -1},
    {"2562047h47m16.854s", -1},
    {"2562047h47m16.853000001s", -1},
};

Test(manifest_podring, durations)
{
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        rx_ns ns = -7;
        int error = manifest_duration(durations[i].text, strlen(durations[i].text), &ns);

        cr_expect_eq(error, durations[i].ns < 0 ? -RX_EINVALID : 0, "%s", durations[i].text);
        cr_expect_eq(ns, durations[i].ns < 0 ? -7 : durations[i].ns, "%s: %lld", durations[i].text,
                     (long long)ns);
    }
    /* The length counts, not the NUL. */
    cr_expect_eq(manifest_duration("5sx", 2, &(rx_ns){0}), 0);
}

/* What is rounded up never overflows, and what is a duration is never "never". */
Test(manifest_podring, durations_round_up)
{
    cr_expect_eq(rx_ms_ceil((RX_MS_NEVER - 2) * MS + 1), RX_MS_NEVER - 1);
    cr_expect_eq(rx_ms_ceil(RX_MS_NEVER * MS), RX_MS_NEVER);
    cr_expect_eq(rx_ms_ceil(RX_NS_NEVER - 1), RX_MS_NEVER);
    cr_expect_eq(rx_ms_ceil(RX_NS_NEVER), RX_MS_NEVER);
    cr_expect_eq(rx_ms_ceil(1), 1);
    cr_expect_eq(rx_ms_ceil(0), 0);
}

/* ---- Behavior ------------------------------------------------------------------------------- */

static void check_serve(const struct pod_serve_rule *r)
{
    cr_expect_eq(r[0].window.from, 0);
    cr_expect_eq(r[0].window.to, 25000);
    cr_expect_eq(r[0].act, POD_SERVE_ANSWER);
    cr_expect_eq(r[0].status, 200);
    cr_expect_eq(r[0].rate_ppm, 1000000);
    cr_expect_eq(r[0].grpc, POD_GRPC_UNSET);
    cr_expect_null(r[0].path);
    cr_expect_eq(r[0].line, 14);
    cr_expect(r[1].window.instance_clock);
    cr_expect_eq(r[1].act, POD_SERVE_REFUSE);
    cr_expect_str_eq(r[2].path, "/healthz");
    cr_expect_eq(r[2].port, 8080);
    cr_expect_eq(r[2].status, 500);
    cr_expect_eq(r[3].act, POD_SERVE_HANG);
    cr_expect_eq(r[3].window.to, RX_MS_NEVER);
    cr_expect_not(r[3].window.instance_clock);
    cr_expect_eq(r[4].latency.kind, POD_DRAW_FIXED);
    cr_expect_eq(r[4].latency.a, 900 * MS);
    cr_expect_eq(r[4].body_after.a, 200 * MS);
    cr_expect_eq(r[5].rate_ppm, 100000);
    cr_expect_eq(r[6].grpc, POD_GRPC_NOT_SERVING);
    cr_expect_eq(r[7].act, POD_SERVE_REDIRECT);
    cr_expect_eq(r[7].status, 302);
    cr_expect_str_eq(r[7].location, "http://elsewhere.example/");
    cr_expect_eq(r[8].latency.kind, POD_DRAW_UNIFORM);
    cr_expect_eq(r[8].latency.a, MS);
    cr_expect_eq(r[8].latency.b, 5 * MS);
    cr_expect_eq(r[8].body_bytes, 20480);
    cr_expect(r[8].tls);
}

static void check_behaviour(const struct pod_behaviour *b)
{
    const struct pod_instance_script *first = &b->instance[0], *second = &b->instance[1];

    cr_expect_str_eq(b->ns, "shop");
    cr_expect_str_eq(b->name, "flaky");
    cr_expect(b->selector.present);
    cr_expect_str_eq(b->container, "nginx");
    cr_expect(b->has_pods);
    cr_expect_eq(b->pod_count, 2);
    cr_expect_eq(b->pod[0], 0, "sorted");
    cr_expect_eq(b->pod[1], 2);
    cr_expect(b->has_pull);
    cr_expect_eq(b->pull_count, 2);
    cr_expect_str_eq(b->pull[0].fail, "not found");
    cr_expect_eq(b->pull[0].window.to, 95000);
    cr_expect_eq(b->pull[1].window.from, 95000);
    cr_expect_eq(b->pull[1].window.to, RX_MS_NEVER);
    cr_expect_eq(b->pull[1].takes.a, 700 * MS);
    cr_expect_eq(b->instance_count, 2);
    cr_expect(first->exits);
    cr_expect_eq(first->exit_after.a, 5 * S);
    cr_expect_eq(first->exit_code, 137, "implied by the reason");
    cr_expect_str_eq(first->exit_reason, "OOMKilled");
    cr_expect(first->stop_scripted);
    cr_expect_eq(first->stop_after.a, 2 * S);
    cr_expect_eq(first->stop_code, 143);
    cr_expect(first->has_serve);
    cr_expect_eq(first->serve_count, 9);
    cr_expect_str_eq(second->start_fail, "exec format error");
    cr_expect_eq(second->exit_after.kind, POD_DRAW_EXP);
    cr_expect_eq(second->exit_after.a, 180 * S);
    cr_expect_eq(second->exit_signal, 11);
    cr_expect_eq(second->exit_code, 139);
    cr_expect_str_eq(second->exit_message, "I've had enough");
    cr_expect(second->ignores_stop);
    cr_expect_not(second->stop_scripted);
    cr_expect_not(second->has_serve);
    cr_expect_eq(b->exec_count, 1);
    cr_expect_eq(b->exec[0].argc, 2);
    cr_expect_str_eq(b->exec[0].argv[1], "/tmp/healthy");
    cr_expect_eq(b->exec[0].window.to, 30000);
    cr_expect_str_eq(b->exec[0].output, "ok");
    cr_expect_not(b->exec[0].never_ends);
    cr_expect(b->has_post_start);
    cr_expect_eq(b->post_start.exit_code, 15);
    cr_expect_eq(b->pre_stop.takes.a, 12700 * MS);
}

Test(manifest_podring, the_sample_behavior)
{
    struct kit k;

    kit_open(&k);
    cr_assert_eq(manifest_load_file(&k.set, FOLDER "drill.yaml"), 0, "%s", kit_said(&k));
    cr_assert_eq(k.set.behaviours.count, 1);
    check_behaviour(&k.set.behaviours.item[0]);
    check_serve(k.set.behaviours.item[0].instance[0].serve);
    kit_close(&k);
}

Test(manifest_podring, what_is_absent_stays_absent)
{
    struct kit k;
    const struct pod_behaviour *b;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, BEHAVIOR "  {}\n---\n" BEHAVIOR "  instances: [{}]\n"), 0, "%s",
                 kit_said(&k));
    b = k.set.behaviours.item;
    cr_expect_not(b[0].selector.present);
    cr_expect_null(b[0].container);
    cr_expect_not(b[0].has_pods || b[0].has_pull || b[0].has_instances || b[0].has_exec ||
                  b[0].has_post_start || b[0].has_pre_stop);
    cr_expect_eq(b[0].order, 0);
    cr_expect_eq(b[1].order, 1);
    cr_expect(b[1].has_instances);
    cr_expect_not(b[1].instance[0].exits || b[1].instance[0].ignores_stop ||
                  b[1].instance[0].stop_scripted || b[1].instance[0].has_serve);
    cr_expect_eq(b[1].instance[0].stop_code, 143);
    kit_close(&k);
}

Test(manifest_podring, why_something_fails)
{
    struct kit k;
    const struct pod_behaviour *b;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, BEHAVIOR
                          "  pull: [{fail: a}, {fail: b, reason: RegistryUnavailable}]\n"
                          "  instances: [{start: {fail: a}}, {start: {fail: b, reason: "
                          "CreateContainerError}}]\n"),
                 0, "%s", kit_said(&k));
    b = k.set.behaviours.item;
    cr_expect_eq(b->pull[0].reason, POD_REASON_IMAGE_PULL);
    cr_expect_eq(b->pull[1].reason, POD_REASON_REGISTRY);
    cr_expect_eq(b->instance[0].start_reason, POD_REASON_RUN_ERROR);
    cr_expect_eq(b->instance[1].start_reason, POD_REASON_CREATE_ERROR);
    kit_close(&k);
}

Test(manifest_podring, serve_beside_the_instances_is_for_those_without)
{
    struct kit k;
    const struct pod_behaviour *b;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, BEHAVIOR "  serve: [{status: 503}]\n  instances:\n  - {}\n"
                                       "  - {serve: []}\n---\n" BEHAVIOR "  serve: [{do: hang}]\n"),
                 0, "%s", kit_said(&k));
    b = k.set.behaviours.item;
    cr_expect(b[0].instance[0].has_serve);
    cr_expect_eq(b[0].instance[0].serve[0].status, 503);
    cr_expect(b[0].instance[1].has_serve);
    cr_expect_eq(b[0].instance[1].serve_count, 0);
    cr_expect_eq(b[1].instance_count, 1, "one instance that only serves");
    cr_expect_eq(b[1].instance[0].serve[0].act, POD_SERVE_HANG);
    kit_close(&k);
}

static const struct {
    const char *text, *said;
} slips[] = {
    {BEHAVIOR "  instances: [{startsAfter: 45s}]\n",
     "unknown field \"spec.instances[0].startsAfter\" (known: start exit onStop serve keepAlive "
     "listensAfter; did you mean listensAfter?)"},
    {BEHAVIOR "  serve: [{staus: 500}]\n",
     "unknown field \"spec.serve[0].staus\" (known: from to clock path port do redirect status "
     "headersAfter latency bodyAfter body bodyBytes rate grpc tls; did you mean status?)"},
    {BEHAVIOR "  exec: [{code: 1}]\n",
     "unknown field \"spec.exec[0].code\" (known: command from to clock exitCode output takes hang "
     "startError rate; did you mean exitCode?)"},
    {BEHAVIOR "  hooks: {banana: {}}\n",
     "unknown field \"spec.hooks.banana\" (known: postStart preStop)"},
};

Test(manifest_podring, an_unknown_field_names_those_that_there_are)
{
    for (size_t i = 0; i < sizeof(slips) / sizeof(*slips); i++) {
        struct kit k;

        kit_open(&k);
        cr_expect_eq(kit_load(&k, slips[i].text), -RX_EMANIFEST);
        cr_assert_eq(k.set.diagnostics.count, 1);
        cr_expect_str_eq(k.set.diagnostics.item[0].text, slips[i].said);
        kit_close(&k);
    }
}

Test(manifest_podring, listensAfter_is_a_rule_behind_all_others)
{
    const struct pod_serve_rule *r;
    const struct pod_behaviour *b;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(kit_load(&k, BEHAVIOR
                          "  workload: web\n  listensAfter: 45s\n  serve: [{status: 503}]\n"
                          "  instances:\n  - {}\n  - {listensAfter: 0s}\n"
                          "  - {listensAfter: 7s, serve: []}\n---\n"
                          BEHAVIOR "  listensAfter: 2s\n"),
                 0, "%s", kit_said(&k));
    b = k.set.behaviours.item;
    cr_expect_str_eq(b[0].workload, "web");
    cr_expect_null(b[1].workload);
    cr_expect_eq(b[0].instance[0].serve_count, 2);
    cr_expect_eq(b[0].instance[0].serve[0].status, 503);
    r = &b[0].instance[0].serve[1];
    cr_expect_eq(r->act, POD_SERVE_REFUSE);
    cr_expect(r->window.instance_clock);
    cr_expect_eq(r->window.to, 45000);
    cr_expect_eq(b[0].instance[1].serve_count, 1, "its own word goes before");
    cr_expect_eq(b[0].instance[2].serve_count, 1);
    cr_expect_eq(b[0].instance[2].serve[0].window.to, 7000);
    cr_expect_eq(b[1].instance_count, 1, "one instance that only listens late");
    kit_close(&k);
}

static const struct refusal behaviors[] = {
    {BEHAVIOR "  instances: [{exit: {at: 1m, after: 2s}}, {exit: {for: 1m}}]\n"
              "  listensAfter: soon\n  workload: A\n",
     "5:38 spec.instances[0].exit.after: Forbidden: may not be set together with `at`\n"
     "5:57 spec.instances[1].exit.for: Forbidden: may not be set without `at`\n"
     "6:17 spec.listensAfter: Invalid value: \"soon\": must be a duration such as 250ms or 1m20s\n"
     "7:13 spec.workload: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of "
     "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
     "character (e.g. 'example.com', regex used for validation is "
     "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n"},
    {"apiVersion: podring.dev/v1\nkind: Behaviour\n",
     "1:1 no matches for kind \"Behaviour\" in version \"podring.dev/v1\": there are Behavior, "
     "Client, Metrics and "
     "Scenario "
     "in podring.dev/v1\n"},
    {"apiVersion: podring.dev/v1\nkind: Behavior\n", "1:1 spec: Required value\n"},
    {BEHAVIOR "  instanses: []\n  instances: [{start: {take: 1s}}]\nstrict: true\n",
     "5:3 unknown field \"spec.instanses\"\n6:24 unknown field \"spec.instances[0].start.take\"\n"
     "7:1 unknown field \"strict\"\n"},
    {BEHAVIOR "  pods: []\n  instances: []\n",
     "5:9 spec.pods: Required value: must name at least one pod\n"
     "6:14 spec.instances: Required value: must have at least one instance\n"},
    {BEHAVIOR "  pods: [1, 2, 1]\n", "5:9 spec.pods: Duplicate value: \"1\"\n"},
    {BEHAVIOR "  pods: [-1, x]\n  container: A\n",
     "5:10 spec.pods[0]: Invalid value: -1: must be between 0 and 1073741824, inclusive\n"
     "5:14 spec.pods[1]: Invalid value: \"x\": cannot unmarshal string into Go struct field of "
     "type int32\n"
     "6:14 spec.container: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower "
     "case "
     "alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. "
     "'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n"},
    {BEHAVIOR "  pull: [{from: 5s, to: 5s}, {to: 0s}, {fail: ''}, {clock: run}]\n",
     "5:25 spec.pull[0].to: Invalid value: \"5s\": must be greater than `from`\n"
     "5:35 spec.pull[1].to: Invalid value: \"0s\": must be greater than `from`\n"
     "5:47 spec.pull[2].fail: Required value\n"
     "5:53 unknown field \"spec.pull[3].clock\"\n"},
    {BEHAVIOR "  pull: [{fail: a, reason: Tired}, {reason: RegistryUnavailable}]\n",
     "5:28 spec.pull[0].reason: Unsupported value: \"Tired\": supported values: \"ErrImagePull\", "
     "\"RegistryUnavailable\", \"SignatureValidationFailed\", \"ImageInspectError\", "
     "\"InvalidImageName\"\n"
     "5:45 spec.pull[1].reason: Forbidden: may not be set without `fail`\n"},
    {BEHAVIOR
     "  instances:\n  - exit: {after: 5}\n  - exit: {after: -1s}\n  - exit: {after: soon}\n"
     "  - exit: {code: 256}\n  - exit: {signal: SIGWINCH}\n  - exit: {signal: 9, code: 1}\n"
     "  - exit: {after: {uniform: [2s, 1s]}}\n  - exit: {after: {uniform: [2s]}}\n"
     "  - exit: {after: {exp: 0}}\n  - exit: {after: {}}\n  - exit: 5\n",
     "6:19 spec.instances[0].exit.after: Invalid value: 5: missing unit: must be a duration such "
     "as 250ms "
     "or 1m20s\n"
     "7:19 spec.instances[1].exit.after: Invalid value: \"-1s\": must be greater than or equal to "
     "0\n"
     "8:19 spec.instances[2].exit.after: Invalid value: \"soon\": must be a duration such as 250ms "
     "or "
     "1m20s\n"
     "9:18 spec.instances[3].exit.code: Invalid value: 256: must be between 0 and 255, inclusive\n"
     "10:20 spec.instances[4].exit.signal: Invalid value: \"SIGWINCH\": must be the name of a "
     "signal that "
     "ends a process, or its number\n"
     "11:29 spec.instances[5].exit.code: Invalid value: 1: must be 137, or absent, with this "
     "`signal`\n"
     "12:29 spec.instances[6].exit.after.uniform: Invalid value: [\"2s\",\"1s\"]: the first must "
     "not be "
     "greater than the second\n"
     "13:29 spec.instances[7].exit.after.uniform: Invalid value: [\"2s\"]: must have two "
     "durations, [from, "
     "to]\n"
     "14:25 spec.instances[8].exit.after.exp: Invalid value: 0: must be greater than 0\n"
     "15:19 spec.instances[9].exit.after: Invalid value: {}: must be a duration, {uniform: [from, "
     "to]} or "
     "{exp: mean}\n"
     "16:11 spec.instances[10].exit: Invalid value: 5: cannot unmarshal number into Go struct "
     "field of type "
     "object\n"},
    {BEHAVIOR "  instances: [{onStop: ignored}, {onStop: {afer: 1s}}]\n",
     "5:24 spec.instances[0].onStop: Invalid value: \"ignored\": must be `ignore` or {after: "
     "duration, "
     "code: exit code, closes: duration, drain: bool}\n"
     "5:44 unknown field \"spec.instances[1].onStop.afer\"\n"},
    {BEHAVIOR "  exec: [{command: cat}, {command: []}, {exitCode: -1, hang: 1, startError: ''}]\n",
     "5:20 spec.exec[0].command: Invalid value: \"cat\": cannot unmarshal string into Go struct "
     "field of "
     "type array\n"
     "5:36 spec.exec[1].command: Required value\n"
     "5:52 spec.exec[2].exitCode: Invalid value: -1: must be between 0 and 255, inclusive\n"
     "5:62 spec.exec[2].hang: Invalid value: 1: cannot unmarshal number into Go struct field of "
     "type bool\n"
     "5:77 spec.exec[2].startError: Required value\n"},
    {BEHAVIOR "  hooks: {poststart: {}, preStop: {exit: 1}}\n",
     "5:11 unknown field \"spec.hooks.poststart\"\n5:36 unknown field "
     "\"spec.hooks.preStop.exit\"\n"},
    {SERVE "{status: 99}\n  - {status: 1000}\n  - {status: \"200\"}\n",
     "6:14 spec.serve[0].status: Invalid value: 99: must be between 100 and 999, inclusive\n"
     "7:14 spec.serve[1].status: Invalid value: 1000: must be between 100 and 999, inclusive\n"
     "8:14 spec.serve[2].status: Invalid value: \"200\": cannot unmarshal string into Go struct "
     "field of "
     "type int32\n"},
    {SERVE
     "{do: explode}\n  - {do: hang, status: 200, redirect: x}\n  - {do: headersOnly, status: 204, "
     "body: b}\n",
     "6:10 spec.serve[0].do: Unsupported value: \"explode\": supported values: \"hang\", "
     "\"refuse\", "
     "\"reset\", \"headersOnly\", \"garbage\"\n"
     "7:24 spec.serve[1].status: Forbidden: may not be set together with `do: hang`\n"
     "7:39 spec.serve[1].redirect: Forbidden: may not be set together with `do`\n"
     "8:42 spec.serve[2].body: Forbidden: may not be set together with `do: headersOnly`\n"},
    {SERVE "{redirect: http://x, status: 200}\n  - {redirect: '', grpc: SERVING}\n",
     "6:34 spec.serve[0].status: Invalid value: 200: must be between 300 and 399, inclusive\n"
     "7:16 spec.serve[1].redirect: Required value\n"
     "7:26 spec.serve[1].grpc: Forbidden: may not be set together with `redirect`\n"},
    {SERVE "{rate: 1.1}\n  - {rate: -0.1}\n  - {rate: 0.0000001}\n  - {rate: half}\n",
     "6:12 spec.serve[0].rate: Invalid value: 1.1: must be between 0 and 1, inclusive\n"
     "7:12 spec.serve[1].rate: Invalid value: -0.1: must be between 0 and 1, inclusive\n"
     "8:12 spec.serve[2].rate: Invalid value: 0.0000001: must be a decimal number with at most 6 "
     "places\n"
     "9:12 spec.serve[3].rate: Invalid value: \"half\": cannot unmarshal string into Go struct "
     "field of "
     "type number\n"},
    {SERVE "{path: x, port: web, grpc: serving, clock: wall, tls: 1}\n",
     "6:12 spec.serve[0].path: Invalid value: \"x\": must begin with '/'\n"
     "6:21 spec.serve[0].port: Invalid value: \"web\": cannot unmarshal string into Go struct "
     "field of "
     "type int32\n"
     "6:32 spec.serve[0].grpc: Unsupported value: \"serving\": supported values: \"SERVING\", "
     "\"NOT_SERVING\", \"SERVICE_UNKNOWN\", \"UNKNOWN\", \"UNIMPLEMENTED\"\n"
     "6:48 spec.serve[0].clock: Unsupported value: \"wall\": supported values: \"run\", "
     "\"instance\"\n"
     "6:59 spec.serve[0].tls: Invalid value: 1: cannot unmarshal number into Go struct field of "
     "type "
     "bool\n"},
    {SERVE "{do: refuse, path: /a, port: x}\n  - {rate: 0.5, do: refuse}\n  - {do: refuse, rate: "
           "1.5}\n",
     "6:24 a path alone cannot be refused, the connection is there by then: taken as `do: reset`\n"
     "6:34 spec.serve[0].port: Invalid value: \"x\": cannot unmarshal string into Go struct field "
     "of type int32\n"
     "7:12 a share of the requests alone cannot be refused, the connection is there by then: taken "
     "as `do: reset`\n"
     "8:24 spec.serve[2].rate: Invalid value: 1.5: must be between 0 and 1, inclusive\n"},
    {SERVE "{latency: 1s, headersAfter: 1s, body: a, bodyBytes: 5}\n",
     "6:33 spec.serve[0].headersAfter: Forbidden: may not be set together with `latency`\n"
     "6:57 spec.serve[0].bodyBytes: Forbidden: may not be set together with `body`\n"},
};

Test(manifest_podring, behaviors_refused)
{
    REFUSE(behaviors);
}

Test(manifest_podring, rates_are_parts_per_million)
{
    static const struct {
        const char *text;
        uint32_t ppm;
    } rates[] = {{"0", 0},        {"1", 1000000},  {"1.0", 1000000},         {"0.1", 100000},
                 {".25", 250000}, {"0.000001", 1}, {"0.1000000000", 100000}, {"5e-1", 500000}};

    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        char text[256];
        struct kit k;

        snprintf(text, sizeof(text), SERVE "{rate: %s}\n", rates[i].text);
        kit_open(&k);
        cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
        cr_expect_eq(k.set.behaviours.item[0].instance[0].serve[0].rate_ppm, rates[i].ppm, "%s",
                     rates[i].text);
        kit_close(&k);
    }
}

/* ---- Scenario ------------------------------------------------------------------------------- */

Test(manifest_podring, the_sample_scenario)
{
    static const enum pod_step_kind kinds[] = {
        POD_STEP_DELETE,    POD_STEP_KILL,    POD_STEP_REBOOT,    POD_STEP_SCALE,
        POD_STEP_SET_IMAGE, POD_STEP_APPLY,   POD_STEP_CONDITION, POD_STEP_EVICT,
        POD_STEP_FAIL,      POD_STEP_SUSPEND, POD_STEP_RESUME,    POD_STEP_PAUSE};
    const struct pod_step *s;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(manifest_load_file(&k.set, FOLDER "drill.yaml"), 0, "%s", kit_said(&k));
    cr_assert_eq(k.set.steps.count, sizeof(kinds) / sizeof(kinds[0]));
    s = k.set.steps.item;
    for (uint32_t i = 0; i < k.set.steps.count; i++) {
        cr_expect_eq(s[i].kind, kinds[i], "%u", i);
        cr_expect_str_eq(s[i].file, FOLDER "drill.yaml");
        cr_expect_eq(s[i].line, 34 + i, "%u: %u", i, s[i].line);
    }
    cr_expect_eq(s[0].at, 100000);
    cr_expect_str_eq(s[0].ns, "default");
    cr_expect_str_eq(s[0].object_kind, "pod");
    cr_expect_str_eq(s[0].object_name, "p");
    cr_expect_eq(s[0].grace_s, 20);
    cr_expect_not(s[0].force);
    cr_expect_str_eq(s[1].container, "c");
    cr_expect_eq(s[1].signal, 9);
    cr_expect_eq(s[1].grace_s, -1);
    cr_expect_str_eq(s[2].object_kind, "node");
    cr_expect_str_eq(s[3].object_kind, "deployment");
    cr_expect_eq(s[3].replicas, 1);
    cr_expect_str_eq(s[4].image, "web:2");
    cr_expect_str_eq(s[5].path, FOLDER "other.yaml");
    cr_expect_str_eq(s[6].type, "example.com/gate");
    cr_expect_str_eq(s[6].status, "True");
    cr_expect_str_eq(s[7].ns, "shop");
    cr_expect_str_eq(s[8].object_kind, "pod", "by default");
    cr_expect_str_eq(s[8].object_name, "p");
    cr_expect_str_eq(s[10].object_kind, "job", "a plural is no other kind");
    cr_expect_eq(s[11].for_ms, 20 * 60 * 1000);
    kit_close(&k);
}

Test(manifest_podring, paths_of_apply)
{
    static const struct {
        const char *file, *path, *resolved;
    } paths[] = {
        {"a/b.yaml", "c.yaml", "a/c.yaml"},       {"b.yaml", "c.yaml", "c.yaml"},
        {"/b.yaml", "c.yaml", "/c.yaml"},         {"a/b.yaml", "/c.yaml", "/c.yaml"},
        {"a/b.yaml", "../c.yaml", "a/../c.yaml"}, {"<stdin>", "x/c.yaml", "x/c.yaml"},
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char text[256];
        struct kit k;
        int n = snprintf(text, sizeof(text), SCENARIO "{at: 1s, apply: %s}\n", paths[i].path);

        kit_open(&k);
        cr_assert_eq(manifest_load_text(&k.set, paths[i].file, text, (size_t)n), 0);
        cr_expect_str_eq(k.set.steps.item[0].path, paths[i].resolved);
        kit_close(&k);
    }
}

static const struct refusal scenarios[] = {
    {"apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {}\n",
     "4:7 spec.steps: Required value\n"},
    {SCENARIO
     "{at: 1s}\n  - {delete: p}\n  - {at: 1s, delete: p, evict: q}\n  - {at: 1s, destroy: p}\n",
     "6:5 spec.steps[0]: Required value: must specify an action\n"
     "7:5 spec.steps[1].at: Required value\n"
     "8:32 spec.steps[2].evict: Forbidden: may not specify more than 1 action\n"
     "9:5 spec.steps[3]: Required value: must specify an action\n"
     "9:14 unknown field \"spec.steps[3].destroy\"\n"},
    {SCENARIO "{at: 1s, kill: deployment/web}\n  - {at: 1s, scale: web, replicas: 1}\n"
              "  - {at: 1s, scale: deploy/web}\n  - {at: 1s, scale: pod/web, replicas: -1}\n"
              "  - {at: 1s, delete: pod/}\n",
     "6:20 spec.steps[0].kill: Unsupported value: \"deployment\": supported values: \"pod\"\n"
     "7:21 spec.steps[1].scale: Invalid value: \"web\": must be KIND/NAME\n"
     "8:5 spec.steps[2].replicas: Required value\n"
     "9:21 spec.steps[3].scale: Unsupported value: \"pod\": supported values: \"deployment\", "
     "\"replicaset\", \"statefulset\", \"job\", \"replicationcontroller\", \"daemonset\", "
     "\"cronjob\"\n"
     "9:40 spec.steps[3].replicas: Invalid value: -1: must be greater than or equal to 0\n"
     "10:22 spec.steps[4].delete: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist "
     "of lower "
     "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
     "character "
     "(e.g. 'example.com', regex used for validation is "
     "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n"},
    {SCENARIO "{at: 1s, pressure: node/n1, resource: cpu}\n"
              "  - {at: 1s, pressure: n1, available: -1, usage: {p: x}}\n"
              "  - {at: 1s, cordon: n1, usage: {}}\n",
     "6:43 spec.steps[0].resource: Unsupported value: \"cpu\": supported values: \"memory\", "
     "\"disk\", \"pid\"\n"
     "7:39 spec.steps[1].available: Invalid value: -1: must be greater than or equal to 0\n"
     "7:54 spec.steps[1].usage.p: Invalid value: \"x\": quantities must match the regular "
     "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n"
     "8:26 spec.steps[2].usage: Forbidden: may not be set with `cordon`\n"},
    {SCENARIO "{at: 1s, evict: p, replicas: 1, signal: TERM}\n",
     "6:24 spec.steps[0].replicas: Forbidden: may not be set with `evict`\n"
     "6:37 spec.steps[0].signal: Forbidden: may not be set with `evict`\n"},
    {SCENARIO "{at: 1s, delete: p, force: true, gracePeriodSeconds: 1}\n",
     "6:32 spec.steps[0].force: Forbidden: may not be true with a gracePeriodSeconds greater than "
     "0\n"},
    {SCENARIO "{at: 1s, delete: deploy/web, gracePeriodSeconds: 1}\n"
              "  - {at: 1s, delete: deploy/web, cascade: up}\n"
              "  - {at: 1s, kill: p, cascade: orphan}\n  - {at: 1s, setLabel: pod/p}\n"
              "  - {at: 1s, setLabel: deploy/web, labels: {a: '-'}}\n",
     "6:54 spec.steps[0].gracePeriodSeconds: Forbidden: only a pod has a grace period\n"
     "7:43 spec.steps[1].cascade: Unsupported value: \"up\": supported values: \"background\", "
     "\"foreground\", \"orphan\"\n"
     "8:23 spec.steps[2].cascade: Forbidden: may not be set with `kill`\n"
     "9:5 spec.steps[3].labels: Required value\n"
     "10:24 spec.steps[4].setLabel: Unsupported value: \"deploy\": supported values: \"pod\", "
     "\"node\"\n"
     "10:48 spec.steps[4].labels: Invalid value: \"-\": a valid label must be an empty string or "
     "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
     "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
     "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n"},
    {SCENARIO "{at: 1s, undo: deploy/web, toRevision: -1}\n"
              "  - {at: 1s, pauseRollout: sts/web}\n"
              "  - {at: 1s, patch: deploy/web}\n"
              "  - {at: 1s, patch: deploy/web, type: strategic, spec: {replicas: 1}}\n"
              "  - {at: 1s, patch: deploy/web, type: xml, spec: 1}\n"
              "  - {at: 1s, undo: deploy/web, spec: {}}\n",
     "6:44 spec.steps[0].toRevision: Invalid value: -1: must be greater than or equal to 0\n"
     "7:28 spec.steps[1].pauseRollout: Unsupported value: \"sts\": supported values: "
     "\"deployment\"\n"
     "8:5 spec.steps[2]: Required value: a patch must say metadata, spec or data\n"
     "9:39 spec.steps[3].type: Forbidden: only a merge patch can be applied yet\n"
     "10:5 spec.steps[4]: Required value: a patch must say metadata, spec or data\n"
     "10:39 spec.steps[4].type: Unsupported value: \"xml\": supported values: \"merge\", "
     "\"strategic\", \"json\"\n"
     "10:50 spec.steps[4].spec: Invalid value: 1: cannot unmarshal number into Go struct field of "
     "type object\n"
     "11:32 spec.steps[5].spec: Forbidden: may not be set with `undo`\n"},
    {SCENARIO "{at: 1s, reboot: pod/x}\n  - {at: 1s, pause: nodes}\n  - {at: 1s, apply: ''}\n"
              "  - {at: 1s, setImage: pod/p}\n  - {at: 1s, kill: p, signal: 65}\n",
     "6:22 spec.steps[0].reboot: Unsupported value: \"pod/x\": supported values: \"node\"\n"
     "7:5 spec.steps[1].for: Required value\n"
     "7:21 spec.steps[1].pause: Unsupported value: \"nodes\": supported values: \"controllers\"\n"
     "8:21 spec.steps[2].apply: Required value\n"
     "9:5 spec.steps[3].image: Required value\n"
     "10:31 spec.steps[4].signal: Invalid value: 65: must be between 1 and 64, inclusive\n"},
    {SCENARIO
     "{at: 1s, condition: p, type: t, status: true}\n  - {at: 1s, condition: p, status: \"yes\"}\n",
     "6:45 spec.steps[0].status: Invalid value: true: cannot unmarshal bool into Go struct field "
     "of type "
     "string\n"
     "7:5 spec.steps[1].type: Required value\n"
     "7:36 spec.steps[1].status: Unsupported value: \"yes\": supported values: \"True\", "
     "\"False\", "
     "\"Unknown\"\n"},
};

Test(manifest_podring, scenarios_refused)
{
    REFUSE(scenarios);
}
