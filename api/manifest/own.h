/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own.h - the fields of our own documents (podring.dev/v1), each once: what the reader accepts,
 * what `podring explain` prints and what the JSON schema allows are all written from this table.
 */
#ifndef MF_OWN_H
#define MF_OWN_H

#include <stdint.h>

#include "api/manifest/fields.h"

/*
 * type: duration; draw (a duration, {uniform: [from, to]} or {exp: mean}); integer, number,
 * boolean, string, any; object and objects (a list of them), whose fields are those of `of`;
 * strings and integers (lists); rate (a number, or objects); words (one of them, with | between).
 */
struct manifest_own_field {
    const char *name, *type;
    int of;               /* enum mf_fields; -1: no fields of its own are known */
    const char *fallback; /* what goes where it is absent */
    const char *example;  /* as it is written in YAML, behind the name */
    const char *help;
};

const struct manifest_own_field *manifest_own_fields(int fields, uint32_t *count);
/* fields: an enum mf_fields. NULL: not of our own documents. */

struct manifest_own_kind {
    const char *kind, *help;
    int fields; /* of its spec */
};

const struct manifest_own_kind *manifest_own_kind(uint32_t index); /* NULL: no more */

#endif
