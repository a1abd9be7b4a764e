/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_sweep.c - podring sweep from outside. */
#include "tests/api/test_cli_kit.h"

#define WEB                                                                                        \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"                        \
    "  replicas: 2  # so many\n  selector: {matchLabels: {app: web}}\n  template:\n"               \
    "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"                           \
    "      - name: java\n        image: shop:1\n        ports: [{containerPort: 8080}]\n"          \
    "        livenessProbe: {httpGet: {path: /, port: 8080}, initialDelaySeconds: 30,\n"           \
    "          periodSeconds: 5}\n"                                                                \
    "        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}\n"                 \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"                                  \
    "spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}\n"
#define LIVENESS "spec.template.spec.containers[0].livenessProbe."
#define DRAWN                                                                                      \
    "sweep - -q --for 6m --vary spec.replicas=1..3 --app web:start=30s,500@2m+1m~30% "             \
    "--client web=5/s --vary " LIVENESS "periodSeconds=5,7 --seeds 3..7 --step 4m|restart|web"

/* What each of these runs comes to, `simulate` says as well. */
Test(cli_sweep, a_row_is_what_the_runs_say)
{
    struct kit_ran r = kit_spawn(WEB, "sweep - -q --for 10m --vary web:" LIVENESS
                                      "failureThreshold=3,6 --app web:start=20s..60s..20s "
                                      "--measure restarts,time_to_ready,unready,not_ready");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_str_eq(r.err, "");
    cr_expect_str_eq(r.out,
                     "web:" LIVENESS "failureThreshold  web:start  restarts  time_to_ready  "
                     "unready  not_ready\n"
                     "3                                                                    20s"
                     "        0         20.0s          40.0s    0\n"
                     "3                                                                    40s"
                     "        0         40.0s          80.0s    0\n"
                     "3                                                                    60s"
                     "        14        -              1200s    2\n"
                     "6                                                                    20s"
                     "        0         20.0s          40.0s    0\n"
                     "6                                                                    40s"
                     "        0         40.0s          80.0s    0\n"
                     "6                                                                    60s"
                     "        12        -              1200s    2\n",
                     "%s", r.out);
    kit_release(&r);
    r = kit_spawn(WEB, "simulate - -q --for 10m --app web:start=60s --fail-if restarts<14 "
                       "--fail-if restarts>14 --fail-if not_ready<2");
    cr_expect_eq(r.code, 0, "%s", r.err);
    kit_release(&r);
}

Test(cli_sweep, a_rollout_takes_until_all_are_ready_again)
{
    struct kit_ran r = kit_spawn_split(
        WEB, "sweep|-|-q|--for|10m|--app|web:start=10s..20s..10s|--step|2m image web=shop:2|"
             "--vary|deployment/web:spec.strategy.rollingUpdate.maxSurge=1,2|"
             "--measure|rollout|-o|csv", "|");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_str_eq(r.out,
                     "deployment/web:spec.strategy.rollingUpdate.maxSurge,web:start,runs,"
                     "rollout_ns_median,rollout_ns_min,rollout_ns_max\n"
                     "1,10s,1,20000000000,20000000000,20000000000\n"
                     "1,20s,1,40000000000,40000000000,40000000000\n"
                     "2,10s,1,10000000000,10000000000,10000000000\n"
                     "2,20s,1,20000000000,20000000000,20000000000\n",
                     "%s", r.out);
    kit_release(&r);
}

/* Seeds make the spread: of what is drawn there is one, of what is not there is none. */
Test(cli_sweep, seeds_spread_what_is_drawn)
{
    struct kit_ran r = kit_spawn(WEB, "sweep - -q --for 5m --vary spec.replicas=2 --seeds 1..9 "
                                      "--app web:500@1m+1m~30% --client web=10/s -o json "
                                      "--measure requests_failed,time_to_ready");
    unsigned median, least, most;
    const char *at = strstr(r.out, "\"requests_failed\":");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_assert_not_null(at, "%s", r.out);
    cr_assert_eq(sscanf(at, "\"requests_failed\":{\"median\":%u,\"min\":%u,\"max\":%u}", &median,
                        &least, &most), 3);
    cr_expect(least < median && median < most, "%u %u %u", least, median, most);
    cr_expect(least > 100 && most < 260, "of 600: %u..%u", least, most);
    cr_expect_not_null(strstr(r.out, "\"runs\":9"));
    cr_expect_not_null(strstr(r.out, "\"time_to_ready_ns\":{\"median\":0,\"min\":0,\"max\":0}"));
    kit_release(&r);
}

static void write_share(const char *folder, int index, int count)
{
    char line[1024];
    struct kit_ran r;
    char *at;

    snprintf(line, sizeof(line), "%s --shard %d/%d --result %s/%d.json --workers 2", DRAWN, index,
             count, folder, index);
    for (at = line; *at != '\0'; at++)
        *at = *at == ' ' ? '\t' : *at == '|' ? ' ' : *at;
    r = kit_spawn_split(WEB, line, "\t");
    cr_assert_eq(r.code, 0, "%s", r.err);
    cr_expect_str_eq(r.out, "");
    kit_release(&r);
}

static struct kit_ran drawn(const char *more)
{
    char line[1024];

    snprintf(line, sizeof(line), "%s%s", DRAWN, more);
    for (char *at = line; *at != '\0'; at++)
        *at = *at == ' ' ? '\t' : *at == '|' ? ' ' : *at;
    return kit_spawn_split(WEB, line, "\t");
}

