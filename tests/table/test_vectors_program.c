/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_program.c - the words of a Behavior that say what a program does from each of its
 * starts, and what at a time of the run; and whose pods a document speaks for.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define CONTAINER                                                                                  \
    "  containers:\n  - name: c\n    image: web:1\n    ports: [{containerPort: 8080}]\n"
#define LIVENESS                                                                                   \
    "    livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5, failureThreshold: 2}\n"

static const struct vector vectors[] = {
    {"it listens after 12 s, and again after each restart",
     VECTOR_POD CONTAINER LIVENESS VECTOR_BEHAVIOR("c")
     "  listensAfter: 12s\n  instances: [{onStop: {after: 0s, code: 1}}]\n", 40,
     {{"starts c", "0 10 20 30"}, {"event Killing", "10 20 30 40"}}},
    {"the same with a window of the run's clock: after the second start it listens at once",
     VECTOR_POD CONTAINER LIVENESS VECTOR_BEHAVIOR("c")
     "  instances:\n  - onStop: {after: 0s, code: 1}\n"
     "    serve: [{from: 0s, to: 12s, do: refuse}]\n", 40,
     {{"starts c", "0 10"}}},
    {"an exit at a time of the run: once, and not again",
     VECTOR_POD CONTAINER VECTOR_BEHAVIOR("c") "  instances: [{exit: {at: 30s, code: 3}}]\n", 60,
     {{"ends c", "30:3/Error"}, {"starts c", "0 30"}, {"row", "1/1 Running 1 (30s)"}}},
    {"for a minute it ends at once, whenever it is started",
     VECTOR_POD CONTAINER VECTOR_BEHAVIOR("c")
     "  instances: [{exit: {at: 30s, for: 25s, code: 3}}]\n", 120,
     {{"starts c", "0 30 40 60"}, {"ends c", "30:3/Error 30:3/Error 40:3/Error"}}},
    {"a document for the pods of another workload does not speak for it",
     VECTOR_POD CONTAINER LIVENESS
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
     "spec: {workload: q, serve: [{status: 500}]}\n", 30,
     {{"starts c", "0"}}},
    {"one for its own does, and the container that is named goes before",
     VECTOR_POD CONTAINER LIVENESS VECTOR_BEHAVIOR("c")
     "  workload: p\n  instances: [{onStop: {after: 0s, code: 1}, serve: [{status: 500}]}]\n"
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\n"
     "spec: {workload: p, serve: []}\n", 12,
     {{"starts c", "0 10"}}},
};

Test(vectors_program, each)
{
    vector_check_all(vectors, sizeof(vectors) / sizeof(*vectors));
}
