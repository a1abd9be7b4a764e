/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes: who hears which signal, what code is left, what a shell does by the letter, what the
 * network answers, and where an endless script ends. Worked out by hand.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/box.h"

#define DELETE_100 VECTOR_STEPS "  - {at: 100s, delete: pod/p}\n"

static const struct vector signals[] = {
    {"a trap is heard at once by wait",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("trap 'echo bye; exit 0' TERM; sleep 1000 & wait"))
     DELETE_100, 200, {{"ends c", "100:0/Completed"}, {"phase", "0:Running 100:Succeeded"}}},
    {"but only after the command in the foreground",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("trap 'exit 5' TERM; while true; do sleep 7; done"))
     DELETE_100, 200, {{"ends c", "105:5/Error"}}},
    {"or never within the grace",
     VECTOR_POD "  terminationGracePeriodSeconds: 3\n  containers:\n" BOX("c")
         SH(L("trap 'exit 5' TERM; sleep 1000")) DELETE_100,
     200, {{"ends c", "103:137/Error"}}},
    {"exec puts a program without a handler in the place of PID 1",
     VECTOR_POD "  containers:\n" BOX("c") SH(L("exec sleep 1000")) DELETE_100,
     200, {{"ends c", "130:137/Error"}}},
    {"exec of a server lets it hear SIGTERM, a plain call does not",
     VECTOR_POD "  containers:\n" BOX("a") SH(L("exec nginx -g 'daemon off;'")) BOX("b")
         SH(L("nginx -g 'daemon off;'")) DELETE_100,
     200, {{"ends a", "100:143/Error"}, {"ends b", "130:137/Error"}}},
    {"a small init passes the signal on",
     VECTOR_POD "  containers:\n" BOX("c") "    command: [tini, --, sh, -c, 'sleep 1000; true']\n"
     DELETE_100, 200, {{"ends c", "100:143/Error"}}},
    {"in a shared namespace nobody but the sandbox is PID 1",
     VECTOR_POD "  shareProcessNamespace: true\n  containers:\n" BOX("a") SH(L("sleep 1000"))
     BOX("b")
         SH(L("echo $$$$; sleep 1000")) DELETE_100,
     200, {{"ends a", "100:143/Error"}, {"ends b", "100:143/Error"}}},
    {"nobody in a container can kill its PID 1",
     ONCE "  containers:\n" BOX("c")
     SH(L("kill -9 $$$$; kill -9 1; kill -TERM 1; echo alive; exit 7")), 5,
     {{"log c", "alive\n"}, {"ends c", "0:7/Error"}}},
    {"but any other process",
     ONCE "  containers:\n" BOX("c")
          SH(L("sh -c 'kill -9 $$$$; echo no'; echo $?") L("sleep 100 & kill $!; wait $!; echo $?")
             L("(sleep 100; echo no) & sleep 1; kill -KILL $!; wait $!; echo $?")),
     5, {{"log c", "137\n143\n137\n"}, {"ends c", "1:0/Completed"}}},
    {"a probe signals the main process",
     VECTOR_POD "  containers:\n" BOX("c")
         "    livenessProbe: {exec: {command: [sh, -c, 'kill -0 1 && kill -TERM 1']}}\n"
         SH(L("trap 'exit 3' TERM; while :; do sleep 1; done")),
     12, {{"ends c", "11:3/Error"}, {"event Unhealthy", ""}}},
    {"a hook asks for a reload",
     VECTOR_POD "  containers:\n" BOX("c")
         "    lifecycle: {postStart: {exec: {command: [sh, -c, 'sleep 3; kill -HUP 1; kill -USR1 "
         "1']}}}\n"
         SH(L("trap 'echo reload' HUP; sleep 1; while :; do sleep 100 & wait; done")),
     9, {{"log c", "reload\n"}, {"ends c", ""}}},
    {"and one that kills what is not PID 1",
     VECTOR_POD "  shareProcessNamespace: true\n  restartPolicy: Never\n  containers:\n" BOX("c")
         "    livenessProbe: {exec: {command: [sh, -c, 'kill -KILL 7']}}\n" SH(L("sleep 1000")),
     15, {{"ends c", "10:137/Error"}}},
    {"preStop tells the application to end, and the stop finds it gone",
     VECTOR_POD "  containers:\n" BOX("c")
         "    lifecycle: {preStop: {exec: {command: [sh, -c, 'touch /tmp/stop; sleep 10']}}}\n"
         SH(L("while [ ! -e /tmp/stop ]; do sleep 1; done; echo drained")) DELETE_100,
     200, {{"ends c", "101:0/Completed"}, {"phase", "0:Running 101:Succeeded"}}},
    {"preStop and trap share the grace",
     VECTOR_POD "  terminationGracePeriodSeconds: 10\n  containers:\n" BOX("c")
         "    lifecycle: {preStop: {exec: {command: [sleep, '7']}}}\n"
         SH(L("trap 'sleep 5; exit 0' TERM; while :; do sleep 1 & wait; done")) DELETE_100,
     200, {{"ends c", "110:137/Error"}}},
    {"EXIT and TERM traps of one script",
     VECTOR_POD "  containers:\n" BOX("c")
         SH(L("trap 'echo out' EXIT; trap 'echo term; exit 9' TERM; sleep 1000 & wait")) DELETE_100,
     99, {{"log c", ""}}},
    {"128 + signal, as Kubernetes tells it",
     ONCE "  containers:\n" BOX("a") SH(L("sh -c 'kill -SEGV $$$$'; exit $?")) BOX("b")
     SH(L("exit 256"))
         BOX("d") SH(L("exit 300")),
     5, {{"ends a", "0:139/Error"}, {"ends b", "0:0/Completed"}, {"ends d", "0:44/Error"}}},
    {"timeout",
     ONCE "  containers:\n" BOX("c")
          SH(L("timeout 2 sleep 10; echo $?; timeout 5 true; echo $?; timeout -s KILL 1 sleep 9; "
               "echo $?")),
     9, {{"log c", "143\n0\n137\n"}, {"ends c", "3:0/Completed"}}},
};

