/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that nobody here knows: named by their place when they are loaded, an error when a probe runs
 * them, a failure in a hook, a server as a main command; and whatever a Behavior says instead.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/box.h"

#define BEHAVIOR(spec)                                                                             \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n" spec

static const struct vector words[] = {
    {"an unknown probe is an error that never counts",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n"
         "    livenessProbe: {exec: {command: [frob, -x]}, failureThreshold: 1}\n",
     35,
     {{"diag", "8:38 liveness probe of container \"c\": frob: not a command that is simulated: each run is "
               "an error, which does not count"},
      {"event Unhealthy", "10 20 30"},
      {"says Unhealthy",
       "Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to "
       "exec in container: exec: \"frob\": executable file not found in $PATH|"
       "Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to "
       "exec in container: exec: \"frob\": executable file not found in $PATH|"
       "Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to "
       "exec in container: exec: \"frob\": executable file not found in $PATH"},
      {"event Killing", ""}}},
    {"an unknown word in a probe's script fails it",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    livenessProbe:\n      exec:\n"
         "        command:\n        - sh\n        - -c\n        - |\n          : fine\n"
         "          true && frob\n      failureThreshold: 1\n",
     15,
     {{"diag", "15:19 liveness probe of container \"c\": frob: not a command that is simulated"},
      {"says Unhealthy", "Liveness probe failed: sh: frob: not found\n"},
      {"event Killing", "10"}}},
    {"but not one that was defined, or is only asked for",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    livenessProbe: {exec: {command: "
         "[sh, -c, 'f() { :; }; f; command -v frob || true']}}\n",
     15, {{"diag", ""}, {"event Unhealthy", ""}}},
    {"an unknown preStop hook fails, and the stop goes on",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n"
         "    lifecycle: {preStop: {exec: {command: [/opt/drain, --all]}}}\n" VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     15,
     {{"diag", "8:44 preStop hook of container \"c\": /opt/drain: not a command that is simulated: the hook fails"},
      {"event FailedPreStopHook", "10"},
      {"ends c", "10:143/Error"}}},
    {"an unknown postStart hook kills its container",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    lifecycle: {postStart: {exec: {command: [frob]}}}\n",
     15,
     {{"event FailedPostStartHook", "0"}, {"ends c", "0:143/Error"}, {"phase", "0:Failed"}}},
    {"an unknown main command is a server",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    command: [java, -jar, app.jar]\n" VECTOR_STEPS
         "  - {at: 10s, delete: pod/p}\n",
     15,
     {{"diag", "8:15 command of container \"c\": java: taken for a server that runs until it is stopped"},
      {"ends c", "10:143/Error"}}},
    {"an unknown init container is worth a word",
     VECTOR_POD "  initContainers:\n  - {name: i, image: app:1, args: [migrate]}\n  - {name: k, image: app:1}\n"
         "  containers:\n  - {name: c, image: app:1, args: [serve]}\n",
     5,
     {{"diag", "6:36 init container \"i\": what it runs is not simulated, and taken for a server: its pod "
               "waits for ever, unless a Behavior says when it exits|"
               "7:12 init container \"k\": what it runs is not simulated, and taken for a server: its pod "
               "waits for ever, unless a Behavior says when it exits"}}},
    {"a Behavior knows better",
     VECTOR_POD "  containers:\n  - name: c\n    image: app:1\n    command: [java]\n"
         "    lifecycle: {preStop: {exec: {command: [drain]}}}\n"
         "    readinessProbe: {exec: {command: [frob]}}\n"
         "    livenessProbe: {exec: {command: [sh, -c, 'frob it']}}\n"
         BEHAVIOR("  instances: [{exit: {after: 20s, code: 3}}]\n"
                  "  exec: [{command: [frob], exitCode: 0}, {command: [sh, -c, 'frob it'], exitCode: 0}]\n"
                  "  hooks: {preStop: {takes: 2s}}\n"),
     25, {{"diag", ""}, {"event Unhealthy", ""}, {"Ready", "0:True 20:False 20:True"}}},
    {"a script that does not parse",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    command: [bash, -c, 'if (x > 1)); then :; fi']\n",
     5,
     {{"diag", "9:36 command of container \"c\": bash: 1:11: syntax error: unexpected \")\" (expecting \"then\")"},
      {"ends c", "0:2/Error"}}},
    {"what only the run can tell is said once, whatever the replicas",
     "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: 20\n"
     "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n"
     "      containers:\n      - name: c\n        image: busybox:1\n"
     "        command: [sh, -c, 'x=frob; $x || sleep 99']\n",
     5, {{"diag", "13:36 at 0ms: pod/d-65f5cb6bc-94tzk container \"c\": sh: 1:9: frob: not found"}}},
    {"a variable has moved the text: its element is named",
     ONCE "  containers:\n  - name: c\n    image: app:1\n    env: [{name: LONG, value: 'true; true;'}]\n"
          "    command: [sh, -c, '$(LONG) if then']\n",
     5, {{"diag", "10:24 command of container \"c\": sh: 1:16: syntax error: unexpected \"then\""}}},
};

Test(vectors_words, all)
{
    VECTOR_EACH(words);
}
