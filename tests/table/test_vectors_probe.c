/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worked timelines of the probe rules (names P-01 and so on), each run through scripted targets
 * and through the real wire code over in-memory sockets, in virtual time: both must tell the same.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"

#define POD_HEAD                                                                                   \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"                                      \
    "  containers:\n  - name: c\n    image: web:1\n    ports: [{containerPort: 8080}]\n"
#define HTTP "httpGet: {path: /, port: 8080}"
#define BEHAVIOR                                                                                   \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n  container: c\n"

struct expectation {
    const char *what; /* "event REASON[/PART]", "field NAME", "ends", "starts" */
    const char *is;
};

struct vector {
    const char *name;
    const char *probes;   /* lines of the container, indented by four */
    const char *behavior; /* the rest of the Behavior document, or NULL */
    int64_t for_s;
    struct expectation expect[8];
};

static const struct vector vectors[] = {
    {"P-01", "    livenessProbe: {" HTTP "}\n",
     "  instances:\n  - onStop: {after: 2s, code: 143}\n    serve: [{from: 25s, to: 52s, status: "
     "500}]\n", 75,
     {{"event Unhealthy", "30 40 50"},
      {"event Killing", "50"},
      {"ends", "52:143/Error"},
      {"event Started", "0 52"},
      {"field restartCount", "52:1"}}},
    {"P-04", "    readinessProbe: {" HTTP ", periodSeconds: 5}\n",
     "  instances:\n  - serve: [{from: 0s, to: 7s, status: 503}]\n", 30,
     {{"event Unhealthy", "0 5"}, {"field Ready", "10:True"}, {"field ready", "10:True"}}},
    {"P-05", "    readinessProbe: {" HTTP ", periodSeconds: 5, initialDelaySeconds: 12}\n", NULL,
     30,
     {{"event Unhealthy", ""}, {"field Ready", "15:True"}}},
    {"P-06",
     "    startupProbe: {" HTTP ", periodSeconds: 2, failureThreshold: 5}\n"
     "    livenessProbe: {" HTTP ", periodSeconds: 5}\n"
     "    readinessProbe: {" HTTP ", periodSeconds: 4}\n",
     "  instances:\n  - serve: [{from: 0s, to: 5s, status: 503}]\n", 30,
     {{"event Unhealthy/Startup", "2 4"},
      {"field started", "6:True"},
      {"field Ready", "6:True"},
      {"event Unhealthy/Liveness", ""}}},
    {"P-07", "    startupProbe: {" HTTP "}\n", "  instances:\n  - serve: [{status: 503}]\n", 65,
     {{"event Unhealthy/Startup", "10 20 30 40 50 60"},
      {"event Killing", "30 60"},
      {"event Started", "0 30 60"}}},
    {"P-10", "    livenessProbe: {" HTTP
     ", periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 2}\n",
     "  instances:\n  - serve: [{do: hang}]\n", 20,
     {{"event Unhealthy", "7 12 19"}, {"event Killing", "12"}, {"event Started", "0 12"}}},
    {"P-11", "    readinessProbe: {" HTTP
     ", periodSeconds: 5, failureThreshold: 2, successThreshold: 2}\n",
     "  instances:\n  - serve: [{from: 22s, to: 41s, status: 500}]\n", 60,
     {{"event Unhealthy", "25 30 30 35 40"}, {"field Ready", "5:True 30:False 50:True"}}},
    {"P-12", "    livenessProbe: {" HTTP ", periodSeconds: 5}\n",
     "  instances:\n  - serve: [{from: 9s, to: 16s, status: 500}, {from: 24s, to: 31s, status: "
     "500}]\n", 60,
     {{"event Unhealthy", "10 15 25 30"}, {"event Killing", ""}, {"event Started", "0"}}},
    {"P-13", "    livenessProbe: {" HTTP "}\n",
     "  instances:\n  - exit: {after: 35s, code: 1}\n    serve: [{from: 15s, to: 41s, status: "
     "500}]\n"
     "  - serve: [{from: 15s, to: 41s, status: 500}]\n",
     60,
     {{"event Unhealthy", "20 30 40"},
      {"ends", "35:1/Error 40:143/Error"},
      {"event Started", "0 35 50"},
      {"field state",
       "0:Running 35:Terminated/Error 35:Running 40:Terminated/Error 40:Waiting/CrashLoopBackOff "
       "50:Running"}}},
    {"P-14", "    readinessProbe: {" HTTP "}\n",
     "  instances:\n  - serve: [{from: 33s, status: 500}]\n", 65,
     {{"field Ready", "0:True 60:False"}, {"event Unhealthy", "40 50 60 60"}}},
    {"P-15", "    livenessProbe: {" HTTP "}\n",
     "  instances:\n  - serve: [{redirect: \"http://elsewhere.example/\"}]\n", 35,
     {{"event ProbeWarning", "10 20 30"}, {"event Unhealthy", ""}, {"event Killing", ""}}},
    {"P-16", "    livenessProbe: {" HTTP ", failureThreshold: 1}\n",
     "  instances:\n  - serve: [{redirect: \"//127.1.0.1:9999/\"}]\n", 15,
     {{"event Unhealthy/connection refused", "10"}, {"event Killing", "10"}}},
    {"P-17 304", "    livenessProbe: {" HTTP "}\n", "  instances:\n  - serve: [{status: 304}]\n",
     15,
     {{"event ProbeWarning", "10"}, {"event Unhealthy", ""}}},
    {"P-17 399", "    livenessProbe: {" HTTP "}\n", "  instances:\n  - serve: [{status: 399}]\n",
     15,
     {{"event ProbeWarning", "10"}, {"event Unhealthy", ""}}},
    {"P-17 400", "    livenessProbe: {" HTTP "}\n", "  instances:\n  - serve: [{status: 400}]\n",
     15,
     {{"event Unhealthy/statuscode: 400", "10"}}},
    {"P-18", "    livenessProbe: {httpGet: {port: web}, failureThreshold: 1}\n", NULL, 35,
     {{"event Unhealthy/errored and resulted in unknown state", "10 20 30"},
      {"event Killing", ""},
      {"event Started", "0"}}},
    {"P-19", "    livenessProbe: {exec: {command: [check]}}\n",
     "  exec: [{command: [check], exitCode: 7, output: \"no\"}]\n", 15,
     {{"event Unhealthy/Liveness probe failed: no", "10"}}},
    {"P-20", "    livenessProbe: {tcpSocket: {port: 8080}}\n",
     "  instances:\n  - serve: [{do: reset}]\n", 25,
     {{"event Unhealthy", ""}, {"event Killing", ""}}},
    {"P-23 nine", "    livenessProbe: {httpGet: {path: /0, port: 8080}}\n",
     "  instances:\n  - serve:\n"
     "    - {path: /0, redirect: /1}\n    - {path: /1, redirect: /2}\n    - {path: /2, redirect: "
     "/3}\n"
     "    - {path: /3, redirect: /4}\n    - {path: /4, redirect: /5}\n    - {path: /5, redirect: "
     "/6}\n"
     "    - {path: /6, redirect: /7}\n    - {path: /7, redirect: /8}\n    - {path: /8, redirect: "
     "/9}\n", 15, {{"event Unhealthy", ""}, {"event ProbeWarning", ""}}},
    {"P-23 ten", "    livenessProbe: {httpGet: {path: /0, port: 8080}}\n",
     "  instances:\n  - serve:\n"
     "    - {path: /0, redirect: /1}\n    - {path: /1, redirect: /2}\n    - {path: /2, redirect: "
     "/3}\n"
     "    - {path: /3, redirect: /4}\n    - {path: /4, redirect: /5}\n    - {path: /5, redirect: "
     "/6}\n"
     "    - {path: /6, redirect: /7}\n    - {path: /7, redirect: /8}\n    - {path: /8, redirect: "
     "/9}\n"
     "    - {path: /9, redirect: /10}\n",
     15, {{"event Unhealthy/stopped after 10 redirects", "10"}}},
    {"P-25", "    livenessProbe: {grpc: {port: 8080}, failureThreshold: 1}\n",
     "  instances:\n  - serve: [{grpc: UNIMPLEMENTED}]\n", 15,
     {{"event Unhealthy/does not implement the grpc health protocol", "10"},
      {"event Killing", "10"}}},
    {"P-26", "    livenessProbe: {" HTTP "}\n",
     "  instances:\n  - serve: [{status: 200, bodyBytes: 51200}]\n", 25, {{"event Unhealthy", ""}}},
    {"a body that stops", "    livenessProbe: {" HTTP ", failureThreshold: 1, periodSeconds: 20}\n",
     "  instances:\n  - serve: [{do: headersOnly}]\n", 30,
     {{"event Unhealthy/errored and resulted in failure state", "23"}, {"event Killing", ""}}},
    {"refused while down", "    readinessProbe: {" HTTP ", periodSeconds: 5}\n",
     "  instances:\n  - serve: [{from: 0s, to: 7s, do: refuse}]\n", 20,
     {{"event Unhealthy/connection refused", "0 5"}, {"field Ready", "10:True"}}},
    {"one port refuses, whatever fits, and others do not",
     "    readinessProbe: {" HTTP ", periodSeconds: 5}\n"
     "    livenessProbe: {tcpSocket: {port: 8081}, periodSeconds: 4, failureThreshold: 2}\n",
     "  instances:\n  - serve: [{port: 8081, status: 200}, {port: 8081, from: 6s, do: refuse}]\n"
     "  - serve: [{port: 8080, to: 19s, do: refuse}]\n", 30,
     {{"event Unhealthy/8081: connect: connection refused", "8 12"},
      {"event Unhealthy/8080: connect: connection refused", "12 17"},
      {"event Killing", "12"},
      {"field Ready", "0:True 12:False 22:True"}}},
    {"a path that refuses lets go of whoever is connected",
     "    readinessProbe: {" HTTP ", periodSeconds: 5}\n"
     "    livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 5, failureThreshold: 1}\n",
     "  instances:\n  - serve: [{path: /, to: 7s, do: refuse}]\n", 20,
     {{"event Unhealthy/connection reset by peer", "0 5"},
      {"event Unhealthy/Liveness", ""},
      {"field Ready", "10:True"}}},
    {"startup gates liveness", "    startupProbe: {" HTTP ", periodSeconds: 3}\n"
                               "    livenessProbe: {" HTTP
                               ", periodSeconds: 2, failureThreshold: 1}\n",
     "  instances:\n  - serve: [{from: 0s, to: 5s, status: 500}]\n", 10,
     {{"event Unhealthy", "3"}, {"field started", "6:True"}, {"event Killing", ""}}},
};

