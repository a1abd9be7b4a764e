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

void mf_document_keep(struct mf_load *l, const struct mf_node *doc, uint32_t object);
/* fixed.c: of the object of that number, which was read from it. */

uint64_t mf_hash_fixed(const struct mf_node *n);
/* Like mf_hash_node, but fields that have their default are as good as absent. */

const struct mf_node *mf_merge(struct mf_load *l, const struct mf_node *into,
                               const struct mf_node *patch);
/* patch.c: RFC 7386. Neither is changed. NULL: no memory (noted in the load). */

#endif
