/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cli.c - the command line from outside: exit codes, refusals, streams.
 *
 * Runs the binary beside the test program (or PODRING_BIN), with standard output and error in
 * memory files. Everything is in virtual time, so no test depends on io_uring or on the machine's
 * speed.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGS_MAX = 16 };

struct ran {
    int code; /* exit code; 128 + n if a signal ended it */
    char *out, *err;
    size_t out_length;
};

/* ---- running -------------------------------------------------------------------------------- */

static const char *binary(void)
{
    static char path[4096];
    const char *given = getenv("PODRING_BIN");
    ssize_t n;

    if (given != NULL)
        return given;
    n = readlink("/proc/self/exe", path, sizeof(path) - 16);
    cr_assert_gt(n, 0);
    path[n] = '\0';
    strcpy(strrchr(path, '/'), "/podring");
    return path;
}

static char *contents(int fd, size_t *length)
{
    off_t n = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)n + 1);

    cr_assert_not_null(text);
    cr_assert_eq(pread(fd, text, (size_t)n, 0), n);
    *length = (size_t)n;
    close(fd);
    return text;
}

static int memory_file(const char *text)
{
    int fd = memfd_create("podring-test", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    if (text != NULL) {
        cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    }
    return fd;
}

/* `line` is split at blanks; out_fd -1 keeps standard output for the result. */
static struct ran run_to(int out_fd, const char *input, const char *line)
{
    char copy[1024], *argv[ARGS_MAX + 2] = {"podring"}, *state = NULL;
    int argc = 1, status, in = memory_file(input != NULL ? input : "");
    int out = out_fd >= 0 ? out_fd : memory_file(NULL), err = memory_file(NULL);
    struct ran r = {0};
    size_t ignored;
    posix_spawn_file_actions_t actions;
    pid_t pid;

    snprintf(copy, sizeof(copy), "%s", line);
    for (char *w = strtok_r(copy, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        cr_assert_leq(argc, ARGS_MAX);
        argv[argc++] = w;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    cr_assert_eq(posix_spawn(&pid, binary(), &actions, NULL, argv, environ), 0, "cannot run %s",
                 binary());
    posix_spawn_file_actions_destroy(&actions);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    r.err = contents(err, &ignored);
    if (out_fd < 0)
        r.out = contents(out, &r.out_length);
    close(in);
    return r;
}

static struct ran run(const char *input, const char *line)
{
    return run_to(-1, input, line);
}

static void release(struct ran *r)
{
    free(r->out);
    free(r->err);
}

/* ---- manifests ------------------------------------------------------------------------------ */

static const char web[] = "apiVersion: apps/v1\n"
                          "kind: Deployment\n"
                          "metadata: {name: web}\n"
                          "spec:\n"
                          "  replicas: 3\n"
                          "  selector: {matchLabels: {app: web}}\n"
                          "  template:\n"
                          "    metadata: {labels: {app: web}}\n"
                          "    spec:\n"
                          "      containers:\n"
                          "      - name: main\n"
                          "        image: example/web:1\n"
                          "        ports: [{containerPort: 8080}]\n"
                          "        livenessProbe:\n"
                          "          httpGet: {path: /, port: 8080}\n"
                          "          periodSeconds: 5\n"
                          "---\n"
                          "apiVersion: podring.dev/v1\n"
                          "kind: Behavior\n"
                          "metadata: {name: fails}\n"
                          "spec:\n"
                          "  selector: {matchLabels: {app: web}}\n"
                          "  pods: [1]\n"
                          "  instances:\n"
                          "  - exit: {after: 3s, code: 2}\n";

static const char refused[] = "apiVersion: v1\n"
                              "kind: Pod\n"
                              "metadata: {name: p}\n"
                              "spec:\n"
                              "  containers:\n"
                              "  - name: c\n"
                              "    image: i\n"
                              "    livenessProbe: {tcpSocket: {port: 1}, successThreshold: 2}\n";

static const char unknown_field[] = "apiVersion: v1\n"
                                    "kind: Pod\n"
                                    "metadata: {name: p}\n"
                                    "spec:\n"
                                    "  flavour: sweet\n"
                                    "  containers: [{name: c, image: i}]\n";

/* ---- usage ---------------------------------------------------------------------------------- */

Test(cli, refuses_wrong_command_lines_in_one_line)
{
    static const struct {
        const char *line, *names;
    } row[] = {
        {"", "no command"},
        {"frobnicate", "frobnicate"},
        {"--frobnicate", "--frobnicate"},
        {"help frobnicate", "frobnicate"},
        {"run", "no manifest"},
        {"simulate", "no manifest"},
        {"check", "no manifest"},
        {"simulate --frobnicate -", "--frobnicate"},
        {"simulate -z -", "-z"},
        {"simulate - --for", "--for"},
        {"simulate - --for x", "--for"},
        {"simulate - --for -5s", "--for"},
        {"simulate - --for 5", "--for"},
        {"simulate - --seed -1", "--seed"},
        {"simulate - --seed 18446744073709551616", "--seed"},
        {"simulate - --seed 1x", "--seed"},
        {"simulate - --replicas 0", "--replicas"},
        {"simulate - --replicas 4294967296", "--replicas"},
        {"simulate - -o xml", "xml"},
        {"simulate - --color sometimes", "sometimes"},
        {"simulate - --timing fast", "fast"},
        {"simulate - --net kernel", "--net kernel"},
        {"simulate - --epoch 2024-02-30T00:00:00Z", "--epoch"},
        {"simulate - --epoch 2024-02-29", "--epoch"},
        {"simulate - --set nonsense", "--set"},
        {"simulate - --set no_such_knob=1", "no_such_knob"},
        {"simulate - --set bo_gc=perhaps", "bo_gc"},
        {"simulate - --wildcard", "--wildcard"},
        {"simulate - --quiet=1", "--quiet"},
        {"simulate - --e x", "--e"},
        {"simulate - -", "once"},
        {"simulate - -o ndjson --events -", "--events"},
        {"simulate - --net-faults refuse=2000000 --net memory", "--net-faults"},
        {"simulate - --net-delay 5ms..1ms --net memory", "--net-delay"},
        {"bench extra", "extra"},
        {"bench --pods 0", "--pods"},
        {"bench --period 1500ms", "--period"},
        {"bench --fail-if nonsense", "--fail-if"},
        {"bench --fail-if nonsense>1", "nonsense"},
        {"bench --fail-if lateness_p99>5", "duration"},
        {"bench --probe icmp", "icmp"},
        {"states no_such_table", "no_such_table"},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct ran r = run(web, row[i].line);

        cr_expect_eq(r.code, 64, "'%s': exit code %d", row[i].line, r.code);
        cr_expect_str_empty(r.out, "'%s' wrote to standard output", row[i].line);
        cr_expect_not_null(strstr(r.err, row[i].names), "'%s': %s", row[i].line, r.err);
        cr_expect_not_null(strstr(r.err, "--help"), "'%s': no hint in %s", row[i].line, r.err);
        cr_expect_eq(strchr(r.err, '\n'), r.err + strlen(r.err) - 1, "'%s': more than a line: %s",
                     row[i].line, r.err);
        release(&r);
    }
}

Test(cli, helps)
{
    static const char *const line[] = {
        "--help",      "help",         "-h",           "help run",      "run --help",
        "simulate -h", "check --help", "bench --help", "states --help", "run x.yaml --help",
        "--version"};

    for (size_t i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
        struct ran r = run(NULL, line[i]);

        cr_expect_eq(r.code, 0, "'%s': exit code %d", line[i], r.code);
        cr_expect_not_null(strstr(r.out, "podring"), "'%s'", line[i]);
        cr_expect_str_empty(r.err, "'%s': %s", line[i], r.err);
        release(&r);
    }
}

/* ---- inputs --------------------------------------------------------------------------------- */

Test(cli, says_which_file_is_missing)
{
    struct ran r = run(NULL, "simulate /no/such/file.yaml");

    cr_expect_eq(r.code, 66);
    cr_expect_not_null(strstr(r.err, "/no/such/file.yaml"), "%s", r.err);
    release(&r);
    r = run(NULL, "check /no/such/file.yaml");
    cr_expect_eq(r.code, 66);
    release(&r);
}

Test(cli, says_where_a_manifest_is_wrong)
{
    static const char *const line[] = {"simulate -", "run -", "check -"};

    for (size_t i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
        struct ran r = run(refused, line[i]);
        unsigned at_line = 0, at_column = 0;

        cr_expect_eq(r.code, 65, "'%s': %d", line[i], r.code);
        cr_expect_str_empty(r.out);
        cr_expect_eq(sscanf(r.err, "<stdin>:%u:%u: error:", &at_line, &at_column), 2, "%s", r.err);
        cr_expect_eq(at_line, 8, "%s", r.err);
        cr_expect_not_null(strstr(r.err, "successThreshold"), "%s", r.err);
        release(&r);
    }
}

Test(cli, refuses_text_that_is_no_manifest)
{
    struct ran r = run("{", "check -");

    cr_expect_eq(r.code, 65);
    cr_expect_not_null(strstr(r.err, "<stdin>:"), "%s", r.err);
    release(&r);
}

/* Who says "error" exits with 65, and nobody else does. */
Test(cli, check_exits_as_it_speaks)
{
#define SCRIPT(image, text)                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"                       \
    "  - {name: c, image: " image ", command: [bash, -c, '" text "']}\n"
    static const struct {
        const char *text;
        int code, strict; /* exit codes: as it is, and of --strict */
        const char *word; /* of the severity, as it is */
    } all[] = {
        {SCRIPT("x", "true"), 0, 0, NULL},
        {SCRIPT("x", "nobody_knows_it"), 0, 0, "warning"},
        {SCRIPT("x", "if"), 0, 0, "warning"},
        {SCRIPT("x", "coproc cat"), 0, 65, "warning"},
        {SCRIPT("x", "true") "  surprise: 1\n", 0, 65, "warning"},
        {SCRIPT("x", "true") "kind: Pod\n", 0, 65, "warning"},
        {SCRIPT("", "true"), 65, 65, "error"},
        {SCRIPT("x", "true") "  restartPolicy: Once\n", 65, 65, "error"},
        {"a: [\n", 65, 65, "error"},
    };

    for (size_t i = 0; i < 2 * sizeof(all) / sizeof(all[0]); i++) {
        bool strict = i % 2 == 1, error;
        int wanted = strict ? all[i / 2].strict : all[i / 2].code;
        struct ran r = run(all[i / 2].text, strict ? "check --strict -" : "check -");
        char word[32];

        snprintf(word, sizeof(word), ": %s: ", all[i / 2].word != NULL ? all[i / 2].word : "");
        error = strstr(r.err, ": error: ") != NULL;
        cr_expect_eq(r.code, wanted, "%s%d %s", all[i / 2].text, r.code, r.err);
        cr_expect_eq(error, wanted == 65, "%s%s", all[i / 2].text, r.err);
        if (!strict && all[i / 2].word != NULL)
            cr_expect_not_null(strstr(r.err, word), "%s%s", all[i / 2].text, r.err);
        release(&r);
    }
}

/* Quiet or not: what comes out is not what a cluster would do. */
Test(cli, what_the_shell_cannot_do_is_always_said)
{
    struct ran r = run(SCRIPT("x", "coproc cat"), "simulate - --for 1s -q");

    cr_expect_eq(r.code, 0);
    cr_expect_not_null(strstr(r.err, "warning: command of container \"c\": bash: 1:1: "), "%s",
                       r.err);
    release(&r);
}

Test(cli, check_lists_objects_and_is_strict_on_request)
{
    struct ran r = run(web, "check -");

    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "default deployment/web: ok, 3 replicas"), "%s", r.out);
    release(&r);
    r = run(unknown_field, "check -");
    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.err, "<stdin>:5:"), "%s", r.err);
    cr_expect_not_null(strstr(r.err, ": warning: unknown field \""), "%s", r.err);
    release(&r);
    r = run(unknown_field, "check -q -");
    cr_expect_str_empty(r.err);
    release(&r);
    r = run(unknown_field, "check --strict -");
    cr_expect_eq(r.code, 65);
    cr_expect_str_empty(r.out);
    cr_expect_not_null(strstr(r.err, "<stdin>:5:"), "%s", r.err);
    cr_expect_not_null(strstr(r.err, "flavour"), "%s", r.err);
    release(&r);
}

