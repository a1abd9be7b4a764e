/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_table.h - cells of decision tables. A cell of a row is the set of values that fit, a bit
 * each; an input has one bit in each cell. A row fits if it has all bits of the input, which is one
 * comparison for all of its cells.
 */
#ifndef POD_RULE_TABLE_H
#define POD_RULE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { POD_CELLS = 8, POD_CELL_ANY = 0xff, POD_CELL_NO = 1, POD_CELL_YES = 2 };

static inline uint8_t pod_cell(unsigned value)
{
    return (uint8_t)(1u << value);
}
/* Of an input, for a value below 8; a truth value is 0 or 1. */

static inline uint64_t pod_cells(const uint8_t cell[POD_CELLS])
{
    uint64_t all;

    memcpy(&all, cell, sizeof(all));
    return all;
}

static inline bool pod_cells_fit(const uint8_t row[POD_CELLS], uint64_t in)
{
    return (in & ~pod_cells(row)) == 0;
}
/* in: pod_cells of an input; cells that a table has no use for are 0 there. */

#endif
