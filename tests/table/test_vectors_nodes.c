/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_nodes.c - nodes that fail and return (N-*), through the whole engine. Each row looks
 * at the pod p, which is on n1 from the start.
 */
#include "tests/support/vector.h"

#include <criterion/criterion.h>

#define NODES                                                                                      \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"                                      \
    "apiVersion: v1\nkind: Node\nmetadata: {name: n2}\n---\n"
#define ONLY "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
#define POD(more)                                                                                  \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  nodeName: n1\n"                      \
    "  containers: [{name: c, image: i}]\n" more "---\n"
#define STEPS                                                                                      \
    "apiVersion: podring.dev/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
#define FAIL(t)    "  - {at: " t ", fail: node/n1, lose: power}\n"
#define RECOVER(t) "  - {at: " t ", recover: node/n1}\n"

static const struct vector rows[] = {
    {"N-01", NODES POD("") STEPS FAIL("100s"), 500,
     {{"event NodeNotReady", "145 145"},
      {"field Ready", "0:True 145:False"},
      {"event TaintManagerEviction", "445"},
      {"field object", "0:Created 445:Terminating"},
      {"state c", "0:Running"}}},
    {"N-02", NODES POD("") STEPS FAIL("101s"), 500,
     {{"event NodeNotReady", "155 155"}, {"event TaintManagerEviction", "455"}}},
    {"N-02", NODES POD("") STEPS FAIL("105s"), 500, {{"event TaintManagerEviction", "455"}}},
    {"N-02", NODES POD("") STEPS FAIL("109.9s"), 500, {{"event TaintManagerEviction", "455"}}},
    {"N-04", NODES POD("") STEPS FAIL("100s") RECOVER("300s"), 600,
     {{"event TaintManagerEviction", "300"},
      {"says TaintManagerEviction", "Cancelling deletion of Pod default/p"},
      {"field object", "0:Created"},
      {"starts c", "0 300"},
      {"field Ready", "0:True 145:False 300:True"}}},
    {"N-05", NODES POD("") STEPS FAIL("100s") RECOVER("500s"), 600,
     {{"field object", "0:Created 445:Terminating 500:Deleted"}}},
    {"N-08", NODES POD("  tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, "
                       "effect: NoExecute, tolerationSeconds: 30}]\n") STEPS FAIL("100s"), 300,
     {{"event TaintManagerEviction", "175"}}},
    {"N-09", ONLY POD("") STEPS FAIL("100s"), 1000,
     {{"event NodeNotReady", "145 145"}, {"event TaintManagerEviction", ""}}},
    {"not found out", NODES POD("") STEPS FAIL("100s") RECOVER("130s"), 300,
     {{"event NodeNotReady", ""}, {"starts c", "0 130"}, {"field object", "0:Created"}}},
    {"network", NODES POD("")
     STEPS "  - {at: 100s, fail: node/n1, lose: network}\n" RECOVER("200s"), 300,
     {{"starts c", "0"}, {"field Ready", "0:True 145:False 200:True"}}},
};

Test(vectors_nodes, all)
{
    VECTOR_EACH(rows);
}
