/* SPDX-License-Identifier: Apache-2.0 */
/* compose.h - an object's status, put into its text. */
#ifndef SHOW_COMPOSE_H
#define SHOW_COMPOSE_H

#include "api/cli/show/object.h"

int show_compose(struct show_world *w, const struct show_object *o, const char *text,
                 struct rx_text *out);
/* The text with all that was told of the object, or that a pod's snapshot has. 0, or a negative
 * PODRING_E*; free(out->out) either way. */

int show_compose_event(struct show_world *w, const struct show_object *o, struct rx_text *out);
/* An Event alone. */

#endif
