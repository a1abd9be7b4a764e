/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs_made.h - files that nobody keeps: their text is made when they are read. The owner of a view
 * says which there are.
 *
 * They lie on the view's layer, and whatever is mounted there hides them. One that may be written
 * becomes a file of its own, mounted in its place, the first time that is done.
 */
#ifndef BOX_FS_MADE_H
#define BOX_FS_MADE_H

#include "engine/box/fs.h"

/* A text being made. */
struct fs_text {
    struct fs_open file;
    rx_ms now;
    uint32_t used;
    int error; /* the first one */
};

void fs_text_bytes(struct fs_text *t, const char *bytes, size_t length);
void fs_text_say(struct fs_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* At most a kilobyte at a time. */

void fs_offer(char best[FS_NAME_MAX + 1], const char *after, const char *name, size_t length);
/* Becomes the best if it comes after `after` and before what was the best; "": there is none
 * yet. */

struct fs_made {
    bool (*find)(void *ctx, const char *path, enum fs_kind *kind, int *refusal);
    /* Is there such a file or directory? refusal: why it may not be written, a negative errno; 0:
     * it may. */
    void (*write)(void *ctx, const char *path, struct fs_text *to);
    void (*list)(void *ctx, const char *dir, const char *after, char best[FS_NAME_MAX + 1]);
    /* Offers (fs_offer) the names in a directory. */
};

#endif
