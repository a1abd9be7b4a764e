/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_logs.c - podring logs and podring describe from outside. */
#include "tests/api/test_cli_kit.h"

#define POD(name, rest)                                                                            \
    "---\napiVersion: v1\nkind: Pod\n"                                                            \
    "metadata: {name: " name ", labels: {app: " name ", tier: t}}\nspec:\n" rest

/* Crashes after 5 s, again and again: starts at 0, 5, 20. */
static const char counter[] =
    POD("counter", "  containers:\n"
                   "  - name: main\n"
                   "    image: busybox:1.36\n"
                   "    command: [sh, -c, \"echo one; echo two; sleep 5; echo three; exit 7\"]\n");

static const char two[] =
    POD("two", "  initContainers:\n"
               "  - {name: first, image: i:1, command: [sh, -c, \"echo hello from first\"]}\n"
               "  containers:\n"
               "  - {name: a, image: i:1, command: [sh, -c, \"echo hello from a; sleep 600\"]}\n"
               "  - {name: b, image: i:1, command: [sh, -c, \"echo hello from b; sleep 600\"]}\n");

static const char spaces[] = POD("web-0", "  containers: [{name: c, image: i:1}]\n")
    POD("web-1", "  containers: [{name: c, image: i:1}]\n")
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: other}\n"
    "spec: {containers: [{name: c, image: other:1}]}\n"
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: lonely, namespace: other}\n"
    "spec: {containers: [{name: c, image: other:1}]}\n";

static void expect(const char *input, const char *line, int code, const char *out, const char *err)
{
    struct kit_ran r = kit_spawn(input, line);

    cr_expect_eq(r.code, code, "%s: exit code %d, not %d: %s", line, r.code, code, r.err);
    if (out != NULL)
        cr_expect_str_eq(r.out, out, "%s prints:\n%s", line, r.out);
    if (err != NULL)
        cr_expect_str_eq(r.err, err, "%s says: %s", line, r.err);
    kit_release(&r);
}

/* Each line of `lines` must be in what the command prints, in this order. */
static void expect_lines(const char *input, const char *line, const char *const *lines)
{
    struct kit_ran r = kit_spawn(input, line);
    const char *at = r.out;

    cr_expect_eq(r.code, 0, "%s: %s", line, r.err);
    for (; *lines != NULL; lines++) {
        const char *found = at != NULL ? strstr(at, *lines) : NULL;

        cr_expect_not_null(found, "%s: no \"%s\" (here or so late) in:\n%s", line, *lines, r.out);
        at = found;
    }
    kit_release(&r);
}

/* ---- logs ------------------------------------------------------------------------------------ */

Test(cli_logs, shows_the_newest_instance)
{
    expect(counter, "logs - counter --at 3s", 0, "one\ntwo\n", "");
    expect(counter, "logs - counter --at 6s", 0, "one\ntwo\n", "");
    expect(counter, "logs - counter --at 12s", 0, "one\ntwo\nthree\n", "");
}

Test(cli_logs, previous_is_the_instance_that_ended_last)
{
    expect(counter, "logs - counter --previous --at 6s", 0, "one\ntwo\nthree\n", "");
    expect(counter, "logs - counter -p --at 12s", 0, "one\ntwo\nthree\n", "");
    expect(counter, "logs - counter -p --at 3s", 1, "",
           "Error (BadRequest): previous terminated container \"main\" in pod "
           "\"counter\" not found\n");
}

Test(cli_logs, tail_counts_lines_from_the_end)
{
    expect(counter, "logs - counter --at 12s --tail 1", 0, "three\n", NULL);
    expect(counter, "logs - counter --at 12s --tail 2", 0, "two\nthree\n", NULL);
    expect(counter, "logs - counter --at 12s --tail 3", 0, "one\ntwo\nthree\n", NULL);
    expect(counter, "logs - counter --at 12s --tail 9", 0, "one\ntwo\nthree\n", NULL);
    expect(counter, "logs - counter --at 12s --tail 0", 0, "", NULL);
}

Test(cli_logs, takes_the_first_main_container_and_says_so)
{
    expect(two, "logs - two --at 1s", 0, "hello from a\n",
           "Defaulted container \"a\" out of: a, b, first (init)\n");
    expect(two, "logs - two --at 1s -q", 0, "hello from a\n", "");
    expect(two, "logs - two --at 1s -c b", 0, "hello from b\n", "");
    expect(two, "logs - two --at 1s -c first", 0, "hello from first\n", "");
    expect(two, "logs - two --at 1s -c nobody", 1, "",
           "Error (BadRequest): container nobody is not valid for pod two\n");
}