static const char *look(struct story *s, const char *what)
{
    char word[128];
    char *part;

    if (strncmp(what, "event ", 6) == 0) {
        snprintf(word, sizeof(word), "%s", what + 6);
        part = strchr(word, '/');
        if (part != NULL)
            *part++ = '\0';
        return story_events_of(s, NULL, word, part);
    }
    if (strncmp(what, "field ", 6) == 0)
        return story_field(s, "p", NULL, what + 6);
    return story_ends(s, "c");
}

static void check(const struct vector *v, enum podring_net net)
{
    struct story_options o = {.for_ms = v->for_s * 1000, .net = net};
    char yaml[4096];
    struct story *s;

    snprintf(yaml, sizeof(yaml), POD_HEAD "%s%s%s", v->probes, v->behavior != NULL ? BEHAVIOR : "",
             v->behavior != NULL ? v->behavior : "");
    s = story_run(yaml, &o);
    for (unsigned i = 0; i < 8 && v->expect[i].what != NULL; i++) {
        const char *is = look(s, v->expect[i].what);

        cr_expect_str_eq(is, v->expect[i].is, "%s over %s: %s is \"%s\", should be \"%s\"", v->name,
                         net == PODRING_NET_SCRIPT ? "script" : "memory", v->expect[i].what, is,
                         v->expect[i].is);
    }
    story_free(s);
}

