/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Behavior says about answers, seen by the commands that ask: curl and wget in probes, hooks
 * and scripts, at their own pod and through a Service. Worked out by hand.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

/* A server of the pod s, and a Service of that name; s is Ready throughout. */
#define SERVER(serve)                                                                              \
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: s, labels: {app: s}}\nspec:\n  " \
    "containers:\n" \
    "  - {name: web, image: example/web:1, ports: [{containerPort: 8080}]}\n"                      \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: s}, ports: "  \
    "[{port: 80, targetPort: 8080}]}\n"                                                            \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: b}\nspec:\n"                \
    "  selector: {matchLabels: {app: s}}\n  instances: [{serve: [" serve "]}]\n"
#define CLIENT(lines) ONCE "  containers:\n" BOX("c") SH(L("sleep 1") lines)

static const struct vector latency[] = {
    {"F27: a slow path, asked by a probe's curl",
     VECTOR_POD "  containers:\n  - name: main\n    image: example/app:1\n"
                "    ports: [{containerPort: 8080}]\n"
                "    readinessProbe: {exec: {command: [curl, -sf, "
                "\"http://localhost:8080/slow\"]}, "
                "initialDelaySeconds: 5, periodSeconds: 3, timeoutSeconds: 1}\n"
                VECTOR_BEHAVIOR("main")
                "  instances: [{serve: [{from: 0s, to: 30s, path: /slow, status: 200, latency: "
                "10s}]}]\n",
     40,
     {{"event Unhealthy", "7 10 13 16 19 22 25 28"},
      {"event Unhealthy/Readiness probe failed: command timed out: \"curl -sf "
       "http://localhost:8080/slow\" "
       "timed out after 1s", "7 10 13 16 19 22 25 28"},
      {"Ready", "30:True"}}},
    {"F27: by clients with a limit, and without one",
     CLIENT(L("wget -q -O /dev/null http://s/slow; echo $? at $(date +%S)")
            L("curl -s -m 2 http://s/slow; echo $? at $(date +%S)")
            L("timeout 2 curl -s http://s/slow; echo $? at $(date +%S)")
            L("wget -q -T 2 -O- http://s/slow; echo $? at $(date +%S)"))
         SERVER("{path: /slow, latency: 10s}"),
     60,
     {{"log c", "0 at 11\n28 at 13\n143 at 15\nwget: download timed out\n1 at 17\n"}}},
    {"F27: headers at once and a body later; wget's limit is for each of the two",
     CLIENT(L("curl -s -w '%{http_code} %{time_starttransfer} %{time_total}\\n' http://s/; echo $? "
              "at $(date +%S)")
            L("curl -s -m 2 -w '%{http_code}\\n' http://s/; echo $? at $(date +%S)")
            L("wget -q -T 3 -O- http://s/; echo $? at $(date +%S)")
            L("wget -q -T 1 -O- http://s/; echo $? at $(date +%S)")
            L("curl -sI http://s/ | head -n 1; date +%S"))
         SERVER("{headersAfter: 1s, bodyAfter: 3s}"),
     60,
     {{"log c",
       "ok\n200 1.000000 4.000000\n0 at 05\n200\n28 at 07\nok\n0 at 11\nwget: download timed out\n"
       "1 at 13\nHTTP/1.1 200 OK\r\n14\n"}}},
    {"a process that does not listen, on any port or on this one, hears of no path",
     CLIENT(L("curl -sS http://s/; nc -z s 80; echo $?; sleep 3")
            L("curl -sS http://s/; nc -z s 80; echo $?; sleep 3")
            L("curl -sS http://s/a; curl -sS http://s/p; nc -z s 80; echo $?"))
         SERVER("{to: 3s, do: refuse}, {path: /a, status: 201}, {path: /p, do: refuse}, "
                "{from: 6s, to: 12s, port: 9090, do: refuse}, "
                "{from: 3s, to: 6s, port: 8080, do: refuse}"),
     40,
     {{"log c",
       "curl: (7) Failed to connect to s port 80: Connection refused\n1\n"
       "curl: (7) Failed to connect to s port 80: Connection refused\n1\n"
       "ok\ncurl: (56) Recv failure: Connection reset by peer\n0\n"}}},
    {"F27: the process ends while it is asked; what has come, has come",
     CLIENT(L("curl -sS http://s/hang; echo $? at $(date +%S)"))
         SERVER("{path: /hang, do: hang}") VECTOR_STEPS
         "  - {at: 5s, kill: pod/s, container: web}\n",
     60, {{"log c", "curl: (56) Recv failure: Connection reset by peer\n56 at 05\n"}}},
    {"F27: ... and in the middle of a body",
     CLIENT(L("curl -sS http://s/; echo $? at $(date +%S)"))
         SERVER("{do: headersOnly}") VECTOR_STEPS "  - {at: 5s, kill: pod/s, container: web}\n",
     60,
     {{"log c", "curl: (18) transfer closed with 3 bytes remaining to read\n18 at 05\n"}}},
};