/* ---- simulate ------------------------------------------------------------------------------- */

Test(cli, prints_a_table_and_a_summary)
{
    struct ran r = run(web, "simulate - --for 60s --color never");

    cr_assert_eq(r.code, 0, "%s", r.err);
    cr_expect_eq(strncmp(r.out, "NAME ", 5), 0, "%s", r.out);
    cr_expect_not_null(strstr(r.out, "CrashLoopBackOff"), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "\nsimulate    1m0s, seed 0\n"), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "\npods        3: 2 Running, 1 CrashLoopBackOff\n"), "%s",
                       r.out);
    cr_expect_null(strstr(r.out, "\033["));
    release(&r);
    r = run(web, "simulate - --for 60s --color always -o wide -q");
    cr_expect_not_null(strstr(r.out, "\033[31mCrashLoopBackOff\033[0m"), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "NODE\n"), "%s", r.out);
    cr_expect_str_empty(r.err);
    release(&r);
}

Test(cli, gives_an_overview_of_many_pods)
{
    struct ran r = run(web, "simulate - --for 60s --replicas 500");

    cr_assert_eq(r.code, 0, "%s", r.err);
    cr_expect_eq(strncmp(r.out, "PODS        STATUS\n499         Running\n", 39), 0, "%s", r.out);
    cr_expect_not_null(strstr(r.out, "CrashLoopBackOff   "), "%s", r.out);
    cr_expect_lt(r.out_length, 2000);
    release(&r);
}

