/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h - what bench_http asks of a probe client, ours and the rivals' alike, and its server.
 *
 * One probe is one GET on a connection of its own: connect, send, read the first piece of the
 * answer, look at its status, close. Probe n goes to address 127.1.0.0 + n % HTTP_ADDRESSES.
 */
#ifndef HTTP_H
#define HTTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { HTTP_ADDRESSES = 512 };

extern const char http_request[], http_answer[];

struct http_tally {
    uint64_t probes, failures;
    uint64_t enters, cqes; /* where they can be counted */
    double cpu_s;          /* of a client that is another process */
};

struct http_rival {
    const char *name, *what;
    bool optional; /* open may fail: it is not installed everywhere */
    void *(*open)(uint16_t port, uint32_t in_flight); /* NULL: not to be had */
    void (*run)(void *client, int64_t until_ns, struct http_tally *tally);
    /* Keeps that many in flight until CLOCK_MONOTONIC says until_ns, then finishes those. */
    void (*close)(void *client);
};

extern const struct http_rival http_chain, http_epoll, http_blocking, http_go;
extern const char *http_go_program; /* "build/goclient" unless set otherwise */

struct sockaddr_in http_address(uint64_t probe, uint16_t port);
bool http_is_ok(const char *answer, int length); /* status 200 */

pid_t http_server_start(uint16_t *port, int cpu, bool spin);
/* A process of its own, pinned if cpu >= 0; spin: it never sleeps, so that no client pays for
 * waking it. -1: not to be had. It ends with its parent, or by: */
void http_server_stop(pid_t server);

#endif
