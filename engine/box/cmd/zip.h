/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.h - what gzip writes and reads, for gzip itself and for tar -z, through zlib.
 *
 * All memory of a stream is its command's: it is counted against the script's, and goes when the
 * command ends. So a stream need not be closed, and one that is begun anew takes nothing more.
 */
#ifndef BOX_ZIP_H
#define BOX_ZIP_H

#include "engine/box/run/cmd.h"

enum sh_zip_state {
    SH_ZIP_NOTHING,  /* no byte has come yet */
    SH_ZIP_WITHIN,   /* more must come */
    SH_ZIP_WHOLE,    /* it may end here */
    SH_ZIP_NO_MAGIC, /* it does not begin as what gzip has written */
    SH_ZIP_GARBAGE,  /* whole, and something else behind it */
    SH_ZIP_CORRUPT,
    SH_ZIP_BAD_SUM
};

struct sh_zip;

struct sh_zip *sh_zip_pack(struct sh_task *t, int level, const char *name, int64_t mtime);
/* level: 1 to 9. name: stands in the header, or NULL; it must stay. mtime: seconds since 1970; 0:
 * none. NULL: the proc is over. */
struct sh_zip *sh_zip_unpack(struct sh_task *t);
void sh_zip_again(struct sh_zip *z, const char *name, int64_t mtime); /* the next file */

bool sh_zip_add(struct sh_task *t, struct sh_zip *z, const char *data, uint32_t length, bool last,
                struct sh_buf *out);
/* Adds to `out` what these bytes come to. last: to the end of what is packed. False: the proc is
 * over. */

uint32_t
sh_zip_overhead(const struct sh_zip *z); /* bytes of a header, with its name, and the end */
enum sh_zip_state sh_zip_state(const struct sh_zip *z);
bool sh_zip_has_magic(const char *data, uint32_t length);

#endif
