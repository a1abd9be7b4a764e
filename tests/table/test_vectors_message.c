/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container leaves behind: termination messages within their budgets, logs of this instance
 * and the one before. Worked out by hand from sections 7.1 to 7.4 of the kubelet's rules.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/box.h"

/* Lines "000000000", "000000001", ...: ten bytes each, so that any byte tells where it stood. */
#define NUMBERED(count, to)                                                                        \
    L("i=0; while [ $i -lt " count " ]; do printf '%09d\\n' $i; i=$((i+1)); done > " to)

static void numbered(char *out, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        char line[24];

        snprintf(line, sizeof(line), "%09zu\n", at / 10);
        out[at - from] = line[at % 10];
    }
    out[to - from] = '\0';
}

static void expect_bytes(const char *yaml, const char *what, size_t from, size_t to)
{
    struct story_options o = {.for_ms = 5000};
    struct story *s = story_run(yaml, &o);
    char wanted[8192];

    numbered(wanted, from, to);
    cr_expect_str_eq(vector_look(s, what), wanted, "%s: got %zu bytes from \"%.12s\"", what,
                     strlen(vector_look(s, what)), vector_look(s, what));
    story_free(s);
}

#define FULL(name) BOX(name) SH(NUMBERED("500", "/dev/termination-log") L("exit 1"))
#define IDLE(name) BOX(name) SH(L("exit 0"))

Test(vectors_message, M_02_the_last_4096_bytes)
{
    expect_bytes(ONCE "  containers:\n" FULL("c"), "left c", 904, 5000);
}

Test(vectors_message, M_10_three_containers_have_room_for_all)
{
    expect_bytes(ONCE "  containers:\n" FULL("a") FULL("b") FULL("c"), "left b", 904, 5000);
}

Test(vectors_message, M_03_inits_and_sidecars_have_their_share)
{
    static const char yaml[] =
        ONCE "  initContainers:\n" IDLE("i") BOX("s") "    restartPolicy: Always\n"
             SH(L("trap 'exit 0' TERM; sleep 99 & wait")) "  containers:\n" FULL("c") IDLE("d");

    expect_bytes(yaml, "left c", 904, 904 + 3072);
}

Test(vectors_message, five_containers_have_2457_bytes)
{
    expect_bytes(ONCE "  containers:\n" FULL("a") IDLE("b") IDLE("c") IDLE("d") IDLE("e"), "left a",
                 904, 904 + 2457);
}

Test(vectors_message, the_lines_of_the_log_are_cut_to_2048_bytes)
{
    /* 300 lines are 3000 bytes, the last 80 of them 800; the last one has no end. */
    expect_bytes(ONCE "  containers:\n" BOX("c")
                 "    terminationMessagePolicy: FallbackToLogsOnError\n"
                      SH(NUMBERED("300", "/dev/stdout") L("exit 1")),
                 "left c", 2200, 3000);
    expect_bytes(ONCE "  containers:\n" BOX("c")
                 "    terminationMessagePolicy: FallbackToLogsOnError\n"
                      SH(NUMBERED("300", "/dev/stdout") L("printf 000000300; exit 1")),
                 "left c", 2210, 3009);
    /* Lines of 50 bytes: 80 are 4000, of which 2048 are left. */
    expect_bytes(ONCE "  containers:\n" BOX("c")
                 "    terminationMessagePolicy: FallbackToLogsOnError\n"
                      SH(NUMBERED("500", "/tmp/f") L("tr '\\n' '\\n' < /tmp/f; exit 1")),
                 "left c", 4200, 5000);
}

#define FALLBACK "    terminationMessagePolicy: FallbackToLogsOnError\n"

