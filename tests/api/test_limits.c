/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line where something is short or in the way: descriptors, memory, disks, streams,
 * signals. It must say what is missing and end with the right code, or do with less; never crash,
 * never hang.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pods[] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
                           "  replicas: 20\n  selector: {matchLabels: {app: web}}\n  template:\n"
                           "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
                           "      - name: c\n        image: i:1\n"
                           "        ports: [{containerPort: PORT}]\n"
                           "        readinessProbe: {httpGet: {port: PORT}, periodSeconds: 1}\n";

static char dir[] = "/tmp/podring-limits-XXXXXX";

/* Pods have the same addresses in every run: a port of its own keeps this one apart from others at
 * the same time. */
static void set_up(void)
{
    const char *text = pods, *port;
    char path[64];
    FILE *f;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/pods.yaml", dir);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    for (; (port = strstr(text, "PORT")) != NULL; text = port + 4)
        fprintf(f, "%.*s%d", (int)(port - text), text, 20000 + (int)(getpid() % 10000));
    fputs(text, f);
    fclose(f);
}

static void tear_down(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

struct ran {
    int code;         /* 128 + n if a signal ended it */
    char said[65536]; /* on both streams */
};

static struct ran ran;

/* A line for the shell, in which $P is the binary and $F the manifest. */
static int run(const char *line)
{
    const char *given = getenv("PODRING_BIN");
    char path[4096], command[8192];
    size_t n;
    int status;
    FILE *p;

    if (given != NULL) {
        snprintf(path, sizeof(path), "%s", given);
    } else {
        ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 16);

        cr_assert_gt(length, 0);
        path[length] = '\0';
        strcpy(strrchr(path, '/'), "/podring");
    }
    snprintf(command, sizeof(command), "exec 2>&1; P='%s'; F=%s/pods.yaml; D=%s; %s", path, dir,
             dir, line);
    p = popen(command, "r");
    cr_assert_not_null(p);
    n = fread(ran.said, 1, sizeof(ran.said) - 1, p);
    ran.said[n] = '\0';
    status = pclose(p);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran.code;
}

static bool said(const char *part)
{
    return strstr(ran.said, part) != NULL;
}

static bool has_io_uring(void)
{
    return run("timeout 20 $P run $F --for 0s -q") != 69;
}

/* AddressSanitizer reserves terabytes, and UBSan's library does not load in a few megabytes: a
 * limit on memory says nothing then. */
#if defined(__SANITIZE_ADDRESS__) || defined(RX_SANITIZED)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

TestSuite(limits, .init = set_up, .fini = tear_down);

/* ---- descriptors -------------------------------------------------------------------------------
 */

Test(limits, few_descriptors)
{
    if (!has_io_uring())
        cr_skip_test("no io_uring");
    cr_expect_eq(run("ulimit -n 64; timeout 20 $P run $F --for 300ms"), 0, "%s", ran.said);
    cr_expect(said("20 Running"), "%s", ran.said);
    cr_expect_eq(run("ulimit -n 32; timeout 20 $P run $F --for 300ms"), 0, "%s", ran.said);
    cr_expect(said("replicas instead"), "%s", ran.said);
    cr_expect_eq(run("ulimit -n 32; timeout 20 $P run $F --wildcard --for 300ms"), 0, "%s",
                 ran.said);
    cr_expect(said("20 Running"), "%s", ran.said);
    /* Its port is always the same, and somebody else on this machine may have it. */
    if (run("ulimit -n 64; timeout 20 $P bench --pods 300 --for 300ms") != 71 ||
        !said("is taken by another program"))
        cr_expect_eq(ran.code, 0, "%s", ran.said);
    cr_expect(said("--wildcard"), "%s", ran.said);
}

Test(limits, hardly_any_descriptors)
{
    for (int n = 4; n < 12; n++) {
        char line[128];
        int code;

        snprintf(line, sizeof(line), "ulimit -n %d; timeout 20 $P run $F --for 100ms", n);
        code = run(line);
        cr_expect(code == 0 || code == 66 || code == 69 || code == 71, "%d descriptors: %d %s", n,
                  code, ran.said);
        cr_expect(code == 0 || ran.said[0] != '\0', "%d descriptors: it must say why", n);
        snprintf(line, sizeof(line), "ulimit -n %d; timeout 20 $P simulate $F --for 10s", n);
        code = run(line);
        cr_expect(code == 0 || code == 66 || code == 71, "%d descriptors: %d %s", n, code,
                  ran.said);
    }
}

