/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring.c - the real world: one ring, one system call a turn. The only file with liburing.h.
 *
 * A chain posts one completion, good or bad: every link but the last is silent when it succeeds,
 * and a silent link that fails silences the links after it. The code in its user_data tells the
 * stage. CLOSE is an entry of its own, never linked to the chain: an answer is visible before a
 * linked CLOSE has run, and the slot would be reused under it.
 *
 * Written against liburing 2.3. What came later is reached by its number, and probed first.
 */
#include <errno.h>
#include <liburing.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/reactor/err.h"
#include "engine/reactor/limit.h"
#include "engine/reactor/port_uring_flow.h"
#include "engine/reactor/port_uring_sys.h"
#include "engine/reactor/trace.h"

/* Newer than the headers we build with. */
enum {
    ENTER_NO_IOWAIT = 1 << 7, /* 6.15: an idle engine does not look like one waiting for a disk */
    FEAT_NO_IOWAIT = 1 << 17,
    CMD_SETSOCKOPT = 3, /* 6.7: SOCKET_URING_OP_SETSOCKOPT */
};

enum {
    SLOTS_MAX = 32768, /* the largest file table the kernel gives out */
    FDS_MAX = 262144,  /* listeners and accepted connections; a handle could carry more */
    OPTIONS_MAX = 2,   /* entries that set a socket option in one chain */
    SQ_MIN = 8,        /* room for the longest chain */
    PAUSE_NS = 4 * RX_NS_PER_MS,
    SIGSET_BYTES = 8, /* the kernel's sigset_t, not libc's */
};

struct ring_port {
    struct rx_uring u;
    struct io_uring ring;
    rx_ns epoch;
    pid_t pid;
    struct __kernel_timespec pause; /* read when the timeout is issued */
    bool pausing, wake_armed, woken;
    _Atomic int event_fd; /* what fd gives; -1 until somebody asks for it. Other threads
                           * wake it */
    bool ring_registered, no_iowait, can_linger, can_fast_open;
};

static int ring_open(struct ring_port *r, const struct rx_uring_options *o, char *why, size_t room);
static int ring_probe(struct ring_port *r, char *why, size_t room);
static int slots_register(struct ring_port *r, uint32_t want);
static int options_probe(struct ring_port *r);
static void ring_close(struct ring_port *r);

static const struct rx_port_ops uring_ops;

static struct ring_port *self(const struct rx_port *p)
{
    return rx_container_of(p, struct ring_port, u.port);
}

static struct ring_port *ring_of(struct rx_uring *u)
{
    return rx_container_of(u, struct ring_port, u);
}

/* ---- open and destroy ------------------------------------------------------------------------ */

int rx_port_uring_open(struct rx_port **out, const struct rx_mem *mem,
                       const struct rx_uring_options *options, char *why, size_t why_room)
{
    struct rx_uring_options none = {0};
    struct ring_port *r = rx_mem_alloc(mem, sizeof(*r));
    int rc;

    if (r == NULL)
        return -RX_ENOMEM;
    *r = (struct ring_port){.u = {.port.ops = &uring_ops, .mem = mem, .wake_fd = -1},
                            .ring.ring_fd = -1,
                            .event_fd = -1};
    rx_uflow_init(&r->u);
    rc = ring_open(r, options != NULL ? options : &none, why, why_room);
    if (rc != 0) {
        uring_ops.destroy(&r->u.port);
        return rc;
    }
    r->epoch = rx_sys_monotonic_ns();
    r->pid = getpid();
    *out = &r->u.port;
    return 0;
}

