/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.h - one document of YAML into a tree.
 */
#ifndef MF_YAML_H
#define MF_YAML_H

#include "api/manifest/tree.h"

void mf_yaml_read(struct mf_tree *t, const char *text, size_t length, uint32_t line_base,
                  uint32_t column_base);
/* The first document of the text; what stands behind its end is told and not read. line_base: lines
 * of the file before the text; column_base: characters before it in its first line. */

const char *mf_yaml_version(void); /* of libyaml, "0.2.5". Static. */

#endif