Test(cli_logs, honours_the_default_container_annotation)
{
    expect("apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: "
           "{kubectl.kubernetes.io/default-container: b}}\nspec:\n  containers:\n"
           "  - {name: a, image: i:1, command: [echo, A]}\n"
           "  - {name: b, image: i:1, command: [echo, B]}\n",
           "logs - p --at 1s", 0, "B\n", "");
}

Test(cli_logs, a_container_that_never_ran_has_no_log)
{
    const char *failing = POD("p", "  containers: [{name: c, image: i:1}]\n")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {pull: [{from: 0s, fail: gone}]}\n";

    expect(failing, "logs - p --at 5s", 1, "",
           "Error (BadRequest): container \"c\" in pod \"p\" is waiting to start: "
           "image can't be pulled\n");
    expect(failing, "logs - p --at 25s", 1, "",
           "Error (BadRequest): container \"c\" in pod \"p\" is waiting to start: "
           "trying and failing to pull image\n");
    expect(POD("p", "  initContainers: [{name: i, image: i:1, command: [sleep, \"60\"]}]\n"
                    "  containers: [{name: c, image: i:1}]\n"),
           "logs - p -c c --at 5s", 1, "",
           "Error (BadRequest): container \"c\" in pod \"p\" is waiting to start: "
           "PodInitializing\n");
}

Test(cli_logs, is_empty_for_a_server_without_a_script)
{
    expect(spaces, "logs - web-0 --at 1s", 0, "", "");
}

/* ---- which pod ------------------------------------------------------------------------------- */

Test(cli_logs, finds_a_pod_by_name_namespace_or_beginning)
{
    static const struct {
        const char *pod, *says[3];
    } row[] = {
        {"web-0", {"Name:             web-0\nNamespace:        default\n", NULL}},
        {"other/web-0", {"Name:             web-0\nNamespace:        other\n", NULL}},
        {"default/web-1", {"Name:             web-1\nNamespace:        default\n", NULL}},
        {"lonely", {"Namespace:        other\n", NULL}},
        {"lon", {"Name:             lonely\n", NULL}},
        {"other/w", {"Namespace:        other\n", NULL}},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        char line[128];

        snprintf(line, sizeof(line), "describe - %s --at 1s", row[i].pod);
        expect_lines(spaces, line, row[i].says);
    }
}

Test(cli_logs, refuses_what_is_missing_or_ambiguous)
{
    expect(spaces, "logs - nobody", 1, "",
           "Error (NotFound): pods \"nobody\" not found\n");
    expect(spaces, "describe - other/web-1", 1, "",
           "Error (NotFound): pods \"web-1\" not found\n");
    expect(spaces, "describe - web", 1, "",
           "podring describe: 'web' could be any of 3 pods: default/web-0, default/web-1, "
           "other/web-0\n");
}

Test(cli_logs, refuses_wrong_command_lines)
{
    expect(NULL, "logs", 64, "",
           "podring logs: no manifest given; - is standard input (see 'podring logs --help')\n");
    expect(NULL, "logs -", 64, "", "podring logs: no pod given (see 'podring logs --help')\n");
    expect(NULL, "describe - /p", 64, "", NULL);
    expect(NULL, "describe - ns/", 64, "", NULL);
    expect(NULL, "describe - p --at soon", 64, "", NULL);
    expect(NULL, "describe - p --tail 3", 64, "", NULL);
    expect(NULL, "logs - p --tail -3", 64, "", NULL);
    expect(NULL, "logs - p --for 3s", 64, "", NULL);
    expect(NULL, "logs - p --net kernel", 64, "", NULL);
    expect(NULL, "logs /nonexistent.yaml p", 66, "", NULL);
    expect("kind: Pod\napiVersion: v1\nmetadata: {name: P}\n", "logs - P", 65, "", NULL);
}

/* ---- describe -------------------------------------------------------------------------------- */

