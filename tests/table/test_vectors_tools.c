/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What containers are told of their processes, their node and their network, as the tools of
 * busybox and of Debian write it. The forms are those of busybox 1.35, procps 4 and iproute2 6, on
 * a real machine.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define DEBIAN(lines)                                                                              \
    ONCE "  containers:\n  - name: c\n    image: debian:12\n    command:\n    - bash\n    - -c\n " \
         "   - |\n" lines
#define BUSY(lines) ONCE "  containers:\n" BOX("c") SH(lines)

static const struct vector processes[] = {
    {"ps of busybox passes over all options but -o",
     BUSY(L("sleep 99 & sleep 65; ps aux | grep '[s]leep 99'; ps -ef | head -n 1; ps -o "
            "ppid,user,comm,etime")),
     70,
     {{"log c",
       "    1 root      0:00 sh -c sleep 99 & sleep 65; ps aux | grep '[s]leep 99'; ps -ef | head "
       "-n 1; "
       "ps -o ppid,user,comm,etime \n    2 root      0:00 sleep 99\nPID   USER     TIME  COMMAND\n"
       "PPID  USER     COMMAND          ELAPSED\n    0 root     sh                  1:05\n"
       "    1 root     sleep               1:05\n"}}},
    {"ps of procps in its usual forms",
     DEBIAN(L("sleep 9999 & sleep 3660; ps -p 2; ps u -p 2; ps -f -p 2; ps h -p 2; ps -o "
              "pid=,ppid=,cmd= -p 2") L("ps -C sleep -o comm=,etime,etimes,stat; ps -p 77; echo "
                                        "$?; ps -eo lstart,start,stime | tail -n 1")),
     3700,
     {{"log c", "  PID TTY          TIME CMD\n    2 ?        00:00:00 sleep\n"
                "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
                "root         2  0.0  0.0      0     0 ?        S    00:00   0:00 sleep 9999\n"
                "UID        PID  PPID  C STIME TTY          TIME CMD\n"
                "root         2     1  0 00:00 ?        00:00:00 sleep 9999\n"
                "    2 ?        S      0:00 sleep 9999\n    2     1 sleep 9999\n"
                "                    ELAPSED ELAPSED STAT\nsleep              01:01:00    3660 S\n"
                "  PID TTY          TIME CMD\n1\nThu Jan  1 00:00:00 2026 00:00:00 00:00\n"}}},
    {"processes are found by name, words, parent and age",
     BUSY(L("sleep 98 & sleep 99 & pgrep -f 'sleep 9[89]'; pgrep -l sleep; pgrep -x slee; echo $?; "
            "pidof sleep") L("pgrep -n sleep; pgrep -o sleep; pgrep -P 1 sl; pgrep -vx sleep; "
                             "pidof -s nosuch sleep; pgrep; echo $?")),
     5,
     {{"log c", "1\n2\n3\n2 sleep\n3 sleep\n1\n3 2\n3\n2\n2\n3\n1\n3\npgrep: no matching criteria "
                "specified\n"
                "Try `pgrep --help' for more information.\n2\n"}}},
    {"they are killed so, too",
     DEBIAN(L("sleep 98 & sleep 99 & pkill -f 'sleep 98'; wait %1; echo $?; pkill -INT -e sleep; "
              "killall -9 sleep")
                L("wait; pkill sleep; echo $?; killall sleep; killall -q sleep; pgrep -c sleep")),
     5,
     {{"log c", "143\nsleep killed (pid 3)\n1\nsleep: no process found\n0\n"}}},
    {"a shell that stays does not look past itself, one that becomes pgrep does",
     ONCE "  containers:\n  - {name: stays, image: \"debian:12\", command: [sh, -c, \"pgrep -f "
          "server\"]}\n"
          "  - {name: becomes, image: \"busybox:1.36\", command: [sh, -c, \"pgrep -f server\"]}\n"
          "  - {name: alone, image: x, command: [pgrep, -f, server]}\n",
     5,
     {{"log stays", "1\n"}, {"log becomes", ""}, {"log alone", ""}}},
    {"probes look for the server by its name",
     VECTOR_POD
     "  containers:\n  - name: c\n    image: nginx:1\n    command: [nginx, -g, daemon off;]\n"
     "    livenessProbe: {exec: {command: [pgrep, nginx]}, periodSeconds: 5, failureThreshold: 1}\n"
     "    readinessProbe: {exec: {command: [sh, -c, \"pidof nginx && ps aux | grep '[n]ginx' | "
     "grep -qv grep\"]}}\n",
     30,
     {{"starts c", "0"}, {"Ready", "0:True"}, {"event Unhealthy", ""}}},
    {"what is not simulated is named, and is no failure",
     DEBIAN(L("ps auxf && echo on; ps -Z && echo on; pgrep -t pts/0 x && echo on; ip route add x "
              "&& echo on")),
     5,
     {{"log c", "on\non\non\non\n"}}},
    {"busybox knows all its options",
     BUSY(L("ps -x; echo $?; pidof -z x; echo $?; free -x; echo $?; nproc -x; echo $?")),
     5,
     {{"log c", "ps: unrecognized option: x\n1\npidof: unrecognized option: z\n1\nfree: "
                "unrecognized option: x\n1\n"
                "nproc: unrecognized option: x\n1\n"}}},
};