/* ---- memory
 * --------------------------------------------------------------------------------------- */

Test(limits, little_memory)
{
    if (SANITIZED)
        cr_skip_test("sanitizers need all of the address space");
    for (int megabytes = 4; megabytes <= 64; megabytes += 4) {
        char line[160];
        int code;

        snprintf(line, sizeof(line),
                 "ulimit -v %d; timeout 20 $P simulate $F --for 10s --replicas 20000",
                 megabytes << 10);
        code = run(line);
        /* 127: too little for the loader of shared libraries. */
        cr_expect(code == 0 || code == 71 || code == 127, "%d MiB: %d %s", megabytes, code,
                  ran.said);
        cr_expect(code != 71 || said("out of memory") || said("cannot allocate"), "%d MiB: %s",
                  megabytes, ran.said);
    }
}

/* ---- outputs
 * ---------------------------------------------------------------------------------------- */

Test(limits, full_disks)
{
    static const char *const lines[] = {
        "$P simulate $F --for 10s >/dev/full",
        "$P simulate $F --for 10s -o ndjson >/dev/full",
        "$P simulate $F --for 10s -o json >/dev/full",
        "$P simulate $F --for 10s -o trace >/dev/full",
        "$P simulate $F --for 10s -o html >/dev/full",
        "$P run $F --net memory --for 100ms -o html >/dev/full",
        "$P simulate $F --for 10s --events /dev/full",
        "$P run $F --net memory --for 100ms --events /dev/full",
        "$P --version >/dev/full",
        "$P --help >/dev/full",
        "$P states >/dev/full",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        cr_expect_eq(run(lines[i]), 74, "%s: %d %s", lines[i], ran.code, ran.said);
        cr_expect(said("No space left on device"), "%s: %s", lines[i], ran.said);
    }
}

/* A run that ended because its events could not be written has no result: its table, its counters
 * and its metrics would be those of another run. */
Test(limits, no_result_of_a_run_cut_short)
{
    static const char *const lines[] = {
        "$P simulate $F --replicas 3000 --for 10s -q --events /dev/full --metrics $D/metrics; "
        "e=$?; ls $D; exit $e",
        "$P simulate $F --replicas 3000 --for 10s -q --events /dev/full --result -",
        "$P simulate $F --replicas 3000 --for 10s -q --events /dev/full --result - --workers 2",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        cr_expect_eq(run(lines[i]), 74, "%s: %d %s", lines[i], ran.code, ran.said);
        cr_expect(said("writing /dev/full failed: No space left on device\n"), "%s", ran.said);
        cr_expect(!said("STATUS") && !said("\"version\"") && !said("metrics"), "%s: %s", lines[i],
                  ran.said);
    }
}

Test(limits, streams_that_are_closed)
{
    cr_expect_eq(run("$P simulate $F --for 10s -q >&-"), 74, "%s", ran.said);
    cr_expect_eq(run("$P simulate $F --for 10s -q 2>&-"), 0, "%s", ran.said);
    cr_expect_eq(run("$P simulate - --for 10s -q <&-"), 66, "%s", ran.said);
    /* The file must not get the number of the missing stream, and with it the table. */
    cr_expect_eq(run("$P simulate $F --for 10s -q --events $D/events >&-; grep -cv '^{' $D/events"),
                 1);
    cr_expect(said("\n0\n") || strncmp(ran.said, "0\n", 2) == 0, "%s", ran.said);
}

Test(limits, a_reader_that_has_seen_enough)
{
    cr_expect_eq(
        run("timeout 20 $P simulate $F --replicas 3000 --for 10s -o ndjson -q | head -n 1 | wc -l"),
        0);
    cr_expect_str_eq(ran.said, "1\n", "%s", ran.said);
}

/* ---- signals
 * ---------------------------------------------------------------------------------------- */

Test(limits, signals_end_a_run_cleanly)
{
    static const char *const names[] = {"INT", "TERM", "HUP"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char line[256];

        snprintf(line, sizeof(line),
                 "timeout --foreground -k 9 -s %s 1 $P run $F --net memory --for 60s -o ndjson "
                 ">$D/out; "
                 "tail -c 2 $D/out | od -An -c",
                 names[i]);
        cr_expect_eq(run(line), 0, "SIG%s: %s", names[i], ran.said);
        cr_expect(said("}  \\n"), "SIG%s: the last line is not whole: %s", names[i], ran.said);
    }
    cr_expect_eq(
                 run("timeout --foreground -k 9 --preserve-status -s TERM 1 $P simulate $F --for "
                     "1000000h -q"),
                 0, "%d: %s", ran.code, ran.said);
    cr_expect(said("Running"), "the table is printed all the same: %s", ran.said);
}