Test(cli_describe, tells_the_pod_section_by_section)
{
    static const char *const lines[] = {
        "Name:             counter\n",
        "Namespace:        default\n",
        "Service Account:  default\n",
        "Node:             node/127.0.0.1\n",
        "Start Time:       Thu, 01 Jan 2026 00:00:00 +0000\n",
        "Labels:           app=counter\n                  tier=t\n",
        "Annotations:      <none>\n",
        "Status:           Running\n",
        "IP:               127.",
        "Containers:\n  main:\n",
        "    Container ID:  containerd://",
        "    Image:         busybox:1.36\n    Image ID:      docker.io/library/busybox@sha256:",
        "    Port:          <none>\n    Host Port:     <none>\n",
        "    Command:\n      sh\n      -c\n      echo one; echo two; sleep 5; echo three; exit 7\n",
        "    State:          Waiting\n      Reason:       CrashLoopBackOff\n",
        "    Last State:     Terminated\n      Reason:       Error\n      Exit Code:    7\n",
        "      Started:      Thu, 01 Jan 2026 00:00:05 +0000\n",
        "      Finished:     Thu, 01 Jan 2026 00:00:10 +0000\n",
        "    Ready:          False\n    Restart Count:  1\n",
        "    Environment:    <none>\n    Mounts:\n      "
        "/var/run/secrets/kubernetes.io/serviceaccount from ",
        "Conditions:\n  Type                        Status\n  PodReadyToStartContainers   True \n",
        "  Initialized                 True \n  Ready                       False \n",
        "  ContainersReady             False \n  PodScheduled                True \n",
        "Events:\n  Type     Reason     Age               From               Message\n",
        "  ----     ------     ----              ----               -------\n",
        "  Normal   Scheduled  12s               default-scheduler  Successfully assigned "
        "default/counter to node\n",
        "  Normal   Started    7s (x2 over 12s)  kubelet            Container started\n",
        NULL,
    };

    expect_lines(counter, "describe - counter --at 12s", lines);
}

Test(cli_describe, shows_probes_environment_mounts_and_volumes)
{
    static const char spec[] = POD(
        "p", "  containers:\n"
             "  - name: c\n"
             "    image: i:1\n"
             "    ports: [{name: http, containerPort: 8080}, {containerPort: 53, protocol: UDP}]\n"
             "    args: [\"--serve\"]\n"
             "    env:\n    - {name: MODE, value: fast}\n"
             "    - {name: WHO, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n"
             "    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, periodSeconds: 5}\n"
             "    readinessProbe: {httpGet: {path: /ready, port: http}, initialDelaySeconds: 3}\n"
             "    startupProbe: {tcpSocket: {port: 8080}, failureThreshold: 30}\n"
             "    volumeMounts: [{name: data, mountPath: /data}, "
             "{name: fast, mountPath: /fast, readOnly: true}]\n"
             "  volumes:\n"
             "  - {name: data, emptyDir: {}}\n"
             "  - {name: fast, emptyDir: {medium: Memory}}\n");
    static const char *const lines[] = {
        "    Ports:         8080/TCP (http), 53/UDP\n    Host Ports:    0/TCP (http), 0/UDP\n",
        "    Args:\n      --serve\n",
        "    Liveness:       exec [cat /tmp/healthy] delay=0s timeout=1s period=5s #success=1 "
        "#failure=3\n",
        "    Readiness:      http-get http://:http/ready delay=3s timeout=1s period=10s #success=1 "
        "#failure=3\n",
        "    Startup:        tcp-socket :8080 delay=0s timeout=1s period=10s #success=1 "
        "#failure=30\n",
        "    Environment:\n      MODE:  fast\n      WHO:   p (v1:metadata.name)\n",
        "    Mounts:\n      /data from data (rw)\n      /fast from fast (ro)\n      /var/run/",
        "Volumes:\n  data:\n"
        "    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)\n"
        "    Medium:     \n    SizeLimit:  <unset>\n  fast:\n    Type:       EmptyDir",
        "    Medium:     Memory\n",
        NULL,
    };

    expect_lines(spec, "describe - p --at 1s", lines);
}

