/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_chain.c - the least code that does a probe in one completion: SOCKET into a direct
 * descriptor, CONNECT, SEND and RECV linked, CLOSE queued on the answer, and the same slot again in
 * the same batch. No cancels, no waiting for room, no errors but a count: what any engine is
 * measured against.
 */
#include "perf/rivals/http.h"
#include "perf/report.h"

#include <liburing.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_NR = 16, CHAIN = 4, ANSWER_MAX = 256 };

struct slot {
    struct sockaddr_in to;
    char answer[ANSWER_MAX];
};

struct chain {
    struct io_uring ring;
    struct slot *slot;
    uint32_t in_flight;
    uint64_t started;
    uint16_t port;
};

static void *chain_open(uint16_t port, uint32_t in_flight)
{
    struct chain *c = calloc(1, sizeof(*c));
    struct io_uring_params params = {.cq_entries = 4096};

    params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL |
                   IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    c->slot = calloc(in_flight, sizeof(*c->slot));
    c->in_flight = in_flight;
    c->port = port;
    /* Room for a CLOSE and a chain of every slot at once: the queue is never full. */
    if (io_uring_queue_init_params((CHAIN + 1) * in_flight, &c->ring, &params) != 0) {
        free(c->slot);
        free(c);
        return NULL;
    }
    if (io_uring_register_files_sparse(&c->ring, in_flight) != 0) {
        io_uring_queue_exit(&c->ring);
        free(c->slot);
        free(c);
        return NULL;
    }
    io_uring_register_ring_fd(&c->ring);
    return c;
}

static void finish(struct io_uring_sqe *sqe, uint32_t slot, uint8_t flags)
{
    sqe->user_data = slot;
    sqe->flags |= flags;
}

static void start(struct chain *c, uint32_t slot)
{
    const uint8_t link = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
    struct slot *s = &c->slot[slot];
    struct io_uring_sqe *sqe = io_uring_get_sqe(&c->ring);

    s->to = http_address(c->started++, c->port);
    io_uring_prep_socket_direct(sqe, AF_INET, SOCK_STREAM, 0, slot, 0);
    finish(sqe, slot, link);
    sqe = io_uring_get_sqe(&c->ring);
    io_uring_prep_connect(sqe, (int)slot, (struct sockaddr *)&s->to, sizeof(s->to));
    finish(sqe, slot, link | IOSQE_FIXED_FILE);
    sqe = io_uring_get_sqe(&c->ring);
    io_uring_prep_send(sqe, (int)slot, http_request, strlen(http_request), MSG_NOSIGNAL);
    finish(sqe, slot, link | IOSQE_FIXED_FILE);
    sqe = io_uring_get_sqe(&c->ring);
    io_uring_prep_recv(sqe, (int)slot, s->answer, sizeof(s->answer), 0);
    finish(sqe, slot, IOSQE_FIXED_FILE);
}

static void chain_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    struct chain *c = client;
    uint32_t flying = c->in_flight;

    for (uint32_t i = 0; i < c->in_flight; i++)
        start(c, i);
    while (flying > 0) {
        bool again = report_clock_ns() < until_ns;
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;

        io_uring_submit_and_wait(&c->ring, flying < WAIT_NR ? flying : WAIT_NR);
        tally->enters++;
        io_uring_for_each_cqe(&c->ring, head, cqe)
        {
            uint32_t slot = (uint32_t)cqe->user_data;
            struct io_uring_sqe *sqe = io_uring_get_sqe(&c->ring);

            seen++;
            tally->probes++;
            if (!http_is_ok(c->slot[slot].answer, cqe->res))
                tally->failures++;
            io_uring_prep_close_direct(sqe, slot);
            finish(sqe, slot, IOSQE_CQE_SKIP_SUCCESS);
            if (again)
                start(c, slot);
            else
                flying--;
        }
        io_uring_cq_advance(&c->ring, seen);
        tally->cqes += seen;
    }
    io_uring_submit(&c->ring);
    tally->enters++;
}

static void chain_close(void *client)
{
    struct chain *c = client;

    io_uring_queue_exit(&c->ring);
    free(c->slot);
    free(c);
}

const struct http_rival http_chain = {.name = "chain",
                                      .what = "bare io_uring chain, no engine",
                                      .open = chain_open,
                                      .run = chain_run,
                                      .close = chain_close};