static int ring_open(struct ring_port *r, const struct rx_uring_options *o, char *why, size_t room)
{
    /* DEFER_TASKRUN (6.1) keeps all work inside the wait. Without it any system call may do it,
     * which costs some 15 % below saturation. */
    static const unsigned modes[] = {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
                                     IORING_SETUP_COOP_TASKRUN};
    unsigned sq = RX_MAX(o->sq_entries != 0 ? o->sq_entries : RX_URING_SQ, (unsigned)SQ_MIN);
    unsigned cq = RX_MAX(o->cq_entries != 0 ? o->cq_entries : RX_URING_CQ, sq);
    uint32_t nofile = rx_sys_nofile();
    int rc = -EINVAL;

    for (size_t i = 0; rc == -EINVAL && i < RX_ARRAY_LEN(modes); i++) {
        struct io_uring_params params = {.cq_entries = cq};

        params.flags = IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL |
                       IORING_SETUP_TASKRUN_FLAG | modes[i];
        rc = io_uring_queue_init_params(sq, &r->ring, &params);
    }
    if (rc != 0) {
        r->ring.ring_fd = -1;
        rx_sys_why_no_ring(-rc, why, room);
        return -RX_ENORING;
    }
    rc = ring_probe(r, why, room);
    if (rc != 0)
        return rc;
    r->u.wake_fd = rx_sys_wake_open();
    if (r->u.wake_fd < 0) {
        rx_sys_why("eventfd2", -r->u.wake_fd, why, room);
        return -RX_ENORING;
    }
    rc = slots_register(r, RX_MIN(o->slots != 0 ? o->slots : (uint32_t)SLOTS_MAX, nofile));
    if (rc < 0) {
        rx_sys_why("io_uring_register (a table of direct descriptors)", -rc, why, room);
        return -RX_ENORING;
    }
    rc = rx_utable_open(&r->u.table, r->u.mem, (uint32_t)rc, RX_MIN(nofile, (uint32_t)FDS_MAX));
    if (rc != 0)
        return rc;
    rc = rx_uprocs_open(&r->u.procs, r->u.mem, o->processes);
    if (rc != 0)
        return rc;
    rc = options_probe(r);
    if (rc < 0) {
        rx_sys_why("io_uring_enter", -rc, why, room);
        return -RX_ENORING;
    }
    r->ring_registered = io_uring_register_ring_fd(&r->ring) == 1;
    r->no_iowait = (r->ring.features & FEAT_NO_IOWAIT) != 0;
    return 0;
}

/* Everything that cannot be done without, by name, so that a refusal can say what is missing. */
static int ring_probe(struct ring_port *r, char *why, size_t room)
{
    enum { OPS = 64, FEATURES = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP | IORING_FEAT_CQE_SKIP };
    static const struct {
        uint8_t opcode;
        const char *name;
    } needed[] = {
        {IORING_OP_SOCKET, "SOCKET"},   {IORING_OP_CONNECT, "CONNECT"},
        {IORING_OP_SEND, "SEND"},       {IORING_OP_RECV, "RECV"},
        {IORING_OP_CLOSE, "CLOSE"},     {IORING_OP_ACCEPT, "ACCEPT"},
        {IORING_OP_POLL_ADD, "POLL"},   {IORING_OP_ASYNC_CANCEL, "CANCEL"},
        {IORING_OP_TIMEOUT, "TIMEOUT"}, {IORING_OP_READ, "READ"},
    };
    union {
        struct io_uring_probe head;
        char bytes[sizeof(struct io_uring_probe) + OPS * sizeof(struct io_uring_probe_op)];
    } probe;
    int rc;

    memset(&probe, 0, sizeof(probe));
    rc = (r->ring.features & FEATURES) == FEATURES
             ? io_uring_register_probe(&r->ring, &probe.head, OPS)
             : -EINVAL;
    if (rc != 0) {
        if (rc == -EINVAL)
            rx_sys_why_no_ring(EINVAL, why, room);
        else
            rx_sys_why("io_uring_register", -rc, why, room);
        return -RX_ENORING;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(needed); i++) {
        if (io_uring_opcode_supported(&probe.head, needed[i].opcode))
            continue;
        snprintf(why, room,
                 "this kernel's io_uring lacks the operation %s: use " RX_SYS_KERNEL " or newer",
                 needed[i].name);
        return -RX_ENORING;
    }
    return 0;
}

/* Returns how many there are: the kernel allows no table larger than RLIMIT_NOFILE. */
static int slots_register(struct ring_port *r, uint32_t want)
{
    int rc = -EMFILE;

    for (want = RX_MIN(want, (uint32_t)SLOTS_MAX); want > 0; want /= 2) {
        rc = io_uring_register_files_sparse(&r->ring, want);
        if (rc == 0)
            return (int)want;
        if (rc != -EMFILE && rc != -ENOMEM)
            break;
    }
    return rc;
}

/* In a fork the ring, its sockets and its processes are still those of the parent, who goes on with
 * them: only this process's memory and descriptors are given back. */
