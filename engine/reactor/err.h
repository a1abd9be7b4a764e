/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h - every error the engine can return, once. Calls return 0 or one of these, negated:
 * `return -RX_ENOMEM;`. the public header repeats the list; a static assertion in
 * api/engine.c holds the two together. Operations (op.h) are different: their result is a negative
 * errno, because the kernel's own word is what messages are made of.
 */
#ifndef RX_ERR_H
#define RX_ERR_H

/*        name         value  text */
#define RX_ERR_MAP(X)                                                                              \
    X(EINVALID, 1, "invalid argument")                                                             \
    X(ENOMEM, 2, "out of memory")                                                                  \
    X(ENORING, 3, "io_uring is not available")                                                     \
    X(ENOTFOUND, 4, "no such object")                                                              \
    X(EEXISTS, 5, "an object of that name exists already")                                         \
    X(ELIMIT, 6, "a configured or compiled-in limit was reached")                                  \
    X(ESTATE, 7, "not possible in this state")                                                     \
    X(EIO, 8, "input or output failed")                                                            \
    X(EAGAIN, 9, "nothing there at the moment")                                                    \
    X(EMANIFEST, 10, "a manifest was refused; see the diagnostics")                                \
    X(ETHREAD, 11, "called from a thread that does not own the engine")                            \
    X(EUNSUPPORTED, 12, "not supported by this build or kernel")                                   \
    X(EFULL, 13, "the event queue is full; take events first")                                     \
    X(EBUSY, 14, "an address is taken by somebody else on this machine")                           \
    X(EFORBIDDEN, 15, "refused by admission: a quota, or limits")                                  \
    X(EBUDGET, 16, "a disruption budget does not allow it now")

enum rx_err {
#define X(name, value, text) RX_##name = value,
    RX_ERR_MAP(X)
#undef X
};

const char *rx_err_text(int error);
/* Accepts an error as returned (negative) or as listed (positive); 0 is "ok". Never NULL;
 * static. */

const char *rx_err_name(int error);
/* "ENOMEM" and so on; "OK" for 0; "EUNKNOWN" for what is not in the list. Static. */

#endif
