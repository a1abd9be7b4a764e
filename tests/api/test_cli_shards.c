/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli_shards.c - shares of a run from outside: --shard, --workers, --result and podring merge.
 */
#include <errno.h>
#include <stdarg.h>

#include "tests/api/test_cli_kit.h"

enum { SHARDS = 6, PATH_ROOM = 256 };

/* Probes that fail, restarts, shutdowns, an ordinal, a scaled workload; two namespaces. */
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
    "  instances: [{exit: {after: {exp: 40s}, code: 3}, serve: [{from: 5s, to: 40s, status: 503, rate: 0.3}]}]\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: gone}\nspec: {containers: [{name: c, image: 'db:1'}]}\n"
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: drill}\nspec:\n  steps:\n"
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
    expect_code(0, ran("simulate %s --for 90s -q --result %s/whole", p->file, p->dir), NULL);
    for (unsigned i = 0; i < shards; i++)
        expect_code(0, ran("simulate %s --for 90s -q --shard %u/%u --result %s/part{shard}", p->file,
                           i, shards, p->dir), NULL);
}

/* ---- merge ---------------------------------------------------------------------------------------- */

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
    whole = ran("simulate %s --for 90s -q", p.file);
    summary = strstr(whole.out, "\nsimulate ");
    cr_assert_not_null(summary);
    cr_expect_str_eq(merged.out, summary + 1);
    kit_release(&merged);
    kit_release(&whole);
    place_remove(&p);
}

Test(cli_shards, what_does_not_belong_together_is_refused)
{
    struct place p = place_make();

    make_results(&p, 2);
    expect_code(0, ran("simulate %s --for 90s -q --seed 1 --shard 1/2 --result %s/seed", p.file, p.dir),
                NULL);
    expect_code(0, ran("simulate %s --for 91s -q --shard 1/2 --result %s/longer", p.file, p.dir), NULL);
    expect_code(0, ran("simulate %s --for 90s -q --shard 1/3 --result %s/third", p.file, p.dir), NULL);
    expect_code(0, ran("simulate %s --for 90s -q --set bo_gc=on --shard 1/2 --result %s/knob", p.file,
                       p.dir), NULL);
    expect_code(0, ran("simulate docs/examples/crashloop.yaml --for 90s -q --shard 1/2 --result %s/other",
                       p.dir), NULL);
    expect_code(65, ran("merge %s/part0 %s/seed", p.dir, p.dir), "seed is 0 there and 1 here");
    expect_code(65, ran("merge %s/part0 %s/longer", p.dir, p.dir), "for_ms is 90000 there");
    expect_code(65, ran("merge %s/part0 %s/third", p.dir, p.dir), "2 shares");
    expect_code(65, ran("merge %s/part0 %s/knob", p.dir, p.dir), "bo_gc=on");
    expect_code(65, ran("merge %s/part0 %s/other", p.dir, p.dir), "manifests");
    expect_code(65, ran("merge %s/part0 %s/part1 %s/part0", p.dir, p.dir, p.dir), "0 of 2 is there twice");
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
    static const char *const cut[] = {"\"probes\"", "\"digest\"", "\"buckets\"", "\"of\"", "\"seed\"",
                                      "\"count\"", "\"statuses\"", "\"end_ms\"", "\"result\""};
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

/* ---- --shard -------------------------------------------------------------------------------------- */

Test(cli_shards, ranks_come_from_the_launcher)
{
    struct place p = place_make();
    char *expected, *got;

    make_results(&p, 3);
    expected = contents_of(p.dir, "part1");
    setenv("JOB_COMPLETION_INDEX", "1", 1);
    expect_code(64, ran("simulate %s --for 90s -q --shard auto", p.file), "use auto/N");
    expect_code(0, ran("simulate %s --for 90s -q --shard auto/3 --result %s/job", p.file, p.dir), NULL);
    expect_code(64, ran("simulate %s -q --shard auto/1", p.file), "the last one N-1");
    setenv("SLURM_PROCID", "1", 1);
    setenv("SLURM_NTASKS", "3", 1);
    expect_code(0, ran("simulate %s --for 90s -q --shard auto --result %s/slurm", p.file, p.dir), NULL);
    expect_code(64, ran("simulate %s -q --shard auto/4", p.file), "another number of processes");
    setenv("OMPI_COMM_WORLD_RANK", "2", 1);
    setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
    expect_code(0, ran("simulate %s --for 90s -q --shard auto --result %s/part{shard}", p.file, p.dir),
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
