/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_shards.c - shares of a run from outside: --shard, --workers, --result and podring merge.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "tests/api/test_cli_kit.h"

enum { SHARDS = 6, PATH_ROOM = 256 };

/* Probes that fail, restarts, shutdowns, an ordinal, scaled workloads and replaced pods; two
 * namespaces. */
static const char manifest[] =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 20\n"
    "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    "    spec:\n      containers:\n      - name: c\n        image: web:1\n"
    "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2, failureThreshold: 2}\n"
    "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 3}\n"
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: prod}\nspec:\n"
    "  serviceName: db\n  replicas: 7\n  selector: {matchLabels: {app: db}}\n  template:\n"
    "    metadata: {labels: {app: db}}\n    spec:\n      containers: [{name: c, image: 'db:1'}]\n"
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: flaky}\nspec:\n"
    "  selector: {matchLabels: {app: web}}\n"
    "  instances: [{exit: {after: {exp: 40s}, code: 3}, serve: [{from: 5s, to: 40s, status: 503, "
    "rate: 0.3}]}]\n"
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: again}\nspec:\n"
    "  serviceName: again\n  replicas: 2\n  selector: {matchLabels: {app: again}}\n  template:\n"
    "    metadata: {labels: {app: again}}\n    spec:\n      containers: [{name: c, image: 'a:1'}]\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: gone}\nspec: {containers: [{name: c, image: "
    "'db:1'}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: drill}\nspec:\n  steps:\n"
    "  - {at: 20s, delete: pod/again-0}\n  - {at: 22s, scale: statefulset/db, replicas: 9}\n"
    "  - {at: 30s, scale: statefulset/db, replicas: 4}\n  - {at: 31s, delete: pod/gone}\n";

struct place {
    char dir[64], file[PATH_ROOM];
};

static struct place place_make(void)
{
    struct place p = {.dir = "/tmp/podring-shards-XXXXXX"};
    FILE *f;

    cr_assert_not_null(mkdtemp(p.dir));
    snprintf(p.file, sizeof(p.file), "%s/m.yaml", p.dir);
    f = fopen(p.file, "w");
    cr_assert_not_null(f);
    fputs(manifest, f);
    fclose(f);
    return p;
}

static void place_remove(struct place *p)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", p->dir);
    cr_assert_eq(system(command), 0);
}