Test(vectors_process, signals)
{
    VECTOR_EACH(signals);
}

static const struct vector letters[] = {
    {"set -e",
     ONCE "  containers:\n" BOX("c")
          SH(L("set -e; false | true; echo pipe; (exit 3) || echo $?; ! true; if false; then :; fi")
             L("f() { false; echo in f; }; f || echo or; f && :; x=$(false); echo never")),
     5, {{"log c", "pipe\n3\nin f\nin f\n"}, {"ends c", "0:1/Error"}}},
    {"set -u",
     ONCE "  containers:\n" BOX("c") SH(L("set -u; echo ${A:-d} ${A+no}; echo $A; echo never")),
     5, {{"log c", "d\nsh: A: parameter not set\n"}, {"ends c", "0:2/Error"}}},
    {"set -x",
     ONCE "  containers:\n" BOX("c")
     SH(L("set -x; a=1; echo $a \"$a\" >/dev/null; set +x; echo quiet")), 5,
     {{"log c", "+ a=1\n+ echo 1 1\n+ set +x\nquiet\n"}}},
    {"pipefail",
     ONCE "  containers:\n" BOX("c")
          SH(L("false | true; echo $?; set -o pipefail; false | true; echo $?; (exit 3) | (exit 4) "
               "| true; echo $?")),
     5, {{"log c", "0\n1\n4\n"}}},
    {"a pipe ends when its reader has enough",
     ONCE "  containers:\n" BOX("c")
     SH(L("seq 1 100000 | head -n 2; while true; do echo y; sleep 1; done | head -n 3")), 9,
     {{"log c", "1\n2\ny\ny\ny\n"}, {"ends c", "3:0/Completed"}}},
    {"here-documents",
     ONCE "  containers:\n" BOX("c")
          SH(L("x=1; cat <<EOF") L("a $x $(echo b) \\$x") L("EOF") L("cat <<'EOF'") L("a $x")
             L("EOF")
             L("cat <<-EOF | tr a-z A-Z") L("\tin") L("\tEOF")),
     5, {{"log c", "a 1 b $x\na $x\nIN\n"}}},
    {"dates are the run's own",
     ONCE "  containers:\n" BOX("c")
          SH(L("a=$(date +%s); sleep 90; b=$(date +%s); echo $((b - a)); date -u "
               "+%Y-%m-%dT%H:%M:%SZ")
             L("date -d @86399 -u +%H:%M:%S")),
     99, {{"log c", "90\n2026-01-01T00:01:30Z\n23:59:59\n"}}},
    {"arguments, cases and arithmetic",
     ONCE "  containers:\n" BOX("c")
     "    command: [sh, -c, 'echo \"$0 $# $*\"; shift; echo \"$1\"; "
     "case $2 in [0-9]*) echo $(( $2 * 7 % 5 ));; esac', me, a, 'b c', '9']\n",
     5, {{"log c", "me 3 a b c 9\nb c\n3\n"}}},
    {"the environment of a child, and only what is exported",
     ONCE "  containers:\n" BOX("c") "    env: [{name: A, value: a}]\n"
          SH(L("B=b; export C=c; A=changed; D=d sh -c 'echo $A-$B-$C-$D'; env -i X=1 sh -c 'echo "
               "$A-$X'; "
               "unset A; env | grep -c ^A=")),
     5, {{"log c", "changed--c-d\n-1\n0\n"}, {"ends c", "0:1/Error"}}},
};

