/* SPDX-License-Identifier: Apache-2.0 */
/*
 * served.h - a responder under virtual time and in-memory sockets, and a bare client of it that is
 * made of operations. Latency of the net is 0: what no script delays happens at the same instant.
 */
#ifndef SERVED_H
#define SERVED_H

#include "probes/serve/responder.h"

enum { SERVED_IP = 0x0a000005, SERVED_CLASS = 3 };

#define SERVED_CLOSE "GET /healthz?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define SERVED_KEEP  "GET /k HTTP/1.1\r\nHost: x\r\n\r\n"

/* The script is `answer`, and what was asked stands beside it. */
struct served {
    struct rx_mem mem;
    struct rx_loop loop;
    struct probe_responder *r;
    const struct pod_server *server;
    /* the script: what is answered, and what was asked */
    struct pod_answer answer;
    bool nobody;
    bool reset_bare;
    uint64_t refusing;      /* a pod; 0: none */
    uint16_t refusing_port; /* 0: all of it */
    uint32_t asked, asked_bare;
    uint64_t last_pod;
    uint32_t last_container;
    uint16_t last_port;
    char last_path[64];
};

void served_open(struct served *w, struct probe_responder_options o);
pod_answer_fn served_answer; /* its context is the struct served */
void served_open_one(struct served *w);
/* ... with container 2 of pod 7 on port 8080 of SERVED_IP. */

void served_refuses(struct served *w, uint64_t pod, bool refuses, uint16_t port);
/* Container 2 of it does from now on, at that port or at all (0); or it does not. */

void served_close(struct served *w);
void served_run(struct served *w, rx_ms until);
void served_up(struct served *w, uint64_t pod, uint32_t container, uint32_t ip, uint16_t port);
void served_down(struct served *w, uint64_t pod, uint32_t container);
struct probe_responder_stats served_stats(const struct served *w);

struct served_client {
    struct rx_op op;
    struct rx_loop *loop;
    rx_sock sock;
    const char *out;
    size_t out_len, out_at, piece;
    char in[512];
    char got[65536];
    size_t got_len;
    rx_ms first_at, last_at, end_at;
    int error;
    bool connected, ended;
};

void served_client_start(struct served *w, struct served_client *c, uint32_t ip, uint16_t port,
                         const char *out);
/* It says that and hears what comes until the connection ends. */

void served_client_say(struct served_client *c, const char *out);
/* More on the open connection. */

size_t served_count(const char *in, size_t n, const char *what);
bool served_begins(const struct served_client *c, const char *what);
bool served_ends(const struct served_client *c, const char *what);

#endif