/* A process that was stopped for a while counts the ticks it has missed, and does not make up for
 * them. */
Test(limits, a_pause)
{
    unsigned long sent = 0, missed = 0;
    const char *at;

    cr_expect_eq(run("$P run $F --net memory --timing reference --for 2500ms & p=$!; sleep 0.3; "
                     "kill -STOP $p; sleep 2; kill -CONT $p; wait $p"),
                 0, "%s", ran.said);
    at = strstr(ran.said, "probes ");
    cr_assert_not_null(at, "%s", ran.said);
    cr_assert_eq(sscanf(at, "probes %lu sent", &sent), 1, "%s", ran.said);
    at = strstr(ran.said, " missed\n");
    cr_assert_not_null(at, "%s", ran.said);
    while (at[-1] >= '0' && at[-1] <= '9')
        at--;
    cr_assert_eq(sscanf(at, "%lu missed", &missed), 1, "%s", ran.said);
    cr_expect_geq(missed, 20, "%s", ran.said);
    cr_expect_leq(sent, 60, "20 pods were asked at 0 s, after the pause and, maybe, once more: %s",
                  ran.said);
}

/* ---- extremes
 * ------------------------------------------------------------------------------------------ */

Test(limits, numbers)
{
    static const struct {
        const char *flags;
        int code;
    } rows[] = {
        {"--for -1s", 64},
        {"--for 99999999999999999999h", 64},
        {"--for 0", 0},
        {"--for 1ns", 0},
        {"--seed 18446744073709551615", 0},
        {"--seed 18446744073709551616", 64},
        {"--replicas 0", 64},
        {"--replicas 4294967296", 64},
        {"--set max_restart_period=301s", 64},
        {"--epoch 9999-12-31T23:59:59Z", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char line[128];

        snprintf(line, sizeof(line), "timeout 20 $P simulate $F --for 1s -q %s", rows[i].flags);
        cr_expect_eq(run(line), rows[i].code, "%s: %d %s", rows[i].flags, ran.code, ran.said);
    }
}

/* A load that takes long, here one of a pipe that is never closed: podring has opened it when the
 * shell has. */
Test(limits, a_signal_while_loading)
{
    static const char line[] =
        "mkfifo $D/f; timeout 30 $P %s $D/f --events $D/events & "
        "exec 9>$D/f; kill -%s $!; wait $!; echo code=$?; exec 9>&-; ls $D; rm $D/f";
    static const struct {
        const char *command, *signal;
        int code;
    } rows[] = {
        {"simulate", "TERM", 143},
        {"simulate", "INT", 130},
        {"simulate --workers 2", "TERM", 143},
        {"run --net memory", "HUP", 129},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char full[512], code[16];

        snprintf(full, sizeof(full), line, rows[i].command, rows[i].signal);
        snprintf(code, sizeof(code), "code=%d\n", rows[i].code);
        run(full);
        cr_expect(said(code), "%s, %s: %s", rows[i].command, rows[i].signal, ran.said);
        cr_expect(!said("events"), "%s: %s", rows[i].command, ran.said);
    }
}

Test(limits, inputs_that_are_none)
{
    cr_expect_eq(run("$P simulate /nonexistent"), 66);
    cr_expect_eq(run("$P simulate /"), 66);
    cr_expect(said("a folder with no file that ends in"), "%s", ran.said);
    cr_expect_eq(run("$P simulate /dev/null"), 65);
    cr_expect_eq(run(": | $P check -"), 65);
    cr_expect_eq(run("printf '\\377\\376\\0' | $P check -"), 65);
    cr_expect_eq(run("head -c 100000 /dev/urandom | $P check -"), 65);
    cr_expect_eq(run("head -c 100000 /dev/zero | $P check -"), 65);
    cr_expect_eq(run("yes '[' | head -c 100000 | tr -d '\\n' | $P check -"), 65, "%d", ran.code);
    cr_expect_eq(run("yes -- '- ' | head -c 100000 | tr -d '\\n' | $P check -"), 65, "%d",
                 ran.code);
}
