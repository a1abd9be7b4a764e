/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exec_host.c - probes and hooks as real processes, through the public API and the command
 * line. Order and counts only: an engine is turned until a thing has happened, with a limit so
 * that a bug ends as a failure. What a process is in itself, test_port_proc.c looks at.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"
#include "tests/api/test_cli_kit.h"
#include "tests/support/failmem.h"
#include "tests/support/story.h"

enum { LIMIT_MS = 20000 };

/* ---- the rig --------------------------------------------------------------------------------- */

static podring *host_open(uint32_t processes, const char *yaml)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;
    int rc;

    o.timing = PODRING_TIMING_REFERENCE;
    o.flags = PODRING_EXEC_HOST;
    o.processes_max = processes;
    rc = podring_open(&o, &r);
    if (rc == -PODRING_ENORING)
        cr_skip_test("%s", podring_why(NULL));
    cr_assert_eq(rc, 0, "open: %d %s", rc, podring_why(NULL));
    kit_apply(r, yaml);
    return r;
}

static void expect_no_child(void)
{
    siginfo_t info = {.si_pid = 0};

    cr_expect(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD,
              "there is a child left%s", info.si_pid != 0 ? ", a zombie" : "");
}

/* All processes have been reaped, though the engine is still open. */
static void expect_reaped(podring *r)
{
    while (kit_stats(r).processes_running > 0) {
        cr_assert_lt(podring_now(r), LIMIT_MS, "a process is not reaped");
        podring_turn(r, 10);
    }
    expect_no_child();
}

static void host_close(podring *r)
{
    cr_expect_eq(kit_stats(r).steady_allocations, 0);
    podring_close(r);
    expect_no_child();
}

/* Turns until there is an event with that reason, or a transition of that field, and returns it:
 * its strings hold until the next turn. */
static struct podring_event wait_for(podring *r, const char *reason_or_field)
{
    struct podring_event e = PODRING_EVENT_INIT;

    for (;;) {
        while (podring_next_event(r, &e) == 0)
            if ((e.reason != NULL && strcmp(e.reason, reason_or_field) == 0) ||
                (e.field != NULL && strcmp(e.field, reason_or_field) == 0))
                return e;
        cr_assert_lt(podring_now(r), LIMIT_MS, "no %s", reason_or_field);
        cr_assert_geq(podring_turn(r, 100), 0, "%s", podring_why(r));
    }
}

#define POD(name)                                                                                  \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " name "}}\nspec:\n" \
    "  terminationGracePeriodSeconds: 3\n  containers:\n  - name: c\n    image: i:1\n"
#define PROBE(kind, words, more) "    " kind ": {exec: {command: " words "}" more "}\n"
#define READY(words)             PROBE("readinessProbe", words, ", periodSeconds: 1")
#define HOOK(kind, words)        "    lifecycle: {" kind ": {exec: {command: " words "}}}\n"

#define HOOK_OF_MANY(words) "        lifecycle: {postStart: {exec: {command: " words "}}}\n"

static void expect_message(const char *yaml, const char *reason, const char *message)
{
    podring *r = host_open(0, yaml);
    struct podring_event e = wait_for(r, reason);

    cr_expect_str_eq(e.message, message, "got \"%s\"", e.message);
    host_close(r);
}

/* ---- probes ---------------------------------------------------------------------------------- */

Test(exec_host, success)
{
    podring *r = host_open(0, POD("p") READY("[test, -d, /]"));
    struct podring_event e = wait_for(r, "Ready");

    cr_expect_str_eq(e.to, "True");
    expect_reaped(r);
    cr_expect_eq(kit_stats(r).success, 1);
    cr_expect_eq(kit_stats(r).processes, 1);
    cr_expect_eq(kit_stats(r).processes_killed, 0);
    host_close(r);
}

Test(exec_host, failure_with_both_streams)
{
    expect_message(POD("p") READY("[sh, -c, \"echo err >&2; echo out; exit 3\"]"), "Unhealthy",
                   "Readiness probe failed: out\nerr\n");
}

Test(exec_host, output_is_cut_at_10_kib)
{
    podring *r =
        host_open(0, POD("p") READY("[sh, -c, \"yes | head -c 3000000; echo x >&2; exit 1\"]"));
    struct podring_event e = wait_for(r, "Unhealthy");

    cr_expect_eq(strlen(e.message), strlen("Readiness probe failed: ") + 10240);
    cr_expect_str_eq(e.message + strlen(e.message) - 4, "y\ny\n", "standard error comes after it");
    host_close(r);
}

