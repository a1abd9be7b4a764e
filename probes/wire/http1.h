/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http1.h - HTTP/1.x as bytes, both halves: requests out and responses in for the prober,
 * requests in and responses out for the responder. No I/O, no allocation, no clock.
 *
 * The parser is a machine that is fed pieces of any size and keeps no copy of the message. What it
 * must remember between pieces goes into a small area lent by the caller: the one value that
 * somebody will ask for (a response's Location, a request's target), and behind it the beginning of
 * a line that is not complete yet. The same bytes give the same result however they were cut.
 *
 * What it accepts is what Go's net/http accepts, because that is what a kubelet probes with, and
 * its complaints are worded as Go words them. Known differences:
 *  - control bytes are refused in a status line as well (Go only does so in headers);
 *  - a folded header line is refused if the header means something to us, else it is skipped;
 *  - a Content-Length is compared with an earlier one and refused as soon as it is seen, so that of
 *    two faults in one head another one may be named;
 *  - the Trailer header is not looked at; trailers are checked like headers, up to 4 KiB of them;
 *  - a line longer than the lent area is remembered only up to there: enough for every header that
 *    means something, and the rest of the line is still checked.
 */
#ifndef PROBE_WIRE_HTTP1_H
#define PROBE_WIRE_HTTP1_H

#include "engine/store/spec.h"
#include "engine/reactor/base.h"
#include "probes/wire/url.h"

/* ---- parsing --------------------------------------------------------------------------------- */

/* detail: what of the offending line follows the text. 0 nothing; 1 a space and the line in quotes;
 * 2 the line as it is; 3 and 4 a list of two, as Go prints one.
 *     name          detail  text                                        a server answers */
/* clang-format off */
#define PROBE_HTTP1_FAULT_MAP(X)                                                                   \
    X(NONE,          0,      "",                                                            200)   \
    X(NOTHING,       0,      "EOF",                                                         400)   \
    X(EOF,           0,      "unexpected EOF",                                              400)   \
    X(RESPONSE,      1,      "malformed HTTP response",                                     400)   \
    X(REQUEST,       1,      "malformed HTTP request",                                      400)   \
    X(TARGET,        0,      "request target too long",                                     414)   \
    X(STATUS,        1,      "malformed HTTP status code",                                  400)   \
    X(VERSION,       1,      "malformed HTTP version",                                      505)   \
    X(FIRST_HEADER,  2,      "malformed MIME header initial line: ",                        400)   \
    X(COLON,         1,      "malformed MIME header: missing colon:",                       400)   \
    X(HEADER,        2,      "malformed MIME header line: ",                                400)   \
    X(HEAD_SIZE,     0,      "net/http: server response headers exceeded 10485760 bytes; aborted", \
                                                                                            431)   \
    X(LENGTH,        1,      "bad Content-Length",                                          400)   \
    X(NO_LENGTH,     1,      "invalid empty Content-Length",                                400)   \
    X(LENGTHS,       3,      "http: message cannot contain multiple Content-Length headers; got ",\
                                                                                            400)   \
    X(CODING,        1,      "unsupported transfer encoding:",                              501)   \
    X(CODINGS,       4,      "too many transfer encodings: ",                               400)   \
    X(CHUNK_LF,      0,      "chunked line ends with bare LF",                              400)   \
    X(CHUNK_CR,      0,      "invalid CR in chunked line",                                  400)   \
    X(CHUNK_LINE,    0,      "header line too long",                                        400)   \
    X(CHUNK_EMPTY,   0,      "empty hex number for chunk length",                           400)   \
    X(CHUNK_BYTE,    0,      "invalid byte in chunk length",                                400)   \
    X(CHUNK_HUGE,    0,      "http chunk length too large",                                 400)   \
    X(CHUNK_END,     0,      "malformed chunked encoding",                                  400)   \
    X(CHUNK_WASTE,   0,      "chunked encoding contains too much non-data",                 400)   \
    X(TRAILER,       0,      "http: suspiciously long trailer after chunked body",          400)
/* clang-format on */

enum probe_http1_fault {
#define X(name, detail, text, status) PROBE_HTTP1_FAULT_##name,
    PROBE_HTTP1_FAULT_MAP(X)
#undef X
};

enum probe_http1_kind { PROBE_HTTP1_RESPONSE, PROBE_HTTP1_REQUEST };
enum probe_http1_method { PROBE_HTTP1_OTHER, PROBE_HTTP1_GET, PROBE_HTTP1_HEAD };

