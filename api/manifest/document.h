/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - what is kept of a document beside its spec: its text as JSON, what it means as a
 * hash, and what must not change of it; and how a patch makes another document of it.
 */
#ifndef MF_DOCUMENT_H
#define MF_DOCUMENT_H

#include "api/manifest/load.h"
#include "engine/reactor/text.h"

void mf_write_json(struct rx_text *t, const struct mf_node *n); /* write.c */
void mf_write_string(struct rx_text *t, const char *text, size_t length); /* with its quotes */

void mf_document_keep(struct mf_load *l, const struct mf_node *doc, uint32_t object);
/* fixed.c: of the object of that number, which was read from it. */

/* ---- patch.c: NULL is no memory, noted in the load ------------------------------------------- */

struct mf_node *mf_node_new(struct mf_load *l, enum mf_type type); /* in scratch, as all of these */
struct mf_node *mf_node_text(struct mf_load *l, const char *text, size_t length);

struct mf_node *mf_node_copy(struct mf_load *l, const struct mf_node *n);
/* Of a sequence or mapping, with room for one more entry. */

uint32_t mf_node_index(const struct mf_node *m, const char *key, size_t length);
/* Of the entry with that key; m->count: there is none. */

bool mf_node_put(struct mf_load *l, struct mf_node *m, const char *key, size_t length,
                 struct mf_node *value);
/* In a copy that has room for it. value NULL: no memory, as before. */

void mf_places_at(struct mf_node *n, uint32_t line);
/* Of a tree that stands in no text of its own; line 0: in none. */

struct mf_node *mf_with(struct mf_load *l, const struct mf_node *m, const char *key,
                        struct mf_node *value);
/* A copy of a mapping, or an empty one, in which the key has that value. */

struct mf_node *mf_merge(struct mf_load *l, struct mf_node *into, struct mf_node *patch);
/* RFC 7386. */

struct mf_node *mf_patch_strategic(struct mf_load *l, struct mf_node *into, struct mf_node *patch);
/* patch_strategic.c. NULL also where the patch is wrong (said). */

struct mf_node *mf_patch_json(struct mf_load *l, struct mf_node *into, const struct mf_node *patch);
/* patch_json.c: RFC 6902. NULL also where an operation does not apply (said). */

struct mf_node *mf_set(struct mf_load *l, struct mf_node *root, const char *path,
                       struct mf_node *value, const char **why);
/* spec.containers[0].image: what is not there on the way is made; an index may be one more than
 * there are. NULL with *why: the path is none, or something else stands there. */

struct mf_node *mf_unset(struct mf_load *l, struct mf_node *root, const char *path,
                         const char **why);
/* Without the field; the path may end in no index. NULL with *why: it is not there. */

size_t mf_path_step(const char *path, bool *index, size_t *from, size_t *length);
/* The first step of a path: a name, or an index, and where in the path it stands. Returns how much
 * of the path it is; 0: it is none. */

bool mf_same(const struct mf_node *a, const struct mf_node *b);
/* Do they mean the same? Keys may stand in any order. */

struct mf_node *mf_overlay(struct mf_load *l, struct mf_node *root, const struct manifest_base *b);
/* With the numbers, images and suspensions that calls have changed since. */

#endif