Test(cli, same_seed_same_bytes)
{
    static const char *const format[] = {"table", "wide", "json", "ndjson"};

    for (size_t i = 0; i < sizeof(format) / sizeof(format[0]); i++) {
        char line[128];
        struct ran a, b, other;

        snprintf(line, sizeof(line), "simulate - --for 5m --seed 7 --timing kubelet -o %s",
                 format[i]);
        a = run(web, line);
        b = run(web, line);
        strcpy(strstr(line, "--seed 7") + 7, "8 --timing kubelet -o ");
        strcat(line, format[i]);
        other = run(web, line);
        cr_assert_eq(a.code, 0, "%s", a.err);
        cr_expect_gt(a.out_length, 0);
        cr_expect_str_eq(a.out, b.out, "-o %s differs", format[i]);
        cr_expect_str_neq(a.out, other.out, "-o %s does not depend on the seed", format[i]);
        release(&a);
        release(&b);
        release(&other);
    }
}

Test(cli, ends_by_itself_when_nothing_is_due)
{
    static const char once[] = "apiVersion: v1\n"
                               "kind: Pod\n"
                               "metadata: {name: p}\n"
                               "spec:\n"
                               "  restartPolicy: Never\n"
                               "  containers: [{name: c, image: i}]\n"
                               "---\n"
                               "apiVersion: podring.dev/v1\n"
                               "kind: Behavior\n"
                               "metadata: {name: b}\n"
                               "spec:\n"
                               "  instances: [{exit: {after: 7s, code: 0}}]\n";
    struct ran r = run(once, "simulate -");

    cr_assert_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "\nsimulate    7s, seed 0\n"), "%s", r.out);
    release(&r);
    r = run(web, "simulate -");
    cr_expect_not_null(strstr(r.out, "\nsimulate    10m0s, seed 0\n"), "%s", r.out);
    release(&r);
}