Test(exec_host, the_timeout_kills_the_group)
{
    podring *r = host_open(0, POD("p") PROBE("readinessProbe",
                                             "[sh, -c, \"trap '' TERM; sleep 1000 & wait\"]",
                                             ", periodSeconds: 100"));
    struct podring_event e = wait_for(r, "Unhealthy");

    cr_expect_str_eq(e.message, "Readiness probe failed: command timed out: \"sh -c trap '' TERM; "
                                "sleep 1000 & wait\" timed out after 1s");
    expect_reaped(r);
    cr_expect_eq(kit_stats(r).timeouts, 1);
    cr_expect_eq(kit_stats(r).processes_killed, 1);
    cr_expect_eq(kit_stats(r).in_flight, 0);
    host_close(r);
}

#define NOT_STARTED                                                                                \
    "Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = "     \
    "failed "                                                                                      \
    "to exec in container: exec: "

Test(exec_host, what_cannot_be_executed_is_an_error)
{
    podring *r = host_open(0, POD("p") PROBE("readinessProbe", "[no-such-program-at-all]",
                                             ", periodSeconds: 100, failureThreshold: 1"));
    struct podring_event e = wait_for(r, "Unhealthy");

    cr_expect_str_eq(e.message,
                     NOT_STARTED "\"no-such-program-at-all\": executable file not found in $PATH");
    cr_expect_eq(kit_stats(r).error, 3, "an error is repeated, three runs in all");
    cr_expect_eq(kit_stats(r).spawn_failed, 3);
    cr_expect_eq(kit_stats(r).failure, 0);
    cr_expect_eq(kit_stats(r).processes, 0);
    host_close(r);
}

Test(exec_host, a_directory_and_a_path_to_nothing)
{
    expect_message(POD("p") READY("[/usr]"), "Unhealthy", NOT_STARTED "\"/usr\": is a directory");
    expect_message(POD("p") READY("[/no/such]"), "Unhealthy",
                   NOT_STARTED "\"/no/such\": stat /no/such: no such file or directory");
    expect_message(POD("p") READY("[/etc/passwd]"), "Unhealthy",
                   NOT_STARTED "\"/etc/passwd\": permission denied");
}

/* That the simulated shell has no such command is of no interest here. */
Test(exec_host, no_word_about_commands_that_are_not_simulated)
{
    static const char yaml[] = POD("p") HOOK("postStart", "[perl, -v]") READY("[perl, -v]");
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    podring *r = kit_ring(yaml);

    cr_expect_eq(podring_diagnostic_at(r, 0, &d), 0, "the shell has a command to speak of");
    podring_close(r);
    r = host_open(0, yaml);
    cr_expect_eq(podring_diagnostic_at(r, 0, &d), -PODRING_ENOTFOUND, "%s", d.text);
    host_close(r);
}

/* A failed liveness probe restarts the container, as ever. */
Test(exec_host, liveness_restarts)
{
    podring *r = host_open(0, POD("p") PROBE("livenessProbe", "[\"false\"]",
                                             ", periodSeconds: 1, failureThreshold: 1"));
    struct podring_event e = wait_for(r, "restartCount");

    cr_expect_str_eq(e.to, "1");
    cr_expect_eq(kit_stats(r).processes, 1);
    host_close(r);
}

Test(exec_host, two_hundred_pods_under_a_limit)
{
    podring *r = host_open(
        5,
        KIT_DEPLOYMENT("web", 200) "        readinessProbe: {exec: {command: [sh, -c, 'exit 0']}, "
                                   "periodSeconds: 100, timeoutSeconds: 1}\n");

    while (kit_stats(r).success < 200) {
        cr_assert_lt(podring_now(r), LIMIT_MS, "%lu of 200", kit_stats(r).success);
        podring_turn(r, 100);
        kit_drain(r);
    }
    cr_expect_eq(kit_stats(r).processes, 200);
    cr_expect_leq(kit_stats(r).processes_peak, 5);
    cr_expect_geq(kit_stats(r).op_waits, 195);
    host_close(r);
}

