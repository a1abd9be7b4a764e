/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_trace.c - what -o trace writes, read back: JSON that keeps the rules of the trace event
 * format, and says what the event stream says.
 */
#include "api/cli/io/json_read.h"
#include "tests/api/test_cli_kit.h"

enum { TRACKS_MAX = 4096, ARROWS_MAX = 4096 };

struct track {
    int open;
    double at;
    bool named;
};

struct seen {
    struct json json;
    struct track track[TRACKS_MAX];
    struct {
        double id, from;
        bool ended;
    } arrow[ARROWS_MAX];
    size_t arrows, unhealthy, counters, spans;
    double ready, not_ready; /* of the last counter of pods of the first process */
};

static const char dir_form[] = "/tmp/podring-trace-XXXXXX";

/* Standard output of a simulation in a file. */
static char *trace_of(const char *manifest, const char *args, char *path)
{
    char line[512];
    struct kit_ran ran;
    FILE *f;

    snprintf(line, sizeof(line), "simulate - -q %s", args);
    ran = kit_spawn(manifest, line);
    cr_assert_eq(ran.code, 0, "%s: %s", line, ran.err);
    strcpy(path, dir_form);
    cr_assert_geq(close(mkstemp(path)), 0);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(ran.out, 1, strlen(ran.out), f), strlen(ran.out));
    fclose(f);
    free(ran.err);
    return ran.out;
}

static double number(const struct json *j, const struct json_node *n, const char *key)
{
    const struct json_node *m = json_member(j, n, key);

    cr_assert(m != NULL && m->kind == JSON_NUMBER, "no number %s", key);
    return strtod(m->text, NULL);
}

static bool is(const struct json *j, const struct json_node *n, const char *key, const char *value)
{
    const struct json_node *m = json_member(j, n, key);

    return m != NULL && m->kind == JSON_STRING && m->length == strlen(value) &&
           strncmp(m->text, value, m->length) == 0;
}

static void see_counter(struct seen *s, const struct json_node *e)
{
    const struct json_node *args = json_member(&s->json, e, "args"), *a;

    cr_assert_not_null(args);
    for (a = json_first(&s->json, args); a != NULL; a = json_next(&s->json, a))
        cr_assert_eq(a->kind, JSON_NUMBER);
    cr_assert_not_null(json_first(&s->json, args), "a counter without a series");
    s->counters++;
    if (!is(&s->json, e, "name", "pods"))
        return;
    s->ready = number(&s->json, args, "ready");
    s->not_ready = number(&s->json, args, "not ready");
}

static void see_arrow(struct seen *s, const struct json_node *e, bool ends)
{
    double id = number(&s->json, e, "id"), ts = number(&s->json, e, "ts");
    size_t i = 0;

    while (i < s->arrows && s->arrow[i].id != id)
        i++;
    cr_assert_lt(i, ARROWS_MAX);
    cr_assert_eq(i < s->arrows, ends, "arrow %.0f", id);
    if (!ends) {
        s->arrow[s->arrows].id = id;
        s->arrow[s->arrows++].from = ts;
        return;
    }
    cr_assert(is(&s->json, e, "bp", "e"));
    cr_assert_not(s->arrow[i].ended);
    cr_assert_leq(s->arrow[i].from, ts, "an arrow from the future");
    s->arrow[i].ended = true;
}

