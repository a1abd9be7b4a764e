/* SPDX-License-Identifier: Apache-2.0 */
/* loop_epoll.c - an engine in an epoll loop. */
#include "loop.h"

#include <sys/epoll.h>

int main(void)
{
    podring *ring = open_ring();
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, podring_fd(ring), &event) != 0)
        return 1;
    while (podring_now(ring) < RUN_MS) {
        epoll_wait(epoll, &event, 1, wait_ms(ring));
        if (podring_turn(ring, 0) < 0)
            break;
    }
    return verdict(ring);
}