/* ---- the event stream ----------------------------------------------------------------------- */

/* Walks over the keys of a one-line object of strings and plain values and checks their order. */
static void expect_key_order(const char *line, size_t n)
{
    static const char *const order[] = {"at_ms",     "seq",    "kind", "type",     "reason",
                                        "namespace", "object", "pod",  "uid",      "container",
                                        "field",     "from",   "to",   "exitCode", "message"};
    const char *at = line + 1, *end = line + n - 1;
    size_t next = 0;

    cr_assert(line[0] == '{' && *end == '}', "%.*s", (int)n, line);
    while (at < end) {
        const char *key = at + 1, *close = memchr(key, '"', (size_t)(end - key));

        cr_assert(*at == '"' && close != NULL && close[1] == ':', "%.*s", (int)n, line);
        while (next < 15 && (strlen(order[next]) != (size_t)(close - key) ||
                             strncmp(order[next], key, (size_t)(close - key)) != 0))
            next++;
        cr_assert_lt(next, 15, "key %.*s is unknown or out of order in %.*s", (int)(close - key),
                     key, (int)n, line);
        next++;
        at = close + 2;
        if (*at == '"') {
            for (at++; *at != '"'; at++)
                at += *at == '\\';
            at++;
        } else {
            at += strspn(at, "-0123456789");
        }
        cr_assert(at == end || *at == ',', "%.*s", (int)n, line);
        at++;
    }
}