static struct kit_ran ran(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct kit_ran ran(const char *format, ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    return kit_spawn(NULL, line);
}

static void expect_code(int code, struct kit_ran r, const char *part)
{
    cr_expect_eq(r.code, code, "%d: %s", r.code, r.err);
    cr_expect(part == NULL || strstr(r.err, part) != NULL, "\"%s\" is not in: %s", part, r.err);
    kit_release(&r);
}

static char *contents_of(const char *dir, const char *name)
{
    char path[PATH_ROOM], *text = calloc(1, 1 << 20);
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "r");
    cr_assert_not_null(f, "%s: %s", path, strerror(errno));
    cr_assert_not_null(text);
    n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* A result without what it says of engines, which is all that may depend on their number. */
static char *about_pods(char *result)
{
    char *engines = strstr(result, "\n \"engines\"");

    cr_assert_not_null(engines, "%s", result);
    *engines = '\0';
    return result;
}

static void make_results(const struct place *p, unsigned shards)
{
    expect_code(0, ran("simulate %s --for 90s -q --workers 1 --result %s/whole", p->file, p->dir),
                NULL);
    for (unsigned i = 0; i < shards; i++)
        expect_code(0,
                    ran("simulate %s --for 90s -q --shard %u/%u --result %s/part{shard}", p->file,
                        i, shards, p->dir),
                    NULL);
}

/* ---- merge
 * ---------------------------------------------------------------------------------------- */

Test(cli_shards, merged_shares_are_the_whole)
{
    struct place p = place_make();

    for (unsigned shards = 2; shards <= SHARDS; shards++) {
        char line[1000], *whole;
        int n = snprintf(line, sizeof(line), "merge -o json");
        struct kit_ran r;

        make_results(&p, shards);
        for (unsigned i = shards; i-- > 0;)
            n += snprintf(line + n, sizeof(line) - (size_t)n, " %s/part%u", p.dir, i);
        r = ran("%s", line);
        cr_assert_eq(r.code, 0, "%s", r.err);
        whole = contents_of(p.dir, "whole");
        cr_expect_str_eq(about_pods(r.out), about_pods(whole));
        cr_expect(strstr(whole, "\"shares\"") == NULL);
        kit_release(&r);
        free(whole);
    }
    place_remove(&p);
}

/* Draws a tree of merges and an order; prints the seed if it matters. */
Test(cli_shards, merging_is_associative_and_commutative)
{
    struct place p = place_make();
    char *expected = NULL;

    make_results(&p, SHARDS);
    for (unsigned seed = 1; seed <= 8; seed++) {
        char name[SHARDS][32];
        unsigned left = SHARDS, state = seed, made = 0;
        char *got;

        for (unsigned i = 0; i < SHARDS; i++)
            snprintf(name[i], sizeof(name[i]), "part%u", i);
        while (left > 1) {
            unsigned a = (state = state * 1103515245u + 12345u) / 65536 % left, b;
            struct kit_ran r;
            char path[PATH_ROOM];
            FILE *f;

            do {
                b = (state = state * 1103515245u + 12345u) / 65536 % left;
            } while (a == b);
            r = ran("merge -q -o json --partial %s/%s %s/%s", p.dir, name[a], p.dir, name[b]);
            cr_assert_eq(r.code, 0, "seed %u: %s", seed, r.err);
            snprintf(name[a], sizeof(name[a]), "sum%u", made++);
            snprintf(path, sizeof(path), "%s/%s", p.dir, name[a]);
            f = fopen(path, "w");
            cr_assert_not_null(f);
            fputs(r.out, f);
            fclose(f);
            kit_release(&r);
            memmove(name[b], name[left - 1], sizeof(name[b]));
            left--;
        }
        got = contents_of(p.dir, name[0]);
        if (expected == NULL)
            expected = got;
        cr_expect_str_eq(got, expected, "seed %u", seed);
        if (got != expected)
            free(got);
    }
    free(expected);
    place_remove(&p);
}

Test(cli_shards, the_table_is_that_of_the_whole)
{
    struct place p = place_make();
    struct kit_ran merged, whole;
    char *summary;

    make_results(&p, 2);
    merged = ran("merge %s/part0 %s/part1", p.dir, p.dir);
    whole = ran("simulate %s --for 90s -q --workers 1", p.file);
    summary = strstr(whole.out, "\nsimulate ");
    cr_assert_not_null(summary);
    cr_expect_str_eq(merged.out, summary + 1);
    kit_release(&merged);
    kit_release(&whole);
    place_remove(&p);
}

/* The first file says of what they all are, but it is read once only. */
Test(cli_shards, merges_what_comes_from_a_pipe)
{
    struct place p = place_make();
    struct kit_ran merged, whole;
    char fifo[256], command[1024];

    make_results(&p, 2);
    snprintf(fifo, sizeof(fifo), "%s/fifo", p.dir);
    snprintf(command, sizeof(command), "cat %s/part0 >%s &", p.dir, fifo);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    cr_assert_eq(system(command), 0);
    merged = ran("merge -o json %s %s/part1", fifo, p.dir);
    whole = ran("merge -o json %s/part0 %s/part1", p.dir, p.dir);
    cr_expect_eq(merged.code, 0, "%s", merged.err);
    cr_expect_str_eq(merged.out, whole.out);
    kit_release(&merged);
    kit_release(&whole);
    unlink(fifo);
    place_remove(&p);
}

Test(cli_shards, what_does_not_belong_together_is_refused)
{
    struct place p = place_make();

    make_results(&p, 2);
    expect_code(
        0, ran("simulate %s --for 90s -q --seed 1 --shard 1/2 --result %s/seed", p.file, p.dir),
        NULL);
    expect_code(0, ran("simulate %s --for 91s -q --shard 1/2 --result %s/longer", p.file, p.dir),
                NULL);
    expect_code(0, ran("simulate %s --for 90s -q --shard 1/3 --result %s/third", p.file, p.dir),
                NULL);
    expect_code(
        0,
        ran("simulate %s --for 90s -q --set bo_gc=on --shard 1/2 --result %s/knob", p.file, p.dir),
        NULL);
    expect_code(
        0,
        ran("simulate docs/examples/crashloop.yaml --for 90s -q --shard 1/2 --result %s/other",
            p.dir),
        NULL);
    expect_code(65, ran("merge %s/part0 %s/seed", p.dir, p.dir), "seed is 0 there and 1 here");
    expect_code(65, ran("merge %s/part0 %s/longer", p.dir, p.dir), "for_ms is 90000 there");
    expect_code(65, ran("merge %s/part0 %s/third", p.dir, p.dir), "2 shares");
    expect_code(65, ran("merge %s/part0 %s/knob", p.dir, p.dir), "bo_gc=on");
    expect_code(65, ran("merge %s/part0 %s/other", p.dir, p.dir), "manifests");
    expect_code(65, ran("merge %s/part0 %s/part1 %s/part0", p.dir, p.dir, p.dir),
                "0 of 2 is there twice");
    expect_code(65, ran("merge %s/part1", p.dir), "shares 0 of 2 are missing");
    expect_code(0, ran("merge --partial %s/part1", p.dir), "shares 0 of 2 are missing");
    expect_code(65, ran("merge %s", p.file), "not JSON");
    expect_code(66, ran("merge %s/nothing", p.dir), "nothing");
    expect_code(64, ran("merge"), "no result given");
    expect_code(64, ran("merge -o wide %s/whole", p.dir), "wide");
    place_remove(&p);
}

Test(cli_shards, damaged_results_are_refused)
{
    static const char *const cut[] = {"\"probes\"",   "\"digest\"", "\"buckets\"",
                                      "\"of\"",       "\"seed\"",   "\"count\"",
                                      "\"statuses\"", "\"end_ms\"", "\"result\""};
    struct place p = place_make();
    char *good, path[PATH_ROOM];

    make_results(&p, 2);
    good = contents_of(p.dir, "part0");
    snprintf(path, sizeof(path), "%s/bad", p.dir);
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
        char *at = strstr(good, cut[i]);
        FILE *f = fopen(path, "w");

        cr_assert(at != NULL && f != NULL, "%s", cut[i]);
        at[1] = 'X';
        fputs(good, f);
        fclose(f);
        at[1] = cut[i][1];
        expect_code(65, ran("merge --partial %s", path), path);
    }
    free(good);
    place_remove(&p);
}

