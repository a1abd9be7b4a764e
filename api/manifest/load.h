/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h - what one call of manifest_load_* carries along, where in a document it stands, and how
 * it says what is wrong there.
 *
 * Every reading function takes the load first. None of them stops at an error: it says what is
 * wrong and goes on with the default, so that all errors of a document come out in one go. Whether
 * the load may be kept is decided once, at its end, by `failed` and `no_memory`. Memory that ran
 * out shows as an empty string or an array of zero entries, never as NULL where a value is due.
 */
#ifndef MF_LOAD_H
#define MF_LOAD_H

#include "api/manifest/doc.h"
#include "api/manifest/manifest.h"

struct mf_load {
    struct manifest_set *set;
    struct rx_arena scratch; /* trees and half-built texts: gone when the call returns */
    const char *file;
    const struct mf_at *pod; /* the PodSpec that is being read */
    bool strict; /* in a podring.dev document: an unknown field is an error */
    bool failed, no_memory;
    uint32_t errors, warnings; /* said so far */
    uint32_t pods_skipped; /* the line of the first skipped document that would make pods; 0:
                            * none */
    uint32_t objects; /* documents with something in them, skipped ones too */
};

/*
 * Where a value stands: a chain up to its document, which becomes a text such as
 * spec.containers[0].image only when there is something to say about it.
 */
struct mf_at {
    const struct mf_at *up;
    const char *name; /* of the field; NULL: an index, or the document itself */
    uint32_t index;
    const struct mf_node *node; /* NULL: absent, which includes null */
};

struct mf_at mf_root(const struct mf_node *node);
struct mf_at mf_field(const struct mf_at *up, const char *name);
struct mf_at mf_item(const struct mf_at *up, uint32_t index);

/* ---- say.c: diagnostics in Kubernetes' words ------------------------------------------------ */

void mf_say_at(struct mf_load *l, enum manifest_severity severity, uint32_t line, uint32_t column,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
void mf_say(struct mf_load *l, const struct mf_at *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* An error: the path, a colon, the text. It stands where the value stands, or, for a value that is
 * missing, where the mapping stands that should have it. */

void mf_invalid(struct mf_load *l, const struct mf_at *at, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /* Invalid value: <as written>: text */
void mf_invalid_text(struct mf_load *l, const struct mf_at *at, const char *value,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
void mf_required(struct mf_load *l, const struct mf_at *at, const char *detail); /* may be "" */
void mf_forbidden(struct mf_load *l, const struct mf_at *at, const char *detail);
void mf_duplicate(struct mf_load *l, const struct mf_at *at, const char *value);
void mf_not_found(struct mf_load *l, const struct mf_at *at, const char *value);
void mf_too_many(struct mf_load *l, const struct mf_at *at, uint32_t count, uint32_t max);
void mf_unsupported(struct mf_load *l, const struct mf_at *at, const char *value,
                    const char *supported); /* words with one space between them */
void mf_wrong_type(struct mf_load *l, const struct mf_at *at, const char *wanted);

const char *mf_path(struct mf_load *l, const struct mf_at *at); /* in scratch */
const char *mf_json(struct mf_load *l, const struct mf_node *n);
/* The value as Kubernetes would print it; cut after a few hundred bytes. In scratch. */

/* ---- read.c: typed values ------------------------------------------------------------------- */

bool mf_is_object(struct mf_load *l, const struct mf_at *at); /* false also when absent */
bool mf_is_array(struct mf_load *l, const struct mf_at *at);
uint32_t mf_count(struct mf_load *l, const struct mf_at *at); /* of an array; 0 when absent */

const char *mf_string(struct mf_load *l, const struct mf_at *up, const char *field,
                      const char *fallback);
/* Kept for the set. Absent, null and "" are all the fallback, as with Go's omitempty. */
const char *mf_needed(struct mf_load *l, const struct mf_at *at);
/* A string that must be there and must not be empty; "" when it is not (said). */
int mf_choice(struct mf_load *l, const struct mf_at *up, const char *field, const char *supported,
              int fallback);
/* A string out of a list of words (one space between); others are refused. Its index in the list,
 * or the fallback, also where it is empty (see enums.c). */
bool mf_bool(struct mf_load *l, const struct mf_at *up, const char *field, bool fallback);
int64_t mf_int(struct mf_load *l, const struct mf_at *up, const char *field, int64_t fallback);
int32_t mf_int32(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback);
int32_t mf_natural(struct mf_load *l, const struct mf_at *up, const char *field, int32_t fallback);
/* int32, must be greater than or equal to 0. */
const char *const *mf_strings(struct mf_load *l, const struct mf_at *up, const char *field,
                              uint32_t *count);
/* An array of strings; null in it is "". */

const struct pod_place *mf_places(struct mf_load *l, const struct mf_at *up, const char *field);
/* Where the strings of an array stand, as many as mf_strings has; NULL: none, or no memory for
 * them. */

bool mf_integer_at(struct mf_load *l, const struct mf_at *at, const char *wanted, int64_t *out);
/* Whether an int64 stands there; says so if something else does. */
const char *mf_string_at(struct mf_load *l, const struct mf_at *at, const char *fallback);

/* ---- memory (keep.c) ------------------------------------------------------------------------- */

const char *mf_keep(struct mf_load *l, const char *text, size_t length); /* never NULL */
void *mf_array(struct mf_load *l, uint32_t count, size_t size, uint32_t *out_count);
/* Zeroed, for the set. *out_count is count, or 0 when there is no memory (or nothing to hold). */
const char *mf_keep_json(struct mf_load *l, const struct mf_node *n); /* write.c; never NULL */
char *mf_scratch(struct mf_load *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Never NULL. */

bool mf_room(struct mf_load *l, struct rx_arena *arena, void *items, uint32_t count, uint32_t *room,
             size_t size);
/* Makes room for one more in a growing array. items: address of the array pointer. The array moves
 * but what it was stays readable, as everything in an arena does. */

#endif