/* The third begins when the timeout would be over if it had begun with the wait. */
Test(exec_host, waiting_in_line_is_not_being_slow)
{
    podring *r = host_open(
        1, KIT_DEPLOYMENT("web", 3) "        readinessProbe: {exec: {command: [sleep, '0.5']}, "
                                    "periodSeconds: 100, timeoutSeconds: 1}\n");

    while (kit_stats(r).probes_done < 3) {
        cr_assert_lt(podring_now(r), LIMIT_MS);
        podring_turn(r, 100);
    }
    cr_expect_eq(kit_stats(r).success, 3);
    cr_expect_eq(kit_stats(r).processes_peak, 1);
    host_close(r);
}

Test(exec_host, a_script_wins)
{
    podring *r = host_open(
        0, POD("p") READY("[no-such-program-at-all]") "---\napiVersion: podring.dev/v1\nkind: "
                                                      "Behavior\nmetadata: {name: b}\nspec:\n"
                                                      "  exec: [{command: "
                                                      "[no-such-program-at-all], exitCode: 0}]\n");

    cr_expect_str_eq(wait_for(r, "Ready").to, "True");
    cr_expect_eq(kit_stats(r).processes, 0);
    host_close(r);
}

/* The first allocation of a run fails, then the second, ... and all that follow. */
Test(exec_host, no_memory_for_a_command)
{
    for (uint64_t n = 1; n <= 3; n++) {
        struct failmem f = {0};
        struct podring_allocator a = {
            .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = &f};
        struct podring_options o = PODRING_OPTIONS_INIT;
        podring *r;
        int rc;

        o.timing = PODRING_TIMING_REFERENCE;
        o.flags = PODRING_EXEC_HOST;
        o.connections_max = 64;
        o.allocator = &a;
        rc = podring_open(&o, &r);
        if (rc == -PODRING_ENORING)
            cr_skip_test("%s", podring_why(NULL));
        cr_assert_eq(rc, 0);
        kit_apply(r, POD("p") READY("[sh, -c, 'exit 1']"));
        wait_for(r, "Unhealthy"); /* by now the engine has all that it keeps */
        f.fail_at = f.calls + n;
        f.and_after = true;
        /* That is the engine's trouble, and told as that: no verdict on the pod. */
        do {
            cr_assert_lt(podring_now(r), LIMIT_MS);
            rc = podring_turn(r, 100);
        } while (rc >= 0);
        cr_expect_eq(rc, -PODRING_ENOMEM, "%d: %s", rc, podring_why(r));
        cr_expect_leq(kit_stats(r).processes, 2); /* one may have been under way */
        f.fail_at = 0;
        podring_close(r);
        cr_expect_eq(f.blocks, 0, "%zu blocks were not given back", f.blocks);
    }
}

/* ---- what a command sees --------------------------------------------------------------------- */

Test(exec_host, environment_and_directory)
{
    expect_message(
        POD("p") "    workingDir: /usr\n"
                 "    env: [{name: ROSE, value: a rose}, {name: POD, valueFrom: {fieldRef: "
                 "{fieldPath: "
                 "metadata.name}}}, {name: PATH, value: '/bin:/usr/bin'}]\n" READY(
                     "[sh, -c, \"env | grep -v ^PWD= | sed 's/=127[.][0-9]*[.]/=127.N./' | sort; "
                     "pwd; "
                     "echo $(ROSE); exit 1\"]"),
        "Unhealthy",
        "Readiness probe failed: HOSTNAME=p\nPATH=/bin:/usr/bin\nPOD=p\nPODRING_CONTAINER=c\n"
        "PODRING_NAMESPACE=default\nPODRING_POD=p\nPODRING_POD_IP=127.N.0.1\nROSE=a rose\n/usr\na "
        "rose\n");
}

/* From a process to the pod it belongs to. */
Test(exec_host, a_command_reaches_its_pod)
{
    char yaml[1024];
    int port = 20000 + (int)(getpid() % 10000);
    podring *r;

    snprintf(
        yaml, sizeof(yaml),
        POD("p") "    ports: [{containerPort: %d}]\n" READY(
            "[bash, -c, \"exec 3<>/dev/tcp/$PODRING_POD_IP/%d; printf 'GET / HTTP/1.0\\\\r\\\\n"
            "\\\\r\\\\n' >&3; head -1 <&3; exit 1\"]"),
        port, port);
    r = host_open(0, yaml);
    cr_expect_not_null(strstr(wait_for(r, "Unhealthy").message, " 200 OK"));
    host_close(r);
}

/* ---- hooks ----------------------------------------------------------------------------------- */

