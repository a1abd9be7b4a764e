/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h - what bench_http asks of a probe client, ours and the rivals' alike, and its server.
 *
 * One probe is one GET on a connection of its own: connect, send, read the first piece of the
 * answer, look at its status, close. Probe n goes to address 127.1.0.0 + n % http_addresses.
 */
#ifndef HTTP_H
#define HTTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { HTTP_PROBES_PER_POD = 50 };

extern uint32_t http_addresses; /* 512 unless set otherwise; also the pods of the engine */

extern const char http_request[], http_answer[];
extern const char http_request_keep[]; /* does not ask for the connection to be closed */

struct http_tally {
    uint64_t probes, failures;
    uint64_t enters, cqes;   /* where they can be counted */
    double cpu_s, elapsed_s; /* of a client that is another process */
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
extern const struct http_rival http_ab, http_wrk, http_hey; /* if they are installed */
extern const struct http_rival http_podring, http_port, http_port_rst, http_port_fast,
    http_port_keep;
extern const char *http_go_program; /* "build/goclient" unless set otherwise */

struct sockaddr_in http_address(uint64_t probe, uint16_t port);
bool http_is_ok(const char *answer, int length); /* status 200 */

const char *http_own_network(void);
/* A network namespace of this process's own, where that is allowed: loopback only, every local
 * port, TCP fast open for servers too, and nobody else's connections. Says in words what it is. */

void http_stay_on_cpu(int cpu);

pid_t http_server_start(uint16_t *port, int cpu, bool spin);
/* A process of its own, pinned if cpu >= 0; spin: it never sleeps, so that no client pays for
 * waking it. It closes after each answer; on *port + 1 it keeps connections. -1: not to be had. It
 * ends with its parent, or by: */
void http_server_stop(pid_t server);

#endif