/* ---- --shard
 * -------------------------------------------------------------------------------------- */

Test(cli_shards, ranks_come_from_the_launcher)
{
    struct place p = place_make();
    char *expected, *got;

    make_results(&p, 3);
    expected = contents_of(p.dir, "part1");
    setenv("JOB_COMPLETION_INDEX", "1", 1);
    expect_code(64, ran("simulate %s --for 90s -q --shard auto", p.file), "use auto/N");
    expect_code(0, ran("simulate %s --for 90s -q --shard auto/3 --result %s/job", p.file, p.dir),
                NULL);
    expect_code(64, ran("simulate %s -q --shard auto/1", p.file), "the last one N-1");
    setenv("SLURM_PROCID", "1", 1);
    setenv("SLURM_NTASKS", "3", 1);
    expect_code(0, ran("simulate %s --for 90s -q --shard auto --result %s/slurm", p.file, p.dir),
                NULL);
    expect_code(64, ran("simulate %s -q --shard auto/4", p.file), "another number of processes");
    setenv("OMPI_COMM_WORLD_RANK", "2", 1);
    setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
    expect_code(0,
                ran("simulate %s --for 90s -q --shard auto --result %s/part{shard}", p.file, p.dir),
                NULL);
    unsetenv("OMPI_COMM_WORLD_RANK");
    unsetenv("OMPI_COMM_WORLD_SIZE");
    unsetenv("SLURM_PROCID");
    unsetenv("JOB_COMPLETION_INDEX");
    unsetenv("SLURM_NTASKS");
    got = contents_of(p.dir, "job");
    cr_expect_str_eq(about_pods(got), about_pods(expected));
    free(got);
    got = contents_of(p.dir, "slurm");
    cr_expect_str_eq(about_pods(got), expected);
    free(got);
    free(expected);
    expect_code(64, ran("simulate %s -q --shard auto", p.file), "is set");
    expect_code(64, ran("simulate %s -q --shard 3/3", p.file), "the last one N-1");
    expect_code(64, ran("simulate %s -q --shard 3", p.file), "is not I/N");
    expect_code(64, ran("simulate %s -q --shard 0/0", p.file), "is not I/N");
    place_remove(&p);
}