Test(cli_describe, names_the_owner_and_the_deadline_of_a_deletion)
{
    static const char deployment[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n"
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec: {containers: [{name: c, image: i:1}]}\n";
    static const char dying[] =
        POD("p", "  containers: [{name: c, image: i:1}]\n")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {instances: [{onStop: ignore}]}\n"
        "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
        "spec: {steps: [{at: 10s, delete: pod/p, gracePeriodSeconds: 20}]}\n";

    expect_lines(deployment, "describe - web --at 1s",
                 (const char *const[]){"Controlled By:  ReplicaSet/web-", "Containers:", NULL});
    expect_lines(dying, "describe - p --at 13s",
                 (const char *const[]){"Status:                    Terminating (lasts 3s)\n",
                                       "Termination Grace Period:  20s\n", NULL});
    expect(dying, "logs - p --at 40s", 1, "",
           "Error (NotFound): pods \"p\" not found\n");
    expect_lines(dying, "describe - p --at 40s",
                 (const char *const[]){"Pod 'p': error 'pods \"p\" not found', but found events.\n"
                                       "Events:\n",
                                       "  Normal  Killing", "Stopping container c\n", NULL});
}

Test(cli_describe, shows_the_termination_message_and_init_containers)
{
    static const char message[] =
        POD("p", "  initContainers: [{name: i, image: i:1, command: [\"true\"]}]\n"
                 "  containers:\n  - name: c\n    image: i:1\n"
                 "    terminationMessagePath: /var/reason\n"
                 "    command: [sh, -c, \"sleep 2; echo enough > /var/reason; exit 1\"]\n");

    expect_lines(message, "describe - p --at 5s",
                 (const char *const[]){"Init Containers:\n  i:\n",
                                       "      Reason:       Completed\n",
                                       "      Exit Code:    0\n", "Containers:\n  c:\n",
                                       "      Reason:       CrashLoopBackOff\n",
                                       "      Message:      enough\n"
                                       "      Exit Code:    1\n",
                                       NULL});
}

/* Line by line as kubectl's describePod has it. PODRING_GOLDEN rewrites the text. */
Test(cli_describe, a_pod_that_has_everything)
{
    static const char golden[] = "tests/golden/describe/everything.txt";
    struct kit_ran r =
        kit_spawn(NULL, "describe tests/golden/describe/everything.yaml everything --at 5s");
    bool rewrite = getenv("PODRING_GOLDEN") != NULL;
    int fd = open(golden, rewrite ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY, 0666);
    char *want;

    cr_assert_geq(fd, 0);
    cr_assert_eq(r.code, 0, "%s", r.err);
    if (rewrite)
        cr_assert_eq(write(fd, r.out, strlen(r.out)), (ssize_t)strlen(r.out));
    want = kit_contents(fd);
    cr_expect_str_eq(r.out, want, "%s", r.out);
    free(want);
    kit_release(&r);
}

Test(cli_describe, nothing_that_a_pod_says_commands_the_terminal)
{
    static const char escapes[] =
        POD("p", "  containers:\n  - name: c\n    image: i\n"
                 "    terminationMessagePolicy: FallbackToLogsOnError\n"
                 "    command: [sh, -c, \"printf '\\\\033[2J\\\\033]0;title\\\\007'; exit 3\"]\n")
        "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
        "spec: {selector: {matchLabels: {none: x}}, instances: [{exit: {reason: \"A\\eB\"}}]}\n";
    static const char *const lines[] = {"describe - p --at 1s", "simulate - --for 1m -o timeline",
                                        "simulate - --for 1m", "simulate - --for 1m -o json",
                                        "simulate - --for 1m -o ndjson"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct kit_ran r = kit_spawn(escapes, lines[i]);

        cr_expect_eq(r.code, 0, "%s: %s", lines[i], r.err);
        cr_expect_null(strchr(r.out, '\033'), "%s: %s", lines[i], r.out);
        cr_expect_null(strchr(r.out, '\a'), "%s: %s", lines[i], r.out);
        cr_expect_null(strchr(r.err, '\033'), "%s: %s", lines[i], r.err);
        if (i < 2)
            cr_expect_not_null(strstr(r.out, "^[[2J^[]0;title^G"), "%s: %s", lines[i], r.out);
        kit_release(&r);
    }
}

/* ---- timeline -------------------------------------------------------------------------------- */

Test(cli_describe, the_timeline_tells_a_life_in_lines)
{
    static const char short_life[] =
        POD("p", "  restartPolicy: Never\n  containers:\n"
                 "  - {name: c, image: i:1, command: [sh, -c, \"sleep 1.5; exit 3\"]}\n");

    expect(short_life, "simulate - -o timeline -q", 0,
           "        0s  p/c                      Pulling: Pulling image \"i:1\"\n"
           "        0s  p/c                      Started\n"
           "        0s  p                        Ready False -> True\n"
           "        0s  p                        status Pending -> Running\n"
           "      1.5s  p/c                      exit 3 Error\n"
           "      1.5s  p                        Ready True -> False\n"
           "      1.5s  p                        status Running -> Error\n",
           "");
    expect(NULL, "simulate - -o timeline --events -", 64, "", NULL);
    expect(NULL, "bench -o timeline", 64, "", NULL);
}
