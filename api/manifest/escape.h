/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.h - characters that libyaml and kubectl's port of it read differently. Between double
 * quotes \' is a quote for kubectl and unknown to libyaml, \/ is a slash for libyaml and unknown to
 * kubectl. In [a:, b] and {a:} the colon belongs to a plain text for kubectl, and is out of place
 * for libyaml.
 *
 * Only the parser knows what is quoted and what stands between brackets, so nothing can be decided
 * before it runs. It is given a text in which the backslash of \', the slash of \/ and such a colon
 * are characters that stand nowhere else in the document: ordinary ones, and no escapes. What comes
 * out of the parser gets them back, or, between double quotes, loses the backslash. Lines and
 * columns stay.
 */
#ifndef MF_ESCAPE_H
#define MF_ESCAPE_H

#include "api/manifest/tree.h"

enum { MF_ESCAPE_BYTES = 3 };

struct mf_escapes {
    char backslash[MF_ESCAPE_BYTES], slash[MF_ESCAPE_BYTES],
        colon[MF_ESCAPE_BYTES]; /* what stands for them */
    bool any;                   /* whether one of them does */
};

bool mf_escapes_hide(struct mf_tree *t, struct mf_escapes *e, uint32_t line, const char **text,
                     size_t *length);
/* Puts them into a copy of the text, if it has any such place. line: of its first line. False: no
 * memory (noted in the load), or no characters are left (said; the tree is broken). */

size_t mf_escapes_show(const struct mf_escapes *e, char *text, size_t length, bool double_quoted);
/* Takes them out of a scalar's text, in place; its length then. */

#endif