enum {
    /* Bytes of head of a response, informational ones before it included: Go's own limit. It costs
     * nothing, for heads are not stored. */
    PROBE_HTTP1_RESPONSE_HEAD_MAX = 10 << 20,
    PROBE_HTTP1_REQUEST_HEAD_MAX = 64 << 10,
    PROBE_HTTP1_TRAILER_MAX = 4096,
    PROBE_HTTP1_CHUNK_LINE_MAX = 4096,
    PROBE_HTTP1_CHUNK_WASTE_MAX = 16 << 10,
    PROBE_HTTP1_KEEP_MIN = 128, /* smallest area that may be lent */
};

struct probe_http1 {
    /* results */
    bool head_done, done; /* the head, the whole message is in */
    bool has_value;       /* there was a Location; a request always has its target */
    bool value_cut;       /* ... of which only the beginning is here */
    bool body_cut;        /* done because body_max was reached */
    bool close;           /* the connection is not to be used after this message */
    uint8_t fault;        /* enum probe_http1_fault */
    uint8_t method;       /* of a request: enum probe_http1_method */
    uint8_t major, minor;
    uint16_t status;
    uint32_t value_len;  /* the value is keep[0 .. value_len) */
    uint32_t body_len;   /* bytes at body */
    uint64_t body_bytes; /* of body seen so far */

    /* lent by the caller */
    char *keep;
    uint32_t keep_room;
    uint32_t body_room;
    char *body;        /* the first body_room bytes of the body go there; NULL = nowhere */
    uint64_t body_max; /* after so many bytes of body the message counts as complete */

    /* the machine's own */
    uint8_t kind, state, codings;
    bool has_length, chunked, any_header, fold_matters, keep_alive;
    bool line_cr, line_dirty;
    uint8_t length_digits;
    uint32_t line_len; /* bytes of the line at keep + value_len; after a fault: of what was wrong */
    uint32_t line_bytes; /* bytes of the line, those that were not kept included */
    uint32_t head_bytes, head_max, waste;
    uint64_t length, left;
};

void probe_http1_init(struct probe_http1 *m, enum probe_http1_kind kind, char *keep,
                      uint32_t keep_room);
/* Ready for the first byte of a message. keep is the caller's, and pinned, until it is done. */

int32_t probe_http1_feed(struct probe_http1 *m, const char *data, uint32_t n);
/* Takes from the front of data. Returns the bytes consumed: all of them, unless the message came to
 * its end (m->done), or its head did in this call (m->head_done; call again for the rest). -1: bad,
 * see m->fault; then and after done it must not be called again. */

int32_t probe_http1_end(struct probe_http1 *m);
/* End of stream. 0: the message is complete by it or was already. -1: cut short, see m->fault. */

void probe_http1_lend(struct probe_http1 *m, char *keep, uint32_t keep_room);
/* Another area, once the head is done: the value in the old one is forgotten. */

void probe_http1_fault_text(const struct probe_http1 *m, struct rx_fit *t);
/* What is wrong with it, in Go's words; needs the lent area. */

uint16_t probe_http1_fault_status(const struct probe_http1 *m);
/* What a server answers to such a request. */

/* ---- rendering ------------------------------------------------------------------------------- */

struct probe_http1_ask {
    const char *target; /* path and query, encoded already */
    uint32_t target_len;
    const char *host; /* host:port of the URL, for the Host header if none is configured */
    uint32_t host_len;
    const char *referer; /* NULL = none */
    uint32_t referer_len;
    const char *user_agent; /* unless one is configured */
    const struct rx_pair *header;
    uint32_t header_count;
    bool forget_host; /* a configured Host header does not count (redirects to an absolute URL) */
    bool persistent;  /* does not ask for the connection to be closed */
};

enum { PROBE_HTTP1_TOO_LONG = -1, PROBE_HTTP1_BAD_HEADER = -2, PROBE_HTTP1_BAD_HOST = -3 };

int32_t probe_http1_render_request(char *to, uint32_t room, const struct probe_http1_ask *ask,
                                   const struct rx_pair **bad);
/* A GET of kubelet's making; its length, or one of the errors above. After BAD_HEADER *bad is the
 * header whose value no HTTP header may have. */

struct probe_http1_reply {
    uint16_t status;
    bool close;           /* say that the connection will be closed */
    uint64_t length;      /* of the body; statuses that have none get no Content-Length */
    const char *location; /* NULL = none */
};

int32_t probe_http1_render_reply(char *to, uint32_t room, const struct probe_http1_reply *r);
/* The head of a response, or PROBE_HTTP1_TOO_LONG. */

bool probe_http1_status_has_body(uint16_t status);
/* Not 1xx, 204 and 304. */

#endif