Test(exec_host, post_start_holds_the_container_back)
{
    podring *r = host_open(0, POD("p") HOOK("postStart", "[sleep, '0.2']"));
    struct podring_event e = wait_for(r, "state");

    cr_expect_str_eq(e.to, "Running");
    cr_expect_geq(e.at_ms, 200, "its hook was not waited for");
    cr_expect_eq(kit_stats(r).processes, 1);
    host_close(r);
}

Test(exec_host, post_start_that_fails)
{
    podring *r = host_open(
        0, POD("p") HOOK("postStart", "[sh, -c, 'echo \\\"out\\\"; echo why >&2; exit 15']"));
    struct podring_event e = wait_for(r, "PostStartHookError");
    const char *error = strstr(e.message, "failed - error: ");

    cr_assert_not_null(error, "%s", e.message);
    cr_expect_eq(strncmp(e.message, "Exec lifecycle hook ([sh -c ", 28), 0, "%s", e.message);
    cr_expect_not_null(strstr(error, "' exited with 15: why\n, message: \"\\\"out\\\"\\nwhy\\n\""),
                       "%s", error);
    host_close(r);
}

Test(exec_host, post_start_that_cannot_be_executed)
{
    podring *r = host_open(0, POD("p") HOOK("postStart", "[/usr]"));
    struct podring_event e = wait_for(r, "PostStartHookError");

    cr_expect_not_null(strstr(e.message,
                              "failed - error: rpc error: code = Unknown desc = failed to exec "
                              "in container: exec: \"/usr\": is a directory, message: \"\""),
                       "%s", e.message);
    host_close(r);
}

Test(exec_host, pre_stop_comes_before_the_signal)
{
    char path[] = "/tmp/podring-hook-XXXXXX", yaml[1024];
    int fd = mkstemp(path);
    podring *r;

    cr_assert_geq(fd, 0);
    snprintf(yaml, sizeof(yaml), POD("p") HOOK("preStop", "[sh, -c, 'sleep 0.2; echo bye >%s']"),
             path);
    r = host_open(0, yaml);
    wait_for(r, "Started");
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), PODRING_GRACE_DEFAULT, 0), 0);
    wait_for(r, "Killing");
    while (kit_stats(r).containers_running > 0) {
        cr_assert_lt(podring_now(r), LIMIT_MS);
        podring_turn(r, 100);
    }
    cr_expect_eq(lseek(fd, 0, SEEK_END), 4, "the container ended before its hook");
    close(fd);
    unlink(path);
    host_close(r);
}

Test(exec_host, pre_stop_that_fails)
{
    podring *r = host_open(0, POD("p") HOOK("preStop", "[\"false\"]"));

    wait_for(r, "Started");
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), PODRING_GRACE_DEFAULT, 0), 0);
    cr_expect_str_eq(wait_for(r, "FailedPreStopHook").message, "PreStopHook failed");
    host_close(r);
}

Test(exec_host, pre_stop_that_overruns_the_grace_is_killed)
{
    podring *r = host_open(0, POD("p") HOOK("preStop", "[sleep, '1000']"));

    wait_for(r, "Started");
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), 1, 0), 0);
    cr_expect_str_eq(wait_for(r, "state").to, "Running");
    cr_expect_str_eq(wait_for(r, "state").to, "Terminated");
    expect_reaped(r);
    cr_expect_eq(kit_stats(r).processes_killed, 1);
    host_close(r);
}

/* A command dies with its process, and postStart has then failed. */
Test(exec_host, post_start_of_a_process_that_dies)
{
    podring *r = host_open(0, POD("p") HOOK("postStart", "[sleep, '1000']"));

    while (kit_stats(r).processes_running == 0)
        podring_turn(r, 10);
    cr_assert_eq(podring_kill(r, kit_pod(r, "p"), NULL, 9), 0);
    wait_for(r, "FailedPostStartHook");
    cr_expect_geq(kit_stats(r).processes_killed, 1);
    host_close(r);
}

/* ---- ends ------------------------------------------------------------------------------------ */

Test(exec_host, a_command_dies_with_its_container)
{
    char path[] = "/tmp/podring-probe-XXXXXX", yaml[1024];
    int fd = mkstemp(path);
    podring *r;

    cr_assert_geq(fd, 0);
    snprintf(yaml, sizeof(yaml),
             POD("p") PROBE("readinessProbe", "[sh, -c, 'echo so far; echo >%s; sleep 1000']",
                            ", periodSeconds: 100, timeoutSeconds: 1000"),
             path);
    r = host_open(0, yaml);
    while (lseek(fd, 0, SEEK_END) == 0) {
        cr_assert_lt(podring_now(r), LIMIT_MS);
        podring_turn(r, 10);
    }
    for (int i = 0; i < 3; i++)
        podring_turn(r, 10);
    close(fd);
    unlink(path);
    cr_assert_eq(podring_kill(r, kit_pod(r, "p"), NULL, 9), 0);
    cr_expect_str_eq(wait_for(r, "Unhealthy").message, "Readiness probe failed: so far\n");
    cr_expect_eq(kit_stats(r).processes_killed, 1);
    host_close(r);
}