static void uring_destroy(struct rx_port *p)
{
    struct ring_port *r = self(p);
    struct rx_utable *t = &r->u.table;
    bool ours = r->pid == 0 || r->pid == getpid();

    for (uint32_t i = 0; ours && i < t->fds_fresh; i++)
        if (t->sock[t->slots + i].state == RX_USOCK_LISTENER)
            rx_sys_stop_listening((int)i);
    if (r->ring.ring_fd >= 0 && ours)
        ring_close(r);
    else if (r->ring.ring_fd >= 0)
        io_uring_queue_exit(&r->ring);
    rx_uprocs_close(&r->u.procs, r->u.mem, ours);
    for (uint32_t i = 0; i < t->fds_fresh; i++)
        if (t->sock[t->slots + i].state != RX_USOCK_FREE)
            close((int)i);
    if (t->sock != NULL)
        rx_utable_close(t);
    if (r->u.wake_fd >= 0)
        close(r->u.wake_fd);
    if (r->event_fd >= 0)
        close(r->event_fd);
    rx_mem_free(r->u.mem, r, sizeof(*r));
}

/* Entries not yet submitted may hold the only CLOSE of a descriptor. And listeners that were shut
 * down have work waiting, of which one call does a handful: cancelling looks at each of them again
 * for each, which took ten thousand listeners half a second. Sockets that were accepted meanwhile
 * are nobody's. */
static void finish_waiting(struct ring_port *r)
{
    unsigned done, rounds = r->u.table.flights_used;

    do {
        struct io_uring_cqe *cqe;
        unsigned head;

        done = 0;
        io_uring_submit_and_get_events(&r->ring);
        io_uring_for_each_cqe(&r->ring, head, cqe)
        {
            if ((cqe->user_data & 255) == RX_AT_ACCEPT && cqe->res >= 0)
                close(cqe->res);
            done++;
        }
        io_uring_cq_advance(&r->ring, done);
    } while (done > 0 && rounds-- > 0);
}

/* Closing a ring only starts its end, which then goes on in the background. This waits for most of
 * it: no buffer is written, no socket open and no port taken any more when it returns. */
static void ring_close(struct ring_port *r)
{
    struct io_uring_sync_cancel_reg all = {
        .fd = -1, .flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL, .timeout.tv_sec = 1};

    finish_waiting(r);
    io_uring_register_sync_cancel(&r->ring, &all); /* 6.0; older kernels refuse: no harm */
    io_uring_unregister_files(&r->ring);
    io_uring_queue_exit(&r->ring);
}

/* ---- the submission queue -------------------------------------------------------------------- */

static const struct linger reset_linger = {.l_onoff = 1, .l_linger = 0};
static const int enable = 1;

bool rx_usq_room(struct rx_uring *u, unsigned entries)
{
    struct ring_port *r = ring_of(u);

    if (RX_LIKELY(io_uring_sq_space_left(&r->ring) >= entries))
        return true;
    u->stats.sq_full++;
    RX_TRACE(sq_full, entries);
    u->stats.enters++;
    io_uring_submit(&r->ring);
    return io_uring_sq_space_left(&r->ring) >= entries;
}

static struct io_uring_sqe *sq_push(struct ring_port *r)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);

    RX_ASSERT(sqe != NULL); /* whoever comes here has asked for room */
    r->u.stats.sqes++;
    return sqe;
}

static void push_setsockopt(struct ring_port *r, uint32_t slot, int level, int name,
                            const void *value, size_t size, uint8_t flags, uint64_t data)
{
    struct io_uring_sqe *sqe = sq_push(r);
    uint32_t level_and_name[2] = {(uint32_t)level, (uint32_t)name};

    io_uring_prep_rw(IORING_OP_URING_CMD, sqe, (int)slot, NULL, 0, 0);
    sqe->cmd_op = CMD_SETSOCKOPT;
    memcpy(&sqe->addr, level_and_name, sizeof(level_and_name));
    sqe->file_index = (uint32_t)size;        /* optlen */
    sqe->addr3 = (uint64_t)(uintptr_t)value; /* optval: must stay until the entry is issued */
    sqe->flags |= IOSQE_FIXED_FILE | flags;
    sqe->user_data = data;
}

