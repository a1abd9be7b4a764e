/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_words.c - the words of verdicts: addresses, errors and quotes, as a kubelet's Go writes
 * them.
 */
#include "engine/pod/rule_words.h"

#include <errno.h>
#include <string.h>

#include "engine/pod/rule_quote.h"

/* Up to three digits. */
static char *put_octet(char *at, uint32_t v)
{
    if (v >= 100)
        *at++ = (char)('0' + v / 100);
    if (v >= 10)
        *at++ = (char)('0' + v / 10 % 10);
    *at++ = (char)('0' + v % 10);
    return at;
}

void pod_text_addr(struct rx_fit *t, struct rx_addr a)
{
    char ip[16], *at = ip;

    for (int shift = 24; shift >= 0; shift -= 8) {
        at = put_octet(at, a.ip >> shift & 255);
        *at++ = shift > 0 ? '.' : ':';
    }
    rx_fit_add(t, ip, (size_t)(at - ip));
    rx_fit_uint(t, a.port);
}

void pod_text_escape(struct rx_fit *t, const char *bytes, size_t n)
{
    char piece[POD_ESCAPE_MAX];
    size_t written;

    for (size_t i = 0, plain; i < n;) {
        plain = pod_plain(bytes + i, n - i);
        rx_fit_add(t, bytes + i, plain);
        i += plain;
        if (i == n)
            break;
        i += pod_escape(bytes + i, n - i, piece, &written);
        rx_fit_add(t, piece, written);
    }
}

void pod_text_quote(struct rx_fit *t, const char *bytes, size_t n)
{
    rx_fit_add(t, "\"", 1);
    pod_text_escape(t, bytes, n);
    rx_fit_add(t, "\"", 1);
}

/* The C library's strerror speaks the user's locale; messages must not. */
static const struct {
    int error;
    const char *text;
} error_texts[] = {
    {EPERM, "operation not permitted"},
    {ENOENT, "no such file or directory"},
    {EINTR, "interrupted system call"},
    {EIO, "input/output error"},
    {E2BIG, "argument list too long"},
    {ENOEXEC, "exec format error"},
    {EBADF, "bad file descriptor"},
    {ECHILD, "no child processes"},
    {EAGAIN, "resource temporarily unavailable"},
    {ENOMEM, "cannot allocate memory"},
    {EACCES, "permission denied"},
    {ENOTDIR, "not a directory"},
    {EISDIR, "is a directory"},
    {EINVAL, "invalid argument"},
    {ENFILE, "too many open files in system"},
    {EMFILE, "too many open files"},
    {ETXTBSY, "text file busy"},
    {EPIPE, "broken pipe"},
    {ENAMETOOLONG, "file name too long"},
    {ELOOP, "too many levels of symbolic links"},
    {EPROTONOSUPPORT, "protocol not supported"},
    {EAFNOSUPPORT, "address family not supported by protocol"},
    {EADDRINUSE, "address already in use"},
    {EADDRNOTAVAIL, "cannot assign requested address"},
    {ENETDOWN, "network is down"},
    {ENETUNREACH, "network is unreachable"},
    {ECONNABORTED, "software caused connection abort"},
    {ECONNRESET, "connection reset by peer"},
    {ENOBUFS, "no buffer space available"},
    {ENOTCONN, "transport endpoint is not connected"},
    {ETIMEDOUT, "connection timed out"},
    {ECONNREFUSED, "connection refused"},
    {EHOSTDOWN, "host is down"},
    {EHOSTUNREACH, "no route to host"},
    {ECANCELED, "operation canceled"},
};

void pod_text_errno(struct rx_fit *t, int error)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(error_texts); i++) {
        if (error_texts[i].error == error) {
            rx_fit_str(t, error_texts[i].text);
            return;
        }
    }
    rx_fit_str(t, "errno ");
    rx_fit_uint(t, (uint64_t)error);
}

void pod_text_io_error(struct rx_fit *t, struct rx_addr peer, uint8_t stage, int error)
{
    static const char *const verb[] = {"dial", "dial", "write", "read"};
    static const char *const call[] = {"socket", "connect", "write", "read"};

    RX_ASSERT(stage < RX_ARRAY_LEN(verb));
    /* With TCP fast open a refused connect comes to light when the request is sent. */
    if (error == ECONNREFUSED)
        stage = RX_STAGE_CONNECT;
    rx_fit_str(t, verb[stage]);
    rx_fit_str(t, " tcp ");
    pod_text_addr(t, peer);
    rx_fit_str(t, ": ");
    rx_fit_str(t, call[stage]);
    rx_fit_str(t, ": ");
    pod_text_errno(t, error);
}

bool pod_own_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
           error == EADDRNOTAVAIL;
}

void pod_text_no_host(struct rx_fit *t, const char *host, size_t n)
{
    rx_fit_str(t, "dial tcp: lookup ");
    pod_text_escape(t, host, n);
    rx_fit_str(t, ": no such host");
}

void pod_text_no_port(struct rx_fit *t, const char *written)
{
    const char *digits = written + (written[0] == '-' || written[0] == '+');
    size_t n = strspn(digits, "0123456789");

    if (n == 0 || digits[n] != '\0' || n > 18) {
        rx_fit_str(t, "strconv.Atoi: parsing ");
        pod_text_quote(t, written, strlen(written));
        rx_fit_str(t,
                       n > 18 && digits[n] == '\0' ? ": value out of range" : ": invalid syntax");
        return;
    }
    rx_fit_str(t, "invalid port number: ");
    rx_fit_str(t, written[0] == '+' ? digits : written);
}
