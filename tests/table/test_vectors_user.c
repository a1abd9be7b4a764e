/* SPDX-License-Identifier: Apache-2.0 */
/*
 * securityContext: who the processes of a container are, and what they may write. Worked out by
 * hand.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define ROOT_RO "    securityContext: {readOnlyRootFilesystem: true}\n"

static const struct vector read_only[] = {
    {"F14: the root file system is read-only, the volume is not",
     VECTOR_POD "  containers:\n" BOX("main") ROOT_RO
         "    command: [sh, -ec, \"echo ok > /cache/probe; mkdir -p /var/run/app; echo $$$$ > "
         "/var/run/app/pid; "
         "sleep 3600\"]\n"
         "    volumeMounts: [{name: cache, mountPath: /cache}]\n  volumes: [{name: cache, "
         "emptyDir: {}}]\n",
     80,
     {{"starts main", "0 0 10 30 70"},
      {"at 0 status", "CrashLoopBackOff"},
      {"log main", "mkdir: can't create directory '/var/run/app': Read-only file system\n"}}},
    {"F14: what cannot be written, and what can",
     ONCE V("emptyDir: {}") "  containers:\n" BOX("c") ROOT_RO "    workingDir: /work\n" MOUNT("")
     SH(
         L("pwd; echo x > /tmp/x; echo x > x; touch /run/x; mkdir -p /tmp /work; rm -f /etc/none; "
           "> /etc/motd")
         L("echo x > /v/x && echo x > /dev/shm/x && echo x > /dev/null && cat /v/x /dev/shm/x")
         L("echo why > /dev/termination-log; exit 3")),
     5,
     {{"log c",
       "/work\nsh: can't create /tmp/x: Read-only file system\nsh: can't create x: Read-only file "
       "system\n"
       "touch: /run/x: Read-only file system\nsh: can't create /etc/motd: Read-only file "
       "system\nx\nx\n"},
      {"left c", "why\n"}}},
    {"F14: an init container of the same pod writes as it likes",
     ONCE "  initContainers:\n" BOX("i") SH(L("echo x > /tmp/x && echo wrote")) "  containers:\n"
     BOX("c")
         ROOT_RO SH(L("cat /tmp/x")),
     5,
     {{"log i", "wrote\n"}, {"log c", "cat: can't open '/tmp/x': No such file or directory\n"}}},
};

static const struct vector users[] = {
    {"F16: the start script drops privileges only when it has them",
     ONCE "  securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000}\n  containers:\n"
     BOX("main")
         "    command: [sh, -c, 'if [ \"$(id -u)\" = 0 ]; then echo root; exit 5; fi; "
         "echo \"user $(id -u) group $(id -g)\"']\n",
     5, {{"ends main", "0:0/Completed"}, {"log main", "user 1000 group 3000\n"}}},
    {"F16: all of it, in each place that asks",
     ONCE "  securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, "
          "supplementalGroups: [4000]}\n"
          "  containers:\n" BOX("c") SH(L("id; id -G; whoami; id -un; echo $HOME; cd; pwd")),
     5,
     {{"log c",
       "uid=1000 gid=3000 groups=2000,3000,4000\n3000 2000 4000\nwhoami: unknown uid 1000\n"
       "1000id: unknown ID 1000\n\n/\n/\n"}}},
    {"bash knows it by itself",
     ONCE "  securityContext: {runAsUser: 1000}\n  containers:\n" BOX("c")
         "    command: [bash, -c, 'echo $UID $EUID; test $UID = 0 && exit 3; exit 0']\n",
     5, {{"ends c", "0:0/Completed"}, {"log c", "1000 1000\n"}}},
    {"F16: the container's word goes before the pod's; hooks and probes are the same user",
     VECTOR_POD "  securityContext: {runAsUser: 1000, runAsGroup: 3000}\n  containers:\n" BOX("c")
         "    securityContext: {runAsUser: 77}\n"
         "    lifecycle: {postStart: {exec: {command: [sh, -c, 'id -u > /proc/1/fd/1']}}}\n"
         "    readinessProbe: {exec: {command: [sh, -c, 'test $(id -u):$(id -g) = 77:3000']}, "
         "periodSeconds: 5}\n"
         SH(L("id; sleep 999")),
     5, {{"log c", "uid=77 gid=3000 groups=3000\n77\n"}, {"Ready", "0:True"}}},
    {"F16: without any word it is root; a file of names is believed",
     ONCE V("configMap: {name: m, items: [{key: passwd, path: passwd}]}") "  containers:\n" BOX("c")
         SH(L("id; whoami; echo $HOME")) BOX("d") "    securityContext: {runAsUser: 1000}\n"
         "    volumeMounts: [{name: v, mountPath: /etc/passwd, subPath: passwd}]\n"
         SH(L("whoami; id"))
         MAP("m", "  passwd: |\n    root:x:0:0::/root:/bin/sh\n    app:x:1000:0::/:/bin/sh\n"),
     5,
     {{"log c", "uid=0(root) gid=0(root) groups=0(root)\nroot\n/root\n"},
      {"log d", "app\nuid=1000(app) gid=0(root) groups=0(root)\n"}}},
    {"F14: runAsNonRoot, and root is what it would run as",
     VECTOR_POD "  securityContext: {runAsNonRoot: true}\n  containers:\n" BOX("c")
         "    securityContext: {runAsUser: 0}\n" SH(L("sleep 999")) BOX("d")
         "    securityContext: {runAsUser: 5}\n" SH(L("sleep 999")) BOX("e")
         "    securityContext: {runAsUser: 0, runAsNonRoot: false}\n" SH(L("sleep 999")),
     25,
     {{"starts c", ""},
      {"starts d", "0"},
      {"starts e", "0"},
      {"event Failed/Error: container's runAsUser breaks non-root policy (pod: \"p_default(",
       "0 10 20"},
      {"event Failed/)\", container: c)", "0 10 20"},
      {"now c", "Waiting/CreateContainerConfigError"},
      {"status", "0:CreateContainerConfigError"}}},
    {"F16: the node that the manifest names",
     ONCE "  nodeName: worker-3\n  hostNetwork: true\n  containers:\n" BOX("c")
         "    env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]\n"
         SH(L("echo $NODE $(hostname)")),
     5, {{"log c", "worker-3 worker-3\n"}}},
    {"F16: hostname, as spec says it",
     ONCE "  hostname: me\n  subdomain: club\n  containers:\n" BOX("c")
         SH(L("hostname; hostname -f; hostname -d; hostname -i; hostname x")),
     5,
     {{"log c",
       "me\nme.club.default.svc.cluster.local\nclub.default.svc.cluster.local\n127.1.0.1\n"
       "hostname: sethostname: Operation not permitted\n"}}},
    {"F16: setHostnameAsFQDN",
     ONCE "  hostname: me\n  subdomain: club\n  setHostnameAsFQDN: true\n  containers:\n" BOX("c")
         SH(L("hostname; hostname -s; echo $HOSTNAME")),
     5,
     {{"log c", "me.club.default.svc.cluster.local\nme\nme.club.default.svc.cluster.local\n"}}},
};

static const struct vector sub_paths[] = {
    {"D14: a subPathExpr that leads out of the volume",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") "    env: [{name: UP, value: ../..}]\n"
         "    volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(UP)/x}]\n" SH(L("sleep 999")),
     15,
     {{"event Failed/Error: unable to provision SubPath `../../x`: must not contain '..'", "0 10"},
      {"left c", "unable to provision SubPath `../../x`: must not contain '..'"},
      {"now c", "Waiting/CreateContainerConfigError"}}},
    {"D14: one that is absolute, and one that has nothing to say",
     VECTOR_POD V("emptyDir: {}") "  containers:\n" BOX("c") "    env: [{name: AT, value: /etc}]\n"
         "    volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(AT)}]\n" SH(L("sleep 999"))
         BOX("d")
         "    env: [{name: B, value: ''}]\n"
         "    volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(C)/$(B)/$(A)$(B)}]\n"
         SH(L("sleep 999")),
     5,
     {{"left c", "error SubPath `/etc` must not be an absolute path"},
      {"left d", "missing value for A, B, C"}}},
};

Test(vectors_user, read_only)
{
    VECTOR_EACH(read_only);
}

Test(vectors_user, users)
{
    VECTOR_EACH(users);
}

Test(vectors_user, sub_paths)
{
    VECTOR_EACH(sub_paths);
}