static void see(struct seen *s, const struct json_node *e)
{
    const struct json *j = &s->json;
    const struct json_node *ph = json_member(j, e, "ph");
    struct track *track = NULL;
    char phase;

    cr_assert(ph != NULL && ph->length == 1);
    phase = ph->text[0];
    cr_assert_not_null(strchr("MBEXiCsf", phase), "%c", phase);
    cr_assert_geq(number(j, e, "pid"), 1);
    if (json_member(j, e, "tid") != NULL) {
        double tid = number(j, e, "tid");

        cr_assert(tid >= 1 && tid < TRACKS_MAX);
        cr_assert_neq(tid, number(j, e, "pid"), "that would be the main thread");
        track = &s->track[(int)tid];
    }
    cr_assert(phase == 'C' || track != NULL || is(j, e, "name", "process_name"));
    if (phase == 'M') {
        if (is(j, e, "name", "thread_name"))
            track->named = true;
        return;
    }
    cr_assert_geq(number(j, e, "ts"), 0);
    cr_assert(phase == 'E' || json_member(j, e, "name") != NULL);
    if (phase == 'C') {
        see_counter(s, e);
        return;
    }
    cr_assert(track->named, "a track without a name");
    if (phase == 's' || phase == 'f') {
        see_arrow(s, e, phase == 'f');
        return;
    }
    cr_assert_geq(number(j, e, "ts"), track->at, "spans of a track out of order");
    track->at = number(j, e, "ts");
    track->open += phase == 'B' ? 1 : phase == 'E' ? -1 : 0;
    cr_assert(track->open == 0 || track->open == 1);
    s->spans += phase == 'B';
    if (phase == 'X')
        cr_assert_eq(number(j, e, "dur"), 1000);
    if (phase == 'i')
        cr_assert(is(j, e, "s", "t"));
    s->unhealthy += phase == 'i' && is(j, e, "name", "Unhealthy");
}

static struct seen *read_trace(const char *path)
{
    struct seen *s = calloc(1, sizeof(*s));
    const struct json_node *e, *events;
    const char *why;

    cr_assert_not_null(s);
    cr_assert(json_open(&s->json, path, &why), "%s", why);
    events = json_member(&s->json, json_root(&s->json), "traceEvents");
    cr_assert_not_null(events);
    for (e = json_first(&s->json, events); e != NULL; e = json_next(&s->json, e))
        see(s, e);
    for (size_t i = 0; i < TRACKS_MAX; i++)
        cr_assert_eq(s->track[i].open, 0, "a span is left open");
    for (size_t i = 0; i < s->arrows; i++)
        cr_assert(s->arrow[i].ended, "an arrow to nowhere");
    return s;
}

static double counter_of(const struct seen *s, const char *name)
{
    const struct json_node *run = json_member(&s->json, json_root(&s->json), "otherData");

    return number(&s->json, json_member(&s->json, run, "counters"), name);
}

static size_t lines_with(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

static char *file_text(const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        cr_skip_test("%s is not here: run from the root of the source tree", path);
    return kit_contents(fd);
}

Test(cli_trace, keeps_the_rules_of_the_format_and_says_what_the_stream_says)
{
    static const char *const files[] = {
        "docs/examples/crashloop.yaml",  "docs/examples/traffic.yaml",
        "docs/examples/slow-start.yaml", "docs/examples/graceful-delete.yaml",
        "tests/golden/workloads.yaml",   "tests/golden/probes.yaml",
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[64], *manifest = file_text(files[i]);
        char *out = trace_of(manifest, "--for 10m -o trace", path);
        struct seen *s = read_trace(path);
        struct kit_ran stream = kit_spawn(manifest, "simulate - --for 10m -q -o ndjson");

        cr_expect_eq(s->unhealthy, lines_with(stream.out, "\"reason\":\"Unhealthy\""), "%s",
                     files[i]);
        cr_expect_eq(s->ready + s->not_ready, counter_of(s, "pods"), "%s", files[i]);
        cr_expect_eq(counter_of(s, "events"), lines_with(stream.out, "\n"), "%s", files[i]);
        cr_expect_gt(s->spans, 0, "%s", files[i]);
        json_close(&s->json);
        unlink(path);
        kit_release(&stream);
        free(s);
        free(out);
        free(manifest);
    }
}

static const char deletion[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    "spec: {containers: [{name: c, image: nginx}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
    "spec: {steps: [{at: 5s, delete: pod/p}]}\n";

Test(cli_trace, an_arrow_leads_from_the_step_to_the_end)
{
    char path[64], *out = trace_of(deletion, "--for 1m -o trace", path);
    struct seen *s = read_trace(path);

    cr_expect_not_null(strstr(out, "\"args\":{\"name\":\"scenario\"}"), "%s", out);
    cr_expect_geq(s->arrows, 2, "%s", out);
    cr_expect_eq(s->ready + s->not_ready, 0);
    json_close(&s->json);
    unlink(path);
    free(s);
    free(out);
}

static const char client[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: w}}\n"
    "spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}\n"
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: w}\n"
    "spec: {selector: {app: w}, ports: [{port: 80}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: u}\n"
    "spec: {url: \"http://w/\", rate: 0.5, from: 1m, to: 2m, report: 10s}\n";