Test(vectors_process, letters)
{
    VECTOR_EACH(letters);
}

#define SERVICE                                                                                    \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: w}\n" \
    "  ports: [{port: 80, targetPort: http}]\n"                                                    \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: w, labels: {app: w}}\nspec:\n  " \
    "containers:\n" \
    "  - {name: w, image: w:1, ports: [{name: http, containerPort: 8080}], "                       \
    "readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1, initialDelaySeconds: 3}}\n"
#define SERVES(list) VECTOR_BEHAVIOR("w") "  instances: [{serve: [" list "]}]\n"

static const struct vector network[] = {
    {"waiting for a service as everybody does it",
     ONCE "  initContainers:\n" BOX("i")
     SH(L("until nc -z -w 1 web 80; do echo waiting; sleep 2; done"))
          "  containers:\n" BOX("c") SH(L("wget -qO- http://web/; echo $?")) SERVICE,
     9, {{"ends i", "4:0/Completed"},
      {"log i", "waiting\nwaiting\n"},
      {"log c", "ok\n0\n"}}},
    {"nslookup knows a service before it has endpoints",
     ONCE "  containers:\n" BOX("c")
          SH(L("nslookup web.default.svc.cluster.local >/dev/null; echo $?; nslookup nope "
               ">/dev/null; echo $?")) SERVICE,
     9, {{"log c", "0\n1\n"}}},
    {"wget's codes",
     ONCE "  containers:\n" BOX("c")
          SH(L("wget -q -O- http://nope/ || echo $?; wget -q -O- http://web/ || echo $?; sleep 5")
             L("wget -q -O /dev/null http://web/missing || echo $?; wget -q -T 2 -O- "
               "http://web/slow || echo $?; "
               "wget -q --spider http://web/ && echo there; wget -qO- http://web:81/ || echo $?"))
         SERVICE SERVES("{path: /missing, status: 404}, {path: /slow, do: hang}"),
     20,
     {{"log c", "wget: bad address 'nope'\n1\n"
                "wget: can't connect to remote host (10.96.0.2): Connection refused\n1\n"
                "wget: server returned error: HTTP/1.1 404 Not Found\n1\n"
                "wget: download timed out\n1\nthere\n"
                "wget: can't connect to remote host (10.96.0.2): Connection refused\n1\n"},
      {"ends c", "7:0/Completed"}}},
    {"curl's codes",
     ONCE "  containers:\n" BOX("c")
          SH(L("curl -s http://nope/; echo $?; curl -s http://web/; echo $?; sleep 5")
             L("curl -s -o /dev/null -w '%{http_code}\\n' http://web/missing; echo $?; curl -fs "
               "http://web/missing; echo $?")
             L("curl -s -m 2 http://web/slow; echo $?; curl -sS --connect-timeout 1 http://web:81; "
               "echo $?")
             L("curl -sI http://web/ | head -n 1; curl -s http://localhost:9; echo $?"))
         SERVICE SERVES("{path: /missing, status: 404}, {path: /slow, do: hang}"),
     20,
     {{"log c", "6\n7\n404\n0\n22\n28\n"
                "curl: (7) Failed to connect to web port 81: Connection refused\n7\nHTTP/1.1 200 "
                "OK\r\n7\n"},
      {"ends c", "7:0/Completed"}}},
    {"containers of a pod meet at localhost",
     ONCE "  containers:\n  - {name: s, image: s:1, ports: [{containerPort: 8080}]}\n" BOX("c")
          SH(L("wget -qO- localhost:8080; wget -qO- http://127.0.0.1:8080/x; nc -z localhost 9090; "
               "echo $?")),
     5, {{"log c", "ok\nok\n1\n"}}},
    {"a server of a script is up as long as it runs",
     ONCE "  containers:\n" BOX("s") "    ports: [{containerPort: 8080}]\n"
     SH(L("(sleep 2; timeout 3 httpserver) & sleep 99"))
         BOX("c") SH(
                     L("for i in 1 2 3 4 5 6; do nc -z localhost 8080 2>/dev/null; echo -n $?; "
                       "sleep 1; done")),
     9, {{"log c", "110001"}}},
};