Test(exec_host, a_pod_that_vanishes_takes_its_commands_along)
{
    podring *r = host_open(0, POD("p") PROBE("readinessProbe", "[sleep, '1000']",
                                             ", periodSeconds: 100, timeoutSeconds: 1000"));

    while (kit_stats(r).processes_running == 0)
        podring_turn(r, 10);
    cr_assert_eq(podring_delete(r, kit_pod(r, "p"), 0, 1), 0);
    expect_reaped(r);
    cr_expect_eq(kit_stats(r).processes_killed, 1);
    host_close(r);
}

/* Somebody else's loop sleeps on the descriptor: nothing is due, only the process will end. */
Test(exec_host, a_foreign_loop_is_woken)
{
    podring *r = host_open(1, KIT_DEPLOYMENT("web", 3) HOOK_OF_MANY("[sleep, '0.1']"));
    struct pollfd p = {.fd = podring_fd(r), .events = POLLIN};

    while (kit_stats(r).processes < 3 || kit_stats(r).processes_running > 0) {
        while (podring_turn(r, 0) > 0)
            kit_drain(r);
        if (kit_stats(r).processes_running > 0)
            cr_assert_eq(poll(&p, 1, LIMIT_MS), 1, "it sleeps for ever");
    }
    host_close(r);
}

Test(exec_host, closed_in_the_middle)
{
    podring *r = host_open(
        4, KIT_DEPLOYMENT(
               "web", 20) "        readinessProbe: {exec: {command: [sh, -c, 'yes & sleep 1000']}, "
                          "timeoutSeconds: 1000}\n");

    while (kit_stats(r).processes_running < 4)
        podring_turn(r, 10);
    host_close(r);
}

/* ---- one story, twice ------------------------------------------------------------------------ */

/* All that is told of a pod, in order, without the times. */
static char *tale_of(struct story *s, const char *pod)
{
    char *text = NULL, key[64];
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    const char *line = story_json(s), *end;

    snprintf(key, sizeof(key), "\"pod\":\"%s\"", pod);
    for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        const char *at = strstr(line, key), *kind = strstr(line, "\"kind\"");

        if (at != NULL && at < end)
            fprintf(f, "%.*s\n", (int)(end - kind), kind);
    }
    fclose(f);
    return text;
}

/* What the simulated shell makes of a command in virtual time, this machine makes of it, too: word
 * for word. Looked at pod by pod: processes that run side by side end in any order. */
Test(exec_host, the_shell_and_the_machine_tell_the_same)
{
    static const char yaml[] = POD("well") READY("[sh, -c, 'test -d / && exit 0; exit 1']")
        POD("ill") PROBE("livenessProbe", "[sh, -c, 'echo out; echo err >&2; exit 4']",
                         ", periodSeconds: 1, failureThreshold: 2") POD("slow")
            PROBE("livenessProbe", "[sleep, '60']", ", periodSeconds: 1, timeoutSeconds: 1")
                POD("hooked")
                    HOOK("postStart", "[sh, -c, 'sleep 0.1; echo said; echo why >&2; exit 15']");
    static const char *const pod[] = {"well", "ill", "slow", "hooked"};
    struct story_options o = {.for_ms = 2800, .seed = 5};
    struct podring_options real = PODRING_OPTIONS_INIT;
    struct story *shell, *host;
    podring *r;

    if (podring_open(&real, &r) == -PODRING_ENORING)
        cr_skip_test("%s", podring_why(NULL));
    podring_close(r);
    shell = story_run(yaml, &o);
    o.real = 1;
    o.net = PODRING_NET_KERNEL;
    o.flags = PODRING_EXEC_HOST;
    host = story_run(yaml, &o);
    for (size_t i = 0; i < sizeof(pod) / sizeof(pod[0]); i++) {
        char *a = tale_of(shell, pod[i]), *b = tale_of(host, pod[i]);

        cr_expect_gt(strlen(a), 100);
        cr_expect_str_eq(a, b, "%s\n--- and on this machine\n%s", a, b);
        free(a);
        free(b);
    }
    story_free(shell);
    story_free(host);
}

