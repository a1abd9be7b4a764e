/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - the documents that --app and its like stand for. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include "api/cli/options.h"

int lines_make(const struct cli_options *o, podring *ring, enum cli_line which, char **text,
               size_t *length);
/* For an engine that has read the manifests and not applied them. 0, and a text to be freed; or a
 * negative PODRING_E* that podring_why explains. Prints nothing. */

int lines_load(const struct cli_options *o, podring *ring);
/* Loads them all. The same. */

#endif
