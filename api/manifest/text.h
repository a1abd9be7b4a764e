/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - the bytes of a manifest before anybody parses them: how they are got, and whether they
 * are text at all.
 */
#ifndef MF_TEXT_H
#define MF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mf_load;

int mf_text_read(struct mf_load *l, const char *path, const char **text, size_t *length);
/* The whole file into scratch memory; "-" is standard input. 0, -RX_ENOTFOUND, -RX_EIO (errno tells
 * why), -RX_ENOMEM, or -RX_EMANIFEST for a file beyond all reason (said). */

bool mf_text_decode(struct mf_load *l, const char **text, size_t *length);
/* Makes UTF-8 of what stands there, in scratch memory where it has to be another text: of UTF-16
 * with a byte order mark; of bytes that are no UTF-8 (U+FFFD each, and a warning), as kubectl does.
 * The mark itself goes. False: no memory. */

size_t mf_text_screen(const char *text, size_t length, uint32_t *code);
/* Where decoded text has the first control character, which YAML does not allow, and which;
 * `length`: nowhere. */

size_t mf_text_utf8(uint32_t code, char *out);
/* A character as one to four bytes; how many. */

bool mf_text_base64(const char *text, size_t length, char *out, size_t *used, size_t *bad);
/* False, and the byte that Go would name. `out` has room for three quarters of the text. */

#endif
