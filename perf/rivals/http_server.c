/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_server.c - answers every request on a wildcard listener with the same 200 and closes:
 * multishot accept, then RECV, then SEND with CLOSE hard-linked behind it. Also what all clients
 * share.
 */
#include "perf/rivals/http.h"

#include <liburing.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const char http_request[] = "GET /healthz HTTP/1.1\r\nHost: 127.1.0.1:8080\r\n"
                            "User-Agent: kube-probe/1.36\r\nAccept: */*\r\n"
                            "Connection: close\r\n\r\n";
const char http_answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                           "Content-Length: 2\r\nConnection: close\r\n\r\nok";

/* Below the usual range of local ports: a client's own port could take the server's otherwise. */
enum { PORT_FIRST = 18080, PORT_LAST = 18180, BACKLOG = 4096, FDS_MAX = 65536, ENTRIES = 4096 };
enum { IS_ACCEPT, IS_RECV, IS_SEND, IS_CLOSE };

static char scratch[4096]; /* nobody reads the requests */

struct sockaddr_in http_address(uint64_t probe, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

    in.sin_addr.s_addr = htonl(0x7f010000u + (uint32_t)(probe % HTTP_ADDRESSES));
    return in;
}

bool http_is_ok(const char *answer, int length)
{
    return length >= 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0;
}

static int listen_somewhere(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    for (uint16_t p = PORT_FIRST; fd >= 0 && p <= PORT_LAST; p++) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(p)};

        if (bind(fd, (struct sockaddr *)&in, sizeof in) == 0 && listen(fd, BACKLOG) == 0) {
            *port = p;
            return fd;
        }
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static struct io_uring_sqe *next_sqe(struct io_uring *ring)
{
    struct io_uring_sqe *sqe;

    while ((sqe = io_uring_get_sqe(ring)) == NULL)
        io_uring_submit(ring);
    return sqe;
}

static void tag(struct io_uring_sqe *sqe, int kind, int fd, uint8_t flags)
{
    sqe->user_data = (uint64_t)fd << 8 | (uint64_t)kind;
    sqe->flags |= flags;
}

static void serve_one(struct io_uring *ring, int listener, const struct io_uring_cqe *cqe)
{
    int kind = (int)(cqe->user_data & 0xff), fd = (int)(cqe->user_data >> 8);
    struct io_uring_sqe *sqe;

    if (kind == IS_ACCEPT) {
        if (cqe->res >= 0) {
            sqe = next_sqe(ring);
            io_uring_prep_recv(sqe, cqe->res, scratch, sizeof scratch, 0);
            tag(sqe, IS_RECV, cqe->res, 0);
        }
        if ((cqe->flags & IORING_CQE_F_MORE) == 0) {
            sqe = next_sqe(ring);
            io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
            tag(sqe, IS_ACCEPT, 0, 0);
        }
    } else if (kind == IS_RECV) {
        if (io_uring_sq_space_left(ring) < 2)
            io_uring_submit(ring); /* a link on the last entry would be dropped */
        if (cqe->res > 0) {
            sqe = next_sqe(ring);
            io_uring_prep_send(sqe, fd, http_answer, strlen(http_answer), MSG_NOSIGNAL);
            tag(sqe, IS_SEND, fd, IOSQE_IO_HARDLINK | IOSQE_CQE_SKIP_SUCCESS);
        }
        sqe = next_sqe(ring);
        io_uring_prep_close(sqe, fd);
        tag(sqe, IS_CLOSE, fd, IOSQE_CQE_SKIP_SUCCESS);
    }
}

static void serve(int listener, bool spin)
{
    struct io_uring_params params = {.cq_entries = FDS_MAX};
    struct io_uring ring;
    struct io_uring_sqe *sqe;

    params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    if (io_uring_queue_init_params(ENTRIES, &ring, &params) != 0)
        _exit(1);
    sqe = next_sqe(&ring);
    io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
    tag(sqe, IS_ACCEPT, 0, 0);
    for (;;) {
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;

        if (spin)
            io_uring_submit_and_get_events(&ring);
        else
            io_uring_submit_and_wait(&ring, 1);
        io_uring_for_each_cqe(&ring, head, cqe)
        {
            serve_one(&ring, listener, cqe);
            seen++;
        }
        io_uring_cq_advance(&ring, seen);
    }
}

pid_t http_server_start(uint16_t *port, int cpu, bool spin)
{
    int listener = listen_somewhere(port);
    pid_t parent = getpid(), pid;

    if (listener < 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        if (cpu >= 0) {
            cpu_set_t set;

            CPU_ZERO(&set);
            CPU_SET((unsigned)cpu, &set);
            sched_setaffinity(0, sizeof set, &set);
        }
        serve(listener, spin);
    }
    close(listener);
    return pid;
}

void http_server_stop(pid_t server)
{
    if (server <= 0)
        return;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}