Test(cli_shards, a_result_may_be_all_that_is_printed)
{
    struct place p = place_make();
    char *whole;

    make_results(&p, 0);
    whole = about_pods(contents_of(p.dir, "whole"));
    for (unsigned workers = 0; workers < 3; workers += 2) {
        char with[32] = "";
        struct kit_ran r;

        if (workers > 0)
            snprintf(with, sizeof(with), "--workers %u", workers);
        r = ran("simulate %s --for 90s -q --workers 1 --result - %s", p.file, with);
        cr_expect_eq(r.code, 0, "%s", r.err);
        cr_expect_str_eq(about_pods(r.out), whole);
        kit_release(&r);
    }
    expect_code(64, ran("simulate %s --result - -o ndjson", p.file), "standard output");
    free(whole);
    place_remove(&p);
}

/* ---- --workers
 * ------------------------------------------------------------------------------------ */

Test(cli_shards, workers_give_the_result_of_one_engine)
{
    struct place p = place_make();
    char *whole, *got;

    make_results(&p, 0);
    whole = about_pods(contents_of(p.dir, "whole"));
    for (unsigned n = 1; n <= 5; n += n < 2 ? 1 : 3) {
        expect_code(0,
                    ran("simulate %s --for 90s -q --workers %u --result %s/got", p.file, n, p.dir),
                    NULL);
        got = about_pods(contents_of(p.dir, "got"));
        cr_expect_str_eq(got, whole, "%u workers", n);
        free(got);
    }
    free(whole);
    place_remove(&p);
}

Test(cli_shards, workers_give_the_results_of_the_golden_manifests)
{
    static const char *const name[] = {"backoff", "policies", "probes", "termination", "workloads"};
    struct place p = place_make();

    if (access("tests/golden", R_OK) != 0)
        cr_skip_test("tests/golden is not here: run from the root of the source tree");
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        char *whole, *got;

        expect_code(
            0,
            ran("simulate tests/golden/%s.yaml --for 5m -q --workers 1 --result %s/whole", name[i],
                p.dir),
            NULL);
        whole = about_pods(contents_of(p.dir, "whole"));
        for (unsigned n = 2; n <= 4; n += 2) {
            expect_code(
                0,
                ran("simulate tests/golden/%s.yaml --for 5m -q --workers %u --result %s/got",
                    name[i], n, p.dir),
                NULL);
            got = about_pods(contents_of(p.dir, "got"));
            cr_expect_str_eq(got, whole, "%s, %u workers", name[i], n);
            free(got);
        }
        free(whole);
    }
    place_remove(&p);
}

Test(cli_shards, a_process_may_split_its_share_among_workers)
{
    struct place p = place_make();
    char *whole, *got;

    make_results(&p, 2);
    whole = about_pods(contents_of(p.dir, "part1"));
    expect_code(
        0, ran("simulate %s --for 90s -q --shard 1/2 --workers 3 --result %s/got", p.file, p.dir),
        NULL);
    got = about_pods(contents_of(p.dir, "got"));
    cr_expect_str_eq(got, whole);
    free(got);
    free(whole);
    place_remove(&p);
}

Test(cli_shards, tables_list_the_pods_of_all_workers)
{
    static const char *const with[] = {"-o table", "-o wide", "-o table --replicas 60"};
    struct place p = place_make();

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
        struct kit_ran one = ran("simulate %s --for 33s -q --workers 1 %s", p.file, with[i]),
                       three = ran("simulate %s --for 33s -q %s --workers 3", p.file, with[i]);

        cr_expect_eq(three.code, 0, "%s", three.err);
        cr_expect_gt(strlen(one.out), 1000);
        cr_expect_str_eq(three.out, one.out, "%s", with[i]);
        kit_release(&one);
        kit_release(&three);
    }
    place_remove(&p);
}