Test(vectors_process, network)
{
    VECTOR_EACH(network);
}

#define FALLBACK "    terminationMessagePolicy: FallbackToLogsOnError\n"
#define OTHER BOX("other") SH(L("sleep 3; echo fine; sleep 99"))
#define LIMIT(name, script, text)                                                                  \
    {                                                                                              \
        name, ONCE "  containers:\n" BOX("c") SH(L(script)) OTHER, 5,                              \
        {                                                                                          \
            {"now c", "Terminated/Error/125"}, {"log c", "sh: limit: " text "\n"}, \
            {"log other", "fine\n"} \
        }                                                                                          \
    }

static const struct vector limits[] = {
    LIMIT("a loop that never sleeps", "while true; do :; done",
          "too many steps in one instant (a loop that never sleeps?)"),
    LIMIT("a fork bomb", "f() { f | f & }; f; wait", "too many processes"),
    LIMIT("endless recursion", "f() { f; }; f", "calls are nested too deep"),
    LIMIT("a variable that doubles", "x=a; while :; do x=$x$x; done", "a word is too long"),
    {"output without end",
     ONCE "  containers:\n" BOX("c") FALLBACK
     SH(L("yes 12345678901234567890123456789012345678901234567")) OTHER, 5,
     {{"now c", "Terminated/Error/125"},
      {"diag", "14:7 at 0ms: pod/p container \"c\": sh: 1:1: limit: too much output in one "
               "instant"},
      {"log other", "fine\n"}}},
    {"files have a size, volumes have one, and both are told",
     ONCE "  containers:\n" BOX("c")
          SH(L("head -c 1048577 /dev/zero > /tmp/big; echo $?; rm /tmp/big")
             L("for i in 1 2 3 4 5; do head -c 1000000 /dev/zero > /tmp/$i || echo full $i; done")
             L("rm /tmp/1; echo small > /tmp/x && cat /tmp/x")) OTHER,
     5,
     {{"log c",
       "head: write error: No space left on device\n1\nhead: write error: No space left on "
       "device\nfull 5\nsmall\n"},
      {"now c", "Terminated/Completed/0"}}},
    {"names are not without number",
     ONCE "  containers:\n" BOX("c")
          SH(L("i=0; while touch /tmp/$i 2>/tmp/err; do i=$((i+1)); done; cat /tmp/err; [ $i -gt "
               "1000 ] && echo many")),
     5, {{"log c", "touch: /tmp/4093: No space left on device\nmany\n"}}},
    {"a probe that never ends its instant fails, and nothing else",
     VECTOR_POD "  containers:\n" BOX("c")
         "    livenessProbe: {exec: {command: [sh, -c, 'while :; do :; done']}, failureThreshold: "
         "9}\n"
         SH(L("sleep 99")),
     12,
     {{"says Unhealthy",
       "Liveness probe failed: sh: limit: too many steps in one instant (a loop that never "
       "sleeps?)\n"},
      {"event Unhealthy", "10"}}},
    {"a script as deep as its author was patient",
     ONCE "  containers:\n" BOX("c") SH(L("eval \"$(printf '(%.0s' $(seq 1 200)) :\"")),
     5, {{"now c", "Running"}, {"log c", ""}}}, /* our limit, not its fault */
};

Test(vectors_process, limits)
{
    VECTOR_EACH(limits);
}
