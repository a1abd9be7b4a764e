/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.h - the asking side: who carries the requests of clients over sockets, and what it tells
 * of them. In runs where every target is scripted there is none, and pods are asked
 * (pod_world_request).
 *
 *  1. dial opens a connection; `open` of its user is called when it stands, `end` if it does not.
 *  2. ask sends a request over one that stands and carries nothing; `end` tells what came of it. If
 *     the connection lasts it is the user's from then on; else it is gone.
 *  3. One that carries nothing may be closed by its peer at any time: `gone`, and it is.
 *  4. drop closes a connection, whatever it carries; nothing more is told of it.
 *  5. None of the user's functions is called from inside dial and ask.
 */
#ifndef POD_CALLER_H
#define POD_CALLER_H

#include "engine/reactor/loop.h"

#include <stdbool.h>

struct pod_conn; /* the caller's */

enum { POD_CALL_MAX = 2048 }; /* bytes of a request */

enum pod_call_end { POD_CALL_ANSWERED, POD_CALL_REFUSED, POD_CALL_RESET, POD_CALL_UNREACHABLE };

struct pod_call_told {
    enum pod_call_end how;
    uint16_t status; /* ANSWERED */
    bool answers;    /* bytes of an answer have come */
    bool lasts;      /* the connection can carry another request */
};

struct pod_caller_user {
    void (*open)(void *owner);
    void (*end)(void *owner, const struct pod_call_told *told);
    void (*gone)(void *owner);
};

struct pod_caller {
    void *ctx;
    struct pod_conn *(*dial)(void *ctx, struct rx_addr to, const struct pod_caller_user *user,
                             void *owner);
    /* NULL: no memory. */
    void (*ask)(struct pod_conn *conn, const char *request, uint32_t length);
    /* At most POD_CALL_MAX bytes, which are copied. */
    void (*drop)(struct pod_conn *conn);
    void (*own)(struct pod_conn *conn, void *owner);
    /* Whom the functions of the user are called with from here on. */
    bool (*waits)(const struct pod_conn *conn);
    /* It has not been dialled yet: there is no room. */
    int32_t (*render)(char *to, uint32_t room, const char *host, uint16_t port, const char *path,
                      bool keep);
    /* Writes the request for that URL; its length, or negative: it does not fit. */
};

#endif
