/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.h - output that cannot fail silently: a buffered descriptor that remembers the first error.
 *
 * After an error everything is discarded; whoever closes the stream reports it, and the command's
 * exit code says so. Used for standard output and for the files of --events, --metrics and
 * --result.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>

#include "api/face/format.h"

struct out {
    int fd;
    bool owned;       /* close the descriptor at the end */
    const char *name; /* for messages */
    char *whole;      /* where the file goes when it is complete; NULL = it is written in place */
    char *part;       /* what it is called until then */
    char *buffer;
    size_t used, room;
    int error; /* errno of the first failure; 0 = none */
};

void out_standard(struct out *o);

int out_create(struct out *o, const char *path);
/* "-" is standard output. CLI_OK, or CLI_OUTPUT after a message. Close it either way. The file can
 * be read while it grows. The path must stay until then. */

int out_replace(struct out *o, const char *path);
/* The same for a file that appears under its name only when it is whole, at out_close: until then,
 * and after a failure, what stood there stands there still. A pipe or device is written in place,
 * and so is a file in a folder that takes no new ones. */

typedef void out_render_fn(struct rx_text *t, const void *what);

void out_render(struct out *o, out_render_fn *fn, const void *what);
/* Appends what fn writes. fn may be called twice: once to learn the length. */

void out_put(struct out *o, const void *bytes, size_t n);
void out_puts(struct out *o, const char *s);
void out_flush(struct out *o);

int out_close(struct out *o);
/* Flushes and frees. CLI_OK, or CLI_OUTPUT (CLI_SYSTEM: there was no memory) after a message. A
 * second close is harmless. */

#endif