static const struct vector messages[] = {
    {"M-05: 80 lines of 50 bytes are more than there is room for",
     ONCE "  containers:\n" BOX("c") FALLBACK
          SH(L("i=0; while [ $i -lt 100 ]; do printf '%049d\\n' $i; i=$((i+1)); done; exit 1")),
     5, {{"now c", "Terminated/Error/1"}}},
    {"M-06: success says nothing",
     ONCE "  containers:\n" BOX("c") FALLBACK SH(L("echo all fine; exit 0")), 5, {{"left c", ""}}},
    {"M-07: a file that says something is believed",
     ONCE "  containers:\n" BOX("c") FALLBACK
     SH(L("echo log; printf abc > /dev/termination-log; exit 1")), 5, {{"left c", "abc"}}},
    {"M-08: the policy File does not look into the log",
     ONCE "  containers:\n" BOX("c") SH(L("echo log; exit 1")), 5, {{"left c", ""}}},
    {"both outputs in the order they were written",
     ONCE "  containers:\n" BOX("c") FALLBACK SH(L("echo one; echo two >&2; echo three; exit 1")),
     5, {{"left c", "one\ntwo\nthree\n"}}},
    {"a container that is killed has failed, too",
     VECTOR_POD "  containers:\n" BOX("c") FALLBACK
         "    livenessProbe: {exec: {command: [\"false\"]}, failureThreshold: 1, "
         "terminationGracePeriodSeconds: 3}\n" SH(L("echo working; sleep 999")),
     15, {{"ends c", "13:137/Error"}, {"last c", "working\n"}}},
    {"the message of an init container that is done",
     ONCE "  initContainers:\n" BOX("i") SH(L("echo version 7 > /dev/termination-log"))
         "  containers:\n" BOX("c") SH(L("sleep 99")),
     5, {{"now i", "Terminated/Completed/0"}, {"left i", "version 7\n"}}},
    {"each instance has a file of its own, also in a volume",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") MOUNT("")
         "    terminationMessagePath: /v/msg\n"
         SH(L("cat /v/msg; echo >> /v/n; echo run $(($(wc -l < /v/n) - 1)) > /v/msg; sleep 1; exit "
              "1")),
     3, {{"log- c", ""}, {"last c", "run 1\n"}}},
    {"the file is mounted: it cannot be removed, and what it says stays",
     ONCE "  containers:\n" BOX("c")
          SH(L("echo kept > /dev/termination-log; rm -f /dev/termination-log; echo $?")
             L("mv /dev/termination-log /tmp/x; echo $?; exit 4")),
     5,
     {{"left c", "kept\n"},
      {"log c", "rm: can't remove '/dev/termination-log': Device or resource busy\n1\n"
                "mv: can't remove '/dev/termination-log': Device or resource busy\n1\n"}}},
    {"the message of the instance before is in lastState, that of this one not yet",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo x >> /v/n; echo try $(wc -l < /v/n) > /dev/termination-log")
            L("sleep 5; exit $(wc -l < /v/n)")),
     18,
     {{"ends c", "5:1/Error 10:2/Error"},
      {"now c", "Waiting/CrashLoopBackOff"},
      {"last c", "try 2\n"}}},
    {"output of hooks and probes is not in the log",
     VECTOR_POD "  containers:\n" BOX("c")
         "    lifecycle: {postStart: {exec: {command: [sh, -c, 'echo hook; echo hook >&2']}}}\n"
         "    readinessProbe: {exec: {command: [echo, probe]}}\n" SH(L("echo main; sleep 99")),
     15, {{"log c", "main\n"}}},
    {"unless they write to the main process's own output",
     VECTOR_POD "  containers:\n" BOX("c")
         "    lifecycle: {postStart: {exec: {command: [sh, -c, 'echo hook > /proc/1/fd/1']}}}\n"
         SH(L("echo main; sleep 99")),
     15, {{"log c", "main\nhook\n"}}},
    {"no instance before",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("echo one; sleep 99")), 5,
     {{"log- c", "previous terminated container \"c\" in pod \"p\" not found"}}},
    {"two instances are kept, no more",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo >> /v/n; echo run $(wc -l < /v/n); sleep 3; exit 1")),
     17,
     {{"starts c", "0 3 16"}, {"log c", "run 3\n"}, {"log- c", "run 2\n"}}},
    {"while it waits, the newest dead instance is both",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("echo one; exit 1")), 5,
     {{"log c", "one\n"}, {"log- c", "one\n"}}},
    {"not started yet",
     VECTOR_POD "  initContainers:\n" BOX("i") SH(L("sleep 99")) "  containers:\n" BOX("c")
     SH(L("echo")), 5,
     {{"log c", "container \"c\" in pod \"p\" is waiting to start: PodInitializing"}}},
    {"its image cannot be had",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("echo")) VECTOR_BEHAVIOR("c")
         "  pull: [{from: 0s, fail: gone}]\n",
     25, {{"log c",
           "container \"c\" in pod \"p\" is waiting to start: trying and failing to pull image"}}},
};

Test(vectors_message, messages_and_logs)
{
    VECTOR_EACH(messages);
}
