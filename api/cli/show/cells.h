/* SPDX-License-Identifier: Apache-2.0 */
/* cells.h - the cells that most kinds have. */
#ifndef SHOW_CELLS_H
#define SHOW_CELLS_H

#include "api/cli/show/show.h"

void show_cell_name(struct rx_text *t, const struct show_in *in);
void show_cell_age(struct rx_text *t, const struct show_in *in);

#endif
