/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the pod table. */
#include "api/face/table.h"

#include <string.h>

static const char *const title[FACE_COLUMNS] = {"NAMESPACE", "NAME", "READY", "STATUS",
                                                "RESTARTS",  "AGE",  "IP",    "NODE"};

static bool is_shown(const struct face_table *t, int column)
{
    if (column == FACE_NAMESPACE)
        return t->namespaces;
    return t->wide || (column != FACE_IP && column != FACE_NODE);
}

static void put_restarts(struct rx_text *out, const struct podring_pod_info *p, int64_t now_ms)
{
    rx_text_u64(out, p->restarts);
    if (p->restarts > 0 && p->last_restart_ms >= 0) {
        rx_text_puts(out, " (");
        face_age(out, now_ms - p->last_restart_ms);
        rx_text_puts(out, " ago)");
    }
}

static void put_ip(struct rx_text *out, uint32_t ip)
{
    if (ip == 0) {
        rx_text_puts(out, "<none>");
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        rx_text_u64(out, ip >> shift & 255);
        rx_text_puts(out, shift > 0 ? "." : "");
    }
}

void face_table_cell(struct rx_text *out, enum face_column column,
                     const struct podring_pod_info *p, int64_t now_ms)
{
    switch (column) {
    case FACE_NAMESPACE:
        rx_text_puts(out, p->namespace_);
        break;
    case FACE_NAME:
        rx_text_puts(out, p->name);
        break;
    case FACE_READY:
        rx_text_i64(out, p->ready);
        rx_text_putc(out, '/');
        rx_text_i64(out, p->ready_of);
        break;
    case FACE_STATUS:
        face_plain(out, p->status, strlen(p->status)); /* a reason may be a document's own */
        break;
    case FACE_RESTARTS:
        put_restarts(out, p, now_ms);
        break;
    case FACE_AGE:
        face_age(out, now_ms - p->created_ms);
        break;
    case FACE_IP:
        put_ip(out, p->ip);
        break;
    default:
        rx_text_puts(out, p->node != NULL ? p->node : "<none>");
        break;
    }
}

void face_table_init(struct face_table *t, bool namespaces, bool wide, bool color, int64_t now_ms)
{
    *t = (struct face_table){
        .namespaces = namespaces, .wide = wide, .color = color, .now_ms = now_ms};
    for (int c = 0; c < FACE_COLUMNS; c++)
        t->width[c] = strlen(title[c]);
}

void face_table_fit(struct face_table *t, const struct podring_pod_info *p)
{
    for (int c = 0; c < FACE_COLUMNS; c++) {
        struct rx_text measure = rx_text_in(NULL, 0);

        if (!is_shown(t, c))
            continue;
        face_table_cell(&measure, (enum face_column)c, p, t->now_ms);
        if (measure.length > t->width[c])
            t->width[c] = measure.length;
    }
}

/* Three blanks between columns and none behind the last, as kubectl does it. */
static void end_cell(struct rx_text *out, const struct face_table *t, int column, size_t from,
                     size_t invisible)
{
    int last = t->wide ? FACE_NODE : FACE_AGE;

    if (column == last)
        rx_text_putc(out, '\n');
    else
        rx_text_pad(out, from, t->width[column] + 3 + invisible);
}

void face_table_head(struct rx_text *out, const struct face_table *t)
{
    for (int c = 0; c < FACE_COLUMNS; c++) {
        size_t from = out->length;

        if (!is_shown(t, c))
            continue;
        rx_text_puts(out, title[c]);
        end_cell(out, t, c, from, 0);
    }
}

void face_table_row(struct rx_text *out, const struct face_table *t,
                    const struct podring_pod_info *p)
{
    static const char *const color[] = {"\033[32m", "\033[33m", "\033[31m"};

    for (int c = 0; c < FACE_COLUMNS; c++) {
        size_t from = out->length, invisible = 0;

        if (!is_shown(t, c))
            continue;
        if (t->color && c == FACE_STATUS) {
            rx_text_puts(out, color[face_status_mood(p->status)]);
            face_table_cell(out, (enum face_column)c, p, t->now_ms);
            rx_text_puts(out, "\033[0m");
            invisible = strlen("\033[32m") + strlen("\033[0m");
        } else {
            face_table_cell(out, (enum face_column)c, p, t->now_ms);
        }
        end_cell(out, t, c, from, invisible);
    }
}

enum face_mood face_status_mood(const char *status)
{
    static const char *const good[] = {"Running", "Completed", "Succeeded"};
    static const char *const busy[] = {"Pending",     "ContainerCreating", "PodInitializing",
                                       "Terminating", "NotReady",          "SchedulingGated"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (strcmp(status, good[i]) == 0)
            return FACE_GOOD;
    for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
        if (strcmp(status, busy[i]) == 0)
            return FACE_BUSY;
    /* Init:1/2 is progress; Init:Error is not. */
    if (strncmp(status, "Init:", 5) == 0 && status[5] >= '0' && status[5] <= '9')
        return FACE_BUSY;
    return FACE_BAD;
}

bool face_pod_settled(const struct podring_pod_info *p)
{
    if (face_status_mood(p->status) != FACE_GOOD)
        return false;
    return strcmp(p->status, "Running") != 0 || p->ready == p->ready_of;
}
