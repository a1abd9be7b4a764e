/* SPDX-License-Identifier: Apache-2.0 */
/* metric.c - see metric.h. */
#include "api/cli/bench/metric.h"

#include <string.h>

#include "api/manifest/manifest.h"
#include "engine/reactor/base.h"

const struct bench_metric bench_metric[BENCH_METRICS] = {
#define X(name, unit, more, who, help)                                                             \
    {#name, help, offsetof(struct bench_numbers, name), BENCH_##unit, BENCH_##who, more},
    BENCH_MAP(X)
#undef X
};

const struct bench_metric *bench_metric_find(const char *name, size_t length)
{
    for (size_t i = 0; i < BENCH_METRICS; i++)
        if (strlen(bench_metric[i].name) == length &&
            strncmp(bench_metric[i].name, name, length) == 0)
            return &bench_metric[i];
    return NULL;
}

uint64_t bench_metric_value(const struct bench_numbers *n, const struct bench_metric *m)
{
    uint64_t value;

    memcpy(&value, (const char *)n + m->offset, sizeof(value));
    return value;
}

bool bench_read_decimal(const char *text, unsigned decimals, uint64_t *out)
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

bool bench_metric_read_json(const struct bench_metric *m, const char *text, uint64_t *out)
{
    return bench_read_decimal(text, m->unit == BENCH_MILLI ? 3 : 0, out);
}

bool bench_metric_read(const struct bench_metric *m, const char *text, uint64_t *out)
{
    rx_ns ns;

    if (m->unit != BENCH_NS)
        return bench_metric_read_json(m, text, out);
    if (manifest_duration(text, strlen(text), &ns) != 0)
        return false;
    *out = (uint64_t)ns;
    return true;
}

void bench_metric_put(struct rx_text *t, const struct bench_metric *m, uint64_t value)
{
    if (value == BENCH_NONE) {
        rx_text_putc(t, '-');
        return;
    }
    switch (m->unit) {
    case BENCH_NS:
        face_span(t, value);
        break;
    case BENCH_MILLI:
        face_fixed(t, value, 3);
        break;
    case BENCH_BYTES:
        face_bytes(t, value);
        break;
    default:
        face_grouped(t, value);
        break;
    }
}

void bench_metric_put_key(struct rx_text *t, const struct bench_metric *m)
{
    rx_text_puts(t, m->name);
    rx_text_puts(t, m->unit == BENCH_NS ? "_ns" : "");
}