Test(vectors_probe, scripted_targets)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        check(&vectors[i], PODRING_NET_SCRIPT);
}

Test(vectors_probe, the_wire_over_memory)
{
    for (unsigned i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        check(&vectors[i], PODRING_NET_MEMORY);
}

/* Runs that succeed leave no event: they are counted. */
static void check_runs(const char *probes, int64_t for_s, uint64_t runs)
{
    struct story_options o = {.for_ms = for_s * 1000};
    struct podring_stats stats = PODRING_STATS_INIT;
    char yaml[2048];
    struct story *s;

    snprintf(yaml, sizeof(yaml), POD_HEAD "%s", probes);
    s = story_run(yaml, &o);
    podring_stats(story_ring(s), &stats);
    cr_expect_eq(stats.success, runs, "%s: %llu runs by %lld, should be %llu", probes,
                 (unsigned long long)stats.success, (long long)for_s, (unsigned long long)runs);
    story_free(s);
}

Test(vectors_probe, when_runs_happen)
{
    /* P-02: the tick at 10 is skipped. */
    check_runs("    livenessProbe: {" HTTP ", initialDelaySeconds: 15}\n", 19, 0);
    check_runs("    livenessProbe: {" HTTP ", initialDelaySeconds: 15}\n", 20, 1);
    check_runs("    livenessProbe: {" HTTP ", initialDelaySeconds: 15}\n", 30, 2);
    /* P-03 */
    check_runs("    livenessProbe: {" HTTP ", initialDelaySeconds: 5, periodSeconds: 5}\n", 4, 0);
    check_runs("    livenessProbe: {" HTTP ", initialDelaySeconds: 5, periodSeconds: 5}\n", 20, 4);
    /* A readiness probe is asked when its container has started, then every period. */
    check_runs("    readinessProbe: {" HTTP ", periodSeconds: 5}\n", 0, 1);
    check_runs("    readinessProbe: {" HTTP ", periodSeconds: 5}\n", 20, 5);
}

/* P-08, P-09: the workers are older than the container, here because its start takes 7 s. */
static void check_late_start(int delay_s, int64_t first_s)
{
    struct podring_stats stats = PODRING_STATS_INIT;
    char yaml[2048];

    snprintf(yaml, sizeof(yaml),
             POD_HEAD "    livenessProbe: {" HTTP ", initialDelaySeconds: %d}\n" BEHAVIOR
                      "  instances:\n  - start: {takes: 7s}\n",
             delay_s);
    for (int64_t t = first_s - 1; t <= first_s; t++) {
        struct story_options o = {.for_ms = t * 1000};
        struct story *s = story_run(yaml, &o);

        story_eq(story_events(s, "Started"), "7");
        podring_stats(story_ring(s), &stats);
        cr_expect_eq(stats.success, (uint64_t)(t - first_s + 1));
        story_free(s);
    }
}

Test(vectors_probe, ticks_count_from_the_workers_birth)
{
    check_late_start(3, 10);
    check_late_start(4, 20);
}
