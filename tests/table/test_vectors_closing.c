/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vectors_closing.c - a process that ceases to listen before it ends, as its probes see it,
 * over scripted targets and over the wire. A container that is found unready is asked once more at
 * once, as the kubelet does whenever it publishes that.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD                                                                                        \
    VECTOR_POD "  containers: [{name: c, image: i:1, readinessProbe: {tcpSocket: {port: 80}, "     \
               "periodSeconds: 1, failureThreshold: 1}}]\n" VECTOR_BEHAVIOR("c")
#define DELETE VECTOR_STEPS "  - {at: 20500ms, delete: pod/p}\n"

static const struct vector closing[] = {
    {"the listener stays open to the end",
     POD "  instances: [{onStop: {after: 5s}}]\n" DELETE, 40,
     {{"field ContainersReady", "0:True 25.5:False"}, {"ends c", "25.5:143/Error"},
      {"event Unhealthy", ""}}},
    {"it closes 2.2 s after the signal: the tick of 23 sees it",
     POD "  instances: [{onStop: {after: 5s, closes: 2200ms}}]\n" DELETE, 40,
     {{"field ContainersReady", "0:True 23:False"}, {"ends c", "25.5:143/Error"},
      {"event Unhealthy", "23 23 24 25"}}},
    {"at once",
     POD "  instances: [{onStop: {after: 2s, closes: 0s}}]\n" DELETE, 40,
     {{"field ContainersReady", "0:True 21:False"}, {"ends c", "22.5:143/Error"},
      {"event Unhealthy", "21 21 22"}}},
    {"in the very instant of a tick: what a process does comes first",
     POD "  instances: [{onStop: {after: 5s, closes: 2500ms}}]\n" DELETE, 40,
     {{"field ContainersReady", "0:True 23:False"}, {"event Unhealthy", "23 23 24 25"}}},
    {"with its end it is over: the next instance listens again",
     POD "  instances: [{onStop: {after: 2s, closes: 1s}}]\n" VECTOR_STEPS
     "  - {at: 20500ms, kill: pod/p, signal: SIGTERM}\n", 24,
     {{"field ContainersReady", "0:True 22:False 22.5:True"}, {"ends c", "22.5:143/Error"},
      {"starts c", "0 22.5"}, {"event Unhealthy", "22 22"}}},
    {"a scripted window and a closed listener do not open each other",
     POD "  instances: [{onStop: {after: 9s, closes: 1s}, "
     "serve: [{from: 22s, to: 24s, do: refuse}]}]\n" DELETE, 40,
     {{"field ContainersReady", "0:True 22:False"},
      {"event Unhealthy", "22 22 23 24 25 26 27 28 29"}}},
};

Test(vectors_closing, a_listener_that_closes)
{
    vector_check_all(closing, sizeof(closing) / sizeof(*closing));
}
