/* SPDX-License-Identifier: Apache-2.0 */
/*
 * why.h - one event of a chain of causes, as podring why prints it, and what stands at the chain's
 * end.
 */
#ifndef FACE_WHY_H
#define FACE_WHY_H

#include "api/face/format.h"
#include "api/podring.h"

enum face_why_end {
    FACE_WHY_NOTHING,   /* nothing more is to be said */
    FACE_WHY_PROGRAM,   /* a program has done it by itself */
    FACE_WHY_ANSWER,    /* a probe was answered so, or not answered */
    FACE_WHY_MANIFEST,  /* it was there from the start */
    FACE_WHY_LIMIT,     /* a limit that its spec sets */
    FACE_WHY_FORGOTTEN, /* it has a cause, which is not known any more */
};

void face_why_line(struct rx_text *t, const struct podring_event *e);
/* "   5m12s  web-0/web  exit 1 Error", without a newline. */

enum face_why_end face_why_end(const struct podring_event *e);
/* What is to be said of it if nothing has led to it. */

void face_why_rest(struct rx_text *t, enum face_why_end end);
/* A line with its newline, or nothing. */

#endif
