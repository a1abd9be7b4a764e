/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and variables of containers that run their commands: what each kind of volume keeps and for
 * how long, what the environment says to whom, scripts that come with a volume. Worked out by hand.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/box.h"

static const struct vector storage[] = {
    {"a claim outlives its pod",
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
     "  selector: {matchLabels: {app: w}}\n  volumeClaimTemplates:\n  - metadata: {name: v}\n"
     "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
     "  template:\n    metadata: {labels: {app: w}}\n    spec:\n      containers:\n      - name: "
     "c\n"
     "        image: busybox:1\n        volumeMounts: [{name: v, mountPath: /v}]\n"
     "        command: [sh, -c, 'trap \"exit 0\" TERM; echo $HOSTNAME >> /v/runs; cat /v/runs; "
     "sleep 9999 & wait']\n" VECTOR_STEPS
     "  - {at: 10s, scale: statefulset/web, replicas: 1}\n"
     "  - {at: 20s, scale: statefulset/web, replicas: 2}\n",
     30,
     {{"log web-0 c", "web-0\n"}, {"log web-1 c", "web-1\nweb-1\n"}}},
    {"V-07: a claim is there after a reboot of the node, what was in memory is not",
     VECTOR_POD "  volumes:\n  - {name: disk, persistentVolumeClaim: {claimName: d}}\n"
         "  - {name: dir, emptyDir: {}}\n  - {name: mem, emptyDir: {medium: Memory}}\n"
         "  containers:\n" BOX("c")
         "    volumeMounts: [{name: disk, mountPath: /disk}, {name: dir, mountPath: /dir}, "
         "{name: mem, mountPath: /mem}]\n" SH(
         L("for i in disk dir mem; do echo x >> /$i/f; done; echo x >> /tmp/f")
         L("wc -l /disk/f /dir/f /mem/f /tmp/f | grep -v total") L("sleep 999"))
         CLAIM("d") VECTOR_STEPS "  - {at: 10s, reboot: node}\n",
     20,
     {{"starts c", "0 10"},
      {"log- c", "        1 /disk/f\n        1 /dir/f\n        1 /mem/f\n        1 /tmp/f\n"},
      {"log c", "        2 /disk/f\n        2 /dir/f\n        1 /mem/f\n        1 /tmp/f\n"}}},
    {"two pods of a node share a claim that one node at a time may have",
     ONCE V("persistentVolumeClaim: {claimName: d}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo from p > /v/f")) CLAIM("d")
         "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec:\n  restartPolicy: Never\n"
         V("persistentVolumeClaim: {claimName: d}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("sleep 1; cat /v/f")),
     5, {{"log q c", "from p\n"}}},
    {"no claim, no node",
     ONCE V("persistentVolumeClaim: {claimName: nope}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo ran")),
     50,
     {{"event FailedScheduling", "0"},
      {"says FailedScheduling",
       "0/1 nodes are available: persistentvolumeclaim \"nope\" not found. preemption: 0/1 nodes "
       "are "
       "available: 1 Preemption is not helpful for scheduling."},
      {"event Scheduled", ""},
      {"starts c", ""},
      {"log c", "pod p does not have a host assigned"},
      {"status", ""}}},
    {"a pod without a node goes at once",
     ONCE V("persistentVolumeClaim: {claimName: nope}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo ran")) VECTOR_STEPS "  - {at: 10s, delete: pod/p}\n",
     50, {{"object", "0:Created 10:Deleted"}, {"starts c", ""}}},
    {"V-08: hostPath keeps what it was given, whoever mounts it and at whatever depth",
     ONCE V("hostPath: {path: /srv/data}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("mkdir -p /v/a; echo deep > /v/a/f"))
         "---\napiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec:\n  restartPolicy: Never\n"
         V("hostPath: {path: /srv/data/a, type: Directory}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("sleep 1; cat /v/f")),
     5, {{"log q c", "deep\n"}}},
    {"a hostPath of type File is a file",
     ONCE V("hostPath: {path: /var/log/x.log, type: FileOrCreate}") "  containers:\n" BOX("c")
     MOUNT("")
         SH(L("test -f /v && echo line >> /v; cat /v; cd /v || echo no")),
     5, {{"log c", "line\nsh: cd: can't cd to /v: Not a directory\nno\n"}}},
    {"V-04: what a container has written beside its volumes goes with it",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("echo x >> /v/runs") L("if [ -e /tmp/bad ]; then sleep 1; exit 1; fi")
            L("if [ $(wc -l < /v/runs) = 1 ]; then touch /tmp/bad; sleep 3; exit 1; fi")
            L("sleep 999")),
     60, {{"starts c", "0 3"}, {"now c", "Running"}}},
    {"V-05: an emptyDir is the pod's and nobody else's",
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 1\n"
     "  selector: {matchLabels: {app: w}}\n"
     "  template:\n    metadata: {labels: {app: w}}\n    spec:\n      containers:\n      - name: "
     "c\n"
     "        image: busybox:1\n        volumeMounts: [{name: v, mountPath: /v}]\n"
     "        command: [sh, -c, 'trap \"exit 0\" TERM; echo x >> /v/runs; cat /v/runs; "
     "sleep 9999 & wait']\n      volumes: [{name: v, emptyDir: {}}]\n" VECTOR_STEPS
     "  - {at: 10s, scale: statefulset/web, replicas: 0}\n"
     "  - {at: 20s, scale: statefulset/web, replicas: 1}\n",
     30, {{"log web-0 c", "x\n"}}},
    {"what is projected cannot be written to, removed or added to",
     ONCE V("configMap: {name: m}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("cat /v/k; echo y > /v/k; rm -f /v/k; echo $?; touch /v/new; mkdir /v/d; ls /v"))
         MAP("m", "  k: value\n"),
     5,
     {{"log c", "valuesh: can't create /v/k: Read-only file system\n"
                "rm: can't remove '/v/k': Read-only file system\n1\n"
                "touch: /v/new: Read-only file system\n"
                "mkdir: can't create directory '/v/d': Read-only file system\nk\n"}}},
    {"a read-only mount of a volume that another container writes",
     ONCE V("emptyDir: {}") "  containers:\n" BOX("w") MOUNT("") SH(L("sleep 1; echo hi > /v/f"))
         BOX("r") MOUNT(", readOnly: true") SH(L("touch /v/x; sleep 2; cat /v/f")),
     5, {{"log r", "touch: /v/x: Read-only file system\nhi\n"}}},
    {"items, modes and a file mounted alone over a directory of the image",
     ONCE "  volumes:\n  - name: v\n    configMap:\n      name: m\n      defaultMode: 0444\n"
          "      items: [{key: a, path: deep/er/a}, {key: run, path: run.sh, mode: 0755}]\n"
          "  containers:\n" BOX("c")
          "    volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /etc/app.conf, "
          "subPath: deep/er/a}]\n"
          SH(L("find /v -type f | sort; cat /etc/app.conf; /v/run.sh 1; /v/deep/er/a; echo $?"))
          MAP("m", "  a: \"A\\n\"\n  b: B\n  run: |\n    #!/bin/sh\n    echo ran $0 $1\n"),
     5,
     {{"log c",
       "/v/deep/er/a\n/v/run.sh\nA\nran /v/run.sh 1\nsh: /v/deep/er/a: Permission denied\n126\n"}}},
    {"6.6: a volume whose source is missing is told as a mount that failed, once and again",
     ONCE V("configMap: {name: nowhere}") "  containers:\n" BOX("c") MOUNT("") SH(L("true")), 1,
     {{"event FailedMount", "0 0.5"},
      {"event FailedMount/Unable to attach or mount volumes: MountVolume.SetUp failed for volume "
       "\"v\" : "
       "configmap \"nowhere\" not found",
       "0 0.5"}}},
    {"a Secret's bytes, stringData before data",
     ONCE V("secret: {secretName: s}") "  containers:\n" BOX("c") MOUNT("")
         SH(L("cat /v/user; echo; cat /v/pass; echo"))
         "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {user: YWRtaW4=, pass: "
         "b2xk}\n"
         "stringData: {pass: new}\n",
     5, {{"log c", "admin\nnew\n"}}},
};

Test(vectors_files, storage)
{
    VECTOR_EACH(storage);
}

/* The engine goes on after the first look: something is applied, and the containers restart. */
static void apply_and_go_on(struct story *s, const char *yaml, int64_t until_s)
{
    cr_assert_eq(podring_load_text(story_ring(s), "more", yaml, strlen(yaml)), 0);
    cr_assert_eq(podring_apply(story_ring(s)), 0);
    cr_assert_eq(podring_run_until(story_ring(s), until_s * 1000), 0);
}

Test(vectors_files, a_changed_config_map_is_seen_by_the_next_instance)
{
    struct story_options o = {.for_ms = 10000};
    struct story *s = story_run(
        VECTOR_POD V("configMap: {name: m}") "  containers:\n" BOX("c") MOUNT("")
            "    env: [{name: K, valueFrom: {configMapKeyRef: {name: m, key: k}}}]\n"
            SH(L("cat /v/k; echo \" $K $(K)\"; sleep 20; exit 1")) MAP("m", "  k: one\n"),
        &o);

    story_eq(vector_look(s, "log c"), "one one one\n");
    apply_and_go_on(s, MAP("m", "  k: two\n") + 4, 30);
    story_eq(vector_look(s, "log- c"), "one one one\n");
    story_eq(vector_look(s, "log c"), "two two two\n");
    story_free(s);
}

Test(vectors_files, a_claim_that_comes_late_lets_its_pods_go)
{
    struct story_options o = {.for_ms = 10000};
    struct story *s = story_run(ONCE V("persistentVolumeClaim: {claimName: d}") "  containers:\n"
                                    BOX("c") MOUNT("") SH(L("date +%s; echo kept > /v/f")),
                                &o);

    story_eq(vector_look(s, "starts c"), "");
    apply_and_go_on(s, CLAIM("d") + 4, 20);
    story_eq(vector_look(s, "starts c"), "10");
    story_eq(vector_look(s, "PodScheduled"), "10:True");
    /* Ended and deleted, its claim is kept for whoever comes next. */
    apply_and_go_on(s,
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec:\n  restartPolicy: "
                    "Never\n"
                    V("persistentVolumeClaim: {claimName: d}") "  containers:\n" BOX("c") MOUNT("")
                    SH(L("cat /v/f")),
                    30);
    story_eq(vector_look(s, "log q c"), "kept\n");
    story_free(s);
}

static const struct vector scripts[] = {
    {"a command that comes with a ConfigMap",
     ONCE V("configMap: {name: m, defaultMode: 0755}") "  containers:\n" BOX("c") MOUNT("")
         "    command: [/v/run.sh, one]\n    args: [two]\n"
         MAP("m", "  run.sh: |\n    #!/bin/sh\n    echo \"$0 $*\"\n    exit 3\n"),
     5, {{"log c", "/v/run.sh one two\n"}, {"ends c", "0:3/Error"}, {"diag", ""}}},
    {"which may not be executed",
     ONCE V("configMap: {name: m}") "  containers:\n" BOX("c") MOUNT("")
     "    command: [/v/run.sh]\n"
         MAP("m", "  run.sh: echo never\n"),
     5,
     {{"ends c", "0:128/StartError"},
      {"now c", "Terminated/StartError/128"},
      {"left c", "exec: permission denied"},
      {"phase", "0:Failed"}}},
    {"somebody else's interpreter is somebody else's program",
     ONCE V("configMap: {name: m, defaultMode: 0755}") "  containers:\n" BOX("c") MOUNT("")
         "    command: [/v/run.py]\n"
         MAP("m", "  run.py: |\n    #!/usr/bin/python3\n    print(1)\n"),
     5, {{"ends c", ""}, {"phase", "0:Running"}}},
    {"a probe's script, written by an init container",
     VECTOR_POD V("emptyDir: {}") "  initContainers:\n" BOX("i") MOUNT("")
         SH(L("echo 'test ! -e /tmp/bad' > /v/check; chmod +x /v/check")) "  containers:\n" BOX("c")
         MOUNT("") "    livenessProbe: {exec: {command: [/v/check]}, failureThreshold: 1}\n"
         SH(L("sleep 15; touch /tmp/bad; sleep 999")),
     45, {{"event Unhealthy", "20"}, {"event Killing", "20"}}},
    {"a working directory that nobody made",
     ONCE "  containers:\n" BOX("c") "    workingDir: /srv/app/now\n"
     SH(L("pwd; echo x > f; cat /srv/app/now/f")), 5, {{"log c", "/srv/app/now\nx\n"}}},
};

Test(vectors_files, scripts)
{
    VECTOR_EACH(scripts);
}

#define ENV(list) "    env:\n" list
#define FIELD(name, path) "    - {name: " name ", valueFrom: {fieldRef: {fieldPath: " path "}}}\n"

static const struct vector environment[] = {
    {"each replica sees its own fields",
     "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
     "  selector: {matchLabels: {app: w}}\n"
     "  template:\n    metadata: {labels: {app: w}, annotations: {note: hi}}\n    spec:\n"
     "      containers:\n      - name: c\n        image: busybox:1\n        env:\n"
     "        - {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n"
     "        - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}\n"
     "        - {name: APP, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}\n"
     "        - {name: NR, valueFrom: {fieldRef: {fieldPath: "
     "\"metadata.labels['apps.kubernetes.io/pod-index']\"}}}\n"
     "        - {name: BOTH, value: \"$(ME)@$(IP)\"}\n"
     "        command: [sh, -c, 'echo $BOTH $APP $NR $(ME) $(hostname) $HOSTNAME; sleep 99']\n",
     5,
     {{"log web-0 c", "web-0@127.1.0.1 w 0 web-0 web-0 web-0\n"},
      {"log web-1 c", "web-1@127.3.129.2 w 1 web-1 web-1 web-1\n"}}},
    {"so does a probe, and a hook",
     VECTOR_POD "  containers:\n" BOX("c") ENV(FIELD("ME", "metadata.name"))
         "    lifecycle: {postStart: {exec: {command: [sh, -c, 'echo $ME > /tmp/me']}}}\n"
         "    readinessProbe: {exec: {command: [sh, -c, 'test $ME = p && test $(cat /tmp/me) = "
         "p']}}\n"
         SH(L("sleep 99")),
     5, {{"Ready", "0:True"}}},
    {"an init container looks a Service up in its own namespace",
     "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {ports: [{port: 80}]}\n---\n"
     VECTOR_POD
     "  initContainers:\n" BOX("i")
         SH(L("a=/var/run/secrets/kubernetes.io/serviceaccount; ls $a")
            L("until nslookup db.$(cat $a/namespace).svc.cluster.local > /dev/null; do echo wait; "
              "sleep 2; done")
            L("echo x > $a/namespace"))
     "  containers:\n" BOX("c") SH(L("sleep 99")),
     5, {{"starts c", ""}, {"starts i", "0 0"},
         {"log- i", "ca.crt\nnamespace\ntoken\nsh: can't create "
                    "/var/run/secrets/kubernetes.io/serviceaccount/namespace: Read-only file "
                    "system\n"}}},
    {"... which it may not want to know, or have made itself",
     VECTOR_POD "  automountServiceAccountToken: false\n  containers:\n" BOX("c")
         SH(L("ls /var/run/secrets || sleep 99")),
     5, {{"log c", "ls: /var/run/secrets: No such file or directory\n"}}},
    {"spec.hostname is the host's name",
     VECTOR_POD "  hostname: box\n  containers:\n" BOX("c")
     SH(L("hostname; echo $HOSTNAME; sleep 99")), 5, {{"log c", "box\nbox\n"}}},
    {"what a reference is, and what only looks like one",
     ONCE "  containers:\n" BOX("c")
         ENV("    - {name: A, value: a}\n    - {name: B, value: '$(A)$(C)$$(A)'}\n"
             "    - {name: C, value: c}\n    - {name: D, value: '$(B)'}\n    - {name: A, value: "
             "z}\n")
         "    command: [echo, '$(A)', '$(B)', '$(D)', '$$(A)', '$(NOPE)', '$(A', '$A', '$$$$']\n",
     5, {{"log c", "z a$(C)$(A) a$(C)$(A) $(A) $(NOPE) $(A $A $$\n"}}},
    {"envFrom: prefix, order, and env has the last word",
     ONCE "  containers:\n" BOX("c")
         "    envFrom: [{configMapRef: {name: m}}, {prefix: S_, secretRef: {name: s}}, "
         "{configMapRef: {name: gone, optional: true}}]\n"
         ENV("    - {name: K, value: mine}\n") SH(L("env | grep -E '^(K|J|S_K)=' | sort"))
         MAP("m", "  K: theirs\n  J: j\n")
         "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {K: secret}\n",
     5, {{"log c", "J=j\nK=mine\nS_K=secret\n"}}},
    {"a key that is not there holds the container back, an optional one does not",
     VECTOR_POD "  containers:\n" BOX("a")
         ENV("    - {name: X, valueFrom: {configMapKeyRef: {name: m, key: none, optional: "
             "true}}}\n")
         SH(L("echo \"[${X-unset}]\"; sleep 99")) BOX("b")
         ENV("    - {name: X, valueFrom: {configMapKeyRef: {name: m, key: none}}}\n")
         SH(L("sleep 99"))
         MAP("m", "  yes: 'y'\n"),
     5,
     {{"log a", "[unset]\n"},
      {"now b", "Waiting/CreateContainerConfigError"},
      {"left b", "couldn't find key none in ConfigMap default/m"}}},
    {"resources, in what they are asked for",
     ONCE "  containers:\n" BOX("c")
         "    resources: {requests: {cpu: 125m, memory: 32Mi}, limits: {cpu: 1500m, memory: "
         "64Mi}}\n"
         ENV("    - {name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}\n"
             "    - {name: B, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: "
             "1m}}}\n"
             "    - {name: C, valueFrom: {resourceFieldRef: {resource: limits.memory}}}\n"
             "    - {name: D, valueFrom: {resourceFieldRef: {resource: requests.memory, divisor: "
             "1Mi}}}\n"
             "    - {name: E, valueFrom: {resourceFieldRef: {resource: "
             "requests.ephemeral-storage}}}\n")
         SH(L("echo $A $B $C $D $E")),
     5, {{"log c", "2 125 67108864 32 0\n"}}},
    {"the downward API as files, and a projection of several sources",
     "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {zone: z1, app: p}, annotations: {b: "
     "two}}\n"
     "spec:\n  restartPolicy: Never\n  volumes:\n  - name: v\n    projected:\n      sources:\n"
     "      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, "
     "{path: name, fieldRef: {fieldPath: metadata.name}}, "
     "{path: cpu, resourceFieldRef: {containerName: c, resource: limits.cpu, divisor: 1m}}]}\n"
     "      - configMap: {name: m}\n      - serviceAccountToken: {path: token}\n"
     "  containers:\n" BOX("c") "    resources: {limits: {cpu: 250m}}\n" MOUNT("")
         SH(L("ls /v; cat /v/labels; echo; cat /v/name /v/k; echo; cat /v/cpu; echo"))
         MAP("m", "  k: value\n"),
     5, {{"log c", "cpu\nk\nlabels\nname\ntoken\napp=\"p\"\nzone=\"z1\"\npvalue\n250\n"}}},
    {"subPathExpr",
     ONCE V("hostPath: {path: /logs}") "  containers:\n" BOX("c") ENV(FIELD("ME", "metadata.name"))
         "    volumeMounts: [{name: v, mountPath: /v, subPathExpr: of/$(ME)}, "
         "{name: v, mountPath: /all}]\n" SH(L("echo x > /v/f; find /all -type f")),
     5, {{"log c", "/all/of/p/f\n"}}},
};

Test(vectors_files, environment)
{
    VECTOR_EACH(environment);
}

#define TOOL(name, script)                                                                         \
    "  - name: " name "\n    image: busybox:1.36\n    command:\n    - sh\n    - -ec\n    - |\n" \
    "      " script "\n"

static const struct vector tools[] = {
    {"what scripts of images do with small tools",
     ONCE "  containers:\n"
     TOOL("awk", "[ \"$(printf 'HTTP/1.1 200 OK\\n' | awk '/^HTTP/{print $2}')\" = 200 ]")
     TOOL("cp-n",
          "echo old > /tmp/a; echo new > /tmp/b; cp -n /tmp/b /tmp/a; [ \"$(cat /tmp/a)\" = old ]")
     TOOL("find",
          "mkdir -p /t/s; touch /t/a.sh /t/s/b.txt; find /t -type f ! -name '*.sh' -exec rm {} "
          "\\;; "
          "[ ! -e /t/s/b.txt ]; [ -e /t/a.sh ]")
     TOOL("grep-r", "mkdir -p /t; echo key > /t/f; grep -rq key /t")
     TOOL("ln",
          "echo x > /tmp/a; ln -s /tmp/a /tmp/b; [ \"$(cat /tmp/b)\" = x ]; [ \"$(readlink "
          "/tmp/b)\" = /tmp/a ]")
     TOOL("sed-block", "[ \"$(printf 'a\\nb\\nc\\n' | sed -n '/b/{p;q}')\" = b ]")
     TOOL("tar", "mkdir -p /a /b; echo x > /a/f; tar cf - -C /a . | tar xf - -C /b; [ -f /b/f ]")
     TOOL("ulimit", "ulimit -n >/dev/null; alias ll='ls -l'; echo ok")
     TOOL("chart",
          "mkdir -p /data/x /data/.snapshot; find /data -mindepth 1 -maxdepth 1 -not -name "
          ".snapshot | "
          "xargs chown -R 999:1000; [ \"$(stat -c %u:%g /data/x)\" = 999:1000 ]"),
     5,
     {{"ends awk", "0:0/Completed"}, {"ends cp-n", "0:0/Completed"}, {"ends find", "0:0/Completed"},
      {"ends grep-r", "0:0/Completed"}, {"ends ln", "0:0/Completed"},
      {"ends sed-block", "0:0/Completed"},
      {"ends tar", "0:0/Completed"}, {"ends ulimit", "0:0/Completed"},
      {"ends chart", "0:0/Completed"},
      {"phase", "0:Running 0:Succeeded"}}},
    {"the contents of a directory are seeded into a shared volume, not the directory",
     VECTOR_POD "  volumes: [{name: web, emptyDir: {}}]\n  initContainers:\n"
     "  - name: seed\n    image: busybox:1.36\n    volumeMounts: [{name: web, mountPath: "
     "/shared}]\n"
     "    command: [sh, -c, \"mkdir -p /site/css; echo home > /site/index.html; echo c > "
     "/site/css/a.css; "
     "cp -r /site/. /shared/\"]\n"
     "  containers:\n  - name: web\n    image: busybox:1.36\n    volumeMounts: [{name: web, "
     "mountPath: /web}]\n"
     "    command: [sh, -c, \"cat /web/index.html /web/css/a.css && sleep 3600\"]\n",
     30, {{"ends seed", "0:0/Completed"}, {"log web", "home\nc\n"}, {"starts web", "0"}}},
};

Test(vectors_files, tools)
{
    VECTOR_EACH(tools);
}

/* ---- directories that only the image has ----------------------------------------------------- */

#define OF(image) "  - name: main\n    image: " image "\n"

static const struct vector of_image[] = {
    {"an entrypoint writes where its image has directories",
     VECTOR_POD "  containers:\n" OF("nginx:1.27-alpine")
     "    command:\n    - sh\n    - -ec\n    - |\n"
         L("echo home >/usr/share/nginx/html/index.html; cd /etc/nginx; echo x >conf.d/x; rm -rf "
           "/usr/share")
         L("[ ! -e /usr/share/nginx ]; exec nginx -g 'daemon off;'"),
     60, {{"starts main", "0"}, {"ends main", ""}, {"Ready", "0:True"}}},
    {"it works where its image has been told to",
     ONCE "  containers:\n" OF("app:1") "    workingDir: /code/src\n"
     SH(L("pwd; echo x >lib/f && cat /code/src/lib/f")), 5,
     {{"log main", "/code/src\nx\n"}, {"ends main", "0:0/Completed"}}},
    {"what is in an image of busybox alone is known",
     ONCE "  containers:\n" BOX("main") SH(L("echo x >/cache/f")),
     5,
     {{"log main", "sh: can't create /cache/f: nonexistent directory\n"},
      {"ends main", "0:1/Error"}}},
    {"a distribution has no place for what is mounted",
     ONCE "  containers:\n" OF("debian:12")
     SH(L("echo x >/etc/cron.d/f && echo there; echo x >/cache/f")), 5,
     {{"log main", "there\nsh: can't create /cache/f: nonexistent directory\n"},
      {"ends main", "0:2/Error"}}},
    {"a read-only root is one there, too",
     ONCE "  containers:\n" OF("nginx:1") "    securityContext: {readOnlyRootFilesystem: true}\n"
         SH(L("cd /etc/nginx && pwd; echo x >/usr/share/nginx/html/f")),
     5,
     {{"log main", "/etc/nginx\nsh: can't create /usr/share/nginx/html/f: Read-only file system\n"},
      {"ends main", "0:1/Error"}}},
    {"the knob",
     ONCE "  containers:\n" OF("nginx:1") SH(L("echo x >/usr/share/nginx/html/f")),
     5, {{"set unknown_programs", "fail"}, {"ends main", "0:1/Error"}}},
    {"a volume is no image's",
     ONCE V("emptyDir: {}") "  containers:\n" OF("nginx:1") MOUNT("") SH(L("echo x >/v/d/f")),
     5, {{"ends main", "0:1/Error"}}},
};

Test(vectors_files, of_image)
{
    VECTOR_EACH(of_image);
}
