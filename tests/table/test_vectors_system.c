/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that every container has without its image's doing: /etc/hosts and its like, /dev, /proc.
 * Worked out by hand.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define IN(spec, lines) ONCE spec "  containers:\n" BOX("c") SH(lines)

static const struct vector files[] = {
    {"F15: what the kubelet and the kernel put into every container",
     VECTOR_POD "  hostAliases: [{ip: 10.1.2.3, hostnames: [legacy.example]}]\n  containers:\n"
     BOX("main")
         "    command: [sh, -ec, \"grep -q legacy.example /etc/hosts; grep -q '^nameserver' "
         "/etc/resolv.conf; "
         "[ \\\"$(cat /etc/hostname)\\\" = p ]; head -c 4 /dev/urandom > /tmp/r; echo fine; sleep "
         "3600\"]\n"
         "    readinessProbe: {exec: {command: [sh, -c, \"test -d /proc/1\"]}, periodSeconds: 5}\n",
     30, {{"log main", "fine\n"}, {"Ready", "0:True"}, {"event Unhealthy", ""},
          {"starts main", "0"}}},
    {"F15: /etc/hosts as the kubelet writes it",
     IN("  hostname: me\n  subdomain: club\n  hostAliases: [{ip: 10.1.2.3, hostnames: [a, b]}]\n",
        L("tail -n 4 /etc/hosts; head -n 2 /etc/hosts")),
     5,
     {{"log c",
       "127.1.0.1\tme.club.default.svc.cluster.local\tme\n\n# Entries added by "
       "HostAliases.\n10.1.2.3\ta\tb\n"
       "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"}}},
    {"F15: who writes into it is believed, until the container starts anew",
     VECTOR_POD "  containers:\n" BOX("c")
         SH(L("nslookup extra >/dev/null || echo no extra; echo '127.1.0.1 extra' >> /etc/hosts")
            L("nslookup extra | tail -n 2; sed -n '1p;$p' /etc/hosts; rm /etc/hosts; sleep 5")),
     20,
     {{"log c",
       "no extra\nAddress: 127.1.0.1\n\n# Kubernetes-managed hosts file.\n127.1.0.1 extra\n"
       "rm: can't remove '/etc/hosts': Device or resource busy\n"},
      {"starts c", "0 5 20"}}},
    {"F15: resolv.conf by dnsPolicy and dnsConfig",
     IN("  dnsConfig: {nameservers: [10.0.0.2], searches: [corp], options: [{name: ndots, value: "
        "'2'}, {name: edns0}]}\n", L("cat /etc/resolv.conf")),
     5,
     {{"log c",
       "search default.svc.cluster.local svc.cluster.local cluster.local corp\nnameserver "
       "10.96.0.10\n"
       "nameserver 10.0.0.2\noptions ndots:2 edns0\n"}}},
    {"F15: dnsPolicy None",
     IN("  dnsPolicy: None\n  dnsConfig: {nameservers: [1.1.1.1]}\n", L("cat /etc/resolv.conf")), 5,
     {{"log c", "nameserver 1.1.1.1\n"}}},
    {"F15: devices",
     IN("", L(". /dev/null && echo after; head -c 5 /dev/zero | wc -c; head -c 5 /dev/random | wc "
              "-c")
            L("echo x > /dev/full; echo x > /dev/null; echo out > /dev/fd/1; echo err > "
              "/dev/stderr")
            L("a=$(tr -dc a-z < /dev/urandom | head -c 12); b=$(tr -dc a-z < /dev/urandom | head "
              "-c 12)")
            L("[ ${#a} = 12 ] && [ $a != $b ] && echo drawn; [ -d /dev/shm ] && [ -c /dev/urandom "
              "] && echo there")),
     5,
     {{"log c",
       "after\n5\n5\necho: write error: No space left on device\nout\nerr\ndrawn\nthere\n"}}},
    {"F15: the same seed gives the same bytes, another instance others",
     VECTOR_POD "  containers:\n" BOX("c")
     SH(L("tr -dc a-z < /dev/urandom | head -c 8 >> /dev/termination-log; "
          "cat /proc/sys/kernel/random/uuid | wc -c; exit 1")),
     5, {{"starts c", "0 0"}, {"log c", "37\n"}}},
    {"F15: processes",
     IN("    \n", L("sleep 99 &")
        L("sleep 1; ls /proc | grep -c '^[0-9]'; tr '\\0' ' ' < /proc/$!/cmdline; echo")
            L("cat /proc/1/comm; grep -E '^(Name|Pid|PPid|State|Uid)' /proc/$!/status")
            L("cut -d' ' -f1-4 /proc/$!/stat; [ -d /proc/self ] && [ ! -e /proc/999 ] && echo "
              "right")
            L("kill $!; while [ -d /proc/$! ]; do sleep 1; done; echo gone")),
     10,
     {{"log c",
       "4\nsleep 99 \nsh\nName:\tsleep\nState:\tS (sleeping)\nPid:\t2\nPPid:\t1\nUid:\t0\t0\t0\t0\n"
       "2 (sleep) S 1\nright\ngone\n"}}},
};

static const struct vector kernel[] = {
    {"F15: limits where a kernel shows them, and a machine of 8 CPUs and 16 GiB",
     ONCE "  containers:\n" BOX("c") "    resources: {limits: {cpu: 500m, memory: 64Mi}}\n"
         SH(L("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max; grep MemTotal /proc/meminfo")
            L("grep -c processor /proc/cpuinfo; sleep 2; cat /proc/uptime; echo 1 > "
              "/proc/sys/vm/swappiness")
            L("cat /proc/sys/kernel/hostname; grep ' /dev/termination-log ' /proc/mounts"))
         BOX("d") SH(L("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max")),
     5,
     {{"log c",
       "67108864\n50000 100000\nMemTotal:       16777216 kB\n8\n2.00 16.00\n"
       "sh: can't create /proc/sys/vm/swappiness: Read-only file system\np\n"
       "/dev/sda1 /dev/termination-log ext4 rw,relatime 0 0\n"},
      {"log d", "max\nmax 100000\n"}}},
    {"F15: a shared namespace shows the processes of all, a server by its command or its image",
     VECTOR_POD
     "  shareProcessNamespace: true\n  containers:\n  - name: web\n    image: repo/nginx:1\n"
     "  - name: app\n    image: x\n    command: [/usr/bin/serve, --all]\n" BOX("c")
                SH(L("for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | cut -c 1-20; done; "
                     "sleep 99")),
     5,
     {{"log c", "/pause \n/usr/bin/serve --all\nsh -c for p in /proc\n \nnginx \n"}}},
    {"F15: probes see the main process, and what it has become",
     VECTOR_POD "  containers:\n" BOX("c")
                "    livenessProbe: {exec: {command: [sh, -c, 'grep -q serve /proc/1/comm && cat "
                "/proc/1/cmdline']}, "
                "periodSeconds: 5, failureThreshold: 1}\n" SH(L("exec /usr/bin/serve --all")),
     20, {{"starts c", "0"}, {"event Unhealthy", ""}}},
};

Test(vectors_system, files)
{
    VECTOR_EACH(files);
}

Test(vectors_system, kernel)
{
    VECTOR_EACH(kernel);
}