Test(cli_sweep, shares_and_threads_make_the_same_bytes)
{
    static const char *const format[] = {"table", "csv", "json", "html"};
    char folder[] = "/tmp/podring-sweep-XXXXXX", line[512], name[64];

    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++)
        write_share(folder, i, 3);
    for (int f = 0; f < 4; f++) {
        struct kit_ran whole, threads, merged;

        snprintf(line, sizeof(line), " -o %s", format[f]);
        whole = drawn(line);
        cr_expect_eq(whole.code, 0, "%s", whole.err);
        snprintf(line, sizeof(line), " -o %s --workers 3", format[f]);
        threads = drawn(line);
        cr_expect_str_eq(whole.out, threads.out, "%s", format[f]);
        snprintf(line, sizeof(line), "merge -o %s %s/2.json %s/0.json %s/1.json", format[f],
                 folder, folder, folder);
        merged = kit_spawn(NULL, line);
        cr_expect_eq(merged.code, 0, "%s", merged.err);
        cr_expect_str_eq(whole.out, merged.out, "%s", format[f]);
        kit_release(&whole);
        kit_release(&threads);
        kit_release(&merged);
    }
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "%s/%d.json", folder, i);
        unlink(name);
    }
    rmdir(folder);
}

Test(cli_sweep, merge_refuses_what_is_not_of_one_sweep)
{
    char folder[] = "/tmp/podring-sweep-XXXXXX", line[512], name[64];
    struct kit_ran r;

    cr_assert_not_null(mkdtemp(folder));
    write_share(folder, 0, 2);
    snprintf(line, sizeof(line), "merge %s/0.json", folder);
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 65);
    cr_expect_str_eq(r.err, "podring: 15 of 30 runs are missing (--partial does without)\n");
    kit_release(&r);
    snprintf(line, sizeof(line), "merge --partial %s/0.json %s/0.json", folder, folder);
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 65);
    cr_expect_not_null(strstr(r.err, "a run is in two of the files"), "%s", r.err);
    kit_release(&r);
    snprintf(line, sizeof(line), "sweep - -q --vary spec.replicas=1,2 --shard 1/2 --result "
             "%s/1.json", folder);
    r = kit_spawn(WEB, line);
    cr_expect_eq(r.code, 0, "%s", r.err);
    kit_release(&r);
    snprintf(line, sizeof(line), "merge %s/0.json %s/1.json", folder, folder);
    r = kit_spawn(NULL, line);
    cr_expect_eq(r.code, 65);
    cr_expect_not_null(strstr(r.err, "of another sweep than the first one"), "%s", r.err);
    kit_release(&r);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof(name), "%s/%d.json", folder, i);
        unlink(name);
    }
    rmdir(folder);
}

static const struct {
    const char *line;
    int code;
    const char *says; /* somewhere on standard error */
} refused[] = {
    {"sweep -", 64, "nothing varies: say --vary PATH=V1,V2, or a range"},
    {"sweep - --vary spec.replicas", 64, "--vary: 'spec.replicas' is not PATH=VALUE,..."},
    {"sweep - --vary spec.replicas=1,,2", 64, "a value is missing"},
    {"sweep - --vary spec.replicas=3..1", 64, "a range begins with the smaller value"},
    {"sweep - --vary spec.replicas=1..99999", 64, "these are more than 10000 values"},
    {"sweep - --vary spec.replicas=1..2000 --seeds 1..1000", 64, "more than 1000000 runs"},
    {"sweep - --vary spec.replcas=1,2", 64, "2 documents could have that field, and none has it"},
    {"sweep - --vary deployment/web:spec.replcas=1,2", 65, "unknown field \"spec.replcas\""},
    {"sweep - --vary deployment/web:spec.nothing.here=1", 65, "unknown field \"spec.nothing\""},
    {"sweep - --vary job/web:spec.replicas=1", 64, "nothing is called 'job/web' in these files"},
    {"sweep - --vary spec.replicas=1,-2", 65, "<stdin>:5:13: error: spec.replicas: Invalid value"},
    {"sweep - --vary spec.replicas=1,-2", 65, "that is with spec.replicas=-2"},
    {"sweep - --vary set.nothing=1", 64, "no knob is called 'nothing'"},
    {"sweep - --app web:start=1..2s", 64, "a range is A..B or A..B..STEP"},
    {"sweep - --app nobody:start=1s..2s", 64, "--app 'nobody:start=1s'"},
    {"sweep - --vary spec.replicas=1,2 --measure restart", 64, "no result is called 'restart'"},
    {"sweep - --vary spec.replicas=1,2 --seeds 5", 64, "--seeds: '5' is not two whole numbers"},
    {"sweep - --vary spec.replicas=1,2 --seeds 1..5 --seed 3", 64, "do not go together"},
    {"sweep - --vary spec.replicas=1,2 --shard 0/2", 64, "--shard needs --result FILE"},
    {"merge no-such-file -o csv", 66, "no-such-file"},
};

Test(cli_sweep, what_fits_nothing_is_refused)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct kit_ran r = kit_spawn(WEB, refused[i].line);

        cr_expect_eq(r.code, refused[i].code, "%s: %d", refused[i].line, r.code);
        cr_expect_not_null(strstr(r.err, refused[i].says), "%s: %s", refused[i].line, r.err);
        cr_expect_str_eq(r.out, "", "%s", refused[i].line);
        kit_release(&r);
    }
}

/* Names and values are others' texts. */
Test(cli_sweep, the_page_shows_values_as_text)
{
    struct kit_ran r = kit_spawn(WEB, "sweep - -q --for 1m -o html --vary "
                                      "deployment/web:metadata.annotations.a='<b>&',x");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "<td class=\"v\">'&lt;b&gt;&amp;'</td>"), "%s", r.out);
    cr_expect_null(strstr(r.out, "<b>"));
    cr_expect_null(strstr(r.out, "<script"));
    cr_expect_not_null(strstr(r.out, "default-src 'none'"));
    kit_release(&r);
}