static const struct vector oddities[] = {
    {"F27: reset, garbage, headers only, hang",
     CLIENT(L("for p in reset garbage head hang; do curl -sS -m 2 http://s/$p; echo $p $? at "
              "$(date +%S); done")
            L("for p in reset garbage head hang; do wget -q -T 2 -O- http://s/$p; echo $p $?; "
              "done"))
         SERVER("{path: /reset, do: reset}, {path: /garbage, do: garbage}, {path: /head, do: "
                "headersOnly}, "
                "{path: /hang, do: hang}"),
     60,
     {{"log c",
       "curl: (56) Recv failure: Connection reset by peer\nreset 56 at 01\n"
       "curl: (1) Received HTTP/0.9 when not allowed\ngarbage 1 at 01\n"
       "curl: (28) Operation timed out after 2000 milliseconds with 0 out of 3 bytes "
       "received\nhead 28 at 03\n"
       "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\nhang 28 at "
       "05\n"
       "wget: error getting response: Connection reset by peer\nreset 1\n"
       "wget: error getting response\ngarbage 1\nwget: download timed out\nhead 1\n"
       "wget: download timed out\nhang 1\n"}}},
    {"F27: redirects are followed by who follows them, with the latency of each",
     CLIENT(L("curl -s -o /dev/null -w '%{http_code} %{redirect_url}\\n' http://s/a; echo $?")
            L("curl -sL -w '%{http_code} %{num_redirects} %{url_effective}\\n' http://s/a; date "
              "+%S")
            L("wget -qO- http://s/a; date +%S")
            L("curl -sSL http://s/loop; echo $?; wget -q -O- http://s/loop; echo $?"))
         SERVER("{path: /a, redirect: b/c, latency: 1s}, {path: /b/c, redirect: \"../d?x#y\", "
                "latency: 1s}, "
                "{path: /d, body: there, latency: 1s}, {path: /loop, redirect: /loop}"),
     60,
     {{"log c",
       "302 b/c\n0\nthere200 2 http://s/b/../d?x\n05\nthere08\n"
       "curl: (47) Maximum (50) redirects followed\n47\nwget: too many redirections\n1\n"}}},
    {"F27: a body of so many bytes, and a share of the answers",
     CLIENT(L("curl -s http://s/big | wc -c; wget -q -O- http://s/big | wc -c")
            L("n=0; for i in 1 2 3 4 5 6 7 8 9 10; do curl -sf http://s/some >/dev/null || "
              "n=$((n+1)); done")
            L("[ $n -gt 0 ] && [ $n -lt 10 ] && echo some"))
         SERVER("{path: /big, bodyBytes: 100000}, {path: /some, status: 500, rate: 0.5}"),
     60, {{"log c", "100000\n100000\nsome\n"}}},
    {"F18: one path, however it is asked for, by whom",
     VECTOR_POD
     "  containers:\n  - name: g\n    image: example/app:1\n    ports: [{containerPort: 8080}]\n"
     "    readinessProbe: {httpGet: {path: \"/report?days=30\", port: 8080}, periodSeconds: 5}\n"
     "  - name: e\n    image: example/app:1\n    ports: [{containerPort: 8081}]\n"
     "    readinessProbe: {exec: {command: [curl, -sf, "
     "\"http://localhost:8081/report?days=30\"]}, periodSeconds: 5}\n"
     "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: report-fails}\nspec:\n"
     "  instances: [{serve: [{from: 0s, to: 20s, path: /report, status: 503}]}]\n",
     30,
     {{"event Unhealthy in g", "0 5 10 15"},
      {"event Unhealthy in e", "0 5 10 15"},
      {"of g ready", "20:True"},
      {"of e ready", "20:True"},
      {"Ready", "20:True"}}},
    {"F18: normal forms of a URL",
     CLIENT(L("for u in s/r s/r?x=1 s/r#f s//r s/%72 s/./r s/x/../r S/r HTTP://s/r s:80/r "
              "s.default.SVC/r; do")
            L("  curl -s -o /dev/null -w '%{http_code} ' $u; done; echo")
            L("for u in s 's?x' 's#x' s/ s/R s/r/; do curl -s -o /dev/null -w '%{http_code} ' $u; "
              "done"))
         SERVER("{path: /r, status: 503}, {path: /, status: 404}"),
     60,
     {{"log c", "503 503 503 503 503 503 503 503 503 503 503 \n404 404 404 404 200 200 "}}},
};

/* A readiness probe that is led from HTTP, which goes over a wire where there is one, to HTTPS,
 * which does not. */
#define LED_ASTRAY(rules)                                                                          \
    VECTOR_POD "  containers:\n  - name: main\n    image: example/app:1\n" \
               "    ports: [{containerPort: 8080}, {containerPort: 8443}]\n" \
               "    readinessProbe: {httpGet: {host: localhost, port: 8080}, periodSeconds: 10, " \
               "timeoutSeconds: 5}\n" VECTOR_BEHAVIOR("main") \
               "  instances: [{serve: [{port: 8080, redirect: \"https://localhost:8443/x\"}, " \
               rules \
               "]}]\n"
#define ASKED "Readiness probe failed: Get \"https://localhost:8443/x\": "

static const struct vector led_astray[] = {
    {"it answers",
     LED_ASTRAY("{port: 8443, latency: 2s}"), 15, {{"event Unhealthy", ""}, {"Ready", "2:True"}}},
    {"it hangs until the deadline",
     LED_ASTRAY("{port: 8443, do: hang}"), 27,
     {{"event Unhealthy", "5 15 25"},
      {"event Unhealthy/" ASKED
       "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
       "5 15 25"}}},
    {"its process ends meanwhile",
     LED_ASTRAY("{port: 8443, do: hang}") VECTOR_STEPS
     "  - {at: 12s, kill: pod/p, container: main}\n", 13,
     {{"event Unhealthy", "5 12"}, {"event Unhealthy/connection reset by peer", "12"}}},
};

Test(vectors_answers, led_astray)
{
    vector_check_all(led_astray, sizeof(led_astray) / sizeof(*led_astray));
}

Test(vectors_answers, latency)
{
    vector_check_all(latency, sizeof(latency) / sizeof(*latency));
}

Test(vectors_answers, oddities)
{
    vector_check_all(oddities, sizeof(oddities) / sizeof(*oddities));
}
