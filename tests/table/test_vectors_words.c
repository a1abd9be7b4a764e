/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that nobody here knows: named by their place when they are loaded, once for each program
 * and what it is taken for; done at once in probes, hooks and init containers, a server as a main
 * command; and whatever a Behavior says instead.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/box.h"

#define BEHAVIOR(spec)                                                                             \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n" spec

#define DONE   " is not known: taken to succeed at once; a Behavior `exec` rule says otherwise"
#define SERVER                                                                                     \
    " is not known: taken for a server that runs until it is stopped; a Behavior says otherwise"

/* More than this shell nests. */
#define EIGHT(x) x x x x x x x x
#define DEEP     EIGHT(EIGHT("{ ")) EIGHT("{ ")
#define ENDS     EIGHT(EIGHT(";}")) EIGHT(";}")

static const struct vector words[] = {
    {"an unknown probe succeeds",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n"
         "    livenessProbe: {exec: {command: [frob, -x]}, failureThreshold: 1}\n"
         "    readinessProbe: {exec: {command: [/ready.sh]}}\n",
     35,
     {{"diag", "8:38 liveness probe of container \"c\": frob" DONE "|"
               "9:39 readiness probe of container \"c\": /ready.sh" DONE},
      {"event Unhealthy", ""},
      {"Ready", "0:True"},
      {"event Killing", ""}}},
    {"so does an unknown word in a probe's script",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    livenessProbe:\n      exec:\n"
         "        command:\n        - sh\n        - -c\n        - |\n          : fine\n"
         "          true && frob\n      failureThreshold: 1\n",
     15,
     {{"diag", "15:19 liveness probe of container \"c\": frob" DONE},
      {"event Unhealthy", ""},
      {"event Killing", ""}}},
    {"but not one that was defined; one that is asked for is there",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    livenessProbe: {exec: {command: "
         "[sh, -c, 'f() { :; }; f; command -v frob']}}\n",
     15,
     {{"diag",
       "8:62 at 10000ms: pod/p container \"c\": sh: 1:16: frob is not known: taken to be in the "
       "image"},
      {"event Unhealthy", ""}}},
    {"an unknown preStop hook is done at once",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n"
         "    lifecycle: {preStop: {exec: {command: [/opt/drain, --all]}}}\n" VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     15,
     {{"diag", "8:44 preStop hook of container \"c\": /opt/drain" DONE},
      {"event FailedPreStopHook", ""},
      {"ends c", "10:143/Error"}}},
    {"an unknown postStart hook, too",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    lifecycle: {postStart: {exec: "
          "{command: [frob]}}}\n",
     15, {{"event FailedPostStartHook", ""}, {"ends c", ""}, {"Ready", "0:True"}}},
    {"an unknown main command is a server",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    command: [java, -jar, app.jar]\n"
     VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     15,
     {{"diag", "8:15 command of container \"c\": java" SERVER}, {"ends c", "10:143/Error"}}},
    {"an unknown init container is done at once, and worth a word",
     VECTOR_POD
     "  initContainers:\n  - {name: i, image: app:1, args: [migrate]}\n  - {name: k, image: "
     "app:1}\n"
     "  - {name: s, image: app:1, restartPolicy: Always}\n"
     "  containers:\n  - {name: c, image: app:1, args: [serve]}\n",
     5,
     {{"diag", "6:36 init container \"i\": what its image runs" DONE " (and in 1 more place)"},
      {"ends i", "0:0/Completed"},
      {"ends k", "0:0/Completed"},
      {"state s", "0:Running"},
      {"phase", "0:Running"}}},
    {"one program in many places is one line",
     VECTOR_POD
     "  containers:\n  - {name: a, image: i, command: [nginx]}\n  - {name: b, image: i, command: "
     "[nginx, -t]}\n"
     "  - {name: c, image: i, command: [sh, -c, 'nginx -t && exec nginx']}\n",
     5,
     {{"diag", "6:35 command of container \"a\": nginx" SERVER " (and in 2 more places)|"
               "8:44 command of container \"c\": nginx" DONE}}},
    {"a Behavior knows better",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    command: [java]\n"
         "    lifecycle: {preStop: {exec: {command: [drain]}}}\n"
         "    readinessProbe: {exec: {command: [frob]}}\n"
         "    livenessProbe: {exec: {command: [sh, -c, 'frob it']}}\n"
         BEHAVIOR("  instances: [{exit: {after: 20s, code: 3}}]\n"
                  "  exec: [{command: [frob], exitCode: 0}, {command: [sh, -c, 'frob it'], "
                  "exitCode: 0}]\n"
                  "  hooks: {preStop: {takes: 2s}}\n"),
     25, {{"diag", ""}, {"event Unhealthy", ""}, {"Ready", "0:True 20:False 20:True"}}},
    {"a script that does not parse",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    command: [bash, -c, 'if (x > 1)); "
          "then :; fi']\n",
     5,
     {{"diag",
       "9:36 command of container \"c\": bash: 1:11: syntax error: unexpected \")\" (expecting "
       "\"then\")"},
      {"ends c", "0:2/Error"}}},
    {"what this shell cannot do is none of the script's faults",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    command: [sh, -c, '" DEEP ":" ENDS
     "']\n"
     "    livenessProbe: {exec: {command: [sh, -c, '" DEEP ":" ENDS "']}, failureThreshold: 1}\n",
     15,
     {{"diag",
       "9:87 command of container \"c\": sh: 1:64: limit: commands are nested too deep; taken for "
       "a "
       "server that runs until it is stopped|10:110 liveness probe of container \"c\": sh: 1:64: "
       "limit: commands are nested too deep; taken to succeed at once"},
      {"ends c", ""},
      {"event Unhealthy", ""},
      {"Ready", "0:True"}}},
    {"what only the run can tell is said once, whatever the replicas",
     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: 20\n"
     "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
     "      containers:\n      - name: c\n        image: busybox:1\n"
     "        command: [sh, -c, 'x=frob; $x || sleep 99']\n",
     5, {{"diag", "13:36 at 0ms: pod/d-7dfdc66557-94tzk container \"c\": sh: 1:9: frob" DONE}}},
    {"a variable has moved the text: its element is named",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    env: [{name: LONG, value: 'true; "
          "true;'}]\n"
          "    command: [sh, -c, '$(LONG) if then']\n",
     5, {{"diag",
          "10:24 command of container \"c\": sh: 1:16: syntax error: unexpected \"then\""}}},
};

Test(vectors_words, all)
{
    VECTOR_EACH(words);
}
