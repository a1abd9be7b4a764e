/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON values, one after another, into trees.
 */
#ifndef MF_JSON_H
#define MF_JSON_H

#include "api/manifest/tree.h"

void mf_json_read(struct mf_tree *t, const char *text, size_t length);
/* Every value of the text, until the first that is none (said). */

#endif