static const struct vector node[] = {
    {"CPUs, memory and time as busybox has them",
     BUSY(L("nproc; nproc --ignore=3; nproc --all; free | tail -n 2; free -m | sed -n 2p; free -h "
            "| sed -n 2p") L("sleep 3700; uptime; uptime -s")),
     3700,
     {{"log c",
       "8\n5\n8\nMem:       16777216     2097152    14680064           0           0    14680064\n"
       "Swap:             0           0           0\n"
       "Mem:          16384        2048       14336           0           0       14336\n"
       "Mem:          16.0G        2.0G       14.0G           0           0       14.0G\n"
       " 01:01:40 up  1:01,  0 users,  load average: 0.00, 0.00, 0.00\n2026-01-01 00:00:00\n"}}},
    {"the same as procps has them",
     DEBIAN(L("free; free -h | sed -n 2p; sleep 120; uptime; uptime -p")),
     130,
     {{"log c", "               total        used        free      shared  buff/cache   available\n"
                "Mem:        16777216     2097152    14680064           0           0    14680064\n"
                "Swap:              0           0           0\n"
                "Mem:            16Gi       2.0Gi        14Gi          0B          0B        14Gi\n"
                " 00:02:00 up 2 min,  0 user,  load average: 0.00, 0.00, 0.00\nup 2 minutes\n"}}},
    {"sysctl reads, and takes what is written without effect",
     BUSY(L("sysctl net.core.somaxconn; sysctl -n kernel/pid_max; sysctl no.such; echo $?; sysctl "
            "-e no.such; echo $?")
              L("sysctl -w vm.max_map_count=262144; echo $?; sysctl -w vm; echo $?")),
     5,
     {{"log c",
       "net.core.somaxconn = 4096\n32768\nsysctl: error: 'no/such' is an unknown key\n1\n0\n0\n"
       "sysctl: error: 'vm' must be of the form name=value\n1\n"}}},
    {"addresses and routes",
     BUSY(L("ip -o -4 addr show eth0; ip addr show dev lo; ip route; ip link show eth0; ip a s "
            "nosuch; echo $?")),
     5,
     {{"log c", "2: eth0    inet 127.1.0.1/32 scope global eth0\\       valid_lft forever "
                "preferred_lft forever\n"
                "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n"
                "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 "
                "scope host lo\n"
                "       valid_lft forever preferred_lft forever\n"
                "default via 169.254.1.1 dev eth0 \n169.254.1.1 dev eth0 scope link \n"
                "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue \n"
                "    link/ether 0a:58:7f:01:00:01 brd ff:ff:ff:ff:ff:ff\nip: can't find device "
                "'nosuch'\n1\n"}}},
    {"the same as iproute2 has them",
     DEBIAN(L("ip -br a; ip -4 a show eth0; ip route show default; ip a s nosuch; echo $?")
                L("ip addr show eth0 | grep -oP '(?<=inet )[0-9.]+' || ip -4 addr show eth0 | awk "
                  "'/inet/{print $2}' | cut -d/ -f1")),
     5,
     {{"log c",
       "lo               UNKNOWN        127.0.0.1/8 \neth0             UP             127.1.0.1/32 "
       "\n"
       "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default \n"
       "    inet 127.1.0.1/32 scope global eth0\n       valid_lft forever preferred_lft forever\n"
       "default via 169.254.1.1 dev eth0 \nDevice \"nosuch\" does not exist.\n1\n"}}},
    {"mount lists",
     BUSY(L("mount | grep -c ' on / '; mount -t proc")),
     5,
     {{"log c", "1\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n"}}},
};

static const struct vector kernel[] = {
    {"limits and counters in the one tree of cgroup v2, and no other",
     ONCE "  containers:\n" BOX("c") "    resources: {limits: {cpu: 1500m, memory: 64Mi}}\n"
         SH(L("cd /sys/fs/cgroup; cat cgroup.controllers cpu.max memory.max memory.high "
              "memory.swap.max pids.max")
            L("sleep 9 & sleep 1; cat pids.current cgroup.procs cpuset.cpus.effective; cat "
              "/proc/self/cgroup")
            L("[ -e memory/memory.limit_in_bytes ] || echo no v1; awk '/^oom_kill /{print $2}' "
              "memory.events")
            L("head -n 1 /proc/stat; grep btime /proc/stat; grep -c 'flags.* avx ' /proc/cpuinfo")),
     5,
     {{"log c",
       "cpuset cpu io memory pids\n150000 100000\n67108864\nmax\n0\nmax\n2\n1\n2\n0-7\n0::/\n"
       "no v1\n0\ncpu  0 0 0 800 0 0 0 0 0 0\nbtime 1767225600\n8\n"}}},
    {"records that nobody has are asked for without a wrong answer",
     DEBIAN(L("dig +short SRV _x._tcp.db && echo on; host -t SRV _x._tcp.db && echo on; nslookup "
              "-type=srv x && echo on")
            L("dig +short A 127-1-0-1.default.pod; dig -t A +short 127-1-0-1.default.pod")),
     5, {{"log c", "on\non\non\n127.1.0.1\n127.1.0.1\n"}}},
};

Test(vectors_tools, kernel)
{
    VECTOR_EACH(kernel);
}

Test(vectors_tools, processes)
{
    VECTOR_EACH(processes);
}

Test(vectors_tools, node)
{
    VECTOR_EACH(node);
}