Test(cli_shards, documents_list_the_pods_of_all_workers)
{
    struct place p = place_make();
    struct kit_ran one = ran("simulate %s --for 33s -q --workers 1 -o json", p.file),
                   three = ran("simulate %s --for 33s -q -o json --workers 3", p.file);
    char *a = strstr(one.out, "\n \"pods\":["), *b = strstr(three.out, "\n \"pods\":[");

    cr_assert(a != NULL && b != NULL, "%s", three.err);
    cr_expect_str_eq(b, a);
    kit_release(&one);
    kit_release(&three);
    place_remove(&p);
}

/* ---- event streams
 * -------------------------------------------------------------------------------- */

struct line {
    long at_ms;
    char *pod, *text;
    unsigned order;
};

static int by_pod(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int pods = strcmp(x->pod, y->pod);

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return pods != 0 ? pods : x->order < y->order ? -1 : 1;
}

/* The stream without its numbers, in order of (at_ms, uid, order); cuts the text up. */
static unsigned sorted(char *stream, struct line *out, unsigned max)
{
    unsigned n = 0;
    char *state = NULL;

    for (char *at = strtok_r(stream, "\n", &state); at != NULL; at = strtok_r(NULL, "\n", &state)) {
        char *kind = strstr(at, ",\"kind\""), *uid = strstr(at, "\"uid\":");

        cr_assert(n < max && kind != NULL && uid != NULL, "%s", at);
        out[n] = (struct line){strtol(at + strlen("{\"at_ms\":"), NULL, 10), uid, kind, n};
        n++;
    }
    qsort(out, n, sizeof(*out), by_pod);
    return n;
}

/* Three groups that have nothing to do with each other, each with all that couples. */
#define GROUP(n, more)                                                                             \
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " n "}\nspec:\n  replicas: 3\n"  \
    "  selector: {matchLabels: {app: " n "}}\n  template:\n    metadata: {labels: {app: " n "}}\n" \
    "    spec: {containers: [{name: c, image: '" n ":1', readinessProbe: {httpGet: {port: 80}, "   \
    "initialDelaySeconds: 3, periodSeconds: 2}}]}\n"                                               \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: " n "}\n"                                \
    "spec: {selector: {app: " n "}, ports: [{port: 80}]}\n"                                        \
    "---\napiVersion: podring.dev/v1\nkind: Client\nmetadata: {name: c" n "}\n"                    \
    "spec: {url: 'http://" n "', rate: 20, from: 2s, to: 80s, arrivals: poisson, report: 10s}\n"   \
    "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h" n "}\n"   \
    "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " n "}, maxReplicas: 6, "\
    "metrics: [{type: Pods, pods: {metric: {name: q" n "}, target: {type: AverageValue, "          \
    "averageValue: 1}}}]}\n"                                                                       \
    "---\napiVersion: podring.dev/v1\nkind: Metrics\nmetadata: {name: m" n "}\nspec: {selector: "  \
    "{matchLabels: {app: " n "}}, metric: q" n ", kind: pods, values: [{from: 0s, value: "         \
    "1500m}]}\n"                                                                                   \
    "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: k" n "}\nspec: {schedule: "        \
    "'* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: "       \
    "[{name: c, image: 'k" n ":1', command: [sleep, '7']}]}}}}}\n"                                 \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s" n "}\nspec:\n  steps:\n" \
    "  - {at: 20s, setImage: deployment/" n ", image: '" n ":2'}\n"                                \
    "  - {at: 50s, undo: deployment/" n "}\n" more
#define QUOTA "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\n"                    \
              "spec: {hard: {pods: 20}}\n"
#define NODES "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"                            \
              "---\napiVersion: v1\nkind: Node\nmetadata: {name: n2}\n"

/* What is coupled stays in one share, and all of them say together what one engine says without any
 * shares, to the letter; what is printed on the way does not depend on their number. */
