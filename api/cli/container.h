/* SPDX-License-Identifier: Apache-2.0 */
/* container.h - which container of a pod is meant. */
#ifndef CLI_CONTAINER_H
#define CLI_CONTAINER_H

#include "api/cli/moment.h"

const char *container_choose(struct moment *m);
/* -c, what the pod's annotation says, or the first main container: then it is said which. Names
 * belong to the manifest and live as long as the pod. NULL: it has none. */

#endif
