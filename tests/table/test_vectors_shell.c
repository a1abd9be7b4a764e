/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers that do what their command says, in virtual time: files that appear and vanish, what
 * survives a restart, who hears SIGTERM, what is left behind for `describe` and `logs`.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"

#define POD "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n"
#define SH(text) "[sh, -c, '" text "']"
#define DELETE_100(more)                                                                           \
    "---\napiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"      \
    "  - {at: 100s, delete: pod/p" more "}\n"

struct expectation {
    const char *what, *is;
};

struct vector {
    const char *name, *yaml;
    int64_t for_s;
    struct expectation expect[6];
};

static const struct vector vectors[] = {
    {"liveness by exec",
     POD "  containers:\n  - name: c\n    image: busybox:1\n"
         "    command: " SH("touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600") "\n"
         "    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5, "
         "periodSeconds: 5}\n",
     120,
     {{"event Unhealthy", "30 35 40 100 105 110"},
      {"event Killing", "40 110"},
      {"ends c", "70:137/Error"},
      {"starts c", "0 70"}}},
    {"arguments alone are run when they are a command",
     POD "  containers:\n  - name: c\n    image: busybox:1\n    args: [/bin/sh, -c, "
         "'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600']\n"
         "    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5, "
         "periodSeconds: 5}\n",
     120,
     {{"event Unhealthy", "30 35 40 100 105 110"}, {"starts c", "0 70"}}},
    {"arguments of an entrypoint are not",
     POD "  restartPolicy: Never\n  containers:\n  - {name: c, image: app:1, args: [serve, "
         "--port=80]}\n", 120,
     {{"ends c", ""}, {"phase", "0:Running"}}},
    {"exits by itself",
     POD "  restartPolicy: Never\n  containers:\n  - {name: c, image: busybox:1, "
         "command: " SH("sleep 5; exit 15") "}\n",
     20, {{"ends c", "5:15/Error"}, {"phase", "0:Running 5:Failed"}}},
    {"T-21", POD
     "  terminationGracePeriodSeconds: 8\n  containers:\n  - {name: c, image: busybox:1, "
     "command: " SH("while true; do sleep 1; done") "}\n" DELETE_100(""),
     200, {{"ends c", "108:137/Error"}}},
    {"T-23", POD "  containers:\n  - {name: c, image: busybox:1, command: "
                 SH("trap \"sleep 1; exit 0\" TERM; while true; do sleep 1; done") "}\n"
                 DELETE_100(""),
     200, {{"ends c", "102:0/Completed"}, {"phase", "0:Running 102:Succeeded"}}},
    {"V-01", POD "  containers:\n  - {name: c, image: busybox:1, command: "
                 SH("test -e /tmp/data && exit 0; sleep 3; touch /tmp/data; sleep 2; exit 1") "}\n",
     30, {{"ends c", "5:1/Error 10:1/Error 25:1/Error"}}},
    {"V-02", POD "  restartPolicy: OnFailure\n  volumes: [{name: v, emptyDir: {}}]\n  containers:\n"
                 "  - {name: c, image: busybox:1, volumeMounts: [{name: v, mountPath: /v}], "
                 "command: "
                 SH("test -e /v/data && exit 0; sleep 3; touch /v/data; sleep 2; exit 1") "}\n",
     30, {{"ends c", "5:1/Error 5:0/Completed"}, {"phase", "0:Running 5:Succeeded"}}},
    {"V-03", POD "  volumes: [{name: v, emptyDir: {}}]\n  containers:\n"
                 "  - {name: c, image: busybox:1, volumeMounts: [{name: v, mountPath: /v}], "
                 "command: "
                 SH("touch /v/corrupt; sleep 1; test -e /v/corrupt && exit 1; sleep 999") "}\n",
     80, {{"starts c", "0 1 12 33 74"}}},
    {"postStart exit 15",
     POD "  containers:\n  - name: c\n    image: luksa/kubia:1\n    lifecycle:\n"
         "      postStart: {exec: {command: " SH("sleep 5; exit 15") "}}\n",
     25, {{"event FailedPostStartHook", "5 10 25"}, {"starts c", "0 5 20"}}},
    {"preStop sleep", POD "  containers:\n  - name: c\n    image: luksa/kubia:1\n    lifecycle:\n"
                          "      preStop: {exec: {command: " SH("sleep 5") "}}\n" DELETE_100(""),
     200, {{"ends c", "105:143/Error"}}},
    {"init waits for a service",
     POD "  initContainers:\n  - name: init\n    image: busybox:1\n    command: [sh, -c, 'while "
         "true; do "
         "echo \"Waiting\"; wget http://fortune -q -T 1 -O /dev/null >/dev/null 2>/dev/null && "
         "break; "
         "sleep 1; done; echo \"Service is up!\"']\n"
         "  containers: [{name: main, image: app:1}]\n"
         "---\napiVersion: v1\nkind: Service\nmetadata: {name: fortune}\nspec:\n"
         "  selector: {app: fortune}\n  ports: [{port: 80, targetPort: 8080}]\n"
         "---\napiVersion: v1\nkind: Pod\nmetadata: {name: f, labels: {app: fortune}}\nspec:\n"
         "  containers: [{name: f, image: fortune:1, ports: [{containerPort: 8080}], "
         "readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}}]\n"
         "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: slow}\nspec:\n"
         "  container: f\n  instances: [{serve: [{from: 0s, to: 6500ms, status: 503}]}]\n",
     30, {{"starts main", "8"}, {"ends init", "8:0/Completed"}}},
};

