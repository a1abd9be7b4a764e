/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.h - elastic tab stops, which give kubectl's output its shape.
 *
 * A cell is what ends with a tab. Cells that stand at the same place in lines below each other form
 * a column, which is as wide as its widest cell and two blanks; a line without such a cell ends it.
 * What follows the last tab of a line is never padded.
 */
#ifndef FACE_COLUMNS_H
#define FACE_COLUMNS_H

#include "api/face/format.h"

void face_columns(struct rx_text *t, const char *text, size_t length);
/* Appends the text with its tabs turned into blanks. Tabs past the eighth of a line stay. */

#endif