Test(cli_shards, what_is_coupled_stays_together)
{
    static const struct {
        const char *yaml, *note;
    } rows[] = {
        {GROUP("aa", "") GROUP("bb", "") GROUP("cc", ""),
         "note: what is coupled stays in one share: the workloads are in "},
        {GROUP("aa", "") GROUP("bb", "  - {at: 60s, scale: deployment/aa, replicas: 1}\n"),
         "note: what is coupled stays in one share: the workloads are in "},
        {GROUP("aa", "") GROUP("bb", "") QUOTA, "are in 1 of 3, at most 4 of 4 in one"},
        {GROUP("aa", "") GROUP("bb", "") NODES, "are in 1 of 3, at most 4 of 4 in one"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct kit_ran plain = kit_spawn(rows[i].yaml, "simulate - --for 100s"), parts,
                       first = kit_spawn(rows[i].yaml, "simulate - --for 100s -q --workers 1 -o "
                                                       "ndjson"), stream;

        cr_expect_eq(plain.code, 0, "%s", plain.err);
        parts = kit_spawn(rows[i].yaml, "simulate - --for 100s --workers 3");
        cr_expect_str_eq(parts.out, plain.out);
        cr_expect_not_null(strstr(parts.err, rows[i].note), "%s", parts.err);
        kit_release(&parts);
        parts = kit_spawn(rows[i].yaml, "simulate - --for 100s --workers 1");
        cr_expect_str_eq(parts.out, plain.out);
        stream = kit_spawn(rows[i].yaml, "simulate - --for 100s -q --workers 3 -o ndjson");
        cr_expect_str_eq(stream.out, first.out);
        kit_release(&stream);
        kit_release(&first);
        kit_release(&parts);
        kit_release(&plain);
    }
}

Test(cli_shards, streams_do_not_depend_on_the_number_of_workers)
{
    enum { LINES = 20000 };
    struct place p = place_make();
    struct kit_ran whole = ran("simulate %s --for 60s -q --workers 1 -o ndjson", p.file);
    struct kit_ran first = {0};
    static struct line a[LINES], b[LINES];
    unsigned n, k;
    char seq[32];

    for (unsigned workers = 1; workers <= 4; workers++) {
        struct kit_ran r = ran("simulate %s --for 60s -q -o ndjson --workers %u --events %s/events",
                               p.file, workers, p.dir);
        char *file = contents_of(p.dir, "events");

        cr_expect_eq(r.code, 0, "%s", r.err);
        cr_expect_str_eq(file, r.out, "--events is the same stream");
        free(file);
        if (workers > 1) {
            cr_expect_str_eq(r.out, first.out, "%u workers", workers);
            kit_release(&r);
        } else {
            first = r;
        }
    }
    n = 0;
    for (char *at = first.out; *at != '\0'; at = strchr(at, '\n') + 1) {
        snprintf(seq, sizeof(seq), ",\"seq\":%u,", ++n);
        cr_assert(strncmp(strchr(at, ','), seq, strlen(seq)) == 0, "%s is not in %.60s", seq, at);
    }
    cr_expect_gt(n, 500);
    n = sorted(whole.out, a, LINES);
    k = sorted(first.out, b, LINES);
    cr_assert_eq(n, k);
    for (unsigned i = 0; i < n; i++)
        cr_assert_str_eq(a[i].text, b[i].text);
    kit_release(&whole);
    kit_release(&first);
    place_remove(&p);
}

Test(cli_shards, a_reader_that_leaves_ends_all_workers)
{
    struct place p = place_make();
    char command[6000], *out;

    snprintf(command, sizeof(command),
             "'%s' simulate %s --replicas 300 --for 24h -q -o ndjson --workers 3 2>&1 | head -n 1 "
             ">%s/out",
             kit_binary(), p.file, p.dir);
    cr_assert_eq(system(command), 0);
    out = contents_of(p.dir, "out");
    cr_expect_eq(strncmp(out, "{\"at_ms\":0,\"seq\":1,", 19), 0, "%s", out);
    free(out);
    place_remove(&p);
}

Test(cli_shards, a_signal_ends_all_workers)
{
    struct place p = place_make();
    char command[6000], *result;

    /* Otherwise timeout(1) signals its process group as well, and a second signal ends podring at
     * once. */
    snprintf(
        command, sizeof(command),
        "timeout --foreground -k 30 -s INT 3 '%s' run %s --net memory -q --workers 3 --for 60s "
        "--result %s/got "
        ">%s/out",
        kit_binary(), p.file, p.dir, p.dir);
    cr_expect_eq(system(command), 124 << 8,
                 "timeout's own code: it was stopped and ended by itself");
    result = contents_of(p.dir, "got");
    cr_expect(strstr(result, "\"cost\"") != NULL, "%s", result);
    free(result);
    place_remove(&p);
}

Test(cli_shards, what_is_wrong_is_said_once)
{
    static const char bad[] =
        "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
        "  steps: [{at: 1s, delete: pod/nobody}]\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, colour: red}\n"
        "spec: {containers: [{name: c, image: i}]}\n";
    struct kit_ran r = kit_spawn(bad, "simulate - --for 5s --workers 4");
    char *said = strstr(r.err, "not found");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_assert_not_null(said, "%s", r.err);
    cr_expect(strstr(said + 1, "not found") == NULL, "%s", r.err);
    said = strstr(r.err, "unknown field");
    cr_assert_not_null(said, "%s", r.err);
    cr_expect(strstr(said + 1, "unknown field") == NULL, "%s", r.err);
    kit_release(&r);
    r = kit_spawn("kind: Pod\n", "simulate - --workers 3");
    cr_expect_eq(r.code, 65);
    said = strstr(r.err, "error");
    cr_assert_not_null(said, "%s", r.err);
    cr_expect(strstr(said + 1, "error") == NULL, "%s", r.err);
    kit_release(&r);
}

/* Words that as many pods have stand in the order of their letters, however many engines counted
 * them. */
Test(cli_shards, the_summary_is_that_of_one_engine)
{
    static const char line[] = "simulate docs/examples/slow-start.yaml --for 10m --seed 5 -q";
    char workers[128];
    struct kit_ran one = kit_spawn(NULL, line), several;

    snprintf(workers, sizeof(workers), "%s --workers 3", line);
    several = kit_spawn(NULL, workers);
    cr_expect_eq(one.code, 0, "%s", one.err);
    cr_expect_not_null(strstr(one.out, "1 CrashLoopBackOff, 1 Running"), "%s", one.out);
    cr_expect_str_eq(one.out, several.out);
    kit_release(&one);
    kit_release(&several);
}

Test(cli_shards, worker_options_are_checked)
{
    struct place p = place_make();

    expect_code(0, ran("simulate %s --for 1s -q --workers auto", p.file), NULL);
    expect_code(0, ran("simulate %s --for 1s -q --workers 0", p.file), NULL);
    expect_code(64, ran("simulate %s --for 1s --workers 1025", p.file), "up to 1024");
    expect_code(64, ran("simulate %s --for 1s --workers two", p.file), "'two' is not");
    expect_code(64, ran("simulate %s --for 1s --workers 1024 --shard 0/65536", p.file),
                "65536 shares");
    expect_code(64, ran("run %s --for 1s --workers 2 --wildcard", p.file), "one engine");
    expect_code(64, ran("bench --workers 2 --target http://127.0.0.1:1"), "--target");
    expect_code(66, ran("simulate %s/none --for 1s --workers 2", p.dir), "none");
    place_remove(&p);
}

static long number_after(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    cr_assert_not_null(at, "%s", key);
    return strtol(at + strlen(key), NULL, 10);
}

Test(cli_shards, a_bench_is_shared)
{
    struct kit_ran one = ran("bench --clock virtual --pods 300 --for 20s -q -o json"),
                   three = ran("bench --clock virtual --pods 300 --for 20s -q -o json --workers 3");

    cr_expect_eq(three.code, 0, "%s", three.err);
    cr_expect_eq(number_after(one.out, "\"success\":"), 6000);
    cr_expect_eq(number_after(three.out, "\"success\":"), 6000);
    cr_expect_eq(number_after(three.out, "\"pods_created\":"), 300);
    kit_release(&one);
    kit_release(&three);
}