/* What a report says is of the time before it, and its first one is no exception. */
Test(cli_trace, requests_are_rates_over_the_time_that_a_report_covers)
{
    char path[64], *out = trace_of(client, "--for 3m -o trace", path);
    struct seen *s = read_trace(path);

    cr_expect_not_null(strstr(out, "\"ts\":60000000,\"name\":\"client/u per second\","
                                   "\"args\":{\"ok\":0.500,\"requests\":0.500,\"attempts\":0.500}"),
                       "%s", out);
    cr_expect_null(strstr(out, "\"ok\":0.5,"));
    cr_expect_not_null(strstr(out, "\"ts\":180000000,\"name\":\"client/u per second\","
                                   "\"args\":{\"ok\":0.000"),
                       "%s", out);
    json_close(&s->json);
    unlink(path);
    free(s);
    free(out);
}

static const char nasty[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    "spec:\n  restartPolicy: Never\n  containers:\n"
    "  - name: c\n    image: nginx\n    terminationMessagePolicy: FallbackToLogsOnError\n"
    "    command: [sh, -c, 'printf \"a\\\"b\\\\\\\\c</script>\\001\\377\"; exit 3']\n";

Test(cli_trace, what_a_program_says_stays_one_string)
{
    char path[64], *out = trace_of(nasty, "--for 1m -o trace", path);
    struct seen *s = read_trace(path);

    cr_expect_not_null(strstr(out, "a\\\"b\\\\c</script>\\u0001\xef\xbf\xbd"), "%s", out);
    json_close(&s->json);
    unlink(path);
    free(s);
    free(out);
}

Test(cli_trace, is_the_same_each_time_and_refuses_what_it_does_not_go_with)
{
    static const struct {
        const char *line, *said;
    } rows[] = {
        {"simulate - --for 1s -o trace --workers 2",
         "podring simulate: -o trace: one engine has to hear of all pods: it does not go with "
         "--workers and --shard"},
        {"simulate - --for 1s -o trace --shard 0/2", "--workers and --shard"},
        {"simulate - --for 1s -o trace --events -",
         "--events - and -o trace would both write to standard output"},
        {"simulate - --for 1s -o trace --metrics -",
         "--metrics - and -o trace would both write to standard output"},
        {"simulate - --for 1s -o trace --result -",
         "--result - and -o trace would both write to standard output"},
        {"bench -o trace", "trace"},
        {"merge x -o trace", "trace"},
    };
    struct kit_ran a = kit_spawn(deletion, "simulate - --for 1m -q -o trace --seed 3"),
                   b = kit_spawn(deletion, "simulate - --for 1m -q -o trace --seed 3");

    cr_expect_str_eq(a.out, b.out);
    kit_release(&a);
    kit_release(&b);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        a = kit_spawn(deletion, rows[i].line);
        cr_expect_eq(a.code, 64, "%s: %d", rows[i].line, a.code);
        cr_expect_not_null(strstr(a.err, rows[i].said), "%s: %s", rows[i].line, a.err);
        cr_expect_str_empty(a.out);
        kit_release(&a);
    }
}
