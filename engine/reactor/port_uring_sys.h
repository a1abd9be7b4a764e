/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port_uring_sys.h - the few plain system calls beside the ring, and the sentence for a machine on
 * which there is no ring.
 */
#ifndef RX_PORT_URING_SYS_H
#define RX_PORT_URING_SYS_H

#include "engine/reactor/op.h"

rx_ns rx_sys_monotonic_ns(void);

uint32_t rx_sys_nofile(void); /* the soft limit of descriptors */

int rx_sys_listen(struct rx_addr at, int backlog); /* a descriptor or a negative errno */
int rx_sys_local(int fd, struct rx_addr *out);     /* 0 or a negative errno */
void rx_sys_reset_on_close(int fd);
void rx_sys_stop_listening(int fd);
/* From here on connects are refused, whoever else still holds the socket. */

int rx_sys_wake_open(void); /* an eventfd or a negative errno */
void rx_sys_wake(int fd);
bool rx_sys_unwake(int fd); /* forgets all wakes so far; false: there were none */

#define RX_SYS_KERNEL "Linux 5.19" /* the oldest that has all that a ring needs here, SOCKET last */

void rx_sys_why_no_ring(int error, char *why, size_t room);
/* io_uring_setup failed with this errno: what is missing and what to do about it. */

void rx_sys_why(const char *call, int error, char *why, size_t room);
/* The same for any other call that there must be. */

#endif
