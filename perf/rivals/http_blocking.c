/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_blocking.c - not a probe but its floor: socket, connect, close, one after the other, nothing
 * sent. What the kernel takes for the connection alone, whoever asks.
 */
#include "perf/rivals/http.h"
#include "perf/report.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct blocking {
    uint64_t started;
    uint16_t port;
};

static void *blocking_open(uint16_t port, uint32_t in_flight)
{
    struct blocking *b = calloc(1, sizeof(*b));

    (void)in_flight; /* always one */
    b->port = port;
    return b;
}

static void blocking_run(void *client, int64_t until_ns, struct http_tally *tally)
{
    enum { BATCH = 16 }; /* between two looks at the clock */
    struct blocking *b = client;

    while (report_clock_ns() < until_ns) {
        for (int i = 0; i < BATCH; i++) {
            struct sockaddr_in to = http_address(b->started++, b->port);
            int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

            tally->probes++;
            if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
                tally->failures++;
            if (fd >= 0)
                close(fd);
        }
    }
}

const struct http_rival http_blocking = {.name = "connect",
                                         .what = "blocking connect and close only",
                                         .open = blocking_open,
                                         .run = blocking_run,
                                         .close = free};
