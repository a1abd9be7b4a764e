/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_server.c - answers every request on a wildcard listener with the same 200 and closes:
 * multishot accept, then RECV, then SEND with CLOSE hard-linked behind it. On a second listener,
 * the port above the first, it keeps connections: SEND with the next RECV linked behind it. Both
 * take part in TCP fast open if the system lets them. Also what all clients share.
 */
#include "perf/rivals/http.h"

#include <liburing.h>
#include <netinet/tcp.h>
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
const char http_request_keep[] = "GET /healthz HTTP/1.1\r\nHost: 127.1.0.1:8080\r\n"
                                 "User-Agent: kube-probe/1.36\r\nAccept: */*\r\n\r\n";
const char http_answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                           "Content-Length: 2\r\nConnection: close\r\n\r\nok";

static const char answer_keep[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                  "Content-Length: 2\r\n\r\nok";

/* Below the usual range of local ports: a client's own port could take the server's otherwise. */
enum { PORT_FIRST = 18080, PORT_LAST = 18180, BACKLOG = 4096, FDS_MAX = 65536, ENTRIES = 4096 };
enum { IS_ACCEPT, IS_RECV, IS_SEND, IS_CLOSE, KEEPS = 8 /* of the second listener */ };

static char scratch[4096]; /* nobody reads the requests */

uint32_t http_addresses = 512;

struct sockaddr_in http_address(uint64_t probe, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

    in.sin_addr.s_addr = htonl(0x7f010000u + (uint32_t)(probe % http_addresses));
    return in;
}

bool http_is_ok(const char *answer, int length)
{
    return length >= 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0;
}

static int listen_at(uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, queue = BACKLOG;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (fd >= 0 && bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Two ports, one above the other. */
static bool listen_somewhere(int listener[2], uint16_t *port)
{
    for (uint16_t p = PORT_FIRST; p < PORT_LAST; p += 2) {
        listener[0] = listen_at(p);
        listener[1] = listen_at(p + 1);
        *port = p;
        if (listener[0] >= 0 && listener[1] >= 0)
            return true;
        for (int i = 0; i < 2; i++)
            if (listener[i] >= 0)
                close(listener[i]);
    }
    return false;
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

static void push_accept(struct io_uring *ring, int listener, int keeps)
{
    struct io_uring_sqe *sqe = next_sqe(ring);

    io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
    tag(sqe, IS_ACCEPT | keeps, listener, 0);
}

static void push_recv(struct io_uring *ring, int fd, int keeps)
{
    struct io_uring_sqe *sqe = next_sqe(ring);

    io_uring_prep_recv(sqe, fd, scratch, sizeof(scratch), 0);
    tag(sqe, IS_RECV | keeps, fd, 0);
}

static void push_answer(struct io_uring *ring, int fd, int keeps)
{
    const char *answer = keeps ? answer_keep : http_answer;
    struct io_uring_sqe *sqe = next_sqe(ring);

    io_uring_prep_send(sqe, fd, answer, strlen(answer), MSG_NOSIGNAL);
    tag(sqe, IS_SEND | keeps, fd, IOSQE_IO_HARDLINK | IOSQE_CQE_SKIP_SUCCESS);
}

static void serve_one(struct io_uring *ring, const struct io_uring_cqe *cqe)
{
    int kind = (int)(cqe->user_data & 7), keeps = (int)(cqe->user_data & KEEPS);
    int fd = (int)(cqe->user_data >> 8);
    struct io_uring_sqe *sqe;

    if (kind == IS_ACCEPT) {
        if (cqe->res >= 0)
            push_recv(ring, cqe->res, keeps);
        if ((cqe->flags & IORING_CQE_F_MORE) == 0)
            push_accept(ring, fd, keeps);
    } else if (kind == IS_RECV) {
        if (io_uring_sq_space_left(ring) < 2)
            io_uring_submit(ring); /* a link on the last entry would be dropped */
        if (cqe->res > 0)
            push_answer(ring, fd, keeps);
        if (cqe->res > 0 && keeps) {
            push_recv(ring, fd, keeps);
            return;
        }
        sqe = next_sqe(ring);
        io_uring_prep_close(sqe, fd);
        tag(sqe, IS_CLOSE, fd, IOSQE_CQE_SKIP_SUCCESS);
    }
}

static void serve(const int listener[2], bool spin)
{
    struct io_uring_params params = {.cq_entries = FDS_MAX};
    struct io_uring ring;

    params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    if (io_uring_queue_init_params(ENTRIES, &ring, &params) != 0)
        _exit(1);
    push_accept(&ring, listener[0], 0);
    push_accept(&ring, listener[1], KEEPS);
    for (;;) {
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;

        if (spin)
            io_uring_submit_and_get_events(&ring);
        else
            io_uring_submit_and_wait(&ring, 1);
        io_uring_for_each_cqe(&ring, head, cqe)
        {
            serve_one(&ring, cqe);
            seen++;
        }
        io_uring_cq_advance(&ring, seen);
    }
}

pid_t http_server_start(uint16_t *port, int cpu, bool spin)
{
    pid_t parent = getpid(), pid;
    int listener[2];

    if (!listen_somewhere(listener, port))
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
            sched_setaffinity(0, sizeof(set), &set);
        }
        serve(listener, spin);
    }
    close(listener[0]);
    close(listener[1]);
    return pid;
}

void http_server_stop(pid_t server)
{
    if (server <= 0)
        return;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}