Test(cli, streams_events_in_their_format)
{
    struct ran r = run(web, "simulate - --for 2m -o ndjson");
    unsigned long long seq = 0;
    long long now = 0;

    cr_assert_eq(r.code, 0, "%s", r.err);
    for (const char *line = r.out, *end; *line != '\0'; line = end + 1) {
        long long at;
        unsigned long long this_seq;

        end = strchr(line, '\n');
        cr_assert_not_null(end, "the last line is cut");
        cr_assert_eq(sscanf(line, "{\"at_ms\":%lld,\"seq\":%llu,\"kind\":\"", &at, &this_seq), 2);
        cr_assert_eq(this_seq, seq + 1);
        cr_assert_geq(at, now);
        seq = this_seq;
        now = at;
        expect_key_order(line, (size_t)(end - line));
    }
    cr_expect_gt(seq, 20);
    cr_expect_leq(now, 120000);
    cr_expect_not_null(strstr(r.out, "\"field\":\"restartCount\",\"from\":0,\"to\":1}\n"));
    cr_expect_not_null(strstr(r.out, "\"to\":\"Terminated\",\"exitCode\":2}\n"));
    release(&r);
}

Test(cli, writes_events_and_metrics_beside_the_table)
{
    char line[256], events[] = "/tmp/podring-test-XXXXXX", metrics[] = "/tmp/podring-test-XXXXXX";
    int events_fd = mkstemp(events), metrics_fd = mkstemp(metrics);
    struct ran stream = run(web, "simulate - --for 1m -o ndjson"), both;
    size_t n;
    char *text;

    cr_assert(events_fd >= 0 && metrics_fd >= 0);
    close(metrics_fd); /* another file takes its name */
    snprintf(line, sizeof(line), "simulate - --for 1m --events %s --metrics %s", events, metrics);
    both = run(web, line);
    metrics_fd = open(metrics, O_RDONLY | O_CLOEXEC);
    unlink(events);
    unlink(metrics);
    cr_assert_eq(both.code, 0, "%s", both.err);
    cr_assert_geq(metrics_fd, 0);
    text = contents(events_fd, &n);
    cr_expect_str_eq(text, stream.out);
    free(text);
    text = contents(metrics_fd, &n);
    cr_expect_not_null(strstr(text, "\npodring_pods 3\n"), "%s", text);
    free(text);
    cr_expect_not_null(strstr(both.out, "NAME "));
    release(&stream);
    release(&both);
}

Test(cli, writes_one_json_document)
{
    struct ran r = run(web, "simulate - --for 1m -o json");
    int depth = 0, pods = 0;

    cr_assert_eq(r.code, 0, "%s", r.err);
    for (const char *at = r.out; *at != '\0'; at++) {
        if (*at == '"')
            for (at++; *at != '"'; at++)
                at += *at == '\\';
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        cr_assert_geq(depth, 0);
        cr_assert(depth > 0 || strcmp(at, "}\n") == 0 || strcmp(at, "\n") == 0);
    }
    cr_expect_eq(depth, 0);
    for (const char *at = r.out; (at = strstr(at, "\"containers\":[")) != NULL; at++)
        pods++;
    cr_expect_eq(pods, 3);
    cr_expect_not_null(strstr(r.out, "\"summary\":{\"pods\":3,"), "%s", r.out);
    release(&r);
}