static const char *look(struct story *s, const char *what)
{
    char word[64];

    if (sscanf(what, "starts %63s", word) == 1)
        return story_starts(s, word);
    if (sscanf(what, "ends %63s", word) == 1)
        return story_ends(s, word);
    if (sscanf(what, "event %63s", word) == 1)
        return story_events(s, word);
    return story_field(s, "p", NULL, what);
}

static void check(const struct vector *v, enum podring_net net)
{
    struct story_options o = {.for_ms = v->for_s * 1000, .net = net};
    struct story *s = story_run(v->yaml, &o);

    for (unsigned i = 0; i < 6 && v->expect[i].what != NULL; i++) {
        const char *is = look(s, v->expect[i].what);

        cr_expect_str_eq(is, v->expect[i].is, "%s: %s is \"%s\", should be \"%s\"", v->name,
                         v->expect[i].what, is, v->expect[i].is);
    }
    story_free(s);
}

Test(vectors_shell, scripted_network)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        check(&vectors[i], PODRING_NET_SCRIPT);
}

Test(vectors_shell, memory_network)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        check(&vectors[i], PODRING_NET_MEMORY);
}

Test(vectors_shell, what_is_left_behind)
{
    struct story_options o = {.for_ms = 5000};
    struct story *s = story_run(
        POD "  containers:\n  - name: main\n    image: busybox:1\n"
            "    terminationMessagePath: /var/termination-reason\n"
            "    command: [sh, -c, \"echo \\\"I've had enough\\\" > /var/termination-reason; "
            "echo to the log; exit 1\"]\n",
        &o);
    struct podring_container_info c = PODRING_CONTAINER_INFO_INIT;
    const char *text;
    size_t length;
    uint64_t pod;

    cr_assert_eq(podring_find(story_ring(s), NULL, "p", &pod), 0);
    cr_assert_eq(podring_container_info(story_ring(s), pod, 0, &c), 0);
    cr_expect_str_eq(c.state, "Waiting");
    cr_assert_not_null(c.last_message);
    cr_expect_str_eq(c.last_message, "I've had enough\n");
    cr_assert_eq(podring_logs(story_ring(s), pod, NULL, 0, &text, &length), 0);
    cr_expect_eq(length, strlen("to the log\n"));
    cr_expect_eq(memcmp(text, "to the log\n", length), 0);
    story_free(s);
}
