/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_network.c - where the benches of sockets run: if it may be, in a network namespace of their
 * own. What sysctls a machine has, who else uses its ports and how many connections wait there in
 * TIME_WAIT is the same for all rivals then, and nothing of the machine's is changed.
 */
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "perf/rivals/http.h"

static bool loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

static bool set(const char *name, const char *value)
{
    char path[128];
    ssize_t n = -1;
    int fd;

    snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        n = write(fd, value, strlen(value));
    if (fd >= 0)
        close(fd);
    return n > 0;
}

const char *http_own_network(void)
{
    bool ok;

    if (unshare(CLONE_NEWNET) != 0)
        return "the machine's (no namespace of one's own: not allowed)";
    if (!loopback_up())
        return "none: loopback is down";
    ok = set("ipv4/tcp_fastopen", "3");
    ok &= set("ipv4/ip_local_port_range", "20000 65535"); /* the server is below */
    ok &= set("core/somaxconn", "65535");
    return ok ? "a namespace of its own, tcp_fastopen 3, local ports 20000-65535"
              : "a namespace of its own, with its default sysctls";
}

void http_stay_on_cpu(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
}
