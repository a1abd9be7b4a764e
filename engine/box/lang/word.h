/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.h - between word.c and dollar.c: a word that is being put together.
 */
#ifndef BOX_WORD_H
#define BOX_WORD_H

#include "engine/box/lang/ast.h"

/* Where a word stands decides what ends it and what quoting means in it. */
enum sh_context {
    SH_IN_COMMAND,       /* ends at a blank or an operator */
    SH_IN_BRACES,        /* ${x-here}, unquoted: ends at } */
    SH_IN_QUOTES,        /* "here" */
    SH_IN_QUOTED_BRACES, /* "${x-here}" */
    SH_IN_HERE,          /* to the end of the text */
    SH_IN_ARITH,         /* $((here)): ends at )) */
    SH_IN_ARITH_FOR,     /* for ((here; here; here)): ends at ; too */
    SH_IN_SLICE,         /* ${x:here:here}: ends at : or } */
    SH_IN_REPLACE,       /* ${x/here/...}: ends at / or } */
    SH_IN_SUBSCRIPT,     /* a[here] */
    SH_IN_REGEX,         /* [[ x =~ here ]]: ends at a blank outside parentheses */
};

struct sh_builder {
    struct sh_word *word;
    struct sh_part **tail;
    char *text;
    size_t used, room;
    bool quoted, any; /* of the text being collected; any: even "" is something */
    bool plain;       /* only unquoted literal text so far */
    enum sh_context context;
};

bool sh_word_begin(struct sh_parser *p, struct sh_builder *b, enum sh_context context);
bool sh_word_body(struct sh_parser *p, struct sh_builder *b, enum sh_context context);
struct sh_word *sh_word_finish(struct sh_parser *p, struct sh_builder *b);
struct sh_word *sh_word_in(struct sh_parser *p, enum sh_context context);
/* All three. */
bool sh_word_put(struct sh_parser *p, struct sh_builder *b, char c, bool quoted);
bool sh_word_flush(struct sh_parser *p, struct sh_builder *b);
/* What was put so far becomes a part. */
bool sh_word_quoted(struct sh_parser *p, struct sh_builder *b, bool quoted);
/* From now on text is quoted, or not. */
struct sh_part *sh_word_part(struct sh_parser *p, struct sh_builder *b, enum sh_part_kind kind,
                             bool quoted);

/* ---- dollar.c -------------------------------------------------------------------------- */

bool sh_word_dollar(struct sh_parser *p, struct sh_builder *b, bool quoted);
bool sh_word_backquote(struct sh_parser *p, struct sh_builder *b, bool quoted);
bool sh_word_process(struct sh_parser *p, struct sh_builder *b);
/* At <( or >(. */

#endif
