/* SPDX-License-Identifier: Apache-2.0 */
/* metric.c - see metric.h. */
#include "api/cli/io/metric.h"

#include <string.h>

#include "api/manifest/manifest.h"

/* notReady is not_ready. */
static bool same_name(const char *name, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '_')
            continue;
        name += *name == '_';
        if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]) != *name)
            return false;
        name++;
    }
    return *name == '\0' && length > 0;
}

const struct metric *metric_find(const struct metric_list *list, const char *name, size_t length)
{
    for (size_t i = 0; i < list->count; i++)
        if (same_name(list->item[i].name, name, length))
            return &list->item[i];
    return NULL;
}

uint64_t metric_value(const void *numbers, const struct metric *m)
{
    uint64_t value;

    memcpy(&value, (const char *)numbers + m->offset, sizeof(value));
    return value;
}

bool metric_read_decimal(const char *text, unsigned decimals, uint64_t *out)
{
    const char *point = strchr(text, '.');
    char digits[24];
    size_t whole = point != NULL ? (size_t)(point - text) : strlen(text);
    size_t behind = point != NULL ? strlen(point + 1) : 0;

    if (whole == 0 || whole > 15 || behind > decimals || (point != NULL && behind == 0))
        return false;
    memset(digits, '0', sizeof(digits));
    memcpy(digits, text, whole);
    if (point != NULL)
        memcpy(digits + whole, point + 1, behind);
    digits[whole + decimals] = '\0';
    return cli_read_u64(digits, UINT64_MAX, out);
}

bool metric_read_json(const struct metric *m, const char *text, uint64_t *out)
{
    return metric_read_decimal(text, m->unit == METRIC_MILLI ? 3 : 0, out);
}

bool metric_read(const struct metric *m, const char *text, uint64_t *out)
{
    rx_ns ns;

    if (m->unit != METRIC_NS)
        return metric_read_json(m, text, out);
    if (manifest_duration(text, strlen(text), &ns) != 0)
        return false;
    *out = (uint64_t)ns;
    return true;
}

void metric_put(struct rx_text *t, const struct metric *m, uint64_t value)
{
    if (value == METRIC_NONE) {
        rx_text_putc(t, '-');
        return;
    }
    switch (m->unit) {
    case METRIC_NS:
        face_span(t, value);
        break;
    case METRIC_MILLI:
        face_fixed(t, value, 3);
        break;
    case METRIC_BYTES:
        face_bytes(t, value);
        break;
    default:
        face_grouped(t, value);
        break;
    }
}

void metric_put_key(struct rx_text *t, const struct metric *m)
{
    rx_text_puts(t, m->name);
    rx_text_puts(t, m->unit == METRIC_NS ? "_ns" : "");
}
