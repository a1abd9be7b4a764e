/* SPDX-License-Identifier: Apache-2.0 */
/* port_uring_sys.c - sockets made and asked without the ring, and why a ring may be refused. */
#include "engine/reactor/port_uring_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

rx_ns rx_sys_monotonic_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (rx_ns)t.tv_sec * RX_NS_PER_S + t.tv_nsec;
}

uint32_t rx_sys_nofile(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (uint32_t)limit.rlim_cur;
}

/* ---- sockets --------------------------------------------------------------------------------- */

int rx_sys_listen(struct rx_addr at, int backlog)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(at.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, error;

    if (fd < 0)
        return -errno;
    in.sin_addr.s_addr = htonl(at.ip);
    /* Every address, but only of this machine: nobody outside is to find these ports open. */
    if (at.ip == 0 && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo") != 0) {
        error = errno;
        close(fd);
        return -error;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    /* Accepted connections inherit it: headers and body of a simulated answer are sent apart, and
     * Nagle's algorithm would add the peer's delayed acknowledgement to the gap between them. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    /* For clients that want it, and only where net.ipv4.tcp_fastopen lets servers do it. */
    setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &backlog, sizeof(backlog));
    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(fd, backlog) == 0)
        return fd;
    error = errno;
    close(fd);
    return -error;
}

int rx_sys_local(int fd, struct rx_addr *out)
{
    struct sockaddr_in in;
    socklen_t length = sizeof(in);

    if (getsockname(fd, (struct sockaddr *)&in, &length) != 0)
        return -errno;
    if (in.sin_family != AF_INET)
        return -EAFNOSUPPORT;
    out->ip = ntohl(in.sin_addr.s_addr);
    out->port = ntohs(in.sin_port);
    return 0;
}

void rx_sys_reset_on_close(int fd)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

void rx_sys_stop_listening(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

/* ---- waking ---------------------------------------------------------------------------------- */

int rx_sys_wake_open(void)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    return fd < 0 ? -errno : fd;
}

void rx_sys_wake(int fd)
{
    uint64_t one = 1;
    int keep = errno; /* also called from signal handlers */

    /* Fails only when 2^64 wakes are pending, and then the ring is awake anyway. */
    if (write(fd, &one, sizeof(one)) < 0)
        errno = keep;
}

bool rx_sys_unwake(int fd)
{
    uint64_t wakes;

    return read(fd, &wakes, sizeof(wakes)) > 0; /* EAGAIN: there were none */
}

/* ---- sentences ------------------------------------------------------------------------------- */

static int sysctl_disabled(void);

void rx_sys_why_no_ring(int error, char *why, size_t room)
{
    struct utsname name;
    int level = sysctl_disabled();

    if (uname(&name) != 0)
        strcpy(name.release, "?");
    switch (error) {
    case ENOSYS:
        snprintf(
            why, room,
            "this kernel (%s) offers no io_uring: use " RX_SYS_KERNEL " or newer built with "
            "CONFIG_IO_URING, or, in a container, a seccomp profile that allows io_uring_setup, "
            "io_uring_enter and io_uring_register",
            name.release);
        break;
    case EPERM:
    case EACCES:
        if (level == 2)
            snprintf(why, room,
                     "io_uring is switched off by kernel.io_uring_disabled = 2: as root, "
                     "sysctl kernel.io_uring_disabled=0");
        else if (level == 1)
            snprintf(why, room,
                     "io_uring is restricted by kernel.io_uring_disabled = 1: join the group in "
                     "kernel.io_uring_group, or as root, sysctl kernel.io_uring_disabled=0");
        else
            snprintf(
                why, room,
                "io_uring is forbidden to this process, most likely by the seccomp filter of a "
                "container runtime: use a profile that allows io_uring_setup, io_uring_enter "
                "and io_uring_register");
        break;
    case ENOMEM:
        snprintf(why, room,
                 "no memory for the rings: raise RLIMIT_MEMLOCK (ulimit -l), which kernels before "
                 "5.12 charge them to, or the memory limit of the container");
        break;
    case EMFILE:
    case ENFILE:
        snprintf(why, room,
                 "no descriptor left for the ring: raise RLIMIT_NOFILE (ulimit -n), now %u",
                 rx_sys_nofile());
        break;
    case EINVAL:
        snprintf(why, room, "this kernel (%s) has too old an io_uring: use " RX_SYS_KERNEL
                 " or newer", name.release);
        break;
    default:
        snprintf(why, room, "io_uring could not be set up: %s", strerror(error));
    }
}

void rx_sys_why(const char *call, int error, char *why, size_t room)
{
    if (error == EPERM || error == EACCES || error == ENOSYS)
        snprintf(why, room,
                 "%s is refused to this process (%s), most likely by the seccomp filter of a "
                 "container "
                 "runtime: use a profile that allows it",
                 call, strerror(error));
    else if (error == EMFILE || error == ENFILE)
        snprintf(why, room, "no descriptor left for %s: raise RLIMIT_NOFILE (ulimit -n), now %u",
                 call, rx_sys_nofile());
    else
        snprintf(why, room, "%s failed: %s", call, strerror(error));
}

static int sysctl_disabled(void)
{
    int fd = open("/proc/sys/kernel/io_uring_disabled", O_RDONLY | O_CLOEXEC);
    char digit = '0';

    if (fd < 0)
        return 0; /* before Linux 6.6 there is no such switch */
    if (read(fd, &digit, 1) != 1)
        digit = '0';
    close(fd);
    return digit - '0';
}