/* ---- output errors -------------------------------------------------------------------------- */

Test(cli, notices_a_full_disk)
{
    static const char *const line[] = {"simulate - --for 1m",
                                       "simulate - --for 1m -o ndjson",
                                       "simulate - --for 1m -o json",
                                       "check -",
                                       "states",
                                       "--help",
                                       "--version"};

    for (size_t i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
        int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        struct ran r;

        cr_assert_geq(full, 0);
        r = run_to(full, web, line[i]);
        cr_expect_eq(r.code, 74, "'%s': %d", line[i], r.code);
        cr_expect_not_null(strstr(r.err, "standard output"), "'%s': %s", line[i], r.err);
        close(full);
        release(&r);
    }
}

Test(cli, ends_when_nobody_reads)
{
    int ends[2];
    struct ran r;

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    r = run_to(ends[1], web, "simulate - --for 2000h -o ndjson");
    cr_expect_eq(r.code, 74, "%d: %s", r.code, r.err);
    close(ends[1]);
    release(&r);
}

Test(cli, notices_a_file_that_cannot_be_created)
{
    struct ran r = run(web, "simulate - --for 1s --events /no/such/folder/x");

    cr_expect_eq(r.code, 74);
    cr_expect_not_null(strstr(r.err, "/no/such/folder/x"), "%s", r.err);
    release(&r);
}

/* ---- other commands ------------------------------------------------------------------------- */

Test(cli, prints_states_and_knobs)
{
    struct ran r = run(NULL, "states");

    cr_expect_eq(r.code, 0);
    cr_expect_eq(strncmp(r.out, "## ", 3), 0, "%s", r.out);
    release(&r);
    r = run(NULL, "states --knobs");
    cr_expect_eq(r.code, 0);
    cr_expect_not_null(strstr(r.out, "\nbo_gc "), "%s", r.out);
    cr_expect_not_null(strstr(r.out, "\nmax_restart_period "), "%s", r.out);
    release(&r);
}

/* docs/states.md has what is printed, word for word. */
Test(cli, states_are_those_of_the_page)
{
    struct ran r = run(NULL, "states");
    char *page = calloc(1, 64 << 10);
    FILE *f = fopen("docs/states.md", "r");

    cr_assert_not_null(page);
    cr_assert_not_null(f);
    cr_assert_lt(fread(page, 1, (64 << 10) - 1, f), (64 << 10) - 1);
    fclose(f);
    cr_expect_not_null(strstr(r.out, "\n## carrier\n"));
    while (r.out[0] != '\0' && r.out[strlen(r.out) - 1] == '\n')
        r.out[strlen(r.out) - 1] = '\0';
    cr_expect_not_null(strstr(page, r.out), "docs/states.md is not what podring states prints");
    free(page);
    release(&r);
}

Test(cli, bench_keeps_thresholds)
{
    static const char base[] = "bench --clock virtual --pods 20 --for 10s";
    char line[256];
    struct ran r = run(NULL, base);

    cr_assert_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "success             200 "), "%s", r.out);
    release(&r);
    snprintf(line, sizeof(line), "%s --fail-if success<200 --fail-if missed>0", base);
    r = run(NULL, line);
    cr_expect_eq(r.code, 0, "%s", r.err);
    release(&r);
    snprintf(line, sizeof(line), "%s --fail-if success>199", base);
    r = run(NULL, line);
    cr_expect_eq(r.code, 1, "%s", r.err);
    cr_expect_not_null(strstr(r.err, "success>199"), "%s", r.err);
    release(&r);
    r = run(NULL, "bench --clock virtual --rate 40 --period 2s --for 4s -o json");
    cr_expect_eq(r.code, 0, "%s", r.err);
    cr_expect_not_null(strstr(r.out, "{\"bench\":{\"pods\":80,\"period_ms\":2000,"), "%s", r.out);
    release(&r);
}
