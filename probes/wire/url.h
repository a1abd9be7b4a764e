/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.h - what a network probe is aimed at, and the words for it when it misses.
 *
 * The messages of a kubelet are made by Go's libraries, and people grep for them, so three things
 * are done here as those libraries do them: how a probe's path becomes a request target, how a
 * Location is resolved against the URL it came from, and how a failed dial is spelled. Pure: no
 * allocation, no sockets.
 *
 * Where this is less than Go's net/url: fragments are dropped, also from messages; user information
 * in a Location is dropped instead of becoming an Authorization header; host names are not decoded.
 */
#ifndef PROBE_URL_H
#define PROBE_URL_H

#include "engine/pod/rule_words.h"
#include "engine/reactor/base.h"

/* ---- bytes, in the C locale whatever the program's ------------------------------------------- */

static inline bool probe_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool probe_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline int probe_hex_value(char c)
{
    if (probe_is_digit(c))
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}
/* -1: not a hexadecimal digit. */

static inline bool probe_same_name(const char *s, const char *lower, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((s[i] | 0x20) != lower[i])
            return false;
    return true;
}
/* Without regard to case; `lower` is in lower case, letters and dashes only, and s has no control
 * bytes: no byte but the capital letter then has the same bits. */

/* ---- hosts ----------------------------------------------------------------------------------- */

bool probe_host_resolve(const char *host, size_t n, uint32_t *ip);
/* A dotted quad or "localhost", host byte order; *ip is left alone if it is neither. Names are not
 * looked up: a node's resolver does not know the simulated world, and an answer from outside would
 * make runs differ. */

enum probe_aim { PROBE_AIM_OK, PROBE_AIM_NO_HOST, PROBE_AIM_NO_ROUTE };

enum probe_aim probe_host_aim(const char *host, size_t n, uint32_t own, uint32_t *ip);
/* Where a probe of the pod at `own` goes when its host is written so. The loopback of a pod is the
 * pod itself, and a simulated one has no address besides its own: 127.0.0.1, ::1 and localhost mean
 * `own`. NO_ROUTE: an address neither its own nor in 127.0.0.0/8, where all pods live; *ip is set
 * for the message, and must not be dialled: a simulation sends no packets into a real network. */

void probe_url_host_port(struct rx_fit *t, const char *host, size_t n, uint32_t port);
/* "host:port", with brackets around a host that has a colon in it. */

/* ---- request targets ------------------------------------------------------------------------- */

void probe_url_target(struct rx_fit *t, const char *path);
/* A probe's `path` as a request target: parsed as a URL, so that `?query` works; a scheme and host
 * in it are ignored, the probe has its own; what cannot be parsed is taken as a raw path and
 * escaped whole. Always begins with a slash. */

/* ---- absolute URLs --------------------------------------------------------------------------- */

enum probe_url_fault {
    PROBE_URL_OK,
    PROBE_URL_BAD_ESCAPE, /* %zz */
    PROBE_URL_BAD_PORT,   /* http://host:x/ */
    PROBE_URL_BAD_HOST,   /* a byte that no host name has */
    PROBE_URL_NO_SCHEME,  /* ":foo" */
    PROBE_URL_COLON,      /* "a:b" is neither a scheme we know nor a path segment */
    PROBE_URL_TOO_LONG,
};

/* Offsets into the text of an absolute URL in the normal form that resolve writes. */
struct probe_url {
    uint32_t scheme_len;
    uint32_t authority_at, authority_len; /* host and port, as a Host header wants them */
    uint32_t host_at, host_len;           /* the name alone, without brackets */
    uint32_t target_at;                   /* path and query, up to the end */
    uint32_t port;                        /* 80 or 443 if none is written; may exceed 65535 */
    bool https, known;                    /* known: http or https */
};

void probe_url_split(const char *url, uint32_t n, struct probe_url *out);
/* url must be in normal form: scheme://authority/target. */

enum probe_url_fault probe_url_resolve(struct rx_fit *to, const char *base, uint32_t base_len,
                                       const char *ref, uint32_t ref_len);
/* The reference, seen from base (in normal form), as an absolute URL in normal form. After TOO_LONG
 * `to` holds the beginning of it, host and port at least; after other faults nothing of use. */

bool probe_url_is_relative(const char *ref, uint32_t n);
/* No scheme: the reference says nothing of where it lives. */

const char *probe_url_fault_text(enum probe_url_fault fault);

#endif
