/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON values, one after another, into trees.
 */
#ifndef MF_JSON_H
#define MF_JSON_H

#include "api/manifest/tree.h"

struct mf_json {
    struct mf_tree *tree;
    const char *start, *at, *end; /* the whole text; behind the last value that was read */
    uint32_t line, column;        /* of `at`, from 1 */
};

void mf_json_open(struct mf_json *r, struct mf_tree *t, const char *text, size_t length);

bool mf_json_next(struct mf_json *r);
/* One more value as a document. False: none is left, or the tree is broken, or memory is out. */

#endif
