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

size_t mf_text_json_value(const char *text, size_t length);
/* The bytes up to the second of two JSON objects that follow each other; 0 if the text is not like
 * that, which includes everything that is YAML in any way. */

bool mf_text_tab(const char *text, size_t length, uint32_t line);
/* Whether that line (from 1) or the next is indented by a tab: the usual culprit. */

bool mf_text_screen(struct mf_load *l, const char *text, size_t length);
/* UTF-8 without control characters, as YAML demands. Says where it is not and returns false. */

#endif
