/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit.h - one field of a document is changed in the text of its file, and all else stays as it is
 * written: comments, order and blanks.
 *
 * The change is made twice, in the text and in the tree, and the new text is read again: it counts
 * only if both say the same. So what a patch of the text does is exactly what was tried.
 */
#ifndef MANIFEST_EDIT_H
#define MANIFEST_EDIT_H

#include "api/manifest/manifest.h"

struct manifest_change {
    const char *path;  /* spec.template.spec.containers[0].image */
    const char *value; /* as YAML; NULL: the field is taken away */
};

struct manifest_edited {
    const char *text; /* the whole file; NULL: see why */
    size_t length;
    const char *json; /* the document as it then is, wherever it can be had */
    size_t json_length;
    const char *why; /* what stands in the way of changing the text */
};

int manifest_edit(struct rx_arena *arena, const char *text, size_t length, uint32_t line,
                  uint32_t column, const struct manifest_change *change, uint32_t count,
                  struct manifest_edited *out);
/* Of the document that begins there. What comes out lies in the arena. -RX_ENOTFOUND: no document
 * begins there; -RX_EINVALID: there is no such field in it, and why says so; -RX_ENOMEM. */

#endif