/* ---- what it goes with ----------------------------------------------------------------------- */

Test(exec_host, refused_where_there_are_no_processes)
{
    static const struct {
        uint32_t clock, net, processes;
    } no[] = {
        {PODRING_VIRTUAL, PODRING_NET_DEFAULT, 0}, {PODRING_VIRTUAL, PODRING_NET_MEMORY, 0},
        {PODRING_REAL, PODRING_NET_MEMORY, 0},     {PODRING_REAL, PODRING_NET_SCRIPT, 0},
        {PODRING_REAL, PODRING_NET_KERNEL, 65537},
    };

    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        struct podring_options o = PODRING_OPTIONS_INIT;
        podring *r;

        o.clock = no[i].clock;
        o.net = no[i].net;
        o.processes_max = no[i].processes;
        o.flags = PODRING_EXEC_HOST;
        cr_expect_eq(podring_open(&o, &r), -PODRING_EINVALID);
        cr_expect_null(r);
        cr_expect_not_null(strstr(podring_why(NULL), "process"), "%s", podring_why(NULL));
    }
}

Test(exec_host, command_line)
{
    static const char yaml[] = POD("p") READY("[sh, -c, 'echo out; echo err >&2; exit 3']");
    struct kit_ran ran =
        kit_spawn(yaml, "run - --exec host --timing reference --processes 2 --for 300ms -o ndjson");

    if (ran.code == 69)
        cr_skip_test("%s", ran.err);
    cr_expect_eq(ran.code, 0, "%s", ran.err);
    cr_expect_not_null(strstr(ran.out, "\"message\":\"Readiness probe failed: out\\nerr\\n\""),
                       "%s", ran.out);
    cr_expect_not_null(strstr(ran.err, "--exec host"), "nobody was warned: %s", ran.err);
    kit_release(&ran);
    ran = kit_spawn(yaml, "run - --exec host --timing reference --for 300ms -q");
    cr_expect_eq(ran.code, 0);
    cr_expect_not_null(
        strstr(ran.out, "processes   1 started; 1 at once"), "%s",
        ran.out);
    cr_expect_str_eq(ran.err, "");
    kit_release(&ran);
    ran = kit_spawn(yaml, "run - --exec shell --timing reference --for 300ms");
    cr_expect_eq(ran.code, 0);
    cr_expect_null(strstr(ran.out, "processes"), "off by default: %s", ran.out);
    kit_release(&ran);
}

/* Whoever started podring may have ignored SIGCHLD. */
Test(exec_host, command_line_without_sigchld)
{
    struct kit_ran ran = kit_spawn("", "states --knobs"); /* is there a binary at all? */
    char line[8192], out[4096] = "";
    FILE *f;

    cr_assert_eq(ran.code, 0);
    kit_release(&ran);
    snprintf(line, sizeof(line),
             "trap '' CHLD; printf '%s' | %s run - -q --exec host --timing reference --for 300ms",
             "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n"
             "    image: i:1\n    readinessProbe: {exec: {command: [\"true\"]}}\n",
             kit_binary());
    f = popen(line, "r");
    cr_assert_not_null(f);
    if (fread(out, 1, sizeof(out) - 1, f) == 0)
        cr_skip_test("nothing was run: no io_uring?");
    pclose(f);
    cr_expect_not_null(strstr(out, "1 success"), "%s", out);
}

Test(exec_host, command_lines_that_are_refused)
{
    static const struct {
        const char *line, *says;
    } no[] = {
        {"simulate - --exec host", "--exec host needs real time: use 'podring run'"},
        {"logs - --exec host p", "--exec host needs real time: use 'podring run'"},
        {"run - --exec host --net memory", "--exec host needs --net kernel"},
        {"run - --exec guest", "'guest' is not shell or host"},
        {"run - --processes 3", "--processes needs --exec host"},
        {"run - --exec host --processes 0", "'0' is not a whole number from 1 to 65536"},
        {"bench --exec host", "--exec is not an option of this command"},
    };

    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        struct kit_ran ran = kit_spawn(POD("p"), no[i].line);

        cr_expect_eq(ran.code, 64, "%s: %d", no[i].line, ran.code);
        cr_expect_not_null(strstr(ran.err, no[i].says), "%s: %s", no[i].line, ran.err);
        kit_release(&ran);
    }
}