/* Hard links: if an option cannot be set, the connection goes on without it. */
static void push_options(struct ring_port *r, struct rx_uflight *f)
{
    const uint8_t flags = IOSQE_IO_HARDLINK | IOSQE_CQE_SKIP_SUCCESS;
    uint64_t data = rx_udata(&r->u.table, f, RX_AT_OPTION);

    if ((f->op->flags & RX_OP_RST_CLOSE) != 0 && r->can_linger)
        push_setsockopt(r, f->sock, SOL_SOCKET, SO_LINGER, &reset_linger, sizeof(reset_linger),
                        flags, data);
    if ((f->op->flags & RX_OP_FAST_OPEN) != 0 && r->can_fast_open)
        push_setsockopt(r, f->sock, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &enable, sizeof(enable),
                        flags, data);
}

static struct io_uring_sqe *push_stage(struct ring_port *r, struct rx_uflight *f, unsigned stage)
{
    struct io_uring_sqe *sqe = sq_push(r);
    struct rx_utable *t = &r->u.table;
    struct rx_op *op = f->op;
    int fd = stage == RX_AT_POLL ? op->fd : rx_utable_fd(t, f->sock);

    switch (stage) {
    case RX_AT_SOCKET:
        io_uring_prep_socket_direct(sqe, AF_INET, SOCK_STREAM, 0, (unsigned)fd, 0);
        break;
    case RX_AT_CONNECT:
        io_uring_prep_connect(sqe, fd, (struct sockaddr *)&t->sock[f->sock].to,
                              sizeof(t->sock[f->sock].to));
        break;
    case RX_AT_SEND:
        io_uring_prep_send(sqe, fd, (const char *)op->out + f->sent, op->out_len - f->sent,
                           MSG_NOSIGNAL | MSG_WAITALL);
        break;
    case RX_AT_RECV:
        io_uring_prep_recv(sqe, fd, op->in, op->in_len, 0);
        break;
    case RX_AT_ACCEPT:
        io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC);
        break;
    default:
        /* One shot, armed again once it was handled: a multishot poll reports edges only. */
        io_uring_prep_poll_add(sqe, fd, op->events);
    }
    if (stage != RX_AT_SOCKET && stage != RX_AT_POLL && rx_utable_is_slot(t, f->sock))
        sqe->flags |= IOSQE_FIXED_FILE;
    sqe->user_data = rx_udata(t, f, (uint8_t)stage);
    return sqe;
}

unsigned rx_usq_chain_length(const struct rx_op *op)
{
    struct rx_uspan span = rx_uspan[op->kind];

    return span.last - span.first + 1U + (span.first == RX_AT_SOCKET ? OPTIONS_MAX : 0);
}

void rx_usq_chain(struct rx_uring *u, struct rx_uflight *f, unsigned first)
{
    struct ring_port *r = ring_of(u);
    unsigned last = rx_uspan[f->op->kind].last;

    f->armed = true;
    for (unsigned stage = first; stage <= last; stage++) {
        struct io_uring_sqe *sqe = push_stage(r, f, stage);

        if (stage < last)
            sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        if (stage == RX_AT_SOCKET)
            push_options(r, f);
    }
}

bool rx_usq_close(struct rx_uring *u, uint32_t index, bool reset)
{
    struct ring_port *r = ring_of(u);
    bool slot = rx_utable_is_slot(&u->table, index);
    struct io_uring_sqe *sqe;

    reset = reset && slot && r->can_linger;
    if (!rx_usq_room(u, reset ? 2 : 1))
        return false;
    if (reset)
        push_setsockopt(r, index, SOL_SOCKET, SO_LINGER, &reset_linger, sizeof(reset_linger),
                        IOSQE_CQE_SKIP_SUCCESS, RX_AT_OPTION);
    sqe = sq_push(r);
    if (slot)
        io_uring_prep_close_direct(sqe, index);
    else
        io_uring_prep_close(sqe, rx_utable_fd(&u->table, index));
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = RX_AT_CLOSE;
    return true;
}

