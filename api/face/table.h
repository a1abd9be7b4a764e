/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - the pod table, in the columns and words of `kubectl get pods`.
 *
 * Two passes: face_table_fit every pod that will be shown, then face_table_head and a
 * face_table_row for each. So a table of any length needs no memory of its own.
 */
#ifndef FACE_TABLE_H
#define FACE_TABLE_H

#include <stdbool.h>

#include "api/face/format.h"
#include "api/podring.h"

enum face_column {
    FACE_NAMESPACE,
    FACE_NAME,
    FACE_READY,
    FACE_STATUS,
    FACE_RESTARTS,
    FACE_AGE,
    FACE_IP,
    FACE_NODE,
    FACE_COLUMNS
};

struct face_table {
    bool namespaces; /* show the NAMESPACE column */
    bool wide;       /* show IP and NODE */
    bool color;
    int64_t now_ms; /* ages count up to here */
    size_t width[FACE_COLUMNS];
};

void face_table_init(struct face_table *t, bool namespaces, bool wide, bool color, int64_t now_ms);
void face_table_fit(struct face_table *t, const struct podring_pod_info *p);
void face_table_head(struct rx_text *out, const struct face_table *t);
void face_table_row(struct rx_text *out, const struct face_table *t,
                    const struct podring_pod_info *p);

void face_table_cell(struct rx_text *out, enum face_column column,
                     const struct podring_pod_info *p, int64_t now_ms);
/* One cell alone. */

enum face_mood { FACE_GOOD, FACE_BUSY, FACE_BAD };

enum face_mood face_status_mood(const char *status);
/* How bad a STATUS word is: what colours go by. */

bool face_pod_settled(const struct podring_pod_info *p);
/* Running with all containers ready, or completed: nothing to look at. */

#endif
