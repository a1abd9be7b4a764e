/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print.h - objects as kubectl prints them: tables (cli-runtime, pkg/printers/tableprinter.go), and
 * JSON and YAML with their keys sorted.
 */
#ifndef SHOW_PRINT_H
#define SHOW_PRINT_H

#include "api/cli/show/object.h"

struct show_style {
    bool wide, namespaces, labels, no_headers;
    bool kinds; /* names with their kind before them: there are several */
};

bool show_table(struct rx_text *t, const struct show_world *w, const struct show_object *item,
                size_t count, const struct show_style *style);
/* Of one kind, with tabs between the columns and behind the last: see show_columns. False: no
 * memory. */

void show_columns(struct rx_text *t, const char *text, size_t length);
/* Turns the tabs into blanks: a column is as wide as its widest cell and three blanks, and at
 * least six. */

void show_json(struct rx_text *t, const struct json *j, const struct json_node *n, int indent);
void show_yaml(struct rx_text *t, const struct json *j, const struct json_node *n, int indent,
               char *scratch);
/* At the beginning of a line; with a newline behind it. scratch has room for the longest string and
 * a byte more. */

#endif