void rx_usq_cancel(struct rx_uring *u, const struct rx_uflight *f, unsigned stage)
{
    struct io_uring_sqe *sqe = sq_push(ring_of(u));

    /* By user_data the kernel looks in a hash, by descriptor at everything in flight. */
    io_uring_prep_cancel64(sqe, rx_udata(&u->table, f, (uint8_t)stage), 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS; /* a hit is told by its victim */
    sqe->user_data = rx_udata(&u->table, f, RX_AT_CANCEL);
}

void rx_usq_nop(struct rx_uring *u, const struct rx_uflight *f, unsigned code)
{
    struct io_uring_sqe *sqe = sq_push(ring_of(u));

    io_uring_prep_nop(sqe);
    sqe->user_data = rx_udata(&u->table, f, (uint8_t)code);
}

void rx_usq_read(struct rx_uring *u, const struct rx_uflight *f, unsigned code, int fd, char *to,
                 uint32_t room)
{
    struct io_uring_sqe *sqe = sq_push(ring_of(u));

    io_uring_prep_read(sqe, fd, to, room, 0);
    sqe->user_data = rx_udata(&u->table, f, (uint8_t)code);
}

void rx_usq_poll(struct rx_uring *u, const struct rx_uflight *f, unsigned code, int fd)
{
    struct io_uring_sqe *sqe = sq_push(ring_of(u));

    io_uring_prep_poll_add(sqe, fd, POLL_IN);
    sqe->user_data = rx_udata(&u->table, f, (uint8_t)code);
}

/* Tries on a real socket whether options can be set inside the ring (Linux 6.7). The first time
 * that the kernel is asked to do something: a negative errno if it may not be. */
static int options_probe(struct ring_port *r)
{
    enum { LINGER = 1, FAST_OPEN, ENTRIES = 4 };
    struct io_uring_cqe *cqe;
    unsigned head, seen = 0;
    int rc;

    io_uring_prep_socket_direct(sq_push(r), AF_INET, SOCK_STREAM, 0, 0, 0);
    push_setsockopt(r, 0, SOL_SOCKET, SO_LINGER, &reset_linger, sizeof(reset_linger), 0, LINGER);
    push_setsockopt(r, 0, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &enable, sizeof(enable), 0, FAST_OPEN);
    io_uring_prep_close_direct(sq_push(r), 0);
    rc = io_uring_submit_and_wait(&r->ring, ENTRIES);
    if (rc < 0)
        return rc;
    io_uring_for_each_cqe(&r->ring, head, cqe)
    {
        r->can_linger |= cqe->user_data == LINGER && cqe->res >= 0;
        r->can_fast_open |= cqe->user_data == FAST_OPEN && cqe->res >= 0;
        seen++;
    }
    io_uring_cq_advance(&r->ring, seen);
    memset(&r->u.stats, 0, sizeof(r->u.stats));
    return 0;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void arm_own(struct ring_port *r);
static int enter(struct ring_port *r, rx_ns until);
static int take_cqes(struct ring_port *r, struct rx_ready *ready, int room);
static void event_show(struct ring_port *r);
static rx_ns uring_clock(const struct rx_port *p);

static int uring_wait(struct rx_port *p, rx_ns until, struct rx_ready *ready, int room)
{
    struct ring_port *r = self(p);
    struct rx_uring *u = &r->u;
    int n, rc;

    RX_ASSERT(room > 0);
    r->woken = false;
    do {
        rx_uflow_prepare(u);
        arm_own(r);
        n = rx_uflow_over(u, ready, room);
        rc = enter(r, n > 0 ? u->now : until);
        u->now = RX_MAX(u->now, uring_clock(p));
        n += take_cqes(r, ready + n, room - n);
        if (n == 0 && rc != 0 && rc != -ETIME && rc != -EINTR && rc != -EBUSY && rc != -EAGAIN) {
            errno = -rc;
            return -RX_EIO;
        }
        /* A completion may be one of our own and nobody else's business: then the wait goes on. */
    } while (n == 0 && !r->woken && u->now < until && (rc == 0 || rc == -ETIME));
    if (r->event_fd >= 0)
        event_show(r);
    return n;
}

/* What the port itself has in flight: the doorbell, and the pause of those that met exhaustion. */
static void arm_own(struct ring_port *r)
{
    struct io_uring_sqe *sqe;

    if (!r->wake_armed && rx_usq_room(&r->u, 1)) {
        sqe = sq_push(r);
        io_uring_prep_poll_multishot(sqe, r->u.wake_fd, POLL_IN);
        sqe->user_data = RX_AT_WAKE;
        r->wake_armed = true;
    }
    if (r->u.want_pause && !r->pausing && rx_usq_room(&r->u, 1)) {
        sqe = sq_push(r);
        r->pause.tv_nsec = PAUSE_NS;
        io_uring_prep_timeout(sqe, &r->pause, 0, 0);
        sqe->user_data = RX_AT_PAUSE;
        r->pausing = true;
        r->u.want_pause = false;
    }
}

/* What io_uring_submit does first. Here, because no call of liburing 2.3 takes the flags that enter
 * needs, and because its timed waits may make more system calls than one. */
static unsigned sq_publish(struct io_uring_sq *sq)
{
    sq->sqe_head = sq->sqe_tail;
    io_uring_smp_store_release(sq->ktail, sq->sqe_tail);
    return sq->sqe_tail - IO_URING_READ_ONCE(*sq->khead);
}

/* The one system call: submits, then waits unless something is there already. */
static int enter(struct ring_port *r, rx_ns until)
{
    struct __kernel_timespec ts;
    struct io_uring_getevents_arg arg = {.sigmask_sz = SIGSET_BYTES};
    unsigned submit = sq_publish(&r->ring.sq), least = 1;
    unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
    int rc;

    if (until <= r->u.now || io_uring_cq_ready(&r->ring) > 0 ||
        io_uring_cq_has_overflow(&r->ring)) {
        least = 0;
    } else if (until != RX_NS_NEVER) {
        /* Relative, so it counts from this moment and not from the frozen one. */
        rx_ns left = RX_MAX(until - (rx_sys_monotonic_ns() - r->epoch), (rx_ns)0);

        ts.tv_sec = left / RX_NS_PER_S;
        ts.tv_nsec = left % RX_NS_PER_S;
        arg.ts = (uint64_t)(uintptr_t)&ts;
    }
    if (r->ring_registered)
        flags |= IORING_ENTER_REGISTERED_RING;
    if (r->no_iowait)
        flags |= ENTER_NO_IOWAIT;
    r->u.stats.enters++;
    rc = io_uring_enter2((unsigned)r->ring.enter_ring_fd, submit, least, flags, (sigset_t *)&arg,
                         sizeof(arg));
    return rc < 0 ? rc : 0;
}

/* ---- completions ----------------------------------------------------------------------------- */

static int take_cqe(struct ring_port *r, const struct io_uring_cqe *cqe, struct rx_ready *ready);

static int take_cqes(struct ring_port *r, struct rx_ready *ready, int room)
{
    int n = 0;

    for (;;) {
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;

        io_uring_for_each_cqe(&r->ring, head, cqe)
        {
            if (n == room)
                break;
            n += take_cqe(r, cqe, &ready[n]);
            seen++;
        }
        io_uring_cq_advance(&r->ring, seen);
        r->u.stats.cqes += seen;
        if (n == room || !io_uring_cq_has_overflow(&r->ring))
            return n;
        r->u.stats.cq_overflow++;
        if (enter(r, r->u.now) < 0) /* brings the rest in */
            return n;
    }
}

/* Returns how many of `ready` it filled: 0 or 1. */
static int take_cqe(struct ring_port *r, const struct io_uring_cqe *cqe, struct rx_ready *ready)
{
    unsigned code = (unsigned)(cqe->user_data & 0xff);
    bool more = (cqe->flags & IORING_CQE_F_MORE) != 0;
    struct rx_uflight *f;

    switch (code) {
    case RX_AT_WAKE:
        r->woken = true;
        r->wake_armed = more;
        return 0;
    case RX_AT_PAUSE:
        r->pausing = false;
        rx_uflow_pause_over(&r->u);
        return 0;
    case RX_AT_CLOSE:
        RX_ASSERT_SLOW(cqe->res != -EBADF); /* a slot was reused under its CLOSE */
        return 0;
    case RX_AT_OPTION:
        return 0;
    }
    f = rx_udata_flight(&r->u.table, cqe->user_data);
    if (f == NULL)
        return 0; /* the echo of a cancel whose operation is over */
    return rx_uflow_take(&r->u, f, code, cqe->res, more, ready);
}

/* ---- for those who sleep elsewhere ----------------------------------------------------------- */

static bool uring_prepared(const struct rx_port *p)
{
    struct ring_port *r = self(p);

    return io_uring_sq_ready(&r->ring) > 0 || io_uring_cq_ready(&r->ring) > 0 || !r->wake_armed ||
           (r->u.want_pause && !r->pausing) || rx_uflow_prepared(&r->u);
}

/* Not the ring's own descriptor: that of a ring with DEFER_TASKRUN does not become readable when
 * there is deferred work. An eventfd is told of it, but also of all that our own waits bring in. */
static int uring_fd(struct rx_port *p)
{
    struct ring_port *r = self(p);
    int fd, rc;

    if (r->event_fd >= 0)
        return r->event_fd;
    fd = rx_sys_wake_open();
    if (fd < 0)
        return fd;
    rc = io_uring_register_eventfd(&r->ring, fd);
    if (rc != 0) {
        close(fd);
        return rc;
    }
    r->event_fd = fd;
    event_show(r);
    return fd;
}

/* Empties the eventfd, and fills it again if there is still something to be had. In this order:
 * what comes between the two is seen by the second, and what comes later fills it itself.
 * It is registered anew each time: where the write to one eventfd (our own doorbell's, or one that
 * the host watches) leads to another, the kernel defers it, and Linux 6.18 does that once for each
 * registration. Its deferred signals take some 10 ms, so wakes do not rely on them: see
 * uring_wake. */
static void event_show(struct ring_port *r)
{
    unsigned more = IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN;
    bool refused = false; /* no memory: readable then, so that the next turn tries again */

    if (!r->wake_armed) {
        arm_own(r);
        r->u.stats.enters++;
        io_uring_submit(&r->ring);
    }
    if (rx_sys_unwake(r->event_fd)) {
        io_uring_unregister_eventfd(&r->ring);
        refused = io_uring_register_eventfd(&r->ring, r->event_fd) != 0;
    }
    if (refused || io_uring_cq_ready(&r->ring) > 0 ||
        (IO_URING_READ_ONCE(*r->ring.sq.kflags) & more) != 0)
        rx_sys_wake(r->event_fd);
}

/* ---- the rest of the vtable ------------------------------------------------------------------ */

static int uring_listen(struct rx_port *p, struct rx_addr at, int backlog, rx_sock *out)
{
    struct rx_utable *t = &self(p)->u.table;
    int fd = rx_sys_listen(at, backlog);
    uint32_t index;

    if (fd < 0)
        return fd;
    index = rx_utable_fd_take(t, fd, RX_USOCK_LISTENER);
    if (index == RX_UNONE) {
        close(fd);
        return -EMFILE;
    }
    *out = rx_utable_handle(t, index);
    return 0;
}

static int uring_local(struct rx_port *p, rx_sock handle, struct rx_addr *out)
{
    struct rx_utable *t = &self(p)->u.table;
    uint32_t index;

    if (rx_utable_find(t, handle, &index) == NULL)
        return -EBADF;
    if (rx_utable_is_slot(t, index))
        return -EOPNOTSUPP; /* a direct descriptor has no number to ask by */
    return rx_sys_local(rx_utable_fd(t, index), out);
}

static rx_ns uring_now(const struct rx_port *p)
{
    return self(p)->u.now;
}

static rx_ns uring_clock(const struct rx_port *p)
{
    return rx_sys_monotonic_ns() - self(p)->epoch;
}

static void uring_wake(struct rx_port *p)
{
    int host = atomic_load_explicit(&self(p)->event_fd, memory_order_relaxed);

    rx_sys_wake(self(p)->u.wake_fd);
    if (host >= 0)
        rx_sys_wake(host);
}

static void uring_stats(const struct rx_port *p, struct rx_port_stats *out)
{
    const struct rx_uring *u = &self(p)->u;
    const struct rx_op *oldest;

    *out = u->stats;
    out->slots_max = u->table.slots;
    out->slots_peak = u->table.slots_peak;
    out->procs_running = u->procs.used;
    out->procs_peak = u->procs.peak;
    out->slots_used = u->table.slots_used;
    out->slots_short = u->for_slot.head != NULL || u->for_another.head != NULL || u->exhausted;
    out->slots_waiting = u->for_slot.count + u->for_another.count;
    oldest = u->for_another.head != NULL ? u->for_another.head : u->for_slot.head;
    out->slots_waiting_ns = oldest != NULL ? (uint64_t)(u->now - oldest->started) : 0;
    out->fds_max = u->table.fds;
    out->fds_used = u->table.fds_used;
}

static const struct rx_port_ops uring_ops = {
    .name = "io_uring",
    .now = uring_now,
    .clock = uring_clock,
    .wait = uring_wait,
    .start = rx_uflow_start,
    .cancel = rx_uflow_cancel,
    .listen = uring_listen,
    .local = uring_local,
    .close = rx_uflow_close,
    .wake = uring_wake,
    .prepared = uring_prepared,
    .fd = uring_fd,
    .stats = uring_stats,
    .destroy = uring_destroy,
};
